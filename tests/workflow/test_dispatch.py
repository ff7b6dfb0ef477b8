"""Sending decisions: one, or a whole meeting's at once, what the ledger says of it, and receipts."""

import json
from datetime import date, timedelta

import msgspec
import pytest

from states import deadlines
from states.case_facts import CaseKind, MatterOutcome, Purpose, SendingChannel, StageRole
from states.judgement import Refused
from tests.conftest import make_command
from tests.workflow.test_correction import ADJUSTED, HELD, at_namnd, done, hold, register, told
from tests.workflow.test_correction import meeting as meeting
from tests.workflow.test_correction import town as town
from workflow import casework, decisionwork, dispatch_ledger, dispatchwork, meetingwork, protocolwork, registration
from workflow.dispatchwork import Sending
from workflow.errors import AlreadyDoneError, UsageError
from workflow.registration import Edit

DAY = timedelta(days=1)
BY_MAIL = Sending(channel=SendingChannel.E_POST)


@pytest.fixture
def two(town, meeting):
    """Two cases decided at one meeting, and its protocol adjusted."""
    cases = [at_namnd(town), at_namnd(town)]
    for case in cases:
        done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    for case in cases:
        done(town.do(decisionwork.decide, case, meeting, {}, on=HELD))
    town.today = ADJUSTED
    done(town.do(protocolwork.adjust, meeting))
    return cases


def ledger(town, meeting):
    return dispatch_ledger.ledger(town.desk, meeting, town.today)


def test_one_recipient_is_sent_all_a_meeting_has_for_them(town, meeting, two):
    answer = town.do(dispatchwork.dispatch_meeting, meeting, ("Akten",), BY_MAIL)
    refs = [town.facts(case).ref for case in two]
    assert answer.notes == tuple(f"§ {place} {ref}: skickat till Akten." for place, ref in enumerate(refs, 1))
    view = ledger(town, meeting)
    by_name = {one["name"]: one["paragraphs"] for one in view["recipients"]}
    assert [(one["sent_on"], one["channel"]) for one in by_name["Akten"]] == [("2024-04-22", "e-post")] * 2
    assert [one["sent_on"] for one in by_name["Elevrådet"]] == [None, None]
    assert [(one["what"], one["names"], one["late"]) for one in view["missing"]] == [
        ("unsent", ["Elevrådet"], False)
    ] * 2


def test_everybody_is_sent_what_is_left_and_then_nothing_is(town, meeting, two):
    done(town.do(dispatchwork.dispatch, two[0], ("Akten",)))
    done(town.do(dispatchwork.dispatch_meeting, meeting))
    assert ledger(town, meeting)["missing"] == []
    assert "återstår att skicka" in told(town.do(dispatchwork.dispatch_meeting, meeting))
    assert all(one.sent_on for case in two for one in town.facts(case).recipients)


def test_every_record_has_a_command_id_of_its_own_and_is_made_once(town, meeting, two):
    given = msgspec.structs.replace(make_command(ADJUSTED), id="utskick")
    dispatchwork.dispatch_meeting(town.desk, given, meeting)
    rows = town.desk.connection.run("SELECT command_id FROM journal WHERE command_id LIKE 'utskick%' ORDER BY 1")
    assert [row["command_id"] for row in rows] == ["utskick/1", "utskick/2"]
    with pytest.raises(AlreadyDoneError):
        dispatchwork.dispatch_meeting(town.desk, given, meeting)
    town.look()


def test_nothing_is_sent_when_one_of_them_may_not_be(town, meeting):
    cases = [at_namnd(town), at_namnd(town)]
    for case in cases:
        done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    for case in cases:
        done(town.do(decisionwork.decide, case, meeting, {}, on=HELD))
    done(town.do(protocolwork.adjust, meeting, (1,)))
    answer = town.do(dispatchwork.dispatch_meeting, meeting)
    assert isinstance(answer, Refused)
    assert [finding.guard for finding in answer.blocking] == ["paragraph-adjusted"]
    assert not any(one.sent_on for case in cases for one in town.facts(case).recipients)
    done(town.do(dispatchwork.dispatch_meeting, meeting, (), Sending(before_justering=True)))


def test_the_ledger_tells_what_is_late_and_who_is_left_out(town, meeting, two):
    town.today = ADJUSTED + 8 * DAY
    assert all(one["late"] for one in ledger(town, meeting)["missing"])
    json.dumps(ledger(town, meeting))


@pytest.fixture
def in_the_council(town):
    """A medborgarförslag that fullmäktige has had on its agenda at a held meeting."""
    way = (("KF", StageRole.ANMALAN), ("KS", StageRole.REMISS), ("KS", StageRole.FORSLAG), ("KF", StageRole.BESLUT))
    case = register(town, way=way, kind=CaseKind.MEDBORGARFORSLAG)
    meeting = done(town.do(meetingwork.add, "KF", HELD))
    done(town.do(casework.book, case, meeting))
    done(town.do(meetingwork.announce, meeting))
    hold(town, meeting)
    return case, meeting


def adjusted(town, meeting):
    """What the ledger says of a meeting's only § when its protocol is adjusted."""
    town.today = ADJUSTED
    done(town.do(protocolwork.adjust, meeting))
    (one,) = ledger(town, meeting)["paragraphs"]
    return one


