"""The store of documents: one file for each content, whole or not there, and never another."""

import hashlib
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workflow import document_store
from workflow.document_store import LARGEST, Kept
from workflow.errors import EnvironmentFaultError, NotFoundError, VerificationFailedError

PROJECT = Path(__file__).parent.parent.parent
DATA = "Tjänsteskrivelse om lekplatsen".encode()
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "dokument"


def files(store: Path) -> list[Path]:
    return sorted(path for path in store.rglob("*") if path.is_file() and path.name != document_store.LOCK)


def writer(store: Path, *contents: str) -> subprocess.Popen[str]:
    """A process of its own that keeps contents, such as `300*å`, as soon as a file `go` is there."""
    script = (
        "import sys, time, pathlib; from workflow import document_store\n"
        "store = pathlib.Path(sys.argv[1])\n"
        "parts = [content.split('*') for content in sys.argv[2:]]\n"
        "print('redo', flush=True)\n"
        "while not store.with_name('go').exists(): time.sleep(0.001)\n"
        "for times, letter in parts: print(document_store.keep(store, (letter * int(times)).encode()), flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", script, str(store), *contents]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert started.stdout
    assert started.stdout.readline() == "redo\n"
    return started


def test_a_kept_document_is_read_as_it_was_and_lies_by_its_hash(store):
    assert document_store.keep(store, DATA) == SHA256
    assert document_store.read(store, SHA256) == DATA
    assert files(store) == [store / SHA256[:2] / SHA256] == [document_store.path(store, SHA256)]


def test_only_the_owner_may_read_the_files_or_see_their_names(store):
    document_store.keep(store, DATA)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (store, *store.rglob("*"))}
    assert {modes[path] for path in modes if path.is_dir()} == {0o700}
    assert {modes[path] for path in modes if path.is_file()} == {0o600}


def test_the_same_content_twice_is_one_file_that_is_left_alone(store):
    document_store.keep(store, DATA)
    before = document_store.path(store, SHA256).stat()
    document_store.keep(store, DATA)
    after = document_store.path(store, SHA256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert list(document_store.every(store)) == [SHA256]


def test_an_empty_document_is_a_document(store):
    empty = document_store.keep(store, b"")
    assert document_store.read(store, empty) == b""


def spoil_by_a_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def spoil_by_a_link(path: Path) -> None:
    """The very content, elsewhere: whoever may write there may change it."""
    path.rename(path.parent.parent / "annanstans")
    path.symlink_to(path.parent.parent / "annanstans")


def spoil_by_a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def spoil_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def spoil_by_a_socket(path: Path) -> None:
    path.unlink()
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is at most 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def spoil_by_size(path: Path) -> None:
    os.truncate(path, 4 * LARGEST)


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_by_a_byte,
        spoil_by_a_link,
        spoil_by_a_directory,
        spoil_by_a_pipe,
        spoil_by_a_socket,
        spoil_by_size,
    ],
)
def test_a_file_that_is_another_than_it_was_is_told_and_never_written_over(store, spoil):
    document_store.keep(store, DATA)
    spoil(document_store.path(store, SHA256))
    assert document_store.stands(store, SHA256) is Kept.CHANGED
    for use in (lambda: document_store.read(store, SHA256), lambda: document_store.keep(store, DATA)):
        with pytest.raises(VerificationFailedError, match="den är ändrad eller skadad"):
            use()


def test_a_file_that_is_gone_is_told_and_can_be_put_back(store):
    document_store.keep(store, DATA)
    document_store.path(store, SHA256).unlink()
    assert document_store.stands(store, SHA256) is Kept.MISSING
    with pytest.raises(NotFoundError, match="Handlingens fil saknas"):
        document_store.read(store, SHA256)
    document_store.keep(store, DATA)
    assert document_store.stands(store, SHA256) is Kept.WHOLE


def test_a_folder_that_leads_elsewhere_is_not_written_through(store, tmp_path):
    store.mkdir()
    (tmp_path / "annanstans").mkdir()
    (store / SHA256[:2]).symlink_to(tmp_path / "annanstans")
    with pytest.raises(EnvironmentFaultError, match="Handlingen kunde inte sparas"):
        document_store.keep(store, DATA)
    assert list((tmp_path / "annanstans").iterdir()) == []
    assert not files(store)


