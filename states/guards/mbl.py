"""MBL: noted before it leaves the förvaltning, held before a body decides (1976:580)."""

from datetime import date

from states import legal_basis, mbl
from states.case_facts import (
    DECIDING_ROLES,
    Attempt,
    CaseFacts,
    ItemKind,
    MblEntry,
    MblKind,
)
from states.guards import Guard, Lack, Remedy, decides
from states.kinds import KINDS
from states.roles import Role
from states.swedish_text import day, listed


def _deciding_day(facts: CaseFacts) -> date | None:
    """The day of the first meeting the case is booked to where its body really decides."""
    deciding = {stage.id for stage in facts.stages if stage.role in DECIDING_ROLES}
    waiting = (item for item in facts.agenda if item.waiting and item.kind is ItemKind.BESLUT)
    days = (item.meeting.on for item in waiting if item.stage in deciding)
    return min(days, default=None)


def _mbl_remedies(facts: CaseFacts) -> tuple[Remedy, ...]:
    return (Remedy("mbl.negotiate", {"case": facts.ref}), Remedy("mbl.not_called_for", {"case": facts.ref}))


def _mbl_noted(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not KINDS[facts.kind].negotiated:
        return None
    told = mbl.noted(facts.mbl)
    if not told:
        missing = "varken förhandling, information eller bedömningen ”ej påkallad” är antecknad"
        return Lack({"missing": missing}, _mbl_remedies(facts))
    limit = _deciding_day(facts)
    if limit is None or any(entry.on <= limit for entry in told):
        return None
    booked = min(entry.on for entry in told)
    missing = f"den är bokad till {day(booked)}, men sammanträdet är {day(limit)}"
    return Lack({"missing": missing}, _mbl_remedies(facts)[:1])


MBL_NOTED = Guard(
    "mbl-noted",
    "MBL är inte klarlagt: {missing}. Ett datum, hållet eller bokat före sammanträdet, eller bedömningen "
    "”ej påkallad” krävs för att lämna MBL.",
    legal_basis.MBL_NOTED,
    Role.FORVALTNINGSCHEF,
    _mbl_noted,
)


def _mbl_held(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not decides(facts, attempt) or not KINDS[facts.kind].negotiated:
        return None
    # An assessment counts from its own day; the law sets none for an information (MBL 19 §).
    told = mbl.noted(facts.mbl)
    if not any(entry.kind is not MblKind.EJ_PAKALLAD or entry.on <= attempt.on for entry in told):
        missing = "varken MBL-förhandling, information eller bedömningen ”ej påkallad” är antecknad"
        return Lack({"missing": missing}, _mbl_remedies(facts))
    late = mbl.unfinished(facts.mbl, attempt.on)
    if late is None:
        return None
    what = f"förhandlingen enligt {late.paragraph} § ({day(late.on)})"
    if late.unfinished:
        remedy = Remedy("mbl.end", {"case": facts.ref, "paragraph": late.paragraph or "11"})
        return Lack({"missing": f"{what} är inte avslutad före beslutet"}, (remedy,), who=Role.HR)
    remedy = Remedy("mbl.negotiate", {"case": facts.ref, "paragraph": late.paragraph or "11"})
    return Lack({"missing": f"{what} är inte antecknad som hållen före beslutet"}, (remedy,), who=Role.HR)


MBL_HELD = Guard(
    "mbl-held",
    "MBL hindrar beslutet: {missing}. Före viktigare förändring ska arbetsgivaren förhandla på eget "
    "initiativ; skadestånd kan följa (54–55 §§).",
    legal_basis.MB_02,
    Role.FORVALTNINGSCHEF,
    _mbl_held,
)


def _mbl_information(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not decides(facts, attempt):
        return None
    booked = [e for e in facts.mbl if e.kind is MblKind.INFORMATION]
    given = {entry.paragraph for entry in booked if entry.held and entry.on <= attempt.on}
    late = [entry for entry in booked if entry.paragraph not in given]
    if not late:
        return None
    remedy = Remedy("mbl.inform", {"case": facts.ref})
    return Lack({"on": day(late[0].on)}, (remedy,))


MBL_INFORMATION = Guard(
    "mbl-information",
    "Informationen enligt MBL 19 § ({on}) är inte antecknad som lämnad före beslutet.",
    legal_basis.MB_08,
    Role.HR,
    _mbl_information,
    blocks=False,
)

ASKED_UNDER = {
    "12": legal_basis.MB_03,
    "13": legal_basis.MB_04,
    "14": legal_basis.MB_05,
    "38": legal_basis.MB_10,
}


def _mbl_requested(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    sends = attempt.verb == "dispatch"
    if not sends and not decides(facts, attempt):
        return None
    asked = mbl.unanswered(facts.mbl, attempt.on)
    if not asked:
        return None
    paragraphs = tuple(dict.fromkeys(one.paragraph or "12" for one in asked))
    remedies = tuple(Remedy("mbl.negotiate", {"case": facts.ref, "paragraph": one}) for one in paragraphs)
    left = "den är inte avslutad" if len(asked) == 1 else "de är inte avslutade"
    words = {"asked": listed(_asked_for(one) for one in asked), "left": left}
    return Lack(words, remedies, basis=ASKED_UNDER[paragraphs[0]], warns=sends)


def _asked_for(entry: MblEntry) -> str:
    what = "central förhandling" if entry.paragraph == "14" else "förhandling"
    return f"{what} enligt {entry.paragraph} § {day(entry.on)}"


MBL_REQUESTED = Guard(
    "mbl-requested",
    "Facket begärde {asked}, och {left}. Beslut och verkställighet ska vänta på det, om inte särskilda skäl finns.",
    legal_basis.MB_03,
    Role.HR,
    _mbl_requested,
)


def _of_an_earlier_round(facts: CaseFacts) -> Lack | None:
    """A reopened case, of which nothing has been said to MBL since its last round was decided."""
    here = facts.stage
    if here is None or not KINDS[facts.kind].negotiated or not mbl.noted(facts.mbl):
        return None
    earlier = {stage.id for stage in facts.stages if stage.round < here.round}
    decided = [item.meeting.on for item in facts.agenda if item.decided and item.stage in earlier]
    said = max(entry.on for entry in facts.mbl if entry.kind is not MblKind.BEGARAN)
    if not decided or said > max(decided):
        return None
    words = {
        "what": "Ärendet är i en ny omgång, och om MBL är inget antecknat sedan den förra",
        "asks": "Gäller det som sades då? Anteckna bedömningen på nytt, eller förhandla",
    }
    return Lack(words, _mbl_remedies(facts), basis=legal_basis.MBL_NOTED)


def _mbl_changed(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    changed = mbl.changed_since(facts)
    negotiated = any(entry.kind is MblKind.FORHANDLING for entry in mbl.noted(facts.mbl))
    if changed is None and not (attempt.amended and negotiated and decides(facts, attempt)):
        return _of_an_earlier_round(facts)
    what = f"Förslaget ändrades {day(changed)}, efter förhandlingen" if changed else "Beslutet ändrar det förhandlade"
    words = {"what": what, "asks": "Omfattas ändringen av förhandlingen? Intyga det, eller förhandla på nytt"}
    return Lack(words, (Remedy("mbl.attest", {"case": facts.ref}), *_mbl_remedies(facts)[:1]))


MBL_CHANGED = Guard(
    "mbl-changed",
    "{what}. {asks}.",
    legal_basis.MB_12,
    Role.HR,
    _mbl_changed,
    blocks=False,
)
