"""Documents changed at random, through readers and parsers in one process: nothing is raised but what is promised.

`ARENDE_LONG=1 ARENDE_RUNS=… ARENDE_SEED=… pytest -s tests/workflow/document_intake/test_fuzz.py`; a number that
failed is run alone with ARENDE_FIRST=<number> ARENDE_RUNS=1 and the same seed.
"""

import importlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import msgspec
import pytest

from tests.workflow.document_intake import mutations
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.tasks import WORK, Task

LONG = "ARENDE_LONG" in os.environ
RUNS = int(os.environ.get("ARENDE_RUNS", 1_000_000 if LONG else 300))
FIRST = int(os.environ.get("ARENDE_FIRST", 0))
SEED = int(os.environ.get("ARENDE_SEED") or random.SystemRandom().randrange(1 << 32))
HERE = "tests/workflow/document_intake/test_fuzz.py"
SECONDS = 10  # of the processor for a single document, as in the child; the longest is told

OTHERS = [task for task in Task if task is not Task.SKRIVELSE]


def function_of(task: Task) -> Callable[[bytes], Any]:
    module, _, name = WORK[task].function.partition(":")
    found: Callable[[bytes], Any] = getattr(importlib.import_module(module), name)
    return found


# Warnings are for whoever writes the program; the child's go nowhere.
@pytest.mark.filterwarnings("ignore")
def test_nothing_is_raised_but_what_a_reader_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/finns/inte")  # seconds for a page of noise that tesseract would see
    print(f"\nARENDE_SEED={SEED} ARENDE_RUNS={RUNS} {'ARENDE_LONG=1 ' * LONG}pytest -s {HERE}")
    functions = {task: function_of(task) for task in Task}
    became: Counter[str] = Counter()
    longest, slowest = 0.0, 0
    for number in range(FIRST, FIRST + RUNS):
        kind, data = mutations.document(SEED, number)
        task = OTHERS[number // 4 % len(OTHERS)] if number % 4 == 0 else Task.SKRIVELSE
        began = time.process_time()
        outcome = _outcome(functions[task], data, number)
        became[f"{kind}: {outcome}"] += 1
        if outcome != "stopped":
            longest, slowest = max((longest, slowest), (time.process_time() - began, number))
    print(*(f"{count:>9,} {what}" for what, count in sorted(became.items())), sep="\n")
    print(f"{RUNS:,} documents, the longest {longest:.2f} s (number {slowest})")
    assert all(any(what.startswith(f"{kind}: ") for what in became) for kind in mutations.KINDS)


class _OutOfTimeError(BaseException):
    """What no reader catches: the kernel would have ended the child."""


def _stop(_: int, frame: FrameType | None) -> None:
    raise _OutOfTimeError(frame.f_code.co_filename if frame else "")


def _outcome(function: Callable[[bytes], Any], data: bytes, number: int) -> str:
    """What became of it: read, or refused. The answer must fit through the pipe as well."""
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, 1)  # and again, when it closes what goes round as well
    try:
        return _read(function, data, number)
    except _OutOfTimeError as stopped:
        # pdfminer goes round for ever where an object refers to itself; what is ours never does.
        if "pdfminer" not in str(stopped):
            pytest.fail(f"number {number} of seed {SEED} was stopped in {stopped}")
        return "stopped"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _read(function: Callable[[bytes], Any], data: bytes, number: int) -> str:
    try:
        msgspec.msgpack.encode(function(data))
    except UnreadableDocument as refused:
        return f"refused ({type(refused.__cause__).__name__})" if refused.__cause__ else "refused"
    except Exception as error:
        pytest.fail(f"number {number} of seed {SEED}: {error!r}")
    return "read"
