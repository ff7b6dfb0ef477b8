"""What there is to say on a day: every open deadline, by every rule about it, to everybody it concerns.

Pure: asks neither the clock nor the database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from scheduler import reminder_rules
from scheduler.recipients import Directory
from scheduler.reminder_rules import Said
from states.deadlines import DeadlineKind
from states.reminders import Channel, OpenDeadline, ReminderStatus, longest_notice
from workflow.config import ReminderRule
from workflow.reminder_store import Loss

Address = tuple[str, str, str, str]  # deadline, rule, recipient, channel


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One reminder that is to be, or one that will never be sent."""

    deadline: OpenDeadline
    rule: str
    step: str
    planned_for: date
    recipient: str
    channel: Channel
    status: ReminderStatus


class Calendar(msgspec.Struct, frozen=True):
    """What the rules are read against."""

    rules: Sequence[ReminderRule]
    council: Sequence[date]  # the days of fullmäktige's meetings
    losses: Sequence[Loss] = ()  # restores after which nobody knows what was sent before

    def may_have_been_said(self, deadline: OpenDeadline, day: date) -> bool:
        """True for a reminder that a database that is gone may have sent."""
        return any(loss.covers(deadline.stream, day) for loss in self.losses)

    def about(self, kind: DeadlineKind) -> list[ReminderRule]:
        return [rule for rule in self.rules if rule.about == kind]

    def goes_on(self, name: str, kind: DeadlineKind) -> str:
        """The rule that has said what `name` said: itself, or when it is gone the only one about the kind."""
        configured = any(key(rule) == name for rule in self.rules)
        about = self.about(kind)
        return name if configured or len(about) != 1 else key(about[0])

    @property
    def longest_notice(self) -> int:
        """How many days before its day to act a deadline can be spoken of."""
        return max((longest_notice(rule) for rule in self.rules), default=0)


def key(rule: ReminderRule) -> str:
    """What a rule's reminders are known by."""
    return rule.name or rule.about


def plan(
    deadlines: Iterable[OpenDeadline], calendar: Calendar, directory: Directory, said: Mapping[Address, Said]
) -> Iterator[Planned]:
    """Everything that has come by the directory's day and is not yet said."""
    for deadline in deadlines:
        for rule in calendar.about(deadline.kind):
            for recipient, channel in directory.destinations(deadline, rule):
                heard = said.get((deadline.id, key(rule), recipient, channel), {})
                come = reminder_rules.due(deadline, rule, heard, directory.today, calendar.council)
                for found in come:
                    said_then = calendar.may_have_been_said(deadline, found.step.day)
                    yield Planned(
                        deadline=deadline,
                        rule=key(rule),
                        step=found.step.name,
                        planned_for=found.step.day,
                        recipient=recipient,
                        channel=channel,
                        status=ReminderStatus.SKIPPED if said_then else found.status,
                    )
