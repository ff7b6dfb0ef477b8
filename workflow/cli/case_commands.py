"""The commands that move a case: strings to types, one use case, one ending."""

from typing import Any

import click

from states.case_facts import MatterOutcome, Outcome, State, Target
from workflow import casework, decisionwork
from workflow.cli import frame
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Choice, Command
from workflow.decisionwork import Ruling
from workflow.errors import UsageError

Words = tuple[str, ...]


def codes(*enums: Any) -> Choice:
    """The codes of an enumeration as choices on the command line."""
    return Choice([code.value for enum in enums for code in enum])


deviates = click.option("--avvikelse", "deviation", metavar="SKÄL", help="Det har hänt: anteckna det ändå, märkt.")
at_meeting = click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE SAMMANTRÄDE")


@click.command("advance", cls=Command, help="För ärendet till nästa steg i dess väg: MBL, nästa instans, expediering.")
@frame.the_case
@click.option("--to", "to", type=codes(State), metavar="LÄGE", help="Vart: mbl, namnd, ks, kf eller skickas_till.")
@changes
def advance_command(case_words: Words, to: str | None, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        target = State(to) if to else None
        return perform(desk, asked, lambda c: casework.advance(desk, c, case_id, target))


@click.command("refer", cls=Command, help="Remittera till en instans; en nämnd låter sin förvaltning skriva.")
@at_meeting
@click.option("--to", "to", required=True, metavar="INSTANS", help="Vem som får remissen, till exempel KS eller SON.")
@click.option("--direct", is_flag=True, help="Till nämnden själv, inte till dess förvaltning.")
@deviates
@changes
def refer_command(case_words: Words, to: str, direct: bool, deviation: str | None, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words).because(deviation), deviation is not None
        return perform(
            desk,
            asked,
            lambda c: casework.refer(desk, c, case_id, meeting, to, direct=direct, deviation=happened),
        )


@click.command("return", cls=Command, help="Återremittera; beslutet namnger mottagaren.")
@at_meeting
@click.option("--to", "to", required=True, metavar="INSTANS", help="Mottagaren, till exempel SON.")
@click.option("--forvaltning", "unit", is_flag=True, help="Till mottagarens förvaltning.")
@deviates
@changes
def return_command(case_words: Words, to: str, unit: bool, deviation: str | None, asked: Asked) -> int:
    asked = asked.because(deviation)
    if not asked.reason:
        raise UsageError("En återremiss behöver ett skäl: ange --skal med vad som ska kompletteras.")
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words), deviation is not None
        return perform(
            desk,
            asked,
            lambda c: casework.return_case(desk, c, case_id, meeting, to, unit=unit, deviation=happened),
        )


@click.command("postpone", cls=Command, help="Bordlägg: ärendet kommer tillbaka vid nästa sammanträde.")
@at_meeting
@deviates
@changes
def postpone_command(case_words: Words, deviation: str | None, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words).because(deviation), deviation is not None
        return perform(desk, asked, lambda c: casework.postpone(desk, c, case_id, meeting, deviation=happened))


@click.command("book", cls=Command, help="Sätt ärendet på föredragningslistan till ett sammanträde.")
@at_meeting
@click.option("--late", "late", metavar="SKÄL", help="Ett brådskande ärende efter kungörelsen.")
@changes
def book_command(case_words: Words, late: str | None, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked = asked.because(late)
        return perform(desk, asked, lambda c: casework.book(desk, c, case_id, meeting, late=bool(late)))


@click.command("decide", cls=Command, help="Anteckna beslutet, att-sats för att-sats; de som inte nämns bifalls.")
@at_meeting
@click.option("--att", "atts", multiple=True, metavar="N=UTFALL", help="bifall, bifall_med_andring eller avslag.")
@click.option("--text", "texts", multiple=True, metavar="N=TEXT", help="Beslutets lydelse när den ändrades.")
@click.option("--mal", "targets", multiple=True, metavar="N=MÅL", help="egen_del, foreslar_kf, under_forutsattning.")
@click.option("--arendet", "matter", type=codes(MatterOutcome), metavar="UTFALL", help="Vad det blev av ärendet.")
@click.option("--enhalligt", "unanimous", is_flag=True, help="Alla närvarande beslutade att avgöra det (KF).")
@deviates
@changes
def decide_command(
    case_words: Words,
    atts: Words,
    texts: Words,
    targets: Words,
    matter: str | None,
    unanimous: bool,
    deviation: str | None,
    asked: Asked,
) -> int:
    rulings = _rulings(atts, texts, targets)
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked = asked.at_meeting(case_words).because(deviation)
        return perform(
            desk,
            asked,
            lambda c: decisionwork.decide(
                desk,
                c,
                case_id,
                meeting,
                rulings,
                matter=MatterOutcome(matter) if matter else None,
                unanimous=unanimous,
                deviation=deviation is not None,
            ),
        )


def _rulings(atts: Words, texts: Words, targets: Words) -> dict[int, Ruling]:
    """`--att 1=avslag --text "1=…"` as rulings by number."""
    outcomes, wordings, aims = _numbered(atts, "--att"), _numbered(texts, "--text"), _numbered(targets, "--mal")
    return {
        number: Ruling(
            outcome=_code(Outcome, outcomes[number], "--att")
            if number in outcomes
            else (Outcome.BIFALL_MED_ANDRING if number in wordings else Outcome.BIFALL),
            target=_code(Target, aims[number], "--mal") if number in aims else None,
            text=wordings.get(number, ""),
        )
        for number in {*outcomes, *wordings, *aims}
    }


def _numbered(values: Words, flag: str) -> dict[int, str]:
    found = {}
    for value in values:
        number, equals, rest = value.partition("=")
        if not (number.isdecimal() and equals and rest):
            raise UsageError(f"{flag} {value}: skriv numret på att-satsen, = och värdet, till exempel {flag} 1=avslag.")
        found[int(number)] = rest
    return found


def _code(enum: Any, value: str, flag: str) -> Any:
    try:
        return enum(value)
    except ValueError:
        raise UsageError(f"{flag}: {value} finns inte. Välj bland {', '.join(code.value for code in enum)}.") from None


@click.command("close", cls=Command, help="Avsluta ett ärende vars beslut har nått alla det rör.")
@frame.the_case
@changes
def close_command(case_words: Words, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda c: casework.close(desk, c, case_id))


@click.command("withdraw", cls=Command, help="Återkalla ett ärende innan kallelsen har gått ut.")
@frame.the_case
@changes
def withdraw_command(case_words: Words, asked: Asked) -> int:
    if not asked.reason:
        raise UsageError("Ange --skal: varför ärendet återkallas.")
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda c: casework.withdraw(desk, c, case_id))


@click.command("reopen", cls=Command, help="Återuppta ett ärende: en ny omgång på samma diarienummer.")
@frame.the_case
@click.option("--to", "to", metavar="INSTANS", help="Vem som ska besluta i den nya omgången.")
@changes
def reopen_command(case_words: Words, to: str | None, asked: Asked) -> int:
    if not asked.reason:
        raise UsageError("Ange --skal: varför ärendet återupptas.")
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        return perform(desk, asked, lambda c: casework.reopen(desk, c, case_id, to))
