"""Cases that belong together: linked, joined into one, or split in two.

A link is a note and moves nothing. A case that is joined with another ends, and goes on in it; a part that is split
off is a case of its own from then on. What is said of a link is said of both its cases, so nobody who may not see
one of them hears of it in the other.
"""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from states.case_facts import Attempt, Children, LinkKind, Stage, State
from states.judgement import Refused
from states.kinds import KINDS
from states.records import Change, insert, update
from states.swedish_text import name
from workflow import bulk, payload_store, registration, statements
from workflow.agenda import struck
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.connection import Connection, Row
from workflow.desk import Desk
from workflow.dispatchwork import recipient_row
from workflow.errors import NotFoundError, UsageError
from workflow.going_on import GoingOn
from workflow.registration import NewCase, Skrivelse
from workflow.use_case import (
    ORDINARY_WAY,
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

OVER = frozenset({State.AVSLUTAD, State.ATERKALLAD})
"""States of a case in which nothing more can go on."""


def link(desk: Desk, command: Command, case_id: str, other_id: str, **expected: int) -> Result:
    """Note that a case belongs together with another."""
    with bulk.opened_two(desk, command, "link", case_id, other_id, expected) as both:
        if isinstance(both, Refused):
            return both
        case, other = both
        _refuse_itself(case, other)
        if there := next(_links(desk.connection, case, other), None):
            raise UsageError(f"{_told(there, case, other)}; de hör redan ihop.")
        draft = _noted(command, case, other, "case.linked")
        give_reason(draft, command)
        draft.changes += [touched(case, command), _row(desk.connection, command, case, other, LinkKind.HOR_IHOP)]
        note = f"{case.facts.ref} hör ihop med {other.facts.ref}."
        return accept(desk, command, case, draft, ORDINARY_WAY, note)


def unlink(desk: Desk, command: Command, case_id: str, other_id: str, **expected: int) -> Result:
    """Take away the note that a case belongs together with another."""
    with bulk.opened_two(desk, command, "link", case_id, other_id, expected) as both:
        if isinstance(both, Refused):
            return both
        case, other = both
        there = list(_links(desk.connection, case, other))
        loose = [row["id"] for row in there if row["kind"] == LinkKind.HOR_IHOP]
        if there and not loose:
            raise UsageError(f"{_told(there[0], case, other)}; det tas inte bort, för det är vad som har hänt.")
        if not loose:
            raise NotFoundError(f"{case.facts.ref} och {other.facts.ref} är inte länkade; det finns inget att ta bort.")
        draft = _noted(command, case, other, "case.unlinked")
        give_reason(draft, command)
        draft.changes += [touched(case, command), *(update("case_link", id=one, removed=True) for one in loose)]
        note = f"{case.facts.ref} är inte längre länkat till {other.facts.ref}."
        return accept(desk, command, case, draft, ORDINARY_WAY, note)


def join(desk: Desk, command: Command, case_id: str, other_id: str, **expected: int) -> Result:
    """Lay a case together with another: it ends here and goes on there, with what others wait for.

    Its watches live on where they are.
    """
    with bulk.opened_two(desk, command, "join", case_id, other_id, expected) as both:
        if isinstance(both, Refused):
            return both
        case, other = both
        _refuse_itself(case, other)
        _refuse_joined(desk.connection, case)
        attempt = Attempt(verb="join", on=command.on, to=State.AVSLUTAD)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        if other.facts.state in OVER:
            raise UsageError(
                f"{other.facts.ref} är {name(other.facts.state)}, så inget kan gå vidare i det. Återuppta det först "
                "med arende reopen, eller lägg samman åt andra hållet."
            )
        waiting = GoingOn(desk.connection, case, other)
        draft = begin(case, "case.joined", attempt, verdict)
        give_reason(draft, command)
        draft.changes += _left(case)
        draft.changes += [
            *waiting.left(command),
            moved(case, command, verdict, None),
            _row(desk.connection, command, case, other, LinkKind.SAMMANLAGT),
        ]
        done = accept(desk, command, case, draft, verdict, *_what_goes_on(case, other), *waiting.told())
        told = bulk.numbered(command, 1)
        received = _noted(told, other, case, "case.other_joined")
        received.changes += [touched(other, told, **waiting.columns()), *waiting.rows(told, received)]
        accept(desk, told, other, received, ORDINARY_WAY)
        return done


def split(
    desk: Desk, command: Command, case_id: str, rubrik: str, numbers: tuple[str, ...] = (), **expected: int
) -> Result:
    """Register a part of a case as a case of its own, with what is left of the way and with the same recipients."""
    with opened(desk, command, "register", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        _refuse_inseparable(case)
        part = registration.unborn(command, case.facts.kind, _remaining(command, case), case.facts.began_on)
        verdict = ask(command, part.facts, Attempt(verb="register", on=command.on, to=_beginning(part)))
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        row = desk.connection.run(statements.CASE, id=case.id)[0]
        skrivelse = Skrivelse(rubrik=rubrik, numbers=numbers, handlaggare=_handlaggare(desk.connection, case, row))
        basis = (row["secrecy_basis"] or "") if row["secrecy"] else None
        new = NewCase(
            kind=case.facts.kind,
            skrivelse=skrivelse,
            way=(),
            secrecy=basis,
            received_on=case.facts.began_on,
            children=_children(case),
            answer_by=_ahead(command, case.facts.answer_by),
        )
        draft = registration.born(desk, command, part, new, verdict)
        draft.changes += _recipients(command, case, part, draft)
        draft.changes.append(_row(desk.connection, command, part, case, LinkKind.DELAT))
        done = accept(desk, command, part, draft, verdict, *_apart(case))
        told = bulk.numbered(command, 1)
        divided = _noted(told, case, part, "case.split")
        divided.changes.append(touched(case, told))
        accept(desk, told, case, divided, ORDINARY_WAY)
        return done


# --- links ------------------------------------------------------------------------------------------


def _noted(command: Command, case: LockedCase, other: LockedCase, kind: str) -> Draft:
    """A record of something that is noted on one case of another."""
    draft = noted(case, kind, command, "link")
    draft.data["case"] = other.id
    return draft


def _links(connection: Connection, case: LockedCase, other: LockedCase) -> Iterator[Row]:
    """The links between two cases that have not been taken away."""
    return (row for row in _between(connection, case, other) if not row["removed"])


def _between(connection: Connection, case: LockedCase, other: LockedCase) -> list[Row]:
    rows = connection.run(statements.LINKS, id=case.id)
    return [row for row in rows if {row["case_id"], row["other_id"]} == {case.id, other.id}]


def _row(connection: Connection, command: Command, case: LockedCase, other: LockedCase, kind: LinkKind) -> Change:
    """A link from a case to another; one that was there before, or was taken away, becomes it."""
    there = (row for row in _between(connection, case, other) if row["case_id"] == case.id)
    if known := next(there, None):
        return update("case_link", id=known["id"], kind=kind.value, removed=False)
    ends = {"case_id": case.id, "other_id": other.id}
    return insert("case_link", id=command.new_id(), **ends, kind=kind.value, removed=False)


def _told(row: Row, case: LockedCase, other: LockedCase) -> str:
    """`SON 2024-1 går vidare i SON 2024-2`."""
    refs = {one.id: one.facts.ref for one in (case, other)}
    return f"{refs[row['case_id']]} {name(row['kind'])} {refs[row['other_id']]}"


def _refuse_itself(case: LockedCase, other: LockedCase) -> None:
    if case.id == other.id:
        raise UsageError(f"Det är samma ärende: {case.facts.ref}. Ange två olika.")


# --- joining ----------------------------------------------------------------------------------------


def _refuse_joined(connection: Connection, case: LockedCase) -> None:
    """Raise UsageError for a case that has been joined with another already; which one is not said."""
    own = (row for row in connection.run(statements.LINKS, id=case.id) if row["case_id"] == case.id)
    joined = any(row["kind"] == LinkKind.SAMMANLAGT and not row["removed"] for row in own)
    if joined and case.facts.state in OVER:
        word = case.facts.ref.replace(" ", "-", 1)
        raise UsageError(f"{case.facts.ref} är redan sammanlagt med ett annat ärende. Se: arende show {word}")


def _left(case: LockedCase) -> Iterator[Change]:
    """What is left of the way is gone another way, and waits on no agenda."""
    for stage in case.facts.stages:
        yield from struck(case, stage)
        if not stage.closed:
            yield update("stage", id=stage.id, closed=True)


def _what_goes_on(case: LockedCase, other: LockedCase) -> Iterator[str]:
    yield f"{case.facts.ref} går vidare i {other.facts.ref}."
    if case.facts.watches:
        word = case.facts.ref.replace(" ", "-", 1)
        yield f"Öppna bevakningar och uppdrag står kvar i {case.facts.ref}. Se: arende watch list {word}"


# --- splitting --------------------------------------------------------------------------------------


def _refuse_inseparable(case: LockedCase) -> None:
    kind = case.facts.kind
    if KINDS[kind].starts_in is State.KF:
        raise UsageError(
            f"Ett ärende av slaget {name(kind)} delas inte, för det har väckts i fullmäktige. Instanserna kan i "
            "stället besluta om varje att-sats för sig."
        )


def _remaining(command: Command, case: LockedCase) -> tuple[Stage, ...]:
    """What is left of a case's way, for another case. Raises UsageError where nothing is.

    A day to answer by that has passed goes with the case that was asked, and not with a part of it.
    """
    here = case.facts.stage
    ahead = [stage for stage in case.facts.stages if here and stage.ordinal >= here.ordinal and not stage.closed]
    left = [stage for stage in ahead if not case.facts.decided_at(stage)]
    if not left:
        raise UsageError(f"{case.facts.ref} har gått sin väg till slut; registrera det nya ärendet för sig.")
    return tuple(
        replace(stage, id=command.new_id(), round=1, opportunity_until=_ahead(command, stage.opportunity_until))
        for stage in left
    )


def _ahead(command: Command, day: date | None) -> date | None:
    return day if day and day >= command.on else None


def _beginning(part: LockedCase) -> State:
    """Where a part begins: where its kind does, or at the first body that is left."""
    own = KINDS[part.facts.kind].starts_in
    return own if own is State.DRAFT else part.facts.stages[0].kind.state


def _handlaggare(connection: Connection, case: LockedCase, row: Row) -> tuple[str, ...]:
    texts = payload_store.of_stream(connection, case.stream)
    return tuple(texts.get(row["payload"], {}).get("handlaggare", ()))


def _children(case: LockedCase) -> Children | None:
    """Whether a part concerns children; what is best for them in it is assessed anew."""
    return Children.JA if case.facts.children is Children.PROVAT else case.facts.children


def _recipients(command: Command, case: LockedCase, part: LockedCase, draft: Draft) -> Iterator[Change]:
    """The same as the case's, but for those whose names have been destroyed."""
    named = (one for one in case.facts.recipients if one.name != payload_store.GONE)
    for place, one in enumerate(named, 1):
        yield recipient_row(command, part.id, draft, one.name, one.body, place, one.purpose)


def _apart(case: LockedCase) -> Iterator[str]:
    yield f"Delat från {case.facts.ref}, med det som är kvar av dess väg och samma mottagare."
    if KINDS[case.facts.kind].negotiated:
        yield "MBL följer inte med: det nya ärendet bedöms för sig."
