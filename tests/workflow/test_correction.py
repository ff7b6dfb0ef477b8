"""Mistakes are taken back: the rows are as they were before them, the log has both, and no number comes back."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from states.case_facts import (
    AppealCourt,
    AppealOutcome,
    AppealRegime,
    CaseKind,
    DelegationKind,
    DocumentKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    Outcome,
    StageRole,
    State,
    WatchKind,
)
from states.judgement import Refused
from states.lifecycle import MOVES
from states.records import RECORD_TYPES
from tests.conftest import make_command
from tests.scheduler.rounds import reminded, with_mail, with_rules
from tests.workflow import witness
from tests.workflow.clerk import ANMALAN, NAMND_DECIDES, NAMND_PREPARES, Clerk
from tests.workflow.ledger import ROWS, Ledger
from tests.workflow.town import Town, with_an_heir, with_two_namnder
from workflow import (
    agendawork,
    appealwork,
    attendancework,
    bulk_decision,
    case_queries,
    case_store,
    casework,
    correction,
    decisionwork,
    delegationwork,
    dispatchwork,
    documentwork,
    linkwork,
    meeting_planning,
    meeting_store,
    meetingwork,
    partywork,
    pausework,
    protocolwork,
    purge,
    referralwork,
    registration,
    reminder_store,
    schema,
    secrecy,
    statements,
    watchwork,
)
from workflow.agendawork import Rearrangement
from workflow.appealwork import NewAppeal
from workflow.config import Mailbox, ReminderRule
from workflow.correction import NEVER
from workflow.decisionwork import Ruling
from workflow.delegationwork import NewDelegated
from workflow.documents import File
from workflow.documentwork import NewDocument
from workflow.errors import AlreadyDoneError, ChangedMeanwhileError, NotFoundError, UsageError
from workflow.meeting_plan import Plan
from workflow.partywork import PartyEvent
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.reminder_store import Found, Moment
from workflow.use_case import Done
from workflow.watchwork import NewWatch

HELD, ADJUSTED = date(2024, 4, 18), date(2024, 4, 22)
DAY = timedelta(days=1)
CORRECTABLE = {kind for kind in RECORD_TYPES if kind.startswith(("case.", "meeting."))} - NEVER.keys()
STUCK = "har hållits sedan dess|har ärendet fått §|Ta först tillbaka post|har redan ett annat sammanträde"
DECISION = "KS 2023-05-14 § 12"


@pytest.fixture
def town(desk):
    """A town in the spring of 2024; whatever a test does in it, the witness finds nothing wrong."""
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    town = Town(desk, Ledger())
    town.today = date(2024, 4, 1)
    yield town
    assert town.faults == []
    assert town.stale_deadlines() == []
    assert witness.faults(desk.connection) == []
    assert witness.lost_texts(desk.connection, town.told) == []


def done(answer) -> str:
    """The id of the case or meeting that something was done with."""
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def told(answer) -> str:
    assert isinstance(answer, UsageError | NotFoundError), answer
    return str(answer)


def register(town, way=NAMND_DECIDES, kind=CaseKind.FORVALTNINGSARENDE, **skrivelse):
    """A case with everything it needs to be decided."""
    assessed = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=town.today, held=True)
    usual = {"numbers": (town.number(),), "recipients": ("Akten", "Elevrådet"), "mbl": (assessed,)}
    proposals = (Proposal(body=None, att_satser=("Antas.", "Gäller genast.")),)
    content = Skrivelse(rubrik="Ett ärende", **{"proposals": proposals, **usual, **skrivelse})
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
def case(town):
    return at_namnd(town)


def hold(town, meeting, day=HELD):
    done(town.do(meetingwork.call, meeting, deviation=True))
    town.today = max(town.today, day)
    done(town.do(meetingwork.hold, meeting, on=day))


@pytest.fixture
def held(town, case, meeting):
    """The meeting has been held with the case on its agenda."""
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    return meeting


def seq_of(town, stream, kind):
    """The number of a stream's latest record of a type."""
    return max(body["seq"] for body in town.told if (body["stream"], body["type"]) == (stream, kind))


def take_back(town, kind, case="", meeting="", **more):
    """Take back the latest record of a type."""
    stream = f"case:{case}" if case else f"meeting:{meeting}"
    return town.do(correction.correct, stream, seq_of(town, stream, kind), **more)


def show(town, case):
    return case_queries.case_view(town.desk.connection, case, town.desk.raised_reading, town.today)


def laga_kraft(town, case):
    return show(town, case)["laga_kraft_earliest"]


def items(town, case):
    return [(one["meeting"], one["paragraph"], one["phase"]) for one in show(town, case)["agenda"]]


def open_days(town, stream):
    rows = town.desk.connection.run(statements.DEADLINES, stream=stream)
    return {row["kind"]: row["due"] for row in rows if row["is_open"]}


# --- everything goes back ---------------------------------------------------------------------------------


