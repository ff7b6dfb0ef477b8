"""Dated rules: an event and legal time -> the last (or first) day, and the day to act by.

Pure arithmetic on dates; who is reminded of them, and when, is decided elsewhere.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec

from states import legal_basis, mbl
from states.appealability import decision_in_question, gains_force
from states.case_facts import (
    DECIDING_ROLES,
    AgendaItem,
    AppealRegime,
    BodyKind,
    CaseFacts,
    CaseKind,
    ItemKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Stage,
    StageRole,
    State,
    Watch,
    WatchKind,
)
from states.kinds import KINDS
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
NEGOTIATION_DAYS, CENTRAL_DAYS, COURT_DAYS = 14, 21, 10
PARTY_MONTHS, PARTY_WEEKS = 6, 4
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
    MBL_MEETING = "mbl_mote"  # a union has asked to negotiate: first meeting (MBL 16 §)
    MBL_COURT = "mbl_talan"  # a negotiation on secrecy has ended: last day to go to court (MBL 21 §)
    PARTY_DELAY = "drojsmal"  # a party is told why the case takes long (FL 11 §)
    PARTY_ANSWER = "drojsmal_svar"  # a party has asked for a decision (FL 12 §)
    REFERRAL = "remissvar"  # the day somebody outside our bodies was asked to answer by
    PAUSE = "paus"  # time to ask whether a paused case goes on
    MOTION_REPORT = "redovisning"  # unanswered motions are reported to fullmäktige
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
        DeadlineKind.MBL_COURT,
        DeadlineKind.PAUSE,
    }
)
"""Kinds that nobody is late with: a first day, a day that comes whatever anybody does, or a question."""

EARLIEST = frozenset({DeadlineKind.TAKE_DOWN, DeadlineKind.FINAL, DeadlineKind.HANDELSE, DeadlineKind.HOLD})
"""Kinds whose day is the first one, not the last."""

ASKED_AFTERWARDS = frozenset({DeadlineKind.HOLD})
"""Kinds that are a question about something that should have happened; before their day there is nothing to ask."""

QUESTIONS = frozenset({DeadlineKind.SILENT, DeadlineKind.AWAITED})
"""Kinds that are a question whether anything is going to happen; nothing happens on their day by itself."""


LIMITS = frozenset(
    {
        DeadlineKind.MOTION_YEAR,
        DeadlineKind.ANSVARSFRIHET,
        DeadlineKind.PARTY_DELAY,
        DeadlineKind.PARTY_ANSWER,
        DeadlineKind.MBL_COURT,
    }
)
"""Kinds that only say how long something may take: nothing is on its way because of them."""


def brings_something(kind: DeadlineKind, subject: str) -> bool:
    """True when something is on its way to happen by a deadline; our own answer to somebody else is only a limit."""
    outward = kind is DeadlineKind.ANSWER and not subject
    return kind not in LIMITS | QUESTIONS and not outward


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
    finish_days: int = 7  # from the last event until what is decided and sent goes on, or is closed
    awaited_days: int = 180  # until somebody asks about a watch without a day
    appeal_days: int = 7  # from an appeal's coming in until förvaltningsrätten has it
    party_months: int = 4  # until a party is told why their case takes long (FL 11 § sets no number)
    register_days: int = 1  # working days until what has come in is registered
    mbl_days: int = 7  # until an MBL negotiation that nobody has booked can be over
    adjust_days: int = 7  # from a meeting until its protocol is usually adjusted; the law's last day is the 14th
    post_days: int = 1  # from the justering until it is usually announced; the law's last day is the second
    motion_reports: tuple[int, ...] = (4, 10)  # months in which fullmäktige is told of unanswered motions


USUAL = Routines()

ENDED = frozenset({State.AVSLUTAD, State.ATERKALLAD, State.SKICKAS_TILL})
"""States in which no body has the case before it any more."""

SENDING = frozenset(State) - {State.AVSLUTAD, State.ATERKALLAD}
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
    item = decision_in_question(facts)
    return final_day(item) if item and gains_force(item, facts) else None


def ran_out(part: ProtocolPart) -> bool:
    """False when the notice came down too early: the time never ends then (KL 13 kap. 5 §, RÅ 2009 not 176)."""
    down = part.taken_down_on
    return down is None or part.counted_from is None or down >= take_down_day(part.counted_from)


def final_day(item: AgendaItem) -> date | None:
    """The first day a § can have gained laga kraft; None while nothing can be counted.

    The day after the last appeal day, or the day the last appeal in time was finally settled.
    """
    part = item.meeting.part
    if part is None or part.counted_from is None or not ran_out(part) or item.annulled:
        return None
    settled = (one.settled_on for one in item.appealed if one.in_time and one.settled_on)
    return max([laga_kraft_earliest(part.counted_from), *settled])


def in_time(received: date, part: ProtocolPart | None) -> bool:
    """True for an appeal that came in on the last day or before, here or at the court (KL 13 kap. 5–6 §§)."""
    if part is None or part.counted_from is None or not ran_out(part):
        return True
    return received <= last_appeal_day(part.counted_from)


def motion_year(raised: date) -> date:
    """The day within which a motion is decided, or reported to fullmäktige (KL 5 kap. 35 §)."""
    return years_after(raised, 1)


def event_earliest(occurred: date, months: int) -> date:
    """First day for what may be done so many months after an event (an agreed time: counted, not rolled)."""
    return months_after(occurred, months)


def case_deadlines(facts: CaseFacts, routines: Routines = USUAL) -> tuple[Deadline, ...]:
    """The deadlines that are open for a case as it stands, with those of its watches."""
    of_watches = (_watched(watch, routines) for watch in facts.watches)
    found = (
        *_mbl(facts),
        *_unions(facts),
        *_motion(facts),
        *_discharge(facts),
        *_dispatch(facts, routines),
        *_final(facts),
        *_appeals(facts, routines),
        *_silent(facts, routines),
        *_answers(facts),
        *_answer_outwards(facts),
        *_referred(facts),
        *_party(facts, routines),
        *_pause(facts),
        *of_watches,
    )
    rests = bool(_pause(facts))
    return tuple(one for one in found if not (rests and _is_own(one)))


OWN_DAYS = frozenset({DeadlineKind.SILENT, DeadlineKind.AWAITED, DeadlineKind.BEVAKNING, DeadlineKind.REFERRAL})
"""Kinds whose day we have set ourselves: they stand still in a pause."""

OWN_GROUNDS = frozenset(
    one.id
    for one in (
        legal_basis.SILENT,
        legal_basis.ONWARD,
        legal_basis.CLOSING,
        legal_basis.WATCH,
        legal_basis.REMISS,
    )
)
"""What such a day rests on; a question that the law or a body's mandate puts is not ours to rest."""


