"""Which reader a document needs, told by its bytes: file names lie, and mail gateways rename."""

from typing import assert_never

from workflow.document_intake.incoming import refuse_too_large
from workflow.document_intake.interface import DocumentFormat, Reader, ReadText, UnreadableDocument
from workflow.document_intake.readers import archives
from workflow.document_intake.readers.faults import LOCKED
from workflow.document_intake.readers.mail import MailReader, is_mail
from workflow.document_intake.readers.open_document import OpenDocumentReader
from workflow.document_intake.readers.pdf import PdfReader
from workflow.document_intake.readers.plain_text import PlainTextReader
from workflow.document_intake.readers.scanned import PictureReader
from workflow.document_intake.readers.word import WordReader


def read_document(data: bytes) -> ReadText:
    """The document as text, whatever format it came in. Raises UnreadableDocument and nothing else."""
    return _read_as(format_of(data), data)


def reader_for(document_format: DocumentFormat) -> Reader:
    match document_format:
        case DocumentFormat.PLAIN_TEXT:
            return PlainTextReader()
        case DocumentFormat.WORD:
            return WordReader()
        case DocumentFormat.OPEN_DOCUMENT:
            return OpenDocumentReader()
        case DocumentFormat.PDF:
            return PdfReader()
        case DocumentFormat.PICTURE:
            return PictureReader()
        case DocumentFormat.MAIL:
            return MailReader(format_of, _read_as)
        case _:
            assert_never(document_format)


def _read_as(document_format: DocumentFormat, data: bytes) -> ReadText:
    return reader_for(document_format).read(data)


_SAVE_AS = "Öppna {it}, spara {it} som docx, odt eller pdf och lämna in den filen i stället."
_DOCUMENT = _SAVE_AS.format(it="det")
_NOT_A_TEXT = "Lämna in skrivelsen som docx, odt, pdf eller textfil."

# The first bytes of what there is a reader for, besides text, mail and archives …
_SIGNATURES = (
    (b"%PDF", DocumentFormat.PDF),
    (b"\x89PNG\r\n\x1a\n", DocumentFormat.PICTURE),
    (b"\xff\xd8\xff", DocumentFormat.PICTURE),
    (b"II*\x00", DocumentFormat.PICTURE),
    (b"MM\x00*", DocumentFormat.PICTURE),
)
# … and of what people send in its place.
_REFUSED = (
    (b"{\\rtf", f"Dokumentet är i rtf-format. {_DOCUMENT}"),
    (b"GIF8", f"Filen är en gif-bild. {_NOT_A_TEXT}"),
    (b"Rar!", "Filen är ett rar-arkiv. Packa upp det och lämna in dokumenten var för sig."),
    (b"7z\xbc\xaf\x27\x1c", "Filen är ett 7z-arkiv. Packa upp det och lämna in dokumenten var för sig."),
    (b"\x1f\x8b", "Filen är ett gzip-arkiv. Packa upp det och lämna in dokumenten var för sig."),
    (
        b"\x78\x9f\x3e\x22",
        "Filen är Outlooks egen förpackning av bilagor (winmail.dat). Be avsändaren skicka dokumentet som vanlig "
        "bilaga, eller spara det ur mejlet i Outlook, och lämna in den filen.",
    ),
    (b"PK\x05\x06", "Filen är ett tomt zip-arkiv. Lämna in själva dokumentet."),
)
# Old Office files and locked new ones are of one kind; the names of their streams, in UTF-16, tell them apart.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_STREAMS = (
    ("EncryptedPackage", LOCKED),
    ("WordDocument", f"Dokumentet är en äldre Word-fil (.doc). {_DOCUMENT}"),
    (
        "__properties_version1.0",
        "Filen är ett Outlook-meddelande (.msg). Spara bilagan ur det och lämna in den i stället.",
    ),
    ("Workbook", f"Filen är en äldre Excel-fil (.xls). {_NOT_A_TEXT}"),
    ("PowerPoint Document", f"Filen är en äldre PowerPoint-fil (.ppt). {_NOT_A_TEXT}"),
)
_MARK_WITHIN = 1_024  # a pdf may have some rubbish before its mark


def format_of(data: bytes) -> DocumentFormat:
    refuse_too_large(len(data))
    if data.startswith(archives.SIGNATURE):
        return _in_archive(archives.names_in(data))
    if data.startswith(_OLD_OFFICE):
        raise UnreadableDocument(_of_old_office(data))
    for signature, document_format in _SIGNATURES:
        if data.startswith(signature):
            return document_format
    for signature, reason in _REFUSED:
        if data.startswith(signature):
            raise UnreadableDocument(reason)
    if b"%PDF-" in data[:_MARK_WITHIN] and not data[:_MARK_WITHIN].isascii():
        return DocumentFormat.PDF
    return DocumentFormat.MAIL if is_mail(data) else DocumentFormat.PLAIN_TEXT


def _of_old_office(data: bytes) -> str:
    found = (reason for name, reason in _STREAMS if name.encode("utf-16-le") in data)
    return next(found, f"Filen är en äldre Office-fil. {_SAVE_AS.format(it='den')}")


# What the parts of an archive are called, by the program that made it.
_PROGRAMS = (
    ("xl/", f"Filen är ett kalkylblad (.xlsx). {_NOT_A_TEXT}"),
    ("ppt/", f"Filen är en presentation (.pptx). {_NOT_A_TEXT}"),
    ("Index/", f"Filen är gjord i Pages, Numbers eller Keynote. {_SAVE_AS.format(it='den')}"),
)


def _in_archive(names: tuple[str, ...]) -> DocumentFormat:
    if any(name.startswith("word/") for name in names):
        return DocumentFormat.WORD
    if "content.xml" in names:
        return DocumentFormat.OPEN_DOCUMENT
    for folder, reason in _PROGRAMS:
        if any(name.startswith(folder) for name in names):
            raise UnreadableDocument(reason)
    raise UnreadableDocument("Filen är ett zip-arkiv. Packa upp det och lämna in dokumenten var för sig.")
