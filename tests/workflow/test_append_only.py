"""What the log has said cannot be changed, whatever way somebody goes about it in SQL."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import make_command, settings_for
from tests.postgres_server import PostgresServer
from tests.scheduler.rounds import meeting
from workflow import log_exporter, schema, statements
from workflow.connection import Connection, Row, connect
from workflow.desk import Desk
from workflow.errors import ArendeError, ChangedMeanwhileError

NEW = {
    "journal": {"stream": "'x'", "seq": "1", "command_id": "'x'", "sha256": "'x'", "body": "'x'"},
    "log_line": {"log_index": "999", "journal_id": "999", "sha256": "'x'", "segment": "'x'", "ends_at": "1"},
    "payload": {"id": "'x'", "stream": "'x'", "body": "'x'"},
}
"""A row of each table, like none there is."""
TEXT = {"journal": "body", "log_line": "sha256", "payload": "body"}
KEYS = {"journal": ("id", "stream, seq", "command_id"), "log_line": ("log_index", "journal_id"), "payload": ("id",)}


def filled(desk: Desk) -> Desk:
    """With something in each table of the log."""
    meeting(desk, "KS", "2026-02-03")
    desk.connection.run("INSERT INTO payload (id, stream, body) VALUES ('first', 'case:1', 'said')")
    log_exporter.export(desk.connection, desk.settings.log_directory)
    return desk


@pytest.fixture
def sqlite(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Desk]:
    shutil.copy(migrated_sqlite, tmp_path / "arendegang.db")
    settings = settings_for("sqlite:///arendegang.db", tmp_path)
    connection = connect(settings.database_url)
    yield filled(Desk(connection, settings))
    connection.close()


@pytest.fixture
def postgresql(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Desk]:
    settings = settings_for(postgres_server.new_schema(), tmp_path)
    schema.upgrade(settings, make_command())
    connection = connect(settings.database_url)
    yield filled(Desk(connection, settings))
    connection.close()


def contents(connection: Connection) -> dict[str, list[Row]]:
    found = {table: connection.run(f"SELECT * FROM {table} ORDER BY 1") for table in NEW}
    assert all(found.values())
    return found


def insert(how: str, table: str, clash: dict[str, str]) -> str:
    """An INSERT of a row that has something in common with another."""
    row = {**NEW[table], **clash}
    return f"{how} INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})"


# --- SQLite, by the driver's defaults, from another program ---------------------------------------

CLASHES = {
    "journal": (
        {"id": "1"},
        {"rowid": "1"},
        {"oid": "1"},
        {"stream": "'system'"},
        {"command_id": "(SELECT command_id FROM journal WHERE id = 1)"},
    ),
    "log_line": ({"log_index": "1"}, {"_rowid_": "1"}, {"journal_id": "1"}),
    "payload": ({"id": "'first'"}, {"rowid": "1"}, {"_rowid_": "1"}, {"oid": "1"}),
}
"""What a row can have in common with the first one; SQLite's rowid goes by three names."""


def on_sqlite(table: str) -> Iterator[str]:
    text = TEXT[table]
    yield f"UPDATE {table} SET {text} = 'x'"
    yield f"UPDATE {table} SET {text} = {text}"
    yield f"UPDATE OR REPLACE {table} SET rowid = 1"
    yield f"UPDATE OR IGNORE {table} SET {text} = 'x'"
    yield f"DELETE FROM {table}"
    yield f"DELETE FROM {table} WHERE rowid = 1"
    for clash in CLASHES[table]:
        yield insert("REPLACE", table, clash)
        yield insert("INSERT OR REPLACE", table, clash)
        yield insert("INSERT", table, clash) + f" ON CONFLICT DO UPDATE SET {text} = 'x'"
        for key in KEYS[table]:
            yield insert("INSERT", table, clash) + f" ON CONFLICT ({key}) DO UPDATE SET {text} = 'x'"


FOREIGN = """
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
assert connection.execute("PRAGMA recursive_triggers").fetchone() == (0,)
for sql in json.loads(sys.argv[2]):
    try:
        connection.execute(sql)
        print(json.dumps([sql, "done"]))
    except sqlite3.Error as error:
        print(json.dumps([sql, str(error)]))
"""
"""The standard library's driver must not share a process with ours."""


