"""What is said of MBL, under a heading or without one."""

import datetime

import pytest

from tests.workflow.document_intake.skrivelser import mbl, read
from workflow.document_intake.interface import MBL_KINDS, ReadMbl


def said(kind: str, paragraph: str | None = None, iso: str | None = None) -> ReadMbl:
    return ReadMbl(kind, paragraph, datetime.date.fromisoformat(iso) if iso else None)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Information enligt MBL § 19 har givits 2025-02-05.", said("information", "19", "2025-02-05")),
        ("Information enligt 19 § medbestämmandelagen gavs den 5 februari.", said("information", "19", "2025-02-05")),
        ("Förhand-\nling enligt 11 § MBL hölls 2025-02-05.", said("förhandling", "11", "2025-02-05")),
        ("MBL-information lämnades 5/2.", said("information", None, "2025-02-05")),
        ("Information 19 § MBL: 250205", said("information", "19", "2025-02-05")),
        ("Facket informerades i FSG enligt 19 § MBL 2025-02-05.", said("information", "19", "2025-02-05")),
        ("Förhandling enligt § 11 MBL genomfördes 5 feb 2025.", said("förhandling", "11", "2025-02-05")),
        ("Central förhandling enligt 14 § MBL hölls 2025-02-05.", said("förhandling", "14", "2025-02-05")),
        ("Förhandling enligt 38 § MBL hölls 2025-02-05.", said("förhandling", "38", "2025-02-05")),
        ("Information (19 §) och förhandling (11 §) enligt MBL 2025-02-05.", said("förhandling", "11", "2025-02-05")),
        (
            "Information enligt 19 § gavs 2025-01-08 och förhandling enligt 11 § hölls 2025-02-05.",
            said("förhandling", "11", "2025-02-05"),
        ),
        (
            "Förhandling enligt 11 § hölls 2025-02-05.\nInformation enligt 19 § gavs 2025-02-20.",
            said("förhandling", "11", "2025-02-05"),
        ),
        (
            "Tidigare information gavs 2024-03-03. Information enligt 19 § MBL gavs 2025-02-05.",
            said("information", "19", "2025-02-05"),
        ),
        (
            "Information enligt 19 § MBL gavs 2025-02-05. I det ärendet hölls förhandling enligt 11 § 2018-01-01.",
            said("information", "19", "2025-02-05"),
        ),
        ("Information enligt 19 § MBL har getts ÅÅÅÅ-MM-DD.", said("information", "19")),
        ("Ärendet behandlades i förvaltningsgruppen 2025-02-05.", said("samverkan", None, "2025-02-05")),
        ("FSG 2025-02-05", said("samverkan", None, "2025-02-05")),
        ("Information har lämnats i samverkansgruppen den 5 februari 2025.", said("samverkan", None, "2025-02-05")),
        ("Ärendet är samverkat i FSG den 5 februari 2025.", said("samverkan", None, "2025-02-05")),
        (
            "Facken informerades enligt 19 § MBL 2025-02-05. Förhandling enligt 11 § begärdes inte.",
            said("information", "19", "2025-02-05"),
        ),
        ("Förhandling enligt MBL § I I hölls 2025-02-05.", said("förhandling", "11", "2025-02-05")),
        ("Förhandling enligt ll § MBL hölls 2025-02-05.", said("förhandling", "11", "2025-02-05")),
        ("Information enligt § I9 gavs 2025-02-05.", said("information", "19", "2025-02-05")),
        ("Förhandling enligt § 1 i avtalet hölls 2025-02-05.", said("förhandling", None, "2025-02-05")),
        ("☐ Förhandling enligt 11 §\n☒ Information enligt 19 §\n2025-02-05", said("information", "19", "2025-02-05")),
        ("[X] Förhandling 11 § [ ] Information 19 §\n2025-02-05", said("förhandling", "11", "2025-02-05")),
        ("☐ Förhandling enligt 11 §\n☐ Information enligt 19 §", said("okänt")),
        ("Förhandling enligt MBL: ☐ Ja ☒ Nej", said("ej_påkallad")),
        ("Frågan kräver ingen förhandling.", said("ej_påkallad")),
        (
            "Förhandling enligt 11 § MBL hölls 2025-02-05 och inga invändningar kom in.",
            said("förhandling", "11", "2025-02-05"),
        ),
        ("Behöver ärendet MBL-förhandlas? Nej", said("ej_påkallad")),
        ("Information: 2025-02-05\nFörhandling: Ej aktuellt", said("information", None, "2025-02-05")),
        ("Information: -\nFörhandling: 2025-02-05", said("förhandling", None, "2025-02-05")),
        ("MBL-information eller förhandling är inte påkallad.", said("ej_påkallad")),
        ("Ärendet har inte varit föremål för MBL-förhandling.", said("ej_påkallad")),
        ("Samverkan har skett i förvaltningsrådet den 5 februari 2025.", said("samverkan", None, "2025-02-05")),
        ("Ej aktuellt.", said("ej_påkallad")),
        ("Nej", said("ej_påkallad")),
        ("Förhandling behövs inte i detta ärende.", said("ej_påkallad")),
        ("Ärendet är inte av den arten att det kräver förhandling enligt 11 § MBL.", said("ej_påkallad")),
        ("", said("okänt")),
        ("-", said("okänt")),
        ("Klicka här för att ange text.", said("okänt")),
        ("Se bilagan.", said("okänt")),
    ],
)
def test_the_strongest_thing_said_of_this_case_is_read(statement: str, expected: ReadMbl):
    assert mbl(statement) == expected
    assert expected.kind in MBL_KINDS


