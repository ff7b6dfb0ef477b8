"""What a protocol's words mean for each att-sats that was proposed: pure, and nothing guessed."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from states.case_facts import MatterOutcome, Outcome
from workflow.decisionwork import Ruling
from workflow.document_intake.folding import fold
from workflow.document_intake.meeting_papers import ReadParagraph
from workflow.document_intake.protocol_outcomes import is_twisted, matter_of, rejects

_WORD = re.compile(r"[0-9a-z]+")
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "att och i en ett den det de som av for till pa med enligt samt beslutar besluta foreslar foresla namnden "
        "kommunstyrelsen kommunfullmaktige fullmaktige styrelsen",
    )
)
_STEM = 7
_ENDINGS = "sra"  # of verbs: antas, antar, anta


def rulings_of(
    read: ReadParagraph, proposed: Sequence[str], count: int, *, settles: bool
) -> Mapping[int, Ruling] | None:
    """Att-sats -> what was decided of it; None where that cannot be told. `settles`: the body decides the matter.

    Those not named are decided as proposed.
    """
    if is_twisted(read.decisions, proposed):
        return None
    if read.ruling is Outcome.AVSLAG:
        return {number: Ruling(Outcome.AVSLAG) for number in range(1, count + 1)}
    if len(read.decisions) == 1 and read.ruling is Outcome.BIFALL:
        return {}
    if len(read.decisions) == count:
        texts = [proposed[place] if place < len(proposed) else "" for place in range(count)]
        pairs = zip(texts, read.decisions, _own_matters(read, settles=settles), strict=True)
        found = {number: _ruling(*pair) for number, pair in enumerate(pairs, 1)}
        return {number: one for number, one in found.items() if one} if all(found.values()) else None
    if count == 1:
        only = _ruling(proposed[0] if proposed else "", "\n".join(read.decisions), None)
        return {1: only} if only else None
    return None


def _own_matters(read: ReadParagraph, *, settles: bool) -> tuple[MatterOutcome | None, ...]:
    """What became of each part of the matter, where they differ."""
    differ = settles and len(set(read.matters)) > 1
    return read.matters if differ else (None,) * len(read.decisions)


def _ruling(proposed: str, decided: str, matter: MatterOutcome | None) -> Ruling | None:
    """None where the one says no to something and the other does not, and it is not the matter that is rejected."""
    if not proposed:
        return Ruling(text=decided, matter=matter)
    if matter_of(decided) is MatterOutcome.AVSLAGEN and matter_of(proposed) is not MatterOutcome.AVSLAGEN:
        return Ruling(Outcome.AVSLAG, matter=matter)
    if alike(proposed, decided):
        return Ruling(matter=matter)
    if rejects(proposed) is not rejects(decided):
        return None
    return Ruling(Outcome.BIFALL_MED_ANDRING, text=decided, matter=matter)


def alike(proposed: str, decided: str) -> bool:
    """Whether two att-satser say the same, though one is in the infinitive: the same words, but for their endings."""
    one = _words(proposed)
    return bool(one) and one == _words(decided)


def _words(text: str) -> Counter[str]:
    words = (word for word in _WORD.findall(fold(text)) if word not in _EMPTY)
    return Counter(word if word.isdecimal() else word[:_STEM].rstrip(_ENDINGS) for word in words)
