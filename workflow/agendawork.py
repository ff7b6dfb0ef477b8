"""A meeting's föredragningslista: its order, what each matter is there for, who presents it, and what comes off."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from states.case_facts import ItemKind, MatterOutcome, MeetingState
from states.judgement import Refused
from states.records import update
from workflow import agenda_view, case_store, meeting_plan, meeting_store
from workflow.agenda import last_ordinal, noted_on_case
from workflow.audit_journal import Command, Draft
from workflow.connection import Row
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError
from workflow.meeting_store import LockedMeeting
from workflow.meetingwork import accept, cases_of, noted, opened
from workflow.use_case import ORDINARY_WAY, Result, give_reason


class Rearrangement(msgspec.Struct, frozen=True):
    """What is changed of an agenda. A matter is named by its place (when held: its §) or by its case."""

    order: tuple[tuple[str, int], ...] = ()  # (matter, its new place), one after another
    kinds: Mapping[str, ItemKind] = {}
    presenters: Mapping[str, str] = {}
    struck: tuple[str, ...] = ()
    own: tuple[str, ...] = ()  # titles of new matters of the meeting's own
    outcomes: Mapping[str, MatterOutcome] = {}

    @property
    def said(self) -> dict[str, bool]:
        return {name: bool(getattr(self, name)) for name in self.__struct_fields__}


News = dict[str, dict[str, Any]]
"""Item id -> the columns that change."""


def rearrange(desk: Desk, command: Command, meeting_id: str, wanted: Rearrangement, **expected: int) -> Result:
    """Change a meeting's agenda. After the kallelse it is the body itself that lets a matter go (utgår).

    What may not be seen stays where it is, and has no place in the order.
    """
    with opened(desk, command, "agenda", meeting_id, expected) as whole:
        if isinstance(whole, Refused):
            return whole
        meeting = meeting_store.seen(desk.connection, whole.id)
        if meeting.facts.state is MeetingState.INSTALLD:
            raise UsageError(f"{meeting.facts.ref} är inställt; dess lista ändras inte.")
        draft = noted(meeting, "meeting.agenda_changed", command, "agenda")
        draft.data["changed"] = [name for name, said in wanted.said.items() if said]
        give_reason(draft, command)
        news: News = {}
        moved = [*_strike(desk, meeting, wanted.struck, news), *_settle(desk, meeting, wanted.outcomes, news)]
        _set_kinds(desk, meeting, wanted.kinds, news)
        _set_presenters(desk, meeting, draft, wanted.presenters, news)
        _set_order(desk, meeting, wanted.order, news)
        draft.changes += [update("agenda_item", id=item_id, **columns) for item_id, columns in news.items() if columns]
        _add_own(desk, command, meeting, draft, wanted.own)
        if not draft.changes:
            raise UsageError("Säg vad som ändras; se flaggorna med arende meeting agenda --help.")
        draft.changes.append(update("meeting", id=meeting.id, version=meeting.version + 1))
        cases = cases_of(moved)
        draft.changes += [noted_on_case(desk.connection, case, command.on) for case in cases]
        return accept(desk, command, meeting, draft, ORDINARY_WAY, then=cases)


# --- naming a matter ----------------------------------------------------------------------------------


def _named(desk: Desk, meeting: LockedMeeting, text: str) -> Row:
    """The item of a place, a § or a case. Raises NotFoundError, telling how the list is seen."""
    listed = agenda_view.standing(meeting)
    if text.isdecimal():
        places = enumerate(listed, 1) if meeting.facts.ahead else ((item["paragraph"], item) for item in meeting.items)
        found = next((item for place, item in places if place == int(text)), None)
    else:
        case = case_store.find(desk.connection, text)
        found = next((item for item in listed if item["case_id"] == case), None)
    if found is None:
        word = meeting.facts.ref.replace(" ", "-", 1)
        raise NotFoundError(f"{text} står inte på listan till {meeting.facts.ref}. Se: arende meeting agenda {word}")
    return found


def _refuse_after(meeting: LockedMeeting, what: str) -> None:
    """Raise UsageError for what belongs before the meeting."""
    if not meeting.facts.ahead:
        raise UsageError(f"{meeting.facts.ref} är hållet: {what} är som den var då.")


def _refuse_adjusted(meeting: LockedMeeting, item: Row) -> None:
    if item["part_id"] is not None:
        raise UsageError(f"§ {item['paragraph']} från {meeting.facts.ref} är justerad och ändras inte.")


# --- each sort of change --------------------------------------------------------------------------------


def _strike(desk: Desk, meeting: LockedMeeting, struck: Iterable[str], news: News) -> Iterator[Row]:
    """Take matters off: by the secretary before the kallelse, by the body itself when it sits."""
    for text in struck:
        item = _named(desk, meeting, text)
        if meeting.facts.state is MeetingState.KALLAD:
            raise UsageError(
                f"Kallelsen till {meeting.facts.ref} har gått ut, så att {text} utgår är {meeting.facts.body}:s eget "
                "beslut: anteckna det när sammanträdet är hållet."
            )
        _refuse_adjusted(meeting, item)
        if item["case_id"] and (item["decided"] or item["outcome"]):
            raise UsageError(f"{meeting.facts.ref} har redan behandlat {text}; det kan inte utgå.")
        _set(news, item, decided=False, outcome=MatterOutcome.UTGATT.value)
        yield item


def _settle(desk: Desk, meeting: LockedMeeting, outcomes: Mapping[str, MatterOutcome], news: News) -> Iterator[Row]:
    """What became of a matter that needs no decision of its own."""
    for text, outcome in outcomes.items():
        item = _named(desk, meeting, text)
        if meeting.facts.ahead:
            raise UsageError(f"{meeting.facts.ref} är inte hållet än, så inget har blivit av {text}.")
        _refuse_adjusted(meeting, item)
        if item["case_id"] and (item["kind"] or ItemKind.BESLUT) == ItemKind.BESLUT:
            raise UsageError(f"{text} är ett beslutsärende; anteckna det med arende decide, postpone eller refer.")
        _set(news, item, outcome=outcome.value)
        yield item


def _set_kinds(desk: Desk, meeting: LockedMeeting, kinds: Mapping[str, ItemKind], news: News) -> None:
    for text, kind in kinds.items():
        _refuse_after(meeting, "listan")
        _set(news, _named(desk, meeting, text), kind=kind.value)


def _set_presenters(
    desk: Desk, meeting: LockedMeeting, draft: Draft, presenters: Mapping[str, str], news: News
) -> None:
    for text, presenter in presenters.items():
        item = _named(desk, meeting, text)
        kept = agenda_view.kept_words(desk.connection, item)
        _set(news, item, payload=draft.text({**kept, "presenter": presenter}))


def _set_order(desk: Desk, meeting: LockedMeeting, order: Iterable[tuple[str, int]], news: News) -> None:
    """The matters share the ordinals they have; what always stands last keeps that place until it is moved."""
    items = list(agenda_view.standing(meeting))
    ordinals = sorted(item["ordinal"] for item in items)
    for text, place in order:
        _refuse_after(meeting, "ordningen")
        item = _named(desk, meeting, text)
        if not 1 <= place <= len(items):
            raise UsageError(f"Listan till {meeting.facts.ref} har {len(items)} punkter; plats {place} finns inte.")
        items.remove(item)
        items.insert(place - 1, item)
    for ordinal, item in zip(ordinals, items, strict=True):
        if ordinal != item["ordinal"]:
            _set(news, item, ordinal=ordinal)


def _add_own(desk: Desk, command: Command, meeting: LockedMeeting, draft: Draft, titles: Iterable[str]) -> None:
    """The meeting's own matters, after the cases there are."""
    facts, place = meeting.facts, last_ordinal(desk.connection, meeting.id)
    for ordinal, title in enumerate(titles, place + 1):
        _refuse_after(meeting, "listan")
        if not title.strip():
            raise UsageError("Punkten saknar rubrik; skriv till exempel --punkt ”Val av justerare”.")
        payload, kind = draft.text({"title": title.strip()}), ItemKind.BESLUT.value
        row = meeting_plan.own_matter(
            command, meeting.id, facts.body, facts.on, ordinal=ordinal, kind=kind, payload=payload
        )
        draft.changes.append(row)


def _set(news: News, item: Row, **columns: Any) -> None:
    """What becomes of an item, where it differs from what is there."""
    differing = {column: value for column, value in columns.items() if item[column] != value}
    news.setdefault(str(item["id"]), {}).update(differing)
