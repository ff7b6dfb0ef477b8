"""`arende database …`: create, upgrade, check."""

import click

from workflow.cli import frame, render
from workflow.cli.change import Asked, command
from workflow.cli.swedish import Group
from workflow.connection import connect
from workflow.errors import Exit


@click.group("database", cls=Group, help="Databasen.")
def database_command() -> None:
    pass


@database_command.command("upgrade", help="Skapa eller uppgradera databasen, och läs in instanserna ur config.toml.")
@frame.as_json
def upgrade_command(json_wanted: bool) -> int:
    # Alembic and SQLAlchemy are needed here and nowhere else on the command line.
    from workflow import log_exporter, schema

    settings = frame.settings()
    report = schema.upgrade(settings, command(settings, Asked(None, None, None, json_wanted)))
    connection = connect(settings.database_url)
    try:
        log_exporter.export(connection, settings.log_directory)
    finally:
        connection.close()
    view = {
        "before": report.before,
        "after": report.after,
        "registered": list(report.registered),
        "deadlines": report.deadlines,
    }
    return render.as_json(view) if json_wanted else render.upgraded(view)


@database_command.command("check", help="Kontrollera databasen: version, läge, register och eftersläpning.")
@frame.as_json
def check_command(json_wanted: bool) -> int:
    from workflow import database_check

    settings = frame.settings()
    connection = connect(settings.database_url)
    try:
        checks = database_check.check(connection, settings)
    finally:
        connection.close()
    view = [{"name": check.name, "ok": check.ok, "told": check.told} for check in checks]
    render.as_json(view) if json_wanted else render.checked(view)
    return Exit.DONE if all(check.ok for check in checks) else Exit.VERIFICATION_FAILED
