"""The documents of the database held against the files of the store."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from workflow import case_store, document_store, documents, statements
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.document_store import Kept
from workflow.documents import Standing, View
from workflow.errors import NotFoundError


def one(desk: Desk, case_id: str, number: int) -> tuple[View, bytes]:
    """A document of a case, and what it holds. Raises NotFoundError or VerificationFailedError."""
    case_store.require_seen(desk.connection, case_id)
    found = next((one for one in documents.view(desk.connection, case_id) if one["number"] == number), None)
    ref = case_store.ref(desk.connection, case_id)
    if found is None:
        word = ref.replace(" ", "-", 1)
        raise NotFoundError(f"{ref} har ingen handling nr {number}. Se vilka som finns: arende document list {word}")
    if found["purged"]:
        raise NotFoundError(f"Handling nr {number} i {ref} är gallrad.")
    return found, document_store.read(desk.settings.document_directory, found["sha256"])


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
    return strays & {change.row["sha256"] for change in documents.inserted(bodies)}
