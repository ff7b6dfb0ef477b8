"""The exported log: what tampering is found, what a crash leaves behind and that two exporters agree."""

import copy
import json
import multiprocessing
import os
import random
import shutil
import tempfile
import tracemalloc
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from states.case_facts import CaseKind, StageRole
from states.records import GENESIS
from tests.conftest import RECORDED_AT, TODAY, make_command, settings_for
from workflow import casework, log_exporter, log_verifier, payload_store, registration, schema
from workflow.audit_journal import canonical, sha256
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError, NotFoundError
from workflow.log_exporter import LOG_NAME, PAYLOADS_NAME, line_of
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done

LONG = bool(os.environ.get("ARENDE_LONG"))
SEED = int(os.environ.get("ARENDE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
FORK = multiprocessing.get_context("fork")


def new_case(desk, rubrik="Stöd till föreningar"):
    """The id of a case that waits for its first step."""
    proposal = Proposal(body="SON", att_satser=("Nämnden beslutar.",))
    skrivelse = Skrivelse(rubrik=rubrik, recipients=("Föreningen",), proposals=(proposal,))
    way = ((desk.bodies.find("SON", TODAY), StageRole.BESLUT),)
    done = registration.register(
        desk, make_command(), NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=way)
    )
    assert isinstance(done, Done)
    return done.stream.removeprefix("case:")


def fill(desk, edits=2):
    """A case with a record of each sort: done, refused, with and without texts."""
    case = new_case(desk)
    casework.advance(desk, make_command(), case)
    casework.close(desk, make_command(), case)
    for number in range(edits):
        registration.edit(desk, make_command(reason="Skäl."), case, Edit(rubrik=f"Rubrik {number} med å, ä, ö"))
    return case


def read(directory):
    return (directory / LOG_NAME).read_bytes()


def everything(directory):
    """Path -> bytes of all that an export leaves behind, except its lock."""
    files = (path for path in directory.rglob("*") if path.is_file() and path.name != "export.lock")
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def faults(path):
    return log_verifier.verify(path).faults


@pytest.fixture(scope="module")
def exported(migrated_sqlite, tmp_path_factory):
    """A directory with a small log, its texts and its database; nobody may change it."""
    directory = tmp_path_factory.mktemp("exported")
    shutil.copy(migrated_sqlite, directory / "small.db")
    settings = settings_for("sqlite:///small.db", directory)
    connection = connect(settings.database_url)
    fill(Desk(connection, settings))
    log_exporter.export(connection, directory)
    connection.close()
    assert not faults(directory / LOG_NAME)
    return directory


@pytest.fixture
def log(exported, tmp_path):
    """A copy of the small log to do harm to."""
    shutil.copytree(exported, tmp_path / "log")
    return tmp_path / "log" / LOG_NAME


def lines_of(log):
    return log.read_bytes().splitlines(keepends=True)


def write(log, lines):
    log.write_bytes(b"".join(lines))


# --- tampering with bytes ---------------------------------------------------------------------------


def test_one_flipped_bit_at_any_byte_is_found_and_its_line_named(exported, tmp_path):
    print(f"ARENDE_SEED={SEED}")
    dice, whole, log = random.Random(SEED), read(exported), tmp_path / LOG_NAME
    flips = 0
    for place, byte in enumerate(whole):
        line = whole.count(b"\n", 0, place) + 1
        for bit in range(8) if LONG else (dice.randrange(8),):
            changed = bytearray(whole)
            changed[place] = byte ^ (1 << bit)
            log.write_bytes(changed)
            found = faults(log)
            assert found, f"bit {bit} of byte {place} (line {line}) was not found"
            assert found[0].startswith(f"Rad {line}: "), (bit, place, found)
            flips += 1
    print(f"{flips} flipped bits, {flips} found")


def test_any_deleted_line_but_the_last_is_found(log):
    lines = lines_of(log)
    for place in range(len(lines) - 1):
        write(log, lines[:place] + lines[place + 1 :])
        assert faults(log)[0].startswith(f"Rad {place + 1}: löpnumret är {place + 2}, väntat {place + 1}; ")


def test_any_two_swapped_lines_are_found(log):
    lines = lines_of(log)
    for first in range(len(lines)):
        for second in range(first + 1, len(lines)):
            swapped = list(lines)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            write(log, swapped)
            assert faults(log)[0].startswith(f"Rad {first + 1}: löpnumret är {second + 1}")


def test_any_doubled_line_is_found(log):
    lines = lines_of(log)
    for place, line in enumerate(lines):
        write(log, [*lines[: place + 1], line, *lines[place + 1 :]])
        assert faults(log)[0].startswith(f"Rad {place + 2}: löpnumret är {place + 1}")


REWRITINGS = {
    "spaces": lambda line: json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False).encode(),
    "escaped letters": lambda line: json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")).encode(),
    "another order": lambda line: json.dumps(
        dict(reversed(json.loads(line).items())), separators=(",", ":"), ensure_ascii=False
    ).encode(),
    "a space at the end": lambda line: line + b" ",
    "a carriage return": lambda line: line + b"\r",
    "a byte order mark": lambda line: b"\xef\xbb\xbf" + line,
    "UTF-16": lambda line: line.decode().encode("utf-16-le"),
    "the number as a float": lambda line: line.replace(b'"log_index":1,', b'"log_index":1.0,'),
    "the number with an exponent": lambda line: line.replace(b'"log_index":1,', b'"log_index":1e0,'),
    "a doubled key": lambda line: line.replace(b'"log_index":1,', b'"log_index":1,"log_index":1,'),
    "a doubled key inside": lambda line: line.replace(b'"seq":1,', b'"seq":1,"seq":1,'),
    "a first key that lies": lambda line: line.replace(b'"seq":1,', b'"seq":7,"seq":1,'),
    "a new key": lambda line: line[:-1] + b',"z":1}',
}


