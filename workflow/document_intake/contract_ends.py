"""The days on which contracts and assignments end, as a skrivelse says it."""

import datetime
import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec

from states.swedish_calendar import DAY, months_after
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.loose_dates import DURATION, Moment, Unit, in_words, moments_in, months_of
from workflow.document_intake.running_text import Place, Sentence
from workflow.document_intake.wording import about, capitalised, shortened

_THING = (
    "avtal|uppdrag|kontrakt|överenskommelse|arrende|upplåtelse|koncession|licens|förordnande|hyrestid|hyresperiod"
    "|entreprenad|borgen|partnerskap|uppgörelse"
)
_ANY_THING = re.compile(forgiving(_THING))
CONTRACT = re.compile(
    forgiving(
        r"(?<![\w-])(?!(?<=\bi )uppdrag\b)"
        rf"(?P<name>[a-z-]{{0,40}}(?:{_THING})(?!sgivar|stagar|spart|sområd|sram|savgift)[a-z0-9]{{0,8}})"
    )
)
_NOT_OURS = re.compile(
    forgiving(
        r"\bkollektivavtal|\blöneavtal|\b(?:regering|riksdag|stat|socialstyrelse|skolverk|länsstyrelse|[a-z]*myndighet)"
        r"(?:en|et)?(?:s uppdrag| har gett| gav)\b"
    )
)
_IN_FORCE = re.compile(
    forgiving(
        r"\b(?:gäller|gälla|löper|löpa|sträcker|sträcka|varar|vara|pågår|pågå|är giltigt?|förläng[a-z0-9]{1,3}"
        r"|tidsbegränsa[dt]|avser|omfattar|teckna[a-z]{0,2}|ingås|ingått|sluts|slutits|godkänn[a-z0-9]{0,2}|ingå|bevilja[a-z]{0,2}|upphandla[dt]"
        r"|[a-z]{0,20}(?:tid|period)(?:en)?|kör|avtal(?:et)? (?:har|är|med|om))\b"
    )
)
_OVER = re.compile(forgiving(r"\b(?:gällde|löpte|har gällt|upphörde|gick ut|avslutades)\b"))
_UNTIL = re.compile(
    forgiving(
        r"(?:\btill och med|\bt\.? ?o\.? ?m\.?|\bfram till(?: och med)?|\btill|\btills|(?<=\d) ?-"
        r"|\bmellan [0-9-]{10} och)"
        r"(?: (?:den|dess|sista|utgången av|slutet av|månadsskiftet|år))*[ :]*$"
    )
)
_ENDS = re.compile(
    forgiving(
        r"\b(?P<verb>upphöra?|går ut|gå ut|löper ut|löpa ut|slutar|sluta|avslutas|utgår|avvecklas|säg(?:s|as|a) upp"
        r"|(?:sades|har sagts) upp(?= (?:till|per|för))|är uppsag[dt]|slutdatum(?: är)?|slutdag(?: är)?|avtalsslut"
        r"|avtalstidens (?:slut|utgång))"
        r"(?:[ :]+(?:att|gälla|automatiskt|redan|dock|nu|därmed|sedan|helt|ordinarie|enligt plan|utan|föregående"
        r"|uppsägning|för|avflyttning|senast|till|och|med|den|i|vid"
        r"|per|under|efter|sista|slutet|utgången|månadsskiftet|av|från|t\.?o\.?m\.?|fr\.?o\.?m\.?|dess|år)){0,8}[ :]*$"
    )
)
GIVES_NOTICE_BY = re.compile(
    forgiving(
        r"\b(?:uppsägning[a-z]*|säga upp|sägas upp|sägs upp|varslas|varsel|uppsagd?t?)\b(?:(?!avflytt)[^.;]){0,80}"
        r"\b(?:senast|före|innan)(?: (?:den|dag|i|utgången av|slutet av))*[ :]*$"
    )
)
_UNTIL_A_YEAR = re.compile(forgiving(r"\bmed |\bt\.? ?o\.? ?m\b|\bfram till |-|\bslutet av |\butgången av "))
_RANGE = re.compile(r"^ ?(?:-|till(?: och med)?|och|t\.? ?o\.? ?m\.?) ?(?:den )?$")
_DAY_FIRST = re.compile(
    forgiving(
        r"^,? (?P<verb>upphör|slutar|avslutas|utgår|(?:löper|går)(?=[^.;]{3,80}? ut\b)) (?:[a-z]+ ){0,3}?[a-z-]{0,40}"
    )
    + f"(?:{forgiving(_THING)})"
)
_PROLONGS = re.compile(forgiving(r"\bförläng(?:s|a|as|er)\b"))
_PROPOSES = re.compile(forgiving(r"\bföreslå"))
_PROLONGS_FOR = re.compile(
    forgiving(r"\bförläng(?:s|a|as|er)\b(?: [^.;]{0,60}?\b(?:med|i))?(?: ytterligare)? ") + DURATION
)
_LASTS_FROM = re.compile(
    r"\b(?:i|pa|om|under|ar|galler|loper) (?:en tid av )?"
    + DURATION
    + forgiving(r",? (?:räknat )?(?:från|fr\.? ?o\.? ?m\.?)(?: och med)?(?: den)? $")
)
_AND_LASTS = re.compile(forgiving(r"^,? (?:och|i|under|samt) (?:i )?") + DURATION)
_FROM = re.compile(forgiving(r"\bfrån(?: och med)?(?: den)? $"))
_PLAUSIBLE_YEARS = 40
_MOST = 60
REACH = 220  # how far before its day the verb may stand


