"""What a new version of the proposal changes, in sentences for whoever takes it in."""

from collections.abc import Iterator, Mapping
from typing import Any

from states.case_facts import CaseFacts
from states.deadlines import ENDED
from states.swedish_text import listed
from states.swedish_text import name as named
from workflow import wordings
from workflow.connection import Connection
from workflow.word_diff import Change, Piece

MARKED = {Piece.SAME: "{}", Piece.REMOVED: "[-{}-]", Piece.ADDED: "{{+{}+}}"}
BECAME = {Change.CHANGED: "är ändrad", Change.ADDED: "är ny", Change.REMOVED: "är borttagen"}
SHOWN = 5
"""So many att-satser are told of; the rest is for `arende diff`."""


def of(connection: Connection, case_id: str, raised_reading: str, version: int) -> tuple[str, ...]:
    """Each att-sats that is another than in the version before, word by word; none when the proposal is the same."""
    story = wordings.view(connection, case_id, raised_reading)
    own = (step for step in story["steps"] if step["version"] == version and step["against"] is not None)
    told = [sentence for step in own for sentence in _told(step)]
    more = f"Sammanlagt är {len(told)} att-satser andra än förut; se alla med: arende diff {_word(story['ref'])}"
    return (*told[:SHOWN], *([more] if len(told) > SHOWN else []))


def replaced(facts: CaseFacts, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What else a new skrivelse puts in the place of what the case said, or should perhaps not have."""
    word = _word(facts.ref)
    if before.get("rubrik") and now["rubrik"] and before["rubrik"] != now["rubrik"]:
        yield f"Rubriken var ”{before['rubrik']}” och är nu ”{now['rubrik']}”."
    if before.get("handlaggare") and now["handlaggare"] and before["handlaggare"] != now["handlaggare"]:
        yield f"Handläggare var {listed(before['handlaggare'])} och är nu {listed(now['handlaggare'])}."
    if before.get("dated") and now["dated"] and now["dated"] < before["dated"]:
        yield (
            f"Skrivelsen är från {now['dated']}, äldre än den från {before['dated']}, och gäller nu i stället för den. "
            f"Var det fel, ta tillbaka det: se postens nummer med arende history {word}, och kör arende correct {word} "
            "NR."
        )
    if facts.state in ENDED:
        yield (
            f"Ärendet är i läget {named(facts.state)}. Skrivelsen är inlagd, men ska den leda till beslut behöver "
            f"ärendet återupptas: arende reopen {word}"
        )


def _told(step: Mapping[str, Any]) -> Iterator[str]:
    body = f"Förslaget till {step['body']}" if step["body"] else "Förslaget"
    for one in step["att_satser"]:
        became = BECAME.get(one["change"])
        if became and _wording(one, Piece.REMOVED) != _wording(one, Piece.ADDED):
            words = " ".join(MARKED[piece].format(text) for piece, text in one["words"])
            yield f"{body}, att-sats {one['number']} {became}: {words}"


def _wording(one: Mapping[str, Any], own: Piece) -> str:
    """The old or the new words; what a sentence of a list ends with depends on what comes after it."""
    return " ".join(text for piece, text in one["words"] if piece in (Piece.SAME, own)).rstrip(".,; ")


def _word(ref: str) -> str:
    return ref.replace(" ", "-", 1)
