"""Addressees, underlag and signatories."""

import pytest

from tests.workflow.document_intake.skrivelser import MBL, SIGNED, UNDERLAG, read
from workflow.document_intake.interface import Field, Sureness


def recipients(lines: str, **changed: str) -> tuple[str, ...]:
    return read(recipients=f"Beslutet skickas till:\n{lines}\n", **changed).recipients


def underlag(lines: str) -> tuple[str, ...]:
    return read(underlag=f"Beslutsunderlag\n\n{lines}\n").underlag


# --- addressees --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("Revisorerna\nEkonomikontoret", ("Revisorerna", "Ekonomikontoret")),
        ("- Revisorerna\n- Ekonomikontoret", ("Revisorerna", "Ekonomikontoret")),
        ("Rektorer, Region Väst, Bussbolaget AB", ("Rektorer", "Region Väst", "Bussbolaget AB")),
        ("Revisorerna; Kommunal; Vision", ("Revisorerna", "Kommunal", "Vision")),
        ("Eva Ros, ekonomichef", ("Eva Ros, ekonomichef",)),
        ("Revisorerna, Eva Ros, tf. ekonomichef", ("Revisorerna", "Eva Ros, tf. ekonomichef")),
        ("Nämnden för Kultur &\nFritid", ("Nämnden för Kultur & Fritid",)),
        ("Kultur- och\nfritidsnämnden", ("Kultur- och fritidsnämnden",)),
        ("Revisorerna, Socialnämnden och Kulturnämnden", ("Revisorerna", "Socialnämnden", "Kulturnämnden")),
        ("Kommunstyrelsen, för vidare handläggning", ("Kommunstyrelsen, för vidare handläggning",)),
        ("För kännedom: Revisorerna", ("Revisorerna",)),
        ("Kajstadsregionen, KR", ("Kajstadsregionen, KR",)),
        ("Ekonomi, HR, IT", ("Ekonomi", "HR", "IT")),
        ("Sökanden, Kajgatan 1, 123 45 Strandby", ("Sökanden, Kajgatan 1, 123 45 Strandby",)),
        ("Enhetschef, öppen förskola", ("Enhetschef, öppen förskola",)),
        ("Region Väst, Norrby kommun och Bussbolaget AB", ("Region Väst", "Norrby kommun", "Bussbolaget AB")),
        ("Kulturnämnden och sökanden", ("Kulturnämnden", "sökanden")),
        (
            "Kulturnämnden\nKansliet, Plan & Bygg\nRevisorerna",
            ("Kulturnämnden", "Kansliet, Plan & Bygg", "Revisorerna"),
        ),
        ("Kulturnämnden\nHemtjänsten, enhetschef", ("Kulturnämnden", "Hemtjänsten, enhetschef")),
        ("Kulturnämnden\nRektor, Kajskolan", ("Kulturnämnden", "Rektor, Kajskolan")),
        ("Kulturnämnden\nRevisorerna, sökanden", ("Kulturnämnden", "Revisorerna", "sökanden")),
        ("« Kulturnämnden\n« — Revisorerna", ("Kulturnämnden", "Revisorerna")),
        ("o Kulturnämnden\no Revisorerna", ("Kulturnämnden", "Revisorerna")),
        ("Enheten för barn och familjen", ("Enheten för barn och familjen",)),
        ("Rektorer; Enhetschefer\nsjohus@exempel.se", ("Rektorer", "Enhetschefer", "sjohus@exempel.se")),
        ("Vägverket, region Mitt; Bea Ek, jurist", ("Vägverket, region Mitt", "Bea Ek, jurist")),
        ("Brandkåren / Fastighetskontoret / Region Väst", ("Brandkåren", "Fastighetskontoret", "Region Väst")),
        ("För verkställande:\nPlanenheten\nTill kännedom:\nSökanden", ("Planenheten", "Sökanden")),
        ("Sökanden (för delgivning)\nRegion Väst, vast@exempel.se", ("Sökanden", "Region Väst")),
        ("Sökanden\n\nHur man överklagar, se bilaga 2.", ("Sökanden",)),
        ("För verkställande:\nRevisorerna\nFör kännedom:\nKulturkontoret", ("Revisorerna", "Kulturkontoret")),
        ("För åtgärd\nRevisorerna\nFör kännedom\nKulturkontoret", ("Revisorerna", "Kulturkontoret")),
        ("Internt: Revisorerna\nExternt: Bussbolaget AB", ("Revisorerna", "Bussbolaget AB")),
        ("Revisorerna / Kulturkontoret / Bussbolaget AB", ("Revisorerna", "Kulturkontoret", "Bussbolaget AB")),
        ("Revisorerna · Kulturkontoret", ("Revisorerna", "Kulturkontoret")),
        ("Eva Ros / ekonomichef", ("Eva Ros / ekonomichef",)),
        ("Revisorerna (delges)\nSökanden (rek+mb)", ("Revisorerna", "Sökanden")),
        ("Revisorerna (för åtgärd), Kulturkontoret (för kännedom)", ("Revisorerna", "Kulturkontoret")),
        ("Kajstadsregionen (KR)", ("Kajstadsregionen (KR)",)),
        ("Revisorerna, revision@strandby.se\nKulturkontoret", ("Revisorerna", "Kulturkontoret")),
        ("Enhetschef hamnen\nkajbolaget@strandby.se", ("Enhetschef hamnen", "kajbolaget@strandby.se")),
        ("ett@strandby.se, tva@strandby.se", ("ett@strandby.se", "tva@strandby.se")),
        (
            "Kanalverket, region Mitt; kulturkontoret; Eva Ros, planchef",
            ("Kanalverket, region Mitt", "kulturkontoret", "Eva Ros, planchef"),
        ),
        ("Hamnhälsan, norra enheten\nRevisorerna", ("Hamnhälsan, norra enheten", "Revisorerna")),
        ("Revisorerna\nkulturkontoret\nsökanden", ("Revisorerna", "kulturkontoret", "sökanden")),
        ("Kulturförvaltningens\nplanenhet", ("Kulturförvaltningens planenhet",)),
        ("Klicka här för att ange text.", ()),
        ("", ()),
    ],
)
def test_each_addressee_is_one(lines: str, expected: tuple[str, ...]):
    assert recipients(lines) == expected


