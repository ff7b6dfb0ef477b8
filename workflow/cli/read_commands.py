"""The command that reads a tjänsteskrivelse and says what is in it."""

from datetime import date
from pathlib import Path

import click
import msgspec

from states.swedish_text import day
from workflow.cli import frame, intake_views, render
from workflow.cli.swedish import Command
from workflow.document_intake.child import Child
from workflow.document_intake.incoming import read_incoming
from workflow.document_intake.interface import ReadSkrivelse, UnreadableDocument
from workflow.document_intake.tasks import Task
from workflow.errors import UsageError


@click.command("read", cls=Command, help="Läs en tjänsteskrivelse och visa vad den säger; inget sparas.")
@click.argument("file", type=click.Path(path_type=Path), metavar="FIL")
@click.option("--explain", is_flag=True, help="Visa raderna varje uppgift lästes ur, varför, och vad den annars var.")
@frame.as_json
def read_command(file: Path, explain: bool, json_wanted: bool) -> int:
    read = _with_its_day(_read(file), frame.entry().today)
    if json_wanted:
        return render.as_json(intake_views.as_plain(read))
    return intake_views.explained(read) if explain else intake_views.page(read)


def _read(file: Path) -> ReadSkrivelse:
    """What the file says. Raises UsageError with what to do."""
    try:
        came = read_incoming(file)
        with Child() as child:
            read: ReadSkrivelse = child.ask(Task.SKRIVELSE, came.data)
    except UnreadableDocument as error:
        raise UsageError(f"{file}: {error.reason}") from error
    return read


def _with_its_day(read: ReadSkrivelse, today: date) -> ReadSkrivelse:
    """The parser knows no clock, so that a day to come is wondered at here."""
    skrivelse = read.skrivelse
    if skrivelse.date is None or skrivelse.date <= today:
        return read
    told = f"Skrivelsen är daterad {day(skrivelse.date)}, efter dagens datum; kontrollera datumet i huvudet."
    return ReadSkrivelse(read.text, msgspec.structs.replace(skrivelse, unsure=(*skrivelse.unsure, told)))
