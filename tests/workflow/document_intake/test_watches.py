"""What a skrivelse says must not be forgotten, and what only looks like it."""

import datetime
import os
import time
from pathlib import Path

import pytest

from states.case_facts import WatchKind
from tests.workflow.document_intake.skrivelser import read
from workflow.document_intake.interface import Skrivelse, SuggestedWatch
from workflow.document_intake.readers.formats import read_document
from workflow.document_intake.tjansteskrivelse import as_answer, read_tjansteskrivelse

NOTHING_TO_WATCH = "Förslag till fritidsnämndens beslut\n\n1. Rapporten godkänns.\n"
EXAMPLES = Path(__file__).parents[3] / "examples"
SECONDS = 5  # a second on an idle machine; the tests may run beside others
SAMPLES = os.environ.get("ARENDE_SAMPLES")

Found = tuple[str, str | None]


def stated(text: str, heading: str = "Ärende") -> Skrivelse:
    """A skrivelse of 2025-03-04 about an ice rink that says one thing more."""
    return read(proposals=NOTHING_TO_WATCH, matter=f"{heading}\n\n{text}\n")


def proposed(sats: str, matter: str = "") -> Skrivelse:
    return read(
        proposals=f"Förslag till fritidsnämndens beslut\n\n1. {sats}\n",
        matter=f"Ärende\n\n{matter}\n" if matter else "",
    )


def found(skrivelse: Skrivelse) -> list[Found]:
    return [(watch.kind.value, watch.due.isoformat() if watch.due else None) for watch in skrivelse.watches]


def only(skrivelse: Skrivelse) -> SuggestedWatch:
    (watch,) = skrivelse.watches
    return watch


# --- contracts --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Nuvarande avtal löper ut 2025-08-31.", "2025-08-31"),
        ("Avtalet med ridklubben går ut den 31 augusti 2025.", "2025-08-31"),
        ("Kontraktet upphör att gälla 2026-05-31.", "2026-05-31"),
        ("Uppdraget till Sportservice AB är tidsbegränsat t.o.m. 2026-06-30.", "2026-06-30"),
        ("Överenskommelsen sträcker sig fram till den 30 juni 2026.", "2026-06-30"),
        ("Hyresavtalet löper t o m 31/12 2026.", "2026-12-31"),
        ("Avtalstiden är 2024-01-01–2026-12-31.", "2026-12-31"),
        ("Avtalstid: 2025-06-01 - 2027-05-31", "2027-05-31"),
        ("Avtalet tecknas för tiden mellan 2025-07-01 och 2027-06-30.", "2027-06-30"),
        ("Den 31 december 2026 upphör arrendeavtalet.", "2026-12-31"),
        ("Den 30 juni 2025 löper avtalet med föreningen ut.", "2025-06-30"),
        ("Föreningen har ett avtal om skötseln. Det gäller till och med 2025-12-31.", "2025-12-31"),
        ("Lokalen på Kajgatan 4 sägs upp till den 30 september 2025.", "2025-09-30"),
        ("Avtalet slutar 2025-05-31, en lördag.", "2025-05-31"),
        ("Kommunen har en överenskommelse. Den sades upp i höstas och upphör 2025-06-30.", "2025-06-30"),
        ("Entreprenaden är upphandlad till och med 2027-08-31.", "2027-08-31"),
        ("Avtalet har sagts upp till den 31 augusti 2025.", "2025-08-31"),
        ("Lokalen sägs upp för avflyttning senast den 30 september 2025.", "2025-09-30"),
        ("Partnerskapet med jouren godkänns för perioden 2025-07-01–2028-06-30.", "2028-06-30"),
        ("Föreningen beviljas borgen om 2 mnkr till och med 2035-12-31.", "2035-12-31"),
    ],
)
def test_a_contract_ends_on_the_day_the_text_says(text: str, due: str):
    skrivelse = stated(text)
    assert found(skrivelse) == [("avtalsslut", due)]
    assert not only(skrivelse).inferred
    assert only(skrivelse).event is None


