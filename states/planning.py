"""The earliest way on for a case, from where it stands to laga kraft and its end.

`plan` is pure arithmetic on a `Situation`: data in, a plan out; it neither writes nor asks the clock. A
booking is kept as long as the matter can be decided there. Nothing is planned that would be late by law or
by routine: no late item, no kallelse after its day. What the law says of each step is `judge`'s to say; the
tests hold the plan against a search that only asks `judge`.
"""

import itertools
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec

from states import deadlines, mbl
from states.appealability import decision_in_question, gains_force
from states.case_facts import (
    DECIDING_ROLES,
    AgendaItem,
    Attempt,
    BodyKind,
    CaseFacts,
    ItemKind,
    MblKind,
    MeetingFacts,
    MeetingState,
    Stage,
    StageRole,
)
from states.guards.decisions import DELEGABLE, NAMND_HEARD, PREPARED
from states.guards.way import KS_OPPORTUNITY, is_done
from states.judgement import Finding, finding
from states.kinds import KINDS
from states.situation import Calendar, Situation
from states.swedish_calendar import DAY, days_after, roll_forward, working_day_on_or_before

NEVER_MET_BY_WAITING = (KS_OPPORTUNITY, PREPARED, NAMND_HEARD, DELEGABLE)
"""What a decision needs of the way itself: no day mends it, only another way does."""


class Reason(StrEnum):
    """What a day rests on: why it is not earlier."""

    MEETING = "sammantrade"  # the body meets no earlier
    BOOKED = "bokat"  # it is booked there
    BEFORE = "foregaende"  # the body before decides no earlier
    PAPERS = "manusstopp"
    CALL = "kallelse"
    NOTICE = "kungorelse"
    MBL = "mbl"
    REFERRAL = "remiss"
    ORDER = "tidsfoljd"  # something later than that meeting is noted already
    ANSWER = "svarsdag"  # whoever was asked has until that day
    DONE = "klart"
    ADJUSTING = "justering"
    POSTING = "anslag"
    APPEALING = "overklagandetid"
    SENDING = "expediering"


class Binding(msgspec.Struct, frozen=True):
    """What decides a day: the meeting that could not be reached, and the day that stood in the way of it."""

    reason: Reason
    meeting: str = ""
    day: date | None = None


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A body of the way, and the first day it can be done with the case."""

    stage: Stage
    on: date
    binding: Binding
    meeting: MeetingFacts | None = None  # where it decides; None when its answer day passes, or it is done already
    told: bool = False  # it is only told of the matter there
    booked: bool = False
    book_from: date | None = None
    book_by: date | None = None  # last day to put the matter on the agenda in good time
    sooner: str = ""  # an earlier meeting that the booking could be moved to

    @property
    def done(self) -> bool:
        return self.binding.reason is Reason.DONE


def _order(leg: Leg) -> tuple[date, int]:
    return leg.on, leg.stage.ordinal


class StopKind(StrEnum):
    """A point on the way after the last body."""

    ADJUSTED = "justerat"
    POSTED = "anslaget"
    SENT = "expedierat"
    FINAL = "laga_kraft"
    CLOSED = "avslutat"


class Stop(msgspec.Struct, frozen=True):
    """Such a point, and the first day it can be reached."""

    kind: StopKind
    on: date
    reason: Reason
    last: date | None = None  # the last day of law or routine for it, where there is one
    done: bool = False


class Obstacle(msgspec.Struct, frozen=True):
    """What no day mends: a rule that nothing ahead meets, or that no meeting that can be reached is planned."""

    stage: Stage
    finding: Finding | None = None  # None: no meeting
    binding: Binding | None = None  # why the last planned meeting cannot be reached


class MotionYear(msgspec.Struct, frozen=True):
    """Whether fullmäktige decides within the year (KL 5 kap. 35 §)."""

    ends: date
    decided: date | None  # None: the way does not get there
    last_council: str  # fullmäktige's last planned meeting within the year; empty: none is

    @property
    def margin(self) -> int | None:
        """Days to spare; negative when the year does not hold."""
        return (self.ends - self.decided).days if self.decided else None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The earliest way of one case."""

    legs: tuple[Leg, ...]
    stops: tuple[Stop, ...] = ()
    mbl_ready: date | None = None  # first day a deciding body may decide, for MBL's sake; None: it asks for nothing
    obstacle: Obstacle | None = None
    year: MotionYear | None = None

    @property
    def end(self) -> Leg | None:
        """Where the bodies are done with it; None when the way does not get there."""
        return max(self.legs, key=_order, default=None) if self.obstacle is None else None

    def stop(self, kind: StopKind) -> Stop | None:
        return next((stop for stop in self.stops if stop.kind is kind), None)


