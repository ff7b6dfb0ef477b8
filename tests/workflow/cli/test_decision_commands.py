"""The commands for deciding at once, for telling a meeting, for minorities and for delegated decisions."""

import json

import pytest

from tests.workflow.cli.office import EXAMPLE, arende, done, furnish


@pytest.fixture(autouse=True)
def office(tmp_path, migrated_sqlite, monkeypatch):
    monkeypatch.chdir(furnish(tmp_path, migrated_sqlite))


@pytest.fixture
def two_cases():
    done("meeting", "add", "KS", "2024-05-14", "--date", "2024-01-08")
    for number in (15, 16):
        done(
            "register",
            "--kind",
            "ks_arende",
            "--rubrik",
            "Ett ärende",
            "--dnr",
            f"KS 2024-{number}",
            "--date",
            "2024-02-05",
        )
        done("mbl", f"KS-2024-{number}", "--ej-pakallad", "--date", "2024-02-06")
        done("book", f"KS-2024-{number}", "KS-2024-05-14", "--date", "2024-05-06")
    done("meeting", "call", "KS-2024-05-14", "--date", "2024-05-07")
    done("meeting", "hold", "KS-2024-05-14")


def test_a_whole_agenda_is_decided_and_taken_back(two_cases):
    assert "2 ärenden beslutades enligt förslag" in done("decide", "--meeting", "KS-2024-05-14", "--all", "bifall")
    events = json.loads(done("history", "KS-2024-05-14", "--json"))
    assert events[-1]["type"] == "meeting.decided_all"
    done("correct", "KS-2024-05-14", str(events[-1]["seq"]), "--skal", "Fel dag")
    shown = json.loads(done("show", "KS-2024-15", "--json"))
    assert shown["agenda"][0]["decisions"] == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--meeting", "KS-2024-05-14"),
        ("--all", "bifall"),
        ("KS-2024-15", "KS-2024-05-14", "--meeting", "KS-2024-05-14", "--all", "bifall"),
        ("--meeting", "KS-2024-05-14", "--all", "bifall", "--arendet", "bifallen"),
        ("KS-2024-15", "KS-2024-05-14", "--arendet", "bifallen", "--arendet", "avslagen"),
        ("KS-2024-15", "KS-2024-05-14", "--arendet", "1=inget"),
        ("KS-2024-15", "KS-2024-05-14", "--arendet", "3=bifallen"),
    ],
)
def test_an_unclear_decision_is_explained_and_nothing_done(two_cases, words):
    answer = arende("decide", *words)
    assert answer.code == 2
    assert answer.err


def test_what_became_of_the_parts_is_shown(two_cases):
    done("decide", "KS-2024-15", "KS-2024-05-14", "--att", "1=avslag", "--arendet", "1=besvarad")
    assert "att-sats 1: avslag, för egen del, besvarad" in done("show", "KS-2024-15")


def test_fullmaktige_is_told_of_a_motion_and_the_case_stays_where_it_is():
    done("meeting", "add", "KF", "2024-06-18", "--date", "2024-01-08")
    done("register", "--kind", "motion", "--rubrik", "En motion", "--dnr", "KS 2023-710", "--date", "2023-08-24")
    done("book", "KS-2023-710", "KF-2024-06-18", "--som", "information", "--date", "2024-06-03")
    done("meeting", "announce", "KF-2024-06-18", "--date", "2024-06-04")
    done("meeting", "call", "KF-2024-06-18", "--date", "2024-06-04")
    done("meeting", "hold", "KF-2024-06-18")
    assert "KF 2024-06-18 § 1 (information): noterad" in done("show", "KS-2023-710")


def test_a_minority_says_how_many_it_is(two_cases):
    answer = arende("postpone", "KS-2024-15", "KS-2024-05-14", "--minoritet")
    assert (answer.code, "--stod" in answer.err) == (2, True)
    refused = arende("postpone", "KS-2024-15", "KS-2024-05-14", "--minoritet", "--stod", "6")
    assert (refused.code, "KL 6 kap. 33 §" in refused.out + refused.err) == (3, True)


