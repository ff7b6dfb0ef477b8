"""A daemon that runs: what systemd hears, signals, other settings, clocks that jump, and work that stands still."""

import fcntl
import json
import os
import shutil
import signal
import socket
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scheduler.ticks import day_in_sweden
from states.swedish_calendar import working_day_on_or_before
from tests.conftest import PROJECT, make_command
from tests.end_to_end.mail_server import Reply, mail_server
from tests.scheduler import rounds
from tests.scheduler.background import (
    IMPATIENT,
    Systemd,
    arende,
    daemon,
    ended,
    eventually,
    found,
    operations,
    running,
    set_to,
    ticks,
    with_mail,
)
from tests.workflow import witness
from workflow import config, reminder_store, schema
from workflow.connection import connect
from workflow.desk import Desk


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    directory = found(tmp_path_factory.mktemp("founded"))
    set_to(directory, tick_seconds=1)
    return directory


@pytest.fixture
def town(founded, tmp_path):
    return Path(shutil.copytree(founded, tmp_path / "town"))


@pytest.fixture
def systemd(tmp_path):
    with Systemd(tmp_path) as listening:
        yield listening


def status(town, environment=None):
    answer = daemon(town, "status", "--json", environment=environment)
    return answer.returncode, json.loads(answer.stdout)


# --- systemd ----------------------------------------------------------------------------------------


def test_systemd_hears_that_it_is_ready_goes_on_and_stops(town, systemd):
    with running(town, systemd.environment) as process:
        assert systemd.wait_for("READY=1") == "READY=1\nSTATUS=Igång."
        # A lease, and then some.
        assert systemd.wait_for("WATCHDOG_USEC=") == "WATCHDOG_USEC=330000000"
        for _ in range(2):
            assert systemd.wait_for("WATCHDOG=1") == "WATCHDOG=1"
            assert systemd.wait_for("STATUS=Senaste") == "STATUS=Senaste rundan: 0 skickade, 0 väntar, 0 misslyckade."
        process.send_signal(signal.SIGTERM)
        assert systemd.wait_for("STOPPING=1").startswith("STOPPING=1\nSTATUS=")
        assert process.wait(timeout=10) == 0
    assert sum("READY=1" in message for message in systemd.heard) == 1


def test_what_cannot_begin_never_says_that_it_is_ready(town, systemd):
    (town / "arendegang.db").unlink()
    with running(town, systemd.environment) as process:
        assert process.wait(timeout=30) == 6
    assert systemd.silent_for(0.1)