@pytest.mark.parametrize("rewrite", [pytest.param(rewrite, id=name) for name, rewrite in REWRITINGS.items()])
def test_a_line_that_says_the_same_in_other_bytes_is_found(log, rewrite):
    first, *others = lines_of(log)
    rewritten = rewrite(first[:-1])
    assert rewritten != first[:-1]
    write(log, [rewritten + b"\n", *others])
    assert faults(log)[0].startswith("Rad 1: ")


@pytest.mark.parametrize("place", [0, 2, -1])
def test_a_blank_line_is_found(log, place):
    lines = lines_of(log)
    where = place % (len(lines) + 1)
    write(log, [*lines[:where], b"\n", *lines[where:]])
    assert faults(log)[0] == f"Rad {where + 1}: raden är inte läsbar JSON."


def test_a_tail_cut_within_a_line_is_found(log):
    whole, count = log.read_bytes(), len(lines_of(log))
    last = whole.rfind(b"\n", 0, -1) + 1
    for size in range(last + 1, len(whole)):
        log.write_bytes(whole[:size])
        assert faults(log) == [f"Rad {count}: raden är avhuggen; den saknar radslut."]


def test_a_tail_cut_between_two_lines_is_not_found_by_the_file_alone_but_gives_another_count_and_head(log):
    whole, lines = log_verifier.verify(log), lines_of(log)
    for keep in range(len(lines)):
        write(log, lines[:keep])
        report = log_verifier.verify(log)
        assert report.whole
        assert (report.lines, report.head) == (keep, sha256(lines[keep - 1][:-1]) if keep else GENESIS)
        assert report.head != whole.head


def test_a_log_where_everything_is_wrong_names_the_first_lines_and_stops(log):
    write(log, [b"{}\n"] * 1000)
    found = faults(log)
    assert len(found) == log_verifier.MAX_FAULTS + 1
    assert found[-1].startswith("Fler fel följer")


def test_a_log_without_line_ends_does_not_fill_the_memory(log, monkeypatch):
    monkeypatch.setattr(log_verifier, "MAX_LINE", 1000)
    log.write_bytes(b"x" * 5000)
    assert faults(log)[0] == "Rad 1: raden är avhuggen; den saknar radslut."


