"""A folder taken in by real processes: killed at any moment, stopped by Ctrl-C, and two at once.

However it was broken off, giving the same command again ends with the same cases as if nothing had happened.
"""

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from states import records
from tests.conftest import PROJECT, make_command, settings_for
from tests.workflow import witness
from tests.workflow.papers import PROTOCOL, fill, skrivelse
from workflow import log_exporter, log_verifier, schema
from workflow.audit_journal import sha256
from workflow.cli import main
from workflow.connection import connect
from workflow.document_intake.child import Child
from workflow.document_intake.reading import read_skrivelse
from workflow.errors import Exit

LONG = "ARENDE_LONG" in os.environ
PATIENCE = 60.0
ENDED = re.compile(r"Ett fel i programmet|Traceback")
KILLED_AFTER = {"sqlite": (0, 1, 4), "postgresql": (0, 3)}
"""How many documents are in when the process is killed; with none it is still reading, or about to begin."""

SAID = """\
SELECT n.id AS number, c.state, d.version, d.sha256, COUNT(p.id) AS proposals
  FROM document d JOIN cases c ON c.id = d.case_id JOIN case_number n ON n.case_id = c.id
  LEFT JOIN proposal_version p ON p.case_id = c.id AND p.version = d.version
 GROUP BY n.id, c.state, d.version, d.sha256 ORDER BY n.id, d.version"""


class Town:
    """A directory with settings, a database, and a folder of documents."""

    def __init__(self, directory: Path, url: str, template: Path | None = None) -> None:
        self.directory, self.url = directory, url
        self.config, self.folder = directory / "config.toml", directory / "mapp"
        text = (PROJECT / "config.toml").read_text(encoding="utf-8")
        self.config.write_text(re.sub(r'(?m)^url = ".*"', f'url = "{url}"', text, count=1), encoding="utf-8")
        self.settings = settings_for(url, directory)
        if template:
            shutil.copy(template, url.removeprefix("sqlite:///"))
        else:
            schema.upgrade(self.settings, make_command())
        fill(
            self.folder,
            a=skrivelse("SON 2025-1", "2025-03-01", "Planen ändras."),
            b=skrivelse("SON 2025-2", "2025-01-07"),
            c=skrivelse("SON 2025-1", "2024-10-01"),
            d=skrivelse("SON 2025-3"),
            e__f=skrivelse("SON 2025-4"),
            e__g=PROTOCOL,
            h=skrivelse("SON 2025-2", "2025-06-01", "Planen upphävs."),
        )

    def words(self) -> list[str]:
        return ["--config", str(self.config), "import", str(self.folder), "--json"]

    def begin(self, out: Path, *, child: bool = False) -> int:
        """Import the folder in a process of its own, forked so that all is loaded; its pid.

        `child`: the documents are read in a child of it, as they are for people, which takes longer to start.
        """
        pid = os.fork()
        if pid == 0:
            printed, code = io.StringIO(), 1
            if not child:
                Child.ask = lambda self, task, data: read_skrivelse(data)  # type: ignore[method-assign]
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                code = main.run(self.words())
            out.write_text(printed.getvalue(), encoding="utf-8")
            os._exit(code)
        return pid

    def documents(self) -> int:
        with contextlib.closing(connect(self.url)) as connection:
            return int(connection.run("SELECT COUNT(*) AS n FROM document")[0]["n"])

    def wait_for(self, documents: int) -> None:
        until = time.monotonic() + PATIENCE
        while self.documents() < documents:
            assert time.monotonic() < until, "the documents never came"

    def said(self) -> list[dict[str, Any]]:
        with contextlib.closing(connect(self.url)) as connection:
            return connection.run(SAID)

    def faults(self) -> list[str]:
        """Whatever is wrong with the chains, the tables against the log, and the log's files."""
        with contextlib.closing(connect(self.url)) as connection:
            told, found = witness.bodies(connection), witness.live(connection)
            log_exporter.export(connection, self.directory / "logg")
            return [
                *witness.unlogged(witness.dump(records.fold(told)), found),
                *witness.broken_chains(connection),
                *log_verifier.verify(self.directory / "logg").faults,
            ]


@pytest.fixture
def town(database_url: str, tmp_path: Path, migrated_sqlite: Path) -> Town:
    return Town(tmp_path, database_url, migrated_sqlite if database_url.startswith("sqlite") else None)


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def answer(out: Path) -> dict[str, Any]:
    text = out.read_text(encoding="utf-8")
    assert not ENDED.search(text), text
    found: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return found


UNBROKEN = [
    ("SON 2025-1", 1, "c"),
    ("SON 2025-1", 2, "a"),
    ("SON 2025-2", 1, "b"),
    ("SON 2025-2", 2, "h"),
    ("SON 2025-3", 1, "d"),
    ("SON 2025-4", 1, "e/f"),
]
"""Diarienummer, version, file."""


