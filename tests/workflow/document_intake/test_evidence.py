"""Every field says where it stands, how sure it is and why; nothing unsure is called sure."""

from pathlib import Path

import pytest

from tests.workflow.document_intake.placed import misplaced, not_told, of, the
from tests.workflow.document_intake.skrivelser import CITY, COLUMNS, HEAD, MATTER, SCANNED, read, text
from workflow.document_intake.interface import Field, Skrivelse, Sureness, weakest
from workflow.document_intake.tjansteskrivelse import read_tjansteskrivelse

SAKER, TROLIG, OSAKER = Sureness.SAKER, Sureness.TROLIG, Sureness.OSAKER
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.txt"))
HOUSES = {"plain": text(), "columns": COLUMNS, "city": CITY, "scanned": SCANNED} | {
    path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES
}


@pytest.mark.parametrize("house", HOUSES)
def test_every_field_stands_on_the_lines_it_is_said_to_stand_on(house: str):
    assert list(misplaced(HOUSES[house], read_tjansteskrivelse(HOUSES[house]))) == []


@pytest.mark.parametrize("house", HOUSES)
def test_everything_read_is_told_of_once_and_in_order(house: str):
    assert list(not_told(read_tjansteskrivelse(HOUSES[house]))) == []


@pytest.mark.parametrize("house", ["", "\n\n", "Hej", *HOUSES.values()])
def test_each_field_of_its_own_is_told_of_also_where_it_lacks(house: str):
    told = {one.field for one in read_tjansteskrivelse(house).found}
    assert set(Field) - told <= {Field.PLACEHOLDER, Field.WATCH}


@pytest.mark.parametrize("house", HOUSES.values())
def test_whoever_is_told_how_sure_a_field_is_is_told_why_in_a_sentence(house: str):
    for one in read_tjansteskrivelse(house).found:
        assert one.why.endswith("."), one
        assert one.why[0].isupper() or one.why[0] == "”", one


def how(skrivelse: Skrivelse, field: Field) -> Sureness:
    return weakest(of(skrivelse, field))


def test_a_plain_skrivelse_is_sure_but_for_people_told_by_their_form_alone_and_what_it_suggests():
    plain = read()
    assert {field for field in Field if how(plain, field) is not SAKER} == {Field.HANDLAGGARE, Field.WATCH}
    assert "utan ordet ”Handläggare”" in of(plain, Field.HANDLAGGARE)[0].why


def test_a_finding_says_its_lines_as_they_stand():
    one = of(read(), Field.ATT_SATS)[1]
    assert (one.line, one.last_line) == (15, 16)
    assert one.quote == "2. Förvaltningen ska redovisa kostnaderna efter\nden första säsongen."
    assert one.body == "fritidsnämnden"


def test_the_same_att_sats_for_two_bodies_stands_in_two_places():
    twice = "Förslag till fritidsnämndens beslut\n\n1. Förslaget tillstyrks.\n\n"
    both = of(read(proposals=twice + twice.replace("fritidsnämnden", "kommunstyrelsen")), Field.ATT_SATS)
    assert [(one.body, one.line) for one in both] == [("fritidsnämnden", 14), ("kommunstyrelsen", 18)]


def test_two_recipients_on_one_line_stand_on_that_line():
    both = of(
        read(recipients="Beslutet skickas till:\nHamnplans isförening, Kommunstyrelsen, Akten\n"), Field.RECIPIENT
    )
    assert len({one.line for one in both}) == 1
    assert {one.sureness for one in both} == {TROLIG}


# --- scanners ----------------------------------------------------------------------------------------
def test_nothing_in_a_scanned_text_is_sure():
    assert SAKER not in {one.sureness for one in read_tjansteskrivelse(SCANNED).found}
    assert SAKER not in {one.sureness for one in read_tjansteskrivelse(text(), scanned=True).found}


def test_a_misread_heading_is_the_reason_to_look_at_its_list():
    plain = text().replace("Beslutsunderlag:", "Bes1utsunderlag:")
    one = of(read_tjansteskrivelse(plain), Field.UNDERLAG)[0]
    assert (one.sureness, one.why) == (TROLIG, "Rubriken är feltolkad av en inskanning: ”Bes1utsunderlag”.")


