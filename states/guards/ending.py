"""After the decision: dispatch, closing, laga kraft, withdrawal."""

from states import deadlines, legal_basis
from states.appealability import decision_in_question, gains_force
from states.case_facts import (
    DECIDING_ROLES,
    Attempt,
    BodyKind,
    CaseFacts,
    CaseKind,
    StageRole,
)
from states.guards import Guard, Lack, Remedy, secretary_of
from states.guards.finality import listed_appeals
from states.kinds import KINDS
from states.roles import Role
from states.swedish_text import day, listed, name


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
    if facts.decision_to_send(None) is None:
        return None
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


def left_out(facts: CaseFacts) -> list[str]:
    """The nämnder that prepared the case and are not told what became of it."""
    own = (s for s in facts.stages if s.kind is BodyKind.NAMND and not s.utskott)
    stages = [s for s in own if s.role not in (*DECIDING_ROLES, StageRole.ANMALAN)]
    reached = {recipient.body for recipient in facts.recipients}
    return list(dict.fromkeys(stage.body for stage in stages if stage.body not in reached))


def _preparing_body(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    bodies = left_out(facts)
    if not bodies:
        return None
    remedies = tuple(Remedy("dispatch", {"case": facts.ref, "to": body}) for body in bodies)
    return Lack({"bodies": listed(bodies)}, remedies)


PREPARING_BODY = Guard(
    "preparing-body-told",
    "{bodies} beredde ärendet men är inte mottagare av beslutet.",
    legal_basis.DISPATCH,
    Role.REGISTRATOR,
    _preparing_body,
    blocks=False,
)


def _laga_kraft(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = decision_in_question(facts)
    if item is None or not gains_force(item, facts) or item.final_on is not None:
        return None
    if item.annulled:
        return Lack({"when": "kommer inte: beslutet är upphävt"})
    if item.appeals:
        return Lack({"when": f"dröjer: {listed_appeals(item)}"}, (Remedy("show", {"case": facts.ref}),))
    part, earliest = item.meeting.part, deadlines.final_day(item)
    if part is None or part.posted_on is None:
        return Lack({"when": "kan inte räknas: beslutet är inte anslaget"})
    if earliest is None:
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


def _published(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    council = {stage.id for stage in facts.stages if stage.kind is BodyKind.KF and not stage.utskott}
    adopted = any(item.decided and item.stage in council for item in facts.agenda)
    return Lack() if facts.kind is CaseKind.FORESKRIFT and adopted else None


PUBLISHED = Guard(
    "published",
    "En föreskrift ska tillkännages på anslagstavlan och finnas i kommunens sökbara samling. Se till att den gör det.",
    legal_basis.AN_11,
    Role.KOMMUNSEKRETERARE,
    _published,
    blocks=False,
)


def _kf_must_decide(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    if KINDS[facts.kind].withdrawable:
        return None
    return Lack({"kind": name(facts.kind)}, (Remedy("book", {"case": facts.ref, "body": "KF"}),))


KF_MUST_DECIDE = Guard(
    "kf-must-decide",
    "Ett ärende av slaget {kind} kan inte återkallas eller läggas samman med ett annat: fullmäktige ska besluta om "
    "det. En återtagen motion anmäls till fullmäktige.",
    legal_basis.KF_05,
    Role.KOMMUNSEKRETERARE,
    _kf_must_decide,
)


def _not_called(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    standing = {stage.id for stage in facts.here}
    own = (item for item in facts.agenda if item.stage in standing)
    here = [item for item in own if item.decided or (item.waiting and item.meeting.called_on)]
    if not here:
        return None
    last = next((item for item in reversed(here) if item.decided), here[-1])
    meeting = last.meeting
    if last.decided:
        return Lack({"why": f"{meeting.ref} har redan beslutat i ärendet"}, who=secretary_of(meeting.kind))
    remedy = Remedy("decide", {"case": facts.ref, "meeting": meeting.ref})
    return Lack({"why": f"kallelsen till {meeting.ref} har gått ut"}, (remedy,), who=secretary_of(meeting.kind))


NOT_CALLED = Guard(
    "not-yet-called",
    "Ärendet kan inte återkallas eller läggas samman med ett annat: {why}. Att det utgår är då instansens eget beslut.",
    legal_basis.WITHDRAWAL,
    Role.NAMNDSEKRETERARE,
    _not_called,
)
