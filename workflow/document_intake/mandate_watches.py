"""What somebody is told to do and report, and when that is due."""

import datetime
import re
from collections.abc import Sequence

import msgspec

from states.case_facts import WatchKind
from workflow.document_intake.event_watches import awaited_events, event_named
from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.interface import SuggestedWatch
from workflow.document_intake.loose_dates import DURATION, Moment, Unit, moments_in
from workflow.document_intake.running_text import Place, Sentence
from workflow.document_intake.wording import about, shortened

# --- what is a mandate ------------------------------------------------------------------------------
_SIGNS = forgiving(r"(?:under)?teckna|skriva under|ingå|träffa|sluta")
_GIVEN = tuple(
    re.compile(forgiving(pattern))
    for pattern in (
        r"\bi uppdrag\b[^.:]{0,120}?\batt (?P<task>.+)",
        r"\buppdra(?:r|s)?\b[^.:]{0,160}?\batt (?P<task>.+)",
        r"\b(?:uppdrag(?:et)?|fullmakt(?:en)?) (?:ges|lämnas|går|läggs|tilldelas)\b[^.:]{0,160}?\batt (?P<task>.+)",
        r"\b(?:ges|ger|får|tilldelas|medges|medge|ge)\b[^.:]{0,120}?\b(?:rätt|rätten|fullmakt|mandat|befogenhet"
        rf"|delegation|uppgift)(?: till)? att (?P<task>(?:[a-z]+ ){{0,3}}(?:{_SIGNS})\b.+)",
        rf"\b(?:bemyndiga|delegera)[a-z]*\b[^.:]{{0,120}}?\batt (?P<task>(?:[a-z]+ ){{0,3}}(?:{_SIGNS})\b.+)",
    )
)
_REPORT = "återkomma|återrapportera|återredovisa|avrapportera|rapportera|redovisa|återkoppla|slutredovisa|delredovisa"
_REVISE = "utvärdera|revidera|ompröva|aktualisera"
_DO = (
    "ta fram|utreda|presentera|lämna|genomföra|upprätta|arbeta fram|se över|utvärdera|följa upp|föreslå|inleda|revidera"
    "|påbörja|informera|initiera|undersöka|kartlägga|uppdatera|lägga fram|bereda"
)
_OFFICE = (
    "förvaltning(?:en|ens)?|kontor(?:et)?|direktör(?:en)?|chef(?:en)?|kansli(?:et)?|enhet(?:en)?|avdelning(?:en)?"
    "|sektor(?:n)?|bolag(?:et)?|styrelsen|nämnden|rektor(?:n|erna)?"
)
_TOLD = tuple(
    re.compile(forgiving(pattern))
    for pattern in (
        rf"\b[a-z]*(?:{_OFFICE})\b[^.:]{{0,60}}? (?:ska|skall) (?:[a-z]+ ){{0,4}}(?:{_REPORT}|{_DO})\b",
        rf"\b(?:ska|skall) (?:[a-z0-9-]+ ){{0,6}}(?:(?:{_REPORT}|{_REVISE})s|följas upp|ses över)\b",
        rf"\b(?:ska|skall) (?:[a-z]+ ){{0,2}}(?:{_REPORT})\b",
        rf"\b(?:(?:{_REVISE})s|ses över) (?:[a-z]+ ){{0,2}}senast\b",
        r"\b(?:slut|del|av)?(?:rapporteras|redovisas) (?:[a-z]+ ){0,2}(?:till|för) [a-z-]*(?:nämnd|styrelse"
        r"|fullmäktig|utskott)",
        r"\b(?:ska|skall) få (?:[a-z]+ ){0,2}(?:åter|del|slut)?(?:rapport|redovisning|uppföljning|koppling)",
        r"\b(?:åter|slut|del)(?:rapportering|redovisning|koppling)(?:en)? (?:sker|görs|lämnas|ges)\b",
        r"\båter(?:kommer|rapporterar|rapporteras|redovisas)\b|\bföljs upp\b|\butvärderas\b",
        r"\b(?:åter)?(?:rapportering|redovisning|uppföljning|utvärdering|återkoppling)\b[^.:]{0,60}\b(?:ska|skall)"
        r" (?:[a-z]+ ){0,3}(?:ske|göras|lämnas|presenteras|redovisas|genomföras|överlämnas)\b",
    )
)
_DONE_WITH = re.compile(
    forgiving(
        r"\banses? (?:slutfört|besvarat|fullgjort|avslutat|utfört|uppfyllt|som )|\bförklaras\b|\bavskriv"
        r"|\b(?:fick|gav|gavs|har|hade|gett|givit|fått|getts|givits)\b[^.]{0,80}\bi uppdrag\b"
        r"|\binte\b[^.]{0,30}i uppdrag"
    )
)
_OTHERS = re.compile(
    forgiving(
        r"(?<!till )(?<!för )\b(?:regering|riksdag|staten\b|socialstyrelse|skolverk|länsstyrelse|[a-z]*myndighet"
        r"|regionfullmäktig|regionstyrelse)|\bmotion|förslagsställ|\butredningen? (?:har|som|får)"
    )
)
_GAVE = re.compile(
    forgiving(r"\b(?:gav|gavs|fick|beslutade|uppdrog|har (?:gett|fått|givit|beslutat)|redovisades|presenterades)\b")
)
_SAYS_WHEN = re.compile(
    forgiving(
        rf"\bi uppdrag\b[^.]{{0,80}}\batt\b|\båterkommer|\b(?:{_REPORT}|presentera|lämna|lägga fram)s?\b|\bredovisar\b"
        r"|\bpresenterar\b|\blägg(?:er|s) fram\b|\blämna(?:r|s)\b|\bges uppdrag|\bvar klar|\bbli klar"
    )
)
_STANDS_ALONE = re.compile(forgiving(r"\bi uppdrag\b|\båter(?:kom|rapport|redovis)"))

