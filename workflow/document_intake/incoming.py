"""A file that came in: opened with care, read once, and never trusted for its name."""

import errno
import hashlib
import os
import stat
from pathlib import Path

import msgspec

from workflow import held_files
from workflow.document_intake.interface import UnreadableDocument
from workflow.errors import why
from workflow.harmless_text import safe

MAX_BYTES = 50 * 1024 * 1024
MAX_NAME = 255  # bytes, as in the file systems there are

_AT_A_TIME = 1024 * 1024
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""A link is not followed, and a pipe that nobody writes to is not waited for."""


class Incoming(msgspec.Struct, frozen=True):
    """What a file held when it was read."""

    name: str  # what it was called, harmless to show; never used as a path
    data: bytes
    sha256: str


def read_incoming(path: Path) -> Incoming:
    """The file somebody named. Raises UnreadableDocument with what to do about it."""
    if held_files.is_held(path):
        raise UnreadableDocument("Det är arendes egen databas, inget dokument. Ange en annan fil.")
    try:
        descriptor = os.open(path, _OPEN)
    except (OSError, ValueError) as error:
        raise UnreadableDocument(_not_opened(error)) from error
    try:
        _require_file(os.fstat(descriptor).st_mode)
        data = _content(descriptor)
    except OSError as error:
        raise UnreadableDocument(f"Filen kan inte läsas ({why(error)}). Kopiera den på nytt.") from error
    finally:
        os.close(descriptor)
    return incoming(path.name, data)


def incoming(name: str, data: bytes) -> Incoming:
    """What came in by another way than as a file of its own: an attachment, a member of an archive."""
    if not data or data.isspace():
        raise UnreadableDocument("Filen är tom; det finns inget att läsa.")
    return Incoming(harmless_name(name), data, hashlib.sha256(data).hexdigest())


def refuse_too_large(size: int) -> None:
    """Raise UnreadableDocument for more bytes than are taken in."""
    if size > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise UnreadableDocument(f"Filen är större än {limit} MiB. Dela upp den, eller lämna in bilagorna för sig.")


def harmless_name(name: str) -> str:
    """The name to show and keep: no controls, no halves of characters, and no longer than a file's may be."""
    shown = safe(name)
    if len(shown.encode()) <= MAX_NAME:
        return shown
    return shown.encode()[: MAX_NAME - len("…".encode())].decode(errors="ignore") + "…"


def _not_opened(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "Filen kan inte läsas (namnet är ogiltigt). Kontrollera namnet."
    if error.errno == errno.ELOOP:
        return "Filen är en genväg till en annan fil. Ange den filen i stället."
    return f"Filen kan inte läsas ({why(error)}). Kontrollera namnet."


def _require_file(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise UnreadableDocument("Det är en katalog, inte en fil. Ange en fil i den.")
    if not stat.S_ISREG(mode):
        raise UnreadableDocument(
            "Det är ingen vanlig fil utan ett rör eller en enhet. Spara innehållet i en fil först."
        )


def _content(descriptor: int) -> bytes:
    """All there is, counted as it is read: a file may grow, and its size may lie."""
    content = bytearray()
    while chunk := os.read(descriptor, _AT_A_TIME):
        content += chunk
        refuse_too_large(len(content))
    return bytes(content)
