"""What is left in the database when a clock has jumped, on both databases."""

from datetime import UTC, date, datetime

from tests.workflow import witness
from tests.workflow.test_heartbeats import hold
from workflow import clock_jumps, outbox_figures, reminder_store
from workflow.desk import Desk
from workflow.reminder_store import Moment

YEAR = 400 * 86_400_000


def moment(day: int) -> Moment:
    return Moment(date(2026, 3, day), datetime(2026, 3, day, 9, tzinfo=UTC))


def test_a_jump_is_a_record_of_the_system_with_its_seconds_and_whose_clock_it_was(desk: Desk) -> None:
    clock_jumps.record(desk, moment(1), -3600, "ks-1:17")
    body = witness.bodies(desk.connection)[-1]
    assert (body["stream"], body["type"], body["actor"]) == ("system", "system.clock_jumped", "daemon")
    assert body["data"]["seconds"] == -3600
    assert body["data"]["daemon"] == "ks-1:17"
    assert witness.broken_chains(desk.connection) == []


def test_the_newest_is_told_of(desk: Desk) -> None:
    assert clock_jumps.last(desk.connection) is None
    clock_jumps.record(desk, moment(1), -3600, "ks-1:17")
    clock_jumps.record(desk, moment(2), 34_560_000, "ks-2:18")
    newest = clock_jumps.last(desk.connection)
    assert newest is not None
    assert (newest.seconds, newest.at) == (34_560_000, datetime(2026, 3, 2, 9, tzinfo=UTC))


def test_nothing_waits_for_a_time_that_was_wrong_and_what_is_being_sent_stays_its_holder_s(desk: Desk) -> None:
    now = reminder_store.database_clock(desk.connection)
    hold(desk, None, now + YEAR, "waits")
    hold(desk, "ks-1:17", now + YEAR, "held")
    hold(desk, None, now - 1000, "due")
    desk.connection.run("INSERT INTO outlet (id, failures, closed_until) VALUES ('e-post', 5, :at)", at=now + YEAR)
    clock_jumps.forget_the_future(desk.connection, 300)
    left = {row["id"]: row["next_try"] for row in desk.connection.run("SELECT id, next_try FROM lease")}
    after = reminder_store.database_clock(desk.connection)
    assert now <= left["waits"] <= after
    assert now + 300_000 <= left["held"] <= after + 300_000
    assert left["due"] == now - 1000
    assert outbox_figures.read(desk.connection, date(2026, 3, 1)).closed == ()
