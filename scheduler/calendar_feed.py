"""The calendars to subscribe to: a file for each role at a body, with what it answers for and the body's meetings.

One that has nothing left is emptied and not removed: whoever subscribes to it sees the entries go, where a file that is
gone would leave them standing. A file is written only when what it holds has changed, and is the same to the byte
wherever it is written.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from scheduler import feed_entries
from scheduler.feed_entries import Shown
from scheduler.recipients import Directory
from states.reminders import OpenDeadline
from states.roles import Role
from states.swedish_text import name
from workflow import durable_files, feed_store, log_exporter
from workflow.config import ReminderRule
from workflow.connection import Row
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, EnvironmentFaultError, why
from workflow.feed_store import Edition

FORM = 1
"""Raised when calendars are written in another way than before, so that all are written anew."""

OPEN, READABLE = 0o750, 0o640
"""A directory and its files: for the one who writes and the group of the web server."""

Feeds = Mapping[str, list[Shown]]


class UnwrittenError(EnvironmentFaultError):
    """The directory or a file in it cannot be written; nothing is wrong with anything else."""


class Calendars:
    """The calendars as one process keeps them: nothing is read while nothing can have moved."""

    def __init__(self) -> None:
        self._kept: tuple[object, ...] = ()

    def keep(self, desk: Desk, today: date, at: datetime) -> None:
        """Bring them up to date. Raises UnwrittenError."""
        directory = desk.settings.calendar_directory
        if directory is None:
            return
        # Not the newest record: on PostgreSQL one with a lower number may become visible after it, but no place does.
        told = (log_exporter.last_place(desk.connection), today, desk.settings.hash)
        if self._kept != (*told, _standing(directory)):
            written = export(desk, today, at)
            self._kept = () if written is None else (*told, _standing(directory))


def _standing(directory: Path) -> set[tuple[str, int]]:
    """The files there, and when each was last touched."""
    found = set()
    for path in directory.glob("*.ics"):
        with suppress(OSError):
            found.add((path.name, path.stat().st_ctime_ns))
    return found


def export(desk: Desk, today: date, at: datetime) -> int | None:
    """Bring the calendars up to date; how many files were written. None when that is left to another who is at it.

    Raises UnwrittenError.
    """
    directory = desk.settings.calendar_directory
    if directory is None:
        return 0
    try:
        with _turn(directory) as ours:
            return _export(desk, directory, today, at) if ours else None
    except OSError as error:
        raise UnwrittenError(
            f"Kalendrarna i {directory} går inte att skriva ({why(error)}). Skapa katalogen och ge tjänstens användare "
            "rätt att skriva där, eller töm [calendar] directory i config.toml."
        ) from error


@contextmanager
def _turn(directory: Path) -> Iterator[bool]:
    """True for the one whose turn it is to write there; what has been read before could be older than what is there."""
    with suppress(FileExistsError):
        directory.mkdir()
        directory.chmod(OPEN)  # whatever the umask is
    lock = os.open(directory / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(lock)


def _export(desk: Desk, directory: Path, today: date, at: datetime) -> int | None:
    with desk.connection.reading():
        rows = {row["id"]: row for row in feed_store.deadlines(desk.connection)}
        sittings = {row["id"]: row for row in feed_store.meetings(desk.connection, today)}
        duties = Directory(bodies=desk.bodies, mailboxes=[], today=today)
        feeds = _feeds(duties, rows.values(), sittings.values(), _written(directory))
    every, told_of = {one.id: one for shown in feeds.values() for one in shown}, {**rows, **sittings}
    entries = [one.entry(told_of[one.id]) for one in every.values()]
    try:
        editions = feed_store.editions(desk.connection, entries, at)
    except ChangedMeanwhileError:
        return None  # the next round reads what the other daemon has kept
    return sum(_write(directory / file_name(to), to, shown, editions) for to, shown in feeds.items())


# --- who is told of what --------------------------------------------------------------------------------


def _feeds(directory: Directory, deadlines: Iterable[Row], meetings: Iterable[Row], written: Iterable[str]) -> Feeds:
    """Recipient -> what it is told of, by day; with those that have a file and nothing left to be told of."""
    feeds: dict[str, list[Shown]] = {recipient: [] for recipient in written}
    for row in deadlines:
        recipient = _recipient(directory, feed_entries.open_deadline(row))
        feeds.setdefault(recipient, []).append(feed_entries.of_deadline(row))
    for row in meetings:
        secretary = _recipient(directory, feed_entries.summons(row))
        feeds.setdefault(secretary, [])
        _, _, body = secretary.partition("@")
        for recipient, shown in feeds.items():
            if recipient.endswith(f"@{body}"):
                shown.append(feed_entries.of_meeting(row))
    return {recipient: sorted(shown, key=lambda one: (one.on, one.id)) for recipient, shown in sorted(feeds.items())}


def _recipient(directory: Directory, deadline: OpenDeadline) -> str:
    """Whose duty it is, as for a reminder by a rule that names nobody."""
    usual = ReminderRule(about=deadline.kind.value)
    return next(recipient for recipient, _ in directory.destinations(deadline, usual))


# --- files ----------------------------------------------------------------------------------------------


def file_name(recipient: str) -> str:
    """`namndsekreterare-SON.ics`; whatever a code may hold, it names a file in the directory."""
    role, _, body = recipient.partition("@")
    return f"{role}-{quote(body, safe='')}.ics" if body else f"{role}.ics"


def _written(directory: Path) -> Iterator[str]:
    """The recipients that have a file of ours there."""
    for path in directory.glob("*.ics"):
        role, _, body = path.stem.partition("-")
        if role in set(Role) and _is_ours(path):
            yield f"{role}@{unquote(body)}" if body else role


def _is_ours(path: Path) -> bool:
    from scheduler import calendar_file

    return f"PRODID:{calendar_file.MAKER}\r\n".encode() in path.read_bytes()


def _write(target: Path, recipient: str, shown: Sequence[Shown], editions: Mapping[str, Edition]) -> bool:
    """Write a file unless it holds just that already."""
    # Only where calendars are wanted is the library read in.
    from scheduler import calendar_file

    told = [(one, editions[one.id]) for one in shown]
    digest = _digest(edition for _, edition in told)
    with suppress(FileNotFoundError):
        if f"X-ARENDE-DIGEST:{digest}\r\n".encode() in target.read_bytes():
            return False
    role, _, body = recipient.partition("@")
    title = f"Ärendegång: {name(role)} {body}".rstrip()
    durable_files.write(target, calendar_file.content(title, digest, told), mode=READABLE)
    return True


def _digest(editions: Iterable[Edition]) -> str:
    lines = [str(FORM), *(f"{one.id} {one.sequence} {one.fingerprint}" for one in editions)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
