"""How attendance and the minutes of a § look on a screen."""

from collections.abc import Mapping, Sequence
from typing import Any

from states.swedish_text import listed, name
from workflow.cli import render

View = Mapping[str, Any]


def attendance(found: Sequence[View], closed_at: str | None) -> None:
    """Who was there, those who decide first."""
    for serves, heading in ((True, "Beslutande"), (False, "Övriga närvarande")):
        there = [one for one in found if one["serves"] is serves]
        if there:
            render.line(f"\n{heading}")
        for one in there:
            render.line(f"  {one['name']}{_capacity(one)}{_paragraphs(one)}{', på distans' if one['remote'] else ''}")
    if closed_at:
        render.line(f"\nAvslutat {closed_at}")


def _capacity(one: View) -> str:
    if one["serves_for"]:
        return f" ersätter {one['serves_for']}"
    return {
        "ordforande": ", ordförande",
        "ersattare": ", ersättare",
        "personalforetradare": ", personalföreträdare",
    }.get(one["seat"], "")


def _paragraphs(one: View) -> str:
    first, last = one["from_paragraph"], one["to_paragraph"]
    if first and last:
        return f", § {first}" if first == last else f", §§ {first}–{last}"
    return f", från § {first}" if first else f", till § {last}" if last else ""


def minutes(item: View, indent: str = "      ") -> None:
    """What the protocol says of a §."""
    for one in item["jav"]:
        left = "deltog inte" if item["council"] else "lämnade rummet"
        render.paragraph(f"{one['name']} jävig, {left}{_after(one['ground'])}", indent)
    before = [one for one in item["minutes"] if one["kind"] in BEFORE_THE_VOTE]
    for one in before:
        render.paragraph(_minute(one), indent)
    for one in item["votes"]:
        render.paragraph(_vote(one), indent)
        for choice in ("ja", "nej", "avstar"):
            who = [ballot["name"] for ballot in one["ballots"] if ballot["choice"] == choice]
            if who:
                render.paragraph(f"{name(choice)}: {listed(who)}", indent + "  ")
    for one in (one for one in item["minutes"] if one not in before):
        render.paragraph(_minute(one), indent)


BEFORE_THE_VOTE = ("yrkande", "propositionsordning")
"""What comes before a votering in a protocol; reservations and notes come after it."""


def _minute(one: View) -> str:
    who = f" av {one['name']}" if one["name"] else ""
    when = f", anmäld {one['announced_at']}" if one["announced_at"] else ""
    return f"{name(one['kind'])}{who}{when}{_after(one['text'])}"


def _after(text: str | None) -> str:
    return f": {text}" if text else ""


def _vote(one: View) -> str:
    how = "sluten omröstning" if one["secret"] else "votering"
    settled = "utslagsröst" if one["casting"] else "lott"
    tie = f", {settled} {name(one['settled'])}" if one["settled"] else ""
    told = f"ja för ”{one['main']}”, nej för ”{one['against']}”"
    return f"{how}, {told}: {one['yes']} ja, {one['no']} nej, {one['abstained']} avstår{tie}"
