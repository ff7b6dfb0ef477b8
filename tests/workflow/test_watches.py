"""Watches through the use cases: they outlive the case, keep their day, and go to the body's heir."""

from datetime import date

import pytest
from msgspec.structs import replace

from states.case_facts import BodyKind, CaseKind, StageRole, WatchKind
from states.deadlines import Routines
from states.judgement import Refused
from tests.workflow import witness
from workflow import case_queries, casework, meetingwork, registration, schema, statements, watchwork
from workflow.body_register import Body, BodyRegister
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError
from workflow.registration import NewCase, Skrivelse
from workflow.use_case import Done
from workflow.watchwork import NewWatch

NOTED, NOTICE = date(2017, 12, 6), date(2017, 12, 31)


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def case_id(desk: Desk, command) -> str:
    way = ((desk.bodies.find("Omsorgsnämnden", NOTED), StageRole.BESLUT),)
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=Skrivelse(rubrik="Familjecentraler"), way=way)
    result = registration.register(desk, command(NOTED), new)
    assert isinstance(result, Done)
    return result.stream.removeprefix("case:")


@pytest.fixture
def notice(desk: Desk, command, case_id: str) -> str:
    """A case with one watch: the last day to give notice."""
    watch = NewWatch(kind=WatchKind.UPPSAGNING, about="Uppsägning av uppdraget", body="ON", due=NOTICE)
    watchwork.add(desk, command(NOTED), case_id, (watch,))
    return case_id


def open_now(desk: Desk, case_id: str) -> list[tuple[str, str, str]]:
    rows = desk.connection.run(statements.DEADLINES, stream=case_id)
    return [(row["kind"], row["due"], row["act_by"]) for row in rows if row["is_open"] and row["kind"] != "silent"]


def test_a_watch_has_a_deadline_of_its_own_that_no_holiday_moves(desk, notice):
    assert open_now(desk, notice) == [("uppsagning", "2017-12-31", "2017-12-29")]


def test_a_watch_lives_on_when_the_case_has_ended(desk, command, notice):
    assert not isinstance(casework.withdraw(desk, command(on("2017-12-07")), notice), Refused)
    assert open_now(desk, notice) == [("uppsagning", "2017-12-31", "2017-12-29")]
    watchwork.end(desk, command(on("2017-12-20")), notice, 1)
    assert open_now(desk, notice) == []


def test_the_log_tells_it_all(desk, command, notice):
    watchwork.snooze(desk, command(on("2017-12-08")), notice, 1, on("2017-12-15"))
    watchwork.end(desk, command(on("2017-12-20")), notice, 1)
    connection = desk.connection
    told = witness.bodies(connection)
    assert [body["type"] for body in told][-3:] == ["case.watch_added", "case.watch_snoozed", "case.watch_done"]
    assert witness.dump(witness.fold(told)) == witness.live(connection)
    assert "Uppsägning" not in "".join(str(body) for body in told)


def test_a_snooze_moves_the_reminders_and_not_the_day(desk, command, notice):
    watchwork.snooze(desk, command(on("2017-12-08")), notice, 1, on("2017-12-15"))
    (row,) = (r for r in desk.connection.run(statements.DEADLINES, stream=notice) if r["kind"] == "uppsagning")
    assert (row["due"], row["snoozed_until"]) == ("2017-12-31", "2017-12-15")
    waiting = [one["kind"] for one in case_queries.todo(desk.connection, on("2017-12-14"), on("2018-01-01"))]
    assert "uppsagning" not in waiting
    waiting = [one["kind"] for one in case_queries.todo(desk.connection, on("2017-12-15"), on("2018-01-01"))]
    assert "uppsagning" in waiting


def test_a_contract_s_day_is_not_slept_through(desk, command, notice):
    with pytest.raises(UsageError, match="2017-12-31 och väntar inte på oss"):
        watchwork.snooze(desk, command(on("2017-12-08")), notice, 1, on("2018-01-15"))
    with pytest.raises(UsageError, match="en dag framåt"):
        watchwork.snooze(desk, command(on("2017-12-08")), notice, 1, on("2017-12-08"))


