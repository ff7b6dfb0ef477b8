"""The head of a skrivelse: whose it is, when, about which case, to whom, and what it is called."""

import datetime
import enum
import re
from collections.abc import Sequence

import msgspec

from workflow.document_intake.case_numbers import case_numbers_in, is_anothers_label, without_numbers
from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.layout import (
    cells,
    continues,
    is_contact_line,
    is_prose,
    joined,
    paragraph_at,
    without_page_number,
)
from workflow.document_intake.names import (
    body_in,
    is_person,
    is_title,
    is_unit,
    person_with_title,
    persons_in_list,
    restored,
    whole_body,
)
from workflow.document_intake.phrasebook import Phrasebook
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.swedish_dates import dates_in, without_dates


class Kind(enum.Enum):
    """What a piece of the head is. Only FREE can begin a title; SOFT may be the second line of one."""

    FACT = "date, number or contact"
    LABEL = "label"
    DOCUMENT = "kind of document"
    BODY = "body"
    UNIT = "unit"
    PERSON = "person"
    SOFT = "title of a person"
    PLACEHOLDER = "placeholder"
    FREE = "anything else"


class Piece(msgspec.Struct, frozen=True):
    """What stands in one column of one line."""

    line: int
    text: str
    kind: Kind
    label: str = ""


class Head(msgspec.Struct, frozen=True):
    rubrik: str | None
    rubrik_lines: frozenset[int]
    numbers: tuple[str, ...]
    date: datetime.date | None
    addressee: str | None
    unit: str | None
    handlaggare: tuple[str, ...]
    unsure: tuple[str, ...]
    pieces: tuple[Piece, ...]  # all of it, for whoever asks what else stood there


MAX_HEAD = 100  # lines; a longer one is no head but a document without headings
MAX_TITLE = 6
_LONG_SENTENCE = 180

_LABEL_WORDS = {
    "datum": """
        datum | skapad | skapat | utfärdat | utfärdad | upprättad | upprättat | daterad | dokumentdatum | vårt datum
        """,
    "sammanträde": """
        sammanträdesdatum | sammanträde | nämndens sammanträde | mötesdatum | nämnddatum | beslutsdatum |
        svar senast | ert datum
        """,
    "nummer": """
        dnr | diarienummer | diarienr | ärendenummer | ärendenr | beteckning | vår beteckning |
        ärendebeteckning
        """,
    "handläggare": """
        handläggare | ansvarig handläggare | vår handläggare | kontaktperson | referens | vår referens | utredare |
        namn | författare | handläggare titel
        """,
    "mottagare": "till | mottagare | adressat | nämnd | beslutsinstans | beslutande organ | instans",
    "rubrik": "rubrik | ärenderubrik | ärendemening | ärende | titel | ärendets namn | angående | avser | ang",
    "unit": "förvaltning | enhet | avdelning | avsändare | sektor",
    "annat": """
        telefon | e post | epost | sida | sid | version | informationsklass | status | postadress | besöksadress |
        webbplats
        """,
}
ANOTHERS_NUMBER = "annans nummer"
_LABELS = Phrasebook({word.strip(): name for name, words in _LABEL_WORDS.items() for word in words.split("|")})
_DOCUMENT = re.compile(
    forgiving(
        r"(?:tjänste(?:skrivelse|utlåtande|yttrande)|skrivelse|beslutsunderlag|ärendeblad|missiv|pm)"
        r"(?: till (?P<to>.+))?"
    )
)
_MUNICIPALITY = re.compile(r"[a-z]+(?:s)? (?:kommun|stad|kommuns|stads)|kommun|stad|region [a-z]+")
_NO_DATE_OF_ITS_OWN = {"sammanträde"}
_VALUES = {
    "datum": (Kind.FACT,),
    "sammanträde": (Kind.FACT,),
    "nummer": (Kind.FACT,),
    ANOTHERS_NUMBER: (Kind.FACT,),
    "annat": (Kind.FACT,),
    "handläggare": (Kind.PERSON,),
    "mottagare": (Kind.BODY,),
    "unit": (Kind.UNIT,),
    "rubrik": (Kind.FREE,),
}


