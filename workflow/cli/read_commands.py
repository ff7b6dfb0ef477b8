"""The command that reads a tjänsteskrivelse and says what is in it."""

from datetime import date
from pathlib import Path

import click
import msgspec

from states.swedish_text import day
from workflow.cli import frame, intake_views, paper, render
from workflow.cli.swedish import Command, FilePath
from workflow.document_intake.interface import ReadSkrivelse
from workflow.document_intake.tasks import Task


@click.command("read", cls=Command, help="Läs en tjänsteskrivelse och visa vad den säger; inget sparas.")
@click.argument("file", type=FilePath(), metavar="FIL")
@click.option("--explain", is_flag=True, help="Visa raderna varje uppgift lästes ur, varför, och vad den annars var.")
@frame.as_json
def read_command(file: Path, explain: bool, json_wanted: bool) -> int:
    _, said = paper.answered(file, Task.SKRIVELSE)
    read = _with_its_day(said, frame.entry().today)
    if json_wanted:
        return render.as_json(intake_views.as_plain(read))
    return intake_views.explained(read) if explain else intake_views.page(read)


def _with_its_day(read: ReadSkrivelse, today: date) -> ReadSkrivelse:
    """The parser knows no clock, so that a day to come is wondered at here."""
    skrivelse = read.skrivelse
    if skrivelse.date is None or skrivelse.date <= today:
        return read
    told = f"Skrivelsen är daterad {day(skrivelse.date)}, efter dagens datum; kontrollera datumet i huvudet."
    return ReadSkrivelse(read.text, msgspec.structs.replace(skrivelse, unsure=(*skrivelse.unsure, told)))
