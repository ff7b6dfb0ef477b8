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
    NEEDS_NO_PREPARATION,
    CaseFacts,
    CaseKind,
    ItemKind,
    MatterOutcome,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    StageRole,
    State,
    Watch,
    WatchKind,
)
from states.legal_basis import LegalBasis
from states.swedish_calendar import (
    DAY,
    days_after,
    months_after,
    roll_forward,
    working_day_on_or_before,
    years_after,
)

WEEK = 7
JUSTERING_DAYS, ANSLAG_DAYS, APPEAL_DAYS = 14, 2, 21
END_OF_JUNE = (6, 30)


class DeadlineKind(StrEnum):
    """What a deadline is about."""

    MBL = "mbl"
    MOTION_YEAR = "motion_year"
    MANUSSTOPP = "manusstopp"
    ANNOUNCE = "announce"
    CALL = "call"
    ADJUST = "adjust"
    POST = "post"
    TAKE_DOWN = "take_down"
    DISPATCH = "dispatch"
    SILENT = "silent"
    ANSVARSFRIHET = "ansvarsfrihet"
    HOLD = "hold"  # the meeting's day has passed: was it held?
    REPORT = "report"  # a chair's urgent decision, or a delegated one, is told of at the next meeting
    ANSWER = "svar"  # the day a body was asked to answer by
    FINAL = "laga_kraft"  # first day that laga kraft can be confirmed
    APPEAL = "overklagande"  # an appeal is to be handed over
    # of watches, each named as its WatchKind
    AVTALSSLUT = "avtalsslut"
    UPPSAGNING = "uppsagning"
    OPTION = "option"
    UPPDRAG = "uppdrag"
    HANDELSE = "handelse"
    PERIOD = "period"
    BEVAKNING = "bevakning"
    AWAITED = "invantad"  # a watch without a day: time to ask whether its event has come, or whether it is done


NEVER_LATE = frozenset(
    {
        DeadlineKind.FINAL,
        DeadlineKind.TAKE_DOWN,
        DeadlineKind.HANDELSE,
        DeadlineKind.AVTALSSLUT,
        DeadlineKind.PERIOD,
        DeadlineKind.SILENT,
        DeadlineKind.AWAITED,
    }
)
"""Kinds that nobody is late with: a first day, a day that comes whatever anybody does, or a question."""

EARLIEST = frozenset({DeadlineKind.TAKE_DOWN, DeadlineKind.FINAL, DeadlineKind.HANDELSE})
"""Kinds whose day is the first one, not the last."""


class Deadline(msgspec.Struct, frozen=True):
    """One dated duty."""

    kind: DeadlineKind
    due: date  # the legal or agreed day; for the kinds in EARLIEST the first possible one
    act_by: date  # the working day to act on: never after `due`, for the kinds in EARLIEST never before it
    basis: LegalBasis
    subject: str = ""  # the meeting, protocol part or watch it belongs to, when a stream has several
    body: str = ""  # the body that answers for it
    watch: str | None = None  # Watch.id
    snoozed_until: date | None = None  # nobody is reminded before that day


class Routines(msgspec.Struct, frozen=True):
    """The municipality's own times, in calendar days, where no law sets any."""

    manus_days: int = 14  # before a meeting: the last day to hand in papers
    dispatch_days: int = 7  # from the justering until everybody has been sent the decision
    silent_days: int = 60  # without anything happening in a case
    awaited_days: int = 180  # until somebody asks about a watch without a day


USUAL = Routines()

ENDED = frozenset({State.AVSLUTAD, State.ATERKALLAD, State.SKICKAS_TILL})
"""States in which no body has the case before it any more."""

SENDING = frozenset({State.NAMND, State.KS, State.KF, State.SKICKAS_TILL})
"""States in which a decision can be dispatched."""


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


def decision_final(facts: CaseFacts) -> date | None:
    """The first day the deciding body's latest decision can have gained laga kraft; preparatory ones never do."""
    deciding = {stage.id for stage in facts.stages if stage.role in DECIDING_ROLES}
    items = [item for item in facts.agenda if item.decided and item.stage in deciding]
    part = items[-1].meeting.part if items else None
    return laga_kraft_earliest(part.posted_on) if part and part.posted_on else None


