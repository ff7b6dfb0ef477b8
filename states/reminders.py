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
from states.swedish_calendar import (
    days_after,
    months_after,
    roll_forward,
    working_day_on_or_before,
    working_days_after,
)

COUNCIL_MONTHS = 6
"""A meeting of fullmäktige further from the legal day is not its last chance: the calendar is not planned so far."""


class Channel(StrEnum):
    """How a reminder goes out."""

    LOGG = "logg"  # the operators' log
    TODO = "todo"  # the recipient's own list
    EPOST = "e-post"
    WEBHOOK = "webhook"


WORKING_DAYS = "arbetsdagar"
"""What a rule's days are, where they are not those of the calendar."""

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
    """When somebody is reminded of a kind of deadline, counted from the working day to act on.

    Months are the calendar's; days are those the rule counts.
    """

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
    def to(self) -> Sequence[str]: ...  # roles, or names of mailboxes; empty: the one the duty is
    @property
    def name(self) -> str: ...  # empty: `about`
    @property
    def late(self) -> str: ...  # what is done with a step that was missed
    @property
    def count(self) -> str: ...  # what its days are
    @property
    def channels(self) -> Sequence[str]: ...
    @property
    def escalate_days(self) -> Sequence[int]: ...  # after the day to act, when others are told that it is not done
    @property
    def escalate_to(self) -> Sequence[str]: ...  # roles


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
    that meeting of fullmäktige, `r4/14` for the fourth repeat, `s2024-05-01` for the end of a snooze, and
    `e1/2` for the first of two times that others are told.
    """

    name: str
    day: date


def is_escalation(step: str) -> bool:
    """True for the name of a step by which others are told that nobody has done it."""
    return step.startswith("e")


def steps(deadline: OpenDeadline, rule: Rule, until: date, council: Sequence[date]) -> list[Step]:
    """Every step whose day has come by `until`, oldest first; besides the escalations."""
    found = [*_named(deadline, rule), *_repeated(deadline, rule, until), *_before_council(deadline, rule, council)]
    asleep = deadline.snoozed_until
    if asleep is not None:
        found = [step for step in found if step.day > asleep]
        found.append(Step(f"s{asleep}", _awake(deadline, asleep)))
    return sorted((step for step in found if step.day <= until), key=lambda step: step.day)


def escalations(deadline: OpenDeadline, rule: Rule, until: date) -> list[Step]:
    """Every step by `until` on which others are told that nobody has done it, oldest first.

    A snooze puts them off: nobody has been late with it until the snooze is over.
    """
    since = max(deadline.act_by, deadline.snoozed_until or deadline.act_by)
    days = sorted(roll_forward(_counted(since, n, rule)) for n in rule.escalate_days)
    return [Step(f"e{place}/{len(days)}", day) for place, day in enumerate(days, 1) if day <= until]


def last_council(due_day: date, council: Iterable[date]) -> date | None:
    """Fullmäktige's last meeting that is in time for a legal day."""
    first = months_after(due_day, -COUNCIL_MONTHS)
    return max((day for day in council if first < day <= due_day), default=None)


def longest_notice(rule: Rule) -> int:
    """How many days of the calendar before the day to act on a rule can speak, at most."""
    months = [31 * months for months in rule.months_before]
    days = [_in_the_calendar(days, rule) for days in rule.days_before]
    council = [31 * COUNCIL_MONTHS + _in_the_calendar(days, rule) for days in rule.days_before_last_council]
    closed = 7  # a step is moved back over no more closed days than this
    return max([*months, *days, *council, 0]) + closed


def _in_the_calendar(days: int, rule: Rule) -> int:
    """How many days of the calendar a rule's days take up, at most.

    Two days of three are open, and never are more than nine besides closed: at Christmas and at Easter.
    """
    return 3 * days // 2 + 9 if rule.count == WORKING_DAYS else days


# --- the days of a rule -------------------------------------------------------------------------------


def _named(deadline: OpenDeadline, rule: Rule) -> Iterator[Step]:
    """The days the rule names, numbered in time order among so many.

    So a changed number of days moves a step and does not make it another, and one more or one less
    makes all of them others; which of those are said already, `reminder_rules.Said` tells.
    """
    before, after = _offsets(deadline.act_by, rule)
    days = [(day, working_day_on_or_before(day)) for day in before] + [(day, roll_forward(day)) for day in after]
    yield from (Step(f"{place}/{len(days)}", day) for place, (_, day) in enumerate(sorted(days), 1))


def _repeated(deadline: OpenDeadline, rule: Rule, until: date) -> Iterator[Step]:
    """Again and again after the last day the rule names; with another interval they are others."""
    if not rule.repeat_days:
        return
    before, after = _offsets(deadline.act_by, rule)
    day, time = max([*before, *after], default=deadline.act_by), 0
    while (day := _counted(day, rule.repeat_days, rule)) <= until:
        time += 1
        yield Step(f"r{time}/{rule.repeat_days}", roll_forward(day))


def _before_council(deadline: OpenDeadline, rule: Rule, council: Sequence[date]) -> Iterator[Step]:
    """Before the last meeting in time; another last meeting is told of anew."""
    last = last_council(deadline.due, council) if rule.days_before_last_council else None
    if last is None:
        return
    days = sorted(_counted(last, -n, rule) for n in rule.days_before_last_council)
    for place, day in enumerate(days, 1):
        yield Step(f"f{place}/{len(days)} {last}", working_day_on_or_before(day))


def _offsets(act_by: date, rule: Rule) -> tuple[list[date], list[date]]:
    """(days before or on, days after), as the calendar has them."""
    months = [months_after(act_by, -n) for n in rule.months_before]
    before = [*months, *(_counted(act_by, -n, rule) for n in rule.days_before)]
    return before, [_counted(act_by, n, rule) for n in rule.days_after]


def _counted(day: date, days: int, rule: Rule) -> date:
    """So many of the rule's days after a day, or before it."""
    return working_days_after(day, days) if rule.count == WORKING_DAYS else days_after(day, days)


def _awake(deadline: OpenDeadline, asleep: date) -> date:
    """The working day a snooze ends: the next one, but never one after the deadline's day that still is ahead."""
    if deadline.act_by < asleep <= deadline.due and deadline.kind not in EARLIEST:
        return deadline.act_by
    return roll_forward(asleep)
