"""What of the lifecycle has been tried: every move taken, every guard passed and failed."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from states import judgement
from states.lifecycle import GUARDS, MEETING_MOVES, MOVES, Move
from tests.workflow.witness import Body

MEETING_VERBS = {
    "meeting.added": "add",
    "meeting.announced": "announce",
    "meeting.called": "call",
    "meeting.moved": "move",
    "meeting.cancelled": "cancel",
    "meeting.held": "hold",
    "meeting.attendance_noted": "attend",
    "meeting.adjusted": "adjust",
    "meeting.posted": "post",
    "meeting.taken_down": "take_down",
}
Row = tuple[str, str, str | None, str]  # stream, verb, source, target
ROWS: dict[Row, Move] = {
    (stream, move.verb, move.source.value if move.source else None, move.target.value): move
    for stream, moves in (("case", MOVES), ("meeting", MEETING_MOVES))
    for move in moves
}


@dataclass
class Ledger:
    """Counts over all the stories of a run."""

    moves: Counter[Row] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def counting_guards(self) -> Iterator[None]:
        """While this lasts, everything the law asks of a guard is counted."""
        asked = judgement.findings

        def counted(move, facts, attempt):
            for guard in move.guards:
                (self.passed if guard.check(facts, attempt) is None else self.failed)[guard.id] += 1
            return asked(move, facts, attempt)

        judgement.findings = counted
        try:
            yield
        finally:
            judgement.findings = asked

    def note(self, body: Body) -> None:
        """Count a record that tells of a move."""
        stream, data = body["stream"].partition(":")[0], body["data"]
        if not body["type"].endswith(".refused") and "to" in data:
            verb = data["verb"] if stream == "case" else MEETING_VERBS[body["type"]]
            self.moves[stream, verb, data.get("from"), data["to"]] += 1

    def wanted(self) -> list[tuple[Move, str]]:
        """Moves that were never taken, and moves at which a guard that never failed may be forgotten."""
        never_failed = {guard.id for guard in GUARDS if not self.failed[guard.id]}
        never_passed = {guard.id for guard in GUARDS if not self.passed[guard.id]}
        moves = [
            move
            for row, move in ROWS.items()
            if not self.moves[row] or never_passed & {guard.id for guard in move.guards}
        ]
        return [(move, "") for move in moves] + [
            (move, guard.id) for move in ROWS.values() for guard in move.guards if guard.id in never_failed
        ]

    def missing(self) -> list[str]:
        """What has not been tried yet."""
        return [
            *(" ".join(map(str, row)) for row in ROWS if not self.moves[row]),
            *(f"{guard.id} never passed" for guard in GUARDS if not self.passed[guard.id]),
            *(f"{guard.id} never failed" for guard in GUARDS if not self.failed[guard.id]),
        ]

    def lines(self) -> Iterator[str]:
        yield "answers: " + ", ".join(f"{what} {count}" for what, count in sorted(self.answers.items()))
        for stream, verb in dict.fromkeys((stream, verb) for stream, verb, _, _ in ROWS):
            rows = [row for row in ROWS if row[:2] == (stream, verb)]
            yield f"{stream} {verb}: " + ", ".join(f"{r[2] or 'new'}→{r[3]} {self.moves[r]}" for r in rows)
        yield "guards passed/failed: " + ", ".join(f"{g.id} {self.passed[g.id]}/{self.failed[g.id]}" for g in GUARDS)
