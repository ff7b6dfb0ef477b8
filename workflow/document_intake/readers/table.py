"""A table of a document, as its reader gives it."""

import msgspec


class Table(msgspec.Struct, frozen=True):
    """One sheet, or one table on a page. Every cell is text; dates are ISO, an empty cell is ""."""

    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]  # each row's own number, from 1, as the sheet shows it: empty rows are left out
    name: str = ""  # the sheet's
    page: int | None = None  # from 1, in a pdf
