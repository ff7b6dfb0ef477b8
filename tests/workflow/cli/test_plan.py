"""`plan`: the earliest way on the command line, what if, a body's portfolio, and what a moved meeting does."""

import hashlib
import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.cli.office import EXAMPLE, arende, done
from workflow.cli import main

MOTION = "SON-2023-940"
MEETINGS = (
    "SON-2024-04-18",
    "SON-2024-05-23",
    "KS-2024-05-14",
    "KS-2024-06-11",
    "KF-2024-05-28",
    "KF-2024-06-18",
    "KF-2024-09-24",
)


def on_day(patch: pytest.MonkeyPatch, day: str) -> None:
    """Let the clock at the door show a day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.combine(date.fromisoformat(day), time(8), UTC)

    patch.setattr(main, "datetime", Clock)


@pytest.fixture
def april(office: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The third of April 2024: the answer to a motion has just been written, and the year is planned."""
    on_day(monkeypatch, "2024-04-03")
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    for meeting in MEETINGS:
        done("meeting", "add", meeting)
    return office


def planned(*words: str) -> Any:
    return json.loads(done("plan", *words, "--json"))


def legs(view: Any) -> list[str]:
    return [f"{leg['meeting']} {leg['reason']}" for leg in view["legs"]]


def test_the_earliest_way_goes_through_the_first_meetings_that_can_be_reached(april):
    view = planned(MOTION)
    assert legs(view) == ["SON 2024-04-18 sammantrade", "KS 2024-05-14 sammantrade", "KF 2024-05-28 sammantrade"]
    # Justering a week on, anslag the day after, three weeks to midsommar's Tuesday, and one day more.
    assert {stop["kind"]: stop["on"] for stop in view["stops"]} == {
        "justerat": "2024-06-04",
        "anslaget": "2024-06-05",
        "expedierat": "2024-06-04",
        "laga_kraft": "2024-06-27",
        "avslutat": "2024-06-27",
    }


def test_every_step_says_what_decides_its_day(april):
    view, told = planned(MOTION), done("plan", MOTION)
    steps = [*view["legs"], *view["stops"]]
    why = told.partition("Det som avgör:\n")[2].partition("\n\n")[0].splitlines()
    assert [step["on"] in line and ": " in line for step, line in zip(steps, why, strict=True)] == [True] * len(steps)
    assert [stop["reason"] for stop in view["stops"]] == [
        "justering", "anslag", "expediering", "overklagandetid", "overklagandetid",
    ]  # fmt: skip


def test_the_last_day_of_a_booking_says_what_it_costs_to_miss(april):
    said = {one["command"]: one for one in planned(MOTION)["actions"]}
    booking = said["arende book SON-2023-940 KS-2024-05-14"]
    assert booking["last"] == "2024-04-30"
    assert booking["cost"] == {"where": "KF", "planned": "2024-05-28", "instead": "2024-06-18"}
    assert "annars KF 2024-06-18 i stället för 2024-05-28" in done("plan", MOTION)


def test_the_motion_s_year_is_told_with_its_margin_and_reading(april):
    year = planned(MOTION)["year"]
    assert (year["ends"], year["raised_reading"]) == ("2025-04-03", "ingiven")
    assert year["margin_days"] == (date(2025, 4, 3) - date(2024, 5, 28)).days
    assert year["last_council"] == "KF 2024-09-24"
    assert "planen håller med 310 dagar" in " ".join(done("plan", MOTION).split())


def test_a_time_line_is_drawn_on_one_scale(april):
    rows = [line for line in done("plan", MOTION).splitlines() if "●" in line or "✓" in line]
    places = [max(row.rfind("●"), row.rfind("✓")) for row in rows if not row.startswith("MBL")]
    assert [row.split()[0] for row in rows[:4]] == ["MBL", "SON", "KS", "KF"]
    son, ks, kf, *_, end = places
    assert son < ks < kf < end


