"""What a plan is made from, and what it would be made from if something were otherwise.

Every change is a new value; nothing is written anywhere.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from states import deadlines
from states.case_facts import AgendaItem, CaseFacts, MblEntry, MblKind, MeetingFacts, MeetingState
from states.deadlines import Routines

Calendar = Mapping[str, tuple[MeetingFacts, ...]]
"""Body -> its meetings that are still to be held, in the order of their days."""


class Situation(msgspec.Struct, frozen=True):
    """A case, the meetings ahead, the municipality's own times, and the day it is."""

    facts: CaseFacts
    calendar: Calendar
    today: date
    routines: Routines = deadlines.USUAL

    def at(self, day: date) -> "Situation":
        """As if it were another day, and nothing more had happened."""
        return msgspec.structs.replace(self, today=day)

    def negotiated(self, day: date) -> "Situation":
        """As if MBL were negotiated on a day: what is booked is held then, and what is not is booked to it."""
        kept = tuple(one for one in self.facts.mbl if one.kind is not MblKind.FORHANDLING or one.held)
        moved = [msgspec.structs.replace(one, on=day) for one in self.facts.mbl if one not in kept]
        booked = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=day, held=False)
        facts = msgspec.structs.replace(self.facts, mbl=(*kept, *(moved or [booked])))
        return msgspec.structs.replace(self, facts=facts)

    def with_times(self, routines: Routines) -> "Situation":
        """As if the municipality had other times of its own."""
        return msgspec.structs.replace(self, routines=routines)

    def moved(self, meeting: str, to: date) -> "Situation":
        """As if a meeting were on another day: called and announced anew, planned days as long before it."""
        calendar = {
            body: tuple(sorted((_moved(one, meeting, to) for one in meetings), key=lambda one: one.on))
            for body, meetings in self.calendar.items()
        }
        agenda = tuple(_item_moved(item, meeting, to) for item in self.facts.agenda)
        facts = msgspec.structs.replace(self.facts, agenda=agenda)
        return msgspec.structs.replace(self, facts=facts, calendar=calendar)

    def without(self, meeting: str) -> "Situation":
        """As if a meeting were not there to be reached."""
        calendar = {
            body: tuple(one for one in meetings if one.ref != meeting) for body, meetings in self.calendar.items()
        }
        agenda = tuple(item for item in self.facts.agenda if not (item.waiting and item.meeting.ref == meeting))
        facts = msgspec.structs.replace(self.facts, agenda=agenda)
        return msgspec.structs.replace(self, facts=facts, calendar=calendar)


def _item_moved(item: AgendaItem, meeting: str, to: date) -> AgendaItem:
    if item.meeting.ref != meeting:
        return item
    return msgspec.structs.replace(item, meeting=_moved(item.meeting, meeting, to), announced_on=None)


def _moved(one: MeetingFacts, meeting: str, to: date) -> MeetingFacts:
    if one.ref != meeting:
        return one
    by = to - one.on
    return msgspec.structs.replace(
        one,
        ref=f"{one.body} {to}",
        on=to,
        state=MeetingState.PLANERAD,
        announced_on=None,
        called_on=None,
        manus_on=one.manus_on and one.manus_on + by,
        call_on=one.call_on and one.call_on + by,
        announce_on=one.announce_on and one.announce_on + by,
    )
