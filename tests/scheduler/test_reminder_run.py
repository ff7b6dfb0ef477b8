"""Passes over a real database: each reminder once, whatever has happened to settings, days and daemons."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from scheduler import reminder_round, reminder_run
from scheduler.recipients import Directory
from scheduler.reminder_delivery import LONGEST_WAIT, back_off
from states.reminders import ReminderStatus
from tests.conftest import make_command
from tests.end_to_end.mail_server import Reply, mail_server
from tests.scheduler.rounds import (
    TITLE,
    WORDS,
    by_hand,
    change,
    configured,
    counts,
    everything_written,
    faults,
    meeting,
    records,
    reminded,
    rows,
    statuses,
    told,
    with_mail,
    with_rules,
)
from workflow import meetingwork, reminder_store
from workflow.config import Mailbox, ReminderRule, usual_rules
from workflow.reminder_store import Closing, Found, Moment

NOON = datetime(2026, 2, 10, 11, tzinfo=UTC)
TODAY = Moment(date(2026, 2, 10), NOON)


@pytest.fixture
def town(desk):
    """A nämnd's meeting on 19 February 2026: papers by the 5th, kallelse by Friday the 13th."""
    meeting(desk, "SON", "2026-02-19")
    return desk


def only(days_before=(), about="bevakning", **more):
    return ReminderRule(about, days_before=list(days_before), **more)


def operations(desk):
    path = desk.settings.operations_log
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


# --- once -------------------------------------------------------------------------------------------


def test_a_reminder_goes_out_on_its_day(town):
    assert counts(town, "2026-01-28") == {}
    assert counts(town, "2026-01-29") == {"planned": 1, "sent": 1}
    assert told(town) == ["2026-01-29 manusstopp 1/2 namndsekreterare@SON logg sent"]


def test_a_second_pass_sends_nothing(town):
    for today in ("2026-01-29", "2026-02-04", "2026-02-10", "2026-02-13"):
        assert counts(town, today)["sent"] == 1
        assert counts(town, today) == {}
    assert statuses(town) == {"sent": 4}


def test_what_is_sent_is_in_the_log_and_the_log_is_the_tables(town):
    reminded(town, "2026-02-13")
    assert [body["type"] for body in records(town)] == [
        *["reminder.merged", "reminder.sent"] * 2,
    ]
    assert {(body["actor"], body["role"], body["event_date"]) for body in records(town)} == {
        ("daemon", "daemon", "2026-02-13")
    }
    assert [body["version"] for body in records(town)] == [1, 1, 1, 1]
    assert faults(town) == []


def test_the_operators_log_has_a_line_with_ids_and_codes(town):
    reminded(town, "2026-02-16")
    first = next(line for line in operations(town) if line["outcome"] == "sent")
    assert (first["event"], first["outcome"], first["rule"], first["step"]) == (
        "reminder_handled",
        "sent",
        "manusstopp",
        "2/2",
    )
    assert first["late_days"] == 12


def test_a_log_that_cannot_be_written_stops_nothing(town, capsys):
    town.settings.operations_log.mkdir(parents=True)
    assert counts(town, "2026-01-29")["sent"] == 1
    assert "kunde inte skrivas" in capsys.readouterr().err


def test_two_daemons_that_plan_the_same_plan_it_once(town):
    first, second = (reminder_round.begin(town, TODAY.on, lambda: NOON) for _ in range(2))
    planned = [[reminder_run.found(this, one) for one in reminder_run.unsaid(this)] for this in (first, second)]
    assert planned[0] == planned[1]
    assert [len(reminder_store.write_down(town, TODAY, found)) for found in planned] == [len(planned[0]), 0]
    assert faults(town) == []


def test_every_usual_rule_finds_its_deadline(desk):
    for rule in usual_rules():
        by_hand(desk, rule.about, "2026-03-02", "SON", case=f"by-hand-{rule.about}")
    calendar = reminder_round.begin(desk, date(2026, 3, 2), lambda: NOON)
    assert {planned.rule for planned in reminder_run.unsaid(calendar)} == {rule.about for rule in usual_rules()}


# --- settings that are changed ----------------------------------------------------------------------


