"""Who was at a meeting, at which §§ and in whose place, and when it ended (KL 5 kap. 66 §)."""

import re
from typing import Any

import msgspec

from states import assembly
from states.case_facts import Attempt, Attendee, MeetingFacts, MeetingState, Person, Seat
from states.guards.protocol import RESERVATIONS_IN_PROTOCOL
from states.judgement import Refused, remarks
from states.records import Change, insert, update
from workflow import member_register, protocol_facts, statements
from workflow.audit_journal import Command, Draft
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.meetingwork import accept, noted, opened, refuse
from workflow.member_register import Member, MemberRegister, attendee, said
from workflow.use_case import ORDINARY_WAY, Result, ask, keep_words, refuse_other_day

HOUR = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to note as present."""

    who: str  # a member's id or name, or the name of somebody in no register
    seat: Seat | None = None  # None: as the register says
    serves_for: str = ""  # whom an ersättare stands in for
    from_paragraph: int | None = None
    to_paragraph: int | None = None
    remote: bool = False


class Noted(msgspec.Struct, frozen=True):
    """A row of the attendance, with the name of whoever it is about."""

    id: str
    attendee: Attendee
    name: str
    is_new: bool
    in_register: bool


def attend(
    desk: Desk,
    command: Command,
    meeting_id: str,
    present: tuple[Present, ...],
    *,
    everybody: bool = False,
    again: bool = False,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """Note who is at a meeting: each person's row is set anew, and those not named stay as they were.

    `everybody`: the ordinary members too, but for those that somebody stands in for the whole meeting.
    `again`: the persons named are there once more, at other §§.
    """
    with opened(desk, command, "attend", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        refuse_other_day(command, meeting.facts)
        register = member_register.of_meeting(desk.connection, meeting.facts)
        named = _presided(register, present)
        listed = _presided(register, (*named, *_ordinary(register, named))) if everybody else named
        news = _rows(desk.connection, command, meeting, register, listed, again=again)
        facts = _attended(desk, meeting, news)
        people = tuple(Person(row.attendee.member, row.name) for row in _all_rows(desk.connection, meeting, news))
        attempt = Attempt(
            verb="attend", on=command.on, to=meeting.facts.state, deviation=deviation, persons=_named(people, register)
        )
        verdict = ask(command, facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        _refuse_twice(desk.connection, meeting, facts, attempt)
        draft = noted(meeting, "meeting.attendance_noted", command, "minutes")
        draft.data |= {
            "from": meeting.facts.state,
            "to": verdict.state,
            "warnings": [finding.guard for finding in verdict.warnings],
            "deviations": [finding.guard for finding in verdict.deviations],
        }
        keep_words(draft, verdict)
        if command.reason:
            draft.data["reason"] = draft.text({"reason": command.reason})
        draft.changes.append(update("meeting", id=meeting.id, version=meeting.version + 1, state=verdict.state))
        draft.changes += [_change(meeting, draft, row) for row in news]
        return accept(desk, command, meeting, draft, verdict, notes=(_told(facts),))


def close(desk: Desk, command: Command, meeting_id: str, hour: str, **expected: int) -> Result:
    """Note the hour a meeting ended: a reservation must have been announced by then (KL 4 kap. 27 §)."""
    with opened(desk, command, "minutes", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        refuse_other_day(command, meeting.facts)
        ref = meeting.facts.ref
        if meeting.facts.state is not MeetingState.HALLEN:
            raise UsageError(f"{ref} är inte antecknat som hållet. Gör det först: arende meeting hold {_short(ref)}")
        if meeting.facts.closed_at is not None:
            raise UsageError(
                f"{ref} avslutades {meeting.facts.closed_at}. Är det fel: ta tillbaka posten med arende correct."
            )
        ended = clock(hour, "--kl")
        written = protocol_facts.written(desk.connection, meeting)
        facts = msgspec.structs.replace(meeting.facts, closed_at=ended, written=written)
        found = remarks((RESERVATIONS_IN_PROTOCOL,), facts, Attempt(verb="attend", on=command.on))
        draft = noted(meeting, "meeting.closed", command, "minutes")
        draft.data["warnings"] = [finding.guard for finding in found]
        draft.changes.append(update("meeting", id=meeting.id, version=meeting.version + 1, closed_at=ended))
        return accept(desk, command, meeting, draft, msgspec.structs.replace(ORDINARY_WAY, warnings=found))


def clock(text: str, flag: str) -> str:
    """`15.42`, however it was written. Raises UsageError for what is no hour."""
    match = HOUR.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{flag} {text} är inget klockslag; skriv till exempel {flag} 15.42.")
    return f"{int(match[1]):02}.{match[2]}"


# --- the rows -------------------------------------------------------------------------------------


def _presided(register: MemberRegister, present: tuple[Present, ...]) -> tuple[Present, ...]:
    """Where somebody is named to preside, the elected chair is one of the members."""
    if not any(one.seat is Seat.ORDFORANDE for one in present):
        return present
    elected = {member.id for member in register.members if member.seat == "ordforande"}
    return tuple(
        msgspec.structs.replace(one, seat=Seat.LEDAMOT)
        if one.seat is None and elected & {member.id for member in register.named(one.who)}
        else one
        for one in present
    )


def _ordinary(register: MemberRegister, present: tuple[Present, ...]) -> tuple[Present, ...]:
    """The ordinary members that are not named, and whom nobody stands in for."""
    if not register.members:
        raise UsageError(f"{register.body} har inga ledamöter i registret; lägg till dem under [[members]].")
    named = {member.id for one in present for member in register.named(one.who)}
    replaced = {register.find(one.serves_for).id for one in present if one.serves_for}
    left = [member for member in register.members if member.is_ordinary and member.id not in named | replaced]
    return tuple(Present(who=member.id) for member in left)


def _rows(
    connection: Connection,
    command: Command,
    meeting: LockedMeeting,
    register: MemberRegister,
    present: tuple[Present, ...],
    *,
    again: bool,
) -> list[Noted]:
    there = _stored(connection, meeting, register)
    found: list[Noted] = []
    for one in present:
        row = _row(command, register, one, [*there, *found])
        earlier = [] if again else [old for old in there if _is_same(old, row)]
        if len(earlier) > 1:
            raise UsageError(f"{row.name} står redan på flera rader; ta tillbaka den som är fel med arende correct.")
        found.append(_replacing(row, earlier[0]) if earlier else row)
    return found


def _row(command: Command, register: MemberRegister, one: Present, there: list[Noted]) -> Noted:
    """A new row; whoever is no member is named by the row alone."""
    new, staff = command.new_id(), _staff_named(one, there)
    member = None if one.seat in OUTSIDERS or staff else register.find(one.who)
    attendee_id = member.id if member else staff.attendee.member if staff else new
    stand_in = register.find(one.serves_for) if one.serves_for else None
    found = Attendee(
        member=attendee_id,
        seat=staff.attendee.seat if staff else one.seat or _seat(member),
        serves_for=stand_in.id if stand_in else None,
        from_paragraph=one.from_paragraph,
        to_paragraph=one.to_paragraph,
        remote=one.remote,
        place=member.place if member else None,
    )
    _refuse_odd(one, member, stand_in, found)
    return Noted(new, found, member.name if member else one.who, is_new=True, in_register=member is not None)


OUTSIDERS = (Seat.TJANSTEPERSON, Seat.PERSONALFORETRADARE)


def _staff_named(one: Present, there: list[Noted]) -> Noted | None:
    """The personalföreträdare that somebody is named as, though not by that seat."""
    known = (row for row in there if row.attendee.seat is Seat.PERSONALFORETRADARE)
    return next((row for row in known if one.seat is None and row.name.casefold() == one.who.casefold()), None)


def _seat(member: Member | None) -> Seat:
    if member is None or member.seat == "ersattare":
        return Seat.ERSATTARE
    return Seat.ORDFORANDE if member.seat == "ordforande" else Seat.LEDAMOT


def _refuse_odd(one: Present, member: Member | None, stand_in: Member | None, found: Attendee) -> None:
    if found.from_paragraph and found.to_paragraph and found.from_paragraph > found.to_paragraph:
        raise UsageError(
            f"{one.who}: § {found.from_paragraph} kommer efter § {found.to_paragraph}; byt plats på --fran och --till."
        )
    if stand_in is None:
        return
    if member is not None and member.is_ordinary:
        raise UsageError(
            f"{member.name} är ledamot och ersätter ingen. Ange en ersättare: --ersatter ERSÄTTARE=LEDAMOT"
        )
    if not stand_in.is_ordinary:
        raise UsageError(f"{stand_in.name} är ersättare. Ange ledamoten som ersätts: --ersatter ERSÄTTARE=LEDAMOT")


def _is_same(old: Noted, row: Noted) -> bool:
    if old.in_register and row.in_register:
        return old.attendee.member == row.attendee.member
    return not old.in_register and not row.in_register and old.name.casefold() == row.name.casefold()


def _replacing(row: Noted, old: Noted) -> Noted:
    """The same person's row, with what is told of them now."""
    member = row.attendee.member if row.in_register else old.attendee.member
    now = msgspec.structs.replace(row.attendee, member=member)
    return msgspec.structs.replace(row, id=old.id, attendee=now, is_new=False)


