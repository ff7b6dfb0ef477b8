"""The earliest way on for a case, from where it stands to laga kraft and its end, and what it costs to be late.

`plan` is pure arithmetic on a `Situation`: data in, a plan out; it neither writes nor asks the clock. What the
law says of each step is `judge`'s to say; the tests hold the plan against a search that only asks `judge`.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from states import deadlines
from states.appealability import decision_in_question, gains_force
from states.case_facts import AgendaItem, MeetingFacts
from states.deadlines import Routines
from states.plan import Cost, MotionYear, Plan, Reason, Stop, StopKind
from states.situation import Calendar, Situation
from states.swedish_calendar import days_after, roll_forward
from states.way_ahead import decided_at, earliest


def plan(given: Situation) -> Plan:
    """The earliest day of every step that is left."""
    way = earliest(given)
    after = () if way.obstacle else tuple(_afterwards(given, way))
    return msgspec.structs.replace(way, stops=after, year=_motion_year(given, way))


def cost_of_waiting(given: Situation, found: Plan, kind: StopKind) -> Cost | None:
    """What laga kraft is when the justering, or the anslag, waits until the law's last day."""
    decided, stop, final = decision(given, found), found.stop(kind), found.stop(StopKind.FINAL)
    if decided is None or stop is None or stop.last is None or final is None or stop.last <= stop.on:
        return None
    late = stop.last if kind is StopKind.POSTED else posted(decided.meeting, stop.last, given.today, given.routines).on
    return Cost(StopKind.FINAL.value, final.on, deadlines.laga_kraft_earliest(late))


def cost_of_missing(given: Situation, planned: Plan, meeting: str) -> Cost | None:
    """What comes later if a meeting is not reached; None when nothing does."""
    if planned.end is None:
        return None
    instead = earliest(given.without(meeting))
    if instead.end is None:
        return Cost(planned.end.stage.body, planned.end.on, None)
    if instead.end.on > planned.end.on:
        return Cost(planned.end.stage.body, planned.end.on, instead.end.on)
    later = zip(planned.legs, instead.legs, strict=True)
    return next((Cost(one.stage.body, one.on, other.on) for one, other in later if other.on > one.on), None)


# --- when the bodies are done with it -----------------------------------------------------------------


def _afterwards(given: Situation, way: Plan) -> Iterator[Stop]:
    """Justering, anslag, expediering, laga kraft and the end."""
    decided, today = decision(given, way), given.today
    ended = max([today, *(leg.on for leg in way.legs)])
    if decided is None:
        yield Stop(StopKind.CLOSED, ended, Reason.BEFORE)
        return
    protocol = adjusted(decided.meeting, today, given.routines)
    yield protocol
    notice = posted(decided.meeting, protocol.on, today, given.routines)
    yield notice
    sent = bool(given.facts.recipients) and all(one.id in decided.sent_to for one in given.facts.recipients)
    reached, by = max(today, protocol.on), days_after(protocol.on, given.routines.dispatch_days)
    yield Stop(StopKind.SENT, reached, Reason.SENDING, by, done=sent)
    final = _final(decided, given, notice.on)
    if final:
        yield Stop(StopKind.FINAL, final, Reason.APPEALING, done=decided.final_on is not None)
    last = max(ended, reached, final or ended)
    why = Reason.APPEALING if last == final else Reason.SENDING if last == reached else Reason.BEFORE
    yield Stop(StopKind.CLOSED, last, why)


def decision(given: Situation, way: Plan) -> AgendaItem | None:
    """The decision that ends the case: the one there is, or the one the way leads to; None when it is only told."""
    deciding = [leg for leg in way.legs if leg.meeting and not leg.told]
    last = max(deciding, key=lambda leg: leg.order, default=None)
    if last is None or last.meeting is None:
        return decision_in_question(given.facts)
    return decided_at(last.stage, last.meeting)


def adjusted(meeting: MeetingFacts, today: date, routines: Routines) -> Stop:
    """As it is, or when protocols usually are; by the 14th day (KL 5 kap. 69 §)."""
    last = deadlines.justering_last_day(meeting.on)
    if meeting.part:
        return Stop(StopKind.ADJUSTED, meeting.part.adjusted_on, Reason.ADJUSTING, last, done=True)
    usual = roll_forward(days_after(meeting.on, routines.adjust_days))
    return Stop(StopKind.ADJUSTED, max(today, min(usual, last)), Reason.ADJUSTING, last)


def posted(meeting: MeetingFacts, adjusted_on: date, today: date, routines: Routines) -> Stop:
    """As it is, or when the justering usually is announced; by the second day after it (KL 8 kap. 12 §)."""
    last, part = deadlines.anslag_last_day(adjusted_on), meeting.part
    if part and part.counted_from:
        return Stop(StopKind.POSTED, part.counted_from, Reason.POSTING, last, done=True)
    usual = roll_forward(days_after(adjusted_on, routines.post_days))
    return Stop(StopKind.POSTED, max(today, min(usual, last)), Reason.POSTING, last)


def _final(decision: AgendaItem, given: Situation, posted_on: date) -> date | None:
    """The first day it can have gained laga kraft (13 kap. 5 § KL); None where none is counted."""
    if not gains_force(decision, given.facts) or decision.annulled or decision.appeals:
        return None
    part = decision.meeting.part
    if decision.final_on is not None or (part and part.counted_from):
        return decision.final_on or deadlines.final_day(decision)
    return deadlines.laga_kraft_earliest(posted_on)


def _motion_year(given: Situation, way: Plan) -> MotionYear | None:
    facts = given.facts
    if facts.raised_on is None or not deadlines.is_unanswered(facts):
        return None
    ends = deadlines.year_ends(facts) or deadlines.motion_year(facts.raised_on)
    councils = [one.ref for one in _councils(given.calendar) if one.on <= ends]
    return MotionYear(ends, way.end.on if way.end else None, councils[-1] if councils else "")


def _councils(calendar: Calendar) -> list[MeetingFacts]:
    """Fullmäktige's own meetings, in the order of their days."""
    return sorted((one for meetings in calendar.values() for one in meetings if one.is_council), key=lambda m: m.on)
