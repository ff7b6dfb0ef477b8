"""What the registrator is told to ask the handläggare, and when nothing is asked."""

import pytest

from tests.workflow.document_intake.skrivelser import read
from workflow.document_intake.interface import Skrivelse

NOTHING_ASKED = "Förslag till fritidsnämndens beslut\n\n1. Rapporten godkänns.\n"
OF_PROCUREMENT = "Förslag till fritidsnämndens beslut\n\n1. Driften av isbanan upphandlas.\n"
HAS_38 = "Ärendet gäller upphandling. Är förhandling enligt MBL 38 § bedömd?"
LEFT_OUT = "Region Sydmark nämns som avtalspart men står inte bland mottagarna."


def asked(skrivelse: Skrivelse) -> list[str]:
    return [one for one in skrivelse.unsure if "avtalspart" in one or one.startswith("Att-sats") or "MBL 38 §" in one]


def asked_of(sats: str) -> list[str]:
    return asked(read(proposals=f"Förslag till fritidsnämndens beslut\n\n1. {sats}\n"))


def asked_of_text(text: str, recipients: str = "Kommunstyrelsen\nHamnplans isförening") -> list[str]:
    to = f"Beslutet skickas till:\n{recipients}\n"
    return asked(read(proposals=NOTHING_ASKED, matter=f"Ärende\n\n{text}\n", recipients=to))


# --- parties ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Kommunen har ett samverkansavtal med Region Sydmark om banan.", "Region Sydmark"),
        ("Banan drivs i samarbete med Region Sydmark, vilket regleras i ett avtal.", "Region Sydmark"),
        ("Nuvarande avtal med Ismaskiner AB löper ut 2025-12-31.", "Ismaskiner AB"),
        ("Nämnden har avtal om spolning med bolaget Polarspolning HB.", "Polarspolning HB"),
        ("Överenskommelsen mellan kommunen och Stiftelsen Vintersport gäller ännu.", "Stiftelsen Vintersport"),
        ("Avtalet med Lunda ridklubb om stallet löper ut 2025-12-31.", "Lunda ridklubb"),
        ("Lunda kommun har avtal om drift med Bergs kommun. Lunda kommun äger banan.", "Bergs kommun"),
    ],
)
def test_a_party_that_is_not_told_is_pointed_out(text: str, party: str):
    assert asked_of_text(text) == [f"{party} nämns som avtalspart men står inte bland mottagarna."]


def test_several_parties_are_one_sentence():
    text = "Kommunen har avtal med Region Sydmark. Kommunen har även avtal med Ismaskiner AB och avtal med Ismaskiner."
    assert asked_of_text(text) == [
        "Region Sydmark och Ismaskiner AB nämns som avtalsparter men står inte bland mottagarna."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Förvaltningen för en dialog med Region Sydmark om ett avtal.",
        "Förvaltningen samarbetar med Region Sydmark om temadagar.",
        "Kommunen har inget avtal med Region Sydmark.",
        "Utan en överenskommelse med Region Sydmark går det inte att bygga.",
        "Avtalet har tagits fram i samråd med Region Sydmark.",
        "Avtalet med Region Sydmark gick ut 2020.",
        "Region Sydmark har avtal med Vårdgruppen om mottagningen.",
        "Nämnden har avtal med Fritidsförvaltningen om lokaler.",
        "Kommunens överenskommelse med Kultur- och utbildningsnämnden gäller.",
        "Lunda kommun äger banan. Föreningen har avtal med Lunda kommun.",
        "Kommunen har kollektivavtal med Vision.",
        "Avtalet med Hamnplans Isförening gäller.",
    ],
)
def test_who_is_no_party_or_is_told_is_not_pointed_out(text: str):
    assert asked_of_text(text) == []


@pytest.mark.parametrize(
    "recipients",
    ["Region Sydmark", "Regionen", "Region Sydmarks län", "Region Sydmörk", "RS", "Avtalsparten", "Samtliga parter"],
)
def test_a_party_may_be_told_under_another_name(recipients: str):
    assert asked_of_text("Kommunen har ett samverkansavtal med Region Sydmark.", recipients) == []


def test_a_list_that_is_not_filled_in_says_enough():
    text = "Kommunen har ett samverkansavtal med Region Sydmark."
    assert asked_of_text(text) == [LEFT_OUT]
    assert asked_of_text(text, "Klicka här för att ange text.") == []


def test_neither_a_motions_answer_nor_a_procurement_is_about_the_agreements_there_are():
    matter = "Ärende\n\nKommunen har avtal med Region Sydmark.\n"
    answer = read(head="Motion (X) om is, svar\n", proposals=NOTHING_ASKED, matter=matter)
    assert asked(answer) == []
    assert LEFT_OUT not in asked(read(proposals=OF_PROCUREMENT, matter=matter))


