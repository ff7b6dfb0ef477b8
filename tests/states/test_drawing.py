"""The picture can be read: no text on another or outside, no arrow through a box, nothing fetched from elsewhere."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html import unescape
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.case_facts import MeetingState, State
from states.diagram import Arrow, Box, Diagram, Mark, case_lifecycle, meeting_lifecycle
from states.drawing import svg

SVG = "{http://www.w3.org/2000/svg}"


class Area(NamedTuple):
    """What something covers, and what it is."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "Area") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: "Area") -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


# --- the picture as it is read ----------------------------------------------------------------------


def elements(picture: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}{tag}"))


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name) or "nan")


def canvas(picture: str) -> Area:
    left, top, right, bottom = (float(one) for one in ElementTree.fromstring(picture).get("viewBox", "").split())
    return Area("canvas", left, top, right, bottom)


def boxes(picture: str) -> dict[str, Area]:
    found = [rect for rect in elements(picture, "rect") if rect.get("id")]
    return {
        rect.get("id", ""): Area(
            rect.get("id", ""),
            number(rect, "x"),
            number(rect, "y"),
            number(rect, "x") + number(rect, "width"),
            number(rect, "y") + number(rect, "height"),
        )
        for rect in found
    }


def lines(picture: str) -> Iterator[tuple[str, str, list[Area]]]:
    """(from, to, what the line covers): as straight lines from corner to corner, a little outside the curves."""
    for path in elements(picture, "path"):
        if not path.get("data-from"):
            continue
        steps = re.findall(r"([MLQ])([^MLQ]+)", path.get("d", ""))
        points = [[float(one) for one in step.split()][:2] for _, step in steps]
        sections = [
            Area("line", min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for (x1, y1), (x2, y2) in pairwise(points)
        ]
        yield path.get("data-from", ""), path.get("data-to", ""), sections


# The widths of DejaVu Sans, the broadest font of those commonly at hand, in thousandths of its size.
REGULAR = {
    275: "'", 278: "ijl", 295: "IJ", 318: " ,.", 337: "/:;\\|", 352: "f", 361: "-", 390: "()[]", 392: "t", 401: "!",
    411: "r", 460: '"', 500: "*_`§–", 518: "”", 521: "s", 525: "z", 531: "?", 550: "c", 557: "L", 575: "F", 579: "k",
    592: "vxy", 603: "P", 611: "TY", 613: "oöaåä", 615: "eé", 632: "EÉ", 634: "hnu", 636: "Sbdgpq$0123456789{}",
    656: "K", 685: "AVÅÄXZ", 695: "BR", 698: "C", 732: "U", 752: "NH", 775: "DG", 787: "&OQÖ", 818: "w",
    838: "#+<=>^~✓→", 863: "M", 950: "%", 974: "m", 989: "W", 1000: "@—",
}  # fmt: skip
BOLD = {
    306: "'", 343: "ijl", 348: " ", 365: "/\\|", 372: "IJ", 380: ",.", 400: ":;", 415: "-", 435: "f", 456: "!",
    457: "()[]", 478: "t", 493: "r", 500: "_`§–", 523: '"*', 580: "?", 582: "z", 593: "c", 595: "s", 637: "L",
    645: "x", 652: "vy", 657: "”", 665: "k", 675: "aåä", 678: "eé", 683: "TEFÉ", 687: "oö", 696: "$0123456789",
    712: "hnu{}", 716: "bdgpq", 725: "SYZ", 734: "PC", 762: "B", 775: "RXAVÅÄK", 821: "UG", 837: "DHN",
    850: "#+<=>^~✓→OQÖ", 872: "&", 924: "w", 995: "M", 1002: "%@—", 1042: "m", 1103: "W",
}  # fmt: skip
UNKNOWN = 1000


def by_table(picture: str) -> list[Area]:
    """Every line of text, as broad as in DejaVu Sans."""
    style = "".join(elements(picture, "style")[0].itertext())
    found = []
    for text in elements(picture, "text"):
        rule = re.search(rf"^\.{text.get('class', '').split()[0]} \{{ font-size: (\d+)px;(.*)\}}$", style, re.M)
        assert rule is not None
        size, widths = int(rule[1]), BOLD if "bold" in rule[2] else REGULAR
        told = text.text or ""
        wide = sum(next((w for w, some in widths.items() if c in some), UNKNOWN) for c in told) * size / 1000
        left = number(text, "x") - wide * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "")]
        base = number(text, "y")
        found.append(Area(told, left, base - 0.76 * size, left + wide, base + 0.24 * size))
    return found