def read_head(lines: list[str], *, is_whole: bool = False) -> Head:
    """`is_whole`: no heading was found, so the head may run on into the text; the title is then its first words."""
    lines = lines[: _running_text_starts(lines)]
    pieces = _pieces(lines)
    title = _title(pieces, 0 if is_whole else -1)[:MAX_TITLE]
    title_lines = frozenset(piece.line for piece in title)
    rest = [piece for piece in pieces if piece not in title]
    own_lines = [
        _without_anothers(number, line, pieces) for number, line in enumerate(lines) if number not in title_lines
    ]
    date, on_date = _date(rest)
    return Head(
        rubrik=_joined(title),
        rubrik_lines=title_lines,
        numbers=case_numbers_in("\n".join(own_lines)),
        date=date,
        addressee=_addressee(rest),
        unit=_unit(rest),
        handlaggare=_handlaggare(rest),
        unsure=(*_about_title(title), *on_date),
        pieces=tuple(pieces),
    )


def _without_anothers(number: int, line: str, pieces: list[Piece]) -> str:
    for piece in pieces:
        if piece.line == number and piece.label == ANOTHERS_NUMBER and piece.kind is Kind.FACT:
            line = line.replace(piece.text, " ")
    return line


def _running_text_starts(lines: list[str]) -> int:
    """Some begin with the matter itself, without a heading: what is said there is no longer the head."""
    for at, line in enumerate(lines[:MAX_HEAD]):
        first_of_paragraph = at > 0 and line.strip() and not lines[at - 1].strip()
        if first_of_paragraph and _is_running_text(paragraph_at(lines, at)):
            return at
    return MAX_HEAD


def _is_running_text(paragraph: str) -> bool:
    sentences = len(re.findall(r"[.!?](?:\s+[A-ZÅÄÖ]|$)", paragraph))
    return is_prose(paragraph) and (sentences > 1 or (sentences == 1 and len(paragraph) > _LONG_SENTENCE))


class Foot(msgspec.Struct, frozen=True):
    """Where a template puts its people at the bottom of the page instead."""

    unit: str | None
    handlaggare: tuple[str, ...]


def read_foot(lines: list[str]) -> Foot:
    """Reads a page's foot, or the part that lists who prepared the matter."""
    pieces = _pieces(lines)
    return Foot(_unit(pieces), _handlaggare(pieces))


# --- pieces ------------------------------------------------------------------------------------------
def _pieces(lines: list[str]) -> list[Piece]:
    """Every cell with what it is; a cell below a lone label belongs to that label."""
    pieces: list[Piece] = []
    waiting: list[str] = []
    for number, line in enumerate(lines):
        found = cells(_bare(line))
        if not found:
            continue
        passes = _stands_beside(found, waiting)
        above = [] if passes else _aligned(waiting, found)
        new = [_piece(number, text, above[at] if at < len(above) else "") for at, text in enumerate(found)]
        if not passes:
            waiting = [_awaited(piece, beside) for piece, beside in zip(new, [*new[1:], None], strict=True)]
        pieces += _with_labels_beside(new)
    return pieces


def _stands_beside(found: Sequence[str], waiting: list[str]) -> bool:
    """A name, a unit or an address between a row of labels and the row of what belongs to them."""
    if len(found) != 1 or sum(map(bool, waiting)) < 2 or any(map(str.isdigit, found[0])):
        return False
    return Kind.FACT in _VALUES.get(waiting[0], (Kind.FACT,)) or _kind(found[0], "") not in _VALUES[waiting[0]]


def _aligned(waiting: list[str], below: Sequence[str]) -> list[str]:
    """The labels above what stands below, also when what stands beside the labels has nothing below it."""
    labels = [label for label in waiting if label]
    if len(labels) == len(below) < len(waiting) and _kind(below[0], "") in _VALUES.get(labels[0], ()):
        return labels
    # With an empty column nobody knows whose a number is.
    return [label if label != ANOTHERS_NUMBER or len(waiting) <= len(below) else "" for label in waiting]


