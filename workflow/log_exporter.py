"""Brings the log's files up to date with the database.

The places are given in the database, so that any host can write the same files; they are a copy and can be
made again. A file is only ever added to after a line that the database knows.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import msgspec

from states.records import GENESIS
from workflow import durable_files, log_files, statements
from workflow.audit_journal import sha256
from workflow.connection import POSTGRESQL, Connection, Row
from workflow.errors import EnvironmentFaultError, VerificationFailedError, why
from workflow.log_files import SEGMENT_SIZE, line_of, payload_file, segment_after, segment_file

BATCH = 1000
MOST_UNSYNCED = 1 << 19
"""Bytes, or else one line: what is appended before it is made durable."""
CLOSED = 0o400
"""Mode of a segment that nothing is added to any more."""

PURGED = "case.purged"
"""The type of record after which some texts are gone."""

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('arende log in ' || current_schema())) AS turn"


def export(connection: Connection, directory: Path, most: int = SEGMENT_SIZE) -> int:
    """Bring the files up to date with the database; how many lines were written.

    `most` bytes stand in a segment whose lines get their places now.
    """
    try:
        with alone(directory):
            return export_alone(connection, directory, most)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Loggen i {directory} kunde inte skrivas ({why(error)}). Det som ändrades är sparat i databasen; åtgärda "
            "felet, så skriver nästa kommando ikapp."
        ) from error


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One at a time in a log's directory on this host, before any turn to write in the database."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(directory / "export.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def export_alone(connection: Connection, directory: Path, most: int = SEGMENT_SIZE) -> int:
    """Do so for somebody who is `alone` in the directory already."""
    _give_places(connection, most)
    return write_out(connection, directory)


# --- places -----------------------------------------------------------------------------------------


def _give_places(connection: Connection, most: int) -> None:
    """Give every record without one its place in the log, in an order no cause follows its effect."""
    with connection.writing():
        if connection.dialect == POSTGRESQL:
            connection.run(ONE_AT_A_TIME)
        head = connection.run(statements.LOG_HEAD)
        index, previous = (head[0]["log_index"], head[0]["sha256"]) if head else (0, GENESIS)
        segment, filled = (head[0]["segment"], head[0]["ends_at"]) if head else ("", 0)
        for row in connection.run(statements.UNPLACED):
            line = line_of(index + 1, previous, row["sha256"], row["body"])
            month = json.loads(row["body"])["recorded_at"][:7]
            its = segment_after(segment, filled, month, len(line) + 1, most)
            filled = (filled if its == segment else 0) + len(line) + 1
            index, previous, segment = index + 1, sha256(line), its
            connection.run(
                statements.ADD_PLACE,
                log_index=index,
                journal_id=row["id"],
                sha256=previous,
                segment=segment,
                ends_at=filled,
            )


# --- files ------------------------------------------------------------------------------------------


def write_out(connection: Connection, directory: Path) -> int:
    """Write the lines that have their places and are not in the files; how many. One at a time in a directory."""
    mend_tail(directory)
    first, previous = _place_of(connection, directory, log_files.last_line(directory))
    written, last = first, last_place(connection)
    while rows := _lines(connection, written, last):
        for segment, group in groupby(rows, key=lambda row: str(row["segment"])):
            content = bytearray()
            for row in group:
                _set_texts(connection, directory, row["body"])
                line = line_of(row["log_index"], previous, row["sha256"], row["body"])
                previous, written = row["line_sha256"], row["log_index"]
                content += line + b"\n"
                if len(content) > MOST_UNSYNCED:
                    _append(directory, segment, bytes(content))
                    content.clear()
            _append(directory, segment, bytes(content))
    _close_all_but_the_last(directory)
    return written - first


def last_place(connection: Connection) -> int:
    """The newest place given; no change before it became visible has a later one."""
    rows = connection.run(statements.LOG_HEAD)
    return int(rows[0]["log_index"]) if rows else 0


def _lines(connection: Connection, after: int, last: int) -> list[Row]:
    rows = connection.run(statements.LINES_AFTER, after=after, batch=BATCH)
    return [row for row in rows if row["log_index"] <= last]


def mend_tail(directory: Path) -> None:
    """Cut away what was not yet made durable when an exporter was killed or the power cut.

    That is a line without its end, and lines with holes in them: of several sectors, a later one may have reached
    the disk before an earlier, which then reads as zeros. JSON has none. Nobody was told that they were there.
    For whoever is `alone` in the directory.
    """
    for path in log_files.segments(directory)[-1:]:
        if (hole := _first_hole(path)) is not None:
            os.truncate(path, hole)
        if (whole := _whole_lines(path)) < path.stat().st_size:
            os.truncate(path, whole)
        durable_files.make_last(path)  # whoever wrote it may have been killed before that


def _first_hole(path: Path) -> int | None:
    """Where zeros begin in what was appended last, in bytes from the beginning."""
    with path.open("rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - 2 * MOST_UNSYNCED)
        file.seek(start)
        hole = file.read().find(b"\0")
    return start + hole if hole >= 0 else None


def _whole_lines(path: Path) -> int:
    """Bytes of a segment's whole lines."""
    with path.open("rb") as file:
        return log_files.tail(file)[1]