def motion_year(raised: date) -> date:
    """The day within which a motion is decided, or reported to fullmäktige (KL 5 kap. 35 §)."""
    return years_after(raised, 1)


def event_earliest(occurred: date, months: int) -> date:
    """First day for what may be done so many months after an event (an agreed time: counted, not rolled)."""
    return months_after(occurred, months)


def case_deadlines(facts: CaseFacts, routines: Routines = USUAL) -> tuple[Deadline, ...]:
    """The deadlines that are open for a case as it stands, with those of its watches."""
    of_watches = (_watched(watch, routines) for watch in facts.watches)
    return (
        *_mbl(facts),
        *_motion(facts),
        *_discharge(facts),
        *_dispatch(facts, routines),
        *_silent(facts, routines),
        *of_watches,
    )


def meeting_deadlines(
    meeting: MeetingFacts, parts: tuple[ProtocolPart, ...], routines: Routines = USUAL
) -> tuple[Deadline, ...]:
    """The deadlines that are open for a meeting and its protocol as they stand."""
    announcing = (d for part in parts for d in _announcing(part))
    found = (*_before(meeting, routines), *_reporting(meeting), *_adjusting(meeting, parts), *announcing)
    return tuple(msgspec.structs.replace(deadline, body=meeting.body) for deadline in found)


def _backward(kind: DeadlineKind, due: date, basis: LegalBasis, subject: str = "", body: str = "") -> Deadline:
    return Deadline(kind, due, working_day_on_or_before(due), basis, subject, body)


def _mbl(facts: CaseFacts) -> tuple[Deadline, ...]:
    """MBL is settled at the latest the day before the first body that really decides."""
    if facts.state in ENDED or facts.kind in NEEDS_NO_PREPARATION or _mbl_settled(facts):
        return ()
    roles = {stage.id: stage.role for stage in facts.stages}
    waiting = (item for item in facts.agenda if item.waiting and item.kind is ItemKind.BESLUT)
    ahead = [item.meeting for item in waiting if roles.get(item.stage) in DECIDING_ROLES]
    first = min(ahead, key=lambda meeting: meeting.on, default=None)
    if first is None:
        return ()
    return (_backward(DeadlineKind.MBL, first.on - DAY, legal_basis.MB_02, first.ref, first.body),)


def _mbl_settled(facts: CaseFacts) -> bool:
    held = {(entry.kind, entry.paragraph) for entry in facts.mbl if entry.held}
    return bool(facts.mbl) and all((entry.kind, entry.paragraph) in held for entry in facts.mbl)


def _motion(facts: CaseFacts) -> tuple[Deadline, ...]:
    """Fullmäktige decides within the year, or is told; a nämnd that has got the matter tells it (KL 6 kap. 34 §)."""
    if facts.kind not in KF_DECIDES or facts.raised_on is None or facts.state in ENDED:
        return ()
    if _settled(facts) or reported_in_time(facts):
        return ()
    basis = legal_basis.NA_10 if facts.handed_over else legal_basis.KF_11
    return (_backward(DeadlineKind.MOTION_YEAR, motion_year(facts.raised_on), basis, body=_body_of(facts)),)


def reported_in_time(facts: CaseFacts) -> bool:
    """True when fullmäktige was told within the year how far the preparation had come (KL 5 kap. 35 §).

    That it was väckt at all is no such report.
    """
    first = {stage.id for stage in facts.stages if stage.role is StageRole.ANMALAN}
    told = (item for item in facts.agenda if item.kind is ItemKind.ANMALAN and item.meeting.is_council)
    held = [item.meeting.on for item in told if item.outcome is MatterOutcome.ANMALD and item.stage not in first]
    return facts.raised_on is not None and any(on <= motion_year(facts.raised_on) for on in held)


def _settled(facts: CaseFacts) -> bool:
    """True when the body of the current stage has decided and was there to decide."""
    if facts.stage is None or facts.stage.role not in DECIDING_ROLES:
        return False
    items = (item for item in facts.agenda if item.stage == facts.current and item.decided)
    return any(item.outcome is not MatterOutcome.OVERLAMNAD for item in items)