@pytest.mark.parametrize("days", [[8, 1], [6, 1], [30, 7, 1], [7], [10, 9, 8, 1]])
def test_other_days_in_a_rule_send_nothing_again(town, days):
    assert reminded(town, "2026-01-29").sent == 1
    edited = with_rules(town, only(days, about="manusstopp"))
    assert counts(edited, "2026-01-29") == {}
    assert counts(edited, "2026-01-30") == {}


def test_other_settings_send_nothing_again(town):
    assert reminded(town, "2026-01-29").sent == 1
    daemon = {"tick_seconds": 5, "lease_seconds": 30, "max_attempts": 3, "retry_seconds": 1}
    assert counts(with_mail(town, 25, [Mailbox("hr", "hr@exempel.se")], **daemon), "2026-01-29") == {}


def test_a_rule_can_name_others_than_the_one_whose_duty_it_is(town):
    reminded(with_rules(town, only([7], about="manusstopp", to=["registrator", "handlaggare"])), "2026-01-29")
    assert [row["recipient"] for row in rows(town)] == ["handlaggare@SON", "registrator@SON"]


# --- deadlines that are changed ---------------------------------------------------------------------


def test_a_deadline_that_moves_is_reminded_of_anew(desk):
    rule = with_rules(desk, only([7]))
    known = by_hand(desk, "bevakning", "2026-03-10")
    assert counts(rule, "2026-03-03")["sent"] == 1
    change(desk, known, due="2026-03-17", act_by="2026-03-17")
    assert counts(rule, "2026-03-03") == {}
    assert counts(rule, "2026-03-10")["sent"] == 1


def test_what_is_done_is_not_reminded_of(town):
    [one] = town.connection.run("SELECT id FROM meeting")
    meetingwork.call(town, make_command(date(2026, 1, 28)), one["id"])
    assert counts(town, "2026-01-29") == {}


def test_what_is_done_before_a_mail_gets_out_is_closed_without_it(town, tmp_path):
    unreachable = with_mail(town, 1, retry_seconds=0)
    assert counts(unreachable, "2026-01-29") == {"planned": 2, "sent": 1, "put_off": 1, "waiting": 1}
    [one] = town.connection.run("SELECT id FROM meeting")
    meetingwork.call(town, make_command(date(2026, 1, 29)), one["id"])
    with mail_server(tmp_path) as server:
        assert counts(with_mail(town, server.port), "2026-01-29") == {"moot": 1}
        assert server.received == []
    assert records(town)[-1]["type"] == "reminder.moot"
    assert faults(town) == []


def test_what_is_moved_or_snoozed_before_a_mail_gets_out_is_closed_without_it(desk):
    rule = with_rules(with_mail(desk, 1, retry_seconds=0), only([7, 0]))
    moved, asleep = (by_hand(desk, "bevakning", "2026-03-10", case=f"by-hand-{n}") for n in (1, 2))
    assert reminded(rule, "2026-03-03").put_off == 1
    change(desk, moved, due="2026-03-17", act_by="2026-03-17")
    change(desk, asleep, snoozed_until="2026-03-04")
    assert counts(rule, "2026-03-03")["moot"] == 2
    assert counts(rule, "2026-03-03") == {}
    assert [row["step"] for row in rows(desk) if row["planned_for"] == "2026-03-04"] == []
    assert reminded(rule, "2026-03-04").sent == 1
    assert rows(desk)[-1]["step"] == "s2026-03-04"


