"""Where a skrivelse says two things that cannot both be so, it is asked about."""

import pytest

from tests.workflow.document_intake.skrivelser import HEAD, MATTER, UNDERLAG, read


def told(words: str, **changed: str) -> bool:
    return any(words in sentence for sentence in read(**changed).unsure)


def test_a_page_head_with_another_case_number_is_asked_about():
    page = MATTER + "\nFRN 2024-7          2 (3)\n\nJämförelsen visar att kostnaden är lägre.\n"
    assert told("Huvudet har diarienummer FRN 2025-61, men rad 22 ”FRN 2024-7   2 (3)” har FRN 2024-7;", matter=page)


@pytest.mark.parametrize(
    "line", ["FRN 2025-61          2 (3)", "Dnr FRN 2025/61", "Jämför ärendet FRN 2024-7 i nämnden."]
)
def test_the_heads_own_number_and_one_quoted_in_the_text_are_not_asked_about(line: str):
    assert not told("men rad", matter=f"{MATTER}\n{line}\n\nJämförelsen visar att kostnaden är lägre.\n")


def test_a_skrivelse_laid_before_one_namnd_and_asking_another_is_asked_about():
    head = HEAD.replace("Fritidsnämnden", "Kulturnämnden")
    assert told("Huvudet är ställt till Kulturnämnden, men förslaget till beslut gäller fritidsnämnden;", head=head)


@pytest.mark.parametrize(
    ("addressee", "asked"),
    [
        ("Fritidsnämnden", "fritidsnämndens"),
        ("Fritidsnämnden", "kommunfullmäktiges"),
        ("Kommunstyrelsen", "kommunfullmäktiges"),
        ("Kommunstyrelsens arbetsutskott", "kommunstyrelsens"),
    ],
)
def test_a_matter_that_goes_on_to_the_body_it_asks_is_not_asked_about(addressee: str, asked: str):
    head = HEAD.replace("Fritidsnämnden", addressee)
    assert not told("Huvudet är ställt till", head=head, proposals=f"Förslag till {asked} beslut\n\n1. Taxan höjs.\n")


MBL = "Information eller förhandling enligt MBL\n\n"


@pytest.mark.parametrize(
    "statements",
    [
        "Förhandling enligt 11 § hölls 2025-02-25. Förhandling är inte påkallad.",
        "Information enligt 19 § gavs 2025-02-25. MBL är inte aktuellt i ärendet.",
    ],
)
def test_mbl_said_both_done_and_not_called_for_is_asked_about(statements: str):
    assert told("Om MBL står både ”", mbl=MBL + statements)


def test_information_given_where_no_negotiation_is_called_for_is_no_conflict():
    mbl = MBL + "Information enligt 19 § gavs 2025-02-25. Förhandling är inte påkallad."
    assert not told("Om MBL står både ”", mbl=mbl)


def test_mbl_after_the_skrivelse_is_asked_about():
    later = MBL + "Förhandling enligt 11 § hölls 2025-03-06."
    assert told("MBL har dagen 2025-03-06, efter skrivelsens 2025-03-04;", mbl=later)
    assert not told("MBL har dagen", mbl=later.replace("2025-03-06", "2025-03-04"))


def test_the_skrivelse_dated_later_among_its_own_underlag_is_asked_about():
    later = UNDERLAG.replace("2025-03-04", "2025-03-11")
    words = "Huvudet har datum 2025-03-04, men tjänsteskrivelsen under beslutsunderlag på rad 24 har 2025-03-11;"
    assert told(words, underlag=later)
    assert not told("men tjänsteskrivelsen", underlag=UNDERLAG.replace("2025-03-04", "2024-11-02"))


@pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01", "31 april 2025"])
def test_a_day_that_no_calendar_has_is_pointed_at(day: str):
    assert told(f"Datumet {day} på rad 22 finns inte i kalendern; rätta det.", matter=f"{MATTER}\nSvar {day}.\n")


@pytest.mark.parametrize("day", ["2025-02-28", "31 mars 2025", "Dnr KS 2025-44-99"])
def test_a_day_there_is_and_a_number_are_not_pointed_at(day: str):
    assert not told("finns inte i kalendern", matter=f"{MATTER}\nSvar {day}.\n")


def test_a_document_full_of_impossible_days_names_three():
    matter = MATTER + "".join(f"\nSvar 2025-02-3{number}.\n" for number in range(5))
    assert sum("i kalendern" in sentence for sentence in read(matter=matter).unsure) == 3