def _place_of(connection: Connection, directory: Path, line: bytes | None) -> tuple[int, str]:
    """(log_index, hash) of a line. Raises VerificationFailedError when the database knows another.

    To add to it would hide that the files have been changed, or that the database is older than they are.
    """
    if line is None:
        return 0, GENESIS
    if told := disagreement(connection, directory, line):
        raise VerificationFailedError(f"Inget mer skrevs i loggen. {told}")
    return log_files.index_of(line) or 0, sha256(line)


def _append(directory: Path, segment: str, content: bytes) -> None:
    path = segment_file(directory, segment)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        durable_files.append(descriptor, content)
    finally:
        os.close(descriptor)
    # Also when it is not new: whoever began it may have been killed before this.
    durable_files.sync(directory)


def _close_all_but_the_last(directory: Path) -> None:
    for path in log_files.segments(directory)[:-1]:
        if path.stat().st_mode & 0o777 != CLOSED:
            path.chmod(CLOSED)


def _set_texts(connection: Connection, directory: Path, body: str) -> None:
    """A record's texts are there before its line is, and those that it purged are gone."""
    told = json.loads(body)
    for sha in told["payloads"]:
        write_payload(connection, directory, sha)
    for sha in told["data"]["purged"] if told["type"] == PURGED else ():
        target = payload_file(directory, sha)
        target.with_name(f"{target.name}.tmp").unlink(missing_ok=True)  # a killed writer's
        if target.exists():
            target.unlink()
            durable_files.sync(target.parent)


def write_payload(connection: Connection, directory: Path, sha: str) -> bool:
    """Write a text to its file; False when it is there already, or purged."""
    target = payload_file(directory, sha)
    rows = connection.run(statements.PAYLOAD, id=sha)
    for row in rows:
        durable_files.make(target.parent.parent)
        durable_files.make(target.parent)
        if target.exists():
            durable_files.sync(target.parent)  # whoever wrote it may have been killed before that
            return False
        durable_files.write(target, row["body"].encode())
    return bool(rows)


# --- what was lost ----------------------------------------------------------------------------------


class Made(msgspec.Struct):
    """What an export did."""

    lines: int = 0  # added to the log
    segments: int = 0  # files that were missing and are made again
    payloads: int = 0  # texts that were missing and are made again


