"""How many reminders wait, are late or were given up, and which ways out of the house answer: numbers only."""

from datetime import date

import msgspec

from states.swedish_calendar import working_day_on_or_before
from workflow import reminder_store, statements
from workflow.connection import Connection


class Waiting(msgspec.Struct, frozen=True):
    """The reminders that are to leave the house by one outlet."""

    outlet: str
    waiting: int
    due: int  # of those, the ones that can be tried now


class Closed(msgspec.Struct, frozen=True):
    """An outlet that has failed and is left alone for a while."""

    outlet: str
    failures: int  # in a row
    seconds: float  # until it is tried again


class OutboxFigures(msgspec.Struct, frozen=True):
    waiting: tuple[Waiting, ...] = ()
    outlets: tuple[str, ...] = ()  # all that have answered or failed to
    closed: tuple[Closed, ...] = ()
    late: int = 0  # on their way, and to have been sent on an earlier working day than the last
    dead: int = 0  # given up, about what is still to be done
    dead_since: str = ""


def read(connection: Connection, today: date) -> OutboxFigures:
    now, last_open = reminder_store.database_clock(connection), working_day_on_or_before(today)
    outlets = connection.run(statements.OUTLETS)
    dead = connection.run(statements.DEAD_REMINDERS)[0]
    return OutboxFigures(
        waiting=tuple(
            Waiting(row["outlet"], row["waiting"], row["due"])
            for row in connection.run(statements.WAITING_BY_OUTLET, now=now)
        ),
        outlets=tuple(row["id"] for row in outlets),
        closed=tuple(
            Closed(row["id"], row["failures"], (row["closed_until"] - now) / 1000)
            for row in outlets
            if (row["closed_until"] or 0) > now
        ),
        late=connection.run(statements.LATE_REMINDERS, day=last_open.isoformat())[0]["late"],
        dead=dead["dead"],
        dead_since=dead["first"] or "",
    )
