"""The stages of a case's way, as rows: new ones among those there are, and those that a remiss goes to."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from states.case_facts import DECIDING_ROLES, BodyKind, CaseFacts, Stage, StageRole
from states.records import Change, insert, update
from states.swedish_text import listed
from workflow.audit_journal import Command
from workflow.body_register import Body
from workflow.errors import UsageError

ORDINAL_STEP = 1000
"""The distance between two stages of a way, so that others fit between them."""

ASKED = frozenset({StageRole.REMISS, StageRole.YTTRANDE})
"""Roles in which a body is in the way to be asked."""


def row(case_id: str, stage: Stage) -> Change:
    """The row of a new stage."""
    return insert(
        "stage",
        id=stage.id,
        case_id=case_id,
        ordinal=stage.ordinal,
        body=stage.body,
        kind=stage.kind.value,
        role=stage.role.value,
        required=stage.required,
        closed=stage.closed,
        round=stage.round,
        opportunity_until=_iso(stage.opportunity_until),
        utskott=stage.utskott,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def new(command: Command, body: Body, role: StageRole, ordinal: int, round_: int) -> Stage:
    """A stage that was not in the way before."""
    return Stage(
        id=command.new_id(),
        ordinal=ordinal,
        body=body.code,
        kind=body.kind,
        role=role,
        round=round_,
        utskott=body.is_utskott,
    )


def before(facts: CaseFacts, command: Command, body: Body, role: StageRole) -> Stage:
    """A new stage between the previous one and the current."""
    here = facts.stage.ordinal if facts.stage else ORDINAL_STEP
    earlier = [stage.ordinal for stage in facts.stages if stage.ordinal < here]
    return new(command, body, role, between(max(earlier, default=here - 2 * ORDINAL_STEP), here), _round(facts))


def after(facts: CaseFacts, command: Command, body: Body, role: StageRole) -> Stage:
    """A new stage between the current one and the next."""
    here = facts.stage.ordinal if facts.stage else 0
    later = [stage.ordinal for stage in facts.stages if stage.ordinal > here]
    return new(command, body, role, between(here, min(later, default=here + 2 * ORDINAL_STEP)), _round(facts))


def _round(facts: CaseFacts) -> int:
    return facts.stage.round if facts.stage else 1


def between(low: int, high: int) -> int:
    if high - low < 2:
        raise UsageError("Ärendets väg har fått för många steg på samma plats. Hör av dig till förvaltaren.")
    return (low + high) // 2


# --- a remiss ---------------------------------------------------------------------------------------


def asked(
    case_id: str, facts: CaseFacts, command: Command, receivers: Sequence[Body], until: date | None, *, passes_on: bool
) -> tuple[Stage, list[Change]]:
    """The first stage a remiss goes to, and the rows of all of them; several answer beside each other.

    A body that only passes the case on is followed by the receivers. One that keeps a stage of its own gets
    them in front of it, and has the case back when the answers are there.
    """
    _refuse_unlike(receivers)
    first = _first(facts, command, receivers[0], passes_on=passes_on)
    if len(receivers) > 1 and first.role in DECIDING_ROLES:
        raise UsageError(f"{first.body} ska avgöra ärendet och kan inte svara samtidigt som någon annan.")
    told = [first, *(_beside(facts, command, first, body) for body in receivers[1:])]
    if until is not None:
        told = [replace(stage, opportunity_until=until) for stage in told]
    return told[0], [change for stage in told for change in _changes(case_id, facts, stage)]


def _changes(case_id: str, facts: CaseFacts, stage: Stage) -> list[Change]:
    known = next((one for one in facts.stages if one.id == stage.id), None)
    if known is None:
        return [row(case_id, stage)]
    if known == stage:
        return []
    return [update("stage", id=stage.id, ordinal=stage.ordinal, opportunity_until=_iso(stage.opportunity_until))]


def _first(facts: CaseFacts, command: Command, receiver: Body, *, passes_on: bool) -> Stage:
    following = facts.next_stage
    if passes_on and following is not None and following.body == receiver.code:
        return following
    made = (after if passes_on else before)(facts, command, receiver, _role(receiver))
    return _moved_up(facts, receiver, made)


def _beside(facts: CaseFacts, command: Command, first: Stage, receiver: Body) -> Stage:
    return _moved_up(facts, receiver, new(command, receiver, _role(receiver), first.ordinal, _round(facts)))


def _moved_up(facts: CaseFacts, receiver: Body, made: Stage) -> Stage:
    """The stage where the receiver was to be asked later on, moved to where it is asked now; else the one made."""
    here = facts.stage.ordinal if facts.stage else 0
    ahead = (one for one in facts.stages if one.ordinal > here and not one.closed and one.role in ASKED)
    later = next((one for one in ahead if one.body == receiver.code and not facts.decided_at(one)), None)
    return replace(later, ordinal=made.ordinal) if later else made


def _role(receiver: Body) -> StageRole:
    return StageRole.YTTRANDE if receiver.kind is BodyKind.NAMND else StageRole.REMISS


def _refuse_unlike(receivers: Sequence[Body]) -> None:
    codes = [body.code for body in receivers]
    if len(set(codes)) < len(codes):
        raise UsageError("Ange varje instans en gång.")
    if len({(body.kind, body.is_utskott) for body in receivers}) > 1:
        raise UsageError(
            f"{listed(codes)} kan inte få remissen samtidigt: bara instanser av samma slag svarar bredvid varandra. "
            "Remittera till den ena, och lägg till den andra med arende stage add."
        )