def _is_own(deadline: Deadline) -> bool:
    """True for a day that waits for us alone."""
    return deadline.kind in OWN_DAYS and deadline.basis.id in OWN_GROUNDS


def _referred(facts: CaseFacts) -> Iterator[Deadline]:
    """The day somebody outside was asked to answer by."""
    if facts.state in (State.AVSLUTAD, State.ATERKALLAD):
        return
    for one in facts.referrals:
        if one.answered_on is None:
            yield _backward(DeadlineKind.REFERRAL, one.due, legal_basis.REMISS, str(one.number), _body_of(facts))


def _party(facts: CaseFacts, routines: Routines) -> Iterator[Deadline]:
    """The clocks of FL 11–12 §§; only where the decision is challenged by förvaltningsbesvär (2 §)."""
    started = facts.began_on
    if facts.appeal_regime is not AppealRegime.FORVALTNINGSBESVAR or started is None or facts.state in ENDED:
        return
    if is_settled(facts):
        return
    if facts.party_told_on is None:
        due = months_after(started, routines.party_months)
        yield _backward(DeadlineKind.PARTY_DELAY, due, legal_basis.FL_02, body=_body_of(facts))
    asked = facts.party_asked_on
    if asked is not None and facts.party_refused_on is None and may_ask(started, asked):
        due = roll_forward(days_after(asked, PARTY_WEEKS * WEEK))
        yield _backward(DeadlineKind.PARTY_ANSWER, due, legal_basis.FL_03, body=_body_of(facts))


def may_ask(started: date, on: date) -> bool:
    """True from the day a party may ask for a decision: when six months have passed (FL 12 §)."""
    return on > months_after(started, PARTY_MONTHS)


def served_appeal_day(served: date) -> date:
    """Last day for a party to appeal: three weeks from when they were served (FL 44 §), rolled."""
    return roll_forward(days_after(served, APPEAL_DAYS))


def _pause(facts: CaseFacts) -> tuple[Deadline, ...]:
    """The day somebody asks whether a paused case goes on."""
    if facts.paused_until is None or facts.state in (State.AVSLUTAD, State.ATERKALLAD):
        return ()
    return (_backward(DeadlineKind.PAUSE, facts.paused_until, legal_basis.PAUSE, body=_body_of(facts)),)


