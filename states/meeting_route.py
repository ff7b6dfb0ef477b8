"""What takes a meeting from where it stands to the day its notice comes down, and when each of it can be done."""

from collections.abc import Iterator
from datetime import date

from states import deadlines, planning
from states.case_facts import MeetingFacts, MeetingState
from states.deadlines import Routines
from states.guards import Remedy, secretary_of
from states.plan import Stop
from states.route import LATE, Action


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
    protocol = planning.adjusted(meeting, today, routines)
    notice = planning.posted(meeting, protocol.on, today, routines)
    if not protocol.done:
        remedy = Remedy("meeting.adjust", _named(meeting, protocol))
        yield Action(remedy=remedy, on=protocol.on, who=who, last=protocol.last)
    if not notice.done:
        yield Action(remedy=Remedy("meeting.post", _named(meeting, notice)), on=notice.on, who=who, last=notice.last)
    if part is None or part.taken_down_on is None:
        remedy = Remedy("meeting.take_down", {"meeting": meeting.ref})
        yield Action(remedy=remedy, on=deadlines.take_down_day(notice.on), who=who)


def _named(meeting: MeetingFacts, stop: Stop) -> dict[str, str]:
    """The meeting, and that it is a deviation to do it after the law's last day."""
    late = stop.last is not None and stop.on > stop.last
    return {"meeting": meeting.ref, **(LATE if late else {})}


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