# --- when it is due ---------------------------------------------------------------------------------
_BY = re.compile(
    forgiving(
        r"(?:\b(?:senast|före|innan|till|tills|till och med|t\.o\.m\.|vid|i|under|per|inom|den|redan|hålls|äger rum"
        r"|klar|[a-z]*sammanträde[a-z]*|[a-z]*möte[a-z]*|utgången av|slutet av|början av|mitten av)"
        r"(?: (?:den|i|slutet av|utgången av|början av|sista|under|år))*[ ,]*$)"
    )
)
_BY_PHRASE = re.compile(
    forgiving(
        r",? (?:så att\b.*|senast|före|innan|till|vid [a-z]* ?(?:sammanträde|möte)[a-z]*|i|under)"
        r"(?: (?:den|i|vid|slutet av|utgången av|under|[a-z]*sammanträdet?|[a-z]*(?:nämnd|styrelse|mäktige)[a-z]*s))* $"
    )
)
_LEAST_TASK = 12
_MOST = 40  # no skrivelse gives more mandates; a text that does is something else
_BY_A_YEAR = re.compile(
    forgiving(r"\b(?:senast|under|före|utgången av|slutet av|innan)(?: (?:år|utgången av|slutet av))*$")
)
_STARTS = re.compile(
    forgiving(
        r"\b(?:börjar?(?: gälla)?|starta[rs]?|träda i kraft|tas i bruk|finnas på plats|påbörjas|inledas)"
        r"(?: (?:från och med|från|den|i|under|per|senast))*$"
    )
)
_NOT_BY = re.compile(
    forgiving(r"\b(?:daterad|daterat|dat\.|beslut(?:ad|at|ade)?|antagen|från och med|från|sedan|enligt)(?: den| i)?$")
)
_REPEATS = re.compile(
    forgiving(
        r"\b(?:årligen|varje år|varje halvår|halvårsvis|varje kvartal|kvartalsvis|varje tertial|tertialvis|månadsvis"
        r"|varje månad|löpande|kontinuerligt|regelbundet|vid varje sammanträde|(?:en|två|tre|fyra) gånge?r? per år"
        r"|vartannat år)\b"
    )
)
_AFTER_A_TIME = re.compile(rf"\b(?:efter|inom) {DURATION}(?! efter)")
_NO_DAY_YET = ((_REPEATS, "sätt nästa dag när den är känd"), (_AFTER_A_TIME, "räkna från beslutets dag"))
_MEETING = re.compile(forgiving("sammanträd|nämnd|fullmäktig|styrelse|utskott|möte"))
_REPORTS = (
    "(?:delårs|års(?:redovis|rapport|bokslut)|bokslut|tertialr|verksamhetsberättelse|kvartalsr|uppföljningsrapport)"
)
_EVENT = re.compile(
    forgiving(
        r"\b(?:i samband med(?: att)?|samtidigt (?:som|med)|så snart(?: som)?|i avvaktan på|efter det att"
        r"|efter att(?! ha\b)"
        r"|när(?= [^.;]{3,80}\b(?:är|har|finns|föreligger|[a-z]+ts)\b)|inför|i anslutning till(?= (?:att|beslut|ny|näst"
        r"|budget|bokslut|delår|års|samman|upphand|uppfölj|revid"
        rf"|översyn|antag|den|det))|(?:vid|i|till)(?= (?:nästa )?{_REPORTS})"
        r"|efter(?= (?:beslut|genomför|avslut"
        r"|den (?:första|andra|tredje|sista|nya|pågående|kommande)|det att|upphandling)))"
        r" (?P<event>[^.;]{4,160})"
    )
)

