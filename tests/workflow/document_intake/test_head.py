"""The head: title, case numbers, date, addressee, unit and handläggare."""

import datetime

import pytest

from tests.workflow.document_intake.skrivelser import HEAD, MBL, UNDERLAG, read
from workflow.document_intake.interface import Field, Skrivelse, Sureness


def head(text: str) -> Skrivelse:
    return read(head=text + "\n")


def title(text: str) -> str | None:
    return head(f"Kansliet\n2025-01-07\nDnr KS 2025/4\nKommunstyrelsen\n\n{text}").rubrik


@pytest.mark.parametrize(
    "rubrik",
    [
        "Internbudget 2026",
        "Förslag till reglemente för kulturnämnden",
        "Samverkansavtal med de fackliga organisationerna",
        "Motion (X) – Fler bänkar vid ån, svar",
        "Omorganisation av tekniska kontoret",
        "Avtal med Bergdala Energi AB 2025-2027",
    ],
)
def test_a_title_may_look_like_something_else(rubrik: str):
    assert title(rubrik) == rubrik


def test_a_title_over_three_lines_is_joined():
    assert title("Svar på remiss om\nskolskjuts, fritidshem och\nöppen förskola") == (
        "Svar på remiss om skolskjuts, fritidshem och öppen förskola"
    )


def test_a_title_that_looks_like_a_name_is_taken_last_and_it_is_said():
    skrivelse = head("Byggnadsnämnden\n2025-01-07\n\nDetaljplan Tranan")
    assert skrivelse.rubrik == "Detaljplan Tranan"
    assert any("Detaljplan Tranan" in sentence for sentence in skrivelse.unsure)


def test_a_title_right_below_a_label_with_its_value_beside_it_is_whole():
    skrivelse = head("Handläggare    Bo Lind\nTelefon    0555-12 34 56\nPlanbesked för bostäder inom\nkvarteret Tranan")
    assert skrivelse.rubrik == "Planbesked för bostäder inom kvarteret Tranan"
    assert skrivelse.handlaggare == ("Bo Lind",)


def test_a_title_goes_on_after_a_dash():
    assert title("Avtal om båtplatser\n– förlängning") == "Avtal om båtplatser – förlängning"


@pytest.mark.parametrize("label", ["Ärende", "Rubrik", "Ärendemening"])
def test_a_labelled_title_wins(label: str):
    assert (
        head(f"Kansliet\n2025-01-07\n{label}: Ny taxa för upplåtelse\nEn rad till").rubrik == "Ny taxa för upplåtelse"
    )


