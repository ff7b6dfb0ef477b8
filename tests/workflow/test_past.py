"""The cases as they stood on a day, by what was written down by then."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from states.case_facts import CaseKind, DelegationKind, StageRole, State
from tests.conftest import make_command
from tests.workflow.clerk import KS_THEN_KF, Clerk
from tests.workflow.ledger import Ledger
from tests.workflow.town import DAY, FIRST_DAY, Town, with_two_namnder
from workflow import case_queries, casework, delegationwork, log_exporter, past, registration, schema
from workflow.connection import connect
from workflow.delegationwork import NewDelegated
from workflow.desk import Desk
from workflow.errors import NotFoundError
from workflow.registration import Edit

INSTALLED = datetime.combine(FIRST_DAY - timedelta(days=7), datetime.min.time(), UTC)


@pytest.fixture
def town(settings):
    """A town whose database was made the week before the first day."""
    command = msgspec.structs.replace(make_command(FIRST_DAY - timedelta(days=7)), recorded_at=INSTALLED)
    schema.upgrade(with_two_namnder(settings), command)
    with closing(connect(settings.database_url)) as connection:
        yield Town(Desk(connection, settings), Ledger())


def as_of(town, day):
    """Every case in full as it was on a day."""
    with town.desk.connection.reading(), past.as_of(town.desk.connection, day) as then:
        for case in town.cases:
            past.bring_texts(town.desk.connection, then, case)
        there = {row["id"] for row in then.run("SELECT id FROM cases")}
        return case_queries.case_list(then), {case: view(then, town, case, day) for case in town.cases if case in there}


def view(connection, town, case, day):
    return case_queries.case_view(connection, case, town.desk.raised_reading, day)


def now(town):
    connection = town.desk.connection
    return case_queries.case_list(connection), {case: view(connection, town, case, town.today) for case in town.cases}


def test_each_day_of_a_long_story_is_shown_as_it_was_seen_then(town):
    clerk, seen = Clerk(town), {}
    clerk.register(CaseKind.FORVALTNINGSARENDE, (("SON", StageRole.FORSLAG), *KS_THEN_KF))
    for step in range(12):
        if step % 3 == 0:
            clerk.register(CaseKind.FORVALTNINGSARENDE, KS_THEN_KF)
        for case in town.cases[-2:]:
            clerk.go_on(case)
        seen[town.today] = now(town)
        town.today += DAY
    assert len({str(told) for told in seen.values()}) > 8
    for day, told in seen.items():
        assert as_of(town, day) == told, day


def test_the_texts_of_what_was_delegated_are_shown_with_the_day_s_case(town):
    clerk = Clerk(town)
    clerk.register(CaseKind.FORVALTNINGSARENDE, KS_THEN_KF)
    clerk.plan("KS", 30)
    case = town.cases[0]
    taken = NewDelegated(kind=DelegationKind.DELEGATION, point="2.4", what="Ett bidrag", by="En chef", case_id=case)
    town.do(delegationwork.add, "KS", taken)
    _, then = as_of(town, town.today)
    assert [one["what"] for one in then[case]["delegated"]] == ["Ett bidrag"]


def test_what_is_written_down_later_about_an_earlier_day_was_not_there_then(town):
    clerk = Clerk(town)
    clerk.register(CaseKind.FORVALTNINGSARENDE, KS_THEN_KF)
    town.today += DAY * 10
    town.do(registration.edit, town.cases[0], Edit(rubrik="Känt först nu"), on=town.today - DAY * 9)
    (before,), _ = as_of(town, town.today - DAY)
    (after,), _ = as_of(town, town.today)
    assert (before["rubrik"], after["rubrik"]) == ("Ett ärende", "Känt först nu")


def test_a_day_before_the_first_record_has_nothing_to_show(town):
    with (
        pytest.raises(NotFoundError, match="Loggen börjar efter"),
        town.desk.connection.reading(),
        past.as_of(town.desk.connection, date(2020, 1, 1)),
    ):
        pytest.fail("there was nothing")


def test_a_day_ends_at_midnight_in_sweden(town):
    clerk = Clerk(town)
    clerk.register(CaseKind.FORVALTNINGSARENDE, KS_THEN_KF)
    late = datetime(2024, 6, 1, 22, 30, tzinfo=UTC)  # half past midnight on 2 June
    command = msgspec.structs.replace(make_command(date(2024, 6, 2)), recorded_at=late)
    casework.advance(town.desk, command, town.cases[0], State.MBL)
    registration.edit(town.desk, msgspec.structs.replace(command, id="e"), town.cases[0], Edit(rubrik="Efter midnatt"))
    assert as_of(town, date(2024, 6, 1))[0][0]["rubrik"] == "Ett ärende"
    assert as_of(town, date(2024, 6, 2))[0][0]["rubrik"] == "Efter midnatt"


def test_a_record_of_a_host_whose_clock_is_ahead_comes_with_those_that_build_on_it(town):
    clerk = Clerk(town)
    ahead = msgspec.structs.replace(make_command(FIRST_DAY), recorded_at=datetime(2024, 3, 1, tzinfo=UTC))
    clerk.register(CaseKind.FORVALTNINGSARENDE, KS_THEN_KF)
    registration.edit(town.desk, ahead, town.cases[0], Edit(rubrik="Från framtiden"))
    town.do(registration.edit, town.cases[0], Edit(recipients=("Akten",)))
    assert as_of(town, FIRST_DAY)[0][0]["rubrik"] == "Från framtiden"


def test_looking_back_writes_nothing(town, tmp_path):
    clerk = Clerk(town)
    clerk.register(CaseKind.FORVALTNINGSARENDE, KS_THEN_KF)
    assert log_exporter.export(town.desk.connection, tmp_path / "logg") == 2
    as_of(town, FIRST_DAY)
    assert log_exporter.export(town.desk.connection, tmp_path / "logg") == 0
