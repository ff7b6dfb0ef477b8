"""What can be done with a meeting and its protocol: each use case is one function and one transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import msgspec

from states import deadlines
from states.case_facts import Attempt, BodyKind, MeetingFacts, MeetingState, ProtocolPart
from states.judgement import Advanced, Refused, permit
from states.records import Change, insert, update
from states.roles import PERMISSIONS, acting
from workflow import audit_journal, case_store, meeting_store, statements
from workflow.audit_journal import Command, Draft
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.use_case import Done, Result, ask, deadline_changes, deny, refusal, refuse_changed, refuse_other_day

KF_CALL_DAYS = 7
"""The week of KL 5 kap. 15 §; other bodies' lead times are settings."""


def add(desk: Desk, command: Command, body_text: str, day: date) -> Result:
    """Plan a meeting."""
    body = desk.bodies.find(body_text, day)
    with desk.connection.writing():
        audit_journal.refuse_repeated(desk.connection, command)
        if desk.connection.run(statements.MEETINGS_BY_DAY, body=body.code, day=day.isoformat()):
            raise UsageError(f"{body.code} {day} finns redan. Se: arende meeting show {body.code}-{day}")
        meeting_id = command.new_id()
        call_days = KF_CALL_DAYS if body.kind is BodyKind.KF else body.call_days
        facts = MeetingFacts(
            ref=f"{body.code} {day}",
            body=body.code,
            kind=body.kind,
            on=day,
            state=None,
            call_days=call_days,
        )
        meeting = LockedMeeting(meeting_id, 0, facts, (), ())
        verdict = ask(command, facts, Attempt(verb="add", on=command.on))
        if isinstance(verdict, Refused):
            return deny(desk, command, verdict)
        draft = Draft(meeting.stream, "meeting.added", 1, data={"to": verdict.state}, role=verdict.role or "")
        draft.changes.append(
            insert(
                "meeting",
                id=meeting_id,
                body=body.code,
                kind=body.kind.value,
                day=day.isoformat(),
                state=verdict.state,
                version=1,
                call_days=call_days,
                announced_on=None,
                called_on=None,
            )
        )
        return accept(desk, command, meeting, draft, verdict)