def test_a_delegated_decision_is_noted_listed_and_told():
    done("meeting", "add", "SON", "2024-04-18", "--date", "2024-01-08")
    told = done(
        "delegation",
        "add",
        "SON",
        "--punkt",
        "2.4.8",
        "--vad",
        "Ett bidrag",
        "--av",
        "Direktören",
        "--date",
        "2024-04-02",
    )
    assert "Det anmäls vid SON 2024-04-18." in told
    assert "punkt 2.4.8, delegationsbeslut av Direktören: Ett bidrag; anmäls SON 2024-04-18" in done(
        "delegation", "list", "SON"
    )
    done("meeting", "call", "SON-2024-04-18", "--date", "2024-04-11")
    done("meeting", "hold", "SON-2024-04-18")
    assert "§ 1  Anmälan av delegationsbeslut, anmälan: anmäld" in done("meeting", "show", "SON-2024-04-18")
    (one,) = json.loads(done("delegation", "list", "SON-2024-04-18", "--json"))
    assert (one["reported"], one["paragraph"]) == (True, 1)


@pytest.mark.parametrize("kind", ["delegationsbeslut", "ordforandebeslut"])
def test_a_case_decided_in_a_body_s_place_says_by_which_point_and_by_whom(kind):
    words = ("register", "--kind", kind, "--body", "SON", "--dnr", "SON 2024-9", "--rubrik", "Ett bidrag")
    for said in ((), ("--punkt", "2.4"), ("--av", "Direktören"), ("--punkt", " ", "--av", "Direktören")):
        answer = arende(*words, *said)
        assert (answer.code, "Ange --punkt och --av" in answer.err) == (2, True)
    done(*words, "--punkt", "2.4", "--av", "Direktören")
    assert "Beslutat av Direktören enligt punkt 2.4" in done("show", "SON-2024-9")
    assert json.loads(done("show", "SON-2024-9", "--json"))["taken"] == {"point": "2.4", "by": "Direktören"}
    done("edit", "SON-2024-9", "--rubrik", "Ett större bidrag")
    assert "Beslutat av Direktören enligt punkt 2.4" in done("show", "SON-2024-9")


def test_nothing_else_is_decided_in_a_body_s_place():
    words = ("register", "--kind", "motion", "--dnr", "KS 2024-9", "--rubrik", "En motion", "--punkt", "2.4")
    answer = arende(*words)
    assert (answer.code, "hör till ett delegationsbeslut" in answer.err) == (2, True)


def test_an_urgent_decision_waits_on_the_todo_list():
    done("meeting", "add", "SON", "2024-04-18", "--date", "2024-01-08")
    words = ("--punkt", "1.2", "--vad", "Ett bidrag", "--av", "Ordföranden", "--bradskande", "--date", "2024-04-02")
    done("delegation", "add", "SON", *words)
    waiting = json.loads(done("todo", "--json"))
    assert "report" in {one["kind"] for one in waiting}


def test_without_a_planned_meeting_there_is_nobody_to_tell():
    answer = arende("delegation", "add", "SON", "--punkt", "1", "--vad", "X", "--av", "Y", "--date", "2024-04-02")
    assert (answer.code, "Planera ett först" in answer.err) == (2, True)
    assert done("delegation", "list", "SON").startswith("Inga.")


@pytest.mark.parametrize("kind", ["delegationsbeslut", "ordforandebeslut"])
def test_what_was_decided_in_a_body_s_place_is_not_registered_out_of_a_file_alone(office, kind):
    answer = arende("import", str(EXAMPLE), "--kind", kind)
    assert (answer.code, answer.out) == (2, "")
    assert f"Registrera det först, med arende register --kind {kind} --punkt PUNKT --av NAMN" in answer.err
    assert arende("list", "--json").out.strip() == "[]"
