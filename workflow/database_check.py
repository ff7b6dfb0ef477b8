"""`arende database check`: is everything as the program needs it, and if not, what to do.

Changes nothing. Each question gives its answer in a Swedish sentence.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from workflow import log_exporter, log_files, register_sync, schema_version, statements
from workflow.config import Settings
from workflow.connection import POSTGRESQL, SQLITE, Connection, wal_is_safe
from workflow.errors import EnvironmentFaultError, why
from workflow.migrations import views_and_triggers


class Check(msgspec.Struct, frozen=True):
    """One question and its answer."""

    name: str
    ok: bool
    told: str


Answer = tuple[bool, str]
Question = Callable[[Connection, Settings], Answer]

OLDEST_POSTGRESQL = 14
DURABLE = {("wal", 2), ("delete", 3)}
"""(journal_mode, synchronous) that lose nothing acknowledged: WAL with FULL, rollback journal with EXTRA."""
MADE = {
    SQLITE: "SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger')",
    POSTGRESQL: (
        "SELECT t.tgname AS name FROM pg_catalog.pg_trigger AS t"
        " JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE t.tgenabled <> 'D' AND n.nspname = current_schema()"
        " UNION ALL SELECT viewname FROM pg_catalog.pg_views WHERE schemaname = current_schema()"
    ),
}
SETTINGS = (
    "SELECT name, setting FROM pg_catalog.pg_settings"
    " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding', 'server_version_num')"
)


def check(connection: Connection, settings: Settings) -> tuple[Check, ...]:
    """Every question that can be asked of this database; an empty or old one has no tables to ask about."""
    version = _ask("Version", _version, connection, settings)
    questions = {**QUESTIONS[connection.dialect], **(QUESTIONS_OF_BOTH if version.ok else {})}
    return (
        version,
        *(_ask(name, question, connection, settings) for name, question in questions.items()),
    )


def _ask(name: str, question: Question, connection: Connection, settings: Settings) -> Check:
    try:
        return Check(name, *question(connection, settings))
    except EnvironmentFaultError as error:
        return Check(name, False, f"Det går inte att svara på: {error.__cause__ or error}.")


# --- both databases -------------------------------------------------------------------------------


def _version(connection: Connection, _: Settings) -> Answer:
    fault = schema_version.schema_fault(schema_version.stored(connection))
    return not fault, fault or f"Databasen har version {schema_version.SCHEMA_VERSION}, den som programmet behöver."


def _lifecycle(connection: Connection, _: Settings) -> Answer:
    fault = schema_version.lifecycle_fault(connection)
    return not fault, fault or "Alla pågående ärenden följer programmets livscykel."


def _protection(connection: Connection, _: Settings) -> Answer:
    made = {row["name"] for row in connection.run(MADE[connection.dialect])}
    if missing := [name for name in _names(connection.dialect) if name not in made]:
        return False, f"Skyddet mot ändringar i loggen saknas: {', '.join(missing)}. Kör: arende database upgrade"
    return True, "Loggens tabeller kan inte ändras i efterhand."


def _names(dialect: str) -> list[str]:
    found = (re.match(r"CREATE (?:TRIGGER|VIEW) (\w+)", text) for text in views_and_triggers(dialect))
    return [match[1] for match in found if match]


def _register(connection: Connection, settings: Settings) -> Answer:
    if new := register_sync.changes(connection, settings.config, lambda _: ""):
        ids = ", ".join(str(change.row["id"]) for change in new)
        return False, f"config.toml säger något som registret inte har: {ids}. Kör: arende database upgrade"
    return True, "Instanser och platser är de som står i config.toml."


def _log(connection: Connection, settings: Settings) -> Answer:
    directory = settings.log_directory
    try:
        # The files are read first: what stands in them was placed in the database before.
        line = log_files.last_line(directory)
    except OSError as error:
        return False, f"Loggen i {directory} kan inte läsas ({why(error)})."
    with connection.reading():
        if line is not None and (told := log_exporter.disagreement(connection, directory, line)):
            return False, told
        head = connection.run(statements.LOG_HEAD)
        placed = head[0]["log_index"] if head else 0
        written = (log_files.index_of(line) or 0) if line else 0
        waiting = connection.run(statements.UNPLACED_COUNT)[0]["waiting"] + placed - written
    if waiting:
        return False, (
            f"{waiting} av loggens poster står ännu inte i {directory}. De skrivs av nästa kommando som ändrar "
            "något, eller av: arende audit export"
        )
    return True, f"Alla {written} poster står i {directory}."


# --- SQLite ---------------------------------------------------------------------------------------


def _sqlite_library(connection: Connection, _: Settings) -> Answer:
    version = connection.run("SELECT sqlite_version() AS version")[0]["version"]
    if wal_is_safe(tuple(int(part) for part in version.split("."))):
        return True, f"SQLite {version}."
    return True, (
        f"SQLite {version} har ett fel i WAL-läget, så databasen körs i ett långsammare läge. "
        "Installera pysqlite3 eller SQLite 3.51.3 eller senare."
    )


def _sqlite_durability(connection: Connection, _: Settings) -> Answer:
    mode, synchronous = _pragma(connection, "journal_mode"), _pragma(connection, "synchronous")
    told = f"journal_mode = {mode}, synchronous = {synchronous}."
    if (mode, synchronous) in DURABLE:
        return True, told
    return False, (
        f"{told} Så kan kvitterade ändringar gå förlorade vid strömavbrott. Stäng andra program som har databasen "
        "öppen, lägg den på en lokal disk och kontrollera igen."
    )


def _sqlite_references(connection: Connection, _: Settings) -> Answer:
    if not (_pragma(connection, "foreign_keys") and _pragma(connection, "recursive_triggers")):
        return False, "SQLite följer inte referenser eller utlösare. Installera pysqlite3 och kontrollera igen."
    if broken := connection.run("PRAGMA foreign_key_check"):
        tables = ", ".join(sorted({row["table"] for row in broken}))
        return False, f"Rader i {tables} pekar på något som inte finns. Återställ från säkerhetskopian."
    return True, "Referenser följs, och alla pekar på något som finns."


def _sqlite_contents(connection: Connection, _: Settings) -> Answer:
    fault = _damage(connection)
    if fault is None:
        return True, "Databasfilen är hel."
    return False, (
        f"Databasfilen är skadad ({fault}). Sluta skriva i den, spara en kopia av filen och återställ från "
        "säkerhetskopian."
    )


def _damage(connection: Connection) -> str | None:
    try:
        found = connection.run("PRAGMA quick_check")[0]["quick_check"]
    except EnvironmentFaultError as error:
        return str(error.__cause__)
    return None if found == "ok" else str(found).strip().splitlines()[-1]


def _sqlite_file_modes(_: Connection, settings: Settings) -> Answer:
    path = settings.database_url.removeprefix("sqlite:///")
    files = [Path(f"{path}{end}") for end in ("", "-wal", "-shm", "-journal")]
    open_ones = [str(file) for file in files if file.exists() and file.stat().st_mode & 0o077]
    if open_ones:
        return False, f"Andra än ägaren kommer åt databasen. Kör: chmod 600 {' '.join(open_ones)}"
    return True, "Bara ägaren kommer åt databasfilen."


def _pragma(connection: Connection, name: str) -> Any:
    return connection.run(f"PRAGMA {name}")[0][name]


# --- PostgreSQL -----------------------------------------------------------------------------------


def _postgresql_version(connection: Connection, _: Settings) -> Answer:
    major = int(_server(connection)["server_version_num"]) // 10_000
    if major < OLDEST_POSTGRESQL:
        return False, f"PostgreSQL {major} är för gammal. Uppgradera servern till {OLDEST_POSTGRESQL} eller senare."
    return True, f"PostgreSQL {major}."


def _postgresql_durability(connection: Connection, _: Settings) -> Answer:
    found = _server(connection)
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if found[name] == "off"]
    if off:
        return False, (
            f"{' och '.join(off)} är avslaget, så kvitterade ändringar kan gå förlorade vid strömavbrott. "
            "Slå på i postgresql.conf och läs in den igen."
        )
    return True, "Det som är kvitterat finns på disk."


def _postgresql_encoding(connection: Connection, _: Settings) -> Answer:
    encoding = _server(connection)["server_encoding"]
    if encoding != "UTF8":
        return False, f"Databasen har teckenkodningen {encoding}. Skapa den på nytt med ENCODING 'UTF8'."
    return True, "Teckenkodningen är UTF-8."


def _server(connection: Connection) -> Mapping[str, str]:
    return {row["name"]: row["setting"] for row in connection.run(SETTINGS)}


QUESTIONS: Mapping[str, Mapping[str, Question]] = {
    SQLITE: {
        "Bibliotek": _sqlite_library,
        "Beständighet": _sqlite_durability,
        "Innehåll": _sqlite_contents,
        "Referenser": _sqlite_references,
        "Filrättigheter": _sqlite_file_modes,
    },
    POSTGRESQL: {
        "Server": _postgresql_version,
        "Beständighet": _postgresql_durability,
        "Teckenkodning": _postgresql_encoding,
    },
}
QUESTIONS_OF_BOTH: Mapping[str, Question] = {
    "Livscykel": _lifecycle,
    "Skydd": _protection,
    "Register": _register,
    "Logg": _log,
}
