"""judge: facts and an attempt in, `Advanced` or `Refused` out, with every finding.

It decides; it does not interact: no clock, no database, nothing remembered between calls.
"""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from states import legal_basis
from states.case_facts import Attempt, CaseFacts, MeetingFacts, MeetingState, State
from states.guards import Guard, Lack, Remedy
from states.legal_basis import LegalBasis
from states.lifecycle import NOTES, Move
from states.machine import CASES, MEETINGS, Lifecycle
from states.roles import PERMISSIONS, Role, acting
from states.swedish_text import listed, name

ROLE_PERMITTED = "role-permitted"


class Finding(msgspec.Struct, frozen=True):
    """One unmet requirement, in full."""

    guard: str
    text: str  # Swedish, complete
    basis: LegalBasis
    who: Role
    remedies: tuple[Remedy, ...]
    blocks: bool
    deviable: bool = True
    law_then: str = ""  # what is said where the statute was not in force that day: nothing is blocked by it


class Advanced(msgspec.Struct, frozen=True):
    """The move is allowed."""

    state: str  # where the machine ended
    warnings: tuple[Finding, ...] = ()
    deviations: tuple[Finding, ...] = ()  # what blocked, had it not been a fact recorded with a reason
    role: Role | None = None  # in which it was done; None: only the law was asked


class Refused(msgspec.Struct, frozen=True):
    """The move is not allowed."""

    ref: str  # the case or meeting
    attempt: Attempt
    findings: tuple[Finding, ...]  # blocking ones first, then warnings
    recordable: bool = False  # the same thing can be recorded as a fact, with a reason

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)


def judge(facts: CaseFacts | MeetingFacts, attempt: Attempt) -> Advanced | Refused:
    """Whether `attempt` is allowed on `facts`, and everything that speaks against it."""
    lifecycle = CASES if isinstance(facts, CaseFacts) else MEETINGS
    move = lifecycle.find(attempt.verb, facts.state, attempt.to)
    if denial := _denied_step(attempt, _bodies_of(facts, attempt), facts.state):
        return Refused(facts.ref, attempt, (denial,))
    if move is None:
        return Refused(facts.ref, attempt, (_no_such_move(lifecycle, facts, attempt),))
    found = tuple(findings(move, facts, attempt))
    blocking = tuple(finding for finding in found if finding.blocks)
    warnings = tuple(finding for finding in found if not finding.blocks)
    recordable = move.fact and all(finding.deviable for finding in blocking)
    if blocking and not (recordable and attempt.deviation):
        return Refused(facts.ref, attempt, blocking + warnings, recordable)
    role = acting(attempt.offices or (), move.by, _bodies_of(facts, attempt))
    return Advanced(lifecycle.fire(move), warnings, blocking, role)


def permit(
    ref: str, attempt: Attempt, bodies: Collection[str] = (), state: State | MeetingState | None = None
) -> Refused | None:
    """Whether somebody may do what they try (a move, or a key of `PERMISSIONS`) at all: None, or the refusal.

    It is asked before anything is said of the case or the meeting. `state`: where it stands, when that is known.
    """
    if permission := PERMISSIONS.get(attempt.verb):
        denial = _denied(attempt, permission.label, permission.by, bodies)
    else:
        denial = _denied_step(attempt, bodies, state)
    return Refused(ref, attempt, (denial,)) if denial else None


def _denied_step(attempt: Attempt, bodies: Collection[str], state: State | MeetingState | None) -> Finding | None:
    """Whoever may take such a step from nowhere does not learn where the case stands by who may from there."""
    rows = [row for row in (*CASES.moves, *MEETINGS.moves) if row.verb == attempt.verb]
    if not rows:
        return None
    here = [row for row in rows if row.source == state and attempt.to in (None, row.target)] or rows
    label = _label(rows, attempt)
    return _denied(attempt, label, _by(rows), bodies) or _denied(attempt, label, _by(here), bodies)


