"""The scenarios on hand-made facts: what happened is kept in plain lists, and the law alone is asked.

Nothing here knows the stores or the use cases. That is the point: the use cases must come to the same
facts, and so to the same answers, by their own way.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec.structs import replace

from states import assembly, deadlines, mbl
from states.case_facts import (
    AgendaItem,
    Appeal,
    AppealCourt,
    AppealOutcome,
    AppealRegime,
    Attempt,
    Attendee,
    Ballot,
    BodyKind,
    CaseFacts,
    CaseKind,
    Children,
    ItemKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    Outcome,
    Person,
    ProtocolPart,
    Purpose,
    Recipient,
    Referral,
    Seat,
    Stage,
    StageRole,
    State,
    Vote,
    Watch,
    WatchKind,
    Written,
)
from states.judgement import Advanced, Refused, judge
from states.kinds import KINDS
from states.lifecycle import Move
from states.machine import CASES, MEETINGS
from states.swedish_calendar import DAY, working_day_on_or_before, working_days_after
from tests.scenarios import days, reading
from tests.scenarios.days import Open
from tests.scenarios.reading import Step

KIND_OF = {"KF": BodyKind.KF, "KFB": BodyKind.KF, "KFP": BodyKind.KF, "KS": BodyKind.KS, "KSAU": BodyKind.KS}
UTSKOTT = {"KFB": "KF", "KFP": "KF", "KSAU": "KS", "SONAU": "SON"}
"""Those that prepare within another body."""

NAMES = {
    "BUN": "Barn- och utbildningsnämnden",
    "KFB": "Demokratiberedningen",
    "KSAU": "Kommunstyrelsens arbetsutskott",
    "SONAU": "Social- och omsorgsnämndens arbetsutskott",
    "KF": "Kommunfullmäktige",
    "KS": "Kommunstyrelsen",
    "KFP": "Kommunfullmäktiges presidium",
    "ON": "Omsorgsnämnden",
    "SON": "Social- och omsorgsnämnden",
}
CALL_DAYS = {"KF": 7}
"""By law; the others by the municipality's own setting."""

USUAL_CALL_DAYS = 5
RENAMED = date(2019, 1, 1)
"""From this day SON has taken over from ON, and was not there before it."""
GOALS = {"mbl": State.MBL, "nämnd": State.NAMND, "ks": State.KS, "kf": State.KF, "expediering": State.SKICKAS_TILL}
UNNUMBERED = "id:"

AT_THE_MEETING = {"remittera", "återremittera", "bordlägg", "beslut", "jäv", "protokollet", "votering"}
"""What happens to a case at a meeting, and so on its day."""

TOLD = {ItemKind.INFORMATION: MatterOutcome.NOTERAD, ItemKind.ANMALAN: MatterOutcome.ANMALD}
"""What becomes of an item at the meeting where it is only told."""

OTHERS_DAYS = {WatchKind.AVTALSSLUT, WatchKind.UPPSAGNING, WatchKind.OPTION}
"""Watches of a day that is agreed with somebody else."""


@dataclass(frozen=True)
class Impossible:
    """What cannot be true: it is not for the law to judge, and nothing is noted."""

    why: str  # the program's own words; nothing by hand


class ImpossibleDayError(Exception):
    """A day on which the thing cannot have happened."""


Verdict = Advanced | Refused | Impossible | None
"""None: nothing was judged, since no rule can refuse it."""


def kind_of(body: str) -> BodyKind:
    return KIND_OF.get(body, BodyKind.NAMND)


def body_named(name: str, on: date) -> str | None:
    """The code of one of our own bodies on a day, by code or name."""
    named = next((code for code, full in NAMES.items() if name in (code, full)), None)
    if named == "ON" and on >= RENAMED:
        return "SON"
    return None if named == "SON" and on < RENAMED else named


def _rulings(step: Step) -> frozenset[Outcome]:
    """What is decided of the att-satser: as proposed, if nothing else is said."""
    refused = Outcome.AVSLAG if "avslag" in step.extras else Outcome.BIFALL
    return frozenset({Outcome.BIFALL_MED_ANDRING if "ändring" in step.extras else refused})


@dataclass(eq=False)
class Part:
    """A protocol, or one § of it, that has been adjusted."""

    whole: bool
    adjusted_on: date
    posted_on: date | None = None
    taken_down_on: date | None = None
    restarted_on: date | None = None


@dataclass(eq=False)
class Item:
    """The case on a meeting's agenda."""

    meeting: str
    stage: str  # empty for a matter of the meeting's own
    urgent: bool = False
    kind: ItemKind = ItemKind.BESLUT
    minority: bool = False
    announced_on: date | None = None
    paragraph: int | None = None
    decided: bool = False
    outcome: MatterOutcome | None = None
    deviation: bool = False
    part: Part | None = None
    jav: list[str] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    appealable: bool | None = None
    final_on: date | None = None
    rulings: frozenset[Outcome] = frozenset()
    reservations: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Appealing:
    """An appeal of a §; its number is its place among them all."""

    item: Item
    received_on: date
    received_by: AppealCourt
    in_time: bool
    forwarded_on: date | None = None
    settled_on: date | None = None
    outcome: AppealOutcome | None = None


@dataclass(eq=False)
class Meeting:
    """A meeting and its protocol."""

    ref: str
    state: MeetingState = MeetingState.PLANERAD
    announced_on: date | None = None
    called_on: date | None = None
    parts: list[Part] = field(default_factory=list)
    planned: dict[str, date] = field(default_factory=dict)  # word -> the day it is planned for
    untold: list[str] = field(default_factory=list)  # decisions in its place that it has not been told of
    attendance: dict[str, list[Attendee]] = field(default_factory=dict)  # name -> where they sat
    closed_at: str | None = None

    @property
    def body(self) -> str:
        return self.ref.split()[0]

    @property
    def on(self) -> date:
        return date.fromisoformat(self.ref.split()[1])

    @property
    def ahead(self) -> bool:
        return self.state in (MeetingState.PLANERAD, MeetingState.KALLAD)

    @property
    def is_council(self) -> bool:
        return self.body == "KF"


@dataclass(eq=False)
class Watching:
    """What must not be forgotten; its number is its place among them all."""

    kind: WatchKind
    body: str
    noted_on: date
    due: date | None
    months: int | None
    snoozed_until: date | None = None
    ended: bool = False


