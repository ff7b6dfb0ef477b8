"""A day in a nämnd and one in fullmäktige, 2025: who was there, what was said, and what then becomes of it."""

import shlex
from pathlib import Path

from examples.demo.story import Story

DAY, LATER = "SON-2025-01-23", "SON-2025-02-20"
MOVED = "SON-2025-02-27"
FEBRUARY, MARCH = "KF-2025-02-25", "KF-2025-03-25"
BY_THE_PRESIDIUM = ("KFP=beredning", "KS=forslag", "KF=beslut")
VOTE = f"vote SON-2025-11 {DAY} --huvud 'Förvaltningens förslag' --mot 'Bo Eks yrkande'"


def tell(story: Story, plan: Path) -> None:
    story.chapter("6. En dag i nämnden och en i fullmäktige: närvaro, jäv, votering, minoritet och överklagande (2025)")
    _the_year_is_planned(story, plan)
    _the_agenda_is_made(story)
    _the_namnd_meets(story)
    _what_the_protocol_says(story)
    _what_does_not_add_up(story)
    _the_protocol_is_signed(story)
    _everybody_is_told(story)
    _an_utskott_is_not_its_body(story)
    _what_goes_to_the_council(story)
    _the_council_meets(story)
    _the_council_meets_again(story)
    _a_decision_is_appealed(story)
    _who_may(story)


def _the_year_is_planned(story: Story, plan: Path) -> None:
    story.tell("Årets sammanträden står i ett kalkylblad. Alla planeras, eller inget.")
    story.plain(f"meeting import {shlex.quote(str(plan))} --date 2024-12-02")
    story.shows("meeting show KF-2025-03-25", state="planerad")


def _the_agenda_is_made(story: Story) -> None:
    story.tell("Två ärenden till januari och ett till februari. Ett delegationsbeslut anmäls vid nästa sammanträde.")
    story.does(
        "delegation add SON --punkt 2.4.8 --vad 'Yttrande till tillsynsmyndigheten' --av Socialdirektören"
        " --date 2025-01-07"
    )
    story.tell("Ett brådskande beslut anmäls också. Att det inte fattades av ordföranden eller en utsedd påpekas.")
    urgent = "delegation add SON --punkt 1.3 --vad 'En lokal stängs' --bradskande --date 2025-01-07"
    told = story.plain(f"{urgent} --av 'Registratorn Kalle'")
    story.expect("vem som får", "varken ordförande i SON eller utsedd ledamot" in " ".join(told.split()), True)
    for number, heading, meeting in (
        (11, "Avtal om dagverksamhet", DAY),
        (12, "Tillfälligt boende", DAY),
        (14, "Plan för fixartjänst", LATER),
    ):
        _at_the_namnd(story, f"SON-2025-{number}", heading)
        story.does(f"book SON-2025-{number} {meeting} --date 2025-01-10")
    story.does(f"meeting agenda {DAY} --punkt 'Val av justerare' --date 2025-01-13")
    story.does(f"meeting agenda {DAY} --ordna 4=1 --date 2025-01-13")
    first = story.shows(f"meeting agenda {DAY}")["items"][0]
    story.expect("första punkten", first["title"], "Val av justerare")
    story.does(f"meeting call {DAY} --date 2025-01-16")
    story.tell("Ett ärende kommer efter kallelsen. Nämnden får ta upp det; att det är sent påpekas.")
    _at_the_namnd(story, "SON-2025-13", "Öppettider i julhelgen")
    story.does(f"book SON-2025-13 {DAY} --date 2025-01-17", warns={"late-item"})


def _at_the_namnd(story: Story, case: str, heading: str) -> None:
    """A case of the nämnd's own, as far as its agenda."""
    dnr = case.replace("-", " ", 1)
    story.does(f"register --kind forvaltningsarende --body SON --dnr '{dnr}' --rubrik '{heading}' --date 2025-01-09")
    story.does(f"edit {case} --att 'SON=Nämnden godkänner förslaget.' --mottagare Akten --date 2025-01-09")
    story.does(f"mbl {case} --ej-pakallad --date 2025-01-09")
    story.does(f"advance {case} --date 2025-01-09")
    story.does(f"advance {case} --date 2025-01-10")


