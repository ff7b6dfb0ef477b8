"""When something may leave the house."""

from datetime import datetime

from workflow.config import Daemon


def may_leave(at: datetime, daemon: Daemon) -> bool:
    return True