@pytest.mark.parametrize(
    ("text", "due", "note"),
    [
        ("Avtalet gäller till och med mars 2026.", "2026-03-31", "Texten säger mars 2026; periodens sista dag antogs."),
        ("Avtalet går ut i maj.", "2025-05-31", "Texten säger maj utan år; 2025 antogs."),
        ("Avtalet går ut i januari.", "2026-01-31", "Texten säger januari utan år; 2026 antogs."),
        (
            "Avtalet gäller fram till årsskiftet 2025/2026.",
            "2025-12-31",
            "Texten säger årsskiftet 2025/2026; periodens sista dag antogs.",
        ),
        ("Avtalet gäller i två år från och med 2025-05-01.", "2027-04-30", "Räknad 2 år från 2025-05-01."),
        ("Det nya avtalet gäller två år från den 1 oktober 2025.", "2027-09-30", "Räknad 2 år från 2025-10-01."),
        ("Avtalet löper ut vid årsskiftet.", "2025-12-31", "Texten säger årsskiftet utan år; 2025 antogs."),
        (
            "Avtalet gäller från den 1 maj 2025 och 18 månader framåt.",
            "2026-10-31",
            "Räknad 18 månader från 2025-05-01.",
        ),
    ],
)
def test_a_day_that_is_not_written_out_is_inferred_and_it_is_said_how(text: str, due: str, note: str):
    watch = only(stated(text))
    assert (watch.kind, watch.due) == (WatchKind.AVTALSSLUT, datetime.date.fromisoformat(due))
    assert watch.inferred
    assert watch.note == note


@pytest.mark.parametrize(
    "text",
    [
        "Avtalet med badhuset gick ut 2024-12-31.",
        "Avtalet slutade gälla 2024-12-31.",
        "Det första avtalet gällde till och med 2025-12-31 enligt den gamla lydelsen.",
        "Avtalet trädde i kraft 2025-04-01.",
        "Avtalet löper tills vidare med tre månaders uppsägningstid.",
        "Taxan gäller till och med 2025-12-31.",
        "Regeringens uppdrag till Folkhälsomyndigheten gäller till och med 2026-12-31.",
        "Löneavtalet gäller 2024-04-01–2026-03-31.",
        "Kostnaden för avtalet beräknas öka från 2 mnkr till 3 mnkr 2026.",
        "Borgensavgiften gäller till och med 2025-12-31.",
        "Avtalet gick ut vid förra årsskiftet.",
    ],
)
def test_what_is_over_or_no_contract_of_ours_is_not_suggested(text: str):
    skrivelse = stated(text)
    assert found(skrivelse) == []
    assert not any("passerad" in sentence for sentence in skrivelse.unsure)


def test_an_end_that_is_gone_by_is_asked_about_instead():
    skrivelse = stated("Stödet ges enligt ett avtal som går ut 2024-12-31.")
    assert found(skrivelse) == []
    assert (
        "Texten säger att något ”går ut” 2024-12-31, men den dagen är redan passerad; stämmer uppgiften?"
        in skrivelse.unsure
    )


def test_without_a_date_of_its_own_the_skrivelse_is_as_old_as_its_mbl():
    head = "Ny isbana på Hamnplan\n"
    ended = read(head=head, proposals=NOTHING_TO_WATCH, matter="Ärende\n\nAvtalet går ut 2025-02-24.\n")
    running = read(head=head, proposals=NOTHING_TO_WATCH, matter="Ärende\n\nAvtalet går ut 2025-02-26.\n")
    assert ended.date is None
    assert found(ended) == []
    assert found(running) == [("avtalsslut", "2025-02-26")]


