"""The failpoints act in real processes, and no installed package knows of them."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests import failpoints
from tests.conftest import PROJECT
from tests.end_to_end import home
from tests.end_to_end.home import STORY, Home
from workflow.errors import Exit

PACKAGES = ("states", "workflow", "scheduler")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Home:
    made = Home(tmp_path_factory.mktemp("failpoints") / "home")
    made.furnish()
    made.tell(*home.steps_before("mbl"))
    return made


@pytest.fixture
def office(tmp_path, template) -> Home:
    ours = Home(tmp_path / "home")
    ours.become(template)
    return ours


def broken(ours: Home, failpoint: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.failpoints", *words],
        cwd=PROJECT,
        env={**os.environ, failpoints.VARIABLE: failpoint},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_no_installed_package_knows_of_the_failpoints():
    sources = [
        path for package in PACKAGES for path in (PROJECT / package).rglob("*") if path.suffix in (".py", ".sql")
    ]
    assert len(sources) > 50
    knowing = [path for path in sources if "failpoint" in path.read_text(encoding="utf-8").lower()]
    assert knowing == []


@pytest.mark.parametrize(("failpoint", "done"), [("commit=kill", False), ("committed=kill", True)])
def test_a_process_killed_on_either_side_of_the_commit_is_told_which_when_it_asks_again(office, failpoint, done):
    killed = broken(office, failpoint, *office.words(STORY["mbl"], "mitt-i"))
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "")
    code, printed = office.arende(STORY["mbl"], "mitt-i")
    assert (code, json.loads(printed).get("repeated", False)) == (0, done)
    with office.open() as connection:
        assert home.times_done(connection, "mitt-i") == 1


def test_a_process_without_a_failpoint_does_what_it_is_told(office):
    answer = broken(office, "", *office.words(STORY["mbl"], "hel"))
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_full_disk_under_the_log_is_told_of_and_the_next_command_catches_up(office):
    answer = broken(office, "log-sync=enospc+", *office.words(STORY["mbl"], "full"))
    assert answer.returncode == Exit.ENVIRONMENT
    assert "disken är full" in answer.stderr
    with office.open() as connection:
        assert home.times_done(connection, "full") == 1
        assert home.log_brought_up_to_date(connection, office.log) == []


def test_the_daemon_has_them_too(office):
    answer = broken(office, "begin=kill", "daemon", "--config", str(office.config), "--once", "--today", "2024-02-01")
    assert answer.returncode == -signal.SIGKILL


def test_a_failpoint_strikes_the_nth_time_or_every_time_from_then_on():
    for spelled, expected in (("commit=eio@2", [False, True, False]), ("commit=eio@2+", [False, True, True])):
        points = failpoints.Failpoints(failpoints.read(spelled))
        assert [struck(points) for _ in range(3)] == expected


def struck(points: failpoints.Failpoints) -> bool:
    try:
        points.at("commit")
    except OSError:
        return True
    return False


@pytest.mark.parametrize("spelled", ["comit=kill", "commit", "commit=die", "commit=kill@x", "commit=sleep"])
def test_a_failpoint_that_cannot_be_is_refused(spelled):
    with pytest.raises(ValueError, match="the names are"):
        failpoints.read(spelled)
