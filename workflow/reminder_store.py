"""Reminders in and out of the database: written once, claimed by one at a time, closed once each time.

A reminder's row and its records are the truth of what is to be said and what has been. Its lease is
work in progress: who sends it just now, and when it is tried next, by the database's own clock, so that
neither a daemon's clock nor one that was stopped and wakes up can take it from another.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from states.records import Change, insert, update
from states.reminders import Channel, ReminderStatus
from workflow import audit_journal, statements
from workflow.audit_journal import Command, Draft
from workflow.connection import POSTGRESQL, SQLITE, Connection, Row
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError
from workflow.identifiers import made_at

ACTOR = "daemon"
"""What the log calls the one who reminds, and its role."""


class Moment(msgspec.Struct, frozen=True):
    """When something is written down."""

    on: date  # the day in Sweden
    at: datetime  # aware


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that is ours to send until its lease ends, and its deadline as it stands now."""

    id: str
    token: int
    attempts: int  # with this one
    deadline_id: str
    rule: str
    step: str
    due: date
    recipient: str
    channel: Channel
    planned_for: date
    due_now: date
    act_by: date
    is_open: bool
    snoozed_until: date | None
    overtaken: bool  # a later step says the same


# --- what there is ------------------------------------------------------------------------------------


def open_deadlines(connection: Connection, until: date) -> list[Row]:
    """Those to act on, or to be reminded of again, by a day."""
    return connection.run(statements.OPEN_DEADLINES, until=until.isoformat())


def said(connection: Connection, until: date) -> list[Row]:
    """The reminders there are of those, about the day that now is theirs."""
    return connection.run(statements.REMINDERS_SAID, until=until.isoformat())


def deadline(connection: Connection, deadline_id: str) -> Row:
    """A deadline with what it is about."""
    return connection.run(statements.DEADLINE_TOLD, id=deadline_id)[0]


def council_days(connection: Connection) -> list[date]:
    """The days of fullmäktige's meetings."""
    return [date.fromisoformat(row["day"]) for row in connection.run(statements.COUNCIL_DAYS)]


def on_their_way(connection: Connection) -> list[Row]:
    """Those written down and not yet sent, about what is still open."""
    return connection.run(statements.REMINDERS_ON_THEIR_WAY)


def waiting(connection: Connection) -> dict[Channel, int]:
    """How many reminders are on their way, by channel."""
    return {Channel(row["channel"]): row["waiting"] for row in connection.run(statements.REMINDERS_WAITING)}


# --- planning -----------------------------------------------------------------------------------------


def reminder_id(reminder: Row) -> str:
    """The hash of what makes it the one it is; neither a rule's version nor a time of day is in it."""
    key = ("deadline_id", "rule", "due", "step", "recipient", "channel")
    return audit_journal.sha256(audit_journal.canonical([reminder[name] for name in key]))


def add(desk: Desk, moment: Moment, reminder: Row, **data: Any) -> bool:
    """Write a reminder (every column but its id) down, planned or closed at once; False when it was there already.

    One that is moot is not there: it is written down again, in its own row and stream.
    """
    own, status = reminder_id(reminder), ReminderStatus(reminder["status"])
    anew = {"status": status.value, "planned_for": reminder["planned_for"]}
    try:
        with desk.connection.writing():
            moot = desk.connection.count(statements.REVIVE, id=own, **anew) == 1
            change = update("reminder", id=own, **anew) if moot else insert("reminder", id=own, **reminder)
            _record(desk, moment, own, status, change, data)
            next_try = database_clock(desk.connection) if status is ReminderStatus.PLANNED else None
            desk.connection.run(statements.SET_LEASE, id=own, next_try=next_try, outlet=reminder["channel"])
    except ChangedMeanwhileError:
        return False
    return True


def skip_planned(desk: Desk, moment: Moment) -> int:
    """Close what was to be sent by a day: whoever had the database before it was restored may have sent it."""
    planned = desk.connection.run(statements.PLANNED_BY, until=moment.on.isoformat())
    for row in planned:
        skipped = update("reminder", id=row["id"], status=ReminderStatus.SKIPPED.value)
        with desk.connection.writing():
            _record(desk, moment, row["id"], ReminderStatus.SKIPPED, skipped, {"restored": True})
    return len(planned)


class Loss(msgspec.Struct, frozen=True):
    """A restore after which the log does not know what was sent before it."""

    on: date
    at: datetime  # aware

    def covers(self, stream: str, day: date) -> bool:
        """True for a reminder of a day by then, of a case or meeting there was then: it may have been sent."""
        return day <= self.on and made_at(stream) < 1000 * self.at.timestamp()


