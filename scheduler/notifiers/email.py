"""E-mail through the municipality's own mail server.

A mail says when it was sent and which reminder it is: one that is sent again, because a daemon was killed
before it could write down that it had sent it, has the same Message-ID and is shown once by most readers.
"""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from html import escape
from socket import socket
from ssl import SSLContext, SSLSocket
from typing import cast

from scheduler.notifiers import encryption, net
from scheduler.notifiers.faults import Fault
from scheduler.notifiers.interface import Answer, Letter, PutOff, Refused, Sent
from scheduler.notifiers.net import Bounded, Deadline
from workflow import secret_files
from workflow.config import SENDS_IN_A_LEASE, Email, Settings
from workflow.config_checks import is_address
from workflow.config_outlets import is_loopback
from workflow.errors import EnvironmentFaultError
from workflow.harmless_text import safe

TOO_LARGE = 552
"""Already of MAIL FROM, which says how large a mail is (RFC 1870 section 6.1)."""

HTML = """\
<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8">
<title>{subject}</title>
</head>
<body>
<h1>{subject}</h1>
{html}
</body>
</html>
"""


class Folding(EmailPolicy):
    """How long headers are broken.

    A Message-ID is not: not every reader of it can unfold. A subject is left to the older `Header`, since
    the policy loses the space between two words outside ASCII where it happens to break the line, and takes
    words that look encoded for what they would say.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        return (name, value) if name == "Subject" else super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        match name:
            case "Message-ID":
                return f"{name}: {value}\r\n".encode()
            case "Subject":
                folded = Header(str(value), "utf-8", header_name=name).encode(linesep="\r\n")
                return f"{name}: {folded}\r\n".encode()
            case _:
                return super().fold_binary(name, value)


class Client(smtplib.SMTP):
    """A connection that is over before its lease is, however slowly the server answers."""

    def __init__(self, email: Email, tls: SSLContext | None) -> None:
        """Under TLS from its beginning if there is a context for it."""
        self._tls, self._deadline = tls, Deadline(SENDS_IN_A_LEASE * email.timeout_seconds, email.timeout_seconds)
        super().__init__(email.host, email.port, domain(email.sender), email.timeout_seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> Bounded:
        connection = net.connected(net.resolved(host, port, self._deadline), self._deadline)
        return net.encrypted(connection, self._tls, host, self._deadline) if self._tls else connection

    def encrypt(self, context: SSLContext) -> None:
        """Go over to TLS. Raises SMTPResponseException when the server does not."""
        self.starttls(context=context)
        cast(Bounded, self.sock).deadline = self._deadline


class EmailNotifier:
    """Sends one mail at a time, each over a connection of its own."""

    def __init__(self, settings: Settings, address: Callable[[str], str | None]) -> None:
        """`address` tells where a recipient is reached."""
        self._settings, self._email, self._address = settings, settings.config.email, address

    def send(self, letter: Callable[[], Letter], at: datetime) -> Answer:
        written = letter()
        address = self._address(written.recipient)
        if address is None:
            return PutOff(Fault.NO_ADDRESS)
        if not is_address(address):
            return Refused(Fault.BAD_ADDRESS)
        if not is_address(parseaddr(self._email.sender)[1]):
            return PutOff(Fault.BAD_SETTING)
        try:
            mail, client = composed(written, self._email.sender, address, at), self._connected()
        except EnvironmentFaultError:
            return PutOff(Fault.BAD_KEY, unreachable=True)
        except OSError as error:
            return _unreachable(error)
        except ValueError:
            return PutOff(Fault.BAD_SETTING)
        try:
            return _handed_over(client, mail)
        finally:
            client.close()

    def _connected(self) -> Client:
        """A server that is ready to take a mail, encrypted and logged in to as the settings say."""
        client = Client(self._email, self._context() if self._email.security == "tls" else None)
        try:
            client.ehlo_or_helo_if_needed()
            if self._email.security == "starttls":
                self._encrypt(client)
            if self._email.credentials:
                self._log_in(client)
        except Exception:
            client.close()
            raise
        return client

    def _encrypt(self, client: Client) -> None:
        try:
            client.encrypt(self._context())
        except smtplib.SMTPResponseException as error:
            raise smtplib.SMTPNotSupportedError("STARTTLS was refused") from error
        client.ehlo_or_helo_if_needed()  # what was said before may have been said by somebody else

    def _context(self) -> SSLContext:
        return encryption.context(self._settings.directory, self._email.ca_file)

    def _log_in(self, client: smtplib.SMTP) -> None:
        """Raises ValueError where somebody could listen to the password; config.toml cannot say so, but a name can."""
        user, password = secret_files.credentials(self._settings)
        if not _is_between_us(client.sock):
            raise ValueError("a login that is not encrypted")
        try:
            client.login(user, password)
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise LoginRefusedError from error


class LoginRefusedError(OSError):
    """The server has no use for our user name and password."""


def _is_between_us(connection: socket | None) -> bool:
    """True where nobody can listen."""
    return isinstance(connection, SSLSocket) or (connection is not None and is_loopback(connection.getpeername()[0]))


def _handed_over(client: smtplib.SMTP, mail: EmailMessage) -> Answer:
    try:
        client.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        return _answered(code)
    except smtplib.SMTPSenderRefused as error:
        if error.smtp_code == TOO_LARGE:
            return _answered(error.smtp_code)
        return _unreachable(error)  # our own sender, so it goes for every mail
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code)
    except (smtplib.SMTPNotSupportedError, ValueError):
        return Refused(Fault.BAD_ADDRESS)
    except OSError as error:
        return _unreachable(error)
    with suppress(OSError):
        client.putcmd("quit")  # nobody waits for the answer: the mail is theirs
    return Sent()


def composed(letter: Letter, sender: str, address: str, at: datetime) -> EmailMessage:
    """The mail; nothing of a letter can become anything else in it."""
    mail = EmailMessage(policy=Folding(linesep="\r\n"))
    name, own = parseaddr(sender)
    mail["From"] = _address(own, name)
    mail["To"] = _address(address)
    mail["Subject"] = safe(letter.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{letter.id}@{domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is answered to it
    mail.set_content(_lines(letter.text), cte="quoted-printable")
    page = HTML.format(subject=escape(safe(letter.subject), quote=False), html=_lines(letter.html).rstrip("\n"))
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    return mail


def _lines(text: str) -> str:
    return "".join(f"{safe(line)}\n" for line in text.split("\n"))


def _address(text: str, name: str = "") -> Address:
    user, _, host = text.partition("@")
    return Address(name, username=user, domain=host)


def domain(sender: str) -> str:
    """The part after @ of the sender's address."""
    return parseaddr(sender)[1].rpartition("@")[2]


def _answered(code: int) -> Answer:
    """A server's answer about one mail: 5xx is for good, 421 is about the server, all else is for now."""
    away = code == 421
    return Refused(str(code)) if code >= 500 else PutOff(str(code), unreachable=away, counted=not away)


def _unreachable(error: OSError) -> PutOff:
    """Nobody to talk to, somebody who wants nothing from us just now, or somebody whom nothing is told."""
    code: str
    match error:
        case LoginRefusedError():
            code = Fault.LOGIN_REFUSED
        case smtplib.SMTPNotSupportedError():
            code = Fault.NOT_ENCRYPTED
        case smtplib.SMTPResponseException():
            code = str(error.smtp_code) if error.smtp_code > 0 else Fault.BAD_ANSWER
        case _:
            code = encryption.fault(error)
    return PutOff(code, unreachable=True)
