"""Which reader a calendar file is for, and how its bytes become text."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from workflow.body_register import Body
from workflow.document_intake.incoming import Incoming, read_incoming
from workflow.document_intake.interface import UnreadableDocument
from workflow.errors import UsageError
from workflow.meeting_calendars import csv_table, icalendar, plan_tables, toml_list
from workflow.meeting_calendars.entry import Calendar

FORMATS = (".csv", ".tsv", ".txt", ".ics", ".toml", ".xlsx", ".xls", ".ods", ".pdf")
TABLES = frozenset({".xlsx", ".xls", ".ods", ".pdf"})


def read(path: Path, bodies: Sequence[Body], only: Body | None = None) -> Calendar:
    """The meetings of a file; `only` a body's, which is also whose they are where the file does not say."""
    own = only.code if only else None
    names = [(name, body.code) for body in bodies for name in (body.code, body.name)]
    if path.suffix.lower() in TABLES:
        found = plan_tables.read(_sheets(path), path.name, names, own)
        return _known_by_code(found, bodies) if only is None else _of(found, only)
    text = decoded(_opened(path).data)
    match path.suffix.lower():
        case ".ics":
            found = icalendar.read(text, path.name, names)
        case ".toml":
            found = toml_list.read(text, path.name, own)
        case ".csv" | ".tsv" | ".txt":
            found = csv_table.read(text, path.name, own)
        case other:
            known = ", ".join(FORMATS)
            raise UsageError(f"{path.name}: {other or 'en fil utan ändelse'} kan inte läsas in, bara {known}.")
    return _known_by_code(found, bodies) if only is None else _of(found, only)


def _opened(path: Path) -> Incoming:
    try:
        return read_incoming(path)
    except UnreadableDocument as error:
        raise UsageError(f"{path}: {error.reason} Inget är sparat.") from error


def _sheets(path: Path) -> list[plan_tables.Sheet]:
    """The tables of a document that somebody else has made, read where it can do no harm."""
    # Only whoever reads such a file needs them.
    from workflow.document_intake.child import Child
    from workflow.document_intake.tasks import Task

    came = _opened(path)
    try:
        with Child() as child:
            tables = child.ask(Task.TABLES, came.data)
            text = child.ask(Task.TEXT, came.data).text if came.data.startswith(b"%PDF") else ""
    except UnreadableDocument as error:
        raise UsageError(f"{path}: {error.reason} Inget är sparat.") from error
    return [
        plan_tables.Sheet(
            table.rows,
            table.numbers,
            f"{came.name}, sidan {table.page}" if table.page else f"{came.name}, bladet {table.name}",
            table.name,
            text[:MAX_TITLE],
        )
        for table in tables
    ]


MAX_TITLE = 2_000
"""Letters of a document's beginning, where its year stands."""


def decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, else as Windows writes it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _known_by_code(found: Calendar, bodies: Sequence[Body]) -> Calendar:
    """Each meeting under the first of its body's names that we know."""
    entries = []
    for entry in found.entries:
        known = (name for name in (entry.body, *entry.also) if any(body.is_called(name) for body in bodies))
        entries.append(msgspec.structs.replace(entry, body=next(known, entry.body)))
    return msgspec.structs.replace(found, entries=tuple(entries))


def _of(found: Calendar, only: Body) -> Calendar:
    """The meetings of one body alone."""
    own = [entry for entry in found.entries if any(map(only.is_called, (entry.body, *entry.also)))]
    others = len(found.entries) - len(own)
    told = (f"Andra instansers sammanträden, som inte lästes in: {others}.",) if others else ()
    entries = tuple(msgspec.structs.replace(entry, body=only.code) for entry in own)
    return Calendar(entries, (*found.notes, *told))
