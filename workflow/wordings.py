"""The att-satser of a case from the skrivelse to the last decision, step by step, as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from states.case_facts import AgendaItem, Outcome
from workflow import case_store, payload_store, statements
from workflow.connection import Connection, Row
from workflow.identifiers import made_at
from workflow.word_diff import Change, compare

View = dict[str, Any]
Texts = Mapping[str, Mapping[str, Any]]


class Wording(msgspec.Struct, frozen=True):
    """The att-satser as one step left them."""

    att_satser: tuple[str, ...]  # an empty one was rejected
    step: int  # place in the list of steps
    hash: str = ""  # of a proposal: differs where the texts do, also when they are purged


def view(connection: Connection, case_id: str, raised_reading: str) -> View:
    """What has become of the proposal, word by word: each version that differs, and what each body decided."""
    case_store.require_seen(connection, case_id)
    facts = case_store.load_facts(connection, case_id, raised_reading)
    texts = payload_store.of_stream(connection, f"case:{case_id}")
    told = _Story(texts)
    decided = _decided(connection, case_id, facts.agenda)
    versions = _versions(connection, case_id)
    for item, rulings in decided:
        recorded = min(made_at(ruling["id"]) for ruling in rulings)
        while versions and made_at(versions[0][0]["id"]) <= recorded:
            told.propose(versions.pop(0))
        told.decide(item, rulings)
    for version in versions:
        told.propose(version)
    title = connection.run(statements.CASE, id=case_id)[0]["payload"]
    return {"ref": facts.ref, "rubrik": payload_store.text(texts, title, "rubrik"), "steps": told.steps}


def _versions(connection: Connection, case_id: str) -> list[list[Row]]:
    rows = connection.run(statements.EVERY_PROPOSAL, id=case_id)
    return [list(version) for _, version in groupby(rows, key=lambda row: row["version"])]


def _decided(
    connection: Connection, case_id: str, agenda: Sequence[AgendaItem]
) -> Iterator[tuple[AgendaItem, list[Row]]]:
    """Every § with a decision, in the order of the meetings, and what was decided of each att-sats."""
    rulings: dict[str, list[Row]] = {}
    for row in connection.run(statements.DECISIONS, id=case_id):
        rulings.setdefault(row["item_id"], []).append(row)
    return ((item, rulings[item.id]) for item in agenda if item.id in rulings)


class _Story:
    """What has been told so far: the latest proposal to each body, and the latest decision."""

    def __init__(self, texts: Texts) -> None:
        self.steps: list[View] = []
        self._texts = texts
        self._proposed: dict[str, Wording] = {}  # by body; empty where the skrivelse names none
        self._decided: Wording | None = None

    def propose(self, version: Sequence[Row]) -> None:
        """One version of the proposals: what differs from the one before, or is taken away."""
        proposed = {row["body"]: row for row in version}
        number = version[0]["version"]
        for body, row in proposed.items():
            att_satser = tuple(payload_store.texts(self._texts, row["payload"], "att_satser", row["att_satser"]))
            before = self._proposed.get(body)
            if before is None or (before.att_satser, before.hash) != (att_satser, row["hash"]):
                against = before or self._decided or self._proposed.get("")
                step = self._tell(against, att_satser, body=body or None, version=number)
                self._proposed[body] = Wording(att_satser, step, row["hash"])
        for body in sorted(self._proposed.keys() - proposed.keys()):
            left = self._proposed.pop(body)
            if body:  # one that named nobody goes on in those that do
                self._tell(left, (), body=body, version=number)

    def decide(self, item: AgendaItem, rulings: Sequence[Row]) -> None:
        """What a body decided of its own proposal; where none names it, of what the body before it decided."""
        body = item.meeting.body
        written = self._proposed.get(body) or self._proposed.get("")
        before = self._proposed.get(body) or self._decided or written
        att_satser = tuple(self._text(ruling, before, written) for ruling in rulings)
        own = {"body": body, "meeting": item.meeting.ref, "paragraph": item.paragraph}
        step = self._tell(before, att_satser, rulings, **own)
        self._decided = Wording(att_satser, step)

    def _text(self, ruling: Row, before: Wording | None, written: Wording | None) -> str:
        """The wording decided, which a decision has only where it differs; none for what was rejected."""
        own = payload_store.text(self._texts, ruling["payload"], "text")
        if own:
            return own
        if ruling["outcome"] == Outcome.AVSLAG:
            return ""
        place = ruling["ordinal"] - 1
        known = (wording.att_satser[place : place + 1] for wording in (before, written) if wording)
        return next((text for found in known for text in found if text), "")

    def _tell(self, before: Wording | None, att_satser: Sequence[str], rulings: Sequence[Row] = (), **own: Any) -> int:
        """Add a step; its place."""
        compared = compare(before.att_satser if before else () if rulings else None, att_satser, payload_store.GONE)
        ruled = {row["ordinal"]: row for row in rulings}
        self.steps.append(
            {
                "what": "beslut" if rulings else "forslag",
                "body": None,
                "version": None,
                "meeting": None,
                "paragraph": None,
                **own,
                "against": before.step if before else None,
                "changed": any(one.change not in (Change.FIRST, Change.SAME) for one in compared),
                "att_satser": [
                    {
                        "number": one.number,
                        "change": one.change.value,
                        "outcome": ruled[one.number]["outcome"] if one.number in ruled else None,
                        "words": [[piece.value, text] for piece, text in one.words],
                    }
                    for one in compared
                ],
            }
        )
        return len(self.steps) - 1
