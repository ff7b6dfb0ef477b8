"""Many cases in one transaction: how they are locked together, and how their records are numbered."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec

from states.judgement import Refused
from workflow import audit_journal, case_store, meeting_store, meetingwork, statements
from workflow.audit_journal import Command
from workflow.case_store import LockedCase
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError
from workflow.meeting_store import LockedMeeting
from workflow.use_case import not_permitted, refuse_changed


def numbered(command: Command, number: int) -> Command:
    """One of several records of a command; its id is the command's and its number."""
    return msgspec.structs.replace(command, id=f"{command.id}/{number}")


@contextmanager
def opened(
    desk: Desk, command: Command, act: str, meeting_id: str, expected: Mapping[str, int], cases: tuple[str, ...]
) -> Iterator[LockedMeeting | Refused]:
    """The one transaction, with a meeting and cases locked in it; the refusal for whoever may not do `act`."""
    with locked(desk, command, cases, meeting_id):
        meeting = meeting_store.load(desk.connection, meeting_id)
        if denied := meetingwork.not_permitted(desk, command, meeting, act):
            yield denied
            return
        refuse_changed("Sammanträdet", meeting.version, expected.get("meeting_version"))
        yield meeting


@contextmanager
def opened_two(
    desk: Desk, command: Command, act: str, case_id: str, other_id: str, expected: Mapping[str, int]
) -> Iterator[tuple[LockedCase, LockedCase] | Refused]:
    """The one transaction of a use case on two cases; the refusal for whoever may not do `act` with the first.

    Raises HiddenError for one that may not be seen.
    """
    with locked(desk, command, (case_id, other_id)):
        for one in (case_id, other_id):
            case_store.require_seen(desk.connection, one)
        case, other = (case_store.lock(desk.connection, one, desk.raised_reading) for one in (case_id, other_id))
        if denied := not_permitted(desk, command, case, act):
            yield denied
            return
        refuse_changed("Ärendet", case.version, expected.get("version"))
        yield case, other


@contextmanager
def locked(desk: Desk, command: Command, cases: tuple[str, ...], *meetings: str) -> Iterator[None]:
    """The one transaction: every meeting of the cases locked, then the cases, each in the order of their ids."""
    with desk.connection.writing():
        booked = _meetings_of(desk.connection, cases) | {*meetings}
        for one in sorted(booked):
            case_store.lock_meeting(desk.connection, one)
        for case in sorted(cases):
            case_store.lock_case(desk.connection, case)
        if not _meetings_of(desk.connection, cases) <= booked:
            raise ChangedMeanwhileError("Ett ärende bokades om av någon annan just nu. Inget skrevs; försök igen.")
        audit_journal.refuse_repeated(desk.connection, command)
        yield


def _meetings_of(connection: Connection, cases: tuple[str, ...]) -> set[str]:
    return {row["id"] for case in cases for row in connection.run(statements.MEETINGS_OF_CASE, id=case)}
