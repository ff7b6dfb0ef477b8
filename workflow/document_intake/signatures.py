"""Who signs at the end: names standing alone, with a title below or a unit above."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workflow.document_intake.headings import Part, Section
from workflow.document_intake.layout import cells
from workflow.document_intake.names import is_person, is_title, is_unit, person_with_title
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.swedish_dates import without_dates

_SIGNED = re.compile(
    r"(?i)^(?:digitalt |elektroniskt )?(?:signera[td]|underskrive[nt]|undertecknat)(?: digitalt| elektroniskt)?(?: av)?:?\s+"
)
_CLOSING = re.compile(r"(?i)^(?:för |på uppdrag|enligt uppdrag|underskrift|vid protokollet|.{2,40} kommun$)")
_NEVER = {Part.HEAD, Part.UNDERLAG, Part.PREPARERS, Part.RECIPIENTS, Part.APPENDICES, Part.PROPOSALS}
_LONG = 90


@dataclass(frozen=True, slots=True)
class Signatures:
    names: tuple[str, ...]
    units: tuple[str, ...]
    lines: frozenset[int]  # what belongs to the signatures and to no list they stand below


@dataclass(slots=True)
class _Line:
    number: int
    text: str
    part: Part
    section: int
    blank_above: bool
    closing: bool  # no running text comes after it
    after_blank: bool  # a blank line somewhere between this and the part's heading


def read_signatures(sections: Sequence[Section]) -> Signatures:
    lines = [line for number, section in enumerate(sections) for line in _lines(section, number)]
    _mark_closing(lines)
    names: list[str] = []
    units: list[str] = []
    claimed: set[int] = set()
    for at in range(len(lines)):
        found = _names(lines, at, claimed)
        if found:
            names += found
            above = _units_above(lines, at)
            units += [line.text.strip() for line in above if is_unit(line.text)]
            claimed |= {line.number for line in above} | _with_titles_below(lines, at)
    if not names:
        last = _last_paragraph(lines)
        names, claimed = [name for line in last for name in cells(line.text)], {line.number for line in last}
    return Signatures(tuple(dict.fromkeys(names)), tuple(units), frozenset(claimed))


def _last_paragraph(lines: list[_Line]) -> list[_Line]:
    """Names alone at the very end sign, even below a list of addressees, if nobody else does."""
    found: list[_Line] = []
    for line in reversed(lines):
        found.insert(0, line)
        if line.blank_above:
            break
    alone = all(line.part is Part.RECIPIENTS and line.after_blank and _are_persons(line.text) for line in found)
    return found if alone else []


def _are_persons(line: str) -> bool:
    return all(is_person(cell) and not is_placeholder(cell) for cell in cells(line))


def _lines(section: Section, place: int) -> list[_Line]:
    found: list[_Line] = []
    blank = after_blank = False
    written = False
    for number, text in section.lines:
        if text.strip():
            found.append(_Line(number, text, section.part, place, blank or not written, False, after_blank))
            written = True
        blank = not text.strip()
        after_blank = after_blank or (blank and written)
    return found


def _names(lines: list[_Line], at: int, claimed: set[int]) -> list[str]:
    """The persons on a line, if they are there to sign."""
    line = lines[at]
    found = [_SIGNED.sub("", cell) for cell in cells(line.text)]
    if line.part is Part.HEAD or not found:
        return []
    if _are_persons("   ".join(found)):
        signs = _has_titles_below(lines, at) if line.part in _NEVER else _ends_the_text(lines, at)
        return found if signs or _follows_signature(lines, at, claimed) or _is_headed_by_unit(lines, at) else []
    titled = [person_with_title(cell) for cell in found]
    if all(titled) and (
        line.part is Part.SIGNERS or (line.part not in _NEVER and line.blank_above and _ends_the_text(lines, at))
    ):
        return [name for name in titled if name]
    return []


def _has_titles_below(lines: list[_Line], at: int) -> bool:
    if lines[at].part is Part.PREPARERS and not lines[at].after_blank:
        return False
    return at + 1 < len(lines) and lines[at + 1].section == lines[at].section and _are_titles(lines[at + 1].text)


def _are_titles(line: str) -> bool:
    return all(is_title(cell) and cell[0].isalpha() for cell in cells(line))


def _follows_signature(lines: list[_Line], at: int, claimed: set[int]) -> bool:
    return at > 0 and lines[at - 1].number in claimed and lines[at].part not in (Part.PREPARERS, Part.UNDERLAG)


def _is_headed_by_unit(lines: list[_Line], at: int) -> bool:
    """A unit above a name signs for it, unless both are in a list of addressees."""
    if at == 0 or lines[at].part in (Part.PREPARERS, Part.PROPOSALS):
        return False
    above = lines[at - 1]
    apart = lines[at].part not in _NEVER or above.after_blank or lines[at].after_blank
    return apart and _opens_signature(above) and _ends_the_text(lines, at)


def _opens_signature(line: _Line) -> bool:
    """A unit, "För kommunledningskontoret", or a place with the date of signing."""
    text = line.text.strip()
    bare = without_dates(text).strip().removesuffix(" den")
    place = bare != text and bare.isalpha() and bare.istitle() and line.part is not Part.MBL
    return place or is_unit(bare) or bool(_CLOSING.match(text))


def _ends_the_text(lines: list[_Line], at: int) -> bool:
    """Nothing but names, titles, units and lists comes after."""
    return lines[at].closing


def _mark_closing(lines: list[_Line]) -> None:
    for line in reversed(lines):
        line.closing = True
        if line.part not in _NEVER and not _is_short(line.text):
            break


def _is_short(text: str) -> bool:
    bare = text.strip()
    return len(bare) < _LONG and not bare.endswith(".") or is_placeholder(bare)


def _units_above(lines: list[_Line], at: int) -> list[_Line]:
    found: list[_Line] = []
    while at > len(found) and _opens_signature(lines[at - 1 - len(found)]) and _is_free(lines[at - 1 - len(found)]):
        found.append(lines[at - 1 - len(found)])
    return found[::-1]


def _is_free(line: _Line) -> bool:
    # In a list of addressees the first paragraph is the list.
    return line.part is not Part.HEAD and (line.part not in _NEVER or line.after_blank)


def _with_titles_below(lines: list[_Line], at: int) -> set[int]:
    found = {lines[at].number}
    for line in lines[at + 1 : at + 3]:
        if line.section != lines[at].section or not _are_titles(line.text):
            break
        found.add(line.number)
    return found
