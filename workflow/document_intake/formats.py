"""Which reader a document needs, told by its bytes: file names lie, and mail gateways rename."""

from typing import assert_never

from workflow.document_intake.interface import DocumentFormat, Reader, ReadText, UnreadableDocument
from workflow.document_intake.plain_text import PlainTextReader

_SAVE_AS_TEXT = "Öppna det, spara det som oformaterad text (UTF-8) och lämna in den filen i stället."

# The first bytes of what people send in place of text.
_NOT_TEXT = (
    (b"PK\x03\x04", "Dokumentet är en Word- eller OpenDocument-fil (.docx, .odt) eller ett zip-arkiv."),
    (b"%PDF", "Dokumentet är en pdf."),
    (b"\xd0\xcf\x11\xe0", "Dokumentet är en äldre Word-fil (.doc)."),
    (b"{\\rtf", "Dokumentet är i rtf-format."),
    (b"\x89PNG", "Dokumentet är en bild."),
    (b"\xff\xd8\xff", "Dokumentet är en bild."),
    (b"II*\x00", "Dokumentet är en inskannad bild."),
    (b"MM\x00*", "Dokumentet är en inskannad bild."),
)


def read_document(data: bytes) -> ReadText:
    """The document as text, whatever format it came in."""
    return reader_for(format_of(data)).read(data)


def reader_for(document_format: DocumentFormat) -> Reader:
    match document_format:
        case DocumentFormat.PLAIN_TEXT:
            return PlainTextReader()
        case _:
            assert_never(document_format)


def format_of(data: bytes) -> DocumentFormat:
    for signature, what in _NOT_TEXT:
        if data.startswith(signature):
            raise UnreadableDocument(f"{what} {_SAVE_AS_TEXT}")
    return DocumentFormat.PLAIN_TEXT
