"""The database made anew, from its own log or from a backup, and put in place of the old one.

Nothing is thrown away: the old database is set aside under another name. What was done is itself a record. All the
while nobody else writes, in the log or in the database: what was acknowledged before is in what is made.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from workflow import (
    audit_journal,
    backup,
    document_standing,
    document_store,
    documentwork,
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
from workflow.document_store import Kept
from workflow.errors import (
    ArendeError,
    EnvironmentFaultError,
    NotFoundError,
    UsageError,
    VerificationFailedError,
    why,
)
from workflow.reminder_store import Moment

COMPANIONS = ("-wal", "-shm", "-journal")
"""Files that belong to a SQLite database in use."""

Progress = Callable[[int], None] | None


class Recovered(msgspec.Struct, frozen=True):
    """What a rebuild or a restore did."""

    lines: int
    head: str
    aside: str | None  # where the old database is; None where there was none
    unsure_from: str | None = None  # what was done from this day on may be missing, reminders that were sent too
    held_back: int = 0  # how many reminders on their way are not sent, since they may have been
    documents_brought: int = 0
    documents_lacking: int = 0  # that the log tells of and that are missing or changed


def rebuild(settings: Settings, command: Command, progress: Progress = None) -> Recovered:
    """Build the database anew from the log's files, and put it in place of the old one."""
    with _undisturbed(settings):
        _export_the_rest(settings)
        if not log_files.segments(settings.log_directory):
            raise NotFoundError(
                f"Det finns ingen logg i {settings.log_directory} att bygga ur. Finns databasen kvar skrivs loggen på "
                "nytt med arende audit export; annars läs tillbaka en säkerhetskopia med arende restore KATALOG"
            )
        done = _replace(settings, command, {"from": "log"}, None, progress)
    return _with_documents(settings, done, 0)


def rebuild_into(settings: Settings, url: str, progress: Progress = None) -> Recovered:
    """Build a new database from the log's files, to the last row as the log tells it, and leave the old one alone."""
    log_rebuild.require_whole(settings.log_directory)
    file = _new_file(url)
    try:
        with closing(schema.create(url)) as connection:
            done = log_rebuild.rebuild(settings.log_directory, connection, progress)
    except BaseException:
        _remove(file)
        raise
    return Recovered(done.lines, done.head, None)


def restore(settings: Settings, command: Command, copy: Path, progress: Progress = None) -> Recovered:
    """Build the database anew from a backup and whatever the log's own files know beyond it.

    Where those are lost, what was done after the backup is lost too; reminders that may have been sent since are
    not sent again. Raises VerificationFailedError when the log's files are damaged or have another history.
    """
    manifest = backup.read(copy)
    with _undisturbed(settings):
        _export_the_rest(settings)
        goes_on = _bring_back(settings.log_directory, copy, manifest)
        brought = _bring_documents(settings.document_directory, copy / backup.DOCUMENTS)
        since = None if goes_on else manifest.made_at[:10]
        told = {"from": "backup", "made_at": manifest.made_at, "log_index": manifest.log_index}
        done = _replace(settings, command, told, since, progress)
    return _with_documents(settings, done, brought)


@contextmanager
def _undisturbed(settings: Settings) -> Iterator[None]:
    """Alone in the log and in the database, in the order in which everybody else takes them."""
    try:
        with log_exporter.alone(settings.log_directory), _nobody_writing(_file_of(settings.database_url)):
            yield
    except OSError as error:
        place = error.filename or settings.log_directory
        raise EnvironmentFaultError(
            f"{place} kan inte läsas eller skrivas ({why(error)}). Åtgärda det och kör igen."
        ) from error


