"""The parent's side of reading documents: one child reads them all, and is replaced when one of them breaks it.

Whatever a document does to the child (memory, time, a crash, nonsense on the pipe), the parent gets one Swedish
sentence about that document, and the next one meets a new child.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from workflow.document_intake.confinement import Closed
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.tasks import LENGTH, WORK, Answer, Answered, Request, Task, Unreadable, frame
from workflow.errors import EnvironmentFaultError, why

SECONDS = 18.0
"""For a document, the child's start included: with the program's own an answer comes within twenty."""

MAX_ANSWER = 64 * 1024 * 1024
DOCUMENTS = 500
"""After so many a new child begins, so that what a library holds on to cannot fill its memory."""

_ROOT = str(Path(__file__).resolve().parents[2])
_PROGRAM = (
    "import sys; sys.argv[1] in sys.path or sys.path.insert(0, sys.argv[1]); "
    "from workflow.document_intake.child_process import main; main(sys.argv[2])"
)
_TOO_SLOW = "Dokumentet tar för lång tid att läsa; lämna in enbart skrivelsen, utan bilagor, eller spara den som text."
_TOO_LARGE = "Dokumentet är för stort eller för invecklat för att läsas; lämna in enbart skrivelsen, utan bilagor."
_BROKEN = "Dokumentet är skadat och kan inte läsas; öppna det, spara det på nytt och lämna in den nya filen."

_NOT_STARTED = (
    "Den process som läser dokument kunde inte startas: {why}. Försök igen, och kör arende doctor om det inte hjälper."
)

_ENDED = {int(signal.SIGXCPU): _TOO_SLOW, int(signal.SIGKILL): _TOO_LARGE}
"""How the child ended by itself -> why. What kills on its own is the kernel when memory is short."""
_FAULTS = {"MemoryError": _TOO_LARGE, "RecursionError": _TOO_LARGE}


class _RefusedError(Exception):
    """A reader said no, in good order: the child lives on."""


# What a document took of memory is kept for the next one: to give it back and ask anew takes a tenth of the time.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024)}
_KEPT = ("PATH", "TESSDATA_PREFIX")
_AT_A_TIME = 64 * 1024


class Child:
    """Reads documents in a process of its own, started when it is first asked."""

    def __init__(self) -> None:
        self._running: _Running | None = None
        self._left = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, task: Task, data: bytes) -> Any:
        """What the document says, of the task's type. Raises UnreadableDocument."""
        function, result = WORK[task]
        until = time.monotonic() + SECONDS
        try:
            running = self._ready(function, until)
            answer = running.exchange(frame(Request(function, data)), until)
            return _result(answer, result)
        except _RefusedError as refused:
            raise UnreadableDocument(str(refused)) from None
        except BaseException:
            self.close()
            raise

    def closed(self) -> Closed:
        """What the kernel has closed to the child. Raises EnvironmentFaultError where no child can be started."""
        return self._ready(WORK[Task.TEXT].function, time.monotonic() + SECONDS).closed

    def close(self) -> None:
        running, self._running, self._left = self._running, None, 0
        if running:
            running.end()

    def _ready(self, function: str, until: float) -> "_Running":
        if self._running is None or self._left == 0:
            self.close()
            self._running, self._left = _started(function, until), DOCUMENTS
        self._left -= 1
        return self._running


class _Running:
    """One child and the two pipes to it."""

    closed: Closed

    def __init__(self, function: str) -> None:
        questions, self._questions = os.pipe()
        self._answers, answers = os.pipe()
        os.set_blocking(self._questions, False)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _PROGRAM, _ROOT, function],
                stdin=questions,
                stdout=answers,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT | {name: os.environ[name] for name in _KEPT if name in os.environ},
                start_new_session=True,  # a group of its own: what it starts ends with it, and Ctrl-C is ours
            )
        except OSError:
            self._close()
            raise
        finally:
            os.close(questions)
            os.close(answers)

    def exchange(self, message: bytes, until: float) -> bytes:
        """Send a message and take the answer, whichever of the two the child is slow at."""
        unsent, answer = memoryview(message), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            selector.register(self._questions, selectors.EVENT_WRITE)
            while (left := _left_of(answer)) > 0:
                ready = [key.fd for key, _ in selector.select(max(until - time.monotonic(), 0))]
                if not ready:
                    raise UnreadableDocument(_TOO_SLOW)
                if self._questions in ready:
                    unsent = _rest(unsent, self._questions)
                    if not unsent:
                        selector.unregister(self._questions)
                if self._answers in ready:
                    answer += os.read(self._answers, min(left, _AT_A_TIME)) or self._gone()
        return bytes(answer[LENGTH:])

    def end(self) -> int:
        """End the child and whatever it has started. Returns how it ended, where it had done so by itself."""
        # As long as it has not been waited for, its number is its own, and so is its group's.
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._close()
        return self._process.wait()

    def _gone(self) -> bytes:
        raise UnreadableDocument(_ENDED.get(-self.end(), _BROKEN))

    def _close(self) -> None:
        os.close(self._questions)
        os.close(self._answers)


def _started(function: str, until: float) -> _Running:
    """A child that has said it is ready. Raises EnvironmentFaultError: it is not the document's fault."""
    try:
        running = _Running(function)
    except OSError as error:
        raise EnvironmentFaultError(_NOT_STARTED.format(why=why(error))) from error
    try:
        running.closed = _result(running.exchange(b"", until), Closed)
    except BaseException as error:
        running.end()
        if isinstance(error, UnreadableDocument):
            raise EnvironmentFaultError(_NOT_STARTED.format(why="den svarar inte")) from error
        raise
    return running


def _left_of(answer: bytearray) -> int:
    """How much of an answer is still to come: first its length, then the rest."""
    if len(answer) < LENGTH:
        return LENGTH - len(answer)
    length = int.from_bytes(answer[:LENGTH], "big")
    if length > MAX_ANSWER:
        raise UnreadableDocument(_TOO_LARGE)
    return LENGTH + length - len(answer)


def _rest(unsent: memoryview, pipe: int) -> memoryview:
    """Send a piece. A child that has gone is told of by its answer, not by what it did not take."""
    try:
        return unsent[os.write(pipe, unsent[:_AT_A_TIME]) :]
    except BlockingIOError:
        return unsent
    except BrokenPipeError:
        return unsent[:0]


def _result(packed: bytes, expected: Any) -> Any:
    try:
        answer: Answer = msgspec.msgpack.decode(packed, type=Answer)
        if isinstance(answer, Answered):
            return msgspec.msgpack.decode(answer.result, type=expected)
    except msgspec.MsgspecError as error:
        raise UnreadableDocument(_BROKEN) from error
    if isinstance(answer, Unreadable):
        raise _RefusedError(answer.reason)
    raise UnreadableDocument(_FAULTS.get(answer.name, _BROKEN))