def _the_namnd_meets(story: Story) -> None:
    story.does(f"meeting hold {DAY} --first 1")
    story.tell(
        "Sekreteraren skriver in allt som bifall på en gång, men närvaron fattas. Det tas tillbaka med ett kommando."
    )
    story.does(f"decide --meeting {DAY} --all bifall")
    story.plain(f"correct {DAY} {_last(story, DAY)} --skal 'Närvaron skulle först antecknas.'")
    decided = [item["decided"] for item in story.shows(f"meeting agenda {DAY}")["items"] if item["case"]]
    story.expect("beslutat", decided, [False, False, False])
    story.tell("Närvaron: ingen på distans, personalföreträdaren beslutar inte, och två av fem räcker inte.")
    story.refuses(f"meeting attend {DAY} --alla --distans 'Eva Gran (L)'", "remote-allowed")
    story.refuses(
        f"meeting attend {DAY} --personalforetradare 'Per Holm' --ersatter 'Per Holm=Eva Gran (L)'", "staff-never-serve"
    )
    story.does(f"meeting attend {DAY} --narvarande 'Anna Alm (S)' --narvarande 'Bo Ek (M)'")
    story.refuses(f"decide SON-2025-11 {DAY}", "quorum")
    story.tell("Alla kom utom Eva Gran. Den andra ersättaren tjänstgör, fast den första är där: det påpekas.")
    story.does(
        f"meeting attend {DAY} --alla --narvarande 'Fia Hall (S)' --ersatter 'Gun Ivarsson (M)=Eva Gran (L)'",
        warns={"called-in-order"},
    )


def _last(story: Story, stream: str) -> int:
    """The number of the last thing that happened to a case or a meeting."""
    return int(story.shows(f"history {stream}")[-1]["seq"])


def _what_the_protocol_says(story: Story) -> None:
    story.tell("§ 3: Dan Fors är jävig och lämnar rummet. Han yrkar inte, och bara den som var med kan reservera sig.")
    story.does(f"jav SON-2025-11 {DAY} --ledamot 'Dan Fors (V)' --grund 'Hans bror driver verksamheten.'")
    story.refuses(f"minute SON-2025-11 {DAY} --yrkande 'Dan Fors (V):Bifall.'", "not-javig")
    story.refuses(f"minute SON-2025-14 {DAY} --yrkande 'Bo Ek (M):Avslag.'", "has-a-paragraph")
    story.does(f"minute SON-2025-11 {DAY} --yrkande 'Bo Ek (M):Avslag.' --yrkande 'Anna Alm (S):Bifall.'")
    story.tell("Votering: två mot två. Då avgör ordförandens röst, så ordföranden kan inte avstå.")
    story.refuses(f"{VOTE} --ja 'Anna Alm (S),Cia Dal (C)' --nej 'Bo Ek (M),Gun Ivarsson (M)'", "tie-settled")
    story.refuses(
        f"{VOTE} --ja 'Cia Dal (C)' --nej 'Bo Ek (M)' --avstar 'Anna Alm (S),Gun Ivarsson (M)' --utslag ja",
        "chair-votes",
    )
    story.does(f"{VOTE} --ja 'Anna Alm (S),Cia Dal (C)' --nej 'Bo Ek (M),Gun Ivarsson (M)' --utslag ja")
    story.does(f"decide SON-2025-11 {DAY}")
    story.refuses(f"minute SON-2025-11 {DAY} --reservation 'Fia Hall (S)'", "reservation-took-part")
    story.does(f"minute SON-2025-11 {DAY} --anteckning 'Fia Hall (S):Avtalet bör följas upp om ett år.'")
    story.tell("Resten enligt förslag. Sammanträdet avslutas 15.42; en reservation som anmäls efteråt är för sen.")
    _a_vote_is_noted_the_wrong_way_round(story)
    story.does(f"decide --meeting {DAY} --all bifall")
    story.does(f"meeting close {DAY} --kl 15.42")
    late = f"minute SON-2025-11 {DAY} --reservation 'Bo Ek (M)' --anmald"
    story.refuses(f"{late} 16.05", "reservation-in-time")
    story.does(f"{late} 15.30 --text 'Avtalet borde ha upphandlats.'")


def _a_vote_is_noted_the_wrong_way_round(story: Story) -> None:
    story.tell("Julhelgen: rösterna skrivs in omvända. Att beslutet går emot dem påpekas, och vid justeringen igen.")
    votes = f"vote SON-2025-13 {DAY} --huvud 'Förvaltningens förslag' --mot Avslag"
    story.does(f"{votes} --ja 1 --nej 4")
    noted = _last(story, "SON-2025-13")
    story.does(f"decide SON-2025-13 {DAY}", warns={"vote-agrees"})
    number = _paragraph(story, DAY, "SON 2025-13")
    story.does(f"meeting adjust {DAY} --paragraf {number} --date 2025-01-23", warns={"votes-in-protocol"})
    story.plain(f"correct {DAY} {_last(story, DAY)} --skal 'Rösterna är omvända.'")
    story.plain(f"correct SON-2025-13 {noted} --skal 'Rösterna är omvända.'")
    story.does(f"{votes} --ja 4 --nej 1")