@pytest.mark.parametrize(
    "heading",
    [
        "Information eller förhandling enligt lag (1976:580) om\nmedbestämmande i arbetslivet",
        "**Information eller förhandling enligt lag (1976:580) om\nmedbestämmande i arbetslivet**",
        "Information/förhandling enligt medbestämmandelagen",
        "MBL",
        "Facklig samverkan",
        "Facklig information och förhandling",
        "FACKLIG SAMVERKAN:",
        "Fackliga samtal",
        "Fackförbund",
        "Infornation e1ler forhandling enligt lag (1976:580) om medbestammande i arbets1ivet",
    ],
)
def test_the_heading_has_many_forms(heading: str):
    assert mbl("Förhandling enligt 11 § MBL hölls 2025-02-05.", heading) == said("förhandling", "11", "2025-02-05")


def test_a_heading_that_says_what_was_done_needs_only_a_date_below_it():
    assert mbl("Har genomförts 2025-02-05.", "MBL-förhandling") == said("förhandling", None, "2025-02-05")
    assert mbl("Har genomförts 2025-02-05.", "Information och förhandling enligt MBL") == said("okänt")


def test_the_paragraph_may_stand_in_the_heading_alone():
    assert mbl("Hölls 2025-02-05.", "Förhandling enligt MBL § 11") == said("förhandling", "11", "2025-02-05")
    assert mbl("Information gavs 2025-02-05.", "Förhandling enligt MBL § 11") == said("information", None, "2025-02-05")


def test_a_sentence_on_mbl_below_a_list_is_no_item_of_the_list():
    skrivelse = read(mbl="Information enligt MBL har skett 2025-02-05.\n")
    assert skrivelse.mbl == said("information", None, "2025-02-05")
    assert len(skrivelse.underlag) == 2


def test_samverkan_with_the_neighbours_is_not_with_the_unions():
    assert mbl("Samverkan har skett med polisen och föreningarna i området.", "Samverkan") == said("saknas")


def test_a_matter_that_need_not_be_shared_is_about_the_staff():
    assert mbl("Ärendet behöver inte samverkas.", "Samverkan") == said("ej_påkallad")


def test_in_running_text_it_is_found_too():
    skrivelse = read(mbl="Beredning\n\nFörhandling enligt 38 § MBL genomfördes den 3 februari 2025.\n")
    assert skrivelse.mbl == said("förhandling", "38", "2025-02-03")


def test_silence_is_saknas_and_it_is_said():
    skrivelse = read(mbl="")
    assert skrivelse.mbl == said("saknas")
    assert "Skrivelsen säger inget om information eller förhandling enligt MBL." in skrivelse.unsure


def test_a_year_taken_from_the_skrivelse_is_said():
    skrivelse = read(mbl="MBL\n\nInformation enligt 19 § MBL lämnades den 5 februari.\n")
    assert "Datumet för MBL är skrivet utan år; 2025, skrivelsens år, antogs." in skrivelse.unsure


def test_a_missing_date_is_said():
    skrivelse = read(mbl="MBL\n\nInformation enligt 19 § MBL har lämnats.\n")
    assert "Datum för MBL saknas; skriv in när information eller förhandling skedde." in skrivelse.unsure


def test_the_signature_below_is_no_statement():
    assert read(mbl="Information eller förhandling enligt MBL\n").mbl == said("okänt")
