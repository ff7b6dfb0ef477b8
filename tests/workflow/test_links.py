"""Cases that belong together: linked, joined into one, split in two; taken back, and silent of what may not be seen."""

from datetime import date

import pytest

from states import mbl
from states.case_facts import AppealRegime, CaseKind, MblEntry, MblKind, StageRole, State, WatchKind
from states.judgement import Refused
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.clerk import ANMALAN, KS_DECIDES, NAMND_DECIDES, Clerk
from tests.workflow.ledger import Ledger
from tests.workflow.town import DAY, Town, with_two_namnder
from workflow import (
    case_queries,
    casework,
    correction,
    linkwork,
    log_diff,
    log_exporter,
    log_rebuild,
    meetingwork,
    partywork,
    pausework,
    purge,
    referralwork,
    registration,
    schema,
    secrecy,
    watchwork,
)
from workflow.connection import EVERYTHING, SQLITE, seen_by
from workflow.errors import ChangedMeanwhileError, HiddenError, NotFoundError, UsageError
from workflow.partywork import PartyEvent
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done
from workflow.watchwork import NewWatch


@pytest.fixture
def town(desk):
    """A town in the spring of 2024; whatever a test does in it, the witness finds nothing wrong."""
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    town = Town(desk, Ledger())
    town.today = date(2024, 4, 1)
    yield town
    desk.connection.cleared = EVERYTHING
    town.look()
    assert town.faults == []
    assert town.stale_deadlines() == []
    assert witness.vanished_in_joining(town.told) == []
    assert witness.faults(desk.connection) == []


def done(answer) -> str:
    """The id of the case that something was done with."""
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def told(answer) -> str:
    assert isinstance(answer, UsageError | NotFoundError), answer
    return str(answer)


def register(town, number, way=NAMND_DECIDES, kind=CaseKind.FORVALTNINGSARENDE, **more):
    assessed = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=town.today, held=True)
    skrivelse = Skrivelse(
        rubrik=f"Om {number}",
        numbers=(number,),
        proposals=(Proposal(body=None, att_satser=("Antas.",)),),
        recipients=("Akten", "Kommunstyrelsen"),
        handlaggare=("Eva Ros",),
        mbl=(assessed,),
    )
    stages = tuple((town.body(code), role) for code, role in way)
    return done(town.do(registration.register, NewCase(kind=kind, skrivelse=skrivelse, way=stages, **more)))


@pytest.fixture
def two(town):
    return register(town, "SON 2024-1"), register(town, "SON 2024-2")


def show(town, case):
    return case_queries.case_view(town.desk.connection, case, town.desk.raised_reading, town.today)


def links(town, case):
    return [(one["kind"], one["case"], one["from_it"]) for one in show(town, case)["links"]]


def history(town, case):
    return [one["type"] for one in case_queries.history(town.desk.connection, f"case:{case}")]


def take_back(town, case, kind):
    seq = max(body["seq"] for body in town.told if (body["stream"], body["type"]) == (f"case:{case}", kind))
    return town.do(correction.correct, f"case:{case}", seq)


# --- links ------------------------------------------------------------------------------------------


def test_a_link_is_seen_on_both_cases_until_either_of_them_takes_it_away(town, two):
    one, other = two
    done(town.do(linkwork.link, one, other))
    assert (links(town, one), links(town, other)) == (
        [("hor_ihop", "SON 2024-2", True)],
        [("hor_ihop", "SON 2024-1", False)],
    )
    assert told(town.do(linkwork.link, other, one)) == "SON 2024-1 hör ihop med SON 2024-2; de hör redan ihop."
    done(town.do(linkwork.unlink, other, one))
    assert links(town, one) == links(town, other) == []
    assert "är inte länkade; det finns inget att ta bort" in told(town.do(linkwork.unlink, one, other))
    done(town.do(linkwork.link, one, other))
    assert links(town, other) == [("hor_ihop", "SON 2024-1", False)]


