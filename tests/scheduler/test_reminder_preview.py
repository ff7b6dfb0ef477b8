"""What would go out: told day by day, and exactly what then goes out."""

from datetime import UTC, date, datetime, timedelta

from scheduler import reminder_preview, reminder_round
from tests.scheduler.rounds import by_hand, meeting, reminded, rows, with_mail, with_rules
from workflow.config import ReminderRule

FIRST = date(2026, 1, 27)


def coming(desk, days, today=FIRST):
    this = reminder_round.begin(desk, today, lambda: datetime(2026, 1, 27, 8, tzinfo=UTC))
    return reminder_preview.coming(this, days)


def test_each_reminder_of_the_days_ahead_is_told(desk):
    meeting(desk, "SON", "2026-02-19")
    assert [
        (view["on"], view["subject"], view["recipient"], view["rule"], view["step"]) for view in coming(desk, 10)
    ] == [
        (
            "2026-01-29",
            "Påminnelse: manusstopp, handlingarna ska vara inlämnade senast 5 februari 2026 – SON 2026-02-19",
            "namndsekreterare@SON",
            "manusstopp",
            "1/2",
        ),
        (
            "2026-02-04",
            "Påminnelse: manusstopp, handlingarna ska vara inlämnade senast 5 februari 2026 – SON 2026-02-19",
            "namndsekreterare@SON",
            "manusstopp",
            "2/2",
        ),
    ]


def test_nothing_is_written(desk):
    meeting(desk, "SON", "2026-02-19")
    assert coming(desk, 60) == coming(desk, 60)
    assert rows(desk) == []


def test_what_is_told_is_what_goes_out(desk):
    for body, on in (("SON", "2026-02-19"), ("KF", "2026-03-10"), ("KS", "2026-02-24")):
        meeting(desk, body, on)
    by_hand(desk, "silent", "2026-01-20")
    told = {(view["on"], view["rule"], view["step"], view["recipient"]) for view in coming(desk, 60)}
    out = set()
    for day in (FIRST + timedelta(days=n) for n in range(60)):
        before = {row["id"] for row in rows(desk)}
        reminded(desk, day.isoformat())
        new = [row for row in rows(desk) if row["id"] not in before and row["status"] == "sent"]
        out |= {(day.isoformat(), row["rule"], row["step"], row["recipient"]) for row in new}
    assert told == out
    assert len(told) > 10


def test_what_waits_for_the_mail_server_is_told_first(desk):
    meeting(desk, "SON", "2026-02-19")
    mailed = with_mail(desk, 1)
    reminded(mailed, "2026-01-29")
    [waiting] = coming(mailed, 1, date(2026, 1, 30))
    assert (waiting["on"], waiting["channel"], waiting["planned_for"]) == ("2026-01-30", "e-post", "2026-01-29")


def test_a_body_that_takes_over_within_the_days_is_not_told_again(desk):
    by_hand(desk, "bevakning", "2019-01-08", "ON")
    told = coming(with_rules(desk, ReminderRule("bevakning", days_before=[20, 4])), 30, date(2018, 12, 17))
    assert [(view["on"], view["recipient"]) for view in told] == [
        ("2018-12-19", "handlaggare@ON"),
        ("2019-01-04", "handlaggare@SON"),
    ]
