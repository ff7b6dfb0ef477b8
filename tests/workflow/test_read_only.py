"""Where nothing can be written, what reads goes on and what would write says so: real disks and real processes."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.workflow.cli.office import ENGLISH, Answer, arende, done, furnish
from workflow.connection import connect, sqlite_driver
from workflow.errors import Exit

PROGRAMS = Path(sys.executable).parent
ON_A_DISK = """
import json, os, shutil, subprocess, sys
office, disk, lines = json.loads(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk], check=True)
shutil.copytree(office, disk, dirs_exist_ok=True)
subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
for line in lines:
    answer = subprocess.run(line, cwd=disk, capture_output=True, text=True, timeout=60)
    print(json.dumps([answer.returncode, answer.stdout, answer.stderr]))
"""
POWERLESS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""Root without what lets it pass by permissions."""


def on_a_read_only_disk(office: Path, *lines: str) -> list[Answer]:
    """What commands answer in a copy of the office on a file system that is then made read-only."""
    disk = office.parent / "disk"
    disk.mkdir()
    about = json.dumps([str(office), str(disk), [words(line) for line in lines]])
    found = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", ON_A_DISK, about], capture_output=True, text=True, check=True
    )
    return [Answer(*json.loads(answer)) for answer in found.stdout.splitlines()]


def where_one_may_only_read(office: Path, *lines: str) -> list[Answer]:
    """What commands answer to somebody who may write neither the files nor the directories."""
    paths = [office, *office.rglob("*")]
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o222)
    found = [
        subprocess.run([*POWERLESS, *words(line)], cwd=office, capture_output=True, text=True, timeout=60, check=False)
        for line in lines
    ]
    for path in paths:
        path.chmod(path.stat().st_mode | 0o200)
    return [Answer(answer.returncode, answer.stdout, answer.stderr) for answer in found]


def words(line: str) -> list[str]:
    program, *rest = line.split()
    return [str(PROGRAMS / program), *(word.replace("_", " ") for word in rest)]


def can_mount() -> bool:
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


