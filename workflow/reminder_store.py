"""Reminders in and out of the database: written once, claimed by one at a time, closed once each time.

A reminder's row and its records are the truth of what is to be said and what has been. What is said in the
house is said by the very transaction that writes it down. What leaves the house has a lease, which is work in
progress: who sends it just now, and when it is tried next, by the database's own clock, so that neither a
daemon's clock nor one that was stopped and wakes up can take it from another.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import msgspec

from states.records import Change, insert, update
from states.reminders import IN_HOUSE, Channel, ReminderStatus
from workflow import audit_journal, case_store, reminder_statements, statements
from workflow.audit_journal import Command, Draft
from workflow.connection import Connection, Row
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError
from workflow.identifiers import made_at

ACTOR = "daemon"
"""What the log calls the one who reminds, and its role."""

PAGE = 500
"""Deadlines read at a time."""

FROM_THE_FIRST = ("0001-01-01", "")


class Moment(msgspec.Struct, frozen=True):
    """When something is written down."""

    on: date  # the day in Sweden
    at: datetime  # aware


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that has come: its row without an id, and how its deadline stood when it was found."""

    row: Row
    snoozed_until: date | None = None
    digest: str | None = None  # whose digest it goes out in
    late_days: int = 0

    @property
    def id(self) -> str:
        return reminder_id(self.row)


class Said(msgspec.Struct, frozen=True):
    """A reminder that was written down."""

    id: str
    found: Found
    status: ReminderStatus  # as it was written
    secret: bool


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that is ours to send until its lease ends, and its deadline as it stands now."""

    id: str
    token: int
    attempts: int  # with this one
    deadline_id: str
    rule: str
    step: str
    due: date
    recipient: str
    channel: Channel
    planned_for: date
    due_now: date
    act_by: date
    is_open: bool
    snoozed_until: date | None
    overtaken: bool  # a later step says the same
    secret: bool


class Parcel(msgspec.Struct, frozen=True):
    """What goes out together: one reminder, or all of a digest."""

    claims: Sequence[Claim]
    digest: str | None = None  # id of the digest


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a claimed reminder."""

    claim: Claim
    status: ReminderStatus
    fault: str | None = None  # code of the answer
    because: str | None = None  # code of why it was not sent
    digest: str | None = None  # the digest it went out in


# --- what there is ------------------------------------------------------------------------------------


def speakable(connection: Connection, horizons: Mapping[str, date], by: date) -> Iterator[list[Row]]:
    """The open deadlines that can be spoken of by a day, some at a time.

    `horizons` tells for each kind until when the day to act may be; beside those, the ones that wake up by then.
    """
    for kind, until in horizons.items():
        after = FROM_THE_FIRST
        while page := _page(connection, kind, until, after):
            yield page
            after = page[-1]["act_by"], page[-1]["id"]
    awake = connection.run(statements.AWAKE_DEADLINES, until=by.isoformat())
    more = [row for row in awake if row["kind"] in horizons and row["act_by"] > horizons[row["kind"]].isoformat()]
    yield from (more[first : first + PAGE] for first in range(0, len(more), PAGE))


def _page(connection: Connection, kind: str, until: date, after: tuple[str, str]) -> list[Row]:
    limits = {"after": after[0], "after_id": after[1], "until": until.isoformat(), "size": PAGE}
    return connection.run(statements.DUE_DEADLINES, kind=kind, **limits)


def said(connection: Connection, deadlines: Sequence[Row]) -> list[Row]:
    """The reminders there are of some deadlines, about the day that now is theirs."""
    ids = json.dumps([row["id"] for row in deadlines])
    return connection.run(reminder_statements.SAID_OF[connection.dialect], ids=ids)


def ref(row: Row) -> str:
    """How people name the case or the meeting that a deadline or a reminder is about."""
    if row["meeting_body"] is not None:
        return f"{row['meeting_body']} {row['meeting_day']}"
    return case_store.named(row["case_number"], row["stream"])


def deadline(connection: Connection, deadline_id: str) -> Row:
    """A deadline with what it is about."""
    return connection.run(statements.DEADLINE_TOLD, id=deadline_id)[0]


def deadline_seen(connection: Connection, deadline_id: str) -> Row | None:
    """The same for whoever the connection is cleared for; None where they may not be told of it."""
    return next(iter(connection.run(statements.DEADLINE_TOLD_SEEN, id=deadline_id)), None)


