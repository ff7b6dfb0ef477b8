"""Where a skrivelse says two things that cannot both be so. Each is asked about; none is decided here."""

import datetime
import re
from collections.abc import Iterator, Sequence

from workflow.document_intake.case_numbers import case_numbers_in, without_numbers
from workflow.document_intake.document import Document
from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.headings import Part
from workflow.document_intake.interface import Skrivelse
from workflow.document_intake.layout import without_page_number
from workflow.document_intake.medbestammande import read_mbl
from workflow.document_intake.names import base_form, bodies_in
from workflow.document_intake.phrasebook import is_like
from workflow.document_intake.places import region_of
from workflow.document_intake.sections import Section
from workflow.document_intake.swedish_dates import dates_in, without_dates

_LONGEST_HEAD = 110  # of a page's running head
_MANY = 3  # of one kind; who has put so much right will have seen the rest


def conflicts_in(document: Document, skrivelse: Skrivelse) -> Iterator[str]:
    yield from _on_numbers(document, skrivelse.numbers)
    yield from _on_bodies(skrivelse)
    yield from _on_mbl(document.of(Part.MBL))
    yield from _on_days(document, skrivelse)
    yield from list(_no_such_days(document))[:_MANY]


# --- the number of the case --------------------------------------------------------------------------
def _on_numbers(document: Document, own: Sequence[str]) -> Iterator[str]:
    """A running head or a foot with another number than the head's: pages of two documents, or an old template."""
    known = {_bare(number) for number in own}
    seen: set[str] = set()
    for at, line in enumerate(document.lines[document.sections[0].end :], document.sections[0].end):
        for number in case_numbers_in(line) if own and (at in document.furniture or _is_number_only(line)) else ():
            if _bare(number) not in known | seen:
                seen.add(_bare(number))
                yield (
                    f"Huvudet har diarienummer {own[0]}, men rad {at + 1} ”{line.strip()}” har {number}; "
                    "kontrollera vilket som är ärendets."
                )


def _is_number_only(line: str) -> bool:
    if len(line) > _LONGEST_HEAD or not any(digit in line for digit in "0123456789"):
        return False
    bare = without_page_number(without_numbers(without_dates(line)))
    return not any(letter.isalpha() for letter in bare)


def _bare(number: str) -> str:
    return key(number).replace(" ", "")


# --- who is to decide --------------------------------------------------------------------------------
_HIGHER = ("fullmaktige", "styrelsen", "direktionen")


def _on_bodies(skrivelse: Skrivelse) -> Iterator[str]:
    """The skrivelse is laid before one body and asks another, and not one that it goes on to."""
    asked = [proposal.body for proposal in skrivelse.proposals if proposal.body]
    named = skrivelse.addressee
    if named and asked and not any(_is_same(named, body) or _goes_on(named, body) for body in asked):
        yield (
            f"Huvudet är ställt till {named}, men förslaget till beslut gäller {asked[0]}; "
            "kontrollera vilken instans som ska besluta."
        )


def _is_same(addressee: str, body: str) -> bool:
    """Whether they are one body, or a committee of it."""
    return any(
        is_like(key(name), key(body)) or key(body) in key(addressee) or key(addressee) in key(body)
        for name in ([name for name, _, _ in bodies_in(addressee)] or [base_form(addressee)])
    )


def _goes_on(addressee: str, body: str) -> bool:
    """Whether a matter laid before one body goes on from there to the other."""
    from_here, to_there = (_rank(key(name)) for name in (addressee, body))
    return to_there < from_here


def _rank(name: str) -> int:
    return next((rank for rank, word in enumerate(_HIGHER) if name.endswith(word)), len(_HIGHER))


# --- MBL ---------------------------------------------------------------------------------------------
_DONE = ("information", "förhandling", "samverkan")
_ABOUT = {"förhandling": "förhandl", "information": "inform", "samverkan": "samverk"}


