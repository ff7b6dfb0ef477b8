"""`arende audit …`: what a revisor runs, on the files alone."""

from pathlib import Path

import click

from workflow import log_verifier
from workflow.cli import frame, render
from workflow.cli.recovery_commands import diff_command, export_command, rebuild_command
from workflow.cli.swedish import Group
from workflow.errors import Exit


@click.group("audit", cls=Group, help="Revisionsloggen.")
def audit_command() -> None:
    pass


@audit_command.command("verify", help="Kontrollera loggen: varje rad, kedjan och texterna. Behöver ingen databas.")
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FIL]")
@frame.as_json
def verify_command(file: Path | None, json_wanted: bool) -> int:
    path = file or frame.settings().log_directory
    report = log_verifier.verify(path)
    if json_wanted:
        render.as_json(log_verifier.as_view(report))
    else:
        render.verified(log_verifier.as_view(report), str(path))
    return Exit.DONE if report.whole else Exit.VERIFICATION_FAILED


for command in (export_command, rebuild_command, diff_command):
    audit_command.add_command(command)
