"""`arende-daemon`: the clock in the background.

APScheduler only ticks, in memory: what there is to do stands in the database, and a tick that was
missed is made up by the next one. Each tick sends the reminders that have come and brings the log file
up to date. Any number of daemons may run at once.
"""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from scheduler import outbox_commands, preview_page, readiness, reminder_preview, reminder_round, sending_hours
from scheduler.calendar_feed import Calendars
from scheduler.readiness import at_desk
from scheduler.ticks import Done, bug, day_in_sweden, go_round
from states.swedish_text import day
from workflow import config, file_systems
from workflow.cli import actor, render
from workflow.cli.frame import DAY
from workflow.cli.main import Entry
from workflow.cli.swedish import Group, Number, usage_problem
from workflow.config import Settings
from workflow.errors import ArendeError, Exit, UsageError

LONGEST_PREVIEW = 366
"""Days."""
HELP = "Skickar påminnelser och håller revisionsloggen i takt med databasen, i bakgrunden."


def now() -> datetime:
    return datetime.now(UTC)


# --- the commands ---------------------------------------------------------------------------------


@click.group("arende-daemon", cls=Group, invoke_without_command=True, help=HELP)
@click.option("--config", "path", default="config.toml", envvar="ARENDE_CONFIG", metavar="FIL", help="Inställningsfil.")
@click.option("--once", is_flag=True, help="Gör en runda och sluta.")
@click.option(
    "--preview", type=Number(LONGEST_PREVIEW), metavar="DAGAR", help="Visa vad som skulle skickas; inget skrivs."
)
@click.option("--today", type=DAY, metavar="DATUM", help="Som om det vore den dagen; med --once eller --preview.")
@click.option("--json", "json_wanted", is_flag=True, help="Svara med JSON; med --preview.")
@click.pass_context
def daemon(
    ctx: click.Context, path: str, once: bool, preview: int | None, today: date | None, json_wanted: bool
) -> int:
    ctx.obj = path
    _refuse_contradictions(ctx, once, preview, today, json_wanted)
    if once:
        settings = config.load(Path(path))
        return _told(_once(settings, today), settings)
    if preview:
        ctx.obj = Entry(now=now(), config=path, role=None)
        return _preview(config.load(Path(path)), preview, today, json_wanted)
    if ctx.invoked_subcommand is None:
        return render.block(ctx.get_help())
    return Exit.DONE


def _once(settings: Settings, today: date | None) -> Done:
    this_day = day_in_sweden(now())
    readiness.refuse_to_start(settings, this_day)
    with at_desk(settings) as desk:
        return go_round(desk, today or this_day, now, Calendars())


def _refuse_contradictions(
    ctx: click.Context, once: bool, preview: int | None, today: date | None, json_wanted: bool
) -> None:
    """Raise UsageError for flags that say nothing together."""
    if sum((once, preview is not None, ctx.invoked_subcommand is not None)) > 1:
        raise UsageError("Välj ett: run, --once eller --preview.")
    if today and not once and preview is None:
        raise UsageError("--today hör ihop med --once eller --preview.")
    if json_wanted and preview is None:
        raise UsageError("--json hör ihop med --preview.")
    if once and today and today > day_in_sweden(now()):
        raise UsageError(
            f"{today} ligger i framtiden, och det som skickas går inte att ta tillbaka. Se det i förväg "
            f"med: arende-daemon --preview 1 --today {today}"
        )


daemon.add_command(outbox_commands.commands(now))


@daemon.command("run", help="Kör i bakgrunden tills någon säger stopp (SIGTERM eller Ctrl-C).")
@click.pass_obj
def run(path: str) -> int:
    settings = config.load(Path(path))
    readiness.refuse_to_start(settings, day_in_sweden(now()))
    # What only a daemon that goes on needs: a server for figures, and what listens to systemd.
    from scheduler.service import Service

    return Service(Path(path), settings, now, Clock()).run()


