"""What the doctor asks of the database itself, whatever is kept in it: SQLite's file, PostgreSQL's server."""

import re
from collections.abc import Mapping
from typing import Any

from workflow.connection import POSTGRESQL, SQLITE, Connection, wal_is_safe
from workflow.doctor.answers import Answer, Machine, fault, fine, warning
from workflow.errors import EnvironmentFaultError
from workflow.migrations import views_and_triggers

OLDEST_POSTGRESQL = 14
SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
"""What SQLite's numbers mean."""
DURABLE = {("wal", "FULL"), ("delete", "EXTRA")}
"""(journal_mode, synchronous) that lose nothing acknowledged."""
SETTINGS = (
    "SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('fsync', 'full_page_writes',"
    " 'synchronous_commit', 'server_encoding', 'server_version_num', 'data_checksums')"
)
GUARDS = {
    SQLITE: "SELECT name, sql AS text FROM sqlite_master WHERE type IN ('view', 'trigger')",
    POSTGRESQL: (
        "SELECT t.tgname AS name FROM pg_catalog.pg_trigger AS t"
        " JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()"
        " UNION ALL SELECT viewname FROM pg_catalog.pg_views WHERE schemaname = current_schema()"
    ),
}
"""What guards the log, where it is in force."""
ROLE = (
    "SELECT current_user AS name, pg_has_role(t.tableowner, 'USAGE') AS owns FROM pg_catalog.pg_tables AS t"
    " WHERE t.schemaname = current_schema() AND t.tablename = 'journal'"
)

# --- both -----------------------------------------------------------------------------------------


def protection(connection: Connection, _: Machine) -> Answer:
    """Is everything there that keeps the log from being changed, as it was made?"""
    found = {row["name"]: row.get("text") for row in connection.run(GUARDS[connection.dialect])}
    wanted = _guards(connection.dialect)
    if missing := [name for name, text in wanted.items() if name not in found or found[name] not in (None, text)]:
        return fault(f"Skyddet mot ändringar i loggen saknas: {', '.join(missing)}. Kör: arende database upgrade")
    return fine("Loggens tabeller kan inte ändras i efterhand.")


def _guards(dialect: str) -> dict[str, str]:
    """The triggers and views there are to be: name -> statement."""
    found = ((re.match(r"CREATE (?:TRIGGER|VIEW) (\w+)", text), text) for text in views_and_triggers(dialect))
    return {match[1]: text for match, text in found if match}


def role(connection: Connection, _: Machine) -> Answer:
    """Could whoever the program runs as switch that off?"""
    if connection.dialect == SQLITE:
        return fine("Den som får skriva i databasfilen kan ändra allt i den; arende audit diff visar det.")
    found = connection.run(ROLE)[0]
    if found["owns"]:
        return warning(
            f"{found['name']} äger loggens tabeller och kan stänga av deras skydd. Skapa roller med arende database "
            "create-roles, och låt alla utom den som uppgraderar använda dem."
        )
    return fine(f"{found['name']} kan inte stänga av skyddet av loggens tabeller.")


# --- SQLite ---------------------------------------------------------------------------------------


def sqlite_library(connection: Connection, _: Machine) -> Answer:
    version = connection.run("SELECT sqlite_version() AS version")[0]["version"]
    if wal_is_safe(tuple(int(part) for part in version.split("."))):
        return fine(f"SQLite {version}, utan det kända felet i WAL-läget.")
    return warning(
        f"SQLite {version} har ett fel i WAL-läget, så databasen körs i ett långsammare läge. "
        "Installera pysqlite3 eller SQLite 3.51.3 eller senare."
    )


def sqlite_durability(connection: Connection, _: Machine) -> Answer:
    mode, synchronous = _pragma(connection, "journal_mode"), SYNCHRONOUS[_pragma(connection, "synchronous")]
    told = f"journal_mode = {mode}, synchronous = {synchronous}."
    if (mode, synchronous) in DURABLE:
        return fine(f"{told} Det som är kvitterat finns på disk.")
    return fault(
        f"{told} Så kan kvitterade ändringar gå förlorade vid strömavbrott. Stäng andra program som har databasen "
        "öppen, lägg den på en lokal disk och kontrollera igen."
    )


def sqlite_contents(connection: Connection, _: Machine) -> Answer:
    damage = _damage(connection)
    if damage is None:
        return fine("Databasfilen är hel.")
    return fault(
        f"Databasfilen är skadad ({damage}). Sluta skriva i den, spara en kopia av filen och bygg upp den ur loggen: "
        "arende audit rebuild"
    )


def _damage(connection: Connection) -> str | None:
    try:
        found = connection.run("PRAGMA quick_check")[0]["quick_check"]
    except EnvironmentFaultError as error:
        return str(error.__cause__)
    return None if found == "ok" else str(found).strip().splitlines()[-1]


def sqlite_references(connection: Connection, _: Machine) -> Answer:
    if not (_pragma(connection, "foreign_keys") and _pragma(connection, "recursive_triggers")):
        return fault("SQLite följer inte referenser eller utlösare. Installera pysqlite3 och kontrollera igen.")
    if broken := connection.run("PRAGMA foreign_key_check"):
        tables = ", ".join(sorted({row["table"] for row in broken}))
        return fault(f"Rader i {tables} pekar på något som inte finns. Bygg upp databasen: arende audit rebuild")
    return fine("Referenser följs, och alla pekar på något som finns.")


def _pragma(connection: Connection, name: str) -> Any:
    return connection.run(f"PRAGMA {name}")[0][name]


# --- PostgreSQL -----------------------------------------------------------------------------------


def postgresql_version(connection: Connection, _: Machine) -> Answer:
    major = int(_server(connection)["server_version_num"]) // 10_000
    if major < OLDEST_POSTGRESQL:
        return fault(f"PostgreSQL {major} är för gammal. Uppgradera servern till {OLDEST_POSTGRESQL} eller senare.")
    return fine(f"PostgreSQL {major}.")


def postgresql_durability(connection: Connection, _: Machine) -> Answer:
    found = _server(connection)
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if found[name] == "off"]
    if off:
        return fault(
            f"{' och '.join(off)} är avslaget, så kvitterade ändringar kan gå förlorade vid strömavbrott. "
            "Slå på i postgresql.conf och läs in den igen."
        )
    return fine("fsync, full_page_writes och synchronous_commit är på: det som är kvitterat finns på disk.")


def postgresql_checksums(connection: Connection, _: Machine) -> Answer:
    if _server(connection).get("data_checksums") == "on":
        return fine("PostgreSQL upptäcker skadade sidor.")
    return warning(
        "PostgreSQL upptäcker inte sidor som har skadats på disken. Stoppa servern och kör: pg_checksums --enable"
    )


def postgresql_encoding(connection: Connection, _: Machine) -> Answer:
    encoding = _server(connection)["server_encoding"]
    if encoding != "UTF8":
        return fault(f"Databasen har teckenkodningen {encoding}. Skapa den på nytt med ENCODING 'UTF8'.")
    return fine("Teckenkodningen är UTF-8.")


def _server(connection: Connection) -> Mapping[str, str]:
    return {row["name"]: row["setting"] for row in connection.run(SETTINGS)}
