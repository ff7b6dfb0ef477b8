"""The register of members: who has a seat in a body on a day, how people name them, and who was at a meeting."""

import json
import unicodedata
from collections.abc import Iterable

import msgspec

from states.case_facts import AgendaItem, Attendee, MeetingFacts, Person, Seat
from workflow import payload_store, statements
from workflow.connection import Connection, Row
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


# --- who was at a meeting ---------------------------------------------------------------------------


def attendance(connection: Connection, meeting_id: str) -> tuple[Attendee, ...]:
    """Everybody who is noted as present."""
    return tuple(attendee(row) for row in connection.run(statements.ATTENDANCE, id=meeting_id))


def seats(connection: Connection, body: str, day: str) -> int | None:
    """How many ordinary members a body has on a day; None where no register tells."""
    (row,) = connection.run(statements.SEATS, body=body, day=day)
    return int(row["seats"]) or None


def took_part(connection: Connection, item: AgendaItem, meeting_id: str) -> tuple[int, int] | None:
    """(how many, of how many) decided a §; None where nothing is noted of it."""
    # The lists that load this ask for no one's attendance.
    from states import assembly

    there = attendance(connection, meeting_id) if item.decided else ()
    places = seats(connection, item.meeting.body, item.meeting.on.isoformat()) if there else None
    if places is None:
        return None
    return assembly.present(msgspec.structs.replace(item.meeting, attendance=there), item), places


def attendee(row: Row) -> Attendee:
    """Somebody at a meeting, as its row tells."""
    return Attendee(
        member=row["member"] or row["id"],
        seat=Seat(row["seat"]),
        serves_for=row["serves_for"],
        from_paragraph=row["from_paragraph"],
        to_paragraph=row["to_paragraph"],
        remote=bool(row["remote"]),
        place=row["place"],
    )
