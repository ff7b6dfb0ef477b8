"""The tables of a pdf or a spreadsheet: a line for each meeting, months beside each other, or days with what happens.

- lines: a row for each meeting, with columns named as in a csv file;
- months: a row for each body and a column for each month (or the other way round), with the days as numbers;
- days: a column of days, and one that says what happens ("KF beslutar om budget").

Where a table writes no year it is the one of its heading, of what stands above it, or of the file's name.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from workflow.document_intake.swedish_dates import dates_in
from workflow.errors import UsageError
from workflow.meeting_calendars import csv_table
from workflow.meeting_calendars.entry import Calendar, Entry
from workflow.meeting_calendars.icalendar import body_named
from workflow.meeting_plan import Plan

Row = tuple[str, ...]
Names = Sequence[tuple[str, str]]
"""(code or name, code) of the bodies there are."""

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
ENOUGH_MONTHS = 3
_MONTH = re.compile(
    r"(jan(?:uari)?|febr?(?:uari)?|mars?|apr(?:il)?|maj|juni?|juli?|aug(?:usti)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?(?:\s+(?P<year>20\d\d))?"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_DAY = re.compile(r"(?<![\d.:])(\d{1,2})(?![\d:]|\.\d\d)")
_HOUR = re.compile(r"\(?\s*kl\.?\s*\d{1,2}(?:[.:]\d\d)?\)?|\d{1,2}[.:]\d\d")
_MANUS = re.compile(r"manus|inlämn|handlingar in|sista dag")
_CALL = re.compile(r"kallelse|utskick|skickas ut|handlingar ut")
_NO_MEETING = re.compile(r"beredning|presidi|gruppmöte|förmöte|berednings")
_SHORT = 16


class Sheet(msgspec.Struct, frozen=True):
    """A table, where it stands, and what is written around it."""

    rows: tuple[Row, ...]
    numbers: tuple[int, ...]
    where: str  # "plan.pdf, sidan 2"
    name: str = ""
    text: str = ""  # how the document begins


def read(sheets: Sequence[Sheet], file: str, names: Names, body: str | None = None) -> Calendar:
    """The meetings of every table that is a plan. Raises UsageError when there is none."""
    entries: list[Entry] = []
    notes: list[str] = []
    year: int | None = None
    for sheet in sheets:
        year = _year(file, sheet) or year
        found = (
            _months(sheet, year, names, body) or _lines(sheet, year, names, body, notes) or _days(sheet, year, names)
        )
        entries += found
    if not entries:
        raise UsageError(
            f"{file}: ingen tabell med sammanträden hittades. Den ska ha en kolumn för instans och en för datum, eller "
            "en rad för varje instans och en kolumn för varje månad. Inget är sparat."
        )
    return Calendar(tuple(_once(entries)), tuple(dict.fromkeys(notes)))


def _once(entries: Sequence[Entry]) -> Iterator[Entry]:
    seen = set()
    for entry in entries:
        if (entry.body, entry.day) not in seen:
            seen.add((entry.body, entry.day))
            yield entry


_PLAN = re.compile(r"sammanträd|mötes|tidplan|kalender|årsplan|schema")


def _year(file: str, sheet: Sheet) -> int | None:
    """The one year of the rows above the days, the sheet's name, a line that names the plan, or the file's name.

    Several are none. A table that says nothing goes on from the one before it.
    """
    first = next((at for at, row in enumerate(sheet.rows) if any(map(_is_day, row))), len(sheet.rows))
    above = " ".join(cell for row in sheet.rows[:first] for cell in row)
    titles = " ".join(line for line in sheet.text.lower().split("\n") if _PLAN.search(line))
    for text in (above, sheet.name, titles, file):
        years = set(_YEAR.findall(text))
        if len(years) == 1:
            return int(years.pop())
    return None


def _is_day(cell: str) -> bool:
    return len(cell) <= _SHORT and bool(_DAY.search(cell) or dates_in(cell, expected=True))


# --- a line for each meeting -----------------------------------------------------------------------------


def _lines(sheet: Sheet, year: int | None, names: Names, body: str | None, notes: list[str]) -> list[Entry]:
    """Rows under the columns that are named; a row with a body alone says whose the rows below it are."""
    for at, row in enumerate(sheet.rows):
        places = csv_table.places_by_meaning(row)
        if places["day"] and places["day"] != places["body"] and _has_days(sheet.rows[at + 1 :], places["day"], year):
            break
    else:
        return []
    owner = body or _alone(sheet.rows[:at], names)
    found: list[Entry] = []
    for below, number in zip(sheet.rows[at + 1 :], sheet.numbers[at + 1 :], strict=True):
        if (alone := _alone([below], names)) and not _dated(below, places["day"], year):
            owner = alone
            continue
        if not _dated(below, places["day"], year) or not (places["body"] or owner):
            continue
        entry = csv_table.entry(below, places, f"{sheet.where}, rad {number}", owner, year)
        found.append(entry)
    if found:
        notes += csv_table.unused(row, places)
    return found


def _dated(row: Row, places: Sequence[int], year: int | None) -> bool:
    return any(place < len(row) and dates_in(row[place], year, expected=True) for place in places)


def _has_days(rows: Sequence[Row], places: Sequence[int], year: int | None) -> bool:
    return any(_dated(row, places, year) for row in rows)


def _alone(rows: Sequence[Row], names: Names) -> str | None:
    """The body of the last row that says nothing else."""
    for row in reversed(rows):
        written = [cell for cell in row if cell]
        if len(written) == 1 and (code := body_named(written[0], names)):
            return code
    return None


# --- months beside each other ----------------------------------------------------------------------------


def _months(sheet: Sheet, year: int | None, names: Names, body: str | None) -> list[Entry]:
    for rows, numbers in ((sheet.rows, sheet.numbers), (_turned(sheet.rows), ())):
        at = next((at for at, row in enumerate(rows) if len(_months_of(row, year)) >= ENOUGH_MONTHS), None)
        if at is not None:
            return list(_of_months(rows, numbers, at, sheet.where, year, names, body))
    return []


def _turned(rows: Sequence[Row]) -> tuple[Row, ...]:
    width = max((len(row) for row in rows), default=0)
    return tuple(tuple(row[place] if place < len(row) else "" for row in rows) for place in range(width))


def _months_of(row: Row, year: int | None) -> dict[int, tuple[int | None, int]]:
    """Column -> (year, month)."""
    found = {}
    for place, cell in enumerate(row):
        match = _MONTH.fullmatch(cell.strip().lower())
        if match:
            found[place] = (int(match["year"]) if match["year"] else year, MONTHS.index(match[1][:3]) + 1)
    return found


def _of_months(
    rows: Sequence[Row],
    numbers: Sequence[int],
    at: int,
    where: str,
    year: int | None,
    names: Names,
    body: str | None,
) -> Iterator[Entry]:
    """The days of each row, and of the rows that tell when its papers are handed in and sent out."""
    months = _months_of(rows[at], year)
    if any(one is None for one, _ in months.values()):
        raise UsageError(f"{where}: tabellen säger inte vilket år den gäller. Skriv det i rubriken. Inget är sparat.")
    meetings: list[tuple[str, date, str]] = []
    before: dict[tuple[str, str], list[date]] = {}
    owner = body
    for place, row in enumerate(rows[at + 1 :], at + 1):
        label = " ".join(cell for column, cell in enumerate(row) if column not in months and cell).strip()
        own = body_named(label, names)
        owner = own or owner
        days = list(_days_of(row, months, where))
        kind = _kind(label)
        line = f"{where}, rad {numbers[place]}" if numbers else f"{where}, kolumn {place + 1}"
        whose = own or (owner if kind or not label else None) or label
        if kind in ("manus", "call") and owner:
            before[owner, kind] = days
        elif kind is None and whose:
            meetings += [(whose, day, line) for day in days]
    for whose, day, line in meetings:
        own_days = {kind: _latest(before.get((whose, kind), []), day) for kind in ("manus", "call")}
        yield Entry(whose, day, Plan(manus=own_days["manus"], call=own_days["call"]), line)


def _kind(label: str) -> str | None:
    folded = label.lower()
    if _MANUS.search(folded):
        return "manus"
    if _CALL.search(folded):
        return "call"
    return "other" if _NO_MEETING.search(folded) else None


MOST_DAYS_BEFORE = 45


def _latest(days: Sequence[date], meeting: date) -> date | None:
    """The last of some days before a meeting, unless it belongs to one long before."""
    near = [day for day in days if day < meeting and (meeting - day).days <= MOST_DAYS_BEFORE]
    return max(near, default=None)


def _days_of(row: Row, months: dict[int, tuple[int | None, int]], where: str) -> Iterator[date]:
    for place, (year, month) in months.items():
        cell = _HOUR.sub(" ", row[place]) if place < len(row) else ""
        written = dates_in(cell, year, expected=True)
        if written:
            yield from (found.date for found in written)
            continue
        for number in _DAY.findall(cell):
            try:
                yield date(year or 0, month, int(number))
            except ValueError:
                raise UsageError(f"{where}: {number} {MONTHS[month - 1]} finns inte. Inget är sparat.") from None


# --- days with what happens ------------------------------------------------------------------------------


def _days(sheet: Sheet, year: int | None, names: Names) -> list[Entry]:
    """The rows whose text begins with a body: its meeting that day. A row "År 2026" says the year of those below."""
    found = []
    for row, number in zip(sheet.rows, sheet.numbers, strict=True):
        written = [cell for cell in row if cell]
        if written and (stated := re.fullmatch(r"(?i)(?:år )?(20\d\d)", written[-1])):
            year = int(stated[1])
        dated = [one for cell in written for one in dates_in(cell, year, expected=True) if len(cell) <= _SHORT]
        texts = [cell for cell in written if len(cell) > _SHORT or not dates_in(cell, year, expected=True)]
        code = next((code for text in texts if (code := body_named(text, names))), None)
        if dated and code:
            found.append(Entry(code, dated[0].date, Plan(), f"{sheet.where}, rad {number}"))
    return found
