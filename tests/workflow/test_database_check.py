"""`database check` finds each fault it claims to find, and says what to do about it."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from states.records import LIFECYCLE_VERSION
from tests.conftest import add_case, make_command, settings_for
from tests.postgres_server import PostgresServer
from workflow import database_check, log_exporter, schema
from workflow.config import Body, Member, Settings
from workflow.connection import SQLITE, connect
from workflow.database_check import Check
from workflow.desk import Desk

OF_SQLITE = ["Version", "Bibliotek", "Beständighet", "Innehåll", "Referenser", "Filrättigheter"]
OF_POSTGRESQL = ["Version", "Server", "Beständighet", "Teckenkodning"]
OF_BOTH = ["Livscykel", "Skydd", "Register", "Logg"]


@pytest.fixture
def exported(desk: Desk) -> Desk:
    log_exporter.export(desk.connection, desk.settings.log_directory)
    return desk


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Desk]:
    settings = settings_for("sqlite:///arendegang.db", tmp_path)
    schema.upgrade(settings, make_command())
    connection = connect(settings.database_url)
    log_exporter.export(connection, settings.log_directory)
    yield Desk(connection, settings)
    connection.close()


def faults(desk: Desk, settings: Settings | None = None) -> dict[str, str]:
    checks = database_check.check(desk.connection, settings or desk.settings)
    return {check.name: check.told for check in checks if not check.ok and not _test_servers_own(check)}


def _test_servers_own(check: Check) -> bool:
    """The tests' server is fast rather than durable."""
    return check.told.startswith("fsync och full_page_writes och synchronous_commit är avslaget")


# --- nothing is wrong -----------------------------------------------------------------------------


def test_a_database_in_order_has_no_fault(exported: Desk) -> None:
    assert faults(exported) == {}


def test_every_question_is_answered_in_a_sentence(exported: Desk) -> None:
    checks = database_check.check(exported.connection, exported.settings)
    own = OF_SQLITE if exported.connection.dialect == SQLITE else OF_POSTGRESQL
    assert [check.name for check in checks] == [*own, *OF_BOTH]
    assert all(re.fullmatch(r"\w.*(\.|database upgrade|chmod 600 .*)", check.told) for check in checks)


def test_the_check_changes_nothing(exported: Desk) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    log.write_bytes(log.read_bytes() + b'{"torn')
    before = {path: path.read_bytes() for path in exported.settings.directory.rglob("*") if path.is_file()}
    faults(exported)
    assert all(path.read_bytes() == content for path, content in before.items())


# --- faults on both databases ---------------------------------------------------------------------


def test_an_empty_database_is_asked_only_what_it_can_answer(settings: Settings) -> None:
    connection = connect(settings.database_url, must_exist=False)
    checks = {check.name: check for check in database_check.check(connection, settings)}
    connection.close()
    assert not checks["Version"].ok
    assert checks["Version"].told == "Databasen är tom. Kör: arende database upgrade"
    assert not set(OF_BOTH) & checks.keys()


def test_another_version_is_found(exported: Desk) -> None:
    exported.connection.run("UPDATE alembic_version SET version_num = '9999'")
    assert "programmet är äldre" in faults(exported)["Version"]


def test_another_lifecycle_is_found(exported: Desk) -> None:
    add_case(exported.connection, "ks", LIFECYCLE_VERSION + 1)
    assert "pågående ärenden" in faults(exported)["Livscykel"]


def test_a_missing_trigger_is_found(exported: Desk) -> None:
    on_sqlite = exported.connection.dialect == SQLITE
    name = "journal_is_not_deleted" if on_sqlite else "journal_is_append_only"
    exported.connection.run(f"DROP TRIGGER {name}" if on_sqlite else f"DROP TRIGGER {name} ON journal")
    assert faults(exported) == {"Skydd": f"Skyddet mot ändringar i loggen saknas: {name}. Kör: arende database upgrade"}
    schema.upgrade(exported.settings, make_command())
    assert faults(exported) == {}


def test_a_disabled_trigger_is_found(exported: Desk) -> None:
    if exported.connection.dialect == SQLITE:
        return  # SQLite cannot disable one
    exported.connection.run("ALTER TABLE log_line DISABLE TRIGGER log_line_is_append_only")
    assert "log_line_is_append_only" in faults(exported)["Skydd"]


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"bodies": [Body("KS", "Kommunstyrelsen", "ks", date(1992, 1, 1), call_days=6)]}, "KS@1992-01-01"),
        ({"members": [Member("ks-1", "KS", "Anna Ek", "ledamot", date(2023, 1, 1))]}, "ks-1"),
    ],
)
def test_a_configuration_the_register_lacks_is_found(exported: Desk, changed: dict[str, object], id: str) -> None:
    config = msgspec.structs.replace(exported.settings.config, **changed)
    assert faults(exported, msgspec.structs.replace(exported.settings, config=config)) == {
        "Register": f"config.toml säger något som registret inte har: {id}. Kör: arende database upgrade"
    }


def test_records_not_yet_in_the_file_are_found(desk: Desk) -> None:
    assert "1 av loggens poster står ännu inte i" in faults(desk)["Logg"]
    log_exporter.export(desk.connection, desk.settings.log_directory)
    assert faults(desk) == {}


