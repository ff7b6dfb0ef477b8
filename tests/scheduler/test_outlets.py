"""The ways out of the house through whole passes: webhooks and encrypted mail, and that none holds up another."""

import json
import socket
import time
from collections import Counter
from functools import partial

import msgspec
import pytest

from tests.end_to_end.mail_server import Guard, mail_server
from tests.end_to_end.webhook_server import status, webhook_server
from tests.end_to_end.workers import Victim
from tests.scheduler.outlets import KEY, TARGET, secret, webhook
from tests.scheduler.rounds import (
    TITLE,
    WORDS,
    by_hand,
    change,
    configured,
    counts,
    everything_written,
    faults,
    records,
    reminded,
    rows,
    with_mail,
    with_rules,
)
from tests.scheduler.test_digests import killed_before_it_writes_it_down
from workflow.config import Mailbox, ReminderRule, WebhookTarget

DAY = "2026-03-03"
PASSWORD = "h3ml1gt-L0senord"
BOX = Mailbox("handlaggare", "handlaggare@exempel.se")


def told_by(desk, port, authority, name=TARGET, **given):
    """The same desk with one more webhook, told a week before; what is put off is tried again at once."""
    daemon = msgspec.structs.replace(desk.settings.config.daemon, retry_seconds=0)
    known = webhook(desk.settings.directory, port, authority, **given)
    targets = [msgspec.structs.replace(target, name=name) for target in known.targets]
    known = msgspec.structs.replace(known, targets=[*desk.settings.config.webhook.targets, *targets])
    ruled = with_rules(desk, ReminderRule("bevakning", days_before=[7], channels=("logg", "e-post", "webhook")))
    return configured(ruled, webhook=known, daemon=daemon)


def watch(desk, number, **secret_case):
    return by_hand(desk, "bevakning", "2026-03-10", "SON", case=f"by-hand-{number}", **secret_case)


def through(desk, channel):
    """Statuses of what goes through a channel."""
    return Counter(row["status"] for row in rows(desk) if row["channel"] == channel)


def outlets(desk):
    """The outlets that have failed, and how many times in a row."""
    return {row["id"]: row["failures"] for row in desk.connection.run("SELECT * FROM outlet")}


def when_their_time_has_come(desk):
    desk.connection.run("UPDATE outlet SET closed_until = 0")
    desk.connection.run("UPDATE lease SET next_try = 0 WHERE next_try IS NOT NULL")


# --- webhooks -----------------------------------------------------------------------------------------


def test_a_system_is_told_in_a_pass_and_the_reminder_closed(desk, certificate):
    watch(desk, 1)
    with webhook_server(certificate) as server:
        told = told_by(desk, server.port, certificate.authority)
        found = reminded(told, DAY)
        assert (found.called, found.waiting, found.mailed) == (1, 0, 0)
        assert reminded(told, DAY).called == 0
        [request] = server.requests
    [row] = [row for row in rows(desk) if row["channel"] == "webhook"]
    body = json.loads(request.body)
    assert (row["status"], body["id"], body["recipient"]) == ("sent", row["id"], TARGET)
    assert (body["about"], body["due"], body["step"], body["rule"]) == ("bevakning", "2026-03-10", "1/1", "bevakning")
    assert [one["type"] for one in records(desk) if one["stream"] == f"reminder:{row['id']}"] == [
        "reminder.planned",
        "reminder.sent",
    ]
    assert faults(desk) == []


def test_a_rule_tells_every_system_once_and_of_each_step(desk, certificate):
    by_hand(desk, "bevakning", "2026-03-10", "SON")
    with webhook_server(certificate) as first, webhook_server(certificate) as second:
        both = told_by(desk, first.port, certificate.authority)
        both = told_by(both, second.port, certificate.authority, "diariet")
        both = with_rules(both, ReminderRule("bevakning", days_before=[7, 1], channels=("webhook",)))
        assert counts(both, DAY) == {"planned": 2, "sent": 2, "called": 2}
        assert counts(both, DAY) == {}
        assert counts(both, "2026-03-09") == {"planned": 2, "sent": 2, "called": 2}
        for server, name in ((first, TARGET), (second, "diariet")):
            told = [json.loads(request.body) for request in server.requests]
            assert [(body["recipient"], body["step"]) for body in told] == [(name, "1/2"), (name, "2/2")]
    assert faults(desk) == []


@pytest.mark.parametrize("secrecy", [False, True])
def test_no_system_is_told_what_a_case_is_about(desk, certificate, secrecy):
    watch(desk, 1, secrecy=secrecy)
    with webhook_server(certificate) as server:
        reminded(told_by(desk, server.port, certificate.authority), DAY)
        [request] = server.requests
    for words in (TITLE, WORDS):
        assert words not in request.body.decode()


