"""How a case's documents look on a screen."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from states.swedish_text import capitalised, day, name
from workflow.cli import render
from workflow.documents import Standing, file_size
from workflow.errors import Exit

View = Mapping[str, Any]
SHOWN = 20
"""So many files are named; --json gives them all."""


def documents(found: Sequence[View]) -> None:
    if found:
        render.line("\nHandlingar")
    for one in found:
        render.paragraph(f"{one['number']}  {day(date.fromisoformat(one['date']))}  {_told(one)}", "     ", "  ")


def _told(one: View) -> str:
    """`Bilaga: kartan.pdf, 1,2 MiB, från Fastighetsägaren AB – ansökan`"""
    kind = capitalised(name(one["kind"]))
    if one["purged"]:
        return f"{kind}: {one['name']}"
    size = f", {file_size(one['size'])}" if one["size"] is not None else ""
    whose = "till" if one["kind"] == "utgaende" else "från"
    other = f", {whose} {one['other']}" if one["other"] else ""
    about = f" – {one['about']}" if one["about"] else ""
    return f"{kind}: {one['name']}{size}{other}{about}"


def listed(ref: str, found: Sequence[View], json_wanted: bool) -> int:
    if json_wanted:
        return render.as_json({"ref": ref, "documents": found})
    if not found:
        word = ref.replace(" ", "-", 1)
        return render.line(f"{ref} har inga handlingar. Lägg till en med: arende document add {word} FIL")
    render.line(ref)
    documents(found)
    return Exit.DONE


def standing(found: Standing, told: str, json_wanted: bool) -> int:
    """Whether every document is as it came."""
    if json_wanted:
        render.as_json(
            {
                "documents": found.kept,
                "missing": found.missing,
                "changed": found.changed,
                "strays": found.strays,
                "strangers": [str(path) for path in found.strangers],
            }
        )
    else:
        for what, files in (("saknas", found.missing), ("är ändrad", found.changed)):
            for sha256 in files[:SHOWN]:
                render.line(f"  ✗ {sha256} {what}")
            if len(files) > SHOWN:
                render.line(f"  … och {len(files) - SHOWN} till; --json visar alla.")
        render.paragraph(told)
    return Exit.DONE if found.whole else Exit.VERIFICATION_FAILED
