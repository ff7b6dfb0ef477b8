"""Where the fields of the head stand, and what they were told by."""

import re
from collections.abc import Iterator, Sequence

from workflow.document_intake.case_numbers import anothers_numbers_in, case_numbers_in, has_label, without_numbers
from workflow.document_intake.claims import OSAKER, SAKER, TROLIG, Told, Verdict, claim
from workflow.document_intake.document import Document
from workflow.document_intake.folding import fold, key
from workflow.document_intake.head import ANOTHERS_NUMBER, MAX_HEAD, Kind, Piece
from workflow.document_intake.headings import Part
from workflow.document_intake.interface import Field, Found, Skrivelse
from workflow.document_intake.layout import is_contact_line
from workflow.document_intake.names import base_form, bodies_in
from workflow.document_intake.phrasebook import is_like
from workflow.document_intake.places import Region, Span
from workflow.document_intake.swedish_dates import dates_in, without_dates

_MEETING = "sammanträde"
_LIKE_A_NUMBER = re.compile(
    r"(?<![\d-])(?!(?:19|20)\d\d[-/](?:19|20)?\d\d(?!\d)|\d\d:\d\d(?!\d))\d{2,4}\s?[-/:]\s?\d{1,6}"
    r"(?!\d| \d\d(?!\d))"  # no telephone
)
_DIARY_BESIDE = re.compile(r"(?<!\w)(?![DdNn][IiNn]?[Rr]\b)[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,4}[ ./-]?$")
_GOES_ON = re.compile(r" ?[-/.:]\w| (?:[A-ZÅÄÖ]{2,6}|\d{1,6})(?![\w(]| ?\()")
_FIELD = re.compile(r"(?:fran|till|datum|handlaggare|forvaltning|sida)\s?:|(?:tjanste(?:skrivelse|utlatande)) \d{4}-")
_TITLE_PARTS = (Kind.SOFT, Kind.PERSON, Kind.UNIT, Kind.BODY)
_LEAST_TITLE = 8
_BELOW_LABELS = 4  # lines


def head_evidence(document: Document, skrivelse: Skrivelse, told: Told) -> Iterator[Found]:
    lines = [line for _, line in document.sections[0].lines]
    pieces = list(told.head.pieces)
    region = Region(document.sections[0].lines)
    yield _rubrik(document, skrivelse, pieces, region, told)
    yield from _numbers(document, skrivelse, pieces, lines, region)
    yield _date(document, skrivelse, pieces, lines)
    yield _addressee(document, skrivelse, pieces, region)
    yield _unit(document, skrivelse, pieces)
    yield from _handlaggare(document, skrivelse, pieces)


# --- the title ---------------------------------------------------------------------------------------
def _rubrik(document: Document, skrivelse: Skrivelse, pieces: list[Piece], region: Region, told: Told) -> Found:
    if skrivelse.rubrik is None:
        return claim(document, Field.RUBRIK, "", None, (OSAKER, "Inget i huvudet såg ut som en rubrik."))
    span = region.find(skrivelse.rubrik)
    within = range(span.first, span.last + 1) if span else range(0)
    others = [
        piece.text
        for piece in pieces
        if piece.kind is Kind.FREE and piece.line not in within and len(key(piece.text)) > 3 and not piece.label
    ]
    verdict = _on_title(document, skrivelse.rubrik, [piece for piece in pieces if piece.line in within], others, told)
    if verdict[0] is SAKER and _is_hemmed_in(pieces, within):
        verdict = (TROLIG, "Står fritt i huvudet, men raden intill kan höra till rubriken.")
    return claim(document, Field.RUBRIK, skrivelse.rubrik, span, verdict, others=others)


