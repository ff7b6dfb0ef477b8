"""What is said of a deadline by a rule: of the steps that have come, those not yet said, and their fate.

Pure: does not know the clock, the database, or to whom a reminder goes.
"""

from collections.abc import Sequence, Set
from datetime import date

import msgspec

from states.reminders import ReminderStatus, Step, is_escalation
from workflow.config import ReminderRule


class Said(msgspec.Struct):
    """The steps that have been told of, or will be, with the days they were for."""

    days: dict[str, date] = {}
    newest: dict[str, date] = {}  # of each series

    def add(self, step: str, day: date) -> None:
        self.days[step] = max(day, self.days.get(step, day))
        self.newest[_series(step)] = max(day, self.newest.get(_series(step), day))

    def covers(self, step: Step) -> bool:
        """True when it has been said, or another of its series for its day or later: a rule with other days re-sends
        none."""
        return step.name in self.days or self.newest.get(_series(step.name), date.min) >= step.day


class Heard(msgspec.Struct, frozen=True):
    """What there is to know of before something is said to one recipient through one channel."""

    own: Said
    elsewhere: Said  # what others there have heard, or the same one through another channel
    moot: Set[str] = frozenset()  # steps planned for this one that were closed unsaid

    def knows(self, step: Step) -> bool:
        """True for what need not be said: neither what it has heard, nor what was said before it was to hear of it."""
        return self.own.covers(step) or (step.name not in self.moot and self.elsewhere.covers(step))

    @property
    def is_new(self) -> bool:
        """True when nobody could have heard anything but what was escalated."""
        return all(is_escalation(series) for series in (*self.own.newest, *self.elsewhere.newest))


class Due(msgspec.Struct, frozen=True):
    """A step that has come, and what becomes of it."""

    step: Step
    status: ReminderStatus


def due(come: Sequence[Step], rule: ReminderRule, heard: Heard, today: date) -> list[Due]:
    """Of the steps that have come by `today`, oldest first, those that are not yet said."""
    missing = [step for step in come if not heard.knows(step)]
    if heard.is_new:
        missing = _without_old_repeats(missing)
    return [Due(step, _fate(step, missing[place + 1 :], rule.late, today)) for place, step in enumerate(missing)]


def still_wanted(step: str, planned_for: date, snoozed_until: date | None, today: date) -> bool:
    """False for a step that a snooze has overtaken since it was planned."""
    if step.startswith("s"):
        return step == f"s{snoozed_until}"
    return snoozed_until is None or (snoozed_until <= today and snoozed_until < planned_for)


# --- what becomes of a step ---------------------------------------------------------------------------


def _series(step: str) -> str:
    """What a step is one of: the rule's days and their repeats, those before one meeting, snoozes, or escalations."""
    return {"f": step.partition(" ")[2], "s": "s", "e": "e"}.get(step[0], "")


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
