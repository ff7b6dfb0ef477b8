"""`arende doctor` finds each fault it claims to find, says what to do about it, and answers whatever is wrong."""

import json
import os
import re
import shutil
import subprocess
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from states.records import LIFECYCLE_VERSION
from tests.conftest import RECORDED_AT, add_case, make_command, settings_for
from tests.postgres_server import PostgresServer
from tests.scheduler import rounds
from tests.workflow.cli.office import arende, furnish
from workflow import connection as connections
from workflow import file_systems, log_exporter, log_files, schema
from workflow.audit_journal import sha256
from workflow.config import Body, Member, ReminderRule, Settings
from workflow.connection import SQLITE, connect
from workflow.desk import Desk
from workflow.doctor import database, examination, machine
from workflow.doctor.answers import Check, Machine, Verdict, lasting, some
from workflow.document_intake.child import Child
from workflow.document_intake.confinement import Closed
from workflow.errors import Exit

OF_MACHINE = [
    *("Klocka", "Utrymme", "Filsystem", "Filrättigheter", "Inställningar", "Arbetsgång"),
    "Läsning av handlingar",
]
OF_SQLITE = ["Databas", "Version", "Bibliotek", "Beständighet", "Innehåll", "Referenser"]
OF_POSTGRESQL = ["Databas", "Version", "Server", "Beständighet", "Kontrollsummor", "Teckenkodning"]
OF_TABLES = [
    *(
        "Livscykel",
        "Register",
        "Pågående ärenden",
        "Skydd",
        "Roll",
        "Loggens huvud",
        "Loggens eftersläpning",
        "Loggens filer",
    ),
    *("Loggens tider", "Handlingar", "Misslyckade påminnelser", "Försenade påminnelser", "Påminnelser utan lån"),
]
NOW = RECORDED_AT + timedelta(hours=1)


@pytest.fixture
def exported(desk: Desk) -> Desk:
    log_exporter.export(desk.connection, desk.settings.log_directory)
    return desk


@pytest.fixture
def sqlite(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Desk]:
    shutil.copy(migrated_sqlite, tmp_path / "arendegang.db")
    settings = settings_for("sqlite:///arendegang.db", tmp_path)
    with closing(connect(settings.database_url)) as connection:
        log_exporter.export(connection, settings.log_directory)
        yield Desk(connection, settings)


def look(settings: Settings, now: datetime = NOW) -> dict[str, Check]:
    """Everything the doctor says, by what it is about."""
    checks = examination.examine(Machine(settings, settings.directory / "config.toml", now))
    found = {check.name: check for check in checks}
    assert len(found) == len(checks)
    return found


def faults(desk: Desk, now: datetime = NOW) -> dict[str, str]:
    return {name: check.told for name, check in look(desk.settings, now).items() if _is_a_fault(check)}


def _is_a_fault(check: Check) -> bool:
    the_tests_own = check.told.startswith("fsync och full_page_writes och synchronous_commit är avslaget")
    return check.verdict is Verdict.FAULT and not the_tests_own  # their server is fast rather than durable


def warnings(desk: Desk, now: datetime = NOW) -> dict[str, str]:
    return {name: check.told for name, check in look(desk.settings, now).items() if check.verdict is Verdict.WARNING}


def file_of(desk: Desk) -> Path:
    return Path(desk.settings.database_url.removeprefix("sqlite:///"))


# --- nothing is wrong -----------------------------------------------------------------------------


def test_what_is_in_order_has_no_fault(exported: Desk) -> None:
    assert faults(exported) == {}
    own = {"Roll", "Kontrollsummor"}  # the tests' server belongs to its user, and may be an old one
    assert warnings(exported).keys() <= (set() if exported.connection.dialect == SQLITE else own)


def test_every_question_is_answered_in_a_sentence(exported: Desk) -> None:
    checks = look(exported.settings)
    own = OF_SQLITE if exported.connection.dialect == SQLITE else OF_POSTGRESQL
    assert list(checks) == [*own, *OF_TABLES, *OF_MACHINE]
    command = r"arende [a-z -]+|chmod .*|pg_checksums --enable|timedatectl .*"
    assert [check for check in checks.values() if not re.fullmatch(rf"\w.*(\.|{command})", check.told)] == []
    assert [check for check in checks.values() if "går inte att svara på" in check.told] == []


