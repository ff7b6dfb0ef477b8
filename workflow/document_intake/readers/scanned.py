"""Papers that came in as pictures: scanned pdf files and images, read by tesseract where it is installed."""

import contextlib
import csv
import io
import os
import re
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.readers.faults import DAMAGED, told_apart
from workflow.document_intake.readers.page_lines import Letter, Page, text_of_pages

if TYPE_CHECKING:
    from PIL import Image

MAX_PAGES = 20
MAX_PIXELS = 60_000_000  # an A3 sheet at 450 dots per inch
SECONDS = 13  # in all: whoever waits for the reading gives up after 18

_DOTS_PER_INCH = 300
_LONGEST_SIDE = 3_600  # an A4 sheet at 300 dots per inch; tesseract reads no better from more
_FORMATS = ("PNG", "JPEG", "TIFF")
# What tesseract takes § for: a dollar sign anywhere, an 8 between a meeting's day and its paragraph.
_SECTION_SIGN = re.compile(r"\$|(?<=\d{4}-\d\d-\d\d )8(?= \d{1,3}\b)")

# What knows å, ä and ö, best first; any other still knows the other letters.
SWEDISH = "swe"
_LANGUAGES = (SWEDISH, "nor", "dan", "fin", "deu", "eng")

_NOT_INSTALLED = (
    "Dokumentet är inskannat och tesseract, som läser bilder, är inte installerat. Installera tesseract med svenska, "
    "eller lämna in skrivelsen som docx, odt, pdf med text eller textfil."
)
_NOTHING_SEEN = (
    "Dokumentet är inskannat och ingen text gick att läsa i bilden. Skanna om det rakt i 300 punkter per tum, eller "
    "lämna in skrivelsen som docx, odt eller pdf med text."
)
_TOO_SLOW = (
    "Dokumentet är inskannat och tog för lång tid att läsa. Lämna in enbart skrivelsen, utan bilagor, eller som docx, "
    "odt eller pdf med text."
)
_TOO_MANY_DOTS = (
    f"Bilden är större än {MAX_PIXELS // 1_000_000} miljoner bildpunkter. Skanna om den i 300 punkter per tum och "
    "lämna in den igen."
)
_READ_FROM_PICTURE = "Dokumentet är inskannat och texten tolkad ur bilden. Jämför uppgifterna med pappret."
_WITHOUT_SWEDISH = (
    "Tesseract saknar svenska, så å, ä och ö kan vara fel. Installera språket swe och läs dokumentet igen."
)
_NOT_ALL = "Bara {pages} lästes. Lämna in resten för sig, eller dokumentet som docx, odt eller pdf med text."


class PictureReader:
    """Reads png, jpeg and tiff; holds nothing."""

    def read(self, data: bytes) -> ReadText:
        return _read(_frames(data))


def read_scanned_pdf(data: bytes) -> ReadText:
    """A pdf whose pages are pictures."""
    return _read(_rendered(data))


def _read(pictures: "Iterator[Image.Image]") -> ReadText:
    stop = time.monotonic() + SECONDS
    language = best_language()
    if language is None:
        raise UnreadableDocument(_NOT_INSTALLED)
    pages: list[Page] = []
    notes = [_READ_FROM_PICTURE] if language == SWEDISH else [_READ_FROM_PICTURE, _WITHOUT_SWEDISH]
    with told_apart():
        for picture in pictures:
            words = _words(picture, language, stop - time.monotonic()) if len(pages) < MAX_PAGES else None
            if words is None:
                notes.append(_NOT_ALL.format(pages=f"sidorna 1–{len(pages)}" if len(pages) > 1 else "sidan 1"))
                break
            pages.append(Page(words, picture.height, picture.height))
    if not pages:
        raise UnreadableDocument(_TOO_SLOW)
    if not any(page.letters for page in pages):
        raise UnreadableDocument(_NOTHING_SEEN)
    text, starts = text_of_pages(pages)
    return ReadText(_SECTION_SIGN.sub("§", text), starts, tuple(notes), scanned=True)


