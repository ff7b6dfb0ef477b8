"""Appeals and laga kraft: what happens to a decision after it has been announced (KL 13 kap.)."""

from typing import Any

import msgspec

from states import deadlines
from states.appealability import decision_in_question, gains_force
from states.case_facts import AgendaItem, Appeal, AppealCourt, AppealOutcome, Attempt
from states.judgement import Refused
from states.legal_basis import AN_06
from states.records import insert, update
from states.swedish_text import day, name
from workflow import case_store, meeting_store
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError
from workflow.use_case import (
    ORDINARY_WAY,
    Result,
    accept,
    ask,
    begin,
    give_reason,
    noted,
    opened,
    refuse,
    touched,
)


class NewAppeal(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal that has come in."""

    received_by: AppealCourt
    who: str = ""
    court_number: str = ""  # förvaltningsrätten's own


def confirm(desk: Desk, command: Command, case_id: str, meeting_id: str | None = None, **expected: int) -> Result:
    """Laga kraft is confirmed, by whoever has asked förvaltningsrätten; `command.reason` says what was answered."""
    with opened(desk, command, "laga_kraft", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if not command.reason:
            raise UsageError("Ange --uppgift: hur det är bekräftat, till exempel förvaltningsrättens besked och dag.")
        meeting = meeting_store.load(desk.connection, meeting_id).facts if meeting_id else None
        attempt = Attempt(verb="laga_kraft", on=command.on, to=case.facts.state, meeting=meeting)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        item = decision_in_question(case.facts, meeting)
        if item is None:
            raise AssertionError("the law let nothing gain laga kraft")
        if item.final_on is not None:
            raise UsageError(f"Laga kraft för § {item.paragraph} är redan bekräftad: {day(item.final_on)}.")
        draft = begin(case, "case.final", attempt, verdict)
        give_reason(draft, command)
        _counted_from(draft, item)
        final = min(deadlines.final_day(item) or command.on, command.on)
        draft.changes.append(touched(case, command))
        draft.changes.append(update("agenda_item", id=item.id, final_on=final.isoformat()))
        note = f"§ {item.paragraph} från {item.meeting.ref} fick laga kraft {day(final)}."
        return accept(desk, command, case, draft, verdict, note)


def add(
    desk: Desk, command: Command, case_id: str, new: NewAppeal, meeting_id: str | None = None, **expected: int
) -> Result:
    """An appeal of the latest decision, or of a meeting's, has come in; whether in time is counted, never refused."""
    with opened(desk, command, "appeal", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        item = _appealed(desk, case, meeting_id)
        if command.on < item.meeting.on:
            raise UsageError(f"Beslutet fattades först {item.meeting.on}. Ange rätt --date.")
        in_time = deadlines.in_time(command.on, item.meeting.part)
        draft = noted(case, "case.appealed", command, "appeal")
        draft.data["in_time"] = in_time
        _counted_from(draft, item)
        give_reason(draft, command)
        told = {"who": new.who, "court_number": new.court_number}
        draft.changes.append(touched(case, command))
        draft.changes.append(
            insert(
                "appeal",
                id=command.new_id(),
                item_id=item.id,
                received_on=command.on.isoformat(),
                received_by=new.received_by.value,
                in_time=in_time,
                forwarded_on=None,
                settled_on=None,
                outcome=None,
                payload=draft.text(told) if any(told.values()) else None,
            )
        )
        number = len(case_store.appeals(desk.connection, case_id)) + 1
        return accept(desk, command, case, draft, ORDINARY_WAY, *_told(case, item, number, new, in_time=in_time))


def forward(desk: Desk, command: Command, case_id: str, number: int, **expected: int) -> Result:
    """An appeal that came to the municipality has been handed over to förvaltningsrätten."""
    with opened(desk, command, "appeal", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        appeal_id, _, appeal = _numbered(desk, case, number)
        if not appeal.to_hand_over:
            raise UsageError(f"Överklagande {number} ligger inte hos kommunen; det finns inget att lämna över.")
        _refuse_earlier(command, appeal)
        note = f"Överklagande {number} är lämnat till förvaltningsrätten."
        changes = {"forwarded_on": command.on.isoformat()}
        return _changed(desk, command, case, "case.appeal_forwarded", appeal_id, number, changes, note)


def settle(desk: Desk, command: Command, case_id: str, number: int, outcome: AppealOutcome, **expected: int) -> Result:
    """A court has finally ruled on an appeal."""
    with opened(desk, command, "appeal", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        appeal_id, item, appeal = _numbered(desk, case, number)
        if appeal.settled_on is not None:
            raise UsageError(f"Överklagande {number} är redan avgjort: {name(appeal.outcome)} {appeal.settled_on}.")
        _refuse_earlier(command, appeal)
        note = f"Överklagande {number} är avgjort: {name(outcome)}."
        if outcome is AppealOutcome.UPPHAVT:
            ref = case.facts.ref.replace(" ", "-", 1)
            note += (
                f" § {item.paragraph} från {item.meeting.ref} gäller inte längre. Har det verkställts ska det rättas "
                f"(KL 13 kap. 15 §). Tas saken upp på nytt: arende reopen {ref}"
            )
        changes = {"settled_on": command.on.isoformat(), "outcome": outcome.value}
        return _changed(desk, command, case, "case.appeal_settled", appeal_id, number, changes, note)


def _appealed(desk: Desk, case: LockedCase, meeting_id: str | None) -> AgendaItem:
    meeting = meeting_store.load(desk.connection, meeting_id).facts if meeting_id else None
    item = decision_in_question(case.facts, meeting)
    if item is None:
        where = f" vid {meeting.ref}" if meeting else ""
        raise UsageError(f"{case.facts.ref} har inget beslut{where} att överklaga.")
    return item


def _counted_from(draft: Draft, item: AgendaItem) -> None:
    """Name the part of the protocol whose notice the days were counted from."""
    if item.meeting.part is not None:
        draft.data["part"] = item.meeting.part.id


def _told(case: LockedCase, item: AgendaItem, number: int, new: NewAppeal, *, in_time: bool) -> tuple[str, ...]:
    part = item.meeting.part
    last = deadlines.last_appeal_day(part.counted_from) if part and part.counted_from else None
    counted = f"sista dag {day(last)}" if last else "beslutet är inte anslaget än"
    when = "i tid" if in_time else "för sent; rätten prövar om det ska avvisas"
    notes = [f"Överklagande {number} av § {item.paragraph} från {item.meeting.ref} kom in {when} ({counted})."]
    if new.received_by is AppealCourt.KOMMUNEN:
        ref = case.facts.ref.replace(" ", "-", 1)
        ground = f"{AN_06.says} ({AN_06.cite}) " if in_time else ""
        notes.append(f"{ground}Lämna över det: arende appeal forward {ref} {number}")
    if not gains_force(item, case.facts):
        notes.append("Beslutet är inte antecknat som överklagbart; det avgör rätten.")
    return tuple(notes)


def _numbered(desk: Desk, case: LockedCase, number: int) -> tuple[str, AgendaItem, Appeal]:
    """(id, §, appeal) by its number. Raises NotFoundError, naming those there are."""
    found = case_store.appeals(desk.connection, case.id)
    for item_id, appeal_id, appeal in found:
        if appeal.number == number:
            return appeal_id, next(item for item in case.facts.agenda if item.id == item_id), appeal
    numbers = ", ".join(str(appeal.number) for _, _, appeal in found) or "inga"
    raise NotFoundError(f"{case.facts.ref} har inget överklagande {number} (antecknade: {numbers}).")


def _refuse_earlier(command: Command, appeal: Appeal) -> None:
    first = max(filter(None, (appeal.received_on, appeal.forwarded_on)))
    if command.on < first:
        raise UsageError(f"Det kan inte ha skett {command.on}: överklagandet kom in {first}. Ange rätt --date.")


def _changed(
    desk: Desk,
    command: Command,
    case: LockedCase,
    kind: str,
    appeal_id: str,
    number: int,
    columns: dict[str, Any],
    note: str,
) -> Result:
    draft = noted(case, kind, command, "appeal")
    draft.data["appeal"] = number
    give_reason(draft, command)
    draft.changes.append(touched(case, command))
    draft.changes.append(update("appeal", id=appeal_id, **columns))
    return accept(desk, command, case, draft, ORDINARY_WAY, note)
