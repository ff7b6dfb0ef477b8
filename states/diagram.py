"""What is drawn: the lifecycle of cases or of meetings, and one case's own way with "du är här".

A diagram says which boxes there are, in what rows, and what leads from one to another. It is written here in
Mermaid's and Graphviz' languages; `drawing` makes a picture of it.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import msgspec

from states.case_facts import AgendaItem, CaseFacts, MatterOutcome, MeetingState, Stage, State
from states.kinds import KINDS
from states.lifecycle import MEETING_MOVES, MOVES, Move
from states.swedish_text import capitalised, name


class Mark(StrEnum):
    """What is said of a box on the way."""

    PLAIN = "plain"
    DONE = "done"
    HERE = "here"
    PASSED = "passed"


MARKS = {Mark.DONE: "✓ klart", Mark.HERE: "du är här", Mark.PASSED: "inte behandlat här"}


class Box(msgspec.Struct, frozen=True):
    """A place where a case or a meeting can stand."""

    id: str  # ASCII letters, digits and underscores
    title: str
    lines: tuple[str, ...] = ()
    mark: Mark = Mark.PLAIN

    @property
    def text(self) -> tuple[str, ...]:
        """Everything it says, line by line."""
        return (self.title, *self.lines, *([MARKS[self.mark]] if self.mark in MARKS else []))


class Arrow(msgspec.Struct, frozen=True):
    """The one arrow between two boxes, with everything that leads that way."""

    source: str
    target: str
    labels: tuple[str, ...] = ()


class Diagram(msgspec.Struct, frozen=True):
    """Rows of boxes from the beginning to the end, the way straight down; what ends it on the side stands beside."""

    title: str
    rows: tuple[tuple[Box, ...], ...]
    arrows: tuple[Arrow, ...]
    aside: tuple[Box, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        return (*itertools.chain(*self.rows), *self.aside)

    @property
    def places(self) -> dict[str, int]:
        """Box -> its row, the first 0; what stands beside stands in the last."""
        place = {box.id: number for number, row in enumerate(self.rows) for box in row}
        return place | {box.id: len(self.rows) - 1 for box in self.aside}

    def leads_back(self, arrow: Arrow) -> bool:
        """True for what leads to a row that is passed already."""
        return self.places[arrow.target] < self.places[arrow.source]

    def leads_aside(self, arrow: Arrow) -> bool:
        return any(arrow.target == box.id for box in self.aside)

    def is_muted(self, arrow: Arrow) -> bool:
        """True for what is not on the way to a decision."""
        return self.leads_back(arrow) or self.leads_aside(arrow)

    def is_straight(self, arrow: Arrow) -> bool:
        """True for what leads to the next row."""
        return not self.leads_aside(arrow) and self.places[arrow.target] == self.places[arrow.source] + 1


# --- the lifecycles -------------------------------------------------------------------------------

NEW = "ny"
ASIDE = frozenset({State.ATERKALLAD, MeetingState.INSTALLD})
"""States that end what never came to a decision."""


def case_lifecycle(here: State | None = None) -> Diagram:
    """Every move of a case from one state to another."""
    return _lifecycle("Ärendets livscykel", "Nytt ärende", MOVES, State, here)


def meeting_lifecycle(here: MeetingState | None = None) -> Diagram:
    """Every move of a meeting from one state to another."""
    return _lifecycle("Sammanträdets livscykel", "Nytt sammanträde", MEETING_MOVES, MeetingState, here)


def _lifecycle(
    title: str,
    new: str,
    moves: Iterable[Move],
    states: Iterable[State | MeetingState],
    here: State | MeetingState | None,
) -> Diagram:
    boxes = {
        state: Box(state.value, capitalised(name(state)), mark=Mark.HERE if state is here else Mark.PLAIN)
        for state in states
    }
    main = (box for state, box in boxes.items() if state not in ASIDE)
    rows = ((Box(NEW, new),), *((box,) for box in main))
    return Diagram(title, rows, arrows(moves), tuple(box for state, box in boxes.items() if state in ASIDE))


def arrows(moves: Iterable[Move]) -> tuple[Arrow, ...]:
    """One arrow for each pair of states; what only stays where it is, and a decision, is not drawn."""
    labels: dict[tuple[str, str], dict[str, None]] = {}
    for move in moves:
        if move.source != move.target and move.verb != "decide":
            source = NEW if move.source is None else move.source.value
            labels.setdefault((source, move.target.value), {})[move.label] = None
    return tuple(Arrow(source, target, tuple(found)) for (source, target), found in labels.items())


# --- one case's way -------------------------------------------------------------------------------

ENDED = frozenset({State.SKICKAS_TILL, State.AVSLUTAD, State.ATERKALLAD})
AT_FORVALTNINGEN = (State.DRAFT, State.MBL)
"""Where a case is prepared before it comes to the next body."""


def way(facts: CaseFacts, bodies: Mapping[str, str]) -> Diagram:
    """One case's own way through its bodies (code -> name), those that deal with it beside each other in one row."""
    rows, joined = list[tuple[Box, ...]](), list[Arrow]()
    for row, label in _steps(facts, bodies):
        before = rows[-1] if rows else ()
        joined += [Arrow(one.id, other.id, label) for one in before for other in row]
        rows.append(row)
    return Diagram(f"{facts.ref}: ärendets väg", tuple(rows), tuple(joined))