def meeting_deadlines(
    meeting: MeetingFacts, parts: tuple[ProtocolPart, ...], routines: Routines = USUAL
) -> tuple[Deadline, ...]:
    """The deadlines that are open for a meeting and its protocol as they stand."""
    announcing = (d for part in parts for d in _announcing(part))
    found = (
        *_before(meeting, routines),
        *_motions(meeting, routines),
        *_reporting(meeting),
        *_adjusting(meeting, parts),
        *announcing,
    )
    return tuple(msgspec.structs.replace(deadline, body=meeting.body) for deadline in found)


def _backward(kind: DeadlineKind, due: date, basis: LegalBasis, subject: str = "", body: str = "") -> Deadline:
    return Deadline(kind, due, working_day_on_or_before(due), basis, subject, body)


def _mbl(facts: CaseFacts) -> tuple[Deadline, ...]:
    """MBL is settled at the latest the day before the first body that really decides, about what it is to decide."""
    settled = mbl.settled(facts.mbl) and mbl.changed_since(facts) is None
    if facts.state in ENDED or not KINDS[facts.kind].negotiated or settled:
        return ()
    roles = {stage.id: stage.role for stage in facts.stages}
    waiting = (item for item in facts.agenda if item.waiting and item.kind is ItemKind.BESLUT)
    ahead = [item.meeting for item in waiting if roles.get(item.stage) in DECIDING_ROLES]
    first = min(ahead, key=lambda meeting: meeting.on, default=None)
    if first is None:
        return ()
    return (_backward(DeadlineKind.MBL, first.on - DAY, legal_basis.MB_02, first.ref, first.body),)


def _unions(facts: CaseFacts) -> Iterator[Deadline]:
    """The first meeting after a request under 10 §, and the last day to go to court over secrecy (MBL 16, 21 §§)."""
    if facts.state in ENDED:
        return
    asked = mbl.not_met(facts.mbl)
    if asked:
        due = min(first_negotiation_day(entry) for entry in asked)
        yield _backward(DeadlineKind.MBL_MEETING, due, legal_basis.MB_06, body=_body_of(facts))
    secret = (entry for entry in facts.mbl if entry.kind is MblKind.FORHANDLING and entry.paragraph == "21")
    over = sorted({end for entry in secret if (end := mbl.ended(facts.mbl, entry))})
    for end in over:
        due = roll_forward(days_after(end, COURT_DAYS))
        subject = end.isoformat() if end != over[0] else ""
        yield _backward(DeadlineKind.MBL_COURT, due, legal_basis.MB_09, subject, _body_of(facts))


def first_negotiation_day(asked: MblEntry) -> date:
    """Last day for the first meeting: two weeks after a local union's request, three after any other's (MBL 16 §)."""
    return roll_forward(days_after(asked.on, CENTRAL_DAYS if asked.central else NEGOTIATION_DAYS))


def _motion(facts: CaseFacts) -> tuple[Deadline, ...]:
    """Fullmäktige decides within the year, or is told; a nämnd that has got the matter tells it (KL 6 kap. 34 §)."""
    due = year_ends(facts)
    if due is None or not is_unanswered(facts):
        return ()
    basis = legal_basis.NA_10 if facts.handed_over else legal_basis.KF_11
    return (_backward(DeadlineKind.MOTION_YEAR, due, basis, body=_body_of(facts)),)


def year_ends(facts: CaseFacts) -> date | None:
    """The day by which fullmäktige is next to be told; None when it has been in time, which is once (KL 5 kap. 35 §).

    A nämnd that has got the matter tells it at least every year until it has decided (6 kap. 34 §).
    """
    if facts.raised_on is None:
        return None
    if facts.handed_over:
        return motion_year(max([facts.raised_on, *_reports(facts)]))
    return None if reported_in_time(facts) else motion_year(facts.raised_on)


def is_unanswered(facts: CaseFacts) -> bool:
    """True for what fullmäktige itself must decide, and neither it nor whoever has got the matter has."""
    return KINDS[facts.kind].council and facts.state not in ENDED and not is_settled(facts)


def reported_in_time(facts: CaseFacts) -> bool:
    """True when fullmäktige was told within the year how far the preparation had come (KL 5 kap. 35 §)."""
    return facts.raised_on is not None and any(on <= motion_year(facts.raised_on) for on in _reports(facts))


