"""Tables of sheets and pdf files, row by row."""

import datetime
import io
from collections.abc import Sequence

import openpyxl  # type: ignore[import-untyped]
import pytest
from fpdf import FPDF

from tests.workflow.document_intake.office_files import archive_of, docx_file, odt_file
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers.document_tables import tables_in
from workflow.document_intake.readers.table import Table


def workbook(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Ärenden"
    for row in rows:
        sheet.append(list(row))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_the_cells_of_a_sheet_are_text_and_days_are_iso():
    rows = (
        ["Dnr", "Inkom", "Antal", "Öppet"],
        ["FRN 2025-61", datetime.date(2025, 3, 4), 12.0, True],
        ["FRN\n2025-62", datetime.datetime.fromisoformat("2025-03-04 10:30"), 1.5, None],
    )
    assert tables_in(workbook(*rows)) == (
        Table(
            rows=(
                ("Dnr", "Inkom", "Antal", "Öppet"),
                ("FRN 2025-61", "2025-03-04", "12", "ja"),
                ("FRN 2025-62", "2025-03-04 10:30", "1.5", ""),
            ),
            numbers=(1, 2, 3),
            name="Ärenden",
        ),
    )


def test_empty_rows_are_left_out_but_counted():
    assert tables_in(workbook([None], ["Dnr"], [""], ["FRN 2025-61"]))[0].numbers == (2, 4)


def test_the_tables_of_a_pdf_are_read_with_their_page():
    document = FPDF()
    document.set_font("helvetica", size=10)
    for page in range(2):
        document.add_page()
        with document.table() as table:
            for cells in (("Dag", "Instans"), (f"2025-03-0{page + 1}", "Fritidsnämnden")):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
    tables = tables_in(bytes(document.output()))
    assert [table.page for table in tables] == [1, 2]
    assert tables[1].rows == (("Dag", "Instans"), ("2025-03-02", "Fritidsnämnden"))


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"Dnr;Inkom", "varken ett kalkylblad"),
        (b"PK\x03\x04rest", "skadad"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "skadad"),
        (b"%PDF-1.7", "skadad"),
        (docx_file("Ett stycke utan tabell"), "inget kalkylblad .* Spara tabellen som ett kalkylblad"),
        (odt_file("<text:p>Ett stycke</text:p>"), "inget kalkylblad"),
        (archive_of({"lista.csv": b"Dnr;Inkom"}), "inget kalkylblad"),
        (archive_of({"content.xml": b"<a/>"}), "skadad"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600 + "WordDocument".encode("utf-16-le"), "inget kalkylblad"),
        (archive_of({"xl/workbook.xml": b"<!DOCTYPE a><a/>"}), "deklarationer"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes, named: str):
    with pytest.raises(UnreadableDocument, match=named):
        tables_in(data)