def test_the_doctor_changes_nothing(exported: Desk) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    log.write_bytes(log.read_bytes() + b'{"torn')
    before = {path: path.read_bytes() for path in exported.settings.directory.rglob("*") if path.is_file()}
    assert "är halv" in warnings(exported)["Loggens filer"]
    assert all(path.read_bytes() == content for path, content in before.items())


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    furnish(tmp_path, migrated_sqlite)
    assert arende("register", "--kind", "motion", "--rubrik", "M", "--dnr", "KS 2030-1").code == Exit.DONE
    return tmp_path


def test_one_verdict_stands_on_each_line(office: Path) -> None:
    answer = arende("doctor")
    assert (answer.code, answer.err) == (Exit.DONE, "")
    marks = [line[2] for line in answer.out.splitlines() if not line.startswith("    ")]
    assert marks == ["✓"] * len(OF_SQLITE + OF_TABLES + OF_MACHINE)


def test_a_fault_has_its_own_exit_code_and_mark(office: Path) -> None:
    (office / "arendegang.db").chmod(0o644)
    answer = arende("doctor")
    assert (answer.code, answer.out.count("✗")) == (Exit.VERIFICATION_FAILED, 1)


def test_a_warning_does_not_change_the_exit_code(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "wal_is_safe", lambda _: False)
    answer = arende("doctor")
    assert (answer.code, answer.out.count("  ! "), answer.out.count("✗")) == (Exit.DONE, 1, 0)


def test_with_json_a_program_can_read_it(office: Path) -> None:
    found = json.loads(arende("doctor", "--json").out)
    assert [check["name"] for check in found] == [*OF_SQLITE, *OF_TABLES, *OF_MACHINE]
    assert {tuple(check) for check in found} == {("name", "verdict", "told")}
    assert {check["verdict"] for check in found} == {"fine"}


def test_the_head_can_be_written_down(office: Path) -> None:
    *_, last = (office / "logg").glob("arendegang-*.jsonl")
    line = json.loads(last.read_bytes().splitlines()[-1])
    told = " ".join(arende("doctor").out.split())
    head = re.search(r"Loggens huvud: rad (\d+), ([0-9a-f]{64})\. Databasen och filerna är överens\.", told)
    assert head
    assert int(head[1]) == line["log_index"]
    assert head[2] == sha256(last.read_bytes().splitlines()[-1])


# --- no database that answers ---------------------------------------------------------------------

WITHOUT = ["Databas", *OF_MACHINE, "Loggens huvud"]


def missing(file: Path) -> None:
    file.unlink()


def a_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def no_database(file: Path) -> None:
    file.write_bytes(b"Det var en gang " * 1000)


def a_header_of_nonsense(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:16] + b"\xa5" * 84 + content[100:])


@pytest.mark.parametrize("spoil", [missing, a_directory, no_database, a_header_of_nonsense])
def test_without_a_database_the_rest_is_told(office: Path, spoil: Callable[[Path], None]) -> None:
    for end in ("-wal", "-shm"):
        (office / f"arendegang.db{end}").unlink(missing_ok=True)
    spoil(office / "arendegang.db")
    checks = {check["name"]: check for check in json.loads(arende("doctor", "--json").out)}
    assert list(checks) == WITHOUT
    assert checks["Databas"]["verdict"] == "fault"
    assert re.match(r"Loggens filer slutar med rad 2, [0-9a-f]{64};", checks["Loggens huvud"]["told"])
    answer = arende("doctor")
    assert (answer.code, answer.err) == (Exit.VERIFICATION_FAILED, "")


def test_a_database_that_somebody_locks_is_told_of(sqlite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0)
    sqlite.connection.close()
    with closing(connect(sqlite.settings.database_url)) as other:
        other.run("PRAGMA locking_mode = EXCLUSIVE")
        other.run("BEGIN EXCLUSIVE")
        checks = look(sqlite.settings)
        other.run("ROLLBACK")
    assert list(checks) == WITHOUT
    assert "locked" in checks["Databas"].told


def test_a_postgresql_that_is_down_is_told_of(tmp_path: Path) -> None:
    checks = look(settings_for(f"postgresql://nobody@/arende?host={tmp_path}", tmp_path))
    assert list(checks) == WITHOUT
    assert checks["Databas"].told.startswith("Databasen svarar inte: ")
    assert checks["Loggens huvud"].told == f"Det finns ingen logg i {tmp_path / 'logg'}."


