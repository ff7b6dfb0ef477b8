"""Word documents, as the reader of the page sees them."""

import io
import re
import zipfile

import docx
import pytest
from docx.enum.text import WD_BREAK

from tests.workflow.document_intake.office_files import docx_file, numbered, saved, with_parts, word_xml
from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.readers.blocks import HAS_CHANGES, HAS_COMMENTS, HAS_MACROS
from workflow.document_intake.readers.word import WordReader

LONG = "Nämnden bad i höstas om en jämförelse mellan egen drift och drift genom en förening på orten. "


def read(data: bytes) -> ReadText:
    return WordReader().read(data)


def lines(*elements: str) -> list[str]:
    return read(word_xml(*elements)).text.split("\n")


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_paragraphs_come_in_their_order_with_long_ones_apart():
    assert read(docx_file("Rubrik", LONG, LONG, "kort")).text.split("\n") == [
        "Rubrik", "", LONG.strip(), "", LONG.strip(), "", "kort",
    ]  # fmt: skip


def test_a_heading_stands_apart_from_what_is_above_it():
    document = docx.Document()
    document.add_paragraph("Tyra Kvarnlund")
    document.add_heading("Beslutsunderlag", 2)
    document.add_paragraph("Kalkyl")
    assert read(saved(document)).text == "Tyra Kvarnlund\n\nBeslutsunderlag\nKalkyl"


def test_tables_stand_in_their_place_with_the_cells_of_a_row_side_by_side():
    document = docx.Document()
    document.add_paragraph("Före")
    table = document.add_table(1, 3)
    for cell, text in zip(table.rows[0].cells, ("Datum\n2025-03-04", "", "Dnr\nFRN 2025-61"), strict=True):
        cell.text = text
    document.add_paragraph("Efter")
    before, _, first, second, _, after = read(saved(document)).text.split("\n")
    assert (before, after) == ("Före", "Efter")
    assert re.split(r"\s{3,}", first) == ["Datum", "Dnr"]
    assert re.split(r"\s{3,}", second) == ["2025-03-04", "FRN 2025-61"]


def test_a_cell_alone_in_its_row_is_text_as_any_other():
    document = docx.Document()
    document.add_table(1, 2).rows[0].cells[1].text = "Fritidsnämnden"
    assert read(saved(document)).text == "Fritidsnämnden"


def test_the_first_pages_header_stands_first_and_others_are_left_out():
    document = docx.Document()
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "Ekdala kommun\tDnr FRN 2025-61"
    section.header.paragraphs[0].text = "på de andra sidorna"
    document.add_paragraph("Texten")
    assert read(saved(document)).text == "Ekdala kommun    Dnr FRN 2025-61\n\nTexten"


def test_a_footer_stands_last_if_it_says_where_the_sender_is_found():
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "Ekdala kommun, Box 1, 123 45 Ekdala\nTelefon: 0123-45 67 89"
    document.add_paragraph("Texten")
    assert read(saved(document)).text.startswith("Texten\n\nEkdala kommun, Box 1")


def test_a_footer_about_the_page_is_left_out():
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "Mall version 3"
    document.add_paragraph("Texten")
    assert read(saved(document)).text == "Texten"


def test_a_text_box_written_in_two_ways_is_read_once():
    box = "<w:txbxContent><w:p><w:r><w:t>I rutan</w:t></w:r></w:p></w:txbxContent>"
    drawn = f"<w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
    old = f"<w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict>"
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{drawn}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"
    )
    assert lines(paragraph(f"<w:r>{both}</w:r>", run("Efter"))) == ["I rutan", "Efter"]
    assert lines(paragraph(f"<w:r>{old}</w:r>")) == ["I rutan"]


def test_what_a_template_left_in_a_content_control_is_read():
    inline = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('[Namn]')}</w:sdtContent></w:sdt>"
    block = f"<w:sdt><w:sdtContent>{paragraph(run('Klicka här för att ange text.'))}</w:sdtContent></w:sdt>"
    assert lines(paragraph(run("Handläggare: "), inline), block) == [
        "Handläggare: [Namn]",
        "Klicka här för att ange text.",
    ]


def test_rows_and_cells_within_content_controls_are_read():
    cell = f"<w:sdt><w:sdtContent><w:tc>{paragraph(run('i kontroll'))}</w:tc></w:sdtContent></w:sdt>"
    row = f"<w:sdt><w:sdtContent><w:tr><w:tc>{paragraph(run('fri'))}</w:tc>{cell}</w:tr></w:sdtContent></w:sdt>"
    assert lines(f"<w:tbl>{row}</w:tbl>") == ["fri    i kontroll"]


def test_tracked_changes_are_read_as_accepted_and_told_of_once():
    changed = read(
        word_xml(
            paragraph(
                run("Avgiften är "), f"<w:ins>{run('40')}</w:ins>", f"<w:del>{run('30')}</w:del>", run(" kronor.")
            ),
            paragraph(run("Första halvan "), properties="<w:rPr><w:del/></w:rPr>"),
            paragraph(run("och andra."), f"<w:moveFrom>{run('flyttad')}</w:moveFrom>"),
        )
    )
    assert changed.text == "Avgiften är 40 kronor.\nFörsta halvan och andra."
    assert changed.notes == (HAS_CHANGES,)


