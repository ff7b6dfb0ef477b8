"""A protocol's pages cut into its §§, and each § into its parts."""

import enum
import math
import re
from collections.abc import Iterator, Sequence

import msgspec

from workflow.document_intake.case_numbers import case_numbers_in
from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.headings import Part, heading_at, unmarked
from workflow.document_intake.layout import cells, is_page_number, without_page_number
from workflow.document_intake.names import whole_body
from workflow.document_intake.phrasebook import Phrasebook
from workflow.document_intake.swedish_dates import dates_in, without_dates

Lines = list[tuple[int, str]]
"""Lines with their numbers in the document, from 0."""


class ParagraphPart(enum.Enum):
    """What a part of a § is for; the value is what it is called to the user."""

    HEAD = "Rubrik"
    DECISION = "Beslut"
    VOTE = "Omröstning"
    ORDER = "Beslutsgång"
    MOVED = "Yrkanden"
    RESERVATION = "Reservation"
    NOTE = "Protokollsanteckning"
    JAV = "Jäv"
    RECIPIENTS = "Beslutet skickas till"
    UNDERLAG = "Beslutsunderlag"
    OTHER = "Övrigt"


class Piece(msgspec.Struct, frozen=True):
    """A heading of a § and the lines under it."""

    part: ParagraphPart
    heading: str
    at: int
    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)

    @property
    def first(self) -> int:
        """The first written line."""
        return next((at for at, text in self.lines if text.strip()), self.at)


class Stretch(msgspec.Struct, frozen=True):
    """A § from its sign to the next."""

    number: int
    lines: tuple[tuple[int, str], ...]  # the first is what follows the number on its own line

    @property
    def first(self) -> int:
        return self.lines[0][0]


# --- what belongs to the page ----------------------------------------------------------------------------
_PAGE_WORDS = re.compile(
    forgiving(
        r"(?:justera(?:ndes|rnas|res)? ?(?:sign\w*)?|protokolljusterarnas sign\w*|utdragsbestyrkan\w*"
        r"|expedierat/bestyrkt"
        r"|rätt utdraget\W*\w*|transaktionsid\w*\W.*|signerat av.*|det här dokumentet är (?:digitalt )?signerat.*"
        r"|datum|sammanträdesdatum|sida|blad|sidnr|sidan|signatur|verifikat.*|[©(]c?\)? ?(?:visma|twoday).*)"
    )
)
_BANNER = re.compile(forgiving(r"(?:.{0,60}\s)?(?:sammanträdes)?protokoll(?:sutdrag)?(?:\s.{0,60})?"))
_DATED = re.compile(forgiving(r"(?:sammanträdes)?datum:?\s*"))


MAX_LETTERS, MAX_LINES, MAX_LINE_LENGTH = 2_000_000, 40_000, 8_000
"""Far more than a year's budget meeting; what lies beyond is no meeting's paper."""


def lines_of(text: str) -> list[str]:
    return [line[:MAX_LINE_LENGTH].rstrip() for line in text[:MAX_LETTERS].split("\n")[:MAX_LINES]]


def without_furniture(lines: Sequence[str]) -> list[str]:
    """The lines with what the page repeats left empty."""
    kept = list(lines)
    above_is_head = False
    for at, line in enumerate(lines):
        bare = without_page_number(unmarked(line)).strip()
        numbered = is_page_number(line)
        head = _is_banner(bare, numbered=numbered) or (numbered and not bare)
        belongs = head or _is_page_word(bare) or (above_is_head and _is_of_the_head(bare))
        if line.strip() and (belongs or (numbered and len(bare) < _SHORT and not bare.startswith("§"))):
            kept[at] = ""
            above_is_head = True
        elif line.strip():
            above_is_head = False
    return kept


_SHORT = 60


def _is_banner(bare: str, *, numbered: bool) -> bool:
    return len(bare) < 2 * _SHORT and bool(_BANNER.fullmatch(fold(bare))) and (numbered or bare.upper() == bare)


def _is_page_word(bare: str) -> bool:
    folded = fold(bare).strip(" .:|")
    return bool(folded) and len(bare) < 2 * _SHORT and bool(_PAGE_WORDS.fullmatch(folded))


