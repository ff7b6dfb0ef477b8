"""Taking in a protokoll or an utdrag: what it says of registered cases is recorded, or held against the register.

What has happened is recorded through the same use cases as by hand; what the register already says otherwise is shown
and never overwritten.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from states.case_facts import MeetingState, ProtocolPart
from states.swedish_text import day, listed, name
from workflow import (
    attendancework,
    case_store,
    casework,
    meeting_store,
    meetingwork,
    payload_store,
    protocolwork,
    statements,
)
from workflow.body_register import Body
from workflow.desk import Desk
from workflow.document_intake.folding import key
from workflow.document_intake.meeting_papers import Protokoll, ReadParagraph
from workflow.errors import HiddenError, NotFoundError, UsageError
from workflow.fact_ledger import Ending, FactLedger, Told
from workflow.meeting_plan import Plan
from workflow.meeting_store import LockedMeeting
from workflow.protocol_paragraph import ParagraphIntake


class Meant(msgspec.Struct, frozen=True):
    """A § and the case it is about: None where none is registered, or none may be seen."""

    read: ReadParagraph
    case_id: str | None
    told: str = ""  # why there is none


class Matched(msgspec.Struct, frozen=True):
    """The paper's papers and numbers, as the register knows them."""

    body: Body
    on: date
    paragraphs: tuple[Meant, ...]
    hidden: tuple[str, ...] = ()  # cases asked for that may not be seen

    @property
    def ref(self) -> str:
        return f"{self.body.code} {self.on}"

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.case_id for one in self.paragraphs if one.case_id))


def match(desk: Desk, read: Protokoll, body: str | None) -> Matched:
    """Whose protocol it is, of what day, and which §§ are about which cases. Raises UsageError or NotFoundError."""
    if not read.paragraphs:
        raise UsageError("Inga paragrafer hittades i filen. Är det ett protokoll? Läs en skrivelse med arende import.")
    if read.on is None:
        raise UsageError("Det framgår inte vilken dag sammanträdet hölls, så protokollet kan inte läsas in.")
    called = body or read.body
    if called is None:
        raise UsageError("Det framgår inte vilken instans protokollet är från. Ange --body, till exempel --body SON.")
    found = desk.bodies.called(called, read.on)
    hidden: list[str] = []
    meant = tuple(_meant(desk, paragraph, hidden) for paragraph in read.paragraphs)
    return Matched(found, read.on, meant, tuple(hidden))


def _meant(desk: Desk, read: ReadParagraph, hidden: list[str]) -> Meant:
    found, unknown = dict[str, None](), list[str]()
    for number in read.numbers:
        try:
            found[case_store.find(desk.connection, number)] = None
        except HiddenError as error:
            hidden += error.cases
            unknown.append(number)
        except (NotFoundError, UsageError):
            unknown.append(number)
    if len(found) == 1 and unknown:
        ref = case_store.ref(desk.connection, next(iter(found)))
        told = f"Paragrafen nämner {ref}, men också {listed(unknown)}, som inte finns i registret. Gäller den samma"
        return Meant(read, None, f"{told} ärende: lägg till numret med arende edit --dnr, och läs in igen.")
    if len(found) == 1:
        return Meant(read, next(iter(found)))
    if len(found) > 1:
        refs = listed(case_store.ref(desk.connection, case_id) for case_id in found)
        return Meant(read, None, f"Paragrafen nämner flera ärenden ({refs}); anteckna vad som gäller vart och ett.")
    if not read.numbers:
        return Meant(read, None)
    return Meant(
        read,
        None,
        f"{listed(read.numbers)} finns inte i registret. Ska ärendet vara med: registrera det med arende import eller "
        "arende register, och läs in protokollet igen.",
    )


