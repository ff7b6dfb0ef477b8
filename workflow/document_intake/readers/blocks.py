"""Paragraphs, list items and table rows of a word processor, laid out as the lines of a plain text."""

import enum
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from workflow.document_intake.interface import ReadText
from workflow.document_intake.layout import ENOUGH_ADDRESS_MARKS, address_marks
from workflow.document_intake.readers.plain_text import cleaned, repaired_letters


class Role(enum.Enum):
    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"  # of a list
    ROW = "row"  # of a table, or of a text set in columns
    PAGE = "page"  # a page begins


class Block(msgspec.Struct, frozen=True):
    """One paragraph. A form feed within is where a page began; a line end, where the writer broke the line."""

    text: str
    role: Role = Role.TEXT


HAS_MACROS = "Dokumentet har makron. De kördes inte; bara texten lästes."
HAS_CHANGES = "Dokumentet har spårade ändringar. Det lästes som om alla vore godkända; kontrollera att de är det."
HAS_COMMENTS = "Dokumentet har kommentarer. De lästes inte."

DEEPEST = 60  # tables within tables within text boxes …
GAP = "    "  # what parts columns: the parser takes three spaces or more for a gap
PAGE_BREAK = Block("\f", Role.PAGE)

_RUNNING_TEXT = 80  # letters; a shorter paragraph may be a line of an address or a list
_WIDEST_COLUMN = 60
_AFTER_MARKER = re.compile(r"^(\s*(?:\d{1,3}(?:\.\d{1,2})*[.)]?|[A-Za-z][.)]|[•·*\-–—]))\s*\t\s*")
_TABS = re.compile(r"[ ]*\t[ \t]*")


def as_text(blocks: Iterable[Block], notes: Sequence[str] = ()) -> ReadText:
    """The blocks as lines, with a blank one where the reader of the page would see a new paragraph."""
    lines: list[str] = []
    pages = [0]
    before = Block("")
    for block in blocks:
        if lines and lines[-1] and _stand_apart(before, block):
            lines.append("")
        for number, piece in enumerate(block.text.split("\f")):
            if number:
                pages.append(len(lines))
            if piece.strip() or block.role is not Role.PAGE:
                lines += _lines(piece)
        before = block if block.role is not Role.PAGE else before
    text = cleaned(repaired_letters("\n".join(lines)))
    return ReadText(text, tuple(dict.fromkeys(pages)) if len(pages) > 1 else (), tuple(dict.fromkeys(notes)))


def _lines(text: str) -> list[str]:
    return [_TABS.sub(GAP, _AFTER_MARKER.sub(r"\1 ", line.rstrip())) for line in text.split("\n")]


def _stand_apart(above: Block, below: Block) -> bool:
    if not above.text.strip() or not below.text.strip():
        return False
    if below.role is Role.HEADING:
        return above.role is not Role.HEADING
    if (above.role is Role.ROW) != (below.role is Role.ROW):
        return True
    if above.role is Role.HEADING:
        return len(below.text) >= _RUNNING_TEXT
    plain = above.role is below.role is Role.TEXT
    return plain and max(len(above.text), len(below.text)) >= _RUNNING_TEXT


def filled(blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block.text.strip() and block.role is not Role.PAGE]


def header_of(blocks: Iterable[Block]) -> list[Block]:
    """What stands above the text of the first page."""
    header = filled(blocks)
    return [*header, Block("")] if header else []


def footer_of(blocks: Iterable[Block]) -> list[Block]:
    """Only one that says where the sender is found, which the parser knows for a footer; the rest is about the page."""
    footer = filled(blocks)
    says_where = address_marks("\n".join(block.text for block in footer)) >= ENOUGH_ADDRESS_MARKS
    return [Block(""), *footer] if says_where else []


def row_of(cells: Sequence[Sequence[Block]]) -> list[Block]:
    """A table row: alone in its row a cell is text as any other; several stand side by side, line for line."""
    filled = [cell for cell in cells if any(block.text.strip() for block in cell)]
    if len(filled) <= 1:
        return [block for cell in filled for block in cell]
    columns = [[line for block in cell for line in _lines(block.text.replace("\f", ""))] for cell in cells]
    widths = [min(_WIDEST_COLUMN, max(map(len, column), default=0)) for column in columns]
    side_by_side = itertools.zip_longest(*(_trimmed(column) for column in columns), fillvalue="")
    return [Block(_beside(line, widths), Role.ROW) for line in side_by_side if any(line)]


def _trimmed(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _beside(cells: Iterable[str], widths: Iterable[int]) -> str:
    return GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


# --- the numbers and letters of lists
def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def _roman(number: int) -> str:
    return "".join(_roman_digits(min(number, 3_999)))


def _roman_digits(number: int) -> Iterator[str]:
    for value, digits in (*_ROMAN, *_ROMAN_SMALL):
        times, number = divmod(number, value)
        yield digits * times


class Numeral(enum.Enum):
    DECIMAL = "1"
    LETTER = "a"
    CAPITAL = "A"
    ROMAN = "i"
    ROMAN_CAPITAL = "I"


_WRITTEN: dict[Numeral, Callable[[int], str]] = {
    Numeral.DECIMAL: str,
    Numeral.LETTER: _letters,
    Numeral.CAPITAL: lambda number: _letters(number).upper(),
    Numeral.ROMAN: _roman,
    Numeral.ROMAN_CAPITAL: lambda number: _roman(number).upper(),
}


def numeral(kind: Numeral, number: int) -> str:
    return _WRITTEN[kind](number) if 0 < number < 10_000 else str(number)


def bullet(sign: str) -> str:
    """Dashes stay dashes; every other sign, often a letter of a symbol font, is a bullet."""
    return sign if sign in ("-", "–", "—") else "•"
