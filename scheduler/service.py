"""The main thread of a daemon that runs: it minds signals, the clock, and whether the work goes on.

It does none of the work itself and waits on the monotonic clock alone, so that nothing that stops the work stops it.
"""

import os
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, monotonic_ns
from typing import Protocol

from scheduler import metrics, metrics_port, notify_socket, readiness
from scheduler.clock_watch import ClockWatch
from scheduler.heart import BEYOND, Heart, longest_step
from scheduler.reminder_round import Clock
from scheduler.ticks import Ticks, day_in_sweden
from workflow import config
from workflow.cli import render
from workflow.config import Settings
from workflow.errors import ArendeError, EnvironmentFaultError, Exit

LONGEST_NAP = 5.0
"""Seconds between two looks at the clocks, at most; at least as often as it ticks."""

FAREWELL = 5.0
"""Seconds for what is done when the work no longer can be waited for, or is over."""

ENDING = (signal.SIGTERM, signal.SIGINT)


class Ticker(Protocol):
    """What calls again and again, by the machine's clock."""

    def start(self, tick: Callable[[], None], seconds: int) -> None:
        """Call at once, and then every so many seconds."""

    def every(self, seconds: int) -> None:
        """Call at once, and from then on so often; also when the clock has been set."""

    def end(self) -> None:
        """Call no more. Does not wait."""


class Service:
    """A daemon from its start to its end."""

    def __init__(
        self, path: Path, settings: Settings, now: Clock, ticker: Ticker, leave: Callable[[int], object] = os._exit
    ) -> None:
        """`leave` ends the process at once, whatever its threads are doing."""
        self._path, self._now, self._ticker, self._leave = path.absolute(), now, ticker, leave
        self._socket = notify_socket.from_environment()
        self._heart = Heart(settings.config.daemon, monotonic, self._socket.alive)
        self._ticks = Ticks(settings, now, self._heart, lambda told: self._socket.tell(f"STATUS={told}"))
        self._clock = ClockWatch(monotonic)
        # A queue may be put into from a signal's handler; an Event's lock could be held by whom it interrupts.
        self._signals: SimpleQueue[int] = SimpleQueue()
        self._port = ExitStack()

    def run(self) -> int:
        for number in (*ENDING, signal.SIGHUP):
            signal.signal(number, lambda number, _: self._signals.put(number))
        self._port = self._listening(self._settings)
        with self._port:
            # Before there are other threads: what writes the operators' log is imported by the first line.
            self._ticks.note(command="daemon run", outcome="started", config=self._settings.hash)
            self._ticker.start(self._ticks, self._settings.config.daemon.tick_seconds)
            self._tell_ready("Igång.")
            return self._until_told()

    @property
    def _settings(self) -> Settings:
        return self._ticks.settings

    @property
    def _nap(self) -> float:
        return min(float(self._settings.config.daemon.tick_seconds), LONGEST_NAP)

    def _until_told(self) -> int:
        while True:
            number = self._signal()
            if number in ENDING:
                return self._end()
            if number == signal.SIGHUP:
                self._reload()
            self._mind_the_clock()
            if self._heart.has_stopped:
                return self._give_up()

    def _signal(self) -> int | None:
        """The next signal, if one comes within a nap."""
        before = monotonic()
        try:
            return self._signals.get(timeout=self._nap)
        except Empty:
            if monotonic() - before > self._nap + LONGEST_NAP:
                self._heart.excuse()
            return None

    def _mind_the_clock(self) -> None:
        """A clock that was set back would be waited for until it has come as far again."""
        if jump := self._clock.jumped(lambda: self._now().timestamp()):
            self._ticks.clock_jumped(jump)
            self._ticker.every(self._settings.config.daemon.tick_seconds)

    def _tell_ready(self, status: str) -> None:
        self._socket.tell("READY=1", f"STATUS={status}")
        self._socket.watch(longest_step(self._settings.config.daemon) + BEYOND)

    # --- the end ---

    def _end(self) -> int:
        """Finish what is being sent, begin nothing more."""
        self._socket.tell("STOPPING=1", "STATUS=Avslutar det som håller på att skickas.")
        self._ticks.stop()
        self._ticker.end()
        while not self._ticks.ended(self._nap):
            if self._heart.has_stopped:
                return self._give_up()
        _in_time(self._ticks.say_goodbye)
        return Exit.DONE

    def _give_up(self) -> int:
        """End a process whose work stands still; whoever started it starts it anew."""
        told = (
            f"arende-daemon har inte kommit vidare på {self._heart.silence:.0f} sekunder och slutar, så att den kan "
            "startas om. Databasen, disken eller e-postservern svarar inte; kör arende doctor."
        )
        _in_time(lambda: render.complain(told, Exit.ENVIRONMENT))
        _in_time(lambda: self._ticks.note(command="daemon run", outcome="failed", exit=int(Exit.ENVIRONMENT)))
        self._leave(Exit.ENVIRONMENT)
        return Exit.ENVIRONMENT

    # --- other settings ---

    def _reload(self) -> None:
        """Go by config.toml as it is now; if it cannot be used, go on as before and say so."""
        self._socket.tell("RELOADING=1", f"MONOTONIC_USEC={monotonic_ns() // 1000}")
        try:
            self._follow(self._checked())
        except ArendeError as error:
            self._ticks.note(command="daemon reload", outcome="failed", exit=int(error.exit))
            render.complain(f"De gamla inställningarna gäller fortfarande. {error}", error.exit)
            self._tell_ready("De gamla inställningarna gäller: de nya kunde inte användas.")
            return
        self._ticks.note(command="daemon reload", outcome="done", config=self._settings.hash)
        self._tell_ready("Nya inställningar lästes in.")

    def _checked(self) -> Settings:
        new, old = config.load(self._path), self._settings
        if (new.database_url, new.log_directory) != (old.database_url, old.log_directory):
            raise EnvironmentFaultError(
                "[database] url och [log] directory byts inte medan arende-daemon går. Starta om den: systemctl "
                "restart arende-daemon"
            )
        readiness.refuse_to_start(new, day_in_sweden(self._now()))
        return new

    def _follow(self, new: Settings) -> None:
        if new.config.daemon.metrics_port != self._settings.config.daemon.metrics_port:
            port = self._listening(new)
            self._port.close()
            self._port.push(port.pop_all())
        self._ticks.follow(new)
        self._heart.follow(new.config.daemon)
        self._ticker.every(new.config.daemon.tick_seconds)

    def _listening(self, settings: Settings) -> ExitStack:
        """Figures for whoever asks at the port of some settings. Raises EnvironmentFaultError when it is taken."""
        with ExitStack() as stack:
            stack.enter_context(
                metrics_port.open_at(
                    settings.config.daemon.metrics_port, lambda: metrics.exposition(self._ticks.figures)
                )
            )
            return stack.pop_all()


def _in_time(work: Callable[[], object]) -> None:
    """Do something that may stand still, and wait for it only so long."""
    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(FAREWELL)
