"""`arende import --protokoll` and `--kallelse`: a meeting's papers, fact by fact."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from states.judgement import Refused
from workflow import case_store, kallelse_intake, log_exporter, protocol_intake, secrecy
from workflow.audit_journal import Command
from workflow.cli import actor, change, frame, paper, render
from workflow.cli.change import Asked, begun, done_view, ended, outcome_of, refused_view, write_down
from workflow.cli.remedies import CommandLines
from workflow.desk import Desk
from workflow.document_intake.meeting_papers import Kallelse, Protokoll
from workflow.document_intake.tasks import Task
from workflow.errors import Exit
from workflow.fact_ledger import Ending, FactLedger, Told
from workflow.kallelse_intake import KallelseIntake
from workflow.protocol_intake import ProtocolIntake
from workflow.rehearsal import rehearsing
from workflow.use_case import deny_everywhere

HEADINGS = {
    Ending.RECORDED: "Antecknat",
    Ending.AGREES: "Stämmer redan",
    Ending.DIFFERS: "Protokollet och registret säger olika",
    Ending.REFUSED: "Nekat av reglerna",
    Ending.BY_HAND: "Behöver antecknas för hand",
    Ending.UNKNOWN: "Inte i registret",
}
REHEARSED = {Ending.RECORDED: "Skulle antecknas"}


def protocol(path: Path, body: str | None, deviation: str | None, asked: Asked, *, save: bool) -> int:
    """Take in a protokoll or a protokollsutdrag."""
    read: Protokoll = paper.answered(path, Task.PROTOKOLL)[1]
    asked = asked.because(deviation)
    with frame.desk() as desk:
        given = begun(desk, asked)
        if refused := deny_everywhere(desk, given, "decide", "protokollets ärenden"):
            return ended(desk, given, refused, asked.json_wanted)
        matched = protocol_intake.match(desk, read, body)
        change.command(desk.settings, msgspec.structs.replace(asked, on=matched.on))  # says no where a reason is asked
        _note_secret(desk, matched.cases, matched.hidden)

        def work(ledger: FactLedger) -> Iterator[Told]:
            return ProtocolIntake(ledger, read, matched).each()

        return _take_in(desk, asked, work, read.unsure, deviation is not None, matched.ref, save=save)


def summons(path: Path, body: str | None, asked: Asked, *, save: bool) -> int:
    """Take in a kallelse or a föredragningslista."""
    read: Kallelse = paper.answered(path, Task.KALLELSE)[1]
    with frame.desk() as desk:
        given = begun(desk, asked)
        if refused := deny_everywhere(desk, given, "book", "det kallelsen tar upp"):
            return ended(desk, given, refused, asked.json_wanted)
        summoned = kallelse_intake.match(desk, read, body)
        made = asked.on or kallelse_intake.made_on(read, frame.entry().today)
        _note_secret(desk, [case for case in summoned.cases if case], summoned.hidden)

        def work(ledger: FactLedger) -> Iterator[Told]:
            return KallelseIntake(ledger, summoned, made).each()

        return _take_in(desk, asked, work, read.unsure, False, summoned.ref, save=save)


def _note_secret(desk: Desk, cases: Iterable[str], hidden: tuple[str, ...]) -> None:
    """What secret cases the paper is about is written down before it is shown, or that they may not be seen."""
    secret = {case for case in cases if case_store.is_secret(desk.connection, case)}
    given = actor.command(desk.settings)
    if secret:
        secrecy.note_read(desk, given, secret, actor.command_name())
    if hidden:
        secrecy.note_refused(desk, given, hidden, actor.command_name())
    if secret or hidden:
        log_exporter.export(desk.connection, desk.settings.log_directory)


def _take_in(
    desk: Desk,
    asked: Asked,
    work: Any,
    unsure: tuple[str, ...],
    deviates: bool,
    ref: str,
    *,
    save: bool,
) -> int:
    """Do the facts one by one, each told when it is written down; the exit code."""

    def begin(on: date, command_id: str) -> Command:
        return change.command(desk.settings, msgspec.structs.replace(asked, on=on, command_id=command_id))

    told: list[dict[str, Any]] = []
    with nullcontext(desk) if save else rehearsing(desk) as here:
        ledger = FactLedger(here, begin, deviation=deviates)
        for one in work(ledger):
            if save and one.result is not None and one.command is not None:
                write_down(desk, one.command, **outcome_of(desk.connection, one.result))
            told.append(_view(one, CommandLines(here.connection, frame.entry().today)))
    return _tell(ref, told, unsure, asked.json_wanted, save=save)


def _view(one: Told, lines: CommandLines) -> dict[str, Any]:
    view: dict[str, Any] = {"ending": one.ending.value, "paragraph": one.paragraph, "ref": one.ref, "what": one.what}
    if isinstance(one.result, Refused):
        return {**view, "refused": refused_view(one.result, lines)}
    return {**view, "done": done_view(one.result, lines)} if one.result else view


def _tell(ref: str, told: list[dict[str, Any]], unsure: tuple[str, ...], json_wanted: bool, *, save: bool) -> int:
    counts = Counter(Ending(one["ending"]) for one in told)
    if json_wanted:
        counted = {ending.value: counts[ending] for ending in Ending}
        render.as_json({"ref": ref, "rehearsed": not save, "counts": counted, "facts": told, "unsure": list(unsure)})
        return _exit(counts)
    render.line(f"{ref}: {'det här blev det' if save else 'så här skulle det bli; inget är sparat'}.")
    for ending in Ending:
        own = [one for one in told if one["ending"] == ending]
        if own:
            headings = HEADINGS if save else {**HEADINGS, **REHEARSED}
            render.line(f"\n{headings[ending]}:")
        for one in own:
            _line(one)
    if unsure:
        render.line("\nSvårt att läsa:")
    for sentence in unsure:
        render.paragraph(sentence, "    ", "  ? ")
    return _exit(counts)


def _line(one: dict[str, Any]) -> None:
    number = f"§ {one['paragraph']} " if one["paragraph"] else ""
    render.paragraph(f"{number}{one['ref']}: {one['what']}", "    ", "  - ")
    for finding in one.get("refused", {}).get("findings", ()):
        if finding["blocks"]:
            render.finding(finding)
    if one.get("refused", {}).get("recordable"):
        render.paragraph('Har det hänt ändå: läs in igen med --avvikelse "skäl".', "    ")
    for finding in (*one.get("done", {}).get("deviations", ()), *one.get("done", {}).get("warnings", ())):
        render.paragraph(finding["text"], "      ", "    ! ")
    for note in one.get("done", {}).get("notes", ()):
        render.paragraph(note, "      ", "    ")


def _exit(counts: Counter[Ending]) -> int:
    if counts[Ending.REFUSED]:
        return Exit.REFUSED
    of_the_register = counts[Ending.RECORDED] or counts[Ending.AGREES]
    return Exit.USAGE if counts[Ending.DIFFERS] or counts[Ending.BY_HAND] or not of_the_register else Exit.DONE
