"""Getting a case in, and everything that is noted on it without moving it.

Registering is a move and is judged; attaching a skrivelse, editing, MBL notes and new stages are
facts about the case that no rule refuses.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from states import deadlines, mbl
from states.case_facts import (
    DECIDING_ROLES,
    AppealRegime,
    Attempt,
    CaseFacts,
    CaseKind,
    Children,
    DelegationKind,
    DocumentKind,
    MblEntry,
    MblKind,
    Purpose,
    Stage,
    StageRole,
    State,
)
from states.case_number import CaseNumber, readings
from states.judgement import Advanced, Finding, Refused
from states.kinds import KINDS
from states.records import LIFECYCLE_VERSION, Change, insert, update
from states.swedish_calendar import working_days_after
from states.swedish_text import day
from states.swedish_text import name as named
from workflow import (
    audit_journal,
    case_queries,
    case_store,
    delegationwork,
    documents,
    meetingwork,
    payload_store,
    stages,
    statements,
)
from workflow.audit_journal import Command, Draft
from workflow.body_register import Body
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.dispatchwork import recipient_row
from workflow.documents import File
from workflow.errors import NumberTakenError, UsageError
from workflow.use_case import (
    ORDINARY_WAY,
    Done,
    Rehearsed,
    Result,
    accept,
    ask,
    deny,
    give_reason,
    noted,
    opened,
    refuse_past,
    touched,
)
from workflow.watchwork import NewWatch, next_number, not_watched, watch_rows


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The att-satser proposed to one body (None where the skrivelse names none)."""

    body: str | None
    att_satser: tuple[str, ...]


class Skrivelse(msgspec.Struct, frozen=True, kw_only=True):
    """What a tjänsteskrivelse says, with bodies as codes; nothing in it has been guessed in silence."""

    rubrik: str  # empty: none was found
    dated: date | None = None
    numbers: tuple[str, ...] = ()  # diarienummer as they are written
    proposals: tuple[Proposal, ...] = ()
    recipients: tuple[str, ...] = ()
    underlag: tuple[str, ...] = ()
    signatories: tuple[str, ...] = ()
    handlaggare: tuple[str, ...] = ()
    leftovers: tuple[tuple[str, str], ...] = ()  # (section, text)
    unsure: tuple[str, ...] = ()
    mbl: tuple[MblEntry, ...] = ()
    suggested: tuple[Mapping[str, Any], ...] = ()  # watches the text suggests, as plain values
    watches: tuple[NewWatch, ...] = ()  # those of them that were accepted
    document: File | None = None  # that it was read from


class NewCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case to register."""

    kind: CaseKind
    skrivelse: Skrivelse
    way: tuple[tuple[Body, StageRole], ...]
    starts_in: State | None = None  # None: where the kind begins
    received_on: date | None = None  # None: the day it is registered
    children: Children | None = None
    answer_by: date | None = None  # the day that somebody outside has asked for an answer by
    secrecy: str | None = None  # the provision it is marked with; None: not secret
    point: str = ""  # of the delegation order, by which it has been decided already
    by: str = ""  # and who decided


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What to change; None leaves a thing as it is."""

    rubrik: str | None = None
    recipients: tuple[str, ...] | None = None
    underlag: tuple[str, ...] | None = None
    handlaggare: tuple[str, ...] | None = None
    numbers: tuple[str, ...] = ()  # diarienummer as they are written
    purposes: Mapping[str, Purpose] = msgspec.field(default_factory=dict)  # of recipients, by name; new ones are added
    appeal_regime: AppealRegime | None = None
    children: Children | None = None
    proposals: tuple[Proposal, ...] = ()
    filled_in: frozenset[str] = msgspec.field(default_factory=frozenset)  # sections whose placeholders are mended


