"""Whole skrivelser in different houses' layouts are read alike."""

import datetime

from msgspec.structs import replace

from tests.workflow.document_intake.skrivelser import CITY, COLUMNS, SCANNED, counts, read, text
from workflow.document_intake.interface import ReadMbl
from workflow.document_intake.tjansteskrivelse import as_answer, read_tjansteskrivelse


def test_a_complete_skrivelse_is_read_to_the_last_field_and_leaves_nothing_unsure():
    skrivelse = read()
    assert skrivelse.rubrik == "Ny isbana på Hamnplan, val av driftform"
    assert skrivelse.numbers == ("FRN 2025-61",)
    assert skrivelse.date == datetime.date(2025, 3, 4)
    assert skrivelse.addressee == "Fritidsnämnden"
    assert skrivelse.unit == "Fritidsförvaltningen"
    assert skrivelse.handlaggare == ("Tyra Kvarnlund", "Olle af Sand")
    assert counts(skrivelse) == {"fritidsnämnden": 2}
    assert skrivelse.mbl == ReadMbl("förhandling", "11", datetime.date(2025, 2, 25))
    assert skrivelse.recipients == ("Hamnplans isförening", "Kommunstyrelsen")
    assert skrivelse.signatories == ("Ragnar Myrstedt",)
    assert skrivelse.underlag == ("Tjänsteskrivelse – Ny isbana på Hamnplan, 2025-03-04", "Kalkyl för tre driftformer")
    assert skrivelse.placeholders == ()
    assert skrivelse.unsure == ()


def test_the_answer_is_plain_values():
    told = "Förvaltningen ska redovisa kostnaderna efter den första säsongen."
    assert as_answer(read()) == {
        "rubrik": "Ny isbana på Hamnplan, val av driftform",
        "dnr": ["FRN 2025-61"],
        "date": "2025-03-04",
        "proposals": {"fritidsnämnden": 2},
        "mbl": {"kind": "förhandling", "paragraph": "11", "date": "2025-02-25"},
        "recipients": ["Hamnplans isförening", "Kommunstyrelsen"],
        "signatories": ["Ragnar Myrstedt"],
        "underlag": 2,
        "placeholders": 0,
        "watches": [
            {
                "kind": "uppdrag",
                "about": "Uppdrag: Förvaltningen ska redovisa kostnaderna",
                "due": None,
                "event": "den första säsongen",
                "months": None,
                "inferred": False,
                "sentence": told,
                "note": "",
            }
        ],
    }


def test_the_answer_of_a_skrivelse_that_says_nothing_is_empty_and_not_missing():
    answer = as_answer(read_tjansteskrivelse(""))
    assert answer["rubrik"] is None
    assert answer["date"] is None
    assert answer["proposals"] == {}
    assert answer["mbl"] == {"kind": "saknas", "paragraph": None, "date": None}


def test_without_blank_lines_the_same_is_read():
    packed = read_tjansteskrivelse("\n".join(line for line in text().split("\n") if line))
    assert replace(packed, found=()) == replace(read(), found=())


def test_with_markdown_headings_the_same_is_read():
    marked = "\n".join(f"## {line}" if line in _HEADINGS else line for line in text().split("\n"))
    assert as_answer(read_tjansteskrivelse(marked)) == as_answer(read())


_HEADINGS = {"Förslag till fritidsnämndens beslut", "Ärende", "Beslutsunderlag:", "Beslutet skickas till:"}


def test_capital_headings_are_read_like_small_ones():
    loud = "\n".join(line.upper() if line in _HEADINGS else line for line in text().split("\n"))
    assert as_answer(read_tjansteskrivelse(loud)) == as_answer(read())


def test_a_head_in_columns_gives_each_label_what_stands_below_it():
    skrivelse = read_tjansteskrivelse(COLUMNS)
    assert skrivelse.handlaggare == ("Ylva Brant",)
    assert skrivelse.date == datetime.date(2024, 11, 18)
    assert skrivelse.numbers == ("TN-2024-00093",)
    assert skrivelse.addressee == "Tekniska nämnden"


def test_a_title_broken_inside_a_range_of_years_is_put_together():
    assert read_tjansteskrivelse(COLUMNS).rubrik == "Upphandling av vinterväghållning för åren 2025–2029"


