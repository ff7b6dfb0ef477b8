"""What a calendar says of one meeting, and how its days and hours are written."""

from datetime import date

import msgspec

from workflow.document_intake.swedish_dates import dates_in
from workflow.errors import UsageError
from workflow.meeting_plan import Plan, hour


class Entry(msgspec.Struct, frozen=True):
    """One meeting of a calendar."""

    body: str  # code or name, as it is written
    day: date
    plan: Plan
    where: str  # "plan.csv, rad 3"
    also: tuple[str, ...] = ()  # what else the body is called there


class Calendar(msgspec.Struct, frozen=True):
    """What was read out of a file."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()  # Swedish sentences about what was no meeting


def the_day(text: str, where: str, year: int | None = None) -> date:
    """The one date of a cell: 2026-03-17, 20260317, 17/3 2026, 17 mars 2026. Raises UsageError for anything else.

    With a `year` also 17/3 and 17 mars.
    """
    found = dates_in(text, year, expected=year is not None)
    if len(found) != 1:
        raise UsageError(f"{where}: ”{text}” är inget datum; skriv till exempel 2026-03-17. Inget är sparat.")
    return found[0].date


def the_hour(text: str, where: str) -> str:
    """`13.00` of a cell with or without "kl."."""
    try:
        return hour(text.lower().removeprefix("kl").strip(" ."))
    except UsageError as error:
        raise UsageError(f"{where}: {error} Inget är sparat.") from error
