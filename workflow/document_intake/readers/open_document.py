"""OpenDocument texts (.odt): what the reader of the page sees, in its order."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from workflow.document_intake.interface import ReadText, UnreadableDocument
from workflow.document_intake.readers import archives
from workflow.document_intake.readers.blocks import (
    DEEPEST,
    HAS_CHANGES,
    HAS_COMMENTS,
    HAS_MACROS,
    PAGE_BREAK,
    Block,
    Numeral,
    Role,
    as_text,
    bullet,
    footer_of,
    header_of,
    numeral,
    row_of,
)
from workflow.document_intake.readers.faults import DAMAGED, LOCKED, told_apart

Element = Any  # lxml's element; its classes have no types of their own

_NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}
_PREFIXES = {address: prefix for prefix, address in _NAMESPACES.items()}
_SPACE = re.compile(r"[ \t\r\n]+")
_LEVEL = re.compile(r"%(\d{1,2})%")
_MOST_REPEATED = 100  # columns; a sheet pasted into a text may say that it has a thousand empty ones


class OpenDocumentReader:
    """Reads .odt; holds nothing."""

    def read(self, data: bytes) -> ReadText:
        parts = archives.parts_of(data)
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise UnreadableDocument(LOCKED)
        notes = [HAS_MACROS] if any(name.startswith("Basic/") for name in parts) else []
        with told_apart():
            content, styles = archives.tree_of(parts["content.xml"]), archives.tree_of(parts["styles.xml"])
            text = content.find("office:body/office:text", _NAMESPACES)
            if text is None:
                raise UnreadableDocument(DAMAGED)
            walk = _Walk(_Styles(content, styles))
            header, footer = (_on_first_page(styles, what, walk) for what in ("header", "footer"))
            blocks = [*header_of(header), *walk.blocks(text), *footer_of(footer)]
            return as_text(blocks, (*notes, *walk.notes))


def _name(element: Element) -> str:
    """ "text:p", whatever prefix the document has chosen."""
    if not isinstance(element.tag, str):
        return ""
    address, _, name = element.tag[1:].partition("}")
    return f"{_PREFIXES.get(address, '')}:{name}"


def _get(element: Element, name: str) -> str | None:
    prefix, _, local = name.partition(":")
    value: str | None = element.get(f"{{{_NAMESPACES[prefix]}}}{local}")
    return value


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else otherwise


# --- the page around the text
def _on_first_page(styles: Element, what: str, walk: "_Walk") -> Iterator[Block]:
    """The first page's header or footer; those of the others repeat it."""
    page = _first_page(styles, walk.styles.first_master_page)
    if page is None:
        return
    ways = [f"style:{what}-first", f"loext:{what}-first", f"style:{what}"]
    found = next((part for way in ways if (part := page.find(way, _NAMESPACES)) is not None), None)
    if found is not None and _get(found, "style:display") != "false":
        yield from walk.blocks(found)


def _first_page(styles: Element, name: str | None) -> Element | None:
    pages = styles.findall("office:master-styles/style:master-page", _NAMESPACES)
    named = {_get(page, "style:name"): page for page in pages}
    return next((named[known] for known in (name, "Standard") if known in named), pages[0] if pages else None)


