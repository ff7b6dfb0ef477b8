"""Why a case stands still, the way on, what if, and a meeting that is moved: told of the motion, between its bodies."""

from typing import Any

from examples.demo.story import Story

CASE = "KS-2023-710"
JUNE, EARLIER = "KF-2024-06-18", "2024-06-11"


def on_the_last_day_but_one(story: Story) -> None:
    """The plan, what it rests on, and what missing its next day costs."""
    story.tell("29 april: sammanträdena i maj och juni är planerade. När kan fullmäktige tidigast avgöra motionen?")
    for meeting in ("KS 2024-05-14", "KF 2024-05-28", "KS 2024-06-04", "KF 2024-06-18"):
        story.does(f"meeting add {meeting} --date 2024-04-29")
    plan = story.shows(f"plan {CASE} --at 2024-04-29")
    story.expect("vägen", _meetings(plan), ["KS 2024-05-14", "KF 2024-05-28"])
    story.expect("dagar kvar av motionsåret", plan["year"]["margin_days"], 88)
    booking = next(one for one in plan["actions"] if one["command"] == f"arende book {CASE} KS-2024-05-14")
    story.expect("manusstopp", booking["last"], "2024-04-30")
    late = {"where": "KF", "planned": "2024-05-28", "instead": "2024-06-18"}
    story.expect("om det missas", booking["cost"], late)
    story.tell("Alla öppna ärenden på samma sätt, och först det som måste göras inom en vecka.")
    portfolio = story.shows("plan --all --at 2024-04-29")
    story.expect("inom en vecka", booking["command"] in [one["command"] for one in portfolio["critical"]], True)
    story.tell("Tänk om facket begär en förhandling, och den är klar först 3 juni? Inget skrivs.")
    plan = story.shows(f"plan {CASE} --at 2024-04-29 --set mbl=2024-06-03")
    story.expect("skillnaden", plan["differences"], [_moved("2024-05-28", "2024-06-18")])


def after_the_last_day(story: Story) -> None:
    """Every unmet requirement at once with the way on, and fullmäktige's meeting that is moved."""
    story.tell("Vad hindrar, när kan det uppfyllas, och vad ska göras? Manusstopp till 14 maj var i förrgår.")
    answer = story.shows(f"why {CASE} --to kf --date 2024-05-02")
    unmet = [(one["guard"], one["earliest"]) for one in answer["steps"][0]["findings"]]
    story.expect("hinder", unmet, [("next-stage", "2024-05-02"), ("ks-opportunity", "2024-06-04")])
    story.expect("vägen", answer["way"][-1]["command"], f"arende advance {CASE} --to kf")
    story.tell("Tänk om fullmäktige i juni sammanträder en vecka tidigare?")
    plan = story.shows(f"plan {CASE} --at 2024-05-02 --move {JUNE}={EARLIER}")
    story.expect("skillnaden", plan["differences"], [_moved("2024-06-18", EARLIER)])
    story.tell("Sammanträdet flyttas. Vad som flyttas med, också ärendenas planer, sägs först utan att något görs.")
    tried = story.plain(f"meeting move {JUNE} {EARLIER} --torrt --date 2024-05-02")
    told = story.plain(f"meeting move {JUNE} {EARLIER} --date 2024-05-02")
    for moved in (_moved("2024-06-18", EARLIER), "Manusstopp: 2024-06-04 → 2024-05-28"):
        story.expect("före och efter", [moved in said for said in (tried, told)], [True, True])
    story.tell("Manusstopp är en rutin, och kommunstyrelsen tar upp motionen redan 14 maj. Då behövs inte juni.")
    for meeting in ("KS-2024-06-04", f"KF-{EARLIER}"):
        story.does(f"meeting cancel {meeting} --skal 'Inga ärenden.' --date 2024-05-02")


def _meetings(plan: Any) -> list[str]:
    return [leg["meeting"] for leg in plan["legs"] if not leg["done"]]


def _moved(before: str, after: str) -> str:
    return f"Planen för KS 2023-710: KF {before} → KF {after}"