def _discharge(facts: CaseFacts) -> tuple[Deadline, ...]:
    """Ansvarsfrihet for a year is decided before the end of the next June (KL 5 kap. 24 §).

    The year is the one before that in which the matter was registered.
    """
    if facts.kind is not CaseKind.REVISION or facts.registered_on is None or facts.state in ENDED or _settled(facts):
        return ()
    due = date(facts.registered_on.year, *END_OF_JUNE)
    return (_backward(DeadlineKind.ANSVARSFRIHET, due, legal_basis.KF_20, body=_body_of(facts)),)


def _body_of(facts: CaseFacts) -> str:
    return facts.stage.body if facts.stage else ""


def _dispatch(facts: CaseFacts, routines: Routines) -> tuple[Deadline, ...]:
    """The latest decision is sent some days after its justering; no law says how many.

    To everybody, when it decides the matter; a preparing body's goes to somebody, and a remiss to nobody.
    """
    item = facts.decision_to_send(None)
    part = item.meeting.part if item else None
    if item is None or part is None or item.outcome is MatterOutcome.REMITTERAD or facts.state not in SENDING:
        return ()
    deciding = any(stage.id == item.stage and stage.role in DECIDING_ROLES for stage in facts.stages)
    reached = [recipient.sent_on is not None for recipient in facts.recipients]
    if reached and (all(reached) if deciding else any(reached)):
        return ()
    due = days_after(part.adjusted_on, routines.dispatch_days)
    return (_backward(DeadlineKind.DISPATCH, due, legal_basis.DISPATCH, item.meeting.ref, item.meeting.body),)


def _silent(facts: CaseFacts, routines: Routines) -> tuple[Deadline, ...]:
    """When somebody asks why nothing happens: so long after the last event or note, or after what is waited for."""
    if facts.last_event is None or facts.state in (State.AVSLUTAD, State.ATERKALLAD):
        return ()
    if facts.tabled:
        # Nobody has planned the meeting it comes back at, so somebody must see to that at once.
        return (_backward(DeadlineKind.SILENT, facts.tabled.meeting.on + DAY, legal_basis.KF_13, body=_body_of(facts)),)
    meetings = [item.meeting.on for item in facts.agenda if item.waiting]
    answers = [facts.stage.opportunity_until] if facts.stage and facts.stage.opportunity_until else []
    notes = [facts.noted_on] if facts.noted_on else []
    due = days_after(max([facts.last_event, *notes, *meetings, *answers]), routines.silent_days)
    return (_backward(DeadlineKind.SILENT, due, legal_basis.SILENT, body=_body_of(facts)),)


def _watched(watch: Watch, routines: Routines) -> Deadline:
    """A watch's own day: agreed or chosen, so never moved to a working day (law applies to acts under law)."""
    kind = DeadlineKind(watch.kind.value) if watch.due else DeadlineKind.AWAITED
    due = watch.due or days_after(watch.noted_on, routines.awaited_days)
    act_by = roll_forward(due) if kind in EARLIEST else working_day_on_or_before(due)
    basis = legal_basis.MANDATE if watch.kind is WatchKind.UPPDRAG else legal_basis.WATCH
    return Deadline(kind, due, act_by, basis, str(watch.number), watch.body, watch.id, watch.snoozed_until)


def _before(meeting: MeetingFacts, routines: Routines) -> tuple[Deadline, ...]:
    if meeting.state in (MeetingState.HALLEN, MeetingState.INSTALLD):
        return ()
    found = []
    if meeting.called_on is None:
        due = days_after(meeting.on, -routines.manus_days)
        found.append(_backward(DeadlineKind.MANUSSTOPP, due, legal_basis.MANUSSTOPP))
    if meeting.is_council and meeting.announced_on is None:
        found.append(_backward(DeadlineKind.ANNOUNCE, one_week_before(meeting.on), legal_basis.KF_01))
    if meeting.called_on is None:
        basis = legal_basis.KF_03 if meeting.is_council else legal_basis.CALL
        found.append(_backward(DeadlineKind.CALL, days_after(meeting.on, -meeting.call_days), basis))
    return tuple(found)


def _reporting(meeting: MeetingFacts) -> tuple[Deadline, ...]:
    """What the chair decided since it could not wait is told of at the very next meeting (KL 6 kap. 40 §)."""
    if not meeting.urgent_unreported:
        return ()
    return (_backward(DeadlineKind.REPORT, meeting.on, legal_basis.NA_14),)


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
