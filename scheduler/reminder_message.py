"""A reminder in Swedish, for somebody who has a hundred other things to do.

Pure: everything it tells is handed in. The subject holds no title and no words of a watch, since it is
read on locked screens. Of a secret case there is its number alone: neither what is to be done, nor when, nor why.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from html import escape

import msgspec

from scheduler.notifiers.interface import Letter
from scheduler.recipients import body_of, called
from states.deadlines import EARLIEST, NEVER_LATE, DeadlineKind
from states.duties import duty
from states.legal_basis import LegalBasis
from states.swedish_calendar import closed_because, roll_forward
from states.swedish_text import capitalised, day
from workflow.harmless_text import safe

NAMES_ITS_DAY = (EARLIEST - {DeadlineKind.HOLD}) | {
    DeadlineKind.AVTALSSLUT,
    DeadlineKind.PERIOD,
    DeadlineKind.BEVAKNING,
}
"""Kinds whose words go on with the day itself; the others' with "senast"."""

LAST_DAYS = frozenset({DeadlineKind.UPPSAGNING, DeadlineKind.OPTION})
"""Kinds whose words say that the day is the last."""

ASKS = frozenset({DeadlineKind.SILENT, DeadlineKind.AWAITED, DeadlineKind.HOLD})
"""Kinds that only ask; their day is nobody's business but ours."""

HAPPENS = frozenset({DeadlineKind.AVTALSSLUT, DeadlineKind.PERIOD})
"""Kinds where the day comes whatever anybody does."""

ROLLED = frozenset({DeadlineKind.ADJUST, DeadlineKind.POST})
"""Kinds whose last day the law puts off to the next working day; `due` is the day it is counted to."""

NO_MORE = {
    DeadlineKind.MANUSSTOPP: "När kallelsen är antecknad kommer inga fler.",
    DeadlineKind.SILENT: "När något antecknas i ärendet kommer inga fler.",
    DeadlineKind.AWAITED: "Är det inte längre aktuellt? Avsluta bevakningen, så kommer inga fler.",
}


OF_A_SECRET = frozenset({"ref", "subject", "recipient"})
"""What a machine is told of a secret case."""

HOW = "Så här: "

