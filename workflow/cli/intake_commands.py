"""The commands that read a tjänsteskrivelse: read and import."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from states.case_facts import BodyKind, CaseKind, MblEntry, MblKind, StageRole, State
from states.case_number import readings
from states.kinds import KINDS
from states.swedish_text import name as named
from workflow import case_store, registration, statements
from workflow.audit_journal import Command as Given
from workflow.body_register import Body
from workflow.cli import frame, render, views
from workflow.cli.change import Asked, changes, perform
from workflow.cli.secrecy_commands import as_provision, marked_secret
from workflow.cli.swedish import Command, codes
from workflow.cli.watch_commands import answering_body, chosen, from_suggestion
from workflow.desk import Desk
from workflow.document_intake.child import Child
from workflow.document_intake.incoming import harmless_name, read_incoming
from workflow.document_intake.interface import ReadSkrivelse as ReadDocument
from workflow.document_intake.interface import Skrivelse as ReadSkrivelse
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.tasks import Task
from workflow.document_intake.tjansteskrivelse import as_answer
from workflow.errors import UsageError
from workflow.registration import NewCase, Proposal, Skrivelse
from workflow.use_case import Result, deny_everywhere
from workflow.watchwork import NewWatch

Words = tuple[str, ...]


@click.command("read", cls=Command, help="Läs en tjänsteskrivelse och visa vad den säger; inget sparas.")
@click.argument("file", type=click.Path(path_type=Path), metavar="FIL")
@frame.as_json
def read_command(file: Path, json_wanted: bool) -> int:
    _, skrivelse = _read(file)
    answer = as_answer(skrivelse)
    return render.as_json(answer) if json_wanted else views.skrivelse(skrivelse, answer)


def _read(file: Path) -> tuple[str, ReadSkrivelse]:
    """The file's SHA-256 and what it says. Raises UsageError with what to do."""
    try:
        came = read_incoming(file)
        with Child() as child:
            read: ReadDocument = child.ask(Task.SKRIVELSE, came.data)
    except UnreadableDocument as error:
        raise UsageError(f"{file}: {error.reason}") from error
    return came.sha256, read.skrivelse


@click.command("import", cls=Command, help="Registrera ett ärende ur en skrivelse, eller lägg den till det som finns.")
@click.argument("file", type=click.Path(path_type=Path), metavar="FIL")
@click.option("--kind", "kind", type=codes(CaseKind), metavar="SLAG", help="Slag av ärende (annars ur rubriken).")
@click.option("--body", "body", metavar="INSTANS", help="Nämnden, när skrivelsen inte säger vilken.")
@click.option("--dnr", "numbers", multiple=True, metavar="DNR", help="Diarienummer utöver skrivelsens.")
@click.option("--bevaka", "watched", metavar="N|alla", help="Ta med de bevakningar som arende read föreslår.")
@marked_secret
@changes
def import_command(
    file: Path,
    kind: str | None,
    body: str | None,
    numbers: Words,
    watched: str | None,
    secrecy: str | None,
    asked: Asked,
) -> int:
    if kind and KINDS[CaseKind(kind)].taken:
        raise UsageError(
            f"Ett {named(kind)} säger vem som beslutade och enligt vilken punkt. Registrera det först, med arende "
            f"register --kind {kind} --punkt PUNKT --av NAMN, så läggs skrivelsen till det."
        )
    basis = as_provision(secrecy)
    sha256, read = _read(file)
    accepted = chosen(_suggested(read), watched) if watched else []
    with frame.desk() as desk:
        return perform(
            desk,
            asked,
            lambda given: _import(
                desk, given, read, harmless_name(file.name), sha256, kind, body, numbers, accepted, basis
            ),
        )


def _suggested(read: ReadSkrivelse) -> Sequence[Mapping[str, Any]]:
    found: Any = as_answer(read)["watches"]
    return list(found)


