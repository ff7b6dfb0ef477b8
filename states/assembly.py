"""Who decides a §, and how many they must be: the arithmetic of attendance, jäv and votes."""

from collections.abc import Collection, Iterable, Mapping

from states.case_facts import AgendaItem, Attendee, Ballot, BodyKind, MeetingFacts, Seat, Vote

Jav = Mapping[int, frozenset[str]]
"""§ -> the members that could not take part in it."""


def serving(meeting: MeetingFacts, paragraph: int | None) -> tuple[Attendee, ...]:
    """Those who serve at a §; without one, those who stay to the end, where the next § is given."""
    there = (one for one in meeting.attendance if one.serves)
    return tuple(one for one in there if (one.at(paragraph) if paragraph else one.to_paragraph is None))


def deciding(meeting: MeetingFacts, item: AgendaItem | None) -> tuple[str, ...]:
    """Those who take part in deciding an item: who has jäv in it does not."""
    absent = item.jav if item else ()
    there = serving(meeting, item.paragraph if item else None)
    return tuple(one.member for one in there if one.member not in absent)


def present(meeting: MeetingFacts, item: AgendaItem | None) -> int:
    """How many count towards the quorum at an item."""
    return present_at(meeting, item.paragraph if item else None, item.jav if item else ())


def present_at(meeting: MeetingFacts, paragraph: int | None, jav: Collection[str]) -> int:
    """How many count towards the quorum at a §.

    Whoever has jäv has left the room of a nämnd (KL 6 kap. 30 §), but does not make fullmäktige
    short of members (5 kap. 46 §).
    """
    absent = () if meeting.kind is BodyKind.KF else jav
    return sum(one.member not in absent for one in serving(meeting, paragraph))


def quorate(there: int, seats: int) -> bool:
    """More than half of the members (KL 5 kap. 45 §, 6 kap. 27 §)."""
    return there * 2 > seats


def chair(meeting: MeetingFacts, item: AgendaItem) -> str | None:
    """Who presides at an item."""
    there = serving(meeting, item.paragraph)
    presiding = (one.member for one in there if one.seat is Seat.ORDFORANDE and one.member not in item.jav)
    return next(presiding, None)


def tied(vote: Vote) -> bool:
    return vote.yes == vote.no


def abstained(vote: Vote, member: str | None) -> bool:
    return (member, Ballot.AVSTAR) in vote.ballots


def passed_over(meeting: MeetingFacts) -> tuple[tuple[Attendee, Attendee], ...]:
    """(called, before): an ersättare who serves while one who stands before in the order is there and does not."""
    waiting = [one for one in meeting.attendance if one.seat is Seat.ERSATTARE and not one.serves]
    called = [one for one in meeting.attendance if one.seat is Seat.ERSATTARE and one.serves]
    pairs = ((one, _before(one, waiting)) for one in called)
    return tuple((one, other) for one, other in pairs if other is not None)


def _before(called: Attendee, waiting: Iterable[Attendee]) -> Attendee | None:
    """The foremost of those who were there when somebody behind them was called in."""
    earlier = [one for one in waiting if _overlap(one, called) and (one.place or 0) < (called.place or 0)]
    return min(earlier, key=lambda one: one.place or 0, default=None)


def _overlap(one: Attendee, other: Attendee) -> bool:
    first = max(one.from_paragraph or 0, other.from_paragraph or 0)
    ends = [end for end in (one.to_paragraph, other.to_paragraph) if end is not None]
    return not ends or first <= min(ends)


def twice_at_a_paragraph(meeting: MeetingFacts, jav: Jav) -> str | None:
    """A member who stands twice at one §: as there and there, or as there and replaced; None: nobody does.

    Somebody stands in for whoever has jäv in the §, also while that member is at the meeting.
    """
    starts = {one.from_paragraph or 1 for one in meeting.attendance} | set(jav)
    return next((found for start in sorted(starts) if (found := _twice(meeting, start, jav.get(start)))), None)


def _twice(meeting: MeetingFacts, paragraph: int, jav: frozenset[str] | None) -> str | None:
    there = [one for one in meeting.attendance if one.at(paragraph)]
    taken = [one.member for one in there]
    taken += [one.serves_for for one in there if one.serves_for and one.serves_for not in (jav or ())]
    return next((member for member in taken if taken.count(member) > 1), None)
