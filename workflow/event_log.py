"""The operators' log: one canonical line per command and per reminder, ids and codes only, after the commit.

It is for those who run the system, and nothing is rebuilt from it. It can never fail a command: what
cannot be written is said once on standard error and forgotten.
"""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from workflow.errors import why


def command_finished(path: Path, **fields: Any) -> None:
    """Append one JSON line about a finished command."""
    _append(path, "command_finished", fields)


def reminder_handled(path: Path, **fields: Any) -> None:
    """Append one JSON line about what became of a reminder: sent, put_off, failed or moot."""
    _append(path, "reminder_handled", fields)


def _append(path: Path, event: str, fields: dict[str, Any]) -> None:
    try:
        _write(path, event, fields)
    except Exception as error:
        # Whatever is wrong with a disk, a pipe or a value, the command itself has been done.
        _complain(path, error)


def _write(path: Path, event: str, fields: dict[str, Any]) -> None:
    structlog = _structlog()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8", opener=_private) as file:
        logger = structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
        logger.info(event, **fields)


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


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _complain(path: Path, error: Exception) -> None:
    try:
        reason = why(error) if isinstance(error, OSError) else type(error).__name__
        sys.stderr.write(f"Driftloggen {path} kunde inte skrivas ({reason}). Kommandot är utfört ändå.\n")
    except (OSError, ValueError):
        return
