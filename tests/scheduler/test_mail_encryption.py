"""Mail over TLS with a real server on loopback: what is not encrypted as the settings say is put off, never lost."""

import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.notifiers.email import EmailNotifier
from scheduler.notifiers.interface import Letter, PutOff, Sent
from tests.end_to_end import certificates
from tests.end_to_end.mail_server import Guard, mail_server
from tests.scheduler.outlets import mailing, secret
from tests.scheduler.test_notifiers import peer
from workflow.config import SENDS_IN_A_LEASE

AT = datetime(2021, 3, 8, 7, 30, tzinfo=UTC)
LETTER = Letter("ab" * 32, "registrator@SON", "Påminnelse", "Hej.", "<p>Hej.</p>")
USER, PASSWORD = "arende@exempel.se", "h3ml1gt-L0senord"
WAYS = ["starttls", "tls"]


def sent(directory, port, **email):
    usual = {"host": "localhost", "timeout_seconds": 2, "security": "starttls"}
    settings = mailing(directory, port, **{**usual, **email})
    return EmailNotifier(settings, lambda _recipient: "son@exempel.se").send(lambda: LETTER, AT)


def away(code):
    return PutOff(code, unreachable=True)


@pytest.fixture
def logged_in(tmp_path):
    """The settings of one who has a login."""
    return {"credentials": secret(tmp_path, "inloggning", f"{USER}\n{PASSWORD}\n")}


@pytest.mark.parametrize("security", WAYS)
def test_a_mail_goes_out_encrypted(tmp_path, certificate, security):
    with mail_server(tmp_path, guard=Guard(certificate, security)) as server:
        assert sent(tmp_path, server.port, security=security, ca_file=str(certificate.authority)) == Sent()
        assert server.received[0].text == "Hej.\n"


@pytest.mark.parametrize("security", WAYS)
def test_a_server_that_we_do_not_trust_gets_nothing(tmp_path, certificate, security, logged_in):
    with mail_server(tmp_path, guard=Guard(certificate, security, USER, PASSWORD)) as server:
        assert sent(tmp_path, server.port, security=security, **logged_in) == away("bad_certificate")
        assert server.received == []


@pytest.mark.parametrize("security", WAYS)
def test_the_certificate_of_another_name_is_not_the_servers(tmp_path, security):
    other = certificates.made(tmp_path, "other", "DNS:post.exempel.se")
    with mail_server(tmp_path, guard=Guard(other, security)) as server:
        answer = sent(tmp_path, server.port, security=security, ca_file=str(other.authority))
        assert answer == away("bad_certificate")
        assert server.received == []


def test_a_server_without_encryption_gets_no_mail(tmp_path, certificate):
    with mail_server(tmp_path) as server:
        assert sent(tmp_path, server.port) == away("not_encrypted")
        assert sent(tmp_path, server.port, security="tls") == away("not_encrypted")
        assert server.received == []


def test_a_server_that_takes_its_offer_back_gets_no_mail():
    """Whoever is between us and the server can answer so."""
    with peer(b"220 hello\r\n", b"250-here\r\n250 STARTTLS\r\n", b"454 not now\r\n") as port:
        assert sent(None, port) == away("not_encrypted")


def test_a_server_that_hangs_up_in_the_middle_of_it_is_put_off():
    with peer(b"220 hello\r\n", b"250-here\r\n250 STARTTLS\r\n", b"220 go ahead\r\n") as port:
        assert sent(None, port, timeout_seconds=1) == away("timeout")


@pytest.mark.parametrize("security", ["ingen", *WAYS])
def test_a_server_that_says_nothing_is_put_off_in_time(tmp_path, security):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert sent(tmp_path, port, security=security, timeout_seconds=1) == away("timeout")