def _is_of_the_head(bare: str) -> bool:
    """The body, the day and the number of a page, right below its banner."""
    if whole_body(bare) or not without_dates(_DATED.sub("", fold(bare))).strip():
        return True
    return len(bare) < _SHORT and all(whole_body(cell) or dates_in(cell) for cell in cells(bare))


# --- the §§ ----------------------------------------------------------------------------------------------
_SIGN = re.compile(
    r"\s*(?:#{1,6}\s+|\*\*)?(?:[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,5}\s*)?§\s?(?P<number>\d{1,4})(?:\s?/\s?(?:\d{4}|\d\d))?(?![\d/])"
    r"[.:]?(?:\*\*)?(?P<rest>.*)"
)
_LEADERS = re.compile(r"\.{4,}|…{2,}|(?:\. ){4,}")
_CARRIES_ON = re.compile(r"[,(–-]$|\b(?:och|samt|av|enligt|i|till|med|se|under|den|jfr)$")


def stretches_of(lines: Sequence[str]) -> list[Stretch]:
    """The §§ in order; a list of contents and what is only referred to are none of them."""
    signs = list(_signs(lines))
    ends = [*(at for at, _, _ in signs), len(lines)][1:]
    found = [
        Stretch(number, ((at, rest), *((below, lines[below]) for below in range(at + 1, end))))
        for (at, number, rest), end in zip(signs, ends, strict=True)
    ]
    best: dict[int, Stretch] = {}
    for one in found:
        if one.number not in best or _weight(one) >= _weight(best[one.number]):
            best[one.number] = one
    return _made_whole(lines, _in_order(sorted(best.values(), key=lambda one: one.first)))


