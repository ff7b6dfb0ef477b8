"""A diagram as a picture: SVG that needs no program, font or script from elsewhere, in light and in dark."""

from collections.abc import Iterator, Sequence

from states.diagram import Arrow, Box, Diagram, Mark, plain
from states.layout import HEADING, MARGIN, Caption, Layout, Point, Rectangle, wrapped

CURVE = 10
CLASSES = {Mark.PLAIN: "ruta", Mark.DONE: "ruta klart", Mark.HERE: "ruta har", Mark.PASSED: "ruta forbi"}

STYLE = """
text { font-family: "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1b2733; }
.rubrik { font-size: 20px; font-weight: bold; }
.namn { font-size: 15px; font-weight: bold; }
.rad { font-size: 13px; }
.lage { font-size: 13px; font-weight: bold; }
.steg { font-size: 12px; }
.tillbaka { fill: #75557f; }
.papper { fill: #ffffff; }
.ruta { fill: #f3f6f9; stroke: #5b6b7b; stroke-width: 1.5; }
.klart { fill: #e7f3eb; stroke: #3c7a52; }
.har { fill: #fff2cc; stroke: #b25e00; stroke-width: 3; }
.forbi { fill: none; stroke-dasharray: 5 4; }
.pil { fill: none; stroke: #34506a; stroke-width: 1.5; }
.bakat { fill: none; stroke: #a58cae; stroke-width: 1.5; }
.spets { fill: #34506a; }
.bakspets { fill: #a58cae; }
@media (prefers-color-scheme: dark) {
text { fill: #e8edf2; }
.tillbaka { fill: #c9b3d3; }
.papper { fill: #14191f; }
.ruta { fill: #222b34; stroke: #8fa1b3; }
.klart { fill: #1d3527; stroke: #6fbf8b; }
.har { fill: #4a3500; stroke: #ffb84d; }
.forbi { fill: none; }
.pil { stroke: #b8c7d6; }
.bakat { stroke: #8d7698; }
.spets { fill: #b8c7d6; }
.bakspets { fill: #8d7698; }
}
""".strip()

HEAD = (
    '<marker id="{}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="{}" d="M0 0L10 5L0 10z"/></marker>'
)


def svg(diagram: Diagram) -> str:
    """The picture, as a file of its own."""
    layout = Layout(diagram)
    heading = Caption(tuple((line, HEADING) for line in wrapped(diagram.title, HEADING)), 0, 0, "start")
    left, top, right, bottom = _edges(layout)
    high = heading.area[3] + MARGIN
    wide = max(right - left, heading.area[2]) + 2 * MARGIN
    shift = MARGIN - left, MARGIN + high - top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {bottom - top + high + 2 * MARGIN}" '
        f'width="{wide}" height="{bottom - top + high + 2 * MARGIN}" role="img" lang="sv" '
        'aria-labelledby="titel beskrivning">',
        f'<title id="titel">{escaped(diagram.title)}</title>',
        f'<desc id="beskrivning">{escaped(" ".join(_told(diagram)))}</desc>',
        f"<style>{STYLE}</style>",
        f"<defs>{HEAD.format('spets', 'spets')}{HEAD.format('bakspets', 'bakspets')}</defs>",
        '<rect class="papper" width="100%" height="100%"/>',
        *_text(heading, (MARGIN, MARGIN)),
        *(_path(diagram, arrow, points, shift) for arrow, points in layout.lines()),
        *(_rectangle(box, layout.boxes[box.id], shift) for box in diagram.boxes),
        *(line for caption in layout.captions() for line in _text(caption, shift)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _edges(layout: Layout) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge of everything that is drawn."""
    areas = [caption.area for caption in layout.captions()]
    areas += [(box.side(-1), box.top, box.side(1), box.bottom) for box in layout.boxes.values()]
    areas += [(x, y, x, y) for _, points in layout.lines() for x, y in points]
    left, top, right, bottom = zip(*areas, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _told(diagram: Diagram) -> Iterator[str]:
    """The picture in words, for whoever has it read aloud."""
    titles = {box.id: box.title for box in diagram.boxes}
    yield from (f"{', '.join(box.text)}." for box in diagram.boxes)
    for arrow in diagram.arrows:
        by = f": {', '.join(arrow.labels)}" if arrow.labels else ""
        yield f"{titles[arrow.source]} → {titles[arrow.target]}{by}."


def _rectangle(box: Box, place: Rectangle, shift: Point) -> str:
    x, y = place.side(-1) + shift[0], place.top + shift[1]
    return (
        f'<rect class="{CLASSES[box.mark]}" id="{box.id}" x="{x}" y="{y}" width="{place.width}" '
        f'height="{place.height}" rx="8"/>'
    )


def _text(caption: Caption, shift: Point) -> Iterator[str]:
    y = caption.top + shift[1]
    for line, font in caption.lines:
        css = f"{font.css} tillbaka" if caption.muted else font.css
        base = y + round(font.size * 1.02)  # what hangs below the line has the rest of its height
        where = f'x="{caption.x + shift[0]}" y="{base}" text-anchor="{caption.anchor}"'
        yield f'<text class="{css}" {where}>{escaped(line)}</text>'
        y += font.line


def _path(diagram: Diagram, arrow: Arrow, points: Sequence[Point], shift: Point) -> str:
    css, head = ("bakat", "bakspets") if diagram.is_muted(arrow) else ("pil", "spets")
    moved = [(x + shift[0], y + shift[1]) for x, y in points]
    return (
        f'<path class="{css}" data-from="{arrow.source}" data-to="{arrow.target}" d="{_curved(moved)}" '
        f'marker-end="url(#{head})"/>'
    )


def _curved(points: Sequence[Point]) -> str:
    """Straight lines with their corners rounded."""
    d = "M{} {}".format(*points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (x1, y1), (x2, y2) = _towards(corner, before), _towards(corner, after)
        d += f"L{x1} {y1}Q{corner[0]} {corner[1]} {x2} {y2}"
    return d + "L{} {}".format(*points[-1])


def _towards(corner: Point, other: Point) -> Point:
    """Where a rounded corner begins, on the way to the next corner or halfway there."""
    return _step(corner[0], other[0]), _step(corner[1], other[1])


def _step(start: int, end: int) -> int:
    most = min(CURVE, abs(end - start) // 2)
    return start + (most if end > start else -most)


ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escaped(text: str) -> str:
    """A text as it stands in XML."""
    return plain(text).translate(ESCAPES)
