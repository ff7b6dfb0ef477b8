"""When something may leave the house, 2024-2040 to the minute, held against a calculation that shares nothing."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.sending_hours import SWEDEN, may_leave, opens_next
from workflow.config import Daemon

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
YEARS = range(2024, 2041)
RED = holidays.country_holidays("SE", years=range(2023, 2043), categories=("public", "de_facto"))
USUAL = Daemon()


def at(text: str) -> datetime:
    """An instant as the clock on the wall has it."""
    return datetime.fromisoformat(text).replace(tzinfo=SWEDEN)


def wall(instant: datetime) -> str:
    return instant.astimezone(SWEDEN).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("hour", "may"),
    [
        ("2024-05-21 06:59:59", False),
        ("2024-05-21 07:00", True),
        ("2024-05-21 17:59:59", True),
        ("2024-05-21 18:00", False),
        ("2024-05-21 23:59:59", False),
        ("2024-05-21 00:00", False),
        ("2024-05-25 12:00", False),  # a Saturday
        ("2024-06-06 12:00", False),  # nationaldagen
        ("2024-06-21 12:00", False),  # midsommarafton
    ],
)
def test_nothing_leaves_in_the_quiet_hours_nor_when_it_is_closed(hour, may):
    assert may_leave(at(hour), USUAL) == may


@pytest.mark.parametrize(
    ("hour", "opens"),
    [
        ("2024-05-21 12:00", "2024-05-21 12:00"),
        ("2024-05-21 18:00", "2024-05-22 07:00"),
        ("2024-05-21 05:00", "2024-05-21 07:00"),
        ("2024-05-24 18:00", "2024-05-27 07:00"),  # over a weekend
        ("2024-03-28 20:00", "2024-04-02 07:00"),  # over Easter
        ("2024-03-30 23:00", "2024-04-02 07:00"),  # the night the clock is put forward
        ("2024-10-26 23:00", "2024-10-28 07:00"),  # and back
    ],
)
def test_what_waits_leaves_when_it_opens(hour, opens):
    assert wall(opens_next(at(hour), USUAL)) == opens
    assert opens_next(at(hour), USUAL).tzinfo is UTC


def test_quiet_hours_in_the_middle_of_a_day_close_only_them():
    lunch = Daemon(quiet=("11:30", "13:00"))
    assert [may_leave(at(f"2024-05-21 {hour}"), lunch) for hour in ("00:00", "11:29", "11:30", "12:59", "13:00")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert wall(opens_next(at("2024-05-25 12:00"), lunch)) == "2024-05-27 00:00"


def test_without_quiet_hours_only_what_is_closed_waits():
    always, weekdays = Daemon(quiet=(), weekends=True), Daemon(quiet=())
    assert may_leave(at("2024-12-25 03:00"), always)
    assert wall(opens_next(at("2024-12-24 12:00"), weekdays)) == "2024-12-27 00:00"
    assert wall(opens_next(at("2024-12-24 23:00"), Daemon(weekends=True))) == "2024-12-25 07:00"


# --- a second calculation ---------------------------------------------------------------------------


def offset(instant: datetime) -> timedelta:
    """Swedish time's lead over UTC: summer is from the last Sunday of March to that of October, 01 UTC."""
    first, last = (
        datetime(instant.year, month, 31, 1, tzinfo=UTC)
        - timedelta(days=(date(instant.year, month, 31).weekday() + 1) % 7)
        for month in (3, 10)
    )
    return timedelta(hours=2 if first <= instant < last else 1)


def expected(instant: datetime, daemon: Daemon) -> bool:
    local = (instant + offset(instant)).replace(tzinfo=None)
    if not daemon.weekends and (local.weekday() > 4 or local.date() in RED):
        return False
    if not daemon.quiet:
        return True
    first, last = (int(hour[:2]) * 60 + int(hour[3:]) for hour in daemon.quiet)
    quiet = range(first, last) if first < last else (*range(first, 1440), *range(last))
    return local.hour * 60 + local.minute not in quiet


def usable(hour: int) -> bool:
    """Not an hour that comes twice or never."""
    return not 120 <= hour < 180


TIMES = st.integers(0, 1439).filter(usable)
QUIET = st.lists(TIMES, min_size=2, max_size=2, unique=True).map(
    lambda two: tuple(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in two)
)
DAEMONS = st.builds(Daemon, quiet=st.one_of(st.just(()), QUIET), weekends=st.booleans())
SWITCHES = [
    datetime(year, month, 31, 1, tzinfo=UTC) - timedelta(days=(date(year, month, 31).weekday() + 1) % 7)
    for year in YEARS
    for month in (3, 10)
]
INSTANTS = st.one_of(
    st.builds(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + minutes * MINUTE, st.integers(0, 17 * 365 * 1440)),
    st.builds(lambda switch, minutes: switch + minutes * MINUTE, st.sampled_from(SWITCHES), st.integers(-2000, 2000)),
)


@given(INSTANTS, DAEMONS)
def test_what_may_leave_is_what_a_second_calculation_says(instant, daemon):
    assert may_leave(instant, daemon) == expected(instant, daemon)


@given(INSTANTS, DAEMONS)
def test_it_opens_at_the_first_minute_it_may_and_never_more_than_ten_days_ahead(instant, daemon):
    opens = opens_next(instant, daemon)
    assert instant <= opens <= instant + 10 * DAY
    assert expected(opens, daemon)
    if opens > instant:
        assert not expected(instant, daemon)
        before = opens - MINUTE
        assert before < instant or not expected(before, daemon)


@pytest.mark.parametrize("daemon", [USUAL, Daemon(quiet=("23:00", "03:00"), weekends=True), Daemon(quiet=())])
def test_every_minute_of_both_nights_of_every_year_is_as_it_should_be(daemon):
    """From the midnight before to the one after; on a weekend that is closed, the first that opens after it."""
    for switch in SWITCHES:
        minutes = [switch + n * MINUTE for n in range(-4 * 60, 10 * 60)]
        open_at = [may_leave(instant, daemon) for instant in minutes]
        assert open_at == [expected(instant, daemon) for instant in minutes]
        # Nothing opens and closes again because an hour comes twice.
        assert sum(one != other for one, other in pairwise(open_at)) <= 2
        opens = opens_next(switch, daemon)
        walked = switch
        while not expected(walked, daemon):
            walked += MINUTE
        assert opens == walked
