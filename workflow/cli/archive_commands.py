"""`arende correct` and `arende gallra`: taking a mistake back, and destroying what may be destroyed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from workflow import correction, purge
from workflow.cli import actor, frame, views
from workflow.cli.change import Asked, perform
from workflow.cli.swedish import Command
from workflow.desk import Desk
from workflow.errors import UsageError

Words = tuple[str, ...]


def happens_today(function: Callable[..., int]) -> Callable[..., int]:
    """The options of a change that has no other day than the one it is written down."""

    @wraps(function)
    def gathered(reason: str | None, command_id: str | None, json_wanted: bool, **rest: Any) -> int:
        return function(asked=Asked(None, reason, command_id, json_wanted), **rest)

    for option in (
        frame.as_json,
        click.option("--command-id", metavar="ID", help="Samma id igen utför inget två gånger."),
        click.option("--skal", "reason", metavar="TEXT", help="Skäl; krävs för att ta något tillbaka."),
    ):
        gathered = option(gathered)
    return gathered


@click.command("correct", cls=Command, help="Ta tillbaka en felaktig post. Den står kvar i loggen, med rättelsen.")
@click.argument("words", nargs=-1, required=True, metavar="ÄRENDE|SAMMANTRÄDE NR")
@happens_today
def correct_command(words: Words, asked: Asked) -> int:
    *named, number = words
    if not named or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise UsageError(
            "Skriv ärendet eller sammanträdet och postens nummer, till exempel SON-2020-247 7. Numren visas av arende "
            "history."
        )
    with frame.desk() as desk:
        stream = frame.stream(desk, tuple(named))
        return perform(desk, asked, lambda given: correction.correct(desk, given, stream, int(number)))


@click.command("gallra", cls=Command, help="Gallra ett slutat ärendes texter: en föreslår, en annan godkänner.")
@click.argument("case_words", nargs=-1, metavar="[ÄRENDE]")
@click.option("--beslut", "decision", metavar="BESLUT", help='Föreslå, enligt ett beslut som "KS 2024-05-14 § 12".')
@click.option("--godkann", "approved", is_flag=True, help="Godkänn det någon annan har föreslagit; texterna förstörs.")
@click.option("--avbryt", "cancelled", is_flag=True, help="Ta tillbaka förslaget.")
@happens_today
def gallra_command(case_words: Words, decision: str | None, approved: bool, cancelled: bool, asked: Asked) -> int:
    if case_words and sum((decision is not None, approved, cancelled)) != 1:
        raise UsageError("Ange en av --beslut BESLUT, --godkann och --avbryt.")
    if not case_words and (decision or approved or cancelled):
        raise UsageError("Ange vilket ärende det gäller, till exempel arende gallra SON-2014-7 --godkann")
    if approved and asked.reason:
        raise UsageError("Skälet till en gallring är beslutet; utelämna --skal.")
    with frame.desk() as desk:
        if not case_words:
            actor.require(desk.settings, *actor.READ)
            with desk.connection.reading():
                return views.purges(purge.waiting(desk.connection), asked.json_wanted)
        case_id = frame.case_id(desk, case_words)
        if decision is not None:
            return perform(desk, asked, lambda given: purge.propose(desk, given, case_id, decision))
        if cancelled:
            return perform(desk, asked, lambda given: purge.cancel(desk, given, case_id))
        return _approve(desk, asked, case_id)


def _approve(desk: Desk, asked: Asked, case_id: str) -> int:
    """Approve, and let files and bytes go; trying it again finishes what somebody was killed in the middle of."""
    from workflow import documentwork, log_exporter

    try:
        return perform(desk, asked, lambda given: purge.approve(desk, given, case_id))
    finally:
        if purge.is_purged(desk.connection, case_id):
            log_exporter.export(desk.connection, desk.settings.log_directory)
            documentwork.remove_purged(desk)
            purge.wipe(desk.connection)
