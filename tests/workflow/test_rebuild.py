"""The tables are the log folded, after a story of every move there is; and no move is made but by the machine."""

import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from sqlmodel import SQLModel
from transitions import Machine, MachineError

from states import judgement, machine
from states.case_facts import CaseKind, MeetingState, State, WatchKind
from states.lifecycle import MEETING_MOVES, MOVES
from states.machine import Lifecycle, UnsoundLifecycleError
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.clerk import NAMND_DECIDES, Clerk
from tests.workflow.ledger import ROWS, Ledger, Row
from tests.workflow.town import Town, with_two_namnder
from workflow import casework, log_exporter, log_files, schema, watchwork
from workflow.connection import SQLITE, Connection
from workflow.watchwork import NewWatch

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def town(desk):
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    return Town(desk, Ledger())


@pytest.fixture
def story(town):
    """A town where one case has been closed, with its protocol, and another was decided in fullmäktige."""
    for verb, source in (("close", State.SKICKAS_TILL), ("decide", State.KF)):
        Clerk(town).take(next(move for move in MOVES if (move.verb, move.source) == (verb, source)))
    note = NewWatch(kind=WatchKind.BEVAKNING, about="Ring utföraren", body="SON", due=date(2026, 3, 1))
    town.do(watchwork.add, town.cases[0], (note,))
    return town


def test_the_tables_are_the_log_folded_after_every_move_there_is(town, tmp_path):
    connection = town.desk.connection
    for move in ROWS.values():
        Clerk(town).take(move)
    assert [row for row in ROWS if not town.ledger.moves[row]] == []
    assert witness.dump(witness.fold(witness.bodies(connection))) == witness.live(connection)
    assert not witness.faults(connection)
    log_exporter.export(connection, tmp_path / "logg")
    files = log_files.segments(tmp_path / "logg")
    told = [json.loads(line)["body"] for file in files for line in log_files.lines(file)]
    assert witness.dump(witness.fold(told)) == witness.live(connection), "the file alone is not enough"


# --- what is not in the log shows ---------------------------------------------------------------------


def test_every_table_has_a_part_in_that_story_but_documents_members_and_reminders(story):
    unused = [name for name, rows in witness.live(story.desk.connection).items() if not rows]
    assert unused == ["document", "member", "reminder"]


def test_a_value_changed_behind_the_logs_back_is_found_whatever_the_table_and_column(story):
    connection, spoilt = story.desk.connection, 0
    told, found = witness.dump(witness.fold(story.told)), witness.live(connection)
    _let_anything_in(connection)
    for name, rows in found.items():
        for key, row in list(rows.items())[:1]:
            for column in row.keys() - {"id"}:
                _set(connection, name, key, column, _another(row[column]))
                (fault,) = witness.unlogged(told, witness.live(connection))
                assert fault.startswith(f"{name} {key}: ")
                _set(connection, name, key, column, row[column])
                spoilt += 1
    assert spoilt > 80
    assert not witness.unlogged(told, witness.live(connection))


def _another(value: Any) -> Any:
    """A value that the column can hold: dates stay dates, so that PostgreSQL takes them."""
    if isinstance(value, bool | int):
        return not value if isinstance(value, bool) else value + 1
    return "1999-12-31"


def _set(connection: Connection, name: str, key: str, column: str, value: Any) -> None:
    numeric = SQLModel.metadata.tables[name].columns[column].type.python_type is int
    value = 1999 if numeric and value == "1999-12-31" else value
    assert connection.count(f"UPDATE {name} SET {column} = :value WHERE id = :id", value=value, id=key) == 1


