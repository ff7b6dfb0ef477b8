"""What there is to say on a day: every open deadline, by every rule about it, to everybody it concerns.

Pure: asks neither the clock nor the database.

Whoever is to hear of a deadline by a setting that was changed (another channel, role, mailbox or system) hears
what comes, not what had been said when the setting was changed. So what one rule says of one deadline in a pass
belongs together, and is to be written in one transaction (`together`): a part of it would look like such a change.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from itertools import groupby

import msgspec

from scheduler.recipients import Destination, Directory, body_of
from scheduler.reminder_rules import Heard, Said, due
from states.deadlines import DeadlineKind
from states.reminders import Channel, OpenDeadline, ReminderStatus, Step, escalations, steps
from workflow.config import ReminderRule
from workflow.connection import Row
from workflow.reminder_store import Loss


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


def key(rule: ReminderRule) -> str:
    """What a rule's reminders are known by."""
    return rule.name or rule.about


# --- what has been said -------------------------------------------------------------------------------


class Record(msgspec.Struct):
    """What there are reminders of, to one recipient through one channel."""

    said: Said = msgspec.field(default_factory=Said)
    moot: set[str] = msgspec.field(default_factory=set)


Told = Mapping[Destination, Record]
"""Of one deadline by one rule."""

NOBODY: Told = {}


def heard(
    rows: Iterable[Row], deadlines: Iterable[OpenDeadline], calendar: Calendar, directory: Directory
) -> Mapping[tuple[str, str], Told]:
    """(deadline, rule) -> what has been said, out of the reminders there are; the moot ones too.

    Whoever takes over, a body or a rule, has heard or said what was before it.
    """
    kinds = {deadline.id: deadline.kind for deadline in deadlines}
    found: dict[tuple[str, str], dict[Destination, Record]] = {}
    for row in (row for row in rows if row["deadline_id"] in kinds):
        rule = calendar.goes_on(row["rule"], kinds[row["deadline_id"]])
        to = directory.current(row["recipient"]), Channel(row["channel"])
        record = found.setdefault((row["deadline_id"], rule), {}).setdefault(to, Record())
        if row["status"] == ReminderStatus.MOOT:
            record.moot.add(row["step"])
        else:
            record.said.add(row["step"], date.fromisoformat(row["planned_for"]))
    return found


def _heard_by(destination: Destination, told: Told) -> Heard:
    """What is known at a destination: by itself, and by the others it stands beside."""
    own, elsewhere, beside = told.get(destination, Record()), Said(), _beside(body_of(destination[0]), told)
    for (recipient, _), record in told.items():
        if beside is None or body_of(recipient) in beside:
            for step, day in record.said.days.items():
                elsewhere.add(step, day)
    return Heard(own.said, elsewhere, own.moot)


def _beside(body: str, told: Told) -> Set[str] | None:
    """Whose bodies' recipients have heard for a recipient at one: its own; None for everybody's.

    Another body has heard nothing until it answers. What was said to those of no body counts where the latest body's
    was said too.
    """
    if not body:
        return None
    newest: dict[str, date] = {}
    for (recipient, _), record in told.items():
        at = body_of(recipient)
        if at and record.said.days:
            newest[at] = max(newest.get(at, date.min), *record.said.days.values())
    latest = not newest or newest.get(body) == max(newest.values())
    return {body, ""} if latest else {body}


# --- what is to be said -------------------------------------------------------------------------------


def plan(
    deadlines: Iterable[OpenDeadline],
    calendar: Calendar,
    directory: Directory,
    said: Mapping[tuple[str, str], Told],
) -> Iterator[Planned]:
    """Everything that has come by the directory's day and is not yet said."""
    for deadline in deadlines:
        for rule in calendar.about(deadline.kind):
            told = said.get((deadline.id, key(rule)), NOBODY)
            if come := steps(deadline, rule, directory.today, calendar.council):
                to = directory.destinations(deadline, rule)
                yield from _planned(deadline, rule, come, to, told, calendar, directory.today)
            if come := escalations(deadline, rule, directory.today):
                to = directory.escalations(deadline, rule)
                yield from _planned(deadline, rule, come, to, told, calendar, directory.today)


def together(planned: Iterable[Planned], size: int) -> Iterator[list[Planned]]:
    """What is planned, about so many at a time; never a part of what one rule says of one deadline."""
    batch: list[Planned] = []
    for _, group in groupby(planned, key=lambda one: (one.deadline.id, one.rule)):
        batch += group
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _planned(
    deadline: OpenDeadline,
    rule: ReminderRule,
    come: Sequence[Step],
    destinations: Iterable[Destination],
    told: Told,
    calendar: Calendar,
    today: date,
) -> Iterator[Planned]:
    for recipient, channel in destinations:
        for found in due(come, rule, _heard_by((recipient, channel), told), today):
            # What only stands on a list in the database went with it.
            lost = channel is not Channel.TODO and calendar.may_have_been_said(deadline, found.step.day)
            yield Planned(
                deadline=deadline,
                rule=key(rule),
                step=found.step.name,
                planned_for=found.step.day,
                recipient=recipient,
                channel=channel,
                status=ReminderStatus.SKIPPED if lost else found.status,
            )
