"""The planner: its dates are those of every way tried through the law, and it says what decides them."""

import os
from collections import Counter
from datetime import date
from random import Random

import pytest

from states import planning
from states.planning import Plan, Reason, StopKind
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


def as_dates(found: Plan) -> tuple[dict[str, date], dict[str, date]] | None:
    """The days of the bodies, and of what follows them; None where there is no way."""
    if found.obstacle is not None:
        return None
    bodies = {leg.stage.id: leg.on for leg in found.legs if not leg.done}
    return bodies, {STOPS[stop.kind]: stop.on for stop in found.stops}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_plan_is_the_best_of_every_way_tried_through_the_law(batch: int) -> None:
    met = Counter[str]()
    for seed in range(batch * A_BATCH, (batch + 1) * A_BATCH):
        given = towns.situation(Random(seed))
        found, tried = planning.plan(given), walker.best(given)
        expected = (tried.legs, tried.days) if tried else None
        assert as_dates(found) == expected, f"seed {seed}: {given}"
        met.update(leg.binding.reason for leg in found.legs)
        met.update(["no way"] if tried is None else [])
    assert set(met) >= {"no way", *(reason.value for reason in BINDING)}


BINDING = frozenset(Reason) - {
    Reason.ADJUSTING,
    Reason.POSTING,
    Reason.APPEALING,
    Reason.SENDING,
    Reason.ORDER,
}
"""What decides the day of a body; every batch has to meet them all."""
