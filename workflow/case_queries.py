"""What people read: cases, meetings and histories as plain values, ready for JSON or a screen."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from states import deadlines
from states.appealability import decision_in_question, gains_force
from states.case_facts import DECIDING_ROLES, AgendaItem, CaseFacts, Target
from states.deadlines import ASKED_AFTERWARDS, NEVER_LATE, DeadlineKind
from states.duties import duty, owner
from states.kinds import KINDS
from states.legal_basis import BY_ID
from states.mbl import changed_since, ended
from workflow import agenda_view as agenda
from workflow import (
    body_register,
    case_store,
    matters_seen,
    meeting_store,
    payload_store,
    protocol_queries,
    statements,
)
from workflow.body_register import Body, BodyRegister
from workflow.connection import Connection

View = dict[str, Any]

MASKED = "sekretessmarkerat"
"""What lists say in place of a secret case's words, to those who are cleared for it."""

TEXTS = frozenset({"reason", "told"})
"""What in a record's data refers to a text."""

READINGS = frozenset({"case.read", "case.read_refused"})
"""Types of record that only those who are cleared for a case may see, whether it is still secret or not."""


def case_list(connection: Connection, state: str = "", body: str = "") -> list[View]:
    """Every case, oldest first; `state` and `body` narrow it."""
    return [listed(row) for row in connection.run(statements.CASE_LIST, state=state, body=body)]


def listed(row: Mapping[str, Any]) -> View:
    """A case as a list tells of it; without a secret one's words."""
    content = json.loads(row["payload"]) if row["payload"] else payload_store.PURGED
    return {
        "ref": case_store.named(row["number"], row["id"]),
        "rubrik": MASKED if row["secrecy"] else content.get("rubrik", payload_store.GONE),
        "kind": row["kind"],
        "state": row["state"],
        "body": row["body"],
        "registered_on": row["registered_on"],
        "last_event": row["last_event"],
    }


def case_view(connection: Connection, case_id: str, raised_reading: str, today: date) -> View:
    """Everything about one case."""
    # Lists do without.
    from workflow import deviations, documents

    case_store.require_seen(connection, case_id)
    facts = case_store.load_facts(connection, case_id, raised_reading)
    row = connection.run(statements.CASE, id=case_id)[0]
    texts = payload_store.of_stream(connection, f"case:{case_id}")
    content = texts.get(row["payload"], {})
    return {
        "id": case_id,
        "ref": facts.ref,
        "version": row["version"],
        "secrecy": (row["secrecy_basis"] or "") if row["secrecy"] else None,
        "rubrik": payload_store.text(texts, row["payload"], "rubrik"),
        "numbers": list(facts.numbers),
        "links": _linked(connection, case_id),
        "deviations": deviations.of_case(connection, case_id),
        "kind": facts.kind.value,
        "state": str(facts.state),
        "stage": facts.stage.body if facts.stage else None,
        "registered_on": row["registered_on"],
        "raised_on": _iso(facts.raised_on),
        "raised_reading": raised_reading if KINDS[facts.kind].council else None,
        "way": _way(facts),
        "mbl": [
            {
                "kind": e.kind.value,
                "paragraph": e.paragraph,
                "date": e.on.isoformat(),
                "held": e.held,
                "unfinished": e.unfinished and ended(facts.mbl, e) is None,
                "central": e.central,
            }
            for e in facts.mbl
        ],
        "proposal_changed_on": _iso(changed_since(facts)),
        "proposals": _proposals(connection, case_id, texts),
        "agenda": _agenda(connection, case_id, facts, texts),
        "documents": documents.view(connection, case_id),
        "recipients": [
            {"name": r.name, "body": r.body, "sent_on": _iso(r.sent_on), "purpose": r.purpose.value}
            for r in facts.recipients
        ],
        "appeal_regime": facts.appeal_regime.value,
        "received_on": _iso(facts.received_on),
        "children": facts.children.value if facts.children else None,
        "paused": {"since": _iso(facts.paused_on), "until": _iso(facts.paused_until)} if facts.paused_on else None,
        "party": {
            "told_on": _iso(facts.party_told_on),
            "asked_on": _iso(facts.party_asked_on),
            "refused_on": _iso(facts.party_refused_on),
        },
        "referrals": [
            {
                "number": one.number,
                "name": one.name,
                "sent_on": _iso(one.sent_on),
                "due": _iso(one.due),
                "mandatory": one.mandatory,
                "answered_on": _iso(one.answered_on),
            }
            for one in facts.referrals
        ],
        "appeals": _appeals(connection, case_id, facts, texts),
        "leftovers": [{"section": section, "text": text} for section, text in facts.leftovers],
        "taken": content.get("taken"),
        "underlag": list(content.get("underlag", [])),
        "handlaggare": list(content.get("handlaggare", [])),
        "unsure": list(content.get("unsure", [])),
        "deadlines": open_deadlines(connection, case_id, row["registered_on"]),
        "watches": watch_list(connection, today, case_id),
        "suggested_watches": suggested_watches(connection, case_id),
        "reminders": reminders(connection, case_id),
        "laga_kraft_earliest": _iso(deadlines.decision_final(facts)),
        "laga_kraft": _iso(latest.final_on) if (latest := decision_in_question(facts)) else None,
        "delegated": _delegated(connection, connection.run(statements.DELEGATED_OF_CASE, id=case_id), masked=False),
        "purges": connection.run(statements.PURGES, id=case_id),
    }


