"""What systemd is told of a service, over the datagram socket it names (sd_notify(3)). Without systemd: nothing."""

import os
import socket
from collections.abc import Mapping

import msgspec


class NotifySocket(msgspec.Struct, frozen=True):
    """Where to tell; an empty address for nowhere."""

    address: str = ""
    watched: bool = False  # systemd wants to hear from us again and again

    def tell(self, *lines: str) -> None:
        """One message of `NAME=value` lines; a systemd that does not listen is no reason to stop working."""
        if not self.address:
            return
        # A leading @ stands for the NUL of an abstract socket.
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.setblocking(False)
                out.sendto("\n".join(lines).encode(), address)
        except OSError:
            return

    def alive(self) -> None:
        """To be called from inside the work itself, never by a thread that lives while the work stands still."""
        if self.watched:
            self.tell("WATCHDOG=1")

    def watch(self, seconds: float) -> None:
        """Ask to be restarted after so long a silence."""
        if self.watched:
            self.tell(f"WATCHDOG_USEC={int(seconds * 1_000_000)}")


def from_environment(environment: Mapping[str, str] = os.environ) -> NotifySocket:
    """What systemd has said to this very process."""
    pid = environment.get("WATCHDOG_PID", "")
    watched = "WATCHDOG_USEC" in environment and pid in ("", str(os.getpid()))
    return NotifySocket(environment.get("NOTIFY_SOCKET", ""), watched)
