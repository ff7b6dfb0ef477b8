"""The letters of a page, each with its place, put together to the lines a person reads, in the order they are read."""

import itertools
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import msgspec

from workflow.document_intake.folding import key
from workflow.document_intake.layout import (
    ENOUGH_ADDRESS_MARKS,
    address_marks,
    breaks_a_word,
    cells,
    is_page_number,
    without_page_number,
)
from workflow.document_intake.readers.blocks import GAP
from workflow.document_intake.readers.plain_text import cleaned

Repeated = dict[str, list[float]]


class Letter(msgspec.Struct, frozen=True):
    """Lengths in points; y grows downwards."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_bold: bool


class Page(msgspec.Struct, frozen=True):
    letters: Sequence[Letter]
    bottom: float  # the y of its lower edge
    height: float


class Segment(msgspec.Struct, frozen=True):
    """What stands together on a line; a wide gap parts it from the next."""

    text: str
    left: float
    right: float


class Line(msgspec.Struct, frozen=True):
    segments: tuple[Segment, ...]
    baseline: float
    size: float
    is_bold: bool

    @property
    def text(self) -> str:
        return GAP.join(segment.text for segment in self.segments)

    @property
    def right(self) -> float:
        return self.segments[-1].right


# All in shares of the size of the letters.
_SAME_LINE = 0.45  # so that what is raised or lowered stays in its line
_SPACE = 0.2
_WIDE = 1.5

_MARKER = re.compile(r"\d{1,3}(?:\.\d{1,2})*[.)]?|[A-Za-z][.)]|[•●▪◦○■·*\-–—]")
_SIGNS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | dict.fromkeys(map(chr, range(0xF000, 0xF100)), "•")  # symbol fonts: Word's bullets
)


def text_of_pages(pages: Sequence[Page]) -> tuple[str, tuple[int, ...]]:
    """The document as text, and the first line of each page."""
    laid_out, foot = _without_furniture([lines_of(page.letters) for page in pages], pages)
    pitch = _usual_pitch(laid_out)
    lines: list[str] = []
    starts: list[int] = []
    for page in laid_out:
        if lines and page and not _goes_on(lines[-1], page[0].text):
            lines.append("")
        starts.append(len(lines))
        lines += _as_written(page, pitch)
    if foot:
        lines += ["", *_as_written(foot, pitch)]
    return cleaned("\n".join(unhyphenated(lines))), tuple(starts)


def _goes_on(above: str, below: str) -> bool:
    return below[:1].islower() and not above.endswith((".", ":", "!", "?"))


def lines_of(letters: Iterable[Letter]) -> list[Line]:
    """The page's lines from above, two columns of running text one after the other."""
    rows: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: letter.baseline):
        above = rows[-1][0] if rows else None
        if above and letter.baseline - above.baseline <= _SAME_LINE * max(letter.size, above.size):
            rows[-1].append(letter)
        else:
            rows.append([letter])
    lines = [_line(row) for row in rows]
    return _column_by_column([line for line in lines if line.segments])


def _line(row: list[Letter]) -> Line:
    row.sort(key=lambda letter: letter.left)
    written = [letter for letter in row if not letter.text.isspace()]
    if not written:
        return Line((), 0, 0, is_bold=False)
    size = Counter(letter.size for letter in written).most_common(1)[0][0]
    baseline = statistics.median(letter.baseline for letter in written)
    return Line(tuple(_segments(row, size)), baseline, size, all(letter.is_bold for letter in written))


def _segments(row: list[Letter], size: float) -> list[Segment]:
    found: list[Segment] = []
    text, left, right, spaced = "", 0.0, 0.0, False
    for letter in row:
        if letter.text.isspace():
            spaced = True
            continue
        gap = letter.left - right
        if text and gap > _WIDE * size and not (not found and _MARKER.fullmatch(text)):
            found.append(Segment(text, left, right))
            text = ""
        if not text:
            left = letter.left
        elif spaced or gap > _SPACE * size:
            text += " "
        text += letter.text.translate(_SIGNS)
        right, spaced = max(right, letter.right), False
    return [*found, Segment(text, left, right)] if text else found


# --- columns
_LEAST_LINES = 8  # of a column; what is shorter is a letterhead or a pair of signatures
_NEAR = 2  # sizes of the letters, from one line of a column to the next
_LEAST_LETTERS = 22  # of its lines on the average; what is narrower is a table