class ByHand:
    """One municipality's desk, with one case on it."""

    def __init__(self, raised: str = reading.FILED) -> None:
        self.raised = raised
        self.meetings: dict[str, Meeting] = {}
        self.items: list[Item] = []
        self.members: dict[str, dict[str, tuple[str, Seat, int | None]]] = {}  # body -> name -> (id, seat, place)
        self.way: list[Stage] = []  # in order; Stage.ordinal is filled in when the facts are made
        self.versions: list[tuple[date, dict[str | None, int]]] = []  # of the proposal: when it was put, att-satser
        self.beside: dict[str, str] = {}  # a stage -> the one before it that it runs beside
        self.recipients: dict[str, str | None] = {}  # name -> body
        self.sent: dict[tuple[str, int], date] = {}  # (name, place of the item) -> day
        self.purposes: dict[str, Purpose] = {}  # of recipients, where one has been said
        self.regime = AppealRegime.LAGLIGHET
        self.appeals: list[Appealing] = []
        self.watches: list[Watching] = []
        self.referrals: list[Referral] = []
        self.taken_back: set[int] = set()  # numbers of referrals
        self.case: dict[str, Any] = {}
        self.verdict: Verdict = None  # the last one
        self.asked: list[Move | None] = []  # the rows of the tables that the steps have been judged by

    # --- the facts --------------------------------------------------------------------------------

    def facts(self) -> CaseFacts:
        first = {stage.id: place for place, stage in enumerate(self.way)}
        places = {stage.id: first[self.beside.get(stage.id, stage.id)] for stage in self.way}
        own = (item for item in self.items if item.stage)
        bodies = {stage.id: stage.body for stage in self.way}
        agenda = sorted(own, key=lambda item: (self.meetings[item.meeting].on, places[item.stage], bodies[item.stage]))
        way = sorted(self.way, key=lambda stage: (places[stage.id], stage.body))
        latest = next((item for item in reversed(agenda) if item.decided), None)
        return CaseFacts(
            ref=self.case["numbers"][0] if self.case["numbers"] else UNNUMBERED,
            kind=self.case["kind"],
            state=self.case["state"],
            stages=tuple(replace(stage, ordinal=places[stage.id]) for stage in way),
            current=self.case["current"],
            last_event=self.case["last_event"],
            noted_on=self.case["noted_on"],
            numbers=tuple(self.case["numbers"]),
            proposals=tuple(self.case["proposals"].items()),
            leftovers=tuple(self.case["leftovers"]),
            mbl=tuple(self.case["mbl"]),
            proposal_versions=self._versions(),
            agenda=tuple(self._agenda_item(item) for item in agenda),
            recipients=tuple(
                Recipient(
                    id=name,
                    name=name,
                    body=body,
                    sent_on=self.sent.get((name, self.items.index(latest))) if latest else None,
                    purpose=self.purposes.get(name, Purpose.KANNEDOM),
                )
                for name, body in self.recipients.items()
            ),
            registered_on=self.case["registered_on"],
            raised_on=self._raised_on(agenda),
            watches=tuple(
                Watch(
                    id=str(number),
                    number=number,
                    kind=watch.kind,
                    body=watch.body,
                    noted_on=watch.noted_on,
                    due=watch.due,
                    months=watch.months,
                    snoozed_until=watch.snoozed_until,
                )
                for number, watch in enumerate(self.watches, 1)
                if not watch.ended
            ),
            appeal_regime=self.regime,
            received_on=self.case["received_on"],
            referrals=tuple(one for one in self.referrals if one.number not in self.taken_back),
            children=self.case["children"],
            answer_by=self.case["answer_by"],
            paused_on=self.case["pause"][0] if self.case["pause"] else None,
            paused_until=self.case["pause"][1] if self.case["pause"] else None,
            party_told_on=self.case["party"].get("underrättad"),
            party_asked_on=self.case["party"].get("begär avgörande"),
            party_refused_on=self.case["party"].get("får avslag"),
        )

    def _versions(self) -> tuple[tuple[date | None, int], ...]:
        """When each version of the proposal was put, and the place of the first that says the same."""
        texts = [text for _, text in self.versions]
        return tuple((on, texts.index(text)) for on, text in self.versions)

    def _raised_on(self, agenda: list[Item]) -> date | None:
        """A motion is väckt when it is filed, or when fullmäktige is told of it: as the municipality reads it."""
        if self.raised == reading.FILED:
            filed: date = self.case["received_on"] or self.case["registered_on"]
            return filed
        told = {stage.id for stage in self.way if stage.body == "KF" and stage.role is StageRole.ANMALAN}
        held = (self.meetings[item.meeting].on for item in agenda if item.stage in told and item.paragraph)
        return next(held, None)

    def _agenda_item(self, item: Item) -> AgendaItem:
        return AgendaItem(
            id=str(self.items.index(item)),
            stage=item.stage,
            meeting=self._seen_from_the_case(self.meetings[item.meeting], item.part),
            announced_on=item.announced_on,
            urgent=item.urgent,
            paragraph=item.paragraph,
            decided=item.decided,
            outcome=item.outcome,
            deviation=item.deviation,
            kind=item.kind,
            final_on=item.final_on,
            appealable=item.appealable,
            appealed=tuple(
                Appeal(
                    number=number,
                    received_on=one.received_on,
                    received_by=one.received_by,
                    in_time=one.in_time,
                    forwarded_on=one.forwarded_on,
                    settled_on=one.settled_on,
                    outcome=one.outcome,
                )
                for number, one in enumerate(self.appeals, 1)
                if one.item is item
            ),
            sent_to=tuple(name for name in self.recipients if (name, self.items.index(item)) in self.sent),
            minority=item.minority,
            jav=tuple(sorted(item.jav)),
            votes=tuple(item.votes),
            took_part=self._took_part(item),
        )

    def _took_part(self, item: Item) -> tuple[int, int] | None:
        """How many decided, of how many; whoever has jäv is not there, but in fullmäktige."""
        meeting = self._meeting_facts(self.meetings[item.meeting])
        if not item.decided or not meeting.attendance or meeting.seats is None:
            return None
        assert item.paragraph is not None
        absent = () if meeting.body == "KF" else item.jav
        there = {one.member for one in meeting.attendance if one.serves and one.at(item.paragraph)}
        return len(there - set(absent)), meeting.seats

    def _seen_from_the_case(self, meeting: Meeting, part: Part | None) -> MeetingFacts:
        """A case knows when its meetings ended, and not who was there: an attempt at a meeting tells that."""
        facts = self._meeting_facts(meeting, part)
        return replace(facts, attendance=(), seats=None, open_paragraphs=(), written=())

    def _meeting_facts(self, meeting: Meeting, part: Part | None = None) -> MeetingFacts:
        return MeetingFacts(
            ref=meeting.ref,
            body=meeting.body,
            kind=kind_of(meeting.body),
            on=meeting.on,
            state=meeting.state,
            announced_on=meeting.announced_on,
            called_on=meeting.called_on,
            call_days=CALL_DAYS.get(meeting.body, USUAL_CALL_DAYS),
            part=self._part_facts(meeting, part) if part else None,
            utskott=meeting.body in UTSKOTT,
            manus_on=meeting.planned.get("manusstopp"),
            call_on=meeting.planned.get("kallelse"),
            announce_on=meeting.planned.get("kungörelse"),
            attendance=tuple(one for rows in meeting.attendance.values() for one in rows),
            seats=sum(seat is not Seat.ERSATTARE for _, seat, _ in self._members(meeting).values()) or None,
            closed_at=meeting.closed_at,
            open_paragraphs=tuple(
                item.paragraph
                for item in self.items
                if item.meeting == meeting.ref and item.paragraph and not (item.decided or item.outcome or item.part)
            ),
            written=tuple(
                Written(
                    paragraph=item.paragraph,
                    decided=item.decided,
                    jav=tuple(item.jav),
                    vote=item.votes[-1] if item.votes else None,
                    rulings=item.rulings,
                    reservations=tuple(item.reservations),
                )
                for item in self.items
                if item.meeting == meeting.ref and item.paragraph
            ),
        )

    def _members(self, meeting: Meeting) -> dict[str, tuple[str, Seat, int | None]]:
        return self.members.get(meeting.body, {})

    def _part_facts(self, meeting: Meeting, part: Part) -> ProtocolPart:
        return ProtocolPart(
            id=str(meeting.parts.index(part)),
            paragraphs=tuple(item.paragraph for item in self.items if item.part is part and item.paragraph),
            whole=part.whole,
            adjusted_on=part.adjusted_on,
            posted_on=part.posted_on,
            taken_down_on=part.taken_down_on,
            restarted_on=part.restarted_on,
        )

    # --- the days ---------------------------------------------------------------------------------

    def open_deadlines(self) -> list[Open]:
        """What is open for the case and for every meeting."""
        found = [_open(one) for one in deadlines.case_deadlines(self.facts())] if self.case else []
        for meeting in self.meetings.values():
            parts = tuple(self._part_facts(meeting, part) for part in meeting.parts)
            urgent = meeting.untold.count("brådskande beslut")
            facts = replace(self._meeting_facts(meeting), unreported=len(meeting.untold), urgent_unreported=urgent)
            of_meeting = deadlines.meeting_deadlines(facts, parts)
            found += [_open(one, meeting.ref) for one in of_meeting]
        return days.in_order(found)

    def protocols(self) -> list[str]:
        """Every protocol that has been announced, with the days that follow from it."""
        begun = [(meeting.ref, _begun(part)) for meeting in self.meetings.values() for part in meeting.parts]
        return sorted(
            days.protocol_line(ref, str(deadlines.last_appeal_day(on)), str(deadlines.take_down_day(on)))
            for ref, on in begun
            if on
        )

    def final(self) -> str:
        """The first day the latest decision of a body that really decides can have gained laga kraft."""
        gaining = [item for item in self.items if self._gains(item)]
        latest = max(gaining, key=lambda item: self.meetings[item.meeting].on, default=None)
        begun = _begun(latest.part) if latest and latest.part else None
        if not latest or not latest.part or not begun:
            return days.NOT_FINAL
        earliest, down = deadlines.laga_kraft_earliest(begun), latest.part.taken_down_on
        own = [one for one in self.appeals if one.item is latest]
        if (down and down < earliest) or any(one.outcome is AppealOutcome.UPPHAVT for one in own):
            return days.NOT_FINAL
        return str(max([earliest, *(one.settled_on for one in own if one.in_time and one.settled_on)]))

    def _gains(self, item: Item) -> bool:
        """What has been decided, and can be appealed as a municipality's decisions are."""
        stage = next((stage for stage in self.way if stage.id == item.stage), None)
        if stage is None:
            return False
        usual = stage.role in (StageRole.BESLUT, StageRole.EGEN_DEL)
        if stage.body == "KF":
            usual = stage.role is not StageRole.ANMALAN
        can = usual if item.appealable is None else item.appealable
        return item.decided and can and self.regime is AppealRegime.LAGLIGHET

    def _meant(self, step: Step) -> Item:
        """The § that is meant: a meeting's, or the latest that can be appealed, or the latest."""
        agenda = sorted(self.items, key=lambda item: self.meetings[item.meeting].on)
        decided = [item for item in agenda if item.decided and step.words.get("meeting") in (None, item.meeting)]
        gaining = [item for item in decided if self._gains(item)]
        if not decided:
            raise ImpossibleDayError
        return (gaining or decided)[-1]

    def council(self) -> list[date]:
        held = (meeting for meeting in self.meetings.values() if meeting.state is not MeetingState.INSTALLD)
        return sorted(meeting.on for meeting in held if meeting.body == "KF")

    # --- what happens -----------------------------------------------------------------------------

    def _judge(self, facts: CaseFacts | MeetingFacts, attempt: Attempt) -> Advanced | Refused:
        table = CASES if isinstance(facts, CaseFacts) else MEETINGS
        self.asked.append(table.find(attempt.verb, facts.state, attempt.to))
        return judge(facts, attempt)

    def do(self, step: Step) -> Verdict:
        """Try a step; what it leads to is noted when it is allowed."""
        try:
            self.verdict = self._try(step)
        except ImpossibleDayError:
            self.asked.append(None)
            self.verdict = Impossible("")
        return self.verdict

    def _try(self, step: Step) -> Verdict:
        if step.verb == "sammanträde":
            return self._at_meeting(step)
        if step.verb in ("tavlan nere", "överklagbar"):
            (self._interrupt if step.verb == "tavlan nere" else self._override)(step)
            self.asked.append(None)
            return None
        if step.verb == "delegation":
            self._delegate(step)
            return None
        if step.verb == "närvaro":
            return self._attend(step)
        if step.verb in ("ledamöter", "avslutat"):
            self.asked.append(None)
            (self._seat if step.verb == "ledamöter" else self._close)(step)
            return None
        noted = {
            "skrivelse": self._skrivelse,
            "ändra": self._change,
            "mbl": self._mbl,
            "remiss": self._refer_outside,
            "om remiss": self._about_referral,
            "paus": self._pause,
            "paus slut": self._resume,
            "part": self._party,
            "instans": self._stage,
            "slag": self._purpose,
            "utgår": self._off_the_agenda,
            "ny bevakning": self._watch,
            "bevakning": self._change_watch,
            "uppdrag": self._end_watch,
            "mottaget": self._receive,
            "överklagande": self._appeal,
            "lämnat vidare": self._forward,
            "avgjort": self._settle,
        }
        if step.verb in noted:
            noted[step.verb](step)
            if step.verb != "slag":  # that is said of the item alone
                self._note(step)
            self.asked.append(None)
            return None
        if step.verb == "registrera":
            return self._register(step)
        if step.verb in AT_THE_MEETING:
            _on_its_day(step.on, self.meetings[step.words["meeting"]])
        if len({kind_of(body) for body in (step.words.get("to", ""), *step.listed("samtidigt till"))}) > 1:
            raise ImpossibleDayError
        attempt = self._attempt(step)
        facts = self.facts()
        verdict = self._judge(facts, attempt)
        if isinstance(verdict, Advanced):
            self._follow(step, facts, attempt, verdict)
        return verdict

    def _attempt(self, step: Step) -> Attempt:
        here = self.case["state"]
        meeting = self._meeting_facts(self.meetings[step.words["meeting"]]) if "meeting" in step.words else None
        match step.verb:
            case "för till":
                return Attempt(verb="advance", on=step.on, to=GOALS[step.words["to"]])
            case "remittera":
                asked = kind_of(step.words["to"])
                writes = (asked is BodyKind.NAMND or self._own(step)) and "direkt" not in step.extras
                target = State.DRAFT if writes else asked.state
                return Attempt(verb="refer", on=step.on, to=target, meeting=meeting, deviation=step.deviation)
            case "återremittera":
                sits = step.words["meeting"].split()[0]
                own = sits == step.words["to"] or "till förvaltningen" in step.extras
                target = State.DRAFT if own else kind_of(step.words["to"]).state
                attempt = Attempt(verb="return", on=step.on, to=target, meeting=meeting, deviation=step.deviation)
                return _with_minority(step, attempt)
            case "bordlägg":
                attempt = Attempt(verb="postpone", on=step.on, to=here, meeting=meeting, deviation=step.deviation)
                return _with_minority(step, attempt)
            case "boka":
                urgent, purpose = "brådskar" in step.extras, _purpose(step) or KINDS[self.case["kind"]].purpose
                return Attempt(verb="book", on=step.on, to=here, meeting=meeting, urgent=urgent, purpose=purpose)
            case "beslut":
                return Attempt(
                    verb="decide",
                    on=step.on,
                    to=kind_of(step.words["meeting"].split()[0]).state,
                    meeting=meeting,
                    unanimous="alla närvarande eniga" in step.extras,
                    deviation=step.deviation,
                    matters=frozenset(MatterOutcome(matter) for matter in reading.matters(step).values()),
                    amended="ändring" in step.extras,
                    rulings=_rulings(step),
                )
            case "expediera":
                urgent = "före justering" in step.extras
                return Attempt(verb="dispatch", on=step.on, to=here, meeting=meeting, urgent=urgent)
            case "laga kraft":
                return Attempt(verb="laga_kraft", on=step.on, to=here, meeting=meeting)
            case "jäv":
                javig = tuple(self._person(step.words["meeting"], name) for name in step.listed("ledamot"))
                return Attempt(verb="minute", on=step.on, to=here, meeting=meeting, deviation=step.deviation, jav=javig)
            case "protokollet":
                takes_part = step.words["what"] != "anteckning"
                return Attempt(
                    verb="minute",
                    on=step.on,
                    to=here,
                    meeting=meeting,
                    deviation=step.deviation,
                    persons=(self._person(step.words["meeting"], step.words["who"]),) if takes_part else (),
                    reservation=step.words["what"] == "reservation",
                    announced_at=step.extras.get("anmäld"),
                )
            case "votering":
                by_name, _ = reading.votes(step)
                return Attempt(
                    verb="vote",
                    on=step.on,
                    to=here,
                    meeting=meeting,
                    deviation=step.deviation,
                    persons=tuple(self._person(step.words["meeting"], who) for who, _ in by_name),
                    vote=self._vote(step),
                    lot="lott" in step.extras,
                    election="sluten" in step.extras,
                    rulings=item.rulings if (item := self._item_at(step.words["meeting"])) else frozenset(),
                )
            case "avsluta":
                return Attempt(verb="close", on=step.on)
            case "återkalla":
                return Attempt(verb="withdraw", on=step.on)
            case "lägg samman":
                return Attempt(verb="join", on=step.on)
            case "återuppta":
                return Attempt(verb="reopen", on=step.on, to=State.DRAFT)
        raise NotImplementedError(step.verb)

    def _follow(self, step: Step, facts: CaseFacts, attempt: Attempt, verdict: Advanced) -> None:
        if step.verb == "boka":
            self._book(step, facts)
            self._note(step)
            return
        if step.verb == "laga kraft":
            self._confirm(step)
            self._note(step)
            return
        if step.verb in ("jäv", "protokollet", "votering"):
            if step.verb == "jäv":
                self._jav(step)
            if step.words.get("what") == "reservation" and "anmäld" in step.extras:
                self._here(step).reservations.append(step.extras["anmäld"])
            if step.verb == "votering":
                self._cast(step, attempt)
            self._note(step)
            return
        match step.verb:
            case "för till" if facts.state not in (State.DRAFT, State.MBL):
                self._leave(facts.next_stage)
            case "remittera" if self._own(step):
                self._treat(step, self._current(), verdict, MatterOutcome.REMITTERAD)
            case "remittera":
                passes_on = self._current().role in (StageRole.ANMALAN, StageRole.REMISS)
                self._treat(step, self._current(), verdict, MatterOutcome.REMITTERAD, decided=passes_on)
                asked = self._asked_now(step, facts, passes_on=passes_on)
                if passes_on:
                    self._leave(asked)
                else:
                    self.case["current"] = asked.id
            case "återremittera":
                self.case["current"] = self._sitting(step).id
                self._treat(step, self._current(), verdict, MatterOutcome.ATERREMITTERAD)
                if self._current().body != step.words["to"]:
                    self.case["current"] = self._stage_before(step.words["to"]).id
            case "bordlägg":
                self.case["current"] = self._sitting(step).id
                self._treat(step, self._current(), verdict, MatterOutcome.BORDLAGD)
                self._put_on_next_meeting(self.meetings[step.words["meeting"]])
            case "beslut":
                self._decide(step, facts, verdict)
            case "expediera":
                self._dispatch(step, facts)
            case "återkalla":
                for stage in self.way:
                    self._strike(stage.id)
            case "lägg samman":
                for stage in self.way:
                    self._strike(stage.id)
                self.way = [replace(stage, closed=True) for stage in self.way]
                self.case["current"] = None
                self.taken_back |= {one.number for one in self.referrals if one.answered_on is None}
            case "återuppta":
                last = self.way[-1].body
                body = step.extras.get("till") or body_named(last, step.on) or last
                rounds = max(stage.round for stage in self.way)
                stage = self._new_stage(len(self.way), body, StageRole.BESLUT, round_=rounds + 1)
                self.case["current"] = stage.id
        # Where the move leads is written here by hand: the verdict is only compared, never obeyed.
        ends = {"avsluta": State.AVSLUTAD, "lägg samman": State.AVSLUTAD, "återkalla": State.ATERKALLAD}
        self.case["state"] = ends.get(step.verb, attempt.to)
        self.case["last_event"] = max(step.on, self.case["last_event"])
        if step.verb in ends:
            self.case["pause"] = None

    def _sitting(self, step: Step) -> Stage:
        """The stage of the body that sits, of those the case stands at."""
        body = step.words["meeting"].split()[0]
        here = (stage for stage in self.way if self._first_of(stage) == self._first_of(self._current()))
        return next(stage for stage in here if stage.body == body)

    def _own(self, step: Step) -> bool:
        """True where a body remits to its own förvaltning; fullmäktige has none."""
        return self._current().body == step.words["to"] != "KF"

    def _note(self, step: Step) -> None:
        """Something was noted, and the case stands where it stood."""
        self.case["noted_on"] = max(step.on, self.case["noted_on"] or step.on)

    # --- the case ---------------------------------------------------------------------------------

    def _register(self, step: Step) -> Verdict:
        kind = CaseKind(reading.code(step.words["kind"]))
        number = step.words.get("number")
        state = KINDS[kind].starts_in or kind_of(reading.way(step)[0][0]).state
        came = date.fromisoformat(step.extras["inkommet"]) if "inkommet" in step.extras else None
        if came and came > step.on:
            raise ImpossibleDayError
        new = CaseFacts(ref=number or UNNUMBERED, kind=kind, state=None, received_on=came)
        limit = working_days_after(came, 1) if came else None
        verdict = self._judge(new, Attempt(verb="register", on=step.on, to=state, register_by=limit))
        for body, role in reading.way(step):
            self._new_stage(len(self.way), body, StageRole(reading.code(role)))
        self.case = {
            "answer_by": reading.answer_day(step),
            "kind": kind,
            "state": state,
            "current": self.way[0].id if self.way else None,
            "numbers": [number] if number else [],
            "registered_on": step.on,
            "last_event": step.on,
            "noted_on": None,
            "mbl": [],
            "received_on": came,
            "children": Children(reading.code(step.extras["barn"])) if "barn" in step.extras else None,
            "pause": None,
            "party": {},
        }
        self._skrivelse(step)
        return verdict

    def _skrivelse(self, step: Step) -> None:
        self.case["proposals"] = dict(reading.proposals(step))
        if self.case["proposals"]:
            self.versions.append((step.on, self.case["proposals"]))
        self.case["leftovers"] = list(reading.leftovers(step))
        self._address(step)

    def _address(self, step: Step) -> None:
        named = step.listed("mottagare")
        self.recipients = {name: body_named(name, step.on) for name in named}  # who stays keeps what was sent
        self.purposes = {name: purpose for name, purpose in self.purposes.items() if name in named}

    def _change(self, step: Step) -> None:
        filled_in = step.listed("ifyllt")
        left = self.case["leftovers"]
        self.case["leftovers"] = [(section, text) for section, text in left if section not in filled_in]
        if reading.proposals(step):
            self.case["proposals"] = self.case["proposals"] | dict(reading.proposals(step))
            self.versions.append((step.on, self.case["proposals"]))
        self.case["numbers"] += step.listed("dnr")
        if "mottagare" in step.extras:
            self._address(step)
        if "barn" in step.extras:
            self.case["children"] = Children(reading.code(step.extras["barn"]))
        if "överklagas genom" in step.extras:
            self.regime = AppealRegime(reading.code(step.extras["överklagas genom"]))
        self._aim(step)

    def _aim(self, step: Step) -> tuple[str, ...]:
        """Who gets it for what; those who were not on the list are now."""
        to_act, to_know = step.listed("för åtgärd"), step.listed("för kännedom")
        for name in (*to_act, *to_know):
            self.recipients.setdefault(name, body_named(name, step.on))
            self.purposes[name] = Purpose.ATGARD if name in to_act else Purpose.KANNEDOM
        return (*to_act, *to_know)

    def _mbl(self, step: Step) -> None:
        booked = step.words.get("booked")
        entry = MblEntry(
            kind=MblKind(reading.code(step.words["what"])),
            paragraph=step.words.get("paragraph"),
            on=date.fromisoformat(booked) if booked else step.on,
            held=booked is None,
            unfinished=step.words.get("how") == "inledd",
            central=step.words.get("how") == "centralt",
        )
        negotiations = [one for one in self.case["mbl"] if one.kind is MblKind.FORHANDLING and one.held]
        begun = [one for one in negotiations if one.paragraph == entry.paragraph and one.on <= entry.on]
        if entry.kind is MblKind.AVSLUT and all(mbl.ended(self.case["mbl"], one) for one in begun):
            raise ImpossibleDayError
        if entry.kind is MblKind.ATTEST and not negotiations:
            raise ImpossibleDayError
        self.case["mbl"] = sorted([*self.case["mbl"], entry], key=lambda entry: entry.on)

    # --- whom it waits for ------------------------------------------------------------------------

    def _refer_outside(self, step: Step) -> None:
        due = reading.answer_day(step)
        assert due is not None
        if due < step.on or self.case["state"] in (State.AVSLUTAD, State.ATERKALLAD):
            raise ImpossibleDayError
        number, mandatory = len(self.referrals) + 1, "obligatorisk" in step.extras
        name = step.words["who"]
        new = Referral(id=str(number), number=number, name=name, sent_on=step.on, due=due, mandatory=mandatory)
        self.referrals.append(new)

    def _about_referral(self, step: Step) -> None:
        number = int(step.words["referral"])
        waiting = [one for one in self.referrals if one.answered_on is None and one.number not in self.taken_back]
        referral = next((one for one in waiting if one.number == number), None)
        until = date.fromisoformat(step.words["until"]) if "until" in step.words else step.on
        rests = "until" in step.words and self.case["pause"]
        if referral is None or step.on < referral.sent_on or until < step.on or rests:
            raise ImpossibleDayError
        match step.words["how"].split()[0]:
            case "besvarad":
                self.referrals[number - 1] = replace(referral, answered_on=step.on)
            case "återtagen":
                self.taken_back.add(number)
            case "flyttad":
                self.referrals[number - 1] = replace(referral, due=until)

    def _pause(self, step: Step) -> None:
        until = date.fromisoformat(step.words["until"])
        earliest = max(self.case["last_event"], self.case["noted_on"] or self.case["last_event"])
        if until <= step.on or self.case["pause"] or not self.case["current"] or step.on < earliest:
            raise ImpossibleDayError
        self.case["pause"] = (step.on, until)

    def _resume(self, step: Step) -> None:
        """The days of our own that had not come move as far as the case has rested."""
        if not self.case["pause"] or step.on < self.case["pause"][0]:
            raise ImpossibleDayError
        since = self.case["pause"][0]
        self.referrals = [
            replace(one, due=one.due + (step.on - max(since, one.sent_on)))
            if one.answered_on is None and one.due >= since
            else one
            for one in self.referrals
        ]
        for watch in self.watches:
            if watch.kind is WatchKind.BEVAKNING and not watch.ended and watch.due and watch.due >= since:
                watch.due += step.on - max(since, watch.noted_on)
        self.case["pause"] = None

    def _party(self, step: Step) -> None:
        told, what = self.case["party"], step.words["what"]
        by_law = self.regime is AppealRegime.FORVALTNINGSBESVAR
        asked = told.get("begär avgörande")
        began = self.case["received_on"] or self.case["registered_on"]
        again = what in told and (what != "begär avgörande" or deadlines.may_ask(began, told[what]))
        if not by_law or again or (what == "får avslag" and (asked is None or step.on < asked)):
            raise ImpossibleDayError
        told[what] = step.on

    # --- watches ----------------------------------------------------------------------------------

    def _watch(self, step: Step) -> None:
        """A day to watch, or something that must happen first; it is the body's where the case stands or stood."""
        due, awaits = step.extras.get("senast"), "händelse" in step.extras
        watch = Watching(
            kind=WatchKind(reading.code(step.words["kind"])),
            body=self._current().body if self.case["current"] else self.way[-1].body,
            noted_on=step.on,
            due=date.fromisoformat(due) if due else None,
            months=int(step.extras.get("månader", 0)) if awaits and not due else None,
        )
        self.watches.append(watch)

    def _change_watch(self, step: Step) -> None:
        watch = self.watches[int(step.words["watch"]) - 1]
        if "until" in step.words:
            self._snooze(watch, step.on, date.fromisoformat(step.words["until"]))
        elif step.words["how"] == "klar":
            watch.ended = True
        else:
            watch.due = deadlines.event_earliest(step.on, watch.months or 0)
            watch.snoozed_until = None

    def _snooze(self, watch: Watching, on: date, until: date) -> None:
        """Forward, and not past a day that somebody else waits for."""
        asleep = watch.kind in OTHERS_DAYS and watch.due and until > working_day_on_or_before(watch.due)
        if until <= on or asleep:
            raise ImpossibleDayError
        watch.snoozed_until = until

    def _end_watch(self, step: Step) -> None:
        self.watches[int(step.words["watch"]) - 1].ended = True

    # --- the way ----------------------------------------------------------------------------------

    def _current(self) -> Stage:
        return next(stage for stage in self.way if stage.id == self.case["current"])

    def _new_stage(
        self, place: int, body: str, role: StageRole, until: date | None = None, round_: int | None = None
    ) -> Stage:
        """A stage at a place of the way; it belongs to the round the case is in unless it begins another."""
        stage = Stage(
            id=f"s{len(self.way)}",
            ordinal=0,
            body=body,
            kind=kind_of(body),
            role=role,
            round=round_ or (self._current().round if self.case and self.case["current"] else 1),
            opportunity_until=until,
            utskott=body in UTSKOTT,
        )
        self.way.insert(place, stage)
        return stage

    def _stage(self, step: Step) -> None:
        before, beside = step.extras.get("före"), step.extras.get("samtidigt som")
        ahead = (place for place, stage in enumerate(self.way) if stage.body == before and not stage.closed)
        if beside and kind_of(beside) is not kind_of(step.words["body"]):
            raise ImpossibleDayError
        other = next((stage for stage in self.way if stage.body == beside and not stage.closed), None)
        deciding = (StageRole.BESLUT, StageRole.EGEN_DEL)
        if other and (other.role in deciding or StageRole(reading.code(step.words["role"])) in deciding):
            raise ImpossibleDayError
        after = max((self.way.index(one) + 1 for one in self.way if other in (one, self._first_of(one))), default=0)
        new = self._new_stage(
            after if other else next(ahead, len(self.way)),
            step.words["body"],
            StageRole(reading.code(step.words["role"])),
            reading.answer_day(step),
        )
        if other:
            self.beside[new.id] = self._first_of(other).id

    def _first_of(self, stage: Stage) -> Stage:
        """The first of those that run beside each other."""
        return next(one for one in self.way if one.id == self.beside.get(stage.id, stage.id))

    def _stage_before(self, body: str) -> Stage:
        """Where an återremiss goes: a new stage just before, in the role the body had."""
        had = [stage.role for stage in self.way if stage.body == body and stage.role is not StageRole.REMISS]
        usual = StageRole.FORSLAG if body == "KS" else StageRole.BEREDNING
        return self._new_stage(self.way.index(self._current()), body, had[-1] if had else usual)

    def _asked_now(self, step: Step, facts: CaseFacts, *, passes_on: bool) -> Stage:
        """Where a remiss goes, all of them beside each other: the first of them, with the day of the answer."""
        place = self.way.index(self._current()) + passes_on
        first = facts.next_stage if passes_on and facts.next_stage else None
        if first is None or first.body != step.words["to"]:
            first = self._moved_or_new(place, step.words["to"])
        asked = [first.id]
        for body in step.listed("samtidigt till"):
            other = self._moved_or_new(1 + max(self._place(one) for one in asked), body)
            self.beside[other.id] = first.id
            asked.append(other.id)
        until = reading.answer_day(step)
        if until is not None:
            self.way = [replace(one, opportunity_until=until) if one.id in asked else one for one in self.way]
        return next(one for one in self.way if one.id == first.id)

    def _place(self, stage: str) -> int:
        return next(place for place, one in enumerate(self.way) if one.id == stage)

    def _moved_or_new(self, place: int, body: str) -> Stage:
        """The stage where the body was to be asked later on, asked now instead; or a new one."""
        roles = (StageRole.YTTRANDE, StageRole.REMISS)
        ahead = self.way[self.way.index(self._current()) + 1 :]
        later = next((one for one in ahead if one.body == body and one.role in roles and not one.closed), None)
        if later is None:
            return self._new_stage(place, body, self._asked(body))
        was = self.way.index(later)
        self.way.insert(place - (was < place), self.way.pop(was))
        self.beside.pop(later.id, None)
        return later

    def _asked(self, body: str) -> StageRole:
        """What a body is asked for by a remiss."""
        return StageRole.YTTRANDE if kind_of(body) is BodyKind.NAMND else StageRole.REMISS

    def _leave(self, to: Stage | None) -> None:
        here = {stage.id for stage in self.way if self._first_of(stage) == self._first_of(self._current())}
        for stage in here:
            self._strike(stage)
        self.way = [replace(stage, closed=stage.closed or stage.id in here) for stage in self.way]
        self.case["current"] = to.id if to else None

    # --- the agenda and the decision --------------------------------------------------------------

    def _item_at(self, meeting: str) -> Item | None:
        here = (item for item in self.items if item.meeting == meeting)
        return next((item for item in here if item.outcome is not MatterOutcome.UTGATT), None)

    def _book(self, step: Step, facts: CaseFacts) -> None:
        meeting = self.meetings[step.words["meeting"]]
        stage, purpose = facts.stage_of(meeting.body) or self._current(), _purpose(step) or KINDS[facts.kind].purpose
        self._strike(stage.id, purpose)
        late = meeting.state is MeetingState.KALLAD and not meeting.is_council
        self._put_on(meeting, stage.id, urgent=late or "brådskar" in step.extras, kind=purpose)

    def _strike(self, stage: str, only: ItemKind | None = None) -> None:
        """Off every agenda where the case still waits at a stage, or waits for one purpose."""
        for item in self.items:
            waits = item.stage == stage and not item.decided and item.outcome is None
            if waits and only in (None, item.kind):
                item.outcome = MatterOutcome.UTGATT

    def _put_on(self, meeting: Meeting, stage: str, *, urgent: bool = False, kind: ItemKind = ItemKind.BESLUT) -> None:
        """On the agenda, last: as a new item, or as the one that was struck from it, announced anew or not at all."""
        struck = self._struck_from(meeting, stage)
        if struck:
            struck.outcome, struck.urgent, struck.announced_on, struck.kind = None, urgent, None, kind
        else:
            self.items.append(Item(meeting.ref, stage, urgent, kind))

    def _struck_from(self, meeting: Meeting, stage: str) -> Item | None:
        here = (item for item in self.items if (item.meeting, item.stage) == (meeting.ref, stage))
        return next((item for item in here if item.outcome is MatterOutcome.UTGATT), None)

    def _put_on_next_meeting(self, after: Meeting) -> None:
        following = self._following(after, after.on)
        if following:
            self._put_on(following, self.case["current"])

    def _following(self, after: Meeting, on: date) -> Meeting | None:
        """The body's next meeting that is still to be held, from a day on."""
        own = (meeting for meeting in self.meetings.values() if meeting.body == after.body and meeting.ahead)
        coming = [meeting for meeting in own if meeting.on > after.on and meeting.on >= on]
        return min(coming, key=lambda meeting: meeting.on, default=None)

    def _purpose(self, step: Step) -> None:
        """What the case is on an agenda for."""
        item = self._item_at(step.words["meeting"])
        if item is None or not self.meetings[item.meeting].ahead:
            raise ImpossibleDayError
        item.kind = ItemKind(reading.code(step.words["kind"]))

    def _off_the_agenda(self, step: Step) -> None:
        """Off by the secretary before the kallelse, by the body itself once it sits."""
        meeting, item = self.meetings[step.words["meeting"]], self._item_at(step.words["meeting"])
        if item is None or item.decided or item.outcome or meeting.state is MeetingState.KALLAD:
            raise ImpossibleDayError
        item.outcome = MatterOutcome.UTGATT

    def _decide(self, step: Step, facts: CaseFacts, verdict: Advanced) -> None:
        meeting = self.meetings[step.words["meeting"]]
        stage = facts.stage_of(meeting.body)
        assert stage is not None
        said = reading.matters(step)
        self._treat(step, stage, verdict, MatterOutcome(said[min(said)]) if said else None, decided=True)
        decided = self._item_at(meeting.ref)
        assert decided is not None
        decided.rulings = _rulings(step)
        if "till" in step.extras:
            self._hand_over(stage, step.extras["till"])
        self.case["current"] = stage.id

    def _hand_over(self, here: Stage, body: str) -> None:
        """What was left of the way falls away, and the nämnd decides."""
        after = self.way.index(next(stage for stage in self.way if stage.id == here.id)) + 1
        self.way[after:] = [replace(stage, closed=True) for stage in self.way[after:]]
        self._new_stage(len(self.way), body, StageRole.BESLUT, round_=here.round)

    def _treat(
        self,
        step: Step,
        stage: Stage,
        verdict: Advanced,
        outcome: MatterOutcome | None,
        *,
        decided: bool = False,
        kind: ItemKind = ItemKind.BESLUT,
    ) -> None:
        """What became of the case at a meeting; what was not on its agenda gets its § then."""
        meeting = self.meetings[step.words["meeting"]]
        item = self._item_at(meeting.ref) or self._struck_from(meeting, stage.id)
        if item is None:
            item = Item(meeting.ref, stage.id, urgent=True)
            self.items.append(item)
        self._strike(stage.id, None if kind is ItemKind.BESLUT else kind)
        item.kind, item.minority = kind, "minoritet" in step.extras
        item.paragraph = item.paragraph or self._next_paragraph(meeting)
        item.decided, item.outcome, item.deviation = decided, outcome, bool(verdict.deviations)

    def _next_paragraph(self, meeting: Meeting) -> int:
        series = (item for item in self.items if item.meeting.startswith(f"{meeting.body} {meeting.on.year}"))
        return max((item.paragraph or 0 for item in series), default=0) + 1

    def _dispatch(self, step: Step, facts: CaseFacts) -> None:
        named = step.words.get("meeting")
        remitted = (MatterOutcome.REMITTERAD, MatterOutcome.ATERREMITTERAD)
        here = [item for item in facts.agenda if named in (None, item.meeting.ref)]
        about = [int(item.id) for item in here if item.decided or (named and item.outcome in remitted)]
        if not self.items[about[-1]].decided and not (step.listed("till") or self._aim(step)):
            self.asked.pop()
            raise ImpossibleDayError
        everybody = [name for name in self.recipients if (name, about[-1]) not in self.sent]
        for text in (*step.listed("till"), *self._aim(step)) or everybody:
            body = body_named(text, step.on)
            known = (name for name, code in self.recipients.items() if name == text or (body and code == body))
            name = next(known, NAMES[body] if body else text)
            self.recipients.setdefault(name, body)
            self.sent[name, about[-1]] = step.on

    def _receive(self, step: Step) -> None:
        """That it came through is told of in the ledger; the law looks at none of it."""

    # --- after the announcement -------------------------------------------------------------------

    def _appeal(self, step: Step) -> None:
        item = self._meant(step)
        meeting = self.meetings[item.meeting]
        if step.on < meeting.on:
            raise ImpossibleDayError
        part = self._part_facts(meeting, item.part) if item.part else None
        place = AppealCourt(reading.code(step.words["place"]))
        self.appeals.append(Appealing(item, step.on, place, deadlines.in_time(step.on, part)))

    def _forward(self, step: Step) -> None:
        self.appeals[int(step.words["appeal"]) - 1].forwarded_on = step.on

    def _settle(self, step: Step) -> None:
        appeal = self.appeals[int(step.words["appeal"]) - 1]
        appeal.settled_on, appeal.outcome = step.on, AppealOutcome(reading.code(step.words["outcome"]))

    def _confirm(self, step: Step) -> None:
        item = self._meant(step)
        settled = [one.settled_on for one in self.appeals if one.item is item and one.in_time and one.settled_on]
        begun = _begun(item.part) if item.part else None
        assert begun
        item.final_on = min(step.on, max([deadlines.laga_kraft_earliest(begun), *settled]))

    def _interrupt(self, step: Step) -> None:
        """The board was down: the time begins anew for what should have been up, its time not yet out."""
        meeting, about = self.meetings[step.words["meeting"]], set(reading.paragraphs(step))
        first, last = (date.fromisoformat(step.words[key]) for key in ("first", "last"))
        hit = [part for part in meeting.parts if self._was_up(part, first, last) and self._is_about(part, about)]
        if not first <= last < step.on or not hit:
            raise ImpossibleDayError
        for part in hit:
            part.restarted_on = last + DAY
            self._revive(meeting, part)

    def _is_about(self, part: Part, paragraphs: set[int]) -> bool:
        own = {item.paragraph for item in self.items if item.part is part}
        return not paragraphs or bool(own & paragraphs)

    def _was_up(self, part: Part, first: date, last: date) -> bool:
        begun, down = _begun(part), part.taken_down_on
        if not begun or begun > last or (down and down <= first):
            return False
        return first <= deadlines.last_appeal_day(begun)

    def _revive(self, meeting: Meeting, part: Part) -> None:
        """An appeal that was late when it came is in time when it turns out that the time had not run out."""
        for one in self.appeals:
            if one.item.part is part:
                one.in_time = one.in_time or deadlines.in_time(one.received_on, self._part_facts(meeting, part))

    def _override(self, step: Step) -> None:
        number, meeting = int(step.words["paragraph"]), step.words["meeting"]
        (item,) = (item for item in self.items if (item.meeting, item.paragraph) == (meeting, number))
        item.appealable = step.words["answer"] == "kan"

    # --- who was there, and what the protocol says --------------------------------------------------

    def _seat(self, step: Step) -> None:
        seats = {name: (id_, Seat(seat), place) for id_, name, seat, place in reading.members(step)}
        self.members.setdefault(step.words["body"], {}).update(seats)

    def _person(self, meeting: str, name: str) -> Person:
        return Person(self._members(self.meetings[meeting])[name][0], name)

    def _here(self, step: Step) -> Item:
        item = self._item_at(step.words["meeting"])
        assert item is not None
        return item

    def _jav(self, step: Step) -> None:
        meeting = step.words["meeting"]
        self._here(step).jav += [self._person(meeting, name).id for name in step.listed("ledamot")]

    def _vote(self, step: Step) -> Vote:
        by_name, numbers = reading.votes(step)
        how = [Ballot(ballot) for _, ballot in by_name]
        yes, no, abstained = (how.count(ballot) for ballot in Ballot) if by_name else numbers
        cast = ((self._person(step.words["meeting"], who).id, Ballot(ballot)) for who, ballot in by_name)
        return Vote(
            yes=yes,
            no=no,
            abstained=abstained,
            casting="utslag" in step.extras,
            secret="sluten" in step.extras,
            ballots=tuple(sorted(cast)),
            settled=Ballot(settled) if (settled := step.extras.get("utslag") or step.extras.get("lott")) else None,
        )

    def _cast(self, step: Step, attempt: Attempt) -> None:
        """The votes of those who have one, all of them and once each; a tie alone needs settling."""
        item, vote, voters = self._here(step), self._vote(step), [person.id for person in attempt.persons]
        assert attempt.meeting is not None
        assert item.paragraph is not None
        serving = {one.member for one in attempt.meeting.attendance if one.serves and one.at(item.paragraph)}
        settled = {"utslag", "lott"} & step.extras.keys()
        odd_voters = len(set(voters)) < len(voters) or set(voters) | set(item.jav) != serving
        odd_count = vote.yes + vote.no + vote.abstained != len(serving - set(item.jav))
        odd = odd_voters if voters else odd_count
        if (settled and vote.yes != vote.no) or (attempt.meeting.attendance and odd):
            self.asked.pop()
            raise ImpossibleDayError
        item.votes.append(vote)

    def _attend(self, step: Step) -> Verdict:
        meeting = self.meetings[step.words["meeting"]]
        _on_its_day(step.on, meeting)
        rows = {name: list(there) for name, there in meeting.attendance.items()}
        for name, attendee in self._attendees(step, meeting):
            rows[name] = [*rows.get(name, []), attendee] if "igen" in step.extras else [attendee]
        people = {one.member: name for name, there in rows.items() for one in there}
        there = tuple(one for there in rows.values() for one in there)
        whole = next((part for part in meeting.parts if part.whole), None)
        facts = replace(self._meeting_facts(meeting, whole), attendance=there)
        persons = tuple(Person(member, name) for member, name in people.items())
        attempt = Attempt(verb="attend", on=step.on, to=MeetingState.HALLEN, deviation=step.deviation, persons=persons)
        verdict = self._judge(facts, attempt)
        if isinstance(verdict, Advanced):
            if assembly.twice_at_a_paragraph(facts, self._jav_by_paragraph(meeting)):
                self.asked.pop()
                raise ImpossibleDayError
            meeting.attendance = rows
        return verdict

    def _attendees(self, step: Step, meeting: Meeting) -> list[tuple[str, Attendee]]:
        known, stand_ins, staff = self._members(meeting), reading.stand_ins(step), step.listed("personalföreträdare")
        starts, ends = reading.bounds(step, "från"), reading.bounds(step, "till")
        named = dict.fromkeys((*staff, *step.listed("närvarande"), *stand_ins, *step.listed("distans"), *starts, *ends))
        if "alla" in step.extras:
            ordinary = (name for name, (_, seat, _) in known.items() if seat is not Seat.ERSATTARE)
            named |= dict.fromkeys(name for name in ordinary if name not in (*named, *stand_ins.values()))
        found = []
        for name in named:
            member, seat, place = known.get(name, (name, Seat.PERSONALFORETRADARE, None))
            attendee = Attendee(
                member=member,
                seat=seat,
                serves_for=known[stand_ins[name]][0] if name in stand_ins else None,
                from_paragraph=starts.get(name),
                to_paragraph=ends.get(name),
                remote=name in step.listed("distans"),
                place=place,
            )
            found.append((name, attendee))
        return found

    def _jav_by_paragraph(self, meeting: Meeting) -> dict[int, frozenset[str]]:
        own = (item for item in self.items if item.meeting == meeting.ref and item.paragraph)
        return {item.paragraph: frozenset(item.jav) for item in own if item.paragraph and item.jav}

    def _close(self, step: Step) -> None:
        meeting = self.meetings[step.words["meeting"]]
        _on_its_day(step.on, meeting)
        meeting.closed_at = step.words["hour"]

    # --- meetings ---------------------------------------------------------------------------------

    def _delegate(self, step: Step) -> None:
        """A decision in a body's place is to be told of at its next meeting, all of them in one §."""
        own = (meeting for meeting in self.meetings.values() if meeting.body == step.words["body"])
        ahead = [meeting for meeting in own if meeting.on >= step.on and meeting.state is not MeetingState.HALLEN]
        if not ahead:
            raise ImpossibleDayError
        meeting = min(ahead, key=lambda meeting: meeting.on)
        if not meeting.untold:
            self.items.append(Item(meeting.ref, "", kind=ItemKind.ANMALAN))
        meeting.untold.append(step.words["what"])
        self.asked.append(None)

    def _at_meeting(self, step: Step) -> Verdict:
        ref, how = step.words["meeting"], step.words["how"]
        if how == "planerat":
            return self._plan(ref, step)
        meeting = self.meetings[ref]
        if how == "omplanerat":
            return self._plan_anew(meeting, step)
        part = self._part(meeting, step) if how in ("anslaget", "nedtaget") else None
        verbs = {
            "kungjort": ("announce", meeting.state),
            "kallat": ("call", MeetingState.KALLAD),
            "hållet": ("hold", MeetingState.HALLEN),
            "justerat": ("adjust", meeting.state),
            "anslaget": ("post", meeting.state),
            "nedtaget": ("take_down", meeting.state),
            "inställt": ("cancel", MeetingState.INSTALLD),
            "flyttat": ("move", MeetingState.PLANERAD),
        }
        verb, to = verbs[how.split()[0]]
        if verb == "hold":
            _on_its_day(step.on, meeting)
        partial = verb == "adjust" and "paragraf" in step.extras
        attempt = Attempt(verb=verb, on=step.on, to=to, deviation=step.deviation, partial=partial)
        facts = replace(self._meeting_facts(meeting, part), supplementary=self._is_supplementary(meeting))
        if verb == "adjust":
            only, done = reading.paragraphs(step), {item.paragraph for item in self.items if item.part}
            left = (one for one in facts.written if one.paragraph not in done)
            facts = replace(facts, written=tuple(one for one in left if not only or one.paragraph in only))
        verdict = self._judge(facts, attempt)
        if isinstance(verdict, Advanced):
            self._note_meeting(step, meeting, part)
        return verdict

    def _plan(self, ref: str, step: Step) -> Verdict:
        """A meeting is put in the calendar, unless the body has one that day or the plan cannot be followed."""
        meeting = Meeting(ref, planned=reading.planned(step))
        if ref in self.meetings:
            raise ImpossibleDayError
        _as_can_be(meeting)
        self.meetings[ref] = meeting
        left = self.facts().tabled if self.case else None
        if left and left.meeting.body == meeting.body and self._comes_back(left, meeting):
            self._put_on(meeting, left.stage, kind=left.kind)
            self._note(step)
        self.asked.append(MEETINGS.find("add", None, MeetingState.PLANERAD))
        return Advanced(MeetingState.PLANERAD)

    def _comes_back(self, left: AgendaItem, meeting: Meeting) -> bool:
        """What was postponed comes up later; what lost its meeting may come up before the day that meeting had."""
        if left.outcome is MatterOutcome.BORDLAGD:
            return left.meeting.on < meeting.on
        noted: date = self.case["noted_on"]
        return noted <= meeting.on

    def _plan_anew(self, meeting: Meeting, step: Step) -> Verdict:
        changed = Meeting(meeting.ref, planned=meeting.planned | reading.planned(step))
        if not meeting.ahead:
            raise ImpossibleDayError
        _as_can_be(changed)
        meeting.planned = changed.planned
        self.asked.append(None)
        return None

    def _move(self, meeting: Meeting, step: Step) -> None:
        """The same meeting on another day: to be called and announced anew, its planned days moved with it."""
        ref, by = f"{meeting.body} {step.words['day']}", date.fromisoformat(step.words["day"]) - meeting.on
        moved = {what: on + by for what, on in meeting.planned.items()} | reading.planned(step)
        after = Meeting(ref, planned=moved, parts=meeting.parts)
        if ref in self.meetings or after.on < step.on:
            raise ImpossibleDayError
        _as_can_be(after)
        del self.meetings[meeting.ref]
        self.meetings[ref] = after
        for item in (item for item in self.items if item.meeting == meeting.ref):
            item.meeting, item.announced_on = ref, None

    def _cancel(self, meeting: Meeting, step: Step) -> None:
        """What waits there goes to the body's next meeting, or waits nowhere."""
        meeting.state = MeetingState.INSTALLD
        waiting = [item for item in self.items if item.meeting == meeting.ref and not item.decided]
        following = self._following(meeting, step.on)
        for item in [item for item in waiting if item.outcome is None]:
            item.outcome = MatterOutcome.UTGATT
            self._note(step)
            if following:
                self._put_on(following, item.stage, kind=item.kind)

    def _not_announced(self, meeting: Meeting) -> list[Item]:
        on_agenda = (item for item in self.items if item.meeting == meeting.ref)
        return [item for item in on_agenda if not item.announced_on and item.outcome is not MatterOutcome.UTGATT]

    def _is_supplementary(self, meeting: Meeting) -> bool:
        """The meeting has been announced, and only urgent items are new (KL 5 kap. 14 §)."""
        return meeting.announced_on is not None and all(item.urgent for item in self._not_announced(meeting))

    def _part(self, meeting: Meeting, step: Step) -> Part | None:
        """What is taken down is what is up; what is posted is what has not been, or what came down."""
        wanted = next(iter(reading.paragraphs(step)), None)
        about = {id(item.part) for item in self.items if item.paragraph == wanted}
        parts = [part for part in meeting.parts if wanted is None or id(part) in about]
        up = [part for part in parts if part.posted_on and not part.taken_down_on]
        waiting = [part for part in parts if not part.posted_on]
        down = [part for part in parts if part.taken_down_on]
        return next(iter(up if step.words["how"] == "nedtaget" else waiting + down), None)

    def _note_meeting(self, step: Step, meeting: Meeting, part: Part | None) -> None:
        items = [item for item in self.items if item.meeting == meeting.ref]
        match step.words["how"].split()[0]:
            case "flyttat":
                self._move(meeting, step)
            case "inställt":
                self._cancel(meeting, step)
            case "kungjort":
                meeting.announced_on = meeting.announced_on or step.on
                for item in self._not_announced(meeting):
                    item.announced_on = step.on
            case "kallat":
                meeting.state, meeting.called_on = MeetingState.KALLAD, step.on
            case "hållet":
                meeting.state = MeetingState.HALLEN
                for item in items:
                    if item.outcome is None:
                        item.paragraph = self._next_paragraph(meeting)
                        item.outcome = TOLD.get(item.kind)
                meeting.untold.clear()
            case "justerat":
                _not_before(step.on, meeting.on)
                only = reading.paragraphs(step)
                new = Part(whole=not only, adjusted_on=step.on)
                meeting.parts.append(new)
                for item in items:
                    if item.part is None and item.paragraph is not None and (not only or item.paragraph in only):
                        item.part = new
            case "anslaget" if part:
                _not_before(step.on, part.adjusted_on)
                part.posted_on, part.taken_down_on, part.restarted_on = step.on, None, None
                self._revive(meeting, part)
            case "nedtaget" if part:
                _not_before(step.on, part.posted_on)
                part.taken_down_on = step.on
                self._revive(meeting, part)


