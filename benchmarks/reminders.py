"""What the daemon's round costs, from the start of its process: one JSON line for each figure.

A thousand reminders that are due, among so many: beside the same rows written by hand (`raw_reminders.py`), and
beside APScheduler with one job for each. What is told is the least of some tries, all in one run. Then how late a
reminder is that another process makes due, and what a dead mail server costs a clerk.
`python benchmarks/reminders.py [--rows N …] [--due N] [--jobs N] [--tries N]`
"""

import argparse
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.scheduler.many import DUE, fill  # noqa: E402
from workflow import config  # noqa: E402
from workflow.connection import Connection, connect  # noqa: E402

ROWS, DUE_ROWS, JOBS, TRIES = (10_000, 100_000, 1_000_000), 1_000, 100_000, 3
DAEMON = (sys.executable, "-m", "scheduler.daemon")
ARENDE = (sys.executable, "-m", "workflow.cli.main")
BY_HAND = (sys.executable, str(PROJECT / "benchmarks" / "raw_reminders.py"))
FILL = (sys.executable, __file__, "--fill")
CHILD = (sys.executable, __file__, "--jobs-of")
GOAL, GROWTH_GOAL, MEMORY_GOAL = 4, 1.3, 5
"""Times the work by hand; times the time among the fewest rows; megabytes more than among them."""
PATIENCE = 30.0


class Taken(float):
    """Seconds of a process, with the most memory it held."""

    megabytes: float


