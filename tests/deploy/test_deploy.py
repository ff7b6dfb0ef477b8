"""What is laid on a machine: systemd takes the units, they are closed as they should be, and the pages tell of them."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

DEPLOY = PROJECT / "deploy"
DAEMON, ONCE, TIMER = (DEPLOY / f"arende-daemon{end}" for end in (".service", "-once.service", "-once.timer"))
PROGRAM = "/opt/arendegang/.venv/bin/arende-daemon"
HARDENING = "# --- hardening ---"
MOST_EXPOSED = 15
"""Tenths of systemd's own measure: a bare unit has 96."""

CLOSED = set(
    """
    AmbientCapabilities= CapabilityBoundingSet= LockPersonality=yes MemoryDenyWriteExecute=yes NoNewPrivileges=yes
    PrivateDevices=yes PrivateTmp=yes PrivateUsers=yes ProtectClock=yes ProtectControlGroups=yes ProtectHome=yes
    ProtectHostname=yes ProtectKernelLogs=yes ProtectKernelModules=yes ProtectKernelTunables=yes ProtectProc=invisible
    ProtectSystem=strict RestrictNamespaces=yes RestrictRealtime=yes RestrictSUIDSGID=yes
    SystemCallArchitectures=native SystemCallFilter=@system-service
    """.split()  # noqa: SIM905
)


def keys(unit: Path) -> dict[str, list[str]]:
    """What a unit sets, by the setting."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if re.match(r"\w+=", line):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


# --- the units ----------------------------------------------------------------------------------------


def by_their_text(unit: Path, _: Path) -> None:
    """What systemd would measure, as far as it can be read."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert CLOSED - set(lines) == set()
    assert "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6" in lines
    assert "SystemCallFilter=~@privileged @resources" in lines


def by_systemd(unit: Path, directory: Path) -> None:
    """What systemd says of it, with the program where it is here."""
    copy = directory / unit.name
    ours = Path(sys.executable).with_name("arende-daemon")
    copy.write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, str(ours)), encoding="utf-8")
    for command in (["verify"], ["security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager"]):
        done = subprocess.run(["systemd-analyze", *command, copy], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


READERS = [by_their_text, *([by_systemd] if shutil.which("systemd-analyze") else [])]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("unit", [DAEMON, ONCE], ids=lambda unit: unit.stem)
def test_a_service_is_closed_to_all_it_does_not_need(
    unit: Path, read: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    read(unit, tmp_path)


def test_both_services_are_closed_alike() -> None:
    ends = [
        unit.read_text(encoding="utf-8").partition(HARDENING)[2].partition("\n[")[0].strip() for unit in (DAEMON, ONCE)
    ]
    assert ends[0] == ends[1] != ""


def test_the_daemon_tells_systemd_how_it_is_and_is_started_again_when_it_fails() -> None:
    found = keys(DAEMON)
    assert found["Type"] == ["notify"]
    assert found["NotifyAccess"] == ["main"]
    assert found["ExecStart"] == [f"{PROGRAM} run"]
    assert found["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert found["Restart"] == ["on-failure"]
    assert found["WatchdogSec"] == ["6min"]
    assert found["User"] == ["arendegang"]


def test_the_timer_makes_up_for_what_was_missed_and_starts_one_round() -> None:
    assert keys(TIMER)["Persistent"] == ["true"]
    assert keys(ONCE)["Type"] == ["oneshot"]
    assert keys(ONCE)["ExecStart"] == [f"{PROGRAM} --once"]


def test_only_the_operators_log_is_rotated() -> None:
    rules = (DEPLOY / "arendegang.logrotate").read_text(encoding="utf-8")
    assert re.findall(r"^(/\S+) \{", rules, re.MULTILINE) == ["/var/lib/arendegang/logg/drift.jsonl"]


# --- the page -----------------------------------------------------------------------------------------


def shown() -> Iterator[str]:
    """Every file of ours that the page tells to copy."""
    page = (PROJECT / "docs" / "drift.md").read_text(encoding="utf-8")
    yield from re.findall(r"\bdeploy/([\w.-]+\w)", page)


def test_the_page_tells_of_every_file_and_of_no_other() -> None:
    assert set(shown()) == {path.name for path in DEPLOY.iterdir()}