def test_a_log_that_is_not_there_is_said_not_to_be(tmp_path):
    with pytest.raises(NotFoundError):
        log_verifier.verify(tmp_path / "saknas.jsonl")


def test_a_log_that_cannot_be_read_is_said_so(log, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(EnvironmentFaultError, match="kan inte läsas"):
        log_verifier.verify(log)


# --- hostile content with right hashes --------------------------------------------------------------


def forged(log, body):
    """Append a line with any body, and with every hash as it should be."""
    report = log_verifier.verify(log)
    content = canonical(body)
    line = line_of(report.lines + 1, report.head, sha256(content), content.decode())
    with log.open("ab") as file:
        file.write(line + b"\n")
    return report.lines + 1


def next_body(log):
    """The body of a record that could stand on the log's next line."""
    lines = [json.loads(line) for line in lines_of(log)]
    body = copy.deepcopy(lines[-1]["body"])
    body |= {"seq": body["seq"] + 1, "prev": lines[-1]["sha256"]}
    return body


def test_a_forged_line_that_is_right_in_everything_is_taken(log):
    forged(log, next_body(log))
    assert not faults(log)


OF_EVERY_KIND: tuple[object, ...] = (
    None,
    True,
    7,
    -1,
    1.5,
    "",
    "7",
    "text",
    [],
    [1],
    {},
    {"id": 1},
    [[]],
    [["insert"]],
    [[1, 2, 3]],
)


def test_a_record_that_lacks_a_field_or_has_one_of_the_wrong_kind_gives_a_fault(log):
    right, tried = next_body(log), 0
    before = log.read_bytes()
    for key, value in right.items():
        wrong = [kind for kind in OF_EVERY_KIND if type(kind) is not type(value)]
        for body in ({k: v for k, v in right.items() if k != key}, *({**right, key: kind} for kind in wrong)):
            log.write_bytes(before)
            number = forged(log, body)
            assert [fault[: len(f"Rad {number}: ")] for fault in faults(log)] == [f"Rad {number}: "], body
            tried += 1
    assert tried > 150


HOSTILE = {
    "a list instead of an object": lambda body: [body],
    "a text instead of an object": lambda body: "body",
    "a number instead of an object": lambda body: 7,
    "nothing instead of an object": lambda body: None,
    "an empty object": lambda body: {},
    "only a format": lambda body: {"v": 1},
    "a format of the future": lambda body: {**body, "v": 2},
    "a format that is a truth value": lambda body: {**body, "v": True},
    "a field nobody knows": lambda body: {**body, "extra": 1},
    "a number as a text": lambda body: {**body, "seq": str(body["seq"])},
    "a number as a float": lambda body: {**body, "seq": float(body["seq"])},
    "a truth value as a number": lambda body: {**body, "version": True},
    "a payload that is a number": lambda body: {**body, "payloads": [1]},
    "a payload that is a list": lambda body: {**body, "payloads": [["a"]]},
    "a payload that leads out of the directory": lambda body: {**body, "payloads": ["../../../../etc/passwd"]},
    "a payload with a newline": lambda body: {**body, "payloads": ["0" * 64 + "\n"]},
    "payloads that are a text": lambda body: {**body, "payloads": "0" * 64},
    "a change that is no list": lambda body: {**body, "changes": [1]},
    "a change that is too short": lambda body: {**body, "changes": [["insert", "cases"]]},
    "a change without a row": lambda body: {**body, "changes": [["insert", "cases", None]]},
    "a change of a row without an id": lambda body: {**body, "changes": [["insert", "cases", {}]]},
    "a change that deletes": lambda body: {**body, "changes": [["delete", "cases", {"id": "x"}]]},
    "a stream that is an object": lambda body: {**body, "stream": {}},
    "a previous hash that is none": lambda body: {**body, "prev": "x"},
    "a number that is too high": lambda body: {**body, "seq": body["seq"] + 1},
    "a number again": lambda body: {**body, "seq": body["seq"] - 1},
    "another previous hash": lambda body: {**body, "prev": "1" * 64},
    "a stream that begins in its middle": lambda body: {**body, "stream": "case:new"},
}


@pytest.mark.parametrize("harm", [pytest.param(harm, id=name) for name, harm in HOSTILE.items()])
def test_a_hostile_record_with_right_hashes_gives_a_fault_and_no_crash(log, harm):
    number = forged(log, harm(next_body(log)))
    assert faults(log)[0].startswith(f"Rad {number}: ")


HOSTILE_LINES = {
    "a list": b"[]",
    "a number": b"1",
    "a text": b'"x"',
    "null": b"null",
    "an empty object": b"{}",
    "not a number": b'{"body":NaN,"log_index":1,"prev_line":"","sha256":""}',
    "an infinite number": b'{"body":1e999,"log_index":1,"prev_line":"","sha256":""}',
    "a number of 10,000 digits": b'{"body":' + b"9" * 10_000 + b',"log_index":1,"prev_line":"","sha256":""}',
    "half a letter": b'{"body":"\\ud800","log_index":1,"prev_line":"","sha256":""}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 pairs of brackets": b"[" * 100_000 + b"]" * 100_000,
    "bytes that are no UTF-8": b"\xff\xfe\xfd",
    "zeros": b"\x00" * 100,
    "numbers as texts": b'{"body":{},"log_index":"1","prev_line":"","sha256":""}',
    "a truth value as number": b'{"body":{},"log_index":true,"prev_line":"","sha256":""}',
    "hashes of other kinds": b'{"body":{},"log_index":1,"prev_line":null,"sha256":[]}',
}


@pytest.mark.parametrize("line", [pytest.param(line, id=name) for name, line in HOSTILE_LINES.items()])
def test_a_hostile_line_gives_a_fault_and_no_crash(tmp_path, line):
    log = tmp_path / LOG_NAME
    log.write_bytes(line + b"\n")
    assert faults(log)[0].startswith("Rad 1: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=10,
)
FIELDS = [field.name for field in msgspec.structs.fields(log_verifier.Body)]


@effort(max_examples=2000 if LONG else 200, deadline=None)
@given(line=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_log_holds_it_is_answered_with_faults(line):
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory, LOG_NAME)
        log.write_bytes(line)
        assert faults(log) or not line


@effort(max_examples=5000 if LONG else 300, deadline=None)
@given(key=st.sampled_from(FIELDS), value=JSON)
def test_whatever_a_field_of_a_record_holds_it_is_answered(exported, key, value):
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory, LOG_NAME)
        shutil.copy(exported / LOG_NAME, log)
        body = next_body(log)
        try:
            number = forged(log, {**body, key: value})
        except UnicodeEncodeError:
            return  # half a letter: it cannot be written as UTF-8 at all
        report = log_verifier.verify(log)
        assert report.whole or report.faults[0].startswith(f"Rad {number}: ")
        assert report.whole <= (type(value) is type(body[key]))


