"""Records recognised by their shape, so that most lines of a log need not be parsed.

A shape is a regular expression learned from a record that the definition (`log_form`) has accepted: its keys and
its kinds of values stand there in the one order they may have. Other bytes that match it are a record too, and
written in the one way there is, provided that they hold neither backslashes nor control characters and are
UTF-8: that is for the caller to see to. What matches no shape is for the definition to judge; nothing is ever
rejected here. A log has some hundred shapes.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from states.records import FORMAT
from workflow.log_form import PURGED, Body

Matcher = Callable[[bytes, int, int], "re.Match[bytes] | None"]

WORTH = 20
"""Times a shape is met before it is learned, which costs about as much as this many parsings."""

MOST = 4096
"""Shapes that are kept, so that a hostile log does not fill the memory."""

STRING = '"[^"]*+"'
NUMBER = "(?:0|-?[1-9][0-9]{0,14}+)"
KINDS: Mapping[type, str] = {str: STRING, int: NUMBER, bool: "(?:tru|fals)e", type(None): "null"}
SCALAR = f"(?:{'|'.join(KINDS.values())})"
LIST = rf"\[(?:{SCALAR}(?:,{SCALAR})*+)?\]"
DIGESTS = '(?:"[0-9a-f]{64}"(?:,"[0-9a-f]{64}")*+)?'
VERSIONS = f"(?:{STRING}:{NUMBER}(?:,{STRING}:{NUMBER})*+)?"
NONE: list[Matcher] = []
NAME = re.compile(rb'"([^"]*+)":')


class Shapes:
    """The shapes met so far; a process has them once, whatever it reads."""

    def __init__(self) -> None:
        self.recent: dict[int, Matcher] = {}
        """Length of a line -> the shape of the last such line, which is the one to try first."""
        self._met: Counter[Hashable] = Counter()
        self._known: dict[Hashable, Matcher | None] = {}
        self._likely: dict[bytes, list[Matcher]] = {}

    def match(self, held: bytes, start: int, end: int, stop: int) -> "re.Match[bytes] | None":
        """The line from `start` to `stop`, whose body ends at `end`, as (payloads, prev, seen, seq, stream).

        None for a shape that is not known.
        """
        likely = self._likely.get(_hint(held, stop), NONE)
        for matcher in likely:
            if found := matcher(held, start, end):
                if matcher is not likely[0]:
                    likely.remove(matcher)
                    likely.insert(0, matcher)
                self.recent[stop - start] = matcher
                return found
        return None

    def learn(self, body: Body, held: bytes, stop: int) -> None:
        """Remember the shape of a record that the definition has accepted; its line ends at `stop`."""
        key = _key(body)
        self._met[key] += 1
        if self._met[key] < WORTH:
            return
        if key not in self._known:
            pattern = _pattern(body)
            self._known[key] = re.compile(pattern.encode()).fullmatch if pattern else None
        matcher, likely = self._known[key], self._likely.setdefault(_hint(held, stop), [])
        if matcher and matcher not in likely:
            likely.insert(0, matcher)
        for kept in (self._met, self._known, self._likely, self.recent):
            if len(kept) > MOST:
                kept.clear()


def _hint(held: bytes, stop: int) -> bytes:
    """The end of the record's type, in most lines; lines of one shape mostly have the same there."""
    return held[stop - 213 : stop - 195]


def in_order(seen: bytes) -> bool:
    """Whether the keys of what a shape took for `seen` are sorted, each there once."""
    names = NAME.findall(seen)
    return all(one < other for one, other in pairwise(names))


# --- a record's shape ---------------------------------------------------------------------------------


def _key(body: Body) -> Hashable:
    """The same for two records of the same shape, and quickly told."""
    changes = tuple((op, table, *_kinds(row)) for op, table, row in body.changes)
    return body.type, changes, *_kinds(body.data)


def _kinds(values: Mapping[str, Any]) -> tuple[Hashable, ...]:
    return tuple(values), tuple(map(type, values.values()))


def _pattern(body: Body) -> str | None:
    """A shape, from the line's first byte to the body's last; None for a record that goes deeper than others."""
    if body.type == PURGED or not all(map(_is_flat, (body.data, *(row for _, _, row in body.changes)))):
        return None
    changes = _repeated(f'\\["{op}",{_literal(table)},{_object(row)}\\]' for op, table, row in body.changes)
    fields = {
        "actor": STRING,
        "changes": rf"\[{changes}\]",
        "command_id": STRING,
        "config": STRING,
        "data": _object(body.data),
        "event_date": STRING,
        "lifecycle": NUMBER,
        "payloads": rf"\[({DIGESTS})\]",
        "prev": '"([0-9a-f]{64})"',
        "recorded_at": STRING,
        "role": STRING,
        "seen": rf"\{{({VERSIONS})\}}",
        "seq": "([1-9][0-9]{0,14})",
        "stream": '"([^"]*+)"',
        "type": _literal(body.type),
        "v": str(FORMAT),
        "version": NUMBER,
    }
    return rf'\{{"body":\{{{",".join(f"{_literal(key)}:{value}" for key, value in fields.items())}\}}'


def _is_flat(values: Mapping[str, Any]) -> bool:
    return all(type(value) in KINDS or type(value) is list for value in values.values())


def _object(values: Mapping[str, Any]) -> str:
    pairs = (f"{_literal(key)}:{KINDS.get(type(value), LIST)}" for key, value in values.items())
    return rf"\{{{','.join(pairs)}\}}"


def _repeated(patterns: Iterable[str]) -> str:
    """The patterns in turn; one that follows itself may do so any number of times."""
    unlike: list[str] = []
    for pattern in patterns:
        if unlike[-1:] != [pattern]:
            unlike.append(pattern)
    return ",".join(f"{pattern}(?:,{pattern})*+" for pattern in unlike)


def _literal(text: str) -> str:
    return re.escape(json.dumps(text, ensure_ascii=False))