def environment(directory: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ARENDE"))}
    return kept | {"PYTHONPATH": str(PROJECT), "PYTHONPYCACHEPREFIX": str(directory / "bytecode")}


def took(directory: Path, *words: str) -> Taken:
    """How long a process of its own took, and how much memory; it must have gone well."""
    begun = time.perf_counter()
    process = subprocess.Popen(words, cwd=directory, env=environment(directory), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = Taken(time.perf_counter() - begun)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    seconds.megabytes = used.ru_maxrss / 1024
    return seconds


def founded(directory: Path, *changes: tuple[str, str]) -> Connection:
    """A database under the project's own settings, but for some."""
    text = (PROJECT / "config.toml").read_text("utf-8")
    for old, new in changes:
        text = re.sub(old, new, text, count=1)
    (directory / "config.toml").write_text(text, "utf-8")
    took(directory, *ARENDE, "database", "upgrade")
    return connect(config.load(directory / "config.toml").database_url)


# --- what is due among many -------------------------------------------------------------------------


def among(rows: int, due: int, tries: int, directory: Path) -> dict[str, object]:
    """The daemon's round and the work by hand, each on copies of the same database."""
    town = directory / "town"
    town.mkdir()
    founded(town).close()
    # By a process of its own: what this one has held counts as its children's memory too.
    took(town, *FILL, str(rows), str(due))
    took(town, *DAEMON, "--once", "--today", "2026-01-02")  # compiles; nothing is due yet
    ours, by_hand = [], []
    for _ in range(tries):
        by_hand.append(on_a_copy(town, due, *BY_HAND, ".", DUE))
        ours.append(on_a_copy(town, due, *DAEMON, "--once", "--today", DUE))
    shutil.rmtree(town)
    best, least = min(ours), min(by_hand)
    return {
        "figure": "reminders due",
        "rows": rows,
        "due": due,
        "times_by_hand": round(best / least, 2),
        "goal": GOAL,
        "ms": round(best * 1000),
        "by_hand_ms": round(least * 1000),
        "start_ms": round(min(took(directory, *DAEMON, "--help") for _ in range(tries)) * 1000),
        "megabytes": round(best.megabytes, 1),
        "tries": tries,
    }


def on_a_copy(town: Path, due: int, *words: str) -> Taken:
    with tempfile.TemporaryDirectory(dir=town.parent) as place:
        copy = shutil.copytree(town, Path(place) / "town")
        os.sync()  # nobody waits for the copy's own pages
        seconds = took(copy, *words)
        with closing(connect(f"sqlite:///{copy / 'arendegang.db'}")) as connection:
            [found] = connection.run("SELECT COUNT(*) AS n FROM reminder WHERE planned_for = :day", day=DUE)
        assert found["n"] == due, found
    return seconds


def jobs(number: int, due: int, directory: Path) -> dict[str, object]:
    """APScheduler with a job for each reminder, so many of them due: until the last has run."""
    seconds = took(directory, *CHILD, str(number), str(due))
    seconds = took(directory, *CHILD, str(number), str(due))
    return {
        "figure": "apscheduler jobs due",
        "rows": number,
        "due": due,
        "ms": round(seconds * 1000),
        "megabytes": round(seconds.megabytes, 1),
    }


def run_jobs(number: int, due: int) -> None:
    """The first time make the jobs, in a file of its own; the second time run those that are due."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from sqlalchemy import func, insert, select

    file = Path("jobs.db")
    made = file.exists()
    store = SQLAlchemyJobStore(url=f"sqlite:///{file}")
    clock = BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": store},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None},
    )
    if made:
        clock.start()
        with store.engine.connect() as connection:
            while connection.scalar(select(func.count()).where(store.jobs_t.c.next_run_time < time.time())):
                connection.rollback()
                time.sleep(0.005)
        clock.shutdown()
        return
    clock.start(paused=True)
    model = clock.add_job(remind, "date", run_date=datetime.now(UTC) + timedelta(days=30), id="model")
    state = model.__getstate__()
    long_ago, later = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(days=30)
    rows = []
    for n in range(number):
        at = long_ago if n < due else later
        one = {**state, "id": f"job-{n}", "next_run_time": at}
        rows.append({"id": one["id"], "next_run_time": at.timestamp(), "job_state": pickle.dumps(one)})
    with store.engine.begin() as connection:
        connection.execute(insert(store.jobs_t), rows)
    os._exit(0)  # a paused scheduler that is shut down looks for what is due once more


def remind() -> None:
    """What such a job does: as good as nothing."""


# --- how late, and what a dead server costs ------------------------------------------------------------


def lateness(rounds: int, directory: Path) -> dict[str, object]:
    """Seconds from that another process made a deadline due until its reminder stood in the database."""
    town = directory / "late"
    town.mkdir()
    late = []
    with closing(founded(town, (r"tick_seconds = \d+", "tick_seconds = 1"))) as connection:
        daemon = subprocess.Popen((*DAEMON, "run"), cwd=town, env=environment(town), stdout=subprocess.DEVNULL)
        try:
            time.sleep(2)
            for n in range(rounds):
                late.append(_late(connection, n))
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()
    return {"figure": "reminders late", "s": round(max(late), 2), "mean_s": round(sum(late) / rounds, 2), "goal": 1}


def _late(connection: Connection, n: int) -> float:
    today = datetime.now(UTC).date().isoformat()
    own = {"id": f"late-{n}/bevakning/1", "stream": f"late-{n}", "today": today}
    time.sleep(0.37)  # so that the rounds fall everywhere between two ticks
    begun = time.monotonic()
    connection.run(
        "INSERT INTO deadline (id, stream, kind, subject, due, act_by, basis, is_open, body)"
        " VALUES (:id, :stream, 'bevakning', '1', :today, :today, 'R-BEVAKNING', TRUE, 'SON')",
        **own,
    )
    while not connection.run("SELECT 1 FROM reminder WHERE deadline_id = :id", id=own["id"]):
        assert time.monotonic() < begun + PATIENCE, "it never came"
        time.sleep(0.002)
    return time.monotonic() - begun


def dead_server(rounds: int, directory: Path) -> dict[str, object]:
    """What a command that changes something costs when no mail server answers, and when there is none to ask."""
    mail = (
        (r'host = ""', 'host = "127.0.0.1"'),
        (r"port = 25", "port = 1"),
        (r'sender = ""', 'sender = "a@exempel.se"'),
    )
    pairs = []
    towns = []
    for name, changes in (("without", ()), ("dead", mail)):
        town = directory / name
        town.mkdir()
        founded(town, *changes).close()
        towns.append(town)
    for n in range(rounds + 1):
        words = (*ARENDE, "meeting", "add", "SON", f"2027-{1 + n % 12:02}-{1 + n // 12:02}")
        pairs.append([took(town, *words) for town in towns])
    without, dead = (min(seconds) for seconds in zip(*pairs[1:], strict=True))
    return {"figure": "command with mail dead", "times": round(dead / without, 2), "ms": round(dead * 1000)}


def figures(rows: Sequence[int], due: int, number: int, tries: int) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        found = []
        for one in rows:
            found.append(among(one, due, tries, directory))
            yield found[-1]
        first, last = found[0], found[-1]
        yield {
            "figure": "reminders growth",
            "times": round(int(str(last["ms"])) / int(str(first["ms"])), 2),
            "goal": GROWTH_GOAL,
            "megabytes": round(float(str(last["megabytes"])) - float(str(first["megabytes"])), 1),
            "megabytes_goal": MEMORY_GOAL,
        }
        yield jobs(number, due, directory)
        yield lateness(max(tries * 3, 3), directory)
        yield dead_server(2 * tries, directory)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--due", type=int, default=DUE_ROWS)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--jobs-of", type=int, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--fill", type=int, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.fill:
        with closing(connect(config.load(Path("config.toml")).database_url)) as connection:
            fill(connection, *given.fill)
        return 0
    if given.jobs_of:
        run_jobs(*given.jobs_of)
        return 0
    for figure in figures(given.rows, given.due, given.jobs, given.tries):
        print(json.dumps(figure, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
