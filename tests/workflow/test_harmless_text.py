"""Whatever somebody has written, what is shown of it is a text and nothing else."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from workflow.harmless_text import HIDDEN, safe

EVERY = [letter for letter in map(chr, range(0x110000)) if unicodedata.category(letter) in HIDDEN]


def test_every_hidden_character_is_shown_as_its_code() -> None:
    assert len(EVERY) > 2_200  # some 230, and the halves of characters
    for letter in EVERY:
        shown = safe(f"a{letter}b")
        assert shown.isascii()
        assert json.loads(f'"{shown}"') == f"a{letter}b"


@given(st.text(st.characters(codec=None)))
def test_what_is_shown_holds_nothing_hidden_and_is_shown_again_as_it_is(text: str) -> None:
    shown = safe(text)
    assert not {unicodedata.category(letter) for letter in shown} & HIDDEN
    assert safe(shown) == shown


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_a_text_that_hides_nothing_is_shown_as_it_is(text: str) -> None:
    assert safe(text) == text
