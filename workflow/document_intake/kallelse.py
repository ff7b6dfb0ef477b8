"""Reads a kallelse or a föredragningslista: text in, the meeting and its matters out. Does not open files or guess."""

import datetime
import re
from collections.abc import Iterator, Sequence

from workflow.document_intake.case_numbers import case_numbers_in, without_numbers
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.headings import unmarked
from workflow.document_intake.layout import cells
from workflow.document_intake.meeting_papers import Kallelse, ReadItem
from workflow.document_intake.names import whole_body
from workflow.document_intake.protocol_layout import lines_of
from workflow.document_intake.swedish_dates import dates_in

_MEETING = re.compile(
    forgiving(r"\b(?:sammanträder?|sammanträdes(?:tid|datum|dag)|möte|tid|tid och plats|plats och tid|när)\b")
)
_MADE = re.compile(
    forgiving(r"^\W*(?:upprättad|kallelsedatum|kallelse daterad|utskick|utsänd|kallelse skickad|datum)\b")
)
_HOUR = re.compile(r"\bkl(?:ockan)?[.:]? ?(?P<hour>[0-2]?\d)(?:[.:](?P<minute>[0-5]\d))?(?!\d)")
_BARE_HOUR = re.compile(r"(?<![\d.:-])(?P<hour>[0-2]?\d)[.:](?P<minute>[0-5]\d)(?![\d:.-])")
_TOP = 60


def read_kallelse(text: str) -> Kallelse:
    """The kallelse as read. Whatever was uncertain stands as a sentence in `unsure`."""
    lines = lines_of(text)
    items = tuple(_items(lines))
    top = min(len(lines), max(_TOP, items[0].line if items else 0))
    body, on, made = _body(lines[:top]), _day(lines[:top]), _made(lines[:top])
    if made and on and made[0] >= on[0]:
        made = None
    found = {"body": body, "on": on, "called_on": made}
    return Kallelse(
        body=body[0] if body else None,
        on=on[0] if on else None,
        starts_at=_hour(lines, on[1]) if on else None,
        called_on=made[0] if made else None,
        items=items,
        lines={name: one[1] + 1 for name, one in found.items() if one},
        unsure=tuple(_doubts(body is None, on is None, items)),
    )


def _doubts(no_body: bool, no_day: bool, items: Sequence[ReadItem]) -> Iterator[str]:
    if no_body:
        yield "Det framgår inte vilken instans kallelsen gäller. Ange den med --body."
    if no_day:
        yield "Det framgår inte vilken dag sammanträdet är."
    if not items:
        yield "Inga ärenden hittades på föredragningslistan."
    for item in items:
        if len(item.numbers) > 1:
            yield f"”{item.rubrik}” har flera diarienummer: {', '.join(item.numbers)}."


def _body(lines: Sequence[str]) -> tuple[str, int] | None:
    for at, line in enumerate(lines):
        for cell in cells(unmarked(line)) or [line]:
            if own := whole_body(re.sub(r"(?i)^\W*kallelse(?:\s+till)?\s+", "", " ".join(cell.split()))):
                return " ".join(own.lower().split()), at
    joined = (" ".join(unmarked(line).split()) for line in lines)
    return next(((own.lower(), at) for at, line in enumerate(joined) if (own := whole_body(line))), None)


def _day(lines: Sequence[str]) -> tuple[datetime.date, int] | None:
    """The day that stands with the meeting; else the last of those in the head."""
    for at, line in enumerate(lines):
        folded = fold(line)
        if _MEETING.search(folded) and not _MADE.search(folded):
            near = ((place, found) for place in range(at, min(at + 3, len(lines))) if (found := dates_in(lines[place])))
            if first := next(near, None):
                return first[1][0].date, first[0]
    every = [(found.date, at) for at, line in enumerate(lines) for found in dates_in(line)]
    return max(every[:6], default=None)