def _what_does_not_add_up(story: Story) -> None:
    story.tell("Det som antecknas i efterhand hålls mot besluten: för få i rummet, eller en reservation efter slutet.")
    left = " ".join(f"--till '{name}=1'" for name in ("Bo Ek (M)", "Cia Dal (C)", "Dan Fors (V)"))
    story.does(f"meeting attend {DAY} {left}", warns={"called-in-order", "quorum-in-protocol"})
    story.plain(f"correct {DAY} {_last(story, DAY)} --skal 'De var kvar.'")
    javiga = " ".join(f"--ledamot '{name}'" for name in ("Bo Ek (M)", "Cia Dal (C)", "Dan Fors (V)"))
    story.does(f"jav SON-2025-13 {DAY} {javiga}", warns={"quorum-kept"})
    story.plain(f"correct SON-2025-13 {_last(story, 'SON-2025-13')} --skal 'Fel ärende.'")
    closed = next(one["seq"] for one in story.shows(f"history {DAY}") if one["type"] == "meeting.closed")
    story.plain(f"correct {DAY} {closed} --skal 'Fel klockslag.'")
    story.does(f"meeting close {DAY} --kl 15.15", warns={"reservations-in-protocol"})
    story.plain(f"correct {DAY} {_last(story, DAY)} --skal 'Det var 15.42.'")
    story.does(f"meeting close {DAY} --kl 15.42")


def _the_protocol_is_signed(story: Story) -> None:
    story.tell("Boendet brådskar: den paragrafen justeras genast och anslås för sig. Resten justeras i vanlig ordning.")
    story.does(f"meeting adjust {DAY} --paragraf {_paragraph(story, DAY, 'SON 2025-12')} --date 2025-01-23")
    story.does(f"meeting post {DAY} --paragraf {_paragraph(story, DAY, 'SON 2025-12')} --date 2025-01-24")
    story.does(f"meeting adjust {DAY} --date 2025-01-30")
    story.tell("Ett justerat protokoll ändras inte, inte ens med en anteckning.")
    story.refuses(f"minute SON-2025-11 {DAY} --anteckning 'Fia Hall (S):En sak till.'", "not-yet-adjusted")
    story.does(f"meeting post {DAY} --date 2025-01-31")
    told = story.shows(f"delegation list {DAY}")
    story.expect("anmält", len(told), 2)
    story.plain(f"meeting show {DAY}")


def _paragraph(story: Story, meeting: str, case: str) -> int:
    items = story.shows(f"meeting agenda {meeting}")["items"]
    return int(next(item["paragraph"] for item in items if item["case"] == case))


def _everybody_is_told(story: Story) -> None:
    story.tell("Expedieringen för hela sammanträdet: vem har fått vad?")
    story.plain(f"meeting dispatch {DAY}")
    story.plain(f"meeting dispatch {DAY} --alla --kanal e-post --date 2025-02-03")
    waiting = [one for one in story.plain(f"meeting dispatch {DAY}").splitlines() if "Saknas" in one]
    story.expect("saknas", waiting, [])
    story.tell("Februarisammanträdet flyttas en vecka. Vad som flyttas med sägs först utan att något görs.")
    story.plain(f"meeting move {LATER} {MOVED[4:]} --torrt --date 2025-02-03")
    told = story.plain(f"meeting move {LATER} {MOVED[4:]} --date 2025-02-03")
    story.expect("före och efter", "Manusstopp: 2025-02-05 → 2025-02-12" in told, True)
    story.does(f"meeting call {MOVED} --date 2025-02-20")
    story.does(f"meeting hold {MOVED}")
    story.tell("Ingen skrev upp vilka som var där. Det hindrar inte, men det syns i beslutet och i protokollet.")
    story.does(f"decide SON-2025-14 {MOVED}", warns={"attendance-noted"})
    story.does(f"meeting adjust {MOVED} --date 2025-03-06", warns={"protocol-complete"})


def _an_utskott_is_not_its_body(story: Story) -> None:
    story.tell("Arbetsutskottet bereder. Det får inte besluta i kommunstyrelsens ställe om det fullmäktige ska avgöra.")
    _raised(story, "ks_arende", "KS-2025-24", "Taxa för hamnen", "KSAU=beslut", "KF=beslut")
    story.does("book KS-2025-24 KSAU-2025-01-21 --date 2025-01-13")
    story.does("meeting call KSAU-2025-01-21 --date 2025-01-14")
    story.does("meeting hold KSAU-2025-01-21")
    story.refuses("decide KS-2025-24 KSAU-2025-01-21", "delegable")


