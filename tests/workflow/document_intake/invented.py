"""Tjänsteskrivelser that say anything at all, made up by Hypothesis: what stands in them, not how it is set."""

import datetime
from collections.abc import Callable
from typing import NamedTuple, TypeAlias, TypeVar

from hypothesis import strategies as st

from workflow.document_intake.interface import ReadMbl

T = TypeVar("T")
Few: TypeAlias = st.SearchStrategy[tuple[T, ...]]


class Decision(NamedTuple):
    """One thing to decide: said as an att-sats or as a sentence, depending on the layout."""

    infinitive: str
    passive: str
    about: str

    @property
    def att_sats(self) -> str:
        return f"{self.infinitive} {self.about}"

    @property
    def sentence(self) -> str:
        return f"{capital(self.about)} {self.passive}."


class Signatory(NamedTuple):
    name: str
    title: str


class Invented(NamedTuple):
    rubrik: str
    numbers: tuple[str, ...]
    date: datetime.date
    unit: str
    handlaggare: str
    proposals: tuple[tuple[str, tuple[Decision, ...]], ...]  # body in base form, what it is asked to decide
    mbl: ReadMbl
    mbl_text: str | None  # None: not even a heading
    recipients: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    underlag: tuple[str, ...]
    leftovers: tuple[str, ...]  # of the template
    motion: tuple[str, ...]  # what somebody else once proposed, quoted in the background
    before: str  # of another case, in the background: its number and its day are not this one's


def capital(words: str) -> str:
    return words[0].upper() + words[1:]


PLACES = (
    "björk",
    "sjö",
    "kvarn",
    "ängs",
    "ö",
    "sten",
    "hamn",
    "åker",
    "väster",
    "ljung",
    "tall",
    "älv",
    "höst",
    "gräs",
)
THINGS = ("planen", "gården", "vägen", "torget", "parken", "bron", "skogen", "hallen", "ängen", "skolan", "kajen", "ån")
KINDS = ("taxa", "plan", "avtal", "riktlinjer", "budget", "program", "avgifter", "åtgärder", "tillsyn", "regler")
VERBS = (("anta", "antas"), ("godkänna", "godkänns"), ("fastställa", "fastställs"), ("upphäva", "upphävs"))
BODIES = (
    "socialnämnden",
    "kommunstyrelsen",
    "kommunfullmäktige",
    "barn- och utbildningsnämnden",
    "miljö- och byggnadsnämnden",
    "tekniska nämnden",
    "äldrenämnden",
    "regionstyrelsen",
    "överförmyndarnämnden",
)
UNITS = ("Socialförvaltningen", "Kommunledningskontoret", "Äldreförvaltningen", "Miljö- och byggförvaltningen")
TITLES = ("Förvaltningschef", "Utredare", "Kommundirektör", "Verksamhetschef", "Planchef", "Nämndsekreterare")
FORENAMES = ("Åsa", "Björn", "Märta", "Göran", "Ebba", "Sven-Erik", "Ylva", "Nils", "Örjan", "Anna-Lena", "Tore", "Siv")
SURNAMES = ("lund", "kvist", "mark", "gren", "ström", "vall", "hed")
RECIPIENTS = (
    "Ekonomiavdelningen",
    "Kommunens revisorer",
    "Motionären",
    "Länsstyrelsen",
    "Kultur- och fritidsnämnden",
    "Författningssamlingen",
    "Samtliga nämnder",
    "Björkvallens idrottsförening",
    "Åkerhamn Energi AB",
)
PAPERS = ("Kalkyl", "Utredning", "Riskbedömning", "Remissvar", "Förslag till taxa", "Barnkonsekvensanalys", "Statistik")
BEFORE = (
    "",
    "Frågan prövades i ärende KS 2009-77, och information enligt 19 § MBL gavs i det ärendet 2009-05-02.",
    "Nämnden beslutade den 3 mars 2010 § 14 att avvakta, dnr KSN 2009/4711.",
)
LEFTOVERS = ("Klicka här för att ange text.", "[Namn]", "ÅÅÅÅ-MM-DD")
CODES = ("KS", "SN", "BUN", "MBN", "ÄN", "TN", "KSN")
NUMBERS = ("{} {}-{}", "{} {}/{:05}", "{}-{}-{:05}", "{}/{}:{}")
MONTHS = tuple(
    "januari februari mars april maj juni juli augusti september oktober november december".split()  # noqa: SIM905
)
NOTHING_SAID = (ReadMbl("saknas", None, None), None)
NOTHING_FILLED_IN = (ReadMbl("okänt", None, None), "")
NOT_CALLED_FOR = (
    "Inte aktuellt.",
    "Ej aktuellt.",
    "MBL-information eller förhandling är inte påkallad.",
    "Förhandling enligt MBL har inte bedömts nödvändig.",
)
TOLD = ("Information enligt 19 § MBL har lämnats {}.", "Information enligt MBL § 19 lämnades den {}.")
NEGOTIATED = ("Förhandling enligt MBL § {} hölls {}.", "Förhandling enligt {} § MBL genomfördes den {}.")
TOGETHER = ("Ärendet har behandlats i förvaltningens samverkansgrupp {}.", "Samverkan har skett i FSG {}.")


