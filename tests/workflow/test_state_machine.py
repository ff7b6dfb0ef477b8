"""Random commands, wise and odd, on both databases: the log tells all of it and no rule is passed by.

A failure is shrunk to the shortest story and printed as a program. The seed is printed too; the same
one gives the same stories: `ARENDE_SEED=… pytest tests/workflow/test_state_machine.py`.
"""

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from states.case_facts import CaseKind, MatterOutcome, MblEntry, MblKind, Outcome, StageRole, State, Target
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.town import BODIES, DAY, Ledger, Town
from workflow import casework, config, decisionwork, identifiers, meetingwork, registration, schema
from workflow.connection import connect
from workflow.decisionwork import Ruling
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError
from workflow.registration import Edit, Proposal, Skrivelse

LONG = "ARENDE_LONG" in os.environ
STEPS = 60
STORIES = 400 if LONG else 12
"""How many stories a batch has; batches follow on each other until the whole lifecycle was tried."""
MOST_BATCHES = 60 if LONG else 12
LEAST_BATCHES = 20 if LONG else 1

ANY = st.integers(0, 11)
SELDOM = st.sampled_from((False, False, False, False, True))
OFTEN = st.sampled_from((True, True, True, False))
BODY = st.sampled_from(BODIES)
ROLE = st.sampled_from(tuple(StageRole))
AGO = st.sampled_from((0, 0, 0, 0, 1, 3, 20))
CARELESS = st.sampled_from(
    (
        *((),) * 12,
        ("agenda",), ("adjusted",), ("announce",), ("call",), ("decided",), ("held",), ("ks",), ("mbl",), ("number",),
        ("placeholders",), ("posted",), ("proposal",), ("recipients",), ("time",), ("body",),
        ("time", "announce"), ("mbl", "ks", "decided"),
    )
)  # fmt: skip
WAYS = st.sampled_from(
    (
        (),
        (("SON", StageRole.BESLUT),),
        (("SON", StageRole.BEREDNING), ("KS", StageRole.FORSLAG), ("KF", StageRole.BESLUT)),
        (("SON", StageRole.YTTRANDE), ("BUN", StageRole.YTTRANDE), ("KS", StageRole.BESLUT)),
        (("KS", StageRole.REMISS), ("SON", StageRole.EGEN_DEL), ("KF", StageRole.BESLUT)),
        (("KF", StageRole.BESLUT),),
    )
)
ENTRIES = st.builds(
    lambda kind, paragraph, held: (kind, paragraph if kind is MblKind.FORHANDLING else None, held),
    st.sampled_from(tuple(MblKind)),
    st.sampled_from(("11", "38")),
    OFTEN,
)