def test_an_empty_database_is_asked_only_what_it_can_answer(settings: Settings) -> None:
    connect(settings.database_url, must_exist=False).close()
    checks = look(settings)
    assert checks["Version"] == Check("Version", Verdict.FAULT, "Databasen är tom. Kör: arende database upgrade")
    own = OF_SQLITE if settings.database_url.startswith("sqlite") else OF_POSTGRESQL
    assert list(checks) == [*own, *OF_MACHINE]


def test_another_version_is_found(exported: Desk) -> None:
    exported.connection.run("UPDATE alembic_version SET version_num = '9999'")
    assert "programmet är äldre" in faults(exported)["Version"]
    exported.connection.run("UPDATE alembic_version SET version_num = '0001'")
    assert "Ta en kopia av databasen och kör: arende database upgrade" in faults(exported)["Version"]


@pytest.mark.parametrize("page", range(1, 40, 3))
def test_a_damaged_page_is_found_and_everything_else_is_asked(sqlite: Desk, page: int) -> None:
    sqlite.connection.close()
    content = bytearray(file_of(sqlite).read_bytes())
    content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    file_of(sqlite).write_bytes(content)
    checks = look(sqlite.settings)
    told = checks.get("Innehåll", checks["Databas"])  # what the schema stands in is read at once
    assert told.verdict is Verdict.FAULT
    assert re.match("Databasfilen är skadad|Databasen .* kan inte öppnas .*malformed", told.told)
    assert checks["Klocka"].verdict is Verdict.FINE


def test_what_a_question_stumbles_on_stops_no_other(exported: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: Any) -> Any:
        raise ValueError("Expecting value: line 1")

    monkeypatch.setattr(log_exporter, "disagreement", stumble)
    told = faults(exported)
    assert told["Loggens huvud"] == "Loggens huvud: det går inte att svara på (Expecting value: line 1)."
    assert "Skydd" not in told


# --- the program and its tables -------------------------------------------------------------------


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


@pytest.mark.parametrize("how", ["DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
def test_a_trigger_that_is_switched_off_is_found(postgresql: Desk, how: str) -> None:
    postgresql.connection.run(f"ALTER TABLE log_line {how} log_line_is_append_only")
    assert "log_line_is_append_only" in faults(postgresql)["Skydd"]


@pytest.fixture
def postgresql(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Desk]:
    settings = settings_for(postgres_server.new_schema(), tmp_path)
    schema.upgrade(settings, make_command())
    with closing(connect(settings.database_url)) as connection:
        log_exporter.export(connection, settings.log_directory)
        yield Desk(connection, settings)


def test_a_trigger_with_another_text_is_found(sqlite: Desk) -> None:
    sqlite.connection.run("DROP TRIGGER journal_is_not_changed")
    sqlite.connection.run("CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT 1; END")
    assert "saknas: journal_is_not_changed." in faults(sqlite)["Skydd"]


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"bodies": [Body("KS", "Kommunstyrelsen", "ks", date(1992, 1, 1), call_days=6)]}, "KS@1992-01-01"),
        ({"members": [Member("ks-1", "KS", "Anna Ek", "ledamot", date(2023, 1, 1))]}, "ks-1"),
    ],
)
def test_a_configuration_the_register_lacks_is_found(exported: Desk, changed: dict[str, object], id: str) -> None:
    told = faults(rounds.configured(exported, **changed))["Register"]
    assert told == f"config.toml säger något som registret inte har: {id}. Kör: arende database upgrade"


# --- the log --------------------------------------------------------------------------------------


def test_records_not_yet_in_the_files_are_found(desk: Desk) -> None:
    soon, late = RECORDED_AT + timedelta(minutes=1), RECORDED_AT + timedelta(hours=3)
    told = f"1 av loggens poster står ännu inte i {desk.settings.log_directory}, den första sedan "
    assert warnings(desk, soon)["Loggens eftersläpning"].startswith(f"{told}1 minut. De skrivs av nästa kommando")
    assert faults(desk, late)["Loggens eftersläpning"].startswith(f"{told}3 timmar. De skrivs av nästa kommando")
    log_exporter.export(desk.connection, desk.settings.log_directory)
    assert faults(desk, late) == {}


@pytest.fixture
def in_segments(desk: Desk) -> Desk:
    """A log of three files, each closed but the last."""
    for day in ("2026-02-03", "2026-03-03"):
        rounds.meeting(desk, "KS", day)
    log_exporter.export(desk.connection, desk.settings.log_directory, most=1)
    assert len(log_files.segments(desk.settings.log_directory)) == 3
    assert faults(desk) == {}
    return desk