def test_a_case_is_not_linked_to_itself(town, two):
    assert "Det är samma ärende: SON 2024-1" in told(town.do(linkwork.link, two[0], two[0]))


def test_links_are_taken_back_in_turn_whichever_case_they_were_noted_on(town, two):
    one, other = two
    done(town.do(linkwork.link, one, other))
    done(town.do(linkwork.unlink, other, one))
    assert "Ta först tillbaka post 2 i SON 2024-2" in told(take_back(town, one, "case.linked"))
    done(take_back(town, other, "case.unlinked"))
    assert links(town, one) == [("hor_ihop", "SON 2024-2", True)]
    done(take_back(town, one, "case.linked"))
    assert links(town, one) == links(town, other) == []


def test_nobody_changes_what_somebody_else_has_changed_since(town, two):
    one, other = two
    with pytest.raises(ChangedMeanwhileError):
        town.do(linkwork.link, one, other, version=7)


# --- joining ----------------------------------------------------------------------------------------


def test_a_case_that_is_joined_ends_and_goes_on_in_the_other(town, two):
    one, other = two
    meeting = Clerk(town).plan("SON", 10)
    for _ in range(2):
        done(town.do(casework.advance, one))
    done(town.do(casework.book, one, meeting))
    answer = town.do(linkwork.join, one, other, reason="Samma fråga.")
    assert (answer.before, answer.after, answer.notes) == (
        "namnd",
        "avslutad",
        ("SON 2024-1 går vidare i SON 2024-2.",),
    )
    assert (links(town, one), links(town, other)) == (
        [("sammanlagt", "SON 2024-2", True)],
        [("sammanlagt", "SON 2024-1", False)],
    )
    assert [item.outcome for item in town.facts(one).agenda] == ["utgatt"]
    assert (town.facts(one).stage, [stage.closed for stage in town.facts(one).stages]) == (None, [True])
    assert (history(town, one)[-1], history(town, other)[-1]) == ("case.joined", "case.other_joined")
    assert town.facts(other).state is State.DRAFT


def test_watches_and_mandates_of_a_joined_case_live_on_where_they_are(town, two):
    one, other = two
    day = town.today + 30 * DAY
    watches = (
        NewWatch(kind=WatchKind.BEVAKNING, about="Ring", body="SON", due=day),
        NewWatch(kind=WatchKind.UPPDRAG, about="Återkom", body="SON", due=day),
    )
    done(town.do(watchwork.add, one, watches))
    answer = town.do(linkwork.join, one, other)
    assert "Öppna bevakningar och uppdrag står kvar i SON 2024-1. Se: arende watch list SON-2024-1" in answer.notes
    found = case_queries.watch_list(town.desk.connection, town.today)
    assert [(row["case"], row["number"], row["closed_on"]) for row in found] == [
        ("SON 2024-1", 1, None),
        ("SON 2024-1", 2, None),
    ]
    due = {row["subject"] for row in case_queries.todo(town.desk.connection, town.today, day)}
    assert {"1", "2"} <= due
    done(town.do(watchwork.report, one, 2))
    done(town.do(watchwork.end, one, 1))


def waiting(town, case):
    return {one["kind"]: one["due"] for one in show(town, case)["deadlines"] if one["kind"] != "silent"}


def request(town, case, paragraph, on=None):
    asked = MblEntry(kind=MblKind.BEGARAN, paragraph=paragraph, on=on or town.today, held=True)
    done(town.do(registration.note_mbl, case, asked, who="Vision"))


def test_the_earlier_day_to_answer_a_remiss_goes_on_in_the_other_case(town):
    late, soon = town.today + 40 * DAY, town.today + 20 * DAY
    cases = [register(town, f"SON 2024-{n}", kind=CaseKind.REMISS, answer_by=on) for n, on in ((1, soon), (2, late))]
    answer = town.do(linkwork.join, *cases)
    assert answer.notes[1] == "Svarsdagen söndag 21 april 2024 gäller nu SON 2024-2."
    assert (town.facts(cases[1]).answer_by, waiting(town, cases[1])) == (soon, {"svar": soon.isoformat()})
    done(take_back(town, cases[0], "case.joined"))
    assert [town.facts(case).answer_by for case in cases] == [soon, late]