@pytest.mark.parametrize("table", NEW)
def test_another_program_cannot_change_the_log_in_sqlite(sqlite: Desk, table: str) -> None:
    before, attempts = contents(sqlite.connection), list(on_sqlite(table))
    path = sqlite.settings.database_url.removeprefix("sqlite:///")
    answer = subprocess.run(
        [sys.executable, "-c", FOREIGN, path, json.dumps(attempts)], capture_output=True, text=True, check=True
    )
    became = dict(json.loads(line) for line in answer.stdout.splitlines())
    refusals = (f"{table} is append-only", "payload goes by decision only")
    assert became.keys() == set(attempts)
    assert {sql: told for sql, told in became.items() if told not in refusals} == {}
    assert contents(sqlite.connection) == before


def test_another_program_can_add_to_the_log(sqlite: Desk) -> None:
    """So the refusals above are of the changes, and not of everything."""
    path = sqlite.settings.database_url.removeprefix("sqlite:///")
    added = [insert("INSERT", "journal", {}), insert("REPLACE", "payload", {})]
    answer = subprocess.run(
        [sys.executable, "-c", FOREIGN, path, json.dumps(added)], capture_output=True, text=True, check=True
    )
    assert [json.loads(line)[1] for line in answer.stdout.splitlines()] == ["done", "done"]


# --- PostgreSQL, as the tables' owner -------------------------------------------------------------


def on_postgresql(table: str) -> Iterator[str]:
    text = TEXT[table]
    first = {"journal": {"id": "1"}, "log_line": {"log_index": "1"}, "payload": {"id": "'first'"}}[table]
    key, value = next(iter(first.items()))
    overriding = insert("INSERT", table, first).replace(" VALUES", " OVERRIDING SYSTEM VALUE VALUES")
    yield f"UPDATE {table} SET {text} = 'x'"
    yield f"UPDATE {table} SET {text} = {text} WHERE false"
    yield f"DELETE FROM {table}"
    yield f"TRUNCATE {table} CASCADE"
    yield f"TRUNCATE {table} RESTART IDENTITY CASCADE"
    yield f"{overriding} ON CONFLICT ({key}) DO UPDATE SET {text} = 'x'"
    yield (
        f"MERGE INTO {table} USING (SELECT 1) AS one ON {table}.{key} = {value}"
        f" WHEN MATCHED THEN UPDATE SET {text} = 'x'"
    )
    yield f"MERGE INTO {table} USING (SELECT 1) AS one ON {table}.{key} = {value} WHEN MATCHED THEN DELETE"


@pytest.mark.parametrize("table", NEW)
def test_the_owner_cannot_change_the_log_in_postgresql(postgresql: Desk, table: str) -> None:
    before = contents(postgresql.connection)
    for sql in on_postgresql(table):
        with pytest.raises(ArendeError) as told:
            postgresql.connection.run(sql)
        assert "append-only" in str(told.value.__cause__) or "by decision only" in str(told.value.__cause__), sql
    assert contents(postgresql.connection) == before


# --- both -----------------------------------------------------------------------------------------


def test_two_who_write_the_same_place_clash_as_before(desk: Desk) -> None:
    """The one that comes second waits for the first, and is told that it was changed meanwhile."""
    record = {"stream": "case:1", "seq": 1, "sha256": "x", "body": "x"}
    faults: list[ArendeError] = []

    def second() -> None:
        other = connect(desk.settings.database_url)
        try:
            with other.writing():
                other.run(statements.ADD_RECORD, command_id="second", **record)
        except ArendeError as error:
            faults.append(error)
        finally:
            other.close()

    waiting = Thread(target=second)
    with desk.connection.writing():
        desk.connection.run(statements.ADD_RECORD, command_id="first", **record)
        waiting.start()
    waiting.join()
    assert [type(error) for error in faults] == [ChangedMeanwhileError]
    kept = desk.connection.run("SELECT command_id FROM journal WHERE stream = 'case:1'")
    assert kept == [{"command_id": "first"}]
