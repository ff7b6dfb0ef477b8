"""Calendars of meetings in the formats there are, our own and, where they are at hand, the field's."""

import os
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from workflow.errors import UsageError
from workflow.meeting_calendars import reading
from workflow.meeting_plan import Plan

EXAMPLES = PROJECT / "examples"


def read(desk, path, only=None):
    return reading.read(path, desk.bodies.bodies, desk.bodies.find(only, date(2027, 1, 1)) if only else None)


def said(calendar):
    return [(entry.body, entry.day.isoformat(), entry.plan.starts_at) for entry in calendar.entries]


@pytest.fixture
def written(tmp_path):
    def write(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_table_names_its_columns_and_writes_its_days_as_it_likes(desk):
    calendar = read(desk, EXAMPLES / "sammantraden-2027.csv")
    assert said(calendar)[:3] == [
        ("Kommunfullmäktige", "2027-02-23", "18.00"),
        ("Kommunstyrelsen", "2027-02-02", "13.00"),
        ("KSAU", "2027-01-19", "09.00"),
    ]
    assert calendar.entries[1].plan == Plan(manus=date(2027, 1, 15), call=date(2027, 1, 26), starts_at="13.00")
    assert calendar.entries[1].where == "sammantraden-2027.csv, rad 3"
    assert calendar.notes == ("Kolumner som inte används: anmarkning.",)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("nämnd,date\nSON,2027-01-28\n", "utf-8-sig"),
        ("NÄMND\tSAMMANTRÄDESDATUM\nSON\t28/1 2027\n", "cp1252"),
        ("\n\nOrgan;Organ_id;Datum\nOmsorgen;son;20270128\n", "utf-8"),
        ('instans;datum\r\n"SON";"28 januari 2027"\r\n', "cp1252"),
    ],
)
def test_whatever_program_saved_the_table_it_is_read(desk, written, text, encoding):
    (entry,) = read(desk, written("plan.csv", text, encoding)).entries
    assert (entry.body.upper(), entry.day) == ("SON", date(2027, 1, 28))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("p.csv", "instans;datum\nSON;2027-01-28\nKS;snart\n", "p.csv, rad 3: ”snart” är inget datum"),
        ("p.csv", "instans;datum;tid\nSON;2027-01-28;lunch\n", "p.csv, rad 2: ”lunch” är inget klockslag"),
        ("p.csv", "instans;datum\nSON;\n", "p.csv, rad 2: datum saknas"),
        ("p.csv", "instans;tid\nSON;13\n", "p.csv, rad 1: en kolumn för datum saknas"),
        ("p.csv", "datum\n2027-01-28\n", "p.csv, rad 1: en kolumn för instans (eller ange --instans) saknas"),
        ("p.csv", "  \n", "Filen är tom; det finns inget att läsa. Inget är sparat."),
        ("p.toml", "[[meetings]]\nbody = \n", "p.toml, rad 2: filen är inte giltig TOML"),
        ("p.toml", "\n[[meetings]]\nbody = 'SON'\n", "p.toml, rad 2: ett sammanträde ska ha body och day"),
        ("p.toml", "[[meetings]]\nbody = 'SON'\ndagen = 1\n", "p.toml, rad 1: dagen finns inte"),
        ("p.ics", "BEGIN:VEVENT\n", "p.ics, rad 1: filen är ingen iCalendar-fil"),
        (
            "p.ics",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:KS\nDTSTART:snart\nEND:VEVENT\nEND:VCALENDAR\n",
            "p.ics, rad 2: händelsen har ingen begriplig DTSTART",
        ),
        (
            "p.csv",
            'instans;datum\nSON;2027-01-28\nKS;"2027-02-01\nKF;2027-02-02\n',
            "p.csv, rad 3: citattecknen går inte",
        ),
        (
            "p.csv",
            'instans;datum\nSON;"2027-01-28\nKS;"\nKF;2027-02-02\n',
            "p.csv, rad 2: flera rader har blivit en",
        ),
        ("p.csv", ";;\n;\n", "p.csv: filen är tom"),
        (
            "p.ics",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:K",
            "slutar mitt i, utan END:VEVENT. Hämta filen på nytt",
        ),
        ("p.ics", "BEGIN:VCALENDAR\n", "slutar mitt i, utan END:VCALENDAR"),
        ("p.docx", "x", "kan inte läsas in"),
    ],
)
def test_a_bad_line_is_told_with_its_file_and_number(desk, written, name, text, words):
    with pytest.raises(UsageError) as told:
        read(desk, written(name, text))
    assert words in str(told.value)