@contextmanager
def dripping(*words, context=None):
    """A server that says `words`, goes over to TLS if it has a context, and then says that there is more to come."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def answer():
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                for place, word in enumerate(words):
                    if place:
                        connection.recv(1000)
                    connection.sendall(word)
                spoken = context.wrap_socket(connection, server_side=True) if context else connection
                with spoken:
                    while not over.wait(0.05):
                        spoken.sendall(b"250-more\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("words", [(), (b"220 hello\r\n", b"250 here\r\n")])
def test_a_server_that_never_comes_to_the_point_is_left_before_the_lease_ends(words):
    started = time.monotonic()
    with dripping(*words) as port:
        assert sent(None, port, security="ingen", timeout_seconds=1) == away("timeout")
    assert time.monotonic() - started < SENDS_IN_A_LEASE + 1


def test_a_server_that_never_does_under_tls_is_left_too(certificate):
    trusted = {"timeout_seconds": 1, "ca_file": str(certificate.authority)}
    started = time.monotonic()
    words = b"220 hello\r\n", b"250-here\r\n250 STARTTLS\r\n", b"220 go ahead\r\n"
    with dripping(*words, context=Guard(certificate).context) as port:
        assert sent(Path(), port, **trusted) == away("timeout")
    assert time.monotonic() - started < SENDS_IN_A_LEASE + 1


@pytest.mark.parametrize("security", WAYS)
def test_whoever_logs_in_is_let_in(tmp_path, certificate, security, logged_in):
    with mail_server(tmp_path, guard=Guard(certificate, security, USER, PASSWORD)) as server:
        trusted = {"security": security, "ca_file": str(certificate.authority)}
        assert sent(tmp_path, server.port, **trusted, **logged_in) == Sent()
        assert sent(tmp_path, server.port, **trusted) == away("530")
        assert len(server.received) == 1


@pytest.mark.parametrize("security", WAYS)
def test_a_wrong_password_puts_every_mail_off_and_loses_none(tmp_path, certificate, security, logged_in):
    with mail_server(tmp_path, guard=Guard(certificate, security, USER, "nytt")) as server:
        answer = sent(tmp_path, server.port, security=security, ca_file=str(certificate.authority), **logged_in)
        assert answer == away("login_refused")
        assert not answer.counted
        assert server.received == []


def test_a_server_that_knows_of_no_login_is_put_off(tmp_path, certificate, logged_in):
    quiet = b"220 hello\r\n", b"250 here\r\n"
    with peer(*quiet) as port:
        assert sent(tmp_path, port, security="ingen", **logged_in) == away("login_refused")


def test_a_password_is_said_in_the_clear_on_this_machine_alone(tmp_path, logged_in, monkeypatch):
    def elsewhere(_connection):
        return ("192.0.2.1", 25)

    heard: list[bytes] = []
    with peer(b"220 hello\r\n", b"250-here\r\n250 AUTH PLAIN\r\n", b"235 welcome\r\n", heard=heard) as port:
        monkeypatch.setattr(socket.socket, "getpeername", elsewhere)
        assert sent(tmp_path, port, security="ingen", **logged_in) == PutOff("bad_setting")
    assert not any(b"AUTH" in word for word in heard)
    monkeypatch.undo()
    with peer(b"220 hello\r\n", b"250-here\r\n250 AUTH PLAIN\r\n", b"235 welcome\r\n", heard=heard) as port:
        assert sent(tmp_path, port, security="ingen", timeout_seconds=1, **logged_in) == away("timeout")
    assert any(b"AUTH PLAIN" in word for word in heard)


@pytest.mark.parametrize("mode", [0o604, 0o640])
def test_a_login_that_others_can_read_is_not_used(tmp_path, certificate, mode):
    name = secret(tmp_path, "inloggning", f"{USER}\n{PASSWORD}\n", mode)
    with mail_server(tmp_path, guard=Guard(certificate, "tls", USER, PASSWORD)) as server:
        trusted = {"security": "tls", "ca_file": str(certificate.authority)}
        assert sent(tmp_path, server.port, credentials=name, **trusted) == away("bad_key")
        assert sent(tmp_path, server.port, credentials="borta", **trusted) == away("bad_key")
        assert server.received == []


@pytest.mark.parametrize("security", WAYS)
def test_authorities_that_are_not_there_stop_every_mail(tmp_path, certificate, security):
    (tmp_path / "tom.pem").write_text("")
    with mail_server(tmp_path, guard=Guard(certificate, security)) as server:
        for ca_file in ("borta.pem", "tom.pem"):
            assert sent(tmp_path, server.port, security=security, ca_file=ca_file) == PutOff("bad_setting")
        assert server.received == []
