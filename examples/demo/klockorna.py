"""More kinds of cases and their clocks, 2025: a taxa, a remiss in, MBL that goes on, and a case that rests."""

from examples.demo.story import Story

APRIL, MAY, COUNCIL = "SON-2025-04-24", "KS-2025-05-06", "KF-2025-05-27"
HELP, HARBOUR, REMISS, TOLD = "SON-2025-31", "KS-2025-32", "SON-2025-33", "SON-2025-34"


def tell(story: Story) -> None:
    story.chapter("7. Fler slag av ärenden och deras klockor: remiss, MBL som fortsätter, paus och taxa (2025)")
    for meeting in (APRIL, MAY, COUNCIL):
        body, _, day = meeting.partition("-")
        story.does(f"meeting add {body} {day} --date 2025-02-03")
    _a_matter_of_children(story)
    _who_is_waited_for(story)
    _the_unions_ask(story)
    _the_namnd_meets(story)
    _what_is_adjusted_stays(story)
    _a_taxa_is_adopted(story)
    _what_is_only_told(story)
    _a_case_rests(story)
    _what_is_open(story)


def _a_matter_of_children(story: Story) -> None:
    story.tell("Ett brev kom in den 3 februari och registrerades först den 10. Det påpekas, med vems dag det är.")
    story.does(
        f"register --kind forvaltningsarende --body SON --dnr '{_dnr(HELP)}' --rubrik 'Lovstöd till familjer' --barn ja"
        " --inkommet 2025-02-03 --date 2025-02-10",
        warns={"registered-promptly"},
    )
    story.does(f"edit {HELP} --att 'SON=Nämnden inför lovstöd.' --mottagare Akten --date 2025-02-10")
    story.does(f"mbl {HELP} --forhandling 11 --fortsatter --date 2025-02-10")
    story.tell("Det rör barn. Att barnets bästa inte är prövat hindrar inget, men sägs tills det är gjort.")
    story.does(f"advance {HELP} --date 2025-02-11", warns={"childs-best"})
    story.does(f"edit {HELP} --barn provat --date 2025-02-12")
    story.does(f"advance {HELP} --date 2025-02-12")


def _dnr(case: str) -> str:
    return case.replace("-", " ", 1)


def _who_is_waited_for(story: Story) -> None:
    story.tell("Två får yttra sig. Den ena remissen är obligatorisk: beslutet väntar på svaret eller på svarsdagen.")
    story.does(f"remiss add {HELP} --till Barnrådet --senast 2025-05-30 --obligatorisk --date 2025-02-13")
    story.does(f"remiss add {HELP} --till Föräldraföreningen --arbetsdagar 20 --date 2025-02-13")
    found = story.shows(f"show {HELP}")["referrals"]
    story.expect("svarsdagar", [one["due"] for one in found], ["2025-05-30", "2025-03-13"])
    story.does(f"remiss answer {HELP} 2 --date 2025-03-10")


def _the_unions_ask(story: Story) -> None:
    story.does(f"book {HELP} {APRIL} --date 2025-04-08")
    story.does(f"meeting call {APRIL} --date 2025-04-15")
    story.does(f"meeting hold {APRIL}")
    story.does(f"meeting attend {APRIL} --alla")
    story.tell("24 april: förhandlingen är inledd men inte avslutad, och Barnrådet har inte svarat.")
    story.refuses(f"decide {HELP} {APRIL}", "mbl-held", "referrals-answered")


def _the_namnd_meets(story: Story) -> None:
    story.tell("Svaret kom på morgonen, och förhandlingen avslutades dagen före. Men facket har begärt en till.")
    story.does(f"mbl {HELP} --avslutad 11 --date 2025-04-23")
    story.does(f"remiss answer {HELP} 1 --date 2025-04-24")
    story.does(f"mbl {HELP} --begaran 12 --vem Kommunal --date 2025-04-22")
    story.refuses(f"decide {HELP} {APRIL}", "mbl-requested")
    story.does(f"mbl {HELP} --forhandling 12 --date 2025-04-23")
    story.tell("Nämnden ändrar förslaget. Omfattas ändringen av förhandlingen? Det frågas, och chefen eller HR svarar.")
    story.does(
        f"decide {HELP} {APRIL} --att 1=bifall_med_andring --text '1=Nämnden inför lovstöd på prov.'",
        warns={"mbl-changed"},
    )
    story.does(f"mbl {HELP} --omfattas --vem Socialdirektören --date 2025-04-25")


