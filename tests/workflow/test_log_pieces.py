"""The fast way through a log finds nothing right that the slow way does not, alone or with other processes."""

import multiprocessing
import os
import re
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from states.records import GENESIS
from workflow import log_exporter, log_form, log_pieces, log_shapes, log_verifier
from workflow.audit_journal import canonical, sha256
from workflow.log_files import line_of, segments
from workflow.log_pieces import Summary
from workflow.log_shapes import Shapes
from workflow.log_verifier import MAX_FAULTS, Head, Reading, Report

LONG = "ARENDE_LONG" in os.environ
NAME = "arendegang-2026-01-{:03}.jsonl"


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> Shapes:
    """Shapes that are learned as soon as they are met, and forgotten with the test."""
    shapes = Shapes()
    monkeypatch.setattr(log_shapes, "WORTH", 1)
    monkeypatch.setattr(log_pieces, "SHAPES", shapes)
    return shapes


# --- what is found right ----------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 10**15, 2**63, 2**64, -(10**20)]),
    st.text(max_size=4),
    st.sampled_from(["å", "\x7f", "\u2028", "\ufeff", "/", '"', "\\", "\n", "\x00", "\U0001f600", "<", "kod-1"]),
)
VALUES = SCALARS | st.floats(allow_nan=False, allow_infinity=False) | st.lists(SCALARS, max_size=3)
DEEP = VALUES | st.dictionaries(st.text(max_size=3), VALUES, max_size=2) | st.lists(st.lists(SCALARS, max_size=2))
KEYS = st.sampled_from(["a", "b", "id", "to", "é", "Z", "a b", "payload", "version"])
ROWS = st.dictionaries(KEYS, SCALARS | VALUES, max_size=4).map(lambda row: {**row, "id": "x"})
CHANGES = st.lists(st.tuples(st.sampled_from(["insert", "update", "delete"]), st.sampled_from(["cases", "t"]), ROWS))
DIGESTS = st.sampled_from(["a" * 64, "0123456789abcdef" * 4])


@st.composite
def bodies(draw: Callable[..., Any]) -> dict[str, Any]:
    """A record, which may be odd in what it holds but not in its fields."""
    return {
        "v": 1,
        "stream": draw(st.sampled_from(["system", "case:å", "case:1"])),
        "seq": 1,
        "type": draw(st.sampled_from(["case.edited", "case.purged", "meeting.held"])),
        "event_date": "2026-01-02",
        "recorded_at": draw(st.text(max_size=3)),
        "actor": draw(st.sampled_from(["p-test", "p\u2028", "p\\"])),
        "role": "registrator",
        "command_id": "1",
        "version": draw(st.integers(-1, 12)),
        "lifecycle": 1,
        "config": "0" * 64,
        "prev": GENESIS,
        "seen": draw(st.dictionaries(st.sampled_from(["m1", "m2", "å"]), st.integers(0, 9), max_size=3)),
        "data": draw(st.dictionaries(KEYS, DEEP, max_size=3)),
        "payloads": draw(st.lists(DIGESTS, max_size=2)),
        "changes": draw(CHANGES),
    }


TOKEN = re.compile(rb'"[^"]*":|"[^"]*"|-?\d+|true|false|null|[{}\[\],]')
ODD = (
    *(b"2 1.0 -0 00 007 1e5 1E5 -1 +1 0x1 NaN Infinity -Infinity true null {} [] [1] [[]] ,".split()),
    *(b'"" "a" "A" "\\u0061" "\\/" "\\"" "\\n" "\\u000a" "\\ud800" "\\ud83d\\ude00" "\\"'.split()),
    *(b'"a":1,"a":1 "id":"y", "b":1,"a":2 "z":0,'.split()),
    b" ",
    b"",
    b"\t",
    b'"\x01"',
    b'"\x7f"',
    b'"\xed\xa0\x80"',
    b'"\xff"',
    '"\u2028"'.encode(),
    '"\u0085"'.encode(),
    b"9" * 15,
    b"9" * 16,
    b"9" * 5000,
    b'"' + b"f" * 64 + b'"',
    b'"' + b"f" * 63 + b'"',
    b'"' + b"F" * 64 + b'"',
)
EDITS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["in its place", "before", "again", "swap"]), st.sampled_from(ODD))
)


