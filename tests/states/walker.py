"""Every way a case can take, tried by asking the law alone: what the planner is held against.

Nothing of the planner is used. A way is a choice of a meeting, or of an answer day, for each body that is left;
each is walked day by day, and every command of it goes through `judge`. A walk that anything is refused on, or
that would be late by routine, is no way. Days on which neither the facts nor the calendar has anything to say
are passed over.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from states.case_facts import (
    AgendaItem,
    Attempt,
    CaseFacts,
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
)
from states.judgement import Advanced, Refused, judge
from states.kinds import KINDS
from states.machine import CASES
from states.situation import Situation
from states.swedish_calendar import is_working_day

ONE_DAY = timedelta(days=1)
LATE = frozenset({"late-item", "kallelse-in-time", "kungorelse-in-time", "laga-kraft-reached"})
"""Warnings that something is done too late, or too early: nobody plans for that."""

Choice = MeetingFacts | None
"""A meeting; None: the answer day passes by."""


@dataclass
class Found:
    """One way that the law let through."""

    chosen: dict[str, str | None]  # stage -> meeting
    legs: dict[str, date] = field(default_factory=dict)  # stage -> the day its body was done
    days: dict[str, date] = field(default_factory=dict)  # command -> its day, after the last body

    @property
    def end(self) -> date:
        return max(self.legs.values(), default=date.min)


NO_DAYS: Mapping[str, date] = {}


class NoWayError(Exception):
    """The law refused a step of this walk, or it would have been late."""


def best(given: Situation, found: list[Found]) -> Found | None:
    """Of the ways, the one that is over first, its bodies as early as they can be.

    A booking is kept where it can be; to pass by on the answer day is to keep it.
    """
    stages = _open(given.facts)
    for stage in stages:
        booked = {meeting.ref for meeting in _booked(given.facts, stage)}
        kept = [way for way in found if way.chosen[stage.id] in (*booked, None)]
        found = kept if booked and kept else found
    return min(found, key=lambda way: (way.end, [way.legs[stage.id] for stage in stages]), default=None)


def ways(given: Situation, book_from: Mapping[str, date] = NO_DAYS) -> list[Found]:
    """Every way through the bodies that are left, with the days it takes.

    `book_from`: stage -> the first day on which anybody gets round to booking it.
    """
    stages = _open(given.facts)
    found = []
    for chosen in itertools.product(*(_choices(given, stage) for stage in stages)):
        walk = _Walk(given, {stage.id: choice for stage, choice in zip(stages, chosen, strict=True)}, book_from)
        try:
            found.append(walk.walk())
        except NoWayError:
            continue
    return found


def _open(facts: CaseFacts) -> list[Stage]:
    """The stages from where it stands that nothing has come of yet."""
    here = next((s for s in facts.stages if s.id == facts.current), None)
    if here is None:
        return []
    done = {item.stage for item in facts.agenda if item.decided or item.outcome is MatterOutcome.ANMALD}
    return [s for s in facts.stages if s.ordinal >= here.ordinal and not s.closed and s.id not in done]


def _booked(facts: CaseFacts, stage: Stage) -> list[MeetingFacts]:
    return [item.meeting for item in facts.agenda if item.stage == stage.id and item.waiting]


def _choices(given: Situation, stage: Stage) -> list[Choice]:
    known = {one.ref: one for one in (*given.calendar.get(stage.body, ()), *_booked(given.facts, stage))}
    return [*known.values(), None] if stage.opportunity_until else [*known.values()]


class _Walk:
    """One case on its way, with one meeting chosen for each body; it changes as the days go by."""

    def __init__(self, given: Situation, chosen: dict[str, Choice], book_from: Mapping[str, date]) -> None:
        self.given, self.chosen, self.facts, self.book_from = given, chosen, given.facts, book_from
        self.meetings = {one.ref: one for one in chosen.values() if one is not None}
        self.found = Found({stage: one.ref if one else None for stage, one in chosen.items()})
        self.stages = {stage.id: stage for stage in given.facts.stages}

    def walk(self) -> Found:
        start = max(self.given.today, self.facts.last_event or self.given.today)
        self.since = start
        self._mend(start)
        for day in self._days(start):
            while self._something(day):
                pass
            if self.facts.state is State.SKICKAS_TILL:
                self._afterwards(day)
                return self.found
            if any(one.on <= day and stage not in self.found.legs for stage, one in self.chosen.items() if one):
                raise NoWayError
        raise NoWayError

    def _days(self, start: date) -> list[date]:
        """The days on which anything can be otherwise than the day before."""
        named = set(_dates(self.facts)) | set(_dates(tuple(self.meetings.values())))
        soon = start + self.given.routines.mbl_days * ONE_DAY
        days = {start, self._negotiated_on, soon, *self.book_from.values()} | {
            one + n * ONE_DAY for one in named for n in (0, 1)
        }
        return sorted(day for day in days if day >= start)

    # --- what is done at once ---------------------------------------------------------------------

    def _mend(self, start: date) -> None:
        """The skrivelse is filled in, and what MBL asks for is booked, or held on the day it is booked for."""
        facts, soon = self.facts, self.given.today + self.given.routines.mbl_days * ONE_DAY
        numbers, proposals = facts.numbers or ("SON 2024-1",), ((None, 1),)
        self.facts = replace(facts, leftovers=(), numbers=numbers, proposals=proposals)
        self._negotiated_on = soon
        entries = [*facts.mbl]
        if KINDS[facts.kind].negotiated and not [
            one for one in entries if one.kind in (MblKind.FORHANDLING, MblKind.INFORMATION, MblKind.EJ_PAKALLAD)
        ]:
            entries.append(_talks("11", soon, held=False))
        for one in [one for one in entries if one.kind is MblKind.FORHANDLING]:
            if not one.held:
                entries.append(_talks(one.paragraph, one.on, held=True))
            elif one.unfinished:
                entries.append(MblEntry(kind=MblKind.AVSLUT, paragraph=one.paragraph, on=soon, held=True))
        entries += [_talks(one.paragraph, soon, held=True) for one in entries if one.kind is MblKind.BEGARAN]
        self.facts = replace(self.facts, mbl=tuple(entries))

    # --- what the law is asked of -----------------------------------------------------------------

    def _something(self, day: date) -> bool:
        """Do the first thing that can be done on a day; False when nothing can."""
        if self._advance(day):
            return True
        for stage, meeting in self.chosen.items():
            if stage in self.found.legs:
                continue
            if meeting and (
                self._book(self.stages[stage], meeting, day) or self._meet(self.stages[stage], meeting, day)
            ):
                return True
        return False

    def _may(self, attempt: Attempt, facts: CaseFacts | MeetingFacts | None = None) -> bool:
        verdict = judge(facts or self.facts, attempt)
        return isinstance(verdict, Advanced) and not LATE & {one.guard for one in verdict.warnings}

    def _advance(self, day: date) -> bool:
        leaves = self.facts.state not in (State.DRAFT, State.MBL)
        left = [one.id for one in self.facts.here] if leaves else []
        if any(self.chosen.get(stage) and stage not in self.found.legs for stage in left):
            return False  # its answer is waited for, also past its day
        for move in CASES.from_state(self.facts.state):
            attempt = Attempt(verb="advance", on=day, to=State(move.target))
            if move.verb == "advance" and self._may(attempt):
                self._pass_by([stage for stage in left if stage in self.chosen and stage not in self.found.legs])
                self.since = day
                following = self.facts.next_stage if leaves else self.facts.stage
                stages = tuple(replace(one, closed=one.closed or one.id in left) for one in self.facts.stages)
                current = following.id if following else None
                state = State(move.target)
                self.facts = replace(self.facts, state=state, stages=stages, current=current, last_event=day)
                return True
        return False

    def _pass_by(self, stages: list[str]) -> None:
        """Those that were asked until a day, and have not answered."""
        for stage in stages:
            until = self.stages[stage].opportunity_until or self.since
            self.found.legs[stage] = max(until + ONE_DAY, self.since)

    def _book(self, stage: Stage, meeting: MeetingFacts, day: date) -> bool:
        known = any(
            one.stage == stage.id and one.meeting.ref == meeting.ref and one.waiting for one in self.facts.agenda
        )
        if known or day > _list_closes(meeting, self.given) or day < self.book_from.get(stage.id, day):
            return False
        attempt = Attempt(verb="book", on=day, to=self.facts.state, meeting=self.meetings[meeting.ref])
        standing = self.facts.stage_of(meeting.body)
        if standing is None or standing.id != stage.id or not self._may(attempt):
            return False
        kept = tuple(one for one in self.facts.agenda if not (one.stage == stage.id and one.waiting))
        item = AgendaItem(id=stage.id, stage=stage.id, meeting=meeting, kind=_purpose(stage, self.facts))
        self.facts = replace(self.facts, agenda=(*kept, item))
        return True

    def _meet(self, stage: Stage, meeting: MeetingFacts, day: date) -> bool:
        """On its day the meeting is held, and the matter decided, or told of."""
        item = next((one for one in self.facts.agenda if one.stage == stage.id and one.waiting), None)
        behind = meeting.on < self.given.today
        if item is None or item.meeting.ref != meeting.ref or (day != meeting.on and not behind):
            return False
        held, announced_on = self._held(meeting, item)
        item = replace(item, meeting=held, paragraph=1, announced_on=announced_on)
        others = tuple(one for one in self.facts.agenda if one.id != item.id)
        self.facts = replace(self.facts, agenda=(*others, item))
        if item.kind is not ItemKind.BESLUT:
            item = replace(item, outcome=MatterOutcome.ANMALD)
        else:
            attempt = Attempt(verb="decide", on=meeting.on, to=meeting.kind.state, meeting=held)
            if not self._may(attempt):
                raise NoWayError
            item = replace(item, decided=True)
        last = max(meeting.on, self.facts.last_event or meeting.on)
        self.facts = replace(self.facts, agenda=(*others, item), last_event=last)
        self.found.legs[stage.id] = max(day, meeting.on)
        return True

    def _held(self, meeting: MeetingFacts, item: AgendaItem) -> tuple[MeetingFacts, date | None]:
        """The meeting announced, called and held as the law allows, and when the matter was announced."""
        if meeting.state is MeetingState.HALLEN:
            return meeting, item.announced_on
        now, told = meeting, item.announced_on
        if meeting.is_council and (now.announced_on is None or told is None):
            on = max(self.given.today, min(meeting.announce_on or date.max, meeting.on - 7 * ONE_DAY))
            late = replace(now, supplementary=now.announced_on is not None and item.urgent)
            if self._may(Attempt(verb="announce", on=on, to=now.state), late):
                now, told = replace(now, announced_on=now.announced_on or on), told or on
        if now.called_on is None:
            on = max(self.given.today, min(meeting.on - meeting.call_days * ONE_DAY, meeting.call_on or date.max))
            if isinstance(judge(now, Attempt(verb="call", on=on, to=MeetingState.KALLAD)), Advanced):
                now = replace(now, called_on=on, state=MeetingState.KALLAD)
        if isinstance(judge(now, Attempt(verb="hold", on=now.on, to=MeetingState.HALLEN)), Refused):
            raise NoWayError
        return replace(now, state=MeetingState.HALLEN), told

    # --- when the bodies are done with it ---------------------------------------------------------

    def _afterwards(self, day: date) -> None:
        decided = [one for one in self.facts.agenda if one.decided]
        if decided:
            day = self._protocol(decided[-1], day)
        on = self._first("close", self.facts, day, to=State.AVSLUTAD)
        self.found.days["close"] = on

    def _protocol(self, item: AgendaItem, day: date) -> date:
        days, times, today = self.found.days, self.given.routines, self.given.today
        part = item.meeting.part
        if part is None:
            on = max(today, _rolled(item.meeting.on + times.adjust_days * ONE_DAY))
            while not self._may(Attempt(verb="adjust", on=on, to=MeetingState.HALLEN), item.meeting) and on > today:
                on -= ONE_DAY
            part = ProtocolPart(id="p", paragraphs=(item.paragraph or 1,), whole=True, adjusted_on=on)
        days["adjust"] = part.adjusted_on
        if part.posted_on is None:
            on = max(today, _rolled(part.adjusted_on + times.post_days * ONE_DAY))
            meeting = replace(item.meeting, part=part)
            while not self._may(Attempt(verb="post", on=on, to=MeetingState.HALLEN), meeting) and on > today:
                on -= ONE_DAY
            part = replace(part, posted_on=on)
        days["post"] = part.posted_on or today
        item = replace(item, meeting=replace(item.meeting, part=part))
        others = tuple(one for one in self.facts.agenda if one.id != item.id)
        self.facts = replace(self.facts, agenda=(*others, item))
        days["dispatch"] = self._first("dispatch", self.facts, max(today, part.adjusted_on), meeting=item.meeting)
        item = replace(item, sent_to=tuple(one.id for one in self.facts.recipients))
        recipients = tuple(replace(one, sent_on=days["dispatch"]) for one in self.facts.recipients)
        self.facts = replace(self.facts, agenda=(*others, item), recipients=recipients)
        final = replace(self.facts, state=State.SKICKAS_TILL)
        tried = (_finally(final, part.posted_on + n * ONE_DAY, item) for n in range(99) if part.posted_on)
        gained = next((one.on for one in tried if isinstance(judge(final, one), Advanced)), None)
        if gained:
            days["laga_kraft"] = gained
        return max(day, days["dispatch"])

    def _first(self, verb: str, facts: CaseFacts, day: date, **rest: Any) -> date:
        """The first day from `day` on that the law lets through without a word of the time."""
        while not self._may(Attempt(verb=verb, on=day, **({"to": facts.state} | rest)), facts):
            day += ONE_DAY
            if day > self.given.today + 999 * ONE_DAY:
                raise NoWayError
        return day


def _finally(facts: CaseFacts, on: date, item: AgendaItem) -> Attempt:
    return Attempt(verb="laga_kraft", on=on, to=facts.state, meeting=item.meeting)


def _purpose(stage: Stage, facts: CaseFacts) -> ItemKind:
    if stage.role is not StageRole.ANMALAN:
        return KINDS[facts.kind].purpose
    return ItemKind.INFORMATION if facts.kind.value == "informationsarende" else ItemKind.ANMALAN


def _talks(paragraph: str | None, on: date, *, held: bool) -> MblEntry:
    return MblEntry(kind=MblKind.FORHANDLING, paragraph=paragraph, on=on, held=held)


def _list_closes(meeting: MeetingFacts, given: Situation) -> date:
    """The last day papers are taken: the manusstopp, and before the kallelse and the kungörelse go out as planned."""
    days = [meeting.manus_on or meeting.on - given.routines.manus_days * ONE_DAY]
    usual = meeting.on - meeting.call_days * ONE_DAY
    if meeting.called_on is None:
        days.append(min(meeting.call_on or usual, usual) if meeting.is_council else meeting.call_on or usual)
    if meeting.is_council and meeting.announced_on is None:
        days.append(meeting.announce_on or date.max)
    return min(days)


def _rolled(day: date) -> date:
    while not is_working_day(day):
        day += ONE_DAY
    return day


def _dates(value: Any) -> Iterator[date]:
    """Every date anywhere in a value."""
    if isinstance(value, date):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _dates(one)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _dates(getattr(value, name))
