"""Every field of a read skrivelse with its place in the document, how sure it is and why."""

from collections.abc import Iterable

import msgspec

from workflow.document_intake.claims import Told
from workflow.document_intake.decision_evidence import mbl_evidence, proposal_evidence
from workflow.document_intake.document import Document
from workflow.document_intake.doubts import looks_scanned
from workflow.document_intake.head_evidence import head_evidence
from workflow.document_intake.interface import Field, Found, Skrivelse, Sureness
from workflow.document_intake.list_evidence import (
    leftover_evidence,
    recipient_evidence,
    signatory_evidence,
    underlag_evidence,
    watch_evidence,
)

_ORDER = {field: place for place, field in enumerate(Field)}
_WEAKEST_FIRST = (Sureness.OSAKER, Sureness.TROLIG, Sureness.SAKER)
_IN_A_SCAN = "Texten är inskannad, så enstaka tecken kan vara fel. "


def found_in(document: Document, skrivelse: Skrivelse, told: Told, *, scanned: bool) -> tuple[Found, ...]:
    found = [
        *head_evidence(document, skrivelse, told),
        *proposal_evidence(document, skrivelse, told),
        *mbl_evidence(document, skrivelse, told),
        *underlag_evidence(document, skrivelse, told),
        *recipient_evidence(document, skrivelse, told),
        *signatory_evidence(document, skrivelse, told),
        *leftover_evidence(document, skrivelse),
        *watch_evidence(document, skrivelse),
    ]
    if scanned or looks_scanned("\n".join(document.lines)):
        found = [_read_from_a_picture(one) for one in found]
    return tuple(sorted(found, key=lambda one: _ORDER[one.field]))


def weakest(found: Iterable[Found]) -> Sureness:
    """How sure a field with several findings is: no surer than the least sure of them."""
    return min((one.sureness for one in found), key=_WEAKEST_FIRST.index, default=Sureness.SAKER)


def _read_from_a_picture(one: Found) -> Found:
    if one.sureness is not Sureness.SAKER:
        return one
    return msgspec.structs.replace(one, sureness=Sureness.TROLIG, why=_IN_A_SCAN + one.why)
