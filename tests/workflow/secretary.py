"""A seeded secretary who runs a municipality for a year: every working day what is due is done, with mixed outcomes.

What the secretary does is what a clerk does: looks at where a case stands, gives the next command, and when
the law refuses it does what the refusal says, or waits. Some commands are typed into the real CLI.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from states import deadlines
from states.appealability import decision_in_question
from states.case_facts import (
    AgendaItem,
    CaseFacts,
    CaseKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    Outcome,
    StageRole,
    State,
)
from states.judgement import Refused
from states.kinds import KINDS
from states.swedish_calendar import is_working_day
from tests.conftest import EVERY_OFFICE
from tests.workflow.chamber import Chamber, calendar, hands_over
from workflow import (
    case_store,
    casework,
    decisionwork,
    dispatchwork,
    meeting_store,
    meetingwork,
    protocolwork,
    registration,
)
from workflow.audit_journal import Command
from workflow.decisionwork import Ruling
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.identifiers import new_id
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done, Result

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
Way = tuple[tuple[str, StageRole], ...]

NAMND: Way = (("SON", StageRole.BESLUT),)
NAMND_TO_KS: Way = (("SON", StageRole.BEREDNING), ("KSAU", StageRole.BEREDNING), ("KS", StageRole.BESLUT))
NAMND_TO_KF: Way = (*NAMND_TO_KS[:2], ("KS", StageRole.FORSLAG), ("KF", StageRole.BESLUT))
KS_OWN: Way = (("KSAU", StageRole.BEREDNING), ("KS", StageRole.BESLUT))
KS_TO_KF: Way = (("KSAU", StageRole.BEREDNING), ("KS", StageRole.FORSLAG), ("KF", StageRole.BESLUT))
RAISED: Way = (
    ("KF", StageRole.ANMALAN),
    ("KS", StageRole.REMISS),
    ("KS", StageRole.FORSLAG),
    ("KF", StageRole.BESLUT),
)
ONLY_TOLD: Way = (("SON", StageRole.ANMALAN),)
KF_ALONE: Way = (("KF", StageRole.BESLUT),)

SORTS: tuple[tuple[int, CaseKind, Way], ...] = (
    (45, CaseKind.FORVALTNINGSARENDE, NAMND),
    (10, CaseKind.FORVALTNINGSARENDE, NAMND_TO_KS),
    (14, CaseKind.FORVALTNINGSARENDE, NAMND_TO_KF),
    (10, CaseKind.FORVALTNINGSARENDE, KS_OWN),
    (7, CaseKind.FORVALTNINGSARENDE, KS_TO_KF),
    (5, CaseKind.MOTION, RAISED),
    (3, CaseKind.MEDBORGARFORSLAG, RAISED),
    (3, CaseKind.VAL, KF_ALONE),
    (2, CaseKind.INTERPELLATION, KF_ALONE),
    (1, CaseKind.FRAGA, KF_ALONE),
    (1, CaseKind.REVISION, KF_ALONE),
    (3, CaseKind.INFORMATION, ONLY_TOLD),
    (2, CaseKind.DELEGATIONSBESLUT, ONLY_TOLD),
    (2, CaseKind.ORDFORANDEBESLUT, ONLY_TOLD),
    (2, CaseKind.REMISS, NAMND),
    (2, CaseKind.YTTRANDE, NAMND),
)
MATTERS = {
    CaseKind.MOTION: (MatterOutcome.BESVARAD, MatterOutcome.BESVARAD, MatterOutcome.AVSLAGEN, MatterOutcome.BIFALLEN),
    CaseKind.MEDBORGARFORSLAG: (MatterOutcome.BESVARAD, MatterOutcome.AVSLAGEN),
}
CALENDAR = {"KF": 11, "KS": 13, "KSAU": 18, "SON": 18}
"""How many meetings each body has in the year; 60 in all."""
SHARE_TYPED = 0.058
MOVED, CANCELLED = ("SON", 4), ("KSAU", 7)
"""A meeting of the year, by its place in the body's own."""
WINDOW = 12
"""So many days before it a meeting is moved, cancelled, or got ready."""


