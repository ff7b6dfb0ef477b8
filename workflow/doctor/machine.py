"""What the doctor asks of the machine: room, file systems, who gets at the files, and the clock.

None of it needs a database that answers.
"""

import glob
import os
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from states.swedish_text import listed
from workflow import log_files
from workflow.doctor.answers import Answer, Machine, Verdict, fault, fine, some, warning
from workflow.file_systems import kind_at, mounted, nearest, shared_fault

SWEDEN = "Europe/Stockholm"


def _places(machine: Machine) -> Iterator[tuple[str, Path]]:
    """What is kept on this machine, and the nearest directory there is to it."""
    if machine.database_file:
        yield "databasen", nearest(machine.database_file)
    yield "loggen", nearest(machine.log_directory)


# --- room -----------------------------------------------------------------------------------------

MIB = 1 << 20
TOO_LITTLE = 16 * MIB
LITTLE = 500 * MIB


def room(machine: Machine) -> Answer:
    """Is there room for what is to come?"""
    places = (*_places(machine), ("handlingarna", nearest(machine.settings.document_directory)))
    found = [(name, place, os.statvfs(place)) for name, place in places]
    sizes = [(name, place, at.f_bavail * at.f_frsize, at.f_blocks * at.f_frsize) for name, place, at in found]
    for verdict, remedy in (
        (Verdict.FAULT, "Ändringar kommer att nekas. Frigör utrymme nu."),
        (Verdict.WARNING, "Frigör utrymme, eller flytta till en större disk."),
    ):
        if short := [size for size in sizes if room_verdict(*size[2:]) is verdict]:
            name, place, free, _ = min(short, key=lambda size: size[2])
            return Answer(verdict, f"Bara {free // MIB} MiB är ledigt för {name} i {place}. {remedy}")
    told = listed(f"{free // MIB} MiB ({free * 100 // max(total, 1)} %) för {name}" for name, _, free, total in sizes)
    return fine(f"Ledigt utrymme: {told}.")


def room_verdict(free: int, total: int) -> Verdict:
    if free < TOO_LITTLE:
        return Verdict.FAULT
    return Verdict.WARNING if free < LITTLE or free * 10 < total else Verdict.FINE


# --- file systems ---------------------------------------------------------------------------------


def file_systems(machine: Machine) -> Answer:
    """Do the database and the log lie on this machine's own disks?"""
    mounts = mounted()
    if not mounts:
        return warning(
            "Här går det inte att se vad för slags filsystem databasen och loggen ligger på; kontrollera att det "
            "är en lokal disk."
        )
    kinds = [(name, place, kind_at(mounts, place.resolve())) for name, place in _places(machine)]
    if told := next(filter(None, (shared_fault(*one) for one in kinds)), ""):
        return fault(told)
    return fine(f"Filsystem: {', '.join(f'{kind} för {name}' for name, _, kind in kinds)}; lokalt.")


# --- who gets at the files ------------------------------------------------------------------------

OTHERS = 0o077
SECRET = re.compile(r"password|secret|token|losenord", re.IGNORECASE)
PASSWORD_IN_URL = re.compile(r"postgres\w*://(?:[^/@]*:[^/@]+@|.*[?&]password=)")


def rights(machine: Machine) -> Answer:
    """Does nobody but the owner get at the files?"""
    used = dict.fromkeys([*_database_files(machine), *_log_files(machine), *_documents(machine)])
    private = dict.fromkeys([*used, *_copies(machine), *([machine.config] if has_secret(machine) else [])])
    modes = _stats(private)
    if open_ones := [path for path, at in modes.items() if at.st_mode & OTHERS]:
        return fault(f"Andra än ägaren kommer åt {some(open_ones)}. Kör: {_command('chmod {}go=', open_ones, machine)}")
    owners = {path: at.st_uid for path, at in modes.items() if path in used}
    # Whoever runs the program once as another user leaves files that the usual one cannot write to.
    owner = next(iter(owners.values()), None)
    if strangers := [path for path, its in owners.items() if its != owner]:
        command = _command(f"chown {{}}{owner}", strangers, machine)
        return fault(f"{some(strangers)} har en annan ägare än resten. Kör: {command}")
    return fine("Bara ägaren kommer åt databasen, loggen och handlingarna.")


def _stats(paths: Iterable[Path]) -> dict[Path, os.stat_result]:
    found = {}
    for path in paths:
        # It may be gone since it was listed.
        with suppress(FileNotFoundError):
            found[path] = path.stat()
    return found


def _database_files(machine: Machine) -> Iterator[Path]:
    """The database, and what SQLite keeps beside it."""
    if file := machine.database_file:
        yield from (Path(f"{file}{end}") for end in ("", "-wal", "-shm", "-journal", ".lock"))


def _copies(machine: Machine) -> Iterator[Path]:
    """Other databases in the same directory, and what has been set aside."""
    if file := machine.database_file:
        yield from file.parent.glob("*.db")
        yield from file.parent.glob(f"{glob.escape(file.name)}.*")


def _log_files(machine: Machine) -> Iterator[Path]:
    directory = machine.log_directory
    if directory.exists():
        yield from (directory, directory / "export.lock")
        yield from log_files.segments(directory)
        for folder, _, names in os.walk(directory / log_files.PAYLOADS):
            yield Path(folder)
            yield from (Path(folder, name) for name in names)


def _documents(machine: Machine) -> Iterator[Path]:
    for folder, _, names in os.walk(machine.settings.document_directory):
        yield Path(folder)
        yield from (Path(folder, name) for name in names)


def _command(command: str, paths: list[Path], machine: Machine) -> str:
    """A shell command on the files, or on all of the log's when they are many."""
    log = machine.log_directory
    others = [path for path in paths if not path.is_relative_to(log)]
    many = len(paths) - len(others) > 1
    targets = [*others, log] if many else paths
    return f"{command.format('-R ' if many else '')} {shlex.join(str(path) for path in targets)}"


def has_secret(machine: Machine) -> bool:
    """Does the configuration's own file say something that not everybody may know?"""
    config = machine.settings.config
    return bool(PASSWORD_IN_URL.match(config.database.url)) or _says_secret(msgspec.to_builtins(config))


def _says_secret(value: object) -> bool:
    if isinstance(value, list):
        return any(_says_secret(part) for part in value)
    if not isinstance(value, dict):
        return False
    return any((SECRET.search(key) and part) or _says_secret(part) for key, part in value.items())


# --- the clock ------------------------------------------------------------------------------------

FIRST_YEAR = 2024


def clock(machine: Machine) -> Answer:
    """Can the machine tell what day it is in Sweden?"""
    try:
        here = machine.now.astimezone(ZoneInfo(SWEDEN))
    except ZoneInfoNotFoundError:
        return fault(f"Tidszonen {SWEDEN} finns inte på datorn. Installera den: pip install tzdata")
    told = f"Klockan är {here:%Y-%m-%d %H:%M} i Sverige"
    if here.year < FIRST_YEAR:
        return fault(f"{told}, och det kan inte stämma. Ställ den: timedatectl set-ntp true")
    return fine(f"{told}.")