def _let_anything_in(connection: Connection) -> None:
    """Whoever changes a table by hand is not stopped by its constraints either."""
    if connection.dialect == SQLITE:
        connection.run("PRAGMA foreign_keys = OFF")
        connection.run("PRAGMA ignore_check_constraints = ON")
        return
    connection.run("SET session_replication_role = replica")
    checks = (
        "SELECT conname AS name, conrelid::regclass::text AS place FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = current_schema()::regnamespace"
    )
    for row in connection.run(checks):
        connection.run(f"ALTER TABLE {row['place']} DROP CONSTRAINT {row['name']}")


@pytest.mark.parametrize("name", ["decision", "dispatch", "deadline"])
def test_a_row_taken_away_behind_the_logs_back_is_found(story, name):
    connection = story.desk.connection
    gone = connection.count(f"DELETE FROM {name}")
    faults = witness.unlogged(witness.dump(witness.fold(story.told)), witness.live(connection))
    assert len(faults) == gone > 0
    assert all(fault.endswith("the table None") for fault in faults)


def test_a_version_raised_behind_the_logs_back_is_found(story):
    connection = story.desk.connection
    raised = connection.count("UPDATE cases SET version = version + 1")
    assert len(witness.versions_without_record(story.told, witness.live(connection))) == raised > 0


# --- the machine is real --------------------------------------------------------------------------------


def use(lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "CASES" if lifecycle.moves[0] in MOVES else "MEETINGS"
    for module in (machine, judgement):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, lifecycle)


def without(row: Row) -> Lifecycle | None:
    """The lifecycle with a row taken out; None when the program would not even start on it."""
    case = row[0] == "case"
    states = tuple(State) if case else tuple(MeetingState)
    try:
        return Lifecycle(tuple(move for move in (MOVES if case else MEETING_MOVES) if move is not ROWS[row]), states)
    except UnsoundLifecycleError:
        return None


@sqlite
def test_a_move_taken_out_of_its_table_cannot_be_made(town, monkeypatch):
    clerk, tried = Clerk(town), 0
    for row, move in ROWS.items():
        lifecycle = without(row)
        if lifecycle is None:
            continue
        with monkeypatch.context() as patch:
            use(lifecycle, patch)
            before = town.ledger.moves[row]
            with suppress(LookupError):  # a verb that is gone altogether has no name to be told by
                clerk.take(move)
            assert town.ledger.moves[row] == before, f"{row} was made"
        clerk.take(move)
        assert town.ledger.moves[row] > before, f"{row} was not made although it is there"
        tried += 1
    assert tried > len(ROWS) - 8
    assert not town.faults


def led_elsewhere(monkeypatch: pytest.MonkeyPatch, *transitions: tuple[str, str, str]) -> None:
    """The same table, but a machine of its own making."""
    lifecycle = Lifecycle(MOVES, tuple(State))
    compiled = Machine(
        model=None, states=[state.value for state in State], initial="draft", auto_transitions=False, send_event=True
    )
    for trigger, source, target in transitions:
        compiled.add_transition(trigger, source, target)
    lifecycle._machine = compiled
    use(lifecycle, monkeypatch)


@pytest.fixture
def draft(town):
    """A case that is ready for MBL."""
    clerk = Clerk(town)
    clerk.register(CaseKind.FORVALTNINGSARENDE, NAMND_DECIDES)
    clerk._fill_in(town.cases[0], "")
    return town.cases[0]


def test_a_move_that_the_machine_does_not_make_leaves_nothing_behind(town, draft, monkeypatch):
    before = witness.live(town.desk.connection)
    led_elsewhere(monkeypatch)
    with pytest.raises(MachineError):
        town.do(casework.advance, draft, State.MBL)
    assert witness.live(town.desk.connection) == before
    assert town.look() == []


def test_the_state_that_is_written_is_the_one_the_machine_reached(town, draft, monkeypatch):
    led_elsewhere(monkeypatch, ("advance.mbl", "draft", "aterkallad"))
    town.do(casework.advance, draft, State.MBL)
    assert town.facts(draft).state is State.ATERKALLAD
    assert town.told[-1]["data"]["to"] == "aterkallad"
