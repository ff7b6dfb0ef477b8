"""Swedish words made comparable: without capitals and diacritics, letter for letter."""

import functools
import re

# One letter for one, so that a place in folded text is the same place in the text.
# U+FFFD stands where a letter was lost, nearly always å, ä or ö.
_PLAIN = str.maketrans(
    "åäáàâãæöóòôõøéèêëíìîïúùûüçñýÿ\ufffd–—−‐‑’‘´`”“„\t",
    "aaaaaaaooooooeeeeiiiiuuuucnyyo-----''''\"\"\" ",
)
TILL = "t[i1l][i1l]{1,2}"  # too short to be forgiven by length, and in every heading
_WORD = re.compile(r"[0-9a-z]+")


@functools.lru_cache(maxsize=8192)  # every question about a line folds it anew
def fold(text: str) -> str:
    """Lower case without diacritics, letter for letter."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered.replace("\t", " ")
    if len(lowered) != len(text):
        lowered = "".join(letter.lower()[:1] for letter in text)
    return lowered.translate(_PLAIN)


def forgiving(pattern: str) -> str:
    """A pattern for folded text, written in Swedish: for å, ä and ö a scanner may have put any letter or digit."""
    return re.sub("[åäöÅÄÖ]", "[a-z0-9]", pattern)


@functools.lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The bare words: what two writings of one heading have in common."""
    return " ".join(_WORD.findall(fold(text)))