def _awaited(piece: Piece, beside: Piece | None) -> str:
    """The label that what stands below belongs to."""
    has_value = piece.kind is not Kind.LABEL or (beside is not None and _is_value_of(piece, beside))
    return piece.label if not has_value or piece.text.endswith("-") else ""


def _is_value_of(label: Piece, beside: Piece) -> bool:
    kind = _kind(beside.text, label.label) if any(letter.isdigit() for letter in beside.text) else beside.kind
    return not beside.label and kind in _VALUES.get(label.label, ())


def _with_labels_beside(pieces: list[Piece]) -> list[Piece]:
    """ "Handläggare    Eva Ros": in a table the label stands in the cell to the left."""
    return [
        Piece(piece.line, piece.text, _kind(piece.text, left.label), left.label)
        if left and left.kind is Kind.LABEL and _is_value_of(left, piece)
        else piece
        for left, piece in zip([None, *pieces], pieces, strict=False)
    ]


def _bare(line: str) -> str:
    return re.sub(r"^#{1,6}\s+|\*\*|__", "", without_page_number(line))


def _piece(line: int, text: str, above: str) -> Piece:
    own, colon, value = text.partition(":")
    label = _label(own) if len(own) < 30 else None
    if label and (not colon or not value.strip()):
        return Piece(line, text, Kind.LABEL, label)
    if label and colon:
        return Piece(line, value.strip(), _kind(value.strip(), label), label)
    return _with_label_in_front(line, text) or Piece(line, text, _kind(text, above), above)


def _label(text: str) -> str | None:
    return ANOTHERS_NUMBER if is_anothers_label(text) else _LABELS.find(text)


def _with_label_in_front(line: int, text: str) -> Piece | None:
    """ "Handläggare Eva Ros", "Datum 2024-02-14": a label only if what follows can be its value."""
    words = text.split()
    for length in (1, 2):
        label = _label(" ".join(words[:length])) if len(words) > length else None
        value = " ".join(words[length:])
        if label and label != "rubrik" and _kind(value, "") in (Kind.FACT, Kind.PERSON, Kind.BODY, Kind.UNIT):
            return Piece(line, value if label == "handläggare" else text, _kind(value, label), label)
    return None


def _kind(text: str, label: str) -> Kind:
    if text.startswith("• "):
        return Kind.FACT  # an item of a list is no title
    if label == "rubrik" and not is_placeholder(text):
        return Kind.FREE
    for kind, test in _TESTS:
        if test(text):
            return kind
    return Kind.FACT if label in ("annat", "nummer", ANOTHERS_NUMBER) else Kind.FREE


def _is_fact(text: str) -> bool:
    rest = without_numbers(without_dates(text))
    left = [word for word in key(rest).split() if not _LABELS.find(word) and word not in ("den", "i", "och")]
    left = [] if _DOCUMENT.fullmatch(" ".join(left)) else left
    return (rest != text and not left) or is_contact_line(text) or not any(letter.isalpha() for letter in text)


def _is_document(text: str) -> bool:
    return bool(_DOCUMENT.fullmatch(key(text))) or bool(_MUNICIPALITY.fullmatch(key(text)))


def _is_soft(text: str) -> bool:
    return is_title(text) and len(text.split()) <= 4


_TESTS = (
    (Kind.PLACEHOLDER, is_placeholder),
    (Kind.DOCUMENT, _is_document),
    (Kind.FACT, _is_fact),
    (Kind.BODY, whole_body),
    (Kind.UNIT, is_unit),
    (Kind.PERSON, lambda text: is_person(text) or bool(persons_in_list(text)) or bool(person_with_title(text))),
    (Kind.SOFT, _is_soft),
)


# --- the title ---------------------------------------------------------------------------------------
def _title(pieces: list[Piece], which: int) -> list[Piece]:
    """The last free text before the first heading, with the lines it is broken over."""
    labelled = [piece for piece in pieces if piece.label == "rubrik" and piece.kind is Kind.FREE]
    free = labelled or [piece for piece in pieces if piece.kind is Kind.FREE and _says_something(piece.text)]
    if not free:
        return _last_resort(pieces)
    last = pieces.index(free[which])
    first = last
    while first > 0 and _belongs_above(pieces[first - 1], pieces[first]):
        first -= 1
    while last + 1 < len(pieces) and _belongs_below(pieces[last], pieces[last + 1]):
        last += 1
    return pieces[first : last + 1]


