"""A case on a meeting's agenda: the rows that booking, postponing and deciding share."""

from datetime import date

from states.case_facts import AgendaItem, MatterOutcome, MeetingFacts, Stage
from states.records import Change, insert, update
from states.swedish_calendar import DAY
from workflow import meeting_store, statements
from workflow.audit_journal import Command
from workflow.case_store import LockedCase
from workflow.connection import Connection
from workflow.meeting_store import LockedMeeting


def booking(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting: LockedMeeting,
    *,
    urgent: bool = False,
) -> list[Change]:
    """A new item last on a meeting's agenda; the meeting gets a new version with it."""
    late = urgent and meeting.facts.announced_on is not None
    return [
        new_item(connection, command, case, stage, meeting.id, meeting.facts, urgent, command.on if late else None),
        update("meeting", id=meeting.id, version=meeting.version + 1),
    ]


def new_item(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting_id: str,
    meeting: MeetingFacts,
    urgent: bool,
    announced_on: date | None,
    paragraph: int | None = None,
) -> Change:
    last = connection.run(statements.LAST_ORDINAL, id=meeting_id)[0]["ordinal"]
    return insert(
        "agenda_item",
        id=command.new_id(),
        case_id=case.id,
        stage_id=stage.id,
        meeting_id=meeting_id,
        part_id=None,
        ordinal=(last or 0) + 1,
        body=meeting.body,
        year=meeting.on.year,
        paragraph=paragraph,
        announced_on=announced_on.isoformat() if announced_on else None,
        urgent=urgent,
        decided=False,
        outcome=None,
        deviation=False,
    )


def item_to_decide(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting_id: str,
    meeting: MeetingFacts,
    item: AgendaItem | None,
) -> tuple[str, list[Change]]:
    """The item a decision stands on; one that was never on the agenda gets its § now."""
    if item is not None and item.paragraph is not None:
        return item.id, []
    paragraph = meeting_store.next_paragraph(connection, meeting.body, meeting.on.year)
    if item is not None:
        return item.id, [update("agenda_item", id=item.id, paragraph=paragraph)]
    new = new_item(connection, command, case, stage, meeting_id, meeting, True, None, paragraph)
    return str(new.row["id"]), [new]


def settle_item(case: LockedCase, meeting: MeetingFacts, outcome: MatterOutcome, *, decided: bool) -> list[Change]:
    item = case.facts.item_at(meeting)
    return [update("agenda_item", id=item.id, outcome=outcome.value, decided=decided)] if item else []


def next_meeting(connection: Connection, body: str, after: date) -> tuple[str, ...]:
    """The id of a body's next planned meeting after a day; empty when none is planned."""
    rows = connection.run(statements.NEXT_MEETINGS, day=(after + DAY).isoformat())
    days = [row["day"] for row in rows if row["body"] == body]
    found = connection.run(statements.MEETINGS_BY_DAY, body=body, day=days[0]) if days else []
    return tuple(str(row["id"]) for row in found)