def _import(
    desk: Desk,
    given: Given,
    read: ReadSkrivelse,
    name: str,
    sha256: str,
    kind: str | None,
    body: str | None,
    numbers: Words,
    accepted: Sequence[Mapping[str, Any]],
    basis: str | None,
) -> Result:
    """Attach the skrivelse to the case its numbers name, or register a new one."""
    if denied := deny_everywhere(desk, given, "attach", "diariet"):
        return denied
    if desk.connection.run(statements.DOCUMENT_BY_HASH, sha256=sha256):
        # The same is said of a case that may be seen, so that nobody finds a secret one by its file.
        raise UsageError("Filen är redan inläst; inget gjordes. Sök ärendet med: arende list")
    skrivelse = _skrivelse(desk, given, read, name, sha256, body, numbers)
    known = {case_store.find_or_none(desk.connection, str(number)) for number in skrivelse.numbers} - {None}
    if len(known) > 1:
        raise UsageError("Skrivelsens diarienummer hör till flera olika ärenden. Rätta dem i skrivelsen.")
    for case_id in known:
        if basis:
            raise UsageError("Ärendet finns redan; markera det med arende secrecy i stället för --sekretess.")
        watches = _watches(accepted, answering_body(desk, str(case_id)))
        return registration.attach(desk, given, str(case_id), replace(skrivelse, watches=watches))
    case_kind = CaseKind(kind) if kind else _kind(read)
    way = _way(desk, given, skrivelse, case_kind, body or read.addressee)
    skrivelse = replace(skrivelse, watches=_watches(accepted, way[0][0].code))
    new = NewCase(kind=case_kind, skrivelse=skrivelse, way=way, starts_in=State.DRAFT, secrecy=basis)
    return registration.register(desk, given, new)


def _watches(accepted: Sequence[Mapping[str, Any]], body: str) -> tuple[NewWatch, ...]:
    return tuple(from_suggestion(suggestion, body) for suggestion in accepted)


def _kind(read: ReadSkrivelse) -> CaseKind:
    rubrik = (read.rubrik or "").casefold()
    if rubrik.startswith("motion"):
        return CaseKind.MOTION
    return CaseKind.MEDBORGARFORSLAG if rubrik.startswith("medborgarförslag") else CaseKind.FORVALTNINGSARENDE


def _skrivelse(
    desk: Desk,
    given: Given,
    read: ReadSkrivelse,
    name: str,
    sha256: str,
    body: str | None,
    numbers: Words,
) -> Skrivelse:
    unsure = [*read.unsure]
    return Skrivelse(
        rubrik=read.rubrik or name,
        numbers=tuple(text for text in (*read.numbers, *numbers) if _is_number(text, unsure)),
        proposals=_proposals(desk, given, read, body),
        recipients=read.recipients,
        underlag=read.underlag,
        signatories=read.signatories,
        handlaggare=read.handlaggare,
        leftovers=tuple((leftover.section, leftover.text) for leftover in read.placeholders),
        mbl=_mbl(read, given.on, unsure),
        unsure=tuple(unsure),
        suggested=tuple(_suggested(read)),
        document_sha256=sha256,
        document_name=name,
    )


def _is_number(text: str, unsure: list[str]) -> bool:
    found = readings(text)
    if not found or not found[0].diary:
        unsure.append(f"”{text}” kunde inte läsas som diarienummer.")
        return False
    return True


def _proposals(desk: Desk, given: Given, read: ReadSkrivelse, body: str | None) -> tuple[Proposal, ...]:
    """The proposals with bodies as codes; one that names no body goes to the addressee or `--body`."""
    register = desk.bodies
    found = []
    for proposal in read.proposals:
        text = proposal.body or body or read.addressee
        if text is None:
            raise UsageError("Skrivelsen säger inte vilken nämnd den gäller. Ange --body, till exempel --body SON.")
        found.append(Proposal(body=register.find(text, given.on).code, att_satser=proposal.att_satser))
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
    desk: Desk, given: Given, skrivelse: Skrivelse, kind: CaseKind, otherwise: str | None
) -> tuple[tuple[Body, StageRole], ...]:
    """The way the proposals tell: the last body decides, those before it prepare."""
    register = desk.bodies
    named = [proposal.body for proposal in skrivelse.proposals if proposal.body] or [otherwise or ""]
    bodies = [register.find(body, given.on) for body in named if body]
    if not bodies:
        raise UsageError("Skrivelsen har inget förslag till beslut för någon instans. Ange --body, till exempel SON.")
    order = sorted(dict.fromkeys(bodies), key=lambda body: (list(BodyKind).index(body.kind), not body.is_utskott))
    prepares = StageRole.YTTRANDE if kind is not CaseKind.FORVALTNINGSARENDE else StageRole.BEREDNING
    proposing = {body for body in order if body.kind is not BodyKind.NAMND and not body.is_utskott}
    roles = [StageRole.FORSLAG if body in proposing else prepares for body in order[:-1]]
    return tuple(zip(order, [*roles, StageRole.BESLUT], strict=True))
