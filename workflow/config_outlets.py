"""[email] and [webhook]: the ways out of the house, and what is said of settings they cannot work under.

Of what is as it should be, nothing is told: the empty text. The notifiers ask the same before they send, so that
nothing goes where the settings do not name, however the settings came about.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from workflow import config_checks


class Email(msgspec.Struct, frozen=True):
    """How reminders are mailed; without a host none are."""

    host: str = ""
    port: int = 25
    sender: str = ""
    timeout_seconds: int = 20
    security: Literal["ingen", "starttls", "tls"] = "ingen"
    credentials: str = ""  # file with user name and password, a line each; empty: no login
    ca_file: str = ""  # certificates of our own, the only ones then trusted; empty: those the machine trusts


class WebhookTarget(msgspec.Struct, frozen=True):
    """A system that is told of reminders over HTTPS."""

    name: str
    url: str
    secret: str  # file with the key that messages are signed with


class Webhook(msgspec.Struct, frozen=True):
    """What may be called, and how long is waited for an answer."""

    allowed_hosts: list[str] = []
    private_hosts: list[str] = []  # of those, the ones that may have an address within the house
    timeout_seconds: int = 10
    targets: list[WebhookTarget] = []
    ca_file: str = ""  # as in [email]


# --- what cannot be used ------------------------------------------------------------------------------


def about_mail(email: Email) -> Iterator[str]:
    if email.host:
        yield config_checks.useless_host("email.host", email.host)
    if email.host and not email.sender:
        yield "email.sender saknas; ange vem påminnelserna kommer från."
    if email.sender:
        yield config_checks.useless_sender("email.sender", email.sender)
    if email.security != "ingen":
        return
    if email.credentials and email.host and not is_loopback(email.host):
        yield (
            f"email.credentials kan inte användas när email.security är ingen: lösenordet skulle gå i klartext till "
            f"{email.host}. Sätt security till starttls eller tls."
        )
    if email.ca_file:
        yield "email.ca_file används bara när email.security är starttls eller tls; ändra security eller ta bort den."


def is_loopback(host: str) -> bool:
    """True for a name or an address of this very machine."""
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def about_webhooks(webhook: Webhook) -> Iterator[str]:
    for host in webhook.allowed_hosts:
        yield config_checks.useless_host("webhook.allowed_hosts", host)
    for host in webhook.private_hosts:
        if not is_listed(host, webhook.allowed_hosts):
            meant = config_checks.meant(host, webhook.allowed_hosts)
            yield f"webhook.private_hosts {host} står inte i webhook.allowed_hosts; skriv den där också.{meant}"
    seen = set()
    for target in webhook.targets:
        yield from about_target(target, webhook)
        if target.name in seen:
            yield f"två webhook.targets heter {target.name}; ge den ena ett annat namn."
        seen.add(target.name)


def is_listed(host: str, hosts: Iterable[str]) -> bool:
    """True for one of the hosts, exactly; of letters the case does not matter (RFC 4343)."""
    return host.lower() in map(str.lower, hosts)


def about_target(target: WebhookTarget, webhook: Webhook) -> Iterator[str]:
    """What is said of a system that cannot be told of anything."""
    if not _is_name(target.name):
        yield f"webhook.targets.name ”{target.name}” går inte att använda; skriv a–z, siffror och bindestreck."
    yield _about_url(target, webhook)
    if not target.secret:
        yield f"webhook.targets.secret saknas för {target.name}; ange filen med nyckeln som meddelandena signeras med."


def _is_name(text: str) -> bool:
    """A plain word: it stands in the database, in the log and in commands, where @ and : mean other things."""
    return text.replace("-", "").isalnum() and text.isascii() and text == text.lower()


def _about_url(target: WebhookTarget, webhook: Webhook) -> str:
    import urllib.parse

    where = f"webhook.targets.url för {target.name}"
    if not (target.url.isascii() and target.url.isprintable()) or set(target.url) & {" ", "\\"}:
        return f"{where} har tecken som inte hör hemma i en adress; skriv den i ASCII, utan mellanslag."
    try:
        url = urllib.parse.urlsplit(target.url)
        host, _ = url.hostname or "", url.port
    except ValueError:
        return f"{where} går inte att läsa; skriv den som https://dator.kommun.se/vag."
    if url.scheme != "https":
        return f"{where} ska börja med https://, så att ingen annan kan läsa eller ändra det som skickas."
    if url.username is not None or url.password is not None:
        return f"{where} har ett användarnamn eller lösenord i sig; ta bort det, meddelandena signeras med secret."
    if "#" in target.url:
        return f"{where} slutar med #{url.fragment}, som aldrig skickas; ta bort det."
    if not config_checks.is_host(host):
        return config_checks.useless_host(where, host)
    if not is_listed(host, webhook.allowed_hosts):
        meant = config_checks.meant(host, webhook.allowed_hosts)
        return (
            f"{where} leder till {host}, som inte står i webhook.allowed_hosts; skriv den där, eller rätta url.{meant}"
        )
    return ""