Paragraphs = Sequence[Sequence[str]]
"""A text as lines, each of which is one whatever stands in a title."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to tell of a deadline."""

    kind: DeadlineKind
    due: date
    act_by: date
    basis: LegalBasis
    ref: str  # the case's number, or the meeting
    is_meeting: bool
    secret: bool = False  # a secret case, or a § of such cases alone
    title: str = ""  # the case's; empty for a secret one
    meeting: str = ""  # the meeting a case's deadline belongs to
    paragraph: int | None = None  # a § that was adjusted on its own
    watch: int | None = None
    about: str = ""  # the watch's words; empty for a secret case
    event: str = ""  # what a watch waits for
    council: date | None = None  # fullmäktige's last planned meeting in time, for what fullmäktige decides
    command: str = ""


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Why it is told now."""

    recipient: str
    rule: str
    step: str
    planned_for: date
    today: date


def letter(own: str, told: Told, occasion: Occasion) -> Letter:
    """A reminder by its id, for people and machines."""
    return Letter(
        id=own,
        recipient=occasion.recipient,
        subject=subject(told, occasion.today),
        text=text(told, occasion),
        html=_html(_paragraphs(told, occasion)),
        facts=facts(told, occasion),
    )


def digest_letter(own: str, recipient: str, letters: Sequence[Letter], today: date) -> Letter:
    """Two reminders or more to one recipient in one letter, in the order they are given."""
    _, _, on = day(today).partition(" ")
    return Letter(
        id=own,
        recipient=recipient,
        subject=f"Sammandrag {on}: {len(letters)} påminnelser",
        text="\n\n\n".join(f"{place}. {each.subject}\n\n{each.text}" for place, each in enumerate(letters, 1)),
        html="\n".join(
            f"<h2>{place}. {_escaped(each.subject)}</h2>\n{each.html}" for place, each in enumerate(letters, 1)
        ),
    )


def subject(told: Told, today: date) -> str:
    """`Påminnelse: kallelse senast 11 mars 2021 – SON 2021-03-18`."""
    if told.secret:
        return f"Påminnelse: {told.ref}"
    _, _, short_day = day(told.due).partition(" ")
    return f"{'Försenat' if _overdue(told, today) else 'Påminnelse'}: {_what(told, short_day)} – {told.ref}"


def text(told: Told, occasion: Occasion) -> str:
    """The whole reminder, in lines."""
    return "\n\n".join("\n".join(lines) for lines in _paragraphs(told, occasion))


def facts(told: Told, occasion: Occasion) -> dict[str, str]:
    """What a machine is told: what, when and on what ground, and nothing of what a case is about."""
    known = {
        "ref": told.ref,
        "about": told.kind.value,
        "due": told.due.isoformat(),
        "act_by": told.act_by.isoformat(),
        "subject": subject(told, occasion.today),
        "recipient": occasion.recipient,
        "rule": occasion.rule,
        "step": occasion.step,
        "planned_for": occasion.planned_for.isoformat(),
        "basis": told.basis.id,
        "command": told.command,
    }
    return {name: value if not told.secret or name in OF_A_SECRET else "" for name, value in known.items()}


def _paragraphs(told: Told, occasion: Occasion) -> Paragraphs:
    what = ["Vad det gäller visas bara för den som är behörig."] if told.secret else _opening(told, occasion.today)
    ground = [] if told.secret else [*_council(told), f"Grund: {_ground(told)}"]
    about = [*_about(told), *ground, f"{HOW}{told.command}"]
    return [[safe(line) for line in paragraph] for paragraph in (what, about, _occasion(told, occasion))]


def _opening(told: Told, today: date) -> list[str]:
    opening = capitalised(_what(told, day(told.due)))
    return [opening if opening.endswith("?") else f"{opening}.", *_how_near(told, today)]


def _html(paragraphs: Paragraphs) -> str:
    within = ("<br>\n".join(map(_html_line, lines)) for lines in paragraphs)
    return "\n".join(f"<p>{lines}</p>" for lines in within)


def _html_line(line: str) -> str:
    if line.startswith(HOW):
        return f"{HOW}<code>{_escaped(line.removeprefix(HOW))}</code>"
    return _escaped(line)


def _escaped(words: str) -> str:
    return escape(words, quote=False)


def step_words(step: str) -> str:
    """What a step is, in words."""
    place, _, of = step.partition("/")
    match step[0]:
        case "r":
            return "upprepad påminnelse"
        case "e":
            return "eskalering" if of == "1" else f"eskalering {place.removeprefix('e')} av {of}"
        case "f":
            return "påminnelse inför fullmäktiges sista sammanträde i tid"
        case "s":
            return "uppskjuten påminnelse"
        case _:
            return "påminnelse" if of == "1" else f"påminnelse {place} av {of}"


def _what(told: Told, due: str) -> str:
    words = duty(told.kind, told.basis.id).text
    if told.kind in ASKS:
        return words
    if told.kind in LAST_DAYS:
        return f"{words}, {due}"
    return f"{words} {due}" if told.kind in NAMES_ITS_DAY else f"{words} senast {due}"


def _last_day(told: Told) -> date:
    return roll_forward(told.due) if told.kind in ROLLED else told.due


def _overdue(told: Told, today: date) -> bool:
    return today > _last_day(told) and told.kind not in NEVER_LATE


def _how_near(told: Told, today: date) -> Iterator[str]:
    if told.kind in EARLIEST - ASKS and today > told.act_by:
        yield f"Det har kunnat göras i {_days(today - told.act_by)}."
    elif told.kind in HAPPENS and today > told.due:
        yield f"Det var för {_days(today - told.due)} sedan."
    elif _overdue(told, today):
        yield f"Dagen gick ut för {_days(today - _last_day(told))} sedan."
    elif told.act_by != told.due and told.kind not in ASKS:
        yield f"{_when_to_act(told, passed=today > told.act_by)}."


def _days(passed: timedelta) -> str:
    return "1 dag" if passed.days == 1 else f"{passed.days} dagar"


def _when_to_act(told: Told, *, passed: bool) -> str:
    """The day to act where it is not the day itself: that one is closed."""
    act_by = day(told.act_by)
    if told.kind in EARLIEST:
        return f"Första arbetsdagen är {act_by}"
    if told.kind in HAPPENS:
        return f"Sista arbetsdagen före {'var' if passed else 'är'} {act_by}"
    if told.kind in ROLLED and passed:
        return f"Sista dagen enligt lag är {day(_last_day(told))}"
    do = "Det skulle ha gjorts" if passed else "Gör det"
    return f"{do} senast {act_by}, för {closed_because(told.due)} är ingen arbetsdag"


def _about(told: Told) -> Iterator[str]:
    named = f"{told.ref}, § {told.paragraph}" if told.paragraph else told.ref
    if told.is_meeting:
        yield f"Sammanträde: {named}"
        return
    yield f"Ärende: {told.ref}{', ' if told.title else ''}{told.title}"
    if told.secret:
        return
    if told.meeting:
        yield f"Sammanträde: {told.meeting}"
    if told.watch is not None:
        yield f"Bevakning {told.watch}{': ' if told.about else ''}{told.about}"
    if told.event:
        yield f"Inväntar: {told.event}"


def _council(told: Told) -> Iterator[str]:
    if told.kind is not DeadlineKind.MOTION_YEAR:
        return
    if told.council is None:
        yield "Fullmäktige: inget sammanträde är planerat i tid."
    else:
        yield f"Fullmäktige: sista planerade sammanträdet i tid är {day(told.council)}."


def _ground(told: Told) -> str:
    basis = told.basis
    if told.kind in ASKS:
        return "rutin, inte lag."
    if not basis.cite:
        return f"rutin, inte lag. {basis.says}"
    then = f"; {basis.law_then(told.due)}" if basis.law_then(told.due) else ""
    return " ".join(filter(None, (f"{basis.cite}, {basis.force}{then}.", basis.says, basis.doubt)))


def _occasion(told: Told, occasion: Occasion) -> Iterator[str]:
    yield f"Till {_addressee(occasion.recipient)}: {step_words(occasion.step)}."
    if occasion.planned_for < occasion.today:
        yield f"Den skulle ha kommit {day(occasion.planned_for)}."
    done = "Är det redan gjort? Anteckna det, så kommer inga fler."
    yield done if told.secret else NO_MORE.get(told.kind, done)


def _addressee(recipient: str) -> str:
    """`nämndsekreteraren, SON`; a mailbox or a webhook by its name."""
    body = body_of(recipient)
    return f"{called(recipient)}{', ' if body else ''}{body}"
