"""The frame every use case on a case stands in: open, ask the law, write, return."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import msgspec

from states import deadlines
from states.case_facts import Attempt, CaseFacts, MeetingFacts, Stage, State
from states.judgement import ROLE_PERMITTED, Advanced, Refused, judge, permit
from states.records import Change, insert, update
from states.roles import PERMISSIONS, acting
from workflow import audit_journal, case_store, statements
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.connection import POSTGRESQL, Connection
from workflow.database_roles import ONE_AT_A_TIME
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, UsageError


class Done(msgspec.Struct, frozen=True):
    """A use case that went through."""

    ref: str  # the case or meeting, as people name it
    stream: str
    before: str | None
    after: str
    verdict: Advanced
    notes: tuple[str, ...] = ()  # Swedish sentences about what followed by itself


Result = Done | Refused


class Rehearsed(Exception):  # noqa: N818 - no error: it takes the transaction back with it
    """What would have been done."""

    def __init__(self, done: Done) -> None:
        self.done = done


ORDINARY_WAY = Advanced("", (), ())
"""The verdict of what no rule can refuse."""


@contextmanager
def opened(
    desk: Desk, command: Command, act: str, case_id: str, expected: Mapping[str, int], *meetings: str
) -> Iterator[LockedCase | Refused]:
    """The one transaction of a use case: meetings locked before the case, versions as they were seen.

    Whoever may not do it (`act`: a verb, or a key of `PERMISSIONS`) gets the refusal before anything else is said.
    `expected` holds the versions the caller has seen: `version` of the case, `meeting_version` of the
    first meeting. Raises HiddenError for a secret case that the connection is not cleared for.
    """
    with desk.connection.writing():
        case_store.require_seen(desk.connection, case_id)
        case = case_store.lock(desk.connection, case_id, desk.raised_reading, *meetings)
        audit_journal.refuse_repeated(desk.connection, command)
        if denied := not_permitted(desk, command, case, act, *meetings[:1]):
            yield denied
            return
        refuse_changed("Ärendet", case.version, expected.get("version"))
        for meeting_id in meetings[:1]:
            refuse_changed("Sammanträdet", case.seen[meeting_id], expected.get("meeting_version"))
        yield case


def refuse_changed(what: str, version: int, expected: int | None) -> None:
    """Raise ChangedMeanwhileError when a row is not the one the caller has seen."""
    if expected is not None and version != expected:
        raise ChangedMeanwhileError(
            f"{what} har ändrats sedan du såg det (version {expected} är nu {version}). Inget skrevs; se läget "
            "med arende show och försök igen."
        )


def ask(command: Command, facts: CaseFacts | MeetingFacts, attempt: Attempt) -> Advanced | Refused:
    """What the law says of an attempt, and whether whoever makes it may."""
    return judge(facts, msgspec.structs.replace(attempt, offices=command.offices))


def not_permitted(desk: Desk, command: Command, case: LockedCase, act: str, *meeting: str) -> Refused | None:
    """The refusal of an act, at a meeting or at the bodies of the case, written down; None to whoever may."""
    attempt = Attempt(verb=act, on=command.on, offices=command.offices)
    sitting = {row["body"] for one in meeting for row in desk.connection.run(statements.MEETING, id=one)}
    denied = permit(case.facts.ref, attempt, sitting or case.facts.bodies, case.facts.state)
    return refuse(desk, command, case, denied) if denied else None


def begin(case: LockedCase, kind: str, attempt: Attempt, verdict: Advanced, **data: Any) -> Draft:
    """A record of an allowed move, with what it was judged by."""
    told = {
        "verb": attempt.verb,
        "from": case.facts.state.value if case.facts.state else None,
        "to": verdict.state,
        "warnings": [finding.guard for finding in verdict.warnings],
        "deviations": [finding.guard for finding in verdict.deviations],
    }
    draft = Draft(
        case.stream, kind, case.version + 1, data={**told, **data}, seen=dict(case.seen), role=verdict.role or ""
    )
    keep_words(draft, verdict)
    return draft


def keep_words(draft: Draft, verdict: Advanced) -> None:
    """Let a record keep what the rules said that it was made against."""
    if verdict.deviations:
        draft.data["told"] = draft.text({"deviations": [finding.text for finding in verdict.deviations]})


def noted(case: LockedCase, kind: str, command: Command, act: str) -> Draft:
    """A record of something noted on a case without moving it, and of the role it was done in."""
    role = acting(command.offices, PERMISSIONS[act].by, case.facts.bodies)
    return Draft(case.stream, kind, case.version + 1, seen=dict(case.seen), role=role or "")


def touched(case: LockedCase, command: Command, **columns: Any) -> Change:
    """The case's own row after something was noted on it; its state and its last event are as they were."""
    noted_on = max(command.on, case.facts.noted_on or command.on).isoformat()
    return update("cases", id=case.id, version=case.version + 1, noted_on=noted_on, **columns)


