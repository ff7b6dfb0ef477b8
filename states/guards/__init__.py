"""What a guard is: one requirement, and what it says when it is not met.

The guards themselves stand by subject in the modules beside this one. A guard does not decide; it says
what is missing. `judgement.judge` gathers what all of a move's guards say. Texts are Swedish and
complete sentences; `{name}` is filled in from the lack.
"""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import msgspec

from states.case_facts import DECIDING_ROLES, SETTLING, AgendaItem, Attempt, BodyKind, CaseFacts, MeetingFacts, Stage
from states.legal_basis import LegalBasis
from states.roles import Role


class Remedy(msgspec.Struct, frozen=True):
    """What would mend a lack: the code of a command and its arguments; the CLI knows the syntax."""

    code: str
    args: Mapping[str, str] = msgspec.field(default_factory=dict)


class Lack(msgspec.Struct, frozen=True):
    """What a guard misses just now."""

    words: Mapping[str, str] = msgspec.field(default_factory=dict)  # fills the guard's text
    remedies: tuple[Remedy, ...] = ()
    who: Role | None = None  # where it differs from the guard's own
    basis: LegalBasis | None = None  # where it differs from the guard's own
    warns: bool = False  # only a warning this time


Facts = TypeVar("Facts", CaseFacts, MeetingFacts)


class Guard(msgspec.Struct, Generic[Facts], frozen=True):
    """One requirement: what it says, on what ground, who mends it, and how it is checked."""

    id: str
    text: str
    basis: LegalBasis
    who: Role
    check: Callable[[Facts, Attempt], Lack | None]
    blocks: bool = True  # False: it only ever warns
    deviable: bool = True  # False: not even a fact can be recorded against it


# --- what several guards ask ---------------------------------------------------------------------------


def secretary_of(kind: BodyKind) -> Role:
    return Role.NAMNDSEKRETERARE if kind is BodyKind.NAMND else Role.KOMMUNSEKRETERARE


def stage_at(facts: CaseFacts, attempt: Attempt) -> Stage | None:
    """The stage an attempt at a meeting concerns."""
    return facts.stage_of(attempt.meeting.body) if attempt.meeting else facts.stage


def item_at_meeting(facts: CaseFacts, attempt: Attempt) -> AgendaItem | None:
    return facts.item_at(attempt.meeting) if attempt.meeting else None


def decides(facts: CaseFacts, attempt: Attempt) -> bool:
    """True when the matter is really decided: at a stage for it, or by fullmäktige when it says what became of it."""
    stage = stage_at(facts, attempt)
    if stage is None:
        return False
    at_council = attempt.meeting is not None and attempt.meeting.is_council
    return stage.role in DECIDING_ROLES or (at_council and bool(attempt.matters & SETTLING))
