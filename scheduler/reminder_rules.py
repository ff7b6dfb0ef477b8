"""What is said of a deadline by a rule: of the steps that have come, those not yet said, and their fate.

Pure: does not know the clock, the database, or to whom a reminder goes.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from states.reminders import OpenDeadline, ReminderStatus, Step, steps
from workflow.config import ReminderRule

Said = Mapping[str, date]
"""Name of a step -> the day it was for: what one recipient has got, or will get, through one channel."""


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


def still_wanted(step: str, planned_for: date, snoozed_until: date | None, today: date) -> bool:
    """False for a step that a snooze has overtaken since it was planned."""
    if step.startswith("s"):
        return step == f"s{snoozed_until}"
    return snoozed_until is None or (snoozed_until <= today and snoozed_until < planned_for)


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
