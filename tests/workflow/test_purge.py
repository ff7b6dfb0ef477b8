"""Gallring: one proposes, another approves, and then the texts are gone, down to the last byte of every file."""

import re
from datetime import date
from typing import Any

import msgspec
import pytest

from states.case_facts import CaseKind, MblEntry, MblKind, Outcome, WatchKind
from states.judgement import Refused
from tests.conftest import make_command
from tests.scheduler.rounds import reminded
from tests.scheduler.rounds import told as reminders
from tests.workflow import witness
from tests.workflow.clerk import NAMND_DECIDES
from tests.workflow.ledger import Ledger
from tests.workflow.town import Town, with_two_namnder
from workflow import (
    case_queries,
    casework,
    correction,
    decisionwork,
    dispatchwork,
    log_exporter,
    log_verifier,
    meetingwork,
    protocolwork,
    purge,
    registration,
    schema,
    statements,
    watchwork,
)
from workflow import (
    connection as connections,
)
from workflow.connection import SQLITE, connect
from workflow.decisionwork import Ruling
from workflow.documents import File
from workflow.errors import AlreadyDoneError, EnvironmentFaultError, UsageError
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done
from workflow.watchwork import NewWatch

HELD = date(2024, 4, 18)
DECISION = "KS 2023-05-14 § 12"
OTHER = "p-annan"
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def town(desk):
    """A town in the spring of 2024; whatever a test does in it, the witness finds nothing wrong."""
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    town = Town(desk, Ledger())
    town.today = date(2024, 4, 1)
    yield town
    assert town.faults == []
    assert town.stale_deadlines() == []
    assert witness.faults(town.desk.connection) == []
    assert witness.lost_texts(town.desk.connection, town.told) == []


def done(answer) -> str:
    """The id of the case or meeting that something was done with."""
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def told(answer) -> str:
    assert isinstance(answer, UsageError), answer
    return str(answer)


class Canaries:
    """Texts that are found wherever they are."""

    def __init__(self, name: str) -> None:
        self.name, self.count = name, 0

    def one(self) -> str:
        self.count += 1
        return f"{self.name}ö{self.count:03}"

    def some(self, count: int) -> tuple[str, ...]:
        return tuple(self.one() for _ in range(count))


def register(town, text: Canaries, number: str) -> str:
    """A case with a text of its own in every place that has one."""
    suggestion = {"kind": "bevakning", "due": None, "months": None, "inferred": False}
    content = Skrivelse(
        rubrik=text.one(),
        numbers=(number,),
        proposals=(Proposal(body="SON", att_satser=text.some(12)), Proposal(body="KS", att_satser=text.some(3))),
        recipients=text.some(20),
        underlag=text.some(10),
        signatories=text.some(4),
        handlaggare=text.some(4),
        leftovers=((text.one(), text.one()), (text.one(), text.one())),
        unsure=text.some(3),
        mbl=(MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=town.today, held=True),),
        suggested=({**suggestion, "about": text.one(), "event": text.one(), "note": text.one()},),
        watches=(NewWatch(kind=WatchKind.UPPDRAG, about=text.one(), body="SON", note=text.one()),),
        document=File(sha256=text.name[0] * 64, name=text.one()),
    )
    way = tuple((town.body(code), role) for code, role in NAMND_DECIDES)
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=content, way=way)
    return done(town.do(registration.register, new))


