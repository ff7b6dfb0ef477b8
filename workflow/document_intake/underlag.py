"""The documents a decision rests on: the items under Beslutsunderlag."""

import re

from workflow.document_intake.folding import key
from workflow.document_intake.headings import unmarked
from workflow.document_intake.layout import cells, continues, joined, reaches
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.sections import Section

_MARK = re.compile(
    r"^(?:[•●▪◦·*−–—-]\s+|\d{1,2}[.)]\s+|\d{1,2}(?:\.\d{1,2}){1,2}\.?\s+(?=[A-ZÅÄÖ])|[IVX]{1,4}[.)]\s+|o\s{2,}"
    r"|§?\s?[a-h]\)\s+)"
)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_COMPLETE = re.compile(r"[.)”\"\d]$")  # a date, a paragraph's number or a full stop ends an item
_RULER = re.compile(r"\s*\|?\s*:?-{3,}[-:|\s]*$")
_SENDER = re.compile(r"\([^()]+\) ?[-–(A-ZÅÄÖ]")  # "(Länsstyrelsen) - Remiss" is an item, "(Bifogas)" is the end of one
_COLUMNS = frozenset(
    {"handling", "handlingar", "dokument", "underlag", "datum", "daterad", "diarienummer", "dnr", "nr", "bilaga", "typ"}
    | {"benamning", "beteckning", "beskrivning", "namn", "titel", "avsandare", "upprattad", "kommentar"}
)
_NEARLY = 0.9  # letters differ in width
_NOTHING = frozenset({"", "inga", "inget", "saknas", "ingen", "bilagor", "bilaga", "handlingar", "n a"})


def read_underlag(
    underlag: list[Section], appendices: list[Section], margin: int | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items, and what was uncertain; where nothing is called underlag, the appendices are it."""
    items = [item for section in underlag for item in _items(section, margin)]
    if items or not appendices:
        return tuple(items), ()
    items = [item for section in appendices for item in _items(section, margin)]
    return tuple(items), ("Beslutsunderlag saknas som rubrik; bilagorna lästes som underlag.",) if items else ()


def _items(section: Section, margin: int | None) -> list[str]:
    lines = [_LINK.sub(r"\1", unmarked(text)) for text in _without_table_marks(section.texts)]
    marked = any(_MARK.match(line) for line in lines)
    items = _marked_items(lines) if marked else _plain_items(lines, margin)
    return [item for item in items if key(item) not in _NOTHING and not item.isdigit() and not is_placeholder(item)]


def _without_table_marks(texts: list[str]) -> list[str]:
    """A table's rows as lines; its ruler, and the headings above the ruler, are no items."""
    ruler = next((at for at, text in enumerate(texts) if _RULER.match(text)), None)
    rows = texts if ruler is None else texts[: max(0, ruler - 1)] + texts[ruler + 1 :]
    rows = [text for text in rows if not _names_columns(text)]
    return [", ".join(cells(text)) if text.lstrip().startswith("|") else text for text in rows]


def _names_columns(text: str) -> bool:
    named = [key(cell) for cell in cells(text.strip().strip("|"))]
    return len(named) > 1 and _COLUMNS.issuperset(named)


def _marked_items(lines: list[str]) -> list[str]:
    """With bullets or numbers each mark is an item; what follows after a blank line is no longer the list."""
    items: list[str] = []
    blank_above = False
    for line in lines:
        if _MARK.match(line):
            items.append(_MARK.sub("", line))
        elif line and items and (not blank_above or continues(items[-1], line)):
            items[-1] = joined(items[-1], line)
        elif line and not items and not line.endswith(":"):
            items.append(line)
        blank_above = not line
    return items


def _plain_items(lines: list[str], margin: int | None) -> list[str]:
    items: list[str] = []
    above = ""
    written = [line for line in lines if line and not line.endswith(":")]
    lower_case = bool(written) and written[0][:1].islower()
    for line in written:
        full = reaches(margin, above, line) or (margin and len(above) > _NEARLY * margin and not line[:1].isupper())
        if _SENDER.match(line):
            broken = continues(above, line[1:].capitalize())
        else:
            broken = continues(above, line) or bool(full and not _COMPLETE.search(above))
        if items and broken and not (lower_case and line[:1].islower()):
            items[-1] = joined(items[-1], line)
        else:
            items.append(line)
        above = line
    return items