@pytest.mark.parametrize(
    "heading",
    [
        "Beslutet ska skickas till",
        "Beslut expedieras till",
        "Besked om beslutet sänds till",
        "Expedieras:",
        "Delges",
        "Kopia till",
        "Beslutet expedieras",
        "Beslut till",
        "Underrättas:",
        "Utdrag till",
        "Nämndens beslut delges",
        "Protokollsutdrag ska sändas till",
        "Bes1utet skickas ti1l",
    ],
)
def test_the_heading_of_the_list_has_many_forms(heading: str):
    assert read(recipients=f"{heading}\nRevisorerna\n").recipients == ("Revisorerna",)


def test_the_list_may_stand_on_the_headings_line():
    assert read(recipients="Beslutet skickas till: Revisorerna, Kommunal\n").recipients == ("Revisorerna", "Kommunal")


def test_the_list_may_be_a_sentence():
    skrivelse = read(recipients="Beslutet skickas till kommunstyrelsen, ekonomikontoret och revisorerna.\n")
    assert skrivelse.recipients == ("kommunstyrelsen", "ekonomikontoret", "revisorerna")


def test_a_comma_inside_a_name_the_text_uses_is_kept_and_it_is_said():
    matter = "Bakgrund\n\nDriften sköts av Medley Bad och gym sedan 2019. Avtalet gäller till nästa år.\n"
    skrivelse = read(matter=matter, recipients="Beslutet skickas till:\nMedley, Bad och gym\n")
    assert skrivelse.recipients == ("Medley, Bad och gym",)
    assert any("Medley, Bad och gym" in sentence for sentence in skrivelse.unsure)


def test_a_list_not_filled_in_is_said():
    skrivelse = read(recipients="Beslutet skickas till:\nKlicka här för att ange text.\n")
    assert "Ingen mottagare är ifylld under ”Beslutet skickas till”." in skrivelse.unsure


