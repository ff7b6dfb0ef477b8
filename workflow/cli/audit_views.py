"""How lines of the log look to those who read them: codes and ids in words, never names or texts."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from states.records import RECORD_TYPES
from states.swedish_text import NAMES, day, listed
from workflow import log_form
from workflow.cli import render
from workflow.errors import Exit
from workflow.log_form import BadLineError, Body, Envelope

Named = Callable[[str], str]
"""Turns a stream, or a stream's id, into what people call it."""

SWEDEN = ZoneInfo("Europe/Stockholm")
OPS = {"insert": "ny rad i", "update": "ändrad rad i", "delete": "borttagen rad i"}


def tail(lines: Sequence[bytes], named: Named, json_wanted: bool) -> int:
    """One line for each record."""
    if json_wanted:
        return render.as_json([_body_or_fault(line) for line in lines])
    for line in lines:
        render.line(_in_short(line, named))
    return Exit.DONE


def _body_or_fault(line: bytes) -> Any:
    try:
        return log_form.envelope(line)[0].body
    except BadLineError as error:
        return {"fault": str(error)}


def _in_short(line: bytes, named: Named) -> str:
    try:
        found, body = _read(line)
    except BadLineError as error:
        return f"?  {error} Kör: arende audit verify"
    told = _type(body).partition(";")[0].rstrip(".")
    who = f"{body.actor} ({_name(body.role)})"
    return f"{found.log_index}  {_time(body.recorded_at)}  {who}  {named(body.stream)}: {told}{_when(body)}"


def _read(line: bytes) -> tuple[Envelope, Body]:
    found, _ = log_form.envelope(line)
    return found, log_form.body(found.body)


def _when(body: Body) -> str:
    """The day it happened, unless it was the day it was written down."""
    return "" if body.event_date == _time(body.recorded_at)[:10] else f", {body.event_date}"


def show(line: bytes, file: str, named: Named, json_wanted: bool) -> int:
    """Everything that a line says."""
    try:
        found, body = _read(line)
    except BadLineError as error:
        told = f"Raden i {file} är inte som den ska: {error} Kör: arende audit verify"
        return render.complain(told, Exit.VERIFICATION_FAILED)
    if json_wanted:
        return render.as_json(json.loads(line))
    render.line(f"Rad {found.log_index} i {file}: {_type(body)}")
    for what, told in _facts(body, named):
        render.line(f"  {what + ':':<15}{told}")
    _section("Uppgifter", (f"{key}: {_value(value)}" for key, value in body.data.items()))
    _section("Sammanträden som vägdes in", (f"{named(one)}, version {version}" for one, version in body.seen.items()))
    _section("Rader i databasen", map(_change, body.changes))
    _section("Texter, inte visade här", body.payloads)
    before = {"raden före": found.prev_line, "posten": found.sha256, "strömmens förra post": body.prev}
    _section("Summor", (f"{what}: {digest}" for what, digest in before.items()))
    return Exit.DONE


def _facts(body: Body, named: Named) -> list[tuple[str, str]]:
    name = named(body.stream)
    return [
        ("Gäller", name if name == body.stream else f"{name} ({body.stream})"),
        ("Hände", _day(body.event_date)),
        ("Antecknat", f"{_time(body.recorded_at)} av {body.actor} som {_name(body.role)}"),
        ("Post", f"nr {body.seq} i sin kedja, typ {body.type}; version {body.version} efter den"),
        ("Kommando", body.command_id),
        ("Livscykel", str(body.lifecycle)),
        ("Inställningar", body.config),
    ]


def _section(heading: str, told: Iterable[str]) -> None:
    for number, one in enumerate(told):
        if not number:
            render.line(f"  {heading}:")
        render.paragraph(one, "      ", "    ")


def _change(change: tuple[str, str, Mapping[str, Any]]) -> str:
    op, table, row = change
    columns = ", ".join(f"{key} = {_value(value)}" for key, value in row.items() if key != "id")
    return f"{OPS[op]} {table}, {row['id']}{': ' if columns else ''}{columns}"


# --- words --------------------------------------------------------------------------------------------


def _type(body: Body) -> str:
    return RECORD_TYPES.get(body.type, body.type)


def _name(code: str) -> str:
    return NAMES.get(code, code)


def _value(value: Any) -> str:
    """A value as it is told: codes in words besides, everything else as JSON has it."""
    if isinstance(value, str):
        return f"{value} ({NAMES[value]})" if NAMES.get(value, value) != value else value
    if isinstance(value, list):
        return listed(map(_value, value)) or "inga"
    return json.dumps(value, ensure_ascii=False)


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _time(text: str) -> str:
    """A time in Sweden, to the minute; what is no time as it stands."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(SWEDEN):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return text
