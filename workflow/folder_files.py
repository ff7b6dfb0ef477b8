"""The documents in a folder: every ordinary file, however deep, and what of the rest was left where it is."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from workflow import held_files
from workflow.errors import UsageError, why
from workflow.held_files import Identity

_LITTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
"""What Windows leaves in a folder that somebody has looked at; the Mac's begins with a dot."""

_TEMPORARY = ("~$", "~wrl")
"""What Word leaves beside a document while it is open."""


class Listing(msgspec.Struct, frozen=True):
    """What a folder holds. Paths are as seen from the folder."""

    files: tuple[str, ...]
    own: int  # the program's own: the database, the log, the documents it keeps
    hidden: int  # hidden and temporary files, and hidden folders with all that is in them
    links: int  # and pipes, and whatever else is neither a file nor a folder
    closed: tuple[tuple[str, str], ...]  # (folder, why) of those that could not be opened


def listing(folder: Path, programs_own: Collection[Identity] = ()) -> Listing:
    """The files of a folder and of those in it; no link is followed, and what is the program's is passed by.

    Raises UsageError."""
    files, closed = list[str](), list[tuple[str, str]]()
    counted = {"own": 0, "hidden": 0, "links": 0}
    left = [""]
    while left:
        within = left.pop()
        try:
            for entry in _entries(folder / within):
                own = os.path.join(within, entry.name)  # noqa: PTH118 - a million paths need no objects
                if _is_hidden(entry.name):
                    counted["hidden"] += 1
                elif held_files.identity_of(entry) in programs_own and not entry.is_symlink():
                    counted["own"] += 1
                elif entry.is_dir(follow_symlinks=False):
                    left.append(own)
                elif entry.is_file(follow_symlinks=False):
                    files.append(own)
                else:
                    counted["links"] += 1
        except OSError as error:
            if not within:
                raise UsageError(f"Mappen {folder} kan inte öppnas: {why(error)}. Kontrollera namnet.") from error
            closed.append((within, f"Mappen kan inte öppnas: {why(error)}."))
    return Listing(tuple(sorted(files)), **counted, closed=tuple(sorted(closed)))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from entries


def _is_hidden(name: str) -> bool:
    folded = name.casefold()
    return folded.startswith((".", *_TEMPORARY)) or folded in _LITTER