def register(desk: Desk, command: Command, new: NewCase, *, save: bool = True) -> Result:
    """Register a case with its way, and with everything its skrivelse held.

    Without `save` everything is taken back by raising Rehearsed.
    """
    with desk.connection.writing():
        audit_journal.refuse_repeated(desk.connection, command)
        case = unborn(command, new.kind, _stages(command, new), new.received_on)
        target = new.starts_in or _beginning(new)
        verdict = ask(command, case.facts, _attempt(desk, command, new, target))
        if isinstance(verdict, Refused):
            return deny(desk, command, verdict)
        _refuse_odd_days(new, command)
        _refuse_other_start(new, target)
        verdict = msgspec.structs.replace(verdict, warnings=(*verdict.warnings, *_doubts(desk, command, new)))
        draft = born(desk, command, case, new, verdict)
        give_reason(draft, command)
        left = len(new.skrivelse.suggested) - len(new.skrivelse.watches)
        return _kept(accept(desk, command, case, draft, verdict, *_left_to_choose(left)), save=save)


def _kept(done: Done, *, save: bool) -> Done:
    if not save:
        raise Rehearsed(done)
    return done


def _doubts(desk: Desk, command: Command, new: NewCase) -> tuple[Finding, ...]:
    """What there is to say of whoever decided it in the body's place."""
    if KINDS[new.kind].taken is not DelegationKind.BRADSKANDE or not new.by:
        return ()
    meeting = meetingwork.not_yet_planned(new.way[0][0], command.on)
    return delegationwork.by_whom(desk, command, meeting, new.by)


def unborn(command: Command, kind: CaseKind, stages: tuple[Stage, ...], received_on: date | None = None) -> LockedCase:
    """A case that is not registered yet, with its way."""
    case_id = command.new_id()
    facts = CaseFacts(
        ref=case_store.named(None, case_id), kind=kind, state=None, stages=stages, received_on=received_on
    )
    return LockedCase(case_id, 0, facts, {})


def born(desk: Desk, command: Command, case: LockedCase, new: NewCase, verdict: Advanced) -> Draft:
    """The record that registers a case with its way and everything its skrivelse held."""
    warned = [finding.guard for finding in verdict.warnings]
    told = {"verb": "register", "to": verdict.state, "warnings": warned}
    told |= {"basis": new.secrecy} if new.secrecy else {}
    draft = Draft(case.stream, "case.registered", 1, data=told, role=verdict.role or "")
    draft.changes.append(_case_row(case, command, new, verdict.state, draft))
    draft.changes += [stages.row(case.id, stage) for stage in case.facts.stages]
    draft.changes += _contents(desk, command, case, new.skrivelse, draft, version=1)
    return draft


def _attempt(desk: Desk, command: Command, new: NewCase, target: State) -> Attempt:
    came = new.received_on
    limit = working_days_after(came, desk.routines.register_days) if came else None
    return Attempt(verb="register", on=command.on, to=target, register_by=limit)


def _refuse_odd_days(new: NewCase, command: Command) -> None:
    refuse_past(command, new.answer_by)
    if new.received_on is not None and new.received_on > command.on:
        raise UsageError(f"Handlingen kan inte ha kommit in {new.received_on}, efter att den registrerades.")


def _beginning(new: NewCase) -> State:
    """Where a case of its kind begins; some begin at the body they are raised in."""
    first = new.way[0][0].kind.state if new.way else State.DRAFT
    return KINDS[new.kind].starts_in or first


def _left_to_choose(left: int) -> tuple[str, ...]:
    if not left:
        return ()
    what = "1 bevakning" if left == 1 else f"{left} bevakningar"
    return (f"Skrivelsen föreslår {what} som inte togs med; se arende show.",)


def _refuse_other_start(new: NewCase, target: State) -> None:
    """A case that begins at a body begins at the first of its way. Raises UsageError."""
    first = new.way[0][0] if new.way else None
    if target is not State.DRAFT and (first is None or first.kind.state is not target):
        raise UsageError(
            f"Ett ärende av slaget {named(new.kind)} börjar i läget {named(target)}, men vägen börjar hos "
            f"{first.code if first else 'ingen'}. Utelämna --body och --steg, så får det slagets egen väg."
        )


