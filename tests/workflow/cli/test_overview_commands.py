"""What is changed on a case's way, and the lists over all open cases, from the command line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import drop_triggers
from tests.workflow.cli.office import ENGLISH, EXAMPLE, Answer, arende, done
from workflow import statements
from workflow.connection import connect
from workflow.errors import Exit

CASE, MEETING = "SON-2023-940", "SON-2024-04-18"
SPRING, SUMMER = ("--date", "2024-04-20"), ("--date", "2024-07-01")


def answer(*words: str) -> Any:
    return json.loads(done(*words, "--json"))


def told(found: Answer, code: Exit) -> str:
    assert (found.code, found.out, found.err.count("\n")) == (code, "", 1), found
    assert not ENGLISH.search(found.err), found.err
    return found.err


def register(number: str, day: str, *more: str, kind: str = "ks_arende") -> str:
    done("register", "--kind", kind, "--dnr", number, "--rubrik", f"Om {number}", "--date", day, *more)
    return number.replace(" ", "-", 1)


def hold(meeting: str, called: str) -> None:
    if meeting.startswith("KF"):
        done("meeting", "announce", meeting, "--date", called)
    done("meeting", "call", meeting, "--date", called)
    done("meeting", "hold", meeting)


@pytest.fixture
def booked(office: Path) -> None:
    """A motion's answer on the list of the nämnd's meeting."""
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    done("advance", CASE, "--date", "2024-04-04")
    done("advance", CASE, "--date", "2024-04-04")
    done("meeting", "add", "SON", "2024-04-18", "--date", "2024-01-08")
    done("book", CASE, MEETING, "--date", "2024-04-04")


@pytest.fixture
def decided(booked: None) -> None:
    """The nämnd has changed what was proposed to it."""
    hold(MEETING, "2024-04-11")
    done("decide", CASE, MEETING, "--text", "1=Socialförvaltningens förslag avstyrks helt.")


@pytest.fixture
def ks_case(office: Path) -> str:
    """A case of kommunstyrelsen's own, about which nothing is planned."""
    return register("KS 2024-1", "2024-02-05")


# --- word by word ---------------------------------------------------------------------------------------


def test_a_proposal_alone_is_shown_as_it_is(office: Path) -> None:
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    printed = done("diff", CASE)
    assert re.findall(r"^\S.*", printed, re.MULTILINE)[1:] == [
        "Förslag till SON (version 1)",
        "Förslag till KS (version 1)",
        "Förslag till KF (version 1)",
    ]
    assert "[-" not in printed
    assert "{+" not in printed
    assert [step["against"] for step in answer("diff", CASE)["steps"]] == [None, None, None]


def test_what_a_body_changed_is_marked_word_by_word(decided: None) -> None:
    printed = done("diff", CASE)
    assert "Beslut SON 2024-04-18 § 1, jämfört med: Förslag till SON (version 1)" in printed
    assert "1. bifall med ändring: Socialförvaltningens förslag [-tillstyrks.-] {+avstyrks helt.+}\n" in printed
    *_, step = answer("diff", CASE)["steps"]
    assert (step["what"], step["body"], step["against"], step["changed"]) == ("beslut", "SON", 0, True)
    assert step["att_satser"][0]["words"] == [
        ["same", "Socialförvaltningens förslag"],
        ["removed", "tillstyrks."],
        ["added", "avstyrks helt."],
    ]


def test_what_is_decided_as_proposed_is_unchanged_and_what_is_rejected_is_taken_away(booked: None) -> None:
    done("edit", CASE, "--att", "SON=Antas.", "--att", "SON=Ändras.", "--att", "SON=Prövas.", "--date", "2024-04-05")
    hold(MEETING, "2024-04-11")
    done("decide", CASE, MEETING, "--att", "2=avslag")
    printed = done("diff", CASE)
    assert "Förslag till SON (version 2), jämfört med: Förslag till SON (version 1)\n" in printed
    assert printed.count("(version 2)") == 2
    assert printed.endswith("  1. bifall, oförändrat\n  2. avslag: [-Ändras.-]\n  3. bifall, oförändrat\n")


