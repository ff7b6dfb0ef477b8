"""Word documents (.docx, .docm): what the reader of the page sees, in its order."""

import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from workflow.document_intake import archives
from workflow.document_intake.blocks import PAGE_BREAK, Block, Role, as_text, row_of
from workflow.document_intake.faults import told_apart
from workflow.document_intake.interface import ReadText
from workflow.document_intake.layout import address_marks

if TYPE_CHECKING:
    from docx.document import Document

    from workflow.document_intake.word_lists import WordLists

Element = Any  # lxml's element; its classes have no types of their own

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# python-docx opens plain documents only; a document with macros or a template is one, but for its name.
_OTHER_TYPES = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?"
    rb"|openxmlformats-officedocument\.wordprocessingml\.template)\.main\+xml"
)
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# ISO 29500 Strict names the same things otherwise.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)

HAS_MACROS = "Dokumentet har makron. De kördes inte; bara texten lästes."
HAS_CHANGES = "Dokumentet har spårade ändringar. Det lästes som om alla vore godkända; kontrollera att de är det."
HAS_COMMENTS = "Dokumentet har kommentarer. De lästes inte."

_ENOUGH_ADDRESS_MARKS = 2
_DEEPEST = 60  # tables within tables within text boxes …


class WordReader:
    """Reads .docx; holds nothing."""

    def read(self, data: bytes) -> ReadText:
        parts = archives.parts_of(data)
        notes = [HAS_MACROS] if any(name.endswith("vbaProject.bin") for name in parts) else []
        with told_apart():
            # Imported here: only who reads a Word document needs the library.
            import docx

            document = docx.Document(io.BytesIO(archives.packed(_plain(parts))))
            walk = _Walk(_lists(document))
            blocks = [*_header(document, walk), *walk.blocks(document.element.body), *_footer(document, walk)]
            return as_text(blocks, (*notes, *walk.notes))


def _plain(parts: dict[str, bytes]) -> dict[str, bytes]:
    types = parts.get("[Content_Types].xml", b"")
    plain = parts | {"[Content_Types].xml": _OTHER_TYPES.sub(_PLAIN_TYPE, types)}
    if any(_STRICT[0][0] in content for name, content in plain.items() if name.endswith(".rels")):
        for strict, usual in _STRICT:
            plain = {name: content.replace(strict, usual) for name, content in plain.items()}
    return plain


def _lists(document: "Document") -> "WordLists":
    from docx.opc.constants import RELATIONSHIP_TYPE

    from workflow.document_intake.word_lists import WordLists

    def part(kind: str) -> Element | None:
        found = [related.target_part for related in document.part.rels.values() if related.reltype == kind]
        return getattr(found[0], "element", None) if found else None

    return WordLists(part(RELATIONSHIP_TYPE.NUMBERING), part(RELATIONSHIP_TYPE.STYLES))


def _header(document: "Document", walk: "_Walk") -> list[Block]:
    """The first page's; those of the others repeat it."""
    section = document.sections[0] if len(document.sections) else None
    if section is None:
        return []
    header = section.first_page_header if section.different_first_page_header_footer else section.header
    return [] if header.is_linked_to_previous else [*_filled(walk.blocks(header._element)), Block("")]


def _footer(document: "Document", walk: "_Walk") -> list[Block]:
    """Only one that says where the sender is found, which the parser knows for a footer; the rest is about the page."""
    section = document.sections[0] if len(document.sections) else None
    if section is None:
        return []
    footer = section.first_page_footer if section.different_first_page_header_footer else section.footer
    blocks = [] if footer.is_linked_to_previous else _filled(walk.blocks(footer._element))
    says_where = address_marks("\n".join(block.text for block in blocks)) >= _ENOUGH_ADDRESS_MARKS
    return [Block(""), *blocks] if says_where else []


def _filled(blocks: Iterator[Block]) -> list[Block]:
    return [block for block in blocks if block.text.strip() and block.role is not Role.PAGE]


