"""Which reader a document gets."""

import pytest

from tests.workflow.document_intake.office_files import docx_file, pdf_file
from workflow.document_intake.formats import format_of, read_document, reader_for
from workflow.document_intake.interface import DocumentFormat, UnreadableDocument

FILES = {
    DocumentFormat.PLAIN_TEXT: lambda: "Ärende om isbanan".encode(),
    DocumentFormat.WORD: lambda: docx_file("Ärende om isbanan"),
    DocumentFormat.PDF: lambda: pdf_file("Ärende om isbanan på Hamnplan"),
}


@pytest.mark.parametrize("document_format", DocumentFormat)
def test_every_format_is_told_by_its_bytes_and_read(document_format: DocumentFormat):
    data = FILES[document_format]()
    assert format_of(data) is document_format
    assert reader_for(document_format).read(data) == read_document(data)
    assert "isbanan" in read_document(data).text


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r"\.doc"),
        (b"{\\rtf1", "rtf"),
    ],
)
def test_another_format_is_refused_by_name_and_with_advice(data: bytes, named: str):
    with pytest.raises(UnreadableDocument, match=named) as refused:
        format_of(data)
    assert "spara det som" in refused.value.reason


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"%PDF-1.7"])
def test_a_damaged_file_is_said_to_be_damaged(data: bytes):
    with pytest.raises(UnreadableDocument, match="skadad"):
        read_document(data)
