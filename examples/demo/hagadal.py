"""A mandate that outlives its case, and a time that runs from something decided elsewhere."""

import shlex
from pathlib import Path

from examples.demo.mail import SOCIAL
from examples.demo.story import Story


def tell(story: Story, skrivelse: Path) -> None:
    story.chapter("2. Hagadal 2020: ärendet avslutas, uppdraget och det som inväntas lever vidare")
    story.tell("Skrivelsen saknar diarienummer, datum och mottagare. Det sägs, och registratorn ger ett nummer.")
    story.does(f"import {shlex.quote(str(skrivelse))} --body SON --dnr 'SON 2020-261' --bevaka alla --date 2020-10-06")
    case = story.shows("show SON-2020-261")
    story.expect("bevakningar", sorted(watch["kind"] for watch in case["watches"]), ["handelse", "uppdrag"])
    story.does("advance SON-2020-261 --date 2020-10-06")
    story.does("advance SON-2020-261 --date 2020-10-07")
    story.does("meeting add SON 2020-10-22 --date 2020-10-01")
    story.does("book SON-2020-261 SON-2020-10-22 --date 2020-10-07")
    story.does("meeting call SON-2020-10-22 --date 2020-10-15")
    story.does("meeting hold SON-2020-10-22 --first 140")
    story.does("decide SON-2020-261 SON-2020-10-22")
    story.does("meeting adjust SON-2020-10-22 --date 2020-10-29")
    story.tell("Anslaget går upp fredag 30 oktober: den andra dagen efter justeringen är alla helgons dag.")
    story.does("meeting post SON-2020-10-22 --date 2020-10-30")
    story.does("advance SON-2020-261 --date 2020-10-30")
    story.does("dispatch SON-2020-261 --date 2020-10-30")
    protocol = story.shows("meeting show SON-2020-10-22")["protocol"][0]
    story.expect("sista dag", (protocol["last_appeal_day"], protocol["take_down_from"]), ("2020-11-20", "2020-11-21"))
    story.refuses("meeting take-down SON-2020-10-22 --date 2020-11-20", "anslag-stays-up")
    story.does("meeting take-down SON-2020-10-22 --date 2020-11-23")
    story.tell("Rätten svarar att ingen har överklagat. Det är den som bekräftar laga kraft, inte anslagstavlan.")
    story.does(
        "laga-kraft SON-2020-261 --uppgift 'Förvaltningsrätten: inget överklagande har kommit in.' --date 2020-11-23"
    )
    story.does("close SON-2020-261 --date 2020-11-23")
    _what_lives_on(story)


def _what_lives_on(story: Story) -> None:
    story.tell(
        "Ärendet är avslutat. Uppdraget står kvar på uppdragslistan, och någon frågar ibland om avtalet har kommit."
    )
    mandates = [one for one in story.shows("uppdrag list SON") if one["case"] == "SON 2020-261"]
    story.expect("uppdrag", [one["closed_on"] for one in mandates], [None])
    asked = (SOCIAL, "har det som inväntas hänt eller blivit klart? – SON 2020-261")
    story.reminds("2021-04-01", asked, asked)
    story.tell(
        "9 december 2021: regionen beslutar om ramavtalet. Tidigast tre månader därefter får uppdraget revideras."
    )
    waits = next(one for one in story.shows("watch list SON-2020-261") if one["kind"] == "handelse")
    story.does(f"watch occurred SON-2020-261 {waits['number']} --date 2021-12-09")
    after = next(one for one in story.shows("watch list SON-2020-261") if one["kind"] == "handelse")
    story.expect("tidigast", after["due"], "2022-03-09")
    story.does(f"watch occurred SON-2020-261 {mandates[0]['number']} --date 2021-12-09")
    story.tell("Förslaget lämnas i januari, revideringen får ske från den 9 mars.")
    story.does(f"uppdrag report SON-2020-261 {mandates[0]['number']} --date 2022-01-20")
    story.reminds("2022-03-09", (SOCIAL, "9 mars 2022"))
    story.does(f"watch done SON-2020-261 {waits['number']} --date 2022-03-10")
    story.shows("show SON-2020-261", state="avslutad", deadlines=[], watches=[])