def _column_by_column(lines: list[Line]) -> list[Line]:
    band = _widest_band(lines)
    if band is None:
        return lines
    start, end, middle = band
    left = [_side(line, middle, on_left=True) for line in lines[start:end]]
    right = [_side(line, middle, on_left=False) for line in lines[start:end]]
    return [*lines[:start], *(line for line in (*left, *right) if line.segments), *lines[end:]]


def _widest_band(lines: Sequence[Line]) -> tuple[int, int, float] | None:
    """Where lines one below another leave the same strip empty, with running text on both sides: (start, end, x)."""
    between = Counter(
        round((before.right + after.left) / 2 / 5) * 5.0
        for line in lines
        for before, after in itertools.pairwise(line.segments)
    )
    bands = [(*_trimmed(lines, *_longest_uncrossed(lines, x), x), x) for x, _ in between.most_common(5)]
    sound = [band for band in bands if _are_columns(lines[band[0] : band[1]], band[2])]
    return max(sound, key=lambda band: band[1] - band[0], default=None)


def _longest_uncrossed(lines: Sequence[Line], x: float) -> tuple[int, int]:
    best, start = (0, 0), 0
    for at in range(len(lines) + 1):
        if at == len(lines) or any(segment.left < x < segment.right for segment in lines[at].segments):
            best = max(best, (start, at), key=lambda run: run[1] - run[0])
            start = at + 1
    return best


def _trimmed(lines: Sequence[Line], start: int, end: int, x: float) -> tuple[int, int]:
    """From the first line that stands on both sides to the last, and as far below as one column goes on."""
    both = [at for at in range(start, end) if lines[at].segments[0].left < x < lines[at].right]
    if not both:
        return start, start
    last = both[-1] + 1
    while last < end and lines[last].baseline - lines[last - 1].baseline <= _NEAR * lines[last].size:
        last += 1
    return both[0], last


def _are_columns(lines: Sequence[Line], x: float) -> bool:
    return all(
        len(side) >= _LEAST_LINES and sum(map(len, side)) >= _LEAST_LETTERS * len(side)
        for side in (
            [segment.text for line in lines for segment in line.segments if (segment.right <= x) is on_left]
            for on_left in (True, False)
        )
    )


def _side(line: Line, x: float, *, on_left: bool) -> Line:
    kept = tuple(part for part in line.segments if (part.right <= x) is on_left)
    return msgspec.structs.replace(line, segments=kept)


# --- what belongs to the page and not to the text
_HEAD_LINES = 6
_FOOT_LINES = 8
_FIRST_PAGE_HEAD = 15
_MARGIN = 0.08  # of the paper's height
_WELL_BELOW = 2.5  # sizes of the letters
_SAME_PLACE = 2  # sizes of the letters
_DIGITS = re.compile(r"\d+")


def _without_furniture(pages: Sequence[Sequence[Line]], papers: Sequence[Page]) -> tuple[list[list[Line]], list[Line]]:
    """The pages without what is printed on each; and the foot, once, where it says who sends the document."""
    first_head = {key(cell) for line in pages[0][:_FIRST_PAGE_HEAD] for cell in cells(line.text)} if pages else set()
    heads = _repeated([page[:_HEAD_LINES] for page in pages])
    feet = _repeated([page[-_FOOT_LINES:] for page in pages])
    kept: list[list[Line]] = []
    foot: list[Line] = []
    for number, (page, paper) in enumerate(zip(pages, papers, strict=True)):
        above = 0 if number == 0 else _many(page[:_HEAD_LINES], lambda line: _in_head(line, heads, first_head))
        rest = page[above:]
        below = max(_in_margin(rest, paper), _many(rest[: -_FOOT_LINES - 1 : -1], lambda line: _in_foot(line, feet)))
        kept.append(list(page[above : len(page) - below]))
        foot = foot or [line for line in page[len(page) - below :] if not _is_only_number(line)]
    says_who = address_marks("\n".join(line.text for line in foot)) >= ENOUGH_ADDRESS_MARKS
    return kept, foot if says_who else []


def _many(lines: Sequence[Line], belongs: Callable[[Line], bool]) -> int:
    return next((number for number, line in enumerate(lines) if not belongs(line)), len(lines))


