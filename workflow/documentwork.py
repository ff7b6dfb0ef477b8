"""The documents of a case: kept in the store before a record refers to them, and let go by gallring alone.

A file that nothing refers to (somebody was killed in between) does no harm, and `arende doctor` finds it. One that a
record refers to and that is not there would be the loss of an allmän handling: that never comes of a crash.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from states.case_facts import DocumentKind
from states.judgement import Refused
from states.records import Change, changes_of, insert
from states.swedish_text import name as named
from workflow import audit_journal, case_store, document_store, payload_store, statements
from workflow.audit_journal import Command, Draft
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.document_store import Kept
from workflow.errors import (
    AlreadyInError,
    ArendeError,
    EnvironmentFaultError,
    NotFoundError,
    OutcomeUnknownError,
    UsageError,
    why,
)
from workflow.use_case import ORDINARY_WAY, Rehearsed, Result, accept, noted, opened, touched

View = dict[str, Any]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down of a file."""

    sha256: str
    name: str  # as it was called: data only
    size: int | None = None


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document to add to a case (OSL 5 kap. 2 §)."""

    kind: DocumentKind
    name: str
    data: bytes
    other: str = ""  # who it is from or, when it is sent, to
    about: str = ""  # in a few words


def add(desk: Desk, command: Command, case_id: str, new: NewDocument, *, save: bool = True, **expected: int) -> Result:
    """Add a document that is no skrivelse to a case. Raises AlreadyInError for one that the case has.

    Without `save` everything is taken back, and only told.
    """
    if new.kind is DocumentKind.SKRIVELSE:
        raise UsageError("En skrivelse läses in med arende import, så att dess förslag blir en ny version.")
    try:
        with kept(desk, new.data, save=save) as sha256, opened(desk, command, "attach", case_id, expected) as case:
            if isinstance(case, Refused):
                return case
            there = desk.connection.run(statements.DOCUMENTS, id=case_id)
            if same := next((row for row in there if row["sha256"] == sha256), None):
                raise AlreadyInError(f"{case.facts.ref} har redan handlingen, som nr {same['number']}; inget gjordes.")
            draft = noted(case, "case.document_added", command, "attach")
            number = next_number(desk.connection, case_id)
            file = File(sha256=sha256, name=new.name, size=len(new.data))
            latest = max((row["version"] for row in there), default=0)
            draft.data |= {"kind": new.kind.value, "number": number}
            draft.changes += [
                touched(case, command),
                row_of(command, case_id, draft, file, (number, latest), new.kind, new.other, new.about),
            ]
            told = f"Handlingen är nr {number} i ärendet ({named(new.kind)}, {file_size(len(new.data))})."
            done = accept(desk, command, case, draft, ORDINARY_WAY, told)
            if not save:
                raise Rehearsed(done)
            return done
    except Rehearsed as rehearsed:
        return rehearsed.done


def row_of(
    command: Command,
    case_id: str,
    draft: Draft,
    file: File,
    place: tuple[int, int],
    kind: DocumentKind,
    other: str = "",
    about: str = "",
) -> Change:
    """The row of a new document; `place` is its number and the version of the proposal."""
    words = {"other": other, "about": about}
    return insert(
        "document",
        id=command.new_id(),
        case_id=case_id,
        version=place[1],
        sha256=file.sha256,
        received_on=command.on.isoformat(),
        payload=draft.text({"name": file.name, **{key: text for key, text in words.items() if text}}),
        number=place[0],
        kind=kind.value,
        size=file.size,
    )


def next_number(connection: Connection, case_id: str) -> int:
    """The number the next document of a case gets; one that was taken back does not come again."""
    rows = (change.row for change in _inserted(audit_journal.history(connection, f"case:{case_id}")))
    return 1 + max((int(row.get("number") or row["version"]) for row in rows), default=0)


def _inserted(bodies: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    """Every document that records have put there, also those that were taken back since."""
    changes = (change for body in bodies for change in changes_of(body))
    return (change for change in changes if change.table == "document" and change.op == "insert")


# --- reading ------------------------------------------------------------------------------------------------


def view(connection: Connection, case_id: str) -> list[View]:
    """The documents of a case, by number; what is purged has no name."""
    texts = payload_store.of_stream(connection, f"case:{case_id}")
    return [
        {
            "number": row["number"],
            "kind": row["kind"],
            "version": row["version"],
            "date": row["received_on"],
            "name": payload_store.text(texts, row["payload"], "name"),
            "other": payload_store.text(texts, row["payload"], "other") if row["payload"] in texts else "",
            "about": payload_store.text(texts, row["payload"], "about") if row["payload"] in texts else "",
            "size": row["size"],
            "sha256": row["sha256"],
            "purged": row["payload"] not in texts,
        }
        for row in connection.run(statements.DOCUMENTS, id=case_id)
    ]


def one(desk: Desk, case_id: str, number: int) -> tuple[View, bytes]:
    """A document of a case, and what it holds. Raises NotFoundError or VerificationFailedError."""
    case_store.require_seen(desk.connection, case_id)
    found = next((one for one in view(desk.connection, case_id) if one["number"] == number), None)
    ref = case_store.ref(desk.connection, case_id)
    if found is None:
        word = ref.replace(" ", "-", 1)
        raise NotFoundError(f"{ref} har ingen handling nr {number}. Se vilka som finns: arende document list {word}")
    if found["purged"]:
        raise NotFoundError(f"Handling nr {number} i {ref} är gallrad.")
    return found, document_store.read(desk.settings.document_directory, found["sha256"])


UNITS = (("MiB", 1 << 20), ("KiB", 1 << 10))


def file_size(size: int) -> str:
    """`12 KiB`, `1,5 MiB`, `17 byte`"""
    for unit, one in UNITS:
        if size >= one:
            return f"{size / one:.1f} {unit}".replace(".0 ", " ").replace(".", ",")
    return f"{size} byte"


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


def only_of(connection: Connection, case_id: str) -> list[str]:
    """The SHA-256 of every file that a case has had and no other has: what goes with its texts."""
    own = {change.row["sha256"] for change in _inserted(audit_journal.history(connection, f"case:{case_id}"))}
    others = connection.run(statements.DOCUMENTS_OF_OTHERS, id=case_id)
    return sorted(own - {row["sha256"] for row in others})


# --- what there should be -----------------------------------------------------------------------------------


class Standing(msgspec.Struct, frozen=True):
    """How the store stands to the database: files by their SHA-256, and what was never put there by us."""

    kept: int
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()  # that no record has referred to: somebody was killed before it was written
    strangers: tuple[Path, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.missing and not self.changed


def standing(connection: Connection, directory: Path, *, thorough: bool) -> Standing:
    """Is every document there, as it came? Only by its size, unless `thorough`. Raises OSError."""
    # Listed first: what comes meanwhile is in the store before it is in the database.
    there = set(document_store.every(directory))
    wanted = {row["sha256"]: row["size"] for row in connection.run(statements.DOCUMENTS_IN_USE)}
    kept = {sha256: _as_found(directory, sha256, size, thorough=thorough) for sha256, size in wanted.items()}
    return Standing(
        kept=len(wanted),
        missing=_those(kept, Kept.MISSING),
        changed=_those(kept, Kept.CHANGED),
        strays=tuple(sorted(there - wanted.keys() - _once_referred_to(connection, there - wanted.keys()))),
        strangers=tuple(document_store.strangers(directory)),
    )


def _as_found(directory: Path, sha256: str, size: int | None, *, thorough: bool) -> Kept:
    if thorough:
        return document_store.stands(directory, sha256)
    return document_store.seems(directory, sha256, size)


def _those(kept: Mapping[str, Kept], how: Kept) -> tuple[str, ...]:
    return tuple(sha256 for sha256, found in kept.items() if found is how)


def _once_referred_to(connection: Connection, strays: set[str]) -> set[str]:
    """Those of some files that a record has referred to, which was taken back: that destroys nothing."""
    if not strays:
        return set()
    bodies = (msgspec.json.decode(row["body"]) for row in connection.run(statements.RECORDS_OF_DOCUMENTS))
    return strays & {change.row["sha256"] for change in _inserted(bodies)}
