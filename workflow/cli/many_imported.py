"""Many things that come in at once: counted, told of while it goes on, reported at the end, stopped in between."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from workflow import log_exporter
from workflow.audit_journal import Command as Given
from workflow.cli import render
from workflow.cli.change import write_down
from workflow.csv_report import CsvReport
from workflow.desk import Desk
from workflow.errors import ArendeError, EnvironmentFaultError, Exit, OutcomeUnknownError
from workflow.intake_outcome import Became, Outcome

BATCH = 200
"""Things taken in between two times that the log's files are brought up to date: each costs several fsyncs."""

SHOWN = 20
"""Lines of a list that are shown; there is a file for all of them."""

HEADINGS = ("Fil eller rad", "Vad det blev", "Ärende", "Att veta eller göra")
BECAME = {
    Became.REGISTERED: "Nya ärenden",
    Became.ATTACHED: "Lagda till ärenden som fanns",
    Became.ALREADY_IN: "Fanns redan",
    Became.LEFT: "Lämnade åt sidan",
}
ONE = {
    Became.REGISTERED: "Nytt ärende",
    Became.ATTACHED: "Lagt till ett ärende som fanns",
    Became.ALREADY_IN: "Fanns redan",
    Became.LEFT: "Lämnat åt sidan",
}
REHEARSED = {Became.REGISTERED: "Skulle bli nya ärenden", Became.ATTACHED: "Skulle läggas till ärenden"}

Parts = Iterator[tuple[str, int, Iterator[Outcome | None]]]
"""Parts of the work: what it is called while it goes on, how many there are, and what becomes of each."""


class Numbered:
    """Gives each of many a command of its own: the same id if it is run again, and its own moment."""

    def __init__(self, given: Given) -> None:
        self._given, self._began = given, time.monotonic()

    def __call__(self, own: str) -> Given:
        """`own`: what the thing is known by, in letters that tell nobody anything."""
        # Many take long, and a record says when it was written; the clock itself is read at the door alone.
        now = self._given.recorded_at + timedelta(seconds=time.monotonic() - self._began)
        return msgspec.structs.replace(self._given, id=f"{self._given.id}/{own[:32]}", recorded_at=now)


class Told(msgspec.Struct, frozen=True):
    """What is said of the whole."""

    what: str  # "Mappen diarium"
    notes: Iterator[str]  # asked for when the work is done
    report: Path | None  # where every line of it is wanted


class Tally:
    """What became of everything so far."""

    def __init__(self, report: CsvReport | None, became: dict[Became, str], *, everything: bool) -> None:
        self.counts: Counter[Became] = Counter()
        self.left: list[Outcome] = []
        self.unsure: list[Outcome] = []
        self.number_unsure = 0
        self.interrupted = False
        self.became = became
        self._report, self._everything = report, everything

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.became] += 1
        if outcome.became is Became.LEFT:
            self._keep(self.left, outcome)
        elif outcome.told:
            self.number_unsure += 1
            self._keep(self.unsure, outcome)
        if self._report:
            told = " ".join(outcome.told)
            self._report.row((outcome.where, ONE[outcome.became], outcome.ref, told))

    def _keep(self, kept: list[Outcome], outcome: Outcome) -> None:
        if self._everything or len(kept) < SHOWN:
            kept.append(outcome)

    @property
    def taken(self) -> int:
        return self.counts[Became.REGISTERED] + self.counts[Became.ATTACHED]


def take_in(desk: Desk, given: Given, work: Parts, told: Told, *, json_wanted: bool, save: bool) -> int:
    """Do the work, and tell what became of it however it ends; the exit code."""
    report = CsvReport(told.report, HEADINGS) if told.report else None
    tally = Tally(report, BECAME if save else {**BECAME, **REHEARSED}, everything=json_wanted)
    fault: ArendeError | None = None
    try:
        with report or nullcontext():
            _finish(desk, given, work, tally, save=save)
    except (EnvironmentFaultError, OutcomeUnknownError) as error:
        fault = error
        with suppress(ArendeError):
            log_exporter.export(desk.connection, desk.settings.log_directory)
    if report and not report.is_written:
        told = msgspec.structs.replace(told, report=None)
    _tell(tally, told, json_wanted=json_wanted, save=save)
    if fault:
        raise fault
    if tally.interrupted:
        return render.complain(
            "Avbrutet. Det som räknas upp är klart; kör samma kommando igen, så fortsätter det.", Exit.OUTCOME_UNKNOWN
        )
    return Exit.USAGE if tally.counts[Became.LEFT] else Exit.DONE


def _finish(desk: Desk, given: Given, work: Parts, tally: Tally, *, save: bool) -> None:
    with _stoppable() as stopped:
        _do(desk, work, tally, stopped, save=save)
    if save:
        write_down(desk, given, outcome="done", **{each.name.lower(): tally.counts[each] for each in Became})


def _do(desk: Desk, work: Parts, tally: Tally, stopped: Callable[[], bool], *, save: bool) -> None:
    exported = 0
    for what, number, outcomes in work:
        with render.progress(what, number) as one_more:
            for outcome in outcomes:
                one_more()
                if outcome is not None:
                    tally.add(outcome)
                if save and tally.taken >= exported + BATCH:
                    exported = tally.taken
                    log_exporter.export(desk.connection, desk.settings.log_directory)
                if stopped():
                    tally.interrupted = True
                    return


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Whether somebody has pressed Ctrl-C: once to stop between two, twice to stop at once."""
    pressed: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


# --- what is told -------------------------------------------------------------------------------------


def _tell(tally: Tally, told: Told, *, json_wanted: bool, save: bool) -> None:
    if json_wanted:
        render.as_json(_view(tally, list(told.notes), save=save))
        return
    render.line(f"{told.what}: {'det här blev det' if save else 'så här skulle det bli; inget är sparat'}.")
    for each in Became:
        render.line(f"  {tally.became[each]}: {tally.counts[each]}")
    for note in told.notes:
        render.line(f"  {note}")
    _list("Lämnat åt sidan:", tally.left, tally.counts[Became.LEFT], told.report, _why)
    _list("Behöver ses över av en person:", tally.unsure, tally.number_unsure, told.report, _look)
    if told.report:
        render.line(f"\nAllt står i {told.report}.")


def _list(heading: str, shown: list[Outcome], number: int, report: Path | None, told: Callable[[Outcome], str]) -> None:
    if not number:
        return
    render.line(f"\n{heading}")
    for outcome in shown:
        render.paragraph(told(outcome), "      ", "  - ")
    if number > len(shown):
        where = f"se {report}" if report else "hela listan fås med --rapport FIL.csv"
        render.line(f"  … och {number - len(shown)} till; {where}.")


def _why(outcome: Outcome) -> str:
    return f"{outcome.where}: {' '.join(outcome.told)}"


def _look(outcome: Outcome) -> str:
    more = f" Och {len(outcome.told) - 1} till." if len(outcome.told) > 1 else ""
    return f"{outcome.where} ({outcome.ref}): {outcome.told[0]}{more}"


def _view(tally: Tally, notes: list[str], *, save: bool) -> dict[str, Any]:
    return {
        "done": save,
        "rehearsed": not save,
        "interrupted": tally.interrupted,
        "counts": {each.value: tally.counts[each] for each in Became},
        "left": [msgspec.to_builtins(one) for one in tally.left],
        "unsure": [msgspec.to_builtins(one) for one in tally.unsure],
        "notes": notes,
    }
