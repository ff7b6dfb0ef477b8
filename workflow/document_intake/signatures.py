"""Who signs at the end: names standing alone, with a title below or a unit above."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from workflow.document_intake.folding import key
from workflow.document_intake.headings import Part
from workflow.document_intake.layout import cells
from workflow.document_intake.names import is_person, is_title, is_unit, person_with_title
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.sections import Section
from workflow.document_intake.swedish_dates import without_dates

_SIGNED = re.compile(
    r"(?i)^(?:(?:detta )?dokument(?:et)? )?(?:är |har )?(?:digitalt |elektroniskt )?"
    r"(?:signera(?:d|t|ts|des)|underskrive[nt]|undertecknat?s?|signatur|underskrift|namnteckning)"
    r"(?: digitalt| elektroniskt)?(?: av)?(?::\s*|\s+|$)"
)
_CLOSING = re.compile(
    r"(?i)^(?:för |på uppdrag|på .{2,40} (?:uppdrag|vägnar)$|enligt (?:uppdrag|delegation)|i tjänsten|vid tjänsten"
    r"|underskrift|(?:med )?vänliga? hälsning(?:ar)?$|.{2,40} kommun$)"
)
# Lists of documents and addressees may hold names too; there a name needs more to be a signature.
_LISTS = {Part.UNDERLAG, Part.PREPARERS, Part.RECIPIENTS, Part.APPENDICES, Part.PROPOSALS}
_LONG = 90


class Signatures(msgspec.Struct, frozen=True):
    names: tuple[str, ...]
    units: tuple[str, ...]
    lines: frozenset[int]  # what belongs to the signatures and to no list they stand below
    unsure: tuple[str, ...] = ()


_NOBODY = Signatures((), (), frozenset())


class _Line(msgspec.Struct):
    number: int
    text: str
    part: Part
    section: int
    begins_paragraph: bool
    in_first_paragraph: bool  # of its part: in a list of addressees, the list
    is_last_words: bool = False  # no running text comes after it


def read_signatures(sections: Sequence[Section]) -> Signatures:
    lines = [line for place, section in enumerate(sections) for line in _lines(section, place)]
    _mark_last_words(lines)
    head = {key(cell) for text in sections[0].texts for cell in cells(text)}
    names: list[str] = []
    units: list[str] = []
    claimed: set[int] = set()
    for at in range(len(lines)):
        found = _signers(lines, at, claimed)
        if found:
            above = _openings_above(lines, at, head)
            names += found
            units += [line.text.strip() for line in above if is_unit(line.text)]
            claimed |= {line.number for line in above} | _with_titles_below(lines, at)
    return (
        Signatures(tuple(dict.fromkeys(names)), tuple(units), frozenset(claimed)) if names else _at_the_very_end(lines)
    )


def _lines(section: Section, place: int) -> list[_Line]:
    found: list[_Line] = []
    blank, paragraphs = True, 0
    for number, text in section.lines:
        if text.strip():
            paragraphs += blank
            found.append(_Line(number, text, section.part, place, blank, paragraphs == 1))
        blank = not text.strip()
    return found


def _mark_last_words(lines: list[_Line]) -> None:
    for line in reversed(lines):
        line.is_last_words = True
        if line.part not in _LISTS and not _is_short(line.text):
            break


def _is_short(text: str) -> bool:
    bare = text.strip()
    return (len(bare) < _LONG and not bare.endswith(".")) or is_placeholder(bare)


# --- the names ---------------------------------------------------------------------------------------
def _signers(lines: list[_Line], at: int, claimed: set[int]) -> list[str]:
    """The persons on a line, if they are there to sign."""
    line = lines[at]
    if line.part is Part.HEAD or _is_running_text(line.text):
        return []
    found = _without_titles_of_others(cell for cell in map(_signing, cells(line.text)) if cell)
    if not found:
        return []
    if _are_persons(found) or (all(map(_is_in_capitals, found)) and _has_titles_below(lines, at)):
        return found if _says_it_signs(lines, at) or _stand_to_sign(lines, at, claimed) else []
    titled = [name for name in map(_name_beside_title, found) if name]
    below_another = at > 0 and lines[at - 1].number in claimed
    below_a_list = line.part in (Part.UNDERLAG, Part.APPENDICES) and not line.in_first_paragraph
    alone = (line.part not in _LISTS or below_a_list) and (line.begins_paragraph or below_another)
    signs = (alone and line.is_last_words) or line.part is Part.SIGNERS or _says_it_signs(lines, at)
    return titled if len(titled) == len(found) and signs else []


def _without_titles_of_others(texts: Iterable[str]) -> list[str]:
    """Of names that begin on different lines one may stand beside the other's title."""
    found = list(texts)
    names = [text for text in found if not is_title(text)]
    return names if names and all(map(is_person, names)) else found


def _is_running_text(text: str) -> bool:
    return len(text) > _LONG and "  " not in text and not _SIGNED.match(text)


def _signing(cell: str) -> str:
    """ "Signerat digitalt av Ture Ek 2024-05-12", "/Ture Ek/" -> "Ture Ek"."""
    return without_dates(_SIGNED.sub("", cell)).strip(" .,/")


