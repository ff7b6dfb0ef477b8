"""The tables in a document, row by row: Excel and OpenDocument sheets, and the tables of a pdf."""

import datetime
import io
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from workflow.document_intake.incoming import refuse_too_large
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers import archives
from workflow.document_intake.readers.faults import LOCKED, told_apart
from workflow.document_intake.readers.table import Table

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_ROWS = 100_000  # in all; a diary of open cases has a few thousand
_MAX_SHEET_PART = 100 * archives.MIB  # read as a stream, so it may be larger than a part that becomes a tree

_NO_TABLES = "Filen är varken ett kalkylblad (.xlsx, .xls, .ods) eller en pdf. Spara tabellen i ett av formaten."
_NO_SHEETS = (
    "Filen är inget kalkylblad (.xlsx, .xls, .ods) utan ett dokument av annat slag, så det finns ingen sådan tabell i "
    "den. Spara tabellen som ett kalkylblad och ange den filen."
)
_TOO_LONG = f"Tabellerna har fler än {MAX_ROWS} rader. Dela upp filen och läs in delarna var för sig."
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_SHEETS_OF_OLD_OFFICE = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book", "EncryptedPackage"))
_DOCUMENTS_OF_OLD_OFFICE = tuple(
    name.encode("utf-16-le") for name in ("WordDocument", "PowerPoint Document", "__properties_version1.0")
)
_OPEN_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_SPACE = re.compile(r"\s+")


def tables_in(data: bytes) -> tuple[Table, ...]:
    """The document's tables in order, rows without any text left out. Raises UnreadableDocument."""
    refuse_too_large(len(data))
    if data.startswith(b"%PDF"):
        tables = _in_pdf(data)
    elif data.startswith((archives.SIGNATURE, _OLD_OFFICE)):
        tables = _in_workbook(data)
    else:
        raise UnreadableDocument(_NO_TABLES)
    if sum(len(table.rows) for table in tables) > MAX_ROWS:
        raise UnreadableDocument(_TOO_LONG)
    return tables


def _in_workbook(data: bytes) -> tuple[Table, ...]:
    # Imported here: only who reads a workbook needs the library.
    from python_calamine import CalamineWorkbook, PasswordError

    if data.startswith(archives.SIGNATURE):
        parts = archives.parts_of(data, largest=_MAX_SHEET_PART)
        _refuse_other_archives(parts)
        data = archives.packed(parts)
    elif _is_other_office(data):
        raise UnreadableDocument(_NO_SHEETS)
    with told_apart():
        try:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        except PasswordError as error:
            raise UnreadableDocument(LOCKED) from error
        return tuple(_sheet(workbook, name) for name in workbook.sheet_names)


def _refuse_other_archives(parts: Mapping[str, bytes]) -> None:
    is_workbook = any(name.startswith("xl/") for name in parts)
    mimetype = parts.get("mimetype", _OPEN_SPREADSHEET)
    if not is_workbook and not ("content.xml" in parts and mimetype.startswith(_OPEN_SPREADSHEET)):
        raise UnreadableDocument(_NO_SHEETS)


def _is_other_office(data: bytes) -> bool:
    """True for a whole old document that has no sheets; one that names nothing is damaged."""
    return any(name in data for name in _DOCUMENTS_OF_OLD_OFFICE) and not any(
        name in data for name in _SHEETS_OF_OLD_OFFICE
    )


def _sheet(workbook: "CalamineWorkbook", name: str) -> Table:
    return _table(workbook.get_sheet_by_name(name).iter_rows(), name=name)


def _in_pdf(data: bytes) -> tuple[Table, ...]:
    # Imported here: only who reads a pdf needs the library.
    from workflow.document_intake.readers.pdf import opened_pdf

    with opened_pdf(data) as document:
        return tuple(
            _table(rows, page=number) for number, page in enumerate(document.pages, 1) for rows in page.extract_tables()
        )


def _table(rows: Iterable[Iterable[object]], *, name: str = "", page: int | None = None) -> Table:
    read = ((number, tuple(_cell(cell) for cell in row)) for number, row in enumerate(rows, 1))
    filled = [(number, row) for number, row in read if any(row)]
    return Table(tuple(row for _, row in filled), tuple(number for number, _ in filled), name, page)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        # A date is a number in Excel, and midnight is what a day without a time comes out as.
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _SPACE.sub(" ", str(value)).strip()
