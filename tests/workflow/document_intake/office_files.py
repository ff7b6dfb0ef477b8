"""Small documents of every format, built as the tests run; every word in them is made up."""

import io
from collections.abc import Iterable

import docx
from docx.document import Document
from fpdf import FPDF

A4 = (210, 297)  # mm


def docx_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: Document) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def pdf_file(*lines: str) -> bytes:
    return pdf_of([[(20, 20 + 6 * number, line) for number, line in enumerate(lines)]])


def pdf_of(pages: Iterable[Iterable[tuple[float, float, str]]], size: float = 11) -> bytes:
    """Pages of words set at places: (millimetres from the left, from above, what stands there)."""
    pdf = FPDF(format="A4")
    pdf.set_font("helvetica", size=size)
    for page in pages:
        pdf.add_page()
        for left, top, text in page:
            pdf.text(left, top, text)
    return bytes(pdf.output())
