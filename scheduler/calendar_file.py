"""A calendar as a file that others read: RFC 5545, with what RFC 7986 adds for calendars one subscribes to.

Which octets it is made of is `icalendar`'s business: "Lines of text SHOULD NOT be longer than 75 octets, excluding
the line break" (3.1), CRLF, and what must be escaped.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from scheduler.feed_entries import Shown
from workflow.feed_store import Edition

MAKER = "-//Arendegang//arende-daemon//SV"
OFTEN = timedelta(hours=1)
BEGINNING = datetime(1970, 1, 1)  # noqa: DTZ001 - the days of a time zone are its own
ENTRIES = uuid.UUID("5f0c2a3e-6f43-5d0c-9b0e-3d1a2c7f5e11")
"""What the ids of our entries are told apart by."""


def content(title: str, digest: str, shown: Iterable[tuple[Shown, Edition]]) -> bytes:
    """A whole file. `digest` says what it holds to whoever writes it next time.

    It has no METHOD: it is published, and nobody is invited.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", MAKER)
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", OFTEN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add("x-arende-digest", digest)
    for one, edition in shown:
        calendar.add_component(_event(one, edition))
    if not calendar.subcomponents:
        calendar.add_component(_nothing())
    written: bytes = calendar.to_ical()
    return written


def uid(own: str) -> str:
    """The UID of an entry, for ever: a UUID, as RFC 7986 (5.3) has it, that says nothing of what it is about."""
    return str(uuid.uuid5(ENTRIES, own))


def _event(shown: Shown, edition: Edition) -> Event:
    """An event of the whole day: of a DTSTART with VALUE=DATE "the event's duration is taken to be one day" (3.6.1).

    In a calendar without a METHOD, DTSTAMP "specifies the date and time that the information associated with the
    calendar component was last revised" (3.8.7.2). It takes up nobody's time (3.8.2.7).
    """
    event = Event()
    event.add("uid", uid(shown.id))
    event.add("dtstamp", edition.at)
    event.add("last-modified", edition.at)
    event.add("sequence", edition.sequence)
    event.add("dtstart", shown.on)
    event.add("summary", shown.summary)
    event.add("transp", "TRANSPARENT")
    if shown.description:
        event.add("description", shown.description)
    if shown.status:
        event.add("status", shown.status)
    if shown.secret:
        event.add("class", "CONFIDENTIAL")
    return event


def _nothing() -> Timezone:
    """What an empty calendar holds: the grammar wants one component at least (3.6), and nobody is shown this one."""
    zone, utc = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    utc.add("dtstart", BEGINNING)
    utc.add("tzoffsetfrom", timedelta())
    utc.add("tzoffsetto", timedelta())
    zone.add_component(utc)
    return zone