def test_a_later_day_to_answer_a_remiss_does_not_move_the_other_s(town):
    late, soon = town.today + 40 * DAY, town.today + 20 * DAY
    cases = [register(town, f"SON 2024-{n}", kind=CaseKind.REMISS, answer_by=on) for n, on in ((1, late), (2, soon))]
    done(town.do(linkwork.join, *cases))
    assert town.facts(cases[1]).answer_by == soon


def test_whoever_was_asked_outside_is_waited_for_in_the_other_case(town, two):
    one, other = two
    day = town.today + 30 * DAY
    done(town.do(referralwork.ask, other, "Länsstyrelsen", day))
    done(town.do(referralwork.ask, one, "Rådet", day, mandatory=True))
    answer = town.do(linkwork.join, one, other)
    assert answer.notes[1] == "Remiss 1, svar senast onsdag 1 maj 2024, är nu remiss 2 i SON 2024-2."
    there = [(row["number"], row["name"], row["due"], row["mandatory"]) for row in show(town, other)["referrals"]]
    assert there == [(1, "Länsstyrelsen", "2024-05-01", False), (2, "Rådet", "2024-05-01", True)]
    assert (show(town, one)["referrals"], waiting(town, other)) == ([], {"remissvar": "2024-05-01"})
    done(town.do(referralwork.answered, other, 2))
    assert "Ta först tillbaka" in told(take_back(town, one, "case.joined"))


def test_what_the_unions_have_asked_for_and_what_is_not_over_waits_in_the_other_case(town, two):
    one, other = two
    request(town, one, "12")
    request(town, one, "10")
    begun = MblEntry(kind=MblKind.FORHANDLING, paragraph="14", on=town.today, held=True, unfinished=True)
    done(town.do(registration.note_mbl, one, begun))
    answer = town.do(linkwork.join, one, other)
    assert answer.notes[1:] == (
        "Fackets begäran enligt 12 § MBL (måndag 1 april 2024) väntar nu i SON 2024-2.",
        "Fackets begäran enligt 10 § MBL (måndag 1 april 2024) väntar nu i SON 2024-2.",
        "Förhandlingen enligt 14 § MBL (måndag 1 april 2024) väntar nu i SON 2024-2.",
    )
    assert waiting(town, other) == {"mbl_mote": "2024-04-15"}
    assert [entry.paragraph for entry in mbl.unanswered(town.facts(other).mbl, town.today)] == ["12"]
    assert mbl.unfinished(town.facts(other).mbl, town.today) == begun
    done(take_back(town, one, "case.joined"))
    assert [entry.kind for entry in town.facts(other).mbl] == [MblKind.EJ_PAKALLAD]


def party(town, number, came):
    case = register(town, number, received_on=came)
    done(town.do(registration.edit, case, Edit(appeal_regime=AppealRegime.FORVALTNINGSBESVAR)))
    return case


def test_a_party_s_clocks_go_on_in_the_other_case(town):
    came = date(2023, 9, 1)
    cases = [party(town, "SON 2024-1", came), party(town, "SON 2024-2", town.today)]
    done(town.do(partywork.note, cases[0], PartyEvent.ASKED))
    done(town.do(partywork.note, cases[1], PartyEvent.TOLD))
    answer = town.do(linkwork.join, *cases)
    assert answer.notes[1].startswith("Partens dagar (FL 11–12 §§) räknas nu i SON 2024-2")
    assert town.facts(cases[1]).began_on == came
    assert waiting(town, cases[1]) == {"drojsmal": "2024-01-01", "drojsmal_svar": "2024-04-29"}


