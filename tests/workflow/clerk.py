"""A clerk who can bring a case or a meeting to the brink of any move, and take it.

What the clerk forgets on the way is named by the guard that will miss it.
"""

from datetime import date
from typing import Any

from msgspec.structs import replace

from states import assembly, deadlines, mbl
from states.appealability import decision_in_question, gains_force
from states.case_facts import (
    AppealCourt,
    AppealOutcome,
    Ballot,
    BodyKind,
    CaseKind,
    Children,
    MatterOutcome,
    MblEntry,
    MblKind,
    MeetingState,
    MinuteKind,
    Seat,
    StageRole,
    State,
)
from states.guards.way import expected_target
from states.judgement import Refused
from states.lifecycle import MEETING_MOVES, Move
from states.machine import CASES
from tests.workflow import witness
from tests.workflow.town import DAY, UTSKOTT, Answer, Town
from workflow import (
    appealwork,
    attendancework,
    casework,
    decisionwork,
    dispatchwork,
    linkwork,
    meeting_planning,
    meeting_store,
    meetingwork,
    minutework,
    protocolwork,
    referralwork,
    registration,
)
from workflow.appealwork import NewAppeal
from workflow.attendancework import Present
from workflow.casework import Minority
from workflow.dispatchwork import Sending
from workflow.errors import ArendeError, UsageError
from workflow.minutework import Entry, Voting
from workflow.registration import Edit, NewCase, Proposal, Skrivelse

UTGATT = MatterOutcome.UTGATT
Way = tuple[tuple[str, StageRole], ...]
CODE = {BodyKind.NAMND: "SON", BodyKind.KS: "KS", BodyKind.KF: "KF"}
NAMND_DECIDES: Way = (("SON", StageRole.BESLUT),)
NAMND_PREPARES: Way = (("SON", StageRole.BEREDNING),)
KS_DECIDES: Way = (("KS", StageRole.BESLUT),)
KS_IS_ASKED: Way = (("KS", StageRole.REMISS),)
KF_DECIDES: Way = (("KF", StageRole.BESLUT),)
KS_THEN_KF: Way = (("KS", StageRole.FORSLAG), ("KF", StageRole.BESLUT))
ONLY_KFB_PREPARES: Way = (("KFB", StageRole.BEREDNING), ("KF", StageRole.BESLUT))
KSAU_FOR_ITSELF: Way = (("KSAU", StageRole.EGEN_DEL), *KS_THEN_KF)
ANMALAN: Way = (("KF", StageRole.ANMALAN), ("KS", StageRole.FORSLAG), ("KF", StageRole.BESLUT))


