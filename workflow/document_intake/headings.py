"""The headings of a skrivelse and the parts they open, in whatever house's template and scanner."""

import enum
import re
from collections.abc import Set
from dataclasses import dataclass

from workflow.document_intake.folding import Phrasebook, fold, is_like, key
from workflow.document_intake.layout import address_marks
from workflow.document_intake.names import bodies_in, whole_body
from workflow.document_intake.swedish_dates import dates_in


class Part(enum.Enum):
    """What a part is for; the value is what it is called to the user."""

    HEAD = "Sidhuvud"
    PROPOSALS = "Förslag till beslut"
    UNDERLAG = "Beslutsunderlag"
    APPENDICES = "Bilagor"
    MBL = "Information eller förhandling enligt MBL"
    RECIPIENTS = "Beslutet skickas till"
    PREPARERS = "Handläggare"
    SIGNERS = "Ansvariga"
    OTHER = "Övrigt"


@dataclass(frozen=True, slots=True)
class Heading:
    part: Part
    text: str  # as it stands
    rest: str = ""  # what follows on the same line: "Beslutsunderlag: Skrivelse 2024-01-02"
    lines: int = 1  # a long heading may be broken over two


_PHRASES: dict[Part, str] = {
    Part.PROPOSALS: """
        förslag till beslut | beslutsförslag | förvaltningens förslag | förvaltningens förslag till beslut |
        förslag på beslut | kontorets förslag till beslut | hemställan
        """,
    Part.UNDERLAG: """
        beslutsunderlag | underlag för beslut | underlag till beslut | beslutsunderlag och bilagor |
        handlingar i ärendet | ärendets handlingar | ärendehandlingar | bifogade handlingar |
        handlingar som ligger till grund för beslutet | beslutshandlingar | underlag
        """,
    Part.APPENDICES: "bilagor | bilaga | bilagor till ärendet | bilageförteckning | bifogas",
    Part.RECIPIENTS: """
        beslutet skickas till | beslutet ska skickas till | beslut skickas till | beslut ska skickas till |
        skickas till | beslutet sänds till | beslut sänds till | beslutet ska sändas till |
        beslutet expedieras till | beslut expedieras till | beslutet ska expedieras till |
        expedieras till | expediering | expedieras | expediering av beslut | expediering av beslutet |
        beslutsexpediering | beslutet delges | beslut delges | delges | delgivning | ska delges | för delgivning |
        beslutet meddelas | beslut meddelas | meddelas | beslutet lämnas till | beslutet tillställs |
        protokollsutdrag till | protokollsutdrag skickas till | protokollsutdrag ska skickas till |
        utdrag ur protokollet skickas till | utdrag skickas till |
        kopia till | kopia skickas till | kopia av beslutet till | kopia av beslutet skickas till |
        sändlista | sändlista för beslut | sändlista för beslutet | mottagare av beslut | mottagare av beslutet
        """,
    Part.MBL: """
        mbl | fackligt | fackliga kontakter | mbl information | mbl förhandling | facklig samverkan | fackliga förhandlingar | facklig förhandling |
        facklig information | facklig information och förhandling | facklig information eller förhandling |
        samverkan med fackliga organisationer | samverkan med de fackliga organisationerna | fackliga frågor |
        facklig medverkan | fackliga synpunkter | information till fackliga organisationer |
        medbestämmande | medbestämmandelagen | samverkan enligt mbl | samverkan mbl | mbl samverkan |
        samverkan | samverkan och mbl | facklig samverkan mbl | information enligt mbl | förhandling enligt mbl |
        arbetsrättslig hantering | mbl hantering | samverkan i samverkansgrupp | samverkan i fsg |
        information och förhandling | information eller förhandling
        """,
    Part.PREPARERS: """
        beredningsansvariga | beredningsansvarig | ärendet har handlagts av | ärendet har beretts av |
        handläggare | handläggare i ärendet | kontaktperson | kontaktpersoner | föredragande |
        föredragande i ärendet | beredande tjänstepersoner | deltagare i beredningen
        """,
    Part.SIGNERS: "ansvariga | ansvarig | undertecknare | underskrift | underskrifter | undertecknat av",
    Part.OTHER: """
        ärende | ärendet | ärendebeskrivning | beskrivning av ärendet | bakgrund | bakgrund och syfte |
        sammanfattning | sammanfattning av ärendet | ärendet i korthet | sammanfattande bedömning |
        ekonomiska konsekvenser | ekonomi | ekonomiska överväganden | ekonomisk bedömning | finansiering |
        konsekvenser | kommunala mål | jämställdhet | uppföljning | uppföljning och utvärdering |
        bedömning | förvaltningens bedömning | kontorets bedömning | motivering | beslutsmotivering |
        skäl för beslut | skäl till beslut | motivering till beslut | motiv till beslut | utredning | överväganden |
        förvaltningens överväganden | förvaltningens synpunkter | förvaltningens yttrande | synpunkter |
        barnets bästa | barnperspektiv | barnperspektivet | barnrättsperspektiv | barnkonsekvensanalys |
        prövning av barnets bästa | barnrättsbedömning | konsekvensanalys | konsekvenser för barn |
        juridiska konsekvenser | rättsliga förutsättningar | juridisk bedömning | lagstiftning | lagrum |
        beredning | ärendets beredning | beredning av ärendet | beredning och handläggning av ärendet |
        beslutsplanering | tidplan | tidsplan | genomförande | syfte | syftet med ärendet | mål | nuläge |
        kommunikation | information | jämställdhetsperspektiv | jämställdhetsanalys | jämlikhet | miljökonsekvenser |
        miljö | klimat | klimatkonsekvenser | hållbarhet | hållbar utveckling | agenda 2030 | folkhälsa |
        bedömning ur ekonomisk dimension | bedömning ur ekologisk dimension | bedömning ur social dimension |
        riskbedömning | riskanalys | trygghet och säkerhet | tillgänglighet | digitalisering | alternativ |
        kopplingar till kommunens mål | koppling till kommunfullmäktiges mål | måluppfyllelse |
        ärendets tidigare behandling | tidigare beslut | tidigare behandling | yttranden | remissinstanser |
        delegation | jävsfrågor | överklagande | hur man överklagar | så här överklagar du
        """,
}
_BOOK = Phrasebook({phrase.strip(): part for part, text in _PHRASES.items() for phrase in text.split("|")})

