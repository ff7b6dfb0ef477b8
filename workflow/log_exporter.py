"""The log as a file: every record in an envelope, one line each, all in one chain.

A line is canonical JSON {body, log_index, prev_line, sha256} and a newline. The places are given in
the database, so that any host can write the same file; the file is a copy and can be made again. It
is only ever added to after a line that the database knows.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from states.records import GENESIS
from workflow import payload_store, statements
from workflow.audit_journal import canonical, sha256
from workflow.connection import POSTGRESQL, Connection, Row
from workflow.errors import EnvironmentFaultError, why

LOG_NAME = "arendegang.jsonl"
PAYLOADS_NAME = "payloads"
BATCH = 1000


def export(connection: Connection, directory: Path) -> int:
    """Bring the file up to date with the database; how many lines were written."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(directory):
            _give_places(connection)
            return _write(connection, directory)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Ändringen är sparad i databasen, men loggen i {directory} kunde inte skrivas ({why(error)}). "
            "Åtgärda det; nästa kommando skriver ikapp."
        ) from error


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One exporter at a time on this host."""
    lock = os.open(directory / "export.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _give_places(connection: Connection) -> None:
    """Give every record without one its place in the file, in an order no cause follows its effect."""
    with connection.writing():
        if connection.dialect == POSTGRESQL:
            connection.run("LOCK TABLE log_line IN EXCLUSIVE MODE")
        head = connection.run(statements.LOG_HEAD)
        index, previous = (head[0]["log_index"], head[0]["sha256"]) if head else (0, GENESIS)
        waiting = connection.run(statements.UNPLACED)
        for row in waiting:
            index += 1
            previous = sha256(line_of(index, previous, row["sha256"], row["body"]))
            connection.run(statements.ADD_PLACE, log_index=index, journal_id=row["id"], sha256=previous)


def line_of(log_index: int, prev_line: str, body_sha256: str, body: str) -> bytes:
    """The bytes of one line, without its newline; `body` is canonical JSON and stays as it is."""
    envelope = canonical({"log_index": log_index, "prev_line": prev_line, "sha256": body_sha256}).decode()
    return f'{{"body":{body},{envelope[1:]}'.encode()


def _write(connection: Connection, directory: Path) -> int:
    path = directory / LOG_NAME
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        first, previous = _place_of(connection, path, _last_line(descriptor))
        written, last = first, _last_place(connection)
        # A line must never be there before the texts it speaks of; what gets its place after this waits.
        payload_store.export(connection, directory / PAYLOADS_NAME, first)
        while rows := _lines(connection, written, last):
            content = bytearray()
            for row in rows:
                line = line_of(row["log_index"], previous, row["sha256"], row["body"])
                previous, written = row["line_sha256"], row["log_index"]
                content += line + b"\n"
            _append(descriptor, bytes(content))
        return written - first
    finally:
        os.close(descriptor)


def _last_place(connection: Connection) -> int:
    rows = connection.run(statements.LOG_HEAD)
    return int(rows[0]["log_index"]) if rows else 0


def _lines(connection: Connection, after: int, last: int) -> list[Row]:
    rows = connection.run(statements.LINES_AFTER, after=after, batch=BATCH)
    return [row for row in rows if row["log_index"] <= last]


def _last_line(descriptor: int) -> bytes | None:
    """The file's last whole line, without its newline; a torn last line is cut away."""
    size = os.fstat(descriptor).st_size
    window = 1 << 16
    while True:
        start = max(0, size - window)
        tail = os.pread(descriptor, size - start, start)
        whole = tail.rfind(b"\n") + 1
        lines = tail[:whole].split(b"\n")
        if start == 0 or len(lines) > 2:
            break
        window *= 2
    if start + whole < size:
        os.ftruncate(descriptor, start + whole)
    return lines[-2] if whole else None


def _place_of(connection: Connection, path: Path, line: bytes | None) -> tuple[int, str]:
    """(log_index, hash) of a line. Raises EnvironmentFaultError when the database knows another.

    To add to it would hide that the file has been changed, or that the database is older than the file.
    """
    if line is None:
        return 0, GENESIS
    place, digest = _log_index(line), sha256(line)
    known = connection.run(statements.LINE_AT, log_index=place) if place else []
    if place is None or not known or known[0]["sha256"] != digest:
        raise EnvironmentFaultError(
            f"Ändringen är sparad i databasen, men sista raden i {path} är inte den som databasen har, så inget mer "
            "skrevs dit. Ändra inget: kör arende audit verify, och jämför med säkerhetskopiorna av databasen och "
            "loggen."
        )
    return place, digest


def _log_index(line: bytes) -> int | None:
    """None for a line that is none of ours."""
    try:
        found = json.loads(line)["log_index"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if type(found) is int and 0 < found < 1 << 63 else None


def _append(descriptor: int, content: bytes) -> None:
    """Append all of it, however short the writes, and make it durable."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fdatasync(descriptor)
