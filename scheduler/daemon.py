"""`arende-daemon`: the clock in the background.

APScheduler only ticks, in memory: what there is to do stands in the database, and a tick that was
missed is made up by the next one. Each tick sends the reminders that have come and brings the log file
up to date. Any number of daemons may run at once.
"""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import click

from scheduler import reminder_preview, reminder_round, reminder_run
from scheduler.reminder_message import step_words
from scheduler.reminder_round import Tally
from states.swedish_text import capitalised, day, listed, name
from workflow import config, event_log, installation, log_exporter, schema_version
from workflow.audit_journal import timestamp
from workflow.cli import render
from workflow.cli.frame import DAY
from workflow.cli.swedish import Group, Number, usage_problem
from workflow.config import Settings
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import ArendeError, Exit, UsageError

SWEDEN = ZoneInfo("Europe/Stockholm")
LONGEST_PREVIEW = 366
HELP = "Skickar påminnelser och håller revisionsloggen i takt med databasen, i bakgrunden."


def now() -> datetime:
    return datetime.now(UTC)


def day_in_sweden(at: datetime) -> date:
    """The day it is in Sweden at an instant."""
    return at.astimezone(SWEDEN).date()


# --- one round ------------------------------------------------------------------------------------


@contextmanager
def at_desk(settings: Settings) -> Iterator[Desk]:
    """The database, open and of the right version."""
    connection = connect(settings.database_url)
    try:
        schema_version.require_current(connection)
        yield Desk(connection, settings)
    finally:
        connection.close()


def tick(settings: Settings, today: date | None = None, stop: Event | None = None) -> tuple[Tally, int]:
    """One round: what became of the reminders, and how many lines the log file was behind."""
    stopped = (stop or Event()).is_set
    installation.require_sound(settings, day_in_sweden(now()))
    with at_desk(settings) as desk:
        log_exporter.require_agreement(desk.connection, settings.log_directory)
        owner = f"{socket.gethostname()}:{os.getpid()}"
        try:
            tally = reminder_run.run(desk, today or day_in_sweden(now()), now, owner, stopped)
        finally:
            exported = log_exporter.export(desk.connection, settings.log_directory)
        return tally, exported


class Ticks:
    """Ticks whose failures are written down and tried again; what goes on being wrong is said once."""

    def __init__(self, settings: Settings, stop: Event) -> None:
        self._settings, self._stop, self._said = settings, stop, ""

    def __call__(self) -> None:
        try:
            tally, exported = tick(self._settings, stop=self._stop)
            self._note(outcome="done", exported=exported, **tally.counts())
            self._said = ""
        except ArendeError as error:
            self._failed(str(error), error.exit)
        except Exception as error:
            # A clock that dies of one bad row would remind nobody of anything.
            if os.environ.get("ARENDE_DEBUG"):
                raise
            self._failed(_bug(error), Exit.BUG, fault=type(error).__name__)

    def _failed(self, told: str, code: Exit, **more: str) -> None:
        self._note(outcome="failed", exit=int(code), **more)
        if told != self._said:
            render.complain(told, code)
        self._said = told

    def _note(self, **fields: Any) -> None:
        at = timestamp(now())
        event_log.command_finished(self._settings.operations_log, recorded_at=at, command="daemon tick", **fields)


def _bug(error: Exception) -> str:
    return (
        f"Ett fel i programmet ({type(error).__name__}). Kör igen med ARENDE_DEBUG=1 och skicka utskriften "
        "till förvaltaren."
    )


# --- the commands ---------------------------------------------------------------------------------