def test_a_deleted_row_of_a_table_is_gone():
    kept, gone = (f"<w:tc>{paragraph(run(text))}</w:tc>" for text in ("kvar", "borta"))
    assert lines(f"<w:tbl><w:tr>{kept}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{gone}</w:tr></w:tbl>") == ["kvar"]


def test_a_field_shows_its_result_and_not_its_code():
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>MERGEFIELD Dnr</w:instrText></w:r>'
        f'{run("i koden")}<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("«Diarienr»")}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    simple = f'<w:fldSimple w:instr="DATE">{run("2025-03-04")}</w:fldSimple>'
    assert lines(paragraph(run("Dnr "), field, run(", "), simple)) == ["Dnr «Diarienr», 2025-03-04"]


def test_links_tabs_breaks_and_hidden_text_read_as_they_look():
    link = f"<w:hyperlink>{run('länken')}</w:hyperlink>"
    assert lines(
        paragraph(
            run("Datum"), "<w:r><w:tab/></w:r>", run("Dnr"), "<w:r><w:br/></w:r>", link, run("dold", "<w:vanish/>")
        )
    ) == ["Datum    Dnr", "länken"]


def test_comments_are_told_of():
    assert read(word_xml(paragraph(run("Text"), '<w:r><w:commentReference w:id="1"/></w:r>'))).notes == (HAS_COMMENTS,)


def test_pages_begin_where_word_broke_them():
    document = docx.Document()
    document.add_paragraph("Sida ett")
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Sida två").paragraph_format.page_break_before = False
    last = document.add_paragraph("Sida tre")
    last.paragraph_format.page_break_before = True
    text = read(saved(document))
    assert [text.text.split("\n")[start] for start in text.pages] == ["Sida ett", "Sida två", "Sida tre"]


# --- lists
LEVELS = """
    <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
    <w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%1.%2.%3"/></w:lvl>
    <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl>
"""
SAME = '<w:num w:numId="90"><w:abstractNumId w:val="90"/></w:num>'
ANEW = (
    '<w:num w:numId="91"><w:abstractNumId w:val="90"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
)


def listed(*items: tuple[int, int, str]) -> list[str]:
    """A document of list items: (list, level, text)."""
    document = docx.Document()
    numbered(document, LEVELS, SAME + ANEW)
    for number, level, text in items:
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = number
        properties.get_or_add_ilvl().val = level
    return read(saved(document)).text.split("\n")


def test_a_lists_numbers_letters_and_bullets_are_written_out():
    assert listed((90, 0, "ett"), (90, 1, "a"), (90, 2, "djup"), (90, 3, "punkt"), (90, 1, "b"), (90, 0, "två")) == [
        "1. ett", "a) a", "1.a.iii djup", "• punkt", "b) b", "2. två",
    ]  # fmt: skip


def test_a_deeper_level_begins_anew_under_each_number():
    assert listed((90, 0, "x"), (90, 1, "x"), (90, 1, "x"), (90, 0, "x"), (90, 1, "x")) == [
        "1. x", "a) x", "b) x", "2. x", "a) x",
    ]  # fmt: skip


def test_a_list_that_says_where_it_starts_starts_there():
    assert listed((90, 0, "x"), (91, 0, "x"), (91, 0, "x")) == ["1. x", "7. x", "8. x"]


def test_a_list_that_belongs_to_the_style_is_counted():
    document = docx.Document()
    for text in ("första", "andra"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("punkt", style="List Bullet")
    assert read(saved(document)).text == "1. första\n2. andra\n• punkt"


def test_a_paragraph_taken_out_of_its_styles_list_has_no_number():
    document = docx.Document()
    paragraph = document.add_paragraph("utan", style="List Number")
    paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = 0
    assert read(saved(document)).text == "utan"


# --- files
def retyped(data: bytes, content_type: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml")
    usual = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    assert usual in types
    return with_parts(data, {"[Content_Types].xml": types.replace(usual, content_type.encode())})


def test_a_document_with_macros_is_read_and_its_macros_are_not_run():
    data = retyped(docx_file("Texten"), "application/vnd.ms-word.document.macroEnabled.main+xml")
    text = read(with_parts(data, {"word/vbaProject.bin": b"Shell"}))
    assert text.text == "Texten"
    assert text.notes == (HAS_MACROS,)


def test_a_template_is_read_as_a_document():
    usual = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
    assert read(retyped(docx_file("Texten"), usual)).text == "Texten"


def test_a_document_in_the_strict_form_of_the_standard_is_read():
    with zipfile.ZipFile(io.BytesIO(docx_file("Texten"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for usual, strict in (
        (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
        (b"http://schemas.openxmlformats.org/wordprocessingml/2006/", b"http://purl.oclc.org/ooxml/wordprocessingml/"),
    ):
        parts = {name: content.replace(usual, strict) for name, content in parts.items()}
    assert read(with_parts(docx_file(), parts)).text == "Texten"


def test_a_document_cut_short_is_said_to_be_damaged():
    data = docx_file("Texten")
    with pytest.raises(UnreadableDocument, match="skadad"):
        read(data[: len(data) // 2])


def test_tables_in_tables_without_end_are_refused():
    nested = paragraph(run("innerst"))
    for _ in range(70):
        nested = f"<w:tbl><w:tr><w:tc>{nested}</w:tc></w:tr></w:tbl>"
    with pytest.raises(UnreadableDocument):
        read(word_xml(nested))
