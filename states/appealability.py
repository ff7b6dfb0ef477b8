"""Which decisions can be challenged, and so gain laga kraft when nobody does (KL 13 kap. 2 §)."""

from states.case_facts import (
    DECIDING_ROLES,
    AgendaItem,
    AppealRegime,
    BodyKind,
    CaseFacts,
    ItemKind,
    MatterOutcome,
    MeetingFacts,
    Stage,
    StageRole,
)

WITHOUT_DECISION = frozenset({None, MatterOutcome.UTGATT})
"""What has become of a matter that nothing has been decided in."""


def is_appealable(item: AgendaItem, stage: Stage) -> bool:
    """True for what laglighetsprövning can be asked of: all that fullmäktige decides, and what other bodies settle.

    A body that only prepares, and one that puts the matter off or sends it back, settles nothing. A note made by
    hand goes before.
    """
    if item.appealable is not None:
        return item.appealable
    if item.kind is not ItemKind.BESLUT or stage.role is StageRole.ANMALAN:
        return False
    if stage.kind is BodyKind.KF and not stage.utskott:
        return item.decided or item.outcome not in WITHOUT_DECISION
    return item.decided and stage.role in DECIDING_ROLES


def gains_force(item: AgendaItem, facts: CaseFacts) -> bool:
    """True for a decision whose laga kraft is counted: an appealable one, in a case under laglighetsprövning."""
    stage = next((stage for stage in facts.stages if stage.id == item.stage), None)
    challenged = facts.appeal_regime is AppealRegime.LAGLIGHET
    return stage is not None and challenged and item.decided and is_appealable(item, stage)


def decision_in_question(facts: CaseFacts, meeting: MeetingFacts | None = None) -> AgendaItem | None:
    """The decision somebody means: a named meeting's, or the latest that gains laga kraft, or the latest of all."""
    if meeting is not None:
        return facts.decision_to_send(meeting)
    gaining = [item for item in facts.agenda if gains_force(item, facts)]
    return gaining[-1] if gaining else facts.decision_to_send(None)
