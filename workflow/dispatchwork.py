"""Who is sent a decision, by what way, and that it has come through: § by §, or a whole meeting's at once."""

from collections.abc import Mapping

import msgspec

from states.case_facts import AgendaItem, AppealRegime, Attempt, MeetingFacts, Purpose, Recipient, SendingChannel
from states.deadlines import SENDING, served_appeal_day
from states.judgement import Advanced, Refused
from states.legal_basis import FL_13
from states.records import Change, insert, update
from states.swedish_text import day, listed
from workflow import audit_journal, case_store, meeting_store, meetingwork, statements
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.use_case import (
    ORDINARY_WAY,
    Done,
    Result,
    accept,
    ask,
    begin,
    give_reason,
    moved,
    noted,
    opened,
    refuse,
    touched,
)


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """How something is sent."""

    channel: SendingChannel | None = None
    purposes: Mapping[str, Purpose] = msgspec.field(default_factory=dict)  # of those who are named
    before_justering: bool = False  # it cannot wait, with a reason


USUAL = Sending()


def dispatch(
    desk: Desk,
    command: Command,
    case_id: str,
    to: tuple[str, ...],
    meeting_id: str | None = None,
    how: Sending = USUAL,
    **expected: int,
) -> Result:
    """Record that a decision has been sent: the latest, or that of a meeting.

    Without `to`, to everybody who has not had it.
    """
    with opened(desk, command, "dispatch", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id).facts if meeting_id else None
        attempt = _attempt(command, case, meeting, how)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        item = _item(case, meeting)
        if not item.decided and not (to or how.purposes):
            raise UsageError(f"§ {item.paragraph} är ingen avgörande paragraf; ange med --to vem den skickas till.")
        draft = begin(case, "case.dispatched", attempt, verdict)
        give_reason(draft, command)
        addressees = _addressees(desk, command, case, draft, item, (*to, *how.purposes), how.purposes)
        if not addressees and not case.facts.recipients:
            raise UsageError(
                f"{case.facts.ref} har ingen mottagare. Lägg till en, till exempel Akten: "
                f"arende edit {case.facts.ref.replace(' ', '-', 1)} --mottagare Akten"
            )
        if not addressees:
            raise UsageError(f"Alla mottagare i {case.facts.ref} har redan fått beslutet.")
        draft.changes += _purposes_set(case, how.purposes, desk, command)
        return _send(desk, command, case, draft, verdict, item, addressees, how)


def dispatch_meeting(
    desk: Desk, command: Command, meeting_id: str, to: tuple[str, ...] = (), how: Sending = USUAL
) -> Result:
    """Send a meeting's §§ to some recipients, or to all, at once: every case has a record of its own, or none has.

    Those of cases that may not be seen are left.

    The records' command ids are `<id>/1`, `<id>/2` and so on.
    """
    with desk.connection.writing():
        audit_journal.refuse_repeated(desk.connection, _numbered(command, 1))
        cases = _cases_at(desk, meeting_id)
        locked = meeting_store.load(desk.connection, meeting_id)
        if denied := meetingwork.not_permitted(desk, command, locked, "dispatch"):
            return denied
        meeting = locked.facts
        wanted = [(case, left) for case in cases if (left := _left(desk, command, case, meeting, to))]
        if not wanted:
            raise UsageError(f"Inget från {meeting.ref} återstår att skicka till {listed(to) or 'någon mottagare'}.")
        judged = []
        for case, left in wanted:
            attempt = _attempt(command, case, meeting, how)
            verdict = ask(command, case.facts, attempt)
            if isinstance(verdict, Refused):
                return refuse(desk, command, case, verdict)
            judged.append((case, left, attempt, verdict))
        notes = []
        for number, (case, left, attempt, verdict) in enumerate(judged, 1):
            item = _item(case, meeting)
            notes.append(f"§ {item.paragraph} {case.facts.ref}: skickat till {listed(one.name for one in left)}.")
            draft = begin(case, "case.dispatched", attempt, verdict)
            give_reason(draft, command)
            _send(desk, _numbered(command, number), case, draft, verdict, item, [one.id for one in left], how)
        return Done(meeting.ref, f"meeting:{meeting_id}", meeting.state, str(meeting.state), ORDINARY_WAY, tuple(notes))


