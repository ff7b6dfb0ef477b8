"""The exported log: what is found wrong in it, what a crash leaves behind and that two exporters agree."""

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
from workflow import (
    casework,
    log_exporter,
    log_files,
    log_form,
    log_pieces,
    log_verifier,
    registration,
    schema,
)
from workflow.audit_journal import canonical, sha256
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError, NotFoundError, UsageError, VerificationFailedError
from workflow.log_files import PAYLOADS, line_of, segments
from workflow.log_verifier import Head
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done

LOG_NAME = "arendegang-2026-01-001.jsonl"
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


def file_of(directory):
    """The log's only segment."""
    (file,) = segments(directory)
    return file


def read(directory):
    """The bytes of a log, whatever segments it is in."""
    return b"".join(path.read_bytes() for path in segments(directory))


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
    assert not faults(directory)
    return directory


@pytest.fixture
def log(exported, tmp_path):
    """A copy of the small log to do harm to."""
    shutil.copytree(exported, tmp_path / "log")
    return file_of(tmp_path / "log")


def lines_of(log):
    return log.read_bytes().splitlines(keepends=True)


def write(log, lines):
    log.write_bytes(b"".join(lines))


# --- tampering with bytes ---------------------------------------------------------------------------


def test_one_flipped_bit_anywhere_is_found_and_its_line_named(exported, tmp_path):
    print(f"ARENDE_SEED={SEED}")
    dice, whole, flips = random.Random(SEED), read(exported), 0
    (tmp_path / LOG_NAME).write_bytes(whole)
    with (tmp_path / LOG_NAME).open("r+b", buffering=0) as log:
        for place in range(dice.randrange(5), len(whole), 1 if LONG else 5):
            byte, line = whole[place], whole.count(b"\n", 0, place) + 1
            for bit in range(8) if LONG else (dice.randrange(8),):
                os.pwrite(log.fileno(), bytes([byte ^ (1 << bit)]), place)
                found = faults(tmp_path)
                assert found, f"bit {bit} of byte {place} (line {line}) was not found"
                assert found[0].startswith(f"Rad {line}: "), (bit, place, found)
                flips += 1
            os.pwrite(log.fileno(), bytes([byte]), place)
    print(f"{flips} flipped bits, {flips} found")


def test_any_deleted_line_but_the_last_is_found(log):
    lines = lines_of(log)
    for place in range(len(lines) - 1):
        write(log, lines[:place] + lines[place + 1 :])
        assert faults(log.parent)[0].startswith(f"Rad {place + 1}: löpnumret är {place + 2}, väntat {place + 1}; ")


def test_any_two_swapped_lines_are_found(log):
    lines = lines_of(log)
    for first in range(len(lines)):
        for second in range(first + 1, len(lines)):
            swapped = list(lines)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            write(log, swapped)
            assert faults(log.parent)[0].startswith(f"Rad {first + 1}: löpnumret är {second + 1}")


def test_any_doubled_line_is_found(log):
    lines = lines_of(log)
    for place, line in enumerate(lines):
        write(log, [*lines[: place + 1], line, *lines[place + 1 :]])
        assert faults(log.parent)[0].startswith(f"Rad {place + 2}: löpnumret är {place + 1}")


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
    assert faults(log.parent)[0].startswith("Rad 1: ")


@pytest.mark.parametrize("place", [0, 2, -1])
def test_a_blank_line_is_found(log, place):
    lines = lines_of(log)
    where = place % (len(lines) + 1)
    write(log, [*lines[:where], b"\n", *lines[where:]])
    assert faults(log.parent)[0] == f"Rad {where + 1}: raden är inte läsbar JSON."


def test_a_tail_cut_within_a_line_is_found(log):
    whole, count = log.read_bytes(), len(lines_of(log))
    last = whole.rfind(b"\n", 0, -1) + 1
    for size in range(last + 1, len(whole)):
        log.write_bytes(whole[:size])
        assert faults(log.parent) == [f"Rad {count}: raden är avhuggen; den saknar radslut."]


