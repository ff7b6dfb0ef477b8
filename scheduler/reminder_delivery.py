"""Out of the house: take what waits at each outlet, send it, and write down what came of it.

Nothing is sent inside a transaction. What an outlet answers decides what becomes of a reminder; an outlet that
does not answer is left alone for a while by every daemon (a circuit breaker), and uses up none of the attempts of
what waits there.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import assert_never

import msgspec

from scheduler import reminder_facts, reminder_message, sending_hours
from scheduler.notifiers.email import EmailNotifier
from scheduler.notifiers.interface import Answer, Letter, Notifier, PutOff, Refused, Sent
from scheduler.notifiers.log import LogNotifier
from scheduler.notifiers.webhook import WebhookNotifier
from scheduler.reminder_message import Occasion
from scheduler.reminder_plan import key
from scheduler.reminder_round import Note, Round, Tally, write_notes
from scheduler.reminder_rules import still_wanted
from scheduler.sending_hours import SWEDEN
from states.reminders import Channel, ReminderStatus
from workflow import reminder_store
from workflow.audit_journal import sha256
from workflow.reminder_store import Claim, Closing, Parcel

LONGEST_WAIT = 6 * 60 * 60
"""Seconds between two attempts at what a server keeps putting off, at most."""

LONGEST_ABSENCE = 48 * 60
"""Seconds until an outlet that did not answer is tried again, at most; an hour with each one's own difference."""

EXHAUSTED = "attempts"
"""Fault of a reminder that was taken again and again and never let go of: whoever sends it is killed by it."""

CLOSED, MOVED, SNOOZED, NEWER = "closed", "moved", "snoozed", "newer"
"""Why a reminder was not sent: its deadline was closed, moved or snoozed, or a later one says the same."""


def send(this: Round, tally: Tally, stopped: Callable[[], bool]) -> None:
    """Try everything once that waited when it began; nothing more at an outlet that was found not to answer."""
    until = reminder_store.database_clock(this.desk.connection)
    for way in _outlets(this):
        answers = True
        while answers and not stopped() and (parcel := _taken(this, way, until)):
            answers = _deliver(this, way, parcel, tally)


def _outlets(this: Round) -> Iterator[str]:
    """The outlets there are."""
    yield Channel.LOGG  # what was planned before it was said at once
    if this.directory.mailboxes:
        yield Channel.EPOST
    for target in this.desk.settings.config.webhook.targets:
        yield reminder_store.outlet(Channel.WEBHOOK, target.name)


def _taken(this: Round, way: str, until: int) -> Parcel | None:
    """What has waited longest at an outlet, if that answers and this is an hour for it."""
    connection, seconds = this.desk.connection, this.desk.settings.config.daemon.lease_seconds
    if way != Channel.LOGG and not _may_be_used(this, way):
        return None
    one = reminder_store.claim(connection, way, this.owner, seconds, until)
    if one or way != Channel.EPOST:
        return one
    wait = _until_tomorrow(this.clock())
    return reminder_store.claim_digest(connection, way, this.owner, seconds, until, this.today, wait)


def _may_be_used(this: Round, way: str) -> bool:
    """Asked before each reminder: a queue may be longer than the day."""
    is_open = sending_hours.may_leave(this.clock(), this.desk.settings.config.daemon)
    return is_open and way not in reminder_store.closed_outlets(this.desk.connection)


def _until_tomorrow(at: datetime) -> int:
    """Milliseconds until it is another day in Sweden."""
    tomorrow = datetime.combine(at.astimezone(SWEDEN).date() + timedelta(days=1), time(), SWEDEN)
    return int((tomorrow - at).total_seconds() * 1000)


def _deliver(this: Round, way: str, parcel: Parcel, tally: Tally) -> bool:
    """Send what has been claimed, and write down what came of it; False when the outlet did not answer."""
    endings = [_ended(this, claim) for claim in parcel.claims]
    _close(this, [ending for ending in endings if ending], tally)
    claims = [claim for claim, ending in zip(parcel.claims, endings, strict=True) if not ending]
    if not claims:
        return True
    answer = notifier(this, claims[0]).send(lambda: _letter(this, claims, parcel.digest), this.clock())
    _write_down(this, way, msgspec.structs.replace(parcel, claims=claims), tally, answer)
    return not (isinstance(answer, PutOff) and answer.unreachable)


def _ended(this: Round, claim: Claim) -> Closing | None:
    """What a claimed reminder is closed as without being sent; None while there is reason to send it."""
    because = _moot(this, claim)
    if because:
        return Closing(claim=claim, status=ReminderStatus.MOOT, because=because)
    if claim.overtaken and not _all_are_sent(this, claim.rule):
        return Closing(claim=claim, status=ReminderStatus.MERGED, because=NEWER)
    if claim.attempts > this.desk.settings.config.daemon.max_attempts:
        return Closing(claim=claim, status=ReminderStatus.FAILED, fault=EXHAUSTED)
    return None


def _moot(this: Round, claim: Claim) -> str | None:
    if not claim.is_open:
        return CLOSED
    if claim.due_now != claim.due:
        return MOVED
    return None if still_wanted(claim.step, claim.planned_for, claim.snoozed_until, this.today) else SNOOZED


