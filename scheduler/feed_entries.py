"""What a calendar to subscribe to tells of a deadline or a meeting.

Pure. A calendar is read by everybody who has its address, on any screen: it holds a number or a meeting and what there
is to do, but no title and no words of a watch. A secret case is there by its number alone (OSL 5 kap. 2 §).
"""

import hashlib
from collections.abc import Iterator
from datetime import date

import msgspec

from scheduler.reminder_message import ASKS
from states import legal_basis
from states.case_facts import MeetingState
from states.deadlines import DeadlineKind
from states.duties import duty
from states.legal_basis import LegalBasis
from states.reminders import OpenDeadline
from states.swedish_text import capitalised, day, name
from workflow import feed_store, reminder_store
from workflow.connection import Row
from workflow.feed_store import Entry

STATUSES = {
    MeetingState.PLANERAD: "TENTATIVE",
    MeetingState.KALLAD: "CONFIRMED",
    MeetingState.INSTALLD: "CANCELLED",
}
"""How RFC 5545 (3.8.1.11) says how certain a meeting is."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One all-day event."""

    id: str  # the deadline's or meeting's
    stream: str  # of its records
    on: date
    days: str  # all its days: when they are others it has moved
    summary: str
    description: str = ""
    status: str = ""
    secret: bool = False

    def entry(self, row: Row) -> Entry:
        """The event with the last edition its row has."""
        content = (self.on.isoformat(), self.days, self.summary, self.description, self.status, str(self.secret))
        return Entry(
            id=self.id,
            stream=self.stream,
            days=_hash(self.days),
            content=_hash("\n".join(content)),
            last=feed_store.last_edition(row),
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- deadlines ------------------------------------------------------------------------------------------


def open_deadline(row: Row) -> OpenDeadline:
    """A deadline as it is asked whose it is."""
    return OpenDeadline(
        id=row["id"],
        stream=row["stream"],
        kind=DeadlineKind(row["kind"]),
        due=date.fromisoformat(row["due"]),
        act_by=date.fromisoformat(row["act_by"]),
        body=row["body"] or "",
    )


def of_deadline(row: Row) -> Shown:
    """What is told of a deadline, on the day to act."""
    is_meeting, secret = row["meeting_body"] is not None, bool(row["secrecy"])
    return Shown(
        id=row["id"],
        stream=f"{'meeting' if is_meeting else 'case'}:{row['stream']}",
        on=date.fromisoformat(row["act_by"]),
        days=f"{row['act_by']} {row['due']}",
        summary=reminder_store.ref(row)
        if secret
        else capitalised(f"{duty(_kind(row), row['basis']).text} – {_named(row)}"),
        description="" if secret else "\n".join(_details(row)),
        secret=secret or bool(row["secret_part"]),
    )


def _kind(row: Row) -> DeadlineKind:
    return DeadlineKind(row["kind"])


def _summary(row: Row) -> str:
    return capitalised(f"{duty(_kind(row), row['basis']).text} – {_named(row)}")


def _named(row: Row) -> str:
    """The case or meeting, with the watch, or with the § that was adjusted on its own."""
    ref = reminder_store.ref(row)
    if row["watch_number"] is not None:
        return f"{ref}, bevakning {row['watch_number']}"
    alone = row["paragraph"] is not None and not row["whole"]
    return f"{ref}, § {row['paragraph']}" if alone else ref


def _details(row: Row) -> Iterator[str]:
    if row["due"] != row["act_by"]:
        yield f"Själva dagen är {day(date.fromisoformat(row['due']))}."
    if row["meeting_body"] is None and row["watch_number"] is None and " " in row["subject"]:
        yield f"Sammanträde: {row['subject']}."
    yield f"Grund: {_ground(_kind(row), legal_basis.BY_ID[row['basis']])}."


def _ground(kind: DeadlineKind, basis: LegalBasis) -> str:
    return "rutin, inte lag" if kind in ASKS or not basis.cite else f"{basis.cite}, {basis.force}"


# --- meetings -------------------------------------------------------------------------------------------


def summons(row: Row) -> OpenDeadline:
    """The kallelse of a meeting: whoever answers for it answers for the meeting."""
    on = date.fromisoformat(row["day"])
    return OpenDeadline(id=row["id"], stream=row["id"], kind=DeadlineKind.CALL, due=on, act_by=on, body=row["body"])


def of_meeting(row: Row) -> Shown:
    """What is told of a meeting. That it is called off is a move too: RFC 5546 (3.2.5) raises SEQUENCE for it."""
    state = MeetingState(row["state"])
    starts = f" kl. {row['starts_at']}" if row["starts_at"] else ""
    return Shown(
        id=row["id"],
        stream=f"meeting:{row['id']}",
        on=date.fromisoformat(row["day"]),
        days=f"{row['day']} {state is MeetingState.INSTALLD}",
        summary=f"Sammanträde {row['body']}{starts} ({name(state)})",
        status=STATUSES[state],
    )
