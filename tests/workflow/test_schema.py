"""The schema on real databases: made whole, made once, and the log's tables closed to changes."""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec
import psycopg
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import workflow.tables  # noqa: F401  (fills the metadata)
from tests.conftest import CommandFactory, drop_triggers, make_command, settings_for
from tests.postgres_server import PostgresServer
from workflow import config, payload_store, schema, schema_version
from workflow.config import Member, Settings
from workflow.connection import SQLITE, Connection, Row, connect, sqlite_driver
from workflow.desk import Desk
from workflow.errors import ArendeError, EnvironmentFaultError
from workflow.migrations import MIGRATIONS

LONG = "ARENDE_LONG" in os.environ
NOW = schema_version.SCHEMA_VERSION


# --- what an upgrade makes ------------------------------------------------------------------------


def test_a_new_database_gets_the_whole_schema_and_the_register(settings: Settings, command: CommandFactory) -> None:
    report = schema.upgrade(settings, command())
    bodies = ("KF@1992-01-01", "KS@1992-01-01", "KSAU@1992-01-01", "KFP@1992-01-01", "ON@1992-01-01", "SON@2019-01-01")
    assert report == schema.UpgradeReport(None, NOW, bodies, 0)


def test_the_migrations_make_what_the_tables_say(desk: Desk) -> None:
    engine = engine_at(desk.settings.database_url)
    with engine.connect() as view:
        assert compare_metadata(MigrationContext.configure(view), SQLModel.metadata) == []
    engine.dispose()


def test_every_constraint_and_index_is_spelled_as_the_tables_spell_it(
    desk: Desk, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    other = settings_for(another_database(desk.settings.database_url, request, tmp_path), tmp_path)
    connect(other.database_url, must_exist=False).close()
    engine = engine_at(other.database_url)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert catalogue(desk.settings) == catalogue(other)
    assert "ck_cases_state" in str(catalogue(other)["cases"])


def test_the_program_names_alembics_head() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NOW


def test_upgrading_twice_changes_nothing(settings: Settings, command: CommandFactory) -> None:
    schema.upgrade(settings, command())
    before = everything(settings)
    report = schema.upgrade(settings, command())
    assert report == schema.UpgradeReport(NOW, NOW, (), 0)
    assert everything(settings) == before


def test_only_the_owner_can_read_a_new_sqlite_file(tmp_path: Path) -> None:
    schema.upgrade(settings_for("sqlite:///ny.db", tmp_path), make_command())
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"ny.db": 0o600, "ny.db.lock": 0o600}


def test_the_directory_of_a_sqlite_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFaultError, match=r"Katalogen .*saknad finns inte. Skapa den"):
        schema.upgrade(settings_for("sqlite:///saknad/ny.db", tmp_path), make_command())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "ny.db").symlink_to(tmp_path / "saknad" / "ny.db")
    with pytest.raises(EnvironmentFaultError, match="kan inte skapas"):
        schema.upgrade(settings_for("sqlite:///ny.db", tmp_path), make_command())