def _all_are_sent(this: Round, name: str) -> bool:
    return any(rule.late == "skicka" for rule in this.calendar.rules if name == key(rule))


# --- what is sent, and through what -------------------------------------------------------------------


def notifier(this: Round, claim: Claim) -> Notifier:
    match claim.channel:
        case Channel.LOGG | Channel.TODO:
            return LogNotifier()
        case Channel.EPOST:
            return EmailNotifier(this.desk.settings, this.directory.address)
        case Channel.WEBHOOK:
            return WebhookNotifier(this.desk.settings, claim.recipient)
        case _:
            assert_never(claim.channel)


def _letter(this: Round, claims: Sequence[Claim], digest: str | None) -> Letter:
    """The one reminder there is, or all of a digest; under the digest's id, which a retry has too."""
    letters = [letter(this, claim) for claim in claims]
    if digest is None:
        return letters[0]
    if len(letters) == 1:
        return msgspec.structs.replace(letters[0], id=digest)
    return reminder_message.digest_letter(digest, letters[0].recipient, letters, this.today)


def letter(this: Round, claim: Claim) -> Letter:
    told = reminder_facts.read(this.desk.connection, claim.deadline_id, this.today)
    occasion = Occasion(
        recipient=this.directory.current(claim.recipient),
        rule=claim.rule,
        step=claim.step,
        planned_for=claim.planned_for,
        today=this.today,
    )
    return reminder_message.letter(claim.id, told, occasion)


# --- what came of it ----------------------------------------------------------------------------------


def _write_down(this: Round, way: str, parcel: Parcel, tally: Tally, answer: Answer) -> None:
    most, tried = this.desk.settings.config.daemon.max_attempts, max(claim.attempts for claim in parcel.claims)
    match answer:
        case Sent():
            _end(this, parcel, tally, ReminderStatus.SENT)
            tally.mailed += way == Channel.EPOST
            tally.called += way.startswith(Channel.WEBHOOK)
        case Refused(code):
            _end(this, parcel, tally, ReminderStatus.FAILED, code)
        case PutOff(code, counted=True) if tried >= most:
            _end(this, parcel, tally, ReminderStatus.FAILED, code)
        case PutOff():
            _put_off(this, way, parcel, tally, answer)
        case _:
            assert_never(answer)
    if not (isinstance(answer, PutOff) and answer.unreachable):
        reminder_store.outlet_answered(this.desk.connection, way)


def _end(this: Round, parcel: Parcel, tally: Tally, status: ReminderStatus, fault: str | None = None) -> None:
    closing = [Closing(claim=claim, status=status, fault=fault, digest=parcel.digest) for claim in parcel.claims]
    _close(this, closing, tally)


def _close(this: Round, closing: Sequence[Closing], tally: Tally) -> None:
    ours = reminder_store.close(this.desk, this.moment, closing) if closing else []
    closed = [one for one in closing if one.claim in ours]
    for one in closed:
        tally.add(one.status)
        tally.noted += one.status is ReminderStatus.SENT and one.claim.channel is Channel.LOGG
    write_notes(this, [_note(one.claim, one.status.value, one.fault, one.because) for one in closed])


def _put_off(this: Round, way: str, parcel: Parcel, tally: Tally, answer: PutOff) -> None:
    """Let it wait. An outlet that is away is no fault of what waits there, and uses up none of its attempts."""
    milliseconds = _wait(this, way, parcel.claims[0], answer)
    claims = reminder_store.put_off(
        this.desk.connection, parcel.claims, milliseconds, answer.code, counted=answer.counted
    )
    tally.put_off += len(claims)
    write_notes(this, [_note(claim, "put_off", answer.code) for claim in claims])


def _wait(this: Round, way: str, claim: Claim, answer: PutOff) -> int:
    first = this.desk.settings.config.daemon.retry_seconds
    if answer.unreachable:
        own = sha256(way.encode())
        return reminder_store.outlet_failed(
            this.desk.connection, way, lambda failures: back_off(own, failures, first, LONGEST_ABSENCE)
        )
    if answer.counted:
        return int(1000 * back_off(claim.id, claim.attempts, first))
    # The token has counted every claim, also those that were taken back.
    return int(1000 * back_off(claim.id, claim.token, first, LONGEST_ABSENCE))


def back_off(own: str, attempts: int, first: int, longest: int = LONGEST_WAIT) -> float:
    """Seconds to wait after so many attempts: twice as long each time, and for each id a little different.

    The difference is drawn from the id (hexadecimal), so that a thousand that failed together do not all come
    back at once, and so that it can be computed again.
    """
    wait = min(first * 2.0 ** min(attempts - 1, 30), longest)
    return wait * (0.75 + 0.5 * int(own[:8], 16) / 0x1_0000_0000)


def _note(claim: Claim, outcome: str, fault: str | None = None, because: str | None = None) -> Note:
    more = {"attempts": claim.attempts, "fault": fault, "because": because}
    return Note(id=claim.id, row=msgspec.to_builtins(claim), outcome=outcome, secret=claim.secret, more=more)
