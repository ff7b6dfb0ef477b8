"""Real processes racing on one case, one meeting and one log: exactly one wins and nothing is lost."""

import functools
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from states.case_facts import CaseKind, MblEntry, MblKind, StageRole, State
from tests.conftest import PROJECT, TODAY, make_command
from tests.end_to_end.workers import after, outcome, team
from tests.workflow import witness
from workflow import (
    case_store,
    casework,
    decisionwork,
    log_files,
    log_verifier,
    meeting_planning,
    meeting_store,
    meetingwork,
    registration,
)
from workflow.audit_journal import Command
from workflow.desk import Desk
from workflow.errors import Exit
from workflow.registration import Edit, NewCase, Proposal, Skrivelse

LONG = "ARENDE_LONG" in os.environ
ROUNDS = 1000 if LONG else 60
PROCESSES = 24 if LONG else 10
LATER = 0.0003  # seconds: what one of two begins later by, times the number of the round
ARENDE = Path(sys.executable).parent / "arende"

WON_AND_LOST = ["ChangedMeanwhileError 5", "done"]


def task(act: Any, *args: Any, **more: Any) -> Any:
    """A use case to run in another process, with a command of its own."""
    return functools.partial(_run, act, make_command(), args, more)


def _run(act: Any, command: Command, args: Any, more: Any, desk: Desk) -> Any:
    return act(desk, command, *args, **more)


def register(desk: Desk, number: int, kind: CaseKind = CaseKind.KS_ARENDE) -> str:
    body = "KS" if kind is CaseKind.KS_ARENDE else "SON"
    skrivelse = Skrivelse(
        rubrik="Ett ärende",
        numbers=(f"{body} 2026-{number}",),
        proposals=(Proposal(body=body, att_satser=("Antas.",)),),
        recipients=("Akten",),
    )
    way = ((desk.bodies.find(body, TODAY), StageRole.BESLUT),)
    result = registration.register(desk, make_command(), NewCase(kind=kind, skrivelse=skrivelse, way=way))
    return result.stream.removeprefix("case:")  # type: ignore[union-attr]


def plan(desk: Desk, body: str, ahead: int) -> str:
    result = meetingwork.add(desk, make_command(), body, TODAY + timedelta(days=ahead))
    return result.stream.removeprefix("meeting:")  # type: ignore[union-attr]


def assessed() -> MblEntry:
    return MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=TODAY, held=True)


def versions(desk: Desk, case: str, meeting: str) -> tuple[dict[str, int], dict[str, int]]:
    """What both of two clerks have seen before either does anything."""
    seen = {"version": case_store.version(desk.connection, case)}
    return seen, {"meeting_version": meeting_store.load(desk.connection, meeting).version}


def records(desk: Desk) -> int:
    return int(desk.connection.run("SELECT COUNT(*) AS count FROM journal")[0]["count"])


# --- exactly one wins -----------------------------------------------------------------------------------


def test_of_two_who_change_what_they_have_seen_of_a_case_one_wins_and_the_other_is_told(desk):
    case, won = register(desk, 1), [0, 0]
    before = records(desk)
    with team(desk.settings, 2) as two:
        for _ in range(ROUNDS):
            seen = {"version": case_store.version(desk.connection, case)}
            ends = two.race(
                task(registration.edit, case, Edit(rubrik="Den enas"), **seen),
                task(registration.note_mbl, case, assessed(), **seen),
            )
            assert sorted(ends) == WON_AND_LOST
            won[ends.index("done")] += 1
            assert case_store.version(desk.connection, case) == seen["version"] + 1
    assert records(desk) == before + ROUNDS
    assert all(won), f"one of them won every round: {won}"
    assert not witness.faults(desk.connection)


def in_turn(two: Any, number: int, one: Any, other: Any) -> list[str]:
    """A race in which now the one and now the other begins a little later, so that neither wins every round."""
    late = number * LATER
    first, second = (late, 0.0) if number % 2 else (0.0, late)
    ends: list[str] = two.race(functools.partial(after, first, one), functools.partial(after, second, other))
    return ends


