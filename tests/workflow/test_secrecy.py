"""What is secret is not there for whoever is not cleared, on either database; who reads it is written down."""

from datetime import date

import msgspec
import pytest

from states.case_facts import CaseKind, DelegationKind, MblEntry, MblKind, StageRole, WatchKind
from states.judgement import Refused
from tests.conftest import TODAY, make_command
from tests.workflow import witness
from workflow import (
    agendawork,
    bulk_decision,
    case_queries,
    case_store,
    casework,
    correction,
    delegationwork,
    dispatch_ledger,
    dispatchwork,
    log_exporter,
    log_rebuild,
    meeting_planning,
    meetingwork,
    overviews,
    past,
    protocolwork,
    purge,
    registration,
    schema,
    secrecy,
    silent_cases,
    watchwork,
)
from workflow.agendawork import Rearrangement
from workflow.connection import EVERYTHING, SQLITE, seen_by
from workflow.delegationwork import NewDelegated
from workflow.errors import HiddenError, NotFoundError, UsageError
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done
from workflow.watchwork import NewWatch

MEETING = date(2026, 1, 20)


def done(answer):
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def register(desk, number, *, basis=None, bodies=("SON",), text="Ett ärende"):
    way = tuple((desk.bodies.find(code, TODAY), StageRole.BESLUT) for code in bodies)
    skrivelse = Skrivelse(
        rubrik=text,
        numbers=(number,),
        proposals=(Proposal(body="SON", att_satser=("Antas.",)),),
        recipients=("Akten",),
        mbl=(MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=TODAY, held=True),),
        watches=(NewWatch(kind=WatchKind.BEVAKNING, about=text, body="SON", due=date(2026, 2, 2)),),
    )
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=way, secrecy=basis)
    return done(registration.register(desk, make_command(), new))


@pytest.fixture
def secret(desk):
    """A secret case at SON, booked to a meeting with an open one."""
    desk.connection.cleared = EVERYTHING
    case, other = register(desk, "SON 2026-1", basis="OSL 26:1", text="Hemligt"), register(desk, "SON 2026-2")
    meeting = done(meetingwork.add(desk, make_command(), "SON", MEETING))
    for one in (case, other):
        done(casework.advance(desk, make_command(), one))
        done(casework.advance(desk, make_command(), one))
        done(casework.book(desk, make_command(), one, meeting))
    return case


def seen(desk, cleared):
    """What somebody finds in each list there is."""
    desk.connection.cleared = cleared
    connection = desk.connection
    (meeting,) = case_queries.meeting_list(connection)
    view = case_queries.meeting_view(connection, connection.run("SELECT id FROM meeting")[0]["id"])
    return {
        "list": sorted(one["ref"] for one in case_queries.case_list(connection)),
        "todo": sorted({one["ref"] for one in case_queries.todo(connection, TODAY, date(2027, 1, 1))}),
        "watches": sorted(one["case"] for one in case_queries.watch_list(connection, TODAY)),
        "balance": sorted((one["ref"], one["next_deadline"]["kind"]) for one in overviews.balance(connection, TODAY)),
        "silent": sorted(one.view["ref"] for one in silent_cases.find(connection, date(2026, 2, 1), "ingiven")),
        "items": (meeting["items"], [one["case"] for one in view["items"]]),
    }


BOTH = ["SON 2026-1", "SON 2026-2"]


def test_lists_and_counts_have_it_for_those_who_are_cleared_for_a_body_of_its_way(desk, secret):
    everything = {
        "list": BOTH,
        "todo": ["SON 2026-01-20", *BOTH],
        "watches": BOTH,
        "balance": [(one, "bevakning") for one in BOTH],
        "silent": [],
        "items": (2, BOTH),
    }
    without = {
        "list": BOTH[1:],
        "todo": ["SON 2026-01-20", *BOTH[1:]],
        "watches": BOTH[1:],
        "balance": [(one, "bevakning") for one in BOTH[1:]],
        "silent": [],
        "items": (1, BOTH[1:]),
    }
    for cleared in (EVERYTHING, seen_by(["SON"]), seen_by(["KS", "SON"])):
        assert seen(desk, cleared) == everything
    for cleared in ("", seen_by([]), seen_by(["KS"]), seen_by(["S_N", "SO", "ON", "%", "son"]), "SON"):
        assert seen(desk, cleared) == without, cleared


def test_lists_do_not_say_what_it_is_about_even_to_the_cleared(desk, secret):
    words = [case_queries.case_list(desk.connection), case_queries.watch_list(desk.connection, TODAY)]
    assert "Hemligt" not in str([*words, case_queries.todo(desk.connection, TODAY, date(2027, 1, 1))])
    assert case_queries.MASKED in str(words)
    assert case_queries.watch_list(desk.connection, TODAY, secret)[0]["about"] == "Hemligt"


