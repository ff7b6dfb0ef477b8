"""The one way to the database: SQLite or PostgreSQL behind the same few calls.

SQL is text with `:name` parameters in the subset both understand; rows come back as dicts. Dates
travel as ISO strings on both. A transaction that will write takes its lock when it begins, since a
lock taken at the first write loses updates without an error.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from workflow.errors import ChangedMeanwhileError, EnvironmentFaultError, OutcomeUnknownError

Row = dict[str, Any]
SQLITE, POSTGRESQL = "sqlite", "postgresql"
BUSY_SECONDS = 30


class Connection(Protocol):
    """An open connection to either database."""

    dialect: str

    def run(self, sql: str, **params: object) -> list[Row]:
        """Run one statement; the rows it returns (none for a plain write)."""

    def count(self, sql: str, **params: object) -> int:
        """Run one write; how many rows it touched."""

    def writing(self) -> "AbstractTransaction":
        """A transaction that may write: committed on leaving, rolled back on an exception."""

    def reading(self) -> "AbstractTransaction":
        """One consistent snapshot to read from."""

    def close(self) -> None: ...

    @property
    def raw(self) -> Any:
        """The driver's own connection, for migrations and the benchmarks' limit."""


AbstractTransaction = Any  # a context manager that yields nothing


def connect(url: str, *, must_exist: bool = True) -> Connection:
    """Open `sqlite:///path` or `postgresql://…`. Raises EnvironmentFaultError with what to do."""
    if url.startswith("sqlite:///"):
        return SqliteConnection(Path(url.removeprefix("sqlite:///")), must_exist=must_exist)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresConnection(url)
    raise EnvironmentFaultError(
        "Databasens adress i config.toml ska börja med sqlite:/// eller postgresql://. Rätta [database] url."
    )


# --- SQLite ---------------------------------------------------------------------------------------


def sqlite_driver() -> Any:
    """pysqlite3 where its wheel exists (a newer library), else the standard library's; never both."""
    try:
        import pysqlite3.dbapi2 as driver
    except ImportError:
        import sqlite3 as driver
    return driver


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """True for a library without the WAL-reset bug (fixed in 3.51.3, back-ported to 3.50.7 and 3.44.6)."""
    return version >= (3, 51, 3) or (version[:2] in ((3, 50), (3, 44)) and version[2] >= {50: 7, 44: 6}[version[1]])