MEASURE = """<!doctype html><meta charset="utf-8"><div></div><script>
const boxes = [];
for (const text of document.querySelectorAll("text")) {
  const box = text.getBBox();
  boxes.push([text.textContent, box.x, box.y, box.x + box.width, box.y + box.height]);
}
document.body.textContent = JSON.stringify(boxes);
</script>"""
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def by_browser(picture: str, directory: Path) -> list[Area]:
    """Every line of text, as a real browser sets it."""
    page = directory / "bild.html"
    page.write_text(MEASURE.replace("<div></div>", picture), encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    more = (
        f"--disable-component-update --disable-sync --user-data-dir={directory / 'profil'} --dump-dom {page.as_uri()}"
    )
    done = subprocess.run(
        [str(CHROMIUM), *flags.split(), *more.split()], capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r"<body>(.*)</body>", done.stdout, re.DOTALL)
    assert found is not None
    # A line's box has some points of nothing above and below the letters.
    return [
        Area(told, left, top + 1, right, bottom - 2)
        for told, left, top, right, bottom in json.loads(unescape(found[1]))
    ]


# --- what is looked at ------------------------------------------------------------------------------


def row(*words: str, number_: int) -> tuple[Box, ...]:
    return tuple(
        Box(f"s{number_}{place}", word, ("Yttrande", "2024-03-14 § 30: återremitterad"), list(Mark)[place % 4])
        for place, word in enumerate(words)
    )


def a_way(rows: list[tuple[Box, ...]], label: str = "") -> Diagram:
    arrows = (
        Arrow(one.id, other.id, (label,) if label else ())
        for before, after in pairwise(rows)
        for one in before
        for other in after
    )
    return Diagram("SON 2023-940: ärendets väg", tuple(rows), tuple(arrows))


LONG = a_way(
    [
        row("Kommunfullmäktige", number_=1),
        row(
            "Social- och omsorgsnämnden", 'Barn- & "ungdoms"nämnden <ny>', "MWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMW", number_=2
        ),
        row("Kommunstyrelsen", "漢字" * 20, number_=3),
        row("Kommunstyrelsens arbetsutskott för mark- och exploateringsfrågor", number_=4),
    ],
    "återuppta: omgång 2",
)
PICTURES = {
    "case": case_lifecycle(State.KS),
    "meeting": meeting_lifecycle(MeetingState.KALLAD),
    "way": LONG,
}
every_picture = pytest.mark.parametrize("drawing", PICTURES.values(), ids=PICTURES)


def assert_readable(picture: str, texts: list[Area]) -> None:
    paper, found = canvas(picture), boxes(picture)
    for area in (*texts, *found.values()):
        assert area.within(paper), area
    for one, other in combinations(texts, 2):
        assert not one.touches(other), (one, other)
    for one, other in combinations(found.values(), 2):
        assert not one.touches(other), (one, other)
    for text in texts:
        over = [box for box in found.values() if text.touches(box)]
        assert all(text.within(box) for box in over), (text, over)
    for source, target, sections in lines(picture):
        for section in sections:
            assert section.within(paper)
            assert not any(section.touches(box) for box in found.values()), (source, target, section)
            assert not any(section.touches(text) for text in texts), (source, target, section)


# --- the picture can be read --------------------------------------------------------------------------


@every_picture
def test_no_text_stands_on_another_and_no_arrow_goes_through_a_box_or_a_text(drawing: Diagram) -> None:
    picture = svg(drawing)
    assert_readable(picture, by_table(picture))


def measured_by_browser(picture: str, tmp_path: Path) -> list[Area]:
    return by_browser(picture, tmp_path)


def measured_by_browser_in_a_broad_font(picture: str, tmp_path: Path) -> list[Area]:
    return by_browser(re.sub(r'"Segoe UI", .*?;', '"DejaVu Sans", sans-serif;', picture), tmp_path)


def measured_by_table(picture: str, tmp_path: Path) -> list[Area]:
    return by_table(picture)


MEASURES: list[Callable[[str, Path], list[Area]]] = [
    measured_by_table,
    *([measured_by_browser, measured_by_browser_in_a_broad_font] if CHROMIUM else []),
]


@pytest.mark.parametrize("measure", MEASURES)
@every_picture
def test_the_same_holds_however_the_text_is_measured(
    drawing: Diagram, measure: Callable[[str, Path], list[Area]], tmp_path: Path
) -> None:
    picture = svg(drawing)
    texts = measure(picture, tmp_path)
    assert [text.what for text in texts] == [text.text for text in elements(picture, "text")]
    assert_readable(picture, texts)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=6), WORDS)
