"""Reads a protokoll or a protokollsutdrag: text in, what it says out. Does not open files, record or guess."""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from states.swedish_text import listed
from workflow.document_intake import protocol_outcomes as outcomes
from workflow.document_intake.addressees import read_recipients
from workflow.document_intake.case_numbers import case_numbers_in, without_numbers
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.headings import Part, unmarked
from workflow.document_intake.layout import cells, joined, margin
from workflow.document_intake.meeting_papers import Protokoll, ReadParagraph, ReadReservation
from workflow.document_intake.names import bodies_in, is_person, whole_body
from workflow.document_intake.placeholders import is_placeholder, placeholders_in
from workflow.document_intake.proposals import read_proposals
from workflow.document_intake.protocol_layout import (
    ParagraphPart,
    Piece,
    Stretch,
    lines_of,
    pieces_of,
    proposes_to_council,
    stretches_of,
    without_furniture,
)
from workflow.document_intake.sections import Section
from workflow.document_intake.swedish_dates import dates_in
from workflow.document_intake.underlag import read_underlag


def read_protokoll(text: str) -> Protokoll:
    """The protocol as read. Whatever was uncertain stands as a sentence in `unsure`."""
    lines = lines_of(text)
    kept = without_furniture(lines)
    stretches = stretches_of(kept)
    front = _Front(lines, stretches[0].first if stretches else len(lines))
    foot = _foot(lines, stretches[-1].first + 1 if stretches else 0)
    on = front.day()
    if stretches:
        stretches[-1] = _without_foot(stretches[-1], foot)
    width = margin(lines)
    paragraphs = tuple(_paragraph(stretch, width) for stretch in stretches)
    starts, ends = front.hours()
    adjusted = _signed(lines, foot) or front.adjusted()
    found = {"on": on, "body": front.body(), "adjusted_on": adjusted, "posted_on": _posted(lines, on)}
    values = {name: one[0] if one else None for name, one in found.items()}
    return Protokoll(
        **values,  # type: ignore[arg-type]  # msgspec has no typed keywords
        starts_at=starts,
        ends_at=ends,
        justerare=front.justerare(),
        sekreterare=next(iter(front.named("sekreterare")), None),
        ordforande=next(iter(front.named("ordförande")), None),
        stated=front.stated(),
        paragraphs=paragraphs,
        placeholders=tuple(text for _, text in placeholders_in("\n".join(lines))),
        lines={name: one[1] + 1 for name, one in found.items() if one},
        unsure=tuple(_doubts(values, paragraphs)),
    )


def _doubts(values: Mapping[str, object], paragraphs: Sequence[ReadParagraph]) -> Iterator[str]:
    if values["body"] is None:
        yield "Det framgår inte vilken instans protokollet är från. Ange den med --body."
    if values["on"] is None:
        yield "Det framgår inte vilken dag sammanträdet hölls."
    if not paragraphs:
        yield "Inga paragrafer hittades. Är det ett protokoll?"
    yield from (doubt for paragraph in paragraphs for doubt in paragraph.unsure)


# --- a § -------------------------------------------------------------------------------------------------


