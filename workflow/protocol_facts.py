"""What a meeting's protocol says of each §, for the law to hold against itself."""

from states.case_facts import MinuteKind, Outcome, Written
from workflow import case_store, statements
from workflow.connection import Connection, Row
from workflow.meeting_store import LockedMeeting


def written(connection: Connection, meeting: LockedMeeting) -> tuple[Written, ...]:
    """Every § of a meeting, in their order."""
    by = {"id": meeting.id}
    jav = connection.run(statements.JAV_OF_MEETING, **by)
    votes = {
        row["item_id"]: case_store.vote(row) for row in connection.run(statements.VOTES_OF_MEETING, **by)
    }  # the last stays
    rulings = connection.run(statements.RULINGS_OF_MEETING, **by)
    minutes = connection.run(statements.MINUTES_OF_MEETING, **by)
    return tuple(
        Written(
            paragraph=item["paragraph"],
            decided=bool(item["decided"] and item["case_id"]),  # its own matters are treated by themselves
            jav=tuple(row["member"] for row in jav if row["item_id"] == item["id"]),
            vote=votes.get(item["id"]),
            rulings=frozenset(Outcome(row["outcome"]) for row in rulings if row["item_id"] == item["id"]),
            reservations=tuple(row["noted_at"] for row in minutes if row["item_id"] == item["id"] and _reserves(row)),
        )
        for item in sorted(meeting.items, key=lambda item: item["paragraph"] or 0)
        if item["paragraph"] is not None
    )


def _reserves(row: Row) -> bool:
    return bool(row["kind"] == MinuteKind.RESERVATION and row["noted_at"])
