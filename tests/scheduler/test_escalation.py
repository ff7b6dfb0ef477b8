"""What nobody has done stands on the list of those it is escalated to, until it is done, moved or put off."""

from datetime import date

import pytest

from scheduler.reminder_message import step_words
from tests.conftest import make_command
from tests.end_to_end.mail_server import mail_server
from tests.scheduler.rounds import by_hand, change, configured, meeting, reminded, told, with_mail, with_rules
from workflow import case_queries, meetingwork, statements
from workflow.config import Mailbox, ReminderRule
from workflow.connection import SQLITE, seen_by

DUE = "2026-03-10"  # a Tuesday
RULE = ReminderRule(
    "bevakning", days_before=[0], escalate_days=[2, 7], escalate_to=["forvaltningschef", "kommunsekreterare"]
)


def waiting(desk, today):
    """Roles and days of every escalation on the list."""
    on = date.fromisoformat(today)
    found = case_queries.todo(desk.connection, on, on)
    return [(told["to"], told["since"]) for one in found for told in one["escalated"]]


@pytest.fixture
def late(desk):
    """A watch whose day nobody has kept, escalated once."""
    one = with_rules(desk, RULE)
    by_hand(desk, "bevakning", DUE, "SON")
    for today in (DUE, "2026-03-11", "2026-03-12"):
        reminded(one, today)
    return one


ON_THE_LIST = [("forvaltningschef", "2026-03-12"), ("kommunsekreterare", "2026-03-12")]


def test_what_nobody_has_done_is_escalated_to_the_roles_the_rule_names(late):
    assert told(late) == [
        "2026-03-10 bevakning 1/1 handlaggare@SON logg sent",
        "2026-03-12 bevakning e1/2 forvaltningschef@SON logg sent",
        "2026-03-12 bevakning e1/2 forvaltningschef@SON todo sent",
        "2026-03-12 bevakning e1/2 kommunsekreterare logg sent",
        "2026-03-12 bevakning e1/2 kommunsekreterare todo sent",
    ]
    assert waiting(late, "2026-03-12") == ON_THE_LIST


def test_it_stands_there_from_the_first_escalation_once_for_each_role(late):
    reminded(late, "2026-03-17")
    assert waiting(late, "2026-03-18") == ON_THE_LIST
    assert waiting(late, "2026-03-11") == []


def test_what_is_done_or_moved_is_no_longer_there(late):
    [row] = late.connection.run("SELECT id FROM deadline")
    change(late, row["id"], is_open=False)
    assert waiting(late, "2026-03-12") == []
    change(late, row["id"], is_open=True, due="2026-03-11")
    assert waiting(late, "2026-03-12") == []


def test_what_is_put_off_is_escalated_from_there(late):
    [row] = late.connection.run("SELECT id FROM deadline")
    change(late, row["id"], snoozed_until="2026-03-16")
    assert waiting(late, "2026-03-13") == []
    before = told(late)
    reminded(late, "2026-03-20")
    assert [line for line in told(late) if line not in before] == [
        "2026-03-16 bevakning s2026-03-16 handlaggare@SON logg sent"
    ]
    assert waiting(late, "2026-03-16") == ON_THE_LIST
    reminded(late, "2026-03-23")
    assert [line.split()[2] for line in told(late)[-4:]] == ["e2/2"] * 4


def test_other_escalation_days_write_nothing_again(late):
    for days in ([1, 2], [3, 7], [1], [2, 7, 9]):
        before = told(late)
        reminded(
            with_rules(
                late, ReminderRule("bevakning", days_before=[0], escalate_days=days, escalate_to=RULE.escalate_to)
            ),
            "2026-03-12",
        )
        assert told(late) == before


def test_it_goes_by_mail_where_the_role_has_a_mailbox_and_is_not_repeated_for_another_digest(desk, tmp_path):
    box = Mailbox("forvaltningschef", "chef@exempel.se")
    one = with_mail(with_rules(desk, RULE), 1, [box])
    by_hand(desk, "bevakning", DUE, "SON")
    reminded(one, "2026-03-12")
    before = [line.split()[2:5] for line in told(desk)]
    assert before.count(["e1/2", "forvaltningschef@SON", "e-post"]) == 1
    reminded(configured(one, mailboxes=[Mailbox("forvaltningschef", "annan@exempel.se", digest=True)]), "2026-03-12")
    assert [line.split()[2:5] for line in told(desk)] == before


def test_a_mail_that_waits_is_not_overtaken_by_an_escalation_to_the_same_role(desk, tmp_path):
    both = ReminderRule("bevakning", days_before=[0], to=["hr"], escalate_days=[2], escalate_to=["hr"])
    by_hand(desk, "bevakning", DUE, "SON")
    boxes = [Mailbox("hr", "hr@exempel.se")]
    reminded(with_mail(with_rules(desk, both), 1, boxes, retry_seconds=0), DUE)
    with mail_server(tmp_path) as server:
        reminded(with_mail(with_rules(desk, both), server.port, boxes), "2026-03-12")
        assert len(server.accepted) == 2
    assert [line.split()[2:] for line in told(desk) if "e-post" in line] == [
        ["1/1", "hr@SON", "e-post", "sent"],
        ["e1/1", "hr@SON", "e-post", "sent"],
    ]


def test_a_meeting_that_was_not_held_is_escalated_until_it_is(desk):
    rule = with_rules(desk, ReminderRule("hold", days_before=[0], escalate_days=[1], escalate_to=["ordforande"]))
    held = meeting(desk, "SON", "2026-02-19")
    reminded(rule, "2026-02-23")
    assert waiting(desk, "2026-02-23") == [("ordforande", "2026-02-23")]
    meetingwork.call(rule, make_command(date(2026, 2, 12)), held)
    meetingwork.hold(rule, make_command(date(2026, 2, 19)), held)
    assert waiting(desk, "2026-02-23") == []


def test_who_may_not_see_a_case_does_not_see_that_it_is_escalated(desk):
    one = with_rules(desk, RULE)
    by_hand(desk, "bevakning", DUE, "SON", case="by-hand-secret", secrecy=True)
    reminded(one, "2026-03-12")
    assert any("todo" in line for line in told(desk))
    for cleared, seen in (("", []), (seen_by(["KS"]), []), ("*", ON_THE_LIST)):
        desk.connection.cleared = cleared
        assert waiting(desk, "2026-03-12") == seen


@pytest.mark.parametrize("database_url", [SQLITE], indirect=True)
def test_the_list_reads_what_is_late_and_not_all_that_was_ever_said(desk):
    """PostgreSQL goes by how much there is of each, which SQLite does not know."""
    explained = desk.connection.run(f"EXPLAIN QUERY PLAN {statements.ESCALATED}", today="2026-01-01")
    plan = [row["detail"] for row in explained]
    assert plan[0].startswith("SEARCH deadline USING INDEX ix_deadline_open")
    assert any(line.startswith("SEARCH reminder USING") for line in plan)


def test_an_escalation_is_called_what_it_is():
    assert [step_words(step) for step in ("e1/2", "e2/2", "e1/1")] == [
        "eskalering 1 av 2",
        "eskalering 2 av 2",
        "eskalering",
    ]
