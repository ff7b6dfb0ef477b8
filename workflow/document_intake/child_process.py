"""The child's side: reads one document after the other, until there is nobody left to ask for more.

Started by `workflow.document_intake.child`. What it imports for its first task it imports before it is confined,
so that the bytecode can be kept; no document is read before.
"""

import importlib
import os
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from workflow.document_intake import confinement
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.tasks import LENGTH, Answer, Answered, Fault, Request, Unreadable, frame


def main(function: str) -> None:
    """Say that the child is ready and how confined, then answer until the pipe is closed."""
    questions, answers = _pipes()
    _found(function)
    _send(answers, Answered(msgspec.Raw(msgspec.msgpack.encode(confinement.confine()))))
    while length := questions.read(LENGTH):
        confinement.allow_seconds()
        answer = _answer(questions.read(int.from_bytes(length, "big")))
        _send(answers, answer)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Both ends under other numbers: a library that prints, or a program it starts, must not reach them."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return questions, answers


def _found(function: str) -> Callable[[bytes], Any]:
    module, _, name = function.partition(":")
    found: Callable[[bytes], Any] = getattr(importlib.import_module(module), name)
    return found


def _answer(packed: bytes) -> Answer:
    try:
        request = msgspec.msgpack.decode(packed, type=Request)
        return Answered(msgspec.Raw(msgspec.msgpack.encode(_found(request.function)(request.data))))
    except UnreadableDocument as refused:
        return Unreadable(refused.reason)
    except Exception as error:  # whatever a library raises over a document is that document's fault alone
        return Fault(type(error).__name__)


def _send(answers: BinaryIO, answer: Answer) -> None:
    answers.write(frame(answer))
    answers.flush()
