"""Faults planted in a lifecycle and its settings: each is found, with the way to it; ours as it is shipped has none."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from states import examples, installation, legal_basis
from states.case_facts import BodyKind, CaseKind, MeetingFacts, MeetingState, State
from states.deadlines import DeadlineKind
from states.guards import Guard, Lack
from states.installation import Installation, Standing
from states.judgement import findings
from states.lifecycle import MEETING_MOVES, MOVES, Move
from states.roles import Office, Permission, Role
from states.soundness import Fault, Table
from tests.conftest import PROJECT
from workflow import config
from workflow.config import ReminderRule
from workflow.installation import of_config

TODAY = date(2026, 1, 2)
SHIPPED = of_config(config.load(PROJECT / "config.toml").config, TODAY)
TO_MBL = "föra till MBL: utkast hos förvaltningen → MBL"
REGISTER = "registrera: oregistrerat → utkast hos förvaltningen"


def faults(planted: Installation) -> list[Fault]:
    return list(installation.faults(planted))


def only(planted: Installation, code: str) -> Fault:
    """The one fault there is."""
    (found,) = faults(planted)
    assert found.code == code
    assert found.text.endswith(".")
    return found


def test_the_lifecycle_and_the_configuration_as_they_are_shipped_have_no_fault() -> None:
    assert faults(SHIPPED) == []
    assert list(installation.grave_faults(SHIPPED)) == []


# --- the tables -----------------------------------------------------------------------------------


def with_moves(change: Callable[[tuple[Move, ...]], tuple[Move, ...]]) -> Installation:
    return replace(SHIPPED, cases=Table(change(MOVES), tuple(State)))


def told(planted: Installation) -> dict[str, tuple[str, ...]]:
    return {fault.code: fault.path for fault in installation.grave_faults(planted)}


def test_a_state_that_nothing_leads_to_is_found() -> None:
    planted = with_moves(lambda moves: tuple(m for m in moves if m.target != "aterkallad"))
    assert told(planted) == {"unreachable": ("återkallat",)}


def test_a_state_that_only_itself_leads_to_is_found_with_the_step() -> None:
    planted = with_moves(lambda moves: tuple(m for m in moves if m.target != "mbl" or m.source == "mbl"))
    assert told(planted)["unreachable"] == ("sätta på föredragningslista: MBL → MBL",)


def test_a_state_that_cannot_end_is_found_with_the_shortest_way_there() -> None:
    planted = with_moves(lambda moves: tuple(m for m in moves if m.source != "mbl"))
    assert told(planted) == {"cannot-end": (REGISTER, TO_MBL)}


def test_a_move_that_stands_twice_is_found() -> None:
    assert told(with_moves(lambda moves: (*moves, moves[4]))) == {"move-twice": (TO_MBL,)}


def test_a_state_that_the_table_lacks_is_found() -> None:
    states = tuple(state for state in State if state is not State.ATERKALLAD)
    found = next(installation.grave_faults(replace(SHIPPED, cases=Table(MOVES, states))))
    assert (found.code, found.path) == ("unknown-state", ("återkalla: utkast hos förvaltningen → återkallat",))


def test_a_move_that_no_role_may_take_is_found_with_the_way_to_it() -> None:
    planted = with_moves(lambda moves: tuple(replace(m, by=frozenset()) if m.verb == "close" else m for m in moves))
    found = only(planted, "move-without-role")
    assert found.path[0].startswith("registrera: oregistrerat →")
    assert found.path[-1] == "avsluta: expediering (beslutet skickas till) → avslutat"


def test_a_way_of_a_kind_that_has_no_step_is_found_as_far_as_it_goes() -> None:
    off = ("advance", State.KS, State.KF)
    planted = with_moves(lambda moves: tuple(m for m in moves if (m.verb, m.source, m.target) != off))
    found = {fault.text: fault.path for fault in faults(planted) if fault.code == "way-without-move"}
    text = "Ett ärende av slaget motion kommer inte från läget kommunstyrelsen till kommunfullmäktige."
    assert found[text][0] == "registrera: oregistrerat → kommunfullmäktige"
    assert len(found) == 3  # motion, medborgarförslag and föreskrift


# --- requirements that contradict each other ------------------------------------------------------


def demand(name: str, lacking: Callable[[Any, Any], bool]) -> Guard[Any]:
    return Guard(
        name,
        "Nej.",
        legal_basis.WAY,
        Role.REGISTRATOR,
        lambda facts, attempt: Lack() if lacking(facts, attempt) else None,
    )


PARTED = demand("two-left", lambda facts, attempt: facts.next_stage is None)
LAST = demand("none-left", lambda facts, attempt: facts.next_stage is not None)
NEVER = demand("never", lambda facts, attempt: True)


def guarded(verb: str, *more: Guard[Any]) -> Installation:
    return with_moves(
        lambda moves: tuple(replace(m, guards=(*m.guards, *more)) if m.verb == verb else m for m in moves)
    )


def test_two_requirements_on_one_move_that_never_are_met_together_are_found() -> None:
    found = [fault for fault in faults(guarded("postpone", PARTED, LAST)) if fault.path[-1].endswith("→ nämnden")]
    (fault,) = found
    assert fault.code == "contradiction"
    assert "Kraven none-left och two-left kan aldrig uppfyllas samtidigt" in fault.text
    assert fault.path == ("registrera: oregistrerat → nämnden", "bordlägga: nämnden → nämnden")


def test_a_requirement_that_never_is_met_is_found() -> None:
    fault = only(guarded("close", NEVER), "contradiction")
    assert "Kravet never kan aldrig uppfyllas" in fault.text


def test_a_requirement_that_only_warns_contradicts_nothing() -> None:
    assert faults(guarded("close", replace(NEVER, blocks=False))) == []


def test_a_contradiction_at_meetings_is_found() -> None:
    moves = tuple(replace(m, guards=(*m.guards, NEVER)) if m.verb == "call" else m for m in MEETING_MOVES)
    fault = only(replace(SHIPPED, meetings=Table(moves, tuple(MeetingState))), "contradiction")
    assert fault.path == ("planera: oregistrerat → planerat", "kalla: planerat → kallat")


@pytest.mark.parametrize(
    "move", [move for move in MOVES if not move.fact], ids=lambda m: f"{m.verb}-{m.source}-{m.target}"
)
def test_among_the_examples_there_is_one_that_every_move_is_possible_in(move: Move) -> None:
    tried = examples.cases(move)
    assert any(not [one for one in findings(move, *example) if one.blocks] for example in tried)


# --- bodies and kinds -----------------------------------------------------------------------------


def without(*kinds: BodyKind) -> Installation:
    return replace(SHIPPED, bodies=tuple(body for body in SHIPPED.bodies if body.kind not in kinds))


def test_a_municipality_without_fullmaktige_cannot_begin_and_is_told_which_way_is_closed() -> None:
    found = faults(without(BodyKind.KF))
    grave = [fault for fault in found if fault.grave]
    assert [(fault.code, fault.path) for fault in grave] == [
        ("unreachable", ("registrera: oregistrerat → kommunfullmäktige",))
    ]
    lacking = {fault.path for fault in found if fault.code == "kind-without-body"}
    assert ("kommunfullmäktige (beslut)",) in lacking


def test_a_municipality_without_namnder_is_told_and_can_work() -> None:
    assert [(fault.code, fault.grave) for fault in faults(without(BodyKind.NAMND))] == [("unreachable", False)]


def test_a_setting_that_leaves_a_beginning_without_any_kind_is_found() -> None:
    kept = {CaseKind.MEDBORGARFORSLAG, CaseKind.FORVALTNINGSARENDE, CaseKind.KS_ARENDE, CaseKind.LEDAMOTSINITIATIV}
    kinds = {kind: what for kind, what in SHIPPED.kinds.items() if kind in kept}
    kinds[CaseKind.LEDAMOTSINITIATIV] = replace(kinds[CaseKind.LEDAMOTSINITIATIV], starts_in=State.NAMND)
    assert faults(replace(SHIPPED, kinds=kinds)) == []
    fault = only(replace(SHIPPED, kinds=kinds, closed=frozenset({CaseKind.MEDBORGARFORSLAG})), "no-kind-begins")
    assert "säger nej till medborgarförslag" in fault.text
    assert fault.path == ("registrera: oregistrerat → kommunfullmäktige",)


def test_that_medborgarforslag_are_not_taken_is_no_fault_by_itself() -> None:
    assert faults(replace(SHIPPED, closed=frozenset({CaseKind.MEDBORGARFORSLAG}))) == []


# --- people ---------------------------------------------------------------------------------------


def held(*offices: Office) -> Installation:
    return replace(SHIPPED, offices=offices)


EVERYWHERE = tuple(Office(role) for role in Role)


def test_a_step_that_nobody_can_take_at_a_body_is_found_with_the_way_to_it() -> None:
    sec = {Role.NAMNDSEKRETERARE, Role.KOMMUNSEKRETERARE}
    others = tuple(office for office in EVERYWHERE if office.role not in sec)
    found = faults(held(*others, *(Office(Role.KOMMUNSEKRETERARE, code) for code in ("KF", "KS", "KSAU", "KFP"))))
    case = next(fault for fault in found if "bordlägga" in fault.text)
    assert case.text.startswith("Hos SON har ingen rollen namndsekreterare eller kommunsekreterare, så där kan ingen")
    assert case.path == ("registrera: oregistrerat → nämnden", "återremittera: nämnden → utkast hos förvaltningen")
    assert not any(fault.grave for fault in found)


def test_a_deadline_whose_role_nobody_holds_is_found_at_the_body() -> None:
    others = tuple(office for office in EVERYWHERE if office.role is not Role.HR)
    fault = only(held(*others, *(Office(Role.HR, code) for code in ("KF", "KS"))), "deadline-unowned")
    assert fault.text == "Hos SON har ingen rollen hr, och den svarar för 2 frister."
    assert fault.path == ("första förhandlingen ska ha hållits", "sista dag att väcka talan om tystnadsplikt")


def test_the_kommunsekreterare_answers_for_cases_wherever_they_are() -> None:
    others = tuple(office for office in EVERYWHERE if office.role is not Role.KOMMUNSEKRETERARE)
    at_council = (Office(Role.KOMMUNSEKRETERARE, code) for code in ("KF", "KS", "KSAU", "KFP"))
    assert faults(held(*others, *at_council)) == []


def test_a_deadline_without_a_duty_is_found() -> None:
    duties = {kind: duty for kind, duty in SHIPPED.duties.items() if kind is not DeadlineKind.CALL}
    assert only(replace(SHIPPED, duties=duties), "deadline-without-duty").path == ("call",)


def test_a_permission_that_nobody_has_is_found() -> None:
    planted = {**SHIPPED.permissions, "paint": Permission("måla huset", frozenset({Role.PRESIDIUM}))}
    assert only(replace(SHIPPED, permissions=planted), "role-unheld").path == ("måla huset",)


# --- times that contradict each other -------------------------------------------------------------


def test_a_kallelse_that_goes_before_the_papers_are_in_is_found_for_its_body() -> None:
    bodies = tuple(replace(body, call_days=21) if body.code == "SON" else body for body in SHIPPED.bodies)
    fault = only(replace(SHIPPED, bodies=bodies), "papers-after-call")
    assert fault.path == ("kallelse SON: 21 dagar före", "manusstopp: 14 dagar före")


@pytest.mark.parametrize(("setting", "law"), [("adjust_days", 14), ("post_days", 2)])
def test_a_custom_that_is_later_than_the_law_is_found(setting: str, law: int) -> None:
    assert faults(replace(SHIPPED, routines=replace(SHIPPED.routines, **{setting: law}))) == []
    fault = only(replace(SHIPPED, routines=replace(SHIPPED.routines, **{setting: law + 1})), "later-than-the-law")
    assert fault.path == (f"{setting}: {law + 1} dagar", f"lagen: {law} dagar")


def test_the_week_of_fullmaktige_is_the_laws_whatever_the_setting() -> None:
    bodies = tuple(replace(body, call_days=30) if body.code == "KF" else body for body in SHIPPED.bodies)
    assert faults(replace(SHIPPED, bodies=bodies)) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (ReminderRule("adjust", days_before=[30, 60], late="hoppa_over"), "reminder-never"),
        (ReminderRule("dispatch", months_before=[2], late="hoppa_over"), "reminder-never"),
        (ReminderRule("mbl", days_before=[7], to=["presidium"]), "reminder-unheard"),
        (ReminderRule("mbl", escalate_days=[7], escalate_to=["presidium"]), "reminder-unheard"),
    ],
)
def test_a_reminder_that_never_can_come_is_found(rule: ReminderRule, code: str) -> None:
    assert only(replace(SHIPPED, rules=[rule]), code).path[0] == f"regeln {rule.about}"


@pytest.mark.parametrize(
    "rule",
    [
        ReminderRule("adjust", days_before=[30], late="sla_ihop"),  # said late, the day it is known
        ReminderRule("adjust", days_before=[30, 7], late="hoppa_over"),
        ReminderRule("call", days_before=[90], late="hoppa_over"),
        ReminderRule("dispatch", days_before=[90], repeat_days=7, late="hoppa_over"),
        ReminderRule("dispatch", days_before=[90], escalate_days=[7], escalate_to=["hr"], late="hoppa_over"),
        ReminderRule("call", days_before=[7], to=["kansliet"]),  # a mailbox
    ],
)
def test_a_reminder_that_can_come_is_no_fault(rule: ReminderRule) -> None:
    assert faults(replace(SHIPPED, rules=[rule])) == []


def test_a_role_with_a_mailbox_is_heard_though_nobody_holds_it() -> None:
    rule = ReminderRule("mbl", days_before=[7], to=["presidium"])
    assert faults(replace(SHIPPED, rules=[rule], mailboxes=(Office(Role.PRESIDIUM),))) == []


def test_a_reminder_of_reports_that_are_never_made_is_found() -> None:
    planted = replace(SHIPPED, routines=replace(SHIPPED.routines, motion_reports=()))
    assert only(planted, "reminder-never").path == ("regeln redovisning",)


# --- what is live ---------------------------------------------------------------------------------


def standing(*passes: str, state: State = State.NAMND) -> Standing:
    return Standing(ref="ON 2018-7", state=state, passes=passes, bodies=frozenset(passes or {"SON"}))


def test_a_case_that_is_to_pass_a_body_there_is_not_is_found() -> None:
    (fault,) = installation.of_cases(SHIPPED, [standing("ON", "KS")])
    assert (fault.code, fault.path) == ("case-without-body", ("ON 2018-7", "väntar på ON"))


def test_a_case_that_nobody_can_take_on_is_found() -> None:
    (fault,) = installation.of_cases(held(Office(Role.REGISTRATOR, "KS")), [standing("SON")])
    assert (fault.code, fault.path) == ("case-without-role", ("ON 2018-7: nämnden",))
    assert list(installation.of_cases(held(Office(Role.REGISTRATOR, "KS")), [standing("SON", "KS")])) == []


def meeting(**days: date) -> MeetingFacts:
    return MeetingFacts(
        ref="SON 2026-03-12",
        body="SON",
        kind=BodyKind.NAMND,
        on=date(2026, 3, 12),
        state=MeetingState.PLANERAD,
        call_days=5,
        **days,  # type: ignore[arg-type]
    )


def test_a_meeting_whose_papers_are_due_after_its_kallelse_is_found() -> None:
    assert list(installation.of_meetings(SHIPPED, [meeting()])) == []
    odd = meeting(manus_on=date(2026, 3, 9))
    (fault,) = installation.of_meetings(SHIPPED, [odd])
    assert fault.path == ("SON 2026-03-12: kallelse 2026-03-07", "manusstopp 2026-03-09")
    assert list(installation.of_meetings(SHIPPED, [replace(odd, called_on=date(2026, 3, 1))])) == []