def _reports(facts: CaseFacts) -> list[date]:
    """The days fullmäktige was told how far a matter had come; that it was väckt at all is no such report."""
    first = {stage.id for stage in facts.stages if stage.role is StageRole.ANMALAN}
    told = (item for item in facts.agenda if item.kind is ItemKind.ANMALAN and item.meeting.is_council)
    return [item.meeting.on for item in told if item.outcome is MatterOutcome.ANMALD and item.stage not in first]


def is_settled(facts: CaseFacts) -> bool:
    """True when the body of the current stage has decided and was there to decide."""
    if facts.stage is None or facts.stage.role not in DECIDING_ROLES:
        return False
    items = (item for item in facts.agenda if item.stage == facts.current and item.decided)
    return any(item.outcome is not MatterOutcome.OVERLAMNAD for item in items)


def _discharge(facts: CaseFacts) -> tuple[Deadline, ...]:
    """Ansvarsfrihet for a year is decided before the end of the next June (KL 5 kap. 24 §).

    The year is the one before that in which the matter was registered; what comes after June is about the year itself.
    """
    if facts.kind is not CaseKind.REVISION or facts.registered_on is None or facts.state in ENDED or is_settled(facts):
        return ()
    june = date(facts.registered_on.year, *END_OF_JUNE)
    due = june if facts.registered_on <= june else date(june.year + 1, *END_OF_JUNE)
    return (_backward(DeadlineKind.ANSVARSFRIHET, due, legal_basis.KF_20, body=_body_of(facts)),)


def _body_of(facts: CaseFacts) -> str:
    return facts.stage.body if facts.stage else ""


def _dispatch(facts: CaseFacts, routines: Routines) -> tuple[Deadline, ...]:
    """Every § of the round is sent some days after its justering, a remiss too; no law says how many.

    A party is told what has been decided in its matter as soon as can be (FL 33 §).
    """
    if facts.state not in SENDING:
        return ()
    this_round = facts.stage.round if facts.stage else max((stage.round for stage in facts.stages), default=1)
    stages = {stage.id: stage for stage in facts.stages if stage.round == this_round}
    found = {}
    for item in facts.agenda:
        part, stage = item.meeting.part, stages.get(item.stage)
        sends = item.decided or item.outcome is MatterOutcome.REMITTERAD
        if part and stage and sends and not has_reached(item, stage, facts):
            due = days_after(part.adjusted_on, routines.dispatch_days)
            about = (item.meeting.ref, item.meeting.body)
            by_law = facts.appeal_regime is AppealRegime.FORVALTNINGSBESVAR and stage.role in DECIDING_ROLES
            basis = legal_basis.FL_12 if by_law else legal_basis.DISPATCH
            found[item.meeting.ref] = _backward(DeadlineKind.DISPATCH, due, basis, *about)
    return tuple(found.values())


def has_reached(item: AgendaItem, stage: Stage, facts: CaseFacts) -> bool:
    """True when a § has been sent to whom it should.

    What decides the matter goes to every recipient; an earlier decision to somebody; and what prepares it to the
    next body, which has it when the case has gone on there. A remiss has come to somebody when it is sent, and
    evidently when a body has dealt with the case since.
    """
    if item.outcome is MatterOutcome.REMITTERAD:
        return bool(item.sent_to) or _treated_since(item, facts)
    reached = [recipient for recipient in facts.recipients if recipient.id in item.sent_to]
    if stage.role in DECIDING_ROLES:
        last = facts.decision_to_send(None)
        latest = last is not None and last.id == item.id
        return bool(reached) and (not latest or len(reached) == len(facts.recipients))
    onward = facts.after(stage)
    if stage.closed or onward is None:
        return stage.closed or bool(reached)
    return any(recipient.body == onward.body for recipient in reached)


def _treated_since(item: AgendaItem, facts: CaseFacts) -> bool:
    later = (one for one in facts.agenda if one.meeting.on > item.meeting.on)
    return any(one.decided or one.remitted for one in later)


def _final(facts: CaseFacts) -> tuple[Deadline, ...]:
    """Each § that gains laga kraft, until somebody has confirmed that it has; an open appeal is waited for."""
    found = {}
    for item in facts.agenda:
        due = final_day(item) if gains_force(item, facts) else None
        if due is not None and item.final_on is None and not item.appeals:
            about = (item.meeting.ref, item.meeting.body)
            found[item.meeting.ref] = Deadline(DeadlineKind.FINAL, due, roll_forward(due), legal_basis.AN_09, *about)
    return tuple(found.values())