def export_all(connection: Connection, directory: Path, most: int = SEGMENT_SIZE) -> Made:
    """Bring the files up to date, and make those again that are missing."""
    require_agreement(connection, directory)
    made = Made(lines=export(connection, directory, most))
    try:
        with alone(directory):
            for row in connection.run(statements.SEGMENTS):
                made.segments += _write_missing(connection, directory, row)
            for row in connection.run(statements.PAYLOAD_IDS):
                made.payloads += write_payload(connection, directory, row["id"])
    except OSError as error:
        raise EnvironmentFaultError(
            f"Loggen i {directory} kunde inte skrivas ({why(error)}). Åtgärda det och kör igen."
        ) from error
    return made


def _write_missing(connection: Connection, directory: Path, segment: Row) -> bool:
    """Make a segment again, whole or not at all."""
    path = segment_file(directory, segment["segment"])
    if path.exists():
        return False
    half = path.with_name(f"{path.name}.tmp")
    half.unlink(missing_ok=True)
    after = segment["first"] - 1
    before = connection.run(statements.LINE_AT, log_index=after)
    previous = before[0]["sha256"] if before else GENESIS
    descriptor = os.open(half, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        while rows := _lines(connection, after, segment["last"]):
            content = bytearray()
            for row in rows:
                content += line_of(row["log_index"], previous, row["sha256"], row["body"]) + b"\n"
                previous, after = row["line_sha256"], row["log_index"]
            durable_files.append(descriptor, bytes(content))
    finally:
        os.close(descriptor)
    half.rename(path)
    durable_files.sync(directory)
    _close_all_but_the_last(directory)
    return True


# --- is the database the log's? ---------------------------------------------------------------------


def require_agreement(connection: Connection, directory: Path) -> None:
    """Raise VerificationFailedError unless the database knows the log's last line: nothing may be written then.

    A database restored from an old copy lacks it; one that has gone its own way has another in its place.
    """
    try:
        if not _disagreement(connection, directory):
            return
        with alone(directory):
            mend_tail(directory)
            told = _disagreement(connection, directory)
        if told:
            with connection.writing():  # which says so if the database has been replaced since it was opened
                raise VerificationFailedError(f"{told} Inget har ändrats.")
    except OSError as error:
        raise EnvironmentFaultError(
            f"Loggen i {directory} kan inte läsas ({why(error)}). Åtgärda det och försök igen. Inget har ändrats."
        ) from error


def _disagreement(connection: Connection, directory: Path) -> str | None:
    line = log_files.last_line(directory)
    return disagreement(connection, directory, line) if line is not None else None


def disagreement(connection: Connection, directory: Path, line: bytes) -> str | None:
    """How the database differs from the log whose last line is given, in Swedish; None when it does not."""
    place, ours = log_files.index_of(line), last_place(connection)
    if place is None:
        return (
            f"Sista raden i {directory} är ingen av våra; någon har skrivit i loggen. Kör arende audit verify, och "
            "läs tillbaka loggens filer från en säkerhetskopia."
        )
    known = connection.run(statements.LINE_AT, log_index=place)
    if known and known[0]["sha256"] == sha256(line):
        return None
    if is_anothers(connection, directory):
        return (
            f"Loggen i {directory} hör till en annan installation än databasen. Rätta [log] directory eller [database] "
            "url i config.toml, eller ARENDE_DATABASE_URL."
        )
    how = (
        f"Databasen är äldre än sin logg: den känner till {ours} rader, men loggen i {directory} har {place}."
        if place > ours
        else f"Databasen och loggen i {directory} har gått skilda vägar: rad {place} är inte densamma i dem."
    )
    return f"{how} Kontrollera loggen med arende audit verify, och bygg upp databasen ur den: arende audit rebuild."


def is_anothers(connection: Connection, directory: Path) -> bool:
    """True when the log's first line and the database's first record are of different installations."""
    first = next((line for path in log_files.segments(directory)[:1] for line in log_files.lines(path)), b"")
    installed = connection.run(statements.HISTORY, stream="system")[:1]
    try:
        return (
            bool(installed)
            and json.loads(first)["body"]["data"]["log"] != json.loads(installed[0]["body"])["data"]["log"]
        )
    except (ValueError, KeyError, TypeError):
        return False
