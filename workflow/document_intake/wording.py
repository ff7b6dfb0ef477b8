"""What a suggestion is called: a few words of ours around the document's own."""

import re

_OBJECT = re.compile(r"(?i)\b(?:avseende|gällande|angående|rörande|beträffande)\s+(.{4,})")
_CUT = re.compile(r",\s|\s[–—-]\s")
_LONGEST = 90


def subject_of(rubrik: str | None) -> str:
    """What a case is about, from its title: what stands after "avseende", else what stands first."""
    bare = " ".join((rubrik or "").split()).rstrip(".")
    named = _OBJECT.search(bare)
    return shortened(named[1] if named else _CUT.split(bare)[0])


def about(label: str, what: str) -> str:
    return f"{label}: {shortened(what)}" if what else label


def shortened(text: str) -> str:
    """At most so much as a list has room for, cut between words."""
    text = " ".join(text.split()).rstrip(" .,;:")
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" .,;:") + " …"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
