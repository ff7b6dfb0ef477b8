"""Meetings before they are held: planned, brought in, moved, called off, arranged; and all of it taken back."""

from datetime import date, timedelta

import msgspec
import pytest

from states.case_facts import CaseKind, ItemKind, MatterOutcome, MblEntry, MblKind, StageRole
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.clerk import NAMND_DECIDES, Clerk
from tests.workflow.ledger import Ledger
from tests.workflow.town import Town, with_two_namnder
from workflow import (
    agendawork,
    case_queries,
    casework,
    correction,
    decisionwork,
    meeting_planning,
    meetingwork,
    payload_store,
    registration,
    schema,
)
from workflow.agendawork import Rearrangement
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError
from workflow.meeting_calendars.entry import Entry
from workflow.meeting_plan import Plan
from workflow.registration import Skrivelse
from workflow.use_case import Done

DAY = timedelta(days=1)
MAY, JUNE = date(2024, 5, 14), date(2024, 6, 11)


@pytest.fixture
def town(desk):
    """A town where SON has a standing matter; whatever is done in it, the witness finds nothing wrong."""
    settings = with_two_namnder(desk.settings)
    schema.upgrade(settings, make_command())
    town = Town(Desk(desk.connection, settings), Ledger())
    town.today = date(2024, 4, 1)
    yield town
    assert town.faults == []
    assert town.stale_deadlines() == []
    assert witness.faults(desk.connection) == []
    assert witness.lost_texts(desk.connection, town.told) == []


@pytest.fixture
def case(town):
    """A case whose MBL is settled, at SON."""
    entry = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=town.today, held=True)
    content = Skrivelse(rubrik="Ett ärende", numbers=("SON 2024-1",), recipients=("Akten",), mbl=(entry,))
    Clerk(town).register(CaseKind.FORVALTNINGSARENDE, NAMND_DECIDES, content)
    for _ in range(2):
        assert isinstance(town.do(casework.advance, town.cases[0]), Done)
    return town.cases[0]


@pytest.fixture
def meeting(town, case):
    """SON's meeting in May with the case on its agenda."""
    done(town.do(meetingwork.add, "SON", MAY))
    done(town.do(casework.book, case, town.meetings[0]))
    return town.meetings[0]


def done(answer) -> Done:
    assert isinstance(answer, Done), answer
    return answer


def told(answer) -> str:
    assert isinstance(answer, UsageError | NotFoundError), answer
    return str(answer)


def listed(town, meeting):
    view = case_queries.agenda_view(town.desk.connection, meeting)
    return [item["case"] or item["title"] for item in view["items"]]


def back(town, meeting):
    """Take the meeting's latest record back."""
    seq = max(body["seq"] for body in town.told if body["stream"] == f"meeting:{meeting}")
    return town.do(correction.correct, f"meeting:{meeting}", seq)


def rows(town, *tables):
    """The rows of some tables, without their versions and the days of notes, which never go back."""
    kept = ("version", "noted_on")
    return {
        (name, key): {column: value for column, value in row.items() if column not in kept}
        for name in tables
        for key, row in witness.live(town.desk.connection)[name].items()
    }


# --- a year's meetings ----------------------------------------------------------------------------------------


def entry(body, day, line=2, **plan):
    return Entry(body, day, Plan(**plan), f"plan.csv, rad {line}")


def test_a_calendar_is_brought_in_once_whoever_does_it_twice(town):
    calendar = [entry("SON", MAY, manus=date(2024, 4, 22)), entry("Kommunstyrelsen", JUNE)]
    first = done(town.do(meeting_planning.bring_in, calendar, "ur plan.csv"))
    assert first.notes == ("Nya: SON 2024-05-14 och KS 2024-06-11.",)
    again = done(town.do(meeting_planning.bring_in, calendar, "ur plan.csv"))
    assert again.notes == ("Inget nytt.", "Fanns redan: SON 2024-05-14 och KS 2024-06-11.")
    assert len(town.meetings) == 2
    assert town.meeting(town.meetings[0])["manus_on"] == "2024-04-22"


