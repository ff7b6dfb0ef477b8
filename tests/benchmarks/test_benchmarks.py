"""The benchmarks run, and say what they measured; how fast it was is not a test's business."""

import json
import subprocess
import sys

from tests.conftest import PROJECT


def figures(script: str, *words: str) -> list[dict[str, object]]:
    """The JSON lines a benchmark prints."""
    command = [sys.executable, str(PROJECT / "benchmarks" / script), *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert answer.stderr == ""
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_the_command_lines_benchmark_prints_a_figure_for_every_command() -> None:
    found = figures("cli.py", "--rounds", "1")
    assert [figure["figure"] for figure in found] == [
        "cli --version",
        "cli --help",
        "cli list",
        "cli show",
        "cli why",
        "cli advance",
    ]
    for figure in found:
        assert figure.keys() == {"figure", "starts", "goal", "ms", "bare_ms", "rounds"}
        assert isinstance(figure["starts"], float)
        assert figure["starts"] > 1


def test_the_audit_benchmark_prints_what_verifying_and_rebuilding_cost() -> None:
    verified, rebuilt = figures("audit.py", "--records", "400", "--tries", "1")
    assert (verified["figure"], rebuilt["figure"]) == ("audit verify", "audit rebuild")
    assert isinstance(verified["times_sha256"], float)
    assert verified["times_sha256"] > 1
    assert verified["records"] == rebuilt["records"] == 400


def test_the_judge_benchmark_prints_what_verdicts_whys_and_plans_cost() -> None:
    *quick, everything = figures("judge.py", "--cases", "24", "--rounds", "1")
    assert [figure["figure"] for figure in quick] == [
        "judge advance",
        "judge book",
        "judge decide",
        "judge refused",
        "why",
        "why from the database",
        "plan",
    ]
    for figure in quick:
        assert isinstance(figure["round_trips"], float)
        assert figure["round_trips"] > 0
    assert everything["figure"] == "plan --all"
    assert everything["cases"] == 24
    assert isinstance(everything["starts"], float)
    assert everything["starts"] > 1


def test_the_reminders_benchmark_prints_what_a_round_costs_beside_other_ways() -> None:
    few, many, growth, jobs, late, dead = figures(
        "reminders.py", "--rows", "20", "60", "--due", "10", "--jobs", "30", "--tries", "1"
    )
    assert [figure["rows"] for figure in (few, many)] == [20, 60]
    for figure in (few, many):
        assert isinstance(figure["times_by_hand"], float)
        assert figure["times_by_hand"] > 0
    assert (growth["figure"], jobs["rows"], jobs["due"]) == ("reminders growth", 30, 10)
    assert isinstance(late["s"], float)
    assert 0 < late["s"] < 30
    assert isinstance(dead["times"], float)


def test_the_intake_benchmark_prints_what_reading_costs_beside_the_libraries() -> None:
    txt, word, pdf, few, all_of_them = figures("intake.py", "--rounds", "1", "--documents", "10")
    assert [figure["figure"] for figure in (txt, word, pdf)] == ["intake txt", "intake docx", "intake pdf"]
    for figure in (word, pdf):
        assert isinstance(figure["times_library"], float)
        assert figure["times_library"] > 0
    assert "times_library" not in txt
    assert [figure["documents"] for figure in (few, all_of_them)] == [1, 10]
    for figure in (few, all_of_them):
        assert isinstance(figure["parent_mib"], float)
        assert figure["parent_mib"] > 1
