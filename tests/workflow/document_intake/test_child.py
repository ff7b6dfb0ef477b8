"""One child reads document after document; whatever a document does to it, the answer is one sentence."""

from collections.abc import Iterator

import pytest

from workflow.document_intake import child as children
from workflow.document_intake.child import Child
from workflow.document_intake.interface import ReadSkrivelse, ReadText, UnreadableDocument
from workflow.document_intake.tasks import WORK, Task, Work

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


def test_a_text_is_read(child: Child) -> None:
    assert child.ask(Task.TEXT, "Förslag\r\n".encode()) == ReadText("Förslag\n")


def test_a_skrivelse_is_read_with_its_text(child: Child) -> None:
    read: ReadSkrivelse = child.ask(Task.SKRIVELSE, "Nya bänkar i parken".encode())
    assert (read.text.text, read.skrivelse.rubrik) == ("Nya bänkar i parken", "Nya bänkar i parken")


@pytest.mark.parametrize("task", Task)
def test_every_task_names_a_function_there_is(child: Child, task: Task) -> None:
    assert type(child.ask(task, b"En rad text.")) is WORK[task].result


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