# --- pictures
def _rendered(data: bytes) -> "Iterator[Image.Image]":
    # Imported here: only who reads a scanned pdf needs the library.
    import pypdfium2  # type: ignore[import-untyped]

    with contextlib.closing(pypdfium2.PdfDocument(data)) as document:
        for page in document:
            scale = min(_DOTS_PER_INCH / 72, _LONGEST_SIDE / max(page.get_size()))
            yield page.render(scale=scale, grayscale=True).to_pil()


def _frames(data: bytes) -> "Iterator[Image.Image]":
    # Imported here: only who reads a picture needs the library.
    from PIL import Image, ImageOps, ImageSequence

    Image.MAX_IMAGE_PIXELS = None  # the limit is our own, with a sentence of its own
    picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    for frame in ImageSequence.Iterator(picture):
        if frame.width * frame.height > MAX_PIXELS:
            raise UnreadableDocument(_TOO_MANY_DOTS)
        frame.draft("L", (_LONGEST_SIDE, _LONGEST_SIDE))
        upright = ImageOps.exif_transpose(_on_white(frame))
        upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        yield upright


def _on_white(picture: "Image.Image") -> "Image.Image":
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("L")
    clear = picture.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    white.alpha_composite(clear)
    return white.convert("L")


# --- tesseract
def best_language() -> str | None:
    """The best that tesseract knows here of those with Latin letters; None where it can read nothing."""
    if shutil.which("tesseract") is None:
        return None
    listed = _tesseract(["--list-langs"], b"", SECONDS) or b""
    installed = set(listed.decode(errors="replace").split())
    return next((language for language in _LANGUAGES if language in installed), None)


def _words(picture: "Image.Image", language: str, seconds: float) -> list[Letter] | None:
    """The words of a page with their places; None when the time is out."""
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    table = _tesseract(
        ["stdin", "stdout", "-l", language, "--psm", "3", "--dpi", str(_DOTS_PER_INCH), "tsv"],
        content.getvalue(),
        seconds,
    )
    return None if table is None else _letters(table.decode("utf-8", errors="replace"))


def _tesseract(arguments: list[str], given: bytes, seconds: float) -> bytes | None:
    """What the program answers; None when the time is out."""
    if seconds <= 0:
        return None
    program = subprocess.Popen(  # no `with`: it would wait for a program that may not be killed
        ["tesseract", *arguments],  # noqa: S607 - wherever the house has installed it
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},  # four threads on two cores take longer than one
        preexec_fn=_limited,
    )
    try:
        answer, _ = program.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(PermissionError):  # the child that reads documents may kill nothing: see _limited
            program.kill()
            program.communicate()
        return None
    if program.returncode:
        raise UnreadableDocument(DAMAGED)
    return answer


def _limited() -> None:
    """A program that is left behind ends by itself."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


_LINE, _WORD = "4", "5"  # levels of tesseract's table


def _letters(table: str) -> list[Letter]:
    """Every word as one letter at its line's place, and a space after it."""
    rows = list(csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE))
    lines = {_line_of(row): row for row in rows if row["level"] == _LINE}
    usual = statistics.median(int(row["height"]) for row in lines.values()) if lines else 1
    found: list[Letter] = []
    for row in rows:
        if row["level"] == _WORD and (row["text"] or "").strip():
            line = lines[_line_of(row)]
            left, right = int(row["left"]), int(row["left"]) + int(row["width"])
            baseline, size = int(line["top"]) + int(line["height"]), _size(int(line["height"]), usual)
            found.append(Letter(row["text"], left, right, baseline, size, is_bold=False))
            found.append(Letter(" ", right, right, baseline, size, is_bold=False))
    return found


def _line_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["block_num"], row["par_num"], row["line_num"]


def _size(height: int, usual: float) -> float:
    # A line without g or p is lower than one with them, though its letters are as large.
    return usual if 0.6 * usual < height < 1.5 * usual else height