class Stories(RuleBasedStateMachine):
    """One town for each story; what is done in it is drawn by Hypothesis."""

    new_desk: Callable[[], Desk]
    ledger: Ledger

    def __init__(self) -> None:
        super().__init__()
        self.town = Town(type(self).new_desk(), self.ledger)

    # --- the start --------------------------------------------------------------------------------

    @initialize(kinds=st.lists(st.sampled_from(tuple(CaseKind)), min_size=2, max_size=3), way=WAYS, mbl=ENTRIES)
    def begin(self, kinds, way, mbl):
        for kind in kinds:
            self._register(kind, way, mbl, full=True, leftovers=False, draft=False)
        for place, body in enumerate(BODIES):
            self.town.do(meetingwork.add, body, self.town.today + DAY * (10 + place))

    # --- wise: one move, with all that it asks for, or all but something --------------------------------

    def _forward(self, case, pick, careless, deviation):
        if self.town.cases:
            case = self._case(case)
            moves = self.town.moves_of(case)
            if moves:
                self.town.forward(case, moves[pick % len(moves)], careless, deviation=deviation)

    @rule(case=ANY, pick=st.integers(0, 40), careless=CARELESS, deviation=SELDOM)
    def forward(self, case, pick, careless, deviation):
        self._forward(case, pick, careless, deviation)

    @rule(case=ANY, pick=st.integers(0, 40), careless=CARELESS)
    def go_on(self, case, pick, careless):
        self._forward(case, pick, careless, deviation=False)

    @rule(case=ANY, careless=CARELESS)
    def advance_along_the_way(self, case, careless):
        if self.town.cases:
            case = self._case(case)
            moves = [move for move in self.town.moves_of(case) if move.verb in ("advance", "close")]
            expected = casework.expected_target(self.town.facts(case))
            moves = [move for move in moves if move.target in (expected, State.AVSLUTAD)]
            if moves:
                self.town.forward(case, moves[0], careless)

    # --- odd: any command at any time -------------------------------------------------------------------

    @rule(kind=st.sampled_from(tuple(CaseKind)), way=WAYS, mbl=ENTRIES, full=OFTEN, leftovers=SELDOM, draft=SELDOM)
    def register(self, kind, way, mbl, full, leftovers, draft):
        if len(self.town.cases) < 8:
            self._register(kind, way, mbl, full=full, leftovers=leftovers, draft=draft)

    def _register(self, kind, way, mbl, *, full, leftovers, draft):
        if kind is not CaseKind.FORVALTNINGSARENDE and not draft:
            way = ()
        elif not way:
            way = (("SON", StageRole.BESLUT),)
        starts_in = State.DRAFT if draft else None
        self.town.register(kind, way, self._skrivelse(full, leftovers, mbl), starts_in)

    def _skrivelse(self, full, leftovers, mbl):
        kind, paragraph, held = mbl
        entry = MblEntry(kind=kind, paragraph=paragraph, on=self.town.today, held=held)
        return Skrivelse(
            rubrik="Ett ärende",
            numbers=(self.town.number(),) if full else (),
            proposals=(Proposal(body=None, att_satser=("Förslaget antas.", "Beslutet gäller genast.")),)
            if full
            else (),
            recipients=("Akten", "Kommunstyrelsen") if full else (),
            leftovers=(("Bakgrund", "Skriv här"),) if leftovers else (),
            mbl=(entry,) if full and held else (),
        )

    @rule(case=ANY, full=OFTEN, leftovers=SELDOM, mbl=ENTRIES)
    def attach(self, case, full, leftovers, mbl):
        if self.town.cases:
            self.town.do(registration.attach, self._case(case), self._skrivelse(full, leftovers, mbl))

    @rule(case=ANY, body=BODY, what=st.sampled_from(("recipients", "numbers", "proposals", "filled_in", "rubrik")))
    def edit(self, case, body, what):
        if self.town.cases:
            news: dict[str, Any] = {
                "recipients": ("Akten", body),
                "numbers": (self.town.number(),),
                "proposals": (Proposal(body=body, att_satser=(f"{body} beslutar.",)),),
                "filled_in": frozenset({"Bakgrund"}),
                "rubrik": "En ny rubrik",
            }
            self.town.do(registration.edit, self._case(case), Edit(**{what: news[what]}))

    @rule(case=ANY, entry=ENTRIES, ago=st.sampled_from((0, 0, 2, -5, -40)))
    def note_mbl(self, case, entry, ago):
        if self.town.cases:
            kind, paragraph, held = entry
            day = self.town.today - DAY * (max(ago, 0) if held else ago)
            noted = MblEntry(kind=kind, paragraph=paragraph, on=day, held=held)
            self.town.do(registration.note_mbl, self._case(case), noted, who="HR")

    @rule(case=ANY, body=BODY, role=ROLE, before=st.sampled_from((None, None, *BODIES)), until=SELDOM)
    def add_stage(self, case, body, role, before, until):
        if self.town.cases:
            stage = self.town.desk.bodies.find(body, self.town.today)
            last = self.town.today + DAY * 20 if until else None
            case = self._case(case)
            self.town.do(registration.add_stage, case, stage, role, before=before, opportunity_until=last)

    @rule(body=BODY, ahead=st.integers(0, 25))
    def plan_meeting(self, body, ahead):
        if len(self.town.meetings) < 24:
            self.town.do(meetingwork.add, body, self.town.today + DAY * ahead)

    @rule(
        meeting=ANY,
        act=st.sampled_from((meetingwork.announce, meetingwork.call, meetingwork.hold)),
        deviation=SELDOM,
        ago=AGO,
    )
    def before_meeting(self, meeting, act, deviation, ago):
        if self.town.meetings:
            day = (self._day_of(meeting) if act is meetingwork.hold else self.town.today) - DAY * ago
            self.town.do(act, self._meeting(meeting), deviation=deviation, on=day, reason="Det har hänt.")

    @rule(
        meeting=ANY,
        act=st.sampled_from((meetingwork.adjust, meetingwork.post, meetingwork.take_down)),
        paragraph=st.sampled_from((None, None, 1, 2)),
        deviation=SELDOM,
        ago=AGO,
        wait=st.sampled_from((0, 1, 25)),
    )
    def after_meeting(self, meeting, act, paragraph, deviation, ago, wait):
        if self.town.meetings:
            self.town.today += DAY * wait
            day = self.town.today - DAY * ago
            meeting = self._meeting(meeting)
            self.town.do(act, meeting, paragraph, deviation=deviation, on=day, reason="Det har hänt.")

    @rule(case=ANY, meeting=ANY, late=SELDOM)
    def book(self, case, meeting, late):
        if self.town.cases and self.town.meetings:
            self.town.do(casework.book, self._case(case), self._meeting(meeting), late=late, reason="Det brådskar.")

    @rule(
        case=ANY,
        meeting=ANY,
        outcome=st.sampled_from(tuple(Outcome)),
        aim=st.sampled_from((None, *Target)),
        matter=st.sampled_from((None, MatterOutcome.BIFALLEN, MatterOutcome.NOTERAD, MatterOutcome.UTGATT)),
        unanimous=SELDOM,
        deviation=SELDOM,
        ago=AGO,
    )
    def decide(self, case, meeting, outcome, aim, matter, unanimous, deviation, ago):
        if self.town.cases and self.town.meetings:
            self.town.do(
                decisionwork.decide,
                self._case(case),
                self._meeting(meeting),
                {1: Ruling(outcome, aim, "Med ändringen")},
                matter=matter,
                unanimous=unanimous,
                deviation=deviation,
                on=self._day_of(meeting) + DAY * ago,
                reason="Det har hänt.",
            )

    @rule(case=ANY, meeting=ANY, to=BODY, direct=st.booleans(), ago=AGO)
    def refer(self, case, meeting, to, direct, ago):
        if self.town.cases and self.town.meetings:
            day = self._day_of(meeting) + DAY * ago
            self.town.do(casework.refer, self._case(case), self._meeting(meeting), to, direct=direct, on=day)

    @rule(case=ANY, meeting=ANY, to=BODY, unit=st.booleans())
    def return_case(self, case, meeting, to, unit):
        if self.town.cases and self.town.meetings:
            case, day, meeting = self._case(case), self._day_of(meeting), self._meeting(meeting)
            self.town.do(casework.return_case, case, meeting, to, unit=unit, on=day, reason="Mer.")

    @rule(case=ANY, meeting=ANY)
    def postpone(self, case, meeting):
        if self.town.cases and self.town.meetings:
            self.town.do(casework.postpone, self._case(case), self._meeting(meeting), on=self._day_of(meeting))

    @rule(case=ANY, to=st.sampled_from((None, *State)), ago=AGO)
    def advance(self, case, to, ago):
        if self.town.cases:
            self.town.do(casework.advance, self._case(case), to, on=self.town.today - DAY * ago)

    @rule(case=ANY, to=st.sampled_from(((), ("Akten",), ("KS",), ("SON",), ("Okänd",))), early=SELDOM)
    def dispatch(self, case, to, early):
        if self.town.cases:
            self.town.do(decisionwork.dispatch, self._case(case), to, before_justering=early, reason="Det brådskar.")

    @rule(case=ANY, act=st.sampled_from((casework.close, casework.withdraw, casework.reopen)), ago=AGO)
    def end(self, case, act, ago):
        if self.town.cases:
            self.town.do(act, self._case(case), on=self.town.today - DAY * ago, reason="Det räcker.")

    @rule(days=st.sampled_from((1, 6, 30)))
    def wait(self, days):
        self.town.today += DAY * days

    # --- somebody else was here first ---------------------------------------------------------------------

    @rule(case=ANY, behind=st.sampled_from((-1, 1)))
    def act_on_what_is_no_longer_so(self, case, behind):
        if self.town.cases:
            case = self._case(case)
            seen = self.town.version(case) + behind
            with pytest.raises(ChangedMeanwhileError):
                self.town.do(registration.edit, case, Edit(rubrik="Gammalt"), version=seen)
            if self.town._look():
                self.town.faults.append("a command on an old version left a record")

    # --- what must always be so ---------------------------------------------------------------------------

    @invariant()
    def nothing_is_wrong(self):
        assert not self.town.faults, "\n".join(self.town.faults)

    def teardown(self):
        connection = self.town.desk.connection
        try:
            if not self.town.faults:  # else they have been told already
                found = witness.live(connection)
                faults = [
                    *witness.unlogged(witness.dump(self.town.known), found),
                    *witness.versions_without_record(self.town.told, found),
                    *witness.broken_chains(connection),
                ]
                assert not faults, "\n".join(faults)
        finally:
            connection.close()

    def _case(self, place):
        return self.town.cases[place % len(self.town.cases)]

    def _day_of(self, place):
        return self.town.day_of(self._meeting(place))

    def _meeting(self, place):
        return self.town.meetings[place % len(self.town.meetings)]