# --- styles and lists
class _Styles:
    """The paragraph and list styles of a document by name."""

    def __init__(self, *roots: Element) -> None:
        styles = [style for root in roots for style in root.iter(f"{{{_NAMESPACES['style']}}}style")]
        lists = [item for root in roots for item in root.iter(f"{{{_NAMESPACES['text']}}}list-style")]
        self._paragraphs = {_get(style, "style:name"): style for style in reversed(styles)}
        self._lists = {_get(item, "style:name"): item for item in reversed(lists)}
        first = roots[0].find("office:body/office:text", _NAMESPACES)
        used = (
            [] if first is None else [_get(element, "text:style-name") for element in first.iter() if _is_text(element)]
        )
        self.first_master_page = self._master_page(used[0]) if used else None

    def begins_page(self, style: str | None) -> bool:
        found = self._paragraphs.get(style)
        breaks = None if found is None else found.find("style:paragraph-properties", _NAMESPACES)
        return breaks is not None and _get(breaks, "fo:break-before") == "page"

    def is_hidden(self, style: str | None) -> bool:
        properties = self._of_letters(style)
        return properties is not None and _get(properties, "text:display") == "none"

    def is_bold(self, style: str | None) -> bool:
        properties = self._of_letters(style)
        return properties is not None and _get(properties, "fo:font-weight") == "bold"

    def level(self, list_style: str | None, level: int) -> Element | None:
        levels = self._lists.get(list_style)
        return next(
            (item for item in (levels if levels is not None else ()) if _get(item, "text:level") == str(level)), None
        )

    def _of_letters(self, style: str | None) -> Element | None:
        found = self._paragraphs.get(style)
        return None if found is None else found.find("style:text-properties", _NAMESPACES)

    def _master_page(self, style: str | None) -> str | None:
        found = self._paragraphs.get(style)
        return None if found is None else _get(found, "style:master-page-name")


def _is_text(element: Element) -> bool:
    return _name(element) in ("text:p", "text:h")


class _List(msgspec.Struct):
    """A list we are in, on its way through its items."""

    style: str | None
    level: int
    counts: dict[int, int]
    marker: str | None = None  # of the item at hand, until its first paragraph has taken it