def live_through(town, case: str, text: Canaries) -> str:
    """Everything that leaves texts behind, from the förvaltning to the archive; the id of its meeting."""
    sections = frozenset(section for section, _ in town.facts(case).leftovers)
    done(town.do(registration.edit, case, Edit(rubrik=text.one(), filled_in=sections, underlag=text.some(9))))
    event = NewWatch(kind=WatchKind.HANDELSE, about=text.one(), event=text.one(), months=1, body="SON", note=text.one())
    done(town.do(watchwork.add, case, (event,)))
    held = MblEntry(kind=MblKind.INFORMATION, paragraph="19", on=town.today, held=True)
    done(town.do(registration.note_mbl, case, held, who=text.one(), reason=text.one()))
    done(town.do(casework.advance, case))
    done(town.do(casework.advance, case))
    meeting = done(town.do(meetingwork.add, "SON", HELD))
    done(town.do(casework.book, case, meeting, reason=text.one()))
    done(town.do(meetingwork.call, meeting))
    town.today = HELD
    done(town.do(meetingwork.hold, meeting, reason="Mötets eget skäl."))
    rulings = {number: Ruling(Outcome.BIFALL_MED_ANDRING, text=text.one()) for number in range(1, 13)}
    done(town.do(decisionwork.decide, case, meeting, rulings, deviation=True, reason=text.one()))
    town.today = date(2024, 4, 22)
    done(town.do(protocolwork.adjust, meeting))
    done(town.do(protocolwork.post, meeting))
    done(town.do(dispatchwork.dispatch, case, (), reason=text.one()))
    done(town.do(watchwork.report, case, 1, reason=text.one()))
    done(town.do(watchwork.occurred, case, 2, reason=text.one()))
    done(town.do(watchwork.end, case, 2, reason=text.one()))
    town.do(casework.advance, case)
    done(town.do(casework.close, case, reason=text.one()))
    town.do(registration.edit, case, Edit(rubrik=text.one()))
    done(town.do(correction.correct, f"case:{case}", last(town, case), reason=text.one()))
    return meeting


def last(town, case) -> Any:
    return max(body["seq"] for body in town.told if body["stream"] == f"case:{case}")


@pytest.fixture
def mine() -> Canaries:
    return Canaries("kanarie")


@pytest.fixture
def ended(town, mine) -> str:
    """A closed case that is full of canaries, beside another with texts of its own."""
    register(town, Canaries("granne"), "SON 2024-2")
    case = register(town, mine, "SON 2024-1")
    live_through(town, case, mine)
    return case


def destroyed(town, case: str) -> None:
    done(town.do(purge.propose, case, DECISION))
    done(town.do(purge.approve, case, actor=OTHER))


def export(town) -> None:
    log_exporter.export(town.desk.connection, town.desk.settings.log_directory)


def found(town, word: str) -> dict[str, int]:
    """Where a word stands: how often in each file of ours, or in each table of a server's database."""
    connection, directory = town.desk.connection, town.desk.settings.directory
    files = {path.name: path.read_bytes().count(word.encode()) for path in directory.rglob("*") if path.is_file()}
    if connection.dialect != SQLITE:
        names = (*witness.TABLES, "payload", "journal")
        files |= {name: str(connection.run(f"SELECT * FROM {name}")).count(word) for name in names}
    return {name: count for name, count in files.items() if count}


def show(town, case):
    return case_queries.case_view(town.desk.connection, case, town.desk.raised_reading, town.today)


# --- gone -------------------------------------------------------------------------------------------------


