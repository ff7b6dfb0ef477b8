"""`arende minute`, `jav` and `vote`: what the protocol says of a § besides the decision."""

import click

from states.case_facts import Ballot, MinuteKind
from workflow import minutework
from workflow.cli import frame
from workflow.cli.case_commands import at_meeting, deviates
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Choice, Command
from workflow.errors import UsageError
from workflow.minutework import Entry, Voting

Words = tuple[str, ...]
settles = Choice([Ballot.JA.value, Ballot.NEJ.value])


@click.command("minute", cls=Command, help="För protokoll över en paragraf: yrkanden, reservationer, anteckningar.")
@at_meeting
@click.option("--yrkande", "proposals", multiple=True, metavar="NAMN:TEXT", help="Vem som yrkar, och vad.")
@click.option("--propositionsordning", "order", metavar="TEXT", help="Hur ordföranden ställer förslagen mot varandra.")
@click.option("--reservation", "reserving", multiple=True, metavar="NAMN", help="Den som reserverar sig.")
@click.option("--anmald", "announced_at", metavar="KLOCKSLAG", help="När reservationen anmäldes, till exempel 15.30.")
@click.option("--text", "motive", default="", metavar="TEXT", help="Reservationens motivering.")
@click.option("--anteckning", "notes", multiple=True, metavar="NAMN:TEXT", help="En protokollsanteckning.")
@click.option(
    "--avvikelse",
    "deviation",
    metavar="SKÄL",
    help="Det har hänt: anteckna det ändå, märkt. Inte en reservation som var för sen, eller av den som inte deltog.",
)
@changes
def minute_command(
    case_words: Words,
    proposals: Words,
    order: str | None,
    reserving: Words,
    announced_at: str | None,
    motive: str,
    notes: Words,
    deviation: str | None,
    asked: Asked,
) -> int:
    entries = (
        *(_said(MinuteKind.YRKANDE, value, "--yrkande") for value in proposals),
        *((Entry(MinuteKind.PROPOSITIONSORDNING, order),) if order else ()),
        *(Entry(MinuteKind.RESERVATION, motive, name, announced_at) for name in reserving),
        *(_said(MinuteKind.PROTOKOLLSANTECKNING, value, "--anteckning") for value in notes),
    )
    if not entries:
        raise UsageError("Ange vad som ska antecknas: --yrkande, --propositionsordning, --reservation, --anteckning.")
    if (announced_at or motive) and not reserving:
        raise UsageError("--anmald och --text hör till en reservation; ange --reservation NAMN.")
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words).because(deviation), deviation is not None
        return perform(desk, asked, lambda c: minutework.minute(desk, c, case_id, meeting, entries, deviation=happened))


def _said(kind: MinuteKind, value: str, flag: str) -> Entry:
    name, colon, text = value.partition(":")
    if not (name.strip() and colon and text.strip()):
        raise UsageError(f'{flag} {value}: skriv vem, kolon och vad, till exempel {flag} "Bo Ek: bifall".')
    return Entry(kind, text.strip(), name.strip())


@click.command("jav", cls=Command, help="Anteckna att en ledamot är jävig i en paragraf och inte deltar.")
@at_meeting
@click.option("--ledamot", "members", multiple=True, required=True, metavar="NAMN", help="Den som är jävig.")
@click.option("--grund", "ground", default="", metavar="TEXT", help="Vad jävet beror på.")
@deviates
@changes
def jav_command(case_words: Words, members: Words, ground: str, deviation: str | None, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words).because(deviation), deviation is not None
        return perform(
            desk, asked, lambda c: minutework.jav(desk, c, case_id, meeting, members, ground, deviation=happened)
        )


@click.command("vote", cls=Command, help="Anteckna en votering, med namn eller bara antal.")
@at_meeting
@click.option("--huvud", "main", required=True, metavar="TEXT", help="Huvudpropositionen: det ja står för.")
@click.option("--mot", "against", required=True, metavar="TEXT", help="Motpropositionen: det nej står för.")
@click.option("--ja", "yes", default="", metavar="NAMN,… | N", help="De som röstade ja, eller hur många.")
@click.option("--nej", "no", default="", metavar="NAMN,… | N", help="De som röstade nej, eller hur många.")
@click.option("--avstar", "abstained", default="", metavar="NAMN,… | N", help="De som avstod, eller hur många.")
@click.option("--sluten", "secret", is_flag=True, help="Sluten omröstning, vid val.")
@click.option("--utslag", "casting", type=settles, metavar="JA|NEJ", help="Ordförandens röst vid lika röstetal.")
@click.option("--lott", "lot", type=settles, metavar="JA|NEJ", help="Lottens utfall vid lika röstetal i val.")
@click.option("--ofullstandig", "partial", is_flag=True, help="Alla som var med är inte nämnda.")
@deviates
@changes
def vote_command(
    case_words: Words,
    main: str,
    against: str,
    yes: str,
    no: str,
    abstained: str,
    secret: bool,
    casting: str | None,
    lot: str | None,
    partial: bool,
    deviation: str | None,
    asked: Asked,
) -> int:
    by_name, numbers = _ballots({Ballot.JA: yes, Ballot.NEJ: no, Ballot.AVSTAR: abstained})
    voting = Voting(
        main=main,
        against=against,
        by_name=by_name,
        numbers=numbers,
        secret=secret,
        casting=Ballot(casting) if casting else None,
        lot=Ballot(lot) if lot else None,
        partial=partial,
    )
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words).because(deviation), deviation is not None
        return perform(desk, asked, lambda c: minutework.vote(desk, c, case_id, meeting, voting, deviation=happened))


def _ballots(said: dict[Ballot, str]) -> tuple[tuple[tuple[str, Ballot], ...], tuple[int, int, int]]:
    """Who voted how, or how many did."""
    given = {ballot: text.strip() for ballot, text in said.items() if text.strip()}
    if all(text.isdecimal() for text in given.values()):
        yes, no, abstained = (int(given.get(ballot, "0")) for ballot in said)
        return (), (yes, no, abstained)
    if any(text.isdecimal() for text in given.values()):
        raise UsageError("Ange namn överallt, eller bara antal: --ja 8 --nej 7.")
    named = ((name.strip(), ballot) for ballot, text in given.items() for name in text.split(",") if name.strip())
    return tuple(named), (0, 0, 0)
