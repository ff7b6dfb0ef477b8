"""The agenda: what may be put on it, and what a meeting may treat (KL 5 kap.)."""

from states import deadlines, legal_basis
from states.case_facts import (
    AgendaItem,
    Attempt,
    CaseFacts,
    ItemKind,
    MeetingFacts,
    MeetingState,
)
from states.guards import Guard, Lack, Remedy, decides, item_at_meeting, secretary_of, stage_at
from states.roles import Role
from states.swedish_calendar import DAY, working_day_on_or_before
from states.swedish_text import day, listed, name


def _in_the_way(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    informs = attempt.purpose is not ItemKind.BESLUT and facts.stage is not None
    if attempt.meeting is None or stage_at(facts, attempt) is not None or informs:
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
    if meeting is None or (meeting.ahead and attempt.on <= meeting.on):
        return None
    became = "inställt" if meeting.state is MeetingState.INSTALLD else "redan hållet eller passerat"
    return Lack(
        {"meeting": meeting.ref, "became": became}, (Remedy("book", {"case": facts.ref, "body": meeting.body}),)
    )


MEETING_AHEAD = Guard(
    "meeting-ahead",
    "{meeting} är {became}; ärendet kan bara bokas till ett kommande sammanträde.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _meeting_ahead,
)


def _booked_in_time(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or not meeting.is_council or attempt.urgent:
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


def is_late(meeting: MeetingFacts) -> bool:
    """True when what is put on the agenda now was not in the kallelse; fullmäktige has its own rule (KL 5:14)."""
    return not meeting.is_council and meeting.state is MeetingState.KALLAD


def _referrals_answered(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    closes = attempt.verb == "close"
    if not closes and not decides(facts, attempt):
        return None
    out = (one for one in facts.referrals if one.answered_on is None or one.answered_on > attempt.on)
    waiting = [one for one in out if one.due >= attempt.on]
    first = next((one for one in waiting if one.mandatory), waiting[0] if waiting else None)
    if first is None:
        return None
    words = {"who": listed(one.name for one in waiting), "due": day(first.due)}
    remedy = Remedy("remiss.answer", {"case": facts.ref, "number": str(first.number)})
    return Lack(words, (remedy,), warns=closes or not first.mandatory)


REFERRALS_ANSWERED = Guard(
    "referrals-answered",
    "{who} har ärendet på remiss och har inte svarat; svarsdagen är {due}.",
    legal_basis.REMISS,
    Role.HANDLAGGARE,
    _referrals_answered,
)


def _late_item(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or not is_late(meeting) or attempt.urgent:
        return None
    late = Remedy("book.late", {"case": facts.ref, "meeting": meeting.ref})
    return Lack({"meeting": meeting.ref}, (late,), who=secretary_of(meeting.kind))


LATE_ITEM = Guard(
    "late-item",
    "Kallelsen till {meeting} har redan gått ut, så ärendet blir ett sent ärende. Säg varför med --late.",
    legal_basis.LATE_ITEM,
    Role.NAMNDSEKRETERARE,
    _late_item,
    blocks=False,
)


def _on_agenda(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting = attempt.meeting
    if meeting is None or item_at_meeting(facts, attempt) is not None:
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
    item = item_at_meeting(facts, attempt)
    if item is None or item.waiting:
        return None
    became = "avgjort det" if item.outcome is None else f"antecknat frågan som {name(item.outcome)}"
    return Lack(
        {"meeting": item.meeting.ref, "what": f"{became} (§ {item.paragraph})"}, (Remedy("show", {"case": facts.ref}),)
    )


NOT_TREATED = Guard(
    "not-yet-treated",
    "{meeting} har redan behandlat ärendet och {what}.",
    legal_basis.PROTOCOL,
    Role.NAMNDSEKRETERARE,
    _not_treated,
    deviable=False,
)


def _announced(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    meeting, item = attempt.meeting, item_at_meeting(facts, attempt)
    if meeting is None or not meeting.is_council or not decides(facts, attempt):
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
