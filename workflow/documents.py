"""What documents a case has, and whether the store holds every one of them as it came."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from states.records import Change, changes_of
from workflow import audit_journal, case_store, document_store, payload_store, statements
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.document_store import Kept
from workflow.errors import NotFoundError

View = dict[str, Any]


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


def inserted(bodies: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    """Every document that records have put there, also those that were taken back since."""
    changes = (change for body in bodies for change in changes_of(body))
    return (change for change in changes if change.table == "document" and change.op == "insert")


def only_of(connection: Connection, case_id: str) -> list[str]:
    """The SHA-256 of every file that a case has had and no other has: what goes with its texts."""
    own = {change.row["sha256"] for change in inserted(audit_journal.history(connection, f"case:{case_id}"))}
    others = connection.run(statements.DOCUMENTS_OF_OTHERS, id=case_id)
    return sorted(own - {row["sha256"] for row in others})


UNITS = (("MiB", 1 << 20), ("KiB", 1 << 10))


def file_size(size: int) -> str:
    """`12 KiB`, `1,5 MiB`, `17 byte`"""
    for unit, one in UNITS:
        if size >= one:
            return f"{size / one:.1f} {unit}".replace(".0 ", " ").replace(".", ",")
    return f"{size} byte"


# --- what there should be -----------------------------------------------------------------------------------


class Standing(msgspec.Struct, frozen=True):
    """How the store stands to the database: files by their SHA-256, and what was never put there by us."""

    kept: int
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()  # that no record has referred to: somebody was killed before it was written
    strangers: tuple[Path, ...] = ()

    @property
    def lacking(self) -> int:
        """How many are not as they came."""
        return len(self.missing) + len(self.changed)

    @property
    def whole(self) -> bool:
        return not self.lacking


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
    return strays & {change.row["sha256"] for change in inserted(bodies)}


def told(found: Standing, directory: Path) -> str:
    """One sentence of how the store stands, with what to do."""
    if found.lacking:
        return (
            f"Av {how_many(found.kept)} i {directory} saknas {len(found.missing)}, och {len(found.changed)} är "
            "ändrade. Kopiera dem ur katalogen dokument i en säkerhetskopia; se vilka med: arende document verify"
        )
    if found.strangers:
        return f"I {directory} ligger annat än handlingar ({len(found.strangers)} st.). Flytta det därifrån."
    if found.strays:
        return (
            f"I {directory} ligger filer som inget ärende har ({len(found.strays)} st.): ett kommando avbröts innan "
            "det blev klart. De gör ingen skada; läs in samma fil igen, så hör den till ett ärende."
        )
    return f"I {directory} finns {how_many(found.kept)}, och ingen saknas eller är ändrad."


def how_many(count: int) -> str:
    return "1 handling" if count == 1 else f"{count} handlingar"