def test_it_is_found_by_number_and_by_id_by_the_cleared_alone(desk, secret):
    names = ("SON 2026-1", "2026-1", f"id:{secret[-12:]}")
    assert {case_store.find(desk.connection, name) for name in names} == {secret}
    desk.connection.cleared = seen_by(["KS"])
    for name in names:
        with pytest.raises(HiddenError) as hidden:
            case_store.find(desk.connection, name)
        assert hidden.value.cases == (secret,)
        with pytest.raises(NotFoundError) as missing:
            case_store.find(desk.connection, other := name.replace("2026-1", "2026-9").replace(secret[-12:], "0" * 12))
        assert str(hidden.value).replace(name, "") == str(missing.value).replace(other, "")


def test_nothing_is_read_or_done_by_its_id_either(desk, secret):
    desk.connection.cleared = ""
    with pytest.raises(HiddenError):
        case_queries.case_view(desk.connection, secret, desk.raised_reading, TODAY)
    with pytest.raises(HiddenError):
        case_queries.history(desk.connection, f"case:{secret}")
    with pytest.raises(HiddenError):
        registration.edit(desk, make_command(), secret, Edit(rubrik="X"))


def test_its_number_is_taken_also_when_it_was_taken_back(desk, secret):
    desk.connection.cleared = ""
    with pytest.raises(UsageError, match=r"^Diarienumret är upptaget; ge ärendet ett annat nummer\.$"):
        register(desk, "SON 2026-1")


def test_the_past_is_as_secret_as_today(desk, secret):
    for cleared, found in ((EVERYTHING, BOTH), ("", BOTH[1:])):
        desk.connection.cleared = cleared
        with desk.connection.reading(), past.as_of(desk.connection, TODAY) as then:
            assert sorted(one["ref"] for one in case_queries.case_list(then)) == found
            assert "Hemligt" not in str(case_queries.case_list(then))
    desk.connection.cleared = EVERYTHING
    done(secrecy.lift(desk, make_command(reason="Offentligt nu."), secret))
    desk.connection.cleared = ""
    with desk.connection.reading(), past.as_of(desk.connection, TODAY) as then:
        assert "Hemligt" in str(case_queries.case_list(then))


def test_a_mark_cites_its_provision_and_lifting_it_says_why(desk, secret):
    connection = desk.connection
    with pytest.raises(UsageError, match="är redan sekretessmarkerat enligt OSL 26:1"):
        secrecy.mark(desk, make_command(), secret, "OSL 26:1")
    done(secrecy.mark(desk, make_command(), secret, "OSL 25:1"))
    assert case_queries.case_view(connection, secret, "ingiven", TODAY)["secrecy"] == "OSL 25:1"
    with pytest.raises(UsageError, match="Ange varför markeringen hävs"):
        secrecy.lift(desk, make_command(), secret)
    done(secrecy.lift(desk, make_command(reason="Uppgifterna är offentliga."), secret))
    view = case_queries.case_view(connection, secret, "ingiven", TODAY)
    assert view["secrecy"] is None
    with pytest.raises(UsageError, match="är inte sekretessmarkerat"):
        secrecy.lift(desk, make_command(reason="Igen."), secret)
    told = [one for one in case_queries.history(connection, f"case:{secret}") if "secrecy" in one["type"]]
    assert [(one["type"], one["data"]["basis"]) for one in told] == [
        ("case.secrecy_marked", "OSL 25:1"),
        ("case.secrecy_lifted", "OSL 25:1"),
    ]
    assert told[-1]["reason"] == "Uppgifterna är offentliga."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("OSL 26:1", "OSL 26:1"),
        ("26:1", "OSL 26:1"),
        ("osl 26 kap. 1 §", "OSL 26:1"),
        ("OSL 25 kap 1 a §", "OSL 25:1a"),
        ("OSL  40:7b", "OSL 40:7b"),
    ],
)
def test_a_provision_is_written_in_one_way(text, found):
    assert secrecy.provision(text) == found


@pytest.mark.parametrize("text", ["", "OSL", "sekretess", "KL 5:28", "26", "OSL 0:1", "OSL 26:1 och Anna Ek"])
def test_what_is_no_provision_is_not_taken(text):
    with pytest.raises(UsageError, match="till exempel OSL 26:1"):
        secrecy.provision(text)


