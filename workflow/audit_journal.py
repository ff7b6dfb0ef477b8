"""The log inside the database: one hash chain of records per stream.

Writing a record is how anything is changed: the record's changes and the record itself stand in one
transaction. Bodies are canonical JSON; the hash is over the stored bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from states.records import GENESIS, LIFECYCLE_VERSION, Change, Record, changes_of
from states.roles import Office
from workflow import payload_store, statements
from workflow.connection import Connection
from workflow.errors import AlreadyDoneError, ChangedMeanwhileError
from workflow.identifiers import new_id

VERSIONED = frozenset({"cases", "meeting"})
"""Tables whose rows are changed by compare-and-set on `version`."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something, in what role, when it happened and when it is written down."""

    id: str
    actor: str
    role: str
    on: date  # the event's day
    recorded_at: datetime  # aware, UTC
    config_hash: str
    reason: str | None = None
    late: bool = False  # efterregistrerad: older than the setting allows without a reason
    offices: tuple[Office, ...] = ()  # what the actor may act as; nobody may do anything without

    def new_id(self) -> str:
        return new_id(self.recorded_at)


class Head(msgspec.Struct, frozen=True):
    """A stream's last record: how many there are, and its hash."""

    seq: int
    sha256: str


NO_HEAD = Head(0, GENESIS)
"""Of a stream that has no record yet."""


class Draft(msgspec.Struct):
    """A record in the making: what it will say and set."""

    stream: str
    type: str
    version: int
    data: dict[str, Any] = msgspec.field(default_factory=dict)
    changes: list[Change] = msgspec.field(default_factory=list)
    payloads: dict[str, str] = msgspec.field(default_factory=dict)
    seen: dict[str, int] = msgspec.field(default_factory=dict)
    role: str = ""  # in which it was done; empty: the command's own

    def text(self, content: Mapping[str, Any]) -> str:
        """Put a text or a name aside as a payload; the reference to it."""
        sha, body = payload_store.salted(content)
        self.payloads[sha] = body
        return sha


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> bytes:
    """RFC 8785 restricted to what records hold: strings, integers, booleans, null, lists, objects."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def already_done(connection: Connection, command: Command) -> str | None:
    """The stream a command id has already changed, or None."""
    rows = connection.run(statements.DONE_BEFORE, id=command.id)
    return rows[0]["stream"] if rows else None


def refuse_repeated(connection: Connection, command: Command) -> None:
    """Raise AlreadyDoneError when the command's id is in the journal; asked under the locks of its change."""
    if already_done(connection, command):
        raise AlreadyDoneError(f"Kommandot {command.id} är redan utfört; inget gjordes en gång till.")


def write_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Set the rows a record names. Raises ChangedMeanwhileError when a version is not the expected one."""
    for change in changes:
        if change.op == "insert":
            _insert(connection, change)
        elif (_update if change.op == "update" else _delete)(connection, change) != 1:
            raise ChangedMeanwhileError(
                "Ärendet eller sammanträdet ändrades av någon annan medan kommandot kördes. Inget skrevs; "
                "se läget med arende show och försök igen."
            )


def _insert(connection: Connection, change: Change) -> None:
    columns = ", ".join(change.row)
    values = ", ".join(f":{column}" for column in change.row)
    connection.run(f"INSERT INTO {change.table} ({columns}) VALUES ({values})", **change.row)  # noqa: S608


def _update(connection: Connection, change: Change) -> int:
    sets = ", ".join(f"{column} = :{column}" for column in change.row if column != "id")
    where = "id = :id"
    row = dict(change.row)
    if change.table in VERSIONED and "version" in row:
        where += " AND version = :expected_version"
        row["expected_version"] = row["version"] - 1
    return connection.count(f"UPDATE {change.table} SET {sets} WHERE {where}", **row)  # noqa: S608


def _delete(connection: Connection, change: Change) -> int:
    return connection.count(f"DELETE FROM {change.table} WHERE id = :id", id=change.row["id"])  # noqa: S608


def seal(
    connection: Connection, command: Command, draft: Draft, *, remember: bool = True, head: Head | None = None
) -> Record:
    """Write the record itself; its changes have been written. A refusal is not remembered by its id.

    `head` is the stream's, where it has been asked for already.
    """
    head = head or head_of(connection, draft.stream)
    record = Record(
        stream=draft.stream,
        seq=head.seq + 1,
        type=draft.type,
        event_date=command.on.isoformat(),
        recorded_at=timestamp(command.recorded_at),
        actor=command.actor,
        role=draft.role or command.role,
        command_id=command.id,
        version=draft.version,
        lifecycle=LIFECYCLE_VERSION,
        config=command.config_hash,
        prev=head.sha256,
        seen=draft.seen,
        data={**draft.data, **({"late": True} if command.late else {})},
        payloads=tuple(sorted(draft.payloads)),
        changes=tuple(draft.changes),
    )
    body = canonical(record.body())
    payload_store.keep(connection, draft.stream, draft.payloads)
    connection.run(
        statements.ADD_RECORD,
        stream=draft.stream,
        seq=record.seq,
        command_id=command.id if remember else None,
        sha256=sha256(body),
        body=body.decode(),
    )
    return record


def head_of(connection: Connection, stream: str) -> Head:
    rows = connection.run(statements.HEAD, stream=stream)
    return Head(**rows[0]) if rows else NO_HEAD


def history(connection: Connection, stream: str) -> list[dict[str, Any]]:
    """The bodies of a stream's records, oldest first."""
    rows = connection.run(statements.HISTORY, stream=stream)
    return [json.loads(row["body"]) for row in rows]


def highest(connection: Connection, stream: str, column: str, *tables: str) -> int:
    """The highest number a stream's records have given in a column, also to rows that were taken back since."""
    changes = (change for body in history(connection, stream) for change in changes_of(body))
    given = (change.row[column] for change in changes if change.op == "insert" and change.table in tables)
    return max(given, default=0)
