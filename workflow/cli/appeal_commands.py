"""`arende laga-kraft` and `arende appeal …`: what becomes of a decision after it has been announced."""

import click

from states.case_facts import AppealCourt, AppealOutcome
from workflow import appealwork
from workflow.appealwork import NewAppeal
from workflow.cli import frame
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Command, Group, Number, codes

Words = tuple[str, ...]
perhaps_meeting = click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE [SAMMANTRÄDE]")
the_appeal = click.argument("number", type=Number(), metavar="NR")


@click.command("laga-kraft", cls=Command, help="Bekräfta att ett beslut har fått laga kraft.")
@perhaps_meeting
@click.option("--uppgift", "told", required=True, metavar="TEXT", help="Hur det är bekräftat.")
@changes
def laga_kraft_command(case_words: Words, told: str, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_perhaps_meeting(desk, case_words)
        return perform(desk, asked.because(told), lambda c: appealwork.confirm(desk, c, case_id, meeting))


@click.group("appeal", cls=Group, help="Överklaganden: inkommet, lämnat till rätten, avgjort.")
def appeal_command() -> None:
    pass


@appeal_command.command("add", help="Ett överklagande har kommit in; om det är i tid räknas ut.")
@perhaps_meeting
@click.option("--hos", "place", type=codes(AppealCourt), required=True, metavar="VAR", help="Var det kom in.")
@click.option("--vem", "who", default="", metavar="TEXT", help="Vem som överklagar.")
@click.option("--malnummer", "court_number", default="", metavar="NUMMER", help="Rättens målnummer.")
@changes
def add_command(case_words: Words, place: str, who: str, court_number: str, asked: Asked) -> int:
    new = NewAppeal(received_by=AppealCourt(place), who=who, court_number=court_number)
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_perhaps_meeting(desk, case_words)
        return perform(desk, asked, lambda c: appealwork.add(desk, c, case_id, new, meeting))


@appeal_command.command("forward", help="Överklagandet är lämnat till förvaltningsrätten.")
@frame.the_case
@the_appeal
@changes
def forward_command(case_words: Words, number: int, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda c: appealwork.forward(desk, c, case_id, number))


@appeal_command.command("settle", help="Överklagandet är slutligt avgjort.")
@frame.the_case
@the_appeal
@click.option("--utfall", "outcome", type=codes(AppealOutcome), required=True, metavar="UTFALL", help="Rättens svar.")
@changes
def settle_command(case_words: Words, number: int, outcome: str, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda c: appealwork.settle(desk, c, case_id, number, AppealOutcome(outcome)))