def plan(given: Situation) -> Plan:
    """The earliest day of every step that is left."""
    way = _best(given)
    after = () if way.obstacle else tuple(_afterwards(given, way))
    return msgspec.structs.replace(way, stops=after, year=_motion_year(given, way))


class Cost(msgspec.Struct, frozen=True):
    """What comes later when a day is missed."""

    where: str  # the body that is done with it last, or the first that meets later, or a StopKind
    planned: date
    instead: date | None  # None: nothing later is planned


def cost_of_waiting(given: Situation, found: Plan, kind: StopKind) -> Cost | None:
    """What laga kraft is when the justering, or the anslag, waits until the law's last day."""
    decided, stop, final = decision(given, found), found.stop(kind), found.stop(StopKind.FINAL)
    if decided is None or stop is None or stop.last is None or final is None or stop.last <= stop.on:
        return None
    posted = stop.last if kind is StopKind.POSTED else _posted(decided, stop.last, given).on
    return Cost(StopKind.FINAL.value, final.on, deadlines.laga_kraft_earliest(posted))


def cost_of_missing(given: Situation, planned: Plan, meeting: str) -> Cost | None:
    """What comes later if a meeting is not reached; None when nothing does."""
    if planned.end is None:
        return None
    instead = _best(given.without(meeting))
    if instead.end is None:
        return Cost(planned.end.stage.body, planned.end.on, None)
    if instead.end.on > planned.end.on:
        return Cost(planned.end.stage.body, planned.end.on, instead.end.on)
    later = zip(planned.legs, instead.legs, strict=True)
    return next((Cost(one.stage.body, one.on, other.on) for one, other in later if other.on > one.on), None)


# --- the way through the bodies -----------------------------------------------------------------------


def _best(given: Situation) -> Plan:
    """The earliest way: bookings are kept, and answer days pass by, where the way goes on all the same."""
    first = _Way(given).walk()
    if first.obstacle is None:
        return first
    steps = [stage for step in _ahead(given.facts) for stage in step]
    booked = [stage.id for stage in steps if any(_waits_at(item, stage, given.facts) for item in given.facts.agenda)]
    asked = [stage.id for stage in steps if _has_answer_day(stage)]
    for moved in itertools.product((False, True), repeat=len(booked)):
        loose = frozenset(itertools.compress(booked, moved))
        ways = [_Way(given, awaited, loose).walk() for awaited in _subsets(asked)]
        if found := [way for way in ways if way.obstacle is None]:
            return min(found, key=_how_soon)
    return first


def _how_soon(way: Plan) -> tuple[date, list[date]]:
    """First over, and then the first bodies first."""
    in_order = sorted(way.legs, key=lambda leg: (leg.stage.ordinal, leg.stage.id))
    return max(leg.on for leg in way.legs), [leg.on for leg in in_order]


def _subsets(ids: list[str]) -> Iterator[frozenset[str]]:
    """Every subset, the small ones first."""
    for size in range(len(ids) + 1):
        yield from map(frozenset, itertools.combinations(ids, size))