_COMMON = re.compile(
    r"(?:forvaltning|kontor|namnd|uppdrag|forslag|social|omsorg|kommun|present|redovis|aterkom|aterrap|beslut|samman"
    r"|under|senast|genomf|verksamhet$)"
)


class Mandate(msgspec.Struct):
    """Something to be done, still open for the day the running text may give it."""

    task: str
    sentence: str
    due: datetime.date | None = None
    event: str | None = None
    note: str = ""
    inferred: bool = False

    def as_watch(self) -> SuggestedWatch:
        name = about("Uppdrag", self.task)
        return SuggestedWatch(
            WatchKind.UPPDRAG, name, self.due, self.event, None, self.inferred, self.sentence, self.note
        )


def mandate_watches(sentences: Sequence[Sentence], subject: str, as_of: datetime.date | None) -> list[SuggestedWatch]:
    """The mandates and the events awaited; what the text repeats is the same mandate."""
    awaited = list(awaited_events(sentences, subject))
    waiting = {watch.sentence for watch in awaited}
    mandates: list[Mandate] = []
    for sentence in sentences:
        if sentence.text in waiting or len(mandates) == _MOST:
            continue
        if sentence.place is Place.DECISION:
            _add(mandates, _in_decision(sentence, as_of))
        elif sentence.place is Place.MATTER and as_of:
            _repeated(mandates, sentence, as_of)
    return [*awaited, *(one.as_watch() for one in mandates)]


def _add(mandates: list[Mandate], mandate: Mandate | None) -> None:
    """Once, though two bodies be asked to give it."""
    if mandate and key(mandate.task) not in (key(known.task) for known in mandates):
        mandates.append(mandate)


def _in_decision(sentence: Sentence, as_of: datetime.date | None) -> Mandate | None:
    folded = sentence.folded
    if _DONE_WITH.search(folded):
        return None
    given = _given(folded)
    if given is None and not any(pattern.search(folded) for pattern in _TOLD):
        return None
    mandate = Mandate(_task(sentence, given), sentence.text)
    _set_time(mandate, sentence, as_of)
    return mandate


