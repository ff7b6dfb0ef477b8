"""The dated rules: the last day, the day to act by, and when a deadline is open."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from states.case_facts import (
    AgendaItem,
    AppealRegime,
    BodyKind,
    CaseFacts,
    CaseKind,
    ItemKind,
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
    Watch,
    WatchKind,
)
from states.deadlines import (
    Deadline,
    DeadlineKind,
    Routines,
    anslag_last_day,
    case_deadlines,
    event_earliest,
    is_unanswered,
    justering_last_day,
    laga_kraft_earliest,
    last_appeal_day,
    meeting_deadlines,
    motion_year,
    one_week_before,
    take_down_day,
    year_ends,
)
from states.duties import DUTIES, duty, owner
from states.roles import Role
from states.swedish_calendar import DAY, is_working_day

DAYS = st.dates(date(1992, 1, 1), date(2100, 12, 31))


def on(text: str) -> date:
    return date.fromisoformat(text)


# --- the rules one by one -------------------------------------------------------------------------------


@pytest.mark.parametrize(("meeting", "limit"), [("2024-05-28", "2024-05-21"), ("2026-04-13", "2026-04-06")])
def test_a_week_before_fullmaktige_is_the_same_weekday_and_is_never_rolled(meeting, limit):
    assert one_week_before(on(meeting)) == on(limit)


@pytest.mark.parametrize(("meeting", "last"), [("2024-05-28", "2024-06-11"), ("2026-06-05", "2026-06-22")])
def test_a_protocol_is_adjusted_within_fourteen_days_rolled(meeting, last):
    assert justering_last_day(on(meeting)) == on(last)


@pytest.mark.parametrize(
    ("adjusted", "last"),
    [
        ("2024-04-22", "2024-04-24"),
        ("2024-05-30", "2024-06-03"),
        ("2026-06-18", "2026-06-22"),
        ("2026-04-29", "2026-05-04"),
    ],
)
def test_a_justering_is_announced_on_the_second_day_at_the_latest_rolled(adjusted, last):
    assert anslag_last_day(on(adjusted)) == on(last)


@pytest.mark.parametrize(
    ("posted", "last", "down"),
    [
        ("1995-09-13", "1995-10-04", "1995-10-05"),
        ("1991-12-10", "1992-01-02", "1992-01-03"),
        ("1999-03-16", "1999-04-06", "1999-04-07"),
        ("2004-10-04", "2004-10-25", "2004-10-26"),
        ("2024-05-31", "2024-06-24", "2024-06-25"),
        ("2026-05-29", "2026-06-22", "2026-06-23"),
        ("2026-12-03", "2026-12-28", "2026-12-29"),
        ("2026-12-10", "2027-01-04", "2027-01-05"),
        ("2027-03-05", "2027-03-30", "2027-03-31"),
    ],
)
def test_a_notice_may_come_down_the_day_after_the_last_appeal_day(posted, last, down):
    assert last_appeal_day(on(posted)) == on(last)
    assert take_down_day(on(posted)) == laga_kraft_earliest(on(posted)) == on(down)


@pytest.mark.parametrize(("raised", "day"), [("2023-08-23", "2024-08-23"), ("2024-02-29", "2025-02-28")])
def test_a_motion_has_a_year(raised, day):
    assert motion_year(on(raised)) == on(day)


@given(DAYS)
def test_the_last_appeal_day_is_a_working_day_at_least_three_weeks_on(posted):
    last = last_appeal_day(posted)
    assert is_working_day(last)
    assert 21 <= (last - posted).days <= 26


@given(DAYS, DAYS)
def test_who_posts_later_never_takes_down_earlier(one, other):
    earlier, later = sorted((one, other))
    assert take_down_day(earlier) <= take_down_day(later)


# --- what is open for a case -----------------------------------------------------------------------------

SON = Stage(id="s1", ordinal=1, body="SON", kind=BodyKind.NAMND, role=StageRole.FORSLAG)
KF = Stage(id="s2", ordinal=2, body="KF", kind=BodyKind.KF, role=StageRole.BESLUT)


def meeting(ref: str, kind: BodyKind = BodyKind.KF, **more: Any) -> MeetingFacts:
    body, day = ref.split()
    known: dict[str, Any] = {"state": MeetingState.PLANERAD, **more}
    return MeetingFacts(ref=ref, body=body, kind=kind, on=on(day), **known)


def booked(stage: Stage, at: MeetingFacts, **more: Any) -> AgendaItem:
    return AgendaItem(id=f"i{stage.id}{at.ref}", stage=stage.id, meeting=at, **more)


def case(**more: Any) -> CaseFacts:
    known: dict[str, Any] = {
        "kind": CaseKind.FORVALTNINGSARENDE,
        "state": State.MBL,
        "stages": (SON, KF),
        "current": "s1",
    }
    return CaseFacts(ref="SON 2024-17", **{**known, **more})


def dated(deadlines: Iterable[Deadline]) -> list[tuple[DeadlineKind, date, date]]:
    return [(deadline.kind, deadline.due, deadline.act_by) for deadline in deadlines]


KF_MAY = meeting("KF 2024-05-28")
SON_APRIL = meeting("SON 2024-04-18", BodyKind.NAMND)


def test_mbl_is_due_the_day_before_the_first_body_that_decides():
    facts = case(agenda=(booked(SON, SON_APRIL), booked(KF, KF_MAY)))
    assert dated(case_deadlines(facts)) == [(DeadlineKind.MBL, on("2024-05-27"), on("2024-05-27"))]


def test_mbl_is_acted_on_the_working_day_before_when_the_day_before_is_closed():
    facts = case(agenda=(booked(KF, meeting("KF 2026-04-13")),))
    assert dated(case_deadlines(facts)) == [(DeadlineKind.MBL, on("2026-04-12"), on("2026-04-10"))]


def test_mbl_belongs_to_the_first_of_several_meetings():
    later = meeting("KF 2024-06-18")
    facts = case(agenda=(booked(KF, later), booked(KF, KF_MAY)))
    assert [deadline.subject for deadline in case_deadlines(facts)] == ["KF 2024-05-28"]


@pytest.mark.parametrize(
    "agenda",
    [(), (booked(SON, SON_APRIL),), (booked(KF, KF_MAY, outcome=MatterOutcome.UTGATT),)],
    ids=["not booked", "booked where it is only prepared", "taken off the agenda"],
)
def test_mbl_has_no_day_until_the_case_is_booked_where_it_is_decided(agenda):
    assert case_deadlines(case(agenda=agenda)) == ()


@pytest.mark.parametrize(
    "entry",
    [
        MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=on("2024-04-02"), held=True),
        MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=on("2024-04-02"), held=True),
        MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=on("2024-04-02"), held=True),
    ],
    ids=lambda entry: entry.kind.value,
)
def test_mbl_that_has_been_settled_is_no_longer_due(entry):
    assert case_deadlines(case(agenda=(booked(KF, KF_MAY),), mbl=(entry,))) == ()


def test_mbl_that_is_only_booked_is_still_due():
    entry = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=on("2024-05-20"), held=False)
    assert len(case_deadlines(case(agenda=(booked(KF, KF_MAY),), mbl=(entry,)))) == 1


HELD = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=on("2024-04-02"), held=True)


@pytest.mark.parametrize(
    "waiting",
    [
        MblEntry(kind=MblKind.FORHANDLING, paragraph="38", on=on("2024-05-20"), held=False),
        MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=on("2024-05-20"), held=False),
    ],
    ids=lambda entry: entry.kind.value,
)
def test_mbl_is_still_due_while_anything_that_was_booked_has_not_been_held(waiting):
    facts = case(agenda=(booked(KF, KF_MAY),), mbl=(HELD, waiting))
    assert [deadline.subject for deadline in case_deadlines(facts)] == ["KF 2024-05-28"]


def test_mbl_is_settled_when_what_was_booked_has_been_held_on_another_day():
    planned = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=on("2024-03-25"), held=False)
    assert case_deadlines(case(agenda=(booked(KF, KF_MAY),), mbl=(planned, HELD))) == ()


@pytest.mark.parametrize("state", [State.SKICKAS_TILL, State.AVSLUTAD, State.ATERKALLAD])
def test_a_case_that_has_been_decided_or_ended_has_no_deadlines(state):
    facts = case(
        kind=CaseKind.MOTION, state=state, raised_on=on("2023-08-24"), agenda=(booked(KF, KF_MAY),), current=None
    )
    assert case_deadlines(facts) == ()


def test_a_motion_has_its_year_and_is_acted_on_a_working_day_before():
    facts = case(kind=CaseKind.MOTION, raised_on=on("2023-08-24"))
    assert dated(case_deadlines(facts)) == [(DeadlineKind.MOTION_YEAR, on("2024-08-24"), on("2024-08-23"))]


def test_what_a_namnd_has_got_from_fullmaktige_is_reported_to_it_every_year_until_it_is_decided():
    given = booked(KF, meeting("KF 2023-11-28"), outcome=MatterOutcome.OVERLAMNAD, decided=True)
    days = (meeting("KF 2024-06-18"), meeting("KF 2025-07-01"))
    reports = [booked(SON, day, kind=ItemKind.ANMALAN, outcome=MatterOutcome.ANMALD) for day in days]
    for told, due in ((0, "2024-08-24"), (1, "2025-06-18"), (2, "2026-07-01")):
        facts = case(kind=CaseKind.MEDBORGARFORSLAG, raised_on=on("2023-08-24"), agenda=(given, *reports[:told]))
        (year,) = case_deadlines(facts)
        assert (year_ends(facts), year.kind, year.due) == (on(due), DeadlineKind.MOTION_YEAR, on(due))
        assert duty(year.kind, year.basis.id).remedy == "book.report"


@pytest.mark.parametrize("kind", [CaseKind.FORVALTNINGSARENDE, CaseKind.KS_ARENDE])
def test_only_what_was_raised_in_fullmaktige_has_a_year(kind):
    assert case_deadlines(case(kind=kind, raised_on=on("2023-08-24"))) == ()


@pytest.mark.parametrize(
    ("more", "unanswered"),
    [
        ({}, True),
        ({"kind": CaseKind.MEDBORGARFORSLAG}, True),
        ({"raised_on": None}, True),
        ({"kind": CaseKind.INTERPELLATION}, False),
        ({"kind": CaseKind.FORVALTNINGSARENDE}, False),
        ({"state": State.SKICKAS_TILL, "current": None}, False),
        ({"state": State.AVSLUTAD, "current": None}, False),
    ],
)
def test_unanswered_is_what_fullmaktige_itself_must_decide_and_has_not(more, unanswered):
    assert is_unanswered(case(**{"kind": CaseKind.MOTION, "raised_on": on("2023-08-24"), **more})) is unanswered


def test_a_motion_that_has_not_been_raised_by_the_chosen_reading_has_no_year_yet():
    assert case_deadlines(case(kind=CaseKind.MOTION, raised_on=None)) == ()


def test_a_motion_that_fullmaktige_has_decided_has_no_year_left():
    decided = booked(KF, KF_MAY, decided=True)
    assert DeadlineKind.MOTION_YEAR not in kinds(
        case(kind=CaseKind.MOTION, raised_on=on("2023-08-24"), state=State.KF, current="s2", agenda=(decided,))
    )


def kinds(facts: CaseFacts) -> list[DeadlineKind]:
    return [deadline.kind for deadline in case_deadlines(facts)]


AKTEN = Recipient(id="r1", name="Akten")


def decided_and_adjusted(**more: Any) -> CaseFacts:
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN, part=part())
    sent_to = tuple(one.id for one in more.get("recipients", ()) if one.sent_on)
    item = replace(booked(KF, held, decided=True, paragraph=1), sent_to=sent_to)
    return case(state=State.KF, current="s2", agenda=(item,), **more)


def test_an_adjusted_decision_is_dispatched_within_the_days_the_municipality_says():
    assert dated(case_deadlines(decided_and_adjusted(recipients=(AKTEN,)))) == [
        (DeadlineKind.DISPATCH, on("2024-06-06"), on("2024-06-05"))  # the 6th of June is closed
    ]
    (later,) = case_deadlines(decided_and_adjusted(), Routines(dispatch_days=10))
    assert later.due == on("2024-06-09")


@pytest.mark.parametrize(
    ("regime", "rule"), [(AppealRegime.LAGLIGHET, "R-EXPEDIERING"), (AppealRegime.FORVALTNINGSBESVAR, "FL-12")]
)
def test_a_party_is_sent_the_decision_by_law_and_others_by_routine(regime, rule):
    (due,) = case_deadlines(decided_and_adjusted(recipients=(AKTEN,), appeal_regime=regime))
    assert (due.kind, due.basis.id) == (DeadlineKind.DISPATCH, rule)


def test_a_decision_everybody_has_been_sent_is_no_longer_due():
    sent = replace(AKTEN, sent_on=on("2024-06-03"))
    assert case_deadlines(decided_and_adjusted(recipients=(sent,))) == ()


def test_a_preparing_bodys_decision_need_only_reach_the_next_body():
    held = meeting("SON 2024-04-18", BodyKind.NAMND, state=MeetingState.HALLEN, part=part())
    prepared = case(state=State.NAMND, agenda=(booked(SON, held, decided=True, paragraph=1),), recipients=(AKTEN,))
    assert kinds(prepared) == [DeadlineKind.DISPATCH]
    told = (AKTEN, replace(AKTEN, id="r2", name="Kommunfullmäktige", body="KF"))
    (item,) = prepared.agenda
    for reached, left in (("r1", [DeadlineKind.DISPATCH]), ("r2", [])):
        sent = replace(prepared, recipients=told, agenda=(replace(item, sent_to=(reached,)),))
        assert kinds(sent) == left
    gone_on = tuple(replace(stage, closed=stage.id == item.stage) for stage in prepared.stages)
    assert kinds(replace(prepared, stages=gone_on)) == []


@pytest.mark.parametrize("decided", [True, False], ids=["passed on", "kept"])
def test_a_remiss_is_sent_to_somebody_until_it_is_plain_that_it_came_through(decided):
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN, part=part())
    passed_on = booked(KF, held, decided=decided, paragraph=1, outcome=MatterOutcome.REMITTERAD)
    remitted = case(state=State.KF, current="s2", agenda=(passed_on,))
    assert kinds(remitted) == [DeadlineKind.DISPATCH]
    assert kinds(replace(remitted, agenda=(replace(passed_on, sent_to=("r1",)),))) == []
    answered = booked(SON, meeting("SON 2024-06-18", BodyKind.NAMND, state=MeetingState.HALLEN), decided=True)
    assert kinds(replace(remitted, agenda=(passed_on, answered))) == []


def test_an_aterremiss_is_no_decision_to_send():
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN, part=part())
    returned = booked(KF, held, paragraph=1, outcome=MatterOutcome.ATERREMITTERAD)
    assert kinds(case(state=State.KF, current="s2", agenda=(returned,))) == []


def test_a_case_is_silent_so_long_after_its_last_event_or_what_it_waits_for():
    def silent(**more: Any) -> date:
        return next(d.due for d in case_deadlines(case(last_event=on("2024-01-10"), **more)) if d.kind == "silent")

    assert silent() == on("2024-03-10")
    assert silent(agenda=(booked(SON, meeting("SON 2024-04-18")),)) == on("2024-06-17")
    assert silent(stages=(replace(SON, opportunity_until=on("2024-02-01")), KF)) == on("2024-04-01")


@pytest.mark.parametrize("state", [State.AVSLUTAD, State.ATERKALLAD])
def test_an_ended_case_is_not_silent_but_its_watches_are_open(state):
    watch = Watch(
        id="w1", number=1, kind=WatchKind.UPPDRAG, body="SON", noted_on=on("2020-10-22"), due=on("2021-03-31")
    )
    ended = case(state=state, last_event=on("2024-01-10"), current=None, watches=(watch,))
    assert kinds(ended) == [DeadlineKind.UPPDRAG]


def watched(kind: WatchKind, **more: Any) -> tuple[DeadlineKind, date, date]:
    watch = Watch(id="w1", number=1, kind=kind, body="SON", noted_on=on("2020-10-22"), **more)
    ((found),) = case_deadlines(case(watches=(watch,)))
    assert (found.watch, found.subject, found.body) == ("w1", "1", "SON")
    return found.kind, found.due, found.act_by


@pytest.mark.parametrize("kind", [WatchKind.UPPSAGNING, WatchKind.AVTALSSLUT, WatchKind.OPTION])
def test_a_contract_s_day_is_never_rolled_but_acted_on_the_last_working_day_before(kind):
    assert watched(kind, due=on("2017-12-31")) == (DeadlineKind(kind.value), on("2017-12-31"), on("2017-12-29"))


def test_what_waits_for_an_event_is_asked_after_until_it_has_come():
    assert watched(WatchKind.HANDELSE, months=3) == (DeadlineKind.AWAITED, on("2021-04-20"), on("2021-04-20"))
    earliest = event_earliest(on("2021-12-09"), 3)
    assert earliest == on("2022-03-09")
    assert watched(WatchKind.HANDELSE, due=earliest)[0] is DeadlineKind.HANDELSE


def test_an_earliest_day_on_a_closed_day_is_acted_on_after_it():
    assert watched(WatchKind.HANDELSE, due=on("2022-03-12")) == (
        DeadlineKind.HANDELSE,
        on("2022-03-12"),
        on("2022-03-14"),
    )


def test_a_mandate_without_a_day_is_asked_after_too():
    assert watched(WatchKind.UPPDRAG)[:2] == (DeadlineKind.AWAITED, on("2021-04-20"))


@pytest.mark.parametrize("kind", DeadlineKind)
def test_every_deadline_is_somebodys_duty(kind):
    assert owner(kind, BodyKind.KF) in Role
    if DUTIES[kind].who is None:
        assert owner(kind, BodyKind.NAMND) is Role.NAMNDSEKRETERARE
        assert owner(kind, BodyKind.KS) is Role.KOMMUNSEKRETERARE


# --- what is open for a meeting ----------------------------------------------------------------------------


def part(**more: Any) -> ProtocolPart:
    return ProtocolPart(**{"id": "p1", "paragraphs": (1,), "whole": True, "adjusted_on": on("2024-05-30"), **more})


def test_a_planned_fullmaktige_is_announced_and_called_a_week_before():
    assert dated(meeting_deadlines(KF_MAY, ())) == [
        (DeadlineKind.MANUSSTOPP, on("2024-05-14"), on("2024-05-14")),
        (DeadlineKind.ANNOUNCE, on("2024-05-21"), on("2024-05-21")),
        (DeadlineKind.CALL, on("2024-05-21"), on("2024-05-21")),
        (DeadlineKind.HOLD, on("2024-05-29"), on("2024-05-29")),
    ]


def test_a_week_before_on_a_holiday_is_acted_on_before_the_holidays():
    after_easter = meeting("KF 2026-04-13")
    by_law = [d for d in meeting_deadlines(after_easter, ()) if d.basis.cite]
    assert {deadline.act_by for deadline in by_law} == {on("2026-04-02")}


def test_a_namnd_is_only_called_with_its_own_lead_time():
    assert dated(meeting_deadlines(meeting("SON 2024-04-18", BodyKind.NAMND, call_days=5), ())) == [
        (DeadlineKind.MANUSSTOPP, on("2024-04-04"), on("2024-04-04")),
        (DeadlineKind.CALL, on("2024-04-13"), on("2024-04-12")),
        (DeadlineKind.HOLD, on("2024-04-19"), on("2024-04-19")),
    ]


def test_manusstopp_is_as_long_before_as_the_municipality_says():
    (stop, *_) = meeting_deadlines(meeting("SON 2021-03-18", BodyKind.NAMND), (), Routines(manus_days=21))
    assert (stop.kind, stop.due, stop.body) == (DeadlineKind.MANUSSTOPP, on("2021-02-25"), "SON")


@pytest.mark.parametrize(
    ("ref", "kind", "cite"), [("KF 2024-05-28", BodyKind.KF, "KL 5 kap. 15 §"), ("KS 2024-05-14", BodyKind.KS, "")]
)
def test_only_fullmaktige_is_called_by_law(ref, kind, cite):
    (call,) = (d for d in meeting_deadlines(meeting(ref, kind), ()) if d.kind is DeadlineKind.CALL)
    assert call.basis.cite == cite


@pytest.mark.parametrize(
    ("planned", "due"), [("2024-05-16", "2024-05-16"), ("2024-05-21", "2024-05-21"), ("2024-05-22", "2024-05-21")]
)
def test_what_is_planned_for_fullmaktige_is_never_later_than_the_law(planned, due):
    council = meeting("KF 2024-05-28", call_on=on(planned), announce_on=on(planned), manus_on=on("2024-05-01"))
    found = {deadline.kind: deadline.due for deadline in meeting_deadlines(council, ())}
    assert (found[DeadlineKind.CALL], found[DeadlineKind.ANNOUNCE]) == (on(due), on(due))
    assert found[DeadlineKind.MANUSSTOPP] == on("2024-05-01")


def test_a_presidium_of_fullmaktige_is_called_by_routine_and_never_announced():
    presidium = meeting("KFP 2024-05-20", BodyKind.KF, utskott=True, call_days=5)
    found = {deadline.kind: deadline for deadline in meeting_deadlines(presidium, ())}
    assert found.keys() == {DeadlineKind.MANUSSTOPP, DeadlineKind.CALL, DeadlineKind.HOLD}
    assert (found[DeadlineKind.CALL].due, found[DeadlineKind.CALL].basis.cite) == (on("2024-05-15"), "")


@pytest.mark.parametrize(("ref", "asked"), [("SON 2024-05-16", "2024-05-17"), ("SON 2024-05-17", "2024-05-20")])
def test_whether_a_meeting_was_held_is_asked_from_the_first_working_day_after(ref, asked):
    (held,) = (d for d in meeting_deadlines(meeting(ref, BodyKind.NAMND), ()) if d.kind is DeadlineKind.HOLD)
    assert (held.due, held.act_by) == (on(ref[4:]) + DAY, on(asked))


def test_nothing_is_due_before_a_meeting_that_is_called_off():
    assert meeting_deadlines(meeting("KF 2024-05-28", state=MeetingState.INSTALLD), ()) == ()


def test_what_has_been_announced_and_called_is_no_longer_due():
    done = meeting("KF 2024-05-28", announced_on=on("2024-05-17"), called_on=on("2024-05-17"))
    assert [deadline.kind for deadline in meeting_deadlines(done, ())] == [DeadlineKind.HOLD]


def test_a_held_meeting_is_only_to_be_adjusted():
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN)
    assert dated(meeting_deadlines(held, ())) == [(DeadlineKind.ADJUST, on("2024-06-11"), on("2024-06-11"))]


def test_justering_is_reminded_of_on_the_unrolled_day_though_the_law_may_give_more():
    held = meeting("KS 2026-06-05", BodyKind.KS, state=MeetingState.HALLEN)
    assert dated(meeting_deadlines(held, ())) == [(DeadlineKind.ADJUST, on("2026-06-19"), on("2026-06-18"))]


def test_an_adjusted_protocol_is_to_be_posted_within_two_days_unrolled():
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN)
    assert dated(meeting_deadlines(held, (part(),))) == [(DeadlineKind.POST, on("2024-06-01"), on("2024-05-31"))]


def test_a_posted_protocol_is_to_be_taken_down_never_before_the_lawful_day():
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN)
    posted = part(posted_on=on("2024-05-31"))
    assert dated(meeting_deadlines(held, (posted,))) == [(DeadlineKind.TAKE_DOWN, on("2024-06-25"), on("2024-06-25"))]


def test_a_notice_whose_first_lawful_day_is_closed_comes_down_on_the_next_working_day():
    held = meeting("SON 2020-10-22", BodyKind.NAMND, state=MeetingState.HALLEN)
    posted = part(adjusted_on=on("2020-10-29"), posted_on=on("2020-10-30"))
    assert dated(meeting_deadlines(held, (posted,))) == [(DeadlineKind.TAKE_DOWN, on("2020-11-21"), on("2020-11-23"))]


def test_a_notice_that_has_come_down_is_no_longer_due():
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN)
    down = part(posted_on=on("2024-05-31"), taken_down_on=on("2024-06-25"))
    assert meeting_deadlines(held, (down,)) == ()


def test_the_rest_of_a_protocol_is_still_to_be_adjusted_when_one_paragraph_has_been():
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN)
    one = part(whole=False, adjusted_on=on("2024-05-28"), posted_on=on("2024-05-29"))
    assert [deadline.kind for deadline in meeting_deadlines(held, (one,))] == [
        DeadlineKind.ADJUST,
        DeadlineKind.TAKE_DOWN,
    ]


def test_every_part_of_a_protocol_has_deadlines_of_its_own():
    held = meeting("KF 2024-05-28", state=MeetingState.HALLEN)
    parts = (part(id="p1", whole=False, posted_on=on("2024-05-29")), part(id="p2"))
    assert [(deadline.kind, deadline.subject) for deadline in meeting_deadlines(held, parts)] == [
        (DeadlineKind.TAKE_DOWN, "p1"),
        (DeadlineKind.POST, "p2"),
    ]


@given(DAYS, st.sampled_from(BodyKind), st.integers(1, 14))
def test_one_never_acts_after_a_duty_s_last_day_nor_on_a_closed_day(day, kind, call_days):
    planned = MeetingFacts(
        ref=f"X {day}", body="X", kind=kind, on=day, state=MeetingState.PLANERAD, call_days=call_days
    )
    for deadline in meeting_deadlines(planned, ()):
        assert is_working_day(deadline.act_by)
        if deadline.kind is DeadlineKind.HOLD:
            assert day < deadline.due <= deadline.act_by
        else:
            assert deadline.act_by <= deadline.due < day


@given(DAYS)
def test_one_never_takes_a_notice_down_before_the_lawful_day_nor_on_a_closed_day(posted):
    held = MeetingFacts(ref="X", body="X", kind=BodyKind.KS, on=posted, state=MeetingState.HALLEN)
    (down,) = meeting_deadlines(held, (part(adjusted_on=posted, posted_on=posted),))
    assert down.act_by >= down.due == take_down_day(posted)
    assert is_working_day(down.act_by)
