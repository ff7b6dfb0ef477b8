"""What it costs to ask the law: a verdict, why a case stands still, a plan, and every plan there is.

What is only computed is told in round trips of a `SELECT 1` to SQLite, which are measured right before it; the
whole command in starts of a bare Python. Every figure is a median.
`python benchmarks/judge.py [--cases N] [--rounds N]`
"""

import argparse
import contextlib
import io
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

from msgspec.structs import replace

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from states import planning, route  # noqa: E402
from states.case_facts import (  # noqa: E402
    Attempt,
    CaseFacts,
    CaseKind,
    ItemKind,
    MblEntry,
    MblKind,
    MeetingState,
    State,
)
from states.guards.way import next_step  # noqa: E402
from states.judgement import Refused, judge  # noqa: E402
from states.kinds import KINDS, OWN  # noqa: E402
from states.roles import Office, Role  # noqa: E402
from states.situation import Situation  # noqa: E402
from workflow import (  # noqa: E402
    case_store,
    casework,
    config,
    meeting_store,
    meetingwork,
    plans,
    registration,
    schema,
    statements,
)
from workflow.audit_journal import Command  # noqa: E402
from workflow.cli import plan_commands, plan_views  # noqa: E402
from workflow.connection import EVERYTHING, connect  # noqa: E402
from workflow.desk import Desk  # noqa: E402
from workflow.identifiers import new_id  # noqa: E402
from workflow.plans import Supposed  # noqa: E402
from workflow.registration import NewCase, Proposal, Skrivelse  # noqa: E402
from workflow.use_case import Done, Result  # noqa: E402

CASES, ROUNDS = 1000, 9
SECONDS, AT_A_TIME = 0.05, 20
"""What is quick is done over and over for so long, in each round; the clock is read once for so many."""

DAY = timedelta(days=1)
TODAY = date(2026, 1, 12)
BARE = (sys.executable, "-c", "pass")
PLAN_ALL = (sys.executable, "-m", "workflow.cli.main", "plan", "--all", "--at", TODAY.isoformat())

CALENDAR = (("SON", 15), ("KSAU", 20), ("KS", 27), ("KF", 23))
"""Body and day of the month: a year of meetings."""

BOOKED = f"SON {date(TODAY.year, 2, 15)}"

KINDS_OF_CASES = (CaseKind.FORESKRIFT, CaseKind.FORVALTNINGSARENDE, CaseKind.MOTION, CaseKind.KS_ARENDE)


# --- the municipality -------------------------------------------------------------------------------


