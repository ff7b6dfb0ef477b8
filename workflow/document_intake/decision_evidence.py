"""Where the proposals and the words about MBL stand, and what they were told by."""

import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec

from workflow.document_intake.claims import (
    OSAKER,
    SAKER,
    TROLIG,
    Told,
    Verdict,
    claim,
    heading_span,
    misread_heading,
    unread,
    written,
)
from workflow.document_intake.document import Document
from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.headings import MBL_WORDS, Part
from workflow.document_intake.interface import Field, Found, Skrivelse
from workflow.document_intake.medbestammande import paragraphs_in
from workflow.document_intake.names import bodies_in
from workflow.document_intake.phrasebook import is_like
from workflow.document_intake.places import Span, region_of
from workflow.document_intake.sections import Section
from workflow.document_intake.swedish_dates import dates_in, without_dates

# --- proposals ---------------------------------------------------------------------------------------
_NUMBERED = re.compile(r"(\d{1,2})[.)]\s")
_MARKED = re.compile(
    r"(?:[•●▪◦·*\-–—−]\s|[a-h][.)]\s|\d{1,2}(?:\.\d{1,2}){1,2}\.?\s|[ivx]{1,4}[.)]\s|att\s)", re.IGNORECASE
)
_ODD = re.compile(r"[^\w\s\"”'(§]")
_LINE = 100
_ASKS = re.compile(forgiving(r"\bföreslås (?:att )?besluta|\bföreslår [a-z- ]{3,60}\bbeslut|\bbeslutar? att\b"))


def proposal_evidence(document: Document, skrivelse: Skrivelse, told: Told) -> Iterator[Found]:
    sections = document.of(Part.PROPOSALS)
    if not skrivelse.proposals:
        yield _no_proposals(document, sections)
        return
    region, above = region_of(sections), None
    found: list[Found] = []
    known: dict[str, Span] = {}
    for proposal in skrivelse.proposals:
        verdict = _on_proposals(sections, proposal.body, told)
        for sats in proposal.att_satser:
            above = region.find(sats, _below(known[sats]) if sats in known else above)
            known |= {sats: above} if above else {}
            own = verdict if verdict[0] is OSAKER else min(_on_shape(document, above, sats), verdict, key=_weakest)
            found.append(claim(document, Field.ATT_SATS, sats, above, own, body=proposal.body))
    lines = written(sections, told.signed)
    yield from _with_doubt(found, _on_unasked(skrivelse, lines) or _of_the_whole(found, lines))


def _below(span: Span) -> Span:
    """Two bodies may be asked the same in the same words."""
    return Span(span.last + 1, span.last + 1)


def _weakest(verdict: Verdict) -> int:
    return (OSAKER, TROLIG, SAKER).index(verdict[0])


def _with_doubt(found: Sequence[Found], doubt: Verdict | None) -> Iterator[Found]:
    """Each finding, less sure where something is doubtful about the list as a whole."""
    for one in found:
        weaker = doubt is not None and _weakest(doubt) < _weakest((one.sureness, one.why))
        yield _doubted(one, doubt) if weaker and doubt else one


def _doubted(one: Found, doubt: Verdict) -> Found:
    return msgspec.structs.replace(one, sureness=doubt[0], why=doubt[1])


def _on_proposals(sections: Sequence[Section], body: str | None, told: Told) -> Verdict:
    if told.proposals:
        return OSAKER, told.proposals[0]
    if body is None:
        return OSAKER, "Rubriken säger inte vilket organ som ska besluta."
    rivals = _rivals(sections)
    if rivals:
        return OSAKER, f"Två förslag till beslut står i skrivelsen: ”{rivals[0]}” och ”{rivals[1]}”."
    misread = misread_heading(sections)
    if misread:
        return TROLIG, f"Rubriken ovanför är feltolkad av en inskanning: ”{misread}”."
    if not any(section.heading for section in sections):
        return TROLIG, "Ingen rubrik står ovanför; raden som ber om beslut visade var förslaget börjar."
    if not any(_names(section.heading, body) for section in sections) and not _is_asked(sections, body):
        return TROLIG, "Organet står inte i rubriken utan i texten under den."
    if sum(_names(section.heading, body) for section in sections) > 1:
        return TROLIG, "Förslaget till organet står på flera ställen i skrivelsen."
    return SAKER, ""