def test_the_templates_title_is_no_title():
    skrivelse = head("Kansliet\n2025-01-07\n\nRubriken på tjänsteskrivelse")
    assert skrivelse.rubrik is None
    assert "Rubriken hittades inte; skriv in ärendemeningen." in skrivelse.unsure


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("Dnr SON 2025-247", ("SON 2025-247",)),
        ("Dnr: KS 2025/100, SN 2025/8", ("KS 2025/100", "SN 2025/8")),
        ("Dnr KS/2018:443 och KS/2017:352", ("KS/2018:443", "KS/2017:352")),
        ("Diarienr: KS-2014/742.912", ("KS-2014/742.912",)),
        ("Dnr KS2017/214/01", ("KS2017/214/01",)),
        ("Dnr KS 67/16", ("KS 67/16",)),
        ("Dnr 2019.144 KS", ("2019.144 KS",)),
        ("Ärendenr 0882/21", ("0882/21",)),
        ("Diarienummer N141-0532/24", ("N141-0532/24",)),
        ("Dnr 2020/KUN 0412 003", ("2020/KUN 0412 003",)),
        ("Dnr 1.4.2-88/2023", ("1.4.2-88/2023",)),
        ("Diarienummer\nVO VO-2025-00213", ("VO-2025-00213",)),
        ("Diarienummer:\nKS 2023-\n00738", ("KS 2023-00738",)),
        ("SLK-2023-01047", ("SLK-2023-01047",)),
        ("SN 18/0098", ("SN 18/0098",)),
        ("Diarienummer    BN 0532/20", ("BN 0532/20",)),
        ("Kansliet och   Datum   Diarienummer\narkivet 2018-02-12 BUN 2018-19", ("BUN 2018-19",)),
        ("Diarienummer KS.2022.310", ("KS.2022.310",)),
        ("Dnr RS240456", ("RS240456",)),
        ("Ks 1234/2024", ("Ks 1234/2024",)),
        ("Dnr KS 00123/2024", ("KS 00123/2024",)),
        ("Dnr 2024-POL000311", ("2024-POL000311",)),
        ("Dnr 1.5.1-135-2012", ("1.5.1-135-2012",)),
        ("Diarienr 346-507-04", ("346-507-04",)),
        ("Ärendenummer: 24RS1234", ("24RS1234",)),
        ("Dnr: 2023/00123\n     2022/01987", ("2023/00123", "2022/01987")),
        ("Dnr KS 2O25/1I3", ("KS 2025/113",)),
        ("Dnr 2025/0042 TN-7", ("2025/0042 TN-7",)),
        ("Dnr 2025.42 TN 003", ("2025.42 TN 003",)),
        ("TNK0042/25", ("TNK0042/25",)),
        ("Diarienummer\nTN 2025–00042", ("TN 2025-00042",)),
        ("Dnr TN 2025 - 42", ("TN 2025 - 42",)),
        ("2025TN42 310", ("2025TN42 310",)),
        ("2025-TN-0042", ("2025-TN-0042",)),
        ("2025TN/0042", ("2025TN/0042",)),
        ("TN/42/2025", ("TN/42/2025",)),
        ("08TNK142", ("08TNK142",)),
        ("Dnr O8TNKl42", ("08TNK142",)),
        ("TNKF/2025:42", ("TNKF/2025:42",)),
        ("Ks/2025:042", ("Ks/2025:042",)),
        ("Dnr 0042/25-310", ("0042/25-310",)),
        ("Dnr TN 42/25-310", ("TN 42/25-310",)),
        ("HVN 2504-0042", ("HVN 2504-0042",)),
        ("TN 25/0042 310", ("TN 25/0042 310",)),
        ("TN/2025:42 310", ("TN/2025:42 310",)),
        ("TN/2025:42 - 310", ("TN/2025:42 - 310",)),
        ("TN-2025-42 Dpl 03", ("TN-2025-42 Dpl 03",)),
        ("TN 2025-00042 1.2.3", ("TN 2025-00042 1.2.3",)),
        ("Dnr TN/250042", ("TN/250042",)),
        ("Dnr TNV 250042", ("TNV 250042",)),
        ("Dnr 42.TN-2025", ("42.TN-2025",)),
        ("Dnr 1.2.3.-42/2025", ("1.2.3.-42/2025",)),
        ("Dnr TN-HUS25-42", ("TN-HUS25-42",)),
        ("Dnr RTN 42-2025", ("RTN 42-2025",)),
        ("Dnr TN25.42", ("TN25.42",)),
        ("Dnr 2025.0042.TN", ("2025.0042.TN",)),
        ("Ärendebeteckning: 2025-0042", ("2025-0042",)),
        ("2025-01-07   2025-00042", ("2025-00042",)),
        ("Datum   Vår beteckning\nSiv Al\nKansliet\n2025-01-07   2025/42", ("2025/42",)),
        ("Dnr KS 2025/4   Bo Lind 0555-12 34 56", ("KS 2025/4",)),
        ("SOSFS 2011:900", ()),
        ("Verksamhetsår 2025/26", ()),
        ("2024-01-01", ()),
        ("Telefon: 0555-12 34 56", ()),
    ],
)
def test_case_numbers_are_read_in_every_diarys_form(written: str, numbers: tuple[str, ...]):
    assert head(f"Kansliet\n{written}\n\nEn ny bro").numbers == numbers


@pytest.mark.parametrize(
    "written",
    [
        "Vår beteckning: TN 2025/42\nEr beteckning: Fi2025/00317",
        "Dnr TN 2025/42   Ert dnr 400-317-2025",
        "Dnr TN 2025/42, länsstyrelsens dnr 400-317-2025",
        "Dnr TN 2025/42\nVägverkets diarienummer: VV 2025/317",
        "Datum   Vår beteckning   Er beteckning\n2025-01-07   TN 2025/42   Fi2025/00317",
        "Datum   Vår beteckning   Er beteckning\nSiv Al\nKansliet\n2025-01-07   TN 2025/42   Fi2025/00317",
        "Kansliet   Datum   Dnr\nSiv Al   2025-01-07   TN 2025/42\n0555-12 34 56   Ert datum   Er beteckning\n"
        "2024-12-20   LV 400-317-2025",
    ],
)
def test_what_another_authority_calls_the_matter_is_not_its_number(written: str):
    skrivelse = head(f"Kansliet\n{written}\n\nEn ny bro")
    assert skrivelse.numbers == ("TN 2025/42",)
    assert [one.sureness for one in skrivelse.found if one.field is Field.DNR] == [Sureness.TROLIG]


def test_with_a_column_empty_a_number_is_kept_but_not_sure():
    skrivelse = head("Kansliet   Datum   Er beteckning   Dnr\nSiv Al   2025-01-07   TN 2025/42\n\nEn ny bro")
    assert skrivelse.numbers == ("TN 2025/42",)
    assert [one.sureness for one in skrivelse.found if one.field is Field.DNR] == [Sureness.TROLIG]