# Words a list item may also consist of; as a heading they need running text below.
_NEVER_A_LIST_ITEM = Phrasebook(
    dict.fromkeys(
        "ärende|ärendet|bakgrund|sammanfattning|sammanfattning av ärendet|ärendebeskrivning|"
        "beskrivning av ärendet|ekonomiska konsekvenser|kommunala mål|jämställdhet|uppföljning|"
        "uppföljning och utvärdering|förvaltningens bedömning|bedömning|barnets bästa".split("|"),
        True,
    )
)
_MBL_WORDS = re.compile(
    r"\bmbl\b|medbest[a-z0-9]mmande|1976 ?[:.]? ?580|fackli|\bfsg\b|\blsg\b|\bcsg\b|samverkansgrupp|f[a-z0-9]rvaltningsgrupp|arbetstagarorg"
)
_ABOUT_STAFF = re.compile(
    r"(?:11|14|19|38) ?§|§ ?(?:11|14|19|38)\b|(?:inte|ej) aktuel|samverkats|samverkansavtal|samverkansm"
)
_GENERIC_OWNER = re.compile(r"^(?:n[a-z0-9]mndens|fullm[a-z0-9]ktiges|styrelsens|utskottets)$")
_FINITE = re.compile(
    r"\b(?:har|är|ska|gavs|gav|givits|getts|genomförts|genomfördes|lämnats|lämnades|skett|sker|krävs|bedöms|behövs|hölls)\b"
)
_PROSE = re.compile(
    r"\b(?:är|har|ska|kan|innebär|finns|föreslår|föreslås|bedömer|bedöms|blir|får|avser|gäller|behöver|var|hade|ger|medför)\b"
)
_MARKUP = re.compile(r"^#{1,6}\s+|\*\*|__|^\*(?=\S)|(?<=\S)\*$")
_BEGINS = re.compile("[\\w\ufffd]")  # U+FFFD: a letter lost in some conversion
_NUMBERING = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+")
_MAX_HEADING = 130
_LONG_PROSE = 120


def unmarked(line: str) -> str:
    """A line without the marks of Markdown."""
    return _MARKUP.sub("", line.strip()).strip()


def heading_at(lines: list[str], at: int) -> Heading | None:
    """The heading that stands on a line, if one does."""
    line = unmarked(lines[at])
    if not line or len(line) > 3 * _MAX_HEADING or not _BEGINS.match(line):
        return None
    below = unmarked(lines[at + 1]) if at + 1 < len(lines) else ""
    return (
        _known(line, below)
        or _proposal_heading(line, below)
        or _mbl_heading(line, below)
        or _known_before_colon(line)
        or _recipients_in_a_sentence(line)
    )


