"""Where in a document a text stands: also one that the margin broke, or that was mended while it was read."""

import bisect
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from workflow.document_intake.folding import fold, key
from workflow.document_intake.layout import cells
from workflow.document_intake.sections import Section

_LETTER = re.compile(r"[0-9a-z]+")
_ALIKE = 80  # per cent; what a scanner did to a name and what was put right in it
_LEAST_ALIKE = 6  # letters; of fewer nothing can be told by likeness
_LONGEST_QUOTE = 8  # lines


class Span(msgspec.Struct, frozen=True):
    """Lines of the text, counted from 0, both included."""

    first: int
    last: int


class Region:
    """Some lines of a document, searched as if no margin had parted them."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        written = [(number, line) for number, line in lines if line.strip()]
        self._numbers = [number for number, _ in written]
        self._words = [f" {key(line)} " for _, line in written]
        self._alone: dict[str, list[int]] = defaultdict(list)
        for at, (_, line) in enumerate(written):
            for cell in cells(line):
                self._alone[key(cell)].append(at)
        parts = [_letters(line) for _, line in written]
        self._starts = [0, *itertools.accumulate(map(len, parts))][: len(parts)]
        self._text = "".join(parts)

    def find(self, text: str, after: Span | None = None) -> Span | None:
        """The lines that hold `text`: the next ones from `after` on, else the first."""
        begin = bisect.bisect_left(self._numbers, after.first) if after else 0
        if begin and (span := self._whole(text, begin)):
            return span
        return self._whole(text, 0) or self._like(text)

    def _whole(self, text: str, begin: int) -> Span | None:
        words = key(text)
        # What stands by itself is meant, before what is named in passing.
        alone = self._alone.get(words, []) if words else []
        place = bisect.bisect_left(alone, begin)
        if place < len(alone):
            return Span(self._numbers[alone[place]], self._numbers[alone[place]])
        holding = (at for at in range(begin, len(self._words)) if f" {words} " in self._words[at])
        at = next(holding, None) if words else None
        if at is not None:
            return Span(self._numbers[at], self._numbers[at])
        wanted = _letters(text)
        start = self._text.find(wanted, self._starts[begin]) if wanted and begin < len(self._starts) else -1
        return self._span(start, start + len(wanted)) if start >= 0 else None

    def _like(self, text: str) -> Span | None:
        wanted = _letters(text)
        if len(wanted) < _LEAST_ALIKE or not self._text:
            return None
        # Seldom needed: most of what is read stands in the text letter for letter.
        from rapidfuzz.fuzz import partial_ratio_alignment

        near = partial_ratio_alignment(wanted, self._text, score_cutoff=_ALIKE)
        return self._span(near.dest_start, near.dest_end) if near and len(self._text) >= len(wanted) else None

    def _span(self, start: int, end: int) -> Span:
        first = bisect.bisect_right(self._starts, start) - 1
        last = bisect.bisect_right(self._starts, max(start, end - 1)) - 1
        return Span(self._numbers[first], self._numbers[last])


def region_of(sections: Sequence[Section]) -> Region:
    return Region(line for section in sections for line in section.lines)


def quoted(lines: Sequence[str], span: Span | None) -> str:
    """The written lines of a place as they stand."""
    if span is None:
        return ""
    written = [line.strip() for line in lines[span.first : span.last + 1] if line.strip()]
    return "\n".join(written[:_LONGEST_QUOTE])


def _letters(text: str) -> str:
    return "".join(_LETTER.findall(fold(text)))
