"""Taking mistakes back and destroying texts, from the command line."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.cli.office import ENGLISH, EXAMPLE, Answer, arende, done
from workflow import log_exporter, purge
from workflow.cli.main import run
from workflow.errors import EnvironmentFaultError, Exit

CASE, MEETING = "SON-2023-940", "SON-2024-04-18"
GROUND = "KS 2023-05-14 § 12"
NOBODY = "65534"
CANARY = "Kanariefågeln"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root is somebody else behind sudo")


def answer(*words: str) -> Any:
    return json.loads(done(*words, "--json"))


def told(found: Answer, code: Exit) -> str:
    assert (found.code, found.out, found.err.count("\n")) == (code, "", 1), found
    assert not ENGLISH.search(found.err), found.err
    return found.err


@pytest.fixture
def office(office: Path) -> Path:
    """The office, with two people in it."""
    config = office / "config.toml"
    text = config.read_text(encoding="utf-8")
    mine, _, roles = text.partition('id = "p-alla"\nuser = "*"')
    roles = roles[roles.index("roles") :]
    people = (f'id = "{one}"\nuser = "{user}"\n{roles}' for one, user in (("p-rut", "root"), ("p-nils", "nobody")))
    config.write_text(mine + "\n[[people]]\n".join(people), encoding="utf-8")
    return office


@pytest.fixture
def case(office: Path) -> str:
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    return CASE


@pytest.fixture
def ended(office: Path) -> str:
    words = ("--kind", "ks_arende", "--dnr", "KS 2024-1", "--rubrik", CANARY)
    done("register", *words, "--date", "2024-04-03")
    done("withdraw", "KS-2024-1", "--date", "2024-04-03", "--skal", f"{CANARY} har flugit")
    return "KS-2024-1"


def as_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_UID", NOBODY)


def everything(office: Path) -> dict[str, int]:
    found = {path.name: path.read_bytes().count(CANARY.encode()) for path in office.rglob("*") if path.is_file()}
    return {name: count for name, count in found.items() if count}


# --- correct ----------------------------------------------------------------------------------------------


def test_a_mistake_is_taken_back_and_the_history_shows_both(case: str) -> None:
    done("advance", case, "--date", "2024-04-03")
    printed = done("correct", case, "2", "--skal", "Fel ärende")
    assert printed.splitlines() == [
        "Klart: SON 2023-940: MBL → utkast hos förvaltningen.",
        "  Post 2 (case.advanced) är tillbakatagen.",
        "  Anteckna nu det rätta, med --date.",
    ]
    shown = done("history", case)
    assert re.search(r"^  2  2024-04-03  case\.advanced .+ \(rättad, se 3\)$", shown, re.MULTILINE)
    assert re.search(
        r"^  3  .+ case\.corrected +En felaktig post togs tillbaka: post 2 \(case\.advanced\)\n +skäl: Fel ärende$",
        shown,
        re.MULTILINE,
    )
    told_of = answer("history", case)
    assert [(one["seq"], one["corrected_by"]) for one in told_of] == [(1, None), (2, 3), (3, None)]
    assert told_of[2]["data"] == {"corrects": 2, "type": "case.advanced"}


@pytest.mark.parametrize("named", [(MEETING,), ("SON", "2024-04-18")])
def test_a_meeting_s_record_is_taken_back_by_its_number(office: Path, named: tuple[str, ...]) -> None:
    done("meeting", "add", MEETING, "--date", "2024-01-08")
    done("meeting", "call", MEETING, "--date", "2024-04-10")
    found = answer("correct", *named, "2", "--skal", "Den gick ut den 11:e")
    assert (found["before"], found["after"]) == ("kallad", "planerad")
    done("meeting", "call", MEETING, "--date", "2024-04-11")
    assert answer("meeting", "show", MEETING)["called_on"] == "2024-04-11"


def test_a_skrivelse_that_was_read_into_the_wrong_case_can_be_read_again(office: Path) -> None:
    done("register", "--kind", "ks_arende", "--dnr", "SON 2023-940", "--rubrik", "Fel", "--date", "2024-04-02")
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    numbers = answer("show", CASE)["numbers"]
    assert numbers == ["SON 2023-940", "KS 2023-710"]
    assert "Filen är redan inläst" in told(arende("import", str(EXAMPLE)), Exit.USAGE)
    printed = done("correct", CASE, "2", "--skal", "Fel ärende")
    assert "Samma fil kan läsas in igen." in printed
    assert "KS 2023-710 är inte längre ärendets diarienummer" in printed
    assert answer("show", CASE)["numbers"] == ["SON 2023-940"]
    assert told(arende("show", "KS-2023-710"), Exit.NOT_FOUND).startswith("Diarienumret KS 2023-710 togs tillbaka ")
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    assert answer("show", CASE)["numbers"] == numbers


def test_nothing_is_taken_back_twice_by_the_same_command(case: str) -> None:
    words = ("correct", case, "2", "--skal", "Fel", "--command-id", "01a2b3")
    done("advance", case, "--date", "2024-04-03")
    done(*words)
    assert "Redan utfört" in done(*words)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("correct", CASE, "1"), Exit.USAGE, "Ange --skal: varför posten är fel."),
        (
            ("correct", CASE, "1", "--skal", "Fel"),
            Exit.USAGE,
            "Ett registrerat ärende tas inte tillbaka; ändra",
        ),
        (("correct", CASE, "9", "--skal", "Fel"), Exit.NOT_FOUND, "har ingen post 9. Se vilka som finns med: arende"),
        (("correct", CASE, "--skal", "Fel"), Exit.USAGE, "Skriv ärendet eller sammanträdet och postens nummer"),
        (("correct", "2", "--skal", "Fel"), Exit.USAGE, "Skriv ärendet eller sammanträdet och postens nummer"),
        (("correct", CASE, "²", "--skal", "Fel"), Exit.USAGE, "Skriv ärendet eller sammanträdet och postens nummer"),
        (("correct", CASE, "0", "--skal", "Fel"), Exit.NOT_FOUND, "har ingen post 0"),
        (("correct", CASE, "9" * 30, "--skal", "Fel"), Exit.USAGE, "postens nummer"),
        (("correct", "SON-1999-1", "1", "--skal", "Fel"), Exit.NOT_FOUND, "Ärendet SON-1999-1 finns inte"),
        (("correct", "KS-2024-05-14", "1", "--skal", "Fel"), Exit.NOT_FOUND, "Sammanträdet KS 2024-05-14 finns inte"),
        (("correct", CASE, "1", "--date", "2024-04-03"), Exit.USAGE, "Flaggan --date finns inte"),
        (("gallra", CASE), Exit.USAGE, "Ange en av --beslut BESLUT, --godkann och --avbryt."),
        (("gallra", CASE, "--godkann", "--avbryt"), Exit.USAGE, "Ange en av --beslut"),
        (("gallra", "--godkann"), Exit.USAGE, "Ange vilket ärende det gäller"),
        (("gallra", CASE, "--godkann", "--skal", "Gammalt"), Exit.USAGE, "Skälet till en gallring är beslutet"),
        (("gallra", CASE, "--beslut", "nej"), Exit.USAGE, "”nej” är inget beslut. Skriv till exempel --beslut"),
        (
            ("gallra", CASE, "--beslut", GROUND),
            Exit.USAGE,
            "har läget utkast hos förvaltningen; avsluta",
        ),
        (("gallra", CASE, "--godkann"), Exit.USAGE, "Ingen gallring är föreslagen. Föreslå den med: arende gallra"),
        (("gallra", CASE, "--avbryt"), Exit.USAGE, "Ange --skal: varför förslaget tas tillbaka."),
        (("gallra", "SON-1999-1", "--godkann"), Exit.NOT_FOUND, "Ärendet SON-1999-1 finns inte"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_is_said_in_one_sentence(case: str, words: tuple[str, ...], code: Exit, says: str) -> None:
    assert says in told(arende(*words), code)


# --- gallra -----------------------------------------------------------------------------------------------


def test_one_proposes_and_another_destroys(office: Path, ended: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert done("gallra") == "Ingen gallring väntar på godkännande.\n"
    assert f"arende gallra {ended} --godkann" in done("gallra", ended, "--beslut", GROUND)
    assert re.search(rf"KS 2024-1 +återkallat +{GROUND} +p-rut ", done("gallra"))
    assert [one["proposed_by"] for one in answer("gallra")] == ["p-rut"]
    assert f"föreslagen av p-rut {answer('gallra')[0]['proposed_on']} enligt {GROUND}; väntar" in done("show", ended)
    assert "godkänns av någon annan" in told(arende("gallra", ended, "--godkann"), Exit.USAGE)
    assert everything(office)

    as_somebody_else(monkeypatch)
    assert f"2 texter är gallrade enligt {GROUND}." in done("gallra", ended, "--godkann")
    assert everything(office) == {}
    for words in (("show", ended), ("list",), ("history", ended), ("todo", "--dagar", "400"), ("why", ended)):
        assert "Ett fel" not in done(*words)
    assert "[gallrad]" in done("show", ended)
    assert f"texterna gallrades enligt {GROUND} (föreslagen av p-rut, godkänd av p-nils)" in done("show", ended)
    assert "[gallrad]" in done("list")
    assert "Loggen håller" in done("audit", "verify")


def test_a_proposal_is_taken_back_with_a_reason(ended: str) -> None:
    done("gallra", ended, "--beslut", GROUND)
    assert "är tillbakatagen" in done("gallra", ended, "--avbryt", "--skal", "Beslutet gällde ett annat ärende")
    assert answer("gallra") == []


def test_who_was_stopped_in_the_middle_destroys_the_rest_by_trying_again(
    office: Path, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("gallra", ended, "--beslut", GROUND)
    as_somebody_else(monkeypatch)
    with monkeypatch.context() as stopped:
        stopped.setattr(log_exporter, "export", _stopped)
        stopped.setattr(purge, "wipe", _stopped)
        assert run(["gallra", ended, "--godkann"]) == Exit.ENVIRONMENT
    assert any(name.endswith(".json") for name in everything(office))
    assert f"enligt {GROUND}; inget mer behövs." in told(arende("gallra", ended, "--godkann"), Exit.USAGE)
    assert everything(office) == {}


def _stopped(*_: object) -> None:
    raise EnvironmentFaultError("Strömmen gick.")


def test_a_file_that_cannot_be_wiped_says_so_and_is_tried_again(
    office: Path, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("gallra", ended, "--beslut", GROUND)
    as_somebody_else(monkeypatch)
    with monkeypatch.context() as stopped:
        stopped.setattr(purge, "wipe", lambda _: (_ for _ in ()).throw(EnvironmentFaultError(purge._half_done("full"))))
        found = arende("gallra", ended, "--godkann")
    assert (found.code, found.err.count("\n")) == (Exit.ENVIRONMENT, 1)
    assert "spår kan finnas kvar i databasens filer (full)" in found.err
    assert "inget mer behövs" in told(arende("gallra", ended, "--godkann"), Exit.USAGE)
    assert everything(office) == {}
