"""Reminders on the days the clocks are changed, 2024-2040: none is doubled and none is missing.

The days are computed a second time here, with the standard library and `holidays`, and passes are made at
the hours that come twice or never.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest

from scheduler.reminder_rules import due
from scheduler.ticks import day_in_sweden
from states.deadlines import DeadlineKind
from states.reminders import OpenDeadline
from states.swedish_calendar import working_day_on_or_before
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


def expected(rule: ReminderRule, act_by: date, until: date) -> list[date]:
    """Every day by `until` on which the rule speaks, each once."""
    before = [months_before(act_by, n) for n in rule.months_before] + [act_by - n * DAY for n in rule.days_before]
    after = [act_by + n * DAY for n in rule.days_after]
    last = max([*before, *after], default=act_by)
    while rule.repeat_days and (last := last + rule.repeat_days * DAY) <= until:
        after.append(last)
    before += [act_by - (LAST_COUNCIL_BEFORE + n) * DAY for n in rule.days_before_last_council]
    told = {opened(day, -DAY) for day in before} | {opened(day, DAY) for day in after}
    return sorted(day for day in told if day <= until)


def offsets(rule: ReminderRule) -> set[int]:
    """About how many days from the day to act each step of a rule lies."""
    council = [LAST_COUNCIL_BEFORE + n for n in rule.days_before_last_council]
    back = [*(30 * n for n in rule.months_before), *rule.days_before, *council]
    return {*back, *(-n for n in rule.days_after), *([-rule.repeat_days] if rule.repeat_days else [])}


# --- the passes -------------------------------------------------------------------------------------


def said_at(rule: ReminderRule, deadline: OpenDeadline, instants: list[datetime]) -> list[date]:
    """The days on which a reminder went out, had there been a pass at each instant and before the first."""
    council = (deadline.due - LAST_COUNCIL_BEFORE * DAY,)
    eve = day_in_sweden(instants[0]) - DAY
    said = {found.step.name: found.step.day for found in due(deadline, rule, {}, eve, council)}
    days = []
    for instant in instants:
        today = day_in_sweden(instant)
        found = due(deadline, rule, said, today, council)
        said |= {one.step.name: one.step.day for one in found}
        days += [today for one in found if one.status == "planned"]
    return days


def test_there_are_two_switches_a_year():
    assert len(SWITCHES) == 2 * len(YEARS)
    assert {day.weekday() for day in SWITCHES} == {6}


@pytest.mark.parametrize("rule", usual_rules(), ids=lambda rule: rule.about)
def test_every_reminder_near_a_switch_goes_out_once_on_its_day(rule):
    spoken = 0
    for switch in SWITCHES:
        instants = passes(switch)
        window = {day_in_sweden(instant) for instant in instants}
        for offset in offsets(rule):
            for shift in (-1, 0, 1, 2):
                act_by = working_day_on_or_before(switch + (offset + shift) * DAY)
                deadline = OpenDeadline(id="d", stream="s", kind=DeadlineKind(rule.about), due=act_by, act_by=act_by)
                days = [day for day in expected(rule, act_by, max(window)) if day in window]
                assert said_at(rule, deadline, instants) == days, (switch, act_by)
                spoken += len(days)
    assert spoken > len(SWITCHES)
