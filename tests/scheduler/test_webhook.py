"""Webhooks against a real HTTPS server on loopback: what is told, to whom alone, and what is made of the answers."""

import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from itertools import repeat

import msgspec
import pytest

from scheduler.notifiers import encryption, net
from scheduler.notifiers.interface import Letter, PutOff, Refused, Sent
from scheduler.notifiers.net import Found
from scheduler.notifiers.webhook import ID, MOST_READ, SIGNATURE, WebhookNotifier
from tests.end_to_end import certificates
from tests.end_to_end.webhook_server import Answer, status, webhook_server
from tests.scheduler.outlets import KEY, TARGET, secret, settings, webhook
from tests.scheduler.test_notifiers import peer
from workflow.config import WebhookTarget

AT = datetime(2021, 3, 8, 7, 30, tzinfo=UTC)
FACTS = {"ref": "SON 2021-43", "about": "bevakning", "subject": "Påminnelse: bevakning – SON 2021-43"}
LETTER = Letter("ab" * 32, TARGET, "Påminnelse", "Sommarstugan i Kisa", "<p>Sommarstugan i Kisa</p>", FACTS)


def away(code):
    return PutOff(code, unreachable=True)


def notifier(directory, port, authority, resolve=net.resolved, name=TARGET, **given):
    return WebhookNotifier(settings(directory, webhook=webhook(directory, port, authority, **given)), name, resolve)


def told(directory, server, certificate, **given):
    return notifier(directory, server.port, certificate.authority, **given).send(lambda: LETTER, AT)


def answered(directory, certificate, answer, **given):
    """(what is made of an answer, the server)"""
    with webhook_server(certificate, answer) as server:
        return told(directory, server, certificate, **given), server


# --- what is told -------------------------------------------------------------------------------------


def test_a_system_is_told_of_the_facts_and_of_nothing_a_case_is_about(tmp_path, certificate):
    answer, server = answered(tmp_path, certificate, None)
    [request] = server.requests
    assert answer == Sent()
    assert request.line == "POST /paminnelser?fran=arende HTTP/1.1"
    assert json.loads(request.body) == {"id": LETTER.id, **FACTS}
    assert "Kisa" not in request.body.decode()
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers[ID] == LETTER.id
    assert request.headers["Host"] == f"localhost:{server.port}"


def test_the_same_reminder_told_again_is_the_same_but_for_the_time(tmp_path, certificate):
    with webhook_server(certificate) as server:
        for minute in (30, 31):
            sender = notifier(tmp_path, server.port, certificate.authority)
            assert sender.send(lambda: LETTER, AT.replace(minute=minute)) == Sent()
        first, second = server.requests
    assert (first.body, first.headers[ID]) == (second.body, second.headers[ID])
    assert first.headers[SIGNATURE] != second.headers[SIGNATURE]
    assert first.headers[SIGNATURE].startswith(f"t={int(AT.timestamp())},v1=")


def test_another_key_is_another_signature(tmp_path, certificate):
    with webhook_server(certificate) as server:
        told(tmp_path, server, certificate)
        sender = notifier(tmp_path, server.port, certificate.authority)
        secret(tmp_path, "nyckel", f"{'n' * 32}\n")
        sender.send(lambda: LETTER, AT)
        first, second = (request.headers[SIGNATURE] for request in server.requests)
    assert first != second


def test_no_key_is_on_the_wire(tmp_path, certificate):
    _, server = answered(tmp_path, certificate, None)
    assert KEY not in str(server.requests)


# --- what is made of the answer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        *((code, Sent()) for code in (200, 201, 202, 204)),
        *((code, Refused(str(code))) for code in (400, 409, 413, 415, 422)),
        *((code, PutOff(str(code), counted=True)) for code in (408, 425, 500, 501, 507)),
        *((code, away(str(code))) for code in (429, 502, 503, 504)),
        *((code, away(str(code))) for code in (401, 403, 404, 405, 407, 410)),
        *((code, away(str(code))) for code in (301, 302, 303, 307, 308, 101, 199, 600)),
    ],
)
def test_the_status_decides(tmp_path, certificate, code, answer):
    assert answered(tmp_path, certificate, status(code))[0] == answer


def test_nobody_is_followed_anywhere(tmp_path, certificate):
    with webhook_server(certificate) as elsewhere:
        for code in (301, 302, 303, 307, 308):
            there = f"Location: https://localhost:{elsewhere.port}/"
            answer, server = answered(tmp_path, certificate, status(code, there))
            assert answer == away(str(code))
            assert server.calls == 1
        assert elsewhere.calls == 0