def test_a_long_story_is_unwound_record_by_record(town):
    clerk = Clerk(town)
    for move in ROWS.values():
        clerk.take(move)
    ended = next(move for move in MOVES if (move.verb, move.source) == ("close", State.SKICKAS_TILL))
    clerk.take(ended)
    note_what_followed(town, town.cases[-1])
    note_everything(town, town.cases[0])
    sitting = next(meeting for meeting in town.meetings if town.held(meeting))
    done(town.do(attendancework.close, sitting, "15.42", on=town.day_of(sitting)))
    clerk.plan("SON", 20)
    delegate(town)
    decide_everything(town)
    clerk.move(clerk.plan("BUN", 30))
    back, stuck = Counter[str](), Counter[str]()
    for stream, seq in reversed(town.standing()[1:]):
        if (stream, seq) not in town.standing():
            continue  # it went back with all that was decided at once
        answer = town.do(correction.correct, stream, seq)
        (kind,) = [body["type"] for body in town.told if (body["stream"], body["seq"]) == (stream, seq)]
        (back if isinstance(answer, Done) else stuck)[kind] += 1
        if not isinstance(answer, Done):
            # What cannot go back is held up by a meeting that was, or by what is held up so itself.
            assert re.search(STUCK, told(answer)), answer
    assert CORRECTABLE - back.keys() == set()
    meetings = {"meeting.announced", "meeting.called", "meeting.moved", "meeting.agenda_changed"}
    assert stuck.keys() <= meetings | {"case.booked", "case.stage_added", "case.postponed"}


def decide_everything(town):
    """A case on a held meeting, decided with all that is there."""
    case = at_namnd(town)
    meeting = Clerk(town).plan("SON", 9)
    done(town.do(casework.book, case, meeting))
    Clerk(town).hold(meeting)
    done(town.do(bulk_decision.decide_all, meeting, on=town.day_of(meeting)))


def note_what_followed(town, case):
    """All that can be noted on a decision that has been announced and sent."""
    item = next(item for item in town.facts(case).agenda if item.decided)
    (sitting,) = {row["meeting_id"] for row in town.known["agenda_item"].values() if row["id"] == item.id}
    up = item.meeting.part.posted_on
    done(town.do(protocolwork.board_down, sitting, up + DAY, up + 2 * DAY))
    done(town.do(protocolwork.appealable, sitting, item.paragraph, True))
    done(town.do(appealwork.add, case, NewAppeal(received_by=AppealCourt.KOMMUNEN, who="En medlem")))
    done(town.do(appealwork.forward, case, 1))
    done(town.do(appealwork.settle, case, 1, AppealOutcome.AVSKRIVET))
    done(town.do(dispatchwork.receipt, case, "Akten"))


def note_everything(town, case):
    """All that can be noted on a case without moving it."""
    number, today = town.number(), town.today
    again = Skrivelse(rubrik="Ny", numbers=(number,), proposals=(Proposal(body="SON", att_satser=("Avslås.",)),))
    again = msgspec.structs.replace(
        again, recipients=("Akten", "Lokaltidningen"), document=File(sha256="f" * 64, name="skrivelse.txt")
    )
    done(town.do(registration.attach, case, again))
    done(town.do(documentwork.add, case, NewDocument(kind=DocumentKind.BILAGA, name="karta.pdf", data=b"%PDF")))
    done(town.do(registration.edit, case, Edit(rubrik="Nyare", numbers=(town.number(),), recipients=("Akten",))))
    meeting = Clerk(town).coming_meeting("SON")
    done(town.do(meeting_planning.plan, meeting, Plan(manus=today + DAY)))
    done(town.do(agendawork.rearrange, meeting, Rearrangement(own=("Ekonomi",))))
    done(town.do(registration.note_mbl, case, MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=today, held=True)))
    days: dict[str, Any] = {"body": "SON", "about": "Ring"}
    watches = (
        NewWatch(kind=WatchKind.UPPDRAG, **days),
        NewWatch(kind=WatchKind.HANDELSE, event="en dom", months=2, **days),
        NewWatch(kind=WatchKind.BEVAKNING, due=today + 40 * DAY, **days),
    )
    done(town.do(watchwork.add, case, watches))
    done(town.do(watchwork.report, case, 1))
    done(town.do(watchwork.occurred, case, 2))
    done(town.do(watchwork.snooze, case, 3, today + 9 * DAY))
    done(town.do(watchwork.move, case, 3, today + 50 * DAY))
    done(town.do(watchwork.end, case, 3))
    done(town.do(secrecy.mark, case, "OSL 26:1"))
    done(town.do(secrecy.lift, case))
    done(town.do(linkwork.link, case, town.cases[1]))
    done(town.do(linkwork.unlink, town.cases[1], case))
    wait_for_others(town, case)


def wait_for_others(town, case):
    """Remisser and a party of one case, and another that rests."""
    for _ in range(3):
        done(town.do(referralwork.ask, case, "Rådet", town.today + 20 * DAY))
    done(town.do(referralwork.answered, case, 1))
    done(town.do(referralwork.move, case, 2, town.today + 30 * DAY))
    done(town.do(referralwork.withdraw, case, 3))
    done(
        town.do(
            registration.note_mbl, case, MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=town.today, held=True)
        )
    )
    done(town.do(registration.attest_mbl, case))
    done(town.do(registration.edit, case, Edit(appeal_regime=AppealRegime.FORVALTNINGSBESVAR)))
    done(town.do(partywork.note, case, PartyEvent.TOLD))
    resting = register(town)
    done(town.do(pausework.pause, resting, town.today + 20 * DAY))
    done(town.do(pausework.resume, resting))


def test_a_mark_that_was_a_mistake_is_taken_back_and_so_is_its_lifting(town, case):
    done(town.do(secrecy.mark, case, "OSL 26:1"))
    done(town.do(secrecy.mark, case, "OSL 25:1"))
    done(take_back(town, "case.secrecy_marked", case))
    assert show(town, case)["secrecy"] == "OSL 26:1"
    done(town.do(secrecy.lift, case))
    done(take_back(town, "case.secrecy_lifted", case))
    assert show(town, case)["secrecy"] == "OSL 26:1"