Step = tuple[tuple[Box, ...], tuple[str, ...]]
"""A row of boxes, and what is said of the arrow that leads there."""


def _steps(facts: CaseFacts, bodies: Mapping[str, str]) -> Iterator[Step]:
    round_ = 0 if KINDS[facts.kind].starts_in is State.DRAFT else 1
    places = itertools.count(1)
    for _, group in itertools.groupby(facts.stages, key=lambda stage: stage.ordinal):
        stages = tuple(group)
        label: tuple[str, ...] = ()
        if stages[0].round > round_ or (facts.stage in stages and facts.state in AT_FORVALTNINGEN):
            label = (f"återuppta: omgång {stages[0].round}",) if stages[0].round > max(round_, 1) else ()
            for state in AT_FORVALTNINGEN:
                yield (_prepared(facts, stages[0], state),), label
                label = ()
        round_ = max(round_, stages[0].round)
        yield tuple(_stage(facts, stage, bodies, f"s{next(places)}") for stage in stages), label
    for box in _ending(facts):
        yield (box,), ()


def _prepared(facts: CaseFacts, stage: Stage, state: State) -> Box:
    """What is done at förvaltningen before a stage."""
    now = facts.stage.ordinal if facts.stage else stage.ordinal
    at_it = now == stage.ordinal
    if at_it and facts.state is state:
        mark = Mark.HERE
    elif now < stage.ordinal or (at_it and facts.state is State.DRAFT):
        mark = Mark.PLAIN
    elif at_it and state is State.MBL and _undecided(facts) and not facts.mbl:
        mark = Mark.PASSED  # nobody has noted that it came so far
    else:
        mark = Mark.DONE
    return Box(f"{state.value}{stage.ordinal}", capitalised(name(state)), mark=mark)


def _stage(facts: CaseFacts, stage: Stage, bodies: Mapping[str, str], id_: str) -> Box:
    until = [f"svar senast {stage.opportunity_until}"] if stage.opportunity_until else []
    treated = [_treated(item) for item in facts.agenda if item.stage == stage.id and _stood(item)]
    lines = (capitalised(name(stage.role)), *until, *treated)
    return Box(id_, bodies.get(stage.body, stage.body), lines, _mark(facts, stage))


def _mark(facts: CaseFacts, stage: Stage) -> Mark:
    if stage.closed:
        return Mark.PASSED if facts.passed_over(stage) else Mark.DONE
    if facts.state in ENDED:
        return Mark.PASSED
    return Mark.HERE if stage in facts.here and facts.state not in AT_FORVALTNINGEN else Mark.PLAIN


def _stood(item: AgendaItem) -> bool:
    return item.outcome is not MatterOutcome.UTGATT