def test_an_edit_that_changes_no_att_sats_is_no_step(decided: None) -> None:
    done("edit", CASE, "--rubrik", "En annan rubrik", *SPRING)
    done("edit", CASE, "--att", "SON=Socialförvaltningens förslag tillstyrks.", *SPRING)
    assert [step["version"] for step in answer("diff", CASE)["steps"]] == [1, 1, 1, None]


def test_a_body_with_no_proposal_of_its_own_decides_what_the_one_before_it_did(office: Path) -> None:
    text = "Dnr SON 2024-7\n\nSocial- och omsorgsnämnden\n\nEn plan\n\nFörslag till beslut\n\n1. Planen antas.\n"
    Path("skrivelse.txt").write_text(text, "utf-8")
    case, before = "SON-2024-7", ("--date", "2024-03-01")
    done("import", "skrivelse.txt", *before)
    done("stage", "add", case, "KS", *before)
    done("edit", case, "--mottagare", "Akten", "--underlag", "Skrivelsen", *before)
    done("mbl", case, "--ej-pakallad", *before)
    done("advance", case, *before)
    for meeting, called in (("SON-2024-04-18", "2024-04-11"), ("KS-2024-05-14", "2024-05-07")):
        done("meeting", "add", *meeting.split("-", 1), *before)
        done("advance", case, "--date", called)
        done("book", case, meeting, "--date", called)
        hold(meeting, called)
        changed = ("--text", "1=Planen antas delvis.") if meeting.startswith("SON") else ()
        done("decide", case, meeting, *changed)
    first, son, ks = answer("diff", case)["steps"]
    assert (first["body"], first["against"], son["against"], ks["against"]) == ("SON", None, 0, 1)
    assert ks["att_satser"][0]["words"] == [["same", "Planen antas delvis."]]
    assert "jämfört med: Beslut SON 2024-04-18 § 1\n  1. bifall, oförändrat\n" in done("diff", case)


def test_texts_that_are_purged_are_said_to_be(office: Path, decided: None) -> None:
    connection = connect(f"sqlite:///{office / 'arendegang.db'}")
    drop_triggers(connection)
    (case,) = connection.run(statements.ALL_CASES)
    connection.run(statements.PURGE_PAYLOADS, stream=f"case:{case['id']}")
    connection.close()
    printed = done("diff", CASE)
    assert "SON 2023-940  [gallrad]" in printed
    assert "1. bifall med ändring: [gallrad] (den ena lydelsen är gallrad, så de kan inte jämföras)" in printed
    assert "förslag tillstyrks" not in printed + json.dumps(answer("diff", CASE), ensure_ascii=False)


def test_a_proposal_that_was_changed_after_the_negotiation_is_asked_about_until_somebody_answers(office: Path) -> None:
    case = register("SON 2024-5", "2024-02-05", "--body", "SON", kind="forvaltningsarende")
    done("edit", case, "--att", "SON=Antas.", "--date", "2024-02-05")
    done("mbl", case, "--forhandling", "11", "--date", "2024-02-06")
    question = "Förslaget ändrades onsdag 7 februari 2024, efter förhandlingen"
    told = done("edit", case, "--att", "SON=Antas delvis.", "--date", "2024-02-07")
    assert f"{question}. Omfattas ändringen av den? Intyga det med arende mbl {case} --omfattas" in " ".join(
        told.split()
    )
    assert question in done("show", case)
    done("mbl", case, "--omfattas", "--date", "2024-02-08")
    assert "efter förhandlingen" not in done("show", case)


def test_a_case_without_a_proposal_says_how_to_add_one(ks_case: str) -> None:
    assert done("diff", ks_case).endswith("Lägg till ett med: arende edit KS-2024-1 --att INSTANS=FÖRSLAG\n")
    assert answer("diff", ks_case) == {"ref": "KS 2024-1", "rubrik": "Om KS 2024-1", "steps": []}


# --- where nothing happens ------------------------------------------------------------------------------


def test_a_case_nobody_has_booked_is_silent_until_it_is(ks_case: str) -> None:
    printed = done("silent", *SUMMER)
    assert "KS 2024-1  147 dagar sedan 2024-02-05  kommunstyrelsen, KS  Om KS 2024-1\n" in printed
    assert "KS har inte beslutat i ärendet än, och ingen svarstid har gått ut.\n    arende meeting list KS\n" in printed
    assert printed.endswith("1 öppet ärende där inget är på gång.\n")
    done("meeting", "add", "KS", "2024-08-20", "--date", "2024-01-08")
    assert [one["command"] for one in answer("silent", *SUMMER)] == ["arende book KS-2024-1 KS-2024-08-20"]
    done("book", ks_case, "KS-2024-08-20", "--date", "2024-07-01")
    assert answer("silent", *SUMMER) == []


