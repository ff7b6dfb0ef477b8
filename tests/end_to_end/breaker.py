"""One command broken at its share of the places where it can break, and what is left looked at.

    python -m tests.end_to_end.breaker < task.json

This is a program of its own, and a small one, since it forks once for every place. A child begins the command; from
BEGIN on it is stopped in front of every system call (`tracer`), and in front of one of them it is killed, or the call
is answered with an error. Or it breaks at the failpoints. Afterwards the database is opened again, and the same
command given again with the same id.
"""

import contextlib
import errno
import functools
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tests import failpoints
from tests.end_to_end import home, tracer
from tests.end_to_end.breaking import WAYS, Aftermath, Task, Way
from tests.end_to_end.home import Home
from tests.end_to_end.tracer import OTHER_CHANGES, SYNCS, WRITES, Answer, Call, Killed, SeenEnough, Tracee
from workflow import audit_journal
from workflow.cli import main
from workflow.connection import SqliteConnection
from workflow.errors import Exit, OutcomeUnknownError

LOOKS = frozenset(("access", "stat", "lstat", "fstat", "newfstatat", "statx", "open", "openat"))
READS = frozenset(("read", "pread64", "readv", "getdents", "getdents64"))
CAN_FAIL = LOOKS | READS | WRITES | SYNCS | OTHER_CHANGES
"""What a bad disk can answer with EIO. (A close that fails has closed all the same, and says nothing new.)"""

UNCHANGED, SAVED = ("inget har ändrats", "inget skrevs"), ("är sparad", "är sparat")
HONEST_ENDS = {Exit.ENVIRONMENT, Exit.OUTCOME_UNKNOWN}
"""How a command may end on a bad disk, if not well; any other end blames somebody else."""


class End(NamedTuple):
    """How a broken command ended."""

    where: str
    code: int  # -9 when killed
    out: str
    err: str


# --- breaking by system calls -----------------------------------------------------------------------


class Chooser:
    """Breaks one call of those that are worth breaking in this way."""

    def __init__(self, way: Way, number: int, roots: tuple[str, ...], every_call: bool) -> None:
        self._way, self._left, self._roots, self._every_call = way, number, roots, every_call
        self._before: Call | None = None
        self._seen: set[tuple[str, object]] = set()  # since anything was changed
        self.broken = ""

    def __call__(self, call: Call) -> Answer:
        if self.broken:
            return self._further(call)
        self._left -= (self._is_worth(call) or self._every_call) and self._can_break(call)
        if self._left >= 0:
            return None
        self.broken = f"{call.name} {os.path.basename(call.path or '')}"  # noqa: PTH119 - no path of ours
        return self._error()

    def _further(self, call: Call) -> Answer:
        if not self._way.from_then_on:
            raise SeenEnough
        return self._error() if self._can_break(call) else None

    def _error(self) -> Answer:
        if self._way.error is None:
            raise Killed
        return -self._way.error

    def _is_worth(self, call: Call) -> bool:
        """Breaking any other leaves what breaking one before it leaves."""
        before, self._before = self._before, call
        if self._way.error is None:
            return call.changes or (before is not None and before.name in SYNCS)
        this = (call.name, call.about)
        new = this not in self._seen
        self._seen = {this} if call.changes else {*self._seen, this}
        return new and (call.changes or self._way == WAYS["eio"])

    def _can_break(self, call: Call) -> bool:
        if self._way.error is None:
            return True
        if call.name not in CAN_FAIL or not (call.path or "").startswith(self._roots):
            return False
        return self._way.error == errno.EIO or call.changes


# --- the work ---------------------------------------------------------------------------------------


