"""Watches, mandates and the list of what waits, from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.workflow.cli.office import ENGLISH, Answer, arende, done
from workflow.connection import connect
from workflow.errors import Exit

SUPPORT = PROJECT / "examples" / "anhorigstod.txt"
CASE = "SON-2020-247"


def answer(*words: str) -> Any:
    return json.loads(done(*words, "--json"))


def told(found: Answer, code: Exit) -> str:
    assert (found.code, found.out, found.err.count("\n")) == (code, "", 1), found
    assert not ENGLISH.search(found.err), found.err
    return found.err


@pytest.fixture
def case(office: Path) -> str:
    """A case in 2021 with the watches its skrivelse suggests."""
    done("import", str(SUPPORT), "--bevaka", "alla", "--date", "2021-02-03")
    return CASE


# --- suggested, and accepted or not -------------------------------------------------------------------


def test_a_skrivelse_is_imported_with_the_watches_somebody_accepted(office: Path) -> None:
    suggested = answer("read", str(SUPPORT))["watches"]
    assert [(one["kind"], one["due"]) for one in suggested] == [("uppdrag", "2021-03-31"), ("avtalsslut", "2021-12-31")]
    printed = done("import", str(SUPPORT), "--bevaka", "2", "--date", "2021-02-03")
    assert "föreslår 1 bevakning som inte togs med" in printed
    assert [(one["kind"], one["number"]) for one in answer("watch", "list", CASE)] == [("avtalsslut", 1)]


def test_what_was_not_accepted_at_import_is_kept_and_can_be_taken_later(office: Path) -> None:
    done("import", str(SUPPORT), "--date", "2021-02-03")
    assert answer("watch", "list") == []
    assert "arende watch add SON-2020-247 --forslag alla" in done("show", CASE)
    done("watch", "add", CASE, "--forslag", "alla", "--date", "2021-02-04")
    assert [one["inferred"] for one in answer("watch", "list", CASE)] == [True, False]


def test_a_later_version_names_only_suggestions_that_nobody_has_accepted(office: Path, case: str) -> None:
    again = office / "skrivelse.txt"
    again.write_text(SUPPORT.read_text("utf-8").replace("Linda", "Lena") + "\n", "utf-8")
    assert "som inte togs med" not in done("import", str(again), "--date", "2021-02-04")


@pytest.mark.parametrize("wanted", ["3", "0", "två", "1,9"])
def test_a_suggestion_that_is_not_there_says_how_many_there_are(office: Path, wanted: str) -> None:
    err = told(arende("import", str(SUPPORT), "--bevaka", wanted), Exit.USAGE)
    assert err == "Skrivelsen föreslår 2 bevakningar; ange nummer som 1 eller 1,2, eller alla.\n"
    assert answer("list") == []


def test_a_case_without_suggestions_says_how_to_add_ones_own(office: Path) -> None:
    done("register", "--kind", "ks_arende", "--rubrik", "Tomt", "--dnr", "KS 2024-1")
    err = told(arende("watch", "add", "KS-2024-1", "--forslag", "1"), Exit.USAGE)
    assert "Ange en egen med --text och --senast" in err


# --- one's own -----------------------------------------------------------------------------------------


def test_a_watch_of_ones_own_is_added_snoozed_and_done(case: str) -> None:
    done("watch", "add", case, "--text", "Ring föreningen", "--senast", "2021-03-06", "--date", "2021-02-10")
    assert "Dagen 2021-03-06 står fast" in done(
        "watch", "snooze", case, "3", "--till", "2021-03-10", "--date", "2021-03-01"
    )
    assert "Bevakning 3 är klar" in done("watch", "done", case, "3", "--date", "2021-03-10")
    assert [one["number"] for one in answer("watch", "list", case)] == [1, 2]
    assert "avslutad 2021-03-10" in done("watch", "list", case, "--alla")


def test_an_awaited_event_gives_the_day_when_it_comes(case: str) -> None:
    words = ("--handelse", "nytt ramavtal beslutas", "--manader", "3", "--text", "Revidera uppdraget")
    done("watch", "add", case, *words, "--date", "2021-02-10")
    assert "tidigast 3 månader efter: nytt ramavtal beslutas" in done("watch", "list")
    assert "onsdag 9 mars 2022" in done("watch", "occurred", case, "3", "--date", "2021-12-09")


def test_a_mandate_is_listed_by_body_and_reported(case: str) -> None:
    assert [one["case"] for one in answer("uppdrag", "list", "SON")] == ["SON 2020-247"]
    assert answer("uppdrag", "list", "KS") == []
    done("uppdrag", "report", case, "1", "--date", "2021-03-18")
    assert answer("uppdrag", "list") == []
    assert [one["closed_on"] for one in answer("uppdrag", "list", "--alla")] == ["2021-03-18"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("watch", "add", CASE), Exit.USAGE, "Ange --text med vad som ska bevakas, eller --forslag N"),
        (("watch", "add", CASE, "--text", "Ring"), Exit.USAGE, "behöver en dag eller en händelse att invänta"),
        (("watch", "add", CASE, "--text", "Ring", "--senast", "i vår"), Exit.USAGE, "är inget datum"),
        (("watch", "add", CASE, "--text", " ", "--senast", "2027-01-01"), Exit.USAGE, "Ange --text"),
        (("watch", "add", CASE, "--forslag", "1"), Exit.USAGE, "Det bevakas redan"),
        (
            ("watch", "add", CASE, "--text", "A", "--senast", "2027-01-01", "--handelse", "B"),
            Exit.USAGE,
            "Ange --senast eller --handelse, inte båda",
        ),
        (("watch", "done", CASE, "²"), Exit.USAGE, "Skriv ärendet och bevakningens nummer"),
        (("watch", "done", CASE), Exit.USAGE, "Skriv ärendet och bevakningens nummer"),
        (("watch", "done", CASE, "9"), Exit.NOT_FOUND, "har ingen öppen bevakning 9 (öppna: 1, 2)"),
        (("watch", "done", "SON-1999-1", "1"), Exit.NOT_FOUND, "finns inte"),
        (("watch", "snooze", CASE, "2", "--till", "2020-01-01"), Exit.USAGE, "skjuts upp till en dag framåt"),
        (("watch", "occurred", CASE, "2"), Exit.USAGE, "inväntar ingen händelse"),
        (("uppdrag", "report", CASE, "2"), Exit.USAGE, "är inget uppdrag"),
        (("uppdrag", "list", "XX"), Exit.NOT_FOUND, "Instansen ”XX” finns inte"),
        (("todo", "--roll", "kung"), Exit.USAGE, "kung finns inte"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_is_said_in_one_sentence(case: str, words: tuple[str, ...], code: Exit, says: str) -> None:
    assert says in told(arende(*words), code)


# --- what waits for whom -------------------------------------------------------------------------------


def test_the_overdue_stands_first_with_the_command_that_does_it(case: str) -> None:
    printed = done("todo", "--date", "2021-04-02", "--dagar", "300")
    late, _, ahead = printed.partition("Att göra")
    assert late.startswith("Försenat fredag 2 april 2021")
    assert "2 dagar sen: SON 2020-247: uppdraget ska vara redovisat" in late
    assert "handläggaren, SON: arende uppdrag report SON-2020-247 1" in late
    assert "torsdag 30 december 2021: SON 2020-247: avtalet löper ut (dag 2021-12-31)" in ahead


def test_each_sees_what_waits_for_them(case: str) -> None:
    everything = answer("todo", "--date", "2021-04-10", "--dagar", "400")
    mine = answer("todo", "--date", "2021-04-10", "--dagar", "400", "--roll", "registrator")
    assert {one["who"] for one in everything} == {"handlaggare", "registrator"}
    assert [one["kind"] for one in mine] == ["silent"]
    assert answer("todo", "--date", "2021-04-10", "--body", "KS") == []


def test_what_is_escalated_stands_on_the_list_of_the_role_it_is_escalated_to(office: Path, case: str) -> None:
    connection = connect(f"sqlite:///{office / 'arendegang.db'}")
    (row,) = connection.run("SELECT id, stream, due FROM deadline WHERE kind = 'uppdrag'")
    told = {"deadline_id": row["id"], "due": row["due"], "stream": row["stream"], "rule": "uppdrag", "status": "sent"}
    for number, (step, recipient, channel, day) in enumerate(
        (
            ("e1/2", "forvaltningschef@SON", "todo", "2021-04-06"),
            ("e1/2", "forvaltningschef@SON", "logg", "2021-04-06"),
            ("e2/2", "forvaltningschef@SON", "todo", "2021-04-08"),
            ("e1/2", "kommunsekreterare", "todo", "2021-04-07"),
        )
    ):
        values = {**told, "id": str(number), "step": step, "recipient": recipient, "channel": channel}
        connection.run(ADD_REMINDER, **values, planned_for=day)
    connection.close()
    asked = ("todo", "--date", "2021-04-10", "--roll", "forvaltningschef")
    (one,) = answer(*asked)
    assert (one["kind"], one["who"]) == ("uppdrag", "handlaggare")
    assert one["escalated"] == [
        {"to": "forvaltningschef", "since": "2021-04-06"},
        {"to": "kommunsekreterare", "since": "2021-04-07"},
    ]
    assert "      eskalerat till förvaltningschefen: tisdag 6 april 2021" in done(*asked).splitlines()
    assert answer("todo", "--date", "2021-04-05", "--roll", "forvaltningschef") == []


ADD_REMINDER = (
    "INSERT INTO reminder (id, deadline_id, rule, due, step, recipient, channel, stream, planned_for, status) VALUES"
    " (:id, :deadline_id, :rule, :due, :step, :recipient, :channel, :stream, :planned_for, :status)"
)


def test_a_day_without_anything_to_do_says_so(office: Path) -> None:
    assert done("todo") == "Inget väntar. Se längre fram med: arende todo --dagar 60\n"


def test_a_meetings_duties_wait_for_its_secretary(office: Path) -> None:
    done("meeting", "add", "KF", "2024-05-28", "--date", "2024-03-01")
    found = answer("todo", "--date", "2024-05-14")
    assert [(one["kind"], one["who"], one["body"]) for one in found] == [
        ("manusstopp", "kommunsekreterare", "KF"),
        ("announce", "kommunsekreterare", "KF"),
        ("call", "kommunsekreterare", "KF"),
    ]
    assert "arende meeting announce KF-2024-05-28" in done("todo", "--date", "2024-05-14")


def test_an_older_case_shows_that_the_law_is_younger(office: Path) -> None:
    done("register", "--kind", "motion", "--dnr", "KS 2017-12", "--rubrik", "En motion", "--date", "2017-05-02")
    assert "[KL 5 kap. 35 §; dagens lydelse, ärendet är äldre; När en motion är väckt säger inte lagen" in done(
        "show", "KS-2017-12"
    )
