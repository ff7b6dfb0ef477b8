"""Where the map's columns stand in a table."""

from collections.abc import Mapping

import msgspec

from workflow.case_tables.column_map import FIELDS, ColumnMap, folded
from workflow.case_tables.table_file import Row
from workflow.config_checks import meant
from workflow.errors import UsageError

MOST_HEADING_ROWS = 30
"""Rows above the headings: what the list is, and when it was taken out."""


class Table(msgspec.Struct, frozen=True):
    """The rows below the headings."""

    places: Mapping[str, int]  # field of the map -> which cell
    skipping: tuple[tuple[int, frozenset[str]], ...]  # which cell, and the words that pass a row by
    rows: tuple[Row, ...]


def table_of(rows: tuple[Row, ...], wanted: ColumnMap, file: str) -> Table:
    """Where the columns stand. Raises UsageError for a column of the map that the table has not."""
    columns = {field: folded(name) for field in FIELDS if (name := getattr(wanted.kolumner, field))}
    at = next((at for at, row in enumerate(rows[:MOST_HEADING_ROWS]) if columns["diarienummer"] in _plain(row)), None)
    if at is None:
        known = [cell for row in rows[:1] for cell in row.cells if cell]
        told = meant(wanted.kolumner.diarienummer, known)
        raise UsageError(f"{file} har ingen kolumn som heter {wanted.kolumner.diarienummer}.{told} Inget är sparat.")
    headings = _plain(rows[at])
    skipped = [(skip, folded(skip.kolumn)) for skip in wanted.hoppa_over]
    for name in (*columns.values(), *(column for _, column in skipped)):
        if headings.count(name) != 1:
            raise UsageError(f"{file}, rad {rows[at].number}: {_miscounted(name, rows[at])} Inget är sparat.")
    return Table(
        {field: headings.index(name) for field, name in columns.items()},
        tuple((headings.index(column), frozenset(map(folded, skip.varden))) for skip, column in skipped),
        rows[at + 1 :],
    )


def _plain(row: Row) -> list[str]:
    return [folded(cell) for cell in row.cells]


def _miscounted(name: str, row: Row) -> str:
    if name in _plain(row):
        return f"två kolumner heter {name}; ge den ena ett annat namn."
    return f"det finns ingen kolumn som heter {name}.{meant(name, filter(None, _plain(row)))}"
