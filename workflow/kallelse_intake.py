"""Taking in a kallelse: its meeting in the calendar, and the registered cases on its agenda, in its order."""

from collections.abc import Iterator
from datetime import date

import msgspec

from states.case_facts import MeetingState
from states.swedish_text import day, listed, name
from workflow import case_store, casework, meeting_planning, meeting_store, meetingwork, statements
from workflow.body_register import Body
from workflow.desk import Desk
from workflow.document_intake.meeting_papers import Kallelse, ReadItem
from workflow.errors import HiddenError, NotFoundError, UsageError
from workflow.fact_ledger import Ending, FactLedger, Told
from workflow.meeting_plan import Plan
from workflow.meeting_store import LockedMeeting


class Summoned(msgspec.Struct, frozen=True):
    """The meeting a kallelse is for, and its matters as the register knows them."""

    body: Body
    read: Kallelse
    cases: tuple[str | None, ...]  # one for each matter; None: not registered, or not to be seen
    hidden: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.body.code} {self.read.on}"


def match(desk: Desk, read: Kallelse, body: str | None) -> Summoned:
    """Which meeting, and which cases. Raises UsageError or NotFoundError with what to do."""
    if not read.items:
        raise UsageError("Inga ärenden hittades i filen. Är det en kallelse? Läs en skrivelse med arende import.")
    if read.on is None:
        raise UsageError("Det framgår inte vilken dag sammanträdet är, så kallelsen kan inte läsas in.")
    called = body or read.body
    if called is None:
        raise UsageError("Det framgår inte vilken instans kallelsen gäller. Ange --body, till exempel --body SON.")
    hidden: list[str] = []
    cases = tuple(_case(desk, item, hidden) for item in read.items)
    return Summoned(desk.bodies.called(called, read.on), read, cases, tuple(hidden))


def _case(desk: Desk, item: ReadItem, hidden: list[str]) -> str | None:
    """The one case that all its numbers are of."""
    found: dict[str | None, None] = {}
    for number in item.numbers:
        try:
            found[case_store.find(desk.connection, number)] = None
        except HiddenError as error:
            hidden += error.cases
            found[None] = None
        except (NotFoundError, UsageError):
            found[None] = None
    return next(iter(found)) if len(found) == 1 else None


def made_on(read: Kallelse, today: date) -> date:
    """The day that what a kallelse says was settled: its own, else the meeting's, and no later than today."""
    return min(filter(None, (read.called_on or read.on, today)))


class KallelseIntake:
    """Records what a kallelse says, fact by fact. A booking is a plan, so a rule may refuse it."""

    def __init__(self, ledger: FactLedger, summoned: Summoned, made: date) -> None:
        self._ledger, self._desk, self._summoned, self._made = ledger, ledger.desk, summoned, made

    def each(self) -> Iterator[Told]:
        yield from self._planned()
        for item, case_id in zip(self._summoned.read.items, self._summoned.cases, strict=True):
            meeting = self._meeting()
            if meeting is None or not meeting.facts.ahead:
                return
            yield self._booked(meeting, item, case_id)
        yield from self._called()

    def _meeting(self) -> LockedMeeting | None:
        where = {"body": self._summoned.body.code, "day": str(self._summoned.read.on)}
        rows = self._desk.connection.run(statements.MEETINGS_BY_DAY, **where)
        return meeting_store.load(self._desk.connection, rows[0]["id"]) if rows else None

    def _planned(self) -> Iterator[Told]:
        """The meeting, added where it is not there; its hour, where the calendar has none."""
        read, ref, body = self._summoned.read, self._summoned.ref, self._summoned.body.code
        meeting, on = self._meeting(), self._summoned.read.on
        if on is None:
            raise AssertionError("a kallelse without a day is refused before")
        plan = Plan(starts_at=read.starts_at)
        if meeting is None:
            what = f"Sammanträdet {ref} läggs till."
            yield self._ledger.do(self._made, ref, None, ref, what, meetingwork.add, body, on, plan, fact=False)
            return
        if not meeting.facts.ahead:
            told = f"Kallelsen är till ett sammanträde som redan är {name(meeting.facts.state or MeetingState.HALLEN)}."
            yield self._ledger.differs(None, ref, f"{told} Inget ändrades; läs in protokollet med --protokoll.")
            return
        hour = self._desk.connection.run(statements.MEETING, id=meeting.id)[0]["starts_at"]
        if read.starts_at and hour and hour != read.starts_at:
            told = f"Kallelsen säger att det börjar {read.starts_at}; i registret står {hour}. Inget ändrades."
            yield self._ledger.differs(None, ref, told)
        elif read.starts_at and not hour:
            what = f"Sammanträdet börjar {read.starts_at}."
            yield self._ledger.do(self._made, ref, None, ref, what, meeting_planning.plan, meeting.id, plan, fact=False)
        else:
            yield self._ledger.agrees(None, ref, "Sammanträdet finns redan.")

    def _booked(self, meeting: LockedMeeting, item: ReadItem, case_id: str | None) -> Told:
        if case_id is None:
            numbers = listed(item.numbers)
            told = f"”{item.rubrik}”: " + (f"{numbers} finns inte i registret" if numbers else "utan diarienummer")
            lacks = f"{told}; inget bokades."
            return Told(Ending.UNKNOWN, item.place, numbers or self._summoned.ref, lacks)
        ref = case_store.ref(self._desk.connection, case_id)
        if any(one["case_id"] == case_id and one["outcome"] is None for one in meeting.items):
            return self._ledger.agrees(item.place, ref, f"Står redan på föredragningslistan till {self._summoned.ref}.")
        what = f"Sätts på föredragningslistan till {self._summoned.ref}."
        key = f"{case_id}/{self._summoned.ref}"
        return self._ledger.do(self._made, key, item.place, ref, what, casework.book, case_id, meeting.id, fact=False)

    def _called(self) -> Iterator[Told]:
        """That the kallelse has gone out is noted when it is known on what day."""
        meeting, on = self._meeting(), self._summoned.read.called_on
        if meeting is None:
            return
        ref, recorded = self._summoned.ref, meeting.facts.called_on
        if recorded is not None and (on is None or recorded == on):
            yield self._ledger.agrees(None, ref, f"Kallelsen gick ut {day(recorded)}, som redan är antecknat.")
        elif recorded is not None and on is not None:
            told = f"Kallelsen är daterad {day(on)}; i registret gick den ut {day(recorded)}. Inget ändrades."
            yield self._ledger.differs(None, ref, told)
        else:
            told = f"Anteckna när kallelsen har gått ut: arende meeting call {ref.replace(' ', '-', 1)}"
            yield Told(Ending.UNKNOWN, None, ref, told)
