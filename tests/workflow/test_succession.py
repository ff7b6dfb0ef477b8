"""A nämnd that ended in 2018 and the one that took over: what was open goes on there, and the log tells it."""

from datetime import date

import msgspec
import pytest

from states.case_facts import CaseKind, MblEntry, MblKind, Outcome, StageRole, State
from states.judgement import Refused
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.town import DAY
from workflow import (
    case_queries,
    case_store,
    casework,
    config_effects,
    correction,
    decisionwork,
    linkwork,
    log_diff,
    log_exporter,
    log_rebuild,
    meetingwork,
    registration,
    schema,
)
from workflow.connection import EVERYTHING, SQLITE
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done

AUTUMN, NEW_YEAR = date(2018, 11, 5), date(2019, 1, 7)
ON_MEETS, SON_MEETS = date(2018, 12, 13), date(2019, 2, 14)
WAY = (("ON", StageRole.FORSLAG), ("KS", StageRole.BESLUT))


@pytest.fixture(autouse=True)
def _everything_is_seen(desk):
    desk.connection.cleared = EVERYTHING


def done(answer):
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def do(desk, act, *args, on=AUTUMN, **more):
    return done(act(desk, make_command(on=on, reason="Skäl."), *args, **more))


def register(desk, number="ON 2018-7", way=WAY):
    assessed = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=AUTUMN, held=True)
    proposals = tuple(Proposal(body=body, att_satser=("Antas.",)) for body, _ in way)
    skrivelse = Skrivelse(
        rubrik="Om boendet", numbers=(number,), proposals=proposals, recipients=("Akten",), mbl=(assessed,)
    )
    stages = tuple((desk.bodies.find(code, AUTUMN), role) for code, role in way)
    return do(desk, registration.register, NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=stages))


def at_namnd(desk, **more):
    case = register(desk, **more)
    for _ in range(2):
        do(desk, casework.advance, case)
    return case


def upgrade(desk, on=NEW_YEAR):
    return schema.upgrade(desk.settings, make_command(on=on))


def facts(desk, case):
    return case_store.load_facts(desk.connection, case, desk.raised_reading)


def bodies(desk, case):
    return [stage.body for stage in facts(desk, case).stages]


def history(desk, case):
    return [one["type"] for one in case_queries.history(desk.connection, f"case:{case}")]


def test_a_case_at_a_body_that_has_ended_goes_on_at_its_heir(desk):
    case = at_namnd(desk)
    before = facts(desk, case)
    assert upgrade(desk, date(2018, 12, 31)).succeeded == 0
    assert upgrade(desk).succeeded == 1
    after = facts(desk, case)
    assert [stage.body for stage in after.stages] == ["SON", "KS"]
    assert (after.state, after.current, after.numbers) == (State.NAMND, before.current, ("ON 2018-7",))
    assert (after.last_event, after.noted_on) == (before.last_event, before.noted_on)
    assert history(desk, case)[-1] == "case.succeeded"
    assert upgrade(desk).succeeded == 0


def test_the_heir_can_be_booked_and_decides(desk):
    case = at_namnd(desk)
    upgrade(desk)
    meeting = do(desk, meetingwork.add, "SON", SON_MEETS, on=NEW_YEAR)
    do(desk, casework.book, case, meeting, on=NEW_YEAR)
    do(desk, meetingwork.call, meeting, on=SON_MEETS - 10 * DAY)
    do(desk, meetingwork.hold, meeting, on=SON_MEETS)
    do(desk, decisionwork.decide, case, meeting, {}, on=SON_MEETS)
    (item,) = facts(desk, case).agenda
    assert (item.meeting.body, item.decided, item.deviation) == ("SON", True, False)
    (ruling,) = case_queries.case_view(desk.connection, case, "ingiven", SON_MEETS)["agenda"][0]["decisions"]
    assert ruling["outcome"] == Outcome.BIFALL


def test_a_case_that_is_still_a_draft_proposes_to_the_heir(desk):
    case = register(desk)
    upgrade(desk)
    assert facts(desk, case).proposals == (("SON", 1), ("KS", 1))
    do(desk, casework.advance, case, on=NEW_YEAR)


def test_what_was_proposed_is_the_same_as_before(desk):
    case = register(desk)
    (first, other), same = (
        [Proposal(body="ON", att_satser=(text,)) for text in ("Antas.", "Avslås.")],
        Proposal(body="ON", att_satser=("antas.",)),
    )
    for proposal in (other, first, same):
        do(desk, registration.edit, case, Edit(proposals=(proposal,)))
    before = facts(desk, case).proposal_versions
    upgrade(desk)
    assert [place for _, place in facts(desk, case).proposal_versions] == [place for _, place in before] == [0, 1, 0, 0]


