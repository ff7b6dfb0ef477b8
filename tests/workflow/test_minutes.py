"""Attendance, jäv, minutes and votes: what is noted, what is refused, what is shown, and what goes back."""

from datetime import date

import msgspec
import pytest

from states.case_facts import Ballot, MinuteKind, Seat
from states.judgement import Refused
from states.roles import Office, Role
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.ledger import Ledger
from tests.workflow.test_correction import at_namnd, done, hold, register, seq_of, take_back, told
from tests.workflow.town import Town, with_two_namnder
from workflow import (
    attendancework,
    bulk_decision,
    case_queries,
    casework,
    correction,
    decisionwork,
    meeting_store,
    meetingwork,
    member_register,
    minutework,
    schema,
)
from workflow.attendancework import Present
from workflow.errors import NotFoundError, UsageError
from workflow.member_register import MemberRegister
from workflow.minutework import Entry, Voting

HELD = date(2024, 4, 18)
JA, NEJ, AVSTAR = Ballot.JA, Ballot.NEJ, Ballot.AVSTAR


@pytest.fixture
def town(desk):
    """A town in the spring of 2024; whatever a test does in it, the witness finds nothing wrong."""
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    town = Town(desk, Ledger())
    town.today = date(2024, 4, 1)
    yield town
    assert town.faults == []
    assert town.stale_deadlines() == []
    assert witness.faults(desk.connection) == []


@pytest.fixture
def case(town):
    return at_namnd(town)


@pytest.fixture
def held(town, case):
    """A meeting of SON that has been held, with the case as § 1."""
    meeting = done(town.do(meetingwork.add, "SON", HELD))
    done(town.do(casework.book, case, meeting))
    hold(town, meeting)
    return meeting


def attend(town, meeting, *present, **how):
    return town.do(attendancework.attend, meeting, present, on=HELD, **how)


def minute(town, case, meeting, kind, who="", text="Bifall.", hour=None):
    return town.do(minutework.minute, case, meeting, (Entry(kind, text, who, hour),), on=HELD)


def vote(town, case, meeting, *ballots, **how):
    voting = Voting(main="Bifall", against="Avslag", by_name=ballots, **how)
    return town.do(minutework.vote, case, meeting, voting, on=HELD)


def shown(town, meeting):
    return case_queries.meeting_view(town.desk.connection, meeting)


def there(town, meeting):
    """(name, §§, whom they stand in for) of everybody at a meeting."""
    found = shown(town, meeting)["attendance"]
    return [(one["name"], one["from_paragraph"], one["to_paragraph"], one["serves_for"]) for one in found]


# --- naming members ---------------------------------------------------------------------------------------

REGISTER = MemberRegister(
    "SON",
    (
        member_register.Member("m1", "Åsa Ek (S)", "ordforande"),
        member_register.Member("m2", "Bo Ek (M)", "ledamot"),
        member_register.Member("m3", "Bo Ekman (M)", "ledamot"),
    ),
)


@pytest.mark.parametrize(("text", "name"), [("m2", "Bo Ek (M)"), ("åsa", "Åsa Ek (S)"), ("bo  ekman", "Bo Ekman (M)")])
def test_a_member_is_named_by_id_or_by_a_part_of_the_name_that_nobody_else_has(text, name):
    assert REGISTER.find(text).name == name


def test_a_name_that_can_be_several_is_answered_with_all_of_them():
    with pytest.raises(UsageError, match=r"”bo ek” kan vara flera: Bo Ek \(M\) \(m2\), Bo Ekman \(M\) \(m3\)"):
        REGISTER.find("bo ek")


def test_a_name_that_is_nobody_s_is_answered_with_those_there_are():
    with pytest.raises(NotFoundError, match="De som har: Åsa Ek"):
        REGISTER.find("Cia")
    with pytest.raises(NotFoundError, match=r"config\.toml"):
        MemberRegister("SON", ()).find("Cia")


# --- who is there -----------------------------------------------------------------------------------------


def test_all_are_there_but_the_one_that_somebody_stands_in_for(town, held):
    done(attend(town, held, Present(who="E1", serves_for="L3"), everybody=True))
    assert there(town, held) == [
        ("L1 i SON", None, None, None),
        ("L2 i SON", None, None, None),
        ("E1 i SON", None, None, "L3 i SON"),
    ]


