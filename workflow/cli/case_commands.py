"""The commands that move a case: strings to types, one use case, one ending."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from states.case_facts import ItemKind, MatterOutcome, Outcome, State, Target
from workflow import casework, decisionwork, meeting_store
from workflow.casework import Minority
from workflow.cli import frame
from workflow.cli.answer_day import AnswerDay, answers_by
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Choice, Command, Number, codes
from workflow.decisionwork import Ruling
from workflow.errors import UsageError

Words = tuple[str, ...]


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
@click.option(
    "--to",
    "to",
    required=True,
    multiple=True,
    metavar="INSTANS",
    help="Vem som får remissen, en eller flera gånger; sig själv: den egna förvaltningen.",
)
@click.option("--direct", is_flag=True, help="Till nämnden själv, inte till dess förvaltning.")
@answers_by
@deviates
@changes
def refer_command(
    case_words: Words, to: tuple[str, ...], direct: bool, until: AnswerDay, deviation: str | None, asked: Asked
) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words).because(deviation), deviation is not None
        return perform(
            desk,
            asked,
            lambda c: casework.refer(
                desk, c, case_id, meeting, to[0], also=to[1:], direct=direct, until=until(c.on), deviation=happened
            ),
        )


def by_minority(function: Callable[..., int]) -> Callable[..., int]:
    """The options that tell of the minority in fullmäktige that asked for it, gathered in `minority`."""

    @wraps(function)
    def gathered(asked_for: bool, supporters: int | None, present: int | None, **rest: Any) -> int:
        if (supporters is None) == asked_for:
            raise UsageError("--minoritet och --stod hör ihop: ange hur många av de närvarande som begärde det.")
        minority = casework.Minority(supporters, present) if supporters is not None else None
        return function(minority=minority, **rest)

    for option in (
        click.option("--narvarande", "present", type=Number(), metavar="N", help="Hur många som deltog."),
        click.option("--stod", "supporters", type=Number(), metavar="N", help="Hur många som begärde det."),
        click.option("--minoritet", "asked_for", is_flag=True, help="En tredjedel begärde det (KL 5 kap. 50 §)."),
    ):
        gathered = option(gathered)
    return gathered


@click.command("return", cls=Command, help="Återremittera; beslutet namnger mottagaren.")
@at_meeting
@click.option("--to", "to", required=True, metavar="INSTANS", help="Mottagaren, till exempel SON.")
@click.option("--forvaltning", "unit", is_flag=True, help="Till mottagarens förvaltning.")
@by_minority
@deviates
@changes
def return_command(
    case_words: Words, to: str, unit: bool, minority: Minority | None, deviation: str | None, asked: Asked
) -> int:
    asked = asked.because(deviation)
    if not asked.reason:
        raise UsageError("En återremiss behöver ett skäl: ange --skal med vad som ska kompletteras.")
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words), deviation is not None
        return perform(
            desk,
            asked,
            lambda c: casework.return_case(
                desk, c, case_id, meeting, to, unit=unit, minority=minority, deviation=happened
            ),
        )


@click.command("postpone", cls=Command, help="Bordlägg: ärendet kommer tillbaka vid nästa sammanträde.")
@at_meeting
@by_minority
@deviates
@changes
def postpone_command(case_words: Words, minority: Minority | None, deviation: str | None, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, happened = asked.at_meeting(case_words).because(deviation), deviation is not None
        return perform(
            desk,
            asked,
            lambda c: casework.postpone(desk, c, case_id, meeting, minority=minority, deviation=happened),
        )


@click.command("book", cls=Command, help="Sätt ärendet på föredragningslistan till ett sammanträde.")
@at_meeting
@click.option("--late", "late", metavar="SKÄL", help="Ett brådskande ärende efter kungörelsen.")
@click.option("--som", "purpose", type=codes(ItemKind), metavar="SLAG", help="beslut, anmalan eller information.")
@changes
def book_command(case_words: Words, late: str | None, purpose: str | None, asked: Asked) -> int:
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        asked, kind = asked.because(late), ItemKind(purpose) if purpose else None
        return perform(desk, asked, lambda c: casework.book(desk, c, case_id, meeting, late=bool(late), purpose=kind))


@click.command("decide", cls=Command, help="Anteckna beslutet, att-sats för att-sats; de som inte nämns bifalls.")
@click.argument("case_words", nargs=-1, metavar="[ÄRENDE SAMMANTRÄDE]")
@click.option("--att", "atts", multiple=True, metavar="N=UTFALL", help="bifall, bifall_med_andring eller avslag.")
@click.option("--text", "texts", multiple=True, metavar="N=TEXT", help="Beslutets lydelse när den ändrades.")
@click.option("--mal", "targets", multiple=True, metavar="N=MÅL", help="egen_del, foreslar_kf, under_forutsattning.")
@click.option(
    "--arendet", "matters", multiple=True, metavar="[N=]UTFALL", help="Vad det blev av ärendet, eller en del."
)
@click.option("--till", "to", metavar="NÄMND", help="Vem ett medborgarförslag överlämnas till.")
@click.option("--enhalligt", "unanimous", is_flag=True, help="Alla närvarande var ense om ett brådskande ärende (KF).")
@click.option("--meeting", "meeting", metavar="SAMMANTRÄDE", help="Allt som väntar på beslut där, med --all.")
@click.option("--all", "everything", type=Choice(["bifall"]), metavar="bifall", help="Alla enligt förslag, i ett svep.")
@deviates
@changes
def decide_command(case_words: Words, deviation: str | None, asked: Asked, **said: Any) -> int:
    meeting, everything = said.pop("meeting"), said.pop("everything")
    asked, happened = asked.because(deviation), deviation is not None
    if meeting is not None or everything is not None:
        if meeting is None or everything is None or case_words or any(said.values()):
            raise UsageError(
                "Skriv --meeting SAMMANTRÄDE --all bifall utan annat, eller ett ärende och ett sammanträde."
            )
        return _decide_all(meeting, asked, deviation=happened)
    if not case_words:
        raise UsageError("Skriv ärendet och sammanträdet, till exempel: arende decide SON-2023-940 SON-2024-04-18")
    return _decide_one(case_words, asked, deviation=happened, **said)


def _decide_one(
    case_words: Words,
    asked: Asked,
    *,
    atts: Words,
    texts: Words,
    targets: Words,
    matters: Words,
    to: str | None,
    unanimous: bool,
    deviation: bool,
) -> int:
    whole, parts = _matters(matters)
    rulings = _rulings(atts, texts, targets, parts)
    with frame.desk() as desk:
        case_id, meeting = frame.case_and_meeting(desk, case_words)
        how: dict[str, Any] = {"matter": whole, "to": to, "unanimous": unanimous, "deviation": deviation}
        return perform(
            desk,
            asked.at_meeting(case_words),
            lambda c: decisionwork.decide(desk, c, case_id, meeting, rulings, **how),
        )


def _decide_all(meeting_text: str, asked: Asked, *, deviation: bool) -> int:
    # The other way of deciding does without it.
    from workflow import bulk_decision

    with frame.desk() as desk:
        meeting = meeting_store.find(desk.connection, meeting_text)
        return perform(
            desk,
            asked.at_meeting((meeting_text,)),
            lambda c: bulk_decision.decide_all(desk, c, meeting, deviation=deviation),
        )


def _matters(values: Words) -> tuple[MatterOutcome | None, dict[int, str]]:
    """What became of the matter as a whole, and of its parts: `--arendet besvarad`, `--arendet 1=besvarad`."""
    whole = [value for value in values if "=" not in value]
    if len(whole) > 1:
        raise UsageError("Ange --arendet en gång för hela ärendet, eller med att-satsens nummer: --arendet 1=besvarad.")
    parts = _numbered(tuple(value for value in values if "=" in value), "--arendet")
    return (_code(MatterOutcome, whole[0], "--arendet") if whole else None), parts


def _rulings(atts: Words, texts: Words, targets: Words, matters: dict[int, str]) -> dict[int, Ruling]:
    """`--att 1=avslag --text "1=…"` as rulings by number."""
    outcomes, wordings, aims = _numbered(atts, "--att"), _numbered(texts, "--text"), _numbered(targets, "--mal")
    return {
        number: Ruling(
            outcome=_code(Outcome, outcomes[number], "--att")
            if number in outcomes
            else (Outcome.BIFALL_MED_ANDRING if number in wordings else Outcome.BIFALL),
            target=_code(Target, aims[number], "--mal") if number in aims else None,
            text=wordings.get(number, ""),
            matter=_code(MatterOutcome, matters[number], "--arendet") if number in matters else None,
        )
        for number in sorted({*outcomes, *wordings, *aims, *matters})
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