def test_what_was_moot_is_said_when_the_deadline_opens_again(desk, tmp_path):
    rule = with_rules(with_mail(desk, 1, retry_seconds=0), only([7]))
    known = by_hand(desk, "bevakning", "2026-03-10")
    assert counts(rule, "2026-03-03") == {"planned": 2, "sent": 1, "put_off": 1, "waiting": 1}
    change(desk, known, is_open=False)
    assert counts(rule, "2026-03-03") == {"moot": 1}
    change(desk, known, is_open=True)
    before = rows(desk)
    assert counts(rule, "2026-03-04") == {"planned": 1, "put_off": 1, "waiting": 1}
    assert [row["id"] for row in rows(desk)] == [row["id"] for row in before]
    with mail_server(tmp_path) as server:
        patient = with_mail(rule, server.port)
        assert counts(patient, "2026-03-04") == {"sent": 1, "mailed": 1}
        assert counts(patient, "2026-03-04") == {}
        assert len(server.received) == 1
    [mailed] = [row["id"] for row in rows(desk) if row["channel"] == "e-post"]
    chain = [body for body in records(desk) if body["stream"] == f"reminder:{mailed}"]
    assert [body["type"].removeprefix("reminder.") for body in chain] == ["planned", "moot", "planned", "sent"]
    assert [(body["seq"], body["version"]) for body in chain] == [(n, n) for n in range(1, 5)]
    assert len({body["command_id"] for body in chain}) == 4
    assert faults(desk) == []


def test_what_was_moot_and_is_missed_by_a_rule_that_passes_over_is_closed_once(desk):
    rule = with_rules(with_mail(desk, 1, retry_seconds=0), only([7], late="hoppa_over"))
    known = by_hand(desk, "bevakning", "2026-03-10")
    reminded(rule, "2026-03-03")
    change(desk, known, is_open=False)
    assert counts(rule, "2026-03-03") == {"moot": 1}
    change(desk, known, is_open=True)
    assert counts(rule, "2026-03-05") == {"skipped": 1}
    assert counts(rule, "2026-03-05") == {}
    assert faults(desk) == []


def test_two_daemons_that_find_the_same_moot_reminder_plan_it_once(one):
    assert close(one, claimed(one), ReminderStatus.MOOT)
    [row] = rows(one)
    again = Found(row={column: value for column, value in row.items() if column != "id"} | {"status": "planned"})
    assert [len(reminder_store.write_down(one, TODAY, [again])) for _ in range(2)] == [1, 0]
    second = claimed(one)
    assert (second.attempts, second.token) == (1, 2)
    assert close(one, second, ReminderStatus.SENT)
    assert not reminder_store.write_down(one, TODAY, [again])


def test_a_watch_far_ahead_is_reminded_of_the_day_it_is_snoozed_to(desk):
    rule = with_rules(desk, only([7]))
    known = by_hand(desk, "bevakning", "2031-03-10")
    change(desk, known, snoozed_until="2026-03-03")
    assert counts(rule, "2026-03-02") == {}
    assert counts(rule, "2026-03-03") == {"planned": 1, "sent": 1}
    assert counts(rule, "2026-03-03") == {}
    assert counts(rule, "2026-03-20") == {}
    assert [row["step"] for row in rows(desk)] == ["s2026-03-03"]


# --- rules and roles --------------------------------------------------------------------------------


def test_a_rule_with_another_name_says_nothing_again(town):
    assert reminded(town, "2026-01-29").sent == 1
    renamed = with_rules(town, only([7, 1], about="manusstopp", name="papper"))
    assert counts(renamed, "2026-01-29") == {}
    assert counts(renamed, "2026-02-04") == {"planned": 1, "sent": 1}
    assert [(row["rule"], row["step"]) for row in rows(town)] == [("manusstopp", "1/2"), ("papper", "2/2")]


def test_of_two_rules_about_the_same_neither_has_said_what_a_third_did(town):
    assert reminded(town, "2026-01-29").sent == 1
    both = [only([7], about="manusstopp", name=name) for name in ("papper", "handlingar")]
    assert counts(with_rules(town, *both), "2026-01-29")["sent"] == 2


def test_the_kommunsekreterare_is_told_once_of_a_case_that_moves_between_bodies(desk, tmp_path):
    known = by_hand(desk, "motion_year", "2026-03-10", "KF")
    boxes = [Mailbox("kommunsekreterare", "kansli@exempel.se", "KF"), Mailbox("registrator", "r@exempel.se", "SON")]
    rule = only([7], about="motion_year", to=["kommunsekreterare", "registrator"])
    with mail_server(tmp_path) as server:
        rules = with_rules(with_mail(desk, server.port, boxes), rule)
        for body in ("KF", "KS", "SON"):
            change(desk, known, body=body)
            reminded(rules, "2026-03-03")
        assert sorted(mail.to for mail in server.received) == ["kansli@exempel.se", "r@exempel.se"]
    assert {row["recipient"] for row in rows(desk)} == {
        "kommunsekreterare",
        *(f"registrator@{body}" for body in ("KF", "KS", "SON")),
    }


