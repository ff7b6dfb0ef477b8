"""`arende-daemon`: the clock in the background.

APScheduler only ticks, in memory: what there is to do stands in the database, and a tick that was
missed is made up by the next one. Each tick brings the log file up to date.
"""

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import click

from workflow import config, event_log, log_exporter, schema_version
from workflow.audit_journal import timestamp
from workflow.cli import render
from workflow.cli.swedish import Command, usage_problem
from workflow.connection import connect
from workflow.errors import ArendeError, Exit

TICK_SECONDS = 60


def tick(settings: config.Settings) -> int:
    """One round; how many lines the log file was behind."""
    connection = connect(settings.database_url)
    try:
        schema_version.require_current(connection)
        return log_exporter.export(connection, settings.log_directory)
    finally:
        connection.close()


def run(settings: config.Settings, stop: Event) -> int:
    """Tick until told to stop; a tick under way is finished first."""
    from apscheduler.schedulers.background import BackgroundScheduler

    clock = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    clock.add_job(_noted_tick, "interval", [settings], seconds=TICK_SECONDS, next_run_time=datetime.now(UTC))
    clock.start()
    stop.wait()
    clock.shutdown(wait=True)
    return Exit.DONE


def _noted_tick(settings: config.Settings) -> None:
    """A tick whose failure is written down and tried again at the next."""
    told = {"recorded_at": timestamp(datetime.now(UTC)), "command": "daemon tick"}
    try:
        event_log.command_finished(settings.operations_log, outcome="done", exported=tick(settings), **told)
    except ArendeError as error:
        event_log.command_finished(settings.operations_log, outcome="failed", exit=int(error.exit), **told)
        render.complain(str(error), error.exit)


@click.command("arende-daemon", cls=Command, help="Håller revisionsloggen i takt med databasen, i bakgrunden.")
@click.option("--config", "path", default="config.toml", envvar="ARENDE_CONFIG", metavar="FIL", help="Inställningsfil.")
@click.option("--once", is_flag=True, help="Gör en runda och sluta.")
def daemon(path: str, once: bool) -> int:
    settings = config.load(Path(path))
    if once:
        return render.line(f"Klart: {tick(settings)} rader skrevs till loggen.")
    tick(settings)  # what is wrong from the start is said at once
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return run(settings, stop)


def main() -> None:
    try:
        sys.exit(int(daemon.main(prog_name="arende-daemon", standalone_mode=False) or 0))
    except click.ClickException as error:
        sys.exit(render.complain(usage_problem(error), Exit.USAGE))
    except ArendeError as error:
        sys.exit(render.complain(str(error), error.exit))


if __name__ == "__main__":
    main()
