"""The fast way through a log: pieces of its files, each found right by itself or left to the slow way.

A piece is right when every line in it is what the definition (`log_form`) asks for, and goes on from the one
before. What came before the piece is taken as its first lines tell it; `log_verifier` holds that against what it
knows. Several processes share the work when there is much of it.
"""

import os
import re
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any

import msgspec

from workflow import log_form
from workflow.log_files import MAX_LINE
from workflow.log_shapes import Shapes, in_order

SIZE = 1 << 18
"""Bytes of a piece; what a process needs does not grow beyond some of these."""

MUCH = 1 << 24
"""Bytes of a log for which it is worth while to start more processes."""

HEAD = b'{"body":'
TAIL = re.compile(rb',"log_index":([1-9][0-9]{0,14}),"prev_line":"([0-9a-f]{64})","sha256":"[0-9a-f]{64}"\}\Z')
TAIL_SIZE = len(',"log_index":,"prev_line":"","sha256":""}') + 2 * 64
"""Bytes of a line after its body, but for the digits of its number."""

CONTROLS = tuple(bytes([code]) for code in range(32) if code != ord("\n"))
DIGEST = re.compile(rb"[0-9a-f]{64}")
SHAPES = Shapes()
UNSTARTED = sha256()


class Piece(msgspec.Struct, frozen=True):
    """Some whole lines of a file."""

    path: str
    start: int
    end: int


class Run(msgspec.Struct, array_like=True):
    """What a piece has of one stream, without gaps: how it begins and how it ends."""

    seq: int
    prev: str
    last_seq: int
    head: str


class Summary(msgspec.Struct, array_like=True):
    """A piece that is right by itself."""

    log_index: int  # of its first line
    prev_line: str
    lines: int
    head: str  # hash of its last line
    streams: dict[str, Run]
    payloads: int = 0  # texts that are there and right
    missing: list[tuple[int, str]] = []  # (which line of the piece, from 0; the text's hash)


def pieces(path: Path) -> Iterator[Piece]:
    """A file in pieces that end where a line ends, or where it has gone on for too long to be one."""
    with path.open("rb") as file:
        size, start = os.fstat(file.fileno()).st_size, 0
        while start < size:
            file.seek(start + SIZE)
            file.readline(MAX_LINE)
            end = min(file.tell(), size)
            yield Piece(str(path), start, end)
            start = end


def content(piece: Piece) -> bytes:
    with Path(piece.path).open("rb") as file:
        file.seek(piece.start)
        return file.read(piece.end - piece.start)


# --- one piece ----------------------------------------------------------------------------------------


def summary(piece: Piece, texts: str | None) -> Summary | None:
    """What a piece says; None unless it is right and has nothing out of the ordinary in it.

    `texts` is the directory of the texts, when there is one.
    """
    held = content(piece)
    first = TAIL.search(held[: held.find(b"\n")]) if held.endswith(b"\n") and _is_plain(held) else None
    if first is None:
        return None
    found = Summary(int(first[1]), first[2].decode(), 0, "", {})
    named = _read(held, found)
    return found if named is not None and _has_texts(named, texts, found) else None


def _is_plain(held: bytes) -> bool:
    """UTF-8 without control characters other than the newlines."""
    try:
        held.isascii() or held.decode()
    except UnicodeDecodeError:
        return False
    return not any(control in held for control in CONTROLS)


def _read(held: bytes, found: Summary) -> list[tuple[int, bytes]] | None:
    """Fill in the summary but for the texts; (place, payloads) of the lines that name some. None when one is not right.

    One loop that calls little and copies little: a line has some millionths of a second, and the two hashes that
    it cannot do without take a third of them.
    """
    named, runs, view = [], dict[bytes, list[Any]](), memoryview(held)
    prev_line, number, start, escaped = found.prev_line, found.log_index, 0, b"\\" in held
    while (stop := held.find(b"\n", start)) >= 0:
        end = stop - TAIL_SIZE - len(str(number))
        body, line = UNSTARTED.copy(), UNSTARTED.copy()
        body.update(view[start + len(HEAD) : end])
        digest = body.hexdigest()
        if held[end:stop] != f',"log_index":{number},"prev_line":"{prev_line}","sha256":"{digest}"}}'.encode():
            return None
        line.update(view[start:stop])
        prev_line = line.hexdigest()
        shape = SHAPES.recent.get(stop - start)
        match = (shape and shape(held, start, end)) or SHAPES.match(held, start, end, stop)
        usual = match and not (escaped and b"\\" in held[start:end])
        record = match.groups() if match and usual else _parsed(held, start, end, stop)
        if record is None:
            return None
        payloads, prev, seen, seq, stream = record
        if b"," in seen and not in_order(seen):
            return None
        if payloads:
            named.append((number - found.log_index, payloads))
        if (run := runs.get(stream)) is None:
            runs[stream] = [int(seq), prev.decode(), int(seq), digest]
        elif run[2] + 1 == int(seq) and run[3] == prev.decode():
            run[2:] = int(seq), digest
        else:
            return None
        number, start = number + 1, stop + 1
    found.lines, found.head = number - found.log_index, prev_line
    found.streams = {stream.decode(): Run(*run) for stream, run in runs.items()}
    return named


