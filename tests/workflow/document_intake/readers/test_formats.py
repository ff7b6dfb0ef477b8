"""Which reader a document gets."""

import pytest

from tests.workflow.document_intake.office_files import archive_of, docx_file, mail, odt_file, pdf_file
from workflow.document_intake import incoming
from workflow.document_intake.interface import DocumentFormat, UnreadableDocument
from workflow.document_intake.readers.document_tables import tables_in
from workflow.document_intake.readers.formats import format_of, read_document, reader_for

FILES = {
    DocumentFormat.PLAIN_TEXT: lambda: "Ärende om isbanan".encode(),
    DocumentFormat.WORD: lambda: docx_file("Ärende om isbanan"),
    DocumentFormat.OPEN_DOCUMENT: lambda: odt_file("<text:p>Ärende om isbanan</text:p>"),
    DocumentFormat.PDF: lambda: pdf_file("Ärende om isbanan på Hamnplan"),
    DocumentFormat.MAIL: lambda: mail("Ärende om isbanan", "Text"),
}


@pytest.mark.parametrize("document_format", FILES)
def test_every_format_is_told_by_its_bytes_and_read(document_format: DocumentFormat):
    data = FILES[document_format]()
    assert format_of(data) is document_format
    assert reader_for(document_format).read(data) == read_document(data)
    assert "isbanan" in read_document(data).text


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*"])
def test_a_picture_is_told_by_its_bytes(data: bytes):
    assert format_of(data) is DocumentFormat.PICTURE


def old_office(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\x00" * 600 + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (old_office("WordDocument"), r"äldre Word-fil \(\.doc\)"),
        (old_office("EncryptedPackage"), "lösenord"),
        (old_office("__properties_version1.0"), r"Outlook-meddelande \(\.msg\)"),
        (old_office("Workbook"), r"\.xls"),
        (old_office(""), "äldre Office-fil"),
        (b"{\\rtf1", "rtf"),
        (b"GIF89a", "gif"),
        (b"Rar!\x1a", "rar-arkiv"),
        (b"\x78\x9f\x3e\x22", "winmail.dat"),
        (archive_of({"xl/workbook.xml": b"<a/>"}), "kalkylblad"),
        (archive_of({"ppt/presentation.xml": b"<a/>"}), "presentation"),
        (archive_of({"Index/Document.iwa": b"x"}), "Pages"),
        (archive_of({"inre.zip": archive_of({"word/document.xml": b"<a/>"})}), "zip-arkiv"),
        (b"PK\x05\x06" + b"\x00" * 18, "tomt zip-arkiv"),
    ],
)
def test_another_format_is_refused_by_name_and_with_advice(data: bytes, named: str):
    with pytest.raises(UnreadableDocument, match=named) as refused:
        read_document(data)
    assert "lämna" in refused.value.reason.lower()


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"%PDF-1.7"])
def test_a_damaged_file_is_said_to_be_damaged(data: bytes):
    with pytest.raises(UnreadableDocument, match="skadad"):
        read_document(data)


@pytest.mark.parametrize("reading", [read_document, tables_in])
@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"a"])
def test_a_document_over_the_limit_is_refused_before_it_is_opened(reading, beginning, monkeypatch):
    monkeypatch.setattr(incoming, "MAX_BYTES", 1024 * 1024)
    with pytest.raises(UnreadableDocument, match="större än 1 MiB"):
        reading(beginning + b"a" * (1024 * 1024))
