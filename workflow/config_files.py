"""config.toml and the files beside it: one that is being activated, and those that were before.

A new configuration lies ready beside the old one before the database follows it, and is renamed into its place after;
so as long as it lies there, an activation is not finished.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workflow import durable_files
from workflow.errors import ChangedMeanwhileError, EnvironmentFaultError, why

READY = ".aktiveras"


def ready(config: Path) -> Path:
    """Where a configuration lies that is being activated."""
    return config.with_name(f"{config.name}{READY}")


def unfinished(config: Path) -> str:
    """What is said where an activation is not finished; empty otherwise."""
    waiting = ready(config)
    if not waiting.exists():
        return ""
    return f"En aktivering av nya inställningar pågår, eller avbröts. Gör klart den: arende config activate {waiting}"


def kept(config: Path, sha256: str) -> Path:
    """Where a configuration is kept when another has taken its place."""
    return config.with_name(f"{config.stem}-{sha256[:12]}{config.suffix}")


@contextmanager
def alone(config: Path) -> Iterator[None]:
    """Nobody else activates a configuration meanwhile. Raises ChangedMeanwhileError when somebody does."""
    descriptor = os.open(config.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _take(descriptor)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ChangedMeanwhileError("Någon annan aktiverar inställningar just nu. Inget ändrades.") from error


def make_ready(config: Path, content: bytes) -> None:
    """Lay a configuration beside the one that is used. Raises EnvironmentFaultError when it cannot be."""
    try:
        durable_files.write(ready(config), content)
        _as_open_as(config, ready(config))
    except OSError as error:
        raise EnvironmentFaultError(
            f"Inställningarna kan inte skrivas i {config.parent} ({why(error)}). Inget har ändrats."
        ) from error


def put_in_place(config: Path, old: str) -> None:
    """Let the configuration that lies ready be the one that is used; the old one, by its hash, is kept beside it.

    Raises EnvironmentFaultError when it cannot be; then it still lies ready.
    """
    try:
        durable_files.copy(config, kept(config, old))
        _as_open_as(config, kept(config, old))
        ready(config).replace(config)
        durable_files.sync(config.parent)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Databasen följer de nya inställningarna, men {config} kunde inte bytas ut ({why(error)}). Åtgärda det "
            f"och kör: arende config activate {ready(config)}"
        ) from error


def forget(config: Path) -> None:
    """Take away what lies ready and never will be used."""
    with suppress(FileNotFoundError):
        ready(config).unlink()


def _as_open_as(model: Path, other: Path) -> None:
    """The same people may read it."""
    owner = model.stat()
    other.chmod(stat.S_IMODE(owner.st_mode))
    with suppress(PermissionError):
        os.chown(other, owner.st_uid, owner.st_gid)
