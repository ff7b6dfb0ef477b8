"""Dates as people write them in a skrivelse: 2024-02-14, 14 februari 2024, 14/2 2024, 240214."""

import datetime
import functools
import re

import msgspec

from workflow.document_intake.folding import fold

_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_MONTH = (
    "jan(?:uari)?|febr?(?:uari)?|mars?|apr(?:il)?|maj|juni?|juli?|aug(?:usti)?|sept?(?:ember)?|okt(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_DIGIT = "[0-9oilsb]"  # a scanner reads 0 as o, 1 as i or l, 5 as s and 8 as b
_AS_DIGITS = str.maketrans("oilsb", "01158")
_FULL = re.compile(
    rf"(?<![\w-])(?P<y>[12]{_DIGIT}{{3}})\s?(?P<sep>[-./])\s?(?P<m>{_DIGIT}{{1,2}})\s?(?P=sep)\s?(?P<d>{_DIGIT}{{1,2}})(?!\w)"
)
_COMPACT = re.compile(r"(?<![\w-])(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\w)")
_IN_WORDS = re.compile(
    rf"(?<!\w)(?P<d>\d{{1,2}})(?::?[ae])?\.?\s+(?P<m>{_MONTH})(?!\w)\.?(?:,?\s+(?P<y>(?:19|2[0o])[0-9ol]{{2}})(?!\w))?"
)
_DAY_FIRST = re.compile(
    r"(?<![\w/-])(?P<d>\d{1,2})(?P<sep>[./])\s?(?P<m>\d{1,2})(?:(?P=sep)|\s?-\s?|\s+)(?P<y>(?:19|20)\d\d)(?!\w)"
)
_DAY_FIRST_WITH_DASHES = re.compile(r"(?<![\w/-])(?P<d>\d\d)-(?P<m>\d\d)-(?P<y>(?:19|20)\d\d)(?![\w-])")
_DAY_AND_MONTH = re.compile(r"(?<![\w/-])(?P<d>\d{1,2})/(?P<m>\d{1,2})(?P<y>)(?![\w/])")
_SIX_DIGITS = re.compile(r"(?<![\w-])(?P<y>\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\w)")

_ANY_DIGIT = re.compile(r"\d")

_CERTAIN = (_FULL, _COMPACT, _IN_WORDS, _DAY_FIRST, _DAY_FIRST_WITH_DASHES)
_WHERE_A_DATE_IS_EXPECTED = (_DAY_AND_MONTH, _SIX_DIGITS)


class FoundDate(msgspec.Struct, frozen=True):
    date: datetime.date
    start: int
    end: int
    year_inferred: bool = False


def dates_in(text: str, year: int | None = None, *, expected: bool = False) -> list[FoundDate]:
    """All dates in order. Where one is `expected` also 240312, and with a `year` to take 12/3 and "den 12 mars"."""
    return list(_dates_in(text, year, expected)) if _ANY_DIGIT.search(text) else []


@functools.lru_cache(maxsize=4096)  # many ask of the same line
def _dates_in(text: str, year: int | None, expected: bool) -> tuple[FoundDate, ...]:
    folded = fold(text)
    found: list[FoundDate] = []
    taken = bytearray(len(folded))
    for pattern in _CERTAIN + (_WHERE_A_DATE_IS_EXPECTED if expected else ()):
        for match in pattern.finditer(folded):
            date = _date(match, year)
            if date and not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"x" * len(match[0])
                found.append(FoundDate(date, match.start(), match.end(), year_inferred=not match["y"]))
    return tuple(sorted(found, key=lambda one: one.start))


def without_dates(text: str) -> str:
    for found in reversed(dates_in(text)):
        text = text[: found.start] + " " + text[found.end :]
    return text


def _date(match: re.Match[str], year: int | None) -> datetime.date | None:
    written = match["y"] or (str(year) if year else "")
    if not written:
        return None
    try:
        return datetime.date(_year(written), _month(match["m"]), _number(match["d"]))
    except ValueError:
        return None


def _year(written: str) -> int:
    number = _number(written)
    return number + 2000 if number < 100 else number


def _month(written: str) -> int:
    return _MONTHS.index(written[:3]) + 1 if written.isalpha() and len(written) > 2 else _number(written)


def _number(written: str) -> int:
    return int(written.translate(_AS_DIGITS))