@daemon.command("status", help="Visa om arende-daemon går, och vad som väntar; kod 6 när den inte gör det.")
@click.option("--json", "json_wanted", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def status(path: str, json_wanted: bool) -> int:
    from scheduler import daemon_status

    settings = config.load(Path(path))
    with at_desk(settings) as desk:
        found = daemon_status.read(desk, day_in_sweden(now()))
    return daemon_status.shown(found, json_wanted=json_wanted)


class Clock:
    """APScheduler in memory, with a trigger of our own.

    Its intervals count from the last planned time, so that a clock set a year ahead makes it count through every
    round of that year.
    """

    def __init__(self) -> None:
        import logging

        from apscheduler.schedulers.background import BackgroundScheduler

        # A round that outlasts its interval is passed by, as it should be; that is no warning.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        once_at_a_time = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._clock = BackgroundScheduler(timezone=UTC, job_defaults=once_at_a_time)

    def start(self, tick: Callable[[], None], seconds: int) -> None:
        self._clock.add_job(tick, _from_now(seconds), id="tick", next_run_time=now())
        self._clock.start()

    def every(self, seconds: int) -> None:
        self._clock.modify_job("tick", trigger=_from_now(seconds), next_run_time=now())

    def end(self) -> None:
        self._clock.shutdown(wait=False)


def _from_now(seconds: int) -> Any:
    from apscheduler.triggers.base import BaseTrigger

    class FromNow(BaseTrigger):  # type: ignore[misc]
        def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
            return now + timedelta(seconds=seconds)

    return FromNow()


# --- what is printed ------------------------------------------------------------------------------


def _told(done: Done, settings: Settings) -> int:
    """`Klart: 3 mejl skickades och 4 påminnelser skrevs i driftloggen.` and what is left."""
    tally = done.tally
    calls = f", {_many(tally.called, 'anrop', 'anrop')} gjordes" if tally.called else ""
    render.line(
        f"Klart: {tally.mailed} mejl skickades{calls} och {_many(tally.noted, 'påminnelse', 'påminnelser')} skrevs i "
        f"driftloggen. {tally.waiting} väntar på att skickas, {tally.failed} misslyckades. Revisionsloggen fick "
        f"{_many(done.exported, 'rad', 'rader')}."
    )
    opens, at = sending_hours.opens_next(now(), settings.config.daemon).astimezone(sending_hours.SWEDEN), now()
    if tally.waiting and opens > at:
        render.line(f"Nu är det tyst tid; det som väntar skickas från {day(opens.date())} kl. {opens:%H.%M}.")
    if tally.failed:
        render.line(
            "Det som misslyckades ligger i utkorgen. Rätta config.toml och försök igen: "
            "arende-daemon outbox retry --all-failed"
        )
    return render.complain(done.unwritten, Exit.ENVIRONMENT) if done.unwritten else Exit.DONE


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _preview(settings: Settings, days: int, today: date | None, json_wanted: bool) -> int:
    actor.require(settings, *actor.ASKED_OF_DAEMON["--preview"])
    if told := file_systems.database_fault(settings):
        render.complain(told, Exit.DONE)
    with at_desk(settings) as desk:
        actor.recognise(desk.connection, settings)
        with desk.connection.reading():
            this = reminder_round.begin(desk, today or day_in_sweden(now()), now)
            found = reminder_preview.coming(this, days, actor.sight(settings))
    if json_wanted:
        return render.as_json(found)
    return preview_page.show(found, this.today, days)


def answer(arguments: Sequence[str]) -> int:
    """Run the program once; its exit code."""
    try:
        code = int(daemon.main(list(arguments), prog_name="arende-daemon", standalone_mode=False) or 0)
        render.flush()
        return code
    except click.ClickException as error:
        return render.complain(usage_problem(error), Exit.USAGE)
    except ArendeError as error:
        return render.complain(str(error), error.exit)
    except (KeyboardInterrupt, click.Abort):
        return render.complain("Avbrutet. Det som inte hann skickas skickas nästa gång.", Exit.OUTCOME_UNKNOWN)
    except Exception as error:
        if os.environ.get("ARENDE_DEBUG"):
            raise
        return render.complain(bug(error), Exit.BUG)


def main() -> None:
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that lacks a character gets its code instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(answer(sys.argv[1:]))


if __name__ == "__main__":
    main()