def _says_something(text: str) -> bool:
    return len(key(text)) > 3


def _belongs_above(above: Piece, below: Piece) -> bool:
    gap = below.line - above.line
    broken = continues(above.text, below.text)
    if above.kind is Kind.FREE and above.label in ("", "rubrik"):
        return gap == 1 or (gap == 2 and broken)
    return above.kind in (Kind.SOFT, Kind.PERSON) and gap == 1 and broken


def _belongs_below(above: Piece, below: Piece) -> bool:
    if below.label not in ("", above.label):
        return False
    only_a_year = below.kind is Kind.FACT and below.text.isdigit()
    may_look_like_a_name = below.kind in (Kind.SOFT, Kind.PERSON) or only_a_year
    goes_on = continues(above.text, below.text) or below.text.startswith(("– ", "— ", "- "))
    return below.line == above.line + 1 and (may_look_like_a_name or goes_on)


def _last_resort(pieces: list[Piece]) -> list[Piece]:
    # A title may look like a name ("Detaljplan Vävskeden") or a unit; then it stands last, unlabelled.
    last = pieces[-1:] if len(pieces) > 1 else []
    return [piece for piece in last if piece.kind in (Kind.PERSON, Kind.UNIT, Kind.SOFT) and not piece.label]


def _about_title(title: list[Piece]) -> tuple[str, ...]:
    if title and title[0].kind is not Kind.FREE:
        return (f"Rubriken lästes som ”{title[0].text}”, men det kan vara ett namn eller en enhet.",)
    return ()


def _joined(title: list[Piece]) -> str | None:
    text = ""
    for piece in title:
        text = joined(text, piece.text) if text else piece.text
    return text or None


# --- the rest ----------------------------------------------------------------------------------------
def _date(pieces: list[Piece]) -> tuple[datetime.date | None, tuple[str, ...]]:
    found = [
        (piece.label, one.date)
        for piece in pieces
        if piece.label not in _NO_DATE_OF_ITS_OWN
        for one in dates_in(piece.text)
    ]
    labelled = [date for label, date in found if label == "datum"]
    dates = list(dict.fromkeys(labelled or [date for _, date in found]))
    if len(dates) < 2:
        return (dates[0] if dates else None), ()
    others = ", ".join(date.isoformat() for date in dates[1:])
    return dates[0], (
        f"Huvudet har flera datum; {dates[0].isoformat()} lästes som skrivelsens och {others} användes inte.",
    )


def _addressee(pieces: list[Piece]) -> str | None:
    labelled = [piece for piece in pieces if piece.label == "mottagare" and body_in(piece.text)]
    bodies = labelled or [piece for piece in pieces if piece.kind is Kind.BODY]
    if bodies:
        return whole_body(bodies[-1].text) or bodies[-1].text
    return next((text for text in map(_addressed_in_banner, pieces) if text), None)


def _addressed_in_banner(piece: Piece) -> str | None:
    match = _DOCUMENT.fullmatch(fold(piece.text)) if piece.kind is Kind.DOCUMENT else None
    return piece.text[match.start("to") :] if match and match["to"] else None


def _unit(pieces: list[Piece]) -> str | None:
    return next((restored(piece.text) for piece in pieces if piece.kind is Kind.UNIT), None)


def _handlaggare(pieces: list[Piece]) -> tuple[str, ...]:
    people = [piece for piece in pieces if piece.kind is Kind.PERSON and piece.label in ("", "handläggare")]
    labelled = [piece for piece in people if piece.label == "handläggare"]
    names = [name for piece in labelled or people for name in _names(piece.text)]
    return tuple(dict.fromkeys(names))


def _names(text: str) -> list[str]:
    with_title = person_with_title(text)
    return [with_title] if with_title else persons_in_list(text)