class Municipality:
    """A database of its own in a directory, with a year of meetings and some open cases, all made by the use cases."""

    def __init__(self, directory: Path, cases: int) -> None:
        (directory / "config.toml").write_text((PROJECT / "config.toml").read_text("utf-8"), "utf-8")
        settings = config.load(directory / "config.toml")
        self._commands = itertools.count()
        schema.upgrade(settings, self._command())
        self.desk = Desk(connect(settings.database_url), settings)
        self.desk.connection.cleared = EVERYTHING
        # What is measured is reading; making all of it durable would only take long.
        self.desk.connection.run("PRAGMA synchronous = OFF")
        bodies = self.desk.bodies
        self._bodies = {body.code: body for body in bodies.bodies if body.in_force(TODAY)}
        self._make(meetingwork.add, "SON", TODAY + 3 * DAY)
        for body, day in CALENDAR:
            for month in range(2, 13):
                self._make(meetingwork.add, body, date(TODAY.year, month, day))
        self.booked = ""  # the last case that came to an agenda
        for number in range(1, cases + 1):
            self._open(number)

    def _command(self) -> Command:
        at = datetime.combine(TODAY, clock(8), UTC) + next(self._commands) * timedelta(milliseconds=1)
        offices = tuple(Office(role) for role in Role)
        return Command(
            id=new_id(at), actor="p-mått", role="registrator", offices=offices, on=TODAY, recorded_at=at, config_hash=""
        )

    def _make(self, act: Callable[..., Result], *words: object) -> str:
        """The id of what a command was about; it must have gone through."""
        done = act(self.desk, self._command(), *words)
        assert isinstance(done, Done), done
        return done.stream.partition(":")[2]

    def _open(self, number: int) -> None:
        """A case of one kind or another, somewhere between its registration and its first body's agenda."""
        kind, progress = KINDS_OF_CASES[number % len(KINDS_OF_CASES)], number // len(KINDS_OF_CASES) % 3
        way = tuple((self._bodies["SON" if code == OWN else code.upper()], role) for code, role in KINDS[kind].way)
        codes = dict.fromkeys(body.code for body, _ in way)
        att = tuple(Proposal(body=code, att_satser=("Förslaget antas.",)) for code in codes)
        skrivelse = Skrivelse(
            rubrik=f"Ärende {number}", numbers=(f"SON 2026-{number}",), proposals=att, recipients=("Akten",)
        )
        case = self._make(registration.register, NewCase(kind=kind, skrivelse=skrivelse, way=way))
        if progress:
            assessed = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=TODAY, held=True)
            self._make(registration.note_mbl, case, assessed)
        if progress == 2 and KINDS[kind].starts_in is State.DRAFT:
            self._make(casework.advance, case)
            self._make(casework.advance, case)
            self._make(casework.book, case, meeting_store.find(self.desk.connection, BOOKED))
            self.booked = case

    def situations(self) -> list[Situation]:
        """Every open case among the meetings ahead."""
        ahead = plans.calendar(self.desk.connection, TODAY)
        rows = self.desk.connection.run(statements.OPEN_CASES)
        return [plans.situation(self.desk, row["id"], TODAY, ahead) for row in rows]


# --- what is measured -------------------------------------------------------------------------------

Judged = tuple[CaseFacts, Attempt]


def judged(facts: CaseFacts) -> dict[str, Judged]:
    """Attempts on a case that waits on an agenda, or that is as it was before, or is not ready at all."""
    item = facts.agenda[-1]
    held = replace(item.meeting, state=MeetingState.HALLEN, called_on=TODAY)
    decided_on = replace(facts, agenda=(replace(item, meeting=held, paragraph=1),))
    unbooked = replace(facts, agenda=())
    bare = replace(unbooked, state=State.MBL, numbers=(), proposals=(), mbl=(), leftovers=(("Rubrik", "[rubrik]"),))
    to_book = Attempt(verb="book", on=TODAY, to=facts.state, meeting=item.meeting, purpose=ItemKind.BESLUT)
    return {
        "advance": (replace(unbooked, state=State.DRAFT), Attempt(verb="advance", on=TODAY, to=State.MBL)),
        "book": (unbooked, to_book),
        "decide": (decided_on, Attempt(verb="decide", on=held.on, to=facts.state, meeting=held)),
        "refused": (bare, Attempt(verb="advance", on=TODAY, to=State.NAMND)),
    }


def why(given: Situation) -> None:
    """What `arende why` asks the law: what is not met and from which day it can be, and the way there."""
    found, onward = planning.plan(given), next_step(given.facts, given.today)
    assert onward is not None
    verdict = judge(given.facts, onward)
    way = route.until(route.actions(given, found), State(onward.to)) if onward.to else None
    for finding in verdict.findings if isinstance(verdict, Refused) else verdict.warnings:
        route.met_on(finding.guard, given, found, way)


def plan(given: Situation) -> None:
    route.actions(given, planning.plan(given))


def seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor's time: nothing here waits for a disk, and what else the machine does is left out."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def each(work: Callable[[], object]) -> float:
    """Seconds that a call takes, when it is made over and over."""
    times, begun = 0, time.process_time()
    while time.process_time() < begun + SECONDS:
        for _ in range(AT_A_TIME):
            work()
        times += AT_A_TIME
    return (time.process_time() - begun) / times