def test_what_is_handed_over_to_a_namnd_goes_on_there_and_not_to_who_was_next(town, in_the_council):
    case, meeting = in_the_council
    handed = {"matter": MatterOutcome.OVERLAMNAD, "to": "SON"}
    done(town.do(decisionwork.decide, case, meeting, {}, on=HELD, **handed))
    assert adjusted(town, meeting)["onward"] == "SON"
    done(town.do(dispatchwork.dispatch, case, ("SON",), meeting))
    assert ledger(town, meeting)["paragraphs"][0]["reached"]


def test_a_remiss_that_nobody_has_been_sent_is_missing_and_reminded_of(town, in_the_council):
    case, meeting = in_the_council
    done(town.do(casework.refer, case, meeting, "KS", direct=False, on=HELD))
    one = adjusted(town, meeting)
    assert [(lack["what"], lack["names"], lack["late"]) for lack in one["missing"]] == [("unsent", ["KS"], False)]
    dispatches = [due for due in deadlines.case_deadlines(town.facts(case)) if due.kind == "dispatch"]
    assert [due.subject for due in dispatches] == [f"KF {HELD}"]
    done(town.do(dispatchwork.dispatch, case, ("KS",), meeting))
    assert ledger(town, meeting)["missing"] == []
    assert [due for due in deadlines.case_deadlines(town.facts(case)) if due.kind == "dispatch"] == []


def test_a_preparing_paragraph_is_sent_to_the_next_body_or_goes_on_with_the_case(town, meeting):
    case = register(town, way=(("SON", StageRole.BEREDNING), ("KS", StageRole.BESLUT)))
    done(town.do(casework.advance, case))
    done(town.do(casework.advance, case))
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    done(town.do(decisionwork.decide, case, meeting, {}, on=HELD))
    town.today = ADJUSTED
    done(town.do(protocolwork.adjust, meeting))
    (one,) = ledger(town, meeting)["paragraphs"]
    assert (one["onward"], one["reached"]) == ("KS", False)
    done(town.do(dispatchwork.dispatch, case, ("Akten",)))
    assert not ledger(town, meeting)["paragraphs"][0]["reached"]
    done(town.do(dispatchwork.dispatch, case, ("KS",)))
    assert ledger(town, meeting)["paragraphs"][0]["reached"]


def test_a_case_with_nobody_to_send_it_to_is_told_of(town, meeting):
    case = at_namnd(town, recipients=())
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    done(town.do(decisionwork.decide, case, meeting, {}, on=HELD))
    assert [one["what"] for one in ledger(town, meeting)["missing"]] == ["no_recipients"]


def test_a_recipient_is_sent_it_to_act_or_to_know(town, meeting, two):
    case, other = two
    how = Sending(channel=SendingChannel.POST, purposes={"Akten": Purpose.KANNEDOM, "KS": Purpose.ATGARD})
    done(town.do(dispatchwork.dispatch, case, (), None, how))
    assert {one.name: one.purpose for one in town.facts(case).recipients} == {
        "Akten": Purpose.KANNEDOM,
        "Elevrådet": Purpose.KANNEDOM,
        "Kommunstyrelsen": Purpose.ATGARD,
    }
    done(town.do(registration.edit, other, Edit(purposes={"Elevrådet": Purpose.ATGARD, "Rektorn": Purpose.KANNEDOM})))
    assert [(one.name, one.purpose) for one in town.facts(other).recipients] == [
        ("Akten", Purpose.KANNEDOM),
        ("Elevrådet", Purpose.ATGARD),
        ("Rektorn", Purpose.KANNEDOM),
    ]


def test_a_receipt_is_for_what_has_been_sent_and_once(town, meeting, two):
    case = two[0]
    assert "har inte fått beslutet" in told(town.do(dispatchwork.receipt, case, "Akten"))
    assert "är inte mottagare" in told(town.do(dispatchwork.receipt, case, "Okänd"))
    done(town.do(dispatchwork.dispatch, case, ()))
    early = town.do(dispatchwork.receipt, case, "Akten", on=ADJUSTED - DAY)
    assert told(early) == "Beslutet skickades först 2024-04-22. Ange rätt --date."
    done(town.do(dispatchwork.receipt, case, "Akten", meeting))
    assert "har redan bekräftat" in told(town.do(dispatchwork.receipt, case, "Akten"))
    assert ledger(town, meeting)["paragraphs"][0]["recipients"][0]["receipt_on"] == "2024-04-22"


def test_a_meeting_that_decided_nothing_has_nothing_to_send(town, meeting):
    done(town.do(meetingwork.call, meeting))
    assert isinstance(town.do(dispatchwork.dispatch_meeting, meeting), UsageError)
    assert ledger(town, meeting)["paragraphs"] == []


def test_the_day_is_the_ledger_s_own(town, meeting, two):
    assert dispatch_ledger.ledger(town.desk, meeting, date(2024, 4, 29))["missing"][0]["late"] is False
    assert dispatch_ledger.ledger(town.desk, meeting, date(2024, 4, 30))["missing"][0]["late"] is True
