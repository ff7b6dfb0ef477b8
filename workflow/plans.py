"""Plans of the cases that are recorded: one case's, a body's whole portfolio, and what a change does to them.

A module of its own: planning takes the law's machine, which the other lists do without.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import msgspec

from states import planning, route
from states.case_facts import BodyKind, MeetingFacts, MeetingState
from states.plan import Binding, Leg, Plan, StopKind
from states.route import Action
from states.situation import Calendar, Situation
from states.swedish_calendar import DAY
from workflow import case_store, statements
from workflow.case_queries import listed
from workflow.connection import Connection, Row
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError

View = dict[str, Any]

A_WEEK = timedelta(days=7)


TIMES = ("manus_days", "mbl_days", "adjust_days", "post_days", "dispatch_days")
"""The municipality's own times, in days, that a plan rests on and can be tried with."""


class Supposed(msgspec.Struct, frozen=True):
    """What is tried without being so."""

    at: date | None = None
    mbl: date | None = None
    times: Mapping[str, int] = {}  # name in [routines] -> days
    moves: tuple[tuple[str, date], ...] = ()  # meeting, day

    def of(self, given: Situation) -> Situation:
        """The situation with all of it."""
        for meeting, to in self.moves:
            given = given.moved(meeting, to)
        if self.mbl:
            given = given.negotiated(self.mbl)
        given = given.with_times(msgspec.structs.replace(given.routines, **self.times))
        return given.at(self.at) if self.at else given


def calendar(connection: Connection, today: date) -> Calendar:
    """Every meeting that is still to be held, by body."""
    rows = connection.run(statements.MEETINGS_AHEAD, day=today.isoformat())
    by_body = groupby(sorted(rows, key=lambda row: str(row["body"])), key=lambda row: str(row["body"]))
    return {body: tuple(_meeting(row) for row in own) for body, own in by_body}


def _meeting(row: Row) -> MeetingFacts:
    def on(column: str) -> date | None:
        return date.fromisoformat(row[column]) if row[column] else None

    return MeetingFacts(
        ref=f"{row['body']} {row['day']}",
        body=row["body"],
        kind=BodyKind(row["kind"]),
        on=date.fromisoformat(row["day"]),
        state=MeetingState(row["state"]),
        announced_on=on("announced_on"),
        called_on=on("called_on"),
        call_days=row["call_days"],
        utskott=bool(row["utskott"]),
        manus_on=on("manus_on"),
        call_on=on("call_on"),
        announce_on=on("announce_on"),
    )


def situation(desk: Desk, case_id: str, today: date, ahead: Calendar | None = None) -> Situation:
    """What a case's plan is made from, as it is recorded now."""
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    found = calendar(desk.connection, today) if ahead is None else ahead
    return Situation(facts, found, today, desk.routines)


def refuse_odd(supposed: Supposed, ahead: Calendar, today: date) -> None:
    """Raise NotFoundError or UsageError for a meeting that cannot be moved in thought either."""
    taken = {one.ref for meetings in ahead.values() for one in meetings}
    for meeting, to in supposed.moves:
        if meeting not in taken:
            raise NotFoundError(f"{meeting} är inget kommande sammanträde. Se: arende meeting list")
        if to < today:
            raise UsageError(f"{to} har passerat; pröva en dag från och med {today}.")
        if f"{meeting.split()[0]} {to}" in taken:
            raise UsageError(f"{meeting.split()[0]} sammanträder redan {to}; pröva en annan dag.")


# --- as plain values ----------------------------------------------------------------------------------


def as_view(given: Situation, found: Plan, raised_reading: str) -> View:
    """A plan as plain values, but for its obstacle and what is to be done, which have commands."""
    facts, year = given.facts, found.year
    return {
        "ref": facts.ref,
        "state": str(facts.state),
        "today": given.today.isoformat(),
        "paused_until": _iso(facts.paused_until),
        "mbl_ready": _iso(found.mbl_ready),
        "legs": [_leg(leg) for leg in found.legs],
        "stops": [
            {
                "kind": stop.kind.value,
                "on": stop.on.isoformat(),
                "reason": stop.reason.value,
                "last": _iso(stop.last),
                "done": stop.done,
            }
            for stop in found.stops
        ],
        "year": year
        and {
            "ends": year.ends.isoformat(),
            "decided": _iso(year.decided),
            "margin_days": year.margin,
            "last_council": year.last_council or None,
            "raised_reading": raised_reading,
        },
    }


