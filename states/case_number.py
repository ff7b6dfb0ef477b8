"""Diarienummer in any spelling: what they mean, and the one way we write them.

Municipalities write `SON 2020-247`, `KS 2022/100`, `KS/2018:443`, `KS 67/16`, `2019.144 KS` and
`KS-2014/742.912` for the same kind of thing: diary, year, running number and sometimes a suffix.
"""

import re

import msgspec


class CaseNumber(msgspec.Struct, frozen=True):
    """A parsed diarienummer."""

    diary: str  # upper case; empty where the spelling names none
    year: int
    number: int
    suffix: str = ""

    def __str__(self) -> str:
        shown = f"{self.diary} {self.year}-{self.number}".strip()
        return f"{shown}.{self.suffix}" if self.suffix else shown


LABEL = re.compile(r"^\s*(dnr|diarienummer|diarienr|ärendenummer)(?![A-ZÅÄÖ])[.:\s]*", re.IGNORECASE)
SHAPE = re.compile(
    r"(?P<before>[A-ZÅÄÖ]{1,10})?[ /:.-]*(?P<first>\d{1,6})[ /:.-]+(?P<second>\d{1,6})"
    r"(?:[/.:-](?P<suffix>\d{1,6}))?[ /:.-]*(?P<after>[A-ZÅÄÖ]{1,10})?",
    re.IGNORECASE,
)


# "2023KS312", "2018/KS 0001", "09BUN113": the diary between the year and the number.
AMID = re.compile(
    r"(?P<year>(?:19|20)?\d\d)[/-]?(?P<diary>[A-ZÅÄÖ]{1,10})[ /-]?(?P<number>\d{1,6})(?:[/.:-](?P<suffix>\d{1,6}))?",
    re.IGNORECASE,
)
# What the case is filed under in the diary plan stands after its number and is no part of it.
FILED_UNDER = re.compile(
    r"(?:\s+(?:-\s*)?(?:\d{3}|Dpl \d{1,2})|[\s-]+\d{1,2}(?:\.\d{1,2}){1,4}|(?<=[A-ZÅÄÖ])-\d{1,2})$"
)


def readings(text: str) -> tuple[CaseNumber, ...]:
    """Every way `text` can be read as a diarienummer, likeliest first; empty when it is none."""
    bare = LABEL.sub("", text).strip()
    return _read(bare) or _read(FILED_UNDER.sub("", bare))


def _read(text: str) -> tuple[CaseNumber, ...]:
    if amid := AMID.fullmatch(text):
        year = int(amid["year"]) if len(amid["year"]) == 4 else _four_digits(int(amid["year"]))
        return (CaseNumber(amid["diary"].upper(), year, int(amid["number"]), amid["suffix"] or ""),)
    match = SHAPE.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        return ()
    diary = (match["before"] or match["after"] or "").upper()
    first, second, suffix = match["first"], match["second"], match["suffix"] or ""
    read = []
    if _is_year(first):
        read.append(CaseNumber(diary, int(first), int(second), suffix))
    if len(second) == 2:
        read.append(CaseNumber(diary, _four_digits(int(second)), int(first), suffix))
    elif _is_year(second) and not _is_year(first):
        read.append(CaseNumber(diary, int(second), int(first), suffix))
    elif len(first) == 2 and len(second) > 3:
        read.append(CaseNumber(diary, _four_digits(int(first)), int(second), suffix))
    return tuple(read)


def _four_digits(year: int) -> int:
    """Two digits are of this century up to 69; diaries older than that are in no computer."""
    return year + (2000 if year < 70 else 1900)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")
