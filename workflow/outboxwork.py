"""The outbox: what is on its way out of the house and what could not be sent, and what a person does about it.

A reminder that a daemon is sending just now is left to it: what may be on the wire cannot be called back. One that a
daemon took and never let go of is anybody's when its lease has ended. What is cancelled has no next try, and so a
daemon that was stopped and wakes up cannot complete it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from states.case_facts import Attempt
from states.judgement import Refused, permit
from states.records import update
from states.reminders import ReminderStatus
from states.roles import PERMISSIONS, acting
from states.swedish_text import day, name
from workflow import audit_journal, payload_store, reminder_store, statements
from workflow.audit_journal import Command, Draft
from workflow.bulk import numbered
from workflow.connection import Connection, Row
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, HiddenError, NotFoundError, UsageError
from workflow.sight import Sight
from workflow.use_case import ORDINARY_WAY, Done, Result, deny, deny_everywhere, give_reason

View = dict[str, Any]

SHORTEST, LONGEST = 6, 64
"""Characters of an id that are enough to name a reminder by, and all of them."""

SHOWN = 12
"""Characters of an id that people are shown."""


class Standing(StrEnum):
    """Where a reminder in the outbox stands."""

    WAITING = "vantar"  # for its turn
    SENDING = "skickas"  # by a daemon, just now
    PUT_OFF = "uppskjuten"  # tried without luck, or its way out of the house does not answer
    FAILED = "misslyckad"
    CANCELLED = "makulerad"


ENDED = {ReminderStatus.FAILED: Standing.FAILED, ReminderStatus.CANCELLED: Standing.CANCELLED}


# --- what there is --------------------------------------------------------------------------------------


def listed(connection: Connection, sight: Sight, standings: Sequence[str] = (), *, done: bool = False) -> list[View]:
    """What is in the outbox, oldest first; with `done` also what failed about what has been done since.

    Whoever keeps the machine sees that there is something, and whoever reads cases which case it is about.
    """
    now = reminder_store.database_clock(connection)
    wanted = standings or [one for one in Standing if one is not Standing.CANCELLED]
    views = (_view(row, now, sight) for row in connection.run(statements.OUTBOX) if sight.counted or row["seen"])
    return [view for view in views if view["standing"] in wanted and (done or not view["done"])]


def shown(connection: Connection, sight: Sight, text: str) -> tuple[View, tuple[str, ...]]:
    """One reminder with all that has happened to it, and the case that its reasons may tell of."""
    row = _found(connection, sight, text)
    told = sight.named and bool(row["seen"])
    texts = payload_store.of_stream(connection, f"reminder:{row['id']}")
    story = audit_journal.history(connection, f"reminder:{row['id']}")
    view = _view(row, reminder_store.database_clock(connection), sight)
    cases = (row["stream"],) if told and row["meeting_body"] is None else ()
    return {**view, "story": [_event(body, texts, told=told) for body in story]}, cases


def _event(body: View, texts: Any, *, told: bool) -> View:
    data = body["data"]
    reason = payload_store.text(texts, data["reason"], "reason") if told and "reason" in data else None
    codes = {key: value for key, value in data.items() if key != "reason"}
    about = {"at": body["recorded_at"], "type": body["type"], "actor": body["actor"], "role": body["role"]}
    return {"seq": body["seq"], **about, "data": codes, "reason": reason}


def _view(row: Row, now: int, sight: Sight) -> View:
    plain = ("id", "rule", "step", "due", "planned_for", "recipient", "channel", "outlet", "owner", "attempts", "fault")
    return {
        **{key: row[key] for key in plain},
        "standing": _standing(row, now).value,
        "status": row["status"],
        "next_try": _clock(row["next_try"]),
        "closed_until": _clock(row["closed_until"] if (row["closed_until"] or 0) > now else None),
        "done": not row["wanted"],
        "kind": row["kind"] if sight.named and row["seen"] else None,
        "ref": reminder_store.ref(row) if sight.named and row["seen"] else None,
    }


def _standing(row: Row, now: int) -> StrEnum:
    status = ReminderStatus(row["status"])
    if status is not ReminderStatus.PLANNED:
        return ENDED.get(status, status)
    if _is_held(row, now):
        return Standing.SENDING
    later = row["next_try"] is not None and row["next_try"] > now
    return Standing.PUT_OFF if later or (row["closed_until"] or 0) > now else Standing.WAITING


def _is_held(row: Row, now: int) -> bool:
    return row["owner"] is not None and row["next_try"] is not None and row["next_try"] > now


def _clock(milliseconds: int | None) -> str | None:
    return audit_journal.timestamp(datetime.fromtimestamp(milliseconds / 1000, UTC)) if milliseconds else None


def _found(connection: Connection, sight: Sight, text: str) -> Row:
    """The one reminder that a beginning of its id names. Raises UsageError when several, NotFoundError when none."""
    if not (SHORTEST <= len(text) <= LONGEST and all(letter in "0123456789abcdef" for letter in text)):
        raise UsageError(f"”{text}” är inget id på en påminnelse; skriv minst de sex första tecknen ur outbox list.")
    rows = _named(connection, text)
    seen = [row for row in rows if sight.counted or row["seen"]]
    if not seen:
        told = f"Ingen påminnelse har ett id som börjar på {text}. Se dem med: arende-daemon outbox list"
        hidden = tuple(row["stream"] for row in rows if row["meeting_body"] is None)
        raise HiddenError(told, hidden) if hidden else NotFoundError(told)
    if len(seen) > 1:
        raise UsageError(f"{len(seen)} påminnelser har ett id som börjar på {text}; skriv fler tecken av det.")
    return seen[0]


def _named(connection: Connection, text: str) -> list[Row]:
    """The reminders whose ids, hexadecimal, begin so."""
    return connection.run(statements.OUTBOX_NAMED, first=text, last=f"{text}g")


# --- trying again ---------------------------------------------------------------------------------------


def retry(desk: Desk, command: Command, reminder: str) -> Result:
    """Let a reminder that failed, or was put off, be tried at the daemon's next round."""
    if denied := deny_everywhere(desk, command, "outbox", OUTBOX):
        return denied
    with desk.connection.writing():
        row = _taken_for(desk, command, reminder)
        if isinstance(row, Refused):
            return row
        _refuse_retry(desk.connection, row)
        _try_again(desk, command, row)
    return _done(command, row, ReminderStatus.PLANNED, "Den försöks så snart något får lämna huset.")


