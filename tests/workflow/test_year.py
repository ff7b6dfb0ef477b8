"""A year in a municipality: three bodies and an arbetsutskott, 60 meetings, 500 cases, and nothing gone wrong."""

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from states.case_facts import CaseKind
from states.deadlines import case_deadlines, meeting_deadlines
from states.silence import explain
from tests.command_lines import parses
from tests.conftest import PROJECT, make_command
from tests.workflow import witness
from tests.workflow.chamber import members
from tests.workflow.secretary import CALENDAR, SORTS, Secretary, through_kf
from workflow import config, log_exporter, log_verifier, meeting_store, schema
from workflow.cli import main
from workflow.cli.remedies import CommandLines
from workflow.connection import SqliteConnection, connect
from workflow.desk import Desk
from workflow.use_case import deadline_changes

SEED = int(os.environ.get("ARENDE_SEED") or 20250102)
CASES, TYPED = 500, 200
NEW_YEAR = date(2026, 1, 31)
HAPPENED = {
    "adjusted at once",
    "appeal avslag",
    "appeal forwarded",
    "appeal in time",
    "appeal late",
    "appeal upphavt",
    "attendance",
    "board down",
    "cancelled",
    "closed",
    "decide all",
    "decide all undone",
    "delegated bradskande",
    "delegated delegation",
    "ersättare",
    "handed over",
    "jäv",
    "laga kraft",
    "late item",
    "matter of an att-sats",
    "meeting dispatched",
    "minority bordläggning",
    "minority återremiss",
    "moved",
    "own matter",
    "protokollsanteckning",
    "receipt",
    "reservation",
    "told anmalan",
    "told information",
    "vote",
    "yrkande",
}
"""What a year must have held, whatever its seed."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with our own config.toml, and members of every body."""
    directory = tmp_path_factory.mktemp("year")
    shutil.copy(PROJECT / "config.toml", directory / "config.toml")
    with (directory / "config.toml").open("a", encoding="utf-8") as file:
        file.write(members())
    return directory


@pytest.fixture(scope="module")
def no_power_cuts() -> Iterator[None]:
    """Nothing waits for the disk: what a power cut takes away is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "fdatasync"):
            patch.setattr(os, name, lambda descriptor: None)
        yield


@pytest.fixture(scope="module")
def desk(office: Path, no_power_cuts: None) -> Iterator[Desk]:
    settings = config.load(office / "config.toml")
    schema.upgrade(settings, make_command(date(2025, 1, 1), config_hash=settings.hash))
    connection = connect(settings.database_url)
    assert isinstance(connection, SqliteConnection)
    connection.raw.execute("PRAGMA synchronous = OFF")
    yield Desk(connection, settings)
    connection.close()


@pytest.fixture(scope="module")
def lived(office: Path, desk: Desk) -> Iterator[Secretary]:
    """The secretary after the year; the CLI reads the secretary's clock."""
    with pytest.MonkeyPatch.context() as patch:

        def type_it(today: date, words: tuple[str, ...]) -> int:
            class Clock(datetime):
                @classmethod
                def now(cls, tz: object = None) -> "Clock":
                    return cls(today.year, today.month, today.day, 8, tzinfo=UTC)

            patch.setattr(main, "datetime", Clock)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                return main.run(["--config", str(office / "config.toml"), *words])

        secretary = Secretary(desk, SEED, type_it)
        secretary.run(CASES, NEW_YEAR, office / "sammantraden.csv")
        yield secretary


def test_the_year_was_as_full_as_it_should_be(lived: Secretary) -> None:
    assert (len(lived.cases), sum(map(len, lived.meetings.values()))) == (CASES, sum(CALENDAR.values()))
    assert lived.typed >= TYPED
    assert not [key for key in lived.tally if key.startswith("exit")], lived.tally


def test_everything_that_can_happen_in_a_year_did(lived: Secretary) -> None:
    assert sorted(HAPPENED - lived.chamber.seen) == []


def test_every_meeting_was_held_and_attended_or_called_off(lived: Secretary) -> None:
    meetings = [meeting_store.load(lived.desk.connection, one).facts for row in lived.meetings.values() for one in row]
    assert [meeting.state for meeting in meetings if meeting.state != "hallen"] == ["installd"]
    assert [meeting.ref for meeting in meetings if not meeting.attendance and meeting.state == "hallen"] == []


def test_the_paragraphs_of_a_body_have_no_gaps(lived: Secretary) -> None:
    rows = lived.desk.connection.run("SELECT body, year, paragraph FROM agenda_item WHERE paragraph IS NOT NULL")
    series: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        series.setdefault((row["body"], row["year"]), []).append(row["paragraph"])
    assert {body for body, _ in series} == set(CALENDAR)
    assert [own for own, numbers in series.items() if sorted(numbers) != [*range(1, len(numbers) + 1)]] == []


def test_nothing_in_the_database_is_wrong(lived: Secretary) -> None:
    assert witness.faults(lived.desk.connection) == []


def test_no_deadline_is_stale(lived: Secretary) -> None:
    desk = lived.desk
    wanted = {case: case_deadlines(lived.facts(case), desk.routines) for case in lived.cases}
    for meeting in (one for row in lived.meetings.values() for one in row):
        now = meeting_store.load(desk.connection, meeting)
        wanted[meeting] = meeting_deadlines(now.facts, now.parts, desk.routines)
    assert [
        change for stream, all_ in wanted.items() for change in deadline_changes(desk.connection, stream, all_)
    ] == []


def in_silence(lived: Secretary) -> set[str]:
    """The open cases of which nothing is asked but why nothing happens; that is asked of every open case."""
    rows = lived.desk.connection.run("SELECT DISTINCT stream FROM deadline WHERE is_open AND kind <> 'silent'")
    return set(lived.open_cases()) - {row["stream"] for row in rows}


def test_every_case_has_ended_or_waits_for_somebody_but_a_few(lived: Secretary) -> None:
    assert len(set(lived.open_cases())) <= CASES // 2
    assert len(in_silence(lived)) * 8 <= CASES


def test_every_silent_case_is_told_what_gets_it_going(lived: Secretary) -> None:
    lines = CommandLines(lived.desk.connection, lived.today)
    for case in in_silence(lived):
        silence = explain(lived.facts(case), lived.today, {})
        assert silence.why
        parses(lines.line(silence.remedy))


def test_every_kind_of_case_that_comes_in_came_in_and_ended(lived: Secretary) -> None:
    came = {kind for _, kind, _ in SORTS}
    ended = {kind for case, kind in lived.cases.items() if lived.facts(case).state == "avslutad"}
    assert came == ended
    assert {CaseKind.INFORMATION, CaseKind.DELEGATIONSBESLUT, CaseKind.REMISS, CaseKind.YTTRANDE} <= came


def test_one_in_twenty_or_more_was_closed_after_fullmaktige(lived: Secretary) -> None:
    closed = [case for case in lived.cases if lived.facts(case).state == "avslutad"]
    assert sum(through_kf(lived.facts(case).agenda) for case in closed) * 20 >= CASES


def test_the_log_of_the_year_verifies(lived: Secretary) -> None:
    desk = lived.desk
    log_exporter.export(desk.connection, desk.settings.log_directory)
    report = log_verifier.verify(desk.settings.log_directory)
    assert report.whole, report.faults
