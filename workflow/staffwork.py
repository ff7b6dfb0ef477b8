"""Who handles the cases: one handläggare after another, in all that is open.

The names are texts of the cases; the log has the cases alone.
"""

import json
from collections.abc import Mapping
from typing import Any

from states.roles import Role
from states.swedish_text import listed
from workflow import bulk, case_store, statements
from workflow.audit_journal import Command
from workflow.case_store import LockedCase
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, UsageError
from workflow.use_case import (
    ORDINARY_WAY,
    Done,
    Rehearsed,
    Result,
    accept,
    deny_everywhere,
    not_permitted,
    noted,
    touched,
)

Texts = Mapping[str, Any]


def hand_over(desk: Desk, command: Command, leaving: str, coming: str, body: str = "", *, save: bool = True) -> Result:
    """Let one handläggare take over from another in all open cases that may be seen, or in those that pass a body.

    Each case has a record of its own, the first with the command's id. One refusal stops them all. Without `save`
    everything is taken back, and only told.
    """
    if denied := deny_everywhere(desk, command, "edit", "öppna ärenden", body):
        return denied
    cases = _cases_of(desk.connection, leaving, body)
    try:
        with bulk.locked(desk, command, tuple(cases)):
            _refuse_pointless(leaving, coming, cases)
            if _cases_of(desk.connection, leaving, body) != cases:
                raise ChangedMeanwhileError("Ett ärende ändrades av någon annan just nu. Inget skrevs; försök igen.")
            locked = [case_store.lock(desk.connection, case, desk.raised_reading) for case in cases]
            for case in locked:
                if denied := not_permitted(desk, command, case, "edit"):
                    return denied
            done = []
            for place, case in enumerate(locked):
                own = bulk.numbered(command, place) if place else command
                done.append(_change(desk, own, case, _renamed(cases[case.id], leaving, coming)))
            told = _told(leaving, coming, done)
            if not save:
                raise Rehearsed(told)
            return told
    except Rehearsed as rehearsed:
        return rehearsed.done


def _cases_of(connection: Connection, name: str, body: str) -> dict[str, Texts]:
    """Case -> its texts, for the open cases that somebody handles and that may be seen, the oldest first."""
    rows = connection.run(statements.HANDLED_CASES, body=body)
    found = {row["id"]: json.loads(row["words"]) for row in rows}
    return {case: texts for case, texts in found.items() if _folded(name) in map(_folded, texts.get("handlaggare", ()))}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _refuse_pointless(leaving: str, coming: str, cases: Mapping[str, Texts]) -> None:
    if _folded(leaving) == _folded(coming):
        raise UsageError("Ange två olika namn: --fran för den som slutar och --till för den som tar över.")
    if not cases:
        raise UsageError(
            f"{leaving} handlägger inget sådant ärende som är öppet. Skriv namnet så som arende show visar det, eller "
            "utelämna --body."
        )


def _renamed(texts: Texts, leaving: str, coming: str) -> Texts:
    names = (coming if _folded(name) == _folded(leaving) else name for name in texts["handlaggare"])
    return {**texts, "handlaggare": list(dict.fromkeys(names))}


def _change(desk: Desk, command: Command, case: LockedCase, texts: Texts) -> Done:
    draft = noted(case, "case.edited", command, "edit")
    draft.changes.append(touched(case, command, payload=draft.text(texts)))
    return accept(desk, command, case, draft, ORDINARY_WAY)


def _told(leaving: str, coming: str, done: list[Done]) -> Done:
    """What was done in all of them; names are told to whoever asked, and stand in no log."""
    count = "1 ärende" if len(done) == 1 else f"{len(done)} ärenden"
    return Done(
        ref=f"{coming} i stället för {leaving}",
        stream=done[0].stream,
        before=Role.HANDLAGGARE,
        after=Role.HANDLAGGARE,
        verdict=ORDINARY_WAY,
        notes=(f"{count}: {listed(one.ref for one in done)}.",),
    )
