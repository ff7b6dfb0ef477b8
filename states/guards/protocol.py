"""What a protocol must not contradict: who decided each §, how the vote went, when the meeting ended (KL 4–6 kap.).

All of it has happened, so nothing here blocks: it is asked about while it can still be mended, and told of afterwards.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from states import assembly, legal_basis
from states.case_facts import AgendaItem, Attempt, Ballot, BodyKind, CaseFacts, MeetingFacts, Outcome, Vote
from states.guards import Guard, Lack, Remedy, item_at_meeting, secretary_of
from states.roles import Role
from states.swedish_text import listed

# --- enough to decide, also when it is known who was there ---------------------------------------


def _too_few(facts: CaseFacts, attempt: Attempt) -> Iterator[tuple[AgendaItem, int, int]]:
    """(§, how many, of how many) for each decision that too few took part in, by what is noted now."""
    here = item_at_meeting(facts, attempt) if attempt.jav else None
    for item in facts.agenda:
        took_part = _without(here, attempt) if here is not None and item.id == here.id else item.took_part
        if item.decided and took_part is not None and not assembly.quorate(*took_part):
            yield item, *took_part


def _without(item: AgendaItem, attempt: Attempt) -> tuple[int, int] | None:
    """How many took part, when those who are noted now did not."""
    meeting = attempt.meeting
    if meeting is None or meeting.seats is None or not meeting.attendance:
        return None
    absent = (*item.jav, *(person.id for person in attempt.jav))
    return assembly.present(meeting, replace(item, jav=absent)), meeting.seats


def _quorum_kept(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    short = list(_too_few(facts, attempt))
    if not short:
        return None
    meeting = short[-1][0].meeting
    where = listed(f"§ {item.paragraph} från {item.meeting.ref} ({there} av {seats})" for item, there, seats in short)
    return _short_of_members(where, meeting)


def _short_of_members(where: str, meeting: MeetingFacts) -> Lack:
    basis = legal_basis.KF_14 if meeting.kind is BodyKind.KF else None
    shown = Remedy("meeting.show", {"meeting": meeting.ref})
    return Lack({"where": where}, (shown,), who=secretary_of(meeting.kind), basis=basis)


TOO_FEW = (
    "För få ledamöter deltog i {where}, och det krävs fler än hälften. Är närvaron eller jävet fel antecknat: rätta "
    "det. Stämmer det var instansen inte beslutför."
)

QUORUM_KEPT = Guard("quorum-kept", TOO_FEW, legal_basis.NA_07, Role.NAMNDSEKRETERARE, _quorum_kept, blocks=False)


def _quorum_in_protocol(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    if facts.seats is None or not facts.attendance:
        return None
    counts = {one.paragraph: assembly.present_at(facts, one.paragraph, one.jav) for one in facts.written if one.decided}
    short = [
        f"§ {paragraph} ({there} av {facts.seats})"
        for paragraph, there in counts.items()
        if not assembly.quorate(there, facts.seats)
    ]
    return _short_of_members(listed(short), facts) if short else None


QUORUM_IN_PROTOCOL = Guard(
    "quorum-in-protocol", TOO_FEW, legal_basis.NA_07, Role.NAMNDSEKRETERARE, _quorum_in_protocol, blocks=False
)

# --- the vote and the decision --------------------------------------------------------------------


def _contradicts(vote: Vote | None, rulings: frozenset[Outcome]) -> bool:
    """True where the vote was lost and everything is decided as proposed, or won and all of it is refused.

    An election is no question of yes and no.
    """
    if vote is None or vote.secret:
        return False
    lost_and_adopted = vote.won is Ballot.NEJ and rulings == {Outcome.BIFALL}
    return lost_and_adopted or (vote.won is Ballot.JA and rulings == {Outcome.AVSLAG})


def _vote_agrees(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = item_at_meeting(facts, attempt)
    noted = item.votes[-1] if item and item.votes else None
    vote = attempt.vote or noted
    if vote is None or not _contradicts(vote, attempt.rulings):
        return None
    return Lack({"yes": str(vote.yes), "no": str(vote.no), **_sides(vote)}, who=_secretary(attempt))


def _secretary(attempt: Attempt) -> Role | None:
    return secretary_of(attempt.meeting.kind) if attempt.meeting else None


def _sides(vote: Vote) -> dict[str, str]:
    won = vote.won is Ballot.JA
    return {"side": "ja" if won else "nej", "what": "avslag" if won else "bifall"}


VOTE_AGREES = Guard(
    "vote-agrees",
    "Votering och beslut går isär: {yes} ja mot {no} nej, så {side} vann, men alla att-satser är antecknade "
    "som {what}. Ett av dem är fel, om inte ja gällde något annat än förslaget.",
    legal_basis.KF_16,
    Role.NAMNDSEKRETERARE,
    _vote_agrees,
    blocks=False,
)


def _votes_in_protocol(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    apart = [f"§ {one.paragraph}" for one in facts.written if _contradicts(one.vote, one.rulings)]
    if not apart:
        return None
    return Lack(
        {"where": listed(apart)}, (Remedy("meeting.show", {"meeting": facts.ref}),), who=secretary_of(facts.kind)
    )


VOTES_IN_PROTOCOL = Guard(
    "votes-in-protocol",
    "Votering och beslut går isär i {where}: den ena sidan vann, men beslutet är antecknat som den andras. Ett av dem "
    "är fel, om inte ja gällde något annat än förslaget.",
    legal_basis.KF_16,
    Role.NAMNDSEKRETERARE,
    _votes_in_protocol,
    blocks=False,
)

# --- reservations and the hour the meeting ended --------------------------------------------------


def _reservations_in_protocol(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    closed = facts.closed_at
    if closed is None:
        return None
    late = [f"§ {one.paragraph} (anmäld {hour})" for one in facts.written for hour in one.reservations if hour > closed]
    if not late:
        return None
    shown = Remedy("meeting.show", {"meeting": facts.ref})
    return Lack({"closed": closed, "where": listed(late)}, (shown,), who=secretary_of(facts.kind))


RESERVATIONS_IN_PROTOCOL = Guard(
    "reservations-in-protocol",
    "Sammanträdet avslutades {closed}, men senare än så är en reservation antecknad i {where}. Den ska anmälas "
    "dessförinnan: rätta det klockslag som är fel.",
    legal_basis.NA_01,
    Role.NAMNDSEKRETERARE,
    _reservations_in_protocol,
    blocks=False,
)
