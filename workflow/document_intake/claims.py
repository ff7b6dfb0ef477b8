"""What the evidence for a field is made of: the document, what the readers told, and how a finding is put together."""

import re
from collections.abc import Sequence, Set

import msgspec

from workflow.document_intake.document import Document
from workflow.document_intake.folding import fold
from workflow.document_intake.head import Head
from workflow.document_intake.headings import unmarked
from workflow.document_intake.interface import Field, Found, Sureness
from workflow.document_intake.layout import is_page_number
from workflow.document_intake.places import Span, quoted
from workflow.document_intake.sections import Section

_MIXED = re.compile(r"[^\W\d]\d|\d[^\W\d]")

SAKER, TROLIG, OSAKER = Sureness.SAKER, Sureness.TROLIG, Sureness.OSAKER


class Told(msgspec.Struct, frozen=True):
    """What the readers of the parts told beside what they read: what they were unsure of, and what they took."""

    head: Head
    proposals: tuple[str, ...]
    mbl: tuple[str, ...]
    recipients: tuple[str, ...]
    underlag: tuple[str, ...]
    signed: frozenset[int]


Verdict = tuple[Sureness, str]
"""How sure, and the sentence that says why."""


def claim(
    document: Document,
    field: Field,
    text: str,
    span: Span | None,
    verdict: Verdict,
    *,
    body: str | None = None,
    others: Sequence[str] = (),
) -> Found:
    sureness, why = verdict
    return Found(
        field,
        text,
        sureness,
        why,
        line=span.first + 1 if span else None,
        last_line=span.last + 1 if span else None,
        quote=quoted(document.lines, span),
        body=body,
        others=tuple(dict.fromkeys(others)),
    )


def misread_heading(sections: Sequence[Section]) -> str | None:
    """A heading with digits among its letters was misread, whatever was made of it."""
    return next((section.heading for section in sections if _MIXED.search(fold(section.heading))), None)


def heading_span(sections: Sequence[Section]) -> Span | None:
    return Span(sections[0].first, sections[0].first) if sections else None


def written(sections: Sequence[Section], but: Set[int] = frozenset()) -> list[tuple[int, str]]:
    """The written lines of some parts, without page numbers and without those named."""
    return [
        (number, unmarked(line))
        for section in sections
        for number, line in section.lines
        if line.strip() and number not in but and not is_page_number(line)
    ]


def unread(lines: Sequence[tuple[int, str]], found: Sequence[Found]) -> list[str]:
    """The lines that no finding took."""
    taken = {number for one in found if one.line and one.last_line for number in range(one.line - 1, one.last_line)}
    return [line for number, line in lines if number not in taken]
