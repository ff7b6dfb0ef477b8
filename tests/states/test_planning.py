"""The planner: its dates are those of every way tried through the law, and it says what decides them."""

import os
from collections import Counter
from datetime import date
from random import Random

import pytest

from states import planning, route
from states.plan import Leg, Plan, Reason, StopKind
from states.situation import Situation
from states.swedish_calendar import DAY
from tests.states import towns, walker

A_BATCH = 1_000
BATCHES = 100 if os.environ.get("ARENDE_LONG") else 10
STOPS = {
    StopKind.ADJUSTED: "adjust",
    StopKind.POSTED: "post",
    StopKind.SENT: "dispatch",
    StopKind.FINAL: "laga_kraft",
    StopKind.CLOSED: "close",
}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_plan_is_the_best_of_every_way_tried_through_the_law(batch: int) -> None:
    for seed in range(batch * A_BATCH, (batch + 1) * A_BATCH):
        given = towns.situation(Random(seed))
        found, ways = planning.plan(given), walker.ways(given)
        best = walker.best(given, ways)
        told = f"seed {seed}: {given}"
        if best is None:
            assert found.obstacle is not None, told
            continue
        legs = {leg.stage.id: leg.on for leg in found.legs if not leg.done}
        assert found.obstacle is None, told
        assert {STOPS[stop.kind]: stop.on for stop in found.stops} == best.days, told
        assert legs in [way.legs for way in ways if way.end == best.end], told
        if all(stage.opportunity_until is None for stage in given.facts.stages):
            assert legs == best.legs, told


def test_the_random_cases_meet_everything_that_decides_a_body_s_day() -> None:
    plans = [planning.plan(towns.situation(Random(seed))) for seed in range(3 * A_BATCH)]
    met = Counter(leg.binding.reason for one in plans for leg in one.legs)
    assert min(met[reason] for reason in BINDING) >= 5, met
    ended = Counter(one.obstacle is None for one in plans)
    assert min(ended[True], ended[False]) > A_BATCH


BINDING = frozenset(Reason) - {
    Reason.ADJUSTING,
    Reason.POSTING,
    Reason.APPEALING,
    Reason.SENDING,
    Reason.ORDER,
}
"""What decides the day of a body; that something later is noted only ever keeps it from a meeting that is past."""


def test_a_booking_s_last_day_is_the_last_and_its_cost_is_what_comes_of_the_day_after() -> None:
    tried = Counter[str]()
    for seed in range(400):
        given = towns.situation(Random(seed))
        found = planning.plan(given)
        for leg in found.legs if found.obstacle is None else ():
            if leg.meeting is None or leg.book_by is None:
                continue
            in_time = best_from(given, leg, leg.book_by)
            assert in_time is not None, f"seed {seed}, {leg.meeting.ref}"
            assert in_time.end == end(found), f"seed {seed}, {leg.meeting.ref}"
            late = best_from(given, leg, leg.book_by + DAY)
            cost = planning.cost_of_missing(given, found, leg.meeting.ref)
            if cost is None:
                tried["nothing"] += 1
                assert late is not None
                assert late.end == end(found)
            elif cost.instead is None:
                tried["no way"] += 1
                assert late is None
            else:
                tried["later"] += 1
                assert late is None or late.end >= cost.instead
                assert cost.planned < cost.instead
    assert min(tried[what] for what in ("no way", "later")) >= 20, tried


def best_from(given: Situation, leg: Leg, day: date) -> walker.Found | None:
    """The best way when nobody gets round to booking a body before a day."""
    return walker.best(given, walker.ways(given, {leg.stage.id: day}))


def end(found: Plan) -> date | None:
    return found.end.on if found.end else None


def test_what_is_near_costs_the_same_when_only_that_is_asked_for() -> None:
    without_cost = 0
    for seed in range(400):
        given = towns.situation(Random(seed))
        found, until = planning.plan(given), given.today + 6 * DAY
        steps, priced = route.actions(given, found), route.actions(given, found, priced_until=until)
        assert [(one.remedy, one.on, one.last) for one in priced] == [(one.remedy, one.on, one.last) for one in steps]
        near = [one for one in steps if one.last and one.last <= until]
        assert [one for one in priced if one.last and one.last <= until] == near
        without_cost += sum(one.cost is None for one in priced) - sum(one.cost is None for one in steps)
    assert without_cost > 100


def test_what_is_tried_changes_nothing_that_is_given() -> None:
    given = towns.situation(Random(25))
    before = repr(given)
    (meeting, *_) = next(meetings for meetings in given.calendar.values() if meetings)
    moved = given.moved(meeting.ref, meeting.on + 3 * DAY).negotiated(given.today + 9 * DAY).at(given.today + DAY)
    planning.plan(moved)
    assert repr(given) == before
    assert {one.on for meetings in moved.calendar.values() for one in meetings if one.body == meeting.body} != {
        one.on for one in given.calendar[meeting.body]
    }