def test_one_process_never_loads_two_sqlite_libraries(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.conftest import make_command, settings_for;"
        "from workflow import schema;"
        f"schema.upgrade(settings_for('sqlite:///ny.db', Path({str(tmp_path)!r})), make_command());"
        "print(sum(name in sys.modules for name in ('pysqlite3', 'sqlite3')))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "1\n"


def test_a_newer_database_is_left_alone(desk: Desk, command: CommandFactory) -> None:
    desk.connection.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(EnvironmentFaultError, match="programmet är äldre"):
        schema.upgrade(desk.settings, command())


def test_a_migration_that_fails_leaves_what_was(
    desk: Desk, command: CommandFactory, next_migration: Callable[[str], None]
) -> None:
    before = everything(desk.settings)
    next_migration("op.create_table('ny', sa.Column('id', sa.Text()))\n    op.execute('SELECT * FROM nowhere')")
    with pytest.raises(EnvironmentFaultError, match=r"Uppgraderingen gick inte igenom: .*nowhere"):
        schema.upgrade(desk.settings, command())
    assert everything(desk.settings) == before


def test_a_migration_that_breaks_a_reference_is_undone(
    desk: Desk, command: CommandFactory, next_migration: Callable[[str], None]
) -> None:
    if desk.connection.dialect != SQLITE:
        return  # PostgreSQL refuses such a row itself
    next_migration("op.execute(\"INSERT INTO log_line VALUES (1, 77, 'x', 'x', 1)\")")
    with pytest.raises(EnvironmentFaultError, match="rader i log_line pekar på något som inte finns"):
        schema.upgrade(desk.settings, command())
    assert desk.connection.run("SELECT * FROM log_line") == []


REMAKE_THE_JOURNAL = """\
with op.batch_alter_table("journal", recreate="auto") as journal:
        journal.add_column(sa.Column("note", sa.Text()))
        journal.alter_column("sha256", existing_type=sa.Text(), nullable=True)"""


def test_a_table_made_anew_keeps_its_rows_references_and_triggers(
    desk: Desk, command: CommandFactory, next_migration: Callable[[str], None]
) -> None:
    place_the_first_record(desk.connection)
    desk.connection.run("CREATE VIEW seen AS SELECT seq FROM journal")
    next_migration(REMAKE_THE_JOURNAL)
    assert schema.upgrade(desk.settings, command()).after == "9000"
    assert [row["note"] for row in desk.connection.run("SELECT note FROM journal")] == [None]
    for change in CHANGES:
        refused(desk.connection, change)
    refused(desk.connection, PLACE.format(journal_id=77))


PLACE = (
    "INSERT INTO log_line (log_index, journal_id, sha256, segment, ends_at) VALUES ({journal_id}, {journal_id},"
    " 'x', '2026-01-001', 1)"
)
CHANGES = (
    "UPDATE journal SET body = 'x'",
    "DELETE FROM journal",
    "UPDATE log_line SET sha256 = 'x'",
    "DELETE FROM log_line",
)


def place_the_first_record(connection: Connection) -> None:
    connection.run(PLACE.format(journal_id=1))


def refused(connection: Connection, change: str) -> None:
    with pytest.raises(ArendeError) as told:
        connection.count(change)
    assert re.search("append-only|FOREIGN KEY|foreign key", str(told.value.__cause__)), change


# --- the register ---------------------------------------------------------------------------------

ANNA = Member("ks-1", "KS", "Anna Ek", "ordforande", date(2023, 1, 1))


def having(settings: Settings, **changed: Any) -> Settings:
    return msgspec.structs.replace(settings, config=msgspec.structs.replace(settings.config, **changed))


def system_log(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.run("SELECT body FROM journal WHERE stream = 'system' ORDER BY seq")
    return [json.loads(row["body"]) for row in rows]


def test_the_first_record_tells_the_logs_id_the_program_and_the_register(desk: Desk) -> None:
    (first,) = system_log(desk.connection)
    assert first["type"] == "system.installed"
    assert (first["stream"], first["seq"], first["version"]) == ("system", 1, 1)
    assert re.fullmatch("[0-9a-f]{32}", first["data"]["log"])
    assert first["data"]["program"]
    operation, table, row = first["changes"][0]
    assert (operation, table) == ("insert", "body")
    assert row == {
        "id": "KF@1992-01-01",
        "code": "KF",
        "name": "Kommunfullmäktige",
        "kind": "kf",
        "diary": "KS",
        "call_days": 7,
        "valid_from": "1992-01-01",
        "valid_to": None,
        "succeeds": None,
        "parent": None,
    }


def test_a_database_without_bodies_is_installed_all_the_same(settings: Settings, command: CommandFactory) -> None:
    assert schema.upgrade(having(settings, bodies=[]), command()).registered == ()
    connection = connect(settings.database_url)
    assert [record["type"] for record in system_log(connection)] == ["system.installed"]
    connection.close()


def test_a_new_name_and_a_new_body_are_one_record(desk: Desk, command: CommandFactory) -> None:
    *others, son = desk.settings.config.bodies
    ended = msgspec.structs.replace(son, valid_to=date(2026, 12, 31))
    new = config.Body("VON", "Vård- och omsorgsnämnden", "namnd", date(2027, 1, 1))
    report = schema.upgrade(having(desk.settings, bodies=[*others, ended, new]), command())
    assert report.registered == ("SON@2019-01-01", "VON@2027-01-01")
    record = system_log(desk.connection)[-1]
    assert (record["type"], record["seq"], record["version"]) == ("system.bodies_registered", 2, 2)
    assert record["changes"][0] == ["update", "body", {"id": "SON@2019-01-01", "valid_to": "2026-12-31"}]
    assert desk.bodies.find("Vård- och omsorgsnämnden", date(2027, 1, 1)).diary == "VON"


def test_a_body_that_has_left_the_configuration_stays(desk: Desk, command: CommandFactory) -> None:
    report = schema.upgrade(having(desk.settings, bodies=desk.settings.config.bodies[:1]), command())
    assert report.registered == ()
    assert len(desk.bodies.bodies) == 6


def test_a_members_name_is_a_payload(desk: Desk, command: CommandFactory) -> None:
    schema.upgrade(having(desk.settings, members=[ANNA]), command())
    record = system_log(desk.connection)[-1]
    assert "Anna" not in json.dumps(record)
    assert record["payloads"] == [record["changes"][0][2]["payload"]]
    assert seats(desk.connection) == [("ks-1", "ordforande", "Anna Ek")]


def test_a_member_is_written_again_only_when_something_is_new(desk: Desk, command: CommandFactory) -> None:
    for member, written in (
        (ANNA, ("ks-1",)),
        (ANNA, ()),
        (msgspec.structs.replace(ANNA, seat="ledamot"), ("ks-1",)),
        (msgspec.structs.replace(ANNA, seat="ledamot", name="Anna Ek Lund"), ("ks-1",)),
        (msgspec.structs.replace(ANNA, seat="ledamot", name="Anna Ek Lund"), ()),
    ):
        assert schema.upgrade(having(desk.settings, members=[member]), command()).registered == written
    assert seats(desk.connection) == [("ks-1", "ledamot", "Anna Ek Lund")]
    assert len(payload_store.of_stream(desk.connection, "system")) == 2


def test_a_name_that_has_been_removed_is_not_brought_back(desk: Desk, command: CommandFactory) -> None:
    schema.upgrade(having(desk.settings, members=[ANNA]), command())
    on_its_table = "" if desk.connection.dialect == SQLITE else " ON payload"
    desk.connection.run(f"DROP TRIGGER payload_is_purged_by_decision{on_its_table}")
    drop_triggers(desk.connection)
    desk.connection.run("DELETE FROM payload")
    assert schema.upgrade(having(desk.settings, members=[ANNA]), command()).registered == ()


def seats(connection: Connection) -> list[tuple[str, str, str]]:
    payloads = payload_store.of_stream(connection, "system")
    rows = connection.run("SELECT id, seat, payload FROM member ORDER BY id")
    return [(row["id"], row["seat"], payload_store.text(payloads, row["payload"], "name")) for row in rows]


# --- interrupted, and several at once -------------------------------------------------------------

STEP = 1 if LONG else 9
"""Between the statements an upgrade is killed at."""


@pytest.mark.kill
def test_a_first_upgrade_killed_anywhere_leaves_an_empty_database_or_a_whole_one(
    settings: Settings, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    whole = settings_for(another_database(settings.database_url, request, tmp_path), tmp_path)
    schema.upgrade(whole, make_command())
    seen = killed_at_every(STEP, settings)
    assert seen == [Everything({}, {}), made(whole)]
    assert len(rows_of(settings, "SELECT * FROM journal")) == 1


@pytest.mark.kill
def test_an_upgrade_killed_anywhere_leaves_the_old_schema_or_the_new(
    desk: Desk, next_migration: Callable[[str], None]
) -> None:
    place_the_first_record(desk.connection)
    desk.connection.close()
    next_migration(REMAKE_THE_JOURNAL)
    old = made(desk.settings)
    assert killed_at_every(STEP, desk.settings) == [old, made(desk.settings)]
    assert rows_of(desk.settings, "SELECT note, seq FROM journal") == [{"note": None, "seq": 1}]


def test_of_several_upgrades_at_once_one_installs(settings: Settings) -> None:
    children = [in_a_child(settings) for _ in range(6)]
    assert [how_it_ended(child) for child in children] == [0] * 6
    assert len(rows_of(settings, "SELECT * FROM journal")) == 1
    assert len(rows_of(settings, "SELECT * FROM body")) == 6


def killed_at_every(step: int, settings: Settings) -> list["Everything"]:
    """Upgrade, killed at a later statement each time, until it gets through; the schemas seen on the way."""
    seen: list[Everything] = []
    for statement in itertools.count(1, step):
        ended = how_it_ended(in_a_child(settings, die_at=statement))
        assert ended in (0, -signal.SIGKILL)
        if made(settings) not in seen:
            seen.append(made(settings))
        if ended == 0:
            break
    return seen


def in_a_child(settings: Settings, die_at: int | None = None) -> int:
    """Upgrade in a process of its own; its id."""
    child = os.fork()
    if child:
        return child
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "connect", dying(die_at))
        try:
            schema.upgrade(settings, make_command())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)


def how_it_ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying(at: int | None) -> Callable[..., Connection]:
    """Opens connections that kill their process when the statement with a certain number begins."""
    numbers = itertools.count(1)

    def count(*_: object) -> None:
        if next(numbers) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **more: Any) -> Self:
            count()
            return super().execute(*args, **more)

    def opened(url: str, *, must_exist: bool) -> Connection:
        connection = connect(url, must_exist=must_exist)
        if connection.dialect == SQLITE:
            connection.raw.set_trace_callback(count)
        else:
            connection.raw.cursor_factory = Cursor
        return connection

    return opened


