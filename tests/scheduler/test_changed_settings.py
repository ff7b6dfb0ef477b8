"""Whatever is changed in the settings says nothing again and loses nothing; what moves is said anew, and only that."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import reminder_run
from scheduler.recipients import Directory
from scheduler.reminder_plan import Calendar, Planned, heard, plan, together
from states.case_facts import BodyKind
from states.deadlines import DeadlineKind
from states.reminders import OpenDeadline, escalations, steps
from tests.conftest import make_command
from tests.scheduler.rounds import by_hand, configured, meeting, reminded, rows, told, with_mail, with_rules
from workflow import meeting_planning
from workflow.body_register import Body, BodyRegister
from workflow.config import Mailbox, ReminderRule, Webhook, WebhookTarget

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
TUESDAY = date(2024, 5, 21)
COUNCIL = (date(2024, 4, 23),)
BODIES = BodyRegister(
    Body(code, code, BodyKind.NAMND, code, 5, date(1992, 1, 1), None) for code in ("BUN", "SON", "TEK")
)


class Settings(msgspec.Struct, frozen=True):
    """What of the configuration reminders go by."""

    rule: ReminderRule = ReminderRule("motion_year", days_before=[14, 7, 3], days_after=[1], to=["registrator"])
    mailboxes: tuple[Mailbox, ...] = (Mailbox("registrator", "r@b.se"), Mailbox(name="kansliet", address="k@b.se"))
    systems: tuple[str, ...] = ("arkivet",)


class Town:
    """Deadlines, and what has been planned about them."""

    def __init__(self, *deadlines: OpenDeadline) -> None:
        self.deadlines, self.rows = list(deadlines), list[dict[str, Any]]()

    def passed(self, settings: Settings, today: date) -> list[Planned]:
        """What a pass plans."""
        directory = Directory(BODIES, settings.mailboxes, today, settings.systems)
        calendar = Calendar([settings.rule], COUNCIL)
        due = {deadline.id: deadline.due for deadline in self.deadlines}
        about = [row for row in self.rows if row["due"] == due[row["deadline_id"]]]
        said = heard(about, self.deadlines, calendar, directory)
        planned = list(plan(self.deadlines, calendar, directory, said))
        self.rows += [_row(one) for one in planned]
        return planned

    def newest(self, deadline: str) -> dict[str, date]:
        """Series -> the latest day something of it was said for, to anybody."""
        found: dict[str, date] = {}
        for row in (row for row in self.rows if row["deadline_id"] == deadline):
            day, series = date.fromisoformat(row["planned_for"]), series_of(row["step"])
            found[series] = max(day, found.get(series, day))
        return found


def _row(one: Planned) -> dict[str, Any]:
    return {
        "deadline_id": one.deadline.id,
        "due": one.deadline.due,
        "rule": one.rule,
        "step": one.step,
        "recipient": one.recipient,
        "channel": one.channel.value,
        "planned_for": one.planned_for.isoformat(),
        "status": one.status.value,
    }


def series_of(step: str) -> str:
    return step[0] if step[0] in "fe" else ""


def a_deadline(own: str = "d", act_by: date = TUESDAY, body: str = "SON") -> OpenDeadline:
    return OpenDeadline(id=own, stream=own, kind=DeadlineKind.MOTION_YEAR, due=act_by, act_by=act_by, body=body)


# --- any change at all --------------------------------------------------------------------------------

OFFSETS = st.lists(st.integers(0, 40), max_size=3)
ROLES = ["registrator", "handlaggare", "kommunsekreterare"]
CHANNELS = st.lists(st.sampled_from(["logg", "e-post", "webhook"]), min_size=1, unique=True).map(tuple)
IN_A_RULE: dict[str, st.SearchStrategy[Any]] = {
    "months_before": st.lists(st.integers(1, 2), max_size=1),
    "days_before": OFFSETS,
    "days_after": OFFSETS,
    "repeat_days": st.sampled_from([0, 3, 14]),
    "days_before_last_council": st.lists(st.integers(0, 20), max_size=2),
    "to": st.lists(st.sampled_from([*ROLES, "kansliet", "arkivet"]), max_size=3),
    "name": st.sampled_from(["", "motioner", "en annan"]),
    "late": st.sampled_from(["skicka", "sla_ihop", "hoppa_over"]),
    "count": st.sampled_from(["kalenderdagar", "arbetsdagar"]),
    "channels": CHANNELS,
    "escalate_days": st.lists(st.integers(1, 20), max_size=2),
    "escalate_to": st.lists(st.sampled_from([*ROLES, "forvaltningschef"]), min_size=1, max_size=2),
}
BOXES = st.lists(
    st.one_of(
        st.builds(Mailbox, st.sampled_from(ROLES), st.sampled_from(["a@b.se", "c@d.se"]), digest=st.booleans()),
        st.builds(
            Mailbox,
            name=st.sampled_from(["kansliet", "arkivet"]),
            address=st.sampled_from(["a@b.se", "c@d.se"]),
            digest=st.booleans(),
        ),
    ),
    max_size=4,
).map(tuple)
EDITS = st.one_of(
    st.sampled_from(sorted(IN_A_RULE)).flatmap(
        lambda field: IN_A_RULE[field].map(lambda value: ("rule", field, value))
    ),
    BOXES.map(lambda boxes: ("mailboxes", "", boxes)),
    st.lists(st.sampled_from(["arkivet", "bi", "portalen"]), unique=True).map(
        lambda all_: ("systems", "", tuple(all_))
    ),
)


def edited(settings: Settings, edit: tuple[str, str, Any]) -> Settings:
    part, field, value = edit
    if part == "rule":
        return msgspec.structs.replace(settings, rule=msgspec.structs.replace(settings.rule, **{field: value}))
    return msgspec.structs.replace(settings, **{part: value})


def nothing_again(planned: Iterable[Planned], newest: dict[str, date]) -> bool:
    return all(one.planned_for > newest.get(series_of(one.step), date.min) for one in planned)


def nothing_lost(planned: Iterable[Planned], settings: Settings, today: date, before: list[dict[str, Any]]) -> bool:
    """True when each step that comes today under a name of its own is planned for everybody it is for."""
    deadline = a_deadline()
    directory = Directory(BODIES, settings.mailboxes, today, settings.systems)
    known, newest = {row["step"] for row in before}, {row["planned_for"] for row in before}
    found = {(one.step, one.recipient, one.channel) for one in planned}
    rule, todays = settings.rule, today.isoformat()
    wanted = {
        (step.name, *destination)
        for come, destinations in (
            (steps(deadline, rule, today, COUNCIL), directory.destinations),
            (escalations(deadline, rule, today), directory.escalations),
        )
        for step in come
        if step.day == today and step.name not in known and todays not in newest
        for destination in destinations(deadline, rule)
    }
    return wanted <= found


@given(st.lists(st.tuples(st.integers(0, 9), EDITS), min_size=1, max_size=8), st.integers(-40, 5))
def test_whatever_is_changed_between_two_passes_says_nothing_again_and_loses_nothing(changes, first):
    town, settings, today = Town(a_deadline()), Settings(), TUESDAY + first * DAY
    for ahead, edit in changes:
        for now in (settings, edited(settings, edit)):
            before, newest = list(town.rows), town.newest("d")
            planned = town.passed(now, today)
            assert nothing_again(planned, newest)
            assert nothing_lost(planned, now, today, before)
            assert town.passed(now, today) == []
        settings, today = now, today + ahead * DAY


@given(st.lists(EDITS, max_size=4), st.integers(-30, 20), st.integers(-20, 20))
def test_what_moves_is_said_anew_and_nothing_else(edits, first, moved):
    """As if the one that moved had never been spoken of."""
    today, town, settings = TUESDAY + first * DAY, Town(a_deadline("moves"), a_deadline("stays")), Settings()
    for edit in edits:
        settings = edited(settings, edit)
    town.passed(settings, today)
    there = a_deadline("moves", TUESDAY + moved * DAY)
    town.deadlines[0] = there
    fresh = Town(there)
    assert town.passed(settings, today) == (fresh.passed(settings, today) if moved else [])


# --- one by one ---------------------------------------------------------------------------------------


def said_to(planned: Iterable[Planned]) -> list[tuple[str, str, str]]:
    return [(one.step, one.recipient, one.channel.value) for one in planned]


def rule(**settings: Any) -> ReminderRule:
    return msgspec.structs.replace(Settings().rule, **settings)


def with_rule(**settings: Any) -> Settings:
    return Settings(rule=rule(**settings))


def test_a_channel_that_is_added_or_put_back_says_what_comes():
    town = Town(a_deadline())
    only_log, both = with_rule(channels=("logg",)), with_rule(channels=("logg", "e-post"))
    assert said_to(town.passed(only_log, date(2024, 5, 7))) == [("1/4", "registrator@SON", "logg")]
    assert town.passed(both, date(2024, 5, 7)) == []
    assert said_to(town.passed(both, date(2024, 5, 14))) == [
        ("2/4", "registrator@SON", "logg"),
        ("2/4", "registrator@SON", "e-post"),
    ]
    assert len(town.passed(only_log, date(2024, 5, 17))) == 1
    assert town.passed(both, date(2024, 5, 20)) == []


def test_a_mailbox_or_a_system_under_another_name_says_what_comes():
    town = Town(a_deadline())
    asked = with_rule(to=["kansliet"], channels=("e-post", "webhook"))
    assert len(town.passed(asked, date(2024, 5, 7))) == 2
    renamed = Settings(rule(to=["arkivboxen"], channels=("e-post", "webhook")), systems=("bi",))
    renamed = msgspec.structs.replace(renamed, mailboxes=(Mailbox(name="arkivboxen", address="k@b.se"),))
    assert town.passed(renamed, date(2024, 5, 13)) == []
    assert said_to(town.passed(renamed, date(2024, 5, 14))) == [
        ("2/4", "arkivboxen", "e-post"),
        ("2/4", "bi", "webhook"),
    ]


def test_a_role_that_is_named_later_hears_what_comes_and_another_body_hears_at_once():
    town = Town(a_deadline())
    assert len(town.passed(with_rule(), date(2024, 5, 14))) == 4  # the first was missed
    both = with_rule(to=["registrator", "hr"])
    assert town.passed(both, date(2024, 5, 15)) == []
    town.deadlines[0] = a_deadline(body="TEK")
    assert {one.recipient for one in town.passed(both, date(2024, 5, 15))} == {"registrator@TEK", "hr@TEK"}


def test_a_case_that_comes_back_to_a_body_is_told_of_there_as_far_as_it_has_come():
    town = Town(a_deadline())
    asked = with_rule(to=["kommunsekreterare", "handlaggare"], channels=("logg",))
    assert len(town.passed(asked, date(2024, 5, 7))) == 2
    town.deadlines[0] = a_deadline(body="TEK")
    assert said_to(town.passed(asked, date(2024, 5, 7))) == [("1/4", "handlaggare@TEK", "logg")]
    assert len(town.passed(asked, date(2024, 5, 14))) == 2
    town.deadlines[0] = a_deadline()
    assert said_to(town.passed(asked, date(2024, 5, 14))) == [("2/4", "handlaggare@SON", "logg")]


def test_a_role_that_was_left_out_for_a_while_hears_what_comes():
    town = Town(a_deadline())
    without, with_it = with_rule(to=["kommunsekreterare"]), with_rule(to=["kommunsekreterare", "handlaggare"])
    town.passed(with_it, date(2024, 5, 7))
    town.passed(without, date(2024, 5, 14))
    assert town.passed(with_it, date(2024, 5, 14)) == []
    assert {one.recipient for one in town.passed(with_it, date(2024, 5, 17))} == {
        "kommunsekreterare",
        "handlaggare@SON",
    }


def test_what_was_closed_unsaid_is_planned_again_for_the_one_it_was_planned_for():
    town = Town(a_deadline())
    both = with_rule(channels=("logg", "e-post"))
    town.passed(both, date(2024, 5, 7))
    town.rows[1]["status"] = "moot"
    assert said_to(town.passed(both, date(2024, 5, 8))) == [("1/4", "registrator@SON", "e-post")]


def test_what_one_rule_says_of_one_deadline_is_written_together():
    town = Town(*(a_deadline(f"d{number}") for number in range(5)))
    planned = town.passed(with_rule(channels=("logg", "e-post", "webhook")), date(2024, 5, 7))
    assert len(planned) == 15
    batches = list(together(planned, 4))
    assert [len(batch) for batch in batches] == [6, 6, 3]
    assert [one for batch in batches for one in batch] == planned
    assert list(together([], 4)) == []


# --- through a database -------------------------------------------------------------------------------

TARGETS = Webhook(targets=[WebhookTarget("bi", "https://bi.exempel.se/", "nyckel")])
CHANGES: dict[str, dict[str, Any]] = {
    "other days": {"reminders": [ReminderRule("bevakning", days_before=[6, 1])]},
    "working days": {"reminders": [ReminderRule("bevakning", days_before=[7, 3], count="arbetsdagar")]},
    "a name": {"reminders": [ReminderRule("bevakning", days_before=[7, 3], name="egen")]},
    "another role": {"reminders": [ReminderRule("bevakning", days_before=[7, 3], to=["registrator"])]},
    "a named mailbox": {
        "reminders": [ReminderRule("bevakning", days_before=[7, 3], to=["handlaggare", "kansliet"])],
        "mailboxes": [Mailbox(name="kansliet", address="k@exempel.se"), Mailbox("handlaggare", "h@exempel.se")],
    },
    "a digest": {"mailboxes": [Mailbox("handlaggare", "annan@exempel.se", digest=True)]},
    "no mailbox": {"mailboxes": []},
    "a system": {
        "webhook": TARGETS,
        "reminders": [ReminderRule("bevakning", days_before=[7, 3], channels=("logg", "e-post", "webhook"))],
    },
    "only the log": {"reminders": [ReminderRule("bevakning", days_before=[7, 3], channels=("logg",))]},
    "an escalation": {
        "reminders": [ReminderRule("bevakning", days_before=[7, 3], escalate_days=[2], escalate_to=["hr"])]
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_other_settings_on_the_same_day_write_nothing(desk, change):
    """And back again: nothing."""
    known = with_rules(desk, ReminderRule("bevakning", days_before=[7, 3]))
    by_hand(desk, "bevakning", "2026-03-10", "SON")
    with_boxes = with_mail(known, 1)
    reminded(with_boxes, "2026-03-03")
    before = told(desk)
    assert len(before) == 2
    for settings in (configured(with_boxes, **CHANGES[change]), with_boxes, known, with_boxes):
        reminded(settings, "2026-03-03")
        assert [line.rpartition(" ")[0] for line in told(desk)] == [line.rpartition(" ")[0] for line in before]


def test_a_pass_that_is_cut_short_has_written_all_or_nothing_of_what_a_rule_says_of_a_deadline(desk, monkeypatch):
    """Or the next one would take the half for a setting that was changed, and say no more."""
    monkeypatch.setattr(reminder_run, "BATCH", 1)
    mailed = with_mail(with_rules(desk, ReminderRule("bevakning", days_before=[7], late="skicka")), 1)
    for case in ("by-hand-1", "by-hand-2"):
        by_hand(desk, "bevakning", "2026-03-10", "SON", case=case)
    stops = iter([False, True])
    reminder_run.run(mailed, date(2026, 3, 3), lambda: NOON, "test", lambda: next(stops, True))
    assert [(row["stream"], row["channel"]) for row in rows(desk)] == [("by-hand-1", "e-post"), ("by-hand-1", "logg")]
    reminded(mailed, "2026-03-03")
    assert len(rows(desk)) == 4


def test_a_meeting_that_moves_is_reminded_of_anew_and_no_other(desk):
    moves, _ = meeting(desk, "SON", "2026-02-19"), meeting(desk, "KS", "2026-02-19")
    reminded(desk, "2026-02-13")
    before = {row["id"] for row in rows(desk)}
    assert len(before) == 8
    meeting_planning.move(desk, make_command(date(2026, 2, 13)), moves, date(2026, 2, 20))
    reminded(desk, "2026-02-13")
    anew = [row for row in rows(desk) if row["id"] not in before]
    assert {row["stream"] for row in anew} == {moves}
    assert {(row["rule"], row["step"], row["due"]) for row in anew} == {
        ("manusstopp", "1/2", "2026-02-06"),
        ("manusstopp", "2/2", "2026-02-06"),
        ("call", "1/2", "2026-02-15"),
        ("call", "2/2", "2026-02-15"),
    }
