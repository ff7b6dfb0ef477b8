"""What a reader is, and the values a read tjänsteskrivelse comes out as."""

import datetime
import enum
from typing import Protocol

import msgspec

from states.case_facts import WatchKind


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


class SuggestedWatch(msgspec.Struct, frozen=True):
    """Something the text says must be watched; a person accepts it or not."""

    kind: WatchKind
    about: str  # what, in a few Swedish words of ours around the document's own: "Avtal: anhörigstöd barn"
    due: datetime.date | None  # None: no day can be told (it waits for an event, or the text has no date)
    event: str | None  # HANDELSE, and UPPDRAG tied to one: the event awaited, in the document's words
    months: int | None  # HANDELSE: so many months after the event, at the earliest
    inferred: bool  # the day is not written out: a year or month only, or counted from other dates
    sentence: str  # what it was read from, as it stands
    note: str  # how the day was found where that is not plain; else empty. A full Swedish sentence


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
    watches: tuple[SuggestedWatch, ...]
    unsure: tuple[str, ...]  # full sentences to the registrator; nothing is guessed without one


class UnreadableDocument(Exception):  # noqa: N818 - named for what the registrator sees
    """The file cannot be read as text. `reason` is a Swedish sentence that says what to do about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DocumentFormat(enum.Enum):
    """The formats there is a reader for."""

    PLAIN_TEXT = "text"


class ReadText(msgspec.Struct, frozen=True):
    """A document as text, NFC with plain line ends, and where in it the pages begin."""

    text: str
    pages: tuple[int, ...] = ()  # the first line of each page, counted from 0; empty where the format has no pages
    notes: tuple[str, ...] = ()  # Swedish sentences about what the reader had to do, or could not


class ReadSkrivelse(msgspec.Struct, frozen=True):
    """A tjänsteskrivelse with the text it was read from."""

    text: ReadText
    skrivelse: Skrivelse


class Reader(Protocol):
    """One format: bytes in, text out. Raises UnreadableDocument, decides nothing about the content."""

    def read(self, data: bytes) -> ReadText: ...
