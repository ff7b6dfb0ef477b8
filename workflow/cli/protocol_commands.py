"""`arende meeting adjust|post|take-down|board-down|appealable`: the protocol, and its notice on the board."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from workflow import meeting_store, protocolwork
from workflow.cli import frame
from workflow.cli.case_commands import deviates
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Choice, Command, Number

Words = tuple[str, ...]
the_meeting = click.argument("meeting_words", nargs=-1, required=True, metavar="SAMMANTRÄDE")
one_paragraph = click.option("--paragraf", "paragraph", type=Number(), metavar="N", help="Bara den paragrafen.")


class ParagraphRange(click.ParamType[range]):
    """`54`, or `54-57`."""

    name = "paragrafer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:
        first, dash, last = str(value).partition("-")
        start = Number().convert(first, param, ctx)
        end = Number().convert(last, param, ctx) if dash else start
        if end < start:
            self.fail(f"”{value}” går baklänges; skriv den lägsta paragrafen först", param, ctx)
        return range(start, end + 1)


def change_meeting(words: Words, asked: Asked, act: Callable[..., Any], *args: Any, **options: Any) -> int:
    """One meeting, one use case; `args` and `options` are handed to it as they are."""
    with frame.desk() as desk:
        meeting_id = meeting_store.find(desk.connection, " ".join(words))
        return perform(desk, asked, lambda c: act(desk, c, meeting_id, *args, **options))


@click.command("adjust", cls=Command, help="Protokollet är justerat; dagen är sista underskriftens.")
@the_meeting
@click.option(
    "--paragraf",
    "ranges",
    type=ParagraphRange(),
    multiple=True,
    metavar="N[-N]",
    help="Bara de paragraferna, justerade för sig; får upprepas.",
)
@deviates
@changes
def adjust_command(meeting_words: Words, ranges: tuple[range, ...], deviation: str | None, asked: Asked) -> int:
    paragraphs = tuple(sorted({number for numbers in ranges for number in numbers}))
    asked, happened = asked.because(deviation), deviation is not None
    return change_meeting(meeting_words, asked, protocolwork.adjust, paragraphs, deviation=happened)


@click.command("post", cls=Command, help="Justeringen är anslagen; överklagandetiden räknas från den dagen.")
@the_meeting
@one_paragraph
@deviates
@changes
def post_command(meeting_words: Words, paragraph: int | None, deviation: str | None, asked: Asked) -> int:
    asked, happened = asked.because(deviation), deviation is not None
    return change_meeting(meeting_words, asked, protocolwork.post, paragraph, deviation=happened)


@click.command("take-down", cls=Command, help="Anslaget är nedtaget, tidigast dagen efter sista dag.")
@the_meeting
@one_paragraph
@deviates
@changes
def take_down_command(meeting_words: Words, paragraph: int | None, deviation: str | None, asked: Asked) -> int:
    asked, happened = asked.because(deviation), deviation is not None
    return change_meeting(meeting_words, asked, protocolwork.take_down, paragraph, deviation=happened)


@click.command(
    "board-down", cls=Command, help="Anslagstavlan var nere: överklagandetiden räknas om för det som satt uppe."
)
@the_meeting
@one_paragraph
@click.option("--fran", "first", type=frame.DAY, required=True, metavar="DATUM", help="Första dagen den var nere.")
@click.option("--till", "last", type=frame.DAY, required=True, metavar="DATUM", help="Sista dagen den var nere.")
@changes
def board_down_command(meeting_words: Words, paragraph: int | None, first: date, last: date, asked: Asked) -> int:
    return change_meeting(meeting_words, asked, protocolwork.board_down, first, last, paragraph)


@click.command("appealable", cls=Command, help="Anteckna att en paragraf kan överklagas, eller att den inte kan det.")
@the_meeting
@click.argument("answer", type=Choice(["ja", "nej"]), metavar="ja|nej")
@click.option("--paragraf", "paragraph", type=Number(), required=True, metavar="N", help="Paragrafen.")
@changes
def appealable_command(meeting_words: Words, answer: str, paragraph: int, asked: Asked) -> int:
    return change_meeting(meeting_words, asked, protocolwork.appealable, paragraph, answer == "ja")


def attach(group: click.Group) -> None:
    """Put the commands of this page in `arende meeting`."""
    for command in (adjust_command, post_command, take_down_command, board_down_command, appealable_command):
        group.add_command(command)
