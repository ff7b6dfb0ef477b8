"""What `arende-daemon status` tells, and its exit code, on both databases."""

import json
from datetime import UTC, date, datetime

import pytest

from scheduler import daemon_status
from tests.workflow.test_heartbeats import beat, hold, move
from workflow import clock_jumps, heartbeats, reminder_store
from workflow.desk import Desk
from workflow.heartbeats import Outcome
from workflow.reminder_store import Moment

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def status(desk: Desk, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = daemon_status.shown(daemon_status.read(desk, NOW.date()), json_wanted=False)
    return code, " ".join(capsys.readouterr().out.split())


def by_our_settings(desk: Desk, own: str, outcome: Outcome = Outcome.DONE) -> None:
    heartbeats.beat(desk.connection, own, None, 60, outcome, desk.settings.hash)


def test_without_a_daemon_it_says_how_one_is_started(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(desk, capsys) == (
        6,
        "Ingen arende-daemon går. Starta den: systemctl start arende-daemon Inga påminnelser väntar.",
    )


def test_a_daemon_that_goes_round_is_well(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    by_our_settings(desk, "ks-1:17")
    code, told = status(desk, capsys)
    assert (code, told) == (
        0,
        "ks-1:17 går sedan 0 sekunder, hördes av för 0 sekunder sedan: senaste rundan gick bra. "
        "Inga påminnelser väntar.",
    )


def test_one_that_has_not_been_heard_of_is_not_well_but_another_that_has_is_enough(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    by_our_settings(desk, "ks-1:17")
    move(desk, 3_600_000)
    code, told = status(desk, capsys)
    assert code == 6
    assert "ks-1:17 har inte hörts av på 1 timme; den är stoppad, eller når inte databasen." in told
    by_our_settings(desk, "ks-2:18")
    code, told = status(desk, capsys)
    assert code == 0
    assert "ks-1:17 har inte hörts av" in told


def test_a_round_that_failed_is_not_well(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    by_our_settings(desk, "ks-1:17")
    by_our_settings(desk, "ks-2:18", Outcome.FAILED)
    code, told = status(desk, capsys)
    assert code == 6
    assert "ks-2:18 går sedan 0 sekunder, hördes av för 0 sekunder sedan: senaste rundan misslyckades" in told


def test_daemons_that_go_by_other_settings_are_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    beat(desk, "ks-1:17")
    by_our_settings(desk, "ks-2:18")
    code, told = status(desk, capsys)
    assert code == 0
    assert "ks-1:17 går efter andra inställningar än config.toml här. Läs om dem där: systemctl reload" in told
    assert "ks-2:18 går efter" not in told


def test_what_waits_what_was_given_up_what_rests_and_the_last_jump_are_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    by_our_settings(desk, "ks-1:17")
    now = reminder_store.database_clock(desk.connection)
    hold(desk, "ks-1:17", now + 90_000, "held")
    hold(desk, None, now, "waits")
    hold(desk, None, now, "dead")
    desk.connection.run("UPDATE reminder SET status = 'failed' WHERE id = 'dead'")
    desk.connection.run("UPDATE lease SET next_try = NULL WHERE id = 'dead'")
    desk.connection.run("INSERT INTO outlet (id, failures, closed_until) VALUES ('e-post', 5, :at)", at=now + 90_000)
    clock_jumps.record(desk, Moment(date(2026, 3, 1), NOW), -3600, "ks-1:17")
    code, told = status(desk, capsys)
    assert code == 0
    assert "senaste rundan gick bra, skickar 1 just nu." in told
    assert "Påminnelser som väntar: 2 till e-post; 2 av dem är sena." in told
    assert "Påminnelser som gavs upp: 1, den första till 2026-01-02. Se: arende-daemon outbox list" in told
    assert "Utvägen e-post vilar efter 5 fel i rad, och prövas igen om 1 minut." in told
    assert "Klockan hoppade senast 1 timme bakåt, 2026-03-01 09:00 UTC." in told


def test_as_json_for_those_who_watch_over_it(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    by_our_settings(desk, "ks-1:17")
    clock_jumps.record(desk, Moment(date(2026, 3, 1), NOW), 7, "ks-1:17")
    assert daemon_status.shown(daemon_status.read(desk, NOW.date()), json_wanted=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["well"], told["config"]) == (True, desk.settings.hash)
    (daemon,) = told["daemons"]
    assert (daemon["id"], daemon["alive"], daemon["outcome"]) == ("ks-1:17", True, "done")
    assert told["outbox"] == {"waiting": [], "outlets": [], "closed": [], "late": 0, "dead": 0, "dead_since": ""}
    assert told["jump"] == {"at": "2026-03-01T09:00:00Z", "seconds": 7}
