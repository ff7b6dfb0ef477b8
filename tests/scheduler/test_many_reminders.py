"""A million reminders: what a pass asks is found by an index, and costs what is due and not what there is.

SQLite's own steps are counted, and the pages that PostgreSQL reads; no clock is looked at.
"""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from scheduler import reminder_run
from states.records import LIFECYCLE_VERSION
from tests.conftest import make_command, settings_for
from tests.scheduler.many import DUE, fill
from tests.scheduler.rounds import with_mail, with_rules
from workflow import reminder_statements, reminder_store, schema, statements
from workflow.config import Mailbox, ReminderRule
from workflow.connection import POSTGRESQL, SQLITE, connect
from workflow.desk import Desk

pytestmark = pytest.mark.timeout(900)  # a million rows take their time on a busy machine

ROWS, DUE_ROWS, WAITING = 1_000_000, 200, 50
STEPS = 20_000
"""Of SQLite's machine, for one question; reading a million rows takes millions."""
PAGES = 2_000
"""Of PostgreSQL's, for one question; a million rows are ten times as many."""

SOME = json.dumps([f"c{10_000_000 + n}/bevakning/1" for n in range(1, 101)])
SOME_REMINDERS = json.dumps([f"r{10_000_000 + n}" for n in range(1, 101)])
EVER = 1 << 60
PAGE = {"kind": "bevakning", "until": "2026-03-09", "after": "0001-01-01", "after_id": "", "size": 500}
TAKING = {"outlet": "e-post", "until": EVER, "owner": "test", "milliseconds": 1}
QUESTIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "the deadlines of a kind": (statements.DUE_DEADLINES, PAGE),
    "a later page of them": (statements.DUE_DEADLINES, {**PAGE, "after": DUE, "after_id": "c10000100/bevakning/1"}),
    "those that wake up": (statements.AWAKE_DEADLINES, {"until": DUE}),
    "what has been said of some": (reminder_statements.SAID_OF, {"ids": SOME}),
    "what has become of some": (reminder_statements.STATUSES, {"ids": SOME_REMINDERS}),
    "some as they stand": (reminder_statements.DEADLINES_NOW, {"ids": SOME}),
    "leases that are lost": (statements.LOST_LEASES, {}),
    "what is on its way": (statements.REMINDERS_ON_THEIR_WAY, {}),
    "how many wait": (statements.REMINDERS_WAITING, {}),
    "how many wait at each outlet": (statements.WAITING_BY_OUTLET, {"now": 1}),
    "how many are late": (statements.LATE_REMINDERS, {"day": DUE}),
    "how many were given up": (statements.DEAD_REMINDERS, {}),
    "which daemons hold some": (statements.BEATS, {"now": 1}),
    "the first of a digest": (statements.FIRST_DIGEST, {"outlet": "e-post", "until": EVER}),
    "the first to send": (reminder_statements.CLAIM, TAKING),
    "all of a digest": (reminder_statements.CLAIM_DIGEST, {**TAKING, "digest": "d", "waiting_for": "hr@SON"}),
    "what is in the outbox": (statements.OUTBOX, {}),
    "one in the outbox": (statements.OUTBOX_NAMED, {"first": "r10000001", "last": "r10000001g"}),
    "whether cases are of another lifecycle": (statements.STRANDED_CASES, {"lifecycle": LIFECYCLE_VERSION}),
    "what is claimed": (reminder_statements.CLAIMED, {"ids": SOME_REMINDERS}),
}


@pytest.fixture(scope="module", params=[SQLITE, POSTGRESQL])
def crowd(request, tmp_path_factory):
    """A million open deadlines, 200 of them due today, and 50 mails that wait for their server."""
    directory = tmp_path_factory.mktemp("crowd")
    url = f"sqlite:///{directory / 'arendegang.db'}"
    if request.param == POSTGRESQL:
        url = request.getfixturevalue("postgres_server").new_schema()
    settings = settings_for(url, directory)
    schema.upgrade(settings, make_command(config_hash=settings.hash))
    desk = Desk(connect(settings.database_url), settings)
    fill(desk.connection, ROWS, DUE_ROWS)
    _let_wait(desk)
    yield desk
    desk.connection.close()