def test_a_second_command_sets_the_person_s_row_anew_and_leaves_the_others(town, held):
    done(attend(town, held, everybody=True))
    done(attend(town, held, Present(who="L3", to_paragraph=1), Present(who="Eva Ros", seat=Seat.TJANSTEPERSON)))
    done(attend(town, held, Present(who="eva ros", seat=Seat.TJANSTEPERSON, from_paragraph=2)))
    found = there(town, held)
    assert ("L3 i SON", None, 1, None) in found
    assert ("Eva Ros", 2, None, None) in found
    assert len(found) == 4


def test_attendance_that_was_wrong_is_taken_back_and_stands_as_before(town, held):
    done(attend(town, held, everybody=True))
    before = there(town, held)
    done(attend(town, held, Present(who="L3", to_paragraph=1), Present(who="E1", serves_for="L3", from_paragraph=2)))
    first = seq_of(town, f"meeting:{held}", "meeting.attendance_noted") - 1
    assert "Ta först tillbaka post" in told(town.do(correction.correct, f"meeting:{held}", first))
    done(take_back(town, "meeting.attendance_noted", meeting=held))
    assert there(town, held) == before


def test_the_one_who_presides_is_named_when_the_chair_is_not_there(town, held):
    done(attend(town, held, Present(who="L2", seat=Seat.ORDFORANDE), everybody=True))
    seats = {one["name"]: one["seat"] for one in shown(town, held)["attendance"]}
    assert seats == {"L2 i SON": "ordforande", "L1 i SON": "ledamot", "L3 i SON": "ledamot"}


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ((Present(who="L3"), Present(who="E1", serves_for="L3")), "två gånger"),
        ((Present(who="L3"), Present(who="L3", from_paragraph=2)), "två gånger"),
        ((Present(who="L2", serves_for="L3"),), "är ledamot och ersätter ingen"),
        ((Present(who="E1", serves_for="E2"),), "är ersättare"),
        ((Present(who="L2", from_paragraph=3, to_paragraph=2),), "kommer efter"),
    ],
)
def test_attendance_that_cannot_be_is_a_usage_error(town, held, present, said):
    assert said in told(attend(town, held, *present))


def test_from_afar_is_allowed_where_the_municipality_says_that_fullmaktige_has(town, held):
    assert isinstance(attend(town, held, Present(who="L2", remote=True)), Refused)
    config = town.desk.settings.config
    allowed = msgspec.structs.replace(config, law=msgspec.structs.replace(config.law, remote_namnd=True))
    desk = msgspec.structs.replace(town.desk, settings=msgspec.structs.replace(town.desk.settings, config=allowed))
    town.desk = desk
    done(attend(town, held, Present(who="L2", remote=True)))
    assert shown(town, held)["attendance"][0]["remote"]


def test_a_personalforetradare_that_is_there_already_cannot_be_made_to_serve(town, held):
    done(attend(town, held, Present(who="Per Holm", seat=Seat.PERSONALFORETRADARE)))
    answer = attend(town, held, Present(who="per holm", serves_for="L3"), deviation=True)
    assert isinstance(answer, Refused)
    assert [finding.guard for finding in answer.blocking] == ["staff-never-serve"]


def test_a_meeting_ends_once_and_at_an_hour(town, held):
    assert "är inget klockslag" in told(town.do(attendancework.close, held, "25.00", on=HELD))
    done(town.do(attendancework.close, held, "9:05", on=HELD))
    assert shown(town, held)["closed_at"] == "09.05"
    assert "avslutades 09.05" in told(town.do(attendancework.close, held, "15.42", on=HELD))
    done(take_back(town, "meeting.closed", meeting=held))
    assert shown(town, held)["closed_at"] is None


def test_a_meeting_that_has_not_been_held_has_not_ended(town):
    meeting = done(town.do(meetingwork.add, "SON", date(2024, 4, 1)))
    assert "är inte antecknat som hållet" in told(town.do(attendancework.close, meeting, "15.42"))


# --- the minutes of a § -----------------------------------------------------------------------------------


def test_what_is_minuted_is_shown_with_the_case_and_with_the_meeting(town, case, held):
    done(attend(town, held, everybody=True))
    done(minute(town, case, held, MinuteKind.YRKANDE, "L2", "Avslag."))
    done(minute(town, case, held, MinuteKind.PROPOSITIONSORDNING, text="Bifall mot avslag."))
    done(vote(town, case, held, ("L1", JA), ("L2", NEJ), ("L3", JA)))
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    done(minute(town, case, held, MinuteKind.RESERVATION, "L2", "Till förmån för eget yrkande.", "15.30"))
    (of_meeting,) = shown(town, held)["items"]
    (of_case,) = case_queries.case_view(town.desk.connection, case, "ingiven", town.today)["agenda"]
    assert [(one["kind"], one["name"], one["text"], one["announced_at"]) for one in of_meeting["minutes"]] == [
        ("yrkande", "L2 i SON", "Avslag.", None),
        ("propositionsordning", None, "Bifall mot avslag.", None),
        ("reservation", "L2 i SON", "Till förmån för eget yrkande.", "15.30"),
    ]
    (voted,) = of_meeting["votes"]
    assert (voted["yes"], voted["no"], voted["abstained"], voted["main"]) == (2, 1, 0, "Bifall")
    assert [(one["name"], one["choice"]) for one in voted["ballots"]] == [
        ("L1 i SON", "ja"),
        ("L2 i SON", "nej"),
        ("L3 i SON", "ja"),
    ]
    assert {key: of_case[key] for key in ("jav", "minutes", "votes")} == {
        key: of_meeting[key] for key in ("jav", "minutes", "votes")
    }


