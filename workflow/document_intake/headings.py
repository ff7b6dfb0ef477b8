"""The headings of a skrivelse and the parts they open, in whatever house's template and scanner."""

import enum
import functools
import re

import msgspec

from workflow.document_intake.folding import TILL, fold, forgiving, key
from workflow.document_intake.names import bodies_in, whole_body
from workflow.document_intake.phrasebook import Phrasebook, is_like
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


class Heading(msgspec.Struct, frozen=True):
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
        beslutsunderlag | beslutsunderlag och bilagor | beslutsunderlaget | beslutsunderlaget består av |
        beslutsunderlaget grundar sig på | handlingar | bilagda handlingar | bilagor och beslutsunderlag |
        beslutsunderlag datum | referenser |
        ärendets handlingar | ärendehandlingar | ärendets dokument | ärendets underlag | ärendets beslutsunderlag |
        bifogade handlingar | bifogade dokument | bifogat underlag | handlingsförteckning | dokumentförteckning |
        beslutshandlingar | underlag | underlag för ställningstagande |
        bilagor beslutsunderlag | beslutsunderlag bilagor | beslutsunderlag handlingar | underlag bilagor
        """,
    Part.APPENDICES: "bilagor | bilaga | bilageförteckning | bifogas | bifogade filer | bifogat material",
    Part.RECIPIENTS: """
        skickas till | expedieras till | expediering | expedieras | expediering av beslut | expediering av beslutet |
        beslutsexpediering | delges | delgivning | ska delges | för delgivning | meddelas | underrättas |
        underrättelse | underrättelse till | protokollsutdrag till | utdrag till | utdrag ur protokollet skickas till |
        kopia till | kopia av beslutet till | kopia av beslutet skickas till | kopia för kännedom |
        sändlista | sändlista för beslut | sändlista för beslutet | mottagare av beslut | mottagare av beslutet |
        mottagare
        """,
    Part.MBL: """
        mbl | fackligt | fackförbund | fackförbunden | fackliga kontakter | mbl information | mbl förhandling |
        facklig samverkan |
        fackliga förhandlingar | facklig förhandling | fackliga samtal | fackligt samråd | facklig dialog |
        facklig beredning | fackliga överläggningar | samråd med fackliga organisationer |
        samråd med personalorganisationerna | information till arbetstagarorganisationer |
        samverkan med arbetstagarorganisationer | mbl och samverkan |
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
    Part.SIGNERS: """
        ansvariga | ansvarig | ansvarig tjänsteperson | ansvariga tjänstepersoner | ansvarig tjänsteman |
        ansvarig chef | undertecknare | underskrift | underskrifter | undertecknat av | signaturer
        """,
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
_SENT = """
    skickas | ska skickas | sänds | ska sändas | översänds | ska översändas | expedieras | ska expedieras | delges |
    ska delges | meddelas | ska meddelas | lämnas | ska lämnas | tillställs | ska tillställas | distribueras
    """
_SENT_ON = {
    f"{what} {sent.strip()}{till}": Part.RECIPIENTS
    for what in (
        *("beslut", "beslutet", "nämndens beslut", "styrelsens beslut", "protokollsutdrag", "utdrag", "kopia"),
        *("besked om beslut", "besked om beslutet", "meddelande om beslut", "information om beslut"),
    )
    for sent in _SENT.split("|")
    for till in ("", " till")
} | {"beslut till": Part.RECIPIENTS, "beslutet till": Part.RECIPIENTS}
_PAPERS = ("underlag", "beslutsunderlag", "handlingar", "dokument", "bilagor")
_OF_THE_CASE = """
    i ärendet | till ärendet | i detta ärende | för ärendet | för beslut | för beslutet | till beslut | till beslutet |
    för beslut i ärendet | till tjänsteskrivelsen | till skrivelsen
    """
_INTRODUCED = """
    följande | i ärendet finns | i ärendet finns följande | i ärendet föreligger följande | i ärendet ingår följande |
    till ärendet hör | till ärendet hör följande | till skrivelsen hör följande | till tjänsteskrivelsen hör följande |
    till grund för beslutet ligger följande | beslutet grundas på följande | beslutet grundar sig på följande |
    beslutet fattas med stöd av följande | beslutsunderlaget består av följande | beslutsunderlaget utgörs av följande
    """
_ENCLOSED = """
    bifogas | biläggs | bifogas ärendet | bifogas skrivelsen | finns i ärendet | hör till ärendet | ingår i ärendet |
    ligger till grund för beslutet | ligger till grund för förslaget | har legat till grund för beslutet
    """
_ENCLOSING = {
    phrase: Part.APPENDICES if papers == "bilagor" else Part.UNDERLAG
    for papers in _PAPERS
    for phrase in (
        *(f"{papers} {where.strip()}" for where in _OF_THE_CASE.split("|")),
        *(f"{opening.strip()} {papers}" for opening in _INTRODUCED.split("|")),
        *(
            f"{which} {closing.strip()}"
            for closing in _ENCLOSED.split("|")
            for which in (f"följande {papers}", f"{papers} som")
        ),
    )
}
_BOOK = Phrasebook(
    {phrase.strip(): part for part, text in _PHRASES.items() for phrase in text.split("|")} | _SENT_ON | _ENCLOSING
)

