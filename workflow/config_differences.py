"""What becomes different for what is live: which deadlines move, and of which reminders others come.

Whoever may not know of a case gets numbers (`sight`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from states.deadlines import DeadlineKind
from states.plan import Plan
from states.reminders import OpenDeadline, Rule, Step, escalations, steps
from workflow import case_store, plans, reminder_store, statements
from workflow.config import Settings
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.sight import Sight

A_YEAR = timedelta(days=366)
"""So far ahead reminders are compared."""


class Moved(msgspec.Struct, frozen=True):
    """A deadline that gets another day, a new one (no `before`), or one that is no more (no `after`)."""

    ref: str
    about: DeadlineKind
    subject: str
    before: date | None
    after: date | None


class Reminded(msgspec.Struct, frozen=True):
    """A rule's reminders of one deadline, within a year, as they are and as they become."""

    ref: str
    about: DeadlineKind
    rule: str
    before: tuple[date, ...]
    to_before: tuple[str, ...]  # roles or mailboxes; empty: the one the duty is
    through_before: tuple[str, ...]  # channels
    escalated_before: tuple[date, ...]
    escalated_to_before: tuple[str, ...]  # roles
    after: tuple[date, ...]
    to_after: tuple[str, ...]
    through_after: tuple[str, ...]
    escalated_after: tuple[date, ...]
    escalated_to_after: tuple[str, ...]


Open = Mapping[str, OpenDeadline]


def open_deadlines(connection: Connection) -> Open:
    rows = connection.run(statements.EVERY_OPEN_DEADLINE)
    return {row["id"]: msgspec.convert({**row, "body": row["body"] or ""}, OpenDeadline) for row in rows}


def between(old: Desk, new: Desk, was: Open, today: date, sight: Sight) -> dict[str, Any]:
    """The deadlines and the reminders that become others, by the names that `activation.Effects` has for them."""
    becomes, council = open_deadlines(new.connection), reminder_store.council_days(new.connection)
    then = _days(was, old.settings.config.reminders, council, today)
    now = _days(becomes, new.settings.config.reminders, council, today)
    known, every = _refs(new.connection, sight), {**was, **becomes}
    others = [pair for pair in {**then, **now} if then.get(pair) != now.get(pair)]
    reminders = tuple(
        Reminded(known[key], every[key].kind, rule, *then.get((key, rule), NEVER), *now.get((key, rule), NEVER))
        for key, rule in others
        if key in known
    )
    days, unnamed = moved(new.connection, was, sight)
    return {
        "moved": days,
        "moved_unnamed": unnamed,
        "reminders": reminders,
        "reminders_unnamed": len(others) - len(reminders),
    }


def moved(connection: Connection, was: Open, sight: Sight) -> tuple[tuple[Moved, ...], int]:
    """The deadlines that are not what they were, and how many more that may not be named."""
    becomes, known = open_deadlines(connection), _refs(connection, sight)
    others = {key: one for key, one in {**was, **becomes}.items() if _due(was, key) != _due(becomes, key)}
    named = tuple(
        Moved(known[key], one.kind, key.split("/", 2)[2], _due(was, key), _due(becomes, key))
        for key, one in others.items()
        if key in known
    )
    return named, len(others) - len(named)


def _due(found: Open, key: str) -> date | None:
    return found[key].due if key in found else None


def planned(old: Desk, new: Settings, today: date) -> Mapping[str, Plan]:
    """The plans as they are, of the cases that may be seen; none when the change is about nothing they rest on."""
    same = _plans_rest_on(old.settings) == _plans_rest_on(new)
    return {} if same else plans.of_those_on_the_way_to(old, "", today)


def _plans_rest_on(settings: Settings) -> Sequence[object]:
    routines = settings.config.routines
    return [*(getattr(routines, name) for name in plans.TIMES), settings.config.bodies]


def replanned(new: Desk, was: Mapping[str, Plan], today: date, sight: Sight) -> dict[str, Any]:
    """The plans that become others, by the names that `activation.Effects` has for them."""
    becomes = plans.of_those_on_the_way_to(new, "", today) if was else {}
    told = tuple(plans.differences(was, becomes))
    return {"plans": told if sight.named else (), "plans_unnamed": 0 if sight.named else len(told)}


Told = tuple[tuple[date, ...], tuple[str, ...], tuple[str, ...], tuple[date, ...], tuple[str, ...]]
NEVER: Told = ((), (), (), (), ())


def _days(found: Open, rules: Sequence[Rule], council: Sequence[date], today: date) -> dict[tuple[str, str], Told]:
    """(deadline, rule) -> what is told within a year: days, to whom, through what, and escalations with theirs."""
    until = today + A_YEAR
    about: dict[str, list[Rule]] = {}
    for rule in rules:
        about.setdefault(rule.about, []).append(rule)
    told: dict[tuple[str, str], Told] = {}
    for key, deadline in found.items():
        for rule in about.get(deadline.kind, ()):
            days = _ahead(steps(deadline, rule, until, council), today)
            escalated = _ahead(escalations(deadline, rule, until), today)
            if days or escalated:
                to, others = tuple(rule.to), tuple(rule.escalate_to if escalated else ())
                told[key, rule.name or rule.about] = (days, to, tuple(rule.channels), escalated, others)
    return told


def _ahead(come: Iterable[Step], today: date) -> tuple[date, ...]:
    return tuple(step.day for step in come if step.day >= today)


def _refs(connection: Connection, sight: Sight) -> Mapping[str, str]:
    """Deadline -> the case or meeting it is of, for those that may be named."""
    if not sight.named:
        return {}
    refs = {row["id"]: f"{row['body']} {row['day']}" for row in connection.run(statements.MEETING_REFS)}
    found = {}
    for row in connection.run(statements.SEEN_DEADLINES):
        stream = row["stream"]
        if stream not in refs:
            refs[stream] = case_store.ref(connection, stream)
        found[row["id"]] = refs[stream]
    return found
