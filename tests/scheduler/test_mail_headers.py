"""Whatever words there are in a mail, it has the headers we give it, and is read as it was written."""

import email
from datetime import UTC, datetime
from email.policy import default
from string import ascii_letters, digits

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from scheduler.notifiers.email import composed
from scheduler.notifiers.interface import Letter
from workflow.config_checks import IN_LOCAL, NOT_IN_NAME, is_address, is_sender
from workflow.harmless_text import safe

AT = datetime(2021, 3, 8, 7, 30, tzinfo=UTC)
OURS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
OWN_OF_A_PART = {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}

PIECES = st.one_of(
    st.sampled_from(
        ["\r\n", "\n", "\r", "\x00", "\u202e", "\u2066", "\u2028", "\x85", "\x0b", "\ud800", "=?utf-8?q?a?="]
    ),
    st.sampled_from(
        ["\r\nBcc: alla@exempel.se", "\n\n<script>", "\n.\n", "--==", "From ", "</p>", "&amp;", '"', ",", "§ 5"]
    ),
    st.sampled_from(["å" * 100, "a" * 300, "Ä" * 80 + " ", " ", "\t", "🧾", "é", "日本"]),
    st.text(max_size=20),
)
WORDS = st.lists(PIECES, max_size=8).map("".join)
PRINTABLE = st.characters(codec="utf-8", exclude_characters='"\\').filter(str.isprintable)
NAMES = st.one_of(
    st.text(PRINTABLE.filter(lambda sign: sign not in NOT_IN_NAME), max_size=80),
    st.text(PRINTABLE, min_size=1, max_size=80).map('"{}"'.format),
)
LOCALS = st.lists(
    st.text(ascii_letters + digits + "".join(sorted(IN_LOCAL)), min_size=1, max_size=20), min_size=1, max_size=3
).map(".".join)


def received(letter, sender="Ärendegång <arende@exempel.se>", address="son@exempel.se"):
    """A mail as a reader has it from what is on the wire."""
    raw = composed(letter, sender, address, AT).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    return email.message_from_bytes(raw, policy=default)


def lines(words):
    return [safe(line) for line in words.split("\n")]


@settings(max_examples=100, deadline=None)
@given(WORDS, WORDS, WORDS)
@example("Påminnelse\r\nBcc: alla@exempel.se", "\r\n.\r\n", "</body>")
def test_no_words_become_anything_but_words(subject, text, html):
    mail = received(Letter("ab" * 32, "registrator", subject, text, html))
    assert sorted(mail.keys()) == sorted(OURS)
    assert mail["Subject"] == safe(subject)
    assert (mail["To"], mail["Message-ID"]) == ("son@exempel.se", f"<{'ab' * 32}@exempel.se>")
    plain, page = mail.iter_parts()
    assert set(plain.keys()) | set(page.keys()) <= OWN_OF_A_PART
    assert plain.get_content().replace("\r\n", "\n").split("\n") == [*lines(text), ""]
    body = page.get_content().replace("\r\n", "\n").partition("</h1>\n")[2].removesuffix("\n</body>\n</html>\n")
    assert body.split("\n") == "\n".join(lines(html)).rstrip("\n").split("\n")
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")


@settings(max_examples=100, deadline=None)
@given(NAMES, LOCALS)
@example("Å" * 60, "a")
@example('"A, ' + "Å" * 60 + '"', "a")
def test_a_sender_and_an_address_that_config_takes_are_the_ones_on_the_mail(name, local):
    sender, address = f"{name} <arende@exempel.se>", f"{local}@exempel.se"
    assume(is_sender(sender) and is_address(address))
    mail = received(Letter("ab" * 32, "registrator", "Påminnelse", "", ""), sender, address)
    assert sorted(mail.keys()) == sorted(OURS)
    [of], [to] = mail["From"].addresses, mail["To"].addresses
    assert (of.addr_spec, to.addr_spec, to.display_name) == ("arende@exempel.se", address, "")
    # The library can put a space into a long name where it breaks the line, and nothing worse.
    assert "".join(of.display_name.split()) == "".join(name.strip().strip('"').split())
