"""Texts and names: what the log refers to by hash but never carries.

A payload is canonical JSON with a random nonce, so that its hash tells nothing about a short text.
Gallring removes a payload; the hash in the log stays and the chain still verifies.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workflow import statements
from workflow.connection import Connection

PURGED: Mapping[str, Any] = {"gallrad": True}
"""What stands in for a payload that has been removed."""


def salted(content: Mapping[str, Any]) -> tuple[str, str]:
    """(SHA-256, body) of a new payload."""
    body = json.dumps(
        {**content, "nonce": os.urandom(16).hex()}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(body.encode()).hexdigest(), body


def keep(connection: Connection, stream: str, payloads: Mapping[str, str]) -> None:
    """Store payloads (hash -> body) in the current transaction."""
    for sha, body in payloads.items():
        connection.run(statements.ADD_PAYLOAD, id=sha, stream=stream, body=body)


def of_stream(connection: Connection, stream: str) -> dict[str, Mapping[str, Any]]:
    """Every payload of a stream, hash -> content."""
    rows = connection.run(statements.PAYLOADS, stream=stream)
    return {row["id"]: json.loads(row["body"]) for row in rows}


def text(payloads: Mapping[str, Mapping[str, Any]], sha: str | None, key: str) -> str:
    """One text of a payload; what stands in its place when it has been removed."""
    content = payloads.get(sha or "", PURGED)
    return "[gallrad]" if content is PURGED else str(content.get(key) or "")


def export(connection: Connection, directory: Path, after: int) -> None:
    """Write the payloads of records exported after a log index, each to a file named by its hash."""
    for row in connection.run(statements.PAYLOADS_AFTER, after=after):
        target = directory / row["id"][:2] / f"{row['id']}.json"
        if not target.exists():
            _make_durably(directory)
            _make_durably(target.parent)
            write_durably(target, row["body"].encode())


def write_durably(target: Path, content: bytes) -> None:
    """Write a whole file or none of it: temporary name, fsync, rename, fsync of the directory.

    Only one may write to a target at a time; what a killed writer left is written over.
    """
    temporary = target.with_name(f"{target.name}.tmp")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    _sync(target.parent)


def _make_durably(directory: Path) -> None:
    """A directory that a power cut does not take away again, with what stands in it."""
    if not directory.is_dir():
        directory.mkdir(mode=0o700, exist_ok=True)
        _sync(directory.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