def test_any_way_with_any_names_can_be_read(named: list[list[str]], label: str) -> None:
    drawing = a_way([row(*words, number_=place) for place, words in enumerate(named)], label)
    picture = svg(drawing)
    found = boxes(picture)
    assert found.keys() == {box.id for box in drawing.boxes}
    assert_readable(picture, [])
    for text in by_table(picture):
        if not any(c >= "\u2e80" for c in text.what):  # how broad those are no table tells
            assert text.within(canvas(picture))


STATES = [f"l{place}" for place in range(7)]
PAIRS = st.lists(
    st.tuples(st.sampled_from(STATES), st.sampled_from([*STATES, "vid", "annan"])).filter(
        lambda pair: pair[0] != pair[1] and (pair[0] != STATES[-1] or pair[1] in STATES)
    ),
    unique=True,
    max_size=25,
)
VERBS = st.lists(st.sampled_from(["återkalla", "föra till nästa instans", "remittera"]), max_size=3, unique=True)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(STATES), VERBS), PAIRS)
def test_any_lifecycle_can_be_read(labels: dict[str, list[str]], pairs: list[tuple[str, str]]) -> None:
    drawing = Diagram(
        "Vilken som helst",
        tuple((Box(state, state),) for state in STATES),
        tuple(Arrow(source, target, tuple(labels.get(source, ()))) for source, target in pairs),
        (Box("vid", "Inställt"), Box("annan", "Återkallat före kallelsen")),
    )
    picture = svg(drawing)
    assert {(source, target) for source, target, _ in lines(picture)} == set(pairs)
    assert_readable(picture, by_table(picture))


# --- every arrow goes where it should -----------------------------------------------------------------


@every_picture
def test_every_arrow_begins_at_the_edge_of_one_box_and_ends_at_the_edge_of_the_other(drawing: Diagram) -> None:
    picture = svg(drawing)
    found = boxes(picture)
    paths = [path for path in elements(picture, "path") if path.get("data-from")]
    assert sorted((path.get("data-from"), path.get("data-to")) for path in paths) == sorted(
        (arrow.source, arrow.target) for arrow in drawing.arrows
    )
    for path in paths:
        numbers = [float(one) for one in re.findall(r"-?\d+", path.get("d", ""))]
        for (x, y), box in ((numbers[:2], path.get("data-from")), (numbers[-2:], path.get("data-to"))):
            area = found[box or ""]
            assert area.left <= x <= area.right
            assert area.top <= y <= area.bottom
            assert x in (area.left, area.right) or y in (area.top, area.bottom)


@every_picture
def test_arrows_that_say_different_things_never_lie_on_each_other(drawing: Diagram) -> None:
    labels = {(arrow.source, arrow.target): arrow.labels for arrow in drawing.arrows}
    for (*one, sections), (*other, others) in combinations(lines(svg(drawing)), 2):
        if labels[one[0], one[1]] != labels[other[0], other[1]]:
            for a, b in ((a, b) for a in sections for b in others):
                beside = a.left == a.right == b.left == b.right and a.top < b.bottom and b.top < a.bottom
                above = a.top == a.bottom == b.top == b.bottom and a.left < b.right and b.left < a.right
                assert not beside, (one, other)
                assert not above, (one, other)


