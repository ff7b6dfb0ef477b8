"""What a skrivelse says of MBL (1976:580): information, negotiation, samverkan, or that none is called for."""

import datetime
import re
from collections.abc import Sequence

import msgspec

from workflow.document_intake.case_numbers import case_numbers_in
from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.headings import Part
from workflow.document_intake.interface import ReadMbl
from workflow.document_intake.layout import continues, joined
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.sections import Section
from workflow.document_intake.swedish_dates import FoundDate, dates_in, without_dates

_STRONGEST_FIRST = ("förhandling", "information", "samverkan")
_PARAGRAPHS = {"förhandling": ("11", "14", "38"), "information": ("19",), "samverkan": ()}
_SECTION_SIGN = r"(?:§§?|\$|paragraf(?:en|erna)?)"
_ONE = r"(?:11|14|19|38)"
# Beside its sign a scanner's 1 may be a letter, and stand apart from the next: "§ l1", "§ I I", "I9 §".
_MISREAD = r"(?:i i|[1l|] [1l|49]|[1il|][1il|49])"
_MISREAD_NUMBER = re.compile(
    rf"(?<=§ ){_MISREAD}(?![0-9a-z])|(?<=§){_MISREAD}(?![0-9a-z])|(?<![0-9a-z|]){_MISREAD}(?=\s?§)"
)
_MANY = rf"{_ONE}(?:\s?(?:,|-|och|samt|&|/)\s?{_ONE})*"
_PARAGRAPH = re.compile(
    rf"{_SECTION_SIGN}\s?(?P<after>{_MANY})(?!\d)|(?<!\d)(?P<before>{_MANY})\s?{_SECTION_SIGN}"
    rf"|\bmbl\s(?P<bare>{_MANY})(?!\d)|(?<!\d)(?P<misread>{_ONE})\s[8s&]\s(?=mbl|medb|lag)"
)
_GROUP_NAME = (
    r"samverkansgrupp|samverkansråd|samverkanskommitt|förvaltningsgrupp|förvaltningsråd"
    r"|\bfsg\b|\blsg\b|\bcsg\b|\bcesam\b"
)
_MENTIONS = {
    "förhandling": re.compile(forgiving("förhandl")),
    "information": re.compile("inform"),
    "samverkan": re.compile(forgiving(rf"{_GROUP_NAME}|samverkansm|samverkansavtal|samverkan\b|samverkats")),
}
_LAW = re.compile(forgiving(r"\bmbl\b|medbestämmande|1976\s?[:.]\s?580"))
_GROUP = re.compile(forgiving(_GROUP_NAME))
_CALLED_FOR = (
    "(?:påkalla|begär|aktuel|aktuali|tillämplig|nödvändig|behov|behöv|kräv|erfordr|erforderlig|relevant|föranled|fordra"
    "|berör|påverka|omfatta|bedöm|skyldig|ålig|funnits|förelig|föremål"
    "|genomför|skett|hållits)"
)
_NOT_CALLED_FOR = re.compile(
    forgiving(
        rf"\b(?:inte|ej|icke|inga|ingen|inget|varken)\b[^.;]{{0,80}}?{_CALLED_FOR}"
        rf"|{_CALLED_FOR}[a-z]*\s(?:[a-z]+\s){{0,2}}?(?:inte|ej)\b"
        r"|(?:kräv|erfordr|föranled|fordra|behöv)[a-z]*\s(?:[a-z]+\s)?(?:ingen|inga|inget)\s(?:[a-z]+\s){0,2}?"
        r"(?:mbl|förhandl|inform|samverkan)"
        r"|\butgår\b|\bsaknas\b|\bundantag|^(?:ej|inte|inget|ingen) mbl\b"
    )
)
_BARE_NO = frozenset({"nej", "ingen", "inga", "inte", "ej", "utgar", "n a", "ej aktuellt", "inte aktuellt"})
_OTHER_CASE = re.compile(
    forgiving(r"\bi det ärendet|\b(?:annat|tidigare|förra) ärende|\bi det tidigare|\bdet förra ärendet")
)
_EARLIER = re.compile(forgiving(r"\btidigare\b|\bföregående\b|\bsenast\b"))
_LABEL = re.compile(forgiving(r"(?:information|förhandling|samverkan|mbl)[^:.]{0,40}:\s"))
_NOT_FILLED_IN = re.compile(rf"{_LABEL.pattern}\s*-+")
_UNTICKED = re.compile(r"(?:☐|\[ ?\])[^☐☑☒✓\[]*")
_TICKED = re.compile(r"☑|☒|\[[xX]\]")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-ZÅÄÖ0-9])|\n+")
_DONE = re.compile(
    forgiving(
        r"\b(?:har|getts|givits|gavs|lämnat|lämnad|genomför|skett|hölls|hållits|informer|förhandla[dt]"
        r"|samverka[dts]|behandla[dts]|kommer|ska)"
    )
)

