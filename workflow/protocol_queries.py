"""What a protocol says besides the decisions, as plain values: who was there, and of each § what was said and voted."""

from collections.abc import Iterable, Mapping
from typing import Any

from states.case_facts import MeetingFacts
from workflow import member_register, statements
from workflow.connection import Connection, Row
from workflow.member_register import MemberRegister, attendee, said

View = dict[str, Any]


def attendance(connection: Connection, meeting_id: str, meeting: MeetingFacts) -> list[View]:
    """Everybody at a meeting: who decides first, in the order of their seats, then the others."""
    register = member_register.of_meeting(connection, meeting)
    found = [_present(row, register) for row in connection.run(statements.ATTENDANCE, id=meeting_id)]
    seats = ("ordforande", "ledamot", "ersattare", "personalforetradare", "tjansteperson")
    return sorted(found, key=lambda one: (not one["serves"], seats.index(one["seat"]), one["name"]))


def _present(row: Row, register: MemberRegister) -> View:
    one = attendee(row)
    return {
        "name": register.name(one.member) if row["member"] else said(row["words"], "name"),
        "seat": one.seat.value,
        "serves": one.serves,
        "serves_for": register.name(one.serves_for) if one.serves_for else None,
        "from_paragraph": one.from_paragraph,
        "to_paragraph": one.to_paragraph,
        "remote": one.remote,
    }


def of_items(connection: Connection, meeting_id: str, body: str, day: str) -> Mapping[str, View]:
    """Item of a meeting -> its jäv, minutes and votes."""
    register = member_register.on_day(connection, body, day)
    parts = {
        "jav": [(row, _jav(row, register)) for row in connection.run(statements.JAV_OF_MEETING, id=meeting_id)],
        "minutes": [(r, _minute(r, register)) for r in connection.run(statements.MINUTES_OF_MEETING, id=meeting_id)],
        "votes": _votes(connection, meeting_id, register),
    }
    found: dict[str, View] = {}
    for part, views in parts.items():
        for row, view in views:
            found.setdefault(row["item_id"], nothing())[part].append(view)
    return found


def nothing() -> View:
    """A § of which nothing is minuted."""
    return {"jav": [], "minutes": [], "votes": []}


def of_case(connection: Connection, case_id: str) -> Mapping[str, View]:
    """Item -> its jäv, minutes and votes, at every meeting a case has had a § at."""

    rows = connection.run(statements.AGENDA, id=case_id)
    meetings = {row["meeting_id"]: (row["body"], row["day"]) for row in rows if row["paragraph"] is not None}
    found: dict[str, View] = {}
    for meeting_id, (body, day) in meetings.items():
        found |= of_items(connection, meeting_id, body, day)
    return found


def _jav(row: Row, register: MemberRegister) -> View:
    return {"name": register.name(row["member"]), "ground": said(row["words"], "ground") if row["words"] else None}


def _minute(row: Row, register: MemberRegister) -> View:
    return {
        "kind": row["kind"],
        "name": register.name(row["member"]) if row["member"] else None,
        "text": said(row["words"], "text"),
        "announced_at": row["noted_at"],
    }


def _votes(connection: Connection, meeting_id: str, register: MemberRegister) -> list[tuple[Row, View]]:
    cast = connection.run(statements.BALLOTS_OF_MEETING, id=meeting_id)
    rows = connection.run(statements.VOTES_OF_MEETING, id=meeting_id)
    return [(row, _vote(row, [one for one in cast if one["vote_id"] == row["id"]], register)) for row in rows]


def _vote(row: Row, cast: Iterable[Row], register: MemberRegister) -> View:
    return {
        "main": said(row["words"], "main"),
        "against": said(row["words"], "against"),
        "yes": row["yes"],
        "no": row["no"],
        "abstained": row["abstained"],
        "secret": bool(row["secret"]),
        "casting": bool(row["casting"]),
        "settled": said(row["words"], "settled") or None,
        "ballots": [{"name": register.name(one["member"]), "choice": one["choice"]} for one in cast],
    }
