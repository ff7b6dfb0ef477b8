"""The power is cut after any step of real commands: what was acknowledged is there, and the log says the same.

Some twenty-five commands are given to the real program and followed, with both of SQLite's journals; for a third of
them another process has the database open, so that the journal is not emptied after each, and for some the log cannot
be written, so that the next adds several lines. Then the same steps are gone through on a `disk` that may lose or keep,
tear or reorder whatever was not synced. What it may leave after a step is put in a directory and opened as the program
opens it: the database must be whole, every command that told its user must be in it once, and the log, brought up to
date, must be whole and say what the database says, and never have said more.

That this would show is shown too: with less syncing, acknowledged work and texts are found to be lost. Without a
process to follow there are no steps to go through, so where ptrace is refused all of it is passed by.

ARENDE_SEED=… draws the same states again of the same steps.
"""

import contextlib
import itertools
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.end_to_end import disk, home, tracer
from tests.end_to_end.disk import SECTOR, STYLES, Acknowledged, Disk, Given, Step, Wrote
from tests.end_to_end.followed import COMMANDS, Recording, following, nothing, without_log
from tests.end_to_end.home import JOURNALS, SMALL_SEGMENT, Home
from tests.end_to_end.workers import FORK
from tests.workflow import witness
from workflow import durable_files, log_files
from workflow.audit_journal import sha256
from workflow.connection import Connection, SqliteConnection

LONG = "ARENDE_LONG" in os.environ
DRAWS = 8 if LONG else 1
"""After each step that leaves anything unsynced."""
STATES = 4_500 if LONG else 900
"""Different ones, for each journal, at least."""
LOOK_THOROUGHLY_EVERY = 50
NAMES = tuple(name for name, _ in COMMANDS)
KEPT_OPEN = range(8, 17)
"""The commands during which somebody else has the database open."""
WITHOUT_LOG = range(4, 7)
"""The commands that cannot write the log, so that the next one adds several lines at once."""

pytestmark = pytest.mark.skipif(not tracer.works(), reason="no process can be followed here")


# --- what a power cut may leave ---------------------------------------------------------------------


class Left(NamedTuple):
    """What may be on the disk, and what its users had been told."""

    where: str
    state: dict[str, bytes | None]
    given: tuple[str, ...]
    acknowledged: tuple[str, ...]


class Plan(NamedTuple):
    """What is drawn after every step: so many times, in these styles in turn."""

    seed: str
    draws: int = DRAWS
    styles: tuple[str, ...] = STYLES


