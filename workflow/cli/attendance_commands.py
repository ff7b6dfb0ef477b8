"""`arende meeting attend` and `close`: who was there, and when it ended."""

import click

from states.case_facts import Seat
from workflow import attendancework, meeting_store
from workflow.attendancework import Present
from workflow.cli import frame
from workflow.cli.case_commands import deviates
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Command
from workflow.errors import UsageError

Words = tuple[str, ...]
the_meeting = click.argument("meeting_words", nargs=-1, required=True, metavar="SAMMANTRÄDE")


def attach(group: click.Group) -> None:
    """Put the commands in `arende meeting`."""
    group.add_command(attend_command)
    group.add_command(close_command)


@click.command("attend", cls=Command, help="Anteckna närvaron; de som inte nämns står kvar som de var.")
@the_meeting
@click.option("--alla", "everybody", is_flag=True, help="Alla ledamöter, utom dem som någon ersätter.")
@click.option(
    "--narvarande", "there", multiple=True, metavar="NAMN", help="En ledamot, eller en ersättare som inte tjänstgör."
)
@click.option(
    "--ordforande", "chair", metavar="NAMN", help="Den som leder sammanträdet, om inte den valda ordföranden."
)
@click.option(
    "--ersatter", "stand_ins", multiple=True, metavar="NAMN=LEDAMOT", help="En ersättare som tjänstgör, och för vem."
)
@click.option("--fran", "starts", multiple=True, metavar="NAMN=N", help="Personens första paragraf.")
@click.option("--till", "ends", multiple=True, metavar="NAMN=N", help="Personens sista paragraf.")
@click.option("--distans", "remote", multiple=True, metavar="NAMN", help="Den deltar på distans.")
@click.option("--ovrig", "others", multiple=True, metavar="NAMN", help="En tjänsteperson eller annan, med titel.")
@click.option("--personalforetradare", "staff", multiple=True, metavar="NAMN", help="En personalföreträdare.")
@click.option("--igen", "again", is_flag=True, help="De nämnda är närvarande en gång till, vid andra paragrafer.")
@deviates
@changes
def attend_command(
    meeting_words: Words,
    everybody: bool,
    there: Words,
    chair: str | None,
    stand_ins: Words,
    starts: Words,
    ends: Words,
    remote: Words,
    others: Words,
    staff: Words,
    again: bool,
    deviation: str | None,
    asked: Asked,
) -> int:
    present = _present(there, chair, _pairs(stand_ins, "--ersatter"), others, staff)
    present = _narrowed(present, _paragraphs(starts, "--fran"), _paragraphs(ends, "--till"), remote)
    if not present and not everybody:
        raise UsageError("Ange vilka som är närvarande, till exempel --alla eller --narvarande NAMN.")
    with frame.desk() as desk:
        meeting = meeting_store.find(desk.connection, " ".join(meeting_words))
        asked = asked.at_meeting(meeting_words).because(deviation)
        return perform(
            desk,
            asked,
            lambda c: attendancework.attend(
                desk, c, meeting, present, everybody=everybody, again=again, deviation=deviation is not None
            ),
        )


@click.command(
    "close", cls=Command, help="Anteckna klockslaget då sammanträdet avslutades; reservationer anmäls dessförinnan."
)
@the_meeting
@click.option("--kl", "hour", required=True, metavar="KLOCKSLAG", help="Till exempel 15.42.")
@changes
def close_command(meeting_words: Words, hour: str, asked: Asked) -> int:
    with frame.desk() as desk:
        meeting = meeting_store.find(desk.connection, " ".join(meeting_words))
        asked = asked.at_meeting(meeting_words)
        return perform(desk, asked, lambda c: attendancework.close(desk, c, meeting, hour))


def _present(
    there: Words, chair: str | None, stand_ins: dict[str, str], others: Words, staff: Words
) -> tuple[Present, ...]:
    return (
        *(Present(who=name, seat=Seat.PERSONALFORETRADARE) for name in staff),
        *(Present(who=name, seat=Seat.TJANSTEPERSON) for name in others),
        *((Present(who=chair, seat=Seat.ORDFORANDE),) if chair else ()),
        *(Present(who=name) for name in there if name != chair),
        *(Present(who=name, serves_for=member) for name, member in stand_ins.items()),
    )


def _narrowed(
    present: tuple[Present, ...], starts: dict[str, int], ends: dict[str, int], remote: Words
) -> tuple[Present, ...]:
    """With the §§ of those whom they are told of, and with who is there from afar."""
    strangers = {*starts, *ends, *remote} - {one.who for one in present}
    alone = tuple(Present(who=name) for name in sorted(strangers))
    return tuple(
        Present(
            who=one.who,
            seat=one.seat,
            serves_for=one.serves_for,
            from_paragraph=starts.get(one.who),
            to_paragraph=ends.get(one.who),
            remote=one.who in remote,
        )
        for one in (*present, *alone)
    )


def _paragraphs(values: Words, flag: str) -> dict[str, int]:
    found = _pairs(values, flag)
    odd = next(
        (f"{name}={number}" for name, number in found.items() if not number.isdecimal() or int(number) < 1), None
    )
    if odd:
        raise UsageError(f'{flag} {odd}: skriv namnet, = och paragrafens nummer, till exempel {flag} "Bo Ek=14".')
    return {name: int(number) for name, number in found.items()}


def _pairs(values: Words, flag: str) -> dict[str, str]:
    found = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if not (name.strip() and equals and rest.strip()):
            raise UsageError(f'{flag} {value}: skriv namnet, = och värdet, till exempel {flag} "Cia Dal=Bo Ek".')
        found[name.strip()] = rest.strip()
    return found