def in_words(day: datetime.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


DAYS = st.dates(datetime.date(2012, 1, 1), datetime.date(2029, 12, 31))
WRITTEN_DAYS = st.builds(lambda day, way: (day, way(day)), DAYS, st.sampled_from((datetime.date.isoformat, in_words)))
SPOTS = st.builds("{}{}".format, st.sampled_from(PLACES), st.sampled_from(THINGS))
SUBJECTS = st.builds("{} för {}".format, st.sampled_from(KINDS), SPOTS)
DECISIONS = st.builds(lambda verb, about: Decision(verb[0], verb[1], about), st.sampled_from(VERBS), SUBJECTS)
NAMES = st.builds(
    lambda first, middle, place, last: f"{first} {middle}{capital(place)}{last}",
    st.sampled_from(FORENAMES),
    st.sampled_from(("", "", "", "af ", "von ")),
    st.sampled_from(("björk", "kvarn", "sten", "hamn", "åker", "ljung", "tall", "älv")),
    st.sampled_from(SURNAMES),
)
SIGNATORIES = st.builds(Signatory, NAMES, st.sampled_from(TITLES))
PEOPLE_TOLD = st.builds("{}, {}".format, NAMES, st.sampled_from(("planchef", "rektor", "biträdande socialchef")))
TITLES_OF_CASES = st.builds(
    lambda start, spot, end: start.format(spot) + end,
    st.sampled_from(("Ny infart till {}", "Upprustning av {}", "Yttrande över plan för {}", "Öppettider i {}")),
    SPOTS,
    st.sampled_from(("", ", svar", " – revidering", " 2026", " samt ändrad hastighet på vägen förbi åkerparken")),
)


SAID_NO = st.sampled_from(NOT_CALLED_FOR).map(lambda said: (ReadMbl("ej_påkallad", None, None), said))
SAID_19 = st.builds(
    lambda on, said: (ReadMbl("information", "19", on[0]), said.format(on[1])), WRITTEN_DAYS, st.sampled_from(TOLD)
)
SAID_TOGETHER = st.builds(
    lambda on, said: (ReadMbl("samverkan", None, on[0]), said.format(on[1])), WRITTEN_DAYS, st.sampled_from(TOGETHER)
)
SAID_NEGOTIATED = st.builds(
    lambda on, paragraph, said: (ReadMbl("förhandling", paragraph, on[0]), said.format(paragraph, on[1])),
    WRITTEN_DAYS,
    st.sampled_from(("11", "14", "38")),
    st.sampled_from(NEGOTIATED),
)
SAID = st.one_of(st.sampled_from((NOTHING_SAID, NOTHING_FILLED_IN)), SAID_NO, SAID_19, SAID_TOGETHER, SAID_NEGOTIATED)


def case_number(form: str, code: str, year: int, running: int) -> str:
    return form.format(code, year, running)


CASE_NUMBERS = st.builds(
    case_number,
    st.sampled_from(NUMBERS),
    st.sampled_from(CODES),
    st.integers(2012, 2029),
    st.integers(100, 9999),
)
PAPERS_SEEN = st.builds(
    lambda paper, spot, dated, on: f"{paper} {spot}, {on}" if dated else f"{paper} {spot}",
    st.sampled_from(PAPERS),
    SPOTS,
    st.booleans(),
    DAYS,
)


def few(what: st.SearchStrategy[T], least: int, most: int, *, by: Callable[[T], object] | None = None) -> Few[T]:
    return st.lists(what, min_size=least, max_size=most, unique_by=by or (lambda one: one)).map(tuple)


@st.composite
def invented(draw: st.DrawFn) -> Invented:
    mbl, mbl_text = draw(SAID)
    bodies = draw(few(st.sampled_from(BODIES), 1, 3))
    return Invented(
        rubrik=draw(TITLES_OF_CASES),
        numbers=draw(few(CASE_NUMBERS, 1, 2)),
        date=draw(DAYS),
        unit=draw(st.sampled_from(UNITS)),
        handlaggare=draw(NAMES),
        proposals=tuple((body, draw(few(DECISIONS, 1, 4))) for body in bodies),
        mbl=mbl,
        mbl_text=mbl_text,
        recipients=draw(few(st.sampled_from(RECIPIENTS) | PEOPLE_TOLD, 0, 4)),
        # The same name twice is one person.
        signatories=draw(few(SIGNATORIES, 1, 2, by=lambda one: one.name)),
        underlag=draw(few(PAPERS_SEEN, 0, 4)),
        leftovers=draw(few(st.sampled_from(LEFTOVERS), 0, 2)),
        before=draw(st.sampled_from(BEFORE)),
        motion=draw(few(DECISIONS.map(lambda decision: decision.att_sats), 0, 3)),
    )
