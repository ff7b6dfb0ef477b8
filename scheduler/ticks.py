"""Rounds: what one does, and how they follow one another without anybody being told of it but by what they leave.

A round that fails is written down and tried again; what goes on being wrong is said once.
"""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from queue import Empty, SimpleQueue
from threading import Event, Lock
from time import monotonic
from typing import Any

import msgspec

from scheduler import metrics, reminder_run
from scheduler.calendar_feed import Calendars, UnwrittenError
from scheduler.clock_watch import ClockWatch
from scheduler.heart import Heart
from scheduler.metrics import Figures
from scheduler.readiness import at_desk
from scheduler.reminder_round import Clock, Tally
from scheduler.sending_hours import SWEDEN
from workflow import clock_jumps, event_log, heartbeats, installation, log_exporter, outbox_figures, reminder_store
from workflow.audit_journal import timestamp
from workflow.cli import render
from workflow.config import Settings
from workflow.desk import Desk
from workflow.errors import ArendeError, Exit, why
from workflow.heartbeats import Outcome
from workflow.reminder_store import Moment


def day_in_sweden(at: datetime) -> date:
    """The day it is in Sweden at an instant."""
    return at.astimezone(SWEDEN).date()


def own_name() -> str:
    """What the database calls this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


# --- one round ------------------------------------------------------------------------------------


class Done(msgspec.Struct, frozen=True):
    """What a round did."""

    tally: Tally
    exported: int  # lines that the log file was behind
    unwritten: str = ""  # why the calendars could not be written


def go_round(
    desk: Desk, today: date, now: Clock, calendars: Calendars, stopped: Callable[[], bool] = lambda: False
) -> Done:
    """One round: remind, bring the log file up to date, and write the calendars."""
    log_exporter.require_agreement(desk.connection, desk.settings.log_directory)
    try:
        tally = reminder_run.run(desk, today, now, own_name(), stopped)
    finally:
        exported = log_exporter.export(desk.connection, desk.settings.log_directory)
    return Done(tally, exported, _unwritten(calendars, desk, today, now()))


def _unwritten(calendars: Calendars, desk: Desk, today: date, at: datetime) -> str:
    """Write the calendars; what went wrong. What has been sent is sent all the same."""
    try:
        calendars.keep(desk, today, at)
    except UnwrittenError as error:
        return str(error)
    return ""


# --- one after another ----------------------------------------------------------------------------


class Ticks:
    """Rounds one at a time, until told to stop."""

    def __init__(self, settings: Settings, now: Clock, heart: Heart, told: Callable[[str], None]) -> None:
        """`told` is given a Swedish sentence about how each round went."""
        self.settings, self._now, self._heart, self._told = settings, now, heart, told
        self.figures = Figures(settings.hash, settings.config.daemon.tick_seconds)
        self._stop, self._turn = Event(), Lock()
        self._jumps: SimpleQueue[int] = SimpleQueue()
        self._database_clock = ClockWatch(monotonic)
        self._calendars = Calendars()
        self._started_at: int | None = None
        self._last = Outcome.BEGUN
        self._said = {"round": "", "calendars": "", "figures": ""}

    def __call__(self) -> None:
        with self._turn:
            if not self._stop.is_set():
                with self._heart.working():
                    self._count(self._round)

    def follow(self, settings: Settings) -> None:
        """Go by other settings from the next round on."""
        before = metrics.file_of(self.settings)
        self.settings = settings
        if before and before != metrics.file_of(settings):
            # Figures that nobody writes any more would look like those of a daemon that stands still.
            with suppress(OSError):
                before.unlink(missing_ok=True)

    def clock_jumped(self, seconds: int) -> None:
        """Have it written down, at the next round that gets that far."""
        self.figures.jumps += 1
        self.figures.last_jump = seconds
        self._jumps.put(seconds)
        self.note(command="daemon clock", outcome="jumped", seconds=seconds)

    def stop(self) -> None:
        """Begin nothing more; what is being sent is finished."""
        self._stop.set()

    def ended(self, seconds: float) -> bool:
        """True when no round is under way, and none will be; so long is waited for it."""
        return self._turn.acquire(timeout=seconds)

    def say_goodbye(self) -> None:
        """Leave the list of daemons, with nothing unsaid; to be called when all has ended."""
        with suppress(ArendeError), at_desk(self.settings) as desk:
            heartbeats.remove(desk.connection, own_name())
            self._mind_the_clocks(desk)

    def note(self, **fields: Any) -> None:
        at = timestamp(self._now())
        event_log.command_finished(self.settings.operations_log, recorded_at=at, **fields)

    # --- a round and what is written of it ---

    def _round(self) -> Outcome:
        try:
            done = self._go()
            fault = {"fault": "calendars"} if done.unwritten else {}
            self.note(command="daemon tick", outcome="done", exported=done.exported, **done.tally.counts(), **fault)
            self._told(_summary(done))
            self._said["round"] = ""
            self._complain("calendars", done.unwritten)
            return Outcome.DONE
        except ArendeError as error:
            return self._failed(str(error), error.exit)
        except Exception as error:
            # A clock that dies of one bad row would remind nobody of anything.
            if os.environ.get("ARENDE_DEBUG"):
                raise
            return self._failed(bug(error), Exit.BUG, fault=type(error).__name__)

    def _go(self) -> Done:
        settings, today = self.settings, day_in_sweden(self._now())
        installation.require_sound(settings, today)
        with at_desk(settings) as desk:
            self._say_hello(desk, self._last)
            self._mind_the_clocks(desk)
            done = go_round(desk, today, self._now, self._calendars, self._stopped)
            self.figures.count(done.tally.counts())
            self.figures.exported += done.exported
            self.figures.outbox = outbox_figures.read(desk.connection, today)
            self._say_hello(desk, Outcome.DONE)
        return done

    def _say_hello(self, desk: Desk, outcome: Outcome) -> None:
        tick_seconds = desk.settings.config.daemon.tick_seconds
        self._started_at = heartbeats.beat(
            desk.connection, own_name(), self._started_at, tick_seconds, outcome, desk.settings.hash
        )

    def _mind_the_clocks(self, desk: Desk) -> None:
        """Write down how ours has jumped. When the database's was set back, let nothing wait for what it said."""
        moment = Moment(day_in_sweden(self._now()), self._now())
        while (seconds := _next(self._jumps)) is not None:
            try:
                clock_jumps.record(desk, moment, seconds, own_name())
            except ArendeError:
                self._jumps.put(seconds)
                raise
        if self._database_clock.jumped(lambda: reminder_store.database_clock(desk.connection) / 1000) < 0:
            clock_jumps.forget_the_future(desk.connection, desk.settings.config.daemon.lease_seconds)

    def _stopped(self) -> bool:
        """Asked between two reminders; that it is asked shows that the work goes on."""
        self._heart.beat()
        return self._stop.is_set()

    def _failed(self, told: str, code: Exit, **more: str) -> Outcome:
        self.note(command="daemon tick", outcome="failed", exit=int(code), **more)
        self._told(told)
        self._complain("round", told, code)
        with suppress(ArendeError), at_desk(self.settings) as desk:
            self._say_hello(desk, Outcome.FAILED)
        return Outcome.FAILED

    def _complain(self, about: str, told: str, code: Exit = Exit.ENVIRONMENT) -> None:
        if told and told != self._said[about]:
            render.complain(told, code)
        self._said[about] = told

    def _count(self, a_round: Callable[[], Outcome]) -> None:
        began = monotonic()
        self._last = a_round()
        self.figures.rounds[self._last] += 1
        self.figures.config = self.settings.hash
        self.figures.tick_seconds = self.settings.config.daemon.tick_seconds
        self.figures.ended_at, self.figures.seconds = self._now(), monotonic() - began
        self._complain("figures", self._published())

    def _published(self) -> str:
        """Write the figures where they are wanted; what went wrong."""
        path = metrics.file_of(self.settings)
        try:
            if path:
                metrics.write(path, self.figures)
        except OSError as error:
            return (
                f"Siffrorna för Prometheus kunde inte skrivas i {path} ({why(error)}). Rätta [daemon] metrics_file "
                "i config.toml; påminnelserna skickas ändå."
            )
        return ""


def _next(queue: SimpleQueue[int]) -> int | None:
    try:
        return queue.get_nowait()
    except Empty:
        return None


def _summary(done: Done) -> str:
    tally = done.tally
    calendars = " Kalendrarna kunde inte skrivas." if done.unwritten else ""
    return f"Senaste rundan: {tally.sent} skickade, {tally.waiting} väntar, {tally.failed} misslyckade.{calendars}"


def bug(error: Exception) -> str:
    return (
        f"Ett fel i programmet ({type(error).__name__}). Kör igen med ARENDE_DEBUG=1 och skicka utskriften "
        "till förvaltaren."
    )
