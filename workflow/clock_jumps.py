"""What is done when a clock has jumped: it is written down, and nobody waits for a time that was wrong."""

import json
from datetime import datetime

import msgspec

from workflow import audit_journal, reminder_store, statements
from workflow.audit_journal import Command
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.identifiers import new_id
from workflow.reminder_store import ACTOR, Moment


class Jump(msgspec.Struct, frozen=True):
    """A jump that was written down."""

    at: datetime  # by the clock after it
    seconds: int


def record(desk: Desk, moment: Moment, seconds: int, daemon: str) -> None:
    """Say in the log how far the clock of a daemon's machine has jumped."""
    # The use cases come with it, and a clock seldom jumps.
    from workflow import config_effects

    command = Command(
        id=new_id(moment.at),
        actor=ACTOR,
        role=ACTOR,
        on=moment.on,
        recorded_at=moment.at,
        config_hash=desk.settings.hash,
    )
    with desk.connection.writing():
        config_effects.wait_for_turn(desk.connection)
        jumped = config_effects.draft(desk.connection, "system.clock_jumped")
        jumped.data |= {"seconds": seconds, "daemon": daemon}
        audit_journal.seal(desk.connection, command, jumped)


def last(connection: Connection) -> Jump | None:
    """The newest that was written down."""
    for row in connection.run(statements.LAST_CLOCK_JUMP):
        body = json.loads(row["body"])
        return Jump(datetime.fromisoformat(body["recorded_at"]), body["data"]["seconds"])
    return None


def forget_the_future(connection: Connection, lease_seconds: int) -> None:
    """When the database's clock has been set back: let nothing wait until a time that was never to be.

    What is being sent stays whoever's it is for a lease from now; the rest is tried at once, and put off anew.
    """
    with connection.writing():
        now = reminder_store.database_clock(connection)
        connection.run(statements.TRY_AT_ONCE, now=now)
        connection.run(statements.END_LEASES_BY, latest=now + 1000 * lease_seconds)
        connection.run(statements.OPEN_OUTLETS, now=now)
