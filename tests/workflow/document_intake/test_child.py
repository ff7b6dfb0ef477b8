"""One child reads document after document; whatever a document does to it, the answer is one sentence."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from workflow.document_intake import child as children
from workflow.document_intake.child import Child
from workflow.document_intake.interface import ReadSkrivelse, ReadText, UnreadableDocument
from workflow.document_intake.tasks import Task, Work
from workflow.errors import EnvironmentFaultError

MISBEHAVING = "tests.workflow.document_intake.misbehaving"
TOO_SLOW = "Dokumentet tar för lång tid att läsa"
TOO_LARGE = "Dokumentet är för stort eller för invecklat för att läsas"
BROKEN = "Dokumentet är skadat och kan inte läsas"


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as one:
        yield one


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch):
    """Puts one of the misbehaving functions in the text reader's place."""

    def put(function: str) -> None:
        monkeypatch.setattr(children, "WORK", {Task.TEXT: Work(f"{MISBEHAVING}:{function}", ReadText)})

    return put


def refused(child: Child, data: bytes = b"") -> str:
    with pytest.raises(UnreadableDocument) as caught:
        child.ask(Task.TEXT, data)
    return caught.value.reason


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


def test_a_text_is_read(child: Child) -> None:
    assert child.ask(Task.TEXT, "Förslag\r\n".encode()) == ReadText("Förslag\n")


def test_a_skrivelse_is_read_with_its_text(child: Child) -> None:
    read: ReadSkrivelse = child.ask(Task.SKRIVELSE, "Nya bänkar i parken".encode())
    assert (read.text.text, read.skrivelse.rubrik) == ("Nya bänkar i parken", "Nya bänkar i parken")


def refusal_if_any(child: Child, task: Task, data: bytes) -> str:
    try:
        child.ask(task, data)
    except UnreadableDocument as refused:
        return refused.reason
    return ""


@pytest.mark.parametrize("task", Task)
def test_every_task_has_a_function_that_answers_with_its_type_or_refuses(child: Child, task: Task) -> None:
    assert not refusal_if_any(child, task, b"En rad text.").startswith(BROKEN)


def test_one_child_reads_document_after_document(child: Child, does) -> None:
    does("say_who")
    assert child.ask(Task.TEXT, b"").text == child.ask(Task.TEXT, b"").text


def test_a_refusal_is_the_readers_own_sentence_and_the_child_lives_on(child: Child, does) -> None:
    does("say_who")
    before = child.ask(Task.TEXT, b"").text
    does("refuse")
    assert refused(child, b"Skicka text i st\xc3\xa4llet.") == "Skicka text i stället."
    does("say_who")
    assert child.ask(Task.TEXT, b"").text == before


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        ("raise_something", BROKEN),
        ("die", BROKEN),
        ("leave", BROKEN),
        ("crash", BROKEN),
        ("compute", TOO_SLOW),
        ("answer_something_else", BROKEN),
        ("answer_half_a_letter", BROKEN),
        ("write_on_every_pipe", TOO_LARGE),
        ("be_killed", TOO_LARGE),
        ("take_memory", TOO_LARGE),
        ("recurse", TOO_LARGE),
        ("answer_too_much", TOO_LARGE),
    ],
)
def test_a_fault_is_one_sentence_and_the_next_document_meets_a_new_child(
    child: Child, does, function: str, reason: str
) -> None:
    does("say_who")
    before = child.ask(Task.TEXT, b"").text
    does(function)
    assert refused(child).startswith(reason)
    does("say_who")
    assert child.ask(Task.TEXT, b"").text != before


def test_what_a_library_prints_disturbs_nothing(child: Child, does) -> None:
    does("print_something")
    assert child.ask(Task.TEXT, b"").text == "printed"


def test_each_document_has_its_own_seconds_and_no_right_to_write_or_dump(child: Child, does) -> None:
    does("use_a_second")
    child.ask(Task.TEXT, b"")
    does("tell_limits")
    assert child.ask(Task.TEXT, b"").text in {f"{512 * 1024 * 1024} {left} 0 0" for left in (10, 11)}


def test_a_document_that_takes_its_time_is_given_up(child: Child, does, monkeypatch: pytest.MonkeyPatch) -> None:
    does("say_who")
    child.ask(Task.TEXT, b"")
    monkeypatch.setattr(children, "SECONDS", 0.5)
    does("sleep")
    began = time.monotonic()
    assert refused(child).startswith(TOO_SLOW)
    assert time.monotonic() - began < 3


