"""Daemons killed and stopped in the middle of their work: no reminder is lost, and none is closed twice.

Three forked processes pass over one database and send through a real mail server that refuses, puts off,
dawdles and hangs up as it was seeded to, and at times answers nobody. They are killed with SIGKILL, and stopped
until their leases have ended and then let go on, at random moments. `ARENDE_SEED=…` draws the same moments and
answers again, as far as a machine is ever the same.
"""

import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

import pytest

from scheduler import reminder_run
from tests.conftest import TODAY, make_command, settings_for
from tests.end_to_end.mail_server import HANGS_UP, Reply, mail_server
from tests.end_to_end.workers import Victim
from tests.postgres_server import PostgresServer
from tests.scheduler.rounds import configured, faults, meeting, records, rows, with_mail
from workflow import log_exporter, log_verifier, schema
from workflow.config import Mailbox, ReminderRule
from workflow.connection import connect
from workflow.desk import Desk

LONG = "ARENDE_LONG" in os.environ
MEETINGS, KILLS, STOPS, SILENCES = (500, 500, 50, 20) if LONG else (150, 60, 15, 3)
SLOWEST = 0.5 if LONG else 0.2  # seconds until the mail server answers; the mails are to outlast the kills
PROCESSES = 3
LEASE_SECONDS = 1
STOPPED_SECONDS = 1.4 * LEASE_SECONDS
SILENT_SECONDS = 0.5  # that the mail server answers nobody
PATIENCE = 1200 if LONG else 120  # seconds until a process gives up
THE_DAY = TODAY + timedelta(days=30 + MEETINGS)  # by when all of the meetings' deadlines have come
FINAL = {"reminder.sent", "reminder.failed"}
HERE = "tests/end_to_end/test_reminders.py"
DEADLINES_OF_A_MEETING = ("manusstopp", "call")


class Report(NamedTuple):
    """How a storm went."""

    holding: int  # of the killed, those that held a reminder
    seconds: float


def scripted(seed):
    """What the mail server says: by the mail and how many times it has come, so that it can be drawn again."""

    def reply(message_id, nth):
        dice = random.Random(f"{seed} {message_id}")
        fate, slowness, patience = dice.random(), dice.uniform(SLOWEST / 10, SLOWEST), dice.choice((1, 2))
        if fate < 0.08:
            return Reply(550)
        if fate < 0.33 and nth <= patience:
            return Reply(451, slowness / 4)
        if fate < 0.38 and nth == 1:
            return Reply(421)
        if fate < 0.43 and nth == 1:
            return HANGS_UP
        return Reply(250, slowness)

    return reply


def town(url, directory, port):
    """A database with many meetings, under settings with one step to each deadline and a short lease."""
    settings = settings_for(url, directory)
    schema.upgrade(settings, make_command(config_hash=settings.hash))
    desk = Desk(connect(settings.database_url), settings)
    for number in range(MEETINGS):
        meeting(desk, "SON", (TODAY + timedelta(days=30 + number)).isoformat())
    rules = [ReminderRule(about, days_before=[0]) for about in DEADLINES_OF_A_MEETING]
    mailbox = Mailbox("namndsekreterare", "sekreterare@exempel.se")
    patient = with_mail(desk, port, [mailbox], lease_seconds=LEASE_SECONDS, retry_seconds=0, max_attempts=1000)
    return configured(patient, reminders=rules)


class Storm:
    """The processes, and what is done to them."""

    def __init__(self, desk, dice, server):
        self._desk, self._dice, self._names, self._server = desk, dice, count(), server
        self._running = {name: self._started(name) for name in self._new(PROCESSES)}
        self._asleep = {}
        self.holding = 0

    def strike(self, kills, stops):
        """Kill and stop until there have been so many of both."""
        blows = ["kill"] * kills + ["stop"] * stops + ["silence"] * SILENCES
        self._dice.shuffle(blows)
        for blow in blows:
            self._wait(self._dice.uniform(0.01, 0.15))
            awake = sorted(self._running.keys() - self._asleep.keys())
            name = self._dice.choice(awake)
            if blow == "stop" and len(awake) > 1:
                os.kill(self._running[name].pid, signal.SIGSTOP)
                self._asleep[name] = time.monotonic() + STOPPED_SECONDS
            elif blow == "silence":
                with self._server.silent():
                    self._wait(SILENT_SECONDS)
            elif blow == "stop":
                self._wait(STOPPED_SECONDS)
                blows.append("stop")
            else:
                self._kill(name)

    def end(self):
        """Let them all finish what there is."""
        self._wait(STOPPED_SECONDS)
        for victim in self._running.values():
            assert victim.end() == "e", "a process did not come to its end"

    def _kill(self, name):
        victim = self._running.pop(name)
        victim.kill_after(0)
        victim.end()
        held = self._desk.connection.run("SELECT 1 FROM lease WHERE owner = :owner", owner=name)
        self.holding += len(held)
        self._running |= {new: self._started(new) for new in self._new(1)}

    def _wait(self, seconds):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.01))
            for name in [name for name, wakes in self._asleep.items() if wakes <= time.monotonic()]:
                del self._asleep[name]
                os.kill(self._running[name].pid, signal.SIGCONT)

    def _new(self, number):
        return [f"worker-{next(self._names)}" for _ in range(number)]

    def _started(self, name):
        victim = Victim(lambda tell: work(self._desk.settings, name, tell))
        victim.begin()
        return victim


