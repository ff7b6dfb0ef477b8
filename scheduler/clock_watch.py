"""Has somebody set a clock? Told by holding it against one that nobody can set.

Decides when a clock has jumped. Does not decide what is done about it.
"""

from collections.abc import Callable

TOLERATED = 5.0
"""Seconds that a clock may be off without having jumped; what NTP slews moves both clocks alike."""

LONGEST_READING = 1.0
"""Seconds between two readings that belong together; whoever is stopped in between reads nothing."""


class ClockWatch:
    """One clock held against the monotonic one. A machine that has slept has jumped, too."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._apart: float | None = None

    def jumped(self, wall: Callable[[], float]) -> int:
        """Whole seconds that a clock has jumped since it was last read, forward or back; 0 for not."""
        before = self._monotonic()
        apart = wall() - before
        if self._monotonic() - before > LONGEST_READING:
            return 0
        if self._apart is None:
            self._apart = apart
        jump = apart - self._apart
        if abs(jump) <= TOLERATED:
            return 0
        self._apart = apart
        return round(jump)