def announce(desk: Desk, command: Command, meeting_id: str, *, deviation: bool = False, **expected: int) -> Result:
    """Kungörelse: time, place and the items on the agenda stand on the anslagstavla."""
    with opened(desk, command, meeting_id, expected) as meeting:
        attempt = Attempt(verb="announce", on=command.on, to=meeting.facts.state, deviation=deviation)
        listed = [item for item in meeting.items if item["outcome"] is None]
        late = [item for item in listed if item["announced_on"] is None]
        supplementary = meeting.facts.announced_on is not None and all(item["urgent"] for item in late)
        verdict = ask(command, msgspec.structs.replace(meeting.facts, supplementary=supplementary), attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        draft = _begin(meeting, command, "meeting.announced", verdict)
        first = meeting.facts.announced_on or command.on
        draft.changes.append(_moved(meeting, verdict, announced_on=first.isoformat()))
        draft.changes += [update("agenda_item", id=item["id"], announced_on=command.on.isoformat()) for item in late]
        return accept(desk, command, meeting, draft, verdict)


def call(desk: Desk, command: Command, meeting_id: str, *, deviation: bool = False, **expected: int) -> Result:
    """The kallelse has gone out."""
    with opened(desk, command, meeting_id, expected) as meeting:
        attempt = Attempt(verb="call", on=command.on, to=MeetingState.KALLAD, deviation=deviation)
        verdict = ask(command, meeting.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        draft = _begin(meeting, command, "meeting.called", verdict)
        draft.changes.append(_moved(meeting, verdict, called_on=command.on.isoformat()))
        return accept(desk, command, meeting, draft, verdict)


def hold(
    desk: Desk,
    command: Command,
    meeting_id: str,
    *,
    first_paragraph: int | None = None,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """The meeting has been held: its items get their §§ in the body's yearly series."""
    with opened(desk, command, meeting_id, expected) as meeting:
        refuse_other_day(command, meeting.facts)
        attempt = Attempt(verb="hold", on=meeting.facts.on, to=MeetingState.HALLEN, deviation=deviation)
        verdict = ask(command, meeting.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        draft = _begin(meeting, command, "meeting.held", verdict)
        draft.changes.append(_moved(meeting, verdict))
        following = meeting_store.next_paragraph(desk.connection, meeting.facts.body, meeting.facts.on.year)
        if first_paragraph is not None and first_paragraph < following:
            raise UsageError(f"{meeting.facts.body} har redan § {following - 1} i år; nästa lediga är § {following}.")
        waiting = (item for item in meeting.items if item["outcome"] is None)
        for paragraph, item in enumerate(waiting, first_paragraph or following):
            draft.changes.append(update("agenda_item", id=item["id"], paragraph=paragraph))
        return accept(desk, command, meeting, draft, verdict)


def adjust(
    desk: Desk,
    command: Command,
    meeting_id: str,
    paragraph: int | None = None,
    *,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """The protocol, or one § at once, has been adjusted; the day is the last signature's."""
    with opened(desk, command, meeting_id, expected) as meeting:
        partial = paragraph is not None
        attempt = Attempt(verb="adjust", on=command.on, to=meeting.facts.state, deviation=deviation, partial=partial)
        verdict = ask(command, meeting.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        _refuse_earlier(command.on, meeting.facts.on, "justeras", "hölls")
        items = _unadjusted(meeting, paragraph)
        draft = _begin(meeting, command, "meeting.adjusted", verdict)
        part_id = command.new_id()
        draft.changes.append(_moved(meeting, verdict))
        draft.changes.append(
            insert(
                "protocol_part",
                id=part_id,
                meeting_id=meeting.id,
                whole=paragraph is None,
                adjusted_on=command.on.isoformat(),
                posted_on=None,
                taken_down_on=None,
            )
        )
        draft.changes += [update("agenda_item", id=item["id"], part_id=part_id) for item in items]
        return accept(desk, command, meeting, draft, verdict, then=tuple(item["case_id"] for item in items))


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
    with opened(desk, command, meeting_id, expected) as meeting:
        part = _foremost(_parts(meeting, paragraph, posted=False))
        attempt = Attempt(verb="post", on=command.on, to=meeting.facts.state, deviation=deviation)
        verdict = ask(command, msgspec.structs.replace(meeting.facts, part=part), attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        if part is None:
            raise AssertionError("the law let nothing be posted")
        _refuse_earlier(command.on, part.adjusted_on, "anslås", "justerades")
        draft = _begin(meeting, command, "meeting.posted", verdict)
        draft.changes.append(_moved(meeting, verdict))
        draft.changes.append(update("protocol_part", id=part.id, posted_on=command.on.isoformat(), taken_down_on=None))
        return accept(desk, command, meeting, draft, verdict)


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
    with opened(desk, command, meeting_id, expected) as meeting:
        part = _foremost(_parts(meeting, paragraph, posted=True))
        attempt = Attempt(verb="take_down", on=command.on, to=meeting.facts.state, deviation=deviation)
        verdict = ask(command, msgspec.structs.replace(meeting.facts, part=part), attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        if part is None:
            raise AssertionError("the law let nothing be taken down")
        if part.posted_on is not None:
            _refuse_earlier(command.on, part.posted_on, "tas ned", "anslogs")
        draft = _begin(meeting, command, "meeting.taken_down", verdict)
        draft.changes.append(_moved(meeting, verdict))
        draft.changes.append(update("protocol_part", id=part.id, taken_down_on=command.on.isoformat()))
        return accept(desk, command, meeting, draft, verdict)


# --- the frame ------------------------------------------------------------------------------------


@contextmanager
def opened(desk: Desk, command: Command, meeting_id: str, expected: Mapping[str, int]) -> Iterator[LockedMeeting]:
    """The one transaction of a use case on a meeting; `expected` may hold its `meeting_version` as it was seen."""
    with desk.connection.writing():
        meeting = meeting_store.lock(desk.connection, meeting_id)
        audit_journal.refuse_repeated(desk.connection, command)
        refuse_changed("Sammanträdet", meeting.version, expected.get("meeting_version"))
        yield meeting


def not_permitted(desk: Desk, command: Command, meeting: LockedMeeting, act: str) -> Refused | None:
    """The refusal of what is no move (a key of `PERMISSIONS`), written down; None to whoever may."""
    attempt = Attempt(verb=act, on=command.on, offices=command.offices)
    denied = permit(meeting.facts.ref, attempt, act, {meeting.facts.body})
    return refuse(desk, command, meeting, denied) if denied else None


def noted(meeting: LockedMeeting, kind: str, command: Command, act: str) -> Draft:
    """A record of something noted on a meeting without moving it, and of the role it was done in."""
    role = acting(command.offices, PERMISSIONS[act].by, {meeting.facts.body})
    return Draft(meeting.stream, kind, meeting.version + 1, seen={meeting.id: meeting.version}, role=role or "")


def _begin(meeting: LockedMeeting, command: Command, kind: str, verdict: Advanced) -> Draft:
    data: dict[str, Any] = {
        "from": meeting.facts.state,
        "to": verdict.state,
        "warnings": [finding.guard for finding in verdict.warnings],
        "deviations": [finding.guard for finding in verdict.deviations],
    }
    seen, role = {meeting.id: meeting.version}, verdict.role or ""
    draft = Draft(meeting.stream, kind, meeting.version + 1, data=data, seen=seen, role=role)
    if command.reason:
        draft.data["reason"] = draft.text({"reason": command.reason})
    return draft


def _moved(meeting: LockedMeeting, verdict: Advanced, **columns: Any) -> Any:
    return update("meeting", id=meeting.id, version=meeting.version + 1, state=verdict.state, **columns)


def accept(
    desk: Desk,
    command: Command,
    meeting: LockedMeeting,
    draft: Draft,
    verdict: Advanced,
    then: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Done:
    """Write the changes, then the deadlines that follow, also of the cases in `then`, and the record of it all."""
    audit_journal.write_changes(desk.connection, draft.changes)
    now = meeting_store.load(desk.connection, meeting.id)
    open_now = deadlines.meeting_deadlines(now.facts, now.parts, desk.routines)
    following = deadline_changes(desk.connection, meeting.id, open_now)
    for case_id in sorted(set(then)):
        following += _deadlines_of(desk, case_id)
    audit_journal.write_changes(desk.connection, following)
    draft.changes += following
    audit_journal.seal(desk.connection, command, draft)
    return Done(now.facts.ref, meeting.stream, meeting.facts.state, str(now.facts.state), verdict, notes)


def _deadlines_of(desk: Desk, case_id: str) -> list[Change]:
    """What a case waits for, after something a meeting did (an adjusted decision is to be sent)."""
    case_store.lock_case(desk.connection, case_id)
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    return deadline_changes(desk.connection, case_id, deadlines.case_deadlines(facts, desk.routines))


def refuse(desk: Desk, command: Command, meeting: LockedMeeting, verdict: Refused) -> Refused:
    draft = Draft(meeting.stream, "meeting.refused", meeting.version, data=refusal(verdict))
    audit_journal.seal(desk.connection, command, draft, remember=False)
    return verdict


# --- parts of a protocol --------------------------------------------------------------------------


def _unadjusted(meeting: LockedMeeting, paragraph: int | None) -> list[Any]:
    """The items a justering covers: one §, or all that are left."""
    left = [item for item in meeting.items if item["part_id"] is None and item["paragraph"] is not None]
    if paragraph is not None:
        left = [item for item in left if item["paragraph"] == paragraph]
        if not left:
            raise UsageError(
                f"§ {paragraph} finns inte ojusterad i {meeting.facts.ref}. Se: arende meeting show "
                f"{meeting.facts.ref.replace(' ', '-', 1)}"
            )
    elif any(part.whole for part in meeting.parts):
        raise UsageError(f"Protokollet från {meeting.facts.ref} är redan justerat.")
    return left


def _parts(meeting: LockedMeeting, paragraph: int | None, *, posted: bool) -> list[ProtocolPart]:
    """The parts an anslag can be about, those that stand where they should (`posted`) first.

    A notice that has come down, too early perhaps, can be posted again but not taken down again.
    """
    parts = [part for part in meeting.parts if paragraph is None or paragraph in part.paragraphs]
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


def _refuse_earlier(on: date, than: date, what: str, happened: str) -> None:
    if on < than:
        raise UsageError(f"Det kan inte {what} {on}: det {happened} först {than}. Ange rätt --date.")
