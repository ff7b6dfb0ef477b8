"""Is the work going on? A round beats when it begins, between two reminders, and when it ends.

Somebody else looks: the main thread ends a process whose heart has stopped, and so does systemd.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workflow.config import Daemon

SHORTEST = 30.0
"""Seconds of silence that mean nothing, however often it ticks: a busy machine takes its time."""

BEYOND = 30.0
"""Seconds that systemd waits longer than we do ourselves, since we can say what is wrong."""

SELDOM = 1.0
"""Seconds between two words to systemd."""


def longest_rest(daemon: Daemon) -> float:
    """Seconds between two rounds, at most."""
    return max(2.0 * daemon.tick_seconds, SHORTEST)


def longest_step(daemon: Daemon) -> float:
    """Seconds a round may go without finishing anything: a lease, in which what is being sent is ours, or three ticks.

    No mail takes as long as a lease (`config.SENDS_IN_A_LEASE`).
    """
    return max(3.0 * daemon.tick_seconds, float(daemon.lease_seconds), SHORTEST)


class Heart:
    def __init__(self, daemon: Daemon, monotonic: Callable[[], float], alive: Callable[[], None]) -> None:
        self._daemon, self._monotonic, self._alive = daemon, monotonic, alive
        self._last = monotonic()
        self._told = float("-inf")
        self.at_work = False

    def follow(self, daemon: Daemon) -> None:
        """Go by other settings from now on."""
        self._daemon = daemon
        self.beat()

    def beat(self) -> None:
        self._last = self._monotonic()
        if self._last - self._told >= SELDOM:
            self._told = self._last
            self._alive()

    @contextmanager
    def working(self) -> Iterator[None]:
        self.at_work = True
        self.beat()
        try:
            yield
        finally:
            self.at_work = False
            self.beat()

    @property
    def silence(self) -> float:
        """Seconds since the last beat."""
        return self._monotonic() - self._last

    @property
    def longest_silence(self) -> float:
        return (longest_step if self.at_work else longest_rest)(self._daemon)

    @property
    def has_stopped(self) -> bool:
        return self.silence > self.longest_silence

    def excuse(self) -> None:
        """Whoever looks was itself held still (SIGSTOP, a machine asleep), and says nothing of the others."""
        self._last = self._monotonic()