def _signs(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    above = ""
    for at, line in enumerate(lines):
        match = _SIGN.fullmatch(line)
        if match and _opens(match["rest"].strip(), above):
            yield at, int(match["number"]), match["rest"].strip(" \t*|")
        above = line.strip() or above


def _opens(rest: str, above: str) -> bool:
    if _CARRIES_ON.search(above) or rest[:1] in ("§", ",", ";", ")"):
        return False
    if rest[:1].islower() and not case_numbers_in(rest) and not fold(rest).startswith(("dnr", "diarie")):
        return False
    return not (dates_in(rest) and not without_dates(rest).strip(" .,"))


def _weight(one: Stretch) -> tuple[bool, bool, int]:
    leaders = any(_LEADERS.search(text) for _, text in one.lines[:4])
    decides = any(_decision_heading(unmarked(text)) for _, text in one.lines)
    return decides, not leaders, sum(bool(text.strip()) for _, text in one.lines)


def _in_order(found: list[Stretch]) -> list[Stretch]:
    """What decides is a §; of the others those are that keep to the order."""
    kept: list[Stretch] = []
    lowest = _lowest_below(found)
    for one, below in zip(found, lowest, strict=True):
        sure, no_leaders, _ = _weight(one)
        fits = (not kept or kept[-1].number < one.number) and one.number < below
        if fits and (sure or no_leaders):
            kept.append(one)
    return kept


def _lowest_below(found: list[Stretch]) -> list[float]:
    """For each the lowest number of those below it that decide."""
    lowest: list[float] = []
    least = math.inf
    for one in reversed(found):
        lowest.append(least)
        least = min(least, one.number) if _weight(one)[0] else least
    return lowest[::-1]


def _made_whole(lines: Sequence[str], found: list[Stretch]) -> list[Stretch]:
    """Each § on to the next that is one: what was no § is part of the one above."""
    ends = [*(one.first for one in found), len(lines)][1:]
    return [
        Stretch(one.number, (one.lines[0], *((at, lines[at]) for at in range(one.first + 1, end))))
        for one, end in zip(found, ends, strict=True)
    ]


# --- the parts of a § ------------------------------------------------------------------------------------
_PARTS = {
    ParagraphPart.VOTE: "omröstningsresultat | votering | omröstning | resultat av omröstning | voteringsresultat",
    ParagraphPart.ORDER: """
        beslutsgång | propositionsordning | beslutsordning | proposition | propositioner |
        beslutsgång och propositionsordning | ordförandens proposition
        """,
    ParagraphPart.MOVED: """
        yrkanden | yrkande | förslag till beslut på sammanträdet | förslag och yrkanden | förslag på sammanträdet |
        förslag under sammanträdet | yrkanden och förslag | framställda förslag
        """,
    ParagraphPart.RESERVATION: "reservation | reservationer | skriftlig reservation",
    ParagraphPart.NOTE: """
        protokollsanteckning | protokollsanteckningar | anteckning till protokollet | särskilt yttrande |
        särskilda yttranden | anteckning | deltar inte i beslutet | avstår från att delta i beslutet
        """,
    ParagraphPart.JAV: "jäv | anmälan om jäv | anmälan av jäv | jävsanmälan | jäv anmäls",
    ParagraphPart.OTHER: """
        sammanfattning av ärendet | sammanfattning | ärendet | ärendebeskrivning | bakgrund | beslutsmotivering |
        överläggning | överläggning i ärendet | inlägg | yttranden | ajournering | beredning | ärendets behandling |
        underskrift | underskrifter | undertecknat av följande personer | dagens sammanträde | förslag till beslut |
        förvaltningens förslag till beslut | arbetsutskottets förslag till beslut | beskrivning av ärendet
        """,
}
_BOOK = Phrasebook({phrase.strip(): part for part, text in _PARTS.items() for phrase in text.split("|")})
_DECISION = re.compile(
    forgiving(
        r"(?:[a-z ]{2,70}s )?beslut(?: (?:för egen del|förslag till [a-z]*fullmäktige))?"
        r"|(?:[a-z ]{2,70}s )?(?:beslut och )?förslag till [a-z]*fullmäktiges?(?: beslut)?"
    )
)
_PROPOSED = re.compile(r"[a-z ]{0,60}forslag till (?:[a-z ]{1,40} )?beslut(?: i [a-z ]+)?")
_COUNCIL = re.compile(forgiving(r"förslag till [a-z]*fullmäktige"))
_MAX_HEADING = 110


def _decision_heading(line: str) -> bool:
    return len(line) <= _MAX_HEADING and not line.endswith(".") and bool(_DECISION.fullmatch(key(line)))


def proposes_to_council(heading: str) -> bool:
    return bool(_COUNCIL.search(key(heading)))


def pieces_of(stretch: Stretch) -> list[Piece]:
    """The parts of a §, from its head on; each heading opens one."""
    texts = [text for _, text in stretch.lines]
    starts: list[tuple[int, ParagraphPart, str, str]] = [(0, ParagraphPart.HEAD, "", texts[0])]
    for at in range(1, len(texts)):
        found = _opening(texts, at)
        if found is not None:
            starts.append((at, *found))
    ends = [start[0] for start in starts[1:]] + [len(texts)]
    return [
        Piece(part, heading, stretch.lines[at][0], _below(stretch, at, end, rest))
        for (at, part, heading, rest), end in zip(starts, ends, strict=True)
    ]


def _below(stretch: Stretch, at: int, end: int, rest: str) -> tuple[tuple[int, str], ...]:
    own = ((stretch.lines[at][0], rest),) if rest else ()
    return (*own, *stretch.lines[at + 1 : end])


def _opening(texts: list[str], at: int) -> tuple[ParagraphPart, str, str] | None:
    line = unmarked(texts[at]).strip(" |")
    if not line or line[0].islower() or len(line) > 3 * _MAX_HEADING:
        return None
    if _decision_heading(line):
        return ParagraphPart.DECISION, line, ""
    before, colon, after = line.partition(":")
    if colon and after.strip() and len(before) < _SHORT and (own := _named(before)):
        return own, before, after.strip()
    if len(line) <= _MAX_HEADING and not line.endswith(".") and (own := _named(line.rstrip(":"))):
        return own, line, ""
    known = heading_at(texts, at)
    # What asks a body in a skrivelse is in a protocol what the body did.
    asks = known is not None and known.part is Part.PROPOSALS and not _PROPOSED.fullmatch(key(line))
    if known is None or known.part is Part.HEAD or asks or known.lines > 1:
        return None
    part = {Part.RECIPIENTS: ParagraphPart.RECIPIENTS, Part.UNDERLAG: ParagraphPart.UNDERLAG}.get(known.part)
    return part or ParagraphPart.OTHER, known.text, known.rest


def _named(heading: str) -> ParagraphPart | None:
    return ParagraphPart.DECISION if _decision_heading(heading) else _BOOK.find(heading)