def test_the_suggestion_says_which_contract():
    assert only(stated("Hyresavtalet för Kajgatan 4 löper ut 2025-08-31.")).about == "Hyresavtalet för Kajgatan 4"
    two = "Kommunen har ett avtal med ridklubben om skötseln. Avtalet löper ut 2025-08-31."
    assert only(stated(two)).about == "Avtal med ridklubben om skötseln"
    assert only(stated("Avtalet löper ut 2025-08-31.")).about == "Avtal: Ny isbana på Hamnplan"
    system = "Avtal med Datahuset om bokningar har en avtalstid på fyra år som går ut 2025-08-31."
    assert only(stated(system)).about == "Avtal med Datahuset om bokningar"
    between = "Avtalet mellan Region Sydmark och Lunda kommun om banan gäller till 2025-08-31."
    assert only(stated(between)).about == "Avtalet mellan Region Sydmark och Lunda kommun om banan"
    assert only(stated("Avtalet omfattar perioden 2023-09-01–2025-08-31.")).about == "Avtal: Ny isbana på Hamnplan"


def test_a_case_that_is_called_a_contract_needs_no_other_word():
    skrivelse = read(
        head="Arrendeavtal med Golfklubben\n\n2025-03-04\n",
        proposals=NOTHING_TO_WATCH,
        matter="Ärende\n\nAvtalet löper ut 2025-08-31.\n",
    )
    assert only(skrivelse).about == "Arrendeavtal med Golfklubben"


@pytest.mark.parametrize("heading", ["Sammanfattning", "Ekonomiska konsekvenser", "Uppföljning", "Bakgrund"])
def test_a_certain_end_is_found_in_any_section(heading: str):
    assert found(stated("Avtalet löper ut 2025-08-31.", heading)) == [("avtalsslut", "2025-08-31")]


def test_what_stands_in_several_sections_is_one_suggestion():
    twice = "Avtalet löper ut 2025-08-31.\n\nBakgrund\n\nNuvarande avtal gäller till och med den 31 augusti 2025."
    assert found(stated(twice)) == [("avtalsslut", "2025-08-31")]


# --- notice and options -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("Avtalet löper till 2026-12-31 med sex månaders uppsägningstid.", "2026-06-30"),
        ("Avtalet löper till 2026-12-31. Uppsägningstiden är nio (9) månader.", "2026-03-31"),
        ("Avtalet löper till 2026-12-31. Beslut om uppsägning ska tas med 12 månaders varsel.", "2025-12-31"),
        ("Avtalet ska sägas upp senast nio månader före utgången. Avtalet slutar 2026-12-31.", "2026-03-31"),
        ("Avtalet löper till 2026-12-31 med en ömsesidig uppsägningstid om ett år.", "2025-12-31"),
    ],
)
def test_notice_is_counted_back_from_the_end(terms: str, due: str):
    skrivelse = stated(terms)
    assert found(skrivelse) == [("uppsagning", due), ("avtalsslut", "2026-12-31")]
    assert skrivelse.watches[0].inferred
    assert skrivelse.watches[0].note.endswith("före 2026-12-31.")


def test_a_last_day_for_notice_may_be_written_out():
    skrivelse = stated("Avtalet slutar 2026-12-31 och uppsägning ska ske senast den 31 mars 2026.")
    assert found(skrivelse) == [("uppsagning", "2026-03-31"), ("avtalsslut", "2026-12-31")]
    assert not skrivelse.watches[0].inferred


@pytest.mark.parametrize("when", ["senast den 1 oktober året innan", "senast den 1 oktober varje år"])
def test_a_day_of_some_year_is_no_last_day_for_notice(when: str):
    assert found(stated(f"Avtalet kan sägas upp {when}.")) == []


def test_notice_that_should_have_been_given_is_said():
    skrivelse = stated("Avtalet löper till 2025-06-30 med 12 månaders uppsägningstid.")
    assert found(skrivelse) == [("avtalsslut", "2025-06-30")]
    assert any("var sista dag för uppsägning 2024-06-30" in sentence for sentence in skrivelse.unsure)


