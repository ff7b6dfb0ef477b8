"""Broken promises. Each carries one Swedish sentence that says what to do, and its exit code.

Refusals are not here: they are values (`states.judgement.Refused`).
"""

import errno
from enum import IntEnum


class Exit(IntEnum):
    """What the programs answer the shell."""

    DONE = 0
    BUG = 1
    USAGE = 2
    REFUSED = 3
    NOT_FOUND = 4
    CHANGED_MEANWHILE = 5
    ENVIRONMENT = 6
    OUTCOME_UNKNOWN = 7
    VERIFICATION_FAILED = 8


class ArendeError(Exception):
    """Something the user can be told in one sentence."""

    exit = Exit.ENVIRONMENT


class UsageError(ArendeError):
    """The command was given something it cannot use."""

    exit = Exit.USAGE


class AlreadyInError(UsageError):
    """The file is in already; nothing is done with it again."""


class NoBodyNamedError(UsageError):
    """A document names no body, and whoever takes it in has named none."""


class NumberTakenError(UsageError):
    """A diarienummer is, or has been, another case's."""


class NotFoundError(ArendeError):
    """No such case, meeting, body or recipient."""

    exit = Exit.NOT_FOUND


class HiddenError(NotFoundError):
    """A secret case that whoever asks is not cleared for: told of in the words for one that does not exist."""

    def __init__(self, told: str, cases: tuple[str, ...]) -> None:
        super().__init__(told)
        self.cases = cases  # ids, for the log alone


class HiddenNumberError(HiddenError):
    """A number that a secret case has: told of in the words for one that is taken."""

    exit = Exit.USAGE

    def __init__(self, cases: tuple[str, ...]) -> None:
        super().__init__("Diarienumret är upptaget; ge ärendet ett annat nummer.", cases)


class DeniedError(ArendeError):
    """None of somebody's roles lets them do it."""

    exit = Exit.REFUSED


class AlreadyDoneError(ArendeError):
    """The command with this id has been done; nothing is done again."""

    exit = Exit.DONE


class ChangedMeanwhileError(ArendeError):
    """Somebody else changed the case or the meeting since it was read."""

    exit = Exit.CHANGED_MEANWHILE


class EnvironmentFaultError(ArendeError):
    """Configuration, database or machine: nothing has been changed."""

    exit = Exit.ENVIRONMENT


class OutcomeUnknownError(ArendeError):
    """The connection was lost at COMMIT; running again with the same command id tells which."""

    exit = Exit.OUTCOME_UNKNOWN


class VerificationFailedError(ArendeError):
    """The log or its payloads do not hold together."""

    exit = Exit.VERIFICATION_FAILED


FAULTS = {
    errno.ENOENT: "den finns inte",
    errno.EISDIR: "det är en katalog",
    errno.EEXIST: "det finns redan något annat med det namnet",
    errno.ENOTDIR: "sökvägen går genom något som inte är en katalog",
    errno.EACCES: "behörighet saknas",
    errno.EPERM: "behörighet saknas",
    errno.ENAMETOOLONG: "namnet är för långt",
    errno.ENOSPC: "disken är full",
    errno.EDQUOT: "diskutrymmet du får använda är slut",
    errno.EROFS: "filsystemet är skrivskyddat",
    errno.EIO: "disken svarar med ett läs- eller skrivfel",
    errno.EMFILE: "för många filer är öppna",
    errno.EFBIG: "filen får inte bli större",
    errno.ELOOP: "länken leder tillbaka till sig själv",
    errno.ENXIO: "det är ett rör som ingen läser ur",
    errno.EAGAIN: "det är ett rör som är fullt",
    errno.EPIPE: "den som läste ur röret har gått",
    errno.EADDRINUSE: "någon annan använder den redan",
}


def why(fault: OSError) -> str:
    """Why the operating system said no, in Swedish words where we have them."""
    return FAULTS.get(fault.errno or 0, fault.strerror or type(fault).__name__)


def why_unwritten(fault: OSError) -> str:
    """The same of a file that was to be written: what is missing then is where it would lie."""
    return "katalogen finns inte" if isinstance(fault, FileNotFoundError) else why(fault)


def cause(error: ArendeError) -> str:
    """What made a promise break, in a few words: the operating system's or the database's."""
    found = error.__cause__ or error
    return why(found) if isinstance(found, OSError) else str(found).strip().splitlines()[0]
