"""What a body decides, att-sats by att-sats."""

from collections.abc import Mapping

import msgspec

from states.case_facts import (
    DECIDING_ROLES,
    Attempt,
    BodyKind,
    CaseFacts,
    CaseKind,
    MatterOutcome,
    Outcome,
    Stage,
    StageRole,
    Target,
)
from states.judgement import Advanced, Refused
from states.records import Change, insert, update
from workflow import meeting_store, stages
from workflow.agenda import treated
from workflow.audit_journal import Command, Draft
from workflow.body_register import Body
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.use_case import Result, accept, ask, begin, give_reason, moved, opened, refuse, refuse_other_day


class Ruling(msgspec.Struct, frozen=True):
    """A body's decision on one att-sats."""

    outcome: Outcome = Outcome.BIFALL
    target: Target | None = None
    text: str = ""  # the wording decided, where it differs from the proposal
    matter: MatterOutcome | None = None  # what became of this part of the matter, where that differs


AS_PROPOSED = Ruling()


class Decision(msgspec.Struct, frozen=True):
    """What a body decided: att-sats by att-sats (those not named as proposed), and what became of the matter."""

    rulings: Mapping[int, Ruling] = msgspec.field(default_factory=dict)
    matter: MatterOutcome | None = None
    receiver: Body | None = None  # the nämnd a medborgarförslag is handed over to

    def ruling(self, number: int) -> Ruling:
        return self.rulings.get(number, AS_PROPOSED)

    def matter_of(self, number: int) -> MatterOutcome | None:
        return self.ruling(number).matter or self.matter

    @property
    def matters(self) -> frozenset[MatterOutcome]:
        said = (self.matter, *(ruling.matter for ruling in self.rulings.values()))
        return frozenset(matter for matter in said if matter)


def decide(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    rulings: Mapping[int, Ruling],
    *,
    matter: MatterOutcome | None = None,
    to: str | None = None,
    unanimous: bool = False,
    deviation: bool = False,
    paragraph: int | None = None,
    **expected: int,
) -> Result:
    """Record what a body decided, att-sats by att-sats; those not named are decided as proposed.

    `to`: the nämnd that a medborgarförslag is handed over to (KL 6 kap. 34 §). `deviation`: it has happened
    although a rule says no; recorded with a reason, shown for ever. `paragraph`: the § by the protocol, where it has
    none.
    """
    decision = Decision(rulings, matter, desk.bodies.find(to, command.on) if to else None)
    with opened(desk, command, "decide", case_id, expected, meeting_id) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        _refuse_unknown_att_satser(case, meeting.facts.body, rulings)
        _refuse_unclear_receiver(case, meeting, decision)
        attempt = attempted(command, case.facts, meeting, decision, unanimous=unanimous, deviation=deviation)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = decided(desk, command, case, meeting, attempt, verdict, decision, paragraph)
        return accept(desk, command, case, draft, verdict)


def attempted(
    command: Command,
    facts: CaseFacts,
    meeting: LockedMeeting,
    decision: Decision,
    *,
    unanimous: bool = False,
    deviation: bool = False,
) -> Attempt:
    """What the law is asked of a decision."""
    rulings = [decision.ruling(number) for number in range(1, _att_satser(facts, meeting.facts.body) + 1)]
    return Attempt(
        verb="decide",
        on=command.on,
        to=meeting.facts.kind.state,
        meeting=meeting.facts,
        unanimous=unanimous,
        deviation=deviation,
        matters=decision.matters,
        amended=any(ruling.outcome is Outcome.BIFALL_MED_ANDRING for ruling in decision.rulings.values()),
        rulings=frozenset(ruling.outcome for ruling in rulings),
    )


def decided(
    desk: Desk,
    command: Command,
    case: LockedCase,
    meeting: LockedMeeting,
    attempt: Attempt,
    verdict: Advanced,
    decision: Decision,
    paragraph: int | None = None,
) -> Draft:
    """The record of a decision that the law allows."""
    stage = case.facts.stage_of(meeting.facts.body)
    if stage is None:
        raise AssertionError("the law let a body outside the way decide")
    outcome = _outcome(case, stage.body, decision)
    draft = begin(case, "case.decided", attempt, verdict, matter=_code(outcome))
    if attempt.unanimous:
        draft.data["unanimous"] = True
    if attempt.deviation:
        give_reason(draft, command)
    deviated = bool(verdict.deviations)
    item_id, changes = treated(
        desk.connection,
        command,
        case,
        stage,
        meeting,
        outcome=outcome,
        decided=True,
        deviation=deviated,
        paragraph=paragraph,
    )
    draft.changes += changes
    draft.changes += _decisions(command, case, draft, stage, item_id, decision)
    if decision.receiver is not None:
        draft.changes += _handed_over(case, command, stage, decision.receiver)
    draft.changes.append(moved(case, command, verdict, stage))
    return draft


