"""Whatever is done to a log's files afterwards is found, and the line is named; by us and by a stranger's program.

The stranger's program stands in `docs/verify_independently.md` and uses nothing of ours. Any run prints its seed:
`ARENDE_SEED=… pytest tests/workflow/test_tampering.py` does the same harm again.
"""

import copy
import json
import os
import random
import re
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from states.case_facts import CaseKind, StageRole
from states.records import GENESIS
from tests.conftest import PROJECT, TODAY, make_command, settings_for
from workflow import casework, log_exporter, log_form, log_pieces, log_verifier, purge, registration
from workflow.audit_journal import canonical, sha256
from workflow.connection import connect
from workflow.desk import Desk
from workflow.log_files import PAYLOADS, line_of, segments
from workflow.log_verifier import Head, Reading
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done

LONG = "ARENDE_LONG" in os.environ
SEED = int(os.environ.get("ARENDE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
LINES = 500
FLIPS, OTHERS = 10_000, 1_000
SEGMENT = 8_000
"""Bytes; some five lines, so that what has been harmed is soon read."""

EVERY = 1 if LONG else 40
"""The stranger's program reads the whole log each time, and so it does a part of the harm only."""

Harm = dict[int, bytes]
"""Number of a segment, from 0 -> what it holds instead."""

# --- a log, and how to read a part of it ------------------------------------------------------------


class Log:
    """A log of 500 lines in many segments, to do harm to, and what a reader knows before each of them."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.paths = directory, segments(directory)
        for path in self.paths:
            path.chmod(0o600)
        self.contents = [path.read_bytes() for path in self.paths]
        self.lines = [line for content in self.contents for line in content.splitlines(keepends=True)]
        self.first = [0, *accumulate(content.count(b"\n") for content in self.contents)]
        self.bodies = [json.loads(line)["body"] for line in self.lines]
        report = log_verifier.verify(directory)
        assert report.whole, report.faults
        self.head = Head(report.log_index, report.head)
        self._before = list(self._readers())

    def _readers(self) -> Iterator[Reading]:
        reader = Reading(self.paths, True, self.head)
        reader.texts = None  # harm to the lines is found without them
        for path in self.paths:
            yield again(reader)
            read(reader, path)
        yield reader

    @contextmanager
    def holding(self, harmed: Harm, *, gone: bool = False) -> Iterator[None]:
        """While this lasts, some segments hold other bytes; those that hold none are emptied only if `gone`."""
        places = [place for place, content in harmed.items() if content or gone]
        for place in places:
            put(self.paths[place], harmed[place])
        try:
            yield
        finally:
            for place in places:
                put(self.paths[place], self.contents[place])

    def fault(self, harmed: Harm) -> str | None:
        """The first fault, read from the first harmed segment on; None when there is none.

        As soon as the reader stands where it stood before the harm, the rest is as it was.
        """
        reader = again(self._before[min(harmed)])
        for place in range(min(harmed), len(self.paths)):
            if harmed.get(place) == b"":
                continue
            read(reader, self.paths[place])
            if reader.report.faults:
                return reader.report.faults[0]
            if place >= max(harmed) and standing(reader) == standing(self._before[place + 1]):
                return None
        return next(iter(reader.finish().faults), None)

    def whole_fault(self, head: Head | None) -> str | None:
        """The same, read from the first line as anybody does."""
        return next(iter(log_verifier.verify(self.directory, head).faults), None)

    def segment_of(self, line: int) -> int:
        """Where a line stands, by its place from 0."""
        return min(bisect_right(self.first, line), len(self.paths)) - 1

    def instead(self, line: int, others: Sequence[bytes], more: int = 1) -> Harm:
        """The segment when a line, or `more` of them, have others in their place."""
        place = self.segment_of(line)
        start, stop = self.first[place], self.first[place + 1]
        return {place: b"".join([*self.lines[start:line], *others, *self.lines[line + more : stop]])}

    def from_here(self, line: int, others: Sequence[bytes]) -> Harm:
        """The segments when every line from one on has another in its place; fewer lines cut the log short."""
        lines = [*self.lines[:line], *others]
        places = range(self.segment_of(line), len(self.paths))
        return {place: b"".join(lines[self.first[place] : self.first[place + 1]]) for place in places}


def put(path: Path, content: bytes) -> None:
    """Write a file in place, which is quicker than to empty it first."""
    file = os.open(path, os.O_WRONLY)
    os.pwrite(file, content, 0)
    os.ftruncate(file, len(content))
    os.close(file)


def read(reader: Reading, path: Path) -> None:
    for piece in log_pieces.pieces(path):
        reader.read(piece, log_pieces.summary(piece, reader.texts))


def again(reader: Reading) -> Reading:
    """Another reader that stands where this one does."""
    other = copy.copy(reader)
    other.report = msgspec.structs.replace(reader.report, faults=[])
    other._missing = dict(reader._missing)
    other._streams = copy.copy(reader._streams)
    other._streams._heads = dict(reader._streams._heads)
    return other


def standing(reader: Reading) -> tuple[object, ...]:
    """All that a reader goes by in what follows."""
    streams = reader._streams
    return reader._next, reader.report.head, reader._noted, reader._missing, streams._all_known, streams._heads


@pytest.fixture(scope="module")
def log(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Log:
    """What clerks did, until the log had 500 lines; one case's texts are purged."""
    directory = tmp_path_factory.mktemp("tampering")
    shutil.copy(migrated_sqlite, directory / "town.db")
    settings = settings_for("sqlite:///town.db", directory)
    connection = connect(settings.database_url)
    connection.run("PRAGMA synchronous = OFF")
    try:
        work(Desk(connection, settings))
        log_exporter.export(connection, directory / "log", SEGMENT)
    finally:
        connection.close()
    return Log(directory / "log")


def work(desk: Desk) -> None:
    way = ((desk.bodies.find("SON", TODAY), StageRole.BESLUT),)
    proposal = Proposal(body="SON", att_satser=("Nämnden beslutar.",))
    for number in count():
        skrivelse = Skrivelse(rubrik=f"Ärende {number}", recipients=("Föreningen",), proposals=(proposal,))
        new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=way)
        done = registration.register(desk, make_command(), new)
        assert isinstance(done, Done)
        case = done.stream.removeprefix("case:")
        for act in acts(desk, case, number):
            if records(desk) == LINES:
                return
            act()


def acts(desk: Desk, case: str, number: int) -> list[Callable[[], object]]:
    """What is done in a case; the first one's texts are destroyed in the end."""
    if number == 0:
        decision, somebody_else = "KS 2025-12-10 § 12", msgspec.structs.replace(make_command(), actor="p-annan")
        return [
            lambda: casework.withdraw(desk, make_command(reason="Behövs inte."), case),
            lambda: purge.propose(desk, make_command(), case, decision),
            lambda: purge.approve(desk, somebody_else, case),
        ]
    return [
        lambda: casework.advance(desk, make_command(), case),
        lambda: casework.close(desk, make_command(), case),  # refused
        *[lambda: registration.edit(desk, make_command(reason="Skäl."), case, Edit(rubrik=f"Å, ä och ö {number}"))] * 2,
        lambda: None,
    ]


def records(desk: Desk) -> int:
    return int(desk.connection.run("SELECT COUNT(*) AS told FROM journal")[0]["told"])


# --- a stranger's program ---------------------------------------------------------------------------

BY_HAND = PROJECT / "docs" / "verify_independently.md"


class Remembered:
    """`json` as the stranger's program knows it, which remembers what the unharmed lines say."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._read = {line: json.loads(line) for line in lines}
        rows = list(self._read.values())
        self._written = {id(value): canonical(value) for row in rows for value in (row, row["body"])}

    def loads(self, text: bytes, **how: Any) -> Any:
        return self._read[text] if text in self._read else json.loads(text, **how)

    def dumps(self, value: Any, **how: Any) -> Any:
        return self._written[id(value)].decode() if id(value) in self._written else json.dumps(value, **how)


@pytest.fixture(scope="module")
def by_hand(log: Log) -> Callable[..., str | None]:
    """The first fault that the page's program finds; None when it finds none."""
    (code,) = re.findall(r"```python\n(.*?)```", BY_HAND.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": "stranger"}
    exec(compile(code, str(BY_HAND), "exec"), names)
    names["json"] = Remembered(log.lines)
    without_texts = log.directory.with_name("without-texts")
    without_texts.mkdir()
    for path in log.paths:
        (without_texts / path.name).symlink_to(path)

    def fault(head: Head | None = log.head, *, texts: bool = False) -> str | None:
        try:
            names["check"](log.directory if texts else without_texts, head and (head.log_index, head.sha256))
        except ValueError as error:
            return str(error)
        return None

    return fault


# --- harm -------------------------------------------------------------------------------------------

HARMS: dict[str, tuple[int, Callable[[Log, random.Random], tuple[Harm, int | None]]]] = {}
"""What is done -> how many times, and how: the harmed segments, and the line that must be named."""


def harm(times: int) -> Callable[..., Any]:
    def kept(how: Callable[[Log, random.Random], tuple[Harm, int | None]]) -> object:
        HARMS[how.__name__.replace("_", " ")] = (times, how)
        return how

    return kept


@harm(FLIPS)
def one_flipped_bit(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    segment = dice.choices(range(len(log.paths)), [len(content) for content in log.contents])[0]
    content = bytearray(log.contents[segment])
    place = dice.randrange(len(content))
    content[place] ^= 1 << dice.randrange(8)
    return {segment: bytes(content)}, log.first[segment] + log.contents[segment].count(b"\n", 0, place) + 1


@harm(OTHERS)
def a_deleted_line(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    line = dice.randrange(LINES)
    return log.instead(line, []), line + 1 if line + 1 < LINES else None


@harm(OTHERS)
def two_swapped_lines(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    one, other = sorted(dice.sample(range(LINES), 2))
    if log.segment_of(one) == log.segment_of(other):
        between = log.lines[one + 1 : other]
        return log.instead(one, [log.lines[other], *between, log.lines[one]], other + 1 - one), one + 1
    return log.instead(one, [log.lines[other]]) | log.instead(other, [log.lines[one]]), one + 1


@harm(OTHERS)
def a_doubled_line(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    line, where = dice.randrange(LINES), dice.randrange(LINES)
    # A copy right before its line is the one that belongs there.
    return log.instead(where, [log.lines[where], log.lines[line]]), where + (3 if line == where + 1 else 2)


@harm(OTHERS)
def a_line_in_other_bytes(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    line = dice.randrange(LINES)
    return log.instead(line, [in_other_bytes(log.lines[line][:-1], dice) + b"\n"]), line + 1


@harm(OTHERS)
def a_blank_line(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    line, blank = dice.randrange(LINES), dice.choice([b"\n", b"\r\n", b" \n", b"\t\n", b"\n\n", b"\x00\n"])
    if dice.randrange(2):
        return log.instead(line, [blank, log.lines[line]]), line + 1
    return log.instead(line, [log.lines[line], blank]), line + 2


@harm(OTHERS)
def a_doubled_key(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    line = dice.randrange(LINES)
    return log.instead(line, [with_doubled_key(log.lines[line], dice)]), line + 1


@harm(OTHERS)
def a_tail_cut_anywhere(log: Log, dice: random.Random) -> tuple[Harm, int | None]:
    segment = dice.choices(range(len(log.paths)), [len(content) for content in log.contents])[0]
    kept = log.contents[segment][: dice.randrange(len(log.contents[segment]))]
    whole = log.first[segment] + kept.count(b"\n")
    gone = dict.fromkeys(range(segment + 1, len(log.paths)), b"")
    return {segment: kept, **gone}, whole + 1 if kept and not kept.endswith(b"\n") else None


def in_other_bytes(line: bytes, dice: random.Random) -> bytes:
    """JSON that says the same as a line, written in another way."""
    value = json.loads(line)
    shuffled = dict(dice.sample(sorted(value.items()), len(value)))
    body = dict(dice.sample(sorted(value["body"].items()), len(value["body"])))
    compact: dict[str, Any] = {"separators": (",", ":"), "ensure_ascii": False}
    ways: list[Callable[[], bytes]] = [
        lambda: json.dumps(value, sort_keys=True, ensure_ascii=False).encode(),
        lambda: json.dumps(value, sort_keys=True, separators=(",", ":")).encode(),
        lambda: json.dumps(shuffled, **compact).encode(),
        lambda: json.dumps({**value, "body": body}, **compact).encode(),
        lambda: json.dumps({**value, "body": body}, **compact).encode(),
        lambda: line + dice.choice([b" ", b"\r", b"\t"]),
        lambda: dice.choice([b" ", b"\xef\xbb\xbf"]) + line,
        lambda: line.decode().encode(dice.choice(["utf-16-le", "utf-16-be", "utf-32-le"])),
        lambda: re.sub(rb'("log_index"|"seq"|"version"):(\d+)', rb"\1:\2.0", line, count=1),
        lambda: re.sub(rb'("log_index"|"seq"|"version"):(\d+)', rb"\1:\2e0", line, count=1),
        lambda: re.sub(rb"-", rb"\\u002d", line, count=1),
        lambda: re.sub(rb"([,:])", rb"\1 ", line, count=1),
    ]
    while (other := dice.choice(ways)()) == line:
        pass
    return other


def with_doubled_key(line: bytes, dice: random.Random) -> bytes:
    """A line with a key there twice, the first time perhaps with another value."""
    pairs = list(re.finditer(rb'"[a-z_]+":("[^"]*"|\d+|null|true|false)', line))
    pair = dice.choice(pairs)
    key, value = pair[0].partition(b":")[::2]
    told = dice.choice([value, b"null", b"7", b'"p-annan"'])
    return line[: pair.start()] + key + b":" + told + b"," + line[pair.start() :]


# --- what is found ----------------------------------------------------------------------------------


def missed(log: Log, kind: str, times: int, seed: int) -> Iterator[str]:
    """Do the same harm many times; what was not found, or by the wrong line's name."""
    dice, how = random.Random(f"{seed}-{kind}"), HARMS[kind][1]
    for number in range(times):
        harmed, line = how(log, dice)
        with log.holding(harmed):
            found = log.fault(harmed)
        if not is_named(found, line):
            yield f"{kind} {number}: expected line {line}, found {found}"


def is_named(fault: str | None, line: int | None) -> bool:
    """Whether a fault tells of a line; of what the end of the log held when it is no line's fault."""
    if line is None:
        return bool(fault and (fault.startswith("Loggen är kortare") or "ingen senare post" in fault))
    return bool(fault and fault.startswith(f"Rad {line} ("))


@pytest.mark.parametrize("kind", HARMS)
def test_all_harm_is_found_and_its_line_named(log: Log, kind: str) -> None:
    times = HARMS[kind][0]
    print(f"ARENDE_SEED={SEED}: {kind}, {times} times")
    assert list(missed(log, kind, times, SEED)) == []


@pytest.mark.parametrize("kind", HARMS)
def test_a_stranger_s_program_and_the_whole_log_say_the_same(log: Log, kind: str, by_hand: Any) -> None:
    times = HARMS[kind][0] // EVERY
    print(f"ARENDE_SEED={SEED}: {kind}, {times} times")
    dice = random.Random(f"{SEED}-{kind}")
    for number in range(times):
        harmed, line = HARMS[kind][1](log, dice)
        with log.holding(harmed, gone=True):
            ours, theirs = log.whole_fault(log.head) if number % 4 == 0 else None, by_hand()
            part = log.fault(harmed)
        assert is_named(part, line), (number, part)
        assert ours in (None, part), (number, ours)
        assert theirs, (number, part)
        assert line is None or theirs.startswith(f"Rad {line} ("), (number, part, theirs)


def test_the_unharmed_log_is_whole_to_both(log: Log, by_hand: Any) -> None:
    assert (len(log.lines), len(log.paths) > 40) == (LINES, True)
    assert any(body["type"] == log_form.PURGED for body in log.bodies)
    assert log.whole_fault(log.head) is None
    assert by_hand() is by_hand(texts=True) is None


# --- harm by somebody who counts every hash anew ----------------------------------------------------


def counted_anew(log: Log, line: int, body: bytes, envelope: Callable[[bytes], bytes] = bytes) -> list[bytes]:
    """Every line from one on when that one holds another body, or other bytes round it, and all hashes are right."""
    previous = sha256(log.lines[line - 1][:-1]) if line else GENESIS
    changed = envelope(line_of(line + 1, previous, sha256(body), body.decode()))
    lines, previous, heads = [changed + b"\n"], sha256(changed), {log.bodies[line]["stream"]: sha256(body)}
    for place in range(line + 1, LINES):
        following = log.bodies[place]
        stream = following["stream"]
        content = canonical({**following, "prev": heads[stream]} if stream in heads else following)
        digest = sha256(content)
        if stream in heads:
            heads[stream] = digest
        written = line_of(place + 1, previous, digest, content.decode())
        lines.append(written + b"\n")
        previous = sha256(written)
    return lines


def another_body(log: Log, line: int) -> bytes:
    return canonical({**log.bodies[line], "actor": "p-tredje"})


def test_a_log_written_anew_from_any_line_is_found_by_the_noted_head_alone(log: Log, by_hand: Any) -> None:
    tried = range(0 if LONG else 3, LINES, 1 if LONG else 5)
    for line in tried:
        harmed = log.from_here(line, counted_anew(log, line, another_body(log, line)))
        with log.holding(harmed):
            found = log.fault(harmed)
            assert found == f"Rad {LINES} är inte den som antecknades; loggen har skrivits om efteråt.", line
            if line % 100 == 8:
                assert log.whole_fault(log.head) == found
                assert log.whole_fault(None) is None
                assert by_hand() == "Loggen har inte kvar raden som antecknades"
                assert by_hand(None) is None
    print(f"written anew from {len(tried)} lines, all found")


def test_a_tail_cut_between_any_two_lines_is_found_by_the_noted_head_alone(log: Log, by_hand: Any) -> None:
    purged = next(place for place, body in enumerate(log.bodies) if body["type"] == log_form.PURGED)
    assert purged < 5  # before it, the texts that it purged would be missing
    for line in range(purged + 1, LINES):
        harmed = log.from_here(line, [])
        with log.holding(harmed, gone=line % 100 == 8):
            found = log.fault(harmed)
            assert found, line
            assert found.startswith(f"Loggen är kortare än när huvudet antecknades: den slutar på rad {line}, "), line
            if line % 100 == 8:
                assert log.whole_fault(log.head) == found
                assert log.whole_fault(None) is None
                assert by_hand() == "Loggen har inte kvar raden som antecknades"
                assert by_hand(None) is None


def test_segments_that_are_gone_from_the_end_are_a_tail_that_is_cut(log: Log, by_hand: Any) -> None:
    hidden = [path.rename(path.with_suffix(".gone")) for path in log.paths[-3:]]
    try:
        found = log.whole_fault(log.head)
        assert found
        assert found.startswith(f"Loggen är kortare än när huvudet antecknades: den slutar på rad {log.first[-4]}, ")
        assert by_hand(texts=True) == "Loggen har inte kvar raden som antecknades"
    finally:
        for path in hidden:
            path.rename(path.with_suffix(".jsonl"))


def last(body: bytes, old: bytes, new: bytes) -> bytes:
    """With another in place of the last of what may stand in the rows too."""
    return new.join(body.rsplit(old, 1))


OTHERWISE: dict[str, Callable[[bytes], bytes]] = {
    "a space": lambda body: body.replace(b",", b", ", 1),
    "a doubled key": lambda body: last(body, b'"seq":', b'"seq":7,"seq":'),
    "a doubled key inside": lambda body: body.replace(b'"id":', b'"id":"x","id":', 1),
    "another order": lambda body: re.sub(rb'("role":"[^"]*"),("seen":\{[^}]*\})', rb"\2,\1", body),
    "another order inside": lambda body: re.sub(rb'("id":"[^"]*"),("[a-z_]+":[^],}]*)', rb"\2,\1", body, count=1),
    "an escaped letter": lambda body: body.replace(b"p-test", b"\\u0070-test", 1),
    "an escaped slash": lambda body: body.replace(b'"p-test"', b'"p\\/test"', 1),
    "a number as a float": lambda body: last(body, b'"lifecycle":2', b'"lifecycle":2.0'),
    "a number with an exponent": lambda body: last(body, b'"lifecycle":2', b'"lifecycle":1e0'),
    "a number with a sign": lambda body: last(body, b'"lifecycle":2', b'"lifecycle":-0'),
    "a number as a text": lambda body: last(body, b'"lifecycle":2', b'"lifecycle":"1"'),
    "not a number": lambda body: last(body, b'"lifecycle":2', b'"lifecycle":NaN'),
    "a truth value": lambda body: last(body, b'"v":1', b'"v":true'),
    "a field nobody knows": lambda body: last(body, b'"version":', b'"vem":null,"version":'),
    "a control character": lambda body: body.replace(b"p-test", b"p\x07test", 1),
    "half a letter": lambda body: body.replace(b"p-test", b"\\ud800", 1),
    "another stream's place": lambda body: re.sub(rb'"seq":(\d+)', rb'"seq":1\1', body),
    "another stream's hash": lambda body: re.sub(rb'"prev":"\w{4}', rb'"prev":"beef', body),
}
ROUND: dict[str, Callable[[bytes], bytes]] = {
    "a space": lambda line: line.replace(b',"log_index"', b', "log_index"'),
    "a doubled key": lambda line: line.replace(b',"log_index"', b',"log_index":7,"log_index"'),
    "another order": lambda line: re.sub(rb'("prev_line":"\w+"),("sha256":"\w+")', rb"\2,\1", line),
    "a new key": lambda line: line[:-1] + b',"z":1}',
    "a number as a float": lambda line: re.sub(rb'("log_index":\d+)', rb"\1.0", line),
    "a space at the end": lambda line: line + b" ",
    "a carriage return": lambda line: line + b"\r",
}


@pytest.mark.parametrize(
    ("body", "envelope"),
    [
        *(pytest.param(how, bytes, id=f"{name} in the body") for name, how in OTHERWISE.items()),
        *(pytest.param(bytes, how, id=f"{name} in the envelope") for name, how in ROUND.items()),
    ],
)
def test_a_line_that_cannot_be_ours_is_found_although_every_hash_is_right(
    log: Log, by_hand: Any, body: Callable[[bytes], bytes], envelope: Callable[[bytes], bytes]
) -> None:
    dice, changed = random.Random(SEED), 0
    for line in [0, LINES - 1, *dice.sample(range(1, LINES - 1), 60 if LONG else 4)]:
        written = body(canonical(log.bodies[line]))
        lines = counted_anew(log, line, written, envelope)
        if lines[0] != log.lines[line]:
            harmed, changed = log.from_here(line, lines), changed + 1
            with log.holding(harmed):
                assert is_named(log.fault(harmed), line + 1), (line, log.fault(harmed))
                assert (by_hand(None) or "").startswith(f"Rad {line + 1} ("), (line, by_hand(None))
    assert changed > 1


def test_harm_to_any_text_is_found_and_the_line_that_names_it(log: Log, by_hand: Any) -> None:
    dice = random.Random(SEED)
    named = {digest: line + 1 for line, body in enumerate(log.bodies) for digest in body["payloads"]}
    files = sorted((log.directory / PAYLOADS).rglob("*.json"))
    assert len(files) > 200
    for file in dice.sample(files, 100 if LONG else 10):
        content, line = file.read_bytes(), named[file.stem]
        changed = bytearray(content)
        changed[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        for harmed in (bytes(changed), None):
            file.unlink() if harmed is None else file.write_bytes(harmed)
            assert is_named(log.whole_fault(log.head), line)
            assert (by_hand(texts=True) or "").startswith(f"Rad {line}")
        file.write_bytes(content)


def test_a_purged_text_that_came_back_is_found(log: Log, by_hand: Any) -> None:
    line, body = next((n, body) for n, body in enumerate(log.bodies, 1) if body["type"] == log_form.PURGED)
    for digest in body["data"]["purged"]:
        file = log.directory / PAYLOADS / digest[:2] / f"{digest}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"{}")
        assert log.whole_fault(None)
        assert by_hand(None, texts=True)
        file.unlink()
    assert log.whole_fault(None) is by_hand(None, texts=True) is None
    assert line > 1


# --- a lenient verifier would not have found it -----------------------------------------------------


def never(*_: object) -> None:
    """The fast way, when it finds nothing right."""


def lenient_envelope(line: bytes) -> tuple[log_form.Envelope, bytes]:
    """What a line says, however it is written."""
    try:
        found = msgspec.convert(json.loads(line), log_form.Envelope)
        return found, canonical(found.body)
    except ValueError as error:
        raise log_form.BadLineError("oläslig") from error


def written_anew(line: bytes) -> str:
    """The hash of what a line would be if we had written it."""
    try:
        return sha256(canonical(json.loads(line)))
    except ValueError:
        return sha256(line)


def test_a_verifier_that_hashes_what_it_has_read_instead_of_the_bytes_misses_much(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pieces, "summary", never)
    monkeypatch.setattr(log_form, "envelope", lenient_envelope)
    monkeypatch.setattr(log_verifier, "sha256", written_anew)
    for kind in ("a line in other bytes", "a doubled key"):
        assert len(list(missed(log, kind, 50, SEED))) > 10
    assert list(missed(log, "a deleted line", 50, SEED)) == []


def test_a_verifier_that_does_not_ask_for_the_one_form_misses_lines_that_cannot_be_ours(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored_bytes(line: bytes) -> tuple[log_form.Envelope, bytes]:
        found, _ = lenient_envelope(line)
        return found, line[len(b'{"body":') : line.rindex(b',"log_index":')]

    monkeypatch.setattr(log_pieces, "summary", never)
    monkeypatch.setattr(log_form, "envelope", stored_bytes)
    ways = {name: OTHERWISE[name] for name in ("a space", "a doubled key", "another order", "an escaped letter")}
    for name, how in ways.items():
        harmed = log.from_here(7, counted_anew(log, 7, how(canonical(log.bodies[7]))))
        with log.holding(harmed):
            assert log.whole_fault(None) is None, name
