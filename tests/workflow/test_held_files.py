"""The database's files are never opened beside SQLite, whose locks would be let go of when they are closed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.conftest import settings_for
from workflow import config_checks, held_files
from workflow.connection import connect
from workflow.csv_report import CsvReport
from workflow.desk import Desk
from workflow.document_intake.incoming import read_incoming
from workflow.document_intake.interface import UnreadableDocument
from workflow.errors import UsageError
from workflow.folder_files import listing

WRITES = """
import sys
from contextlib import closing
from pathlib import Path
from workflow.connection import SqliteConnection
with closing(SqliteConnection(Path(sys.argv[1]), must_exist=True)) as other:
    other.run("CREATE TABLE from_another (id)")
"""


@pytest.fixture
def open_desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Desk]:
    """A database that this process has open, with a write-ahead log."""
    (tmp_path / "arendegang.db").write_bytes(migrated_sqlite.read_bytes())
    settings = settings_for("sqlite:///arendegang.db", tmp_path)
    with closing(connect(settings.database_url)) as connection:
        connection.run("CREATE TABLE ours (id)")
        yield Desk(connection, settings)


def files(directory: Path) -> list[Path]:
    return sorted(directory.glob("arendegang.db*"))


@pytest.mark.parametrize(
    "door",
    [read_incoming, config_checks.read, lambda file: CsvReport(file, ("Fil",))],
    ids=["read_incoming", "config_checks", "csv_report"],
)
def test_another_program_finds_the_locks_in_place(
    open_desk: Desk, tmp_path: Path, door: Callable[[Path], object]
) -> None:
    log = tmp_path / "arendegang.db-wal"
    before = log.stat().st_ino
    for file in files(tmp_path):
        with suppress(UnreadableDocument, UsageError):
            door(file)
    subprocess.run([sys.executable, "-c", WRITES, tmp_path / "arendegang.db"], check=True)
    assert log.stat().st_ino == before
    assert open_desk.connection.run("SELECT * FROM from_another") == []


def test_its_files_are_refused_by_whatever_name(open_desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "skrivelse.txt").hardlink_to(tmp_path / "arendegang.db")
    for file in (*files(tmp_path), tmp_path / "skrivelse.txt"):
        with pytest.raises(UnreadableDocument, match="Det är arendes egen databas, inget dokument"):
            read_incoming(file)


def test_a_folder_is_listed_without_what_is_the_programs(open_desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "dokument").mkdir()
    for name in ("skrivelse.txt", "dokument/inlagd.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "lank.txt").symlink_to(tmp_path / "arendegang.db")
    documents = held_files.identity_of(tmp_path / "dokument")
    assert documents
    found = listing(tmp_path, held_files.held() | {documents})
    assert found.files == ("skrivelse.txt",)
    assert (found.own, found.links) == (len(files(tmp_path)) + 1, 1)


def test_what_is_not_there_is_not_held(tmp_path: Path) -> None:
    assert held_files.identity_of(tmp_path / "inget") is None
    assert not held_files.is_held(tmp_path / "inget")
    assert not held_files.is_held(Path(os.devnull))
