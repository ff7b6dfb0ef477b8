"""The parts of a skrivelse, from its head to its end: which headings open one, and which are only items."""

import re
from collections.abc import Set

import msgspec

from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.headings import MBL_WORDS, NUMBERING, Heading, Part, heading_at, unmarked
from workflow.document_intake.layout import address_marks, is_prose, is_sentence, paragraph_at
from workflow.document_intake.names import bodies_in
from workflow.document_intake.phrasebook import Phrasebook

# The other headings may also be items of a list ("Barnkonsekvensanalys"); these may not.
_RUNNING_TEXT = """
    ärende | ärendet | bakgrund | sammanfattning | sammanfattning av ärendet | ärendebeskrivning |
    beskrivning av ärendet | ekonomiska konsekvenser | kommunala mål | jämställdhet | uppföljning |
    uppföljning och utvärdering | förvaltningens bedömning | bedömning | barnets bästa | beslutsplanering
    """
_NEVER_A_LIST_ITEM = Phrasebook({phrase.strip(): True for phrase in _RUNNING_TEXT.split("|")})
_ABOUT_STAFF = re.compile(
    r"(?:11|14|19|38) ?§|§ ?(?:11|14|19|38)\b|(?:inte|ej) aktuel|samverkats|samverkansavtal|samverkansm"
    r"|arendet .{0,30}\bsamverkas\b"
)
_LABEL_OF_THE_HEAD = re.compile(r"(?:datum|diarienummer|diarienr|dnr|arendenummer|arendenr|handlaggare)\b[: ]")
_ASKS = re.compile(forgiving("beslut|föresl"))
_ASKING = re.compile(
    forgiving(
        r"(?!.*(?:motion|förslagsställ|medborgar))(?:.{0,80} )?"
        r"(?:föreslås besluta|föreslår .{3,80} (?:besluta|beslutar)|föreslår [a-z-]*fullmäktige|beslutar)"
        r"(?: att| följande)?:?"
    )
)
# Elsewhere "Förslag till yttrande" is a document.
_OF_AN_ANSWER = re.compile(r"(?:[a-z]+ )?forslag till (?:yttrande|svar|stallningstagande)")
_LISTED = re.compile(r"(?:att|Att|\d{1,2}[.)]|[•\-–])\s")
_NUMBER = re.compile(r"(\d{1,2})\.?\s+(\D.*)")
_LISTS = {Part.UNDERLAG, Part.RECIPIENTS, Part.APPENDICES, Part.PREPARERS, Part.PROPOSALS}
_LEAST_UNKNOWN, _MAX_UNKNOWN = 4, 70  # "II" above a body's own proposals is no heading


class Section(msgspec.Struct, frozen=True):
    """A heading and the lines under it, with their numbers in the document."""

    part: Part
    heading: str
    lines: tuple[tuple[int, str], ...]
    first: int
    end: int

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines]

    def without(self, numbers: Set[int]) -> "Section":
        kept = tuple((number, "" if number in numbers else text) for number, text in self.lines)
        return Section(self.part, self.heading, kept, self.first, self.end)

    @property
    def label(self) -> str:
        """What the part is called to the user."""
        return self.heading if self.part is Part.OTHER and self.heading else self.part.value


def sections_of(lines: list[str]) -> list[Section]:
    """The document from its head to its end; the first section is always the head."""
    starts: list[tuple[int, Heading]] = [(0, Heading(Part.HEAD, "", lines=0))]
    at = 0
    while at < len(lines):
        heading = _opening(lines, at, starts[-1][1].part) or _next_numbered(lines, at, starts[-1])
        if heading:
            starts.append((at, heading))
        at += heading.lines if heading else 1
    if not any(heading.part is Part.PROPOSALS for _, heading in starts):
        starts = _with_asking_line(lines, starts)
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    return [_section(lines, start, end, heading) for (start, heading), end in zip(starts, ends, strict=True)]


def _with_asking_line(lines: list[str], starts: list[tuple[int, Heading]]) -> list[tuple[int, Heading]]:
    """Without a heading the proposal begins where a line asks a body to decide what follows."""
    for at, line in enumerate(lines[:-1]):
        if _OF_AN_ANSWER.fullmatch(key(unmarked(line))) and _opens_with_a_body(paragraph_at(lines, at + 1)):
            return sorted([*starts, (at, Heading(Part.PROPOSALS, line.strip()))], key=lambda start: start[0])
        if _ASKING.fullmatch(fold(unmarked(line))) and _LISTED.match(paragraph_at(lines, at + 1)):
            return sorted([*starts, (at, Heading(Part.PROPOSALS, "", lines=0))], key=lambda start: start[0])
    return starts


def _opens_with_a_body(text: str) -> bool:
    bodies = bodies_in(text)
    return bool(bodies) and bodies[0][1] == 0


