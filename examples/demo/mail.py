"""A real mail server on loopback, and what has arrived there."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

OMSORG, SOCIAL = "omsorg@exempelkoping.se", "social.omsorg@exempelkoping.se"
KANSLIET = "kansliet@exempelkoping.se"


class Mail(NamedTuple):
    """One mail as it came over the wire."""

    to: str
    content: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.content["Subject"])

    def as_received(self) -> str:
        """The lines a reader sees."""
        text = self.content.get_body(("plain",))
        body = str(text.get_content()).rstrip() if text else ""
        lines = [f"Till: {self.to}", f"Ämne: {self.subject}", "", *body.splitlines()]
        return "\n".join(f"  │ {line}".rstrip() for line in lines)


class Mailbox:
    """Keeps whatever arrives until somebody looks."""

    def __init__(self) -> None:
        self._arrived: list[Mail] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        content = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(content, EmailMessage)
        self._arrived += [Mail(to, content) for to in envelope.rcpt_tos]
        return "250 Taget"

    def emptied(self) -> list[Mail]:
        """What has arrived since last time, in the order of the addresses."""
        arrived, self._arrived = self._arrived, []
        return sorted(arrived, key=lambda mail: (mail.to, mail.subject))


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """A server on a free port of loopback; its mailbox and the port."""
    mailbox, port = Mailbox(), _free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
