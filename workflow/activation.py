"""Another configuration over all that is live: what it would do, told and taken back, or done.

Both are the same transaction, so that what is told is what would be. The order of an activation: the new file lies
ready beside the old one, the database follows it and says so in one record, the file takes its place. Killed
anywhere, it is told of by every command that changes something, and done again it does what was left.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

from states import installation as law
from states.soundness import Fault
from workflow import (
    audit_journal,
    case_store,
    config,
    config_differences,
    config_effects,
    config_files,
    installation,
    log_exporter,
    statements,
    succession,
)
from workflow.audit_journal import Command, Draft
from workflow.config import Settings
from workflow.config_differences import Moved, Reminded
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, EnvironmentFaultError, OutcomeUnknownError, UsageError
from workflow.sight import Sight


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What a configuration does to what is live. What may not be named is only counted."""

    before: str  # hashes
    after: str
    faults: tuple[Fault, ...]
    stranded: int  # cases that it would leave where nobody can take them on, and that are not there already
    moved: tuple[Moved, ...]
    moved_unnamed: int
    reminders: tuple[Reminded, ...]
    reminders_unnamed: int
    plans: tuple[str, ...]  # sentences
    plans_unnamed: int
    counts: Mapping[str, int]

    @property
    def refused(self) -> bool:
        return bool(self.stranded) or any(fault.grave for fault in self.faults)


