"""What can be done with a case: each use case is one function and one transaction.

Open, ask the law, write, return. A refusal is returned as a value, and is itself written to the log.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from states import deadlines
from states.case_facts import (
    DECIDING_ROLES,
    AgendaItem,
    Attempt,
    BodyKind,
    MatterOutcome,
    MeetingFacts,
    Outcome,
    Recipient,
    Stage,
    StageRole,
    State,
    Target,
)
from states.guards import expected_target
from states.judgement import Advanced, Refused, judge
from states.records import Change, insert, update
from states.swedish_calendar import DAY
from workflow import audit_journal, body_register, case_store, meeting_store, statements
from workflow.audit_journal import Command, Draft
from workflow.body_register import BodyRegister
from workflow.case_store import LockedCase
from workflow.config import Settings
from workflow.connection import Connection
from workflow.errors import ChangedMeanwhileError, UsageError

ORDINAL_STEP = 1000
"""The distance between two stages of a way, so that others fit between them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where work is done: the database and the settings it is done under."""

    connection: Connection
    settings: Settings

    @property
    def bodies(self) -> BodyRegister:
        return body_register.load(self.connection)

    @property
    def raised_reading(self) -> str:
        return self.settings.config.law.motion_raised


@dataclass(frozen=True, slots=True)
class Done:
    """A use case that went through."""

    ref: str  # the case or meeting, as people name it
    stream: str
    before: str | None
    after: str
    verdict: Advanced
    notes: tuple[str, ...] = ()  # Swedish sentences about what followed by itself


Result = Done | Refused


# --- the moves ------------------------------------------------------------------------------------


def advance(desk: Desk, command: Command, case_id: str, to: State | None = None, **expected: int) -> Result:
    """Take a case to the next step of its way: MBL, the next body, or dispatch."""
    with opened(desk, command, case_id, expected) as case:
        attempt = Attempt(verb="advance", on=command.on, to=to or expected_target(case.facts))
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.advanced", attempt, verdict)
        leaves_body = case.facts.state not in (State.DRAFT, State.MBL)
        stage = case.facts.next_stage if leaves_body else case.facts.stage
        if leaves_body and case.facts.stage:
            draft.changes.append(update("stage", id=case.facts.stage.id, closed=True))
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def refer(
    desk: Desk, command: Command, case_id: str, meeting_id: str, to: str, *, direct: bool, **expected: int
) -> Result:
    """Remit a case to a body, or to that body's förvaltning to write its skrivelse."""
    receiver = desk.bodies.find(to, command.on)
    with opened(desk, command, case_id, expected, meeting_id) as case:
        meeting = meeting_store.load(desk.connection, meeting_id).facts
        writes_skrivelse = receiver.kind is BodyKind.NAMND and not direct
        target = State.DRAFT if writes_skrivelse else receiver.kind.state
        attempt = Attempt(verb="refer", on=command.on, to=target, meeting=meeting)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.referred", attempt, verdict, receiver=receiver.code)
        draft.changes += _settle_item(case, meeting, MatterOutcome.REMITTERAD, decided=True)
        if case.facts.stage:
            draft.changes.append(update("stage", id=case.facts.stage.id, closed=True))
        stage = case.facts.next_stage
        if stage is None or stage.body != receiver.code:
            role = StageRole.YTTRANDE if receiver.kind is BodyKind.NAMND else StageRole.REMISS
            stage = _stage_after(case, command, receiver.code, receiver.kind, role)
            draft.changes.append(_inserted(case, stage))
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def return_case(
    desk: Desk, command: Command, case_id: str, meeting_id: str, to: str, *, unit: bool, **expected: int
) -> Result:
    """Återremiss to the receiver the decision names; old yttranden and MBL stay valid.

    `unit`: to the receiver's förvaltning rather than to the body itself.
    """
    receiver = desk.bodies.find(to, command.on)
    with opened(desk, command, case_id, expected, meeting_id) as case:
        meeting = meeting_store.load(desk.connection, meeting_id).facts
        stays = case.facts.stage is not None and case.facts.stage.body == receiver.code
        target = State.DRAFT if unit or stays else receiver.kind.state
        attempt = Attempt(verb="return", on=command.on, to=target, meeting=meeting)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.returned", attempt, verdict, receiver=receiver.code)
        _give_reason(draft, command)
        draft.changes += _settle_item(case, meeting, MatterOutcome.ATERREMITTERAD, decided=False)
        stage = case.facts.stage
        if not stays:
            role = _role_before(case, receiver.code, receiver.kind)
            stage = _stage_before(case, command, receiver.code, receiver.kind, role)
            draft.changes.append(_inserted(case, stage))
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def postpone(desk: Desk, command: Command, case_id: str, meeting_id: str, **expected: int) -> Result:
    """Bordlägga: the case comes back at the body's next planned meeting by itself (KL 5 kap. 51 §)."""
    with opened(desk, command, case_id, expected, meeting_id) as case:
        meeting = meeting_store.load(desk.connection, meeting_id).facts
        attempt = Attempt(verb="postpone", on=command.on, to=case.facts.state, meeting=meeting)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, "case.postponed", attempt, verdict)
        draft.changes += _settle_item(case, meeting, MatterOutcome.BORDLAGD, decided=False)
        draft.changes.append(moved(case, command, verdict, case.facts.stage))
        coming = _next_meeting(desk.connection, meeting.body, meeting.on)
        note = f"Nästa sammanträde med {meeting.body} är inte planerat än; boka ärendet när det är det."
        if coming is not None and case.facts.stage is not None:
            again = meeting_store.lock(desk.connection, coming)
            draft.seen[again.id] = again.version
            draft.changes += _booking(desk.connection, command, case, case.facts.stage, again)
            note = f"Ärendet står nu på föredragningslistan till {again.facts.ref}."
        return accept(desk, command, case, draft, verdict, note)


