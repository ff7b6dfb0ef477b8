"""`arende workflow check`: can everything be done, by somebody, in time?"""

import click

from workflow.cli import frame
from workflow.cli.swedish import Command, Group
from workflow.errors import EnvironmentFaultError, Exit


@click.group("workflow", cls=Group, help="Arbetsgången: livscykeln med kommunens egna inställningar.")
def workflow_command() -> None:
    pass


@workflow_command.command("check", cls=Command, help="Går allt att göra, av någon, i tid? Varje fel med vägen dit.")
@frame.as_json
def check_command(json_wanted: bool) -> int:
    # The whole law is gone through: not needed where work is done.
    from states import installation as law
    from workflow import installation
    from workflow.cli import actor, config_views

    settings, today = frame.settings(), frame.entry().today
    sight = actor.sight(settings)
    found, unexamined = list(law.faults(installation.of_config(settings.config, today))), ""
    actor.require_asked(settings)
    try:
        with frame.desk() as desk, desk.connection.reading():
            found += installation.live_faults(desk.connection, settings.config, today, sight)
    except EnvironmentFaultError as error:
        unexamined = str(error)
    config_views.faults(found, unexamined, json_wanted)
    return Exit.VERIFICATION_FAILED if found else Exit.DONE
