"""OpenDocument texts, as the reader of the page sees them."""

import io

import odfdo
import pytest

from tests.workflow.document_intake.office_files import archive_of, odt_file, with_parts
from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.readers.blocks import HAS_CHANGES, HAS_COMMENTS
from workflow.document_intake.readers.open_document import OpenDocumentReader

NUMBERS = (
    '<text:list-style style:name="L">'
    '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
    '<text:list-level-style-bullet text:level="3" text:bullet-char="●"/>'
    "</text:list-style>"
)


def read(data: bytes) -> ReadText:
    return OpenDocumentReader().read(data)


def lines(text: str, styles: str = "", page: str = "") -> list[str]:
    return read(odt_file(text, styles, page)).text.split("\n")


def items(*texts: str) -> str:
    return "".join(f"<text:list-item>{text}</text:list-item>" for text in texts)


def test_a_document_of_another_program_is_read():
    document = odfdo.Document("text")
    document.body.append(odfdo.Header(1, "Ny isbana på Hamnplan"))
    document.body.append(odfdo.Paragraph("Nämnden bad om en jämförelse."))
    data = io.BytesIO()
    document.save(data)
    assert read(data.getvalue()).text.strip() == "Ny isbana på Hamnplan\nNämnden bad om en jämförelse."


def test_spaces_tabs_breaks_and_links_read_as_they_look():
    inline = (
        '<text:p>Datum<text:tab/>Dnr <text:s text:c="2"/><text:a>länk</text:a>\n  igen<text:line-break/>under</text:p>'
    )
    assert lines(inline) == ["Datum    Dnr   länk igen", "under"]


def test_lists_are_numbered_level_by_level():
    deepest = f"<text:list>{items('<text:p>punkt</text:p>')}</text:list>"
    inner = f"<text:list>{items('<text:p>a</text:p>', f'<text:p>b</text:p>{deepest}')}</text:list>"
    outer = items(f"<text:p>ett</text:p>{inner}", f"<text:p>två</text:p>{inner}")
    assert lines(f'<text:list text:style-name="L">{outer}</text:list>', NUMBERS) == [
        "1. ett", "a) a", "b) b", "• punkt", "2. två", "a) a", "b) b", "• punkt",
    ]  # fmt: skip


def test_a_list_goes_on_where_it_says_so_and_begins_anew_otherwise():
    once = f'<text:list text:style-name="L">{items("<text:p>x</text:p>")}</text:list>'
    again = once.replace("<text:list ", '<text:list text:continue-numbering="true" ')
    assert lines(once + "<text:p>emellan</text:p>" + again + once, NUMBERS) == ["1. x", "emellan", "2. x", "1. x"]


def test_tables_are_read_row_by_row_and_cells_side_by_side():
    cells = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in ("Datum", "Dnr"))
    head = f"<table:table-header-rows><table:table-row>{cells}</table:table-row></table:table-header-rows>"
    assert lines(f"<table:table>{head}<table:table-row>{cells}</table:table-row></table:table>") == ["Datum    Dnr"] * 2


def test_tracked_changes_are_read_as_accepted_and_told_of():
    text = read(
        odt_file(
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>borta</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:p>Det som<text:change/> gäller</text:p>"
        )
    )
    assert text.text == "Det som gäller"
    assert text.notes == (HAS_CHANGES,)


def test_notes_and_comments_are_no_part_of_the_text():
    text = read(
        odt_file(
            "<text:p>Texten<text:note><text:note-citation>1</text:note-citation></text:note>"
            "<office:annotation><text:p>Fråga Tyra</text:p></office:annotation>.</text:p>"
        )
    )
    assert text.text == "Texten."
    assert text.notes == (HAS_COMMENTS,)


def test_a_text_box_is_read_before_its_paragraph():
    box = "<draw:frame><draw:text-box><text:p>I rutan</text:p></draw:text-box></draw:frame>"
    assert lines(f"<text:p>{box}Efter</text:p>") == ["I rutan", "Efter"]


def test_the_first_pages_header_stands_first_and_the_senders_footer_last():
    page = (
        "<style:header><text:p>på de andra</text:p></style:header>"
        "<style:header-first><text:p>Ekdala kommun</text:p></style:header-first>"
        "<style:footer><text:p>Box 1, 123 45 Ekdala, telefon 0123-45 67 89</text:p></style:footer>"
    )
    assert lines("<text:p>Texten</text:p>", page=page) == [
        "Ekdala kommun", "", "Texten", "", "Box 1, 123 45 Ekdala, telefon 0123-45 67 89",
    ]  # fmt: skip


def test_pages_begin_where_the_style_or_the_program_broke_them():
    style = (
        '<style:style style:name="P1" style:family="paragraph">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
    )
    text = read(
        odt_file(
            '<text:p>ett</text:p><text:p text:style-name="P1">två</text:p><text:soft-page-break/><text:p>tre</text:p>',
            style,
        )
    )
    assert [text.text.split("\n")[start] for start in text.pages] == ["ett", "två", "tre"]


def test_a_locked_document_is_refused_with_what_to_do():
    manifest = b"<manifest:manifest xmlns:manifest='m'><manifest:encryption-data/></manifest:manifest>"
    with pytest.raises(UnreadableDocument, match="lösenord"):
        read(with_parts(odt_file("<text:p/>"), {"META-INF/manifest.xml": manifest}))


def test_an_archive_without_a_text_is_said_to_be_damaged():
    with pytest.raises(UnreadableDocument, match="skadad"):
        read(archive_of({"content.xml": b"<x/>"}))