def _linked(connection: Connection, case_id: str) -> list[View]:
    """The cases it belongs together with; `from_it` is false where the other one is the part, or ended for this."""
    return [
        {
            "case": case_store.ref(connection, row["other_id"] if row["case_id"] == case_id else row["case_id"]),
            "kind": row["kind"],
            "from_it": row["case_id"] == case_id,
        }
        for row in connection.run(statements.LINKS_SEEN, id=case_id)
    ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _way(facts: CaseFacts) -> list[View]:
    here = {stage.id for stage in facts.here}
    return [
        {
            "body": stage.body,
            "role": stage.role.value,
            "closed": stage.closed,
            "passed_over": facts.passed_over(stage),
            "here": stage.id in here,
            "opportunity_until": _iso(stage.opportunity_until),
        }
        for stage in facts.stages
    ]


def _proposals(connection: Connection, case_id: str, texts: Mapping[str, Mapping[str, Any]]) -> list[View]:
    return [
        {
            "body": row["body"] or None,
            "version": row["version"],
            "att_satser": payload_store.texts(texts, row["payload"], "att_satser", row["att_satser"]),
        }
        for row in connection.run(statements.PROPOSALS, id=case_id)
    ]


def _agenda(
    connection: Connection, case_id: str, facts: CaseFacts, texts: Mapping[str, Mapping[str, Any]]
) -> list[View]:
    minuted = protocol_queries.of_case(connection, case_id)
    decisions: dict[str, list[View]] = {}
    council_decided = has_council_decided(facts)
    for row in connection.run(statements.DECISIONS, id=case_id):
        ruling = {key: row[column] for key, column in RULING.items()}
        ruling["awaits_council"] = row["target"] == Target.UNDER_FORUTSATTNING and not council_decided
        text = payload_store.text(texts, row["payload"], "text")
        decisions.setdefault(row["item_id"], []).append({**ruling, **({"text": text} if text else {})})
    return [
        {
            "meeting": item.meeting.ref,
            "meeting_state": item.meeting.state,
            "phase": phase(item),
            "paragraph": item.paragraph,
            "outcome": item.outcome.value if item.outcome else None,
            "kind": item.kind.value,
            "urgent": item.urgent,
            "minority": item.minority,
            "deviation": item.deviation,
            "decisions": decisions.get(item.id, []),
            "council": item.meeting.is_council,
            **minuted.get(item.id, protocol_queries.nothing()),
            **_protocol(item),
            **_finality(item, facts),
        }
        for item in facts.agenda
    ]


RULING = {"att_sats": "ordinal", "outcome": "outcome", "target": "target", "matter": "matter"}


def has_council_decided(facts: CaseFacts) -> bool:
    """True when what was decided under förutsättning of fullmäktige's decision holds."""
    deciding = {stage.id for stage in facts.stages if stage.role in DECIDING_ROLES}
    decided = (item for item in facts.agenda if item.decided and item.stage in deciding)
    return any(item.meeting.is_council for item in decided)


def _protocol(item: AgendaItem) -> View:
    part = item.meeting.part
    if part is None:
        return {"adjusted_on": None, "posted_on": None, "last_appeal_day": None, "take_down_from": None}
    begun = part.counted_from
    return {
        "adjusted_on": part.adjusted_on.isoformat(),
        "posted_on": _iso(part.posted_on),
        "last_appeal_day": _iso(deadlines.last_appeal_day(begun)) if begun else None,
        "take_down_from": _iso(deadlines.take_down_day(begun)) if begun else None,
    }


def _finality(item: AgendaItem, facts: CaseFacts) -> View:
    """Whether a § can be appealed, and when it gains or has gained laga kraft."""
    gains = gains_force(item, facts)
    return {
        "appealable": gains,
        "annulled": item.annulled,
        "open_appeals": [one.number for one in item.appeals],
        "laga_kraft_earliest": _iso(deadlines.final_day(item)) if gains else None,
        "laga_kraft": _iso(item.final_on),
    }


def _appeals(
    connection: Connection, case_id: str, facts: CaseFacts, texts: Mapping[str, Mapping[str, Any]]
) -> list[View]:
    items = {item.id: item for item in facts.agenda}
    told = {row["id"]: row["payload"] for row in connection.run(statements.APPEALS, id=case_id)}
    return [
        {
            "number": appeal.number,
            "meeting": items[item_id].meeting.ref,
            "paragraph": items[item_id].paragraph,
            "received_on": appeal.received_on.isoformat(),
            "received_by": appeal.received_by.value,
            "in_time": appeal.in_time,
            "who": payload_store.text(texts, told[appeal_id], "who") if told[appeal_id] else None,
            "court_number": payload_store.text(texts, told[appeal_id], "court_number") if told[appeal_id] else None,
            "forwarded_on": _iso(appeal.forwarded_on),
            "settled_on": _iso(appeal.settled_on),
            "outcome": appeal.outcome.value if appeal.outcome else None,
        }
        for item_id, appeal_id, appeal in case_store.appeals(connection, case_id)
    ]


def phase(item: AgendaItem) -> str:
    """How far a case has come inside a body, as a Swedish word."""
    part = item.meeting.part
    if part is not None and part.taken_down_on:
        return "anslaget nedtaget"
    if part is not None:
        return "anslagen" if part.posted_on else "justerad"
    if item.outcome or item.decided:
        return "beslutad" if item.decided else str(item.outcome)
    return "kallad" if item.meeting.called_on else "bokad"


def open_deadlines(connection: Connection, stream_id: str, happened: str) -> list[View]:
    """Open deadlines with their ground; `happened` is the day, which the law may be younger than."""
    rows = connection.run(statements.DEADLINES_SEEN, stream=stream_id)
    return [_deadline(row, date.fromisoformat(happened)) for row in rows if row["is_open"]]


def _deadline(row: Mapping[str, Any], happened: date) -> View:
    basis = BY_ID[row["basis"]]
    wanted = ("kind", "subject", "due", "act_by", "basis", "body", "snoozed_until")
    return {
        **{key: row[key] for key in wanted},
        "law": basis.cite or None,
        "law_then": basis.law_then(happened) or None,
        "doubt": basis.doubt or None,
    }


def watch_list(
    connection: Connection, today: date, case_id: str = "", kind: str = "", *, closed: bool = False
) -> list[View]:
    """Watches by day, those that wait for an event last; the closed ones only when asked for.

    A secret case's own list has its words; a list of several cases has not.
    """
    register = body_register.load(connection)
    rows = connection.run(statements.WATCH_LIST, case_id=case_id, kind=kind)
    return [
        _watch(row, register.successor(row["body"], today), masked=bool(row["secrecy"]) and not case_id)
        for row in rows
        if closed or not row["closed_on"]
    ]


def suggested_watches(connection: Connection, case_id: str) -> list[View]:
    """What the case's latest skrivelse says should be watched, and whether it is."""
    row = connection.run(statements.CASE, id=case_id)[0]
    found = payload_store.of_stream(connection, f"case:{case_id}").get(row["payload"], {}).get("watches", [])
    already = watched(connection, case_id)
    return [{**one, "watched": already.covers(one["kind"], one["due"], one["about"])} for one in found]


class Watched(msgspec.Struct, frozen=True):
    """What a case's open watches are about."""

    days: frozenset[tuple[str, str]]  # (kind, day)
    words: frozenset[tuple[str, str]]  # (kind, about)

    def covers(self, kind: str, due: str | None, about: str) -> bool:
        """True for what is watched already: a later skrivelse repeats what an earlier one said."""
        return (kind, due) in self.days or (kind, about) in self.words


def watched(connection: Connection, case_id: str) -> Watched:
    texts = payload_store.of_stream(connection, f"case:{case_id}")
    rows = [row for row in connection.run(statements.WATCHES, id=case_id) if not row["closed_on"]]
    days = frozenset((row["kind"], row["due"]) for row in rows if row["due"])
    return Watched(days, frozenset((row["kind"], payload_store.text(texts, row["payload"], "about")) for row in rows))


def _watch(row: Mapping[str, Any], answers: Body | None, *, masked: bool) -> View:
    words = json.loads(row["words"]) if row["words"] else payload_store.PURGED
    if masked:
        words = {"about": MASKED}
    return {
        "case": case_store.named(row["case_number"], row["case_id"]),
        "number": row["number"],
        "kind": row["kind"],
        "about": words.get("about", payload_store.GONE),
        "event": words.get("event") or None,
        "note": words.get("note") or None,
        "months": row["months"],
        "due": row["due"],
        "inferred": bool(row["inferred"]),
        "snoozed_until": row["snoozed_until"],
        "closed_on": row["closed_on"],
        "body": row["body"],
        "answers": answers.code if answers else row["body"],
    }


def todo(connection: Connection, today: date, until: date) -> list[View]:
    """What waits for somebody: every open deadline to act on by `until`, the most overdue first."""
    register = body_register.load(connection)
    rows = connection.run(statements.TODO, until=until.isoformat())
    now = today.isoformat()
    awake = (row for row in rows if (row["snoozed_until"] or "") <= now)
    asked = (row for row in awake if row["kind"] not in ASKED_AFTERWARDS or row["due"] <= now)
    escalated = _escalated(connection, today)
    found = [_waiting(row, register, today, escalated.get(row["id"], [])) for row in asked]
    return sorted(found, key=lambda one: not one["overdue_days"])


def _escalated(connection: Connection, today: date) -> dict[str, list[View]]:
    """Deadline -> the roles that have been told that nobody has done it, and since when."""
    found: dict[str, list[View]] = {}
    for row in connection.run(statements.ESCALATED, today=today.isoformat()):
        told, role = found.setdefault(row["deadline_id"], []), row["recipient"].partition("@")[0]
        if role not in [one["to"] for one in told]:
            told.append({"to": role, "since": row["since"]})
    return found


def _waiting(row: Mapping[str, Any], register: BodyRegister, today: date, escalated: list[View]) -> View:
    kind, answers = DeadlineKind(row["kind"]), register.successor(row["body"] or "", today)
    words = json.loads(row["words"]) if row["words"] else {}
    title = json.loads(row["title"]) if row["title"] else {"rubrik": payload_store.GONE}
    case_ref = case_store.named(row["case_number"], row["stream"])
    meeting_ref = f"{row['meeting_body']} {row['day']}" if row["meeting_body"] else None
    return {
        "ref": meeting_ref or case_ref,
        "is_meeting": meeting_ref is not None,
        "paragraph": row["paragraph"] if row["parts"] > 1 else None,
        "kind": kind.value,
        "subject": row["subject"],
        "what": duty(kind, row["basis"]).text,
        "about": "" if meeting_ref else MASKED if row["secrecy"] else words.get("about") or title["rubrik"],
        "due": row["due"],
        "act_by": row["act_by"],
        "overdue_days": 0 if kind in NEVER_LATE else max((today - date.fromisoformat(row["act_by"])).days, 0),
        "who": owner(kind, answers.kind if answers else None).value,
        "body": answers.code if answers else row["body"],
        "remedy": duty(kind, row["basis"]).remedy,
        "escalated": escalated,
    }


def reminders(connection: Connection, stream_id: str) -> list[View]:
    """What the daemon has sent, or is about to send, about a case or a meeting."""
    return [dict(row) for row in connection.run(statements.REMINDERS, stream=stream_id)]


def meeting_list(connection: Connection, body: str = "") -> list[View]:
    return [
        {
            "ref": f"{row['body']} {row['day']}",
            "state": row["state"],
            "announced_on": row["announced_on"],
            "called_on": row["called_on"],
            "items": row["items"],
        }
        for row in connection.run(statements.MEETING_LIST, body=body)
    ]


def meeting_view(connection: Connection, meeting_id: str) -> View:
    """A meeting with its agenda and the parts of its protocol."""
    # Lists do without.
    from workflow import deviations

    meeting = meeting_store.seen(connection, meeting_id)
    facts = meeting.facts
    minuted = protocol_queries.of_items(connection, meeting_id, facts.body, facts.on.isoformat())
    return {
        "ref": facts.ref,
        "state": facts.state,
        "version": meeting.version,
        "announced_on": _iso(facts.announced_on),
        "called_on": _iso(facts.called_on),
        "deviations": deviations.of_meeting(connection, meeting_id, meeting.items),
        "planned": {
            "manus_on": _iso(facts.manus_on),
            "call_on": _iso(facts.call_on),
            "announce_on": _iso(facts.announce_on),
            "starts_at": connection.run(statements.MEETING, id=meeting_id)[0]["starts_at"],
        },
        "closed_at": facts.closed_at,
        "seats": facts.seats,
        "attendance": protocol_queries.attendance(connection, meeting_id, facts),
        "items": [
            {**point, "council": facts.is_council, **minuted.get(item["id"], protocol_queries.nothing())}
            for item, point in zip(meeting.items, agenda.points(connection, meeting), strict=True)
        ],
        "protocol": [
            {
                "paragraphs": list(part.paragraphs),
                "adjusted_on": part.adjusted_on.isoformat(),
                "posted_on": _iso(part.posted_on),
                "restarted_on": _iso(part.restarted_on),
                "last_appeal_day": _iso(deadlines.last_appeal_day(begun)) if (begun := part.counted_from) else None,
                "take_down_from": _iso(deadlines.take_down_day(begun)) if begun else None,
                "taken_down_on": _iso(part.taken_down_on),
            }
            for part in meeting.parts
        ],
        "delegated": _delegated(connection, connection.run(statements.DELEGATED_SEEN, id=meeting_id), masked=False),
        "deadlines": open_deadlines(connection, meeting_id, facts.on.isoformat()),
        "reminders": reminders(connection, meeting_id),
    }


def agenda_view(connection: Connection, meeting_id: str) -> View:
    """A meeting's föredragningslista alone, without the matters that are secret cases'."""
    meeting = meeting_store.seen(connection, meeting_id)
    points = agenda.points(connection, meeting)
    return {
        "ref": meeting.facts.ref,
        "state": meeting.facts.state,
        "version": meeting.version,
        "items": [one for one in points if one["place"]],
    }


def delegated_at(connection: Connection, meeting_id: str) -> list[View]:
    """What a meeting was told, or is to be told, has been decided in its place; a list, without secret words."""
    return _delegated(connection, connection.run(statements.DELEGATED_SEEN, id=meeting_id), masked=True)


def delegated_of_body(connection: Connection, body: str) -> list[View]:
    """What has been decided in a body's place, oldest first; a list, without secret words."""
    return _delegated(connection, connection.run(statements.DELEGATED_OF_BODY_SEEN, body=body), masked=True)


def _delegated(connection: Connection, rows: list[Any], *, masked: bool) -> list[View]:
    return [_delegated_one(connection, row, masked=masked and bool(row["secrecy"])) for row in rows]


def _delegated_one(connection: Connection, row: Mapping[str, Any], *, masked: bool) -> View:
    words = json.loads(row["words"]) if row["words"] else payload_store.PURGED
    if masked:
        words = {"what": MASKED, "by": MASKED}
    return {
        "kind": row["kind"],
        "point": row["point"],
        "decided_on": row["decided_on"],
        "what": words.get("what", payload_store.GONE),
        "by": words.get("by", payload_store.GONE),
        "case": case_store.ref(connection, row["case_id"]) if row["case_id"] else None,
        "meeting": f"{row['body']} {row['day']}",
        "reported": row["item_id"] is not None,
        "paragraph": row["paragraph"],
    }


def history(connection: Connection, stream: str) -> list[View]:
    """What has happened to a case or a meeting, oldest first, with the reasons given and what was taken back.

    What a meeting did with the matter of a case that may not be seen is not there.
    """
    kind, _, own = stream.partition(":")
    if kind == "case":
        case_store.require_seen(connection, own)
    cleared = bool(connection.run(statements.CASE_CLEARED, id=own))
    texts, bodies = payload_store.of_stream(connection, stream), matters_seen.records(connection, stream)
    corrected = {body["data"]["corrects"]: body["seq"] for body in bodies if "corrects" in body["data"]}
    return [
        {
            "seq": body["seq"],
            "type": body["type"],
            "event_date": body["event_date"],
            "recorded_at": body["recorded_at"],
            "actor": body["actor"],
            "role": body["role"],
            "version": body["version"],
            "data": {key: value for key, value in body["data"].items() if key not in TEXTS},
            "reason": payload_store.text(texts, body["data"]["reason"], "reason") if "reason" in body["data"] else None,
            "corrected_by": corrected.get(body["seq"]),
        }
        for body in bodies
        if cleared or body["type"] not in READINGS
    ]


def coming_meetings(connection: Connection, on: date) -> dict[str, str]:
    """Body -> the day of its next planned meeting."""
    return {row["body"]: row["day"] for row in connection.run(statements.NEXT_MEETINGS, day=on.isoformat())}
