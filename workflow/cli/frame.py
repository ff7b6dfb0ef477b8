"""What every command shares: settings, database, and how cases, meetings and dates are named."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from workflow import case_store, meeting_store, schema_version
from workflow.cli import actor
from workflow.config import Settings, load
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import ArendeError, HiddenError, NotFoundError, UsageError


class Day(click.ParamType[date]):
    """A date as ÅÅÅÅ-MM-DD."""

    name = "datum"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
            if value != day.isoformat():  # Python also takes weeks and days without their dashes
                raise ValueError
        except ValueError:
            self.fail(f"”{value}” är inget datum; skriv ÅÅÅÅ-MM-DD, till exempel 2024-05-14", param, ctx)
        if day.year not in YEARS:
            self.fail(f"{day} ligger utanför åren {YEARS[0]}–{YEARS[-1]}", param, ctx)
        return day


YEARS = range(1900, 3000)
"""The years a day can be in; anything else is a slip of the finger."""

DAY = Day()
as_json = click.option("--json", "json_wanted", is_flag=True, help="Svara med JSON.")


def the_case(function: Callable[..., int]) -> Callable[..., int]:
    """The words that name a case: `SON 2020-247`, `SON-2020-247` …"""
    return click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE")(function)


entry = actor.entry


def settings() -> Settings:
    return load(Path(entry().config))


@contextmanager
def desk() -> Iterator[Desk]:
    """The database, open and of the right version, for whoever may do what the command does."""
    found = settings()
    actor.require_asked(found)
    connection = connect(found.database_url)
    try:
        schema_version.require_current(connection)
        actor.recognise(connection, found)
        yield Desk(connection, found)
    except HiddenError as error:
        with suppress(ArendeError):  # the answer is that for what does not exist, whatever happens
            _note_refused(Desk(connection, found), error)
        raise
    finally:
        connection.close()


def _note_refused(found: Desk, error: HiddenError) -> None:
    # Needed where something is secret only.
    from workflow import log_exporter, secrecy

    secrecy.note_refused(found, actor.command(found.settings), error.cases, actor.command_name())
    log_exporter.export(found.connection, found.settings.log_directory)


Seen = TypeVar("Seen")


def look(found: Desk, read: Callable[[], tuple[Seen, Iterable[str]]]) -> Seen:
    """What is read in one snapshot. That secret cases are (of the ids besides) is written down before it is shown."""
    with found.connection.reading():
        seen, cases = read()
        secret = {case for case in cases if case_store.is_secret(found.connection, case)}
    if secret:
        # Needed where something is secret only.
        from workflow import log_exporter, secrecy

        secrecy.note_read(found, actor.command(found.settings), secret, actor.command_name())
        log_exporter.export(found.connection, found.settings.log_directory)
    return seen


def glance(found: Desk, read: Callable[[], tuple[Seen, Iterable[str]]]) -> Seen:
    """`look`, for whoever may read: what a command that changes something shows when there is nothing to change."""
    actor.require(found.settings, *actor.READ)
    return look(found, read)


# --- naming things --------------------------------------------------------------------------------


def body_code(found: Desk, text: str) -> str:
    """The code of a body there is or has been, by code or name; nothing for nothing. Raises NotFoundError."""
    if not text:
        return ""
    named = next((body.code for body in found.bodies.bodies if body.is_called(text)), None)
    if named is None:
        codes = dict.fromkeys(body.code for body in found.bodies.bodies)
        raise NotFoundError(f"Instansen ”{text}” finns inte. De som finns: {', '.join(codes)}.")
    return named


def case_id(found: Desk, words: tuple[str, ...]) -> str:
    return case_store.find(found.connection, " ".join(words))


def two_cases(found: Desk, words: tuple[str, ...]) -> tuple[str, str]:
    """The ids of `SON-2024-17 SON-2024-18`, in however many words."""
    for place in range(1, len(words)):
        parts = words[:place], words[place:]
        if all(case_store.names_a_case(" ".join(part)) for part in parts):
            return case_id(found, parts[0]), case_id(found, parts[1])
    raise UsageError(f"”{' '.join(words)}” ska vara två ärenden, till exempel SON-2024-17 SON-2024-18.")


def stream(found: Desk, words: tuple[str, ...]) -> str:
    """The stream of the case or the meeting that is named."""
    text = " ".join(words)
    if meeting_store.SHAPE.fullmatch(text):
        return f"meeting:{meeting_store.find(found.connection, text)}"
    return f"case:{case_id(found, words)}"


def case_and_perhaps_meeting(found: Desk, words: tuple[str, ...]) -> tuple[str, str | None]:
    """The ids of a case and, when the words go on with one, a meeting."""
    if meeting_store.SHAPE.search(" ".join(words)):
        return case_and_meeting(found, words)
    return case_id(found, words), None


def case_and_meeting(found: Desk, words: tuple[str, ...]) -> tuple[str, str]:
    """The ids of `SON-2023-940 SON-2024-04-18`, in however many words."""
    joined = " ".join(words)
    for place in range(len(words) - 1, 0, -1):
        tail = " ".join(words[place:])
        if meeting_store.SHAPE.fullmatch(tail):
            case = case_id(found, words[:place])
            return case, meeting_store.find(found.connection, tail)
    raise UsageError(f"”{joined}” ska vara ett ärende och ett sammanträde, till exempel SON-2023-940 SON-2024-04-18.")
