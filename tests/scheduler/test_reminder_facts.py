"""What a reminder tells, read from cases and meetings that went the whole way through the use cases."""

from datetime import date

import pytest

from scheduler import reminder_facts
from states.case_facts import CaseKind, MblEntry, MblKind, StageRole, WatchKind
from states.deadlines import DeadlineKind
from tests import command_lines
from tests.conftest import drop_triggers, make_command
from tests.scheduler.rounds import by_hand, faults, meeting, reminded, rows, with_rules
from tests.workflow import witness
from workflow import casework, decisionwork, meetingwork, protocolwork, registration, watchwork
from workflow.config import ReminderRule, usual_rules
from workflow.registration import NewCase, Proposal, Skrivelse
from workflow.watchwork import NewWatch

JANUARY = date(2026, 1, 2)
HELD, ADJUSTED, POSTED = date(2026, 2, 19), date(2026, 2, 24), date(2026, 2, 25)


def given(on, reason="Skäl."):
    return make_command(on, reason)


def done(result):
    return result.stream.partition(":")[2]


def registered(desk, kind=CaseKind.FORVALTNINGSARENDE, number="SON 2026-1", body="SON", role=StageRole.BESLUT):
    skrivelse = Skrivelse(
        rubrik="Sommarstugan",
        numbers=(number,),
        proposals=(Proposal(body="SON", att_satser=("Antas.",)),),
        recipients=("Akten",),
    )
    way = ((desk.bodies.find(body, JANUARY), role),)
    return done(registration.register(desk, given(JANUARY), NewCase(kind=kind, skrivelse=skrivelse, way=way)))


@pytest.fixture
def town(desk):
    """A nämnd's case that is decided, adjusted, announced and not yet dispatched, with watches; and a motion."""
    case, sitting = registered(desk), meeting(desk, "SON", HELD.isoformat())
    meeting(desk, "KF", "2026-06-16")
    registered(desk, CaseKind.MOTION, "KS 2026-2", "KF", StageRole.ANMALAN)
    assessed = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=JANUARY, held=True)
    watches = (
        NewWatch(kind=WatchKind.UPPSAGNING, about="Hyresavtalet", body="SON", due=date(2026, 12, 31)),
        NewWatch(kind=WatchKind.UPPDRAG, about="Utvärdering", body="SON", due=date(2026, 9, 1)),
        NewWatch(kind=WatchKind.HANDELSE, about="Ny lag", body="SON", event="riksdagens beslut", months=3),
    )
    done(watchwork.add(desk, given(JANUARY), case, watches))
    done(casework.advance(desk, given(JANUARY), case))
    done(registration.note_mbl(desk, given(JANUARY), case, assessed))
    done(casework.advance(desk, given(JANUARY), case))
    done(casework.book(desk, given(JANUARY), case, sitting))
    done(meetingwork.call(desk, given(date(2026, 2, 10)), sitting))
    done(meetingwork.hold(desk, given(HELD), sitting))
    done(decisionwork.decide(desk, given(HELD), case, sitting, {}))
    done(protocolwork.adjust(desk, given(ADJUSTED), sitting, (1,)))
    done(protocolwork.post(desk, given(POSTED), sitting, 1))
    return desk


def told(desk, today=date(2026, 3, 2)):
    ids = desk.connection.run("SELECT id FROM deadline WHERE is_open ORDER BY id")
    return {found.kind: found for found in (reminder_facts.read(desk.connection, row["id"], today) for row in ids)}


def test_a_case_is_told_with_its_number_title_and_meeting(town):
    dispatch = told(town)[DeadlineKind.DISPATCH]
    assert (dispatch.ref, dispatch.title, dispatch.meeting) == ("SON 2026-1", "Sommarstugan", "SON 2026-02-19")
    assert dispatch.command == "arende dispatch SON-2026-1 SON-2026-02-19"


def test_a_notice_of_one_paragraph_is_told_with_it(town):
    down = told(town)[DeadlineKind.TAKE_DOWN]
    assert (down.ref, down.paragraph, down.is_meeting) == ("SON 2026-02-19", 1, True)


def decided_together(desk, cases):
    """The first paragraph of so many cases' adjusted and announced by itself; then the others adjusted."""
    sitting = meeting(desk, "SON", HELD.isoformat())
    for number in range(1, cases + 1):
        case = registered(desk, number=f"SON 2026-{number}")
        assessed = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=JANUARY, held=True)
        done(casework.advance(desk, given(JANUARY), case))
        done(registration.note_mbl(desk, given(JANUARY), case, assessed))
        done(casework.advance(desk, given(JANUARY), case))
        done(casework.book(desk, given(JANUARY), case, sitting))
    done(meetingwork.call(desk, given(date(2026, 2, 10)), sitting))
    done(meetingwork.hold(desk, given(HELD), sitting))
    for row in desk.connection.run("SELECT case_id FROM agenda_item ORDER BY paragraph"):
        done(decisionwork.decide(desk, given(HELD), row["case_id"], sitting, {}))
    done(protocolwork.adjust(desk, given(HELD), sitting, (1,)))
    assert told(desk)[DeadlineKind.POST].command == "arende meeting post SON-2026-02-19"
    done(protocolwork.post(desk, given(HELD), sitting, 1))
    done(protocolwork.adjust(desk, given(ADJUSTED), sitting))


