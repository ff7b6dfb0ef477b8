"""Who was at a meeting and how many seats its body has, out of the database."""

import msgspec

from states import assembly
from states.case_facts import AgendaItem, Attendee, Seat
from workflow import statements
from workflow.connection import Connection, Row


def attendance(connection: Connection, meeting_id: str) -> tuple[Attendee, ...]:
    """Everybody who is noted as present."""
    return tuple(attendee(row) for row in connection.run(statements.ATTENDANCE, id=meeting_id))


def seats(connection: Connection, body: str, day: str) -> int | None:
    """How many ordinary members a body has on a day; None where no register tells."""
    (row,) = connection.run(statements.SEATS, body=body, day=day)
    return int(row["seats"]) or None


def took_part(connection: Connection, item: AgendaItem, meeting_id: str) -> tuple[int, int] | None:
    """(how many, of how many) decided a §; None where nothing is noted of it."""
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
