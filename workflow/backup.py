"""A copy of the log, its texts and the documents, made while others work.

The whole database can be built again from it.

The copy is written out from one snapshot of the database, so nothing in it is newer than the rest and nobody
waits for it; it is verified before it gets its name. It does not depend on the kind of database.
"""

import json
import shutil
import tempfile
from datetime import datetime
from importlib.metadata import version as version_of
from pathlib import Path

import msgspec

from workflow import document_store, durable_files, log_exporter, log_verifier, statements
from workflow.audit_journal import canonical, timestamp
from workflow.config import Settings
from workflow.connection import Connection
from workflow.document_store import Kept
from workflow.errors import EnvironmentFaultError, NotFoundError, VerificationFailedError, why

MANIFEST = "sakerhetskopia.json"
DOCUMENTS = "dokument"
COPY = "arendegang"
FORMAT = 2
"""The first one had no documents."""


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """What a backup says of itself."""

    format: int
    program: str
    made_at: str  # RFC 3339, UTC
    log_index: int
    sha256: str  # of the last line
    payloads: int
    documents: int = 0
    lacking: list[str] = []  # SHA-256 of documents that were missing or changed when it was made


def make(connection: Connection, settings: Settings, target: Path, at: datetime) -> tuple[Path, Manifest]:
    """Write a backup to a new directory under `target`, named by the time; where it is and what it says of itself.

    A document that is missing or changed does not keep the rest from being copied: the manifest names it.
    Raises VerificationFailedError when the database and its log do not agree, or the copy does not hold.
    """
    log_directory, store = settings.log_directory, settings.document_directory
    log_exporter.require_agreement(connection, log_directory)
    log_exporter.export(connection, log_directory)
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=f"{COPY}-", suffix=".tmp", dir=target))
        try:
            with document_store.held(store):
                with connection.reading():
                    log_exporter.write_out(connection, half)
                    wanted = {row["sha256"] for row in connection.run(statements.DOCUMENTS_IN_USE)}
                copied = _copy_documents(store, half / DOCUMENTS, max(target.glob(f"{COPY}-*Z*"), default=None))
            manifest = msgspec.structs.replace(
                _verified(half, at), documents=len(copied), lacking=sorted(wanted - copied)
            )
            durable_files.write(half / MANIFEST, canonical(msgspec.to_builtins(manifest)) + b"\n")
            copy = _free_name(target, at)
            half.rename(copy)
            durable_files.sync(target)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Säkerhetskopian i {target} kunde inte skrivas ({why(error)}). Det som är i drift är orört; åtgärda det "
            "och kör igen."
        ) from error
    return copy, manifest


def _copy_documents(store: Path, target: Path, earlier: Path | None) -> set[str]:
    """Copy every document that is whole; the SHA-256 of those.

    One that an earlier copy in the same place has is shared with it and takes no more room. It is never shared with
    the store, so that what spoils a file there leaves the copies as they are.
    """
    whole = {sha256 for sha256 in document_store.every(store) if document_store.stands(store, sha256) is Kept.WHOLE}
    for sha256 in sorted(whole):
        if earlier is None or not document_store.share(earlier / DOCUMENTS, target, sha256):
            document_store.keep(target, document_store.read(store, sha256))
    return whole


def _free_name(target: Path, at: datetime) -> Path:
    copy, number = target / f"{COPY}-{at:%Y-%m-%dT%H%M%SZ}", 1
    while copy.exists():
        number += 1
        copy = target / f"{COPY}-{at:%Y-%m-%dT%H%M%SZ}-{number}"
    return copy


def _verified(half: Path, at: datetime) -> Manifest:
    report = log_verifier.verify(half)
    if not report.whole:
        raise VerificationFailedError(
            f"Kopian håller inte: {report.faults[0]} Databasen är skadad eller ändrad för hand; kör arende audit diff."
        )
    return Manifest(
        format=FORMAT,
        program=version_of("arendegang"),
        made_at=timestamp(at),
        log_index=report.lines,
        sha256=report.head,
        payloads=report.payloads,
    )


def read(copy: Path) -> Manifest:
    """What a backup says of itself, verified from its first line to its last; `copy` is its directory.

    Raises NotFoundError when it is none of ours, VerificationFailedError when it has been changed.
    """
    try:
        manifest = msgspec.convert(json.loads((copy / MANIFEST).read_bytes()), Manifest)
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "den är ändrad"
        raise NotFoundError(
            f"{copy / MANIFEST} kan inte läsas ({reason}). Ange katalogen som arende backup skrev."
        ) from error
    report = log_verifier.verify(copy)
    if not report.whole or (report.lines, report.head) != (manifest.log_index, manifest.sha256):
        fault = report.faults[0] if report.faults else "den slutar inte där den ska."
        raise VerificationFailedError(f"Säkerhetskopian {copy} håller inte: {fault} Ta en annan.")
    return manifest
