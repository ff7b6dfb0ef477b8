"""One pass: plan what has come, and take, send and close one reminder at a time.

Any number of these may run at once, on any number of machines. What is planned twice meets a unique key;
what is sent is leased, and closed only by the one that still holds the lease. A process that is killed
between the two can make one mail be sent again, with the same Message-ID; nothing is lost.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import assert_never

import msgspec

from scheduler import reminder_facts, reminder_message
from scheduler.notifiers.email import EmailNotifier
from scheduler.notifiers.interface import Answer, Letter, Notifier, PutOff, Refused, Sent
from scheduler.notifiers.log import LogNotifier
from scheduler.notifiers.webhook import WebhookNotifier
from scheduler.recipients import Directory
from scheduler.reminder_message import Occasion
from scheduler.reminder_plan import Address, Calendar, Planned, key, plan
from scheduler.reminder_rules import Said, still_wanted
from states.reminders import Channel, OpenDeadline, ReminderStatus
from workflow import case_store, event_log, reminder_store
from workflow.audit_journal import timestamp
from workflow.connection import Row
from workflow.desk import Desk
from workflow.reminder_store import Claim, Moment

LONGEST_WAIT = 6 * 60 * 60
"""Seconds between two attempts at what a server keeps putting off, at most."""

LONGEST_ABSENCE = 48 * 60
"""Seconds until a server that was away is tried again, at most; an hour with each reminder's own difference."""

EXHAUSTED = "attempts"
"""Fault of a reminder that was taken again and again and never let go of: whoever sends it is killed by it."""

Clock = Callable[[], datetime]


class Tally(msgspec.Struct):
    """What a pass did."""

    planned: int = 0
    sent: int = 0
    mailed: int = 0  # of those sent
    merged: int = 0
    skipped: int = 0
    moot: int = 0
    failed: int = 0
    put_off: int = 0
    waiting: int = 0  # mails on their way when it ended

    def counts(self) -> dict[str, int]:
        """What there was any of."""
        return {name: count for name, count in msgspec.structs.asdict(self).items() if count}


class Round(msgspec.Struct, frozen=True):
    """What a pass goes by."""

    desk: Desk
    today: date
    clock: Clock
    owner: str  # who holds the leases, for people to see
    directory: Directory
    calendar: Calendar

    @property
    def moment(self) -> Moment:
        return Moment(self.today, self.clock())


def begin(desk: Desk, today: date, clock: Clock, owner: str = "") -> Round:
    """A pass on a day. No mail is sent unless the configuration names a host."""
    config = desk.settings.config
    mailboxes = config.mailboxes if config.email.host else []
    council, losses = reminder_store.council_days(desk.connection), reminder_store.losses(desk.connection)
    calendar = Calendar(config.reminders, council, losses)
    return Round(desk, today, clock, owner, Directory(desk.bodies, mailboxes, today), calendar)


def run(desk: Desk, today: date, clock: Clock, owner: str, stopped: Callable[[], bool] = lambda: False) -> Tally:
    """One pass; between two reminders it can be `stopped`."""
    tally, this = Tally(), begin(desk, today, clock, owner)
    _plan(this, tally, stopped)
    reminder_store.mend_leases(desk.connection)
    _send(this, tally, stopped)
    tally.waiting = reminder_store.waiting(desk.connection).get(Channel.EPOST, 0)
    return tally


# --- planning -----------------------------------------------------------------------------------------


def unsaid(this: Round) -> Iterator[Planned]:
    """What has come by the day of the pass and is not written down."""
    deadlines, rows = known(this, this.today)
    return plan(deadlines, this.calendar, this.directory, heard(rows, deadlines, this.calendar, this.directory))


def known(this: Round, by: date) -> tuple[list[OpenDeadline], list[Row]]:
    """The deadlines that can be spoken of by a day, and what has been said of them."""
    until = by + timedelta(days=this.calendar.longest_notice)
    connection = this.desk.connection
    deadlines = [_deadline(row) for row in reminder_store.open_deadlines(connection, until)]
    return deadlines, reminder_store.said(connection, until)


def heard(
    rows: Iterable[Row], deadlines: Iterable[OpenDeadline], calendar: Calendar, directory: Directory
) -> Mapping[Address, Said]:
    """What each address has been told; whoever takes over, a body or a rule, has heard or said what was before it."""
    kinds = {deadline.id: deadline.kind for deadline in deadlines}
    found: dict[Address, dict[str, date]] = {}
    for row in (row for row in rows if row["deadline_id"] in kinds):
        rule = calendar.goes_on(row["rule"], kinds[row["deadline_id"]])
        address = (row["deadline_id"], rule, directory.current(row["recipient"]), row["channel"])
        said, day = found.setdefault(address, {}), date.fromisoformat(row["planned_for"])
        said[row["step"]] = max(day, said.get(row["step"], day))
    return found


def _deadline(row: Row) -> OpenDeadline:
    return msgspec.convert({**row, "body": row["body"] or ""}, OpenDeadline)


def _plan(this: Round, tally: Tally, stopped: Callable[[], bool]) -> None:
    for planned in unsaid(this):
        if stopped():
            return
        late = (this.today - planned.planned_for).days
        told = {"late_days": late} if late else {}
        if reminder_store.add(this.desk, this.moment, row_of(planned), **told):
            _count(tally, planned.status)


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


# --- sending ------------------------------------------------------------------------------------------


