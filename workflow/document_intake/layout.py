"""The page around the text: page numbers, running heads, footers, columns, lines broken by the margin."""

import functools
import re
from collections.abc import Sequence

from workflow.document_intake.case_numbers import case_numbers_in
from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.names import is_unit
from workflow.document_intake.swedish_dates import dates_in

_NUMBER = (
    r"\d{1,3}\s?(?:\(\s?\d{1,3}\s?\)|\[\s?\d{1,3}\s?\])"
    r"|(?:sida|sid\.?)\s\d{1,3}(?:\s?(?:av|/)\s?\d{1,3}|\s?\(\d{1,3}\))?"
)
_PAGE_NUMBER = re.compile(rf"\s*(?:{_NUMBER}|\d{{1,3}}\s(?:av|/)\s\d{{1,3}}|-\s?\d{{1,3}}\s?-)\s*")
_AT_THE_END = re.compile(rf"(?:^|\s{{2,}}|\t)(?:{_NUMBER})\s*$")
_ENDS_PAGE_NUMBER = frozenset("0123456789)]-")
_COLUMN_GAP = re.compile(r"\s{3,}|\t+|\s*\|\s*")

_MISREAD_A = re.compile(r"(?<=[a-zåäö])&(?=[a-zåäö])")  # "n&mnden", by a scanner without Swedish
_SPACED_ATT = re.compile(r"\b([Aa]) ([Tt]) ([Tt])(?=\s)")  # "a t t", as typewriters stressed it
_WIDE_GAP = re.compile(r"[ \t]{4,}|[ \t]*\t[ \t]*")
# What fonts, and scanners, make of a bullet.
_ODD_BULLET = re.compile(r"^(\s*)(?:[«»¢©®¤►■□‣⁃∙✓➢▶→+\ue000-\uf8ff]\s+)+(?:[-–—•]\s+)?(?=\S)")
_LETTER_FOR_BULLET = re.compile(r"^(\s*)([eo])\s+(?=[A-ZÅÄÖ])")

# What only an address block says, by kind: two kinds in one block make it a footer.
_ADDRESS_MARKS = (
    re.compile(r"(?<!\d)\d{3} ?\d{2} +[A-ZÅÄÖ][A-Za-zåäöÅÄÖ]+"),
    re.compile(r"(?i)besöksadress|postadress|leveransadress"),
    re.compile(r"(?i)\b(?:tele?fon|tfn|tel|växel|fax)\b[.:,]?\s*\+?\d|mobilnummer"),
    re.compile(r"(?i)\bwww\.|\bwebb(?:plats)?:"),
    re.compile(r"(?i)\borg\.? ?(?:anisations)?(?:nr|nummer)\b|bankgiro|plusgiro"),
    re.compile(r"(?i)e-post|\S@\S"),
)

_MAY_BE_ADDRESS = re.compile(r"(?i)[\d@]|adress|mobil|www|webb|e-post|giro|org")
_HOUSE_ADDRESS = re.compile(r"(?:\b[Kk]ommun|\b[Ss]tad|^Region \w+),.*(?<!\d)\d{3} ?\d{2} +[A-ZÅÄÖ][A-Za-zåäöÅÄÖ]+\W*$")

_LONG_LINE = 110
_MAX_FOOTER = 12
ENOUGH_ADDRESS_MARKS = 2
_NARROWEST, _WIDEST = 60, 130
_NEARLY = 0.9
_ENOUGH_FULL_LINES = 5
_CONNECTOR = re.compile(
    r"(?:[-–&,(/]|\b(?:och|samt|eller|av|enligt|för|till|i|om|med|på|från|vid|som|att|mellan|inom|under|den|det|en|ett))$"
)
_BROKEN_WORD = re.compile(r"[a-zåäöé]{2}-$")
_LINK = re.compile(r"(?:och|samt|eller|respektive|men)\b")
_CONTINUES = re.compile(r"[a-zåäö(§&)]|\d{4}\b|\d{1,2} [a-z]{3,9} \d{4}\b")


