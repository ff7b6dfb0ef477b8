"""What MBL entries add up to: requests, endings and changed proposals, also in odd orders."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states import mbl
from states.case_facts import CaseFacts, CaseKind, MblEntry, MblKind, State

FIRST = date(2024, 3, 4)
DAY = timedelta(days=1)


def entry(
    kind: MblKind, paragraph: str | None = None, after: int = 0, *, held: bool = True, unfinished: bool = False
) -> MblEntry:
    return MblEntry(kind=kind, paragraph=paragraph, on=FIRST + DAY * after, held=held, unfinished=unfinished)


def negotiated(paragraph: str = "11", after: int = 0, **more: bool) -> MblEntry:
    return entry(MblKind.FORHANDLING, paragraph, after, **more)


def case(*entries: MblEntry, versions: tuple[tuple[date | None, int], ...] = ()) -> CaseFacts:
    return CaseFacts(
        ref="SON 2024-17",
        kind=CaseKind.FORVALTNINGSARENDE,
        state=State.NAMND,
        mbl=entries,
        proposal_versions=versions,
    )


# --- endings ------------------------------------------------------------------------------------------


def test_a_negotiation_is_over_the_day_it_was_held_unless_it_went_on():
    assert mbl.ended((), negotiated()) == FIRST
    assert mbl.ended((), negotiated(unfinished=True)) is None
    assert mbl.ended((), negotiated(held=False)) is None


def test_a_negotiation_that_went_on_is_over_at_its_first_ending_from_then_on_under_its_own_paragraph():
    begun = negotiated(after=2, unfinished=True)
    endings = (
        entry(MblKind.AVSLUT, "11", 1),
        entry(MblKind.AVSLUT, "12", 3),
        entry(MblKind.AVSLUT, "11", 9),
        entry(MblKind.AVSLUT, "11", 5),
    )
    assert mbl.ended(endings, begun) == FIRST + DAY * 5


# --- requests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "held", "answered"),
    [("12", "12", True), ("12", "11", True), ("12", "14", False), ("14", "11", False), ("38", "38", True)],
)
def test_a_request_is_answered_by_a_negotiation_under_its_own_paragraph(asked, held, answered):
    entries = (entry(MblKind.BEGARAN, asked), negotiated(held, 1))
    assert (mbl.unanswered(entries, FIRST + DAY) == ()) == answered


def test_a_negotiation_before_the_request_is_no_answer_to_it_and_one_the_same_day_is():
    asked = entry(MblKind.BEGARAN, "12", 2)
    assert mbl.unanswered((negotiated(after=1), asked), FIRST + DAY * 9) == (asked,)
    assert mbl.unanswered((negotiated(after=2), asked), FIRST + DAY * 9) == ()


def test_every_request_that_is_not_answered_is_named():
    asked = (entry(MblKind.BEGARAN, "12"), entry(MblKind.BEGARAN, "14", 1), entry(MblKind.BEGARAN, "38", 2))
    assert mbl.unanswered((*asked, negotiated("14", 1)), FIRST + DAY * 9) == (asked[0], asked[2])


def test_what_is_not_over_is_what_nobody_has_answered_ended_or_met_and_what_can_be_tried_in_court():
    over = (entry(MblKind.BEGARAN, "12"), negotiated("12"), entry(MblKind.BEGARAN, "10"), negotiated("10", 1))
    left = (
        entry(MblKind.BEGARAN, "14", 1),
        entry(MblKind.BEGARAN, "10", 2),
        negotiated("11", 3, unfinished=True),
        negotiated("38", 4, held=False),
        negotiated("21"),
    )
    told = (entry(MblKind.EJ_PAKALLAD), entry(MblKind.INFORMATION, "19"))
    assert mbl.going_on((*told, *over, *left)) == left


def test_a_request_that_has_not_come_yet_and_one_under_10_paragraph_stop_nothing():
    entries = (entry(MblKind.BEGARAN, "12", 2), entry(MblKind.BEGARAN, "10"))
    assert mbl.unanswered(entries, FIRST + DAY) == ()


@given(st.permutations((negotiated("12", 3), entry(MblKind.BEGARAN, "12", 1), negotiated("11", 0))))
def test_the_order_they_were_noted_in_tells_nothing(entries):
    assert mbl.settled(tuple(entries))


# --- changed proposals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("versions", "changed"),
    [
        ((), None),
        (((FIRST, 0),), None),
        (((FIRST + DAY, 0),), None),  # the skrivelse came after the negotiation
        (((FIRST, 0), (FIRST + DAY, 1)), FIRST + DAY),
        (((FIRST, 0), (FIRST + DAY, 1), (FIRST + DAY * 2, 1)), FIRST + DAY),
        (((FIRST, 0), (FIRST + DAY, 1), (FIRST + DAY * 2, 0)), None),
        (((None, 0), (FIRST + DAY, 1)), FIRST + DAY),  # put before days were noted
        (((FIRST + DAY, 0), (FIRST + DAY * 2, 1)), FIRST + DAY * 2),
    ],
)
def test_a_proposal_is_changed_when_it_is_another_than_the_one_negotiated(versions, changed):
    assert mbl.changed_since(case(negotiated(), versions=versions)) == changed


def test_a_later_negotiation_or_an_attest_is_about_the_proposal_there_is():
    versions = ((FIRST, 0), (FIRST + DAY * 2, 1))
    assert mbl.changed_since(case(negotiated(), negotiated(after=2), versions=versions)) is None
    assert mbl.changed_since(case(negotiated(), entry(MblKind.ATTEST, after=2), versions=versions)) is None
    assert mbl.changed_since(case(negotiated(), entry(MblKind.ATTEST, after=1), versions=versions)) is not None


def test_what_was_never_negotiated_is_never_changed_since():
    assert mbl.changed_since(case(versions=((FIRST, 0), (FIRST + DAY, 1)))) is None
