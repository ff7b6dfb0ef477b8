"""Taking in a tjänsteskrivelse: a new version of the proposal of the case it names, or a new case.

One use case and one transaction for each document; whoever takes in many gives them one at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec

from states.case_facts import BodyKind, CaseKind, MblEntry, MblKind, StageRole, State
from states.case_number import readings
from states.judgement import Refused
from states.kinds import KINDS
from states.swedish_text import name as named
from workflow import case_store, documentwork, registration, statements
from workflow.audit_journal import Command
from workflow.body_register import Body
from workflow.desk import Desk
from workflow.document_intake.interface import Skrivelse as ReadSkrivelse
from workflow.documents import File
from workflow.errors import (
    AlreadyInError,
    ChangedMeanwhileError,
    HiddenError,
    HiddenNumberError,
    NoBodyNamedError,
    NumberTakenError,
    UsageError,
)
from workflow.registration import NewCase, Proposal, Skrivelse
from workflow.use_case import Rehearsed, Result, deny_everywhere
from workflow.watchwork import NewWatch, answering_body, chosen, from_suggestion

Suggestions = Sequence[Mapping[str, Any]]


TRIES = 3
"""Somebody else may take in the same case just then; what they did is there the next time."""


class Paper(msgspec.Struct, frozen=True):
    """A document that has been read."""

    read: ReadSkrivelse
    data: bytes  # all of the file
    sha256: str
    name: str  # of the file it came as: data only
    no_case: str = ""  # why nothing is made of it, with what to do


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever takes a document in says besides what it says itself."""

    kind: CaseKind | None = None  # None: as its rubrik says
    body: str | None = None  # the body of what names none
    numbers: tuple[str, ...] = ()
    watched: str = ""  # "1,3" or "alla" of the watches it suggests; empty for none
    secrecy: str | None = None  # the provision that a new case is marked with


def refuse_taken(kind: CaseKind) -> None:
    """Raise UsageError for a kind of case that a skrivelse does not begin."""
    if KINDS[kind].taken:
        raise UsageError(
            f"Ett {named(kind)} säger vem som beslutade och enligt vilken punkt. Registrera det först, med arende "
            f"register --kind {kind} --punkt PUNKT --av NAMN, så läggs skrivelsen till det."
        )


def take_in(desk: Desk, command: Command, paper: Paper, terms: Terms, *, save: bool = True) -> Result:
    """Attach the skrivelse to the case its numbers name, or register a new one.

    Raises AlreadyInError for a file that is in, and HiddenNumberError for the number of a secret case that may not be
    seen. Without `save` everything is taken back, and only told.
    """
    if refused := deny_everywhere(desk, command, "attach", "diariet"):
        return refused
    for text in terms.numbers:
        if not _is_number(text, []):
            raise UsageError(
                f"--dnr: ”{text}” är inget diarienummer. Skriv det som i diariet, till exempel SON 2026-121."
            )
    for _ in range(TRIES - 1):
        try:
            return _taken_in(desk, command, paper, terms, save=save)
        except (ChangedMeanwhileError, NumberTakenError):
            continue
    return _taken_in(desk, command, paper, terms, save=save)


def _taken_in(desk: Desk, command: Command, paper: Paper, terms: Terms, *, save: bool) -> Result:
    if is_in(desk, paper.sha256):
        # The same is said of a case that may be seen, so that nobody finds a secret one by its file.
        raise AlreadyInError("Filen är redan inläst; inget gjordes. Sök ärendet med: arende list")
    if paper.no_case:
        raise UsageError(paper.no_case)
    try:
        act = _act(desk, command, paper, terms)
        if save:
            with documentwork.kept(desk, paper.data):
                return act(save=True)
        return act(save=False)
    except Rehearsed as rehearsed:
        return rehearsed.done
    except HiddenError as error:
        raise HiddenNumberError(error.cases) from None


def _act(desk: Desk, command: Command, paper: Paper, terms: Terms) -> Callable[..., Result]:
    """What is to be done with a document. Raises UsageError where that cannot be told."""
    accepted = chosen(_suggested(paper.read), terms.watched) if terms.watched else ()
    skrivelse = _skrivelse(desk, command, paper, terms)
    known = {case_store.find_or_none(desk.connection, str(number)) for number in skrivelse.numbers} - {None}
    for case_id in map(str, known):
        case_store.require_seen(desk.connection, case_id)
    if len(known) > 1:
        raise UsageError("Skrivelsens diarienummer hör till flera olika ärenden. Rätta dem i skrivelsen.")
    for case_id in map(str, known):
        if terms.secrecy and not _is_seen_as_secret(desk, case_id):
            raise UsageError("Ärendet finns redan; markera det med arende secrecy i stället för --sekretess.")
        watches = _watches(accepted, answering_body(desk, case_id))
        said = msgspec.structs.replace(skrivelse, rubrik=paper.read.rubrik or "", watches=watches)
        return partial(registration.attach, desk, command, case_id, said)
    kind = terms.kind or _kind(paper.read)
    way = _way(desk, command, skrivelse, kind, terms.body or paper.read.addressee)
    skrivelse = _with(skrivelse, _watches(accepted, way[0][0].code))
    new = NewCase(kind=kind, skrivelse=skrivelse, way=way, starts_in=State.DRAFT, secrecy=terms.secrecy)
    return partial(registration.register, desk, command, new)