def as_action(one: Action) -> View:
    """Something to do as plain values; its `remedy` is still to be written as a command."""
    cost = one.cost and {
        "where": one.cost.where,
        "planned": one.cost.planned.isoformat(),
        "instead": _iso(one.cost.instead),
    }
    return {
        "remedy": one.remedy,
        "on": one.on.isoformat(),
        "last": _iso(one.last),
        "who": one.who.value,
        "cost": cost,
    }


def _leg(leg: Leg) -> View:
    return {
        "body": leg.stage.body,
        "role": leg.stage.role.value,
        "on": leg.on.isoformat(),
        "meeting": leg.meeting.ref if leg.meeting else None,
        "done": leg.done,
        "booked": leg.booked,
        "book_by": _iso(leg.book_by),
        "sooner": leg.sooner or None,
        **_binding(leg.binding),
    }


def _binding(binding: Binding) -> View:
    return {
        "reason": binding.reason.value,
        "reason_meeting": binding.meeting or None,
        "reason_day": _iso(binding.day),
    }


def obstacle(found: Plan) -> View | None:
    """What the way stops at as plain values; its `finding` still has remedies."""
    if found.obstacle is None:
        return None
    binding = found.obstacle.binding
    return {
        "body": found.obstacle.stage.body,
        "role": found.obstacle.stage.role.value,
        "finding": found.obstacle.finding,
        **(_binding(binding) if binding else {"reason": None, "reason_meeting": None, "reason_day": None}),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# --- a body's portfolio -------------------------------------------------------------------------------


def portfolio(desk: Desk, today: date, body: str, supposed: Supposed) -> Iterator[tuple[View, Situation, Plan]]:
    """Every open case on its way, with its plan: those that have a body left, or only those of one."""
    ahead = calendar(desk.connection, today)
    for row in desk.connection.run(statements.OPEN_CASES):
        given = supposed.of(situation(desk, row["id"], today, ahead))
        if body in ("", *(stage.body for stage in given.facts.stages if not stage.closed)):
            yield listed(row), given, planning.plan(given)


def summary(given: Situation, found: Plan) -> View:
    """A plan in a line: where the bodies are done with the case, laga kraft, and the motion's year."""
    final = found.stop(StopKind.FINAL)
    return {
        "next": next((leg.meeting.ref for leg in found.legs if leg.meeting), None),
        "end": found.end and {"body": found.end.stage.body, "on": found.end.on.isoformat()},
        "laga_kraft": _iso(final.on) if final else None,
        "year_margin_days": found.year.margin if found.year else None,
        "paused_until": _iso(given.facts.paused_until),
    }


def critical(given: Situation, found: Plan) -> list[Action]:
    """What must be done within the week for the plan to hold, at a price if it is not."""
    until = given.today + A_WEEK - DAY
    steps = route.actions(given, found, priced_until=until)
    return [one for one in steps if one.last and one.cost and one.last <= until]


# --- what a change does -------------------------------------------------------------------------------


def of_those_on_the_way_to(desk: Desk, body: str, today: date) -> dict[str, Plan]:
    """Case -> plan, of the open cases that have a body before them (any, for none) and may be seen."""
    ahead = calendar(desk.connection, today)
    rows = desk.connection.run(statements.ON_THE_WAY_TO, body=body)
    given = (situation(desk, row["id"], today, ahead) for row in rows)
    return {one.facts.ref: planning.plan(one) for one in given}


def differences(before: Mapping[str, Plan], after: Mapping[str, Plan]) -> Iterator[str]:
    """`SON 2024-1: KF 2024-05-28 → 2024-06-18` for every case that comes earlier or later."""
    for ref, old in before.items():
        told = _end(old), _end(after[ref]) if ref in after else ("", None)
        if told[0] != told[1]:
            yield f"Planen för {ref}: {_said(*told[0])} → {_said(*told[1])}"


def _end(found: Plan) -> tuple[str, date | None]:
    """Where the bodies are done with a case, and when; the body where the way stops, and no day."""
    if found.end is not None:
        return found.end.stage.body, found.end.on
    return (found.obstacle.stage.body if found.obstacle else ""), None


def _said(body: str, on: date | None) -> str:
    return f"{body} {on}" if on else f"{body} utan möjligt sammanträde"
