"""Where everything in a diagram stands when it is drawn.

The boxes stand in rows, one below the other. What leads to the next row goes straight down; everything else goes
outside the boxes, in lanes: onwards on the right, back on the left. Lanes lie so far apart that what is said of
one fits before the next, and it is said between two rows, where only lanes pass: nothing stands on anything else.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from states.diagram import MARKS, Arrow, Box, Diagram, plain

# --- text -----------------------------------------------------------------------------------------

LINE_HEIGHT = 1.3


class Font(msgspec.Struct, frozen=True):
    """How some of the text is set."""

    css: str
    size: int
    bold: bool
    widest: int  # lines are broken before they grow wider

    @property
    def line(self) -> int:
        return round(self.size * LINE_HEIGHT)


HEADING, TITLE, PLAIN = Font("rubrik", 20, True, 600), Font("namn", 15, True, 280), Font("rad", 13, False, 300)
MARK, LABEL = Font("lage", 13, True, 300), Font("steg", 12, False, 110)

NARROW, BROAD = frozenset(" .,:;'|!()[]/-fijlrtI"), frozenset("mwMW@%&#+<=>~^")


def width(text: str, font: Font) -> float:
    """At least as wide as the text becomes in the widest of the usual fonts (DejaVu Sans, Verdana)."""
    return sum(_advance(character) for character in text) * font.size * (1.13 if font.bold else 1)


def _advance(character: str) -> float:
    """The width of a character, in sizes of its font."""
    if character in NARROW:
        return 0.44
    if character in BROAD or character > "\u017f":
        return 1.0 if character < "\u2e80" else 1.4
    return 0.79 if character.isupper() else 0.64


def wrapped(text: str, font: Font) -> list[str]:
    """A text as lines that are not too wide; a word that is too wide by itself is cut."""
    lines = [""]
    for word in plain(text).split():
        if lines[-1] and width(f"{lines[-1]} {word}", font) <= font.widest:
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for character in word:
            if lines[-1] and width(lines[-1] + character, font) > font.widest:
                lines.append("")
            lines[-1] += character
    return [line for line in lines if line]


Lines = tuple[tuple[str, Font], ...]


def _set(texts: Iterable[str], font: Font) -> Lines:
    return tuple((line, font) for text in texts for line in wrapped(text, font))


def _text(box: Box) -> Lines:
    """What a box says, line by line."""
    return (*_set([box.title], TITLE), *_set(box.lines, PLAIN), *_set([MARKS.get(box.mark, "")], MARK))


def _label(labels: Sequence[str]) -> Lines:
    """What leads along an arrow: each on lines of its own."""
    return _set((f"{label}," if place < len(labels) else label for place, label in enumerate(labels, 1)), LABEL)


def _size(lines: Lines) -> tuple[int, int]:
    """How wide and how high some lines become."""
    wide = max((width(text, font) for text, font in lines), default=0)
    return round(wide + 0.5), sum(font.line for _, font in lines)


# --- what goes outside the boxes --------------------------------------------------------------------


class Bundle(msgspec.Struct, frozen=True):
    """Arrows that share a lane: they come from one box, or lead to one, and say the same."""

    arrows: tuple[Arrow, ...]
    ends: frozenset[int]  # the rows that it leaves or reaches from the side
    top: int  # the rows that it lies between
    bottom: int
    back: bool
    beside: str  # the id of the box on the side that it ends in; "" for none

    @property
    def label(self) -> Lines:
        return _label(self.arrows[0].labels)

    @property
    def told_below(self) -> int:
        """The row below which its label stands: where it begins if it divides, else where it ends."""
        divides = len({arrow.target for arrow in self.arrows}) > 1
        return self.top if divides != self.back else self.bottom - 1


def _bundles(diagram: Diagram, arrows: Iterable[Arrow]) -> list[Bundle]:
    """As few lanes as say the same: by where they lead, and those left alone by where they come from."""
    alone, found = list[Arrow](), list[tuple[Arrow, ...]]()
    for same in _alike(diagram, arrows, "target"):
        if len(same) > 1:
            found.append(same)
        else:
            alone += same
    found += _alike(diagram, alone, "source")
    return [_bundle(diagram, same) for same in found]


def _alike(diagram: Diagram, arrows: Iterable[Arrow], end: str) -> list[tuple[Arrow, ...]]:
    """Arrows that say the same and share an end; each box on the side has a lane of its own."""
    groups: dict[tuple[str, str, bool, tuple[str, ...]], list[Arrow]] = {}
    for arrow in arrows:
        beside = arrow.target if diagram.leads_aside(arrow) else ""
        groups.setdefault((getattr(arrow, end), beside, diagram.leads_back(arrow), arrow.labels), []).append(arrow)
    return [tuple(group) for group in groups.values()]


def _bundle(diagram: Diagram, arrows: tuple[Arrow, ...]) -> Bundle:
    place, beside = diagram.places, arrows[0].target if diagram.leads_aside(arrows[0]) else ""
    between = {place[box] for arrow in arrows for box in (arrow.source, arrow.target)}
    ends = {place[box] for arrow in arrows for box in (arrow.source, arrow.target) if box != beside}
    return Bundle(arrows, frozenset(ends), min(between), max(between), diagram.leads_back(arrows[0]), beside)


def _lanes(bundles: Iterable[Bundle]) -> list[list[Bundle]]:
    """Short ones nearest the boxes; those that do not pass each other share a lane."""
    lanes: list[list[Bundle]] = []
    for bundle in sorted(bundles, key=lambda one: (one.beside, one.bottom - one.top, one.top)):
        free = (lane for lane in lanes if all(bundle.top > one.bottom or bundle.bottom < one.top for one in lane))
        lane = None if bundle.beside else next(free, None)
        if lane is None:
            lanes.append([bundle])
        else:
            lane.append(bundle)
    return lanes


# --- where everything stands ------------------------------------------------------------------------

MARGIN = 24
PADDING = 12  # within a box
SMALLEST = 36  # the least height between two rows
BETWEEN = 28  # boxes beside each other
PORT = 13  # between two arrows at the side of a box
CLEAR = 8  # between an arrow and what is said of it
BAR = 16  # how far below a row arrows that divide or meet do so

Point = tuple[int, int]


class Rectangle(msgspec.Struct, frozen=True):
    """Where a box stands: its middle, its upper edge, and its size."""

    x: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def middle(self) -> int:
        return self.top + self.height // 2

    def side(self, sign: int) -> int:
        """Its left edge (-1) or its right (1)."""
        return self.x + sign * (self.width // 2)


class Caption(msgspec.Struct, frozen=True):
    """Lines that stand on, before or after a place, the first below a height."""

    lines: Lines
    x: int
    top: int
    anchor: str  # "start", "middle" or "end"
    muted: bool = False

    @property
    def area(self) -> tuple[int, int, int, int]:
        """Left, upper, right and lower edge."""
        wide, high = _size(self.lines)
        left = self.x - {"start": 0, "middle": wide // 2, "end": wide}[self.anchor]
        return left, self.top, left + wide, self.top + high


class Layout:
    """Where the boxes, arrows and labels of a diagram stand, from the middle of the first row."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self._place = diagram.places
        self._straight = [arrow for arrow in diagram.arrows if diagram.is_straight(arrow)]
        bundles = _bundles(diagram, [arrow for arrow in diagram.arrows if not diagram.is_straight(arrow)])
        self._lanes = {sign: _lanes(one for one in bundles if one.back == (sign < 0)) for sign in (-1, 1)}
        self.boxes: dict[str, Rectangle] = {}
        self._put_rows(bundles)
        self._lane_x: dict[Bundle, int] = {}
        self._put_lanes()

    def _put_rows(self, bundles: Sequence[Bundle]) -> None:
        sizes = [_size(_text(box)) for row in self.diagram.rows for box in row]
        wide = 2 * ((max(wide for wide, _ in sizes) + 2 * PADDING) // 2)
        top = 0
        for number, row in enumerate(self.diagram.rows):
            ports = max(len(self._ports(number, sign)) for sign in (-1, 1))
            high = max(PORT * (ports + 1), *(_size(_text(box))[1] + 2 * PADDING for box in row))
            left = -((len(row) - 1) * (wide + BETWEEN)) // 2
            for column, box in enumerate(row):
                self.boxes[box.id] = Rectangle(left + column * (wide + BETWEEN), top, wide, high)
            top += high + self._gap(number, bundles)

    def _gap(self, number: int, bundles: Iterable[Bundle]) -> int:
        """The height between a row and the next, with room for what is said there."""
        above = [arrow for arrow in self._straight if self._place[arrow.source] == number]
        bar = BAR if self._meets(number) else 0
        told = [_size(_label(arrow.labels))[1] for arrow in above if arrow.labels]
        told += [_size(bundle.label)[1] for bundle in bundles if bundle.told_below == number]
        return bar + max([SMALLEST, *(high + 2 * CLEAR for high in told)])

    def _put_lanes(self) -> None:
        told = (CLEAR + _size(_label(arrow.labels))[0] for arrow in self._straight)
        column = max([*told, *(box.side(1) for box in self.boxes.values())])
        self._put_side(-1, max(-box.side(-1) for box in self.boxes.values()))
        self._put_side(1, column)
        for box in self.diagram.aside:
            outermost = max([*self._lane_x.values(), *(other.side(1) for other in self.boxes.values())])
            self._put_aside(box, outermost + BETWEEN)  # where no lane leads

    def _put_side(self, sign: int, edge: int) -> None:
        """The lanes of a side, from the boxes outwards, and at their end what stands on the side."""
        corner = edge  # where the boxes of the last row end
        beside = {box.id: box for box in self.diagram.aside}
        for lane in self._lanes[sign]:
            x = edge + BETWEEN
            box = beside.get(lane[0].beside)
            if box is not None:
                x = self._put_aside(box, max(x, corner + BETWEEN))
                corner = self.boxes[box.id].side(1)
            else:
                corner = x
            self._lane_x |= dict.fromkeys(lane, sign * x)
            edge = x + max(CLEAR + _size(bundle.label)[0] for bundle in lane)

    def _put_aside(self, box: Box, left: int) -> int:
        """Put a box on the side of the last row, unless it stands there; where the lane is that leads to it."""
        if box.id in self.boxes:
            return left
        wide, high = _size(_text(box))
        half = wide // 2 + PADDING
        last = self.boxes[self.diagram.rows[-1][0].id]
        self.boxes[box.id] = Rectangle(left + half, last.top, 2 * half, max(last.height, high + 2 * PADDING))
        return left + half

    # --- asked when everything stands ---

    def captions(self) -> Iterator[Caption]:
        """What is said in the boxes and of the arrows."""
        for box in self.diagram.boxes:
            lines, place = _text(box), self.boxes[box.id]
            yield Caption(lines, place.x, place.top + (place.height - _size(lines)[1]) // 2, "middle")
        yield from dict.fromkeys(self._told_straight(arrow) for arrow in self._straight if arrow.labels)
        for bundle, x in self._lane_x.items():
            sign = -1 if bundle.back else 1
            anchor = "end" if bundle.back else "start"
            yield self._told(
                bundle.label, x + sign * CLEAR, bundle.told_below, anchor, muted=self.diagram.is_muted(bundle.arrows[0])
            )

    def _told_straight(self, arrow: Arrow) -> Caption:
        row = self._place[arrow.source]
        first = self.boxes[self.diagram.rows[row + 1][0].id]
        return self._told(_label(arrow.labels), first.x + CLEAR, row, "start", below=BAR if self._meets(row) else 0)

    def _told(self, lines: Lines, x: int, row: int, anchor: str, *, below: int = 0, muted: bool = False) -> Caption:
        """Lines in the middle between a row and the next."""
        top, bottom = self._bottom(row) + below, self.boxes[self.diagram.rows[row + 1][0].id].top
        return Caption(lines, x, (top + bottom - _size(lines)[1]) // 2, anchor, muted)

    def _bottom(self, row: int) -> int:
        return max(self.boxes[box.id].bottom for box in self.diagram.rows[row])

    def _meets(self, row: int) -> bool:
        """True where several boxes lead to the next row, or lead to several."""
        return sum(self._place[arrow.source] == row for arrow in self._straight) > 1

    def lines(self) -> Iterator[tuple[Arrow, list[Point]]]:
        """The corners of every arrow, from where it begins to its head."""
        for arrow in self._straight:
            yield arrow, self._down(arrow)
        for bundle in self._lane_x:
            for arrow in bundle.arrows:
                yield arrow, self._outside(arrow, bundle)

    def _down(self, arrow: Arrow) -> list[Point]:
        source, target = self.boxes[arrow.source], self.boxes[arrow.target]
        bar = self._bottom(self._place[arrow.source]) + BAR
        turn = [] if source.x == target.x else [(source.x, bar), (target.x, bar)]
        return [(source.x, source.bottom), *turn, (target.x, target.top)]

    def _outside(self, arrow: Arrow, bundle: Bundle) -> list[Point]:
        x, sign = self._lane_x[bundle], -1 if bundle.back else 1
        begins = self._port(bundle, self._place[arrow.source])
        target = self.boxes[arrow.target]
        out = [(self.boxes[arrow.source].side(sign), begins), (x, begins)]
        if arrow.target == bundle.beside and target.side(-1) < x < target.side(1):
            return [*out, (x, target.top)]
        ends = target.middle if bundle.beside else self._port(bundle, self._place[arrow.target])
        return [*out, (x, ends), (target.side(sign), ends)]

    def _port(self, bundle: Bundle, row: int) -> int:
        """How far down a bundle leaves or reaches the side of a row: so that few cross each other."""
        ports = self._ports(row, -1 if bundle.back else 1)
        box = self.boxes[self.diagram.rows[row][0].id]
        return box.middle + PORT * ports.index(bundle) - PORT * (len(ports) - 1) // 2

    def _ports(self, row: int, sign: int) -> list[Bundle]:
        """What has an end at the side of a row, from its upper corner down."""
        here = [one for lane in self._lanes[sign] for one in lane if row in one.ends]
        above = [one for one in here if one.bottom == row]
        through = [one for one in here if one.top < row < one.bottom]
        below = [one for one in here if one.top == row]
        return [*above, *through, *reversed(below)]