def test_a_meeting_with_other_days_than_the_calendar_s_is_left_and_said(town):
    done(town.do(meetingwork.add, "SON", MAY))
    answer = done(town.do(meeting_planning.bring_in, [entry("SON", MAY, manus=date(2024, 4, 22))], "ur plan.csv"))
    assert "med andra dagar; ändra med arende meeting plan SON-2024-05-14" in answer.notes[1]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (entry("XN", JUNE, 3), "plan.csv, rad 3: instansen ”XN” finns inte"),
        (entry("SON", JUNE, 3, manus=JUNE), "plan.csv, rad 3: Manusstopp"),
        (entry("SON", JUNE, 3, announce=MAY), "plan.csv, rad 3: Bara fullmäktige kungörs"),
    ],
)
def test_a_bad_line_saves_nothing_of_a_calendar(town, bad, words):
    assert words in told(town.do(meeting_planning.bring_in, [entry("SON", MAY), bad], "ur plan.csv"))
    assert town.meetings == []


def test_days_that_have_passed_are_not_planned_but_said(town):
    answer = done(town.do(meeting_planning.bring_in, [entry("SON", date(2024, 3, 1))], "ur plan.csv"))
    assert "Redan passerade, och inte inlagda: SON 2024-03-01" in answer.notes[1]


def test_a_rehearsed_calendar_leaves_nothing(town):
    answer = done(
        meeting_planning.bring_in(town.desk, make_command(), [entry("SON", date(2027, 1, 7))], "x", save=False)
    )
    assert answer.notes == ("Nya: SON 2027-01-07.",)
    assert town.look() == []


# --- moving and calling off -----------------------------------------------------------------------------------


def test_a_rehearsed_move_tells_what_would_follow_and_leaves_nothing(town, meeting):
    command = make_command(town.today)
    answer = done(meeting_planning.move(town.desk, command, meeting, JUNE, save=False))
    assert "Manusstopp: 2024-04-30 → 2024-05-28" in answer.notes
    assert town.look() == []
    assert town.day_of(meeting) == MAY


def test_a_move_to_another_year_takes_the_agenda_s_paragraphs_to_that_year_s_series(town, meeting):
    done(town.do(meeting_planning.move, meeting, date(2025, 1, 14)))
    town.today = date(2025, 1, 14)
    done(town.do(meetingwork.call, meeting))
    done(town.do(meetingwork.hold, meeting))
    items = [item for item in town.known["agenda_item"].values() if item["meeting_id"] == meeting]
    assert [(item["year"], item["paragraph"]) for item in items] == [(2025, 1), (2025, 2)]


def test_a_move_is_taken_back_with_its_kallelse(town, case, meeting):
    done(town.do(meetingwork.call, meeting))
    before = rows(town, "meeting", "agenda_item")
    done(town.do(meeting_planning.move, meeting, JUNE))
    assert town.meeting(meeting)["state"] == "planerad"
    done(back(town, meeting))
    assert rows(town, "meeting", "agenda_item") == before


def test_a_move_is_not_taken_back_to_a_day_that_another_meeting_has(town, meeting):
    done(town.do(meeting_planning.move, meeting, JUNE))
    done(town.do(meetingwork.add, "SON", MAY))
    assert "har redan ett annat sammanträde 2024-05-14" in told(back(town, meeting))


def test_a_cancelled_meeting_s_cases_keep_their_kind_and_presenter_at_the_next(town, case, meeting):
    done(town.do(meetingwork.add, "SON", JUNE))
    said = Rearrangement(kinds={"SON 2024-1": ItemKind.INFORMATION}, presenters={"2": "Ekonomichefen"})
    done(town.do(agendawork.rearrange, meeting, said))
    done(town.do(meeting_planning.cancel, meeting))
    (*_, there) = case_queries.agenda_view(town.desk.connection, town.meetings[1])["items"]
    assert (there["case"], there["kind"], there["presenter"]) == ("SON 2024-1", "information", "Ekonomichefen")
    assert listed(town, meeting) == []


