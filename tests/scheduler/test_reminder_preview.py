"""What would go out: told day by day, and exactly what then goes out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import preview_page, reminder_preview, reminder_round
from tests.scheduler.rounds import by_hand, configured, meeting, reminded, rows, with_mail, with_rules
from workflow.config import Daemon, Mailbox, ReminderRule, Webhook, WebhookTarget

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


# --- digests, systems, escalations, and what waits --------------------------------------------------


@pytest.fixture
def late(desk):
    """A rule with everything, and a watch whose day was yesterday, a Monday."""
    by_hand(desk, "bevakning", "2026-01-26", "SON")
    boxes = [Mailbox("handlaggare", "h@exempel.se", digest=True), Mailbox(name="kansliet", address="k@exempel.se")]
    rule = ReminderRule(
        "bevakning",
        days_after=[1],
        to=["handlaggare", "kansliet"],
        channels=("logg", "e-post", "webhook"),
        escalate_days=[3],
        escalate_to=["forvaltningschef"],
    )
    told = with_mail(with_rules(desk, rule), 1, boxes)
    return configured(told, webhook=Webhook(targets=[WebhookTarget("bi", "https://bi.exempel.se/", "nyckel")]))


def through(views):
    return [(view["on"], view["recipient"], view["channel"], view["gathered"], view["escalation"]) for view in views]


def test_digests_names_systems_and_escalations_are_told(late):
    assert through(coming(late, 3)) == [
        ("2026-01-27", "handlaggare@SON", "logg", False, False),
        ("2026-01-27", "handlaggare@SON", "e-post", True, False),
        ("2026-01-27", "kansliet", "logg", False, False),
        ("2026-01-27", "kansliet", "e-post", False, False),
        ("2026-01-27", "bi", "webhook", False, False),
        ("2026-01-29", "forvaltningschef@SON", "logg", False, True),
        ("2026-01-29", "forvaltningschef@SON", "todo", False, True),
        ("2026-01-29", "bi", "webhook", False, True),
    ]


def test_it_is_read_day_by_day_with_everybody_it_goes_to(late, capsys):
    preview_page.show(coming(late, 3), FIRST, 3)
    assert " ".join(capsys.readouterr().out.split()) == (
        "Tisdag 27 januari 2026 Försenat: bevakning 26 januari 2026 – id:by-hand till handläggaren SON (driftloggen "
        "och e-post i sammandrag), kansliet (driftloggen och e-post) och bi (webhook); regeln bevakning, påminnelse "
        "Torsdag 29 januari 2026 Försenat: bevakning 26 januari 2026 – id:by-hand till förvaltningschefen SON "
        "(driftloggen och arbetslistan) och bi (webhook); regeln bevakning, eskalering"
    )


@pytest.mark.parametrize(
    ("now", "leaves", "waits"),
    [
        ("2026-01-27 05:59", "2026-01-27T07:00+01:00", True),
        ("2026-01-27 08:00", "2026-01-27T09:00+01:00", False),
        ("2026-01-27 17:30", "2026-01-28T07:00+01:00", True),
        ("2026-01-26 12:00", "2026-01-27T07:00+01:00", False),  # as if it were tomorrow
    ],
)
def test_what_leaves_the_house_is_told_with_when_it_does(late, capsys, now, leaves, waits):
    """Everything waits for the morning of its own day: only another day, or a morning still to come, is spoken of."""
    evening = configured(late, daemon=Daemon())
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = reminder_preview.coming(reminder_round.begin(evening, FIRST, lambda: at), 1)
    told = {(view["channel"], view["leaves"], view["waits"]) for view in found}
    assert told == {("logg", None, False), ("e-post", leaves, waits), ("webhook", leaves, waits)}
    preview_page.show(found, FIRST, 1)
    assert ("lämnar huset" in " ".join(capsys.readouterr().out.split())) == waits


def test_what_is_put_off_to_a_day_that_is_closed_is_told_with_the_one_that_is_not(late, capsys):
    mailed = with_rules(late, ReminderRule("bevakning", days_after=[1]))
    reminded(mailed, "2026-01-29")
    saturday = datetime(2026, 1, 31, 9, tzinfo=UTC)
    always = configured(mailed, daemon=Daemon(quiet=()))
    found = reminder_preview.coming(reminder_round.begin(always, saturday.date(), lambda: saturday), 1)
    assert {view["leaves"] for view in found} == {"2026-02-02T00:00+01:00"}
    preview_page.show(found, date(2026, 1, 31), 1)
    assert "lämnar huset måndag 2 februari 2026 kl. 00.00" in " ".join(capsys.readouterr().out.split())