# --- helpers --------------------------------------------------------------------------------------


@pytest.fixture
def next_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives the program one more migration, version 9000, that does what it is told."""
    migrations = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))

    def add(body: str) -> None:
        head = f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision, down_revision = '9000', {NOW!r}\n"
        (migrations / "versions" / "9000_next.py").write_text(f"{head}\n\ndef upgrade():\n    {body}\n")
        monkeypatch.setattr(schema, "MIGRATIONS", migrations)
        monkeypatch.setattr(schema, "SCHEMA_VERSION", "9000")
        monkeypatch.setattr(schema_version, "SCHEMA_VERSION", "9000")

    return add


def another_database(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if url.startswith("sqlite:///"):
        return f"sqlite:///{tmp_path / 'another.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_schema()


def engine_at(url: str) -> sqlalchemy.Engine:
    """An engine of its own, over the same driver as the program's."""
    if url.startswith("sqlite:///"):
        return sqlalchemy.create_engine(url, module=sqlite_driver())
    return sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def rows_of(settings: Settings, sql: str) -> list[Row]:
    connection = connect(settings.database_url)
    try:
        return connection.run(sql)
    finally:
        connection.close()


def everything(settings: Settings) -> dict[str, list[Row]]:
    """Every row of every table."""
    names = (*SQLModel.metadata.tables, "alembic_version")
    return {name: rows_of(settings, f"SELECT * FROM {name}") for name in names}