@pytest.mark.parametrize(
    ("option", "length"),
    [
        ("med möjlighet till två års förlängning", "2 år"),
        ("med option om 1+1 år", "1+1 år"),
        ("med möjlighet till förlängning i ett plus ett år", "1+1 år"),
        ("och kan förlängas med ett år i taget", "1 år"),
        ("med rätt för kommunen att förlänga 18 månader", "18 månader"),
    ],
)
def test_an_option_is_taken_up_before_the_end(option: str, length: str):
    skrivelse = stated(f"Avtalet gäller till och med 2026-12-31 {option}.")
    assert set(found(skrivelse)) == {("avtalsslut", "2026-12-31"), ("option", "2026-12-31")}
    watch = next(watch for watch in skrivelse.watches if watch.kind is WatchKind.OPTION)
    assert watch.about == f"Förlängning, {length}: Ny isbana på Hamnplan"


def test_an_option_is_taken_up_before_notice():
    skrivelse = stated("Avtalet gäller till 2026-12-31 och kan förlängas ett år. Uppsägningstiden är tre månader.")
    watch = next(watch for watch in skrivelse.watches if watch.kind is WatchKind.OPTION)
    assert watch.due == datetime.date(2026, 9, 30)
    assert "uppsägning" in watch.note


@pytest.mark.parametrize(
    ("last_day", "due", "inferred"),
    [
        ("Optionen ska påkallas senast 2026-05-31.", "2026-05-31", False),
        ("Ska optionen utnyttjas meddelas det senast nio månader före avtalets utgång.", "2026-03-31", True),
    ],
)
def test_the_text_may_give_an_option_its_own_last_day(last_day: str, due: str, inferred: bool):
    skrivelse = stated(f"Avtalet gäller till 2026-12-31 och kan förlängas ett år. {last_day}")
    assert found(skrivelse) == [("option", due), ("avtalsslut", "2026-12-31")]
    assert skrivelse.watches[0].inferred is inferred


def test_an_option_is_the_new_contracts():
    skrivelse = stated(
        "Avtalet slutar 2025-09-30. Det nya avtalet gäller två år från den 1 oktober 2025 med option om 1+1 år."
    )
    assert found(skrivelse) == [("avtalsslut", "2025-09-30"), ("avtalsslut", "2027-09-30"), ("option", "2027-09-30")]


@pytest.mark.parametrize(
    "text",
    [
        "Avtalet gäller till 2026-12-31 utan möjlighet till förlängning.",
        "Avtalet gäller till 2026-12-31 och kan inte förlängas.",
        "Avtalet gäller till 2026-12-31 sedan båda optionsåren har utnyttjats.",
    ],
)
def test_an_option_that_is_not_there_is_not_suggested(text: str):
    assert found(stated(text)) == [("avtalsslut", "2026-12-31")]


def test_a_proposed_prolongation_has_an_end_and_a_notice_of_its_own():
    skrivelse = proposed(
        "Avtalet med ridklubben förlängs med två år från 2026-01-01 till 2027-12-31.",
        "Avtalet gäller till och med 2025-12-31. Uppsägning ska ske med 6 månaders varsel.",
    )
    assert found(skrivelse) == [
        ("uppsagning", "2025-06-30"),
        ("avtalsslut", "2025-12-31"),
        ("uppsagning", "2027-06-30"),
        ("avtalsslut", "2027-12-31"),
    ]
    first, old, again, new = skrivelse.watches
    assert first.note == "Räknad 6 månader före 2025-12-31."
    assert old.note == "Förslaget är att förlänga till 2027-12-31; dagen gäller om det inte beslutas."
    assert again.note == "Räknad med samma uppsägningstid, 6 månader; kontrollera i avtalet."
    assert again.inferred
    assert new.note == "Gäller om förslaget beslutas."


def test_a_prolongation_without_a_day_is_counted():
    for how in ("med två år", "ytterligare två år", "två år"):
        skrivelse = proposed(f"Avtalet förlängs {how}.", "Avtalet gäller till och med 2025-12-31.")
        assert found(skrivelse) == [("avtalsslut", "2025-12-31"), ("avtalsslut", "2027-12-31")]
        assert skrivelse.watches[1].inferred


