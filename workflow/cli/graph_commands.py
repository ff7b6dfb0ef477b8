"""`arende graph`: the lifecycle of cases or of meetings, and one case's way, as a drawing."""

from pathlib import Path

import click
import msgspec

from states import diagram
from states.case_facts import CaseFacts
from states.diagram import Diagram
from workflow import case_store, durable_files, meeting_store
from workflow.cli import frame, render
from workflow.cli.swedish import Choice, Command, FilePath
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError, UsageError, why

Words = tuple[str, ...]
ENDINGS = {".svg": "svg", ".dot": "dot", ".gv": "dot"}
"""How a file's name ends -> what is written in it, when nothing is said."""


@click.command("graph", cls=Command, help="Rita livscykeln, eller ett ärendes väg med ”du är här”.")
@click.argument("words", nargs=-1, metavar="[ÄRENDE|SAMMANTRÄDE]")
@click.option(
    "--livscykel", "lifecycle", is_flag=True, help="Ärendets plats i livscykeln, i stället för dess egen väg."
)
@click.option("--sammantraden", "meetings", is_flag=True, help="Sammanträdets livscykel, i stället för ärendets.")
@click.option(
    "--format",
    "form",
    type=Choice(["mermaid", "dot", "svg"]),
    metavar="FORM",
    help="mermaid, dot eller svg (annars som filens namn slutar, eller mermaid).",
)
@click.option("--out", "file", type=FilePath(), metavar="FIL", help="Skriv ritningen i en ny fil.")
@frame.as_json
def graph_command(
    words: Words, lifecycle: bool, meetings: bool, form: str | None, file: Path | None, json_wanted: bool
) -> int:
    if meetings and (words or lifecycle):
        raise UsageError("--sammantraden ritar alla sammanträdens livscykel; skriv det utan ärende och --livscykel.")
    drawn = diagram.meeting_lifecycle() if meetings else _drawn(words, lifecycle=lifecycle)
    if file is None:
        return render.as_json(msgspec.to_builtins(drawn)) if json_wanted else render.block(_as(form, drawn).rstrip())
    form = form or ENDINGS.get(file.suffix.lower(), "mermaid")
    _save(file, _as(form, drawn))
    if json_wanted:
        return render.as_json({"path": str(file), "format": form})
    return render.line(f"Ritningen står i {file}.")


def _drawn(words: Words, *, lifecycle: bool) -> Diagram:
    if not words:
        return diagram.case_lifecycle()
    with frame.desk() as desk:
        if meeting_store.SHAPE.fullmatch(" ".join(words)):
            found = meeting_store.load(desk.connection, meeting_store.find(desk.connection, " ".join(words)))
            return diagram.meeting_lifecycle(found.facts.state)
        facts = frame.look(desk, lambda: _facts(desk, words))
        return diagram.case_lifecycle(facts.state) if lifecycle else diagram.way(facts, _names(desk))


def _facts(desk: Desk, words: Words) -> tuple[CaseFacts, Words]:
    case_id = frame.case_id(desk, words)
    return case_store.load_facts(desk.connection, case_id, desk.raised_reading), (case_id,)


def _names(desk: Desk) -> dict[str, str]:
    """Code -> the name that a body has today, or had last."""
    today = frame.entry().today
    return {body.code: body.name for body in desk.bodies.bodies if body.valid_from <= today}


def _as(form: str | None, drawn: Diagram) -> str:
    if form == "svg":
        # Measures every word; the other forms leave that to whoever draws them.
        from states.drawing import svg

        return svg(drawn)
    return diagram.dot(drawn) if form == "dot" else diagram.mermaid(drawn)


def _save(file: Path, text: str) -> None:
    try:
        if file.exists():
            raise UsageError(f"{file} finns redan. Ange en fil som inte finns.")
        durable_files.write(file, text.encode())
    except OSError as error:
        raise EnvironmentFaultError(
            f"Ritningen kunde inte skrivas i {file} ({why(error)}). Välj en annan fil."
        ) from error