def test_the_end_of_a_sentence_from_another_page_ends_the_list():
    torn = "omsättning får betala ungefär samma avgift som i dag, om den inte ändras."
    assert recipients(f"Revisorerna\nEkonomikontoret\n\n{torn}\n{torn}") == ("Revisorerna", "Ekonomikontoret")


@pytest.mark.parametrize(
    "below",
    [
        "\nHur man överklagar, se bilaga 3.",
        "\nInformation om hur beslutet överklagas bifogas.",
        "Besvärshänvisning",
        "Bilaga: Hur du överklagar",
        "\nBeslutet kan överklagas till förvaltningsrätten.",
        "\nParagrafen justeras omedelbart.",
        "\nÄrendet är därmed avslutat.",
    ],
)
def test_what_is_told_to_the_reader_below_the_list_is_no_addressee(below: str):
    assert recipients(f"Revisorerna\nSökanden\n{below}") == ("Revisorerna", "Sökanden")


@pytest.mark.parametrize("between", [" · ", " | ", "   "])
def test_a_foot_of_one_line_is_no_addressee(between: str):
    foot = [
        "Strandby kommun",
        "Box 1",
        "123 45 Strandby",
        "Tel. 0555-12 34 56",
        "www.strandby.se",
        "Org.nr 123456-7890",
    ]
    assert recipients(f"Revisorerna\n\n{between.join(foot)}") == ("Revisorerna",)


def test_an_address_below_an_addressee_is_not_sure():
    skrivelse = read(recipients="Beslutet skickas till:\nEnhetschef hamnen\nkajbolaget@strandby.se\n")
    sure = {one.sureness for one in skrivelse.found if one.field is Field.RECIPIENT}
    assert sure == {Sureness.OSAKER}


def test_running_text_ends_the_list():
    lines = (
        "Revisorerna\n\nUppföljning av avtalet\n\nAvtalet ska följas upp varje år. Det görs av controllern på kontoret."
    )
    assert recipients(lines) == ("Revisorerna",)


# --- underlag ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ("Tjänsteskrivelse, 2025-03-04\nKalkyl", 2),
        ("Tjänsteskrivelse, 2025-03-04\n\nKalkyl", 2),
        ("1. Kalkyl\n2. Yttrande från räddningstjänsten,\n   2025-01-02\n3. Karta", 3),
        ("• Kalkyl\n• Bilaga 1. Avtal med Fyrbo\n  Fastigheter AB", 2),
        ("Plan för biblioteken, antagen av\nkommunfullmäktige 2021-04-13, § 68", 1),
        ("Tjänsteskrivelse – Svar på motion om lekplatser enligt\nBergamodellen, 2025-03-04", 1),
        ("Övergripande plan för elevhälsan.\n(Bifogas)", 1),
        ("Bilaga: Motionen\nBarnkonsekvensanalys", 2),
        ("Yttrande om gränser\n(KS 2025-12)\n(E-post) - Begäran om yttrande\n(Myndigheten) (Rapport) - Gränser", 3),
        ("| Handling | Datum |\n|---|---|\n| Kalkyl | 2025-01-02 |\n| Karta | 2025-01-03 |", 2),
        ("Handling      Datum\nKalkyl      2025-01-02\nKarta      2025-01-03", 2),
        ("3.1 Kalkyl\n3.2 Yttrande från skolan,\n    2025-01-02\n3.3 Karta", 3),
        ("I. Kalkyl\n2. Karta", 2),
        ("Bifogas ej:\nKalkyl\nKarta", 2),
        ("Kalkyl\nProtokoll från MBL-förhandling\nKarta", 3),
        ("1. Kalkyl\n2. Samråd med fackliga organisationer", 2),
        ("Klicka här för att ange text.", 0),
        ("Inga", 0),
    ],
)
def test_each_document_is_one(lines: str, count: int):
    assert len(underlag(lines)) == count