def test_a_prolongation_may_be_proposed_in_the_text():
    skrivelse = stated("Avtalet gäller till 2025-12-31. Förvaltningen föreslår att avtalet förlängs till 2026-12-31.")
    assert [watch.note[:16] for watch in skrivelse.watches] == ["Förslaget är att", "Gäller om försla"]


def test_a_scanners_spelling_is_read():
    skrivelse = stated(
        "Uppdraget gdller till och med 2026-12-31 med m6jlighet till tva &rs forldngning. Uppsagning av upp-\n"
        "draget ska goras med 12 mdnaders varsel."
    )
    assert found(skrivelse) == [
        ("uppsagning", "2025-12-31"),
        ("option", "2025-12-31"),
        ("avtalsslut", "2026-12-31"),
    ]


# --- mandates ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sats", "due"),
    [
        ("Uppdrag ges till förvaltningen att lägga fram en plan.", None),
        ("Förvaltningen får i uppdrag att senast 2025-10-01 ta fram en plan.", "2025-10-01"),
        ("Uppdra åt fritidschefen att senast första kvartalet 2026 ta fram en plan.", "2026-03-31"),
        ("Fritidsnämnden uppdrar till förvaltningen att utreda frågan under våren 2026.", "2026-05-31"),
        ("Förvaltningen ska återkomma till nämnden med en rapport i september.", "2025-09-30"),
        ("Återrapportering ska ske till nämnden senast den 1 december 2025.", "2025-12-01"),
        ("Fritidschefen ges rätt att underteckna avtalet.", None),
        ("Ordföranden bemyndigas att teckna avtal med isbanans förening.", None),
        ("Försöket utvärderas senast 2026-06-30.", "2026-06-30"),
        ("Fritidschefen ges delegation att fatta tilldelningsbeslut och teckna avtal.", None),
        ("Fullmakt ges till ekonomichefen att underteckna avtalet.", None),
        ("Strategin ska revideras senast 2028.", "2028-12-31"),
        ("Riktlinjerna omprövas senast den 1 december 2026.", "2026-12-01"),
        ("Arbetet rapporteras till nämnden i september.", "2025-09-30"),
        ("Arbetet slutrapporteras till nämnden senast den 31 mars 2026.", "2026-03-31"),
        ("Återrapportering sker vid nämndens möte i oktober.", "2025-10-31"),
        ("Nämnden ska få en ny uppföljning i december 2026.", "2026-12-31"),
        ("Ombudet ska årligen rapportera till nämnden.", None),
    ],
)
def test_a_mandate_is_watched_until_it_is_due(sats: str, due: str | None):
    skrivelse = proposed(sats)
    assert found(skrivelse) == [("uppdrag", due)]
    assert only(skrivelse).sentence == sats


@pytest.mark.parametrize(
    "sats",
    [
        "Anhörigstöd ska erbjudas barn mellan 4 och 20 år.",
        "Nämnden noterar att förvaltningen har fått i uppdrag att bygga en bana.",
        "Uppdraget att utreda en isbana anses slutfört.",
        "Motionen avslås.",
        "Isbanan drivs av kommunen.",
        "Avgiften höjs från och med den 1 oktober 2025.",
        "Riktlinjerna revideras enligt bilagan.",
        "Kostnaden redovisas i bilagan.",
    ],
)
def test_a_decision_that_asks_for_nothing_more_is_no_mandate(sats: str):
    assert found(proposed(sats)) == []


def test_the_text_gives_a_mandate_its_day():
    watch = only(
        proposed(
            "Förvaltningen får i uppdrag att lägga fram ett förslag till driftplan.",
            "Förvaltningen redovisar driftplanen vid nämndens sammanträde i juni 2025.",
        )
    )
    assert (watch.kind, watch.due, watch.inferred) == (WatchKind.UPPDRAG, datetime.date(2025, 6, 30), True)
    assert watch.note == "Texten säger juni 2025; sätt sammanträdets dag när den är känd."
    assert watch.about == "Uppdrag: lägga fram ett förslag till driftplan"


