"""A motion: kommunfullmäktige → kommunstyrelsen → the nämnd → kommunstyrelsen → fullmäktige, 2023–2024."""

import shlex
from pathlib import Path

from examples.demo import vagen
from examples.demo.mail import KANSLIET, SOCIAL
from examples.demo.story import Story


def tell(story: Story, answer: Path) -> None:
    story.chapter("4. En motion: fullmäktige → kommunstyrelsen → nämnden → kommunstyrelsen → fullmäktige")
    _motion_is_raised(story)
    _motion_is_prepared(story, answer)
    _motion_is_decided_in_the_committee(story)
    _motion_goes_to_the_executive(story)
    _motion_is_decided_in_the_council(story)
    _motion_comes_to_an_end(story)


def _motion_is_raised(story: Story) -> None:
    story.tell("24 augusti 2023: motionen lämnas in till kommunstyrelsens diarium.")
    rubrik = "Motion (KD) - Fasta hembesök till nyblivna föräldrar enligt Rinkebymodellen"
    story.does(f"register --kind motion --dnr 'KS 2023-710' --rubrik '{rubrik}' --date 2023-08-24")
    story.does("meeting add KF 2023-09-26 --date 2023-08-24")
    story.does("book KS-2023-710 KF-2023-09-26 --date 2023-09-01")
    story.does("meeting announce KF-2023-09-26 --date 2023-09-15")
    story.does("meeting call KF-2023-09-26 --date 2023-09-15")
    story.tell("Någon vill remittera den redan innan fullmäktige har sammanträtt.")
    story.refuses("refer KS-2023-710 KF-2023-09-26 --to KS", "meeting-held")
    story.tell("26 september: fullmäktige sammanträder, motionen anmäls och remitteras till kommunstyrelsen.")
    story.does("meeting hold KF-2023-09-26 --first 201")
    story.does("refer KS-2023-710 KF-2023-09-26 --to KS")


def _motion_is_prepared(story: Story, answer: Path) -> None:
    story.tell("En motion kan inte återkallas av förvaltningen: fullmäktige ska besluta om den.")
    story.refuses("withdraw KS-2023-710 --skal 'Motionären har ångrat sig.' --date 2023-10-02", "kf-must-decide")
    story.tell("10 oktober: kommunstyrelsen remitterar den till social- och omsorgsnämnden, som ger den sitt nummer.")
    story.does("meeting add KS 2023-10-10 --date 2023-09-27")
    story.does("book KS-2023-710 KS-2023-10-10 --date 2023-09-28")
    story.does("meeting call KS-2023-10-10 --date 2023-10-03")
    story.does("meeting hold KS-2023-10-10")
    story.does("refer KS-2023-710 KS-2023-10-10 --to SON")
    _protocol(story, "KF-2023-09-26", "2023-10-05", "2023-10-06", "2023-10-30")
    _protocol(story, "KS-2023-10-10", "2023-10-17", "2023-10-18", "2023-11-09")
    story.does("edit KS-2023-710 --dnr 'SON 2023-940' --date 2023-10-11")
    story.shows("show KS-2023-710", state="draft", stage="SON")
    story.tell("Halva året har gått, och ingen har svarat: 23 februari påminns den som bereder och kansliet.")
    story.reminds("2024-02-23", (SOCIAL, "KS 2023-710"), (KANSLIET, "KS 2023-710"))
    story.tell("3 april 2024: förvaltningens svar kommer, med båda diarienumren. De finner samma ärende.")
    story.does(f"import {shlex.quote(str(answer))} --date 2024-04-03")
    one, other = story.shows("show KS-2023-710"), story.shows("show 'SON 2023/940'")
    story.expect("ärendet", one["id"], other["id"])
    story.expect("MBL", [entry["kind"] for entry in one["mbl"]], ["ej_pakallad"])
    story.expect("motionsåret", [d["due"] for d in one["deadlines"] if d["kind"] == "motion_year"], ["2024-08-24"])


def _protocol(story: Story, meeting: str, adjusted: str, posted: str, down: str) -> None:
    """A protocol from its justering until its notice has come down."""
    story.does(f"meeting adjust {meeting} --date {adjusted}")
    story.does(f"meeting post {meeting} --date {posted}")
    story.does(f"meeting take-down {meeting} --date {down}")