def test_a_delegated_decision_is_taken_back_with_the_item_it_made(town, meeting):
    delegate(town)
    done(take_back(town, "meeting.delegated", meeting=meeting))
    view = case_queries.meeting_view(town.desk.connection, meeting)
    assert (view["items"], view["delegated"]) == ([], [])


def test_the_first_delegated_decision_waits_for_the_others_in_its_item(town, meeting):
    delegate(town)
    first = seq_of(town, f"meeting:{meeting}", "meeting.delegated")
    delegate(town)
    assert "Ta först tillbaka post" in told(town.do(correction.correct, f"meeting:{meeting}", first))
    done(take_back(town, "meeting.delegated", meeting=meeting))
    done(town.do(correction.correct, f"meeting:{meeting}", first))


def test_what_a_meeting_was_told_of_lies_fast(town, meeting):
    delegate(town)
    hold(town, meeting)
    assert "har hållits sedan dess" in told(take_back(town, "meeting.delegated", meeting=meeting))


def test_a_meeting_that_was_not_cancelled_is_told_again_of_what_it_was_to_be_told_of(town, meeting):
    delegate(town)
    other = done(town.do(meetingwork.add, "SON", HELD + 7 * DAY))
    done(town.do(meeting_planning.cancel, meeting))
    assert [agenda_of(town, one) for one in (meeting, other)] == [(["utgatt"], 0), ([None], 1)]
    done(take_back(town, "meeting.cancelled", meeting=meeting))
    assert [agenda_of(town, one) for one in (meeting, other)] == [([None], 1), ([], 0)]
    hold(town, meeting)
    assert [row["item_id"] is None for row in town.known["delegated_decision"].values()] == [False]


@pytest.mark.parametrize("own", [True, False])
def test_what_the_next_meeting_was_told_of_instead_lies_fast(town, meeting, own):
    delegate(town)
    other = done(town.do(meetingwork.add, "SON", HELD + 7 * DAY))
    if own:
        town.today = HELD + DAY
        delegate(town)
    done(town.do(meeting_planning.cancel, meeting))
    hold(town, other, HELD + 7 * DAY)
    assert "har hållits sedan dess" in told(take_back(town, "meeting.cancelled", meeting=meeting))


def agenda_of(town, meeting):
    """What became of the items of a meeting, and how much it is told of."""
    items = meeting_store.load(town.desk.connection, meeting).items
    return [item["outcome"] for item in items], len(town.desk.connection.run(statements.DELEGATED, id=meeting))


def delegate(town):
    taken = NewDelegated(kind=DelegationKind.BRADSKANDE, point="1.2", what="Ett bidrag", by="Ordföranden")
    done(town.do(delegationwork.add, "SON", taken))


@pytest.fixture
def two_cases(town, meeting):
    """Two cases on the agenda of a meeting that has been held."""
    cases = [at_namnd(town), at_namnd(town)]
    for one in cases:
        done(town.do(casework.book, one, meeting))
    hold(town, meeting)
    return cases


def test_all_that_was_decided_at_once_is_taken_back_at_once(town, meeting, two_cases):
    done(town.do(bulk_decision.decide_all, meeting, on=HELD))
    assert [items(town, case)[0][2] for case in two_cases] == ["beslutad", "beslutad"]
    done(take_back(town, "meeting.decided_all", meeting=meeting))
    assert [items(town, case)[0][2] for case in two_cases] == ["kallad", "kallad"]
    assert [body["type"] for body in town.told[-3:]] == ["case.corrected", "case.corrected", "meeting.corrected"]
    assert "redan tillbakatagen" in told(take_back(town, "meeting.decided_all", meeting=meeting))


def test_what_builds_on_one_of_all_holds_them_all_up_and_is_named(town, meeting, two_cases):
    done(town.do(bulk_decision.decide_all, meeting, on=HELD))
    done(town.do(casework.advance, two_cases[1], State.SKICKAS_TILL))
    ref = town.facts(two_cases[1]).ref
    seq = seq_of(town, f"case:{two_cases[1]}", "case.advanced")
    answer = told(take_back(town, "meeting.decided_all", meeting=meeting))
    assert answer.startswith(f"{ref}: Ta först tillbaka post {seq}")
    assert [items(town, case)[0][2] for case in two_cases] == ["beslutad", "beslutad"]


def test_one_of_all_that_was_taken_back_by_itself_is_left_alone(town, meeting, two_cases):
    done(town.do(bulk_decision.decide_all, meeting, on=HELD))
    done(take_back(town, "case.decided", two_cases[0]))
    done(take_back(town, "meeting.decided_all", meeting=meeting))
    assert [items(town, case)[0][2] for case in two_cases] == ["kallad", "kallad"]


def test_what_was_taken_back_stands_in_the_log_with_its_reason_and_no_move(town, case):
    seq = seq_of(town, f"case:{case}", "case.advanced")
    done(take_back(town, "case.advanced", case, reason="Fel ärende."))
    body = town.told[-1]
    assert (body["type"], {**body["data"], "reason": "…"}) == (
        "case.corrected",
        {"corrects": seq, "type": "case.advanced", "reason": "…"},
    )
    (*_, taken, _), (*_, last) = history(town, case), history(town, case)
    assert (taken["type"], taken["corrected_by"]) == ("case.advanced", seq + 1)
    assert (last["reason"], last["corrected_by"]) == ("Fel ärende.", None)


def history(town, case):
    return case_queries.history(town.desk.connection, f"case:{case}")


# --- what a clerk gets wrong ------------------------------------------------------------------------------


