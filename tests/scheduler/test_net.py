"""Which addresses are the open Internet's, and that nothing takes longer than it may."""

import socket
import time

import pytest

from scheduler.notifiers import net
from scheduler.notifiers.net import Deadline, ForbiddenAddressError, Found


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2a00:801:f0:106::80", "2606:4700::1111"])
def test_an_address_of_the_open_internet_is_public(address):
    assert net.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "fd00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1"),  # NAT64
        *("2002:7f00:1::", "2002:a00:1::1"),  # 6to4
        *("2001::1", "2001:0:7f00:1::"),  # Teredo
    ],
)
def test_what_leads_into_the_house_in_any_way_is_not(address):
    assert not net.is_public(address)
    with pytest.raises(ForbiddenAddressError):
        net.require_public([Found(socket.AF_INET, ("8.8.8.8", 443)), Found(socket.AF_INET, (address, 443))])


def test_an_address_that_does_not_answer_leaves_time_for_the_next():
    with socket.create_server(("127.0.0.1", 0)) as listening, full_server() as port:
        deaf, there = Found(socket.AF_INET, ("127.0.0.1", port)), Found(socket.AF_INET, listening.getsockname())
        with net.connected([deaf, there], Deadline(2)) as connection:
            assert connection.getpeername() == listening.getsockname()


def test_the_time_of_all_addresses_together_is_bounded():
    started = time.monotonic()
    with full_server() as port, pytest.raises(TimeoutError):
        net.connected([Found(socket.AF_INET, ("127.0.0.1", port))] * 3, Deadline(0.6))
    assert time.monotonic() - started < 2


def test_a_name_that_leads_nowhere_is_no_connection():
    with pytest.raises(OSError, match="nowhere"):
        net.connected([], Deadline(1))


def full_server():
    """A socket whose queue is full, so that whoever calls hears nothing."""
    return Full()


class Full:
    def __enter__(self):
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=0)
        self._waiting = [socket.socket() for _ in range(3)]
        for connection in self._waiting:
            connection.setblocking(False)
            connection.connect_ex(self._listening.getsockname())
        return self._listening.getsockname()[1]

    def __exit__(self, *_fault):
        for each in (self._listening, *self._waiting):
            each.close()
