"""Days as loosely as people write them: mars 2021, första kvartalet 2026, våren 2026; and how long something lasts."""

import datetime
import enum
import functools
import re
from collections.abc import Callable, Iterator

import msgspec

from states.swedish_calendar import DAY, months_after
from states.swedish_text import MONTHS
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.swedish_dates import dates_in

# --- how long ---------------------------------------------------------------------------------------
_NUMBERS = (
    "en|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton|ett"
    "|tjugofyra|trettio|trettiosex"
)
_VALUES = (*range(1, 19), 1, 24, 30, 36)
_WRITTEN = [(re.compile(forgiving(word)), value) for word, value in zip(_NUMBERS.split("|"), _VALUES, strict=True)]
# A scanner makes "&r" of "år".
DURATION = (
    rf"(?<![\w+.,-])(?P<count>\d{{1,2}}|{forgiving(_NUMBERS)})(?: ?\(\d{{1,2}}\))?[ -]?"
    r"(?P<unit>m[a-z0-9]n(?:ad(?:er)?)?s?|[a-z0-9&]rs?)(?!\w)"
)


def months_of(duration: re.Match[str]) -> int:
    """The months of a match of `DURATION`."""
    return number_of(duration["count"]) * (1 if duration["unit"].startswith("m") else 12)


def number_of(written: str) -> int:
    return int(written) if written.isdigit() else next(value for word, value in _WRITTEN if word.fullmatch(written))


def in_words(months: int) -> str:
    """ "2 år", "18 månader"."""
    if months % 12 == 0:
        return f"{months // 12} år"
    return "1 månad" if months == 1 else f"{months} månader"


# --- when -------------------------------------------------------------------------------------------
class Unit(enum.Enum):
    """How closely a text gives a day."""

    DAY = "day"
    SPAN = "span"  # a month, a quarter, a season: its last day is meant
    YEAR = "year"


class Moment(msgspec.Struct, frozen=True):
    """A time in a text and the last day it may mean."""

    due: datetime.date
    start: int
    end: int
    unit: Unit
    without_year: bool = False
    written: str = ""  # as it stands

    @property
    def is_certain(self) -> bool:
        return self.unit is Unit.DAY and not self.without_year

    @property
    def note(self) -> str:
        """How the day was found, where the text does not give the day itself."""
        if self.without_year:
            return f"Texten säger {self.written} utan år; {self.due.year} antogs."
        return "" if self.unit is Unit.DAY else f"Texten säger {self.written}; periodens sista dag antogs."


_YEAR = r"(?P<y>20\d\d)(?![\w/])(?!-\d)"
_ORDINAL = "(?P<n>första|fjärde|1:?a|andra|2:?a|tredje|3:?e|4:?e)"
_ORDINALS = {"f": 1, "1": 1, "a": 2, "2": 2, "t": 3, "3": 3}
_MONTHS_OF = {"k": 3, "q": 3, "h": 6, "t": 4}  # kvartal, halvår, tertial
_SEASONS = {"v": 5, "s": 8, "h": 11}
_NUMBERED_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_MONTH = rf"(?<!\w)(?P<n>{'|'.join(MONTHS)})(?: m[a-z0-9]nad)?"


def _nth(match: re.Match[str]) -> int:
    """The month in which the n-th of a year's parts ends."""
    written = match["n"]
    number = 4 if written.startswith(("fj", "4")) else _ORDINALS[written[0]]
    return min(12, number * _MONTHS_OF[match["part"][0]])


_SPANS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], int]], ...] = (
    (re.compile(forgiving(r"\bårsskiftet (?P<y>20\d\d) ?[/-] ?(?:20)?\d\d(?!\d)")), lambda match: 12),
    (re.compile(forgiving(rf"\b{_ORDINAL} (?P<part>kvartal|halvår|tertial)et(?: år)? ") + _YEAR), _nth),
    (re.compile(rf"\b(?P<part>kvartal|q|tertial) ?(?P<n>[1-4]),? {_YEAR}"), _nth),
    (re.compile(forgiving(r"\bhalvårsskiftet(?: år)? ") + _YEAR), lambda match: 6),
    (
        re.compile(forgiving(r"\b(?P<n>vår|sommar|höst)(?:en|terminen)(?: år)? ") + _YEAR),
        lambda match: _SEASONS[match["n"][0]],
    ),
    (re.compile(rf"{_MONTH}(?: [a-z0-9]r)?,? {_YEAR}"), lambda match: _NUMBERED_MONTHS[match["n"][:3]]),
)
_WITHOUT_YEAR = re.compile(
    rf"{_MONTH}(?!\w)(?! ?(?:19|20)\d\d)"
    + forgiving(r"|(?<!förra )\bårsskiftet(?! ?20\d\d)|\b(?:nästa|kommande) årsskifte\b")
)
_YEAR_OF_OURS = "20"  # without it no span and no year is named
_BARE_YEAR = re.compile(rf"(?<![\w/.]){_YEAR}")
_RANGE_OF_DAYS = re.compile(r"(?<=\d\d-\d\d)-(?=\d{4}-\d\d-\d\d)")


@functools.lru_cache(maxsize=2048)  # each kind of watch asks of every sentence
def moments_in(text: str, after: datetime.date | None = None) -> tuple[Moment, ...]:
    """All times in order. A day or a month without a year is the next one `after` a day, where that is given."""
    folded = _RANGE_OF_DAYS.sub(" ", fold(text))
    found: list[Moment] = []
    for moment in _candidates(folded, after):
        if not any(other.start < moment.end and moment.start < other.end for other in found):
            found.append(msgspec.structs.replace(moment, written=text[moment.start : moment.end]))
    return tuple(sorted(found, key=lambda moment: moment.start))


def _candidates(folded: str, after: datetime.date | None) -> Iterator[Moment]:
    for found in dates_in(folded, after.year if after else None):
        due = _next(found.date, after) if found.year_inferred and after else found.date
        yield Moment(due, found.start, found.end, Unit.DAY, found.year_inferred)
    for pattern, month_of in _SPANS if _YEAR_OF_OURS in folded else ():
        for match in pattern.finditer(folded):
            yield Moment(_last_day(int(match["y"]), month_of(match)), match.start(), match.end(), Unit.SPAN)
    if after:
        for match in _WITHOUT_YEAR.finditer(folded):
            month = _NUMBERED_MONTHS[match["n"][:3]] if match["n"] else 12
            due = _next(_last_day(after.year, month), after)
            yield Moment(due, match.start(), match.end(), Unit.SPAN, without_year=True)
    for match in _BARE_YEAR.finditer(folded):
        yield Moment(_last_day(int(match["y"]), 12), match.start(), match.end(), Unit.YEAR)


def _next(day: datetime.date, after: datetime.date) -> datetime.date:
    return day if day >= after else months_after(day, 12)


def _last_day(year: int, month: int) -> datetime.date:
    return months_after(datetime.date(year, month, 1), 1) - DAY
