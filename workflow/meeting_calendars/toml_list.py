"""`[[meetings]]` with body, day and planned days: the format of our own."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from workflow.errors import UsageError
from workflow.meeting_calendars.entry import Calendar, Entry, the_day, the_hour
from workflow.meeting_plan import Plan

KEYS = {
    "body": "body",
    "instans": "body",
    "day": "day",
    "dag": "day",
    "manus": "manus",
    "call": "call",
    "kallelse": "call",
    "announce": "announce",
    "kungorelse": "announce",
    "time": "time",
    "tid": "time",
}
"""Key of the file -> what it says."""


def read(text: str, file: str, body: str | None = None) -> Calendar:
    """The meetings of a list. `body` is whose they are where an entry does not say."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise UsageError(f"{file}, rad {line[1] if line else 1}: filen är inte giltig TOML. Inget är sparat.") from None
    raw = content.get("meetings")
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise UsageError(f"{file}, rad 1: filen har inga [[meetings]]. Inget är sparat.")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*meetings\s*\]\]", line)]
    places = lines if len(lines) == len(raw) else [1] * len(raw)
    return Calendar(tuple(_entry(one, f"{file}, rad {line}", body) for one, line in zip(raw, places, strict=True)))


def _entry(raw: Mapping[str, Any], where: str, body: str | None) -> Entry:
    unknown = [key for key in raw if key not in KEYS]
    if unknown:
        raise UsageError(f"{where}: {unknown[0]} finns inte; nycklarna är {', '.join(KEYS)}. Inget är sparat.")
    said = {KEYS[key]: value for key, value in raw.items()}
    named = said.get("body", body)
    if not isinstance(named, str) or "day" not in said:
        raise UsageError(f"{where}: ett sammanträde ska ha body och day. Inget är sparat.")
    plan = Plan(
        manus=_date(said.get("manus"), where),
        call=_date(said.get("call"), where),
        announce=_date(said.get("announce"), where),
        starts_at=_hour(said.get("time"), where),
    )
    on = _date(said["day"], where)
    if on is None:
        raise UsageError(f"{where}: ett sammanträde ska ha body och day. Inget är sparat.")
    return Entry(named, on, plan, where)


def _date(value: Any, where: str) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    return the_day(str(value), where)


def _hour(value: Any, where: str) -> str | None:
    if value is None:
        return None
    return f"{value:%H.%M}" if isinstance(value, time) else the_hour(str(value), where)