def _on_title(document: Document, rubrik: str, title: list[Piece], others: list[str], told: Told) -> Verdict:
    about_title = next((sentence for sentence in told.head.unsure if sentence.startswith("Rubriken")), None)
    if about_title:
        return OSAKER, about_title
    if len(document.sections) == 1:
        return OSAKER, "Dokumentet har inga kända mellanrubriker; det första som kan vara en rubrik valdes."
    if case_numbers_in(rubrik) or has_label(rubrik) or _FIELD.match(fold(rubrik)):
        return OSAKER, "Har något med sig som hör till en annan uppgift i huvudet."
    if any(piece.label == "rubrik" for piece in title):
        return SAKER, "Står efter ordet ”Rubrik” eller ”Ärende” i huvudet."
    if len(rubrik) < _LEAST_TITLE or not rubrik[:1].isupper() or rubrik.endswith((".", ":", ",")):
        return OSAKER, "Har inte en rubriks form: för kort, utan stor bokstav eller med skiljetecken sist."
    if others:
        return TROLIG, "Är den sista fria texten före första mellanrubriken, men annan fri text står i huvudet."
    return SAKER, "Är den enda fria texten i huvudet, närmast före första mellanrubriken."


def _is_hemmed_in(pieces: list[Piece], title: range) -> bool:
    """Whether a name or a unit stands right above or below the title, where its own lines would."""
    around = {title.start - 1, title.stop}
    return any(piece.line in around and piece.kind in _TITLE_PARTS and not piece.label for piece in pieces)


# --- case numbers ------------------------------------------------------------------------------------
def _numbers(
    document: Document, skrivelse: Skrivelse, pieces: list[Piece], lines: list[str], region: Region
) -> Iterator[Found]:
    title = region.find(skrivelse.rubrik) if skrivelse.rubrik else None
    anothers = [piece.text for piece in pieces if piece.label == ANOTHERS_NUMBER and piece.kind is Kind.FACT]
    anothers += [number for line in lines for number in anothers_numbers_in(line)]
    others = _like_numbers(lines, [*skrivelse.numbers, *anothers], title)
    for number in skrivelse.numbers:
        span = region.find(number)
        labelled = span is not None and any(has_label(line) for line in lines[max(0, span.first - 2) : span.last + 1])
        verdict = _on_number(number, lines[span.first] if span else "", labelled, [text for _, text in others])
        if verdict[0] is SAKER and anothers:
            verdict = (TROLIG, f"”{anothers[0]}” i huvudet lästes som någon annans beteckning på ärendet.")
        elif verdict[0] is SAKER and span and _stands_below_anothers(pieces, span.first):
            verdict = (TROLIG, "Står under flera ledord; kontrollera att numret inte hör till ”Er beteckning”.")
        if any(number != other and number in other for other in skrivelse.numbers):
            verdict = (OSAKER, "Är en del av ett annat diarienummer i huvudet.")
        yield claim(document, Field.DNR, number, span, verdict, others=[text for _, text in others])
    if not skrivelse.numbers:
        yield _no_number(document, lines, others)


def _stands_below_anothers(pieces: list[Piece], line: int) -> bool:
    labels = (piece.line for piece in pieces if piece.label == ANOTHERS_NUMBER and piece.kind is Kind.LABEL)
    return any(0 < line - label <= _BELOW_LABELS for label in labels)


def _like_numbers(lines: list[str], read: Sequence[str], title: Span | None) -> list[tuple[int, str]]:
    """What else in the head may be a case number, line by line."""
    found = []
    for at, line in enumerate(lines[:MAX_HEAD]):
        if is_contact_line(line) or (title and title.first <= at <= title.last):
            continue
        bare = without_dates(line)
        for number in read:
            bare = bare.replace(number, " ")
        found += [(at, match[0]) for match in _LIKE_A_NUMBER.finditer(bare) if not _is_part_of(match[0], read)]
    return found


def _is_part_of(text: str, read: Sequence[str]) -> bool:
    """Whether it is a piece of a number that was read: one broken over two lines, or written twice."""
    return any(text in number for number in read)


def _on_number(number: str, line: str, labelled: bool, others: list[str]) -> Verdict:
    if others:
        return OSAKER, f"”{others[0]}” i huvudet kan också vara ett diarienummer, men har inte formen av ett."
    if not number[0].isalpha() and (letters := _DIARY_BESIDE.search(line[: line.find(number)])):
        return OSAKER, f"”{letters[0].strip()}” står alldeles framför och kan höra till numret."
    if after := _written_after(number, line):
        return OSAKER, f"”{after}” står alldeles efter och kan höra till numret."
    if labelled:
        return SAKER, "Står vid ordet ”Dnr” eller ”Diarienummer” i huvudet."
    return TROLIG, "Kändes igen på sin form; inget ”Dnr” står framför."


