"""`arende doctor`, and `arende database …`: upgrade, create-roles."""

from pathlib import Path

import click

from workflow.cli import actor, frame, render
from workflow.cli.change import Asked, command
from workflow.cli.swedish import Command, Group
from workflow.connection import connect
from workflow.errors import Exit


@click.command("doctor", cls=Command, help="Undersök databasen, loggen, påminnelserna och datorn; inget ändras.")
@frame.as_json
def doctor_command(json_wanted: bool) -> int:
    from workflow.doctor import examination
    from workflow.doctor.answers import Machine, Verdict

    entry, settings = frame.entry(), frame.settings()
    actor.require_asked(settings)
    checks = examination.examine(Machine(settings, Path(entry.config), entry.now))
    view = [{"name": check.name, "verdict": check.verdict.value, "told": check.told} for check in checks]
    render.as_json(view) if json_wanted else render.checked(view)
    sound = all(check.verdict is not Verdict.FAULT for check in checks)
    return Exit.DONE if sound else Exit.VERIFICATION_FAILED


@click.group("database", cls=Group, help="Databasen.")
def database_command() -> None:
    pass


@database_command.command("upgrade", help="Skapa eller uppgradera databasen, och läs in instanserna ur config.toml.")
@frame.as_json
def upgrade_command(json_wanted: bool) -> int:
    # Alembic and SQLAlchemy are needed here and nowhere else on the command line.
    import msgspec

    from workflow import installation, log_exporter, schema
    from workflow.cli import config_views

    settings = frame.settings()
    actor.require_asked(settings)
    installation.require_sound(settings, frame.entry().today)
    report = schema.upgrade(settings, command(settings, Asked(None, None, None, json_wanted)), actor.sight(settings))
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
        "succeeded": report.succeeded,
        "moved": msgspec.to_builtins(report.moved),
        "moved_unnamed": report.moved_unnamed,
    }
    if json_wanted:
        return render.as_json(view)
    render.upgraded(view)
    config_views.moved(report.moved, report.moved_unnamed)
    return Exit.DONE


@database_command.command("create-roles", help="Skapa roller i PostgreSQL som inte kan ändra loggen.")
@frame.as_json
def create_roles_command(json_wanted: bool) -> int:
    import msgspec

    from workflow import database_roles

    settings = frame.settings()
    actor.require_asked(settings)
    connection = connect(settings.database_url)
    try:
        roles = database_roles.create(connection)
    finally:
        connection.close()
    if json_wanted:
        return render.as_json(msgspec.to_builtins(roles))
    made = "Rollerna är skapade" if roles.created else "Rollerna fanns redan och har fått sina rättigheter på nytt"
    return render.block(
        f"{made} i schemat {roles.schema}:\n"
        f"  {roles.app}: läser och skriver; loggen kan bara läsas och fyllas på. Texter kan tas bort, men\n"
        "  databasen släpper bara dem som är gallrade efter beslut.\n"
        f"  {roles.revisor}: läser allt och skriver inget.\n"
        "\n"
        "Gör nu, som den som förvaltar PostgreSQL:\n"
        f"  GRANT {roles.app} TO …;  för den användare som arende och arende-daemon kör som\n"
        f"  GRANT {roles.revisor} TO …;  för den som granskar\n"
        "Ange den användaren i [database] url eller ARENDE_DATABASE_URL, och kontrollera med: arende doctor\n"
        f"Kör arende database upgrade som {roles.owner} även i fortsättningen."
    )
