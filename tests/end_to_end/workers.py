"""Real processes for the tests: forked, so that all is imported, and told over pipes what to do."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from states.judgement import Refused
from workflow.config import Settings
from workflow.connection import Connection, connect
from workflow.desk import Desk
from workflow.errors import ArendeError

FORK = multiprocessing.get_context("fork")
PATIENCE = 60  # seconds for an answer

Task = Callable[..., Any]


class Team:
    """Processes that each have a connection of their own and all begin a round in the same moment."""

    def __init__(self, settings: Settings, size: int) -> None:
        self._start = FORK.Barrier(size)
        self._pipes, self._processes = [], []
        for _ in range(size):
            ours, theirs = FORK.Pipe()
            process = FORK.Process(target=self._serve, args=(settings, theirs), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def race(self, *tasks: Task) -> list[str]:
        """One task for each process, at once; how each ended."""
        for pipe, task in zip(self._pipes, tasks, strict=True):
            pipe.send(task)
        answers = []
        for pipe in self._pipes:
            assert pipe.poll(PATIENCE), "a process never answered"
            answers.append(pipe.recv())
        return answers

    def end(self) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join(PATIENCE)
            pipe.close()
            process.close()

    def _serve(self, settings: Settings, pipe: Any) -> None:
        desk = Desk(connect(settings.database_url), settings)
        while task := pipe.recv():
            self._start.wait(PATIENCE)
            pipe.send(outcome(task, desk))


@contextmanager
def team(settings: Settings, size: int) -> Iterator[Team]:
    working = Team(settings, size)
    try:
        yield working
    finally:
        working.end()


def after(seconds: float, task: Task, desk: Desk) -> Any:
    """A task begun a little later than the others, so that the quicker one does not win every round."""
    time.sleep(seconds)
    return task(desk)


def outcome(task: Task, desk: Desk) -> str:
    """`done`, `refused`, or the name of what was raised (with its exit code)."""
    try:
        result = task(desk)
    except ArendeError as error:
        return f"{type(error).__name__} {int(error.exit)}"
    except Exception:
        return traceback.format_exc()
    return "refused" if isinstance(result, Refused) else "done"


class Watched:
    """A connection that says when its transactions have begun and when they are committed."""

    def __init__(self, connection: Connection, tell: Callable[[bytes], object]) -> None:
        self._connection, self._tell = connection, tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._connection.writing():
            self._tell(b"B")
            yield
        self._tell(b"C")


class Victim:
    """A process that does one thing and can be killed in the middle of it."""

    def __init__(self, work: Callable[[Callable[[bytes], object]], None]) -> None:
        """`work` is handed a function that tells the parent how far it has come."""
        go, self._go = os.pipe()
        self._marks, told = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.write(told, b"R")
                os.read(go, 1)
                work(lambda mark: os.write(told, mark))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(go)
        os.close(told)
        os.read(self._marks, 1)  # ready

    def begin(self) -> None:
        os.write(self._go, b"g")

    def kill_after(self, seconds: float) -> None:
        """Kill it so long after `begin`, to the microsecond as far as the machine allows."""
        until = time.perf_counter() + seconds
        if seconds > 0.002:
            time.sleep(seconds - 0.001)
        while time.perf_counter() < until:
            pass
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> str:
        """Wait until it is gone; the marks it left. A fault of its own is a fault of the test."""
        _, status = os.waitpid(self.pid, 0)
        marks = b""
        while more := os.read(self._marks, 100):
            marks += more
        os.close(self._go)
        os.close(self._marks)
        assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL), "the process failed by itself"
        return marks.decode()
