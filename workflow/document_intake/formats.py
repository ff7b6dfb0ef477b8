"""Which reader a document needs, told by its bytes: file names lie, and mail gateways rename."""

from typing import assert_never

from workflow.document_intake import archives
from workflow.document_intake.interface import DocumentFormat, Reader, ReadText, UnreadableDocument
from workflow.document_intake.pdf import PdfReader
from workflow.document_intake.plain_text import PlainTextReader
from workflow.document_intake.word import WordReader

_SAVE_AS = "Öppna det, spara det som docx, odt eller pdf och lämna in den filen i stället."


def read_document(data: bytes) -> ReadText:
    """The document as text, whatever format it came in."""
    return reader_for(format_of(data)).read(data)


def reader_for(document_format: DocumentFormat) -> Reader:
    match document_format:
        case DocumentFormat.PLAIN_TEXT:
            return PlainTextReader()
        case DocumentFormat.WORD:
            return WordReader()
        case DocumentFormat.PDF:
            return PdfReader()
        case _:
            assert_never(document_format)


# The first bytes of what people send in place of a document there is a reader for.
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "Dokumentet är en äldre Word-fil (.doc)."),
    (b"{\\rtf", "Dokumentet är i rtf-format."),
    (b"\x89PNG", "Dokumentet är en bild."),
    (b"\xff\xd8\xff", "Dokumentet är en bild."),
    (b"II*\x00", "Dokumentet är en inskannad bild."),
    (b"MM\x00*", "Dokumentet är en inskannad bild."),
)


def format_of(data: bytes) -> DocumentFormat:
    if data.startswith(archives.SIGNATURE):
        return _in_archive(archives.names_in(data))
    if data.startswith(b"%PDF"):
        return DocumentFormat.PDF
    for signature, what in _REFUSED:
        if data.startswith(signature):
            raise UnreadableDocument(f"{what} {_SAVE_AS}")
    return DocumentFormat.PLAIN_TEXT


def _in_archive(names: tuple[str, ...]) -> DocumentFormat:
    if any(name.startswith("word/") for name in names):
        return DocumentFormat.WORD
    raise UnreadableDocument("Filen är ett zip-arkiv. Packa upp det och lämna in dokumenten var för sig.")