def _ahead(facts: CaseFacts) -> list[tuple[Stage, ...]]:
    """The open steps from where the case stands on: the bodies of each, beside each other."""
    here = facts.stage
    if here is None:
        return []
    later = (s for s in facts.stages if s.ordinal > here.ordinal and s.required and not s.closed)
    return [facts.here, *(tuple(step) for _, step in itertools.groupby(later, key=lambda s: s.ordinal))]


def _has_answer_day(stage: Stage) -> bool:
    return stage.opportunity_until is not None and stage.role not in DECIDING_ROLES


NONE: frozenset[str] = frozenset()


class _Way:
    """One walk through the bodies.

    `awaited` are the stages whose answer is waited for past its day, `loose` those whose booking may be moved.
    """

    def __init__(self, given: Situation, awaited: frozenset[str] = NONE, loose: frozenset[str] = NONE) -> None:
        self._given, self._awaited, self._loose, self._facts = given, awaited, loose, given.facts
        self._start = max(given.today, self._facts.last_event or given.today)
        self._mbl = mbl_ready(given)
        self._asked = mbl.unanswered(given.facts.mbl, date.max)
        self._legs: list[Leg] = []

    def walk(self) -> Plan:
        ready, obstacle = self._start, None
        for step in _ahead(self._facts):
            found = [self._reach(stage, ready) for stage in step]
            obstacle = next((one for one in found if isinstance(one, Obstacle)), None)
            if obstacle:
                break
            legs = [one for one in found if isinstance(one, Leg)]
            self._legs += legs
            ready = max(ready, *(leg.on for leg in legs))
        return Plan(legs=tuple(self._legs), mbl_ready=self._mbl, obstacle=obstacle)

    def _reach(self, stage: Stage, ready: date) -> Leg | Obstacle:
        """The first day a body is done with the case, which stands there from `ready` on."""
        if is_done(self._facts, stage, date.min):
            return Leg(stage=stage, on=ready, binding=Binding(Reason.DONE))
        if lacking := self._lacking(stage, ready):
            return Obstacle(stage, lacking)
        met, until = self._meet(stage, ready), stage.opportunity_until
        if until is None or not _has_answer_day(stage) or stage.id in self._awaited:
            return met
        passed = max(until + DAY, ready)
        if isinstance(met, Obstacle) or passed < met.on:
            return Leg(stage=stage, on=passed, binding=Binding(Reason.ANSWER, day=until))
        return met

    def _lacking(self, stage: Stage, ready: date) -> Finding | None:
        """What stands in the way of this body's decision on any day."""
        if stage.kind is not BodyKind.KF and not stage.utskott:
            return None
        at = MeetingFacts(ref="", body=stage.body, kind=stage.kind, on=ready, state=None, utskott=stage.utskott)
        attempt = Attempt(verb="decide", on=ready, to=stage.kind.state, meeting=at)
        then = self._then(stage)
        lacks = ((guard, guard.check(then, attempt)) for guard in NEVER_MET_BY_WAITING)
        return next((finding(guard, lack, attempt) for guard, lack in lacks if lack), None)

    def _then(self, stage: Stage) -> CaseFacts:
        """The case as it will be when it stands at a stage: what is before it is done."""
        before = [leg for leg in self._legs if leg.stage.ordinal < stage.ordinal]
        passed = {leg.stage.id for leg in before}
        stages = tuple(
            msgspec.structs.replace(one, closed=True) if one.id in passed else one for one in self._facts.stages
        )
        kept = (item for item in self._facts.agenda if item.decided or item.stage not in passed)
        agenda = (*kept, *(decided_at(leg.stage, leg.meeting) for leg in before if leg.meeting))
        return msgspec.structs.replace(
            self._facts, state=stage.kind.state, current=stage.id, stages=stages, agenda=agenda
        )

    def _meet(self, stage: Stage, ready: date) -> Leg | Obstacle:
        """The meeting it is booked to, when it can be decided there; or else the first at which it can."""
        waiting = [item for item in self._facts.agenda if _waits_at(item, stage, self._facts)]
        booked = {item.meeting.ref: item.meeting for item in waiting}
        told = waiting[0].kind is not ItemKind.BESLUT if waiting else purpose(stage, self._facts) is not ItemKind.BESLUT
        calendar = self._given.calendar.get(stage.body, ())
        ahead = {one.ref for one in calendar}
        behind = (one for one in booked.values() if one.ref not in ahead)
        book_from = self._book_from(stage)
        first, refused = None, Binding(Reason.MEETING)
        for meeting in sorted((*behind, *calendar), key=lambda one: one.on):
            known = meeting.ref in booked
            if first is not None and not known:
                continue
            on = max(meeting.on, self._start)
            reason = self._why_not(stage, meeting, ready, None if known else book_from)
            if reason is None and known and (stage.id not in self._loose or first is None):
                sooner = first.meeting.ref if first and first.meeting else ""
                binding = Binding(Reason.BOOKED)
                return Leg(stage=stage, on=on, binding=binding, meeting=meeting, told=told, booked=True, sooner=sooner)
            if reason is None and first is None:
                leg = Leg(stage=stage, on=on, binding=refused, meeting=meeting, told=told, book_from=book_from)
                first = msgspec.structs.replace(leg, book_by=book_by(meeting, self._given.routines))
            if reason is not None and first is None:
                refused = reason
        return first or Obstacle(stage, binding=refused if refused.meeting else None)

    def _book_from(self, stage: Stage) -> date:
        """The first day it can be booked here: when what the same body is to do before is done."""
        mine = next((leg for leg in reversed(self._legs) if leg.stage.body == stage.body), None)
        if mine is None or (mine.done and self._facts.decided_at(mine.stage)):
            return self._start
        if mine.meeting is not None and not mine.told:
            return mine.on
        return max(leg.on for leg in self._legs if leg.stage.ordinal == mine.stage.ordinal)

    def _why_not(self, stage: Stage, meeting: MeetingFacts, ready: date, book_from: date | None) -> Binding | None:
        """What keeps the matter from being decided at a meeting; `book_from` is None where it is booked already."""
        behind = meeting.on < self._start
        if behind and (stage not in self._facts.here or self._facts.state != stage.kind.state):
            return Binding(Reason.BEFORE, meeting.ref, ready)
        if not behind and meeting.on < ready:
            return Binding(Reason.BEFORE, meeting.ref, ready)
        if behind and len(self._facts.here) == 1 and self._facts.last_event and meeting.on < self._facts.last_event:
            return Binding(Reason.ORDER, meeting.ref, self._facts.last_event)
        if stage.role in DECIDING_ROLES and self._mbl and meeting.on < self._mbl and self._mbl_stops(meeting):
            return Binding(Reason.MBL, meeting.ref, self._mbl)
        if waited := self._awaited_answer(stage, meeting):
            return Binding(Reason.REFERRAL, meeting.ref, waited)
        if book_from is not None:
            return _too_late_to_book(meeting, book_from, self._given.routines)
        return self._unannounced(stage, meeting) if meeting.is_council else None

    def _mbl_stops(self, meeting: MeetingFacts) -> bool:
        """False where a union only asked for a negotiation after the meeting."""
        others = _negotiated_on(self._given)
        asked = any(one.on <= meeting.on for one in self._asked)
        return asked or any(meeting.on < on for on in others)

    def _awaited_answer(self, stage: Stage, meeting: MeetingFacts) -> date | None:
        """The answer day of a remiss that by routine must be over before a body decides."""
        if stage.role not in DECIDING_ROLES:
            return None
        out = (one for one in self._facts.referrals if one.answered_on is None and one.mandatory)
        return max((one.due for one in out if one.due >= meeting.on), default=None)

    def _unannounced(self, stage: Stage, meeting: MeetingFacts) -> Binding | None:
        """What fullmäktige was not told in time of a meeting where the matter is booked (KL 5 kap. 13–15, 52 §§)."""
        week, today = deadlines.one_week_before(meeting.on), self._given.today
        if meeting.state is not MeetingState.HALLEN and today > week:
            if meeting.announced_on is None:
                return Binding(Reason.NOTICE, meeting.ref, week)
            if meeting.called_on is None:
                return Binding(Reason.CALL, meeting.ref, week)
        item = self._facts.item_at(meeting)
        if item is None or stage.role not in DECIDING_ROLES:
            return None
        told = item.announced_on or (today if meeting.state is not MeetingState.HALLEN else None)
        limit = working_day_on_or_before(meeting.on - DAY) if item.urgent else week
        return None if told and told <= limit else Binding(Reason.NOTICE, meeting.ref, limit)