def _treated(item: AgendaItem) -> str:
    """What became of it at one meeting."""
    became = name(item.outcome) if item.outcome else "beslutat" if item.decided else "på föredragningslistan"
    paragraph = f" § {item.paragraph}" if item.paragraph else ""
    return f"{item.meeting.on}{paragraph}: {became}"


def _ending(facts: CaseFacts) -> Iterator[Box]:
    """How the way ends: sent to those it concerns and closed, or before there was anything to send."""
    ends = [State.SKICKAS_TILL, State.AVSLUTAD]
    if _undecided(facts) and facts.state is not None:
        ends = [facts.state]
    for state in ends:
        here = Mark.HERE if facts.state is state else Mark.PLAIN
        mark = Mark.DONE if facts.state is State.AVSLUTAD and state is State.SKICKAS_TILL else here
        yield Box(state.value, capitalised(name(state)), mark=mark)


def _undecided(facts: CaseFacts) -> bool:
    """True when it ended where nothing had been decided: taken back, or going on in another case."""
    left = facts.stage is not None and (not facts.stage.closed or facts.passed_over(facts.stage))
    return facts.state is State.ATERKALLAD or (facts.state is State.AVSLUTAD and left)


# --- in other languages ---------------------------------------------------------------------------


def mermaid(diagram: Diagram) -> str:
    """A Mermaid flowchart."""
    lines = ["flowchart TD"]
    lines += [f'    {box.id}["{_for_mermaid(box.text)}"]' for box in diagram.boxes]
    for arrow in diagram.arrows:
        line = "-.->" if diagram.is_muted(arrow) else "-->"
        label = f'|"{_for_mermaid(arrow.labels)}"|' if arrow.labels else ""
        lines.append(f"    {arrow.source} {line}{label} {arrow.target}")
    styles = {Mark.HERE: "stroke-width:4px", Mark.PASSED: "stroke-dasharray:4"}
    lines += [f"    style {box.id} {styles[box.mark]}" for box in diagram.boxes if box.mark in styles]
    return "\n".join(lines) + "\n"


def _for_mermaid(text: Iterable[str]) -> str:
    """Lines as Mermaid takes them within quotes: what it or HTML would read otherwise stands as a number."""
    return "<br/>".join("".join(f"#{ord(c)};" if c in '"#&<>`\\' else c for c in plain(line)) for line in text)


def dot(diagram: Diagram) -> str:
    """Graphviz' DOT."""
    lines = [
        "digraph arende {",
        f'    graph [label={_for_dot([diagram.title])}, labelloc=t, fontname="sans-serif"];',
        '    node [shape=box, style=rounded, fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=11];',
    ]
    styles = {Mark.HERE: ", penwidth=3", Mark.PASSED: ', style="rounded,dashed"'}
    lines += [f"    {box.id} [label={_for_dot(box.text)}{styles.get(box.mark, '')}];" for box in diagram.boxes]
    lines += [f"    {{ rank=same; {'; '.join(box.id for box in row)}; }}" for row in diagram.rows if len(row) > 1]
    for arrow in diagram.arrows:
        muted = ", color=gray50" if diagram.is_muted(arrow) else ""
        lines.append(
            f"    {arrow.source} -> {arrow.target} [label={_for_dot(arrow.labels)}{muted}{_pull(diagram, arrow)}];"
        )
    return "\n".join([*lines, "}"]) + "\n"


def _pull(diagram: Diagram, arrow: Arrow) -> str:
    """What keeps the way straight: Graphviz would rather make all arrows short."""
    return ", weight=9" if diagram.is_straight(arrow) else ", constraint=false" if diagram.leads_back(arrow) else ""


def _for_dot(text: Iterable[str]) -> str:
    """Lines as a quoted string; Graphviz reads HTML's entities in it, too."""
    escaped = (plain(line).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in text)
    return '"' + "\\n".join(escaped) + '"'


def plain(text: str) -> str:
    """A text without what cannot be seen: a name can hold anything that somebody has written."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