@pytest.mark.parametrize(
    ("sats", "event"),
    [
        ("Förvaltningen får i uppdrag att återkomma i samband med årsredovisningen.", "årsredovisningen"),
        ("Förvaltningen får i uppdrag att revidera planen inför budget 2027.", "budget 2027"),
        ("Förvaltningen får i uppdrag att lämna förslag när den nya lagen har antagits.", "den nya lagen har antagits"),
        (
            "Uppdrag ges till förvaltningen att se över avgiften i anslutning till beslut om ny arena.",
            "beslut om ny arena",
        ),
    ],
)
def test_a_mandate_may_wait_for_an_event(sats: str, event: str):
    watch = only(proposed(sats))
    assert (watch.kind, watch.due, watch.event, watch.months) == (WatchKind.UPPDRAG, None, event, None)


def test_a_place_is_no_event():
    assert only(proposed("Förvaltningen får i uppdrag att bygga en väg i anslutning till skolan.")).event is None


def test_a_report_that_returns_has_no_day_yet():
    watch = only(proposed("Förvaltningen ska återrapportera till nämnden två gånger per år."))
    assert watch.due is None
    assert watch.note == "Texten säger två gånger per år; sätt nästa dag när den är känd."


def test_a_day_the_new_begins_is_when_the_mandate_must_be_done():
    watch = only(
        proposed("Förvaltningen får i uppdrag att upphandla drift så att ett nytt avtal kan börja gälla 2026-01-01.")
    )
    assert (watch.due, watch.inferred) == (datetime.date(2026, 1, 1), True)
    assert watch.about == "Uppdrag: upphandla drift"


@pytest.mark.parametrize(
    "text",
    [
        "Regeringen har gett Boverket i uppdrag att redovisa frågan senast 2025-12-31.",
        "Regionfullmäktige uppdrar åt kansliet att återkomma senast 2025-12-31.",
        "Nämnden gav i april 2024 förvaltningen i uppdrag att utreda frågan till maj 2025.",
        "Motionären vill att förvaltningen får i uppdrag att återkomma senast 2025-12-31.",
        "Förvaltningen får i uppdrag av många föreningar att svara i telefon.",
    ],
)
def test_what_others_were_told_is_not_ours(text: str):
    assert found(stated(text)) == []


@pytest.mark.parametrize(
    "sats",
    [
        "Förvaltningen får i uppdrag att senast den 30 november 2025 lägga fram en plan.",
        "Förvaltningen får i uppdrag att lägga fram en plan senast den 30 november 2025.",
        "Förvaltningen får i uppdrag att lägga fram en plan senast vid nämndens sammanträde i november 2025.",
    ],
)
def test_a_mandate_is_named_without_its_day(sats: str):
    assert only(proposed(sats)).about == "Uppdrag: lägga fram en plan"


def test_two_bodies_asked_for_the_same_give_one_mandate():
    same = "1. Förvaltningen får i uppdrag att ta fram en plan.\n"
    skrivelse = read(
        proposals=f"Förslag till fritidsnämndens beslut\n\n{same}\nFörslag till kommunstyrelsens beslut\n\n{same}",
        matter="",
    )
    assert found(skrivelse) == [("uppdrag", None)]


# --- events and periods -----------------------------------------------------------------------------
def test_some_months_after_an_event():
    watch = only(
        proposed(
            "Avtalet gäller tills vidare och kan omförhandlas tidigast 6 månader efter att en ny taxa har antagits.",
            "Avtalet kan alltså omförhandlas tidigast sex månader efter ett nytt beslut om taxan.",
        )
    )
    assert (watch.kind, watch.due, watch.months) == (WatchKind.HANDELSE, None, 6)
    assert watch.event == "en ny taxa har antagits"
    assert watch.about == "Omförhandlas: Ny isbana på Hamnplan"