class Everything(NamedTuple):
    """What a database has been given: its tables, and what guards them."""

    tables: dict[str, list[str]]
    guards: dict[str, str]


GUARDS = {
    "sqlite": "SELECT name, sql AS says FROM sqlite_master WHERE type IN ('view', 'trigger')",
    "postgresql": (
        "SELECT tgname AS name, pg_get_triggerdef(t.oid) AS says FROM pg_trigger AS t"
        " JOIN pg_class AS c ON c.oid = tgrelid"
        " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    ),
}
TABLES = {
    "sqlite": "SELECT name, sql AS says FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL",
    "postgresql": (
        "SELECT conrelid::regclass::text AS name, conname || ' ' || pg_get_constraintdef(oid) AS says"
        " FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
        " UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
        " UNION ALL SELECT table_name, concat_ws(' ', column_name, ordinal_position, data_type, is_nullable,"
        " column_default, identity_generation) FROM information_schema.columns"
        " WHERE table_schema = current_schema()"
    ),
}


def made(settings: Settings) -> Everything:
    guards = {row["name"]: _plain(row["says"]) for row in rows_of(settings, GUARDS[dialect_of(settings)])}
    return Everything(catalogue(settings), guards)


def catalogue(settings: Settings) -> dict[str, list[str]]:
    """Every table with what its definition says, line by line and in no order."""
    found: dict[str, list[str]] = {}
    for row in rows_of(settings, TABLES[dialect_of(settings)]):
        lines = (_plain(line).rstrip(", ") for line in row["says"].splitlines())
        found.setdefault(row["name"], []).extend(line for line in lines if line)
    return {name: sorted(lines) for name, lines in found.items() if name != "alembic_version"}


def dialect_of(settings: Settings) -> str:
    return settings.database_url.partition(":")[0]


def _plain(text: str) -> str:
    """Without the test's own schema, the quotes SQLite puts round a table made anew, and double spaces."""
    return " ".join(re.sub(r"test_[0-9a-f]{16}\.", "", text).replace('"', "").split())
