"""Leftovers of the template are found, each once, with the part they stand in."""

import pytest

from tests.workflow.document_intake.skrivelser import HEAD, read
from workflow.document_intake.interface import Placeholder
from workflow.document_intake.placeholders import is_placeholder, placeholders_in


@pytest.mark.parametrize(
    "leftover",
    [
        "Klicka här för att ange text.",
        "Klicka eller tryck här för att ange text.",
        "Klicka har f6r att ange text.",
        "[Klicka här och skriv eventuell beslutsmotivering]",
        "Välj ett objekt.",
        "Välj ett datum.",
        "ÅÅÅÅ-MM-DD",
        "20ÅÅ-MM-DD",
        "KS 2025-XXXX",
        "XXXX",
        "[Namn]",
        "[Skriv förslag till beslut här]",
        "«Diarienr»",
        "<<Handläggare>>",
        "AnvNamn",
        "Förnamn Efternamn",
        "Rubriken på tjänsteskrivelse",
        "Fel! Hittar inte referenskälla.",
        "Fel! Bokmärket är inte definierat.",
        "Fel! Dokumentvariabeln finns inte.",
        "Lorem ipsum",
        "TBD",
        "Klicka för att ange text.",
        "Tryck här för att ange datum.",
        "Skriv in text här",
        "Infoga sammanfattningen här.",
        "Här skriver du vad nämnden ska besluta.",
        "{Diarienummer}",
        "{{Diarienummer}}",
        "$dnr$",
        "#Handläggarens_namn#",
        "DOCPROPERTY Diarienr",
        "ÅÅ-MM-DD",
        "0000-00-00",
    ],
)
def test_a_leftover_is_found_once_and_whole(leftover: str):
    assert [found for _, found in placeholders_in(f"Text före. {leftover}\nText efter")] == [leftover]
    assert is_placeholder(leftover)


@pytest.mark.parametrize(
    "text",
    [
        "[Länk till målen](#)",
        "fornamn.efternamn@strandby.example",
        "Se not [2] och [sic].",
        "Klicka här för att läsa mer.",
        "Han fyllde XX år 2025-01-02.",
        "Förslag till namn på skolan",
        "Mängden {1, 2} och #torget# kostar 5 $ per år.",
        "Den som söker ska ange namn och skriva text på svenska.",
        "Tryck här och där på kartan.",
    ],
)
def test_what_somebody_wrote_is_no_leftover(text: str):
    assert placeholders_in(text) == []


@pytest.mark.parametrize(
    ("text", "leftover"),
    [
        ("Ärendet\nSkriv text.\nMer", "Skriv text."),
        ("beslutet den XX april 2025", "XX"),
        ("höst\nNämnden beslutade § XX att", "XX"),
        ("kostar XX tkr", "XX"),
    ],
)
def test_some_words_are_leftovers_only_where_they_stand(text: str, leftover: str):
    assert [found for _, found in placeholders_in(text)] == [leftover]


def test_a_prompt_broken_by_the_margin_is_one():
    assert [found for _, found in placeholders_in("Klicka här för att ange\ntext.")] == [
        "Klicka här för att ange text."
    ]


def test_a_leftover_among_words_leaves_them_an_item():
    assert not is_placeholder("Tjänsteskrivelse – Rubriken på tjänsteskrivelse, ÅÅÅÅ-MM-DD")


def test_each_is_placed_in_its_part():
    skrivelse = read(
        head=HEAD.replace("Tyra Kvarnlund, Olle af Sand", "[Namn]"),
        proposals="Förslag till fritidsnämndens beslut\n\n1. Välj ett objekt.\n",
        matter="Barnets bästa\n\nKlicka här för att ange text.\n",
        underlag="Beslutsunderlag:\n\nTjänsteskrivelse, ÅÅÅÅ-MM-DD\n",
        recipients="Beslutet skickas till:\nXXXX\n",
    )
    assert skrivelse.placeholders == (
        Placeholder("[Namn]", "Sidhuvud"),
        Placeholder("Välj ett objekt.", "Förslag till beslut"),
        Placeholder("Klicka här för att ange text.", "Barnets bästa"),
        Placeholder("ÅÅÅÅ-MM-DD", "Beslutsunderlag"),
        Placeholder("XXXX", "Beslutet skickas till"),
    )


def test_the_templates_title_stands_in_the_title():
    skrivelse = read(head="Kansliet\n2025-01-07\n\nBudget för XXXX\n")
    assert skrivelse.placeholders == (Placeholder("XXXX", "Rubrik"),)