@pytest.mark.parametrize(
    "heading",
    [
        "Beslutsunderlag i ärendet",
        "Handlingar",
        "Bilagda handlingar",
        "Beslutsunderlag (bifogas)",
        "I ärendet finns följande dokument",
        "Till ärendet hör följande handlingar:",
        "Följande underlag ligger till grund för beslutet:",
        "Underlag för beslut i ärendet",
        "Ärendets dokument",
        "Bifogat material",
        "Handlingar som biläggs",
        "Bilagor: 2",
        "Bilagor/beslutsunderlag",
    ],
)
def test_the_heading_of_the_documents_has_many_forms(heading: str):
    assert len(read(underlag=f"{heading}\n\nTjänsteskrivelse, 2025-03-04\nKalkyl\n").underlag) == 2


def test_the_next_numbered_heading_ends_the_list_whatever_it_says():
    below = "5. Barnens röster\n\nBarnen i parken har tillfrågats. De vill ha en längre isbana och bättre belysning.\n"
    listed = "4. Beslutsunderlag\n1. Kalkyl\n2. Karta\n\n"
    assert len(read(underlag=listed + below).underlag) == 2


def test_the_kind_of_paper_above_the_date_opens_no_list():
    head = "Fritidskontoret\nBeslutsunderlag\nDatum: 2025-03-04\nDnr: FRN 2025-61\n\nNy isbana på Hamnplan\n"
    assert len(read(head=head).underlag) == 2


def test_a_foot_that_ends_with_the_pages_number_is_no_underlag():
    foot = "Fritidskontoret\nAdress, Box 1, 100 00 Tallborg\nTel, 0555-12 34 56 vx, www.tallborg.example\n   1 (1)\n"
    assert len(read(signed="", recipients="", mbl="", underlag=f"{UNDERLAG}\n{foot}").underlag) == 2


def test_a_title_repeated_as_an_item_is_an_item():
    head = "Kansliet\n2025-01-07\nDnr KS 2025/4\n\nInternbudget 2026\n"
    assert len(read(head=head, underlag="Beslutsunderlag\nSkrivelse, 2025-01-07\nInternbudget 2026\n").underlag) == 2


def test_a_line_the_margin_broke_before_a_capital_is_one_item():
    matter = "Ärende\n\n" + "En rad som går ända ut till marginalen i det här dokumentet, som är bruten.\n" * 6
    item = "Utredning av badhusets framtid, kostnader och lägen, gjord på uppdrag åt\nHamnbolaget, 2025-01-02"
    assert len(read(matter=matter, underlag=f"Beslutsunderlag\n\n{item}\nKarta\n").underlag) == 2


def test_a_line_the_margin_nearly_reached_goes_on_before_a_digit():
    matter = "Ärende\n\n" + "En rad som går ända ut till marginalen i det här dokumentet, som är bruten här.\n" * 6
    item = "Utredning av badhusets framtid, kostnader och lägen med en större karta, Kajgatan\n11 och 12"
    assert len(read(matter=matter, underlag=f"Beslutsunderlag\n\n{item}\nKarta\n").underlag) == 2


def test_a_file_name_is_said():
    skrivelse = read(underlag="Beslutsunderlag\n\nKalkyl isbana.docx\n")
    assert any("Kalkyl isbana.docx" in sentence for sentence in skrivelse.unsure)


