"""`arende config …`: what another configuration would do to what is live, and letting it be the one in force."""

from collections.abc import Callable
from pathlib import Path

import click

from workflow.audit_journal import Command as Given
from workflow.cli import actor, frame
from workflow.cli.change import Asked, command
from workflow.cli.swedish import Command, FilePath, Group
from workflow.errors import Exit

CHECKS = "Vad andra inställningar skulle ändra för det som pågår; inget ändras."
ACTIVATES = "Låt andra inställningar gälla: databasen följer dem, och de byts mot config.toml."


@click.group("config", cls=Group, help="Inställningarna.")
def config_command() -> None:
    pass


def the_file(function: Callable[..., int]) -> Callable[..., int]:
    return click.argument("file", type=FilePath(), metavar="FIL")(function)


@config_command.command("check", cls=Command, help=CHECKS)
@the_file
@frame.as_json
def check_command(file: Path, json_wanted: bool) -> int:
    # What it does is done, and taken back.
    from workflow import activation
    from workflow.cli import config_views

    with frame.desk() as desk:
        new, _ = activation.load(file, desk.settings)
        effects = activation.rehearse(desk, _command(json_wanted), new, actor.sight(desk.settings))
    config_views.effects(effects, str(file), json_wanted, done=False)
    return Exit.REFUSED if effects.refused else Exit.DONE


@config_command.command("activate", cls=Command, help=ACTIVATES)
@the_file
@frame.as_json
def activate_command(file: Path, json_wanted: bool) -> int:
    from workflow import activation
    from workflow.cli import config_views

    with frame.desk() as desk:
        new, content = activation.load(file, desk.settings)
        effects = activation.activate(desk, _command(json_wanted), new, content, actor.sight(desk.settings))
    config_views.effects(effects, str(file), json_wanted, done=not effects.refused)
    return Exit.REFUSED if effects.refused else Exit.DONE


def _command(json_wanted: bool) -> Given:
    return command(frame.settings(), Asked(None, None, None, json_wanted))