def test_of_one_who_books_a_case_and_one_who_calls_the_meeting_one_wins(desk):
    case, won = register(desk, 1), [0, 0]
    with team(desk.settings, 2) as two:
        for ahead in range(ROUNDS):
            meeting = plan(desk, "KS", 30 + ahead)
            seen, at = versions(desk, case, meeting)
            book = task(casework.book, case, meeting, **seen, **at)
            ends = in_turn(two, ahead % 60, book, task(meetingwork.call, meeting, **at))
            assert sorted(ends) == WON_AND_LOST
            won[ends.index("done")] += 1
            assert meeting_store.load(desk.connection, meeting).version == at["meeting_version"] + 1
    assert all(won), f"one of them won every round: {won}"
    assert not witness.faults(desk.connection)


def test_of_one_who_books_a_case_and_one_who_moves_the_meeting_one_wins(desk):
    case, won = register(desk, 1), [0, 0]
    with team(desk.settings, 2) as two:
        for ahead in range(ROUNDS):
            meeting = plan(desk, "KS", 30 + 2 * ahead)
            seen, at = versions(desk, case, meeting)
            book = task(casework.book, case, meeting, **seen, **at)
            move = task(meeting_planning.move, meeting, TODAY + timedelta(days=31 + 2 * ahead), **at)
            ends = in_turn(two, ahead % 60, book, move)
            assert sorted(ends) == WON_AND_LOST
            won[ends.index("done")] += 1
            assert meeting_store.load(desk.connection, meeting).version == at["meeting_version"] + 1
    assert all(won), f"one of them won every round: {won}"
    assert not witness.faults(desk.connection)


def test_of_two_who_register_the_same_number_one_wins(desk):
    before = len(witness.live(desk.connection)["cases"])
    way = ((desk.bodies.find("SON", TODAY), StageRole.BESLUT),)
    with team(desk.settings, 2) as two:
        for number in range(1, ROUNDS + 1):
            skrivelse = Skrivelse(rubrik="Ett ärende", numbers=(f"SON 2026-{number}",))
            new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=way)
            ends = two.race(task(registration.register, new), task(registration.register, new))
            assert ends.count("done") == 1
            assert set(ends) <= {"done", "ChangedMeanwhileError 5", "NumberTakenError 2"}
    assert len(witness.live(desk.connection)["cases"]) == before + ROUNDS
    assert not witness.faults(desk.connection)


def test_of_two_who_plan_the_same_meeting_one_wins(desk):
    with team(desk.settings, 2) as two:
        for ahead in range(ROUNDS):
            same = (meetingwork.add, "KS", TODAY + timedelta(days=30 + ahead))
            ends = two.race(task(*same), task(*same))
            assert ends.count("done") == 1
            assert set(ends) <= {"done", "ChangedMeanwhileError 5", "UsageError 2"}
    assert len(witness.live(desk.connection)["meeting"]) == ROUNDS
    assert not witness.faults(desk.connection)


def test_the_same_command_from_two_processes_at_once_is_done_once(desk):
    case, before = register(desk, 1), records(desk)
    with team(desk.settings, 2) as two:
        for _ in range(ROUNDS):
            same = task(registration.note_mbl, case, assessed())
            assert sorted(two.race(same, same)) == ["AlreadyDoneError 0", "done"]
    assert records(desk) == before + ROUNDS
    assert not witness.faults(desk.connection)


# --- nobody waits for ever, and nothing is lost -----------------------------------------------------------


