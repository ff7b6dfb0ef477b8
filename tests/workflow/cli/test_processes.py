"""The installed program as a real process: pipes that close, disks that are full, terminals that lack letters."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.cli.office import done
from workflow.errors import Exit

ARENDE = str(Path(sys.executable).with_name("arende"))


def start(*words: str, stdout: int = subprocess.PIPE, **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))}
    return subprocess.run(
        [ARENDE, *words],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**clean, **environment},
        timeout=60,
        check=False,
    )


def nobody_reads(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run with a standard output whose reader has gone: `arende … | head -0`."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return start(*words, stdout=writer, **environment)
    finally:
        os.close(writer)


@pytest.fixture
def motion(office: Path) -> str:
    done("register", "--kind", "motion", "--rubrik", "Motion", "--dnr", "KS 2023-710", "--date", "2023-08-24")
    return "KS-2023-710"


def test_the_program_answers_in_utf_8_whatever_the_locale(motion: str) -> None:
    answer = start("list", LC_ALL="C")
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert "kommunfullmäktige" in answer.stdout.decode()


def test_a_terminal_that_lacks_a_letter_gets_its_code(motion: str) -> None:
    answer = start("advance", motion, "--date", "2023-08-24", PYTHONIOENCODING="latin-1")
    assert (answer.returncode, answer.stderr) == (Exit.REFUSED, b"")
    assert b"\\u2717" in answer.stdout
    assert "gå vidare" in answer.stdout.decode("latin-1")


@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    ("line", "code"),
    [("list", Exit.DONE), ("--help", Exit.DONE), ("advance KS-2023-710 --date 2023-08-24", Exit.REFUSED)],
)
def test_a_reader_who_has_had_enough_is_no_fault(motion: str, line: str, code: Exit, buffered: str) -> None:
    answer = nobody_reads(*line.split(), PYTHONUNBUFFERED=buffered)
    assert (answer.returncode, answer.stderr) == (code, b"")


def test_a_command_is_done_though_nobody_reads_the_answer(motion: str) -> None:
    assert nobody_reads("edit", motion, "--mottagare", "Akten", "--date", "2023-08-24").returncode == Exit.DONE
    assert "Akten" in done("show", motion)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_an_answer_that_finds_no_room_is_told(motion: str) -> None:
    with Path("/dev/full").open("wb") as full:
        answer = start("edit", motion, "--mottagare", "Akten", "--date", "2023-08-24", stdout=full.fileno())
    assert answer.returncode == Exit.ENVIRONMENT
    assert answer.stderr.decode().splitlines() == [
        "Svaret kunde inte skrivas ut; är disken full? Det som ändrades är sparat: se läget med arende show."
    ]
    assert "Akten" in done("show", motion)


def test_a_command_line_that_is_not_text_is_refused(motion: str) -> None:
    answer = subprocess.run([ARENDE.encode(), b"show", b"\xff"], capture_output=True, check=False, timeout=60)
    assert answer.returncode == Exit.USAGE
    assert answer.stderr.decode() == "Ordet \\udcff är inte skrivet i UTF-8; skriv om det.\n"
