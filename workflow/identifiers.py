"""New identifiers: UUID version 7 (RFC 9562), so that ids sort by when they were made."""

import secrets
import uuid
from datetime import datetime


def new_id(at: datetime) -> str:
    """A UUIDv7 for an instant."""
    milliseconds = int(at.timestamp() * 1000)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