def _let_wait(desk):
    """Mails that were planned before, and wait."""
    first = [f"r{10_000_000 + n}" for n in range(1, WAITING + 1)]
    with desk.connection.writing():
        for own in first:
            desk.connection.run("UPDATE reminder SET status = 'planned' WHERE id = :id", id=own)
            desk.connection.run("UPDATE lease SET next_try = 1 WHERE id = :id", id=own)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_reads_what_it_asks_for_and_no_more(crowd, question):
    asked, parameters = QUESTIONS[question]
    statement = asked if isinstance(asked, str) else asked[crowd.connection.dialect]
    plan = explained(crowd.connection, statement, parameters)
    assert read_whole(crowd.connection.dialect, plan) == []
    assert cost(crowd.connection, statement, parameters) < LIMIT[crowd.connection.dialect]


LIMIT = {SQLITE: STEPS, POSTGRESQL: PAGES}
TABLES = ("deadline", "reminder", "lease", "journal", "cases")


def explained(connection, statement, parameters):
    """The plan: SQLite's lines, or PostgreSQL's nodes."""
    if connection.dialect == SQLITE:
        return [row["detail"] for row in connection.run(f"EXPLAIN QUERY PLAN {statement}", **parameters)]
    [row] = connection.run(f"EXPLAIN (FORMAT JSON) {statement}", **parameters)
    return list(nodes(row["QUERY PLAN"][0]["Plan"]))


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def read_whole(dialect, plan):
    """The tables that are read from end to end; not those whose index holds only what is asked for."""
    if dialect == SQLITE:
        return [step for step in plan if step.startswith("SCAN") and "USING" not in step and step.split()[1] in TABLES]
    return [node for node in plan if node["Node Type"] == "Seq Scan" and node["Relation Name"] in TABLES[:4]]


def cost(connection, statement, parameters):
    """SQLite's steps, or the pages PostgreSQL read; what is written is taken back."""
    connection.run("BEGIN")
    try:
        return (steps if connection.dialect == SQLITE else pages)(connection, statement, parameters)
    finally:
        connection.run("ROLLBACK")


def steps(connection, statement, parameters):
    taken = 0

    def hundred():
        nonlocal taken
        taken += 100

    connection.raw.set_progress_handler(hundred, 100)
    try:
        connection.run(statement, **parameters)
    finally:
        connection.raw.set_progress_handler(None, 0)
    return taken


def pages(connection, statement, parameters):
    [row] = connection.run(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", **parameters)
    plan = row["QUERY PLAN"][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def test_a_whole_table_would_be_noticed(crowd):
    statement, one = "SELECT COUNT(*) AS n FROM deadline WHERE subject = :subject", {"subject": "2"}
    assert read_whole(crowd.connection.dialect, explained(crowd.connection, statement, one)) != []
    assert cost(crowd.connection, statement, one) > LIMIT[crowd.connection.dialect]


def test_a_pass_says_what_is_due_and_the_next_has_nothing_to_do(crowd):
    rules = with_rules(crowd, ReminderRule("bevakning", days_before=[0]))
    assert passed(rules).counts() == {"planned": DUE_ROWS, "sent": DUE_ROWS, "noted": DUE_ROWS, "waiting": WAITING}
    assert passed(rules).counts() == {"waiting": WAITING}
    away = with_mail(rules, 1, [Mailbox("handlaggare", "handlaggare@exempel.se")])
    until = reminder_store.database_clock(away.connection)
    assert reminder_store.claim(away.connection, "e-post", "test", 60, until) is not None


def passed(desk):
    return reminder_run.run(desk, date.fromisoformat(DUE), lambda: datetime(2026, 3, 2, 8, tzinfo=UTC), "test")