def test_a_watch_with_a_day_is_something_to_wait_for_and_one_without_is_not(ks_case: str) -> None:
    done("watch", "add", ks_case, "--text", "Vänta", "--handelse", "nytt avtal", "--date", "2024-02-06")
    assert [one["ref"] for one in answer("silent", *SUMMER)] == ["KS 2024-1"]
    done("watch", "add", ks_case, "--text", "Ring", "--senast", "2024-09-01", "--date", "2024-02-06")
    assert answer("silent", *SUMMER) == []


def test_an_untouched_motion_is_silent_however_far_off_the_end_of_its_year_is(office: Path) -> None:
    register("KS 2024-9", "2024-06-03", kind="motion")
    (one,) = answer("silent", *SUMMER)
    assert (one["ref"], one["silent_days"]) == ("KS 2024-9", 28)
    (listed,) = answer("balans", *SUMMER)
    assert listed["next_deadline"]["due"] == "2025-06-03"


def test_a_day_that_somebody_else_has_set_for_us_brings_nothing_about_by_itself(office: Path) -> None:
    more = ("--body", "SON", "--svar-senast", "2024-09-02")
    register("SON 2024-5", "2024-06-03", *more, kind="inkommen_remiss")
    assert [one["ref"] for one in answer("silent", *SUMMER)] == ["SON 2024-5"]


def test_an_unanswered_remiss_is_something_to_wait_for(office: Path) -> None:
    case = register("KS 2024-2", "2024-02-05", "--body", "KS", kind="forvaltningsarende")
    assert [one["ref"] for one in answer("silent", *SUMMER)] == ["KS 2024-2"]
    done("stage", "add", case, "KSAU", "--before", "KS", "--svar-senast", "2024-09-02", "--date", "2024-02-05")
    assert answer("silent", *SUMMER) == []


def test_what_a_past_meeting_left_behind_is_told(ks_case: str) -> None:
    done("meeting", "add", "KS", "2024-05-14", "--date", "2024-01-08")
    done("mbl", ks_case, "--ej-pakallad", "--date", "2024-02-06")
    done("book", ks_case, "KS-2024-05-14", "--date", "2024-05-02")
    assert answer("silent", "--date", "2024-05-14") == []
    (one,) = answer("silent", *SUMMER)
    assert one["why"] == "KS 2024-05-14 har passerat, men är inte antecknat som hållet."
    assert one["command"] == "arende meeting hold KS-2024-05-14"
    hold("KS-2024-05-14", "2024-05-07")
    (one,) = answer("silent", *SUMMER)
    assert one["why"] == "KS 2024-05-14 är hållet, men vad som beslutades i ärendet är inte antecknat."
    assert one["command"] == "arende decide KS-2024-1 KS-2024-05-14"


def test_what_was_tabled_waits_for_a_meeting_to_be_planned(ks_case: str) -> None:
    done("meeting", "add", "KS", "2024-05-14", "--date", "2024-01-08")
    done("book", ks_case, "KS-2024-05-14", "--date", "2024-05-02")
    hold("KS-2024-05-14", "2024-05-07")
    done("postpone", ks_case, "KS-2024-05-14")
    (one,) = answer("silent", *SUMMER)
    assert one["why"] == "Bordlagt 2024-05-14, och nästa sammanträde med KS är inte planerat."
    assert (one["silent_days"], one["last_event"]) == (48, "2024-05-14")