def _section(lines: list[str], start: int, end: int, heading: Heading) -> Section:
    below = [(number, lines[number]) for number in range(start + heading.lines, end)]
    rest = [(start, heading.rest)] if heading.rest else []
    return Section(heading.part, heading.text, tuple(rest + below), start, end)


def _opening(lines: list[str], at: int, within: Part) -> Heading | None:
    heading = heading_at(lines, at)
    if heading is None:
        return (
            _unknown_heading(lines, at, unmarked(lines[at])) or _words_on_mbl(lines, at) if within in _LISTS else None
        )
    if within is Part.HEAD and not _may_end_the_head(lines, at, heading):
        return None
    if heading.part is Part.OTHER and within in _LISTS and not _stands_as_heading(lines, at, heading):
        return None
    if within in _LISTS and _is_item(lines, at, heading):
        return None
    if heading.part is Part.MBL and not _is_unmistakable(lines, at, heading):
        return Heading(Part.OTHER, heading.text)
    return heading


def _is_item(lines: list[str], at: int, heading: Heading) -> bool:
    """ "Bilaga: Motionen" is a document, and so is "2. Förslag till kommunfullmäktige" right below a first."""
    if heading.part is Part.APPENDICES:
        return bool(heading.rest)
    numbered = all(NUMBERING.match(unmarked(line)) for line in lines[max(0, at - 1) : at + 1])
    return heading.part in (Part.PROPOSALS, Part.MBL) and numbered


def _may_end_the_head(lines: list[str], at: int, heading: Heading) -> bool:
    if heading.part in (Part.PREPARERS, Part.SIGNERS, Part.MBL) or (heading.part is Part.RECIPIENTS and heading.rest):
        return False
    if heading.part is Part.OTHER:
        is_label = key(heading.text) in ("arende", "arendet") or not _NEVER_A_LIST_ITEM.find(heading.text)
        return not is_label or is_prose(paragraph_at(lines, at + heading.lines))
    # A template may carry its kind as a banner: "BESLUTSUNDERLAG" above the date and the number.
    is_first = not any(line.strip() for line in lines[:at])
    is_banner = is_first or _LABEL_OF_THE_HEAD.match(fold(paragraph_at(lines, at + heading.lines)))
    return heading.part is not Part.UNDERLAG or not is_banner


def _stands_as_heading(lines: list[str], at: int, heading: Heading) -> bool:
    if _NEVER_A_LIST_ITEM.find(heading.text):
        return True
    return _has_text_below(lines, at + heading.lines)


def _is_unmistakable(lines: list[str], at: int, heading: Heading) -> bool:
    """A bare "Samverkan" or "Information" may as well be about neighbours and police."""
    if MBL_WORDS.search(fold(heading.text)) or "förhandling" in heading.text.lower():
        return True
    below = fold(paragraph_at(lines, at + heading.lines))
    return bool(MBL_WORDS.search(below) or _ABOUT_STAFF.search(below))


def _words_on_mbl(lines: list[str], at: int) -> Heading | None:
    """A sentence of its own on MBL closes a list too, where the house has no heading for it."""
    line = unmarked(lines[at])
    alone = at > 0 and not lines[at - 1].strip()
    return Heading(Part.OTHER, "", lines=0) if alone and MBL_WORDS.search(fold(line)) and is_sentence(line) else None


def _unknown_heading(lines: list[str], at: int, line: str) -> Heading | None:
    """A short line of its own with running text below it closes a list, whatever it says."""
    alone = at > 0 and not lines[at - 1].strip()
    if (
        not alone
        or not line[:1].isupper()
        or not _LEAST_UNKNOWN <= len(line) <= _MAX_UNKNOWN
        or not line[-1].isalpha()
        or address_marks(line)
    ):
        return None
    if any(letter.isdigit() or letter == "," for letter in line) or bodies_in(line) or _ASKS.search(fold(line)):
        return None
    return Heading(Part.OTHER, line) if _has_text_below(lines, at + 1) else None


def _next_numbered(lines: list[str], at: int, above: tuple[int, Heading]) -> Heading | None:
    """ "5. Elevernas synpunkter" below the list under "4. Beslutsunderlag", whose own items count otherwise."""
    start, opened = above
    own = _NUMBER.match(lines[at].strip()) if opened.part in _LISTS else None
    number = _NUMBER.match(unmarked(lines[start])) if own else None
    if not number or not own or int(own[1]) != int(number[1]) + 1:
        return None
    items = [int(match[1]) for line in lines[start + 1 : at] if (match := _NUMBER.match(unmarked(line)))]
    if items and items[-1] == int(number[1]):
        return None
    return _unknown_heading(lines, at, own[2])


def _has_text_below(lines: list[str], at: int) -> bool:
    """Running text; right below its heading it may be as short as "Förslaget medför inga kostnader."."""
    below = paragraph_at(lines, at)
    return is_prose(below) or (at < len(lines) and bool(lines[at].strip()) and is_sentence(below))
