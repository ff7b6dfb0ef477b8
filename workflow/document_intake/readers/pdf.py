"""Pdf files: their text layer put together to lines, or their pages as pictures where they have none."""

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.readers.faults import LOCKED, told_apart
from workflow.document_intake.readers.page_lines import Page, text_of_pages
from workflow.document_intake.readers.plain_text import repaired_letters

if TYPE_CHECKING:
    from pdfplumber.pdf import PDF

MAX_PAGES = 200

_TOO_MANY_PAGES = f"Pdf-filen har fler än {MAX_PAGES} sidor. Lämna in enbart skrivelsen, utan bilagor."
_WITHOUT_TEXT = "{pages} är en bild utan text och lästes inte. Kontrollera vad som står där."
_MANY_WITHOUT_TEXT = "{pages} är bilder utan text och lästes inte. Kontrollera vad som står där."

_LEAST_LETTERS = 20  # in a whole document; fewer are a scanner's stamp
_MOSTLY = 0.3


class PdfReader:
    """Reads pdf; holds nothing."""

    def read(self, data: bytes) -> ReadText:
        with opened_pdf(data) as document:
            # Imported here: with the library it is made for.
            from workflow.document_intake.readers.pdf_letters import page_of

            pages = [page_of(page.page_obj, document.rsrcmgr) for page in document.pages]
        if _has_text(pages):
            text, starts = text_of_pages(pages)
            return ReadText(repaired_letters(text), starts, _on_pictures(pages))
        # Imported here: only a pdf without text needs it.
        from workflow.document_intake.readers.scanned import read_scanned_pdf

        return read_scanned_pdf(data)


@contextmanager
def opened_pdf(data: bytes) -> Iterator["PDF"]:
    """The document, for as long as the block lasts. Raises UnreadableDocument, also for faults found in the block."""
    with told_apart():
        # Imported here: only who reads a pdf needs the library, and it is a large one.
        import pdfplumber
        from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
        from pdfplumber.utils.exceptions import PdfminerException

        for library in ("pdfminer", "pdfplumber"):  # they quote the document in what they log
            logging.getLogger(library).setLevel(logging.CRITICAL)
        try:
            document = pdfplumber.open(io.BytesIO(data), unicode_norm="NFC")
        except PdfminerException as error:
            if isinstance(error.args[0], PDFPasswordIncorrect | PDFEncryptionError):
                raise UnreadableDocument(LOCKED) from error
            raise
        with document:
            if len(document.pages) > MAX_PAGES:
                raise UnreadableDocument(_TOO_MANY_PAGES)
            yield document


def _has_text(pages: Sequence[Page]) -> bool:
    written = [letter for page in pages for letter in page.letters if not letter.text.isspace()]
    unnamed = sum(letter.text == "\ufffd" for letter in written)  # the font does not say which letter it draws
    return len(written) >= _LEAST_LETTERS and unnamed < _MOSTLY * len(written)


def _on_pictures(pages: Sequence[Page]) -> tuple[str, ...]:
    empty = [str(number) for number, page in enumerate(pages, 1) if not page.letters]
    if not empty:
        return ()
    if len(empty) == 1:
        return (_WITHOUT_TEXT.format(pages=f"Sidan {empty[0]}"),)
    return (_MANY_WITHOUT_TEXT.format(pages=f"Sidorna {', '.join(empty[:-1])} och {empty[-1]}"),)
