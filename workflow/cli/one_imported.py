"""What is told of one skrivelse that was taken in: what was read of it, and what to look at."""

import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from workflow import no_skrivelse
from workflow.cli.intake_views import leftovers, to_look_at
from workflow.document_intake.interface import Field, ReadSkrivelse, Sureness, weakest
from workflow.harmless_text import safe
from workflow.intakework import Terms
from workflow.use_case import Done

SHOWN = 12
"""Things to look at: a skrivelse has a handful, and what is none has no end of them."""

_SURE = {Sureness.SAKER: "", Sureness.TROLIG: " (trolig)", Sureness.OSAKER: " (osäker)"}


def told(done: Done, read: ReadSkrivelse, file: Path, terms: Terms) -> Done:
    """The same, with what was read said before what followed by itself, and what to look at after it."""
    is_new = done.before is None
    instead = f"filens namn togs i stället: {safe(file.name)}" if is_new else "ärendets står kvar"
    whose = "Ett nytt ärende." if is_new else f"Till ett ärende som finns: {done.ref}."
    return msgspec.structs.replace(
        done, notes=(whose, *_read(read, instead, terms), *done.notes, *_to_look_at(read, file))
    )


def _read(read: ReadSkrivelse, instead: str, terms: Terms) -> Iterator[str]:
    """What was read of that which names a case; `instead`: the rubrik of what has none."""
    skrivelse = read.skrivelse
    rubrik = f"{skrivelse.rubrik}{_sure(read, Field.RUBRIK)}" if skrivelse.rubrik else f"hittades inte; {instead}"
    yield f"Rubrik: {rubrik}"
    numbers = ", ".join((*skrivelse.numbers, *terms.numbers))
    yield f"Diarienummer: {numbers + _sure(read, Field.DNR) if numbers else 'inget'}"
    if skrivelse.handlaggare:
        yield f"Handläggare: {', '.join(skrivelse.handlaggare)}{_sure(read, Field.HANDLAGGARE)}"
    yield f"Förslag till beslut: {_proposals(read, terms)}"


def _proposals(read: ReadSkrivelse, terms: Terms) -> str:
    """How many points each body is asked to decide."""
    otherwise = terms.body or read.skrivelse.addressee
    points: Counter[str] = Counter()
    for proposal in read.skrivelse.proposals:
        points[proposal.body or otherwise or "–"] += len(proposal.att_satser)
    if not points:
        return f"inget; instans: {otherwise}" if otherwise else "inget"
    found = (f"{body}: {number} {'punkt' if number == 1 else 'punkter'}" for body, number in points.items())
    return "; ".join(found) + _sure(read, Field.ATT_SATS)


def _sure(read: ReadSkrivelse, field: Field) -> str:
    return _SURE[weakest(one for one in read.skrivelse.found if one.field is field)]


def _to_look_at(read: ReadSkrivelse, file: Path) -> Iterator[str]:
    another = no_skrivelse.another_paper(read)
    found = [*([another] if another else []), *read.text.notes, *to_look_at(read), *leftovers(read)]
    yield from (f"Se över: {sentence}" for sentence in found[:SHOWN])
    if len(found) > SHOWN:
        yield f"Och {len(found) - SHOWN} till att se över: arende read {shlex.quote(safe(str(file)))}"
