"""Every binding rule of the laws we study is proved by a scenario, or is said, with the reason, to be outside."""

import os
import re
from pathlib import Path

import pytest

from states import legal_basis
from tests.conftest import PROJECT
from tests.scenarios.reading import all_scenarios

STUDY = Path(os.environ.get("ARENDE_SAMPLES") or PROJECT.parent / "shared" / "samples").parent / "law.md"

HARD = frozenset(
    {
        *(f"KF-{number:02}" for number in range(1, 25) if number != 10),  # KF-10 is "if possible"
        *(f"NA-{number:02}" for number in range(1, 19) if number not in (2, 15)),  # a right, and a may
        *(f"AN-{number:02}" for number in range(1, 12) if number != 9),  # no statute defines laga kraft
        *(f"MB-{number:02}" for number in range(2, 12)),
        *(f"FL-{number:02}" for number in range(1, 16)),
        *("RG-01", "RG-02", "RG-04"),
        *("BK-01", "BK-02"),
    }
)
"""The rules of the study's sections 3 to 9 whose statute says ska or får endast, read in full."""

ELSEWHERE = {
    "RG-02": "tests/workflow/test_secrecy.py",  # what a register entry shows, also of a secret case
    "RG-04": "tests/workflow/test_rebuild.py",  # what was added, changed and taken away is seen
}
"""Rules that are about the register as a whole, and the tests that prove them."""

VECTORS = ("DT-1", "DT-2", "DT-3", "DT-5", "AN-04")
"""What the dates taken from court cases prove."""

MOST_OUTSIDE = 10
"""Of kommunallagen, and of the other laws."""


def proved() -> set[str]:
    return {rule for scenario in all_scenarios() for rule in scenario.rules}


@pytest.mark.parametrize("rule", sorted(HARD))
def test_a_binding_rule_is_proved_or_outside(rule: str) -> None:
    assert [rule in proved(), rule in ELSEWHERE, rule in legal_basis.OUTSIDE].count(True) == 1
    assert rule not in ELSEWHERE or (PROJECT / ELSEWHERE[rule]).exists()


@pytest.mark.parametrize("rule", VECTORS)
def test_the_dates_of_the_courts_are_proved(rule: str) -> None:
    assert rule in proved()


def test_few_rules_are_outside() -> None:
    of_kommunallagen = [rule for rule in legal_basis.OUTSIDE if rule[:2] in ("KF", "NA", "AN")]
    assert len(of_kommunallagen) <= MOST_OUTSIDE
    assert len(legal_basis.OUTSIDE) - len(of_kommunallagen) <= MOST_OUTSIDE
    assert legal_basis.OUTSIDE.keys() <= HARD


def test_a_scenario_proves_rules_that_there_are() -> None:
    soft = {"KF-10", "NA-02", "NA-15", "AN-09", "MB-01", *(f"DT-{number}" for number in range(1, 8))}
    known = {basis.id for basis in legal_basis.ALL} | HARD | soft
    assert proved() <= known, proved() - known


if STUDY.exists():

    def test_the_list_is_that_of_the_legal_study() -> None:
        rows = re.findall(r"^\| ((?:KF|NA|AN|MB|FL|RG|BK)-\d\d) \|.*\|([^|]*)\|$", STUDY.read_text("utf-8"), re.M)
        assert {rule for rule, force in rows if "HARD" in force} == HARD
