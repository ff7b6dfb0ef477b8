"""When somebody is reminded of a deadline, and the words that is told in.

The days a rule speaks on are counted here; what of it is said, and to whom, is decided in `scheduler`. Every day is a
date in Sweden, so that no hour of a clock that is put forward or back matters.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec

from states.deadlines import EARLIEST, DeadlineKind
from states.swedish_calendar import days_after, months_after, roll_forward, working_day_on_or_before

COUNCIL_MONTHS = 6
"""A meeting of fullmäktige further from the legal day is not its last chance: the calendar is not planned so far."""


class Channel(StrEnum):
    """How a reminder goes out."""

    LOGG = "logg"  # the operators' log
    TODO = "todo"  # the recipient's own list
    EPOST = "e-post"
    WEBHOOK = "webhook"


IN_HOUSE = frozenset({Channel.LOGG, Channel.TODO})
"""Channels where the row itself is all there is to it: said in the transaction that writes it down."""


class ReminderStatus(StrEnum):
    """What has become of a reminder."""

    PLANNED = "planned"
    SENT = "sent"
    MERGED = "merged"  # missed, and said by a later one
    SKIPPED = "skipped"  # missed, and by its rule not sent late
    MOOT = "moot"  # what it was about was done or moved before it went out
    FAILED = "failed"  # refused for good, or tried too many times
    CANCELLED = "cancelled"  # somebody said that it shall not go out


class Rule(Protocol):
    """When somebody is reminded of a kind of deadline, counted from the working day to act on."""

    @property
    def about(self) -> str: ...  # kind of deadline
    @property
    def months_before(self) -> Sequence[int]: ...
    @property
    def days_before(self) -> Sequence[int]: ...
    @property
    def days_after(self) -> Sequence[int]: ...
    @property
    def repeat_days(self) -> int: ...  # after the last of those, again and again
    @property
    def days_before_last_council(self) -> Sequence[int]: ...
    @property
    def to(self) -> Sequence[str]: ...  # roles; empty: the one the duty is
    @property
    def name(self) -> str: ...  # empty: `about`
    @property
    def late(self) -> str: ...  # what is done with a step that was missed


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


def steps(deadline: OpenDeadline, rule: Rule, until: date, council: Sequence[date]) -> list[Step]:
    """Every step whose day has come by `until`, oldest first."""
    found = [*_named(deadline, rule), *_repeated(deadline, rule, until), *_before_council(deadline, rule, council)]
    asleep = deadline.snoozed_until
    if asleep is not None:
        found = [step for step in found if step.day > asleep]
        found.append(Step(f"s{asleep}", _awake(deadline, asleep)))
    return sorted((step for step in found if step.day <= until), key=lambda step: step.day)


def last_council(due_day: date, council: Iterable[date]) -> date | None:
    """Fullmäktige's last meeting that is in time for a legal day."""
    first = months_after(due_day, -COUNCIL_MONTHS)
    return max((day for day in council if first < day <= due_day), default=None)


def longest_notice(rule: Rule) -> int:
    """How many days before the day to act on a rule can speak, at most."""
    council = 31 * COUNCIL_MONTHS + max(rule.days_before_last_council) if rule.days_before_last_council else 0
    closed = 7  # a step is moved back over no more closed days than this
    return max([31 * months for months in rule.months_before] + [*rule.days_before, council, 0]) + closed


# --- the days of a rule -------------------------------------------------------------------------------


def _named(deadline: OpenDeadline, rule: Rule) -> Iterator[Step]:
    """The days the rule names, numbered in time order among so many.

    So a changed number of days moves a step and does not make it another, and one more or one less
    makes all of them others; which of those are said already, `_said_later` tells.
    """
    before, after = _offsets(deadline.act_by, rule)
    days = [(day, working_day_on_or_before(day)) for day in before] + [(day, roll_forward(day)) for day in after]
    yield from (Step(f"{place}/{len(days)}", day) for place, (_, day) in enumerate(sorted(days), 1))


def _repeated(deadline: OpenDeadline, rule: Rule, until: date) -> Iterator[Step]:
    """Again and again after the last day the rule names; with another interval they are others."""
    if not rule.repeat_days:
        return
    before, after = _offsets(deadline.act_by, rule)
    last = max([*before, *after], default=deadline.act_by)
    times = max((until - last).days // rule.repeat_days, 0)
    for time in range(1, times + 1):
        yield Step(f"r{time}/{rule.repeat_days}", roll_forward(days_after(last, time * rule.repeat_days)))


def _before_council(deadline: OpenDeadline, rule: Rule, council: Sequence[date]) -> Iterator[Step]:
    """Before the last meeting in time; another last meeting is told of anew."""
    last = last_council(deadline.due, council) if rule.days_before_last_council else None
    if last is None:
        return
    days = sorted(days_after(last, -n) for n in rule.days_before_last_council)
    for place, day in enumerate(days, 1):
        yield Step(f"f{place}/{len(days)} {last}", working_day_on_or_before(day))


def _offsets(act_by: date, rule: Rule) -> tuple[list[date], list[date]]:
    """(days before or on, days after), as the calendar has them."""
    before = [months_after(act_by, -n) for n in rule.months_before] + [days_after(act_by, -n) for n in rule.days_before]
    return before, [days_after(act_by, n) for n in rule.days_after]


def _awake(deadline: OpenDeadline, asleep: date) -> date:
    """The working day a snooze ends: the next one, but never one after the deadline's day that still is ahead."""
    if deadline.act_by < asleep <= deadline.due and deadline.kind not in EARLIEST:
        return deadline.act_by
    return roll_forward(asleep)
