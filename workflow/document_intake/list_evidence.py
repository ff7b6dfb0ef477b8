"""Where documents, addressees, signatories, leftovers and suggested watches stand, and what they were told by."""

import itertools
import re
from collections import Counter
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
from workflow.document_intake.folding import fold, key
from workflow.document_intake.headings import Part
from workflow.document_intake.interface import Field, Found, Skrivelse, SuggestedWatch
from workflow.document_intake.layout import cells
from workflow.document_intake.names import bodies_in, is_person, is_title, is_unit, person_with_title
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.places import Region, Span, region_of
from workflow.document_intake.sections import Section

_MARK = re.compile(
    r"(?:[•●▪◦·*\-–—−]\s*|\d{1,2}[.)]\s|\d{1,2}(?:\.\d{1,2}){1,2}\.?\s|[IVX]{1,4}[.)]\s|[a-h]\)\s|o\s{2,})"
)
_NOTHING = frozenset({"inga", "inget", "ingen", "saknas", "n a", "x"})


# --- underlag ----------------------------------------------------------------------------------------
_CALLED = {
    Field.UNDERLAG: re.compile(r"underlag|handlingar|bilag|dokument|bifog"),
    Field.RECIPIENT: re.compile(
        r"(?:skickas|sands|expedieras?|utdrag|kopia|lamnas) till|delge|sandlista|expediering|\btill:?$"
    ),
}
_ODD_START = re.compile(r"[^\w\s\"”'(§\[]")
_WHOLE_ITEM = re.compile(r"[\d.)”\"]$")
_SHORT = 60


def underlag_evidence(document: Document, skrivelse: Skrivelse, told: Told) -> Iterator[Found]:
    sections = document.of(Part.UNDERLAG) or document.of(Part.APPENDICES)
    lines = written(sections, told.signed)
    if not skrivelse.underlag:
        yield _nothing(document, Field.UNDERLAG, sections, lines)
        return
    if told.underlag:
        sections = document.of(Part.APPENDICES) or sections
        lines = written(sections, told.signed)
    found = list(_placed(document, Field.UNDERLAG, skrivelse.underlag, sections))
    verdict = _on_underlag(sections, lines, found, told)
    yield from (_judged(one, verdict) for one in found)


def _on_underlag(
    sections: Sequence[Section], lines: Sequence[tuple[int, str]], found: Sequence[Found], told: Told
) -> Verdict:
    if told.underlag:
        return TROLIG, told.underlag[0]
    if is_unit(found[-1].text) or is_person(found[-1].text):
        return OSAKER, "Sista raden är ett namn eller en enhet; den kan höra till underskriften."
    ended = [one.text for one in found if one.text.endswith(".")]
    if ended and len(ended) < len(found):
        return OSAKER, f"”{ended[0][:60]}” ser ut som en mening och inte som en handling."
    if any(one.line is None for one in found):
        return OSAKER, "En handling gick inte att återfinna under rubriken."
    misread = misread_heading(sections)
    if misread:
        return TROLIG, f"Rubriken är feltolkad av en inskanning: ”{misread}”."
    left = unread(lines, found)
    if left:
        return TROLIG, f"Under rubriken står också text som inte lästes som en handling: ”{left[0][:80]}”."
    if len({one.line for one in found}) < len(found):
        return TROLIG, "Flera handlingar står på samma rad."
    if all(_MARK.match(one.quote) for one in found):
        return SAKER, "Är en egen punkt under rubriken."
    begins = next((one.text for one in found if not one.text[:1].isupper() or _ODD_START.match(one.quote)), None)
    if begins:
        return OSAKER, f"En rad börjar som om den hörde till den ovanför: ”{begins[:60]}”."
    if any(one.line != one.last_line for one in found):
        return TROLIG, "Handlingarna står utan punkter; rader lades ihop där marginalen tycks ha brutit dem."
    if _stand_apart(found) or all(_WHOLE_ITEM.search(one.quote) or len(one.quote) < _SHORT for one in found):
        return SAKER, "Är en egen rad under rubriken."
    return TROLIG, "Handlingarna står utan punkter; varje rad lästes som en handling."


def _stand_apart(found: Sequence[Found]) -> bool:
    places = [(one.line or 0, one.last_line or 0) for one in found]
    return all(below[0] - above[1] > 1 for above, below in itertools.pairwise(places))


# --- recipients --------------------------------------------------------------------------------------
_POST_TOWN = re.compile(r"(?<!\d)\d{3} \d{2} [A-ZÅÄÖ]")
_ADDRESS = re.compile(r"\d{3} ?\d{2} .+|[Bb]ox \d+|[^\s,]*[a-zåäö] \d{1,3} ?[A-Z]?")
_TWO = re.compile(r"(?<!-) (?:och|samt|&) ")