def retry_all(desk: Desk, command: Command, outlet: str) -> Result:
    """The same with all that failed; or, at one outlet, with what failed there or was put off."""
    if denied := deny_everywhere(desk, command, "outbox", OUTBOX):
        return denied
    with desk.connection.writing():
        audit_journal.refuse_repeated(desk.connection, command)
        rows = [row for one in _candidates(desk.connection, command, outlet) if (row := _taken(desk.connection, one))]
        for number, row in enumerate(rows):
            _try_again(desk, numbered(command, number) if number else command, row)
    if not rows:
        raise UsageError("Det finns inget att försöka igen. Se utkorgen med: arende-daemon outbox list")
    many = "1 påminnelse" if len(rows) == 1 else f"{len(rows)} påminnelser"
    note = f"{many} försöks så snart något får lämna huset."
    return Done(OUTBOX, f"reminder:{rows[0]['id']}", None, ReminderStatus.PLANNED, ORDINARY_WAY, (note,))


def _candidates(connection: Connection, command: Command, outlet: str) -> list[str]:
    """The ids of what can be tried again; what a daemon is sending just now, or somebody else sees to, is left."""
    now, sight = reminder_store.database_clock(connection), _sight(command)
    standings = {Standing.FAILED, Standing.PUT_OFF} if outlet else {Standing.FAILED}
    return [
        row["id"]
        for row in connection.run(statements.OUTBOX)
        if _standing(row, now) in standings
        and row["wanted"]
        and outlet in ("", row["outlet"])
        and (sight.counted or row["seen"])
        and not _denied_there(command, row)
    ]


def _refuse_retry(connection: Connection, row: Row) -> None:
    """Raise UsageError for what is not to be sent, or is about to be."""
    status = ReminderStatus(row["status"])
    if status not in (ReminderStatus.PLANNED, ReminderStatus.FAILED):
        raise UsageError(f"Påminnelsen är {name(status)}; bara den som är misslyckad eller uppskjuten försöks igen.")
    if not row["wanted"]:
        raise UsageError("Det som påminnelsen gällde är gjort eller flyttat; det finns inget att skicka.")
    if _standing(row, reminder_store.database_clock(connection)) is Standing.WAITING:
        raise UsageError("Påminnelsen väntar redan på sin tur; den skickas så snart något får lämna huset.")


