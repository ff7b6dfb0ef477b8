"""The steps of the att-satser as they are registered: by body, version by version."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from states.case_facts import CaseKind, StageRole
from tests.conftest import RECORDED_AT, TODAY
from workflow import registration, wordings
from workflow.errors import HiddenError
from workflow.identifiers import new_id
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done


@pytest.fixture
def given(command):
    """Commands given one second after another."""
    count = iter(range(100))

    def make():
        at = RECORDED_AT + timedelta(seconds=next(count))
        return replace(command(TODAY), id=new_id(at), recorded_at=at)

    return make


def skrivelse(**proposed):
    """What is proposed to each body; `ingen`: to none by name."""
    named = {None if body == "ingen" else body: texts for body, texts in proposed.items()}
    return Skrivelse(rubrik="R", proposals=tuple(Proposal(body=b, att_satser=tuple(t)) for b, t in named.items()))


@pytest.fixture
def case(desk, given):
    way = ((desk.bodies.find("SON", TODAY), StageRole.BESLUT),)
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse(ingen=["Planen antas."]), way=way)
    answer = registration.register(desk, given(), new)
    assert isinstance(answer, Done)
    return answer.stream.removeprefix("case:")


def steps(desk, case):
    found = wordings.view(desk.connection, case, "ingiven")["steps"]
    return [
        (one["body"], one["version"], one["against"], [att_sats["change"] for att_sats in one["att_satser"]])
        for one in found
    ]


def test_a_proposal_that_named_nobody_goes_on_in_the_one_that_does(desk, given, case):
    registration.attach(desk, given(), case, skrivelse(SON=["Planen antas inte.", "Den prövas."]))
    assert steps(desk, case) == [(None, 1, None, ["first"]), ("SON", 2, 0, ["changed", "added"])]


def test_a_body_that_is_no_longer_proposed_anything_has_its_att_satser_taken_away(desk, given, case):
    registration.attach(desk, given(), case, skrivelse(ingen=["Planen antas."], KS=["Planen noteras."]))
    registration.attach(desk, given(), case, skrivelse(ingen=["Planen antas."]))
    assert steps(desk, case) == [(None, 1, None, ["first"]), ("KS", 2, 0, ["changed"]), ("KS", 3, 1, ["removed"])]


def test_a_version_that_changes_nothing_is_no_step(desk, given, case):
    registration.attach(desk, given(), case, skrivelse(ingen=["Planen antas."]))
    registration.edit(desk, given(), case, Edit(rubrik="En annan"))
    assert steps(desk, case) == [(None, 1, None, ["first"])]


def test_a_secret_case_tells_nothing(desk, given, case):
    desk.connection.run("UPDATE cases SET secrecy = TRUE WHERE id = :id", id=case)
    desk.connection.cleared = ""
    with pytest.raises(HiddenError):
        wordings.view(desk.connection, case, "ingiven")