def test_what_waits_for_an_event_gets_its_day_from_it(desk, command, case_id):
    watch = NewWatch(kind=WatchKind.HANDELSE, about="Revidera", body="ON", event="nytt ramavtal", months=3)
    watchwork.add(desk, command(on("2020-10-22")), case_id, (watch,))
    assert [kind for kind, _, _ in open_now(desk, case_id)] == ["invantad"]
    watchwork.occurred(desk, command(on("2021-12-09")), case_id, 1)
    assert open_now(desk, case_id) == [("handelse", "2022-03-09", "2022-03-09")]
    with pytest.raises(UsageError, match="inväntar ingen händelse"):
        watchwork.occurred(desk, command(on("2021-12-10")), case_id, 1)


def test_the_day_of_what_has_come_is_not_slept_through(desk, command, case_id):
    watch = NewWatch(kind=WatchKind.HANDELSE, about="Revidera", body="ON", event="nytt ramavtal", months=3)
    watchwork.add(desk, command(on("2020-10-22")), case_id, (watch,))
    watchwork.snooze(desk, command(on("2020-10-23")), case_id, 1, on("2025-01-01"))
    watchwork.occurred(desk, command(on("2021-12-09")), case_id, 1)
    (row,) = (r for r in desk.connection.run(statements.DEADLINES, stream=case_id) if r["kind"] == "handelse")
    assert (row["due"], row["snoozed_until"]) == ("2022-03-09", None)


def test_a_contract_is_snoozed_to_its_last_working_day_at_the_latest(desk, command, notice):
    with pytest.raises(UsageError, match="Skjut upp till senast 2017-12-29"):
        watchwork.snooze(desk, command(on("2017-12-08")), notice, 1, on("2017-12-31"))
    watchwork.snooze(desk, command(on("2017-12-08")), notice, 1, on("2017-12-29"))
    with pytest.raises(UsageError, match="väntar inte på oss; avsluta"):
        watchwork.snooze(desk, command(on("2017-12-29")), notice, 1, on("2017-12-30"))


def test_a_watch_gets_another_day_that_nobody_has_assumed(desk, command, notice):
    watchwork.snooze(desk, command(on("2017-12-08")), notice, 1, on("2017-12-15"))
    watchwork.move(desk, command(on("2017-12-09")), notice, 1, on("2018-03-31"))
    assert open_now(desk, notice) == [("uppsagning", "2018-03-31", "2018-03-29")]
    (watch,) = case_queries.watch_list(desk.connection, NOTED, notice)
    assert (watch["inferred"], watch["snoozed_until"]) == (False, None)


def test_a_note_on_a_case_breaks_its_silence(desk, command, case_id):
    watchwork.add(desk, command(on("2018-01-10")), case_id, (NewWatch(kind=WatchKind.UPPDRAG, about="A", body="ON"),))
    (row,) = (r for r in desk.connection.run(statements.DEADLINES, stream=case_id) if r["kind"] == "silent")
    assert row["due"] == "2018-03-11"


def test_new_routines_reach_cases_and_meetings_that_nobody_touches(desk, command, notice):
    meetingwork.add(desk, command(NOTED), "ON", on("2018-02-15"))
    longer = replace(desk.settings.config, routines=Routines(silent_days=100, manus_days=30))
    report = schema.upgrade(replace(desk.settings, config=longer), command(NOTED))
    days = {row["kind"]: row["due"] for row in desk.connection.run("SELECT kind, due FROM deadline WHERE is_open")}
    assert (report.deadlines, days["silent"], days["manusstopp"]) == (2, "2018-03-16", "2018-01-16")
    assert schema.upgrade(replace(desk.settings, config=longer), command(NOTED)).deadlines == 0
    told = witness.bodies(desk.connection)
    assert told[-1]["type"] == "system.deadlines_recomputed"
    assert witness.dump(witness.fold(told)) == witness.live(desk.connection)