def _made(lines: Sequence[str]) -> tuple[datetime.date, int] | None:
    for at, line in enumerate(lines):
        if _MADE.search(fold(unmarked(line))):
            for place in range(at, min(at + 2, len(lines))):
                if found := dates_in(lines[place]):
                    return found[0].date, place
    return None


def _hour(lines: Sequence[str], at: int) -> str | None:
    """The hour on the line of the day, or near it."""
    for pattern in (_HOUR, _BARE_HOUR):
        for line in lines[max(0, at - 2) : at + 4]:
            match = pattern.search(fold(line))
            if match and int(match["hour"]) < 24:
                return f"{int(match['hour']):02}.{match['minute'] or '00'}"
    return None


# --- the matters -----------------------------------------------------------------------------------------
_BREAK = re.compile(r"<br\s*/?>")
_PLACE = re.compile(r"(?P<place>\d{1,3})[.)]?")
_NUMBERED = re.compile(r"\s*(?P<place>\d{1,3})[.)]?\s+(?P<rest>[A-ZÅÄÖ\"”].*)")
_ENDS_TITLE = re.compile(
    forgiving(r"^(?:föredragande|föredras|förslag|beslutsunderlag|tid:|dnr|sid|[0-2]?\d[.:]\d\d)\b")
)
_PROPOSAL = re.compile(forgiving(r"förslag(?: till beslut)?\b:?"))
_MAX_TITLE = 4


def _items(lines: Sequence[str]) -> Iterator[ReadItem]:
    rows = [(at, line) for at, line in enumerate(lines) if line.strip().startswith("|") and line.count("|") > 2]
    found = [item for at, line in rows if (item := _of_row(at, line))]
    yield from found or _of_list(lines)


def _of_row(at: int, line: str) -> ReadItem | None:
    """A matter in a row of a table; a row that numbers nothing and names no case is none."""
    row = [_BREAK.sub("\n", cell).strip() for cell in line.strip().strip("|").split("|")]
    place = next((match for cell in row[:1] if (match := _PLACE.fullmatch(cell))), None)
    numbers = case_numbers_in("\n".join(row))
    titled = next((cell for cell in row if len(cell) > 3 and any(letter.isalpha() for letter in cell)), "")
    if not titled or not (place or numbers):
        return None
    return ReadItem(
        place=int(place["place"]) if place else None,
        rubrik=_title(titled.split("\n")),
        numbers=numbers,
        proposed=_is_proposed("\n".join(row)),
        line=at + 1,
    )


def _of_list(lines: Sequence[str]) -> Iterator[ReadItem]:
    """The matters of a numbered list: each number is one more than the last."""
    starts: list[tuple[int, int, str]] = []
    for at, line in enumerate(lines):
        match = _NUMBERED.fullmatch(unmarked(line))
        if match and int(match["place"]) == (starts[-1][1] + 1 if starts else 1):
            starts.append((at, int(match["place"]), match["rest"]))
    ends = [*(at for at, _, _ in starts), len(lines)][1:]
    for (at, place, rest), end in zip(starts, ends, strict=True):
        below = [rest, *lines[at + 1 : min(end, at + 40)]]
        text = "\n".join(below)
        yield ReadItem(
            place=place, rubrik=_title(below), numbers=case_numbers_in(text), proposed=_is_proposed(text), line=at + 1
        )


def _title(lines: Sequence[str]) -> str:
    found: list[str] = []
    for line in lines[:_MAX_TITLE]:
        bare = " ".join(without_numbers(line).split()).strip(" |:")
        if found and (not line.strip() or _ENDS_TITLE.match(fold(line.strip()))):
            break
        if bare:
            found.append(bare)
    return " ".join(found).strip(" ,.;-")


def _is_proposed(text: str) -> bool:
    match = _PROPOSAL.search(fold(text))
    return bool(match and text[match.end() :].strip(" |\n.:"))
