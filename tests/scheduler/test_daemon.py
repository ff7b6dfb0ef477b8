"""The daemon as a real process: it catches the log up, says what is wrong, and stops when told."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]


@pytest.fixture
def town(tmp_path):
    """A directory with a database and one registered case whose log file has been lost."""
    shutil.copy(ROOT / "config.toml", tmp_path)
    for arguments in (("database", "upgrade"), ("import", ROOT / "examples" / "anhorigstod.txt")):
        subprocess.run([BIN / "arende", *arguments], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "logg" / "arendegang.jsonl").unlink()
    return tmp_path


def daemon(town, *arguments):
    return subprocess.run(
        [BIN / "arende-daemon", *arguments], cwd=town, capture_output=True, text=True, check=False, timeout=60
    )


def test_one_round_writes_the_lost_log_again(town):
    first = daemon(town, "--once")
    assert (first.returncode, first.stdout) == (0, "Klart: 2 rader skrevs till loggen.\n")
    assert subprocess.run([BIN / "arende", "audit", "verify"], cwd=town, capture_output=True).returncode == 0


def test_a_second_round_has_nothing_to_do(town):
    daemon(town, "--once")
    assert daemon(town, "--once").stdout == "Klart: 0 rader skrevs till loggen.\n"


def test_it_runs_until_it_is_told_to_stop(town):
    log, operations = town / "logg" / "arendegang.jsonl", town / "logg" / "drift.jsonl"
    with subprocess.Popen([BIN / "arende-daemon"], cwd=town) as process:
        patience = time.monotonic() + 30
        while time.monotonic() < patience and not (log.exists() and "daemon tick" in operations.read_text()):
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert log.read_text().count("\n") == 2
    assert '"outcome": "done"' in operations.read_text().splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "told"),
    [
        (("--config", "saknas.toml"), 6, "Inställningsfilen saknas.toml kan inte läsas."),
        (("--nonsens",), 2, "Flaggan --nonsens finns inte."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(town, arguments, exit_code, told):
    answer = daemon(town, *arguments)
    assert answer.returncode == exit_code
    assert answer.stderr.startswith(told)
    assert "Traceback" not in answer.stderr
