"""Before a meeting is held: changing its planned days, moving it, calling it off, bringing in a year's meetings.

Each use case is one function and one transaction. What moves with a meeting is told: every deadline of its
own, and of the cases on its agenda, with the day it had and the day it has.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from states import deadlines
from states.case_facts import Attempt, MatterOutcome, MeetingState
from states.deadlines import Deadline, DeadlineKind
from states.duties import DUTIES
from states.judgement import Advanced, Refused
from states.plan import Plan as CasePlan
from states.records import Change, insert, update
from states.swedish_calendar import DAY
from states.swedish_text import capitalised, day, listed, name
from workflow import audit_journal, case_store, meeting_plan, meeting_store, meetingwork, plans, statements
from workflow.agenda import last_ordinal, next_meeting, noted_on_case
from workflow.audit_journal import Command, Draft
from workflow.body_register import Body
from workflow.connection import Row
from workflow.delegationwork import move_unreported
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, UsageError
from workflow.meeting_calendars.entry import Entry
from workflow.meeting_plan import UNSAID, Plan
from workflow.meeting_store import LockedMeeting
from workflow.meetingwork import accept, cases_of, noted, opened, refuse
from workflow.use_case import ORDINARY_WAY, Done, Rehearsed, Result, ask, deny, deny_everywhere, give_reason


def plan(desk: Desk, command: Command, meeting_id: str, changed: Plan, **expected: int) -> Result:
    """Change the days a meeting is planned by; its deadlines follow."""
    with opened(desk, command, "agenda", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        _refuse_past(meeting, "planeras om")
        if not changed.said:
            raise UsageError("Säg vad som ändras: --manus, --kallelse, --kungorelse eller --tid.")
        meeting_plan.refuse_odd(changed, _body(desk, meeting, meeting.facts.on), meeting.facts.on)
        draft = noted(meeting, "meeting.planned", command, "agenda")
        give_reason(draft, command)
        draft.changes.append(update("meeting", id=meeting.id, version=meeting.version + 1, **changed.said))
        before = _standing(desk, command, meeting, ())
        done = accept(desk, command, meeting, draft, ORDINARY_WAY)
        return msgspec.structs.replace(done, notes=tuple(_differences(before, _standing(desk, command, meeting, ()))))


def move(
    desk: Desk,
    command: Command,
    meeting_id: str,
    to: date,
    changed: Plan = UNSAID,
    *,
    save: bool = True,
    **expected: int,
) -> Result:
    """The same meeting on another day; it is called and announced anew, since the law asks for that day's.

    Without `save` everything is taken back, and only told.
    """
    try:
        with opened(desk, command, "move", meeting_id, expected) as meeting:
            if isinstance(meeting, Refused):
                return meeting
            attempt = Attempt(verb="move", on=command.on, to=MeetingState.PLANERAD)
            verdict = ask(command, meeting.facts, attempt)
            if isinstance(verdict, Refused):
                return refuse(desk, command, meeting, verdict)
            shifted = _shifted(meeting, to, changed)
            _refuse_day(desk, command, meeting, to, shifted)
            cases = cases_of(item for item in meeting.items if item["outcome"] is None)
            told = _seen(desk, cases)
            before = _standing(desk, command, meeting, told)
            draft = _begun(meeting, command, "meeting.moved", verdict, day_before=meeting.facts.on.isoformat())
            draft.changes += _moved(meeting, verdict, to, shifted)
            done = accept(desk, command, meeting, draft, verdict, then=cases)
            after = _standing(desk, command, meeting, told)
            notes = (*meetingwork.odd_day(to), *_called_again(meeting), *_differences(before, after))
            done = msgspec.structs.replace(done, notes=notes)
            if not save:
                raise Rehearsed(done)
            return done
    except Rehearsed as rehearsed:
        return rehearsed.done


def cancel(desk: Desk, command: Command, meeting_id: str, *, save: bool = True, **expected: int) -> Result:
    """The meeting is called off; the cases that wait on its agenda go to the body's next, or are struck.

    Without `save` everything is taken back, and only told.
    """
    ahead = meeting_store.load(desk.connection, meeting_id).facts
    coming = next_meeting(desk.connection, ahead.body, max(ahead.on, command.on - DAY))
    try:
        with opened(desk, command, "cancel", meeting_id, expected, *coming) as meeting:
            if isinstance(meeting, Refused):
                return meeting
            verdict = ask(command, meeting.facts, Attempt(verb="cancel", on=command.on, to=MeetingState.INSTALLD))
            if isinstance(verdict, Refused):
                return refuse(desk, command, meeting, verdict)
            again = _still_ahead(meeting_store.load(desk.connection, coming[0])) if coming else None
            _refuse_untold(meeting, again)
            waiting = [item for item in meeting.items if item["outcome"] is None]
            cases = cases_of(waiting)
            told = _seen(desk, cases)
            before = _standing(desk, command, meeting, told)
            draft = _begun(meeting, command, "meeting.cancelled", verdict, cancelled_for=coming[0] if coming else None)
            draft.changes += _cancelled(desk, command, draft, meeting, verdict, waiting, again)
            notes = tuple(_told_of_cancelling(desk, meeting, told, again))
            also = (again.id,) if again is not None else ()
            done = accept(desk, command, meeting, draft, verdict, then=cases, also=also)
            after = _standing(desk, command, meeting, told)
            done = msgspec.structs.replace(done, notes=(*notes, *_differences(before, after, of_meeting=False)))
            if not save:
                raise Rehearsed(done)
            return done
    except Rehearsed as rehearsed:
        return rehearsed.done


def _cancelled(
    desk: Desk,
    command: Command,
    draft: Draft,
    meeting: LockedMeeting,
    verdict: Advanced,
    waiting: Sequence[Row],
    again: LockedMeeting | None,
) -> Iterator[Change]:
    """The rows of a meeting that is called off, and of what goes from it to another."""
    cases = cases_of(waiting)
    yield update("meeting", id=meeting.id, version=meeting.version + 1, state=verdict.state)
    yield from (update("agenda_item", id=item["id"], outcome=MatterOutcome.UTGATT.value) for item in waiting)
    if again is not None and (cases or meeting.facts.unreported):
        draft.seen[again.id] = again.version
        yield from _put_on(desk, command, [item for item in waiting if item["case_id"]], again)
        place = last_ordinal(desk.connection, again.id) + len(cases) + 1
        yield from move_unreported(desk.connection, command, draft, meeting, again, place)
    yield from (noted_on_case(desk.connection, case, command.on) for case in cases)


def bring_in(
    desk: Desk, command: Command, entries: Sequence[Entry], source: str, notes: Sequence[str] = (), *, save: bool = True
) -> Result:
    """Plan all the meetings of a calendar, or none; those that are planned already are left as they are.

    `source` names the calendar, and `notes` says what of it was no meeting.
    """
    if denied := deny_everywhere(desk, command, "add", f"sammanträdesprogrammet {source}"):
        return denied
    try:
        with desk.connection.writing():
            audit_journal.refuse_repeated(desk.connection, command)
            new, told = _sorted_out(desk, command, entries)
            for body in {body.code: body for _, body in new}.values():
                verdict = ask(
                    command, meetingwork.not_yet_planned(body, command.on), Attempt(verb="add", on=command.on)
                )
                if isinstance(verdict, Refused):
                    return deny(desk, command, verdict)
            streams = [_brought_in(desk, command, place, entry, body) for place, (entry, body) in enumerate(new)]
            added = listed(f"{body.code} {entry.day}" for entry, body in new)
            first = f"Nya: {added}." if new else "Inget nytt."
            done = Done(
                ref=f"sammanträdesprogrammet {source}",
                stream=streams[0] if streams else "system",
                before=None if new else MeetingState.PLANERAD,
                after=MeetingState.PLANERAD,
                verdict=ORDINARY_WAY,
                notes=(first, *told, *notes),
            )
            if not save:
                raise Rehearsed(done)
            return done
    except Rehearsed as rehearsed:
        return rehearsed.done


def _refuse_untold(meeting: LockedMeeting, again: LockedMeeting | None) -> None:
    """What was decided in the body's place must be told of at some meeting. Raises UsageError."""
    if meeting.facts.unreported and again is None:
        raise UsageError(
            f"Vid {meeting.facts.ref} ska beslut i instansens ställe anmälas. Planera nästa sammanträde först, så "
            f"går de dit: arende meeting add {meeting.facts.body} DATUM"
        )


