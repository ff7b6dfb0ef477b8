"""What follows from the kind of a case: where it begins, its way, and which rules it is an exception to. One table."""

import msgspec

from states.case_facts import CaseKind, DelegationKind, ItemKind, MatterOutcome, StageRole, State

OWN = "egen"
"""In a way: the body that the case is registered with."""


ELECTED = frozenset({MatterOutcome.VALD, MatterOutcome.ENTLEDIGAD})
PROPOSED = frozenset(MatterOutcome) - ELECTED
"""What can become of a proposal."""

PUT = PROPOSED - {MatterOutcome.BIFALLEN, MatterOutcome.AVSLAGEN, MatterOutcome.OVERLAMNAD}
"""And of a question, which proposes nothing."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table."""

    starts_in: State | None  # None: at the first body of its way
    way: tuple[tuple[str, StageRole], ...] = ((OWN, StageRole.BESLUT),)  # (body kind or OWN, role), if nothing is said
    council: bool = False  # fullmäktige itself must decide it (KL 5 kap. 22–23 §§), within the year (35 §)
    withdrawable: bool = True  # it can be taken back; False: only fullmäktige can be done with it
    prepared: bool = True  # fullmäktige decides it only when it is prepared (KL 5 kap. 26, 29–34 §§)
    negotiated: bool = True  # MBL is asked about: it changes something for those who work here
    answered: bool = False  # somebody outside has set a day for our answer
    ends_when_told: bool = False  # a body that deals with it can let it end by only being told
    purpose: ItemKind = ItemKind.BESLUT  # what it stands on an agenda for, if nothing else is said
    matters: frozenset[MatterOutcome] = PROPOSED  # what can become of it
    taken: DelegationKind | None = None  # it has been decided already, in the body's place


RAISED_IN_KF = (
    ("kf", StageRole.ANMALAN),
    ("ks", StageRole.REMISS),
    ("ks", StageRole.FORSLAG),
    ("kf", StageRole.BESLUT),
)
"""Announced in fullmäktige, remitted by kommunstyrelsen, and back the same way to be decided."""

TO_KF = ((OWN, StageRole.FORSLAG), ("ks", StageRole.FORSLAG), ("kf", StageRole.BESLUT))
KF_ALONE = (("kf", StageRole.BESLUT),)
ONLY_TOLD = ((OWN, StageRole.ANMALAN),)

KINDS: dict[CaseKind, Kind] = {
    CaseKind.FORVALTNINGSARENDE: Kind(starts_in=State.DRAFT, ends_when_told=True),
    CaseKind.KS_ARENDE: Kind(starts_in=State.KS, way=(("ks", StageRole.BESLUT),), ends_when_told=True),
    CaseKind.LEDAMOTSINITIATIV: Kind(starts_in=None),
    CaseKind.FORESKRIFT: Kind(starts_in=State.DRAFT, way=TO_KF),
    CaseKind.MOTION: Kind(starts_in=State.KF, way=RAISED_IN_KF, council=True, withdrawable=False),
    CaseKind.MEDBORGARFORSLAG: Kind(starts_in=State.KF, way=RAISED_IN_KF, council=True, withdrawable=False),
    # Needs no preparation (KL 5 kap. 29–34 §§), or is no proposal at all (59–64 §§).
    CaseKind.INTERPELLATION: Kind(starts_in=State.KF, way=KF_ALONE, prepared=False, negotiated=False, matters=PUT),
    CaseKind.FRAGA: Kind(starts_in=State.KF, way=KF_ALONE, prepared=False, negotiated=False, matters=PUT),
    CaseKind.VAL: Kind(starts_in=State.KF, way=KF_ALONE, prepared=False, negotiated=False, matters=PROPOSED | ELECTED),
    CaseKind.REVISION: Kind(starts_in=State.KF, way=KF_ALONE, prepared=False, negotiated=False, withdrawable=False),
    CaseKind.REMISS: Kind(starts_in=State.DRAFT, negotiated=False, answered=True),
    CaseKind.YTTRANDE: Kind(starts_in=State.DRAFT, negotiated=False, answered=True),
    CaseKind.INFORMATION: Kind(
        starts_in=None, way=ONLY_TOLD, negotiated=False, ends_when_told=True, purpose=ItemKind.INFORMATION
    ),
    # Decided already, and told of at the next meeting (KL 6 kap. 40 §, 7 kap. 8 §).
    CaseKind.DELEGATIONSBESLUT: Kind(
        starts_in=None,
        way=ONLY_TOLD,
        negotiated=False,
        ends_when_told=True,
        purpose=ItemKind.ANMALAN,
        taken=DelegationKind.DELEGATION,
    ),
    CaseKind.ORDFORANDEBESLUT: Kind(
        starts_in=None,
        way=ONLY_TOLD,
        negotiated=False,
        ends_when_told=True,
        purpose=ItemKind.ANMALAN,
        taken=DelegationKind.BRADSKANDE,
    ),
}
