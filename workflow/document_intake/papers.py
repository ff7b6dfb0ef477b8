"""What sort of paper a document is: of those that come in together only a skrivelse makes a case."""

import enum
import re
from collections.abc import Iterator

from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.headings import unmarked
from workflow.document_intake.layout import cells


class PaperKind(enum.Enum):
    SKRIVELSE = "skrivelse"
    PROTOKOLL = "protokoll"
    KALLELSE = "kallelse"


_HEAD = 15  # lines with something on them: what a paper is called stands at its top
_LONGEST = 80
_BEGINNING = 20_000  # letters
_CALLED = (
    (PaperKind.SKRIVELSE, forgiving(r"(?:tjänste(?:skrivelse|utlåtande|yttrande)|missiv)\b")),
    (PaperKind.PROTOKOLL, r"(?:sammantrades|besluts|motes|direkt)?protokoll(?:sutdrag)?\b|utdrag ur\b.*\bprotokoll"),
    (PaperKind.KALLELSE, forgiving(r"kallelse\b|föredragningslista\b|ärendelista\b|dagordning\b")),
)
_PARAGRAPH = re.compile(r"(?m)^\s*(?:#{1,4} )?§§? ?\d{1,3}\b")
_MINUTED = re.compile(
    forgiving(r"\b(?:justerare|justeras|justerat|utdragsbestyrkande|beslutande|beslutsgång|justerandes)\b")
)


def kind_of(text: str) -> PaperKind:
    """By what it calls itself at its top, or else by the §§ of a protocol; a skrivelse if nothing says otherwise."""
    for cell in _head(text):
        for kind, called in _CALLED:
            if re.match(called, cell):
                return kind
    beginning = text[:_BEGINNING]
    is_minuted = _PARAGRAPH.search(beginning) and len(set(_MINUTED.findall(fold(beginning)))) > 1
    return PaperKind.PROTOKOLL if is_minuted else PaperKind.SKRIVELSE


def _head(text: str) -> Iterator[str]:
    """What stands in each column of the first lines, folded."""
    filled = [line for line in text[:_BEGINNING].split("\n") if line.strip()]
    for line in filled[:_HEAD]:
        yield from (key(cell) for cell in cells(unmarked(line)) if len(cell) <= _LONGEST)