def test_what_the_old_body_has_decided_is_its_own(desk):
    case = at_namnd(desk)
    meeting = do(desk, meetingwork.add, "ON", ON_MEETS)
    do(desk, casework.book, case, meeting)
    do(desk, meetingwork.call, meeting, on=ON_MEETS - 10 * DAY)
    do(desk, meetingwork.hold, meeting, on=ON_MEETS)
    do(desk, decisionwork.decide, case, meeting, {}, on=ON_MEETS)
    assert upgrade(desk).succeeded == 0
    assert bodies(desk, case) == ["ON", "KS"]


def test_a_case_waits_for_what_became_of_it_at_the_old_bodys_last_meeting(desk):
    case = at_namnd(desk)
    meeting = do(desk, meetingwork.add, "ON", ON_MEETS)
    do(desk, casework.book, case, meeting)
    assert upgrade(desk).succeeded == 0
    do(desk, meetingwork.call, meeting, on=ON_MEETS - 10 * DAY)
    do(desk, meetingwork.hold, meeting, on=ON_MEETS)
    do(desk, casework.postpone, case, meeting, on=ON_MEETS)
    assert upgrade(desk).succeeded == 1
    assert bodies(desk, case) == ["SON", "KS"]
    assert [item.meeting.body for item in facts(desk, case).agenda] == ["ON"]


def test_what_waits_at_a_meeting_of_the_old_body_that_is_ahead_stays_there(desk):
    case = at_namnd(desk)
    meeting = do(desk, meetingwork.add, "ON", ON_MEETS)
    do(desk, casework.book, case, meeting)
    desk.connection.run("UPDATE meeting SET day = '2019-01-17'")  # planned before anybody knew
    assert upgrade(desk).succeeded == 1
    (item,) = facts(desk, case).agenda
    assert (item.waiting, item.meeting.body, bodies(desk, case)[0]) == (True, "ON", "SON")


def test_a_case_that_is_over_stays_where_it_was(desk):
    withdrawn, joined, other = register(desk), register(desk, "ON 2018-8"), register(desk, "KS 2018-1", WAY[1:])
    do(desk, casework.withdraw, withdrawn)
    do(desk, linkwork.join, joined, other)
    assert upgrade(desk).succeeded == 0
    assert bodies(desk, withdrawn) == ["ON", "KS"]


def test_an_heir_of_another_sort_is_no_way_for_a_case_to_go(desk):
    case = at_namnd(desk)
    ours = desk.settings.config.bodies
    other = [msgspec.structs.replace(body, succeeds="ON" if body.code == "KS" else "") for body in ours]
    settings = msgspec.structs.replace(
        desk.settings, config=msgspec.structs.replace(desk.settings.config, bodies=other)
    )
    assert schema.upgrade(settings, make_command(on=NEW_YEAR)).succeeded == 0
    assert bodies(desk, case) == ["ON", "KS"]


def test_many_cases_go_in_batches(desk, monkeypatch):
    monkeypatch.setattr(config_effects, "BATCH", 2)
    cases = [register(desk, f"ON 2018-{number}") for number in range(1, 6)]
    assert upgrade(desk).succeeded == 5
    assert {tuple(bodies(desk, case)) for case in cases} == {("SON", "KS")}
    assert witness.faults(desk.connection) == []


def test_what_came_back_from_a_mistake_at_the_old_body_goes_over_the_next_time(desk):
    case = at_namnd(desk)
    upgrade(desk)
    seq = next(one["seq"] for one in reversed(case_queries.history(desk.connection, f"case:{case}")[:-1]))
    answer = correction.correct(desk, make_command(on=NEW_YEAR, reason="Fel."), f"case:{case}", seq)
    assert not isinstance(answer, Refused)
    assert bodies(desk, case) == ["SON", "KS"]


def test_the_log_alone_makes_the_same_rows(desk, tmp_path, request):
    at_namnd(desk)
    upgrade(desk)
    log_exporter.export(desk.connection, tmp_path / "annan")
    assert list(log_diff.differences(desk.connection, tmp_path / "annan")) == []
    assert witness.faults(desk.connection) == []
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if desk.connection.dialect != SQLITE:
        url = request.getfixturevalue("postgres_server").new_schema()
    rebuilt = schema.create(url)
    try:
        log_rebuild.rebuild(tmp_path / "annan", rebuilt)
        assert witness.live(rebuilt) == witness.live(desk.connection)
    finally:
        rebuilt.close()