def test_readings_are_in_the_log_change_nothing_and_are_shown_to_the_cleared_alone(desk, secret, tmp_path, request):
    version = case_store.version(desk.connection, secret)
    secrecy.note_read(desk, make_command(), [secret], "show")
    secrecy.note_refused(desk, make_command(), [secret], "history")
    denied = meetingwork.add(desk, _nobodys(make_command()), "SON", date(2026, 5, 5))
    assert isinstance(denied, Refused)
    assert case_store.version(desk.connection, secret) == version
    assert witness.faults(desk.connection) == []
    done(secrecy.lift(desk, make_command(reason="Offentligt."), secret))
    for cleared, found in ((EVERYTHING, {"case.read", "case.read_refused"}), (seen_by(["KS"]), set())):
        desk.connection.cleared = cleared
        shown = {one["type"] for one in case_queries.history(desk.connection, f"case:{secret}")}
        assert shown & {"case.read", "case.read_refused"} == found
    log_exporter.export(desk.connection, tmp_path / "logg")
    rebuilt = schema.create(_new_url(desk, tmp_path, request))
    try:
        log_rebuild.rebuild(tmp_path / "logg", rebuilt)
        assert witness.live(rebuilt) == witness.live(desk.connection)
        assert witness.the_log(rebuilt) == witness.the_log(desk.connection)
    finally:
        rebuilt.close()


def _nobodys(command):
    return msgspec.structs.replace(command, offices=())


def _new_url(desk, directory, request):
    if desk.connection.dialect == SQLITE:
        return f"sqlite:///{directory / 'new.db'}"
    return request.getfixturevalue("postgres_server").new_schema()


def test_a_purge_that_waits_is_hidden_too(desk, secret):
    ended = register(desk, "SON 2026-3", basis="OSL 26:1")
    done(watchwork.end(desk, make_command(), ended, 1))
    done(casework.withdraw(desk, make_command(reason="Fel."), ended))
    done(purge.propose(desk, make_command(), ended, "KS 2025-05-14 § 1"))
    assert [one["ref"] for one in purge.waiting(desk.connection)] == ["SON 2026-3"]
    desk.connection.cleared = ""
    assert purge.waiting(desk.connection) == []


# --- a meeting of open and secret cases ---------------------------------------------------------------------

CLEARANCES = ((EVERYTHING, BOTH), ("", BOTH[1:]))


def the_meeting(desk):
    (row,) = desk.connection.run("SELECT id FROM meeting ORDER BY day LIMIT 1")
    return row["id"]


def told(desk, cleared, result):
    """What an answer says, to somebody with a clearance."""
    desk.connection.cleared = cleared
    answer = result()
    assert isinstance(answer, Done), answer
    return " ".join(answer.notes)


def named(text):
    return [ref for ref in BOTH if ref in text]


@pytest.mark.parametrize(("cleared", "found"), CLEARANCES, ids=["cleared", "not"])
def test_what_moves_with_a_meeting_is_told_of_the_cases_that_are_seen(desk, secret, cleared, found):
    def move():
        return meeting_planning.move(desk, make_command(), the_meeting(desk), date(2026, 2, 24))

    assert named(told(desk, cleared, move)) == found
    desk.connection.cleared = EVERYTHING
    assert [one["case"] for one in case_queries.agenda_view(desk.connection, the_meeting(desk))["items"]] == BOTH


@pytest.mark.parametrize(("cleared", "found"), CLEARANCES, ids=["cleared", "not"])
def test_a_cancelled_meeting_s_secret_cases_go_with_it_in_silence(desk, secret, cleared, found):
    again = done(meetingwork.add(desk, make_command(), "SON", date(2026, 2, 24)))
    command = make_command(reason="Sjukdom.")
    assert named(told(desk, cleared, lambda: meeting_planning.cancel(desk, command, the_meeting(desk)))) == found
    desk.connection.cleared = EVERYTHING
    assert [one["case"] for one in case_queries.agenda_view(desk.connection, again)["items"]] == BOTH


def test_what_is_not_seen_has_no_place_on_the_agenda_and_keeps_the_one_it_has(desk, secret):
    meeting = the_meeting(desk)
    done(agendawork.rearrange(desk, make_command(), meeting, Rearrangement(own=("Val av justerare",))))
    desk.connection.cleared = ""
    view = case_queries.agenda_view(desk.connection, meeting)
    assert [(one["place"], one["case"]) for one in view["items"]] == [(1, "SON 2026-2"), (2, None)]
    done(agendawork.rearrange(desk, make_command(), meeting, Rearrangement(order=(("2", 1),))))
    with pytest.raises(HiddenError):
        agendawork.rearrange(desk, make_command(), meeting, Rearrangement(struck=("SON 2026-1",)))
    with pytest.raises(NotFoundError, match=r"^3 står inte på listan"):
        agendawork.rearrange(desk, make_command(), meeting, Rearrangement(struck=("3",)))
    desk.connection.cleared = EVERYTHING
    places = [one["case"] for one in case_queries.agenda_view(desk.connection, meeting)["items"]]
    assert places == ["SON 2026-1", None, "SON 2026-2"]


