"""What the facts themselves can tell: where a case stands, what is next, what is on an agenda."""

from datetime import date

import pytest
from msgspec.structs import replace

from states.case_facts import (
    AgendaItem,
    BodyKind,
    CaseFacts,
    CaseKind,
    ItemKind,
    MatterOutcome,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Stage,
    StageRole,
    State,
)


def stage(ordinal: int, body: str, *, required: bool = True, closed: bool = False) -> Stage:
    kind = {"KS": BodyKind.KS, "KF": BodyKind.KF}.get(body, BodyKind.NAMND)
    role = StageRole.YTTRANDE
    return Stage(
        id=f"{body}{ordinal}", ordinal=ordinal, body=body, kind=kind, role=role, required=required, closed=closed
    )


def case(current: str | None, *stages: Stage) -> CaseFacts:
    return CaseFacts(
        ref="SON 2024-17", kind=CaseKind.FORVALTNINGSARENDE, state=State.NAMND, stages=stages, current=current
    )


MEETING = MeetingFacts(
    ref="SON 2024-04-18", body="SON", kind=BodyKind.NAMND, on=date(2024, 4, 18), state=MeetingState.HALLEN
)
ITEM = AgendaItem(id="i", stage="SON1", meeting=MEETING, paragraph=3)


def test_the_next_stage_is_the_foremost_that_is_required_and_open():
    ahead = (stage(2, "KS", closed=True), stage(3, "BN", required=False), stage(4, "KF"), stage(5, "KS"))
    following = case("SON1", stage(1, "SON"), *ahead).next_stage
    assert following is not None
    assert following.id == "KF4"


def test_nothing_is_next_at_the_last_stage():
    assert case("KF2", stage(1, "SON"), stage(2, "KF")).next_stage is None


def test_a_case_that_stands_nowhere_has_its_whole_way_ahead():
    facts = case(None, stage(0, "SON"), stage(1, "KS"))
    assert facts.stage is None
    assert (facts.next_stage, facts.stage_of("SON")) == (stage(0, "SON"), stage(0, "SON"))


def test_a_body_s_stage_is_the_current_one_before_any_ahead():
    assert case("KS1", stage(1, "KS"), stage(2, "KS")).stage_of("KS") == stage(1, "KS")


def test_a_body_s_stage_is_otherwise_its_first_open_one_ahead():
    way = (stage(1, "SON"), stage(2, "KS", closed=True), stage(3, "KS"), stage(4, "KS"))
    assert case("SON1", *way).stage_of("KS") == stage(3, "KS")


def test_a_stage_that_a_body_has_decided_is_no_longer_its_stage():
    way = (stage(1, "SON"), stage(2, "KS"), stage(3, "SON"))
    decided = (replace(ITEM, decided=True),)
    assert replace(case("SON1", *way), agenda=(ITEM,)).stage_of("SON") == stage(1, "SON")
    assert replace(case("SON1", *way), agenda=decided).stage_of("SON") == stage(3, "SON")
    assert replace(case("SON1", *way[:2]), agenda=decided).stage_of("SON") is None


def test_a_stage_that_a_body_has_only_returned_is_still_its_stage():
    returned = replace(ITEM, outcome=MatterOutcome.ATERREMITTERAD)
    assert replace(case("SON1", stage(1, "SON")), agenda=(returned,)).stage_of("SON") == stage(1, "SON")


def test_a_body_that_is_only_behind_has_no_stage():
    assert case("KF2", stage(1, "SON"), stage(2, "KF")).stage_of("SON") is None


@pytest.mark.parametrize(
    ("changes", "waiting"),
    [({}, True), ({"decided": True}, False), ({"outcome": MatterOutcome.BORDLAGD}, False)],
    ids=["on the agenda", "decided", "postponed"],
)
def test_an_item_waits_until_something_has_become_of_it(changes, waiting):
    assert replace(ITEM, **changes).waiting is waiting


@pytest.mark.parametrize(("paragraphs", "adjusted"), [((3,), True), ((1, 2), False)])
def test_an_item_is_adjusted_with_the_part_its_paragraph_stands_in(paragraphs, adjusted):
    part = ProtocolPart(id="p", paragraphs=paragraphs, whole=False, adjusted_on=date(2024, 4, 25))
    assert replace(ITEM, meeting=replace(MEETING, part=part)).adjusted_by(date(2024, 4, 25)) is adjusted


