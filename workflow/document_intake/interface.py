"""What a reader is, and the values a read tjänsteskrivelse comes out as."""

import bisect
import datetime
import enum
from collections.abc import Iterable
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


class Sureness(enum.StrEnum):
    """How far what was read can be trusted without a look at the document."""

    SAKER = "säker"  # stands where it should, in one way only
    TROLIG = "trolig"  # told by its form or place; a glance is enough
    OSAKER = "osäker"  # another reading is as good, or something contradicts it: look before it is used


class Field(enum.StrEnum):
    """What is read from a skrivelse, one thing or several of each."""

    RUBRIK = "rubrik"
    DNR = "dnr"
    DATE = "date"
    ADDRESSEE = "addressee"
    UNIT = "unit"
    HANDLAGGARE = "handlaggare"
    ATT_SATS = "att_sats"
    MBL_KIND = "mbl.kind"
    MBL_PARAGRAPH = "mbl.paragraph"
    MBL_DATE = "mbl.date"
    UNDERLAG = "underlag"
    RECIPIENT = "recipient"
    SIGNATORY = "signatory"
    PLACEHOLDER = "placeholder"
    WATCH = "watch"


class Found(msgspec.Struct, frozen=True):
    """One thing read, or the lack of it: where it stands, how sure that is, and why."""

    field: Field
    text: str  # as read; "" where nothing was found
    sureness: Sureness
    why: str  # a Swedish sentence to the registrator
    line: int | None = None  # its first line in the text, counted from 1; None where there is nothing to point at
    last_line: int | None = None
    quote: str = ""  # those lines as they stand
    body: str | None = None  # of an att-sats: who is asked
    others: tuple[str, ...] = ()  # what else it could have been


def weakest(found: Iterable[Found]) -> Sureness:
    """How sure a field with several findings is: no surer than the least sure of them."""
    return min((one.sureness for one in found), key=_WEAKEST_FIRST.index, default=Sureness.SAKER)


_WEAKEST_FIRST = tuple(reversed(Sureness))


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
    found: tuple[Found, ...] = ()  # every field above with its place, in the order of `Field`


class UnreadableDocument(Exception):  # noqa: N818 - named for what the registrator sees
    """The file cannot be read as text. `reason` is a Swedish sentence that says what to do about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DocumentFormat(enum.Enum):
    """The formats there is a reader for."""

    PLAIN_TEXT = "text"
    WORD = "docx"
    OPEN_DOCUMENT = "odt"
    PDF = "pdf"
    PICTURE = "bild"
    MAIL = "mejl"


class ReadText(msgspec.Struct, frozen=True):
    """A document as text, NFC with plain line ends, and where in it the pages begin."""

    text: str
    pages: tuple[int, ...] = ()  # the first line of each page, counted from 0; empty where the format has no pages
    notes: tuple[str, ...] = ()  # Swedish sentences about what the reader had to do, or could not
    scanned: bool = False  # the letters were told from a picture, so any of them may be wrong

    def page_of(self, line: int) -> int | None:
        """The page, from 1, that a line counted from 1 stands on; None where there are no pages."""
        return bisect.bisect_right(self.pages, line - 1) or None


class ReadSkrivelse(msgspec.Struct, frozen=True):
    """A tjänsteskrivelse with the text it was read from."""

    text: ReadText
    skrivelse: Skrivelse

    @property
    def doubted(self) -> Skrivelse:
        """The skrivelse to keep: what the reader had to do is unsure too."""
        return msgspec.structs.replace(self.skrivelse, unsure=(*self.text.notes, *self.skrivelse.unsure))


class Reader(Protocol):
    """One format: bytes in, text out. Raises UnreadableDocument, decides nothing about the content."""

    def read(self, data: bytes) -> ReadText: ...
