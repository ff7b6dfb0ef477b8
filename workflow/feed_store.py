"""What the calendars to subscribe to tell, out of the database, and which edition of each entry it is.

An edition is kept so that nothing is told anew when nothing has changed, and so that every daemon tells the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from states.case_facts import MeetingState
from states.records import changes_of
from workflow import audit_journal, statements
from workflow.connection import Connection, Row
from workflow.errors import ChangedMeanwhileError

STAMP = "%Y%m%dT%H%M%SZ"
DAYS = ("due", "act_by", "day")
"""The columns of a deadline or a meeting that say when it is."""


class Edition(msgspec.Struct, frozen=True):
    """One entry as it has been told since an instant."""

    id: str  # the deadline's or meeting's
    at: datetime  # in UTC, whole seconds
    days: str  # hash of when it is
    content: str  # hash of all that is told of it
    sequence: int

    @property
    def fingerprint(self) -> str:
        return f"{self.at.strftime(STAMP)}/{self.days}/{self.content}"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to tell of a deadline or a meeting, and its last edition."""

    id: str
    stream: str  # of its records
    days: str
    content: str
    last: Edition | None


def deadlines(connection: Connection) -> list[Row]:
    """Every open deadline, with what is told of it."""
    return connection.run(statements.FEED_DEADLINES)


def meetings(connection: Connection, today: date) -> list[Row]:
    """Every meeting that is not held, and those called off whose day has not passed."""
    return connection.run(statements.FEED_MEETINGS, day=today.isoformat())


def last_edition(row: Row) -> Edition | None:
    """The edition a row of `deadlines` or `meetings` was last told in."""
    if row["fingerprint"] is None:
        return None
    at, days, content = row["fingerprint"].split("/")
    return Edition(row["id"], datetime.fromisoformat(at), days, content, row["sequence"])


def editions(connection: Connection, entries: Sequence[Entry], at: datetime) -> dict[str, Edition]:
    """The edition of every entry, those that have changed in a new one.

    Raises ChangedMeanwhileError, and has written nothing, when another daemon has renewed one of them.
    """
    same = {entry.id: entry.last for entry in entries if entry.last is not None and _is_same(entry, entry.last)}
    changed = [entry for entry in entries if entry.id not in same]
    if not changed:
        return same
    # Older editions than the log tells of may have been read: the table does not come back with the log.
    new = [entry for entry in changed if entry.last is None]
    moved = _moved(connection, {entry.stream for entry in new})
    renewed = [_renewed(entry, at.astimezone(UTC).replace(microsecond=0), moved) for entry in changed]
    with connection.writing():
        # In one order, so that two daemons on PostgreSQL do not wait for each other.
        for edition, entry in sorted(zip(renewed, changed, strict=True), key=lambda both: both[0].id):
            _keep(connection, edition, entry.last)
    return {**same, **{edition.id: edition for edition in renewed}}


def _is_same(entry: Entry, last: Edition) -> bool:
    return (entry.days, entry.content) == (last.days, last.content)


def _renewed(entry: Entry, at: datetime, moved: Counter[str]) -> Edition:
    times = moved[entry.id] if entry.last is None else entry.last.sequence + (entry.days != entry.last.days)
    return Edition(entry.id, at, entry.days, entry.content, times)


def _keep(connection: Connection, edition: Edition, last: Edition | None) -> None:
    values = {"id": edition.id, "fingerprint": edition.fingerprint, "sequence": edition.sequence}
    if connection.count(statements.KEEP_EDITION, seen=last.fingerprint if last else "", **values) != 1:
        raise ChangedMeanwhileError("En annan arende-daemon skrev samma kalendrar. Nästa runda skriver dem.")


# --- what the log says has moved ------------------------------------------------------------------------


def _moved(connection: Connection, streams: Iterable[str]) -> Counter[str]:
    """How many times each deadline and meeting of some streams has been given other days."""
    days: dict[str, Row] = {}
    times: Counter[str] = Counter()
    for stream in sorted(streams):
        for body in audit_journal.history(connection, stream):
            for change in changes_of(body):
                said = _days(change.row)
                before = days.setdefault(change.row["id"], said)
                after = {**before, **said}
                times[change.row["id"]] += before != after
                days[change.row["id"]] = after
    return times


def _days(row: Mapping[str, Any]) -> Row:
    said = {column: row[column] for column in DAYS if column in row}
    return {**said, **({"off": row["state"] == MeetingState.INSTALLD} if "state" in row else {})}