def _waits_at(item: AgendaItem, stage: Stage, facts: CaseFacts) -> bool:
    """True for an item that waits for a body to do what its stage is for."""
    ends_when_told = stage.role is StageRole.ANMALAN or KINDS[facts.kind].ends_when_told
    what_for = item.kind is ItemKind.BESLUT or ends_when_told
    return item.stage == stage.id and item.waiting and what_for and item.meeting.state is not MeetingState.INSTALLD


def purpose(stage: Stage, facts: CaseFacts) -> ItemKind:
    """What the matter is put on an agenda for at a stage, if nothing else is said."""
    usual = KINDS[facts.kind].purpose
    only_told = stage.role is StageRole.ANMALAN and usual is ItemKind.BESLUT
    return ItemKind.ANMALAN if only_told else usual


def book_by(meeting: MeetingFacts, routines: deadlines.Routines) -> date:
    """The last day to put a matter on an agenda in good time."""
    return min(day for day, _ in _limits(meeting, routines))


def _limits(meeting: MeetingFacts, routines: deadlines.Routines) -> Iterator[tuple[date, Reason]]:
    """The days by which what is to stand on an agenda must be there."""
    yield deadlines.papers_in(meeting, routines), Reason.PAPERS
    if meeting.called_on is None:
        yield deadlines.call_last_day(meeting), Reason.CALL
    elif not meeting.is_council:
        yield meeting.called_on - DAY, Reason.CALL
    if meeting.is_council:
        week = deadlines.one_week_before(meeting.on)
        yield (week if meeting.announced_on else deadlines.announce_last_day(meeting)), Reason.NOTICE


