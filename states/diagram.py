"""The lifecycle drawn from its tables: Mermaid and DOT, with "du är här"."""

import itertools
from collections.abc import Iterable

from states.case_facts import CaseFacts, State
from states.lifecycle import Move
from states.swedish_text import name

HERE = "du är här"


def mermaid(moves: Iterable[Move], here: State | None = None) -> str:
    """A Mermaid flowchart of every move that leads from one state to another."""
    lines = ["flowchart TD"]
    lines += [f'    {state.value}["{_label(state, here)}"]' for state in State]
    lines += ['    ny(("ny"))']
    lines += [f'    {source} -->|"{label}"| {target}' for source, target, label in arrows(moves)]
    if here is not None:
        lines.append(f"    style {here.value} stroke-width:4px")
    return "\n".join(lines) + "\n"


def dot(moves: Iterable[Move], here: State | None = None) -> str:
    """The same in Graphviz' DOT."""
    lines = ["digraph arende {", '    ny [label="ny", shape=circle];']
    lines += [f'    {state.value} [label="{_label(state, here)}"];' for state in State]
    lines += [f'    {source} -> {target} [label="{label}"];' for source, target, label in arrows(moves)]
    return "\n".join([*lines, "}"]) + "\n"


def way(facts: CaseFacts) -> str:
    """One case's own way as a Mermaid flowchart."""
    lines = ["flowchart LR"]
    here, steps = {stage.id for stage in facts.here}, dict[int, list[str]]()
    for place, stage in enumerate(facts.stages, 1):
        mark = f"<br/>{HERE}: {name(facts.state)}" if stage.id in here else ""
        done = " ✓" if stage.closed else ""
        lines.append(f'    s{place}["{stage.body}: {name(stage.role)}{done}{mark}"]')
        steps.setdefault(stage.ordinal, []).append(f"s{place}")
    for before, after in itertools.pairwise(steps.values()):
        lines += [f"    {one} --> {other}" for one in before for other in after]
    return "\n".join(lines) + "\n"


def _label(state: State, here: State | None) -> str:
    return f"{name(state)} ({HERE})" if state is here else name(state)


def arrows(moves: Iterable[Move]) -> list[tuple[str, str, str]]:
    """(source, target, labels) with all verbs between two states on one arrow."""
    labels: dict[tuple[str, str], dict[str, None]] = {}
    for move in moves:
        if move.source != move.target and move.verb != "decide":
            source = "ny" if move.source is None else move.source.value
            labels.setdefault((source, move.target.value), {})[move.label] = None
    return [(source, target, ", ".join(found)) for (source, target), found in labels.items()]
