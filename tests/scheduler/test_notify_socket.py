"""What systemd is told, received on a real datagram socket."""

import os
import socket
from pathlib import Path

import pytest

from scheduler import notify_socket


@pytest.mark.parametrize("address", ["{directory}/notify", "@arende-{pid}"])
def test_a_message_reaches_whoever_listens(tmp_path: Path, address: str) -> None:
    name = address.format(directory=tmp_path, pid=os.getpid())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if name.startswith("@") else name)
        systemd.settimeout(5)
        told = notify_socket.from_environment({"NOTIFY_SOCKET": name})
        told.tell("READY=1", "STATUS=Igång.")
        assert systemd.recv(1000).decode() == "READY=1\nSTATUS=Igång."


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/notify"}])
def test_without_a_listener_nothing_happens(environment: dict[str, str]) -> None:
    notify_socket.from_environment(environment).tell("READY=1")


def test_a_listener_who_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        told = notify_socket.from_environment({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        for _ in range(5000):
            told.tell("STATUS=" + "x" * 1000)


@pytest.mark.parametrize(
    ("environment", "watched"),
    [
        ({}, False),
        ({"WATCHDOG_USEC": "60000000"}, True),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, True),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, False),
    ],
)
def test_only_the_process_that_is_watched_says_that_it_lives(
    tmp_path: Path, environment: dict[str, str], watched: bool
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        told = notify_socket.from_environment({"NOTIFY_SOCKET": str(tmp_path / "notify"), **environment})
        told.alive()
        told.watch(90)
        told.tell("STATUS=slut")
        heard = [systemd.recv(1000).decode()]
        while heard[-1] != "STATUS=slut":
            heard.append(systemd.recv(1000).decode())
    assert heard[:-1] == (["WATCHDOG=1", "WATCHDOG_USEC=90000000"] if watched else [])