def book(desk: Desk, command: Command, case_id: str, meeting_id: str, *, late: bool = False, **expected: int) -> Result:
    """Put a case on a meeting's agenda. `late`: an urgent item after the week, with a reason."""
    with opened(desk, command, case_id, expected, meeting_id) as case:
        meeting = meeting_store.load(desk.connection, meeting_id)
        if meeting.facts.on in [
            i.meeting.on for i in case.facts.agenda if i.waiting and i.meeting.ref == meeting.facts.ref
        ]:
            raise UsageError(f"{case.facts.ref} står redan på föredragningslistan till {meeting.facts.ref}.")
        attempt = Attempt(verb="book", on=command.on, to=case.facts.state, meeting=meeting.facts, urgent=late)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        stage = case.facts.stage_of(meeting.facts.body)
        if stage is None:
            raise AssertionError("the law let a case be booked to a body outside its way")
        draft = begin(case, "case.booked", attempt, verdict)
        _give_reason(draft, command)
        draft.changes += [
            update("agenda_item", id=item.id, outcome=MatterOutcome.UTGATT.value)
            for item in case.facts.agenda
            if item.stage == stage.id and item.waiting
        ]
        draft.changes += _booking(desk.connection, command, case, stage, meeting, urgent=late)
        draft.changes.append(update("cases", id=case.id, version=draft.version))
        return accept(desk, command, case, draft, verdict)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A body's decision on one att-sats."""

    outcome: Outcome = Outcome.BIFALL
    target: Target | None = None
    text: str = ""  # the wording decided, where it differs from the proposal