def _stored(connection: Connection, meeting: LockedMeeting, register: MemberRegister) -> list[Noted]:
    return [
        Noted(
            row["id"],
            attendee(row),
            register.name(row["member"]) if row["member"] else said(row["words"], "name"),
            is_new=False,
            in_register=row["member"] is not None,
        )
        for row in connection.run(statements.ATTENDANCE, id=meeting.id)
    ]


def _all_rows(connection: Connection, meeting: LockedMeeting, news: list[Noted]) -> list[Noted]:
    register = MemberRegister(meeting.facts.body, ())
    changed = {row.id for row in news}
    return [*(row for row in _stored(connection, meeting, register) if row.id not in changed), *news]


def _attended(desk: Desk, meeting: LockedMeeting, news: list[Noted]) -> MeetingFacts:
    """The meeting as it will have been attended, whether it may be from afar, and its protocol if that is adjusted."""
    law = desk.settings.config.law
    rows = _all_rows(desk.connection, meeting, news)
    return msgspec.structs.replace(
        meeting.facts,
        part=next((part for part in meeting.parts if part.whole), None),
        attendance=tuple(row.attendee for row in rows),
        remote_allowed=law.remote_kf if meeting.facts.kind == "kf" else law.remote_namnd,
        written=protocol_facts.written(desk.connection, meeting),
    )


