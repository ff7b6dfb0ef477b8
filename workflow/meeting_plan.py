"""What a meeting is planned by: its days before the meeting, and the matters that always stand on its agenda."""

import re
from datetime import date
from typing import Any

import msgspec

from states.case_facts import MeetingState
from states.records import Change, insert
from states.swedish_text import day
from workflow import audit_journal, statements
from workflow.agenda import ALWAYS_LAST
from workflow.audit_journal import Command, Draft
from workflow.body_register import Body
from workflow.config import StandingItem
from workflow.connection import Connection
from workflow.errors import UsageError

HOUR = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)(?:[.:]\d\d)?")


class Plan(msgspec.Struct, frozen=True):
    """The days to work by before a meeting; None: as the routines and the law have them."""

    manus: date | None = None
    call: date | None = None
    announce: date | None = None
    starts_at: str | None = None  # "13.00"

    @property
    def columns(self) -> dict[str, Any]:
        """The meeting's columns, all of them."""
        return {
            "manus_on": self.manus.isoformat() if self.manus else None,
            "call_on": self.call.isoformat() if self.call else None,
            "announce_on": self.announce.isoformat() if self.announce else None,
            "starts_at": self.starts_at,
        }

    @property
    def said(self) -> dict[str, Any]:
        """The columns of what was said."""
        return {column: value for column, value in self.columns.items() if value is not None}


UNSAID = Plan()


def hour(text: str) -> str:
    """`13.00` of 13:00 and 9.30. Raises UsageError for what is no hour."""
    match = HOUR.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"”{text}” är inget klockslag; skriv till exempel 13.00.")
    return f"{int(match[1]):02}.{match[2]}"


def refuse_odd(plan: Plan, body: Body, meeting: date) -> None:
    """Raise UsageError for a plan that cannot be followed."""
    council = body.kind == "kf" and not body.is_utskott
    if plan.announce is not None and not council:
        raise UsageError(f"Bara fullmäktige kungörs; ta bort kungörelsedagen för {body.code} {meeting}.")
    for what, on in (("Manusstopp", plan.manus), ("Kallelsen", plan.call), ("Kungörelsen", plan.announce)):
        if on is not None and on >= meeting:
            raise UsageError(f"{what} {on} måste vara före sammanträdet {body.code} {meeting}.")


def refuse_taken(connection: Connection, body: str, on: date) -> None:
    """Raise UsageError for a day on which the body meets already, or was to meet."""
    rows = connection.run(statements.MEETINGS_BY_DAY, body=body, day=on.isoformat())
    if not rows:
        return
    state = connection.run(statements.MEETING, id=rows[0]["id"])[0]["state"]
    if state != MeetingState.INSTALLD:
        raise UsageError(f"{body} {on} finns redan. Se: arende meeting show {body}-{on}")
    bodies = audit_journal.history(connection, f"meeting:{rows[0]['id']}")
    post = next(one["seq"] for one in reversed(bodies) if one["type"] == "meeting.cancelled")
    raise UsageError(
        f"{body} {on} finns redan och är inställt. Välj en annan dag, eller ta tillbaka att det ställdes in: "
        f"arende correct {body}-{on} {post} --skal SKÄL"
    )


def standing_items(
    command: Command, draft: Draft, matters: list[StandingItem], meeting_id: str, body: str, on: date
) -> list[Change]:
    """The rows of what is on every agenda of a body, first or last on it; the titles are put aside as payloads."""
    own = [matter for matter in matters if matter.body == body]
    first = [matter for matter in own if matter.place == "first"]
    last = [matter for matter in own if matter.place == "last"]
    places = [*enumerate(first, 1), *enumerate(last, ALWAYS_LAST)]
    return [
        own_matter(
            command,
            meeting_id,
            body,
            on,
            ordinal=ordinal,
            kind=matter.kind,
            standing=slug(matter.title),
            payload=draft.text({"title": matter.title}),
        )
        for ordinal, matter in places
    ]


def own_matter(command: Command, meeting_id: str, body: str, on: date, **columns: Any) -> Change:
    """The row of a matter of the meeting's own: no case, and still a § when the meeting is held."""
    blank = {"part_id": None, "paragraph": None, "announced_on": None, "decided": False, "outcome": None}
    return insert(
        "agenda_item",
        id=command.new_id(),
        case_id=None,
        stage_id=None,
        meeting_id=meeting_id,
        body=body,
        year=on.year,
        urgent=False,
        deviation=False,
        **{**blank, "standing": None, **columns},
    )


def slug(title: str) -> str:
    """`val-av-justerare`: the code of a recurring matter."""
    plain = title.lower().translate(str.maketrans("åäöéü", "aaoeu"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def told(plan: Plan) -> str:
    """The planned days as people read them."""
    days = (("manusstopp", plan.manus), ("kallelse", plan.call), ("kungörelse", plan.announce))
    return ", ".join(f"{what} {day(on)}" for what, on in days if on)
