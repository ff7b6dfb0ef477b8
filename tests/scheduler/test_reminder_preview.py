"""What would go out: told day by day, and exactly what then goes out."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import preview_page, reminder_preview, reminder_round
from tests.end_to_end.mail_server import mail_server
from tests.scheduler.rounds import by_hand, configured, meeting, reminded, rows, with_mail, with_rules
from workflow.config import Daemon, Mailbox, ReminderRule, Webhook, WebhookTarget
from workflow.sight import Sight

FIRST = date(2026, 1, 27)


READS, KEEPS = Sight(named=True, counted=False), Sight(named=False, counted=True)
BOTH = Sight(named=True, counted=True)


def coming(desk, days, today=FIRST, sight=READS):
    this = reminder_round.begin(desk, today, lambda: datetime(2026, 1, 27, 8, tzinfo=UTC))
    return reminder_preview.coming(this, days, sight)


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
    found = reminder_preview.coming(reminder_round.begin(evening, FIRST, lambda: at), 1, READS)
    told = {(view["channel"], view["leaves"], view["waits"]) for view in found}
    assert told == {("logg", None, False), ("e-post", leaves, waits), ("webhook", leaves, waits)}
    preview_page.show(found, FIRST, 1)
    assert ("lämnar huset" in " ".join(capsys.readouterr().out.split())) == waits


def test_what_is_put_off_to_a_day_that_is_closed_is_told_with_the_one_that_is_not(late, capsys):
    mailed = with_rules(late, ReminderRule("bevakning", days_after=[1]))
    reminded(mailed, "2026-01-29")
    saturday = datetime(2026, 1, 31, 9, tzinfo=UTC)
    always = configured(mailed, daemon=Daemon(quiet=()))
    found = reminder_preview.coming(reminder_round.begin(always, saturday.date(), lambda: saturday), 1, READS)
    assert {view["leaves"] for view in found} == {"2026-02-02T00:00+01:00"}
    preview_page.show(found, date(2026, 1, 31), 1)
    assert "lämnar huset måndag 2 februari 2026 kl. 00.00" in " ".join(capsys.readouterr().out.split())


def test_what_comes_after_the_digest_of_its_day_is_told_to_wait_for_the_next(late, tmp_path):
    with mail_server(tmp_path) as server:
        boxes = [Mailbox("handlaggare", "h@exempel.se", digest=True)]
        mailed = with_mail(with_rules(late, ReminderRule("bevakning", days_after=[1])), server.port, boxes)
        assert reminded(mailed, "2026-01-27").mailed == 1
        by_hand(mailed, "bevakning", "2026-01-26", "SON", case="by-hand-2")
        by_hand(mailed, "bevakning", "2026-01-26", "KS", case="by-hand-3")
        assert leaving(mailed) == {("handlaggare@SON", "2026-01-28", True), ("handlaggare@KS", "2026-01-27", False)}
        assert reminded(mailed, "2026-01-27").mailed == 1
    assert leaving(mailed) == {("handlaggare@SON", "2026-01-28", True)}
    by_itself = "UPDATE lease SET digest = NULL WHERE next_try IS NOT NULL"
    mailed.connection.run(by_itself)
    assert leaving(mailed) == {("handlaggare@SON", "2026-01-27", False)}


def leaving(desk):
    """Of the mails of a day: to whom, when they leave, and whether they wait."""
    found = [view for view in coming(desk, 1) if view["channel"] == "e-post"]
    assert {view["on"] for view in found} == {"2026-01-27"}
    return {(view["recipient"], view["leaves"][:10], view["waits"]) for view in found}


# --- who may see it -----------------------------------------------------------------------------------

ABOUT = ("subject", "ref", "about", "due", "command")


@pytest.fixture
def secret(desk):
    """A secret case and an open one with a watch each, whose day is today, and a meeting; and one is on its way."""
    for case, secrecy in (("by-hand-1", True), ("by-hand-2", False)):
        by_hand(desk, "bevakning", "2026-01-27", "SON", case=case, secrecy=secrecy)
    meeting(desk, "SON", "2026-02-12")
    rules = ReminderRule("bevakning", days_before=[0, 1]), ReminderRule("manusstopp", days_before=[1])
    mailed = with_mail(with_rules(desk, *rules), 1)
    reminded(mailed, "2026-01-26")
    return mailed


def refs(views):
    return Counter(view["ref"] for view in views)


def test_whoever_is_not_cleared_is_told_nothing_of_a_secret_case(secret):
    assert refs(coming(secret, 3)) == {"id:by-hand-2": 3, "SON 2026-02-12": 2}


def test_whoever_is_cleared_is_told_of_all_of_it(secret):
    secret.connection.cleared = "*"
    found = coming(secret, 3)
    assert refs(found) == {"id:by-hand-1": 3, "id:by-hand-2": 3, "SON 2026-02-12": 2}
    assert all(view[key] for view in found for key in ABOUT)


def test_whoever_only_keeps_the_machine_is_told_that_something_goes_out_to_whom_and_when(secret, capsys):
    found = coming(secret, 3, sight=KEEPS)
    assert {view[key] for view in found for key in ABOUT} == {None}
    everything = [view | dict.fromkeys(ABOUT) for view in seeing_all(secret)]
    assert (len(found), sorted(found, key=str)) == (8, sorted(everything, key=str))
    preview_page.show(found, FIRST, 3)
    assert " ".join(capsys.readouterr().out.split()) == (
        "Tisdag 27 januari 2026 2 påminnelser om sådant som du inte får se till handläggaren SON (e-post); regeln "
        "bevakning, påminnelse 1 av 2 4 påminnelser om sådant som du inte får se till handläggaren SON (driftloggen "
        "och e-post); regeln bevakning, påminnelse 2 av 2 Onsdag 28 januari 2026 2 påminnelser om sådant som du inte "
        "får se till nämndsekreteraren SON (driftloggen och e-post); regeln manusstopp, påminnelse"
    )


def seeing_all(desk):
    desk.connection.cleared = "*"
    return coming(desk, 3)


def test_whoever_does_both_is_told_of_what_they_may_see_and_that_there_is_something_more(secret, capsys):
    found = coming(secret, 1, sight=BOTH)
    assert refs(found) == {"id:by-hand-2": 3, None: 3}
    preview_page.show(found, FIRST, 1)
    told = capsys.readouterr().out
    assert told.index("id:by-hand-2") < told.index("1 påminnelse om sådant som du inte får se")
    assert "by-hand-1" not in told
