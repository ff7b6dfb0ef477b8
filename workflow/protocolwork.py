"""What can be done with a meeting's protocol: justering, anslag, and what happens to the notice on the board."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from states import deadlines
from states.case_facts import Attempt, ProtocolPart, Written
from states.judgement import Refused
from states.records import Change, insert, update
from states.swedish_calendar import DAY
from states.swedish_text import day, listed
from workflow import meeting_store, protocol_facts, statements
from workflow.audit_journal import Command
from workflow.connection import Connection, Row
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.meetingwork import accept, begin, moved, noted, opened, refuse
from workflow.use_case import ORDINARY_WAY, Result, ask

Paragraphs = tuple[int, ...]


def adjust(
    desk: Desk,
    command: Command,
    meeting_id: str,
    paragraphs: Paragraphs = (),
    *,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """The protocol has been adjusted, all of it or some §§ at once; the day is the last signature's."""
    with opened(desk, command, "adjust", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        attempt = Attempt(
            verb="adjust", on=command.on, to=meeting.facts.state, deviation=deviation, partial=bool(paragraphs)
        )
        facts = msgspec.structs.replace(meeting.facts, written=_written(desk.connection, meeting, paragraphs))
        verdict = ask(command, facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        _refuse_earlier(command.on, meeting.facts.on, "justeras", "hölls")
        items = _unadjusted(meeting, paragraphs)
        draft = begin(meeting, command, "meeting.adjusted", verdict)
        part_id = command.new_id()
        draft.changes.append(moved(meeting, verdict))
        draft.changes.append(
            insert(
                "protocol_part",
                id=part_id,
                meeting_id=meeting.id,
                whole=not paragraphs,
                adjusted_on=command.on.isoformat(),
                posted_on=None,
                taken_down_on=None,
                restarted_on=None,
            )
        )
        draft.changes += [update("agenda_item", id=item["id"], part_id=part_id) for item in items]
        return accept(desk, command, meeting, draft, verdict, then=_cases(items))


def post(
    desk: Desk,
    command: Command,
    meeting_id: str,
    paragraph: int | None = None,
    *,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """The justering has been announced; three weeks run from this day (KL 13 kap. 5 §)."""
    with opened(desk, command, "post", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        part = _foremost(_parts(meeting, paragraph, posted=False))
        attempt = Attempt(verb="post", on=command.on, to=meeting.facts.state, deviation=deviation)
        verdict = ask(command, msgspec.structs.replace(meeting.facts, part=part), attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        if part is None:
            raise AssertionError("the law let nothing be posted")
        _refuse_earlier(command.on, part.adjusted_on, "anslås", "justerades")
        draft = begin(meeting, command, "meeting.posted", verdict)
        draft.changes.append(moved(meeting, verdict))
        news = {"posted_on": command.on, "taken_down_on": None, "restarted_on": None}
        draft.changes += _set(desk.connection, meeting, part, **news)
        return accept(desk, command, meeting, draft, verdict, then=_cases(_items_of(meeting, part)))


def take_down(
    desk: Desk,
    command: Command,
    meeting_id: str,
    paragraph: int | None = None,
    *,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """The notice has come down: lawful from the day after the last appeal day."""
    with opened(desk, command, "take_down", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        part = _foremost(_parts(meeting, paragraph, posted=True))
        attempt = Attempt(verb="take_down", on=command.on, to=meeting.facts.state, deviation=deviation)
        verdict = ask(command, msgspec.structs.replace(meeting.facts, part=part), attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        if part is None:
            raise AssertionError("the law let nothing be taken down")
        if part.posted_on is not None:
            _refuse_earlier(command.on, part.posted_on, "tas ned", "anslogs")
        draft = begin(meeting, command, "meeting.taken_down", verdict)
        draft.changes.append(moved(meeting, verdict))
        draft.changes += _set(desk.connection, meeting, part, taken_down_on=command.on)
        return accept(desk, command, meeting, draft, verdict, then=_cases(_items_of(meeting, part)))


def board_down(
    desk: Desk,
    command: Command,
    meeting_id: str,
    first: date,
    last: date,
    paragraph: int | None = None,
    **expected: int,
) -> Result:
    """The notice was not to be seen from `first` to `last`: the time begins anew the day after, or runs on.

    The law demands that it stays up (KL 8 kap. 12 §) but does not say which; the municipality's setting does.
    """
    with opened(desk, command, "minutes", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        if not first <= last < command.on:
            raise UsageError(
                f"Ange --fran och --till för de dagar anslaget var borta, i ordning och före {command.on}; anteckna "
                "avbrottet när det sitter uppe igen."
            )
        parts = [part for part in _named(meeting, paragraph) if _interrupted(part, first, last)]
        if not parts:
            raise UsageError(
                f"Inget anslag från {meeting.facts.ref} löpte {first}–{last}. Se: arende meeting show "
                f"{meeting.facts.ref.replace(' ', '-', 1)}"
            )
        draft = noted(meeting, "meeting.board_down", command, "minutes")
        draft.data |= {"first": first.isoformat(), "last": last.isoformat()}
        if command.reason:
            draft.data["reason"] = draft.text({"reason": command.reason})
        draft.changes.append(update("meeting", id=meeting.id, version=meeting.version + 1))
        if desk.settings.config.law.board_interruption == "loper_vidare":
            note = "Tiden löper vidare, enligt kommunens inställning board_interruption."
            return accept(desk, command, meeting, draft, ORDINARY_WAY, notes=(note,))
        for part in parts:
            draft.changes += _set(desk.connection, meeting, part, restarted_on=last + DAY)
        then = tuple(case for part in parts for case in _cases(_items_of(meeting, part)))
        notes = _begins_anew(_told_of(desk.connection, meeting, parts), last + DAY)
        return accept(desk, command, meeting, draft, ORDINARY_WAY, then=then, notes=tuple(notes))


def appealable(desk: Desk, command: Command, meeting_id: str, paragraph: int, answer: bool, **expected: int) -> Result:
    """Note that a § can be appealed, or cannot, where it does not follow from what the body did (KL 13 kap. 2 §)."""
    with opened(desk, command, "minutes", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        if not command.reason:
            raise UsageError("Ange --skal: varför beslutet kan eller inte kan överklagas.")
        items = desk.connection.run(statements.ITEMS_SEEN, id=meeting.id)
        item = next((item for item in items if item["paragraph"] == paragraph), None)
        if item is None:
            raise UsageError(f"§ {paragraph} finns inte i {meeting.facts.ref}.")
        draft = noted(meeting, "meeting.appealable_noted", command, "minutes")
        draft.data |= {"paragraph": paragraph, "appealable": answer}
        draft.data["reason"] = draft.text({"reason": command.reason})
        draft.changes.append(update("meeting", id=meeting.id, version=meeting.version + 1))
        draft.changes.append(update("agenda_item", id=item["id"], appealable=answer))
        note = f"§ {paragraph} {'kan' if answer else 'kan inte'} överklagas."
        return accept(desk, command, meeting, draft, ORDINARY_WAY, then=_cases([item]), notes=(note,))


# --- parts of a protocol --------------------------------------------------------------------------


def _written(connection: Connection, meeting: LockedMeeting, paragraphs: Paragraphs) -> tuple[Written, ...]:
    """What is adjusted now: some §§, or all that are left."""
    adjusted = {item["paragraph"] for item in meeting.items if item["part_id"] is not None}
    left = (one for one in protocol_facts.written(connection, meeting) if one.paragraph not in adjusted)
    return tuple(one for one in left if not paragraphs or one.paragraph in paragraphs)


def _unadjusted(meeting: LockedMeeting, paragraphs: Paragraphs) -> list[Row]:
    """The items a justering covers: some §§, or all that are left."""
    left = [item for item in meeting.items if item["part_id"] is None and item["paragraph"] is not None]
    missing = sorted(set(paragraphs) - {item["paragraph"] for item in left})
    if missing:
        signs = f"{'§' if len(missing) == 1 else '§§'} {listed(map(str, missing))}"
        raise UsageError(
            f"{signs} finns inte ojusterad{'' if len(missing) == 1 else 'e'} i {meeting.facts.ref}. Se: arende "
            f"meeting show {meeting.facts.ref.replace(' ', '-', 1)}"
        )
    if paragraphs:
        return [item for item in left if item["paragraph"] in paragraphs]
    if any(part.whole for part in meeting.parts):
        raise UsageError(f"Protokollet från {meeting.facts.ref} är redan justerat.")
    return left


def _named(meeting: LockedMeeting, paragraph: int | None) -> list[ProtocolPart]:
    return [part for part in meeting.parts if paragraph is None or paragraph in part.paragraphs]


def _parts(meeting: LockedMeeting, paragraph: int | None, *, posted: bool) -> list[ProtocolPart]:
    """The parts an anslag can be about, those that stand where they should (`posted`) first.

    A notice that has come down, too early perhaps, can be posted again but not taken down again.
    """
    parts = _named(meeting, paragraph)
    up = [part for part in parts if part.posted_on and not part.taken_down_on]
    waiting = [part for part in parts if not part.posted_on]
    down = [part for part in parts if part.taken_down_on]
    found = [*up, *waiting] if posted else [*waiting, *down]
    if parts and not found:
        raise UsageError(
            f"Anslaget från {meeting.facts.ref} {'är redan nedtaget' if posted else 'sitter redan uppe'}. Se: "
            f"arende meeting show {meeting.facts.ref.replace(' ', '-', 1)}"
        )
    return found


def _foremost(parts: list[ProtocolPart]) -> ProtocolPart | None:
    return parts[0] if parts else None


def _interrupted(part: ProtocolPart, first: date, last: date) -> bool:
    """True for a notice that should have been up on one of the days, its time not yet out."""
    begun = part.counted_from
    if begun is None or begun > last or first > deadlines.last_appeal_day(begun):
        return False
    return part.taken_down_on is None or part.taken_down_on > first


def _told_of(connection: Connection, meeting: LockedMeeting, parts: Iterable[ProtocolPart]) -> list[ProtocolPart]:
    """Those of some parts, with those of their §§, that may be seen."""
    own = {part.id for part in parts}
    return [part for part in meeting_store.seen(connection, meeting.id).parts if part.id in own]


def _begins_anew(parts: Iterable[ProtocolPart], on: date) -> Iterator[str]:
    numbers = listed(str(number) for part in parts for number in part.paragraphs)
    if not numbers:
        return
    yield (
        f"Överklagandetiden för § {numbers} räknas om från {day(on)}: sista dag {day(deadlines.last_appeal_day(on))}, "
        f"anslaget får tas ned tidigast {day(deadlines.take_down_day(on))}. Att tiden börjar om är kommunens "
        "inställning, inte lag."
    )


def _set(connection: Connection, meeting: LockedMeeting, part: ProtocolPart, **news: date | None) -> list[Change]:
    """The part's own row, and those of the late appeals that turn out to be in time by it."""
    stored: dict[str, Any] = {column: value.isoformat() if value else None for column, value in news.items()}
    after = msgspec.structs.replace(part, **news)
    late = [row for row in connection.run(statements.APPEALS_AT, id=meeting.id) if row["part_id"] == part.id]
    return [update("protocol_part", id=part.id, **stored)] + [
        update("appeal", id=row["id"], in_time=True)
        for row in late
        if not row["in_time"] and deadlines.in_time(date.fromisoformat(row["received_on"]), after)
    ]


def _items_of(meeting: LockedMeeting, part: ProtocolPart) -> list[Row]:
    return [item for item in meeting.items if item["part_id"] == part.id]


def _cases(items: Iterable[Row]) -> tuple[str, ...]:
    return tuple(item["case_id"] for item in items if item["case_id"])


def _refuse_earlier(on: date, than: date, what: str, happened: str) -> None:
    if on < than:
        raise UsageError(f"Det kan inte {what} {on}: det {happened} först {than}. Ange rätt --date.")
