"""A case on a meeting's agenda: the rows that booking, postponing, remitting and deciding share."""

from collections.abc import Iterator
from datetime import date

from states.case_facts import AgendaItem, CaseFacts, ItemKind, MatterOutcome, Stage
from states.records import Change, insert, update
from states.swedish_calendar import DAY
from workflow import meeting_store, statements
from workflow.audit_journal import Command
from workflow.case_store import LockedCase, load_facts, lock_case
from workflow.connection import Connection, Row
from workflow.desk import Desk
from workflow.meeting_store import LockedMeeting

ALWAYS_LAST = 1_000_000
"""The place on an agenda from which the matters that always come last stand."""


def booking(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting: LockedMeeting,
    *,
    urgent: bool = False,
    payload: str | None = None,
    purpose: ItemKind = ItemKind.BESLUT,
) -> list[Change]:
    """The case last on a meeting's agenda; the meeting gets a new version with it. `payload` says why it is late.

    An item that was once taken off that agenda is put back, without the announcement it had.
    """
    place = {
        "ordinal": last_ordinal(connection, meeting.id) + 1,
        "urgent": urgent,
        "announced_on": None,
        "outcome": None,
        "payload": payload,
        "kind": stored(purpose),
    }
    earlier = _item_there(case, stage, meeting)
    if earlier is not None:
        item = update("agenda_item", id=earlier.id, **place)
    else:
        item = _new_item(command, case, stage, meeting, **place)
    return [item, update("meeting", id=meeting.id, version=meeting.version + 1)]


def stored(purpose: ItemKind) -> str | None:
    """What a matter is on the agenda for, as a row holds it: nothing is said of what is to be decided."""
    return None if purpose is ItemKind.BESLUT else purpose.value


def struck(case: LockedCase, stage: Stage, *, only: ItemKind | None = None) -> list[Change]:
    """A stage's waiting items, taken off their agendas: what has been treated waits nowhere else.

    `only`: those that are there for one purpose.
    """
    own = (item for item in case.facts.agenda if item.stage == stage.id and item.waiting)
    waiting = (item for item in own if only in (None, item.kind))
    return [update("agenda_item", id=item.id, outcome=MatterOutcome.UTGATT.value) for item in waiting]


def treated(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting: LockedMeeting,
    *,
    outcome: MatterOutcome | None,
    decided: bool,
    deviation: bool,
    minority: bool = False,
    purpose: ItemKind = ItemKind.BESLUT,
    paragraph: int | None = None,
) -> tuple[str, list[Change]]:
    """(id, changes) of the item a held meeting has treated; one that never stood on its agenda gets its § now.

    The meeting gets a new version, so that nobody adjusts a protocol without having seen the decision. What it was
    only told of still waits to be decided where it is booked. `paragraph`: the § it has by the protocol, where it has
    none yet; else it gets the body's next.
    """
    ended = None if purpose is ItemKind.BESLUT else purpose
    first = [update("meeting", id=meeting.id, version=meeting.version + 1), *struck(case, stage, only=ended)]
    item = case.facts.item_at(meeting.facts)
    became: dict[str, object] = {
        "decided": decided,
        "outcome": outcome.value if outcome else None,
        "deviation": deviation,
        "kind": stored(purpose),
        "minority": minority,
    }
    if item is not None and item.paragraph is not None:
        return item.id, [*first, update("agenda_item", id=item.id, **became)]
    found = item or _item_there(case, stage, meeting)
    given = (found.paragraph if found else None) or paragraph
    following = meeting_store.next_paragraph(connection, meeting.facts.body, meeting.facts.on.year)
    became["paragraph"] = given or following
    if found is not None:
        return found.id, [*first, update("agenda_item", id=found.id, **became)]
    new = _new_item(
        command, case, stage, meeting, ordinal=last_ordinal(connection, meeting.id) + 1, urgent=True, **became
    )
    return str(new.row["id"]), [*first, new]


