"""`arende meeting agenda`: a meeting's föredragningslista, shown and arranged."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

import click

from states.case_facts import ItemKind, MatterOutcome
from workflow import agendawork, case_queries, meeting_store
from workflow.agendawork import Rearrangement
from workflow.cli import frame, views
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Command
from workflow.desk import Desk
from workflow.errors import UsageError

Words = tuple[str, ...]
Code = TypeVar("Code", bound=StrEnum)


def attach(group: click.Group) -> None:
    group.add_command(agenda_command)


def _arranging(function: Callable[..., int]) -> Callable[..., int]:
    """The options that change an agenda; each can be given several times."""
    kinds, outcomes = ", ".join(ItemKind), "noterad, anmald, bordlagd …"
    for flag, name, metavar, told in (
        ("--utfall", "outcomes", "PUNKT=UTFALL", f"Vad det blev av den: {outcomes}; när mötet är hållet."),
        ("--utgar", "struck", "PUNKT", "Den utgår: före kallelsen, eller när mötet är hållet av instansen själv."),
        ("--punkt", "own", "RUBRIK", "Lägg till en egen punkt, utan ärende."),
        ("--foredragande", "presenters", "PUNKT=VEM", "Vem som föredrar den."),
        ("--slag", "kinds", "PUNKT=SLAG", f"Vad den är till för: {kinds}."),
        ("--ordna", "order", "PUNKT=PLATS", "Flytta den: 3=1 sätter den tredje först."),
    ):
        function = click.option(flag, name, multiple=True, metavar=metavar, help=told)(function)
    return function


@click.command("agenda", cls=Command, help="Visa föredragningslistan, eller ändra den. PUNKT är plats eller ärende.")
@click.argument("meeting_words", nargs=-1, required=True, metavar="SAMMANTRÄDE")
@_arranging
@changes
def agenda_command(meeting_words: Words, asked: Asked, **said: Words) -> int:
    with frame.desk() as desk:
        if not any(said.values()):
            return views.agenda(frame.glance(desk, lambda: _shown(desk, meeting_words)), asked.json_wanted)
        meeting_id = meeting_store.find(desk.connection, " ".join(meeting_words))
        wanted = _wanted(**said)
        return perform(desk, asked, lambda c: agendawork.rearrange(desk, c, meeting_id, wanted))


def _shown(desk: Desk, words: Words) -> tuple[case_queries.View, Words]:
    meeting_id = meeting_store.find(desk.connection, " ".join(words))
    return case_queries.agenda_view(desk.connection, meeting_id), meeting_store.cases(desk.connection, meeting_id)


def _wanted(order: Words, kinds: Words, presenters: Words, own: Words, struck: Words, outcomes: Words) -> Rearrangement:
    return Rearrangement(
        order=tuple((point, _place(text)) for point, text in _pairs(order, "--ordna 3=1")),
        kinds={point: _code(ItemKind, text) for point, text in _pairs(kinds, "--slag 3=information")},
        presenters=dict(_pairs(presenters, '--foredragande 3="ekonomichefen"')),
        struck=struck,
        own=own,
        outcomes={point: _code(MatterOutcome, text) for point, text in _pairs(outcomes, "--utfall 3=noterad")},
    )


def _pairs(said: Iterable[str], example: str) -> list[tuple[str, str]]:
    pairs = [text.rpartition("=") for text in said]
    for point, sign, value in pairs:
        if not (point.strip() and sign and value.strip()):
            raise UsageError(f"”{point}{sign}{value}” ska vara punkten, = och ett värde, till exempel {example}.")
    return [(point.strip(), value.strip()) for point, _, value in pairs]


def _place(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise UsageError(f"”{text}” är ingen plats på listan; skriv till exempel --ordna 3=1.")
    return int(text)


def _code(codes: type[Code], text: str) -> Code:
    known: Any = {code.value: code for code in codes}
    if text not in known:
        raise UsageError(f"{text} finns inte; välj bland {', '.join(known)}.")
    found: Code = known[text]
    return found
