"""The operators' log: one canonical line per command and per reminder, ids and codes only, after the commit.

It is for those who run the system, and nothing is rebuilt from it. It can neither fail nor hold up a command:
what cannot be written at once is said on standard error and forgotten. The file is opened anew for each line,
so it may be moved away or emptied at any time.
"""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import EAGAIN, ENOSPC
from pathlib import Path
from stat import S_ISREG
from types import ModuleType
from typing import Any

from workflow.errors import why

AT_ONCE = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""A pipe that nobody reads from is an error, not a reason to wait."""


def command_finished(path: Path, **fields: Any) -> None:
    """Append one JSON line about a finished command."""
    _append(path, "command_finished", [fields])


def reminders_handled(path: Path, handled: Sequence[Mapping[str, Any]]) -> None:
    """Append one JSON line for each reminder about what became of it: sent, put_off, failed, moot …"""
    _append(path, "reminder_handled", handled)


def _append(path: Path, event: str, happened: Sequence[Mapping[str, Any]]) -> None:
    if not happened:
        return
    try:
        lines = _rendered(event, happened)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, AT_ONCE, 0o600)
        try:
            _write(descriptor, lines)
        finally:
            os.close(descriptor)
    except Exception as error:
        # Whatever is wrong with a disk, a pipe or a value, the command itself has been done.
        _complain(path, error)


def _rendered(event: str, happened: Sequence[Mapping[str, Any]]) -> bytes:
    structlog = _structlog()
    written: list[str] = []
    logger = structlog.wrap_logger(
        _Into(written),
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer(sort_keys=True)],
    )
    for fields in happened:
        logger.info(event, **fields)
    return "".join(f"{line}\n" for line in written).encode()


class _Into:
    """What structlog writes to."""

    def __init__(self, written: list[str]) -> None:
        self.info = written.append


def _write(descriptor: int, lines: bytes) -> None:
    """All of the lines in one write, so that no other process's comes in between; or none of them."""
    written = os.write(descriptor, lines)
    if written == len(lines):
        return
    found = os.fstat(descriptor)
    if not S_ISREG(found.st_mode):
        raise OSError(EAGAIN, "")
    if found.st_size == os.lseek(descriptor, 0, os.SEEK_CUR):
        os.ftruncate(descriptor, found.st_size - written)
    raise OSError(ENOSPC, "")


def _structlog() -> Any:
    """structlog, imported only when a command has changed something, and without what is never used here.

    Its console renderer imports Rich where there is one, and its coroutines asyncio: most of the cost.
    """
    if "structlog" in sys.modules:
        return sys.modules["structlog"]
    later = ModuleType("asyncio")
    vars(later)["__getattr__"] = lambda name: getattr(importlib.import_module("asyncio"), name)
    # None makes an import fail, which structlog is ready for.
    with _standing_in(rich=None, asyncio=sys.modules.get("asyncio", later)):
        import structlog
    return structlog


@contextmanager
def _standing_in(**modules: Any) -> Iterator[None]:
    """What an import of these modules gives meanwhile."""
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module


def _complain(path: Path, error: Exception) -> None:
    reason = why(error) if isinstance(error, OSError) else type(error).__name__
    told = f"Driftloggen {path} kunde inte skrivas ({reason}). Kommandot är utfört ändå.\n"
    if sys.stderr is None:
        return  # the program was started without one
    try:
        sys.stderr.write(told)
        sys.stderr.flush()
    except (OSError, ValueError):
        _forget_standard_error()


def _forget_standard_error() -> None:
    """What nobody could be told must not be tried again when the program ends: that would be its exit code."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    except (OSError, ValueError):
        return