def test_a_child_that_takes_in_nothing_holds_nobody_up(child: Child, does, monkeypatch: pytest.MonkeyPatch) -> None:
    does("say_who")
    stopped = int(child.ask(Task.TEXT, b"").text)
    os.kill(stopped, signal.SIGSTOP)
    monkeypatch.setattr(children, "SECONDS", 0.5)
    assert refused(child, bytes(10_000_000)).startswith(TOO_SLOW)
    assert not alive(stopped)


def test_a_child_that_has_died_since_the_last_document_is_one_fault_and_no_more(child: Child, does) -> None:
    does("say_who")
    os.kill(int(child.ask(Task.TEXT, b"").text), signal.SIGKILL)
    assert refused(child, bytes(10_000_000)).startswith(TOO_LARGE)
    assert child.ask(Task.TEXT, b"").text.isdigit()


def test_a_child_that_hangs_up_is_a_fault(child: Child, does) -> None:
    does("close_the_questions")
    assert refused(child).startswith(TOO_LARGE)


def test_after_many_documents_a_new_child_begins(child: Child, does, monkeypatch: pytest.MonkeyPatch) -> None:
    child.close()
    monkeypatch.setattr(children, "DOCUMENTS", 2)
    does("say_who")
    first, second, third = (child.ask(Task.TEXT, b"").text for _ in range(3))
    assert first == second != third


def test_what_a_reader_starts_is_given_the_picture_and_gives_the_text(child: Child, does, tmp_path: Path) -> None:
    (tmp_path / "tesseract").write_text("#!/bin/sh\nexec cat\n")
    (tmp_path / "tesseract").chmod(0o700)
    does("ask_a_program")
    assert child.ask(Task.TEXT, str(tmp_path).encode()).text == "a picture"


def test_what_a_reader_has_started_ends_with_it(does, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "tesseract").write_text(f"#!/bin/sh\necho here\nexec sleep 3600 < {tmp_path / 'pipe'}\n")
    (tmp_path / "tesseract").chmod(0o700)
    held: list[int] = []

    def writes() -> bool:
        with suppress(OSError):  # as long as nobody reads
            held.append(os.open(tmp_path / "pipe", os.O_WRONLY | os.O_NONBLOCK))
        return bool(held)

    def look_and_kill(group: int, how: signal.Signals, kill: Callable[[int, int], None] = os.killpg) -> None:
        assert soon(writes)
        kill(group, how)

    monkeypatch.setattr(os, "killpg", look_and_kill)
    does("leave_a_program_behind")
    assert refused(Child(), str(tmp_path).encode()).startswith(BROKEN)
    assert soon(lambda: not _is_read(held[0]))
    os.close(held[0])


def _is_read(pipe: int) -> bool:
    try:
        os.write(pipe, b"x")
    except BrokenPipeError:
        return False
    return True


PARENT = f"""
from workflow.document_intake import child as children
from workflow.document_intake.interface import ReadText
from workflow.document_intake.tasks import Task, Work
with children.Child() as child:
    for function in ("say_who", "sleep"):
        children.WORK = {{Task.TEXT: Work("{MISBEHAVING}:" + function, ReadText)}}
        print(child.ask(Task.TEXT, b"").text, flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_child_outlives_whoever_asked_it(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.1)
        parent.send_signal(how)
        assert parent.wait(5) == -how
        assert soon(lambda: not alive(child))


def test_a_child_that_cannot_start_is_not_the_documents_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_PROGRAM", "raise SystemExit")
    with Child() as child, pytest.raises(EnvironmentFaultError, match="kunde inte startas: den svarar inte"):
        child.ask(Task.TEXT, b"text")
    monkeypatch.setattr(sys, "executable", "/finns/inte")
    with Child() as child, pytest.raises(EnvironmentFaultError, match="kunde inte startas: den finns inte"):
        child.ask(Task.TEXT, b"text")


def test_no_descriptor_is_left_behind() -> None:
    before = set(Path("/dev/fd").iterdir())
    for _ in range(3):
        with Child() as child:
            child.ask(Task.TEXT, b"text")
    assert set(Path("/dev/fd").iterdir()) == before
