"""The register of members: who has a seat in a body on a day, and how people name them."""

import json
import unicodedata
from collections.abc import Iterable

import msgspec

from states.case_facts import MeetingFacts, Person
from workflow import payload_store, statements
from workflow.connection import Connection
from workflow.errors import NotFoundError, UsageError


class Member(msgspec.Struct, frozen=True):
    """A seat and who holds it."""

    id: str
    name: str
    seat: str  # ordforande, vice_ordforande, ledamot, ersattare
    place: int | None = None  # an ersättare's, in the order they are called in

    @property
    def person(self) -> Person:
        return Person(self.id, self.name)

    @property
    def is_ordinary(self) -> bool:
        return self.seat != "ersattare"


class MemberRegister:
    """The members of one body on one day."""

    def __init__(self, body: str, members: Iterable[Member]) -> None:
        self.body, self.members = body, tuple(members)

    def find(self, text: str) -> Member:
        """A member by id, name or a part of the name that nobody else has. Raises NotFoundError or UsageError."""
        found = self.named(text)
        if not found:
            known = ", ".join(member.name for member in self.members)
            raise NotFoundError(
                f"”{text}” har ingen plats i {self.body} den dagen. "
                + (f"De som har: {known}." if known else "Ledamöter läggs till under [[members]] i config.toml.")
            )
        if len(found) > 1:
            shown = ", ".join(f"{member.name} ({member.id})" for member in found)
            raise UsageError(f"”{text}” kan vara flera: {shown}. Skriv mer av namnet, eller id.")
        return found[0]

    def named(self, text: str) -> tuple[Member, ...]:
        """Those a text can mean; an id or a whole name means that one alone."""
        wanted = _folded(text)
        exactly = tuple(member for member in self.members if wanted in (_folded(member.id), _folded(member.name)))
        return exactly or tuple(member for member in self.members if wanted and wanted in _folded(member.name))

    def name(self, member_id: str) -> str:
        """What somebody is called; the id of one who is in the register no more."""
        return next((member.name for member in self.members if member.id == member_id), member_id)


def of_meeting(connection: Connection, meeting: MeetingFacts) -> MemberRegister:
    """The register of a meeting's body, as it was that day."""
    return on_day(connection, meeting.body, meeting.on.isoformat())


def on_day(connection: Connection, body: str, day: str) -> MemberRegister:
    rows = connection.run(statements.MEMBERS_OF_BODY, body=body, day=day)
    return MemberRegister(
        body, (Member(row["id"], said(row["words"], "name"), row["seat"], row["place"]) for row in rows)
    )


def said(words: str | None, key: str) -> str:
    """One text of a payload that was read with its row; what stands in its place when it has been removed."""
    content = json.loads(words) if words else payload_store.PURGED
    return payload_store.GONE if content == payload_store.PURGED else str(content.get(key) or "")


def _folded(text: str) -> str:
    """Small letters and single spaces; å, ä and ö stay what they are."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
