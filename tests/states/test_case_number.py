"""A diarienummer is the same number however it is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.case_number import CaseNumber, readings

# `Dnr 2020-247` is a number that names no diary, so none can be called that.
DIARIES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ", min_size=1, max_size=6).filter(lambda diary: diary != "DNR")


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        # The spellings seen in municipal documents.
        ("SON 2020-247", CaseNumber("SON", 2020, 247)),
        ("SON 2023-940", CaseNumber("SON", 2023, 940)),
        ("KS 2023-710", CaseNumber("KS", 2023, 710)),
        ("KS 2022/100", CaseNumber("KS", 2022, 100)),
        ("KS/2018:443", CaseNumber("KS", 2018, 443)),
        ("KS/2017:352", CaseNumber("KS", 2017, 352)),
        ("KS2014/143", CaseNumber("KS", 2014, 143)),
        ("KS-2014/742.912", CaseNumber("KS", 2014, 742, "912")),
        ("KS2017/214/01", CaseNumber("KS", 2017, 214, "01")),
        ("KS 67/16", CaseNumber("KS", 2016, 67)),
        ("2019.144 KS", CaseNumber("KS", 2019, 144)),
        ("SLK-2023-01047", CaseNumber("SLK", 2023, 1047)),
        ("0882/21", CaseNumber("", 2021, 882)),
        ("2019/00123", CaseNumber("", 2019, 123)),
        ("2018/KS 0001", CaseNumber("KS", 2018, 1)),
        ("2023KS312 600", CaseNumber("KS", 2023, 312)),
        ("09BUN113", CaseNumber("BUN", 2009, 113)),
        ("TN 2014/00187 003", CaseNumber("TN", 2014, 187)),
        ("KS 2021/123 1.2.3", CaseNumber("KS", 2021, 123)),
        ("SBN 2019.245 Dpl 03", CaseNumber("SBN", 2019, 245)),
        ("2022/0456 KS-3", CaseNumber("KS", 2022, 456)),
        ("SN 21/0098", CaseNumber("SN", 2021, 98)),
        ("2021/641-3.1.2", CaseNumber("", 2021, 641)),
        ("BUN-2024-00561-3", CaseNumber("BUN", 2024, 561, "3")),
        # The same with what people write round it.
        ("Dnr SON 2020-247", CaseNumber("SON", 2020, 247)),
        ("dnr: son 2020-247", CaseNumber("SON", 2020, 247)),
        ("Diarienummer: KS 2023-710 ", CaseNumber("KS", 2023, 710)),
        ("SON-2020-247", CaseNumber("SON", 2020, 247)),
        ("son2020-247", CaseNumber("SON", 2020, 247)),
        ("SON 2020 - 247", CaseNumber("SON", 2020, 247)),
        ("SON 2020-0247", CaseNumber("SON", 2020, 247)),
        ("BÖN 2020-247", CaseNumber("BÖN", 2020, 247)),
        ("DNRN 2020-247", CaseNumber("DNRN", 2020, 247)),
        ("Dnr2020-247", CaseNumber("", 2020, 247)),
    ],
)
def test_every_spelling_in_use_finds_its_number_first(spelling, number):
    assert readings(spelling)[0] == number


@pytest.mark.parametrize("spelling", ["SON 2020-247", "SON 2020/247", "son-2020:247", "2020.247 SON", "SON2020-00247"])
def test_all_spellings_of_one_number_are_read_alike(spelling):
    assert readings(spelling) == (CaseNumber("SON", 2020, 247),)


def test_a_number_without_diary_and_with_two_possible_years_is_ambiguous():
    assert readings("2007/21") == (CaseNumber("", 2007, 21), CaseNumber("", 2021, 2007))


def test_the_year_is_the_likelier_reading_of_four_digits_first():
    assert [str(reading) for reading in readings("KS 2016-24")] == ["KS 2016-24", "KS 2024-2016"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SON",
        "2020",
        "Skolgatan 12",
        "SON 2020-247 KS",
        "KS 2024-05-14 sammanträde",
        "12-345-678",
        "id:1a2b3c4d5e6f",
        "19 maj 2024",
    ],
)
def test_what_is_no_diarienummer_has_no_reading(text):
    assert readings(text) == ()


@given(DIARIES, st.integers(1900, 2099), st.integers(1, 999_999), st.sampled_from(["", "01", "912"]))
def test_the_number_as_we_write_it_is_read_back(diary, year, number, suffix):
    written = CaseNumber(diary, year, number, suffix)
    assert readings(str(written))[0] == written


@given(DIARIES, st.integers(1900, 2099), st.integers(1, 999_999), st.sampled_from([" ", "/", "-", ":", ""]))
def test_case_separator_and_padding_make_no_difference(diary, year, number, separator):
    spelling = f"{diary.lower()}{separator}{year}/{number:05d}"
    assert readings(spelling)[0] == CaseNumber(diary, year, number)


@given(st.text(max_size=40))
def test_any_text_at_all_can_be_asked_about(text):
    assert len(set(readings(text))) == len(readings(text)) <= 2