# --- the text
class _Walk:
    """One walk through the document in its order; what it met on the way stands in `notes`."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.notes: list[str] = []
        self._lists: list[_List] = []
        self._by_id: dict[str, dict[int, int]] = {}
        self._last_of_style: dict[str | None, dict[int, int]] = defaultdict(dict)
        self._boxes: list[Element] = []
        self._depth = 0

    def blocks(self, parent: Element) -> Iterator[Block]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RecursionError("nested too deep")
        for child in parent:
            yield from self._block(child)
        self._depth -= 1

    def _block(self, element: Element) -> Iterator[Block]:
        match _name(element):
            case "text:p" | "text:h":
                yield from self._paragraph(element)
            case "text:list":
                yield from self._list(element)
            case "table:table":
                yield from self._table(element)
            case "text:soft-page-break":
                yield PAGE_BREAK
            case "text:tracked-changes":
                self.notes += [HAS_CHANGES] if len(element) else []
            case "draw:frame":
                for box in element.findall("draw:text-box", _NAMESPACES):
                    yield from self.blocks(box)
            case name if name in _WITHIN:
                yield from self.blocks(element)
            case _:
                pass

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        style = _get(paragraph, "text:style-name")
        if self.styles.begins_page(style):
            yield PAGE_BREAK
        outer, self._boxes = self._boxes, []
        text = "".join(self._inline(paragraph)).strip(" ")
        boxes, self._boxes = self._boxes, outer
        for box in boxes:
            yield from self.blocks(box)
        if boxes and not text.strip():
            return
        marker = self._marker() if text.strip() else None
        is_heading = _name(paragraph) == "text:h" or (bool(text) and self._is_all_bold(paragraph, style))
        role = Role.HEADING if is_heading else Role.ITEM if marker else Role.TEXT
        yield Block(f"{marker or ''}{text}", role)

    def _is_all_bold(self, paragraph: Element, style: str | None) -> bool:
        spans = paragraph.findall("text:span", _NAMESPACES)
        bare = (paragraph.text or "") + "".join(span.tail or "" for span in spans)
        if bare.strip() or not spans:
            return self.styles.is_bold(style)
        return all(self.styles.is_bold(_get(span, "text:style-name")) for span in spans)

    def _inline(self, element: Element) -> Iterator[str]:
        yield _SPACE.sub(" ", element.text or "")
        for child in element:
            yield from self._piece(child)
            yield _SPACE.sub(" ", child.tail or "")

    def _piece(self, element: Element) -> Iterator[str]:
        match _name(element):
            case "text:s":
                yield " " * min(_whole(_get(element, "text:c"), 1), _MOST_REPEATED)
            case "text:tab":
                yield "\t"
            case "text:line-break":
                yield "\n"
            case "text:soft-page-break":
                yield "\f"
            case "draw:frame":
                self._boxes += element.findall("draw:text-box", _NAMESPACES)
            case "draw:a" | "draw:g":
                for child in element:
                    yield from self._piece(child)
            case "office:annotation":
                self.notes.append(HAS_COMMENTS)
            case name if name in _NOT_READ:
                pass
            case name if name.startswith("text:") and not self.styles.is_hidden(_get(element, "text:style-name")):
                yield from self._inline(element)
            case _:
                pass

    # --- lists
    def _list(self, element: Element) -> Iterator[Block]:
        outer = self._lists[-1] if self._lists else None
        style = _get(element, "text:style-name") or (outer.style if outer else None)
        level = outer.level + 1 if outer else 1
        self._lists.append(_List(style, level, self._counts(element, outer, style)))
        if level == 1:
            self._by_id[element.get("{http://www.w3.org/XML/1998/namespace}id") or ""] = self._lists[-1].counts
            self._last_of_style[style] = self._lists[-1].counts
        for item in element:
            if _name(item) == "text:list-item":
                self._count(item)
            yield from self.blocks(item)
        self._lists.pop()

    def _counts(self, element: Element, outer: _List | None, style: str | None) -> dict[int, int]:
        if outer:
            return outer.counts
        if continued := _get(element, "text:continue-list"):
            return self._by_id.get(continued, {})
        return self._last_of_style[style] if _get(element, "text:continue-numbering") == "true" else {}

    def _count(self, item: Element) -> None:
        within = self._lists[-1]
        style = self.styles.level(within.style, within.level)
        start = _whole(None if style is None else _get(style, "text:start-value"), 1)
        usual = within.counts.get(within.level, start - 1) + 1
        within.counts[within.level] = _whole(_get(item, "text:start-value"), usual)
        for deeper in [level for level in within.counts if level > within.level]:
            del within.counts[deeper]
        within.marker = self._written(within, style)

    def _written(self, within: _List, style: Element | None) -> str | None:
        if style is None:
            return None
        if _name(style) != "text:list-level-style-number":
            return f"{bullet(_get(style, 'text:bullet-char') or '')} "
        template = (
            _get(style, "loext:num-list-format") or _get(style, "style:num-list-format") or _template(style, within)
        )
        written = _LEVEL.sub(lambda match: self._number(within, int(match[1])), template).strip()
        return f"{written} " if written else ""

    def _number(self, within: _List, level: int) -> str:
        style = self.styles.level(within.style, level)
        kind = None if style is None else _get(style, "style:num-format")
        if kind not in _KINDS:
            return ""
        return numeral(_KINDS[kind], within.counts.get(level, 1))

    def _marker(self) -> str | None:
        if not self._lists:
            return None
        marker, self._lists[-1].marker = self._lists[-1].marker, None
        return marker

    # --- tables
    def _table(self, table: Element) -> Iterator[Block]:
        for row in table:
            if _name(row) == "table:table-row":
                yield from row_of([list(self.blocks(cell)) for cell in row if _name(cell) == "table:table-cell"])
            elif _name(row) in _ROW_GROUPS:
                yield from self._table(row)


_KINDS = {kind.value: kind for kind in Numeral}
_WITHIN = {
    "text:section",
    "text:list-item",
    "text:list-header",
    "text:index-body",
    "text:index-title",
    "draw:text-box",
} | {
    f"text:{index}"
    for index in ("table-of-content", "illustration-index", "table-index", "alphabetical-index", "bibliography")
}
_ROW_GROUPS = {"table:table-header-rows", "table:table-rows", "table:table-row-group"}
_NOT_READ = {"text:note", "text:tracked-changes", "text:hidden-text", "text:ruby-text", "text:hidden-paragraph"}


def _template(style: Element, within: _List) -> str:
    shown = max(1, _whole(_get(style, "text:display-levels"), 1))
    levels = range(max(1, within.level - shown + 1), within.level + 1)
    numbers = ".".join(f"%{level}%" for level in levels)
    return f"{_get(style, 'style:num-prefix') or ''}{numbers}{_get(style, 'style:num-suffix') or ''}"
