"""What `arende-daemon status` tells whoever runs the system: numbers and names of machines, nothing of any case."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from workflow import clock_jumps, heartbeats, outbox_figures
from workflow.cli import render
from workflow.clock_jumps import Jump
from workflow.desk import Desk
from workflow.doctor.answers import lasting
from workflow.errors import Exit
from workflow.heartbeats import Beat, Outcome
from workflow.outbox_figures import OutboxFigures


class Status(msgspec.Struct, frozen=True):
    config: str  # hash of the file as it is now
    daemons: tuple[Beat, ...]
    outbox: OutboxFigures
    jump: Jump | None

    @property
    def alive(self) -> tuple[Beat, ...]:
        return tuple(beat for beat in self.daemons if beat.is_alive)

    @property
    def is_well(self) -> bool:
        """Somebody goes round, and nobody who does has failed."""
        return bool(self.alive) and not any(beat.outcome is Outcome.FAILED for beat in self.alive)


def read(desk: Desk, today: date) -> Status:
    connection = desk.connection
    return Status(
        config=desk.settings.hash,
        daemons=tuple(heartbeats.read(connection)),
        outbox=outbox_figures.read(connection, today),
        jump=clock_jumps.last(connection),
    )


def shown(found: Status, *, json_wanted: bool) -> int:
    """Print it; the exit code, for whoever watches over the daemon."""
    if json_wanted:
        render.as_json(_view(found))
    else:
        for line in _lines(found):
            render.paragraph(line, "  ", "")
    return Exit.DONE if found.is_well else Exit.ENVIRONMENT


def _view(found: Status) -> dict[str, object]:
    daemons = [{**msgspec.to_builtins(beat), "alive": beat.is_alive} for beat in found.daemons]
    return {"well": found.is_well, **msgspec.to_builtins(found), "daemons": daemons}


# --- in words -----------------------------------------------------------------------------------------


def _lines(found: Status) -> Iterator[str]:
    yield from _of_daemons(found)
    yield from _of_outbox(found.outbox)
    if found.jump:
        way = "framåt" if found.jump.seconds > 0 else "bakåt"
        jump = lasting(timedelta(seconds=abs(found.jump.seconds)))
        yield f"Klockan hoppade senast {jump} {way}, {found.jump.at:%Y-%m-%d %H:%M} UTC."


ENDED = {Outcome.BEGUN: "i sin första runda", Outcome.DONE: "senaste rundan gick bra"}


def _of_daemons(found: Status) -> Iterator[str]:
    if not found.alive:
        yield "Ingen arende-daemon går. Starta den: systemctl start arende-daemon"
    for beat in found.daemons:
        ago = lasting(timedelta(seconds=abs(beat.age)))
        if not beat.is_alive:
            yield f"{beat.id} har inte hörts av på {ago}; den är stoppad, eller når inte databasen."
            continue
        sending = f", skickar {beat.holding} just nu" if beat.holding else ""
        how = ENDED.get(beat.outcome, "senaste rundan misslyckades; varför står i driftloggen och i dess journal")
        since = lasting(timedelta(seconds=beat.running))
        yield f"{beat.id} går sedan {since}, hördes av för {ago} sedan: {how}{sending}."
        if beat.config != found.config:
            yield (
                f"{beat.id} går efter andra inställningar än config.toml här. Läs om dem där: systemctl reload "
                "arende-daemon"
            )


def _of_outbox(outbox: OutboxFigures) -> Iterator[str]:
    if outbox.waiting:
        waiting = ", ".join(f"{one.waiting} till {one.outlet}" for one in outbox.waiting)
        yield f"Påminnelser som väntar: {waiting}; {outbox.late} av dem är sena."
    else:
        yield "Inga påminnelser väntar."
    if outbox.dead:
        given_up = f"{outbox.dead}, den första till {outbox.dead_since}"
        yield f"Påminnelser som gavs upp: {given_up}. Se: arende-daemon outbox list"
    for closed in outbox.closed:
        yield (
            f"Utvägen {closed.outlet} vilar efter {closed.failures} fel i rad, och prövas igen om "
            f"{lasting(timedelta(seconds=closed.seconds))}."
        )