def test_a_wrong_posted_day_is_mended_and_deadlines_laga_kraft_and_reminders_follow(town, case, held):
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    town.today = date(2024, 4, 24)
    done(town.do(protocolwork.adjust, held, on=ADJUSTED))
    done(town.do(protocolwork.post, held, on=date(2024, 4, 23)))
    # Others go on meanwhile; none of it was judged by the day the protocol was posted.
    done(town.do(casework.advance, case))
    done(town.do(dispatchwork.dispatch, case, ()))
    done(town.do(casework.close, case))
    desk = with_rules(town.desk, ReminderRule("take_down", days_before=[7]))
    assert reminded(desk, "2024-05-08").counts()["sent"] == 1
    assert (open_days(town, held), laga_kraft(town, case)) == ({"take_down": "2024-05-15"}, "2024-05-15")

    town.look()
    done(take_back(town, "meeting.posted", meeting=held, reason="Det sattes upp dagen efter."))
    assert (open_days(town, held), laga_kraft(town, case)) == ({"post": "2024-04-24"}, None)
    done(town.do(protocolwork.post, held, on=date(2024, 4, 24)))
    assert (open_days(town, held), laga_kraft(town, case)) == ({"take_down": "2024-05-16"}, "2024-05-16")
    assert reminded(desk, "2024-05-09").counts()["sent"] == 1
    assert [row["due"] for row in desk.connection.run("SELECT due FROM reminder ORDER BY due")] == [
        "2024-05-15",
        "2024-05-16",
    ]
    town.look()


def test_a_decision_with_the_wrong_outcome_is_decided_again_on_the_same_paragraph(town, case, held):
    before = (show(town, case)["state"], items(town, case))
    rulings = {1: Ruling(Outcome.AVSLAG), 2: Ruling(Outcome.AVSLAG)}
    done(town.do(decisionwork.decide, case, held, rulings, on=HELD))
    done(take_back(town, "case.decided", case))
    assert (show(town, case)["state"], items(town, case)) == before
    done(town.do(decisionwork.decide, case, held, {2: Ruling(Outcome.AVSLAG)}, on=HELD))
    (item,) = show(town, case)["agenda"]
    assert (item["paragraph"], [one["outcome"] for one in item["decisions"]]) == (1, ["bifall", "avslag"])


def test_a_decision_is_taken_back_also_when_its_protocol_is_adjusted(town, case, held):
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    town.today = ADJUSTED
    done(town.do(protocolwork.adjust, held))
    done(take_back(town, "case.decided", case))
    assert "dispatch" not in open_days(town, case)
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    assert "dispatch" in open_days(town, case)


def test_mbl_with_the_wrong_day_is_mended_beneath_the_decision(town, meeting):
    booked = MblEntry(kind=MblKind.FORHANDLING, paragraph="11", on=date(2024, 4, 1), held=True)
    case = register(town, mbl=())
    done(town.do(casework.advance, case))
    done(town.do(registration.note_mbl, case, booked))
    done(town.do(casework.advance, case))
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    done(town.do(decisionwork.decide, case, meeting, {}, on=HELD))
    done(take_back(town, "case.mbl_noted", case, reason="Det var den 2 april."))
    assert (show(town, case)["mbl"], show(town, case)["state"]) == ([], "namnd")
    right = msgspec.structs.replace(booked, on=date(2024, 4, 2))
    done(town.do(registration.note_mbl, case, right))
    assert [entry["date"] for entry in show(town, case)["mbl"]] == ["2024-04-02"]


def test_a_step_too_far_goes_back_and_the_right_one_can_be_earlier(town, case, meeting):
    town.today = date(2024, 4, 10)
    done(town.do(casework.withdraw, case))
    assert isinstance(town.do(casework.reopen, case, on=date(2024, 4, 5)), Refused)
    done(take_back(town, "case.withdrawn", case))
    facts = town.facts(case)
    assert (facts.state, facts.last_event) == (State.NAMND, date(2024, 4, 1))
    done(town.do(casework.withdraw, case, on=date(2024, 4, 5)))


def test_a_case_sent_on_too_early_stands_at_its_stage_again(town, meeting):
    case = register(town, (("SON", StageRole.BEREDNING), ("KS", StageRole.BESLUT)))
    done(town.do(casework.advance, case))
    done(town.do(casework.advance, case))
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    done(town.do(decisionwork.decide, case, meeting, {}, on=HELD))
    done(town.do(casework.advance, case))
    assert [(one["closed"], one["here"]) for one in show(town, case)["way"]] == [(True, False), (False, True)]
    done(take_back(town, "case.advanced", case))
    assert [(one["closed"], one["here"]) for one in show(town, case)["way"]] == [(False, True), (False, False)]
    assert show(town, case)["state"] == "namnd"


def test_what_was_sent_twice_can_be_sent_once(town, meeting):
    case = at_namnd(town, recipients=("Akten", "Elevrådet", "Biblioteket"))
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    done(town.do(decisionwork.decide, case, meeting, {}, on=HELD))
    town.today = ADJUSTED
    done(town.do(protocolwork.adjust, meeting))
    for recipient in ("Akten", "Elevrådet", "Biblioteket"):
        done(town.do(dispatchwork.dispatch, case, (recipient,)))
    last = seq_of(town, f"case:{case}", "case.dispatched")
    # The last was judged by the one before it, although that left the case where and when it was.
    assert f"Ta först tillbaka post {last}:" in told(town.do(correction.correct, f"case:{case}", last - 1))
    done(town.do(correction.correct, f"case:{case}", last))
    done(town.do(correction.correct, f"case:{case}", last - 1))
    assert [one["sent_on"] for one in show(town, case)["recipients"]] == ["2024-04-22", None, None]
    done(town.do(dispatchwork.dispatch, case, ("Elevrådet",)))