def council_days(connection: Connection) -> list[date]:
    """The days of fullmäktige's meetings."""
    return [date.fromisoformat(row["day"]) for row in connection.run(statements.COUNCIL_DAYS)]


def on_their_way(connection: Connection) -> list[Row]:
    """Those written down and not yet sent, about what is still open."""
    return connection.run(statements.REMINDERS_ON_THEIR_WAY)


def digests_begun(connection: Connection, day: date) -> set[str]:
    """Whose digest of a day has been begun: what comes to them after it waits for another day's."""
    return {row["recipient"] for row in connection.run(statements.DIGESTS_BEGUN, day=day.isoformat())}


def waiting(connection: Connection) -> dict[Channel, int]:
    """How many reminders are on their way, by channel."""
    return {Channel(row["channel"]): row["waiting"] for row in connection.run(statements.REMINDERS_WAITING)}


# --- planning -----------------------------------------------------------------------------------------


def reminder_id(reminder: Row) -> str:
    """The hash of what makes it the one it is; neither a rule's version nor a time of day is in it."""
    key = ("deadline_id", "rule", "due", "step", "recipient", "channel")
    return audit_journal.sha256(audit_journal.canonical([reminder[name] for name in key]))


def write_down(desk: Desk, moment: Moment, found: Sequence[Found]) -> list[Said]:
    """Write reminders down in one transaction, planned or closed at once; those that were not there before.

    What is said in the house is closed as sent. A reminder whose deadline has changed since it was found is left:
    it is found anew as it is now. One that is moot is not there: it is written down again, in its own row and stream.
    """
    for _ in range(RACES):
        try:
            with desk.connection.writing():
                return _written(desk, moment, {one.id: one for one in found})
        except ChangedMeanwhileError:
            continue  # another daemon was writing the same; now it is there to be seen
    # One that can never be written must not keep the others from it.
    return [said for part in _apart(found) for said in write_down(desk, moment, part)]


def _apart(found: Sequence[Found]) -> list[list[Found]]:
    """What belongs together of it, each by itself: what one rule says of one deadline, at last one by one."""
    if len(found) < 2:
        return []
    groups = [list(group) for _, group in groupby(found, key=lambda one: (one.row["deadline_id"], one.row["rule"]))]
    return groups if len(groups) > 1 else [[one] for one in found]


RACES = 5
"""Times that others may come first with the same reminders; the next pass finds what is left."""


def _written(desk: Desk, moment: Moment, found: Mapping[str, Found]) -> list[Said]:
    connection = desk.connection
    deadlines = _as_they_stand(connection, {one.row["deadline_id"] for one in found.values()})
    there = _statuses(connection, found)
    clock = database_clock(connection)
    said = []
    for own, one in found.items():
        deadline, status = deadlines.get(one.row["deadline_id"]), there.get(own)
        if status in (None, ReminderStatus.MOOT) and _unchanged(one, deadline):
            written = _write(desk, moment, own, one, clock, moot=status is not None)
            said.append(Said(own, one, written, bool(deadline and deadline["secrecy"])))
    return said


def _as_they_stand(connection: Connection, ids: Iterable[str]) -> dict[str, Row]:
    rows = connection.run(reminder_statements.DEADLINES_NOW[connection.dialect], ids=json.dumps(sorted(ids)))
    return {row["id"]: row for row in rows}


