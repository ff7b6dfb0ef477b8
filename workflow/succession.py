"""A body that has ended, and the one that has taken over from it: open cases go on there.

What the old body has decided is its own, and so is a meeting of it: an item on its agenda stays, and a case that was
to be up at a meeting whose day has passed waits for what became of it there to be noted. An heir of another sort than
the old body (a nämnd whose matters kommunstyrelsen takes over) would be another state of the case, so there somebody
changes the way.
"""

from collections.abc import Iterator
from datetime import date

from states.case_facts import CaseFacts, Stage
from states.records import Change, update
from workflow import bulk, case_store, statements
from workflow.audit_journal import Command, Draft
from workflow.body_register import Body, BodyRegister
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.use_case import ORDINARY_WAY, accept

Heirs = dict[Stage, Body]


def at_ended_bodies(desk: Desk, command: Command) -> tuple[str, ...]:
    """The open cases of which some stage should go to an heir."""
    day, register = command.on, desk.bodies
    rows = desk.connection.run(statements.AT_ENDED_BODIES, day=day.isoformat())
    facts = ((row["id"], case_store.load_facts(desk.connection, row["id"], desk.raised_reading)) for row in rows)
    return tuple(case for case, found in facts if _heirs(found, register, command))


def take_over(desk: Desk, command: Command, cases: tuple[str, ...]) -> int:
    """Let the heirs take over in some cases, each with a record of its own; how many it was."""
    with bulk.locked(desk, command, cases):
        return taken_over(desk, command, cases)


def taken_over(desk: Desk, command: Command, cases: tuple[str, ...]) -> int:
    """The same in the caller's transaction, where all of the cases and their meetings are locked."""
    register = desk.bodies
    for place, case_id in enumerate(cases):
        own = bulk.numbered(command, place) if place else command
        case = case_store.lock(desk.connection, case_id, desk.raised_reading)
        if heirs := _heirs(case.facts, register, command):
            draft = Draft(case.stream, "case.succeeded", case.version + 1, seen=dict(case.seen))
            draft.changes += _changes(desk, case, heirs)
            accept(desk, own, case, draft, ORDINARY_WAY)
    return len(cases)


def _heirs(facts: CaseFacts, register: BodyRegister, command: Command) -> Heirs:
    """The stages that go to another body, and which."""
    open_ = (stage for stage in facts.stages if not stage.closed and not _has_been_up(facts, stage, command.on))
    found = {stage: register.successor(stage.body, command.on) for stage in open_}
    return {stage: heir for stage, heir in found.items() if heir and _follows(stage, heir)}


def _has_been_up(facts: CaseFacts, stage: Stage, on: date) -> bool:
    """True when the body has decided, or was to meet by now and nobody has told what became of the case."""
    own = (item for item in facts.agenda if item.stage == stage.id)
    return any(item.decided or (item.waiting and item.meeting.on <= on) for item in own)


def _follows(stage: Stage, heir: Body) -> bool:
    return heir.code != stage.body and (heir.kind, heir.is_utskott) == (stage.kind, stage.utskott)


def _changes(desk: Desk, case: LockedCase, heirs: Heirs) -> Iterator[Change]:
    """The case, the stages, and what was proposed to the bodies that were; in the case itself nothing has happened."""
    yield update("cases", id=case.id, version=case.version + 1)
    for stage, heir in heirs.items():
        yield update("stage", id=stage.id, body=heir.code)
    codes = {stage.body: heir.code for stage, heir in heirs.items()}
    rows = desk.connection.run(statements.EVERY_PROPOSAL, id=case.id)
    taken = {(row["version"], row["body"]) for row in rows}
    for row in rows:
        # All its versions, so that what was proposed to the old body is not taken for something else.
        own = row["version"], codes.get(row["body"], "")
        if own[1] and own not in taken:
            taken.add(own)
            yield update("proposal_version", id=row["id"], body=own[1])