class Clerk:
    """Works in a town."""

    def __init__(self, town: Town) -> None:
        self.town, self.do = town, town.do

    def take(self, move: Move, forgotten: str = "", pick: int = 0) -> None:
        """Take a move, with a case or a meeting that stands where it begins."""
        if move in MEETING_MOVES:
            self._take_at_meeting(move, forgotten, ("KF", "KS", "SON")[pick % 3])
        elif move.source is None:
            came = self.town.today - DAY * 30 if forgotten == "registered-promptly" else None
            self.register(*STARTS[State(move.target)], received_on=came)
        else:
            self.forward(self._case_for(move, forgotten, pick), move, forgotten)

    def forward(self, case: str, move: Move, forgotten: str = "") -> None:
        """Take a move of a case that stands where it begins."""
        getattr(self, f"_{move.verb}")(case, move, forgotten)

    def go_on(self, case: str, forgotten: str = "") -> None:
        """The next step of a case's own way."""
        targets = {expected_target(self.town.facts(case)), State.AVSLUTAD}
        ahead = [move for move in self.moves_of(case) if move.verb in ("advance", "close") and move.target in targets]
        for move in ahead[:1]:
            self.forward(case, move, forgotten)

    def moves_of(self, case: str) -> tuple[Move, ...]:
        return CASES.from_state(self.town.facts(case).state)

    # --- getting a case to where a move begins ------------------------------------------------------

    def register(
        self,
        kind: CaseKind,
        way: Way,
        skrivelse: Skrivelse | None = None,
        starts_in: State | None = None,
        received_on: date | None = None,
    ) -> Answer:
        stages = tuple((self.town.body(code), role) for code, role in way)
        bare = Skrivelse(rubrik="Ett ärende", leftovers=(("Bakgrund", "Skriv här"),))
        new = NewCase(kind=kind, skrivelse=skrivelse or bare, way=stages, starts_in=starts_in, received_on=received_on)
        return self.do(registration.register, new)

    def _case_for(self, move: Move, forgotten: str, pick: int) -> str:
        """One there is, when nothing must be forgotten on the way, or a new one."""
        there = [case for case in self.town.cases if self.town.known["cases"][case]["state"] == move.source]
        if there and not forgotten and pick % 2:
            return there[pick % len(there)]
        if move.verb in ("laga_kraft", "dispatch") and move.source in (State.DRAFT, State.MBL):
            return self._reopened(State(move.source))
        kind, way = self._kind_and_way(move, forgotten, pick)
        self.register(kind, way, starts_in=State.DRAFT if forgotten == "kf-must-decide" else None)
        case = self.town.cases[-1]
        for _ in range(6):
            if self.town.facts(case).state is not move.source:
                self.go_on(case)
        return case

    def _reopened(self, state: State) -> str:
        """A case that has been decided once, and stands before its next round's body."""
        self.register(CaseKind.KS_ARENDE, KS_DECIDES)
        case = self.town.cases[-1]
        self.go_on(case)
        self.do(casework.reopen, case)
        if state is State.MBL:
            self.go_on(case)
        return case

    @staticmethod
    def _kind_and_way(move: Move, forgotten: str, pick: int) -> tuple[CaseKind, Way]:
        if forgotten == "kf-must-decide":
            return CaseKind.MOTION, NAMND_DECIDES
        if forgotten in LACKING:
            return LACKING[forgotten]
        match move.source:
            case State.MBL if move.verb == "advance":
                way = {State.KS: KS_DECIDES, State.KF: KF_DECIDES}.get(State(move.target), NAMND_DECIDES)
                return CaseKind.FORVALTNINGSARENDE, way
            case State.KS:
                return CaseKind.KS_ARENDE, KS_IS_ASKED if forgotten == "ks-opportunity" else KS_DECIDES
            case State.KF if move.verb == "advance" or pick % 3:
                return CaseKind.KS_ARENDE, KS_THEN_KF
            case State.KF:
                return CaseKind.MOTION, KF_DECIDES if forgotten == "ks-opportunity" else ANMALAN
            case State.SKICKAS_TILL | State.AVSLUTAD if pick % 2:
                return CaseKind.KS_ARENDE, KS_DECIDES
        return CaseKind.FORVALTNINGSARENDE, NAMND_DECIDES if pick % 3 else NAMND_PREPARES

    # --- the moves of a case ------------------------------------------------------------------------

    def _advance(self, case: str, move: Move, forgotten: str) -> None:
        if move.source is State.DRAFT:
            self._fill_in(case, forgotten)
        elif move.source is State.MBL:
            self._settle_mbl(case, forgotten)
            self._forget_the_children(case, forgotten)
            self._give_number(case, forgotten)
        else:
            self._decide_here(case, forgotten)
            if forgotten != "next-stage":
                self._lead_to(case, move.target)
        if move.target is State.KF:
            self._hear_ks(case, forgotten)
        self.do(casework.advance, case, move.target, on=self._day(case, forgotten))

    def _day(self, case: str, forgotten: str) -> Any:
        last = self.town.facts(case).last_event
        return last - DAY if last and forgotten == "chronology" else None

    def _forget_the_children(self, case: str, forgotten: str) -> None:
        """What is best for them has not been assessed."""
        if forgotten == "childs-best":
            self.do(registration.edit, case, Edit(children=Children.JA))

    def _fill_in(self, case: str, forgotten: str) -> None:
        self._forget_the_children(case, forgotten)
        facts = self.town.facts(case)
        if facts.leftovers and forgotten != "placeholders":
            self.do(registration.edit, case, Edit(filled_in=frozenset(section for section, _ in facts.leftovers)))
        stage = facts.stage
        if stage and not facts.proposes_to & {stage.body, None} and forgotten != "proposal-for-next-body":
            self.do(registration.edit, case, Edit(proposals=(Proposal(body=stage.body, att_satser=("Antas.",)),)))

    def _settle_mbl(self, case: str, forgotten: str) -> None:
        if forgotten in ("mbl-noted", "mbl-held"):
            return
        today, noted = self.town.today, self.town.facts(case).mbl
        if forgotten == "mbl-information":
            information = MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=today + DAY * 60, held=False)
            self.do(registration.note_mbl, case, information)
        elif not noted:
            self.do(
                registration.note_mbl, case, MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=today, held=True)
            )
        self._answer_the_unions(case, forgotten)
        for booked in {entry.paragraph for entry in noted if entry.kind is MblKind.FORHANDLING and not entry.held}:
            self._negotiate(case, booked)

    def _answer_the_unions(self, case: str, forgotten: str) -> None:
        """End what goes on and negotiate what was asked for; or ask for more, or change what was agreed."""
        today = self.town.today
        going_on = mbl.unfinished(self.town.facts(case).mbl, today)
        if going_on and going_on.unfinished:
            over = MblEntry(kind=MblKind.AVSLUT, paragraph=going_on.paragraph, on=today, held=True)
            self.do(registration.note_mbl, case, over)
        while asked := mbl.unanswered(self.town.facts(case).mbl, today):
            self._negotiate(case, asked[0].paragraph)
        if forgotten == "mbl-requested":
            asked_now = MblEntry(kind=MblKind.BEGARAN, paragraph="14", on=today, held=True)
            self.do(registration.note_mbl, case, asked_now)
        if forgotten == "mbl-changed":
            self._negotiate(case, "11")
            for _ in range(2):  # the first there is, is what was negotiated
                self.town.today += DAY
                other = Proposal(body="SON", att_satser=(f"Antas {self.town.today}.",))
                self.do(registration.edit, case, Edit(proposals=(other,)))

    def _negotiate(self, case: str, paragraph: str | None) -> None:
        held = MblEntry(kind=MblKind.FORHANDLING, paragraph=paragraph, on=self.town.today, held=True)
        self.do(registration.note_mbl, case, held)

    def _give_number(self, case: str, forgotten: str) -> None:
        if not self.town.facts(case).numbers and forgotten != "dnr-before-agenda":
            self.do(registration.edit, case, Edit(numbers=(self.town.number(),)))

    def _lead_to(self, case: str, target: Any) -> None:
        """Put a body of the wanted kind next in the way."""
        facts = self.town.facts(case)
        following, here = facts.next_stage, facts.stage.body if facts.stage else ""
        if target is State.SKICKAS_TILL or (following and following.kind.state is target):
            return
        code = "BUN" if target is State.NAMND and here == "SON" else CODE[BodyKind(target.value)]
        role = StageRole.YTTRANDE if target is State.NAMND else StageRole.BESLUT
        before = following.body if following else None
        self.do(registration.add_stage, case, self.town.body(code), role, before=before)

    def _hear_ks(self, case: str, forgotten: str) -> None:
        """Give kommunstyrelsen its time, unless it has had it."""
        stage, today = self.town.facts(case).stage, self.town.today.isoformat()
        heard = witness.ks_heard(self.town.known, case, today, stage.round if stage else 1)
        if forgotten != "ks-opportunity" and not heard:
            until, body = self.town.today + DAY * 20, self.town.body("KS")
            self.do(registration.add_stage, case, body, StageRole.FORSLAG, opportunity_until=until)
            self.town.today = until + DAY

    def _book(self, case: str, move: Move, forgotten: str) -> None:
        self._forget_the_children(case, forgotten)
        facts = self.town.facts(case)
        stage = facts.stage or facts.next_stage
        code = "BUN" if forgotten == "body-in-the-way" else "KF" if forgotten == "booked-in-time" else None
        if code == "KF" and not facts.stage_of("KF"):
            self.do(registration.add_stage, case, self.town.body("KF"), StageRole.BESLUT)
        if code or stage:
            self._give_number(case, forgotten)
            meeting = self.coming_meeting(code or (stage.body if stage else "KS"), forgotten)
            if forgotten == "meeting-ahead":
                self.hold(meeting)
            if forgotten == "late-item":
                self.do(meetingwork.call, meeting)
            self.do(casework.book, case, meeting)

    def _decide(self, case: str, move: Move, forgotten: str) -> None:
        kind, facts = BodyKind(move.target.value), self.town.facts(case)
        here = facts.stage.body if facts.stage and facts.stage.kind is kind else CODE[kind]
        if facts.stage_of(here) is None:
            self.do(registration.add_stage, case, self.town.body(here), StageRole.BESLUT)
        if forgotten == "namnd-opportunity" and here == "KFB":
            self._decide_at(case, here, "", deviation=False)
            self._hear_ks(case, "")
            self.do(casework.advance, case, State.KF)
            here = "KF"
        self._decide_at(case, here, forgotten, deviation=move.source is not move.target)

    def _decide_here(self, case: str, forgotten: str) -> None:
        facts = self.town.facts(case)
        for stage in facts.here if forgotten != "body-has-decided" else ():
            if not facts.decided_at(stage):
                self._decide_at(case, stage.body, forgotten, deviation=forgotten == "ks-opportunity")

    def _decide_at(self, case: str, body: str, forgotten: str, *, deviation: bool) -> None:
        self._settle_mbl(case, forgotten)
        self._forget_the_children(case, forgotten)
        if body == "KF":
            self._hear_ks(case, forgotten)
        self._hear_outsiders(case, forgotten)
        meeting = self._with_the_case(case, body, forgotten)
        said = {"year-reported": MatterOutcome.AVSKRIVEN, "matter-fits": MatterOutcome.VALD}
        matter = said.get(forgotten)
        on = self.town.day_of(meeting)
        if forgotten in ("vote-agrees", "votes-in-protocol"):
            self.do(minutework.vote, case, meeting, LOST, on=on)
        self.do(decisionwork.decide, case, meeting, {}, matter=matter, deviation=deviation, on=on)

    def _hear_outsiders(self, case: str, forgotten: str) -> None:
        """Get the answers that are waited for; or ask one more."""
        for referral in self.town.facts(case).referrals:
            if referral.answered_on is None:
                self.do(referralwork.answered, case, referral.number)
        if forgotten == "referrals-answered":
            self.do(referralwork.ask, case, "Rådet", self.town.today + DAY * 90, mandatory=True)

    def _refer(self, case: str, move: Move, forgotten: str) -> None:
        meeting = self._here(case, forgotten)
        to = "KS" if move.target is State.KS else "SON"
        direct = move.target is State.NAMND
        self.do(casework.refer, case, meeting, to, direct=direct, on=self.town.day_of(meeting))

    def _return(self, case: str, move: Move, forgotten: str) -> None:
        meeting = self._here(case, forgotten)
        to = "KS" if move.target is State.KS else "SON"
        if move.target is move.source:
            to = self._within(case, CODE[BodyKind(move.target.value)])
        unit, on = move.target is State.DRAFT, self.town.day_of(meeting)
        self.do(casework.return_case, case, meeting, to, unit=unit, minority=self._minority(forgotten), on=on)

    def _within(self, case: str, parent: str) -> str:
        """The utskott of a body; the body itself, when it is the utskott that the case stands at."""
        stage = self.town.facts(case).stage
        return parent if stage and stage.utskott else UTSKOTT[parent]

    def _minority(self, forgotten: str) -> Minority | None:
        return Minority(1, 49) if forgotten == "minority" else None

    def _postpone(self, case: str, move: Move, forgotten: str) -> None:
        meeting = self._here(case, forgotten)
        if self.town.commands % 2:
            self.coming_meeting(self.town.meeting(meeting)["body"])
        minority = self._minority(forgotten)
        self.do(casework.postpone, case, meeting, minority=minority, on=self.town.day_of(meeting))

    def _dispatch(self, case: str, move: Move, forgotten: str) -> None:
        if forgotten != "something-to-send" and move.source not in (State.DRAFT, State.MBL):
            self._decide_here(case, forgotten)
        told = self.town.facts(case).recipients
        if not any(recipient.sent_on is None for recipient in told):
            names = (*(recipient.name for recipient in told), f"Mottagare {len(told) + 1}")
            self.do(registration.edit, case, Edit(recipients=names))
        items = [item for item in self.town.facts(case).agenda if item.decided]
        if items and not items[-1].adjusted_by(self.town.today) and forgotten != "paragraph-adjusted":
            self.do(protocolwork.adjust, self._id(items[-1]), (items[-1].paragraph,))
        if forgotten == "mbl-requested":
            asked = MblEntry(kind=MblKind.BEGARAN, paragraph="12", on=self.town.today, held=True)
            self.do(registration.note_mbl, case, asked)
        self.do(dispatchwork.dispatch, case, ())

    def _minute(self, case: str, move: Move, forgotten: str) -> None:
        meeting = self._minuted_at(case, forgotten)
        who, hour = "L2", None
        if forgotten.startswith("not-javig"):
            who = "L1"
            self._insist_on(minutework.jav, case, meeting, (who,))
        elif forgotten == "quorum-kept":
            self._decide_here(case, "")
            self._insist_on(minutework.jav, case, meeting, ("L1", "L2"))
        elif forgotten == "reservation-took-part":
            who = "E2"
        elif forgotten == "reservation-in-time":
            self.do(attendancework.close, meeting, "15.42", on=self.town.day_of(meeting))
        else:
            hour = "10.00"
        entry = Entry(MinuteKind.RESERVATION, "Till förmån för eget yrkande.", who, hour)
        self._insist_on(minutework.minute, case, meeting, (entry,))

    def _vote(self, case: str, move: Move, forgotten: str) -> None:
        meeting = self._minuted_at(case, forgotten)
        item = self.town.facts(case).item_at(meeting_store.load(self.town.desk.connection, meeting).facts)
        there = assembly.deciding(meeting_store.load(self.town.desk.connection, meeting).facts, item)
        voting = Voting(main="Bifall", against="Avslag", numbers=(1, 0, 0))
        if there:
            voting = replace(voting, by_name=tuple((who, Ballot.JA) for who in there), partial=True)
        if forgotten.startswith("not-javig"):
            self._insist_on(minutework.jav, case, meeting, there[:1])
        elif forgotten == "tie-settled":
            voting = replace(voting, by_name=(), numbers=(1, 1, 0))
        elif forgotten == "chair-votes":
            ballots = (("L1", Ballot.AVSTAR), ("L2", Ballot.JA), ("L3", Ballot.NEJ))
            voting = replace(voting, by_name=ballots, casting=Ballot.JA)
        self._insist_on(minutework.vote, case, meeting, voting)

    def _insist_on(self, act: Any, case: str, meeting: str, what: Any) -> None:
        """What a protocol should say is written down also when it has been adjusted without it."""
        day = self.town.day_of(meeting)
        if isinstance(self.do(act, case, meeting, what, on=day), Refused):
            self.do(act, case, meeting, what, deviation=True, on=day)

    def _minuted_at(self, case: str, forgotten: str) -> str:
        """A held meeting at which the case has a §, unless that is forgotten."""
        if forgotten == "has-a-paragraph":
            meeting = self.coming_meeting("KS")
            self.hold(meeting)
            return meeting
        known = [item for item in self.town.facts(case).agenda if item.paragraph and item.outcome is not UTGATT]
        held = self._id(known[-1]) if known else self._here(case, forgotten)
        self.call_the_roll(held, forgotten)
        return held

    def _close(self, case: str, move: Move, forgotten: str) -> None:
        if not self.town.facts(case).recipients and forgotten != "recipients-sent":
            names = ("Akten",) if forgotten == "preparing-body-told" else ("Akten", "SON")
            self.do(registration.edit, case, Edit(recipients=names))
        if any(recipient.sent_on is None for recipient in self.town.facts(case).recipients):
            self.do(dispatchwork.dispatch, case, (), None, Sending(before_justering=True))
        items = [item for item in self.town.facts(case).agenda if item.decided]
        if items and forgotten != "laga-kraft-reached":
            for _ in range(2):
                self.keep_protocol(self._id(items[-1]))
            self.town.today += DAY * 30
        self.do(casework.close, case, on=self._day(case, forgotten))

    def _laga_kraft(self, case: str, move: Move, forgotten: str) -> None:
        if forgotten != "decision-appealable" and move.source in (State.NAMND, State.KS, State.KF):
            self._decide_here(case, forgotten)
        facts = self.town.facts(case)
        item = decision_in_question(facts)
        if item is not None:
            wanted = forgotten != "decision-appealable"
            if gains_force(item, facts) is not wanted:
                self.do(protocolwork.appealable, self._id(item), item.paragraph, wanted)
            if forgotten != "laga-kraft-earliest":
                self._announce_paragraph(item)
                self.town.today += DAY * 20
            self._appeal(case, item, forgotten)
            self.town.today += DAY * (10 if forgotten != "laga-kraft-earliest" else 0)
        self.do(appealwork.confirm, case)

    def _announce_paragraph(self, item: Any) -> None:
        """One § adjusted and announced, unless it has been, and its time runs."""
        part, meeting = item.meeting.part, self._id(item)
        if part is None:
            self.do(protocolwork.adjust, meeting, (item.paragraph,), deviation=True)
        if part is None or part.counted_from is None or not deadlines.ran_out(part):
            self.do(protocolwork.post, meeting, item.paragraph, deviation=True)

    def _appeal(self, case: str, item: Any, forgotten: str) -> None:
        if forgotten == "appeal-open":
            self.do(appealwork.add, case, NewAppeal(received_by=AppealCourt.KOMMUNEN))
        else:
            for appeal in item.appeals:
                self.do(appealwork.settle, case, appeal.number, AppealOutcome.AVSLAG)

    def _reopen(self, case: str, move: Move, forgotten: str) -> None:
        to = (None, "SON", "KS", "KF")[self.town.commands % 4]
        self.do(casework.reopen, case, to, on=self._day(case, forgotten))

    def _withdraw(self, case: str, move: Move, forgotten: str) -> None:
        self._call_too_early(case, forgotten)
        self.do(casework.withdraw, case, on=self._day(case, forgotten))

    def _join(self, case: str, move: Move, forgotten: str) -> None:
        self._call_too_early(case, forgotten)
        self.do(linkwork.join, case, self._another(case), on=self._day(case, forgotten))

    def _call_too_early(self, case: str, forgotten: str) -> None:
        stage = self.town.facts(case).stage
        if stage and forgotten == "not-yet-called":
            self._give_number(case, forgotten)
            meeting = self.coming_meeting(stage.body)
            self.do(casework.book, case, meeting)
            self.do(meetingwork.call, meeting)

    def _another(self, case: str) -> str:
        """An open case besides one."""
        for other in self.town.cases:
            if other != case and self.town.facts(other).state not in linkwork.OVER:
                return other
        self.register(*STARTS[State.DRAFT])
        return self.town.cases[-1]

    # --- meetings -----------------------------------------------------------------------------------

    def _here(self, case: str, forgotten: str) -> str:
        stage = self.town.facts(case).stage
        return self._with_the_case(case, stage.body if stage else "KS", forgotten)

    def _with_the_case(self, case: str, body: str, forgotten: str) -> str:
        """A held meeting of a body, with the case on its agenda and nothing become of it yet."""
        waiting = self._waiting(case, body)
        if not waiting and forgotten != "on-agenda":
            self._give_number(case, forgotten)
            self.do(casework.book, case, self.coming_meeting(body, forgotten))
            waiting = self._waiting(case, body)
        meeting = self._id(waiting[-1]) if waiting else self.coming_meeting(body, forgotten)
        if forgotten != "meeting-held":
            self.hold(meeting, forgotten)
            self.call_the_roll(meeting, forgotten)
        self.town.today = max(self.town.today, self.town.day_of(meeting))
        return meeting

    def _waiting(self, case: str, body: str) -> list[Any]:
        facts = self.town.facts(case)
        stage = facts.stage_of(body)
        return [item for item in facts.agenda if item.waiting and stage and item.stage == stage.id]

    def _id(self, item: Any) -> str:
        return str(self.town.known["agenda_item"][item.id]["meeting_id"])

    def coming_meeting(self, body: str, forgotten: str = "") -> str:
        """A planned meeting of a body, in good time unless that is forgotten."""
        hurry = forgotten in ("booked-in-time", "kungorelse-in-time", "kallelse-in-time")
        first, last = (1, 4) if hurry else (9, 60)
        for meeting in self.town.meetings:
            ahead = (self.town.day_of(meeting) - self.town.today).days
            if self.town.meeting(meeting)["body"] == body and first <= ahead <= last and self.town.is_ahead(meeting):
                return meeting
        return self.plan(body, first)

    def plan(self, body: str, ahead: int) -> str:
        while isinstance(self.do(meetingwork.add, body, self.town.today + DAY * ahead), ArendeError):
            ahead += 1
        return self.town.meetings[-1]

    def move(self, meeting: str, by: int = 7) -> None:
        """To the first free day so many days on."""
        while isinstance(self.do(meeting_planning.move, meeting, self.town.day_of(meeting) + DAY * by), UsageError):
            by += 1

    def hold(self, meeting: str, forgotten: str = "") -> None:
        """Announce, call and hold a meeting on its day."""
        if self.town.held(meeting):
            return
        known, day = self.town.meeting(meeting), self.town.day_of(meeting)
        if known["announced_on"] is None and forgotten not in ("meeting-announced", "item-announced"):
            self.do(meetingwork.announce, meeting)
        if known["called_on"] is None and forgotten != "meeting-called":
            self.do(meetingwork.call, meeting)
        self.town.today = max(self.town.today, day)
        if isinstance(self.do(meetingwork.hold, meeting, on=day), Refused):
            self.do(meetingwork.hold, meeting, on=day, deviation=True)

    def call_the_roll(self, meeting: str, forgotten: str = "") -> None:
        """Note all ordinary members as present, or too few, unless that is done or forgotten."""
        known = self.town.known["attendance"].values()
        if forgotten == "attendance-noted" or any(row["meeting_id"] == meeting for row in known):
            return
        short = forgotten in ("quorum", "council-quorum")
        here, day = (Present(who="L1"),) if short else (), self.town.day_of(meeting)
        if isinstance(self.do(attendancework.attend, meeting, here, everybody=not short, on=day), Refused):
            self.do(attendancework.attend, meeting, here, everybody=not short, deviation=True, on=day)

    def keep_protocol(self, meeting: str, wait: int = 0, *, deviation: bool = False) -> None:
        """The next thing to do with a protocol: adjust it, announce that, take the notice down."""
        self.town.today += DAY * wait
        parts = [part for part in self.town.known["protocol_part"].values() if part["meeting_id"] == meeting]
        up = [part for part in parts if part["posted_on"] and not part["taken_down_on"]]
        act = protocolwork.take_down if up else protocolwork.post if parts else protocolwork.adjust
        self.do(act, meeting, deviation=deviation)

    def _take_at_meeting(self, move: Move, forgotten: str, body: str) -> None:
        if forgotten in ("kungorelse-in-time", "meeting-announced"):
            body = "KF"
        ahead = 3 if forgotten in ("kungorelse-in-time", "kallelse-in-time") else 10
        meeting = self.plan(body, ahead)
        if move.source is MeetingState.KALLAD:
            self.do(meetingwork.call, meeting, deviation=True)
        match move.verb:
            case "announce":
                self._insist(meetingwork.announce, meeting)
            case "call":
                self._insist(meetingwork.call, meeting)
            case "move":
                self.move(meeting)
            case "cancel":
                self.do(meeting_planning.cancel, meeting)
            case "hold":
                if forgotten != "meeting-announced":
                    self.do(meetingwork.announce, meeting)
                self.town.today = max(self.town.today, self.town.day_of(meeting))
                self._insist(meetingwork.hold, meeting)
            case "attend" | "adjust" if forgotten in CONTRADICTED:
                self._insist(protocolwork.adjust, self._contradicted(forgotten))
            case "attend":
                self.hold(meeting)
                if forgotten == "attendance-open":
                    self.do(protocolwork.adjust, meeting)
                self._attend(meeting, forgotten)
            case "adjust" | "post" | "take_down":
                self.hold(meeting)
                if forgotten != "protocol-complete":
                    self.call_the_roll(meeting)
                self._keep_up_to(meeting, move.verb, forgotten)

    def _attend(self, meeting: str, forgotten: str) -> None:
        present = {
            "staff-never-serve": (
                Present(who="Per Holm", seat=Seat.PERSONALFORETRADARE),
                Present(who="Per Holm", serves_for="L2"),
            ),
            "remote-allowed": (Present(who="L2", remote=True),),
            "called-in-order": (Present(who="E1"), Present(who="E2", serves_for="L3")),
        }.get(forgotten, (Present(who="L1"), Present(who="Eva Ros, utredare", seat=Seat.TJANSTEPERSON)))
        on = self.town.day_of(meeting)
        if isinstance(self.do(attendancework.attend, meeting, present, on=on), Refused):
            self.do(attendancework.attend, meeting, present, on=on, deviation=True)

    def _contradicted(self, forgotten: str) -> str:
        """A meeting of kommunstyrelsen, whose protocol says one thing and its opposite."""
        self.register(CaseKind.KS_ARENDE, KS_DECIDES)
        case = self.town.cases[-1]
        self._decide_at(case, "KS", forgotten, deviation=True)
        meeting = self.town.meetings_of(case)[0]
        on = self.town.day_of(meeting)
        if forgotten == "quorum-in-protocol":
            late = tuple(Present(who=who, from_paragraph=999) for who in ("L2", "L3"))
            self.do(attendancework.attend, meeting, late, deviation=True, on=on)
        if forgotten == "reservations-in-protocol":
            entry = Entry(MinuteKind.RESERVATION, "För eget yrkande.", "L2", "15.50")
            self.do(minutework.minute, case, meeting, (entry,), deviation=True, on=on)
            self.do(attendancework.close, meeting, "15.42", on=on)
        return meeting

    def _keep_up_to(self, meeting: str, verb: str, forgotten: str) -> None:
        """Everything done with a protocol before a move, and then the move."""
        if verb != "adjust" and forgotten != "protocol-adjusted":
            self.do(protocolwork.adjust, meeting)
        if verb == "take_down" and forgotten != "protocol-posted":
            self.do(protocolwork.post, meeting)
        late = {"justering-in-time": 30, "anslag-in-time": 10}.get(forgotten, 0)
        early = verb == "take_down" and forgotten != "anslag-stays-up"
        self.town.today += DAY * (late + 40 * early)
        self._insist(getattr(protocolwork, verb), meeting)

    def _insist(self, act: Any, meeting: str) -> None:
        """What is refused has happened all the same."""
        day = self.town.day_of(meeting) if act is meetingwork.hold else None
        if isinstance(self.do(act, meeting, on=day), Refused):
            self.do(act, meeting, on=day, deviation=True)


LOST = Voting(main="Bifall", against="Avslag", numbers=(0, 1, 0), partial=True)
CONTRADICTED = ("quorum-in-protocol", "votes-in-protocol", "reservations-in-protocol")

LACKING: dict[str, tuple[CaseKind, Way]] = {
    "prepared": (CaseKind.MOTION, KF_DECIDES),
    "year-reported": (CaseKind.MOTION, KF_DECIDES),
    "namnd-opportunity": (CaseKind.MOTION, ONLY_KFB_PREPARES),
    "delegable": (CaseKind.KS_ARENDE, KSAU_FOR_ITSELF),
    "published": (CaseKind.FORESKRIFT, KS_THEN_KF),
}
"""What is forgotten -> a case of which it is missed."""

STARTS: dict[State, tuple[CaseKind, Way]] = {
    State.DRAFT: (CaseKind.FORVALTNINGSARENDE, NAMND_DECIDES),
    State.NAMND: (CaseKind.LEDAMOTSINITIATIV, NAMND_DECIDES),
    State.KS: (CaseKind.KS_ARENDE, KS_THEN_KF),
    State.KF: (CaseKind.MOTION, ANMALAN),
}