def test_a_day_that_was_noted_counts_no_more_and_a_later_note_still_does(town, case):
    def entry(day: int) -> MblEntry:
        return MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=date(2024, 4, day), held=True)

    town.today = date(2024, 4, 25)
    done(town.do(registration.note_mbl, case, entry(2), on=date(2024, 4, 20)))
    wrong = seq_of(town, f"case:{case}", "case.mbl_noted")
    done(town.do(registration.note_mbl, case, entry(3), on=date(2024, 4, 3)))
    assert town.facts(case).noted_on == date(2024, 4, 20)
    done(town.do(correction.correct, f"case:{case}", wrong))
    assert (town.facts(case).noted_on, open_days(town, case)["silent"]) == (date(2024, 4, 3), "2024-06-02")
    done(take_back(town, "case.mbl_noted", case))
    assert (town.facts(case).noted_on, open_days(town, case)["silent"]) == (None, "2024-05-31")


def test_a_motion_is_not_announced_by_an_item_that_was_struck(town, monkeypatch):
    sitting = done(town.do(meetingwork.add, "KF", date(2024, 4, 16)))
    case = register(town, ANMALAN, CaseKind.MOTION)
    town.today = date(2024, 4, 16)
    done(town.do(meetingwork.hold, sitting, deviation=True))
    done(town.do(casework.refer, case, sitting, "KS", direct=True, deviation=True, on=date(2024, 4, 16)))

    def raised() -> date | None:
        return case_store.load_facts(town.desk.connection, case, "anmald").raised_on

    assert raised() == date(2024, 4, 16)
    done(take_back(town, "case.referred", case))
    assert (raised(), items(town, case)) == (None, [("KF 2024-04-16", 1, "utgatt")])


# --- what stands in the way -------------------------------------------------------------------------------


def test_a_case_s_moves_go_back_in_turn(town, case):
    first = seq_of(town, f"case:{case}", "case.advanced") - 1
    assert told(town.do(correction.correct, f"case:{case}", first)) == (
        f"Ta först tillbaka post {first + 1}: den bygger på post {first}."
    )
    done(town.do(casework.withdraw, case))
    assert told(town.do(correction.correct, f"case:{case}", first)) == (
        f"Ta först tillbaka post {first + 1} och {first + 2}, den senaste först: de bygger på post {first}."
    )
    for seq in (first + 2, first + 1, first):
        done(town.do(correction.correct, f"case:{case}", seq))
    assert show(town, case)["state"] == "draft"


def test_texts_go_back_in_turn_as_well(town, case):
    before = show(town, case)["rubrik"]
    done(town.do(registration.edit, case, Edit(rubrik="Fel")))
    done(town.do(registration.edit, case, Edit(underlag=("Protokoll",))))
    last = seq_of(town, f"case:{case}", "case.edited")
    assert f"Ta först tillbaka post {last}:" in told(town.do(correction.correct, f"case:{case}", last - 1))
    done(take_back(town, "case.edited", case))
    assert show(town, case)["rubrik"] == "Fel"
    done(town.do(correction.correct, f"case:{case}", last - 1))
    assert show(town, case)["rubrik"] == before


def test_a_booking_that_was_announced_names_the_meeting_s_record(town, case):
    done(town.do(registration.add_stage, case, town.body("KF"), StageRole.BESLUT))
    sitting = done(town.do(meetingwork.add, "KF", date(2024, 4, 30)))
    done(town.do(casework.book, case, sitting))
    done(town.do(meetingwork.announce, sitting))
    assert "Ta först tillbaka post 2 i KF 2024-04-30: den bygger" in told(take_back(town, "case.booked", case))
    done(take_back(town, "meeting.announced", meeting=sitting))
    done(take_back(town, "case.booked", case))
    assert items(town, case) == []


@pytest.mark.parametrize("kind", ["case.booked", "meeting.announced", "meeting.called"])
def test_what_a_meeting_was_held_with_lies_fast(town, case, meeting, kind):
    done(town.do(meetingwork.announce, meeting))
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    where = {"case": case} if kind == "case.booked" else {"meeting": meeting}
    assert "ligger fast: SON 2024-04-18 har hållits sedan dess" in told(take_back(town, kind, **where))


def test_a_kallelse_went_out_with_its_agenda(town, case, meeting):
    done(town.do(casework.book, case, meeting))
    done(town.do(meetingwork.call, meeting))
    assert "Ta först tillbaka post 2 i SON 2024-04-18" in told(take_back(town, "case.booked", case))


def test_an_item_that_was_put_back_on_an_agenda_lies_fast_as_well(town, case, meeting):
    other = done(town.do(meetingwork.add, "SON", date(2024, 4, 25)))
    for sitting in (meeting, other, meeting):
        done(town.do(casework.book, case, sitting))
    hold(town, meeting)
    assert "ligger fast" in told(take_back(town, "case.booked", case))


def test_a_justering_that_something_was_sent_by_waits_for_it(town, case, held):
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    town.today = ADJUSTED
    done(town.do(protocolwork.adjust, held))
    done(town.do(dispatchwork.dispatch, case, ()))
    assert re.search(r"Ta först tillbaka post \d+ i SON 2024-\d+:", told(take_back(town, "meeting.adjusted", "", held)))
    done(take_back(town, "case.dispatched", case))
    assert "dispatch" in open_days(town, case)
    done(take_back(town, "meeting.adjusted", meeting=held))
    assert (open_days(town, held), "dispatch" in open_days(town, case)) == ({"adjust": "2024-05-02"}, False)


