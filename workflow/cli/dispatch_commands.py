"""`arende dispatch`, `arende receipt` and `arende meeting dispatch`: who is sent what, and whether it came through."""

from datetime import date

import click

from states.case_facts import Purpose, SendingChannel
from workflow import dispatch_ledger, dispatchwork, meeting_store
from workflow.cli import dispatch_views, frame
from workflow.cli.change import Asked, changes, perform
from workflow.cli.protocol_commands import the_meeting
from workflow.cli.swedish import Command, codes
from workflow.desk import Desk
from workflow.dispatchwork import Sending
from workflow.errors import UsageError

Words = tuple[str, ...]
by_channel = click.option(
    "--kanal", "channel", type=codes(SendingChannel), metavar="SÄTT", help="e-post, post, internpost …"
)
early_sent = click.option("--fore-justering", "early", metavar="SKÄL", help="Det brådskar: skickat före justeringen.")


@click.command(
    "dispatch", cls=Command, help="Anteckna att ett beslut har skickats, det senaste eller ett sammanträdes."
)
@click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE [SAMMANTRÄDE]")
@click.option("--to", "to", multiple=True, metavar="MOTTAGARE", help="En mottagare; annars alla som återstår.")
@click.option("--for-atgard", "to_act", multiple=True, metavar="MOTTAGARE", help="En mottagare som ska göra något.")
@click.option("--for-kannedom", "to_know", multiple=True, metavar="MOTTAGARE", help="En mottagare som bara får veta.")
@by_channel
@early_sent
@changes
def dispatch_command(
    case_words: Words,
    to: Words,
    to_act: Words,
    to_know: Words,
    channel: str | None,
    early: str | None,
    asked: Asked,
) -> int:
    how = _how(channel, early, to_act, to_know)
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_perhaps_meeting(desk, case_words)
        asked = asked.because(early)
        return perform(desk, asked, lambda c: dispatchwork.dispatch(desk, c, case_id, to, meeting, how))


def _how(channel: str | None, early: str | None, to_act: Words = (), to_know: Words = ()) -> Sending:
    return Sending(
        channel=SendingChannel(channel) if channel else None,
        purposes=purposes(to_act, to_know),
        before_justering=early is not None,
    )


def purposes(to_act: Words, to_know: Words) -> dict[str, Purpose]:
    """What each named recipient gets it for. Raises UsageError for one that is named both ways."""
    if both := sorted(set(to_act) & set(to_know)):
        raise UsageError(f"{both[0]} kan inte få beslutet både för åtgärd och för kännedom; ange den ena.")
    return dict.fromkeys(to_act, Purpose.ATGARD) | dict.fromkeys(to_know, Purpose.KANNEDOM)


@click.command("receipt", cls=Command, help="Anteckna att en mottagare har bekräftat att beslutet kom fram.")
@click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE [SAMMANTRÄDE] MOTTAGARE")
@changes
def receipt_command(case_words: Words, asked: Asked) -> int:
    *named, who = case_words
    if not named:
        raise UsageError("Ange ärende och mottagare, till exempel: arende receipt SON-2020-247 Akten")
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_perhaps_meeting(desk, tuple(named))
        return perform(desk, asked, lambda c: dispatchwork.receipt(desk, c, case_id, who, meeting))


@click.command(
    "dispatch",
    cls=Command,
    help="Visa vem som har fått sammanträdets paragrafer; med --to eller --alla: anteckna att de skickas.",
)
@the_meeting
@click.option("--to", "to", multiple=True, metavar="MOTTAGARE", help="Skicka mottagarens alla paragrafer på en gång.")
@click.option("--alla", "everybody", is_flag=True, help="Skicka allt som återstår, till alla.")
@by_channel
@early_sent
@changes
def meeting_dispatch_command(
    meeting_words: Words, to: Words, everybody: bool, channel: str | None, early: str | None, asked: Asked
) -> int:
    if to and everybody:
        raise UsageError("Ange --to för några mottagare eller --alla för alla, inte båda.")
    with frame.desk() as desk:
        if not to and not everybody:
            day = asked.on or frame.entry().today
            return dispatch_views.ledger(
                frame.glance(desk, lambda: _ledger(desk, meeting_words, day)), asked.json_wanted
            )
        meeting_id = meeting_store.find(desk.connection, " ".join(meeting_words))
        asked, how = asked.because(early), _how(channel, early)
        return perform(desk, asked, lambda c: dispatchwork.dispatch_meeting(desk, c, meeting_id, to, how))


def _ledger(desk: Desk, words: Words, day: date) -> tuple[dispatch_ledger.View, Words]:
    meeting_id = meeting_store.find(desk.connection, " ".join(words))
    found = dispatch_ledger.ledger(desk, meeting_id, day)
    return found, meeting_store.cases(desk.connection, meeting_id)


def attach(group: click.Group) -> None:
    """Put a whole meeting's dispatch in `arende meeting`."""
    group.add_command(meeting_dispatch_command)
