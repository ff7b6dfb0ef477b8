"""Swedish days and the arithmetic of legal time.

Sources: lag (1989:253) om allmänna helgdagar; lag (1930:173) om beräkning av lagstadgad tid.
All values are dates; nothing here reads a clock.
"""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY, SUNDAY, FRIDAY = 5, 6, 4
DAY = timedelta(days=1)


def easter_sunday(year: int) -> date:
    """Påskdagen of a Gregorian year (Meeus, Jones and Butcher's computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """The named holidays of 1989:253 (besides every Sunday), date to Swedish name."""
    easter = easter_sunday(year)
    holidays = {
        date(year, 1, 1): "nyårsdagen",
        date(year, 1, 6): "trettondedag jul",
        easter - 2 * DAY: "långfredagen",
        easter: "påskdagen",
        easter + DAY: "annandag påsk",
        date(year, 5, 1): "första maj",
        easter + 39 * DAY: "Kristi himmelsfärdsdag",
        easter + 49 * DAY: "pingstdagen",
        _first(SATURDAY, date(year, 6, 20)): "midsommardagen",
        _first(SATURDAY, date(year, 10, 31)): "alla helgons dag",
        date(year, 12, 25): "juldagen",
        date(year, 12, 26): "annandag jul",
    }
    # Since 2005 nationaldagen is a holiday and annandag pingst is not.
    if year >= 2005:
        holidays.setdefault(date(year, 6, 6), "nationaldagen")
    else:
        holidays.setdefault(easter + 50 * DAY, "annandag pingst")
    return holidays


@lru_cache(maxsize=64)
def eves(year: int) -> dict[date, str]:
    """The three eves that 1930:173 2 § puts beside the holidays, date to Swedish name."""
    return {
        _first(SATURDAY, date(year, 6, 20)) - DAY: "midsommarafton",
        date(year, 12, 24): "julafton",
        date(year, 12, 31): "nyårsafton",
    }


def closed_because(day: date) -> str | None:
    """Why `day` is closed under 1930:173 2 §, as a Swedish noun, or None for a working day."""
    name = public_holidays(day.year).get(day) or eves(day.year).get(day)
    if name:
        return name
    return {SATURDAY: "lördag", SUNDAY: "söndag"}.get(day.weekday())


def is_working_day(day: date) -> bool:
    """True when a last day for an act may fall on `day`."""
    return closed_because(day) is None


def roll_forward(day: date) -> date:
    """The last day for an act under law: `day`, or the next working day (1930:173 2 §)."""
    while not is_working_day(day):
        day += DAY
    return day


def working_day_on_or_before(day: date) -> date:
    """Where a backward deadline is met in practice: never later than `day`."""
    while not is_working_day(day):
        day -= DAY
    return day


def working_days_after(day: date, days: int) -> date:
    """So many working days on, or back where it is less than none; the day itself is not counted."""
    for _ in range(days):
        day = roll_forward(day + DAY)
    for _ in range(-days):
        day = working_day_on_or_before(day - DAY)
    return day


def days_after(day: date, days: int) -> date:
    """`days` calendar days on; the day of the event is day 0."""
    return day + days * DAY


def months_after(day: date, months: int) -> date:
    """Same day number `months` later, or that month's last day (1930:173 1 §)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def years_after(day: date, years: int) -> date:
    """Same date `years` later; 29 February becomes 28 (1930:173 1 §)."""
    return months_after(day, 12 * years)


def _first(weekday: int, start: date) -> date:
    return start + ((weekday - start.weekday()) % 7) * DAY
