"""Daemons as real processes in directories of their own, and what they do there."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.conftest import PROJECT

BIN = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}
PATIENCE = 30
"""Seconds for what is going to happen."""

IMPATIENT = """\
from scheduler import daemon, heart, service
heart.SHORTEST, service.LONGEST_NAP = 2, 1
daemon.main()
"""
"""A daemon that gives up sooner than any should."""


def found(directory: Path) -> Path:
    """A directory with a database, and the project's own settings."""
    shutil.copy(PROJECT / "config.toml", directory)
    arende(directory, "database", "upgrade")
    return directory


def arende(town: Path, *arguments: str) -> str:
    return subprocess.run(
        [BIN / "arende", *arguments], cwd=town, check=True, capture_output=True, text=True, env=ENVIRONMENT
    ).stdout


def daemon(
    town: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "arende-daemon", *arguments],
        cwd=town,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**ENVIRONMENT, **(environment or {})},
    )


def set_to(town: Path, **settings: object) -> None:
    """Let settings of config.toml be others, in every section that has one of that name."""
    path = town / "config.toml"
    text = path.read_text()
    for name, value in settings.items():
        told = json.dumps(value, ensure_ascii=False)
        text, times = re.subn(
            rf"^{name} = (\"[^\"]*\"|\[[^\]]*\]|[\w.]+)", f"{name} = {told}", text, flags=re.MULTILINE
        )
        assert times, f"{name} does not stand in config.toml"
    path.write_text(text)


def with_mail(town: Path, port: int) -> None:
    """Let config.toml name a mail server and the secretary's mailbox; mail goes out at every hour."""
    set_to(town, host="127.0.0.1", port=port, sender="Ärendegång <arende@exempel.se>", quiet=[], weekends=True)
    path = town / "config.toml"
    path.write_text(f'{path.read_text()}\n[[mailboxes]]\nrole = "namndsekreterare"\naddress = "son@exempel.se"\n')


def operations(town: Path) -> list[dict[str, Any]]:
    """The operators' log."""
    return [json.loads(line) for line in (town / "logg" / "drift.jsonl").read_text().splitlines()]


def ticks(town: Path, outcome: str = "done") -> int:
    """How many rounds have ended so."""
    path = town / "logg" / "drift.jsonl"
    lines = operations(town) if path.exists() else []
    return sum(line.get("command") == "daemon tick" and line["outcome"] == outcome for line in lines)


@contextmanager
def running(
    town: Path, environment: Mapping[str, str] | None = None, program: str = ""
) -> Iterator[subprocess.Popen[str]]:
    """A daemon in the background; what is told to it is the test's business."""
    begun = [sys.executable, "-c", program] if program else [str(BIN / "arende-daemon")]
    with subprocess.Popen(
        [*begun, "run"],
        cwd=town,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**ENVIRONMENT, **(environment or {})},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
    """Tell it to stop; its exit code, and what it said on standard error."""
    process.send_signal(number)
    _, told = process.communicate(timeout=PATIENCE)
    return process.returncode, told


def eventually(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "it never happened"
        time.sleep(0.05)


class Systemd:
    """Listens as systemd does."""

    def __init__(self, directory: Path) -> None:
        self._address = str(directory / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self._address)
        self._socket.settimeout(PATIENCE)
        self.heard: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        """What a service is started with."""
        return {"NOTIFY_SOCKET": self._address, "WATCHDOG_USEC": "60000000"}

    def wait_for(self, line: str) -> str:
        """The next message with a line that begins so."""
        while True:
            message = self._socket.recv(4096).decode()
            self.heard.append(message)
            if any(one.startswith(line) for one in message.splitlines()):
                return message

    def silent_for(self, seconds: float) -> bool:
        """True when nothing comes for so long."""
        self._socket.settimeout(seconds)
        try:
            self.heard.append(self._socket.recv(4096).decode())
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(PATIENCE)
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
