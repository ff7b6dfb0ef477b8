"""What moves a case: each use case is one function and one transaction.

Open, ask the law, write, return. A refusal is returned as a value, and is itself written to the log.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from states.case_facts import Attempt, BodyKind, ItemKind, MatterOutcome, Stage, StageRole, State
from states.guards.agenda import is_late
from states.guards.decisions import present_at
from states.guards.way import expected_target
from states.judgement import Advanced, Refused
from states.kinds import KINDS
from states.records import Change, update
from states.swedish_text import listed
from workflow import meeting_store, stages
from workflow.agenda import booking, next_meeting, struck, treated
from workflow.audit_journal import Command
from workflow.body_register import Body
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.use_case import (
    Result,
    accept,
    ask,
    begin,
    give_reason,
    moved,
    opened,
    refuse,
    refuse_other_day,
    refuse_past,
    touched,
)


class Minority(msgspec.Struct, frozen=True):
    """So many of those present asked for it (KL 5 kap. 50 §)."""

    supporters: int
    present: int | None = None  # None: as the attendance noted says


def advance(desk: Desk, command: Command, case_id: str, to: State | None = None, **expected: int) -> Result:
    """Take a case to the next step of its way: MBL, the next body, or dispatch."""
    with opened(desk, command, "advance", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        attempt = Attempt(verb="advance", on=command.on, to=to or expected_target(case.facts))
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.advanced", attempt, verdict)
        leaves_body = case.facts.state not in (State.DRAFT, State.MBL)
        stage = case.facts.next_stage if leaves_body else case.facts.stage
        for one in case.facts.here if leaves_body else ():
            draft.changes += [update("stage", id=one.id, closed=True), *struck(case, one)]
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def refer(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    to: str,
    *,
    direct: bool,
    also: tuple[str, ...] = (),
    until: date | None = None,
    deviation: bool = False,
    paragraph: int | None = None,
    **expected: int,
) -> Result:
    """Remit a case to a body, to that body's förvaltning to write its skrivelse, or to the body's own förvaltning.

    `also`: those who are asked beside it. `until`: the day they are to answer by. `paragraph`, here and below: the § by
    the protocol, where the item has none.
    """
    receivers = [desk.bodies.find(one, command.on) for one in (to, *also)]
    receiver = receivers[0]
    with opened(desk, command, "refer", case_id, expected, meeting_id) as case:
        if isinstance(case, Refused):
            return case
        refuse_past(command, until)
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        stays = _is_own_forvaltning(case, receiver) and not direct
        if stays and (also or until):
            raise UsageError(f"{receiver.code} låter sin egen förvaltning skriva; ange ingen svarsdag och ingen annan.")
        writes_skrivelse = receiver.kind is BodyKind.NAMND and not receiver.is_utskott and not direct
        target = State.DRAFT if writes_skrivelse or stays else receiver.kind.state
        attempt = Attempt(verb="refer", on=command.on, to=target, meeting=meeting.facts, deviation=deviation)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.referred", attempt, verdict, receiver=receiver.code)
        give_reason(draft, command)
        here = _stage_sitting(case, meeting)
        passes_on = here.role in (StageRole.ANMALAN, StageRole.REMISS) and not stays
        outcome = MatterOutcome.REMITTERAD
        draft.changes += _treated(
            desk, command, case, here, meeting, verdict, outcome, decided=passes_on, paragraph=paragraph
        )
        if passes_on:
            draft.changes.append(update("stage", id=here.id, closed=True))
        stage = here
        if not stays:
            stage, rows = stages.asked(case.id, case.facts, command, receivers, until, passes_on=passes_on)
            draft.changes += rows
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def return_case(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    to: str,
    *,
    unit: bool,
    minority: Minority | None = None,
    deviation: bool = False,
    paragraph: int | None = None,
    **expected: int,
) -> Result:
    """Återremiss to the receiver the decision names; old yttranden and MBL stay valid.

    `unit`: to the receiver's förvaltning rather than to the body itself. `minority`: on a minority's request,
    and for the reason it gives.
    """
    receiver = desk.bodies.find(to, command.on)
    with opened(desk, command, "return", case_id, expected, meeting_id) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        stays = meeting.facts.body == receiver.code
        target = State.DRAFT if unit or stays else receiver.kind.state
        _refuse_sideways(case, meeting, receiver, target)
        attempt = _asked_by(
            minority,
            case,
            Attempt(verb="return", on=command.on, to=target, meeting=meeting.facts, deviation=deviation),
        )
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.returned", attempt, verdict, receiver=receiver.code)
        give_reason(draft, command)
        stage = _stage_sitting(case, meeting)
        outcome = MatterOutcome.ATERREMITTERAD
        draft.changes += _treated(
            desk, command, case, stage, meeting, verdict, outcome, minority=minority is not None, paragraph=paragraph
        )
        if not stays:
            role = _role_before(case, receiver)
            stage = stages.before(case.facts, command, receiver, role)
            draft.changes.append(stages.row(case.id, stage))
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def postpone(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    *,
    minority: Minority | None = None,
    deviation: bool = False,
    paragraph: int | None = None,
    **expected: int,
) -> Result:
    """Bordlägga: the case comes back at the body's next planned meeting by itself (KL 5 kap. 51 §)."""
    ahead = meeting_store.load(desk.connection, meeting_id).facts
    coming = next_meeting(desk.connection, ahead.body, ahead.on)
    with opened(desk, command, "postpone", case_id, expected, meeting_id, *coming) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        attempt = _asked_by(
            minority,
            case,
            Attempt(verb="postpone", on=command.on, to=case.facts.state, meeting=meeting.facts, deviation=deviation),
        )
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.postponed", attempt, verdict)
        give_reason(draft, command)
        stage = _stage_sitting(case, meeting)
        outcome = MatterOutcome.BORDLAGD
        draft.changes += _treated(
            desk, command, case, stage, meeting, verdict, outcome, minority=minority is not None, paragraph=paragraph
        )
        draft.changes.append(moved(case, command, verdict, stage))
        note = f"Nästa sammanträde med {meeting.facts.body} är inte planerat än; boka ärendet när det är det."
        if coming:
            again = meeting_store.load(desk.connection, coming[0])
            draft.changes += booking(desk.connection, command, case, stage, again)
            note = f"Ärendet står nu på föredragningslistan till {again.facts.ref}."
        return accept(desk, command, case, draft, verdict, note)


