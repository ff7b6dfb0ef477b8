"""What a reader is, and the values a read tjänsteskrivelse comes out as."""

import datetime
import enum
from typing import Protocol

import msgspec


class ReadMbl(msgspec.Struct, frozen=True):
    """What the skrivelse says of information or negotiation with the unions (MBL 1976:580)."""

    kind: str  # one of MBL_KINDS
    paragraph: str | None  # "11", "14", "19" or "38", only as stated
    date: datetime.date | None


MBL_KINDS = ("information", "förhandling", "samverkan", "ej_påkallad", "okänt", "saknas")


class ReadProposal(msgspec.Struct, frozen=True):
    """What one body is asked to decide, in the order of the document."""

    body: str | None  # base form, lower case: "social- och omsorgsnämnden"; None: the heading names none
    att_satser: tuple[str, ...]


class Placeholder(msgspec.Struct, frozen=True):
    """Something the template put there and nobody filled in."""

    text: str  # as it stands, so that it can be searched for in the document
    section: str  # where it stands: "Rubrik", "Beslutsunderlag", "Beslutet skickas till" …


class Skrivelse(msgspec.Struct, frozen=True):
    """A tjänsteskrivelse as read: what stands there, and what the reader was unsure of."""

    rubrik: str | None
    numbers: tuple[str, ...]  # the document's own case numbers, without "Dnr"
    date: datetime.date | None  # the document's own, never one quoted in it
    addressee: str | None
    unit: str | None
    handlaggare: tuple[str, ...]
    proposals: tuple[ReadProposal, ...]
    mbl: ReadMbl
    recipients: tuple[str, ...]
    signatories: tuple[str, ...]
    underlag: tuple[str, ...]
    placeholders: tuple[Placeholder, ...]
    unsure: tuple[str, ...]  # full sentences to the registrator; nothing is guessed without one


class UnreadableDocument(Exception):  # noqa: N818 - named for what the registrator sees
    """The file cannot be read as text. `reason` is a Swedish sentence that says what to do about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DocumentFormat(enum.Enum):
    """The formats there is a reader for."""

    PLAIN_TEXT = "text"


class Reader(Protocol):
    """One format: bytes in, text out. Raises UnreadableDocument, decides nothing about the content."""

    def read(self, data: bytes) -> str: ...
