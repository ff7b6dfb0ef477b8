"""When each daemon last went round, by the database's clock. Work in progress: not told of in the log."""

from enum import StrEnum

import msgspec

from workflow import reminder_store, statements
from workflow.connection import Connection, Row

KEPT = 24 * 60 * 60 * 1000
"""Milliseconds that what a killed daemon has left is shown."""

MISSED = 3
"""Rounds that a daemon misses before it counts as gone."""

PATIENCE = 10
"""Seconds that it is let alone, however often it goes round."""


class Outcome(StrEnum):
    """How a daemon's last round ended."""

    BEGUN = "begun"  # its first has not
    DONE = "done"
    FAILED = "failed"


class Beat(msgspec.Struct, frozen=True):
    """A daemon, and when it last went round."""

    id: str  # host:process
    age: float  # seconds since it last began or ended a round
    running: float  # seconds since it was started
    tick_seconds: int
    outcome: Outcome
    config: str
    holding: int  # reminders that it is sending just now

    @property
    def is_alive(self) -> bool:
        """True for one that goes round as often as it should, or is busy sending."""
        longest = max(MISSED * self.tick_seconds, PATIENCE)
        return bool(self.holding) or abs(self.age) <= longest


def beat(
    connection: Connection, own: str, started_at: int | None, tick_seconds: int, outcome: Outcome, config: str
) -> int:
    """Write down that a daemon goes round; when it was started, which it says the next time."""
    with connection.writing():
        now = reminder_store.database_clock(connection)
        since = now if started_at is None else started_at
        connection.run(
            statements.BEAT,
            id=own,
            started_at=since,
            ticked_at=now,
            tick_seconds=tick_seconds,
            outcome=outcome.value,
            config=config,
        )
        # Also what a clock that was wrong has dated far ahead.
        connection.run(statements.REMOVE_BEATS_OUTSIDE, first=now - KEPT, last=now + KEPT)
    return since


def remove(connection: Connection, own: str) -> None:
    """A daemon that has stopped as it should leaves nothing."""
    with connection.writing():
        connection.run(statements.REMOVE_BEAT, id=own)


def read(connection: Connection) -> list[Beat]:
    """Every daemon that runs, and those that are gone since at most a day."""
    now = reminder_store.database_clock(connection)
    return [_beat(row, now) for row in connection.run(statements.BEATS, now=now)]


def _beat(row: Row, now: int) -> Beat:
    return Beat(
        id=row["id"],
        age=(now - row["ticked_at"]) / 1000,
        running=(now - row["started_at"]) / 1000,
        tick_seconds=row["tick_seconds"],
        outcome=Outcome(row["outcome"]),
        config=row["config"],
        holding=row["holding"],
    )