WAYS: list[Callable[..., list[Answer]]] = [where_one_may_only_read, *([on_a_read_only_disk] if can_mount() else [])]
READING = (
    "arende list",
    "arende show KS-2030-1",
    "arende history KS-2030-1",
    "arende why KS-2030-1",
    "arende todo",
    "arende graph KS-2030-1",
    "arende meeting list",
    "arende watch list",
    "arende audit verify",
    "arende-daemon --preview 30",
)
WRITING = (
    "arende register --kind motion --rubrik Ny --dnr KS_2030-2",
    "arende edit KS-2030-1 --rubrik Ny",
    "arende advance KS-2030-1 --to ks",
    "arende meeting add KS 2041-01-31",
    "arende watch add KS-2030-1 --text Ny --senast 2040-01-31",
    "arende database upgrade",
    "arende audit export",
    "arende-daemon --once",
)


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with one case; the database is closed."""
    directory = tmp_path / "office"
    directory.mkdir()
    furnish(directory, migrated_sqlite)
    monkeypatch.chdir(directory)
    done("register", "--kind", "motion", "--rubrik", "Motion", "--dnr", "KS 2030-1")
    return directory


@pytest.fixture
def left(office: Path) -> Iterator[Path]:
    """The same, while a writer has the database open: its last change is in -wal alone."""
    with kept_open(office):
        done("edit", "KS-2030-1", "--rubrik", "Ny rubrik")
        yield office


@contextlib.contextmanager
def kept_open(office: Path) -> Iterator[None]:
    writer = connect(f"sqlite:///{office / 'arendegang.db'}")
    writer.run("SELECT 1")
    yield
    writer.close()


def contents(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file() and path.suffix != ".db-shm"}


def test_there_is_a_real_disk_to_try_on() -> None:
    assert on_a_read_only_disk in WAYS or os.geteuid() != 0


# --- reading --------------------------------------------------------------------------------------


def assert_read(answers: Sequence[Answer]) -> None:
    assert [(line, answer) for line, answer in zip(READING, answers, strict=True) if answer.code or answer.err] == []
    assert all(answer.out for answer in answers)


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_closed_database_can_be_read_on_a_read_only_disk(office: Path, way: Callable[..., list[Answer]]) -> None:
    assert_read(way(office, *READING))


@pytest.mark.parametrize("way", WAYS)
def test_a_database_with_a_rollback_journal_can_be_read(office: Path, way: Callable[..., list[Answer]]) -> None:
    """As a library with the WAL fault leaves it."""
    file = office / "arendegang.db"
    with contextlib.closing(sqlite_driver().connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    assert_read(way(office, *READING))
    assert file.read_bytes()[18:20] == b"\1\1"


@pytest.mark.parametrize("way", WAYS)
def test_a_database_that_is_open_elsewhere_or_was_left_so_is_read_to_its_last_change(
    left: Path, way: Callable[..., list[Answer]]
) -> None:
    *answers, shown = way(left, *READING, "arende show KS-2030-1")
    assert_read(answers)
    assert "Ny rubrik" in shown.out


@pytest.mark.parametrize("way", WAYS)
def test_the_doctor_says_that_it_can_only_be_read(left: Path, way: Callable[..., list[Answer]]) -> None:
    (answer,) = way(left, "arende doctor")
    assert (answer.code, answer.err) == (Exit.DONE, "")
    told = " ".join(answer.out.split())
    assert "arendegang.db går bara att läsa: " in told
    assert "det går inte att svara på" not in told


def test_a_closed_database_in_a_closed_directory_says_who_can_read_it(office: Path) -> None:
    """SQLite would have to make its -wal and -shm there."""
    (answer,) = where_one_may_only_read(office, "arende list")
    assert (answer.code, answer.out, answer.err.count("\n")) == (Exit.ENVIRONMENT, "", 1)
    assert "du får inte skriva där; kör som den som äger den: sudo -u " in answer.err


def test_changes_that_cannot_be_read_on_a_read_only_disk_are_not_left_out(left: Path) -> None:
    """With -wal and without -shm there is no way to read them; what is older must not be shown instead."""
    (left / "arendegang.db-shm").rename(left.parent / "taken away")
    for way in WAYS[1:]:
        (answer,) = way(left, "arende show KS-2030-1")
        assert (answer.code, answer.out, answer.err.count("\n")) == (Exit.ENVIRONMENT, "", 1)
        assert "filsystemet är skrivskyddat; montera det skrivbart" in answer.err
    (left.parent / "taken away").rename(left / "arendegang.db-shm")


# --- writing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_what_would_write_says_why_it_cannot(left: Path, way: Callable[..., list[Answer]]) -> None:
    before = contents(left)
    *answers, shown = way(left, *WRITING, "arende list")
    for line, answer in zip(WRITING, answers, strict=True):
        assert (answer.code, answer.out, answer.err.count("\n")) == (Exit.ENVIRONMENT, "", 1), (line, answer)
        assert "skrivskyddat" in answer.err or "du får inte skriva" in answer.err or "behörighet" in answer.err, line
        assert not ENGLISH.search(answer.err), answer.err
    assert "KS 2030-1" in shown.out
    assert "KS 2030-2" not in shown.out
    assert contents(left) == before


# --- other ways to be shut out --------------------------------------------------------------------


def powerless(*line: str, **environment: str) -> Answer:
    answer = subprocess.run(
        [*POWERLESS, *words(" ".join(line))],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(answer.returncode, answer.stdout, answer.stderr)


def test_a_database_that_may_not_be_read_is_told_of(office: Path) -> None:
    (office / "arendegang.db").chmod(0)
    answer = powerless("arende list")
    assert (answer.code, answer.out, answer.err.count("\n")) == (Exit.ENVIRONMENT, "", 1)
    assert "kan inte öppnas" in answer.err


def test_a_database_that_is_out_of_reach_is_told_of(office: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    shutil.copy(office / "arendegang.db", closed)
    closed.chmod(0)
    answer = powerless("arende list", ARENDE_DATABASE_URL=f"sqlite:///{closed / 'arendegang.db'}")
    assert (answer.code, answer.out) == (Exit.ENVIRONMENT, "")
    assert answer.err.startswith(f"Databasen {closed / 'arendegang.db'} går inte att nå (behörighet saknas).")
    closed.chmod(0o700)


def test_a_lock_that_is_somebody_elses_is_told_of(office: Path) -> None:
    lock = office / "arendegang.db.lock"
    lock.chmod(0)
    answer = powerless("arende edit KS-2030-1 --rubrik Ny")
    assert (answer.code, answer.out) == (Exit.ENVIRONMENT, "")
    assert answer.err == (
        f"Databasens lås {lock} går inte att ta (behörighet saknas). Kör arende doctor. Inget har ändrats.\n"
    )
    assert "Ny" not in arende("show", "KS-2030-1").out
