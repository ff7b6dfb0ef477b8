"""What takes a case along its plan: each thing to do, from which day, until which, and what missing it costs.

Pure, like the plan it reads. The steps are those the law asks for one by one; done on their days in this order
they take the case to its end.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from states import mbl
from states.case_facts import DECIDING_ROLES, Attempt, BodyKind, CaseFacts, MblKind, MeetingFacts, MeetingState, State
from states.deadlines import announce_last_day, call_last_day
from states.guards import Remedy, secretary_of
from states.guards.mbl import MBL_NOTED
from states.guards.skrivelse import DNR
from states.guards.way import CHRONOLOGY, KS_OPPORTUNITY, THE_WAY
from states.judgement import findings
from states.machine import CASES
from states.plan import Cost, Leg, Plan, Stop, StopKind
from states.planning import cost_of_missing, cost_of_waiting, decision
from states.roles import Role
from states.situation import Situation
from states.swedish_calendar import DAY, working_day_on_or_before
from states.way_ahead import purpose


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do."""

    remedy: Remedy
    on: date  # the first day
    who: Role
    last: date | None = None  # the last day, for the plan to hold
    cost: Cost | None = None  # what comes later when that is missed
    reaches: State | None = None  # where the case stands when it is done; None: where it stood


Price = Callable[[str, date | None], Cost | None]
"""A meeting, and the last day to do what it takes -> what comes later if it is not reached."""


def actions(given: Situation, found: Plan, priced_until: date = date.max) -> tuple[Action, ...]:
    """Everything that is left to do, in the order of its days; what it costs to miss, of what can wait no longer."""
    start = max(given.today, given.facts.last_event or given.today)
    # Several steps hang on one meeting, and each price is a plan of its own.
    missing = functools.cache(functools.partial(cost_of_missing, given, found))

    def price(meeting: str, last: date | None) -> Cost | None:
        return missing(meeting) if last and last <= priced_until else None

    steps = [*_out_of_the_forvaltning(given, found, start, price), *_negotiations(given, found, price)]
    groups = [[*legs] for _, legs in itertools.groupby(found.legs, key=lambda leg: leg.stage.ordinal)]
    for legs, following in zip(groups, _following(groups, found), strict=True):
        for leg in legs:
            steps += _at_body(given, leg, price)
        if following:
            steps.append(_advance(given.facts, max([start, *(leg.on for leg in legs)]), following))
    for stop in found.stops:
        steps += _at_stop(given, found, stop)
    return tuple(sorted(steps, key=lambda one: one.on))


def _following(groups: list[list[Leg]], found: Plan) -> Iterator[State | None]:
    """Where the case goes from each step of the way; None where it stays: a body beside is not done, or it may not."""
    stop = found.obstacle
    stopped = [stop.stage] if stop and not (stop.finding and stop.finding.guard == KS_OPPORTUNITY.id) else []
    ahead = [group[0].stage for group in groups[1:]] + stopped
    for legs, there in itertools.zip_longest(groups, ahead[: len(groups)]):
        stays = there is not None and there.ordinal == legs[0].stage.ordinal
        if stays or (there is None and stop is not None):
            yield None
        else:
            yield there.kind.state if there else State.SKICKAS_TILL


def until(steps: tuple[Action, ...], state: State) -> tuple[Action, ...] | None:
    """The part of the way that ends where the case comes to a state; None when it never does."""
    place = next((place for place, one in enumerate(steps) if one.reaches is state), None)
    return None if place is None else steps[: place + 1]


def met_on(guard: str, given: Situation, found: Plan, way: tuple[Action, ...] | None) -> date | None:
    """The first day on which an unmet requirement of a step can be met; None when it never can.

    `way` is what takes the case to the step, if anything does.
    """
    here = {stage.id for stage in given.facts.here}
    match guard:
        case "body-has-decided":
            return max((leg.on for leg in found.legs if leg.stage.id in here), default=None)
        case "ks-opportunity":
            return min((leg.on for leg in found.legs if leg.stage.kind is BodyKind.KS), default=None)
        case "mbl-held" | "mbl-requested":
            return found.mbl_ready
        case "referrals-answered":
            return max((one.due + DAY for one in given.facts.referrals if one.answered_on is None), default=None)
        case "laga-kraft-reached":
            return _on(found, StopKind.FINAL)
        case "paragraph-adjusted":
            return _on(found, StopKind.ADJUSTED)
        case "recipients-sent":
            return _on(found, StopKind.SENT)
        case "no-such-move":
            return way[-1].on if way else None
        case "kf-must-decide" | "not-yet-called":
            return None
    return given.today