def test_of_a_hundred_canaries_none_is_left_in_any_file(town, ended, mine):
    connection, directory = town.desk.connection, town.desk.settings.log_directory
    if connection.dialect == SQLITE:
        # An upgrade once made the table anew, and left the old one's pages in the file.
        connection.run("CREATE TABLE old AS SELECT * FROM payload")
        connection.run("DROP TABLE old")
    done(town.do(purge.propose, ended, DECISION, reason=mine.one()))
    export(town)
    everything = "".join(path.read_text() for path in directory.glob("payloads/*/*.json"))
    assert len(set(re.findall(r"kanarieö\d{3}", everything))) >= 100
    beside = found(town, "granne")

    done(town.do(purge.approve, ended, actor=OTHER))
    export(town)
    purge.wipe(connection)
    assert found(town, "kanarie") == {}
    assert {name: count for name, count in found(town, "granne").items() if name.endswith(".json")} == {
        name: count for name, count in beside.items() if name.endswith(".json")
    }
    assert found(town, "Mötets eget skäl.")
    if connection.dialect == SQLITE:
        assert connection.run("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_the_chain_holds_and_the_record_names_what_is_gone(town, ended):
    written = {sha for body in town.told if body["stream"] == f"case:{ended}" for sha in body["payloads"]}
    destroyed(town, ended)
    export(town)
    body = town.told[-1]
    assert body["type"] == "case.purged"
    told = {"decision": DECISION, "proposed_by": "p-test", "documents": ["k" * 64]}
    assert body["data"] == {**told, "purged": sorted(body["data"]["purged"])}
    assert written < set(body["data"]["purged"])  # and the proposal's own reason
    report = log_verifier.verify(town.desk.settings.log_directory)
    assert (report.faults, report.purged_payloads, report.missing_payloads) == ([], len(body["data"]["purged"]), 0)


def test_the_case_says_gallrad_where_a_text_was(town, ended):
    destroyed(town, ended)
    view, connection = show(town, ended), town.desk.connection
    assert view["rubrik"] == "[gallrad]"
    assert {one["name"] for one in view["recipients"]} == {"[gallrad]"}
    assert [len(one["att_satser"]) for one in view["proposals"]] == [12, 3]
    assert {text for one in view["proposals"] for text in one["att_satser"]} == {"[gallrad]"}
    assert {ruling["text"] for one in view["agenda"] for ruling in one["decisions"]} == {"[gallrad]"}
    assert [one["rubrik"] for one in case_queries.case_list(connection, state="avslutad")] == ["[gallrad]"]
    watches = case_queries.watch_list(connection, town.today, ended, closed=True)
    assert sorted((one["number"], one["about"]) for one in watches) == [(1, "[gallrad]"), (2, "[gallrad]")]
    reasons = [one["reason"] for one in case_queries.history(connection, f"case:{ended}")]
    assert set(reasons) == {"[gallrad]", None}
    assert [(one["decision"], one["approved_by"], one["purged_on"]) for one in view["purges"]] == [
        (DECISION, OTHER, "2024-04-22")
    ]


def test_an_export_that_was_never_made_leaves_no_file(town, ended):
    destroyed(town, ended)
    export(town)
    assert {name for name in found(town, "kanarie") if name.endswith(".json")} == set()
    assert found(town, "granne")


def test_files_that_somebody_was_killed_before_removing_go_with_the_next_export(town, ended):
    export(town)
    destroyed(town, ended)
    files = {name for name in found(town, "kanarie") if name.endswith(".json")}
    assert len(files) > 20
    done(town.do(registration.register, _bare(town)))
    export(town)
    assert {name for name in found(town, "kanarie") if name.endswith(".json")} == set()


def _bare(town) -> NewCase:
    return NewCase(
        kind=CaseKind.KS_ARENDE, skrivelse=Skrivelse(rubrik="Annat"), way=((town.body("KS"), NAMND_DECIDES[0][1]),)
    )


@sqlite
def test_bytes_that_somebody_was_killed_before_wiping_go_when_it_is_done_again(town, ended):
    destroyed(town, ended)
    assert found(town, "kanarie")
    assert purge.is_purged(town.desk.connection, ended)
    for _ in range(2):
        purge.wipe(town.desk.connection)
        assert found(town, "kanarie") == {}


@sqlite
def test_rows_are_written_over_where_they_stood_even_if_nobody_gets_to_wiping(town, ended):
    destroyed(town, ended)
    town.desk.connection.run("PRAGMA wal_checkpoint(TRUNCATE)")  # SQLite does it itself sooner or later
    assert found(town, "kanarie") == {}


@sqlite
def test_nothing_is_left_either_where_the_library_is_too_old_for_a_wal(town, ended, monkeypatch):
    town.desk.connection.run("PRAGMA journal_mode = DELETE")
    town.desk.connection.close()
    monkeypatch.setattr(connections, "wal_is_safe", lambda version: False)
    town.desk = msgspec.structs.replace(town.desk, connection=connect(town.desk.settings.database_url))
    try:
        destroyed(town, ended)
        purge.wipe(town.desk.connection)
        assert found(town, "kanarie") == {}
        assert not list(town.desk.settings.directory.glob("*-wal"))
    finally:
        town.look()


@sqlite
def test_a_wipe_that_somebody_reads_in_the_way_of_says_what_to_do(town, ended):
    destroyed(town, ended)
    town.desk.connection.run("PRAGMA busy_timeout = 0")
    reader = connect(town.desk.settings.database_url)
    with reader.reading():
        reader.run(statements.ALL_CASES)
        with pytest.raises(EnvironmentFaultError, match=r"spår kan finnas kvar .+ kör samma kommando igen"):
            purge.wipe(town.desk.connection)
    reader.close()
    purge.wipe(town.desk.connection)
    assert found(town, "kanarie") == {}


@sqlite
def test_a_wipe_without_room_says_what_to_do(town, ended, monkeypatch):
    destroyed(town, ended)

    def full(sql: str, **params: object) -> Any:
        raise EnvironmentFaultError("…") from OSError("database or disk is full")

    monkeypatch.setattr(town.desk.connection, "run", full)
    with pytest.raises(EnvironmentFaultError, match=r"spår kan finnas kvar .+disk is full"):
        purge.wipe(town.desk.connection)
    monkeypatch.undo()


def test_what_is_out_of_reach_is_told(town, ended):
    done(town.do(purge.propose, ended, DECISION))
    (town.desk.settings.directory / "arendegang.db.undanlagd-1").touch()
    answer = town.do(purge.approve, ended, actor=OTHER)
    assert "Säkerhetskopior från tiden dessförinnan har texterna kvar" in answer.notes[1]
    assert [note for note in answer.notes if "undanlagd-1" in note] == (
        ["Undanlagda databaser kan också ha dem kvar; ta bort arendegang.db.undanlagd-1."]
        if town.desk.connection.dialect == SQLITE
        else []
    )


# --- four eyes --------------------------------------------------------------------------------------------


def test_whoever_proposes_does_not_approve(town, ended):
    done(town.do(purge.propose, ended, DECISION))
    answer = told(town.do(purge.approve, ended))
    assert answer.startswith("Gallringen föreslogs av p-test och godkänns av någon annan (programmets egen regel")
    assert show(town, ended)["rubrik"].startswith("kanarie")
    done(town.do(purge.approve, ended, actor=OTHER))


def test_nothing_is_destroyed_by_a_proposal(town, ended):
    before = town.desk.connection.run("SELECT COUNT(*) AS texts FROM payload")
    done(town.do(purge.propose, ended, DECISION))
    assert town.desk.connection.run("SELECT COUNT(*) AS texts FROM payload") == [{"texts": before[0]["texts"] + 1}]
    (waiting,) = purge.waiting(town.desk.connection)
    assert waiting == {
        "ref": "SON 2024-1",
        "state": "avslutad",
        "decision": DECISION,
        "proposed_by": "p-test",
        "proposed_on": "2024-04-22",
    }


def test_what_is_proposed_is_proposed_once(town, ended):
    done(town.do(purge.propose, ended, DECISION))
    assert "är redan föreslagen av p-test enligt KS 2023-05-14 § 12" in told(
        town.do(purge.propose, ended, DECISION, actor=OTHER)
    )


def test_a_proposal_that_was_taken_back_is_approved_by_nobody(town, ended):
    done(town.do(purge.propose, ended, DECISION))
    seq = last(town, ended)
    assert told(town.do(purge.cancel, ended, reason=" ")) == "Ange --skal: varför förslaget tas tillbaka."
    done(town.do(purge.cancel, ended, actor=OTHER))
    assert town.told[-1]["data"] | {"reason": "…"} == {
        "corrects": seq,
        "type": "case.purge_proposed",
        "reason": "…",
    }
    assert (purge.waiting(town.desk.connection), show(town, ended)["purges"]) == ([], [])
    for step in (purge.approve, purge.cancel):
        assert told(town.do(step, ended, actor=OTHER)) == (
            "Ingen gallring är föreslagen. Föreslå den med: arende gallra SON-2024-1 --beslut BESLUT"
        )
    destroyed(town, ended)


def test_what_is_destroyed_is_destroyed_once(town, ended):
    destroyed(town, ended)
    for step in (purge.approve, purge.cancel):
        assert told(town.do(step, ended)) == (
            "SON 2024-1 gallrades 2024-04-22 enligt KS 2023-05-14 § 12; inget mer behövs."
        )
    assert told(town.do(purge.propose, ended, DECISION)) == (
        "SON 2024-1 har inga texter kvar att gallra. Se: arende history SON-2024-1"
    )


def test_the_same_command_is_done_once(town, desk, ended):
    given = make_command(date(2024, 4, 22))
    purge.propose(desk, given, ended, DECISION)
    with pytest.raises(AlreadyDoneError):
        purge.propose(desk, given, ended, DECISION)
    town.look()


# --- when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("KS 2023-05-14 § 12", "KS 2023-05-14 § 12"),
        (" ks-2023-05-14 §12 ", "KS 2023-05-14 § 12"),
        ("Kommunstyrelsen 2023-05-14, § 7", "KS 2023-05-14 § 7"),
        ("ON 2018-12-31 § 1", "ON 2018-12-31 § 1"),
    ],
)
def test_a_decision_is_written_in_one_way(town, ended, text, ground):
    done(town.do(purge.propose, ended, text))
    assert town.told[-1]["data"]["decision"] == ground


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "är inget beslut. Skriv till exempel --beslut"),
        ("enligt plan", "är inget beslut"),
        ("KS 2023-05-14", "är inget beslut"),
        ("KS 2023-05-14 § 0", "är inget beslut"),
        ("KS 2023-02-30 § 12", "är inget beslut"),
        ("XX 2023-05-14 § 12", "”XX” fanns inte 2023-05-14"),
        ("SON 2018-05-14 § 12", "”SON” fanns inte 2018-05-14"),
        ("ON 2023-05-14 § 12", "”ON” fanns inte 2023-05-14"),
        ("KS 2024-05-14 § 12", "2024-05-14 ligger i framtiden"),
    ],
)
def test_what_no_body_can_have_decided_is_no_ground(town, ended, text, says):
    assert says in told(town.do(purge.propose, ended, text))


