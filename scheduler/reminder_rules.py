"""When somebody is reminded: an open deadline and a rule -> the steps that have come, and their fate.

Pure: does not know the clock, the database, or to whom a reminder goes. Every day here is a date in
Sweden, so that no hour of a clock that is put forward or back matters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from states.deadlines import EARLIEST, DeadlineKind
from states.reminders import ReminderStatus
from states.swedish_calendar import days_after, months_after, roll_forward, working_day_on_or_before
from workflow.config import ReminderRule

COUNCIL_MONTHS = 6
"""A meeting of fullmäktige further from the legal day is not its last chance: the calendar is not planned so far."""

Said = Mapping[str, date]
"""Name of a step -> the day it was for: what one recipient has got, or will get, through one channel."""


class OpenDeadline(msgspec.Struct, frozen=True, kw_only=True):
    """A deadline as the rules look at it."""

    id: str
    stream: str  # id of the case or meeting
    kind: DeadlineKind
    due: date
    act_by: date
    body: str = ""  # code of the body that answers for it, as it is recorded
    snoozed_until: date | None = None


class Step(msgspec.Struct, frozen=True):
    """One time to remind.

    The name is `2/3` for the second of the three days a rule names, `f1/1 2024-06-18` for one before
    that meeting of fullmäktige, `r4/14` for the fourth repeat, `s2024-05-01` for the end of a snooze.
    """

    name: str
    day: date


class Due(msgspec.Struct, frozen=True):
    """A step that has come, and what becomes of it."""

    step: Step
    status: ReminderStatus


def due(deadline: OpenDeadline, rule: ReminderRule, said: Said, today: date, council: Sequence[date]) -> list[Due]:
    """The steps that have come by `today` and are not yet said, oldest first.

    `council` holds the days of fullmäktige's meetings.
    """
    come = steps(deadline, rule, today, council)
    missing = [step for step in come if step.name not in said and not _said_later(step, said)]
    if not said:
        missing = _without_old_repeats(missing)
    return [Due(step, _fate(step, missing[place + 1 :], rule.late, today)) for place, step in enumerate(missing)]


def steps(deadline: OpenDeadline, rule: ReminderRule, until: date, council: Sequence[date]) -> list[Step]:
    """Every step whose day has come by `until`, oldest first."""
    found = [*_named(deadline, rule), *_repeated(deadline, rule, until), *_before_council(deadline, rule, council)]
    asleep = deadline.snoozed_until
    if asleep is not None:
        found = [step for step in found if step.day > asleep]
        found.append(Step(f"s{asleep}", _awake(deadline, asleep)))
    return sorted((step for step in found if step.day <= until), key=lambda step: step.day)


def still_wanted(step: str, planned_for: date, snoozed_until: date | None, today: date) -> bool:
    """False for a step that a snooze has overtaken since it was planned."""
    if step.startswith("s"):
        return step == f"s{snoozed_until}"
    return snoozed_until is None or (snoozed_until <= today and snoozed_until < planned_for)


def last_council(due_day: date, council: Iterable[date]) -> date | None:
    """Fullmäktige's last meeting that is in time for a legal day."""
    first = months_after(due_day, -COUNCIL_MONTHS)
    return max((day for day in council if first < day <= due_day), default=None)


def longest_notice(rule: ReminderRule) -> int:
    """How many days before the day to act on a rule can speak, at most."""
    council = 31 * COUNCIL_MONTHS + max(rule.days_before_last_council) if rule.days_before_last_council else 0
    closed = 7  # a step is moved back over no more closed days than this
    return max([31 * months for months in rule.months_before] + [*rule.days_before, council, 0]) + closed


# --- the days of a rule -------------------------------------------------------------------------------


def _named(deadline: OpenDeadline, rule: ReminderRule) -> Iterator[Step]:
    """The days the rule names, numbered in time order among so many.

    So a changed number of days moves a step and does not make it another, and one more or one less
    makes all of them others; which of those are said already, `_said_later` tells.
    """
    before, after = _offsets(deadline.act_by, rule)
    days = [(day, working_day_on_or_before(day)) for day in before] + [(day, roll_forward(day)) for day in after]
    yield from (Step(f"{place}/{len(days)}", day) for place, (_, day) in enumerate(sorted(days), 1))


def _repeated(deadline: OpenDeadline, rule: ReminderRule, until: date) -> Iterator[Step]:
    """Again and again after the last day the rule names; with another interval they are others."""
    if not rule.repeat_days:
        return
    before, after = _offsets(deadline.act_by, rule)
    last = max([*before, *after], default=deadline.act_by)
    times = max((until - last).days // rule.repeat_days, 0)
    for time in range(1, times + 1):
        yield Step(f"r{time}/{rule.repeat_days}", roll_forward(days_after(last, time * rule.repeat_days)))


def _before_council(deadline: OpenDeadline, rule: ReminderRule, council: Sequence[date]) -> Iterator[Step]:
    """Before the last meeting in time; another last meeting is told of anew."""
    last = last_council(deadline.due, council) if rule.days_before_last_council else None
    if last is None:
        return
    days = sorted(days_after(last, -n) for n in rule.days_before_last_council)
    for place, day in enumerate(days, 1):
        yield Step(f"f{place}/{len(days)} {last}", working_day_on_or_before(day))


def _offsets(act_by: date, rule: ReminderRule) -> tuple[list[date], list[date]]:
    """(days before or on, days after), as the calendar has them."""
    before = [months_after(act_by, -n) for n in rule.months_before] + [days_after(act_by, -n) for n in rule.days_before]
    return before, [days_after(act_by, n) for n in rule.days_after]


def _awake(deadline: OpenDeadline, asleep: date) -> date:
    """The working day a snooze ends: the next one, but never one after the deadline's day that still is ahead."""
    if deadline.act_by < asleep <= deadline.due and deadline.kind not in EARLIEST:
        return deadline.act_by
    return roll_forward(asleep)


# --- what becomes of a step ---------------------------------------------------------------------------


def _said_later(step: Step, said: Said) -> bool:
    """True when one of the same series, for this day or later, has been said: a rule with other days re-sends none."""
    return any(_series(name) == _series(step.name) and day >= step.day for name, day in said.items())


def _series(name: str) -> str:
    """What a step is one of: the rule's days and their repeats, those before one meeting, or the snoozes."""
    return {"f": name.partition(" ")[2], "s": "s"}.get(name[0], "")


def _without_old_repeats(missing: list[Step]) -> list[Step]:
    """Of repeats nobody could have heard, only the newest: a deadline may be years old when it is registered."""
    repeats = [step for step in missing if step.name.startswith("r")]
    return [step for step in missing if step not in repeats[:-1]]


def _fate(step: Step, later: Sequence[Step], late: str, today: date) -> ReminderStatus:
    if late == "hoppa_over" and step.day < today:
        return ReminderStatus.SKIPPED
    if any(other.day == step.day for other in later) or (late == "sla_ihop" and later):
        return ReminderStatus.MERGED
    return ReminderStatus.PLANNED
