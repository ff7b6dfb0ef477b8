"""What a pass goes by, and what it did."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from scheduler.recipients import Directory
from scheduler.reminder_plan import Calendar
from workflow import event_log, reminder_store
from workflow.audit_journal import timestamp
from workflow.connection import Row
from workflow.desk import Desk
from workflow.reminder_store import Moment

Clock = Callable[[], datetime]


class Tally(msgspec.Struct):
    """What a pass did, in reminders where nothing else is said."""

    planned: int = 0
    sent: int = 0
    late: int = 0  # of those planned, the ones that should have come another day
    noted: int = 0  # of those sent, the ones that never left the house
    mailed: int = 0  # mails, each with one reminder or all of a day
    called: int = 0  # of those sent, the ones a webhook was told of
    merged: int = 0
    skipped: int = 0
    moot: int = 0
    failed: int = 0
    put_off: int = 0
    waiting: int = 0  # on their way out of the house when it ended

    def counts(self) -> dict[str, int]:
        """What there was any of."""
        return {name: count for name, count in msgspec.structs.asdict(self).items() if count}

    def add(self, status: str) -> None:
        """Count one more reminder that became so."""
        setattr(self, status, getattr(self, status) + 1)


class Round(msgspec.Struct, frozen=True):
    """What a pass goes by."""

    desk: Desk
    today: date
    clock: Clock
    owner: str  # who holds the leases, for people to see
    directory: Directory
    calendar: Calendar

    @property
    def moment(self) -> Moment:
        return Moment(self.today, self.clock())

    def digest_of(self, recipient: str) -> str | None:
        """Whose digest a reminder waits for, if it goes out in one."""
        return self.directory.current(recipient) if self.directory.gathers(recipient) else None


def begin(desk: Desk, today: date, clock: Clock, owner: str = "") -> Round:
    """A pass on a day. No mail is sent unless the configuration names a host."""
    config = desk.settings.config
    mailboxes = config.mailboxes if config.email.host else []
    council, losses = reminder_store.council_days(desk.connection), reminder_store.losses(desk.connection)
    calendar = Calendar(config.reminders, council, losses)
    systems = [target.name for target in config.webhook.targets]
    return Round(desk, today, clock, owner, Directory(desk.bodies, mailboxes, today, systems), calendar)


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a reminder, for the operators' log."""

    id: str
    row: Row
    outcome: str
    secret: bool
    more: Mapping[str, Any] = {}


def write_notes(this: Round, notes: Sequence[Note]) -> None:
    """A line in the operators' log for each."""
    at = timestamp(this.clock())
    event_log.reminders_handled(this.desk.settings.operations_log, [_line(this, note, at) for note in notes])


def _line(this: Round, note: Note, at: str) -> dict[str, Any]:
    row = note.row
    late = (this.today - date.fromisoformat(row["planned_for"])).days
    return {
        "outcome": note.outcome,
        "recorded_at": at,
        "reminder": note.id,
        "deadline": _told_of(row["deadline_id"], secret=note.secret),
        **{name: row[name] for name in ("rule", "step", "due", "recipient", "channel")},
        **({"late_days": late} if late > 0 else {}),
        **{name: value for name, value in note.more.items() if value},
    }


def _told_of(deadline_id: str, *, secret: bool) -> str:
    """The deadline; of a secret case only what kind, since the log is for those who run the system."""
    return deadline_id.partition("/")[2].partition("/")[0] if secret else deadline_id
