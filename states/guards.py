"""One predicate per requirement: facts and attempt -> `Lack` or None.

A guard does not decide; it says what is missing. `judgement.judge` gathers what all of a move's
guards say. Texts are Swedish and complete sentences; `{name}` is filled in from the lack.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from states import deadlines, legal_basis
from states.case_facts import (
    DECIDING_ROLES,
    KF_DECIDES,
    AgendaItem,
    Attempt,
    BodyKind,
    CaseFacts,
    MblKind,
    MeetingFacts,
    MeetingState,
    Stage,
    StageRole,
    State,
)
from states.legal_basis import LegalBasis
from states.swedish_calendar import DAY, closed_because, days_after, working_day_on_or_before
from states.swedish_text import day, listed, name


class Role(StrEnum):
    """Who can act. The configuration says who holds which."""

    REGISTRATOR = "registrator"
    HANDLAGGARE = "handlaggare"
    FORVALTNINGSCHEF = "forvaltningschef"
    HR = "hr"
    NAMNDSEKRETERARE = "namndsekreterare"
    KOMMUNSEKRETERARE = "kommunsekreterare"
    ORDFORANDE = "ordforande"
    REVISOR = "revisor"


class Remedy(msgspec.Struct, frozen=True):
    """What would mend a lack: the code of a command and its arguments; the CLI knows the syntax."""

    code: str
    args: Mapping[str, str] = msgspec.field(default_factory=dict)


class Lack(msgspec.Struct, frozen=True):
    """What a guard misses just now."""

    words: Mapping[str, str] = msgspec.field(default_factory=dict)  # fills the guard's text
    remedies: tuple[Remedy, ...] = ()
    who: Role | None = None  # where it differs from the guard's own
    basis: LegalBasis | None = None  # where it differs from the guard's own
    warns: bool = False  # only a warning this time


Facts = TypeVar("Facts", CaseFacts, MeetingFacts)


class Guard(msgspec.Struct, Generic[Facts], frozen=True):
    """One requirement: what it says, on what ground, who mends it, and how it is checked."""

    id: str
    text: str
    basis: LegalBasis
    who: Role
    check: Callable[[Facts, Attempt], Lack | None]
    blocks: bool = True  # False: it only ever warns
    deviable: bool = True  # False: not even a fact can be recorded against it


# --- every case -----------------------------------------------------------------------------------


def _chronology(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if facts.last_event is None or attempt.on >= facts.last_event:
        return None
    return Lack({"on": day(attempt.on), "last": day(facts.last_event)})


CHRONOLOGY = Guard(
    "chronology",
    "Händelsen dateras {on}, men ärendet har redan en händelse {last}. Ange --date med rätt dag.",
    legal_basis.CHRONOLOGY,
    Role.REGISTRATOR,
    _chronology,
)


# --- the tjänsteskrivelse -------------------------------------------------------------------------


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


# --- MBL ------------------------------------------------------------------------------------------


def _deciding_day(facts: CaseFacts) -> date | None:
    """The day of the first meeting the case is booked to where its body really decides."""
    deciding = {stage.id for stage in facts.stages if stage.role in DECIDING_ROLES}
    days = (item.meeting.on for item in facts.agenda if item.stage in deciding and item.waiting)
    return min(days, default=None)


def _mbl_remedies(facts: CaseFacts) -> tuple[Remedy, ...]:
    return (Remedy("mbl.negotiate", {"case": facts.ref}), Remedy("mbl.not_called_for", {"case": facts.ref}))


def _mbl_noted(facts: CaseFacts, attempt: Attempt) -> Lack | None:
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


def _decides(facts: CaseFacts, attempt: Attempt) -> bool:
    stage = _stage_at(facts, attempt)
    return stage is not None and stage.role in DECIDING_ROLES


def _mbl_held(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not _decides(facts, attempt):
        return None
    if not facts.mbl:
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
    if not _decides(facts, attempt):
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


# --- the way through the bodies -------------------------------------------------------------------


def expected_target(facts: CaseFacts) -> State | None:
    """Where `advance` leads from here: the next state of the case's own way."""
    if facts.state is State.DRAFT:
        return State.MBL
    if facts.state is State.MBL:
        return facts.stage.kind.state if facts.stage else None
    return facts.next_stage.kind.state if facts.next_stage else State.SKICKAS_TILL