def test_what_can_go_on_is_told_with_the_command_that_does_it(office: Path) -> None:
    case = register("SON 2024-3", "2024-02-05", "--body", "SON", kind="forvaltningsarende")
    (one,) = answer("silent", *SUMMER)
    assert (one["why"], one["command"]) == ("Kan föras till MBL nu.", f"arende advance {case} --to mbl")
    done("advance", case, "--date", "2024-02-05")
    (one,) = answer("silent", *SUMMER)
    assert one["command"].startswith(f"arende mbl {case}")
    done("edit", case, "--att", "SON=Antas.", "--mottagare", "Akten", "--date", "2024-02-06")
    done("mbl", case, "--ej-pakallad", "--date", "2024-02-08")
    (one,) = answer("silent", *SUMMER)
    assert (one["why"], one["command"]) == ("Kan föras till nämnden nu.", f"arende advance {case} --to namnd")
    done("advance", case, "--date", "2024-02-08")
    done("withdraw", case, "--skal", "Behövs inte.", "--date", "2024-02-09")
    assert answer("silent", *SUMMER) == []


def test_the_longest_silent_stands_first_whoever_has_it(ks_case: str) -> None:
    register("SON 2024-3", "2024-01-05", "--body", "SON", kind="forvaltningsarende")
    register("KS 2024-4", "2024-03-05")
    assert [one["ref"] for one in answer("silent", *SUMMER)] == ["SON 2024-3", "KS 2024-1", "KS 2024-4"]
    assert [one["ref"] for one in answer("silent", "--body", "kommunstyrelsen", *SUMMER)] == ["KS 2024-1", "KS 2024-4"]
    assert done("silent", "--body", "KF") == (
        "Inget ärende hos KF står stilla: alla öppna väntar på ett sammanträde eller en dag.\n"
    )


# --- the balanslista ------------------------------------------------------------------------------------


def test_the_open_cases_stand_by_body_the_oldest_first(ks_case: str, booked: None) -> None:
    register("KS 2024-4", "2024-01-05")
    printed = done("balans", *SUMMER)
    assert re.findall(r"^(KS|SON) ", printed, re.MULTILINE) == ["KS", "KS", "KS", "SON", "SON"]
    assert "KS  Kommunstyrelsen\nÄrende" in printed
    assert re.search(
        r"^KS 2024-4 +ärende väckt i kommunstyrelsen +kommunstyrelsen +178 dagar +2024-01-05 +–", printed, re.M
    )
    assert "2 öppna ärenden, det äldsta 178 dagar gammalt.\n" in printed
    assert printed.endswith("\nSammanlagt 3 öppna ärenden, det äldsta 178 dagar gammalt.\n")


def test_the_next_deadline_is_the_first_that_is_no_question(ks_case: str) -> None:
    assert [one["next_deadline"] for one in answer("balans", *SUMMER)] == [None]
    done("watch", "add", ks_case, "--text", "Ring", "--senast", "2024-06-03", "--date", "2024-02-06")
    assert [one["next_deadline"]["kind"] for one in answer("balans", *SUMMER)] == ["bevakning"]
    assert "2024-06-03 bevakning (har passerat)" in done("balans", *SUMMER)
    assert [one["last_event"] for one in answer("balans")] == ["2024-02-06"]


def test_what_has_been_decided_by_all_stands_with_the_last_body(booked: None) -> None:
    case = register("SON 2024-3", "2024-02-05", "--body", "SON", kind="forvaltningsarende")
    done("edit", case, "--att", "SON=Antas.", "--mottagare", "Akten", "--date", "2024-02-06")
    done("mbl", case, "--ej-pakallad", "--date", "2024-02-06")
    done("advance", case, "--date", "2024-02-06")
    done("advance", case, "--date", "2024-02-06")
    done("book", case, MEETING, "--date", "2024-04-04")
    hold(MEETING, "2024-04-11")
    done("decide", case, MEETING)
    done("advance", case, "--date", "2024-04-19")
    found = {one["ref"]: one for one in answer("balans", "--body", "SON", *SPRING)}
    assert (found["SON 2024-3"]["state"], found["SON 2024-3"]["answers"]) == ("skickas_till", "SON")


def test_nothing_open_is_said_to_be_nothing(office: Path) -> None:
    assert done("balans") == "Inga öppna ärenden.\n"
    assert done("balans", "--body", "SON") == "Inga öppna ärenden hos SON.\n"
    assert done("silent").startswith("Inget ärende står stilla")
    assert done("motioner") == "Inga obesvarade motioner eller medborgarförslag.\n"
    assert (answer("balans"), answer("silent"), answer("motioner")["motions"]) == ([], [], [])


# --- what fullmäktige has not answered ------------------------------------------------------------------