def test_a_name_put_right_while_it_was_read_is_found_where_it_was_misread():
    one = the(read_tjansteskrivelse(SCANNED), Field.ADDRESSEE)
    assert (one.text, one.quote) == ("Kulturnämnden", "Kulturndmnden")


def test_text_read_through_a_wrong_encoding_makes_everything_unsure():
    garbled = text().replace("ö", "”").replace("å", "†").replace("ä", "„")
    read_so = read_tjansteskrivelse(garbled)
    assert {one.sureness for one in read_so.found} == {OSAKER}
    assert any("förvanskade (”Fritidsf”rvaltningen”)" in sentence for sentence in read_so.unsure)


def test_digits_inside_words_tell_of_a_scanner():
    assert how(read(matter=MATTER.replace("jämförelse", "jämf6relse")), Field.RUBRIK) is SAKER
    misread = read(matter=MATTER.replace("jämförelse", "jämf6relse").replace("drift", "dr1ft"))
    assert how(misread, Field.RUBRIK) is TROLIG


# --- the head ----------------------------------------------------------------------------------------
def test_a_labelled_title_is_sure_whatever_else_stands_there():
    head = HEAD.replace("Ny isbana", "Vinter i staden\n\nÄrende: Ny isbana")
    one = the(read(head=head), Field.RUBRIK)
    assert (one.sureness, one.text) == (SAKER, "Ny isbana på Hamnplan, val av driftform")


def test_other_free_text_in_the_head_is_shown_as_what_the_title_could_have_been():
    one = the(read(head=HEAD.replace("Ny isbana", "Vinter i staden\n\nNy isbana")), Field.RUBRIK)
    assert (one.sureness, one.others) == (TROLIG, ("Vinter i staden",))


def test_a_title_that_looks_like_a_name_is_unsure():
    head = HEAD.replace("Ny isbana på Hamnplan, val av driftform", "Detaljplan Vävskeden")
    assert the(read(head=head), Field.RUBRIK).sureness is OSAKER


@pytest.mark.parametrize(
    "title", ["Från: Kontoret i Vik", "Val av drift, Dnr FRN 2025-9", "ny isbana", "Is", "Ny isbana."]
)
def test_a_title_with_something_of_another_field_or_without_its_form_is_unsure(title: str):
    found = the(read(head=HEAD.replace("Ny isbana på Hamnplan, val av driftform", f"Rubrik: {title}")), Field.RUBRIK)
    assert found.text == title
    plain = the(read(head=HEAD.replace("Ny isbana på Hamnplan, val av driftform", title)), Field.RUBRIK)
    assert OSAKER in (found.sureness, plain.sureness)


def test_without_any_heading_the_title_is_unsure():
    one = the(read_tjansteskrivelse("Ny isbana på Hamnplan\n\nDnr FRN 2025-61\n"), Field.RUBRIK)
    assert (one.text, one.sureness) == ("Ny isbana på Hamnplan", OSAKER)


def test_a_number_without_a_label_is_told_by_its_form():
    one = the(read(head=HEAD.replace("Dnr FRN 2025-61", "FRN 2025-61")), Field.DNR)
    assert (one.sureness, one.why) == (TROLIG, "Kändes igen på sin form; inget ”Dnr” står framför.")


@pytest.mark.parametrize("written", ["Dnr Fritid 2025/61", "Dnr F.2025/61"])
def test_letters_right_before_a_number_may_belong_to_it(written: str):
    one = of(read(head=HEAD.replace("Dnr FRN 2025-61", written)), Field.DNR)[0]
    assert one.sureness is OSAKER or one.text == written.removeprefix("Dnr ")


def test_what_else_may_be_a_number_makes_the_number_unsure():
    one = the(read(head=HEAD.replace("Dnr FRN 2025-61", "Dnr FRN 2025-61\n\nRef 9870/2")), Field.DNR)
    assert (one.text, one.sureness, one.others) == ("FRN 2025-61", OSAKER, ("9870/2",))


def test_a_number_that_could_not_be_read_is_no_sure_lack_of_one():
    one = the(read(head=HEAD.replace("Dnr FRN 2025-61", "Ärende 2025:61-7")), Field.DNR)
    assert (one.text, one.sureness) == ("", OSAKER)


def test_a_head_without_a_number_lacks_it_for_sure():
    one = the(read(head=HEAD.replace("Dnr FRN 2025-61", "")), Field.DNR)
    assert (one.text, one.sureness, one.line) == ("", SAKER, None)