def test_the_kommunsekreterare_is_told_of_a_meeting_as_its_bodys(desk):
    meeting(desk, "KS", "2026-02-19")
    reminded(desk, "2026-01-29")
    assert {row["recipient"] for row in rows(desk)} == {"kommunsekreterare@KS"}


@pytest.mark.parametrize(
    ("boxes", "found"),
    [
        ({"KF": "kf@exempel.se"}, "kf@exempel.se"),
        ({"KF": "k@exempel.se", "KS": "k@exempel.se"}, "k@exempel.se"),
        ({"KF": "kf@exempel.se", "KS": "ks@exempel.se"}, None),
        ({"KF": "kf@exempel.se", "": "alla@exempel.se"}, "alla@exempel.se"),
        ({}, None),
    ],
)
def test_a_recipient_of_no_body_is_reached_where_there_is_one_mailbox(desk, boxes, found):
    mailboxes = [Mailbox("kommunsekreterare", address, body) for body, address in boxes.items()]
    assert Directory(desk.bodies, mailboxes, TODAY.on).address("kommunsekreterare") == found


# --- bodies that succeed each other -----------------------------------------------------------------


def test_a_renamed_bodys_deadlines_go_to_its_heir(desk):
    by_hand(desk, "bevakning", "2019-03-05", "ON")
    reminded(with_rules(desk, only([7])), "2019-02-26")
    assert told(desk) == ["2019-02-26 bevakning 1/1 handlaggare@SON logg sent"]


def test_what_a_body_was_told_its_heir_is_not_told_again(desk):
    by_hand(desk, "bevakning", "2019-01-08", "ON")
    rule = with_rules(desk, only([20, 4]))
    assert counts(rule, "2018-12-20")["sent"] == 1
    assert counts(rule, "2019-01-02") == {}
    assert counts(rule, "2019-01-04")["sent"] == 1
    assert [row["recipient"] for row in rows(desk)] == ["handlaggare@ON", "handlaggare@SON"]


def test_a_mail_on_its_way_when_the_body_is_renamed_goes_to_the_heirs_mailbox(desk, tmp_path):
    by_hand(desk, "bevakning", "2019-01-08", "ON")
    boxes = [Mailbox("handlaggare", "on@exempel.se", "ON"), Mailbox("handlaggare", "son@exempel.se", "SON")]
    rule = with_rules(with_mail(desk, 1, boxes, retry_seconds=0), only([20]))
    assert reminded(rule, "2018-12-20").put_off == 1
    with mail_server(tmp_path) as server:
        assert reminded(with_mail(rule, server.port, boxes), "2019-01-02").sent == 1
        assert [mail.to for mail in server.received] == ["son@exempel.se"]


# --- quiet hours ------------------------------------------------------------------------------------


def test_a_queue_that_lasts_into_the_quiet_hours_goes_on_in_the_morning(desk, tmp_path):
    for n in (1, 2, 3):
        by_hand(desk, "bevakning", "2026-03-10", case=f"by-hand-{n}")
    with mail_server(tmp_path) as server:
        mailed = with_rules(with_mail(desk, server.port, quiet=("18:00", "07:00")), only([7]))

        def clock():
            """Two minutes to six in Stockholm, and a minute more for each mail."""
            return datetime(2026, 3, 3, 16, 58, tzinfo=UTC) + timedelta(minutes=len(server.received))

        evening = reminder_run.run(mailed, date(2026, 3, 3), clock, "test")
        assert (evening.noted, evening.mailed, evening.waiting) == (3, 2, 1)
        morning = reminder_run.run(mailed, date(2026, 3, 4), lambda: datetime(2026, 3, 4, 6, 0, tzinfo=UTC), "test")
        assert (morning.mailed, morning.waiting) == (1, 0)
        assert len({mail.message_id for mail in server.accepted}) == 3
    assert faults(desk) == []


