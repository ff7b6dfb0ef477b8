"""The parts of a Word document that hold what is read: ECMA-376 part 2 says how one leads to the next."""

import posixpath
from collections.abc import Mapping
from typing import Any

from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers import archives
from workflow.document_intake.readers.faults import DAMAGED

Element = Any  # lxml's element; its classes have no types of their own

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# ISO 29500 Strict names the same things otherwise.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_OFF = ("0", "false", "off")


class WordPackage:
    """A Word document's trees. Raises UnreadableDocument where there is no text in it."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts
        self._main = next((path for kind, path in self._related("").values() if kind == "officeDocument"), "")
        document = self._tree(self._main)
        body = None if document is None else document.find(f"{W}body")
        if body is None:
            raise UnreadableDocument(DAMAGED)
        self.body: Element = body
        self._of_main = self._related(self._main)

    @property
    def numbering(self) -> Element | None:
        return self._of_kind("numbering")

    @property
    def styles(self) -> Element | None:
        return self._of_kind("styles")

    def on_first_page(self, what: str) -> Element | None:
        """The first page's "header" or "footer"; those of the others repeat it."""
        section = next(self.body.iter(f"{W}sectPr"), None)
        if section is None:
            return None
        own = section.find(f"{W}titlePg")
        page = "first" if own is not None and own.get(f"{W}val") not in _OFF else "default"
        named = (one for one in section.findall(f"{W}{what}Reference") if one.get(f"{W}type", "default") == page)
        known = self._of_main.get(next((one.get(_ID) for one in named), None))
        return self._tree(known[1]) if known else None

    def _of_kind(self, kind: str) -> Element | None:
        return next((self._tree(path) for other, path in self._of_main.values() if other == kind), None)

    def _tree(self, path: str) -> Element | None:
        part = self._parts.get(path)
        return archives.tree_of(_usual(part)) if part else None

    def _related(self, path: str) -> dict[str | None, tuple[str, str]]:
        """Of what a part refers to: its id -> (its kind, its path)."""
        folder, name = posixpath.split(path)
        part = self._parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        return {
            one.get("Id"): (
                one.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
            )
            for one in (archives.tree_of(part).iter(_RELATED) if part else ())
            if one.get("TargetMode") != "External"
        }


def _usual(part: bytes) -> bytes:
    if _STRICT[1][0] in part:
        for strict, usual in _STRICT:
            part = part.replace(strict, usual)
    return part
