"""What the doctor asks of the log: where it ends, and whether its files are what the database says."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from workflow import log_exporter, log_files, statements
from workflow.audit_journal import sha256
from workflow.connection import Connection, Row
from workflow.doctor.answers import Answer, Machine, fault, fine, lasting, some, warning

BEHIND = (
    "SELECT COUNT(*) AS records, MIN(journal.id) AS first FROM journal"
    " LEFT JOIN log_line ON log_line.journal_id = journal.id"
    " WHERE log_line.log_index IS NULL OR log_line.log_index > :written"
)
RECORD = "SELECT body FROM journal WHERE id = :id"
SEGMENTS_TO = (
    "SELECT segment, MAX(ends_at) AS size FROM log_line WHERE log_index <= :written"
    " GROUP BY segment ORDER BY MIN(log_index)"
)
NEWEST = "SELECT body FROM journal ORDER BY id DESC LIMIT 1000"

SLOW = timedelta(minutes=5)
"""Records that have waited so long for the files are not just on their way."""
ASTRAY = timedelta(minutes=1)
"""How far the clocks of several machines may be apart."""


# --- its end --------------------------------------------------------------------------------------


def head(connection: Connection, machine: Machine) -> Answer:
    """Where the chain ends, to be written down elsewhere."""
    # The files are read first: what stands in them was placed in the database before.
    line = log_files.last_line(machine.log_directory)
    with connection.reading():
        if line is not None and (told := log_exporter.disagreement(connection, machine.log_directory, line)):
            return fault(told)
        rows = connection.run(statements.LOG_HEAD)
    if not rows:
        return fine("Loggen har inga rader ännu.")
    return fine(f"Loggens huvud: rad {rows[0]['log_index']}, {rows[0]['sha256']}. Databasen och filerna är överens.")


def head_of_files(machine: Machine) -> Answer:
    """Where the files end, when there is no database to compare them with."""
    line = log_files.last_line(machine.log_directory)
    if line is None:
        return warning(f"Det finns ingen logg i {machine.log_directory}.")
    return warning(
        f"Loggens filer slutar med rad {log_files.index_of(line)}, {sha256(line)}; databasen kunde inte tillfrågas."
    )


# --- its files ------------------------------------------------------------------------------------


UNCLEAR = "går inte att jämföra med databasen när den och loggen inte är överens; se loggens huvud."


def lag(connection: Connection, machine: Machine) -> Answer:
    """Is there something in the database that is not in the files?"""
    directory = machine.log_directory
    line = log_files.last_line(directory)
    with connection.reading():
        if line is not None and log_exporter.disagreement(connection, directory, line):
            return warning(f"Loggens eftersläpning {UNCLEAR}")
        behind = connection.run(BEHIND, written=_index(line))[0]
        if not behind["records"]:
            return fine(f"Alla poster står i {directory}.")
        since = _recorded_at(connection.run(RECORD, id=behind["first"])[0])
    waited = max(machine.now - since, timedelta(0))
    told = (
        f"{behind['records']} av loggens poster står ännu inte i {directory}, den första sedan "
        f"{lasting(waited)}. De skrivs av nästa kommando som ändrar något, eller av: arende audit export"
    )
    return fault(told) if waited > SLOW else warning(told)


def files(connection: Connection, machine: Machine) -> Answer:
    """Are all the files there, each as long as the database says, and the closed ones closed?"""
    directory = machine.log_directory
    line, found = _read(log_files.segments(directory))
    with connection.reading():
        if line is not None and log_exporter.disagreement(connection, directory, line):
            return warning(f"Loggens filer {UNCLEAR}")
        rows = connection.run(SEGMENTS_TO, written=_index(line))
    told = {log_files.segment_file(directory, row["segment"]): int(row["size"]) for row in rows}
    return (
        _not_as_told(found, told)
        or _not_closed(found[:-1])
        or _torn(found)
        or fine(f"Loggens filer: {len(found)}, så långa som databasen säger.")
    )


class File(msgspec.Struct):
    """A segment as it is."""

    path: Path
    length: int
    whole: int  # up to where its last line is torn


def _read(paths: list[Path]) -> tuple[bytes | None, list[File]]:
    """The log's last whole line, and every file."""
    found = [File(path, length, length) for path, length in ((path, path.stat().st_size) for path in paths)]
    for file in reversed(found):
        with file.path.open("rb") as content:
            line, file.whole = log_files.tail(content)
        if line is not None:
            return line, found
    return None, found


def _not_as_told(found: list[File], told: Mapping[Path, int]) -> Answer | None:
    if missing := [path for path in told if path not in (file.path for file in found)]:
        return fault(f"{some(missing)} saknas. Gör om det som saknas ur databasen: arende audit export")
    if strange := [file.path for file in found if file.whole and file.path not in told]:
        return fault(f"{some(strange)} hör inte till loggen. Kör arende audit verify, och flytta undan det främmande.")
    if changed := [file.path for file in found if file.whole != told.get(file.path, 0)]:
        return fault(f"{some(changed)} är inte så lång som databasen säger. Kör: arende audit verify")
    return None


def _not_closed(closed: list[File]) -> Answer | None:
    if writable := [file.path for file in closed if file.path.stat().st_mode & 0o222]:
        return fault(f"{some(writable)} är avslutad men går att skriva i. Kör: arende audit export")
    return None


def _torn(found: list[File]) -> Answer | None:
    if torn := [file.path for file in found if file.length > file.whole]:
        return warning(f"Den sista raden i {torn[-1]} är halv. Nästa kommando som ändrar något gör om den.")
    return None


def _index(line: bytes | None) -> int:
    return (log_files.index_of(line) or 0) if line else 0


# --- its times ------------------------------------------------------------------------------------


def times(connection: Connection, machine: Machine) -> Answer:
    """Does the log say something that has not happened yet?"""
    latest = max((_recorded_at(row) for row in connection.run(NEWEST)), default=None)
    if latest is None:
        return fine("Loggen är tom.")
    told = f"Loggens senaste post är skriven {latest:%Y-%m-%d %H:%M:%S} UTC"
    if latest - machine.now > ASTRAY:
        return fault(
            f"{told}, {lasting(latest - machine.now)} efter vad datorns klocka visar nu. Klockan har ställts "
            "tillbaka, eller gick fel då. Ställ den: timedatectl set-ntp true"
        )
    return fine(f"{told}.")


def _recorded_at(row: Row) -> datetime:
    return datetime.fromisoformat(json.loads(row["body"])["recorded_at"])
