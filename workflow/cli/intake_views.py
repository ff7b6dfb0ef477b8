"""How a read tjänsteskrivelse looks: a page for whoever registers it, the ground for each field, and plain values."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from workflow.cli import render, views
from workflow.document_intake.interface import Field, Found, ReadSkrivelse, ReadText, Sureness, weakest
from workflow.errors import Exit

MARKS = {Sureness.SAKER: "✓", Sureness.TROLIG: "~", Sureness.OSAKER: "?"}
_LEGEND = "✓ säker   ~ trolig: en blick räcker   ? osäker: jämför med dokumentet"

_LABELS = {
    Field.RUBRIK: "Rubrik",
    Field.DNR: "Diarienummer",
    Field.DATE: "Datum",
    Field.ADDRESSEE: "Till",
    Field.UNIT: "Från",
    Field.HANDLAGGARE: "Handläggare",
    Field.ATT_SATS: "Förslag till beslut",
    Field.MBL_KIND: "MBL",
    Field.MBL_PARAGRAPH: "MBL, paragraf",
    Field.MBL_DATE: "MBL, dag",
    Field.UNDERLAG: "Beslutsunderlag",
    Field.RECIPIENT: "Beslutet skickas till",
    Field.SIGNATORY: "Undertecknat av",
    Field.PLACEHOLDER: "Mallens rester",
    Field.WATCH: "Bevakning",
}
_HEAD = (Field.RUBRIK, Field.DNR, Field.DATE, Field.ADDRESSEE, Field.UNIT, Field.HANDLAGGARE)
_MBL = (Field.MBL_KIND, Field.MBL_PARAGRAPH, Field.MBL_DATE)
_LISTS = (Field.UNDERLAG, Field.RECIPIENT, Field.SIGNATORY)

_MENDED_BY = {
    Field.RUBRIK: "arende edit ÄRENDE --rubrik TEXT",
    Field.DNR: "arende edit ÄRENDE --dnr DNR",
    Field.HANDLAGGARE: "arende edit ÄRENDE --handlaggare NAMN",
    Field.ATT_SATS: "arende edit ÄRENDE --att INSTANS=TEXT",
    Field.MBL_KIND: "arende mbl ÄRENDE",
    Field.MBL_PARAGRAPH: "arende mbl ÄRENDE",
    Field.MBL_DATE: "arende mbl ÄRENDE",
    Field.UNDERLAG: "arende edit ÄRENDE --underlag TEXT",
    Field.RECIPIENT: "arende edit ÄRENDE --mottagare NAMN",
}
"""What is wrong after the import is put right with; what is not here is put right in the document."""


# --- the page ----------------------------------------------------------------------------------------
def page(read: ReadSkrivelse) -> int:
    """What was read, then what to do about it."""
    found = read.skrivelse.found
    render.paragraph(_LEGEND)
    _notes(read.text)
    render.line()
    for one in _of(found, *_HEAD):
        _told(read, one, f"{_LABELS[one.field]}: ")
    _proposals(read)
    render.line("\nMBL")
    for one in (one for one in _of(found, *_MBL) if one.text or one.sureness is not Sureness.SAKER):
        _told(read, one, _MBL_WORDS[one.field], _MBL_ENDS.get(one.field, ""))
    for field in _LISTS:
        render.line(f"\n{_LABELS[field]}")
        for one in _of(found, field):
            _told(read, one)
    _to_do(read)
    _watches(read)
    return Exit.DONE


_MBL_WORDS = {Field.MBL_KIND: "", Field.MBL_PARAGRAPH: "", Field.MBL_DATE: "dag: "}
_MBL_ENDS = {Field.MBL_PARAGRAPH: " §"}
_KINDS = {
    "ej_påkallad": "ej påkallad",
    "okänt": "rubriken finns, men inte vad som har gjorts",
    "saknas": "inget sägs",
}


def _of(found: Sequence[Found], *fields: Field) -> list[Found]:
    return [one for one in found if one.field in fields]


def _told(read: ReadSkrivelse, one: Found, before: str = "", after: str = "") -> None:
    """One finding: its mark, what it says, and where that stands."""
    text = _KINDS.get(one.text, one.text) if one.field is Field.MBL_KIND else one.text
    place = where(one, read.text)
    words = f"{before}{text}{after}" if text else f"{before}– {_uncapitalised(one.why)}"
    render.paragraph(f"{words}{f'  ({place})' if place else ''}", "    ", f"  {MARKS[one.sureness]} ")


def _uncapitalised(sentence: str) -> str:
    return f"({sentence[:1].lower()}{sentence[1:].rstrip('.')})"


def where(one: Found, text: ReadText) -> str:
    """ "rad 12–13, sida 2"; nothing for what stands nowhere."""
    if one.line is None:
        return ""
    last = f"–{one.last_line}" if one.last_line != one.line else ""
    page = text.page_of(one.line)
    return f"rad {one.line}{last}{f', sida {page}' if page else ''}"


def _notes(text: ReadText) -> None:
    for note in text.notes:
        render.paragraph(note, "  ", "! ")


def _proposals(read: ReadSkrivelse) -> None:
    satser = _of(read.skrivelse.found, Field.ATT_SATS)
    for body in dict.fromkeys(one.body for one in satser):
        of_whom = "" if not any(one.text for one in satser) else f", {body or 'ingen instans nämnd'}"
        render.line(f"\nFörslag till beslut{of_whom}")
        for number, one in enumerate((one for one in satser if one.body == body), 1):
            _told(read, one, f"{number}. " if one.text else "")


# --- what to do --------------------------------------------------------------------------------------
def _to_do(read: ReadSkrivelse) -> None:
    told = [*leftovers(read), *to_look_at(read)]
    render.line("\nAtt göra" if told else "\nInget att göra: allt är ifyllt och inget är oklart.")
    for number, sentence in enumerate(told, 1):
        start = f"  {number}. "
        render.paragraph(sentence, " " * len(start), start)
    if told:
        render.paragraph(
            "Rätta i dokumentet och läs det igen, eller läs in det som det är med arende import och rätta ärendet med "
            "arende edit och arende mbl.",
            "  ",
        )


def to_look_at(read: ReadSkrivelse) -> Iterator[str]:
    """What is unclear or unsure, in full sentences."""
    yield from read.skrivelse.unsure
    yield from _to_compare(read)


def leftovers(read: ReadSkrivelse) -> Iterator[str]:
    """Each leftover of the template by its section, as they stand in the document."""
    of_template = [one for one in _of(read.skrivelse.found, Field.PLACEHOLDER) if one.text]
    for left, one in zip(read.skrivelse.placeholders, of_template, strict=False):
        yield f"Fyll i eller ta bort ”{left.text}” under {left.section} ({where(one, read.text)})."


def _to_compare(read: ReadSkrivelse) -> Iterator[str]:
    """The unsure findings that nothing was said of yet, one sentence for each field and reason."""
    said = " ".join(read.skrivelse.unsure)
    reasons: dict[tuple[Field, str], Found] = {}
    for one in read.skrivelse.found:
        if one.sureness is Sureness.OSAKER and one.field is not Field.WATCH and one.why not in said:
            reasons.setdefault((one.field, one.why), one)
    for (field, why), one in reasons.items():
        place = where(one, read.text)
        mend = f" Blev det fel: {_MENDED_BY[field]}." if field in _MENDED_BY else ""
        yield f"Kontrollera {_LABELS[field]}{f' ({place})' if place else ''}. {why}{mend}"


def _watches(read: ReadSkrivelse) -> None:
    """The suggestions, numbered as `--bevaka` takes them, each with its sentence."""
    suggested: Any = msgspec.to_builtins(read.skrivelse.watches)
    if suggested:
        render.line()
        render.paragraph("Förslag till bevakningar; ta med dem med arende import --bevaka alla (eller deras nummer)")
    places = _of(read.skrivelse.found, Field.WATCH)
    for number, (watch, one) in enumerate(zip(suggested, places, strict=True), 1):
        views.suggestion(number, watch)
        place = where(one, read.text)
        render.paragraph(f"”{watch['sentence']}”{f'  ({place})' if place else ''}", "     ")


# --- the ground for each field -----------------------------------------------------------------------
def explained(read: ReadSkrivelse) -> int:
    """Each finding with the lines it was read from, why it was read so, and what else it could have been."""
    render.paragraph(_LEGEND)
    _notes(read.text)
    for one in read.skrivelse.found:
        render.line()
        _explained(read, one)
    if read.skrivelse.unsure:
        render.line("\nOklart i skrivelsen")
    for sentence in read.skrivelse.unsure:
        render.paragraph(sentence, "    ", "  – ")
    return Exit.DONE


def _explained(read: ReadSkrivelse, one: Found) -> None:
    of_whom = f", {one.body}" if one.body else ""
    render.paragraph(f"{_LABELS[one.field]}{of_whom}: {one.text or '–'}", "  ", f"{MARKS[one.sureness]} ")
    render.paragraph(f"{one.sureness.value}: {one.why}", "    ")
    for number, line in enumerate(one.quote.split("\n") if one.quote else ()):
        place = f"{where(one, read.text)}: " if number == 0 else ""
        render.paragraph(f"{place}”{_shortened(line)}”", "      ", "    ")
    if one.others:
        render.paragraph(f"kunde annars vara: {'; '.join(map(_shortened, one.others))}", "      ", "    ")


_LONGEST = 300


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()} …"


# --- for programs ------------------------------------------------------------------------------------
def as_plain(read: ReadSkrivelse) -> dict[str, object]:
    """What programs have always been given, and beside it each finding with its place."""
    # The page needs nothing of the parser: that is loaded where the document is read.
    from workflow.document_intake.tjansteskrivelse import as_answer

    skrivelse = read.skrivelse
    return as_answer(skrivelse) | {
        "found": [
            msgspec.to_builtins(one) | {"page": read.text.page_of(one.line) if one.line else None}
            for one in skrivelse.found
        ],
        "sureness": {field.value: weakest(_of(skrivelse.found, field)).value for field in Field},
        "unsure": list(skrivelse.unsure),
        "notes": list(read.text.notes),
    }