def _try_again(desk: Desk, command: Command, row: Row) -> None:
    """As when it was new; a person has said so, so its way out of the house is tried too."""
    connection = desk.connection
    draft = _draft(connection, command, row, "reminder.retried", ReminderStatus.PLANNED)
    connection.run(statements.OUTLET_ANSWERED, id=row["outlet"] or "")
    connection.run(statements.RETRY_LEASE, id=row["id"], next_try=reminder_store.database_clock(connection))
    audit_journal.write_changes(connection, draft.changes)
    audit_journal.seal(connection, command, draft)


# --- cancelling -----------------------------------------------------------------------------------------


def cancel(desk: Desk, command: Command, reminder: str) -> Result:
    """Say that a reminder shall not go out, and why; the rules hear it as said, so it does not come back."""
    if denied := deny_everywhere(desk, command, "outbox", OUTBOX):
        return denied
    with desk.connection.writing():
        row = _taken_for(desk, command, reminder)
        if isinstance(row, Refused):
            return row
        if not (command.reason or "").strip():
            raise UsageError("Ange --skal: varför påminnelsen inte ska skickas.")
        if row["status"] not in (ReminderStatus.PLANNED, ReminderStatus.FAILED):
            raise UsageError(f"Påminnelsen är {name(row['status'])}; det finns inget att makulera.")
        draft = _draft(desk.connection, command, row, "reminder.cancelled", ReminderStatus.CANCELLED)
        give_reason(draft, command)
        desk.connection.run(statements.CANCEL_LEASE, id=row["id"])
        audit_journal.write_changes(desk.connection, draft.changes)
        audit_journal.seal(desk.connection, command, draft)
    return _done(command, row, ReminderStatus.CANCELLED, "Den skickas inte, och planeras inte igen.")


# --- what both do ---------------------------------------------------------------------------------------

OUTBOX = "Utkorgen"


def _sight(command: Command) -> Sight:
    named, counted = (acting(command.offices, PERMISSIONS[act].by) is not None for act in ("read", "operate"))
    return Sight(named=named, counted=counted)


def _taken_for(desk: Desk, command: Command, reminder: str) -> Row | Refused:
    """A reminder that is in nobody else's hands until the transaction ends; the refusal for whoever may not."""
    audit_journal.refuse_repeated(desk.connection, command)
    found = _found(desk.connection, _sight(command), reminder)
    if denied := _denied_there(command, found):
        return deny(desk, command, denied)
    row = _taken(desk.connection, found["id"])
    if row is None:
        raise ChangedMeanwhileError(
            "Påminnelsen skickas just nu. Inget ändrades; se hur det gick med: arende-daemon outbox show "
            f"{found['id'][:SHOWN]}"
        )
    return row


def _denied_there(command: Command, row: Row) -> Refused | None:
    """The refusal for whoever keeps the outbox of other bodies than the one it goes to."""
    body = row["recipient"].partition("@")[2] or row["body"]
    attempt = Attempt(verb="outbox", on=command.on, offices=command.offices)
    return permit(OUTBOX, attempt, {body} if body else ())


def _taken(connection: Connection, own: str) -> Row | None:
    """A reminder as it stands, locked; None for one that a daemon is sending.

    The lease is what all who change a reminder lock first. One without a lease no daemon can take before it has one.
    """
    ours = connection.count(statements.TAKE_FROM_OUTBOX, id=own, now=reminder_store.database_clock(connection))
    (row,) = _named(connection, own)
    return row if ours or row["token"] is None else None


def _draft(connection: Connection, command: Command, row: Row, kind: str, after: ReminderStatus) -> Draft:
    stream = f"reminder:{row['id']}"
    head = connection.run(statements.HEAD, stream=stream)
    told = {"was": row["status"], "attempts": row["attempts"], "fault": row["fault"]}
    data = {key: value for key, value in told.items() if value is not None}
    role = acting(command.offices, PERMISSIONS["outbox"].by) or ""
    changes = [update("reminder", id=row["id"], status=after.value)]
    return Draft(stream, kind, head[0]["seq"] + 1 if head else 1, data=data, changes=changes, role=role)


def _done(command: Command, row: Row, after: ReminderStatus, note: str) -> Done:
    told = _sight(command).named and row["seen"]
    ref = reminder_store.ref(row) if told else row["id"][:SHOWN]
    about = f"{row['recipient']}, {name(row['channel'])}, {day(date.fromisoformat(row['planned_for']))}."
    return Done(ref, f"reminder:{row['id']}", row["status"], after, ORDINARY_WAY, (f"Till {about} {note}",))
