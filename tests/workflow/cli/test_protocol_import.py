"""A protokoll and a kallelse from the command line: recorded once, held against the register, never over it."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import failpoints
from tests.conftest import PROJECT
from tests.workflow.cli.office import ENGLISH, EXAMPLE, arende, done
from tests.workflow.cli.test_minute_commands import CASE, MEETING, MEMBERS
from tests.workflow.document_intake.protocols import SON_KALLELSE, SON_PROTOKOLL
from tests.workflow.papers import PROTOCOL
from workflow.cli import paper
from workflow.document_intake import meeting_reading, reading
from workflow.document_intake.tasks import Task
from workflow.errors import Exit

REASON = ("--avvikelse", "Antecknas ur protokollet.")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are read in this process: starting another for each takes longer than all the rest."""
    readers = {
        Task.PROTOKOLL: meeting_reading.read_protokoll,
        Task.KALLELSE: meeting_reading.read_kallelse,
        Task.SKRIVELSE: reading.read_skrivelse,
    }
    monkeypatch.setattr(paper, "asked", lambda path, came, task: readers[task](came.data))


@pytest.fixture
def registered(office: Path) -> Path:
    """A motion on its way to SON, whose members are in the register; the protocol lies in the directory."""
    with (office / "config.toml").open("a", encoding="utf-8") as file:
        file.write(MEMBERS)
    done("database", "upgrade")
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    return _paper(office, "protokoll.txt", SON_PROTOKOLL)


def _paper(office: Path, name: str, text: str) -> Path:
    paper = office / name
    paper.write_text(text, encoding="utf-8")
    return paper


def taken_in(paper: Path, *more: str, as_: str = "--protokoll") -> tuple[int, Any]:
    found = arende("import", as_, str(paper), "--json", *more)
    assert not found.err, found
    return found.code, json.loads(found.out)


def told(view: Any, ending: str) -> list[tuple[int | None, str]]:
    return [(one["paragraph"], one["what"]) for one in view["facts"] if one["ending"] == ending]


RECORDED = [
    (None, "Sammanträdet SON 2024-04-18 läggs till."),
    (42, "Sätts på föredragningslistan till SON 2024-04-18."),
    (None, "Sammanträdet hölls, och ärendena får protokollets paragrafer."),
    (42, "Jäv: Eva Lind (V) deltog inte."),
    (42, "Beslut: enligt förslag."),
    (42, "Votering: 2 ja, 1 nej, 0 avstår."),
    (42, "Reservation av Dag Ros."),
    (None, "Sammanträdet avslutades 15.42."),
    (None, "Protokollet justerades torsdag 25 april 2024."),
    (None, "Justeringen av § 42 anslogs fredag 26 april 2024."),
]


def test_what_a_protocol_says_is_recorded_once_and_rehearsed_exactly(registered: Path) -> None:
    code, rehearsed = taken_in(registered, "--torrt", *REASON)
    assert (code, told(rehearsed, "recorded")) == (Exit.DONE, RECORDED)
    assert "finns inte" in arende("meeting", "show", MEETING).err
    code, first = taken_in(registered, *REASON)
    assert {**first, "rehearsed": True} == rehearsed
    before = done("meeting", "show", MEETING, "--json")
    code, again = taken_in(registered, *REASON)
    assert (code, told(again, "recorded"), told(again, "differs")) == (Exit.DONE, [], [])
    assert len(told(again, "agrees")) == 8
    assert done("meeting", "show", MEETING, "--json") == before
    done("audit", "verify")
    printed = done("meeting", "show", MEETING)
    assert "§ 42  SON 2023-940 (yttrande): beslutat" in printed
    assert "ja: Anna Alm (S) och Bo Ek (S)" in printed
    assert "anslaget fredag 26 april 2024" in printed