def _on(found: Plan, kind: StopKind) -> date | None:
    stop = found.stop(kind)
    return stop.on if stop else None


# --- leaving the förvaltning --------------------------------------------------------------------------

OF_THE_WAY = frozenset({CHRONOLOGY.id, THE_WAY.id, KS_OPPORTUNITY.id, MBL_NOTED.id})
"""Guards that are met by the way itself, or have an action of their own here."""


def _out_of_the_forvaltning(given: Situation, found: Plan, start: date, price: Price) -> Iterator[Action]:
    """What the skrivelse lacks, and the steps to the first body."""
    facts = given.facts
    if facts.stage is not None and facts.state not in (State.DRAFT, State.MBL) and not facts.numbers:
        numbered = Remedy("edit", {"case": facts.ref, "Diarienummer": ""})
        yield Action(remedy=numbered, on=start, who=DNR.who)
    if facts.stage is None or facts.state not in (State.DRAFT, State.MBL):
        return
    last, cost = _leaving(found, price)
    at_mbl, goal = msgspec.structs.replace(facts, state=State.MBL), facts.stage.kind.state
    now = [*_mended(facts, start, State.MBL)] if facts.state is State.DRAFT else []
    yield from now
    if facts.state is State.DRAFT:
        yield _advance(facts, start, State.MBL, last, cost)
    asked = [one.remedy for one in now]
    yield from (one for one in _mended(at_mbl, start, goal) if one.remedy not in asked)
    if not mbl.noted(facts.mbl) and found.mbl_ready:
        args = {"case": facts.ref, "date": found.mbl_ready.isoformat()}
        yield Action(remedy=Remedy("mbl.book", args), on=start, who=Role.FORVALTNINGSCHEF)
    yield _advance(facts, start, goal, last, cost)


def _leaving(found: Plan, price: Price) -> tuple[date | None, Cost | None]:
    """The last day to leave the förvaltning: that of the first meeting; and what it costs to be late."""
    first = next((leg.meeting for leg in found.legs if leg.meeting), None)
    return (first.on, price(first.ref, first.on)) if first else (None, None)


def _advance(facts: CaseFacts, on: date, to: State, last: date | None = None, cost: Cost | None = None) -> Action:
    remedy = Remedy("advance", {"case": facts.ref, "to": to.value})
    return Action(remedy=remedy, on=on, who=Role.REGISTRATOR, last=last, cost=cost, reaches=to)


def _mended(facts: CaseFacts, on: date, to: State) -> Iterator[Action]:
    """What each unmet requirement of a step out of the förvaltning asks for."""
    move = CASES.find("advance", facts.state, to)
    for found in findings(move, facts, Attempt(verb="advance", on=on, to=to)) if move else ():
        if found.blocks and found.remedies and found.guard not in OF_THE_WAY:
            yield Action(remedy=found.remedies[0], on=on, who=found.who)


def _negotiations(given: Situation, found: Plan, price: Price) -> Iterator[Action]:
    """What is to be negotiated, or ended, before a body decides; its last day is the day before (MBL 11–14, 38 §§)."""
    facts, ready = given.facts, found.mbl_ready
    first = next((leg for leg in found.legs if leg.meeting and leg.stage.role in DECIDING_ROLES), None)
    if ready is None or first is None or first.meeting is None:
        return
    last = max(first.meeting.on - DAY, ready)
    cost = price(first.meeting.ref, last)
    for remedy, on in _talks(facts, ready):
        yield Action(remedy=remedy, on=max(on, given.today), who=Role.HR, last=last, cost=cost)


