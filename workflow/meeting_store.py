"""Meetings in and out of the database."""

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from states.case_facts import BodyKind, MeetingFacts, MeetingState, ProtocolPart
from workflow import member_register, statements
from workflow.case_store import lock_meeting
from workflow.connection import Connection, Row
from workflow.errors import NotFoundError, UsageError

SHAPE = re.compile(r"(?P<body>.+?)[ -]+(?P<day>\d{4}-\d\d-\d\d)")


class LockedMeeting(msgspec.Struct, frozen=True):
    """A meeting whose row nobody else can change now."""

    id: str
    version: int
    facts: MeetingFacts
    parts: tuple[ProtocolPart, ...]
    items: tuple[Row, ...]

    @property
    def stream(self) -> str:
        return f"meeting:{self.id}"


def parse(text: str) -> tuple[str, date]:
    """(body, day) of `KS 2024-05-14` or `KS-2024-05-14`."""
    match = SHAPE.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        return match["body"].strip().upper(), date.fromisoformat(match["day"])
    except ValueError:
        raise UsageError(f"”{text}” är inget sammanträde. Skriv till exempel KS-2024-05-14.") from None


def parse_day(text: str) -> date | None:
    """The day a text ends with, or None."""
    try:
        return date.fromisoformat(text[-10:])
    except ValueError:
        return None


def find(connection: Connection, text: str) -> str:
    """The id of a meeting. Raises NotFoundError with the command that plans it."""
    body, day = parse(text)
    rows = connection.run(statements.MEETINGS_BY_DAY, body=body, day=day.isoformat())
    if not rows:
        raise NotFoundError(f"Sammanträdet {body} {day} finns inte. Planera det med: arende meeting add {body} {day}")
    return str(rows[0]["id"])


def load(connection: Connection, meeting_id: str) -> LockedMeeting:
    """A meeting as it is recorded now (without a lock unless the caller holds it)."""
    row = connection.run(statements.MEETING, id=meeting_id)[0]
    items = tuple(connection.run(statements.ITEMS, id=meeting_id))
    parts = tuple(_part(part, items) for part in connection.run(statements.PARTS, id=meeting_id))
    return LockedMeeting(meeting_id, row["version"], _facts(connection, row, items), parts, items)


def seen(connection: Connection, meeting_id: str) -> LockedMeeting:
    """A meeting as it may be shown: without the items, and the parts of the protocol, that are secret cases'."""
    whole = load(connection, meeting_id)
    items = tuple(connection.run(statements.ITEMS_SEEN, id=meeting_id))
    parts = tuple(_part(part, items) for part in connection.run(statements.PARTS_SEEN, id=meeting_id))
    return msgspec.structs.replace(whole, items=items, parts=parts)


def cases(connection: Connection, meeting_id: str) -> tuple[str, ...]:
    """The ids of the cases that may be shown, on a meeting's agenda or among what was decided in its place."""
    items = connection.run(statements.ITEMS_SEEN, id=meeting_id)
    delegated = connection.run(statements.DELEGATED_SEEN, id=meeting_id)
    return tuple(dict.fromkeys(str(row["case_id"]) for row in (*items, *delegated) if row["case_id"]))


def lock(connection: Connection, meeting_id: str) -> LockedMeeting:
    lock_meeting(connection, meeting_id)
    return load(connection, meeting_id)


def next_paragraph(connection: Connection, body: str, year: int) -> int:
    """The next § in a body's yearly series."""
    rows = connection.run(statements.LAST_PARAGRAPH, body=body, year=year)
    return int(rows[0]["paragraph"] or 0) + 1


def _facts(connection: Connection, row: Row, items: tuple[Row, ...]) -> MeetingFacts:
    where = {"body": row["body"], "day": row["day"]}
    parent = connection.run(statements.BODY_PARENT, **where)
    (untold,) = connection.run(statements.UNREPORTED, id=row["id"])
    return MeetingFacts(
        ref=f"{row['body']} {row['day']}",
        body=row["body"],
        kind=BodyKind(row["kind"]),
        on=date.fromisoformat(row["day"]),
        state=MeetingState(row["state"]),
        announced_on=_date(row["announced_on"]),
        called_on=_date(row["called_on"]),
        call_days=row["call_days"],
        utskott=bool(parent and parent[0]["parent"]),
        attendance=member_register.attendance(connection, row["id"]),
        seats=member_register.seats(connection, row["body"], row["day"]),
        closed_at=row["closed_at"],
        unreported=int(untold["unreported"]),
        urgent_unreported=int(untold["urgent"]),
        manus_on=_date(row["manus_on"]),
        call_on=_date(row["call_on"]),
        announce_on=_date(row["announce_on"]),
        open_paragraphs=tuple(int(item["paragraph"]) for item in items if _is_open(item)),
    )


def _is_open(item: Row) -> bool:
    """A § that nothing has become of yet."""
    settled = item["decided"] or item["outcome"] is not None or item["part_id"] is not None
    return item["paragraph"] is not None and not settled


def _part(row: Row, items: tuple[Mapping[str, object], ...]) -> ProtocolPart:
    return ProtocolPart(
        id=row["id"],
        paragraphs=tuple(int(str(item["paragraph"])) for item in items if item["part_id"] == row["id"]),
        whole=bool(row["whole"]),
        adjusted_on=date.fromisoformat(row["adjusted_on"]),
        posted_on=_date(row["posted_on"]),
        taken_down_on=_date(row["taken_down_on"]),
        restarted_on=_date(row["restarted_on"]),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
