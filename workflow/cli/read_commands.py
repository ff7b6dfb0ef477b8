"""The command that reads a tjänsteskrivelse and says what is in it."""

from pathlib import Path

import click

from workflow.cli import frame, intake_views, paper, render
from workflow.cli.swedish import Command, FilePath


@click.command("read", cls=Command, help="Läs en tjänsteskrivelse och visa vad den säger; inget sparas.")
@click.argument("file", type=FilePath(), metavar="FIL")
@click.option("--explain", is_flag=True, help="Visa raderna varje uppgift lästes ur, varför, och vad den annars var.")
@frame.as_json
def read_command(file: Path, explain: bool, json_wanted: bool) -> int:
    _, read = paper.skrivelse(file, frame.entry().today)
    if json_wanted:
        return render.as_json(intake_views.as_plain(read))
    return intake_views.explained(read) if explain else intake_views.page(read)