def test_what_was_minuted_by_mistake_is_taken_back_beneath_the_decision(town, case, held):
    done(town.do(minutework.jav, case, held, ("L3",), "Egen verksamhet", on=HELD))
    done(vote(town, case, held, ("L1", JA), ("L2", NEJ), casting=JA))
    done(minute(town, case, held, MinuteKind.YRKANDE, "L2"))
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    for _ in range(3):
        done(take_back_minutes(town, case))
    (item,) = shown(town, held)["items"]
    assert (item["jav"], item["minutes"], item["votes"], item["decided"]) == ([], [], [], True)
    assert not town.desk.connection.run("SELECT id FROM ballot")


def take_back_minutes(town, case):
    """Take back the latest of what was minuted that still stands."""
    back = {body["data"]["corrects"] for body in town.told if "corrects" in body["data"]}
    own = [body["seq"] for body in town.told if (body["stream"], body["type"]) == (f"case:{case}", "case.minuted")]
    return town.do(correction.correct, f"case:{case}", max(seq for seq in own if seq not in back))


def test_nobody_has_jav_twice_in_a_paragraph(town, case, held):
    done(town.do(minutework.jav, case, held, ("L3",), on=HELD))
    assert "redan antecknad som jävig i § 1" in told(town.do(minutework.jav, case, held, ("L3",), on=HELD))
    assert "nämnd två gånger" in told(town.do(minutework.jav, case, held, ("L2", "SON-L2"), on=HELD))


def test_a_case_without_a_paragraph_has_no_jav(town, held):
    other = register(town)
    answer = town.do(minutework.jav, other, held, ("L3",), on=HELD)
    assert isinstance(answer, Refused)
    assert [finding.guard for finding in answer.blocking] == ["has-a-paragraph"]


def test_yrkanden_and_reservations_are_written_one_at_a_time(town, case, held):
    entries = (Entry(MinuteKind.YRKANDE, "Avslag.", "L2"), Entry(MinuteKind.RESERVATION, "", "L3"))
    assert "var för sig" in told(town.do(minutework.minute, case, held, entries, on=HELD))


def test_the_texts_of_a_protocol_are_no_part_of_the_log(town, case, held):
    done(minute(town, case, held, MinuteKind.YRKANDE, "L2", "Ett mycket eget yrkande."))
    assert "Ett mycket eget" not in str(town.told[-1])
    assert town.told[-1]["data"]["about"] == ["yrkande"]


# --- votes ------------------------------------------------------------------------------------------------


def test_the_result_of_a_vote_is_told(town, case, held):
    (note,) = vote(town, case, held, numbers=(8, 7, 0)).notes
    assert note == "8 ja, 7 nej, 0 avstår: ”Bifall” vinner."
    (note,) = vote(town, case, held, numbers=(7, 7, 1), casting=NEJ).notes
    assert note == "7 ja, 7 nej, 1 avstår: ”Avslag” vinner genom ordförandens utslagsröst."
    (note,) = vote(town, case, held, numbers=(7, 7, 0), secret=True, lot=JA).notes
    assert note == "7 ja, 7 nej, 0 avstår: ”Bifall” vinner genom lottning."


