"""Passes of the daemon on chosen days, and what they leave behind."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import sleep
from typing import Any

import msgspec

from scheduler import reminder_run
from scheduler.reminder_round import Tally
from states.case_facts import WatchKind
from states.records import LIFECYCLE_VERSION
from tests.conftest import make_command
from tests.workflow import witness
from workflow import meetingwork
from workflow.config import Email, Mailbox, ReminderRule
from workflow.desk import Desk

EVERYBODY = [Mailbox("namndsekreterare", "sekreterare@exempel.se"), Mailbox("handlaggare", "handlaggare@exempel.se")]


def configured(desk: Desk, **sections: Any) -> Desk:
    """The same database under other settings."""
    config = msgspec.structs.replace(desk.settings.config, **sections)
    return msgspec.structs.replace(desk, settings=msgspec.structs.replace(desk.settings, config=config))


def with_mail(desk: Desk, port: int, mailboxes: Iterable[Mailbox] = EVERYBODY, **daemon: Any) -> Desk:
    email = Email("127.0.0.1", port, "Ärendegång <arende@exempel.se>", timeout_seconds=5)
    settings = msgspec.structs.replace(desk.settings.config.daemon, **daemon)
    return configured(desk, email=email, mailboxes=list(mailboxes), daemon=settings)


def with_rules(desk: Desk, *rules: ReminderRule) -> Desk:
    return configured(desk, reminders=list(rules))


def reminded(desk: Desk, today: str) -> Tally:
    """One pass on a day, later than the last one also by the database's clock, which counts milliseconds."""
    sleep(0.005)
    on = date.fromisoformat(today)
    return reminder_run.run(desk, on, lambda: datetime.combine(on, time(8), UTC), "test")


def counts(desk: Desk, today: str) -> dict[str, int]:
    """What a pass did, without telling apart where it was said and how late it was."""
    return {name: count for name, count in reminded(desk, today).counts().items() if name not in ("noted", "late")}


def meeting(desk: Desk, body: str, day: str) -> str:
    """Plan a meeting; its id."""
    result = meetingwork.add(desk, make_command(date(2026, 1, 2)), body, date.fromisoformat(day))
    return result.stream.removeprefix("meeting:")  # type: ignore[union-attr]


TITLE, WORDS = "Sommarstugan i Kisa", "Nyckeln till sommarstugan"


SUBJECTS = {"mbl": "SON 2026-01-01", "laga_kraft": "SON 2026-01-01", "overklagande": "1"}


def by_hand(
    desk: Desk, kind: str, due: str, body: str | None = None, case: str = "by-hand", meeting: str = "", **secret: bool
) -> str:
    """A deadline of a case of its own, or of a meeting, past every use case and the log; its id."""
    stream = meeting or case
    row: dict[str, Any] = {"id": f"{stream}/{kind}/1", "stream": stream, "kind": kind, "due": due, "act_by": due}
    row |= {"basis": "R-TYST", "is_open": True, "body": body, "subject": SUBJECTS.get(kind, "")}
    if not meeting:
        _insert(desk, "payload", id=f"{case}-title", stream=case, body=json.dumps({"rubrik": TITLE}))
        _insert(desk, "cases", **{**BARE_CASE, "id": case, "payload": f"{case}-title", "secrecy": False, **secret})
    if kind in (*WatchKind, "invantad"):
        _insert(desk, "payload", id=f"{case}-words", stream=case, body=json.dumps({"about": WORDS}))
        _insert(desk, "watch", **{**BARE_WATCH, "id": f"{case}-watch", "case_id": case, "payload": f"{case}-words"})
        row |= {"watch_id": f"{case}-watch", "basis": "R-BEVAKNING", "subject": "1"}
    _insert(desk, "deadline", **row)
    return str(row["id"])


BARE_CASE = {
    "kind": "motion",
    "state": "draft",
    "version": 1,
    "lifecycle": LIFECYCLE_VERSION,
    "leftovers": 0,
    "registered_on": "2018-01-02",
    "last_event": "2018-01-02",
    "appeal_regime": "laglighet",
}
BARE_WATCH = {"number": 1, "kind": "bevakning", "body": "SON", "noted_on": "2018-01-02", "inferred": False}


def _insert(desk: Desk, table: str, **row: Any) -> None:
    values = ", ".join(f":{column}" for column in row)
    desk.connection.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})", **row)


def change(desk: Desk, deadline_id: str, **values: Any) -> None:
    sets = ", ".join(f"{column} = :{column}" for column in values)
    desk.connection.run(f"UPDATE deadline SET {sets} WHERE id = :id", id=deadline_id, **values)


# --- what is left behind ----------------------------------------------------------------------------


def rows(desk: Desk) -> list[dict[str, Any]]:
    return desk.connection.run("SELECT * FROM reminder ORDER BY planned_for, rule, step, recipient, channel")


def told(desk: Desk) -> list[str]:
    """Every reminder in a few words."""
    return [
        f"{row['planned_for']} {row['rule']} {row['step']} {row['recipient']} {row['channel']} {row['status']}"
        for row in rows(desk)
    ]


def statuses(desk: Desk) -> Counter[str]:
    return Counter(row["status"] for row in rows(desk))


def records(desk: Desk) -> list[witness.Body]:
    return [body for body in witness.bodies(desk.connection) if body["stream"].startswith("reminder:")]


def faults(desk: Desk) -> list[str]:
    """What of the reminders the log and the tables do not agree on."""
    bodies = witness.bodies(desk.connection)
    log, tables = witness.dump(witness.fold(bodies)), witness.live(desk.connection)
    own = [witness.unlogged({name: log[name]}, {name: tables[name]}) for name in ("reminder", "deadline", "meeting")]
    return [
        *(fault for found in own for fault in found if "by-hand" not in fault),
        *witness.broken_chains(desk.connection),
    ]


def everything_written(desk: Desk, directory: Path) -> str:
    """Every text in the database's own tables of reminders and the log, and in every file of a directory."""
    tables = ("reminder", "lease", "deadline", "journal")
    stored = [str(row) for table in tables for row in desk.connection.run(f"SELECT * FROM {table}")]
    files = [path.read_text() for path in directory.rglob("*.jsonl")]
    return "\n".join([*stored, *files])
