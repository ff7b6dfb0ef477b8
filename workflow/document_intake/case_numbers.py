"""Case numbers as diaries write them: SON 2023-940, KS/2018:443, KS2017/214/01, N141-0532/24, 2018/KS 0001."""

import re

from workflow.document_intake.folding import fold
from workflow.document_intake.swedish_dates import dates_in

_YEAR = r"(?:19|20)\d\d"
_DIARY = r"[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,7}\d{0,3}"
_TAIL = r"(?:[./-]\d{1,4})*(?: \d{3}(?!\d))?"
# Without a label only what can be nothing else counts: a diary's letters, a year, a serial number.
_UNMISTAKABLE = "|".join(
    (
        rf"[A-ZÅÄÖ]{{1,6}}\d{{0,3}}[ /-]?{_YEAR}[-/:](?!{_YEAR}\b)\d{{1,6}}(?:[./]\d{{1,4}})*",
        rf"{_YEAR}[/-][A-ZÅÄÖ]{{2,6}} ?\d{{2,6}}{_TAIL}",
        r"[A-ZÅÄÖ]{1,4}\d{0,4}-\d{2,6}/\d\d",
        r"(?!MBL|FSG|CSG|LSG)[A-ZÅÄÖ]{2,5} \d\d/\d{4,6}",
        rf"(?!Nr|Kv|Kap|Prop|Skr|SOU|FSG|CSG|LSG)[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{{1,4}} \d{{2,6}}/{_YEAR}",
    )
)
_LABELLED = "|".join(
    (
        _UNMISTAKABLE,
        rf"{_DIARY}[ /.-]?{_YEAR}[-/:.]\d{{1,6}}{_TAIL}",
        rf"{_DIARY}[ /-]?\d\d[-/:]\d{{1,6}}{_TAIL}",
        rf"{_DIARY}[ /-]?\d{{1,6}}/(?:{_YEAR}|\d\d)",
        rf"{_YEAR}[-/:.]\d{{1,6}}{_TAIL}(?: [A-ZÅÄÖ]{{2,6}}\b)?",
        rf"\d+(?:\.\d+)+[-/]\d+[-/]{_YEAR}",
        r"\d{2,4}-\d{2,5}[-/]\d\d(?:\d\d)?",
        r"\d\d[A-ZÅÄÖ]{2,6}\d{1,6}",
        r"[A-ZÅÄÖ]{2,4}\d{5,8}",
        rf"\d{{1,6}}[-/](?:{_YEAR}|\d\d)",
        rf"\d\d[-/:]\d{{2,6}}{_TAIL}",
    )
)
_ANY = re.compile(rf"(?<![\w/-])(?:{_UNMISTAKABLE})(?![\w/-]*\w)")
_AFTER_LABEL = re.compile(rf"(?<![\w/-])(?:{_LABELLED})(?![\w/-]*\w)")
_LABEL = re.compile(
    r"\b(?:d[ni]r|d[i1l]ar[i1l][ec](?:nr|n[un](?:m|rn){2}[ec]r)|diarie ?nr|arendenummer|arendenr|arende ?nr|arende-?id"
    r"|beteckning)\b\s*[.:]*\s*"
)
# A scanner reads 0 as O and 1 as l or I: "KS 2O25/1l3".
_MISREAD = re.compile(r"(?<![0-9A-Za-z])[12][0OQ][0-9OQIl]{2}[-/:][0-9OQIl]{1,6}(?!\w)")
_AS_DIGITS = str.maketrans("OQIl", "0011")
_BROKEN = re.compile(r"([-/:])[ ]*\n\s*(?=\d)")
_TWICE = re.compile(r"\b([A-ZÅÄÖ]{1,6}) (?=\1[ /-]?\d)")


def case_numbers_in(head: str) -> tuple[str, ...]:
    """The case numbers of a head, in order and each once."""
    text = _TWICE.sub("", _BROKEN.sub(r"\1", _MISREAD.sub(lambda misread: misread[0].translate(_AS_DIGITS), head)))
    found = {start: number for number, start in _matches(_ANY, text, 0)}
    for label in _LABEL.finditer(fold(text)):
        for number, start in _labelled(text, label.end()):
            found.setdefault(start, number)
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def has_label(text: str) -> bool:
    return bool(_LABEL.search(fold(text)))


def without_numbers(text: str) -> str:
    """A line without its case numbers and their label."""
    bare = _AFTER_LABEL.sub("", text) if has_label(text) else _ANY.sub("", text)
    label = _LABEL.search(fold(bare))
    return bare[: label.start()] + bare[label.end() :] if label else bare


def _labelled(text: str, start: int) -> list[tuple[str, int]]:
    """The numbers on the label's own line, else on the first written line below it; and those alone below them."""
    found: list[tuple[str, int]] = []
    for line in re.finditer(r"[^\n]*\S[^\n]*", text[start : start + 400]):
        here = _matches(_AFTER_LABEL, line[0], start + line.start())
        if (found and _AFTER_LABEL.sub("", line[0]).strip()) or (not here and (found or line.start() > 0)):
            break
        found += here
    return found


def _matches(pattern: re.Pattern[str], text: str, offset: int) -> list[tuple[str, int]]:
    for found in dates_in(text):
        text = text[: found.start] + "," * (found.end - found.start) + text[found.end :]
    return [(" ".join(match[0].split()), offset + match.start()) for match in pattern.finditer(text)]