# --- signatories -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("signed", "names"),
    [
        ("Fritidsförvaltningen\n\nTove Hed", ("Tove Hed",)),
        (
            "Fritidsförvaltningen\n\nKommunkansliet\n\nTove Hed\n\nLars-Erik von Bahr",
            ("Tove Hed", "Lars-Erik von Bahr"),
        ),
        ("Tove Hed                  Max Ny\nFritidschef               Controller", ("Tove Hed", "Max Ny")),
        ("Tove Hed, fritidschef", ("Tove Hed",)),
        ("Tove Hed\nFritidschef         Max Ny\n                    Controller", ("Tove Hed", "Max Ny")),
        ("Fritidsförvaltningen\n\nTove Ryd\nFritidschef", ("Tove Ryd",)),
        ("Fritidsförvaltningen\n\nŠejla Đurić", ("Šejla Đurić",)),
        ("Strandby 2025-03-04\n\nTove Hed\ntf. fritidschef", ("Tove Hed",)),
        ("För fritidsförvaltningen\n\nTove Hed", ("Tove Hed",)),
        ("Digitalt signerad av Tove Hed\nFritidschef", ("Tove Hed",)),
        ("Digitalt signerad av\nTove Hed\nFritidschef", ("Tove Hed",)),
        ("Dokumentet är elektroniskt signerat av:\nTove Hed, 2025-03-04", ("Tove Hed",)),
        ("Signatur: Tove Hed", ("Tove Hed",)),
        ("På fritidsnämndens vägnar\n\nTove Hed", ("Tove Hed",)),
        ("TOVE HED\nFritidschef", ("TOVE HED",)),
        ("Fritidschef Tove Hed", ("Tove Hed",)),
        ("/Tove Hed/", ("Tove Hed",)),
        ("Med vänlig hälsning\nTove Hed", ("Tove Hed",)),
        ("Ansvarig tjänsteperson\nTove Hed, fritidschef", ("Tove Hed",)),
        ("Fritidschef               Controller\nTove Hed                  Max Ny", ("Tove Hed", "Max Ny")),
        ("Ansvariga\n\nTove Hed Fritidschef\nMax Ny Controller", ("Tove Hed", "Max Ny")),
        ("Tove Hed, fritidschef\nMax Ny, controller", ("Tove Hed", "Max Ny")),
        ("Fritidsförvaltningen\n\nFörnamn Efternamn", ()),
        ("Fritidsförvaltningen", ()),
    ],
)
def test_those_who_sign_are_found_above_the_addressees(signed: str, names: tuple[str, ...]):
    assert read(signed=f"{signed}\n").signatories == names


def test_those_who_sign_below_the_addressees_are_not_addressees():
    skrivelse = read(signed="", recipients="Beslutet skickas till\n- Revisorerna\n\nTove Hed\nFritidschef\n")
    assert skrivelse.signatories == ("Tove Hed",)
    assert skrivelse.recipients == ("Revisorerna",)


@pytest.mark.parametrize(
    "signed",
    ["Tove Hed, fritidschef", "Digitalt signerad av\nTove Hed", "Fritidsförvaltningen\n\nTove Hed\nfritidschef"],
)
def test_those_who_sign_right_below_the_underlag_are_no_underlag(signed: str):
    skrivelse = read(mbl="", signed=f"{signed}\n")
    assert skrivelse.signatories == ("Tove Hed",)
    assert len(skrivelse.underlag) == 2


def test_units_below_the_titles_of_those_who_sign_are_no_underlag():
    signed = "Tove Hed           Max Ny\nFritidschef        Kanslichef\nFritidskontoret    Kanslienheten\n"
    assert len(read(mbl="", signed=signed).underlag) == 2


def test_two_names_apart_below_the_underlag_both_sign():
    skrivelse = read(mbl="", signed="Fritidsförvaltningen\n\nTove Hed\n\nMax Ny\n", recipients="")
    assert skrivelse.signatories == ("Tove Hed", "Max Ny")
    assert len(skrivelse.underlag) == 2


def test_the_houses_address_at_the_foot_is_no_addressee():
    assert recipients("Revisorerna\nStrandby kommun, Hamngatan 4, 123 45 Strandby") == ("Revisorerna",)


@pytest.mark.parametrize(
    "foot",
    [
        "Kajstads kommun · Box 12 · 123 45 Kajstad · Tel. 0123-456 00 · Org.nr 212000-0000",
        "E-post: info@exempel.se. Webb: www.exempel.se. Org.nr: 212000-0000",
    ],
)
def test_an_address_that_reads_like_a_sentence_is_no_addressee(foot: str):
    assert recipients(f"Revisorerna\n\n{foot}") == ("Revisorerna",)


def test_the_kind_of_paper_beside_its_number_above_the_pages_number_is_no_underlag():
    running_head = "Tjänsteskrivelse                         Dnr SON 2024-31"
    assert underlag(f"Utredning 2024-01-02\n\n{running_head}\n                         2 (2)\n") == (
        "Utredning 2024-01-02",
    )


def test_names_a_line_lower_in_each_column_all_sign():
    signed = "Inga Mo\nSocialchef                     Lars Dal\n                               Avdelningschef\n"
    assert read(signed=signed).signatories == ("Inga Mo", "Lars Dal")


