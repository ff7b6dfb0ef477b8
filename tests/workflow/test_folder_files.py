"""What of a folder is a document to be read."""

import os
from pathlib import Path

import pytest

from workflow.errors import UsageError
from workflow.folder_files import listing


def test_the_files_of_all_folders_are_found_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name in ("a.txt", "b/2.docx", "b/c/1.pdf", "b/~$2.docx", ".DS_Store", "b/Thumbs.db", ".git/config"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "lank.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "b" / "runt").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "ror")
    found = listing(tmp_path)
    assert found.files == ("a.txt", "b/2.docx", "b/c/1.pdf")
    assert (found.hidden, found.links, found.closed) == (4, 3, ())


def test_a_name_that_is_no_text_is_a_file_like_others(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("x", encoding="utf-8")
    assert [os.fsencode(name) for name in listing(tmp_path).files] == [b"\xff.txt"]


def test_a_folder_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kan inte öppnas: den finns inte"):
        listing(tmp_path / "ingen")
