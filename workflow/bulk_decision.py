"""Everything on a meeting's agenda decided as proposed: in one transaction, or not at all."""

from collections.abc import Mapping

import msgspec

from states.case_facts import ItemKind
from states.judgement import Advanced, Finding, Refused
from states.records import update
from workflow import bulk, case_store, meeting_store, meetingwork, statements
from workflow.audit_journal import Command, Draft
from workflow.connection import Connection, Row
from workflow.decisionwork import Decision, attempted, decided
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, UsageError
from workflow.meeting_store import LockedMeeting
from workflow.use_case import ORDINARY_WAY, Done, Result, accept, ask, refuse_other_day

AS_PROPOSED = Decision()
EXPLAINED = "Ärenden för information eller anmälan och sammanträdets egna punkter beslutades inte."


def decide_all(desk: Desk, command: Command, meeting_id: str, *, deviation: bool = False, **expected: int) -> Result:
    """Decide every case that waits for a decision at a held meeting and may be seen, all as proposed.

    One refusal stops them all. The cases' records have the command's id and their number, the meeting's the id itself.
    """
    cases = waiting_cases(desk.connection, meeting_id)
    with bulk.opened(desk, command, "decide", meeting_id, expected, cases) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        refuse_other_day(command, meeting.facts)
        if waiting_cases(desk.connection, meeting_id) != cases:
            raise ChangedMeanwhileError(
                "Föredragningslistan ändrades av någon annan just nu. Inget skrevs; försök igen."
            )
        if not cases:
            raise UsageError(f"Inget ärende väntar på beslut vid {meeting.facts.ref}.")
        verdicts = {case: _asked(desk, command, case, meeting, deviation=deviation) for case in cases}
        refused = [verdict for verdict in verdicts.values() if isinstance(verdict, Refused)]
        if refused:
            return meetingwork.refuse(desk, command, meeting, _together(meeting, refused))
        done = {}
        for number, case in enumerate(cases, 1):
            done[case] = _decide_one(desk, bulk.numbered(command, number), case, meeting_id, deviation=deviation)
        there = desk.connection.run(statements.ITEMS_SEEN, id=meeting_id)
        return _told(desk, command, meeting_id, done, left=len(cases) < len(there))


def waiting_cases(connection: Connection, meeting_id: str) -> tuple[str, ...]:
    """The cases that wait for a decision at a meeting and may be seen, in the order of its agenda."""
    return tuple(str(item["case_id"]) for item in connection.run(statements.ITEMS_SEEN, id=meeting_id) if _waits(item))


def _waits(item: Row) -> bool:
    asked = item["kind"] in (None, ItemKind.BESLUT.value)
    return bool(asked and item["case_id"] and not item["decided"] and item["outcome"] is None)


def _asked(
    desk: Desk, command: Command, case_id: str, meeting: LockedMeeting, *, deviation: bool
) -> Advanced | Refused:
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    return ask(command, facts, attempted(command, facts, meeting, AS_PROPOSED, deviation=deviation))


def _together(meeting: LockedMeeting, refused: list[Refused]) -> Refused:
    """One answer for all: each finding says which case it is about."""
    found = tuple(_of_case(one.ref, finding) for one in refused for finding in one.findings)
    blocking = tuple(finding for finding in found if finding.blocks)
    warnings = tuple(finding for finding in found if not finding.blocks)
    recordable = all(one.recordable for one in refused)
    return Refused(meeting.facts.ref, refused[0].attempt, blocking + warnings, recordable)


def _of_case(ref: str, finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, text=f"{ref}: {finding.text}")


def _decide_one(desk: Desk, command: Command, case_id: str, meeting_id: str, *, deviation: bool) -> Done:
    """One case of all, as the ones before it have left the meeting."""
    case = case_store.lock(desk.connection, case_id, desk.raised_reading, meeting_id)
    meeting = meeting_store.load(desk.connection, meeting_id)
    attempt = attempted(command, case.facts, meeting, AS_PROPOSED, deviation=deviation)
    verdict = ask(command, case.facts, attempt)
    if isinstance(verdict, Refused):
        raise AssertionError("a case was refused for what another one in the same meeting became")
    draft = decided(desk, command, case, meeting, attempt, verdict, AS_PROPOSED)
    return accept(desk, command, case, draft, verdict)


def _told(desk: Desk, command: Command, meeting_id: str, done: Mapping[str, Done], *, left: bool) -> Done:
    """The meeting's own record of it, with the place of each case's, by which all of it can be taken back."""
    meeting = meeting_store.load(desk.connection, meeting_id)
    heads = {case: desk.connection.run(statements.HEAD, stream=f"case:{case}")[0]["seq"] for case in done}
    draft = Draft(
        meeting.stream,
        "meeting.decided_all",
        meeting.version + 1,
        data={"decided": heads},
        changes=[update("meeting", id=meeting.id, version=meeting.version + 1)],
        seen={meeting.id: meeting.version},
        role=next(one.verdict.role or "" for one in done.values()),
    )
    refs = ", ".join(one.ref for one in done.values())
    count = "Ett ärende" if len(done) == 1 else f"{len(done)} ärenden"
    notes = (f"{count} beslutades enligt förslag: {refs}.", *([EXPLAINED] if left else []))
    verdict = msgspec.structs.replace(
        ORDINARY_WAY,
        warnings=tuple(_of_case(one.ref, finding) for one in done.values() for finding in one.verdict.warnings),
        deviations=tuple(_of_case(one.ref, finding) for one in done.values() for finding in one.verdict.deviations),
    )
    return meetingwork.accept(desk, command, meeting, draft, verdict, notes=notes)