def test_sentences_and_a_list_of_amounts_are_counted_as_decisions_and_not_as_lines():
    assert counts(read_tjansteskrivelse(COLUMNS)) == {"tekniska nämnden": 2, "kommunstyrelsen": 1}


def test_a_page_break_takes_nothing_from_the_lists_below_it():
    skrivelse = read_tjansteskrivelse(COLUMNS)
    assert len(skrivelse.underlag) == 3
    assert skrivelse.recipients == (
        "Nämnden för Miljö & Bygg",
        "Räddningstjänsten",
        "Kommunala rådet för Äldre & Funktionshindrade",
        "Siv Lönn, upphandlingschef",
    )


def test_those_in_the_footer_do_not_sign():
    assert read_tjansteskrivelse(COLUMNS).signatories == ("Kaj Ödman", "Britt-Inger Hval")


def test_a_handlaggare_only_in_the_footer_is_found_there():
    without_head = COLUMNS.replace(
        "Ylva Brant                  2024-11-18", "                            2024-11-18", 1
    )
    assert read_tjansteskrivelse(without_head).handlaggare == ("Ylva Brant",)


def test_signatures_before_the_summary_are_signatures():
    assert read_tjansteskrivelse(CITY).signatories == ("Greta Nordvall", "Erik Sjö")


def test_the_date_of_the_sitting_is_not_the_date_of_the_skrivelse_and_it_is_said():
    skrivelse = read_tjansteskrivelse(CITY)
    assert skrivelse.date == datetime.date(2023, 8, 21)
    assert any("2023-09-12" in sentence for sentence in skrivelse.unsure)


def test_appendices_stand_in_for_underlag_and_it_is_said():
    skrivelse = read_tjansteskrivelse(CITY)
    assert skrivelse.underlag == ("Behovsanalys", "Karta över söderort")
    assert "Beslutsunderlag saknas som rubrik; bilagorna lästes som underlag." in skrivelse.unsure


def test_samverkan_in_running_text_is_found_and_it_is_said():
    skrivelse = read_tjansteskrivelse(CITY)
    assert skrivelse.mbl == ReadMbl("samverkan", None, datetime.date(2023, 8, 17))
    assert "Rubrik om MBL saknas; uppgiften är hämtad ur den löpande texten." in skrivelse.unsure


def test_a_scanned_skrivelse_is_read_in_spite_of_its_letters():
    skrivelse = read_tjansteskrivelse(SCANNED)
    assert skrivelse.rubrik == "Oversyn av oppettider pa stadsbiblioteket"
    assert skrivelse.date == datetime.date(2016, 9, 5)
    assert counts(skrivelse) == {"kulturnämnden": 2}
    assert skrivelse.mbl == ReadMbl("förhandling", "11", datetime.date(2016, 8, 29))
    assert skrivelse.signatories == ("Inga Strém",)
    assert skrivelse.recipients == ("Stadsbiblioteket",)
    assert len(skrivelse.underlag) == 2


def test_letters_taken_for_others_do_not_hide_the_bodies():
    skrivelse = read_tjansteskrivelse(
        SCANNED.replace("kulturndmndens beslut", "kulturn&rnndens beslut").replace(
            "Inga Strém", "Inga Strém\nKulturdirekt6r"
        )
    )
    assert counts(skrivelse) == {"kulturnärnnden": 2}
    assert skrivelse.signatories == ("Inga Strém",)


def test_a_scanned_skrivelse_is_told_apart_from_a_typed_one():
    assert any("inskannad" in sentence for sentence in read_tjansteskrivelse(SCANNED).unsure)


def test_letters_lost_in_a_conversion_do_not_hide_the_parts():
    lost = "".join("\ufffd" if letter in "åäöÅÄÖ" else letter for letter in text())
    skrivelse = read_tjansteskrivelse(lost)
    assert counts(skrivelse) == {"fritidsnämnden": 2}
    assert skrivelse.mbl.date == datetime.date(2025, 2, 25)


def test_a_matter_told_without_headings_is_no_part_of_the_head():
    head = f"{text(proposals='', matter='', underlag='', mbl='', signed='', recipients='')}\n"
    told = (
        "Banan är efterfrågad. Den har utretts tidigare i ärende FRN 2019-3, den 5 maj 2019, men blev aldrig byggd.\n"
    )
    skrivelse = read(head=head + told)
    assert skrivelse.rubrik == "Ny isbana på Hamnplan, val av driftform"
    assert skrivelse.numbers == ("FRN 2025-61",)
