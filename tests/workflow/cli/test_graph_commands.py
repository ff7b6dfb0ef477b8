"""`arende graph`: the lifecycles and a case's way, on the screen and in a file."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.workflow.cli.office import EXAMPLE, arende, done
from workflow.errors import Exit

CASE = "SON-2023-940"


@pytest.fixture
def case(office: Path) -> Path:
    """An office with one case that has come to MBL."""
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    done("advance", CASE, "--date", "2024-04-03")
    return office


def texts(picture: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]


# --- the lifecycles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "begins"), [("mermaid", "flowchart TD\n"), ("dot", "digraph arende {\n"), ("svg", "<svg xmlns=")]
)
@pytest.mark.parametrize(("flags", "state"), [((), "Kommunfullmäktige"), (("--sammantraden",), "Hållet")])
def test_both_lifecycles_are_drawn_in_all_three_forms_without_any_database(
    form: str, begins: str, flags: tuple[str, ...], state: str
) -> None:
    drawn = done("graph", *flags, "--format", form)
    assert drawn.startswith(begins)
    assert state in drawn
    assert "du är här" not in drawn


def test_the_lifecycle_can_say_where_a_case_stands_in_it(case: Path) -> None:
    drawn = done("graph", CASE, "--livscykel")
    assert '    mbl["MBL<br/>du är här"]' in drawn.splitlines()
    assert drawn.count("du är här") == 1


def test_a_meeting_is_where_it_is_in_the_meetings_lifecycle(office: Path) -> None:
    done("meeting", "add", "KS", "2024-05-14", "--date", "2024-01-08")
    assert '    planerad["Planerat<br/>du är här"]' in done("graph", "KS-2024-05-14").splitlines()


@pytest.mark.parametrize("words", [("--sammantraden", CASE), ("--sammantraden", "--livscykel")])
def test_the_meetings_lifecycle_is_asked_for_alone(words: tuple[str, ...]) -> None:
    answer = arende("graph", *words)
    assert answer == (
        Exit.USAGE,
        "",
        "--sammantraden ritar alla sammanträdens livscykel; skriv det utan ärende och --livscykel.\n",
    )


# --- a case's way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_a_cases_way_names_its_bodies_and_says_where_it_is_in_every_form(case: Path, form: str) -> None:
    drawn = done("graph", CASE, "--format", form)
    for word in (
        "Social- och omsorgsnämnden",
        "Kommunstyrelsen",
        "Kommunfullmäktige",
        "du är här",
        "✓ klart",
        "Avslutat",
    ):
        assert word in drawn
    assert drawn.count("du är här") == (2 if form == "svg" else 1)  # the picture says it in its description, too


def test_the_picture_is_in_words_and_not_in_codes(case: Path) -> None:
    for words in ((CASE,), (CASE, "--livscykel"), ("--sammantraden",)):
        assert not any("_" in text or "draft" in text for text in texts(done("graph", *words, "--format", "svg")))


def test_json_tells_the_boxes_and_what_leads_where(case: Path) -> None:
    told = json.loads(done("graph", CASE, "--json"))
    assert told["title"] == "SON 2023-940: ärendets väg"
    assert [(row[0]["title"], row[0]["mark"]) for row in told["rows"]][:2] == [
        ("Utkast hos förvaltningen", "done"),
        ("MBL", "here"),
    ]
    assert {"source": told["rows"][0][0]["id"], "target": told["rows"][1][0]["id"], "labels": []} in told["arrows"]


def test_a_case_that_is_not_there_is_not_drawn(office: Path) -> None:
    answer = arende("graph", "SON-2099-1", "--out", "vag.svg")
    assert answer.code == Exit.NOT_FOUND
    assert not Path("vag.svg").exists()


# --- in a file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "flags", "begins"),
    [
        ("vag.svg", (), "<svg"),
        ("VAG.SVG", (), "<svg"),
        ("vag.gv", (), "digraph"),
        ("vag.dot", (), "digraph"),
        ("vag.mmd", (), "flowchart"),
        ("vag", (), "flowchart"),
        ("vag.txt", ("--format", "svg"), "<svg"),
    ],
)
def test_a_file_holds_what_its_name_or_the_flag_says(
    case: Path, file: str, flags: tuple[str, ...], begins: str
) -> None:
    assert done("graph", CASE, "--out", file, *flags) == f"Ritningen står i {file}.\n"
    written = Path(file).read_text(encoding="utf-8")
    assert written.startswith(begins)
    form = {"<svg": "svg", "digraph": "dot", "flowchart": "mermaid"}[begins]
    assert written == done("graph", CASE, "--format", form)


def test_json_tells_where_the_file_is() -> None:
    told = json.loads(done("graph", "--out", "livscykel.svg", "--json"))
    assert told == {"path": "livscykel.svg", "format": "svg"}
    assert texts(Path("livscykel.svg").read_text(encoding="utf-8"))[0] == "Ärendets livscykel"


def test_nothing_that_is_there_is_written_over(case: Path) -> None:
    before = Path("arendegang.db").read_bytes()
    answer = arende("graph", "--out", "arendegang.db")
    assert answer == (Exit.USAGE, "", "arendegang.db finns redan. Ange en fil som inte finns.\n")
    assert Path("arendegang.db").read_bytes() == before


@pytest.mark.parametrize(
    ("file", "cause"),
    [("finns/inte/vag.svg", "finns inte"), ("config.toml/vag.svg", "katalog"), (f"{'v' * 300}.svg", "")],
)
def test_a_file_that_cannot_be_written_is_told_in_one_line(office: Path, file: str, cause: str) -> None:
    answer = arende("graph", "--out", file)
    assert (answer.code, answer.out) == (Exit.ENVIRONMENT, "")
    assert answer.err.startswith(f"Ritningen kunde inte skrivas i {file} (")
    assert answer.err.endswith("). Välj en annan fil.\n")
    assert cause in answer.err
    assert "\n" not in answer.err[:-1]


def test_a_drawing_is_for_the_one_who_drew_it(case: Path) -> None:
    done("graph", CASE, "--out", "vag.svg")
    assert os.stat("vag.svg").st_mode & 0o077 == 0  # noqa: PTH116
