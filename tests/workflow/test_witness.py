"""The witness itself: what was planted is seen, and what is as it should be is not."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.workflow import witness

Story = tuple[str, list[tuple[str, str, Mapping[str, Any]]]]

CASE = {"id": "c1", "version": 1, "state": "namnd", "stage": "s1", "paused_on": None}
YEAR = {"id": "c1/motion_year/", "stream": "c1", "kind": "motion_year", "due": "2024-08-24", "basis": "KF-11"}
MANDATE = {"id": "w1", "case_id": "c1", "number": 1, "kind": "uppdrag", "noted_on": "2024-01-08", "due": None}
ASKED = {"id": "c1/invantad/1", "stream": "c1", "kind": "invantad", "due": "2024-07-06", "basis": "R-UPPDRAG"}
REFERRAL = {"id": "r1", "case_id": "c1", "sent_on": "2024-01-08", "due": "2024-03-01", "mandatory": False}
BLANK = {"watch_id": None, "subject": "", "is_open": True}


def told(*records: Story, stream: str = "case:c1") -> list[witness.Body]:
    """A case with the year of a motion, a mandate without a day and a remiss, and what then happened."""
    begun: list[tuple[str, str, Mapping[str, Any]]] = [
        ("insert", "cases", CASE),
        ("insert", "cases", {**CASE, "id": "c2"}),
        ("insert", "watch", {**MANDATE, "closed_on": None}),
        ("insert", "referral", {**REFERRAL, "answered_on": None, "withdrawn_on": None}),
        ("insert", "deadline", {**YEAR, **BLANK}),
        ("insert", "deadline", {**ASKED, **BLANK, "watch_id": "w1", "subject": "1"}),
    ]
    every: list[Story] = [("case.registered", begun), *records]
    return [
        {"stream": stream, "seq": seq, "type": type_, "changes": changes, "data": {}, "payloads": []}
        for seq, (type_, changes) in enumerate(every, 1)
    ]


def paused(*more: tuple[str, str, Mapping[str, Any]]) -> Story:
    return "case.paused", [("update", "cases", {"id": "c1", "paused_on": "2024-02-01"}), *more]


def to(deadline: Mapping[str, Any], **columns: Any) -> tuple[str, str, Mapping[str, Any]]:
    return "update", "deadline", {"id": deadline["id"], **columns}


NOTE = ("update", "cases", {"id": "c1", "noted_on": "2024-02-02"})
RESUMED = ("update", "cases", {"id": "c1", "paused_on": None})


def test_a_pause_in_which_nothing_moves_is_no_fault():
    assert witness.moved_by_pausing(told(paused(), ("case.edited", [NOTE]), ("case.resumed", [RESUMED]))) == []


@pytest.mark.parametrize("deadline", [YEAR, ASKED], ids=["the law's", "a mandate's"])
@pytest.mark.parametrize("columns", [{"due": "2024-09-24"}, {"is_open": False}], ids=["moved", "gone"])
def test_a_day_that_is_not_ours_is_seen_to_move_with_a_pause_its_end_or_a_note_in_it(deadline, columns):
    moved = to(deadline, **columns)
    for story in (
        (paused(moved),),
        (paused(), ("case.edited", [NOTE, moved])),
        (paused(), ("case.resumed", [RESUMED, moved])),
    ):
        (fault,) = witness.moved_by_pausing(told(*story))
        assert f"{deadline['id']} went from {deadline['due']} to" in fault


def test_a_day_moves_in_a_pause_with_what_it_is_counted_from_and_after_it_with_anything():
    moved = to(YEAR, is_open=False)
    decided: Story = ("case.decided", [("update", "cases", {"id": "c1", "last_event": "2024-02-20"}), moved])
    assert witness.moved_by_pausing(told(paused(), decided)) == []
    assert witness.moved_by_pausing(told(paused(), ("case.resumed", [RESUMED]), ("case.edited", [NOTE, moved]))) == []


def test_a_mandate_is_ended_only_by_its_report_or_by_being_done():
    ended = ("update", "watch", {"id": "w1", "closed_on": "2024-02-20"})
    for type_, faults in (("case.mandate_reported", 0), ("case.watch_done", 0), ("case.closed", 1)):
        story = told((type_, [ended]))
        assert len(witness.lost_watches(story, witness.fold(story))) == faults, type_


@pytest.mark.parametrize("columns", [{"is_open": False}, {"due": "2024-12-24"}])
def test_an_open_mandate_is_asked_about_on_its_day(columns):
    assert witness.lost_watches(told(), witness.fold(told())) == []
    story = told(("case.edited", [NOTE, to(ASKED, **columns)]))
    assert len(witness.lost_watches(story, witness.fold(story))) == 1


def test_what_waits_outside_does_not_vanish_when_a_case_is_joined():
    joined: Story = ("case.joined", [("update", "referral", {"id": "r1", "withdrawn_on": "2024-02-20"})])
    received: dict[str, Any] = {"stream": "case:c2", "seq": 1, "type": "case.other_joined", "data": {}, "payloads": []}
    taken_over = ("insert", "referral", {**REFERRAL, "id": "r2", "case_id": "c2"} | dict.fromkeys(OPEN))
    for changes, faults in (([], 1), ([taken_over], 0)):
        story = [*told(joined), {**received, "changes": changes}]
        assert len(witness.vanished_in_joining(story)) == faults


OPEN = ("answered_on", "withdrawn_on")
