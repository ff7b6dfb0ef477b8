"""When a daemon is held to stand still, and when it is not."""

import pytest

from scheduler.heart import Heart, longest_rest, longest_step
from workflow.config import Daemon


class Beating:
    """A heart with a clock of its own."""

    def __init__(self, daemon: Daemon) -> None:
        self.now, self.told = 0.0, 0
        self.heart = Heart(daemon, lambda: self.now, self._tell)

    def _tell(self) -> None:
        self.told += 1

    def after(self, seconds: float) -> bool:
        self.now += seconds
        return self.heart.has_stopped


def test_between_two_rounds_it_may_rest_for_two_intervals() -> None:
    body = Beating(Daemon(tick_seconds=60, lease_seconds=300))
    assert not body.after(120)
    assert body.after(1)


def test_in_a_round_it_may_be_at_one_thing_for_a_lease() -> None:
    body = Beating(Daemon(tick_seconds=60, lease_seconds=300))
    with body.heart.working():
        assert not body.after(300)
        body.heart.beat()
        assert not body.after(300)
        assert body.after(1)
    assert not body.heart.has_stopped


@pytest.mark.parametrize(
    ("daemon", "rest", "step"),
    [
        (Daemon(tick_seconds=60, lease_seconds=300), 120, 300),
        (Daemon(tick_seconds=300, lease_seconds=60), 600, 900),
        (Daemon(tick_seconds=1, lease_seconds=1), 30, 30),
    ],
)
def test_how_long_follows_the_settings(daemon: Daemon, rest: float, step: float) -> None:
    assert (longest_rest(daemon), longest_step(daemon)) == (rest, step)


def test_other_settings_are_followed_at_once() -> None:
    body = Beating(Daemon(tick_seconds=60))
    body.heart.follow(Daemon(tick_seconds=600))
    assert not body.after(1200)
    assert body.after(1)


def test_systemd_hears_of_it_at_most_once_a_second_however_often_it_beats() -> None:
    body = Beating(Daemon())
    for _ in range(100):
        body.heart.beat()
        body.now += 0.1
    assert 9 <= body.told <= 11


def test_whoever_was_itself_asleep_excuses_it() -> None:
    body = Beating(Daemon())
    assert body.after(10_000)
    body.heart.excuse()
    assert not body.heart.has_stopped
