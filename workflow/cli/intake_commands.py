"""The command that makes a case of a tjänsteskrivelse, or lays it to one there is."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from states.case_facts import CaseKind
from states.judgement import Refused
from workflow import held_files, intakework, no_skrivelse
from workflow.audit_journal import Command as Given
from workflow.cli import frame, one_imported, paper
from workflow.cli.case_commands import deviates
from workflow.cli.change import Asked, begun, changes, ended, perform, rehearse, rehearsing
from workflow.cli.secrecy_commands import as_provision, marked_secret
from workflow.cli.swedish import Command, FilePath, codes
from workflow.document_intake.child import Child
from workflow.document_intake.interface import ReadSkrivelse
from workflow.document_intake.tasks import Task
from workflow.errors import UsageError
from workflow.held_files import Identity
from workflow.intakework import Paper, Terms
from workflow.use_case import Result
from workflow.watchwork import ALL

if TYPE_CHECKING:
    from workflow.config import Settings
    from workflow.folder_files import Listing

Words = tuple[str, ...]


LEFT_ASIDE = (
    "Registrera ett ärende ur en skrivelse, eller lägg den till det som finns. En mapp läses in med allt som är i "
    "den, och med --karta en tabell med öppna ärenden ur ett äldre system. Det som inte kan tas in lämnas åt sidan "
    "med ett skäl, och då slutar kommandot med 2. Körs det igen fortsätter det där det slutade."
)


@click.command("import", cls=Command, help=LEFT_ASIDE)
@click.argument("path", type=FilePath(), metavar="FIL|MAPP")
@click.option("--kind", "kind", type=codes(CaseKind), metavar="SLAG", help="Slag av ärende (annars ur rubriken).")
@click.option("--body", "body", metavar="INSTANS", help="Nämnden, när skrivelsen inte säger vilken.")
@click.option("--dnr", "numbers", multiple=True, metavar="DNR", help="Diarienummer utöver skrivelsens.")
@click.option("--bevaka", "watched", default="", metavar="N|alla", help="Ta med bevakningar som arende read föreslår.")
@click.option("--karta", "map_file", type=FilePath(), metavar="KARTA.toml", help="Vad tabellens kolumner betyder.")
@click.option(
    "--rapport",
    "report",
    type=FilePath(),
    metavar="FIL",
    help="Skriv vad det blev av var och en, som CSV.",
)
@click.option(
    "--protokoll", "meeting_paper", flag_value="protokoll", help="Filen är ett protokoll: anteckna dess beslut."
)
@click.option("--kallelse", "meeting_paper", flag_value="kallelse", help="Filen är en kallelse: boka det den tar upp.")
@deviates
@marked_secret
@rehearsing
@changes
def import_command(
    path: Path,
    meeting_paper: str | None,
    deviation: str | None,
    kind: str | None,
    body: str | None,
    numbers: Words,
    watched: str,
    map_file: Path | None,
    report: Path | None,
    secrecy: str | None,
    rehearsed: bool,
    asked: Asked,
) -> int:
    if map_file:
        if any((kind, body, numbers, watched, secrecy, asked.on, meeting_paper, deviation)):
            raise UsageError("Med --karta står slag, instans, sekretess och dagar i kartan; ange dem inte på raden.")
        return _table(path, map_file, report, asked, save=not rehearsed)
    terms = Terms(
        kind=CaseKind(kind) if kind else None,
        body=body,
        numbers=numbers,
        watched=watched,
        secrecy=as_provision(secrecy),
    )
    if meeting_paper or deviation:
        return _of_meeting(path, meeting_paper, terms, report, deviation, asked, save=not rehearsed)
    if terms.kind:
        intakework.refuse_taken(terms.kind)
    if path.is_dir():
        return _folder(path, terms, report, asked, save=not rehearsed)
    if report:
        raise UsageError("--rapport hör till en mapp eller en tabell; en skrivelse visas med arende show.")
    came, read = paper.skrivelse(path, frame.entry().today)
    no_case = no_skrivelse.by_itself(read, numbers)
    skrivelse = Paper(read.doubted, came.data, came.sha256, came.name, no_case and f"{path}: {no_case}")
    with frame.desk() as desk:

        def act(given: Given) -> Result:
            result = intakework.take_in(desk, given, skrivelse, terms, save=not rehearsed)
            return result if isinstance(result, Refused) else one_imported.told(result, read, path, terms)

        return rehearse(desk, asked, act) if rehearsed else perform(desk, asked, act)


def _of_meeting(
    path: Path,
    which: str | None,
    terms: Terms,
    report: Path | None,
    deviation: str | None,
    asked: Asked,
    *,
    save: bool,
) -> int:
    # Whoever imports a skrivelse does without it.
    from workflow.cli import protocol_import

    if terms != Terms(body=terms.body) or report:
        raise UsageError(
            "Med --protokoll eller --kallelse går det bara att ange --body, --torrt, --skal och --avvikelse."
        )
    if which == "protokoll":
        return protocol_import.protocol(path, terms.body, deviation, asked, save=save)
    if deviation or not which:
        raise UsageError("--avvikelse hör till ett protokoll: ange det med --protokoll.")
    return protocol_import.summons(path, terms.body, asked, save=save)


def _folder(folder: Path, terms: Terms, report: Path | None, asked: Asked, *, save: bool) -> int:
    # Whoever imports one document does without it.
    from workflow import folder_files, folder_intake
    from workflow.cli import many_imported

    if terms.numbers:
        raise UsageError("--dnr hör till en skrivelse; i en mapp har var och en sitt eget diarienummer.")
    if terms.watched and terms.watched.casefold() != ALL:
        raise UsageError("I en mapp föreslår var och en sina bevakningar; ange --bevaka alla, eller utelämna det.")
    with frame.desk() as desk, Child() as child, folder_intake.Pile() as pile:
        given = begun(desk, asked)
        if refused := intakework.denied(desk, given):
            return ended(desk, given, refused, asked.json_wanted)
        found = folder_files.listing(folder, _own(desk.settings, report))

        def read(data: bytes) -> ReadSkrivelse:
            return child.ask(Task.SKRIVELSE, data)  # type: ignore[no-any-return]

        def work() -> many_imported.Parts:
            yield "Läser", len(found.files) + len(found.closed), folder_intake.read_in(desk, folder, found, read, pile)
            intake = folder_intake.Intake(desk, folder, terms, many_imported.Numbered(given), save=save)
            yield "Registrerar", len(pile), intake.each(pile)

        told = many_imported.Told(f"Mappen {folder}", _passed_by(found), report)
        return many_imported.take_in(desk, given, work(), told, json_wanted=asked.json_wanted, save=save)


def _own(settings: "Settings", report: Path | None) -> frozenset[Identity]:
    """What the program itself keeps, which somebody who names the folder they stand in does not mean."""
    kept = (settings.log_directory, settings.document_directory, settings.file, *([report] if report else []))
    return held_files.held() | {identity for path in kept if (identity := held_files.identity_of(path))}


def _passed_by(found: "Listing") -> Iterator[str]:
    """What of a folder is no document to be taken in."""
    if found.own:
        yield f"Programmets egna filer och mappar, som inte lästes: {found.own}"
    if found.hidden:
        yield f"Dolda och tillfälliga filer och mappar, som inte lästes: {found.hidden}"
    if found.links:
        yield f"Genvägar och annat som inte är filer, som inte lästes: {found.links}"


def _table(path: Path, map_file: Path, report: Path | None, asked: Asked, *, save: bool) -> int:
    # Whoever imports documents does without it.
    from workflow import open_cases, table_intake
    from workflow.case_tables import column_map, table_file
    from workflow.cli import many_imported

    wanted = column_map.load(map_file)
    with frame.desk() as desk:
        given = begun(desk, asked.because(asked.reason or wanted.skal))
        if refused := open_cases.denied(desk, given):
            return ended(desk, given, refused, asked.json_wanted)
        came = paper.opened(path)
        rows = table_file.rows_of(came.data, path.name, wanted.fil.blad, lambda _: paper.asked(path, came, Task.TABLES))
        reading = table_intake.Import(desk, rows, wanted, path.name, frame.entry().today)
        cases = reading.each(many_imported.Numbered(given), save=save)
        told = many_imported.Told(f"Tabellen {path}", reading.notes(), report)
        work = iter([("Registrerar", len(reading), cases)])
        return many_imported.take_in(desk, given, work, told, json_wanted=asked.json_wanted, save=save)
