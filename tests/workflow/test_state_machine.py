"""Random commands, wise and odd, on both databases: the log tells all of it and no rule is passed by.

A failure is shrunk to the shortest story and printed as a program. The seed is printed too; the same
one tells the same stories again: `ARENDE_SEED=… pytest tests/workflow/test_state_machine.py`.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from copy import deepcopy
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from scheduler import reminder_run
from states.case_facts import (
    AppealCourt,
    AppealOutcome,
    AppealRegime,
    Ballot,
    BodyKind,
    CaseKind,
    Children,
    DelegationKind,
    ItemKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MinuteKind,
    Outcome,
    Purpose,
    Seat,
    SendingChannel,
    StageRole,
    State,
    Target,
    WatchKind,
)
from states.kinds import KINDS, OWN
from states.lifecycle import Move
from states.mbl import NOTED
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.clerk import CODE, KS_THEN_KF, NAMND_DECIDES, Clerk, Way
from tests.workflow.ledger import ROWS, Ledger
from tests.workflow.town import BODIES, DAY, UTSKOTT, Town, with_two_namnder
from workflow import (
    agendawork,
    appealwork,
    attendancework,
    bulk_decision,
    casework,
    correction,
    decisionwork,
    delegationwork,
    dispatchwork,
    identifiers,
    linkwork,
    log_exporter,
    log_rebuild,
    meeting_planning,
    meetingwork,
    minutework,
    partywork,
    pausework,
    protocolwork,
    purge,
    referralwork,
    registration,
    schema,
    secrecy,
    staffwork,
    watchwork,
)
from workflow.agendawork import Rearrangement
from workflow.appealwork import NewAppeal
from workflow.attendancework import Present
from workflow.casework import Minority
from workflow.connection import Connection, connect
from workflow.decisionwork import Ruling
from workflow.delegationwork import NewDelegated
from workflow.desk import Desk
from workflow.dispatchwork import Sending
from workflow.errors import ChangedMeanwhileError, UsageError
from workflow.meeting_calendars.entry import Entry as Planned
from workflow.meeting_plan import UNSAID, Plan
from workflow.minutework import Entry, Voting
from workflow.partywork import PartyEvent
from workflow.registration import Edit, Proposal, Skrivelse
from workflow.watchwork import NewWatch

LONG = "ARENDE_LONG" in os.environ
STEPS = 40
SEGMENT = 50_000  # bytes, so that a story's log has several
STORIES = 100 if LONG else 8  # in a batch; batches follow until all of the lifecycle has been tried
BATCHES = 20 if LONG else 4
MOST_BATCHES = 40
SHRINKING = 600 if LONG else 60  # seconds
# The short run is the same each time, so that a red one says something of the change; the long run explores.
SEED = int(os.environ.get("ARENDE_SEED") or (random.SystemRandom().randrange(1 << 32) if LONG else 20240528))
AGAIN = MOST_BATCHES if LONG else 3  # batches told on the second database, when the first has told all there is
ANSWERED: list[Ledger] = []  # what the first database had answered after each batch

EVERY_MOVE = [(move, forgotten) for move in ROWS.values() for forgotten in ("", *(guard.id for guard in move.guards))]
WAYS: tuple[Way, ...] = (
    NAMND_DECIDES,
    KS_THEN_KF,
    (("SON", StageRole.BEREDNING), *KS_THEN_KF),
    (("SON", StageRole.YTTRANDE), ("BUN", StageRole.YTTRANDE), ("KS", StageRole.BESLUT)),
    (("KS", StageRole.REMISS), ("SON", StageRole.EGEN_DEL), ("KF", StageRole.BESLUT)),
    (("KF", StageRole.BESLUT),),
)

ANY = st.integers(0, 11)
FAR = st.integers(0, 9999)
SELDOM = st.sampled_from((False, False, False, False, True))
OFTEN = st.sampled_from((True, True, True, False))
BODY = st.sampled_from(BODIES)
ANY_BODY = st.sampled_from((*BODIES, *UTSKOTT.values()))
MINORITY = st.sampled_from((None, None, Minority(20, 49), Minority(16, 49), Minority(20)))
AGO = st.sampled_from((0, 0, 0, 0, 1, 3, 20))
PARAGRAPH = st.sampled_from((None, 1, 2))
CHANNEL = st.sampled_from((None, *SendingChannel))
ACTOR = st.sampled_from(("p-test", "p-annan"))
MBL = st.tuples(
    st.sampled_from((*NOTED, MblKind.FORHANDLING, MblKind.BEGARAN, MblKind.AVSLUT)),
    st.sampled_from(("11", "11", "38", "12", "14", "10", "21")),
    OFTEN,
    SELDOM,
)
UNDER_A_PARAGRAPH = (MblKind.FORHANDLING, MblKind.BEGARAN, MblKind.AVSLUT)


OUTSIDERS = {"Per Holm": Seat.PERSONALFORETRADARE, "Eva Ros": Seat.TJANSTEPERSON}
STAFF = ("Eva Ros", "Bo Ek", "Ann Alm")
NAMES = ("L1", "L2", "L3", "E1", "E2", *OUTSIDERS)


EDITS = ("recipients", "numbers", "proposals", "filled_in", "rubrik", "children", "appeal_regime")


class Stories(RuleBasedStateMachine):
    """One town for each story; what is done in it is drawn by Hypothesis."""

    new_desk: Callable[[], Desk]
    rebuilt: Callable[[Connection], AbstractContextManager[Connection]]
    ledger: Ledger
    wanted: list[tuple[Move, str]]  # what wise clerks try: moves, and guards to forget

    def __init__(self) -> None:
        super().__init__()
        self.town = Town(type(self).new_desk(), self.ledger)
        self.clerk = Clerk(self.town)
        self.do = self.town.do

    @initialize(kind=st.sampled_from(tuple(CaseKind)), way=st.sampled_from(WAYS), mbl=MBL)
    def begin(self, kind, way, mbl):
        self.register(kind, way, mbl, full=True, leftovers=False, draft=False)
        for place, body in enumerate(BODIES):
            self.do(meetingwork.add, body, self.town.today + DAY * (10 + place))

    # --- wise: one move with all that it asks for, or all but something -------------------------------------

    # Hypothesis leaves out half of the rules in a story, so what must be common stands here twice.
    @rule(pick=FAR)
    def take_a_wanted_move(self, pick):
        move, forgotten = self.wanted[pick % len(self.wanted)]
        self.clerk.take(move, forgotten, pick // len(self.wanted))

    @rule(pick=FAR)
    def take_another_wanted_move(self, pick):
        move, forgotten = self.wanted[pick % len(self.wanted)]
        self.clerk.take(move, forgotten, pick // len(self.wanted))

    @rule(case=ANY, pick=FAR, forget=ANY)
    def take_a_move(self, case, pick, forget):
        case = self._case(case)
        if moves := self.clerk.moves_of(case):
            move = moves[pick % len(moves)]
            self.clerk.forward(case, move, ("", *(guard.id for guard in move.guards))[forget % (len(move.guards) + 1)])

    @rule(case=ANY, steps=st.integers(1, 4))
    def go_on(self, case, steps):
        for _ in range(steps):
            self.clerk.go_on(self._case(case))

    @rule(meeting=ANY, waits=st.lists(st.sampled_from((0, 0, 1, 4, 16, 30)), min_size=1, max_size=4), deviation=SELDOM)
    def keep_a_protocol(self, meeting, waits, deviation):
        held = [meeting for meeting in self.town.meetings if self.town.held(meeting)]
        for wait in waits if held else ():
            self.clerk.keep_protocol(held[meeting % len(held)], wait, deviation=deviation)

    # --- odd: any command at any time ----------------------------------------------------------------------

    @rule(
        kind=st.sampled_from(tuple(CaseKind)),
        way=st.sampled_from(WAYS),
        mbl=MBL,
        full=OFTEN,
        leftovers=SELDOM,
        draft=SELDOM,
    )
    def register(self, kind, way, mbl, full, leftovers, draft):
        usual = tuple((CODE[BodyKind(code)], role) for code, role in KINDS[kind].way if code != OWN)
        chosen = usual if len(usual) == len(KINDS[kind].way) and not draft else way
        skrivelse = self._skrivelse(full, leftovers, mbl)
        self.clerk.register(kind, chosen, skrivelse, State.DRAFT if draft else None)

    def _skrivelse(self, full, leftovers, mbl):
        return Skrivelse(
            rubrik="Ett ärende",
            numbers=(self.town.number(),) if full else (),
            proposals=(Proposal(body=None, att_satser=("Antas.", "Gäller genast.")),) if full else (),
            recipients=("Akten", "Kommunstyrelsen") if full else (),
            handlaggare=STAFF[:1] if full else STAFF[1:],
            leftovers=(("Bakgrund", "Skriv här"),) if leftovers else (),
            mbl=(self._entry(mbl, 0),) if mbl[2] and mbl[0] in NOTED else (),
        )

    def _entry(self, mbl, ago):
        kind, paragraph, held, unfinished = mbl
        held = held or kind not in NOTED
        paragraph = paragraph if kind in UNDER_A_PARAGRAPH else None
        day = self.town.today - DAY * (max(ago, 0) if held else ago)
        goes_on = unfinished and held and kind is MblKind.FORHANDLING
        return MblEntry(kind=kind, paragraph=paragraph, on=day, held=held, unfinished=goes_on)

    @rule(case=ANY, full=OFTEN, leftovers=SELDOM, mbl=MBL)
    def attach(self, case, full, leftovers, mbl):
        self.do(registration.attach, self._case(case), self._skrivelse(full, leftovers, mbl))

    @rule(case=ANY, body=BODY, what=st.sampled_from(EDITS))
    def edit(self, case, body, what):
        news: dict[str, Any] = {
            "recipients": ("Akten", body),
            "numbers": (self.town.number(),),
            "proposals": (Proposal(body=body, att_satser=(f"{body} beslutar.",)),),
            "filled_in": frozenset({"Bakgrund"}),
            "rubrik": "En ny rubrik",
            "children": Children.JA,
            "appeal_regime": AppealRegime.FORVALTNINGSBESVAR,
        }
        self.do(registration.edit, self._case(case), Edit(**{what: news[what]}))

    @rule(case=ANY, mbl=MBL, ago=st.sampled_from((0, 0, 2, -5, -40)))
    def note_mbl(self, case, mbl, ago):
        self.do(registration.note_mbl, self._case(case), self._entry(mbl, ago), who="HR")

    @rule(case=ANY)
    def attest(self, case):
        self.do(registration.attest_mbl, self._case(case), who="Chefen")

    @rule(
        case=ANY,
        body=BODY,
        role=st.sampled_from(tuple(StageRole)),
        before=st.sampled_from((None, None, *BODIES)),
        beside=st.sampled_from((None, None, "SON", "BUN")),
        until=SELDOM,
    )
    def add_stage(self, case, body, role, before, beside, until):
        last = self.town.today + DAY * 20 if until else None
        place = {"beside": beside} if beside else {"before": before}
        self.do(registration.add_stage, self._case(case), self.town.body(body), role, opportunity_until=last, **place)

    @rule(case=ANY, ahead=st.integers(-1, 40), mandatory=SELDOM)
    def ask_outsiders(self, case, ahead, mandatory):
        self.do(referralwork.ask, self._case(case), "Rådet", self.town.today + DAY * ahead, mandatory=mandatory)

    @rule(
        case=ANY,
        number=st.integers(1, 2),
        act=st.sampled_from((referralwork.answered, referralwork.withdraw, referralwork.move)),
        ago=AGO,
    )
    def hear_from_outsiders(self, case, number, act, ago):
        until = (self.town.today + DAY * 20,) if act is referralwork.move else ()
        self.do(act, self._case(case), number, *until, on=self.town.today - DAY * ago)

    @rule(case=ANY, rests=SELDOM, ahead=st.integers(0, 60), ago=AGO)
    def rest(self, case, rests, ahead, ago):
        on = self.town.today - DAY * ago
        if rests:
            self.do(pausework.pause, self._case(case), self.town.today + DAY * ahead, on=on)
        else:
            self.do(pausework.resume, self._case(case), on=on)

    @rule(case=ANY, event=st.sampled_from(tuple(PartyEvent)))
    def hear_a_party(self, case, event):
        self.do(partywork.note, self._case(case), event)

    @rule(body=BODY, ahead=st.integers(0, 25))
    def plan_a_meeting(self, body, ahead):
        self.do(meetingwork.add, body, self.town.today + DAY * ahead)

    @rule(meeting=ANY, by=st.integers(-9, 30), manus=SELDOM)
    def move_a_meeting(self, meeting, by, manus):
        meeting = self._meeting(meeting)
        day = self.town.day_of(meeting) + DAY * by
        self.do(meeting_planning.move, meeting, day, Plan(manus=day - DAY * 20) if manus else UNSAID)

    @rule(meeting=ANY, ago=AGO)
    def call_off_a_meeting(self, meeting, ago):
        self.do(meeting_planning.cancel, self._meeting(meeting), on=self.town.today - DAY * ago)

    @rule(meeting=ANY, before=st.integers(0, 30), council=SELDOM)
    def plan_it_otherwise(self, meeting, before, council):
        meeting = self._meeting(meeting)
        day = self.town.day_of(meeting) - DAY * before
        self.do(meeting_planning.plan, meeting, Plan(manus=day, call=day, announce=day if council else None))

    @rule(aheads=st.lists(st.tuples(BODY, st.integers(-3, 40)), max_size=3))
    def bring_in_a_calendar(self, aheads):
        entries = [Planned(body, self.town.today + DAY * ahead, UNSAID, "plan.csv, rad 1") for body, ahead in aheads]
        self.do(meeting_planning.bring_in, entries, "ur plan.csv")

    @rule(
        meeting=ANY,
        what=st.sampled_from(("order", "kinds", "presenters", "struck", "own", "outcomes")),
        point=st.integers(1, 4),
        place=st.integers(1, 4),
        kind=st.sampled_from(tuple(ItemKind)),
    )
    def arrange_an_agenda(self, meeting, what, point, place, kind):
        news: dict[str, Any] = {
            "order": ((str(point), place),),
            "kinds": {str(point): kind},
            "presenters": {str(point): "Ekonomichefen"},
            "struck": (str(point),),
            "own": ("Val av justerare",),
            "outcomes": {str(point): MatterOutcome.NOTERAD},
        }
        self.do(agendawork.rearrange, self._meeting(meeting), Rearrangement(**{what: news[what]}))

    @rule(
        meeting=ANY,
        act=st.sampled_from((meetingwork.announce, meetingwork.call, meetingwork.hold)),
        deviation=SELDOM,
        ago=AGO,
    )
    def before_a_meeting(self, meeting, act, deviation, ago):
        meeting = self._meeting(meeting)
        day = self.town.day_of(meeting) if act is meetingwork.hold else self.town.today
        self.do(act, meeting, deviation=deviation, on=day - DAY * ago)

    @rule(
        meeting=ANY,
        act=st.sampled_from((protocolwork.adjust, protocolwork.post, protocolwork.take_down)),
        paragraphs=st.sampled_from(((), (), (1,), (2,), (1, 2), (2, 3))),
        deviation=SELDOM,
        ago=AGO,
    )
    def after_a_meeting(self, meeting, act, paragraphs, deviation, ago):
        day = self.town.today - DAY * ago
        about = paragraphs if act is protocolwork.adjust else next(iter(paragraphs), None)
        self.do(act, self._meeting(meeting), about, deviation=deviation, on=day)

    @rule(
        meeting=ANY,
        names=st.lists(st.sampled_from(NAMES), max_size=3),
        stand_in=st.sampled_from((None, None, ("E1", "L3"), ("E2", "L2"), ("Per Holm", "L1"))),
        starts=st.sampled_from((None, None, 1, 2)),
        ends=st.sampled_from((None, None, 1, 2)),
        remote=SELDOM,
        how=st.fixed_dictionaries({"everybody": SELDOM, "again": SELDOM, "deviation": SELDOM}),
    )
    def attend(self, meeting, names, stand_in, starts, ends, remote, how):
        meeting = self._meeting(meeting)
        there = {"from_paragraph": starts, "to_paragraph": ends, "remote": remote}
        present = [Present(who=name, seat=OUTSIDERS.get(name), **there) for name in names]
        present += [Present(who=stand_in[0], serves_for=stand_in[1])] if stand_in else []
        self.do(attendancework.attend, meeting, tuple(present), **how, on=self.town.day_of(meeting))

    @rule(meeting=ANY, hour=st.sampled_from(("15.42", "9:05", "kvart över tre")))
    def end_a_meeting(self, meeting, hour):
        meeting = self._meeting(meeting)
        self.do(attendancework.close, meeting, hour, on=self.town.day_of(meeting))

    @rule(case=ANY, meeting=ANY, name=st.sampled_from(NAMES))
    def jav(self, case, meeting, name):
        case, meeting, day = self._case_at_meeting(case, meeting)
        self.do(minutework.jav, case, meeting, (name,), "Egen verksamhet", on=day)

    @rule(
        case=ANY,
        meeting=ANY,
        kind=st.sampled_from(tuple(MinuteKind)),
        name=st.sampled_from((*NAMES, "")),
        hour=st.sampled_from((None, "15.30", "15.50")),
        deviation=SELDOM,
    )
    def minute(self, case, meeting, kind, name, hour, deviation):
        case, meeting, day = self._case_at_meeting(case, meeting)
        self.do(minutework.minute, case, meeting, (Entry(kind, "Bifall", name, hour),), deviation=deviation, on=day)

    @rule(
        case=ANY,
        meeting=ANY,
        ballots=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(tuple(Ballot)), max_size=4),
        numbers=st.tuples(*(st.integers(0, 3),) * 3),
        settled=st.sampled_from((None, None, *Ballot)),
        how=st.fixed_dictionaries({"secret": SELDOM, "partial": OFTEN}),
        deviation=SELDOM,
    )
    def vote(self, case, meeting, ballots, numbers, settled, how, deviation):
        case, meeting, day = self._case_at_meeting(case, meeting)
        settles = {"lot" if how["secret"] else "casting": settled}
        voting = Voting(
            main="Bifall", against="Avslag", by_name=tuple(ballots.items()), numbers=numbers, **how, **settles
        )
        self.do(minutework.vote, case, meeting, voting, deviation=deviation, on=day)

    @rule(
        meeting=ANY,
        ago=st.sampled_from((0, 1, 2, 5, 15)),
        length=st.integers(0, 2),
        paragraph=st.sampled_from((None, 1, 2)),
    )
    def lose_the_board(self, meeting, ago, length, paragraph):
        last = self.town.today - DAY * ago
        self.do(protocolwork.board_down, self._meeting(meeting), last - DAY * length, last, paragraph)

    @rule(meeting=ANY, paragraph=st.integers(1, 3), answer=st.booleans())
    def say_what_can_be_appealed(self, meeting, paragraph, answer):
        self.do(protocolwork.appealable, self._meeting(meeting), paragraph, answer)

    @rule(case=ANY, meeting=ANY, named=SELDOM, place=st.sampled_from(tuple(AppealCourt)), ago=AGO)
    def appeal(self, case, meeting, named, place, ago):
        case, meeting, _ = self._case_at_meeting(case, meeting)
        about = (meeting,) if named else ()
        new = NewAppeal(received_by=place, who="En medlem")
        self.do(appealwork.add, case, new, *about, on=self.town.today - DAY * ago)

    @rule(case=ANY, number=st.integers(1, 2), outcome=st.sampled_from((None, *AppealOutcome)), ago=AGO)
    def take_an_appeal_on(self, case, number, outcome, ago):
        act, result = (appealwork.settle, (outcome,)) if outcome else (appealwork.forward, ())
        self.do(act, self._case(case), number, *result, on=self.town.today - DAY * ago)

    @rule(case=ANY, meeting=ANY, named=SELDOM, ago=AGO)
    def confirm_laga_kraft(self, case, meeting, named, ago):
        case, meeting, _ = self._case_at_meeting(case, meeting)
        self.do(appealwork.confirm, case, *((meeting,) if named else ()), on=self.town.today - DAY * ago)

    @rule(meeting=ANY, to=st.sampled_from(((), ("Akten",), ("SON", "KS"))), channel=CHANNEL, early=OFTEN)
    def dispatch_a_meeting(self, meeting, to, channel, early):
        how = Sending(channel=channel, before_justering=early)
        self.do(dispatchwork.dispatch_meeting, self._meeting(meeting), to, how)

    @rule(case=ANY, who=st.sampled_from(("Akten", "KS", "Okänd")), ago=AGO)
    def receive(self, case, who, ago):
        self.do(dispatchwork.receipt, self._case(case), who, on=self.town.today - DAY * ago)

    @rule(case=ANY, who=st.sampled_from(("Akten", "KS", "Ny mottagare")), purpose=st.sampled_from(tuple(Purpose)))
    def say_what_it_is_for(self, case, who, purpose):
        self.do(registration.edit, self._case(case), Edit(purposes={who: purpose}))

    @rule(case=ANY, meeting=ANY, late=SELDOM, purpose=st.sampled_from((ItemKind.BESLUT, *ItemKind)))
    def book(self, case, meeting, late, purpose):
        case, meeting, _ = self._case_at_meeting(case, meeting)
        self.do(casework.book, case, meeting, late=late, purpose=purpose)

    @rule(place=ANY, booked=st.integers(0, 3), deviation=OFTEN, undo=st.booleans())
    def decide_all(self, place, booked, deviation, undo):
        meeting = self._meeting(place)
        for case in self.town.cases[:booked]:
            self.do(casework.book, case, meeting)
        if booked:
            self.clerk.hold(meeting)
        self.do(bulk_decision.decide_all, meeting, deviation=deviation, on=self.town.day_of(meeting))
        last = self.town.told[-1]
        if undo and last["type"] == "meeting.decided_all":
            self.do(correction.correct, last["stream"], last["seq"])

    @rule(body=BODY, kind=st.sampled_from(tuple(DelegationKind)), case=ANY, of_case=st.booleans())
    def delegate(self, body, kind, case, of_case):
        about = self._case(case) if of_case else None
        taken = NewDelegated(kind=kind, point="2.4.8", what="Ett bidrag", by="Direktören", case_id=about)
        self.do(delegationwork.add, body, taken)

    @rule(
        case=ANY,
        meeting=ANY,
        outcome=st.sampled_from(tuple(Outcome)),
        aim=st.sampled_from((None, *Target)),
        matter=st.sampled_from(
            (
                None,
                MatterOutcome.BIFALLEN,
                MatterOutcome.NOTERAD,
                MatterOutcome.UTGATT,
                MatterOutcome.AVSKRIVEN,
                MatterOutcome.OVERLAMNAD,
            )
        ),
        part=st.sampled_from((None, None, MatterOutcome.BESVARAD)),
        to=st.sampled_from((None, None, "SON", "KS")),
        unanimous=SELDOM,
        deviation=SELDOM,
        late=AGO,
    )
    def decide(self, case, meeting, outcome, aim, matter, part, to, unanimous, deviation, late):
        case, meeting, day = self._case_at_meeting(case, meeting)
        rulings = {1: Ruling(outcome, aim, "Med ändringen", part)}
        how = {"matter": matter, "to": to, "unanimous": unanimous, "deviation": deviation}
        self.do(decisionwork.decide, case, meeting, rulings, on=day + DAY * late, **how)

    @rule(
        case=ANY,
        meeting=ANY,
        to=st.sampled_from((*((body,) for body in BODIES), ("SON", "BUN"), ("BUN", "KS"))),
        direct=st.booleans(),
        ahead=st.sampled_from((None, None, -1, 20)),
        late=AGO,
    )
    def refer(self, case, meeting, to, direct, ahead, late):
        case, meeting, day = self._case_at_meeting(case, meeting)
        until = None if ahead is None else day + DAY * ahead
        how = {"also": to[1:], "direct": direct, "until": until}
        self.do(casework.refer, case, meeting, to[0], **how, on=day + DAY * late)

    @rule(case=ANY, meeting=ANY, to=ANY_BODY, unit=st.booleans(), minority=MINORITY)
    def return_case(self, case, meeting, to, unit, minority):
        case, meeting, day = self._case_at_meeting(case, meeting)
        self.do(casework.return_case, case, meeting, to, unit=unit, minority=minority, on=day)

    @rule(case=ANY, meeting=ANY, minority=MINORITY)
    def postpone(self, case, meeting, minority):
        case, meeting, day = self._case_at_meeting(case, meeting)
        self.do(casework.postpone, case, meeting, minority=minority, on=day)

    @rule(case=ANY, to=st.sampled_from((None, *State)), ago=AGO)
    def advance(self, case, to, ago):
        self.do(casework.advance, self._case(case), to, on=self.town.today - DAY * ago)

    @rule(case=ANY, to=st.sampled_from(((), ("Akten",), ("KS",), ("SON",), ("Okänd",))), channel=CHANNEL, early=SELDOM)
    def dispatch(self, case, to, channel, early):
        how = Sending(channel=channel, before_justering=early)
        self.do(dispatchwork.dispatch, self._case(case), to, None, how)

    @rule(case=ANY, act=st.sampled_from((casework.close, casework.withdraw, casework.reopen)), ago=AGO)
    def end(self, case, act, ago):
        self.do(act, self._case(case), on=self.town.today - DAY * ago)

    @rule(case=ANY, other=ANY, act=st.sampled_from((linkwork.link, linkwork.unlink, linkwork.join)), ago=AGO)
    def bring_together(self, case, other, act, ago):
        self.do(act, self._case(case), self._case(other), on=self.town.today - DAY * ago)

    @rule(case=ANY, numbered=OFTEN)
    def split(self, case, numbered):
        numbers = (self.town.number(),) if numbered else ()
        self.do(linkwork.split, self._case(case), "En del för sig", numbers)

    @rule(case=ANY, names=st.permutations(STAFF))
    def name_who_handles_it(self, case, names):
        self.do(registration.edit, self._case(case), Edit(handlaggare=tuple(names[:2])))

    @rule(names=st.permutations(STAFF), body=st.sampled_from(("", "", *BODIES)), save=OFTEN)
    def hand_over(self, names, body, save):
        leaving, coming, *_ = names
        if save:
            self.do(staffwork.hand_over, leaving, coming, body)
        else:
            self._rehearse_handing_over(leaving, coming, body)

    def _rehearse_handing_over(self, leaving, coming, body):
        with suppress(UsageError):
            staffwork.hand_over(self.town.desk, make_command(), leaving, coming, body, save=False)
        assert not self.town.look(), "a rehearsal left a record"

    @rule(
        case=ANY,
        act=st.sampled_from(
            (None, None, watchwork.end, watchwork.report, watchwork.snooze, watchwork.move, watchwork.occurred)
        ),
        kind=st.sampled_from(tuple(WatchKind)),
        ahead=st.sampled_from((None, 3, 40)),
    )
    def watch(self, case, act, kind, ahead):
        case, day = self._case(case), self.town.today + DAY * (ahead or 0)
        if act is None:
            due, months = (day, None) if ahead else (None, 3)
            new = NewWatch(kind=kind, about="Ring", body="SON", due=due, months=months)
            self.do(watchwork.add, case, (new,))
        else:
            until = (day,) if act in (watchwork.snooze, watchwork.move) else ()
            self.do(act, case, 1, *until)

    @rule(case=ANY, act=st.sampled_from((secrecy.mark, secrecy.lift)), basis=st.sampled_from(("OSL 26:1", "OSL 25:1")))
    def mark(self, case, act, basis):
        self.do(act, self._case(case), *((basis,) if act is secrecy.mark else ()))

    @rule(case=ANY, note=st.sampled_from((secrecy.note_read, secrecy.note_refused)))
    def read_what_is_secret(self, case, note):
        note(self.town.desk, make_command(), [self._case(case)], "show")
        self.town.look()

    @rule(backs=st.lists(st.sampled_from((0, 0, 0, 1, 2, 7, 20)), min_size=1, max_size=4))
    def take_back(self, backs):
        for back in backs:
            standing = self.town.standing()
            self.do(correction.correct, *standing[-1 - back % len(standing)])

    @rule(place=ANY, meeting=SELDOM, seq=ANY)
    def take_anything_back(self, place, meeting, seq):
        stream = f"meeting:{self._meeting(place)}" if meeting else f"case:{self._case(place)}"
        self.do(correction.correct, stream, seq)

    @rule(place=ANY, steps=st.permutations(("propose", "approve", "approve", "cancel")), actors=st.lists(ACTOR))
    def destroy_texts(self, place, steps, actors):
        ended = [case for case in self.town.cases if self.town.facts(case).state in (State.AVSLUTAD, State.ATERKALLAD)]
        case = ended[place % len(ended)] if ended else self._case(place)
        for step, actor in zip(steps if ended else steps[:1], actors, strict=False):
            ground = ("KS 2023-05-14 § 12",) if step == "propose" else ()
            self.do(getattr(purge, step), case, *ground, actor=actor)

    @rule(days=st.sampled_from((1, 6, 30)))
    def wait(self, days):
        self.town.today += DAY * days

    # --- somebody else was here first ------------------------------------------------------------------------

    @rule(case=ANY, behind=st.sampled_from((-1, 1)))
    def act_on_what_is_no_longer_so(self, case, behind):
        case = self._case(case)
        seen = self.town.version(case) + behind
        with pytest.raises(ChangedMeanwhileError):
            self.do(registration.edit, case, Edit(rubrik="Gammalt"), version=seen)
        assert not self.town.look(), "a command on another version left a record"

    # --- what must always be so ------------------------------------------------------------------------------

    @invariant()
    def nothing_is_wrong(self):
        assert not self.town.faults, "\n".join(self.town.faults)

    def teardown(self):
        connection = self.town.desk.connection
        try:
            if not self.town.faults:  # else they have been told already
                self._remind()
                found = witness.live(connection)
                faults = [
                    *witness.unlogged(witness.dump(self.town.known), found),
                    *witness.versions_without_record(self.town.told, found),
                    *witness.broken_chains(connection),
                    *witness.reused_numbers(self.town.told),
                    *witness.lost_texts(connection, self.town.told),
                    *witness.moved_by_pausing(self.town.told),
                    *witness.lost_watches(self.town.told, found),
                    *witness.vanished_in_joining(self.town.told),
                    *self.town.stale_deadlines(),
                    *self._lost_in_a_rebuild(connection),
                ]
                assert not faults, "\n".join(faults)
        finally:
            connection.close()

    def _remind(self):
        at = datetime.combine(self.town.today, time(9), UTC)
        reminder_run.run(self.town.desk, self.town.today, lambda: at, "daemon")
        self.town.look()

    def _lost_in_a_rebuild(self, connection):
        """Every row that is not the same in a database built anew from the log's files."""
        with type(self).rebuilt(connection) as again:
            lost = witness.unlogged(witness.live(again), witness.live(connection))
            return lost if witness.the_log(again) == witness.the_log(connection) else [*lost, "the log is another"]

    def _case(self, place):
        return self.town.cases[place % len(self.town.cases)]

    def _meeting(self, place):
        return self.town.meetings[place % len(self.town.meetings)]

    def _case_at_meeting(self, case, place):
        """A case and a meeting, one of the case's own as often as not, with the meeting's day."""
        case = self._case(case)
        own = self.town.meetings_of(case)
        meeting = own[place // 2 % len(own)] if own and place % 2 else self._meeting(place)
        return case, meeting, self.town.day_of(meeting)


# --- the run ------------------------------------------------------------------------------------------------


@pytest.fixture
def new_desk(settings, tmp_path, monkeypatch) -> Callable[[], Desk]:
    """Makes desks at a database as good as new, with one nämnd more than config.toml has."""
    town = with_two_namnder(settings)
    schema.upgrade(town, make_command())
    of_sqlite = town.database_url.startswith("sqlite:///")
    file, template = Path(town.database_url.removeprefix("sqlite:///")), tmp_path / "template.db"
    if of_sqlite:
        shutil.copy(file, template)

    def made() -> Desk:
        # The same draws give the same ids, so that a story can be told again.
        monkeypatch.setattr(identifiers, "urandom", random.Random(1).randbytes)
        if of_sqlite:
            for old in tmp_path.glob(f"{file.name}*"):
                old.unlink()
            shutil.copy(template, file)
        connection = connect(town.database_url)
        if not of_sqlite:
            _empty(connection)
        return Desk(connection, town)

    return made


def _empty(connection: Connection, *, wholly: bool = False) -> None:
    """Back to the register of bodies alone, or to nothing; the log's own triggers stand aside for it."""
    with connection.writing():
        connection.run("SET LOCAL session_replication_role = replica")
        for name in witness.TABLES:
            if wholly or name not in ("body", "member"):
                connection.run(f"DELETE FROM {name}")
        for name in (*sorted(witness.WORK_IN_PROGRESS), "log_line"):
            connection.run(f"DELETE FROM {name}")
        for name in ("payload", "journal"):
            connection.run(f"DELETE FROM {name} WHERE stream <> :kept", kept="" if wholly else "system")


@pytest.fixture
def rebuilt(settings, tmp_path, request) -> Callable[[Connection], AbstractContextManager[Connection]]:
    """Builds a database of the same sort anew from the log's files of another."""
    of_sqlite = settings.database_url.startswith("sqlite:///")
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if not of_sqlite:
        url = request.getfixturevalue("postgres_server").new_schema()
    schema.create(url).close()

    @contextmanager
    def built(connection: Connection) -> Iterator[Connection]:
        with TemporaryDirectory(dir=tmp_path) as directory:
            log_exporter.export(connection, Path(directory), SEGMENT)
            target = f"sqlite:///{shutil.copy(tmp_path / 'empty.db', directory)}" if of_sqlite else url
            with closing(connect(target)) as again:
                if not of_sqlite:
                    _empty(again, wholly=True)
                log_rebuild.rebuild(Path(directory), again)
                yield again

    return built


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    kept = Ledger()
    with kept.counting_guards():
        yield kept


@pytest.mark.timeout(0 if LONG else 900)
def test_whatever_is_done_the_log_tells_all_of_it_and_no_rule_is_passed_by(
    new_desk, rebuilt, ledger, request, capsys, monkeypatch
):
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", SHRINKING)
    began, batch, answer = monotonic(), 0, "something was never tried"
    try:
        if ANSWERED:
            for batch, other in enumerate(ANSWERED[:AGAIN], 1):
                _tell_stories(SEED + batch - 1, new_desk, rebuilt, ledger)
                assert ledger == other, "the databases did not answer alike"
        else:
            while batch < BATCHES or (ledger.missing() and batch < MOST_BATCHES):
                _tell_stories(SEED + batch, new_desk, rebuilt, ledger)
                ANSWERED.append(deepcopy(ledger))
                batch += 1
            assert not ledger.missing(), f"never tried: {', '.join(ledger.missing())}"
        answer = "all went well"
    except BaseException as error:
        answer = f"{type(error).__name__} in batch {batch}"
        raise
    finally:
        with capsys.disabled():
            took = f"{sum(ledger.answers.values())} commands in {monotonic() - began:.0f} s"
            print(f"\n{request.node.name}: {answer}; {batch} × {STORIES} stories of {STEPS} steps, {took}")
            print(f"  again: ARENDE_SEED={SEED} pytest '{request.node.nodeid}'")
            print("\n".join(f"  {line}" for line in ledger.lines()))


def _tell_stories(number: int, new_desk: Callable[[], Desk], rebuilt: Any, ledger: Ledger) -> None:
    """One batch, in which wise clerks go for what has not been tried in those before it."""
    wanted = ledger.wanted() or EVERY_MOVE
    made = {"new_desk": staticmethod(new_desk), "rebuilt": staticmethod(rebuilt)}
    town = type("Stories", (Stories,), {**made, "ledger": ledger, "wanted": wanted})
    how = settings(
        max_examples=STORIES,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(town), settings=how)
