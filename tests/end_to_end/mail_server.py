"""A real mail server on loopback, in a process of its own, that answers as a script tells it to.

What it accepts is written down before it says so, so that the tests know what has been on the wire also
when whoever sent it was killed before the answer.
"""

import asyncio
import email
import email.policy
import json
import os
import signal
import socket
import ssl
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.end_to_end.certificates import Certificate
from tests.end_to_end.workers import FORK


class Reply(NamedTuple):
    """What the server says of a mail, and after how many seconds."""

    code: int
    seconds: float = 0.0


Script = Callable[[str, int], Reply]
"""(Message-ID, 1 for its first time and so on) -> what it gets."""

WELCOME = Reply(250)
HANGS_UP = Reply(0)  # the connection is gone before there is an answer
REFUSED_MAILBOX = "ingen@"  # addresses that begin so are refused at once
REFUSED_SENDER = "objuden@"


class Received(NamedTuple):
    """A mail that was on the wire."""

    message_id: str
    to: str
    code: int
    content: str

    @property
    def accepted(self) -> bool:
        return self.code == WELCOME.code

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.content.encode("latin-1"), policy=email.policy.default)

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


class Guard(NamedTuple):
    """How a server protects its clients, and whom it lets in."""

    certificate: Certificate
    security: str = "starttls"
    user: str = ""  # empty: no login
    password: str = ""

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate.shown, self.certificate.key)
        return context

    def lets_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
        known = (given.login, given.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=known, handled=False)

    def options(self) -> dict[str, Any]:
        """What aiosmtpd is to be told."""
        login = {"authenticator": self.lets_in, "auth_required": True} if self.user else {}
        if self.security == "tls":
            return {"auth_require_tls": False, **login}  # it does not see that it speaks through TLS
        return {"tls_context": self.context, "require_starttls": True, **login}


class MailServer:
    """The server's port, and what it has been given."""

    def __init__(self, port: int, written: Path) -> None:
        self.port, self._written, self.pid = port, written, 0

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Meanwhile it takes calls and answers nobody."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    @property
    def received(self) -> list[Received]:
        if not self._written.exists():
            return []
        return [Received(*json.loads(line)) for line in self._written.read_text().splitlines()]

    @property
    def accepted(self) -> list[Received]:
        return [received for received in self.received if received.accepted]


@contextmanager
def mail_server(
    directory: Path, script: Script = lambda _id, _time: WELCOME, guard: Guard | None = None
) -> Iterator[MailServer]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = MailServer(listening.getsockname()[1], directory / f"mail-{time.monotonic_ns()}.jsonl")
        process = FORK.Process(target=_serve, args=(listening, server._written, script, guard), daemon=True)
        process.start()
        server.pid = process.pid or 0
        try:
            yield server
        finally:
            process.kill()
            process.join()
            process.close()


def _serve(listening: socket.socket, written: Path, script: Script, guard: Guard | None) -> None:
    warnings.simplefilter("ignore")  # aiosmtpd's, of a login outside the TLS that it sees
    asyncio.run(_answer(listening, Handler(written, script), guard))


async def _answer(listening: socket.socket, handler: "Handler", guard: Guard | None) -> None:
    options = guard.options() if guard else {}
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="post.example", enable_SMTPUTF8=True, **options),
        sock=listening,
        ssl=guard.context if guard and guard.security == "tls" else None,
    )
    await server.serve_forever()


class Handler:
    def __init__(self, written: Path, script: Script) -> None:
        self._script, self._times = script, Counter[str]()
        self._file = os.open(written, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith(REFUSED_SENDER):
            return "553 not from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith(REFUSED_MAILBOX):
            return "550 5.1.1 Anna Andersson does not work here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        content = envelope.content.decode("latin-1")
        message_id = str(email.message_from_string(content)["Message-ID"])
        self._times[message_id] += 1
        reply = self._script(message_id, self._times[message_id])
        received = Received(message_id, envelope.rcpt_tos[0], reply.code, content)
        os.write(self._file, json.dumps(received).encode() + b"\n")
        await asyncio.sleep(reply.seconds)
        if reply == HANGS_UP:
            server.transport.abort()
        return f"{reply.code} as the script says"