def test_neither_urls_nor_keys_are_written_down(desk, certificate):
    watch(desk, 1)
    watch(desk, 2)
    with webhook_server(certificate, status(500)) as server:
        told = told_by(desk, server.port, certificate.authority)
        assert reminded(told, DAY).put_off == 2
    reminded(told, DAY)
    (desk.settings.directory / "nyckel").chmod(0o644)
    when_their_time_has_come(desk)
    reminded(told, DAY)
    written = everything_written(desk, desk.settings.directory)
    assert f"webhook:{TARGET}" in written
    assert "bad_key" in written
    for word in (KEY, "localhost", "127.0.0.1", "paminnelser?fran", str(server.port)):
        assert word not in written


def test_a_system_that_fails_is_told_again_of_the_same_until_it_is_given_up(desk, certificate):
    watch(desk, 1)
    with webhook_server(certificate, status(500)) as server:
        told = told_by(desk, server.port, certificate.authority)
        daemon = msgspec.structs.replace(told.settings.config.daemon, max_attempts=3)
        told = configured(told, daemon=daemon)
        assert [reminded(told, DAY).put_off for _ in range(3)] == [1, 1, 0]
        assert reminded(told, DAY).counts() == {}
        assert len({request.body for request in server.requests}) == 1
        assert len(server.requests) == 3
    assert through(desk, "webhook") == {"failed": 1}
    assert records(desk)[-1]["data"] == {"attempts": 3, "fault": "500"}


def test_what_a_system_refuses_is_not_said_again(desk, certificate):
    watch(desk, 1)
    with webhook_server(certificate, status(422)) as server:
        told = told_by(desk, server.port, certificate.authority)
        assert reminded(told, DAY).failed == 1
        reminded(told, DAY)
        assert len(server.requests) == 1
    assert records(desk)[-1]["data"] == {"attempts": 1, "fault": "422"}


def test_a_wrong_key_or_address_loses_nothing(desk, certificate):
    for number in (1, 2, 3):
        watch(desk, number)
    for code in (401, 404, 301):
        with webhook_server(certificate, status(code)) as server:
            assert reminded(told_by(desk, server.port, certificate.authority), DAY).put_off == 1
            assert len(server.requests) == 1
        when_their_time_has_come(desk)
    with webhook_server(certificate) as server:
        assert reminded(told_by(desk, server.port, certificate.authority), DAY).called == 3
    assert through(desk, "webhook") == {"sent": 3}


def test_what_is_done_before_a_system_is_told_is_left_out(desk, certificate):
    first, _ = watch(desk, 1), watch(desk, 2)
    with webhook_server(certificate, status(503)) as away:
        reminded(told_by(desk, away.port, certificate.authority), DAY)
    change(desk, first, is_open=False)
    when_their_time_has_come(desk)
    with webhook_server(certificate) as server:
        found = reminded(told_by(desk, server.port, certificate.authority), DAY)
        assert (found.moot, found.called, len(server.requests)) == (1, 1, 1)


def test_what_is_for_a_system_that_was_taken_out_waits_until_it_is_back(desk, certificate):
    watch(desk, 1)
    with webhook_server(certificate, status(503)) as away:
        reminded(told_by(desk, away.port, certificate.authority), DAY)
    when_their_time_has_come(desk)
    assert counts(with_rules(desk), DAY) == {"waiting": 1}
    with webhook_server(certificate) as server:
        assert counts(told_by(desk, server.port, certificate.authority, "diariet"), DAY) == {"waiting": 1}
        assert server.calls == 0
        assert reminded(told_by(desk, server.port, certificate.authority), DAY).called == 1


def test_a_daemon_that_is_killed_after_the_systems_yes_tells_the_same_again(desk, certificate):
    watch(desk, 1)
    with webhook_server(certificate) as server:
        told = told_by(desk, server.port, certificate.authority)
        told = configured(told, daemon=msgspec.structs.replace(told.settings.config.daemon, lease_seconds=1))
        victim = Victim(partial(killed_before_it_writes_it_down, told.settings))
        victim.begin()
        assert victim.end() == "k"
        assert counts(told, DAY) == {"waiting": 1}
        time.sleep(1.2)
        assert counts(told, DAY) == {"sent": 1, "called": 1}
        first, second = server.requests
    assert first.body == second.body
    assert [body["type"] for body in records(desk)].count("reminder.sent") == 2  # the other one in the house's own log
    assert faults(desk) == []


# --- encrypted mail -----------------------------------------------------------------------------------


def encrypted(desk, port, certificate, password=PASSWORD):
    name = secret(desk.settings.directory, "inloggning", f"arende@exempel.se\n{password}\n")
    mailed = with_mail(with_rules(desk, ReminderRule("bevakning", days_before=[7])), port, [BOX], retry_seconds=0)
    own = {"host": "localhost", "security": "starttls", "credentials": name, "ca_file": str(certificate.authority)}
    return configured(mailed, email=msgspec.structs.replace(mailed.settings.config.email, **own))