def _paragraph(stretch: Stretch, width: int | None) -> ReadParagraph:
    pieces = pieces_of(stretch)
    of = {part: [piece for piece in pieces if piece.part is part] for part in ParagraphPart}
    head = of[ParagraphPart.HEAD][0]
    rubrik, numbers = _head(head)
    decided = of[ParagraphPart.DECISION]
    texts, proviso = _decisions(decided)
    decisions = tuple(text for text in texts if not outcomes.is_only_immediate(text))
    matters = tuple(outcomes.matter_of(text) for text in decisions)
    order = " ".join(piece.text for piece in of[ParagraphPart.ORDER])
    ruling = outcomes.ruling_in(decisions, order)
    counted = [*of[ParagraphPart.VOTE], *of[ParagraphPart.ORDER], *decided]
    reserving = outcomes.reservations_in(of[ParagraphPart.RESERVATION], headed=True)
    reserving = reserving or outcomes.reservations_in([*decided, *of[ParagraphPart.ORDER]], headed=False)
    javiga = outcomes.javiga_in(of[ParagraphPart.JAV], headed=True)
    javiga = javiga or outcomes.javiga_in([*decided, *of[ParagraphPart.NOTE], *of[ParagraphPart.ORDER]], headed=False)
    settled = list(dict.fromkeys(matter for matter in matters if matter))
    lines = {"number": stretch.first, "rubrik": head.first}
    lines |= {"decisions": decided[0].first} if decided else {}
    council = any(proposes_to_council(piece.heading) for piece in decided) or proviso
    return ReadParagraph(
        number=stretch.number,
        rubrik=rubrik,
        numbers=numbers,
        decisions=decisions,
        ruling=ruling,
        matter=settled[0] if settled else None,
        matters=matters,
        to_council=council,
        receiver=outcomes.receiver_in(decisions),
        minority=any(outcomes.by_minority(piece.text) for piece in [*decided, *of[ParagraphPart.ORDER]]),
        votes=outcomes.votes_in(counted),
        reservations=tuple(msgspec.structs.replace(one, line=one.line + 1) for one in reserving),
        jav=javiga,
        immediate=any(outcomes.is_immediate(piece.text) for piece in [*decided, *of[ParagraphPart.ORDER], head]),
        recipients=_recipients(of[ParagraphPart.RECIPIENTS], stretch),
        underlag=_underlag(of[ParagraphPart.UNDERLAG], width),
        lines={name: at + 1 for name, at in lines.items()},
        unsure=tuple(_doubts_of(stretch.number, decisions, settled, reserving)),
    )


def _doubts_of(
    number: int, decisions: Sequence[str], settled: Sequence[object], reserving: Iterable[ReadReservation]
) -> Iterator[str]:
    if not decisions:
        yield f"§ {number}: inget beslut hittades."
    if len(settled) > 1:
        told = listed(str(one) for one in settled)
        yield f"§ {number}: besluten säger olika om vad det blev av ärendet ({told})."
    for one in reserving:
        if not one.names:
            yield f"§ {number}: det framgår inte vilka som reserverar sig: ”{one.text}”"


def _head(head: Piece) -> tuple[str, tuple[str, ...]]:
    """The title, and the diarienummer that stand around it."""
    texts = [unmarked(text).strip(" |") for _, text in head.lines]
    numbers = case_numbers_in("\n".join(texts))
    rubrik = ""
    for text in texts:
        bare = _bare(text)
        if rubrik and not bare and not without_numbers(text).strip():
            continue
        if not bare:
            continue
        rubrik = joined(rubrik, bare) if rubrik else bare
    return rubrik, numbers


_EMPTY = re.compile(r"^[\s()\[\].,:;|-]+|[\s(\[,:;|-]+$")
_LABEL = re.compile(forgiving(r"^(?:dnr|diarienummer|diarienr|ärendenummer|ärende|ärendemening|rubrik)[.:]*\s*"))


def _bare(text: str) -> str:
    """A line of the head without its number, and the brackets that stood around it."""
    bare = without_numbers(text) if case_numbers_in(text) else text
    bare = re.sub(r"\(\s*\)", "", bare)
    label = _LABEL.match(fold(bare))
    bare = bare[label.end() :] if label else bare
    trimmed = _EMPTY.sub("", bare).strip()
    return trimmed + ")" if trimmed.count("(") > trimmed.count(")") else trimmed


def _decisions(decided: Sequence[Piece]) -> tuple[list[str], bool]:
    """The att-satser, and whether any of them is a proposal to fullmäktige."""
    sections = [_as_section(piece, Part.PROPOSALS) for piece in decided]
    proposals, _ = read_proposals(sections)
    texts = [text for proposal in proposals for text in proposal.att_satser if not is_placeholder(text)]
    if not texts:
        texts = [" ".join(piece.text.split()) for piece in decided if piece.text.strip()]
    proposes = re.compile(forgiving(r"\bföreslår (?:att )?[a-z]*fullmäktige\b"))
    return texts, any(proposes.search(fold(" ".join(piece.text.split()))) for piece in decided)


def _as_section(piece: Piece, part: Part) -> Section:
    first = piece.lines[0][0] if piece.lines else piece.at
    return Section(part, "", piece.lines, first, first + len(piece.lines))


def _recipients(pieces: Sequence[Piece], stretch: Stretch) -> tuple[str, ...]:
    whole = "\n".join(text for _, text in stretch.lines)
    return read_recipients([_as_section(piece, Part.RECIPIENTS) for piece in pieces], whole)[0] if pieces else ()


