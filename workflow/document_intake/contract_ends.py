"""The days on which contracts and assignments end, as a skrivelse says it."""

import datetime
import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec

from states.swedish_calendar import DAY, months_after
from workflow.document_intake.folding import forgiving
from workflow.document_intake.loose_dates import DURATION, Moment, Unit, in_words, moments_in, months_of
from workflow.document_intake.running_text import Place, Sentence
from workflow.document_intake.wording import about, capitalised, shortened

_THING = (
    "avtal|uppdrag|kontrakt|överenskommelse|arrende|upplåtelse|koncession|licens|förordnande|hyrestid|hyresperiod"
    "|entreprenad|borgensåtagande|uppgörelse"
)
CONTRACT = re.compile(
    forgiving(
        r"(?<![\w-])(?!(?<=\bi )uppdrag\b)"
        rf"(?P<name>[a-z-]{{0,40}}(?:{_THING})(?!sgivar|stagar|spart|sområd)[a-z0-9]{{0,8}})"
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
        r"|tidsbegränsa[dt]|avser|omfattar|teckna[a-z]{0,2}|ingås|ingått|sluts|slutits|godkänn[a-z0-9]{0,2}|ingå"
        r"|[a-z]{0,20}(?:tid|period)(?:en)?|kör|avtal(?:et)? (?:har|är|med|om))\b"
    )
)
_OVER = re.compile(forgiving(r"\b(?:gällde|löpte|har gällt|upphörde|gick ut|avslutades|sades upp|har sagts upp)\b"))
_UNTIL = re.compile(
    forgiving(
        r"(?:\btill och med|\bt\.? ?o\.? ?m\.?|\bfram till(?: och med)?|\btill|\btills|(?<=\d) ?-"
        r"|\bmellan [0-9-]{10} och)"
        r"(?: (?:den|dess|sista|utgången av|slutet av|månadsskiftet|år))*[ :]*$"
    )
)
_ENDS = re.compile(
    forgiving(
        r"\b(?P<verb>upphöra?|går ut|gå ut|löper ut|löpa ut|slutar|sluta|avslutas|utgår|avvecklas|sägs upp|sägas upp"
        r"|säga upp|är uppsag[dt]|slutdatum(?: är)?|slutdag(?: är)?|avtalsslut|avtalstidens (?:slut|utgång))"
        r"(?:[ :]+(?:att|gälla|automatiskt|redan|dock|nu|därmed|sedan|helt|ordinarie|enligt plan|utan|föregående"
        r"|uppsägning|till|och|med|den|i|vid"
        r"|per|under|efter|sista|slutet|utgången|månadsskiftet|av|från|t\.?o\.?m\.?|fr\.?o\.?m\.?|dess|år)){0,8}[ :]*$"
    )
)
GIVES_NOTICE_BY = re.compile(
    forgiving(
        r"\b(?:uppsägning[a-z]*|säga upp|sägas upp|sägs upp|varslas|varsel|uppsagd?t?)\b[^.;]{0,80}"
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
_PROPOSES = re.compile(forgiving(r"\bföresl[aå]"))
_PROLONGS_FOR = re.compile(forgiving(r"\bförläng(?:s|a|as|er)\b[^.;]{0,60}?\b(?:med|i)(?: ytterligare)? ") + DURATION)
_LASTS_FROM = re.compile(
    r"\b(?:i|pa|om|under|ar) (?:en tid av )?"
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
    found = list(itertools.islice(_all_ends(sentences, subject, as_of), _MOST))
    return [*found, *_counted_prolongations(sentences, found)]


def _all_ends(sentences: Sequence[Sentence], subject: str, as_of: datetime.date | None) -> Iterator[End]:
    for at in range(len(sentences)):
        yield from _ends(sentences, at, subject, as_of)


def _ends(sentences: Sequence[Sentence], at: int, subject: str, as_of: datetime.date | None) -> Iterator[End]:
    sentence = sentences[at]
    if not any(letter.isdigit() for letter in sentence.text) and not as_of:
        return
    things = _things(sentences, at)
    if _NOT_OURS.search(sentence.folded):
        return
    previous = 0
    for moment in moments_in(sentence.text, as_of):
        has_thing = any(one < moment.start for one in things)
        lasts = _lasting(sentence, moment) if has_thing else None
        if lasts:
            yield _counted_end(sentences, at, moment, lasts, subject)
        phrase = None if lasts else _end_phrase(sentence, moment, previous, has_thing=has_thing)
        previous = moment.end
        if phrase and _is_plausible(moment, sentence.place, as_of):
            yield End(
                moment.due,
                at,
                _about_contract(sentences, at, moment.start, subject),
                phrase,
                moment.unit is Unit.DAY and not moment.without_year,
                _is_new(sentence, moment),
                note_on(sentence.text[moment.start : moment.end], moment),
            )


def _lasting(sentence: Sentence, moment: Moment) -> int | None:
    """The months of "i två år från 2025-05-01" and "från 2025-05-01 och två år framåt"."""
    before, after = sentence.folded[: moment.start][-REACH:], sentence.folded[moment.end :][:REACH]
    lasts = _LASTS_FROM.search(before) or (_AND_LASTS.search(after) if re.search(r"\bfran\b[a-z ]*$", before) else None)
    return months_of(lasts) if lasts and moment.unit is Unit.DAY and _IN_FORCE.search(sentence.folded) else None


def _counted_end(sentences: Sequence[Sentence], at: int, moment: Moment, months: int, subject: str) -> End:
    note = f"Räknad {in_words(months)} från {moment.due.isoformat()}."
    name = _about_contract(sentences, at, moment.start, subject)
    return End(months_after(moment.due, months) - DAY, at, name, "gäller till", False, False, note)


def _things(sentences: Sequence[Sentence], at: int) -> list[int]:
    """Where contracts are named in a sentence; "Det gäller till …" speaks of the one in the sentence before."""
    sentence = sentences[at]
    found = [match.start() for match in CONTRACT.finditer(sentence.folded)]
    above = sentences[at - 1] if at else None
    if above and above.paragraph == sentence.paragraph and re.match(r"(?:det|detta|den|denna|dessa) ", sentence.folded):
        found += [0] if CONTRACT.search(above.folded) else []
    return found


def _end_phrase(sentence: Sentence, moment: Moment, previous: int, *, has_thing: bool) -> str | None:
    """The words that say that something ends then."""
    before = sentence.folded[max(0, moment.start - REACH) : moment.start]
    offset = moment.start - len(before)
    if _OVER.search(before) or GIVES_NOTICE_BY.search(before):
        return None
    day_first = _DAY_FIRST.search(sentence.folded[moment.end :][:REACH])
    if day_first and not _FROM.search(before):
        return day_first["verb"]
    ends = _ENDS.search(before, max(0, previous - offset))
    if ends and (has_thing or ends["verb"].endswith("s upp")):
        return sentence.text[offset + ends.start("verb") : offset + ends.end("verb")]
    until = _UNTIL.search(before)
    if not (until and has_thing) or (moment.unit is Unit.YEAR and not _UNTIL_A_YEAR.search(until[0])):
        return None
    in_force = _last(_IN_FORCE, before)
    if in_force:
        return f"{sentence.text[offset + in_force.start() : offset + in_force.end()]} till"
    is_range = previous and moment.unit is Unit.DAY and _RANGE.search(sentence.folded[previous : moment.start])
    return "gäller till" if is_range else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda match: match.start(), default=None)


def _is_plausible(moment: Moment, place: Place, as_of: datetime.date | None) -> bool:
    if as_of is None:
        return moment.unit is Unit.DAY
    if place is Place.BACKGROUND and (moment.unit is not Unit.DAY or moment.due < as_of):
        return False
    return abs(moment.due.year - as_of.year) <= _PLAUSIBLE_YEARS


def _is_new(sentence: Sentence, moment: Moment) -> bool:
    prolongs = _PROLONGS.search(sentence.folded, 0, moment.start)
    return bool(prolongs and (sentence.place is Place.DECISION or _PROPOSES.search(sentence.folded)))


def note_on(written: str, moment: Moment) -> str:
    """How the day was found, where the text does not give the day itself."""
    if moment.without_year:
        return f"Texten säger {written} utan år; {moment.due.year} antogs."
    return "" if moment.unit is Unit.DAY else f"Texten säger {written}; periodens sista dag antogs."


def _about_contract(sentences: Sequence[Sentence], at: int, end: int, subject: str) -> str:
    """ "Hyresavtalet för Kajgatan 4" where this sentence or the one above says which, else what the case is about."""
    sentence = sentences[at]
    named, label = _phrase(sentence, end)
    above = sentences[at - 1] if at else None
    if not named and above and above.paragraph == sentence.paragraph:
        named, label = _phrase(above, len(above.text))[0], label
    return named or about(label, subject)


def _phrase(sentence: Sentence, end: int) -> tuple[str, str]:
    """The contract as the sentence names it, "" for a bare "Avtalet"; and what to call it then."""
    name = _last(CONTRACT, sentence.folded[:end])
    if name is None and "s upp" not in sentence.folded:
        return "", "Avtal"
    start = name.start() if name else 0
    verb = _VERB.search(sentence.folded, name.end() if name else 0)
    phrase = sentence.text[start : verb.start() if verb else end].strip(" ,.:")
    phrase = re.sub(r" (?:och|som)$", "", phrase)
    label = _label(name["name"]) if name else "Avtal"
    return (capitalised(shortened(phrase)) if len(phrase.split()) > (2 if name else 0) else ""), label


_VERB = re.compile(
    forgiving(
        r",|\bmed (?=(?:\d|en|ett|två|tre|fyra|fem|sex|tolv)\b[a-z0-9 ]{0,12} ?(?:år|månad))"
        r"|\b(?:gäller|löper|sträcker|upphör|går|slutar|avslutas|utgår|är|har|s[a-z0-9]gs|förläng[a-z]+|kan|ska|som"
        r"|till och|godkänns|tecknas|avser|pågår|fram till|t\.?o\.?m|inte|löpande|för perioden|för åren|åren|under"
        r"|från|den|mellan)\b|(?<=\s)\d{4}"
    )
)


def _label(name: str) -> str:
    return "Uppdrag" if "uppdrag" in name else "Hyresavtal" if name.startswith("hyres") else "Avtal"


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