def _way(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    expected = expected_target(facts)
    if attempt.to is None or expected is None or attempt.to == expected:
        return None
    stage = facts.stage if facts.state is State.MBL else facts.next_stage
    where = f"{stage.body} ({name(stage.role)})" if stage else name(expected)
    remedies = [Remedy("advance", {"case": facts.ref, "to": expected})]
    if attempt.to in (State.KS, State.KF):
        remedies.append(Remedy("stage.add", {"case": facts.ref, "body": attempt.to.upper()}))
    return Lack({"expected": where}, tuple(remedies))


THE_WAY = Guard(
    "next-stage",
    "Enligt ärendets väg är nästa steg {expected}.",
    legal_basis.WAY,
    Role.REGISTRATOR,
    _way,
)

ANSWERING_ROLES = frozenset({StageRole.YTTRANDE, StageRole.BEREDNING, StageRole.FORSLAG, *DECIDING_ROLES})


def _ks_has_answered(facts: CaseFacts, on: date) -> bool:
    """An answer stays valid after an återremiss, but not in a new round (a reopened case)."""
    this_round = facts.stage.round if facts.stage else 1
    stages = (s for s in facts.stages if s.kind is BodyKind.KS and s.role in ANSWERING_ROLES and s.round == this_round)
    return any(_answered(facts, stage) or _time_is_up(stage, on) for stage in stages)


def _answered(facts: CaseFacts, stage: Stage) -> bool:
    return stage.closed or any(item.decided for item in facts.agenda if item.stage == stage.id)


def _time_is_up(stage: Stage, on: date) -> bool:
    return stage.opportunity_until is not None and stage.opportunity_until < on


def _ks_opportunity(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if attempt.to is not State.KF or _ks_has_answered(facts, attempt.on):
        return None
    stage = _stage_at(facts, attempt) if attempt.meeting else facts.next_stage
    if stage is not None and stage.kind is BodyKind.KF and stage.role not in DECIDING_ROLES:
        return None
    has_stage = any(s.kind is BodyKind.KS and s.role in ANSWERING_ROLES for s in facts.stages)
    code = "book" if has_stage else "stage.add"
    args = {"case": facts.ref, "body": "KS"}
    return Lack(remedies=(Remedy(code, args),))


KS_OPPORTUNITY = Guard(
    "ks-opportunity",
    "Fullmäktige kan inte avgöra ärendet än: kommunstyrelsen har inte fått tillfälle att yttra sig.",
    legal_basis.KF_08,
    Role.KOMMUNSEKRETERARE,
    _ks_opportunity,
)


def _decided(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    stage = facts.stage
    if stage is None or facts.decided_here:
        return None
    if stage.role not in DECIDING_ROLES and _time_is_up(stage, attempt.on):
        return None
    booked = next((i for i in facts.agenda if i.stage == stage.id and i.waiting), None)
    if booked is None:
        remedy = Remedy("book", {"case": facts.ref, "body": stage.body})
    else:
        remedy = Remedy("decide", {"case": facts.ref, "meeting": booked.meeting.ref})
    return Lack({"body": stage.body}, (remedy,), who=secretary_of(stage.kind))


DECIDED = Guard(
    "body-has-decided",
    "{body} har inte beslutat i ärendet än, och ingen svarstid har gått ut.",
    legal_basis.WAY,
    Role.NAMNDSEKRETERARE,
    _decided,
)


def _at_body(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting, stage = attempt.meeting, facts.stage
    if meeting is None or (facts.state == meeting.kind.state and stage is not None and stage.body == meeting.body):
        return None
    return Lack(
        {"where": name(facts.state), "body": meeting.body},
        (Remedy("advance", {"case": facts.ref, "to": meeting.kind.state}),),
    )


AT_BODY = Guard(
    "case-is-at-body",
    "Ärendet står hos {where}, inte hos {body}.",
    legal_basis.WAY,
    Role.REGISTRATOR,
    _at_body,
)


# --- the agenda -----------------------------------------------------------------------------------


def secretary_of(kind: BodyKind) -> Role:
    return Role.NAMNDSEKRETERARE if kind is BodyKind.NAMND else Role.KOMMUNSEKRETERARE


def _stage_at(facts: CaseFacts, attempt: Attempt) -> Stage | None:
    """The stage an attempt at a meeting concerns."""
    return facts.stage_of(attempt.meeting.body) if attempt.meeting else facts.stage


def _item(facts: CaseFacts, attempt: Attempt) -> AgendaItem | None:
    return facts.item_at(attempt.meeting) if attempt.meeting else None


def _in_the_way(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if attempt.meeting is None or _stage_at(facts, attempt) is not None:
        return None
    args = {"case": facts.ref, "body": attempt.meeting.body}
    return Lack({"body": attempt.meeting.body}, (Remedy("stage.add", args),))


IN_THE_WAY = Guard(
    "body-in-the-way",
    "{body} har inget kvar att besluta i ärendets väg.",
    legal_basis.WAY,
    Role.REGISTRATOR,
    _in_the_way,
    deviable=False,
)


def _meeting_ahead(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or (meeting.state is not MeetingState.HALLEN and attempt.on <= meeting.on):
        return None
    return Lack({"meeting": meeting.ref}, (Remedy("book", {"case": facts.ref, "body": meeting.body}),))


MEETING_AHEAD = Guard(
    "meeting-ahead",
    "{meeting} är redan hållet eller passerat; ärendet kan bara bokas till ett kommande sammanträde.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _meeting_ahead,
)


def _booked_in_time(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or meeting.kind is not BodyKind.KF or attempt.urgent:
        return None
    limit = deadlines.one_week_before(meeting.on)
    if attempt.on <= limit:
        return None
    late = Remedy("book.late", {"case": facts.ref, "meeting": meeting.ref})
    return Lack({"meeting": meeting.ref, "limit": day(limit)}, (late,), who=Role.ORDFORANDE)


BOOKED_IN_TIME = Guard(
    "booked-in-time",
    "Ärendet hinner inte tillkännages till {meeting}; sista dag var {limit}. Välj ett senare möte, eller, "
    "om det brådskar, ett sent ärende med skäl.",
    legal_basis.KF_01,
    Role.ORDFORANDE,
    _booked_in_time,
)


def _on_agenda(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or _item(facts, attempt) is not None:
        return None
    args = {"case": facts.ref, "body": meeting.body}
    return Lack({"meeting": meeting.ref}, (Remedy("book", args),), who=secretary_of(meeting.kind))


ON_AGENDA = Guard(
    "on-agenda",
    "Ärendet står inte på föredragningslistan till {meeting}.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _on_agenda,
)


def _meeting_held(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or meeting.state is MeetingState.HALLEN:
        return None
    remedy = Remedy("meeting.hold", {"meeting": meeting.ref})
    return Lack({"meeting": meeting.ref}, (remedy,), who=secretary_of(meeting.kind))


MEETING_HELD = Guard(
    "meeting-held",
    "{meeting} är inte antecknat som hållet.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _meeting_held,
    deviable=False,
)


def _not_treated(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = _item(facts, attempt)
    if item is None or item.waiting:
        return None
    what = f"avgjort det (§ {item.paragraph})" if item.outcome is None else f"gjort det {name(item.outcome)}"
    return Lack({"meeting": item.meeting.ref, "what": what}, (Remedy("show", {"case": facts.ref}),))


NOT_TREATED = Guard(
    "not-yet-treated",
    "{meeting} har redan behandlat ärendet och {what}.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _not_treated,
    deviable=False,
)


def _announced(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting, item = attempt.meeting, _item(facts, attempt)
    if meeting is None or meeting.kind is not BodyKind.KF or not _decides(facts, attempt):
        return None
    limit = deadlines.one_week_before(meeting.on)
    if item and item.announced_on and item.announced_on <= limit:
        return None
    if item and item.urgent and (attempt.unanimous or _announced_late(item, meeting)):
        return None
    return Lack({"limit": day(limit)}, (Remedy("book", {"case": facts.ref, "body": meeting.body}),))


def _announced_late(item: AgendaItem, meeting: MeetingFacts) -> bool:
    """An urgent item announced no later than the nearest working day before (KL 5 kap. 14 §)."""
    return item.announced_on is not None and item.announced_on <= working_day_on_or_before(meeting.on - DAY)


ANNOUNCED = Guard(
    "item-announced",
    "Ärendet är inte tillkännagivet i tid; sista dag var {limit}. Annars krävs att det brådskar och att alla "
    "närvarande beslutar att avgöra det.",
    legal_basis.KF_04,
    Role.ORDFORANDE,
    _announced,
)


# --- after the decision ---------------------------------------------------------------------------


def _adjusted(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = facts.decision_to_send(attempt.meeting)
    if item is None or item.adjusted_by(attempt.on) or attempt.urgent:
        return None
    args = {"meeting": item.meeting.ref, "paragraph": str(item.paragraph)}
    limit = deadlines.justering_last_day(item.meeting.on)
    return Lack(
        {"paragraph": str(item.paragraph), "limit": day(limit)},
        (Remedy("meeting.adjust", args),),
        who=secretary_of(item.meeting.kind),
    )


ADJUSTED = Guard(
    "paragraph-adjusted",
    "§ {paragraph} är inte justerad. Protokollet justeras senast {limit}. Brådskar utskicket: --fore-justering "
    "med skäl.",
    legal_basis.DISPATCH,
    Role.NAMNDSEKRETERARE,
    _adjusted,
)


def _something_decided(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if facts.decision_to_send(attempt.meeting) is not None:
        return None
    body = facts.stage.body if facts.stage else "KS"
    return Lack(remedies=(Remedy("book", {"case": facts.ref, "body": body}),))


SOMETHING_DECIDED = Guard(
    "something-to-send",
    "Det finns inget beslut att skicka i ärendet.",
    legal_basis.DISPATCH,
    Role.NAMNDSEKRETERARE,
    _something_decided,
)


def _recipients(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    unsent = [recipient.name for recipient in facts.recipients if recipient.sent_on is None]
    if not facts.recipients:
        return Lack(
            {"missing": "ingen mottagare är angiven (”Akten” duger)"},
            (Remedy("edit", {"case": facts.ref, "Beslutet skickas till": ""}),),
        )
    if not unsent:
        return None
    remedies = tuple(Remedy("dispatch", {"case": facts.ref, "to": recipient}) for recipient in unsent)
    return Lack({"missing": f"{listed(unsent)} har inte fått beslutet"}, remedies)


RECIPIENTS = Guard(
    "recipients-sent",
    "Ärendet kan inte avslutas: {missing}.",
    legal_basis.DISPATCH,
    Role.REGISTRATOR,
    _recipients,
)


def _preparing_body(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    stages = [s for s in facts.stages if s.kind is BodyKind.NAMND and s.role not in DECIDING_ROLES]
    reached = {recipient.body for recipient in facts.recipients}
    left_out = list(dict.fromkeys(stage.body for stage in stages if stage.body not in reached))
    if not left_out:
        return None
    remedies = tuple(Remedy("dispatch", {"case": facts.ref, "to": body}) for body in left_out)
    return Lack({"bodies": listed(left_out)}, remedies)


PREPARING_BODY = Guard(
    "preparing-body-told",
    "{bodies} beredde ärendet men är inte mottagare av beslutet.",
    legal_basis.DISPATCH,
    Role.REGISTRATOR,
    _preparing_body,
    blocks=False,
)


def _laga_kraft(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    deciding = {stage.id for stage in facts.stages if stage.role in DECIDING_ROLES}
    items = [item for item in facts.agenda if item.decided and item.stage in deciding]
    if not items:
        return None
    part = items[-1].meeting.part
    if part is None or part.posted_on is None:
        return Lack({"when": "kan inte räknas: beslutet är inte anslaget"})
    earliest = deadlines.laga_kraft_earliest(part.posted_on)
    if part.taken_down_on is not None and part.taken_down_on < earliest:
        return Lack({"when": "kan inte räknas: anslaget togs ned för tidigt, så tiden har inte löpt ut"})
    return Lack({"when": f"tidigast {day(earliest)}"}) if attempt.on < earliest else None


LAGA_KRAFT = Guard(
    "laga-kraft-reached",
    "Laga kraft {when}. Bekräfta hos förvaltningsrätten; verkställighet före laga kraft är tillåten.",
    legal_basis.AN_09,
    Role.REGISTRATOR,
    _laga_kraft,
    blocks=False,
)


def _kf_must_decide(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if facts.kind not in KF_DECIDES:
        return None
    return Lack({"kind": name(facts.kind)}, (Remedy("book", {"case": facts.ref, "body": "KF"}),))


KF_MUST_DECIDE = Guard(
    "kf-must-decide",
    "Ett ärende av slaget {kind} kan inte återkallas här: fullmäktige ska besluta om det. En återtagen motion "
    "anmäls till fullmäktige.",
    legal_basis.KF_05,
    Role.KOMMUNSEKRETERARE,
    _kf_must_decide,
)


def _not_called(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    here = [i for i in facts.agenda if i.stage == facts.current and (i.decided or (i.waiting and i.meeting.called_on))]
    if not here:
        return None
    meeting = here[-1].meeting
    if here[-1].decided:
        return Lack({"why": f"{meeting.ref} har redan beslutat i ärendet"}, who=secretary_of(meeting.kind))
    remedy = Remedy("decide", {"case": facts.ref, "meeting": meeting.ref})
    return Lack({"why": f"kallelsen till {meeting.ref} har gått ut"}, (remedy,), who=secretary_of(meeting.kind))


NOT_CALLED = Guard(
    "not-yet-called",
    "Ärendet kan inte återkallas: {why}. Att det utgår är då instansens eget beslut.",
    legal_basis.WITHDRAWAL,
    Role.NAMNDSEKRETERARE,
    _not_called,
)


# --- meetings -------------------------------------------------------------------------------------


def _kungorelse_in_time(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    limit = deadlines.one_week_before(facts.on)
    if facts.supplementary:
        limit = working_day_on_or_before(facts.on - DAY)
    if facts.kind is not BodyKind.KF or attempt.on <= limit:
        return None
    basis = legal_basis.KF_02 if facts.supplementary else legal_basis.KF_01
    return Lack(
        {"meeting": facts.ref, "limit": day(limit)}, (Remedy("meeting.add", {"body": facts.body}),), basis=basis
    )


KUNGORELSE_IN_TIME = Guard(
    "kungorelse-in-time",
    "{meeting} skulle ha tillkännagetts senast {limit}.",
    legal_basis.KF_01,
    Role.ORDFORANDE,
    _kungorelse_in_time,
)


def _kallelse_in_time(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    limit = days_after(facts.on, -facts.call_days)
    if attempt.on <= limit:
        return None
    if facts.kind is BodyKind.KF:
        return Lack({"meeting": facts.ref, "limit": day(limit)}, (Remedy("meeting.add", {"body": facts.body}),))
    return Lack({"meeting": facts.ref, "limit": day(limit)}, basis=legal_basis.CALL, warns=True)


KALLELSE_IN_TIME = Guard(
    "kallelse-in-time",
    "Kallelsen till {meeting} skulle ha gått ut senast {limit}.",
    legal_basis.KF_03,
    Role.ORDFORANDE,
    _kallelse_in_time,
)


def _kungjord(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.kind is not BodyKind.KF or facts.announced_on is not None:
        return None
    return Lack({"meeting": facts.ref}, (Remedy("meeting.announce", {"meeting": facts.ref}),))


KUNGJORD = Guard(
    "meeting-announced",
    "{meeting} är inte tillkännagivet på anslagstavlan.",
    legal_basis.KF_01,
    Role.KOMMUNSEKRETERARE,
    _kungjord,
)


def _kallad(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.called_on is not None:
        return None
    remedy = Remedy("meeting.call", {"meeting": facts.ref})
    basis = legal_basis.KF_03 if facts.kind is BodyKind.KF else legal_basis.CALL
    return Lack({"meeting": facts.ref}, (remedy,), secretary_of(facts.kind), basis, facts.kind is not BodyKind.KF)


KALLAD = Guard(
    "meeting-called",
    "Ingen kallelse till {meeting} är antecknad.",
    legal_basis.KF_03,
    Role.KOMMUNSEKRETERARE,
    _kallad,
)


def _justering_in_time(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    limit = deadlines.justering_last_day(facts.on)
    return None if attempt.on <= limit else Lack({"limit": day(limit)})


JUSTERING_IN_TIME = Guard(
    "justering-in-time",
    "Protokollet skulle ha justerats senast {limit}. Är det redan justerat: anteckna det med --avvikelse.",
    legal_basis.KF_19,
    Role.ORDFORANDE,
    _justering_in_time,
)


def _adjusted_first(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.part is not None:
        return None
    return Lack({"meeting": facts.ref}, (Remedy("meeting.adjust", {"meeting": facts.ref}),))


ADJUSTED_FIRST = Guard(
    "protocol-adjusted",
    "Protokollet från {meeting} är inte justerat, så det finns ingen justering att anslå.",
    legal_basis.AN_03,
    Role.KOMMUNSEKRETERARE,
    _adjusted_first,
    deviable=False,
)


def _anslag_in_time(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.part is None:
        return None
    limit = deadlines.anslag_last_day(facts.part.adjusted_on)
    return None if attempt.on <= limit else Lack({"limit": day(limit)})


ANSLAG_IN_TIME = Guard(
    "anslag-in-time",
    "Justeringen skulle ha anslagits senast {limit}. Är den redan anslagen: anteckna det med --avvikelse. "
    "Överklagandetiden räknas från anslaget.",
    legal_basis.AN_03,
    Role.KOMMUNSEKRETERARE,
    _anslag_in_time,
)


def _posted_first(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.part is not None and facts.part.posted_on is not None:
        return None
    return Lack({"meeting": facts.ref}, (Remedy("meeting.post", {"meeting": facts.ref}),))


POSTED_FIRST = Guard(
    "protocol-posted",
    "Det sitter inget anslag från {meeting} att ta ned.",
    legal_basis.AN_04,
    Role.KOMMUNSEKRETERARE,
    _posted_first,
    deviable=False,
)


def _anslag_stays(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.part is None or facts.part.posted_on is None:
        return None
    last = deadlines.last_appeal_day(facts.part.posted_on)
    earliest = deadlines.take_down_day(facts.part.posted_on)
    if attempt.on >= earliest:
        return None
    return Lack(
        {"last": day(last), "earliest": day(earliest), "why": _why_rolled(facts.part.posted_on)},
        (Remedy("meeting.take_down", {"meeting": facts.ref, "date": earliest.isoformat()}),),
    )


def _why_rolled(posted: date) -> str:
    """Why the last appeal day is later than three weeks on, as a Swedish sentence, or nothing."""
    unrolled = days_after(posted, deadlines.APPEAL_DAYS)
    reason = closed_because(unrolled)
    return f" ({day(unrolled)} är {reason}, 1930:173 2 §)" if reason else ""


ANSLAG_STAYS = Guard(
    "anslag-stays-up",
    "Anslaget får inte tas ned än: överklagandetiden går ut {last}{why}, och tas det ned tidigare löper tiden "
    "inte ut (RÅ 2009 not 176). Tidigast {earliest}.",
    legal_basis.AN_04,
    Role.KOMMUNSEKRETERARE,
    _anslag_stays,
)