# --- daemons that were down -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "closed"),
    [
        ("sla_ihop", {"merged": 5, "sent": 1}),
        ("skicka", {"sent": 6}),
        ("hoppa_over", {"skipped": 6}),
    ],
)
def test_after_a_stop_everything_is_sent_or_closed_and_in_the_log(desk, late, closed):
    rule = with_rules(desk, only([14, 7, 0], days_after=[7], repeat_days=14, late=late))
    by_hand(desk, "bevakning", "2026-03-10")
    assert counts(rule, "2026-02-24") == {"planned": 1, "sent": 1}
    reminded(rule, "2026-04-30")  # down for two months, over the day itself
    assert statuses(desk) == Counter(closed) + Counter(sent=1)
    assert counts(rule, "2026-04-30") == {}
    assert {row["status"] for row in rows(desk)} <= {"sent", "merged", "skipped"}
    assert len(records(desk)) == len(rows(desk))
    assert faults(desk) == []


def test_the_log_says_how_late_a_reminder_is(desk):
    by_hand(desk, "bevakning", "2026-03-10")
    reminded(with_rules(desk, only([7])), "2026-03-06")
    assert records(desk)[0]["data"] == {"late_days": 3}


def test_a_reminder_whose_lease_is_lost_gets_one_again(town):
    unreachable = with_mail(town, 1, retry_seconds=0)
    assert reminded(unreachable, "2026-01-29").waiting == 1
    town.connection.run("DELETE FROM lease")
    assert reminded(unreachable, "2026-01-29").put_off == 1
    assert len(town.connection.run("SELECT id FROM lease")) == 1


def test_a_reminder_that_is_lost_is_found_again_and_its_story_goes_on(town, tmp_path):
    with mail_server(tmp_path) as server:
        mailed = with_mail(town, server.port)
        assert reminded(mailed, "2026-01-29").mailed == 1
        town.connection.run("DELETE FROM lease")
        town.connection.run("DELETE FROM reminder")
        assert reminded(mailed, "2026-01-29").sent == 2
        assert counts(mailed, "2026-01-29") == {}
    assert [body["seq"] for body in records(town) if body["type"] == "reminder.sent"] == [1, 2, 2, 4]


def test_one_that_can_never_be_written_keeps_no_other_from_it(desk):
    for n in (1, 2, 3):
        by_hand(desk, "bevakning", "2026-03-10", case=f"by-hand-{n}")
    this = reminder_round.begin(with_rules(desk, only([7])), date(2026, 3, 3), lambda: NOON)
    first, second, third = (reminder_run.found(this, one) for one in reminder_run.unsaid(this))
    broken = msgspec.structs.replace(second, row={**second.row, "channel": "brevduva"})
    said = reminder_store.write_down(desk, TODAY, [first, broken, third])
    assert [one.found for one in said] == [first, third]
    assert faults(desk) == []


# --- leases -----------------------------------------------------------------------------------------


@pytest.fixture
def one(desk):
    """One reminder on its way, its id."""
    by_hand(desk, "bevakning", "2026-02-10")
    reminder = {"deadline_id": "by-hand/bevakning/1", "rule": "bevakning", "due": "2026-02-10", "step": "1/1"}
    reminder |= {"recipient": "handlaggare", "channel": "e-post", "stream": "by-hand", "planned_for": "2026-02-10"}
    assert reminder_store.write_down(desk, TODAY, [Found(row={**reminder, "status": "planned"})])
    return desk


def claimed(desk, seconds=300, way="e-post"):
    now = reminder_store.database_clock(desk.connection)
    parcel = reminder_store.claim(desk.connection, way, "test", seconds, now)
    return parcel and parcel.claims[0]


def close(desk, claim, status):
    return reminder_store.close(desk, TODAY, [Closing(claim=claim, status=status)])


def put_off(desk, claim, milliseconds):
    return reminder_store.put_off(desk.connection, [claim], milliseconds, "451")


def test_what_one_has_taken_no_other_takes(one):
    assert claimed(one).attempts == 1
    assert claimed(one) is None
    assert counts(with_rules(with_mail(one, 1)), "2026-02-10") == {"waiting": 1}