def book(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    *,
    late: bool = False,
    purpose: ItemKind | None = None,
    **expected: int,
) -> Result:
    """Put a case on a meeting's agenda. `late`: an urgent item after the week, with a reason.

    `purpose`: to be decided, or only to be told of, which a body can be wherever the case stands. None: as its kind is.
    """
    with opened(desk, command, "book", case_id, expected, meeting_id) as case:
        if isinstance(case, Refused):
            return case
        purpose = purpose or KINDS[case.facts.kind].purpose
        meeting = meeting_store.load(desk.connection, meeting_id)
        already = case.facts.item_at(meeting.facts)
        made_urgent = late and already is not None and not already.urgent
        if already is not None and already.waiting and not made_urgent:
            raise UsageError(f"{case.facts.ref} står redan på föredragningslistan till {meeting.facts.ref}.")
        attempt = Attempt(
            verb="book", on=command.on, to=case.facts.state, meeting=meeting.facts, urgent=late, purpose=purpose
        )
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        stage = _stage_booked(case, meeting)
        draft = begin(case, "case.booked", attempt, verdict)
        give_reason(draft, command)
        draft.changes += struck(case, stage, only=purpose)
        urgent, why = late or is_late(meeting.facts), draft.data.get("reason") if late else None
        draft.changes += booking(
            desk.connection, command, case, stage, meeting, urgent=urgent, payload=why, purpose=purpose
        )
        draft.changes.append(touched(case, command))
        return accept(desk, command, case, draft, verdict)


