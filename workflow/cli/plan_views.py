"""How a plan, a what-if and the answer to why look on a screen or as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from states.swedish_text import MONTHS, capitalised, day, name
from workflow.cli import render
from workflow.errors import Exit, UsageError
from workflow.plans import Supposed

View = Mapping[str, Any]

# --- why ----------------------------------------------------------------------------------------------


def why(view: View, json_wanted: bool) -> int:
    """Every unmet requirement of a step with its first day, and what makes the step possible; nothing is written."""
    if json_wanted:
        return render.as_json(view)
    render.line(f"{view['ref']} står i läget {name(view['state'])}.")
    if view["paused_until"]:
        render.line(f"Det vilar till {_day(view['paused_until'])}; arende resume tar upp det igen.")
    if not view["steps"]:
        return render.line("Ärendet är slut. Det kan återupptas med arende reopen." if view["possible"] else "Slut.")
    for step in view["steps"]:
        to = f" till {name(step['to'])}" if step["to"] and step["verb"] == "advance" else ""
        at = f" vid {step['meeting']}" if step["meeting"] else f" {_day(step['on'])}"
        can = "går" if step["allowed"] else "går inte"
        render.line(f"\nAtt {LABELS[step['verb']]}{to} {can}{at}.")
        render.findings(step["findings"])
    _the_way(view)
    return Exit.DONE


LABELS = {
    "advance": "gå vidare",
    "close": "avsluta",
    "decide": "besluta",
    "announce": "kungöra",
    "call": "kalla",
    "hold": "hålla sammanträdet",
    "move": "flytta",
    "cancel": "ställa in",
    "adjust": "justera",
    "post": "anslå",
    "take_down": "ta ned anslaget",
}


def _the_way(view: View) -> None:
    """What makes the step possible, or why nothing does."""
    if view["obstacle"]:
        render.line()
        _obstacle(view["obstacle"])
    elif view["way"] and not (len(view["way"]) == 1 and view["steps"][0]["allowed"]):
        render.line("\nSå blir det möjligt:")
        _actions(view["way"])


# --- a plan -------------------------------------------------------------------------------------------


def plan(view: View, json_wanted: bool) -> int:
    """A case's plan: the time line, what decides each day, what is to be done, and what it costs to miss."""
    if json_wanted:
        return render.as_json(view)
    render.line(f"{view['ref']} står i läget {name(view['state'])}. Plan från {_day(view['today'])}.")
    _supposed(view)
    if view["paused_until"]:
        render.line(f"Det vilar till {_day(view['paused_until'])}; planen räknar som om det går vidare i dag.")
    points = [*_points(view)]
    if points:
        render.line()
    for drawn in time_line(points, date.fromisoformat(view["today"])):
        render.line(drawn)
    _reasons(view)
    if view["obstacle"]:
        render.line()
        _obstacle(view["obstacle"])
    _year(view["year"])
    if view["actions"]:
        render.line("\nAtt göra:")
        _actions(view["actions"])
    elif not points:
        render.line("Ärendet är slut." if view["state"] in ENDED else "Inget är kvar att göra.")
    return Exit.DONE


ENDED = frozenset({"avslutad", "aterkallad"})


def _supposed(view: View) -> None:
    if not view["supposed"]:
        return
    render.line(f"Tänkt: {'; '.join(view['supposed'])}. Inget är sparat.")
    if view["differences"] is None:
        return
    for line in view["differences"] or ["Det ändrar inte när ärendet är avgjort."]:
        render.line(f"  {line}")


def told_supposed(supposed: Supposed) -> list[str]:
    """What is tried, as a reader says it."""
    told = [f"{meeting} flyttas till {to}" for meeting, to in supposed.moves]
    told += [f"MBL är klar {supposed.mbl}"] if supposed.mbl else []
    told += [f"{key} = {days}" for key, days in supposed.times.items()]
    return [*told, *([f"det är {supposed.at}"] if supposed.at else [])]


