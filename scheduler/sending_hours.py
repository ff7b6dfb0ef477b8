"""When a reminder may leave the house: not in the quiet hours, nor on a day that is closed.

Pure: the instant is handed in. Hours are those of the clock on the wall in Sweden, also on the two days a year when it
is changed.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from states.swedish_calendar import DAY, is_working_day
from workflow.config import Daemon

SWEDEN = ZoneInfo("Europe/Stockholm")


def may_leave(at: datetime, daemon: Daemon) -> bool:
    """True when something may leave the house at an instant."""
    local = at.astimezone(SWEDEN)
    return _is_open(local.date(), daemon) and not _is_quiet(local.time(), daemon)


def opens_next(at: datetime, daemon: Daemon) -> datetime:
    """The first instant from `at` on, in UTC, when something may leave the house."""
    if may_leave(at, daemon):
        return at.astimezone(UTC)
    day = at.astimezone(SWEDEN).date()
    while True:
        for hour in _openings(daemon):
            instant = datetime.combine(day, hour, SWEDEN).astimezone(UTC)
            if instant > at and may_leave(instant, daemon):
                return instant
        day += DAY


def _is_open(day: date, daemon: Daemon) -> bool:
    return daemon.weekends or is_working_day(day)


def _is_quiet(hour: time, daemon: Daemon) -> bool:
    """The last of the quiet hours' two times is no longer one of them; they may go on past midnight."""
    if not daemon.quiet:
        return False
    first, last = map(time.fromisoformat, daemon.quiet)
    return first <= hour < last if first < last else hour >= first or hour < last


def _openings(daemon: Daemon) -> list[time]:
    """The times of a day when it can open, in order: neither comes twice or never when the clock is changed."""
    return sorted({time(), *map(time.fromisoformat, daemon.quiet[1:])})
