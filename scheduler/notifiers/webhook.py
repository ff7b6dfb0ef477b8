"""Other systems, told by a signed POST over HTTPS; docs/webhook.md tells how they know that it is ours.

Nothing goes anywhere but to the hosts that config.toml names: the name is looked up once, what it led to is checked,
and the connection is made to that very address, whose certificate must be the name's. Nobody is followed anywhere
else, neither by a redirect nor by a proxy of the environment.
"""

import hmac
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from scheduler.notifiers import encryption, net
from scheduler.notifiers.faults import Fault
from scheduler.notifiers.interface import Answer, Letter, PutOff, Refused, Sent
from scheduler.notifiers.net import Deadline, ForbiddenAddressError, Resolve
from workflow import config_outlets, secret_files
from workflow.audit_journal import canonical
from workflow.config import Settings
from workflow.config_outlets import WebhookTarget
from workflow.errors import EnvironmentFaultError

ID, SIGNATURE = "X-Arendegang-Id", "X-Arendegang-Signature"
MOST_READ = 64 * 1024
"""Bytes of an answer's body. Nothing in it is used; it is read so that a decent peer may finish its sentence."""

BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
"""Answers about this request, now."""

MISLED = frozenset(
    {
        *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND),
        *(HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.GONE),
    }
)
"""Answers about our key or address, which somebody has to mend; nothing is wrong with the reminder."""

AWAY = frozenset(
    {
        *(HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY),
        *(HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT),
    }
)
"""Answers about the system, which say nothing of this request."""


class WebhookNotifier:
    """Tells one system, over a connection of its own for each reminder."""

    def __init__(self, settings: Settings, name: str, resolve: Resolve = net.resolved) -> None:
        """`name` is a target's in config.toml."""
        self._settings, self._webhook, self._resolve = settings, settings.config.webhook, resolve
        self._target = next((target for target in self._webhook.targets if target.name == name), None)

    def send(self, letter: Callable[[], Letter], at: datetime) -> Answer:
        target = self._target
        if target is None:
            return PutOff(Fault.NO_TARGET)
        if any(config_outlets.about_target(target, self._webhook)):
            return PutOff(Fault.BAD_SETTING)
        written = letter()
        body = canonical({"id": written.id, **written.facts})
        try:
            return _answered(self._posted(target, body, self._headers(target, written.id, body, at)))
        except EnvironmentFaultError:
            return PutOff(Fault.BAD_KEY, unreachable=True)
        except ForbiddenAddressError:
            return PutOff(Fault.FORBIDDEN_ADDRESS, unreachable=True)
        except HTTPException:
            return PutOff(Fault.BAD_ANSWER, unreachable=True)
        except OSError as error:
            return PutOff(encryption.fault(error), unreachable=True)
        except ValueError:
            return PutOff(Fault.BAD_SETTING)

    def _headers(self, target: WebhookTarget, own: str, body: bytes, at: datetime) -> Mapping[str, str]:
        key = secret_files.signing_key(self._settings, target)
        return {
            "Content-Type": "application/json",
            "User-Agent": "arendegang",
            ID: own,
            SIGNATURE: signature(key, int(at.timestamp()), body),
        }

    def _posted(self, target: WebhookTarget, body: bytes, headers: Mapping[str, str]) -> int:
        """The status a system answers with."""
        url, deadline = urlsplit(target.url), Deadline(self._webhook.timeout_seconds)
        with closing(self._connected(url, deadline)) as connection:
            connection.request("POST", _path(url), body, headers)
            response = connection.getresponse()
            with closing(response), suppress(OSError, HTTPException):  # the status has been said
                response.read(MOST_READ)
            return response.status

    def _connected(self, url: SplitResult, deadline: Deadline) -> HTTPSConnection:
        host, port = url.hostname or "", url.port or 443
        context = encryption.context(self._settings.directory, self._webhook.ca_file)
        found = self._resolve(host, port, deadline)
        if not config_outlets.is_listed(host, self._webhook.private_hosts):
            net.require_public(found)
        connection = HTTPSConnection(host, port, context=context)
        connection.auto_open = 0  # never by another look at the name
        connection.sock = net.encrypted(net.connected(found, deadline), context, host, deadline)
        return connection


def signature(key: bytes, seconds: int, body: bytes) -> str:
    """`t=…,v1=…`: when, in seconds since 1970, and the HMAC-SHA256 of that and the body with a dot between."""
    return f"t={seconds},v1={hmac.digest(key, b'%d.%b' % (seconds, body), 'sha256').hex()}"


def _path(url: SplitResult) -> str:
    return f"{url.path or '/'}{'?' if url.query else ''}{url.query}"


def _answered(status: int) -> Answer:
    """A redirect is put off too: the settings have an old address."""
    code = str(status)
    match status // 100:
        case 2:
            return Sent()
        case _ if status in AWAY | MISLED:
            return PutOff(code, unreachable=True)
        case 4 if status not in BUSY:
            return Refused(code)
        case 4 | 5:
            return PutOff(code, counted=True)
        case _:
            return PutOff(code, unreachable=True)