def _appeals(facts: CaseFacts, routines: Routines) -> Iterator[Deadline]:
    """An appeal that lies with us is handed over to the court; also a late one, for the court says that it is."""
    for item in facts.agenda:
        for appeal in (one for one in item.appealed if one.to_hand_over):
            due = days_after(appeal.received_on, routines.appeal_days)
            about = (str(appeal.number), item.meeting.body)
            yield _backward(DeadlineKind.APPEAL, due, legal_basis.HANDING_OVER, *about)


def _silent(facts: CaseFacts, routines: Routines) -> tuple[Deadline, ...]:
    """When somebody asks why nothing happens: so long after the last event or note, or after what is waited for."""
    if facts.last_event is None or facts.state in (State.AVSLUTAD, State.ATERKALLAD):
        return ()
    if facts.tabled:
        # Nobody has planned the meeting it comes back at, so somebody must see to that at once.
        lost = facts.tabled.outcome is MatterOutcome.UTGATT
        since = (facts.noted_on or facts.last_event) if lost else facts.tabled.meeting.on
        basis = legal_basis.SILENT if lost else legal_basis.KF_13
        return (_backward(DeadlineKind.SILENT, since + DAY, basis, body=facts.tabled.meeting.body),)
    meetings = [item.meeting.on for item in facts.agenda if item.waiting]
    if _to_be_told(facts) and not meetings:
        basis = legal_basis.NA_14 if facts.kind is CaseKind.ORDFORANDEBESLUT else legal_basis.NA_13
        return (_backward(DeadlineKind.SILENT, facts.last_event + DAY, basis, body=_body_of(facts)),)
    answers = [stage.opportunity_until for stage in facts.here if stage.opportunity_until]
    answers += [one.due for one in facts.referrals if one.answered_on is None]
    notes = [facts.noted_on] if facts.noted_on else []
    last, ground = max([facts.last_event, *notes, *meetings, *answers]), _what_is_free(facts)
    if ground is None:
        due = days_after(last, routines.silent_days)
        return (_backward(DeadlineKind.SILENT, due, legal_basis.SILENT, body=_body_of(facts)),)
    final = decision_final(facts) if ground is legal_basis.CLOSING else None
    due = max(days_after(last, routines.finish_days), roll_forward(final) if final else last)
    return (_backward(DeadlineKind.SILENT, due, ground, body=_body_of(facts)),)


def _what_is_free(facts: CaseFacts) -> LegalBasis | None:
    """Why nothing stands in the way of the next step, where all is decided and sent; None where something is left."""
    if facts.state is State.SKICKAS_TILL:
        open_appeals = any(item.appeals for item in facts.agenda)
        reached = bool(facts.recipients) and all(one.sent_on for one in facts.recipients)
        sent = reached or facts.decision_to_send(None) is None
        return legal_basis.CLOSING if sent and not open_appeals else None
    at_a_body = facts.state in (State.NAMND, State.KS, State.KF) and bool(facts.here)
    return legal_basis.ONWARD if at_a_body and all(_is_finished(facts, one) for one in facts.here) else None


def _is_finished(facts: CaseFacts, stage: Stage) -> bool:
    """True when a body has decided and its §§ are sent, was only to be told, or has left the matter to another."""
    only_told = stage.role is StageRole.ANMALAN or KINDS[facts.kind].purpose is not ItemKind.BESLUT
    if only_told and facts.told_at(stage):
        return True
    decided = [item for item in facts.agenda if item.stage == stage.id and item.decided]
    if any(item.outcome is MatterOutcome.OVERLAMNAD for item in decided):
        return True
    return bool(decided) and all(has_reached(item, stage, facts) for item in decided)


def _to_be_told(facts: CaseFacts) -> bool:
    """True while a decision that is taken already has not been told of to the body it was taken for."""
    told = any(facts.told_at(stage) or facts.decided_at(stage) for stage in facts.here)
    return KINDS[facts.kind].purpose is ItemKind.ANMALAN and bool(facts.here) and not told


def _answers(facts: CaseFacts) -> tuple[Deadline, ...]:
    """The day a body that has the case now was asked to answer by; kommunstyrelsen by law (KL 5 kap. 28 §)."""
    if facts.state in (State.AVSLUTAD, State.ATERKALLAD):
        return ()
    return tuple(
        _backward(DeadlineKind.ANSWER, stage.opportunity_until, _ground_for_asking(stage), stage.id, stage.body)
        for stage in facts.here
        if stage.opportunity_until is not None and not facts.decided_at(stage)
    )


