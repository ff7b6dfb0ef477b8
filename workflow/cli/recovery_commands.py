"""The log's files, the database built from them, and backups: `arende backup`, `restore` and some of `arende audit`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from workflow import documents
from workflow.audit_journal import Command as AuditedCommand
from workflow.audit_journal import timestamp
from workflow.cli import actor, frame, render
from workflow.cli.change import Asked, command
from workflow.cli.swedish import Command, FilePath
from workflow.config import Settings
from workflow.connection import connect
from workflow.errors import Exit

SHOWN = 100
"""How many differences are printed; --json gives them all."""


@click.command(
    "backup", cls=Command, help="Säkerhetskopiera loggen, texterna och handlingarna; allt kan byggas upp ur dem."
)
@click.argument("target", type=FilePath(), metavar="KATALOG")
@frame.as_json
def backup_command(target: Path, json_wanted: bool) -> int:
    # Needs neither SQLAlchemy nor Rich, but hashing and copying that other commands do without.
    from workflow import backup

    with frame.desk() as desk:
        copy, manifest = backup.make(desk.connection, desk.settings, target.absolute(), frame.entry().now)
    ending = Exit.VERIFICATION_FAILED if manifest.lacking else Exit.DONE
    if json_wanted:
        render.as_json({"path": str(copy), **msgspec.to_builtins(manifest)})
        return ending
    render.block(
        f"Säkerhetskopian är klar och kontrollerad: {manifest.log_index} rader, {manifest.payloads} texter och "
        f"{documents.how_many(manifest.documents)} i\n  {copy}\n"
        f"Huvud: {manifest.log_index} {manifest.sha256}\n"
        "Flytta den till en annan dator. Den läses tillbaka med: arende restore KATALOG"
    )
    if manifest.lacking:
        render.paragraph(
            f"Kopian är utan {documents.how_many(len(manifest.lacking))} som saknas eller är ändrade. Spara de äldre "
            "kopiorna, och se vilka med: arende document verify"
        )
    return ending


@click.command("restore", cls=Command, help="Bygg upp databasen ur en säkerhetskopia och det loggen har utöver den.")
@click.argument("copy", type=FilePath(), metavar="KATALOG")
@frame.as_json
def restore_command(copy: Path, json_wanted: bool) -> int:
    from workflow import recovery

    found = frame.settings()
    actor.require_asked(found)
    given = command(found, Asked(None, None, None, json_wanted))
    with render.counting() as counted:
        done = recovery.restore(found, given, _directory(copy.absolute()), counted)
    _write_down(found, given, "restore", done)
    return _recovered(done, json_wanted)


def _directory(copy: Path) -> Path:
    """The backup's directory, also where its file that tells of it is named."""
    return copy.parent if copy.is_file() else copy


@click.command("rebuild", cls=Command, help="Bygg upp databasen på nytt ur loggen, och ställ undan den gamla.")
@click.option("--to", "url", metavar="ADRESS", help="Bygg i en ny databas (sqlite:///fil, postgresql://…); inget byts.")
@frame.as_json
def rebuild_command(url: str | None, json_wanted: bool) -> int:
    from workflow import recovery

    found = frame.settings()
    actor.require_asked(found)
    given = command(found, Asked(None, None, None, json_wanted))
    with render.counting() as counted:
        done = (
            recovery.rebuild_into(found, url, counted) if url is not None else recovery.rebuild(found, given, counted)
        )
    _write_down(found, given, "audit rebuild", done)
    return _recovered(done, json_wanted)


def _write_down(found: Settings, given: AuditedCommand, name: str, done: Any) -> None:
    from workflow import event_log

    event_log.command_finished(
        found.operations_log,
        command=name,
        command_id=given.id,
        actor=given.actor,
        role=given.role,
        recorded_at=timestamp(given.recorded_at),
        outcome="done",
        lines=done.lines,
        head=done.head,
    )


def _recovered(done: Any, json_wanted: bool) -> int:
    ending = Exit.VERIFICATION_FAILED if done.documents_lacking else Exit.DONE
    if json_wanted:
        render.as_json(msgspec.to_builtins(done))
        return ending
    render.line(f"Databasen är uppbyggd ur loggens {done.lines} rader.")
    if done.aside:
        render.line(f"Den gamla ligger kvar i {done.aside}; ta bort den när allt är kontrollerat.")
    if done.unsure_from:
        render.paragraph(
            f"Loggen efter säkerhetskopian fanns inte kvar: det som gjordes från och med {done.unsure_from} kan saknas "
            "och får antecknas igen. Påminnelser från de dagarna kan ha gått ut och skickas inte en gång till "
            f"({done.held_back} st. väntade); se vad som är försenat med arende todo. En gallring efter kopian får "
            "göras om."
        )
    if done.documents_brought:
        render.line(f"Ur säkerhetskopian lades {documents.how_many(done.documents_brought)} tillbaka.")
    if done.documents_lacking:
        render.paragraph(
            f"Loggen talar om {documents.how_many(done.documents_lacking)} som saknas eller är ändrade. Se vilka med: "
            "arende document verify"
        )
    render.line("Kontrollera med: arende doctor")
    return ending


@click.command("export", cls=Command, help="Skriv ikapp loggens filer, och gör om dem som saknas.")
@frame.as_json
def export_command(json_wanted: bool) -> int:
    from workflow import log_exporter

    with frame.desk() as desk:
        made = log_exporter.export_all(desk.connection, desk.settings.log_directory)
    if json_wanted:
        return render.as_json(msgspec.to_builtins(made))
    return render.line(
        f"Loggen fick {made.lines} rader. {made.segments} filer och {made.payloads} texter saknades och är omgjorda."
    )


@click.command("diff", cls=Command, help="Jämför databasen med loggen, rad för rad.")
@frame.as_json
def diff_command(json_wanted: bool) -> int:
    from workflow import log_diff

    found = frame.settings()
    actor.require_asked(found)
    connection = connect(found.database_url)
    try:
        with render.counting() as counted:
            differences = list(log_diff.differences(connection, found.log_directory, counted))
    finally:
        connection.close()
    if json_wanted:
        render.as_json(msgspec.to_builtins(differences))
    else:
        _different(differences)
    return Exit.VERIFICATION_FAILED if differences else Exit.DONE


def _different(differences: Sequence[Any]) -> None:
    if not differences:
        render.line("Databasen säger detsamma som loggen, i varje tabell.")
        return
    for one in differences[:SHOWN]:
        about = f"{one.about}: " if one.about else ""
        where = " ".join(filter(None, (one.table, one.column)))
        told, found = (value or "inget" for value in (one.told, one.found))
        render.paragraph(f"{about}{where}: loggen säger {told}, databasen {found} ({one.row})", "    ", "  ✗ ")
    if len(differences) > SHOWN:
        render.line(f"  … och {len(differences) - SHOWN} till; --json visar alla.")
    render.paragraph(
        f"{len(differences)} skillnader: någon har ändrat i databasen, eller så är den skadad. Loggen gäller; bygg upp "
        "databasen ur den med: arende audit rebuild"
    )
