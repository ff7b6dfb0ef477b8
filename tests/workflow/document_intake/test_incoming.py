"""A file that came in is opened with care, and its name is never trusted."""

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.document_intake import incoming
from workflow.document_intake.incoming import MAX_NAME, Incoming, harmless_name, read_incoming
from workflow.document_intake.interface import UnreadableDocument
from workflow.harmless_text import HIDDEN


def refused(path: Path) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        read_incoming(path)
    return caught.value.reason


def test_a_file_is_its_name_its_bytes_and_their_hash(tmp_path: Path) -> None:
    (tmp_path / "skrivelse.txt").write_bytes(b"text")
    assert read_incoming(tmp_path / "skrivelse.txt") == Incoming(
        "skrivelse.txt", b"text", hashlib.sha256(b"text").hexdigest()
    )


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "hemlig").write_text("x")
    (tmp_path / "skrivelse.docx").symlink_to(tmp_path / "hemlig")
    assert refused(tmp_path / "skrivelse.docx") == "Filen är en genväg till en annan fil. Ange den filen i stället."


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ror")
    assert refused(tmp_path / "ror").startswith("Det är ingen vanlig fil")


def test_a_device_is_not_read() -> None:
    assert refused(Path("/dev/zero")).startswith("Det är ingen vanlig fil")


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    assert refused(tmp_path) == "Det är en katalog, inte en fil. Ange en fil i den."


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tom").write_bytes(content)
    assert refused(tmp_path / "tom") == "Filen är tom; det finns inget att läsa."


def test_a_file_that_does_not_exist_is_said_not_to(tmp_path: Path) -> None:
    assert refused(tmp_path / "inte") == "Filen kan inte läsas (den finns inte). Kontrollera namnet."


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert refused(Path("a\0b")) == "Filen kan inte läsas (namnet är ogiltigt). Kontrollera namnet."
    assert refused(Path("a" * 300)) == "Filen kan inte läsas (namnet är för långt). Kontrollera namnet."


def test_what_is_read_is_counted_whatever_the_size_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "MAX_BYTES", 3 * 1024 * 1024)
    with (tmp_path / "stor").open("wb") as file:
        file.truncate(3 * 1024 * 1024)
        assert len(read_incoming(tmp_path / "stor").data) == 3 * 1024 * 1024
        file.truncate(3 * 1024 * 1024 + 1)
    assert refused(tmp_path / "stor").startswith("Filen är större än 3 MiB.")
    assert refused(Path("/proc/kallsyms")).startswith("Filen är större än 3 MiB.")  # says that it is empty


def test_a_name_of_bytes_that_are_no_letters_can_be_shown_and_kept(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe5\x1b]0;x\x07.txt"))
    path.write_text("text")
    assert read_incoming(path).name == "\\udce5\\u001b]0;x\\u0007.txt"


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_name_is_harmless_and_no_longer_than_a_name_may_be(name: str) -> None:
    shown = harmless_name(name)
    assert len(shown.encode()) <= MAX_NAME
    assert not {unicodedata.category(letter) for letter in shown} & HIDDEN