def _raised(story: Story, kind: str, case: str, heading: str, *way: str, on: str = "2025-01-13") -> None:
    """A case that goes its own way to fullmäktige."""
    steps = " ".join(f"--steg {step}" for step in way)
    dnr = case.replace("-", " ", 1)
    story.does(f"register --kind {kind} --dnr '{dnr}' --rubrik '{heading}' {steps} --date {on}")
    story.does(f"mbl {case} --ej-pakallad --date {on}")


def _what_goes_to_the_council(story: Story) -> None:
    story.tell("Fyra ärenden är på väg till fullmäktige. Ett har ingen berett, och ett bara fullmäktiges presidium.")
    _raised(story, "motion", "KS-2025-21", "Motion om gatlyktor", "KF=beslut")
    _raised(story, "motion", "KS-2025-22", "Motion om badplatsen", "KFP=beredning", "KF=beslut")
    _raised(story, "ks_arende", "KS-2025-23", "Detaljplan för torget", "KS=forslag", "KF=beslut")
    _raised(story, "motion", "KS-2023-31", "Motion om cykelvägar", *BY_THE_PRESIDIUM, on="2023-11-13")
    for case in ("KS-2025-22", "KS-2023-31"):
        story.does(f"book {case} KFP-2025-01-27 --date 2025-01-20")
    story.does("meeting call KFP-2025-01-27 --date 2025-01-20")
    story.does("meeting hold KFP-2025-01-27")
    story.does("decide --meeting KFP-2025-01-27 --all bifall")
    story.does("advance KS-2023-31 --to ks --date 2025-01-28")
    for case in ("KS-2025-23", "KS-2023-31"):
        story.does(f"book {case} KS-2025-02-04 --date 2025-01-28")
    story.does("meeting call KS-2025-02-04 --date 2025-01-28")
    story.does("meeting hold KS-2025-02-04")
    story.does("decide --meeting KS-2025-02-04 --all bifall")
    for case in ("KS-2025-23", "KS-2023-31"):
        story.does(f"advance {case} --to kf --date 2025-02-11")
    for case in ("KS-2025-21", "KS-2025-22", "KS-2025-23", "KS-2023-31"):
        story.does(f"book {case} {FEBRUARY} --date 2025-02-12")
    _called(story, FEBRUARY, "2025-02-14")


def _called(story: Story, meeting: str, day: str) -> None:
    """A council meeting that is announced, called and held."""
    story.does(f"meeting announce {meeting} --date {day}")
    story.does(f"meeting call {meeting} --date {day}")
    story.does(f"meeting hold {meeting}")


def _the_council_meets(story: Story) -> None:
    story.tell("25 februari: tre av sju är inte fler än hälften.")
    few = " ".join(f"--narvarande '{name}'" for name in ("Hans Juhl (S)", "Ida Kvist (M)", "Jan Lind (C)"))
    story.does(f"meeting attend {FEBRUARY} {few}")
    story.refuses(f"postpone KS-2025-23 {FEBRUARY}", "council-quorum")
    story.does(f"meeting attend {FEBRUARY} --alla")
    story.tell("Det som ingen har berett avgörs inte, och det som bara presidiet har berett behöver en nämnds ord.")
    story.refuses(f"decide KS-2025-21 {FEBRUARY}", "prepared", "ks-opportunity")
    story.refuses(f"decide KS-2025-22 {FEBRUARY}", "case-is-at-body", "namnd-opportunity", "ks-opportunity")
    story.tell("En motion som inte har anmälts inom året avskrivs inte. Den kan avslås.")
    story.refuses(f"decide KS-2023-31 {FEBRUARY} --arendet avskriven", "year-reported")
    story.does(f"decide KS-2023-31 {FEBRUARY} --arendet avslagen")
    story.tell("Två av sju är ingen tredjedel. Tre är det, och ärendet går tillbaka till kommunstyrelsen.")
    story.refuses(
        f"return KS-2025-23 {FEBRUARY} --to KS --skal 'Bullret ska utredas.' --minoritet --stod 2", "minority"
    )
    story.does(f"return KS-2025-23 {FEBRUARY} --to KS --skal 'Bullret ska utredas.' --minoritet --stod 3")


