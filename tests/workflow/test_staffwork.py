"""One handläggare after another in all open cases: told first, all or nothing, and the names in no log."""

import json
from datetime import date, timedelta

import msgspec
import pytest

from states.case_facts import CaseKind, StageRole
from states.judgement import ROLE_PERMITTED, Refused
from states.roles import Office, Role
from tests.conftest import TODAY, make_command
from tests.workflow import witness
from workflow import case_queries, casework, correction, registration, secrecy, staffwork
from workflow.connection import EVERYTHING, seen_by
from workflow.errors import AlreadyDoneError, UsageError
from workflow.registration import Edit, NewCase, Skrivelse
from workflow.use_case import Done


def done(answer):
    assert isinstance(answer, Done), answer
    return answer


def register(desk, number, *names, body="SON"):
    """A case of its own day, the last digit of its number."""
    day = date(2026, 1, int(number[-1])) - timedelta(days=10)
    way = ((desk.bodies.find(body, TODAY), StageRole.BESLUT),)
    skrivelse = Skrivelse(rubrik="Ett ärende", numbers=(number,), handlaggare=names)
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=way)
    return done(registration.register(desk, make_command(on=day), new)).stream.partition(":")[2]


@pytest.fixture
def cases(desk):
    """Two of Eva Ros' cases, one of KS' that is hers too, one that is over, and somebody else's."""
    desk.connection.cleared = EVERYTHING
    found = {
        "SON 2026-1": register(desk, "SON 2026-1", "Eva Ros"),
        "SON 2026-2": register(desk, "SON 2026-2", "Bo Ek", "Eva  ros"),
        "KS 2026-3": register(desk, "KS 2026-3", "Eva Ros", body="KS"),
        "SON 2026-4": register(desk, "SON 2026-4", "Eva Ros"),
        "SON 2026-5": register(desk, "SON 2026-5", "Bo Ek"),
    }
    done(casework.withdraw(desk, make_command(reason="Fel."), found["SON 2026-4"]))
    yield found
    assert witness.faults(desk.connection) == []


def staff(desk, case):
    return case_queries.case_view(desk.connection, case, desk.raised_reading, TODAY)["handlaggare"]


def everybody(desk, cases):
    return {number: staff(desk, case) for number, case in cases.items()}


def records(desk):
    return desk.connection.run("SELECT command_id, body FROM journal ORDER BY id")


def test_another_takes_over_in_all_that_is_open(desk, cases):
    command, before = make_command(), len(records(desk))
    answer = done(staffwork.hand_over(desk, command, "eva ros", "Ann Alm"))
    assert answer.notes == ("3 ärenden: SON 2026-1, SON 2026-2 och KS 2026-3.",)
    assert everybody(desk, cases) == {
        "SON 2026-1": ["Ann Alm"],
        "SON 2026-2": ["Bo Ek", "Ann Alm"],
        "KS 2026-3": ["Ann Alm"],
        "SON 2026-4": ["Eva Ros"],
        "SON 2026-5": ["Bo Ek"],
    }
    new = records(desk)[before:]
    assert [row["command_id"] for row in new] == [command.id, f"{command.id}/1", f"{command.id}/2"]
    assert {json.loads(row["body"])["type"] for row in new} == {"case.edited"}
    assert not {name for name in ("Alm", "Ros", "ros") if name in "".join(row["body"] for row in records(desk))}
    with pytest.raises(AlreadyDoneError):
        staffwork.hand_over(desk, command, "Ann Alm", "Eva Ros")


def test_whoever_is_there_already_is_named_once(desk, cases):
    done(staffwork.hand_over(desk, make_command(), "Eva Ros", "Bo Ek"))
    assert staff(desk, cases["SON 2026-2"]) == ["Bo Ek"]


def test_it_is_told_first_and_nothing_of_it_is_left(desk, cases):
    before = records(desk)
    answer = done(staffwork.hand_over(desk, make_command(), "Eva Ros", "Ann Alm", save=False))
    assert answer.notes == ("3 ärenden: SON 2026-1, SON 2026-2 och KS 2026-3.",)
    assert records(desk) == before


def test_only_the_cases_that_pass_a_body(desk, cases):
    done(staffwork.hand_over(desk, make_command(), "Eva Ros", "Ann Alm", "KS"))
    assert (staff(desk, cases["KS 2026-3"]), staff(desk, cases["SON 2026-1"])) == (["Ann Alm"], ["Eva Ros"])


def test_one_case_that_somebody_may_not_change_stops_all(desk, cases):
    before = len(records(desk))
    command = msgspec.structs.replace(make_command(), offices=(Office(Role.REGISTRATOR, "SON"),))
    answer = staffwork.hand_over(desk, command, "Eva Ros", "Ann Alm")
    assert isinstance(answer, Refused)
    assert ([one.guard for one in answer.blocking], answer.ref) == ([ROLE_PERMITTED], "KS 2026-3")
    assert [json.loads(row["body"])["type"] for row in records(desk)[before:]] == ["case.refused"]
    done(staffwork.hand_over(desk, command, "Eva Ros", "Ann Alm", "SON"))


def test_a_case_that_may_not_be_seen_is_left_in_silence(desk, cases):
    done(secrecy.mark(desk, make_command(), cases["SON 2026-1"], "OSL 26:1"))
    desk.connection.cleared = seen_by(["KS"])
    answer = done(staffwork.hand_over(desk, make_command(), "Eva Ros", "Ann Alm"))
    assert answer.notes == ("2 ärenden: SON 2026-2 och KS 2026-3.",)
    desk.connection.cleared = EVERYTHING
    assert staff(desk, cases["SON 2026-1"]) == ["Eva Ros"]


@pytest.mark.parametrize(
    ("leaving", "coming", "why"),
    [("Eva Ros", "eva  ROS", "Ange två olika namn"), ("Per Holm", "Ann Alm", "Per Holm handlägger inget sådant")],
)
def test_what_changes_nothing_is_told(desk, cases, leaving, coming, why):
    with pytest.raises(UsageError, match=why):
        staffwork.hand_over(desk, make_command(), leaving, coming)


def test_one_case_gets_another_handlaggare_and_its_old_one_back(desk, cases):
    case = cases["SON 2026-1"]
    done(registration.edit(desk, make_command(), case, Edit(handlaggare=("Ann Alm", "Bo Ek"))))
    assert staff(desk, case) == ["Ann Alm", "Bo Ek"]
    done(correction.correct(desk, make_command(reason="Fel."), f"case:{case}", 2))
    assert staff(desk, case) == ["Eva Ros"]