def _on_mbl(sections: Sequence[Section]) -> Iterator[str]:
    """What one sentence says was done, another says was not called for."""
    sentences = [(section, text) for section in sections for text in _sentences(section)]
    # One sentence contradicts nobody, and most say it in one.
    said = [(_kind(section, text), text) for section, text in sentences] if len(sentences) > 1 else []
    refused = [text for kind, text in said if kind == "ej_påkallad"]
    for kind, text in said:
        against = next((other for other in refused if kind in _DONE and _is_of_the_same(kind, other)), None)
        if against:
            yield f"Om MBL står både ”{_short(text)}” och ”{_short(against)}”; ange vilket som gäller."
            return


def _sentences(section: Section) -> list[str]:
    text = " ".join(line.strip() for _, line in section.lines)
    return [sentence for sentence in re.split(r"(?<=[.;!?])\s+(?=[A-ZÅÄÖ0-9])", text) if sentence.strip()]


def _kind(section: Section, sentence: str) -> str:
    one = Section(Part.MBL, section.heading, ((section.first, sentence),), section.first, section.end)
    return read_mbl([one], None)[0].kind


def _is_of_the_same(kind: str, refusal: str) -> bool:
    """ "Förhandling är inte påkallad" leaves information as it is; "MBL är inte aktuellt" leaves nothing."""
    named = [name for name, word in _ABOUT.items() if re.search(forgiving(word), fold(refusal))]
    return not named or kind in named


def _short(text: str) -> str:
    return text.strip() if len(text) <= 90 else f"{text.strip()[:90]} …"


# --- days --------------------------------------------------------------------------------------------
_OWN = re.compile(r"tjansteskrivelse|tjansteutlatande")
_ISO = re.compile(r"(?<![\w/-])((?:19|20)\d\d)-(\d\d)-(\d\d)(?![\w/-])")
_IN_WORDS = re.compile(
    r"(?<!\w)([1-9]\d?) (jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-z]* ((?:19|20)\d\d)(?!\d)", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def _on_days(document: Document, skrivelse: Skrivelse) -> Iterator[str]:
    own = skrivelse.date
    if own is None:
        return
    mbl = skrivelse.mbl.date
    if mbl and mbl > own:
        yield (
            f"MBL har dagen {mbl.isoformat()}, efter skrivelsens {own.isoformat()}; "
            "ange om den är bokad eller hållen, eller rätta dagen."
        )
    yield from _on_own_date(document, own, skrivelse.underlag)


def _on_own_date(document: Document, own: datetime.date, underlag: Sequence[str]) -> Iterator[str]:
    """The skrivelse among its own underlag, with another date than its head's."""
    items = [item for item in underlag if _OWN.search(fold(item))]
    dates = [found.date for item in items for found in dates_in(item)]
    if len(items) == 1 and len(dates) == 1 and dates[0] > own and not case_numbers_in(items[0]):
        place = region_of(document.of(Part.UNDERLAG, Part.APPENDICES)).find(items[0])
        where = f" på rad {place.first + 1}" if place else ""
        yield (
            f"Huvudet har datum {own.isoformat()}, men tjänsteskrivelsen under beslutsunderlag{where} "
            f"har {dates[0].isoformat()}; kontrollera vilket som är rätt."
        )


def _no_such_days(document: Document) -> Iterator[str]:
    for at, line in enumerate(document.lines):
        for text, year, month, day in _written_days(line):
            if not _exists(year, month, day) and not any(text in number for number in case_numbers_in(line)):
                yield f"Datumet {text} på rad {at + 1} finns inte i kalendern; rätta det."


def _written_days(line: str) -> Iterator[tuple[str, int, int, int]]:
    for match in _ISO.finditer(line):
        yield match[0], int(match[1]), int(match[2]), int(match[3])
    for match in _IN_WORDS.finditer(line):
        yield match[0], int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1])


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True