class _Walk:
    """One walk through the document in its order; what it met on the way stands in `notes`."""

    def __init__(self, lists: "WordLists") -> None:
        self.notes: list[str] = []
        self._lists = lists
        self._fields: list[bool] = []  # of each field we are in: whether its result has begun
        self._held = ""  # a paragraph whose end is deleted: it goes on in the next
        self._boxes: list[Element] = []  # text boxes anchored in the paragraph at hand
        self._depth = 0

    def blocks(self, parent: Element) -> Iterator[Block]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RecursionError("nested too deep")
        for child in parent:
            yield from self._block(child)
        self._depth -= 1

    def _block(self, element: Element) -> Iterator[Block]:
        match _name(element):
            case "p":
                yield from self._paragraph(element)
            case "tbl":
                yield from self._table(element)
            case "sdt":
                for content in element.findall(f"{_W}sdtContent"):
                    yield from self.blocks(content)
            case "ins" | "moveTo" | "customXml" | "smartTag":
                self._note_change(element)
                yield from self.blocks(element)
            case "AlternateContent":
                for chosen in _chosen(element):
                    yield from self.blocks(chosen)
            case _:
                pass

    # --- paragraphs
    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        outer, self._boxes = self._boxes, []
        marker = self._lists.marker(paragraph)
        text = self._held + "".join(self._inline(paragraph))
        boxes, self._boxes = self._boxes, outer
        self._held = ""
        for box in boxes:
            yield from _filled(self.blocks(box))
        properties = paragraph.find(f"{_W}pPr")
        if properties is not None and properties.find(f"{_W}pageBreakBefore") is not None:
            yield PAGE_BREAK
        if properties is not None and properties.find(f"{_W}rPr/{_W}del") is not None:
            self._held = text
            self.notes.append(HAS_CHANGES)
        elif not (boxes and not text.strip()):
            yield self._as_block(paragraph, marker, text)
        if properties is not None and _starts_a_page(properties.find(f"{_W}sectPr")):
            yield PAGE_BREAK

    def _as_block(self, paragraph: Element, marker: str | None, text: str) -> Block:
        if not text.strip():
            return Block(text, Role.PAGE if "\f" in text else Role.TEXT)
        broken = text[: len(text) - len(text.lstrip("\n\f"))]
        text = f"{broken}{marker or ''}{text[len(broken) :].strip(' ')}"
        if self._is_heading(paragraph):
            return Block(text, Role.HEADING)
        return Block(text, Role.ITEM if marker else Role.TEXT)

    def _is_heading(self, paragraph: Element) -> bool:
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        levels = [own, *(style.find(f"{_W}pPr/{_W}outlineLvl") for style in self._lists.style_chain(paragraph))]
        return any(level is not None for level in levels) or _is_all_bold(paragraph)

    def _inline(self, parent: Element) -> Iterator[str]:
        for child in parent:
            yield from self._piece(child)

    def _piece(self, element: Element) -> Iterator[str]:
        name = _name(element)
        if name == "fldChar":
            self._field(element.get(f"{_W}fldCharType"))
        elif name in _BOXES:
            self._boxes += _boxes_in(element)
        elif name == "AlternateContent":
            for chosen in _chosen(element):
                yield from self._inline(chosen)
        elif name in _WITHIN:
            self._note_change(element)
            yield from self._inline(element)
        elif name == "r":
            if element.find(f"{_W}rPr/{_W}vanish") is None:
                yield from self._inline(element)
        elif name == "sdt":
            for content in element.findall(f"{_W}sdtContent"):
                yield from self._inline(content)
        elif name in ("del", "moveFrom"):
            self.notes.append(HAS_CHANGES)
        elif name == "commentReference":
            self.notes.append(HAS_COMMENTS)
        elif name in _WRITTEN and all(self._fields):
            yield _WRITTEN[name](element)

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _note_change(self, element: Element) -> None:
        if _name(element) in ("ins", "moveTo"):
            self.notes.append(HAS_CHANGES)

    # --- tables
    def _table(self, table: Element) -> Iterator[Block]:
        for row in _unwrapped(table, "tr"):
            if row.find(f"{_W}trPr/{_W}del") is None:
                yield from row_of([self._cell(cell) for cell in _unwrapped(row, "tc")])
            else:
                self.notes.append(HAS_CHANGES)

    def _cell(self, cell: Element) -> list[Block]:
        if cell.find(f"{_W}tcPr/{_W}cellDel") is not None:
            return []
        return list(self.blocks(cell))


_BOXES = {"drawing", "pict", "object"}
_WITHIN = {"hyperlink", "ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo", "ruby", "rubyBase"}


def _break(element: Element) -> str:
    return "\n\f" if element.get(f"{_W}type") == "page" else "\n"


_WRITTEN: dict[str, Callable[[Element], str]] = {
    "t": lambda element: element.text or "",
    "tab": lambda _: "\t",
    "ptab": lambda _: "\t",
    "br": _break,
    "cr": lambda _: "\n",
    "noBreakHyphen": lambda _: "-",
    "lastRenderedPageBreak": lambda _: "\f",
}


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) and tag.startswith((_W, _MC)) else ""


def _chosen(alternatives: Element) -> list[Element]:
    """One of the ways the same thing is written: the first, or else the one for old programs."""
    choices = alternatives.findall(f"{_MC}Choice") or alternatives.findall(f"{_MC}Fallback")
    return list(choices[:1])


def _boxes_in(drawing: Element) -> list[Element]:
    """The outermost text boxes; one within another is met when that one is read."""
    found: list[Element] = []
    for child in drawing:
        if _name(child) == "txbxContent":
            found.append(child)
        elif _name(child) == "AlternateContent":
            found += [box for chosen in _chosen(child) for box in _boxes_in(chosen)]
        else:
            found += _boxes_in(child)
    return found


def _unwrapped(parent: Element, tag: str) -> Iterator[Element]:
    """Rows and cells also stand inside content controls and tracked insertions."""
    for child in parent:
        name = _name(child)
        if name == tag:
            yield child
        elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml"):
            yield from _unwrapped(child, tag)


def _starts_a_page(section: Element | None) -> bool:
    if section is None:
        return False
    kind = section.find(f"{_W}type")
    return kind is None or kind.get(f"{_W}val") in ("nextPage", "oddPage", "evenPage")


def _is_all_bold(paragraph: Element) -> bool:
    runs = [run for run in paragraph.findall(f"{_W}r") if any(text.text for text in run.findall(f"{_W}t"))]
    return bool(runs) and all(_is_bold(run) for run in runs)


def _is_bold(run: Element) -> bool:
    bold = run.find(f"{_W}rPr/{_W}b")
    return bold is not None and bold.get(f"{_W}val") not in ("0", "false", "off")
