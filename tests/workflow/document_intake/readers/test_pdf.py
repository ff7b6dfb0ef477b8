"""Pdf files: letters with places put together to the lines a person reads."""

import logging

import pytest
from fpdf import FPDF

from tests.workflow.document_intake.office_files import pdf_file, pdf_of
from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.readers import pdf
from workflow.document_intake.readers.page_lines import unhyphenated
from workflow.document_intake.readers.pdf import PdfReader

SENTENCE = "Nämnden bad i höstas om en jämförelse mellan"


def read(data: bytes) -> ReadText:
    return PdfReader().read(data)


def lines(*words: tuple[float, float, str]) -> list[str]:
    return read(pdf_of([[*words, (20, 250, "en sista rad så att det finns text")]])).text.split("\n")[:-2]


def test_words_on_one_line_are_one_line_however_they_were_drawn():
    assert lines((40, 20, "på Hamnplan"), (20, 20.4, "Ny isbana")) == ["Ny isbana på Hamnplan"]


def test_columns_of_a_letterhead_stay_apart_on_their_line():
    assert lines((20, 20, "Datum"), (90, 20, "Diarienummer"), (20, 25, "2025-03-04"), (90, 25, "FRN 2025-61")) == [
        "Datum    Diarienummer",
        "2025-03-04    FRN 2025-61",
    ]


def test_a_number_or_bullet_is_not_parted_from_its_item():
    assert lines((20, 20, "1."), (30, 20, "Isbanan drivs av kommunen.")) == ["1. Isbanan drivs av kommunen."]


def test_more_room_than_between_lines_makes_a_new_paragraph():
    words = [(20, 20 + 6 * number, f"{SENTENCE} {number}") for number in range(5)]
    assert lines(*words, (20, 56, "Nytt stycke")) == [*(text for _, _, text in words), "", "Nytt stycke"]


def test_two_columns_of_running_text_are_read_one_after_the_other():
    left = [(20, 40 + 6 * number, f"till vänster rad {number} som är lång") for number in range(10)]
    right = [(115, 40 + 6 * number, f"till höger rad {number} som är lång") for number in range(10)]
    text = lines((20, 20, "En rubrik tvärs över hela sidan, från den ena kanten till den andra"), *left, *right)
    written = [line for line in text if line]
    assert written == [written[0], *(text for _, _, text in left), *(text for _, _, text in right)]


def test_what_is_printed_on_every_page_is_read_once():
    pages = [
        [(20, 15, "Ekdala kommun | FRN 2025-61"), (170, 15, f"{number} (3)"), (20, 40, f"Texten på sidan {word}.")]
        for number, word in enumerate(("ett", "två", "tre"), 1)
    ]
    text = read(pdf_of(pages))
    assert [line for line in text.text.split("\n") if line] == [
        "Ekdala kommun | FRN 2025-61    1 (3)", "Texten på sidan ett.", "Texten på sidan två.", "Texten på sidan tre.",
    ]  # fmt: skip
    assert [text.text.split("\n")[start] for start in text.pages][1:] == [
        "Texten på sidan två.",
        "Texten på sidan tre.",
    ]


def test_a_second_page_that_repeats_the_head_of_the_first_begins_below_it():
    head = [(20, 15, "Ekdala kommun"), (90, 15, "2025-03-04"), (140, 15, "FRN 2025-61")]
    first = [*head, (20, 40, "Ny isbana på Hamnplan")]
    second = [head[1], head[2], (180, 15, "2 (2)"), (20, 40, "Fortsättning")]
    assert read(pdf_of([first, second])).text.split("\n")[-1] == "Fortsättning"
    assert read(pdf_of([first, second])).text.count("FRN 2025-61") == 1


def test_an_item_that_is_said_again_on_top_of_the_next_page_is_no_head_of_it():
    item = "1. Förvaltningens förslag tillstyrks."
    first = [(20, 40, "Förslag till nämndens beslut"), (20, 46, item), (20, 58, "Förslag till styrelsens beslut")]
    text = read(pdf_of([first, [(20, 20, item), (20, 40, "Nämnden bad i höstas om en jämförelse.")]])).text
    assert text.count(item) == 2


