"""The verdict: every finding at once, blocking ones first, and nothing but the facts decides it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from states import legal_basis
from states.case_facts import (
    AgendaItem,
    Attempt,
    BodyKind,
    CaseFacts,
    CaseKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Recipient,
    Stage,
    StageRole,
    State,
)
from states.guards.ending import KF_MUST_DECIDE
from states.judgement import Advanced, Refused, findings, judge
from states.legal_basis import Force
from states.lifecycle import GUARDS, MEETING_MOVES, MOVES
from states.roles import Role
from states.swedish_text import NEWER_LAW, OLDER_LAW

SON = Stage(id="s1", ordinal=1, body="SON", kind=BodyKind.NAMND, role=StageRole.FORSLAG)
KS = Stage(id="s2", ordinal=2, body="KS", kind=BodyKind.KS, role=StageRole.FORSLAG)
KF = Stage(id="s3", ordinal=3, body="KF", kind=BodyKind.KF, role=StageRole.BESLUT)
KF_MAY = MeetingFacts(ref="KF 2024-05-28", body="KF", kind=BodyKind.KF, on=date(2024, 5, 28), state=MeetingState.HALLEN)
UNFINISHED = CaseFacts(
    ref="SON 2024-17",
    kind=CaseKind.FORVALTNINGSARENDE,
    state=State.DRAFT,
    stages=(SON, KS, KF),
    current="s1",
    last_event=date(2024, 2, 5),
    numbers=("SON 2024-17",),
    proposals=(("KF", 1),),
    leftovers=(("Beslutsunderlag", "ÅÅÅÅ-MM-DD"),),
)


def advance(to: State, on: date = date(2024, 5, 2)) -> Attempt:
    return Attempt(verb="advance", on=on, to=to)


def guards(verdict: Refused) -> list[str]:
    return [finding.guard for finding in verdict.findings]


# --- every finding at once --------------------------------------------------------------------------------


def test_a_refusal_names_every_unmet_requirement_in_the_order_of_the_table():
    verdict = judge(UNFINISHED, advance(State.MBL, date(2024, 2, 1)))
    assert isinstance(verdict, Refused)
    assert guards(verdict) == ["chronology", "placeholders", "proposal-for-next-body"]


def test_what_blocks_is_said_before_what_warns():
    booked = (
        MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=date(2024, 5, 20), held=False),
        MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=date(2024, 5, 20), held=False),
    )
    facts = replace(UNFINISHED, state=State.KF, current="s3", mbl=booked)
    verdict = judge(facts, Attempt(verb="decide", on=date(2024, 5, 28), to=State.KF, meeting=KF_MAY))
    assert isinstance(verdict, Refused)
    assert [finding.blocks for finding in verdict.findings] == [True, True, True, True, True, False]
    assert [finding.guard for finding in verdict.blocking] == guards(verdict)[:-1]


def test_a_refusal_remembers_what_was_attempted_and_by_whom_it_is_called():
    attempt = advance(State.MBL)
    verdict = judge(UNFINISHED, attempt)
    assert isinstance(verdict, Refused)
    assert (verdict.ref, verdict.attempt) == ("SON 2024-17", attempt)


def test_a_finding_says_on_what_ground_who_mends_it_and_how():
    verdict = judge(UNFINISHED, advance(State.MBL))
    assert isinstance(verdict, Refused)
    finding = verdict.findings[0]
    assert finding.text.startswith("Mallen är inte ifylld: ”ÅÅÅÅ-MM-DD” (Beslutsunderlag).")
    assert (finding.basis.force, finding.who) == (Force.RUTIN, Role.HANDLAGGARE)
    assert [asdict(remedy) for remedy in finding.remedies] == [
        {"code": "edit", "args": {"case": "SON 2024-17", "Beslutsunderlag": ""}}
    ]


def test_an_allowed_move_says_where_it_leads_and_what_warned():
    facts = replace(UNFINISHED, leftovers=(), proposals=())
    verdict = judge(facts, advance(State.MBL))
    assert isinstance(verdict, Advanced)
    assert verdict.state == "mbl"
    assert [finding.guard for finding in verdict.warnings] == ["proposal-for-next-body"]
    assert verdict.deviations == ()


# --- facts that have happened -------------------------------------------------------------------------------


def decided(*, deviation: bool, meeting: MeetingFacts = KF_MAY) -> Advanced | Refused:
    attempt = Attempt(verb="decide", on=date(2024, 5, 28), to=State.KF, meeting=meeting, deviation=deviation)
    return judge(replace(UNFINISHED, state=State.NAMND), attempt)


def test_a_fact_is_refused_until_a_reason_is_given_and_that_it_can_be_recorded_is_said():
    verdict = decided(deviation=False)
    assert isinstance(verdict, Refused)
    assert verdict.recordable


def test_a_fact_recorded_with_a_reason_carries_everything_that_spoke_against_it():
    refused, recorded = decided(deviation=False), decided(deviation=True)
    assert isinstance(refused, Refused)
    assert isinstance(recorded, Advanced)
    assert recorded.deviations == refused.blocking
    assert recorded.state == "kf"


def test_what_no_fact_can_be_recorded_against_is_refused_with_a_reason_too():
    coming = replace(KF_MAY, state=MeetingState.KALLAD)
    for deviation in (False, True):
        verdict = decided(deviation=deviation, meeting=coming)
        assert isinstance(verdict, Refused)
        assert not verdict.recordable


def test_a_plan_is_refused_whatever_reason_is_given():
    verdict = judge(UNFINISHED, replace(advance(State.MBL), deviation=True))
    assert isinstance(verdict, Refused)
    assert not verdict.recordable


def test_nothing_deviates_when_nothing_speaks_against_it():
    meeting = replace(KF_MAY, announced_on=date(2024, 5, 17), called_on=date(2024, 5, 17), state=MeetingState.KALLAD)
    attempt = Attempt(verb="hold", on=meeting.on, to=MeetingState.HALLEN, deviation=True)
    assert judge(meeting, attempt) == Advanced("hallen")


# --- the law of the day -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "blocked"), [(date(2017, 12, 31), False), (date(2018, 1, 1), True)], ids=["the day before", "the first day"]
)
def test_a_statute_blocks_from_the_day_it_is_in_force_and_only_warns_before(on, blocked):
    facts = replace(UNFINISHED, kind=CaseKind.MOTION, last_event=date(2017, 9, 1))
    verdict = judge(facts, Attempt(verb="withdraw", on=on))
    assert isinstance(verdict, Refused) == blocked
    (finding,) = verdict.findings if isinstance(verdict, Refused) else verdict.warnings
    assert (finding.guard, finding.blocks) == ("kf-must-decide", blocked)
    assert finding.law_then == ("" if blocked else OLDER_LAW)


@pytest.mark.parametrize(
    ("on", "blocked"), [(date(2024, 6, 30), True), (date(2024, 7, 1), False)], ids=["the last day", "the day after"]
)
def test_a_statute_blocks_until_the_last_day_it_is_in_force_and_only_warns_after(monkeypatch, on, blocked):
    guard = replace(KF_MUST_DECIDE, basis=replace(KF_MUST_DECIDE.basis, until=date(2024, 6, 30)))
    withdrawal = next(move for move in MOVES if (move.verb, move.source) == ("withdraw", State.DRAFT))
    motion = replace(UNFINISHED, kind=CaseKind.MOTION)
    (finding,) = findings(replace(withdrawal, guards=(guard,)), motion, Attempt(verb="withdraw", on=on))
    assert (finding.blocks, finding.law_then) == (blocked, "" if blocked else NEWER_LAW)


@pytest.mark.parametrize("verb", ["post", "take_down"])
def test_what_nothing_can_be_recorded_without_is_missing_under_any_law(verb):
    held = replace(KF_MAY, on=date(2017, 12, 12), ref="KF 2017-12-12")
    attempt = Attempt(verb=verb, on=date(2017, 12, 20), to=MeetingState.HALLEN, deviation=True)
    assert isinstance(judge(held, attempt), Refused)


def test_a_routine_binds_on_every_day():
    assert all(basis.since == date.min for basis in legal_basis.ALL if basis.force is Force.RUTIN)


def test_no_lagrum_is_printed_for_a_routine():
    assert [basis.id for basis in legal_basis.ALL if (basis.force is Force.RUTIN) != (basis.cite == "")] == []


def test_a_ground_is_called_by_one_id():
    assert len({basis.id for basis in legal_basis.ALL}) == len(legal_basis.ALL)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.id)
def test_every_guard_stands_on_a_ground_that_is_listed(guard):
    assert guard.basis in legal_basis.ALL


# --- no such move -------------------------------------------------------------------------------------------


def test_a_move_that_does_not_exist_is_refused_with_those_that_do():
    verdict = judge(UNFINISHED, Attempt(verb="close", on=date(2024, 5, 2)))
    assert isinstance(verdict, Refused)
    (finding,) = verdict.findings
    assert finding.guard == "no-such-move"
    assert "SON 2024-17 står i läget utkast hos förvaltningen" in finding.text
    assert "Därifrån går det inte att avsluta." in finding.text
    assert (
        "Det går att föra till MBL, sätta på föredragningslista, besluta, expediera, bekräfta laga kraft, återkalla "
        "och lägga samman." in finding.text
    )
    assert not verdict.recordable


def test_a_target_that_does_not_exist_is_named():
    verdict = judge(UNFINISHED, advance(State.KF))
    assert isinstance(verdict, Refused)
    assert "Därifrån går det inte att gå vidare till kommunfullmäktige." in verdict.findings[0].text


def test_a_verb_that_leads_nowhere_else_is_said_without_a_target():
    ended = replace(UNFINISHED, state=State.AVSLUTAD)
    verdict = judge(ended, Attempt(verb="dispatch", on=date(2024, 5, 2), to=State.AVSLUTAD))
    assert isinstance(verdict, Refused)
    assert "Därifrån går det inte att expediera. Det" in verdict.findings[0].text


def test_where_nothing_more_can_be_done_that_is_said():
    verdict = judge(replace(UNFINISHED, state=State.ATERKALLAD), Attempt(verb="close", on=date(2024, 5, 2)))
    assert isinstance(verdict, Refused)
    assert verdict.findings[0].text.endswith("Det är slutfört.")


def test_a_verb_that_nobody_has_heard_of_is_refused_and_not_a_crash():
    verdict = judge(UNFINISHED, Attempt(verb="teleport", on=date(2024, 5, 2)))
    assert isinstance(verdict, Refused)
    assert "teleport" in verdict.findings[0].text


def test_a_missing_move_cannot_be_recorded_with_a_reason_either():
    attempt = Attempt(verb="post", on=date(2024, 5, 30), to=MeetingState.PLANERAD, deviation=True)
    assert isinstance(judge(replace(KF_MAY, state=MeetingState.PLANERAD), attempt), Refused)


# --- any facts at all -----------------------------------------------------------------------------------------

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
MAYBE_DAYS = st.none() | DAYS
BODIES = st.sampled_from([("SON", BodyKind.NAMND), ("KS", BodyKind.KS), ("KF", BodyKind.KF)])
PARTS = st.builds(
    ProtocolPart,
    id=st.just("p1"),
    paragraphs=st.just((1,)),
    whole=st.booleans(),
    adjusted_on=DAYS,
    posted_on=MAYBE_DAYS,
    taken_down_on=MAYBE_DAYS,
)
MEETINGS = st.builds(
    lambda body, **rest: MeetingFacts(ref=f"{body[0]} {rest['on']}", body=body[0], kind=body[1], **rest),
    body=BODIES,
    on=DAYS,
    state=st.sampled_from(MeetingState),
    announced_on=MAYBE_DAYS,
    called_on=MAYBE_DAYS,
    call_days=st.integers(0, 14),
    part=st.none() | PARTS,
    supplementary=st.booleans(),
)
STAGES = st.lists(
    st.builds(
        lambda body, **rest: Stage(id="", ordinal=0, body=body[0], kind=body[1], **rest),
        body=BODIES,
        role=st.sampled_from(StageRole),
        required=st.booleans(),
        closed=st.booleans(),
        round=st.integers(1, 2),
        opportunity_until=MAYBE_DAYS,
    ),
    max_size=4,
).map(lambda stages: tuple(replace(stage, id=str(n), ordinal=n) for n, stage in enumerate(stages)))
ITEMS = st.builds(
    AgendaItem,
    id=st.just("i1"),
    stage=st.sampled_from("0123"),
    meeting=MEETINGS,
    announced_on=MAYBE_DAYS,
    urgent=st.booleans(),
    paragraph=st.none() | st.just(1),
    decided=st.booleans(),
    outcome=st.none() | st.sampled_from(MatterOutcome),
)
CASES = st.builds(
    CaseFacts,
    ref=st.just("SON 2024-17"),
    kind=st.sampled_from(CaseKind),
    state=st.none() | st.sampled_from(State),
    stages=STAGES,
    current=st.none() | st.sampled_from("0123"),
    last_event=MAYBE_DAYS,
    numbers=st.sampled_from([(), ("SON 2024-17",)]),
    proposals=st.sampled_from([(), (("SON", 1),), ((None, 2),), (("KF", 0),)]),
    leftovers=st.sampled_from([(), (("Rubrik", "Rubriken på tjänsteskrivelse"),)]),
    mbl=st.lists(
        st.builds(
            MblEntry,
            kind=st.sampled_from(MblKind),
            paragraph=st.sampled_from([None, "11", "19", "38"]),
            on=DAYS,
            held=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    agenda=st.lists(ITEMS, max_size=3).map(tuple),
    recipients=st.lists(
        st.builds(Recipient, id=st.just("r"), name=st.just("Akten"), body=st.none(), sent_on=MAYBE_DAYS), max_size=2
    ).map(tuple),
)


@given(
    CASES,
    st.sampled_from(MOVES),
    DAYS,
    st.none() | MEETINGS,
    st.booleans(),
    st.booleans(),
)
def test_any_case_and_any_move_gets_a_complete_verdict_and_the_same_one_twice(
    facts, move, on, meeting, flag, deviation
):
    attempt = Attempt(
        verb=move.verb, on=on, to=move.target, meeting=meeting, urgent=flag, unanimous=flag, deviation=deviation
    )
    assert_sound(replace(facts, state=move.source), attempt)


@given(MEETINGS, st.sampled_from(MEETING_MOVES), DAYS, st.booleans())
def test_any_meeting_and_any_move_gets_a_complete_verdict_and_the_same_one_twice(facts, move, on, deviation):
    known = facts if move.source is None else replace(facts, state=move.source)
    assert_sound(known, Attempt(verb=move.verb, on=on, to=move.target, deviation=deviation))


def assert_sound(facts: CaseFacts | MeetingFacts, attempt: Attempt) -> None:
    verdict = judge(facts, attempt)
    assert judge(facts, attempt) == verdict
    if isinstance(verdict, Advanced):
        assert verdict.state == attempt.to
        assert not any(finding.blocks for finding in verdict.warnings)
        assert attempt.deviation or verdict.deviations == ()
        assert all(finding.deviable for finding in verdict.deviations)
    else:
        assert verdict.blocking
    said = verdict.findings if isinstance(verdict, Refused) else verdict.warnings + verdict.deviations
    for finding in said:
        assert finding.text.endswith(".")
        assert "{" not in finding.text
        assert None not in [value for remedy in finding.remedies for value in remedy.args.values()]


@given(CASES, DAYS)
def test_a_reason_only_turns_what_blocked_into_deviations(facts, on):
    move = next(move for move in MOVES if move.verb == "decide" and move.source is State.KF)
    facts = replace(facts, state=State.KF)
    attempt = Attempt(verb="decide", on=on, to=State.KF, meeting=KF_MAY)
    without, with_reason = judge(facts, attempt), judge(facts, replace(attempt, deviation=True))
    if isinstance(with_reason, Advanced) and isinstance(without, Refused):
        assert with_reason.deviations == without.blocking
    assert list(findings(move, facts, attempt)) == list(findings(move, facts, replace(attempt, deviation=True)))