def _outcome(case: LockedCase, body: str, decision: Decision) -> MatterOutcome | None:
    """What became of the matter as a whole: where its parts differ, what the first att-sats says."""
    numbers = range(1, _att_satser(case.facts, body) + 1)
    return next((matter for number in numbers if (matter := decision.matter_of(number))), None)


def _refuse_unclear_receiver(case: LockedCase, meeting: LockedMeeting, decision: Decision) -> None:
    """Only a medborgarförslag is handed over, by fullmäktige and to a nämnd. Raises UsageError."""
    hands_over = MatterOutcome.OVERLAMNAD in decision.matters and case.facts.kind is CaseKind.MEDBORGARFORSLAG
    if hands_over and meeting.facts.is_council:
        if decision.receiver is None:
            raise UsageError("Ange --till: vilken nämnd medborgarförslaget överlämnas till, till exempel --till SON.")
        if decision.receiver.kind is not BodyKind.NAMND or decision.receiver.is_utskott:
            raise UsageError(f"{decision.receiver.code} är ingen nämnd; ange en nämnd med --till, till exempel SON.")
    elif decision.receiver is not None:
        raise UsageError(
            "--till hör till ett medborgarförslag som fullmäktige överlämnar: ange också --arendet overlamnad."
        )


def _handed_over(case: LockedCase, command: Command, here: Stage, receiver: Body) -> list[Change]:
    """The rest of the way is the nämnd's, which decides in fullmäktige's place (KL 6 kap. 34 §)."""
    later = [stage for stage in case.facts.stages if stage.ordinal > here.ordinal and not stage.closed]
    last = max(stage.ordinal for stage in case.facts.stages)
    stage = stages.new(command, receiver, StageRole.BESLUT, last + stages.ORDINAL_STEP, here.round)
    return [*(update("stage", id=stage.id, closed=True) for stage in later), stages.row(case.id, stage)]


def _refuse_unknown_att_satser(case: LockedCase, body: str, rulings: Mapping[int, Ruling]) -> None:
    count = _att_satser(case.facts, body)
    beyond = [number for number in rulings if not 1 <= number <= count]
    if beyond:
        raise UsageError(
            f"Förslaget till {body} har {count} att-satser; nummer {beyond[0]} finns inte. "
            "Nya att-satser läggs till med arende edit."
        )


def _att_satser(facts: CaseFacts, body: str) -> int:
    """How many att-satser there are to decide; an item without a proposal has one decision."""
    counts = [count for proposed, count in facts.proposals if proposed in (body, None)]
    return counts[0] if counts and counts[0] else 1


def _decisions(
    command: Command, case: LockedCase, draft: Draft, stage: Stage, item_id: str, decision: Decision
) -> list[Change]:
    return [
        insert(
            "decision",
            id=command.new_id(),
            item_id=item_id,
            ordinal=number,
            target=(decision.ruling(number).target or _usual_target(case, stage)).value,
            outcome=decision.ruling(number).outcome.value,
            payload=draft.text({"text": decision.ruling(number).text}),
            matter=_code(decision.matter_of(number)),
        )
        for number in range(1, _att_satser(case.facts, stage.body) + 1)
    ]


def _code(matter: MatterOutcome | None) -> str | None:
    return matter.value if matter else None


def _usual_target(case: LockedCase, stage: Stage) -> Target:
    """For its own part where it decides; a proposal to fullmäktige where that is where the way leads."""
    ahead = (later for later in case.facts.stages if later.ordinal > stage.ordinal and not later.utskott)
    leads_to_kf = any(later.kind is BodyKind.KF for later in ahead)
    proposes = stage.kind is not BodyKind.KF and stage.role not in DECIDING_ROLES
    return Target.FORESLAR_KF if leads_to_kf and proposes else Target.EGEN_DEL
