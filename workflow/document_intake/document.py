"""A document as the readers of its parts see it."""

import msgspec

from workflow.document_intake.headings import Part
from workflow.document_intake.sections import Section


class Document(msgspec.Struct, frozen=True):
    """The text laid out: lines, the parts they form, and what belongs to the page only."""

    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    furniture: frozenset[int]
    was_cut: bool

    def of(self, *parts: Part) -> list[Section]:
        return [section for section in self.sections if section.part in parts]