@contextmanager
def standing_still(town):
    """Nobody else may write in the database meanwhile: whoever wants to waits for ever."""
    descriptor = os.open(town / "arendegang.db.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def test_work_that_stands_still_ends_the_process_and_tells_nobody_that_it_goes_on(town, systemd):
    set_to(town, timeout_seconds=1, lease_seconds=3)
    with running(town, systemd.environment, IMPATIENT) as process:
        eventually(lambda: ticks(town) >= 2)
        with standing_still(town):
            began = time.monotonic()
            _, told = process.communicate(timeout=30)
            assert process.returncode == 6
            assert time.monotonic() - began < 10
    systemd.wait_for("STATUS=Senaste")
    assert told.startswith("arende-daemon har inte kommit vidare på ")
    assert "kör arende doctor" in told
    failed = operations(town)[-1]
    assert (failed["command"], failed["outcome"], failed["exit"]) == ("daemon run", "failed", 6)


def test_work_that_stands_still_ends_the_process_also_when_it_has_been_told_to_stop(town):
    set_to(town, timeout_seconds=1, lease_seconds=3)
    with running(town, program=IMPATIENT) as process:
        eventually(lambda: ticks(town))
        with standing_still(town):
            time.sleep(1.5)
            code, told = ended(process)
    assert (code, told.partition(" på ")[0]) == (6, "arende-daemon har inte kommit vidare")


def test_one_that_was_stopped_for_long_and_let_go_on_goes_on(town):
    set_to(town, timeout_seconds=1, lease_seconds=3)
    with running(town, program=IMPATIENT) as process:
        eventually(lambda: ticks(town))
        process.send_signal(signal.SIGSTOP)
        time.sleep(5)
        process.send_signal(signal.SIGCONT)
        before = ticks(town)
        eventually(lambda: ticks(town) >= before + 2)
        assert ended(process) == (0, "")


# --- to the end ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_at_once_and_leaves_no_sign_of_life(town, number):
    with running(town) as process:
        eventually(lambda: ticks(town))
        assert status(town)[0] == 0
        began = time.monotonic()
        assert ended(process, number) == (0, "")
        assert time.monotonic() - began < 3
    code, told = status(town)
    assert (code, told["daemons"]) == (6, [])


def test_one_that_was_killed_leaves_a_sign_of_life_that_ages(town):
    with running(town) as process:
        eventually(lambda: ticks(town))
        process.kill()
    with closing(connect(f"sqlite:///{town / 'arendegang.db'}")) as connection:
        connection.run("UPDATE heartbeat SET ticked_at = ticked_at - 60000")
    code, told = status(town)
    assert (code, [beat["alive"] for beat in told["daemons"]]) == (6, [False])


def test_what_is_being_sent_is_sent_before_it_ends_and_nothing_is_left_held(town):
    arende(town, "meeting", "add", "SON", "2021-03-18")
    with mail_server(town, lambda _id, _time: Reply(250, seconds=2)) as server:
        with_mail(town, server.port)
        with running(town) as process:
            eventually(lambda: server.received)
            began = time.monotonic()
            assert ended(process) == (0, "")
            assert time.monotonic() - began < 10
        assert len(server.accepted) == 1
    connection = connect(f"sqlite:///{town / 'arendegang.db'}")
    statuses = [row["status"] for row in connection.run("SELECT status FROM reminder WHERE channel = 'e-post'")]
    assert statuses.count("sent") == 1
    # What it had taken and not begun is anybody's again.
    planned = connection.run("SELECT COUNT(*) AS found FROM lease WHERE next_try IS NOT NULL AND owner IS NOT NULL")
    assert planned == [{"found": 0}]
    connection.close()


# --- down, and several --------------------------------------------------------------------------------

AGES = {"a second": 1, "an hour": 3600, "thirty days": 30 * 86_400}


@pytest.fixture
def by_desk(database_url, tmp_path, monkeypatch):
    """A town on either database, and a desk at it."""
    shutil.copy(PROJECT / "config.toml", tmp_path)
    set_to(tmp_path, tick_seconds=1)
    monkeypatch.setenv("ARENDE_DATABASE_URL", database_url)
    settings = config.load(tmp_path / "config.toml")
    schema.upgrade(settings, make_command(config_hash=settings.hash))
    connection = connect(settings.database_url)
    yield Desk(connection, settings)
    connection.close()


def missed(desk, seconds):
    """A duty whose reminder was to be sent so long ago; one day of it at a time."""
    today = day_in_sweden(datetime.now(UTC))
    day = (today - timedelta(seconds=seconds)).isoformat() if seconds >= 86_400 else today.isoformat()
    return rounds.by_hand(desk, "bevakning", day, body="SON", case=f"missed-{seconds}")


def environment_of(desk):
    return {"ARENDE_DATABASE_URL": desk.settings.database_url}


def test_what_came_while_nobody_was_at_work_is_closed_by_its_rule_and_audited_within_a_minute_of_the_start(by_desk):
    town, duties = by_desk.settings.directory, {missed(by_desk, seconds) for seconds in AGES.values()}
    began = time.monotonic()
    with running(town, environment_of(by_desk)) as process:
        eventually(lambda: ticks(town), 60)
        assert time.monotonic() - began < 60
        assert ended(process) == (0, "")
    left = by_desk.connection.run("SELECT deadline_id, status FROM reminder WHERE channel = 'logg'")
    said = {row["deadline_id"] for row in left if row["status"] == "sent"}
    assert (said, {row["status"] for row in left}) == (duties, {"sent", "merged"})
    records = rounds.records(by_desk)
    assert {body["type"] for body in records} >= {"reminder.sent", "reminder.merged"}
    today = day_in_sweden(datetime.now(UTC))
    to_act = working_day_on_or_before(today - timedelta(days=30))
    assert max(body["data"].get("late_days", 0) for body in records) == (today - to_act).days


def test_two_daemons_share_the_work_and_are_both_seen(by_desk):
    town = by_desk.settings.directory
    for number in range(20):
        rounds.by_hand(
            by_desk, "bevakning", day_in_sweden(datetime.now(UTC)).isoformat(), body="SON", case=f"case-{number}"
        )
    environment = environment_of(by_desk)
    with running(town, environment) as one, running(town, environment) as other:
        eventually(lambda: len(status(town, environment)[1]["daemons"]) == 2)
        eventually(lambda: ticks(town) >= 4)
        code, told = status(town, environment)
        assert code == 0
        assert {beat["id"].rpartition(":")[2] for beat in told["daemons"]} == {str(one.pid), str(other.pid)}
        assert ended(one) == ended(other) == (0, "")
    sent = [body["stream"] for body in rounds.records(by_desk) if body["type"] == "reminder.sent"]
    assert len(sent) == len(set(sent)) > 0
    assert witness.broken_chains(by_desk.connection) == []
    assert status(town, environment)[1]["daemons"] == []


# --- other settings -----------------------------------------------------------------------------------


def test_other_settings_are_followed_from_the_next_round_when_it_is_told_to_read_them(town, systemd):
    set_to(town, metrics_file="gammal.prom")
    with running(town, systemd.environment) as process:
        eventually(lambda: (town / "gammal.prom").exists())
        set_to(town, metrics_file="ny.prom", max_attempts=7)
        process.send_signal(signal.SIGHUP)
        reloading = systemd.wait_for("RELOADING=1").splitlines()
        assert reloading[1].startswith("MONOTONIC_USEC=")
        assert 0 <= time.monotonic_ns() // 1000 - int(reloading[1].partition("=")[2]) < 30_000_000
        assert systemd.wait_for("READY=1") == "READY=1\nSTATUS=Nya inställningar lästes in."
        eventually(lambda: (town / "ny.prom").exists())
        assert not (town / "gammal.prom").exists()
        new = config.load(town / "config.toml").hash
        assert new in (town / "ny.prom").read_text()
        assert status(town)[1]["daemons"][0]["config"] == new
        assert ended(process) == (0, "")
    reloaded = [line for line in operations(town) if line["command"] == "daemon reload"]
    assert [(line["outcome"], line["config"]) for line in reloaded] == [("done", new)]


@pytest.fixture
def taken():
    """A port that somebody else has."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda town, _: (town / "config.toml").write_text("[daemon\n"), "är inte giltig TOML"),
        (lambda town, _: set_to(town, tick_seconds=0), "daemon.tick_seconds är 0"),
        (lambda town, _: (town / "config.toml").unlink(), "kan inte läsas"),
        (lambda town, _: set_to(town, url="sqlite:///annan.db"), "Starta om den: systemctl restart arende-daemon"),
        (lambda town, port: set_to(town, metrics_port=port), "Porten {port} på 127.0.0.1 går inte att använda"),
    ],
)
def test_settings_that_cannot_be_used_change_nothing_and_are_told_of(town, systemd, taken, broken, told):
    with running(town, systemd.environment) as process:
        systemd.wait_for("READY=1")
        broken(town, taken)
        process.send_signal(signal.SIGHUP)
        systemd.wait_for("RELOADING=1")
        assert systemd.wait_for("READY=1").endswith("De gamla inställningarna gäller: de nya kunde inte användas.")
        before = ticks(town)
        eventually(lambda: ticks(town) >= before + 2)
        code, said = ended(process)
    assert code == 0
    assert said.startswith("De gamla inställningarna gäller fortfarande. ")
    assert told.format(port=taken) in said
    assert said.count("\n") == 1
    (failed,) = [line for line in operations(town) if line["command"] == "daemon reload"]
    assert (failed["outcome"], failed["exit"]) == ("failed", 6)


# --- clocks that jump ---------------------------------------------------------------------------------

HOUR, DAYS = 3600, 400 * 86_400
JUMPS = (HOUR, -HOUR, DAYS, -DAYS)
LONGEST_GAP = 20.0
"""Seconds between two rounds when there is to be one each second: two, and what a very busy machine takes."""

SET_BY_A_FILE = """\
import apscheduler.schedulers.base
from datetime import UTC, datetime, timedelta
from pathlib import Path
from scheduler import daemon

class SetClock(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(seconds=int(Path("klockan").read_text()))

apscheduler.schedulers.base.datetime = SetClock
daemon.now = lambda: SetClock.now(UTC)
daemon.main()
"""
"""A daemon whose clock somebody can set, and nobody else's."""


def by_hand(town):
    return {}, SET_BY_A_FILE


def by_faketime(town):
    """The clock of the whole process, the database in it included."""
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(town / "klockan"),
        "FAKETIME_NO_CACHE": "1",
        # Else whatever waits on the clock that cannot be set hangs.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }, ""


FAKETIME = next(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"), None)
SETTERS = [by_hand, *([by_faketime] if FAKETIME else [])]


def set_clock(town, seconds):
    new = town / "klockan.ny"
    new.write_text(f"{seconds:+d}")
    new.replace(town / "klockan")


@pytest.mark.parametrize("setter", SETTERS)
def test_a_clock_that_is_set_ahead_or_back_holds_up_no_round_and_each_jump_is_written_down(town, setter):
    set_clock(town, 0)
    environment, patched = setter(town)
    seen: list[float] = []
    off = 0

    def has_gone_round(times):
        while len(seen) < ticks(town):
            seen.append(time.monotonic())
        return len(seen) >= times

    with running(town, environment, patched) as process:
        eventually(lambda: has_gone_round(2))
        for jump in JUMPS:
            off += jump
            set_clock(town, off)
            enough = len(seen) + 2
            eventually(lambda enough=enough: has_gone_round(enough))  # type: ignore[misc]
            if jump == DAYS:
                keep_closed(town, DAYS + HOUR)
        assert ended(process) == (0, "")
    assert max(later - earlier for earlier, later in pairwise(seen)) < LONGEST_GAP
    assert [line["seconds"] for line in operations(town) if line["command"] == "daemon clock"] == list(JUMPS)
    written = records_of(town, "system.clock_jumped")
    assert [body["data"]["seconds"] for body in written] == list(JUMPS)
    assert {body["data"]["daemon"].rpartition(":")[2] for body in written} == {str(process.pid)}
    assert "Loggen håller" in arende(town, "audit", "verify")
    found = status(town)[1]
    assert found["jump"]["seconds"] == -DAYS
    # What was put off until a year that never came is tried now, where it was the database that said so.
    assert [one["outlet"] for one in found["outbox"]["closed"]] == ([] if setter is by_faketime else ["e-post"])


def keep_closed(town, seconds):
    """Let an outlet rest until so far from now."""
    with closing(connect(f"sqlite:///{town / 'arendegang.db'}")) as connection:
        until = reminder_store.database_clock(connection) + 1000 * seconds
        connection.run("INSERT INTO outlet (id, failures, closed_until) VALUES ('e-post', 5, :until)", until=until)


def records_of(town, kind):
    with closing(connect(f"sqlite:///{town / 'arendegang.db'}")) as connection:
        return [body for body in witness.bodies(connection) if body["type"] == kind]
