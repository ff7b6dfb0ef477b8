"""Reminders on the days the clocks are changed, 2024-2040: none is doubled and none is missing.

The days are computed a second time here, with the standard library and `holidays`, and passes are made at
the hours that come twice or never; for a sample also through a database.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from itertools import product, repeat
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import msgspec
import pytest

from scheduler import reminder_run
from scheduler.reminder_rules import Heard, Said, due
from scheduler.ticks import day_in_sweden
from states.deadlines import DeadlineKind
from states.reminders import OpenDeadline, Step, escalations, steps
from tests.scheduler.rounds import by_hand, rows, with_rules
from workflow.config import ReminderRule, usual_rules

DAY = timedelta(days=1)
YEARS = range(2024, 2041)
SWEDEN = ZoneInfo("Europe/Stockholm")
HOURS = (time(0, 30), time(1, 59), time(2, 30), time(3, 1))
RED = holidays.country_holidays("SE", years=range(2022, 2044), categories=("public", "de_facto"))
LAST_COUNCIL_BEFORE = 30  # days from fullmäktige's last meeting to the legal day, in these tests


def switch_days() -> Iterator[date]:
    """Every day with another number of hours than 24, found by asking the zone."""
    for year in YEARS:
        day = date(year, 1, 1)
        while day.year == year:
            midnights = [datetime.combine(d, time(), SWEDEN).astimezone(UTC) for d in (day, day + DAY)]
            if midnights[1] - midnights[0] != DAY:
                yield day
            day += DAY


SWITCHES = list(switch_days())


def passes(around: date) -> list[datetime]:
    """Instants of two days on each side of a switch, in order: each hour as it is read both times it may come."""
    days = [around + n * DAY for n in range(-2, 3)]
    local = {datetime.combine(d, hour, SWEDEN).replace(fold=f) for d in days for hour in HOURS for f in (0, 1)}
    near_the_switch = datetime.combine(around, time(1), UTC)
    utc = {near_the_switch + timedelta(minutes=n) for n in (-31, -1, 0, 1, 29, 31, 59, 61)}
    return sorted({instant.astimezone(UTC) for instant in local} | utc)


# --- the days once more -----------------------------------------------------------------------------


@cache
def closed(day: date) -> bool:
    return day.weekday() > 4 or day in RED


def opened(day: date, way: timedelta) -> date:
    while closed(day):
        day += way
    return day


def months_before(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def counted(rule: ReminderRule, day: date, days: int) -> date:
    """So many of a rule's days from a day, one at a time."""
    way = DAY if days > 0 else -DAY
    while days:
        day += way
        if rule.count == "kalenderdagar" or not closed(day):
            days -= 1 if way == DAY else -1
    return day


def expected(rule: ReminderRule, act_by: date, until: date) -> list[date]:
    """Every day by `until` on which the rule speaks, each once."""
    before = [months_before(act_by, n) for n in rule.months_before]
    before += [counted(rule, act_by, -n) for n in rule.days_before]
    after = [counted(rule, act_by, n) for n in rule.days_after]
    last = max([*before, *after], default=act_by)
    while rule.repeat_days and (last := counted(rule, last, rule.repeat_days)) <= until:
        after.append(last)
    meeting = act_by - LAST_COUNCIL_BEFORE * DAY
    before += [counted(rule, meeting, -n) for n in rule.days_before_last_council]
    told = {opened(day, -DAY) for day in before} | {opened(day, DAY) for day in after}
    return sorted(day for day in told if day <= until)


def expected_escalations(rule: ReminderRule, act_by: date, until: date) -> list[date]:
    told = {opened(counted(rule, act_by, n), DAY) for n in rule.escalate_days}
    return sorted(day for day in told if day <= until)


def near(rule: ReminderRule, switch: date) -> set[date]:
    """Days to act on for which some step of a rule comes about a switch."""
    found = [switch + 30 * n * DAY for n in rule.months_before]
    found += [counted(rule, switch, n) + LAST_COUNCIL_BEFORE * DAY for n in rule.days_before_last_council]
    on = [*rule.days_after, *rule.escalate_days, *([rule.repeat_days] if rule.repeat_days else [])]
    found += [counted(rule, switch, n) for n in (*rule.days_before, *(-n for n in on))]
    return {opened(day + shift * DAY, -DAY) for day in found for shift in (0, 2)}