def split(text: str, option: str, example: str) -> tuple[str, str]:
    """(what, value) of `what=value`. Raises UsageError with an example."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise UsageError(f"Flaggan {option}: ”{text}” ska vara VAD=VÄRDE, till exempel {example}.")
    return key.strip(), value.strip()


Point = tuple[str, date, bool]  # what, when, whether it is done


def _points(view: View) -> Iterator[Point]:
    mbl, legs = view["mbl_ready"], view["legs"]
    if mbl and any(not leg["done"] for leg in legs):
        yield "MBL klar", date.fromisoformat(mbl), mbl < view["today"]
    for leg in legs:
        if not leg["done"]:
            yield f"{leg['body']} {name(leg['role'])}", date.fromisoformat(leg["on"]), False
    for stop in view["stops"]:
        yield STOPS[stop["kind"]], date.fromisoformat(stop["on"]), stop["done"]


STOPS = {
    "justerat": "justerat",
    "anslaget": "anslaget",
    "expedierat": "expedierat",
    "laga_kraft": "laga kraft tidigast",
    "avslutat": "kan avslutas",
}
LINE = 44
"""Characters of a drawn time line."""


def time_line(points: Sequence[Point], today: date) -> Iterator[str]:
    """A row for each point on a common scale of days from today, under the months; empty for no points."""
    if not points:
        return
    last = max(today, *(on for _, on, _ in points))
    days = max((last - today).days, 1)
    wide = max(len(what) for what, _, _ in points)

    def place(on: date) -> int:
        return max(round((on - today).days * (LINE - 1) / days), 0)

    yield f"{'':{wide + 12}}  {_months(today, last, place)}".rstrip()
    for what, on, done in points:
        yield f"{what:{wide}}  {on}  {'·' * place(on)}{'✓' if done else '●'}"


def _months(first: date, last: date, place: Any) -> str:
    """The months' names where they begin, as far as there is room."""
    drawn = " " * LINE
    month = first
    while month <= last:
        at, label = place(month), MONTHS[month.month - 1][:3]
        if not drawn[max(at - 1, 0) : at + 4].strip() and at + 3 <= LINE + 3:
            drawn = f"{drawn[:at]}{label}{drawn[at + 3 :]}"
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return drawn.rstrip()


def _reasons(view: View) -> None:
    """Why each step is no earlier."""
    legs = [leg for leg in view["legs"] if not leg["done"]]
    stops = [stop for stop in view["stops"] if not stop["done"]]
    if legs or stops:
        render.line("\nDet som avgör:")
    for leg in legs:
        where = leg["meeting"] or f"{leg['body']} {leg['on']}"
        render.paragraph(f"{where}: {_reason(leg)}.", "    ", "  ")
    for stop in stops:
        told = AFTERWARDS[stop["reason"]]
        render.paragraph(f"{capitalised(STOPS[stop['kind']])} {stop['on']}: {told}.", "    ", "  ")


AFTERWARDS = {
    "justering": "så brukar det ta efter sammanträdet (adjust_days), högst 14 dagar enligt lag",
    "anslag": "så brukar det ta efter justeringen (post_days), högst två dagar enligt lag",
    "overklagandetid": "överklagandetiden, tre veckor från anslaget, ska ha gått ut",
    "expediering": "beslutet skickas när paragrafen är justerad",
    "foregaende": "när sista instansen är klar",
}
REASONS = {
    "sammantrade": "närmaste planerade sammanträdet",
    "bokat": "bokat",
    "foregaende": "{meeting} hinns inte med, för steget före är klart först {day}",
    "manusstopp": "{meeting} hinns inte med, för manusstopp var {day}",
    "kallelse": "{meeting} hinns inte med, för kallelsen ska vara ute {day}",
    "kungorelse": "{meeting} hinns inte med, för det ska vara tillkännagivet senast {day}",
    "mbl": "{meeting} hinns inte med, för MBL är klar tidigast {day}",
    "remiss": "{meeting} hinns inte med, för remissens svarsdag är {day}",
    "tidsfoljd": "{meeting} är före ärendets senaste händelse {day}",
    "svarsdag": "svarsdagen {day} räknas som tillfälle att yttra sig",
}


