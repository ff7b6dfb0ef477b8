"""What bodies decide: in parts, all at once, in somebody else's place, and with fullmäktige still to come."""

from datetime import date

import pytest
from msgspec.structs import replace

from states.case_facts import (
    CaseKind,
    DelegationKind,
    ItemKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    Outcome,
    StageRole,
    State,
    Target,
)
from states.judgement import Refused
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.clerk import KS_THEN_KF, NAMND_DECIDES, Clerk
from tests.workflow.ledger import Ledger
from tests.workflow.town import Town, with_two_namnder
from workflow import (
    audit_journal,
    bulk_decision,
    case_queries,
    casework,
    decisionwork,
    delegationwork,
    meeting_planning,
    meeting_store,
    meetingwork,
    registration,
    schema,
    statements,
)
from workflow.config import UrgentDecider
from workflow.decisionwork import Ruling
from workflow.delegationwork import NewDelegated
from workflow.desk import Desk
from workflow.errors import AlreadyDoneError, UsageError
from workflow.registration import NewCase, Proposal, Skrivelse
from workflow.use_case import Done

HELD = date(2024, 4, 18)


@pytest.fixture
def town(desk):
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    town = Town(desk, Ledger())
    town.today = date(2024, 4, 1)
    yield town
    assert town.faults == []
    assert town.stale_deadlines() == []
    assert witness.faults(desk.connection) == []


def done(answer) -> str:
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def register(town, way=NAMND_DECIDES, kind=CaseKind.FORVALTNINGSARENDE, *, mbl=True):
    assessed = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=town.today, held=True)
    content = Skrivelse(
        rubrik="Ett ärende",
        numbers=(town.number(),),
        recipients=("Akten",),
        mbl=(assessed,) if mbl else (),
        proposals=(Proposal(body=None, att_satser=("Antas.", "Gäller genast.")),),
    )
    stages = tuple((town.body(code), role) for code, role in way)
    return done(town.do(registration.register, NewCase(kind=kind, skrivelse=content, way=stages)))


def at_namnd(town, **more):
    case = register(town, **more)
    done(town.do(casework.advance, case))
    done(town.do(casework.advance, case))
    return case


@pytest.fixture
def meeting(town):
    return done(town.do(meetingwork.add, "SON", HELD))


@pytest.fixture
def cases(town, meeting):
    """Three cases on the agenda of a meeting that has been held."""
    found = [at_namnd(town) for _ in range(3)]
    for case in found:
        done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    return found


def hold(town, meeting):
    done(town.do(meetingwork.call, meeting))
    town.today = max(town.today, town.day_of(meeting))
    done(town.do(meetingwork.hold, meeting, on=town.day_of(meeting)))


def show(town, case):
    return case_queries.case_view(town.desk.connection, case, town.desk.raised_reading, town.today)


# --- in parts -----------------------------------------------------------------------------------------


def test_each_att_sats_has_its_outcome_and_what_became_of_the_matter(town, meeting, cases):
    rulings = {1: Ruling(Outcome.AVSLAG, matter=MatterOutcome.BESVARAD), 2: Ruling(matter=MatterOutcome.AVSLAGEN)}
    done(town.do(decisionwork.decide, cases[0], meeting, rulings, on=HELD))
    (item,) = show(town, cases[0])["agenda"]
    assert [(one["outcome"], one["matter"]) for one in item["decisions"]] == [
        ("avslag", "besvarad"),
        ("bifall", "avslagen"),
    ]
    assert item["outcome"] == "besvarad", "the matter's own outcome is the first att-sats's"


def test_one_outcome_for_the_matter_holds_for_every_att_sats(town, meeting, cases):
    done(town.do(decisionwork.decide, cases[0], meeting, {}, matter=MatterOutcome.BIFALLEN, on=HELD))
    (item,) = show(town, cases[0])["agenda"]
    assert (item["outcome"], {one["matter"] for one in item["decisions"]}) == ("bifallen", {"bifallen"})