def left_behind(recording: Recording, plan: Plan, share: int, shares: int) -> Iterator[Left]:
    """A share of what power cuts may leave: after every step, as many draws as are wanted, or the one there is."""
    real = Disk(recording.start)
    given: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    for number, step in enumerate(recording.steps):
        if isinstance(step, Given):
            given = (*given, step.command)
        elif isinstance(step, Acknowledged):
            acknowledged = (*acknowledged, step.command)
        real.does(step)
        if number % shares != share:
            continue
        for draw in range(1 if real.is_settled else plan.draws):
            style = plan.styles[(number // shares + draw) % len(plan.styles)]
            dice = random.Random(f"{plan.seed} {recording.journal} {number} {draw}")
            where = f"{recording.journal}, after step {number} ({described(step)}), draw {draw} ({style})"
            yield Left(where, real.after_power_cut(dice, style), given, acknowledged)


def described(step: Step) -> str:
    return f"{type(step).__name__} {step[0]}"


class Looked(NamedTuple):
    """What was seen."""

    faults: list[str]
    different: set[bytes]
    drawn: int
    torn: int  # how often a line of the log had its end, and not all before it


def look_at_a_share(recording: Recording, plan: Plan, share: int, shares: int) -> Looked:
    faults, different, drawn, torn = list[str](), set[bytes](), 0, 0
    with home.shelf() as directory, home.using(recording.journal, SMALL_SEGMENT):
        for left in left_behind(recording, plan, share, shares):
            drawn += 1
            known = disk.digest(left.state) + repr(left.acknowledged).encode()
            if known in different:
                continue
            different.add(known)
            torn += has_a_line_with_holes(left)
            disk.materialise(left.state, directory / "home")
            thoroughly = len(different) % LOOK_THOROUGHLY_EVERY == 0
            found = faults_of(Home(directory / "home"), left, thoroughly)
            faults += [f"{left.where}: {fault}" for fault in found]
    return Looked(faults, different, drawn, torn)


def look(recording: Recording, plan: Plan) -> Looked:
    """At all of it, by as many processes as there are processors."""
    shares = len(home.processors())
    with FORK.Pool(shares) as pool:
        looked = pool.starmap(look_at_a_share, [(recording, plan, share, shares) for share in range(shares)])
    return Looked(
        [fault for one in looked for fault in one.faults],
        set().union(*(one.different for one in looked)),
        sum(one.drawn for one in looked),
        sum(one.torn for one in looked),
    )


# --- what must be true of it ------------------------------------------------------------------------


def faults_of(ours: Home, left: Left, thoroughly: bool) -> list[str]:
    found = list[str]()
    try:
        with ours.open() as connection:
            found += [*home.damage(connection), *unkept_promises(connection, left)]
            found += [*home.broken_chains(connection), *lines_ahead(connection, ours.log)]
            found += witness.faults(connection) if thoroughly else []
            found += home.log_brought_up_to_date(connection, ours.log)
        found += given_again(ours, left) if thoroughly else []
    except Exception as error:
        found.append(f"{type(error).__name__}: {error}")  # of a disk like that, anything can be said
    return found


def has_a_line_with_holes(left: Left) -> bool:
    """A sector in the middle of what was added to the log did not arrive, and the line's end did."""
    segments = (content for path, content in left.state.items() if content and path.startswith("logg/arendegang-"))
    return any(b"\0" in content[: content.rfind(b"\n") + 1] for content in segments)


def unkept_promises(connection: Connection, left: Left) -> Iterator[str]:
    ids = Counter(json.loads(row["body"])["command_id"] for row in home.journal(connection))
    for command in left.acknowledged:
        if not ids[command]:
            yield f"{command} was acknowledged, and is lost"
    for command, times in ids.items():
        if times > 1:
            yield f"{command} is there {times} times"
    installed = len(ids) - sum(command in ids for command in left.given)
    if installed != 1:
        yield f"there are {installed - 1} commands that nobody gave"


def lines_ahead(connection: Connection, directory: Path) -> Iterator[str]:
    """Lines that the log has and the database has not, before it is brought up to date."""
    rows = connection.run("SELECT log_index, sha256 FROM log_line")
    known = {row["log_index"]: row["sha256"] for row in rows}
    for path in log_files.segments(directory):
        for line in log_files.lines(path):
            place = log_files.index_of(line) if line.endswith(b"\n") else None
            if place is not None and known.get(place) != sha256(line[:-1]):
                yield f"the log has line {place}, and the database has not"


def given_again(ours: Home, left: Left) -> Iterator[str]:
    """The command that the power cut interrupted is given once more."""
    if not left.given:
        return
    name = left.given[-1]
    with ours.open() as connection:
        done = home.times_done(connection, name)
    code, printed = ours.arende(dict(COMMANDS)[name], name)
    if code or json.loads(printed).get("repeated", False) != bool(done):
        yield f"{name}, done {done} times, given again: {code} {printed}"


# --- what is shown ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """For each journal, a home with nothing but its database."""
    made = {journal: Home(tmp_path_factory.mktemp(journal) / "home") for journal in JOURNALS}
    for journal, template in made.items():
        template.furnish()
        with home.using(journal):
            template.tell("upgrade")
    return made


@pytest.fixture(scope="module", params=JOURNALS)
def recording(request: pytest.FixtureRequest, templates: dict[str, Home]) -> Recording:
    return record_all(templates[request.param], request.param)


def record_all(template: Home, journal: str) -> Recording:
    with following(template, journal) as followed, contextlib.ExitStack() as others:
        for number in range(len(COMMANDS)):
            if number == KEPT_OPEN.start:
                others.enter_context(followed.kept_open())
            if number == KEPT_OPEN.stop:
                others.close()
            assert followed.give(number, without_log if number in WITHOUT_LOG else nothing) == 0, COMMANDS[number]
        return followed.recording


def seed() -> str:
    return os.environ.get("ARENDE_SEED") or str(random.SystemRandom().randrange(1 << 32))


def test_after_a_power_cut_all_that_was_acknowledged_is_there_and_the_log_says_the_same(recording):
    drawn_with, started = seed(), time.perf_counter()
    looked = look(recording, Plan(drawn_with))
    seconds = time.perf_counter() - started
    print(
        f"\nARENDE_SEED={drawn_with} {recording.journal}: {len(recording.steps)} steps of {len(COMMANDS)} commands, "
        f"{looked.drawn} power cuts, {len(looked.different)} different states in {seconds:.1f} s; "
        f"{looked.torn} with a line of the log torn inside"
    )
    assert looked.faults == []
    assert len(looked.different) >= STATES


def test_a_line_of_the_log_whose_end_alone_arrived_is_written_again(recording, tmp_path):
    """Only the first sector of what was added is missing, and reads as zeros."""
    with home.using(recording.journal, SMALL_SEGMENT):
        for left in torn_appends(recording):
            disk.materialise(left.state, tmp_path / "home")
            assert faults_of(Home(tmp_path / "home"), left, thoroughly=False) == [], left.where


def torn_appends(recording: Recording) -> Iterator[Left]:
    """The disk in the moment when lines were added to the log, with their first sector missing."""
    real, given = Disk(recording.start), list[str]()
    for number, step in enumerate(recording.steps):
        real.does(step)
        if isinstance(step, Given):
            given.append(step.command)
        if isinstance(step, Wrote) and step.path.startswith("logg/arendegang-"):
            state = real.after_power_cut(random.Random(0), "everything")
            content = state[step.path] or b""
            hole = min(SECTOR - step.offset % SECTOR, len(step.content) - 1)
            state[step.path] = content[: step.offset] + bytes(hole) + content[step.offset + hole :]
            yield Left(f"{recording.journal}, step {number}", state, tuple(given), ())


def test_after_a_kill_and_then_a_power_cut_the_log_says_what_the_database_says(templates, tmp_path):
    """The first command is killed while it writes the log, the second brings the log up to date, and the power goes."""
    faults, kills = list[str](), 0
    for number in itertools.count(1):
        with following(templates[JOURNALS[0]], JOURNALS[0]) as followed:
            if followed.give(0, kill_at=number) == 0:
                break
            assert followed.give(0) == followed.give(1) == 0
            left = left_in_the_end(followed.recording)
        kills += 1
        for style, state in left.items():
            disk.materialise(state, tmp_path / "home")
            cut = Left(f"killed before change {number} of the log ({style})", state, NAMES[:2], NAMES[:2])
            faults += [f"{cut.where}: {fault}" for fault in faults_of(Home(tmp_path / "home"), cut, thoroughly=False)]
    print(f"\n{kills} kills, {kills * len(STYLES)} power cuts, {len(faults)} faults")
    assert faults == []


def left_in_the_end(recording: Recording) -> dict[str, dict[str, bytes | None]]:
    """What a power cut may leave after the last step, in each style."""
    real = Disk(recording.start)
    for step in recording.steps:
        real.does(step)
    return {style: real.after_power_cut(random.Random(0), style) for style in STYLES}


# --- the detectors detect ---------------------------------------------------------------------------


def without_full_synchronous() -> None:
    settle = SqliteConnection._settle

    def settled(connection: SqliteConnection) -> None:
        settle(connection)
        connection.raw.execute("PRAGMA synchronous = NORMAL")

    vars_of: Any = SqliteConnection
    vars_of._settle = settled


def without_synced_texts() -> None:
    vars(durable_files)["sync"] = lambda directory: None
    vars(durable_files)["write"] = lambda target, content: target.write_bytes(content)


def without_extra_synchronous_and_log() -> None:
    """A later transaction would make the name of the one before last."""
    without_full_synchronous()
    without_log()


WEAKENED = {"wal": without_full_synchronous, "delete": without_extra_synchronous_and_log}


@pytest.mark.parametrize("journal", JOURNALS)
def test_with_synchronous_normal_acknowledged_work_is_found_to_be_lost(templates, journal):
    with following(templates[journal], journal) as followed, followed.kept_open():
        assert [followed.give(number, WEAKENED[journal]) for number in range(2)] == [0, 0]
    looked = look(followed.recording, Plan("", styles=("nothing",)))
    lost = [fault for fault in looked.faults if "is lost" in fault]
    print(f"\n{journal}: {len(looked.different)} states, {len(lost)} times acknowledged work was lost")
    assert lost
    if journal == "wal":
        assert any("the database has not" in fault for fault in looked.faults)


def test_texts_that_are_not_made_to_last_before_their_line_are_found_to_be_missing(templates):
    with following(templates[JOURNALS[0]], JOURNALS[0]) as followed:
        assert [followed.give(number, without_synced_texts) for number in range(2)] == [0, 0]
    looked = look(followed.recording, Plan("", styles=("nothing",)))
    missing = [fault for fault in looked.faults if "texts are missing" in fault or "har ändrats" in fault]
    print(f"\n{len(looked.different)} states, {len(missing)} times lines were without their texts")
    assert missing
