"""Is a table of moves sound, and if not, by which way is the fault met? Pure: the tables are handed in.

A fault comes with a counter-example: the shortest sequence of moves that leads to it, or what it is about.
"""

from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from states.case_facts import MeetingState, State
from states.lifecycle import Move
from states.swedish_text import listed, name

Place = State | MeetingState | None  # None: not yet registered
Way = tuple[Move, ...]


class Fault(msgspec.Struct, frozen=True):
    """One thing that cannot work as it is said."""

    code: str
    text: str  # Swedish, complete
    path: tuple[str, ...] = ()  # Swedish: the steps that lead there, or what it concerns
    grave: bool = False  # nothing can be trusted to go right, so no work should begin


class Table(msgspec.Struct, frozen=True):
    """One table of moves with the states it is about."""

    moves: tuple[Move, ...]
    states: tuple[State | MeetingState, ...]


ENDS: frozenset[Place] = frozenset({State.AVSLUTAD, State.ATERKALLAD, MeetingState.HALLEN, MeetingState.INSTALLD})


def of_table(table: Table) -> Iterator[Fault]:
    """What is wrong with a table by itself: a move that stands twice, strange, unreachable and stuck states."""
    keys = [_key(move) for move in table.moves]
    for move in dict.fromkeys(move for move in table.moves if keys.count(_key(move)) > 1):
        yield Fault("move-twice", f"Steget ”{step(move)}” står två gånger i tabellen.", (step(move),), grave=True)
    for move in table.moves:
        for state in {move.source, move.target} - {None, *table.states}:
            yield Fault("unknown-state", f"Läget {name(state)} finns inte i tabellen.", (step(move),), grave=True)
    yield from unreachable(table, table.moves)
    yield from stuck(table, table.moves)


def unreachable(table: Table, usable: Iterable[Move], why: str = "") -> Iterator[Fault]:
    """The states that no moves that can be used lead to; the path is the nearest way that would, if there is one."""
    reached = ways(usable)
    for state in (state for state in table.states if state not in reached):
        path = ways(table.moves).get(state) or tuple(move for move in table.moves if move.target is state)[:1]
        yield Fault(
            "unreachable", f"Inget steg leder till läget {name(state)}{why}.", steps(path) or (name(state),), grave=True
        )


def stuck(table: Table, usable: Iterable[Move], why: str = "") -> Iterator[Fault]:
    """The states that can be reached and from which none that ends can be."""
    found = tuple(usable)
    reached = ways(found)
    for state in (state for state in table.states if state in reached):
        if not ENDS & {state, *ways(found, state)}:
            text = f"Det som når läget {name(state)} kan aldrig bli klart{why}."
            yield Fault("cannot-end", text, steps(reached[state]), grave=True)


def ways(moves: Iterable[Move], start: Place = None) -> dict[Place, Way]:
    """Every state that can be reached, with the shortest way to it; of equally short ones the table's first."""
    leading: dict[Place, list[Move]] = {}
    for move in moves:
        leading.setdefault(move.source, []).append(move)
    found: dict[Place, Way] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for move in leading.get(here, ()):
            if move.target not in found:
                found[move.target] = (*found[here], move)
                waiting.append(move.target)
    return found


def way_to(moves: Iterable[Move], last: Move) -> Way:
    """The shortest way that ends with a move; the move alone where it cannot be come to."""
    return (*ways(moves).get(last.source, ()), last)


def step(move: Move) -> str:
    """`föra till MBL: utkast hos förvaltningen → MBL`"""
    return f"{move.label}: {name(move.source)} → {name(move.target)}"


def steps(way: Iterable[Move]) -> tuple[str, ...]:
    return tuple(map(step, way))


def told(faults: Iterable[Fault]) -> str:
    """Faults in one sentence after another, for those who stop at them."""
    return " ".join(f"{fault.text} ({listed(fault.path)})" if fault.path else fault.text for fault in faults)


def _key(move: Move) -> tuple[str, Place, Place]:
    return move.verb, move.source, move.target
