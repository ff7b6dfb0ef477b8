"""Every field of a read skrivelse with its place in the document, how sure it is and why."""

import msgspec

from workflow.document_intake.claims import Told
from workflow.document_intake.decision_evidence import mbl_evidence, proposal_evidence
from workflow.document_intake.document import Document
from workflow.document_intake.doubts import garbled_word, looks_scanned
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
_IN_A_SCAN = "Texten är inskannad, så enstaka tecken kan vara fel. "


def found_in(document: Document, skrivelse: Skrivelse, told: Told, *, scanned: bool) -> tuple[Found, ...]:
    signed = list(signatory_evidence(document, skrivelse, told))
    found = [
        *head_evidence(document, skrivelse, told),
        *proposal_evidence(document, skrivelse, told),
        *mbl_evidence(document, skrivelse, told),
        *underlag_evidence(document, skrivelse, told),
        *recipient_evidence(document, skrivelse, told, signed),
        *signed,
        *leftover_evidence(document, skrivelse),
        *watch_evidence(document, skrivelse),
    ]
    whole = "\n".join(document.lines)
    garbled = garbled_word(whole)
    if garbled:
        found = [_read_from_garbled(one, garbled) for one in found]
    elif scanned or looks_scanned(whole):
        found = [_read_from_a_picture(one) for one in found]
    return tuple(sorted(found, key=lambda one: _ORDER[one.field]))


def _read_from_a_picture(one: Found) -> Found:
    if one.sureness is not Sureness.SAKER:
        return one
    return msgspec.structs.replace(one, sureness=Sureness.TROLIG, why=_IN_A_SCAN + one.why)


def _read_from_garbled(one: Found, word: str) -> Found:
    why = f"Bokstäver i texten är förvanskade (”{word}”), så rubriker och namn kan ha missats."
    return msgspec.structs.replace(one, sureness=Sureness.OSAKER, why=why)
