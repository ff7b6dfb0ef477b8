"""Known phrases found again in spite of a scanner's letters."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from rapidfuzz.distance.Levenshtein import distance
from rapidfuzz.process import extractOne

from workflow.document_intake.folding import key

Meaning = TypeVar("Meaning")


def tolerance(length: int) -> int:
    """How many letters a scanner may have got wrong in a phrase this long: about one in seven."""
    return 0 if length < 5 else 1 if length < 12 else 2 if length < 20 else 3


def is_like(word: str, wanted: str) -> bool:
    """Whether folded `word` may be `wanted`, misread."""
    return word == wanted or distance(word, wanted, score_cutoff=tolerance(len(wanted))) <= tolerance(len(wanted))


class Phrasebook(Generic[Meaning]):
    """Known phrases and their meanings, found also where a letter or two is wrong."""

    def __init__(self, phrases: Mapping[str, Meaning]) -> None:
        self._exact = {key(phrase): meaning for phrase, meaning in phrases.items()}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for phrase in self._exact:
            self._by_length[len(phrase)].append(phrase)
        self._longest = max(self._by_length)

    def find(self, phrase: str) -> Meaning | None:
        wanted = key(phrase)
        if wanted in self._exact:
            return self._exact[wanted]
        near = min(self._near(wanted), default=None)
        return self._exact[near[1]] if near else None

    def _near(self, wanted: str) -> Iterator[tuple[int, str]]:
        slack = tolerance(len(wanted))
        for length in range(len(wanted) - slack, min(self._longest, len(wanted) + slack) + 1):
            known = self._by_length.get(length)
            nearest = extractOne(wanted, known, scorer=distance, score_cutoff=tolerance(length)) if known else None
            if nearest:
                yield nearest[1], nearest[0]