def receipt(
    desk: Desk, command: Command, case_id: str, who: str, meeting_id: str | None = None, **expected: int
) -> Result:
    """A recipient has confirmed that the decision came through: the latest sent to them, or that of a meeting."""
    with opened(desk, command, "receipt", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id).facts.ref if meeting_id else None
        recipient = _on_the_list(desk, command, case, who)
        items = {item.id: item for item in case.facts.agenda if meeting in (None, item.meeting.ref)}
        rows = desk.connection.run(statements.DISPATCHES, id=case_id)
        sent = [row for row in rows if row["recipient_id"] == recipient.id and row["item_id"] in items]
        waiting = [row for row in sent if row["receipt_on"] is None]
        if not waiting:
            what = "har redan bekräftat" if sent else "har inte fått"
            raise UsageError(f"{recipient.name} {what} beslutet i {case.facts.ref}.")
        row = waiting[-1]
        if command.on.isoformat() < row["sent_on"]:
            raise UsageError(f"Beslutet skickades först {row['sent_on']}. Ange rätt --date.")
        draft = noted(case, "case.receipt_noted", command, "receipt")
        give_reason(draft, command)
        draft.changes.append(touched(case, command))
        draft.changes.append(update("dispatch", id=row["id"], receipt_on=command.on.isoformat()))
        item = items[row["item_id"]]
        note = f"{recipient.name} har fått § {item.paragraph} från {item.meeting.ref}."
        return accept(desk, command, case, draft, ORDINARY_WAY, note + _served(case, command))


def _served(case: LockedCase, command: Command) -> str:
    """The time to appeal of whoever has been served, where that is what it is counted from (FL 44 §)."""
    if case.facts.appeal_regime is not AppealRegime.FORVALTNINGSBESVAR:
        return ""
    return f" Sista dag att överklaga är {day(served_appeal_day(command.on))} ({FL_13.cite})."


def _attempt(command: Command, case: LockedCase, meeting: MeetingFacts | None, how: Sending) -> Attempt:
    return Attempt(verb="dispatch", on=command.on, to=case.facts.state, meeting=meeting, urgent=how.before_justering)


def _item(case: LockedCase, meeting: MeetingFacts | None) -> AgendaItem:
    item = case.facts.decision_to_send(meeting)
    if item is None:
        raise AssertionError("the law let nothing be sent")
    return item


def _send(
    desk: Desk,
    command: Command,
    case: LockedCase,
    draft: Draft,
    verdict: Advanced,
    item: AgendaItem,
    addressees: list[str],
    how: Sending,
) -> Done:
    draft.changes += [
        insert(
            "dispatch",
            id=command.new_id(),
            recipient_id=recipient,
            item_id=item.id,
            sent_on=command.on.isoformat(),
            before_justering=not item.adjusted_by(command.on),
            channel=how.channel.value if how.channel else None,
            receipt_on=None,
        )
        for recipient in addressees
    ]
    draft.changes.append(moved(case, command, verdict, case.facts.stage))
    return accept(desk, command, case, draft, verdict)


# --- a whole meeting ------------------------------------------------------------------------------


def _numbered(command: Command, number: int) -> Command:
    return msgspec.structs.replace(command, id=f"{command.id}/{number}")


def _cases_at(desk: Desk, meeting_id: str) -> list[LockedCase]:
    """The cases decided at a meeting that may be seen, and the meeting itself, locked.

    First every meeting that any of them is booked to, then the cases in turn.
    """
    connection = desk.connection
    items = connection.run(statements.ITEMS_SEEN, id=meeting_id)
    cases = list(dict.fromkeys(item["case_id"] for item in items if item["case_id"] and item["decided"]))
    booked = {row["id"] for case in cases for row in connection.run(statements.MEETINGS_OF_CASE, id=case)}
    for one in sorted(booked | {meeting_id}):
        case_store.lock_meeting(connection, one)
    locked = {case: case_store.lock(connection, case, desk.raised_reading) for case in sorted(cases)}
    return [locked[case] for case in cases]


