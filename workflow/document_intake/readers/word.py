"""Word documents (.docx, .docm): what the reader of the page sees, in its order."""

from collections.abc import Callable, Iterator

from workflow.document_intake.interface import ReadText
from workflow.document_intake.readers import archives
from workflow.document_intake.readers.blocks import (
    DEEPEST,
    HAS_CHANGES,
    HAS_COMMENTS,
    HAS_MACROS,
    PAGE_BREAK,
    Block,
    Role,
    as_text,
    filled,
    footer_of,
    header_of,
    row_of,
)
from workflow.document_intake.readers.faults import told_apart
from workflow.document_intake.readers.word_lists import WordLists
from workflow.document_intake.readers.word_package import Element, W, WordPackage

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


class WordReader:
    """Reads .docx; holds nothing."""

    def read(self, data: bytes) -> ReadText:
        parts = archives.parts_of(data)
        notes = [HAS_MACROS] if any(name.endswith("vbaProject.bin") for name in parts) else []
        with told_apart():
            package = WordPackage(parts)
            walk = _Walk(WordLists(package.numbering, package.styles))
            header, footer = (walk.blocks(package.on_first_page(what)) for what in ("header", "footer"))
            blocks = [*header_of(header), *walk.blocks(package.body), *footer_of(footer)]
            return as_text(blocks, (*notes, *walk.notes))


class _Walk:
    """One walk through the document in its order; what it met on the way stands in `notes`."""

    def __init__(self, lists: WordLists) -> None:
        self.notes: list[str] = []
        self._lists = lists
        self._fields: list[bool] = []  # of each field we are in: whether its result has begun
        self._held = ""  # a paragraph whose end is deleted: it goes on in the next
        self._boxes: list[Element] = []  # text boxes anchored in the paragraph at hand
        self._depth = 0

    def blocks(self, parent: Element | None) -> Iterator[Block]:
        if parent is None:
            return
        self._depth += 1
        if self._depth > DEEPEST:
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
                for content in element.findall(f"{W}sdtContent"):
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
            yield from filled(self.blocks(box))
        properties = paragraph.find(f"{W}pPr")
        if properties is not None and properties.find(f"{W}pageBreakBefore") is not None:
            yield PAGE_BREAK
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            self._held = text
            self.notes.append(HAS_CHANGES)
        elif not (boxes and not text.strip()):
            yield self._as_block(paragraph, marker, text)
        if properties is not None and _starts_a_page(properties.find(f"{W}sectPr")):
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
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        levels = [own, *(style.find(f"{W}pPr/{W}outlineLvl") for style in self._lists.style_chain(paragraph))]
        return any(level is not None for level in levels) or _is_all_bold(paragraph)

    def _inline(self, parent: Element) -> Iterator[str]:
        for child in parent:
            yield from self._piece(child)

    def _piece(self, element: Element) -> Iterator[str]:
        name = _name(element)
        if name == "fldChar":
            self._field(element.get(f"{W}fldCharType"))
        elif name in _BOXES:
            self._boxes += _boxes_in(element)
        elif name == "AlternateContent":
            for chosen in _chosen(element):
                yield from self._inline(chosen)
        elif name in _WITHIN:
            self._note_change(element)
            yield from self._inline(element)
        elif name == "r":
            if element.find(f"{W}rPr/{W}vanish") is None:
                yield from self._inline(element)
        elif name == "sdt":
            for content in element.findall(f"{W}sdtContent"):
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
            if row.find(f"{W}trPr/{W}del") is None:
                yield from row_of([self._cell(cell) for cell in _unwrapped(row, "tc")])
            else:
                self.notes.append(HAS_CHANGES)

    def _cell(self, cell: Element) -> list[Block]:
        if cell.find(f"{W}tcPr/{W}cellDel") is not None:
            return []
        return list(self.blocks(cell))


_BOXES = {"drawing", "pict", "object"}
_WITHIN = {"hyperlink", "ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo", "ruby", "rubyBase"}


def _break(element: Element) -> str:
    return "\n\f" if element.get(f"{W}type") == "page" else "\n"


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
    return tag.rpartition("}")[2] if isinstance(tag, str) and tag.startswith((W, _MC)) else ""


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
    kind = section.find(f"{W}type")
    return kind is None or kind.get(f"{W}val") in ("nextPage", "oddPage", "evenPage")


def _is_all_bold(paragraph: Element) -> bool:
    runs = [run for run in paragraph.findall(f"{W}r") if any(text.text for text in run.findall(f"{W}t"))]
    return bool(runs) and all(_is_bold(run) for run in runs)


def _is_bold(run: Element) -> bool:
    bold = run.find(f"{W}rPr/{W}b")
    return bold is not None and bold.get(f"{W}val") not in ("0", "false", "off")
