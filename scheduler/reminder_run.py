"""One pass: write down what has come, and take, send and close what leaves the house.

Any number of these may run at once, on any number of machines. What is found twice meets a unique key;
what is sent is leased, and closed only by the one that still holds the lease. A process that is killed
between the two can make one mail be sent again, with the same Message-ID; nothing is lost.

Nothing is remembered between two passes: what has come is counted anew from the deadlines each time, so a
reminder that was lost is found again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import msgspec

from scheduler import reminder_delivery, reminder_round
from scheduler.reminder_plan import Calendar, Planned, heard, plan, together
from scheduler.reminder_round import Clock, Note, Round, Tally
from states.reminders import Channel, OpenDeadline, ReminderStatus, longest_notice
from workflow import reminder_store
from workflow.connection import Row
from workflow.desk import Desk
from workflow.reminder_store import Found

BATCH = 100
"""About so many reminders are written down in one transaction; others wait for it to end."""


def run(desk: Desk, today: date, clock: Clock, owner: str, stopped: Callable[[], bool] = lambda: False) -> Tally:
    """One pass; between two reminders it can be `stopped`."""
    tally, this = Tally(), reminder_round.begin(desk, today, clock, owner)
    _write_down(this, tally, stopped)
    reminder_store.mend_leases(desk.connection, this.digest_of)
    reminder_delivery.send(this, tally, stopped)
    tally.waiting = sum(reminder_store.waiting(desk.connection).values())
    return tally


# --- what has come ------------------------------------------------------------------------------------


def unsaid(this: Round) -> Iterator[Planned]:
    """What has come by the day of the pass and is not written down."""
    for deadlines, rows in _pages(this, this.today):
        yield from plan(deadlines, this.calendar, this.directory, heard(rows, deadlines, this.calendar, this.directory))


def known(this: Round, by: date) -> tuple[list[OpenDeadline], list[Row]]:
    """The deadlines that can be spoken of by a day, and what has been said of them."""
    pages = list(_pages(this, by))
    return [deadline for page, _ in pages for deadline in page], [row for _, rows in pages for row in rows]


def _pages(this: Round, by: date) -> Iterator[tuple[list[OpenDeadline], list[Row]]]:
    connection = this.desk.connection
    for rows in reminder_store.speakable(connection, horizons(this.calendar, by), by):
        yield [_deadline(row) for row in rows], reminder_store.said(connection, rows)


def horizons(calendar: Calendar, by: date) -> dict[str, date]:
    """For each kind there is a rule about, until when the day to act may be for any of them to speak by a day."""
    notice: dict[str, int] = {}
    for rule in calendar.rules:
        notice[rule.about] = max(notice.get(rule.about, 0), longest_notice(rule))
    return {kind: by + timedelta(days=days) for kind, days in notice.items()}


def _deadline(row: Row) -> OpenDeadline:
    return msgspec.convert({**row, "body": row["body"] or ""}, OpenDeadline)


# --- writing it down ----------------------------------------------------------------------------------


def _write_down(this: Round, tally: Tally, stopped: Callable[[], bool]) -> None:
    for batch in together(unsaid(this), BATCH):
        if stopped():
            return
        _count(this, tally, reminder_store.write_down(this.desk, this.moment, [found(this, one) for one in batch]))


def found(this: Round, planned: Planned) -> Found:
    """A reminder that has come, as it is written down."""
    return Found(
        row=row_of(planned),
        snoozed_until=planned.deadline.snoozed_until,
        digest=this.digest_of(planned.recipient) if planned.channel == Channel.EPOST else None,
        late_days=(this.today - planned.planned_for).days,
    )


def row_of(planned: Planned) -> Row:
    """A reminder's row without its id."""
    return {
        "deadline_id": planned.deadline.id,
        "rule": planned.rule,
        "due": planned.deadline.due.isoformat(),
        "step": planned.step,
        "recipient": planned.recipient,
        "channel": planned.channel.value,
        "stream": planned.deadline.stream,
        "planned_for": planned.planned_for.isoformat(),
        "status": planned.status.value,
    }


def _count(this: Round, tally: Tally, said: Sequence[reminder_store.Said]) -> None:
    for one in said:
        found = one.found
        tally.add(found.row["status"])
        tally.late += bool(found.late_days)
        if one.status != found.row["status"]:  # said by being written down
            tally.sent, tally.noted = tally.sent + 1, tally.noted + 1
    ended = [one for one in said if one.status is not ReminderStatus.PLANNED]
    notes = [Note(id=one.id, row=one.found.row, outcome=one.status.value, secret=one.secret) for one in ended]
    reminder_round.write_notes(this, notes)
