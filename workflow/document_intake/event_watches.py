"""What may be done only some time after an event, and what others wait for an answer to."""

import datetime
import re
from collections.abc import Iterator, Sequence

from states.case_facts import WatchKind
from workflow.document_intake.contract_ends import CONTRACT
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.interface import SuggestedWatch
from workflow.document_intake.loose_dates import DURATION, moments_in, months_of
from workflow.document_intake.running_text import Place, Sentence
from workflow.document_intake.wording import about, capitalised, shortened

_SOME_TIME_AFTER = re.compile(
    rf"(?:\b(?P<limit>tidigast|senast|f[a-z0-9]rst) )?{DURATION} efter(?: det)?(?: att)? (?P<event>[^.;]{{5,180}})"
)
_MAY = re.compile(forgiving(r"\b(?:att|får|kan) (?=[a-z]+[a-z ])"))
_ROUTINE = re.compile(
    forgiving(r"födsel|född|placering|inskriv|ansökan|faktura|besök|ankomst|inkom|anmälan|insats|barnet|den enskild")
)
_EVENT_ENDS = re.compile(forgiving(r",| samt | och (?:att|åter|redovis|rapport)|(?<=.) för (?:beslut|godkännande)\b"))
_ANSWERED_BY = re.compile(
    forgiving(
        r"\b(?:remiss|yttrande|svar|statsbidrag|medlen|bidraget|slutr)[a-z]*\b[^.;]{0,60}? (?:ska|skall|måste)\b"
        r"[^.;]{0,80} senast(?: den)? $"
    )
)
_REACH = 220


def awaited_events(sentences: Sequence[Sentence], subject: str) -> Iterator[SuggestedWatch]:
    known: set[int] = set()
    for sentence in sentences:
        match = _SOME_TIME_AFTER.search(sentence.folded) if " efter" in sentence.folded else None
        if match and months_of(match) not in known and _is_awaited(sentence, match):
            known.add(months_of(match))
            event = event_named(sentence.text[match.start("event") : match.end("event")])
            name = about(_what_may_be_done(sentence, match), subject)
            yield SuggestedWatch(WatchKind.HANDELSE, name, None, event, months_of(match), False, sentence.text, "")


def answer_watches(
    sentences: Sequence[Sentence], subject: str, as_of: datetime.date | None
) -> Iterator[SuggestedWatch]:
    """ "Remissvaret ska vara departementet till handa senast den 15 april 2025"."""
    for sentence in sentences:
        for moment in moments_in(sentence.text) if sentence.place is not Place.DECISION else ():
            is_ahead = moment.is_certain and (as_of is None or as_of <= moment.due)
            if is_ahead and _ANSWERED_BY.search(sentence.folded[: moment.start][-_REACH:]):
                name = about("Sista dag", subject)
                yield SuggestedWatch(WatchKind.BEVAKNING, name, moment.due, None, None, False, sentence.text, "")


def event_named(event: str) -> str:
    end = _EVENT_ENDS.search(fold(event))
    return (event[: end.start()] if end and end.start() > 3 else event).strip(" .,;:")


def _is_awaited(sentence: Sentence, match: re.Match[str]) -> bool:
    if _ROUTINE.search(sentence.folded, match.start()) or moments_in(match["event"]):
        return False
    if sentence.place is Place.DECISION:
        return True
    return sentence.place is Place.MATTER and bool(match["limit"] and CONTRACT.search(sentence.folded))


def _what_may_be_done(sentence: Sentence, match: re.Match[str]) -> str:
    """ "… med möjlighet att revidera uppdraget tidigast 3 månader efter …" -> "Revidera uppdraget"."""
    before = sentence.text[: match.start()].rstrip(" ,")
    opening = max(_MAY.finditer(fold(before)), key=lambda found: found.start(), default=None)
    return capitalised(shortened(before[opening.end() :] if opening else before))
