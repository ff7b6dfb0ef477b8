"""The documents of a case: kept in the store before a record refers to them, and let go by gallring alone.

A file that nothing refers to (somebody was killed in between) does no harm, and `arende doctor` finds it. One that a
record refers to and that is not there would be the loss of an allmän handling: that never comes of a crash.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import msgspec

from states.case_facts import DocumentKind
from states.judgement import Refused
from states.swedish_text import name as named
from workflow import audit_journal, document_store, documents, statements
from workflow.audit_journal import Command
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.document_store import Kept
from workflow.errors import (
    AlreadyInError,
    ArendeError,
    EnvironmentFaultError,
    OutcomeUnknownError,
    UsageError,
    why,
)
from workflow.use_case import (
    ORDINARY_WAY,
    Done,
    Rehearsed,
    Result,
    accept,
    give_reason,
    noted,
    opened,
    touched,
)


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document to add to a case (OSL 5 kap. 2 §)."""

    kind: DocumentKind
    name: str
    data: bytes
    other: str = ""  # who it is from or, when it is sent, to
    about: str = ""  # in a few words


def add(
    desk: Desk, command: Command, case_id: str, document: NewDocument, *, save: bool = True, **expected: int
) -> Result:
    """Add a document that is no skrivelse to a case. Raises AlreadyInError for one that the case has.

    Without `save` everything is taken back, and only told.
    """
    try:
        with (
            kept(desk, document.data, save=save) as sha256,
            opened(desk, command, "attach", case_id, expected) as case,
        ):
            if isinstance(case, Refused):
                return case
            done = _added(desk, command, case, document, sha256)
            if not save:
                raise Rehearsed(done)
            return done
    except Rehearsed as rehearsed:
        return rehearsed.done


def _added(desk: Desk, command: Command, case: LockedCase, document: NewDocument, sha256: str) -> Done:
    if document.kind is DocumentKind.SKRIVELSE:
        raise UsageError("En skrivelse läses in med arende import, så att dess förslag blir en ny version.")
    there = desk.connection.run(statements.DOCUMENTS, id=case.id)
    if same := next((row for row in there if row["sha256"] == sha256), None):
        raise AlreadyInError(f"{case.facts.ref} har redan handlingen, som nr {same['number']}; inget gjordes.")
    draft = noted(case, "case.document_added", command, "attach")
    number, size = documents.next_number(desk.connection, case.id), len(document.data)
    draft.data |= {"kind": document.kind.value, "number": number}
    give_reason(draft, command)
    file = documents.File(sha256=sha256, name=document.name, size=size)
    place = number, max((row["version"] for row in there), default=0)
    words = {"other": document.other, "about": document.about}
    draft.changes += [
        touched(case, command),
        documents.row_of(command, case.id, draft, file, place, document.kind, **words),
    ]
    told = f"Handlingen är nr {number} i ärendet ({named(document.kind)}, {documents.file_size(size)})."
    return accept(desk, command, case, draft, ORDINARY_WAY, told)


# --- keeping ------------------------------------------------------------------------------------------------


@contextmanager
def kept(desk: Desk, data: bytes, *, save: bool = True) -> Iterator[str]:
    """The SHA-256 of a content that is in the store while its record is written, and stays there if one was.

    Without `save` nothing is kept. Raises EnvironmentFaultError, VerificationFailedError.
    """
    sha256 = audit_journal.sha256(data)
    if not save:
        yield sha256
        return
    directory, new = desk.settings.document_directory, False
    try:
        with document_store.held(directory):
            new = document_store.stands(directory, sha256) is Kept.MISSING
            document_store.keep(directory, data)
            yield sha256
    except OutcomeUnknownError:
        new = False  # the record may be there
        raise
    finally:
        if new:
            # Whatever hinders it, the file does no harm where it is.
            with suppress(ArendeError, OSError):
                _remove_unused(desk, (sha256,))


def remove_purged(desk: Desk) -> int:
    """Take away the files of purged documents, but for those that another case has; how many there were.

    Done again, it does no harm: whoever was killed in the middle, or restored a backup, gets it done here.
    """
    bodies = (msgspec.json.decode(row["body"]) for row in desk.connection.run(statements.RECORDS_OF_PURGES))
    gone = {sha256 for body in bodies for sha256 in body["data"].get("documents", ())}
    directory = desk.settings.document_directory
    try:
        left = [sha256 for sha256 in sorted(gone) if document_store.stands(directory, sha256) is not Kept.MISSING]
        return _remove_unused(desk, left) if left else 0
    except OSError as error:
        raise EnvironmentFaultError(
            f"Texterna är gallrade, men handlingarnas filer i {directory} kunde inte tas bort ({why(error)}). Åtgärda "
            "det och kör samma kommando igen."
        ) from error


def _remove_unused(desk: Desk, hashes: Iterable[str]) -> int:
    directory = desk.settings.document_directory
    with document_store.alone(directory):
        # Asked when nobody is about to refer to them.
        unused = [one for one in hashes if not desk.connection.run(statements.DOCUMENT_IN_USE, sha256=one)]
        return sum(document_store.remove(directory, one) for one in unused)