def test_the_environments_proxy_is_not_asked(tmp_path, certificate, monkeypatch):
    with webhook_server(certificate) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://localhost:{proxy.port}")
        answer, server = answered(tmp_path, certificate, None)
        assert (answer, server.calls, proxy.calls) == (Sent(), 1, 0)


ENDLESS = Answer(lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", *repeat(b"x" * 65536, 2000)])
DRIPPING = Answer(lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *repeat(b"x", 100)], 0.1)
CHUNKED = Answer(lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *repeat(b"1\r\nx\r\n", 100)], 0.1)


def test_no_more_of_a_body_is_read_than_a_little(tmp_path, certificate):
    started = time.monotonic()
    answer, server = answered(tmp_path, certificate, ENDLESS)
    assert answer == Sent()
    assert time.monotonic() - started < 4
    assert server.written < 100 * MOST_READ  # what fits in the buffers between us, of 2,000 pieces


@pytest.mark.parametrize("answer", [DRIPPING, CHUNKED], ids=["whole", "chunked"])
def test_a_body_that_never_ends_is_left_in_time(tmp_path, certificate, answer):
    started = time.monotonic()
    assert answered(tmp_path, certificate, answer, timeout_seconds=1)[0] == Sent()
    assert time.monotonic() - started < 4


def test_a_head_that_never_ends_is_left_in_time(tmp_path, certificate):
    dripping = Answer(lambda: [bytes([letter]) for letter in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 100], 0.1)
    started = time.monotonic()
    assert answered(tmp_path, certificate, dripping, timeout_seconds=1)[0] == away("timeout")
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    "pieces",
    [
        [b"220 mail.example ESMTP\r\n\r\n"],
        [b"HTTP/1.1 abc OK\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 200 + b"\r\n"],
        [b"HTTP/1.1 200 " + b"a" * 70_000 + b"\r\n\r\n"],
        [b""],
    ],
    ids=["no HTTP", "no status", "too many headers", "too long a line", "nothing"],
)
def test_what_is_no_answer_is_put_off(tmp_path, certificate, pieces):
    assert answered(tmp_path, certificate, Answer(lambda: pieces))[0] in (away("bad_answer"), away("unreachable"))


# --- to whom ------------------------------------------------------------------------------------------


def test_a_system_whose_certificate_we_do_not_trust_is_told_nothing(tmp_path, certificate):
    with webhook_server(certificate) as server:
        assert notifier(tmp_path, server.port, None).send(lambda: LETTER, AT) == away("bad_certificate")
        assert server.requests == []


def test_the_certificate_of_another_name_is_not_the_systems(tmp_path):
    other = certificates.made(tmp_path, "other", "DNS:arkiv.exempel.se")
    answer, server = answered(tmp_path, other, None)
    assert (answer, server.requests) == (away("bad_certificate"), [])


def test_nothing_is_said_unencrypted(tmp_path, certificate):
    heard: list[bytes] = []
    with peer(b"HTTP/1.1 200 OK\r\n\r\n", heard=heard) as port:
        assert notifier(tmp_path, port, certificate.authority).send(lambda: LETTER, AT) == away("not_encrypted")
    assert not any(b"POST" in word or b"SON" in word for word in heard)


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", ""])
def test_an_address_that_is_not_https_is_not_called(tmp_path, certificate, scheme):
    with webhook_server(certificate) as server:
        url = f"{scheme}://localhost:{server.port}/"
        assert told(tmp_path, server, certificate, url=url) == PutOff("bad_setting")
        assert server.calls == 0


@pytest.mark.parametrize("listed", [[], ["localhost.se"], ["local"], ["127.0.0.1"], ["*"]])
def test_a_host_that_is_not_listed_is_not_even_looked_up(tmp_path, certificate, listed):
    def never(*_asked):
        raise AssertionError

    with webhook_server(certificate) as server:
        given = {"allowed_hosts": listed, "private_hosts": listed, "resolve": never}
        assert told(tmp_path, server, certificate, **given) == PutOff("bad_setting")
        assert server.calls == 0


def test_a_name_that_leads_into_the_house_is_not_called_unless_it_may(tmp_path, certificate):
    with webhook_server(certificate) as server:
        assert told(tmp_path, server, certificate, private_hosts=[]) == away("forbidden_address")
        assert server.calls == 0
        assert told(tmp_path, server, certificate) == Sent()


def test_an_address_by_number_is_looked_at_too(tmp_path, certificate):
    with webhook_server(certificate) as server:
        by_number = {"url": f"https://127.0.0.1:{server.port}/", "allowed_hosts": ["127.0.0.1"]}
        assert told(tmp_path, server, certificate, private_hosts=[], **by_number) == away("forbidden_address")
        assert server.calls == 0
        assert told(tmp_path, server, certificate, private_hosts=["127.0.0.1"], **by_number) == Sent()


