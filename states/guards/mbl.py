"""MBL: noted before it leaves the förvaltning, held before a body decides (1976:580)."""

from datetime import date

from states import legal_basis
from states.case_facts import (
    DECIDING_ROLES,
    Attempt,
    CaseFacts,
    ItemKind,
    MblKind,
)
from states.guards import Guard, Lack, Remedy, decides
from states.kinds import KINDS
from states.roles import Role
from states.swedish_text import day


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
    if not facts.mbl:
        missing = "varken förhandling, information eller bedömningen ”ej påkallad” är antecknad"
        return Lack({"missing": missing}, _mbl_remedies(facts))
    limit = _deciding_day(facts)
    if limit is None or any(entry.on <= limit for entry in facts.mbl):
        return None
    booked = min(entry.on for entry in facts.mbl)
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


def _held(facts: CaseFacts, kind: MblKind, paragraph: str | None, on: date) -> bool:
    entries = (e for e in facts.mbl if e.kind is kind and e.paragraph == paragraph)
    return any(entry.held and entry.on <= on for entry in entries)


def _mbl_held(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not decides(facts, attempt) or not KINDS[facts.kind].negotiated:
        return None
    # An assessment counts from its own day; the law sets none for an information (MBL 19 §).
    if not any(entry.kind is not MblKind.EJ_PAKALLAD or entry.on <= attempt.on for entry in facts.mbl):
        missing = "varken MBL-förhandling, information eller bedömningen ”ej påkallad” är antecknad"
        return Lack({"missing": missing}, _mbl_remedies(facts))
    negotiations = [entry for entry in facts.mbl if entry.kind is MblKind.FORHANDLING]
    late = [e for e in negotiations if not _held(facts, e.kind, e.paragraph, attempt.on)]
    if not late:
        return None
    missing = (
        f"förhandlingen enligt {late[0].paragraph} § ({day(late[0].on)}) är inte antecknad som hållen före beslutet"
    )
    remedy = Remedy("mbl.negotiate", {"case": facts.ref, "paragraph": late[0].paragraph or "11"})
    return Lack({"missing": missing}, (remedy,), who=Role.HR)


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
    late = [e for e in booked if not _held(facts, e.kind, e.paragraph, attempt.on)]
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
