"""What a body decides, att-sats by att-sats."""

from collections.abc import Mapping

import msgspec

from states.case_facts import (
    DECIDING_ROLES,
    Attempt,
    BodyKind,
    MatterOutcome,
    Outcome,
    Stage,
    Target,
)
from states.judgement import Refused
from states.records import Change, insert
from workflow import meeting_store
from workflow.agenda import treated
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.use_case import Result, accept, ask, begin, give_reason, moved, opened, refuse, refuse_other_day


class Ruling(msgspec.Struct, frozen=True):
    """A body's decision on one att-sats."""

    outcome: Outcome = Outcome.BIFALL
    target: Target | None = None
    text: str = ""  # the wording decided, where it differs from the proposal


def decide(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    rulings: Mapping[int, Ruling],
    *,
    matter: MatterOutcome | None = None,
    unanimous: bool = False,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """Record what a body decided, att-sats by att-sats; those not named are decided as proposed.

    `deviation`: it has happened although a rule says no; recorded with a reason, shown for ever.
    """
    with opened(desk, command, case_id, expected, meeting_id) as case:
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        attempt = Attempt(
            verb="decide",
            on=command.on,
            to=meeting.facts.kind.state,
            meeting=meeting.facts,
            unanimous=unanimous,
            deviation=deviation,
        )
        _refuse_unknown_att_satser(case, meeting.facts.body, rulings)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        stage = case.facts.stage_of(meeting.facts.body)
        if stage is None:
            raise AssertionError("the law let a body outside the way decide")
        draft = begin(case, "case.decided", attempt, verdict, matter=matter.value if matter else None)
        if deviation:
            give_reason(draft, command)
        deviated = bool(verdict.deviations)
        item_id, changes = treated(
            desk.connection, command, case, stage, meeting, outcome=matter, decided=True, deviation=deviated
        )
        draft.changes += changes
        draft.changes += _decisions(command, case, draft, stage, item_id, rulings)
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def _refuse_unknown_att_satser(case: LockedCase, body: str, rulings: Mapping[int, Ruling]) -> None:
    count = _att_satser(case, body)
    beyond = [number for number in rulings if not 1 <= number <= count]
    if beyond:
        raise UsageError(
            f"Förslaget till {body} har {count} att-satser; nummer {beyond[0]} finns inte. "
            "Nya att-satser läggs till med arende edit."
        )


def _att_satser(case: LockedCase, body: str) -> int:
    """How many att-satser there are to decide; an item without a proposal has one decision."""
    counts = [count for proposed, count in case.facts.proposals if proposed in (body, None)]
    return counts[0] if counts and counts[0] else 1


def _decisions(
    command: Command,
    case: LockedCase,
    draft: Draft,
    stage: Stage,
    item_id: str,
    rulings: Mapping[int, Ruling],
) -> list[Change]:
    changes = []
    for number in range(1, _att_satser(case, stage.body) + 1):
        ruling = rulings.get(number, Ruling())
        changes.append(
            insert(
                "decision",
                id=command.new_id(),
                item_id=item_id,
                ordinal=number,
                target=(ruling.target or _usual_target(case, stage)).value,
                outcome=ruling.outcome.value,
                payload=draft.text({"text": ruling.text}),
            )
        )
    return changes


def _usual_target(case: LockedCase, stage: Stage) -> Target:
    """For its own part where it decides; a proposal to fullmäktige where that is where the way leads."""
    ahead = (later for later in case.facts.stages if later.ordinal > stage.ordinal and not later.utskott)
    leads_to_kf = any(later.kind is BodyKind.KF for later in ahead)
    return Target.FORESLAR_KF if leads_to_kf and stage.role not in DECIDING_ROLES else Target.EGEN_DEL