@pytest.mark.parametrize("failpoint", ["commit=kill@4", "committed=kill@6"])
def test_a_process_that_is_killed_on_the_way_is_taken_up_where_it_was(registered: Path, failpoint: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-m", "tests.failpoints", "import", "--protokoll", registered.name, *REASON],
        env={**os.environ, "PYTHONPATH": str(PROJECT), failpoints.VARIABLE: failpoint},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    code, view = taken_in(registered, *REASON)
    facts = [(one["paragraph"], one["what"]) for one in view["facts"] if one["ending"] == "recorded"]
    assert (code, facts) == (Exit.DONE, RECORDED[len(RECORDED) - len(facts) :])
    assert 0 < len(facts) < len(RECORDED)
    assert told(taken_in(registered, *REASON)[1], "recorded") == []


@pytest.mark.usefixtures("at_once")
def test_what_a_rule_says_no_to_is_told_in_its_own_words_and_waits_for_a_reason(registered: Path) -> None:
    found = arende("import", "--protokoll", str(registered))
    assert found.code == Exit.REFUSED
    assert "Ärendet står hos utkast hos förvaltningen, inte hos SON." in found.out
    assert 'läs in igen med --avvikelse "skäl"' in found.out
    assert "Justering och anslag antecknas när det står vad det blev av § 42" in found.out
    assert not ENGLISH.search(found.out)
    code, later = taken_in(registered, *REASON)
    assert (code, told(later, "recorded")) == (Exit.DONE, [RECORDED[4], *RECORDED[8:]])
    assert "AVVIKELSE" in done("meeting", "show", MEETING)


@pytest.mark.usefixtures("at_once")
def test_what_the_register_says_otherwise_is_shown_and_stays(registered: Path, office: Path) -> None:
    taken_in(registered, *REASON)
    text = (
        SON_PROTOKOLL.replace("15.42", "15.50")
        .replace("2 ja-röster mot 1", "1 ja-röst mot 2")
        .replace("04-26", "04-29")
    )
    text = text.replace("2024-04-25", "2024-04-26").replace("tillstyrker socialförvaltningens", "avslår förvaltningens")
    code, view = taken_in(_paper(office, "annat.txt", text), *REASON)
    assert code == Exit.USAGE
    # The decision says no and the order says yes, so neither is held to be what was decided.
    assert [number for number, what in told(view, "by_hand") if "jämför det med protokollet" in what] == [42]
    assert [what for _, what in told(view, "differs")] == [
        "Protokollet säger att voteringen blev 1 ja, 2 nej, 0 avstår; i registret står 2 ja, 1 nej, 0 avstår. "
        "Inget ändrades.",
        "Protokollet säger att det avslutades 15.50; i registret står 15.42. Inget ändrades.",
        "Protokollet säger att det justerades fredag 26 april 2024; i registret står torsdag 25 april 2024. "
        "Inget ändrades.",
        "Protokollet säger att § 42 anslogs måndag 29 april 2024; i registret står fredag 26 april 2024. "
        "Inget ändrades.",
    ]
    assert told(view, "recorded") == []


@pytest.mark.usefixtures("at_once")
def test_a_paragraph_with_another_number_than_the_register_gave_it_is_shown(registered: Path) -> None:
    done("meeting", "add", "SON", "2024-04-18", "--date", "2024-01-08")
    done("book", CASE, MEETING, "--date", "2024-04-03")
    done("meeting", "hold", MEETING)
    code, view = taken_in(registered, *REASON)
    assert told(view, "differs") == [(42, "Protokollet säger § 42; i registret står § 1. Inget ändrades.")]
    assert "§ 1  SON 2023-940" in done("meeting", "show", MEETING)
    assert code == Exit.USAGE


@pytest.mark.usefixtures("at_once")
def test_what_was_taken_back_after_it_was_taken_in_is_left_to_a_person(registered: Path) -> None:
    taken_in(registered, *REASON)
    log = json.loads(done("history", CASE, "--json"))
    seq = next(
        one["seq"] for one in reversed(log if isinstance(log, list) else log["records"]) if "minuted" in one["type"]
    )
    done("correct", CASE, str(seq), "--skal", "Fel person.")
    _, view = taken_in(registered, *REASON)
    ((number, what),) = told(view, "by_hand")
    assert (number, what.startswith("Reservation av Dag Ros.")) == (42, True)
    assert "har tagits tillbaka sedan dess" in what


@pytest.mark.usefixtures("at_once")
def test_paragraphs_without_a_registered_case_are_listed_with_what_to_do(registered: Path) -> None:
    _, view = taken_in(registered, "--torrt", *REASON)
    unknown = told(view, "unknown")
    assert [number for number, _ in unknown] == [43, 44, None]
    assert "registrera det med arende import eller arende register" in unknown[0][1]
    assert unknown[2][1] == "Utan diarienummer, och inte antecknade: § 41."


def test_a_kallelse_books_what_is_registered_and_lists_the_rest(registered: Path, office: Path) -> None:
    paper = _paper(office, "kallelse.txt", SON_KALLELSE)
    _, rehearsed = taken_in(paper, "--torrt", as_="--kallelse")
    code, view = taken_in(paper, as_="--kallelse")
    assert {**view, "rehearsed": True} == rehearsed
    assert (code, told(view, "recorded")) == (
        Exit.DONE,
        [
            (None, "Sammanträdet SON 2024-04-18 läggs till."),
            (1, "Sätts på föredragningslistan till SON 2024-04-18."),
        ],
    )
    assert (
        told(view, "unknown")[0][1] == "”Riktlinje för hemtjänst”: SON 2024-81 finns inte i registret; inget bokades."
    )
    assert "börjar 13.00" in done("meeting", "show", MEETING)
    code, again = taken_in(paper, as_="--kallelse")
    assert (code, told(again, "recorded")) == (Exit.DONE, [])


@pytest.mark.usefixtures("at_once", "registered")
def test_a_kallelse_without_a_day_of_its_own_is_noted_today_or_the_day_that_is_said(office: Path) -> None:
    text = SON_KALLELSE.replace("Upprättad\n2024-04-11\n", "").replace("18 april 2024", "18 april 2041")
    code, view = taken_in(_paper(office, "kallelse.txt", text), as_="--kallelse")
    assert (code, len(told(view, "recorded"))) == (Exit.DONE, 2)
    assert done("history", "SON-2023-940", "--json").count(f"{datetime.now(ZoneInfo('Europe/Stockholm')):%Y-%m-%d}") > 0
    late = _paper(office, "sen.txt", text.replace("18 april 2041", "19 april 2041"))
    code, view = taken_in(late, "--date", "2024-04-05", as_="--kallelse")
    assert (code, len(told(view, "recorded"))) == (Exit.DONE, 2)


@pytest.mark.usefixtures("at_once", "registered")
def test_a_protocol_of_which_nothing_is_in_the_register_does_not_end_as_if_it_were_done(office: Path) -> None:
    text = PROTOCOL.replace("Ny lokal\n", "Ny lokal\nDnr SON 2023-941\n")
    code, view = taken_in(_paper(office, "annat.txt", text), *REASON)
    assert (code, told(view, "recorded"), len(told(view, "unknown")) > 0) == (Exit.USAGE, [], True)


@pytest.mark.usefixtures("at_once")
def test_whoever_may_not_record_a_decision_is_told_nothing_of_the_cases(registered: Path) -> None:
    found = arende("--as", "handlaggare", "import", "--protokoll", str(registered), *REASON)
    assert (found.code, "SON 2023-940" in found.out + found.err) == (Exit.REFUSED, False)
    assert "Att besluta gör" in found.out + found.err


@pytest.mark.usefixtures("at_once")
def test_an_old_meeting_asks_for_a_reason_before_anything_is_recorded(registered: Path, office: Path) -> None:
    config = office / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("= 36500", "= 30"), encoding="utf-8")
    found = arende("import", "--protokoll", str(registered))
    assert (found.code, found.out, "Ange --skal" in found.err) == (Exit.USAGE, "", True)


def test_options_of_another_paper_are_refused(registered: Path) -> None:
    for words in (("--dnr", "SON 2024-1"), ("--kind", "motion"), ("--rapport", "x.csv")):
        found = arende("import", "--protokoll", str(registered), *words)
        assert (found.code, found.err.count("\n")) == (Exit.USAGE, 1)
    found = arende("import", str(registered), *REASON)
    assert (found.code, "--protokoll" in found.err) == (Exit.USAGE, True)
    found = arende("import", "--protokoll", str(EXAMPLE))
    assert (found.code, "Är det ett protokoll?" in found.err) == (Exit.USAGE, True)
