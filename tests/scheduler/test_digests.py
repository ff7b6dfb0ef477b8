"""Digests through whole passes: all of a recipient's day in one mail, the same mail however often it is tried."""

import os
import signal
from functools import partial
from time import sleep

import pytest

from scheduler import reminder_delivery
from tests.conftest import make_command
from tests.end_to_end.mail_server import WELCOME, Reply, mail_server
from tests.end_to_end.workers import Victim, team
from tests.scheduler.rounds import by_hand, change, counts, faults, records, reminded, rows, with_mail, with_rules
from workflow import outboxwork, reminder_store
from workflow.config import Mailbox, ReminderRule
from workflow.connection import connect
from workflow.desk import Desk

DAY, NEXT_DAY = "2026-03-03", "2026-03-04"
ADDRESS = "handlaggare@exempel.se"
BOX = Mailbox("handlaggare", ADDRESS, digest=True)
SUBJECT = "Sammandrag 3 mars 2026: 3 påminnelser"


@pytest.fixture
def three(desk):
    """Three watches to be reminded of, a week before."""
    for number in (1, 2, 3):
        watch(desk, number)
    return desk


def watch(desk, number, body="SON"):
    return by_hand(desk, "bevakning", "2026-03-10", body, case=f"by-hand-{number}")


def gathering(desk, port, *boxes, **daemon):
    """Under settings with digests; what is put off is tried again at once."""
    ruled = with_rules(desk, ReminderRule("bevakning", days_before=[7]))
    return with_mail(ruled, port, boxes or [BOX], **{"retry_seconds": 0, **daemon})


def mails(desk):
    return [row for row in rows(desk) if row["channel"] == "e-post"]


def statuses(desk):
    return sorted(row["status"] for row in mails(desk))


def in_digests(desk):
    """Of every mailed reminder, its record's type and digest."""
    mailed = {f"reminder:{row['id']}" for row in mails(desk)}
    told = [body for body in records(desk) if body["stream"] in mailed and body["type"] != "reminder.planned"]
    return [(body["type"].removeprefix("reminder."), body["data"].get("digest")) for body in told]


def begun(desk):
    return desk.connection.run("SELECT * FROM digest ORDER BY day, recipient")


def wait_no_longer(desk):
    desk.connection.run("UPDATE lease SET next_try = 0 WHERE next_try IS NOT NULL")


def test_all_of_a_day_goes_out_in_one_mail_and_is_closed_together(three, tmp_path):
    with mail_server(tmp_path) as server:
        found = counts(gathering(three, server.port), DAY)
        [received] = server.received
    assert found == {"planned": 6, "sent": 6, "mailed": 1}
    [digest] = begun(three)
    assert (digest["recipient"], digest["day"], received.to) == ("handlaggare@SON", DAY, ADDRESS)
    assert received.message_id == f"<{digest['id']}@exempel.se>"
    assert received.mail["Subject"] == SUBJECT
    for place in (1, 2, 3):
        assert f"\n\n{place}. Påminnelse: " in f"\n\n{received.text}"
    assert received.text.count("Så här: ") == received.html.count("Så här: ") == 3
    assert in_digests(three) == [("sent", digest["id"])] * 3
    assert faults(three) == []


def test_a_second_pass_sends_nothing(three, tmp_path):
    with mail_server(tmp_path) as server:
        gathered = gathering(three, server.port)
        reminded(gathered, DAY)
        assert counts(gathered, DAY) == {}
        assert len(server.received) == 1


def test_a_single_reminder_is_an_ordinary_mail(desk, tmp_path):
    watch(desk, 1)
    with mail_server(tmp_path) as server:
        reminded(gathering(desk, server.port), DAY)
        [received] = server.received
    [digest] = begun(desk)
    assert received.message_id == f"<{digest['id']}@exempel.se>"
    assert received.mail["Subject"].startswith("Påminnelse: ")
    assert in_digests(desk) == [("sent", digest["id"])]


def test_what_comes_later_the_same_day_waits_for_the_next(three, tmp_path):
    with mail_server(tmp_path) as server:
        gathered = gathering(three, server.port)
        reminded(gathered, DAY)
        watch(three, 4)
        assert counts(gathered, DAY) == {"planned": 2, "sent": 1, "waiting": 1}
        assert counts(gathered, DAY) == {"waiting": 1}
        assert len(server.received) == 1
        [waits] = three.connection.run("SELECT next_try FROM lease WHERE next_try IS NOT NULL")
        now = reminder_store.database_clock(three.connection)
        assert 0 < waits["next_try"] - now <= 24 * 60 * 60 * 1000
        wait_no_longer(three)
        assert counts(gathered, NEXT_DAY) == {"sent": 1, "mailed": 1}
        first, second = server.received
    assert first.message_id != second.message_id
    assert [digest["day"] for digest in begun(three)] == [DAY, NEXT_DAY]
    assert faults(three) == []


