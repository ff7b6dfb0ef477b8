"""`arende meeting add|import|plan|move|cancel`: a meeting before it is held."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from workflow import meeting_planning, meeting_store, meetingwork
from workflow.audit_journal import Command as Given
from workflow.cli import frame
from workflow.cli.change import Asked, changes, perform, rehearse, rehearsing
from workflow.cli.swedish import Command, FilePath
from workflow.errors import UsageError
from workflow.meeting_plan import Plan, hour
from workflow.use_case import Result

Words = tuple[str, ...]


def attach(group: click.Group) -> None:
    """The commands, in the order they are used."""
    for command in (add_command, import_command, plan_command, move_command, cancel_command):
        group.add_command(command)


def planned_days(function: Callable[..., int]) -> Callable[..., int]:
    """The options that tell the days a meeting is planned by, gathered in `plan`."""

    @wraps(function)
    def gathered(
        manus: date | None, call: date | None, announce: date | None, starts_at: str | None, **rest: Any
    ) -> int:
        plan = Plan(manus, call, announce, hour(starts_at) if starts_at else None)
        return function(plan=plan, **rest)

    for option in (
        click.option("--tid", "starts_at", metavar="TID", help="När det börjar, till exempel 13.00."),
        click.option("--kungorelse", "announce", type=frame.DAY, metavar="DATUM", help="Fullmäktiges kungörelse."),
        click.option("--kallelse", "call", type=frame.DAY, metavar="DATUM", help="När kallelsen ska gå ut."),
        click.option("--manus", "manus", type=frame.DAY, metavar="DATUM", help="Sista dag att lämna in handlingar."),
    ):
        gathered = option(gathered)
    return gathered


the_meeting = click.argument("meeting_words", nargs=-1, required=True, metavar="SAMMANTRÄDE")


@click.command("add", cls=Command, help="Planera ett sammanträde: INSTANS DATUM.")
@the_meeting
@planned_days
@changes
def add_command(meeting_words: Words, plan: Plan, asked: Asked) -> int:
    body, day = meeting_store.parse(" ".join(meeting_words))
    with frame.desk() as desk:
        return perform(desk, asked, lambda c: meetingwork.add(desk, c, body, day, plan))


@click.command(
    "import", cls=Command, help="Planera alla sammanträden i en fil (CSV, iCalendar, TOML, Excel, pdf), eller inga."
)
@click.argument("path", metavar="FIL", type=FilePath())
@click.option(
    "--instans", "body", default="", metavar="INSTANS", help="Bara den; den gäller också där filen inte säger."
)
@rehearsing
@changes
def import_command(path: Path, body: str, rehearsed: bool, asked: Asked) -> int:
    # Only whoever reads a calendar needs its readers.
    from workflow.meeting_calendars import reading

    with frame.desk() as desk:
        code = frame.body_code(desk, body)
        bodies = desk.bodies.bodies
        only = next((one for one in reversed(bodies) if one.code == code), None)
        found = reading.read(path, bodies, only)

        def act(given: Given) -> Result:
            return meeting_planning.bring_in(
                desk, given, found.entries, f"ur {path.name}", found.notes, save=not rehearsed
            )

        return rehearse(desk, asked, act) if rehearsed else perform(desk, asked, act)


@click.command("plan", cls=Command, help="Ändra ett sammanträdes planerade dagar; fristerna följer med.")
@the_meeting
@planned_days
@changes
def plan_command(meeting_words: Words, plan: Plan, asked: Asked) -> int:
    return _change(meeting_words, asked, meeting_planning.plan, plan)


@click.command("move", cls=Command, help="Flytta ett sammanträde till en annan dag; visar varje frist som följer med.")
@click.argument("words", nargs=-1, required=True, metavar="SAMMANTRÄDE NYTT-DATUM")
@planned_days
@rehearsing
@changes
def move_command(words: Words, plan: Plan, rehearsed: bool, asked: Asked) -> int:
    *meeting_words, last = words
    if not meeting_words:
        raise UsageError("Skriv sammanträdet och den nya dagen, till exempel: KS-2024-05-14 2024-05-21.")
    day = frame.DAY.convert(last, None, click.get_current_context())
    with frame.desk() as desk:
        meeting_id = meeting_store.find(desk.connection, " ".join(meeting_words))

        def act(given: Given) -> Result:
            return meeting_planning.move(desk, given, meeting_id, day, plan, save=not rehearsed)

        return rehearse(desk, asked, act) if rehearsed else perform(desk, asked, act)


@click.command("cancel", cls=Command, help="Ställ in ett sammanträde; ärendena går till nästa, eller utgår.")
@the_meeting
@rehearsing
@changes
def cancel_command(meeting_words: Words, rehearsed: bool, asked: Asked) -> int:
    if not asked.reason and not rehearsed:
        raise UsageError("Ange --skal: varför sammanträdet ställs in.")
    with frame.desk() as desk:
        meeting_id = meeting_store.find(desk.connection, " ".join(meeting_words))

        def act(given: Given) -> Result:
            return meeting_planning.cancel(desk, given, meeting_id, save=not rehearsed)

        return rehearse(desk, asked, act) if rehearsed else perform(desk, asked, act)


def _change(words: Words, asked: Asked, act: Callable[..., Result], *args: Any) -> int:
    with frame.desk() as desk:
        meeting_id = meeting_store.find(desk.connection, " ".join(words))
        return perform(desk, asked, lambda c: act(desk, c, meeting_id, *args))
