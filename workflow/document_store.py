"""The files of the documents, each named by its own SHA-256, so that the same content is one file and none is changed.

A file that came in never gives the store a name: its own is data, in the database. Writers share a lock and write
under a temporary name; whoever gets the lock alone knows that what is half written is a killed writer's, and that no
transaction is about to refer to what it takes away.
"""

import errno
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from workflow import durable_files
from workflow.document_intake.incoming import MAX_BYTES
from workflow.errors import EnvironmentFaultError, NotFoundError, VerificationFailedError, why

NAME = re.compile(r"[0-9a-f]{64}")
FOLDER = re.compile(r"[0-9a-f]{2}")
LOCK, HALF = ".lock", ".tmp"
LARGEST = MAX_BYTES
"""Nothing larger is taken in."""

PIECE = 1 << 20
"""Bytes read at a time."""

OPENING = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
"""No link is followed, and nobody is waited for who has put a pipe in a file's place."""


class Kept(StrEnum):
    """How a file stands in the store."""

    WHOLE = "whole"
    MISSING = "missing"
    CHANGED = "changed"  # or no file at all, but something else by its name


def keep(directory: Path, data: bytes) -> str:
    """The SHA-256 of a content that is in the store from now on, a power cut notwithstanding.

    Raises EnvironmentFaultError when it cannot be written, and VerificationFailedError when the file that should hold
    the same content already holds another.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        with held(directory), _opened(directory, sha256, make=True) as (root, folder):
            found = _as_it_stands(folder, sha256)
            if found is Kept.CHANGED:
                raise VerificationFailedError(_changed(directory, sha256))
            if found is Kept.MISSING:
                _write(root, folder, sha256, data)
            # Also when another wrote it, who may not have come so far.
            os.fsync(folder)
    except OSError as error:
        raise _not_kept(directory, error) from error
    return sha256


def read(directory: Path, sha256: str) -> bytes:
    """What a file holds, as it was when it came. Raises NotFoundError or VerificationFailedError."""
    try:
        with _opened(directory, sha256) as (_, folder):
            data = b"".join(_pieces(folder, sha256))
    except _NoFileError:
        data = b""
    except FileNotFoundError as error:
        raise NotFoundError(
            f"Handlingens fil saknas: {path(directory, sha256)}. Hämta den ur en säkerhetskopia."
        ) from error
    except OSError as error:
        raise EnvironmentFaultError(f"{path(directory, sha256)} kan inte läsas ({why(error)}).") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise VerificationFailedError(_changed(directory, sha256))
    return data


def stands(directory: Path, sha256: str) -> Kept:
    """How a file stands, by its content. Raises OSError when that cannot be told."""
    try:
        with _opened(directory, sha256) as (_, folder):
            return _as_it_stands(folder, sha256)
    except FileNotFoundError:
        return Kept.MISSING


def seems(directory: Path, sha256: str, size: int | None) -> Kept:
    """How a file stands, by its size alone: quick, also of many. Raises OSError when that cannot be told."""
    try:
        found = path(directory, sha256).lstat()
    except FileNotFoundError:
        return Kept.MISSING
    same = stat.S_ISREG(found.st_mode) and size in (None, found.st_size)
    return Kept.WHOLE if same else Kept.CHANGED


def remove(directory: Path, sha256: str) -> bool:
    """Take a file away for good; False when it was gone. Only for whoever is `alone`. Raises OSError."""
    try:
        with _opened(directory, sha256) as (_, folder):
            os.unlink(sha256, dir_fd=folder)
            os.fsync(folder)
    except FileNotFoundError:
        return False
    return True


def share(directory: Path, other: Path, sha256: str) -> bool:
    """Let another store have a whole file too, without taking more room; False where that cannot be."""
    try:
        with _opened(directory, sha256) as (_, source):
            if _as_it_stands(source, sha256) is not Kept.WHOLE:
                return False
            durable_files.make(other)
            with _opened(other, sha256, make=True) as (_, target):
                os.link(sha256, sha256, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
                os.fsync(target)
    except OSError:  # it is not there, or on another disk, or on one without links
        return False
    return True


def path(directory: Path, sha256: str) -> Path:
    """Where a file is."""
    return directory / sha256[:2] / sha256


def every(directory: Path) -> Iterator[str]:
    """The SHA-256 of every file there is, in order; none where there is no store. Raises OSError."""
    for folder in sorted(_names(directory, FOLDER)):
        yield from sorted(_names(directory / folder, NAME))


def strangers(directory: Path) -> Iterator[Path]:
    """What lies in the store and was not put there by us. Raises OSError."""
    for found in sorted(directory.iterdir()) if directory.exists() else ():
        if FOLDER.fullmatch(found.name) and found.is_dir() and not found.is_symlink():
            yield from (inner for inner in sorted(found.iterdir()) if not NAME.fullmatch(inner.name))
        elif found.name != LOCK and found.suffix != HALF:
            yield found


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """While in here nothing is taken away from the store. Raises EnvironmentFaultError when there can be none."""
    try:
        durable_files.make(directory)
        lock = _lock(directory)
    except OSError as error:
        raise _not_kept(directory, error) from error
    try:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sweep(directory)
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """While in here nobody puts a file in the store, or is about to refer to one. Raises OSError."""
    durable_files.make(directory)
    lock = _lock(directory)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(directory)
        yield
    finally:
        os.close(lock)


def _lock(directory: Path) -> int:
    return os.open(directory / LOCK, os.O_CREAT | os.O_RDWR | OPENING, 0o600)


def _sweep(directory: Path) -> None:
    """Take away what killed writers have left; nobody is writing."""
    for half in directory.glob(f"*{HALF}"):
        half.unlink(missing_ok=True)


@contextmanager
def _opened(directory: Path, sha256: str, *, make: bool = False) -> Iterator[tuple[int, int]]:
    """(the store, the folder within it that a file belongs in)"""
    root = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        folder = _folder(root, sha256[:2], make=make)
        try:
            yield root, folder
        finally:
            os.close(folder)
    finally:
        os.close(root)


def _folder(root: int, name: str, *, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=root)
        # Also when another made it, who may not have come so far.
        os.fsync(root)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | OPENING, dir_fd=root)


def _write(root: int, folder: int, sha256: str, data: bytes) -> None:
    half = f"{os.urandom(16).hex()}{HALF}"
    descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY | OPENING, 0o600, dir_fd=root)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        # Another writer's file by the same name holds the same content.
        os.rename(half, sha256, src_dir_fd=root, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(half, dir_fd=root)
        raise


def _as_it_stands(folder: int, sha256: str) -> Kept:
    found = hashlib.sha256()
    try:
        for piece in _pieces(folder, sha256):
            found.update(piece)
    except FileNotFoundError:
        return Kept.MISSING
    except _NoFileError:
        return Kept.CHANGED
    return Kept.WHOLE if found.hexdigest() == sha256 else Kept.CHANGED


class _NoFileError(Exception):
    """Something else than a file stands where one should."""


def _pieces(folder: int, sha256: str) -> Iterator[bytes]:
    """What a file holds, and of one that has grown too large no more than tells that it has."""
    try:
        descriptor = os.open(sha256, os.O_RDONLY | OPENING, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link; a socket
            raise _NoFileError from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _NoFileError
        most = LARGEST // PIECE + 1
        while most and (piece := os.read(descriptor, PIECE)):
            most -= 1
            yield piece
    finally:
        os.close(descriptor)


def _names(directory: Path, pattern: re.Pattern[str]) -> list[str]:
    try:
        return [found.name for found in directory.iterdir() if pattern.fullmatch(found.name)]
    except FileNotFoundError:
        return []


def _not_kept(directory: Path, error: OSError) -> EnvironmentFaultError:
    return EnvironmentFaultError(
        f"Handlingen kunde inte sparas i {directory} ({why(error)}). Åtgärda det och kör igen."
    )


def _changed(directory: Path, sha256: str) -> str:
    return (
        f"Filen {path(directory, sha256)} är inte den handling som kom in: den är ändrad eller skadad. Hämta den ur en "
        "säkerhetskopia."
    )
