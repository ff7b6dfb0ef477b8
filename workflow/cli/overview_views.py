"""How a case's wording through the bodies, and the lists over all open cases, look on a screen or as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from states.deadlines import NEVER_LATE, DeadlineKind
from states.duties import duty
from states.swedish_text import name
from workflow.body_register import BodyRegister
from workflow.cli import render, views
from workflow.errors import Exit

View = Mapping[str, Any]

# --- word by word -----------------------------------------------------------------------------------------

MARKED = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
UNCHANGED, GONE = "oförändrat", "den ena lydelsen är gallrad, så de kan inte jämföras"


def wordings(view: View, json_wanted: bool) -> int:
    """Every step of the att-satser: what was taken away as [-ord-], what was put there as {+ord+}."""
    if json_wanted:
        return render.as_json(view)
    steps = view["steps"]
    render.line(f"{view['ref']}  {view['rubrik']}")
    if not steps:
        ref = view["ref"].replace(" ", "-", 1)
        return render.line(f"Inget förslag till beslut än. Lägg till ett med: arende edit {ref} --att INSTANS=FÖRSLAG")
    for step in steps:
        against = "" if step["against"] is None else f", jämfört med: {_step(steps[step['against']])}"
        render.line(f"\n{_step(step)}{against}")
        for one in step["att_satser"]:
            render.paragraph(_att_sats(one), "     ", f"  {one['number']}. ")
    return Exit.DONE


def _step(step: View) -> str:
    if step["what"] == "forslag":
        return f"Förslag till {step['body'] or 'beslut'} (version {step['version']})"
    paragraph = f" § {step['paragraph']}" if step["paragraph"] else ""
    return f"Beslut {step['meeting']}{paragraph}"


def _att_sats(one: View) -> str:
    words = " ".join(MARKED[piece].format(text) for piece, text in one["words"])
    ruled = name(one["outcome"]) if one["outcome"] else ""
    if not words:
        return ruled or "–"
    match one["change"]:
        case "first":
            return words
        case "same":
            return f"{ruled}, {UNCHANGED}" if ruled else UNCHANGED
        case "gone":
            return f"{ruled}{': ' if ruled else ''}{words} ({GONE})"
        case _:
            return f"{ruled}{': ' if ruled else ''}{words}"


# --- all open cases ---------------------------------------------------------------------------------------


def silent(found: Sequence[View], code: str, json_wanted: bool) -> int:
    """What nothing happens in, why, and the command that gets it going."""
    if json_wanted:
        return render.as_json(found)
    if not found:
        where = f" hos {code}" if code else ""
        return render.line(f"Inget ärende{where} står stilla: alla öppna väntar på ett sammanträde eller en dag.")
    for one in found:
        where = f"{name(one['state'])}{', ' + one['answers'] if one['answers'] else ''}"
        render.line(f"{one['ref']}  {_days(one['silent_days'])} sedan {one['last_event']}  {where}  {one['rubrik']}")
        render.paragraph(one["why"], "    ")
        render.line(f"    {one['command']}")
    return render.line(f"\n{_cases(len(found))} där inget är på gång.")


def balance(found: Sequence[View], code: str, register: BodyRegister, today: date, json_wanted: bool) -> int:
    """The open cases of each body, and how many they are."""
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line(f"Inga öppna ärenden{' hos ' if code else ''}{code}.")
    groups = list(_by_body(found, register, today))
    for place, (heading, cases) in enumerate(groups):
        render.line(f"\n{heading}" if place else heading)
        rows = [_balanced(one, today) for one in cases]
        render.table(("Ärende", "Slag", "Läge", "Ålder", "Senast", "Nästa frist", "Rubrik"), rows)
        render.line(_total(cases))
    return render.line(f"\nSammanlagt {_total(found)}") if len(groups) > 1 else Exit.DONE


def _balanced(one: View, today: date) -> tuple[str, ...]:
    age, ahead = _days(one["age_days"]), _ahead(one["next_deadline"], today)
    return one["ref"], name(one["kind"]), name(one["state"]), age, one["last_event"], ahead, one["rubrik"]


def _ahead(deadline: View | None, today: date) -> str:
    if deadline is None:
        return "–"
    kind = DeadlineKind(deadline["kind"])
    passed = " (har passerat)" if deadline["due"] < today.isoformat() and kind not in NEVER_LATE else ""
    return f"{deadline['due']} {duty(kind, deadline['basis']).text}{passed}"


def _total(found: Sequence[View]) -> str:
    oldest = max(one["age_days"] for one in found)
    return f"{_cases(len({one['ref'] for one in found}))}, det äldsta {_days(oldest)} gammalt."


def motions(view: View, json_wanted: bool) -> int:
    """What fullmäktige has not answered, by the end of its year."""
    if json_wanted:
        return render.as_json(view)
    if not view["motions"]:
        return render.line("Inga obesvarade motioner eller medborgarförslag.")
    render.line(views.RAISED[view["raised_reading"]])
    rows = [_unanswered(one) for one in view["motions"]]
    render.table(("Ärende", "Slag", "Väckt", "Står hos", "Året slut", "Kvar", "Anmält i tid", "Rubrik"), rows)
    told = f"{view['overdue']} efter årets slut utan att vara anmälda i tid, {view['reported']} anmälda i tid"
    return render.line(f"{view['unanswered']} obesvarade: {told}.")


def _unanswered(one: View) -> tuple[str, ...]:
    where = f"{one['answers'] or '–'} ({name(one['state'])})"
    reported, raised, last = "ja" if one["reported"] else "nej", one["raised_on"] or "inte än", one["last_day"] or "–"
    return one["ref"], name(one["kind"]), raised, where, last, _left(one["days_left"]), reported, one["rubrik"]


def _left(days: int | None) -> str:
    if days is None:
        return "–"
    return f"{_days(days)} kvar" if days >= 0 else f"{_days(-days)} över"


def mandates(found: Sequence[View], register: BodyRegister, today: date, json_wanted: bool) -> int:
    """What is to be reported back, by the body that answers for it."""
    if json_wanted or not found:
        return views.watches(found, json_wanted)
    for place, (heading, own) in enumerate(_by_body(found, register, today)):
        render.line(f"\n{heading}" if place else heading)
        views.watches_by_case(own)
    return Exit.DONE


def _by_body(found: Sequence[View], register: BodyRegister, today: date) -> Iterator[tuple[str, Sequence[View]]]:
    """What each body answers for, under its code and name."""
    for code in sorted({one["answers"] or "" for one in found}):
        body = register.find_or_none(code, today)
        heading = f"{code}  {body.name}" if body else code or "Utan instans"
        yield heading, [one for one in found if (one["answers"] or "") == code]


def _cases(count: int) -> str:
    return "1 öppet ärende" if count == 1 else f"{count} öppna ärenden"


def _days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dagar"