def test_a_party_who_waits_is_not_lost_in_a_case_that_is_appealed_otherwise(town, two):
    case = party(town, "SON 2024-9", town.today)
    answer = told(town.do(linkwork.join, case, two[0]))
    assert answer.startswith("I SON 2024-9 väntar en part på avgörande eller besked (FL 11–12 §§), men SON 2024-1 ")
    assert "arende edit SON-2024-1 --overklagas forvaltningsbesvar" in answer


def test_what_waits_does_not_go_on_in_a_case_that_is_decided_or_rests(town, two):
    one, other = two
    done(town.do(referralwork.ask, one, "Rådet", town.today + 30 * DAY))
    done(town.do(pausework.pause, other, town.today + 9 * DAY))
    answer = "I SON 2024-1 väntar svaret på remiss 1, och SON 2024-2 är pausat. Låt det gå vidare först: "
    assert told(town.do(linkwork.join, one, other)) == f"{answer}arende resume SON-2024-2"
    clerk = Clerk(town)
    for _ in range(3):
        clerk.go_on(other)
    assert town.facts(other).state is State.SKICKAS_TILL
    answer = told(town.do(linkwork.join, one, other))
    assert "är redan avgjort. Gör det klart i SON 2024-1 först" in answer


def test_a_request_is_not_answered_by_a_negotiation_in_the_other_case(town, two):
    one, other = two
    request(town, one, "12")
    held = MblEntry(kind=MblKind.FORHANDLING, paragraph="12", on=town.today, held=True)
    done(town.do(registration.note_mbl, other, held))
    answer = told(town.do(linkwork.join, one, other))
    assert answer.endswith("Anteckna den i SON 2024-1 först: arende mbl SON-2024-1 --forhandling 12")


def test_the_names_of_those_a_secret_case_waits_for_do_not_go_to_one_that_is_open(town, secret):
    open_, hidden = secret
    done(town.do(referralwork.ask, hidden, "Rådet", town.today + 30 * DAY))
    assert "är sekretessmarkerat men inte SON 2024-1" in told(town.do(linkwork.join, hidden, open_))


def test_a_joined_case_comes_back_and_the_other_says_no_more_of_it(town, two):
    one, other = two
    meeting = Clerk(town).plan("SON", 10)
    for _ in range(2):
        done(town.do(casework.advance, one))
    done(town.do(casework.book, one, meeting))
    before = town.facts(one)
    done(town.do(linkwork.join, one, other))
    done(town.do(registration.edit, other, Edit(rubrik="Båda två")))
    assert "ta tillbaka det i det ärendet" in told(take_back(town, other, "case.other_joined"))
    done(take_back(town, one, "case.joined"))
    assert links(town, one) == links(town, other) == []
    after = town.facts(one)
    assert (after.state, after.stages, after.agenda) == (before.state, before.stages, before.agenda)
    assert history(town, other)[-1] == "case.corrected"
    assert "är redan tillbakatagen" in told(take_back(town, one, "case.joined"))


def test_a_joined_case_can_be_taken_up_again_and_joined_again(town, two):
    one, other = two
    done(town.do(linkwork.join, one, other))
    assert "SON 2024-1 är redan sammanlagt med ett annat ärende" in told(town.do(linkwork.join, one, other))
    done(town.do(casework.reopen, one))
    done(town.do(linkwork.join, one, other))
    assert links(town, one) == [("sammanlagt", "SON 2024-2", True)]


def test_a_link_becomes_a_joining_and_is_not_taken_away_then(town, two):
    one, other = two
    done(town.do(linkwork.link, one, other))
    done(town.do(linkwork.join, one, other))
    assert links(town, other) == [("sammanlagt", "SON 2024-1", False)]
    answer = told(town.do(linkwork.unlink, one, other))
    assert answer == "SON 2024-1 går vidare i SON 2024-2; det tas inte bort, för det är vad som har hänt."
    done(take_back(town, one, "case.joined"))
    assert links(town, one) == [("hor_ihop", "SON 2024-2", True)]


