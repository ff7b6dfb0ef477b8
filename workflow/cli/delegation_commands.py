"""`arende delegation …`: decisions taken in a body's place, and the meeting that is told of them."""

import click

from states.case_facts import DelegationKind
from workflow import case_queries, case_store, delegationwork, meeting_store
from workflow.cli import frame, views
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Group
from workflow.delegationwork import NewDelegated

Words = tuple[str, ...]


@click.group("delegation", cls=Group, help="Delegationsbeslut och ordförandens brådskande beslut.")
def delegation_command() -> None:
    pass


@delegation_command.command("add", help="Anteckna ett delegationsbeslut; det anmäls vid nästa sammanträde.")
@click.argument("body", metavar="INSTANS")
@click.option("--punkt", "point", required=True, metavar="PUNKT", help="I delegationsordningen, till exempel 2.4.8.")
@click.option("--vad", "what", required=True, metavar="TEXT", help="Vad som beslutades.")
@click.option("--av", "by", required=True, metavar="NAMN", help="Vem som beslutade, till exempel Kommundirektören.")
@click.option("--arende", "case", metavar="DNR", help="Ärendet det hör till.")
@click.option("--bradskande", "urgent", is_flag=True, help="Ordförandens beslut som inte kunde vänta (KL 6 kap. 39 §).")
@changes
def add_command(body: str, point: str, what: str, by: str, case: str | None, urgent: bool, asked: Asked) -> int:
    with frame.desk() as desk:
        taken = NewDelegated(
            kind=DelegationKind.BRADSKANDE if urgent else DelegationKind.DELEGATION,
            point=point,
            what=what,
            by=by,
            case_id=case_store.find(desk.connection, case) if case else None,
        )
        return perform(desk, asked, lambda c: delegationwork.add(desk, c, body, taken))


@delegation_command.command("list", help="Lista en instans eller ett sammanträdes delegationsbeslut.")
@click.argument("words", nargs=-1, required=True, metavar="INSTANS|SAMMANTRÄDE")
@frame.as_json
def list_command(words: Words, json_wanted: bool) -> int:
    text = " ".join(words)
    with frame.desk() as desk, desk.connection.reading():
        if meeting_store.SHAPE.fullmatch(text):
            found = case_queries.delegated_at(desk.connection, meeting_store.find(desk.connection, text))
        else:
            found = case_queries.delegated_of_body(desk.connection, frame.body_code(desk, text))
        return views.delegated(found, json_wanted)
