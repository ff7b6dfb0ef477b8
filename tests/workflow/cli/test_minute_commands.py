"""Attendance, jäv, minutes and votes from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.cli.office import ENGLISH, EXAMPLE, Answer, arende, done
from workflow.errors import Exit

CASE, MEETING = "SON-2023-940", "SON-2024-04-18"
MEMBERS = "".join(
    f'\n[[members]]\nid = "{id_}"\nbody = "SON"\nname = "{name}"\nseat = "{seat}"\nvalid_from = 2023-01-01\n{place}'
    for id_, name, seat, place in (
        ("m-alm", "Anna Alm (S)", "ordforande", ""),
        ("m-ek", "Bo Ek (S)", "ledamot", ""),
        ("m-dal", "Cia Dal (M)", "ledamot", ""),
        ("m-ros", "Dag Ros (M)", "ersattare", "place = 1\n"),
        ("m-lind", "Eva Lind (V)", "ersattare", "place = 2\n"),
    )
)


@pytest.fixture
def held(office: Path) -> None:
    """A meeting that has been held, with a case as § 1; the nämnd has three members and two ersättare."""
    with (office / "config.toml").open("a", encoding="utf-8") as file:
        file.write(MEMBERS)
    done("database", "upgrade")
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    done("meeting", "add", "SON", "2024-04-18", "--date", "2024-01-08")
    done("book", CASE, MEETING, "--date", "2024-04-03")
    done("meeting", "call", MEETING, "--date", "2024-04-11")
    done("meeting", "hold", MEETING)


def answer(*words: str) -> Any:
    return json.loads(done(*words, "--json"))


def told(found: Answer, code: Exit) -> str:
    assert (found.code, found.out, found.err.count("\n")) == (code, "", 1), found
    assert not ENGLISH.search(found.err), found.err
    return found.err


@pytest.mark.usefixtures("held")
def test_a_protocol_is_kept_from_the_roll_to_the_end_of_the_meeting() -> None:
    staff = ("--ovrig", "Ulla Ström, förvaltningschef", "--personalforetradare", "Per Holm")
    printed = done("meeting", "attend", MEETING, "--alla", "--ersatter", "eva=cia", "--narvarande", "dag", *staff)
    assert "3 tjänstgör av 3 platser, 3 närvarar utan att tjänstgöra." in printed
    assert "Eva Lind (V) tjänstgör fast Dag Ros (M) står före" in printed
    done("jav", CASE, MEETING, "--ledamot", "bo", "--grund", "Egen verksamhet")
    order = ("--propositionsordning", "Bifall mot avslag.")
    done("minute", CASE, MEETING, "--yrkande", "anna: bifall", "--yrkande", "eva: avslag", *order)
    ballots = ("--ja", "anna", "--nej", "eva", "--utslag", "ja")
    printed = done("vote", CASE, MEETING, "--huvud", "Bifall", "--mot", "Avslag", *ballots)
    assert "1 ja, 1 nej, 0 avstår: ”Bifall” vinner genom ordförandens utslagsröst." in printed
    done("meeting", "close", MEETING, "--kl", "15:42")
    done("minute", CASE, MEETING, "--reservation", "eva", "--anmald", "15.30", "--text", "Till förmån för avslag.")
    shown = done("meeting", "show", MEETING)
    lines = (
        "Bo Ek (S) jävig, lämnade rummet: Egen verksamhet",
        "yrkande av Anna Alm (S): bifall",
        "propositionsordning: Bifall mot avslag.",
        "votering, ja för ”Bifall”, nej för ”Avslag”: 1 ja, 1 nej, 0 avstår, utslagsröst ja",
        "reservation av Eva Lind (V), anmäld 15.30: Till förmån för avslag.",
        "Anna Alm (S), ordförande",
        "Eva Lind (V) ersätter Cia Dal (M)",
        "Dag Ros (M), ersättare",
        "Per Holm, personalföreträdare",
        "Ulla Ström, förvaltningschef",
        "Avslutat 15.42",
    )
    assert [line for line in lines if line not in shown] == []
    assert answer("show", CASE)["agenda"][0]["minutes"] == answer("meeting", "show", MEETING)["items"][0]["minutes"]


@pytest.mark.usefixtures("held")
def test_who_leaves_and_who_comes_is_told_by_paragraph() -> None:
    done(
        "meeting",
        "attend",
        MEETING,
        "--narvarande",
        "cia",
        "--till",
        "cia=3",
        "--ersatter",
        "dag=cia",
        "--fran",
        "dag=4",
    )
    assert [(one["name"], one["from_paragraph"], one["to_paragraph"]) for one in _attendance()] == [
        ("Cia Dal (M)", None, 3),
        ("Dag Ros (M)", 4, None),
    ]
    shown = done("meeting", "show", MEETING)
    assert "Cia Dal (M), till § 3" in shown
    assert "Dag Ros (M) ersätter Cia Dal (M), från § 4" in shown


def _attendance() -> Any:
    return answer("meeting", "show", MEETING)["attendance"]


@pytest.mark.usefixtures("held")
def test_a_late_reservation_says_when_the_meeting_ended_and_what_can_be_done() -> None:
    done("meeting", "close", MEETING, "--kl", "15.42")
    late = arende("minute", CASE, MEETING, "--reservation", "bo", "--anmald", "15.50")
    assert late.code == Exit.REFUSED
    said = " ".join((late.out + late.err).split())
    assert "Stopp: det kan inte antecknas i protokollet på SON 2023-940 torsdag 18 april 2024." in said
    assert "Sammanträdet avslutades 15.42; en reservation ska anmälas dessförinnan" in said
    assert f"arende minute {CASE} {MEETING} --reservation 'Bo Ek (S)' --anmald KLOCKSLAG" in said
    assert "--avvikelse" not in said


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("meeting", "attend", MEETING), "--alla eller --narvarande NAMN"),
        (("meeting", "attend", MEETING, "--ersatter", "eva"), "skriv namnet, = och värdet"),
        (("meeting", "attend", MEETING, "--fran", "eva=två"), "paragrafens nummer"),
        (("meeting", "close", MEETING, "--kl", "kvart"), "är inget klockslag"),
        (("minute", CASE, MEETING), "Ange vad som ska antecknas"),
        (("minute", CASE, MEETING, "--yrkande", "bifall"), "skriv vem, kolon och vad"),
        (("minute", CASE, MEETING, "--yrkande", "bo: bifall", "--anmald", "15.30"), "hör till en reservation"),
        (("vote", CASE, MEETING, "--huvud", "A", "--mot", "B", "--ja", "anna", "--nej", "2"), "Ange namn överallt"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_swedish_line(words: tuple[str, ...], said: str) -> None:
    assert said in told(arende(*words), Exit.USAGE)