def _reason(leg: View) -> str:
    on = leg["reason_day"]
    told = REASONS[leg["reason"]].format(meeting=leg["reason_meeting"], day=on)
    return f"{told}; kan flyttas fram till {leg['sooner']}" if leg.get("sooner") else told


def _obstacle(view: View) -> None:
    """Where the way stops, and what opens it."""
    if view["finding"]:
        render.line(f"Vägen stannar vid {view['body']}:")
        render.findings([view["finding"]])
        return
    why = f" ({_reason(view)})" if view["reason"] else ""
    render.paragraph(f"Vägen stannar vid {view['body']}: inget planerat sammanträde kan nås{why}.")
    for command in view["commands"]:
        render.line(f"    {command}")


def _year(year: View | None) -> None:
    if year is None:
        return
    told = f"Året för motionen går ut {_day(year['ends'])} (väckt räknas som {year['raised_reading']})"
    margin = year["margin_days"]
    if margin is None:
        holds = "planen når inte fram till fullmäktiges beslut"
    elif margin < 0:
        holds = f"planen håller inte: beslutet kommer {_days(-margin)} för sent"
    else:
        holds = f"planen håller med {_days(margin)}"
    last = f" Sista planerade fullmäktige dessförinnan: {year['last_council']}." if year["last_council"] else ""
    render.line()
    render.paragraph(f"{told}; {holds}.{last}")


def _actions(actions: Sequence[View]) -> None:
    for one in actions:
        render.line(f"  {one['on']}  {capitalised(name(one['who']))}: {one['command']}")
        if one["last"]:
            render.line(f"              senast {_day(one['last'])}{_cost(one['cost'])}")


def _cost(cost: View | None) -> str:
    if cost is None:
        return ""
    where = STOPS.get(cost["where"], cost["where"])
    if cost["instead"] is None:
        return f"; annars når det inte {where}: inget senare sammanträde är planerat"
    return f"; annars {where} {cost['instead']} i stället för {cost['planned']}"


# --- a portfolio --------------------------------------------------------------------------------------


def portfolio(view: View, json_wanted: bool) -> int:
    """Every open case in a line, and first what must be done within the week."""
    if json_wanted:
        return render.as_json(view)
    if view["supposed"]:
        render.line(f"Tänkt: {'; '.join(view['supposed'])}. Inget är sparat.")
    if not view["cases"]:
        return render.line(f"Inga öppna ärenden{' på väg till ' if view['body'] else ''}{view['body'] or ''}.")
    if view["critical"]:
        render.line("Måste göras inom en vecka för att planerna ska hålla:")
        for one in view["critical"]:
            render.line(f"  {one['last']}  {one['ref']}  {capitalised(name(one['who']))}: {one['command']}")
            render.line(f"              {_cost(one['cost']).removeprefix('; ')}")
        render.line()
    rows = [_planned(one) for one in view["cases"]]
    render.table(("Ärende", "Läge", "Närmast", "Avgjort", "Laga kraft", "Motionens år", "Rubrik"), rows)
    return Exit.DONE


def _planned(one: View) -> tuple[str, ...]:
    end, margin = one["end"], one["year_margin_days"]
    stops = f"stannar vid {one['obstacle']['body']}" if one["obstacle"] else "–"
    decided = f"{end['body']} {end['on']}" if end else stops
    year = "–" if margin is None else f"{_days(margin)} kvar" if margin >= 0 else f"{_days(-margin)} över"
    return one["ref"], name(one["state"]), one["next"] or "–", decided, one["laga_kraft"] or "–", year, one["rubrik"]


def _day(text: str) -> str:
    return day(date.fromisoformat(text))


def _days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dagar"