def decide(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    rulings: Mapping[int, Ruling],
    *,
    matter: MatterOutcome | None = None,
    unanimous: bool = False,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """Record what a body decided, att-sats by att-sats; those not named are decided as proposed.

    `deviation`: it has happened although a rule says no; recorded with a reason, shown for ever.
    """
    with opened(desk, command, case_id, expected, meeting_id) as case:
        meeting = meeting_store.load(desk.connection, meeting_id).facts
        attempt = Attempt(
            verb="decide",
            on=command.on,
            to=meeting.kind.state,
            meeting=meeting,
            unanimous=unanimous,
            deviation=deviation,
        )
        _refuse_unknown_att_satser(case, meeting, rulings)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        stage = case.facts.stage_of(meeting.body)
        if stage is None:
            raise AssertionError("the law let a body outside the way decide")
        item = case.facts.item_at(meeting)
        if item is not None and item.decided:
            raise UsageError(f"{meeting.ref} har redan beslutat i {case.facts.ref} (§ {item.paragraph}).")
        draft = begin(case, "case.decided", attempt, verdict, matter=matter.value if matter else None)
        if deviation:
            _give_reason(draft, command)
        item_id, changes = _item_to_decide(desk.connection, command, case, stage, meeting_id, meeting, item)
        draft.changes += changes
        deviated = bool(verdict.deviations)
        outcome = matter.value if matter else None
        draft.changes.append(update("agenda_item", id=item_id, decided=True, outcome=outcome, deviation=deviated))
        draft.changes += _decisions(command, case, draft, stage, item_id, rulings)
        draft.changes.append(moved(case, command, verdict, stage))
        return accept(desk, command, case, draft, verdict)


def dispatch(
    desk: Desk,
    command: Command,
    case_id: str,
    to: tuple[str, ...],
    *,
    before_justering: bool = False,
    **expected: int,
) -> Result:
    """Record that the latest decision has been sent; without `to`, to everybody who has not had it."""
    with opened(desk, command, case_id, expected) as case:
        attempt = Attempt(verb="dispatch", on=command.on, to=case.facts.state, urgent=before_justering)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        item = [item for item in case.facts.agenda if item.decided][-1]
        draft = begin(case, "case.dispatched", attempt, verdict)
        _give_reason(draft, command)
        addressees = _addressees(desk, command, case, draft, to)
        if not addressees:
            raise UsageError(f"Alla mottagare i {case.facts.ref} har redan fått beslutet.")
        draft.changes += [
            insert(
                "dispatch",
                id=command.new_id(),
                recipient_id=recipient,
                item_id=item.id,
                sent_on=command.on.isoformat(),
                before_justering=before_justering and not item.adjusted,
            )
            for recipient in addressees
        ]
        draft.changes.append(moved(case, command, verdict, case.facts.stage))
        return accept(desk, command, case, draft, verdict)


def close(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """End a case whose decision has reached everybody it concerns."""
    return _simple(desk, command, case_id, "close", "case.closed", expected)


def withdraw(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """Take a case back before its body has been called."""
    return _simple(desk, command, case_id, "withdraw", "case.withdrawn", expected)


def reopen(desk: Desk, command: Command, case_id: str, to: str | None = None, **expected: int) -> Result:
    """Begin a new round on the same dnr: back to draft, with a new deciding stage last in the way."""
    with opened(desk, command, case_id, expected) as case:
        attempt = Attempt(verb="reopen", on=command.on, to=State.DRAFT)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        receiver = desk.bodies.find(to or case.facts.stages[-1].body, command.on)
        draft = begin(case, "case.reopened", attempt, verdict, receiver=receiver.code)
        _give_reason(draft, command)
        last = max(stage.ordinal for stage in case.facts.stages)
        stage = _new_stage(command, receiver.code, receiver.kind, StageRole.BESLUT, last + ORDINAL_STEP)
        draft.changes += [_inserted(case, stage), moved(case, command, verdict, stage)]
        return accept(desk, command, case, draft, verdict)


# --- the frame every use case stands in -----------------------------------------------------------


@contextmanager
def opened(
    desk: Desk, command: Command, case_id: str, expected: Mapping[str, int], *meetings: str
) -> Iterator[LockedCase]:
    """The one transaction of a use case: meetings locked before the case, versions as they were seen."""
    with desk.connection.writing():
        case = case_store.lock(desk.connection, case_id, desk.raised_reading, *meetings)
        refuse_changed("Ärendet", case.version, expected.get("version"))
        for meeting_id in meetings:
            refuse_changed("Sammanträdet", case.seen[meeting_id], expected.get("meeting_version"))
        yield case


def refuse_changed(what: str, version: int, expected: int | None) -> None:
    """Raise ChangedMeanwhileError when a row is not the one the caller has seen."""
    if expected is not None and version != expected:
        raise ChangedMeanwhileError(
            f"{what} har ändrats sedan du såg det (version {expected} är nu {version}). Inget skrevs; se läget "
            "med arende show och försök igen."
        )


def begin(case: LockedCase, kind: str, attempt: Attempt, verdict: Advanced, **data: Any) -> Draft:
    """A record of an allowed move, with what it was judged by."""
    told = {
        "verb": attempt.verb,
        "from": case.facts.state.value if case.facts.state else None,
        "to": verdict.state,
        "warnings": [finding.guard for finding in verdict.warnings],
        "deviations": [finding.guard for finding in verdict.deviations],
    }
    return Draft(case.stream, kind, case.version + 1, data={**told, **data}, seen=dict(case.seen))


def moved(case: LockedCase, command: Command, verdict: Advanced, stage: Stage | None) -> Change:
    """The case's own row after a move: the state is the one the machine reached."""
    return update(
        "cases",
        id=case.id,
        version=case.version + 1,
        state=verdict.state,
        stage=stage.id if stage else None,
        last_event=command.on.isoformat(),
    )


def accept(desk: Desk, command: Command, case: LockedCase, draft: Draft, verdict: Advanced, *notes: str) -> Done:
    """Write the changes, then the deadlines that follow from them, then the record of it all."""
    audit_journal.write_changes(desk.connection, draft.changes)
    facts = case_store.load_facts(desk.connection, case.id, desk.raised_reading)
    following = deadline_changes(desk.connection, case.id, deadlines.case_deadlines(facts))
    audit_journal.write_changes(desk.connection, following)
    draft.changes += following
    audit_journal.seal(desk.connection, command, draft)
    before = case.facts.state.value if case.facts.state else None
    return Done(facts.ref, case.stream, before, str(facts.state), verdict, notes)


def refuse(desk: Desk, command: Command, case: LockedCase, verdict: Refused) -> Refused:
    """Write down that somebody tried, and every requirement that was not met."""
    draft = Draft(
        case.stream,
        "case.refused",
        case.version,
        data=refusal(verdict),
        seen=dict(case.seen),
    )
    audit_journal.seal(desk.connection, command, draft, remember=False)
    return verdict


def refusal(verdict: Refused) -> dict[str, Any]:
    """What the log says of a refused attempt: codes only."""
    return {
        "verb": verdict.attempt.verb,
        "to": verdict.attempt.to.value if verdict.attempt.to else None,
        "blocking": [finding.guard for finding in verdict.blocking],
        "warnings": [finding.guard for finding in verdict.findings if not finding.blocks],
    }


def deadline_changes(connection: Connection, stream_id: str, now: tuple[deadlines.Deadline, ...]) -> list[Change]:
    """What has to be written for the stored deadlines to be `now`."""
    stored = {row["id"]: row for row in connection.run(statements.DEADLINES, stream=stream_id)}
    wanted = {f"{stream_id}/{d.kind.value}/{d.subject}": d for d in now}
    changes = [
        update("deadline", id=key, is_open=False) for key, row in stored.items() if row["is_open"] and key not in wanted
    ]
    for key, deadline in wanted.items():
        values = {"due": deadline.due.isoformat(), "act_by": deadline.act_by.isoformat(), "is_open": True}
        if key not in stored:
            subject = {"stream": stream_id, "kind": deadline.kind.value, "subject": deadline.subject}
            changes.append(insert("deadline", id=key, **subject, **values, basis=deadline.basis.id))
        elif any(stored[key][column] != value for column, value in values.items()):
            changes.append(update("deadline", id=key, **values))
    return changes


def _simple(desk: Desk, command: Command, case_id: str, verb: str, kind: str, expected: Mapping[str, int]) -> Result:
    with opened(desk, command, case_id, expected) as case:
        attempt = Attempt(verb=verb, on=command.on)
        verdict = judge(case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        draft = begin(case, kind, attempt, verdict)
        _give_reason(draft, command)
        draft.changes.append(moved(case, command, verdict, case.facts.stage))
        return accept(desk, command, case, draft, verdict)


def _give_reason(draft: Draft, command: Command) -> None:
    if command.reason:
        draft.data["reason"] = draft.text({"reason": command.reason})


# --- stages ---------------------------------------------------------------------------------------


def _new_stage(command: Command, body: str, kind: BodyKind, role: StageRole, ordinal: int) -> Stage:
    return Stage(id=command.new_id(), ordinal=ordinal, body=body, kind=kind, role=role)


def _stage_after(case: LockedCase, command: Command, body: str, kind: BodyKind, role: StageRole) -> Stage:
    """A new stage between the current one and the next."""
    here = case.facts.stage.ordinal if case.facts.stage else 0
    later = [stage.ordinal for stage in case.facts.stages if stage.ordinal > here]
    return _new_stage(command, body, kind, role, _between(here, min(later, default=here + 2 * ORDINAL_STEP)))


def _stage_before(case: LockedCase, command: Command, body: str, kind: BodyKind, role: StageRole) -> Stage:
    """A new stage between the previous one and the current."""
    here = case.facts.stage.ordinal if case.facts.stage else ORDINAL_STEP
    earlier = [stage.ordinal for stage in case.facts.stages if stage.ordinal < here]
    return _new_stage(command, body, kind, role, _between(max(earlier, default=here - 2 * ORDINAL_STEP), here))


def _between(low: int, high: int) -> int:
    if high - low < 2:
        raise UsageError("Ärendets väg har fått för många steg på samma plats. Hör av dig till förvaltaren.")
    return (low + high) // 2


def _role_before(case: LockedCase, body: str, kind: BodyKind) -> StageRole:
    """The role the body had before, or the one that fits what it is."""
    earlier = [stage.role for stage in case.facts.stages if stage.body == body and stage.role is not StageRole.REMISS]
    return earlier[-1] if earlier else {BodyKind.KS: StageRole.FORSLAG}.get(kind, StageRole.BEREDNING)


def _inserted(case: LockedCase, stage: Stage) -> Change:
    return stage_row(case.id, stage)


def stage_row(case_id: str, stage: Stage) -> Change:
    """The row of a new stage."""
    return insert(
        "stage",
        id=stage.id,
        case_id=case_id,
        ordinal=stage.ordinal,
        body=stage.body,
        kind=stage.kind.value,
        role=stage.role.value,
        required=stage.required,
        closed=stage.closed,
        opportunity_until=stage.opportunity_until.isoformat() if stage.opportunity_until else None,
    )


# --- agenda items and decisions -------------------------------------------------------------------


def _booking(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting: meeting_store.LockedMeeting,
    *,
    urgent: bool = False,
) -> list[Change]:
    """A new item last on a meeting's agenda; the meeting gets a new version with it."""
    late = urgent and meeting.facts.announced_on is not None
    return [
        _new_item(connection, command, case, stage, meeting.id, meeting.facts, urgent, command.on if late else None),
        update("meeting", id=meeting.id, version=meeting.version + 1),
    ]


def _new_item(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting_id: str,
    meeting: MeetingFacts,
    urgent: bool,
    announced_on: date | None,
    paragraph: int | None = None,
) -> Change:
    last = connection.run(statements.LAST_ORDINAL, id=meeting_id)[0]["ordinal"]
    return insert(
        "agenda_item",
        id=command.new_id(),
        case_id=case.id,
        stage_id=stage.id,
        meeting_id=meeting_id,
        part_id=None,
        ordinal=(last or 0) + 1,
        body=meeting.body,
        year=meeting.on.year,
        paragraph=paragraph,
        announced_on=announced_on.isoformat() if announced_on else None,
        urgent=urgent,
        decided=False,
        outcome=None,
        deviation=False,
    )


def _item_to_decide(
    connection: Connection,
    command: Command,
    case: LockedCase,
    stage: Stage,
    meeting_id: str,
    meeting: MeetingFacts,
    item: AgendaItem | None,
) -> tuple[str, list[Change]]:
    """The item a decision stands on; one that was never on the agenda gets its § now."""
    if item is not None and item.paragraph is not None:
        return item.id, []
    paragraph = meeting_store.next_paragraph(connection, meeting.body, meeting.on.year)
    if item is not None:
        return item.id, [update("agenda_item", id=item.id, paragraph=paragraph)]
    new = _new_item(connection, command, case, stage, meeting_id, meeting, True, None, paragraph)
    return str(new.row["id"]), [new]


def _settle_item(case: LockedCase, meeting: MeetingFacts, outcome: MatterOutcome, *, decided: bool) -> list[Change]:
    item = case.facts.item_at(meeting)
    return [update("agenda_item", id=item.id, outcome=outcome.value, decided=decided)] if item else []


def _refuse_unknown_att_satser(case: LockedCase, meeting: MeetingFacts, rulings: Mapping[int, Ruling]) -> None:
    count = _att_satser(case, meeting.body)
    beyond = [number for number in rulings if not 1 <= number <= count]
    if beyond:
        raise UsageError(
            f"Förslaget till {meeting.body} har {count} att-satser; nummer {beyond[0]} finns inte. "
            "Nya att-satser läggs till med arende edit."
        )


def _att_satser(case: LockedCase, body: str) -> int:
    """How many att-satser there are to decide; an item without a proposal has one decision."""
    counts = [count for proposed, count in case.facts.proposals if proposed in (body, None)]
    return counts[0] if counts and counts[0] else 1


def _decisions(
    command: Command,
    case: LockedCase,
    draft: Draft,
    stage: Stage,
    item_id: str,
    rulings: Mapping[int, Ruling],
) -> list[Change]:
    changes = []
    for number in range(1, _att_satser(case, stage.body) + 1):
        ruling = rulings.get(number, Ruling())
        changes.append(
            insert(
                "decision",
                id=command.new_id(),
                item_id=item_id,
                ordinal=number,
                target=(ruling.target or _usual_target(case, stage)).value,
                outcome=ruling.outcome.value,
                payload=draft.text({"text": ruling.text}),
            )
        )
    return changes


def _usual_target(case: LockedCase, stage: Stage) -> Target:
    """For its own part where it decides; a proposal to fullmäktige where that is where the way leads."""
    leads_to_kf = any(later.kind is BodyKind.KF and later.ordinal > stage.ordinal for later in case.facts.stages)
    return Target.FORESLAR_KF if leads_to_kf and stage.role not in DECIDING_ROLES else Target.EGEN_DEL


def _next_meeting(connection: Connection, body: str, after: date) -> str | None:
    rows = connection.run(statements.NEXT_MEETINGS, day=(after + DAY).isoformat())
    day = next((row["day"] for row in rows if row["body"] == body), None)
    if day is None:
        return None
    return str(connection.run(statements.MEETINGS_BY_DAY, body=body, day=day)[0]["id"])


# --- recipients -----------------------------------------------------------------------------------


def _addressees(desk: Desk, command: Command, case: LockedCase, draft: Draft, to: tuple[str, ...]) -> list[str]:
    """The ids of the recipients named, or of all who have not had the decision.

    One of our own bodies is added to the list when it is not there; anybody else must be on it
    first, so that a misspelt name is not sent to in silence.
    """
    if not to:
        return [recipient.id for recipient in case.facts.recipients if recipient.sent_on is None]
    register, found = desk.bodies, []
    for text in to:
        body = register.find_or_none(text, command.on)
        recipient = _recipient_named(case.facts.recipients, text, body.code if body else None)
        if recipient is not None:
            if recipient.sent_on is not None:
                raise UsageError(f"{recipient.name} har redan fått beslutet ({recipient.sent_on}).")
            found.append(recipient.id)
        elif body is not None:
            change = recipient_row(
                command, case.id, draft, body.name, body.code, len(case.facts.recipients) + len(found) + 1
            )
            draft.changes.append(change)
            found.append(str(change.row["id"]))
        else:
            names = ", ".join(recipient.name for recipient in case.facts.recipients) or "ingen"
            raise UsageError(
                f"”{text}” är inte mottagare i {case.facts.ref} (mottagare: {names}). Lägg till med "
                f"arende edit --mottagare."
            )
    return found


def _recipient_named(recipients: tuple[Recipient, ...], text: str, body: str | None) -> Recipient | None:
    wanted = text.casefold().strip()
    return next((r for r in recipients if r.name.casefold() == wanted or (body is not None and r.body == body)), None)


def recipient_row(command: Command, case_id: str, draft: Draft, name: str, body: str | None, ordinal: int) -> Change:
    """The row of a new recipient; the name is put aside as a payload."""
    return insert(
        "recipient",
        id=command.new_id(),
        case_id=case_id,
        ordinal=ordinal,
        body=body,
        removed=False,
        payload=draft.text({"name": name}),
    )