# --- payloads ---------------------------------------------------------------------------------------


def payload_files(log):
    return sorted((log.parent / PAYLOADS_NAME).rglob("*.json"))


def test_one_flipped_bit_in_any_payload_is_found_and_its_record_named(log):
    for file in payload_files(log):
        content = file.read_bytes()
        for place in range(0, len(content), 1 if LONG else 7):
            file.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
            (number,) = [n for n, line in enumerate(lines_of(log), 1) if file.stem in line.decode()][:1]
            assert faults(log)[0] == f"Rad {number}: texten {file.stem[:12]}… har ändrats."
        file.write_bytes(content)
    assert not faults(log)


def test_a_missing_payload_is_counted_and_the_chain_still_holds(log):
    whole = log_verifier.verify(log)
    files = payload_files(log)
    for gone, file in enumerate(files, 1):
        file.unlink()
        report = log_verifier.verify(log)
        assert (report.whole, report.head, report.lines) == (True, whole.head, whole.lines)
        assert report.missing_payloads == gone
        assert report.payloads == whole.payloads - gone


def test_a_payload_that_cannot_be_read_is_a_fault(log, monkeypatch):
    def unreadable(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(log_verifier, "_digest", unreadable)
    assert "kan inte läsas (disken svarar med ett läs- eller skrivfel)" in faults(log)[0]


def test_a_payload_that_has_become_a_directory_is_missing(log):
    file = payload_files(log)[0]
    file.unlink()
    file.mkdir()
    assert log_verifier.verify(log).missing_payloads == 1


def test_no_text_of_a_case_stands_in_the_log_itself(log):
    texts = b"".join(file.read_bytes() for file in payload_files(log)).decode()
    assert "Rubrik 1 med å, ä, ö" in texts
    assert "Rubrik" not in log.read_text()
    assert "Föreningen" not in log.read_text()


def test_nobody_but_the_owner_can_read_the_log_or_its_texts(log, exported):
    for path in (exported / LOG_NAME, *(exported / PAYLOADS_NAME).rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


# --- the exporter -----------------------------------------------------------------------------------


def test_the_log_is_the_database_s_records_in_their_places(desk, tmp_path):
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "log")
    rows = desk.connection.run("SELECT body FROM journal ORDER BY id")
    lines = [json.loads(line) for line in lines_of(tmp_path / "log" / LOG_NAME)]
    assert [line["body"] for line in lines] == [json.loads(row["body"]) for row in rows]
    assert not faults(tmp_path / "log" / LOG_NAME)


def test_an_export_after_the_files_were_deleted_is_byte_identical(desk, tmp_path):
    for _ in range(3):
        fill(desk)
        log_exporter.export(desk.connection, tmp_path / "log")
    before = everything(tmp_path / "log")
    shutil.rmtree(tmp_path / "log")
    assert log_exporter.export(desk.connection, tmp_path / "log") == before[LOG_NAME].count(b"\n")
    assert everything(tmp_path / "log") == before


def test_a_second_export_writes_nothing(desk, tmp_path):
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "log")
    before = everything(tmp_path / "log")
    assert log_exporter.export(desk.connection, tmp_path / "log") == 0
    assert everything(tmp_path / "log") == before


