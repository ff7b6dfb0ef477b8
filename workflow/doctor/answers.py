"""What `arende doctor` says of one thing: a verdict and a Swedish sentence that tells what to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec

from workflow.config import Settings


class Verdict(StrEnum):
    FINE = "fine"
    WARNING = "warning"  # worth knowing; nothing is wrong
    FAULT = "fault"


class Answer(msgspec.Struct, frozen=True):
    """What one question was answered."""

    verdict: Verdict
    told: str


class Check(msgspec.Struct, frozen=True):
    """One question and its answer."""

    name: str
    verdict: Verdict
    told: str


class Machine(msgspec.Struct, frozen=True):
    """What is looked at besides the database."""

    settings: Settings
    config: Path  # the file the settings are from
    now: datetime  # aware

    @property
    def database_file(self) -> Path | None:
        """SQLite's file; None for PostgreSQL."""
        url = self.settings.database_url
        return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None

    @property
    def log_directory(self) -> Path:
        return self.settings.log_directory


def fine(told: str) -> Answer:
    return Answer(Verdict.FINE, told)


def warning(told: str) -> Answer:
    return Answer(Verdict.WARNING, told)


def fault(told: str) -> Answer:
    return Answer(Verdict.FAULT, told)


SHOWN = 3
"""How many of a kind are named."""


def some(names: Sequence[object]) -> str:
    """`a, b, c och 4 till`"""
    more = f" och {len(names) - SHOWN} till" if len(names) > SHOWN else ""
    return ", ".join(str(name) for name in names[:SHOWN]) + more


UNITS = (
    (86_400, "dag", "dagar"),
    (3_600, "timme", "timmar"),
    (60, "minut", "minuter"),
    (1, "sekund", "sekunder"),
)


def lasting(time: timedelta) -> str:
    """`3 dagar`, `1 timme`, `12 minuter`: the largest unit there is one of."""
    seconds = int(time.total_seconds())
    for size, one, several in UNITS:
        if seconds >= size:
            return f"{seconds // size} {one if seconds // size == 1 else several}"
    return "0 sekunder"
