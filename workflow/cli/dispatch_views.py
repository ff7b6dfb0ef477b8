"""How a meeting's dispatch ledger looks on a screen or as JSON."""

from collections.abc import Mapping
from typing import Any

from states.swedish_text import listed, name
from workflow.cli import render
from workflow.errors import Exit

View = Mapping[str, Any]


def ledger(view: View, json_wanted: bool) -> int:
    if json_wanted:
        return render.as_json(view)
    render.line(f"Expediering av {view['meeting']}")
    if not view["paragraphs"]:
        return render.line("  Inget ärende är avgjort där.")
    for one in view["paragraphs"]:
        adjusted = f"justerad {one['adjusted_on']}" if one["adjusted_on"] else "inte justerad"
        onward = f", vidare till {one['onward']}" if one["onward"] else ""
        render.line(f"  § {one['paragraph']}  {one['case']} ({name(one['role'])}{onward}): {adjusted}")
    for recipient in view["recipients"]:
        render.line(f"\n{recipient['name']}")
        for one in recipient["paragraphs"]:
            render.line(f"  § {one['paragraph']}  {one['case']}, {name(one['purpose'])}: {_sent(one)}")
    if view["missing"]:
        render.line("\nSaknas")
    for one in view["missing"]:
        render.paragraph(_missing(one, view), "      ", "  ! ")
    return Exit.DONE


def _sent(one: View) -> str:
    if not one["sent_on"]:
        return "–"
    channel = f" ({name(one['channel'])})" if one["channel"] else ""
    receipt = f", mottaget {one['receipt_on']}" if one["receipt_on"] else ""
    return f"skickat {one['sent_on']}{channel}{receipt}"


def _missing(one: View, view: View) -> str:
    about, names = f"§ {one['paragraph']} {one['case']}", listed(one["names"])
    match one["what"]:
        case "no_recipients":
            return f"{about} har ingen mottagare (”Akten” duger)."
        case "left_out":
            return f"{about}: {names} beredde ärendet men är inte mottagare."
    late = f" Mer än {view['dispatch_days']} dagar har gått sedan justeringen." if one["late"] else ""
    return f"{about} är inte skickad till {names}.{late}"