def _written_after(number: str, line: str) -> str:
    """What may be the rest of a number, and is no date, page or other number."""
    _, _, rest = line.partition(number)
    begins = _GOES_ON.match(rest) if rest and not dates_in(rest[:12]) and not case_numbers_in(rest) else None
    return rest.split()[0] if begins else ""


def _no_number(document: Document, lines: list[str], others: list[tuple[int, str]]) -> Found:
    if others:
        at, text = others[0]
        why = f"”{text}” i huvudet kan vara ett diarienummer, men har inte formen av ett."
        return claim(document, Field.DNR, "", Span(at, at), (OSAKER, why), others=[text for _, text in others])
    label = next((at for at, line in enumerate(lines) if has_label(line)), None)
    if label is not None:
        verdict = (TROLIG, "Ordet ”Dnr” eller ”Diarienummer” står där utan något nummer efter.")
        return claim(document, Field.DNR, "", Span(label, label), verdict)
    return claim(document, Field.DNR, "", None, (SAKER, "Inget som liknar ett diarienummer står i huvudet."))


# --- the date ----------------------------------------------------------------------------------------
def _date(document: Document, skrivelse: Skrivelse, pieces: list[Piece], lines: list[str]) -> Found:
    dated = [(piece, found.date) for piece in pieces if piece.label != _MEETING for found in dates_in(piece.text)]
    if skrivelse.date is None:
        return _no_date(document, pieces, lines)
    own = [piece for piece, date in dated if date == skrivelse.date]
    others = [date.isoformat() for _, date in dated if date != skrivelse.date]
    # A label's value is sought before what merely looks like a date.
    piece = next((one for one in own if one.label == "datum"), own[0] if own else None)
    verdict = _on_date(piece, others, pieces)
    span = Span(piece.line, piece.line) if piece else None
    return claim(document, Field.DATE, skrivelse.date.isoformat(), span, verdict, others=others)


def _on_date(piece: Piece | None, others: list[str], pieces: list[Piece]) -> Verdict:
    if piece is None:
        return OSAKER, "Gick inte att återfinna på någon rad i huvudet."
    if piece.label == "datum":
        return SAKER, "Står vid ordet ”Datum” i huvudet."
    if others:
        return OSAKER, "Är det första av flera datum i huvudet, och inget av dem kallas ”Datum”."
    if any(one.kind is Kind.PLACEHOLDER and "-" in one.text for one in pieces):
        return OSAKER, "Mallens eget datum är inte ifyllt; det här datumet står på ett annat ställe i huvudet."
    if any(one.kind is Kind.BODY and 0 <= piece.line - one.line <= 1 for one in pieces):
        return TROLIG, "Är det enda datumet i huvudet, men står vid nämnden och kan vara sammanträdets."
    if piece.kind is not Kind.FACT:
        return TROLIG, "Är det enda datumet i huvudet, men står i en rad med annan text."
    return SAKER, "Är det enda datumet i huvudet."


def _no_date(document: Document, pieces: list[Piece], lines: list[str]) -> Found:
    years = re.compile(r"\b(?:19|20)\d\d\s?[-./]\s?\d|\b\d{1,2}[/.]\d{1,2}\b|\b\d{6}\b")
    for at, line in enumerate(lines):
        bare = "" if is_contact_line(line) else without_numbers(line)
        if years.search(bare) and not case_numbers_in(line) and not _is_of_a_meeting(pieces, at):
            why = "Raden har siffror som kan vara ett datum, men de går inte att läsa som ett."
            return claim(document, Field.DATE, "", Span(at, at), (OSAKER, why))
    label = next((piece.line for piece in pieces if piece.label == "datum"), None)
    if label is not None:
        verdict = (TROLIG, "Ordet ”Datum” står där utan något datum efter.")
        return claim(document, Field.DATE, "", Span(label, label), verdict)
    return claim(document, Field.DATE, "", None, (SAKER, "Inget datum står i huvudet."))


def _is_of_a_meeting(pieces: list[Piece], line: int) -> bool:
    return any(piece.line == line and piece.label == _MEETING for piece in pieces)