def test_a_decision_under_forutsattning_says_so_until_fullmaktige_has_decided(town):
    case = register(town, KS_THEN_KF, CaseKind.KS_ARENDE)
    clerk = Clerk(town)
    meeting = clerk.plan("KS", 10)
    done(town.do(casework.book, case, meeting))
    clerk.hold(meeting)
    rulings = {1: Ruling(target=Target.UNDER_FORUTSATTNING), 2: Ruling(target=Target.EGEN_DEL)}
    done(town.do(decisionwork.decide, case, meeting, rulings, on=town.day_of(meeting)))
    assert waits(town, case) == [True, False]
    done(town.do(casework.advance, case, State.KF))
    council = clerk.plan("KF", 15)
    done(town.do(casework.book, case, council))
    clerk.hold(council)
    done(town.do(decisionwork.decide, case, council, {}, on=town.day_of(council)))
    assert waits(town, case) == [False, False]


def waits(town, case):
    return [one["awaits_council"] for one in show(town, case)["agenda"][0]["decisions"]]


def test_only_a_medborgarforslag_is_handed_over_and_only_to_a_namnd(town, meeting, cases):
    answer = town.do(decisionwork.decide, cases[0], meeting, {}, to="SON", on=HELD)
    assert isinstance(answer, UsageError)
    assert "--till hör till ett medborgarförslag" in str(answer)
    case = register(town, (("KF", StageRole.ANMALAN), ("KF", StageRole.BESLUT)), CaseKind.MEDBORGARFORSLAG)
    council = Clerk(town).plan("KF", 15)
    done(town.do(casework.book, case, council))
    Clerk(town).hold(council)
    for to, why in ((None, "Ange --till"), ("KS", "ingen nämnd"), ("SONAU", "ingen nämnd")):
        how = {"matter": MatterOutcome.OVERLAMNAD, "to": to, "on": town.day_of(council)}
        answer = town.do(decisionwork.decide, case, council, {}, **how)
        assert isinstance(answer, UsageError)
        assert why in str(answer)


def test_what_a_handed_over_medborgarforslag_never_came_to_is_shown_as_passed_over(town):
    way = (("KF", StageRole.ANMALAN), ("KS", StageRole.REMISS), ("KF", StageRole.BESLUT))
    case = register(town, way, CaseKind.MEDBORGARFORSLAG)
    council = Clerk(town).plan("KF", 15)
    done(town.do(casework.book, case, council))
    Clerk(town).hold(council)
    how = {"matter": MatterOutcome.OVERLAMNAD, "to": "SON", "on": town.day_of(council)}
    done(town.do(decisionwork.decide, case, council, {}, **how))
    shown = [(stage["body"], stage["closed"], stage["passed_over"]) for stage in show(town, case)["way"]]
    assert [one for one in shown if one[2]] == [("KS", True, True), ("KF", True, True)]


@pytest.mark.parametrize(
    "kind", [CaseKind.INFORMATION, CaseKind.DELEGATIONSBESLUT, CaseKind.ORDFORANDEBESLUT], ids=lambda kind: kind.value
)
def test_a_body_that_was_only_told_is_not_shown_as_passed_over(town, kind):
    case = register(town, (("SON", StageRole.ANMALAN),), kind)
    meeting = Clerk(town).plan("SON", 15)
    done(town.do(casework.book, case, meeting))
    Clerk(town).hold(meeting)
    done(town.do(casework.advance, case))
    assert [(one["closed"], one["passed_over"]) for one in show(town, case)["way"]] == [(True, False)]


def test_a_body_sends_nothing_back_to_its_like(town, meeting, cases):
    answer = town.do(casework.return_case, cases[0], meeting, "BUN", unit=False, on=HELD)
    assert isinstance(answer, UsageError)
    assert "SON kan inte återremittera till BUN" in str(answer)


def test_a_tabled_case_is_on_somebody_s_list_at_once_when_no_meeting_is_planned(town, meeting, cases):
    done(town.do(casework.postpone, cases[0], meeting, on=HELD))
    found = case_queries.todo(town.desk.connection, HELD, date(2024, 4, 19))
    assert [(one["kind"], one["due"]) for one in found if one["ref"] == town.facts(cases[0]).ref] == [
        ("silent", "2024-04-19")
    ]


def decided_here(town, case):
    facts = town.facts(case)
    return any(map(facts.decided_at, facts.here))


@pytest.mark.parametrize(("paragraph", "can"), [("11", True), ("38", True), ("10", False), ("21", False)])
def test_a_changed_decision_is_within_only_what_was_negotiated_about_it(town, cases, paragraph, can):
    held = MblEntry(kind=MblKind.FORHANDLING, paragraph=paragraph, on=town.today, held=True)
    done(town.do(registration.note_mbl, cases[0], held))
    answer = town.do(registration.attest_mbl, cases[0])
    assert isinstance(answer, Done if can else UsageError)