def test_a_cancellation_is_taken_back_with_all_that_it_moved(town, case, meeting):
    done(town.do(meetingwork.add, "SON", JUNE))
    before = rows(town, "meeting", "agenda_item", "cases")
    done(town.do(meeting_planning.cancel, meeting))
    done(back(town, meeting))
    assert rows(town, "meeting", "agenda_item", "cases") == before


def test_a_cancellation_stays_when_its_case_has_come_up_at_another_meeting_since(town, case, meeting):
    done(town.do(meeting_planning.cancel, meeting))
    answer = town.do(meetingwork.add, "SON", JUNE)
    assert answer.notes == (f"{town.facts(case).ref} står nu på föredragningslistan till {answer.ref}.",)
    assert "Ta först tillbaka post" in told(back(town, meeting))


def test_a_meeting_whose_day_has_passed_waits_in_todo_from_the_day_after(town, meeting):
    def asked(on):
        found = case_queries.todo(town.desk.connection, on, on + DAY * 7)
        return [(one["kind"], one["overdue_days"]) for one in found if one["kind"] == "hold"]

    assert (asked(MAY), asked(MAY + DAY), asked(MAY + DAY * 3)) == ([], [("hold", 0)], [("hold", 2)])
    town.today = MAY + DAY
    done(town.do(meeting_planning.cancel, meeting))
    assert asked(MAY + DAY) == []


def test_a_cancelled_meeting_is_neither_coming_nor_free_again(town, meeting):
    done(town.do(meeting_planning.cancel, meeting))
    assert case_queries.coming_meetings(town.desk.connection, town.today) == {}
    assert "är inställt" in told(town.do(meetingwork.add, "SON", MAY))
    assert case_queries.meeting_list(town.desk.connection)[0]["state"] == "installd"


def test_planned_days_are_changed_and_taken_back(town, meeting):
    before = rows(town, "meeting")
    answer = done(town.do(meeting_planning.plan, meeting, Plan(manus=date(2024, 4, 22))))
    assert answer.notes == ("Manusstopp: 2024-04-30 → 2024-04-22",)
    done(back(town, meeting))
    assert rows(town, "meeting") == before


# --- the agenda -----------------------------------------------------------------------------------------------


def test_standing_matters_stand_first_or_last_whatever_is_booked_between(town):
    done(town.do(meetingwork.add, "BUN", MAY))
    Clerk(town).register(
        CaseKind.FORVALTNINGSARENDE, (("BUN", StageRole.BESLUT),), Skrivelse(rubrik="R", numbers=("BUN 2024-1",))
    )
    done(town.do(casework.book, town.cases[0], town.meetings[0]))
    done(town.do(agendawork.rearrange, town.meetings[0], Rearrangement(own=("Extra punkt",))))
    assert listed(town, town.meetings[0]) == ["BUN 2024-1", "Extra punkt", "Rapporter"]


def test_the_order_is_the_order_of_the_paragraphs(town, meeting):
    done(town.do(agendawork.rearrange, meeting, Rearrangement(own=("Ekonomi",), order=(("2", 1),))))
    assert listed(town, meeting) == ["SON 2024-1", "Val av justerare", "Ekonomi"]
    town.today = MAY
    done(town.do(meetingwork.call, meeting))
    done(town.do(meetingwork.hold, meeting))
    view = case_queries.agenda_view(town.desk.connection, meeting)
    assert [(one["paragraph"], one["decided"]) for one in view["items"]] == [(1, False), (2, True), (3, True)]


def test_information_is_noted_at_the_meeting_and_can_be_said_otherwise(town, meeting):
    done(town.do(agendawork.rearrange, meeting, Rearrangement(kinds={"SON 2024-1": ItemKind.INFORMATION})))
    town.today = MAY
    done(town.do(meetingwork.call, meeting))
    done(town.do(meetingwork.hold, meeting))
    case_item = case_queries.agenda_view(town.desk.connection, meeting)["items"][1]
    assert (case_item["paragraph"], case_item["outcome"]) == (2, "noterad")
    done(town.do(agendawork.rearrange, meeting, Rearrangement(outcomes={"2": MatterOutcome.BORDLAGD})))
    assert case_queries.agenda_view(town.desk.connection, meeting)["items"][1]["outcome"] == "bordlagd"