@pytest.mark.parametrize(
    ("supposed", "meetings"),
    [
        (("--move", "KF-2024-05-28=2024-06-11"), ["SON 2024-04-18", "KS 2024-05-14", "KF 2024-06-11"]),
        (("--move", "KS-2024-05-14=2024-05-29"), ["SON 2024-04-18", "KS 2024-05-29", "KF 2024-06-18"]),
        (("--set", "manus_days=30"), ["SON 2024-05-23", "KS 2024-06-11", "KF 2024-06-18"]),
        (("--at", "2024-04-10"), ["SON 2024-05-23", "KS 2024-06-11", "KF 2024-06-18"]),
    ],
)
def test_what_if_is_planned_and_told_and_writes_nothing(april, supposed, meetings):
    before = everything(april)
    view = planned(MOTION, *supposed)
    assert [leg["meeting"] for leg in view["legs"]] == meetings
    told = done("plan", MOTION, *supposed)
    assert "Inget är sparat." in told
    assert f"KF 2024-05-28 → {meetings[-1]}" in told
    assert everything(april) == before


def test_a_day_that_has_passed_is_counted_from_among_the_meetings_there_were_ahead_then(april, monkeypatch):
    that_day = planned(MOTION)
    on_day(monkeypatch, "2026-01-02")
    assert legs(planned(MOTION)) == []
    assert legs(planned(MOTION, "--at", "2024-04-03")) == legs(that_day)
    told = done("plan", MOTION, "--at", "2024-04-03")
    assert "Tänkt: det är 2024-04-03. Inget är sparat.\n\n" in told
    moved = planned(MOTION, "--at", "2024-04-03", "--move", "KF-2024-05-28=2024-06-11")
    assert moved["differences"] == ["Planen för SON 2023-940: KF 2024-05-28 → KF 2024-06-11"]
    assert {one["next"] for one in planned("--all", "--at", "2024-04-03")["cases"]} == {"SON 2024-04-18"}


def everything(office: Path) -> dict[str, str]:
    """Every file of the office by its content, but the operators' own log."""
    files = (path for path in office.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.name != "drift.jsonl"}


def test_a_negotiation_that_is_supposed_moves_the_deciding_body_alone(april):
    done("register", "--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Ett", "--dnr", "SON 2024-17")
    assert legs(planned("SON-2024-17")) == ["SON 2024-04-18 sammantrade"]
    assert legs(planned("SON-2024-17", "--set", "mbl=2024-04-25")) == ["SON 2024-05-23 mbl"]
    assert legs(planned(MOTION, "--set", "mbl=2024-04-25"))[0] == "SON 2024-04-18 sammantrade"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("", 2, "Ange ett ärende, eller --all: arende plan SON-2024-17, arende plan --all --body SON."),
        (f"{MOTION} --all", 2, "Ange ett ärende, eller --all"),
        (f"{MOTION} --body SON", 2, "--body hör till --all."),
        ("SON-2024-9999", 4, "Ärendet SON-2024-9999 finns inte. Se vilka som finns med: arende list"),
        (f"{MOTION} --set mbl", 2, "Flaggan --set: ”mbl” ska vara VAD=VÄRDE, till exempel mbl=2024-03-01"),
        (f"{MOTION} --set mbl=snart", 2, "”snart” är inget datum; skriv ÅÅÅÅ-MM-DD"),
        (f"{MOTION} --set kaffe=3", 2, "--set kaffe finns inte. Det som kan prövas: mbl, manus_days"),
        (f"{MOTION} --set manus_days=-1", 2, "--set manus_days=-1: ange ett antal dagar, till exempel manus_days=10."),
        (f"{MOTION} --move KF-2024-05-28", 2, "Flaggan --move: ”KF-2024-05-28” ska vara VAD=VÄRDE"),
        (f"{MOTION} --move KF-2024-05-29=2024-06-01", 4, "KF 2024-05-29 är inget kommande sammanträde."),
        (f"{MOTION} --move KF-2024-05-28=2024-06-18", 2, "KF sammanträder redan 2024-06-18; pröva en annan dag."),
        (
            f"{MOTION} --move KF-2024-05-28=2024-01-18",
            2,
            "2024-01-18 har passerat; pröva en dag från och med 2024-04-03.",
        ),
    ],
)
def test_what_cannot_be_planned_is_told_in_a_sentence(april, words, code, told):
    answer = arende("plan", *words.split())
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err