def announce(town, held, case):
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    town.today = date(2024, 5, 30)
    done(town.do(protocolwork.adjust, held, on=ADJUSTED))
    done(town.do(protocolwork.post, held, on=ADJUSTED))


def test_laga_kraft_is_taken_back_before_what_it_was_counted_from(town, case, held):
    announce(town, held, case)
    done(town.do(appealwork.confirm, case))
    assert "laga_kraft" not in open_days(town, case)
    for kind, there in (("meeting.posted", {"meeting": held}), ("case.decided", {"case": case})):
        assert "Ta först tillbaka post" in told(take_back(town, kind, **there))
    done(take_back(town, "case.final", case))
    assert (show(town, case)["laga_kraft"], open_days(town, case)["laga_kraft"]) == (None, "2024-05-14")
    done(take_back(town, "meeting.posted", meeting=held))


def test_an_appeal_and_what_became_of_it_go_back_in_turn(town, case, held):
    announce(town, held, case)
    done(town.do(appealwork.add, case, NewAppeal(received_by=AppealCourt.KOMMUNEN, who="En medlem"), on=ADJUSTED))
    done(town.do(appealwork.forward, case, 1, on=date(2024, 4, 25)))
    done(town.do(appealwork.settle, case, 1, AppealOutcome.UPPHAVT))
    assert (laga_kraft(town, case), show(town, case)["agenda"][0]["annulled"]) == (None, True)
    assert "Ta först tillbaka post" in told(take_back(town, "case.appealed", case))
    assert "Ta först tillbaka post" in told(take_back(town, "meeting.posted", meeting=held))
    done(take_back(town, "case.appeal_settled", case))
    done(take_back(town, "case.appeal_forwarded", case))
    assert open_days(town, case)["overklagande"] == "2024-04-29"
    done(take_back(town, "case.appealed", case))
    assert (show(town, case)["appeals"], open_days(town, case)["laga_kraft"]) == ([], "2024-05-14")


def test_an_interruption_that_never_was_moves_the_days_back(town, case, held):
    announce(town, held, case)
    late = NewAppeal(received_by=AppealCourt.FORVALTNINGSRATTEN)
    done(town.do(appealwork.add, case, late, on=date(2024, 5, 15)))
    done(town.do(protocolwork.board_down, held, date(2024, 5, 2), date(2024, 5, 3)))
    assert (open_days(town, held)["take_down"], town.facts(case).agenda[0].appeals) != ("2024-05-14", ())
    done(take_back(town, "meeting.board_down", meeting=held))
    assert (open_days(town, held)["take_down"], town.facts(case).agenda[0].appeals) == ("2024-05-14", ())
    done(town.do(protocolwork.appealable, held, 1, False))
    assert laga_kraft(town, case) is None
    done(take_back(town, "meeting.appealable_noted", meeting=held))
    assert laga_kraft(town, case) == "2024-05-14"


def test_a_receipt_goes_back_before_the_dispatch_it_confirms(town, case, held):
    announce(town, held, case)
    done(town.do(dispatchwork.dispatch, case, ()))
    done(town.do(dispatchwork.receipt, case, "Akten"))
    assert "Ta först tillbaka post" in told(take_back(town, "case.dispatched", case))
    done(take_back(town, "case.receipt_noted", case))
    done(take_back(town, "case.dispatched", case))


def test_a_notice_that_has_come_down_was_posted(town, case, held):
    town.today = date(2024, 5, 30)
    done(town.do(protocolwork.adjust, held, on=ADJUSTED))
    done(town.do(protocolwork.post, held, on=ADJUSTED))
    done(town.do(protocolwork.take_down, held))
    assert "Ta först tillbaka post 6: den bygger på post 5." in told(take_back(town, "meeting.posted", meeting=held))


def test_a_watch_that_was_ended_is_first_opened_again(town, case):
    done(town.do(watchwork.add, case, (NewWatch(kind=WatchKind.UPPDRAG, about="Ring", body="SON"),)))
    done(town.do(watchwork.end, case, 1))
    assert "Ta först tillbaka post" in told(take_back(town, "case.watch_added", case))
    done(take_back(town, "case.watch_done", case))
    assert [watch.number for watch in town.facts(case).watches] == [1]
    done(take_back(town, "case.watch_added", case))
    assert town.facts(case).watches == ()


def test_nothing_goes_back_beyond_a_gallring(town, case):
    done(town.do(casework.withdraw, case))
    done(town.do(purge.propose, case, DECISION))
    done(town.do(purge.approve, case, actor="p-annan"))
    last = seq_of(town, f"case:{case}", "case.purged")
    assert told(take_back(town, "case.withdrawn", case)).endswith(f"texter har gallrats sedan dess, se post {last}.")


def test_each_record_is_taken_back_once(town, case):
    seq = seq_of(town, f"case:{case}", "case.advanced")
    done(take_back(town, "case.advanced", case))
    again = told(town.do(correction.correct, f"case:{case}", seq))
    assert re.fullmatch(rf"Post {seq} i SON 2024-\d+ är redan tillbakatagen, se post {seq + 1}\.", again)


def test_a_record_that_is_not_there_tells_where_to_look(town, case):
    assert "har ingen post 99. Se vilka som finns med: arende history SON-2024-" in told(
        town.do(correction.correct, f"case:{case}", 99)
    )


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_correction_says_why(town, case, reason):
    assert told(take_back(town, "case.advanced", case, reason=reason)) == "Ange --skal: varför posten är fel."


