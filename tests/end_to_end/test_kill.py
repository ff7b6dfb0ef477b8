"""Killed without warning between BEGIN and the acknowledgement: nothing is lost and nothing is done twice.

A forked process gives one command after another to the real `arende`, and is killed at a random moment.
What it had acknowledged must be there once; what it was doing must be there once or not at all, and the
same command id given again must say which. `ARENDE_SEED=…` draws the same moments again, as far as a
machine is ever the same.
"""

import contextlib
import io
import itertools
import json
import os
import random
import shutil
import time
from collections import Counter
from types import SimpleNamespace

import pytest

from states import records
from tests.conftest import PROJECT, make_command
from tests.end_to_end.workers import Victim, Watched
from tests.postgres_server import PostgresServer
from tests.workflow import witness
from workflow import audit_journal, config, durable_files, log_exporter, log_verifier, schema
from workflow.cli import frame, main
from workflow.connection import POSTGRESQL, connect
from workflow.log_files import PAYLOADS, segments

LONG = "ARENDE_LONG" in os.environ
KILLS = {"sqlite": 10_000 if LONG else 450, "postgresql": 1_000 if LONG else 60}
LOOK_AT_THE_LOG_EVERY = 1000 if LONG else 50
SHORT_WRITE, PAUSE = 150, 0.0003  # bytes, seconds: the log is written in pieces, so that some lines are torn
OTHERS = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"

STEPS = (
    ("register", "--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Ett ärende", "--dnr", "{case}"),
    ("advance", "{case}"),
    ("mbl", "{case}", "--ej-pakallad"),
    ("advance", "{case}"),
    ("edit", "{case}", "--rubrik", "Ett annat ärende", "--mottagare", "Akten"),
    ("withdraw", "{case}", "--skal", "Behövs inte."),
)
"""What is done with each case, over and over with a new case: every command moves or changes it."""

PHASES = {
    "s": "before its transaction",
    "sB": "in its transaction",
    "sBC": "committed",
    "sBCE": "committed, bringing the log up to date",
    "sBCEB": "committed, giving places in the log",
    "sBCEBC": "committed, writing the log",
    "sBCEBCX": "committed and logged, not acknowledged",
    "sBCEBCXa": "acknowledged",
    "": "before the first command",
}


def words(number):
    """The command of a number, with an id made from the number."""
    case, step = divmod(number, len(STEPS))
    return [*(word.format(case=f"SON 2026-{case + 1}") for word in STEPS[step]), "--command-id", f"kill-{number}"]


