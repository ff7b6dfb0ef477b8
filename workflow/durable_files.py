"""Files and directories that a power cut does not take away again."""

import os
import shutil
from pathlib import Path


def write(target: Path, content: bytes) -> None:
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
    sync(target.parent)


def copy(source: Path, target: Path) -> None:
    """Copy a whole file or none of it."""
    temporary = target.with_name(f"{target.name}.tmp")
    shutil.copyfile(source, temporary, follow_symlinks=False)
    with temporary.open("rb+") as file:
        os.fchmod(file.fileno(), 0o600)
        os.fsync(file.fileno())
    temporary.replace(target)
    sync(target.parent)


def make(directory: Path) -> None:
    """Make a directory whose parent is there."""
    if not directory.is_dir():
        directory.mkdir(mode=0o700, exist_ok=True)
        sync(directory.parent)


def append(descriptor: int, content: bytes) -> None:
    """Append all of it, however short the writes."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fdatasync(descriptor)


def sync(directory: Path) -> None:
    """Make what was made, renamed or removed in a directory last."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
