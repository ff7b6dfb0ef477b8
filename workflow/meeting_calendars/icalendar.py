"""iCalendar (RFC 5545): the events that are meetings of bodies we know; the others are named and left out.

A calendar is seldom of meetings alone. An event is a meeting when its summary begins with the body, by code or
name ("KF beslutar om budget", "Kommunstyrelsen"), or says "sammanträde" with it; "sista dag inför KS" is none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec

from workflow.errors import UsageError
from workflow.meeting_calendars.entry import Calendar, Entry
from workflow.meeting_plan import Plan

HERE = ZoneInfo("Europe/Stockholm")
STAMP = re.compile(r"(?P<day>\d{8})(T(?P<time>\d{6})(?P<utc>Z)?)?")
ESCAPED = re.compile(r"\\([\\;,nN])")
MEETING_OF = r"(?:(?:extra |ordinarie )?(?:sammanträde|möte)(?: med| i| för)?:? )?"
WITHIN = r"(?:arbetsutskott\w*|au|utskott\w*|presidi\w*|beredning\w*)"


class Event(msgspec.Struct, frozen=True):
    """One VEVENT: its properties by name, each with its parameters."""

    line: int
    properties: Mapping[str, tuple[str, str]]  # name -> (parameters, value)

    def text(self, name: str) -> str:
        _, value = self.properties.get(name, ("", ""))
        return ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value).strip()


def read(text: str, file: str, names: Sequence[tuple[str, str]]) -> Calendar:
    """The meetings of a calendar; `names` are (code or name, code) of the bodies there are."""
    if "BEGIN:VCALENDAR" not in text.upper():
        raise UsageError(f"{file}, rad 1: filen är ingen iCalendar-fil. Inget är sparat.")
    entries, left = [], []
    for event in _events(text, file):
        body = body_named(event.text("SUMMARY"), names)
        where = f"{file}, rad {event.line}"
        reason = _no_meeting(event, body)
        if body is None or reason:
            left.append(f"Inget sammanträde: {event.text('SUMMARY') or '(utan rubrik)'}{reason}.")
        else:
            on, starts_at = _start(event, where)
            entries.append(Entry(body, on, Plan(starts_at=starts_at), where))
    return Calendar(tuple(entries), tuple(left))


def _no_meeting(event: Event, body: str | None) -> str:
    if body and event.text("STATUS").upper() == "CANCELLED":
        return " (inställt)"
    if body and "RRULE" in event.properties:
        return " (återkommande; lägg in varje dag för sig)"
    return ""


def body_named(summary: str, names: Sequence[tuple[str, str]]) -> str | None:
    """The code of the body whose meeting a summary tells of; a longer name goes before a shorter."""
    for called, code in sorted(names, key=lambda one: -len(one[0])):
        ending = rf"(?:s (?=sammanträde|möte)|(?![\w:])(?!\s+{WITHIN}\b))"
        own = MEETING_OF + re.escape(called) + ending
        if re.match(own, summary, re.IGNORECASE):
            return code
    return None


def _start(event: Event, where: str) -> tuple[date, str | None]:
    """(day, hour) in Sweden; no hour for a whole day."""
    parameters, value = event.properties.get("DTSTART", ("", ""))
    match = STAMP.fullmatch(value.strip())
    try:
        if match is None:
            raise ValueError
        if match["time"] is None:
            return datetime.strptime(match["day"], "%Y%m%d").date(), None  # noqa: DTZ007 - a day has no zone
        naive = datetime.strptime(match["day"] + match["time"], "%Y%m%d%H%M%S")  # noqa: DTZ007 - it gets one below
        here = naive.replace(tzinfo=UTC if match["utc"] else _zone(parameters)).astimezone(HERE)
    except ValueError:
        raise UsageError(f"{where}: händelsen har ingen begriplig DTSTART ({value}). Inget är sparat.") from None
    return here.date(), f"{here:%H.%M}"


def _zone(parameters: str) -> ZoneInfo:
    """The zone a time is in; a name of the file's own making is taken to be ours."""
    match = re.search(r'TZID="?([^";:]+)', parameters)
    try:
        return ZoneInfo(match[1]) if match else HERE
    except (KeyError, ValueError, OSError):
        return HERE


def _events(text: str, file: str) -> Iterator[Event]:
    began, inside, properties = 0, list[str](), dict[str, tuple[str, str]]()
    for number, line in _unfolded(text):
        head, colon, value = _parted(line)
        name, _, parameters = head.partition(";")
        name = name.upper()
        if not colon:
            if line.strip():
                raise UsageError(f"{file}, rad {number}: raden kan inte läsas. Inget är sparat.")
        elif name == "BEGIN":
            inside.append(value.strip().upper())
            if inside[-1] == "VEVENT":
                began, properties = number, {}
        elif name == "END":
            if inside and inside.pop() == "VEVENT":
                yield Event(began, properties)
        elif inside and inside[-1] == "VEVENT":
            properties.setdefault(name, (parameters, value))
    if inside:
        raise UsageError(f"{file} slutar mitt i, utan END:{inside[-1]}. Hämta filen på nytt. Inget är sparat.")


def _parted(line: str) -> tuple[str, str, str]:
    """(name and parameters, ":", value); a colon within quotation marks is part of a parameter."""
    match = re.match(r'((?:[^":]|"[^"]*")*)(:)(.*)', line, re.DOTALL)
    return (match[1], match[2], match[3]) if match else (line, "", "")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """(number, line); a line that begins with a space goes on with the one before."""
    began, whole = 0, ""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if line[:1] in (" ", "\t") and whole:
            whole += line[1:]
            continue
        if whole:
            yield began, whole
        began, whole = number, line
    if whole:
        yield began, whole
