"""The rows of CSV text: as many as there are, however their quotation marks stand."""

import pytest

from workflow import csv_rows
from workflow.errors import UsageError

HEADINGS = "Dnr;Ärendemening;Nämnd\n"


def read(text: str) -> list[tuple[int, list[str]]]:
    return list(csv_rows.numbered(text, ";", "lista"))


@pytest.mark.parametrize("last", ["", 'SON 2025-4;"D";SON\n'])
def test_a_quotation_mark_that_is_never_closed_hides_no_rows(last: str) -> None:
    with pytest.raises(UsageError, match="lista, rad 3: citattecknen går inte ihop"):
        read(f'{HEADINGS}SON 2025-1;A;SON\nSON 2025-2;"B;SON\nSON 2025-3;C;SON\n{last}')


@pytest.mark.parametrize("between", ["", "\n", "SON 2025-2;B;SON\n", 'SON 2025-2;"";SON\n'])
@pytest.mark.parametrize("last", ['SON 2025-3;Rör 12";SON', 'SON 2025-3;Rör;SON 12"'])
def test_a_quotation_mark_that_another_row_closes_hides_no_rows(between: str, last: str) -> None:
    with pytest.raises(UsageError, match="lista, rad 2: flera rader har blivit en"):
        read(f'{HEADINGS}SON 2025-1;"A;SON\n{between}{last}\n')


@pytest.mark.parametrize("cell", ["Två\nrader", "Två\r\n\r\nrader", "En rad\n", "En; två\nTre", "En ”rad”\noch en"])
@pytest.mark.parametrize("row", ['SON 2025-1;"{}";SON', '"{}";Vägar;SON', 'SON 2025-1;Vägar;"{}"'])
def test_a_cell_may_be_of_several_lines(row: str, cell: str) -> None:
    found = read(HEADINGS + row.format(cell) + "\nSON 2025-2;B;SON\n")
    assert [number for number, _ in found] == [1, 2, 3]
    assert " ".join(cell.split()) in found[1][1]


def test_a_list_of_one_column_may_have_cells_of_several_lines() -> None:
    assert read('Dnr\n"SON 2025-1\nSON 2025-2"\n') == [(1, ["Dnr"]), (2, ["SON 2025-1 SON 2025-2"])]


@pytest.mark.parametrize("mark", ["\v", "\f", "\x1d", "\x85", "\u2028"])
def test_only_a_new_line_ends_a_row(mark: str) -> None:
    assert read(f"SON 2025-1;Två{mark}rader;SON\n") == [(1, ["SON 2025-1", "Två rader", "SON"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_row_is_counted_as_a_spreadsheet_does(end: str) -> None:
    assert read(end.join(("Dnr;Mening", "", 'SON 2025-1;"A"', ""))) == [
        (1, ["Dnr", "Mening"]),
        (2, []),
        (3, ["SON 2025-1", "A"]),
    ]