# --- the run ------------------------------------------------------------------------------------------


@pytest.fixture
def new_desk(settings, request, tmp_path, monkeypatch) -> Callable[[], Desk]:
    """Makes desks at a database as good as new, with one nämnd more than config.toml has."""
    bodies = settings.config.bodies
    another = msgspec.structs.replace(bodies[-1], code="BUN", name="Barn- och utbildningsnämnden")
    town = config.Settings(msgspec.structs.replace(settings.config, bodies=[*bodies, another]), settings.hash, tmp_path)
    schema.upgrade(town, make_command())
    of_sqlite = town.database_url.startswith("sqlite:///")
    file = Path(town.database_url.removeprefix("sqlite:///"))
    template = tmp_path / "template.db"
    if of_sqlite:
        shutil.copy(file, template)

    def made() -> Desk:
        # The same draws give the same ids, so that a story can be told again.
        monkeypatch.setattr(identifiers.secrets, "randbits", random.Random(1).getrandbits)
        if of_sqlite:
            for leftover in tmp_path.glob(f"{file.name}*"):
                leftover.unlink()
            shutil.copy(template, file)
        connection = connect(town.database_url)
        if not of_sqlite:
            _empty(connection)
        return Desk(connection, town)

    return made


def _empty(connection) -> None:
    """Back to the register of bodies alone; the log's own triggers stand aside for it."""
    with connection.writing():
        connection.run("SET LOCAL session_replication_role = replica")
        for name in witness.TABLES:
            if name not in ("body", "member"):
                connection.run(f"DELETE FROM {name}")
        connection.run("DELETE FROM payload WHERE stream <> 'system'")
        connection.run("DELETE FROM journal WHERE stream <> 'system'")


