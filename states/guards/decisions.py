"""What a decision needs: preparation, the right to take it, and a minority's rights (KL 5 and 6 kap.)."""

from collections.abc import Iterable
from datetime import date

from states import assembly, deadlines, legal_basis
from states.case_facts import (
    DECIDING_ROLES,
    Attempt,
    BodyKind,
    CaseFacts,
    CaseKind,
    MatterOutcome,
    Stage,
    StageRole,
)
from states.guards import Guard, Lack, Remedy, decides, item_at_meeting, stage_at
from states.kinds import KINDS
from states.roles import Role
from states.swedish_text import day, listed, name

PREPARING_ROLES = frozenset({StageRole.YTTRANDE, StageRole.BEREDNING, StageRole.FORSLAG, *DECIDING_ROLES})
"""Roles in which a body answers for what it thinks of the matter; a remiss only passes it on."""

COMMENTING_ROLES = frozenset({StageRole.YTTRANDE, StageRole.BEREDNING})


def council_decides(facts: CaseFacts, attempt: Attempt) -> bool:
    """True when it is fullmäktige itself that is to decide the matter."""
    meeting = attempt.meeting
    return meeting is not None and meeting.is_council and decides(facts, attempt)


def needs_no_preparation(facts: CaseFacts, attempt: Attempt) -> bool:
    """The exceptions: by kind, handing a medborgarförslag over, and what is urgent to all (KL 5 kap. 29–34 §§)."""
    if not KINDS[facts.kind].prepared:
        return True
    if facts.kind is CaseKind.MEDBORGARFORSLAG and attempt.matters == {MatterOutcome.OVERLAMNAD}:
        return True
    item = item_at_meeting(facts, attempt)
    return attempt.unanimous and item is not None and item.urgent


def preparing(facts: CaseFacts) -> tuple[Stage, ...]:
    """The stages of this round at which somebody prepares for fullmäktige: nämnder, and its own beredningar."""
    this_round = facts.stage.round if facts.stage else 1
    answering = (s for s in facts.stages if s.role in PREPARING_ROLES and s.round == this_round)
    return tuple(stage for stage in answering if (stage.kind is BodyKind.KF) == stage.utskott)


def has_prepared(facts: CaseFacts, stage: Stage) -> bool:
    """True when a body has answered; one that abstains has had its opportunity, but has prepared nothing."""
    own = (item for item in facts.agenda if item.stage == stage.id and item.decided)
    return any(item.outcome is not MatterOutcome.AVSTAR_FRAN_YTTRANDE for item in own)