def test_nothing_goes_on_in_itself_or_in_a_case_that_has_ended(town, two):
    one, other = two
    assert "Det är samma ärende" in told(town.do(linkwork.join, one, one))
    done(town.do(casework.withdraw, other))
    assert "SON 2024-2 är återkallat, så inget kan gå vidare i det" in told(town.do(linkwork.join, one, other))
    assert town.facts(one).state is State.DRAFT


def test_what_fullmaktige_must_decide_is_not_joined_away(town, two):
    motion = register(town, "KS 2024-9", ANMALAN, CaseKind.MOTION, starts_in=State.DRAFT)
    answer = town.do(linkwork.join, motion, two[0])
    assert isinstance(answer, Refused)
    assert [finding.guard for finding in answer.blocking] == ["kf-must-decide"]
    assert "kan inte återkallas eller läggas samman med ett annat: fullmäktige ska besluta" in answer.blocking[0].text


def test_a_case_that_has_been_called_is_not_joined(town, two):
    one, other = two
    meeting = Clerk(town).plan("SON", 10)
    for _ in range(2):
        done(town.do(casework.advance, one))
    done(town.do(casework.book, one, meeting))
    done(town.do(meetingwork.call, meeting))
    answer = town.do(linkwork.join, one, other)
    assert [finding.guard for finding in answer.blocking] == ["not-yet-called"]


# --- splitting --------------------------------------------------------------------------------------


def test_a_part_is_a_case_of_its_own_with_what_is_left_of_the_way(town):
    way = (("SON", StageRole.FORSLAG), ("KS", StageRole.FORSLAG), ("KF", StageRole.BESLUT))
    whole = register(town, "SON 2024-1", way)
    done(town.do(registration.edit, whole, Edit(purposes={})))
    answer = town.do(linkwork.split, whole, "Bara taxan", ("SON 2024-8",))
    part = done(answer)
    view = show(town, part)
    assert (view["ref"], view["rubrik"], view["state"], view["kind"]) == (
        "SON 2024-8",
        "Bara taxan",
        "draft",
        "forvaltningsarende",
    )
    assert [(one["body"], one["role"]) for one in view["way"]] == [(body, role.value) for body, role in way]
    assert ([one["name"] for one in view["recipients"]], view["handlaggare"]) == (
        ["Akten", "Kommunstyrelsen"],
        ["Eva Ros"],
    )
    assert (view["mbl"], view["proposals"]) == ([], [])
    assert "MBL följer inte med: det nya ärendet bedöms för sig." in answer.notes
    assert (links(town, part), links(town, whole)) == (
        [("delat", "SON 2024-1", True)],
        [("delat", "SON 2024-8", False)],
    )
    assert (history(town, part), history(town, whole)[-1]) == (["case.registered"], "case.split")


def test_only_what_is_left_of_the_way_goes_with_a_part(town):
    case = register(town, "KS 2024-5", (*KS_DECIDES, ("KF", StageRole.BESLUT)), CaseKind.KS_ARENDE)
    part = done(town.do(linkwork.split, case, "En del"))
    assert (town.facts(part).state, [stage.body for stage in town.facts(part).stages]) == (State.KS, ["KS", "KF"])
    Clerk(town).go_on(case)
    over = next(one for one in (case,) if town.facts(one).state is State.KF or town.facts(one).state is State.KS)
    assert over == case


def test_the_day_to_answer_a_remiss_goes_with_a_part_until_it_has_passed(town):
    remiss = register(town, "SON 2024-1", kind=CaseKind.REMISS, answer_by=town.today + 20 * DAY)
    part = done(town.do(linkwork.split, remiss, "En fråga"))
    assert town.facts(part).answer_by == town.facts(remiss).answer_by == town.today + 20 * DAY
    town.today += 21 * DAY
    late = done(town.do(linkwork.split, remiss, "En fråga till"))
    assert town.facts(late).answer_by is None


def test_what_was_raised_in_fullmaktige_is_not_split(town):
    motion = register(town, "KS 2024-9", ANMALAN, CaseKind.MOTION)
    answer = told(town.do(linkwork.split, motion, "En del"))
    assert answer.startswith("Ett ärende av slaget motion delas inte, för det har väckts i fullmäktige.")


