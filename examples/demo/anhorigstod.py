"""A skrivelse full of leftovers, mended and decided; in March 2021 the case comes back, beside another one."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from examples.demo.mail import SOCIAL
from examples.demo.story import Story


def tell(story: Story, documents: Mapping[str, Path]) -> None:
    story.chapter("3. Anhörigstödet 2021: mallens rester, en förhandling, och ärendet som kommer tillbaka i mars")
    _first_round(story, documents["anhorigstod"])
    _a_project_begins(story, documents["barnhalsovard"])
    _second_round(story, documents["forfragningsunderlag"])
    _both_at_one_meeting(story)
    _what_is_left(story)


def _first_round(story: Story, skrivelse: Path) -> None:
    story.does(f"import {shlex.quote(str(skrivelse))} --bevaka alla --date 2021-02-03")
    story.refuses("advance SON-2020-247 --date 2021-02-03", "placeholders")
    found = story.shows("why SON-2020-247 --date 2021-02-03")["steps"][0]["findings"]
    story.expect("kraft", found[0]["force"], "rutin")
    leftovers = [leftover["text"] for leftover in story.shows("show SON-2020-247")["leftovers"]]
    story.expect(
        "mallens rester",
        leftovers,
        ["Rubriken på tjänsteskrivelse", "ÅÅÅÅ-MM-DD", "Klicka här för att ange text."],
    )
    story.tell("8 februari: handläggaren fyller i. Förslaget är oförändrat, så förhandlingen 1 februari gäller.")
    story.does(
        "edit SON-2020-247 --date 2021-02-08 --mottagare Föreningen --mottagare Upphandlingsenheten"
        " --underlag 'Tjänsteskrivelse 2021-02-03' --underlag 'Utredning om behovet av stöd till familjer'"
    )
    story.does("advance SON-2020-247 --date 2021-02-08")
    story.does("advance SON-2020-247 --date 2021-02-08")
    story.does("meeting add SON 2021-02-18 --date 2021-02-01")
    story.does("book SON-2020-247 SON-2021-02-18 --date 2021-02-08")
    story.does("meeting call SON-2021-02-18 --date 2021-02-11")
    story.does("meeting hold SON-2021-02-18 --first 31")
    story.does("decide SON-2020-247 SON-2021-02-18")
    story.does("meeting adjust SON-2021-02-18 --date 2021-02-25")
    story.does("meeting post SON-2021-02-18 --date 2021-02-26")
    story.does("advance SON-2020-247 --date 2021-02-26")
    story.does("dispatch SON-2020-247 --date 2021-02-26")
    answer = story.shows("show SON-2020-247", state="skickas_till", laga_kraft_earliest="2021-03-20")
    story.expect("förhandlingar", [entry["date"] for entry in answer["mbl"]], ["2021-02-01"])
    story.expect("sista dag", answer["agenda"][0]["last_appeal_day"], "2021-03-19")
    ends = next(watch for watch in answer["watches"] if watch["kind"] == "avtalsslut")
    story.expect("avtalet", ends["due"], "2021-12-31")


def _a_project_begins(story: Story, skrivelse: Path) -> None:
    story.tell("1 mars: en överenskommelse om barnhälsovård ska till samma sammanträde den 18 mars.")
    story.does(f"import {shlex.quote(str(skrivelse))} --dnr 'SON 2021-88' --bevaka alla --date 2021-03-01")
    days = sorted(watch["due"] or "–" for watch in story.shows("show SON-2021-88")["watches"])
    story.expect("perioder", days, ["2022-12-31", "2024-12-31", "–"])
    story.does("advance SON-2021-88 --date 2021-03-01")
    story.does("advance SON-2021-88 --date 2021-03-02")
    story.does("meeting add SON 2021-03-18 --date 2021-02-01")
    story.does("book SON-2021-88 SON-2021-03-18 --date 2021-03-02")
    stops = [d["due"] for d in story.shows("meeting show SON-2021-03-18")["deadlines"] if d["kind"] == "manusstopp"]
    story.expect("manusstopp", stops, ["2021-03-04"])


def _second_round(story: Story, underlag: Path) -> None:
    story.tell("4 mars, manusstopp: uppdraget redovisas i mars, innan det första beslutet har fått laga kraft.")
    story.does("reopen SON-2020-247 --skal 'Förfrågningsunderlaget ska godkännas.' --date 2021-03-04")
    story.does(f"import {shlex.quote(str(underlag))} --bevaka alla --date 2021-03-04")
    story.does("advance SON-2020-247 --date 2021-03-04")
    story.tell("Förslaget är ett annat än det som förhandlades i februari. Omfattas det? Förvaltningschefen svarar.")
    story.does("advance SON-2020-247 --date 2021-03-04", warns={"mbl-changed"})
    story.does("mbl SON-2020-247 --omfattas --vem Förvaltningschefen --date 2021-03-04")
    story.does("book SON-2020-247 SON-2021-03-18 --date 2021-03-04")
    mandate = _mandates(story, "SON 2020-247")[0]
    story.does(f"watch move SON-2020-247 {mandate} --senast 2021-03-18 --date 2021-03-04")


def _both_at_one_meeting(story: Story) -> None:
    story.does("meeting call SON-2021-03-18 --date 2021-03-11")
    story.does("meeting hold SON-2021-03-18 --first 47")
    story.does("decide SON-2021-88 SON-2021-03-18")
    story.does("decide SON-2020-247 SON-2021-03-18")
    story.does(f"uppdrag report SON-2020-247 {_mandates(story, 'SON 2020-247')[0]} --date 2021-03-18")
    story.does("meeting adjust SON-2021-03-18 --date 2021-03-25")
    story.does("meeting post SON-2021-03-18 --date 2021-03-26")
    for case in ("SON-2021-88", "SON-2020-247"):
        story.does(f"advance {case} --date 2021-03-26")
        story.does(f"dispatch {case} --date 2021-03-26")
    story.tell("Tre veckor löper över påsken; helgdagar räknas inte bort. Anslaget sitter till måndag 19 april.")
    protocol = story.shows("meeting show SON-2021-03-18")["protocol"][0]
    story.expect("sista dag", (protocol["last_appeal_day"], protocol["take_down_from"]), ("2021-04-16", "2021-04-17"))
    story.tell("12 april: direktören tecknar överenskommelsen. Det är före laga kraft, vilket är tillåtet.")
    signed = story.plain(f"uppdrag report SON-2021-88 {_mandates(story, 'SON 2021-88')[0]} --date 2021-04-12")
    story.expect("laga kraft påpekas", "laga kraft" in signed, True)
    story.does("meeting take-down SON-2021-02-18 --date 2021-03-22")
    story.does("meeting take-down SON-2021-03-18 --date 2021-04-19")
    story.does("close SON-2021-88 --date 2021-04-19")
    story.does("close SON-2020-247 --date 2021-04-19")


def _what_is_left(story: Story) -> None:
    story.tell("Båda ärendena är avslutade. Kvar är avtalets slut, upphandlingsuppdraget och projektets perioder.")
    story.shows("show SON-2020-247", state="avslutad")
    waiting = {(one["ref"], one["kind"], one["due"]) for one in story.shows("todo --date 2021-04-20 --dagar 1500")}
    story.expect("avtalet", ("SON 2020-247", "avtalsslut", "2021-12-31") in waiting, True)
    story.expect("utvärderingen", ("SON 2021-88", "period", "2024-12-31") in waiting, True)
    story.plain("history SON-2020-247")
    story.tell("Vad kommer att skickas de närmaste veckorna, till vem och varför?")
    coming = story.plain("--preview 21 --today 2021-12-02", program="arende-daemon")
    story.expect("avtalet visas", "SON 2020-247" in coming, True)
    story.reminds("2021-12-02", (SOCIAL, "31 december 2021"))
    story.tell("Samma dag står i handläggarens kalender, som Outlook eller Thunderbird prenumererar på. Utan rubrik.")
    story.subscribes("handlaggare-SON", "Avtalet löper ut – SON 2020-247")
    story.tell("Upphandlingen blir klar. Uppdraget redovisas, det nya avtalet börjar och det gamla släpps.")
    story.does(f"uppdrag report SON-2020-247 {_mandates(story, 'SON 2020-247')[0]} --date 2021-12-16")
    ends = next(w["number"] for w in story.shows("watch list SON-2020-247") if w["kind"] == "avtalsslut")
    story.does(f"watch done SON-2020-247 {ends} --date 2021-12-30")
    story.reminds("2022-12-16", (SOCIAL, "31 december 2022"))
    period = next(w["number"] for w in story.shows("watch list SON-2021-88") if w["due"] == "2022-12-31")
    story.does(f"watch done SON-2021-88 {period} --date 2022-12-30")


def _mandates(story: Story, case: str) -> list[int]:
    """The numbers of a case's open mandates, the one due first in front."""
    return [one["number"] for one in story.shows("uppdrag list") if one["case"] == case]
