"""The ways out of the house, with a real mail server on loopback: every answer, no answer, and hostile words."""

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.notifiers.email import EmailNotifier, composed
from scheduler.notifiers.interface import Letter, PutOff, Refused, Sent
from scheduler.notifiers.log import LogNotifier
from tests.end_to_end.mail_server import Reply, mail_server
from tests.scheduler.outlets import SENDER, mailing

AT = datetime(2021, 3, 8, 7, 30, tzinfo=UTC)
OURS = "son@exempel.se"
LETTER = Letter(
    "ab" * 32,
    "namndsekreterare@SON",
    "Påminnelse: kallelse senast 11 mars 2021 – SON 2021-03-18",
    "Hej.\nÅäö.",
    "<p>Hej.<br>\nÅäö &amp; <code>arende</code></p>",
)


def notifier(port, address=OURS, **settings):
    return EmailNotifier(mailing(Path(), port, **settings), {LETTER.recipient: address}.get)


def sent(directory, reply=None, letter=LETTER, **settings):
    """(answer, what was on the wire) when a server says `reply`."""
    with mail_server(directory, lambda _id, _time: reply or Reply(250)) as server:
        return notifier(server.port, **settings).send(lambda: letter, AT), server.received


@contextmanager
def peer(*words, heard=None):
    """A socket that says `words` to whoever calls, one at a time, and nothing more; what it has `heard`."""
    heard = [] if heard is None else heard
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def answer():
            connection, _ = listening.accept()
            with connection:
                for word in words:
                    connection.sendall(word)
                    heard.append(connection.recv(1000))
                done.wait(10)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        done.set()
        thread.join()


def test_the_log_takes_everything():
    assert LogNotifier().send(lambda: LETTER, AT) == Sent()


def test_a_mail_arrives_whole(tmp_path):
    answer, [received] = sent(tmp_path)
    assert answer == Sent()
    assert received.to == OURS
    mail = received.mail
    assert mail["Subject"] == LETTER.subject
    assert mail["From"] == SENDER
    assert mail["To"] == OURS
    assert mail["Date"].datetime == AT
    assert mail["Message-ID"] == f"<{LETTER.id}@exempel.se>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert received.text.splitlines() == ["Hej.", "Åäö."]
    assert LETTER.html in received.html
    assert f"<h1>{LETTER.subject}</h1>" in received.html
    assert '<html lang="sv">' in received.html


def test_nothing_but_ascii_is_on_the_wire(tmp_path):
    _, [received] = sent(tmp_path)
    assert received.content.isascii()
    assert max(len(line) for line in received.content.splitlines()) < 100


def test_the_same_reminder_sent_again_is_the_same_mail():
    first, second = (composed(LETTER, SENDER, OURS, at) for at in (AT, AT.replace(day=9)))
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (Reply(250), Sent()),
        (Reply(250, seconds=0.5), Sent()),
        (Reply(451), PutOff("451", counted=True)),
        (Reply(452), PutOff("452", counted=True)),
        (Reply(421), PutOff("421", unreachable=True)),
        (Reply(550), Refused("550")),
        (Reply(554), Refused("554")),
    ],
)
def test_what_the_server_says_of_a_mail_decides(tmp_path, reply, answer):
    assert sent(tmp_path, reply)[0] == answer


def test_a_mailbox_the_server_does_not_know_is_refused_and_its_words_are_not_kept(tmp_path):
    assert sent(tmp_path, address="ingen@exempel.se")[0] == Refused("550")


def test_a_sender_the_server_does_not_take_is_put_off_for_every_mail(tmp_path):
    assert sent(tmp_path, sender="objuden@exempel.se")[0] == PutOff("553", unreachable=True)


def test_a_mail_that_is_too_large_already_by_its_size_is_refused_alone():
    with peer(b"220 hej\r\n", b"250 hej\r\n", b"552 for stort\r\n", b"250 ok\r\n") as port:
        assert notifier(port).send(lambda: LETTER, AT) == Refused("552")


