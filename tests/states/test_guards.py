"""Who can mend what a guard misses, and how: the remedies, one by one."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from states.case_facts import (
    AgendaItem,
    Attempt,
    Attendee,
    BodyKind,
    CaseFacts,
    CaseKind,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Recipient,
    Seat,
    Stage,
    StageRole,
    State,
)
from states.guards import Guard, decisions, secretary_of
from states.guards.way import expected_target
from states.lifecycle import GUARDS
from states.roles import Role

GUARD_BY_ID: dict[str, Guard[Any]] = {guard.id: guard for guard in GUARDS}
SON = Stage(id="s1", ordinal=1, body="SON", kind=BodyKind.NAMND, role=StageRole.FORSLAG)
KS = Stage(id="s2", ordinal=2, body="KS", kind=BodyKind.KS, role=StageRole.FORSLAG)
KF = Stage(id="s3", ordinal=3, body="KF", kind=BodyKind.KF, role=StageRole.BESLUT)
CASE = CaseFacts(
    ref="SON 2024-17",
    kind=CaseKind.FORVALTNINGSARENDE,
    state=State.NAMND,
    stages=(SON, KS, KF),
    current="s1",
    numbers=("SON 2024-17",),
)
APRIL = MeetingFacts(
    ref="SON 2024-04-18", body="SON", kind=BodyKind.NAMND, on=date(2024, 4, 18), state=MeetingState.PLANERAD
)
MAY = MeetingFacts(ref="KF 2024-05-28", body="KF", kind=BodyKind.KF, on=date(2024, 5, 28), state=MeetingState.PLANERAD)
ITEM = AgendaItem(id="i", stage="s1", meeting=APRIL, paragraph=3)
DECIDED = replace(ITEM, decided=True)


def mending(
    guard: str, facts: CaseFacts | MeetingFacts, **attempt: Any
) -> tuple[Role, list[tuple[str, dict[str, str]]]]:
    """Who mends what a guard misses, and with what."""
    asked = Attempt(**{"verb": "advance", "on": date(2024, 5, 28), **attempt})
    lack = GUARD_BY_ID[guard].check(facts, asked)
    assert lack is not None
    who = lack.who or GUARD_BY_ID[guard].who
    return who, [(remedy.code, dict(remedy.args)) for remedy in lack.remedies]


# --- the skrivelse and MBL ------------------------------------------------------------------------------------


def test_placeholders_are_mended_section_by_section():
    facts = replace(CASE, leftovers=(("Rubrik", "x"), ("Beslutsunderlag", "y"), ("Rubrik", "z")))
    assert mending("placeholders", facts) == (
        Role.HANDLAGGARE,
        [("edit", {"case": "SON 2024-17", "Rubrik": "", "Beslutsunderlag": ""})],
    )


def test_a_missing_proposal_is_written_to_the_body_that_is_next():
    assert mending("proposal-for-next-body", CASE) == (
        Role.HANDLAGGARE,
        [("edit", {"case": "SON 2024-17", "Förslag till beslut": "SON"})],
    )


def test_a_missing_number_is_set_by_the_registrator():
    assert mending("dnr-before-agenda", replace(CASE, numbers=())) == (
        Role.REGISTRATOR,
        [("edit", {"case": "SON 2024-17", "Diarienummer": ""})],
    )


@pytest.mark.parametrize(
    ("guard", "facts"),
    [("mbl-noted", CASE), ("mbl-held", replace(CASE, state=State.KF, current="s3"))],
    ids=["to leave MBL", "to decide"],
)
def test_where_mbl_is_missing_one_negotiates_or_assesses(guard, facts):
    assert mending(guard, facts, meeting=MAY) == (
        Role.FORVALTNINGSCHEF,
        [("mbl.negotiate", {"case": "SON 2024-17"}), ("mbl.not_called_for", {"case": "SON 2024-17"})],
    )


def test_a_negotiation_that_is_booked_too_late_is_moved_and_not_assessed_away():
    booked = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=date(2024, 4, 22), held=False)
    deciding = replace(SON, role=StageRole.BESLUT)
    facts = replace(CASE, stages=(deciding,), mbl=(booked,), agenda=(ITEM,))
    assert mending("mbl-noted", facts) == (Role.FORVALTNINGSCHEF, [("mbl.negotiate", {"case": "SON 2024-17"})])


@pytest.mark.parametrize(("paragraph", "asked"), [("38", "38"), (None, "11")])
def test_a_negotiation_that_has_not_been_held_is_held_by_hr_under_its_own_paragraph(paragraph, asked):
    booked = MblEntry(kind=MblKind.FORHANDLING, paragraph=paragraph, on=date(2024, 5, 20), held=False)
    facts = replace(CASE, state=State.KF, current="s3", mbl=(booked,))
    assert mending("mbl-held", facts, meeting=MAY) == (
        Role.HR,
        [("mbl.negotiate", {"case": "SON 2024-17", "paragraph": asked})],
    )


def test_each_request_that_waits_is_negotiated_by_hr_under_its_own_paragraph():
    days = {"12": date(2024, 4, 15), "14": date(2024, 4, 16)}
    asked = (MblEntry(kind=MblKind.BEGARAN, paragraph=one, on=on, held=True) for one, on in days.items())
    facts = replace(CASE, mbl=tuple(asked), state=State.KF, current="s3")
    assert mending("mbl-requested", facts, verb="dispatch") == (
        Role.HR,
        [("mbl.negotiate", {"case": "SON 2024-17", "paragraph": one}) for one in days],
    )


def test_an_information_that_has_not_been_given_is_given_by_hr():
    booked = MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=date(2024, 5, 20), held=False)
    facts = replace(CASE, state=State.KF, current="s3", mbl=(booked,))
    assert mending("mbl-information", facts, meeting=MAY) == (Role.HR, [("mbl.inform", {"case": "SON 2024-17"})])


# --- the way ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "codes"),
    [(State.KF, ["advance", "stage.add"]), (State.SKICKAS_TILL, ["advance"])],
    ids=["a body can be added to the way", "dispatch cannot"],
)
def test_a_step_out_of_the_way_is_mended_by_the_next_one_or_by_another_way(to, codes):
    without_kf = replace(CASE, stages=tuple(stage for stage in CASE.stages if stage.kind is not BodyKind.KF))
    who, remedies = mending("next-stage", without_kf, to=to)
    assert (who, [code for code, _ in remedies]) == (Role.REGISTRATOR, codes)
    assert remedies[0][1] == {"case": "SON 2024-17", "to": "ks"}


def test_a_body_that_is_ahead_already_is_not_added_once_more():
    assert [code for code, _ in mending("next-stage", CASE, to=State.KF)[1]] == ["advance"]


@pytest.mark.parametrize(
    ("agenda", "remedy"),
    [
        ((), ("book", {"case": "SON 2024-17", "body": "SON"})),
        ((ITEM,), ("decide", {"case": "SON 2024-17", "meeting": "SON 2024-04-18"})),
        ((replace(ITEM, stage="s3", meeting=MAY),), ("book", {"case": "SON 2024-17", "body": "SON"})),
    ],
    ids=["not booked", "booked here", "booked only further on"],
)
def test_a_body_that_has_not_decided_is_booked_or_decides(agenda, remedy):
    assert mending("body-has-decided", replace(CASE, agenda=agenda)) == (Role.NAMNDSEKRETERARE, [remedy])


@pytest.mark.parametrize(
    ("stages", "code"),
    [((SON, KS, KF), "book"), ((SON, replace(KS, role=StageRole.REMISS), KF), "stage.add"), ((SON, KF), "stage.add")],
    ids=["in the way", "only remitted", "not in the way"],
)
def test_kommunstyrelsen_is_booked_where_it_is_in_the_way_and_added_where_it_is_not(stages, code):
    facts = replace(CASE, stages=stages)
    assert mending("ks-opportunity", facts, to=State.KF) == (
        Role.KOMMUNSEKRETERARE,
        [(code, {"case": "SON 2024-17", "body": "KS"})],
    )


def test_kommunstyrelsen_is_added_anew_when_its_stage_belongs_to_an_earlier_round():
    again = replace(KF, id="s4", ordinal=4, round=2)
    facts = replace(CASE, state=State.MBL, stages=(SON, KS, KF, again), current="s4")
    assert mending("ks-opportunity", facts, to=State.KF)[1] == [("stage.add", {"case": "SON 2024-17", "body": "KS"})]


def test_a_case_that_stands_elsewhere_is_advanced_to_the_body():
    assert mending("case-is-at-body", CASE, meeting=MAY) == (
        Role.REGISTRATOR,
        [("advance", {"case": "SON 2024-17", "to": "kf"})],
    )


def test_a_body_outside_the_way_is_added_to_it():
    assert mending("body-in-the-way", replace(CASE, stages=(SON,)), meeting=MAY) == (
        Role.REGISTRATOR,
        [("stage.add", {"case": "SON 2024-17", "body": "KF"})],
    )


# --- meetings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        (BodyKind.NAMND, Role.NAMNDSEKRETERARE),
        (BodyKind.KS, Role.KOMMUNSEKRETERARE),
        (BodyKind.KF, Role.KOMMUNSEKRETERARE),
    ],
)
def test_a_namnd_has_its_secretary_and_the_kommun_its_own(kind, who):
    assert secretary_of(kind) is who


def test_a_case_that_comes_too_late_to_fullmaktige_is_the_chair_s_to_let_in():
    facts = replace(CASE, state=State.KF, current="s3")
    assert mending("booked-in-time", facts, verb="book", meeting=MAY) == (
        Role.ORDFORANDE,
        [("book.late", {"case": "SON 2024-17", "meeting": "KF 2024-05-28"})],
    )


@pytest.mark.parametrize(
    ("guard", "code"),
    [("meeting-announced", "meeting.announce"), ("meeting-called", "meeting.call")],
)
def test_what_a_meeting_lacks_is_done_by_the_secretary(guard, code):
    assert mending(guard, MAY, verb="hold") == (Role.KOMMUNSEKRETERARE, [(code, {"meeting": "KF 2024-05-28"})])


@pytest.mark.parametrize(
    ("guard", "code"), [("protocol-adjusted", "meeting.adjust"), ("protocol-posted", "meeting.post")]
)
def test_what_a_protocol_lacks_is_done_first(guard, code):
    assert mending(guard, MAY, verb="post")[1] == [(code, {"meeting": "KF 2024-05-28"})]


@pytest.mark.parametrize("guard", ["justering-in-time", "anslag-in-time"])
def test_a_day_that_has_passed_cannot_be_mended_by_a_command(guard):
    late = date(2024, 9, 2)
    scenario = {"justering-in-time": MAY, "anslag-in-time": _adjusted(MAY)}[guard]
    assert mending(guard, scenario, on=late)[1] == []


def _adjusted(meeting: MeetingFacts) -> MeetingFacts:
    return replace(meeting, part=ProtocolPart(id="p", paragraphs=(1,), whole=True, adjusted_on=date(2024, 5, 30)))


def test_a_notice_is_taken_down_on_the_first_lawful_day():
    posted = _adjusted(MAY)
    assert posted.part is not None
    up = replace(posted, part=replace(posted.part, posted_on=date(2024, 5, 31)))
    assert mending("anslag-stays-up", up, verb="take_down", on=date(2024, 6, 21)) == (
        Role.KOMMUNSEKRETERARE,
        [("meeting.take_down", {"meeting": "KF 2024-05-28", "date": "2024-06-25"})],
    )


@pytest.mark.parametrize(
    ("supplementary", "limit", "cite"),
    [(False, "tisdag 21 maj 2024", "KL 5 kap. 13 §"), (True, "måndag 27 maj 2024", "KL 5 kap. 14 §")],
)
def test_a_supplementary_notice_has_until_the_nearest_working_day_before(supplementary, limit, cite):
    guard = GUARD_BY_ID["kungorelse-in-time"]
    lack = guard.check(replace(MAY, supplementary=supplementary), Attempt(verb="announce", on=MAY.on))
    assert lack is not None
    assert lack.words["limit"] == limit
    assert (lack.basis or guard.basis).cite == cite


@pytest.mark.parametrize("supplementary", [False, True])
def test_a_namnd_has_no_day_for_a_supplementary_notice_either(supplementary):
    facts = replace(APRIL, supplementary=supplementary)
    assert GUARD_BY_ID["kungorelse-in-time"].check(facts, Attempt(verb="announce", on=APRIL.on)) is None


# --- after the decision -----------------------------------------------------------------------------------------


def test_an_unadjusted_paragraph_is_adjusted_by_the_body_s_secretary():
    facts = replace(CASE, agenda=(replace(ITEM, decided=True),))
    assert mending("paragraph-adjusted", facts) == (
        Role.NAMNDSEKRETERARE,
        [("meeting.adjust", {"meeting": "SON 2024-04-18", "paragraph": "3"})],
    )


def test_the_paragraph_to_adjust_is_that_of_the_meeting_whose_decision_is_sent():
    facts = replace(
        CASE, agenda=(replace(ITEM, decided=True), AgendaItem(id="k", stage="s3", meeting=MAY, decided=True))
    )
    assert mending("paragraph-adjusted", facts, meeting=APRIL)[1] == [
        ("meeting.adjust", {"meeting": "SON 2024-04-18", "paragraph": "3"})
    ]


def test_what_a_meeting_has_treated_is_looked_at_and_not_mended():
    facts = replace(CASE, agenda=(replace(ITEM, decided=True),))
    assert mending("not-yet-treated", facts, verb="decide", meeting=APRIL) == (
        Role.NAMNDSEKRETERARE,
        [("show", {"case": "SON 2024-17"})],
    )


@pytest.mark.parametrize(
    ("item", "who", "codes"),
    [
        (replace(ITEM, meeting=replace(APRIL, called_on=date(2024, 4, 11))), Role.NAMNDSEKRETERARE, ["decide"]),
        (replace(ITEM, decided=True), Role.NAMNDSEKRETERARE, []),
    ],
    ids=["called", "decided"],
)
def test_a_case_that_can_no_longer_be_withdrawn_is_decided_unless_it_has_been(item, who, codes):
    mends, remedies = mending("not-yet-called", replace(CASE, agenda=(item,)), verb="withdraw")
    assert (mends, [code for code, _ in remedies]) == (who, codes)


def test_each_recipient_that_has_not_had_the_decision_is_sent_it():
    sent = Recipient(id="1", name="Akten", sent_on=date(2024, 4, 26))
    unsent = [Recipient(id=name, name=name) for name in ("Leanlink", "Region Östergötland")]
    facts = replace(CASE, agenda=(DECIDED,), recipients=(sent, *unsent))
    assert mending("recipients-sent", facts)[1] == [
        ("dispatch", {"case": "SON 2024-17", "to": "Leanlink"}),
        ("dispatch", {"case": "SON 2024-17", "to": "Region Östergötland"}),
    ]


def test_a_case_without_recipients_is_given_one():
    facts = replace(CASE, agenda=(DECIDED,))
    assert mending("recipients-sent", facts)[1] == [("edit", {"case": "SON 2024-17", "Beslutet skickas till": ""})]


def test_a_case_in_which_nothing_was_decided_has_nothing_to_send():
    assert GUARD_BY_ID["recipients-sent"].check(CASE, Attempt(verb="close", on=date(2024, 5, 28))) is None


def test_a_body_that_prepared_twice_is_named_once():
    again = replace(SON, id="s0", ordinal=0)
    assert mending("preparing-body-told", replace(CASE, stages=(again, SON, KF)))[1] == [
        ("dispatch", {"case": "SON 2024-17", "to": "SON"})
    ]


@pytest.mark.parametrize(
    ("state", "current", "target"),
    [
        (State.DRAFT, "s1", State.MBL),
        (State.MBL, "s1", State.NAMND),
        (State.MBL, None, None),
        (State.NAMND, "s1", State.KS),
        (State.KS, "s2", State.KF),
        (State.KF, "s3", State.SKICKAS_TILL),
    ],
)
def test_where_a_case_is_expected_next_follows_from_its_way(state, current, target):
    assert expected_target(replace(CASE, state=state, current=current)) == target


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.id)
def test_a_guard_s_text_is_a_complete_sentence(guard):
    assert guard.text.endswith(".")
    assert guard.text[0].isupper() or guard.text[0] in "{§"


# --- a minority's rights, where the attendance is noted --------------------------------------------------


def test_a_third_is_counted_of_those_who_serve_without_jav_when_the_attendance_is_noted():
    day = date(2024, 5, 28)
    there = tuple(Attendee(member=str(number), seat=Seat.LEDAMOT) for number in range(10))
    watching = Attendee(member="11", seat=Seat.ERSATTARE)
    meeting = MeetingFacts(
        ref="KF 2024-05-28",
        body="KF",
        kind=BodyKind.KF,
        on=day,
        state=MeetingState.HALLEN,
        attendance=(*there, watching),
    )
    item = AgendaItem(id="i", stage="s", meeting=meeting, paragraph=1, jav=("0",))
    facts = CaseFacts(ref="KS 2024-15", kind=CaseKind.KS_ARENDE, state=State.KF, agenda=(item,))
    attempt = Attempt(verb="postpone", on=day, meeting=meeting, minority=True, supporters=3, present=49)
    assert decisions.present_at(facts, attempt) == 9
    assert decisions.MINORITY.check(facts, attempt) is None
    assert decisions.MINORITY.check(facts, replace(attempt, supporters=2)) is not None
