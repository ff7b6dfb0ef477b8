"""`arende document …`: the documents of a case, whatever kind of file they are."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from states.case_facts import DocumentKind
from workflow import case_store, documents, durable_files, held_files
from workflow.audit_journal import Command as Given
from workflow.cli import document_views, frame, paper, render
from workflow.cli.change import Asked, changes, perform, rehearse, rehearsing
from workflow.cli.swedish import FilePath, Group, codes
from workflow.errors import UsageError, why_unwritten
from workflow.use_case import Result

if TYPE_CHECKING:
    from workflow.config import Settings

Words = tuple[str, ...]


@click.group("document", cls=Group, help="Ärendets handlingar: lägg till, lista, spara en kopia, kontrollera.")
def document_command() -> None:
    pass


@document_command.command("add", help="Lägg en fil av vilket slag som helst, högst 50 MiB, till ett ärende.")
@click.argument("words", nargs=-1, required=True, metavar="ÄRENDE FIL")
@click.option(
    "--slag", "kind", type=codes(DocumentKind), default="bilaga", metavar="SLAG", help="Vad det är (annars bilaga)."
)
@click.option("--fran", "sender", default="", metavar="NAMN", help="Vem den kom från.")
@click.option("--mottagare", "recipient", default="", metavar="NAMN", help="Vem den skickades till; bara utgaende.")
@click.option("--om", "about", default="", metavar="TEXT", help="Vad den handlar om, kort.")
@rehearsing
@changes
def add_command(words: Words, kind: str, sender: str, recipient: str, about: str, rehearsed: bool, asked: Asked) -> int:
    # Keeping files is for this command alone.
    from workflow import documentwork

    if len(words) < 2:
        raise UsageError("Ange ärendet och filen, till exempel arende document add SON-2020-247 karta.pdf")
    what = DocumentKind(kind)
    if (sender and what is DocumentKind.UTGAENDE) or (recipient and what is not DocumentKind.UTGAENDE):
        raise UsageError("Ange --mottagare för det som skickades (--slag utgaende), och --fran för allt annat.")
    came = paper.opened(Path(words[-1]))
    document = documentwork.NewDocument(
        kind=what, name=came.name, data=came.data, other=(sender or recipient).strip(), about=about.strip()
    )
    with frame.desk() as desk:
        case_id = frame.case_id(desk, words[:-1])

        def act(given: Given) -> Result:
            return documentwork.add(desk, given, case_id, document, save=not rehearsed)

        return rehearse(desk, asked, act) if rehearsed else perform(desk, asked, act)


@document_command.command("list", help="Ett ärendes handlingar, med nummer.")
@frame.the_case
@frame.as_json
def list_command(case_words: Words, json_wanted: bool) -> int:
    with frame.desk() as desk:

        def read() -> tuple[tuple[str, list[documents.View]], Words]:
            case_id = frame.case_id(desk, case_words)
            ref = case_store.ref(desk.connection, case_id)
            return (ref, documents.view(desk.connection, case_id)), (case_id,)

        return document_views.listed(*frame.look(desk, read), json_wanted)


@document_command.command("save", help="Spara en kopia av en handling, så som den kom.")
@click.argument("words", nargs=-1, required=True, metavar="ÄRENDE NUMMER")
@click.option("--till", "target", type=FilePath(), required=True, metavar="FIL", help="Vart den sparas.")
@click.option("--ersatt", "replacing", is_flag=True, help="Skriv över filen, om den finns.")
@frame.as_json
def save_command(words: Words, target: Path, replacing: bool, json_wanted: bool) -> int:
    from workflow import document_standing

    *case, number = words
    if not case or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise UsageError("Skriv ärendet och handlingens nummer, till exempel SON-2020-247 1. Se: arende document list")
    with frame.desk() as desk:
        _refuse_own(desk.settings, target)

        def read() -> tuple[tuple[documents.View, bytes], Words]:
            case_id = frame.case_id(desk, tuple(case))
            return document_standing.one(desk, case_id, int(number)), (case_id,)

        found, data = frame.look(desk, read)
    _write(target, data, replacing=replacing)
    if json_wanted:
        return render.as_json({"path": str(target), **found})
    return render.line(f"{found['name']} är sparad i {target} ({documents.file_size(len(data))}).")


def _refuse_own(settings: "Settings", target: Path) -> None:
    """Raise UsageError for what the program keeps itself."""
    kept = (settings.log_directory, settings.document_directory)
    if held_files.is_held(target) or any(target.resolve().is_relative_to(own.resolve()) for own in kept):
        raise UsageError(f"{target} hör till arendes databas, logg eller dokument. Ange en annan fil.")


def _write(target: Path, data: bytes, *, replacing: bool) -> None:
    """Write a whole file or none of it, for its owner alone. Raises UsageError."""
    half = f".{os.getpid()}.tmp"
    if replacing and target.is_symlink():
        raise UsageError(f"{target} kan inte skrivas (det är en genväg). Ange filen som den leder till.")
    try:
        if replacing:
            durable_files.write(target, data, half=half)
        else:
            # The name is taken first, so that nothing that comes to be there meanwhile is written over.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            _fill(target, data, half)
    except FileExistsError as error:
        raise UsageError(f"{target} finns redan. Ange ett annat namn, eller --ersatt för att skriva över.") from error
    except OSError as error:
        raise UsageError(f"{target} kan inte skrivas ({why_unwritten(error)}). Ange en annan fil.") from error


def _fill(target: Path, data: bytes, half: str) -> None:
    try:
        durable_files.write(target, data, half=half)
    except BaseException:
        target.unlink()
        raise


@document_command.command("verify", help="Läs varje fil i arkivet och jämför den med det som kom in.")
@frame.as_json
def verify_command(json_wanted: bool) -> int:
    from workflow import document_standing

    with frame.desk() as desk:
        directory = desk.settings.document_directory
        found = document_standing.standing(desk.connection, directory, thorough=True)
    return document_views.standing(found, documents.told(found, directory), json_wanted)
