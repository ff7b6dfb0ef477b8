"""The lifecycle tables compiled into shared flat `transitions` machines.

A machine holds no model: it is fired on a scratch object and only says where a move leads. Guards
are not its conditions, since a failing condition gives no reason. An unsound table is refused at
import (`transitions` itself never notices a misspelt source).
"""

from collections.abc import Iterable
from types import SimpleNamespace

from transitions import Machine, MachineError

from states import soundness
from states.case_facts import MeetingState, State
from states.lifecycle import MEETING_MOVES, MOVES, Move
from states.soundness import Table

UNREGISTERED = "oregistrerad"


class UnsoundLifecycleError(Exception):
    """The lifecycle tables contradict themselves; the program must not run on them."""


class Lifecycle:
    """One table of moves and the machine compiled from it."""

    def __init__(self, moves: tuple[Move, ...], states: tuple[State | MeetingState, ...]) -> None:
        self.moves = moves
        _refuse_unsound(moves, states)
        self._by_source = {(m.verb, m.source, m.target): m for m in moves}
        self._machine = _compiled(moves, [state.value for state in states])
        self._reached: dict[tuple[str, str], str] = {}  # (trigger, source) -> what the machine has answered

    def find(self, verb: str, source: State | MeetingState | None, target: State | MeetingState | None) -> Move | None:
        """The row for a verb from a state; without a target, the verb's only one there."""
        if target is not None:
            return self._by_source.get((verb, source, target))
        rows = [move for move in self.moves if move.verb == verb and move.source == source]
        return rows[0] if len(rows) == 1 else None

    def from_state(self, source: State | MeetingState | None) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.source == source)

    def fire(self, move: Move) -> str:
        """The state the machine reaches by a move. Raises MachineError when it has no such move.

        It is asked once for each: it answers the same for ever, and takes as long as all of a verdict's guards.
        """
        trigger, source = _trigger(move), _name(move.source)
        if (trigger, source) not in self._reached:
            self._reached[trigger, source] = self._fired(trigger, source)
        return self._reached[trigger, source]

    def _fired(self, trigger: str, source: str) -> str:
        scratch = SimpleNamespace(state=source)
        event = self._machine.events.get(trigger)
        if event is None or not event.trigger(scratch):
            raise MachineError(f"{trigger} from {source}")
        return str(scratch.state)


def _name(state: State | MeetingState | None) -> str:
    return UNREGISTERED if state is None else state.value


def _trigger(move: Move) -> str:
    return f"{move.verb}.{move.target.value}"


def _compiled(moves: Iterable[Move], states: list[str]) -> Machine:
    machine = Machine(
        model=None,
        states=[UNREGISTERED, *states],
        initial=UNREGISTERED,
        auto_transitions=False,
        send_event=True,
    )
    for move in moves:
        machine.add_transition(_trigger(move), _name(move.source), move.target.value)
    return machine


def _refuse_unsound(moves: tuple[Move, ...], states: tuple[State | MeetingState, ...]) -> None:
    if faults := tuple(soundness.of_table(Table(moves, states))):
        raise UnsoundLifecycleError(soundness.told(faults))


CASES = Lifecycle(MOVES, tuple(State))
MEETINGS = Lifecycle(MEETING_MOVES, tuple(MeetingState))
