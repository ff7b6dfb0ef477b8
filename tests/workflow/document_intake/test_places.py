"""A text is found where it stands, also where the margin or the scanner broke it."""

import pytest

from workflow.document_intake.interface import ReadText
from workflow.document_intake.places import Region, Span, quoted

LINES = list(
    enumerate(["Avtal", "", "Avtal om drift av is-", "banan på Hamnplan", "Akten, Avtal", "Kulturndmnden i Vik"])
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Avtal", Span(0, 0)),
        ("avtal OM drift", Span(2, 2)),
        ("Avtal om drift av isbanan på Hamnplan", Span(2, 3)),
        ("drift av is-banan", Span(2, 3)),
        ("Kulturnämnden i Vik", Span(5, 5)),
        ("Något helt annat", None),
        ("", None),
        ("–", None),
    ],
)
def test_a_text_is_found_on_its_lines(text: str, found: Span | None):
    assert Region(LINES).find(text) == found


def test_what_stands_several_times_is_found_from_a_line_on():
    region = Region(LINES)
    assert region.find("Avtal", Span(1, 1)) == Span(2, 2)
    assert region.find("Avtal", Span(4, 4)) == Span(4, 4)


def test_past_the_last_place_the_first_is_given():
    assert Region(LINES).find("Avtal", Span(5, 5)) == Span(0, 0)


def test_what_stands_by_itself_is_found_before_what_is_named_in_passing():
    assert Region(enumerate(["Akten är borta.", "Akten, diariet", "Datum     Akten"])).find("Akten") == Span(2, 2)


def test_nothing_is_found_in_nothing():
    assert Region([]).find("Avtal") is None
    assert quoted(["Avtal"], None) == ""


@pytest.mark.parametrize(
    ("line", "pages", "page"),
    [(1, (), None), (1, (0, 10), 1), (10, (0, 10), 1), (11, (0, 10), 2), (400, (0, 10), 2), (2, (3,), None)],
)
def test_a_line_stands_on_the_last_page_that_begins_before_it(line: int, pages: tuple[int, ...], page: int | None):
    assert ReadText("", pages).page_of(line) == page