class End(msgspec.Struct, frozen=True):
    """A day on which something ends, and where that is said."""

    due: datetime.date
    at: int  # which sentence
    about: str
    phrase: str  # the text's own verb: "går ut"
    is_written: bool
    is_new: bool  # the proposal itself prolongs until then
    note: str = ""


def ends_in(sentences: Sequence[Sentence], subject: str, as_of: datetime.date | None) -> list[End]:
    """All ends in order, gone by or not; a text with more of them than a skrivelse has is a list, and cut."""
    every = (end for at in range(len(sentences)) for end in _ends(sentences, at, subject, as_of))
    found = list(itertools.islice(every, _MOST))
    return [*found, *_counted_prolongations(sentences, found)]


def _ends(sentences: Sequence[Sentence], at: int, subject: str, as_of: datetime.date | None) -> Iterator[End]:
    sentence = sentences[at]
    if _NOT_OURS.search(sentence.folded):
        return
    thing = _first_thing(sentences, at)
    previous = 0
    for moment in moments_in(sentence.text, as_of):
        has_thing = thing is not None and thing < moment.start
        lasts = _lasting(sentence, moment) if has_thing else None
        phrase = None if lasts else _end_phrase(sentence, moment, previous, has_thing=has_thing)
        previous = moment.end
        name = _about_contract(sentences, at, moment.start, subject) if lasts or phrase else ""
        if lasts:
            yield _counted(moment, lasts, at, name)
        elif phrase and _is_plausible(moment, sentence.place, as_of):
            is_new = _is_new(sentence, moment)
            yield End(moment.due, at, name, phrase, moment.is_certain, is_new, moment.note)


def _counted(first: Moment, months: int, at: int, name: str) -> End:
    note = f"Räknad {in_words(months)} från {first.due.isoformat()}."
    return End(months_after(first.due, months) - DAY, at, name, "gäller till", False, False, note)


def _lasting(sentence: Sentence, moment: Moment) -> int | None:
    """The months of "i två år från 2025-05-01" and "från 2025-05-01 och två år framåt"."""
    before, after = sentence.folded[: moment.start][-REACH:], sentence.folded[moment.end :][:REACH]
    lasts = _LASTS_FROM.search(before) or (_AND_LASTS.search(after) if re.search(r"\bfran\b[a-z ]*$", before) else None)
    return months_of(lasts) if lasts and moment.unit is Unit.DAY and _IN_FORCE.search(sentence.folded) else None


def _first_thing(sentences: Sequence[Sentence], at: int) -> int | None:
    """Where a contract is named in a sentence; "Det gäller till …" speaks of the one in the sentence before."""
    sentence = sentences[at]
    above = _above(sentences, at)
    if above and re.match(r"(?:det|detta|den|denna|dessa) ", sentence.folded) and CONTRACT.search(above.folded):
        return 0
    found = CONTRACT.search(sentence.folded) if _ANY_THING.search(sentence.folded) else None
    return found.start() if found else None


def _above(sentences: Sequence[Sentence], at: int) -> Sentence | None:
    """The sentence before in the same paragraph."""
    above = sentences[at - 1] if at else None
    return above if above and above.paragraph == sentences[at].paragraph else None