# --- to whom, and from whom --------------------------------------------------------------------------
def _addressee(document: Document, skrivelse: Skrivelse, pieces: list[Piece], region: Region) -> Found:
    if skrivelse.addressee is None:
        return claim(document, Field.ADDRESSEE, "", None, (TROLIG, "Ingen nämnd står för sig i huvudet."))
    span = region.find(skrivelse.addressee)
    named = [piece.text for piece in pieces if piece.kind is Kind.BODY]
    others = [text for text in named if key(text) != key(skrivelse.addressee) and "till" not in key(text).split()]
    labelled = any(span and piece.line == span.first and piece.label == "mottagare" for piece in pieces)
    if not _is_asked(skrivelse):
        verdict = (OSAKER, "Huvudet och förslaget till beslut nämner olika organ.")
    elif labelled:
        verdict = (SAKER, "Står vid ordet ”Till” eller ”Mottagare” i huvudet.")
    elif others:
        verdict = (TROLIG, "Är det sista av flera organ i huvudet.")
    else:
        verdict = (SAKER, "Är det enda organ som står för sig i huvudet.")
    return claim(document, Field.ADDRESSEE, skrivelse.addressee, span, verdict, others=others)


def _is_asked(skrivelse: Skrivelse) -> bool:
    bodies = [proposal.body for proposal in skrivelse.proposals if proposal.body]
    named = [body for body, _, _ in bodies_in(skrivelse.addressee or "")] or [base_form(skrivelse.addressee or "")]
    return not bodies or any(is_like(key(body), key(name)) for body in bodies for name in named)


def _unit(document: Document, skrivelse: Skrivelse, pieces: list[Piece]) -> Found:
    if skrivelse.unit is None:
        return claim(document, Field.UNIT, "", None, (TROLIG, "Ingen förvaltning eller enhet står för sig."))
    units = [piece for piece in pieces if piece.kind is Kind.UNIT]
    if units:
        others = [piece.text for piece in units[1:] if key(piece.text) != key(units[0].text)]
        verdict = (
            (TROLIG, "Är den första av flera enheter i huvudet.")
            if others
            else (SAKER, "Är den enda förvaltning eller enhet som står i huvudet.")
        )
        span = Span(units[0].line, units[0].line)
        return claim(document, Field.UNIT, skrivelse.unit, span, verdict, others=others)
    place = _elsewhere(document, skrivelse.unit)
    why = "Står inte i huvudet utan i sidfoten eller vid underskriften."
    return claim(document, Field.UNIT, skrivelse.unit, place, (TROLIG, why))


def _handlaggare(document: Document, skrivelse: Skrivelse, pieces: list[Piece]) -> Iterator[Found]:
    people = [piece for piece in pieces if piece.kind is Kind.PERSON]
    above: Span | None = None
    for name in skrivelse.handlaggare:
        piece = next((one for one in people if f" {key(name)} " in f" {key(one.text)} "), None)
        above = Span(piece.line, piece.line) if piece else _elsewhere(document, name, above)
        yield claim(document, Field.HANDLAGGARE, name, above, _on_handlaggare(piece))
    if not skrivelse.handlaggare:
        yield claim(document, Field.HANDLAGGARE, "", None, (TROLIG, "Inget namn står för sig i huvudet."))


def _on_handlaggare(piece: Piece | None) -> Verdict:
    if piece is None:
        return TROLIG, "Står inte i huvudet utan i sidfoten eller under en egen rubrik."
    if piece.label == "handläggare":
        return SAKER, "Står vid ordet ”Handläggare” i huvudet."
    return TROLIG, "Ser ut som ett namn; det står i huvudet utan ordet ”Handläggare”."


def _elsewhere(document: Document, text: str, after: Span | None = None) -> Span | None:
    """Where what is not in the head stands: in the page's foot or among who prepared the matter, else by the names."""
    preparers = [line for section in document.of(Part.PREPARERS) for line in section.lines]
    feet = {*preparers, *((number, document.lines[number]) for number in document.furniture)}
    below = [line for section in document.sections[1:] for line in section.lines]
    return Region(sorted(feet)).find(text, after) or Region(below).find(text, after)