def _ground_for_asking(stage: Stage) -> LegalBasis:
    return legal_basis.KF_08 if stage.kind is BodyKind.KS and not stage.utskott else legal_basis.REMISS


def _answer_outwards(facts: CaseFacts) -> tuple[Deadline, ...]:
    """The day another authority has set, until our answer has been sent."""
    if facts.answer_by is None or facts.state in (State.AVSLUTAD, State.ATERKALLAD):
        return ()
    deciding = {stage.id for stage in facts.stages if stage.role in DECIDING_ROLES}
    if any(item.decided and item.sent_to for item in facts.agenda if item.stage in deciding):
        return ()
    return (_backward(DeadlineKind.ANSWER, facts.answer_by, legal_basis.REMISS, body=_body_of(facts)),)


def _watched(watch: Watch, routines: Routines) -> Deadline:
    """A watch's own day: agreed or chosen, so never moved to a working day (law applies to acts under law)."""
    kind = DeadlineKind(watch.kind.value) if watch.due else DeadlineKind.AWAITED
    due = watch.due or days_after(watch.noted_on, routines.awaited_days)
    act_by = roll_forward(due) if kind in EARLIEST else working_day_on_or_before(due)
    basis = legal_basis.MANDATE if watch.kind is WatchKind.UPPDRAG else legal_basis.WATCH
    return Deadline(kind, due, act_by, basis, str(watch.number), watch.body, watch.id, watch.snoozed_until)


def _before(meeting: MeetingFacts, routines: Routines) -> tuple[Deadline, ...]:
    if not meeting.ahead:
        return ()
    found = []
    if meeting.called_on is None:
        found.append(_backward(DeadlineKind.MANUSSTOPP, papers_in(meeting, routines), legal_basis.MANUSSTOPP))
    if meeting.is_council and meeting.announced_on is None:
        found.append(_backward(DeadlineKind.ANNOUNCE, announce_last_day(meeting), legal_basis.KF_01))
    if meeting.called_on is None:
        basis = legal_basis.KF_03 if meeting.is_council else legal_basis.CALL
        found.append(_backward(DeadlineKind.CALL, call_last_day(meeting), basis))
    return (*found, _held(meeting))


def announce_last_day(meeting: MeetingFacts) -> date:
    """Last day for fullmäktige's kungörelse: the planned one, never later than the law's (KL 5 kap. 13 §)."""
    law = one_week_before(meeting.on)
    return min(meeting.announce_on or law, law)


def call_last_day(meeting: MeetingFacts) -> date:
    """Last day for the kallelse: the planned one, which for fullmäktige is never later than the law's (15 §)."""
    usual = days_after(meeting.on, -meeting.call_days)
    planned = meeting.call_on or usual
    return min(planned, usual) if meeting.is_council else planned


def _held(meeting: MeetingFacts) -> Deadline:
    """From the day after, somebody asks whether the meeting was held."""
    due = meeting.on + DAY
    return Deadline(DeadlineKind.HOLD, due, roll_forward(due), legal_basis.PROTOCOL)


def _motions(meeting: MeetingFacts, routines: Routines) -> tuple[Deadline, ...]:
    """Unanswered motions are reported to fullmäktige in the months of its own custom; no law says which."""
    papers_open = meeting.is_council and meeting.ahead and meeting.called_on is None
    if not papers_open or meeting.on.month not in routines.motion_reports:
        return ()
    return (_backward(DeadlineKind.MOTION_REPORT, papers_in(meeting, routines), legal_basis.MOTION_REPORT),)


def papers_in(meeting: MeetingFacts, routines: Routines) -> date:
    """The last day to hand in papers: the planned one, or the routine's."""
    return meeting.manus_on or days_after(meeting.on, -routines.manus_days)


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
        return _posting_again(part, part.taken_down_on)
    if part.counted_from is None:
        due = days_after(part.adjusted_on, ANSLAG_DAYS)
        return (_backward(DeadlineKind.POST, due, legal_basis.AN_03, part.id),)
    due = take_down_day(part.counted_from)
    return (Deadline(DeadlineKind.TAKE_DOWN, due, roll_forward(due), legal_basis.AN_04, part.id),)


def _posting_again(part: ProtocolPart, down: date) -> tuple[Deadline, ...]:
    """What came down before the appeal time had run is put up again, at once: until then it never runs out."""
    if part.counted_from is None or down >= take_down_day(part.counted_from):
        return ()
    return (_backward(DeadlineKind.POST, down, legal_basis.AN_04, part.id),)
