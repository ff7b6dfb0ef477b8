"""`arende meeting …`: a meeting from its planning to the notice's coming down."""

from collections.abc import Callable
from typing import Any

import click

from workflow import case_queries, meeting_store, meetingwork
from workflow.cli import frame, views
from workflow.cli.case_commands import deviates
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Group, Number
from workflow.desk import Desk

Words = tuple[str, ...]
the_meeting = click.argument("meeting_words", nargs=-1, required=True, metavar="SAMMANTRÄDE")
one_paragraph = click.option("--paragraf", "paragraph", type=Number(), metavar="N", help="Bara den paragrafen.")


@click.group("meeting", cls=Group, help="Sammanträden: planera, kungör, kalla, håll, justera, anslå, ta ned.")
def meeting_command() -> None:
    pass


def _change(
    words: Words,
    asked: Asked,
    act: Callable[..., Any],
    **options: Any,
) -> int:
    """One meeting, one use case; `options` are handed to it as they are."""
    with frame.desk() as desk:
        meeting_id = meeting_store.find(desk.connection, " ".join(words))
        return perform(desk, asked, lambda c: act(desk, c, meeting_id, **options))


@meeting_command.command("add", help="Planera ett sammanträde: INSTANS DATUM.")
@the_meeting
@changes
def add_command(meeting_words: Words, asked: Asked) -> int:
    body, day = meeting_store.parse(" ".join(meeting_words))
    with frame.desk() as desk:
        return perform(desk, asked, lambda c: meetingwork.add(desk, c, body, day))


@meeting_command.command("announce", help="Sammanträdet är kungjort på anslagstavlan, med de ärenden som står där nu.")
@the_meeting
@deviates
@changes
def announce_command(meeting_words: Words, deviation: str | None, asked: Asked) -> int:
    return _change(
        meeting_words,
        asked.because(deviation),
        meetingwork.announce,
        deviation=deviation is not None,
    )


@meeting_command.command("call", help="Kallelsen har gått ut.")
@the_meeting
@deviates
@changes
def call_command(meeting_words: Words, deviation: str | None, asked: Asked) -> int:
    return _change(
        meeting_words,
        asked.because(deviation),
        meetingwork.call,
        deviation=deviation is not None,
    )


@meeting_command.command("hold", help="Sammanträdet är hållet; ärendena får sina paragrafer.")
@the_meeting
@click.option("--first", "first_paragraph", type=Number(), metavar="N", help="Mötets första paragraf.")
@deviates
@changes
def hold_command(meeting_words: Words, first_paragraph: int | None, deviation: str | None, asked: Asked) -> int:
    return _change(
        meeting_words,
        asked.at_meeting(meeting_words).because(deviation),
        meetingwork.hold,
        first_paragraph=first_paragraph,
        deviation=deviation is not None,
    )


def _protocol_command(name: str, told: str, act: Callable[..., Any]) -> None:
    """A command about a protocol or one of its §§."""

    @meeting_command.command(name, help=told)
    @the_meeting
    @one_paragraph
    @deviates
    @changes
    def protocol_command(meeting_words: Words, paragraph: int | None, deviation: str | None, asked: Asked) -> int:
        return _change(
            meeting_words,
            asked.because(deviation),
            act,
            paragraph=paragraph,
            deviation=deviation is not None,
        )


_protocol_command("adjust", "Protokollet är justerat; dagen är sista underskriftens.", meetingwork.adjust)
_protocol_command("post", "Justeringen är anslagen; överklagandetiden räknas från den dagen.", meetingwork.post)
_protocol_command("take-down", "Anslaget är nedtaget, tidigast dagen efter sista dag.", meetingwork.take_down)


@meeting_command.command("list", help="Lista sammanträden, alla eller en instans.")
@click.argument("body", required=False, default="", metavar="[INSTANS]")
@frame.as_json
def list_command(body: str, json_wanted: bool) -> int:
    with frame.desk() as desk, desk.connection.reading():
        return views.meetings(case_queries.meeting_list(desk.connection, frame.body_code(desk, body)), json_wanted)


@meeting_command.command("show", help="Visa föredragningslista, protokoll och frister.")
@the_meeting
@frame.as_json
def show_command(meeting_words: Words, json_wanted: bool) -> int:
    with frame.desk() as desk:
        return views.meeting(frame.look(desk, lambda: _view(desk, meeting_words)), json_wanted)


def _view(desk: Desk, words: Words) -> tuple[case_queries.View, tuple[str, ...]]:
    meeting_id = meeting_store.find(desk.connection, " ".join(words))
    return case_queries.meeting_view(desk.connection, meeting_id), meeting_store.cases(desk.connection, meeting_id)