class SqliteConnection:
    """One SQLite connection with its durability spelled out."""

    dialect = SQLITE

    def __init__(self, path: Path, *, must_exist: bool) -> None:
        if must_exist and not path.exists():
            raise EnvironmentFaultError(f"Databasen {path} finns inte. Skapa den med: arende database upgrade")
        self._driver = sqlite_driver()
        self._path = path
        self._gate: int | None = None
        try:
            self.raw = self._driver.connect(
                str(path), isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
            )
        except self._driver.Error as error:
            raise EnvironmentFaultError(_cannot_open(path, error)) from error
        try:
            self._settle()
        except BaseException as error:
            self.raw.close()
            if isinstance(error, self._driver.Error):
                raise EnvironmentFaultError(_cannot_open(path, error)) from error
            raise

    def _settle(self) -> None:
        self.raw.row_factory = lambda cursor, row: {
            column[0]: value for column, value in zip(cursor.description, row, strict=True)
        }
        safe = wal_is_safe(self._driver.sqlite_version_info)
        mode = self.raw.execute("PRAGMA journal_mode").fetchone()["journal_mode"]
        if not safe and mode == "wal":
            raise EnvironmentFaultError(
                f"{self._path} är i WAL-läge, men SQLite {self._driver.sqlite_version} har ett fel som kan skada "
                "den. Installera pysqlite3 eller SQLite 3.51.3 eller senare."
            )
        wanted = "wal" if safe else "delete"
        if mode != wanted:
            self.raw.execute(f"PRAGMA journal_mode = {wanted}")
        # EXTRA also makes the unlink of a rollback journal durable.
        self.raw.execute(f"PRAGMA synchronous = {'FULL' if safe else 'EXTRA'}")
        # REPLACE passes by delete triggers unless triggers are recursive.
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "cell_size_check = ON"):
            self.raw.execute(f"PRAGMA {pragma}")

    def run(self, sql: str, **params: object) -> list[Row]:
        return self._execute(sql, params, fetch=True)  # type: ignore[no-any-return]

    def count(self, sql: str, **params: object) -> int:
        return int(self._execute(sql, params).rowcount)

    def _execute(self, sql: str, params: Mapping[str, object], *, fetch: bool = False) -> Any:
        try:
            cursor = self.raw.execute(sql, params)
            return cursor.fetchall() if fetch else cursor  # SQLite reads, and fails, while it is fetched from
        except self._driver.IntegrityError as error:
            raise ChangedMeanwhileError(_clash(error)) from error
        except self._driver.Error as error:
            raise EnvironmentFaultError(_failed(error)) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._queue():
            self._execute("BEGIN IMMEDIATE", {})
            try:
                yield
            except BaseException:
                self._rollback()
                raise
            self._commit()

    @contextmanager
    def _queue(self) -> Iterator[None]:
        """Writers wait their turn on a file lock: SQLite's own busy handler starves them."""
        if self._gate is None:
            self._gate = os.open(f"{self._path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)

    def _commit(self) -> None:
        try:
            self.raw.execute("COMMIT")
        except self._driver.Error as error:
            self._rollback()
            raise OutcomeUnknownError(_failed(error)) from error

    def _rollback(self) -> None:
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[None]:
        self._execute("BEGIN", {})
        try:
            yield
        finally:
            self._rollback()

    def close(self) -> None:
        self.raw.close()
        if self._gate is not None:
            os.close(self._gate)
            self._gate = None


# --- PostgreSQL -----------------------------------------------------------------------------------

NAMED = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


class PostgresConnection:
    """One PostgreSQL connection that reads and writes dates as ISO text, like SQLite."""

    dialect = POSTGRESQL

    def __init__(self, url: str) -> None:
        # psycopg costs fifteen bare interpreter starts; a municipality on SQLite never pays it.
        import psycopg
        from psycopg.rows import dict_row
        from psycopg.types.string import TextLoader

        self._driver = psycopg
        try:
            self.raw = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        except psycopg.Error as error:
            raise EnvironmentFaultError(
                f"Databasen svarar inte: {str(error).strip().splitlines()[0]}. Kontrollera [database] url i "
                "config.toml och att PostgreSQL är igång."
            ) from error
        self.raw.adapters.register_loader("date", TextLoader)
        self.raw.execute(
            "SET lock_timeout = '30s'; SET statement_timeout = '60s';"
            "SET idle_in_transaction_session_timeout = '10s'; SET DateStyle = 'ISO'"
        )

    def run(self, sql: str, **params: object) -> list[Row]:
        cursor = self._execute(sql, params)
        return cursor.fetchall() if cursor.description else []

    def count(self, sql: str, **params: object) -> int:
        return int(self._execute(sql, params).rowcount)

    def _execute(self, sql: str, params: Mapping[str, object]) -> Any:
        try:
            return self.raw.execute(NAMED.sub(r"%(\1)s", sql), params or None)
        except self._driver.IntegrityError as error:
            raise ChangedMeanwhileError(_clash(error)) from error
        except self._driver.Error as error:
            raise EnvironmentFaultError(_failed(error)) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._execute("BEGIN", {})
        try:
            yield
        except BaseException:
            self._rollback()
            raise
        try:
            self.raw.execute("COMMIT")
        except self._driver.Error as error:
            raise OutcomeUnknownError(_failed(error)) from error

    def _rollback(self) -> None:
        # A broken connection has been rolled back by the server already.
        if not self.raw.closed:
            self.raw.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[None]:
        self._execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {})
        try:
            yield
        finally:
            self._rollback()

    def close(self) -> None:
        self.raw.close()


# --- what the user is told ------------------------------------------------------------------------


def _cannot_open(path: Path, error: Exception) -> str:
    return (
        f"Databasen {path} kan inte öppnas ({error}). Kontrollera att katalogen finns, att du får "
        "skriva där och att filen är en hel databas; annars läs tillbaka en säkerhetskopia."
    )


def _failed(error: Exception) -> str:
    first = str(error).strip().splitlines()[0]
    return f"Databasen svarade med ett fel: {first}. Inget har ändrats; kör arende database check."


def _clash(error: Exception) -> str:
    return (
        "Någon annan hann före med samma nummer eller samma post. Se läget med arende show och försök igen. "
        f"({type(error).__name__})"
    )
