"""No move is made but by the machine, and the state that is written is the one it reached."""

from contextlib import suppress

import pytest
from transitions import Machine, MachineError

from states import judgement, machine
from states.case_facts import CaseKind, MeetingState, State
from states.lifecycle import MEETING_MOVES, MOVES
from states.machine import Lifecycle, UnsoundLifecycleError
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.clerk import NAMND_DECIDES, Clerk
from tests.workflow.ledger import ROWS, Ledger, Row
from tests.workflow.town import Town, with_two_namnder
from workflow import casework, schema

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def town(desk):
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    return Town(desk, Ledger())


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