def test_a_motion_has_its_year_and_the_reading_is_said_once(office: Path) -> None:
    register("KS 2023-710", "2023-08-24", kind="motion")
    register("KS 2023-720", "2023-06-24", kind="medborgarforslag")
    register("KS 2023-730", "2023-06-24")
    register("KS 2023-740", "2023-06-24", kind="interpellation")
    printed = done("motioner", *SUMMER)
    assert printed.startswith("Väckt är den dag ärendet gavs in (motion_raised = ”ingiven” i config.toml).\nÄrende")
    assert re.search(
        r"^KS 2023-720 +medborgarförslag +2023-06-24 +KF \(.*\) +2024-06-24 +7 dagar över +nej ", printed, re.M
    )
    assert re.search(r"^KS 2023-710 +motion +2023-08-24 +KF \(.*\) +2024-08-24 +54 dagar kvar +nej ", printed, re.M)
    assert printed.endswith("2 obesvarade: 1 efter årets slut utan att vara anmälda i tid, 0 anmälda i tid.\n")
    assert [one["days_left"] for one in answer("motioner", *SUMMER)["motions"]] == [-7, 54]


def test_a_motion_that_fullmaktige_was_told_of_in_time_is_not_late(office: Path) -> None:
    register("KS 2023-710", "2023-08-24", kind="motion")
    for day in ("2023-09-26", "2024-06-18"):
        done("meeting", "add", "KF", day, "--date", "2023-08-25")
    done("book", "KS-2023-710", "KF-2023-09-26", "--som", "anmalan", "--date", "2023-09-12")
    hold("KF-2023-09-26", "2023-09-12")
    done("meeting", "show", "KF-2023-09-26")
    done("advance", "KS-2023-710", "--date", "2023-09-27")
    done("book", "KS-2023-710", "KF-2024-06-18", "--som", "anmalan", "--date", "2024-06-03")
    hold("KF-2024-06-18", "2024-06-04")
    found = answer("motioner", "--date", "2024-09-01")
    assert [(one["reported"], one["overdue"], one["days_left"]) for one in found["motions"]] == [(True, False, -8)]
    assert (found["unanswered"], found["overdue"], found["reported"]) == (1, 0, 1)
    assert [one["answers"] for one in found["motions"]] == ["KS"]


def test_by_the_other_reading_a_motion_is_not_raised_before_fullmaktige_is_told(office: Path) -> None:
    config = office / "config.toml"
    text = config.read_text(encoding="utf-8").replace('motion_raised = "ingiven"', 'motion_raised = "anmald"')
    config.write_text(text, encoding="utf-8")
    register("KS 2023-710", "2023-08-24", kind="motion")
    printed = done("motioner", *SUMMER)
    assert printed.startswith(
        "Väckt är den dag ärendet anmäldes i fullmäktige (motion_raised = ”anmald” i config.toml)"
    )
    assert re.search(r"^KS 2023-710 +motion +inte än +KF \(.*\) +– +– +nej ", printed, re.MULTILINE)


# --- mandates by body -----------------------------------------------------------------------------------


def test_mandates_stand_by_the_body_that_answers_for_them(ks_case: str, booked: None) -> None:
    for case, body in ((ks_case, "KS"), (CASE, "SON")):
        mandate = ("--kind", "uppdrag", "--text", f"Redovisa {body}", "--senast", "2025-01-07", "--body", body)
        done("watch", "add", case, *mandate, "--date", "2024-04-04")
    printed = done("uppdrag", "list")
    assert printed.startswith("KS  Kommunstyrelsen\nKS 2024-1\n  1. ")
    assert "\n\nSON  Social- och omsorgsnämnden\nSON 2023-940\n  1. " in printed
    assert answer("uppdrag", "list", "--body", "KS") == answer("uppdrag", "list", "KS")
    assert [one["case"] for one in answer("uppdrag", "list", "--body", "KS")] == ["KS 2024-1"]
    err = told(arende("uppdrag", "list", "KS", "--body", "SON"), Exit.USAGE)
    assert err == "Ange instansen en gång, som ett ord på raden eller med --body.\n"


# --- a body that has another name, what cannot be, and what is secret ------------------------------------


