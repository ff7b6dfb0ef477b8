"""What would go out, day by day, if nothing were done in between. Nothing is written.

It is worked out from all there is, as a pass does it. Whoever looks is told of what they may see; whoever keeps the
machine besides that there is something more, to whom and when, and not what it is about.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from scheduler import reminder_facts, reminder_message
from scheduler.recipients import Directory
from scheduler.reminder_message import Told
from scheduler.reminder_plan import heard, plan
from scheduler.reminder_round import Round
from scheduler.reminder_rules import still_wanted
from scheduler.reminder_run import known, row_of
from scheduler.sending_hours import SWEDEN, opens_next
from states.reminders import IN_HOUSE, Channel, ReminderStatus, is_escalation
from workflow import reminder_store
from workflow.connection import Row
from workflow.sight import Sight

View = dict[str, Any]


def coming(this: Round, days: int, sight: Sight) -> list[View]:
    """Every reminder of so many days from the day of the pass on that may be told of, as plain values."""
    found = (*_on_their_way(this), *_planned(this, days))
    begun = reminder_store.digests_begun(this.desk.connection, this.today)
    told = ((on, row, _seen(this, row, on) if sight.named else None) for on, row in found)
    return [_view(this, row, on, about, begun) for on, row, about in told if about or sight.counted]


def _seen(this: Round, row: Row, on: date) -> Told | None:
    return reminder_facts.seen(this.desk.connection, row["deadline_id"], on)


def _on_their_way(this: Round) -> Iterator[tuple[date, Row]]:
    """Those that wait for a mail server, or for their next attempt."""
    for row in reminder_store.on_their_way(this.desk.connection):
        planned_for, asleep = date.fromisoformat(row["planned_for"]), row["snoozed_until"]
        if still_wanted(row["step"], planned_for, date.fromisoformat(asleep) if asleep else None, this.today):
            yield this.today, row


def _planned(this: Round, days: int) -> Iterator[tuple[date, Row]]:
    dates = [this.today + timedelta(days=n) for n in range(days)]
    deadlines, rows = known(this, dates[-1])
    for on in dates:
        directory = _on_a_day(this, on)
        said = heard(rows, deadlines, this.calendar, directory)
        found = [row_of(planned) for planned in plan(deadlines, this.calendar, directory, said)]
        rows += found
        yield from ((on, row) for row in _sent(found))


def _sent(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row["status"] == ReminderStatus.PLANNED)


def _view(this: Round, row: Row, on: date, told: Told | None, begun: AbstractSet[str]) -> View:
    is_gathered = row["channel"] == Channel.EPOST and _on_a_day(this, on).gathers(row["recipient"])
    # The digest of a day goes out once; what comes after it waits for the next.
    has_gone = is_gathered and on == this.today and row.get("digest", this.digest_of(row["recipient"])) in begun
    return {
        "on": on.isoformat(),
        **_about(told, on),
        "recipient": row["recipient"],
        "channel": row["channel"],
        "rule": row["rule"],
        "step": row["step"],
        "planned_for": row["planned_for"],
        "escalation": is_escalation(row["step"]),
        "gathered": is_gathered,
        **_leaving(this, Channel(row["channel"]), on, on + timedelta(days=has_gone)),
    }


def _about(told: Told | None, on: date) -> View:
    """What it is about, or nothing where that is not for whoever looks."""
    if told is None:
        return dict.fromkeys(("subject", "ref", "about", "due", "command"))
    return {
        "subject": reminder_message.subject(told, on),
        "ref": told.ref,
        "about": told.kind.value,
        "due": told.due.isoformat(),
        "command": told.command,
    }


def _on_a_day(this: Round, on: date) -> Directory:
    return msgspec.structs.replace(this.directory, today=on)


def _leaving(this: Round, channel: Channel, on: date, first: date) -> View:
    """When it leaves the house, in Sweden, on the first day it can; and whether it waits for that.

    Everything waits for the morning of its own day; what is told is that it waits now, or for another day.
    """
    if channel in IN_HOUSE:
        return {"leaves": None, "waits": False}
    now = this.clock()
    is_today = now.astimezone(SWEDEN).date() == first
    begins = now if is_today else datetime.combine(first, time(), SWEDEN)
    leaves = opens_next(begins, this.desk.settings.config.daemon).astimezone(SWEDEN)
    waits = leaves.date() > on or (is_today and leaves > begins)
    return {"leaves": leaves.isoformat(timespec="minutes"), "waits": waits}