def _given(folded: str) -> re.Match[str] | None:
    return next((match for pattern in _GIVEN if (match := pattern.search(folded))), None)


def _task(sentence: Sentence, given: re.Match[str] | None) -> str:
    """The task itself; when it is due stands elsewhere."""
    bare = sentence.text[given.start("task") :] if given else sentence.text
    event = _EVENT.search(fold(bare))
    bare = bare[: event.start()] if event and event.start() >= _LEAST_TASK else bare
    moments = moments_in(bare)
    if moments and not bare[moments[-1].end :].strip(" ."):
        by = _BY_PHRASE.search(fold(bare[: moments[-1].start]))
        bare = bare[: by.start()] if by and by.start() >= _LEAST_TASK else bare
    elif moments and _BY_PHRASE.fullmatch(" " + fold(bare[: moments[0].start])):
        bare = bare[moments[0].end :]
    return re.sub(r"^att ", "", shortened(bare))


def _set_time(mandate: Mandate, sentence: Sentence, as_of: datetime.date | None) -> None:
    moment = _due(sentence, as_of)
    if moment:
        _set_due(mandate, sentence, moment)
        return
    event = _EVENT.search(sentence.folded)
    if event:
        mandate.event = event_named(sentence.text[event.start("event") : event.end("event")])
        return
    for pattern, advice in _NO_DAY_YET:
        match = pattern.search(sentence.folded)
        if match:
            mandate.note = f"Texten säger {sentence.text[match.start() : match.end()]}; {advice}."
            return


def _set_due(mandate: Mandate, sentence: Sentence, moment: Moment) -> None:
    starts = _STARTS.search(sentence.folded[: moment.start].rstrip())
    mandate.due, mandate.event, mandate.note = moment.due, None, moment.note
    mandate.inferred = bool(starts) or not moment.is_certain
    if starts:
        mandate.note = f"Det nya ska börja {moment.written}; uppdraget ska vara utfört till dess."
    elif moment.unit is not Unit.DAY:
        day = "sammanträdets dag" if _MEETING.search(sentence.folded) else "dagen"
        mandate.note = f"Texten säger {moment.written}; sätt {day} när den är känd."


def _due(sentence: Sentence, as_of: datetime.date | None) -> Moment | None:
    """The first day ahead by which something is to be done."""
    ahead = (moment for moment in moments_in(sentence.text, as_of) if as_of is None or as_of <= moment.due)
    return next((one for one in ahead if _is_due(sentence.folded[: one.start].rstrip(), one)), None)


def _is_due(before: str, moment: Moment) -> bool:
    before = before[-80:]
    if _STARTS.search(before):
        return moment.unit is not Unit.YEAR
    if _NOT_BY.search(before):
        return False
    return bool((_BY_A_YEAR if moment.unit is Unit.YEAR else _BY).search(before))


# --- what the running text adds ---------------------------------------------------------------------
def _repeated(mandates: list[Mandate], sentence: Sentence, as_of: datetime.date) -> None:
    """The day the text gives a mandate, or a mandate that no att-sats has."""
    folded = sentence.folded
    if not _SAYS_WHEN.search(folded) or _OTHERS.search(folded) or _GAVE.search(folded):
        return
    moment = _due(sentence, as_of)
    if moment is None:
        return
    same = next((mandate for mandate in mandates if _share_a_word(mandate.sentence, sentence.text)), None)
    if same is None and _STANDS_ALONE.search(folded):
        same = Mandate(_task(sentence, _given(folded)), sentence.text)
        mandates.append(same)
    if same and same.due is None:
        _set_due(same, sentence, moment)


def _share_a_word(left: str, right: str) -> bool:
    others = _telling_words(right)
    return any(one.startswith(other) or other.startswith(one) for one in _telling_words(left) for other in others)


def _telling_words(text: str) -> list[str]:
    return [word for word in key(text).split() if len(word) >= 7 and word.isalpha() and not _COMMON.match(word)]
