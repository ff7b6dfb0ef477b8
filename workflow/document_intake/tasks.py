"""What the child that reads documents can be asked, and what it answers."""

import enum
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from workflow.document_intake.interface import ReadSkrivelse, ReadText
from workflow.document_intake.meeting_papers import Kallelse, Protokoll
from workflow.document_intake.readers.table import Table


class Task(enum.Enum):
    TEXT = "text"
    SKRIVELSE = "skrivelse"
    PROTOKOLL = "protokoll"
    KALLELSE = "kallelse"
    TABLES = "tables"


class Work(NamedTuple):
    """How a task is done."""

    function: str  # "module:function", imported in the child alone: bytes in, the result out
    result: Any  # the type that the function's answer must have


WORK: Mapping[Task, Work] = {
    Task.TEXT: Work("workflow.document_intake.readers.formats:read_document", ReadText),
    Task.SKRIVELSE: Work("workflow.document_intake.reading:read_skrivelse", ReadSkrivelse),
    Task.PROTOKOLL: Work("workflow.document_intake.meeting_reading:read_protokoll", Protokoll),
    Task.KALLELSE: Work("workflow.document_intake.meeting_reading:read_kallelse", Kallelse),
    Task.TABLES: Work("workflow.document_intake.readers.document_tables:tables_in", tuple[Table, ...]),
}


# --- between parent and child: frames of a length in eight bytes and so much MessagePack -------------

LENGTH = 8


class Request(msgspec.Struct, frozen=True):
    function: str
    data: bytes


class Answered(msgspec.Struct, frozen=True, tag=True):
    result: msgspec.Raw


class Unreadable(msgspec.Struct, frozen=True, tag=True):
    """The reader refused the document, with a sentence of its own."""

    reason: str


class Fault(msgspec.Struct, frozen=True, tag=True):
    """An exception that no reader raises on purpose, by its type."""

    name: str


Answer = Answered | Unreadable | Fault


def frame(message: msgspec.Struct) -> bytes:
    packed = msgspec.msgpack.encode(message)
    return len(packed).to_bytes(LENGTH, "big") + packed