def test_batches_make_no_difference(desk, tmp_path, monkeypatch):
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "one")
    monkeypatch.setattr(log_exporter, "BATCH", 2)
    log_exporter.export(desk.connection, tmp_path / "two")
    assert everything(tmp_path / "two") == everything(tmp_path / "one")


def test_a_torn_tail_of_any_length_is_mended_by_the_next_export(desk, tmp_path):
    fill(desk, edits=1)
    log_exporter.export(desk.connection, tmp_path / "log")
    log, before = tmp_path / "log" / LOG_NAME, everything(tmp_path / "log")
    whole = before[LOG_NAME]
    for size in range(0, len(whole), 1 if LONG else 41):
        log.write_bytes(whole[:size])
        log_exporter.export(desk.connection, tmp_path / "log")
        assert log.read_bytes() == whole
    assert everything(tmp_path / "log") == before


def test_a_tail_torn_after_a_line_longer_than_one_reading_is_mended(desk, tmp_path):
    """The exporter looks for the last line from the end, 64 KiB at a time."""
    case = new_case(desk)
    names = tuple(f"Mottagare {number}" for number in range(400))
    registration.edit(desk, make_command(), case, Edit(recipients=names))
    registration.edit(desk, make_command(), case, Edit(rubrik="Sist"))
    log_exporter.export(desk.connection, tmp_path / "log")
    log = tmp_path / "log" / LOG_NAME
    whole = log.read_bytes()
    assert max(len(line) for line in lines_of(log)) > 1 << 16
    for size in (len(whole) - 1, whole.rfind(b"\n", 0, -1) + 1, whole.rfind(b"\n", 0, -1), len(whole) - 70_000):
        log.write_bytes(whole[:size])
        log_exporter.export(desk.connection, tmp_path / "log")
        assert log.read_bytes() == whole


def test_short_writes_make_no_difference(desk, tmp_path, monkeypatch):
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "one")
    whole_write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, content: whole_write(descriptor, bytes(content[:100])))
        log_exporter.export(desk.connection, tmp_path / "two")
    assert everything(tmp_path / "two") == everything(tmp_path / "one")