def test_a_case_that_goes_on_is_not_destroyed(town, ended):
    (other,) = [case for case in town.cases if case != ended]
    answer = told(town.do(purge.propose, other, DECISION))
    assert answer == ("SON 2024-2 har läget utkast hos förvaltningen; avsluta eller återkalla det före gallringen.")


def test_a_case_that_somebody_watches_is_not_destroyed(town, ended):
    done(town.do(watchwork.add, ended, (NewWatch(kind=WatchKind.UPPDRAG, about="Ring", body="SON"),)))
    answer = told(town.do(purge.propose, ended, DECISION))
    assert answer == "SON 2024-1 har öppna bevakningar (3); avsluta dem med arende watch done före gallringen."


def test_a_withdrawn_case_is_destroyed_as_well(town, ended):
    (other,) = [case for case in town.cases if case != ended]
    done(town.do(casework.withdraw, other))
    done(town.do(watchwork.end, other, 1))
    destroyed(town, other)
    assert show(town, other)["rubrik"] == "[gallrad]"


@pytest.mark.parametrize("happened", ["reopened", "watched"])
def test_what_has_happened_since_the_proposal_counts(town, ended, happened):
    done(town.do(purge.propose, ended, DECISION))
    if happened == "reopened":
        done(town.do(casework.reopen, ended))
    else:
        done(town.do(watchwork.add, ended, (NewWatch(kind=WatchKind.UPPDRAG, about="Ring", body="SON"),)))
    assert re.search("har läget utkast|öppna bevakningar", told(town.do(purge.approve, ended, actor=OTHER)))
    assert show(town, ended)["rubrik"].startswith("kanarie")
    done(town.do(purge.cancel, ended))


