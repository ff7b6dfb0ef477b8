"""What takes a meeting from where it stands to the day its notice comes down, and when each of it can be done."""

from collections.abc import Iterator
from datetime import date

from states import deadlines
from states.case_facts import MeetingFacts, MeetingState
from states.deadlines import Routines
from states.guards import Remedy, secretary_of
from states.route import LATE, Action
from states.swedish_calendar import days_after, roll_forward


def actions(meeting: MeetingFacts, today: date, routines: Routines) -> tuple[Action, ...]:
    """Everything that is left, in the order of its days; `meeting.part` is the part of the protocol it is about."""
    return (*_before(meeting, today), *_afterwards(meeting, today, routines))


def _before(meeting: MeetingFacts, today: date) -> Iterator[Action]:
    if meeting.state is None or not meeting.ahead:
        return
    if meeting.is_council and meeting.announced_on is None:
        yield _action("announce", meeting, today, deadlines.announce_last_day(meeting))
    if meeting.called_on is None:
        yield _action("call", meeting, today, deadlines.call_last_day(meeting))
    yield _action("hold", meeting, meeting.on, None)


def _afterwards(meeting: MeetingFacts, today: date, routines: Routines) -> Iterator[Action]:
    if meeting.state is MeetingState.INSTALLD:
        return
    part, last = meeting.part, deadlines.justering_last_day(meeting.on)
    usual = min(roll_forward(days_after(meeting.on, routines.adjust_days)), last)
    adjusted = part.adjusted_on if part else max(today, usual)
    if part is None:
        yield _action("adjust", meeting, adjusted, last)
    last = deadlines.anslag_last_day(adjusted)
    usual = min(roll_forward(days_after(adjusted, routines.post_days)), last)
    counted = part.counted_from if part else None
    posted = counted or max(today, usual)
    if counted is None:
        yield _action("post", meeting, posted, last)
    if part is None or part.taken_down_on is None:
        yield _action("take_down", meeting, deadlines.take_down_day(posted), None)


def _action(verb: str, meeting: MeetingFacts, on: date, last: date | None) -> Action:
    late = LATE if last is not None and on > last and verb in ("adjust", "post") else {}
    remedy = Remedy(f"meeting.{verb}", {"meeting": meeting.ref, **late})
    return Action(remedy=remedy, on=on, who=secretary_of(meeting.kind), last=last)


NEVER = frozenset({"kungorelse-in-time", "kallelse-in-time", "justering-in-time", "anslag-in-time", "no-such-move"})
"""What a day that has passed cannot mend: only another day for the meeting, or that it is recorded as it was."""


def met_on(guard: str, meeting: MeetingFacts, today: date, steps: tuple[Action, ...]) -> date | None:
    """The first day on which an unmet requirement can be met; None when it no longer can."""
    awaited = {"protocol-adjusted": "meeting.adjust", "protocol-posted": "meeting.post"}.get(guard)
    if guard == "anslag-stays-up" and meeting.part and meeting.part.counted_from:
        return deadlines.take_down_day(meeting.part.counted_from)
    if awaited:
        return next((one.on for one in steps if one.remedy.code == awaited), today)
    return None if guard in NEVER else today
