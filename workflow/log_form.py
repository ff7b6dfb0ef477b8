"""What a line of the log must be, by itself: the definition that every verification comes down to.

A line is parsed only to demand that its bytes are the one way to write what it says; hashes are taken over the
bytes as they stand.
"""

import json
import re
from typing import Annotated, Any, Literal

import msgspec

from states.records import FORMAT
from workflow.audit_journal import canonical
from workflow.log_files import line_of

PURGED = "case.purged"
"""The type of record after which the texts it names are gone."""

UNREADABLE = "raden är inte läsbar JSON."
REWRITTEN = "raden står inte i sin enda tillåtna form; någon har skrivit om den."

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class BadLineError(Exception):
    """A line that is not as it must be; says why in Swedish."""


def _refuse(_: str) -> Any:
    """Numbers are whole: of others there is no one way to write them."""
    raise BadLineError(REWRITTEN)


PARSE = json.JSONDecoder(parse_float=_refuse).decode


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """A line, as the exporter writes it."""

    body: Any
    log_index: int
    prev_line: Digest
    sha256: Digest


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A record, as `states.records.Record.body` gives it."""

    v: int
    stream: str
    seq: int
    type: str
    event_date: str
    recorded_at: str
    actor: str
    role: str
    command_id: str
    version: int
    lifecycle: int
    config: str
    prev: Digest
    seen: dict[str, int]
    data: dict[str, Any]
    payloads: list[Digest]
    changes: list[tuple[Literal["insert", "update", "delete"], str, dict[str, Any]]]

    @property
    def purged(self) -> list[str]:
        """The texts that are gone from here on."""
        return list(self.data["purged"]) if self.type == PURGED else []


def envelope(line: bytes) -> tuple[Envelope, bytes]:
    """A line, without its newline, taken apart: what it says, and its body's bytes. Raises BadLineError."""
    try:
        found = msgspec.convert(PARSE(line.decode()), Envelope)
        body = canonical(found.body)
    except (ValueError, RecursionError) as error:
        # A ValidationError is a ValueError: it is readable, but not ours.
        told = REWRITTEN if isinstance(error, msgspec.ValidationError) else UNREADABLE
        raise BadLineError(told) from None
    if line_of(found.log_index, found.prev_line, found.sha256, body.decode()) != line:
        raise BadLineError(REWRITTEN)
    return found, body


def body(value: Any) -> Body:
    """What a record says. Raises BadLineError for what is no record of ours, whatever it is."""
    if isinstance(value, dict) and value.get("v") != FORMAT:
        raise BadLineError("posten har ett okänt format.")
    try:
        found = msgspec.convert(value, Body)
        if found.type == PURGED:
            msgspec.convert(found.data.get("purged"), list[Digest])
    except msgspec.ValidationError as error:
        raise BadLineError(f"posten saknar något eller har något av fel slag{_where(error)}.") from None
    if any(not isinstance(row.get("id"), str) for _, _, row in found.changes):
        raise BadLineError("posten ändrar en rad utan id.")
    return found


def _where(error: msgspec.ValidationError) -> str:
    """The field that is wrong, when msgspec names it."""
    found = re.search(r"(?:at `\$\.?|field `)([^`]+)`", str(error))
    return f" ({found[1]})" if found else ""


def body_of(content: bytes) -> Body | None:
    """The record in a body's bytes; None when they are not the one way to write a record."""
    try:
        value = PARSE(content.decode())
        return body(value) if canonical(value) == content else None
    except (ValueError, RecursionError, BadLineError):
        return None