@pytest.mark.timeout(0 if LONG else 900)
def test_whatever_is_done_the_log_tells_all_of_it_and_no_rule_is_passed_by(new_desk, request, capsys):
    first = int(os.environ.get("ARENDE_SEED") or random.SystemRandom().randrange(1 << 32))
    ledger, began, batches = Ledger(), time.monotonic(), 0

    def report(answer: str) -> None:
        with capsys.disabled():
            print(f"\n{request.node.name}: {answer}; {batches} × {STORIES} stories of {STEPS} steps,", end=" ")
            print(f"{sum(ledger.answers.values())} commands, {time.monotonic() - began:.0f} s")
            print(f"  again: ARENDE_SEED={first} pytest '{request.node.nodeid}'")
            print("\n".join(f"  {line}" for line in ledger.lines()))

    how = settings(
        max_examples=STORIES,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    with ledger.counting_guards():
        while batches < LEAST_BATCHES or (ledger.missing() and batches < MOST_BATCHES):
            town = type("Stories", (Stories,), {"new_desk": staticmethod(new_desk), "ledger": ledger})
            try:
                run_state_machine_as_test(seed(first + batches)(town), settings=how)
            except BaseException:
                report(f"a story went wrong (batch {batches})")
                raise
            batches += 1
    report("all went well")
    assert not ledger.missing(), f"never tried with seed {first}: {', '.join(ledger.missing())}"