class ProtocolIntake:
    """Records what a protocol says, fact by fact."""

    def __init__(self, ledger: FactLedger, read: Protokoll, matched: Matched) -> None:
        self._ledger, self._desk, self._read, self._matched = ledger, ledger.desk, read, matched

    def each(self) -> Iterator[Told]:
        """Every fact in the order it happened, and what became of it."""
        yield from self._unmatched()
        if not self._matched.cases:
            return
        yield from self._planned()
        meeting = self._meeting()
        if meeting is None:
            return
        if meeting.facts.state is MeetingState.INSTALLD:
            told = f"Protokollet säger att sammanträdet hölls; i registret står det som {name(MeetingState.INSTALLD)}."
            yield self._ledger.differs(None, self._matched.ref, f"{told} Inget ändrades.")
            return
        yield from self._held(meeting)
        meeting = self._meeting()
        if meeting is None or meeting.facts.state is not MeetingState.HALLEN:
            return
        for one in self._known():
            chair = self._read.ordforande
            yield from ParagraphIntake(self._ledger, meeting.id, str(one.case_id), one.read, chair).each()
        yield from self._closed()
        waiting = self._undecided()
        if waiting:
            told = f"Justering och anslag antecknas när det står vad det blev av {_signs(waiting)}: läs in igen då."
            yield self._ledger.by_hand(None, self._matched.ref, told)
            return
        yield from self._adjusted()
        yield from self._posted()

    def _known(self) -> Iterator[Meant]:
        return (one for one in self._matched.paragraphs if one.case_id)

    def _meeting(self) -> LockedMeeting | None:
        where = {"body": self._matched.body.code, "day": self._matched.on.isoformat()}
        rows = self._desk.connection.run(statements.MEETINGS_BY_DAY, **where)
        return meeting_store.load(self._desk.connection, rows[0]["id"]) if rows else None

    def _unmatched(self) -> Iterator[Told]:
        for one in self._matched.paragraphs:
            if one.told:
                yield Told(Ending.UNKNOWN, one.read.number, listed(one.read.numbers), one.told)
        without = [one.read.number for one in self._matched.paragraphs if not one.case_id and not one.told]
        if without:
            numbers = listed(f"§ {number}" for number in without)
            yield Told(Ending.UNKNOWN, None, self._matched.ref, f"Utan diarienummer, och inte antecknade: {numbers}.")

    # --- the meeting -----------------------------------------------------------------------------------

    def _planned(self) -> Iterator[Told]:
        """The meeting in the calendar, and the cases on its agenda, where it has not been held."""
        on, body, ref = self._matched.on, self._matched.body.code, self._matched.ref
        if self._meeting() is None:
            plan = Plan(starts_at=self._read.starts_at)
            what = f"Sammanträdet {ref} läggs till."
            yield self._ledger.do(on, ref, None, ref, what, meetingwork.add, body, on, plan, fact=False)
        meeting = self._meeting()
        if meeting is None or not meeting.facts.ahead:
            return
        booked = {item["case_id"] for item in meeting.items if item["outcome"] is None}
        for one in self._known():
            if one.case_id in booked:
                continue
            case = case_store.ref(self._desk.connection, str(one.case_id))
            what = f"Sätts på föredragningslistan till {ref}."
            number = one.read.number
            key_ = f"{one.case_id}/{ref}"
            yield self._ledger.do(on, key_, number, case, what, casework.book, one.case_id, meeting.id, fact=False)

    def _held(self, meeting: LockedMeeting) -> Iterator[Told]:
        ref = self._matched.ref
        if meeting.facts.state is MeetingState.HALLEN:
            yield self._ledger.agrees(None, ref, "Sammanträdet är redan antecknat som hållet.")
            return
        what = "Sammanträdet hölls, och ärendena får protokollets paragrafer."
        paragraphs = dict(self._paragraphs(meeting))
        yield self._ledger.do(
            self._matched.on, ref, None, ref, what, meetingwork.hold, meeting.id, paragraphs=paragraphs
        )

    def _paragraphs(self, meeting: LockedMeeting) -> Iterator[tuple[str, int]]:
        """Item of the agenda -> its § by the protocol; the meeting's own matters by their titles."""
        of_case = {one.case_id: one.read.number for one in self._known()}
        texts = payload_store.of_stream(self._desk.connection, meeting.stream)
        titles = {key(one.read.rubrik): one.read.number for one in self._matched.paragraphs if not one.case_id}
        for item in meeting.items:
            if item["outcome"] is not None:
                continue
            title = payload_store.text(texts, item["payload"], "title") if not item["case_id"] else ""
            number = of_case.get(item["case_id"]) if item["case_id"] else titles.get(key(title))
            if number is not None:
                yield item["id"], number

    def _closed(self) -> Iterator[Told]:
        meeting, hour = self._meeting(), self._read.ends_at
        if meeting is None or hour is None:
            return
        ref, recorded = self._matched.ref, meeting.facts.closed_at
        if recorded == hour:
            yield self._ledger.agrees(None, ref, f"Att sammanträdet avslutades {hour} är redan antecknat.")
        elif recorded:
            told = f"Protokollet säger att det avslutades {hour}; i registret står {recorded}. Inget ändrades."
            yield self._ledger.differs(None, ref, told)
        else:
            what = f"Sammanträdet avslutades {hour}."
            yield self._ledger.do(
                self._matched.on, ref, None, ref, what, attendancework.close, meeting.id, hour, fact=False
            )

    def _undecided(self) -> list[int]:
        """The §§ of registered cases that nothing is recorded to have become of."""
        meeting = self._meeting()
        rows = meeting.items if meeting else ()
        treated = {row["case_id"] for row in rows if row["decided"] or row["outcome"] is not None}
        return [one.read.number for one in self._known() if one.case_id not in treated]

    # --- justering and anslag --------------------------------------------------------------------------

    def _adjusted(self) -> Iterator[Told]:
        on, meeting = self._read.adjusted_on, self._meeting()
        if meeting is None:
            return
        if on is None:
            told = "Protokollet säger inte vilken dag det justerades. Anteckna: arende meeting adjust "
            yield self._ledger.by_hand(None, self._matched.ref, f"{told}{self._matched.ref.replace(' ', '-', 1)}")
            return
        recorded = {item["paragraph"] for item in meeting.items if item["paragraph"] is not None}
        own = [one.read for one in self._known() if one.read.number in recorded]
        at_once = [read.number for read in own if read.immediate]
        others = [read.number for read in own if not read.immediate]
        if at_once and others:
            yield from self._adjusted_at_once(meeting, at_once)
        elif at_once:
            yield from self._adjusted_part(meeting, at_once, on, whole=False)
        if others:
            now = self._meeting() or meeting
            whole = self._read.is_whole and not any(item["paragraph"] not in self._numbers for item in _numbered(now))
            yield from self._adjusted_part(now, others, on, whole=whole)

    @property
    def _numbers(self) -> frozenset[int]:
        return frozenset(one.read.number for one in self._matched.paragraphs)

    def _adjusted_at_once(self, meeting: LockedMeeting, numbers: Sequence[int]) -> Iterator[Told]:
        """Some §§ were adjusted before the others: the day of the last signature is not theirs."""
        left = [number for number in numbers if _part_of(meeting, number) is None]
        done = [number for number in numbers if number not in left]
        if done:
            told = f"Redan antecknat: {_signs(done)} justerades omedelbart."
            yield self._ledger.agrees(None, self._matched.ref, told)
        if left:
            ref = self._matched.ref.replace(" ", "-", 1)
            flags = " ".join(f"--paragraf {number}" for number in left)
            yield self._ledger.by_hand(
                None,
                self._matched.ref,
                f"{_signs(left)} justerades omedelbart, men protokollet säger inte vilken dag. Anteckna: arende "
                f"meeting adjust {ref} {flags} --date DATUM",
            )

    def _adjusted_part(
        self, meeting: LockedMeeting, numbers: Sequence[int], on: date, *, whole: bool
    ) -> Iterator[Told]:
        ref = self._matched.ref
        parts = {number: _part_of(meeting, number) for number in numbers}
        other = {part.adjusted_on for part in parts.values() if part is not None and part.adjusted_on != on}
        agreeing = [number for number, part in parts.items() if part is not None and part.adjusted_on == on]
        left = [number for number, part in parts.items() if part is None]
        if agreeing:
            told = f"Redan antecknat: {_signs(agreeing)} justerades {day(on)}."
            yield self._ledger.agrees(None, ref, told)
        if other:
            recorded = listed(day(one) for one in sorted(other))
            told = f"Protokollet säger att det justerades {day(on)}; i registret står {recorded}. Inget ändrades."
            yield self._ledger.differs(None, ref, told)
        if not left:
            return
        all_of_it = whole and len(left) == len(numbers) and not meeting.parts
        what = f"{'Protokollet' if all_of_it else _signs(left)} justerades {day(on)}."
        paragraphs = () if all_of_it else tuple(left)
        key_ = f"{ref}/{on}/{listed(map(str, paragraphs))}"
        yield self._ledger.do(on, key_, None, ref, what, protocolwork.adjust, meeting.id, paragraphs)

    def _posted(self) -> Iterator[Told]:
        on, meeting = self._read.posted_on, self._meeting()
        if on is None or meeting is None:
            return
        seen: set[str] = set()
        for one in self._known():
            part = _part_of(meeting, one.read.number)
            if part is None or part.id in seen:
                continue
            seen.add(part.id)
            yield self._posted_part(meeting, part, one.read.number, on)

    def _posted_part(self, meeting: LockedMeeting, part: ProtocolPart, number: int, on: date) -> Told:
        ref = self._matched.ref
        signs = _signs(part.paragraphs)
        if part.posted_on == on:
            return self._ledger.agrees(None, ref, f"Redan antecknat: {signs} anslogs {day(on)}.")
        if part.posted_on is not None:
            told = f"att {signs} anslogs {day(on)}; i registret står {day(part.posted_on)}"
            return self._ledger.differs(None, ref, f"Protokollet säger {told}. Inget ändrades.")
        what = f"Justeringen av {signs} anslogs {day(on)}."
        return self._ledger.do(on, f"{ref}/{number}", None, ref, what, protocolwork.post, meeting.id, number)


def _numbered(meeting: LockedMeeting) -> Iterator[dict[str, int]]:
    return (item for item in meeting.items if item["paragraph"] is not None)


def _part_of(meeting: LockedMeeting, number: int) -> ProtocolPart | None:
    return next((part for part in meeting.parts if number in part.paragraphs), None)


def _signs(numbers: Sequence[int]) -> str:
    return f"{'§' if len(numbers) == 1 else '§§'} {listed(map(str, numbers))}"
