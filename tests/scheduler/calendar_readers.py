"""Programs that read calendars: the library they are written with, and Thunderbird's own parser where there is npm."""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

HERE = Path(__file__).parent.parent / "end_to_end" / "ical"
LONGEST_LINE = 75
Told = dict[str, Any]
Reader = Callable[[Sequence[bytes]], list[Told]]


def by_icalendar(files: Sequence[bytes]) -> list[Told]:
    """What the library reads back, of files whose lines are as RFC 5545 (3.1) wants them."""
    for content in files:
        assert content.endswith(b"\r\n")
        lines = content.split(b"\r\n")
        assert max(map(len, lines)) <= LONGEST_LINE
        assert not any(ord("\n") in line or ord("\r") in line for line in lines)
    return [_calendar(Calendar.from_ical(content)) for content in files]


def _calendar(read: Any) -> Told:
    return {
        "title": str(read["NAME"]),
        "known_as": str(read["X-WR-CALNAME"]),
        "often": _period(read["REFRESH-INTERVAL"].dt),
        "method": read.get("METHOD"),
        "events": [_event(event) for event in read.walk("VEVENT")],
    }


def _period(often: timedelta) -> str:
    return f"PT{often // timedelta(hours=1)}H"


def _event(event: Any) -> Told:
    return {
        "uid": str(event["UID"]),
        "start": event.start.isoformat(),
        "days": event.duration.days,
        "stamp": event.DTSTAMP.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "modified": event.LAST_MODIFIED.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sequence": int(event["SEQUENCE"]),
        "summary": str(event["SUMMARY"]),
        "description": str(event.get("DESCRIPTION", "")),
        "status": str(event.get("STATUS", "")),
        "secret": event.get("CLASS") == "CONFIDENTIAL",
    }


def by_thunderbird(files: Sequence[bytes]) -> list[Told]:
    """What ical.js reads, as strict as it can be."""
    done = subprocess.run(
        ["node", _installed() / "read.mjs"],
        input=json.dumps([content.decode() for content in files]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[Told] = json.loads(done.stdout)
    return found


def _installed() -> Path:
    """Where the parser is, beside the Python packages; fetched once for each version of the lock."""
    lock = HERE / "package-lock.json"
    home = Path(sys.prefix) / f"ical-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    home.mkdir(exist_ok=True)
    with (home / ".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (home / "node_modules" / "ical.js").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, home)
            quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
            subprocess.run(["npm", "ci", *quiet], cwd=home, check=True, timeout=120)
        shutil.copy(HERE / "read.mjs", home)
    return home


READERS: list[Reader] = [by_icalendar, *([by_thunderbird] if shutil.which("npm") and shutil.which("node") else [])]
