"""The earliest way of a case through the bodies that are left: which meeting at each, and why no earlier one.

A booking is kept as long as the matter can be decided there. Nothing is planned that would be late by law or by
routine: no late item, no kallelse after its day.
"""

import itertools
from collections.abc import Iterator
from datetime import date

import msgspec

from states import deadlines, mbl
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
from states.plan import Binding, Leg, Obstacle, Plan, Reason
from states.situation import Situation
from states.swedish_calendar import DAY, days_after, working_day_on_or_before

NEVER_MET_BY_WAITING = (KS_OPPORTUNITY, PREPARED, NAMND_HEARD, DELEGABLE)
"""What a decision needs of the way itself: no day mends it, only another way does."""


def earliest(given: Situation) -> Plan:
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
