"""What can be done with a meeting: each use case is one function and one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import msgspec

from states import deadlines
from states.case_facts import Attempt, BodyKind, MeetingFacts, MeetingState
from states.judgement import Advanced, Refused, permit
from states.records import Change, insert, update
from states.roles import PERMISSIONS, acting
from states.swedish_calendar import closed_because
from states.swedish_text import listed
from workflow import audit_journal, case_store, meeting_plan, meeting_store, statements
from workflow.agenda import ALWAYS_LAST, coming_back, treated_by_itself
from workflow.audit_journal import Command, Draft
from workflow.body_register import Body
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_plan import UNSAID, Plan
from workflow.meeting_store import LockedMeeting
from workflow.use_case import (
    Done,
    Result,
    ask,
    deadline_changes,
    deny,
    keep_words,
    refusal,
    refuse_changed,
    refuse_other_day,
)

STANDING_DELEGATION = "delegation"
"""The recurring matter at which a meeting is told of decisions taken in its place."""

KF_CALL_DAYS = 7
"""The week of KL 5 kap. 15 §; other bodies' lead times are settings."""


def add(desk: Desk, command: Command, body_text: str, day: date, plan: Plan = UNSAID) -> Result:
    """Plan a meeting."""
    body = desk.bodies.find(body_text, day)
    with desk.connection.writing():
        audit_journal.refuse_repeated(desk.connection, command)
        return put_in_calendar(desk, command, body, day, plan)


def put_in_calendar(desk: Desk, command: Command, body: Body, day: date, plan: Plan) -> Result:
    """A new meeting with what always stands on its agenda, in the caller's transaction."""
    facts = not_yet_planned(body, day)
    meeting = LockedMeeting(command.new_id(), 0, facts, (), ())
    verdict = ask(command, facts, Attempt(verb="add", on=command.on))
    if isinstance(verdict, Refused):
        return deny(desk, command, verdict)
    meeting_plan.refuse_taken(desk.connection, body.code, day)
    meeting_plan.refuse_odd(plan, body, day)
    draft = Draft(meeting.stream, "meeting.added", 1, data={"to": verdict.state}, role=verdict.role or "")
    draft.changes.append(
        insert(
            "meeting",
            id=meeting.id,
            body=body.code,
            kind=body.kind.value,
            day=day.isoformat(),
            state=verdict.state,
            version=1,
            call_days=facts.call_days,
            announced_on=None,
            called_on=None,
            **plan.columns,
            closed_at=None,
        )
    )
    matters = desk.settings.config.standing_items
    standing = meeting_plan.standing_items(command, draft, matters, meeting.id, body.code, day)
    draft.changes += standing
    place = max((item.row["ordinal"] for item in standing if item.row["ordinal"] < ALWAYS_LAST), default=0)
    back = list(coming_back(desk, command, meeting, place))
    draft.changes += [change for _, _, changes in back for change in changes]
    seen = [facts.ref for case_id, facts, _ in back if case_store.is_seen(desk.connection, case_id)]
    notes = (*odd_day(day), *((f"{listed(seen)} står nu på föredragningslistan till {facts.ref}.",) if seen else ()))
    return accept(desk, command, meeting, draft, verdict, then=tuple(case_id for case_id, _, _ in back), notes=notes)


def odd_day(day: date) -> tuple[str, ...]:
    """What is said of a day when nobody works: most likely a slip of the finger."""
    reason = closed_because(day)
    return (f"Obs: {day} är {reason}. Är det rätt dag?",) if reason else ()


def not_yet_planned(body: Body, day: date) -> MeetingFacts:
    """A meeting before it is in the calendar."""
    council = body.kind is BodyKind.KF and not body.is_utskott
    call_days = KF_CALL_DAYS if council else body.call_days
    ref = f"{body.code} {day}"
    return MeetingFacts(
        ref=ref, body=body.code, kind=body.kind, on=day, state=None, call_days=call_days, utskott=body.is_utskott
    )