def _the_council_meets_again(story: Story) -> None:
    story.does("book KS-2025-23 KS-2025-03-11 --date 2025-02-27")
    story.does("meeting call KS-2025-03-11 --date 2025-03-04")
    story.does("meeting hold KS-2025-03-11")
    story.does("decide KS-2025-23 KS-2025-03-11")
    story.does("advance KS-2025-23 --to kf --date 2025-03-12")
    story.does(f"book KS-2025-23 {MARCH} --date 2025-03-12")
    _called(story, MARCH, "2025-03-14")
    story.does(f"meeting attend {MARCH} --alla")
    story.tell("25 mars: minoriteten har använt sin rätt. Nu krävs majoritet, och den som är jävig yrkar inte.")
    story.refuses(f"return KS-2025-23 {MARCH} --to KS --skal 'Bullret ska utredas.' --minoritet --stod 3", "minority")
    story.does(f"jav KS-2025-23 {MARCH} --ledamot 'Mia Orre (KD)' --grund 'Äger grannfastigheten.'")
    story.refuses(f"minute KS-2025-23 {MARCH} --yrkande 'Mia Orre (KD):Avslag.'", "not-javig-in-council")
    story.tell("Ingen väljs i ett ärende om en plan: det påpekas, och rättas.")
    story.does(f"decide KS-2025-23 {MARCH} --arendet vald", warns={"matter-fits"})
    story.plain(f"correct KS-2025-23 {_last(story, 'KS-2025-23')} --skal 'Fel utfall.'")
    story.does(f"decide KS-2025-23 {MARCH}")
    story.refuses(
        "laga-kraft KS-2025-23 KS-2025-03-11 --uppgift 'Tiden har gått.' --date 2025-05-05", "decision-appealable"
    )


def _a_decision_is_appealed(story: Story) -> None:
    story.tell("Beslutet om boendet anslogs 24 januari. Anslagstavlan var nere två dagar, så tiden börjar om.")
    down = _paragraph(story, DAY, "SON 2025-12")
    story.refuses(
        f"laga-kraft SON-2025-12 {DAY} --uppgift 'Ingen har hört av sig.' --date 2025-02-05", "laga-kraft-earliest"
    )
    story.plain(f"meeting board-down {DAY} --paragraf {down} --fran 2025-02-06 --till 2025-02-07 --date 2025-02-10")
    story.tell("Ett överklagande kommer i tid till kommunen, och ett när tiden har gått ut.")
    story.does(f"appeal add SON-2025-12 {DAY} --hos kommunen --vem 'En granne' --date 2025-02-27")
    story.does(f"appeal add SON-2025-12 {DAY} --hos kommunen --vem 'En annan granne' --date 2025-03-05")
    appeals = story.shows("show SON-2025-12")["appeals"]
    story.expect("i tid", [one["in_time"] for one in appeals], [True, False])
    story.refuses(f"laga-kraft SON-2025-12 {DAY} --uppgift 'Tiden har gått.' --date 2025-03-10", "appeal-open")
    story.tell("Båda lämnas till förvaltningsrätten, som avvisar det sena och till slut avslår det andra.")
    for number in (1, 2):
        story.does(f"appeal forward SON-2025-12 {number} --date 2025-03-10")
    story.does("appeal settle SON-2025-12 2 --utfall avvisat --date 2025-03-24")
    story.does("appeal settle SON-2025-12 1 --utfall avslag --date 2025-06-02")
    story.does(f"laga-kraft SON-2025-12 {DAY} --uppgift 'Förvaltningsrättens dom är slutlig.' --date 2025-06-24")
    story.plain("show SON-2025-12")


def _who_may(story: Story) -> None:
    story.tell("Vem som får: med --as handlar man i en enda av sina roller. HR för inga ärenden vidare.")
    story.refuses("--as hr advance SON-2025-13 --date 2025-03-03", "role-permitted")
    story.tell("Revisorn läser och granskar, men ändrar inget. Systemförvaltaren läser inga ärenden.")
    story.plain("--as revisor history SON-2025-13")
    story.refuses("--as revisor advance SON-2025-13 --date 2025-03-03", "role-permitted")
    story.plain("--as systemforvaltare list", 3)
    story.tell("Ett sekretessmarkerat ärende. För den som inte är behörig finns det inte, men frågan skrivs ned.")
    story.does(
        "register --kind ks_arende --dnr 'KS 2025-40' --rubrik 'Skyddet av vattenverket' --sekretess 'OSL 18:8'"
        " --date 2025-03-03"
    )
    story.plain("show KS-2025-40", 4)
    asked = story.plain("audit tail -n 1")
    story.expect("frågan är nedskriven", "En obehörig frågade" in asked, True)
    story.expect("på listan", "KS 2025-40" in story.plain("list --body KS"), False)
