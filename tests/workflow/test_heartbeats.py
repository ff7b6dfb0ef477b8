"""Who is at work, by the database's clock, on both databases."""

import pytest

from workflow import heartbeats, reminder_store
from workflow.desk import Desk
from workflow.heartbeats import Beat, Outcome

DAY = 24 * 60 * 60 * 1000


def beat(desk: Desk, own: str, started_at: int | None = None, outcome: Outcome = Outcome.DONE) -> int:
    return heartbeats.beat(desk.connection, own, started_at, 60, outcome, "h" * 64)


def only(desk: Desk) -> Beat:
    (found,) = heartbeats.read(desk.connection)
    return found


def move(desk: Desk, milliseconds: int) -> None:
    """Let every daemon have gone round so much earlier."""
    desk.connection.run("UPDATE heartbeat SET ticked_at = ticked_at - :by", by=milliseconds)


def test_a_daemon_is_written_down_once_with_its_newest_round(desk: Desk) -> None:
    started = beat(desk, "ks-1:17", outcome=Outcome.BEGUN)
    assert beat(desk, "ks-1:17", started - 5000, Outcome.FAILED) == started - 5000
    found = only(desk)
    assert (found.id, found.outcome, found.tick_seconds, found.config) == ("ks-1:17", Outcome.FAILED, 60, "h" * 64)
    assert 0 <= found.age < 5 <= found.running


def test_one_that_is_started_anew_under_the_same_name_counts_from_then(desk: Desk) -> None:
    beat(desk, "container:1", 1000)
    beat(desk, "container:1")
    assert only(desk).running < 5


def test_one_that_stops_as_it_should_leaves_nothing(desk: Desk) -> None:
    beat(desk, "ks-1:17")
    beat(desk, "ks-2:18")
    heartbeats.remove(desk.connection, "ks-1:17")
    assert only(desk).id == "ks-2:18"


@pytest.mark.parametrize(("age", "alive"), [(0, True), (180, True), (185, False), (-100, True), (-3600, False)])
def test_it_counts_as_gone_when_it_has_missed_three_rounds_or_says_what_no_clock_does(
    desk: Desk, age: int, alive: bool
) -> None:
    beat(desk, "ks-1:17")
    move(desk, 1000 * age - (1000 if age > 0 else 0))
    assert only(desk).is_alive is alive


def test_one_that_is_sending_is_at_work_however_long_it_takes(desk: Desk) -> None:
    beat(desk, "ks-1:17")
    move(desk, 3_600_000)
    soon = reminder_store.database_clock(desk.connection) + 60_000
    hold(desk, "ks-1:17", soon)
    assert (only(desk).holding, only(desk).is_alive) == (1, True)
    desk.connection.run("UPDATE lease SET next_try = 1")
    assert (only(desk).holding, only(desk).is_alive) == (0, False)


@pytest.mark.parametrize("days", [2, -2])
def test_what_a_killed_one_left_is_taken_away_after_a_day_also_when_its_clock_was_wrong(desk: Desk, days: int) -> None:
    beat(desk, "borta:1")
    move(desk, days * DAY)
    beat(desk, "ks-1:17")
    assert only(desk).id == "ks-1:17"


def hold(desk: Desk, owner: str | None, until: int, own: str = "x") -> None:
    """A reminder that somebody is sending, or that waits."""
    deadline = f"{own}/svar/1"
    run = desk.connection.run
    run(
        "INSERT INTO deadline (id, stream, kind, subject, due, act_by, basis, is_open)"
        " VALUES (:id, :own, 'svar', '1', '2026-01-02', '2026-01-02', 'R-TYST', :yes)",
        id=deadline,
        own=own,
        yes=True,
    )
    run(
        "INSERT INTO reminder (id, deadline_id, rule, due, step, recipient, channel, stream, planned_for, status)"
        " VALUES (:own, :deadline, 'svar', '2026-01-02', '1', 'handlaggare@SON', 'e-post', :own, '2026-01-02',"
        " 'planned')",
        own=own,
        deadline=deadline,
    )
    run(
        "INSERT INTO lease (id, next_try, token, owner, attempts, outlet) VALUES (:own, :until, 1, :owner, 1,"
        " 'e-post')",
        own=own,
        until=until,
        owner=owner,
    )
