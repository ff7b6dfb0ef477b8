"""Who was there: quorum, jäv, the order of ersättare, reservations and votes (KL 4, 5 and 6 kap.)."""

from collections.abc import Iterable

from states import assembly, legal_basis
from states.case_facts import Attempt, BodyKind, CaseFacts, MeetingFacts, Seat
from states.guards import Guard, Lack, Remedy, item_at_meeting, secretary_of
from states.roles import Role
from states.swedish_text import day, listed

# --- enough to decide -----------------------------------------------------------------------------


def _short(facts: CaseFacts, attempt: Attempt, *, council: bool) -> Lack | None:
    """The lack of members; silent where no register or no attendance tells."""
    meeting = attempt.meeting
    if meeting is None or not meeting.attendance or meeting.seats is None:
        return None
    there = assembly.present(meeting, item_at_meeting(facts, attempt))
    if (meeting.kind is BodyKind.KF) is not council or assembly.quorate(there, meeting.seats):
        return None
    words = {"meeting": meeting.ref, "there": str(there), "seats": str(meeting.seats)}
    return Lack(words, (Remedy("meeting.attend", {"meeting": meeting.ref}),), who=secretary_of(meeting.kind))


def _quorum(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    return _short(facts, attempt, council=False)


QUORUM = Guard(
    "quorum",
    "{meeting} var inte beslutfört: {there} av {seats} ledamöter deltog i ärendet, och det krävs fler än hälften. "
    "Den som är jävig räknas inte. Saknas någon i närvaron: anteckna det.",
    legal_basis.NA_07,
    Role.NAMNDSEKRETERARE,
    _quorum,
)


def _council_quorum(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    return _short(facts, attempt, council=True)


COUNCIL_QUORUM = Guard(
    "council-quorum",
    "{meeting} var inte beslutfört: {there} av {seats} ledamöter var närvarande, och det krävs fler än hälften. "
    "Saknas någon i närvaron: anteckna det.",
    legal_basis.KF_14,
    Role.KOMMUNSEKRETERARE,
    _council_quorum,
)


def _attendance_noted(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or meeting.attendance or meeting.seats is None:
        return None
    remedy = Remedy("meeting.attend", {"meeting": meeting.ref})
    return Lack({"meeting": meeting.ref}, (remedy,), who=secretary_of(meeting.kind))


ATTENDANCE_NOTED = Guard(
    "attendance-noted",
    "Ingen närvaro är antecknad för {meeting}, så det syns inte om instansen var beslutför.",
    legal_basis.ATTENDANCE,
    Role.NAMNDSEKRETERARE,
    _attendance_noted,
    blocks=False,
)

# --- who may take part ----------------------------------------------------------------------------


def _remote_allowed(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    remote = [one.member for one in facts.attendance if one.remote and one.seat is not Seat.TJANSTEPERSON]
    if not remote or facts.remote_allowed:
        return None
    return Lack({"who": listed(_names(remote, attempt))})


REMOTE_ALLOWED = Guard(
    "remote-allowed",
    "{who} kan inte delta på distans: det kräver att fullmäktige har tillåtit det. Har fullmäktige det ställs det in "
    "i config.toml, [law] remote_kf eller remote_namnd.",
    legal_basis.KF_22,
    Role.KOMMUNSEKRETERARE,
    _remote_allowed,
)


def _staff_never_serve(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    staff = [one for one in facts.attendance if one.seat is Seat.PERSONALFORETRADARE and one.serves]
    return Lack({"who": listed(_names((one.member for one in staff), attempt))}) if staff else None


STAFF_NEVER_SERVE = Guard(
    "staff-never-serve",
    "{who} är personalföreträdare och kan inte tjänstgöra: personalföreträdare deltar i överläggningen men inte i "
    "beslutet.",
    legal_basis.NA_18,
    Role.NAMNDSEKRETERARE,
    _staff_never_serve,
    deviable=False,
)


def _called_in_order(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    over = assembly.passed_over(facts)
    if not over:
        return None
    called, before = _names((one.member for one in over[0]), attempt)
    return Lack({"called": called, "before": before})


CALLED_IN_ORDER = Guard(
    "called-in-order",
    "{called} tjänstgör fast {before} står före i inkallelseordningen och är närvarande.",
    legal_basis.SUBSTITUTES,
    Role.ORDFORANDE,
    _called_in_order,
    blocks=False,
)


def _attendance_open(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.part is None or not facts.part.whole:
        return None
    words = {"meeting": facts.ref, "on": day(facts.part.adjusted_on)}
    return Lack(words, (Remedy("meeting.show", {"meeting": facts.ref}),), who=secretary_of(facts.kind))


ATTENDANCE_OPEN = Guard(
    "attendance-open",
    "Protokollet från {meeting} justerades {on}, och närvaron i ett justerat protokoll ändras inte. Var justeringen "
    "fel tas den tillbaka med arende correct.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _attendance_open,
)

# --- the minutes of a § ---------------------------------------------------------------------------


def _has_paragraph(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item, meeting = item_at_meeting(facts, attempt), attempt.meeting
    if meeting is None or (item is not None and item.paragraph is not None):
        return None
    return Lack({"meeting": meeting.ref}, (Remedy("meeting.show", {"meeting": meeting.ref}),))


HAS_PARAGRAPH = Guard(
    "has-a-paragraph",
    "Ärendet har ingen paragraf vid {meeting} att anteckna något på.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _has_paragraph,
    deviable=False,
)


def _not_adjusted(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = item_at_meeting(facts, attempt)
    part = item.meeting.part if item else None
    if item is None or part is None or item.paragraph not in part.paragraphs:
        return None
    words = {"paragraph": str(item.paragraph), "on": day(part.adjusted_on)}
    return Lack(words, (Remedy("meeting.show", {"meeting": item.meeting.ref}),))


NOT_ADJUSTED = Guard(
    "not-yet-adjusted",
    "§ {paragraph} justerades {on}, och ett justerat protokoll ändras inte. Var justeringen fel tas den tillbaka med "
    "arende correct.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _not_adjusted,
)


def _javiga(facts: CaseFacts, attempt: Attempt, *, council: bool) -> Lack | None:
    item = item_at_meeting(facts, attempt)
    if item is None or (item.meeting.kind is BodyKind.KF) is not council:
        return None
    found = [person.name for person in attempt.persons if person.id in item.jav]
    return Lack({"who": listed(found), "paragraph": str(item.paragraph)}) if found else None


def _not_javig(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    return _javiga(facts, attempt, council=False)


NOT_JAVIG = Guard(
    "not-javig",
    "{who} är jävig i § {paragraph} och kan varken delta i handläggningen eller vara närvarande. Är jävet fel "
    "antecknat: ta tillbaka det med arende correct.",
    legal_basis.NA_08,
    Role.ORDFORANDE,
    _not_javig,
)


def _not_javig_in_council(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    return _javiga(facts, attempt, council=True)


NOT_JAVIG_IN_COUNCIL = Guard(
    "not-javig-in-council",
    "{who} är jävig i § {paragraph} och kan inte delta i handläggningen. Är jävet fel antecknat: ta tillbaka det med "
    "arende correct.",
    legal_basis.KF_15,
    Role.ORDFORANDE,
    _not_javig_in_council,
)


def _took_part(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item, meeting = item_at_meeting(facts, attempt), attempt.meeting
    if not attempt.reservation or item is None or meeting is None or not meeting.attendance:
        return None
    deciding = assembly.deciding(meeting, item)
    strangers = [person.name for person in attempt.persons if person.id not in deciding]
    return Lack({"who": listed(strangers), "paragraph": str(item.paragraph)}) if strangers else None


TOOK_PART = Guard(
    "reservation-took-part",
    "{who} deltog inte i beslutet i § {paragraph}, och bara den som deltog kan reservera sig. Annat antecknas med "
    "--anteckning.",
    legal_basis.NA_01,
    Role.NAMNDSEKRETERARE,
    _took_part,
    deviable=False,
)


def _reservation_in_time(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if not attempt.reservation or meeting is None or meeting.closed_at is None:
        return None
    if attempt.announced_at is not None and attempt.announced_at <= meeting.closed_at:
        return None
    args = {"case": facts.ref, "meeting": meeting.ref}
    remedies = tuple(Remedy("minute.reservation", {**args, "member": person.name}) for person in attempt.persons)
    return Lack({"closed": meeting.closed_at}, remedies, who=secretary_of(meeting.kind))


RESERVATION_IN_TIME = Guard(
    "reservation-in-time",
    "Sammanträdet avslutades {closed}; en reservation ska anmälas dessförinnan. Anmäldes den muntligt i tid antecknas "
    "den, med ordförandens godkännande, med klockslaget. Tid för skriftlig motivering styrs av lokala regler.",
    legal_basis.NA_01,
    Role.NAMNDSEKRETERARE,
    _reservation_in_time,
    deviable=False,
)

# --- votes ----------------------------------------------------------------------------------------


def _tie_settled(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    vote = attempt.vote
    if vote is None or not assembly.tied(vote) or (attempt.lot if attempt.election else vote.casting):
        return None
    settles = "lotten avgör (--lott)" if attempt.election else "ordförandens röst avgör (--utslag)"
    return Lack({"yes": str(vote.yes), "no": str(vote.no), "settles": settles})


TIE_SETTLED = Guard(
    "tie-settled",
    "Rösterna blev {yes} mot {no}: {settles}.",
    legal_basis.KF_16,
    Role.ORDFORANDE,
    _tie_settled,
    deviable=False,
)


def _chair_votes(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item, meeting, vote = item_at_meeting(facts, attempt), attempt.meeting, attempt.vote
    if item is None or meeting is None or vote is None or not _needs_the_chair(attempt):
        return None
    return Lack() if assembly.abstained(vote, assembly.chair(meeting, item)) else None


def _needs_the_chair(attempt: Attempt) -> bool:
    return attempt.vote is not None and assembly.tied(attempt.vote) and not attempt.election


CHAIR_VOTES = Guard(
    "chair-votes",
    "Ordföranden kan inte avstå när rösten behövs för att ärendet ska kunna avgöras.",
    legal_basis.NA_03,
    Role.ORDFORANDE,
    _chair_votes,
    deviable=False,
)

# --- the whole protocol ---------------------------------------------------------------------------


def _protocol_complete(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if attempt.partial:
        return None
    open_now = listed(f"§ {paragraph}" for paragraph in facts.open_paragraphs)
    missing = [f"vad det blev av {open_now}"] if open_now else []
    missing += ["vilka som var närvarande"] if facts.seats is not None and not facts.attendance else []
    if not missing:
        return None
    shown = Remedy("meeting.show", {"meeting": facts.ref})
    return Lack({"missing": listed(missing)}, (shown,), who=secretary_of(facts.kind))


PROTOCOL_COMPLETE = Guard(
    "protocol-complete",
    "Protokollet säger inte {missing}.",
    legal_basis.KF_18,
    Role.NAMNDSEKRETERARE,
    _protocol_complete,
    blocks=False,
)


def _names(members: Iterable[str], attempt: Attempt) -> list[str]:
    """The names of members, as whoever tries has called them."""
    known = {person.id: person.name for person in attempt.persons}
    return [known.get(member, member) for member in members]