def test_the_command_for_one_of_several_parts_names_a_paragraph_of_it(desk):
    decided_together(desk, 2)
    found = told(desk)
    assert found[DeadlineKind.POST].command == "arende meeting post SON-2026-02-19 --paragraf 2"
    assert found[DeadlineKind.POST].paragraph is None
    assert found[DeadlineKind.TAKE_DOWN].command == "arende meeting take-down SON-2026-02-19 --paragraf 1"
    assert found[DeadlineKind.TAKE_DOWN].paragraph == 1


def test_whoever_is_not_cleared_is_told_neither_of_a_secret_paragraph_nor_of_a_part_of_such_alone(desk):
    decided_together(desk, 3)
    rows = desk.connection.run("SELECT id, kind FROM deadline WHERE is_open ORDER BY id")
    (post,) = (row["id"] for row in rows if row["kind"] == DeadlineKind.POST)
    (down,) = (row["id"] for row in rows if row["kind"] == DeadlineKind.TAKE_DOWN)
    assert [command(desk, one) for one in (post, down)] == ["post 2", "take-down 1"]
    mark_secret(desk, 2)
    assert [command(desk, one) for one in (post, down)] == ["post 3", "take-down 1"]
    mark_secret(desk, 1)
    assert [command(desk, one) for one in (post, down)] == ["post", None]
    desk.connection.cleared = "*"
    assert [command(desk, one) for one in (post, down)] == ["post 3", "arende todo"]


def command(desk, deadline_id):
    """What is to be done about it with a meeting, and with which paragraph, as far as one may see."""
    found = reminder_facts.seen(desk.connection, deadline_id, date(2026, 3, 2))
    return found and found.command.removeprefix("arende meeting ").replace(" SON-2026-02-19", "").replace(
        " --paragraf", ""
    )


def mark_secret(desk, paragraph):
    own = "SELECT case_id FROM agenda_item WHERE paragraph = :paragraph"
    desk.connection.run(f"UPDATE cases SET secrecy = :yes WHERE id = ({own})", paragraph=paragraph, yes=True)


def test_a_watch_is_told_with_its_number_and_words(town):
    found = told(town)
    assert (found[DeadlineKind.UPPSAGNING].watch, found[DeadlineKind.UPPSAGNING].about) == (1, "Hyresavtalet")
    assert found[DeadlineKind.UPPDRAG].command == "arende uppdrag report SON-2026-1 2"
    assert found[DeadlineKind.AWAITED].event == "riksdagens beslut"


def test_a_motion_is_told_with_fullmaktiges_last_meeting_in_time(desk):
    registered(desk, CaseKind.MOTION, "KS 2026-2", "KF", StageRole.ANMALAN)
    for day in ("2026-09-29", "2026-12-15", "2027-02-23"):
        meeting(desk, "KF", day)
    assert told(desk)[DeadlineKind.MOTION_YEAR].council == date(2026, 12, 15)
    assert told(desk, date(2026, 12, 16))[DeadlineKind.MOTION_YEAR].council is None


def test_what_was_purged_is_said_to_be(town):
    drop_triggers(town.connection)
    town.connection.run("DELETE FROM payload")
    found = told(town)[DeadlineKind.UPPSAGNING]
    assert (found.ref, found.title, found.about, found.event) == ("SON 2026-1", "[gallrad]", "[gallrad]", "")
    assert told(town)[DeadlineKind.ADJUST].title == ""


@pytest.mark.parametrize("kind", DeadlineKind)
def test_every_reminder_ends_in_a_command_the_program_knows(desk, kind):
    of_meetings = {"manusstopp", "announce", "call", "hold", "adjust", "post", "take_down", "report"}
    sitting = meeting(desk, "KF", "2026-04-14") if kind in of_meetings else ""
    known = by_hand(desk, kind.value, "2026-03-10", meeting=sitting)
    command_lines.parses(reminder_facts.read(desk.connection, known, date(2026, 3, 2)).command)


def test_through_a_whole_year_everything_is_reminded_of_and_the_log_is_the_tables(town):
    for month in range(1, 13):
        reminded(town, date(2026, month, 28).isoformat())
    assert {row["rule"] for row in rows(town)} == {
        "manusstopp",
        "announce",
        "call",
        "hold",
        "adjust",
        "take_down",
        "dispatch",
        "laga_kraft",
        "motion_year",
        "uppsagning",
        "uppdrag",
        "invantad",
        "silent",
    }
    bodies = witness.bodies(town.connection)
    assert witness.unlogged(witness.dump(witness.fold(bodies)), witness.live(town.connection)) == []
    assert faults(town) == []


def test_a_snoozed_watch_is_silent_until_its_day(town):
    case = town.connection.run("SELECT case_id FROM watch LIMIT 1")[0]["case_id"]
    uppdrag = with_rules(town, *(rule for rule in usual_rules() if rule.about == "uppdrag"))
    done(watchwork.snooze(town, given(date(2026, 8, 10)), case, 2, date(2026, 8, 27)))
    assert reminded(uppdrag, "2026-08-18").sent == 0
    assert reminded(uppdrag, "2026-08-27").sent == 1
    assert reminded(uppdrag, "2026-08-28").sent == 1
    done(watchwork.report(town, given(date(2026, 8, 31)), case, 2))
    assert reminded(uppdrag, "2026-12-31").sent == 0
    assert [(row["step"], row["status"]) for row in rows(town)] == [("s2026-08-27", "sent"), ("2/3", "sent")]


def test_a_closed_case_is_still_reminded_of_its_watches(town):
    by_rule = with_rules(town, ReminderRule("uppdrag", days_before=[14]))
    town.connection.run("UPDATE cases SET state = 'avslutad'")
    assert reminded(by_rule, "2026-08-18").sent == 1