def close(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """End a case whose decision has reached everybody it concerns."""
    return _simple(desk, command, case_id, "close", "case.closed", expected)


def withdraw(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """Take a case back before its body has been called; it comes off every agenda."""
    return _simple(desk, command, case_id, "withdraw", "case.withdrawn", expected)


def reopen(desk: Desk, command: Command, case_id: str, to: str | None = None, **expected: int) -> Result:
    """Begin a new round on the same dnr: back to draft, with a new deciding stage last in the way."""
    with opened(desk, command, "reopen", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        attempt = Attempt(verb="reopen", on=command.on, to=State.DRAFT)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        receiver = desk.bodies.find(to or case.facts.stages[-1].body, command.on)
        draft = begin(case, "case.reopened", attempt, verdict, receiver=receiver.code)
        give_reason(draft, command)
        last = max(stage.ordinal for stage in case.facts.stages)
        rounds = max(stage.round for stage in case.facts.stages)
        stage = stages.new(command, receiver, StageRole.BESLUT, last + stages.ORDINAL_STEP, rounds + 1)
        draft.changes += [stages.row(case.id, stage), moved(case, command, verdict, stage)]
        return accept(desk, command, case, draft, verdict)


def _simple(desk: Desk, command: Command, case_id: str, verb: str, kind: str, expected: Mapping[str, int]) -> Result:
    with opened(desk, command, verb, case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        attempt = Attempt(verb=verb, on=command.on)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, kind, attempt, verdict)
        give_reason(draft, command)
        for stage in case.facts.stages:
            draft.changes += struck(case, stage)
        draft.changes.append(moved(case, command, verdict, case.facts.stage))
        return accept(desk, command, case, draft, verdict)


# --- stages ---------------------------------------------------------------------------------------


def _stage_sitting(case: LockedCase, meeting: LockedMeeting) -> Stage:
    """The stage the case stands at, which must be the sitting body's. Raises UsageError otherwise."""
    stage = next((one for one in case.facts.here if one.body == meeting.facts.body), None)
    if stage is None:
        where = listed(one.body for one in case.facts.here) or "ingen instans"
        raise UsageError(f"{case.facts.ref} står hos {where}, inte hos {meeting.facts.body}.")
    return stage


def _stage_booked(case: LockedCase, meeting: LockedMeeting) -> Stage:
    """The stage an item on a meeting's agenda belongs to: its body's, or where the case stands when it is only told."""
    stage = case.facts.stage_of(meeting.facts.body) or case.facts.stage
    if stage is None:
        raise AssertionError("the law let a case that stands nowhere be put on an agenda")
    return stage


def _is_own_forvaltning(case: LockedCase, receiver: Body) -> bool:
    """True where a body remits to itself: its förvaltning writes, and the case stays in its way; KF has none."""
    here = case.facts.stage
    return here is not None and here.body == receiver.code and receiver.kind is not BodyKind.KF


def _refuse_sideways(case: LockedCase, meeting: LockedMeeting, receiver: Body, target: State) -> None:
    """A body sends a case back to its förvaltning, to its utskott or to one that had it before, never to its like."""
    sitting = (one for one in case.facts.here if one.body == meeting.facts.body)
    here = next(sitting, case.facts.stage)
    if here is None or target != case.facts.state or receiver.is_utskott or here.utskott:
        return
    raise UsageError(
        f"{here.body} kan inte återremittera till {receiver.code}. Ange den egna förvaltningen (--to {here.body}), ett "
        "utskott, eller den som ärendet kom ifrån."
    )


def _asked_by(minority: Minority | None, case: LockedCase, attempt: Attempt) -> Attempt:
    """The attempt with what is said of the minority behind it, if there was one."""
    if minority is None:
        return attempt
    told = msgspec.structs.replace(attempt, minority=True, supporters=minority.supporters, present=minority.present)
    if present_at(case.facts, told) is None and attempt.meeting is not None and attempt.meeting.is_council:
        raise UsageError("Ange --narvarande: hur många som deltog när minoriteten begärde det.")
    return told


def _treated(
    desk: Desk,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting: LockedMeeting,
    verdict: Advanced,
    outcome: MatterOutcome,
    *,
    decided: bool = False,
    minority: bool = False,
    purpose: ItemKind = ItemKind.BESLUT,
    paragraph: int | None = None,
) -> list[Change]:
    _, changes = treated(
        desk.connection,
        command,
        case,
        stage,
        meeting,
        outcome=outcome,
        decided=decided,
        deviation=bool(verdict.deviations),
        minority=minority,
        purpose=purpose,
        paragraph=paragraph,
    )
    return changes


def _role_before(case: LockedCase, body: Body) -> StageRole:
    """The role the body had before, or the one that fits what it is."""
    own = (stage.role for stage in case.facts.stages if stage.body == body.code)
    earlier = [role for role in own if role is not StageRole.REMISS]
    proposes = body.kind is BodyKind.KS and not body.is_utskott
    return earlier[-1] if earlier else StageRole.FORSLAG if proposes else StageRole.BEREDNING
