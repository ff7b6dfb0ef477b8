"""The dispatch ledger of a meeting: each § and each recipient, by what way, when, and what is missing."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from states import deadlines
from states.case_facts import DECIDING_ROLES, AgendaItem, CaseFacts, MatterOutcome, Recipient, Stage
from states.guards.ending import left_out
from workflow import case_store, meeting_store, statements
from workflow.desk import Desk

View = dict[str, Any]


def ledger(desk: Desk, meeting_id: str, today: date) -> View:
    """What a meeting has decided, who has had it, and what there is to think of; of the cases that may be seen."""
    meeting = meeting_store.seen(desk.connection, meeting_id)
    found = list[View]()
    for row in meeting.items:
        if row["case_id"] and (row["decided"] or row["outcome"] == MatterOutcome.REMITTERAD):
            found.append(_paragraph(desk, row["case_id"], row["id"], today))
    return {
        "meeting": meeting.facts.ref,
        "dispatch_days": desk.routines.dispatch_days,
        "paragraphs": found,
        "recipients": _by_recipient(found),
        "missing": [missing for one in found for missing in one["missing"]],
    }


def _paragraph(desk: Desk, case_id: str, item_id: str, today: date) -> View:
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    item = next(item for item in facts.agenda if item.id == item_id)
    stage = next(stage for stage in facts.stages if stage.id == item.stage)
    rows = desk.connection.run(statements.DISPATCHES, id=case_id)
    sent = {row["recipient_id"]: row for row in rows if row["item_id"] == item_id}
    part, onward = item.meeting.part, facts.after(stage)
    prepares = onward is not None and stage.role not in DECIDING_ROLES
    view: View = {
        "paragraph": item.paragraph,
        "case": facts.ref,
        "role": stage.role.value,
        "adjusted_on": part.adjusted_on.isoformat() if part else None,
        "onward": onward.body if onward and prepares else None,
        "reached": deadlines.has_reached(item, stage, facts),
        "recipients": [_recipient(one, sent.get(one.id)) for one in facts.recipients],
    }
    return {**view, "missing": list(_missing(desk, facts, item, stage, today))}


def _recipient(recipient: Recipient, row: Mapping[str, Any] | None) -> View:
    return {
        "name": recipient.name,
        "body": recipient.body,
        "purpose": recipient.purpose.value,
        "sent_on": row["sent_on"] if row else None,
        "channel": row["channel"] if row else None,
        "receipt_on": row["receipt_on"] if row else None,
        "before_justering": bool(row["before_justering"]) if row else False,
    }


def _missing(desk: Desk, facts: CaseFacts, item: AgendaItem, stage: Stage, today: date) -> Iterable[View]:
    """What is not as it should be with a §: codes, the names they are about, and whether it is late."""
    about = {"paragraph": item.paragraph, "case": facts.ref}
    if item.outcome is MatterOutcome.REMITTERAD:
        if not deadlines.has_reached(item, stage, facts):
            receiver = facts.after(stage) if item.decided else facts.stage
            names = [receiver.body] if receiver else []
            yield {**about, "what": "unsent", "names": names, "late": _late(desk, item, today)}
        return
    if not facts.recipients and not deadlines.has_reached(item, stage, facts):
        yield {**about, "what": "no_recipients", "names": [], "late": False}
    unsent = [one.name for one in facts.recipients if one.id not in item.sent_to]
    if unsent and not deadlines.has_reached(item, stage, facts):
        yield {**about, "what": "unsent", "names": unsent, "late": _late(desk, item, today)}
    bodies = left_out(facts) if stage.role in DECIDING_ROLES else []
    if bodies:
        yield {**about, "what": "left_out", "names": bodies, "late": False}


def _late(desk: Desk, item: AgendaItem, today: date) -> bool:
    part = item.meeting.part
    return part is not None and today > part.adjusted_on + timedelta(days=desk.routines.dispatch_days)


def _by_recipient(paragraphs: Iterable[View]) -> list[View]:
    """The same, recipient by recipient, as it is sent."""
    found: dict[str, View] = {}
    for one in paragraphs:
        for recipient in one["recipients"]:
            entry = found.setdefault(recipient["name"].casefold(), {"name": recipient["name"], "paragraphs": []})
            about = {key: recipient[key] for key in ("purpose", "sent_on", "channel", "receipt_on")}
            entry["paragraphs"].append({"paragraph": one["paragraph"], "case": one["case"], **about})
    return list(found.values())