class Home:
    """A directory to give commands in, and what must be true of it."""

    def __init__(self, directory, url):
        shutil.copy(PROJECT / "config.toml", directory)
        self.config, self.url = directory / "config.toml", url
        self.log = directory / "logg"
        schema.upgrade(config.load(self.config), make_command())

    def arende(self, number):
        """Give the command of a number; its exit code and what was printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = main.run(["--config", str(self.config), *words(number), "--json"])
        return code, printed.getvalue()

    def work_from(self, number):
        """What a victim does: command after command, telling of each how far it has come."""

        def work(tell):
            _tell_of_the_phases(tell)
            for command in itertools.count(number):
                tell(b"s")
                code, printed = self.arende(command)
                assert code == 0, printed
                tell(b"a")

        return work

    def times_done(self, *numbers):
        """How many records each command has, once the server has seen that the killed are gone."""
        with contextlib.closing(connect(self.url)) as connection:
            while connection.dialect == POSTGRESQL and connection.run(OTHERS):
                time.sleep(0.001)
            rows = [connection.run("SELECT 1 FROM journal WHERE command_id = :id", id=f"kill-{n}") for n in numbers]
        return [len(found) for found in rows]

    def faults(self):
        """Whatever is wrong with the database: its chains, its versions, its tables against the log."""
        with contextlib.closing(connect(self.url)) as connection:
            told, found = witness.bodies(connection), witness.live(connection)
            folded = records.fold(told)
            return [
                *witness.unlogged(witness.dump(folded), found),
                *witness.broken_chains(connection),
                *witness.versions_without_record(told, found),
                *witness.misplaced(found),
            ]

    def commands_done(self):
        with contextlib.closing(connect(self.url)) as connection:
            rows = connection.run("SELECT command_id FROM journal WHERE command_id LIKE 'kill-%' ORDER BY id")
        return [row["command_id"] for row in rows]

    def export(self, directory):
        with contextlib.closing(connect(self.url)) as connection:
            log_exporter.export(connection, directory)

    def torn(self):
        """True when the log ends within a line."""
        last = segments(self.log)[-1:]
        if not last or not last[0].stat().st_size:
            return False
        with last[0].open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() != b"\n"


def _tell_of_the_phases(tell):
    """In the victim: have its transactions and its exporter tell when they begin and end."""
    export, write = log_exporter.export, os.write

    def told_export(connection, directory):
        tell(b"E")
        written = export(connection, directory)
        tell(b"X")
        return written

    def short_write(descriptor, content):
        time.sleep(PAUSE)
        return write(descriptor, bytes(content[:SHORT_WRITE]))

    vars(frame)["connect"] = lambda url: Watched(connect(url), tell)
    vars(log_exporter)["export"] = told_export
    vars(durable_files)["os"] = SimpleNamespace(**{**vars(os), "write": short_write})


def kill_again_and_again(home, kills):
    """Kill, look, give the command again, and go on from there; how it went."""
    seed = int(os.environ.get("ARENDE_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"\nARENDE_SEED={seed}")
    dice, phases, answers = random.Random(seed), Counter[str](), Counter[str]()
    number, took = _tried(home)
    started = time.perf_counter()
    for kill in range(1, kills + 1):
        victim = Victim(home.work_from(number))
        victim.begin()
        victim.kill_after(dice.uniform(0, 2.5 * took))
        marks = victim.end()
        acknowledged, begun = marks.count("a"), marks.count("s")
        phase = PHASES[marks[marks.rfind("s") :] if begun else ""]
        phases[phase] += 1
        phases["(the log's last line torn)"] += home.torn()
        assert home.times_done(*range(number, number + acknowledged)) == [1] * acknowledged, "lost"
        number += acknowledged
        if begun > acknowledged:
            answers[_again(home, number, phase)] += 1
            number += 1
        if kill % LOOK_AT_THE_LOG_EVERY == 0:
            _look(home)
    _report(kills, number, phases, answers, time.perf_counter() - started)
    return number, phases


def _tried(home):
    """The number of the next command, and how many seconds a victim takes for one."""
    for number in range(len(STEPS)):
        assert home.arende(number)[0] == 0  # also imports whatever a command needs, before the fork
    victim = Victim(home.work_from(len(STEPS)))
    victim.begin()
    victim.kill_after(0.3)
    done = victim.end().count("a")
    following = len(STEPS) + done + 1
    assert home.arende(following - 1)[0] == 0
    return following, 0.3 / (done + 1)


def _again(home, number, phase):
    """Give a command again that may have been done; what came of it."""
    (done,) = home.times_done(number)
    if phase == PHASES["s"]:
        assert done == 0, "done before it began"
    elif phase != PHASES["sB"]:
        assert done == 1, "committed, and lost"
    code, printed = home.arende(number)
    assert code == 0, printed
    assert home.times_done(number) == [1], "done twice"
    assert json.loads(printed).get("repeated", False) == bool(done), "the answer was not true"
    return "already done" if done else "done now"


def _look(home):
    """The log as it is after a kill, brought up to date, is whole and says what the database says."""
    home.export(home.log)
    report = log_verifier.verify(home.log)
    assert (report.faults, report.missing_payloads) == ([], 0)
    assert not home.faults()


def _report(kills, commands, phases, answers, seconds):
    print(f"{kills} kills among {commands} commands in {seconds:.0f} s; given again: {dict(answers)}")
    for phase in (*PHASES.values(), "(the log's last line torn)"):
        print(f"  {phases[phase]:6}  {phase}")


def nothing_is_lost_or_done_twice(home, kills):
    number, phases = kill_again_and_again(home, kills)
    _look(home)
    assert home.commands_done() == [f"kill-{n}" for n in range(number)]
    fresh = home.log.parent / "again"
    home.export(fresh)
    for pattern in ("arendegang-*.jsonl", f"{PAYLOADS}/**/*.json"):
        written = {path.name: path.read_bytes() for path in home.log.glob(pattern)}
        assert {path.name: path.read_bytes() for path in fresh.glob(pattern)} == written
    assert phases[PHASES["sB"]] >= kills // 30, "too few kills were in a transaction"
    hit = [bool(phases[phase]) for key, phase in PHASES.items() if len(key) in (1, 2, 6)]
    assert all(hit) or kills < 300, "a long phase was never hit"


@pytest.mark.kill
def test_commands_killed_at_random_moments_lose_nothing_and_are_done_once_on_sqlite(tmp_path):
    home = Home(tmp_path, f"sqlite:///{tmp_path / 'arendegang.db'}")
    nothing_is_lost_or_done_twice(home, KILLS["sqlite"])


@pytest.mark.kill
def test_commands_killed_at_random_moments_lose_nothing_and_are_done_once_on_postgresql(tmp_path, monkeypatch):
    with PostgresServer(durable=True) as server:
        monkeypatch.setenv("ARENDE_DATABASE_URL", server.new_schema())
        home = Home(tmp_path, os.environ["ARENDE_DATABASE_URL"])
        nothing_is_lost_or_done_twice(home, KILLS["postgresql"])


GIVEN_TWICE = [pytest.param(number, id=f"{number}-{step[0]}") for number, step in enumerate(STEPS)]


@pytest.mark.parametrize("number", GIVEN_TWICE)
def test_a_command_given_again_before_the_first_is_through_is_told_that_it_is_done(tmp_path, monkeypatch, number):
    """Both have asked whether it is done before either has done it."""
    home = Home(tmp_path, f"sqlite:///{tmp_path / 'arendegang.db'}")
    for before in range(number):
        assert home.arende(before)[0] == 0
    ask, given = audit_journal.already_done, list[str]()

    def asked_first(connection, command):
        answer = ask(connection, command)
        if not given:
            given.append(command.id)
            assert home.arende(number)[0] == 0
        return answer

    monkeypatch.setattr(audit_journal, "already_done", asked_first)
    code, printed = home.arende(number)
    assert code == 0, printed
    assert json.loads(printed)["repeated"]
    assert home.times_done(number) == [1]
    assert not home.faults()