def test_a_routine_some_months_after_something_is_no_event():
    assert found(stated("Tidigast sex månader efter placeringen följs barnets uppdrag upp.")) == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Projektet pågår under åren 2024-2026.", ["2026-12-31"]),
        ("Försöket avslutas 2025-12-31.", ["2025-12-31"]),
        ("Programmet löper till och med juni 2026.", ["2026-06-30"]),
        ("Projektet finansieras av länet t o m 2025-06-30.", ["2025-06-30"]),
        ("Projektet pågår 1 maj 2025 till 30 april 2027.", ["2027-04-30"]),
        ("Projektet omfattar perioden 2024-2025 för uppbyggnad och 2026–2027 för drift.", ["2025-12-31", "2027-12-31"]),
    ],
)
def test_a_project_has_its_periods(text: str, due: list[str]):
    assert found(stated(text)) == [("period", day) for day in due]


def test_a_plan_that_is_adopted_has_its_period():
    watch = only(proposed("Fritidsnämnden antar plan för friluftslivet 2025–2029."))
    assert (watch.kind, watch.due, watch.inferred) == (WatchKind.PERIOD, datetime.date(2029, 12, 31), True)
    assert watch.about == "Period: plan för friluftslivet 2025–2029"


def test_an_agreement_that_is_approved_has_its_years():
    watch = only(proposed("Samverkansöverenskommelsen 2025–2027 godkänns."))
    assert (watch.kind, watch.due, watch.inferred) == (WatchKind.PERIOD, datetime.date(2027, 12, 31), True)


@pytest.mark.parametrize("rubrik", ["Budget 2026 med plan för 2027-2028", "Årsredovisning 2024", "Delårsrapport"])
def test_an_account_is_full_of_years_that_are_nothing_to_watch(rubrik: str):
    matter = "Ärende\n\nProjektet pågår till och med 2027. Projektmedlen avser perioden 2026-2028.\n"
    assert found(read(head=f"{rubrik}\n\n2025-03-04\n", proposals=NOTHING_TO_WATCH, matter=matter)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Remissvaret ska vara departementet till handa senast den 15 april 2025.",
        "Svaret ska lämnas senast 2025-04-15.",
        "En slutrapport ska lämnas till länet senast 2025-04-15.",
        "Statsbidraget ska användas under året och redovisas till Skolverket senast den 15 april 2025.",
    ],
)
def test_a_last_day_others_have_set_is_watched(text: str):
    assert found(stated(text)) == [("bevakning", "2025-04-15")]
    assert only(stated(text)).about == "Sista dag: Ny isbana på Hamnplan"


@pytest.mark.parametrize(
    "text",
    [
        "Remissvaret skulle lämnas senast den 15 januari 2025.",
        "Anmälan ska göras senast 2025-08-15.",
        "Kommunerna ska senast den 1 januari 2027 ha tagit fram planer.",
        "Utredaren ska redovisa uppdraget senast den 31 december 2025.",
    ],
)
def test_a_day_that_is_not_ours_to_answer_by_is_not_watched(text: str):
    assert found(stated(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Projektet riktar sig till barn 4-20 år och ska kosta lite.",
        "Projektet genomfördes under åren 2024-2025.",
        "Projektet är till för dem som börjar läsåret 2025-2026.",
        "Under åren 2019-2021 erbjöds familjer att delta i projektet.",
        "Enligt budget 2025-2027 ska projektet kosta 3 mnkr.",
        "Projektet har handlagts i FRN 2024-2041 och ska fortsätta.",
    ],
)
def test_years_that_are_no_period_ahead(text: str):
    assert found(stated(text)) == []


