"""Makes a tjänsteskrivelse as Word writes it and a later version of it as a pdf: `python -m examples.skrivelser MAPP`.

The facts and the people are invented. The second version changes what is proposed, after the unions have been
negotiated with.
"""

import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt
from fpdf import FPDF, XPos, YPos

PARTS = (
    (
        "Ärende",
        (
            "Den öppna förskolan vid Åkroken drivs i dag av en förening. Avtalet med Föreningen Åkroken gäller till "
            "och med den 31 december 2022 och kan förlängas i två år.",
            "Förskolan har 4 200 besök om året. Föreningen har meddelat att den inte önskar en förlängning.",
        ),
    ),
    (
        "Beslutsunderlag",
        ("Tjänsteskrivelse – Öppen förskola vid Åkroken, {day}", "Kostnadsberäkning för tre driftformer"),
    ),
    (
        "Ekonomiska konsekvenser",
        ("Driften beräknas kosta 1,9 miljoner kronor om året, vilket ryms inom nämndens ram.",),
    ),
    (
        "Information eller förhandling enligt lag (1976:580) om medbestämmande i arbetslivet",
        ("Förhandling enligt MBL § 11 har genomförts 2022-02-21.",),
    ),
)


@dataclass(frozen=True)
class Skrivelse:
    """What one version of the skrivelse says."""

    day: date
    satser: tuple[str, ...]
    number: str = "SON 2022-77"
    unit: str = "Social- och omsorgsförvaltningen"
    handlaggare: str = "Tyra Kvarnlund"
    body: str = "Social- och omsorgsnämnden"
    rubrik: str = "Öppen förskola vid Åkroken, val av driftform"
    parts: tuple[tuple[str, tuple[str, ...]], ...] = PARTS
    signed_by: str = "Margareta Lövgren"
    recipients: tuple[str, ...] = ("Föreningen Åkroken", "Kommunstyrelsen")


FIRST = Skrivelse(
    day=date(2022, 3, 2),
    satser=(
        "Öppen förskola vid Åkroken drivs i egen regi från och med den 1 januari 2023.",
        "Förvaltningen får i uppdrag att redovisa kostnaderna i september 2023.",
    ),
)
SECOND = replace(
    FIRST,
    day=date(2022, 3, 14),
    satser=("Öppen förskola vid Åkroken upphandlas i konkurrens från och med den 1 januari 2023.", FIRST.satser[1]),
)


def make(directory: Path) -> tuple[Path, Path]:
    """The first version as a Word document and the second as a pdf."""
    directory.mkdir(parents=True, exist_ok=True)
    return (
        write_docx(FIRST, directory / "oppen-forskola.docx"),
        write_pdf(SECOND, directory / "oppen-forskola-2.pdf"),
    )


def write_docx(skrivelse: Skrivelse, target: Path) -> Path:
    """As a house's template has it: a table for the head, numbered by Word itself, and a foot on each page."""
    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    head = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        [cell for row in head.rows for cell in row.cells],
        (skrivelse.unit, f"{skrivelse.day}", skrivelse.handlaggare, f"Dnr {skrivelse.number}"),
        strict=True,
    ):
        cell.text = text
    document.add_paragraph()
    document.add_paragraph(skrivelse.body)
    document.add_heading(skrivelse.rubrik, level=1)
    document.add_heading(_asked(skrivelse), level=2)
    for sats in skrivelse.satser:
        document.add_paragraph(sats, style="List Number")
    for heading, paragraphs in _parts(skrivelse):
        document.add_heading(heading, level=2)
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
    _sign(document, skrivelse)
    document.sections[0].footer.paragraphs[0].text = "Exempelköpings kommun   Box 1   123 45 Exempelköping"
    document.save(str(target))
    return target


def _sign(document: WordDocument, skrivelse: Skrivelse) -> None:
    document.add_paragraph()
    for line in (skrivelse.unit, skrivelse.signed_by):
        document.add_paragraph(line)
    document.add_heading("Beslutet skickas till", level=2)
    for recipient in skrivelse.recipients:
        document.add_paragraph(recipient)


class Page(FPDF):
    """A page with the municipality, the number and the page at its top, as a print of a case system has them."""

    number = ""

    def header(self) -> None:
        self.set_font("helvetica", size=8)
        half = self.epw / 2
        self.cell(half, 5, f"Exempelköpings kommun | {self.number}")
        self.cell(half, 5, f"{self.page_no()} ({{nb}})", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(8)


def write_pdf(skrivelse: Skrivelse, target: Path) -> Path:
    """As the same house prints it."""
    page = Page()
    page.number = skrivelse.number
    page.set_margin(25)
    page.add_page()
    for line in (skrivelse.unit, skrivelse.handlaggare, "", f"{skrivelse.day}", f"Dnr {skrivelse.number}", ""):
        _write(page, line)
    _write(page, skrivelse.body)
    _write(page, skrivelse.rubrik, size=15, above=6)
    _write(page, _asked(skrivelse), size=13, above=4)
    for number, sats in enumerate(skrivelse.satser, 1):
        _write(page, f"{number}. {sats}")
    for heading, paragraphs in _parts(skrivelse):
        _write(page, heading, size=13, above=4)
        for paragraph in paragraphs:
            _write(page, paragraph, above=1)
    _write(page, skrivelse.unit, above=8)
    _write(page, skrivelse.signed_by)
    _write(page, "Beslutet skickas till", size=13, above=4)
    for recipient in skrivelse.recipients:
        _write(page, recipient)
    page.output(str(target))
    return target


def _write(page: FPDF, text: str, *, size: int = 11, above: float = 0) -> None:
    page.ln(above)
    page.set_font("helvetica", size=size)
    page.multi_cell(0, 6, text.replace("–", "-"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _asked(skrivelse: Skrivelse) -> str:
    return f"Förslag till {skrivelse.body[0].lower()}{skrivelse.body[1:]}s beslut"


def _parts(skrivelse: Skrivelse) -> list[tuple[str, list[str]]]:
    return [
        (heading, [paragraph.format(day=skrivelse.day) for paragraph in paragraphs])
        for heading, paragraphs in skrivelse.parts
    ]


if __name__ == "__main__":
    for made in make(Path(sys.argv[1])):
        print(made)