def test_a_full_disk_leaves_a_log_that_the_next_export_mends(desk, tmp_path, monkeypatch):
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "one")
    whole_write, room = os.write, [1000]

    def until_full(descriptor, content):
        if not room[0]:
            raise OSError(28, "No space left on device")
        written = whole_write(descriptor, bytes(content[: room[0]]))
        room[0] -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", until_full)
        with pytest.raises(EnvironmentFaultError, match="disken är full"):
            log_exporter.export(desk.connection, tmp_path / "two")
    assert len(read(tmp_path / "two")) == 1000
    log_exporter.export(desk.connection, tmp_path / "two")
    assert everything(tmp_path / "two") == everything(tmp_path / "one")


def test_what_a_killed_exporter_left_of_a_text_is_written_over(desk, tmp_path):
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "one")
    for file in payload_files(tmp_path / "one" / LOG_NAME):
        half = tmp_path / "two" / file.relative_to(tmp_path / "one")
        half.parent.mkdir(parents=True, exist_ok=True)
        half.with_name(f"{half.name}.tmp").write_bytes(b"half")
    log_exporter.export(desk.connection, tmp_path / "two")
    assert everything(tmp_path / "two") == everything(tmp_path / "one")


CHANGED_LAST_LINES = {
    "another text": lambda line: line.replace(b'"p-test"', b'"p-annan"'),
    "no line of ours": lambda line: b'{"event":"hello"}',
    "no JSON": lambda line: b"hello",
    "a list": lambda line: b"[]",
    "a place that is a text": lambda line: b'{"log_index":"1"}',
    "a place beyond all numbers": lambda line: b'{"log_index":99999999999999999999999999}',
    "a place not yet given": lambda line: line.replace(b'"log_index":', b'"log_index":9'),
}


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in CHANGED_LAST_LINES.items()])
def test_an_export_never_goes_on_after_a_line_the_database_does_not_know(desk, tmp_path, change):
    case = fill(desk)
    log_exporter.export(desk.connection, tmp_path / "log")
    log = tmp_path / "log" / LOG_NAME
    *lines, last = lines_of(log)
    write(log, [*lines, change(last[:-1]) + b"\n"])
    before = log.read_bytes()
    registration.edit(desk, make_command(), case, Edit(rubrik="Ny"))
    with pytest.raises(EnvironmentFaultError, match="är inte den som databasen har"):
        log_exporter.export(desk.connection, tmp_path / "log")
    assert log.read_bytes() == before


def test_an_export_never_goes_on_from_a_database_older_than_its_log(desk, tmp_path):
    """A log from after the backup that the database was restored from."""
    settings = settings_for(f"sqlite:///{tmp_path / 'restored.db'}", tmp_path)
    schema.upgrade(settings, make_command())
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "log")
    before = read(tmp_path / "log")
    restored = connect(settings.database_url)
    try:
        with pytest.raises(EnvironmentFaultError, match="är inte den som databasen har"):
            log_exporter.export(restored, tmp_path / "log")
    finally:
        restored.close()
    assert read(tmp_path / "log") == before


def test_a_place_given_by_another_host_meanwhile_waits_for_its_texts(desk, tmp_path, monkeypatch):
    fill(desk)
    export_payloads, ours = payload_store.export, tmp_path / "ours"

    def another_host_comes_between(connection, directory, after):
        export_payloads(connection, directory, after)
        monkeypatch.setattr(payload_store, "export", export_payloads)
        new_case(desk)
        log_exporter.export(connection, tmp_path / "theirs")

    monkeypatch.setattr(payload_store, "export", another_host_comes_between)
    log_exporter.export(desk.connection, ours)
    assert log_verifier.verify(ours / LOG_NAME).missing_payloads == 0
    log_exporter.export(desk.connection, ours)
    assert everything(ours) == everything(tmp_path / "theirs")


# --- several at once --------------------------------------------------------------------------------


def clerk_at_work(settings, times):
    """A process that registers and edits."""
    connection = connect(settings.database_url)
    for number in range(times):
        fill(Desk(connection, settings), edits=number % 3)
    connection.close()


