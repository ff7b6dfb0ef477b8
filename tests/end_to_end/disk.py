"""A disk that can lose its power: what may stand on it afterwards, given every call that changed files before.

A `Recorder` follows real commands and writes down what they did to files; a `Disk` goes through it again and can be
asked, after any step, what a power cut there may leave. It promises what POSIX promises, and no more:

- A write goes to memory. Of each 512-byte sector of it, on its own, the disk has the old or the new, whatever the
  other sectors and later writes do; sectors that a file grew by and that did not arrive read as zeros.
- A file's length, and cutting it, go the same way: kept or lost.
- fsync or fdatasync of a file makes all of that lasting: every sector, and the length.
- A name (made, renamed, removed) stands in its directory, and lasts only after an fsync of that directory, as fsync(2)
  warns. Until then each change of a name is kept or lost on its own; a rename is one change and is never half made.

Real file systems keep more. On ext4 an fsync of a new file brings its name along, and names change in the order they
were changed in: what they can leave is among what is drawn here, since every unsynced change may also have been kept.
A disk that answers fsync and has not written is not modelled: nothing can be promised on one.

SQLite's -shm file is no part of it: it is memory that processes share, and made anew by the first to come after.
"""

import hashlib
import os
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.end_to_end.tracer import SYNCS, UNDECODED, WRITES, Answer, Call

SECTOR = 512
STYLES = ("nothing", "everything", "in order", "one by one", "sector by sector", "lengths and names", "contents")
"""What of the unsynced is kept."""


# --- what was done ----------------------------------------------------------------------------------


class Made(NamedTuple):
    path: str


class MadeDirectory(NamedTuple):
    path: str


class Wrote(NamedTuple):
    path: str
    offset: int
    content: bytes


class Cut(NamedTuple):
    path: str
    length: int


class Synced(NamedTuple):
    path: str


class Removed(NamedTuple):
    path: str


class Renamed(NamedTuple):
    path: str
    target: str


class Given(NamedTuple):
    """A command has begun."""

    command: str


class Acknowledged(NamedTuple):
    """A command has told its user that it is done."""

    command: str


Step = Made | MadeDirectory | Wrote | Cut | Synced | Removed | Renamed | Given | Acknowledged


class Recorder:
    """Writes down what tracees do to the files of a directory."""

    def __init__(self, root: Path, answers: Path) -> None:
        """`answers` is the file that the commands print to."""
        self._root, self._answers = str(root), str(answers)
        self.steps: list[Step] = []
        self._command, self._next = "", list[Step]()

    def given(self, command: str) -> None:
        self._command = command
        self.steps.append(Given(command))

    def before(self, call: Call) -> Answer:
        assert call.name not in UNDECODED, f"{call} cannot be followed"
        assert not call.name.startswith("call "), f"{call} has no name"
        self._next = list(self._decoded(call)) if call.changes else []
        return None

    def after(self, call: Call) -> None:
        if call.answer is not None and call.answer >= 0:
            self.steps += [_shortened(step, call.answer) for step in self._next]

    def _decoded(self, call: Call) -> Iterator[Step]:
        path = call.path or ""
        if path == self._answers and call.name in WRITES and call.content.strip():
            yield Acknowledged(self._command)
        if not path.startswith(self._root) or path.endswith("-shm"):
            return
        path = path.removeprefix(self._root).lstrip("/")
        if call.name in WRITES:
            yield Wrote(path, call.offset, call.content)
        elif call.name in SYNCS:
            yield Synced(path)
        elif call.creates:
            yield from self._opened(path, call.flags)
        else:
            yield from self._other(path, call)

    def _opened(self, path: str, flags: int) -> Iterator[Step]:
        known = os.path.lexists(f"{self._root}/{path}")
        if not known:
            yield Made(path)
        elif flags & os.O_TRUNC:
            yield Cut(path, 0)

    def _other(self, path: str, call: Call) -> Iterator[Step]:
        if call.name in ("unlink", "unlinkat"):
            yield Removed(path)
        elif call.name in ("rename", "renameat", "renameat2"):
            yield Renamed(path, call.target.removeprefix(self._root).lstrip("/"))
        elif call.name in ("mkdir", "mkdirat"):
            yield MadeDirectory(path)
        elif call.name in ("ftruncate", "truncate"):
            yield Cut(path, call.arguments[1])
        else:
            assert call.name in ("chmod", "fchmod", "fchmodat"), f"{call} is not decoded"


def _shortened(step: Step, written: int) -> Step:
    """A write may have been shorter than it was meant to be."""
    return step._replace(content=step.content[:written]) if isinstance(step, Wrote) else step


# --- what may be left -------------------------------------------------------------------------------

DIRECTORY = -1


class File:
    """What the disk surely has of a file, and what has been done to it since."""

    def __init__(self, content: bytes = b"") -> None:
        self.lasting = content
        self.since: list[tuple[int, Wrote | Cut]] = []  # with the moment

    def sync(self) -> None:
        self.lasting = self.drawn(_Keeper(random.Random(0), "everything", 0))
        self.since = []

    def drawn(self, keeper: "_Keeper") -> bytes:
        content = bytearray(self.lasting)
        for moment, step in self.since:
            if isinstance(step, Wrote):
                keeper.write(content, moment, step)
            elif keeper.keeps_name(moment):
                _resize(content, step.length)
        return bytes(content)


def _resize(content: bytearray, length: int) -> None:
    del content[length:]
    content.extend(bytes(length - len(content)))


def _grow(content: bytearray, length: int) -> None:
    content.extend(bytes(max(0, length - len(content))))