def announce(desk: Desk, command: Command, meeting_id: str, *, deviation: bool = False, **expected: int) -> Result:
    """Kungörelse: time, place and the items on the agenda stand on the anslagstavla."""
    with opened(desk, command, "announce", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        attempt = Attempt(verb="announce", on=command.on, to=meeting.facts.state, deviation=deviation)
        listed = [item for item in meeting.items if item["outcome"] is None]
        late = [item for item in listed if item["announced_on"] is None]
        supplementary = meeting.facts.announced_on is not None and all(item["urgent"] for item in late)
        verdict = ask(command, msgspec.structs.replace(meeting.facts, supplementary=supplementary), attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        draft = begin(meeting, command, "meeting.announced", verdict)
        first = meeting.facts.announced_on or command.on
        draft.changes.append(moved(meeting, verdict, announced_on=first.isoformat()))
        draft.changes += [update("agenda_item", id=item["id"], announced_on=command.on.isoformat()) for item in late]
        return accept(desk, command, meeting, draft, verdict)


def call(desk: Desk, command: Command, meeting_id: str, *, deviation: bool = False, **expected: int) -> Result:
    """The kallelse has gone out."""
    with opened(desk, command, "call", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        attempt = Attempt(verb="call", on=command.on, to=MeetingState.KALLAD, deviation=deviation)
        verdict = ask(command, meeting.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        draft = begin(meeting, command, "meeting.called", verdict)
        draft.changes.append(moved(meeting, verdict, called_on=command.on.isoformat()))
        return accept(desk, command, meeting, draft, verdict)


def hold(
    desk: Desk,
    command: Command,
    meeting_id: str,
    *,
    first_paragraph: int | None = None,
    paragraphs: Mapping[str, int] | None = None,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """The meeting has been held: its items get their §§ in the body's yearly series.

    `paragraphs`: item id -> its §, where the protocol tells them; the others get theirs when it is told what they have.
    """
    with opened(desk, command, "hold", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        refuse_other_day(command, meeting.facts)
        attempt = Attempt(verb="hold", on=meeting.facts.on, to=MeetingState.HALLEN, deviation=deviation)
        verdict = ask(command, meeting.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, meeting, verdict)
        draft = begin(meeting, command, "meeting.held", verdict)
        draft.changes.append(moved(meeting, verdict))
        following = meeting_store.next_paragraph(desk.connection, meeting.facts.body, meeting.facts.on.year)
        if first_paragraph is not None and first_paragraph < following:
            raise UsageError(f"{meeting.facts.body} har redan § {following - 1} i år; nästa lediga är § {following}.")
        waiting = [item for item in meeting.items if item["outcome"] is None]
        numbered = {item["id"]: place for place, item in enumerate(waiting, first_paragraph or following)}
        numbered = numbered if paragraphs is None else dict(paragraphs)
        for item in (item for item in waiting if item["id"] in numbered):
            treated = treated_by_itself(item)
            draft.changes.append(update("agenda_item", id=item["id"], paragraph=numbered[item["id"]], **treated))
            if item["standing"] == STANDING_DELEGATION:
                draft.changes += _told_of_delegated(desk, meeting, item["id"])
        told = (item for item in waiting if item["id"] in numbered and treated_by_itself(item))
        return accept(desk, command, meeting, draft, verdict, then=cases_of(told))


def _told_of_delegated(desk: Desk, meeting: LockedMeeting, item_id: str) -> list[Change]:
    """What was decided in the meeting's place is told of in its own § (KL 6 kap. 40 §)."""
    untold = [one for one in desk.connection.run(statements.DELEGATED, id=meeting.id) if one["item_id"] is None]
    return [update("delegated_decision", id=one["id"], item_id=item_id) for one in untold]


# --- the frame ------------------------------------------------------------------------------------


@contextmanager
def opened(
    desk: Desk, command: Command, act: str, meeting_id: str, expected: Mapping[str, int], *others: str
) -> Iterator[LockedMeeting | Refused]:
    """The one transaction of a use case on a meeting, `others` locked with it in the order of all meetings.

    Whoever may not do it (`act`: a verb, or a key of `PERMISSIONS`) gets the refusal before anything else is said.
    `expected` may hold its `meeting_version` as it was seen.
    """
    with desk.connection.writing():
        for each in sorted({meeting_id, *others}):
            case_store.lock_meeting(desk.connection, each)
        meeting = meeting_store.load(desk.connection, meeting_id)
        audit_journal.refuse_repeated(desk.connection, command)
        if denied := not_permitted(desk, command, meeting, act):
            yield denied
            return
        refuse_changed("Sammanträdet", meeting.version, expected.get("meeting_version"))
        yield meeting


def not_permitted(desk: Desk, command: Command, meeting: LockedMeeting, act: str) -> Refused | None:
    """The refusal of an act with a meeting, or with its cases, written down; None to whoever may."""
    attempt = Attempt(verb=act, on=command.on, offices=command.offices)
    denied = permit(meeting.facts.ref, attempt, {meeting.facts.body}, meeting.facts.state)
    return refuse(desk, command, meeting, denied) if denied else None


def noted(meeting: LockedMeeting, kind: str, command: Command, act: str) -> Draft:
    """A record of something noted on a meeting without moving it, and of the role it was done in."""
    role = acting(command.offices, PERMISSIONS[act].by, {meeting.facts.body})
    return Draft(meeting.stream, kind, meeting.version + 1, seen={meeting.id: meeting.version}, role=role or "")


def begin(meeting: LockedMeeting, command: Command, kind: str, verdict: Advanced) -> Draft:
    data: dict[str, Any] = {
        "from": meeting.facts.state,
        "to": verdict.state,
        "warnings": [finding.guard for finding in verdict.warnings],
        "deviations": [finding.guard for finding in verdict.deviations],
    }
    seen, role = {meeting.id: meeting.version}, verdict.role or ""
    draft = Draft(meeting.stream, kind, meeting.version + 1, data=data, seen=seen, role=role)
    keep_words(draft, verdict)
    if command.reason:
        draft.data["reason"] = draft.text({"reason": command.reason})
    return draft


def moved(meeting: LockedMeeting, verdict: Advanced, **columns: Any) -> Any:
    return update("meeting", id=meeting.id, version=meeting.version + 1, state=verdict.state, **columns)


def accept(
    desk: Desk,
    command: Command,
    meeting: LockedMeeting,
    draft: Draft,
    verdict: Advanced,
    *,
    then: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> Done:
    """Write the changes, then the deadlines that follow, and the record of it all.

    `then` are cases, and `also` other meetings, whose deadlines follow too.
    """
    audit_journal.write_changes(desk.connection, draft.changes)
    now = meeting_store.load(desk.connection, meeting.id)
    following = [change for one in (meeting.id, *also) for change in meeting_deadlines(desk, one)]
    for case_id in sorted(set(then)):
        following += case_deadlines(desk, case_id)
    audit_journal.write_changes(desk.connection, following)
    draft.changes += following
    audit_journal.seal(desk.connection, command, draft)
    return Done(now.facts.ref, meeting.stream, meeting.facts.state, str(now.facts.state), verdict, notes)


def cases_of(items: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The cases among the items of an agenda; the meeting's own matters have none."""
    return tuple(sorted({item["case_id"] for item in items if item["case_id"]}))


def meeting_deadlines(desk: Desk, meeting_id: str) -> list[Change]:
    """What has to be written for a meeting's deadlines to be what the law and the settings say now."""
    now = meeting_store.lock(desk.connection, meeting_id)
    open_now = deadlines.meeting_deadlines(now.facts, now.parts, desk.routines)
    return deadline_changes(desk.connection, meeting_id, open_now)


def case_deadlines(desk: Desk, case_id: str) -> list[Change]:
    """The same for a case: also after something a meeting did (an adjusted decision is to be sent)."""
    case_store.lock_case(desk.connection, case_id)
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    return deadline_changes(desk.connection, case_id, deadlines.case_deadlines(facts, desk.routines))


def refuse(desk: Desk, command: Command, meeting: LockedMeeting, verdict: Refused) -> Refused:
    draft = Draft(meeting.stream, "meeting.refused", meeting.version, data=refusal(verdict))
    audit_journal.seal(desk.connection, command, draft, remember=False)
    return verdict
