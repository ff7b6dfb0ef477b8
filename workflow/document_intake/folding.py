"""Swedish words made comparable: without capitals and diacritics, and forgiving of a scanner."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")

# One letter for one, so that a place in folded text is the same place in the text.
# U+FFFD stands where a letter was lost, nearly always å, ä or ö.
_PLAIN = str.maketrans(
    "åäáàâãæöóòôõøéèêëíìîïúùûüçñýÿ\ufffd–—−‐‑’‘´`”“„\t",
    "aaaaaaaooooooeeeeiiiiuuuucnyyo-----''''\"\"\" ",
)
TILL = "t[i1l][i1l]{1,2}"  # too short to be forgiven by length, and in every heading
_WORD = re.compile(r"[0-9a-z]+")


@functools.lru_cache(maxsize=8192)  # every question about a line folds it anew
def fold(text: str) -> str:
    """Lower case without diacritics, letter for letter."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered.replace("\t", " ")
    if len(lowered) != len(text):
        lowered = "".join(letter.lower()[:1] for letter in text)
    return lowered.translate(_PLAIN)


def forgiving(pattern: str) -> str:
    """A pattern for folded text, written in Swedish: for å, ä and ö a scanner may have put any letter or digit."""
    return re.sub("[åäöÅÄÖ]", "[a-z0-9]", pattern)


def key(text: str) -> str:
    """The bare words: what two writings of one heading have in common."""
    return " ".join(_WORD.findall(fold(text)))


def tolerance(length: int) -> int:
    """How many letters a scanner may have got wrong in a phrase this long: about one in seven."""
    return 0 if length < 5 else 1 if length < 12 else 2 if length < 20 else 3


def is_like(word: str, wanted: str) -> bool:
    """Whether folded `word` may be `wanted`, misread."""
    return word == wanted or is_within(word, wanted, tolerance(len(wanted)))


def is_within(left: str, right: str, limit: int) -> bool:
    """Whether `limit` edits or fewer turn one into the other."""
    if abs(len(left) - len(right)) > limit:
        return False
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        row = _next_row(row, at, letter, right)
        if min(row) > limit:
            return False
    return row[-1] <= limit


def _next_row(above: list[int], first: int, letter: str, right: str) -> list[int]:
    row = [first]
    for at, other in enumerate(right, 1):
        row.append(min(above[at] + 1, row[-1] + 1, above[at - 1] + (letter != other)))
    return row


class Phrasebook(Generic[Meaning]):
    """Known phrases and their meanings, found also where a letter or two is wrong."""

    def __init__(self, phrases: Mapping[str, Meaning]) -> None:
        self._exact = {key(phrase): meaning for phrase, meaning in phrases.items()}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for phrase in self._exact:
            self._by_length[len(phrase)].append(phrase)

    def find(self, phrase: str) -> Meaning | None:
        wanted = key(phrase)
        if wanted in self._exact:
            return self._exact[wanted]
        return next((self._exact[known] for known in self._near(wanted)), None)

    def _near(self, wanted: str) -> Iterator[str]:
        slack = tolerance(len(wanted))
        for length in range(len(wanted) - slack, len(wanted) + slack + 1):
            for known in self._by_length.get(length, ()):
                limit = tolerance(length)
                if _shares_a_piece(known, wanted, limit) and is_within(known, wanted, limit):
                    yield known


def _shares_a_piece(known: str, wanted: str, edits: int) -> bool:
    # n edits cannot touch all of n + 1 pieces, so one must stand unharmed: a cheap no for most lines.
    size = max(1, len(known) // (edits + 1))
    return any(known[at : at + size] in wanted for at in range(0, size * (edits + 1), size))
