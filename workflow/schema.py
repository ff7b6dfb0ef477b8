"""Brings a database to this program's version, and its register to what config.toml says.

Imports SQLAlchemy and Alembic: only the command that upgrades imports this module.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import sqlalchemy
from alembic import command as alembic
from alembic.config import Config as AlembicConfig
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from states.records import LIFECYCLE_VERSION, update
from workflow import (
    audit_journal,
    config_differences,
    config_effects,
    database_roles,
    log_exporter,
    log_files,
    schema_version,
    statements,
    succession,
    tables,
)
from workflow.audit_journal import Command
from workflow.config import Settings
from workflow.config_differences import Moved
from workflow.connection import POSTGRESQL, SQLITE, Connection, connect, sqlite_driver
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError, VerificationFailedError, why
from workflow.migrations import MIGRATIONS, views_and_triggers
from workflow.schema_version import SCHEMA_VERSION
from workflow.sight import NOBODYS, Sight

DROPS = {
    SQLITE: (
        "SELECT 'DROP ' || type || ' \"' || name || '\"' AS statement FROM sqlite_master"
        " WHERE type IN ('view', 'trigger')"
    ),
    POSTGRESQL: (
        "SELECT format('DROP TRIGGER %I ON %I', t.tgname, c.relname) AS statement"
        " FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))"
        " UNION ALL SELECT format('DROP VIEW IF EXISTS %I CASCADE', viewname)"
        " FROM pg_catalog.pg_views WHERE schemaname = current_schema()"
    ),
}


class UpgradeReport(msgspec.Struct, frozen=True):
    """What an upgrade did."""

    before: str | None  # None: the database was empty
    after: str
    registered: tuple[str, ...]  # ids of bodies and members written to the register
    deadlines: int  # how many deadlines a new version or new settings have changed
    succeeded: int = 0  # how many open cases an heir of their body has taken over
    moved: tuple[Moved, ...] = ()  # deadlines that have another day than before
    moved_unnamed: int = 0


def upgrade(settings: Settings, command: Command, sight: Sight = NOBODYS) -> UpgradeReport:
    """Create or upgrade the database and register what is new in config.toml; nothing to do does nothing.

    Of secret cases, whoever it is, it is only told how many.
    """
    _refuse_to_forget(settings)
    _create_file(settings.database_url)
    connection = connect(settings.database_url, must_exist=False)
    try:
        before = _migrate(connection)
        log_exporter.require_agreement(connection, settings.log_directory)
        desk, was = Desk(connection, settings), config_differences.open_deadlines(connection)
        registered = _register(desk, command)
        _raise_lifecycle(connection, command)
        succeeded = _succeed(desk, command)
        deadlines = _recompute(desk, command)
        moved = config_differences.moved(connection, was, sight)
        return UpgradeReport(before, SCHEMA_VERSION, registered, deadlines, succeeded, *moved)
    finally:
        connection.close()


def _refuse_to_forget(settings: Settings) -> None:
    """Raise VerificationFailedError where a log is left and its SQLite database is not."""
    url = settings.database_url
    if not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists():
        return
    if log_files.segments(settings.log_directory):
        raise VerificationFailedError(
            f"Databasen finns inte, men dess logg gör det, i {settings.log_directory}. Bygg upp databasen ur den: "
            "arende audit rebuild, eller ur en säkerhetskopia: arende restore KATALOG"
        )


def create(url: str) -> Connection:
    """A new database of this program's version with nothing in it, and the connection to it."""
    _create_file(url)
    connection = connect(url, must_exist=False)
    try:
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def create_in_memory() -> Connection:
    """A database to read from, with the tables alone; one SQLite to a process, and gone with its connection."""
    connection = connect("sqlite:///:memory:", must_exist=False)
    connection.run("PRAGMA foreign_keys = OFF")
    with _plain_rows(connection):
        tables.Case.metadata.create_all(engine_over(connection))
    return connection


def _create_file(url: str) -> None:
    if not url.startswith("sqlite:///"):
        return
    path = Path(url.removeprefix("sqlite:///"))
    if not path.parent.is_dir():
        raise EnvironmentFaultError(
            f"Katalogen {path.parent} finns inte. Skapa den, eller rätta [database] url i config.toml."
        )
    try:
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Databasen {path} kan inte skapas ({why(error)}). Kontrollera att du får skriva i katalogen."
        ) from error


# --- the schema -----------------------------------------------------------------------------------


def _migrate(connection: Connection) -> str | None:
    """One transaction from the old schema to the new; the version there was."""
    with _alembics_view(connection) as view, _foreign_keys_off(connection), connection.writing():
        config_effects.wait_for_turn(connection)
        before = schema_version.stored(connection)
        if fault := schema_version.newer_fault(before):
            raise EnvironmentFaultError(fault)
        _drop_views_and_triggers(connection)
        _run_migrations(connection, view)
        _create_views_and_triggers(connection)
        database_roles.grant_anew(connection)
        _require_whole_references(connection)
    return before


