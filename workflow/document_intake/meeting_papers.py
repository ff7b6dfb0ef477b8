"""The values a read protokoll, protokollsutdrag or kallelse comes out as: each with the line it was read from."""

import datetime

import msgspec

from states.case_facts import Ballot, MatterOutcome, Outcome


class ReadVote(msgspec.Struct, frozen=True):
    """A votering: how many, and who where the protocol names them."""

    yes: int
    no: int
    abstained: int
    casting: bool  # the chair's vote settled a tie
    main: str  # what ja was for; empty where the protocol does not say
    against: str
    by_name: tuple[tuple[str, Ballot], ...]
    line: int


class ReadReservation(msgspec.Struct, frozen=True):
    """Who reserved themselves, and in what words."""

    names: tuple[str, ...]
    text: str
    line: int


class ReadParagraph(msgspec.Struct, frozen=True, kw_only=True):
    """One § of a protocol."""

    number: int
    rubrik: str
    numbers: tuple[str, ...]  # diarienummer as they are written
    decisions: tuple[str, ...]  # the att-satser decided
    ruling: Outcome | None  # against what was proposed, where the protocol says; None: it does not
    matter: MatterOutcome | None  # what became of the matter, in any part of it
    matters: tuple[MatterOutcome | None, ...]  # the same, decision by decision
    to_council: bool  # it proposes to fullmäktige
    receiver: str | None  # whom it was remitted, returned or handed over to, as it is written
    minority: bool  # postponed or returned on a minority's request
    votes: tuple[ReadVote, ...]
    reservations: tuple[ReadReservation, ...]
    jav: tuple[str, ...]
    immediate: bool  # omedelbart justerad
    recipients: tuple[str, ...]
    underlag: tuple[str, ...]
    lines: dict[str, int]  # what was read -> the line it stands on, counted from 1
    unsure: tuple[str, ...]


class Protokoll(msgspec.Struct, frozen=True, kw_only=True):
    """A protocol, or the part of one that an utdrag is."""

    body: str | None  # base form, lower case
    on: datetime.date | None
    starts_at: str | None  # "13.00"
    ends_at: str | None
    adjusted_on: datetime.date | None  # the last signature's day
    posted_on: datetime.date | None  # when the notice of it went up
    justerare: tuple[str, ...]
    sekreterare: str | None
    ordforande: str | None
    stated: tuple[int, int] | None  # the first and the last § by the front page
    paragraphs: tuple[ReadParagraph, ...]
    placeholders: tuple[str, ...]
    lines: dict[str, int]
    unsure: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """True where every § that the front page speaks of is there."""
        numbers = [paragraph.number for paragraph in self.paragraphs]
        return self.stated is not None and numbers == list(range(self.stated[0], self.stated[1] + 1))


class ReadItem(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of a föredragningslista."""

    place: int | None
    rubrik: str
    numbers: tuple[str, ...]
    proposed: bool  # something is proposed to be decided
    line: int


class Kallelse(msgspec.Struct, frozen=True, kw_only=True):
    """A kallelse with its föredragningslista."""

    body: str | None
    on: datetime.date | None
    starts_at: str | None
    called_on: datetime.date | None  # when it was made out
    items: tuple[ReadItem, ...]
    lines: dict[str, int]
    unsure: tuple[str, ...]