def with_plain_marks(lines: Sequence[str]) -> list[str]:
    """The lines with one mark for every bullet and "att" as one word. That columns stand apart matters, not how far.

    What a scanner without Swedish makes of ä is mended where it can be nothing else."""
    letters = [match[2] for line in lines if (match := _LETTER_FOR_BULLET.match(line))]
    return [_with_plain_marks(line, letters) for line in lines]


def _with_plain_marks(line: str, letters: Sequence[str]) -> str:
    line = _ODD_BULLET.sub(r"\1• ", line)
    match = _LETTER_FOR_BULLET.match(line)
    if match and letters.count(match[2]) > 1:
        line = f"{match[1]}• {line[match.end() :]}"
    if "&" in line:
        line = _MISREAD_A.sub("ä", line)
    if "t t" in line.lower():
        line = _SPACED_ATT.sub(r"\1\2\3", line)
    return _WIDE_GAP.sub("   ", line) if "    " in line or "\t" in line else line


@functools.lru_cache(maxsize=8192)
def cells(line: str) -> tuple[str, ...]:
    """What stands side by side on a line."""
    return tuple(cell.strip() for cell in _COLUMN_GAP.split(line.strip()) if cell and cell.strip())


def without_page_number(line: str) -> str:
    return "" if _PAGE_NUMBER.fullmatch(line.lower()) else _AT_THE_END.sub("", line)


def is_page_number(line: str) -> bool:
    if line.rstrip()[-1:] not in _ENDS_PAGE_NUMBER:
        return False
    return bool(_PAGE_NUMBER.fullmatch(line.lower()) or _AT_THE_END.search(line.lower()))


def address_marks(text: str) -> int:
    if not _MAY_BE_ADDRESS.search(text):
        return 0
    return sum(bool(mark.search(text)) for mark in _ADDRESS_MARKS)


def is_contact_line(line: str) -> bool:
    return address_marks(line) > 0 or key(line).startswith(("box ", "telefon", "besoksadress"))


def continues(above: str, line: str) -> bool:
    """Whether the margin, and not the writer, broke the text between these two lines."""
    return bool(_CONNECTOR.search(above[-40:].rstrip()) or _CONTINUES.match(line.strip()))


def margin(lines: Sequence[str]) -> int | None:
    """Where the writer's lines break; None when paragraphs run on in one line each."""
    lengths = [len(line) for line in lines if line.strip() and len(cells(line)) == 1]
    widest = max(lengths, default=0)
    full = sum(length > _NEARLY * widest for length in lengths)
    return widest if _NARROWEST <= widest <= _WIDEST and full >= _ENOUGH_FULL_LINES else None


def reaches(margin: int | None, above: str, line: str) -> bool:
    """Whether the line above stopped because the next word had no room."""
    first_word = line.split(maxsplit=1)[0] if line.strip() else ""
    return margin is not None and len(above) + 1 + len(first_word) > margin


def breaks_a_word(above: str, below: str) -> bool:
    """Whether the margin stands within a word; the hyphen of "hälso-" before "och sjukvård" is the writer's."""
    return bool(_BROKEN_WORD.search(above[-3:])) and below[:1].islower() and not _LINK.match(below)


def joined(above: str, below: str) -> str:
    """Two lines the margin parted; a word broken there is whole again, and a year's dash holds its years together."""
    if breaks_a_word(above, below):
        return above[:-1] + below
    held = re.search(r"[a-zåäö]-$|\d[-–]$", above[-2:]) and not _LINK.match(below)
    return above + below if held else f"{above} {below}"


def page_furniture(lines: list[str], body_starts: int) -> set[int]:
    """The lines after the head that belong to the page and not to the text."""
    heads = {key(line) for line in lines[:body_starts] if _is_dated(line)}
    furniture: set[int] = set()
    for start, end in _blocks(lines, body_starts):
        furniture |= _in_block(lines, start, end)
        furniture |= {at for at in range(start, end) if _is_house_address(lines[at])}
        furniture |= {at for at in range(start, end) if key(lines[at]) in heads and _runs(lines, at, start, end)}
    return furniture


def _is_house_address(line: str) -> bool:
    return line[-1:].isalpha() and "," in line and bool(_HOUSE_ADDRESS.search(line))