# --- afterwards -------------------------------------------------------------------------------------------


def test_a_case_that_was_destroyed_lives_on_with_new_texts(town, ended):
    destroyed(town, ended)
    done(town.do(casework.reopen, ended))
    waiting = case_queries.todo(town.desk.connection, town.today, date(2025, 1, 1))
    assert {one["about"] for one in waiting if one["ref"] == "SON 2024-1"} == {"[gallrad]"}
    done(town.do(registration.edit, ended, Edit(underlag=("Nytt underlag",))))
    assert show(town, ended)["rubrik"] == "[gallrad]"
    new = Edit(rubrik="En ny rubrik", recipients=("Akten",), proposals=(Proposal(body="SON", att_satser=("Antas.",)),))
    done(town.do(registration.edit, ended, new))
    view = show(town, ended)
    assert (view["rubrik"], [one["name"] for one in view["recipients"]]) == ("En ny rubrik", ["Akten"])
    assert {one["body"]: one["att_satser"] for one in view["proposals"]} == {"SON": ["Antas."], "KS": ["[gallrad]"] * 3}
    done(town.do(casework.withdraw, ended))
    destroyed(town, ended)
    assert show(town, ended)["rubrik"] == "[gallrad]"


def test_what_is_reminded_of_says_gallrad(town, ended):
    destroyed(town, ended)
    done(town.do(casework.reopen, ended))
    assert reminded(town.desk, "2024-07-01").counts()["sent"] >= 1
    assert any("silent" in line for line in reminders(town.desk))
    town.look()


def test_a_note_of_a_destroyed_case_is_kept(town, ended):
    destroyed(town, ended)
    done(town.do(registration.edit, ended, Edit(rubrik="Arkivets anteckning")))
    export(town)
    assert found(town, "Arkivets anteckning")
    assert not isinstance(town.do(casework.reopen, ended), Refused)