def _underlag(pieces: Sequence[Piece], width: int | None) -> tuple[str, ...]:
    sections = [_as_section(piece, Part.UNDERLAG) for piece in pieces]
    return read_underlag(sections, [], width)[0] if sections else ()


# --- the front page --------------------------------------------------------------------------------------
_DAY_LABEL = re.compile(forgiving(r"(?:sammanträdesdatum|sammanträdesdag|mötesdatum|datum för sammanträde\w*)\b"))
_DATE_LABEL = re.compile(r"^\W*datum\b")
_CLOCK = r"[0-2]?\d[.:][0-5]\d"
_HOURS = re.compile(
    rf"(?:\bkl(?:ockan)?[.:]? ?)?(?<![\d.:-])(?P<start>{_CLOCK})\s?(?:-|till)\s?(?:kl[.:]? ?)?(?P<end>{_CLOCK})(?!\d)"
)
_HOUR = re.compile(r"\bkl(?:ockan)?[.:]? ?(?P<start>[0-2]?\d(?:[.:][0-5]\d)?)(?![\d.:]*\d)")
_NOT_THE_MEETING = re.compile(forgiving(r"justering|ajourner|paus|gruppmöte|anslag"))
_RANGE = re.compile(r"§{1,2} ?(?P<first>\d{1,4})(?:/\d{2,4})?(?: ?(?:-|till|to) ?§? ?(?P<last>\d{1,4})(?!\d))?")
_ADJUSTED = re.compile(forgiving(r"justering|justerat|justerades|justeringsdatum|justerad"))
_WAS_ADJUSTED = re.compile(r"\W*(?:protokollet )?justera(?:t|des|d)\b.{0,20}\d")
_MAX_FRONT = 140


class _Front:
    """What stands before the first §."""

    def __init__(self, lines: Sequence[str], end: int) -> None:
        self._lines = [unmarked(line) for line in lines]
        self._end = min(max(end, 0), _MAX_FRONT)
        self._folded = [fold(line) for line in self._lines]

    def body(self) -> tuple[str, int] | None:
        """The first line, or cell of one, that is a body's name and no more; else the first named with its protocol."""
        top = range(min(len(self._lines), max(self._end, _TOP)))
        for at in top:
            for cell in cells(self._lines[at]):
                if own := whole_body(_BANNER.sub("", cell)):
                    return _base(own), at
        named = ((bodies_in(self._lines[at]), at) for at in top if "protokoll" in self._folded[at])
        if protocol := next(((found[0][0], at) for found, at in named if found), None):
            return protocol
        opening = ((found[0][0], at) for at in top if (found := bodies_in(self._lines[at])) and found[0][1] == 0)
        return next(opening, None)

    def day(self) -> tuple[datetime.date, int] | None:
        """The day with a label of its own; then that of "Datum", of the place and hour, and the first there is."""
        for label in (_DAY_LABEL, _DATE_LABEL, re.compile(r"plats|sammantrade|protokoll")):
            for at in range(len(self._lines[: max(self._end, _TOP)])):
                if label.search(self._folded[at]) and not _NOT_THE_MEETING.search(self._folded[at]):
                    found = self._near(at, 3)
                    if found:
                        return found
        return next(filter(None, (self._near(at, 1) for at in range(min(len(self._lines), _TOP)))), None)

    def _near(self, at: int, lines: int) -> tuple[datetime.date, int] | None:
        for place in range(at, min(at + lines, len(self._lines))):
            if place > at and _NOT_THE_MEETING.search(self._folded[place]):
                return None
            found = dates_in(self._lines[place])
            if found:
                return found[0].date, place
        return None

    def hours(self) -> tuple[str | None, str | None]:
        for pattern in (_HOURS, _HOUR):
            for text in self._folded[: self._end]:
                match = pattern.search(text)
                if match and not _NOT_THE_MEETING.search(text):
                    return _hour(match["start"]), _hour(match.groupdict().get("end"))
        return None, None

    def stated(self) -> tuple[int, int] | None:
        """The §§ the front page speaks of."""
        for text in self._folded[: self._end]:
            match = _RANGE.search(text)
            if match and "paragraf" in text:
                return int(match["first"]), int(match["last"] or match["first"])
        return None

    def adjusted(self) -> tuple[datetime.date, int] | None:
        """The day of the justering where nobody's signature has one: on the front page, or below the last §."""
        below = range(max(self._end, len(self._lines) - _TOP), len(self._lines))
        for at in (*range(self._end), *(at for at in below if _WAS_ADJUSTED.match(self._folded[at]))):
            if _ADJUSTED.search(self._folded[at]):
                for place in range(at, min(at + 2, len(self._lines))):
                    found = dates_in(self._lines[place])
                    if found:
                        return found[-1].date, place
        return None

    def justerare(self) -> tuple[str, ...]:
        labels = ("protokolljusterare", "protokollsjusterare", "justerare", "justerande", "utses att justera")
        return next((found for label in labels if (found := self.named(label))), ())

    def named(self, label: str) -> tuple[str, ...]:
        """The persons after a label: on its line, else alone on the next."""
        wanted = re.compile(rf"^\W*{re.escape(fold(label))}\b[.:]*\s*")
        places = [(at, match.end()) for at in range(self._end) if (match := wanted.match(self._folded[at]))]
        beside = [(cells(self._lines[at][end:]) or [""])[0] for at, end in places]
        below = [_next_written(self._lines, at + 1, self._end) for at, _ in places]
        return next((found for text in (*beside, *below) if (found := _persons(text))), ())