def test_a_tail_cut_between_two_lines_is_not_found_by_the_file_alone_but_gives_another_count_and_head(log):
    whole, lines = log_verifier.verify(log.parent), lines_of(log)
    for keep in range(len(lines)):
        write(log, lines[:keep])
        report = log_verifier.verify(log.parent)
        assert report.whole
        assert (report.lines, report.head) == (keep, sha256(lines[keep - 1][:-1]) if keep else GENESIS)
        assert report.head != whole.head


def test_a_log_where_everything_is_wrong_names_the_first_lines_and_stops(log):
    write(log, [b"{}\n"] * 1000)
    found = faults(log.parent)
    assert len(found) == log_verifier.MAX_FAULTS + 1
    assert found[-1].startswith("Fler fel följer")


def test_a_log_without_line_ends_does_not_fill_the_memory(log, monkeypatch):
    monkeypatch.setattr(log_pieces, "MAX_LINE", 1000)
    monkeypatch.setattr(log_pieces, "SIZE", 1000)
    log.write_bytes(b"x" * 50_000)
    read, content = [], log_pieces.content

    def noted(piece):
        read.append(piece.end - piece.start)
        return content(piece)

    monkeypatch.setattr(log_pieces, "content", noted)
    assert faults(log.parent)[0] == "Rad 1: raden är avhuggen; den saknar radslut."
    assert 0 < max(read) <= 2000


def test_a_log_that_is_not_there_is_said_not_to_be(tmp_path):
    with pytest.raises(NotFoundError):
        log_verifier.verify(tmp_path / "saknas.jsonl")