# --- moving -----------------------------------------------------------------------------------------


def _begun(meeting: LockedMeeting, command: Command, kind: str, verdict: Advanced, **data: Any) -> Draft:
    """A record of an allowed move of a meeting."""
    told = {"from": meeting.facts.state, "to": verdict.state, "warnings": [], "deviations": [], **data}
    seen, role = {meeting.id: meeting.version}, verdict.role or ""
    draft = Draft(meeting.stream, kind, meeting.version + 1, data=told, seen=seen, role=role)
    give_reason(draft, command)
    return draft


def _body(desk: Desk, meeting: LockedMeeting, on: date) -> Body:
    """The body that meets, as it is on a day. Raises UsageError where it is no more, or not yet."""
    body = desk.bodies.find(meeting.facts.body, on)
    if body.code != meeting.facts.body:
        raise UsageError(f"{meeting.facts.body} finns inte {on}; då är det {body.code} som sammanträder.")
    return body


def _shifted(meeting: LockedMeeting, to: date, changed: Plan) -> Plan:
    """The planned days, as many days before the new one as before the old, unless others are given."""
    by, facts = to - meeting.facts.on, meeting.facts
    return Plan(
        manus=changed.manus or (facts.manus_on and facts.manus_on + by),
        call=changed.call or (facts.call_on and facts.call_on + by),
        announce=changed.announce or (facts.announce_on and facts.announce_on + by),
        starts_at=changed.starts_at,
    )


