"""Two wordings held against each other: nothing is lost on either side, and each change is named."""

from itertools import pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.word_diff import Change, Piece, compare, words_between

GONE = "[gallrad]"
TEXTS = st.text("ab åÄ.,\n\t\u2028-+{}[]", max_size=40)
LISTS = st.lists(TEXTS, max_size=5)


def side(pieces, *wanted):
    return " ".join(text for piece, text in pieces if piece in wanted)


def plain(text):
    return " ".join(text.split())


@given(TEXTS, TEXTS)
def test_each_side_is_told_whole(old, new):
    pieces = words_between(old, new)
    assert side(pieces, Piece.SAME, Piece.REMOVED) == plain(old)
    assert side(pieces, Piece.SAME, Piece.ADDED) == plain(new)


@given(TEXTS)
def test_a_text_is_the_same_as_itself_whatever_its_white_space(text):
    assert {piece for piece, _ in words_between(text, f"  {text}\n")} <= {Piece.SAME}


@given(TEXTS, TEXTS)
def test_no_piece_is_empty_and_no_two_of_a_kind_stand_together(old, new):
    pieces = words_between(old, new)
    assert all(text for _, text in pieces)
    assert all(one[0] is not other[0] for one, other in pairwise(pieces))


@given(LISTS, LISTS)
def test_every_att_sats_of_either_side_is_there_by_its_number(old, new):
    compared = compare(old, new, GONE)
    assert [one.number for one in compared] == list(range(1, max(len(old), len(new)) + 1))
    sides = zip_longest(old, new, fillvalue="")
    for one, (before, after) in zip(compared, sides, strict=True):
        assert side(one.words, Piece.SAME, Piece.REMOVED) == plain(before)
        assert side(one.words, Piece.SAME, Piece.ADDED) == plain(after)
        assert (one.change is Change.SAME) == (plain(before) == plain(after))


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (["Antas."], ["Antas."], [Change.SAME]),
        (["Antas."], ["Antas inte."], [Change.CHANGED]),
        (["Antas."], ["Antas.", "Justeras."], [Change.SAME, Change.ADDED]),
        (["Antas.", "Justeras."], ["Antas.", ""], [Change.SAME, Change.REMOVED]),
        (["Antas.", "Justeras."], [], [Change.REMOVED, Change.REMOVED]),
        ([], [], []),
        (None, ["Antas.", "Justeras."], [Change.FIRST, Change.FIRST]),
        ([GONE], [GONE], [Change.GONE]),
        ([GONE], ["Antas."], [Change.GONE]),
    ],
)
def test_what_became_of_each_att_sats_is_named(old, new, changes):
    assert [one.change for one in compare(old, new, GONE)] == changes


def test_only_the_words_that_differ_are_marked():
    assert words_between("Motionen ska avslås helt.", "Motionen bör avslås helt och hållet.") == (
        (Piece.SAME, "Motionen"),
        (Piece.REMOVED, "ska"),
        (Piece.ADDED, "bör"),
        (Piece.SAME, "avslås"),
        (Piece.REMOVED, "helt."),
        (Piece.ADDED, "helt och hållet."),
    )


def test_what_is_purged_is_shown_as_such_and_the_rest_as_it_is():
    (one,) = compare([GONE], ["Antas nu."], GONE)
    assert one.words == ((Piece.SAME, "Antas nu."),)
