"""The commands that only read: they import neither SQLAlchemy, structlog nor (in a pipe) Rich."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import click

from states.case_facts import State
from states.deadlines import DeadlineKind
from states.roles import Role
from states.swedish_calendar import days_after
from workflow import case_queries
from workflow.cli import frame, views
from workflow.cli.swedish import Choice, Command, Number
from workflow.desk import Desk
from workflow.errors import UsageError

Words = tuple[str, ...]
STATES = Choice([state.value for state in State])
ROLES = Choice([role.value for role in Role])


as_of = click.option(
    "--as-of", "day", type=frame.DAY, metavar="DATUM", help="Som det var antecknat när den dagen var slut."
)


@contextmanager
def _on(live: Desk, day: date | None) -> Iterator[Desk]:
    """The desk as it was on a day; as it is for None."""
    if day is None:
        yield live
        return
    if day > frame.entry().today:
        raise UsageError(f"{day} ligger i framtiden. Ange en dag som har varit.")
    # Brings SQLAlchemy; those who look at today never pay it.
    from workflow import past

    with past.as_of(live.connection, day) as connection:
        yield Desk(connection, live.settings)


@click.command("list", cls=Command, help="Lista ärenden, äldst först.")
@click.option("--state", "state", type=STATES, metavar="LÄGE", help="Bara de som står här.")
@click.option("--body", "body", default="", metavar="INSTANS", help="Bara de som står hos en instans.")
@as_of
@frame.as_json
def list_command(state: str | None, body: str, day: date | None, json_wanted: bool) -> int:
    with frame.desk() as live, live.connection.reading(), _on(live, day) as desk:
        found = case_queries.case_list(desk.connection, state or "", frame.body_code(desk, body))
        return views.cases(found, json_wanted, narrowed=bool(state or body))


@click.command("show", cls=Command, help="Visa allt om ett ärende.")
@frame.the_case
@as_of
@frame.as_json
def show_command(case_words: Words, day: date | None, json_wanted: bool) -> int:
    with frame.desk() as live:
        return views.case(frame.look(live, lambda: _shown(live, case_words, day)), json_wanted)


def _shown(live: Desk, words: Words, day: date | None) -> tuple[case_queries.View, Words]:
    today = day or frame.entry().today
    with _on(live, day) as desk:
        case_id = frame.case_id(desk, words)
        if day:
            from workflow import past

            past.bring_texts(live.connection, desk.connection, case_id)
        return case_queries.case_view(desk.connection, case_id, desk.raised_reading, today), (case_id,)


@click.command("todo", cls=Command, help="Vad som väntar på vem, det försenade först.")
@click.option("--dagar", "days", type=Number(), default=14, metavar="N", help="Så långt fram (annars 14 dagar).")
@click.option(
    "--roll", "role", type=ROLES, metavar="ROLL", help="Bara det som väntar på en roll eller är eskalerat till den."
)
@click.option("--body", "body", default="", metavar="INSTANS", help="Bara det en instans svarar för.")
@click.option("--date", "on", type=frame.DAY, metavar="DATUM", help="Som om det vore den dagen.")
@frame.as_json
def todo_command(days: int, role: str | None, body: str, on: date | None, json_wanted: bool) -> int:
    from workflow.cli.remedies import CommandLines

    today = on or frame.entry().today
    with frame.desk() as desk, desk.connection.reading():
        code = frame.body_code(desk, body)
        found = case_queries.todo(desk.connection, today, days_after(today, days))
        mine = [one for one in found if role in (None, *_concerned(one)) and code in ("", one["body"])]
        lines = CommandLines(desk.connection, today)
        told = [{**one, "command": lines.duty(one), "raised_reading": _reading(desk, one)} for one in mine]
        return views.todo(told, today, json_wanted)


def _concerned(one: case_queries.View) -> list[str]:
    """The role something waits for, and those that have been told that it is not done."""
    return [one["who"], *(told["to"] for told in one["escalated"])]


def _reading(desk: Desk, one: case_queries.View) -> str | None:
    """How the municipality reads "väckt", for what is counted from it."""
    return desk.raised_reading if one["kind"] == DeadlineKind.MOTION_YEAR else None


@click.command("history", cls=Command, help="Vad som har hänt med ett ärende eller ett sammanträde, med skäl.")
@click.argument("words", nargs=-1, required=True, metavar="ÄRENDE|SAMMANTRÄDE")
@frame.as_json
def history_command(words: Words, json_wanted: bool) -> int:
    with frame.desk() as desk:
        return views.history(frame.look(desk, lambda: _told(desk, words)), json_wanted)


def _told(desk: Desk, words: Words) -> tuple[list[case_queries.View], Words]:
    stream = frame.stream(desk, words)
    return case_queries.history(desk.connection, stream), (stream.partition(":")[2],)