def losses(connection: Connection) -> list[Loss]:
    """Every restore whose log was lost."""
    told = [json.loads(row["body"]) for row in connection.run(statements.RESTORES)]
    return [
        Loss(date.fromisoformat(body["event_date"]), datetime.fromisoformat(body["recorded_at"]))
        for body in told
        if "unsure_from" in body["data"]
    ]


def mend_leases(connection: Connection) -> int:
    """Give every reminder on its way a lease that has none (leases are not in the log); how many lacked one."""
    lost = connection.run(statements.LOST_LEASES)
    if lost:
        with connection.writing():
            now = database_clock(connection)
            for row in lost:
                connection.run(statements.ADD_LEASE, id=row["id"], next_try=now, outlet=row["channel"])
    return len(lost)


# --- claiming -----------------------------------------------------------------------------------------

CLOCK = {
    SQLITE: "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
    POSTGRESQL: "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)",
}
"""Milliseconds since 1970."""

FIRST_DUE = (
    "SELECT lease.id FROM lease JOIN reminder ON reminder.id = lease.id"
    " WHERE lease.next_try <= :until AND reminder.channel <> :without ORDER BY lease.next_try, lease.id LIMIT 1"
)
TAKE = "UPDATE lease SET token = token + 1, attempts = attempts + 1, owner = :owner, next_try = {clock} + :milliseconds"
CLAIM = {
    SQLITE: f"{TAKE.format(clock=CLOCK[SQLITE])} WHERE id = ({FIRST_DUE}) RETURNING id, token, attempts",
    POSTGRESQL: (
        f"WITH first AS ({FIRST_DUE} FOR UPDATE OF lease SKIP LOCKED) {TAKE.format(clock=CLOCK[POSTGRESQL])}"
        " FROM first WHERE lease.id = first.id RETURNING lease.id, lease.token, lease.attempts"
    ),
}
"""SQLite's writers have the database to themselves; PostgreSQL's pass by what another is just taking."""


def database_clock(connection: Connection) -> int:
    """Milliseconds since 1970 by the database's clock."""
    return int(connection.run(f"SELECT {CLOCK[connection.dialect]} AS now")[0]["now"])


def claim(connection: Connection, owner: str, seconds: int, until: int, without: Channel | None = None) -> Claim | None:
    """Take the one that has waited longest since before `until` (database_clock), for so many seconds."""
    with connection.writing():
        taken = connection.run(
            CLAIM[connection.dialect],
            owner=owner,
            milliseconds=1000 * seconds,
            until=until,
            without=without.value if without else "",
        )
        if not taken:
            return None
        row = connection.run(statements.CLAIMED, id=taken[0]["id"])[0]
    flags = {"is_open": bool(row["is_open"]), "overtaken": bool(row["overtaken"])}
    return msgspec.convert({**row, **taken[0], **flags}, Claim)


def close(desk: Desk, moment: Moment, claimed: Claim, status: ReminderStatus, fault: str | None = None) -> bool:
    """Say what became of a claimed reminder; False when it is no longer ours to say."""
    own, data = claimed.id, {"attempts": claimed.attempts, **({"fault": fault} if fault else {})}
    with desk.connection.writing():
        if desk.connection.count(statements.LET_GO, id=own, token=claimed.token, fault=fault) != 1:
            return False
        _record(desk, moment, own, status, update("reminder", id=own, status=status.value), data)
    return True


def put_off(connection: Connection, claimed: Claim, milliseconds: int, fault: str, *, counted: bool = True) -> bool:
    """Try a claimed reminder again after a while; False when it is no longer ours.

    An attempt that is not `counted` is taken back.
    """
    attempts = claimed.attempts if counted else claimed.attempts - 1
    with connection.writing():
        next_try = database_clock(connection) + max(milliseconds, 1)
        values = {"id": claimed.id, "token": claimed.token, "next_try": next_try, "fault": fault}
        return connection.count(statements.PUT_OFF, attempts=attempts, **values) == 1


# --- the records --------------------------------------------------------------------------------------


def _record(
    desk: Desk, moment: Moment, own: str, status: ReminderStatus, change: Change, data: Mapping[str, Any]
) -> None:
    """Set a reminder's row and say so at the next place in its stream; to be called inside the transaction."""
    stream = f"reminder:{own}"
    head = desk.connection.run(statements.HEAD, stream=stream)
    place = head[0]["seq"] + 1 if head else 1
    command = Command(
        id=f"{own}:{place}:{status}",
        actor=ACTOR,
        role=ACTOR,
        on=moment.on,
        recorded_at=moment.at,
        config_hash=desk.settings.hash,
    )
    draft = Draft(stream, f"reminder.{status}", place, data=dict(data), changes=[change])
    audit_journal.write_changes(desk.connection, draft.changes)
    audit_journal.seal(desk.connection, command, draft)