def _refuse_day(desk: Desk, command: Command, meeting: LockedMeeting, to: date, shifted: Plan) -> None:
    if to == meeting.facts.on:
        raise UsageError(f"{meeting.facts.ref} är redan den dagen.")
    if to < command.on:
        raise UsageError(f"{to} har passerat; flytta {meeting.facts.ref} till en dag från och med {command.on}.")
    body = _body(desk, meeting, to)
    meeting_plan.refuse_taken(desk.connection, body.code, to)
    meeting_plan.refuse_odd(shifted, body, to)


def _refuse_past(meeting: LockedMeeting, what: str) -> None:
    if not meeting.facts.ahead:
        raise UsageError(f"{meeting.facts.ref} är {name(meeting.facts.state)} och kan inte {what}.")


def _moved(meeting: LockedMeeting, verdict: Advanced, to: date, shifted: Plan) -> Iterator[Change]:
    columns: dict[str, Any] = {**shifted.said, "day": to.isoformat(), "state": verdict.state}
    yield update("meeting", id=meeting.id, version=meeting.version + 1, announced_on=None, called_on=None, **columns)
    for item in meeting.items:
        news = {} if item["announced_on"] is None else {"announced_on": None}
        if to.year != meeting.facts.on.year:
            news["year"] = to.year  # type: ignore[assignment]
        if news:
            yield update("agenda_item", id=item["id"], **news)


def _called_again(meeting: LockedMeeting) -> Iterator[str]:
    told = [("kungörelsen", meeting.facts.announced_on), ("kallelsen", meeting.facts.called_on)]
    done = [f"{what} {day(on)}" for what, on in told if on]
    if done:
        yield f"{capitalised(listed(done))} gällde den gamla dagen: {'de' if len(done) > 1 else 'den'} görs om."


# --- what moved -------------------------------------------------------------------------------------


