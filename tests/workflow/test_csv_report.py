"""A report for a spreadsheet: what anybody has written is text in it, and no other file is written over."""

import contextlib
import csv
import errno
import os
import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.csv_report import CsvReport, cell
from workflow.errors import EnvironmentFaultError, UsageError

HEADINGS = ("Fil", "Vad")
BEGINS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines, delimiter=";"))


@given(st.text())
def test_no_cell_is_worked_out_or_breaks_its_line(text: str) -> None:
    shown = cell(text)
    assert not shown.lstrip(" ").startswith(BEGINS_A_FORMULA)
    assert {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Zl", "Zp", "Cs"} == set()


@pytest.mark.parametrize("begins", [*BEGINS_A_FORMULA, " =", "\u00a0="])
def test_a_formula_is_marked_as_text(begins: str) -> None:
    assert cell(f"{begins}1+1").startswith("'")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "rapport.csv"
    with CsvReport(file, HEADINGS) as report:
        report.row(("a;b.txt", '=HYPERLINK("http://x")'))
        report.row(('c "d".txt', "två\nrader"))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows(file) == [
        list(HEADINGS),
        ["a;b.txt", '\'=HYPERLINK("http://x")'],
        ['c "d".txt', "två\\u000arader"],
    ]
    assert [one.name for one in tmp_path.iterdir()] == ["rapport.csv"]


def test_an_older_report_is_written_over_and_nothing_else_is(tmp_path: Path) -> None:
    file = tmp_path / "rapport.csv"
    for word in ("ett", "två"):
        with CsvReport(file, HEADINGS) as report:
            report.row((word, ""))
    assert rows(file)[1:] == [["två", ""]]
    file.write_text("Ett brev", encoding="utf-8")
    with pytest.raises(UsageError, match="finns redan"):
        CsvReport(file, HEADINGS)
    assert file.read_text(encoding="utf-8") == "Ett brev"


def test_a_pipe_is_no_report_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rapport.csv")
    with pytest.raises(UsageError, match="ingen sådan rapport"):
        CsvReport(tmp_path / "rapport.csv", HEADINGS)


def test_what_there_is_of_it_is_kept_when_the_work_is_broken_off(tmp_path: Path) -> None:
    file = tmp_path / "rapport.csv"
    with contextlib.suppress(KeyboardInterrupt), CsvReport(file, HEADINGS) as report:
        report.row(("ett", ""))
        raise KeyboardInterrupt
    assert rows(file) == [list(HEADINGS), ["ett", ""]]


def test_a_report_that_the_disk_has_no_room_for_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", full)
    report = CsvReport(tmp_path / "rapport.csv", HEADINGS)
    with pytest.raises(EnvironmentFaultError, match=r"\(disken är full\)\. Välj en annan fil"), report:
        report.row(("ett", ""))
    assert not report.is_written
    assert not [*tmp_path.iterdir()]


def test_until_it_is_whole_there_is_no_file(tmp_path: Path) -> None:
    with CsvReport(tmp_path / "rapport.csv", HEADINGS) as report:
        report.row(("ett", ""))
        assert not [*tmp_path.iterdir()]


def test_a_report_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFaultError, match=r"\(katalogen finns inte\)\. Välj en annan fil"):
        CsvReport(tmp_path / "ingen" / "rapport.csv", HEADINGS)