def test_after_the_kallelse_it_is_the_body_itself_that_lets_a_matter_go(town, case, meeting):
    done(town.do(meetingwork.call, meeting))
    off = Rearrangement(struck=("SON 2024-1",))
    assert "SON:s eget beslut" in told(town.do(agendawork.rearrange, meeting, off))
    town.today = MAY
    done(town.do(meetingwork.hold, meeting))
    done(town.do(agendawork.rearrange, meeting, off))
    assert case_queries.agenda_view(town.desk.connection, meeting)["items"][1]["outcome"] == "utgatt"
    done(back(town, meeting))
    done(town.do(decisionwork.decide, case, meeting, {}))


def test_a_late_item_shows_why_and_the_words_stay_with_the_case_s_own_texts(town, case, meeting):
    done(town.do(meetingwork.add, "SON", JUNE))
    done(town.do(meetingwork.call, town.meetings[1]))
    done(town.do(casework.book, case, town.meetings[1], late=True, reason="Bidraget söks i juni."))
    done(town.do(agendawork.rearrange, town.meetings[1], Rearrangement(presenters={"2": "Controllern"})))
    item = case_queries.agenda_view(town.desk.connection, town.meetings[1])["items"][1]
    assert (item["urgent"], item["late"], item["presenter"]) == (True, "Bidraget söks i juni.", "Controllern")
    kept = payload_store.of_stream(town.desk.connection, f"meeting:{town.meetings[1]}")
    assert "Bidraget" not in str(kept)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Rearrangement(order=(("7", 1),)), "7 står inte på listan"),
        (Rearrangement(order=(("1", 9),)), "plats 9 finns inte"),
        (Rearrangement(own=(" ",)), "saknar rubrik"),
        (Rearrangement(outcomes={"1": MatterOutcome.NOTERAD}), "är inte hållet än"),
        (Rearrangement(), "Säg vad som ändras"),
    ],
)
def test_what_cannot_be_done_with_an_agenda_is_said(town, meeting, wanted, words):
    assert words in told(town.do(agendawork.rearrange, meeting, wanted))


def test_an_arranged_agenda_is_taken_back(town, meeting):
    before = rows(town, "agenda_item")
    wanted = Rearrangement(order=(("2", 1),), kinds={"2": ItemKind.ANMALAN}, presenters={"1": "HR"}, own=("Ekonomi",))
    done(town.do(agendawork.rearrange, meeting, wanted))
    done(back(town, meeting))
    assert rows(town, "agenda_item") == before


# --- utskott --------------------------------------------------------------------------------------------------


def test_an_utskott_has_a_series_of_paragraphs_of_its_own(town):
    for body in ("KS", "KSAU"):
        done(town.do(meetingwork.add, body, MAY))
    for meeting in town.meetings:
        done(town.do(agendawork.rearrange, meeting, Rearrangement(own=("Val av justerare",))))
    town.today = MAY
    for meeting in town.meetings:
        done(town.do(meetingwork.hold, meeting))
    assert {(item["body"], item["paragraph"]) for item in town.known["agenda_item"].values()} == {
        ("KS", 1),
        ("KSAU", 1),
    }


def test_registered_and_added_an_utskott_s_stage_says_so(town, case):
    done(town.do(registration.add_stage, case, town.body("KSAU"), StageRole.BEREDNING))
    assert [stage.utskott for stage in town.facts(case).stages] == [False, True]


def test_a_reader_without_the_role_plans_nothing(town, meeting):
    nobody = msgspec.structs.replace(make_command(town.today), offices=())
    assert not isinstance(meeting_planning.plan(town.desk, nobody, meeting, Plan(manus=date(2024, 4, 2))), Done)
    assert not isinstance(agendawork.rearrange(town.desk, nobody, meeting, Rearrangement(own=("X",))), Done)
    assert not isinstance(meeting_planning.bring_in(town.desk, nobody, [entry("SON", JUNE)], "x"), Done)
