"""A command that changes something: who asks, when it happened, doing it once, and its ending."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

import click
import msgspec

from states.judgement import Refused
from workflow import audit_journal, case_store, meeting_store
from workflow.audit_journal import Command
from workflow.cli import actor, render
from workflow.cli.frame import DAY, as_json, case_id, desk, entry
from workflow.cli.remedies import CommandLines
from workflow.config import Settings
from workflow.connection import Connection, connect
from workflow.desk import Desk
from workflow.errors import (
    AlreadyDoneError,
    ChangedMeanwhileError,
    EnvironmentFaultError,
    Exit,
    OutcomeUnknownError,
    UsageError,
    cause,
)
from workflow.use_case import Done, Result


class Asked(msgspec.Struct, frozen=True):
    """What the options of every changing command said."""

    on: date | None
    reason: str | None
    command_id: str | None
    json_wanted: bool

    def at_meeting(self, words: tuple[str, ...]) -> "Asked":
        """What happens at a meeting happens on its day, unless another is given."""
        return self if self.on else msgspec.structs.replace(self, on=meeting_store.parse_day(" ".join(words)))

    def because(self, reason: str | None) -> "Asked":
        return msgspec.structs.replace(self, reason=reason) if reason else self


def changes(function: Callable[..., int]) -> Callable[..., int]:
    """The options of every command that changes something, gathered in `asked`."""

    @wraps(function)
    def gathered(on: date | None, reason: str | None, command_id: str | None, json_wanted: bool, **rest: Any) -> int:
        return function(asked=Asked(on, reason, command_id, json_wanted), **rest)

    for option in (
        as_json,
        click.option("--command-id", metavar="ID", help="Samma id igen utför inget två gånger."),
        click.option("--skal", "reason", metavar="TEXT", help="Skäl; krävs för äldre händelser."),
        click.option("--date", "on", type=DAY, metavar="DATUM", help="När det hände (annars i dag)."),
    ):
        gathered = option(gathered)
    return gathered


rehearsing = click.option(
    "--torrt", "--dry-run", "rehearsed", is_flag=True, help="Visa bara vad som skulle bli; inget sparas."
)


def command(found: Settings, asked: Asked) -> Command:
    """Who does this, in what role, and when it happened. Raises UsageError for a day that cannot be."""
    here, now = entry(), actor.command(found)
    day = asked.on or here.today
    late_after = found.config.registration.late_after_days
    late = (here.today - day).days > late_after
    if day > here.today:
        raise UsageError(f"{day} ligger i framtiden. En händelse kan antecknas först när den har inträffat.")
    if late and not asked.reason:
        raise UsageError(f"{day} är mer än {late_after} dagar sedan. Ange --skal; händelsen märks efterregistrerad.")
    return msgspec.structs.replace(now, id=asked.command_id or now.id, on=day, reason=asked.reason, late=late)


def begun(found: Desk, asked: Asked) -> Command:
    """The command, where its work may begin: the settings are sound, and the log is the database's."""
    # Needed by what changes something only.
    from workflow import installation, log_exporter

    given = command(found.settings, asked)
    installation.require_sound(found.settings, entry().today)
    log_exporter.require_agreement(found.connection, found.settings.log_directory)
    return given


def perform(found: Desk, asked: Asked, act: Callable[[Command], Result]) -> int:
    """Do it once, bring the log file up to date, write the operators' line, tell the user."""
    given = begun(found, asked)
    if audit_journal.already_done(found.connection, given):
        return render.repeated(given.id, asked.json_wanted)
    try:
        result = act(given)
    except AlreadyDoneError:
        return render.repeated(given.id, asked.json_wanted)
    except (ChangedMeanwhileError, UsageError):
        # The same id may just have been done by another process, and this one judged by what it did.
        if audit_journal.already_done(found.connection, given):
            return render.repeated(given.id, asked.json_wanted)
        raise
    except (OutcomeUnknownError, KeyboardInterrupt) as error:
        raise OutcomeUnknownError(unknown(given, error)) from error
    except EnvironmentFaultError as error:
        raise EnvironmentFaultError(f"{error} Inget har ändrats.") from error
    return ended(found, given, result, asked.json_wanted)


def ended(found: Desk, given: Command, result: Result, json_wanted: bool) -> int:
    """Write down what was done, and tell of it."""
    write_down(found, given, **outcome_of(found.connection, result))
    return _tell(found, given, result, json_wanted)


