"""A command broken at every system call from BEGIN to its end: killed there, or told that the disk is bad or full.

Four commands, with both of SQLite's journals. A process is killed before each call, and each call that a disk can
fail is answered with EIO and with ENOSPC, once and from then on. Whatever was acknowledged is there; what was not is
there once or not at all; the same command given again with the same id says which, and brings all to its end.

What can hardly differ is passed by: a kill where nothing has been changed or made to last since the call before, and
an error where the same call about the same file has been met since the last change, or (from then on, or on a full
disk) where nothing is changed. With ARENDE_LONG=1 nothing is passed by. Where processes cannot be followed, commands
break at the failpoints instead.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end import home
from tests.end_to_end.breaking import WAYS, Aftermath, break_everywhere
from tests.end_to_end.home import JOURNALS, Home
from tests.workflow import witness

COMMANDS = ("register", "advance", "decide", "dispatch")


@pytest.fixture(scope="module")
def shelf() -> Iterator[Path]:
    with home.shelf() as directory:
        yield directory


@pytest.fixture(scope="module", params=[f"{step}-{journal}" for journal in JOURNALS for step in COMMANDS])
def broken(request: pytest.FixtureRequest, shelf: Path) -> Aftermath:
    """What came of breaking a command in every way at every place."""
    step, _, journal = request.param.rpartition("-")
    found = break_everywhere(shelf / request.param, step, journal)
    print(found.told)
    return found


# --- the four commands ------------------------------------------------------------------------------


def test_a_command_broken_before_any_system_call_is_done_once_or_not_at_all(broken):
    assert all(broken.points[way] >= 10 for way in WAYS), "too few places"
    assert broken.faults == []


def test_what_is_left_of_a_broken_command_is_what_its_log_tells(broken):
    assert broken.kept
    for kept in broken.kept:
        with Home(Path(kept)).open() as connection:
            assert witness.faults(connection) == []


def test_both_a_kill_before_the_change_is_saved_and_one_after_it_were_tried(broken):
    assert broken.ends["killed, done"] >= 5
    assert broken.ends["killed, not done"] >= 5


def test_on_a_bad_or_a_full_disk_no_command_says_of_itself_what_is_not_so(broken):
    assert broken.false_words == []


# --- without following processes --------------------------------------------------------------------


def test_a_command_broken_at_any_failpoint_is_done_once_or_not_at_all(shelf):
    found = break_everywhere(shelf / "failpoints", "register", JOURNALS[0], by="failpoints", ways=("kill", "enospc+"))
    print(found.told)
    assert min(found.points.values()) >= 30, "too few places"
    assert found.faults == []
