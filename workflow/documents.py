"""What documents a case has, as its rows and in words; the files themselves are in the store."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from states.case_facts import DocumentKind
from states.records import Change, changes_of, insert
from workflow import audit_journal, payload_store, statements
from workflow.audit_journal import Command, Draft
from workflow.connection import Connection

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


# --- its rows ----------------------------------------------------------------------------------------------


class File(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down of a file."""

    sha256: str
    name: str  # as it was called: data only
    size: int | None = None


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
    rows = (change.row for change in inserted(audit_journal.history(connection, f"case:{case_id}")))
    return 1 + max((int(row.get("number") or row["version"]) for row in rows), default=0)


def inserted(bodies: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    """Every document that records have put there, also those that were taken back since."""
    changes = (change for body in bodies for change in changes_of(body))
    return (change for change in changes if change.table == "document" and change.op == "insert")


def only_of(connection: Connection, case_id: str) -> list[str]:
    """The SHA-256 of every file that a case has had and no other has: what goes with its texts."""
    own = {change.row["sha256"] for change in inserted(audit_journal.history(connection, f"case:{case_id}"))}
    others = connection.run(statements.DOCUMENTS_OF_OTHERS, id=case_id)
    return sorted(own - {row["sha256"] for row in others})


# --- in words -----------------------------------------------------------------------------------------------

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
