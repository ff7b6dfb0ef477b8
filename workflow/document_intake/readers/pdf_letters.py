"""The letters of a pdf page with their places, as pdfminer meets them.

pdfplumber makes a dictionary of twenty entries for every letter, which is most of the time that a long protocol takes.
"""

from collections.abc import Iterable
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import Matrix

from workflow.document_intake.readers.page_lines import Letter, Page

_SAME_PLACE = 0.1  # of the size of the letters
_SMALLEST = 1  # points; what is smaller is not meant to be read


def page_of(page: PDFPage, resources: PDFResourceManager) -> Page:
    """What stands upright on the page, each letter once: some programs print a letter twice to make it bold."""
    device = _Letters(resources)
    PDFPageInterpreter(resources, device).process_page(page)
    left, bottom, right, top = page.mediabox
    width, height = abs(right - left), abs(top - bottom)
    if page.rotate in (90, 270):
        width, height = height, width
    return Page(_once(letter for letter in device.letters if 0 <= letter.left <= width), 0, height)


def _once(letters: Iterable[Letter]) -> list[Letter]:
    found: list[Letter] = []
    seen: dict[tuple[str, int, int], Letter] = {}
    for letter in letters:
        at, line = int(letter.left), round(letter.baseline)
        near = [seen.get((letter.text, at + step, line)) for step in (-1, 0, 1)]
        if not any(other and abs(other.left - letter.left) < _SAME_PLACE * letter.size for other in near):
            seen[letter.text, at, line] = letter
            found.append(letter)
    return found


class _Letters(PDFTextDevice):
    """Notes each letter the page draws; lines and pictures it lets go by."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self.letters: list[Letter] = []

    def render_char(
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        advance: float = font.char_width(cid) * fontsize * scaling
        a, b, c, d, left, up = matrix
        size = abs(d * fontsize)
        if a * d * scaling > 0 and b * c <= 0 and size > _SMALLEST and not font.is_vertical():
            try:
                text = font.to_unichr(cid)
            except PDFUnicodeNotDefined:
                text = "\ufffd"
            is_bold = "Bold" in str(font.fontname)
            self.letters.append(Letter(text, left, left + a * advance, -up, round(size, 1), is_bold))
        return advance