def treated_by_itself(item: Row) -> dict[str, object]:
    """What becomes of an item that needs no decision of its own when the meeting is held; nothing of the others."""
    match item["kind"]:
        case ItemKind.INFORMATION:
            return {"outcome": MatterOutcome.NOTERAD.value}
        case ItemKind.ANMALAN:
            return {"outcome": MatterOutcome.ANMALD.value}
    return {} if item["case_id"] else {"decided": True}


def coming_back(
    desk: Desk, command: Command, meeting: LockedMeeting, place: int
) -> Iterator[tuple[str, CaseFacts, tuple[Change, ...]]]:
    """(id, facts, changes) of each case that comes up by itself at a meeting that is planned now (KL 5 kap. 51 §).

    They were postponed, or lost their meeting, when no other was planned. `place` is the last on the new agenda so
    far. The cases are locked from here on.
    """
    for row in desk.connection.run(statements.LEFT_WITHOUT_MEETING, body=meeting.facts.body):
        noted = noted_on_case(desk.connection, row["id"], command.on)
        facts = load_facts(desk.connection, row["id"], desk.raised_reading)
        left = facts.tabled
        stage = next((one for one in facts.here if left and one.id == left.stage), None)
        if left is None or stage is None or not _is_followed_by(facts, left, meeting):
            continue
        place += 1
        case = LockedCase(row["id"], noted.row["version"] - 1, facts, {})
        columns = {"ordinal": place, "urgent": False, "kind": stored(left.kind)}
        yield case.id, facts, (_new_item(command, case, stage, meeting, **columns), noted)


def _is_followed_by(facts: CaseFacts, left: AgendaItem, meeting: LockedMeeting) -> bool:
    """What was postponed comes up later; what lost its meeting may come up before the day that meeting had."""
    if left.outcome is MatterOutcome.BORDLAGD:
        return left.meeting.on < meeting.facts.on
    return facts.noted_on is not None and facts.noted_on <= meeting.facts.on


def noted_on_case(connection: Connection, case_id: str, on: date) -> Change:
    """The row of a case after something was noted on it from a meeting; it is locked from here on."""
    version = lock_case(connection, case_id)
    before = connection.run(statements.CASE, id=case_id)[0]["noted_on"]
    return update("cases", id=case_id, version=version + 1, noted_on=max(on.isoformat(), before or ""))


def next_meeting(connection: Connection, body: str, after: date) -> tuple[str, ...]:
    """The id of a body's next planned meeting after a day; empty when none is planned."""
    rows = connection.run(statements.NEXT_MEETINGS, day=(after + DAY).isoformat())
    days = [row["day"] for row in rows if row["body"] == body]
    found = connection.run(statements.MEETINGS_BY_DAY, body=body, day=days[0]) if days else []
    return tuple(str(row["id"]) for row in found)


def _new_item(command: Command, case: LockedCase, stage: Stage, meeting: LockedMeeting, **columns: object) -> Change:
    blank = {"part_id": None, "paragraph": None, "announced_on": None, "decided": False, "outcome": None, "kind": None}
    return insert(
        "agenda_item",
        id=command.new_id(),
        case_id=case.id,
        stage_id=stage.id,
        meeting_id=meeting.id,
        body=meeting.facts.body,
        year=meeting.facts.on.year,
        **{**blank, "deviation": False, **columns},
    )


def last_ordinal(connection: Connection, meeting_id: str) -> int:
    """The last place on an agenda, before what always stands last."""
    return int(connection.run(statements.LAST_ORDINAL, id=meeting_id, below=ALWAYS_LAST)[0]["ordinal"] or 0)


def _item_there(case: LockedCase, stage: Stage, meeting: LockedMeeting) -> AgendaItem | None:
    """The item of this stage at this meeting, whether it stands there or was taken off."""
    here = (item for item in case.facts.agenda if item.meeting.ref == meeting.facts.ref)
    return next((item for item in here if item.stage == stage.id), None)
