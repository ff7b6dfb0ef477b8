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

from scheduler.notifiers.interface import Answer, Letter, PutOff, Refused, Sent
from workflow.cli.render import safe
from workflow.config import Email
from workflow.config_checks import is_address

GREETING = 220
NO_ADDRESS, BAD_ADDRESS, UNREACHABLE, TIMEOUT = "no_address", "bad_address", "unreachable", "timeout"
BAD_SETTING = "bad_setting"  # no mail can go out under [email] as it is
"""Codes of our own; the server's are its three digits. Its words are kept nowhere: they may name people."""


class Folding(EmailPolicy):
    """How long headers are broken.

    A Message-ID is not: not every reader of it can unfold. A subject is left to the older `Header`, since
    the policy loses the space between two words outside ASCII where it happens to break the line.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        match name:
            case "Message-ID":
                return f"{name}: {value}\r\n".encode()
            case "Subject":
                folded = Header(str(value), "utf-8", header_name=name).encode(linesep="\r\n")
                return f"{name}: {folded}\r\n".encode()
            case _:
                return super().fold_binary(name, value)


class EmailNotifier:
    """Sends one mail at a time, each over a connection of its own."""

    def __init__(self, settings: Email, address: Callable[[str], str | None]) -> None:
        """`address` tells where a recipient (role@body) is reached."""
        self._settings, self._address = settings, address

    def send(self, letter: Callable[[], Letter], at: datetime) -> Answer:
        written = letter()
        address = self._address(written.recipient)
        if address is None:
            return PutOff(NO_ADDRESS)  # the mailbox was taken out of config.toml; it may come back
        if not is_address(address):
            return Refused(BAD_ADDRESS)
        if not is_address(parseaddr(self._settings.sender)[1]):
            return PutOff(BAD_SETTING)
        try:
            mail, client = composed(written, self._settings.sender, address, at), self._connected()
        except OSError as error:
            return _unreachable(error)
        except ValueError:
            return PutOff(BAD_SETTING)
        try:
            return _handed_over(client, mail)
        finally:
            client.close()

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        client = smtplib.SMTP(timeout=settings.timeout_seconds, local_hostname=domain(settings.sender))
        try:
            code, _ = client.connect(settings.host, settings.port)
            if code != GREETING:
                raise smtplib.SMTPConnectError(code, b"")
            client.ehlo_or_helo_if_needed()
        except (OSError, ValueError):
            client.close()
            raise
        return client


def _handed_over(client: smtplib.SMTP, mail: EmailMessage) -> Answer:
    try:
        client.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        return _answered(code)
    except smtplib.SMTPSenderRefused as error:
        return _unreachable(error)  # our own sender, so it goes for every mail
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code)
    except (smtplib.SMTPNotSupportedError, ValueError):
        return Refused(BAD_ADDRESS)
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
    mail.set_content("".join(f"{safe(line)}\n" for line in letter.text.split("\n")), cte="quoted-printable")
    return mail


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
    """Nobody to talk to, or somebody who wants nothing from us just now."""
    if isinstance(error, smtplib.SMTPResponseException):
        return PutOff(str(error.smtp_code), unreachable=True)
    # smtplib says of a time-out that the server hung up.
    late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return PutOff(TIMEOUT if late else UNREACHABLE, unreachable=True)