def test_a_last_file_that_is_gone_is_records_not_yet_written(in_segments: Desk) -> None:
    log_files.segments(in_segments.settings.log_directory)[-1].unlink()
    assert faults(in_segments)["Loggens eftersläpning"].startswith("1 av loggens poster står ännu inte i ")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.unlink(), "{} saknas. Gör om det som saknas ur databasen: arende audit export"),
        (lambda file: file.chmod(0o600), "{} är avslutad men går att skriva i. Kör: arende audit export"),
        (
            lambda file: os.truncate(file, file.stat().st_size - 1),
            "{} är inte så lång som databasen säger. Kör: arende audit verify",
        ),
        (
            lambda file: shutil.copy(file, file.with_name("arendegang-2025-01-001.jsonl")),
            "{} hör inte till loggen. Kör arende audit verify, och flytta undan det främmande.",
        ),
    ],
    ids=["gone", "open", "shorter", "one too many"],
)
def test_a_file_that_is_not_what_the_database_says_is_found(
    in_segments: Desk, spoil: Callable[[Path], object], told: str
) -> None:
    first = log_files.segments(in_segments.settings.log_directory)[0]
    spoil(first)
    named = first.with_name("arendegang-2025-01-001.jsonl") if "hör inte" in told else first
    assert faults(in_segments) == {"Loggens filer": told.format(named)}


@pytest.mark.parametrize(
    "line", [b"{}", b"[]", b"\xff", b"", b'{"log_index":1}', b'{"log_index":2}', b'{"log_index":null}']
)
def test_a_last_line_that_is_not_the_databases_is_found(exported: Desk, line: bytes) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    log.write_bytes(log.read_bytes() + line + b"\n")
    assert faults(exported).keys() == {"Loggens huvud"}
    assert warnings(exported).keys() >= {"Loggens filer", "Loggens eftersläpning"}


def test_a_database_older_than_its_log_is_found(sqlite: Desk) -> None:
    sqlite.connection.close()
    old = file_of(sqlite).with_name("old")
    shutil.copy(file_of(sqlite), old)
    with closing(connect(sqlite.settings.database_url)) as connection:
        rounds.meeting(Desk(connection, sqlite.settings), "KS", "2026-02-03")
        log_exporter.export(connection, sqlite.settings.log_directory)
    old.rename(file_of(sqlite))
    assert faults(sqlite)["Loggens huvud"].startswith("Databasen är äldre än sin logg: den känner till 1 rader")


def test_a_log_that_cannot_be_read_is_told_of(exported: Desk) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    log.unlink()
    log.mkdir(mode=0o700)
    assert faults(exported)["Loggens huvud"] == f"Loggens huvud: det går inte att svara på ({log}: det är en katalog)."


def test_a_log_of_long_lines_is_read_from_its_end(exported: Desk) -> None:
    log = log_files.segments(exported.settings.log_directory)[-1]
    whole = log.read_bytes()
    log.write_bytes(b"x" * 200_000 + b"\n" + b"y" * 100_000 + b"\n" + whole)
    assert faults(exported).keys() == {"Loggens filer"}


# --- the clock ------------------------------------------------------------------------------------


def test_a_clock_that_was_set_back_is_found(exported: Desk) -> None:
    told = faults(exported, RECORDED_AT - timedelta(days=2, hours=3))
    assert told.keys() == {"Loggens tider"}
    assert told["Loggens tider"].startswith(
        "Loggens senaste post är skriven 2026-01-02 08:00:00 UTC, 2 dagar efter vad datorns klocka visar nu."
    )


def test_clocks_of_two_machines_may_be_a_little_apart(exported: Desk) -> None:
    assert faults(exported, RECORDED_AT - timedelta(seconds=30)) == {}


def test_a_clock_that_has_lost_the_year_is_found(exported: Desk) -> None:
    told = faults(exported, datetime(1970, 1, 1, tzinfo=UTC))["Klocka"]
    assert told == "Klockan är 1970-01-01 01:00 i Sverige, och det kan inte stämma. Ställ den: timedatectl set-ntp true"