def _run_migrations(connection: Connection, view: sqlalchemy.Connection) -> None:
    config = AlembicConfig(attributes={"connection": view})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    view.begin()  # never ended: the transaction is ours, and Alembic leaves alone what it did not begin
    try:
        with _plain_rows(connection):
            alembic.upgrade(config, SCHEMA_VERSION)
    except DBAPIError as error:
        first = str(error.orig).strip().splitlines()[0]
        raise EnvironmentFaultError(
            f"Uppgraderingen gick inte igenom: {first}. Databasen är som den var; kör arende doctor."
        ) from error


@contextmanager
def _alembics_view(connection: Connection) -> Iterator[sqlalchemy.Connection]:
    """The open connection as SQLAlchemy wants it. It must be made before our transaction begins."""
    with _plain_rows(connection):
        view = engine_over(connection).connect()
    try:
        yield view
    finally:
        view.close()


def engine_over(connection: Connection) -> sqlalchemy.Engine:
    """An engine that has this one connection and never opens, resets or closes another."""
    how = {"creator": lambda: connection.raw, "poolclass": StaticPool, "pool_reset_on_return": None}
    if connection.dialect == SQLITE:
        return sqlalchemy.create_engine("sqlite://", module=sqlite_driver(), **how)
    return sqlalchemy.create_engine("postgresql+psycopg://", **how)


@contextmanager
def _plain_rows(connection: Connection) -> Iterator[None]:
    """Rows as SQLAlchemy wants them: tuples."""
    ours = connection.raw.row_factory
    connection.raw.row_factory = None if connection.dialect == SQLITE else lambda _cursor: tuple
    try:
        yield
    finally:
        connection.raw.row_factory = ours


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, which its references would forbid or follow."""
    if connection.dialect != SQLITE:
        yield
        return
    connection.run("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.run("PRAGMA foreign_keys = ON")


def _drop_views_and_triggers(connection: Connection) -> None:
    for row in connection.run(DROPS[connection.dialect]):
        connection.run(row["statement"])


def _create_views_and_triggers(connection: Connection) -> None:
    for statement in views_and_triggers(connection.dialect):
        connection.run(statement)


def _require_whole_references(connection: Connection) -> None:
    if connection.dialect == SQLITE and (broken := connection.run("PRAGMA foreign_key_check")):
        tables = ", ".join(sorted({row["table"] for row in broken}))
        raise EnvironmentFaultError(
            f"Uppgraderingen avbröts: rader i {tables} pekar på något som inte finns. Databasen är som den var; "
            "kör arende doctor."
        )


# --- the register ---------------------------------------------------------------------------------


def _register(desk: Desk, command: Command) -> tuple[str, ...]:
    """Write what config.toml says of bodies and members as one record, if it says anything new."""
    with desk.connection.writing():
        config_effects.wait_for_turn(desk.connection)
        draft = config_effects.draft(desk.connection, "system.bodies_registered")
        if config_effects.register(desk, draft) or draft.version == 1:
            audit_journal.seal(desk.connection, command, draft)
    return tuple(change.row["id"] for change in draft.changes)


# --- the lifecycle --------------------------------------------------------------------------------


def _raise_lifecycle(connection: Connection, command: Command) -> None:
    """Bring the open cases to this program's lifecycle: every version so far only adds to what is allowed."""
    while True:
        with connection.writing():
            config_effects.wait_for_turn(connection)
            older = connection.run(statements.OLDER_LIFECYCLE, lifecycle=LIFECYCLE_VERSION)
            if not older:
                return
            draft = config_effects.draft(connection, "system.lifecycle_raised")
            draft.changes += [update("cases", id=row["id"], lifecycle=LIFECYCLE_VERSION) for row in older]
            audit_journal.write_changes(connection, draft.changes)
            audit_journal.seal(connection, config_effects.again(command), draft)


# --- bodies that have ended -----------------------------------------------------------------------


def _succeed(desk: Desk, command: Command) -> int:
    """Let the heirs of bodies that have ended take over what is open; in how many cases they did."""
    cases = succession.at_ended_bodies(desk, command)
    batches = config_effects.batches(cases)
    return sum(succession.take_over(desk, config_effects.again(command), tuple(batch)) for batch in batches)


# --- deadlines ------------------------------------------------------------------------------------


def _recompute(desk: Desk, command: Command) -> int:
    """Make every open deadline what the law and the settings say now; how many were not.

    Otherwise a new rule, or another of the municipality's own times, would never reach those that nobody touches.
    """
    cases = [row["id"] for row in desk.connection.run(statements.ALL_CASES)]
    meetings = [row["id"] for row in desk.connection.run(statements.ALL_MEETINGS)]
    changed = 0
    for ids, changes_of in ((meetings, config_effects.of_meeting), (cases, config_effects.of_case)):
        for batch in config_effects.batches(ids):
            with desk.connection.writing():
                config_effects.wait_for_turn(desk.connection)
                changed += config_effects.recompute_some(desk, command, batch, changes_of)
    return changed