def test_a_server_too_slow_is_put_off(tmp_path):
    assert sent(tmp_path, Reply(250, seconds=3), timeout_seconds=1)[0] == PutOff("timeout", unreachable=True)


def test_a_server_that_never_greets_is_put_off():
    with peer() as port:
        assert notifier(port, timeout_seconds=1).send(lambda: LETTER, AT) == PutOff("timeout", unreachable=True)


def test_a_server_that_is_down_is_put_off():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert notifier(port).send(lambda: LETTER, AT) == PutOff("unreachable", unreachable=True)


def test_a_server_nobody_knows_is_put_off():
    found = notifier(25, host="finns-inte.invalid").send(lambda: LETTER, AT)
    assert found == PutOff("unreachable", unreachable=True)


@pytest.mark.parametrize(
    "words", [(b"554 go away\r\n",), (b"421 not now\r\n",), (b"220 hello\r\n", b"550 no\r\n", b"550 no\r\n")]
)
def test_a_server_that_wants_nothing_is_put_off_and_no_mail_is_lost(words):
    with peer(*words) as port:
        found = notifier(port).send(lambda: LETTER, AT)
    assert isinstance(found, PutOff)
    assert found.unreachable
    assert found.code in ("554", "421", "550")


def test_a_server_that_hangs_up_is_put_off():
    with peer(b"220 hello\r\n") as port:
        assert notifier(port, timeout_seconds=1).send(lambda: LETTER, AT).unreachable


def test_nobody_to_send_to_is_put_off_until_somebody_is(tmp_path):
    assert notifier(25, address=None).send(lambda: LETTER, AT) == PutOff("no_address")


@pytest.mark.parametrize(
    "setting",
    [
        {"host": "smtp..se"},
        {"host": f"{'a' * 64}.se"},
        {"timeout_seconds": 0},
        {"sender": "arende@ärende.se"},
        {"sender": "ärende@exempel.se"},
        {"sender": "arende"},
    ],
    ids=str,
)
def test_a_setting_no_mail_can_go_out_under_loses_none_and_stops_nothing(setting):
    assert notifier(**{"port": 25, **setting}).send(lambda: LETTER, AT) == PutOff("bad_setting")


def test_what_says_nothing_of_the_mail_is_not_counted_against_it(tmp_path):
    assert not notifier(25, address=None).send(lambda: LETTER, AT).counted
    assert not notifier(1).send(lambda: LETTER, AT).counted
    assert not sent(tmp_path, sender="objuden@exempel.se")[0].counted


@pytest.mark.parametrize(
    "address", ["son@exempel.se\r\nBcc: alla@exempel.se", "inte en adress", "a@b@c", "son@", "två ord@exempel.se", ""]
)
def test_an_address_that_is_none_is_refused(tmp_path, address):
    answer, received = sent(tmp_path, address=address)
    assert (answer, received) == (Refused("bad_address"), [])


OWN_HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "X-Peer"),  # the last is the server's own
}
HOSTILE = [
    "\r\nBcc: alla@exempel.se",
    "\nX-Spam: no",
    "\u202eexe.fdp",
    "\x1b]0;ägd\x07",
    "\x00",
    "\ud800",
    "\u2028",
    "\u200b",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_hostile_words_are_shown_and_never_do_anything(tmp_path, hostile):
    words = f"Ärende: a{hostile.lstrip(chr(10))}b\nSlut"
    letter = Letter(LETTER.id, LETTER.recipient, f"Påminnelse{hostile}", words, f"<p>{words}</p>")
    answer, [received] = sent(tmp_path, letter=letter)
    mail = received.mail
    assert answer == Sent()
    assert received.to == OURS
    assert set(mail.keys()) <= OWN_HEADERS
    assert mail["Subject"].isprintable()
    assert all(line.isprintable() for part in (received.text, received.html) for line in part.splitlines())
    assert "\\u" in mail["Subject"]