def test_a_machine_without_swedens_time_is_found(sqlite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(zoneinfo, "TZPATH", ())
        patch.setattr(zoneinfo._tzpath, "TZPATH", ())
        patch.setitem(sys.modules, "tzdata", None)
        zoneinfo.ZoneInfo.clear_cache()
        told = faults(sqlite)["Klocka"]
    assert told == "Tidszonen Europe/Stockholm finns inte på datorn. Installera den: pip install tzdata"


# --- reading documents ----------------------------------------------------------------------------

READING = "Läsning av handlingar"


def test_what_the_kernel_leaves_open_to_a_reader_is_told_of(sqlite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Child, "closed", lambda _: Closed(writing=False, network=False))
    check = look(sqlite.settings)[READING]
    assert check.verdict is Verdict.WARNING
    assert check.told.startswith("Datorns kärna stänger inte nätet och filerna för det som läser handlingar;")


def test_a_reader_that_cannot_be_started_is_found(sqlite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/finns/inte")
    assert "kunde inte startas" in faults(sqlite)[READING]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo swe", "Handlingar läses avskilt från nätet och filerna, inskannade på svenska."),
        ("echo eng", "Tesseract saknar svenska, så å, ä och ö kan bli fel i inskannade handlingar."),
        ("echo ara", "Inskannade handlingar kan inte läsas."),
        ("exit 1", "Inskannade handlingar kan inte läsas."),
        (None, "Inskannade handlingar kan inte läsas."),
    ],
)
def test_whether_scanned_papers_can_be_read_is_told(
    sqlite: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, told: str
) -> None:
    monkeypatch.setattr(Child, "closed", lambda _: Closed(writing=True, network=True))
    programs = tmp_path / "programs"
    programs.mkdir()
    if script:
        (programs / "tesseract").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    check = look(sqlite.settings)[READING]
    assert check.told.startswith(told)
    assert check.verdict is (Verdict.FINE if script == "echo swe" else Verdict.WARNING)


# --- reminders ------------------------------------------------------------------------------------


@pytest.fixture
def reminded(exported: Desk) -> Desk:
    """One reminder is on its way, since 2026-01-02."""
    desk = rounds.with_rules(exported, ReminderRule("silent", days_before=[0]))
    rounds.by_hand(desk, "silent", "2026-01-02", body="SON")
    rounds.reminded(desk, "2026-01-02")
    desk.connection.run("UPDATE reminder SET status = 'planned'")
    log_exporter.export(desk.connection, desk.settings.log_directory)
    assert len(rounds.rows(desk)) == 1
    assert faults(desk) == {}
    return desk


def test_a_reminder_that_was_given_up_is_found_while_its_duty_is_left(reminded: Desk) -> None:
    reminded.connection.run("UPDATE reminder SET status = 'failed'")
    lease = "INSERT INTO lease (id, token, attempts, fault, outlet) SELECT id, 1, 1, '550', 'e-post' FROM reminder"
    reminded.connection.run(lease)
    assert faults(reminded) == {
        "Misslyckade påminnelser": "Påminnelser som gavs upp: 1, den första till 2026-01-02 (550). Rätta [email] och "
        "[[mailboxes]] i config.toml och kör arende-daemon outbox retry --all-failed, eller säg själv till den det "
        "gäller; se arende show by-hand"
    }
    reminded.connection.run("UPDATE deadline SET is_open = :is_open", is_open=False)
    assert faults(reminded) == {}


def test_a_reminder_of_a_meeting_that_was_given_up_names_the_meeting(exported: Desk) -> None:
    meeting = rounds.meeting(exported, "KS", "2026-02-03")
    desk = rounds.with_rules(exported, ReminderRule("call", days_before=[0]))
    rounds.by_hand(desk, "call", "2026-01-02", body="KS", meeting=meeting)
    rounds.reminded(desk, "2026-01-02")
    desk.connection.run("UPDATE reminder SET status = 'failed'")
    log_exporter.export(desk.connection, desk.settings.log_directory)
    told = faults(desk)["Misslyckade påminnelser"]
    assert told.endswith("; se arende meeting show KS-2026-02-03")
    assert "(okänt fel)" in told


def test_reminders_that_nobody_has_sent_are_found(reminded: Desk) -> None:
    assert faults(reminded, datetime(2026, 1, 3, 22, 59, tzinfo=UTC)) == {}
    assert faults(reminded, datetime(2026, 1, 5, 22, 59, tzinfo=UTC)) == {}  # still the Monday after that Friday
    assert faults(reminded, datetime(2026, 1, 5, 23, 1, tzinfo=UTC)) == {  # Tuesday in Sweden
        "Försenade påminnelser": "Påminnelser som skulle ha skickats: 1, den första 2026-01-02. Kontrollera att "
        "arende-daemon run är igång och når e-postservern, eller kör: arende-daemon --once"
    }


