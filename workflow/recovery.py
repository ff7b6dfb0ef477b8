"""The database made anew, from its own log or from a backup, and put in place of the old one.

Nothing is thrown away: the old database is set aside under another name. What was done is itself a record.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from workflow import (
    audit_journal,
    backup,
    durable_files,
    log_exporter,
    log_files,
    log_rebuild,
    register_sync,
    reminder_store,
    schema,
    schema_version,
    statements,
)
from workflow.audit_journal import Command, Draft
from workflow.config import Settings
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import ArendeError, EnvironmentFaultError, UsageError, VerificationFailedError, why
from workflow.reminder_store import Moment

COMPANIONS = ("-wal", "-shm", "-journal")
"""Files that belong to a SQLite database in use."""


class Recovered(msgspec.Struct, frozen=True):
    """What a rebuild or a restore did."""

    lines: int
    head: str
    aside: str | None  # where the old database is; None where there was none
    unsure_from: str | None = None  # reminders from this day on may have been sent without the log knowing
    held_back: int = 0  # how many of those there were


def rebuild(settings: Settings, command: Command, progress: Callable[[int], None] | None = None) -> Recovered:
    """Build the database anew from the log's files, and put it in place of the old one."""
    _export_the_rest(settings)
    return _replaced(settings, command, {"from": "log"}, None, progress)


def rebuild_into(settings: Settings, url: str, progress: Callable[[int], None] | None = None) -> Recovered:
    """Build a new database from the log's files, to the last row as the log tells it, and leave the old one alone."""
    if url.startswith("sqlite:///") and Path(url.removeprefix("sqlite:///")).exists():
        raise UsageError(f"{url.removeprefix('sqlite:///')} finns redan. Ange en fil som inte finns.")
    if not url.startswith("sqlite:///"):
        _require_empty(url)
    connection = schema.create(url)
    try:
        done = log_rebuild.rebuild(settings.log_directory, connection, progress)
    finally:
        connection.close()
    return Recovered(done.lines, done.head, None)


def restore(
    settings: Settings, command: Command, copy: Path, progress: Callable[[int], None] | None = None
) -> Recovered:
    """Build the database anew from a backup and whatever the log's own files know beyond it.

    Where those are lost, what was done after the backup is lost too; reminders that may have been sent since are
    not sent again. Raises VerificationFailedError when the log's files are damaged or have another history.
    """
    manifest = backup.read(copy)
    _export_the_rest(settings)
    goes_on = _bring_back(settings.log_directory, copy, manifest)
    since = None if goes_on else manifest.made_at[:10]
    told = {"from": "backup", "made_at": manifest.made_at, "log_index": manifest.log_index}
    return _replaced(settings, command, told, since, progress)


# --- the log's files --------------------------------------------------------------------------------


def _bring_back(directory: Path, copy: Path, manifest: backup.Manifest) -> bool:
    """See to it that the log's files hold all of the backup; True when they held it, and perhaps more, already."""
    if log_files.segments(directory):
        report = log_rebuild.require_whole(directory)
        if report.lines >= manifest.log_index:
            _require_same_history(directory, manifest.log_index, manifest.sha256, copy)
            return True
        _require_same_history(copy, report.lines, report.head, directory)
    try:
        _copy_missing(copy, directory)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Loggens filer kunde inte läsas tillbaka till {directory} ({why(error)}). Åtgärda det och kör igen."
        ) from error
    return False


def _require_same_history(directory: Path, log_index: int, sha256: str, other: Path) -> None:
    line = next((line for line in log_rebuild.lines_of(directory) if log_files.index_of(line.raw) == log_index), None)
    if line is None or audit_journal.sha256(line.raw) != sha256:
        raise VerificationFailedError(
            f"Loggen i {directory} och den i {other} har olika historia: rad {log_index} är inte densamma. Inget har "
            "ändrats. Ta en annan säkerhetskopia, eller flytta undan loggens filer om det är kopian som gäller."
        )