def _end_phrase(sentence: Sentence, moment: Moment, previous: int, *, has_thing: bool) -> str | None:
    """The words that say that something ends then."""
    before = sentence.folded[max(0, moment.start - REACH) : moment.start]
    offset = moment.start - len(before)
    if GIVES_NOTICE_BY.search(before):
        return None
    day_first = _DAY_FIRST.search(sentence.folded[moment.end :][:REACH])
    if day_first and not _FROM.search(before):
        return day_first["verb"]
    ends = _ENDS.search(before, max(0, previous - offset))
    if ends and (has_thing or ends["verb"].endswith("s upp")):
        return sentence.text[offset + ends.start("verb") : offset + ends.end("verb")]
    until = _UNTIL.search(before) if has_thing and not _OVER.search(before) else None
    if until is None or (moment.unit is Unit.YEAR and not _UNTIL_A_YEAR.search(until[0])):
        return None
    in_force = list(_IN_FORCE.finditer(before))
    if in_force:
        return f"{sentence.text[offset + in_force[-1].start() : offset + in_force[-1].end()]} till"
    is_range = previous and moment.unit is Unit.DAY and _RANGE.search(sentence.folded[previous : moment.start])
    return "gäller till" if is_range else None


def _is_plausible(moment: Moment, place: Place, as_of: datetime.date | None) -> bool:
    if as_of is None:
        return moment.unit is Unit.DAY
    if place is Place.BACKGROUND and (moment.unit is not Unit.DAY or moment.due < as_of):
        return False
    return abs(moment.due.year - as_of.year) <= _PLAUSIBLE_YEARS


def _is_new(sentence: Sentence, moment: Moment) -> bool:
    prolongs = _PROLONGS.search(sentence.folded, 0, moment.start)
    return bool(prolongs and (sentence.place is Place.DECISION or _PROPOSES.search(sentence.folded)))


def _about_contract(sentences: Sequence[Sentence], at: int, end: int, subject: str) -> str:
    """ "Hyresavtalet för Kajgatan 4" where this sentence or the one above says which, else what the case is about."""
    sentence = sentences[at]
    named, label = _phrase(sentence, end)
    above = _above(sentences, at)
    named = named or (_phrase(above, len(above.text))[0] if above else "")
    return named or (capitalised(subject) if CONTRACT.match(fold(subject)) else about(label, subject))


def _phrase(sentence: Sentence, end: int) -> tuple[str, str]:
    """The contract as the sentence names it, "" for a bare "Avtalet"; and what to call it then."""
    names = list(CONTRACT.finditer(sentence.folded[:end]))
    name = next((one for one in reversed(names) if not _TIME.search(one["name"])), names[-1] if names else None)
    if name is None and "s upp" not in sentence.folded:
        return "", "Avtal"
    start = name.start() if name else 0
    verb = _VERB.search(sentence.folded, name.end() if name else 0)
    phrase = sentence.text[start : verb.start() if verb else end].strip(" ,.:")
    phrase = re.sub(r" (?:och|som)$", "", phrase)
    kind = name["name"] if name else ""
    label = "Uppdrag" if "uppdrag" in kind else "Hyresavtal" if kind.startswith("hyres") else "Avtal"
    return (capitalised(shortened(phrase)) if len(phrase.split()) > (2 if name else 0) else ""), label


_TIME = re.compile("tid|period|slut")  # "avtalstiden" names no contract
_VERB = re.compile(
    forgiving(
        r",|\bmed (?=(?:\d|en|ett|två|tre|fyra|fem|sex|tolv)\b[a-z0-9 ]{0,12} ?(?:år|månad))"
        r"|\b(?:gäller|löper|sträcker|upphör|går|slutar|avslutas|utgår|är|har|s[a-z0-9]gs|förläng[a-z]+|kan|ska|som"
        r"|till och|godkänns|tecknas|avser|omfattar|pågår|fram till|t\.?o\.?m|inte|löpande|för perioden|för åren"
        r"|åren|under|från|den)\b|\bmellan (?=\d)|(?<=\s)\d{4}"
    )
)


def _counted_prolongations(sentences: Sequence[Sentence], ends: Sequence[End]) -> Iterator[End]:
    """ "Avtalet förlängs med två år" ends two years after the one end there is."""
    old = {end.due for end in ends if not end.is_new}
    if len(old) != 1 or any(end.is_new for end in ends):
        return
    base = next(end for end in ends if not end.is_new)
    for at, sentence in enumerate(sentences):
        longer = _PROLONGS_FOR.search(sentence.folded) if sentence.place is Place.DECISION else None
        if longer:
            months = months_of(longer)
            note = f"Räknad från {base.due.isoformat()} och {in_words(months)} till, som förslaget säger."
            yield End(months_after(base.due, months), at, base.about, "förlängs", False, True, note)
            return
