"""A preview as people read it: day by day, each step once with everybody it goes to."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from scheduler.recipients import body_of, called
from scheduler.reminder_message import step_words
from scheduler.reminder_preview import View
from states.swedish_text import capitalised, day, listed, name
from workflow.cli import render


def show(found: Sequence[View], first: date, days: int) -> int:
    """The reminders of so many days from the first on."""
    if not found:
        return render.line(f"Inga påminnelser {_period(first, days)}.")
    for on, views in groupby(found, lambda view: view["on"]):
        render.line(capitalised(day(date.fromisoformat(on))))
        _of_a_day(list(views))
    return 0


def _of_a_day(views: Sequence[View]) -> None:
    named = [view for view in views if view["subject"] is not None]
    others = sorted((view for view in views if view["subject"] is None), key=_why)
    for ((rule, step), _), group in groupby((*named, *others), lambda view: (_why(view), _about(view))):
        entry = list(group)
        channels: dict[str, dict[str, None]] = {}
        for view in entry:
            channels.setdefault(view["recipient"], {})[_channel(view)] = None
        to = listed(f"{_office(recipient)} ({listed(through)})" for recipient, through in channels.items())
        waiting = next((view["leaves"] for view in entry if view["waits"]), None)
        render.paragraph(entry[0]["subject"] or _unnamed(len(entry)), "    ", "  ")
        render.paragraph(f"till {to}; regeln {rule}, {step_words(step)}{_wait(waiting)}", "    ")


def _why(view: View) -> tuple[str, str]:
    return view["rule"], view["step"]


def _about(view: View) -> tuple[str | None, ...]:
    # A mail about a secret case says only which, and so several have one subject.
    return view["subject"], view["about"], view["due"]


def _unnamed(number: int) -> str:
    """So many reminders of what whoever looks may not be told of."""
    many = "1 påminnelse" if number == 1 else f"{number} påminnelser"
    return f"{many} om sådant som du inte får se"


def _channel(view: View) -> str:
    return f"{name(view['channel'])}{' i sammandrag' if view['gathered'] else ''}"


def _office(recipient: str) -> str:
    return f"{called(recipient)} {body_of(recipient)}".rstrip()


def _wait(until: str | None) -> str:
    if until is None:
        return ""
    at = datetime.fromisoformat(until)
    return f"; lämnar huset {day(at.date())} kl. {at:%H.%M}"


def _period(first: date, days: int) -> str:
    return day(first) if days == 1 else f"de {days} dagarna från {day(first)}"
