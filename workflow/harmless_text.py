"""Text from outside, made harmless to show: titles and file names come from anybody."""

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Control and format characters, separators of lines and halves of characters: what a terminal or a reader of
mail may obey, or what turns the text around."""


def safe(text: str) -> str:
    """`text` with every control, format and separator character shown as its code (as JSON writes it)."""
    if text.isprintable():
        return text
    return "".join(_code(c) if unicodedata.category(c) in HIDDEN else c for c in text)


def _code(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