@pytest.mark.parametrize(("day", "adjusted"), [(24, False), (25, True), (26, True)])
def test_an_item_is_adjusted_from_the_day_its_part_is(day, adjusted):
    part = ProtocolPart(id="p", paragraphs=(3,), whole=False, adjusted_on=date(2024, 4, 25))
    assert replace(ITEM, meeting=replace(MEETING, part=part)).adjusted_by(date(2024, 4, day)) is adjusted


def test_an_item_of_an_unadjusted_protocol_is_not_adjusted():
    assert not ITEM.adjusted_by(date(2030, 1, 1))


EARLIER = replace(ITEM, id="earlier", decided=True)
MAY = replace(MEETING, ref="SON 2024-05-23", on=date(2024, 5, 23))
LATEST = replace(ITEM, id="latest", meeting=MAY, decided=True)
JUNE = replace(MEETING, ref="SON 2024-06-13", on=date(2024, 6, 13))
POSTPONED = replace(ITEM, id="postponed", meeting=JUNE, outcome=MatterOutcome.BORDLAGD)


@pytest.mark.parametrize(
    ("meeting", "sent"),
    [(None, LATEST), (MAY, LATEST), (MEETING, EARLIER), (JUNE, None)],
    ids=["the latest", "the latest by name", "an earlier one", "where nothing was decided"],
)
def test_the_decision_to_send_is_the_latest_or_a_named_meeting_s(meeting, sent):
    facts = replace(case("SON1", stage(1, "SON")), agenda=(EARLIER, LATEST, POSTPONED))
    assert facts.decision_to_send(meeting) == sent


@pytest.mark.parametrize("meeting", [None, MEETING], ids=["the latest", "a named meeting's"])
def test_there_is_no_decision_to_send_before_one_is_made(meeting):
    assert replace(case("SON1", stage(1, "SON")), agenda=(ITEM,)).decision_to_send(meeting) is None


def test_an_item_that_was_taken_off_is_not_on_the_agenda():
    facts = case("SON1", stage(1, "SON"))
    off = replace(ITEM, outcome=MatterOutcome.UTGATT)
    assert replace(facts, agenda=(off,)).item_at(MEETING) is None
    assert replace(facts, agenda=(off, ITEM)).item_at(MEETING) == ITEM


def test_an_item_of_another_meeting_is_not_on_this_agenda():
    other = replace(MEETING, ref="SON 2024-05-23", on=date(2024, 5, 23))
    assert replace(case("SON1", stage(1, "SON")), agenda=(ITEM,)).item_at(other) is None


def test_a_case_is_decided_where_it_stands_only_by_a_decision_at_that_stage():
    facts = case("KS2", stage(1, "SON"), stage(2, "KS"))
    decided = replace(facts, agenda=(replace(ITEM, decided=True),))
    assert [decided.decided_at(one) for one in facts.stages] == [True, False]


def test_a_case_stands_at_every_open_stage_beside_the_current_one():
    beside = (stage(1, "SON"), stage(1, "BUN"), replace(stage(1, "ON"), closed=True), stage(2, "KS"))
    assert [one.body for one in case("BUN1", *beside).here] == ["BUN", "SON"]
    assert case(None, *beside).here == ()


@pytest.mark.parametrize(
    ("changes", "passed_over"),
    [
        ({}, True),
        ({"outcome": MatterOutcome.UTGATT}, True),
        ({"decided": True}, False),
        ({"outcome": MatterOutcome.REMITTERAD}, False),
        ({"outcome": MatterOutcome.ATERREMITTERAD}, False),
        ({"outcome": MatterOutcome.NOTERAD, "kind": ItemKind.INFORMATION}, False),
        ({"outcome": MatterOutcome.ANMALD, "kind": ItemKind.ANMALAN}, False),
    ],
)
def test_a_body_is_passed_over_when_it_was_left_untreated_and_untold(changes, passed_over):
    left = stage(1, "SON", closed=True)
    facts = replace(case(None, left), agenda=(replace(ITEM, **changes),))
    assert facts.passed_over(left) is passed_over
    assert not facts.passed_over(replace(left, closed=False))


def test_a_body_without_a_single_att_sats_is_not_proposed_to():
    facts = replace(case("SON1", stage(1, "SON")), proposals=(("SON", 1), ("KS", 0), (None, 2)))
    assert facts.proposes_to == {"SON", None}
