"""What a configuration sets in the tables by itself: the register, planned meetings' lead times, deadlines.

In the caller's transaction: `schema.upgrade` goes through it in batches, `activation` all at once.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version as version_of

import msgspec

from states import deadlines
from states.case_facts import MeetingFacts
from states.records import Change, update
from workflow import audit_journal, database_roles, meeting_store, meetingwork, register_sync, statements
from workflow.audit_journal import Command, Draft
from workflow.connection import POSTGRESQL, Connection
from workflow.desk import Desk
from workflow.use_case import deadline_changes

# A migration may take its time, where a command at a desk may not.
NO_HURRY = ("SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0")

BATCH = 500
"""How many cases or meetings are told of in one record, and by an upgrade gone through in one transaction."""

ChangesOf = Callable[[Desk, str], list[Change]]


def wait_for_turn(connection: Connection) -> None:
    """One upgrade or activation at a time; on SQLite the transaction itself sees to that."""
    if connection.dialect == POSTGRESQL:
        for statement in (*NO_HURRY, database_roles.ONE_AT_A_TIME):
            connection.run(statement)


def draft(connection: Connection, kind: str) -> Draft:
    """A record in the system's own stream, whose first one tells whose log it is."""
    head = connection.run(statements.HEAD, stream=register_sync.STREAM)
    if head:
        return Draft(register_sync.STREAM, kind, head[0]["seq"] + 1)
    origin = {"log": secrets.token_hex(16), "program": version_of("arendegang")}
    return Draft(register_sync.STREAM, "system.installed", 1, origin)


def again(command: Command) -> Command:
    """The command with an id of its own for one of its records."""
    return msgspec.structs.replace(command, id=command.new_id())


def register(desk: Desk, found: Draft) -> int:
    """Write what the configuration says of bodies and members that the tables do not; how many rows it was."""
    found.changes += register_sync.changes(desk.connection, desk.settings.config, found.text)
    audit_journal.write_changes(desk.connection, found.changes)
    return len(found.changes)


def recompute(desk: Desk, command: Command, ids: Sequence[str], changes_of: ChangesOf) -> int:
    """Give meetings or cases what they should have by the law and the settings; how many rows it was."""
    return sum(recompute_some(desk, command, some, changes_of) for some in batches(ids))


def recompute_some(desk: Desk, command: Command, ids: Sequence[str], changes_of: ChangesOf) -> int:
    """The same for a batch, with a record of it."""
    found = draft(desk.connection, "system.deadlines_recomputed")
    found.changes += [change for id_ in ids for change in changes_of(desk, id_)]
    if found.changes:
        audit_journal.write_changes(desk.connection, found.changes)
        audit_journal.seal(desk.connection, again(command), found)
    return len(found.changes)


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + BATCH] for first in range(0, len(ids), BATCH))


def of_meeting(desk: Desk, meeting_id: str) -> list[Change]:
    """What has to be written for a meeting to follow the settings: the lead time of its kallelse, its deadlines."""
    now = meeting_store.lock(desk.connection, meeting_id)
    call_days = _call_days(desk, now.facts)
    facts = msgspec.structs.replace(now.facts, call_days=call_days)
    lead = [update("meeting", id=meeting_id, call_days=call_days)] if call_days != now.facts.call_days else []
    open_now = deadlines.meeting_deadlines(facts, now.parts, desk.routines)
    return [*lead, *deadline_changes(desk.connection, meeting_id, open_now)]


of_case = meetingwork.case_deadlines


def _call_days(desk: Desk, meeting: MeetingFacts) -> int:
    """The lead time by its body's setting; what has been called is as it was."""
    if not meeting.ahead or meeting.called_on is not None:
        return meeting.call_days
    body = desk.bodies.find_or_none(meeting.body, meeting.on)
    if body is None or body.code != meeting.body:
        return meeting.call_days
    return meetingwork.not_yet_planned(body, meeting.on).call_days
