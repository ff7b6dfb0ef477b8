"""What the tjänsteskrivelse must hold before it goes on."""

from states import legal_basis
from states.case_facts import Attempt, CaseFacts, Children, ItemKind
from states.guards import Guard, Lack, Remedy
from states.roles import Role
from states.swedish_text import day, listed


def _placeholders(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not facts.leftovers:
        return None
    leftovers = (f"”{text}” ({section})" for section, text in facts.leftovers)
    sections = {section: "" for section, _ in facts.leftovers}
    return Lack({"leftovers": listed(leftovers)}, (Remedy("edit", {"case": facts.ref, **sections}),))


PLACEHOLDERS = Guard(
    "placeholders",
    "Mallen är inte ifylld: {leftovers}. Att fylla i den ändrar inte förslaget, och noterad MBL gäller.",
    legal_basis.PLACEHOLDERS,
    Role.HANDLAGGARE,
    _placeholders,
)


def _proposal(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    stage = facts.stage
    if stage is None or facts.proposes_to & {stage.body, None}:
        return None
    remedy = Remedy("edit", {"case": facts.ref, "Förslag till beslut": stage.body})
    return Lack({"body": stage.body}, (remedy,), warns=not facts.proposes_to)


PROPOSAL = Guard(
    "proposal-for-next-body",
    "Skrivelsen har inget förslag till beslut för {body}, som står på tur.",
    legal_basis.PROPOSAL,
    Role.HANDLAGGARE,
    _proposal,
)


def _childs_best(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if facts.children is not Children.JA or attempt.purpose is not ItemKind.BESLUT:
        return None
    return Lack(remedies=(Remedy("children.assessed", {"case": facts.ref}),))


CHILDS_BEST = Guard(
    "childs-best",
    "Ärendet rör barn, och det är inte antecknat att barnets bästa har prövats.",
    legal_basis.BK_02,
    Role.HANDLAGGARE,
    _childs_best,
    blocks=False,
)


def _registered_promptly(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if facts.received_on is None or attempt.register_by is None or attempt.on <= attempt.register_by:
        return None
    return Lack({"received": day(facts.received_on), "limit": day(attempt.register_by)})


REGISTERED_PROMPTLY = Guard(
    "registered-promptly",
    "Handlingen kom in {received} och skulle ha registrerats senast {limit} enligt kommunens inställning "
    "(register_days). Lagen säger så snart som möjligt; praxis är samma eller nästa arbetsdag.",
    legal_basis.RG_01,
    Role.REGISTRATOR,
    _registered_promptly,
    blocks=False,
)


def _dnr(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if facts.numbers:
        return None
    return Lack(remedies=(Remedy("edit", {"case": facts.ref, "Diarienummer": ""}),))


DNR = Guard(
    "dnr-before-agenda",
    "Ärendet har inget diarienummer. Det behövs innan ärendet sätts på en föredragningslista.",
    legal_basis.DNR,
    Role.REGISTRATOR,
    _dnr,
)
