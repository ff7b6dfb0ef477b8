"""When a reminder is due: every kind of offset, closed days, snoozes, missed steps, and changed settings."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import reminder_rules
from scheduler.reminder_rules import Heard, Said, still_wanted
from states.deadlines import DeadlineKind
from states.reminders import OpenDeadline, escalations, last_council, longest_notice, steps
from states.swedish_calendar import is_working_day, months_after, working_days_after
from workflow.config import ReminderRule, usual_rules

DAY = timedelta(days=1)
TUESDAY = date(2024, 5, 21)
FAR = date(2030, 1, 1)


def deadline(act_by=TUESDAY, legal=None, snoozed_until=None, kind="call"):
    return OpenDeadline(
        id="m1/call/",
        stream="m1",
        kind=DeadlineKind(kind),
        due=legal or act_by,
        act_by=act_by,
        snoozed_until=snoozed_until,
    )


def rule(**settings):
    return ReminderRule("call", **settings)


def days(rule, of=None, until=FAR, council=()):
    return {step.name: step.day.isoformat() for step in steps(of or deadline(), rule, until, council)}


def known(said):
    found = Said()
    for step, day in dict(said).items():
        found.add(step, day)
    return found


def due(of, rule, said, today, council=(), elsewhere=(), moot=()):
    """What a recipient is due, that has heard so much."""
    heard = Heard(known(said), known(elsewhere), frozenset(moot))
    return reminder_rules.due(steps(of, rule, today, council), rule, heard, today)


def come(rule, today, said=(), of=None, council=(), **heard):
    """(step, what becomes of it) for everything that has come by a day."""
    found = due(of or deadline(), rule, said, date.fromisoformat(today), council, **heard)
    return [(one.step.name, one.status.value) for one in found]


# --- the days of a rule -----------------------------------------------------------------------------


def test_days_and_months_are_counted_back_from_the_day_to_act():
    found = days(rule(months_before=[3, 1], days_before=[7, 0]))
    assert found == {"1/4": "2024-02-21", "2/4": "2024-04-19", "3/4": "2024-05-14", "4/4": "2024-05-21"}


def test_a_month_back_from_its_last_day_is_a_last_day():
    assert days(rule(months_before=[1]), deadline(date(2024, 3, 28))) == {"1/1": "2024-02-28"}
    assert months_after(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert months_after(date(2024, 1, 15), -13) == date(2022, 12, 15)


@pytest.mark.parametrize(
    ("act_by", "before", "told"),
    [
        ("2024-05-21", 2, "2024-05-17"),  # a Sunday
        ("2024-06-25", 3, "2024-06-20"),  # midsommardagen, and midsommarafton before it
        ("2024-04-03", 2, "2024-03-28"),  # annandag påsk, påskdagen, påskafton, långfredagen
        ("2024-12-27", 1, "2024-12-23"),  # annandag jul, juldagen, julafton
    ],
)
def test_a_closed_day_before_is_told_of_on_the_open_day_before(act_by, before, told):
    assert days(rule(days_before=[before]), deadline(date.fromisoformat(act_by))) == {"1/1": told}


def test_a_closed_day_after_is_told_of_on_the_next_open_day():
    assert days(rule(days_after=[4, 16])) == {"1/2": "2024-05-27", "2/2": "2024-06-07"}  # Saturday; nationaldagen


def test_repeats_go_on_from_the_last_day_of_the_rule():
    found = days(rule(days_after=[0, 7], repeat_days=14), until=date(2024, 7, 1))
    assert found == {
        "1/2": "2024-05-21",
        "2/2": "2024-05-28",
        "r1/14": "2024-06-11",
        "r2/14": "2024-06-25",
    }


def test_repeats_of_a_rule_without_days_after_go_on_from_the_day_itself():
    assert days(rule(days_before=[0], repeat_days=7), until=date(2024, 5, 29)) == {
        "1/1": "2024-05-21",
        "r1/7": "2024-05-28",
    }


def test_repeats_are_counted_in_the_calendar_and_moved_one_by_one():
    found = days(
        rule(days_before=[0], repeat_days=11), until=date(2024, 7, 1)
    )  # Saturday 1 June is moved, not the next
    assert [found[name] for name in ("r1/11", "r2/11", "r3/11")] == ["2024-06-03", "2024-06-12", "2024-06-24"]


# --- working days -----------------------------------------------------------------------------------


def working(**settings):
    return rule(count="arbetsdagar", **settings)


@pytest.mark.parametrize(
    ("act_by", "before", "told"),
    [
        ("2024-05-21", 2, "2024-05-17"),  # over a weekend
        ("2024-04-03", 2, "2024-03-28"),  # over Easter
        ("2024-12-27", 1, "2024-12-23"),  # over Christmas
        ("2024-06-25", 10, "2024-06-10"),  # over midsommar
        ("2024-05-21", 0, "2024-05-21"),
    ],
)
def test_working_days_are_counted_back_over_what_is_closed(act_by, before, told):
    assert days(working(days_before=[before]), deadline(date.fromisoformat(act_by))) == {"1/1": told}


def test_working_days_are_counted_on_over_what_is_closed():
    easter = deadline(date(2024, 3, 27))
    assert days(working(days_after=[1, 2, 3]), easter) == {
        "1/3": "2024-03-28",
        "2/3": "2024-04-02",
        "3/3": "2024-04-03",
    }


def test_months_are_the_calendars_whatever_the_days_are():
    assert days(working(months_before=[1], days_before=[1]), deadline(date(2024, 6, 24))) == {
        "1/2": "2024-05-24",
        "2/2": "2024-06-20",
    }


def test_repeats_are_so_many_working_days_apart():
    found = days(working(days_before=[0], repeat_days=10), until=date(2024, 7, 1))
    assert found == {"1/1": "2024-05-21", "r1/10": "2024-06-04", "r2/10": "2024-06-19"}  # nationaldagen between


def test_working_days_before_the_last_meeting_are_counted_from_the_meeting():
    assert days(working(days_before_last_council=[10]), MOTION, council=COUNCIL) == {"f1/1 2024-06-18": "2024-06-03"}


# --- escalation -------------------------------------------------------------------------------------


def escalated(rule, of=None, until=FAR):
    return {step.name: step.day.isoformat() for step in escalations(of or deadline(), rule, until)}


def test_an_escalation_comes_so_long_after_the_day_to_act_in_time_order():
    slow = rule(days_before=[3], escalate_days=[11, 3], escalate_to=["forvaltningschef"])
    assert escalated(slow) == {"e1/2": "2024-05-24", "e2/2": "2024-06-03"}  # Saturday 1 June is closed
    assert escalated(slow, until=date(2024, 5, 31)) == {"e1/2": "2024-05-24"}
    assert days(slow) == {"1/1": "2024-05-17"}


def test_an_escalation_is_counted_in_the_rules_days():
    slow = working(escalate_days=[11, 3], escalate_to=["forvaltningschef"])
    assert escalated(slow) == {"e1/2": "2024-05-24", "e2/2": "2024-06-05"}


def test_a_snooze_past_the_day_puts_the_escalations_off():
    slow = rule(escalate_days=[3, 10], escalate_to=["forvaltningschef"])
    asleep = deadline(snoozed_until=date(2024, 6, 3), kind="uppdrag")
    assert escalated(slow, asleep) == {"e1/2": "2024-06-07", "e2/2": "2024-06-13"}
    assert escalated(slow, deadline(snoozed_until=date(2024, 5, 13), kind="uppdrag"))["e1/2"] == "2024-05-24"


# --- before fullmäktige's last meeting --------------------------------------------------------------

COUNCIL = tuple(date.fromisoformat(day) for day in ("2024-03-26", "2024-05-28", "2024-06-18", "2024-09-24"))
MOTION = deadline(date(2024, 8, 23), date(2024, 8, 24), kind="motion_year")


def test_the_last_meeting_in_time_is_told_of_beforehand():
    assert days(rule(days_before_last_council=[28]), MOTION, council=COUNCIL) == {"f1/1 2024-06-18": "2024-05-21"}


def test_a_meeting_on_the_legal_day_is_in_time():
    assert last_council(date(2024, 6, 18), COUNCIL) == date(2024, 6, 18)
    assert last_council(date(2024, 6, 17), COUNCIL) == date(2024, 5, 28)


def test_no_meeting_in_time_is_no_step():
    assert days(rule(days_before_last_council=[28]), MOTION, council=()) == {}


def test_a_meeting_half_a_year_ahead_is_not_yet_the_last_one():
    autumn = tuple(date(2023, month, 28) for month in (9, 11))
    assert days(rule(days_before_last_council=[28]), MOTION, council=autumn) == {}


def test_another_last_meeting_is_told_of_anew():
    motion = rule(months_before=[3], days_before_last_council=[28])
    said = {"f1/1 2024-05-28": date(2024, 4, 30), "1/1": date(2024, 5, 23)}
    assert come(motion, "2024-05-24", said, MOTION, COUNCIL) == [("f1/1 2024-06-18", "planned")]


# --- what has come ----------------------------------------------------------------------------------


def test_a_step_is_said_on_its_day_and_once():
    call = rule(days_before=[3, 0])
    assert come(call, "2024-05-16") == []
    assert come(call, "2024-05-17") == [("1/2", "planned")]
    assert come(call, "2024-05-17", {"1/2": date(2024, 5, 17)}) == []
    assert come(call, "2024-05-21", {"1/2": date(2024, 5, 17)}) == [("2/2", "planned")]


@pytest.mark.parametrize(
    ("late", "fates"),
    [
        ("sla_ihop", ["merged", "merged", "planned"]),
        ("skicka", ["planned", "planned", "planned"]),
        ("hoppa_over", ["skipped", "skipped", "skipped"]),
    ],
)
def test_what_was_missed_is_closed_as_the_rule_says(late, fates):
    found = come(rule(days_before=[14, 7, 3], late=late), "2024-05-20")
    assert found == list(zip(["1/3", "2/3", "3/3"], fates, strict=True))


def test_of_what_was_missed_today_is_always_said():
    assert come(rule(days_before=[14, 0], late="hoppa_over"), "2024-05-21") == [("1/2", "skipped"), ("2/2", "planned")]


@pytest.mark.parametrize("late", ["sla_ihop", "skicka", "hoppa_over"])
def test_two_steps_that_fall_on_one_day_are_said_once(late):
    adjust = rule(days_before=[7, 4, 2], late=late)  # from a Tuesday: a Tuesday, a Friday, and a Sunday
    assert come(adjust, "2024-05-17", {"1/3": date(2024, 5, 14)}) == [("2/3", "merged"), ("3/3", "planned")]


def test_of_repeats_long_before_anybody_was_told_only_the_newest_is_said():
    assert come(rule(days_after=[0], repeat_days=7, late="skicka"), "2024-07-02") == [
        ("1/1", "planned"),
        ("r6/7", "planned"),
    ]


def test_repeats_that_were_missed_are_all_accounted_for():
    silent = rule(days_after=[0], repeat_days=7)
    said = {"1/1": date(2024, 5, 21), "r1/7": date(2024, 5, 28)}
    assert come(silent, "2024-06-20", said) == [("r2/7", "merged"), ("r3/7", "merged"), ("r4/7", "planned")]


# --- a changed setting ------------------------------------------------------------------------------


@pytest.mark.parametrize("days_before", [[8, 3], [6, 3], [7, 3], [5, 1], [10, 4]])
def test_other_days_say_nothing_again(days_before):
    said = {"1/2": date(2024, 5, 14)}
    on_its_day = [step for step, _ in come(rule(days_before=[7, 3]), "2024-05-14")]
    assert on_its_day == ["1/2"]
    for today in ("2024-05-14", "2024-05-15", "2024-05-16"):
        assert come(rule(days_before=days_before), today, said) == []


@pytest.mark.parametrize("days_before", [[14, 7, 3], [30, 14, 7, 3], [7, 3, 0], [7], [3], [8, 7, 3]])
def test_one_day_more_or_less_says_nothing_again_and_loses_nothing(days_before):
    said, shorter = {"1/2": date(2024, 5, 14)}, rule(days_before=days_before)
    assert come(shorter, "2024-05-16", said) == []
    coming = [step for step in steps(deadline(), shorter, FAR, ()) if step.day > date(2024, 5, 16)]
    for step in coming:
        assert (step.name, "planned") in come(shorter, step.day.isoformat(), said)


def test_another_interval_goes_on_from_where_the_old_one_was():
    said = {f"r{n}/14": TUESDAY + 14 * n * DAY for n in range(1, 6)} | {"1/1": TUESDAY}
    found = [come(rule(days_after=[0], repeat_days=30), (TUESDAY + n * DAY).isoformat(), said) for n in range(71, 92)]
    assert [] in found
    assert [("r3/30", "planned")] in found


def test_what_others_there_have_heard_is_not_said_to_whoever_is_to_hear_from_now_on():
    said = {"1/3": date(2024, 5, 7), "2/3": date(2024, 5, 14)}
    notice = rule(days_before=[14, 7, 3])
    assert come(notice, "2024-05-15", elsewhere=said) == []
    assert come(notice, "2024-05-17", elsewhere=said) == [("3/3", "planned")]
    assert come(notice, "2024-05-15", said, elsewhere={**said, "3/3": date(2024, 5, 17)}) == []


def test_what_was_closed_unsaid_is_said_though_others_have_heard_it():
    said = {"1/3": date(2024, 5, 7), "2/3": date(2024, 5, 14)}
    notice = rule(days_before=[14, 7, 3])
    assert come(notice, "2024-05-15", elsewhere=said, moot=["2/3"]) == [("2/3", "planned")]
    assert come(notice, "2024-05-15", {"2/3": date(2024, 5, 14)}, elsewhere=said, moot=["1/3"]) == []


def test_an_escalation_and_a_reminder_do_not_stand_for_each_other():
    slow = rule(days_after=[1, 10], escalate_days=[3], escalate_to=["forvaltningschef"])
    today = date(2024, 5, 24)
    told = Heard(known({"1/2": date(2024, 5, 22)}), known({}))
    assert [one.step.name for one in reminder_rules.due(escalations(deadline(), slow, today), slow, told, today)] == [
        "e1/1"
    ]
    assert come(slow, "2024-05-22", {"e1/1": date(2024, 5, 24)}) == [("1/2", "planned")]


@pytest.mark.parametrize(("before", "after"), [([3], [5]), ([3, 10], [2, 12]), ([10], [3]), ([3], [3, 10])])
def test_other_escalation_days_move_what_is_not_said_and_say_nothing_again(before, after):
    first, then = (rule(escalate_days=list(days), escalate_to=["hr"]) for days in (before, after))
    said = escalations(deadline(), first, TUESDAY + 10 * DAY)[0]
    heard = Heard(known({said.name: said.day}), known({}))
    for today in (said.day + n * DAY for n in range(40)):
        come = escalations(deadline(), then, today)
        found = {one.step.day for one in reminder_rules.due(come, then, heard, today)}
        assert all(day > said.day for day in found)
        assert len(found) <= len(after) - 1


def test_old_repeats_are_left_out_also_for_whoever_an_escalation_has_reached():
    silent = rule(days_after=[0], repeat_days=7, late="skicka")
    found = come(silent, "2024-07-02", {"e1/1": date(2024, 5, 24)})
    assert found == [("1/1", "planned"), ("r6/7", "planned")]


# --- what was missed, and when it is found ----------------------------------------------------------

LONG = rule(days_before=[14, 7, 3], days_after=[1], repeat_days=14, escalate_days=[3, 10], escalate_to=["hr"])


@pytest.mark.parametrize("count", ["kalenderdagar", "arbetsdagar"])
@pytest.mark.parametrize("late", ["sla_ihop", "skicka", "hoppa_over"])
@pytest.mark.parametrize("down", [0, 1, 30, 400])
def test_every_step_of_a_stop_is_sent_or_closed_as_the_policy_says(down, late, count):
    """Said up to the day before the stop; after it nothing that fell due in between is left out."""
    followed = msgspec.structs.replace(LONG, late=late, count=count)
    stopped = TUESDAY - 8 * DAY
    today = stopped + down * DAY
    for come in (steps(deadline(), followed, today, ()), escalations(deadline(), followed, today)):
        said = known({step.name: step.day for step in come if step.day < stopped})
        missed = [step for step in come if step.day >= stopped]
        found = reminder_rules.due(come, followed, Heard(said, known({})), today)
        assert [one.step for one in found] == missed
        match late:
            case "sla_ihop":
                assert [one.status for one in found] == ["merged"] * (len(found) - 1) + ["planned"] * bool(found)
            case "hoppa_over":
                assert [one.status == "skipped" for one in found] == [one.step.day < today for one in found]
            case "skicka":
                kept = [one.step.day for one in found if one.status == "planned"]
                assert kept == sorted({one.step.day for one in found})


# --- snoozes ----------------------------------------------------------------------------------------


def test_nobody_is_reminded_of_what_sleeps_and_then_at_once():
    asleep = deadline(snoozed_until=date(2024, 5, 15))
    notice = rule(days_before=[14, 7, 3])
    assert come(notice, "2024-05-14", of=asleep) == []
    assert come(notice, "2024-05-15", of=asleep) == [("s2024-05-15", "planned")]
    assert come(notice, "2024-05-17", {"s2024-05-15": date(2024, 5, 15)}, asleep) == [("3/3", "planned")]


def test_a_snooze_to_a_closed_day_ends_on_the_next_open_one():
    assert days(rule(days_before=[7]), deadline(snoozed_until=date(2024, 5, 18)))["s2024-05-18"] == "2024-05-20"


@pytest.mark.parametrize(
    ("kind", "act_by", "due", "until", "told"),
    [
        ("uppsagning", "2017-12-29", "2017-12-31", "2017-12-31", "2017-12-29"),  # the day itself, a Sunday
        ("uppsagning", "2017-12-29", "2017-12-31", "2017-12-30", "2017-12-29"),  # the day before, a Saturday
        ("uppsagning", "2017-12-29", "2017-12-31", "2017-12-26", "2017-12-27"),  # closed, with days left
        ("uppdrag", "2017-12-29", "2017-12-31", "2018-01-06", "2018-01-08"),  # after the day
        ("bevakning", "2024-05-21", "2024-05-21", "2024-05-25", "2024-05-27"),  # after the day
        ("handelse", "2018-01-02", "2017-12-31", "2017-12-31", "2018-01-02"),  # a first day is never forestalled
        ("handelse", "2018-01-02", "2017-12-31", "2017-12-30", "2018-01-02"),
    ],
)
def test_a_snooze_never_ends_after_a_day_that_was_still_ahead(kind, act_by, due, until, told):
    days_of = {name: date.fromisoformat(day) for name, day in (("act_by", act_by), ("legal", due))}
    asleep = deadline(**days_of, snoozed_until=date.fromisoformat(until), kind=kind)
    assert days(rule(days_before=[7]), asleep)[f"s{until}"] == told
    assert come(rule(days_before=[7, 0]), told, of=asleep)[-1] == (f"s{until}", "planned")
    assert still_wanted(f"s{until}", date.fromisoformat(told), asleep.snoozed_until, date.fromisoformat(told))


def test_a_step_that_was_planned_before_a_snooze_waits_for_its_end():
    friday, monday = date(2024, 5, 17), date(2024, 5, 20)
    assert still_wanted("1/2", friday, None, friday)
    assert not still_wanted("1/2", friday, monday, friday)
    assert not still_wanted("1/2", friday, monday, monday)
    assert still_wanted("2/2", TUESDAY, monday, TUESDAY)
    assert still_wanted("s2024-05-20", monday, monday, monday)
    assert not still_wanted("s2024-05-20", monday, FAR, monday)
    assert not still_wanted("s2024-05-20", monday, None, monday)


# --- laws of any rule -------------------------------------------------------------------------------

OFFSETS = st.lists(st.integers(0, 60), max_size=3)
RULES = st.builds(
    ReminderRule,
    about=st.just("call"),
    months_before=st.lists(st.integers(1, 12), max_size=2),
    days_before=OFFSETS,
    days_after=OFFSETS,
    repeat_days=st.sampled_from([0, 5, 14, 30]),
    count=st.sampled_from(["kalenderdagar", "arbetsdagar"]),
    escalate_days=st.lists(st.integers(1, 60), max_size=3),
    days_before_last_council=st.lists(st.integers(0, 40), max_size=1),
    late=st.sampled_from(["skicka", "sla_ihop", "hoppa_over"]),
)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(DAYS, RULES)
def test_every_step_is_on_an_open_day_and_has_a_name_of_its_own(act_by, rule):
    found = steps(deadline(act_by), rule, act_by + 100 * DAY, (act_by - 20 * DAY,))
    found += escalations(deadline(act_by), rule, act_by + 100 * DAY)
    assert all(is_working_day(step.day) for step in found)
    assert len({step.name for step in found}) == len(found)


@given(DAYS, RULES)
def test_no_step_comes_before_the_longest_notice(act_by, rule):
    """Nor one before the last meeting there can be: it is in time, and not more than half a year from the day."""
    earliest = act_by - longest_notice(rule) * DAY
    found = steps(deadline(act_by), rule, act_by, (months_after(act_by, -6) + DAY,))
    assert all(step.day >= earliest for step in [*found, *escalations(deadline(act_by), rule, FAR)])


def test_the_longest_notice_of_working_days_holds_for_every_day_and_is_hardly_longer():
    """Every day of two centuries, so every Easter there can be on every weekday's calendar."""
    first = date(1950, 1, 1)
    open_days = [day for n in range(200 * 365) if is_working_day(day := first + n * DAY)]
    for count in (1, 2, 3, 6, 7, 10, 11, 15, 28, 60, 90, 250):
        spans = [(later - day).days for day, later in zip(open_days, open_days[count:], strict=False)]
        notice = longest_notice(working(days_before=[count]))
        assert max(spans) <= notice - 7 <= max(spans) + 15, count


