"""What was recorded although a rule said no: it is told of the case and of the meeting for ever, with the rule's words.

A record that was taken back stays among them, and is marked as such: that it stood for a time is a fact too.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from states.case_facts import MatterOutcome
from states.records import changes_of
from workflow import payload_store, statements
from workflow.connection import Connection, Row

View = dict[str, Any]
Body = Mapping[str, Any]

RECORDS = {"deviating": '%"deviations":["%', "correcting": '%"corrects":%'}
"""How the records of it are found among the others, and those by which they were taken back."""

OF_SOME_PARAGRAPHS = frozenset({"meeting.adjusted", "meeting.posted", "meeting.taken_down"})
"""Types of a meeting's records that are about one part of its protocol."""


def of_case(connection: Connection, case_id: str) -> list[View]:
    """A case's own, and those of the meetings it has stood on the agenda of."""
    items = [row for row in connection.run(statements.AGENDA, id=case_id) if row["outcome"] != MatterOutcome.UTGATT]
    found = list(_of_stream(connection, f"case:{case_id}"))
    for meeting_id in dict.fromkeys(item["meeting_id"] for item in items):
        parts = {item["part_id"] for item in items if item["meeting_id"] == meeting_id}
        found += [
            (body, view)
            for body, view in _of_stream(connection, f"meeting:{meeting_id}")
            if body["type"] not in OF_SOME_PARAGRAPHS or _ids(body) & parts
        ]
    return _in_order(found)


def of_meeting(connection: Connection, meeting_id: str, items: tuple[Row, ...]) -> list[View]:
    """A meeting's own, and those of what was recorded of the matters in `items` there."""
    found = list(_of_stream(connection, f"meeting:{meeting_id}"))
    for item in items:
        own = _of_stream(connection, f"case:{item['case_id']}") if item["case_id"] else ()
        found += [(body, {**view, "paragraph": item["paragraph"]}) for body, view in own if item["id"] in _ids(body)]
    return _in_order(found)


def _in_order(found: list[tuple[Body, View]]) -> list[View]:
    return [view for _, view in sorted(found, key=lambda one: str(one[1]["on"]))]


def _ids(body: Body) -> set[str]:
    """Every id that a record's rows name."""
    return {value for change in changes_of(body) for value in change.row.values() if isinstance(value, str)}


def _of_stream(connection: Connection, stream: str) -> Iterator[tuple[Body, View]]:
    """(record, how it looks) of a stream, oldest first."""
    bodies = [json.loads(row["body"]) for row in connection.run(statements.DEVIATIONS, stream=stream, **RECORDS)]
    corrected = {body["data"]["corrects"] for body in bodies if "corrects" in body["data"]}
    for body in bodies:
        if guards := body["data"].get("deviations"):
            yield (
                body,
                {
                    "on": body["event_date"],
                    "type": body["type"],
                    "guards": guards,
                    "texts": _texts(connection, body),
                    "paragraph": None,
                    "corrected": body["seq"] in corrected,
                },
            )


def _texts(connection: Connection, body: Body) -> list[str]:
    """What the rules said then; what they say in general, where that was not kept or has been destroyed."""
    rows = connection.run(statements.PAYLOAD, id=body["data"].get("told", ""))
    kept = json.loads(rows[0]["body"]) if rows else payload_store.PURGED
    return list(kept.get("deviations") or _in_general(body["data"]["deviations"]))


def _in_general(guards: list[str]) -> Iterator[str]:
    # Every guard is needed for what was recorded without its words only.
    from states.lifecycle import GUARDS

    laws = {guard.id: guard.basis for guard in GUARDS}
    for guard in guards:
        law = laws.get(guard)
        yield f"{law.says}{f' ({law.cite})' if law.cite else ''}" if law else guard