def _what_is_adjusted_stays(story: Story) -> None:
    story.does(f"meeting adjust {APRIL} --date 2025-04-28")
    story.tell("I ett justerat protokoll ändras inte närvaron.")
    story.refuses(f"meeting attend {APRIL} --narvarande 'Fia Hall (S)' --date 2025-04-24", "attendance-open")
    story.tell("Hur gick det från förslag till beslut? Ord för ord.")
    story.plain(f"diff {HELP}")


def _a_taxa_is_adopted(story: Story) -> None:
    story.tell("En taxa: kommunstyrelsen föreslår och fullmäktige antar. Sist påminns om att den ska kungöras.")
    story.does(
        f"register --kind foreskrift --dnr '{_dnr(HARBOUR)}' --rubrik 'Taxa för gästhamnen' --steg KS=forslag"
        " --steg KF=beslut --date 2025-02-17"
    )
    story.does(f"edit {HARBOUR} --att 'KS=Föreslås antas.' --att 'KF=Taxan antas.' --mottagare Akten --date 2025-02-17")
    story.does(f"mbl {HARBOUR} --ej-pakallad --date 2025-02-17")
    story.does(f"advance {HARBOUR} --date 2025-02-18")
    story.does(f"advance {HARBOUR} --date 2025-02-18")
    story.does(f"book {HARBOUR} {MAY} --date 2025-04-22")
    story.does(f"meeting call {MAY} --date 2025-04-29")
    story.does(f"meeting hold {MAY}")
    story.does(f"decide {HARBOUR} {MAY}")
    story.does(f"advance {HARBOUR} --to kf --date 2025-05-12")
    story.does(f"book {HARBOUR} {COUNCIL} --date 2025-05-13")
    story.does(f"meeting announce {COUNCIL} --date 2025-05-16")
    story.does(f"meeting call {COUNCIL} --date 2025-05-16")
    story.does(f"meeting hold {COUNCIL}")
    story.does(f"meeting attend {COUNCIL} --alla")
    story.does(f"decide {HARBOUR} {COUNCIL}")
    story.does(f"meeting adjust {COUNCIL} --date 2025-06-02")
    story.does(f"meeting post {COUNCIL} --date 2025-06-02")
    story.does(f"dispatch {HARBOUR} --date 2025-06-03")
    story.does(f"advance {HARBOUR} --date 2025-06-03")
    story.does(f"close {HARBOUR} --date 2025-06-25", warns={"published"})


def _what_is_only_told(story: Story) -> None:
    story.tell("En remiss från staten har en svarsdag, ett brådskande ordförandebeslut anmäls vid nästa sammanträde.")
    story.does(
        f"register --kind inkommen_remiss --body SON --dnr '{_dnr(REMISS)}' --rubrik 'Ny tillsynsförordning'"
        " --svar-senast 2025-06-30 --date 2025-05-05"
    )
    story.does(
        f"register --kind ordforandebeslut --body SON --dnr '{_dnr(TOLD)}' --rubrik 'Stängning av en lokal'"
        " --punkt 1.3 --av 'Anna Alm (S)' --date 2025-05-05"
    )
    story.tell("Individärenden om enskilda hör inte hit, och det sägs.")
    story.plain("register --kind lvu --rubrik X --date 2025-05-05", 2)


def _a_case_rests(story: Story) -> None:
    story.tell("Remissen vilar en månad. Bara de egna dagarna står stilla: statens svarsdag gör det inte.")
    story.does(f"watch add {REMISS} --text 'Ring länsstyrelsen' --senast 2025-05-20 --date 2025-05-06")
    story.does(f"pause {REMISS} --till 2025-06-09 --skal 'Vi väntar på promemorian.' --date 2025-05-12")
    told = story.plain(f"resume {REMISS} --date 2025-06-02")
    story.expect("den egna dagen", "2025-05-20 → 2025-06-10" in told, True)
    answer = next(one for one in story.shows(f"show {REMISS}")["deadlines"] if one["kind"] == "svar")
    story.expect("statens dag", answer["due"], "2025-06-30")


def _what_is_open(story: Story) -> None:
    story.tell("Vad ligger still, vad ligger var, och vilka motioner är obesvarade?")
    for command in ("silent --date 2025-06-25", "balans --date 2025-06-25", "motioner --date 2025-06-25"):
        story.plain(command)