def test_a_log_that_cannot_be_read_is_said_so(log, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(EnvironmentFaultError, match="kan inte läsas"):
        log_verifier.verify(log.parent)


# --- hostile content with right hashes --------------------------------------------------------------


def forged(log, body):
    """Append a line with any body, and with every hash as it should be."""
    report = log_verifier.verify(log.parent)
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
    assert not faults(log.parent)


def test_a_record_may_delete_rows(log):
    forged(log, {**next_body(log), "changes": [["delete", "case_number", {"id": "x"}]]})
    assert not faults(log.parent)


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
            assert [fault[: len(f"Rad {number}: ")] for fault in faults(log.parent)] == [f"Rad {number}: "], body
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
    "a change that does something else": lambda body: {**body, "changes": [["replace", "cases", {"id": "x"}]]},
    "a purge that names nothing": lambda body: {**body, "type": "case.purged", "data": {}},
    "a purge that leads out of the directory": lambda body: {
        **body,
        "type": "case.purged",
        "data": {"purged": ["../../../etc/passwd"]},
    },
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
    assert faults(log.parent)[0].startswith(f"Rad {number}: ")


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
    assert faults(log.parent)[0].startswith("Rad 1: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=10,
)
FIELDS = [field.name for field in msgspec.structs.fields(log_form.Body)]


@effort(max_examples=2000 if LONG else 200, deadline=None)
@given(line=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_log_holds_it_is_answered_with_faults(line):
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory, LOG_NAME)
        log.write_bytes(line)
        assert faults(log.parent) or not line


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
        report = log_verifier.verify(log.parent)
        assert report.whole or report.faults[0].startswith(f"Rad {number}: ")
        assert report.whole <= (type(value) is type(body[key]))


# --- payloads ---------------------------------------------------------------------------------------


def payload_files(log):
    return sorted((log.parent / PAYLOADS).rglob("*.json"))


def test_one_flipped_bit_in_any_payload_is_found_and_its_record_named(log):
    for file in payload_files(log):
        content = file.read_bytes()
        for place in range(0, len(content), 1 if LONG else 7):
            file.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
            (number,) = [n for n, line in enumerate(lines_of(log), 1) if file.stem in line.decode()][:1]
            assert faults(log.parent)[0] == f"Rad {number}: texten {file.stem[:12]}… har ändrats."
        file.write_bytes(content)
    assert not faults(log.parent)


def line_naming(log, digest):
    """The number of the first line that names a text."""
    return next(number for number, line in enumerate(lines_of(log), 1) if digest in line.decode())


def test_a_missing_payload_is_a_fault_and_its_record_is_named(log):
    whole, files = log_verifier.verify(log.parent), payload_files(log)
    named = {file.stem: line_naming(log, file.stem) for file in files}
    for gone, file in enumerate(files, 1):
        file.unlink()
        report = log_verifier.verify(log.parent)
        assert (report.head, report.lines) == (whole.head, whole.lines)
        assert report.missing_payloads == len(report.faults) == gone
        assert report.payloads == whole.payloads - gone
        told = f"texten {file.stem[:12]}… finns inte, och ingen senare post säger att den är gallrad."
        assert f"Rad {named[file.stem]}: {told}" in report.faults


def purge(log, *digests):
    """Append the record of a purge to a log."""
    return forged(log, {**next_body(log), "type": "case.purged", "payloads": [], "data": {"purged": list(digests)}})


def test_a_text_that_was_purged_by_decision_may_be_gone(log):
    first, second, *_ = payload_files(log)
    first.unlink()
    purge(log, first.stem)
    report = log_verifier.verify(log.parent)
    assert (report.faults, report.missing_payloads, report.purged_payloads) == ([], 0, 1)
    second.unlink()
    number = line_naming(log, second.stem)
    assert faults(log.parent)[0].startswith(f"Rad {number}: texten {second.stem[:12]}… finns inte")


def test_a_purged_text_whose_file_is_still_there_is_a_fault(log):
    file = payload_files(log)[0]
    number = purge(log, file.stem)
    assert faults(log.parent) == [
        f"Rad {number}: texten {file.stem[:12]}… är gallrad enligt posten, men filen finns kvar."
    ]


def test_a_text_purged_before_it_was_named_is_missing_all_the_same(log):
    purge(log, "a" * 64)
    number = forged(log, {**next_body(log), "type": "case.edited", "data": {}, "payloads": ["a" * 64]})
    assert faults(log.parent)[0].startswith(f"Rad {number}: texten aaaaaaaaaaaa… finns inte")


def test_a_log_whose_texts_did_not_come_along_is_whole_and_says_how_many_were_not_checked(log):
    count = len(payload_files(log))
    purged = payload_files(log)[0].stem
    shutil.rmtree(log.parent / PAYLOADS)
    report = log_verifier.verify(log.parent)
    assert (report.whole, report.payloads, report.missing_payloads) == (True, 0, 0)
    assert report.unchecked_payloads == count
    purge(log, purged)
    report = log_verifier.verify(log.parent)
    assert (report.whole, report.unchecked_payloads, report.purged_payloads) == (True, count - 1, 1)


def test_a_payload_that_cannot_be_read_is_a_fault(log, monkeypatch):
    def unreadable(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(log_pieces, "text_hash", unreadable)
    assert "kan inte läsas (disken svarar med ett läs- eller skrivfel)" in faults(log.parent)[0]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a directory", "a pipe"])
def test_a_payload_that_has_become_something_else_is_missing(log, make):
    file = payload_files(log)[0]
    file.unlink()
    make(file)
    assert log_verifier.verify(log.parent).missing_payloads == 1


def test_no_text_of_a_case_stands_in_the_log_itself(log):
    texts = b"".join(file.read_bytes() for file in payload_files(log)).decode()
    assert "Rubrik 1 med å, ä, ö" in texts
    assert "Rubrik" not in log.read_text()
    assert "Föreningen" not in log.read_text()


def test_nobody_but_the_owner_can_read_the_log_or_its_texts(log, exported):
    for path in (file_of(exported), *(exported / PAYLOADS).rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


# --- the exporter -----------------------------------------------------------------------------------


def test_the_log_is_the_database_s_records_in_their_places(desk, tmp_path):
    fill(desk)
    log_exporter.export(desk.connection, tmp_path / "log")
    rows = desk.connection.run("SELECT body FROM journal ORDER BY id")
    lines = [json.loads(line) for line in lines_of(file_of(tmp_path / "log"))]
    assert [line["body"] for line in lines] == [json.loads(row["body"]) for row in rows]
    assert not faults(tmp_path / "log")


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
    log = file_of(tmp_path / "log")
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
    for file in payload_files(file_of(tmp_path / "one")):
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
    log = file_of(tmp_path / "log")
    *lines, last = lines_of(log)
    write(log, [*lines, change(last[:-1]) + b"\n"])
    before = log.read_bytes()
    registration.edit(desk, make_command(), case, Edit(rubrik="Ny"))
    with pytest.raises(VerificationFailedError, match="Inget mer skrevs i loggen"):
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
        with pytest.raises(VerificationFailedError, match="Inget mer skrevs i loggen"):
            log_exporter.export(restored, tmp_path / "log")
    finally:
        restored.close()
    assert read(tmp_path / "log") == before


def test_a_place_given_by_another_host_meanwhile_gets_its_texts_too(desk, tmp_path, monkeypatch):
    fill(desk)
    give_places, ours = log_exporter._give_places, tmp_path / "ours"

    def another_host_comes_between(connection, most):
        give_places(connection, most)
        monkeypatch.setattr(log_exporter, "_give_places", give_places)
        new_case(desk)
        log_exporter.export(connection, tmp_path / "theirs")

    monkeypatch.setattr(log_exporter, "_give_places", another_host_comes_between)
    log_exporter.export(desk.connection, ours)
    assert faults(ours) == []
    assert everything(ours) == everything(tmp_path / "theirs")


# --- segments ---------------------------------------------------------------------------------------

SMALL = 3000
"""Bytes of a segment, for a log in many."""


def modes(directory):
    return [oct(path.stat().st_mode & 0o777) for path in segments(directory)]


def test_a_log_in_many_segments_is_one_log(desk, tmp_path):
    fill(desk, edits=9)
    log_exporter.export(desk.connection, tmp_path / "log", SMALL)
    found = segments(tmp_path / "log")
    assert [path.name for path in found] == [f"arendegang-2026-01-{n:03}.jsonl" for n in range(1, len(found) + 1)]
    assert len(found) > 4
    for path in found:
        assert path.stat().st_size <= SMALL or len(lines_of(path)) == 1
    lines = read(tmp_path / "log").splitlines()
    assert [json.loads(line)["log_index"] for line in lines] == list(range(1, len(lines) + 1))
    report = log_verifier.verify(tmp_path / "log")
    assert (report.faults, report.lines, report.head) == ([], len(lines), sha256(lines[-1]))


def in_month(month):
    return msgspec.structs.replace(make_command(), recorded_at=RECORDED_AT.replace(month=month))


def test_a_new_month_begins_a_new_segment_and_a_clock_set_back_begins_none(desk, tmp_path):
    case = new_case(desk)
    for month in (2, 2, 3, 1, 3, 5):
        registration.edit(desk, in_month(month), case, Edit(rubrik=f"I månad {month}"))
        log_exporter.export(desk.connection, tmp_path / "log")
    found = segments(tmp_path / "log")
    assert [path.name[11:18] for path in found] == ["2026-01", "2026-02", "2026-03", "2026-05"]
    assert [len(lines_of(path)) for path in found] == [2, 2, 3, 1]
    assert faults(tmp_path / "log") == []


def test_nothing_is_added_to_a_closed_segment_and_nobody_may(desk, tmp_path):
    case = fill(desk, edits=5)
    log_exporter.export(desk.connection, tmp_path / "log", SMALL)
    assert set(modes(tmp_path / "log")[:-1]) == {"0o400"}
    assert modes(tmp_path / "log")[-1] == "0o600"
    *closed, last = segments(tmp_path / "log")
    before = [path.read_bytes() for path in closed]
    for number in range(9):
        registration.edit(desk, make_command(), case, Edit(rubrik=f"Ny {number}"))
        log_exporter.export(desk.connection, tmp_path / "log", SMALL)
    assert [path.read_bytes() for path in closed] == before
    assert last not in segments(tmp_path / "log")[-1:]
    assert set(modes(tmp_path / "log")[:-1]) == {"0o400"}


def test_a_segment_lost_in_the_middle_is_the_gap_it_is_and_is_made_again_byte_for_byte(desk, tmp_path):
    fill(desk, edits=12)
    log_exporter.export(desk.connection, tmp_path / "log", SMALL)
    before, found = everything(tmp_path / "log"), segments(tmp_path / "log")
    for place, lost in enumerate(found[:-1]):
        gone = [json.loads(line)["log_index"] for line in lines_of(lost)]
        lost.unlink()
        told = f"löpnumret är {gone[-1] + 1}, väntat {gone[0]}; "
        assert faults(tmp_path / "log")[0].startswith(f"Rad {gone[0]} ({found[place + 1].name}, rad 1): {told}")
        assert log_exporter.export_all(desk.connection, tmp_path / "log", SMALL).segments == 1
        assert everything(tmp_path / "log") == before
        assert set(modes(tmp_path / "log")[:-1]) == {"0o400"}


def test_a_log_that_lost_its_first_segment_is_not_whole(desk, tmp_path):
    fill(desk, edits=5)
    log_exporter.export(desk.connection, tmp_path / "log", SMALL)
    first, second, *_ = segments(tmp_path / "log")
    count = len(lines_of(first))
    first.unlink()
    told = f"löpnumret är {count + 1}, väntat 1; "
    assert faults(tmp_path / "log")[0].startswith(f"Rad 1 ({second.name}, rad 1): {told}")


def test_a_torn_tail_in_the_last_of_several_segments_is_mended(desk, tmp_path):
    fill(desk, edits=5)
    log_exporter.export(desk.connection, tmp_path / "log", SMALL)
    before = everything(tmp_path / "log")
    *_, last = segments(tmp_path / "log")
    whole = last.read_bytes()
    for size in range(0, len(whole), 1 if LONG else 97):
        os.truncate(last, size)
        log_exporter.export(desk.connection, tmp_path / "log", SMALL)
        assert everything(tmp_path / "log") == before


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it is run."""


def test_an_exporter_killed_between_or_within_segments_leaves_what_the_next_one_goes_on_from(
    desk, tmp_path, monkeypatch
):
    fill(desk, edits=9)
    log_exporter.export(desk.connection, tmp_path / "whole", SMALL)
    expected, append = everything(tmp_path / "whole"), log_exporter._append
    for written in range(len(segments(tmp_path / "whole"))):
        for more in (0, 1, 700):
            log, left = tmp_path / f"killed-{written}-{more}", [written]

            def until_killed(directory, segment, content, more=more, left=left):
                if not left[0]:
                    append(directory, segment, content[:more])
                    raise Killed
                append(directory, segment, content)
                left[0] -= 1

            with monkeypatch.context() as patch:
                patch.setattr(log_exporter, "_append", until_killed)
                with pytest.raises(Killed):
                    log_exporter.export(desk.connection, log, SMALL)
            assert len(segments(log)) == written + 1
            log_exporter.export(desk.connection, log, SMALL)
            assert everything(log) == expected
            assert faults(log) == []
            assert modes(log) == modes(tmp_path / "whole")


@pytest.fixture
def segmented(desk, tmp_path):
    """The directory of a log in many segments."""
    fill(desk, edits=9)
    fill(desk, edits=3)
    log_exporter.export(desk.connection, tmp_path / "log", SMALL)
    return tmp_path / "log"


def test_any_segment_lifted_out_alone_is_verified_from_where_it_begins(segmented, tmp_path):
    whole, before = log_verifier.verify(segmented), 0
    for path in segments(segmented):
        copied = tmp_path / "utdrag.jsonl"
        shutil.copyfile(path, copied)
        report, count = log_verifier.verify(copied), len(lines_of(path))
        assert (report.faults, report.first, report.lines) == ([], before + 1, count)
        assert report.log_index == before + count
        before += count
    assert report.head == whole.head


def test_a_changed_line_in_a_segment_lifted_out_is_named_by_its_number_in_the_log_and_in_the_file(segmented, tmp_path):
    path = segments(segmented)[3]
    lines, first = lines_of(path), json.loads(lines_of(path)[0])["log_index"]
    assert first > 1
    for place, line in enumerate(lines):
        write(tmp_path / "utdrag.jsonl", [*lines[:place], line.replace(b'"v":1,', b'"v":7,'), *lines[place + 1 :]])
        found = faults(tmp_path / "utdrag.jsonl")
        assert found[0].startswith(f"Rad {first + place} (rad {place + 1} i filen): innehållet stämmer inte")


def test_a_line_of_the_middle_made_to_look_like_the_first_is_not_taken_for_it(segmented, tmp_path):
    first = json.loads(lines_of(segments(segmented)[0])[0])
    body = canonical(first["body"]).decode()
    write(tmp_path / "utdrag.jsonl", [line_of(7, GENESIS, first["sha256"], body) + b"\n"])
    assert faults(tmp_path / "utdrag.jsonl")[0].startswith("Rad 1: löpnumret är 7, väntat 1; ")


def test_the_texts_of_a_segment_read_alone_may_be_purged_by_a_later_one(segmented):
    _, second, *_, last = segments(segmented)
    for path in (second, last):
        named = [digest for line in lines_of(path) for digest in json.loads(line)["body"]["payloads"]]
        assert named
        (gone,) = (segmented / PAYLOADS).rglob(f"{named[0]}.json")
        gone.unlink()
        report = log_verifier.verify(path)
        assert (report.missing_payloads, report.whole) == (1, path == second)
    assert len(faults(segmented)) == 2


def test_one_fault_is_told_once_and_what_follows_is_still_verified(segmented):
    """A lost line hides something of its stream; that is not another fault each time the stream goes on."""
    path = segments(segmented)[1]
    lines = lines_of(path)
    path.chmod(0o600)
    write(path, lines[1:])
    report = log_verifier.verify(segmented)
    assert len(report.faults) == 1
    last = segments(segmented)[-1]
    last.write_bytes(last.read_bytes().replace(b'"v":1,', b'"v":2,', 1))
    assert len(faults(segmented)) == 3  # the line, and the one whose chain it breaks


# --- the head that was noted ------------------------------------------------------------------------


def test_a_log_holds_every_head_it_has_had(segmented):
    for number, line in enumerate(read(segmented).splitlines(), 1):
        assert log_verifier.verify(segmented, Head(number, sha256(line))).whole
    assert log_verifier.verify(segmented, Head(0, GENESIS)).whole


def test_a_log_cut_at_a_line_s_end_is_found_by_its_head_and_by_nothing_else(segmented):
    whole = log_verifier.verify(segmented)
    *_, last = segments(segmented)
    lines = lines_of(last)
    for keep in range(len(lines)):
        write(last, lines[:keep])
        report = log_verifier.verify(segmented)
        assert report.whole
        (told,) = log_verifier.verify(segmented, Head(whole.log_index, whole.head)).faults
        assert told.startswith(f"Loggen är kortare än när huvudet antecknades: den slutar på rad {report.log_index}, ")


def test_a_log_with_another_line_in_the_head_s_place_is_found(segmented):
    lines = read(segmented).splitlines()
    (told,) = log_verifier.verify(segmented, Head(3, sha256(lines[3]))).faults
    assert told == "Rad 3 är inte den som antecknades; loggen har skrivits om efteråt."


def test_a_head_is_held_against_a_segment_lifted_out_as_far_as_it_reaches(segmented, tmp_path):
    shutil.copyfile(segments(segmented)[2], tmp_path / "utdrag.jsonl")
    lines = read(segmented).splitlines()
    report = log_verifier.verify(tmp_path / "utdrag.jsonl")
    heads = {number: Head(number, sha256(lines[number - 1])) for number in range(1, len(lines) + 1)}
    for number, head in heads.items():
        found = log_verifier.verify(tmp_path / "utdrag.jsonl", head)
        assert found.whole == (report.first - 1 <= number <= report.log_index)
    told = log_verifier.verify(tmp_path / "utdrag.jsonl", heads[1]).faults
    assert told == [f"Huvudet gäller rad 1, men det som lästes börjar på rad {report.first}."]


def test_a_head_is_read_as_a_line_or_as_the_answer_of_a_verification(segmented, tmp_path):
    report, file = log_verifier.verify(segmented), tmp_path / "huvud"
    head = Head(report.log_index, report.head)
    for text in (
        f"{report.log_index} {report.head}",
        f"  {report.log_index}\t{report.head}\n",
        json.dumps(log_verifier.as_view(report)),
        json.dumps(log_verifier.as_view(report), indent=2) + "\n",
    ):
        file.write_text(text, encoding="utf-8")
        assert log_verifier.saved_head(file) == head


@pytest.mark.parametrize(
    "text",
    ["", "7", "sju " + "a" * 64, "-1 " + "a" * 64, "7 abc", "7 " + "A" * 64, "1 2 3", "{}", "{", '{"head": 7}', "[]"],
)
def test_what_is_no_head_is_refused(tmp_path, text):
    (tmp_path / "huvud").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="inget antecknat huvud"):
        log_verifier.saved_head(tmp_path / "huvud")


def test_bytes_that_are_no_text_are_no_head(tmp_path):
    (tmp_path / "huvud").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="inget antecknat huvud"):
        log_verifier.saved_head(tmp_path / "huvud")
    with pytest.raises(UsageError, match="kan inte läsas"):
        log_verifier.saved_head(tmp_path / "finns-inte")


# --- several at once --------------------------------------------------------------------------------


def clerk_at_work(settings, times):
    """A process that registers and edits."""
    connection = connect(settings.database_url)
    for number in range(times):
        fill(Desk(connection, settings), edits=number % 3)
    connection.close()


def exporter_at_work(settings, directory, stop, most):
    """A process that brings a log up to date until told to stop, and once more."""
    connection = connect(settings.database_url)
    while not stop.is_set():
        log_exporter.export(connection, directory, most)
    log_exporter.export(connection, directory, most)
    connection.close()


def at_work(settings, directories, clerks=2, times=10, most=log_files.SEGMENT_SIZE):
    """Clerks who write while exporters write out, one process for each directory named."""
    stop = FORK.Event()
    working = [FORK.Process(target=clerk_at_work, args=(settings, times)) for _ in range(clerks)]
    exporting = [FORK.Process(target=exporter_at_work, args=(settings, to, stop, most)) for to in directories]
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


@pytest.mark.parametrize("most", [log_files.SEGMENT_SIZE, 20_000], ids=["one segment", "many segments"])
def test_three_exporters_at_once_in_one_directory_write_what_one_would_have_written(settings, tmp_path, most):
    schema.upgrade(settings, make_command())
    at_work(settings, [tmp_path / "log"] * 3, most=most)
    report = log_verifier.verify(tmp_path / "log")
    assert (report.faults, report.missing_payloads) == ([], 0)
    assert report.lines > 70
    assert (len(segments(tmp_path / "log")) > 3) == (most == 20_000)
    assert everything(tmp_path / "log") == exported_again(settings, tmp_path / "again")


@pytest.mark.parametrize("most", [log_files.SEGMENT_SIZE, 20_000], ids=["one segment", "many segments"])
def test_three_hosts_on_one_postgresql_server_write_identical_logs(postgres_server, tmp_path, most):
    settings = settings_for(postgres_server.new_schema(), tmp_path)
    schema.upgrade(settings, make_command())
    hosts = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    at_work(settings, hosts, times=20, most=most)
    expected = exported_again(settings, tmp_path / "again")
    assert read(tmp_path / "again").count(b"\n") > 140
    assert (len(segments(tmp_path / "again")) > 6) == (most == 20_000)
    for host in hosts:
        report = log_verifier.verify(host)
        assert (report.faults, report.missing_payloads) == ([], 0)
        assert everything(host) == expected
        assert set(modes(host)[:-1]) <= {"0o400"}


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
