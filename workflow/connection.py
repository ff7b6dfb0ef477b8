"""The one way to the database: SQLite or PostgreSQL behind the same few calls.

SQL is text with `:name` parameters in the subset both understand; rows come back as dicts. Dates
travel as ISO strings on both. A transaction that will write takes its lock when it begins, since a
lock taken at the first write loses updates without an error.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from workflow import held_files
from workflow.errors import ChangedMeanwhileError, EnvironmentFaultError, OutcomeUnknownError, why

Row = dict[str, Any]
SQLITE, POSTGRESQL = "sqlite", "postgresql"
BUSY_SECONDS = 30
CONNECT_SECONDS = 10


class Connection(Protocol):
    """An open connection to either database."""

    dialect: str
    only_read: str
    """Why the database can only be read and what to do, in Swedish; empty when it can be changed."""
    cleared: str
    """Whose secret cases can be seen: `EVERYTHING`, or `seen_by` of some bodies; empty: none. Set where one enters."""

    def run(self, sql: str, **params: object) -> list[Row]:
        """Run one statement; the rows it returns (none for a plain write). `:cleared` is the connection's own."""

    def each(self, sql: str) -> Iterator[Row]:
        """The rows of one query, however many; to be called while `reading`."""

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

EVERYTHING = "*"
"""Cleared for every secret case."""


def seen_by(bodies: Iterable[str]) -> str:
    """Bodies as one text that SQL looks a code up in, with a line break on either side of each."""
    return "".join(f"\n{code}\n" for code in bodies)


def _with_clearance(connection: Connection, sql: str, params: Mapping[str, object]) -> Mapping[str, object]:
    return {**params, "cleared": connection.cleared} if ":cleared" in sql else params


def connect(url: str, *, must_exist: bool = True, has_turn: bool = False) -> Connection:
    """Open `sqlite:///path` or `postgresql://…`. Raises EnvironmentFaultError with what to do.

    Whoever holds the file lock that SQLite's writers wait on says so with `has_turn`.
    """
    if url.startswith("sqlite:///"):
        return SqliteConnection(Path(url.removeprefix("sqlite:///")), must_exist=must_exist, has_turn=has_turn)
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
    cleared = ""

    def __init__(self, path: Path, *, must_exist: bool, has_turn: bool = False) -> None:
        if must_exist:
            _require(path)
        self._driver = sqlite_driver()
        # What a damaged file makes of a name or a text need not be UTF-8.
        self._faults = (self._driver.Error, UnicodeDecodeError)
        self._path, self._has_turn = path, has_turn
        self._gate: int | None = None
        self._file = _file_at(path)
        self.only_read = _only_read(path)
        addresses = _addresses_to_read(path) if self.only_read else [str(path)]
        for address in addresses:
            try:
                self._open(address)
                self._held = held_files.hold(path)
                return
            except self._faults as error:
                fault = error
        raise EnvironmentFaultError(_cannot_open(path, fault, self.only_read)) from fault

    def _open(self, address: str) -> None:
        self.raw = self._driver.connect(
            address,
            isolation_level=None,
            timeout=BUSY_SECONDS,
            check_same_thread=False,
            uri=bool(self.only_read),
        )
        try:
            self._settle()
        except BaseException:
            self.raw.close()
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
        if mode != wanted and not self.only_read:
            self.raw.execute(f"PRAGMA journal_mode = {wanted}")
        # EXTRA also makes the unlink of a rollback journal durable.
        self.raw.execute(f"PRAGMA synchronous = {'FULL' if safe else 'EXTRA'}")
        # REPLACE passes by delete triggers unless triggers are recursive.
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "cell_size_check = ON"):
            self.raw.execute(f"PRAGMA {pragma}")

    def run(self, sql: str, **params: object) -> list[Row]:
        return self._execute(sql, _with_clearance(self, sql, params), fetch=True)  # type: ignore[no-any-return]

    def each(self, sql: str) -> Iterator[Row]:
        try:
            yield from self.raw.execute(sql)
        except self._faults as error:
            raise EnvironmentFaultError(_failed(error)) from error

    def count(self, sql: str, **params: object) -> int:
        return int(self._execute(sql, params).rowcount)

    def _execute(self, sql: str, params: Mapping[str, object], *, fetch: bool = False) -> Any:
        try:
            cursor = self.raw.execute(sql, params)
            return cursor.fetchall() if fetch else cursor  # SQLite reads, and fails, while it is fetched from
        except self._driver.IntegrityError as error:
            raise ChangedMeanwhileError(_clash(error)) from error
        except self._faults as error:
            raise EnvironmentFaultError(_failed(error)) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        if self.only_read:
            raise EnvironmentFaultError(f"Databasen {self._path} går bara att läsa: {self.only_read}.")
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
        if self._has_turn:
            yield
            return
        gate = self._its_turn()
        try:
            if self._file is not None and _file_at(self._path) != self._file:
                raise ChangedMeanwhileError(
                    "Databasen byttes ut medan kommandot väntade på sin tur. Inget skrevs; försök igen."
                )
            yield
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)

    def _its_turn(self) -> int:
        """The locked file."""
        name = f"{self._path}.lock"
        try:
            if self._gate is None:
                self._gate = os.open(name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._gate, fcntl.LOCK_EX)
        except OSError as error:
            raise EnvironmentFaultError(
                f"Databasens lås {name} går inte att ta ({why(error)}). Kör arende doctor."
            ) from error
        return self._gate

    def _commit(self) -> None:
        try:
            self.raw.execute("COMMIT")
        except self._faults as error:
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
        held_files.let_go(self._held)
        if self._gate is not None:
            os.close(self._gate)
            self._gate = None


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path; None for none."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise EnvironmentFaultError(f"Databasen {path} kan inte nås ({why(error)}). Kör arende doctor.") from error
    return found.st_dev, found.st_ino


