"""`arende watch …` and `arende uppdrag …`: what must not be forgotten, also when the case is closed."""

from datetime import date
from typing import Any

import click

from states.case_facts import WatchKind
from workflow import case_queries, case_store, watchwork
from workflow.cli import frame, overview_views, views
from workflow.cli.change import Asked, changes, perform, perform_numbered
from workflow.cli.swedish import Group, Number, codes
from workflow.errors import UsageError
from workflow.use_case import Result, deny_everywhere
from workflow.watchwork import NewWatch, answering_body, chosen, from_suggestion

Words = tuple[str, ...]
the_watch = click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE NUMMER")


@click.group("watch", cls=Group, help="Bevakningar: avtal, uppdrag, händelser att invänta, egna påminnelser.")
def watch_command() -> None:
    pass


@click.group("uppdrag", cls=Group, help="Uppdragslistan: det som ska redovisas tillbaka, också efter avslutat ärende.")
def uppdrag_command() -> None:
    pass


@watch_command.command("add", help="Lägg till en bevakning: en egen, eller en som skrivelsen föreslår.")
@frame.the_case
@click.option("--kind", "kind", type=codes(WatchKind), metavar="SLAG", help="avtalsslut, uppsagning, uppdrag …")
@click.option("--text", "about", metavar="TEXT", help="Vad som bevakas.")
@click.option("--senast", "due", type=frame.DAY, metavar="DATUM", help="Dagen det gäller; den flyttas aldrig.")
@click.option("--handelse", "event", default="", metavar="TEXT", help="Vad som ska hända först.")
@click.option("--manader", "months", type=Number(1200), metavar="N", help="Så många månader efter händelsen, tidigast.")
@click.option("--body", "body", metavar="INSTANS", help="Vem bevakningen är; annars instansen ärendet står hos.")
@click.option("--forslag", "suggested", metavar="N|alla", help="Ta med skrivelsens förslag; se arende show.")
@changes
def add_command(
    case_words: Words,
    kind: str | None,
    about: str | None,
    due: date | None,
    event: str,
    months: int | None,
    body: str | None,
    suggested: str | None,
    asked: Asked,
) -> int:
    if bool(about and about.strip()) == (suggested is not None):
        raise UsageError("Ange --text med vad som ska bevakas, eller --forslag N för ett av skrivelsens förslag.")
    if suggested is not None and (kind or event or months):
        raise UsageError("Med --forslag anges bara --senast (en annan dag) och --body; resten står i förslaget.")
    if months and not event.strip():
        raise UsageError("--manader räknas från en händelse; ange --handelse med vad som ska hända först.")
    if due and (event or months):
        raise UsageError("Ange --senast eller --handelse, inte båda: dagen räknas från händelsen när den har kommit.")
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)

        def act(given: Any) -> Result:
            code = desk.bodies.find(body, given.on).code if body else answering_body(desk, case_id)
            if suggested is not None:
                if denied := deny_everywhere(desk, given, "watch", case_store.ref(desk.connection, case_id)):
                    return denied
                found = chosen(case_queries.suggested_watches(desk.connection, case_id), suggested)
                watches = tuple(from_suggestion(one, code, due) for one in found)
                return watchwork.accept_suggested(desk, given, case_id, watches)
            waits = (months or 0) if event.strip() else None
            watch = NewWatch(
                kind=WatchKind(kind or ("handelse" if waits is not None else "bevakning")),
                about=about or "",
                body=code,
                due=due,
                event=event,
                months=waits,
            )
            return watchwork.add(desk, given, case_id, (watch,))

        return perform(desk, asked, act)


@watch_command.command("list", help="Lista bevakningar, alla eller ett ärendes, den närmaste först.")
@click.argument("case_words", nargs=-1, metavar="[ÄRENDE]")
@click.option("--alla", "closed", is_flag=True, help="Också de som är avslutade.")
@frame.as_json
def list_command(case_words: Words, closed: bool, json_wanted: bool) -> int:
    with frame.desk() as desk:

        def read() -> tuple[list[case_queries.View], Words]:
            case_id = frame.case_id(desk, case_words) if case_words else ""
            return case_queries.watch_list(desk.connection, frame.entry().today, case_id, closed=closed), (case_id,)

        return views.watches(frame.look(desk, read), json_wanted)


@uppdrag_command.command("list", help="Lista uppdrag, instans för instans, det närmaste först.")
@click.argument("body", required=False, default="", metavar="[INSTANS]")
@click.option("--body", "only", default="", metavar="INSTANS", help="Bara en instans, så som med ett ord på raden.")
@click.option("--alla", "closed", is_flag=True, help="Också de som är redovisade.")
@frame.as_json
def mandates_command(body: str, only: str, closed: bool, json_wanted: bool) -> int:
    if body and only:
        raise UsageError("Ange instansen en gång, som ett ord på raden eller med --body.")
    with frame.desk() as desk, desk.connection.reading():
        code = frame.body_code(desk, body or only)
        kind, today = WatchKind.UPPDRAG.value, frame.entry().today
        found = case_queries.watch_list(desk.connection, today, kind=kind, closed=closed)
        mine = [one for one in found if code in ("", one["body"], one["answers"])]
        return overview_views.mandates(mine, desk.bodies, today, json_wanted)


@watch_command.command("done", help="Bevakningen är klar; påminnelserna upphör.")
@the_watch
@changes
def done_command(case_words: Words, asked: Asked) -> int:
    return perform_numbered(case_words, "bevakningens", asked, watchwork.end)


@watch_command.command("snooze", help="Påminn inte före en viss dag. Dagen som bevakas flyttas inte.")
@the_watch
@click.option("--till", "until", type=frame.DAY, required=True, metavar="DATUM", help="Påminn igen den dagen.")
@changes
def snooze_command(case_words: Words, until: date, asked: Asked) -> int:
    return perform_numbered(case_words, "bevakningens", asked, watchwork.snooze, until)


@watch_command.command("move", help="Ge bevakningen en annan dag, till exempel sammanträdets när den är känd.")
@the_watch
@click.option("--senast", "due", type=frame.DAY, required=True, metavar="DATUM", help="Dagen det gäller.")
@changes
def move_command(case_words: Words, due: date, asked: Asked) -> int:
    return perform_numbered(case_words, "bevakningens", asked, watchwork.move, due)


@watch_command.command("occurred", help="Det som inväntades har hänt; tiden räknas från den dagen.")
@the_watch
@changes
def occurred_command(case_words: Words, asked: Asked) -> int:
    return perform_numbered(case_words, "bevakningens", asked, watchwork.occurred)


@uppdrag_command.command("report", help="Uppdraget är redovisat till den som gav det.")
@the_watch
@changes
def report_command(case_words: Words, asked: Asked) -> int:
    return perform_numbered(case_words, "bevakningens", asked, watchwork.report)