NOTHING_SAID = ReadMbl("saknas", None, None)
_UNKNOWN = ReadMbl("okänt", None, None)


class Statement(msgspec.Struct, frozen=True):
    """One sentence about MBL and the strongest thing it says has been done."""

    text: str
    kind: str


def read_mbl(sections: Sequence[Section], year: int | None) -> tuple[ReadMbl, tuple[str, ...]]:
    """`year` is the document's, for a date written without one."""
    under_heading = [section for section in sections if section.part is Part.MBL]
    if not under_heading:
        return _in_running_text(sections, year)
    texts = [text for section in under_heading for text in _sentences(section)]
    if not any(text and not is_placeholder(text) for text in texts):
        return _UNKNOWN, ("Rubriken om MBL står utan text; ange om information eller förhandling har skett.",)
    mbl, unsure = _judged(texts, year)
    heading = under_heading[0].heading
    kind = _kind_of_heading(heading)
    if mbl.kind == "okänt" and kind and any(_DONE.search(fold(text)) or dates_in(text) for text in texts):
        mbl, unsure = _strongest([Statement(text, kind) for text in texts], year)
    return _with_paragraph(mbl, paragraphs_in(heading)), unsure


def _with_paragraph(mbl: ReadMbl, in_heading: list[str]) -> ReadMbl:
    """ "Förhandling enligt 11 § MBL" as a heading says it for the text; one that names several says none."""
    only = in_heading[0] if len(set(in_heading)) == 1 else None
    if mbl.paragraph or only not in _PARAGRAPHS.get(mbl.kind, ()):
        return mbl
    return msgspec.structs.replace(mbl, paragraph=only)


def _kind_of_heading(heading: str) -> str | None:
    """What "MBL-förhandling" says by itself, and "Information eller förhandling" does not."""
    named = [kind for kind, pattern in _MENTIONS.items() if pattern.search(fold(heading))]
    return named[0] if len(named) == 1 else None


def _in_running_text(sections: Sequence[Section], year: int | None) -> tuple[ReadMbl, tuple[str, ...]]:
    texts = [text for section in sections if section.part is Part.OTHER for text in _sentences(section)]
    about = [text for text in texts if _is_clearly_about_mbl(text)]
    if not about:
        return NOTHING_SAID, ("Skrivelsen säger inget om information eller förhandling enligt MBL.",)
    mbl, unsure = _judged(about, year)
    if mbl.kind == "okänt":
        return NOTHING_SAID, ("Skrivelsen nämner MBL men säger inte vad som har gjorts.",)
    return mbl, ("Rubrik om MBL saknas; uppgiften är hämtad ur den löpande texten.", *unsure)


def _is_clearly_about_mbl(text: str) -> bool:
    folded = fold(text)
    named = _GROUP.search(folded) or _LAW.search(folded)
    return bool(named and (_PARAGRAPH.search(folded) or _DONE.search(folded) or _NOT_CALLED_FOR.search(folded)))


def _sentences(section: Section) -> list[str]:
    text, above = "", ""
    for line in map(_as_ticked, section.texts):
        goes_on = above and line.strip() and not _starts_anew(above, line)
        text = joined(text, line.strip()) if goes_on else f"{text}\n{line.strip()}"
        above = line.strip()
    return [part.strip(" -•*\t") for part in _SENTENCE.split(text) if part.strip()]


def _as_ticked(line: str) -> str:
    """A form's line without the choices nobody ticked, and nothing where only a dash was put."""
    if _NOT_FILLED_IN.fullmatch(fold(line).strip()):
        return ""
    return _TICKED.sub(" ", _UNTICKED.sub(" ", line))