def _named(people: tuple[Person, ...], register: MemberRegister) -> tuple[Person, ...]:
    """Members by their names in the register, others by their own."""
    known = {member.id: member.person for member in register.members}
    return tuple(known.get(person.id, person) for person in people)


def _refuse_twice(connection: Connection, meeting: LockedMeeting, facts: MeetingFacts, attempt: Attempt) -> None:
    twice = assembly.twice_at_a_paragraph(facts, jav_of(connection, meeting.id))
    if twice is not None:
        name = next((person.name for person in attempt.persons if person.id == twice), twice)
        raise UsageError(
            f"{name} skulle stå två gånger vid samma paragraf, som närvarande eller ersatt. Ange --fran och --till; "
            "ersätts någon för jäv, anteckna jävet först med arende jav."
        )


def jav_of(connection: Connection, meeting_id: str) -> dict[int, frozenset[str]]:
    """§ -> who has jäv in it."""
    found: dict[int, frozenset[str]] = {}
    for row in connection.run(statements.JAV_OF_MEETING, id=meeting_id):
        found[row["paragraph"]] = found.get(row["paragraph"], frozenset()) | {row["member"]}
    return found


def _change(meeting: LockedMeeting, draft: Draft, row: Noted) -> Change:
    columns: dict[str, Any] = {
        "member": row.attendee.member if row.in_register else None,
        "seat": row.attendee.seat.value,
        "serves_for": row.attendee.serves_for,
        "from_paragraph": row.attendee.from_paragraph,
        "to_paragraph": row.attendee.to_paragraph,
        "remote": row.attendee.remote,
    }
    if not row.is_new:
        return update("attendance", id=row.id, **columns)
    payload = None if row.in_register else draft.text({"name": row.name})
    return insert("attendance", id=row.id, meeting_id=meeting.id, **columns, payload=payload)


def _told(facts: MeetingFacts) -> str:
    serving = sum(one.serves for one in facts.attendance)
    seats = f" av {facts.seats} platser" if facts.seats else ""
    return f"{serving} tjänstgör{seats}, {len(facts.attendance) - serving} närvarar utan att tjänstgöra."


def _short(ref: str) -> str:
    return ref.replace(" ", "-", 1)
