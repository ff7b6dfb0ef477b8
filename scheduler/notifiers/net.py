"""Connections that go to an address that has been looked at, and that are over when their time is."""

import socket
import ssl
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple, cast


class Deadline:
    """A moment some seconds from now."""

    def __init__(self, seconds: float, each: float | None = None) -> None:
        """`each` is the longest that anything is waited for before then. Raises ValueError when there is no time."""
        if seconds <= 0:
            raise ValueError("no time at all")
        self._until, self._each = monotonic() + seconds, each or seconds

    def left(self) -> float:
        """Seconds to wait, at most. Raises TimeoutError when there are none."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("the time is up")
        return min(left, self._each)


class Found(NamedTuple):
    """An address a name leads to."""

    family: int
    address: tuple[Any, ...]  # as the operating system takes it; the IP address is the first of it


Resolve = Callable[[str, int, Deadline], Sequence[Found]]


class ForbiddenAddressError(Exception):
    """The name leads into the house, or nowhere a name of others should."""


def resolved(host: str, port: int, deadline: Deadline) -> Sequence[Found]:
    """Every address of a host, by the operating system.

    It may take its time and cannot be stopped, so that it is asked in a thread which is left to itself.
    """
    answer: SimpleQueue[Sequence[Found] | Exception] = SimpleQueue()
    Thread(target=lambda: answer.put(_asked(host, port)), daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except Empty as error:
        raise TimeoutError("the name was not found in time") from error
    if isinstance(found, Exception):
        raise found
    return found


def _asked(host: str, port: int) -> Sequence[Found] | Exception:
    try:
        return [
            Found(family, address) for family, *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        ]
    except (OSError, ValueError) as error:
        return error


def require_public(found: Sequence[Found]) -> None:
    """Raise ForbiddenAddressError unless every address is one of the open Internet."""
    if not all(is_public(str(each.address[0])) for each in found):
        raise ForbiddenAddressError


def is_public(text: str) -> bool:
    """False for what is private, loopback, link-local, multicast, reserved, or hides an address that may be."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and (address.is_site_local or address.sixtofour):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Bounded(socket.socket):
    """A connection that ends at a deadline, however slowly the peer sends or takes."""

    deadline: Deadline | None = None  # connecting and shaking hands have limits of their own

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._hurry()
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self._hurry()
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._hurry()
        super().sendall(*args, **kwargs)

    def _hurry(self) -> None:
        if self.deadline:
            self.settimeout(self.deadline.left())


class BoundedTls(Bounded, ssl.SSLSocket):
    """The same under TLS."""


def connected(found: Sequence[Found], deadline: Deadline) -> Bounded:
    """The first of the addresses that answers, each having its share of the time."""
    fault: OSError = OSError("the name leads nowhere")
    for place, each in enumerate(found):
        connection = Bounded(each.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(deadline.left() / (len(found) - place))
            connection.connect(each.address)
        except OSError as error:
            connection.close()
            fault = error
        else:
            connection.deadline = deadline
            return connection
    raise fault


def encrypted(connection: Bounded, context: ssl.SSLContext, host: str, deadline: Deadline) -> BoundedTls:
    """A connection under TLS with whoever has the host's certificate."""
    try:
        connection.settimeout(deadline.left())
        wrapped = cast(BoundedTls, context.wrap_socket(connection, server_hostname=host))
    except (OSError, ValueError):
        connection.close()
        raise
    wrapped.deadline = deadline
    return wrapped
