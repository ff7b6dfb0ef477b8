"""The cases as they stood on a day: the log folded so far, in a database of its own in memory.

The day is that on which things were written down, not when they happened. A text that has been purged since is
as purged as it is today.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from states.records import Tables, fold
from workflow import deviations, schema, statements, tables
from workflow.audit_journal import timestamp
from workflow.connection import EVERYTHING, Connection
from workflow.errors import NotFoundError

RECORDED_AT = '"recorded_at":"'
STAMP = len("2026-01-02T08:00:00.000000Z")


@contextmanager
def as_of(live: Connection, day: date) -> Iterator[Connection]:
    """The database as it was when a day in Sweden ended, with the cases' titles; to be called while `reading`.

    What is secret is what is secret today: it is left out, or marked, whatever it was then.
    Raises NotFoundError for a day before the first record.
    """
    last = _last_record(live, day)
    if last is None:
        raise NotFoundError(f"Loggen börjar efter {day}; då fanns inget i databasen.")
    connection = schema.create_in_memory()
    try:
        _fill(connection, _as_secret_as_today(live, fold(_bodies(live, last))))
        connection.cleared = EVERYTHING  # what may not be seen is not there
        _bring_deviations(live, connection, last)
        for row in connection.run(statements.TITLES):
            _bring_text(live, connection, row["payload"])
        yield connection
    finally:
        connection.close()


def bring_texts(live: Connection, past: Connection, case_id: str) -> None:
    """Copy the texts of a case that are still there; those of what was decided in it by delegation lie elsewhere."""
    own = live.run(statements.PAYLOADS, stream=f"case:{case_id}")
    delegated = past.run(statements.DELEGATED_TEXTS, id=case_id)
    for text in (*(row["id"] for row in own), *(row["payload"] for row in delegated)):
        if not past.run(statements.PAYLOAD, id=text):
            _bring_text(live, past, text)


def _last_record(live: Connection, day: date) -> int | None:
    """The last record written by the end of a day; those before it count too, whatever their clocks said."""
    ends = datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Europe/Stockholm")).astimezone(UTC)
    limit, last = timestamp(ends), None
    for row in live.each(statements.RECORDS):
        _, _, told = row["body"].rpartition(RECORDED_AT)
        if told[:STAMP] < limit:
            last = row["id"]
    return last


def _bodies(live: Connection, last: int) -> Iterator[Any]:
    for row in live.each(statements.RECORDS):
        if row["id"] > last:
            return
        yield msgspec.json.decode(row["body"])


def _as_secret_as_today(live: Connection, told: Tables) -> Tables:
    """The tables without the cases that may not be seen, and all that refers to them."""
    gone = {row["id"] for row in live.run(statements.HIDDEN_CASES)}
    marks = {row["id"]: row["secrecy"] for row in live.run(statements.SECRECIES)}
    cases = {
        key: {**row, "secrecy": marks.get(key, True)} for key, row in told.get("cases", {}).items() if key not in gone
    }
    left: Tables = {**told, "cases": cases}
    while gone:
        refer = {key for rows in left.values() for key, row in rows.items() if _mentions(row, gone)}
        left = {name: {key: row for key, row in rows.items() if key not in refer} for name, rows in left.items()}
        gone = refer
    return left


def _mentions(row: Mapping[str, Any], gone: set[str]) -> bool:
    return any(isinstance(value, str) and value in gone for value in row.values())


def _fill(connection: Connection, told: Tables) -> None:
    for name, rows in told.items():
        columns = tables.Case.metadata.tables[name].columns.keys()
        values = ", ".join(f":{column}" for column in columns)
        insert = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608
        for row in rows.values():
            connection.run(insert, **{column: row.get(column) for column in columns})


def _bring_deviations(live: Connection, past: Connection, last: int) -> None:
    """Copy the records of what was done against a rule, and what the rules said; they are told of from the log."""
    for row in live.run(statements.EVERY_DEVIATION, **deviations.RECORDS):
        kind, _, own = row["stream"].partition(":")
        if row["id"] > last or (kind == "case" and not past.run(statements.CASE_SEEN, id=own)):
            continue
        told = {column: row[column] for column in ("stream", "seq", "sha256", "body")}
        past.run(statements.ADD_RECORD, **told, command_id=None)
        if text := msgspec.json.decode(row["body"])["data"].get("told"):
            _bring_text(live, past, text)


def _bring_text(live: Connection, past: Connection, sha256: str) -> None:
    for row in live.run(statements.PAYLOAD, id=sha256):
        past.run(statements.ADD_PAYLOAD, id=sha256, **row)
