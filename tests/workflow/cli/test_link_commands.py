"""`arende link`, `join`, `split` and `handlaggare` from outside."""

import json
from pathlib import Path

import pytest

from tests.workflow.cli.office import arende, done
from workflow.errors import Exit

DAY = ("--date", "2024-04-03")


@pytest.fixture
def two(office: Path) -> Path:
    for number in (1, 2):
        words = ("--body", "SON", "--dnr", f"SON-2024-{number}", "--rubrik", f"Nummer {number}")
        done("register", "--kind", "forvaltningsarende", *words, *DAY)
    return office


def test_a_link_is_shown_in_both_and_goes_away(two: Path) -> None:
    assert "SON 2024-1 hör ihop med SON 2024-2." in done("link", "SON-2024-1", "SON-2024-2", *DAY)
    assert "\nHör ihop med SON 2024-2\n" in done("show", "SON-2024-1")
    assert "\nHör ihop med SON 2024-1\n" in done("show", "SON", "2024-2")
    assert "inte längre länkat" in done("link", "SON", "2024-2", "SON", "2024-1", "--bort", *DAY)
    assert "Hör ihop" not in done("show", "SON-2024-1")


def test_a_case_that_is_joined_shows_where_it_goes_on(two: Path) -> None:
    answer = done("join", "SON-2024-1", "SON-2024-2", "--skal", "Samma fråga", *DAY)
    assert answer.startswith(
        "Klart: SON 2024-1: utkast hos förvaltningen → avslutat.\n  SON 2024-1 går vidare i SON 2024-2."
    )
    assert "\nGår vidare i SON 2024-2\n" in done("show", "SON-2024-1")
    assert "\nSammanlagt med SON 2024-1\n" in done("show", "SON-2024-2")
    assert "Ett annat ärende lades samman med det här" in done("history", "SON-2024-2")
    again = arende("join", "SON-2024-1", "SON-2024-2", "--skal", "Igen", *DAY)
    assert (again.code, again.out) == (Exit.USAGE, "")
    assert "SON 2024-1 är redan sammanlagt med ett annat ärende. Se: arende show SON-2024-1" in again.err
    assert "tillbakatagen" in done("correct", "SON-2024-1", "2", "--skal", "Fel")
    assert "Sammanlagt" not in done("show", "SON-2024-2")


def test_a_part_that_is_split_off_shows_where_it_came_from(two: Path) -> None:
    told = done("split", "SON-2024-1", "--rubrik", "Bara taxan", "--dnr", "SON-2024-9", *DAY)
    assert "Klart: SON 2024-9: utkast hos förvaltningen." in told
    view = json.loads(done("show", "SON-2024-9", "--json"))
    assert view["links"] == [{"case": "SON 2024-1", "kind": "delat", "from_it": True}]
    assert "\nEn del av det är nu SON 2024-9\n" in done("show", "SON-2024-1")


def test_what_does_not_exist_is_not_linked(two: Path) -> None:
    answer = arende("link", "SON-2024-1", "SON-2024-77", *DAY)
    told = "Ärendet SON-2024-77 finns inte. Se vilka som finns med: arende list\n"
    assert answer == (Exit.NOT_FOUND, "", told)


def test_another_handlaggare_is_told_first_and_then_takes_over(two: Path) -> None:
    for number in (1, 2):
        done("edit", f"SON-2024-{number}", "--handlaggare", "Eva Ros", *DAY)
    assert "\nHandläggare: Eva Ros\n" in done("show", "SON-2024-1")
    names = ("--fran", "Eva Ros", "--till", "Bo Ek", *DAY)
    rehearsed = done("handlaggare", *names, "--torrt")
    assert rehearsed == "Så här skulle det bli; inget är sparat.\n  2 ärenden: SON 2024-1 och SON 2024-2.\n"
    answer = done("handlaggare", *names, "--body", "son")
    assert answer == "Klart: Bo Ek i stället för Eva Ros (handläggaren).\n  2 ärenden: SON 2024-1 och SON 2024-2.\n"
    assert "\nHandläggare: Bo Ek\n" in done("show", "SON-2024-2")
    logged = "".join(path.read_text(encoding="utf-8") for path in Path("logg").glob("*.jsonl"))
    assert not [name for name in ("Eva Ros", "Bo Ek") if name in logged]