class Breaker:
    """Breaks its share, and gathers what came of it."""

    def __init__(self, task: Task) -> None:
        self._task, self.found = task, Aftermath()
        self._template = Home(Path(task.template))
        self._home = Home(Path(task.directory) / f"home-{task.share}")
        self._said = Path(task.directory) / f"said-{task.share}"
        self._said.mkdir()
        self._id = f"break-{task.step}"
        self._tries = 0

    def run(self) -> Aftermath:
        home.use(self._task.journal, self._task.most)
        self._whole()
        with tracer.on_one_processor(self._task.share):
            for way in self._task.ways:
                self._break_everywhere(way)
        return self.found

    def _break_everywhere(self, way: str) -> None:
        number = self._task.share
        while end := self._broken(way, number):
            _count(self.found.points, way)
            self._look(way, end)
            number += self._task.shares

    def _whole(self) -> None:
        """Once unbroken, which also imports all there is to import."""
        self._home.become(self._template)
        code, printed = self._give()
        assert code == 0, printed

    def _give(self) -> tuple[int, str]:
        return self._home.arende(home.STORY[self._task.step], self._id)

    def _broken(self, way: str, number: int) -> End | None:
        """Begin with a fresh home, and break; None when it came to its end before that place."""
        self._home.become(self._template)
        for name in ("out", "err"):
            (self._said / name).write_bytes(b"")
        how = self._by_failpoint if self._task.by == "failpoints" else self._by_call
        where, code = how(WAYS[way], number)
        if not where:
            return None
        return End(f"{self._task.step}, {self._task.journal}: {way} at {where}", code, *self._printed())

    def _printed(self) -> tuple[str, str]:
        return (self._said / "out").read_text(), (self._said / "err").read_text()

    def _by_call(self, way: Way, number: int) -> tuple[str, int]:
        roots = (str(self._home.directory), str(self._said / "out"))
        chooser = Chooser(way, number, roots, self._task.every_call)
        code = Tracee(self._work).follow(chooser)
        return f"{number}: {chooser.broken}" if chooser.broken else "", code

    def _by_failpoint(self, way: Way, number: int) -> tuple[str, int]:
        names = {None: "kill", errno.EIO: "eio", errno.ENOSPC: "enospc"}
        spelled = f"any={names[way.error]}@{number + 1}{'+' if way.from_then_on else ''}"
        struck, strike = os.pipe()
        pid = os.fork()
        if pid == 0:
            failpoints.Failpoints(failpoints.read(spelled), lambda: os.write(strike, b"x")).install()
            os._exit(self._work(lambda: None))
        os.close(strike)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with os.fdopen(struck, "rb") as told:
            return (spelled if told.read() else ""), code

    def _work(self, mark: Callable[[], None]) -> int:
        """In the child: the real program, told to set the mark where its first transaction begins."""
        if self._task.weakness:
            WEAKNESSES[self._task.weakness]()
        _mark_the_first_transaction(mark)
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(self._said / name, os.O_WRONLY | os.O_APPEND), number)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
        sys.argv = ["arende", *self._home.words(home.STORY[self._task.step], self._id)]
        try:
            main.main()
        except SystemExit as ended:
            return int(ended.code or 0)
        raise AssertionError("the program did not end")

    # --- what is left -----------------------------------------------------------------------------------

    def _look(self, way: str, end: End) -> None:
        self._tries += 1
        if self._tries % self._task.keep_every == 0:
            self._keep()
        with self._home.open() as connection:
            done = home.times_done(connection, self._id)
            faults = home.broken_chains(connection)
        faults += self._faults_of(end, done)
        faults += self._given_again(done)
        self.found.faults += [f"{end.where}: {fault}" for fault in faults]
        self.found.false_words += [f"{end.where}: {told}" for told in self._false_words(end, done)]
        ended = "killed" if way == "kill" else f"exit {end.code}"
        _count(self.found.ends, f"{ended}, {'done' if done else 'not done'}")

    def _faults_of(self, end: End, done: int) -> Iterator[str]:
        if done not in (0, 1):
            yield f"it is done {done} times"
        if not done and (end.code == 0 or end.out.strip()):
            yield "it was acknowledged, and is lost"
        if end.code == 0 and json.loads(end.out).get("repeated"):
            yield "it says that it was done before"
        if end.code > 0 and ("Traceback" in end.err or len(_sentences(end.err)) != 1):
            yield f"it did not say so in one sentence: {end.err!r}"

    def _false_words(self, end: End, done: int) -> Iterator[str]:
        """What the command said of itself that was not so, or did not help."""
        told = end.err.strip()
        if done and any(words in told.lower() for words in UNCHANGED):
            yield f"it is done, but said: {told}"
        if not done and any(words in told.lower() for words in SAVED):
            yield f"it is not done, but said: {told}"
        if end.code == Exit.OUTCOME_UNKNOWN and self._id not in told:
            yield f"it did not say with which id to ask again: {told}"
        if end.code > 0 and end.code not in HONEST_ENDS:
            yield f"the disk failed, but it ended with {end.code}: {told}"

    def _given_again(self, done: int) -> Iterator[str]:
        code, printed = self._give()
        if code:
            yield f"given again it ended with {code}: {printed}"
            return
        if json.loads(printed).get("repeated", False) != bool(done):
            yield f"given again it did not say the truth: {printed}"
        with self._home.open() as connection:
            if home.times_done(connection, self._id) != 1:
                yield "given again it is done more than once"
            yield from home.log_brought_up_to_date(connection, self._home.log)

    def _keep(self) -> None:
        kept = Path(self._task.directory) / f"kept-{self._task.share}-{self._tries}"
        Home(kept).become(self._home)
        self.found.kept.append(str(kept))


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _sentences(err: str) -> list[str]:
    """What was said, but for the operators' log, which is nobody's errand."""
    return [line for line in err.splitlines() if not line.startswith("Driftloggen")]


def _mark_the_first_transaction(mark: Callable[[], None]) -> None:
    writing, marked = SqliteConnection.writing, list[bool]()

    def marking(connection: SqliteConnection) -> Any:
        if not marked:
            marked.append(True)
            mark()
        return writing(connection)

    vars_of: Any = SqliteConnection
    vars_of.writing = marking


# --- a program made worse, so that the questions asked here are seen to be answered no ---------------


def _forget_command_ids() -> None:
    """No command is known again by its id."""
    vars_of: Any = audit_journal
    vars_of.seal = functools.partial(audit_journal.seal, remember=False)


def _boast() -> None:
    """It tells its user before the change is saved."""
    vars_of: Any = SqliteConnection
    commit = vars_of._commit

    def boasting(connection: SqliteConnection) -> None:
        print("{}", flush=True)
        commit(connection)

    vars_of._commit = boasting


def _overlook_failed_commits() -> None:
    vars_of: Any = SqliteConnection
    commit = vars_of._commit

    def overlooking(connection: SqliteConnection) -> None:
        with contextlib.suppress(OutcomeUnknownError):
            commit(connection)

    vars_of._commit = overlooking


WEAKNESSES: dict[str, Callable[[], None]] = {
    "forgets command ids": _forget_command_ids,
    "boasts": _boast,
    "overlooks failed commits": _overlook_failed_commits,
}

if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(Breaker(msgspec.json.decode(sys.stdin.buffer.read(), type=Task)).run()))
