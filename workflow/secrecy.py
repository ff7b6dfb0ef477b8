"""Secrecy marks, and the trace of who has read what is secret.

A mark is optional and decides nothing: it cites the provision that may apply (OSL 5 kap. 5 §). While it stands only
those who are cleared for a body that the case passes know of it (`statements`), and what they read of it is
written down.
"""

import re
from collections.abc import Iterable

from states.judgement import Refused
from states.roles import PERMISSIONS, acting
from workflow import audit_journal, case_store, statements
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.use_case import ORDINARY_WAY, Result, accept, give_reason, noted, opened, touched

PROVISION = re.compile(
    r"(?:OSL )?(?P<chapter>[1-9]\d?)(?: kap\.? ?|:)(?P<paragraph>[1-9]\d?)(?: ?(?P<letter>[a-z]))?(?: ?§)?",
    re.IGNORECASE,
)


def provision(text: str) -> str:
    """A provision of OSL in its one form, `OSL 26:1`. Raises UsageError with how to write one."""
    match = PROVISION.fullmatch(" ".join(text.split()))
    if match is None:
        raise UsageError(f"”{text}” är ingen bestämmelse i OSL. Skriv kapitel och paragraf, till exempel OSL 26:1.")
    return f"OSL {match['chapter']}:{match['paragraph']}{(match['letter'] or '').lower()}"


def mark(desk: Desk, command: Command, case_id: str, basis: str, **expected: int) -> Result:
    """Mark a case as secret, with the provision; or cite another one than before."""
    with opened(desk, command, "secrecy", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if _basis(desk.connection, case) == basis:
            raise UsageError(f"{case.facts.ref} är redan sekretessmarkerat enligt {basis}.")
        draft = noted(case, "case.secrecy_marked", command, "secrecy")
        draft.data["basis"] = basis
        give_reason(draft, command)
        draft.changes.append(touched(case, command, secrecy=True, secrecy_basis=basis))
        note = "Bara den som är behörig hos en instans i ärendets väg ser det; det som läses av det antecknas."
        return accept(desk, command, case, draft, ORDINARY_WAY, f"Sekretessmarkerat enligt {basis}. {note}")


def lift(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """Take the mark away, with a reason."""
    with opened(desk, command, "secrecy", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if not (command.reason or "").strip():
            raise UsageError("Ange varför markeringen hävs: --havd SKÄL.")
        basis = _basis(desk.connection, case)
        if basis is None:
            raise UsageError(f"{case.facts.ref} är inte sekretessmarkerat; det finns inget att häva.")
        draft = noted(case, "case.secrecy_lifted", command, "secrecy")
        draft.data["basis"] = basis
        give_reason(draft, command)
        draft.changes.append(touched(case, command, secrecy=False, secrecy_basis=None))
        return accept(desk, command, case, draft, ORDINARY_WAY, f"Sekretessmarkeringen enligt {basis} är hävd.")


def _basis(connection: Connection, case: LockedCase) -> str | None:
    """The provision of a case that is marked; empty for a mark without one."""
    (row,) = connection.run(statements.CASE, id=case.id)
    return (row["secrecy_basis"] or "") if row["secrecy"] else None


# --- who has read it ----------------------------------------------------------------------------------------


def note_read(desk: Desk, command: Command, cases: Iterable[str], told_by: str) -> None:
    """Write down that somebody who is cleared reads secret cases, before they are shown."""
    _note(desk, command, cases, "case.read", told_by)


def note_refused(desk: Desk, command: Command, cases: Iterable[str], told_by: str) -> None:
    """Write down that somebody who is not cleared asked for secret cases."""
    _note(desk, command, cases, "case.read_refused", told_by)


def _note(desk: Desk, command: Command, cases: Iterable[str], kind: str, told_by: str) -> None:
    role = acting(command.offices, PERMISSIONS["read"].by)
    with desk.connection.writing():
        for case_id in sorted(cases):
            version = case_store.lock_case(desk.connection, case_id)
            draft = Draft(f"case:{case_id}", kind, version, data={"command": told_by}, role=role or "")
            audit_journal.seal(desk.connection, command, draft, remember=False)