def test_a_reminder_without_a_lease_is_a_warning(reminded: Desk) -> None:
    reminded.connection.run("DELETE FROM lease")
    assert faults(reminded) == {}
    assert warnings(reminded)["Påminnelser utan lån"] == (
        "Påminnelser på väg utan lån: 1. Demonen ger dem ett nytt i nästa runda."
    )


# --- SQLite ---------------------------------------------------------------------------------------


def test_a_library_with_the_wal_fault_is_told_of(sqlite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "wal_is_safe", lambda _: False)
    assert "Installera pysqlite3" in warnings(sqlite)["Bibliotek"]


@pytest.mark.parametrize("pragma", ["synchronous = NORMAL", "synchronous = OFF", "journal_mode = DELETE"])
def test_a_mode_that_may_lose_what_is_acknowledged_is_found(sqlite: Desk, pragma: str) -> None:
    sqlite.connection.run(f"PRAGMA {pragma}")
    told = database.sqlite_durability(sqlite.connection, a_machine(sqlite))
    assert told.verdict is Verdict.FAULT
    assert "gå förlorade vid strömavbrott" in told.told


def test_the_rollback_journal_with_extra_is_durable(sqlite: Desk) -> None:
    sqlite.connection.run("PRAGMA journal_mode = DELETE")
    sqlite.connection.run("PRAGMA synchronous = EXTRA")
    assert database.sqlite_durability(sqlite.connection, a_machine(sqlite)).verdict is Verdict.FINE


def a_machine(desk: Desk) -> Machine:
    return Machine(desk.settings, desk.settings.directory / "config.toml", NOW)


@pytest.mark.parametrize("pragma", ["foreign_keys", "recursive_triggers"])
def test_references_that_are_not_followed_are_found(sqlite: Desk, pragma: str) -> None:
    sqlite.connection.run(f"PRAGMA {pragma} = OFF")
    told = database.sqlite_references(sqlite.connection, a_machine(sqlite))
    assert told.verdict is Verdict.FAULT
    assert "följer inte referenser eller utlösare" in told.told


def test_a_row_that_points_at_nothing_is_found(sqlite: Desk) -> None:
    sqlite.connection.run("PRAGMA foreign_keys = OFF")
    sqlite.connection.run("INSERT INTO lease (id, token, attempts, outlet) VALUES ('x', 0, 0, 'logg')")
    assert faults(sqlite)["Referenser"].startswith("Rader i lease pekar på något som inte finns.")


# --- PostgreSQL -----------------------------------------------------------------------------------


def test_a_server_that_may_lose_what_is_acknowledged_is_found(postgres_server: PostgresServer, tmp_path: Path) -> None:
    assert look(settings_for(postgres_server.url, tmp_path))["Beständighet"] == Check(
        "Beständighet",
        Verdict.FAULT,
        "fsync och full_page_writes och synchronous_commit är avslaget, så kvitterade ändringar kan gå förlorade "
        "vid strömavbrott. Slå på i postgresql.conf och läs in den igen.",
    )


def test_a_durable_server_is_durable(tmp_path: Path) -> None:
    with PostgresServer(durable=True) as server:
        assert look(settings_for(server.url, tmp_path))["Beständighet"].verdict is Verdict.FINE


def test_an_old_server_is_found(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "OLDEST_POSTGRESQL", 99)
    assert "är för gammal" in look(settings_for(postgres_server.url, tmp_path))["Server"].told


def test_a_server_that_does_not_find_damaged_pages_is_told_of(postgresql: Desk) -> None:
    on = postgresql.connection.run("SHOW data_checksums")[0]["data_checksums"] == "on"
    assert look(postgresql.settings)["Kontrollsummor"].verdict is (Verdict.FINE if on else Verdict.WARNING)


def test_another_encoding_is_found(postgres_server: PostgresServer, tmp_path: Path) -> None:
    with closing(connect(postgres_server.url)) as connection:
        connection.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    url = postgres_server.url.replace("/postgres?", "/latin?")
    assert look(settings_for(url, tmp_path))["Teckenkodning"].told == (
        "Databasen har teckenkodningen LATIN1. Skapa den på nytt med ENCODING 'UTF8'."
    )


# --- the machine: room ----------------------------------------------------------------------------

MIB = 1 << 20
NOBODY = 65534


