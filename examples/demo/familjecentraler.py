"""An assignment whose last day for notice falls on a Sunday: Omsorgsnämnden 2017, under older law, and its heir."""

import shlex
from pathlib import Path

from examples.demo.mail import OMSORG, SOCIAL
from examples.demo.story import Story
from states.swedish_text import OLDER_LAW


def tell(story: Story, skrivelse: Path) -> None:
    story.chapter("1. Familjecentralerna 2017: sista dag för uppsägning är en söndag, och lagen är äldre")
    _notice_is_watched(story)
    _the_namnd_decides(story, skrivelse)
    _the_heir_takes_over(story)


def _notice_is_watched(story: Story) -> None:
    story.tell("Uppdraget slutar 31 december 2018 och sägs upp senast 12 månader före: söndagen den 31 december 2017.")
    story.tell("Avtalsdagar flyttas inte av helger. Den som ska säga upp gör det senast fredagen den 29.")
    story.does(
        "register --kind forvaltningsarende --body Omsorgsnämnden --dnr 'ON 2017-188'"
        " --rubrik 'Verksamhetsuppdrag för familjecentralerna' --date 2017-11-01"
    )
    story.does(
        "watch add ON-2017-188 --kind uppsagning --text 'Uppdraget för familjecentralerna' --senast 2017-12-31"
        " --date 2017-11-01"
    )
    notice = _deadline(story, "uppsagning")
    story.expect("uppsägning", (notice["due"], notice["act_by"]), ("2017-12-31", "2017-12-29"))
    story.tell("Påminnelsen går 1 december, fyra veckor före den 29:e. Andra rundan samma dag skickar ingenting.")
    story.reminds("2017-12-01", (OMSORG, "31 december 2017"))
    story.reminds("2017-12-01")


def _the_namnd_decides(story: Story, skrivelse: Path) -> None:
    story.tell("6 december: skrivelsen kommer, inskannad. Det som var svårt att läsa står i ärendet.")
    story.does(f"import {shlex.quote(str(skrivelse))} --dnr 'ON 2017-188' --date 2017-12-06")
    story.shows("show ON-2017-188", stage="ON")
    story.does("meeting add ON 2017-12-14 --date 2017-11-01")
    story.does("advance ON-2017-188 --date 2017-12-06")
    story.does("advance ON-2017-188 --date 2017-12-06")
    story.does("book ON-2017-188 ON-2017-12-14 --date 2017-12-06")
    story.does("meeting call ON-2017-12-14 --date 2017-12-07")
    story.tell("14 december: nämnden säger inte upp; uppdraget förlängs då till utgången av 2020.")
    story.does("meeting hold ON-2017-12-14 --first 112")
    story.does("decide ON-2017-188 ON-2017-12-14")
    story.reminds("2017-12-15", (OMSORG, "31 december 2017"))
    story.does("meeting adjust ON-2017-12-14 --date 2017-12-20")
    story.does("meeting post ON-2017-12-14 --date 2017-12-21")
    story.tell("Kommunallagen från 2018 gällde inte än. Den visas, men hindrar inget som hände före den.")
    meeting = story.shows("meeting show ON-2017-12-14")
    story.expect("dagens lydelse", {deadline["law_then"] for deadline in meeting["deadlines"]}, {OLDER_LAW})
    story.expect("sista dag", meeting["protocol"][0]["last_appeal_day"], "2018-01-11")
    story.does("advance ON-2017-188 --date 2017-12-21")
    story.does("dispatch ON-2017-188 --date 2017-12-21")
    story.does("watch done ON-2017-188 1 --date 2017-12-21")
    story.does("meeting take-down ON-2017-12-14 --date 2018-01-12")
    story.does("close ON-2017-188 --date 2018-01-12")


def _the_heir_takes_over(story: Story) -> None:
    story.tell("Skrivelsen föreslår vad som ska bevakas sedan. Registratorn tar med det förlängda uppdragets dagar.")
    found = story.shows("show ON-2017-188", state="avslutad")["suggested_watches"]
    numbers = [str(n) for n, one in enumerate(found, 1) if (one["due"] or "") > "2019"]
    story.expect(
        "dagarna", sorted(one["due"] for one in found if (one["due"] or "") > "2019"), ["2019-12-31", "2020-12-31"]
    )
    story.does(f"watch add ON-2017-188 --forslag {','.join(numbers)} --date 2018-01-12")
    story.tell("2019 heter nämnden Social- och omsorgsnämnden. Bevakningarna är öppna, och påminnelsen går dit.")
    story.reminds("2019-12-02", (SOCIAL, "31 december 2019"))
    waiting = [one for one in story.shows("todo --date 2019-12-02 --dagar 30") if one["kind"] == "uppsagning"]
    story.expect("vem", [one["body"] for one in waiting], ["SON"])
    story.does("watch done ON-2017-188 2 --date 2019-12-12")
    story.does("watch done ON-2017-188 3 --date 2019-12-12")


def _deadline(story: Story, kind: str) -> dict[str, str]:
    found = story.shows("show ON-2017-188")["deadlines"]
    return next(deadline for deadline in found if deadline["kind"] == kind)