def recipient_evidence(
    document: Document, skrivelse: Skrivelse, told: Told, signed: Sequence[Found]
) -> Iterator[Found]:
    """`signed`: who was taken out of the list as its signatories, when that is unsure, may belong to it."""
    sections = document.of(Part.RECIPIENTS)
    lines = written(sections, told.signed)
    if not skrivelse.recipients:
        yield _nothing(document, Field.RECIPIENT, sections, lines)
        return
    found = list(_placed(document, Field.RECIPIENT, skrivelse.recipients, sections))
    verdict = _on_recipients(sections, lines, found, told)
    taken = next((one.text for one in signed if one.sureness is OSAKER and _stands_in(sections, one)), None)
    if taken:
        verdict = (OSAKER, f"”{taken}” under rubriken lästes som undertecknare och inte som mottagare.")
    for one in found:
        own = _on_recipient(one, is_last=one is found[-1])
        yield _judged(one, verdict if verdict[0] is not SAKER else own)


def _on_recipients(
    sections: Sequence[Section], lines: Sequence[tuple[int, str]], found: Sequence[Found], told: Told
) -> Verdict:
    if told.recipients:
        return OSAKER, told.recipients[0]
    if any(one.line is None for one in found):
        return OSAKER, "En mottagare gick inte att återfinna under rubriken."
    misread = misread_heading(sections)
    if misread:
        return TROLIG, f"Rubriken är feltolkad av en inskanning: ”{misread}”."
    if any(_ADDRESS.fullmatch(one.text) or _POST_TOWN.search(one.text) for one in found):
        return OSAKER, "En rad ser ut som en adress; den kan höra till mottagaren före."
    mail = next((one.text for one in found[1:] if "@" in one.text), None)
    if mail:
        return OSAKER, f"”{mail}” är en e-postadress; den kan höra till mottagaren före."
    left = [line for line in unread(lines, found) if key(line) not in _NOTHING and not line.endswith(":")]
    if left:
        return TROLIG, f"Under rubriken står också text som inte lästes som en mottagare: ”{left[0][:80]}”."
    if len({one.line for one in found}) < len(found):
        return TROLIG, "Flera mottagare står på samma rad och delades vid kommatecken."
    return SAKER, ""


def _stands_in(sections: Sequence[Section], one: Found) -> bool:
    return one.line is not None and any(section.first < one.line <= section.end for section in sections)


def _on_recipient(one: Found, *, is_last: bool) -> Verdict:
    if one.line != one.last_line:
        return TROLIG, "Går över två rader, som lästes som en mottagare."
    if is_person(one.text) or person_with_title(one.text):
        return (OSAKER if is_last else TROLIG), "Är ett namn; det kan vara den som undertecknar."
    if len(one.text) > _SHORT or one.text.endswith("."):
        return TROLIG, "Är lång för att vara en mottagare."
    if _TWO.search(one.text) and not is_unit(one.text) and not bodies_in(one.text):
        return TROLIG, "Kan vara två mottagare på samma rad."
    return SAKER, "Är en egen rad under rubriken."


# --- signatories -------------------------------------------------------------------------------------
_SIGNED = re.compile(r"signera|underskriv|undertecknat")


def signatory_evidence(document: Document, skrivelse: Skrivelse, told: Told) -> Iterator[Found]:
    after = [line for section in document.sections[1:] for line in section.lines]
    if not skrivelse.signatories:
        yield _nobody_signs(document, after, skrivelse)
        return
    region = Region([line for line in after if line[0] in told.signed] or after)
    above: Span | None = None
    for name in skrivelse.signatories:
        above = region.find(name, above)
        yield claim(document, Field.SIGNATORY, name, above, _on_signatory(document, name, above))


def _on_signatory(document: Document, name: str, span: Span | None) -> Verdict:
    if span is None:
        return OSAKER, "Gick inte att återfinna efter huvudet."
    own = document.lines[span.first]
    part = next(section.part for section in reversed(document.sections) if section.first <= span.first)
    if _SIGNED.search(fold(own)) or part is Part.SIGNERS:
        return SAKER, "Står vid ordet ”Signerat” eller ”Undertecknat”, eller under en egen rubrik."
    if any(is_title(cell) for cell in cells(_written_after(document, span.last))):
        return SAKER, "Har en titel på raden under namnet."
    if part in (Part.RECIPIENTS, Part.UNDERLAG, Part.APPENDICES):
        return OSAKER, "Står sist i en lista och kan höra till den."
    if is_unit(_written_before(document, span.first)) or any(person_with_title(cell) for cell in cells(own)):
        return SAKER, "Står under enhetens namn, eller med titeln efter."
    return TROLIG, "Är ett namn som står för sig i slutet."