def test_a_label_without_a_number_is_pointed_at():
    one = the(read(head=HEAD.replace("Dnr FRN 2025-61", "Dnr")), Field.DNR)
    assert (one.text, one.sureness, one.quote) == ("", TROLIG, "Dnr")


def test_the_first_of_several_dates_is_unsure_and_the_others_are_shown():
    one = the(read(head=HEAD.replace("2025-03-04", "2025-03-04\n\n2025-03-20")), Field.DATE)
    assert (one.text, one.sureness, one.others) == ("2025-03-04", OSAKER, ("2025-03-20",))


def test_a_labelled_date_is_sure_beside_another():
    one = the(read(head=HEAD.replace("2025-03-04", "2025-03-20\n\nDatum: 2025-03-04")), Field.DATE)
    assert (one.text, one.sureness, one.quote) == ("2025-03-04", SAKER, "Datum: 2025-03-04")


def test_a_date_below_the_body_may_be_the_meetings():
    head = HEAD.replace("2025-03-04\n\n", "").replace("Fritidsnämnden\n", "Fritidsnämnden\n2025-03-20\n")
    assert the(read(head=head), Field.DATE).sureness is TROLIG


def test_digits_that_are_no_date_are_no_sure_lack_of_one():
    one = the(read(head=HEAD.replace("2025-03-04", "2025-13-04")), Field.DATE)
    assert (one.text, one.sureness, one.quote) == ("", OSAKER, "2025-13-04")


def test_an_addressee_that_is_not_asked_to_decide_is_unsure():
    one = the(read(head=HEAD.replace("Fritidsnämnden", "Kulturnämnden")), Field.ADDRESSEE)
    assert (one.sureness, one.why) == (OSAKER, "Huvudet och förslaget till beslut nämner olika organ.")


# --- proposals ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("section", "sure", "why"),
    [
        ("Förslag till beslut\n\n1. Taxan höjs.\n", OSAKER, "Rubriken säger inte vilket organ"),
        ("Förslag till beslut\n\nFritidsnämnden beslutar:\n\n1. Taxan höjs.\n", SAKER, "Är en egen punkt"),
        ("Förslag till fritidsnämndens beslut\n\nTaxan höjs.\n", TROLIG, "Är ett eget stycke"),
        ("Förslag till fritidsnämndens beslut\n\nTaxan höjs. Avtalet godkänns.\n", OSAKER, "inte är uppdelat"),
        ("Förslag till fritidsnämndens beslut\n\n1. Taxan höjs.\n\n3. Avtalet godkänns.\n", OSAKER, "har luckor"),
        ("Förslag till beslut\n\n1. Taxan höjs.\n2. Fritidsnämnden sluter avtalet.\n", OSAKER, "Första punkten"),
        ("Förslag till fritidsnämndens beslut\n\n2.1 Taxan höjs.\n2.2 Avtalet sluts.\n", SAKER, "Är en egen punkt"),
        ("Förslag till fritidsnämndens beslut\n", SAKER, "Rubriken står utan text."),
    ],
)
def test_a_proposal_is_as_sure_as_its_list(section: str, sure: Sureness, why: str):
    found = of(read(proposals=section), Field.ATT_SATS)
    assert weakest(found) is sure
    assert why in found[0].why or "är inte uppdelat i punkter" in found[0].why


def test_proposals_of_two_to_the_same_body_are_unsure():
    section = (
        "Ordförandens förslag\n\nFritidsnämnden beslutar:\n\n1. Taxan höjs.\n\n"
        "Förvaltningens förslag till beslut\n\nFritidsnämnden beslutar:\n\n1. Taxan sänks.\n"
    )
    found = of(read(proposals=section), Field.ATT_SATS)
    assert {one.sureness for one in found} == {OSAKER}
    assert "”Ordförandens förslag”" in found[0].why


def test_a_line_that_asks_a_body_is_read_so_or_makes_the_list_unsure():
    section = (
        "Förslag till beslut i fritidsnämnden\n\n1. Taxan höjs.\n\n"
        "Fritidsnämnden föreslår i sin tur att kommunstyrelsen föreslår kommunfullmäktige besluta\n\n2. Taxan gäller.\n"
    )
    found = of(read(proposals=section), Field.ATT_SATS)
    assert {one.body for one in found} == {"fritidsnämnden", "kommunfullmäktige"} or weakest(found) is OSAKER


