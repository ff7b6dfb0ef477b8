"""What people read of all open cases at once: the balanslista, and what fullmäktige has not answered."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from states import deadlines
from states.case_facts import CaseKind
from states.deadlines import QUESTIONS, DeadlineKind
from states.kinds import KINDS
from workflow import body_register, case_queries, case_store, statements
from workflow.body_register import BodyRegister
from workflow.connection import Connection

View = dict[str, Any]


def open_case(row: Mapping[str, Any], register: BodyRegister, today: date) -> View:
    """An open case as the lists tell of it; `answers` is the body that has it now, whatever it was called then."""
    happened = max(row["last_event"], row["noted_on"] or "")
    answers = register.successor(row["body"] or "", today)
    return {
        **case_queries.listed(row),
        "answers": answers.code if answers else row["body"],
        "last_event": happened,
        "age_days": days_since(row["registered_on"], today),
        "silent_days": days_since(happened, today),
    }


def days_since(day: str, today: date) -> int:
    return max((today - date.fromisoformat(day)).days, 0)


def next_deadlines(connection: Connection) -> dict[str, View]:
    """Case -> the first of its open deadlines, those that only ask whether anything will happen left out."""
    found: dict[str, View] = {}
    for row in connection.run(statements.DEADLINES_OF_OPEN_CASES):
        if DeadlineKind(row["kind"]) not in QUESTIONS:
            found.setdefault(row["stream"], {key: row[key] for key in ("kind", "due", "act_by", "basis")})
    return found


def on_the_way(connection: Connection) -> dict[str, str]:
    """Case -> the last day on which something is to happen in it; how long it may take is no such day."""
    found: dict[str, str] = {}
    for row in connection.run(statements.DEADLINES_OF_OPEN_CASES):
        if deadlines.brings_something(DeadlineKind(row["kind"]), row["subject"]):
            found[row["stream"]] = max(row["due"], found.get(row["stream"], ""))
    return found


def balance(connection: Connection, today: date) -> list[View]:
    """Every open case by the body that has it, oldest first; one that stands at several is told of at each."""
    register, ahead = body_register.load(connection), next_deadlines(connection)
    beside: dict[str, list[str]] = {}
    for row in connection.run(statements.BESIDE):
        beside.setdefault(row["case_id"], []).append(row["body"])
    own = connection.run(statements.OPEN_CASES)
    rows = [{**row, "body": body} for row in own for body in (row["body"], *beside.get(row["id"], ()))]
    found = [{**open_case(row, register, today), "next_deadline": ahead.get(row["id"])} for row in rows]
    return sorted(found, key=lambda one: one["answers"] or "")


def motions(connection: Connection, today: date, raised_reading: str) -> View:
    """What fullmäktige itself must decide and has not, by the day its year is over."""
    register = body_register.load(connection)
    rows = [row for row in connection.run(statements.OPEN_CASES) if KINDS[CaseKind(row["kind"])].council]
    found = [one for row in rows if (one := _motion(connection, row, register, today, raised_reading))]
    return {
        "raised_reading": raised_reading,
        "motions": sorted(found, key=lambda one: (one["last_day"] is None, one["last_day"] or "")),
        "unanswered": len(found),
        "overdue": sum(one["overdue"] for one in found),
        "reported": sum(one["reported"] for one in found),
    }


def _motion(
    connection: Connection, row: Mapping[str, Any], register: BodyRegister, today: date, raised_reading: str
) -> View | None:
    facts = case_store.load_facts(connection, row["id"], raised_reading)
    if not deadlines.is_unanswered(facts):
        return None
    raised, reported = facts.raised_on, deadlines.reported_in_time(facts)
    limit = deadlines.year_ends(facts)
    last = limit or (deadlines.motion_year(raised) if raised else None)
    return {
        **open_case(row, register, today),
        "raised_on": raised.isoformat() if raised else None,
        "last_day": last.isoformat() if last else None,
        "days_left": (last - today).days if last else None,
        "reported": reported,
        "overdue": limit is not None and limit < today,
    }