def test_the_way_stops_where_no_meeting_can_be_reached_and_says_what_opens_it(april):
    told = done("plan", MOTION, "--at", "2024-05-20")
    assert "Vägen stannar vid SON: inget planerat sammanträde kan nås" in told
    assert "arende meeting add SON DATUM" in told
    assert "planen når inte fram till fullmäktiges beslut" in " ".join(told.split())


def test_the_portfolio_lists_every_case_and_what_must_be_done_within_the_week(april):
    done("register", "--kind", "forvaltningsarende", "--body", "SON", "--rubrik", "Ett", "--dnr", "SON 2024-17")
    done("register", "--kind", "ks_arende", "--rubrik", "Två", "--dnr", "KS 2024-18")
    view = planned("--all", "--body", "SON")
    assert {one["ref"] for one in view["cases"]} == {"SON 2023-940", "SON 2024-17"}
    last = {one["command"]: one["last"] for one in view["critical"]}
    assert last["arende book SON-2023-940 SON-2024-04-18"] == "2024-04-04"
    assert last["arende book SON-2024-17 SON-2024-04-18"] == "2024-04-04"
    assert {one["ref"] for one in planned("--all")["cases"]} == {"SON 2023-940", "SON 2024-17", "KS 2024-18"}
    told = done("plan", "--all")
    assert told.startswith("Måste göras inom en vecka för att planerna ska hålla:\n  2024-04-04  SON 2023-940")


def test_a_moved_meeting_tells_of_every_plan_that_moves_also_of_cases_that_are_not_on_its_list(april):
    told = done("meeting", "move", "KS-2024-05-14", "2024-05-29", "--torrt")
    assert "Planen för SON 2023-940: KF 2024-05-28 → KF 2024-06-18" in told
    assert planned(MOTION)["legs"][1]["meeting"] == "KS 2024-05-14"
    assert told.splitlines()[1:] == done("meeting", "move", "KS-2024-05-14", "2024-05-29").splitlines()[1:]
    assert planned(MOTION)["legs"][1]["meeting"] == "KS 2024-05-29"


def test_a_cancelled_meeting_is_tried_first_and_tells_of_plans_and_deadlines(april):
    done("mbl", MOTION, "--forhandling", "11", "--bokad", "2024-04-15")
    done("book", MOTION, "SON-2024-04-18")
    told = done("meeting", "cancel", "SON-2024-04-18", "--torrt")
    assert "SON 2023-940 står nu på föredragningslistan till SON 2024-05-23." in told
    assert "Planen för SON 2023-940: KF 2024-05-28 → KF 2024-06-18" in told
    assert json.loads(done("meeting", "show", "SON-2024-04-18", "--json"))["state"] == "planerad"
    done("meeting", "cancel", "SON-2024-04-18", "--skal", "Ordföranden är sjuk")
    assert planned(MOTION)["legs"][0]["meeting"] == "SON 2024-05-23"


def test_a_changed_manusstopp_tells_of_the_plans_it_moves(april):
    told = done("meeting", "plan", "KS-2024-05-14", "--manus", "2024-04-02")
    assert "Planen för SON 2023-940: KF 2024-05-28 → KF 2024-06-18" in told


def test_a_secret_case_is_in_no_portfolio_and_no_list_of_what_moved(april):
    done("register", "--kind", "ks_arende", "--rubrik", "Hemligt", "--dnr", "KS 2024-66", "--sekretess", "OSL 26:1")
    assert "KS 2024-66" not in done("plan", "--all")
    assert "KS 2024-66" not in done("meeting", "move", "KS-2024-05-14", "2024-05-29", "--torrt")
    assert arende("plan", "KS-2024-66").code == arende("plan", "KS-2024-67").code == 4


