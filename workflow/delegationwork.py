"""Decisions taken in a body's place: noted when they are taken, told of at the body's next meeting, in one §.

By delegation (KL 6 kap. 37 §, 7 kap. 5 §), or by the chair when it could not wait (6 kap. 39 §). What and by
whom are texts; they stay with the meeting where they were noted, also when it is told of at another.
"""

import msgspec

from states.case_facts import Attempt, DelegationKind, ItemKind, MeetingFacts, Person
from states.guards.in_its_place import URGENT_BY_WHOM
from states.judgement import Finding, Refused, remarks
from states.records import Change, insert, update
from workflow import case_store, meeting_plan, meetingwork, member_register, statements
from workflow.agenda import last_ordinal
from workflow.audit_journal import Command, Draft
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.meetingwork import STANDING_DELEGATION
from workflow.use_case import ORDINARY_WAY, Result, deny_everywhere

TITLE = "Anmälan av delegationsbeslut"


class NewDelegated(msgspec.Struct, frozen=True, kw_only=True):
    """A decision somebody has taken in a body's place."""

    kind: DelegationKind
    point: str  # of the delegation order
    what: str
    by: str
    case_id: str | None = None


def add(desk: Desk, command: Command, body_text: str, taken: NewDelegated, **expected: int) -> Result:
    """Note a delegated decision, of the command's day, to be told of at the body's next meeting."""
    body = desk.bodies.find(body_text, command.on)
    if denied := deny_everywhere(desk, command, "delegation", body.code, body.code):
        return denied
    _refuse_vague(taken)
    meeting_id = _next_meeting(desk.connection, body.code, command)
    with meetingwork.opened(desk, command, "delegation", meeting_id, expected) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        if taken.case_id:
            case_store.require_seen(desk.connection, taken.case_id)
        urgent = taken.kind is DelegationKind.BRADSKANDE
        doubts = by_whom(desk, command, meeting.facts, taken.by) if urgent else ()
        draft = meetingwork.noted(meeting, "meeting.delegated", command, "delegation")
        draft.data |= {"kind": taken.kind.value, "point": taken.point, "case": taken.case_id}
        draft.data["warnings"] = [finding.guard for finding in doubts]
        draft.changes.append(update("meeting", id=meeting.id, version=meeting.version + 1))
        place = last_ordinal(desk.connection, meeting.id) + 1
        draft.changes.append(_item_on(command, draft, meeting, place))
        draft.changes.append(
            insert(
                "delegated_decision",
                id=command.new_id(),
                meeting_id=meeting.id,
                case_id=taken.case_id,
                item_id=None,
                kind=taken.kind.value,
                point=taken.point,
                decided_on=command.on.isoformat(),
                payload=draft.text({"what": taken.what, "by": taken.by}),
            )
        )
        note = f"Det anmäls vid {meeting.facts.ref}."
        verdict = msgspec.structs.replace(ORDINARY_WAY, warnings=doubts)
        return meetingwork.accept(desk, command, meeting, draft, verdict, notes=(note,))


def by_whom(desk: Desk, command: Command, meeting: MeetingFacts, name: str) -> tuple[Finding, ...]:
    """What the law says of whoever decided in a body's place since it could not wait, by the register of that day."""
    day = command.on.isoformat()
    register = member_register.on_day(desk.connection, meeting.body, day)
    chosen = {
        one.member
        for one in desk.settings.config.urgent_deciders
        if one.valid_from <= command.on and (one.valid_to is None or command.on <= one.valid_to)
    }
    may = tuple(one.id for one in register.members if one.seat == "ordforande" or one.id in chosen)
    meant = [one.id for one in register.named(name)]
    decider = may[0] if may and name.casefold() in CHAIR else meant[0] if len(meant) == 1 else ""
    facts = msgspec.structs.replace(meeting, urgent_deciders=may)
    attempt = Attempt(verb="delegation", on=command.on, persons=(Person(decider, name),))
    return remarks((URGENT_BY_WHOM,), facts, attempt)


CHAIR = ("ordförande", "ordföranden")
"""Words for whoever presides, in place of the name."""


def move_unreported(
    connection: Connection, command: Command, draft: Draft, leaving: LockedMeeting, to: LockedMeeting, place: int
) -> list[Change]:
    """What a meeting that will not be held was to be told of, put before another, last on its agenda.

    Both meetings are locked. The caller strikes what waits on the one, and gives the other its new version.
    """
    untold = [row["id"] for row in connection.run(statements.DELEGATED, id=leaving.id) if row["item_id"] is None]
    if not untold:
        return []
    told_there = (update("delegated_decision", id=one, meeting_id=to.id) for one in untold)
    return [_item_on(command, draft, to, place), *told_there]


def _refuse_vague(taken: NewDelegated) -> None:
    for flag, said in (("--punkt", taken.point), ("--vad", taken.what), ("--av", taken.by)):
        if not said.strip():
            raise UsageError(f"Ange {flag}: en anmälan säger vad som beslutades, av vem och enligt vilken punkt.")


def _next_meeting(connection: Connection, body: str, command: Command) -> str:
    """A body's first planned meeting from a day on. Raises UsageError where there is none."""
    rows = connection.run(statements.NEXT_MEETINGS, day=command.on.isoformat())
    days = [row["day"] for row in rows if row["body"] == body]
    if not days:
        raise UsageError(
            f"{body} har inget planerat sammanträde att anmäla beslutet vid. Planera ett först med arende meeting add."
        )
    return str(connection.run(statements.MEETINGS_BY_DAY, body=body, day=days[0])[0]["id"])


def _item_on(command: Command, draft: Draft, meeting: LockedMeeting, place: int) -> Change:
    """The meeting's one matter for all that it is to be told of: made for the first, and held on to by the others."""
    own = (item for item in meeting.items if item["standing"] == STANDING_DELEGATION and item["outcome"] is None)
    if there := next(own, None):
        return update("agenda_item", id=there["id"], standing=STANDING_DELEGATION)
    return meeting_plan.own_matter(
        command,
        meeting.id,
        meeting.facts.body,
        meeting.facts.on,
        ordinal=place,
        kind=ItemKind.ANMALAN.value,
        standing=STANDING_DELEGATION,
        payload=draft.text({"title": TITLE}),
    )
