"""The rows of a table: CSV with the delimiter and the encoding it has, or a spreadsheet read in a child process."""

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import msgspec

from workflow import csv_rows
from workflow.document_intake.readers.table import Table
from workflow.errors import UsageError

SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx, .ods and .xls begin."""

TablesIn = Callable[[bytes], tuple[Table, ...]]

_DELIMITERS = ";,\t"
_MAX_ROWS = 100_000
_SAMPLE = 30  # rows to tell the delimiter by
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Row(msgspec.Struct, frozen=True):
    """One row, by its number as a spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]


def rows_of(data: bytes, file: str, sheet: str, tables_in: TablesIn) -> tuple[Row, ...]:
    """The rows with anything in them. `sheet` is the name of the one wanted, or empty for the first."""
    if data.startswith(SHEETS):
        return _of_sheet(tables_in(data), file, sheet)
    if sheet:
        raise UsageError(f"{file} har inga blad. Ta bort fil.blad ur kartan, eller ange en Excel-fil.")
    return tuple(_of_text(_decoded(data, file), file))


def _of_sheet(tables: Sequence[Table], file: str, sheet: str) -> tuple[Row, ...]:
    if not sheet:
        found = next((table for table in tables if table.rows), None)
    else:
        found = next((table for table in tables if table.name.casefold() == sheet.casefold()), None)
        if found is None:
            names = ", ".join(table.name for table in tables)
            raise UsageError(f"{file} har inget blad som heter {sheet}. Bladen är: {names}.")
    rows = zip(found.numbers, found.rows, strict=True) if found else ()
    return tuple(Row(number, cells) for number, cells in rows)


def _decoded(data: bytes, file: str) -> str:
    """UTF-8 or UTF-16 as its mark says, UTF-8 without a mark, else as Windows writes it."""
    if data.startswith(_UTF_16):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UsageError(
            f"{file} är varken CSV eller ett kalkylblad (.xlsx, .xls, .ods). Spara tabellen som något av dem."
        )
    return text


def _of_text(text: str, file: str) -> Iterator[Row]:
    for number, cells in csv_rows.numbered(text, _delimiter(text), file):
        if number > _MAX_ROWS:
            raise UsageError(f"{file} har fler än {_MAX_ROWS} rader. Dela upp den.")
        if any(cells):
            yield Row(number, tuple(cells))


def _delimiter(text: str) -> str:
    """The one that gives the widest row, most often."""
    lines = text.splitlines(keepends=True)[:_SAMPLE]

    def width(delimiter: str) -> tuple[int, int]:
        found: list[int] = []
        with suppress(csv.Error):  # told of when the whole is read
            found += (len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        widest = max(found, default=0)
        return (found.count(widest) if widest > 1 else 0, widest)

    return max(_DELIMITERS, key=width)