def in_turn(work: Callable[[Any], object], values: Sequence[Any]) -> Callable[[], object]:
    """The same work on one value after the other."""
    turn = itertools.cycle(values)
    return lambda: work(next(turn))


def quick(town: Municipality, rounds: int) -> Iterator[dict[str, object]]:
    """Verdicts, whys and plans, in round trips to the database."""
    desk, situations = town.desk, town.situations()
    open_cases = [row["id"] for row in desk.connection.run(statements.OPEN_CASES)]
    attempts = judged(case_store.load_facts(desk.connection, town.booked, desk.raised_reading))
    findings = {name: len(getattr(judge(*one), "findings", ())) for name, one in attempts.items()}
    assert findings == {"advance": 0, "book": 0, "decide": 0, "refused": findings["refused"]}, findings
    assert findings["refused"] > 2, findings

    def select() -> object:
        return desk.connection.run("SELECT 1")

    def why_of(case: str) -> object:
        return plan_commands._why(desk, case, None, TODAY)

    works: dict[str, Callable[[], object]] = {
        **{f"judge {name}": in_turn(lambda one: judge(*one), [one]) for name, one in attempts.items()},
        "why": in_turn(why, situations),
        "why from the database": in_turn(why_of, open_cases),
        "plan": in_turn(plan, situations),
    }
    for name, work in works.items():
        pairs = [(each(select), each(work)) for _ in range(rounds)]
        yield {
            "figure": name,
            "round_trips": round(statistics.median(took / trip for trip, took in pairs), 2),
            "us": round(statistics.median(took for _, took in pairs) * 1e6, 1),
            "round_trip_us": round(statistics.median(trip for trip, _ in pairs) * 1e6, 2),
            "rounds": rounds,
        }


def plan_all(town: Municipality, directory: Path, rounds: int) -> dict[str, object]:
    """`arende plan --all` from cold, and where the time goes once it has begun."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ARENDE"))}
    environment |= {"PYTHONPATH": str(PROJECT), "PYTHONPYCACHEPREFIX": str(directory / "bytecode")}

    def process(words: Sequence[str]) -> float:
        begun = time.perf_counter()
        subprocess.check_output(words, cwd=directory, env=environment)
        return time.perf_counter() - begun

    process(PLAN_ALL)  # compiles
    pairs = [(process(BARE), process(PLAN_ALL)) for _ in range(rounds)]
    parts = [_parts(town) for _ in range(rounds)]
    loading, planned, printing = (round(statistics.median(took) * 1000) for took in zip(*parts, strict=True))
    return {
        "figure": "plan --all",
        "starts": round(statistics.median(took / bare for bare, took in pairs), 1),
        "ms": round(statistics.median(took for _, took in pairs) * 1000),
        "bare_ms": round(statistics.median(bare for bare, _ in pairs) * 1000, 1),
        "loading_ms": loading,
        "planning_ms": planned,
        "printing_ms": printing,
        "cases": len(town.situations()),
        "rounds": rounds,
    }


def _parts(town: Municipality) -> tuple[float, float, float]:
    """Seconds to load the facts of all cases, to plan them, and to print what was found."""
    situations: list[Situation] = []
    loading = seconds(lambda: situations.extend(town.situations()))
    planned = seconds(lambda: [_summed_up(given) for given in situations])
    view = plan_commands._portfolio(town.desk, "", Supposed(), TODAY)
    with contextlib.redirect_stdout(io.StringIO()):
        printing = seconds(lambda: plan_views.portfolio(view, False))
    return loading, planned, printing


def _summed_up(given: Situation) -> None:
    """What `plan --all` makes of a case."""
    found = planning.plan(given)
    plans.summary(given, found)
    plans.critical(given, found)


def figures(cases: int, rounds: int) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as directory:
        town = Municipality(Path(directory), cases)
        yield from quick(town, rounds)
        yield plan_all(town, Path(directory), max(rounds // 3, 1))
        town.desk.connection.close()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args(arguments)
    for figure in figures(given.cases, given.rounds):
        print(json.dumps(figure, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
