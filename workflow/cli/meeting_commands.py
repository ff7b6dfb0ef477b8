"""`arende meeting …`: a meeting from its planning to the notice's coming down."""

import click

from workflow import case_queries, meeting_store, meetingwork
from workflow.cli import (
    agenda_commands,
    attendance_commands,
    dispatch_commands,
    frame,
    planning_commands,
    protocol_commands,
    views,
)
from workflow.cli.case_commands import deviates
from workflow.cli.change import Asked, changes
from workflow.cli.protocol_commands import change_meeting as _change
from workflow.cli.protocol_commands import the_meeting
from workflow.cli.swedish import Group, Number
from workflow.desk import Desk

Words = tuple[str, ...]


@click.group("meeting", cls=Group, help="Sammanträden: planera, flytta, kungör, kalla, håll, justera, anslå, ta ned.")
def meeting_command() -> None:
    pass


planning_commands.attach(meeting_command)
agenda_commands.attach(meeting_command)


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


protocol_commands.attach(meeting_command)
dispatch_commands.attach(meeting_command)
attendance_commands.attach(meeting_command)
