"""The calendar against court cases, computed vectors, the `holidays` library and its own laws."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from states.swedish_calendar import (
    closed_because,
    days_after,
    easter_sunday,
    eves,
    is_working_day,
    months_after,
    public_holidays,
    roll_forward,
    working_day_on_or_before,
    working_days_after,
    years_after,
)

DAYS = st.dates(date(1953, 1, 1), date(2200, 12, 31))
LONGEST_CLOSURE = 5  # julafton on a Wednesday: two days of Christmas and a weekend follow

CLOSED_WEEKDAYS = {
    2026: "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31",
    2027: "01-01 01-06 03-26 03-29 05-06 06-25 12-24 12-31",
    2028: "01-06 04-14 04-17 05-01 05-25 06-06 06-23 12-25 12-26",
}


def every_day(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


# --- what courts and a protocol have said, and what has been computed by hand -----------------------


@pytest.mark.parametrize(
    ("event", "days", "last"),
    [
        # Dates taken from court cases (three weeks from the anslag or the serving).
        ("1995-09-13", 21, "1995-10-04"),  # RÅ 1997 ref. 46
        ("1991-12-10", 21, "1992-01-02"),  # RÅ 1994 not 353: nyårsafton, then nyårsdagen
        ("1999-03-16", 21, "1999-04-06"),  # RÅ 1999 not 181: påsken in between is not deducted
        ("2004-10-04", 21, "2004-10-25"),  # RÅ 2009 not 176
        # Computed: three weeks.
        ("2024-05-31", 21, "2024-06-24"),  # midsommarafton
        ("2026-05-29", 21, "2026-06-22"),  # midsommarafton
        ("2026-12-03", 21, "2026-12-28"),  # julafton on a Thursday: four closed days
        ("2026-12-10", 21, "2027-01-04"),  # nyårsafton on a Thursday: four closed days
        ("2027-03-05", 21, "2027-03-30"),  # långfredagen: four closed days
        # Computed: fourteen days from the meeting.
        ("2026-06-05", 14, "2026-06-22"),
        # Computed: the second day after the justering.
        ("2026-06-18", 2, "2026-06-22"),
        ("2026-04-29", 2, "2026-05-04"),  # första maj on a Friday
        # The five cases the project began with.
        ("2020-10-30", 21, "2020-11-20"),
        ("2017-12-21", 21, "2018-01-11"),
        ("2021-03-26", 21, "2021-04-16"),
        ("2021-02-26", 21, "2021-03-19"),
    ],
)
def test_a_last_day_that_is_closed_moves_to_the_next_working_day(event, days, last):
    assert roll_forward(days_after(date.fromisoformat(event), days)) == date.fromisoformat(last)


@pytest.mark.parametrize(("meeting", "plan"), [("2026-04-13", "2026-04-02"), ("2024-05-28", "2024-05-21")])
def test_a_lead_time_is_pulled_earlier_and_never_later(meeting, plan):
    week_before = days_after(date.fromisoformat(meeting), -7)
    assert working_day_on_or_before(week_before) == date.fromisoformat(plan)


@pytest.mark.parametrize("year", CLOSED_WEEKDAYS)
def test_the_closed_weekdays_of_a_year_are_those_of_the_study(year):
    closed = [day for day in every_day(year) if day.weekday() < 5 and not is_working_day(day)]
    assert [f"{day:%m-%d}" for day in closed] == CLOSED_WEEKDAYS[year].split()


@pytest.mark.parametrize("year", range(2005, 2061))
def test_holidays_and_eves_are_those_of_the_holidays_library(year):
    oracle = set(holidays.country_holidays("SE", years=year, categories=("de_facto", "public")))
    assert set(public_holidays(year)) | set(eves(year)) == oracle


@pytest.mark.parametrize("year", [1991, 1999, 2004])
def test_before_2005_annandag_pingst_was_a_holiday_and_nationaldagen_was_not(year):
    assert closed_because(easter_sunday(year) + timedelta(days=50)) == "annandag pingst"
    assert date(year, 6, 6) not in public_holidays(year)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2024-06-21", "midsommarafton"),
        ("2024-06-22", "midsommardagen"),
        ("2024-12-24", "julafton"),
        ("2024-12-31", "nyårsafton"),
        ("2024-05-09", "Kristi himmelsfärdsdag"),
        ("2024-11-02", "alla helgons dag"),
        ("2024-06-06", "nationaldagen"),
        ("2024-05-25", "lördag"),
        ("2024-05-26", "söndag"),
        ("2024-03-28", None),  # skärtorsdagen
        ("2024-01-05", None),  # trettondagsafton
        ("2024-04-30", None),  # valborg
        ("2024-11-01", None),  # the day before alla helgons dag
        ("2024-05-10", None),  # a klämdag
    ],
)
def test_a_closed_day_says_why_and_a_working_day_says_nothing(day, reason):
    assert closed_because(date.fromisoformat(day)) == reason


def test_a_year_has_thirteen_named_holidays_when_none_coincide():
    assert len(public_holidays(2024)) == 13


@pytest.mark.parametrize(
    ("day", "days", "later"),
    [
        ("2024-02-28", 1, "2024-02-29"),
        ("2024-12-23", 1, "2024-12-27"),  # julafton, juldagen and annandag jul between
        ("2026-12-30", 1, "2027-01-04"),  # nyårsafton, nyårsdagen and a weekend
        ("2024-06-20", 1, "2024-06-24"),  # midsommarafton
        ("2024-05-03", 5, "2024-05-13"),  # Kristi himmelsfärdsdag
        ("2024-05-04", 0, "2024-05-04"),
    ],
)
def test_working_days_later_leave_out_what_is_closed(day, days, later):
    assert working_days_after(date.fromisoformat(day), days) == date.fromisoformat(later)


# --- laws of the arithmetic --------------------------------------------------------------------------


@given(DAYS)
def test_rolling_forward_is_never_earlier_and_ends_on_a_working_day(day):
    rolled = roll_forward(day)
    assert day <= rolled <= day + timedelta(days=LONGEST_CLOSURE)
    assert is_working_day(rolled)


@given(DAYS, st.integers(1, 30))
def test_so_many_working_days_on_there_are_so_many_between(day, days):
    later = working_days_after(day, days)
    passed = ((day + timedelta(days=n)) for n in range(1, (later - day).days + 1))
    assert is_working_day(later)
    assert sum(map(is_working_day, passed)) == days


@given(DAYS)
def test_rolling_forward_twice_is_rolling_once(day):
    assert roll_forward(roll_forward(day)) == roll_forward(day)


@given(DAYS)
def test_rolling_forward_leaves_no_working_day_behind(day):
    skipped = range((roll_forward(day) - day).days)
    assert not any(is_working_day(day + timedelta(days=n)) for n in skipped)


@given(DAYS, DAYS)
def test_a_later_day_never_rolls_to_an_earlier_one(one, other):
    assume(one <= other)
    assert roll_forward(one) <= roll_forward(other)


@given(DAYS)
def test_going_backwards_never_passes_the_day_and_ends_on_a_working_day(day):
    back = working_day_on_or_before(day)
    assert day - timedelta(days=LONGEST_CLOSURE) <= back <= day
    assert is_working_day(back)
    assert (back == day) == (roll_forward(day) == day)


@given(DAYS, st.integers(-60, 60))
def test_weeks_later_is_the_same_weekday(day, weeks):
    assert days_after(day, 7 * weeks).weekday() == day.weekday()


@given(DAYS, st.integers(0, 60))
def test_months_later_keep_the_day_number_or_take_the_last_day_of_the_month(day, months):
    later = months_after(day, months)
    in_month = (later.year - day.year) * 12 + later.month - day.month
    assert in_month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2024-01-31", 1, "2024-02-29"), ("2023-01-31", 1, "2023-02-28"), ("2021-12-09", 3, "2022-03-09")],
)
def test_months_later_clamp_to_the_month_s_last_day(day, months, later):
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)


@pytest.mark.parametrize(("day", "later"), [("2024-02-29", "2025-02-28"), ("2023-08-23", "2024-08-23")])
def test_a_year_later_is_the_same_date_or_the_last_of_february(day, later):
    assert years_after(date.fromisoformat(day), 1) == date.fromisoformat(later)


@given(st.integers(1900, 2200))
def test_easter_is_a_sunday_between_22_march_and_25_april(year):
    easter = easter_sunday(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)
