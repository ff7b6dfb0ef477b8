"""The five real cases keep their days: each one that is known of a case is held by some scenario of its file."""

import re

import pytest

from tests.scenarios.reading import HERE, Scenario, Step, scenarios_of

DAYS: dict[str, tuple[str, ...]] = {
    "hagadal": (
        *("2020-10-05", "2020-10-15", "2020-10-22", "2020-10-29"),  # MBL, kallelse, the nämnd, justering
        *("2020-10-30", "2020-10-31"),  # anslag; the second day is alla helgons dag
        *("2020-11-20", "2020-11-21", "2020-11-23"),  # sista dag, take-down, its first working day
        *("2021-12-09", "2022-03-09"),  # an outside decision, and the earliest revision
    ),
    "familjecentraler": (
        *("2017-12-04", "2017-12-07", "2017-12-14", "2017-12-20", "2017-12-21"),  # MBL to anslag
        *("2017-12-01", "2017-12-15"),  # reminders of the notice
        *("2017-12-31", "2017-12-29"),  # last day for notice, a Sunday, and the day to act
        *("2018-01-11", "2018-01-12"),  # sista dag, take-down
        *("2019-12-31", "2020-12-31"),  # the next notice (counted), the end
        *("2017-12-27",),  # an anslag too late, under older law
    ),
    "skaggetorp": (
        *("2021-03-01", "2021-03-11", "2021-03-18", "2021-03-25", "2021-03-26"),  # skrivelse and MBL to anslag
        *("2021-04-16", "2021-04-17", "2021-04-19"),  # sista dag, take-down, its first working day
        *("2021-04-12",),  # the director signs
        *("2022-12-31", "2024-12-31"),  # the project and its evaluation end (counted)
    ),
    "motionen": (
        *("2023-08-23", "2023-08-24", "2023-09-26"),  # dated, filed, told in fullmäktige
        *("2023-10-10", "2023-10-11"),  # remiss, the nämnd's own number
        *("2024-04-03", "2024-04-11", "2024-04-18", "2024-04-25", "2024-04-26"),  # skrivelse to anslag at the nämnd
        *("2024-05-02", "2024-05-07", "2024-05-14", "2024-05-16", "2024-05-17"),  # refused; KS, KF's kungörelse
        *("2024-05-21", "2024-05-28", "2024-05-30", "2024-05-31"),  # last day for the kungörelse; KF to anslag
        *("2024-06-21", "2024-06-24", "2024-06-25"),  # midsommarafton, sista dag, take-down and laga kraft
        *("2024-06-03", "2024-06-26"),  # dispatch, closed
        *("2024-02-23", "2024-05-23"),  # reminders of the year
        *("2024-08-23", "2024-08-24", "2024-09-26", "2024-06-18"),  # the year's end; the last KF before it
    ),
    "anhorigstod": (
        *("2021-02-01", "2021-02-03", "2021-02-08", "2021-02-11", "2021-02-18"),  # MBL, skrivelse to the nämnd
        *("2021-02-25", "2021-02-26", "2021-03-19", "2021-03-20"),  # justering, anslag, sista dag, laga kraft
        *("2021-03-04", "2021-03-18"),  # manusstopp, the report-back
        *("2021-12-31", "2021-12-30"),  # the contract's end, and the day to act
        *("2020-12-31",),  # a day that is past already
    ),
}


@pytest.mark.parametrize("case", DAYS)
def test_every_day_of_a_case_is_held_by_one_of_its_scenarios(case: str):
    held = {day for scenario in scenarios_of(HERE / f"fall_{case}.toml") for day in _held(scenario)}
    assert set(DAYS[case]) - held == set()


def test_every_one_of_the_five_has_a_file():
    assert {path.stem for path in HERE.glob("fall_*.toml")} == {f"fall_{case}" for case in DAYS}


def _held(scenario: Scenario) -> set[str]:
    """The days on which something happens, or that are said to follow."""
    steps = " ".join(_told(step) for step in (*scenario.steps, scenario.attempt))
    reminders = [day for days in (scenario.reminders or {}).values() for day in days]
    follow = (*(scenario.deadlines or ()), *(scenario.protocols or ()), scenario.final or "", *reminders)
    return set(re.findall(r"\d{4}-\d\d-\d\d", f"{steps} {' '.join(follow)}"))


def _told(step: Step) -> str:
    """A step without its free text, which nothing checks."""
    extras = (value for key, value in step.extras.items() if key != "text")
    return " ".join((str(step.on), *step.words.values(), *extras))