def test_what_the_server_puts_off_is_tried_again_as_the_same_mail_with_the_same_reminders(three, tmp_path):
    with mail_server(tmp_path, lambda _id, time: Reply(451) if time == 1 else WELCOME) as server:
        gathered = gathering(three, server.port)
        assert counts(gathered, DAY) == {"planned": 6, "sent": 3, "put_off": 3, "waiting": 3}
        watch(three, 4)
        assert counts(gathered, DAY) == {"planned": 2, "sent": 4, "mailed": 1, "waiting": 1}
        first, second = server.received
    assert first.message_id == second.message_id
    assert (first.text, first.html) == (second.text, second.html)
    assert second.mail["Subject"] == SUBJECT
    [digest] = begun(three)
    assert in_digests(three) == [("sent", digest["id"])] * 3
    assert faults(three) == []


def test_what_is_tried_again_the_day_after_is_still_the_same_mail(three, tmp_path):
    with mail_server(tmp_path, lambda _id, time: Reply(451) if time == 1 else WELCOME) as server:
        gathered = gathering(three, server.port)
        reminded(gathered, DAY)
        assert counts(gathered, NEXT_DAY) == {"sent": 3, "mailed": 1}
        assert len({received.message_id for received in server.received}) == 1
    assert len(begun(three)) == 1


def test_what_the_server_refuses_fails_together(three, tmp_path):
    with mail_server(tmp_path, lambda _id, _time: Reply(550)) as server:
        assert counts(gathering(three, server.port), DAY) == {"planned": 6, "sent": 3, "failed": 3}
    [digest] = begun(three)
    assert in_digests(three) == [("failed", digest["id"])] * 3


def test_what_somebody_tries_again_goes_out_by_itself(three, tmp_path):
    with mail_server(tmp_path, lambda _id, _time: Reply(550)) as server:
        reminded(gathering(three, server.port), DAY)
    chosen = mails(three)[0]["id"]
    outboxwork.retry(three, make_command(), chosen)
    with mail_server(tmp_path) as server:
        assert counts(gathering(three, server.port), DAY) == {"sent": 1, "mailed": 1}
        [received] = server.received
    assert received.message_id == f"<{chosen}@exempel.se>"
    assert received.mail["Subject"].startswith("Påminnelse: ")
    assert faults(three) == []


def test_what_is_put_off_too_often_fails_together(three, tmp_path):
    with mail_server(tmp_path, lambda _id, _time: Reply(451)) as server:
        gathered = gathering(three, server.port, max_attempts=2)
        assert counts(gathered, DAY)["put_off"] == 3
        assert counts(gathered, DAY) == {"failed": 3}
        assert counts(gathered, DAY) == {}
        assert len(server.received) == 2


def test_a_server_that_is_away_uses_up_no_attempt_of_a_digest(three, tmp_path):
    assert counts(gathering(three, 1, max_attempts=1), DAY)["put_off"] == 3
    attempts = three.connection.run("SELECT attempts FROM lease WHERE next_try IS NOT NULL")
    assert [row["attempts"] for row in attempts] == [0, 0, 0]
    three.connection.run("UPDATE outlet SET closed_until = 0")
    with mail_server(tmp_path) as server:
        assert counts(gathering(three, server.port, max_attempts=1), DAY) == {"sent": 3, "mailed": 1}


def test_a_daemon_that_is_killed_after_the_servers_yes_makes_it_the_same_mail_again(three, tmp_path):
    with mail_server(tmp_path) as server:
        gathered = gathering(three, server.port, lease_seconds=1)
        victim = Victim(partial(killed_before_it_writes_it_down, gathered.settings))
        victim.begin()
        assert victim.end() == "k"
        assert statuses(three) == ["planned"] * 3
        assert counts(gathered, DAY) == {"waiting": 3}
        sleep(1.2)
        assert counts(gathered, DAY) == {"sent": 3, "mailed": 1}
        first, second = server.received
    assert first.message_id == second.message_id
    assert first.text == second.text
    assert [kind for kind, _ in in_digests(three)] == ["sent"] * 3
    assert faults(three) == []


