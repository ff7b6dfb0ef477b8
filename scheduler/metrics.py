"""Figures for Prometheus, in its text format 0.0.4: of this daemon since it started, and of the database they share.

Numbers, outlets and hashes only: nothing of any case.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from workflow import durable_files
from workflow.config import Settings
from workflow.outbox_figures import OutboxFigures

READABLE = 0o644
"""Whoever collects the figures is another user."""


class Figures(msgspec.Struct):
    """What a daemon has done since it started, and what it last saw."""

    config: str = ""
    tick_seconds: int = 0
    rounds: dict[str, int] = msgspec.field(default_factory=lambda: {"done": 0, "failed": 0})
    reminders: dict[str, int] = msgspec.field(default_factory=dict)  # by what became of them
    exported: int = 0
    jumps: int = 0
    last_jump: int = 0  # seconds
    ended_at: datetime | None = None  # the last round
    seconds: float = 0.0  # it took
    outbox: OutboxFigures = OutboxFigures()

    def count(self, outcomes: Mapping[str, int]) -> None:
        for outcome, number in outcomes.items():
            self.reminders[outcome] = self.reminders.get(outcome, 0) + number


Labels = tuple[tuple[str, str], ...]
Samples = Iterable[tuple[Labels, float]]


class Metric(msgspec.Struct, frozen=True):
    name: str
    kind: str  # counter or gauge
    help: str
    samples: Callable[[Figures], Samples]


def _one(read: Callable[[Figures], float]) -> Callable[[Figures], Samples]:
    return lambda figures: [((), read(figures))]


def _by(label: str, read: Callable[[Figures], Mapping[str, float]]) -> Callable[[Figures], Samples]:
    return lambda figures: [(((label, key),), value) for key, value in read(figures).items()]


OUTCOMES = ("sent", "merged", "skipped", "moot", "failed", "put_off")
"""What can become of a reminder in a round."""

METRICS = (
    Metric(
        "arendegang_daemon_info",
        "gauge",
        "Always 1; the label is the hash of the configuration that the daemon goes by.",
        lambda figures: [((("config", figures.config),), 1)],
    ),
    Metric(
        "arendegang_reminders_due",
        "gauge",
        "Reminders whose next attempt has come, by outlet; in the quiet hours they wait.",
        _by("outlet", lambda figures: {one.outlet: one.due for one in figures.outbox.waiting}),
    ),
    Metric(
        "arendegang_reminders_waiting",
        "gauge",
        "Reminders planned and not yet sent, by outlet.",
        _by("outlet", lambda figures: {one.outlet: one.waiting for one in figures.outbox.waiting}),
    ),
    Metric(
        "arendegang_reminders_late",
        "gauge",
        "Reminders not yet sent that were to be on an earlier working day.",
        _one(lambda figures: figures.outbox.late),
    ),
    Metric(
        "arendegang_reminders_dead",
        "gauge",
        "Reminders given up, about what is still to be done.",
        _one(lambda figures: figures.outbox.dead),
    ),
    Metric(
        "arendegang_reminders_total",
        "counter",
        "Reminders this daemon has dealt with, by what became of them.",
        _by("outcome", lambda figures: {one: figures.reminders.get(one, 0) for one in OUTCOMES}),
    ),
    Metric(
        "arendegang_reminders_missed_total",
        "counter",
        "Reminders this daemon wrote down on a later day than they were to come.",
        _one(lambda figures: figures.reminders.get("late", 0)),
    ),
    Metric(
        "arendegang_breaker_open",
        "gauge",
        "1 for an outlet that has failed and is left alone for a while, 0 for one that is used.",
        _by("outlet", lambda figures: _broken(figures.outbox)),
    ),
    Metric(
        "arendegang_ticks_total",
        "counter",
        "Rounds this daemon has gone, by how they ended.",
        _by("outcome", lambda figures: figures.rounds),
    ),
    Metric(
        "arendegang_tick_timestamp_seconds",
        "gauge",
        "When the last round ended, in seconds since 1970; its age is time() less this.",
        lambda figures: [((), figures.ended_at.timestamp())] if figures.ended_at else [],
    ),
    Metric(
        "arendegang_tick_interval_seconds",
        "gauge",
        "How often it is to go round.",
        _one(lambda figures: figures.tick_seconds),
    ),
    Metric(
        "arendegang_tick_duration_seconds",
        "gauge",
        "How long the last round took.",
        _one(lambda figures: figures.seconds),
    ),
    Metric(
        "arendegang_clock_jumps_total",
        "counter",
        "Times the machine's clock has jumped by more than 5 seconds.",
        _one(lambda figures: figures.jumps),
    ),
    Metric(
        "arendegang_clock_jump_seconds",
        "gauge",
        "How far it jumped the last time; negative for back.",
        _one(lambda figures: figures.last_jump),
    ),
    Metric(
        "arendegang_log_lines_exported_total",
        "counter",
        "Lines of the audit log this daemon has written to its files.",
        _one(lambda figures: figures.exported),
    ),
)


def _broken(outbox: OutboxFigures) -> dict[str, float]:
    closed = {one.outlet for one in outbox.closed}
    return {outlet: float(outlet in closed) for outlet in outbox.outlets}


def exposition(figures: Figures) -> str:
    """All of them, as Prometheus reads them."""
    return "".join(f"{line}\n" for metric in METRICS for line in _lines(metric, figures))


def _lines(metric: Metric, figures: Figures) -> Iterable[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for labels, value in metric.samples(figures):
        told = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        yield f"{metric.name}{{{told}}} {value}" if told else f"{metric.name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


# --- the text file ----------------------------------------------------------------------------------


def file_of(settings: Settings) -> Path | None:
    """Where the figures are written; None for nowhere."""
    name = settings.config.daemon.metrics_file
    return settings.directory / name if name else None


def write(path: Path, figures: Figures) -> None:
    """Put the figures in the place of the last ones, whole or not at all. Raises OSError."""
    durable_files.write(path, exposition(figures).encode(), mode=READABLE, half=f".{os.getpid()}.tmp")