def _rivals(sections: Sequence[Section]) -> list[str]:
    """ "Ordförandens förslag" and "Förvaltningens förslag" may each ask for something else of the same body."""
    by_owner = {
        key(section.heading).partition("forslag")[0]: section.heading
        for section in sections
        if section.heading and not bodies_in(section.heading)
    }
    return list(by_owner.values()) if len(by_owner) > 1 else []


def _is_asked(sections: Sequence[Section], body: str) -> bool:
    """Whether a line of its own, above what it is to decide, names the body."""
    return any(line.endswith((":", "att", "besluta")) and _names(line, body) for _, line in written(sections))


def _names(heading: str, body: str) -> bool:
    return any(is_like(key(named), key(body)) for named, _, _ in bodies_in(heading)) or key(body) in key(heading)


def _on_shape(document: Document, span: Span | None, sats: str) -> Verdict:
    if span is None:
        return OSAKER, "Gick inte att återfinna under rubriken."
    line = document.lines[span.first].strip()
    if _NUMBERED.match(line) or _MARKED.match(line):
        return SAKER, "Är en egen punkt under rubriken för organets beslut."
    if _ODD.match(line):
        return OSAKER, f"Börjar med ”{line[0]}”, som kan vara ett feltolkat tecken för en punkt."
    if sats.rstrip().endswith(":") or ":" in sats[-200:]:
        return TROLIG, "Är en mening med en uppräkning, läst som en enda punkt."
    return TROLIG, "Är ett eget stycke under rubriken, utan nummer eller punkt framför."


def _of_the_whole(found: Sequence[Found], lines: Sequence[tuple[int, str]]) -> Verdict | None:
    """What is doubtful about the list: a number left out, or text that was read as no part of it."""
    numbers = [int(match[1]) for one in found if (match := _NUMBERED.match(one.quote))]
    if any(right not in (left + 1, 1) for left, right in itertools.pairwise(numbers)):
        return OSAKER, "Numreringen av punkterna har luckor; en punkt kan ha gått förlorad."
    left = [
        line for line in unread(lines, found) if not line.endswith((":", "att", "besluta")) and not _is_asking(line)
    ]
    if left:
        return TROLIG, f"Under rubriken står också text som inte lästes som en punkt: ”{left[0][:80]}”."
    return None


def _on_unasked(skrivelse: Skrivelse, lines: Sequence[tuple[int, str]]) -> Verdict | None:
    """A line that asks a body nothing was read for: what stands below it was counted to another."""
    read = [proposal.body for proposal in skrivelse.proposals if proposal.body]
    for _, line in lines:
        named = bodies_in(line) if len(line) < _LINE and line.endswith(("besluta", "besluta:", "att", "att:")) else []
        if named and read and not any(is_like(key(body), key(named[-1][0])) for body in read):
            return OSAKER, f"”{line}” nämner {named[-1][0]}, men inget förslag lästes dit."
    return None


def _is_asking(line: str) -> bool:
    return line.endswith((":", "att", "besluta")) or (len(line) < _LINE and bool(_ASKS.search(fold(line))))


def _no_proposals(document: Document, sections: Sequence[Section]) -> Found:
    if any(line for _, line in written(sections)):
        verdict = (OSAKER, "Under rubriken står text, men ingen punkt att besluta kunde läsas.")
        return claim(document, Field.ATT_SATS, "", heading_span(sections), verdict)
    if sections:
        return claim(document, Field.ATT_SATS, "", heading_span(sections), (SAKER, "Rubriken står utan text."))
    asking = next((at for at, line in enumerate(document.lines) if _ASKS.search(fold(line))), None)
    if asking is not None:
        verdict = (OSAKER, "Raden ber om ett beslut, men ingen rubrik för förslaget till beslut hittades.")
        return claim(document, Field.ATT_SATS, "", Span(asking, asking), verdict)
    return claim(document, Field.ATT_SATS, "", None, (OSAKER, "Ingen rubrik för förslag till beslut hittades."))