def edited(content: bytes, edits: list[tuple[int, str, bytes]]) -> bytes:
    """A body in other bytes: tokens replaced, doubled, changing places."""
    for place, how, odd in edits:
        tokens = list(TOKEN.finditer(content))
        if not tokens:
            return content
        token = tokens[place % len(tokens)]
        other = tokens[(place + 2) % len(tokens)]
        start, end = token.span()
        if how == "in its place":
            content = content[:start] + odd + content[end:]
        elif how == "before":
            content = content[:start] + odd + content[start:]
        elif how == "again":
            content = content[:end] + token[0] + content[end:]
        elif other.start() >= end:
            content = content[:start] + other[0] + content[end : other.start()] + token[0] + content[other.end() :]
    return content


def log_of(contents: list[bytes]) -> bytes:
    """The lines of a log that holds these bodies, all hashes right."""
    previous, lines = GENESIS, []
    for number, content in enumerate(contents, 1):
        tail = line_of(number, previous, sha256(content), "").removeprefix(b'{"body":')
        lines.append(b'{"body":' + content + tail)
        previous = sha256(lines[-1])
    return b"".join(line + b"\n" for line in lines)


def both_ways(directory: Path) -> tuple[list[Summary | None], list[Report]]:
    """What the fast way says of a log's only piece, and what each way reports of it."""
    paths = segments(directory)
    (piece,) = log_pieces.pieces(paths[0])
    summary = log_pieces.summary(piece, None)
    reports = []
    for taken in (summary, None):
        reading = Reading(paths, True, None)
        reading.read(piece, taken)
        reports.append(reading.finish())
    return [summary], reports


@effort(max_examples=20_000 if LONG else 120, deadline=None)
@given(body=bodies(), edits=EDITS, other=bodies())
def test_what_the_fast_way_finds_right_the_slow_way_finds_right(
    body: dict[str, Any], edits: list[tuple[int, str, bytes]], other: dict[str, Any]
) -> None:
    log_shapes.WORTH, worth = 1, log_shapes.WORTH
    log_pieces.SHAPES, shapes = Shapes(), log_pieces.SHAPES
    try:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory, NAME.format(1))
            try:
                written, second = canonical(body), canonical({**other, "stream": "meeting:1"})
            except UnicodeEncodeError:
                return  # half a letter cannot be written as UTF-8 at all
            for contents in ([written], [written, second], [edited(written, edits)]):
                file.write_bytes(log_of(contents))
                (summary,), (fast, slow) = both_ways(Path(directory))
                event(f"fast: {summary is not None}, slow: {slow.whole}")
                assert slow.whole or summary is None
                assert fast == slow
    finally:
        log_shapes.WORTH, log_pieces.SHAPES = worth, shapes


@effort(max_examples=50_000 if LONG else 250, deadline=None)
@given(body=bodies(), edits=EDITS)
def test_a_shape_takes_nothing_for_a_record_that_is_none(
    body: dict[str, Any], edits: list[tuple[int, str, bytes]]
) -> None:
    """The shape of a record, held against that record in other bytes."""
    try:
        content = canonical(body)
    except UnicodeEncodeError:
        return
    record = log_form.body_of(content)
    pattern = log_shapes._pattern(record) if record else None
    event(f"has a shape: {pattern is not None}")
    if record is None or pattern is None:
        return
    matcher = re.compile(pattern.encode()).fullmatch
    for other in (content, edited(content, edits)):
        found = matcher(b'{"body":' + other)
        if found is None or b"\\" in other or not log_pieces._is_plain(other):
            continue
        if b"," in found[3] and not log_shapes.in_order(found[3]):
            continue
        event("recognised")
        read = log_form.body_of(other)
        assert read is not None
        assert (read.prev, read.seq, read.stream) == (found[2].decode(), int(found[4]), found[5].decode())
        assert read.payloads == re.findall(r"\w{64}", found[1].decode())


