"""Do the program and the database fit each other? Asked at every start, so nothing heavy is imported here."""

from states.records import LIFECYCLE_VERSION
from workflow import statements
from workflow.connection import POSTGRESQL, SQLITE, Connection
from workflow.errors import EnvironmentFaultError

SCHEMA_VERSION = "0008"
"""The newest migration in `migrations/versions/`."""
UPGRADE_PROGRAM = "Installera den nyare versionen av programmet."

# Asked of the catalogue: on PostgreSQL a failed SELECT would break the transaction it stands in.
FIND_VERSION_TABLE = {
    SQLITE: "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'",
    POSTGRESQL: (
        "SELECT 1 AS found FROM pg_catalog.pg_tables"
        " WHERE schemaname = current_schema() AND tablename = 'alembic_version'"
    ),
}


def require_current(connection: Connection) -> None:
    """Raises EnvironmentFaultError, saying what to do, unless the program can work with the database."""
    fault = schema_fault(stored(connection)) or lifecycle_fault(connection)
    if fault:
        raise EnvironmentFaultError(fault)


def stored(connection: Connection) -> str | None:
    """The database's version; None while it is empty."""
    if not connection.run(FIND_VERSION_TABLE[connection.dialect]):
        return None
    rows = connection.run(statements.SCHEMA_VERSION)
    return str(rows[0]["version_num"]) if rows else None


def schema_fault(version: str | None) -> str | None:
    """What is wrong with a stored version, in Swedish."""
    if version is None:
        return "Databasen är tom. Kör: arende database upgrade"
    if version < SCHEMA_VERSION:
        return (
            f"Databasen har version {version} och programmet behöver {SCHEMA_VERSION}. "
            "Ta en kopia av databasen och kör: arende database upgrade"
        )
    return newer_fault(version)


def newer_fault(version: str | None) -> str | None:
    """What is wrong when another, newer program has upgraded the database."""
    if version is None or version <= SCHEMA_VERSION:
        return None
    return f"Databasen har version {version}, men programmet är äldre och kan bara {SCHEMA_VERSION}. {UPGRADE_PROGRAM}"


def lifecycle_fault(connection: Connection) -> str | None:
    """What is wrong when live cases follow a lifecycle this program does not know."""
    found = connection.run(statements.STRANDED_CASES, lifecycle=LIFECYCLE_VERSION)[0]
    if not found["cases"]:
        return None
    versions = " och ".join(str(version) for version in sorted({found["oldest"], found["newest"]}))
    remedy = UPGRADE_PROGRAM if found["newest"] > LIFECYCLE_VERSION else "Kör: arende database upgrade"
    return (
        f"Det finns pågående ärenden ({found['cases']} st.) som följer livscykelns version {versions}, "
        f"men programmet följer version {LIFECYCLE_VERSION}. {remedy}"
    )
