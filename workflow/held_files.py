"""The database's own files, which are not to be opened beside SQLite: closing one lets go of SQLite's locks on it.

POSIX locks belong to the process and not to the descriptor (fcntl(2); sqlite.org/howtocorrupt.html, 2.2). Another
process then believes that it is alone, and takes the write-ahead log away from under us.
"""

import os
from contextlib import suppress
from pathlib import Path

_databases: list[Path] = []  # one for each connection
_ENDINGS = ("", "-wal", "-shm", "-journal", ".lock")

Identity = tuple[int, int]
"""The device and the inode: what a file is, whatever it is called."""


def hold(database: Path) -> Path:
    """From here on this process has the database open; what to let go of it by."""
    _databases.append(database.resolve())
    return _databases[-1]


def let_go(held_as: Path) -> None:
    with suppress(ValueError):  # closed already
        _databases.remove(held_as)


def held() -> frozenset[Identity]:
    """What this process has open by way of SQLite."""
    files = (Path(f"{database}{ending}") for database in _databases for ending in _ENDINGS)
    return frozenset(identity for file in files if (identity := identity_of(file)))


def is_held(path: Path) -> bool:
    return identity_of(path) in held()


def identity_of(path: os.PathLike[str]) -> Identity | None:
    """None where there is nothing."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino
