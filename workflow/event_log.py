"""The operators' log: one canonical line per command, ids and codes only, after the commit.

It is for those who run the system, and nothing is rebuilt from it. It can never fail a command: what
cannot be written is said once on standard error and forgotten.
"""

import os
import sys
from pathlib import Path
from typing import Any

from workflow.errors import why


def command_finished(path: Path, **fields: Any) -> None:
    """Append one JSON line about a finished command."""
    try:
        _write(path, fields)
    except Exception as error:
        # Whatever is wrong with a disk, a pipe or a value, the command itself has been done.
        _complain(path, error)


def _write(path: Path, fields: dict[str, Any]) -> None:
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
        logger.info("command_finished", **fields)


def _structlog() -> Any:
    """structlog, imported only when a command has changed something, and without Rich.

    Its console renderer, which is never used here, imports Rich where there is one: two thirds of the cost.
    """
    rich = sys.modules.get("rich")
    sys.modules["rich"] = None  # type: ignore[assignment]  # what makes an import of it fail
    try:
        import structlog
    finally:
        del sys.modules["rich"]
        if rich is not None:
            sys.modules["rich"] = rich
    return structlog


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _complain(path: Path, error: Exception) -> None:
    try:
        reason = why(error) if isinstance(error, OSError) else type(error).__name__
        sys.stderr.write(f"Driftloggen {path} kunde inte skrivas ({reason}). Kommandot är utfört ändå.\n")
    except (OSError, ValueError):
        return
