"""A table with a line for each meeting, as a spreadsheet saves it: columns named in many ways, `;`, `,` or tab."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from states.swedish_text import listed
from workflow import csv_rows
from workflow.errors import UsageError
from workflow.meeting_calendars.entry import Calendar, Entry, the_day, the_hour
from workflow.meeting_plan import Plan

NAMES = {
    "body": ("organ", "instans", "nämnd", "organisation", "body", "organ_id", "instanskod", "kod"),
    "day": ("sammanträdesdatum", "sammanträde", "datum", "sammanträdesdag", "dag", "date", "day"),
    "manus": ("manusstopp", "manus", "inlämning", "inlämningsstopp", "manusdag"),
    "call": ("kallelse", "kallelsedag", "utskick", "call"),
    "announce": ("kungörelse", "kungörelsedag", "annonsering", "announce"),
    "time": ("tid", "starttid", "klockslag", "kl", "start", "time"),
}
"""What is looked for -> how the column can be called, the likeliest first; åäö may be written aao."""


def read(text: str, file: str, body: str | None = None) -> Calendar:
    """The meetings of a table. `body` is whose they are where no column says so."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    rows = csv_rows.numbered(text, max(";,\t", key=first.count), file)
    told = ((f"{file}, rad {number}", cells) for number, cells in rows if any(cells))
    head, names = next(told, ("", None))
    if names is None:
        raise UsageError(f"{file}: filen är tom. Inget är sparat.")
    columns = [_plain(cell) for cell in names]
    places = {what: _places(columns, called) for what, called in NAMES.items()}
    if not places["day"] or not (places["body"] or body):
        missing = "datum" if not places["day"] else "instans (eller ange --instans)"
        raise UsageError(f"{head}: en kolumn för {missing} saknas. Inget är sparat.")
    entries = [entry(cells, places, where, body) for where, cells in told]
    return Calendar(tuple(entries), tuple(unused(columns, places)))


MEANT = {
    "body": re.compile("organ|instans|namnd|styrelse|utskott"),
    "manus": re.compile("manus|inlamn|handlingar_in|sista_dag"),
    "call": re.compile("kallelse|utskick|skickas_ut|handlingar_ut"),
    "announce": re.compile("kungor|annons"),
    "time": re.compile("^(?:tid|start|kl|klock)"),
    "day": re.compile("sammantrade|^datum|_datum$|motesda|^mote"),
}
"""What a column of a printed plan says it holds, where it is not called by any of the names."""


def places_by_meaning(row: Sequence[str]) -> Mapping[str, list[int]]:
    """Where the columns of a heading stand: by their names, and, of the others, by what they mean."""
    columns = [_plain(cell) for cell in row]
    places = {what: _places(columns, names) for what, names in NAMES.items()}
    taken = {place for found in places.values() for place in found}
    for what, meant in MEANT.items():
        if not places[what]:
            places[what] = [at for at, column in enumerate(columns) if at not in taken and meant.search(column)]
            taken.update(places[what])
    return places


def _plain(name: str) -> str:
    return name.strip().lower().translate(str.maketrans("åäö ", "aao_"))


def _places(columns: list[str], names: tuple[str, ...]) -> list[int]:
    """Where the columns of some names stand, in the order of the names."""
    return [columns.index(plain) for plain in map(_plain, names) if plain in columns]


def entry(
    row: Sequence[str], places: Mapping[str, list[int]], where: str, body: str | None, year: int | None = None
) -> Entry:
    """The meeting of a row; `year` is that of days without one."""
    cells = {what: list(_cells(row, found)) for what, found in places.items()}
    if not cells["day"]:
        raise UsageError(f"{where}: datum saknas. Inget är sparat.")
    named = cells["body"] or ([body] if body else [])
    if not named:
        raise UsageError(f"{where}: instans saknas. Inget är sparat.")
    plan = Plan(
        manus=_perhaps(cells["manus"], where, year),
        call=_perhaps(cells["call"], where, year),
        announce=_perhaps(cells["announce"], where, year),
        starts_at=the_hour(cells["time"][0], where) if cells["time"] else None,
    )
    return Entry(named[0], the_day(cells["day"][0], where, year), plan, where, tuple(named[1:]))


def _cells(row: Sequence[str], places: list[int]) -> Iterator[str]:
    yield from (row[place].strip() for place in places if place < len(row) and row[place].strip())


def _perhaps(cells: list[str], where: str, year: int | None) -> date | None:
    return the_day(cells[0], where, year) if cells else None


def unused(columns: Sequence[str], places: Mapping[str, list[int]]) -> Iterator[str]:
    """That some columns were not used."""
    used = {place for found in places.values() for place in found}
    left = [column for place, column in enumerate(columns) if place not in used and column]
    if left:
        yield f"Kolumner som inte används: {listed(left)}."