def test_why_tells_what_would_stop_a_decision_at_a_coming_meeting(april):
    done("register", "--kind", "ledamotsinitiativ", "--body", "SON", "--rubrik", "Ett", "--dnr", "SON 2024-17")
    done("book", "SON-2024-17", "SON-2024-04-18")
    done("mbl", "SON-2024-17", "--begaran", "12")
    done("remiss", "add", "SON-2024-17", "--till", "Regionen", "--senast", "2024-04-30", "--obligatorisk")
    steps = json.loads(done("why", "SON-2024-17", "--json"))["steps"]
    (decision,) = (step for step in steps if step["verb"] == "decide")
    assert decision["meeting"] == "SON 2024-04-18"
    blocking = {one["guard"]: one["earliest"] for one in decision["findings"] if one["blocks"]}
    assert blocking == {"referrals-answered": "2024-05-01", "mbl-held": "2024-04-10", "mbl-requested": "2024-04-10"}
    assert "Att besluta går inte vid SON 2024-04-18." in done("why", "SON-2024-17")


def test_why_names_the_meeting_that_can_be_reached_and_not_the_next(april, monkeypatch):
    done("register", "--kind", "ks_arende", "--rubrik", "Ett", "--dnr", "KS 2024-17")
    on_day(monkeypatch, "2024-05-02")
    view = json.loads(done("why", "KS-2024-17", "--json"))
    (finding,) = view["steps"][0]["findings"]
    assert finding["commands"] == ["arende book KS-2024-17 KS-2024-06-11"]
    assert finding["commands"][0] in [one["command"] for one in view["way"]]


# --- why of a meeting ---------------------------------------------------------------------------------


def test_why_tells_a_meeting_what_it_lacks_and_when_it_can_be(april, monkeypatch):
    view = json.loads(done("why", "KF-2024-05-28", "--to", "hallen", "--json"))
    (step,) = view["steps"]
    assert [(one["guard"], one["earliest"]) for one in step["findings"]] == [
        ("meeting-announced", "2024-04-03"),
        ("meeting-called", "2024-04-03"),
    ]
    assert [one["command"].split()[2] for one in view["way"]] == ["announce", "call", "hold"]
    on_day(monkeypatch, "2024-05-22")
    late = json.loads(done("why", "KF-2024-05-28", "--to", "kallad", "--json"))["steps"][0]
    assert [(one["guard"], one["law"], one["earliest"]) for one in late["findings"]] == [
        ("kallelse-in-time", "KL 5 kap. 15 §", None)
    ]
    assert "det kan inte uppfyllas härifrån" in done("why", "KF-2024-05-28", "--to", "kallad")


def test_why_tells_the_first_day_a_notice_may_come_down(april, monkeypatch):
    on_day(monkeypatch, "2024-06-21")
    for words in ("announce", "call"):
        done("meeting", words, "KF-2024-05-28", "--date", "2024-05-17")
    done("meeting", "hold", "KF-2024-05-28", "--date", "2024-05-28")
    done("meeting", "adjust", "KF-2024-05-28", "--date", "2024-05-30")
    done("meeting", "post", "KF-2024-05-28", "--date", "2024-05-31")
    view = json.loads(done("why", "KF-2024-05-28", "--to", "nedtagen", "--json"))
    (finding,) = view["steps"][0]["findings"]
    assert (finding["guard"], finding["earliest"]) == ("anslag-stays-up", "2024-06-25")
    assert [one["on"] for one in view["way"]] == ["2024-06-25"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (f"{MOTION} --to kallad", "--to kallad gäller ett sammanträde, till exempel KS-2024-05-14."),
        ("KS-2024-05-14 --to ks", "--to ks gäller ett ärende. För ett sammanträde: planerad, kungjord, kallad"),
        ("KS-2024-05-15 --to kallad", "Sammanträdet KS 2024-05-15 finns inte."),
    ],
)
def test_why_says_what_a_goal_is_for(april, words, told):
    answer = arende("why", *words.split())
    assert answer.code in (2, 4)
    assert told in answer.err
