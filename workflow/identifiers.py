"""New identifiers: UUID version 7 (RFC 9562), so that ids sort by when they were made."""

import uuid
from datetime import datetime
from os import urandom


def new_id(at: datetime) -> str:
    """A UUIDv7 for an instant."""
    milliseconds = int(at.timestamp() * 1000)
    random = int.from_bytes(urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | (random & (1 << 62) - 1)
    return str(uuid.UUID(int=value))


def made_at(own: str) -> int:
    """Milliseconds since 1970 when a UUIDv7 was made (RFC 9562, 5.7)."""
    return int(own.replace("-", "")[:12], 16)