def _left(
    desk: Desk, command: Command, case: LockedCase, meeting: MeetingFacts, to: tuple[str, ...]
) -> list[Recipient]:
    """Those of a case's recipients, or of those named in `to`, who have not had its § from a meeting."""
    if case.facts.state not in SENDING:
        return []
    named = [_recipient_called(desk, command, case, text) for text in to]
    wanted = [one for one in named if one] if to else list(case.facts.recipients)
    return [one for one in wanted if one.id not in _item(case, meeting).sent_to]


# --- recipients -----------------------------------------------------------------------------------


def _addressees(
    desk: Desk,
    command: Command,
    case: LockedCase,
    draft: Draft,
    item: AgendaItem,
    to: tuple[str, ...],
    purposes: Mapping[str, Purpose],
) -> list[str]:
    """The ids of the recipients named, or of all who have not had the decision.

    One of our own bodies is added to the list when it is not there; anybody else must be on it
    first, so that a misspelt name is not sent to in silence.
    """
    rows = desk.connection.run(statements.DISPATCHES, id=case.id)
    sent = {row["recipient_id"]: row["sent_on"] for row in rows if row["item_id"] == item.id}
    if not to:
        return [recipient.id for recipient in case.facts.recipients if recipient.id not in sent]
    register, found = desk.bodies, list[str]()
    for text in dict.fromkeys(to):
        body = register.find_or_none(text, command.on)
        recipient = recipient_named(case.facts.recipients, text, body.code if body else None)
        if recipient is not None:
            if recipient.id in sent:
                raise UsageError(f"{recipient.name} har redan fått beslutet ({sent[recipient.id]}).")
            found.append(recipient.id)
        elif body is not None:
            place = len(case.facts.recipients) + len(found) + 1
            change = recipient_row(command, case.id, draft, body.name, body.code, place, purposes.get(text))
            draft.changes.append(change)
            found.append(str(change.row["id"]))
        else:
            raise UsageError(_not_on_the_list(case, text))
    return list(dict.fromkeys(found))


def _on_the_list(desk: Desk, command: Command, case: LockedCase, text: str) -> Recipient:
    found = _recipient_called(desk, command, case, text)
    if found is None:
        raise UsageError(_not_on_the_list(case, text))
    return found


def _not_on_the_list(case: LockedCase, text: str) -> str:
    names = ", ".join(recipient.name for recipient in case.facts.recipients) or "ingen"
    return f"”{text}” är inte mottagare i {case.facts.ref} (mottagare: {names}). Lägg till med arende edit --mottagare."


def _recipient_called(desk: Desk, command: Command, case: LockedCase, text: str) -> Recipient | None:
    body = desk.bodies.find_or_none(text, command.on)
    return recipient_named(case.facts.recipients, text, body.code if body else None)


def recipient_named(recipients: tuple[Recipient, ...], text: str, body: str | None) -> Recipient | None:
    """The recipient called so, or who is the body called so."""
    wanted = text.casefold().strip()
    return next((r for r in recipients if r.name.casefold() == wanted or (body is not None and r.body == body)), None)


def _purposes_set(case: LockedCase, purposes: Mapping[str, Purpose], desk: Desk, command: Command) -> list[Change]:
    """What those who were on the list already are sent it for."""
    named = [(_recipient_called(desk, command, case, text), purpose) for text, purpose in purposes.items()]
    return [update("recipient", id=one.id, purpose=purpose.value) for one, purpose in named if one is not None]


def recipient_row(
    command: Command,
    case_id: str,
    draft: Draft,
    name: str,
    body: str | None,
    ordinal: int,
    purpose: Purpose | None = None,
) -> Change:
    """The row of a new recipient; the name is put aside as a payload."""
    return insert(
        "recipient",
        id=command.new_id(),
        case_id=case_id,
        ordinal=ordinal,
        body=body,
        removed=False,
        payload=draft.text({"name": name}),
        purpose=purpose.value if purpose else None,
    )