def test_what_is_removed_is_gone_and_may_be_removed_again(store):
    document_store.keep(store, DATA)
    with document_store.alone(store):
        assert document_store.remove(store, SHA256)
        assert not document_store.remove(store, SHA256)
    assert document_store.stands(store, SHA256) is Kept.MISSING


def test_what_others_have_put_in_the_store_is_found(store):
    document_store.keep(store, DATA)
    (store / "anteckning.txt").write_text("x")
    (store / SHA256[:2] / "kopia av handlingen.docx").write_text("x")
    assert list(document_store.strangers(store)) == [
        store / SHA256[:2] / "kopia av handlingen.docx",
        store / "anteckning.txt",
    ]


def test_where_there_is_no_store_there_is_nothing(store):
    assert not list(document_store.every(store))
    assert not list(document_store.strangers(store))
    assert document_store.stands(store, SHA256) is Kept.MISSING


def test_a_disk_that_fills_leaves_nothing_half_written_and_says_so(store):
    document_store.keep(store, DATA)
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(EnvironmentFaultError) as told:
            document_store.keep(store, b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert str(told.value) == (
        f"Handlingen kunde inte sparas i {store} (filen får inte bli större). Åtgärda det och kör igen."
    )
    assert files(store) == [document_store.path(store, SHA256)]


def test_processes_that_write_the_same_at_once_leave_one_file_of_each(store, tmp_path):
    contents = [f"{300_000 + number}*å" for number in range(8)]
    at_once = [writer(store, *contents) for _ in range(4)]
    (tmp_path / "go").touch()
    answers = [one.communicate()[0].split() for one in at_once]
    assert [one.returncode for one in at_once] == [0] * 4
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert sorted(answers[0]) == list(document_store.every(store))
    assert len(files(store)) == 8
    assert all(document_store.stands(store, sha256) is Kept.WHOLE for sha256 in answers[0])


def test_a_writer_that_is_killed_leaves_whole_files_and_what_the_next_one_sweeps(store, tmp_path):
    (tmp_path / "go").touch()
    halves: list[Path] = []
    for attempt in range(20):
        killed = writer(store, *(f"{8_000_000 + 100 * attempt + number}*å" for number in range(40)))
        while not list(store.glob(f"*{document_store.HALF}")):
            time.sleep(0.001)
        killed.kill()
        answered = killed.communicate()[0].split()
        halves = list(store.glob(f"*{document_store.HALF}"))
        known = {*document_store.every(store), *(one for one in answered if len(one) == len(SHA256))}
        assert all(document_store.stands(store, sha256) is Kept.WHOLE for sha256 in known)
        if halves:
            break
    assert halves, "no writer was killed in the middle of a file"
    document_store.keep(store, DATA)
    assert not list(store.glob(f"*{document_store.HALF}"))


def test_what_another_is_writing_is_not_swept_away(store):
    with document_store.held(store):
        half = store / f"abc{document_store.HALF}"
        half.touch()
        document_store.keep(store, DATA)
        assert half.exists()
    document_store.keep(store, DATA)
    assert not half.exists()


def test_nothing_is_taken_away_while_somebody_is_about_to_refer_to_it(store, tmp_path):
    script = (
        "import sys, pathlib; from workflow import document_store\n"
        "store = pathlib.Path(sys.argv[1])\n"
        "print('redo', flush=True)\n"
        "with document_store.alone(store): document_store.remove(store, sys.argv[2])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with document_store.held(store):
        document_store.keep(store, DATA)
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(store), SHA256], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert other.stdout
        assert other.stdout.readline() == "redo\n"
        time.sleep(0.2)
        assert other.poll() is None
        assert document_store.stands(store, SHA256) is Kept.WHOLE
    other.communicate(timeout=20)
    assert other.returncode == 0
    assert document_store.stands(store, SHA256) is Kept.MISSING