# --- MBL ---------------------------------------------------------------------------------------------
_SAYS = {
    "förhandling": re.compile(forgiving(r"förhandl|\b(?:11|14|38)\b")),
    "information": re.compile(r"inform|\b19\b"),
    "samverkan": re.compile(forgiving(r"samverk|\b[flc]sg\b|cesam|förvaltningsgrupp")),
    "ej_påkallad": re.compile(forgiving(r"\b(?:inte|ej|icke|inga|ingen|inget|varken|nej|utgår|saknas|undantag)")),
}
_LAW_NUMBER = re.compile(r"(?<!\d)(?:11|14|19|38)(?!\d)")
_DATED = re.compile(r"\d{4}-\d|\d{1,2}[/.]\d{1,2}|\d{6}|\d (?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)")
_IN_RUNNING_TEXT = "Står i den löpande texten, inte under en egen rubrik om MBL."


def mbl_evidence(document: Document, skrivelse: Skrivelse, told: Told) -> Iterator[Found]:
    sections = document.of(Part.MBL)
    lines = written(sections, told.signed) if sections else _about_mbl(document)
    kind = _mbl_kind(document, skrivelse, sections, lines, told)
    details = [
        _mbl_paragraph(document, skrivelse, sections, lines),
        _mbl_date(document, skrivelse, sections, lines, told),
    ]
    yield kind
    # Where it is unsure what was done, so is its paragraph and its day.
    yield from _with_doubt(details, (kind.sureness, kind.why) if kind.sureness is OSAKER else None)


def _about_mbl(document: Document) -> list[tuple[int, str]]:
    """Every line that has a word of it, wherever it stands: what was not read as a heading may be one."""
    return [(at, line) for at, line in enumerate(document.lines) if MBL_WORDS.search(fold(line))]


def _mbl_kind(
    document: Document, skrivelse: Skrivelse, sections: Sequence[Section], lines: list[tuple[int, str]], told: Told
) -> Found:
    kind = skrivelse.mbl.kind
    says = _SAYS.get(kind)
    line = next((number for number, text in lines if says and says.search(fold(text))), None)
    span = Span(line, line) if line is not None else heading_span(sections) if sections else _first(lines)
    return claim(document, Field.MBL_KIND, kind, span, _on_kind(kind, sections, lines, told))


def _first(lines: list[tuple[int, str]]) -> Span | None:
    return Span(lines[0][0], lines[0][0]) if lines else None


def _on_kind(kind: str, sections: Sequence[Section], lines: list[tuple[int, str]], told: Told) -> Verdict:
    if kind == "saknas":
        return (
            (OSAKER, "Skrivelsen nämner facket eller MBL, men det går inte att läsa vad som har gjorts.")
            if lines
            else (SAKER, "Varken en rubrik om MBL eller någon mening om facket finns.")
        )
    if kind == "okänt":
        return (OSAKER, "Texten under rubriken gick inte att tyda.") if lines else (SAKER, "Rubriken står utan text.")
    if not sections:
        return TROLIG, _IN_RUNNING_TEXT
    folded = [fold(text) for _, text in lines]
    said = {name for name, pattern in _SAYS.items() if any(pattern.search(text) for text in folded)}
    if kind != "ej_påkallad" and "ej_påkallad" in said:
        return OSAKER, "Under rubriken om MBL står både att något har gjorts och att något inte behövs."
    misread = misread_heading(sections)
    if misread:
        return TROLIG, f"Rubriken är feltolkad av en inskanning: ”{misread}”."
    if len(sections) > 1:
        return TROLIG, "Flera rubriker handlar om MBL."
    if kind != "ej_påkallad" and len(said) > 1:
        return TROLIG, "Flera slag nämns under rubriken; det som väger tyngst valdes."
    return SAKER, "Står under rubriken om MBL, på ett sätt."


