"""Any notice in fifteen years: last day, take-down and laga kraft against another calendar than our own."""

from datetime import date, timedelta

import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from states import deadlines
from states.case_facts import (
    AgendaItem,
    Attempt,
    BodyKind,
    CaseFacts,
    CaseKind,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Stage,
    StageRole,
    State,
)
from states.judgement import Advanced, judge

DAY = timedelta(days=1)
CLOSED = holidays.country_holidays(
    "SE", categories=("public", "de_facto"), years=range(2015, 2032), include_sundays=True
)


def counted(day: date, days: int) -> date:
    """So many days on, and on to the next day that is open: told with the library alone."""
    last = day + timedelta(days=days)
    while last in CLOSED or last.weekday() >= 5:
        last += DAY
    return last


def a_case(part: ProtocolPart, on: date) -> CaseFacts:
    meeting = MeetingFacts(ref=f"KF {on}", body="KF", kind=BodyKind.KF, on=on, state=MeetingState.HALLEN, part=part)
    stage = Stage(id="s", ordinal=1, body="KF", kind=BodyKind.KF, role=StageRole.BESLUT)
    item = AgendaItem(id="i", stage="s", meeting=meeting, paragraph=1, decided=True)
    return CaseFacts(
        ref="KS 2024-1", kind=CaseKind.KS_ARENDE, state=State.SKICKAS_TILL, stages=(stage,), agenda=(item,)
    )


@settings(max_examples=400, deadline=None)
@given(
    held=st.dates(date(2018, 1, 1), date(2030, 12, 31)),
    adjusted=st.integers(0, 14),
    posted=st.integers(0, 2),
    interrupted=st.none() | st.integers(1, 21),
)
def test_a_protocol_from_the_meeting_to_laga_kraft(held, adjusted, posted, interrupted):
    signed = held + DAY * adjusted
    up = signed + DAY * posted
    restarted = up + DAY * interrupted if interrupted else None
    part = ProtocolPart(id="p", paragraphs=(1,), whole=True, adjusted_on=signed, posted_on=up, restarted_on=restarted)
    last = counted(restarted or up, 21)
    facts = a_case(part, held)
    assert deadlines.justering_last_day(held) == counted(held, 14)
    assert deadlines.anslag_last_day(signed) == counted(signed, 2)
    assert deadlines.last_appeal_day(restarted or up) == last
    assert deadlines.decision_final(facts) == last + DAY
    (take_down,) = deadlines.meeting_deadlines(facts.agenda[0].meeting, (part,))
    (final,) = [one for one in deadlines.case_deadlines(facts) if one.kind is deadlines.DeadlineKind.FINAL]
    assert (take_down.due, final.due) == (last + DAY, last + DAY)
    assert take_down.act_by == final.act_by == counted(last + DAY, 0)
    assert deadlines.in_time(last, part)
    assert not deadlines.in_time(last + DAY, part)
    for on, allowed in ((last, False), (last + DAY, True)):
        confirming = Attempt(verb="laga_kraft", on=on, to=State.SKICKAS_TILL)
        taking_down = Attempt(verb="take_down", on=on, to=MeetingState.HALLEN)
        assert isinstance(judge(facts, confirming), Advanced) is allowed
        assert isinstance(judge(facts.agenda[0].meeting, taking_down), Advanced) is allowed


@given(posted=st.dates(date(2015, 1, 1), date(2030, 12, 1)), early=st.integers(0, 21))
def test_a_notice_that_came_down_too_early_never_runs_out(posted, early):
    down = posted + DAY * early
    part = ProtocolPart(id="p", paragraphs=(1,), whole=True, adjusted_on=posted, posted_on=posted, taken_down_on=down)
    assert not deadlines.ran_out(part)
    assert deadlines.decision_final(a_case(part, posted)) is None
    assert deadlines.in_time(down + DAY * 1000, part)