def test_only_another_authoritys_number_is_no_number():
    assert head("Kansliet\nEr beteckning: Fi2025/00317\n\nEn ny bro").numbers == ()


def test_what_stands_right_after_a_number_makes_it_unsure():
    skrivelse = head("Kansliet\nDnr TN 2025/42 ABC\n\nEn ny bro")
    one = next(one for one in skrivelse.found if one.field is Field.DNR)
    assert (one.sureness, one.why) == (Sureness.OSAKER, "”ABC” står alldeles efter och kan höra till numret.")


def test_a_telephone_number_leaves_the_case_number_sure():
    skrivelse = head("Siv Al\n0555-12 34 56\nDnr TN 2025/42\n\nEn ny bro")
    assert [one.sureness for one in skrivelse.found if one.field is Field.DNR] == [Sureness.SAKER]


def test_a_labelled_number_right_below_a_labelled_title_is_not_part_of_it():
    skrivelse = head("Ärende: En ny bro\nÄrendenummer: 2025-0042\nDatum: 2025-01-07")
    assert (skrivelse.rubrik, skrivelse.numbers) == ("En ny bro", ("2025-0042",))


def test_a_name_between_the_labels_and_their_values_is_the_handlaggares():
    assert head("Datum   Diarienummer\nSiv Al\n2025-01-07   2025/42\n\nEn ny bro").handlaggare == ("Siv Al",)


def test_a_case_number_in_the_title_or_the_text_is_not_the_documents():
    assert head("Dnr KS 2025/4\n\nSvar på remiss i SN 2024-9").numbers == ("KS 2025/4",)


def test_a_number_not_filled_in_is_a_leftover_and_no_number():
    skrivelse = head("Dnr KS 2025-XXXX\n\nEn ny bro")
    assert skrivelse.numbers == ()
    assert [leftover.text for leftover in skrivelse.placeholders] == ["KS 2025-XXXX"]
    assert "Diarienummer är inte ifyllt i huvudet." in skrivelse.unsure


@pytest.mark.parametrize(
    "written",
    [
        "2025-01-07",
        "7 januari 2025",
        "den 7 jan. 2025",
        "7/1 2025",
        "2025–01–07",
        "20250107",
        "Datum: 2O25-01-07",
        "07-01-2025",
    ],
)
def test_the_date_is_read_however_it_is_written(written: str):
    assert head(f"Kansliet\n{written}\n\nEn ny bro").date == datetime.date(2025, 1, 7)


def test_the_date_of_the_sitting_is_left_alone():
    skrivelse = head("Sammanträdesdatum: 2025-02-02\nDatum: 2025-01-07\n\nEn ny bro")
    assert skrivelse.date == datetime.date(2025, 1, 7)


def test_a_missing_date_is_not_taken_from_the_underlag_but_named():
    skrivelse = read(head="Fritidsnämnden\n\nEn ny bro\n", underlag=UNDERLAG, mbl=MBL)
    assert skrivelse.date is None
    assert "Datum saknas i huvudet; det tidigaste längre ned, 2025-02-25 under " in "".join(skrivelse.unsure)


@pytest.mark.parametrize("line", ["Fritidsnämnden", "Till fritidsnämnden", "Till: Fritidsnämnden"])
def test_the_addressee_is_the_body_the_head_names(line: str):
    assert (head(f"Kansliet\n{line}\n2025-01-07\n\nEn ny bro").addressee or "").lower() == "fritidsnämnden"


def test_a_banner_may_name_the_addressee():
    assert head("Tjänsteskrivelse till kommunstyrelsen\n\nEn ny bro").addressee == "kommunstyrelsen"


def test_a_banner_may_have_the_date():
    skrivelse = head("Sammanträdesdatum: 2025-02-02\nTjänsteskrivelse 2025-01-07\nEn ny bro, val av läge")
    assert skrivelse.date == datetime.date(2025, 1, 7)
    assert skrivelse.rubrik == "En ny bro, val av läge"


def test_a_handlaggare_with_a_title_is_only_the_name():
    assert head("Handläggare: Bo Lind, utredare\n\nEn ny bro").handlaggare == ("Bo Lind",)


def test_a_label_needs_no_colon():
    skrivelse = head("Handläggare Bo Lind\nDatum 2025-01-07 Dnr KS 2025/4\n\nEn ny bro")
    assert skrivelse.handlaggare == ("Bo Lind",)
    assert skrivelse.date == datetime.date(2025, 1, 7)
    assert skrivelse.rubrik == "En ny bro"


def test_a_handlaggare_not_filled_in_is_nobody():
    skrivelse = read(head=HEAD.replace("Tyra Kvarnlund, Olle af Sand", "[Namn]"))
    assert skrivelse.handlaggare == ()
    assert "Handläggare saknas." in skrivelse.unsure