def _mbl_paragraph(
    document: Document, skrivelse: Skrivelse, sections: Sequence[Section], lines: list[tuple[int, str]]
) -> Found:
    read = skrivelse.mbl.paragraph
    text = "\n".join(line for _, line in lines)
    stated = list(dict.fromkeys(paragraphs_in(text)))
    others = [number for number in stated if number != read]
    if read is None:
        verdict = _no_paragraph(text, others)
        return claim(document, Field.MBL_PARAGRAPH, "", None, verdict, others=others)
    line = next((at for at, text in lines if _has_number(read, text)), None)
    line = line if line is not None else next((at for at, text in lines if read in paragraphs_in(text)), None)
    if line is None and any(read in paragraphs_in(section.heading) for section in sections):
        verdict = (TROLIG, "Paragrafen står i rubriken och inte i texten under den.")
        return claim(document, Field.MBL_PARAGRAPH, read, heading_span(sections), verdict, others=others)
    is_misread = line is not None and not _has_number(read, document.lines[line])
    span = Span(line, line) if line is not None else None
    verdict = _on_paragraph(sections, others, is_stated=read in stated, is_misread=is_misread)
    return claim(document, Field.MBL_PARAGRAPH, read, span, verdict, others=others)


def _has_number(number: str, line: str) -> bool:
    return bool(re.search(rf"(?<!\d){number}(?!\d)", without_dates(line)))


def _on_paragraph(sections: Sequence[Section], others: list[str], *, is_stated: bool, is_misread: bool) -> Verdict:
    if is_misread:
        return OSAKER, "Paragrafens siffror är feltolkade av en inskanning; jämför med originalet."
    if others:
        return TROLIG, "Flera paragrafer nämns; den som hör till det som väger tyngst valdes."
    if not sections:
        return TROLIG, _IN_RUNNING_TEXT
    if not is_stated:
        return TROLIG, "Paragrafen och dess tecken står på var sin rad."
    return SAKER, "Är den enda paragraf som nämns under rubriken om MBL."


def _no_paragraph(text: str, others: list[str]) -> Verdict:
    if others:
        return TROLIG, "En paragraf nämns, men inte för det som skrivelsen säger är gjort."
    if _LAW_NUMBER.search(without_dates(text)):
        return OSAKER, "Ett tal som kan vara en paragraf står i texten om MBL."
    return SAKER, "Ingen paragraf nämns."


def _mbl_date(
    document: Document, skrivelse: Skrivelse, sections: Sequence[Section], lines: list[tuple[int, str]], told: Told
) -> Found:
    read, year = skrivelse.mbl.date, skrivelse.date.year if skrivelse.date else None
    dated = [(at, one) for at, line in lines for one in dates_in(line, year, expected=True)]
    others = list(dict.fromkeys(one.date.isoformat() for _, one in dated if one.date != read))
    if read is None:
        return claim(document, Field.MBL_DATE, "", None, _no_mbl_date(lines, others), others=others)
    place = next((at for at, one in dated if one.date == read), None)
    span = Span(place, place) if place is not None else region_of(sections).find(read.isoformat())
    verdict = _on_mbl_date([one.year_inferred for _, one in dated if one.date == read], others, sections, told)
    return claim(document, Field.MBL_DATE, read.isoformat(), span, verdict, others=others)


def _on_mbl_date(inferred: list[bool], others: list[str], sections: Sequence[Section], told: Told) -> Verdict:
    doubt = next((sentence for sentence in told.mbl if sentence.startswith("Flera datum")), None)
    if doubt:
        return OSAKER, doubt
    if any(inferred):
        return TROLIG, "Är skrivet utan år; skrivelsens år antogs."
    if others:
        return TROLIG, "Flera datum står i texten om MBL; det som hör till det som gjorts valdes."
    if not sections:
        return TROLIG, _IN_RUNNING_TEXT
    if not inferred:
        return TROLIG, "Går över två rader."
    return SAKER, "Är det enda datumet under rubriken om MBL."


def _no_mbl_date(lines: list[tuple[int, str]], others: list[str]) -> Verdict:
    if others:
        return OSAKER, "Ett datum står i texten om MBL, men lästes inte som dagen för det som gjorts."
    if any(_DATED.search(fold(text)) for _, text in lines):
        return OSAKER, "Siffror i texten om MBL kan vara ett datum, men går inte att läsa som ett."
    return SAKER, "Inget datum står i texten om MBL."
