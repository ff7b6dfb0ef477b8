"""The real programs with places in them where they break on demand: only for tests, and only by the environment.

    ARENDE_FAILPOINT=commit=kill@2 python -m tests.failpoints advance SON-2024-1
    ARENDE_FAILPOINT=log-sync=enospc+,acknowledge=sleep:2 python -m tests.failpoints daemon --once

Several are separated by commas. `@n` means the nth time it gets there (else the first); a trailing `+`, every time
from then on. The name `any` counts every place. Nothing here is imported by the installed packages: what they do is
watched from outside, by standing in front of the database driver, the operating system and the answer.
"""

import errno
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import workflow.cli.main
from workflow import connection, durable_files, event_log, log_exporter
from workflow.cli import render

VARIABLE = "ARENDE_FAILPOINT"
ANY = "any"
POINTS = {
    "begin": "before a transaction begins",
    "begun": "in a transaction, nothing asked yet",
    "execute": "before a statement",
    "commit": "before a transaction is committed",
    "committed": "it is committed, and nobody knows yet",
    "log": "before the log's lock or one of its files is opened",
    "payload": "before a text is written to its file",
    "sync": "before a text's file or a directory is made to last",
    "log-write": "before lines are added to the log",
    "log-sync": "before they are made to last",
    "operations": "before the operators' log is opened",
    "acknowledge": "before anything is printed",
    "acknowledged": "after the user has been told",
}
FAULTS = {"eio": errno.EIO, "enospc": errno.ENOSPC}
SPELLED = re.compile(
    r"(?P<name>[a-z-]+)=(?P<action>kill|eio|enospc|sleep:(?P<seconds>\d+(\.\d+)?))(@(?P<nth>\d+))?(?P<on>\+)?"
)


class Failpoint(NamedTuple):
    """What happens at one place."""

    name: str
    action: str  # kill, eio, enospc, sleep
    seconds: float
    nth: int
    from_then_on: bool

    def strikes(self, passed: int) -> bool:
        return passed >= self.nth if self.from_then_on else passed == self.nth


def read(text: str) -> tuple[Failpoint, ...]:
    """What the variable says. Raises ValueError for what it cannot say."""
    return tuple(_read(word) for word in text.split(",") if word)


def _read(word: str) -> Failpoint:
    found = SPELLED.fullmatch(word)
    if found is None or found["name"] not in {ANY, *POINTS}:
        raise ValueError(f"{VARIABLE} cannot say {word!r}; the names are {', '.join([ANY, *POINTS])}")
    action, seconds = found["action"].partition(":")[0], float(found["seconds"] or 0)
    return Failpoint(found["name"], action, seconds, int(found["nth"] or 1), bool(found["on"]))


class Failpoints:
    """Counts how often each place is passed, and breaks where it was asked to."""

    def __init__(self, wanted: tuple[Failpoint, ...], told: Callable[[], object] = lambda: None) -> None:
        """`told` is called when one strikes, before it does."""
        self._wanted, self._told, self._passed = wanted, told, Counter[str]()

    def at(self, name: str, failed: Callable[[int], Exception] | None = None) -> None:
        """The program is at a place; `failed` makes an error number the exception that belongs there."""
        self._passed.update((name, ANY))
        for point in self._wanted:
            if point.name in (name, ANY) and point.strikes(self._passed[point.name]):
                self._told()
                _strike(point, failed or _os_error)

    # --- the places -------------------------------------------------------------------------------------

    def install(self) -> None:
        """Stand in front of everything that can break. There is no way back: the process is given up for it."""
        for kind in (connection.SqliteConnection, connection.PostgresConnection):
            vars_of: Any = kind
            vars_of.__init__ = self._with_a_breaking_driver(kind.__init__)
        vars(log_exporter)["os"] = self._system(open="log")
        vars(durable_files)["os"] = self._system(write="log-write", fdatasync="log-sync", fsync="sync")
        vars(durable_files)["write"] = self._behind("payload", durable_files.write)
        vars(event_log)["os"] = self._system(open="operations")
        vars(render)["_written"] = self._breaking_print(vars(render)["_written"])

    def _behind(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def behind(*args: Any, **more: Any) -> Any:
            self.at(name)
            return function(*args, **more)

        return behind

    def _system(self, **places: str) -> SimpleNamespace:
        """The module `os`, with places in front of some of its functions."""
        return SimpleNamespace(**vars(os) | {name: self._behind(at, vars(os)[name]) for name, at in places.items()})

    def _breaking_print(self, written: Callable[..., None]) -> Callable[..., None]:
        def breaking(write: Callable[[], object]) -> None:
            def printed() -> None:
                self.at("acknowledge")
                write()
                if write == sys.stdout.flush:
                    self.at("acknowledged")

            written(printed)

        return breaking

    def _with_a_breaking_driver(self, begin: Callable[..., None]) -> Callable[..., None]:
        def begun(opened: Any, *args: Any, **more: Any) -> None:
            begin(opened, *args, **more)
            opened.raw = _Driver(opened.raw, opened._driver, self)

        return begun


class _Driver:
    """The driver's connection, with a place before and after each statement."""

    def __init__(self, raw: Any, driver: Any, points: Failpoints) -> None:
        vars(self).update(_raw=raw, _driver=driver, _points=points)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._raw, name, value)

    def execute(self, sql: str, *args: Any) -> Any:
        before, after = STATEMENTS.get(sql.partition(" ")[0], ("execute", ""))
        if before:
            self._points.at(before, self._failed)
        answer = self._raw.execute(sql, *args)
        if after:
            self._points.at(after, self._failed)
        return answer

    def _failed(self, number: int) -> Exception:
        error: Exception = self._driver.OperationalError(f"injected: {os.strerror(number)}")
        return error


STATEMENTS = {"BEGIN": ("begin", "begun"), "COMMIT": ("commit", "committed"), "ROLLBACK": ("", "")}
"""The places before and after a statement, by its first word. A transaction that fails to be rolled back is."""


def _os_error(number: int) -> Exception:
    return OSError(number, os.strerror(number))


def _strike(point: Failpoint, failed: Callable[[int], Exception]) -> None:
    if point.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif point.action == "sleep":
        time.sleep(point.seconds)
    else:
        raise failed(FAULTS[point.action])


def main() -> None:
    """Run `arende`, or with the first word `daemon` the daemon."""
    Failpoints(read(os.environ.get(VARIABLE, ""))).install()
    if sys.argv[1:2] == ["daemon"]:
        import scheduler.daemon

        del sys.argv[1]
        scheduler.daemon.main()
    else:
        workflow.cli.main.main()


if __name__ == "__main__":
    main()
