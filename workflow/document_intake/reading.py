"""A document that came in, read all the way: bytes in, what it says out."""

from workflow.document_intake.interface import ReadSkrivelse
from workflow.document_intake.readers.formats import read_document
from workflow.document_intake.tjansteskrivelse import read_tjansteskrivelse


def read_skrivelse(data: bytes) -> ReadSkrivelse:
    text = read_document(data)
    return ReadSkrivelse(text, read_tjansteskrivelse(text.text, scanned=text.scanned))