def _send(this: Round, tally: Tally, stopped: Callable[[], bool]) -> None:
    """Try everything once that waited when it began; no mail after the server was found not to answer."""
    connection, daemon = this.desk.connection, this.desk.settings.config.daemon
    until = reminder_store.database_clock(connection)
    without = None if this.directory.mailboxes else Channel.EPOST
    while not stopped():
        claimed = reminder_store.claim(connection, this.owner, daemon.lease_seconds, until, without)
        if claimed is None:
            return
        answer = _deliver(this, claimed, tally)
        if isinstance(answer, PutOff) and answer.unreachable:
            without = claimed.channel


def _deliver(this: Round, claimed: Claim, tally: Tally) -> Answer | None:
    """Send a claimed reminder and write down what came of it."""
    ended = _ended(this, claimed)
    if ended is not None:
        _close(this, claimed, tally, *ended)
        return None
    at = this.clock()
    answer = notifier(this, claimed.channel, claimed.recipient).send(lambda: letter(this, claimed), at)
    _write_down(this, claimed, tally, answer)
    return answer


def _ended(this: Round, claimed: Claim) -> tuple[ReminderStatus, str | None] | None:
    """What a claimed reminder is closed as without being sent, and the fault; None while there is reason to send it."""
    same = claimed.is_open and claimed.due_now == claimed.due
    if not same or not still_wanted(claimed.step, claimed.planned_for, claimed.snoozed_until, this.today):
        return ReminderStatus.MOOT, None
    if claimed.overtaken and not _all_are_sent(this, claimed.rule):
        return ReminderStatus.MERGED, None
    if claimed.attempts > this.desk.settings.config.daemon.max_attempts:
        return ReminderStatus.FAILED, EXHAUSTED
    return None


def _all_are_sent(this: Round, name: str) -> bool:
    return any(rule.late == "skicka" for rule in this.calendar.rules if name == key(rule))


def notifier(this: Round, channel: Channel, recipient: str) -> Notifier:
    match channel:
        case Channel.LOGG | Channel.TODO:
            return LogNotifier()
        case Channel.EPOST:
            return EmailNotifier(this.desk.settings, this.directory.address)
        case Channel.WEBHOOK:
            return WebhookNotifier(this.desk.settings, recipient)
        case _:
            assert_never(channel)


def letter(this: Round, claimed: Claim) -> Letter:
    told = reminder_facts.read(this.desk.connection, claimed.deadline_id, this.today)
    occasion = Occasion(
        recipient=this.directory.current(claimed.recipient),
        rule=claimed.rule,
        step=claimed.step,
        planned_for=claimed.planned_for,
        today=this.today,
    )
    return reminder_message.letter(claimed.id, told, occasion)


def _write_down(this: Round, claimed: Claim, tally: Tally, answer: Answer) -> None:
    match answer:
        case Sent():
            _close(this, claimed, tally, ReminderStatus.SENT)
        case Refused(code):
            _close(this, claimed, tally, ReminderStatus.FAILED, code)
        case PutOff(code, counted=True) if claimed.attempts >= this.desk.settings.config.daemon.max_attempts:
            _close(this, claimed, tally, ReminderStatus.FAILED, code)
        case PutOff():
            _put_off(this, claimed, tally, answer)
        case _:
            assert_never(answer)


def _close(this: Round, claimed: Claim, tally: Tally, status: ReminderStatus, fault: str | None = None) -> None:
    if reminder_store.close(this.desk, this.moment, claimed, status, fault):
        _count(tally, status)
        if status is ReminderStatus.SENT and claimed.channel is Channel.EPOST:
            tally.mailed += 1
        _note(this, claimed, status.value, fault)


def _count(tally: Tally, status: ReminderStatus) -> None:
    setattr(tally, status.value, getattr(tally, status.value) + 1)


def _put_off(this: Round, claimed: Claim, tally: Tally, answer: PutOff) -> None:
    """Let a mail wait. A server that is away is no fault of the mail's, and uses up none of its attempts."""
    first = this.desk.settings.config.daemon.retry_seconds
    if answer.counted:
        seconds = back_off(claimed.id, claimed.attempts, first)
    else:
        # The token has counted every claim, also those that were taken back.
        seconds = back_off(claimed.id, claimed.token, first, LONGEST_ABSENCE)
    if reminder_store.put_off(this.desk.connection, claimed, int(1000 * seconds), answer.code, counted=answer.counted):
        tally.put_off += 1
        _note(this, claimed, "put_off", answer.code)


def back_off(own: str, attempts: int, first: int, longest: int = LONGEST_WAIT) -> float:
    """Seconds to wait after so many attempts: twice as long each time, and for each reminder a little different.

    The difference is drawn from the reminder's id, so that a thousand that failed together do not all come
    back at once, and so that it can be computed again.
    """
    wait = min(first * 2.0 ** min(attempts - 1, 30), longest)
    return wait * (0.75 + 0.5 * int(own[:8], 16) / 0x1_0000_0000)


def _told_of(this: Round, claimed: Claim) -> str:
    """The deadline; of a secret case only what kind, since the log is for those who run the system."""
    case_id, _, what = claimed.deadline_id.partition("/")
    return what.partition("/")[0] if case_store.is_secret(this.desk.connection, case_id) else claimed.deadline_id


def _note(this: Round, claimed: Claim, outcome: str, fault: str | None) -> None:
    late = (this.today - claimed.planned_for).days
    event_log.reminder_handled(
        this.desk.settings.operations_log,
        outcome=outcome,
        recorded_at=timestamp(this.clock()),
        reminder=claimed.id,
        deadline=_told_of(this, claimed),
        rule=claimed.rule,
        step=claimed.step,
        due=claimed.due.isoformat(),
        recipient=claimed.recipient,
        channel=claimed.channel.value,
        attempts=claimed.attempts,
        **({"late_days": late} if late > 0 else {}),
        **({"fault": fault} if fault else {}),
    )
