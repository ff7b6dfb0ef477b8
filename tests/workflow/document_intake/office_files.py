"""Small documents of every format, built as the tests run; every word in them is made up."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from fpdf import FPDF

ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)


# --- Word
def docx_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: Document) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def word_xml(*elements: str) -> bytes:
    """A Word document whose body is this XML, with the prefixes w, mc, wps and v."""
    document = docx.Document()
    names = (
        nsdecls("w")
        + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        + ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        + ' xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    body: Any = document.element.body
    for element in parse_xml(f"<w:body {names}>{''.join(elements)}</w:body>"):
        body.insert(len(body) - 1, element)
    return saved(document)


def numbered(document: Document, levels: str, numbers: str) -> None:
    """Gives the document lists of its own: `levels` of abstract list 90, and the `w:num` elements that use it."""
    numbering: Any = document.part.numbering_part.element
    abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'
    numbering.insert(0, parse_xml(abstract))
    for number in parse_xml(f"<w:numbering {nsdecls('w')}>{numbers}</w:numbering>"):
        numbering.append(number)


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same archive with these members added, or in the place of its own."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        own = {name: archive.read(name) for name in archive.namelist()}
    return archive_of(own | dict(parts))


def archive_of(parts: Mapping[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


# --- OpenDocument
def odt_file(text: str, styles: str = "", page: str = "") -> bytes:
    """An OpenDocument text of this XML, with automatic styles, and a header or footer for its pages."""
    content = (
        f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{text}</office:text></office:body></office:document-content>"
    )
    around = (
        f"<office:document-styles {ODF}><office:master-styles>"
        f'<style:master-page style:name="Standard">{page}</style:master-page>'
        "</office:master-styles></office:document-styles>"
    )
    return archive_of(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": content.encode(),
            "styles.xml": around.encode(),
        }
    )


# --- pdf
def pdf_file(*lines: str) -> bytes:
    return pdf_of([[(20, 20 + 6 * number, line) for number, line in enumerate(lines)]])


def pdf_of(pages: Iterable[Iterable[tuple[float, float, str]]], size: float = 11) -> bytes:
    """A4 pages with words set at places: (millimetres from the left, from above, what stands there)."""
    pdf = FPDF(format="A4")
    pdf.set_font("helvetica", size=size)
    for page in pages:
        pdf.add_page()
        for left, top, text in page:
            pdf.text(left, top, text)
    return bytes(pdf.output())


# --- mail
def mail(subject: str, body: str, *attachments: tuple[str, bytes], html: bool = False) -> bytes:
    message = EmailMessage()
    message["From"] = "Tyra Kvarnlund <tyra@ekdala.example>"
    message["To"] = "registrator@ekdala.example"
    message["Subject"] = subject
    message["Message-ID"] = "<1@ekdala.example>"
    message.set_content(body, subtype="html" if html else "plain")
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