def test_a_pass_sends_over_tls_with_a_login(desk, tmp_path, certificate):
    by_hand(desk, "bevakning", "2026-03-10", "SON")
    with mail_server(tmp_path, guard=Guard(certificate, "starttls", "arende@exempel.se", PASSWORD)) as server:
        assert counts(encrypted(desk, server.port, certificate), DAY) == {"planned": 2, "sent": 2, "mailed": 1}
        assert server.received[0].to == BOX.address
    assert PASSWORD not in everything_written(desk, desk.settings.directory)


def test_nothing_is_sent_unencrypted_and_nothing_lost(desk, tmp_path, certificate):
    for number in (1, 2):
        by_hand(desk, "bevakning", "2026-03-10", "SON", case=f"by-hand-{number}")
    with mail_server(tmp_path) as plain:
        found = counts(encrypted(desk, plain.port, certificate), DAY)
        assert found == {"planned": 4, "sent": 2, "put_off": 1, "waiting": 2}
        assert plain.received == []
    assert outlets(desk) == {"e-post": 1}
    when_their_time_has_come(desk)
    with mail_server(tmp_path, guard=Guard(certificate, "starttls", "arende@exempel.se", PASSWORD)) as server:
        wrong = counts(encrypted(desk, server.port, certificate, "fel-L0senord"), DAY)
        assert (wrong, server.received) == ({"put_off": 1, "waiting": 2}, [])
        when_their_time_has_come(desk)
        assert counts(encrypted(desk, server.port, certificate), DAY) == {"sent": 2, "mailed": 2}
    assert outlets(desk) == {}
    said = desk.settings.operations_log.read_text()
    assert '"fault": "not_encrypted"' in said
    assert '"fault": "login_refused"' in said
    for password in (PASSWORD, "fel-L0senord"):
        assert password not in everything_written(desk, desk.settings.directory)


# --- one way out and the others -----------------------------------------------------------------------


def test_an_outlet_that_does_not_answer_is_left_alone_while_the_others_go_on(desk, tmp_path, certificate):
    for number in (1, 2, 3):
        watch(desk, number)
    with (
        webhook_server(certificate, status(503)) as away,
        webhook_server(certificate) as there,
        mail_server(tmp_path) as post,
    ):
        both = told_by(desk, away.port, certificate.authority)
        both = with_mail(
            told_by(both, there.port, certificate.authority, "diariet"), post.port, [BOX], retry_seconds=60
        )
        found = reminded(both, DAY)
        assert (found.called, found.mailed, found.put_off, found.waiting) == (3, 3, 1, 3)
        assert (away.calls, there.calls) == (1, 3)
        assert outlets(desk) == {f"webhook:{TARGET}": 1}
        watch(desk, 4)
        found = reminded(both, DAY)
        assert (found.called, found.mailed, found.put_off, found.waiting) == (1, 1, 0, 4)
        assert away.calls == 1
        when_their_time_has_come(desk)
        assert reminded(both, DAY).put_off == 1
        assert away.calls == 2
        assert outlets(desk) == {f"webhook:{TARGET}": 2}
    when_their_time_has_come(desk)
    with webhook_server(certificate) as back:
        assert reminded(told_by(desk, back.port, certificate.authority), DAY).called == 4
    assert outlets(desk) == {}
    assert through(desk, "webhook") == {"sent": 8}
    assert faults(desk) == []


def test_what_is_away_uses_up_no_attempt(desk, certificate):
    watch(desk, 1)
    with webhook_server(certificate, status(503)) as server:
        told = told_by(desk, server.port, certificate.authority)
        for _ in range(25):
            assert reminded(told, DAY).put_off == 1
            when_their_time_has_come(desk)
    assert [row["attempts"] for row in desk.connection.run("SELECT attempts FROM lease")] == [0]
    with webhook_server(certificate) as server:
        assert reminded(told_by(desk, server.port, certificate.authority), DAY).called == 1


def test_a_mail_server_that_says_nothing_holds_no_webhook_up_and_the_other_way_round(desk, tmp_path, certificate):
    watch(desk, 1)
    with mail_server(tmp_path) as post, webhook_server(certificate) as system:
        told = with_mail(told_by(desk, system.port, certificate.authority), post.port, [BOX])
        told = configured(told, email=msgspec.structs.replace(told.settings.config.email, timeout_seconds=1))
        started = time.monotonic()
        with post.silent():
            found = reminded(told, DAY)
        assert time.monotonic() - started < 5
        assert (found.called, found.mailed, found.put_off) == (1, 0, 1)
        assert outlets(desk) == {"e-post": 1}
        when_their_time_has_come(desk)
        watch(desk, 2)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            started = time.monotonic()
            found = reminded(with_another(told, "tyst", listening.getsockname()[1]), DAY)
        assert time.monotonic() - started < 5
        assert (found.called, found.mailed, found.put_off) == (1, 2, 1)
        assert outlets(desk) == {"webhook:tyst": 1}


def with_another(desk, name, port):
    """Besides, a system at a port."""
    known = desk.settings.config.webhook
    target = WebhookTarget(name, f"https://localhost:{port}/", known.targets[0].secret)
    return configured(desk, webhook=msgspec.structs.replace(known, targets=[*known.targets, target], timeout_seconds=1))
