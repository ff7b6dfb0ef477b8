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
    named, who = {"meeting": meeting.ref}, secretary_of(meeting.kind)
    if meeting.is_council and meeting.announced_on is None:
        last = deadlines.announce_last_day(meeting)
        yield Action(remedy=Remedy("meeting.announce", named), on=today, who=who, last=last)
    if meeting.called_on is None:
        last = deadlines.call_last_day(meeting)
        yield Action(remedy=Remedy("meeting.call", named), on=today, who=who, last=last)
    yield Action(remedy=Remedy("meeting.hold", named), on=meeting.on, who=who)


def _afterwards(meeting: MeetingFacts, today: date, routines: Routines) -> Iterator[Action]:
    if meeting.state is MeetingState.INSTALLD:
        return
    part, who = meeting.part, secretary_of(meeting.kind)
    last = deadlines.justering_last_day(meeting.on)
    usual = min(roll_forward(days_after(meeting.on, routines.adjust_days)), last)
    adjusted = part.adjusted_on if part else max(today, usual)
    if part is None:
        remedy = Remedy("meeting.adjust", _named(meeting, adjusted, last))
        yield Action(remedy=remedy, on=adjusted, who=who, last=last)
    last = deadlines.anslag_last_day(adjusted)
    usual = min(roll_forward(days_after(adjusted, routines.post_days)), last)
    posted = (part and part.counted_from) or max(today, usual)
    if part is None or part.counted_from is None:
        yield Action(remedy=Remedy("meeting.post", _named(meeting, posted, last)), on=posted, who=who, last=last)
    if part is None or part.taken_down_on is None:
        remedy = Remedy("meeting.take_down", {"meeting": meeting.ref})
        yield Action(remedy=remedy, on=deadlines.take_down_day(posted), who=who)


def _named(meeting: MeetingFacts, on: date, last: date) -> dict[str, str]:
    """The meeting, and that it is a deviation to do it after the law's last day."""
    return {"meeting": meeting.ref, **(LATE if on > last else {})}


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