def test_no_token_of_a_known_shape_can_be_another_unless_the_definition_allows_it(
    eager: Shapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every token, with every odd one in its place or before it, twice, and in the place of another."""
    content = canonical(record(payloads=["a" * 64, "b" * 64], stream="meeting:1"))
    somewhere, held, taken = log_pieces.Piece("", 0, 0), [log_of([content])], 0
    monkeypatch.setattr(log_pieces, "content", lambda _: held[0])
    assert log_pieces.summary(somewhere, None)
    tokens = range(len(TOKEN.findall(content)))
    for place in tokens:
        edits = [(place, how, odd) for how in ("in its place", "before") for odd in ODD]
        for edit in (*edits, (place, "again", b""), (place, "swap", b"")):
            other = edited(content, [edit])
            held[0] = log_of([other])
            if log_pieces.summary(somewhere, None):
                assert log_form.body_of(other), edit
                taken += 1
    assert taken > len(tokens)


# --- shapes -----------------------------------------------------------------------------------------


def record(**other: Any) -> dict[str, Any]:
    fields = {
        "actor": "p-test",
        "changes": [["update", "cases", {"id": "c", "state": "ks", "version": 2}], ["delete", "t", {"id": "x"}]],
        "command_id": "1",
        "config": "0" * 64,
        "data": {"from": "draft", "late": True, "to": None, "warnings": ["a", "b"]},
        "event_date": "2026-01-02",
        "lifecycle": 1,
        "payloads": [],
        "prev": GENESIS,
        "recorded_at": "2026-01-02T08:00:00.000000Z",
        "role": "registrator",
        "seen": {"m1": 1, "m2": 2},
        "seq": 1,
        "stream": "case:1",
        "type": "case.advanced",
        "v": 1,
        "version": 2,
    }
    return {**fields, **other}


def in_streams(count: int, **other: Any) -> list[bytes]:
    """Bodies alike, each the first of its stream."""
    return [canonical(record(stream=f"case:{number}", **other)) for number in range(count)]


def parsed_lines(directory: Path, contents: list[bytes], monkeypatch: pytest.MonkeyPatch) -> int:
    """How many lines of a log the fast way had to parse."""
    (directory / NAME.format(1)).write_bytes(log_of(contents))
    body_of, parsed = log_form.body_of, [0]

    def counted(content: bytes) -> log_form.Body | None:
        parsed[0] += 1
        return body_of(content)

    with monkeypatch.context() as patch:
        patch.setattr(log_form, "body_of", counted)
        assert log_verifier.verify(directory).whole
    return parsed[0]


def test_a_shape_that_is_met_often_enough_is_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pieces, "SHAPES", Shapes())
    assert log_shapes.WORTH <= parsed_lines(tmp_path, in_streams(200), monkeypatch) < log_shapes.WORTH + 3
    assert parsed_lines(tmp_path, in_streams(200), monkeypatch) <= 1
    assert parsed_lines(tmp_path, in_streams(3, actor="p-någon-annan", seen={}), monkeypatch) <= 1


@pytest.mark.parametrize(
    "other",
    [
        {"data": {"from": {"deep": 1}}},
        {"changes": [["insert", "cases", {"id": "x", "deep": {"er": 1}}]]},
        {"actor": "back\\slash"},
        {"seen": {"a\\": 1}},
        {"seq": 1, "data": {"n": 10**15}},
    ],
    ids=["deep data", "deep rows", "a backslash", "an escaped key", "a long number"],
)
def test_what_has_no_shape_is_parsed_each_time_and_found_right(
    tmp_path: Path, eager: Shapes, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    assert parsed_lines(tmp_path, in_streams(5, **other), monkeypatch) == 5


def test_a_hostile_log_of_a_thousand_shapes_does_not_fill_the_memory(
    tmp_path: Path, eager: Shapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_shapes, "MOST", 10)
    contents = [canonical(record(stream=f"case:{n}", data={f"key{n}": 1})) for n in range(100)]
    assert parsed_lines(tmp_path, contents, monkeypatch) == 100
    assert max(len(eager._met), len(eager._known), len(eager._likely)) <= 11


# --- several processes ------------------------------------------------------------------------------


@pytest.fixture
def long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log in two files, read in small pieces by three processes."""
    monkeypatch.setattr(log_pieces, "MUCH", 0)
    monkeypatch.setattr(log_pieces, "SIZE", 4000)
    monkeypatch.setattr(log_pieces, "_processors", lambda: 3)
    lines = log_of(in_streams(300)).splitlines(keepends=True)
    (tmp_path / NAME.format(1)).write_bytes(b"".join(lines[:180]))
    (tmp_path / NAME.format(2)).write_bytes(b"".join(lines[180:]))
    return tmp_path


def alone(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """What one process reports."""
    with monkeypatch.context() as patch:
        patch.setattr(log_pieces, "_processors", lambda: 1)
        return log_verifier.verify(directory)


def test_several_processes_report_what_one_does(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = log_verifier.verify(long)
    assert (report.faults, report.lines) == ([], 300)
    assert report == alone(long, monkeypatch)
    assert log_verifier.verify(long, Head(report.log_index, report.head)).whole


@pytest.mark.parametrize("line", [0, 17, 179, 180, 299])
def test_several_processes_name_the_line_that_one_does(long: Path, monkeypatch: pytest.MonkeyPatch, line: int) -> None:
    file, place = (1, line) if line < 180 else (2, line - 180)
    path = long / NAME.format(file)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[place] = lines[place].replace(b"p-test", b"p-tyst")
    path.write_bytes(b"".join(lines))
    report = log_verifier.verify(long)
    assert report.faults[0].startswith(f"Rad {line + 1} ({path.name}, rad {place + 1}): innehållet stämmer inte")
    assert report == alone(long, monkeypatch)


def test_a_process_that_somebody_kills_costs_nothing_but_time(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary, parent = log_pieces.summary, os.getpid()

    def killed(piece: log_pieces.Piece, texts: str | None) -> Summary | None:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return summary(piece, texts)

    monkeypatch.setattr(log_pieces, "summary", killed)
    report = log_verifier.verify(long)
    assert (report.faults, report.lines) == ([], 300)


def test_no_process_is_left_when_the_reader_stops_early(long: Path) -> None:
    for path in segments(long):
        path.write_bytes(path.read_bytes().replace(b'"v":1', b'"v":2'))
    report = log_verifier.verify(long)
    assert len(report.faults) == MAX_FAULTS + 1
    assert multiprocessing.active_children() == []


def test_a_short_log_needs_no_other_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pieces, "_shared", None)
    (tmp_path / NAME.format(1)).write_bytes(log_of(in_streams(10)))
    assert log_verifier.verify(tmp_path).whole


def test_progress_is_told_in_bytes_up_to_all_of_them(long: Path) -> None:
    told: list[int] = []
    log_verifier.verify(long, progress=told.append)
    assert told == sorted(set(told))
    assert told[-1] == sum(path.stat().st_size for path in segments(long))
    assert len(told) > 20


def test_pieces_hold_whole_lines_and_all_of_them(long: Path) -> None:
    for path in segments(long):
        found = list(log_pieces.pieces(path))
        held = [log_pieces.content(piece) for piece in found]
        assert b"".join(held) == path.read_bytes()
        assert all(content.endswith(b"\n") for content in held)
        assert [piece.start for piece in found[1:]] == [piece.end for piece in found[:-1]]


def test_the_type_that_purges_is_the_exporter_s() -> None:
    assert log_form.PURGED == log_exporter.PURGED