def _written_after(document: Document, at: int) -> str:
    return next((line for line in document.lines[at + 1 : at + 3] if line.strip()), "")


def _written_before(document: Document, at: int) -> str:
    return next((line for line in reversed(document.lines[max(0, at - 2) : at]) if line.strip()), "")


def _nobody_signs(document: Document, after: Sequence[tuple[int, str]], skrivelse: Skrivelse) -> Found:
    for number, line in after:
        if any(is_person(cell) or person_with_title(cell) for cell in map(_in_lower_case, cells(line))):
            verdict = (OSAKER, "Ett namn står för sig efter huvudet; det kan vara den som undertecknar.")
            return claim(document, Field.SIGNATORY, "", Span(number, number), verdict)
    return claim(document, Field.SIGNATORY, "", None, (SAKER, "Inget namn står för sig efter huvudet."))


def _in_lower_case(text: str) -> str:
    """A name in capitals as it is written elsewhere."""
    return text.title() if text.isupper() else text


# --- leftovers, watches ------------------------------------------------------------------------------
_ODD = re.compile(r"\[[^\]\n]{2,60}\](?!\()|<[^<>\n@/]{2,60}>|[«»]|\{\{|\bX{2,}\b|\bÅÅ|_{4,}|\.{6,}|#{2,}\w|\?{3,}")
_MAX_ODD = 5


def leftover_evidence(document: Document, skrivelse: Skrivelse) -> Iterator[Found]:
    region = Region(enumerate(document.lines))
    lines = [" ".join(line.split()) for line in document.lines]
    seen: Counter[tuple[int, str]] = Counter()
    taken: set[int] = set()
    above = Span(0, 0)
    for left in skrivelse.placeholders:
        # Found in order, so that the second of two alike is not the first again.
        below = range(above.first, len(lines))
        at = next((at for at in below if lines[at].count(left.text) > seen[at, left.text]), None)
        span = region.find(left.text, above) if at is None else Span(at, at)
        above = span or above
        seen[above.first, left.text] += 1
        taken |= set(range(above.first, above.last + 1))
        yield claim(document, Field.PLACEHOLDER, left.text, span, (SAKER, f"Står kvar från mallen: {left.section}."))
    odd = [(at, match[0]) for at, line in enumerate(lines) if at not in taken and (match := _ODD.search(line))]
    for at, text in odd[:_MAX_ODD]:
        verdict = (OSAKER, f"”{text}” kan vara en rest av mallen, men räknades inte som en.")
        yield claim(document, Field.PLACEHOLDER, "", Span(at, at), verdict, others=[text])


def watch_evidence(document: Document, skrivelse: Skrivelse) -> Iterator[Found]:
    region = region_of(document.sections[1:] if len(document.sections) > 1 else document.sections)
    for watch in skrivelse.watches:
        span = region.find(watch.sentence)
        yield claim(document, Field.WATCH, watch.about, span, _on_watch(watch))


def _on_watch(watch: SuggestedWatch) -> Verdict:
    if watch.inferred:
        return OSAKER, watch.note or "Dagen är inte utskriven; den är räknad fram ur texten."
    if watch.due is None:
        return TROLIG, "Ingen dag står i texten; bevakningen väntar på det som nämns."
    return TROLIG, "Dagen står utskriven i meningen; om den ska bevakas avgör du."


# --- what they share ---------------------------------------------------------------------------------
def _placed(document: Document, field: Field, texts: Sequence[str], sections: Sequence[Section]) -> Iterator[Found]:
    region = region_of(sections)
    above: Span | None = None
    for text in texts:
        span = region.find(text, above)
        above = span or above
        yield claim(document, field, text, span, (SAKER, ""))


def _judged(found: Found, verdict: Verdict) -> Found:
    return msgspec.structs.replace(found, sureness=verdict[0], why=verdict[1])


def _nothing(document: Document, field: Field, sections: Sequence[Section], lines: Sequence[tuple[int, str]]) -> Found:
    """A list with nothing in it: is it empty, or was it not understood?"""
    left = [(at, text) for at, text in lines if key(text) not in _NOTHING and not is_placeholder(text)]
    if left:
        at = left[0][0]
        return claim(document, field, "", Span(at, at), (OSAKER, "Under rubriken står text som inte kunde läsas."))
    if sections:
        return claim(document, field, "", heading_span(sections), (SAKER, "Rubriken står utan text."))
    named = next(
        (at for at, line in enumerate(document.lines) if len(line) < _SHORT and _CALLED[field].search(fold(line))), None
    )
    if named is not None:
        verdict = (OSAKER, "Raden kan vara en rubrik, men lästes inte som en.")
        return claim(document, field, "", Span(named, named), verdict)
    return claim(document, field, "", None, (SAKER, "Ingen sådan rubrik finns i skrivelsen."))
