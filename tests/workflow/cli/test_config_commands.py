"""`arende config check` and `arende config activate`, as they are typed."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from scheduler import daemon
from tests import failpoints
from tests.conftest import PROJECT
from tests.workflow.cli.office import Answer, arende, done
from tests.workflow.cli.test_workflow_commands import NO_COUNCIL, NO_SON, edit
from workflow import statements
from workflow.config import Settings, load
from workflow.connection import connect
from workflow.errors import Exit

MANUS = (r"^manus_days = 14", "manus_days = 21")


@pytest.fixture
def new(office: Path) -> Path:
    """Settings by which the papers are due a week earlier, beside a meeting that is planned."""
    done("meeting", "add", "SON", "2027-03-11")
    done("register", "--kind", "ledamotsinitiativ", "--body", "SON", "--dnr", "SON-2026-1", "--rubrik", "X")
    return another(office, MANUS)


def another(office: Path, *changes: tuple[str, str]) -> Path:
    old = (office / "config.toml").read_bytes()
    edit(office, *changes)
    (office / "config.toml").rename(office / "ny.toml")
    (office / "config.toml").write_bytes(old)
    return office / "ny.toml"


def refused(*words: str) -> Answer:
    answer = arende(*words)
    assert (answer.code, answer.err) == (Exit.REFUSED, ""), answer
    return answer


def test_a_check_tells_what_would_move_and_changes_nothing(office: Path, new: Path) -> None:
    before = {path: path.read_bytes() for path in office.rglob("*") if path.is_file() and path.suffix != ".db"}
    told = done("config", "check", "ny.toml")
    assert told.startswith("ny.toml går att aktivera: arende config activate ny.toml\nFrister som ändras: 1.\n")
    assert "  SON 2027-03-11\n    manusstopp, handlingarna ska vara inlämnade: 2027-02-25 → 2027-02-18\n" in told
    assert "(regeln manusstopp): 2027-02-18, 2027-02-24 → 2027-02-11, 2027-02-17\n" in f"{' '.join(told.split())}\n"
    after = {path: path.read_bytes() for path in office.rglob("*") if path.is_file() and path.suffix != ".db"}
    assert after == before
    view = json.loads(done("config", "check", "ny.toml", "--json"))
    assert (view["activated"], view["refused"], view["stranded"]) == (False, False, 0)
    assert [(one["ref"], one["before"], one["after"]) for one in view["moved"]] == [
        ("SON 2027-03-11", "2027-02-25", "2027-02-18")
    ]


def test_activated_they_are_the_settings(office: Path, new: Path) -> None:
    told = done("config", "activate", "ny.toml")
    assert told.startswith("Klart: ny.toml gäller nu. De gamla inställningarna ligger kvar bredvid.\n")
    assert told.endswith("Låt arende-daemon läsa om dem: systemctl reload arende-daemon\n")
    assert (office / "config.toml").read_bytes() == new.read_bytes()
    assert "torsdag 18 februari 2027: manusstopp" in done("meeting", "show", "SON-2027-03-11")
    assert done("config", "activate", "ny.toml") == "ny.toml gäller redan.\n"
    assert "Nya inställningar aktiverades" in done("audit", "tail", "-n", "1")
    assert arende("doctor").code == Exit.DONE
    done("audit", "verify")


def test_edited_by_hand_they_are_told_of_before_and_by_the_upgrade_itself(office: Path, new: Path) -> None:
    new.rename(office / "config.toml")
    line = "  SON 2027-03-11\n    manusstopp, handlingarna ska vara inlämnade: 2027-02-25 → 2027-02-18\n"
    assert line in done("config", "check", "config.toml")
    assert line in done("database", "upgrade")
    view = json.loads(done("database", "upgrade", "--json"))
    assert (view["moved"], view["moved_unnamed"], view["deadlines"]) == ([], 0, 0)


@pytest.mark.parametrize("verb", ["check", "activate"])
def test_settings_that_would_strand_a_case_are_refused(office: Path, new: Path, verb: str) -> None:
    another(office, NO_SON)
    told = refused("config", verb, "ny.toml").out
    assert told.startswith("Stopp: ny.toml skulle lämna 1 ärende där ingen kan föra det vidare.\n")
    assert "✗ SON 2026-1 ska till SON, som inte finns" in told
    assert json.loads(refused("config", verb, "ny.toml", "--json").out)["stranded"] == 1
    assert not list(office.glob("config-*"))


def test_settings_that_cannot_be_worked_by_are_refused(office: Path) -> None:
    another(office, NO_COUNCIL)
    assert refused("config", "activate", "ny.toml").out.startswith("Stopp: ny.toml går inte att arbeta efter.\n")


def test_good_settings_can_be_activated_over_those_that_cannot_be_worked_by(office: Path) -> None:
    (office / "ny.toml").write_bytes((office / "config.toml").read_bytes())
    edit(office, NO_COUNCIL)
    done("config", "activate", "ny.toml")
    done("workflow", "check")


def test_only_who_keeps_the_machine_may(office: Path, new: Path) -> None:
    for verb in ("check", "activate"):
        answer = arende("--as", "registrator", "config", verb, "ny.toml")
        assert (answer.code, answer.out) == (Exit.REFUSED, "")
        assert "ändra inställningarna" in answer.err


def test_the_keeper_of_the_machine_is_told_numbers(office: Path, new: Path) -> None:
    told = done("--as", "systemforvaltare", "config", "check", "ny.toml")
    assert "Frister som ändras: 1.\n  1 som du inte ser.\n" in told
    assert "SON 2027" not in told


@pytest.mark.parametrize(
    ("content", "code"),
    [("[routines\n", Exit.ENVIRONMENT), ("[routiner]\n", Exit.ENVIRONMENT), ("[log]\ndirectory = 'x'\n", Exit.USAGE)],
)
def test_what_cannot_be_used_is_told_in_one_line(office: Path, content: str, code: Exit) -> None:
    (office / "ny.toml").write_text(content, encoding="utf-8")
    for verb in ("check", "activate"):
        answer = arende("config", verb, "ny.toml")
        assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
        assert answer.err.startswith("ny.toml")


def test_a_file_there_is_not_is_told_of(office: Path) -> None:
    answer = arende("config", "check", "saknas.toml")
    assert (answer.code, answer.err.count("\n")) == (Exit.ENVIRONMENT, 1)


# --- killed anywhere --------------------------------------------------------------------------------


def killed(office: Path, failpoint: str) -> int:
    """Activate in a process of its own that is killed at a place; its exit code."""
    words = ["-m", "tests.failpoints", "--config", str(office / "config.toml"), "config", "activate"]
    return subprocess.run(
        [sys.executable, *words, str(office / "ny.toml")],
        cwd=PROJECT,
        env={**os.environ, failpoints.VARIABLE: failpoint},
        capture_output=True,
        timeout=60,
        check=False,
    ).returncode


@pytest.mark.parametrize(
    ("failpoint", "recorded", "ready"),
    [
        ("begun=kill", False, False),
        ("payload=kill", False, False),
        ("sync=kill@1", False, False),
        ("sync=kill@2", False, True),
        ("commit=kill", False, True),
        ("committed=kill", True, True),
        ("sync=kill@3", True, True),
        ("sync=kill@4", True, True),
        ("sync=kill@5", True, False),
        ("log-write=kill", True, False),
        ("acknowledge=kill", True, False),
    ],
)
def test_killed_anywhere_it_is_told_of_and_done_again_it_is_whole(
    office: Path, new: Path, failpoint: str, recorded: bool, ready: bool
) -> None:
    old, waiting = load(office / "config.toml"), office / "config.toml.aktiveras"
    assert killed(office, failpoint) == -signal.SIGKILL
    assert (activations(old), waiting.exists()) == (int(recorded), ready)
    if ready:
        answer = arende("meeting", "add", "SON", "2027-04-08")
        assert (answer.code, answer.out) == (Exit.ENVIRONMENT, "")
        assert f"arende config activate {waiting}" in answer.err
        assert daemon.answer(["--once"]) == Exit.ENVIRONMENT
        assert arende("doctor").code == Exit.VERIFICATION_FAILED
    done("config", "activate", str(waiting if ready else new))
    assert (load(office / "config.toml").hash, waiting.exists()) == (load(new).hash, False)
    assert activations(old) == 1
    assert "torsdag 18 februari 2027: manusstopp" in done("meeting", "show", "SON-2027-03-11")
    done("meeting", "add", "SON", "2027-04-08")
    done("audit", "verify")
    done("audit", "diff")


def activations(settings: Settings) -> int:
    """How many records tell of one."""
    with closing(connect(settings.database_url)) as connection:
        bodies = connection.run(statements.STREAM_RECORDS, stream="system")
    return sum('"type":"system.config_activated"' in row["body"] for row in bodies)
