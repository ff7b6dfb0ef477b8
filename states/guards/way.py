"""The way through the bodies: what comes in which order, who has answered, who has decided."""

from datetime import date

from states import legal_basis
from states.case_facts import (
    DECIDING_ROLES,
    AgendaItem,
    Attempt,
    BodyKind,
    CaseFacts,
    ItemKind,
    MatterOutcome,
    Stage,
    StageRole,
    State,
)
from states.guards import Guard, Lack, Remedy, decides, secretary_of, stage_at
from states.guards.decisions import PREPARING_ROLES, needs_no_preparation
from states.kinds import KINDS
from states.roles import Role
from states.swedish_text import day, listed, name


def _chronology(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if facts.last_event is None or attempt.on >= facts.last_event:
        return None
    if attempt.meeting is not None and len(facts.here) > 1:
        return None  # bodies that answer beside each other meet on days of their own
    return Lack({"on": day(attempt.on), "last": day(facts.last_event)})


CHRONOLOGY = Guard(
    "chronology",
    "Händelsen dateras {on}, men ärendet har redan en händelse {last}. Ange --date med rätt dag.",
    legal_basis.CHRONOLOGY,
    Role.REGISTRATOR,
    _chronology,
)


def expected_target(facts: CaseFacts) -> State | None:
    """Where `advance` leads from here: the next state of the case's own way."""
    if facts.state is State.DRAFT:
        return State.MBL
    if facts.state is State.MBL:
        return facts.stage.kind.state if facts.stage else None
    return facts.next_stage.kind.state if facts.next_stage else State.SKICKAS_TILL


def next_step(facts: CaseFacts, on: date, to: State | None = None) -> Attempt | None:
    """What takes a case on from where it stands, along its way or to `to`; None for one that has ended."""
    if facts.state in (State.AVSLUTAD, State.ATERKALLAD):
        return None
    if facts.state is State.SKICKAS_TILL and to in (None, State.AVSLUTAD):
        return Attempt(verb="close", on=on)
    return Attempt(verb="advance", on=on, to=to or expected_target(facts))


def _way(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    expected = expected_target(facts)
    if attempt.to is None or expected is None or attempt.to == expected:
        return None
    stage = facts.stage if facts.state is State.MBL else facts.next_stage
    where = f"{stage.body} ({name(stage.role)})" if stage else name(expected)
    remedies = [Remedy("advance", {"case": facts.ref, "to": expected})]
    ahead = {stage.kind for stage in facts.stages if not stage.closed}
    if attempt.to in (State.KS, State.KF) and BodyKind(attempt.to.value) not in ahead:
        remedies.append(Remedy("stage.add", {"case": facts.ref, "body": attempt.to.upper()}))
    return Lack({"expected": where}, tuple(remedies))


THE_WAY = Guard(
    "next-stage",
    "Enligt ärendets väg är nästa steg {expected}.",
    legal_basis.WAY,
    Role.REGISTRATOR,
    _way,
)


def _ks_stages(facts: CaseFacts) -> tuple[Stage, ...]:
    """An answer stays valid after an återremiss, but not in a new round (a reopened case)."""
    this_round = facts.stage.round if facts.stage else 1
    own = (s for s in facts.stages if s.kind is BodyKind.KS and not s.utskott)
    answering = (s for s in own if s.role in PREPARING_ROLES)
    return tuple(stage for stage in answering if stage.round == this_round)


def _ks_has_answered(facts: CaseFacts, on: date) -> bool:
    return any(_answered(facts, stage) or _time_is_up(stage, on) for stage in _ks_stages(facts))


def _answered(facts: CaseFacts, stage: Stage) -> bool:
    return stage.closed or any(item.decided for item in facts.agenda if item.stage == stage.id)


def _time_is_up(stage: Stage, on: date) -> bool:
    return stage.opportunity_until is not None and stage.opportunity_until < on


def _ks_opportunity(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if attempt.to is not State.KF or _ks_has_answered(facts, attempt.on) or needs_no_preparation(facts, attempt):
        return None
    stage = stage_at(facts, attempt) if attempt.meeting or facts.state is State.MBL else facts.next_stage
    prepares = stage is not None and (stage.utskott or stage.role not in DECIDING_ROLES)
    if (
        stage is not None
        and stage.kind is BodyKind.KF
        and prepares
        and not (attempt.meeting and decides(facts, attempt))
    ):
        return None
    code = "book" if _ks_stages(facts) else "stage.add"
    return Lack(remedies=(Remedy(code, {"case": facts.ref, "body": "KS"}),))


KS_OPPORTUNITY = Guard(
    "ks-opportunity",
    "Fullmäktige kan inte avgöra ärendet än: kommunstyrelsen har inte fått tillfälle att yttra sig.",
    legal_basis.KF_08,
    Role.KOMMUNSEKRETERARE,
    _ks_opportunity,
)


def _decided(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    left = [one for one in facts.here if not is_done(facts, one, attempt.on)]
    if not left:
        return None
    stage = left[0]
    booked = next((i for i in facts.agenda if i.stage == stage.id and i.waiting and i.kind is ItemKind.BESLUT), None)
    if booked is None:
        remedy = Remedy("book", {"case": facts.ref, "body": stage.body})
    else:
        remedy = Remedy("decide", {"case": facts.ref, "meeting": booked.meeting.ref})
    since = f"; det {_why_tabled(facts.tabled)} och är inte bokat" if facts.tabled else ""
    bodies = listed(one.body for one in left)
    return Lack({"body": bodies, "tabled": since}, (remedy,), who=secretary_of(stage.kind))


def is_done(facts: CaseFacts, stage: Stage, on: date) -> bool:
    """True when a body has decided, or was only to be told and has been, or has had its time to answer."""
    late = stage.role not in DECIDING_ROLES and _time_is_up(stage, on)
    only_told = stage.role is StageRole.ANMALAN or KINDS[facts.kind].ends_when_told
    return late or facts.decided_at(stage) or (only_told and facts.told_at(stage))


def _why_tabled(item: AgendaItem) -> str:
    if item.outcome is MatterOutcome.BORDLAGD:
        return f"bordlades vid {item.meeting.ref}"
    return f"föll bort när {item.meeting.ref} ställdes in"


DECIDED = Guard(
    "body-has-decided",
    "{body} har inte beslutat i ärendet än, och ingen svarstid har gått ut{tabled}.",
    legal_basis.WAY,
    Role.NAMNDSEKRETERARE,
    _decided,
)


def _at_body(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or (facts.state == meeting.kind.state and meeting.body in {one.body for one in facts.here}):
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