@pytest.mark.parametrize("name", ["p.csv", "p.ics", "p.toml", "p.xlsx"])
def test_a_pipe_is_not_waited_for(desk, tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(UsageError, match="Det är ingen vanlig fil"):
        read(desk, tmp_path / name)


def test_a_list_of_our_own_is_read_with_swedish_keys_too(desk):
    calendar = read(desk, EXAMPLES / "sammantraden-2027.toml")
    assert said(calendar) == [("KF", "2027-02-23", "18.00"), ("Social- och omsorgsnämnden", "2027-01-28", "13.15")]
    assert calendar.entries[0].plan.announce == date(2027, 2, 15)


def test_of_a_calendar_only_the_bodies_own_events_are_meetings(desk):
    calendar = read(desk, EXAMPLES / "budgetprocess-2027.ics")
    assert said(calendar) == [
        ("KS", "2027-06-02", "13.00"),
        ("KF", "2027-06-14", None),
        ("KSAU", "2027-05-18", "09.00"),
    ]
    assert calendar.notes == (
        "Inget sammanträde: Sista dag för politiska förslag inför KS.",
        "Inget sammanträde: KF:s presidium lämnar förslag på revisionsbudget.",
    )


@pytest.mark.parametrize(
    ("summary", "body"),
    [
        ("KS", "KS"),
        ("Kommunstyrelsens sammanträde", "KS"),
        ("Extra sammanträde med Kommunfullmäktige", "KF"),
        ("Kommunstyrelsens arbetsutskott", "KSAU"),
        ("KS arbetsutskott", None),
        ("KSK träffas", None),
        ("Budgetberedning inför KF", None),
    ],
)
def test_a_summary_tells_whose_meeting_it_is(desk, written, summary, body):
    event = f"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270602\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n"
    assert [entry.body for entry in read(desk, written("p.ics", text)).entries] == ([body] if body else [])


def test_what_is_cancelled_or_comes_again_and_again_is_left_out_and_said(desk, written):
    events = "".join(
        f"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270602\nSUMMARY:KS\n{more}\nEND:VEVENT\n"
        for more in ("STATUS:CANCELLED", "RRULE:FREQ=MONTHLY")
    )
    calendar = read(desk, written("p.ics", f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n"))
    assert calendar.entries == ()
    assert calendar.notes == (
        "Inget sammanträde: KS (inställt).",
        "Inget sammanträde: KS (återkommande; lägg in varje dag för sig).",
    )


def test_one_body_alone_can_be_chosen(desk):
    calendar = read(desk, EXAMPLES / "sammantraden-2027.csv", only="SON")
    assert [entry.body for entry in calendar.entries] == ["SON", "SON"]
    assert calendar.notes[-1] == "Andra instansers sammanträden, som inte lästes in: 3."


SAMPLES = os.environ.get("ARENDE_SAMPLES")
CALENDARS = Path(SAMPLES or ".") / "extra" / "calendars"

if SAMPLES and CALENDARS.is_dir():

    def test_the_field_s_own_tables_are_read(desk):
        (table,) = CALENDARS.glob("kungsbacka*.csv")
        assert len(read(desk, table, only="KS").entries) == 30
        (council,) = CALENDARS.glob("vannas*.csv")
        assert next(entry.day for entry in read(desk, council).entries) == date(2025, 4, 1)

    def test_of_the_field_s_own_budget_calendar_only_meetings_are_meetings(desk):
        (process,) = CALENDARS.glob("*.ics")
        calendar = read(desk, process)
        assert {entry.body for entry in calendar.entries} == {"KS", "KF"}
        assert len(calendar.entries) == 5