@given(DAYS, st.integers(0, 300))
def test_working_days_back_and_on_meet(day, count):
    day = working_days_after(day, 1)
    assert working_days_after(working_days_after(day, -count), count) == day
    assert working_days_after(working_days_after(day, count), -count) == day


@given(DAYS, RULES, st.integers(-40, 40), st.integers(-40, 40))
def test_whatever_the_settings_become_nothing_is_said_twice_on_a_day(act_by, rule, first, then):
    """What is said stays said, under the same rule: a second pass on any later day adds only newer steps."""
    today, later = act_by + min(first, then) * DAY, act_by + max(first, then) * DAY
    said = {one.step.name: one.step.day for one in due(deadline(act_by), rule, {}, today, ())}
    assert due(deadline(act_by), rule, said, today, ()) == []
    if said:
        assert all(one.step.day > today for one in due(deadline(act_by), rule, said, later, ()))


@given(DAYS, RULES, st.integers(-60, 60))
def test_something_is_said_of_what_was_missed_unless_it_is_to_be_passed_over(act_by, rule, offset):
    today = act_by + offset * DAY
    found = due(deadline(act_by), rule, {}, today, ())
    if found and rule.late != "hoppa_over":
        assert found[-1].status == "planned"
        assert found[-1].step.day == max(one.step.day for one in found)


def test_the_usual_rules_remind_of_a_deadline_without_drowning_anybody():
    for usual in usual_rules():
        found = steps(deadline(kind=usual.about), usual, TUESDAY + 31 * DAY, ())
        assert 1 <= len(found) <= 5, usual.about
