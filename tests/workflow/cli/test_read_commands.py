"""`arende read`: a page for whoever registers, the ground for each field, and what programs are given."""

import contextlib
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.workflow.cli.office import EXAMPLE, arende, done
from tests.workflow.document_intake.skrivelser import HEAD, MATTER, SCANNED, text
from workflow.cli import intake_views
from workflow.document_intake.interface import Field, Found, ReadSkrivelse, ReadText, Skrivelse, Sureness
from workflow.document_intake.tjansteskrivelse import as_answer, read_tjansteskrivelse

LEFTOVER = "Beslutet skickas till:\nKlicka här för att ange text.\n"


def saved(content: str, name: str = "skrivelse.txt") -> str:
    Path(name).write_text(content, encoding="utf-8")
    return name


def page(content: str) -> str:
    """The page of a document, without the program around it."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        intake_views.page(document(content))
    return out.getvalue()


def document(content: str, pages: tuple[int, ...] = (), notes: tuple[str, ...] = ()) -> ReadSkrivelse:
    return ReadSkrivelse(ReadText(content, pages, notes), read_tjansteskrivelse(content))


def words(page: str) -> str:
    """A page without its line breaks."""
    return " ".join(page.split())


# --- the page ----------------------------------------------------------------------------------------
def test_each_field_stands_on_the_page_with_its_mark_and_line():
    page = done("read", saved(text()))
    assert "  ✓ Rubrik: Ny isbana på Hamnplan, val av driftform  (rad 10)\n" in page
    assert "  ✓ Diarienummer: FRN 2025-61  (rad 6)\n" in page
    assert "  ~ Handläggare: Tyra Kvarnlund  (rad 2)\n" in page
    assert "\nFörslag till beslut, fritidsnämnden\n  ✓ 1. Isbanan drivs" in page
    assert "(rad 15–16)" in page
    assert "\nMBL\n  ✓ förhandling  (rad 30)\n  ✓ 11 §  (rad 30)\n  ✓ dag: 2025-02-25  (rad 30)\n" in page
    assert "\nUndertecknat av\n  ✓ Ragnar Myrstedt  (rad 34)\n" in page


def test_nothing_to_do_is_said():
    assert "\nInget att göra: allt är ifyllt och inget är oklart.\n" in page(text())


def test_what_is_missing_says_why_it_is_believed_to_be():
    shown = page(text(head=HEAD.replace("Dnr FRN 2025-61", "")))
    assert "  ✓ Diarienummer: – (inget som liknar ett diarienummer står i huvudet)\n" in shown


def test_a_leftover_is_to_be_filled_in_where_it_stands():
    shown = page(text(recipients=LEFTOVER))
    told = "1. Fyll i eller ta bort ”Klicka här för att ange text.” under Beslutet skickas till (rad 37)."
    assert told in words(shown)
    assert "eller läs in det som det är med arende import" in words(shown)


def test_what_is_unsure_says_where_to_look_and_what_mends_it():
    shown = page(text(head=HEAD.replace("Dnr FRN 2025-61", "Dnr FRN 2025-61\n\nRef 9870/2")))
    told = "Kontrollera Diarienummer (rad 6). ”9870/2” i huvudet kan också vara ett diarienummer"
    assert told in words(shown)
    assert "Blev det fel: arende edit ÄRENDE --dnr DNR." in words(shown)


def test_what_a_doubt_already_tells_is_told_once():
    shown = words(page(text(recipients="Beslutet skickas till:\nAkten, Diariet\n")))
    assert shown.count("lästes som 2 mottagare") == 1


def test_a_conflict_is_among_what_is_to_be_done():
    shown = page(text(head=HEAD.replace("Fritidsnämnden", "Kulturnämnden")))
    assert "1. Huvudet är ställt till Kulturnämnden" in shown


def test_a_skrivelse_from_a_day_to_come_is_wondered_at():
    name = saved(text(head=HEAD.replace("2025-03-04", "2099-03-04")))
    told = "Skrivelsen är daterad onsdag 4 mars 2099, efter dagens datum; kontrollera datumet i huvudet."
    assert told in json.loads(done("read", name, "--json"))["unsure"]


def test_a_suggested_watch_stands_with_its_number_and_its_sentence():
    shown = page(text(matter=MATTER + "\nAvtalet gäller till och med 2027-06-30.\n", proposals=""))
    assert "ta med dem med arende import --bevaka alla (eller deras nummer)" in shown
    assert "  1. onsdag 30 juni 2027: avtal löper ut." in shown
    assert "     ”Avtalet gäller till och med 2027-06-30.”  (rad 17)\n" in shown


# --- pages and notes ---------------------------------------------------------------------------------
def test_where_there_are_pages_the_page_is_told(capsys: pytest.CaptureFixture[str]):
    intake_views.page(document(text(), pages=(0, 20)))
    page = capsys.readouterr().out
    assert "(rad 10, sida 1)" in page
    assert "(rad 34, sida 2)" in page


def test_what_the_reader_had_to_do_is_told_first(capsys: pytest.CaptureFixture[str]):
    intake_views.page(document(text(), notes=("Spårade ändringar lästes som godkända.",)))
    assert "\n! Spårade ändringar lästes som godkända.\n" in capsys.readouterr().out
    intake_views.explained(document(text(), notes=("Texten lästes ur en bild.",)))
    assert "\n! Texten lästes ur en bild.\n" in capsys.readouterr().out


def test_pages_and_notes_are_given_to_programs():
    plain: Any = intake_views.as_plain(document(text(), (0, 20), ("Texten lästes ur en bild.",)))
    assert plain["notes"] == ["Texten lästes ur en bild."]
    assert [one["page"] for one in plain["found"] if one["field"] in ("rubrik", "signatory")] == [1, 2]


# --- why ---------------------------------------------------------------------------------------------
def test_why_a_field_was_read_so_stands_with_its_line_and_what_else_it_could_have_been():
    head = HEAD.replace("2025-03-04", "2025-03-04\n\n2025-03-20")
    explained = done("read", "--explain", saved(text(head=head)))
    assert (
        "? Datum: 2025-03-04\n"
        "    osäker: Är det första av flera datum i huvudet, och inget av dem kallas ”Datum”.\n"
        "    rad 4: ”2025-03-04”\n"
        "    kunde annars vara: 2025-03-20\n"
    ) in explained
    assert "\nOklart i skrivelsen\n  – Huvudet har flera datum;" in explained


def test_every_finding_is_explained():
    out, read = io.StringIO(), document(SCANNED)
    with contextlib.redirect_stdout(out):
        intake_views.explained(read)
    explained, found = out.getvalue(), read.skrivelse.found
    assert len(re.findall(r"^[✓~?] ", explained, re.MULTILINE)) == len(found) + 1  # and the marks themselves


def test_each_field_has_a_name_and_each_step_a_mark():
    assert set(intake_views._LABELS) == set(Field)
    assert set(intake_views.MARKS) == set(Sureness)


# --- for programs ------------------------------------------------------------------------------------
def test_programs_are_given_what_they_always_were_and_the_places_beside_it():
    given = json.loads(done("read", str(EXAMPLE), "--json"))
    known = as_answer(read_tjansteskrivelse(EXAMPLE.read_text(encoding="utf-8")))
    assert {key: given[key] for key in known} == json.loads(json.dumps(known))
    assert set(given) - set(known) == {"found", "sureness", "unsure", "notes"}
    assert set(given["sureness"]) == {field.value for field in Field}
    assert set(given["found"][0]) == {*Found.__struct_fields__, "page"}


@pytest.mark.parametrize("name", sorted(path.name for path in (PROJECT / "examples").glob("*.txt")))
def test_every_example_is_read_on_a_page(name: str):
    assert page((PROJECT / "examples" / name).read_text(encoding="utf-8")).startswith("✓ säker")


# --- screens -----------------------------------------------------------------------------------------
def test_what_a_document_says_never_reaches_the_screen_raw(capsys: pytest.CaptureFixture[str]):
    evil = "\x1b[2J\u202eond\x07"
    one = Found(Field.RUBRIK, evil, Sureness.OSAKER, f"{evil}.", 1, 1, f"{evil}\n{evil}", others=(evil,))
    empty = read_tjansteskrivelse("")
    read = ReadSkrivelse(ReadText("", notes=(evil,)), _with(empty, one, evil))
    intake_views.page(read)
    intake_views.explained(read)
    shown = capsys.readouterr().out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)
    assert shown.count("\\u001b") >= 6


def _with(skrivelse: Skrivelse, one: Found, sentence: str) -> Skrivelse:
    from msgspec.structs import replace

    return replace(skrivelse, found=(one,), unsure=(sentence,))


def test_on_a_narrow_terminal_the_page_is_as_narrow():
    columns = 44
    saved(text(recipients=LEFTOVER))
    ours, theirs = pty.openpty()
    program = f"import os; os.system('stty cols {columns}'); from workflow.cli.main import main; main()"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        [sys.executable, "-c", program, "read", "skrivelse.txt"], stdin=theirs, stdout=theirs, env=environment
    ):
        os.close(theirs)
        shown = "".join(iter(lambda: _read(ours), ""))
    lines = shown.replace("\r", "").split("\n")
    assert any("Rubrik:" in line for line in lines)
    assert max(map(len, lines)) <= columns


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:  # Linux says so when the other side has closed
        return ""


def test_a_wrong_option_is_answered_before_a_document_is_read():
    answer = arende("read", "finns-inte.txt", "--forklara")
    assert answer.code == 2
    assert "--forklara" in answer.err
