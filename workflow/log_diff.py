"""The database held against its log, row by row: what either has that the other has not.

The log is folded into a database of its own, in a private temporary directory, and the two are read side by
side; nothing is written to the one that is examined. Memory does not grow with either.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from workflow import case_store, log_rebuild, schema, statements, tables
from workflow.connection import POSTGRESQL, SQLITE, Connection, Row
from workflow.errors import EnvironmentFaultError

WORK_IN_PROGRESS = frozenset(
    str(table.__tablename__)
    for table in (tables.Lease, tables.Digest, tables.Outlet, tables.Heartbeat, tables.FeedEvent)
)
"""What the log does not tell of."""

KEYS: Mapping[str, tuple[str, ...]] = {"journal": ("stream", "seq"), "log_line": ("log_index",)}
"""By what the rows of a table are paired; the others by `id`."""

OWN_NUMBERS = frozenset({"journal.id", "log_line.journal_id"})
"""Columns in which each database counts for itself."""

SECRET = frozenset({"payload", "journal"})
"""Tables whose contents are not shown: texts, and records in full."""


class Difference(msgspec.Struct, frozen=True):
    """One value, or a whole row, on which the log and the database do not agree."""

    table: str
    row: str
    column: str  # empty: the row as a whole
    told: str | None  # what the log says; None for nothing
    found: str | None  # what the database says
    about: str  # the case or meeting, as people name it


def differences(
    live: Connection, directory: Path, progress: Callable[[int], None] | None = None
) -> Iterator[Difference]:
    """Every difference, by table. Raises VerificationFailedError for a log that does not hold."""
    with tempfile.TemporaryDirectory(prefix="arende-") as scratch:
        told = schema.create(f"sqlite:///{scratch}/ur-loggen.db")
        try:
            written = log_rebuild.rebuild(directory, told, progress).lines
            with live.reading():
                yield from _not_in_the_files(live, told, written)
                yield from between(told, live)
        finally:
            told.close()


def between(told: Connection, live: Connection) -> Iterator[Difference]:
    """Every difference between the database that the log tells of and the live one, which is being read."""
    yield from _damage(live)
    for name in sorted(tables.Case.metadata.tables.keys() - WORK_IN_PROGRESS):
        yield from _of_table(name, told, live)


def _damage(live: Connection) -> Iterator[Difference]:
    """What SQLite itself finds wrong with its file, such as an index that says other than its table."""
    if live.dialect == SQLITE:
        try:
            (answer,) = live.run("PRAGMA integrity_check(1)")
            told = str(answer["integrity_check"])
        except EnvironmentFaultError as error:
            told = str(error.__cause__)
        if told != "ok":
            yield Difference("databasfilen", "", "", "hel", told.splitlines()[-1], "")


def _not_in_the_files(live: Connection, told: Connection, written: int) -> Iterator[Difference]:
    """Fold what a command has committed and not yet exported, too."""
    for row in live.run(statements.RECORDS_AFTER, after=written):
        try:
            with told.writing():
                log_rebuild.replay_record(told, live, row)
        except Exception:
            # Whoever writes in the journal by hand may write anything.
            record = f"{row['stream']} {row['seq']}"
            yield Difference("journal", record, "body", None, "går inte att läsa in", _about("journal", row, told))


def _of_table(name: str, told: Connection, live: Connection) -> Iterator[Difference]:
    try:
        for ours, theirs in _paired(name, told, live):
            about = _about(name, ours or theirs or {}, told)
            yield from _of_row(name, ours, theirs, about)
    except EnvironmentFaultError as error:
        yield Difference(name, "", "", None, f"går inte att läsa ({error.__cause__ or error})", "")


Pair = tuple[Row | None, Row | None]


def _paired(name: str, told: Connection, live: Connection) -> Iterator[Pair]:
    """The rows of both, side by side by their keys; None where one has no such row."""
    keys = KEYS.get(name, ("id",))
    ours, theirs = (_rows(name, keys, connection) for connection in (told, live))
    one, other = next(ours, None), next(theirs, None)
    while one or other:
        first = min(_key(row, keys) for row in (one, other) if row)
        left = one if one and _key(one, keys) == first else None
        right = other if other and _key(other, keys) == first else None
        yield left, right
        one = next(ours, None) if left else one
        other = next(theirs, None) if right else other


def _rows(name: str, keys: tuple[str, ...], connection: Connection) -> Iterator[Row]:
    """A table in the order of its keys, which is that of their bytes in both databases."""
    numbers = {"seq", "log_index"}
    bytewise = ' COLLATE "C"' if connection.dialect == POSTGRESQL else ""
    order = ", ".join(key if key in numbers else f"{key}{bytewise}" for key in keys)
    # An index may say other than its table in a damaged file: the rows themselves are read.
    table = f"{name} NOT INDEXED" if connection.dialect == SQLITE else name
    return connection.each(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608


def _key(row: Row, keys: tuple[str, ...]) -> list[tuple[int, Any]]:
    """Comparable whatever stands there: a damaged file may hold a number where a text was."""
    return [(RANKS.get(type(row[key]), 9), row[key]) for key in keys]


RANKS: Mapping[type, int] = {type(None): 0, int: 1, float: 1, str: 2, bytes: 3}
"""The order in which SQLite sorts values of different types."""


NO_COLUMN = "ingen sådan kolumn"
"""What is found where a table has lost a column, or its name."""


def _of_row(name: str, ours: Row | None, theirs: Row | None, about: str) -> Iterator[Difference]:
    row = " ".join(str((ours or theirs or {})[key]) for key in KEYS.get(name, ("id",)))
    if ours is None or theirs is None:
        yield Difference(name, row, "", "en rad" if ours else None, "en rad" if theirs else None, about)
        return
    for column in ours.keys() | theirs.keys():
        told, found = ours.get(column, NO_COLUMN), theirs.get(column, NO_COLUMN)
        if f"{name}.{column}" not in OWN_NUMBERS and not _same(told, found):
            yield Difference(name, row, column, _shown(name, told), _shown(name, found), about)


def _same(told: Any, found: Any) -> bool:
    return bool(told == found) and isinstance(told, float) == isinstance(found, float)


def _shown(name: str, value: Any) -> str | None:
    if value is None or name not in SECRET:
        return None if value is None else str(value)
    return "en text"


# --- whose row it is --------------------------------------------------------------------------------


def _about(name: str, row: Mapping[str, Any], told: Connection) -> str:
    """The case or meeting a row belongs to; empty for the register, what nobody can tell and what is secret."""
    stream = str(row.get("case_id") or row.get("meeting_id") or row.get("stream") or "")
    if name in ("cases", "meeting"):
        stream = str(row["id"])
    for column, table in (("item_id", "agenda_item"), ("recipient_id", "recipient")):
        if column in row and not stream:
            owners = told.run(f"SELECT case_id FROM {table} WHERE id = :id", id=row[column])  # noqa: S608
            stream = str(owners[0]["case_id"]) if owners else ""
    return _named(stream.rpartition(":")[2], told)


def _named(own: str, told: Connection) -> str:
    if told.run(statements.CASE_SEEN, id=own):
        return case_store.ref(told, own)
    meeting = told.run(statements.MEETING, id=own)
    return f"{meeting[0]['body']} {meeting[0]['day']}" if meeting else ""
