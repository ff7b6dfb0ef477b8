"""Papers of meetings that came in, read all the way: bytes in, what they say out."""

from workflow.document_intake.kallelse import read_kallelse as _kallelse
from workflow.document_intake.meeting_papers import Kallelse, Protokoll
from workflow.document_intake.protokoll import read_protokoll as _protokoll
from workflow.document_intake.readers.formats import read_document


def read_protokoll(data: bytes) -> Protokoll:
    return _protokoll(read_document(data).text)


def read_kallelse(data: bytes) -> Kallelse:
    return _kallelse(read_document(data).text)