def test_a_name_is_looked_up_once_and_what_was_looked_at_is_what_is_called(tmp_path, certificate, monkeypatch):
    """Otherwise the second answer of a name server, which others may have, would lead where it likes."""
    asked, called = [], []
    public = "93.184.215.14"

    def changing(host, _port, _deadline):
        asked.append(host)
        return [Found(socket.AF_INET, (public if len(asked) == 1 else "127.0.0.1", server.port))]

    def connect(self, address):
        called.append(address)
        raise ConnectionRefusedError

    with webhook_server(certificate) as server:
        monkeypatch.setattr(socket.socket, "connect", connect)
        given = {"resolve": changing, "private_hosts": []}
        assert told(tmp_path, server, certificate, **given) == away("unreachable")
        assert (asked, called, server.calls) == (["localhost"], [(public, server.port)], 0)


def test_one_private_address_among_public_ones_is_enough(tmp_path, certificate):
    def both(_host, port, _deadline):
        return [Found(socket.AF_INET, (address, port)) for address in ("93.184.215.14", "127.0.0.1")]

    with webhook_server(certificate) as server:
        given = {"resolve": both, "private_hosts": []}
        assert told(tmp_path, server, certificate, **given) == away("forbidden_address")
        assert server.calls == 0


# --- what is wrong before anything is sent ------------------------------------------------------------


def test_a_system_that_was_taken_out_of_the_settings_is_waited_for(tmp_path, certificate):
    unknown = notifier(tmp_path, 443, certificate.authority, name="diariet")
    assert unknown.send(lambda: LETTER, AT) == PutOff("no_target")


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_that_others_can_read_is_not_used(tmp_path, certificate, mode):
    with webhook_server(certificate) as server:
        sender = notifier(tmp_path, server.port, certificate.authority)
        (tmp_path / "nyckel").chmod(mode)
        assert sender.send(lambda: LETTER, AT) == away("bad_key")
        (tmp_path / "nyckel").unlink()
        assert sender.send(lambda: LETTER, AT) == away("bad_key")
        assert server.calls == 0


def test_authorities_that_are_not_there_stop_everything(tmp_path, certificate):
    with webhook_server(certificate) as server:
        sender = notifier(tmp_path, server.port, tmp_path / "borta.pem")
        assert sender.send(lambda: LETTER, AT) == PutOff("bad_setting")
        assert server.calls == 0


@pytest.mark.parametrize(
    "hostile", ["https://localhost/\r\nX-A: b", "https://localhost/ HTTP/1.1", "https://localhost\\@b.se/"]
)
def test_a_url_can_say_nothing_but_where(tmp_path, hostile):
    given = webhook(tmp_path, 443, None)
    target = WebhookTarget(TARGET, hostile, given.targets[0].secret)
    sender = WebhookNotifier(settings(tmp_path, webhook=msgspec.structs.replace(given, targets=[target])), TARGET)
    assert sender.send(lambda: LETTER, AT) == PutOff("bad_setting")


def test_a_system_that_is_down_is_put_off(tmp_path, certificate):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert notifier(tmp_path, port, certificate.authority).send(lambda: LETTER, AT) == away("unreachable")


def test_a_system_that_says_nothing_is_put_off_in_time(tmp_path, certificate):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sender = notifier(tmp_path, listening.getsockname()[1], certificate.authority, timeout_seconds=1)
        assert sender.send(lambda: LETTER, AT) == away("timeout")


def test_a_system_that_says_nothing_once_encrypted_is_put_off_in_time(tmp_path, certificate):
    silent = Answer(lambda: [b""], 3)
    assert answered(tmp_path, certificate, silent, timeout_seconds=1)[0] == away("timeout")


def test_a_name_server_that_never_answers_is_put_off_in_time(tmp_path, certificate, monkeypatch):
    done = threading.Event()

    def never(*_asked, **_more):
        done.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    started = time.monotonic()
    sender = notifier(tmp_path, 443, certificate.authority, timeout_seconds=1)
    try:
        assert sender.send(lambda: LETTER, AT) == away("timeout")
    finally:
        done.set()
    assert time.monotonic() - started < 4


def test_a_name_nobody_knows_is_put_off(tmp_path, certificate):
    hosts = {"allowed_hosts": ["finns-inte.invalid"], "url": "https://finns-inte.invalid/"}
    assert notifier(tmp_path, 443, certificate.authority, **hosts).send(lambda: LETTER, AT) == away("unreachable")


def test_an_old_encryption_is_none(tmp_path):
    assert encryption.context(tmp_path, "").minimum_version >= ssl.TLSVersion.TLSv1_2
