"""A case that waits: its own days stand still, those of the law, of contracts and of mandates never do."""

from collections.abc import Iterator
from datetime import date

from states.case_facts import WatchKind
from states.judgement import Refused
from states.records import Change, update
from states.swedish_text import capitalised, day, name
from workflow.audit_journal import Command
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.use_case import ORDINARY_WAY, Result, accept, give_reason, noted, opened, touched


def pause(desk: Desk, command: Command, case_id: str, until: date, **expected: int) -> Result:
    """Let a case rest until a day, when somebody asks whether it goes on."""
    with opened(desk, command, "pause", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if until <= command.on:
            raise UsageError(f"En paus slutar en dag framåt; {until} är inte efter {command.on}.")
        if case.facts.last_event is None or case.facts.stage is None:
            raise UsageError(f"{case.facts.ref} väntar inte på någon instans, så det finns inget att pausa.")
        if case.facts.paused_on is not None:
            raise UsageError(f"{case.facts.ref} är redan pausat sedan {case.facts.paused_on}.")
        noted_on = max(case.facts.last_event, case.facts.noted_on or case.facts.last_event)
        if command.on < noted_on:
            raise UsageError(f"En paus börjar tidigast {noted_on}, då något senast antecknades i ärendet.")
        draft = noted(case, "case.paused", command, "pause")
        give_reason(draft, command)
        days = {"paused_on": command.on.isoformat(), "paused_until": until.isoformat()}
        draft.changes.append(touched(case, command, **days))
        note = f"Pausat till {day(until)}. Lagens, avtalens och uppdragens dagar står kvar."
        return accept(desk, command, case, draft, ORDINARY_WAY, note)


def resume(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """The case goes on: the days we have set ourselves move as far as it has rested."""
    with opened(desk, command, "pause", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        since = case.facts.paused_on
        if since is None:
            raise UsageError(f"{case.facts.ref} är inte pausat.")
        if command.on < since:
            raise UsageError(f"{case.facts.ref} pausades {since}. Ange rätt --date.")
        draft = noted(case, "case.resumed", command, "pause")
        draft.changes.append(touched(case, command, paused_on=None, paused_until=None))
        moved = list(_moved(case, command.on, since))
        draft.changes += [change for change, _ in moved]
        return accept(desk, command, case, draft, ORDINARY_WAY, *(told for _, told in moved))


def _moved(case: LockedCase, on: date, since: date) -> Iterator[tuple[Change, str]]:
    """(change, sentence) for each day of our own that had not come when the case was paused.

    What was set while it rested moves from then on.
    """
    for referral in case.facts.referrals:
        rested = on - max(since, referral.sent_on)
        if referral.answered_on is None and referral.due >= since and rested:
            due = referral.due + rested
            told = f"Remiss {referral.number}: {referral.due} → {due}"
            yield update("referral", id=referral.id, due=due.isoformat()), told
    for watch in case.facts.watches:
        rested = on - max(since, watch.noted_on)
        if watch.kind is WatchKind.BEVAKNING and watch.due is not None and watch.due >= since and rested:
            due = watch.due + rested
            told = f"{capitalised(name(watch.kind))} {watch.number}: {watch.due} → {due}"
            yield update("watch", id=watch.id, due=due.isoformat()), told