@pytest.mark.parametrize(
    "unit",
    [
        "Avtalet gäller till 2030-01-01 med tre månaders uppsägning. ",
        "Avtalet gäller till 2030-01-01\n",
        "avtal till och med 2025-12-31 ",
        "Svaret ska lämnas senast 2030-01-01. ",
        "option om förlängning senast ",
        "avtal med Region Sydmark mellan ",
        "Förvaltningen får i uppdrag att återkomma senast i mars 2030. ",
        "möjlighet till ",
        "avtal-",
    ],
)
def test_a_text_full_of_them_is_read_at_once(unit: str):
    began = time.perf_counter()
    stated(unit * (120_000 // len(unit)))
    assert time.perf_counter() - began < SECONDS


# --- whole documents --------------------------------------------------------------------------------
FACTS = {
    "hagadal": (None, [], None, {"*": 2}, ("information", "19", "2020-10-05"), ["Leanlink Råd och stöd"], 0),
    "familjecentraler": (
        "Omsorgsnämnden",
        [],
        None,
        {"*": 1},
        ("information", "19", "2017-12-04"),
        ["Leanlink, Rad och Stod"],
        1,
    ),
    "barnhalsovard": (
        None,
        [],
        None,
        {"social- och omsorgsnämnden": 2},
        ("information", "19", "2021-03-01"),
        ["Leanlink Råd och stöd"],
        2,
    ),
    "forfragningsunderlag": (
        "Social- och omsorgsnämnden",
        ["SON 2020-247"],
        "2021-03-04",
        {"social- och omsorgsnämnden": 2},
        ("information", "19", "2021-03-01"),
        ["Upphandlingsenheten", "Föreningen"],
        2,
    ),
}
IN_EXAMPLES: dict[str, list[Found]] = {
    "anhorigstod": [("uppdrag", "2021-03-31"), ("avtalsslut", "2021-12-31")],
    "svar-pa-motion": [],
    "hagadal": [("handelse", None), ("uppdrag", None)],
    "familjecentraler": [
        ("uppsagning", "2017-12-31"),
        ("option", "2017-12-31"),
        ("avtalsslut", "2018-12-31"),
        ("uppsagning", "2019-12-31"),
        ("avtalsslut", "2020-12-31"),
    ],
    "barnhalsovard": [("period", "2022-12-31"), ("period", "2024-12-31"), ("uppdrag", None)],
    "forfragningsunderlag": [("avtalsslut", "2021-12-31"), ("uppdrag", "2022-01-01")],
}


def example(name: str) -> Skrivelse:
    return read_tjansteskrivelse(read_document((EXAMPLES / f"{name}.txt").read_bytes()).text)


@pytest.mark.parametrize("name", FACTS)
def test_the_examples_say_what_they_are_made_to_say(name: str):
    skrivelse = example(name)
    answer = as_answer(skrivelse)
    mbl = skrivelse.mbl
    said = (mbl.kind, mbl.paragraph, mbl.date.isoformat() if mbl.date else None)
    read = (skrivelse.addressee, answer["dnr"], answer["date"], answer["proposals"], said)
    assert (*read, answer["recipients"], answer["underlag"]) == FACTS[name]
    assert answer["placeholders"] == 0


@pytest.mark.parametrize("name", IN_EXAMPLES)
def test_the_examples_have_these_watches(name: str):
    assert found(example(name)) == IN_EXAMPLES[name]


def test_the_event_of_the_first_example():
    revise, draft = example("hagadal").watches
    assert (revise.event, revise.months) == ("ett nytt ramavtal för länet har beslutats", 3)
    assert (draft.event, draft.months) == ("beslut om ett nytt ramavtal för länet", None)


if SAMPLES:
    IN_SAMPLES: dict[str, list[Found]] = {
        "seed-1": IN_EXAMPLES["hagadal"],
        "seed-2": IN_EXAMPLES["familjecentraler"],
        "seed-3": IN_EXAMPLES["barnhalsovard"],
        "seed-4": [],
        "seed-5": IN_EXAMPLES["anhorigstod"],
        "syn-05": [("uppdrag", None)],
        "syn-14": [("avtalsslut", "2019-06-30")],
        "kb-ga-2025-00146": [("uppdrag", None)],
        "kb-ks-2024-00745": [("period", "2030-12-31")],
        "kb-vn-2024-00055": [("uppdrag", None)],
    }

    def test_the_samples_have_these_watches_and_no_others():
        folder = Path(str(SAMPLES))
        read = {
            path.stem: read_tjansteskrivelse(read_document(path.read_bytes()).text) for path in folder.glob("*.txt")
        }
        assert {name: found(one) for name, one in read.items() if one.watches} == {
            name: watches for name, watches in IN_SAMPLES.items() if watches
        }
