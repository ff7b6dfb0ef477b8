"""Meetings out of the tables of a pdf or a spreadsheet, in the three ways that municipalities print them."""

import os
from datetime import date
from pathlib import Path

import pytest
from fpdf import FPDF
from openpyxl import Workbook  # type: ignore[import-untyped]

from workflow.errors import UsageError
from workflow.meeting_calendars import plan_tables, reading
from workflow.meeting_calendars.plan_tables import Sheet

NAMES = [
    (name, code)
    for code, name in (("KS", "Kommunstyrelsen"), ("KF", "Kommunfullmäktige"), ("SON", "Nämnden"))
    for name in (code, name)
]

SAMPLES = os.environ.get("ARENDE_SAMPLES")
ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def read(*rows, name="", text="", body=None, file="plan.pdf"):
    sheet = Sheet(tuple(tuple(row) for row in rows), tuple(range(1, len(rows) + 1)), f"{file}, sidan 1", name, text)
    return plan_tables.read([sheet], file, NAMES, body)


def days(calendar):
    return [(entry.body, entry.day.isoformat()) for entry in calendar.entries]


def test_a_row_for_each_meeting_is_read_by_what_its_columns_mean():
    calendar = read(
        ("Sammanträden 2027", "", "", ""),
        ("Nämnd/styrelse", "Sista dag för inlämning", "Utskick av handlingar", "Sammanträdesdag"),
        ("Kommunstyrelsen", "15 jan", "26 jan", "2 feb"),
        ("Kommunfullmäktige", "", "", "tisdag 23/2"),
    )
    first, second = calendar.entries
    assert (first.body, first.day, first.plan.manus) == ("Kommunstyrelsen", date(2027, 2, 2), date(2027, 1, 15))
    assert first.plan.call == date(2027, 1, 26)
    assert (second.body, second.day, second.where) == (
        "Kommunfullmäktige",
        date(2027, 2, 23),
        "plan.pdf, sidan 1, rad 4",
    )


def test_a_row_with_a_body_alone_says_whose_the_rows_below_it_are():
    calendar = read(
        ("Manusstopp", "Möte"), ("Kommunstyrelsen", ""), ("2027-01-15", "2027-02-02"), ("KF", ""), ("", "2027-02-23")
    )
    assert days(calendar) == [("KS", "2027-02-02"), ("KF", "2027-02-23")]


def test_months_beside_each_other_are_read_with_the_days_of_handing_in_and_sending_out():
    calendar = read(
        ("Organ", "Jan", "Feb", "Mars", "April"),
        ("Kommunstyrelsen", "12", "9, 23", "9", "6 kl. 13.00"),
        ("Inlämning av ärenden", "4", "1", "1", ""),
        ("Utskick", "5", "2", "2", ""),
        ("Kommunfullmäktige", "", "22", "", "26"),
        text="Sammanträdestider 2027\nFastställda 2026",
    )
    assert [(one.body, one.day) for one in calendar.entries if one.body == "KF"] == [
        ("KF", date(2027, 2, 22)),
        ("KF", date(2027, 4, 26)),
    ]
    own = [one for one in calendar.entries if one.body == "KS"]
    assert [one.day.isoformat() for one in own] == [
        "2027-01-12",
        "2027-02-09",
        "2027-02-23",
        "2027-03-09",
        "2027-04-06",
    ]
    assert (own[0].plan.manus, own[0].plan.call) == (date(2027, 1, 4), date(2027, 1, 5))
    assert own[3].plan.manus == date(2027, 3, 1)


def test_bodies_beside_each_other_are_read_as_well():
    calendar = read(("2027", "KS", "KF"), ("januari", "12", ""), ("februari", "9", "22"), ("mars", "9", "29"))
    assert sorted(days(calendar)) == [
        ("KF", "2027-02-22"), ("KF", "2027-03-29"), ("KS", "2027-01-12"), ("KS", "2027-02-09"), ("KS", "2027-03-09")
    ]  # fmt: skip


def test_of_days_with_what_happens_only_the_bodies_own_are_meetings():
    calendar = read(
        ("Datum", "Aktivitet"),
        ("År 2027", ""),
        ("12 mars", "Uppstart med budgeten 2028"),
        ("3 juni", "Kommunstyrelsen bereder ärendet"),
        ("15 juni", "Kommunfullmäktige beslutar om budget"),
    )
    assert days(calendar) == [("KS", "2027-06-03"), ("KF", "2027-06-15")]


def test_no_year_is_guessed():
    with pytest.raises(UsageError, match="vilket år"):
        read(("", "jan", "feb", "mars"), ("KS", "12", "9", "9"), text="Sammanträdestider 2026–2027")


def test_what_is_no_plan_is_told_and_nothing_is_saved():
    with pytest.raises(UsageError, match="ingen tabell med sammanträden"):
        read(("Konto", "Belopp"), ("Hyra", "12000"))
    with pytest.raises(UsageError, match="31 feb finns inte"):
        read(("2027", "jan", "feb", "mars"), ("KS", "", "31", ""))


@ON_ONE
def test_a_printed_plan_is_read_in_the_child(desk, tmp_path):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    pdf.cell(text="Sammanträdestider 2027", new_x="LMARGIN", new_y="NEXT")
    with pdf.table() as table:
        for cells in (("Organ", "Jan", "Feb", "Mars"), ("KS", "12", "9", "9"), ("SON", "21", "18", "18")):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    path = tmp_path / "plan.pdf"
    pdf.output(str(path))
    calendar = reading.read(path, desk.bodies.bodies, desk.bodies.find("SON", date(2027, 1, 1)))
    assert days(calendar) == [("SON", "2027-01-21"), ("SON", "2027-02-18"), ("SON", "2027-03-18")]
    assert calendar.notes == ("Andra instansers sammanträden, som inte lästes in: 3.",)


@ON_ONE
def test_a_spreadsheet_is_read_in_the_child(desk, tmp_path):
    book = Workbook()
    book.active.title = "2027"
    for row in (("Instans", "Datum", "Tid", "Manusstopp"), ("SON", date(2027, 1, 21), "13.00", date(2027, 1, 7))):
        book.active.append(row)
    book.save(tmp_path / "plan.xlsx")
    (entry,) = reading.read(tmp_path / "plan.xlsx", desk.bodies.bodies).entries
    assert (entry.body, entry.day, entry.plan.manus, entry.plan.starts_at) == (
        "SON",
        date(2027, 1, 21),
        date(2027, 1, 7),
        "13.00",
    )


if SAMPLES:

    @ON_ONE
    def test_the_timetables_of_the_field_are_read(desk):
        samples = Path(str(SAMPLES)) / "extra" / "calendars"
        (path,) = samples.glob("*.pdf")
        calendar = reading.read(path, desk.bodies.bodies)
        (ics,) = samples.glob("*.ics")
        told = {(entry.body, entry.day) for entry in reading.read(ics, desk.bodies.bodies).entries}
        found = {(entry.body, entry.day) for entry in calendar.entries}
        assert found
        assert {one for one in told if one[1].year == 2026 and one[1].month > 2} <= found, (sorted(found), sorted(told))