def work(settings, name, tell):
    """What a process does: pass after pass until nothing is on its way."""
    desk = Desk(connect(settings.database_url), settings)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        reminder_run.run(desk, THE_DAY, lambda: datetime.now(UTC), name)
        if not desk.connection.run("SELECT 1 FROM reminder WHERE status = 'planned'"):
            tell(b"e")
            return
        time.sleep(0.02)


def nothing_is_lost_or_closed_twice(url, directory):
    seed = int(os.environ.get("ARENDE_SEED") or random.SystemRandom().randrange(1 << 32))
    which = "postgresql" if url.startswith("postgres") else "sqlite"
    print(f"\nARENDE_SEED={seed} {'ARENDE_LONG=1 ' * LONG}pytest {HERE} -k {which}")
    with mail_server(directory, scripted(seed)) as server:
        desk = town(url, directory, server.port)
        started = time.monotonic()
        storm = Storm(desk, random.Random(seed), server)
        storm.strike(KILLS, STOPS)
        storm.end()
        report = Report(storm.holding, time.monotonic() - started)
        received = server.received
    look(desk, scripted(seed), received, report)
    desk.connection.close()


def look(desk, script, received, report):
    """What must be true when it is over, whatever happened meanwhile."""
    found, told = rows(desk), records(desk)
    mails = {f"<{row['id']}@exempel.se>": row["status"] for row in found if row["channel"] == "e-post"}
    accepted = Counter(one.message_id for one in received if one.accepted)
    repeats = sum(accepted.values()) - len(accepted)
    print(
        f"{len(found)} reminders, {len(mails)} of them mails; {KILLS} kills ({report.holding} of one that held a "
        f"reminder), {STOPS} stops; {len(received)} mails on the wire, {repeats} repeats; {report.seconds:.1f} s"
    )
    assert len(found) == MEETINGS * len(DEADLINES_OF_A_MEETING) * 2
    assert Counter(row["status"] for row in found if row["channel"] == "logg") == {"sent": len(found) - len(mails)}
    refused = {own for own in mails if script(own, 1).code == 550}
    assert {own for own, status in mails.items() if status == "failed"} == refused, "given up without a reason, or not"
    assert set(accepted) == mails.keys() - refused, "lost, or sent although refused"
    assert {own for own, status in mails.items() if status == "sent"} == set(accepted)
    assert repeats <= min(KILLS, report.holding + STOPS), "more repeats than processes that could have caused one"
    finals = Counter(body["stream"] for body in told if body["type"] in FINAL)
    assert finals == Counter({f"reminder:{row['id']}": 1 for row in found}), "closed twice, or never"
    assert Counter(body["type"] for body in told)["reminder.planned"] == len(mails)
    assert faults(desk) == []
    log_exporter.export(desk.connection, desk.settings.log_directory)
    assert log_verifier.verify(desk.settings.log_directory).faults == []
    assert report.holding >= KILLS // 6, "too few were killed while they held a reminder"


@pytest.mark.kill
def test_daemons_killed_and_stopped_at_random_moments_lose_nothing_on_sqlite(tmp_path):
    nothing_is_lost_or_closed_twice(f"sqlite:///{tmp_path / 'arendegang.db'}", tmp_path)


@pytest.mark.kill
def test_daemons_killed_and_stopped_at_random_moments_lose_nothing_on_postgresql(tmp_path):
    with PostgresServer(durable=True) as server:
        nothing_is_lost_or_closed_twice(server.new_schema(), tmp_path)
