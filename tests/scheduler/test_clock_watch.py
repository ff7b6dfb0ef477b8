"""A clock held against one that nobody can set: jumps are told once, and nothing else is one."""

import pytest

from scheduler.clock_watch import ClockWatch

HOUR, DAYS = 3600, 400 * 86_400


class Clocks:
    """A machine's two clocks, to be set and let go on."""

    def __init__(self) -> None:
        self.wall, self.monotonic = 1.8e9, 1000.0
        self.slow_reading = 0.0
        self.watch = ClockWatch(lambda: self.monotonic)
        assert self.jumped() == 0

    def go_on(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds

    def jumped(self) -> int:
        return self.watch.jumped(self._read)

    def _read(self) -> float:
        now = self.wall
        self.go_on(self.slow_reading)
        return now


@pytest.mark.parametrize("seconds", [6, -6, HOUR, -HOUR, DAYS, -DAYS])
def test_a_jump_is_told_once_with_its_seconds(seconds: int) -> None:
    clocks = Clocks()
    clocks.go_on(60)
    clocks.wall += seconds
    assert clocks.jumped() == seconds
    clocks.go_on(60)
    assert clocks.jumped() == 0
    clocks.wall -= seconds
    assert clocks.jumped() == -seconds


def test_time_that_goes_is_no_jump_and_neither_is_a_little() -> None:
    clocks = Clocks()
    for _ in range(10):
        clocks.go_on(3600)
        assert clocks.jumped() == 0
    clocks.wall += 4.9
    assert clocks.jumped() == 0


def test_many_small_steps_are_one_jump_in_the_end() -> None:
    clocks = Clocks()
    told = []
    for _ in range(4):
        clocks.wall += 2
        told.append(clocks.jumped())
    assert told == [0, 0, 6, 0]


def test_a_reading_that_was_interrupted_says_nothing() -> None:
    clocks = Clocks()
    clocks.slow_reading = 600
    assert clocks.jumped() == 0
    clocks.slow_reading = 0
    assert clocks.jumped() == 0
    clocks.wall += 600
    assert clocks.jumped() == 600
