"""`arende-daemon outbox`: what is on its way out of the house, what could not be sent, and what is done about it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import click

from scheduler import reminder_delivery
from scheduler.reminder_message import step_words
from scheduler.sending_hours import SWEDEN
from states.deadlines import DeadlineKind
from states.duties import DUTIES
from states.swedish_text import NAMES, capitalised, day, name
from workflow import outboxwork
from workflow.cli import actor, frame, render
from workflow.cli.archive_commands import happens_today
from workflow.cli.change import Asked, perform
from workflow.cli.main import Entry
from workflow.cli.swedish import Command, Group, codes
from workflow.errors import Exit, UsageError
from workflow.outboxwork import SHOWN, Standing, View

MOST_ROWS = 200
"""Of a list on a screen; --json has all of them."""

HAPPENED = {
    "reminder.planned": "skrevs ned för att skickas",
    "reminder.sent": "skickades",
    "reminder.merged": "slogs samman med en senare",
    "reminder.skipped": "hoppades över",
    "reminder.moot": "blev inaktuell",
    "reminder.failed": "gavs upp",
    "reminder.retried": "skulle försökas igen",
    "reminder.cancelled": "makulerades",
}
"""Type of record -> what happened."""

DATA = {
    "attempts": "försök",
    "fault": "svar",
    "was": "var",
    "because": "eftersom",
    "digest": "i samlat mejl",
    "restored": "efter en återläsning",
}
"""What a record says besides."""


BECAUSE = {
    reminder_delivery.CLOSED: "det är gjort",
    reminder_delivery.MOVED: "dagen har flyttats",
    reminder_delivery.SNOOZED: "den har skjutits upp",
    reminder_delivery.NEWER: "en senare säger detsamma",
}
"""Code of why it was not sent -> why."""


def commands(now: Callable[[], datetime]) -> click.Group:
    """The group, for the program that reads the clock."""

    @click.group("outbox", cls=Group, help="Utkorgen: det som är på väg ut, det som misslyckades, och att rätta det.")
    @click.option("--as", "role", metavar="ROLL", help="Vilken av dina egna roller du handlar i.")
    @click.pass_context
    def outbox(ctx: click.Context, role: str | None) -> None:
        ctx.obj = Entry(now=now(), config=ctx.obj, role=role)

    for command in (list_command, show_command, retry_command, cancel_command):
        outbox.add_command(command)
    return outbox


@click.command("list", cls=Command, help="Lista det som är på väg ut ur huset och det som misslyckades, äldst först.")
@click.option("--status", "standing", type=codes(Standing), metavar="LÄGE", help="Bara de som står så.")
@click.option("--alla", "done", is_flag=True, help="Också det som misslyckades om sådant som sedan är gjort.")
@frame.as_json
def list_command(standing: str | None, done: bool, json_wanted: bool) -> int:
    with frame.desk() as desk, desk.connection.reading():
        asked = (standing,) if standing else ()
        found = outboxwork.listed(desk.connection, actor.sight(desk.settings), asked, done=done)
    counts = Counter(view["standing"] for view in found)
    if json_wanted:
        return render.as_json({"counts": counts, "reminders": found})
    return _list(found, counts)


@click.command("show", cls=Command, help="Visa allt som har hänt med en påminnelse.")
@click.argument("reminder", metavar="ID")
@frame.as_json
def show_command(reminder: str, json_wanted: bool) -> int:
    with frame.desk() as desk:
        sight = actor.sight(desk.settings)
        view = frame.look(desk, lambda: outboxwork.shown(desk.connection, sight, reminder))
    return render.as_json(view) if json_wanted else _show(view)


@click.command("retry", cls=Command, help="Försök igen med det som misslyckades eller sköts upp, vid nästa runda.")
@click.argument("reminder", metavar="[ID]", required=False)
@click.option("--all-failed", "all_failed", is_flag=True, help="Allt som har misslyckats.")
@click.option("--outlet", "outlet", metavar="UTVÄG", help="Allt genom en utväg: e-post, eller webhook:NAMN.")
@click.option("--command-id", metavar="ID", help="Samma id igen utför inget två gånger.")
@frame.as_json
def retry_command(
    reminder: str | None, all_failed: bool, outlet: str | None, command_id: str | None, json_wanted: bool
) -> int:
    if sum((reminder is not None, all_failed, outlet is not None)) != 1:
        raise UsageError("Ange ett av ID, --all-failed och --outlet UTVÄG.")
    asked = Asked(None, None, command_id, json_wanted)
    with frame.desk() as desk:
        if reminder is not None:
            return perform(desk, asked, lambda given: outboxwork.retry(desk, given, reminder))
        return perform(desk, asked, lambda given: outboxwork.retry_all(desk, given, outlet or ""))


@click.command("cancel", cls=Command, help="Makulera en påminnelse som inte ska skickas; den planeras inte igen.")
@click.argument("reminder", metavar="ID")
@happens_today
def cancel_command(reminder: str, asked: Asked) -> int:
    with frame.desk() as desk:
        return perform(desk, asked, lambda given: outboxwork.cancel(desk, given, reminder))


# --- what is printed ------------------------------------------------------------------------------------

HEADINGS = ("Id", "Läge", "För", "Till", "Genom", "Om", "Försök", "Svar", "Nästa försök")


def _list(found: Sequence[View], counts: Counter[str]) -> int:
    if not found:
        return render.line("Utkorgen är tom.")
    render.table(HEADINGS, [_row(view) for view in found[:MOST_ROWS]])
    if len(found) > MOST_ROWS:
        render.line(f"… och {len(found) - MOST_ROWS} till; se dem med --json.")
    told = ", ".join(f"{name(one)}: {counts[one]}" for one in Standing if counts[one])
    render.line(f"\n{capitalised(told)}. Visa en: arende-daemon outbox show {found[0]['id'][:SHOWN]}")
    return Exit.DONE


def _row(view: View) -> tuple[str, ...]:
    later = view["next_try"] if view["standing"] == Standing.PUT_OFF else None
    return (
        view["id"][:SHOWN],
        name(view["standing"]),
        view["planned_for"],
        view["recipient"],
        view["outlet"] or view["channel"],
        _about(view),
        str(view["attempts"] or 0),
        _answer(view["fault"]),
        _hour(later),
    )


def _about(view: View) -> str:
    """`manusstopp … SON 2026-04-16`; the rule alone to whoever reads no cases."""
    return f"{view['kind']} {view['ref']}" if view["ref"] else str(view["rule"])


def _answer(fault: str | None) -> str:
    """The Swedish name of a code of ours; a server's own code as it is."""
    return NAMES.get(fault or "", fault or "")


