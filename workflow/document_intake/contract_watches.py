"""What is to be watched of a contract: its end, the last day to give notice, and options to prolong it."""

import datetime
import re
from collections.abc import Iterator, Sequence

import msgspec

from states.case_facts import WatchKind
from states.swedish_calendar import months_after
from workflow.document_intake.contract_ends import GIVES_NOTICE_BY, REACH, End, ends_in
from workflow.document_intake.folding import forgiving
from workflow.document_intake.interface import SuggestedWatch
from workflow.document_intake.loose_dates import DURATION, Unit, in_words, moments_in, months_of, number_of
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
        r"|\b(?:uttömd[a-z]*|förbruka[a-z]*|kunde|(?<!ska )(?<!kan )(?:(?:ut)?nyttja[a-z]{0,3}"
        r"|tas i anspråk|åberopas))\b"
    )
)
_YEARS_PLUS = re.compile(
    forgiving(r"\b(?P<sum>(?:\d|en|ett|två)(?: ?(?:\+|plus) ?(?:\d|en|ett|två)){1,4})(?: års?)?\b")
)
_TAKES_UP = re.compile(forgiving(r"\boption|\bförläng"))
_TAKEN_UP = forgiving(r"\b(?:option|förläng)[a-z]*\b[^.;]{0,100}?")
_TAKEN_UP_BEFORE = re.compile(rf"{_TAKEN_UP} {DURATION}" + forgiving(r" (?:före|innan)\b"))
_TAKEN_UP_BY = re.compile(_TAKEN_UP + forgiving(r" (?:senast|före|innan)(?: den)?[ :]*$"))
_GIVES_UP = re.compile(forgiving(r"\bsäg(?:s|as|er|a) upp\b|\buppsäg"))
_OF_EVERY_YEAR = re.compile(forgiving(r"^,? (?:året (?:före|innan)|varje|respektive|före|innan)\b"))
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


_Day = tuple[datetime.date, bool, str]  # the day, whether it is inferred, how it was found