# --- att-satser -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sats", "word"),
    [
        ("Isbanan föreslås öppna i november.", "föreslås"),
        ("Verksamheten bör ligga under nämnden.", "bör"),
        ("Fritidsnämnden beslutar att isbanan föreslås byggas ut.", "föreslås"),
    ],
)
def test_an_att_sats_that_proposes_is_asked_about(sats: str, word: str):
    assert asked_of(sats) == [f"Att-sats 1 säger ”{word}”; ska nämnden besluta det eller föreslå det?"]


def test_it_is_said_which_of_several_and_of_whose():
    both = (
        "Förslag till fritidsnämndens beslut\n\n1. Taxan tillstyrks.\n2. Avgiften bör tas ut från maj.\n\n"
        "Förslag till kommunstyrelsens beslut\n\n1. Taxan föreslås gälla från maj.\n"
    )
    assert asked(read(proposals=both)) == [
        "Att-sats 2 för fritidsnämnden säger ”bör”; ska nämnden besluta det eller föreslå det?",
        "Att-sats 1 för kommunstyrelsen säger ”föreslås”; ska kommunstyrelsen besluta det eller föreslå det?",
    ]


@pytest.mark.parametrize(
    "sats",
    [
        "Fritidsnämnden föreslår kommunfullmäktige att anta taxan.",
        "Föreslå kommunfullmäktige att anta taxan.",
        "Kommunfullmäktige föreslås anta taxan.",
        "Nämnden föreslås besluta att anta taxan.",
        "Förvaltningen föreslår att kommunstyrelsen godkänner planen.",
        "Taxan höjs så som föreslås i bilagan.",
        "Banan byggs enligt vad förvaltningen föreslår.",
        "Förvaltningen får i uppdrag att utreda om avgiften bör höjas.",
        "Nämnden anser att lagen bör ändras.",
        "Motionen, som föreslår en bana, avslås.",
        "Förvaltningens förslag tillstyrks.",
    ],
)
def test_an_att_sats_that_decides_or_proposes_to_another_is_not_asked_about(sats: str):
    assert asked_of(sats) == []


# --- 38 § -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sats", "matter"),
    [
        ("Driften upphandlas i konkurrens.", "upphandling"),
        ("Förvaltningen får i uppdrag att presentera ett förfrågningsunderlag.", "upphandling"),
        ("Isbanan läggs ut på entreprenad.", "entreprenad"),
        ("Uppdraget till Hamnplans ekonomisk förening förlängs.", "ett uppdrag till en extern utförare"),
    ],
)
def test_work_for_others_raises_the_question_of_38(sats: str, matter: str):
    assert asked_of(sats) == [
        f"Ärendet gäller {matter}. Är förhandling enligt MBL 38 § bedömd? Skrivelsen nämner bara 11 §."
    ]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "Information enligt 19 § och förhandling enligt 11 § MBL 2025-02-25.",
            " Skrivelsen nämner bara 11 och 19 §§.",
        ),
        ("Förhandling har hållits 2025-02-25.", " Skrivelsen nämner bara förhandling."),
        ("MBL är inte påkallad.", " Skrivelsen säger bara att MBL inte är påkallad."),
        (None, ""),
    ],
)
def test_the_question_of_38_says_what_is_noted(statement: str | None, said: str):
    skrivelse = read(proposals=OF_PROCUREMENT, mbl=f"MBL\n\n{statement}\n" if statement else "")
    assert asked(skrivelse) == [HAS_38 + said]


@pytest.mark.parametrize(
    "statement",
    ["Förhandling enligt 11 och 38 §§ MBL hölls 2025-02-25.", "MBL § 38 är inte tillämplig. Information 2025-02-25."],
)
def test_38_that_is_noted_is_not_asked_about(statement: str):
    assert asked(read(proposals=OF_PROCUREMENT, mbl=f"MBL\n\n{statement}\n")) == []


@pytest.mark.parametrize(
    "sats",
    [
        "Verksamhetsuppdraget till Badenheten förlängs.",
        "Riktlinjer för inköp och upphandling antas.",
        "Upphandlingspolicyn antas.",
        "Två fordon upphandlas.",
        "Driften upphandlas inte.",
        "Avtalet om lokalen förlängs.",
        "Beslutet lämnas till upphandlingsenheten.",
    ],
)
def test_where_no_work_is_handed_over_38_is_not_asked_about(sats: str):
    assert asked_of(sats) == []