@pytest.mark.parametrize(
    ("free", "total", "verdict"),
    [
        (16 * MIB - 1, 1000 * MIB, Verdict.FAULT),
        (16 * MIB, 1000 * MIB, Verdict.WARNING),
        (500 * MIB - 1, 501 * MIB, Verdict.WARNING),
        (500 * MIB, 501 * MIB, Verdict.FINE),
        (1000 * MIB - 1, 10_000 * MIB, Verdict.WARNING),
        (1000 * MIB, 10_000 * MIB, Verdict.FINE),
    ],
)
def test_room_is_little_below_a_tenth_or_500_mib_and_too_little_below_16(
    free: int, total: int, verdict: Verdict
) -> None:
    assert machine.room_verdict(free, total) is verdict


UNSHARE = ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
ON_A_SMALL_DISK = """
import subprocess, sys
size, office, disk, arende = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
subprocess.run(["cp", "-a", f"{office}/.", disk], check=True)
sys.exit(subprocess.run([arende, "doctor"], cwd=disk).returncode)
"""


@pytest.mark.parametrize(("size", "mark", "code"), [("9m", "✗", Exit.VERIFICATION_FAILED), ("90m", "!", Exit.DONE)])
def test_a_disk_that_is_nearly_full_is_found(office: Path, tmp_path: Path, size: str, mark: str, code: Exit) -> None:
    disk = tmp_path.with_name(f"{tmp_path.name}-disk")
    disk.mkdir()
    program = Path(sys.executable).with_name("arende")
    answer = subprocess.run(
        [*UNSHARE, sys.executable, "-c", ON_A_SMALL_DISK, size, str(office), str(disk), str(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (code, "")
    assert re.search(rf"{mark} Bara \d+ MiB är ledigt för databasen i ", " ".join(answer.stdout.split()))


# --- the machine: file systems --------------------------------------------------------------------

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /srv/data rw,relatime shared:5 - nfs4 server:/data rw,vers=4.2
31 30 254:1 / /srv/data/local rw,relatime - xfs /dev/vdb rw
32 22 0:41 / /mnt/med\\040blank rw - cifs //server/share rw
33 22 0:42 / /mnt/twice rw - ext4 /dev/vdc rw
34 33 0:43 / /mnt/twice rw - fuse.sshfs host:/ rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/arende.db", "ext4"),
        ("/srv/data/arende.db", "nfs4"),
        ("/srv/data/local/arende.db", "xfs"),
        ("/srv/database/arende.db", "ext4"),
        ("/mnt/med blank/arende.db", "cifs"),
        ("/mnt/twice/arende.db", "fuse.sshfs"),
    ],
)
def test_a_path_is_on_the_file_system_mounted_last_nearest_to_it(path: str, kind: str) -> None:
    assert file_systems.kind_at(MOUNTS, Path(path)) == kind


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph"])
def test_a_network_file_system_is_found(sqlite: Desk, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = sqlite.settings.directory / "mountinfo"
    mounts.write_text(f"22 1 254:0 / / rw,relatime shared:1 - {kind} server:/data rw\n")
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)
    told = faults(sqlite)
    assert told.keys() == {"Filsystem"}
    assert f"är ett nätverksfilsystem ({kind}). Där håller inte låsen" in told["Filsystem"]


def test_a_log_on_a_network_file_system_is_found(postgresql: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = postgresql.settings.directory / "mountinfo"
    mounts.write_text(f"{MOUNTS}40 22 0:50 / {postgresql.settings.log_directory} rw - nfs server:/log rw\n")
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)
    assert faults(postgresql)["Filsystem"].startswith(f"{postgresql.settings.log_directory}, där loggen ligger, är ett")


def test_where_file_systems_cannot_be_told_apart_that_is_said(sqlite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_systems, "MOUNTS", Path("/nowhere"))
    assert warnings(sqlite)["Filsystem"].startswith("Här går det inte att se vad för slags filsystem")


def test_this_machine_says_what_it_has(sqlite: Desk) -> None:
    assert re.fullmatch(
        r"Filsystem: \w+ för databasen, \w+ för loggen; lokalt\.", look(sqlite.settings)["Filsystem"].told
    )


# --- the machine: who gets at the files -----------------------------------------------------------

OF_THE_DATABASE = ["", "-wal", "-shm", ".lock", ".undanlagd-1", "-kopia.db"]


@pytest.mark.parametrize("name", [f"arendegang.db{end}" for end in OF_THE_DATABASE])
def test_a_file_of_the_database_that_others_can_read_is_found(sqlite: Desk, name: str) -> None:
    file = sqlite.settings.directory / name
    file.touch(mode=0o600)
    assert faults(sqlite) == {}
    file.chmod(0o640)
    assert faults(sqlite) == {"Filrättigheter": f"Andra än ägaren kommer åt {file}. Kör: chmod go= {file}"}


def test_a_log_that_others_can_read_is_found(in_segments: Desk) -> None:
    directory = in_segments.settings.log_directory
    rounds.by_hand(in_segments, "silent", "2026-01-02")
    log_exporter.write_payload(in_segments.connection, directory, "by-hand-title")
    for path in (directory, *log_files.segments(directory)[1:], log_files.payload_file(directory, "by-hand-title")):
        mode = path.stat().st_mode & 0o777
        path.chmod(mode | 0o044)
        told = f"Andra än ägaren kommer åt {path}. Kör: chmod go= {path}"
        assert faults(in_segments) == {"Filrättigheter": told}
        path.chmod(mode)
    for path in log_files.segments(directory):
        path.chmod(0o444)
    assert faults(in_segments)["Filrättigheter"].endswith(f"Kör: chmod -R go= {directory}")


def test_the_command_that_closes_the_files_closes_them(in_segments: Desk, tmp_path: Path) -> None:
    for path in log_files.segments(in_segments.settings.log_directory):
        path.chmod(0o444)
    (tmp_path / "en kopia.db").touch(mode=0o644)
    _, _, command = faults(in_segments)["Filrättigheter"].partition("Kör: ")
    subprocess.run(command, shell=True, check=True)
    assert "Filrättigheter" not in faults(in_segments)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("name", ["arendegang.db-wal", "logg/export.lock"])
def test_a_file_that_somebody_else_owns_is_found(sqlite: Desk, name: str) -> None:
    """Left by whoever ran the program once as another user."""
    file = sqlite.settings.directory / name
    os.chown(file, NOBODY, NOBODY)
    assert faults(sqlite) == {"Filrättigheter": f"{file} har en annan ägare än resten. Kör: chown 0 {file}"}
    (copy := file.with_name("kopia.db")).touch(mode=0o600)
    os.chown(file, 0, 0)
    os.chown(copy, NOBODY, NOBODY)
    assert faults(sqlite) == {}


@pytest.mark.parametrize(
    ("url", "is_secret"),
    [
        ("postgresql://arende:hemligt@db/arende", True),
        ("postgresql://db/arende?user=arende&password=hemligt", True),
        ("postgresql://arende@db/arende?host=/run/a:b@c", False),
        ("sqlite:////srv/a:b@c/arendegang.db", False),
    ],
)
def test_settings_with_a_password_are_nobody_elses_business(tmp_path: Path, url: str, is_secret: bool) -> None:
    ours = a_machine_with(tmp_path, database=settings_for(url, tmp_path).config.database)
    config = tmp_path / "config.toml"
    config.touch(mode=0o644)
    assert machine.has_secret(ours) is is_secret
    told = machine.rights(ours)
    assert (told.verdict is Verdict.FAULT) is is_secret
    assert (told.told == f"Andra än ägaren kommer åt {config}. Kör: chmod go= {config}") is is_secret
    config.chmod(0o600)
    assert machine.rights(ours).verdict is Verdict.FINE


def test_any_setting_that_is_called_a_secret_is_one(tmp_path: Path) -> None:
    plain = settings_for("sqlite:///arendegang.db", tmp_path)
    assert not machine._says_secret(msgspec.to_builtins(plain.config))
    assert machine._says_secret({"email": {"host": "mail", "password": "x"}})
    assert machine._says_secret({"hooks": [{"url": "x"}, {"signing_secret": "x"}]})
    assert not machine._says_secret({"email": {"password": ""}})


def a_machine_with(directory: Path, **sections: Any) -> Machine:
    settings = settings_for("sqlite:///arendegang.db", directory)
    config = msgspec.structs.replace(settings.config, **sections)
    return Machine(msgspec.structs.replace(settings, config=config), directory / "config.toml", NOW)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 sekunder"),
        (59, "59 sekunder"),
        (60, "1 minut"),
        (3599, "59 minuter"),
        (3600, "1 timme"),
        (172800, "2 dagar"),
    ],
)
def test_a_time_is_told_in_its_largest_unit(seconds: int, told: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == told


def test_of_many_the_first_three_are_named() -> None:
    assert some(["a", "b", "c"]) == "a, b, c"
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c och 2 till"