@click.group("arende-daemon", cls=Group, invoke_without_command=True, help=HELP)
@click.option("--config", "path", default="config.toml", envvar="ARENDE_CONFIG", metavar="FIL", help="Inställningsfil.")
@click.option("--once", is_flag=True, help="Gör en runda och sluta.")
@click.option("--preview", type=Number(), metavar="DAGAR", help="Visa vad som skulle skickas; inget skrivs.")
@click.option("--today", type=DAY, metavar="DATUM", help="Som om det vore den dagen; med --once eller --preview.")
@click.option("--json", "json_wanted", is_flag=True, help="Svara med JSON; med --preview.")
@click.pass_context
def daemon(
    ctx: click.Context, path: str, once: bool, preview: int | None, today: date | None, json_wanted: bool
) -> int:
    ctx.obj = path
    _refuse_contradictions(ctx, once, preview, today, json_wanted)
    if once:
        return _told(*tick(config.load(Path(path)), today))
    if preview:
        return _preview(config.load(Path(path)), preview, today, json_wanted)
    if ctx.invoked_subcommand is None:
        return render.block(ctx.get_help())
    return Exit.DONE


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
    if (preview or 0) > LONGEST_PREVIEW:
        raise UsageError(f"--preview visar högst {LONGEST_PREVIEW} dagar.")


@daemon.command("run", help="Kör i bakgrunden tills någon säger stopp (SIGTERM eller Ctrl-C).")
@click.pass_obj
def run(path: str) -> int:
    settings = config.load(Path(path))
    installation.require_sound(settings, day_in_sweden(now()))
    with at_desk(settings):
        pass  # what is wrong from the start is said at once
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return keep_ticking(settings, stop)


def keep_ticking(settings: Settings, stop: Event) -> int:
    """Tick until told to stop; a reminder that is being sent is finished first."""
    from apscheduler.schedulers.background import BackgroundScheduler

    clock = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    seconds = settings.config.daemon.tick_seconds
    clock.add_job(Ticks(settings, stop), "interval", seconds=seconds, next_run_time=now())
    clock.start()
    stop.wait()
    clock.shutdown(wait=True)
    return Exit.DONE


# --- what is printed ------------------------------------------------------------------------------


def _told(tally: Tally, exported: int) -> int:
    """`Klart: 3 mejl skickades och 4 påminnelser skrevs i driftloggen.` and what is left."""
    lines, noted = "1 rad" if exported == 1 else f"{exported} rader", tally.noted
    reminders = "1 påminnelse" if noted == 1 else f"{noted} påminnelser"
    render.line(
        f"Klart: {tally.mailed} mejl skickades och {reminders} skrevs i driftloggen. {tally.waiting} mejl väntar "
        f"på e-postservern, {tally.failed} misslyckades. Revisionsloggen fick {lines}."
    )
    if tally.failed:
        render.line(
            "Misslyckade mejl skickas inte igen; se arende show på ärendet och rätta [[mailboxes]] i config.toml."
        )
    return Exit.DONE


def _preview(settings: Settings, days: int, today: date | None, json_wanted: bool) -> int:
    with at_desk(settings) as desk:
        this = reminder_round.begin(desk, today or day_in_sweden(now()), now)
        found = reminder_preview.coming(this, days)
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line(f"Inga påminnelser {_period(this.today, days)}.")
    for on, views in groupby(found, lambda view: view["on"]):
        render.line(capitalised(day(date.fromisoformat(on))))
        _of_a_day(list(views))
    return Exit.DONE


def _of_a_day(views: Sequence[dict[str, Any]]) -> None:
    """One entry for each step, with everybody it goes to."""
    for (subject, rule, step), group in groupby(views, lambda view: (view["subject"], view["rule"], view["step"])):
        channels: dict[str, list[str]] = {}
        for view in group:
            channels.setdefault(view["recipient"], []).append(name(view["channel"]))
        to = listed(f"{_office(recipient)} ({listed(through)})" for recipient, through in channels.items())
        render.paragraph(subject, "    ", "  ")
        render.paragraph(f"till {to}; regeln {rule}, {step_words(step)}", "    ")


def _office(recipient: str) -> str:
    role, _, body = recipient.partition("@")
    return f"{name(role)} {body}".rstrip()


def _period(first: date, days: int) -> str:
    return day(first) if days == 1 else f"de {days} dagarna från {day(first)}"


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
        return render.complain(_bug(error), Exit.BUG)


def main() -> None:
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that lacks a character gets its code instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(answer(sys.argv[1:]))


if __name__ == "__main__":
    main()
