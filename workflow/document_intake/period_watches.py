"""When a project or a programme ends, or a plan that is adopted for some years."""

import datetime
import re
from collections.abc import Iterator, Sequence

from states.case_facts import WatchKind
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.interface import SuggestedWatch
from workflow.document_intake.loose_dates import Unit, moments_in
from workflow.document_intake.running_text import Place, Sentence
from workflow.document_intake.wording import about

_PROJECT = re.compile(
    forgiving(
        r"(?:projekt|pilotverksamhet|pilot(?:en)?\b|program(?:met)?\b|försök(?:et|sverksamhet|speriod)?"
        r"|satsning(?:en)?\b|statsbidrag|stimulansmedel)[a-z]{0,12}"
    )
)
_PLAN = re.compile(
    forgiving(
        r"(?:plan(?:en)?|program(?:met)?|strategi(?:n)?|policy(?:n)?|riktlinjer(?:na)?"
        r"|reglemente(?:t)?|ramverk(?:et)?|avtal(?:et)?|överenskommelse(?:n)?|partnerskap(?:et)?)(?![a-z])"
    )
)
_ADOPTS = re.compile(forgiving(r"\b(?:anta(?:s|r)?|godkänn(?:s|er|a)?|fastställ(?:s|er|a)?|förläng(?:s|er|a)?)\b"))
_NOT_ADOPTED = re.compile(forgiving(r"upphör|ersätt|upphäv|budget|intern ?kontroll|investering|detaljplan|avskriv"))
_GOES_ON = re.compile(
    forgiving(
        r"\b(?:pågår|pågå|löper|löpa|genomförs|genomföras|sträcker|gäller|gälla|avser|omfattar|planeras|ska|kommer|är"
        r"|finansieras|bedrivs|bedrivas|förlängs|fortsätter|utvärderas|avslutas|avslutat|slutförs|slutfört|upphör)\b"
    )
)
_WAS = re.compile(
    forgiving(r"\b(?:erbjöds|genomfördes|pågick|bedrevs|avslutades|deltog|beviljades|startade|prövade|var)\b")
)
_RANGE = re.compile(r"(?<![\w-])(?P<first>20\d\d) ?(?:-|till(?: och med)?) ?(?P<last>20\d\d)(?![\w/-])")
_NOT_A_PERIOD = re.compile(r"(?:(?i:l[äa]s[åa]r\w*|mandatperiod\w*|budget\w*|dnr|diarienummer)|\b[A-ZÅÄÖ]{2,5}):? ?$")
_UNTIL = re.compile(
    forgiving(
        r"(?:(?P<from_a_day>(?<=\d) ?(?:till|-))|\b(?:till och med|t\.? ?o\.? ?m\.?|fram till(?: och med)?"
        r"|avslutas|avslutat|slutfört|slutförs|upphör|slutar|pågå till|pågår till|löper till|förlängs till|klart))"
        r"(?: (?:senast|den|i|vid|under|till|utgången av|slutet av))*$"
    )
)
_FOR_WHAT = re.compile(r"(?:,| )*\b(?:for|avseende) (?P<what>[a-z]+(?: (?!och\b|samt\b)[a-z]+){0,2})")
_FULL_OF_YEARS = re.compile(r"budget|arsredovisning|delarsrapport|bokslut|verksamhets(?:berattelse|plan)")
_PLAUSIBLE_YEARS = 30


def period_watches(sentences: Sequence[Sentence], subject: str, as_of: datetime.date | None) -> list[SuggestedWatch]:
    found: dict[datetime.date, SuggestedWatch] = {}
    for sentence in sentences:
        if sentence.place is not Place.DECISION and _FULL_OF_YEARS.search(fold(subject)):
            continue
        for name, due, inferred, note in _in(sentence, subject) if _is_of_a_period(sentence) else ():
            if as_of is None or (as_of <= due and due.year - as_of.year <= _PLAUSIBLE_YEARS):
                watch = SuggestedWatch(WatchKind.PERIOD, name, due, None, None, inferred, sentence.text, note)
                found.setdefault(due, watch)
    return list(found.values())


def _in(sentence: Sentence, subject: str) -> Iterator[tuple[str, datetime.date, bool, str]]:
    label = about("Projektperiod" if "projekt" in sentence.folded else "Period", subject)
    for match in _RANGE.finditer(sentence.folded):
        first, last = int(match["first"]), int(match["last"])
        if first < last and not _NOT_A_PERIOD.search(sentence.text[: match.start()][-20:]):
            years = " ".join(sentence.text[match.start() : match.end()].split())
            note = f"Texten säger {years}; årets sista dag antogs."
            yield _name(sentence, match, subject) or label, datetime.date(last, 12, 31), True, note
    for moment in moments_in(sentence.text):
        until = _UNTIL.search(sentence.folded[: moment.start].rstrip()[-60:])
        if until and (moment.unit is Unit.DAY or not until["from_a_day"]):
            yield label, moment.due, not moment.is_certain, moment.note


def _is_of_a_period(sentence: Sentence) -> bool:
    folded = sentence.folded
    if sentence.place is Place.DECISION and _PLAN.search(folded) and _ADOPTS.search(folded):
        return not _NOT_ADOPTED.search(folded)
    if sentence.place is Place.BACKGROUND or _WAS.search(folded):
        return False
    return bool(_PROJECT.search(folded) and _GOES_ON.search(folded))


def _name(sentence: Sentence, match: re.Match[str], subject: str) -> str:
    """ "Nämnden antar plan för … 2025-2030" -> "Period: plan för … 2025-2030"."""
    what = _FOR_WHAT.match(sentence.folded, match.end())
    if what:
        return about(f"Period för {sentence.text[what.start('what') : what.end('what')]}", subject)
    text = sentence.text[: match.end()]
    adopts = _ADOPTS.search(fold(text))
    bare = text[adopts.end() :] if adopts and adopts.end() < len(text) - 12 else text
    return about("Period", bare) if sentence.place is Place.DECISION else ""