def exporter_at_work(settings, directory, stop):
    """A process that brings a log up to date until told to stop, and once more."""
    connection = connect(settings.database_url)
    while not stop.is_set():
        log_exporter.export(connection, directory)
    log_exporter.export(connection, directory)
    connection.close()


def at_work(settings, directories, clerks=2, times=10):
    """Clerks who write while exporters write out, one process for each directory named."""
    stop = FORK.Event()
    working = [FORK.Process(target=clerk_at_work, args=(settings, times)) for _ in range(clerks)]
    exporting = [FORK.Process(target=exporter_at_work, args=(settings, directory, stop)) for directory in directories]
    for process in (*exporting, *working):
        process.start()
    for process in working:
        process.join()
    stop.set()
    for process in exporting:
        process.join()
    codes = [process.exitcode for process in (*exporting, *working)]
    for process in (*exporting, *working):
        process.close()
    assert codes == [0] * len(codes)


def exported_again(settings, directory):
    connection = connect(settings.database_url)
    try:
        log_exporter.export(connection, directory)
    finally:
        connection.close()
    return everything(directory)


def test_three_exporters_at_once_in_one_directory_write_what_one_would_have_written(settings, tmp_path):
    schema.upgrade(settings, make_command())
    at_work(settings, [tmp_path / "log"] * 3)
    report = log_verifier.verify(tmp_path / "log" / LOG_NAME)
    assert (report.faults, report.missing_payloads) == ([], 0)
    assert report.lines > 70
    assert everything(tmp_path / "log") == exported_again(settings, tmp_path / "again")


def test_three_hosts_on_one_postgresql_server_write_identical_logs(postgres_server, tmp_path):
    settings = settings_for(postgres_server.new_schema(), tmp_path)
    schema.upgrade(settings, make_command())
    hosts = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    at_work(settings, hosts, times=20)
    expected = exported_again(settings, tmp_path / "again")
    assert expected[LOG_NAME].count(b"\n") > 140
    for host in hosts:
        report = log_verifier.verify(host / LOG_NAME)
        assert (report.faults, report.missing_payloads) == ([], 0)
        assert everything(host) == expected


# --- size -------------------------------------------------------------------------------------------


def long_log(path, lines, streams=50):
    """A log of many lines in a few streams, made without a database."""
    previous, heads = GENESIS, dict[int, tuple[int, str]]()
    with path.open("wb") as file:
        for index in range(1, lines + 1):
            seq, prev = heads.get(index % streams, (0, GENESIS))
            body = {
                "actor": "p-test",
                "changes": [["update", "cases", {"id": f"c{index % streams}", "version": seq + 1}]],
                "command_id": f"{index}",
                "config": "0" * 64,
                "data": {"verb": "advance"},
                "event_date": (TODAY + timedelta(days=index % 300)).isoformat(),
                "lifecycle": 1,
                "payloads": [],
                "prev": prev,
                "recorded_at": RECORDED_AT.isoformat(),
                "role": "registrator",
                "seen": {},
                "seq": seq + 1,
                "stream": f"case:c{index % streams}",
                "type": "case.advanced",
                "v": 1,
                "version": seq + 1,
            }
            content = canonical(body)
            heads[index % streams] = (seq + 1, sha256(content))
            line = line_of(index, previous, sha256(content), content.decode())
            previous = sha256(line)
            file.write(line + b"\n")
    return previous


def test_verifying_a_long_log_takes_no_more_memory_than_a_short_one(tmp_path):
    lines = 200_000 if LONG else 20_000
    head = long_log(tmp_path / LOG_NAME, lines)
    tracemalloc.start()
    try:
        report = log_verifier.verify(tmp_path / LOG_NAME)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size = (tmp_path / LOG_NAME).stat().st_size
    print(f"{lines} lines, {size:,} bytes, {peak:,} bytes of memory at most")
    assert (report.faults, report.lines, report.head) == ([], lines, head)
    assert peak < 1 << 20
    assert size > 10 * (1 << 20)