def _prepared(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not council_decides(facts, attempt) or needs_no_preparation(facts, attempt):
        return None
    if any(has_prepared(facts, stage) for stage in preparing(facts)):
        return None
    return Lack(remedies=_ask(facts, preparing(facts), "KS"))


def _ask(facts: CaseFacts, stages: Iterable[Stage], otherwise: str) -> tuple[Remedy, ...]:
    """Put it before the first of the bodies that are in the way, or put one there."""
    first = next((stage for stage in stages if not stage.closed), None)
    if first is None:
        return (Remedy("stage.add", {"case": facts.ref, "body": otherwise}),)
    return (Remedy("book", {"case": facts.ref, "body": first.body}),)


PREPARED = Guard(
    "prepared",
    "Fullmäktige kan inte avgöra ärendet än: varken en nämnd eller en fullmäktigeberedning har berett det. Brådskar "
    "det kan fullmäktige avgöra det ändå, om alla närvarande är ense om beslutet (33 §).",
    legal_basis.KF_06,
    Role.KOMMUNSEKRETERARE,
    _prepared,
)


def _namnd_heard(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if not council_decides(facts, attempt) or needs_no_preparation(facts, attempt):
        return None
    done = [stage for stage in preparing(facts) if has_prepared(facts, stage)]
    if not done or not all(stage.kind is BodyKind.KF for stage in done):
        return None
    concerned = [stage for stage in preparing(facts) if _is_concerned(stage)]
    if any(_has_had_its_say(facts, stage, attempt.on) for stage in concerned):
        return None
    return Lack(remedies=_ask(facts, concerned, "NÄMND"))


def _is_concerned(stage: Stage) -> bool:
    """A nämnd; kommunstyrelsen when it is asked as one, beside what it says of everything."""
    return stage.kind is BodyKind.NAMND or (stage.kind is BodyKind.KS and stage.role in COMMENTING_ROLES)


def _has_had_its_say(facts: CaseFacts, stage: Stage, on: date) -> bool:
    answered = stage.closed or any(item.decided for item in facts.agenda if item.stage == stage.id)
    return answered or (stage.opportunity_until is not None and stage.opportunity_until < on)


NAMND_HEARD = Guard(
    "namnd-opportunity",
    "Fullmäktige kan inte avgöra ärendet än: bara en fullmäktigeberedning har berett det, och den nämnd det berör har "
    "inte fått tillfälle att yttra sig.",
    legal_basis.KF_07,
    Role.KOMMUNSEKRETERARE,
    _namnd_heard,
)


def _delegable(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting, stage = attempt.meeting, stage_at(facts, attempt)
    if meeting is None or stage is None or not stage.utskott or stage.kind is BodyKind.KF:
        return None
    later = [s for s in facts.stages if s.ordinal > stage.ordinal and not s.closed]
    for_council = any(s.kind is BodyKind.KF for s in later)
    speaks_to_council = bool(later) and later[0].kind is BodyKind.KF and not later[0].utskott
    if stage.role in DECIDING_ROLES and KINDS[facts.kind].council:
        what = f"ett ärende av slaget {name(facts.kind)}"
    elif stage.role in DECIDING_ROLES and for_council:
        what = "det som fullmäktige ska avgöra"
    elif stage.role in PREPARING_ROLES - {StageRole.BEREDNING} and speaks_to_council:
        what = "ett förslag eller yttrande till fullmäktige"
    else:
        return None
    return Lack({"body": meeting.body, "what": what}, (Remedy("show", {"case": facts.ref}),))


DELEGABLE = Guard(
    "delegable",
    "{body} är ett utskott och får inte besluta i nämndens ställe om {what}. Utskottet bereder, och nämnden beslutar.",
    legal_basis.NA_12,
    Role.NAMNDSEKRETERARE,
    _delegable,
)


def _year_reported(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    written_off = MatterOutcome.AVSKRIVEN in attempt.matters and KINDS[facts.kind].council
    if not written_off or not council_decides(facts, attempt) or facts.raised_on is None:
        return None
    if deadlines.reported_in_time(facts):
        return None
    limit = deadlines.motion_year(facts.raised_on)
    in_time = attempt.on <= limit
    remedies = (Remedy("book.report", {"case": facts.ref}),) if in_time else (Remedy("show", {"case": facts.ref}),)
    return Lack({"kind": name(facts.kind), "limit": day(limit)}, remedies)


YEAR_REPORTED = Guard(
    "year-reported",
    "Ett ärende av slaget {kind} kan inte avskrivas: det är inte anmält till fullmäktige att beredningen inte blir "
    "klar och vad den har visat. Det ska ske inom ett år från väckandet, senast {limit}.",
    legal_basis.KF_11,
    Role.KOMMUNSEKRETERARE,
    _year_reported,
)


def _matter_fits(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    odd = [name(matter) for matter in MatterOutcome if matter in attempt.matters - KINDS[facts.kind].matters]
    return Lack({"odd": listed(odd), "kind": name(facts.kind)}) if odd else None


MATTER_FITS = Guard(
    "matter-fits",
    "Ett ärende av slaget {kind} blir inte {odd}. Stämmer slaget är utfallet fel antecknat.",
    legal_basis.MATTER,
    Role.NAMNDSEKRETERARE,
    _matter_fits,
    blocks=False,
)


def _minority(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or not attempt.minority:
        return None
    if not meeting.is_council:
        return Lack({"why": f"i {meeting.body} krävs enkel majoritet"}, basis=legal_basis.NA_09)
    if facts.kind is CaseKind.VAL or attempt.election:
        return Lack({"why": "i ett val krävs enkel majoritet"})
    if any(item.minority for item in facts.agenda):
        return Lack({"why": "ärendet har redan bordlagts eller återremitterats av en minoritet, så nu krävs majoritet"})
    present, asked = present_at(facts, attempt), attempt.supporters or 0
    if present and asked * 3 >= present:
        return None
    return Lack({"why": f"{asked} av {present or 'okänt antal'} närvarande begär det, och en tredjedel krävs"})


def present_at(facts: CaseFacts, attempt: Attempt) -> int | None:
    """How many take part at the § of the case: by the attendance noted, without those with jäv, or as it is said."""
    item, meeting = item_at_meeting(facts, attempt), attempt.meeting
    if meeting is None or not meeting.attendance:
        return attempt.present
    return len(assembly.deciding(meeting, item))


MINORITY = Guard(
    "minority",
    "En minoritet kan inte bordlägga eller återremittera ärendet: {why}.",
    legal_basis.KF_12,
    Role.KOMMUNSEKRETERARE,
    _minority,
)