def _hour(stamp: str | None) -> str:
    """`2026-11-22 10.45`, in Sweden."""
    return datetime.fromisoformat(stamp).astimezone(SWEDEN).strftime("%Y-%m-%d %H.%M") if stamp else ""


def _show(view: View) -> int:
    render.line(f"Påminnelse {view['id']}: {name(view['standing'])}.")
    if view["ref"]:
        render.line(f"  Om: {DUTIES[DeadlineKind(view['kind'])].text}, {view['ref']}")
    render.line(
        f"  Regel: {view['rule']}, {step_words(view['step'])}, för {day(date.fromisoformat(view['planned_for']))}"
    )
    render.line(f"  Till: {view['recipient']} genom {view['outlet'] or name(view['channel'])}")
    for told in _sending(view):
        render.line(f"  {told}")
    render.line("\nVad som har hänt")
    for event in view["story"]:
        render.paragraph(_event(event), "      ", "  ")
    return Exit.DONE


def _sending(view: View) -> list[str]:
    """How far a daemon has come with it."""
    told = [f"Försök: {view['attempts']}"] if view["attempts"] else []
    told += [f"Senaste svar: {_answer(view['fault'])}"] if view["fault"] else []
    told += ["Det den gällde är gjort eller flyttat."] if view["done"] else []
    if view["standing"] == Standing.SENDING:
        told.append(f"Skickas av {view['owner']}, som har den till {_hour(view['next_try'])}")
    elif view["standing"] == Standing.PUT_OFF:
        told.append(f"Nästa försök: {_hour(max(view['next_try'] or '', view['closed_until'] or ''))}")
    return told


def _event(event: View) -> str:
    data = ", ".join(_fact(key, value) for key, value in event["data"].items())
    reason = f"; skäl: {event['reason']}" if event["reason"] else ""
    what = capitalised(HAPPENED[event["type"]])
    return f"{_hour(event['at'])} {what} av {event['actor']}{f' ({data})' if data else ''}{reason}"


def _fact(key: str, value: Any) -> str:
    if key == "late_days":
        return "1 dag sen" if value == 1 else f"{value} dagar sen"
    return f"{DATA.get(key, key)} {_plain(key, value)}".rstrip()


def _plain(key: str, value: Any) -> str:
    if key in ("was", "fault"):
        return _answer(value)
    if key == "because":
        return BECAUSE[value]
    return "" if value is True else str(value)
