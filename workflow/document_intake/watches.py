"""What must not be forgotten after the decision, as far as the skrivelse itself says it."""

import datetime
from collections.abc import Sequence

from states.case_facts import WatchKind
from workflow.document_intake.contract_watches import contract_watches
from workflow.document_intake.event_watches import answer_watches
from workflow.document_intake.interface import SuggestedWatch
from workflow.document_intake.mandate_watches import mandate_watches
from workflow.document_intake.period_watches import period_watches
from workflow.document_intake.running_text import Sentence
from workflow.document_intake.wording import subject_of


def read_watches(
    sentences: Sequence[Sentence],
    rubrik: str | None,
    as_of: datetime.date | None,
) -> tuple[tuple[SuggestedWatch, ...], tuple[str, ...]]:
    """The suggestions, each once, and what was uncertain; `as_of` is the day the skrivelse speaks of as now."""
    subject = subject_of(rubrik)
    of_contracts, unsure = contract_watches(sentences, subject, as_of)
    periods = period_watches(sentences, subject, as_of)
    told = [*mandate_watches(sentences, subject, as_of), *answer_watches(sentences, subject, as_of)]
    found = [*of_contracts, *told, *_own_periods(periods, of_contracts)]
    by_day = sorted(_once(found), key=lambda watch: watch.due or datetime.date.max)
    return tuple(by_day), tuple(dict.fromkeys(unsure))


def _own_periods(periods: Sequence[SuggestedWatch], of_contracts: Sequence[SuggestedWatch]) -> list[SuggestedWatch]:
    """An agreement for a project ends with it: one watch is enough."""
    ends = {watch.due for watch in of_contracts if watch.kind is WatchKind.AVTALSSLUT}
    return [watch for watch in periods if watch.due not in ends]


def _once(found: Sequence[SuggestedWatch]) -> tuple[SuggestedWatch, ...]:
    """Said in several sections, it is one thing; the first place, the proposals, has the best words for it."""
    kept: dict[object, SuggestedWatch] = {}
    for watch in found:
        what = watch.about if watch.kind in (WatchKind.UPPDRAG, WatchKind.HANDELSE) else ""
        kept.setdefault((watch.kind, watch.due, watch.months, what), watch)
    return tuple(kept.values())
