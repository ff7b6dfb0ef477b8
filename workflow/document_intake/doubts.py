"""What the registrator must look at: everything a skrivelse leaves out or leaves unclear, in full sentences."""

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
    if looks_scanned(text):
        yield "Texten ser inskannad ut (å, ä och ö saknas eller är feltolkade); jämför namn och rubrik med originalet."


def looks_scanned(text: str) -> bool:
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
