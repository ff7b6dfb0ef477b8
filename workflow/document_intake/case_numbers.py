"""Case numbers as diaries write them: SON 2023-940, KS/2018:443, KS2017/214/01, N141-0532/24, 2018/KS 0001 003."""

import re

from workflow.document_intake.folding import fold
from workflow.document_intake.swedish_dates import dates_in

_YEAR = r"(?:19|20)\d\d"
_DIARY = r"(?!T(?:elefo|f)n\b|Tel\b|Fax\b)[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,7}(?:-[A-ZÅÄÖ]{2,4})?\d{0,3}"
# What the case is filed under: "041", "3.1.2", "Dpl 01".
_CLASS = r"(?: (?:- )?\d{3}(?![\d-])| \d{1,2}(?:\.\d{1,2}){1,4}(?![\d-])| Dpl \d{1,2})?"
_TAIL = rf"(?:[./-]\d{{1,4}})*{_CLASS}"
_NO_DIARY = (
    r"(?!(?:D[NI]R|Dnr|Nr|Kv|Kap|Prop|Skr|SOU|DS|Ds|Dir|EU|MBL|FSG|CSG|LSG|TEL|Tel|TFN|Tfn|FAX|Fax|ORG|BOX|Box"
    r"|[A-ZÅÄÖ]{0,5}FS)\b)"
)
# Without a label only what can be nothing else counts: a diary's letters, a year, a serial number.
_UNMISTAKABLE = "|".join(
    (
        rf"{_NO_DIARY}[A-ZÅÄÖ]{{1,6}}\d{{0,3}}[ /-]?{_YEAR}[-/:](?!{_YEAR}\b)\d{{1,6}}{_TAIL}",
        rf"{_NO_DIARY}[A-ZÅÄÖ]{{2,6}}[ .]?{_YEAR}\.(?!{_YEAR}\b)\d{{2,6}}{_TAIL}",
        rf"{_YEAR}[/-]?(?!AB\b){_NO_DIARY}[A-ZÅÄÖ]{{2,6}}[ /-]?\d{{2,6}}{_TAIL}",
        rf"\d\d/?{_NO_DIARY}[A-ZÅÄÖ]{{2,5}}[ /]?\d{{2,6}}{_CLASS}",
        r"[A-ZÅÄÖ]{1,4}\d{0,4}-\d{2,6}/\d\d",
        rf"{_NO_DIARY}[A-ZÅÄÖ]{{2,5}} ?\d\d/\d{{4,6}}{_CLASS}",
        rf"{_NO_DIARY}[A-ZÅÄÖ]{{2,5}}\d{{3,6}}/\d\d",
        rf"{_NO_DIARY}[A-ZÅÄÖ]{{2,5}}/\d{{1,6}}/{_YEAR}",
        rf"{_NO_DIARY}[A-ZÅÄÖ]{{2,5}} [12]\d(?:0[1-9]|1[0-2])-\d{{4}}",
        rf"{_NO_DIARY}[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{{1,4}} \d{{2,6}}/{_YEAR}",
        rf"{_NO_DIARY}[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{{1,3}}[ /-]{_YEAR}[-/:](?!{_YEAR}\b)\d{{3,6}}{_TAIL}",
    )
)
_LABELLED = "|".join(
    (
        _UNMISTAKABLE,
        rf"{_DIARY}[ /.:-]?{_YEAR}(?:[-/:.]| - )\d{{1,6}}{_TAIL}",
        rf"{_DIARY}[ /-]?\d\d[-/:.]\d{{1,6}}{_TAIL}",
        rf"{_DIARY}[ /-]?\d{{1,6}}[/-](?:{_YEAR}|\d\d){_TAIL}",
        rf"{_DIARY}[ /-]\d{{4}}[-/]\d{{2,5}}",
        rf"(?:{_YEAR}|\d\d)[-/]?[A-ZÅÄÖ]{{1,6}}[ /-]?\d{{1,6}}{_TAIL}",
        rf"{_YEAR}[-/:.]\d{{1,6}}{_TAIL}(?:[ ./][A-ZÅÄÖ]{{2,6}}\b(?:-\d{{1,2}})?{_CLASS})?",
        rf"\d+(?:\.\d+)+\.?[-/]\d+[-/]{_YEAR}",
        rf"\d{{1,5}}[. /-][A-ZÅÄÖ]{{2,6}}[ /-]{_YEAR}",
        r"\d{2,4}-\d{2,5}[-/]\d\d(?:\d\d)?",
        r"[A-ZÅÄÖ]{2,4}[ /]?\d{5,8}",
        rf"\d{{1,6}}[-/](?:{_YEAR}|\d\d){_TAIL}",
        rf"\d\d[-/:]\d{{2,6}}{_TAIL}",
    )
)
# Alone in its column even a bare year and serial number counts; "2023-2024" and "2023/24" are years.
_ALONE = rf"(?:(?<![^\n])|(?<=   )){_YEAR}[-/:.](?!{_YEAR}\b)\d{{3,6}}{_TAIL}(?=\s{{3}}|[ \t]*(?:\n|\Z))"
_ANY = re.compile(rf"(?<![\w/-])(?:{_UNMISTAKABLE})(?![\w/-]*\w)|{_ALONE}")
_AFTER_LABEL = re.compile(rf"(?<![\w/-])(?:{_LABELLED})(?![\w/-]*\w| \d\d \d\d)")  # no telephone
_LABEL = re.compile(
    r"\b(?:d[ni]r|d[i1l]ar[i1l][ec](?:nr|n[un](?:m|rn){2}[ec]r)|diarie ?nr|arendenummer|arendenr|arende ?nr|arende-?id"
    r"|(?:arende|diarie)?beteckning)\b\s*[.:]*\s*"
)
# What another authority calls the matter: "Er beteckning", "Länsstyrelsens dnr".
_ANOTHERS = re.compile(
    r"\b(?:er|ert|externt?|annan(?: part)?s?|(?:motpart|remittent|avsandar|sokande|[a-z]*lansstyrelse|domstol)e?ns"
    r"|[a-z]+(?:verk|departement)ets) (?:(?:diarie-?|arende-?|mal)?(?:beteckning|nr|nummer)|dnr|ref(?:erens)?)\b[ .:]*"
)
# A scanner reads 0 as O and 1 as l or I: "KS 2O25/1l3", "O9KUNl13".
_MISREAD = re.compile(r"(?<![0-9A-Za-z])[12][0OQ][0-9OQIl]{2}[-/:][0-9OQIl]{1,6}(?!\w)")
_MISREAD_AROUND = re.compile(r"(?<!\w)(?=\w*\d)([0-9OQIl]{2})([A-ZÅÄÖ]{2,5}?)([0-9OQIl]{2,6})(?!\w)")
_AS_DIGITS = str.maketrans("OQIl", "0011")
_DASHES = str.maketrans("–—‐‑", "----")
_BROKEN = re.compile(r"([-/:])[ ]*\n\s*(?=\d)")
_TWICE = re.compile(r"\b([A-ZÅÄÖ]{1,6}) (?=\1[ /-]?\d)")
_MAX_PASSED = 3  # lines of names between a column's heading and what stands in it