def as_unbroken(town: Town) -> bool:
    files = {row["sha256"]: row for row in town.said()}
    hashes = {sha256(file.read_bytes()): file for file in town.folder.rglob("*.txt")}
    names = {sha: str(file.relative_to(town.folder).with_suffix("")) for sha, file in hashes.items()}
    told = [(row["number"], row["version"], names[sha]) for sha, row in files.items()]
    return sorted(told) == sorted(UNBROKEN) and all(
        (row["proposals"], row["state"]) == (1, "draft") for row in files.values()
    )


def test_killed_at_any_moment_it_goes_on_where_it_was(town: Town, tmp_path: Path) -> None:
    moments = KILLED_AFTER[town.url.partition(":")[0]]
    for number in moments:
        victim = town.begin(tmp_path / "ut", child=number == 0)
        town.wait_for(number)
        os.kill(victim, signal.SIGKILL)
        assert ended(victim) in (-signal.SIGKILL, Exit.USAGE)
        assert town.faults() == []
    assert ended(town.begin(tmp_path / "ut")) == Exit.USAGE  # the protocol is left aside
    counts = answer(tmp_path / "ut")["counts"]
    assert sum(counts.values()) == 7
    assert (counts["lamnat"], counts["fanns"] >= moments[-1]) == (1, True)
    assert as_unbroken(town), town.said()
    assert town.faults() == []


def test_two_at_once_take_in_each_document_once(town: Town, tmp_path: Path) -> None:
    """And nothing of what they are called, or say, is in any log."""
    outs = [tmp_path / "ett", tmp_path / "två"]
    assert [ended(pid) for pid in [town.begin(out) for out in outs]] == [Exit.USAGE, Exit.USAGE]
    found = [answer(out) for out in outs]
    assert [[one["where"] for one in told["left"]] for told in found] == [["e/g.txt"], ["e/g.txt"]]
    assert sum(told["counts"]["registrerat"] + told["counts"]["tillagt"] for told in found) == len(UNBROKEN)
    assert as_unbroken(town), town.said()
    assert town.faults() == []
    written = [file.read_text(encoding="utf-8") for file in (tmp_path / "logg").glob("*.jsonl")]
    assert len(written) > 1
    assert not any(word in text for word in ("mapp", "e/g", ".txt", "Planen", "Kvarnlund") for text in written)


def test_ctrl_c_ends_between_two_documents_with_what_is_done_so_far(tmp_path: Path, migrated_sqlite: Path) -> None:
    town = Town(tmp_path, f"sqlite:///{tmp_path / 'arendegang.db'}", migrated_sqlite)
    pid = town.begin(tmp_path / "ut", child=True)
    town.wait_for(1)
    os.kill(pid, signal.SIGINT)
    assert ended(pid) == Exit.OUTCOME_UNKNOWN
    told = answer(tmp_path / "ut")
    assert told["interrupted"]
    assert told["counts"]["registrerat"] + told["counts"]["tillagt"] == town.documents() < len(UNBROKEN)
    assert "kör samma kommando igen" in (tmp_path / "ut").read_text(encoding="utf-8")
    assert ended(town.begin(tmp_path / "ut")) == Exit.USAGE
    assert as_unbroken(town)


DOCUMENTS, LETTERS = (10_000, 0) if LONG else (20, 600_000)
"""So many with so much more in each; all of them together are more than what may be needed for them."""


def peak(directory: Path, template: Path, documents: int) -> int:
    """KiB that a process needs at most to take in so many documents, its child's apart."""
    directory.mkdir()
    town = Town(directory, f"sqlite:///{directory / 'arendegang.db'}", template)
    for number in range(documents):
        text = f"{skrivelse(f'SON 2025-{100 + number}')}\n\n{'x' * LETTERS}\n"
        fill(town.folder, **{f"{number // 500}__{number}": text})
    probe = "; ".join(
        (
            "import resource, sys",
            "from workflow.cli.main import run",
            "run(sys.argv[1:])",
            "print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)",
        )
    )
    words = [word for word in town.words() if word != "--json"]
    told = subprocess.run([sys.executable, "-c", probe, *words], capture_output=True, text=True, check=True)
    assert f"Nya ärenden: {documents + 4}" in told.stdout
    return int(told.stdout.rpartition("PEAK")[2])


def test_many_documents_need_no_more_memory_than_a_few(tmp_path: Path, migrated_sqlite: Path) -> None:
    few, many = peak(tmp_path / "few", migrated_sqlite, 2), peak(tmp_path / "many", migrated_sqlite, DOCUMENTS)
    # What is known of each while it waits is a few hundred bytes.
    assert many - few < (16 if LONG else 6) * 1024, (few, many)