def _repeated(parts: Sequence[Sequence[Line]]) -> Repeated:
    """Where on each page what stands there stands, but for its numbers."""
    places: defaultdict[str, list[float]] = defaultdict(list)
    for part in parts:
        for line in part:
            places[_shape(line)].append(line.baseline)
    return places


def _is_repeated(line: Line, places: Repeated) -> bool:
    """Whether another page says the same in the same place, and not in the middle of a paragraph."""
    if len(line.segments) == 1 and len(line.text) >= _RUNNING_TEXT and not address_marks(line.text):
        return False
    near = [other for other in places.get(_shape(line), ()) if abs(other - line.baseline) < _SAME_PLACE * line.size]
    return len(near) > 1


def _shape(line: Line) -> str:
    return _DIGITS.sub("#", line.text)


def _in_margin(lines: Sequence[Line], paper: Page) -> int:
    """How many of the last lines stand in the lower margin, well below the text."""
    edge = paper.bottom - _MARGIN * paper.height
    below = _many(lines[::-1], lambda line: line.baseline > edge)
    if not 0 < below < len(lines):
        return 0
    first, last = lines[-below], lines[-below - 1]
    return below if first.baseline - last.baseline > _WELL_BELOW * max(first.size, last.size) else 0


def _is_only_number(line: Line) -> bool:
    return not without_page_number(line.text).strip()


# An item or a sentence that is said again, as when two bodies are asked the same, is no head of a page.
_SAYS_SOMETHING = re.compile(r"^(?:\d{1,2}[.)]|[a-h][.)]|[•●▪*\-–—]|[Aa]tt)\s|[.;:]$")


def _in_head(line: Line, repeated: Repeated, first_head: set[str]) -> bool:
    if is_page_number(line.text) or _is_repeated(line, repeated):
        return True
    on_first = all(key(cell) in first_head for cell in cells(without_page_number(line.text)))
    return on_first and not _SAYS_SOMETHING.search(line.text)


def _in_foot(line: Line, repeated: Repeated) -> bool:
    return _is_only_number(line) or _is_repeated(line, repeated)


# --- lines to text
_USUAL_PITCH = 1.3
_LOOSER = 1.18
_FULL = 0.85
_RUNNING_TEXT = 60  # letters
_SOFT_HYPHEN = "\u00ad"


def _as_written(lines: Sequence[Line], pitch: float) -> list[str]:
    """The lines with a blank one wherever the page has more room than between two lines of a paragraph."""
    found: list[str] = []
    for number, line in enumerate(lines):
        if number and _are_apart(lines[number - 1], line, pitch):
            found.append("")
        found.append(line.text)
    return found


def _usual_pitch(pages: Iterable[Sequence[Line]]) -> float:
    """From one line to the next within a paragraph, in sizes of the letters: below lines that were full."""
    pitches = [
        (below.baseline - above.baseline) / above.size
        for page in pages
        for above, below in itertools.pairwise(page)
        if above.size == below.size and len(above.segments) == 1 and above.right > _FULL * _margin(page)
    ]
    sound = [pitch for pitch in pitches if 0.9 < pitch < 2.6]
    return statistics.median_low(sound) if len(sound) > 2 else _USUAL_PITCH


def _margin(page: Sequence[Line]) -> float:
    return max(line.right for line in page)


def _are_apart(above: Line, below: Line, pitch: float) -> bool:
    step = (below.baseline - above.baseline) / max(above.size, below.size)
    return step > _LOOSER * pitch or step < 0 or _is_heading_of(above, below)  # upwards: the next column begins


def _is_heading_of(above: Line, below: Line) -> bool:
    stands_out = above.size > below.size or (above.is_bold and not below.is_bold)
    return stands_out and len(below.text) >= _RUNNING_TEXT


def unhyphenated(lines: Sequence[str]) -> list[str]:
    """Words the margin broke made whole, on the upper line; as many lines as before."""
    found = list(lines)
    for at in range(len(found) - 1):
        above, below = found[at], found[at + 1]
        word, _, rest = below.partition(" ")
        if above.endswith(_SOFT_HYPHEN) or (" " in above and breaks_a_word(above, below)):
            found[at], found[at + 1] = above[:-1] + word, rest
    return found
