"""The detectors detect: a program without one of its safeguards is found out by the very checks that pass it with them.

Compare-and-set and the writers' queue are each enough against lost updates; without both they are lost, and found to
be. Without command ids a command that is given again after a kill is done twice, and found to be; and so are a program
that tells its user too early and one that overlooks a failed COMMIT.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from states.case_facts import CaseKind, MblEntry, MblKind, StageRole
from tests.conftest import TODAY, make_command, settings_for
from tests.end_to_end import home
from tests.end_to_end.breaking import break_everywhere
from tests.end_to_end.home import JOURNALS
from tests.end_to_end.workers import Team, team
from tests.workflow import witness
from workflow import audit_journal, case_store, registration
from workflow.connection import SqliteConnection, connect
from workflow.desk import Desk
from workflow.registration import NewCase, Skrivelse
from workflow.use_case import Done

PROCESSES, ROUNDS = 3, 20
CHANGES = ("INSERT", "UPDATE", "DELETE")


# --- lost updates -------------------------------------------------------------------------------------


def without_compare_and_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_journal, "VERSIONED", frozenset())


def without_lock_or_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python's driver has it by itself: a transaction begins at its first write, after all has been read."""
    execute = SqliteConnection._execute

    def beginning_late(connection: SqliteConnection, sql: str, *args: Any, **more: Any) -> Any:
        if sql.startswith(CHANGES) and not connection.raw.in_transaction:
            connection.raw.execute("BEGIN IMMEDIATE")
        return execute(connection, sql, *args, **more)

    @contextlib.contextmanager
    def writing(connection: SqliteConnection) -> Iterator[None]:
        try:
            yield
        except BaseException:
            connection._rollback()
            raise
        connection.raw.execute("COMMIT")

    monkeypatch.setattr(SqliteConnection, "_execute", beginning_late)
    monkeypatch.setattr(SqliteConnection, "writing", writing)


def lost_updates(desk: Desk, case: str) -> tuple[list[str], list[str]]:
    """Several processes note something on one case, again and again; how each try ended, and what is wrong after."""
    with team(desk.settings, PROCESSES) as racing:
        ends = [end for _ in range(ROUNDS) for end in race(racing, case)]
    version, done = case_store.version(desk.connection, case), ends.count("done")
    lost = [f"{done} notes were made, and the case is at version {version}"] if version != 1 + done else []
    return ends, lost + witness.faults(desk.connection)


def race(racing: Team, case: str) -> list[str]:
    return racing.race(*(Note(case) for _ in range(PROCESSES)))


class Note:
    """A task for another process: note something of MBL, by a command of its own."""

    def __init__(self, case: str) -> None:
        self._case, self._command = case, make_command()

    def __call__(self, desk: Desk) -> Any:
        entry = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=TODAY, held=True)
        return registration.note_mbl(desk, self._command, self._case, entry)


@pytest.fixture
def a_desk(tmp_path, migrated_sqlite) -> Iterator[Desk]:
    (tmp_path / "arendegang.db").write_bytes(migrated_sqlite.read_bytes())
    settings = settings_for(f"sqlite:///{tmp_path / 'arendegang.db'}", tmp_path)
    with contextlib.closing(connect(settings.database_url)) as connection:
        yield Desk(connection, settings)


@pytest.fixture
def case(a_desk) -> str:
    skrivelse = Skrivelse(rubrik="Ett ärende", numbers=("SON 2026-1",))
    new = NewCase(
        kind=CaseKind.FORVALTNINGSARENDE,
        skrivelse=skrivelse,
        way=((a_desk.bodies.find("SON", TODAY), StageRole.BESLUT),),
    )
    registered = registration.register(a_desk, make_command(), new)
    assert isinstance(registered, Done)
    return registered.stream.removeprefix("case:")


def test_without_compare_and_set_the_queue_alone_lets_no_update_be_lost(a_desk, case, monkeypatch):
    without_compare_and_set(monkeypatch)
    ends, lost = lost_updates(a_desk, case)
    assert ends == ["done"] * (PROCESSES * ROUNDS)
    assert lost == []


def test_without_the_lock_compare_and_set_alone_lets_no_update_be_lost(a_desk, case, monkeypatch):
    without_lock_or_queue(monkeypatch)
    ends, lost = lost_updates(a_desk, case)
    print(f"\n{ends.count('done')} of {len(ends)} were done, {ends.count('ChangedMeanwhileError 5')} told of a change")
    assert set(ends) == {"done", "ChangedMeanwhileError 5"}
    assert lost == []


def test_without_either_updates_are_found_to_be_lost(a_desk, case, monkeypatch):
    without_compare_and_set(monkeypatch)
    without_lock_or_queue(monkeypatch)
    ends, lost = lost_updates(a_desk, case)
    print(f"\n{ends.count('done')} of {len(ends)} were done: {lost[:2]}")
    assert any("notes were made" in fault for fault in lost)
    assert any("goes to" in fault for fault in lost), "the witness saw nothing"


# --- done twice, told too early, not told at all ------------------------------------------------------


@pytest.mark.parametrize(
    ("weakness", "way", "fault"),
    [
        ("forgets command ids", "kill", "more than once"),
        ("boasts", "kill", "acknowledged, and is lost"),
        ("overlooks failed commits", "eio", "acknowledged, and is lost"),
    ],
)
def test_a_program_with_a_weakness_is_found_out(weakness, way, fault):
    with home.shelf() as directory:
        found = break_everywhere(directory / "broken", "mbl", JOURNALS[0], ways=[way], weakness=weakness)
    print(f"{found.told}; {len(found.faults)} faults")
    assert any(fault in told for told in found.faults)
