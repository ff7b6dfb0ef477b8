"""Watches (bevakningar) of a case: what must not be forgotten, also when the case is closed.

Noting, snoozing and ending a watch are facts that no rule refuses. A snooze moves the reminders, never
the day itself: neither a contract nor the law waits for us.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from states.case_facts import Watch, WatchKind
from states.deadlines import decision_final, event_earliest
from states.judgement import Refused
from states.legal_basis import AN_10
from states.records import Change, insert, update
from states.swedish_calendar import working_day_on_or_before
from states.swedish_text import day, listed
from workflow import audit_journal, case_queries, case_store
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError
from workflow.use_case import ORDINARY_WAY, Done, Result, accept, give_reason, noted, opened, touched

OTHERS_DAYS = frozenset({WatchKind.AVTALSSLUT, WatchKind.UPPSAGNING, WatchKind.OPTION})
"""Kinds whose day is agreed with somebody else."""

ALL = "alla"


class NewWatch(msgspec.Struct, frozen=True, kw_only=True):
    """A watch to add."""

    kind: WatchKind
    about: str  # what it is about, for people
    body: str  # code of the body that answers for it
    due: date | None = None  # None: it waits for its event
    event: str = ""  # what is waited for
    months: int | None = None  # so many months after the event; None: it waits for none
    inferred: bool = False
    note: str = ""  # how the day was found


def add(desk: Desk, command: Command, case_id: str, watches: tuple[NewWatch, ...], **expected: int) -> Result:
    """Add watches to a case, one or several at once."""
    with opened(desk, command, "watch", case_id, expected) as case:
        return case if isinstance(case, Refused) else _added(desk, command, case, watches)


def accept_suggested(
    desk: Desk, command: Command, case_id: str, watches: tuple[NewWatch, ...], **expected: int
) -> Result:
    """Add those of the skrivelse's suggestions that are not watched already."""
    with opened(desk, command, "watch", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        fresh = not_watched(desk, case_id, watches)
        if not fresh:
            raise UsageError(f"Det bevakas redan. Se: arende watch list {case.facts.ref.replace(' ', '-', 1)}")
        return _added(desk, command, case, fresh)


def _added(desk: Desk, command: Command, case: LockedCase, watches: tuple[NewWatch, ...]) -> Done:
    draft = noted(case, "case.watch_added", command, "watch")
    rows = watch_rows(command, case.id, watches, draft, next_number(desk, case.id))
    draft.changes += [touched(case, command), *rows]
    numbers = listed(str(row.row["number"]) for row in rows)
    return accept(desk, command, case, draft, ORDINARY_WAY, f"Tillagt: bevakning {numbers}.")


def not_watched(desk: Desk, case_id: str, watches: Iterable[NewWatch]) -> tuple[NewWatch, ...]:
    """Those that no open watch is like."""
    already = case_queries.watched(desk.connection, case_id)
    return tuple(
        watch
        for watch in watches
        if not already.covers(watch.kind.value, watch.due.isoformat() if watch.due else None, watch.about)
    )


def end(desk: Desk, command: Command, case_id: str, number: int, **expected: int) -> Result:
    """The watch is done with."""
    with opened(desk, command, "watch", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        watch = _open_watch(case, number)
        note = f"Bevakning {number} är klar."
        return _changed(desk, command, case, watch, "case.watch_done", note, closed_on=command.on)


def report(desk: Desk, command: Command, case_id: str, number: int, **expected: int) -> Result:
    """A mandate has been reported back to the body that gave it."""
    with opened(desk, command, "watch", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        watch = _open_watch(case, number)
        if watch.kind is not WatchKind.UPPDRAG:
            raise UsageError(f"Bevakning {number} är inget uppdrag. Avsluta den i stället med arende watch done.")
        note = f"Uppdraget är redovisat {day(command.on)}.{_before_laga_kraft(case, command.on)}"
        return _changed(desk, command, case, watch, "case.mandate_reported", note, closed_on=command.on)


def _before_laga_kraft(case: LockedCase, on: date) -> str:
    earliest = decision_final(case.facts)
    if earliest is None or earliest <= on:
        return ""
    return f" Beslutet får laga kraft tidigast {day(earliest)}. {AN_10.says} ({AN_10.cite})"


def snooze(desk: Desk, command: Command, case_id: str, number: int, until: date, **expected: int) -> Result:
    """No reminder of the watch before a day."""
    with opened(desk, command, "watch", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if until <= command.on:
            raise UsageError(f"En bevakning skjuts upp till en dag framåt; {until} är inte efter {command.on}.")
        watch = _open_watch(case, number)
        if watch.kind in OTHERS_DAYS and watch.due is not None:
            _refuse_sleeping_through(watch.due, command.on, until)
        stands = f" Dagen {watch.due} står fast." if watch.due else ""
        note = f"Ingen påminnelse om bevakning {number} före {day(until)}.{stands}"
        return _changed(desk, command, case, watch, "case.watch_snoozed", note, snoozed_until=until)


def move(desk: Desk, command: Command, case_id: str, number: int, due: date, **expected: int) -> Result:
    """The watch gets another day: it was wrong, was assumed, or has been agreed anew."""
    with opened(desk, command, "watch", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        watch = _open_watch(case, number)
        if watch.kind is WatchKind.BEVAKNING and case.facts.paused_on:
            raise UsageError(f"{case.facts.ref} är pausat; dagen flyttas när det går vidare med arende resume.")
        told = f"{watch.due} → " if watch.due else ""
        note = f"Bevakning {number}: {told}{day(due)}."
        news: dict[str, Any] = {"due": due, "inferred": False, "snoozed_until": None}
        return _changed(desk, command, case, watch, "case.watch_moved", note, **news)


def _refuse_sleeping_through(due: date, on: date, until: date) -> None:
    """Raise UsageError for a snooze past the last working day before somebody else's day."""
    last = working_day_on_or_before(due)
    ordered = "avsluta bevakningen med arende watch done när det är ordnat"
    if on >= last:
        raise UsageError(f"Dagen är {due} och väntar inte på oss; {ordered}.")
    if until > last:
        raise UsageError(f"Dagen är {due} och väntar inte på oss. Skjut upp till senast {last}, eller {ordered}.")


def occurred(desk: Desk, command: Command, case_id: str, number: int, **expected: int) -> Result:
    """What a watch waited for has happened; its own time is counted from that day."""
    with opened(desk, command, "watch", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        watch = _open_watch(case, number)
        if watch.due is not None or watch.months is None:
            raise UsageError(f"Bevakning {number} i {case.facts.ref} inväntar ingen händelse.")
        due = event_earliest(command.on, watch.months)
        note = f"Det som inväntades hände {day(command.on)}. Dagen är nu {day(due)}."
        # A snooze of the question says nothing of the day that now is known.
        return _changed(desk, command, case, watch, "case.event_occurred", note, due=due, snoozed_until=None)


def watch_rows(command: Command, case_id: str, watches: tuple[NewWatch, ...], draft: Draft, first: int) -> list[Change]:
    """The rows of new watches, numbered from `first`; their words are put aside as payloads."""
    return [_row(command, case_id, watch, draft, number) for number, watch in enumerate(watches, first)]


def next_number(desk: Desk, case_id: str) -> int:
    """The number a case's next watch gets; numbers are not used again."""
    return 1 + audit_journal.highest(desk.connection, f"case:{case_id}", "number", "watch")


def _row(command: Command, case_id: str, watch: NewWatch, draft: Draft, number: int) -> Change:
    if watch.due is None and watch.months is None and watch.kind is not WatchKind.UPPDRAG:
        raise UsageError(
            f"”{watch.about}” behöver en dag eller en händelse att invänta: ange --senast eller --handelse."
        )
    return insert(
        "watch",
        id=command.new_id(),
        case_id=case_id,
        number=number,
        kind=watch.kind.value,
        body=watch.body,
        noted_on=command.on.isoformat(),
        due=watch.due.isoformat() if watch.due else None,
        months=watch.months,
        inferred=watch.inferred,
        snoozed_until=None,
        closed_on=None,
        payload=draft.text({"about": watch.about, "event": watch.event, "note": watch.note}),
    )


def _changed(
    desk: Desk, command: Command, case: LockedCase, watch: Watch, kind: str, note: str, **columns: date | bool | None
) -> Result:
    draft = noted(case, kind, command, "watch")
    draft.data["watch"] = watch.number
    give_reason(draft, command)
    values = {column: value.isoformat() if isinstance(value, date) else value for column, value in columns.items()}
    draft.changes.append(touched(case, command))
    draft.changes.append(update("watch", id=watch.id, **values))
    return accept(desk, command, case, draft, ORDINARY_WAY, note)


def _open_watch(case: LockedCase, number: int) -> Watch:
    """An open watch by its number. Raises NotFoundError, naming those there are."""
    found = next((watch for watch in case.facts.watches if watch.number == number), None)
    if found is None:
        numbers = ", ".join(str(watch.number) for watch in case.facts.watches) or "inga"
        raise NotFoundError(
            f"{case.facts.ref} har ingen öppen bevakning {number} (öppna: {numbers}). Se: arende watch list "
            f"{case.facts.ref.replace(' ', '-', 1)}"
        )
    return found


# --- what a skrivelse suggests --------------------------------------------------------------------------


def answering_body(desk: Desk, case_id: str) -> str:
    """The body a new watch is given to: where the case stands, or last stood."""
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    if facts.stage is not None:
        return facts.stage.body
    return facts.stages[-1].body if facts.stages else ""


def chosen(suggestions: Sequence[Mapping[str, Any]], wanted: str) -> Sequence[Mapping[str, Any]]:
    """The suggestions of `1,3` or `alla`. Raises UsageError, telling how many there are."""
    if not suggestions:
        raise UsageError("Skrivelsen föreslår ingen bevakning. Ange en egen med --text och --senast.")
    if wanted.casefold() == ALL:
        return suggestions
    numbers = [int(word) if word.strip().isdecimal() else 0 for word in wanted.split(",")]
    if not all(1 <= number <= len(suggestions) for number in numbers):
        raise UsageError(
            f"Skrivelsen föreslår {len(suggestions)} bevakningar; ange nummer som 1 eller 1,2, eller alla."
        )
    return [suggestions[number - 1] for number in dict.fromkeys(numbers)]


def from_suggestion(suggestion: Mapping[str, Any], body: str, other_day: date | None = None) -> NewWatch:
    """A suggestion, as it is kept with the case, as a watch; on another day than it says, if somebody knows better."""
    found = date.fromisoformat(suggestion["due"]) if suggestion["due"] else None
    return NewWatch(
        kind=WatchKind(suggestion["kind"]),
        about=suggestion["about"],
        body=body,
        due=other_day or found,
        event=suggestion["event"] or "",
        months=(suggestion["months"] or 0) if suggestion["event"] and not (other_day or found) else None,
        inferred=suggestion["inferred"] and other_day is None,
        note="" if other_day else suggestion["note"],
    )
