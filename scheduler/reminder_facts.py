"""What a reminder tells of, read out of the database: the case or meeting, the watch's words, the command."""

import json
from datetime import date

from scheduler.reminder_message import Told
from states import legal_basis
from states.deadlines import DeadlineKind
from states.duties import duty
from states.reminders import last_council
from workflow import payload_store, reminder_store
from workflow.cli.remedies import CommandLines
from workflow.connection import Connection, Row


def read(connection: Connection, deadline_id: str, today: date) -> Told:
    """Everything there is to tell of a deadline."""
    return _told(connection, reminder_store.deadline(connection, deadline_id), today)


def seen(connection: Connection, deadline_id: str, today: date) -> Told | None:
    """What of it whoever the connection is cleared for may be told; None where that is nothing."""
    row = reminder_store.deadline_seen(connection, deadline_id)
    return _told(connection, row, today) if row else None


def _told(connection: Connection, row: Row, today: date) -> Told:
    kind, due = DeadlineKind(row["kind"]), date.fromisoformat(row["due"])
    is_meeting, secret = row["meeting_body"] is not None, bool(row["secrecy"] or row["secret_part"])
    watched = row["watch_number"] is not None
    meeting = row["subject"] if " " in row["subject"] and not (is_meeting or watched) else ""
    ref = reminder_store.ref(row)
    coming = [day for day in reminder_store.council_days(connection) if day >= today]
    return Told(
        kind=kind,
        due=due,
        act_by=date.fromisoformat(row["act_by"]),
        basis=legal_basis.BY_ID[row["basis"]],
        ref=ref,
        is_meeting=is_meeting,
        secret=secret,
        title="" if secret or is_meeting else _text(row["title"], "rubrik"),
        meeting=meeting,
        paragraph=None if row["whole"] else row["paragraph"],
        watch=row["watch_number"],
        about=_text(row["words"], "about") if watched and not secret else "",
        event=_text(row["words"], "event") if row["words"] and not secret else "",
        council=last_council(due, coming),
        command=WHERE_IT_STANDS if secret else _command(connection, row, ref, today),
    )


WHERE_IT_STANDS = "arende todo"
"""Shows whoever is cleared what there is to be done."""


def _command(connection: Connection, row: Row, ref: str, today: date) -> str:
    return CommandLines(connection, today).duty(
        {
            "is_meeting": row["meeting_body"] is not None,
            "ref": ref,
            "remedy": duty(DeadlineKind(row["kind"]), row["basis"]).remedy,
            "subject": row["subject"],
            "paragraph": row["paragraph"] if row["parts"] > 1 else None,
        }
    )


def _text(body: str | None, key: str) -> str:
    """A text of a payload; what stands in its place when it has been removed."""
    return str(json.loads(body).get(key) or "") if body else payload_store.GONE