def test_a_correction_is_made_of_what_was_seen_and_once(town, desk, case, held):
    with pytest.raises(ChangedMeanwhileError):
        take_back(town, "case.booked", case, version=1)
    with pytest.raises(ChangedMeanwhileError):
        take_back(town, "meeting.called", meeting=held, meeting_version=1)
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    given = make_command(reason="Fel.")
    seq = seq_of(town, f"case:{case}", "case.decided")
    correction.correct(desk, given, f"case:{case}", seq)
    with pytest.raises(AlreadyDoneError):
        correction.correct(desk, given, f"case:{case}", seq)
    town.look()


@pytest.mark.parametrize("kind", sorted(NEVER))
def test_some_records_are_never_taken_back_and_what_to_do_is_said(town, case, held, kind):
    there = {"case": case} if kind.startswith("case") else {"meeting": held}
    match kind:
        case "case.refused":
            town.do(casework.close, case)
        case "case.read" | "case.read_refused":
            note = secrecy.note_read if kind == "case.read" else secrecy.note_refused
            note(town.desk, make_command(), [case], "show")
            town.look()
        case "meeting.refused":
            town.do(meetingwork.hold, held, on=HELD)
        case "case.corrected":
            town.do(registration.edit, case, Edit(rubrik="Ny"))
            done(take_back(town, "case.edited", case))
        case "meeting.corrected":
            town.today = ADJUSTED
            done(town.do(protocolwork.adjust, held))
            done(take_back(town, "meeting.adjusted", meeting=held))
        case "case.purge_proposed" | "case.purged":
            there = {"case": (other := register(town))}
            done(town.do(casework.withdraw, other))
            done(town.do(purge.propose, other, DECISION))
            if kind == "case.purged":
                done(town.do(purge.approve, other, actor="p-annan"))
        case "case.other_joined":
            done(town.do(linkwork.join, register(town), case))
        case "case.split":
            there = {"case": (other := register(town))}
            done(town.do(linkwork.split, other, "En del"))
        case "case.succeeded":
            there = {"case": register(town, (("BUN", StageRole.BESLUT),))}
            with_heir = with_an_heir(with_two_namnder(town.desk.settings), "BUN", "BON", town.today)
            schema.upgrade(with_heir, make_command(town.today + DAY))
            town.look()
    assert told(take_back(town, kind, **there)) == NEVER[kind]


# --- numbers ----------------------------------------------------------------------------------------------


def numbers(town, case):
    return town.facts(case).numbers


def test_a_diarienummer_that_was_a_mistake_names_nobody_and_is_nobody_else_s(town, case):
    own, other, connection = numbers(town, case)[0], register(town), town.desk.connection
    done(town.do(registration.edit, case, Edit(numbers=("KS 2024-710",))))
    assert case_store.find(connection, "KS 2024/710") == case
    answer = take_back(town, "case.edited", case)
    assert "KS 2024-710 är inte längre ärendets diarienummer" in " ".join(answer.notes)
    assert (numbers(town, case), show(town, case)["numbers"]) == ((own,), [own])
    assert case_store.find_or_none(connection, "KS 2024-710") is None
    with pytest.raises(NotFoundError, match=rf"togs tillbaka 2024-04-01.+arende show {own.replace(' ', '-')}$"):
        case_store.find(connection, "2024-710")
    for text in ("KS 2024-710", "KS 2024/710"):
        answer = told(town.do(registration.edit, other, Edit(numbers=(text,))))
        assert answer == "Diarienumret är upptaget; ge ärendet ett annat nummer."
    new = NewCase(
        kind=CaseKind.FORVALTNINGSARENDE,
        skrivelse=Skrivelse(rubrik="Nytt", numbers=("KS 2024-710",)),
        way=((town.body("SON"), StageRole.BESLUT),),
    )
    assert "Diarienumret är upptaget" in told(town.do(registration.register, new))


def test_the_case_itself_can_have_its_number_back(town, case):
    own = numbers(town, case)
    done(town.do(registration.edit, case, Edit(numbers=("KS 2024-710",))))
    done(take_back(town, "case.edited", case))
    done(town.do(registration.edit, case, Edit(numbers=("KS 2024-711", "KS 2024-710"))))
    assert numbers(town, case) == (*own, "KS 2024-711", "KS 2024-710")
    done(take_back(town, "case.edited", case))
    assert numbers(town, case) == own


def test_a_case_without_a_number_left_is_named_by_its_id_everywhere(town):
    connection = town.desk.connection
    case = register(town, numbers=())
    done(town.do(watchwork.add, case, (NewWatch(kind=WatchKind.UPPDRAG, about="Ring", body="SON"),)))
    done(town.do(registration.edit, case, Edit(numbers=("KS 2024-710",))))
    done(take_back(town, "case.edited", case))
    by_id = f"id:{case[-12:]}"
    assert [one["ref"] for one in case_queries.case_list(connection)] == [by_id]
    assert [one["case"] for one in case_queries.watch_list(connection, town.today)] == [by_id]
    assert {one["ref"] for one in case_queries.todo(connection, town.today, date(2025, 1, 1))} == {by_id}
    done(town.do(casework.withdraw, case))
    done(town.do(watchwork.end, case, 1))
    done(town.do(purge.propose, case, DECISION))
    assert [one["ref"] for one in purge.waiting(connection)] == [by_id]
    assert case_store.ref(connection, case) == by_id


