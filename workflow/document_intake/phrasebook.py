"""Known phrases found again in spite of a scanner's letters."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Generic, TypeVar

from rapidfuzz.distance.Levenshtein import distance
from rapidfuzz.process import extractOne

from workflow.document_intake.folding import key

Meaning = TypeVar("Meaning")


def tolerance(length: int) -> int:
    """How many letters a scanner may have got wrong in a phrase this long: about one in seven."""
    return 0 if length < 5 else 1 if length < 12 else 2 if length < 20 else 3


_MOST_WRONG = tolerance(20)


def is_like(word: str, wanted: str) -> bool:
    """Whether folded `word` may be `wanted`, misread."""
    return word == wanted or distance(word, wanted, score_cutoff=tolerance(len(wanted))) <= tolerance(len(wanted))


class Phrasebook(Generic[Meaning]):
    """Known phrases and their meanings, found also where a letter or two is wrong."""

    def __init__(self, phrases: Mapping[str, Meaning]) -> None:
        self._exact = {key(phrase): meaning for phrase, meaning in phrases.items()}
        self._near_in_length: dict[int, list[str]] = defaultdict(list)
        for phrase in self._exact:
            slack = tolerance(len(phrase))
            for length in range(len(phrase) - slack, len(phrase) + slack + 1):
                self._near_in_length[length].append(phrase)

    def find(self, phrase: str) -> Meaning | None:
        wanted = key(phrase)
        if wanted in self._exact:
            return self._exact[wanted]
        known = self._near_in_length.get(len(wanted))
        nearest = extractOne(wanted, known, scorer=distance, score_cutoff=_MOST_WRONG) if known else None
        return self._exact[nearest[0]] if nearest and nearest[1] <= tolerance(len(nearest[0])) else None
