"""Dated rules: an event and legal time -> the last (or first) day, and the day to act by.

Pure arithmetic on dates; who is reminded of them, and when, is decided elsewhere.
"""

from datetime import date
from enum import StrEnum

import msgspec

from states import legal_basis
from states.case_facts import (
    DECIDING_ROLES,
    KF_DECIDES,
    BodyKind,
    CaseFacts,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    State,
)
from states.legal_basis import LegalBasis
from states.swedish_calendar import DAY, days_after, roll_forward, working_day_on_or_before, years_after

WEEK = 7
JUSTERING_DAYS, ANSLAG_DAYS, APPEAL_DAYS = 14, 2, 21


class DeadlineKind(StrEnum):
    """What a deadline is about."""

    MBL = "mbl"
    MOTION_YEAR = "motion_year"
    ANNOUNCE = "announce"
    CALL = "call"
    ADJUST = "adjust"
    POST = "post"
    TAKE_DOWN = "take_down"


class Deadline(msgspec.Struct, frozen=True):
    """One dated duty."""

    kind: DeadlineKind
    due: date  # the legal day; for take_down the first lawful day
    act_by: date  # the working day to act on: never after `due`, for take_down never before it
    basis: LegalBasis
    subject: str = ""  # the meeting or protocol part it belongs to, when a stream has several


def one_week_before(meeting: date) -> date:
    """Last day for fullmäktige's kungörelse and kallelse; a lead time is never rolled (KL 5 kap. 13, 15 §§)."""
    return days_after(meeting, -WEEK)


def justering_last_day(meeting: date) -> date:
    """Last day to adjust a protocol, 14 days on (KL 5 kap. 69 §), rolled by 1930:173 2 §."""
    return roll_forward(days_after(meeting, JUSTERING_DAYS))


def anslag_last_day(adjusted: date) -> date:
    """Last day to announce the justering, the second day after (KL 8 kap. 12 §), rolled."""
    return roll_forward(days_after(adjusted, ANSLAG_DAYS))


def last_appeal_day(posted: date) -> date:
    """Last day for laglighetsprövning: three weeks from the announcement (KL 13 kap. 5 §), rolled."""
    return roll_forward(days_after(posted, APPEAL_DAYS))


def take_down_day(posted: date) -> date:
    """First day the notice may come down (KL 8 kap. 12 §): the day after the last appeal day."""
    return last_appeal_day(posted) + DAY


def laga_kraft_earliest(posted: date) -> date:
    """First day the decision can have gained laga kraft; a person confirms it."""
    return take_down_day(posted)


def motion_year(raised: date) -> date:
    """The day within which a motion is decided, or reported to fullmäktige (KL 5 kap. 35 §)."""
    return years_after(raised, 1)


def case_deadlines(facts: CaseFacts) -> tuple[Deadline, ...]:
    """The deadlines that are open for a case as it stands."""
    return (*_mbl(facts), *_motion(facts))


def meeting_deadlines(meeting: MeetingFacts, parts: tuple[ProtocolPart, ...]) -> tuple[Deadline, ...]:
    """The deadlines that are open for a meeting and its protocol as they stand."""
    return (*_before(meeting), *_adjusting(meeting, parts), *(d for part in parts for d in _announcing(part)))


def _backward(kind: DeadlineKind, due: date, basis: LegalBasis, subject: str = "") -> Deadline:
    return Deadline(kind, due, working_day_on_or_before(due), basis, subject)


def _mbl(facts: CaseFacts) -> tuple[Deadline, ...]:
    """MBL is settled at the latest the day before the first body that really decides."""
    if facts.state in (State.AVSLUTAD, State.ATERKALLAD, State.SKICKAS_TILL) or _mbl_settled(facts):
        return ()
    roles = {stage.id: stage.role for stage in facts.stages}
    ahead = [item.meeting for item in facts.agenda if item.waiting and roles.get(item.stage) in DECIDING_ROLES]
    first = min(ahead, key=lambda meeting: meeting.on, default=None)
    if first is None:
        return ()
    return (_backward(DeadlineKind.MBL, first.on - DAY, legal_basis.MB_02, first.ref),)


def _mbl_settled(facts: CaseFacts) -> bool:
    held = {(entry.kind, entry.paragraph) for entry in facts.mbl if entry.held}
    return bool(facts.mbl) and all((entry.kind, entry.paragraph) in held for entry in facts.mbl)


def _motion(facts: CaseFacts) -> tuple[Deadline, ...]:
    ended = facts.state in (State.AVSLUTAD, State.ATERKALLAD, State.SKICKAS_TILL)
    if facts.kind not in KF_DECIDES or facts.raised_on is None or ended:
        return ()
    return (_backward(DeadlineKind.MOTION_YEAR, motion_year(facts.raised_on), legal_basis.KF_11),)


def _before(meeting: MeetingFacts) -> tuple[Deadline, ...]:
    if meeting.state is MeetingState.HALLEN:
        return ()
    found = []
    if meeting.kind is BodyKind.KF and meeting.announced_on is None:
        found.append(_backward(DeadlineKind.ANNOUNCE, one_week_before(meeting.on), legal_basis.KF_01))
    if meeting.called_on is None:
        basis = legal_basis.KF_03 if meeting.kind is BodyKind.KF else legal_basis.CALL
        found.append(_backward(DeadlineKind.CALL, days_after(meeting.on, -meeting.call_days), basis))
    return tuple(found)


def _adjusting(meeting: MeetingFacts, parts: tuple[ProtocolPart, ...]) -> tuple[Deadline, ...]:
    whole = any(part.whole for part in parts)
    if meeting.state is not MeetingState.HALLEN or whole:
        return ()
    return (_backward(DeadlineKind.ADJUST, days_after(meeting.on, JUSTERING_DAYS), legal_basis.KF_19),)


def _announcing(part: ProtocolPart) -> tuple[Deadline, ...]:
    if part.taken_down_on is not None:
        return ()
    if part.posted_on is None:
        due = days_after(part.adjusted_on, ANSLAG_DAYS)
        return (_backward(DeadlineKind.POST, due, legal_basis.AN_03, part.id),)
    due = take_down_day(part.posted_on)
    return (Deadline(DeadlineKind.TAKE_DOWN, due, roll_forward(due), legal_basis.AN_04, part.id),)