def _copy_missing(copy: Path, directory: Path) -> None:
    """Copy the texts, then the segments that are missing or shorter, each whole or not at all."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in (*sorted((copy / log_files.PAYLOADS).rglob("*.json")), *log_files.segments(copy)):
        target = directory / file.relative_to(copy)
        if not target.exists() or target.stat().st_size < file.stat().st_size:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable_files.copy(file, target)


# --- the database -----------------------------------------------------------------------------------


def _replaced(
    settings: Settings,
    command: Command,
    told: dict[str, object],
    unsure_from: str | None,
    progress: Callable[[int], None] | None,
) -> Recovered:
    with _place_for_a_new_one(settings) as place:
        connection = schema.create(place.url)
        try:
            done = log_rebuild.rebuild(settings.log_directory, connection, progress)
            desk = Desk(connection, settings)
            held_back = _hold_back(desk, command, unsure_from)
            data = {**told, "lines": done.lines, **({"unsure_from": unsure_from} if unsure_from else {})}
            _note(desk, command, data)
        finally:
            connection.close()
        aside = place.take()
    _export_the_rest(settings)
    return Recovered(done.lines, done.head, aside, unsure_from, held_back)


def _note(desk: Desk, command: Command, data: dict[str, object]) -> None:
    with desk.connection.writing():
        head = desk.connection.run(statements.HEAD, stream=register_sync.STREAM)
        version = head[0]["seq"] + 1 if head else 1
        audit_journal.seal(desk.connection, command, Draft(register_sync.STREAM, "system.restored", version, data))


def _hold_back(desk: Desk, command: Command, unsure_from: str | None) -> int:
    """Close the reminders that may have been sent already; the daemon does so with those not yet planned."""
    if unsure_from is None:
        return 0
    return reminder_store.skip_planned(desk, Moment(command.on, command.recorded_at))


class _Place(msgspec.Struct):
    """Where a new database is built, and how it takes the old one's place; PostgreSQL's is built where it stays."""

    url: str
    take: Callable[[], str | None]


@contextmanager
def _place_for_a_new_one(settings: Settings) -> Iterator[_Place]:
    url = settings.database_url
    if not url.startswith("sqlite:///"):
        _require_empty(url)
        yield _Place(url, lambda: None)
        return
    path = Path(url.removeprefix("sqlite:///"))
    try:
        with _nobody_writing(path):
            new = path.with_name(f"{path.name}.ny")
            for end in ("", *COMPANIONS):
                Path(f"{new}{end}").unlink(missing_ok=True)
            yield _Place(f"sqlite:///{new}", lambda: _swap(path, new))
            Path(f"{new}.lock").unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Den nya databasen kunde inte läggas på plats ({why(error)}). Åtgärda det och kör igen."
        ) from error


def _require_empty(url: str) -> None:
    connection = connect(url)
    try:
        stored = schema_version.stored(connection)
        if stored is not None and (stored != schema_version.SCHEMA_VERSION or connection.run(statements.ANY_RECORD)):
            raise UsageError(
                "På PostgreSQL byggs databasen upp i en tom: skapa en ny databas eller ett nytt schema, ange det i "
                "[database] url i config.toml och kör igen. Den gamla lämnas orörd."
            )
    finally:
        connection.close()


def _export_the_rest(settings: Settings) -> None:
    """Let the log have what it can: a database that is damaged, or has gone its own way, has nothing to add."""
    if settings.log_directory.is_dir():
        log_exporter.mend_tail(settings.log_directory)
    try:
        connection = connect(settings.database_url)
    except ArendeError:
        return
    try:
        log_exporter.export(connection, settings.log_directory)
    except ArendeError:
        return
    finally:
        connection.close()


@contextmanager
def _nobody_writing(path: Path) -> Iterator[None]:
    """Hold the gate that every writer on this host passes through."""
    gate = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _swap(path: Path, new: Path) -> str | None:
    """Set the old database aside and put the new one in its place; where the old one is."""
    aside = _free_name(path) if path.exists() else None
    if aside:
        for end in COMPANIONS:
            if Path(f"{path}{end}").exists():
                Path(f"{path}{end}").rename(f"{aside}{end}")
        os.link(path, aside)
    new.replace(path)
    durable_files.sync(path.parent)
    return str(aside) if aside else None


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.undanlagd-{number}")).exists():
        number += 1
    return aside
