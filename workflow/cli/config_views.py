"""What a check of the lifecycle, and of a configuration, found: as JSON and for people."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from states.duties import DUTIES
from states.soundness import Fault
from states.swedish_text import capitalised, listed, name
from workflow.activation import Effects
from workflow.cli import render
from workflow.config_differences import Moved, Reminded

View = dict[str, Any]


def faults(found: Sequence[Fault], unexamined: str, json_wanted: bool) -> int:
    """What `workflow check` says; `unexamined` is why the database was left out."""
    if json_wanted:
        return render.as_json({"sound": not found, "faults": fault_views(found), "unexamined": unexamined or None})
    if not found:
        render.line("Arbetsgången håller: allt går att göra, av någon, i tid.")
    for view in fault_views(found):
        fault(view)
    if unexamined:
        render.paragraph(f"Ärenden och sammanträden är inte granskade. {unexamined}", "    ", "  ! ")
    return 0


def fault_views(found: Iterable[Fault]) -> list[View]:
    return [msgspec.to_builtins(one) for one in found]


def fault(view: View) -> None:
    """One fault, with the way to it under it."""
    render.paragraph(view["text"], "    ", "  ✗ ")
    for text in view["path"]:
        render.paragraph(text, "      ", "    – ")


# --- another configuration ----------------------------------------------------------------------------

DAYS_SHOWN = 6
"""How many days of a reminder are written out."""


def effects(found: Effects, file: str, json_wanted: bool, *, done: bool) -> int:
    """What `config check` and `config activate` say."""
    if json_wanted:
        return render.as_json({"activated": done, "refused": found.refused, **msgspec.to_builtins(found)})
    _headline(found, file, done)
    for view in fault_views(found.faults):
        fault(view)
    _counts(found.counts)
    moved(found.moved, found.moved_unnamed)
    _reminded(found)
    _replanned(found)
    if done and found.before != found.after:
        render.line("Låt arende-daemon läsa om dem: systemctl reload arende-daemon")
    return 0


def _headline(found: Effects, file: str, done: bool) -> None:
    if found.stranded:
        cases = "1 ärende" if found.stranded == 1 else f"{found.stranded} ärenden"
        render.line(f"Stopp: {file} skulle lämna {cases} där ingen kan föra det vidare.")
    elif found.refused:
        render.line(f"Stopp: {file} går inte att arbeta efter.")
    elif done and found.before == found.after:
        render.line(f"{file} gäller redan.")
    elif done:
        render.line(f"Klart: {file} gäller nu. De gamla inställningarna ligger kvar bredvid.")
    else:
        render.line(f"{file} går att aktivera: arende config activate {file}")


def _counts(counts: Mapping[str, int]) -> None:
    told = {
        "registered": "rader i registret över instanser och platser",
        "succeeded": "ärenden som går till den instans som tog över",
    }
    for key, what in told.items():
        if counts[key]:
            render.line(f"  {capitalised(what)}: {counts[key]}.")


def moved(found: Sequence[Moved], unnamed: int) -> None:
    if found or unnamed:
        render.line(f"Frister som ändras: {len(found) + unnamed}.")
    for ref, group in groupby(found, lambda one: one.ref):
        render.line(f"  {ref}")
        for one in group:
            render.paragraph(f"{_what(one)}: {_change(one)}", "      ", "    ")
    _unnamed(found, unnamed)


def _change(one: Moved) -> str:
    if one.before is None:
        return f"ny, {one.after}"
    return f"{one.before} → {one.after}" if one.after else f"{one.before} gäller inte längre"


def _what(one: Moved | Reminded) -> str:
    return DUTIES[one.about].text


def _reminded(found: Effects) -> None:
    if found.reminders or found.reminders_unnamed:
        render.line(f"Frister vars påminnelser ändras: {len(found.reminders) + found.reminders_unnamed}.")
    for one in found.reminders:
        before, after = _told(one.before, one.to_before), _told(one.after, one.to_after)
        if one.through_before != one.through_after:
            before += _through(one.through_before)
            after += _through(one.through_after)
        before += _escalated(one.escalated_before, one.escalated_to_before)
        after += _escalated(one.escalated_after, one.escalated_to_after)
        render.paragraph(f"{one.ref}, {_what(one)} (regeln {one.rule}): {before} → {after}", "    ", "  ")
    _unnamed(found.reminders, found.reminders_unnamed)


def _replanned(found: Effects) -> None:
    if found.plans or found.plans_unnamed:
        render.line(f"Planer som ändras: {len(found.plans) + found.plans_unnamed}.")
    for told in found.plans:
        render.paragraph(told, "    ", "  ")
    _unnamed(found.plans, found.plans_unnamed)


def _told(days: Sequence[object], to: Sequence[str]) -> str:
    more = f" och {len(days) - DAYS_SHOWN} till" if len(days) > DAYS_SHOWN else ""
    shown = ", ".join(str(day) for day in days[:DAYS_SHOWN]) + more
    return f"{shown or 'inga'}{f' till {listed(to)}' if to else ''}"


def _through(channels: Sequence[str]) -> str:
    return f" genom {listed(map(name, channels))}" if channels else ""


def _escalated(days: Sequence[object], to: Sequence[str]) -> str:
    return f", eskalerat {_told(days, to)}" if days else ""


def _unnamed(named: Sequence[object], unnamed: int) -> None:
    if unnamed:
        render.line(f"  {'och ' if named else ''}{unnamed}{' till' if named else ''} som du inte ser.")