# --- all at once --------------------------------------------------------------------------------------


def test_everything_is_decided_as_proposed_with_a_record_for_each(town, meeting, cases):
    answer = town.do(bulk_decision.decide_all, meeting, on=HELD)
    assert isinstance(answer, Done)
    assert answer.notes[0].startswith("3 ärenden beslutades enligt förslag: ")
    records = town.told[-4:]
    assert [body["type"] for body in records] == ["case.decided"] * 3 + ["meeting.decided_all"]
    own = records[-1]["command_id"]
    assert [body["command_id"] for body in records] == [f"{own}/1", f"{own}/2", f"{own}/3", own]
    assert all(decided_here(town, case) for case in cases)


def test_one_refusal_stops_them_all_and_each_is_told_with_its_case(town, meeting):
    good, bad, worse = at_namnd(town), at_namnd(town), at_namnd(town)
    for case in (good, bad, worse):
        done(town.do(casework.book, case, meeting))
    for case in (bad, worse):
        late = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=date(2024, 4, 30), held=False)
        done(town.do(registration.note_mbl, case, late))
    hold(town, meeting)
    answer = town.do(bulk_decision.decide_all, meeting, on=HELD)
    assert isinstance(answer, Refused)
    named = [finding.text.partition(": ")[0] for finding in answer.blocking]
    assert named == [town.facts(bad).ref, town.facts(worse).ref]
    assert not any(decided_here(town, case) for case in (good, bad, worse))
    done(town.do(bulk_decision.decide_all, meeting, deviation=True, on=HELD))
    assert [town.facts(case).agenda[0].deviation for case in (good, bad, worse)] == [False, True, True]


def test_what_is_there_to_be_told_of_is_left(town, meeting):
    case, other = at_namnd(town), at_namnd(town)
    done(town.do(casework.book, case, meeting))
    done(town.do(casework.book, other, meeting, purpose=ItemKind.INFORMATION))
    delegate(town)
    hold(town, meeting)
    answer = town.do(bulk_decision.decide_all, meeting, on=HELD)
    assert isinstance(answer, Done)
    assert answer.notes[-1] == bulk_decision.EXPLAINED
    assert not decided_here(town, other)


def test_the_same_command_decides_nothing_twice(town, desk, meeting, cases):
    command = make_command(HELD)
    assert isinstance(bulk_decision.decide_all(desk, command, meeting), Done)
    with pytest.raises(AlreadyDoneError):
        bulk_decision.decide_all(desk, command, meeting)
    town.look()


def test_nothing_is_written_when_it_is_broken_off_in_the_middle(town, desk, meeting, cases, monkeypatch):
    sealed, seal = [], audit_journal.seal

    def second_fails(*args, **more):
        sealed.append(args)
        if len(sealed) == 2:
            raise KeyboardInterrupt
        return seal(*args, **more)

    before = witness.live(desk.connection)
    monkeypatch.setattr(audit_journal, "seal", second_fails)
    with pytest.raises(KeyboardInterrupt):
        bulk_decision.decide_all(desk, make_command(HELD), meeting)
    assert witness.live(desk.connection) == before


def test_a_meeting_without_anything_to_decide_says_so(town, meeting):
    hold(town, meeting)
    answer = town.do(bulk_decision.decide_all, meeting, on=HELD)
    assert isinstance(answer, UsageError)
    assert "Inget ärende väntar på beslut" in str(answer)


# --- in somebody else's place --------------------------------------------------------------------------


def delegate(town, kind=DelegationKind.DELEGATION, **more):
    taken = NewDelegated(kind=kind, point="2.4.8", what="Ett bidrag beviljades", by="Direktören", **more)
    return town.do(delegationwork.add, "SON", taken)


