"""`arende link`, `join` and `split`: cases that belong together."""

import click

from workflow import linkwork
from workflow.cli import frame
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Command
from workflow.errors import UsageError

Words = tuple[str, ...]
two_cases = click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE ANNAT")


@click.command("link", cls=Command, help="Anteckna att två ärenden hör ihop; det syns i båda.")
@two_cases
@click.option("--bort", "removed", is_flag=True, help="De hör inte ihop.")
@changes
def link_command(case_words: Words, removed: bool, asked: Asked) -> int:
    act = linkwork.unlink if removed else linkwork.link
    with frame.desk() as desk:
        case_id, other_id = frame.two_cases(desk, case_words)
        return perform(desk, asked, lambda given: act(desk, given, case_id, other_id))


@click.command(
    "join", cls=Command, help="Lägg samman ett ärende med ett annat: det slutar, och går vidare i det andra."
)
@two_cases
@changes
def join_command(case_words: Words, asked: Asked) -> int:
    if not asked.reason:
        raise UsageError("Ange --skal: varför ärendena läggs samman.")
    with frame.desk() as desk:
        case_id, other_id = frame.two_cases(desk, case_words)
        return perform(desk, asked, lambda given: linkwork.join(desk, given, case_id, other_id))


@click.command("split", cls=Command, help="Dela ett ärende: en del blir ett nytt, med det som är kvar av vägen.")
@frame.the_case
@click.option("--rubrik", required=True, metavar="TEXT", help="Vad det nya ärendet gäller.")
@click.option("--dnr", "numbers", multiple=True, metavar="DNR", help="Det nya ärendets diarienummer.")
@changes
def split_command(case_words: Words, rubrik: str, numbers: Words, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda given: linkwork.split(desk, given, case_id, rubrik, numbers))