def _statuses(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    rows = connection.run(reminder_statements.STATUSES[connection.dialect], ids=json.dumps(list(ids)))
    return {row["id"]: row["status"] for row in rows}


def _unchanged(one: Found, deadline: Row | None) -> bool:
    asleep = one.snoozed_until.isoformat() if one.snoozed_until else None
    return deadline is not None and (deadline["due"], deadline["snoozed_until"]) == (one.row["due"], asleep)


def _write(desk: Desk, moment: Moment, own: str, one: Found, clock: int, *, moot: bool) -> ReminderStatus:
    """Write one down; what it is from then on: to say it in the house is to write it."""
    status = ReminderStatus(one.row["status"])
    if status is ReminderStatus.PLANNED and one.row["channel"] in IN_HOUSE:
        status = ReminderStatus.SENT
    row = {**one.row, "status": status.value}
    anew = {"status": status.value, "planned_for": row["planned_for"]}
    change = update("reminder", id=own, **anew) if moot else insert("reminder", id=own, **row)
    data = {"late_days": one.late_days} if one.late_days else {}
    _record(desk, moment, own, status, change, data)
    if status is ReminderStatus.PLANNED:
        way = outlet(row["channel"], row["recipient"])
        desk.connection.run(statements.SET_LEASE, id=own, next_try=clock, outlet=way, digest=one.digest)
    return status


def outlet(channel: str, recipient: str) -> str:
    """What a reminder leaves the house through."""
    return f"{channel}:{recipient}" if channel == Channel.WEBHOOK else channel


def skip_planned(desk: Desk, moment: Moment) -> int:
    """Close what was to be sent by a day: whoever had the database before it was restored may have sent it."""
    planned = desk.connection.run(statements.PLANNED_BY, until=moment.on.isoformat())
    for row in planned:
        skipped = update("reminder", id=row["id"], status=ReminderStatus.SKIPPED.value)
        with desk.connection.writing():
            _record(desk, moment, row["id"], ReminderStatus.SKIPPED, skipped, {"restored": True})
    return len(planned)


class Loss(msgspec.Struct, frozen=True):
    """A restore after which the log does not know what was sent before it."""

    on: date
    at: datetime  # aware

    def covers(self, stream: str, day: date) -> bool:
        """True for a reminder of a day by then, of a case or meeting there was then: it may have been sent."""
        return day <= self.on and made_at(stream) < 1000 * self.at.timestamp()


def losses(connection: Connection) -> list[Loss]:
    """Every restore whose log was lost."""
    told = [json.loads(row["body"]) for row in connection.run(statements.RESTORES)]
    return [
        Loss(date.fromisoformat(body["event_date"]), datetime.fromisoformat(body["recorded_at"]))
        for body in told
        if "unsure_from" in body["data"]
    ]


def mend_leases(connection: Connection, digest_of: Callable[[str], str | None]) -> int:
    """Give every reminder on its way a lease that has none (leases are not in the log); how many lacked one.

    `digest_of` tells for a recipient whose digest it waits for, if any.
    """
    lost = connection.run(statements.LOST_LEASES)
    if lost:
        with connection.writing():
            now = database_clock(connection)
            for row in lost:
                way, digest = outlet(row["channel"], row["recipient"]), digest_of(row["recipient"])
                connection.run(statements.ADD_LEASE, id=row["id"], next_try=now, outlet=way, digest=digest)
    return len(lost)


# --- claiming -----------------------------------------------------------------------------------------


def database_clock(connection: Connection) -> int:
    """Milliseconds since 1970 by the database's clock."""
    return int(connection.run(f"SELECT {reminder_statements.CLOCK[connection.dialect]} AS now")[0]["now"])


def claim(connection: Connection, way: str, owner: str, seconds: int, until: int) -> Parcel | None:
    """Take what has waited longest at an outlet since before `until` (database_clock), for so many seconds."""
    holder = {"owner": owner, "milliseconds": 1000 * seconds}
    with connection.writing():
        taken = connection.run(reminder_statements.CLAIM[connection.dialect], outlet=way, until=until, **holder)
        return Parcel(_claimed(connection, taken)) if taken else None


def claim_digest(
    connection: Connection, way: str, owner: str, seconds: int, until: int, today: date, wait: int
) -> Parcel | None:
    """Take all that waits for the digest of one recipient, or all of a digest that was begun and never finished.

    There is one digest a day: what comes after it was begun waits so many milliseconds, for the next.
    """
    holder = {"owner": owner, "milliseconds": 1000 * seconds, "until": until}
    with connection.writing():
        while first := connection.run(statements.FIRST_DIGEST, outlet=way, until=until):
            waiting_for = str(first[0]["digest"])
            if waiting_for.startswith(DIGEST_ID):
                digest = waiting_for
                if not connection.run(reminder_statements.HOLD_DIGEST[connection.dialect], id=digest):
                    return None  # another is just taking it
            elif not (digest := _begun(connection, way, waiting_for, until, today)):
                next_try = database_clock(connection) + wait
                late = {"outlet": way, "recipient": waiting_for, "next_try": next_try, "until": until}
                connection.run(statements.WAIT_FOR_NEXT_DIGEST, **late)
                continue
            take = reminder_statements.CLAIM_DIGEST[connection.dialect]
            taken = connection.run(take, outlet=way, digest=digest, waiting_for=waiting_for, **holder)
            return Parcel(_claimed(connection, taken), digest) if taken else None
        return None


def _begun(connection: Connection, way: str, recipient: str, until: int, today: date) -> str:
    """Begin a recipient's digest of a day; its id, or nothing when there has been one.

    The id holds the first of its reminders, so that no other digest can ever have it, whatever the table has lost.
    """
    first = connection.run(statements.FIRST_OF_DIGEST, outlet=way, recipient=recipient, until=until)[0]["id"]
    own = f"{DIGEST_ID}{audit_journal.sha256(audit_journal.canonical([recipient, today.isoformat(), first]))}"
    row = {"id": own, "recipient": recipient, "day": today.isoformat()}
    return own if connection.count(statements.BEGIN_DIGEST, **row) == 1 else ""


DIGEST_ID = "digest-"
"""How the id of a digest begins; a recipient is never named so."""


def _claimed(connection: Connection, taken: Sequence[Row]) -> list[Claim]:
    holds = {row["id"]: row for row in taken}
    rows = connection.run(reminder_statements.CLAIMED[connection.dialect], ids=json.dumps(list(holds)))
    flags = ("is_open", "overtaken", "secret")
    return [
        msgspec.convert({**row, **holds[row["id"]], **{flag: bool(row[flag]) for flag in flags}}, Claim) for row in rows
    ]


def close(desk: Desk, moment: Moment, closing: Sequence[Closing]) -> list[Claim]:
    """Say in one transaction what became of claimed reminders; those that still were ours to say it of."""
    with desk.connection.writing():
        return [one.claim for one in closing if _closed(desk, moment, one)]


def _closed(desk: Desk, moment: Moment, one: Closing) -> bool:
    own, status, fault = one.claim.id, one.status, one.fault
    if desk.connection.count(statements.LET_GO, id=own, token=one.claim.token, fault=fault) != 1:
        return False
    told = {"fault": fault, "because": one.because, "digest": one.digest}
    data = {"attempts": one.claim.attempts, **{name: value for name, value in told.items() if value}}
    _record(desk, moment, own, status, update("reminder", id=own, status=status.value), data)
    return True


def put_off(
    connection: Connection, claims: Sequence[Claim], milliseconds: int, fault: str, *, counted: bool = True
) -> list[Claim]:
    """Try claimed reminders again after a while; those that still were ours.

    An attempt that is not `counted` is taken back.
    """
    with connection.writing():
        next_try = database_clock(connection) + max(milliseconds, 1)
        return [one for one in claims if _postponed(connection, one, next_try, fault, counted=counted)]


def _postponed(connection: Connection, one: Claim, next_try: int, fault: str, *, counted: bool) -> bool:
    attempts = one.attempts if counted else one.attempts - 1
    values = {"id": one.id, "token": one.token, "next_try": next_try, "fault": fault}
    return connection.count(statements.PUT_OFF, attempts=attempts, **values) == 1


# --- the outlets --------------------------------------------------------------------------------------


def closed_outlets(connection: Connection) -> set[str]:
    """The outlets that are left alone for now."""
    now = database_clock(connection)
    return {row["id"] for row in connection.run(statements.OUTLETS) if (row["closed_until"] or 0) > now}


def outlet_failed(connection: Connection, way: str, seconds: Callable[[int], float]) -> int:
    """Leave an outlet alone for a while, which `seconds` counts from its failures in a row; the milliseconds."""
    with connection.writing():
        known = connection.run(statements.OUTLET_FAILURES, id=way)
        wait = max(int(1000 * seconds(known[0]["failures"] + 1 if known else 1)), 1)
        connection.run(statements.OUTLET_FAILED, id=way, closed_until=database_clock(connection) + wait)
    return wait


def outlet_answered(connection: Connection, way: str) -> None:
    """Forget that an outlet has failed."""
    if connection.run(statements.OUTLET_FAILURES, id=way):
        with connection.writing():
            connection.run(statements.OUTLET_ANSWERED, id=way)


# --- the records --------------------------------------------------------------------------------------


def _record(
    desk: Desk, moment: Moment, own: str, status: ReminderStatus, change: Change, data: Mapping[str, Any]
) -> None:
    """Set a reminder's row and say so at the next place in its stream; to be called inside the transaction."""
    stream = f"reminder:{own}"
    head = audit_journal.head_of(desk.connection, stream)
    place = head.seq + 1
    command = Command(
        id=f"{own}:{place}:{status}",
        actor=ACTOR,
        role=ACTOR,
        on=moment.on,
        recorded_at=moment.at,
        config_hash=desk.settings.hash,
    )
    draft = Draft(stream, f"reminder.{status}", place, data=dict(data), changes=[change])
    audit_journal.write_changes(desk.connection, draft.changes)
    audit_journal.seal(desk.connection, command, draft, head=head)