def _known(line: str, below: str) -> Heading | None:
    if len(line) > _MAX_HEADING or line[0].islower():
        return None
    bare = _NUMBERING.sub("", line)
    part = None if bare[0].isdigit() else _BOOK.find(bare)
    if part is Part.PROPOSALS and below.startswith("i ") and whole_body(below[2:]):
        return Heading(part, f"{bare} {below}".rstrip(" :"), lines=2)
    return Heading(part, bare.rstrip(" :")) if part else None


def _known_before_colon(line: str) -> Heading | None:
    before, colon, after = line.partition(":")
    part = _BOOK.find(before) if colon and len(before) <= _MAX_HEADING else None
    if part in (None, Part.OTHER, Part.PREPARERS) or not after.strip():
        return None
    return Heading(part, before.strip(), rest=after.strip())


def _recipients_in_a_sentence(line: str) -> Heading | None:
    words = line.split()
    for length in (3, 4):
        if (
            len(words) > length
            and len(line) < _MAX_HEADING
            and is_like(key(" ".join(words[length - 1 : length])), "till")
        ):
            opening = " ".join(words[:length])
            if len(key(opening)) > 15 and _BOOK.find(opening) is Part.RECIPIENTS:
                return Heading(Part.RECIPIENTS, opening, rest=" ".join(words[length:]).rstrip("."))
    return None


# --- proposals: "Förslag till socialnämndens beslut", "Förslag till beslut i …", "… förslag till kommunfullmäktige"
def _proposal_heading(line: str, below: str) -> Heading | None:
    if len(line) > _MAX_HEADING or line.endswith(".") or not line[0].isupper() or dates_in(line):
        return None
    if (
        below
        and below[0].islower()
        and _opens_proposals(f"{line} {below}")
        and len(below) < 60
        and not below.startswith("att ")
    ):
        return Heading(Part.PROPOSALS, f"{line} {below}", lines=2)
    return Heading(Part.PROPOSALS, line.rstrip(" :")) if _opens_proposals(line) else None


def _opens_proposals(text: str) -> bool:
    words = key(text).split()
    at = next((n for n, word in enumerate(words[:8]) if is_like(word, "forslag")), None)
    if at is None or len(words) < at + 3 or not is_like(words[at + 1], "till"):
        return False
    return _is_from_the_house(words[:at]) and _is_to_a_body(text, words[at + 2 :])


def _is_from_the_house(words: list[str]) -> bool:
    # "Motionärens förslag till beslut" is the motion's, not the administration's.
    owner = words[-1] if words else "s"
    return owner.endswith("s") and not any(word.startswith(("motion", "forslagsstall", "initiativ")) for word in words)


def _is_to_a_body(text: str, words: list[str]) -> bool:
    decision = next((n for n, word in enumerate(words) if is_like(word, "beslut") or word == "besluta"), None)
    if decision == 0:
        after = words[1:]
        return not after or after[0] in {"i", "till", "for", "av", "fran", "hos", "alternativ"} or bool(bodies_in(text))
    if decision is None:
        return _names_a_body_only(text, words)
    owner = words[:decision]
    return decision == len(words) - 1 and (_GENERIC_OWNER.search(owner[0]) is not None or _is_owned(text, owner))


def _is_owned(text: str, owner: list[str]) -> bool:
    # "Förslag till revidering av nämndens beslut" is a title; only "nämnden för …" has a preposition in its name.
    bodies = bodies_in(text)
    return bool(bodies) and (" för " in bodies[-1][0] or not {"av", "om", "for", "i", "med"}.intersection(owner))


def _names_a_body_only(text: str, words: list[str]) -> bool:
    # "Förslag till kommunfullmäktige" asks; "Förslag till reglemente för kommunstyrelsen" is a title.
    bodies = bodies_in(text)
    return bool(bodies) and key(bodies[-1][0]) == " ".join(words)


# --- MBL: "Information eller förhandling enligt lag (1976:580) om medbestämmande i arbetslivet"
def _mbl_heading(line: str, below: str) -> Heading | None:
    if len(line) > _MAX_HEADING or not line[0].isupper():
        return None
    if re.search(r"(?:\bom|enligt|lag)$", fold(line)) and below[:1].islower() and _is_about_mbl(f"{line} {below}"):
        return Heading(Part.MBL, f"{line} {below}".rstrip(" :"), lines=2)
    return Heading(Part.MBL, line.rstrip(" :")) if _is_about_mbl(line) else None


def _is_about_mbl(text: str) -> bool:
    if text.endswith((".", ",")) or len(text) > 2 * _MAX_HEADING or dates_in(text) or "§" in text:
        return False
    folded = fold(text)
    subject = re.search(r"information|f[a-z0-9]rhandling|samverkan|mbl", folded)
    return bool(subject and _MBL_WORDS.search(folded)) and not _FINITE.search(text.lower()) and len(text.split()) <= 16