def _seen(desk: Desk, cases: Sequence[str]) -> tuple[str, ...]:
    """The cases that may be told of; those that may not follow in silence."""
    return tuple(case for case in cases if case_store.is_seen(desk.connection, case))


Found = Mapping[tuple[str, DeadlineKind, str], Deadline]

SHORT = {
    DeadlineKind.MBL: "MBL",
    DeadlineKind.MANUSSTOPP: "manusstopp",
    DeadlineKind.ANNOUNCE: "kungörelse",
    DeadlineKind.CALL: "kallelse",
    DeadlineKind.HOLD: "frågan om det blev av",
    DeadlineKind.SILENT: "frågan om varför inget händer",
}
"""What a deadline that moves with a meeting is called in a line; the others by their duty."""


class Standing(msgspec.Struct, frozen=True):
    """How things stand: the open deadlines of a meeting and its cases, and the plans of all that are on their way."""

    deadlines: Found
    plans: Mapping[str, CasePlan]


def _standing(desk: Desk, command: Command, meeting: LockedMeeting, cases: Sequence[str]) -> Standing:
    on_the_way = plans.of_those_on_the_way_to(desk, meeting.facts.body, command.on)
    return Standing(_open_deadlines(desk, meeting.id, cases), on_the_way)


def _open_deadlines(desk: Desk, meeting_id: str, cases: Sequence[str]) -> Found:
    """What is open for a meeting and the cases on its agenda: (whose, kind, subject unless it is the meeting)."""
    meeting = meeting_store.load(desk.connection, meeting_id)
    found = {}
    for one in deadlines.meeting_deadlines(meeting.facts, meeting.parts, desk.routines):
        found["", one.kind, one.subject] = one
    for case in cases:
        facts = case_store.load_facts(desk.connection, case, desk.raised_reading)
        for one in deadlines.case_deadlines(facts, desk.routines):
            subject = "" if one.subject == meeting.facts.ref else one.subject
            found[facts.ref, one.kind, subject] = one
    return found


def _differences(before: Standing, after: Standing, *, of_meeting: bool = True) -> Iterator[str]:
    """`MBL SON 2024-1: 2024-05-13 → 2024-05-20` for everything that moved, and every plan that did."""
    keys = dict.fromkeys((*before.deadlines, *after.deadlines))
    for whose, kind, subject in keys:
        if whose or of_meeting:
            key = whose, kind, subject
            what = " ".join(filter(None, (SHORT.get(kind, DUTIES[kind].text), whose)))
            yield from _difference(capitalised(what), before.deadlines.get(key), after.deadlines.get(key))
    yield from plans.differences(before.plans, after.plans)


def _difference(what: str, old: Deadline | None, new: Deadline | None) -> Iterator[str]:
    if old and new and old.due != new.due:
        yield f"{what}: {old.due} → {new.due}"
    elif new and not old:
        yield f"{what}: ny dag {new.due}"
    elif old and not new:
        yield f"{what}: {old.due} gäller inte längre"


# --- calling off ------------------------------------------------------------------------------------


def _still_ahead(meeting: LockedMeeting) -> LockedMeeting:
    if not meeting.facts.ahead:
        raise ChangedMeanwhileError(f"{meeting.facts.ref} ändrades just nu av någon annan. Inget skrevs; försök igen.")
    return meeting


def _put_on(desk: Desk, command: Command, items: Sequence[Row], again: LockedMeeting) -> Iterator[Change]:
    """What waited, last on another agenda in the order it had; what was struck from that one is put back."""
    place = last_ordinal(desk.connection, again.id)
    struck = {item["stage_id"]: item for item in again.items}
    for ordinal, item in enumerate(items, place + 1):
        kept = {"ordinal": ordinal, "kind": item["kind"], "payload": item["payload"]}
        there = struck.get(item["stage_id"])
        if there is not None and there["outcome"] is None:
            continue
        if there is not None:
            yield update("agenda_item", id=there["id"], outcome=None, announced_on=None, urgent=False, **kept)
        else:
            yield _again(command, item, again, kept)
    yield update("meeting", id=again.id, version=again.version + 1)