def test_what_one_has_taken_and_never_let_go_of_another_takes_when_the_lease_ends(one):
    first, second = claimed(one, seconds=0), claimed(one)
    assert (first.token, second.token, second.attempts) == (1, 2, 2)


def test_whoever_lost_the_lease_cannot_close_what_another_holds(one):
    first, second = claimed(one, seconds=0), claimed(one)
    assert not close(one, first, ReminderStatus.SENT)
    assert not put_off(one, first, 0)
    assert close(one, second, ReminderStatus.SENT)
    assert not close(one, first, ReminderStatus.SENT)
    assert not close(one, second, ReminderStatus.FAILED)
    assert [body["type"] for body in records(one)] == ["reminder.planned", "reminder.sent"]


def test_what_is_put_off_waits_until_its_time(one):
    assert put_off(one, claimed(one), 60_000)
    assert claimed(one) is None
    [lease] = one.connection.run("SELECT * FROM lease")
    assert (lease["owner"], lease["fault"]) == (None, "451")
    assert 50_000 < lease["next_try"] - reminder_store.database_clock(one.connection) <= 60_000


def test_what_waits_at_one_outlet_is_not_taken_for_another(one):
    assert claimed(one, way="webhook:ekot") is None
    assert claimed(one, way="e-post") is not None


def test_the_databases_clock_is_the_time(desk):
    now = datetime.now(UTC).timestamp() * 1000
    assert abs(reminder_store.database_clock(desk.connection) - now) < 5000


# --- mail -------------------------------------------------------------------------------------------


def test_a_mail_goes_to_the_bodys_own_mailbox_and_the_others_to_everybodys(desk, tmp_path):
    meeting(desk, "SON", "2026-02-19")
    by_hand(desk, "bevakning", "2026-02-05", "KS")
    boxes = [
        Mailbox("namndsekreterare", "alla@exempel.se"),
        Mailbox("namndsekreterare", "son@exempel.se", "SON"),
        Mailbox("handlaggare", "handlaggare@exempel.se"),
        Mailbox("handlaggare", "son-handlaggare@exempel.se", "SON"),
    ]
    with mail_server(tmp_path) as server:
        rules = with_rules(with_mail(desk, server.port, boxes), only([7], "manusstopp"), only([7]))
        assert reminded(rules, "2026-01-29").sent == 4
        assert sorted(mail.to for mail in server.received) == ["handlaggare@exempel.se", "son@exempel.se"]


def test_a_mail_says_what_when_why_and_how(town, tmp_path):
    with mail_server(tmp_path) as server:
        reminded(with_mail(town, server.port), "2026-02-10")
        mails = {received.mail["Subject"]: received.text for received in server.received}
    call = mails["Påminnelse: kallelse senast 14 februari 2026 – SON 2026-02-19"]
    assert "Gör det senast fredag 13 februari 2026, för lördag är ingen arbetsdag." in call
    assert "Grund: rutin, inte lag." in call
    assert "Så här: arende meeting call SON-2026-02-19" in call


def test_a_mail_of_a_secret_case_has_its_number_and_not_its_title(desk, tmp_path):
    by_hand(desk, "silent", "2026-02-10", secrecy=True)
    with mail_server(tmp_path) as server:
        reminded(with_mail(desk, server.port, [Mailbox("registrator", "r@exempel.se")]), "2026-02-10")
        [received] = server.received
    assert "Ärende: id:by-hand" in received.text
    assert TITLE not in received.text


