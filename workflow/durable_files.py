"""Files and directories that a power cut does not take away again."""

import os
from pathlib import Path

PIECE = 1 << 20
"""Bytes copied at a time."""


def write(target: Path, content: bytes, *, mode: int = 0o600, half: str = ".tmp") -> None:
    """Write a whole file or none of it: temporary name, fsync, rename, fsync of the directory.

    Only one may write to a target at a time, unless each has an ending of its own for what is `half` written; what
    a killed writer left is written over.
    """
    temporary = target.with_name(f"{target.name}{half}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(target.parent)


def copy(source: Path, target: Path) -> None:
    """Copy a whole file or none of it; what a link leads to, and never into what one leads to."""
    temporary = target.with_name(f"{target.name}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with source.open("rb") as content, os.fdopen(descriptor, "wb") as file:
        while piece := content.read(PIECE):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    sync(target.parent)


def make(directory: Path) -> None:
    """Make a directory whose parent is there, or make one last that whoever made it was killed before."""
    directory.mkdir(mode=0o700, exist_ok=True)
    sync(directory.parent)


def append(descriptor: int, content: bytes) -> None:
    """Append all of it, however short the writes, and make it last."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fdatasync(descriptor)


def make_last(file: Path) -> None:
    """Make what somebody else has written in a file last."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def sync(directory: Path) -> None:
    """Make what was made, renamed or removed in a directory last."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
