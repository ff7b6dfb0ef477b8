"""What a check of the lifecycle, and of a configuration, found: as JSON and for people."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from states.soundness import Fault
from workflow.cli import render

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