def denied(desk: Desk, command: Command) -> Refused | None:
    """The refusal for whoever may take in nothing, before many documents are read; written down."""
    return deny_everywhere(desk, command, "attach", "diariet")


def is_in(desk: Desk, sha256: str) -> bool:
    """True for a file that some case has, seen or not."""
    return bool(desk.connection.run(statements.SKRIVELSE_BY_HASH, sha256=sha256))


def _is_seen_as_secret(desk: Desk, case_id: str) -> bool:
    return case_store.is_seen(desk.connection, case_id) and case_store.is_secret(desk.connection, case_id)


def _suggested(read: ReadSkrivelse) -> Suggestions:
    """The watches it suggests, as plain values."""
    found: list[Mapping[str, Any]] = msgspec.to_builtins(list(read.watches))
    return found


def _watches(accepted: Suggestions, body: str) -> tuple[NewWatch, ...]:
    return tuple(from_suggestion(suggestion, body) for suggestion in accepted)


def _with(skrivelse: Skrivelse, watches: tuple[NewWatch, ...]) -> Skrivelse:
    return msgspec.structs.replace(skrivelse, watches=watches)


def _kind(read: ReadSkrivelse) -> CaseKind:
    rubrik = (read.rubrik or "").casefold()
    if rubrik.startswith("motion"):
        return CaseKind.MOTION
    return CaseKind.MEDBORGARFORSLAG if rubrik.startswith("medborgarförslag") else CaseKind.FORVALTNINGSARENDE


def _skrivelse(desk: Desk, command: Command, paper: Paper, terms: Terms) -> Skrivelse:
    read = paper.read
    unsure = [*read.unsure]
    return Skrivelse(
        rubrik=read.rubrik or paper.name,
        dated=read.date,
        numbers=(*(text for text in read.numbers if _is_number(text, unsure)), *terms.numbers),
        proposals=_proposals(desk, command, read, terms.body),
        recipients=read.recipients,
        underlag=read.underlag,
        signatories=read.signatories,
        handlaggare=read.handlaggare,
        leftovers=tuple((leftover.section, leftover.text) for leftover in read.placeholders),
        mbl=_mbl(read, command.on, unsure),
        unsure=tuple(unsure),
        suggested=tuple(_suggested(read)),
        document=File(sha256=paper.sha256, name=paper.name, size=len(paper.data)),
    )


def _is_number(text: str, unsure: list[str]) -> bool:
    found = readings(text)
    if not found or not found[0].diary:
        unsure.append(f"”{text}” kunde inte läsas som diarienummer.")
        return False
    return True


def _proposals(desk: Desk, command: Command, read: ReadSkrivelse, body: str | None) -> tuple[Proposal, ...]:
    """The proposals with bodies as codes; one that names no body goes to the addressee or to `body`."""
    register = desk.bodies
    found = []
    for proposal in read.proposals:
        text = proposal.body or body or read.addressee
        if text is None:
            raise NoBodyNamedError(
                "Skrivelsen säger inte vilken nämnd den gäller. Ange --body, till exempel --body SON."
            )
        found.append(Proposal(body=register.find(text, command.on).code, att_satser=proposal.att_satser))
    return tuple(found)


def _mbl(read: ReadSkrivelse, on: date, unsure: list[str]) -> tuple[MblEntry, ...]:
    """What the skrivelse says of MBL; without a date nothing is noted, and that is said."""
    mbl = read.mbl
    if mbl.kind == "ej_påkallad":
        return (MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=mbl.date or read.date or on, held=True),)
    kinds = {"information": (MblKind.INFORMATION, "19"), "förhandling": (MblKind.FORHANDLING, "11")}
    if mbl.kind in kinds and mbl.date is not None:
        kind, usual = kinds[mbl.kind]
        return (MblEntry(kind=kind, paragraph=mbl.paragraph or usual, on=mbl.date, held=mbl.date <= on),)
    unsure.append("MBL är inte noterat: skrivelsen säger inte när eller hur. Anteckna det med arende mbl.")
    return ()


def _way(
    desk: Desk, command: Command, skrivelse: Skrivelse, kind: CaseKind, otherwise: str | None
) -> tuple[tuple[Body, StageRole], ...]:
    """The way the proposals tell: the last body decides, those before it prepare."""
    register = desk.bodies
    wanted = [proposal.body for proposal in skrivelse.proposals if proposal.body] or [otherwise or ""]
    bodies = [register.find(body, command.on) for body in wanted if body]
    if not bodies:
        raise NoBodyNamedError(
            "Skrivelsen har inget förslag till beslut för någon instans. Ange --body, till exempel SON."
        )
    order = sorted(dict.fromkeys(bodies), key=lambda body: (list(BodyKind).index(body.kind), not body.is_utskott))
    prepares = StageRole.YTTRANDE if kind is not CaseKind.FORVALTNINGSARENDE else StageRole.BEREDNING
    proposing = {body for body in order if body.kind is not BodyKind.NAMND and not body.is_utskott}
    roles = [StageRole.FORSLAG if body in proposing else prepares for body in order[:-1]]
    return tuple(zip(order, [*roles, StageRole.BESLUT], strict=True))
