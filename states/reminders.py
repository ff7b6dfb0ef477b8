"""The words a reminder is told in; when one is due is decided in `scheduler`."""

from enum import StrEnum


class Channel(StrEnum):
    """How a reminder goes out."""

    LOGG = "logg"  # the operators' log
    EPOST = "e-post"


class ReminderStatus(StrEnum):
    """What has become of a reminder."""

    PLANNED = "planned"
    SENT = "sent"
    MERGED = "merged"  # missed, and said by a later one
    SKIPPED = "skipped"  # missed, and by its rule not sent late
    MOOT = "moot"  # what it was about was done or moved before it went out
    FAILED = "failed"  # refused for good, or tried too many times