def perform_numbered(words: tuple[str, ...], what: str, asked: Asked, act: Callable[..., Result], *more: Any) -> int:
    """The same with what has a number within its case: `ÄRENDE NUMMER`; `what` is whose number it is."""
    *case, number = words
    if not case or not (number.isascii() and number.isdecimal()):
        raise UsageError(f"Skriv ärendet och {what} nummer, till exempel SON-2020-247 1. Se: arende show ÄRENDE")
    with desk() as found:
        own = case_id(found, tuple(case))
        return perform(found, asked, lambda given: act(found, given, own, int(number), *more))


def rehearse(found: Desk, asked: Asked, act: Callable[[Command], Result]) -> int:
    """Tell what a command would do; it has taken everything back itself."""
    given = command(found.settings, asked)
    result, lines = act(given), CommandLines(found.connection, given.on)
    if isinstance(result, Refused):
        render.refused(refused_view(result, lines), asked.json_wanted)
        return Exit.REFUSED
    if asked.json_wanted:
        return render.as_json({"done": False, "rehearsed": True, **done_view(result, lines)})
    render.line("Så här skulle det bli; inget är sparat.")
    for note in result.notes:
        render.paragraph(note, "  ")
    return Exit.DONE


def write_down(found: Desk, given: Command, **outcome: Any) -> None:
    """Bring the log file up to date, and write the operators' line: codes, ids and numbers."""
    from workflow import event_log, log_exporter

    try:
        log_exporter.export(found.connection, found.settings.log_directory)
    except ChangedMeanwhileError as error:
        _find_again(found.settings, given, error)
    except (EnvironmentFaultError, OutcomeUnknownError) as error:
        raise EnvironmentFaultError(
            f"Ändringen är sparad i databasen, men loggen kunde inte skrivas ({cause(error)}). Åtgärda det, se arende "
            "doctor; nästa kommando skriver ikapp."
        ) from error
    event_log.command_finished(
        found.settings.operations_log,
        command=actor.command_name(),
        command_id=given.id,
        actor=given.actor,
        role=given.role,
        event_date=given.on.isoformat(),
        recorded_at=audit_journal.timestamp(given.recorded_at),
        **outcome,
    )


def _find_again(settings: Settings, given: Command, fault: ChangedMeanwhileError) -> None:
    """The database was made anew just after the command: what it did must be in the new one, and in the log."""
    from workflow import log_exporter

    connection = connect(settings.database_url)
    try:
        if not audit_journal.already_done(connection, given):
            raise OutcomeUnknownError(unknown(given, fault)) from fault
        log_exporter.export(connection, settings.log_directory)
    finally:
        connection.close()


def unknown(given: Command, error: BaseException) -> str:
    return (
        f"Det är okänt om ändringen sparades. Kör samma kommando igen med --command-id {given.id}; inget utförs "
        f"två gånger. ({str(error) or 'avbrutet'})"
    )


def outcome_of(connection: Connection, result: Result) -> dict[str, Any]:
    """How it ended; those who run the system are not told which secret case it was about."""
    if isinstance(result, Refused):
        return {"outcome": "refused", "guards": [finding.guard for finding in result.blocking]}
    kind, _, own = result.stream.partition(":")
    secret = kind == "case" and case_store.is_secret(connection, own)
    return {"outcome": "done", "stream": kind if secret else result.stream, "state": result.after}


def _tell(found: Desk, given: Command, result: Result, json_wanted: bool) -> int:
    lines = CommandLines(found.connection, given.on)
    if isinstance(result, Refused):
        render.refused(refused_view(result, lines), json_wanted)
        return Exit.REFUSED
    return render.done(done_view(result, lines), json_wanted)


def refused_view(result: Refused, lines: CommandLines) -> dict[str, Any]:
    return {
        "ref": result.ref,
        "verb": result.attempt.verb,
        "to": result.attempt.to.value if result.attempt.to else None,
        "on": result.attempt.on.isoformat(),
        "recordable": result.recordable,
        "findings": lines.views(result.findings),
    }


def done_view(result: Done, lines: CommandLines) -> dict[str, Any]:
    return {
        "ref": result.ref,
        "before": result.before,
        "after": result.after,
        "notes": list(result.notes),
        "warnings": lines.views(result.verdict.warnings),
        "deviations": lines.views(result.verdict.deviations),
    }
