"""The numbers and bullets Word puts before paragraphs: counted from numbering.xml and the styles, as Word counts."""

import re
from collections import defaultdict

import msgspec

from workflow.document_intake.readers.blocks import Numeral, bullet, numeral
from workflow.document_intake.readers.word_package import Element, W

_NUMERALS = {
    "decimal": Numeral.DECIMAL,
    "decimalZero": Numeral.DECIMAL,
    "ordinal": Numeral.DECIMAL,
    "lowerLetter": Numeral.LETTER,
    "upperLetter": Numeral.CAPITAL,
    "lowerRoman": Numeral.ROMAN,
    "upperRoman": Numeral.ROMAN_CAPITAL,
}
_LEVEL = re.compile(r"%([1-9])")
_DEEPEST = 9
_MOST_STYLES_UP = 20  # a style based on itself, in a file made to be odd


class Level(msgspec.Struct, frozen=True):
    format: str
    text: str  # "%1." and the like
    start: int
    restarts_after: int | None  # the level whose new number restarts this one; None: any above
    only_arabic: bool


class Place(msgspec.Struct, frozen=True):
    """Where in which list a paragraph stands."""

    number_id: str
    level: int


class WordLists:
    """Counts through one document, paragraph by paragraph in order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._styles = {style.get(f"{W}styleId"): style for style in _all(styles, "style")}
        self._abstract = {item.get(f"{W}abstractNumId"): item for item in _all(numbering, "abstractNum")}
        self._numbers = {item.get(f"{W}numId"): item for item in _all(numbering, "num")}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._started: set[tuple[str, int]] = set()
        self._levels: dict[tuple[str, int], Level | None] = {}

    def marker(self, paragraph: Element) -> str | None:
        """ "1. ", "a) ", "• " …; None where the paragraph is no item."""
        place = self._place(paragraph)
        level = self._level(place) if place else None
        if place is None or level is None:
            return None
        self._count(place, level)
        if level.format == "bullet":
            return f"{bullet(level.text)} "
        written = (
            "" if level.format == "none" else _LEVEL.sub(lambda match: self._written(place, level, match), level.text)
        )
        return f"{written.strip()} " if written.strip() else ""

    def style_chain(self, paragraph: Element) -> list[Element]:
        """The paragraph's style and those it is based on."""
        named = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
        chain: list[Element] = []
        while named in self._styles and len(chain) < _MOST_STYLES_UP:
            chain.append(self._styles[named])
            named = _value(chain[-1].find(f"{W}basedOn"))
        return chain

    def _place(self, paragraph: Element) -> Place | None:
        number_id: str | None = None
        level: str | None = None
        for holder in (paragraph, *self.style_chain(paragraph)):
            own = holder.find(f"{W}pPr/{W}numPr")
            if own is not None:
                level = level or _value(own.find(f"{W}ilvl"))
                number_id = number_id or _value(own.find(f"{W}numId"))
        if number_id is None or number_id == "0":  # 0 takes a paragraph out of its style's list
            return None
        return Place(number_id, _whole(level) if level else self._level_of_style(paragraph, number_id))

    def _level_of_style(self, paragraph: Element, number_id: str) -> int:
        names = [style.get(f"{W}styleId") for style in self.style_chain(paragraph)]
        for level in _all(self._abstract_of(number_id), "lvl"):
            if _value(level.find(f"{W}pStyle")) in names:
                return _whole(level.get(f"{W}ilvl"))
        return 0

    def _abstract_of(self, number_id: str) -> Element | None:
        number = self._numbers.get(number_id)
        abstract = None if number is None else self._abstract.get(_value(number.find(f"{W}abstractNumId")))
        link = None if abstract is None else _value(abstract.find(f"{W}numStyleLink"))
        if link is None:
            return abstract
        linked = (item for item in self._abstract.values() if _value(item.find(f"{W}styleLink")) == link)
        return next(linked, abstract)

    def _level(self, place: Place) -> Level | None:
        known = (place.number_id, place.level)
        if known not in self._levels:
            self._levels[known] = self._found_level(place)
        return self._levels[known]

    def _found_level(self, place: Place) -> Level | None:
        override = self._override(place)
        own = None if override is None else override.find(f"{W}lvl")
        abstract = self._abstract_of(place.number_id)
        of_level = [lvl for lvl in _all(abstract, "lvl") if lvl.get(f"{W}ilvl") == str(place.level)]
        level = own if own is not None else next(iter(of_level), None)
        if level is None:
            return None
        restart = _value(level.find(f"{W}lvlRestart"))
        return Level(
            format=_value(level.find(f"{W}numFmt")) or "decimal",
            text=_value(level.find(f"{W}lvlText")) or "",
            start=_whole(_value(level.find(f"{W}start")) or "0"),
            restarts_after=None if restart is None else _whole(restart),
            only_arabic=level.find(f"{W}isLgl") is not None,
        )

    def _override(self, place: Place) -> Element | None:
        number = self._numbers.get(place.number_id)
        overrides = _all(number, "lvlOverride")
        return next((item for item in overrides if item.get(f"{W}ilvl") == str(place.level)), None)

    def _count(self, place: Place, level: Level) -> None:
        # Lists of one abstract definition count together, unless a list of its own says where it starts.
        counts = self._counts[self._counted_as(place.number_id)]
        override = self._override(place)
        starts = None if override is None else _value(override.find(f"{W}startOverride"))
        if starts is not None and (place.number_id, place.level) not in self._started:
            self._started.add((place.number_id, place.level))
            counts[place.level] = _whole(starts)
        else:
            counts[place.level] = counts.get(place.level, level.start - 1) + 1
        for deeper in range(place.level + 1, _DEEPEST):
            below = self._level(Place(place.number_id, deeper))
            restarts_after = None if below is None else below.restarts_after
            if restarts_after is None or (restarts_after and place.level < restarts_after):
                counts.pop(deeper, None)

    def _counted_as(self, number_id: str) -> str:
        number = self._numbers.get(number_id)
        return (None if number is None else _value(number.find(f"{W}abstractNumId"))) or number_id

    def _written(self, place: Place, own: Level, match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        level = own if at == place.level else self._level(Place(place.number_id, at))
        if level is None or level.format in ("bullet", "none"):
            return ""
        number = self._counts[self._counted_as(place.number_id)].get(at, level.start)
        kind = Numeral.DECIMAL if own.only_arabic else _NUMERALS.get(level.format, Numeral.DECIMAL)
        return numeral(kind, number)


def _all(parent: Element | None, tag: str) -> list[Element]:
    return [] if parent is None else list(parent.findall(f"{W}{tag}"))


def _value(element: Element | None) -> str | None:
    return None if element is None else element.get(f"{W}val")


def _whole(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isdecimal() and len(text) < 9 else 0