def _parsed(held: bytes, start: int, end: int, stop: int) -> Sequence[bytes] | None:
    """(payloads, prev, seen, seq, stream) of a line of no known shape; None when it is no record, or no usual one."""
    body = log_form.body_of(held[start + len(HEAD) : end]) if held.startswith(HEAD, start) else None
    if body is None or body.type == log_form.PURGED or not 0 < body.seq < 1 << 63:
        return None
    SHAPES.learn(body, held, stop)
    payloads, seq = " ".join(body.payloads), str(body.seq)
    return payloads.encode(), body.prev.encode(), b"", seq.encode(), body.stream.encode()


def _has_texts(named: Sequence[tuple[int, bytes]], texts: str | None, found: Summary) -> bool:
    """Count the texts that lines name; False when one is not what its name says, or cannot be read."""
    for place, payloads in named:
        for digest in (name.decode() for name in DIGEST.findall(payloads)):
            try:
                its = None if texts is None else text_hash(texts, digest)
            except OSError:
                return False
            if its is None:
                found.missing.append((place, digest))
            elif its != digest:
                return False
            else:
                found.payloads += 1
    return True


def text_path(texts: str, digest: str) -> str:
    return f"{texts}/{digest[:2]}/{digest}.json"


def text_hash(texts: str, digest: str) -> str | None:
    """The hash of a text's file, in the directory of texts; None when there is none. Raises OSError."""
    try:
        file = os.open(text_path(texts, digest), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        if not S_ISREG(os.fstat(file).st_mode):
            return None
        found = sha256()
        while block := os.read(file, 1 << 16):
            found.update(block)
        return found.hexdigest()
    finally:
        os.close(file)


# --- many pieces --------------------------------------------------------------------------------------


def summaries(found: Sequence[Piece], texts: str | None) -> Generator[Summary | None, None, None]:
    """The summaries of pieces, in their order; by several processes at a time when there is much to read."""
    size = sum(piece.end - piece.start for piece in found)
    if size < MUCH or (workers := _processors()) < 2:
        yield from (_summary(piece, texts) for piece in found)
    else:
        yield from _shared(found, texts, workers)


def _summary(piece: Piece, texts: str | None) -> Summary | None:
    """What cannot be read is found again the slow way, and told there."""
    try:
        return summary(piece, texts)
    except OSError:
        return None


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _shared(found: Sequence[Piece], texts: str | None, workers: int) -> Iterator[Summary | None]:
    """Every process takes each `workers`-th piece, and no more of them than its pipe holds the answers to."""
    # It imports much, and only long logs need it.
    import multiprocessing

    started = []
    try:
        for number in range(workers):
            answers, theirs = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.Process(target=_work, args=(theirs, found[number::workers], texts), daemon=True)
            process.start()
            theirs.close()
            started.append((process, answers))
        for place, piece in enumerate(found):
            try:
                answer = msgspec.msgpack.decode(started[place % workers][1].recv_bytes(), type=Summary | None)
            except EOFError:  # somebody killed it
                answer = _summary(piece, texts)
            yield answer
    finally:
        for process, answers in started:
            process.terminate()
            process.join()
            answers.close()


def _work(answers: Any, found: Sequence[Piece], texts: str | None) -> None:
    """What such a process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it tells it to stop
    with suppress(BrokenPipeError):
        for piece in found:
            answers.send_bytes(msgspec.msgpack.encode(_summary(piece, texts)))