def test_a_name_with_its_title_below_the_addressees_signs_when_nobody_else_does():
    skrivelse = read(signed="", recipients="Beslutet skickas till\nRevisorerna\n\nTove Hed, fritidschef\n")
    assert skrivelse.signatories == ("Tove Hed",)
    assert skrivelse.recipients == ("Revisorerna",)


def test_two_with_their_titles_below_the_addressees_sign_and_it_is_said():
    list_and_names = "Beslutet skickas till\nRevisorerna\n\nTove Hed, fritidschef\n\nMax Ny, controller\n"
    skrivelse = read(signed="", recipients=list_and_names)
    assert skrivelse.signatories == ("Tove Hed", "Max Ny")
    assert any("Tove Hed och Max Ny står under mottagarna" in sentence for sentence in skrivelse.unsure)


def test_an_addressee_that_looks_like_a_name_does_not_sign():
    skrivelse = read(signed="Tove Hed\nFritidschef\n", recipients="Beslutet skickas till\nGården Eken\nRevisorerna\n")
    assert skrivelse.signatories == ("Tove Hed",)
    assert skrivelse.recipients == ("Gården Eken", "Revisorerna")


def test_when_the_matter_is_decided_is_no_underlag():
    below = "Beslutsunderlag\n• Kalkyl\n\nBeslutsplanering\n\nFritidsnämnden 2025-03-18\nKommunstyrelsen 2025-04-02\n"
    assert read(underlag=below).underlag == ("Kalkyl",)


def test_a_short_sentence_below_a_heading_is_no_underlag():
    below = "Beslutsunderlag\n1. Kalkyl\n2. Karta\n\nEkonomi och ansvar\nBeslutet medför inga kostnader.\n"
    assert read(underlag=below).underlag == ("Kalkyl", "Karta")


def test_names_beside_each_others_titles_sign_though_the_list_comes_after():
    signed = "Tove Hed\nFritidschef         Max Ny\n                    Controller\n"
    skrivelse = read(signed=signed, recipients="")
    after = read(mbl=f"{MBL}\n{signed}", signed="", recipients="Beslutet skickas till\nRevisorerna\n")
    assert skrivelse.signatories == after.signatories == ("Tove Hed", "Max Ny")


@pytest.mark.parametrize("names", ["Tove Hed          Max Ny", "Tove Hed\nMax Ny", "Tove Hed\n\nMax Ny"])
def test_two_names_alone_below_the_list_sign_when_nobody_else_does(names: str):
    skrivelse = read(signed="", recipients=f"Beslutet skickas till\nRevisorerna\n\n{names}\n")
    assert skrivelse.signatories == ("Tove Hed", "Max Ny")
    assert skrivelse.recipients == ("Revisorerna",)


def test_a_greeting_below_an_appendix_opens_the_signature():
    below = "Bakgrund\n\nBanan har utretts.\n\nBilaga: Karta\n\nVänliga hälsningar\n\nTove Hed\nFritidskonsulent\n"
    skrivelse = read(underlag="", mbl="", signed=below, recipients="")
    assert skrivelse.signatories == ("Tove Hed",)
    assert skrivelse.underlag == ("Karta",)


def test_a_unit_among_the_addressees_stays_an_addressee_when_a_name_follows():
    skrivelse = read(signed="", recipients="Beslutet skickas till\nRektorer\nKöksenheten\nTove Hed\nFritidschef\n")
    assert skrivelse.recipients == ("Rektorer", "Köksenheten")


def test_a_person_among_the_addressees_does_not_sign():
    skrivelse = read(recipients="Beslutet skickas till:\nRevisorerna\nTove Hed\n")
    assert skrivelse.signatories == ("Ragnar Myrstedt",)
    assert skrivelse.recipients == ("Revisorerna", "Tove Hed")


def test_those_who_prepared_the_matter_do_not_sign():
    prepared = "Beredningsansvariga\nSiv Al, utredare\nTove Hed, fritidschef\n"
    assert read(mbl=f"{MBL}\n{prepared}", signed=SIGNED).signatories == ("Ragnar Myrstedt",)


def test_nobody_signing_is_said():
    assert "Ingen undertecknare hittades." in read(signed="").unsure