class Secretary:
    """One desk, a clock of its own, and a seeded will."""

    def __init__(self, desk: Desk, seed: int, type_it: Callable[..., int]) -> None:
        self.desk, self._random, self._type = desk, random.Random(seed), type_it
        self.today = date(2025, 1, 2)
        self.tally: Counter[str] = Counter()
        self.typed = 0
        self.cases: dict[str, CaseKind] = {}
        self.meetings: dict[str, list[str]] = {}  # body -> ids in order
        self._meeting_days: dict[str, date] = {}
        self._ready: set[str] = set()
        self._next: dict[str, date] = {}  # case -> when to look at it again
        self._commands = 0
        self._bodies = desk.bodies
        self.chamber = Chamber(self, self._random)

    # --- the year ---------------------------------------------------------------------------------

    def run(self, cases: int, until: date, plan: Path) -> None:
        """Plan the year in a file, then live it day by day until a day; `cases` come in through October."""
        self._plan_the_year(plan)
        last_in = date(2025, 10, 31)
        span = (last_in - self.today).days
        arrivals = sorted(self.today + DAY * self._random.randint(0, span) for _ in range(cases))
        while self.today <= until:
            while arrivals and arrivals[0] <= self.today:
                arrivals.pop(0)
                self._register()
            if is_working_day(self.today):
                self._do_what_meetings_ask()
                self._do_what_cases_ask()
                self._do_what_turns_up()
                self.chamber.see_to_appeals()
            self.today += DAY

    def open_cases(self) -> Iterator[str]:
        """The cases that have not ended."""
        ended = (State.AVSLUTAD, State.ATERKALLAD)
        return (case for case in self.cases if self.facts(case).state not in ended)

    def facts(self, case: str) -> CaseFacts:
        return case_store.load_facts(self.desk.connection, case, self.desk.raised_reading)

    # --- giving commands --------------------------------------------------------------------------

    def do(self, act: Callable[..., Result], *args: Any, on: date | None = None, **more: Any) -> Result | None:
        """Give one command; None when it was a misunderstanding."""
        self._commands += 1
        at = datetime.combine(self.today, time(7), UTC) + timedelta(milliseconds=self._commands)
        command = Command(
            id=new_id(at),
            actor="p-sekreteraren",
            role="kommunsekreterare",
            offices=EVERY_OFFICE,
            on=on or self.today,
            recorded_at=at,
            config_hash=self.desk.settings.hash,
            reason="Skäl.",
        )
        try:
            result = act(self.desk, command, *args, **more)
        except UsageError:
            self.tally["misunderstood"] += 1
            return None
        self.tally["refused" if isinstance(result, Refused) else "done"] += 1
        return result

    def _by_hand_or_typed(self, words: tuple[str, ...], act: Callable[..., Result], *args: Any, **more: Any) -> bool:
        """Give a command through the CLI now and then, else as a use case; True when it went through."""
        if self._random.random() < SHARE_TYPED:
            self.typed += 1
            code = self._type(self.today, words)
            self.tally["done" if code == 0 else "refused" if code == 3 else f"exit {code}"] += 1
            return code == 0
        return isinstance(self.do(act, *args, **more), Done)

    # --- meetings ---------------------------------------------------------------------------------

    def _plan_the_year(self, plan: Path) -> None:
        days = {
            body: [self._a_tuesday(place, count, body) for place in range(count)] for body, count in CALENDAR.items()
        }
        self.typed += 1
        assert self._type(self.today, ("meeting", "import", str(calendar(plan, days)))) == 0
        for body, own in days.items():
            ids = [meeting_store.find(self.desk.connection, f"{body}-{day}") for day in own]
            self.meetings[body] = ids
            self._meeting_days |= dict(zip(ids, own, strict=True))

    def _a_tuesday(self, place: int, count: int, body: str) -> date:
        """Spread over the year, each body on its own day of the week."""
        start = date(2025, 1, 27) + DAY * ("KF", "KS", "KSAU", "SON").index(body)
        day = start + DAY * (place * 318 // (count - 1) // 7 * 7)
        while not is_working_day(day):
            day += DAY
        return day

    def _do_what_meetings_ask(self) -> None:
        for meeting in [meeting for row in self.meetings.values() for meeting in row]:
            day = self._meeting_days[meeting]
            if day - 15 * DAY <= self.today < day + 60 * DAY:
                now = meeting_store.load(self.desk.connection, meeting)
                if self._replan(meeting, now):
                    now = meeting_store.load(self.desk.connection, meeting)
                self._keep(meeting, now)

    def _replan(self, meeting: str, now: meeting_store.LockedMeeting) -> bool:
        """Once for each: one of the year's meetings is moved and one is cancelled; the others get their own matters."""
        body, ahead = now.facts.body, now.facts.state == "planerad" and self.today >= now.facts.on - WINDOW * DAY
        if not ahead or meeting in self._ready:
            return False
        self._ready.add(meeting)
        place = body, self.meetings[body].index(meeting)
        if place == MOVED:
            taken = {self._meeting_days[one] for one in self.meetings[body]}
            self._meeting_days[meeting] = self.chamber.move(meeting, taken) or now.facts.on
        elif place == CANCELLED:
            self.chamber.cancel(meeting)
        else:
            self.chamber.arrange(meeting)
        return True

    def _keep(self, meeting: str, now: meeting_store.LockedMeeting) -> None:
        """The next thing a meeting asks for, if it is due."""
        facts, name = now.facts, now.facts.ref.replace(" ", "-", 1)
        if facts.state not in ("hallen", "installd"):
            if facts.kind == "kf" and not facts.announced_on and self.today >= facts.on - 10 * DAY:
                self._by_hand_or_typed(("meeting", "announce", name), meetingwork.announce, meeting)
            if not facts.called_on and self.today >= facts.on - 9 * DAY:
                self._by_hand_or_typed(("meeting", "call", name), meetingwork.call, meeting)
            if self.today >= facts.on:
                self._sit(meeting, name)
        elif facts.state == "hallen":
            self._keep_the_protocol(meeting, now, name)
            self.chamber.watch_the_board(meeting, now)

    def _sit(self, meeting: str, name: str) -> None:
        """Hold a meeting and go through its agenda."""
        if not self._by_hand_or_typed(
            ("meeting", "hold", name), meetingwork.hold, meeting, on=self._meeting_days[meeting]
        ):
            self.do(meetingwork.hold, meeting, on=self._meeting_days[meeting], deviation=True)
        body, _, _ = name.partition("-")
        self.chamber.gather(meeting, body, self._meeting_days[meeting])
        if self._random.random() < 0.2:
            self.chamber.decide_all(meeting, self._meeting_days[meeting])
        self._go_through(meeting)
        self.chamber.leave(meeting, self._meeting_days[meeting])
        if self._random.random() < 0.15:
            self.chamber.adjust_at_once(meeting)

    def _go_through(self, meeting: str) -> None:
        for item in meeting_store.load(self.desk.connection, meeting).items:
            if item["case_id"] and not item["decided"] and item["outcome"] is None:
                self._treat(item["case_id"], meeting)

    def _keep_the_protocol(self, meeting: str, now: meeting_store.LockedMeeting, name: str) -> None:
        whole = next((part for part in now.parts if part.whole), None)
        late = self._random.random() < 0.02
        if whole is None:
            if self.today >= now.facts.on + (16 if late else 6) * DAY:
                self._insist(("meeting", "adjust", name), protocolwork.adjust, meeting)
                if self._random.random() < 0.5:
                    self.chamber.send_all(meeting)
        elif whole.posted_on is None:
            self._insist(("meeting", "post", name), protocolwork.post, meeting)
        elif whole.taken_down_on is None:
            early = self._random.random() < 0.005
            if early or self.today >= deadlines.take_down_day(whole.posted_on):
                self._insist(("meeting", "take-down", name), protocolwork.take_down, meeting)

    def _insist(self, words: tuple[str, ...], act: Callable[..., Result], meeting: str) -> None:
        """What has happened is recorded, with a reason where the law would have had it otherwise."""
        if not self._by_hand_or_typed(words, act, meeting):
            self.do(act, meeting, deviation=True)

    # --- cases ------------------------------------------------------------------------------------

    def _register(self) -> None:
        weights = [weight for weight, _, _ in SORTS]
        _, kind, way = self._random.choices(SORTS, weights)[0]
        number = len(self.cases) + 1
        diary = "SON" if way[0][0] == "SON" else "KS"
        skrivelse = Skrivelse(
            rubrik=f"Ärende {number}",
            numbers=(f"{diary} 2025-{number}",),
            proposals=tuple(
                Proposal(body=body, att_satser=("Förslaget antas.",) * self._random.randint(1, 3))
                for body, role in way
                if role not in (StageRole.ANMALAN, StageRole.REMISS)
            ),
            recipients=("Akten", "Förvaltningen"),
            leftovers=(("Bakgrund", "Skriv här"),) if self._random.random() < 0.15 else (),
        )
        stages = tuple((self._bodies.find(code, self.today), role) for code, role in way)
        asked = self.today + DAY * 60 if KINDS[kind].answered else None
        taken = ("2.4.8", "Direktören") if KINDS[kind].taken else ("", "")
        new = NewCase(kind=kind, skrivelse=skrivelse, way=stages, answer_by=asked, point=taken[0], by=taken[1])
        done = self.do(registration.register, new)
        assert isinstance(done, Done), done
        case = done.stream.partition(":")[2]
        self.cases[case] = kind
        self._look_again(case, 1, 4)

    def _look_again(self, case: str, soonest: int, latest: int) -> None:
        self._next[case] = self.today + DAY * self._random.randint(soonest, latest)

    def _do_what_cases_ask(self) -> None:
        for case in [case for case, day in self._next.items() if day <= self.today]:
            self._look_again(case, 2, 5)
            self._forward(case, self.facts(case))

    def _forward(self, case: str, facts: CaseFacts) -> None:
        match facts.state:
            case State.DRAFT:
                self._out_of_draft(case, facts)
            case State.MBL:
                self._out_of_mbl(case, facts)
            case State.SKICKAS_TILL:
                self._to_the_end(case, facts)
            case State.AVSLUTAD | State.ATERKALLAD:
                del self._next[case]
            case _:
                self._at_a_body(case, facts)

    def _out_of_draft(self, case: str, facts: CaseFacts) -> None:
        if self._random.random() < 0.01 and facts.kind is CaseKind.FORVALTNINGSARENDE:
            self.do(casework.withdraw, case)
        elif not self._advance(case, facts):
            self._mend(case, facts)

    def _mend(self, case: str, facts: CaseFacts) -> None:
        """Fill in what the template left, and write a proposal for the body that is next."""
        filled = frozenset(section for section, _ in facts.leftovers)
        body = facts.stage.body if facts.stage else "SON"
        proposal = () if body in facts.proposes_to else (Proposal(body=body, att_satser=("Motionen anses besvarad.",)),)
        self.do(registration.edit, case, Edit(filled_in=filled, proposals=proposal))

    def _out_of_mbl(self, case: str, facts: CaseFacts) -> None:
        forgets = self._random.random() < 0.1
        if (facts.mbl or forgets) and self._advance(case, facts):
            return
        kind = self._random.choice((MblKind.EJ_PAKALLAD, MblKind.EJ_PAKALLAD, MblKind.INFORMATION, MblKind.FORHANDLING))
        paragraph = {MblKind.INFORMATION: "19", MblKind.FORHANDLING: "11"}.get(kind)
        booked = kind is MblKind.FORHANDLING and self._random.random() < 0.5
        on = self.today + WEEK if booked else self.today
        self.do(registration.note_mbl, case, MblEntry(kind=kind, paragraph=paragraph, on=on, held=not booked))

    def _advance(self, case: str, facts: CaseFacts) -> bool:
        return self._by_hand_or_typed(("advance", facts.ref), casework.advance, case)

    def _at_a_body(self, case: str, facts: CaseFacts) -> None:
        if facts.here and all(facts.decided_at(stage) or facts.told_at(stage) for stage in facts.here):
            self._advance(case, facts)
            return
        here = [item for item in facts.agenda if item.stage == facts.current and item.waiting]
        if here:
            self._settle_mbl(case, facts)
            self._next[case] = max(here[-1].meeting.on, self.today + DAY)
            return
        if (soon := self._soon(facts)) and self._random.random() < 0.03:
            self.chamber.add_late(case, soon)
            return
        meeting = self._coming(facts)
        if meeting and facts.stage:
            name = f"{facts.stage.body}-{self._meeting_days[meeting]}"
            self._by_hand_or_typed(("book", facts.ref, name), casework.book, case, meeting)

    def _coming(self, facts: CaseFacts) -> str | None:
        """The stage's body's next meeting that can still be announced and called in time."""
        body = facts.stage.body if facts.stage else ""
        ahead = (one for one in self.meetings.get(body, ()) if self._meeting_days[one] >= self.today + 11 * DAY)
        return next(ahead, None)

    def _soon(self, facts: CaseFacts) -> str | None:
        """The stage's body's next meeting, where it is too near to be told of in time."""
        body = facts.stage.body if facts.stage else ""
        days = (self.today + DAY * ahead for ahead in range(1, 6))
        near = {day: one for one, day in self._meeting_days.items() if one in self.meetings.get(body, ())}
        return next((near[day] for day in days if day in near), None)

    def _do_what_turns_up(self) -> None:
        """What no case and no meeting waits for."""
        if self._random.random() < 0.25:
            case = self._random.choice([*self.cases, None]) if self._random.random() < 0.3 else None
            self.chamber.delegate(self._random.choice(("SON", "KS")), case)
        if self._next and self._random.random() < 0.15:
            case, body = self._random.choice(list(self._next)), self._random.choice(("SON", "KS", "KF"))
            ahead = [one for one in self.meetings[body] if self._meeting_days[one] >= self.today + 11 * DAY]
            if ahead and self.facts(case).state not in (State.AVSLUTAD, State.ATERKALLAD):
                self.chamber.tell(case, ahead[0])

    def settle_mbl(self, case: str) -> None:
        """What was booked is held, if its day has come."""
        self._settle_mbl(case, self.facts(case))

    def _settle_mbl(self, case: str, facts: CaseFacts) -> None:
        held = {entry.paragraph for entry in facts.mbl if entry.held}
        for entry in facts.mbl:
            if not entry.held and entry.on <= self.today and entry.paragraph not in held:
                done = MblEntry(kind=entry.kind, paragraph=entry.paragraph, on=self.today, held=True)
                self.do(registration.note_mbl, case, done)

    def _to_the_end(self, case: str, facts: CaseFacts) -> None:
        decided = facts.decision_to_send(None)
        unsent = [one for one in facts.recipients if one.sent_on is None and decided is not None]
        adjusted = decided is not None and decided.adjusted_by(self.today)
        if unsent and not adjusted and self._random.random() > 0.05:
            self._look_again(case, 4, 6)
            return
        if unsent:
            self._by_hand_or_typed(("dispatch", facts.ref), dispatchwork.dispatch, case, ())
        elif self._random.random() < 0.3:
            self._see_it_through(case, facts)
            self._by_hand_or_typed(("close", facts.ref), casework.close, case)
        else:
            self._look_again(case, 7, 14)

    def _see_it_through(self, case: str, facts: CaseFacts) -> None:
        """Receipts, an appeal now and then, and laga kraft where somebody asks."""
        self.chamber.confirm_receipt(case, facts)
        if self._random.random() < 0.08:
            self.chamber.appeal(case, facts)
        item = decision_in_question(facts)
        if item is not None and item.final_on is None and self._random.random() < 0.3:
            self.chamber.confirm(case)

    # --- at the meeting ---------------------------------------------------------------------------

    def _treat(self, case: str, meeting: str) -> None:
        facts, day = self.facts(case), self._meeting_days[meeting]
        role = facts.stage.role if facts.stage else StageRole.BESLUT
        chance, body = self._random.random(), facts.stage.body if facts.stage else ""
        self._settle_mbl(case, facts)
        self.chamber.before(case, meeting, body, day)
        if role is StageRole.ANMALAN:
            self.do(casework.refer, case, meeting, "KS", direct=True, on=day)
        elif role is StageRole.REMISS and chance < 0.7:
            self.do(casework.refer, case, meeting, "SON", direct=False, on=day)
        elif chance < 0.05:
            self.do(casework.return_case, case, meeting, body or "SON", unit=True, on=day)
        elif chance < 0.1:
            self.do(casework.postpone, case, meeting, on=day)
        elif not self.chamber.put_off(case, facts, meeting, body, day):
            self._decide(case, facts, meeting, day)
            self.chamber.after(case, facts, meeting, body, day)
        self._look_again(case, 1, 3)

    def _decide(self, case: str, facts: CaseFacts, meeting: str, day: date) -> None:
        outcome = self._random.choice((Outcome.BIFALL,) * 7 + (Outcome.AVSLAG, Outcome.BIFALL_MED_ANDRING))
        text = "Med ändringen att beloppet höjs." if outcome is Outcome.BIFALL_MED_ANDRING else ""
        decides = facts.stage is not None and facts.stage.role is StageRole.BESLUT
        matter = self._random.choice(MATTERS[facts.kind]) if facts.kind in MATTERS and decides else None
        rulings = {1: Ruling(outcome=outcome, text=text)}
        if matter and (facts.stage and dict(facts.proposals).get(facts.stage.body, 1) > 1):
            rulings[2] = Ruling(matter=self._random.choice(MATTERS[facts.kind]))
            self.chamber.seen.add("matter of an att-sats")
        how: dict[str, Any] = {"matter": matter, **hands_over(facts, self._random)}
        result = self.do(decisionwork.decide, case, meeting, rulings, **how, on=day)
        if isinstance(result, Refused):
            self._after_a_refusal(case, meeting, rulings, how, day)
        elif "to" in how:
            self.chamber.seen.add("handed over")

    def _after_a_refusal(self, case: str, meeting: str, rulings: Any, how: dict[str, Any], day: date) -> None:
        """The body has seen the refusal: it waits, or has decided all the same."""
        if self._random.random() < 0.8:
            self.do(casework.postpone, case, meeting, on=day)
        else:
            self.do(decisionwork.decide, case, meeting, rulings, **how, on=day, deviation=True)


def through_kf(items: tuple[AgendaItem, ...]) -> bool:
    """True for a case that fullmäktige has decided."""
    return any(item.decided and item.meeting.body == "KF" for item in items)