@pytest.mark.parametrize(
    ("ballots", "how", "said"),
    [
        ((("L1", JA), ("L2", NEJ)), {"casting": JA}, "Det saknas hur L3 i SON röstade"),
        ((("L1", JA), ("L2", NEJ), ("L3", AVSTAR)), {"casting": NEJ}, "ordförandens egen röst"),
        ((("L1", JA), ("L2", JA), ("E1", NEJ)), {}, "E1 i SON tjänstgör inte vid § 1"),
        ((("L1", JA), ("L2", JA), ("L3", NEJ)), {"secret": True}, "sluten omröstning"),
        ((("L1", JA), ("L1", JA), ("L3", NEJ)), {}, "nämnd två gånger"),
        ((), {"numbers": (2, 1, 1)}, "4 röster är fler än de 3 som tjänstgör"),
        ((), {"numbers": (2, 1, 0), "casting": JA}, "är inte lika"),
        ((), {"numbers": (1, 1, 0), "casting": AVSTAR}, "till ja eller nej"),
        ((), {"numbers": (1, 1, 0), "casting": JA, "lot": JA, "secret": False}, "bara val"),
        ((), {"numbers": (0, 0, 3), "casting": JA}, "Ingen röstade"),
    ],
)
def test_a_vote_that_cannot_have_gone_so_is_a_usage_error(town, case, held, ballots, how, said):
    done(attend(town, held, everybody=True))
    how = {"lot" if how.get("secret") and key == "casting" else key: value for key, value in how.items()}
    assert said in told(vote(town, case, held, *ballots, **how))


def test_a_vote_that_is_not_all_there_is_noted_as_that(town, case, held):
    done(attend(town, held, everybody=True))
    done(vote(town, case, held, ("L1", JA), ("L2", JA), partial=True))
    assert shown(town, held)["items"][0]["votes"][0]["yes"] == 2


# --- the facts the law looks at ---------------------------------------------------------------------------


def test_the_same_vote_is_noted_once_and_another_of_other_proposals_besides(town, case, held):
    done(attend(town, held, everybody=True))
    cast = (("L1", JA), ("L2", JA), ("L3", NEJ))
    done(vote(town, case, held, *cast))
    with pytest.raises(UsageError, match=r"Den voteringen är redan antecknad i § 1\. Är den fel: ta tillbaka den"):
        raise vote(town, case, held, *cast)
    other = Voting(main="Bifall till Bo Eks yrkande", against="Avslag", by_name=cast)
    done(town.do(minutework.vote, case, held, other, on=HELD))
    done(vote(town, case, held, ("L1", JA), ("L2", NEJ), ("L3", NEJ)))


def guards(findings):
    return [finding.guard for finding in findings]


def test_all_as_proposed_says_of_each_case_that_lost_its_vote(town, case, held):
    done(attend(town, held, everybody=True))
    done(vote(town, case, held, ("L1", JA), ("L2", NEJ), ("L3", NEJ)))
    answer = town.do(bulk_decision.decide_all, held, on=HELD)
    done(answer)
    assert guards(answer.verdict.warnings) == ["vote-agrees"]
    assert answer.verdict.warnings[0].text.startswith("SON 2024-")


def test_an_hour_before_a_reservation_that_is_noted_is_told_of_with_the_paragraph(town, case, held):
    done(attend(town, held, everybody=True))
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    done(town.do(attendancework.close, held, "15.42", on=HELD))
    done(minute(town, case, held, MinuteKind.RESERVATION, "L2", hour="15.30"))
    done(take_back(town, "meeting.closed", meeting=held))
    answer = town.do(attendancework.close, held, "15.15", on=HELD)
    done(answer)
    assert guards(answer.verdict.warnings) == ["reservations-in-protocol"]
    assert "§ 1 (anmäld 15.30)" in answer.verdict.warnings[0].text
    assert (town.told[-1]["type"], town.told[-1]["data"]["warnings"]) == (
        "meeting.closed",
        ["reservations-in-protocol"],
    )


def test_the_paragraphs_that_nothing_has_become_of_are_open(town, case, held):
    assert load(town, held).open_paragraphs == (1,)
    done(town.do(decisionwork.decide, case, held, {}, on=HELD))
    assert load(town, held).open_paragraphs == ()


def load(town, meeting):
    return meeting_store.load(town.desk.connection, meeting).facts


def test_only_secretaries_keep_the_minutes(town, case, held):
    command = msgspec.structs.replace(town._command(HELD, "", "p-test"), offices=(Office(Role.HANDLAGGARE),))
    for act, args in (
        (attendancework.attend, (held, (Present(who="L1"),))),
        (attendancework.close, (held, "15.42")),
        (minutework.jav, (case, held, ("L1",))),
        (minutework.minute, (case, held, (Entry(MinuteKind.YRKANDE, "Bifall", "L1"),))),
        (minutework.vote, (case, held, Voting(main="Bifall", against="Avslag", numbers=(2, 1, 0)))),
    ):
        again = msgspec.structs.replace(command, id=command.new_id())
        answer = act(town.desk, again, *args)
        assert isinstance(answer, Refused)
        assert [finding.guard for finding in answer.blocking] == ["role-permitted"]
    town.look()
