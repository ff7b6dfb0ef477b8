"""Whether a finding stands where it is said to stand, told without the code that placed it."""

from collections.abc import Iterator
from itertools import pairwise

from rapidfuzz.fuzz import partial_ratio

from workflow.document_intake.folding import fold
from workflow.document_intake.interface import Field, Found, Skrivelse
from workflow.document_intake.swedish_dates import dates_in

DATES = (Field.DATE, Field.MBL_DATE)
BY_COUNT = {
    Field.DNR: lambda read: read.numbers,
    Field.HANDLAGGARE: lambda read: read.handlaggare,
    Field.ATT_SATS: lambda read: [sats for proposal in read.proposals for sats in proposal.att_satser],
    Field.UNDERLAG: lambda read: read.underlag,
    Field.RECIPIENT: lambda read: read.recipients,
    Field.SIGNATORY: lambda read: read.signatories,
    Field.PLACEHOLDER: lambda read: [left.text for left in read.placeholders],
    Field.WATCH: lambda read: [watch.about for watch in read.watches],
}
ALIKE = 85


def of(read: Skrivelse, field: Field) -> list[Found]:
    return [one for one in read.found if one.field is field]


def the(read: Skrivelse, field: Field) -> Found:
    (one,) = of(read, field)
    return one


def misplaced(text: str, read: Skrivelse) -> Iterator[tuple[str, str, str]]:
    """What is not where it is said to be, with what stands there: nothing, when all is right."""
    lines = text.split("\n")
    sentences = iter([watch.sentence for watch in read.watches])
    for one in read.found:
        wanted = next(sentences) if one.field is Field.WATCH else one.text
        if not wanted or wanted == "saknas":
            continue
        there = "\n".join(lines[(one.line or 1) - 1 : one.last_line or 0])
        if not there.strip() or not _holds(one.field, there, wanted, read):
            yield one.field.value, wanted, there


def _holds(field: Field, there: str, wanted: str, read: Skrivelse) -> bool:
    if field is Field.MBL_KIND:
        return True
    if field in DATES:
        year = read.date.year if read.date else None
        return wanted in {found.date.isoformat() for found in dates_in(" ".join(there.split()), year, expected=True)}
    near = _letters(there)
    return _letters(wanted) in near or (len(wanted) > 5 and partial_ratio(_letters(wanted), near) >= ALIKE)


def _letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def not_told(read: Skrivelse) -> Iterator[Field]:
    """The fields that are not told of once for each thing read, in its order."""
    for field in Field:
        told = [one.text for one in of(read, field) if one.text]
        if field in BY_COUNT and told != list(BY_COUNT[field](read)):
            yield field
    order = list(Field)
    for above, below in pairwise(read.found):
        if order.index(above.field) > order.index(below.field):
            yield below.field
