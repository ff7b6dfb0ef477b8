"""What kind of file system something lies on: SQLite's locks and shared memory hold on a machine's own disks only."""

import os
import re
from pathlib import Path

from workflow.config import Settings
from workflow.errors import EnvironmentFaultError

MOUNTS = Path("/proc/self/mountinfo")
"""Linux's own list; other systems have none."""

SHARED = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|lustre|beegfs|glusterfs|virtiofs|fuse\..+")
"""Kinds of file systems that may be shared with another machine, where locks and shared memory do not hold."""


def mounted() -> str:
    """The text of the list of what is mounted; empty where there is none."""
    return MOUNTS.read_text(encoding="utf-8", errors="surrogateescape") if MOUNTS.exists() else ""


def kind_at(mounts: str, path: Path) -> str:
    """The kind of the file system a path lies on, such as ext4, by the text of /proc/self/mountinfo."""
    kind, longest = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4]))
        # What is mounted later upon the same place hides what was there.
        if path.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = after.split()[0], len(point.parts)
    return kind


def nearest(path: Path) -> Path:
    """The nearest directory or file there is to a path."""
    return next(part for part in (path, *path.parents) if os.path.lexists(part))


def shared_fault(name: str, place: Path, kind: str) -> str:
    """What is said of something that lies on a file system of a kind; empty where it lies well."""
    if not SHARED.fullmatch(kind):
        return ""
    return (
        f"{place}, där {name} ligger, är ett nätverksfilsystem ({kind}). Där håller inte låsen, och databasen "
        "kan skadas. Flytta den till en lokal disk och rätta config.toml."
    )


def database_fault(settings: Settings) -> str:
    """What is wrong with where SQLite's file lies; empty for nothing, and for PostgreSQL."""
    if not settings.database_url.startswith("sqlite:///"):
        return ""
    place = nearest(Path(settings.database_url.removeprefix("sqlite:///")))
    return shared_fault("databasen", place, kind_at(mounted(), place.resolve()))


def require_local(settings: Settings) -> None:
    """Raise EnvironmentFaultError for a SQLite database on a network file system."""
    if told := database_fault(settings):
        raise EnvironmentFaultError(told)
