"""Meetings and their protocols: kungörelse, kallelse, justering, anslag (KL 5 and 8 kap.)."""

from datetime import date

from states import deadlines, legal_basis
from states.case_facts import (
    Attempt,
    MeetingFacts,
    ProtocolPart,
)
from states.guards import Guard, Lack, Remedy, secretary_of
from states.roles import Role
from states.swedish_calendar import DAY, closed_because, days_after, working_day_on_or_before
from states.swedish_text import day


def _kungorelse_in_time(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    limit = deadlines.one_week_before(facts.on)
    if facts.supplementary:
        limit = working_day_on_or_before(facts.on - DAY)
    if not facts.is_council or attempt.on <= limit:
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
    if facts.is_council:
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
    if not facts.is_council or facts.announced_on is not None:
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
    basis = legal_basis.KF_03 if facts.is_council else legal_basis.CALL
    return Lack({"meeting": facts.ref}, (remedy,), secretary_of(facts.kind), basis, not facts.is_council)


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
    if facts.part is None or facts.part.posted_on is not None:  # put up again: it was announced the first time
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
    if facts.part is None or facts.part.counted_from is None:
        return None
    last = deadlines.last_appeal_day(facts.part.counted_from)
    earliest = deadlines.take_down_day(facts.part.counted_from)
    if attempt.on >= earliest:
        return None
    return Lack(
        {"last": day(last), "earliest": day(earliest), "why": why_rolled(facts.part.counted_from)},
        (Remedy("meeting.take_down", {"meeting": facts.ref, "date": earliest.isoformat(), **_named(facts.part)}),),
    )


def _named(part: ProtocolPart) -> dict[str, str]:
    """The § by which a part of a protocol is told from the rest."""
    return {} if part.whole or not part.paragraphs else {"paragraph": str(part.paragraphs[0])}


def why_rolled(posted: date) -> str:
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
