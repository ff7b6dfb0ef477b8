"""The database built anew from the log and its texts: each record sets its rows, as its use case did.

Nothing else is asked: whatever the tables hold that no record has set is not there afterwards.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from states.records import CHANGE_NOTHING, changes_of
from workflow import log_files, log_verifier, statements
from workflow.audit_journal import sha256, write_changes
from workflow.connection import Connection, Row
from workflow.errors import ChangedMeanwhileError, UsageError, VerificationFailedError
from workflow.log_exporter import PURGED

OFTEN = 1000
"""Lines between two tellings of the progress."""


class Rebuilt(msgspec.Struct):
    """What a rebuild did."""

    lines: int = 0
    head: str = ""  # hash of the last line
    payloads: int = 0
    purged: int = 0  # texts that are gone by decision


class Line(msgspec.Struct):
    """A line of the log with where it stands."""

    raw: bytes  # without its newline
    segment: str
    ends_at: int


def rebuild(directory: Path, connection: Connection, progress: Callable[[int], None] | None = None) -> Rebuilt:
    """Fold the log in a directory into an empty database of this program's version.

    Raises VerificationFailedError, and has written nothing, for a log that does not hold. `progress` is told how
    many lines have been folded.
    """
    _require_empty(connection)
    require_whole(directory)
    done = Rebuilt()
    with connection.writing():
        for line in lines_of(directory):
            _replay(connection, directory, line, done)
            if progress and done.lines % OFTEN == 0:
                progress(done.lines)
    return done


def _require_empty(connection: Connection) -> None:
    if connection.run(statements.ANY_RECORD):
        raise UsageError("Databasen som loggen ska läsas in i är inte tom. Ange en tom databas.")


def require_whole(directory: Path) -> log_verifier.Report:
    """What a log's verification says. Raises VerificationFailedError unless it is whole."""
    report = log_verifier.verify(directory)
    if not report.whole:
        raise VerificationFailedError(
            f"Loggen i {directory} håller inte: {report.faults[0]} Databasen är orörd. Läs tillbaka det som är skadat "
            "med arende restore KATALOG, eller gör om det ur databasen: flytta undan filen och kör arende audit export."
        )
    return report


def lines_of(directory: Path) -> Iterator[Line]:
    """Every line of the log, oldest first."""
    for path in log_files.segments(directory):
        segment, ends_at = log_files.segment_of(path), 0
        for raw in log_files.lines(path):
            ends_at += len(raw)
            yield Line(raw.removesuffix(b"\n"), segment, ends_at)


def remove_purged(directory: Path) -> None:
    """Take away the texts that the log says were purged; a backup from before that brings them back."""
    for line in lines_of(directory):
        if PURGED.encode() in line.raw:
            body = msgspec.json.decode(line.raw)["body"]
            for sha in body["data"]["purged"] if body["type"] == PURGED else ():
                log_files.payload_file(directory, sha).unlink(missing_ok=True)


def _replay(connection: Connection, directory: Path, line: Line, done: Rebuilt) -> None:
    envelope = msgspec.json.decode(line.raw)
    body = envelope["body"]
    try:
        write_changes(connection, changes_of(body))
    except ChangedMeanwhileError as error:
        raise VerificationFailedError(
            f"Rad {envelope['log_index']} i loggen går inte att läsa in: den bygger på något som inte är så. "
            "Kedjan håller, men loggen är inte skriven av det här programmet."
        ) from error
    done.payloads += _keep_texts(connection, directory, body)
    done.purged += _purge(connection, body)
    _place(connection, line, envelope)
    done.lines, done.head = envelope["log_index"], sha256(line.raw)


def replay_record(connection: Connection, live: Connection, row: Row) -> None:
    """Fold a record that a database has and the files not yet have; its texts come from that database too."""
    body = msgspec.json.decode(row["body"])
    write_changes(connection, changes_of(body))
    for sha in body["payloads"]:
        for text in live.run(statements.PAYLOAD, id=sha):
            connection.run(statements.ADD_PAYLOAD, id=sha, stream=body["stream"], body=text["body"])
    _purge(connection, body)
    kept = {name: row[name] for name in ("stream", "seq", "command_id", "sha256", "body")}
    (record,) = connection.run(statements.ADD_OLD_RECORD, **kept)
    if row["log_index"] is not None:
        placed = {name: row[name] for name in ("log_index", "segment", "ends_at")}
        connection.run(statements.ADD_PLACE, journal_id=record["id"], sha256=row["line_sha256"], **placed)


def _keep_texts(connection: Connection, directory: Path, body: dict[str, Any]) -> int:
    found = [(sha, log_files.payload_file(directory, sha)) for sha in body["payloads"]]
    there = [(sha, path) for sha, path in found if path.is_file()]
    for sha, path in there:
        connection.run(statements.ADD_PAYLOAD, id=sha, stream=body["stream"], body=path.read_text("utf-8"))
    return len(there)


def _purge(connection: Connection, body: dict[str, Any]) -> int:
    gone: Sequence[str] = body["data"]["purged"] if body["type"] == PURGED else ()
    for sha in gone:
        connection.run(statements.REMOVE_PAYLOAD, id=sha)
    return len(gone)


def _place(connection: Connection, line: Line, envelope: dict[str, Any]) -> None:
    """Write a record that has its place in the log already."""
    body = envelope["body"]
    content, _, _ = line.raw.removeprefix(b'{"body":').rpartition(b',"log_index":')
    (record,) = connection.run(
        statements.ADD_OLD_RECORD,
        stream=body["stream"],
        seq=body["seq"],
        command_id=None if body["type"] in CHANGE_NOTHING else body["command_id"],
        sha256=envelope["sha256"],
        body=content.decode(),
    )
    connection.run(
        statements.ADD_PLACE,
        log_index=envelope["log_index"],
        journal_id=record["id"],
        sha256=sha256(line.raw),
        segment=line.segment,
        ends_at=line.ends_at,
    )