def _is_dated(line: str) -> bool:
    # A running head repeats the number or the date; a unit or a title repeated is the writer's own.
    return len(line) < _LONG_LINE and bool(case_numbers_in(line) or dates_in(line))


def _runs(lines: list[str], at: int, start: int, end: int) -> bool:
    """A date repeated alone may be the end of an item; with the page's or the case's number it is the head."""
    return bool(case_numbers_in(lines[at])) or any(is_page_number(line) for line in lines[start:end])


def _blocks(lines: list[str], first: int) -> list[tuple[int, int]]:
    """Runs of lines without a blank one between them: (start, end)."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for at in range(first, len(lines) + 1):
        blank = at == len(lines) or not lines[at].strip()
        if blank and start is not None:
            found.append((start, at))
        start = None if blank else at if start is None else start
    return found


def _in_block(lines: list[str], start: int, end: int) -> set[int]:
    """The page numbers of a block, each with the running head above or the footer around it; or a footer alone."""
    numbered = [at for at in range(start, end) if is_page_number(lines[at])]
    found = _footer_above(lines, start, end) if end - 1 in numbered else set()
    for at in numbered or [start]:
        footer = _footer(lines, at, end)
        found |= footer or ({at} & set(numbered))
        if at in numbered and not footer:
            found |= {above for above in range(max(start, at - 2), at) if _is_running_head(lines[above])}
    return found


def _footer_above(lines: list[str], start: int, end: int) -> set[int]:
    """A footer that ends with the page's number, with the unit it begins with."""
    footer = _footer(lines, start, end)
    return footer | {start} if start + 1 in footer and is_unit(lines[start]) else footer


def _footer(lines: list[str], start: int, end: int) -> set[int]:
    """From a page number, or else from the first address, to the last address near it; never into running text."""
    near = range(start, min(end, start + _MAX_FOOTER))
    stop = next((at for at in near if _is_text(lines[at].strip())), near.stop)
    marked = [at for at in range(start, stop) if address_marks(lines[at])]
    if address_marks("\n".join(lines[start:stop])) < ENOUGH_ADDRESS_MARKS:
        return set()
    return set(range(start if is_page_number(lines[start]) else marked[0], marked[-1] + 1))


def _is_text(line: str) -> bool:
    """Whether a line is running text; an address can have what looks like a verb and a full stop."""
    return is_prose(line) and address_marks(line) < ENOUGH_ADDRESS_MARKS


def _is_running_head(line: str) -> bool:
    bare = line.strip()
    if len(cells(line)) > 1 and case_numbers_in(line):
        return True
    return len(bare) < 60 and (bare.isupper() or bool(re.search(r"(?:kommun|stad|skrivelse|utlatande)$", fold(bare))))


# --- running text ------------------------------------------------------------------------------------
_VERB = re.compile(
    forgiving(
        r"\b(?!(?:nr|kr|tr|dr)\b)(?:är|var|blir|blev|har|hade|ska|kan|bör|måste|vill|får|fick|ger|gav|gavs|innebär|finns|föreslår|föreslås"
        r"|bedömer|bedöms|avser|gäller|behöver|behövs|krävs|medför|omfattar|består|visar|pågår|sker|görs|handlar"
        r"|genomförs|genomfördes|hölls|lämnades|beslutade|behandlades|inkom|begärde|antog)\b"
    )
)
_LEAST_PROSE = 60
_LOOK_AHEAD = 6


def paragraph_at(lines: Sequence[str], at: int) -> str:
    """The first lines of the next paragraph, joined."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    found: list[str] = []
    while at < len(lines) and lines[at].strip() and len(found) < _LOOK_AHEAD:
        found.append(lines[at].strip())
        at += 1
    return " ".join(found)


def is_prose(text: str) -> bool:
    """Whether a paragraph is running text and no item, title or heading."""
    return len(text) >= _LEAST_PROSE and text[:1].isupper() and "." in text and has_verb(text)


def is_sentence(text: str) -> bool:
    """Whether a line is a sentence, however short: "Förslaget medför inga kostnader."."""
    return text[:1].isupper() and text.endswith(".") and has_verb(text)


def has_verb(text: str) -> bool:
    return bool(_VERB.search(fold(text)))