# --- the passes -------------------------------------------------------------------------------------


Come = Callable[[date], list[Step]]


def said_at(rule: ReminderRule, come: Come, todays: list[date]) -> list[date]:
    """The days on which a reminder went out, had there been a pass at each instant and before the first."""
    on = {today: come(today) for today in {*todays, todays[0] - DAY}}
    said, days = Said(), []
    for step in on[todays[0] - DAY]:
        said.add(step.name, step.day)
    for today in todays:
        for found in due(on[today], rule, Heard(said, Said()), today):
            said.add(found.step.name, found.step.day)
            days += [today] if found.status == "planned" else []
    return days


def test_there_are_two_switches_a_year():
    assert len(SWITCHES) == 2 * len(YEARS)
    assert {day.weekday() for day in SWITCHES} == {6}


ESCALATED: dict[str, Any] = {"escalate_days": [2, 9], "escalate_to": ["forvaltningschef"]}


@pytest.mark.parametrize("count", ["kalenderdagar", "arbetsdagar"])
@pytest.mark.parametrize("usual", usual_rules(), ids=lambda rule: rule.about)
def test_every_reminder_near_a_switch_goes_out_once_on_its_day(usual, count):
    """Every usual rule, repeated and escalated, by both ways to count."""
    rule = msgspec.structs.replace(usual, count=count, repeat_days=usual.repeat_days or 10, **ESCALATED)
    kind, spoken, escalated = DeadlineKind(rule.about), 0, 0
    for switch in SWITCHES:
        todays = [day_in_sweden(instant) for instant in passes(switch)]
        window = sorted(set(todays))
        for act_by in near(rule, switch):
            deadline = OpenDeadline(id="d", stream="s", kind=kind, due=act_by, act_by=act_by)
            council = (act_by - LAST_COUNCIL_BEFORE * DAY,)
            days = [day for day in expected(rule, act_by, window[-1]) if day in window]
            assert said_at(rule, partial(steps, deadline, rule, council=council), todays) == days, act_by
            later = [day for day in expected_escalations(rule, act_by, window[-1]) if day in window]
            assert said_at(rule, partial(escalations, deadline, rule), todays) == later, act_by
            spoken, escalated = spoken + len(days), escalated + len(later)
    assert spoken > len(SWITCHES)
    assert escalated > len(SWITCHES)


# --- through a database -----------------------------------------------------------------------------

SAMPLE = [
    ReminderRule("bevakning", days_before=[2, 1, 0], days_after=[1], repeat_days=2, late="skicka", **ESCALATED),
    ReminderRule(
        "uppdrag", days_before=[2, 1, 0], days_after=[1], repeat_days=2, late="skicka", count="arbetsdagar", **ESCALATED
    ),
]


@pytest.mark.parametrize("night", [day for day in SWITCHES if day.year == 2026], ids=str)
def test_a_sample_leaves_each_reminder_once_in_a_database(desk, night):
    """Deadlines of some days about a switch, passed by at instants on each side of it."""
    on_hand, last, wanted = with_rules(desk, *SAMPLE), night + 2 * DAY, []
    for rule, shift in product(SAMPLE, (-3, -2, 1, 2)):
        act_by = opened(night + shift * DAY, -DAY)
        key = by_hand(desk, rule.about, act_by.isoformat(), "SON", case=f"by-hand-{rule.about}{shift}")
        for day in expected(rule, act_by, last):
            wanted.append((key, "handlaggare@SON", "logg", day.isoformat()))
        for day, channel in product(expected_escalations(rule, act_by, last), ("logg", "todo")):
            wanted.append((key, "forvaltningschef@SON", channel, day.isoformat()))
    for instant in passes(night)[::4]:
        reminder_run.run(on_hand, day_in_sweden(instant), repeat(instant).__next__, "test")
    sent = [row for row in rows(desk) if row["status"] == "sent"]
    found = [(row["deadline_id"], row["recipient"], row["channel"], row["planned_for"]) for row in sent]
    assert sorted(found) == sorted(wanted)
    assert len(wanted) > 20
