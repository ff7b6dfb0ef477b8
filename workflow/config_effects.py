"""What a configuration sets in the tables by itself: the register, planned meetings' lead times, deadlines.

In the caller's transaction: `schema.upgrade` goes through it in batches, `activation` all at once.
"""

import secrets
from collections.abc import Callable, Iterable
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
    return written(desk, found, register_sync.changes(desk.connection, desk.settings.config, found.text))


def recompute(desk: Desk, found: Draft, ids: Iterable[str], changes_of: ChangesOf) -> int:
    """Write what some meetings or cases should have by the law and the settings; how many rows it was."""
    return written(desk, found, [change for id_ in ids for change in changes_of(desk, id_)])


def written(desk: Desk, found: Draft, changes: list[Change]) -> int:
    """Write changes as a part of a record."""
    audit_journal.write_changes(desk.connection, changes)
    found.changes += changes
    return len(changes)


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
    body = desk.bodies.find_or_none(meeting.body, meeting.on)
    if body is None or body.code != meeting.body or not meeting.ahead or meeting.called_on is not None:
        return meeting.call_days
    return meetingwork.not_yet_planned(body, meeting.on).call_days