def test_a_foot_that_says_who_sends_the_document_stands_last_and_once():
    foot = [(20, 280, "Box 1, 123 45 Ekdala"), (100, 280, "Telefon: 0123-45 67 89")]
    text = read(pdf_of([[(20, 40, f"Text på sida {word}."), *foot] for word in ("ett", "två")])).text.split("\n")
    assert [line for line in text if line][-1] == "Box 1, 123 45 Ekdala    Telefon: 0123-45 67 89"
    assert sum("Box 1" in line for line in text) == 1


def test_a_sentence_that_a_page_broke_goes_on():
    text = read(pdf_of([[(20, 40, "Nämnden bad om en")], [(20, 40, "jämförelse mellan dem.")]]))
    assert text.text == "Nämnden bad om en\njämförelse mellan dem."


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("till kommunfull-", "mäktige i maj", ("till kommunfullmäktige", "i maj")),
        ("social-", "och omsorgsnämnden", ("social-", "och omsorgsnämnden")),
        ("se åren 2025-", "2029 i planen", ("se åren 2025-", "2029 i planen")),
        ("under MBL-", "förhandlingen", ("under MBL-", "förhandlingen")),
        ("till kommunfull\u00ad", "mäktige", ("till kommunfullmäktige", "")),
    ],
)
def test_only_words_that_the_margin_broke_are_made_whole(above: str, below: str, whole: tuple[str, str]):
    assert tuple(unhyphenated([above, below])) == whole


def test_a_letter_printed_twice_to_look_bold_is_read_once():
    assert lines((20, 20, "Förslag till beslut"), (20.1, 20, "Förslag till beslut")) == ["Förslag till beslut"]


def test_text_that_stands_on_end_is_left_out():
    document = FPDF(format="A4")
    document.add_page()
    document.set_font("helvetica", size=11)
    document.text(20, 40, "Det som står rakt upp läses.")
    with document.rotation(90, 10, 100):
        document.text(10, 100, "Blankett 17 i marginalen")
    assert read(bytes(document.output())).text == "Det som står rakt upp läses."


def test_a_page_that_is_only_a_picture_is_told_of():
    words = [(20.0, 40.0, "Skrivelsen med all sin text")]
    assert read(pdf_of([words, []])).notes == (
        "Sidan 2 är en bild utan text och lästes inte. Kontrollera vad som står där.",
    )
    assert read(pdf_of([words, [], []])).notes[0].startswith("Sidorna 2 och 3 är bilder")


def test_a_locked_pdf_is_refused_with_what_to_do():
    document = FPDF()
    document.add_page()
    document.set_encryption(owner_password="a", user_password="b")
    with pytest.raises(UnreadableDocument, match="lösenord"):
        read(bytes(document.output()))


def test_a_pdf_with_too_many_pages_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    with pytest.raises(UnreadableDocument, match="utan bilagor"):
        read(pdf_of([[], [], []]))


def test_a_pdf_cut_short_is_said_to_be_damaged():
    data = pdf_file("Ärende om isbanan på Hamnplan")
    with pytest.raises(UnreadableDocument, match="skadad"):
        read(data[:100])


def test_what_stands_well_below_the_text_in_the_margin_is_no_part_of_it():
    text = read(
        pdf_of([[(20, 100, "Beslutet skickas till"), (20, 105, "Kommunstyrelsen"), (20, 288, "Ekdala kommun")]])
    )
    assert text.text == "Beslutet skickas till\nKommunstyrelsen"


def test_running_text_that_two_pages_happen_to_share_is_kept():
    sentence = "Ett serveringsställe med vanlig omsättning får nästan samma avgift som i dag."
    text = read(pdf_of([[(20, 40, f"{word} sidan."), (20, 100, sentence)] for word in ("Första", "Andra")]))
    assert text.text.count(sentence) == 2


def test_the_library_logs_nothing_of_the_document(caplog: pytest.LogCaptureFixture):
    read(pdf_file("Ärende om isbanan på Hamnplan"))
    logging.getLogger("pdfminer.pdfinterp").warning("Cannot render %r", "Ärende om isbanan")
    assert caplog.records == []