def _persons(text: str) -> tuple[str, ...]:
    names = [outcomes.without_party(part) for part in re.split(r",| och | samt |;", text)]
    return tuple(name for name in names if is_person(name))


_TOP = 40
_BANNER = re.compile(r"(?i)^\W*(?:sammanträdes)?protokoll(?:sutdrag)?(?:\s+(?:för|från|i))?\s+")


def _next_written(lines: Sequence[str], at: int, end: int) -> str:
    return next((line for line in lines[at : min(at + 2, end)] if line.strip()), "")


def _base(body: str) -> str:
    return " ".join(body.lower().split())


def _hour(text: str | None) -> str | None:
    if not text:
        return None
    hours, _, minutes = text.replace(":", ".").partition(".")
    return f"{int(hours):02}.{minutes or '00'}" if int(hours) < 24 else None


# --- signatures and the notice ---------------------------------------------------------------------------
_SIGNERS = re.compile(
    forgiving(r"^\W*(?:undertecknat\b.*|underskrifter|signaturer|signerat av följande.*|elektroniska underskrifter)")
)
_STAMP = re.compile(r"\d\d?[:.]\d\d(?:[:.]\d\d)?")
_GOES_UP = re.compile(
    forgiving(
        r"\b(?:(?:sätts|satts|sattes) upp|uppsättande\w*|uppsatt|anslagsdatum|anslås|anslogs"
        r"|publicera[ts]|publiceringsdatum)\b"
    )
)
_COMES_DOWN = re.compile(forgiving(r"\b(?:tas ned|tas ner|nedtagande|nedtages|nedtaget|tagits ned|avpubliceras)\b"))
_NOTICE = re.compile(forgiving(r"\banslag|tillkännagiv|anslagstavla"))


def _foot(lines: Sequence[str], last: int) -> int:
    """Where the signatures below the last § begin."""
    after = (at for at in range(last, len(lines)) if _SIGNERS.match(fold(unmarked(lines[at]))))
    return next(after, len(lines))


def _without_foot(last: Stretch, foot: int) -> Stretch:
    return Stretch(last.number, tuple(line for line in last.lines if line[0] < foot))


def _signed(lines: Sequence[str], foot: int) -> tuple[datetime.date, int] | None:
    """The last of the days that stand with a clock time among the signatures."""
    found = [
        (date.date, at)
        for at in range(foot, len(lines))
        for date in dates_in(lines[at])
        if _STAMP.search(lines[at][date.end :])
    ]
    return max(found, default=None)


def _posted(lines: Sequence[str], on: tuple[datetime.date, int] | None) -> tuple[datetime.date, int] | None:
    """The day the notice of the justering went up, which is after the meeting."""
    folded = [fold(line) for line in lines]
    for at, text in enumerate(folded):
        match = _GOES_UP.search(text)
        if match is None or not any(_NOTICE.search(one) for one in folded[max(0, at - 8) : at + 2]):
            continue
        for place in range(at, min(at + 3, len(lines))):
            start = match.end() if place == at else 0
            until = _COMES_DOWN.search(text, start) if place == at else None
            found = [one for one in dates_in(lines[place][: until.start() if until else None]) if one.start >= start]
            if found and (on is None or found[0].date >= on[0]):
                return found[0].date, place
    return None
