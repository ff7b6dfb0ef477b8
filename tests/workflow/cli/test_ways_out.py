"""What stands in a document, or in its name, is shown as text on every way out: nothing in it is obeyed."""

import csv
import enum
import json
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scheduler import reminder_message
from scheduler.reminder_message import Occasion, Told
from states import legal_basis
from states.deadlines import DeadlineKind
from tests.workflow.cli.office import EXAMPLE, arende, done
from workflow import event_log
from workflow.cli import intake_views, render
from workflow.document_intake.interface import ReadSkrivelse
from workflow.document_intake.reading import read_skrivelse
from workflow.harmless_text import HIDDEN

EVERY = "".join(c for c in map(chr, range(0x110000)) if unicodedata.category(c) in HIDDEN - {"Cs"}) + "\udfff"
"""All there are, but for most of the halves of characters."""

IN_A_NAME = EVERY.replace("\0", "").replace("\udfff", "")


def hidden(text: str) -> set[str]:
    return {letter for letter in text if unicodedata.category(letter) in HIDDEN and letter != "\n"}


def with_every(value: Any) -> Any:
    """The same value, with every hidden character in each of its texts."""
    if isinstance(value, msgspec.Struct):
        fields = {name: with_every(getattr(value, name)) for name in value.__struct_fields__}
        return type(value)(**fields)
    if isinstance(value, tuple):
        return tuple(map(with_every, value))
    return f"{value}{EVERY}{value}" if isinstance(value, str) and not isinstance(value, enum.Enum) else value


@pytest.fixture(scope="module")
def read() -> ReadSkrivelse:
    found: ReadSkrivelse = with_every(read_skrivelse(EXAMPLE.read_bytes()))
    assert EVERY in str(found.skrivelse.rubrik)
    return found


def test_the_page_of_a_read_document_obeys_nothing(read: ReadSkrivelse, capsys: pytest.CaptureFixture[str]) -> None:
    intake_views.page(read)
    intake_views.explained(read)
    shown = capsys.readouterr().out
    assert "\\u202e" in shown
    assert hidden(shown) == set()


def test_what_a_program_is_told_of_a_document_obeys_nothing(
    read: ReadSkrivelse, capsys: pytest.CaptureFixture[str]
) -> None:
    render.as_json(intake_views.as_plain(read))
    shown = capsys.readouterr().out
    assert hidden(shown) == set()
    assert json.loads(shown)["rubrik"] == read.skrivelse.rubrik


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents whose names hold all there is, some in each: one can be read, the others not."""
    directory = tmp_path / f"mapp{IN_A_NAME[:20]}"
    directory.mkdir()
    for at in range(0, len(IN_A_NAME), 20):
        (directory / f"{IN_A_NAME[at : at + 20]}.pdf".replace("/", "")).write_bytes(b"%PDF-1.4 ingenting")
    (directory / f"=1+1{IN_A_NAME[:20]}.txt").write_bytes(EXAMPLE.read_bytes())
    return directory


def test_the_names_in_a_folder_obey_nothing(office: Path, folder: Path) -> None:
    report = office / "rapport.csv"
    answer = arende("import", str(folder), "--rapport", str(report), "--date", "2024-04-03")
    assert "\\u202e" in answer.out
    assert hidden(answer.out) == hidden(answer.err) == set()
    with report.open(encoding="utf-8-sig", newline="") as lines:
        cells = [cell for row in csv.reader(lines, delimiter=";") for cell in row]
    assert hidden("".join(cells)) == set()
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_name_of_a_document_that_was_taken_in_obeys_nothing(office: Path, folder: Path) -> None:
    [text] = folder.glob("*.txt")
    taken = done("import", str(text), "--date", "2024-04-03")
    shown = [done("show", "SON-2023-940"), done("show", "SON-2023-940", "--json"), done("history", "SON-2023-940")]
    assert hidden("".join((taken, *shown))) == set()


def test_a_reminder_of_a_case_obeys_nothing() -> None:
    told = Told(
        kind=DeadlineKind.BEVAKNING,
        due=date(2026, 1, 9),
        act_by=date(2026, 1, 9),
        basis=next(iter(legal_basis.BY_ID.values())),
        ref="KS 2026-1",
        is_meeting=False,
        title=f"<b>{EVERY}",
        about=EVERY,
        event=EVERY,
        watch=1,
    )
    when = Occasion(recipient="registrator", rule="r", step="1/1", planned_for=date(2026, 1, 2), today=date(2026, 1, 2))
    letter = reminder_message.letter("ab", told, when)
    assert "\\u202e" in letter.text
    assert hidden(letter.text) == hidden(letter.html) == hidden(letter.subject) == set()
    assert "<b>" not in letter.html


def test_the_operators_log_has_one_line_for_each_event(tmp_path: Path) -> None:
    event_log.command_finished(tmp_path / "drift.jsonl", file=EVERY)
    written = (tmp_path / "drift.jsonl").read_text("ascii")
    assert hidden(written) == set()
    assert written.count("\n") == 1
    assert json.loads(written)["file"] == EVERY
