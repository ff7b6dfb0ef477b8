"""The sentences of a skrivelse in order: what is to be decided first, then its running text."""

import enum
import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec

from workflow.document_intake.folding import fold, key
from workflow.document_intake.headings import Part, unmarked
from workflow.document_intake.interface import ReadProposal
from workflow.document_intake.layout import cells, continues, joined
from workflow.document_intake.sections import Section

_BULLET = re.compile(r"[•●▪◦·*\-–—−]\s+|\d{1,2}[.)]\s+|att\s", re.IGNORECASE)
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<![\s(.][a-zåäö]\.)(?<!kap\.)(?<!dnr\.)(?<!t\.ex\.)(?<!nr\.)(?<!ca\.)(?<!bl\.a\.)\s+(?=[A-ZÅÄÖ”\"])"
)
_BACKGROUND = re.compile(
    r"bakgrund|nulage|tidigare|arendets tidigare|lag|rattslig|juridisk|jamstalldhet|kommunala mal|koppling|yttrande"
    r"|remiss|delegation|javs|overklag|hur man|sa har|barn|miljo|klimat|agenda|risk"
)
_LONGEST = 1_500  # longer than any sentence; what never comes to a full stop is a table, or noise
_TABLE_CELLS = 3


class Place(enum.Enum):
    DECISION = "decision"  # an att-sats
    MATTER = "matter"  # what the case is about, what it costs, how it is followed up
    BACKGROUND = "background"  # what was, and what others do


class Sentence(msgspec.Struct, frozen=True):
    text: str
    place: Place
    paragraph: int

    @property
    def folded(self) -> str:
        return fold(self.text)


def sentences_of(sections: Sequence[Section], proposals: Sequence[ReadProposal]) -> list[Sentence]:
    """Att-satser first, whole; then the running text, sentence by sentence."""
    satser = dict.fromkeys(sats for proposal in proposals for sats in proposal.att_satser)
    found = [Sentence(sats, Place.DECISION, -number) for number, sats in enumerate(satser) if len(sats) <= _LONGEST]
    in_text = ((section, text) for section in sections if section.part is Part.OTHER for text in _paragraphs(section))
    for number, (section, text) in enumerate(in_text, 1):
        place = Place.BACKGROUND if _BACKGROUND.match(key(section.heading)) else Place.MATTER
        found += _sentences(text, place, number)
    return found


def _sentences(paragraph: str, place: Place, number: int) -> Iterator[Sentence]:
    for text in _SENTENCE_END.split(paragraph):
        if len(text) <= _LONGEST:
            yield Sentence(text.strip(), place, number)


def _paragraphs(section: Section) -> Iterator[str]:
    """The paragraphs, also where a page break or a margin parted them."""
    parts: list[str] = []
    blank_above = False
    for line in section.texts:
        text = "" if _is_table_row(line) else unmarked(line)
        if text and parts and _starts_anew(parts[-1], text, blank_above):
            yield _whole(parts)
            parts = []
        parts += [text] if text else []
        blank_above = not text
    if parts:
        yield _whole(parts)


def _is_table_row(line: str) -> bool:
    return line.lstrip().startswith("|") or len(cells(line)) >= _TABLE_CELLS


def _starts_anew(above: str, text: str, blank_above: bool) -> bool:
    if _BULLET.match(text):
        return True
    return blank_above and (above.endswith((".", ":", "!", "?")) or not continues(above, text))


def _whole(parts: Sequence[str]) -> str:
    # Joined in pieces: a paragraph may be as long as the document.
    whole = [parts[0]]
    for above, below in itertools.pairwise(parts):
        tail = above[-3:]
        whole[-1] = whole[-1].removesuffix(tail)
        whole.append(joined(tail, below))
    return "".join(whole).lstrip("•●▪◦·*–—− ")