def test_the_number_of_a_watch_that_was_taken_back_is_not_given_again(town, case):
    def add(kind):
        done(town.do(watchwork.add, case, (NewWatch(kind=kind, about="Ring", body="SON", due=date(2024, 9, 2)),)))
        return max(watch.number for watch in town.facts(case).watches)

    assert [add(WatchKind.BEVAKNING), add(WatchKind.BEVAKNING)] == [1, 2]
    done(take_back(town, "case.watch_added", case))
    rows = town.desk.connection.run(statements.DEADLINES, stream=case)
    assert [(row["subject"], bool(row["is_open"])) for row in rows if row["kind"] == "bevakning"] == [
        ("1", True),
        ("2", False),
    ]
    assert add(WatchKind.BEVAKNING) == 3


def test_a_reminder_on_its_way_of_a_watch_that_was_taken_back_is_moot(town, case):
    new = NewWatch(kind=WatchKind.BEVAKNING, about="Ring", body="SON", due=date(2024, 4, 2))
    done(town.do(watchwork.add, case, (new,)))
    reminder = {"deadline_id": f"{case}/bevakning/1", "rule": "bevakning", "due": "2024-04-02", "step": "1/1"}
    reminder |= {"recipient": "handlaggare@SON", "channel": "e-post", "stream": case}
    moment = Moment(date(2024, 4, 2), datetime(2024, 4, 2, 8, tzinfo=UTC))
    found = Found(row={**reminder, "planned_for": "2024-04-02", "status": "planned"})
    assert reminder_store.write_down(town.desk, moment, [found])
    town.look()
    done(take_back(town, "case.watch_added", case))
    mailed = with_mail(town.desk, 1, [Mailbox("handlaggare", "handlaggare@exempel.se")])
    assert reminded(mailed, "2024-04-03").counts() == {"moot": 1}
    assert [one["status"] for one in show(town, case)["reminders"]] == ["moot"]
    town.look()


def test_versions_of_a_skrivelse_are_not_given_again(town, case):
    def attach(document, *proposals):
        text = Skrivelse(rubrik="Ny", proposals=proposals, document=File(sha256=document * 64, name="skrivelse.txt"))
        done(town.do(registration.attach, case, text))
        return max(row["version"] for row in town.desk.connection.run(statements.DOCUMENTS, id=case))

    proposal = Proposal(body="SON", att_satser=("Avslås.",))
    assert attach("a", proposal) == 2
    done(take_back(town, "case.skrivelse_attached", case))
    assert [one["version"] for one in show(town, case)["proposals"]] == [1]
    assert attach("b") == 3
    done(take_back(town, "case.skrivelse_attached", case))
    done(town.do(registration.edit, case, Edit(proposals=(proposal,))))
    assert {one["version"] for one in show(town, case)["proposals"]} == {4}


def test_a_paragraph_given_by_a_decision_stays_with_its_case(town, case, held):
    beside, third = at_namnd(town), at_namnd(town)
    done(town.do(decisionwork.decide, beside, held, {}, on=HELD, deviation=True))
    assert items(town, beside) == [("SON 2024-04-18", 2, "beslutad")]
    done(take_back(town, "case.decided", beside))
    assert items(town, beside) == [("SON 2024-04-18", 2, "utgatt")]
    assert not show(town, beside)["agenda"][0]["deviation"]
    done(town.do(decisionwork.decide, third, held, {}, on=HELD, deviation=True))
    assert items(town, third) == [("SON 2024-04-18", 3, "beslutad")]
    done(town.do(decisionwork.decide, beside, held, {}, on=HELD, deviation=True))
    assert items(town, beside) == [("SON 2024-04-18", 2, "beslutad")]


def test_a_paragraph_given_to_an_item_that_had_been_struck_stays(town, case, meeting):
    other = done(town.do(meetingwork.add, "SON", date(2024, 4, 25)))
    done(town.do(casework.book, case, meeting))
    done(town.do(casework.book, case, other))
    hold(town, meeting)
    done(town.do(casework.postpone, case, meeting, deviation=True, on=HELD))
    assert items(town, case)[0] == ("SON 2024-04-18", 1, "bordlagd")
    done(take_back(town, "case.postponed", case))
    assert items(town, case) == [("SON 2024-04-18", 1, "utgatt"), ("SON 2024-04-25", None, "bokad")]


def test_a_stage_where_a_paragraph_was_given_lies_fast(town, meeting):
    case = at_namnd(town)
    hold(town, meeting)
    done(town.do(registration.add_stage, case, town.body("BUN"), StageRole.BESLUT))
    sitting = done(town.do(meetingwork.add, "BUN", HELD))
    done(town.do(meetingwork.hold, sitting, on=HELD))
    done(town.do(decisionwork.decide, case, sitting, {}, on=HELD, deviation=True))
    done(take_back(town, "case.decided", case))
    assert "på det steget i sin väg har ärendet fått § 1 hos BUN 2024-04-18" in told(
        take_back(town, "case.stage_added", case)
    )


def test_a_stage_nobody_has_been_at_goes_away(town, case):
    before = show(town, case)["way"]
    done(town.do(registration.add_stage, case, town.body("KS"), StageRole.BESLUT))
    done(take_back(town, "case.stage_added", case))
    assert show(town, case)["way"] == before


def test_a_decision_of_a_body_that_only_prepares_goes_back_too(town, meeting):
    case = at_namnd(town, way=NAMND_PREPARES)
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    done(town.do(decisionwork.decide, case, meeting, {}, matter=MatterOutcome.NOTERAD, on=HELD))
    done(take_back(town, "case.decided", case))
    assert items(town, case) == [("SON 2024-04-18", 1, "kallad")]