def killed_before_it_writes_it_down(settings, tell):
    def killed(*_written):
        tell(b"k")
        os.kill(os.getpid(), signal.SIGKILL)

    reminder_delivery._write_down = killed  # in a process of its own
    reminded(Desk(connect(settings.database_url), settings), DAY)


def test_what_is_moot_meanwhile_is_left_out(three, tmp_path):
    done = "by-hand-2/bevakning/1"
    with mail_server(tmp_path, lambda _id, time: Reply(451) if time == 1 else WELCOME) as server:
        gathered = gathering(three, server.port)
        reminded(gathered, DAY)
        change(three, done, is_open=False)
        assert counts(gathered, DAY) == {"moot": 1, "sent": 2, "mailed": 1}
        first, second = server.received
    assert first.message_id == second.message_id
    assert second.mail["Subject"] == "Sammandrag 3 mars 2026: 2 påminnelser"
    assert {row["deadline_id"]: row["status"] for row in mails(three)}[done] == "moot"
    assert sorted(kind for kind, _ in in_digests(three)) == ["moot", "sent", "sent"]
    assert faults(three) == []


def test_a_digest_of_which_all_is_moot_is_no_mail(three, tmp_path):
    reminded(gathering(three, 1), DAY)
    three.connection.run("UPDATE outlet SET closed_until = 0")
    for number in (1, 2, 3):
        change(three, f"by-hand-{number}/bevakning/1", is_open=False)
    with mail_server(tmp_path) as server:
        assert counts(gathering(three, server.port), DAY) == {"moot": 3}
        assert server.received == []


def test_those_who_want_no_digest_get_each_by_itself(three, tmp_path):
    watch(three, 4, "KS")
    watch(three, 5, "KS")
    with mail_server(tmp_path) as server:
        boxes = [BOX, Mailbox("handlaggare", "ks@exempel.se", body="KS")]
        assert counts(gathering(three, server.port, *boxes), DAY) == {"planned": 10, "sent": 10, "mailed": 3}
        assert sorted(received.to for received in server.received) == [ADDRESS, *["ks@exempel.se"] * 2]


def test_a_mailbox_that_two_bodies_share_gets_a_digest_for_each(three, tmp_path):
    watch(three, 4, "KS")
    watch(three, 5, "KS")
    with mail_server(tmp_path) as server:
        assert counts(gathering(three, server.port), DAY) == {"planned": 10, "sent": 10, "mailed": 2}
    assert [digest["recipient"] for digest in begun(three)] == ["handlaggare@KS", "handlaggare@SON"]


@pytest.mark.parametrize("slow", [0.0, 0.2])
def test_two_daemons_at_once_send_one_digest(desk, tmp_path, slow):
    bodies = ("KF", "KS", "KSAU", "KFP", "SON")
    for number, body in enumerate(bodies * 3):
        watch(desk, number, body)
    with mail_server(tmp_path, lambda _id, _time: Reply(250, slow)) as server:
        gathered = gathering(desk, server.port)
        with team(gathered.settings, 3) as daemons:
            for _ in range(2):
                assert daemons.race(*[partial(passed, DAY)] * 3) == ["done"] * 3
        received = server.received
    assert len(received) == len(bodies)
    assert len({mail.message_id for mail in received}) == len(bodies)
    assert {mail.mail["Subject"] for mail in received} == {SUBJECT}
    assert statuses(desk) == ["sent"] * 3 * len(bodies)
    assert {kind for kind, _ in in_digests(desk)} == {"sent"}
    assert len(in_digests(desk)) == 3 * len(bodies)
    assert faults(desk) == []


def passed(today, desk):
    return reminded(desk, today)


def test_a_digest_after_the_table_was_lost_is_another_mail(three, tmp_path):
    """Leases and digests are not in the log, so a database that is built anew has none of them."""
    with mail_server(tmp_path) as server:
        desk = gathering(three, server.port)
        assert reminded(desk, DAY).mailed == 1
        desk.connection.run("DELETE FROM lease")
        desk.connection.run("DELETE FROM digest")
        by_hand(desk, "bevakning", "2026-03-10", "SON", case="by-hand-late")
        assert reminded(desk, DAY).mailed == 1
        assert len({received.message_id for received in server.accepted}) == 2
    assert statuses(desk) == ["sent"] * 4
