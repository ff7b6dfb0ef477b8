"""A file that somebody named on the command line, read in the child."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from states.swedish_text import day
from workflow.document_intake.child import Child
from workflow.document_intake.incoming import Incoming, read_incoming
from workflow.document_intake.interface import ReadSkrivelse, UnreadableDocument
from workflow.document_intake.tasks import Task
from workflow.errors import UsageError


def opened(file: Path) -> Incoming:
    """What the file holds. Raises UsageError with what to do."""
    try:
        return read_incoming(file)
    except UnreadableDocument as error:
        raise UsageError(f"{file}: {error.reason}") from error


def answered(file: Path, task: Task) -> tuple[Incoming, Any]:
    """The file and what the child answers of it, of the task's type. Raises UsageError with what to do."""
    came = opened(file)
    return came, asked(file, came, task)


def skrivelse(file: Path, today: date) -> tuple[Incoming, ReadSkrivelse]:
    """The file and the skrivelse in it. Raises UsageError with what to do."""
    came, read = answered(file, Task.SKRIVELSE)
    return came, _with_its_day(read, today)


def asked(file: Path, came: Incoming, task: Task) -> Any:
    """What the child answers of a file that is open already."""
    try:
        with Child() as child:
            return child.ask(task, came.data)
    except UnreadableDocument as error:
        raise UsageError(f"{file}: {error.reason}") from error


def _with_its_day(read: ReadSkrivelse, today: date) -> ReadSkrivelse:
    """The parser knows no clock, so that a day to come is wondered at here."""
    skrivelse = read.skrivelse
    if skrivelse.date is None or skrivelse.date <= today:
        return read
    told = f"Skrivelsen är daterad {day(skrivelse.date)}, efter dagens datum; kontrollera datumet i huvudet."
    return ReadSkrivelse(read.text, msgspec.structs.replace(skrivelse, unsure=(*skrivelse.unsure, told)))