def _require(path: Path) -> None:
    """Raise EnvironmentFaultError unless there is a database, and we may know that there is."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise EnvironmentFaultError(f"Databasen {path} finns inte. Skapa den med: arende database upgrade") from error
    except OSError as error:
        raise EnvironmentFaultError(
            f"Databasen {path} går inte att nå ({why(error)}). Kör som den som äger den, eller rätta [database] url "
            "i config.toml."
        ) from error


def _only_read(path: Path) -> str:
    """Why a database there is can only be read, and what to do; empty when it can be changed."""
    real = path.resolve()
    if not os.path.lexists(real) or all(os.access(part, os.W_OK, effective_ids=True) for part in (real, real.parent)):
        return ""
    if os.statvfs(real).f_flag & os.ST_RDONLY:
        return "filsystemet är skrivskyddat; montera det skrivbart"
    return f"du får inte skriva där; kör som den som äger den: sudo -u {_owner(real)} arende"


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return f"'#{path.stat().st_uid}'"


def _addresses_to_read(path: Path) -> list[str]:
    """How a database is opened without being changed; where one does not go, the next may.

    In WAL mode SQLite must find or make -wal and -shm, unless told that nobody can be writing. That is only
    so on a read-only file system, and it would not see what a killed writer left behind.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    left = [Path(f"{path.resolve()}{end}") for end in ("-wal", "-journal")]
    sealed = os.statvfs(path).f_flag & os.ST_RDONLY and not any(file.exists() and file.stat().st_size for file in left)
    return [address, f"{address}&immutable=1"] if sealed else [address]


# --- PostgreSQL -----------------------------------------------------------------------------------

FORBIDDEN = "42501"
"""PostgreSQL's code for what its user has no right to do."""

NAMED = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


class PostgresConnection:
    """One PostgreSQL connection that reads and writes dates as ISO text, like SQLite."""

    dialect = POSTGRESQL
    only_read = ""
    cleared = ""

    def __init__(self, url: str) -> None:
        # psycopg costs fifteen bare interpreter starts; a municipality on SQLite never pays it.
        import psycopg
        from psycopg.rows import dict_row
        from psycopg.types.string import TextLoader

        self._driver = psycopg
        try:
            self.raw = psycopg.connect(url, autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_SECONDS)
        except psycopg.ProgrammingError:
            # What it says may quote the address, with its password.
            raise EnvironmentFaultError(
                "Databasens adress går inte att tolka. Den ska se ut som postgresql://användare@dator/databas; rätta "
                "[database] url i config.toml eller ARENDE_DATABASE_URL."
            ) from None
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
        cursor = self._execute(sql, _with_clearance(self, sql, params))
        return cursor.fetchall() if cursor.description else []

    def each(self, sql: str) -> Iterator[Row]:
        try:
            with self.raw.cursor("each") as cursor:
                cursor.itersize = 1000
                yield from cursor.execute(sql)
        except self._driver.Error as error:
            raise EnvironmentFaultError(_failed(error)) from error

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
        # Whoever compares or copies a whole database may be busy elsewhere in between.
        self._execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0;"
            "SET LOCAL idle_in_transaction_session_timeout = '1h'",
            {},
        )
        try:
            yield
        finally:
            self._rollback()

    def close(self) -> None:
        self.raw.close()


# --- what the user is told ------------------------------------------------------------------------


def _cannot_open(path: Path, error: Exception, only_read: str) -> str:
    if only_read:
        return f"Databasen {path} kan inte öppnas ({error}): {only_read}."
    return (
        f"Databasen {path} kan inte öppnas ({error}). Kontrollera att katalogen finns, att du får "
        "skriva där och att filen är en hel databas; annars läs tillbaka en säkerhetskopia."
    )


_DAMAGED = "Databasfilen är skadad. Kör arende doctor, som säger vad som är fel, eller läs tillbaka en säkerhetskopia."
_SQLITE_SAYS = {
    "database is locked": "Databasen är upptagen av ett annat program. Vänta tills det är klart och försök igen.",
    "database disk image is malformed": _DAMAGED,
    "file is not a database": _DAMAGED,
}


def _failed(error: Exception) -> str:
    first = str(error).strip().splitlines()[0]
    if getattr(error, "sqlstate", None) == FORBIDDEN:
        return (
            f"Databasens användare får inte göra det ({first}). Kontrollera vilken användare som står "
            "i [database] url eller ARENDE_DATABASE_URL, och att den har en av rollerna ur arende database "
            "create-roles."
        )
    if first in _SQLITE_SAYS:
        return _SQLITE_SAYS[first]
    return f"Databasen svarade med ett fel: {first}. Kör arende doctor."


def _clash(error: Exception) -> str:
    return (
        "Någon annan hann före med samma nummer eller samma post. Se läget med arende show och försök igen. "
        f"({type(error).__name__})"
    )
