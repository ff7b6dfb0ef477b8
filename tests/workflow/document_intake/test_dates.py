"""Dates as people write them."""

import datetime

import pytest

from workflow.document_intake.swedish_dates import dates_in, without_dates


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-05",
        "2025–02–05",
        "2025.02.05",
        "20250205",
        "5 februari 2025",
        "den 5:e feb 2025",
        "5/2 2025",
        "5.2.2025",
        "05-02-2025",
        "2O2s-O2-Os",
        "5 februari 2O25",
    ],
)
def test_a_whole_date_is_found_in_any_text(written: str):
    assert [found.date for found in dates_in(f"beslutat {written}, § 4")] == [datetime.date(2025, 2, 5)]


@pytest.mark.parametrize("written", ["5/2", "250205"])
def test_a_shorter_form_is_a_date_only_where_one_is_expected(written: str):
    assert dates_in(written) == []
    assert [found.date for found in dates_in(written, 2025, expected=True)] == [datetime.date(2025, 2, 5)]


@pytest.mark.parametrize(
    "written", ["2025-13-01", "läsåret 2024/25", "0555-12 34 56", "30 februari 2025", "SFS 2013:801"]
)
def test_what_only_looks_like_a_date_is_none(written: str):
    assert dates_in(written) == []


def test_an_inferred_year_is_marked():
    assert [found.year_inferred for found in dates_in("5 februari och 6 februari 2025", 2025)] == [True, False]


def test_dates_can_be_taken_out():
    assert without_dates("Ekdala den 5 februari 2025").split() == ["Ekdala", "den"]
