"""Two wordings held against each other, word by word. Pure: texts in, pieces out."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

import msgspec


class Piece(StrEnum):
    """What has become of some words that stand together."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Change(StrEnum):
    """What has become of an att-sats."""

    FIRST = "first"  # there is nothing to hold it against
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    GONE = "gone"  # one of its wordings is purged


Pieces = tuple[tuple[Piece, str], ...]


class Compared(msgspec.Struct, frozen=True):
    """One att-sats in its old and its new wording."""

    number: int
    change: Change
    words: Pieces


def words_between(old: str, new: str) -> Pieces:
    """The words that are the same, those taken away and those put there, in order; white space is not compared."""
    before, after = old.split(), new.split()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return tuple(piece for _, i1, i2, j1, j2 in matcher.get_opcodes() for piece in _pieces(before[i1:i2], after[j1:j2]))


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Piece, str]]:
    if before == after:
        yield Piece.SAME, " ".join(after)
        return
    if before:
        yield Piece.REMOVED, " ".join(before)
    if after:
        yield Piece.ADDED, " ".join(after)


def compare(old: Sequence[str] | None, new: Sequence[str], gone: str) -> tuple[Compared, ...]:
    """Att-satser with the same number held against each other; those without their like are added or removed.

    An empty text is none at all. `old`: None where there is nothing to compare with. `gone`: what stands in the place
    of a text that is purged.
    """
    if old is None:
        return tuple(Compared(number, Change.FIRST, words_between(text, text)) for number, text in enumerate(new, 1))
    pairs = enumerate(zip_longest(old, new, fillvalue=""), 1)
    return tuple(_compared(number, before, after, gone) for number, (before, after) in pairs)


def _compared(number: int, before: str, after: str, gone: str) -> Compared:
    if gone in (before, after):
        readable = after or before
        return Compared(number, Change.GONE, words_between(readable, readable))
    words = words_between(before, after)
    return Compared(number, _change(before, after, words), words)


def _change(before: str, after: str, words: Pieces) -> Change:
    if all(piece is Piece.SAME for piece, _ in words):
        return Change.SAME
    if not before.split():
        return Change.ADDED
    return Change.CHANGED if after.split() else Change.REMOVED
