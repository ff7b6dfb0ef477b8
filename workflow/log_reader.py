"""Single lines out of the log's files, without reading all of it."""

import os
from itertools import chain
from pathlib import Path

from workflow import log_files

BLOCK = 1 << 16
"""Bytes read at a time from a file's end."""


def last_lines(directory: Path, count: int) -> list[bytes]:
    """The log's last whole lines, oldest first and without their newlines; fewer when there are no more."""
    found: list[bytes] = []
    for path in reversed(log_files.segments(directory)):
        found = _last_lines(path, count - len(found)) + found
        if len(found) == count:
            break
    return found


def _last_lines(path: Path, count: int) -> list[bytes]:
    with path.open("rb") as file:
        start, held = file.seek(0, os.SEEK_END), b""
        while start and held.count(b"\n") <= count and len(held) <= log_files.MAX_LINE:
            start, end = max(0, start - max(BLOCK, len(held))), start
            file.seek(start)
            held = file.read(end - start) + held
    whole = held.split(b"\n")[:-1]
    return whole[-count:]


def line_at(directory: Path, log_index: int) -> tuple[Path, bytes] | None:
    """A line by its number, and the file it stands in; None when there is none."""
    for path in reversed(log_files.segments(directory)):
        lines = log_files.lines(path)
        first = next(lines, b"")
        begins = log_files.index_of(first)
        if begins is not None and begins > log_index:
            continue
        mark = b'"log_index":%d,' % log_index
        for line in chain([first], lines):
            if mark in line and log_files.index_of(line) == log_index:
                return path, line.removesuffix(b"\n")
        if begins is not None:
            break
    return None