def _motion_is_decided_in_the_committee(story: Story) -> None:
    story.tell("Nämnden bereder: MBL är bedömt som ej påkallat, kallelsen går ut den 11 april.")
    story.does("advance SON-2023-940 --date 2024-04-03")
    story.does("advance SON-2023-940 --date 2024-04-04")
    story.does("meeting add SON 2024-04-18 --date 2024-04-04")
    story.does("book SON-2023-940 SON-2024-04-18 --date 2024-04-04")
    story.does("meeting call SON-2024-04-18 --date 2024-04-11")
    story.tell("Ärendet lämnas inte vidare innan nämnden har beslutat.")
    story.refuses("advance SON-2023-940 --to ks --date 2024-04-12", "body-has-decided")
    story.does("meeting hold SON-2024-04-18 --first 54")
    story.does("decide SON-2023-940 SON-2024-04-18")
    story.tell("Paragrafen är inte justerad än, så den skickas inte.")
    story.refuses("dispatch SON-2023-940 --to KS --date 2024-04-22", "paragraph-adjusted")
    story.does("meeting adjust SON-2024-04-18 --date 2024-04-25")
    story.does("meeting post SON-2024-04-18 --date 2024-04-26")
    story.does("dispatch SON-2023-940 --to KS --date 2024-04-26")


def _motion_goes_to_the_executive(story: Story) -> None:
    vagen.on_the_last_day_but_one(story)
    story.tell("2 maj: någon vill föra ärendet direkt till fullmäktige. Kommunstyrelsen har inte fått yttra sig.")
    story.refuses("advance KS-2023-710 --to kf --date 2024-05-02", "ks-opportunity", "next-stage")
    vagen.after_the_last_day(story)
    story.does("advance KS-2023-710 --to ks --date 2024-05-02")
    story.does("book KS-2023-710 KS-2024-05-14 --date 2024-05-07")
    story.does("meeting call KS-2024-05-14 --date 2024-05-07")
    story.tell("Fullmäktiges möte den 28 maj kungörs den 17 maj; sista dag är tisdag den 21 maj.")
    story.does("book KS-2023-710 KF-2024-05-28 --date 2024-05-08")
    story.does("meeting hold KS-2024-05-14 --first 120")
    story.does("decide KS-2023-710 KS-2024-05-14")
    story.does("meeting adjust KS-2024-05-14 --date 2024-05-16")
    story.does("meeting post KS-2024-05-14 --date 2024-05-17")
    story.does("meeting announce KF-2024-05-28 --date 2024-05-17")
    story.does("meeting call KF-2024-05-28 --date 2024-05-17")
    story.does("advance KS-2023-710 --to kf --date 2024-05-17")


def _motion_is_decided_in_the_council(story: Story) -> None:
    story.tell("23 maj, tre månader kvar: ärendet står hos fullmäktige, och det är kansliet som påminns.")
    story.reminds("2024-05-23", (KANSLIET, "KS 2023-710"))
    story.tell("28 maj: fullmäktige avslår motionen.")
    story.does("meeting hold KF-2024-05-28 --first 88")
    story.does("decide KS-2023-710 KF-2024-05-28 --arendet avslagen")
    story.does("meeting adjust KF-2024-05-28 --date 2024-05-30")
    story.does("meeting post KF-2024-05-28 --date 2024-05-31")
    story.does("advance KS-2023-710 --date 2024-06-03")
    story.tell("Beslutet ska till alla det rör innan ärendet avslutas.")
    story.refuses(
        "close KS-2023-710 --date 2024-06-03",
        "recipients-sent",
        warns={"preparing-body-told", "laga-kraft-reached"},
    )
    story.does("dispatch KS-2023-710 --date 2024-06-03")


def _motion_comes_to_an_end(story: Story) -> None:
    story.tell("Tre veckor från anslaget är midsommarafton. Anslaget får inte tas ned den dagen.")
    protocol = story.shows("meeting show KF-2024-05-28", state="hallen")["protocol"][0]
    story.expect("sista dag", protocol["last_appeal_day"], "2024-06-24")
    story.refuses("meeting take-down KF-2024-05-28 --date 2024-06-21", "anslag-stays-up")
    story.does("meeting take-down KF-2024-05-28 --date 2024-06-25")
    story.tell("26 juni: ärendet avslutas. Nämnden som beredde det är inte mottagare; det påpekas men hindrar inte.")
    story.does("close KS-2023-710 --date 2024-06-26", warns={"preparing-body-told"})
    story.shows("show KS-2023-710", state="avslutad", laga_kraft_earliest="2024-06-25")
    story.plain("history KS-2023-710")
