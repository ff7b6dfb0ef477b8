"""`arende audit …`: what a revisor runs, on the files alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from workflow import case_store, durable_files, log_reader, log_verifier, statements
from workflow.cli import actor, audit_views, frame, render
from workflow.cli.recovery_commands import diff_command, export_command, rebuild_command
from workflow.cli.swedish import FilePath, Group, Number
from workflow.config import Settings
from workflow.connection import Connection, connect
from workflow.errors import ArendeError, EnvironmentFaultError, Exit, NotFoundError, why
from workflow.log_verifier import Report


@click.group("audit", cls=Group, help="Revisionsloggen.")
def audit_command() -> None:
    pass


# --- verify -------------------------------------------------------------------------------------------


@audit_command.command("verify", help="Kontrollera loggen: varje rad, kedjan och texterna. Behöver ingen databas.")
@click.argument("path", required=False, type=FilePath(), metavar="[KATALOG|FIL]")
@click.option(
    "--head",
    "noted",
    type=FilePath(),
    metavar="FIL",
    help="Loggen ska ha kvar raden som antecknades här.",
)
@click.option(
    "--save-head",
    "save",
    type=FilePath(),
    metavar="FIL",
    help="Anteckna huvudet i en fil, om loggen håller.",
)
@frame.as_json
def verify_command(path: Path | None, noted: Path | None, save: Path | None, json_wanted: bool) -> int:
    log = path or _own_log().log_directory  # a copy can be checked on any computer, by anybody who has it
    head = log_verifier.saved_head(noted) if noted else None
    size = sum(file.stat().st_size for file in log_verifier.files(log))
    with render.reading(None if json_wanted else size) as progress:
        report = log_verifier.verify(log, head, progress)
    if save and report.whole:
        _save(save, report)
    view = log_verifier.as_view(report)
    if json_wanted:
        render.as_json(view)
    else:
        render.verified(view, str(log), head.log_index if head else None, str(save or ""))
    return Exit.DONE if report.whole else Exit.VERIFICATION_FAILED


def _own_log() -> Settings:
    """The settings, for whoever may read the log that they tell of."""
    found = frame.settings()
    actor.require_asked(found)
    return found


def _save(file: Path, report: Report) -> None:
    try:
        durable_files.write(file, f"{report.log_index} {report.head}\n".encode())
    except OSError as error:
        raise EnvironmentFaultError(
            f"Huvudet kunde inte skrivas i {file} ({why(error)}). Välj en annan fil."
        ) from error


# --- single records -----------------------------------------------------------------------------------


@audit_command.command("tail", help="Visa de senaste posterna, en på varje rad.")
@click.option("-n", "count", type=Number(), default=10, metavar="N", help="Så många (annars 10).")
@frame.as_json
def tail_command(count: int, json_wanted: bool) -> int:
    settings = _own_log()
    log_verifier.files(settings.log_directory)  # says so when there is no log
    with _names(settings) as named:
        return audit_views.tail(log_reader.last_lines(settings.log_directory, count), named, json_wanted)


@audit_command.command("show", help="Visa allt som står på en rad i loggen.")
@click.argument("log_index", type=Number(999_999_999), metavar="N")
@frame.as_json
def show_command(log_index: int, json_wanted: bool) -> int:
    settings = _own_log()
    log_verifier.files(settings.log_directory)
    found = log_reader.line_at(settings.log_directory, log_index)
    if found is None:
        raise NotFoundError(
            f"Loggen i {settings.log_directory} har ingen rad {log_index}. Se de senaste med: arende audit tail"
        )
    file, line = found
    with _names(settings) as named:
        return audit_views.show(line, file.name, named, json_wanted)


@contextmanager
def _names(settings: Settings) -> Iterator[audit_views.Named]:
    """What people call a stream, if the database can be asked; else its id. A hidden case has no other name."""
    try:
        connection = connect(settings.database_url)
    except ArendeError:
        yield lambda stream: stream
        return
    actor.recognise(connection, settings)
    try:
        yield lambda stream: _name(connection, stream)
    finally:
        connection.close()


def _name(connection: Connection, stream: str) -> str:
    kind, _, its = stream.rpartition(":")
    try:
        if kind == "reminder":
            about = next((str(row["deadline_id"]) for row in connection.run(statements.REMINDED_OF, id=its)), "")
            its = about.partition("/")[0]
        for row in connection.run(statements.MEETING, id=its):
            return f"{row['body']} {row['day']}"
        return case_store.ref(connection, its) if connection.run(statements.CASE_SEEN, id=its) else stream
    except ArendeError:
        return stream


for command in (export_command, rebuild_command, diff_command):
    audit_command.add_command(command)
