"""Texts and names: what the log refers to by hash but never carries.

A payload is canonical JSON with a random nonce, so that its hash tells nothing about a short text.
Gallring removes a payload; the hash in the log stays and the chain still verifies.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from workflow import statements
from workflow.connection import Connection

PURGED: Mapping[str, Any] = {"gallrad": True}
"""What stands in for a payload that has been removed."""

GONE = "[gallrad]"
"""What people read in its place."""


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
    return GONE if content is PURGED else str(content.get(key) or "")


def texts(payloads: Mapping[str, Mapping[str, Any]], sha: str, key: str, count: int) -> list[str]:
    """The `count` texts of a payload; as many stand in their place when it has been removed."""
    return list(payloads.get(sha, {}).get(key, [GONE] * count))
