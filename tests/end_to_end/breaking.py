"""Has a command broken everywhere, by as many processes as there are processors, and gathers what came of it."""

import errno
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.end_to_end import home, tracer
from tests.end_to_end.home import PROJECT, SMALL_SEGMENT, Home

LONG = "ARENDE_LONG" in os.environ
LOOK_THOROUGHLY_EVERY = 40


class Way(NamedTuple):
    """A way to break."""

    error: int | None = None  # None: killed
    from_then_on: bool = False


WAYS = {
    "kill": Way(),
    "eio": Way(errno.EIO),
    "enospc": Way(errno.ENOSPC),
    "eio+": Way(errno.EIO, True),
    "enospc+": Way(errno.ENOSPC, True),
}


class Task(msgspec.Struct):
    """What to break, and which share of the places is one process's."""

    step: str
    journal: str
    most: int  # bytes in a segment of the log; 0 for ordinary ones
    template: str
    directory: str
    ways: list[str]
    by: str  # "calls" or "failpoints"
    weakness: str = ""  # what the program is made worse by
    every_call: bool = LONG  # also those that cannot differ from the one before
    keep_every: int = LOOK_THOROUGHLY_EVERY  # homes, for somebody else to look at thoroughly
    share: int = 0
    shares: int = 1


class Aftermath(msgspec.Struct):
    """What came of it."""

    points: dict[str, int] = msgspec.field(default_factory=dict)  # by way
    ends: dict[str, int] = msgspec.field(default_factory=dict)
    faults: list[str] = msgspec.field(default_factory=list)
    false_words: list[str] = msgspec.field(default_factory=list)  # what the command said of itself and was not so
    kept: list[str] = msgspec.field(default_factory=list)
    told: str = ""

    def add(self, other: "Aftermath") -> None:
        for ours, theirs in ((self.points, other.points), (self.ends, other.ends)):
            ours.update(Counter(ours) + Counter(theirs))
        self.faults += other.faults
        self.false_words += other.false_words
        self.kept += other.kept


def break_everywhere(
    directory: Path, step: str, journal: str, *, by: str = "", ways: Iterable[str] = WAYS, weakness: str = ""
) -> Aftermath:
    """Break a step of the story at every place; in a directory that is not there yet.

    The log is in many segments where SQLite has its older journal, so that both kinds of log are tried.
    """
    started = time.perf_counter()
    task = Task(
        step=step,
        journal=journal,
        most=SMALL_SEGMENT if journal == "delete" else 0,
        template=str(directory / "template"),
        directory=str(directory),
        ways=list(ways),
        by=by or ("calls" if tracer.works() else "failpoints"),
        weakness=weakness,
        shares=len(home.processors()),
    )
    _prepare(task)
    found = Aftermath()
    processes = [_begun(msgspec.structs.replace(task, share=share)) for share in range(task.shares)]
    for answer in [process.communicate()[0] for process in processes]:
        found.add(msgspec.json.decode(answer, type=Aftermath))
    found.told = _told(task, found, time.perf_counter() - started)
    return found


def _prepare(task: Task) -> None:
    """A home where everything before the step has really been done."""
    template = Home(Path(task.template))
    template.furnish()
    with home.using(task.journal, task.most):
        template.tell(*home.steps_before(task.step))


def _begun(task: Task) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.breaker"], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    process.stdin.write(msgspec.json.encode(task))
    process.stdin.close()
    process.stdin = None
    return process


def _told(task: Task, found: Aftermath, seconds: float) -> str:
    points, ends = dict(sorted(found.points.items())), dict(sorted(found.ends.items()))
    broken = f"{task.step}, {task.journal}: {sum(points.values())} {task.by} broken in {seconds:.1f} s"
    return f"\n{broken} {points}; {ends}"
