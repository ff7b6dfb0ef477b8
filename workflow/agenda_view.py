"""A meeting's agenda as people read it: in order, with what each matter is there for and why it came late."""

import json
from collections.abc import Mapping
from typing import Any

from states.case_facts import ItemKind, MatterOutcome
from workflow import case_store, payload_store, statements
from workflow.connection import Connection, Row
from workflow.meeting_store import LockedMeeting

View = dict[str, Any]


def standing(meeting: LockedMeeting) -> tuple[Row, ...]:
    """What is on the agenda, in order: all that has not been taken off, or that got its § before it was."""
    utgatt = MatterOutcome.UTGATT
    return tuple(item for item in meeting.items if item["outcome"] != utgatt or item["paragraph"] is not None)


def points(connection: Connection, meeting: LockedMeeting) -> list[View]:
    """Every matter there is or was; those on the agenda with their place."""
    places = {item["id"]: place for place, item in enumerate(standing(meeting), 1)}
    return [_point(connection, item, places.get(item["id"])) for item in meeting.items]


def _point(connection: Connection, item: Row, place: int | None) -> View:
    words = _words(connection, item)
    return {
        "place": place,
        "case": case_store.ref(connection, item["case_id"]) if item["case_id"] else None,
        "title": words.get("title"),
        "paragraph": item["paragraph"],
        "role": item["role"],
        "kind": item["kind"] or ItemKind.BESLUT.value,
        "presenter": words.get("presenter"),
        "urgent": bool(item["urgent"]),
        "late": words.get("late"),
        "standing": item["standing"],
        "decided": bool(item["decided"]),
        "outcome": item["outcome"],
        "deviation": bool(item["deviation"]),
        "laga_kraft": item["final_on"],
    }


def _words(connection: Connection, item: Row) -> Mapping[str, str]:
    """The title, who presents it and why it came late, as far as they are said and still there."""
    content = _content(connection, item["payload"])
    late = _content(connection, content["late"]) if "late" in content else content
    reason = late.get("reason") or (payload_store.GONE if late is payload_store.PURGED else None)
    return {**content, **({"late": reason} if reason else {})}


def kept_words(connection: Connection, item: Row) -> Mapping[str, str]:
    """What a new text of an item keeps of the old; why it came late stands in the case's own text, and only there.

    So that it goes when the case's texts are purged.
    """
    content = _content(connection, item["payload"])
    if "reason" in content:
        return {"late": item["payload"]}
    return {key: value for key, value in content.items() if key in ("title", "late")}


def _content(connection: Connection, sha: str | None) -> Mapping[str, Any]:
    if sha is None:
        return {}
    rows = connection.run(statements.PAYLOAD, id=sha)
    return json.loads(rows[0]["body"]) if rows else payload_store.PURGED
