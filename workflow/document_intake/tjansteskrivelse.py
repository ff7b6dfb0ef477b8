"""Reads a tjänsteskrivelse: text in, what it says out. Does not open files, register or guess."""

import bisect
import datetime
from collections import Counter
from collections.abc import Sequence

import msgspec

from workflow.document_intake.addressees import read_recipients
from workflow.document_intake.claims import Told
from workflow.document_intake.conflicts import conflicts_in
from workflow.document_intake.document import Document
from workflow.document_intake.doubts import doubts_about
from workflow.document_intake.evidence import found_in
from workflow.document_intake.head import Head, read_foot, read_head
from workflow.document_intake.headings import Part
from workflow.document_intake.interface import Placeholder, Skrivelse, SuggestedWatch
from workflow.document_intake.layout import margin, page_furniture, with_plain_marks
from workflow.document_intake.medbestammande import read_mbl
from workflow.document_intake.placeholders import placeholders_in
from workflow.document_intake.proposals import read_proposals
from workflow.document_intake.questions import questions_on
from workflow.document_intake.running_text import sentences_of
from workflow.document_intake.sections import Section, sections_of
from workflow.document_intake.signatures import read_signatures
from workflow.document_intake.swedish_dates import dates_in
from workflow.document_intake.underlag import read_underlag
from workflow.document_intake.watches import read_watches

# Far more than any skrivelse; what lies beyond is appendices, or no skrivelse at all.
MAX_LETTERS = 120_000
MAX_LINES = 2_500
MAX_LINE_LENGTH = 8_000


def read_tjansteskrivelse(text: str, *, scanned: bool = False) -> Skrivelse:
    """The skrivelse as read. Whatever was uncertain stands as a sentence in `unsure`; `scanned` makes nothing sure."""
    document = _laid_out(text)
    head = read_head(document.sections[0].texts, is_whole=len(document.sections) == 1)
    foot = read_foot(_people_elsewhere(document))
    signatures = read_signatures(document.sections)
    body = [section.without(signatures.lines) for section in document.sections[1:]]
    proposals, on_proposals = read_proposals(_of(body, Part.PROPOSALS))
    mbl, on_mbl = read_mbl(body, head.date.year if head.date else None)
    recipients, on_recipients = read_recipients(_of(body, Part.RECIPIENTS), "\n".join(document.lines))
    underlag, on_underlag = read_underlag(_of(body, Part.UNDERLAG), _of(body, Part.APPENDICES), margin(document.lines))
    as_of = head.date or mbl.date or _latest(underlag)
    sentences = sentences_of(body, proposals)
    watches, on_watches = read_watches(sentences, head.rubrik, as_of)
    skrivelse = Skrivelse(
        rubrik=head.rubrik,
        numbers=head.numbers,
        date=head.date,
        addressee=head.addressee,
        unit=head.unit or next(iter(signatures.units), None) or foot.unit,
        handlaggare=head.handlaggare or foot.handlaggare,
        proposals=proposals,
        mbl=mbl,
        recipients=recipients,
        signatories=signatures.names,
        underlag=underlag,
        placeholders=_placeholders(document, head),
        watches=watches,
        unsure=(*head.unsure, *on_proposals, *on_mbl, *on_recipients, *signatures.unsure, *on_underlag, *on_watches),
    )
    doubted = doubts_about(skrivelse, document.sections, was_cut=document.was_cut)
    asked = (*conflicts_in(document, skrivelse), *questions_on(skrivelse, document.sections, sentences))
    told = Told(head, on_proposals, on_mbl, on_recipients, on_underlag, signatures.lines)
    found = found_in(document, skrivelse, told, scanned=scanned)
    return msgspec.structs.replace(doubted, unsure=(*doubted.unsure, *asked), found=found)


def as_answer(skrivelse: Skrivelse) -> dict[str, object]:
    """What was read, as plain values for JSON."""
    counts: Counter[str] = Counter()
    for proposal in skrivelse.proposals:
        counts[proposal.body or "*"] += len(proposal.att_satser)
    mbl = skrivelse.mbl
    return {
        "rubrik": skrivelse.rubrik,
        "dnr": list(skrivelse.numbers),
        "date": skrivelse.date.isoformat() if skrivelse.date else None,
        "proposals": dict(counts),
        "mbl": {
            "kind": mbl.kind,
            "paragraph": mbl.paragraph,
            "date": mbl.date.isoformat() if mbl.date else None,
        },
        "recipients": list(skrivelse.recipients),
        "signatories": list(skrivelse.signatories),
        "underlag": len(skrivelse.underlag),
        "placeholders": len(skrivelse.placeholders),
        "watches": [_as_plain(watch) for watch in skrivelse.watches],
    }


def _as_plain(watch: SuggestedWatch) -> dict[str, object]:
    plain = msgspec.structs.asdict(watch)
    return plain | {"kind": watch.kind.value, "due": watch.due.isoformat() if watch.due else None}


def _latest(underlag: Sequence[str]) -> datetime.date | None:
    """When the skrivelse was written at the earliest, where it does not say so itself."""
    return max((found.date for item in underlag for found in dates_in(item)), default=None)


def _laid_out(text: str) -> Document:
    lines = text[:MAX_LETTERS].split("\n")
    was_cut = len(text) > MAX_LETTERS or len(lines) > MAX_LINES or max(map(len, lines)) > MAX_LINE_LENGTH
    short = with_plain_marks([line[:MAX_LINE_LENGTH].rstrip() for line in lines[:MAX_LINES]])
    parts = sections_of(short)
    furniture = page_furniture(short, parts[0].end)
    if furniture:
        parts = sections_of(["" if number in furniture else line for number, line in enumerate(short)])
    return Document(tuple(short), tuple(parts), frozenset(furniture), was_cut)


def _people_elsewhere(document: Document) -> list[str]:
    """Where a template names the unit and the handläggare if not in the head."""
    preparers = [line for section in _of(document.sections, Part.PREPARERS) for line in section.texts]
    return preparers + [document.lines[number] for number in sorted(document.furniture)]


def _of(sections: Sequence[Section], part: Part) -> list[Section]:
    return [section for section in sections if section.part is part]


def _placeholders(document: Document, head: Head) -> tuple[Placeholder, ...]:
    starts = [0]
    for line in document.lines:
        starts.append(starts[-1] + len(line) + 1)
    found = placeholders_in("\n".join(document.lines))
    return tuple(Placeholder(text, _place(document, head, bisect.bisect_right(starts, at) - 1)) for at, text in found)


def _place(document: Document, head: Head, line: int) -> str:
    """What the part of the document is called to the user."""
    if line in head.rubrik_lines:
        return "Rubrik"
    if line in document.furniture:
        return "Sidfot"
    return next(section.label for section in reversed(document.sections) if section.first <= line)