def test_the_main_way_goes_straight_down() -> None:
    picture = svg(case_lifecycle())
    main = ["ny", "draft", "mbl", "namnd", "ks", "kf", "skickas_till", "avslutad"]
    straight = {(source, target): sections for source, target, sections in lines(picture)}
    for pair in pairwise(main):
        ((_, left, top, right, bottom),) = straight[pair]
        assert left == right
        assert top < bottom
    middles = {(box.left + box.right) / 2 for name, box in boxes(picture).items() if name in main}
    assert len(middles) == 1


def test_what_leads_back_goes_on_the_left_and_is_muted() -> None:
    picture = svg(case_lifecycle())
    left = boxes(picture)["draft"].left
    for path in elements(picture, "path"):
        pair = path.get("data-from"), path.get("data-to")
        if pair in (("kf", "draft"), ("avslutad", "draft"), ("ks", "namnd")):
            assert path.get("class") == "bakat"
            (sections,) = (found for source, target, found in lines(picture) if (source, target) == pair)
            assert min(section.left for section in sections) < left
        if pair in (("ny", "kf"), ("mbl", "ks")):
            assert path.get("class") == "pil"


# --- it stands on its own -----------------------------------------------------------------------------


@every_picture
def test_it_needs_nothing_from_elsewhere(drawing: Diagram) -> None:
    picture = svg(drawing)
    assert not re.search(r"script|@import|@font-face|<image|<use|href|url\((?!#)", picture)
    assert re.findall(r"https?://[^\"]+", picture) == ["http://www.w3.org/2000/svg"]


@every_picture
def test_it_says_in_words_what_it_shows_to_whoever_has_it_read_aloud(drawing: Diagram) -> None:
    picture = svg(drawing)
    root = ElementTree.fromstring(picture)
    named = {element.get("id"): element.text or "" for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    title, description = (named[one] for one in (root.get("aria-labelledby") or "").split())
    assert title == root.findtext(f"{SVG}title") == drawing.title
    assert all(box.title in description for box in drawing.boxes)


def test_it_has_colours_of_its_own_for_the_dark_that_cover_those_of_the_light() -> None:
    style = "".join(elements(svg(case_lifecycle()), "style")[0].itertext())
    light, dark = style.split("@media (prefers-color-scheme: dark) {")

    def coloured(rules: str) -> set[tuple[str, str]]:
        found = re.findall(r"^([.\w]+) \{(.*)\}$", rules, re.M)
        return {(name, part) for name, body in found for part in re.findall(r"(fill|stroke): #", body)}

    assert coloured(light) == coloured(dark)
    assert len(coloured(light)) >= 10


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_all_text_stands_out_from_what_it_stands_on() -> None:
    """The contrast that WCAG 2.1 asks for (1.4.3)."""
    style = "".join(elements(svg(case_lifecycle()), "style")[0].itertext())
    for rules in style.split("@media"):
        fills = dict(re.findall(r"^\.?(\w+) \{.*?fill: (#\w+)", rules, re.M))
        pairs = [("text", "ruta"), ("text", "klart"), ("text", "har"), ("text", "papper"), ("tillbaka", "papper")]
        for one, other in pairs:
            low, high = sorted(luminance(fills[name]) for name in (one, other))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (one, other)


def test_what_somebody_has_written_is_only_text() -> None:
    name = '<script>alert("x")</script> & \x00\x1b\u202e'
    drawing = Diagram(name, ((Box("s1", name, (name,)),), (Box("s2", "Två"),)), (Arrow("s1", "s2", (name,)),))
    root = ElementTree.fromstring(svg(drawing))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        *("svg", "title", "desc", "style", "defs", "marker", "path", "rect", "text")
    }
    assert root.findtext(f"{SVG}title") == '<script>alert("x")</script> & \ufffd\ufffd\ufffd'
