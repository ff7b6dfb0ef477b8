"""Justering of some §§, the board, dispatch, appeals and laga kraft, from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.workflow.cli.office import ENGLISH, arende, done
from workflow.errors import Exit

CASE, MEETING = "SON-2020-247", "SON-2021-02-18"
SUPPORT = PROJECT / "examples" / "anhorigstod.txt"


def answer(*words: str) -> Any:
    return json.loads(done(*words, "--json"))


def failed(code: Exit, *words: str) -> str:
    found = arende(*words)
    assert found.code == code, found
    told = " ".join((found.out + found.err).split())
    assert not ENGLISH.search(told), told
    return told


@pytest.fixture
def decided(office: Path) -> str:
    """A case decided at a nämnd on 18 February 2021."""
    done("meeting", "add", MEETING, "--date", "2021-01-11")
    done(
        "register",
        "--kind",
        "forvaltningsarende",
        "--rubrik",
        "Stöd",
        "--dnr",
        CASE,
        "--body",
        "SON",
        "--date",
        "2021-02-01",
    )
    done(
        "edit",
        CASE,
        "--att",
        "SON=Nämnden antar.",
        "--mottagare",
        "Akten",
        "--mottagare",
        "Utföraren",
        "--date",
        "2021-02-01",
    )
    done("mbl", CASE, "--ej-pakallad", "--date", "2021-02-01")
    for to in ("mbl", "namnd"):
        done("advance", CASE, "--to", to, "--date", "2021-02-08")
    done("book", CASE, MEETING, "--date", "2021-02-09")
    done("meeting", "call", MEETING, "--date", "2021-02-11")
    done("meeting", "hold", MEETING)
    done("decide", CASE, MEETING)
    return CASE


@pytest.fixture
def announced(decided: str) -> str:
    done("meeting", "adjust", MEETING, "--paragraf", "1", "--date", "2021-02-25")
    done("meeting", "post", MEETING, "--paragraf", "1", "--date", "2021-02-26")
    return decided


def test_paragraphs_are_adjusted_one_by_one_or_many_at_once(decided: str) -> None:
    assert "§§ 2 och 3 finns inte ojusterade" in failed(
        Exit.USAGE, "meeting", "adjust", MEETING, "--paragraf", "1-3", "--date", "2021-02-25"
    )
    assert "går baklänges" in failed(Exit.USAGE, "meeting", "adjust", MEETING, "--paragraf", "3-1")
    assert "inget tal" in failed(Exit.USAGE, "meeting", "adjust", MEETING, "--paragraf", "ett")
    done("meeting", "adjust", MEETING, "--paragraf", "1", "--paragraf", "1-1", "--date", "2021-02-18")
    assert [part["paragraphs"] for part in answer("meeting", "show", MEETING)["protocol"]] == [[1]]


def test_laga_kraft_is_shown_unconfirmed_and_then_confirmed(announced: str) -> None:
    assert "laga kraft tidigast lördag 20 mars 2021, ej bekräftad" in done("show", CASE)
    told = failed(Exit.REFUSED, "laga-kraft", CASE, "--uppgift", "Rätten", "--date", "2021-03-19")
    assert "Tidigast lördag 20 mars 2021" in told
    assert "arende laga-kraft SON-2020-247 SON-2021-02-18 --uppgift BESKED" in told
    assert "fick laga kraft lördag 20 mars" in done(
        "laga-kraft", CASE, MEETING, "--uppgift", "Telefon med rätten", "--date", "2021-03-22"
    )
    assert "Laga kraft lördag 20 mars 2021 (bekräftad)." in done("show", CASE)
    assert "laga kraft 2021-03-20" in done("meeting", "show", MEETING)
    assert "Telefon med rätten" in done("history", CASE)
    assert "redan bekräftad" in failed(Exit.USAGE, "laga-kraft", CASE, "--uppgift", "Igen", "--date", "2021-03-22")


def test_an_appeal_is_noted_handed_over_and_settled(announced: str) -> None:
    added = done("appeal", "add", CASE, "--hos", "kommunen", "--vem", "En medlem", "--date", "2021-03-19")
    assert "kom in i tid" in added
    assert "arende appeal forward SON-2020-247 1" in added
    todo = done("todo", "--dagar", "9999")
    assert "överklagandet ska lämnas till förvaltningsrätten" in todo
    assert "arende appeal forward SON-2020-247 1" in todo
    assert "överklagat, ej avgjort" in done("show", CASE)
    assert "finns" not in done("appeal", "forward", CASE, "1", "--date", "2021-03-22")
    assert "har inget överklagande 2" in failed(Exit.NOT_FOUND, "appeal", "forward", CASE, "2")
    assert "ligger inte hos kommunen" in failed(Exit.USAGE, "appeal", "forward", CASE, "1")
    assert "13 kap. 15 §" in done("appeal", "settle", CASE, "1", "--utfall", "upphavt", "--date", "2021-09-01")
    shown = done("show", CASE)
    assert "UPPHÄVT av domstol" in shown
    assert "av En medlem: in till kommunen 2021-03-19, i tid" in shown
    assert "redan avgjort" in failed(Exit.USAGE, "appeal", "settle", CASE, "1", "--utfall", "avslag")


def test_the_board_was_down_and_the_days_move(announced: str) -> None:
    down = ("meeting", "board-down", MEETING, "--fran", "2021-03-08", "--till", "2021-03-09")
    assert "sista dag onsdag 31 mars 2021" in done(*down, "--date", "2021-03-10")
    assert "tiden räknas från onsdag 10 mars 2021" in done("meeting", "show", MEETING)
    assert answer("show", CASE)["laga_kraft_earliest"] == "2021-04-01"


def test_the_time_runs_on_where_the_municipality_says_so(announced: str, office: Path) -> None:
    path = office / "config.toml"
    path.write_text(path.read_text("utf-8").replace('"borjar_om"', '"loper_vidare"', 1), "utf-8")
    down = ("meeting", "board-down", MEETING, "--fran", "2021-03-08", "--till", "2021-03-09")
    assert "Tiden löper vidare" in done(*down, "--date", "2021-03-10")
    assert answer("show", CASE)["laga_kraft_earliest"] == "2021-03-20"
    assert "Anslagstavlan var nere" in done("history", MEETING)


def test_what_can_be_appealed_is_said_with_a_reason(announced: str) -> None:
    words = ("meeting", "appealable", MEETING, "nej", "--paragraf", "1", "--date", "2021-03-01")
    assert "Ange --skal" in failed(Exit.USAGE, *words)
    assert "§ 1 kan inte överklagas" in done(*words, "--skal", "Ren verkställighet")
    assert answer("show", CASE)["laga_kraft_earliest"] is None
    assert "§ 9 finns inte" in failed(
        Exit.USAGE, "meeting", "appealable", MEETING, "ja", "--paragraf", "9", "--skal", "Fel"
    )


def test_another_way_to_appeal_is_told(announced: str) -> None:
    done("edit", CASE, "--overklagas", "forvaltningsbesvar", "--date", "2021-03-01")
    assert "Överklagas genom: förvaltningsbesvär." in done("show", CASE)
    assert answer("show", CASE)["laga_kraft_earliest"] is None


def test_the_ledger_is_shown_and_everything_sent_at_once(announced: str) -> None:
    shown = done("meeting", "dispatch", MEETING, "--date", "2021-03-10")
    assert "§ 1 SON 2020-247 är inte skickad till Akten och Utföraren. Mer än 7 dagar" in shown
    assert "inte båda" in failed(Exit.USAGE, "meeting", "dispatch", MEETING, "--alla", "--to", "Akten")
    done("edit", CASE, "--for-atgard", "Utföraren", "--date", "2021-02-26")
    done("meeting", "dispatch", MEETING, "--to", "Utföraren", "--kanal", "post", "--date", "2021-02-26")
    done("meeting", "dispatch", MEETING, "--alla", "--kanal", "akten", "--date", "2021-02-26")
    done("receipt", CASE, "Utföraren", "--date", "2021-03-01")
    ledger = done("meeting", "dispatch", MEETING)
    assert "för åtgärd: skickat 2021-02-26 (vanlig post), mottaget 2021-03-01" in ledger
    assert "Saknas" not in ledger
    assert answer("meeting", "dispatch", MEETING)["missing"] == []
    assert "både för åtgärd och för kännedom" in failed(
        Exit.USAGE, "dispatch", CASE, "--for-atgard", "Akten", "--for-kannedom", "Akten"
    )
    assert "Ange ärende och mottagare" in failed(Exit.USAGE, "receipt", CASE)
