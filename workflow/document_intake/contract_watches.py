"""What is to be watched of a contract: its end, the last day to give notice, and options to prolong it."""

import datetime
import re
from collections.abc import Iterator, Sequence

from states.case_facts import WatchKind
from states.swedish_calendar import months_after
from workflow.document_intake.contract_ends import GIVES_NOTICE_BY, REACH, End, ends_in, note_on
from workflow.document_intake.folding import forgiving
from workflow.document_intake.interface import SuggestedWatch
from workflow.document_intake.loose_dates import DURATION, Unit, in_words, moments_in, months_of
from workflow.document_intake.running_text import Place, Sentence
from workflow.document_intake.wording import about

_NOTICE_WORD = forgiving("(?:varsel|uppsägning)")
_NOTICE = (
    re.compile(rf"{DURATION} (?:[a-z]+ )?{_NOTICE_WORD}"),
    re.compile(rf"{_NOTICE_WORD}[a-z]*(?: [a-z0-9]+){{0,4}} {DURATION}"),
    re.compile(forgiving(r"\bsäg(?:s|as|er|a) upp[^.;]{0,60}? ") + DURATION + forgiving(" (?:före|innan|i förväg)")),
)
_FOR_EVER = re.compile(r"\btills ?vidare\b")
_OPTION = re.compile(
    forgiving(
        r"\b(?:möjlighet(?:er|en)?|rätt|option(?:er|en)?) (?:till|om|på|för)\b[^.;]{0,70}?\bförläng"
        r"|\b(?:möjlighet(?:er|en)?|rätt|option(?:er|en)?) (?:för [a-z]+ )?att(?: [a-z]+){0,2} förläng"
        r"|\b(?:kan|får)(?: [a-z0-9]+){0,4} förlängas\b|\bförlängningsoption|\boptionsår|\bförlängningsmöjlighet"
        r"|\boption[a-z]{0,4}\b[^.;]{0,30}?(?:\d ?\+ ?\d|\bplus\b|[0-9a-z)] (?:år|månader)\b)"
    )
)
_NO_OPTION = re.compile(
    forgiving(
        r"\b(?:ingen|inga|utan|saknar) (?:[a-z]+ )?(?:möjlighet|option|rätt|förläng)"
        r"|\b(?:inte|ej) (?:[a-z]+ ){0,3}förläng|\b(?:möjlighet|option)[a-z]*\b[^.;]{0,60}\bsaknas"
        r"|\b(?:uttömd[a-z]*|förbruka[a-z]*|kunde|(?:ut)?nyttja[a-z]{0,3}|tas i anspråk|åberopas)\b"
    )
)
_YEARS_PLUS = re.compile(
    forgiving(r"\b(?P<sum>(?:\d|en|ett|två)(?: ?(?:\+|plus) ?(?:\d|en|ett|två)){1,4})(?: års?)?\b")
)
_BEFORE_THE_END = re.compile(DURATION + forgiving(r" (?:före|innan)\b"))
_LONGEST_NOTICE = 36


def contract_watches(
    sentences: Sequence[Sentence], subject: str, as_of: datetime.date | None
) -> tuple[list[SuggestedWatch], list[str]]:
    """What is suggested of contracts, and sentences on days that are gone by."""
    found = ends_in(sentences, subject, as_of)
    ahead = [end for end in found if as_of is None or end.due >= as_of]
    gone = [end for end in found if as_of and end.due < as_of and not end.is_new]
    terms = _Terms(sentences, ahead, subject, as_of)
    watches = [*terms.ends(), *terms.notices(), *terms.options()]
    return watches, [*_on_gone(gone, sentences), *terms.unsure]


def _on_gone(gone: Sequence[End], sentences: Sequence[Sentence]) -> Iterator[str]:
    for end in gone:
        if sentences[end.at].place is not Place.BACKGROUND and end.is_written:
            yield (
                f"Texten säger att något ”{end.phrase}” {end.due.isoformat()}, men den dagen är redan passerad; "
                "stämmer uppgiften?"
            )


