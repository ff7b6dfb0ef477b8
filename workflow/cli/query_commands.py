"""The commands that only read: they import neither SQLAlchemy, structlog nor (in a pipe) Rich."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import click

from states.case_facts import Attempt, CaseFacts, MeetingState, State
from states.deadlines import DeadlineKind
from states.roles import Role
from states.swedish_calendar import days_after
from workflow import case_queries, case_store
from workflow.cli import frame, render, views
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
@click.option("--roll", "role", type=ROLES, metavar="ROLL", help="Bara det som väntar på en roll.")
@click.option("--body", "body", default="", metavar="INSTANS", help="Bara det en instans svarar för.")
@click.option("--date", "on", type=frame.DAY, metavar="DATUM", help="Som om det vore den dagen.")
@frame.as_json
def todo_command(days: int, role: str | None, body: str, on: date | None, json_wanted: bool) -> int:
    from workflow.cli.remedies import CommandLines

    today = on or frame.entry().today
    with frame.desk() as desk, desk.connection.reading():
        code = frame.body_code(desk, body)
        found = case_queries.todo(desk.connection, today, days_after(today, days))
        mine = [one for one in found if role in (None, one["who"]) and code in ("", one["body"])]
        lines = CommandLines(desk.connection, today)
        told = [{**one, "command": lines.duty(one), "raised_reading": _reading(desk, one)} for one in mine]
        return views.todo(told, today, json_wanted)


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


@click.command("why", cls=Command, help="Varför går det inte vidare? Varje krav som inte är uppfyllt, på en gång.")
@frame.the_case
@click.option("--to", "to", type=STATES, metavar="LÄGE", help="Vart (annars nästa steg i ärendets väg).")
@click.option("--date", "on", type=frame.DAY, metavar="DATUM", help="Som om det vore den dagen.")
@frame.as_json
def why_command(case_words: Words, to: str | None, on: date | None, json_wanted: bool) -> int:
    day, target = on or frame.entry().today, State(to) if to else None
    with frame.desk() as desk:

        def read() -> tuple[case_queries.View, Words]:
            case_id = frame.case_id(desk, case_words)
            return _why(desk, case_id, target, day), (case_id,)

        return views.why(frame.look(desk, read), json_wanted)


def _why(desk: Desk, case_id: str, to: State | None, on: date) -> case_queries.View:
    """What stands between a case and its next step: the step itself, and the decision it waits for."""
    # The law and its machine are needed here and not by the other readers.
    from states.guards.way import next_step
    from states.judgement import Refused, judge
    from states.machine import CASES
    from workflow.cli.remedies import CommandLines

    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    lines = CommandLines(desk.connection, on)
    onward = next_step(facts, on, to)
    held = [item.meeting for item in facts.agenda if item.waiting and item.meeting.state is MeetingState.HALLEN]
    decisions = [Attempt(verb="decide", on=meeting.on, to=meeting.kind.state, meeting=meeting) for meeting in held]
    steps = []
    for attempt in [onward, *decisions] if onward else []:
        verdict = judge(facts, attempt)
        findings = verdict.findings if isinstance(verdict, Refused) else verdict.warnings
        steps.append(
            {
                "verb": attempt.verb,
                "to": attempt.to.value if attempt.to else None,
                "on": attempt.on.isoformat(),
                "allowed": not isinstance(verdict, Refused),
                "findings": lines.views(findings),
            }
        )
    return {
        "ref": facts.ref,
        "state": str(facts.state),
        "paused_until": facts.paused_until.isoformat() if facts.paused_until else None,
        "steps": steps,
        "possible": sorted({move.verb for move in CASES.from_state(facts.state)}),
    }


@click.command("graph", cls=Command, help="Rita livscykeln, eller ett ärendes väg med ”du är här”.")
@click.argument("case_words", nargs=-1, metavar="[ÄRENDE]")
@click.option(
    "--format",
    "form",
    type=Choice(["mermaid", "dot"]),
    default="mermaid",
    metavar="FORM",
    help="mermaid (annars) eller dot.",
)
@frame.as_json
def graph_command(case_words: Words, form: str, json_wanted: bool) -> int:
    from states import diagram
    from states.lifecycle import MOVES

    facts = _facts(case_words) if case_words else None
    here = facts.state if facts else None
    if json_wanted:
        return render.as_json({"here": here, "moves": diagram.arrows(MOVES)})
    if facts is not None and form == "mermaid":
        return render.block(diagram.way(facts).rstrip())
    drawing = diagram.dot if form == "dot" else diagram.mermaid
    return render.block(drawing(MOVES, here).rstrip())


def _facts(words: Words) -> CaseFacts:
    with frame.desk() as desk:

        def read() -> tuple[CaseFacts, Words]:
            case_id = frame.case_id(desk, words)
            return case_store.load_facts(desk.connection, case_id, desk.raised_reading), (case_id,)

        return frame.look(desk, read)