# --- splitting ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines under it, with their numbers in the document."""

    part: Part
    heading: str
    lines: tuple[tuple[int, str], ...]
    first: int
    end: int

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines]

    def without(self, numbers: Set[int]) -> "Section":
        kept = tuple((number, "" if number in numbers else text) for number, text in self.lines)
        return Section(self.part, self.heading, kept, self.first, self.end)

    @property
    def label(self) -> str:
        """What the part is called to the user."""
        return self.heading if self.part is Part.OTHER and self.heading else self.part.value


_LISTS = {Part.UNDERLAG, Part.RECIPIENTS, Part.APPENDICES, Part.PREPARERS, Part.PROPOSALS}


def sections_of(lines: list[str]) -> list[Section]:
    """The document from its head to its end; the first section is always the head."""
    starts: list[tuple[int, Heading]] = [(0, Heading(Part.HEAD, "", lines=0))]
    at = 0
    while at < len(lines):
        heading = _opening(lines, at, starts[-1][1].part)
        if heading:
            starts.append((at, heading))
        at += heading.lines if heading else 1
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    return [_section(lines, start, end, heading) for (start, heading), end in zip(starts, ends, strict=True)]


def _section(lines: list[str], start: int, end: int, heading: Heading) -> Section:
    below = [(number, lines[number]) for number in range(start + heading.lines, end)]
    rest = [(start, heading.rest)] if heading.rest else []
    return Section(heading.part, heading.text, tuple(rest + below), start, end)


def _opening(lines: list[str], at: int, within: Part) -> Heading | None:
    heading = heading_at(lines, at)
    if heading is None:
        return _unknown_heading(lines, at) if within in _LISTS else None
    if within is Part.HEAD and not _may_end_the_head(lines, at, heading):
        return None
    if heading.part is Part.OTHER and within in _LISTS and not _stands_as_heading(lines, at, heading):
        return None
    if heading.part is Part.APPENDICES and heading.rest and within in _LISTS:
        return None  # "Bilaga: Motionen" is an item
    if heading.part is Part.MBL and not _is_unmistakable(lines, at, heading):
        return Heading(Part.OTHER, heading.text)
    return heading


def _may_end_the_head(lines: list[str], at: int, heading: Heading) -> bool:
    if heading.part in (Part.PREPARERS, Part.SIGNERS, Part.MBL) or (heading.part is Part.RECIPIENTS and heading.rest):
        return False
    if heading.part is Part.OTHER:
        is_label = key(heading.text) in ("arende", "arendet") or not _NEVER_A_LIST_ITEM.find(heading.text)
        return not is_label or _is_prose(_paragraph_after(lines, at + heading.lines))
    # A template may carry its kind as a banner: "BESLUTSUNDERLAG" above the date and the number.
    return any(line.strip() for line in lines[:at]) or heading.part is not Part.UNDERLAG


def _stands_as_heading(lines: list[str], at: int, heading: Heading) -> bool:
    if _NEVER_A_LIST_ITEM.find(heading.text):
        return True
    return _is_prose(_paragraph_after(lines, at + heading.lines))


def _is_unmistakable(lines: list[str], at: int, heading: Heading) -> bool:
    """A bare "Samverkan" or "Information" may as well be about neighbours and police."""
    if _MBL_WORDS.search(fold(heading.text)) or "förhandling" in heading.text.lower():
        return True
    below = fold(_paragraph_after(lines, at + heading.lines))
    return bool(_MBL_WORDS.search(below) or _ABOUT_STAFF.search(below))


def _unknown_heading(lines: list[str], at: int) -> Heading | None:
    """A short line of its own with running text below it closes a list, whatever it says."""
    line = unmarked(lines[at])
    alone = at > 0 and not lines[at - 1].strip()
    if not alone or not line[:1].isupper() or len(line) > 70 or not line[-1].isalpha() or address_marks(line):
        return None
    if any(letter.isdigit() or letter == "," for letter in line) or bodies_in(line):
        return None
    return Heading(Part.OTHER, line) if _is_prose(_paragraph_after(lines, at + 1)) else None


def _paragraph_after(lines: list[str], at: int) -> str:
    while at < len(lines) and not lines[at].strip():
        at += 1
    found = []
    while at < len(lines) and lines[at].strip() and len(found) < 6:
        found.append(lines[at].strip())
        at += 1
    return " ".join(found)


def _is_prose(text: str) -> bool:
    listed = text[:2].strip() in {"-", "•", "–", "*"} or bool(_NUMBERING.match(text))
    if listed or len(text) < _LONG_PROSE // 2:
        return False
    return bool(_PROSE.search(text.lower())) and "." in text
