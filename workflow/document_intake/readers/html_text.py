"""The text of an html page, as a mail program writes it: block by block, nothing fetched, nothing run."""

import re
from html.parser import HTMLParser

from workflow.document_intake.readers.blocks import Block, Role, row_of

_SPACE = re.compile(r"[ \t\r\n]+")
_NOT_READ = {"script", "style", "head", "title", "template", "noscript", "svg", "object"}
_BLOCKS = {
    *("p", "div", "ul", "ol", "table", "tbody", "thead", "section", "article", "header", "footer", "blockquote"),
    *("pre", "address", "hr", "body", "form", "dl", "dt", "dd", "center"),
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_MOST_NESTED = 200


def blocks_of(html: str) -> list[Block]:
    parser = _Parser()
    parser.feed(html)
    parser.close()
    parser.end_block()
    return parser.blocks


class _Parser(HTMLParser):
    """Gathers the blocks; what is never shown is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._marker = ""
        self._role = Role.TEXT
        self._hidden = 0
        self._numbers: list[int | None] = []  # of each list we are in: its last number; None: bullets
        self._row: list[list[Block]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_READ:
            self._hidden += 1
        elif tag == "br":
            self._text.append("\n")
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.end_block()
            self._role = Role.HEADING if tag in _HEADINGS else Role.TEXT
            self._open_list(tag)
        elif tag == "li":
            self.end_block()
            self._marker = self._next_marker()
        elif tag == "tr":
            self.end_block()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()

    def handle_endtag(self, tag: str) -> None:
        if tag in _NOT_READ:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS or tag in _HEADINGS or tag == "li":
            self.end_block()
            if tag in ("ul", "ol") and self._numbers:
                self._numbers.pop()
        elif tag == "tr":
            self._end_row()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._text.append(_SPACE.sub(" ", data))

    def end_block(self) -> None:
        text = "\n".join(line.strip() for line in "".join(self._text).split("\n")).strip("\n")
        self._text = []
        if text.strip():
            self._add(Block(f"{self._marker}{text}", Role.ITEM if self._marker else self._role))
            self._marker, self._role = "", Role.TEXT

    def _add(self, block: Block) -> None:
        if self._row is None:
            self.blocks.append(block)
        else:
            if not self._row:
                self._row.append([])
            self._row[-1].append(block)

    def _end_cell(self) -> None:
        self.end_block()
        if self._row is not None:
            self._row.append([])

    def _end_row(self) -> None:
        self.end_block()
        row, self._row = self._row, None
        self.blocks += row_of(row) if row else []

    def _open_list(self, tag: str) -> None:
        if tag in ("ul", "ol") and len(self._numbers) < _MOST_NESTED:
            self._numbers.append(0 if tag == "ol" else None)

    def _next_marker(self) -> str:
        last = self._numbers[-1] if self._numbers else None
        if last is None:
            return "• "
        self._numbers[-1] = last + 1
        return f"{last + 1}. "
