"""`arende workflow check`, and what is refused where the settings cannot be worked by."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler import daemon
from tests.conftest import PROJECT
from tests.workflow.cli.office import Answer, arende, done
from workflow.errors import Exit


def edit(office: Path, *changes: tuple[str, str]) -> None:
    """Change config.toml by regular expressions, each of which must be found."""
    text = (office / "config.toml").read_text(encoding="utf-8")
    for pattern, new in changes:
        text, found = re.subn(pattern, new, text, flags=re.MULTILINE)
        assert found, pattern
    (office / "config.toml").write_text(text, encoding="utf-8")


NO_COUNCIL = (r'(code = "KF"(?:\n.*?)*?\nvalid_from = )1992', r"\g<1>2992")
"""Fullmäktige's first day, mistyped."""

NO_SON = (r"^valid_from = 2019-01-01$", "valid_from = 2019-01-01\nvalid_to = 2019-12-31")


def check(*words: str) -> tuple[Answer, list[dict[str, object]]]:
    answer = arende(*words, "workflow", "check", "--json")
    return answer, json.loads(answer.out)["faults"]


def codes(*words: str) -> list[object]:
    return [fault["code"] for fault in check(*words)[1]]


def test_ours_is_sound(office: Path) -> None:
    assert done("workflow", "check") == "Arbetsgången håller: allt går att göra, av någon, i tid.\n"
    assert json.loads(done("workflow", "check", "--json")) == {"sound": True, "faults": [], "unexamined": None}


def test_without_a_database_the_settings_are_examined_alone(office: Path) -> None:
    (office / "arendegang.db").unlink()
    told = done("workflow", "check")
    assert "Ärenden och sammanträden är inte granskade." in told
    assert "arende database upgrade" in told


def test_a_fault_is_told_with_its_way_and_has_its_own_exit_code(office: Path) -> None:
    edit(office, (r"^manus_days = 14", "manus_days = 6"))
    answer = arende("workflow", "check")
    assert (answer.code, answer.err) == (Exit.VERIFICATION_FAILED, "")
    assert "✗ Kallelsen till KF ska gå 7 dagar före sammanträdet" in answer.out
    assert "    – manusstopp: 6 dagar före\n" in answer.out


def test_the_project_s_own_check_asks_it() -> None:
    assert "arende --config config.toml workflow check" in (PROJECT / "Makefile").read_text(encoding="utf-8")


# --- what is live ---------------------------------------------------------------------------------


def stranded(office: Path, *more: str) -> None:
    done("register", "--kind", "ledamotsinitiativ", "--body", "SON", "--dnr", "SON-2026-1", "--rubrik", "X", *more)
    edit(office, NO_SON)


def test_a_case_at_a_body_that_has_ended_is_named(office: Path) -> None:
    stranded(office)
    found = {fault["code"]: fault for fault in check()[1]}
    assert found["case-without-body"]["path"] == ["SON 2026-1", "väntar på SON"]


def test_whoever_reads_no_cases_is_told_how_many(office: Path) -> None:
    stranded(office)
    told = [str(fault["text"]) for fault in check("--as", "systemforvaltare")[1]]
    assert "1 ärende ska till en instans som inte finns; du ser inte vilka." in told
    assert "SON 2026-1" not in str(told)


def test_a_secret_case_is_not_there_for_the_registrator_and_counted_for_the_keeper(office: Path) -> None:
    stranded(office, "--sekretess", "OSL 26:1")
    assert "case-without-body" not in codes("--as", "registrator")
    assert "case-without-body" in codes("--as", "systemforvaltare")
    assert "SON 2026-1" not in arende("workflow", "check").out


def test_a_planned_meeting_whose_days_contradict_each_other_is_named(office: Path) -> None:
    done("meeting", "add", "SON", "2027-03-11", "--manus", "2027-03-10")
    answer, (fault,) = check()
    assert (answer.code, fault["code"]) == (Exit.VERIFICATION_FAILED, "papers-after-call")
    assert fault["path"] == ["SON 2027-03-11: kallelse 2027-03-06", "manusstopp 2027-03-10"]


def test_whoever_neither_audits_nor_operates_may_not_ask(office: Path) -> None:
    answer = arende("--as", "handlaggare", "workflow", "check")
    assert (answer.code, answer.out) == (Exit.REFUSED, "")


# --- what stops work ------------------------------------------------------------------------------

TOLD = "Det går inte att arbeta efter config.toml: Inget steg leder till läget kommunfullmäktige"


@pytest.mark.parametrize(
    "line", ["register --kind motion --dnr KS-2026-1 --rubrik M", "meeting add KS 2027-03-02", "database upgrade"]
)
def test_nothing_is_changed_by_settings_that_cannot_be_worked_by(office: Path, line: str) -> None:
    edit(office, NO_COUNCIL)
    answer = arende(*line.split())
    assert (answer.code, answer.out) == (Exit.ENVIRONMENT, "")
    assert answer.err.startswith(TOLD)
    assert answer.err.endswith("Se: arende workflow check\n")
    assert json.loads(done("list", "--json")) == []
    assert json.loads(done("meeting", "list", "--json")) == []


def test_the_daemon_does_not_begin_with_them(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(office, NO_COUNCIL)
    assert daemon.answer(["--once"]) == Exit.ENVIRONMENT
    assert daemon.answer(["run"]) == Exit.ENVIRONMENT
    assert capsys.readouterr().err.count(TOLD) == 2


def test_what_reads_and_what_examines_goes_on(office: Path) -> None:
    edit(office, NO_COUNCIL)
    done("list")
    done("audit", "export")
    assert check()[0].code == Exit.VERIFICATION_FAILED
    told = arende("doctor")
    assert told.code == Exit.VERIFICATION_FAILED
    assert "Se alla, med vägen dit: arende workflow check" in " ".join(told.out.split())


def test_a_role_that_nobody_holds_locks_nobody_out(office: Path) -> None:
    edit(office, (r'"hr", ', ""))
    done("register", "--kind", "motion", "--dnr", "KS-2026-1", "--rubrik", "M")
    done("database", "upgrade")
    assert codes() == ["deadline-unowned"] * 3
    assert arende("doctor").code == Exit.DONE  # it is told, as something to think of
    assert "rollen hr" in " ".join(arende("doctor").out.split())


PROBE = """\
import sys
from datetime import date
from pathlib import Path
from workflow import config, log_exporter, use_case
before = set(sys.modules)
from workflow import installation
installation.require_sound(config.load(Path("config.toml")), date(2026, 1, 2))
print(*(set(sys.modules) - before))
"""


def test_to_look_before_work_begins_loads_only_our_own(office: Path) -> None:
    words = [sys.executable, "-c", PROBE]
    loaded = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert {name.partition(".")[0] for name in loaded} <= {"states", "workflow", "unicodedata"}