def test_what_a_namnd_had_under_its_old_name_is_its_heirs(office: Path) -> None:
    done(
        *("register", "--kind", "forvaltningsarende", "--body", "ON", "--dnr", "ON 2018-1", "--rubrik", "Gammalt"),
        *("--date", "2018-03-01"),
    )
    done("watch", "add", "ON-2018-1", "--kind", "uppdrag", "--text", "Redovisa", "--handelse", "beslut", "--body", "ON",
         "--date", "2018-03-02")  # fmt: skip
    for body in ("", "ON", "SON", "Omsorgsnämnden", "social- och omsorgsnämnden"):
        narrowed = ("--body", body) if body else ()
        for words in (("balans", *narrowed), ("silent", *narrowed)):
            assert [(one["body"], one["answers"]) for one in answer(*words)] == [("ON", "SON")], words
        assert [one["answers"] for one in answer("uppdrag", "list", *narrowed)] == ["SON"]
    assert answer("balans", "--body", "KS") == answer("silent", "--body", "KS") == []
    assert done("balans").startswith("SON  Social- och omsorgsnämnden\n")
    assert done("uppdrag", "list").startswith("SON  Social- och omsorgsnämnden\n")


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("balans --body XX", Exit.NOT_FOUND, "Instansen ”XX” finns inte. De som finns: KF, "),
        ("silent --body XX", Exit.NOT_FOUND, "Instansen ”XX” finns inte. De som finns: KF, "),
        ("uppdrag list --body XX", Exit.NOT_FOUND, "Instansen ”XX” finns inte. De som finns: KF, "),
        ("diff SON-1999-1", Exit.NOT_FOUND, "Ärendet SON-1999-1 finns inte"),
        ("diff", Exit.USAGE, "ÄRENDE saknas. Se: arende diff --help"),
        ("diff SON-1999-1 --date 2024-01-01", Exit.USAGE, "Flaggan --date finns inte."),
        ("motioner --body SON", Exit.USAGE, "Flaggan --body finns inte."),
        ("motioner SON", Exit.USAGE, "Det blev för många ord på raden: SON."),
        ("balans SON", Exit.USAGE, "Det blev för många ord på raden: SON."),
        ("balans --date i-dag", Exit.USAGE, "Flaggan --date: ”i-dag” är inget datum"),
        ("silent --dagar 4", Exit.USAGE, "Flaggan --dagar finns inte."),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(office: Path, line: str, code: Exit, says: str) -> None:
    assert says in told(arende(*line.split()), code)


LISTS = (
    "silent",
    "balans",
    "motioner",
    "uppdrag list",
    "balans --body KS",
    "silent --body KS",
    "uppdrag list --body KS",
)


def everything() -> list[Any]:
    return [(done(*line.split()), answer(*line.split())) for line in LISTS]


def be_cleared(office: Path, bodies: str) -> None:
    config = office / "config.toml"
    before = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r"(?m)^cleared = \[.*?\]", f"cleared = [{bodies}]", before), encoding="utf-8")


def test_what_is_secret_is_in_no_list_and_no_count(office: Path, ks_case: str) -> None:
    register("KS 2024-50", "2023-01-05", kind="motion")
    before = everything()
    be_cleared(office, '"*"')
    for number, kind in ((7001, "ks_arende"), (7002, "motion")):
        hidden = register(f"KS 2024-{number}", "2022-01-05", "--sekretess", "OSL 26:1", kind=kind)
        mandate = ("--kind", "uppdrag", "--text", "Kanariefågel", "--handelse", "Kanariefågel", "--body", "KS")
        done("watch", "add", hidden, *mandate, "--date", "2022-01-06")
    for line in LISTS:
        printed = done(*line.split())
        assert re.search("KS 2024-700[12]", printed), line
        assert "Om KS 2024-700" not in printed
        assert "Kanariefågel" not in printed
    (one,) = (one for one in answer("silent") if one["ref"] == "KS 2024-7001")
    assert (one["rubrik"], one["why"]) == ("sekretessmarkerat", "sekretessmarkerat")
    assert one["command"] == "arende why KS-2024-7001"
    be_cleared(office, "")
    assert everything() == before
    refused, missing = arende("diff", "KS-2024-7001"), arende("diff", "KS-2024-7999")
    assert told(refused, Exit.NOT_FOUND) == told(missing, Exit.NOT_FOUND).replace("7999", "7001")
