"""The log as files: segments by month and size, one line for each record, all of them in one chain.

A line is canonical JSON {body, log_index, prev_line, sha256} and a newline. Which segment a line stands in is
given in the database together with its place, so that every host's files are the same, byte for byte. A text is
a file of its own, named by its hash.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from workflow.audit_journal import canonical

SEGMENT = re.compile(r"arendegang-(?P<month>\d{4}-\d\d)-(?P<number>\d{3,})\.jsonl")
PAYLOADS = "payloads"
SEGMENT_SIZE = 64 << 20
"""Bytes; a segment is closed before it would grow beyond this."""

MAX_LINE = 1 << 24
"""Bytes; far more than a record needs, so that a file without line ends does not fill the memory."""


def segments(directory: Path) -> list[Path]:
    """The log's files, oldest first; none where there is no such directory. Raises OSError when it cannot be read."""
    try:
        found = [match for path in directory.iterdir() if (match := SEGMENT.fullmatch(path.name))]
    except FileNotFoundError:
        return []
    return [directory / match[0] for match in sorted(found, key=lambda one: (one["month"], int(one["number"])))]


def segment_file(directory: Path, segment: str) -> Path:
    """The file of a segment such as `2026-11-001`."""
    return directory / f"arendegang-{segment}.jsonl"


def segment_of(path: Path) -> str:
    """The name of the segment a file holds, such as `2026-11-001`."""
    return path.stem.removeprefix("arendegang-")


def segment_after(segment: str, filled: int, month: str, size: int, most: int) -> str:
    """The segment of the next line: another when the month has changed, or when the line would overfill it.

    `segment` is the last line's (empty for no line) and `filled` its bytes; `month` and `size` are the new
    line's. A clock that was set back begins no earlier month.
    """
    current, _, number = segment.rpartition("-")
    if month > current:
        return f"{month}-001"
    return segment if filled + size <= most else f"{current}-{int(number) + 1:03}"


def payload_file(directory: Path, sha256: str) -> Path:
    """The file of a text, in the log's directory."""
    return directory / PAYLOADS / sha256[:2] / f"{sha256}.json"


def line_of(log_index: int, prev_line: str, body_sha256: str, body: str) -> bytes:
    """The bytes of one line, without its newline; `body` is canonical JSON and stays as it is."""
    envelope = canonical({"log_index": log_index, "prev_line": prev_line, "sha256": body_sha256}).decode()
    return f'{{"body":{body},{envelope[1:]}'.encode()


def lines(path: Path) -> Iterator[bytes]:
    """Every line of a segment, with its newline if it has one."""
    with path.open("rb") as file:
        yield from iter(lambda: file.readline(MAX_LINE), b"")


def last_line(directory: Path) -> bytes | None:
    """The log's last whole line, without its newline; None where there is none."""
    for path in reversed(segments(directory)):
        with path.open("rb") as file:
            line, _ = tail(file)
        if line is not None:
            return line
    return None


def tail(file: BinaryIO) -> tuple[bytes | None, int]:
    """A segment's last whole line, without its newline, and the byte after it."""
    size = file.seek(0, os.SEEK_END)
    window = 1 << 16
    while True:
        start = max(0, size - window)
        file.seek(start)
        read = file.read(size - start)
        whole = read.rfind(b"\n") + 1
        found = read[:whole].split(b"\n")
        if start == 0 or len(found) > 2:
            return (found[-2] if whole else None), start + whole
        window *= 2


def index_of(line: bytes) -> int | None:
    """A line's place in the log; None for a line that is none of ours."""
    try:
        found = json.loads(line)["log_index"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if type(found) is int and 0 < found < 1 << 63 else None