def _again(command: Command, item: Row, again: LockedMeeting, kept: Mapping[str, Any]) -> Change:
    blank = {"part_id": None, "paragraph": None, "announced_on": None, "decided": False, "outcome": None}
    return insert(
        "agenda_item",
        id=command.new_id(),
        case_id=item["case_id"],
        stage_id=item["stage_id"],
        meeting_id=again.id,
        body=again.facts.body,
        year=again.facts.on.year,
        urgent=False,
        deviation=False,
        **{**blank, **kept},
    )


def _told_of_cancelling(
    desk: Desk, meeting: LockedMeeting, cases: Sequence[str], again: LockedMeeting | None
) -> Iterator[str]:
    refs = listed(case_store.ref(desk.connection, case) for case in cases)
    body = meeting.facts.body
    if cases and again is None:
        yield f"{refs} utgår: nästa sammanträde med {body} är inte planerat än. Boka när det är det."
    if cases and again is not None:
        yield f"{refs} står nu på föredragningslistan till {again.facts.ref}."
        if again.facts.called_on:
            yield f"Kallelsen till {again.facts.ref} har redan gått ut; säg till ledamöterna vad som har kommit till."
    if meeting.facts.is_council and meeting.facts.announced_on:
        yield f"{meeting.facts.ref} är kungjort: anslå att det är inställt."
    if meeting.facts.called_on:
        yield "Kallelsen har gått ut: säg till alla kallade att sammanträdet är inställt."


# --- a year's meetings ------------------------------------------------------------------------------


def _sorted_out(desk: Desk, command: Command, entries: Sequence[Entry]) -> tuple[list[tuple[Entry, Body]], list[str]]:
    """The new meetings, and sentences about the others. Raises UsageError for what cannot be a meeting."""
    new: dict[str, tuple[Entry, Body]] = {}
    known, past = [], []
    for entry in entries:
        body = desk.bodies.find_or_none(entry.body, entry.day)
        if body is None:
            raise UsageError(f"{entry.where}: instansen ”{entry.body}” finns inte {entry.day}. Inget är sparat.")
        try:
            meeting_plan.refuse_odd(entry.plan, body, entry.day)
        except UsageError as error:
            raise UsageError(f"{entry.where}: {error} Inget är sparat.") from error
        ref = f"{body.code} {entry.day}"
        rows = desk.connection.run(statements.MEETINGS_BY_DAY, body=body.code, day=entry.day.isoformat())
        if rows:
            known.append(_known(desk, rows[0]["id"], ref, entry.plan))
        elif entry.day < command.on:
            past.append(ref)
        else:
            new.setdefault(ref, (entry, body))
    told = [f"Fanns redan: {listed(known)}."] if known else []
    if past:
        told.append(f"Redan passerade, och inte inlagda: {listed(past)}. Med --date läggs också de in.")
    return list(new.values()), told


def _known(desk: Desk, meeting_id: str, ref: str, plan: Plan) -> str:
    """A meeting there is, with what of the calendar it differs from."""
    row = desk.connection.run(statements.MEETING, id=meeting_id)[0]
    if row["state"] == MeetingState.INSTALLD:
        return f"{ref} (inställt)"
    differs = any(row[column] != value for column, value in plan.said.items())
    return f"{ref} (med andra dagar; ändra med arende meeting plan {ref.replace(' ', '-', 1)})" if differs else ref


def _brought_in(desk: Desk, command: Command, place: int, entry: Entry, body: Body) -> str:
    """Plan one of many; the command's own id is that of the first record."""
    own = command if place == 0 else msgspec.structs.replace(command, id=command.new_id())
    result = meetingwork.put_in_calendar(desk, own, body, entry.day, entry.plan)
    if isinstance(result, Refused):
        raise AssertionError("what was allowed a moment ago was refused")
    return result.stream