def test_what_was_decided_in_its_place_is_told_in_one_paragraph(town, meeting):
    case = at_namnd(town)
    done(town.do(casework.book, case, meeting))
    done(delegate(town))
    done(delegate(town, DelegationKind.BRADSKANDE, case_id=case))
    hold(town, meeting)
    view = case_queries.meeting_view(town.desk.connection, meeting)
    assert [(item["case"], item["title"], item["paragraph"], item["outcome"]) for item in view["items"]] == [
        (town.facts(case).ref, None, 1, None),
        (None, delegationwork.TITLE, 2, "anmald"),
    ]
    assert [(one["kind"], one["reported"], one["paragraph"]) for one in view["delegated"]] == [
        ("delegation", True, 2),
        ("bradskande", True, 2),
    ]
    (own,) = show(town, case)["delegated"]
    assert (own["what"], own["by"], own["meeting"]) == ("Ett bidrag beviljades", "Direktören", "SON 2024-04-18")


def urgent(town, by):
    """What is said of somebody who decided in SON's place since it could not wait."""
    taken = NewDelegated(kind=DelegationKind.BRADSKANDE, point="1.2", what="Ett bidrag", by=by)
    answer = town.do(delegationwork.add, "SON", taken)
    done(answer)
    guards = [finding.guard for finding in answer.verdict.warnings]
    assert town.told[-1]["data"]["warnings"] == guards
    return guards


@pytest.mark.parametrize(
    ("by", "guards"),
    [
        ("L1 i SON", []),
        ("Ordföranden", []),
        ("L2 i SON", ["urgent-by-whom"]),
        ("i SON", ["urgent-by-whom"]),
        ("Registratorn Kalle", ["urgent-by-whom"]),
    ],
)
def test_what_cannot_wait_is_decided_by_the_chair(town, meeting, by, guards):
    assert urgent(town, by) == guards


def test_or_by_a_member_whom_the_body_has_chosen_while_it_has(town, desk, meeting):
    def chosen(first, last):
        config = replace(desk.settings.config, urgent_deciders=[UrgentDecider("SON-L2", first, last)])
        town.desk = Desk(desk.connection, replace(desk.settings, config=config))

    chosen(date(2024, 1, 1), None)
    assert urgent(town, "L2 i SON") == []
    for first, last in ((date(2024, 5, 1), None), (date(2023, 1, 1), date(2023, 12, 31))):
        chosen(first, last)
        assert urgent(town, "L2 i SON") == ["urgent-by-whom"]


def test_who_decided_is_still_told_when_a_skrivelse_is_added(town, desk):
    way = ((town.body("SON"), StageRole.ANMALAN),)
    new = NewCase(
        kind=CaseKind.ORDFORANDEBESLUT, skrivelse=Skrivelse(rubrik="Ett bidrag"), way=way, point="1.2", by="L2 i SON"
    )
    answer = town.do(registration.register, new)
    case = done(answer)
    assert [finding.guard for finding in answer.verdict.warnings] == ["urgent-by-whom"]
    done(town.do(registration.attach, case, Skrivelse(rubrik="Ett större bidrag")))
    assert show(town, case)["taken"] == {"point": "1.2", "by": "L2 i SON"}


def test_by_delegation_anybody_can_decide_whom_the_order_names(town, meeting):
    answer = delegate(town)
    done(answer)
    assert answer.verdict.warnings == ()


@pytest.mark.parametrize("missing", ["point", "what", "by"])
def test_a_delegated_decision_says_what_by_whom_and_by_which_point(town, meeting, missing):
    whole = NewDelegated(kind=DelegationKind.DELEGATION, point="2.4.8", what="Ett bidrag", by="Direktören")
    answer = town.do(delegationwork.add, "SON", replace(whole, **{missing: " "}))
    assert isinstance(answer, UsageError)


def test_what_a_cancelled_meeting_was_to_be_told_of_goes_to_another(town, desk, meeting):
    done(delegate(town, DelegationKind.BRADSKANDE))
    assert isinstance(town.do(meeting_planning.cancel, meeting), UsageError)  # there is no other yet
    other = done(town.do(meetingwork.add, "SON", date(2024, 5, 16)))
    done(town.do(meeting_planning.cancel, meeting))
    connection = desk.connection
    (told,) = (item for item in meeting_store.load(connection, other).items if item["standing"] == "delegation")
    assert told["outcome"] is None
    assert meeting_store.load(connection, meeting).items[0]["outcome"] == "utgatt"
    assert len(connection.run(statements.DELEGATED, id=other)) == 1
    assert connection.run(statements.DELEGATED, id=meeting) == []
    assert town.stale_deadlines() == []