def _by(rows: Iterable[Move]) -> frozenset[Role]:
    return frozenset(role for row in rows for role in row.by)


def _label(rows: Iterable[Move], attempt: Attempt) -> str:
    """What the step that somebody tries is called; the next one of a case, where nobody has said which that is."""
    labels = {row.label for row in rows if attempt.to in (None, row.target)}
    return labels.pop() if len(labels) == 1 else ONWARDS


ONWARDS = "föra vidare"


def _bodies_of(facts: CaseFacts | MeetingFacts, attempt: Attempt) -> frozenset[str]:
    """Where somebody must hold a role: at the body that meets, or at one that the case passes."""
    if isinstance(facts, MeetingFacts):
        return frozenset({facts.body})
    return frozenset({attempt.meeting.body}) if attempt.meeting else facts.bodies


def _denied(attempt: Attempt, label: str, allowed: frozenset[Role], bodies: Collection[str]) -> Finding | None:
    if attempt.offices is None or acting(attempt.offices, allowed, bodies):
        return None
    held = [f"{name(office.role)} ({office.body or 'alla instanser'})" for office in attempt.offices]
    where = f" för {listed(sorted(bodies))}" if bodies else ""
    may = [role for role in Role if role in allowed]
    return Finding(
        guard=ROLE_PERMITTED,
        text=f"Att {label}{where} gör {listed(name(role) for role in may)}. Dina roller: {listed(held) or 'inga'}.",
        basis=legal_basis.ROLES,
        who=may[0],
        remedies=(),
        blocks=True,
        deviable=False,
    )


def remarks(guards: Iterable[Guard[Any]], facts: CaseFacts | MeetingFacts, attempt: Attempt) -> tuple[Finding, ...]:
    """What some guards say of what is no move."""
    lacks = ((guard, guard.check(facts, attempt)) for guard in guards)
    return tuple(finding(guard, lack, attempt) for guard, lack in lacks if lack is not None)


def findings(move: Move, facts: CaseFacts | MeetingFacts, attempt: Attempt) -> Iterable[Finding]:
    """What each of the move's guards misses, in the order of the table."""
    return remarks(move.guards, facts, attempt)


def finding(guard: Guard[Any], lack: Lack, attempt: Attempt) -> Finding:
    """What a guard says of a lack, in full."""
    basis = lack.basis or guard.basis
    # What nothing can be recorded without (a protocol to post) is missing under any law.
    other_law = guard.deviable and not basis.in_force(attempt.on)
    return Finding(
        guard=guard.id,
        text=guard.text.format(**lack.words),
        basis=basis,
        who=lack.who or guard.who,
        remedies=lack.remedies,
        blocks=guard.blocks and not lack.warns and not other_law,
        deviable=guard.deviable,
        law_then=basis.law_then(attempt.on) if other_law else "",
    )


def _no_such_move(lifecycle: Lifecycle, facts: CaseFacts | MeetingFacts, attempt: Attempt) -> Finding:
    verbs = dict.fromkeys(move.label for move in lifecycle.from_state(facts.state) if move.verb not in NOTES)
    possible = f"Det går att {listed(verbs)}." if verbs else "Det är slutfört."
    target = f" till {name(attempt.to)}" if attempt.to and attempt.verb in ("advance", "refer", "return") else ""
    labels = (move.label for move in lifecycle.moves if move.verb == attempt.verb)
    label = "gå vidare" if attempt.verb == "advance" else next(labels, attempt.verb)
    return Finding(
        guard="no-such-move",
        text=f"{facts.ref} står i läget {name(facts.state)}. Därifrån går det inte att {label}{target}. {possible}",
        basis=legal_basis.WAY,
        who=Role.REGISTRATOR,
        remedies=(Remedy("show", {"case": facts.ref}),) if isinstance(facts, CaseFacts) else (),
        blocks=True,
        deviable=False,
    )
