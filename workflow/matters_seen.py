"""Which records may be seen: not those of what a meeting did with a secret case, nor of a link to one."""

from collections.abc import Mapping
from typing import Any

from states.records import changes_of
from workflow import audit_journal, statements
from workflow.connection import Connection

Body = dict[str, Any]

ABOUT_MATTERS = frozenset(
    {"meeting.agenda_changed", "meeting.appealable_noted", "meeting.decided_all", "meeting.delegated"}
)
"""Types of record that are about some of a meeting's matters; all others are about the meeting as a whole."""

ABOUT_OTHERS = frozenset({"case.linked", "case.unlinked", "case.other_joined", "case.split"})
"""Types of record that are about another case besides."""


def records(connection: Connection, stream: str) -> list[Body]:
    """The records of a stream that may be seen, oldest first."""
    bodies = audit_journal.history(connection, stream)
    told = [body for body in bodies if body["type"] in ABOUT_MATTERS | ABOUT_OTHERS]
    hidden = _hidden(connection, stream) if told else set()
    left_out = {body["seq"] for body in told if _mentioned(body) & hidden}
    return [body for body in bodies if not {body["seq"], body["data"].get("corrects")} & left_out]


def _hidden(connection: Connection, stream: str) -> set[str]:
    """The ids of the cases that may not be seen, and of their items at a meeting."""
    kind, _, meeting_id = stream.partition(":")
    cases = {row["id"] for row in connection.run(statements.HIDDEN_CASES)}
    items = connection.run(statements.ITEMS, id=meeting_id) if cases and kind == "meeting" else []
    return cases | {item["id"] for item in items if item["case_id"] in cases}


def _mentioned(body: Mapping[str, Any]) -> set[Any]:
    """Every id that a record names in its rows, and every case in its data."""
    rows = {value for change in changes_of(body) for value in change.row.values()}
    return {*rows, body["data"].get("case"), *body["data"].get("decided", ())}