@pytest.fixture
def held(desk, secret):
    """The meeting of the secret and the open case, held and nothing decided."""
    meeting = the_meeting(desk)
    done(meetingwork.call(desk, make_command(on=date(2026, 1, 13)), meeting))
    done(meetingwork.hold(desk, make_command(on=MEETING), meeting))
    return meeting


def test_nothing_is_decided_or_sent_of_what_is_not_seen(desk, secret, held):
    desk.connection.cleared = ""
    on = make_command(on=MEETING)
    told_of = told(desk, "", lambda: bulk_decision.decide_all(desk, on, held))
    assert told_of == "Ett ärende beslutades enligt förslag: SON 2026-2."
    with pytest.raises(UsageError, match=r"^Inget ärende väntar på beslut vid SON 2026-01-20"):
        bulk_decision.decide_all(desk, make_command(on=MEETING), held)
    desk.connection.cleared = EVERYTHING
    done(bulk_decision.decide_all(desk, make_command(on=MEETING), held))
    done(protocolwork.adjust(desk, make_command(on=date(2026, 1, 22)), held))
    later = date(2026, 1, 23)
    for (case,) in ([row["id"]] for row in desk.connection.run("SELECT id FROM cases ORDER BY id")):
        done(casework.advance(desk, make_command(on=later), case))
    desk.connection.cleared = ""
    ledger = dispatch_ledger.ledger(desk, held, later)
    assert [one["case"] for one in ledger["paragraphs"]] == BOTH[1:]
    assert "SON 2026-1'" not in str(ledger)
    assert named(told(desk, "", lambda: dispatchwork.dispatch_meeting(desk, make_command(on=later), held))) == BOTH[1:]
    with pytest.raises(UsageError, match="återstår att skicka"):
        dispatchwork.dispatch_meeting(desk, make_command(on=later), held)
    more = told(desk, EVERYTHING, lambda: dispatchwork.dispatch_meeting(desk, make_command(on=later), held))
    assert named(more) == BOTH[:1]


def test_a_delegated_decision_of_a_secret_case_is_not_there(desk, secret):
    new = NewDelegated(kind=DelegationKind.DELEGATION, point="2.1", what="Hemligt", by="Ann", case_id=secret)
    done(delegationwork.add(desk, make_command(), "SON", new))
    opened = msgspec.structs.replace(new, what="Öppet", case_id=None)
    done(delegationwork.add(desk, make_command(on=date(2026, 1, 3)), "SON", opened))
    meeting, connection = the_meeting(desk), desk.connection
    lists = (
        lambda: case_queries.delegated_of_body(connection, "SON"),
        lambda: case_queries.delegated_at(connection, meeting),
    )
    for listed in lists:
        assert [one["what"] for one in listed()] == [case_queries.MASKED, "Öppet"]
    assert "Hemligt" in str(case_queries.meeting_view(connection, meeting)["delegated"])
    assert "Hemligt" in str(case_queries.case_view(connection, secret, "ingiven", TODAY)["delegated"])
    connection.cleared = ""
    for listed in (*lists, lambda: case_queries.meeting_view(connection, meeting)["delegated"]):
        assert [one["what"] for one in listed()] == ["Öppet"]
    with pytest.raises(HiddenError):
        delegationwork.add(desk, make_command(), "SON", new)


def test_what_a_meeting_did_with_a_secret_matter_is_not_in_its_history_and_is_not_taken_back(desk, secret, held):
    done(bulk_decision.decide_all(desk, make_command(on=MEETING), held))
    done(protocolwork.appealable(desk, make_command(reason="Hemligt skäl.", on=MEETING), held, 1, True))
    taken_back = [one["seq"] for one in case_queries.history(desk.connection, f"meeting:{held}")][-2:]
    assert "Hemligt skäl." in str(case_queries.history(desk.connection, f"meeting:{held}"))
    desk.connection.cleared = ""
    kinds = [one["type"] for one in case_queries.history(desk.connection, f"meeting:{held}")]
    assert kinds == ["meeting.added", "meeting.called", "meeting.held"]
    for seq in taken_back:
        with pytest.raises(NotFoundError, match=rf"^SON 2026-01-20 har ingen post {seq}\."):
            correction.correct(desk, make_command(reason="Fel."), f"meeting:{held}", seq)
    with pytest.raises(UsageError, match=r"^§ 1 finns inte i SON 2026-01-20"):
        protocolwork.appealable(desk, make_command(reason="Fel.", on=MEETING), held, 1, False)
    desk.connection.cleared = EVERYTHING
    for seq in reversed(taken_back):
        done(correction.correct(desk, make_command(reason="Fel.", on=MEETING), f"meeting:{held}", seq))
    desk.connection.cleared = ""
    kinds = [one["type"] for one in case_queries.history(desk.connection, f"meeting:{held}")]
    assert kinds == ["meeting.added", "meeting.called", "meeting.held"]
