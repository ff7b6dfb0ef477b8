"""The real program given one command after another, with every step that it takes on the disk written down."""

import contextlib
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.end_to_end import disk, home, tracer
from tests.end_to_end.disk import Recorder, Step
from tests.end_to_end.home import SMALL_SEGMENT, Home
from tests.end_to_end.tracer import Call, Killed, SeenEnough, Tracee, Work
from workflow import log_exporter
from workflow.cli import main

COMMANDS = [(f"{step}-{number}", words) for number in (1, 2) for step, words in home.tale(number).items()][:26]


class Recording(NamedTuple):
    """What commands did to the files of a home."""

    start: dict[str, bytes | None]
    steps: list[Step]
    journal: str


def nothing() -> None:
    """No change."""


def without_log() -> None:
    vars(log_exporter)["export"] = lambda connection, directory: 0


class Followed:
    """A home where the real program is given commands, and each of their steps is written down."""

    def __init__(self, directory: Path, template: Home, journal: str) -> None:
        self.home, self._answers, self._journal = Home(directory / "home"), directory / "answers", journal
        self.home.become(template)
        self._start = disk.contents(self.home.directory)
        self._recorder = Recorder(self.home.directory, self._answers)

    @property
    def recording(self) -> Recording:
        return Recording(self._start, self._recorder.steps, self._journal)

    def give(self, number: int, change: Callable[[], object] = nothing, kill_at: int = 0) -> int:
        """Give a command to the program, changed in some way; it may be killed before its nth change of the log."""
        name, words = COMMANDS[number]
        self._recorder.given(name)
        before = self._killing(kill_at) if kill_at else self._recorder.before
        return Tracee(self._work(words, name, change)).follow(before, self._recorder.after)

    def _work(self, words: Sequence[str], name: str, change: Callable[[], object]) -> Work:
        def work(mark: Callable[[], None]) -> int:
            change()
            os.dup2(os.open(self._answers, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
            sys.stdout = sys.stderr = os.fdopen(1, "w")
            mark()
            return main.run(self.home.words(words, name))

        return work

    def _killing(self, number: int) -> Callable[[Call], None]:
        changes = itertools.count(1)

        def before(call: Call) -> None:
            if call.changes and (call.path or "").startswith(str(self.home.log)) and next(changes) == number:
                raise Killed
            self._recorder.before(call)

        return before

    @contextlib.contextmanager
    def kept_open(self) -> Iterator[None]:
        """Another process has the database open, and is killed in the end. Its first steps count too."""

        def work(mark: Callable[[], None]) -> int:
            mark()
            with self.home.open() as connection:
                home.journal(connection)
                os.getppid()  # seen by whoever follows: it is open
                signal.pause()
            return 0

        def before(call: Call) -> None:
            if call.name == "getppid":
                raise SeenEnough
            self._recorder.before(call)

        other = Tracee(work)
        other.accompany(before, self._recorder.after)
        try:
            yield
        finally:
            os.kill(other.pid, signal.SIGKILL)
            other.end()


@contextlib.contextmanager
def following(template: Home, journal: str) -> Iterator[Followed]:
    """A fresh home to be followed in; SQLite's journal is of a kind, and the log in many segments."""
    with home.shelf() as directory, home.using(journal, SMALL_SEGMENT), tracer.on_one_processor():
        yield Followed(directory, template, journal)