class _Terms:
    """The ends ahead with the terms that hang on them."""

    def __init__(
        self, sentences: Sequence[Sentence], ends: Sequence[End], subject: str, as_of: datetime.date | None
    ) -> None:
        self._sentences = sentences
        self._ends = ends
        self._subject = subject
        self._as_of = as_of
        self._notice: dict[datetime.date, int] = {}  # by end
        self.unsure: list[str] = []

    def ends(self) -> Iterator[SuggestedWatch]:
        for end in self._ends:
            note = end.note or ("Gäller om förslaget beslutas." if end.is_new else self._if_prolonged(end))
            yield self._watch(WatchKind.AVTALSSLUT, end.about, end.due, not end.is_written, end.at, note)

    def _if_prolonged(self, end: End) -> str:
        longer = next((new for new in self._ends if new.is_new and new.due > end.due), None)
        if longer is None:
            return ""
        return f"Förslaget är att förlänga till {longer.due.isoformat()}; dagen gäller om det inte beslutas."

    def notices(self) -> Iterator[SuggestedWatch]:
        for at, sentence in enumerate(self._sentences):
            yield from self._written_notice(at, sentence)
            months = _notice_months(sentence)
            end = self._end_for(at) if months else None
            if months and end and not (_FOR_EVER.search(sentence.folded) and end.at != at):
                self._notice[end.due] = months
                yield from self._counted_notice(at, end, months)
        for end in self._ends:
            if end.is_new and end.due not in self._notice and len(set(self._notice.values())) == 1:
                months = next(iter(self._notice.values()))
                note = f"Räknad med samma uppsägningstid, {_in_months(months)}; kontrollera i avtalet."
                due = months_after(end.due, -months)
                yield self._watch(WatchKind.UPPSAGNING, self._named("Uppsägning", end), due, True, end.at, note)

    def _written_notice(self, at: int, sentence: Sentence) -> Iterator[SuggestedWatch]:
        for moment in moments_in(sentence.text, self._as_of):
            before = sentence.folded[max(0, moment.start - REACH) : moment.start]
            if GIVES_NOTICE_BY.search(before) and self._is_ahead(moment.due) and moment.unit is not Unit.YEAR:
                written = moment.unit is Unit.DAY and not moment.without_year
                note = note_on(sentence.text[moment.start : moment.end], moment)
                name = about("Uppsägning", self._subject)
                yield self._watch(WatchKind.UPPSAGNING, name, moment.due, not written, at, note)

    def _counted_notice(self, at: int, end: End, months: int) -> Iterator[SuggestedWatch]:
        due = months_after(end.due, -months)
        if self._is_ahead(due):
            note = f"Räknad {_in_months(months)} före {end.due.isoformat()}."
            yield self._watch(WatchKind.UPPSAGNING, self._named("Uppsägning", end), due, True, at, note)
        else:
            self.unsure.append(
                f"Med {_in_months(months)}s uppsägningstid före {end.due.isoformat()} var sista dag för "
                f"uppsägning {due.isoformat()}; den dagen är redan passerad."
            )

    def options(self) -> Iterator[SuggestedWatch]:
        for at, sentence in enumerate(self._sentences):
            if sentence.place is Place.BACKGROUND and not self._ends_in(sentence.paragraph):
                continue
            option = _OPTION.search(sentence.folded)
            end = self._end_for(at) if option and not _NO_OPTION.search(sentence.folded) else None
            if option and end:
                yield self._option(at, sentence, end, option.start())

    def _option(self, at: int, sentence: Sentence, end: End, start: int) -> SuggestedWatch:
        length = _option_length(sentence.folded, start)
        name = self._named(f"Förlängning, {length}" if length else "Förlängning", end)
        own = _BEFORE_THE_END.search(sentence.folded, start)
        months = months_of(own) if own else self._notice.get(end.due)
        if months and self._is_ahead(months_after(end.due, -months)):
            note = (
                f"Ska avgöras {_in_months(months)} före {end.due.isoformat()}."
                if own
                else f"Ska avgöras före sista dag för uppsägning, {_in_months(months)} före {end.due.isoformat()}."
            )
            return self._watch(WatchKind.OPTION, name, months_after(end.due, -months), True, at, note)
        note = f"Ska avgöras innan avtalet slutar {end.due.isoformat()}."
        return self._watch(WatchKind.OPTION, name, end.due, not end.is_written, at, note)

    def _ends_in(self, paragraph: int) -> bool:
        return any(self._sentences[end.at].paragraph == paragraph for end in self._ends)

    def _end_for(self, at: int) -> End | None:
        """The end a sentence's terms belong to: its own, the one last spoken of, or the only one."""
        here = [end for end in self._ends if end.at == at]
        before = [end for end in self._ends if end.at < at and not end.is_new]
        if here or before:
            return here[0] if here else before[-1]
        return self._ends[0] if len({end.due for end in self._ends}) == 1 else None

    def _is_ahead(self, day: datetime.date) -> bool:
        return self._as_of is None or day >= self._as_of

    def _named(self, label: str, end: End) -> str:
        return about(label, end.about.partition(": ")[2] or end.about)

    def _watch(
        self, kind: WatchKind, what: str, due: datetime.date, inferred: bool, at: int, note: str
    ) -> SuggestedWatch:
        return SuggestedWatch(kind, what, due, None, None, inferred, self._sentences[at].text, note)


def _notice_months(sentence: Sentence) -> int | None:
    found = next((match for pattern in _NOTICE if (match := pattern.search(sentence.folded))), None)
    months = months_of(found) if found else 0
    return months if 1 <= months <= _LONGEST_NOTICE else None


def _in_months(months: int) -> str:
    return "1 månad" if months == 1 else f"{months} månader"


def _option_length(folded: str, start: int) -> str:
    plus = _YEARS_PLUS.search(folded, start)
    if plus:
        return re.sub(r" ?(?:\+|plus) ?", "+", plus["sum"]) + " år"
    length = re.compile(DURATION).search(folded, start)
    return in_words(months_of(length)) if length else ""