def test_a_request_without_a_heading_is_no_sure_lack_of_proposals():
    matter = MATTER + "\nFörvaltningen föreslår att nämnden beslutar att taxan höjs enligt bilagan.\n"
    one = the(read(proposals="", matter=matter), Field.ATT_SATS)
    assert (one.text, one.sureness) == ("", OSAKER)


# --- MBL ---------------------------------------------------------------------------------------------
def mbl(statement: str, heading: str = "Information eller förhandling enligt MBL") -> dict[Field, tuple[str, Sureness]]:
    found = read(mbl=f"{heading}\n\n{statement}\n").found
    return {one.field: (one.text, one.sureness) for one in found if one.field.value.startswith("mbl")}


def test_one_statement_under_its_heading_is_sure():
    assert mbl("Information enligt 19 § gavs 2025-02-25.") == {
        Field.MBL_KIND: ("information", SAKER),
        Field.MBL_PARAGRAPH: ("19", SAKER),
        Field.MBL_DATE: ("2025-02-25", SAKER),
    }


def test_a_heading_without_text_is_sure_to_say_nothing():
    assert mbl("")[Field.MBL_KIND] == ("okänt", SAKER)


def test_what_cannot_be_made_out_is_unsure():
    assert mbl("Se protokollet.")[Field.MBL_KIND] == ("okänt", OSAKER)


def test_both_done_and_not_called_for_is_unsure():
    told = mbl("Förhandling enligt 11 § hölls 2025-02-25. Information är inte påkallad.")
    assert told[Field.MBL_KIND] == ("förhandling", OSAKER)


def test_a_misread_paragraph_is_unsure_and_one_in_the_heading_likely():
    assert mbl("Förhandling enligt § I I hölls 2025-02-25.")[Field.MBL_PARAGRAPH] == ("11", OSAKER)
    assert mbl("Hölls 2025-02-25.", "Förhandling enligt MBL § 11")[Field.MBL_PARAGRAPH] == ("11", TROLIG)


def test_several_dates_of_mbl_are_unsure():
    told = mbl("Förhandling enligt 11 § hölls 2025-02-25 och 2025-02-27.")
    assert told[Field.MBL_DATE] == ("2025-02-27", OSAKER)


def test_a_date_without_a_year_is_likely():
    assert mbl("Förhandling enligt 11 § hölls den 25 februari.")[Field.MBL_DATE] == ("2025-02-25", TROLIG)


def test_digits_that_may_be_a_date_are_no_sure_lack_of_one():
    assert mbl("Förhandling enligt 11 § hölls 2025-02-31.")[Field.MBL_DATE] == ("", OSAKER)


def test_what_is_said_in_passing_is_likely():
    matter = MATTER + "\nInformation enligt 19 § MBL gavs den 25 februari 2025.\n"
    told = {one.field: one for one in read(mbl="", matter=matter).found}
    assert told[Field.MBL_KIND].sureness is TROLIG
    assert told[Field.MBL_DATE].quote == "Information enligt 19 § MBL gavs den 25 februari 2025."


def test_a_mention_of_the_union_is_no_sure_lack_of_mbl():
    assert the(read(mbl=""), Field.MBL_KIND).sureness is SAKER
    told = read(mbl="", matter=MATTER + "\nDe fackliga organisationerna har synpunkter.\n")
    assert the(told, Field.MBL_KIND).sureness is OSAKER


# --- lists -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("recipients", "sure"),
    [
        ("Beslutet skickas till:\nAkten\nDiariet\n", SAKER),
        ("Beslutet skickas till:\n", SAKER),
        ("", SAKER),
        ("Beslutet skickas till:\nEkonomi och upphandling\n", TROLIG),
        ("Beslutet skickas till:\nAkten, Diariet, Kansliet\n", TROLIG),
        ("Beslutet skickas till:\nAkten, Diariet\n", OSAKER),
        ("Beslutet skickas till:\nSiv Ek, avtalschef\nAkten\n", TROLIG),
        ("Beslutet skickas till:\nAkten\nSiv Ek, avtalschef\n", OSAKER),
        ("Beslutet skickas till:\nFjärilen AB\nStorvägen 14\n100 00 Tallborg\n", OSAKER),
        ("Besked lämnas till de berörda\n", OSAKER),
    ],
)
def test_recipients_are_as_sure_as_their_lines(recipients: str, sure: Sureness):
    assert how(read(recipients=recipients), Field.RECIPIENT) is sure