def _begun(part: Part) -> date | None:
    """The day the appeal time is counted from."""
    return part.restarted_on or part.posted_on


def _purpose(step: Step) -> ItemKind | None:
    """What a case is said to be put on an agenda for."""
    return ItemKind(reading.code(step.extras["som"])) if "som" in step.extras else None


def _with_minority(step: Step, attempt: Attempt) -> Attempt:
    """What somebody asked for, and how many they were."""
    said = reading.minority(step)
    return replace(attempt, minority=True, supporters=said[0], present=said[1]) if said else attempt


def _open(one: deadlines.Deadline, meeting: str = "") -> Open:
    about = meeting or (one.subject if one.kind in days.AT_A_MEETING else "")
    return Open(one.kind, about, one.due, one.act_by, one.body, one.snoozed_until)


def _on_its_day(on: date, meeting: Meeting) -> None:
    """What happens at a meeting happens on its day."""
    if on != meeting.on:
        raise ImpossibleDayError


def _as_can_be(meeting: Meeting) -> None:
    """Whatever comes before a meeting does, and only fullmäktige is announced."""
    late = any(on >= meeting.on for on in meeting.planned.values())
    if late or ("kungörelse" in meeting.planned and not meeting.is_council):
        raise ImpossibleDayError


def _not_before(on: date, earlier: date | None) -> None:
    """A protocol is adjusted after its meeting, posted after that, and taken down last."""
    if earlier and on < earlier:
        raise ImpossibleDayError