@contextmanager
def _nobody_writing(file: Path | None) -> Iterator[None]:
    """Hold the gate that every writer of a SQLite database on this host passes through."""
    if file is None:
        yield
        return
    gate = os.open(f"{file}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _file_of(url: str) -> Path | None:
    """SQLite's own file, wherever links lead; None for PostgreSQL."""
    return Path(url.removeprefix("sqlite:///")).resolve() if url.startswith("sqlite:///") else None


def _export_the_rest(settings: Settings) -> None:
    """Let the log have what was committed and not yet written.

    A database that is damaged, or has gone its own way, has nothing to add. Raises VerificationFailedError when the
    log is another installation's.
    """
    log_exporter.mend_tail(settings.log_directory)
    file = _file_of(settings.database_url)
    if file is None or not file.exists():
        return
    with suppress(EnvironmentFaultError), closing(connect(settings.database_url, has_turn=True)) as old:
        if log_exporter.is_anothers(old, settings.log_directory):
            line = log_files.last_line(settings.log_directory) or b""
            raise VerificationFailedError(log_exporter.disagreement(old, settings.log_directory, line) or "")
        with suppress(ArendeError):
            log_exporter.export_alone(old, settings.log_directory)


# --- the log's files --------------------------------------------------------------------------------


def _bring_back(directory: Path, copy: Path, manifest: backup.Manifest) -> bool:
    """See to it that the log's files hold all of the backup; True when they held its last line already."""
    _require_same_history(directory, copy)
    last = log_files.last_line(directory)
    goes_on = last is not None and (log_files.index_of(last) or 0) >= manifest.log_index
    for file in (*sorted((copy / log_files.PAYLOADS).rglob("*.json")), *log_files.segments(copy)):
        target = directory / file.relative_to(copy)
        if not target.exists() or target.stat().st_size < file.stat().st_size:
            for parent in reversed(target.relative_to(directory).parents[:-1]):
                durable_files.make(directory / parent)
            durable_files.copy(file, target)
    log_rebuild.remove_purged(directory)
    log_rebuild.require_whole(directory)
    return goes_on


def _require_same_history(directory: Path, copy: Path) -> None:
    """Raise VerificationFailedError unless every segment that both have begins alike in both."""
    for file in log_files.segments(copy):
        ours = directory / file.name
        if ours.exists() and not _begin_alike(ours, file):
            raise VerificationFailedError(
                f"{ours} och {file} har olika historia. Inget har ändrats. Ta en annan säkerhetskopia, eller flytta "
                "undan loggens filer om det är kopian som gäller."
            )


def _begin_alike(one: Path, other: Path) -> bool:
    size = min(one.stat().st_size, other.stat().st_size)
    with one.open("rb") as ours, other.open("rb") as theirs:
        return all(ours.read(part) == theirs.read(part) for part in _parts(size))


def _parts(size: int) -> Iterator[int]:
    """A size in pieces that fit in memory."""
    for start in range(0, size, 1 << 20):
        yield min(1 << 20, size - start)


# --- the documents ----------------------------------------------------------------------------------


def _bring_documents(store: Path, copy: Path) -> int:
    """Put the documents back that a backup has and the store has not as they came; how many.

    A changed one is set aside.
    """
    whole = (sha256 for sha256 in document_store.every(copy) if document_store.stands(copy, sha256) is Kept.WHOLE)
    wanted = [sha256 for sha256 in whole if document_store.stands(store, sha256) is not Kept.WHOLE]
    for sha256 in wanted:
        changed = document_store.path(store, sha256)
        if os.path.lexists(changed):
            changed.rename(_free_name(changed))
        document_store.keep(store, document_store.read(copy, sha256))
    return len(wanted)


def _with_documents(settings: Settings, done: Recovered, brought: int) -> Recovered:
    """What was done, when the files of what was purged are gone again, and those that are lacking are counted.

    Not before others may write again: whoever waits to holds the store.
    """
    with closing(connect(settings.database_url)) as connection:
        documentwork.remove_purged(Desk(connection, settings))
        found = document_standing.standing(connection, settings.document_directory, thorough=True)
    return msgspec.structs.replace(done, documents_brought=brought, documents_lacking=found.lacking)


# --- the database -----------------------------------------------------------------------------------


def _replace(
    settings: Settings, command: Command, told: dict[str, object], unsure_from: str | None, progress: Progress
) -> Recovered:
    file = _file_of(settings.database_url)
    if file is None:
        _require_empty(settings.database_url)
    new = file.with_name(f"{file.name}.ny") if file else None
    _remove(new)
    url = f"sqlite:///{new}" if new else settings.database_url
    try:
        with closing(schema.create(url)) as connection:
            done = log_rebuild.rebuild(settings.log_directory, connection, progress)
            desk = Desk(connection, settings)
            held_back = _hold_back(desk, command, unsure_from)
            _note(desk, command, {**told, "lines": done.lines, **({"unsure_from": unsure_from} if unsure_from else {})})
            # Written before the database takes its place: killed in between, the log is ahead, and that is found.
            log_exporter.export_alone(connection, settings.log_directory)
        aside = _swap(file, new) if file and new else None
    finally:
        _remove(new)
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


def _swap(file: Path, new: Path) -> str | None:
    """Set the old database aside and put the new one in its place; where the old one is."""
    aside = _free_name(file)
    for end in COMPANIONS:
        # Another database's, as soon as the new one stands here.
        if Path(f"{file}{end}").exists():
            Path(f"{file}{end}").rename(f"{aside}{end}")
    there = file.exists()
    if there:
        os.link(file, aside)
    new.replace(file)
    durable_files.sync(file.parent)
    return str(aside) if there else None


def _free_name(file: Path) -> Path:
    number = 1
    while list(file.parent.glob(f"{file.name}.undanlagd-{number}*")):
        number += 1
    return file.with_name(f"{file.name}.undanlagd-{number}")


def _remove(new: Path | None) -> None:
    """Take away what a rebuild that did not come through has left."""
    for end in ("", ".lock", *COMPANIONS) if new else ():
        Path(f"{new}{end}").unlink(missing_ok=True)


def _new_file(url: str) -> Path | None:
    """The file a new database is to be built in; None for PostgreSQL. Raises UsageError when nothing can be there."""
    name = url.removeprefix("sqlite:///")
    if url.startswith(("postgresql://", "postgres://")):
        _require_empty(url)
        return None
    if name == url or not name:
        raise UsageError("--to ska vara en adress: sqlite:///fil eller postgresql://…")
    if Path(name).exists():
        raise UsageError(f"{name} finns redan. Ange en fil som inte finns.")
    return Path(name)


def _require_empty(url: str) -> None:
    with closing(connect(url)) as connection:
        stored = schema_version.stored(connection)
        if stored is not None and (stored != schema_version.SCHEMA_VERSION or connection.run(statements.ANY_RECORD)):
            raise UsageError(
                "På PostgreSQL byggs databasen upp i en tom: skapa en ny databas eller ett nytt schema, ange det i "
                "[database] url i config.toml och kör igen. Den gamla lämnas orörd."
            )
