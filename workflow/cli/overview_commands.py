"""The commands that show a case's wording through the bodies, and those that look over all open cases."""

from datetime import date

import click

from workflow import case_queries, overviews
from workflow.cli import frame, overview_views
from workflow.cli.swedish import Command

Words = tuple[str, ...]
of_a_body = click.option("--body", "body", default="", metavar="INSTANS", help="Bara det en instans svarar för.")
on_a_day = click.option("--date", "on", type=frame.DAY, metavar="DATUM", help="Som om det vore den dagen.")


@click.command("diff", cls=Command, help="Hur förslaget har ändrats, ord för ord, från skrivelsen till sista beslutet.")
@frame.the_case
@frame.as_json
def diff_command(case_words: Words, json_wanted: bool) -> int:
    # Comparing words is for this command alone.
    from workflow import wordings

    with frame.desk() as desk:

        def read() -> tuple[case_queries.View, Words]:
            case_id = frame.case_id(desk, case_words)
            return wordings.view(desk.connection, case_id, desk.raised_reading), (case_id,)

        return overview_views.wordings(frame.look(desk, read), json_wanted)


@click.command("silent", cls=Command, help="Öppna ärenden där inget är på gång, det som varit tyst längst först.")
@of_a_body
@on_a_day
@frame.as_json
def silent_command(body: str, on: date | None, json_wanted: bool) -> int:
    # The law and its machine are needed here and not by the other lists.
    from workflow import silent_cases
    from workflow.cli.remedies import CommandLines

    today = on or frame.entry().today
    with frame.desk() as desk, desk.connection.reading():
        code, lines = frame.body_code(desk, body), CommandLines(desk.connection, today)
        found = silent_cases.find(desk.connection, today, desk.raised_reading)
        told = [{**one.view, "command": lines.line(one.remedy)} for one in found]
        return overview_views.silent(_of(told, code), code, json_wanted)


@click.command("balans", cls=Command, help="Balanslista: öppna ärenden per instans, äldst först.")
@of_a_body
@on_a_day
@frame.as_json
def balans_command(body: str, on: date | None, json_wanted: bool) -> int:
    today = on or frame.entry().today
    with frame.desk() as desk, desk.connection.reading():
        code = frame.body_code(desk, body)
        found = _of(overviews.balance(desk.connection, today), code)
        return overview_views.balance(found, code, desk.bodies, today, json_wanted)


@click.command("motioner", cls=Command, help="Obesvarade motioner och medborgarförslag, med dagen då året är slut.")
@on_a_day
@frame.as_json
def motioner_command(on: date | None, json_wanted: bool) -> int:
    with frame.desk() as desk, desk.connection.reading():
        found = overviews.motions(desk.connection, on or frame.entry().today, desk.raised_reading)
        return overview_views.motions(found, json_wanted)


def _of(found: list[case_queries.View], code: str) -> list[case_queries.View]:
    """Those that a body has, or had before another took over from it; all of them for no body."""
    return [one for one in found if code in ("", one["body"], one["answers"])]
