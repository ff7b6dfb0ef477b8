"""Taking in a folder of documents: all are read first, then each is taken in, a case's oldest skrivelse first.

What was read waits in a file without a name, so that neither the memory nor a killed process keeps it. Every
document is a transaction of its own, and one that is in is passed by: whoever was stopped begins again.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from states.case_number import readings
from states.judgement import Refused
from workflow import intakework, no_skrivelse, secrecy
from workflow.audit_journal import Command
from workflow.desk import Desk
from workflow.document_intake.incoming import Incoming, read_incoming
from workflow.document_intake.interface import ReadSkrivelse, Skrivelse, UnreadableDocument
from workflow.errors import (
    AlreadyInError,
    ChangedMeanwhileError,
    EnvironmentFaultError,
    HiddenError,
    NotFoundError,
    UsageError,
    why,
)
from workflow.folder_files import Listing
from workflow.intake_outcome import Became, Outcome
from workflow.intakework import Paper, Terms
from workflow.use_case import Done

UNDATED = "9999"


# --- reading ------------------------------------------------------------------------------------------

Read = Callable[[bytes], ReadSkrivelse]


class Waiting(NamedTuple):
    """A document that has been read. They sort as they are taken in: the oldest first."""

    written_on: str  # ISO; those without a date last
    file: str
    sha256: str
    at: int  # where what it says stands in the pile
    size: int


class Pile:
    """What has been read and waits to be taken in."""

    def __init__(self) -> None:
        with _room():
            self._said = TemporaryFile(buffering=0)  # noqa: SIM115 - closed when the pile is
        self._waiting: list[Waiting] = []
        self._hashes: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._said.close()

    def __len__(self) -> int:
        return len(self._waiting)

    def has(self, sha256: str) -> bool:
        return sha256 in self._hashes

    def add(self, file: str, sha256: str, skrivelse: Skrivelse) -> None:
        packed = msgspec.msgpack.encode(skrivelse)
        day = skrivelse.date.isoformat() if skrivelse.date else UNDATED
        with _room():
            at = self._said.seek(0, os.SEEK_END)
            if self._said.write(packed) < len(packed):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._waiting.append(Waiting(day, file, sha256, at, len(packed)))
        self._hashes.add(sha256)

    def each(self) -> Iterator[tuple[Waiting, Skrivelse]]:
        for waiting in sorted(self._waiting):
            self._said.seek(waiting.at)
            yield waiting, msgspec.msgpack.decode(self._said.read(waiting.size), type=Skrivelse)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentFaultError(
            f"Det som läses kan inte mellanlagras ({why(error)}). Ange en katalog med gott om plats i TMPDIR, och kör "
            "kommandot igen."
        ) from error


def read_in(desk: Desk, folder: Path, found: Listing, read: Read, pile: Pile) -> Iterator[Outcome | None]:
    """Read each file into the pile; what became of those that do not go there, and None for those that do."""
    yield from (Outcome(closed, Became.LEFT, told=(why,)) for closed, why in found.closed)
    for file in found.files:
        try:
            came = read_incoming(folder / file)
            if pile.has(came.sha256) or intakework.is_in(desk, came.sha256):
                yield Outcome(file, Became.ALREADY_IN)
                continue
            said = read(came.data)
        except UnreadableDocument as error:
            yield Outcome(file, Became.LEFT, told=(error.reason,))
            continue
        if told := no_skrivelse.among_many(said):
            yield Outcome(file, Became.LEFT, told=(told,))
            continue
        pile.add(file, came.sha256, said.doubted)
        yield None


# --- taking in ----------------------------------------------------------------------------------------


class Intake:
    """Takes in what has been read."""

    def __init__(
        self, desk: Desk, folder: Path, terms: Terms, command_of: Callable[[str], Command], *, save: bool
    ) -> None:
        self._desk, self._folder, self._terms, self._save = desk, folder, terms, save
        self._command_of = command_of  # file's SHA-256 -> the command that takes it in
        self._numbers: set[str] = set()  # of the cases that would have been registered, when nothing is saved

    def each(self, pile: Pile) -> Iterator[Outcome]:
        """Take in one document after the other; what became of each."""
        for waiting, skrivelse in pile.each():
            try:
                came = read_incoming(self._folder / waiting.file)
            except UnreadableDocument as error:
                yield Outcome(waiting.file, Became.LEFT, told=(error.reason,))
                continue
            if came.sha256 != waiting.sha256:
                told = "Filen ändrades medan den lästes in. Kör kommandot igen när den är klar."
                yield Outcome(waiting.file, Became.LEFT, told=(told,))
                continue
            yield self._taken(waiting.file, came, skrivelse)

    def _taken(self, file: str, came: Incoming, skrivelse: Skrivelse) -> Outcome:
        command = self._command_of(came.sha256)
        try:
            paper = Paper(skrivelse, came.data, came.sha256, came.name)
            result = intakework.take_in(self._desk, command, paper, self._terms, save=self._save)
        except AlreadyInError:
            return Outcome(file, Became.ALREADY_IN)
        except HiddenError as error:
            secrecy.note_refused(self._desk, command, error.cases, "import")
            return Outcome(file, Became.LEFT, told=(str(error),))
        except (UsageError, NotFoundError, ChangedMeanwhileError) as error:
            return Outcome(file, Became.LEFT, told=(str(error),))
        if isinstance(result, Refused):
            return Outcome(file, Became.LEFT, told=tuple(finding.text for finding in result.blocking))
        return Outcome(file, self._became(result, skrivelse), result.ref, (*skrivelse.unsure, *result.notes))

    def _became(self, done: Done, skrivelse: Skrivelse) -> Became:
        if self._save:
            return Became.ATTACHED if done.before else Became.REGISTERED
        numbers = {str(found[0]) for text in skrivelse.numbers if (found := readings(text))}
        goes_with = bool(done.before) or bool(numbers & self._numbers)
        self._numbers |= numbers
        return Became.ATTACHED if goes_with else Became.REGISTERED
