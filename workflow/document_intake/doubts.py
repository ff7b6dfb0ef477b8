"""What the registrator must look at: everything a skrivelse leaves out or leaves unclear, in full sentences."""

import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec

from workflow.document_intake.case_numbers import has_label
from workflow.document_intake.headings import Part
from workflow.document_intake.interface import Skrivelse
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.sections import Section
from workflow.document_intake.swedish_dates import dates_in

_FILE_NAME = re.compile(r"\.(?:docx?|pdf|xlsx?|pptx?|odt|msg)$", re.IGNORECASE)
_GARBLED = re.compile(r"(?<=[^\W\d_])[”„“†‡™•¤¢\ufffd](?=[^\W\d_])")
_LONGEST_WORD = 30
_MANY_GARBLED = 4  # words; one or two are slips of the writer's own
_MISREAD = re.compile(r"[a-zåäö][0156][a-zåäö]")
_MANY_MISREAD = 3  # digits inside words
_ENOUGH_TEXT = 400
_MIN_SHARE_OF_DOTTED_LETTERS = 0.02  # Swedish running text has about five in a hundred


def doubts_about(skrivelse: Skrivelse, sections: Sequence[Section], *, was_cut: bool) -> Skrivelse:
    """The same skrivelse, with what is missing in it said first."""
    missing = (
        *_about_the_text(sections, was_cut),
        *_about_the_head(skrivelse, sections),
        *_about_the_proposals(skrivelse),
    )
    lists = _about_the_lists(skrivelse, sections)
    return msgspec.structs.replace(skrivelse, unsure=tuple(dict.fromkeys((*missing, *skrivelse.unsure, *lists))))


def _about_the_text(sections: Sequence[Section], was_cut: bool) -> Iterator[str]:
    text = "\n".join(line for section in sections for line in (section.heading, *section.texts))
    if not text.strip():
        yield "Dokumentet är tomt."
    elif len(sections) == 1:
        yield "Inga kända rubriker hittades; är det en tjänsteskrivelse?"
    if was_cut:
        yield "Dokumentet är mycket långt; bara början lästes, resten antogs vara bilagor."
    word = garbled_word(text)
    if word:
        yield f"Bokstäver i texten är förvanskade (”{word}”); öppna originalet och spara det på nytt som UTF-8."
    if looks_scanned(text):
        yield "Texten ser inskannad ut (bokstäver saknas eller är feltolkade); jämför namn och rubrik med originalet."


def garbled_word(text: str) -> str | None:
    """A word with letters lost to a wrong encoding, where there are many."""
    places = [match.start() for match in itertools.islice(_GARBLED.finditer(text), _MANY_GARBLED)]
    if len(places) < _MANY_GARBLED:
        return None
    around = text[max(0, places[0] - _LONGEST_WORD) : places[0]], text[places[0] : places[0] + _LONGEST_WORD]
    return around[0].split()[-1] + around[1].split()[0]


def looks_scanned(text: str) -> bool:
    if len(list(itertools.islice(_MISREAD.finditer(text), _MANY_MISREAD))) == _MANY_MISREAD:
        return True
    letters = sum(map(str.isalpha, text))
    dotted = sum(map(text.lower().count, "åäö"))
    return letters > _ENOUGH_TEXT and dotted < _MIN_SHARE_OF_DOTTED_LETTERS * letters


def _about_the_head(skrivelse: Skrivelse, sections: Sequence[Section]) -> Iterator[str]:
    head = "\n".join(sections[0].texts)
    if skrivelse.rubrik is None:
        yield "Rubriken hittades inte; skriv in ärendemeningen."
    if not skrivelse.numbers:
        filled = "är inte ifyllt" if has_label(head) else "saknas"
        yield f"Diarienummer {filled} i huvudet."
    if skrivelse.date is None:
        yield _no_date(sections)
    if skrivelse.addressee is None and not any(proposal.body for proposal in skrivelse.proposals):
        yield "Huvudet säger inte vilken nämnd skrivelsen är ställd till."
    if not skrivelse.handlaggare:
        yield "Handläggare saknas."


def _no_date(sections: Sequence[Section]) -> str:
    elsewhere = [
        (found.date, section.heading)
        for section in sections[1:]
        if section.part in (Part.UNDERLAG, Part.MBL)
        for found in dates_in("\n".join(section.texts))
    ]
    if not elsewhere:
        return "Datum saknas i huvudet."
    date, heading = min(elsewhere)
    return f"Datum saknas i huvudet; det tidigaste längre ned, {date.isoformat()} under ”{heading}”, användes inte."


def _about_the_proposals(skrivelse: Skrivelse) -> Iterator[str]:
    if not skrivelse.proposals:
        yield "Inget förslag till beslut hittades."
    if any(proposal.body is None for proposal in skrivelse.proposals):
        yield "Rubriken ”Förslag till beslut” säger inte vilket organ som ska besluta."
    for proposal in skrivelse.proposals:
        if any(is_placeholder(sats) for sats in proposal.att_satser):
            yield "En punkt i förslaget till beslut är inte ifylld."


def _about_the_lists(skrivelse: Skrivelse, sections: Sequence[Section]) -> Iterator[str]:
    parts = {section.part for section in sections}
    if not skrivelse.recipients:
        yield (
            "Ingen mottagare är ifylld under ”Beslutet skickas till”."
            if Part.RECIPIENTS in parts
            else "Det står inte vem beslutet ska skickas till."
        )
    if not skrivelse.signatories:
        yield "Ingen undertecknare hittades."
    if not skrivelse.underlag:
        yield "Beslutsunderlag saknas."
    for item in skrivelse.underlag:
        if _FILE_NAME.search(item):
            yield f"Beslutsunderlaget ”{item}” är ett filnamn; ange handlingens namn och datum."