def case_numbers_in(head: str) -> tuple[str, ...]:
    """The case numbers of a head, in order and each once."""
    text = _without_anothers(_TWICE.sub("", _BROKEN.sub(r"\1", _with_digits(head.translate(_DASHES)))))
    found = _matches(_ANY, text, 0)
    for label in _LABEL.finditer(fold(text)):
        found += _labelled(text, label.end())
    return tuple(dict.fromkeys(" ".join(text[start:end].split()) for start, end in _apart(found)))


def has_label(text: str) -> bool:
    return bool(_LABEL.search(fold(_without_anothers(text))))


def is_anothers_label(text: str) -> bool:
    return bool(_ANOTHERS.fullmatch(fold(text)))


def without_numbers(text: str) -> str:
    """A line without its case numbers and their label."""
    text = text.translate(_DASHES)
    bare = _AFTER_LABEL.sub("", text) if has_label(text) else _ANY.sub("", text)
    label = _LABEL.search(fold(bare))
    return bare[: label.start()] + bare[label.end() :] if label else bare


def _with_digits(text: str) -> str:
    text = _MISREAD.sub(lambda misread: misread[0].translate(_AS_DIGITS), text)
    return _MISREAD_AROUND.sub(lambda m: m[1].translate(_AS_DIGITS) + m[2] + m[3].translate(_AS_DIGITS), text)


def anothers_numbers_in(text: str) -> tuple[str, ...]:
    """What other authorities call the matter, where it stands right after the words that say so."""
    return tuple(text[label:end] for _, label, end in _anothers(text.translate(_DASHES)) if end > label)


def _without_anothers(text: str) -> str:
    """The text, as long as it was, without what is said to be somebody else's number."""
    for start, _, end in _anothers(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _anothers(text: str) -> list[tuple[int, int, int]]:
    """Where a label of somebody else's begins and ends, and where its number ends."""
    labels = [(label.start(), label.end()) for label in _ANOTHERS.finditer(fold(text))]
    numbers = [_AFTER_LABEL.match(text, end) for _, end in labels]
    return [(*label, number.end() if number else label[1]) for label, number in zip(labels, numbers, strict=True)]


def _labelled(text: str, start: int) -> list[tuple[int, int]]:
    """The numbers on the label's own line, else on the first line below it with digits; and those alone below them."""
    found: list[tuple[int, int]] = []
    passed = 0
    for line in re.finditer(r"[^\n]*\S[^\n]*", text[start : start + 400]):
        here = _matches(_AFTER_LABEL, line[0], start + line.start())
        if not here and not found and passed < _MAX_PASSED and not any(map(str.isdigit, line[0])):
            passed += 1
            continue
        if (found and _AFTER_LABEL.sub("", line[0]).strip()) or (not here and (found or line.start() > 0)):
            break
        found += here
    return found


def _matches(pattern: re.Pattern[str], text: str, offset: int) -> list[tuple[int, int]]:
    for found in dates_in(text):
        text = text[: found.start] + "," * (found.end - found.start) + text[found.end :]
    return [(offset + match.start(), offset + match.end()) for match in pattern.finditer(text)]


def _apart(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, and of two that overlap the one that begins first, or else the longer."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found
