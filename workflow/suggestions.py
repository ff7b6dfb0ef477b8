"""The watches a skrivelse suggests: choosing among them, and making watches of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from states.case_facts import WatchKind
from workflow import case_store
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.watchwork import NewWatch

ALL = "alla"


def answering_body(desk: Desk, case_id: str) -> str:
    """The body a new watch is given to: where the case stands, or last stood."""
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    if facts.stage is not None:
        return facts.stage.body
    return facts.stages[-1].body if facts.stages else ""


def chosen(suggestions: Sequence[Mapping[str, Any]], wanted: str) -> Sequence[Mapping[str, Any]]:
    """The suggestions of `1,3` or `alla`. Raises UsageError, telling how many there are."""
    if not suggestions:
        raise UsageError("Skrivelsen föreslår ingen bevakning. Ange en egen med --text och --senast.")
    if wanted.casefold() == ALL:
        return suggestions
    numbers = [int(word) if word.strip().isdecimal() else 0 for word in wanted.split(",")]
    if not all(1 <= number <= len(suggestions) for number in numbers):
        raise UsageError(
            f"Skrivelsen föreslår {len(suggestions)} bevakningar; ange nummer som 1 eller 1,2, eller alla."
        )
    return [suggestions[number - 1] for number in dict.fromkeys(numbers)]


def from_suggestion(suggestion: Mapping[str, Any], body: str, other_day: date | None = None) -> NewWatch:
    """A suggestion, as it is kept with the case, as a watch; on another day than it says, if somebody knows better."""
    found = date.fromisoformat(suggestion["due"]) if suggestion["due"] else None
    return NewWatch(
        kind=WatchKind(suggestion["kind"]),
        about=suggestion["about"],
        body=body,
        due=other_day or found,
        event=suggestion["event"] or "",
        months=(suggestion["months"] or 0) if suggestion["event"] and not (other_day or found) else None,
        inferred=suggestion["inferred"] and other_day is None,
        note="" if other_day else suggestion["note"],
    )
