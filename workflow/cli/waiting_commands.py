"""`arende remiss`, `pause`, `resume` and `party`: whom a case waits for, and who waits for it."""

from datetime import date
from typing import Any

import click

from states.swedish_calendar import working_days_after
from workflow import partywork, pausework, referralwork
from workflow.cli import frame
from workflow.cli.change import Asked, changes, perform, perform_numbered
from workflow.cli.swedish import Command, Group, Number
from workflow.errors import UsageError
from workflow.partywork import PartyEvent

Words = tuple[str, ...]
the_referral = click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE NUMMER")


@click.group("remiss", cls=Group, help="Remisser till andra än de egna instanserna: fråga, svar, ny dag, återtagen.")
def remiss_command() -> None:
    pass


@remiss_command.command("add", help="Skicka ärendet på remiss till någon utanför de egna instanserna.")
@frame.the_case
@click.option("--till", "who", required=True, metavar="NAMN", help="Vem som tillfrågas.")
@click.option("--senast", "due", type=frame.DAY, metavar="DATUM", help="Svarsdagen.")
@click.option("--arbetsdagar", "days", type=Number(250), metavar="N", help="Svarsdagen, så många arbetsdagar fram.")
@click.option(
    "--obligatorisk", "mandatory", is_flag=True, help="Beslutet väntar på svaret, eller på att dagen passerat."
)
@changes
def add_command(case_words: Words, who: str, due: date | None, days: int | None, mandatory: bool, asked: Asked) -> int:
    if (due is None) == (days is None):
        raise UsageError("Ange svarsdagen med --senast DATUM eller --arbetsdagar N.")
    if not who.strip():
        raise UsageError("Ange --till: vem som tillfrågas.")
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)

        def act(given: Any) -> Any:
            last = due or working_days_after(given.on, days or 0)
            return referralwork.ask(desk, given, case_id, who.strip(), last, mandatory=mandatory)

        return perform(desk, asked, act)


@remiss_command.command("answer", help="Svaret på en remiss har kommit in.")
@the_referral
@changes
def answer_command(case_words: Words, asked: Asked) -> int:
    return perform_numbered(case_words, "remissens", asked, referralwork.answered)


@remiss_command.command("move", help="Ge den tillfrågade en annan svarsdag.")
@the_referral
@click.option("--senast", "due", type=frame.DAY, required=True, metavar="DATUM", help="Den nya svarsdagen.")
@changes
def move_command(case_words: Words, due: date, asked: Asked) -> int:
    return perform_numbered(case_words, "remissens", asked, referralwork.move, due)


@remiss_command.command("withdraw", help="Ta tillbaka en remiss; ingen väntar på svaret.")
@the_referral
@changes
def withdraw_command(case_words: Words, asked: Asked) -> int:
    return perform_numbered(case_words, "remissens", asked, referralwork.withdraw)


@click.command("pause", cls=Command, help="Låt ett ärende vila; bara de egna dagarna står stilla, aldrig lagens.")
@frame.the_case
@click.option("--till", "until", type=frame.DAY, required=True, metavar="DATUM", help="Då frågas om det går vidare.")
@changes
def pause_command(case_words: Words, until: date, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda given: pausework.pause(desk, given, case_id, until))


@click.command("resume", cls=Command, help="Ett pausat ärende går vidare; de egna dagarna flyttas lika långt.")
@frame.the_case
@changes
def resume_command(case_words: Words, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda given: pausework.resume(desk, given, case_id))


@click.command("party", cls=Command, help="Dröjsmål (FL 11–12 §§): parten underrättad, begär avgörande, får avslag.")
@frame.the_case
@click.option("--underrattad", "told", is_flag=True, help="Parten har fått veta varför det dröjer.")
@click.option("--begaran", "requested", is_flag=True, help="Parten har skriftligen begärt att ärendet avgörs.")
@click.option("--avslag", "refused", is_flag=True, help="Begäran är avslagen i ett eget beslut.")
@changes
def party_command(case_words: Words, told: bool, requested: bool, refused: bool, asked: Asked) -> int:
    said = {PartyEvent.TOLD: told, PartyEvent.ASKED: requested, PartyEvent.REFUSED: refused}
    events = [event for event, given in said.items() if given]
    if len(events) != 1:
        raise UsageError("Ange en av --underrattad, --begaran och --avslag.")
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda given: partywork.note(desk, given, case_id, events[0]))