def test_neither_addresses_nor_titles_are_written_down(desk, tmp_path_factory):
    by_hand(desk, "silent", "2026-02-10")
    by_hand(desk, "bevakning", "2026-02-10", case="by-hand-2")
    boxes = [Mailbox("registrator", "anna.andersson@exempel.se"), Mailbox("handlaggare", "ingen@exempel.se")]
    with mail_server(tmp_path_factory.mktemp("mail"), lambda _id, nth: Reply(451 if nth == 1 else 250)) as server:
        mailed = with_mail(desk, server.port, boxes, retry_seconds=0)
        assert counts(mailed, "2026-02-10") == {"planned": 4, "sent": 2, "failed": 1, "put_off": 1, "waiting": 1}
        assert counts(mailed, "2026-02-10") == {"sent": 1, "mailed": 1}
        assert TITLE in server.received[-1].text
    written = everything_written(desk, desk.settings.directory)
    assert "registrator" in written
    for secret in ("exempel.se", "Andersson", TITLE, WORDS):
        assert secret not in written


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        (Reply(250), {"planned": 2, "sent": 2, "mailed": 1}),
        (Reply(451), {"planned": 2, "sent": 1, "put_off": 1, "waiting": 1}),
        (Reply(550), {"planned": 2, "sent": 1, "failed": 1}),
    ],
)
def test_what_the_server_answers_is_what_becomes_of_a_mail(town, tmp_path, reply, left):
    with mail_server(tmp_path, lambda _id, _time: reply) as server:
        assert counts(with_mail(town, server.port), "2026-01-29") == left
    assert faults(town) == []


def test_a_mail_that_failed_is_in_the_log_with_the_code_and_no_words(town, tmp_path):
    with mail_server(tmp_path, lambda _id, _time: Reply(550)) as server:
        reminded(with_mail(town, server.port), "2026-01-29")
    [failed] = [body for body in records(town) if body["type"] == "reminder.failed"]
    assert failed["data"] == {"attempts": 1, "fault": "550"}


def test_a_mail_that_is_put_off_too_often_is_given_up(town, tmp_path):
    with mail_server(tmp_path, lambda _id, _time: Reply(451)) as server:
        impatient = with_mail(town, server.port, max_attempts=3, retry_seconds=0)
        found = [counts(impatient, "2026-01-29") for _ in range(4)]
    assert found == [
        {"planned": 2, "sent": 1, "put_off": 1, "waiting": 1},
        {"put_off": 1, "waiting": 1},
        {"failed": 1},
        {},
    ]


@pytest.mark.parametrize("email", [{}, {"timeout_seconds": 0}, {"host": "smtp..se"}])
def test_a_mail_outlives_a_server_that_is_away_for_long(town, tmp_path, email):
    away = with_mail(town, 1, max_attempts=3, retry_seconds=0)
    away = configured(away, email=msgspec.structs.replace(away.settings.config.email, **email))
    assert counts(away, "2026-01-29") == {"planned": 2, "sent": 1, "put_off": 1, "waiting": 1}
    for _ in range(10):
        assert counts(away, "2026-01-29") == {"put_off": 1, "waiting": 1}
    [lease] = town.connection.run("SELECT * FROM lease WHERE next_try IS NOT NULL")
    assert (lease["attempts"], lease["token"]) == (0, 11)
    with mail_server(tmp_path, lambda _id, nth: Reply(451 if nth == 1 else 250)) as server:
        back = with_mail(town, server.port, max_attempts=3, retry_seconds=0)
        assert counts(back, "2026-01-29") == {"put_off": 1, "waiting": 1}
        assert counts(back, "2026-01-29") == {"sent": 1, "mailed": 1}


def test_a_mailbox_that_is_taken_out_and_put_back_loses_no_mail(town, tmp_path):
    reminded(with_mail(town, 1, max_attempts=2, retry_seconds=0), "2026-01-29")
    without = with_mail(town, 1, [Mailbox("hr", "hr@exempel.se")], max_attempts=2, retry_seconds=0)
    for _ in range(5):
        assert counts(without, "2026-01-29") == {"put_off": 1, "waiting": 1}
    with mail_server(tmp_path) as server:
        assert reminded(with_mail(town, server.port), "2026-01-29").mailed == 1


def test_a_server_that_is_away_is_asked_less_and_less_often_and_at_least_every_hour(town):
    waits = []
    for _ in range(9):
        reminded(with_mail(town, 1, retry_seconds=60), "2026-01-29")
        [lease] = town.connection.run("SELECT * FROM lease WHERE next_try IS NOT NULL")
        waits.append(lease["next_try"] - reminder_store.database_clock(town.connection))
        town.connection.run("UPDATE lease SET next_try = 0 WHERE next_try IS NOT NULL")
        town.connection.run("UPDATE outlet SET closed_until = 0")
    assert waits[1] > 1.5 * waits[0]
    assert waits[3] > 6 * waits[0]
    assert max(waits) <= 60 * 60 * 1000