def _too_late_to_book(meeting: MeetingFacts, book_from: date, routines: deadlines.Routines) -> Binding | None:
    day, reason = min(_limits(meeting, routines))
    return Binding(reason, meeting.ref, day) if book_from > day else None


def decided_at(stage: Stage, meeting: MeetingFacts) -> AgendaItem:
    """The item as it will be when a body has decided at a meeting."""
    held = msgspec.structs.replace(meeting, state=MeetingState.HALLEN)
    return AgendaItem(id=f"{stage.id}@{held.ref}", stage=stage.id, meeting=held, decided=True)


def mbl_ready(given: Situation) -> date | None:
    """The first day on which MBL does not stop a deciding body (11–14, 38 §§); None where it asks for nothing.

    What is booked is held on its day. What is neither held nor booked takes the time the municipality says it does.
    """
    asked = mbl.unanswered(given.facts.mbl, date.max)
    return max([*_negotiated_on(given), *([_soon(given)] if asked else [])], default=None)


def _soon(given: Situation) -> date:
    """When a negotiation can be over that nobody has booked."""
    return days_after(given.today, given.routines.mbl_days)


def _negotiated_on(given: Situation) -> list[date]:
    """The days on which what is to be said of MBL before a decision has been, or can be."""
    if not KINDS[given.facts.kind].negotiated:
        return []
    entries, told, soon = given.facts.mbl, mbl.noted(given.facts.mbl), _soon(given)
    if not told:
        return [soon]
    if all(one.kind is MblKind.EJ_PAKALLAD for one in told):
        return [min(one.on for one in told)]
    talks = [one for one in told if one.kind is MblKind.FORHANDLING]
    return [mbl.ended(entries, one) or (soon if one.held else one.on) for one in talks]