def test_a_case_at_its_end_is_not_split(town, two):
    done(town.do(linkwork.join, *two))
    assert "har gått sin väg till slut" in told(town.do(linkwork.split, two[0], "En del"))


def test_a_split_is_not_taken_back_but_joined(town, two):
    part = done(town.do(linkwork.split, two[0], "En del"))
    assert "lägg samman det med det här igen" in told(take_back(town, two[0], "case.split"))
    done(town.do(linkwork.join, part, two[0]))
    assert links(town, two[0]) == [("sammanlagt", f"id:{part[-12:]}", False)]


def test_a_part_of_a_purged_case_has_only_the_names_that_are_left(town, two):
    one, _ = two
    done(town.do(casework.withdraw, two[1]))
    done(town.do(linkwork.join, one, register(town, "SON 2024-3")))
    done(town.do(purge.propose, one, "KS 2023-05-14 § 12"))
    done(town.do(purge.approve, one, actor="p-annan"))
    done(town.do(casework.reopen, one))
    assert show(town, done(town.do(linkwork.split, one, "En del")))["recipients"] == []


# --- what may not be seen ---------------------------------------------------------------------------


@pytest.fixture
def secret(town, two):
    """The second of two cases is secret."""
    done(town.do(secrecy.mark, two[1], "OSL 26:1"))
    return two


def test_a_hidden_case_is_answered_for_as_one_that_does_not_exist(town, secret):
    town.desk.connection.cleared = seen_by(["KS"])
    for act in (linkwork.link, linkwork.unlink, linkwork.join):
        for pair in (secret, secret[::-1]):
            answer = town.do(act, *pair)
            assert isinstance(answer, HiddenError)
            assert "finns inte. Se vilka som finns med: arende list" in str(answer)
    assert town.facts(secret[0]).state is State.DRAFT


@pytest.mark.parametrize("act", [linkwork.link, linkwork.join])
@pytest.mark.parametrize("turned", [False, True])
def test_nothing_is_said_of_a_linked_case_that_may_not_be_seen(town, secret, act, turned):
    open_, hidden = secret
    done(town.do(act, *(secret[::-1] if turned else secret)))
    assert len(links(town, open_)) == 1
    town.desk.connection.cleared = seen_by(["KS"])
    assert links(town, open_) == []
    connection = town.desk.connection
    told_of = str([show(town, open_), case_queries.history(connection, f"case:{open_}")])
    assert not {hidden, hidden[-12:], "SON 2024-2"} & {
        word for word in (hidden, hidden[-12:], "SON 2024-2") if word in told_of
    }
    own_move = ["case.joined"] if act is linkwork.join and not turned else []
    assert history(town, open_) == ["case.registered", *own_move]


def test_a_part_of_a_secret_case_is_as_secret(town, secret):
    part = done(town.do(linkwork.split, secret[1], "En del"))
    assert show(town, part)["secrecy"] == "OSL 26:1"
    town.desk.connection.cleared = seen_by(["KS"])
    with pytest.raises(HiddenError):
        show(town, part)


# --- the log ----------------------------------------------------------------------------------------


def test_the_log_alone_makes_the_same_links(town, two, tmp_path, request):
    done(town.do(linkwork.link, *two))
    part = done(town.do(linkwork.split, two[0], "En del"))
    done(town.do(linkwork.join, part, two[1]))
    done(take_back(town, part, "case.joined"))
    desk = town.desk
    log_exporter.export(desk.connection, tmp_path / "logg")
    assert list(log_diff.differences(desk.connection, tmp_path / "logg")) == []
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if desk.connection.dialect != SQLITE:
        url = request.getfixturevalue("postgres_server").new_schema()
    rebuilt = schema.create(url)
    try:
        log_rebuild.rebuild(tmp_path / "logg", rebuilt)
        assert witness.live(rebuilt) == witness.live(desk.connection)
    finally:
        rebuilt.close()