class _TakenBackError(Exception):
    """What would have been done; it takes the transaction back with it."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects


def load(path: Path, old: Settings) -> tuple[Settings, bytes]:
    """Another configuration as if it stood in the old one's place, and its bytes.

    Raises EnvironmentFaultError for one that cannot be used, UsageError for one of another database, log or store.
    """
    new = msgspec.structs.replace(config.load(path), directory=old.directory, name=old.name)
    if _places(new) != _places(old):
        raise UsageError(
            f"{path} har en annan databas, logg eller dokumentkatalog än {old.name}, och det är en flytt. Flytta med "
            "arende backup och arende restore, och ändra [database] url, [log] directory och [documents] directory "
            "för sig."
        )
    content = path.read_bytes()
    if audit_journal.sha256(content) != new.hash:
        raise ChangedMeanwhileError(f"{path} ändrades av någon annan just nu. Försök igen.")
    return new, content


def _places(settings: Settings) -> tuple[object, ...]:
    return settings.database_url, settings.log_directory, settings.document_directory


def rehearse(desk: Desk, command: Command, new: Settings, sight: Sight) -> Effects:
    """What a configuration would do; nothing is changed."""
    try:
        return _enact(desk, command, new, sight, lambda effects: False)
    except _TakenBackError as taken_back:
        return taken_back.effects


def activate(desk: Desk, command: Command, new: Settings, content: bytes, sight: Sight) -> Effects:
    """Let a configuration be the one in force, unless it would strand a case or cannot be worked by."""
    file = desk.settings.file
    log_exporter.require_agreement(desk.connection, desk.settings.log_directory)
    with config_files.alone(file):
        if audit_journal.sha256(file.read_bytes()) != desk.settings.hash:
            raise ChangedMeanwhileError(f"{file} ändrades av någon annan just nu. Inget skrevs; försök igen.")
        try:
            with _begun(file):
                effects = _enact(desk, command, new, sight, lambda found: _lie_ready(file, content, desk, new, found))
            _settle(file, desk, new)
        except _TakenBackError as taken_back:
            effects = taken_back.effects
            _note_refused(desk, command, effects)
    log_exporter.export(desk.connection, desk.settings.log_directory)
    return effects


@contextmanager
def _begun(file: Path) -> Iterator[None]:
    """What is raised while the database is made to follow leaves a file ready only where it was, or may be needed."""
    before = bool(config_files.unfinished(file))
    try:
        yield
    except OutcomeUnknownError as error:
        raise OutcomeUnknownError(
            f"Det är okänt om databasen följer de nya inställningarna. Kör samma kommando igen. ({error})"
        ) from error
    except EnvironmentFaultError:
        if not before:
            config_files.forget(file)
        raise


def _note_refused(desk: Desk, command: Command, effects: Effects) -> None:
    """Write down that somebody tried, and why it could not be."""
    with desk.connection.writing():
        config_effects.wait_for_turn(desk.connection)
        refused = config_effects.draft(desk.connection, "system.config_refused")
        refused.version -= 1
        grave = sorted({fault.code for fault in effects.faults if fault.grave})
        refused.data |= {"from": effects.before, "to": effects.after, "stranded": effects.stranded, "faults": grave}
        audit_journal.seal(desk.connection, command, refused, remember=False)


def _lie_ready(file: Path, content: bytes, desk: Desk, new: Settings, effects: Effects) -> bool:
    """Lay the new file ready, unless it is refused or is the old one; True when the database may follow."""
    if not effects.refused and new.hash != desk.settings.hash:
        config_files.make_ready(file, content)
    return not effects.refused


def _settle(file: Path, desk: Desk, new: Settings) -> None:
    """Put the new file in place; activating the old one again calls off what was begun."""
    if new.hash == desk.settings.hash:
        config_files.forget(file)
    else:
        config_files.put_in_place(file, desk.settings.hash)


def _enact(desk: Desk, command: Command, new: Settings, sight: Sight, keep: Callable[[Effects], bool]) -> Effects:
    """The one transaction, with everything locked; taken back unless it is to be kept."""
    connection, later = desk.connection, Desk(desk.connection, new)
    with connection.writing():
        config_effects.wait_for_turn(connection)
        already = installation.stranded(connection, desk.settings.config, command.on)
        was = config_differences.open_deadlines(connection)
        planned = config_differences.planned(desk, new, command.on)
        own = config_effects.draft(connection, "system.config_activated")
        counts = _follow(later, command, own)
        lost = installation.stranded(connection, new.config, command.on) - already
        effects = Effects(
            before=desk.settings.hash,
            after=new.hash,
            faults=tuple(_faults(connection, new, command.on, sight)),
            stranded=len({case for case, _ in lost}),
            counts=counts,
            **config_differences.between(desk, later, was, command.on, sight),
            **config_differences.replanned(later, planned, command.on, sight),
        )
        if not keep(effects):
            raise _TakenBackError(effects)
        if any(counts.values()) or not _is_told(connection, desk.settings, new):
            last = config_effects.draft(connection, own.type)
            last.data |= {"from": desk.settings.hash, "to": new.hash, **counts}
            last.changes, last.payloads = own.changes, own.payloads
            audit_journal.seal(connection, command, last)
    return effects


def _follow(desk: Desk, command: Command, own: Draft) -> dict[str, int]:
    """Let the tables follow the configuration; how much it was."""
    connection = desk.connection
    meetings = [row["id"] for row in connection.run(statements.ALL_MEETINGS)]
    cases = [row["id"] for row in connection.run(statements.ALL_CASES)]
    for meeting in meetings:
        case_store.lock_meeting(connection, meeting)
    for case in cases:
        case_store.lock_case(connection, case)
    registered = config_effects.register(desk, own)
    heirless = succession.at_ended_bodies(desk, command)
    succeeded = succession.taken_over(desk, config_effects.again(command), heirless)
    rows = config_effects.recompute(desk, command, meetings, config_effects.of_meeting)
    rows += config_effects.recompute(desk, command, cases, config_effects.of_case)
    return {"registered": registered, "succeeded": succeeded, "deadlines": rows}


def _faults(connection: Connection, new: Settings, on: date, sight: Sight) -> Iterator[Fault]:
    yield from law.faults(installation.of_config(new.config, on))
    yield from installation.live_faults(connection, new.config, on, sight)


def _is_told(connection: Connection, old: Settings, new: Settings) -> bool:
    """True when nothing is left to tell: it is the old file, or the record is there and only the file was not moved."""
    if new.hash == old.hash:
        return True
    ready = config_files.unfinished(old.file)
    last = connection.run(statements.LAST_ACTIVATION)
    if not ready or not last:
        return False
    told = json.loads(last[0]["body"])["data"]
    return (told["from"], told["to"]) == (old.hash, new.hash)