class Disk:
    """Files and directories by their paths, as the steps leave them."""

    def __init__(self, start: Mapping[str, bytes | None]) -> None:
        """`start` is all there is, and lasting; None for a directory."""
        self._files: list[File] = []
        self._names: dict[str, int] = {}  # as the programs see them
        for path, content in start.items():
            self._names[path] = DIRECTORY if content is None else self._add(content)
        self._lasting = dict(self._names)
        self._renames: list[tuple[int, Step, int]] = []  # changes of names since, with the moment and what is named
        self._moment = 0

    def _add(self, content: bytes = b"") -> int:
        self._files.append(File(content))
        return len(self._files) - 1

    def does(self, step: Step) -> None:
        self._moment += 1
        match step:
            case Made(path):
                self._names[path] = self._add()
                self._note(step, self._names[path])
            case MadeDirectory(path):
                self._names[path] = DIRECTORY
                self._note(step, DIRECTORY)
            case Removed(path):
                self._note(step, self._names.pop(path))
            case Renamed(path, target):
                self._names[target] = self._names.pop(path)
                self._note(step, self._names[target])
            case Wrote(path) | Cut(path):
                self._files[self._names[path]].since.append((self._moment, step))
            case Synced(path):
                self._sync(path)

    def _note(self, step: Step, named: int) -> None:
        self._renames.append((self._moment, step, named))

    def _sync(self, path: str) -> None:
        number = self._names[path] if path else DIRECTORY
        if number != DIRECTORY:
            self._files[number].sync()
            return
        here = [one for one in self._renames if _directory(one[1]) == path]
        self._renames = [one for one in self._renames if _directory(one[1]) != path]
        for _, step, named in here:
            _rename(self._lasting, step, named)

    @property
    def is_settled(self) -> bool:
        """True when a power cut could leave one thing only."""
        return not self._renames and not any(file.since for file in self._files)

    def after_power_cut(self, dice: random.Random, style: str) -> dict[str, bytes | None]:
        """What may stand on the disk; None for a directory."""
        keeper = _Keeper(dice, style, self._moment)
        names = dict(self._lasting)
        for moment, step, named in self._renames:
            if keeper.keeps_name(moment):
                _rename(names, step, named)
        return {
            path: None if number == DIRECTORY else self._files[number].drawn(keeper)
            for path, number in sorted(names.items())
            if _is_reached(path, names)
        }


def _rename(names: dict[str, int], step: Step, named: int) -> None:
    match step:
        case Made(path) | MadeDirectory(path):
            names[path] = named
        case Removed(path):
            names.pop(path, None)
        case Renamed(path, target):
            names.pop(path, None)
            names[target] = named


def _directory(step: Step) -> str:
    return str(os.path.dirname(step[0]))  # noqa: PTH120 - a name, not a path of ours


def _is_reached(path: str, names: Mapping[str, int]) -> bool:
    """A file is gone with the directory that it stands in."""
    parent = os.path.dirname(path)  # noqa: PTH120
    return not parent or (parent in names and _is_reached(parent, names))


class _Keeper:
    """Decides what of the unsynced is kept."""

    def __init__(self, dice: random.Random, style: str, now: int) -> None:
        self._dice, self._style = dice, style
        self._until = dice.randint(max(0, now - 60), now)
        self._share = dice.choice((0.1, 0.5, 0.9))

    def keeps_name(self, moment: int) -> bool:
        """A change of a name, or a cut."""
        return self._style == "lengths and names" or self._keeps(moment)

    def write(self, content: bytearray, moment: int, step: Wrote) -> None:
        for start, part in self._kept_of(moment, step):
            _grow(content, start)
            content[start : start + len(part)] = part
        if self._keeps_length(moment):
            _grow(content, step.offset + len(step.content))

    def _keeps_length(self, moment: int) -> bool:
        return self._style == "lengths and names" or (self._style != "in order" and self._keeps(moment))

    def _kept_of(self, moment: int, step: Wrote) -> Iterator[tuple[int, bytes]]:
        """The parts of a write that the disk has."""
        if self._style == "sector by sector" or (self._style == "in order" and moment == self._until):
            yield from (part for part in _sectors(step) if self._dice.random() < self._share)
        elif self._style == "contents" or self._keeps(moment):
            yield step.offset, step.content

    def _keeps(self, moment: int) -> bool:
        match self._style:
            case "nothing" | "contents" | "lengths and names":
                return False
            case "everything":
                return True
            case "in order":
                return moment <= self._until
        return self._dice.random() < self._share


def _sectors(step: Wrote) -> Iterator[tuple[int, bytes]]:
    first = step.offset - step.offset % SECTOR
    for start in range(first, step.offset + len(step.content), SECTOR):
        begin, end = max(start, step.offset), min(start + SECTOR, step.offset + len(step.content))
        yield begin, step.content[begin - step.offset : end - step.offset]


# --- real directories -------------------------------------------------------------------------------


def contents(root: Path) -> dict[str, bytes | None]:
    """All there is in a directory."""
    found = sorted(root.rglob("*"))
    return {str(path.relative_to(root)): None if path.is_dir() else path.read_bytes() for path in found}


def materialise(state: Mapping[str, bytes | None], root: Path) -> None:
    """Make a directory be as a disk was left, and nothing else."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for path, content in state.items():
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)


def digest(state: Mapping[str, bytes | None]) -> bytes:
    known = hashlib.blake2b(digest_size=16)
    for path, content in state.items():
        known.update(f"{path}\0{-1 if content is None else len(content)}\0".encode() + (content or b""))
    return known.digest()