def test_only_a_mandate_is_reported(desk, command, notice):
    with pytest.raises(UsageError, match="är inget uppdrag"):
        watchwork.report(desk, command(on("2017-12-20")), notice, 1)
    mandate = NewWatch(kind=WatchKind.UPPDRAG, about="Underlag", body="ON")
    watchwork.add(desk, command(on("2017-12-20")), notice, (mandate,))
    watchwork.report(desk, command(on("2017-12-21")), notice, 2)
    assert [one["closed_on"] for one in case_queries.watch_list(desk.connection, NOTED, notice, closed=True)] == [
        None,
        "2017-12-21",
    ]


def test_a_suggestion_is_watched_already_when_its_day_or_its_words_are(desk, command, notice):
    def suggestion(about: str, due: date | None, kind: WatchKind = WatchKind.UPPSAGNING) -> NewWatch:
        return NewWatch(kind=kind, about=about, body="ON", due=due)

    mandates = (suggestion("Teckna avtalet", None, WatchKind.UPPDRAG), suggestion("Redovisa", None, WatchKind.UPPDRAG))
    watchwork.add(desk, command(NOTED), notice, mandates[:1])
    same_day, same_words = suggestion("Varsel", NOTICE), suggestion("Uppsägning av uppdraget", on("2018-12-31"))
    another = suggestion("Nästa uppsägning", on("2019-12-31"))
    fresh = watchwork.not_watched(desk, notice, (same_day, same_words, another, *mandates))
    assert fresh == (another, mandates[1])


def test_a_watch_needs_a_day_or_an_event_and_its_number_must_be_open(desk, command, case_id):
    empty = NewWatch(kind=WatchKind.BEVAKNING, about="Ring", body="ON")
    with pytest.raises(UsageError, match="behöver en dag"):
        watchwork.add(desk, command(NOTED), case_id, (empty,))
    with pytest.raises(NotFoundError, match=r"ingen öppen bevakning 1 \(öppna: inga\)"):
        watchwork.end(desk, command(NOTED), case_id, 1)


def test_a_renamed_namnds_watches_wait_for_its_heir_from_the_day_of_the_new_name(desk, notice):
    before = case_queries.todo(desk.connection, on("2018-12-31"), on("2018-12-31"))
    after = case_queries.todo(desk.connection, on("2019-01-01"), on("2019-01-01"))
    assert [one["body"] for one in before if one["kind"] == "uppsagning"] == ["ON"]
    assert [one["body"] for one in after if one["kind"] == "uppsagning"] == ["SON"]


# --- the register of bodies ---------------------------------------------------------------------------


def body(code: str, since: str, until: str | None = None, succeeds: str | None = None) -> Body:
    return Body(code, code, BodyKind.NAMND, code, 5, on(since), on(until) if until else None, succeeds)


LINE = BodyRegister(
    [
        body("A", "1990-01-01", "1999-12-31"),
        body("B", "2000-01-01", "2009-12-31", "A"),
        body("C", "2010-01-01", None, "B"),
    ]
)


@pytest.mark.parametrize(
    ("code", "day", "answers"),
    [("A", "1995-01-01", "A"), ("A", "2005-01-01", "B"), ("A", "2015-01-01", "C"), ("C", "1995-01-01", None)],
)
def test_the_one_who_answers_is_found_through_any_number_of_successions(code, day, answers):
    found = LINE.successor(code, on(day))
    assert (found.code if found else None) == answers


def test_an_old_name_finds_the_heir():
    assert LINE.find("A", on("2020-01-01")).code == "C"
    with pytest.raises(NotFoundError):
        LINE.find("C", on("1995-01-01"))


def test_a_case_of_the_old_namnd_is_taken_up_again_at_its_heir(desk, command, notice):
    desk.connection.run("UPDATE cases SET state = 'avslutad' WHERE id = :id", id=notice)
    casework.reopen(desk, command(on("2019-09-02")), notice)
    assert case_queries.case_view(desk.connection, notice, desk.raised_reading, NOTED)["stage"] == "SON"