def moved(case: LockedCase, command: Command, verdict: Advanced, stage: Stage | None) -> Change:
    """The case's own row after a move: the state is the one the machine reached."""
    last = max(command.on, case.facts.last_event or command.on)
    ended = verdict.state in (State.AVSLUTAD, State.ATERKALLAD)
    rests_no_more = {"paused_on": None, "paused_until": None} if ended and case.facts.paused_on else {}
    return update(
        "cases",
        id=case.id,
        version=case.version + 1,
        state=verdict.state,
        stage=stage.id if stage else None,
        last_event=last.isoformat(),
        **rests_no_more,
    )


def accept(desk: Desk, command: Command, case: LockedCase, draft: Draft, verdict: Advanced, *notes: str) -> Done:
    """Write the changes, then the deadlines that follow from them, then the record of it all."""
    audit_journal.write_changes(desk.connection, draft.changes)
    facts = case_store.load_facts(desk.connection, case.id, desk.raised_reading)
    following = deadline_changes(desk.connection, case.id, deadlines.case_deadlines(facts, desk.routines))
    audit_journal.write_changes(desk.connection, following)
    draft.changes += following
    audit_journal.seal(desk.connection, command, draft)
    before = case.facts.state.value if case.facts.state else None
    return Done(facts.ref, case.stream, before, str(facts.state), verdict, notes)


def refuse(desk: Desk, command: Command, case: LockedCase, verdict: Refused) -> Refused:
    """Write down that somebody tried, and every requirement that was not met."""
    draft = Draft(
        case.stream,
        "case.refused",
        case.version,
        data=refusal(verdict),
        seen=dict(case.seen),
    )
    audit_journal.seal(desk.connection, command, draft, remember=False)
    return verdict


def deny(desk: Desk, command: Command, verdict: Refused) -> Refused:
    """Write down that somebody without the role for it tried what concerns no case or meeting that there is."""
    if verdict.blocking[0].guard != ROLE_PERMITTED:
        return verdict
    if desk.connection.dialect == POSTGRESQL:
        # Nobody holds a row that others wait for.
        desk.connection.run(ONE_AT_A_TIME)
    head = desk.connection.run(statements.HEAD, stream="system")
    draft = Draft("system", "system.denied", head[0]["seq"], data=refusal(verdict))
    audit_journal.seal(desk.connection, command, draft, remember=False)
    return verdict


def deny_everywhere(desk: Desk, command: Command, act: str, what: str, body: str = "") -> Refused | None:
    """The refusal of an act to whoever may do it at no body (or not at one), written down in its own transaction.

    For what must be found out before it is known which case or meeting it is done to; `what` is told in its place.
    """
    attempt = Attempt(verb=act, on=command.on, offices=command.offices)
    denied = permit(what, attempt, {body} if body else ())
    if denied is None:
        return None
    with desk.connection.writing():
        audit_journal.refuse_repeated(desk.connection, command)
        return deny(desk, command, denied)


def refusal(verdict: Refused) -> dict[str, Any]:
    """What the log says of a refused attempt: codes only."""
    return {
        "verb": verdict.attempt.verb,
        "to": verdict.attempt.to.value if verdict.attempt.to else None,
        "blocking": [finding.guard for finding in verdict.blocking],
        "warnings": [finding.guard for finding in verdict.findings if not finding.blocks],
    }


def deadline_changes(connection: Connection, stream_id: str, now: tuple[deadlines.Deadline, ...]) -> list[Change]:
    """What has to be written for the stored deadlines to be `now`."""
    stored = {row["id"]: row for row in connection.run(statements.DEADLINES, stream=stream_id)}
    wanted = {f"{stream_id}/{d.kind.value}/{d.subject}": d for d in now}
    changes = [
        update("deadline", id=key, is_open=False) for key, row in stored.items() if row["is_open"] and key not in wanted
    ]
    for key, deadline in wanted.items():
        values = _stored(deadline)
        if key not in stored:
            subject = {"stream": stream_id, "kind": deadline.kind.value, "subject": deadline.subject}
            changes.append(insert("deadline", id=key, **subject, **values))
        elif any(stored[key][column] != value for column, value in values.items()):
            changes.append(update("deadline", id=key, **values))
    return changes


def _stored(deadline: deadlines.Deadline) -> dict[str, Any]:
    """What of a deadline can change while it stays the same duty."""
    snoozed = deadline.snoozed_until
    return {
        "basis": deadline.basis.id,
        "due": deadline.due.isoformat(),
        "act_by": deadline.act_by.isoformat(),
        "is_open": True,
        "body": deadline.body or None,
        "watch_id": deadline.watch,
        "snoozed_until": snoozed.isoformat() if snoozed else None,
    }


def refuse_other_day(command: Command, meeting: MeetingFacts) -> None:
    """What a meeting does happens on its day. Raises UsageError for any other."""
    if command.on != meeting.on:
        raise UsageError(f"{meeting.ref} är den {meeting.on}; utelämna --date eller ange den dagen.")


def refuse_past(command: Command, answer_day: date | None) -> None:
    """Raise UsageError for a day to answer by that has passed."""
    if answer_day is not None and answer_day < command.on:
        raise UsageError(f"Svarsdagen {answer_day} har passerat; ange en dag från och med {command.on}.")


def give_reason(draft: Draft, command: Command) -> None:
    if command.reason:
        draft.data["reason"] = draft.text({"reason": command.reason})