def test_of_many_who_have_seen_nothing_all_are_served_and_none_is_lost(desk):
    case, size = register(desk, 1), 4
    with team(desk.settings, size) as all_of_them:
        for _ in range(ROUNDS // 2):
            ends = all_of_them.race(*(task(registration.note_mbl, case, assessed()) for _ in range(size)))
            assert ends == ["done"] * size
    assert case_store.version(desk.connection, case) == 1 + size * (ROUNDS // 2)
    assert not witness.faults(desk.connection)


def test_two_who_need_the_same_cases_and_meetings_never_block_each_other(desk):
    early, late = plan(desk, "KS", 0), [plan(desk, "KS", 30 + ahead) for ahead in range(ROUNDS + 1)]
    cases = [register(desk, number) for number in range(1, ROUNDS + 1)]
    for case in cases:
        registration.note_mbl(desk, make_command(), case, assessed())
        item = casework.book(desk, make_command(date(2026, 1, 1)), case, early)
        assert outcome(lambda _, item=item: item, desk) == "done"
    meetingwork.call(desk, make_command(), early)
    meetingwork.hold(desk, make_command(), early)
    with team(desk.settings, 3) as three:
        for case, meeting in zip(cases, reversed(late), strict=False):
            ends = three.race(
                task(casework.postpone, case, early),
                task(casework.book, case, meeting),
                task(meetingwork.announce, late[0]),
            )
            assert {"done"} <= set(ends) <= {"done", "refused", "UsageError 2", "ChangedMeanwhileError 5"}
    assert not witness.faults(desk.connection)


def test_a_decision_and_an_edit_that_meet_are_both_judged_by_what_was_there(desk):
    meeting = plan(desk, "KS", 0)
    cases = [register(desk, number) for number in range(1, ROUNDS + 1)]
    for case in cases:
        casework.book(desk, make_command(date(2026, 1, 1)), case, meeting)
    meetingwork.call(desk, make_command(), meeting)
    meetingwork.hold(desk, make_command(), meeting)
    ends = []
    with team(desk.settings, 2) as two:
        for case in cases:
            ends.append(
                two.race(
                    task(decisionwork.decide, case, meeting, {}),
                    task(registration.note_mbl, case, assessed()),
                )
            )
    assert {noted for _, noted in ends} == {"done"}
    assert {decided for decided, _ in ends} <= {"done", "refused", "ChangedMeanwhileError 5"}
    assert not witness.faults(desk.connection)


# --- the real program -------------------------------------------------------------------------------------


@pytest.fixture
def home(desk: Desk, tmp_path: Path) -> Path:
    """A directory to give commands in."""
    late = (PROJECT / "config.toml").read_text().replace("late_after_days = 30", "late_after_days = 36500")
    (tmp_path / "config.toml").write_text(late)
    return tmp_path


def arende(desk: Desk, home: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "ARENDE_DATABASE_URL": desk.settings.database_url}
    return subprocess.Popen(
        [ARENDE, *words], cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def logged(home: Path) -> list[str]:
    """The ids of the commands in the exported log."""
    lines = (line for path in log_files.segments(home / "logg") for line in log_files.lines(path))
    return [json.loads(line)["body"]["command_id"] for line in lines]


def test_many_commands_at_once_on_one_case_are_each_in_the_log_once(desk, home):
    register(desk, 1, CaseKind.FORVALTNINGSARENDE)
    changes = (
        ("edit", "SON-2026-1", "--rubrik", "En annan rubrik"),
        ("mbl", "SON-2026-1", "--ej-pakallad", "--date", "2026-01-02"),
        ("stage", "add", "SON-2026-1", "KS", "--date", "2026-01-02"),
        ("edit", "SON-2026-1", "--mottagare", "Akten"),
        ("meeting", "add", "KS", "2027-01-12"),
    )
    asked = {f"kommando-{number}": changes[number % len(changes)] for number in range(PROCESSES)}
    running = {name: arende(desk, home, *words, "--command-id", name) for name, words in asked.items()}
    ended = {name: (*process.communicate(timeout=120), process.returncode) for name, process in running.items()}
    refused = [name for name, (_, _, code) in ended.items() if code]
    assert all(asked[name][0] == "meeting" for name in refused), ended  # the same meeting twice
    acknowledged = set(asked) - set(refused)
    ids = logged(home)
    assert sorted(name for name in ids if name in asked) == sorted(acknowledged)
    assert len(acknowledged) >= PROCESSES * 4 // 5
    verify = arende(desk, home, "audit", "verify")
    assert (verify.communicate(timeout=60), verify.returncode)[1] == Exit.DONE
    assert log_verifier.verify(home / "logg").missing_payloads == 0
    assert not witness.faults(desk.connection)


def test_the_same_command_id_from_two_programs_at_once_is_done_once_and_both_are_told_so(desk, home):
    case = register(desk, 1, CaseKind.FORVALTNINGSARENDE)
    words = ("advance", "SON-2026-1", "--date", "2026-01-02", "--command-id", "samma")
    for _ in range(2):
        pair = [arende(desk, home, *words) for _ in range(2)]
        answers = [(process.communicate(timeout=60)[0], process.returncode) for process in pair]
        assert [code for _, code in answers] == [Exit.DONE, Exit.DONE], answers
    assert logged(home).count("samma") == 1
    assert case_store.load_facts(desk.connection, case, "ingiven").state is State.MBL
    assert not witness.faults(desk.connection)