KEPT = frozenset({"taken", "rubrik", "handlaggare"})
"""What a case keeps when a new skrivelse does not say it."""


def attach(
    desk: Desk, command: Command, case_id: str, skrivelse: Skrivelse, *, save: bool = True, **expected: int
) -> Result:
    """Add a tjänsteskrivelse to a case that is there already: a new version of the proposal.

    Without `save` everything is taken back by raising Rehearsed.
    """
    with opened(desk, command, "attach", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        version = _next_version(desk, case_id)
        draft = noted(case, "case.skrivelse_attached", command, "attach")
        row = desk.connection.run(statements.CASE, id=case_id)[0]
        before = payload_store.of_stream(desk.connection, case.stream).get(row["payload"], {})
        texts = _texts(skrivelse)
        kept = {key: before[key] for key in before.keys() & KEPT if key == "taken" or not texts[key]}
        draft.changes.append(
            touched(case, command, leftovers=len(skrivelse.leftovers), payload=draft.text({**texts, **kept}))
        )
        draft.changes += _contents(desk, command, case, skrivelse, draft, version)
        left = _not_suggested_before(desk, case_id, skrivelse)
        done = accept(desk, command, case, draft, ORDINARY_WAY, *_left_to_choose(left))
        if skrivelse.proposals:
            done = _asked_about_mbl(desk, case, _with_changes(desk, case, done, version))
        return _kept(_with_replaced(case, done, before, texts), save=save)


def _not_suggested_before(desk: Desk, case_id: str, skrivelse: Skrivelse) -> int:
    """How many of its suggestions are neither accepted with it nor watched already."""
    known = case_queries.watched(desk.connection, case_id)
    unknown = [one for one in skrivelse.suggested if not known.covers(one["kind"], one["due"], one["about"])]
    return len(unknown) - len(not_watched(desk, case_id, skrivelse.watches))


def _with_changes(desk: Desk, case: LockedCase, done: Done, version: int) -> Done:
    # Comparing words is for this alone.
    from workflow import version_notes

    changes = version_notes.of(desk.connection, case.id, desk.raised_reading, version)
    return msgspec.structs.replace(done, notes=(*changes, *done.notes))


def _with_replaced(case: LockedCase, done: Done, before: Mapping[str, Any], now: Mapping[str, Any]) -> Done:
    # Only what replaces something has anything to say.
    from workflow import version_notes

    return msgspec.structs.replace(done, notes=(*version_notes.replaced(case.facts, before, now), *done.notes))


def edit(desk: Desk, command: Command, case_id: str, change: Edit, **expected: int) -> Result:
    """Change what the case says of itself. Only changed att-satser make a new proposal version."""
    with opened(desk, command, "edit", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        draft = noted(case, "case.edited", command, "edit")
        texts = payload_store.of_stream(desk.connection, case.stream)
        row = desk.connection.run(statements.CASE, id=case_id)[0]
        content = dict(texts.get(row["payload"], {"rubrik": payload_store.GONE, "underlag": [], "leftovers": []}))
        content["leftovers"] = [
            [section, text] for section, text in case.facts.leftovers if section not in change.filled_in
        ]
        if change.rubrik is not None:
            content["rubrik"] = change.rubrik
        if change.underlag is not None:
            content["underlag"] = list(change.underlag)
        if change.handlaggare is not None:
            content["handlaggare"] = list(change.handlaggare)
        said = {"appeal_regime": change.appeal_regime, "children": change.children}
        codes = {column: value.value for column, value in said.items() if value is not None}
        draft.changes.append(
            touched(case, command, leftovers=len(content["leftovers"]), payload=draft.text(content), **codes)
        )
        if change.recipients is not None or change.purposes:
            names = change.recipients or tuple(one.name for one in case.facts.recipients)
            wanted = (*names, *change.purposes)
            draft.changes += _new_recipient_list(desk, command, case, wanted, draft, change.purposes)
        draft.changes += _number_rows(desk, command, case_id, change.numbers, len(case.facts.numbers))
        if change.proposals:
            draft.changes += _changed_proposals(desk, command, case, change.proposals, draft)
        done = accept(desk, command, case, draft, ORDINARY_WAY)
        return _asked_about_mbl(desk, case, done) if change.proposals else done


def _asked_about_mbl(desk: Desk, case: LockedCase, done: Done) -> Done:
    """What was done, with the question that a proposal other than the negotiated one gives rise to (AD 2014 nr 71)."""
    facts = case_store.load_facts(desk.connection, case.id, desk.raised_reading)
    changed = mbl.changed_since(facts)
    if changed is None or facts.state in deadlines.ENDED:
        return done
    word = facts.ref.replace(" ", "-", 1)
    question = (
        f"Förslaget ändrades {day(changed)}, efter förhandlingen. Omfattas ändringen av den? Intyga det med arende mbl "
        f"{word} --omfattas, eller förhandla på nytt."
    )
    return msgspec.structs.replace(done, notes=(*done.notes, question))


def note_mbl(desk: Desk, command: Command, case_id: str, entry: MblEntry, *, who: str = "", **expected: int) -> Result:
    """Note a negotiation, an information, the assessment that neither is called for, a request or an ending."""
    with opened(desk, command, "mbl", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        _refuse_nothing_to_end(case.facts, entry)
        draft = noted(case, "case.mbl_noted", command, "mbl")
        draft.data |= {"kind": entry.kind.value, "paragraph": entry.paragraph, "held": entry.held}
        draft.changes.append(touched(case, command))
        draft.changes.append(_mbl_row(command, case_id, entry, draft, who))
        return accept(desk, command, case, draft, ORDINARY_WAY)


def attest_mbl(desk: Desk, command: Command, case_id: str, *, who: str = "", **expected: int) -> Result:
    """A changed proposal is within what was negotiated (AD 2014 nr 71); the chef or HR answers for it."""
    with opened(desk, command, "attest", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if not any(one.kind is MblKind.FORHANDLING and one.held for one in mbl.noted(case.facts.mbl)):
            raise UsageError(f"I {case.facts.ref} är ingen förhandling hållen som en ändring kan omfattas av.")
        draft = noted(case, "case.mbl_attested", command, "attest")
        entry = MblEntry(kind=MblKind.ATTEST, paragraph=None, on=command.on, held=True)
        draft.changes += [touched(case, command), _mbl_row(command, case_id, entry, draft, who)]
        return accept(desk, command, case, draft, ORDINARY_WAY)


def _refuse_nothing_to_end(facts: CaseFacts, entry: MblEntry) -> None:
    """Raise UsageError for the ending of a negotiation that goes on no longer."""
    negotiations = [one for one in facts.mbl if one.kind is MblKind.FORHANDLING and one.held]
    own = [one for one in negotiations if one.paragraph == entry.paragraph and one.unfinished and one.on <= entry.on]
    if entry.kind is MblKind.AVSLUT and not any(mbl.ended(facts.mbl, one) is None for one in own):
        raise UsageError(f"Ingen förhandling enligt {entry.paragraph} § i {facts.ref} är inledd och inte avslutad.")


def add_stage(
    desk: Desk,
    command: Command,
    case_id: str,
    body: Body,
    role: StageRole,
    *,
    before: str | None = None,
    beside: str | None = None,
    opportunity_until: date | None = None,
    **expected: int,
) -> Result:
    """Add a body to the way: before another one, beside one, or last."""
    with opened(desk, command, "stage", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        current = case.facts.stage
        if current is None:
            raise UsageError(f"{case.facts.ref} har gått sin väg till slut. Börja en ny omgång med arende reopen.")
        refuse_past(command, opportunity_until)
        draft = noted(case, "case.stage_added", command, "stage")
        stage = Stage(
            id=command.new_id(),
            ordinal=_ahead(case.facts, beside, body, role).ordinal if beside else _place(case.facts, before),
            body=body.code,
            kind=body.kind,
            role=role,
            round=current.round,
            opportunity_until=opportunity_until,
            utskott=body.is_utskott,
        )
        # Before its body has got the case, a stage in front of the current one is where it goes first.
        here = stage.id if stage.ordinal < current.ordinal else current.id
        draft.changes.append(stages.row(case_id, stage))
        draft.changes.append(touched(case, command, stage=here))
        return accept(desk, command, case, draft, ORDINARY_WAY)


# --- rows of a new case ---------------------------------------------------------------------------


def _stages(command: Command, new: NewCase) -> tuple[Stage, ...]:
    return tuple(
        Stage(
            id=command.new_id(),
            ordinal=(place + 1) * stages.ORDINAL_STEP,
            body=body.code,
            kind=body.kind,
            role=role,
            utskott=body.is_utskott,
        )
        for place, (body, role) in enumerate(new.way)
    )


def _case_row(case: LockedCase, command: Command, new: NewCase, state: str, draft: Draft) -> Change:
    first = next(iter(case.facts.stages), None)
    return insert(
        "cases",
        id=case.id,
        kind=new.kind.value,
        state=state,
        stage=first.id if first else None,
        version=1,
        lifecycle=LIFECYCLE_VERSION,
        registered_on=command.on.isoformat(),
        last_event=command.on.isoformat(),
        appeal_regime="laglighet",
        secrecy=new.secrecy is not None,
        secrecy_basis=new.secrecy,
        leftovers=len(new.skrivelse.leftovers),
        payload=draft.text({**_texts(new.skrivelse), **_taken(new)}),
        received_on=new.received_on.isoformat() if new.received_on else None,
        children=new.children.value if new.children else None,
        answer_by=new.answer_by.isoformat() if new.answer_by else None,
        paused_on=None,
        paused_until=None,
        party_told_on=None,
        party_asked_on=None,
        party_refused_on=None,
    )


def _taken(new: NewCase) -> dict[str, Any]:
    """By which point, and by whom, it has been decided in the body's place."""
    return {"taken": {"point": new.point, "by": new.by}} if new.by else {}


def _texts(skrivelse: Skrivelse) -> dict[str, Any]:
    """What a case keeps as text."""
    return {
        "rubrik": skrivelse.rubrik,
        "dated": skrivelse.dated.isoformat() if skrivelse.dated else None,
        "underlag": list(skrivelse.underlag),
        "signatories": list(skrivelse.signatories),
        "handlaggare": list(skrivelse.handlaggare),
        "leftovers": [list(leftover) for leftover in skrivelse.leftovers],
        "unsure": list(skrivelse.unsure),
        "watches": [dict(suggestion) for suggestion in skrivelse.suggested],
    }


def _contents(
    desk: Desk, command: Command, case: LockedCase, skrivelse: Skrivelse, draft: Draft, version: int
) -> list[Change]:
    changes = _number_rows(desk, command, case.id, skrivelse.numbers, len(case.facts.numbers))
    changes += _proposal_rows(command, case.id, version, skrivelse.proposals, draft)
    known = {(entry.kind, entry.paragraph, entry.on) for entry in case.facts.mbl}
    changes += [
        _mbl_row(command, case.id, entry, draft, ", ".join(skrivelse.signatories))
        for entry in skrivelse.mbl
        if (entry.kind, entry.paragraph, entry.on) not in known
    ]
    changes += _new_recipient_list(desk, command, case, skrivelse.recipients, draft)
    fresh = not_watched(desk, case.id, skrivelse.watches)
    changes += watch_rows(command, case.id, fresh, draft, next_number(desk, case.id))
    if skrivelse.document:
        place = documents.next_number(desk.connection, case.id), version
        changes.append(documents.row_of(command, case.id, draft, skrivelse.document, place, DocumentKind.SKRIVELSE))
    return changes


def _number_rows(desk: Desk, command: Command, case_id: str, numbers: Sequence[str], already: int) -> list[Change]:
    """Rows for the numbers the case does not have; one that is, or has been, another case's is refused."""
    rows: list[Change] = []
    wanted = {parsed_number(text): text for text in numbers}
    for place, (number, verbatim) in enumerate(wanted.items(), 1):
        owners = {row["case_id"] for row in case_store.voided_numbers(desk.connection, number)}
        owner = case_store.find_or_none(desk.connection, str(number))
        if {owner, *owners} - {None, case_id}:
            which = f" på plats {place}" if len(wanted) > 1 else ""
            # The same is said of a case that may be seen, so that nobody finds a secret one by its number.
            raise NumberTakenError(f"Diarienumret{which} är upptaget; ge ärendet ett annat nummer.")
        if owner is None:
            rows.append(_number_row(desk, case_id, number, verbatim, already + len(rows) + 1))
    return rows


def _number_row(desk: Desk, case_id: str, number: CaseNumber, verbatim: str, ordinal: int) -> Change:
    """A new number, or one of the case's own that was taken back and now is right again."""
    if str(number) in {row["id"] for row in case_store.voided_numbers(desk.connection, number)}:
        return update("case_number", id=str(number), ordinal=ordinal, voided_on=None)
    return insert(
        "case_number",
        id=str(number),
        case_id=case_id,
        ordinal=ordinal,
        diary=number.diary,
        year=number.year,
        number=number.number,
        suffix=number.suffix,
        verbatim=verbatim,
    )


def parsed_number(text: str) -> CaseNumber:
    """A diarienummer in any spelling, with its diary. Raises UsageError with how to write one."""
    found = readings(text)
    if not found or not found[0].diary:
        raise UsageError(f"”{text}” är inget diarienummer. Skriv till exempel SON 2024-17.")
    return found[0]


def _proposal_rows(
    command: Command, case_id: str, version: int, proposals: Sequence[Proposal], draft: Draft
) -> list[Change]:
    return [_proposal_row(command, case_id, version, place, p, draft) for place, p in enumerate(proposals, 1)]


def _proposal_row(
    command: Command, case_id: str, version: int, ordinal: int, proposal: Proposal, draft: Draft
) -> Change:
    return insert(
        "proposal_version",
        id=command.new_id(),
        case_id=case_id,
        version=version,
        ordinal=ordinal,
        body=proposal.body or "",
        att_satser=len(proposal.att_satser),
        hash=proposal_hash(case_id, proposal.att_satser),
        noted_on=command.on.isoformat(),
        payload=draft.text({"att_satser": list(proposal.att_satser)}),
    )


def proposal_hash(case_id: str, att_satser: Sequence[str]) -> str:
    """SHA-256 of the att-satser with case and white space folded, salted with the case's id.

    Two versions with the same hash propose the same thing, so an MBL negotiation covers both.
    """
    normalised = "\n".join(" ".join(text.casefold().split()) for text in att_satser)
    return hashlib.sha256(f"{case_id}\n{normalised}".encode()).hexdigest()


def _mbl_row(command: Command, case_id: str, entry: MblEntry, draft: Draft, who: str) -> Change:
    told = {"who": who, "reason": command.reason or ""}
    return insert(
        "mbl_event",
        id=command.new_id(),
        case_id=case_id,
        kind=entry.kind.value,
        paragraph=entry.paragraph,
        day=entry.on.isoformat(),
        held=entry.held,
        unfinished=entry.unfinished or None,
        central=entry.central or None,
        payload=draft.text(told) if any(told.values()) else None,
    )


# --- changes to a case ----------------------------------------------------------------------------


def _new_recipient_list(
    desk: Desk,
    command: Command,
    case: LockedCase,
    names: Sequence[str],
    draft: Draft,
    purposes: Mapping[str, Purpose] | None = None,
) -> list[Change]:
    """The list becomes `names`; those who stay keep what they have been sent, and what for if nothing else is said."""
    register = desk.bodies
    aims = {name.casefold(): purpose for name, purpose in (purposes or {}).items()}
    wanted = {name.casefold(): name for name in names}
    staying = {recipient.name.casefold(): recipient.id for recipient in case.facts.recipients}
    # Recipients whose names are purged are all called the same.
    leaving = (recipient for recipient in case.facts.recipients if recipient.name.casefold() not in wanted)
    changes = [update("recipient", id=recipient.id, removed=True) for recipient in leaving]
    for place, (folded, name) in enumerate(wanted.items(), 1):
        if folded in staying:
            aim = {"purpose": aims[folded].value} if folded in aims else {}
            changes.append(update("recipient", id=staying[folded], ordinal=place, **aim))
        else:
            body = register.find_or_none(name, command.on)
            changes.append(
                recipient_row(command, case.id, draft, name, body.code if body else None, place, aims.get(folded))
            )
    return changes


def _next_version(desk: Desk, case_id: str) -> int:
    """The version the next skrivelse or proposal gets; one that was taken back does not come again."""
    return 1 + audit_journal.highest(desk.connection, f"case:{case_id}", "version", "proposal_version", "document")


def _changed_proposals(
    desk: Desk, command: Command, case: LockedCase, changed: Sequence[Proposal], draft: Draft
) -> list[Change]:
    """A whole new version: the changed bodies' att-satser, and the others' as they were."""
    texts = payload_store.of_stream(desk.connection, case.stream)
    rows = desk.connection.run(statements.PROPOSALS, id=case.id)
    proposals = {
        row["body"] or None: Proposal(
            body=row["body"] or None,
            att_satser=tuple(payload_store.texts(texts, row["payload"], "att_satser", row["att_satser"])),
        )
        for row in rows
    }
    proposals |= {proposal.body: proposal for proposal in changed}
    version = _next_version(desk, case.id)
    return _proposal_rows(command, case.id, version, tuple(proposals.values()), draft)


def _place(facts: CaseFacts, before: str | None) -> int:
    """The ordinal of a new stage: just before `before`'s first open stage ahead, or last."""
    if before is None:
        return max((stage.ordinal for stage in facts.stages), default=0) + stages.ORDINAL_STEP
    here = facts.stage.ordinal if facts.stage else 0
    if facts.state in (State.DRAFT, State.MBL):
        here -= 1
    ahead = [stage for stage in facts.stages if not stage.closed and stage.ordinal > here]
    target = next((stage for stage in ahead if stage.body == before), None)
    if target is None:
        raise UsageError(f"{before} finns inte framåt i ärendets väg. Står ärendet redan där: återremittera i stället.")
    earlier = [stage.ordinal for stage in facts.stages if stage.ordinal < target.ordinal]
    return stages.between(max(earlier, default=0), target.ordinal)


def _ahead(facts: CaseFacts, beside: str, body: Body, role: StageRole) -> Stage:
    """The open stage that a body is to answer beside. Raises UsageError."""
    here = facts.stage.ordinal if facts.stage else 0
    ahead = (stage for stage in facts.stages if not stage.closed and stage.ordinal >= here)
    target = next((stage for stage in ahead if stage.body == beside), None)
    if target is None:
        raise UsageError(f"{beside} finns inte framåt i ärendets väg.")
    if target.kind is not body.kind or target.utskott is not body.is_utskott:
        raise UsageError(f"{body.code} kan inte svara samtidigt som {beside}: bara instanser av samma slag kan det.")
    if DECIDING_ROLES & {role, target.role}:
        raise UsageError(
            f"{body.code} kan inte svara samtidigt som {beside}: bara de som yttrar sig eller bereder kan det. Den som "
            "avgör ärendet gör det när svaren är inne."
        )
    if any(stage.ordinal == target.ordinal and stage.body == body.code for stage in facts.stages):
        raise UsageError(f"{body.code} svarar redan samtidigt som {beside}.")
    return target