MBL_WORDS = re.compile(
    forgiving(
        r"\bmbl\b|medbestämmande|1976 ?[:.]? ?580|fackli|\bfsg\b|\blsg\b|\bcsg\b|samverkansgrupp|förvaltningsgrupp"
        "|arbetstagarorg"
    )
)
_SUBJECT = re.compile(forgiving("information|förhandling|samverkan|mbl"))
_GENERIC_OWNER = re.compile(forgiving("^(?:nämndens|fullmäktiges|styrelsens|utskottets)$"))
# Those whose "förslag" needs no "till beslut": "Ordförandens förslag", "Kulturkontorets förslag".
_HOUSE = re.compile(
    forgiving(
        r"[a-z]*(?:förvaltning(?:en)?|kontoret?|direktören?|chefen?|ordföranden?|presidiet?|kansliet?|utskottet?|sektorn?"
        r"|avdelningen?|enheten?|staben?)s"
    )
)
# Of the unions' too: "Protokoll från MBL-förhandling" is underlag.
_DOCUMENT = re.compile(
    forgiving("[a-z-]*protokoll|minnesanteckning|kallelse|skrivelse|yttrande|synpunkter från|bilaga")
)
_FINITE = re.compile(
    forgiving(r"\b(?:har|är|ska|gavs|gav|givits|getts|genomfört?s|genomfördes|lämnat?s|lämnades|skett|sker|hölls)\b")
)
_REMARK = re.compile(r"\s*\((?:bifogas|biläggs|bifogade|bilagda|bilagor|bilaga)\)(?=\s*:?\s*$)", re.IGNORECASE)
_MARKUP = re.compile(r"^#{1,6}\s+|\*\*|__|^\*(?=\S)|(?<=\S)\*$")
_BEGINS = re.compile("[\\w\ufffd]")  # U+FFFD: a letter lost in some conversion
NUMBERING = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+")
_MAX_HEADING = 130
_LEAST_OPENING = 12
_MAX_SECOND_LINE = 60
_MAX_MBL_WORDS = 16


def unmarked(line: str) -> str:
    """A line without the marks of Markdown."""
    return _MARKUP.sub("", line.strip()).strip()


def heading_at(lines: list[str], at: int) -> Heading | None:
    """The heading that stands on a line, if one does."""
    line = unmarked(lines[at])
    if not line or len(line) > 3 * _MAX_HEADING or not _BEGINS.match(line):
        return None
    return _heading(line, unmarked(lines[at + 1]) if at + 1 < len(lines) else "")


@functools.lru_cache(maxsize=4096)  # a page's lines are asked again when its foot is known, and templates repeat
def _heading(line: str, below: str) -> Heading | None:
    return (
        _known(line, below)
        or _proposal_heading(line, below)
        or _mbl_heading(line, below)
        or _known_before_colon(line)
        or _recipients_in_a_sentence(line)
    )


def _known(line: str, below: str) -> Heading | None:
    if len(line) > _MAX_HEADING or line[0].islower() or line[-1] in "-–—":
        return None
    bare = _REMARK.sub("", NUMBERING.sub("", line))
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
    """ "Beslutet skickas till kommunstyrelsen och revisorerna."."""
    opening, till, rest = line.partition(" till ")
    if len(opening) < _LEAST_OPENING or len(line) > _MAX_HEADING or not rest:
        return None
    opening += till.rstrip()
    return Heading(Part.RECIPIENTS, opening, rest=rest.rstrip(".")) if _BOOK.find(opening) is Part.RECIPIENTS else None


# --- proposals: "Förslag till socialnämndens beslut", "Förslag till beslut i …", "… förslag till kommunfullmäktige"
def _proposal_heading(line: str, below: str) -> Heading | None:
    line = NUMBERING.sub("", line)
    if len(line) > _MAX_HEADING or line.endswith(".") or not line[0].isupper() or dates_in(line):
        return None
    if below[:1].islower() and len(below) < _MAX_SECOND_LINE and not below.startswith("att "):
        whole = f"{line} {below}"
        if _opens_proposals(whole):
            return Heading(Part.PROPOSALS, whole, lines=2)
    return Heading(Part.PROPOSALS, line.rstrip(" :")) if _opens_proposals(line) else None


def _opens_proposals(text: str) -> bool:
    words = key(text).split()
    # One wrong letter cannot be both in "for" and in "slag".
    near = (n for n, word in enumerate(words[:8]) if word.startswith("for") or "slag" in word)
    at = next((n for n in near if is_like(words[n], "forslag")), None)
    if at is None:
        return False
    if at == len(words) - 1:
        return bool(at and _HOUSE.fullmatch(words[at - 1]))
    if len(words) < at + 3 or not re.fullmatch(TILL, words[at + 1]):
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
    if _DOCUMENT.match(folded) or re.search(r"[:?]\s", text):
        return False
    subject = _SUBJECT.search(folded)
    return (
        bool(subject and MBL_WORDS.search(folded))
        and not _FINITE.search(folded)
        and len(text.split()) <= _MAX_MBL_WORDS
    )
