"""Papers that came in as pictures, read by tesseract where it is installed."""

import io
import os
import shutil
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from tests.workflow.document_intake.office_files import pdf_of
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers import scanned
from workflow.document_intake.readers.formats import read_document

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")

HEAD = "TJÄNSTESKRIVELSE"
PAPER = [
    (20.0, 30.0, HEAD),
    (20.0, 45.0, "Datum"),
    (120.0, 45.0, "Diarienummer"),
    (20.0, 60.0, "Nämnden avslår ansökan."),
]


def picture(words: list[tuple[float, float, str]] = PAPER) -> Image.Image:
    page = pypdfium2.PdfDocument(pdf_of([words], size=16))[0]
    drawn: Image.Image = page.render(scale=2, grayscale=True).to_pil()
    return drawn


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **how)
    return data.getvalue()


@needs_tesseract
def test_a_scanned_pdf_is_read_and_said_to_be_scanned():
    text = read_document(saved(picture(), "PDF", resolution=144))
    assert text.scanned
    assert [line for line in text.text.split("\n") if line] == [
        HEAD,
        "Datum    Diarienummer",
        "Nämnden avslår ansökan.",
    ]
    assert text.notes == ("Dokumentet är inskannat och texten tolkad ur bilden. Jämför uppgifterna med pappret.",)


def test_without_tesseract_the_refusal_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableDocument, match="Installera tesseract med svenska"):
        read_document(saved(picture(), "PNG"))


TABLE = "level\tblock_num\tpar_num\tline_num\tleft\ttop\twidth\theight\ttext\n4\t1\t1\t1\t10\t10\t300\t30\t\n"


class Tesseract:
    """What the program answers, and what it was asked."""

    def __init__(self, languages: str, *pages: str, seconds: float = 0) -> None:
        self.languages = languages
        self.pages = [TABLE + f"5\t1\t1\t1\t10\t10\t300\t30\t{words}\n" for words in pages or ("",)]
        self.asked: list[list[str]] = []
        self.seen: list[Image.Image] = []
        self.seconds = seconds

    def ask(self, arguments: list[str], given: bytes, seconds: float) -> bytes | None:
        self.asked.append(arguments)
        self.seen += [Image.open(io.BytesIO(given))] if given else []
        if "tsv" in arguments and self.seconds > seconds:
            return None
        answer = self.pages.pop(0) if "tsv" in arguments else self.languages
        return answer.encode()


def with_tesseract(monkeypatch: pytest.MonkeyPatch, program: Tesseract) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/tesseract")
    monkeypatch.setattr(scanned, "_tesseract", program.ask)


def a_program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (folder / "tesseract").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_program_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    a_program(tmp_path, monkeypatch, 'test "$1" = --list-langs && echo swe || exec sleep 60')
    monkeypatch.setattr(scanned, "SECONDS", 1)
    with pytest.raises(UnreadableDocument, match="för lång tid"):
        read_document(saved(picture(), "PNG"))


def test_a_program_that_fails_over_a_picture_makes_it_a_damaged_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    a_program(tmp_path, monkeypatch, 'test "$1" = --list-langs && echo swe || exit 1')
    with pytest.raises(UnreadableDocument, match="skadad"):
        read_document(saved(picture(), "PNG"))


def test_another_language_serves_where_swedish_is_missing_and_is_told_of(monkeypatch: pytest.MonkeyPatch):
    program = Tesseract("eng\nosd", "Text")
    with_tesseract(monkeypatch, program)
    text = read_document(saved(picture(), "PNG"))
    assert "eng" in program.asked[-1]
    assert "saknar svenska" in text.notes[1]


def test_the_pages_of_a_tiff_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch):
    with_tesseract(monkeypatch, Tesseract("swe", "Början", "Slutet"))
    text = read_document(saved(picture(), "TIFF", save_all=True, append_images=[picture()]))
    assert [text.text.split("\n")[start] for start in text.pages] == ["Början", "Slutet"]


def test_a_transparent_picture_has_white_paper_behind_it(monkeypatch: pytest.MonkeyPatch):
    program = Tesseract("swe", "Text")
    with_tesseract(monkeypatch, program)
    read_document(saved(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))
    assert program.seen[0].getextrema() == (255, 255)


def test_a_large_picture_is_made_smaller(monkeypatch: pytest.MonkeyPatch):
    program = Tesseract("swe", "Text")
    with_tesseract(monkeypatch, program)
    read_document(saved(Image.new("1", (7_000, 1_000), 1), "PNG"))
    assert program.seen[0].width == 3_600


def test_a_picture_without_text_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    with_tesseract(monkeypatch, Tesseract("swe"))
    with pytest.raises(UnreadableDocument, match="ingen text"):
        read_document(saved(Image.new("L", (400, 300), "white"), "JPEG"))


def test_section_signs_misread_by_the_program_are_put_right(monkeypatch: pytest.MonkeyPatch):
    with_tesseract(monkeypatch, Tesseract("swe", "enligt 19 $ MBL, 2019-11-25 8 203, 8 barn"))
    assert read_document(saved(picture(), "PNG")).text == "enligt 19 § MBL, 2019-11-25 § 203, 8 barn"


def test_what_takes_too_long_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    with_tesseract(monkeypatch, Tesseract("swe", seconds=scanned.SECONDS + 1))
    with pytest.raises(UnreadableDocument, match="för lång tid"):
        read_document(saved(picture(), "PNG"))


def test_pages_beyond_the_limit_are_told_of(monkeypatch: pytest.MonkeyPatch):
    with_tesseract(monkeypatch, Tesseract("swe", "Text"))
    monkeypatch.setattr(scanned, "MAX_PAGES", 1)
    pages = saved(picture(), "TIFF", save_all=True, append_images=[picture()])
    assert "Bara sidan 1 lästes" in read_document(pages).notes[-1]


def test_a_picture_of_too_many_dots_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    with_tesseract(monkeypatch, Tesseract("swe"))
    monkeypatch.setattr(scanned, "MAX_PIXELS", 1_000)
    with pytest.raises(UnreadableDocument, match="bildpunkter"):
        read_document(saved(picture(), "PNG"))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\nrest", b"\xff\xd8\xffrest", b"II*\x00rest"])
def test_a_picture_cut_short_is_said_to_be_damaged(monkeypatch: pytest.MonkeyPatch, data: bytes):
    with_tesseract(monkeypatch, Tesseract("swe"))
    with pytest.raises(UnreadableDocument, match="skadad"):
        read_document(data)