def test_a_log_file_that_is_behind_or_gone_is_found(exported: Desk) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    log.unlink()
    assert "1 av loggens poster står ännu inte i" in faults(exported)["Logg"]


@pytest.mark.parametrize(
    "line", [b"{}", b"[]", b"\xff", b"", b'{"log_index":1}', b'{"log_index":2}', b'{"log_index":null}']
)
def test_a_last_line_that_is_not_the_databases_is_found(exported: Desk, line: bytes) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    log.write_bytes(log.read_bytes() + line + b"\n")
    assert "är inte den som databasen har" in faults(exported)["Logg"]


def test_a_log_of_long_lines_is_read_from_its_end(exported: Desk) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    whole = log.read_bytes()
    log.write_bytes(b"x" * 200_000 + b"\n" + b"y" * 100_000 + b"\n" + whole)
    assert faults(exported) == {}


# --- faults of SQLite -----------------------------------------------------------------------------


def test_a_library_with_the_wal_fault_is_told_of(sqlite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_check, "wal_is_safe", lambda _: False)
    told = {check.name: check for check in database_check.check(sqlite.connection, sqlite.settings)}
    assert told["Bibliotek"].ok
    assert "Installera pysqlite3" in told["Bibliotek"].told


@pytest.mark.parametrize("pragma", ["synchronous = NORMAL", "journal_mode = DELETE"])
def test_a_mode_that_may_lose_what_is_acknowledged_is_found(sqlite: Desk, pragma: str) -> None:
    sqlite.connection.run(f"PRAGMA {pragma}")
    assert "gå förlorade vid strömavbrott" in faults(sqlite)["Beständighet"]


def test_the_rollback_journal_with_extra_is_durable(sqlite: Desk) -> None:
    sqlite.connection.run("PRAGMA journal_mode = DELETE")
    sqlite.connection.run("PRAGMA synchronous = EXTRA")
    assert faults(sqlite) == {}


@pytest.mark.parametrize("pragma", ["foreign_keys", "recursive_triggers"])
def test_references_that_are_not_followed_are_found(sqlite: Desk, pragma: str) -> None:
    sqlite.connection.run(f"PRAGMA {pragma} = OFF")
    assert "följer inte referenser eller utlösare" in faults(sqlite)["Referenser"]


def test_a_row_that_points_at_nothing_is_found(sqlite: Desk) -> None:
    sqlite.connection.run("PRAGMA foreign_keys = OFF")
    sqlite.connection.run("INSERT INTO log_line (log_index, journal_id, sha256) VALUES (9, 77, 'x')")
    sqlite.connection.run("PRAGMA foreign_keys = ON")
    assert faults(sqlite)["Referenser"].startswith("Rader i log_line pekar på något som inte finns.")


@pytest.mark.parametrize("page", [2, 3, 5, 9])
def test_a_damaged_page_is_found(sqlite: Desk, page: int) -> None:
    sqlite.connection.close()
    path = Path(sqlite.settings.database_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : (page - 1) * 4096 + 64] = b"\xa5" * 64
    path.write_bytes(content)
    damaged = Desk(connect(sqlite.settings.database_url), sqlite.settings)
    assert faults(damaged)["Innehåll"].startswith("Databasfilen är skadad")
    damaged.connection.close()


@pytest.mark.parametrize("end", ["", "-wal"])
def test_a_file_others_can_read_is_found(sqlite: Desk, end: str) -> None:
    file = Path(sqlite.settings.database_url.removeprefix("sqlite:///") + end)
    file.chmod(0o640)
    assert faults(sqlite) == {"Filrättigheter": f"Andra än ägaren kommer åt databasen. Kör: chmod 600 {file}"}


# --- faults of PostgreSQL -------------------------------------------------------------------------


def test_a_server_that_may_lose_what_is_acknowledged_is_found(postgres_server: PostgresServer) -> None:
    assert answer(postgres_server.url, "Beständighet") == Check(
        "Beständighet",
        False,
        "fsync och full_page_writes och synchronous_commit är avslaget, så kvitterade ändringar kan gå förlorade "
        "vid strömavbrott. Slå på i postgresql.conf och läs in den igen.",
    )


def test_a_durable_server_is_durable() -> None:
    with PostgresServer(durable=True) as server:
        assert answer(server.url, "Beständighet").ok


def test_an_old_server_is_found(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_check, "OLDEST_POSTGRESQL", 99)
    assert "är för gammal" in answer(postgres_server.url, "Server").told


def test_another_encoding_is_found(postgres_server: PostgresServer) -> None:
    connection = connect(postgres_server.url)
    connection.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    connection.close()
    url = postgres_server.url.replace("/postgres?", "/latin?")
    assert answer(url, "Teckenkodning").told == (
        "Databasen har teckenkodningen LATIN1. Skapa den på nytt med ENCODING 'UTF8'."
    )


def answer(url: str, name: str) -> Check:
    connection = connect(url)
    checks = database_check.check(connection, settings_for(url, Path("/")))
    connection.close()
    return next(check for check in checks if check.name == name)
