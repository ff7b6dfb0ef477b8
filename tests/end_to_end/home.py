"""A directory to give commands in, a story to tell there, and what must be true of it whatever has happened.

Nothing heavy is imported here: the processes that break commands fork for every try, and a small one forks in a
fraction of the time. Every question gives a list of faults, empty when all is well.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from states.records import GENESIS
from workflow import connection as database
from workflow import log_exporter, log_verifier
from workflow.cli import main
from workflow.connection import Connection, connect, sqlite_driver, wal_is_safe
from workflow.log_verifier import Report

PROJECT = Path(__file__).parent.parent.parent
JOURNALS = ("wal", "delete") if wal_is_safe(sqlite_driver().sqlite_version_info) else ("delete",)
"""The ways SQLite keeps what a killed process must not lose; the first is what the program uses here."""

SMALL_SEGMENT = 4_000
"""Bytes; two or three lines, so that the log is in many segments."""


def tale(number: int) -> dict[str, tuple[str, ...]]:
    """A case from its first day to its last, one command after the other, by the name of each step."""
    case, day = f"SON-2024-{number}", f"2024-02-{14 + number}"
    meeting = f"SON-{day}"
    return {
        "register": (
            *("register", "--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Ett ärende"),
            *("--dnr", case, "--date", "2024-01-02"),
        ),
        "edit": ("edit", case, "--mottagare", "Akten", "--att", "SON=Antas.", "--date", "2024-01-02"),
        "mbl": ("mbl", case, "--ej-pakallad", "--date", "2024-01-02"),
        "advance": ("advance", case, "--date", "2024-01-02"),
        "advance-to-namnd": ("advance", case, "--date", "2024-01-02"),
        "meeting": ("meeting", "add", "SON", day, "--date", "2024-01-02"),
        "book": ("book", case, meeting, "--date", "2024-01-02"),
        "call": ("meeting", "call", meeting, "--date", "2024-02-08"),
        "hold": ("meeting", "hold", meeting, "--first", str(number)),
        "decide": ("decide", case, meeting),
        "adjust": ("meeting", "adjust", meeting, "--date", "2024-02-20"),
        "post": ("meeting", "post", meeting, "--date", "2024-02-20"),
        "advance-to-dispatch": ("advance", case, "--date", "2024-02-20"),
        "dispatch": ("dispatch", case, "--date", "2024-02-20"),
        "take-down": ("meeting", "take-down", meeting, "--date", "2024-03-13"),
        "close": ("close", case, "--date", "2024-03-13"),
    }


STORY = {"upgrade": ("database", "upgrade"), **tale(1)}


@contextlib.contextmanager
def shelf() -> Iterator[Path]:
    """A directory in memory where there is one: what these tests do to a disk, they do themselves."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and os.statvfs(memory).f_bavail > 1 << 16
    with tempfile.TemporaryDirectory(dir=memory if roomy else None) as directory:
        yield Path(directory)


def processors() -> list[int]:
    """Those that this process may use, by number."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


def use(journal: str, most: int = 0) -> None:
    """From now on, in this process: SQLite's journal of a kind, and segments of so many bytes (0 for ordinary ones)."""
    if journal == "delete":
        vars(database)["wal_is_safe"] = lambda version: False
    if most:
        log_exporter.export.__defaults__ = (most,)


@contextlib.contextmanager
def using(journal: str, most: int = 0) -> Iterator[None]:
    """The same for a while."""
    safe, usual = database.wal_is_safe, log_exporter.export.__defaults__
    try:
        use(journal, most)
        yield
    finally:
        vars(database)["wal_is_safe"] = safe
        log_exporter.export.__defaults__ = usual


class Home:
    """Where commands are given."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.config, self.log = directory / "config.toml", directory / "logg"
        self.url = f"sqlite:///{directory / 'arendegang.db'}"

    def furnish(self) -> None:
        """A configuration that takes old days without a reason."""
        self.directory.mkdir(parents=True, exist_ok=True)
        text = (PROJECT / "config.toml").read_text(encoding="utf-8")
        without_rules = re.sub(r"(?ms)^\[\[reminders\]\].*?(?=^\[\[(?!reminders))", "", text)  # quicker to read
        self.config.write_text(re.sub(r"(late_after_days) = \d+", r"\1 = 36500", without_rules), encoding="utf-8")

    def become(self, other: "Home") -> None:
        """Be as another home is, and nothing else."""
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.copytree(other.directory, self.directory)

    def words(self, words: Sequence[str], command_id: str = "") -> list[str]:
        """A whole command line."""
        more = ["--command-id", command_id, "--json"] if command_id else []
        return ["--config", str(self.config), *words, *more]

    def arende(self, words: Sequence[str], command_id: str = "") -> tuple[int, str]:
        """Give a command in this process; its exit code and what was printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = main.run(self.words(words, command_id))
        return code, printed.getvalue()

    def tell(self, *steps: str) -> None:
        """Take steps of the story that go through."""
        for step in steps:
            code, printed = self.arende(STORY[step], "" if step == "upgrade" else f"story-{step}")
            assert code == 0, f"{step}: {printed}"

    @contextlib.contextmanager
    def open(self) -> Iterator[Connection]:
        with contextlib.closing(connect(self.url)) as connection:
            yield connection


def steps_before(step: str) -> tuple[str, ...]:
    names = tuple(STORY)
    return names[: names.index(step)]


# --- what must be true ------------------------------------------------------------------------------


def journal(connection: Connection) -> list[dict[str, Any]]:
    return connection.run("SELECT id, stream, seq, sha256, body FROM journal ORDER BY id")


def times_done(connection: Connection, command_id: str) -> int:
    """How many records say that they are of a command, whatever the table remembers."""
    return sum(json.loads(row["body"])["command_id"] == command_id for row in journal(connection))


def broken_chains(connection: Connection) -> list[str]:
    """Every record that does not hold on to the one before it in its stream, or is not what its hash says."""
    faults, heads = [], dict[str, tuple[int, str]]()
    for row in journal(connection):
        seq, previous = heads.get(row["stream"], (0, GENESIS))
        if (row["seq"], json.loads(row["body"])["prev"]) != (seq + 1, previous):
            faults.append(f"{row['stream']} {row['seq']} does not hold on to {seq}")
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["sha256"]:
            faults.append(f"{row['stream']} {row['seq']} is not what its hash says")
        heads[row["stream"]] = (row["seq"], row["sha256"])
    return faults


def damage(connection: Connection) -> list[str]:
    found = [str(row["quick_check"]) for row in connection.run("PRAGMA quick_check")]
    return [] if found == ["ok"] else found


def log_brought_up_to_date(connection: Connection, directory: Path) -> list[str]:
    """What is wrong with the log's files once they have been brought up to date with the database."""
    log_exporter.export(connection, directory)
    return list(log_faults(connection, log_verifier.verify(directory)))


def log_faults(connection: Connection, report: Report) -> Iterator[str]:
    """What a verified log has that the database has not, or the other way round. The head hashes all before it."""
    yield from report.faults
    if report.missing_payloads:
        yield f"{report.missing_payloads} texts are missing"
    count = len(journal(connection))
    head = connection.run("SELECT sha256 FROM log_line ORDER BY log_index DESC LIMIT 1")
    if report.lines != count or not head or head[0]["sha256"] != report.head:
        yield f"the log has {report.lines} lines and the database {count} records, or another last one"