# --- when the bodies are done with it -----------------------------------------------------------------


def _afterwards(given: Situation, way: Plan) -> Iterator[Stop]:
    """Justering, anslag, expediering, laga kraft and the end."""
    decided, today = decision(given, way), given.today
    ended = max([today, *(leg.on for leg in way.legs)])
    if decided is None:
        yield Stop(StopKind.CLOSED, ended, Reason.BEFORE)
        return
    adjusted = _adjusted(decided, given)
    yield adjusted
    posted = _posted(decided, adjusted.on, given)
    yield posted
    sent = bool(given.facts.recipients) and all(one.id in decided.sent_to for one in given.facts.recipients)
    reached, by = max(today, adjusted.on), days_after(adjusted.on, given.routines.dispatch_days)
    yield Stop(StopKind.SENT, reached, Reason.SENDING, by, done=sent)
    final = _final(decided, given, posted.on)
    if final:
        yield Stop(StopKind.FINAL, final, Reason.APPEALING, done=decided.final_on is not None)
    last = max(ended, reached, final or ended)
    why = Reason.APPEALING if last == final else Reason.SENDING if last == reached else Reason.BEFORE
    yield Stop(StopKind.CLOSED, last, why)


def decision(given: Situation, way: Plan) -> AgendaItem | None:
    """The decision that ends the case: the one there is, or the one the way leads to; None when it is only told."""
    deciding = [leg for leg in way.legs if leg.meeting and not leg.told]
    last = max(deciding, key=_order, default=None)
    if last is None or last.meeting is None:
        return decision_in_question(given.facts)
    return decided_at(last.stage, last.meeting)


def _adjusted(decision: AgendaItem, given: Situation) -> Stop:
    """As it is, or when protocols usually are; by the 14th day (KL 5 kap. 69 §)."""
    last = deadlines.justering_last_day(decision.meeting.on)
    if part := decision.meeting.part:
        return Stop(StopKind.ADJUSTED, part.adjusted_on, Reason.ADJUSTING, last, done=True)
    usual = roll_forward(days_after(decision.meeting.on, given.routines.adjust_days))
    return Stop(StopKind.ADJUSTED, max(given.today, min(usual, last)), Reason.ADJUSTING, last)


def _posted(decision: AgendaItem, adjusted: date, given: Situation) -> Stop:
    """As it is, or when the justering usually is announced; by the second day after it (KL 8 kap. 12 §)."""
    last, part = deadlines.anslag_last_day(adjusted), decision.meeting.part
    if part and part.counted_from:
        return Stop(StopKind.POSTED, part.counted_from, Reason.POSTING, last, done=True)
    usual = roll_forward(days_after(adjusted, given.routines.post_days))
    return Stop(StopKind.POSTED, max(given.today, min(usual, last)), Reason.POSTING, last)


def _final(decision: AgendaItem, given: Situation, posted: date) -> date | None:
    """The first day it can have gained laga kraft (13 kap. 5 § KL); None where none is counted."""
    if not gains_force(decision, given.facts) or decision.annulled or decision.appeals:
        return None
    part = decision.meeting.part
    if decision.final_on is not None or (part and part.counted_from):
        return decision.final_on or deadlines.final_day(decision)
    return deadlines.laga_kraft_earliest(posted)


def _motion_year(given: Situation, way: Plan) -> MotionYear | None:
    facts = given.facts
    if facts.raised_on is None or not deadlines.is_unanswered(facts):
        return None
    ends = deadlines.motion_year(facts.raised_on)
    councils = [one.ref for one in _councils(given.calendar) if one.on <= ends]
    return MotionYear(ends, way.end.on if way.end else None, councils[-1] if councils else "")


def _councils(calendar: Calendar) -> list[MeetingFacts]:
    """Fullmäktige's own meetings, in the order of their days."""
    return sorted((one for meetings in calendar.values() for one in meetings if one.is_council), key=lambda m: m.on)