class _Terms(msgspec.Struct):
    """The ends ahead with the terms that hang on them."""

    sentences: Sequence[Sentence]
    ahead: Sequence[End]
    subject: str
    as_of: datetime.date | None
    notice: dict[datetime.date, int] = msgspec.field(default_factory=dict)  # by end
    unsure: list[str] = msgspec.field(default_factory=list)

    def ends(self) -> Iterator[SuggestedWatch]:
        for end in self.ahead:
            note = end.note or ("Gäller om förslaget beslutas." if end.is_new else self._if_prolonged(end))
            yield self._watch(WatchKind.AVTALSSLUT, end.about, end.due, not end.is_written, end.at, note)

    def _if_prolonged(self, end: End) -> str:
        longer = (new.due.isoformat() for new in self.ahead if new.is_new and new.due > end.due)
        return next((f"Förslaget är att förlänga till {day}; dagen gäller om det inte beslutas." for day in longer), "")

    def notices(self) -> Iterator[SuggestedWatch]:
        for at, sentence in enumerate(self.sentences):
            yield from self._written_notice(at, sentence)
            months = _notice_months(sentence)
            end = self._end_for(at) if months else None
            if months and end and not (_FOR_EVER.search(sentence.folded) and end.at != at):
                self.notice[end.due] = months
                yield from self._counted_notice(at, end, months)
        for end in self.ahead:
            if end.is_new and end.due not in self.notice and len(set(self.notice.values())) == 1:
                months = next(iter(self.notice.values()))
                note = f"Räknad med samma uppsägningstid, {in_words(months)}; kontrollera i avtalet."
                due = months_after(end.due, -months)
                yield self._watch(WatchKind.UPPSAGNING, self._named("Uppsägning", end), due, True, end.at, note)

    def _written_notice(self, at: int, sentence: Sentence) -> Iterator[SuggestedWatch]:
        for moment in moments_in(sentence.text, self.as_of):
            before = sentence.folded[max(0, moment.start - REACH) : moment.start]
            if not GIVES_NOTICE_BY.search(before) or moment.unit is Unit.YEAR or not self._is_ahead(moment.due):
                continue
            if not (moment.without_year and _OF_EVERY_YEAR.match(sentence.folded[moment.end :])):
                name = about("Uppsägning", self.subject)
                yield self._watch(WatchKind.UPPSAGNING, name, moment.due, not moment.is_certain, at, moment.note)

    def _counted_notice(self, at: int, end: End, months: int) -> Iterator[SuggestedWatch]:
        due = months_after(end.due, -months)
        if self._is_ahead(due):
            note = f"Räknad {in_words(months)} före {end.due.isoformat()}."
            yield self._watch(WatchKind.UPPSAGNING, self._named("Uppsägning", end), due, True, at, note)
        else:
            self.unsure.append(
                f"Med {in_words(months)}s uppsägningstid före {end.due.isoformat()} var sista dag för "
                f"uppsägning {due.isoformat()}; den dagen är redan passerad."
            )

    def options(self) -> Iterator[SuggestedWatch]:
        taken_up = dict(self._last_days_of_options())
        of_ends = {self.sentences[end.at].paragraph for end in self.ahead}
        for at, sentence in enumerate(self.sentences):
            if sentence.place is Place.BACKGROUND and sentence.paragraph not in of_ends:
                continue
            option = _OPTION.search(sentence.folded)
            end = self._end_for(at) if option and not _NO_OPTION.search(sentence.folded) else None
            if option and end:
                length = _option_length(sentence.folded, option.start())
                name = self._named(f"Förlängning, {length}" if length else "Förlängning", end)
                due, inferred, note = taken_up.get(end.due) or self._before_notice(end)
                yield self._watch(WatchKind.OPTION, name, due, inferred, at, note)

    def _last_days_of_options(self) -> Iterator[tuple[datetime.date, _Day]]:
        """By end, the last day to take up its option, where the text gives it."""
        for at, sentence in enumerate(self.sentences):
            speaks_of_one = _TAKES_UP.search(sentence.folded) and not _GIVES_UP.search(sentence.folded)
            end = self._end_for(at) if speaks_of_one else None
            if end:
                yield from ((end.due, day) for day in self._last_days(sentence, end) if self._is_ahead(day[0]))

    def _last_days(self, sentence: Sentence, end: End) -> Iterator[_Day]:
        before = _TAKEN_UP_BEFORE.search(sentence.folded)
        if before:
            months = months_of(before)
            yield months_after(end.due, -months), True, f"Ska avgöras {in_words(months)} före {end.due.isoformat()}."
        for moment in moments_in(sentence.text, self.as_of):
            if _TAKEN_UP_BY.search(sentence.folded[: moment.start][-REACH:]):
                yield moment.due, not moment.is_certain, moment.note

    def _before_notice(self, end: End) -> _Day:
        months = self.notice.get(end.due)
        if months is None or not self._is_ahead(months_after(end.due, -months)):
            return end.due, not end.is_written, f"Ska avgöras innan avtalet slutar {end.due.isoformat()}."
        note = f"Ska avgöras före sista dag för uppsägning, {in_words(months)} före {end.due.isoformat()}."
        return months_after(end.due, -months), True, note

    def _end_for(self, at: int) -> End | None:
        """The end a sentence's terms belong to: its own, the one last spoken of, or the only one."""
        here = [end for end in self.ahead if end.at == at]
        before = [end for end in self.ahead if end.at < at and not end.is_new]
        if here or before:
            return here[0] if here else before[-1]
        return self.ahead[0] if len({end.due for end in self.ahead}) == 1 else None

    def _is_ahead(self, day: datetime.date) -> bool:
        return self.as_of is None or day >= self.as_of

    def _named(self, label: str, end: End) -> str:
        return about(label, end.about.partition(": ")[2] or end.about)

    def _watch(
        self, kind: WatchKind, what: str, due: datetime.date, inferred: bool, at: int, note: str
    ) -> SuggestedWatch:
        return SuggestedWatch(kind, what, due, None, None, inferred, self.sentences[at].text, note)


def _notice_months(sentence: Sentence) -> int | None:
    found = next((match for pattern in _NOTICE if (match := pattern.search(sentence.folded))), None)
    months = months_of(found) if found else 0
    return months if 1 <= months <= _LONGEST_NOTICE else None


def _option_length(folded: str, start: int) -> str:
    plus = _YEARS_PLUS.search(folded, start)
    if plus:
        return "+".join(str(number_of(one)) for one in re.split(r" ?(?:\+|plus) ?", plus["sum"])) + " år"
    length = re.compile(DURATION).search(folded, start)
    return in_words(months_of(length)) if length else ""