def _talks(facts: CaseFacts, ready: date) -> Iterator[tuple[Remedy, date]]:
    told = mbl.noted(facts.mbl)
    if not told:
        yield Remedy("mbl.negotiate", {"case": facts.ref}), ready
    for one in told:
        if one.kind is MblKind.FORHANDLING and mbl.ended(facts.mbl, one) is None:
            code = "mbl.end" if one.held else "mbl.negotiate"
            yield Remedy(code, {"case": facts.ref, "paragraph": one.paragraph or "11"}), ready if one.held else one.on
    for paragraph in dict.fromkeys(one.paragraph for one in mbl.unanswered(facts.mbl, date.max)):
        yield Remedy("mbl.negotiate", {"case": facts.ref, "paragraph": paragraph or "12"}), ready


# --- at a body ----------------------------------------------------------------------------------------


def _at_body(given: Situation, leg: Leg, price: Price) -> Iterator[Action]:
    """Booking, kungörelse, kallelse, the meeting and its decision."""
    meeting, facts = leg.meeting, given.facts
    if meeting is None:
        return
    named, who = {"meeting": meeting.ref}, secretary_of(meeting.kind)
    if not leg.booked and leg.book_from:
        args = {"case": facts.ref, "purpose": purpose(leg.stage, facts).value, **named}
        remedy, cost = Remedy("book.at", args), price(meeting.ref, leg.book_by)
        yield Action(remedy=remedy, on=leg.book_from, who=who, last=leg.book_by, cost=cost)
    if meeting.state is not MeetingState.HALLEN:
        on = leg.book_from or given.today
        item = facts.item_at(meeting) if leg.booked else None
        if meeting.is_council and (meeting.announced_on is None or item is None or item.announced_on is None):
            last = announce_last_day(meeting)
            day = max(on, working_day_on_or_before(last))
            yield Action(remedy=Remedy("meeting.announce", named), on=day, who=who, last=last)
        if meeting.called_on is None:
            last = call_last_day(meeting)
            day = min(max(on, working_day_on_or_before(last)), meeting.on)
            yield Action(remedy=Remedy("meeting.call", named), on=day, who=who, last=last)
        yield Action(remedy=Remedy("meeting.hold", named), on=meeting.on, who=who)
    if not leg.told:
        yield Action(remedy=Remedy("decide", {"case": facts.ref, **named}), on=meeting.on, who=who)


# --- when the bodies are done with it -----------------------------------------------------------------


def _at_stop(given: Situation, found: Plan, stop: Stop) -> Iterator[Action]:
    facts, decided = given.facts, decision(given, found)
    if stop.kind is StopKind.CLOSED:
        remedy = Remedy("close", {"case": facts.ref})
        yield Action(remedy=remedy, on=stop.on, who=Role.REGISTRATOR, reaches=State.AVSLUTAD)
    if decided is None or stop.done or stop.kind is StopKind.CLOSED:
        return
    if stop.kind is StopKind.SENT and not facts.recipients:
        named = Remedy("edit", {"case": facts.ref, "Beslutet skickas till": ""})
        yield Action(remedy=named, on=stop.on, who=Role.HANDLAGGARE, last=stop.last)
    late = stop.kind in WAITING and stop.last is not None and stop.on > stop.last
    remedy, who = _remedy_at(facts, decided.meeting, stop.kind, late=late)
    cost = cost_of_waiting(given, found, stop.kind) if stop.kind in WAITING else None
    yield Action(remedy=remedy, on=stop.on, who=who, last=stop.last, cost=cost)


WAITING = frozenset({StopKind.ADJUSTED, StopKind.POSTED})
"""What laga kraft is counted from."""


LATE = {"deviation": "SKÄL"}
"""What is done after the law's last day is a fact that is recorded with a reason."""


def _remedy_at(facts: CaseFacts, meeting: MeetingFacts, kind: StopKind, *, late: bool) -> tuple[Remedy, Role]:
    case, named = {"case": facts.ref}, {"meeting": meeting.ref, **(LATE if late else {})}
    match kind:
        case StopKind.ADJUSTED:
            return Remedy("meeting.adjust", named), secretary_of(meeting.kind)
        case StopKind.POSTED:
            return Remedy("meeting.post", named), secretary_of(meeting.kind)
        case StopKind.FINAL:
            return Remedy("laga_kraft", {**case, "number": meeting.ref}), Role.REGISTRATOR
    return Remedy("dispatch", {**case, **named}), Role.REGISTRATOR
