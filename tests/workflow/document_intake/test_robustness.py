"""Whatever comes in, something sensible comes out, and soon."""

import random
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.document_intake.skrivelser import CITY, COLUMNS, SCANNED, text
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers.formats import read_document
from workflow.document_intake.tjansteskrivelse import as_answer, read_tjansteskrivelse

LINES = sorted({line for whole in (text(), CITY, COLUMNS, SCANNED) for line in whole.split("\n")})
SECONDS = 5  # a second on an idle machine; the tests may run beside others


def test_an_empty_document_is_said_to_be_empty():
    assert "Dokumentet är tomt." in read_tjansteskrivelse("").unsure


def test_one_line_is_a_title_and_a_doubt():
    skrivelse = read_tjansteskrivelse("Nya bänkar i parken")
    assert skrivelse.rubrik == "Nya bänkar i parken"
    assert "Inga kända rubriker hittades; är det en tjänsteskrivelse?" in skrivelse.unsure


def test_what_is_cut_off_is_said():
    skrivelse = read_tjansteskrivelse(text() + "Bilaga\n" + "Sida efter sida av bilagor.\n" * 10_000)
    assert skrivelse.rubrik == "Ny isbana på Hamnplan, val av driftform"
    assert any("bara början lästes" in sentence for sentence in skrivelse.unsure)


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "\t",
        "\n",
        "a",
        "1",
        "[",
        "- ",
        "Kultur- och ",
        "Tyra Kvarnlund\n",
        "Förslag till beslut\n",
        "Beslutsunderlag\nKalkyl,\n",
        "MBL\nInformation 19 § 2025-01-02 och förhandling 11 §. ",
        "Kommunstyrelsen beslutar att x samt att ",
        "nämnden för a, ",
        "Förslag till beslut\nNämnden beslutar\n" + "att\n" * 3_000,
        "Beslutet skickas till\n" + "Eva Ros, ekonomichef\n" * 3_000,
        "Dnr ",
        "Klicka här ",
    ],
)
def test_a_megabyte_of_anything_is_read_at_once(unit: str):
    began = time.perf_counter()
    as_answer(read_tjansteskrivelse(unit * (1_000_000 // len(unit))))
    assert time.perf_counter() - began < SECONDS


def test_a_megabyte_of_noise_is_read_at_once():
    letters = string.ascii_letters + string.punctuation + "åäöÅÄÖ§   \n"
    noise = "".join(random.Random(1).choices(letters, k=1_000_000))
    began = time.perf_counter()
    as_answer(read_tjansteskrivelse(read_document(noise.encode()).text))
    assert time.perf_counter() - began < SECONDS


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_read(anything: str):
    as_answer(read_tjansteskrivelse(anything))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=60))
def test_a_skrivelses_lines_in_any_order_are_read(lines: list[str]):
    skrivelse = read_tjansteskrivelse("\n".join(lines))
    assert all(sentence.endswith((".", "?")) for sentence in skrivelse.unsure)
    assert all(proposal.att_satser for proposal in skrivelse.proposals)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_text_or_refused_in_swedish(data: bytes):
    assert _text_or_reason(data) is not None


def _text_or_reason(data: bytes) -> str | None:
    try:
        return read_document(data).text
    except UnreadableDocument as refused:
        return refused.reason if refused.reason.endswith(".") else None


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(text())), st.characters(codec="utf-8"))
def test_one_wrong_letter_does_not_break_the_reading(at: int, letter: str):
    whole = text()
    read_tjansteskrivelse(whole[:at] + letter + whole[at:])