def _says_it_signs(lines: list[_Line], at: int) -> bool:
    above = lines[at - 1].text.strip() if at else ""
    return bool(_SIGNED.match(lines[at].text.strip())) or _only_says_signed(above)


def _only_says_signed(text: str) -> bool:
    return bool(text) and not _SIGNED.sub("", text)


def _is_in_capitals(text: str) -> bool:
    return text.isupper() and is_person(text.title())


def _name_beside_title(text: str) -> str | None:
    """ "Ture Ek, ekonomichef", "Ekonomichef Ture Ek" and "Ture Ek Ekonomichef"."""
    words = text.split() if len(text) < _LONG else []
    for at in range(1, len(words)):
        first, last = " ".join(words[:at]), " ".join(words[at:])
        if is_person(last) and is_title(first):
            return last
        if is_person(first) and is_title(last):
            return first
    return person_with_title(text)


def _are_persons(texts: list[str]) -> bool:
    return all(is_person(text) and not is_placeholder(text) for text in texts)


def _stand_to_sign(lines: list[_Line], at: int, claimed: set[int]) -> bool:
    line, above = lines[at], lines[max(0, at - 1)]
    if line.part not in _LISTS and line.is_last_words:
        return True
    if line.part is Part.PREPARERS and line.in_first_paragraph:
        return False
    may_follow = line.part is not Part.PREPARERS and (line.part is not Part.UNDERLAG or line.is_last_words)
    below_signature = may_follow and above.number in claimed and above.section == line.section
    titled = _has_titles_below(lines, at) or _has_titles_above(lines, at)
    return below_signature or titled or _is_headed_by_unit(line, above)


def _has_titles_below(lines: list[_Line], at: int) -> bool:
    below = lines[at + 1] if at + 1 < len(lines) else None
    return below is not None and below.section == lines[at].section and _are_titles(below.text)


def _has_titles_above(lines: list[_Line], at: int) -> bool:
    """A row of titles over a row of names; in a single column a title may be the last of a list."""
    above = lines[at - 1] if at else None
    several = above is not None and len(cells(above.text)) == len(cells(lines[at].text)) > 1
    return several and above is not None and above.section == lines[at].section and _are_titles(above.text)


def _are_titles(line: str) -> bool:
    """A row of titles, where a name may have begun beside them."""
    titles = [cell for cell in cells(line) if not is_person(cell)]
    return bool(titles) and all(is_title(cell) and cell[0].isalpha() for cell in titles)


def _are_units(line: str) -> bool:
    return all(is_unit(cell) for cell in cells(line))


def _is_headed_by_unit(line: _Line, above: _Line) -> bool:
    """A unit above a name signs for it, unless both are in a list of addressees."""
    if line.part is Part.PROPOSALS or not line.is_last_words:
        return False
    return (line.part not in _LISTS or not line.in_first_paragraph) and _opens_signature(above)


def _at_the_very_end(lines: list[_Line]) -> Signatures:
    """Names alone in the last paragraphs sign, even below a list of addressees, if nobody else does."""
    names: list[str] = []
    claimed: set[int] = set()
    for line in reversed(lines):
        found = cells(line.text)
        persons = [name for cell in found if (name := cell if _are_persons([cell]) else _name_beside_title(cell))]
        if line.part is not Part.RECIPIENTS or line.in_first_paragraph or len(persons) < len(found):
            break
        names = persons + names
        claimed.add(line.number)
    if not names:
        return _NOBODY
    told = (
        f"{' och '.join(names)} står under mottagarna men lästes som undertecknare, eftersom ingen annan skriver under."
    )
    return Signatures(tuple(names), (), frozenset(claimed), (told,))


# --- what stands around them -------------------------------------------------------------------------
def _opens_signature(line: _Line) -> bool:
    """A unit, "För kommunledningskontoret", or a place with the date of signing."""
    text = line.text.strip()
    bare = without_dates(text).strip().removesuffix(" den")
    place = bare != text and bare.isalpha() and bare.istitle() and line.part is not Part.MBL
    return place or is_unit(bare) or bool(_CLOSING.match(text)) or _only_says_signed(text)


def _openings_above(lines: list[_Line], at: int, head: set[str]) -> list[_Line]:
    titled = _has_titles_below(lines, at)
    found: list[_Line] = []
    for line in reversed(lines[max(0, at - 3) : at]):
        if line.number == lines[at - 1].number and _has_titles_above(lines, at):
            return [line]
        if _only_says_signed(line.text.strip()):
            return [line, *found]
        if not _opens_signature(line) or _is_an_addressee(line, titled, head):
            break
        found.insert(0, line)
    return found


def _is_an_addressee(line: _Line, titled: bool, head: set[str]) -> bool:
    """Where titles stand below the names, a unit above them may be the last of the addressees."""
    if line.part not in _LISTS:
        return line.part is Part.HEAD
    may_be_sent_to = titled and line.part is Part.RECIPIENTS and is_unit(line.text) and key(line.text) not in head
    return line.in_first_paragraph or may_be_sent_to


def _with_titles_below(lines: list[_Line], at: int) -> set[int]:
    found = {lines[at].number}
    for line in lines[at + 1 : at + 3]:
        several = len(cells(line.text)) > 1
        if line.section != lines[at].section or not (_are_titles(line.text) or (several and _are_units(line.text))):
            break
        found.add(line.number)
    return found
