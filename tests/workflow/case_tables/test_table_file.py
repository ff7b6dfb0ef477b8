"""The rows of a table, however it was saved."""

import io

import openpyxl  # type: ignore[import-untyped]
import pytest

from workflow.case_tables.table_file import Row, rows_of
from workflow.document_intake.readers.document_tables import tables_in
from workflow.document_intake.readers.table import Table
from workflow.errors import UsageError

ROWS = (
    Row(1, ("Dnr", "Ärendemening")),
    Row(3, ("SON 2025-1", "Åtgärder; öst, väst")),
    Row(4, ("SON 2025-2", "Två rader")),
)


def text(delimiter: str, end: str = "\r\n") -> str:
    quoted = '"Åtgärder; öst, väst"'
    lines = (("Dnr", "Ärendemening"), ("", ""), ("SON 2025-1", quoted), ("SON 2025-2", '"Två\nrader"'))
    return end.join(delimiter.join(line) for line in lines) + end


def read(data: bytes, sheet: str = "") -> tuple[Row, ...]:
    return rows_of(data, "lista", sheet, tables_in)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_and_the_encoding_tell_themselves(delimiter: str, encoding: str) -> None:
    assert read(text(delimiter).encode(encoding)) == ROWS


def test_a_line_of_words_above_the_table_does_not_hide_its_delimiter() -> None:
    above = "Utdrag ur diariet, taget 2 januari, av E. Ros, för KS\n"
    assert read((above + text(";", "\n")).encode())[1:] == tuple(Row(row.number + 1, row.cells) for row in ROWS)


def test_a_workbook_gives_the_sheet_that_is_wanted_with_its_own_row_numbers() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Stängda"
    book.active.append(["Dnr"])
    book.create_sheet("Öppna")
    book["Öppna"].append(["Dnr", "Ärendemening"])
    book["Öppna"].append([])
    book["Öppna"].append(["SON 2025-1", "Åtgärder; öst, väst"])
    saved = io.BytesIO()
    book.save(saved)
    assert read(saved.getvalue(), "öppna") == ROWS[:2]
    assert read(saved.getvalue()) == (Row(1, ("Dnr",)),)
    with pytest.raises(UsageError, match=r"inget blad som heter Ö. Bladen är: Stängda, Öppna"):
        read(saved.getvalue(), "Ö")


def test_an_empty_table_has_no_rows() -> None:
    assert read(b"") == read(b"\r\n\r\n") == ()
    assert rows_of(b"PK\x03\x04", "lista", "", lambda data: (Table((), ()),)) == ()


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"%PDF-1.4\0", b'"' + b"x" * 200_000])
def test_what_is_no_table_is_said_so(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"lista(, rad 1: citattecknen går inte ihop| är varken CSV)"):
        read(data)


def test_a_sheet_is_not_looked_for_in_a_text() -> None:
    with pytest.raises(UsageError, match="har inga blad"):
        read(b"Dnr;Mening\n", "Blad1")