def _starts_anew(above: str, line: str) -> bool:
    return (
        line.lstrip()[:1] in "-•*"
        or bool(_LABEL.match(fold(line).lstrip()))
        or (above.endswith((".", ":")) and not continues(above, line))
    )


def _judged(texts: list[str], year: int | None) -> tuple[ReadMbl, tuple[str, ...]]:
    own = [text for text in texts if not _is_of_another_case(text) and not text.endswith("?")]
    statements = [Statement(text, kind) for text in own if (kind := _kind(text))]
    if statements:
        current = [one for one in statements if not _EARLIER.search(fold(one.text))] or statements
        return _strongest(current, year)
    if any(_says_no(text) for text in own):
        return ReadMbl("ej_påkallad", None, None), ()
    return _UNKNOWN, ("Texten under rubriken om MBL gick inte att tyda; ange vad som har gjorts.",)


def _is_of_another_case(text: str) -> bool:
    return bool(_OTHER_CASE.search(fold(text)) or case_numbers_in(text))


def _says_no(text: str) -> bool:
    return bool(_NOT_CALLED_FOR.search(fold(text))) or key(text) in _BARE_NO


def _kind(text: str) -> str | None:
    folded = fold(text)
    if _says_no(text) and not dates_in(text):
        return None
    stated = {kind for kind, numbers in _PARAGRAPHS.items() if set(numbers) & set(paragraphs_in(text))}
    mentioned = {kind for kind, pattern in _MENTIONS.items() if pattern.search(folded)}
    if not stated and _GROUP.search(folded) and not _LAW.search(folded) and "förhandling" not in mentioned:
        return "samverkan"
    if not stated and mentioned >= {"information", "förhandling"} and not dates_in(text) and not _DONE.search(folded):
        return None
    return next((kind for kind in _STRONGEST_FIRST if kind in stated or kind in mentioned), None)


def paragraphs_in(text: str) -> list[str]:
    """The paragraphs of the law a text names, in order."""
    plain = _MISREAD_NUMBER.sub(_as_number, fold(without_dates(text)))
    return [number for match in _PARAGRAPH.finditer(plain) for number in re.findall(_ONE, match[0])]


def _as_number(match: re.Match[str]) -> str:
    return re.sub("[il|]", "1", match[0].replace(" ", ""))


def _strongest(statements: list[Statement], year: int | None) -> tuple[ReadMbl, tuple[str, ...]]:
    kind = next(kind for kind in _STRONGEST_FIRST if any(one.kind == kind for one in statements))
    chosen = [one for one in statements if one.kind == kind]
    stated = [number for one in chosen for number in paragraphs_in(one.text) if number in _PARAGRAPHS[kind]]
    date, unsure = _date(chosen, statements, kind, year)
    return ReadMbl(kind, stated[0] if stated else None, date), unsure


def _date(
    chosen: list[Statement], statements: list[Statement], kind: str, year: int | None
) -> tuple[datetime.date | None, tuple[str, ...]]:
    found = [one for statement in chosen for one in _dates_of(statement.text, kind, year)]
    found = found or [one for statement in statements for one in dates_in(statement.text, year, expected=True)]
    if not found:
        return None, ("Datum för MBL saknas; skriv in när information eller förhandling skedde.",)
    last = max(found, key=lambda one: one.date)
    unsure = []
    if len({one.date for one in found}) > 1:
        unsure.append(f"Flera datum står under MBL; det senaste, {last.date.isoformat()}, användes.")
    if last.year_inferred:
        unsure.append(f"Datumet för MBL är skrivet utan år; {last.date.year}, skrivelsens år, antogs.")
    return last.date, tuple(unsure)


def _dates_of(text: str, kind: str, year: int | None) -> list[FoundDate]:
    """The dates that go with one kind in a sentence that may speak of two."""
    dates, folded = dates_in(text, year, expected=True), fold(text)
    own = _MENTIONS[kind].search(folded)
    others = [
        match.start() for name, pattern in _MENTIONS.items() if name != kind for match in pattern.finditer(folded)
    ]
    if not own or len(dates) < 2:
        return dates
    end = min((at for at in others if at > own.start()), default=len(text))
    after = [one for one in dates if own.start() <= one.start < end]
    before = [one for one in dates if one.start < own.start()]
    return after or before[-1:] or dates
