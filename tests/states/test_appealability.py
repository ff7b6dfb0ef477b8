"""Which §§ can be appealed: all that fullmäktige decides, and what other bodies really settle (KL 13 kap. 2 §)."""

from datetime import date

import pytest
from msgspec.structs import replace

from states.appealability import gains_force, is_appealable
from states.case_facts import (
    AgendaItem,
    AppealRegime,
    BodyKind,
    CaseFacts,
    CaseKind,
    ItemKind,
    MatterOutcome,
    MeetingFacts,
    MeetingState,
    Stage,
    StageRole,
)

ON = date(2024, 5, 14)


def at(kind: BodyKind, role: StageRole, **said) -> tuple[AgendaItem, Stage]:
    meeting = MeetingFacts(ref=f"X {ON}", body="X", kind=kind, on=ON, state=MeetingState.HALLEN)
    utskott = said.pop("utskott", False)
    stage = Stage(id="s", ordinal=1, body="X", kind=kind, role=role, utskott=utskott)
    return AgendaItem(id="i", stage="s", meeting=meeting, paragraph=1, **{"decided": True, **said}), stage


@pytest.mark.parametrize("role", [StageRole.BESLUT, StageRole.EGEN_DEL])
@pytest.mark.parametrize("kind", list(BodyKind))
def test_what_a_body_settles_can_be_appealed(kind, role):
    assert is_appealable(*at(kind, role))


@pytest.mark.parametrize("role", [StageRole.REMISS, StageRole.YTTRANDE, StageRole.BEREDNING, StageRole.FORSLAG])
@pytest.mark.parametrize("kind", [BodyKind.NAMND, BodyKind.KS])
def test_preparation_cannot(kind, role):
    assert not is_appealable(*at(kind, role))


@pytest.mark.parametrize("outcome", [MatterOutcome.BORDLAGD, MatterOutcome.ATERREMITTERAD])
def test_to_put_off_or_send_back_is_a_decision_in_fullmaktige_alone(outcome):
    assert is_appealable(*at(BodyKind.KF, StageRole.BESLUT, decided=False, outcome=outcome))
    assert not is_appealable(*at(BodyKind.NAMND, StageRole.BESLUT, decided=False, outcome=outcome))


@pytest.mark.parametrize("kind", list(BodyKind))
def test_an_information_and_an_announcement_are_no_decisions(kind):
    assert not is_appealable(*_information(kind))
    assert not is_appealable(*at(kind, StageRole.ANMALAN))


def _information(kind: BodyKind) -> tuple[AgendaItem, Stage]:
    item, stage = at(kind, StageRole.BESLUT)
    return replace(item, kind=ItemKind.INFORMATION), stage


def test_an_utskott_of_fullmaktige_is_not_fullmaktige():
    assert not is_appealable(*at(BodyKind.KF, StageRole.BEREDNING, utskott=True))


def test_a_note_made_by_hand_goes_before():
    assert is_appealable(*at(BodyKind.NAMND, StageRole.YTTRANDE, appealable=True))
    assert not is_appealable(*at(BodyKind.KF, StageRole.BESLUT, appealable=False))


@pytest.mark.parametrize("regime", list(AppealRegime))
def test_only_under_laglighetsprovning_is_laga_kraft_counted_from_the_board(regime):
    item, stage = at(BodyKind.NAMND, StageRole.BESLUT)
    facts = CaseFacts(
        ref="SON 2024-1", kind=CaseKind.FORVALTNINGSARENDE, state=None, stages=(stage,), appeal_regime=regime
    )
    assert gains_force(item, facts) is (regime is AppealRegime.LAGLIGHET)