def test_a_reminder_that_kills_whoever_sends_it_is_given_up(one):
    for _ in range(20):
        assert claimed(one, seconds=0)
    assert counts(with_rules(with_mail(one, 1)), "2026-02-10") == {"failed": 1}
    assert records(one)[-1]["data"] == {"attempts": 21, "fault": "attempts"}


def test_a_server_that_is_down_stops_neither_the_log_nor_the_mails_after_it(desk):
    for n in range(1, 6):
        meeting(desk, "SON", f"2026-02-1{n}")
    found = counts(with_mail(desk, 1), "2026-02-10")
    assert found["put_off"] == 1  # nobody waits for a dead server more than once in a pass
    assert found["sent"] == sum(row["channel"] == "logg" and row["status"] == "sent" for row in rows(desk)) == 10
    assert found["waiting"] == 10


def test_when_the_server_is_back_only_the_newest_of_what_waited_is_said(desk, tmp_path):
    rules = with_rules(desk, only([14, 7, 3]))
    by_hand(desk, "bevakning", "2026-03-10")
    for today in ("2026-02-24", "2026-03-03", "2026-03-06"):
        reminded(with_mail(rules, 1, retry_seconds=0), today)
    with mail_server(tmp_path) as server:
        assert counts(with_mail(rules, server.port), "2026-03-06") == {"sent": 1, "mailed": 1}
        assert len(server.received) == 1
    assert [row["status"] for row in rows(desk) if row["channel"] == "e-post"] == ["merged", "merged", "sent"]
    assert faults(desk) == []


def test_what_waits_for_a_host_that_was_taken_out_of_the_settings_waits_on(town, tmp_path):
    reminded(with_mail(town, 1, retry_seconds=0), "2026-01-29")
    assert counts(town, "2026-01-29") == {"waiting": 1}
    with mail_server(tmp_path) as server:
        assert counts(with_mail(town, server.port), "2026-01-29") == {"sent": 1, "mailed": 1}


def test_the_wait_is_doubled_up_to_six_hours_and_differs_between_reminders():
    ids = [f"{n:08x}" + "0" * 56 for n in range(0, 1 << 32, 1 << 28)]
    first = [back_off(own, 1, 60) for own in ids]
    assert len(set(first)) == len(ids)
    assert all(45 <= wait <= 75 for wait in first)
    assert all(back_off(own, 4, 60) == 8 * wait for own, wait in zip(ids, first, strict=True))
    assert all(back_off(own, attempts, 60) <= 1.25 * LONGEST_WAIT for own in ids for attempts in (10, 20, 1000))


def test_a_pass_can_be_stopped_between_two_reminders(town, tmp_path):
    on = date(2026, 2, 16)
    with mail_server(tmp_path) as server:
        mailed = with_mail(town, server.port)
        tally = reminder_run.run(mailed, on, lambda: NOON, "test", lambda: bool(server.received))
        assert (tally.planned, tally.merged, tally.mailed, tally.waiting) == (4, 4, 1, 1)
        assert counts(mailed, "2026-02-16") == {"sent": 1, "mailed": 1}


def test_other_rules_about_the_same_are_told_apart(town):
    rules = [only([7], "manusstopp"), only([7], "manusstopp", name="extra", to=["ordforande"])]
    reminded(configured(town, reminders=rules), "2026-01-29")
    assert [(row["rule"], row["recipient"]) for row in rows(town)] == [
        ("extra", "ordforande@SON"),
        ("manusstopp", "namndsekreterare@SON"),
    ]


def test_an_utskott_without_a_mailbox_is_reached_through_its_body(desk):
    own = Mailbox("kommunsekreterare", "ksau@exempel.se", "KSAU")
    body = Mailbox("kommunsekreterare", "ks@exempel.se", "KS")
    every = Mailbox("kommunsekreterare", "alla@exempel.se")
    for boxes, found in (([own, body, every], own), ([body, every], body), ([every], every)):
        directory = Directory(desk.bodies, boxes, date(2026, 3, 2))
        assert directory.address("kommunsekreterare@KSAU") == found.address