@pytest.mark.parametrize(
    ("underlag", "sure"),
    [
        ("Beslutsunderlag:\n- Avtal\n- Kalkyl\n", SAKER),
        ("Beslutsunderlag:\nAvtal\nKalkyl\n", SAKER),
        ("Beslutsunderlag:\n", SAKER),
        ("", SAKER),
        ("Beslutsunderlag:\nAvtal om drift av isbanan på\nHamnplan\nKalkyl\n", TROLIG),
        ("Bilagor\n\n1. Avtal\n", TROLIG),
        ("Beslutsunderlag:\nAvtal\nKommunledningskontoret\n", OSAKER),
        ("Beslutsunderlag:\nAvtal\nGranskningen av det lämnas separat.\n", OSAKER),
        ("Beslutsunderlag:\nAvtal\n¤ Kalkyl\n", OSAKER),
        ("Handlingar som hör till\n\nAvtal\n", OSAKER),
        ("Dokument som nämns\n\nAvtal\n", OSAKER),
        ("Beslutsunderlag:\n2.1 Avtal\n2.2 Kalkyl\n", SAKER),
    ],
)
def test_underlag_is_as_sure_as_its_items(underlag: str, sure: Sureness):
    assert how(read(underlag=underlag), Field.UNDERLAG) is sure


@pytest.mark.parametrize(
    ("signed", "sure"),
    [
        ("Fritidsförvaltningen\n\nRagnar Myrstedt\n", SAKER),
        ("Ragnar Myrstedt\nFritidschef\n", SAKER),
        ("Digitalt signerat av: Ragnar Myrstedt\n", SAKER),
        ("Ragnar Myrstedt\n", TROLIG),
        ("", SAKER),
    ],
)
def test_a_signatory_is_as_sure_as_what_stands_around_the_name(signed: str, sure: Sureness):
    assert how(read(signed=signed), Field.SIGNATORY) is sure


def test_a_name_that_was_not_read_as_a_signature_is_no_sure_lack_of_one():
    lone = read(signed="", recipients="Beslutet skickas till:\nAkten\nRagnar Myrstedt\n")
    assert the(lone, Field.SIGNATORY).sureness is OSAKER


def test_each_of_several_leftovers_alike_has_its_own_place():
    matter = MATTER + "\n[Belopp] och [Belopp]\n[Belopp] och [Namn]\nKlicka här för att\nange text.\n"
    told = [(one.text, one.line, one.last_line) for one in of(read(matter=matter), Field.PLACEHOLDER)]
    assert told[:3] == [("[Belopp]", 22, 22), ("[Belopp]", 22, 22), ("[Belopp]", 23, 23)]
    assert told[3:] == [("[Namn]", 23, 23), ("Klicka här för att ange text.", 24, 25)]


def test_a_name_in_capitals_is_no_sure_lack_of_a_signature():
    assert the(read(signed="RAGNAR MYRSTEDT\n", recipients=""), Field.SIGNATORY).sureness is OSAKER


def test_who_was_taken_out_of_the_recipients_makes_them_unsure():
    last = read(signed="", recipients="Beslutet skickas till:\nAkten\n\nRagnar Myrstedt\n")
    assert last.signatories == ("Ragnar Myrstedt",)
    assert (
        of(last, Field.RECIPIENT)[0].why
        == "”Ragnar Myrstedt” under rubriken lästes som undertecknare och inte som mottagare."
    )


def test_what_may_be_a_leftover_is_shown_without_being_counted():
    told = read(matter=MATTER + "\nKostnaden är [se kalkylen] kronor.\n")
    assert told.placeholders == ()
    one = the(told, Field.PLACEHOLDER)
    assert (one.text, one.sureness, one.others) == ("", OSAKER, ("[se kalkylen]",))


def test_a_day_that_was_counted_is_unsure_and_one_written_out_is_likely():
    matter = MATTER + "\nAvtalet gäller till och med 2027-06-30.\n\nProjektet pågår till och med 2029.\n"
    told = of(read(matter=matter, proposals=""), Field.WATCH)
    assert {one.quote: one.sureness for one in told} == {
        "Avtalet gäller till och med 2027-06-30.": TROLIG,
        "Projektet pågår till och med 2029.": OSAKER,
    }
