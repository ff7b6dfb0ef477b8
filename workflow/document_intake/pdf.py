"""Pdf files with a text layer."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workflow.document_intake.faults import LOCKED, told_apart
from workflow.document_intake.interface import UnreadableDocument

if TYPE_CHECKING:
    from pdfplumber.page import Page

MAX_PAGES = 200

_TOO_MANY_PAGES = f"Pdf-filen har fler än {MAX_PAGES} sidor. Lämna in enbart skrivelsen, utan bilagor."


@contextmanager
def opened_pdf(data: bytes) -> Iterator[Sequence["Page"]]:
    """The pages, for as long as the block lasts. Raises UnreadableDocument, also for faults found in the block."""
    # Imported here: only who reads a pdf needs the library, and it is a large one.
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    with told_apart():
        try:
            document = pdfplumber.open(io.BytesIO(data), unicode_norm="NFC")
        except PdfminerException as error:
            if isinstance(error.args[0], PDFPasswordIncorrect | PDFEncryptionError):
                raise UnreadableDocument(LOCKED) from error
            raise
        with document:
            if len(document.pages) > MAX_PAGES:
                raise UnreadableDocument(_TOO_MANY_PAGES)
            yield document.pages
