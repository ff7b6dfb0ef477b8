"""Which reader a document gets."""

import pytest

from workflow.document_intake.formats import format_of, read_document, reader_for
from workflow.document_intake.interface import DocumentFormat, UnreadableDocument


def test_text_is_read_as_text():
    assert read_document("Ärende".encode()).text == "Ärende"


@pytest.mark.parametrize("document_format", DocumentFormat)
def test_every_format_has_a_reader(document_format: DocumentFormat):
    assert reader_for(document_format).read(b"a").text == "a"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"PK\x03\x04rest", "docx"),
        (b"%PDF-1.7", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r"\.doc"),
        (b"{\\rtf1", "rtf"),
        (b"\x89PNG\r\n", "bild"),
    ],
)
def test_another_format_is_refused_by_name_and_with_advice(data: bytes, named: str):
    with pytest.raises(UnreadableDocument, match=named) as refused:
        format_of(data)
    assert "spara det som oformaterad text" in refused.value.reason
