"""Whatever file comes in, the answer is soon there and is a sentence or a text, and nobody else notices."""

import os
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.conftest import PROJECT
from tests.workflow.document_intake.hostile import FILES, READABLE
from workflow.document_intake import child as children
from workflow.document_intake.child import Child
from workflow.document_intake.interface import ReadSkrivelse, UnreadableDocument
from workflow.document_intake.tasks import Task
from workflow.errors import Exit
from workflow.harmless_text import HIDDEN

LONG = "ARENDE_LONG" in os.environ
SECONDS = 20.0
MIB = 1024 * 1024

SLOW = {
    "bomb.pdf",
    "deep.eml",
    "bomb-in-a-bomb.pdf",
    "deep-content.pdf",
    "fifty-megabytes.txt",
    "headers-without-end.eml",
    "form-that-draws-itself.pdf",
    "forms-that-double.pdf",
    "huge-page.pdf",
    "letter-in-a-letter.eml",
    "letters-without-end.pdf",
    "lines-without-end.pdf",
    "one-line-of-four-megabytes.txt",
    "object-that-is-itself.pdf",
    "page-of-a-hundred-thousand-names.pdf",
    "runs-of-att-rows.txt",
    "runs-of-hyphens.txt",
    "ten-thousand-parts.eml",
    "too-large.txt",
}
"""What takes the reader seconds, up to all that it may have; the short run has but one of them, and one second."""

SENTENCES = re.compile(r"[A-ZÅÄÖ][^\n]*[.]")


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as one:
        yield one


def answered(child: Child, data: bytes) -> ReadSkrivelse | str:
    """What was read, or why not."""
    try:
        read: ReadSkrivelse = child.ask(Task.SKRIVELSE, data)
    except UnreadableDocument as refused:
        return refused.reason
    assert msgspec.json.encode(read)
    return read


@pytest.mark.parametrize("name", [name for name in FILES if LONG or name not in SLOW])
def test_a_hostile_file_is_a_sentence_or_a_text(child: Child, name: str) -> None:
    data = FILES[name]()
    began = time.monotonic()
    answer = answered(child, data)
    assert isinstance(answer, ReadSkrivelse) or (SENTENCES.fullmatch(answer) and name not in READABLE)
    assert time.monotonic() - began < SECONDS


def test_a_file_that_takes_too_long_is_given_up(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    child.ask(Task.TEXT, b"The child is there.")
    monkeypatch.setattr(children, "SECONDS", 1.0)
    with pytest.raises(UnreadableDocument, match="tar för lång tid"):
        child.ask(Task.SKRIVELSE, FILES["object-that-is-itself.pdf"]())


def test_the_corpus_is_no_smaller_than_it_should_be() -> None:
    assert len(FILES) >= 100
    assert FILES.keys() > READABLE
    assert FILES.keys() > SLOW


# --- through the program -----------------------------------------------------------------------------

MEASURED = """
import resource, subprocess, sys
code = subprocess.call([sys.executable, "-m", "workflow.cli.main", *sys.argv[1:]])
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""

THROUGH_THE_PROGRAM = ["one-line.txt", "escapes.txt"]


def read(file: bytes | Path) -> tuple[int, str, str]:
    """What `arende read` answers: exit code, output and complaint. It must not take long, nor much memory."""
    began = time.monotonic()
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, "read", file],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert time.monotonic() - began < SECONDS
    told, measured = re.fullmatch(r"(.*?)(\d+ \d+)\n", answer.stderr.decode(), re.DOTALL).groups()  # type: ignore[union-attr]
    code, memory = map(int, measured.split())
    assert memory < 600 * (MIB if sys.platform == "darwin" else 1024)
    return code, answer.stdout.decode(), told


def assert_harmless(code: int, output: str, told: str) -> None:
    """A page to look at, or one line that says what to do: nothing in either that a terminal obeys."""
    assert (code, bool(output), bool(told)) in {(Exit.DONE, True, False), (Exit.USAGE, False, True)}
    assert not {unicodedata.category(letter) for letter in f"{output}{told}" if letter != "\n"} & HIDDEN
    assert not told or SENTENCES.fullmatch(told.rpartition(": ")[2].rstrip("\n"))
    assert told.count("\n") <= 1
    assert "Traceback" not in told


@pytest.mark.parametrize("name", FILES if LONG else THROUGH_THE_PROGRAM)
def test_the_program_answers_a_hostile_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    code, output, told = read(tmp_path / name)
    assert_harmless(code, output, told)
    assert code == Exit.DONE or name not in READABLE


NAMES = [
    "\x1b]0;titel\x07\x1b[31m\u202etxt.exe".encode(),
    b"rad\nrad\r\n.docx",
    b"-rf",
    b"'; DROP TABLE cases; --",
    "å".encode() * 127 + b"x",
]


@pytest.mark.parametrize("name", NAMES if LONG else NAMES[:1])
def test_no_name_of_a_file_does_harm(tmp_path: Path, name: bytes) -> None:
    file = os.fsencode(tmp_path) + b"/" + name
    for content, told in (("Nya bänkar i parken", Exit.DONE), ("\0" * 100, Exit.USAGE)):
        Path(os.fsdecode(file)).write_text(content, encoding="utf-8")
        answer = read(file)
        assert_harmless(*answer)
        assert answer[0] == told


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ror.docx")
    for file in (tmp_path / "ror.docx", *((Path("/dev/zero"), Path("/dev/tty"), tmp_path) if LONG else ())):
        answer = read(file)
        assert_harmless(*answer)
        assert answer[0] == Exit.USAGE
