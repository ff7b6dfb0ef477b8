"""What the protocol says of a § besides the decision: jäv, yrkanden, reservations, votes (KL 5 kap. 67 §)."""

from collections.abc import Iterable

import msgspec

from states import assembly
from states.case_facts import AgendaItem, Attempt, Ballot, MeetingFacts, MinuteKind, Outcome, Person, Vote
from states.judgement import Refused
from states.records import Change, insert, update
from workflow import meeting_store, member_register, statements
from workflow.attendancework import clock
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.meeting_store import LockedMeeting
from workflow.member_register import MemberRegister
from workflow.use_case import (
    Result,
    accept,
    ask,
    begin,
    give_reason,
    opened,
    refuse,
    refuse_other_day,
    touched,
)


class Entry(msgspec.Struct, frozen=True):
    """One thing to write in the protocol of a §."""

    kind: MinuteKind
    text: str = ""
    member: str = ""  # as people name them; empty: the words are nobody's own
    announced_at: str | None = None  # of a reservation


class Voting(msgspec.Struct, frozen=True, kw_only=True):
    """A votering, by names or by numbers alone."""

    main: str  # huvudproposition: what ja is for
    against: str  # kontraproposition
    by_name: tuple[tuple[str, Ballot], ...] = ()
    numbers: tuple[int, int, int] = (0, 0, 0)  # ja, nej, avstår, where no names are given
    secret: bool = False  # of an election (KL 5 kap. 55 §)
    casting: Ballot | None = None  # what the chair's vote settled a tie to
    lot: Ballot | None = None  # and what the lot did
    partial: bool = False  # not all who were there are accounted for


# --- jäv ------------------------------------------------------------------------------------------


def jav(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    members: tuple[str, ...],
    ground: str = "",
    *,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """Members could not take part in a § (KL 5 kap. 47 §, 6 kap. 28–32 §§)."""
    with opened(desk, command, "minute", case_id, expected, meeting_id) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        register = member_register.of_meeting(desk.connection, meeting.facts)
        found = [register.find(text).person for text in members]
        _refuse_named_twice(found)
        attempt = _writing(command, case, meeting.facts, (), deviation=deviation)
        verdict = ask(command, case.facts, msgspec.structs.replace(attempt, jav=tuple(found)))
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        item = _item(case, meeting.facts)
        already = [person.name for person in found if person.id in item.jav]
        if already:
            raise UsageError(f"{already[0]} är redan antecknad som jävig i § {item.paragraph}.")
        draft = begin(case, "case.minuted", attempt, verdict, about="jav")
        if deviation:
            give_reason(draft, command)
        payload = draft.text({"ground": ground}) if ground else None
        draft.changes += [
            insert("jav", id=command.new_id(), item_id=item.id, member=person.id, payload=payload) for person in found
        ]
        draft.changes += _seen(case, command, meeting)
        return accept(desk, command, case, draft, verdict)


def _item(case: LockedCase, meeting: MeetingFacts) -> AgendaItem:
    """The case's § at a meeting. Raises UsageError where it has none."""
    item = case.facts.item_at(meeting)
    if item is None or item.paragraph is None:
        raise UsageError(
            f"{case.facts.ref} har ingen paragraf vid {meeting.ref}. Se: arende meeting show "
            f"{meeting.ref.replace(' ', '-', 1)}"
        )
    return item


def _seen(case: LockedCase, command: Command, meeting: LockedMeeting) -> list[Change]:
    """New versions of the case and of the meeting, so that nobody adjusts a protocol without having seen this."""
    return [update("meeting", id=meeting.id, version=meeting.version + 1), touched(case, command)]


# --- yrkanden, reservations, notes ----------------------------------------------------------------


def minute(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    entries: tuple[Entry, ...],
    *,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """Write in the protocol of a §; a reservation only if it was announced before the meeting ended."""
    with opened(desk, command, "minute", case_id, expected, meeting_id) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        register = member_register.of_meeting(desk.connection, meeting.facts)
        told = [(entry, register.find(entry.member).person if entry.member else None) for entry in entries]
        attempt = _writing(command, case, meeting.facts, told, deviation=deviation)
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        item = _item(case, meeting.facts)
        draft = begin(case, "case.minuted", attempt, verdict, about=sorted({entry.kind.value for entry in entries}))
        if deviation:
            give_reason(draft, command)
        last = _last(desk.connection, statements.LAST_MINUTE, item)
        draft.changes += [
            _minute_row(command, draft, item, ordinal, *one) for ordinal, one in enumerate(told, last + 1)
        ]
        draft.changes += _seen(case, command, meeting)
        return accept(desk, command, case, draft, verdict)


def _writing(
    command: Command,
    case: LockedCase,
    meeting: MeetingFacts,
    told: Iterable[tuple[Entry, Person | None]],
    *,
    deviation: bool,
) -> Attempt:
    """What the law is asked: who takes part by what is written, and when a reservation was announced.

    A note in the protocol is no part in the matter. With reservations, those who reserve are asked about.
    """
    pairs = [(entry, person) for entry, person in told if person and entry.kind in TAKES_PART]
    reserving = [(entry, person) for entry, person in pairs if entry.kind is MinuteKind.RESERVATION]
    if reserving and len(reserving) < len(pairs):
        raise UsageError("Anteckna yrkanden och reservationer var för sig: först arende minute med yrkandena.")
    hours = [clock(entry.announced_at, "--anmald") for entry, _ in reserving if entry.announced_at]
    return Attempt(
        verb="minute",
        on=command.on,
        to=case.facts.state,
        meeting=meeting,
        deviation=deviation,
        persons=tuple(person for _, person in pairs),
        reservation=bool(reserving),
        announced_at=max(hours) if hours and len(hours) == len(reserving) else None,
    )


TAKES_PART = (MinuteKind.YRKANDE, MinuteKind.RESERVATION)


def _minute_row(
    command: Command, draft: Draft, item: AgendaItem, ordinal: int, entry: Entry, person: Person | None
) -> Change:
    return insert(
        "minute",
        id=command.new_id(),
        item_id=item.id,
        ordinal=ordinal,
        kind=entry.kind.value,
        member=person.id if person else None,
        noted_at=clock(entry.announced_at, "--anmald") if entry.announced_at else None,
        payload=draft.text({"text": entry.text}),
    )


def _last(connection: Connection, sql: str, item: AgendaItem) -> int:
    return int(connection.run(sql, id=item.id)[0]["ordinal"] or 0)


# --- votes ----------------------------------------------------------------------------------------


def vote(
    desk: Desk,
    command: Command,
    case_id: str,
    meeting_id: str,
    voting: Voting,
    *,
    deviation: bool = False,
    **expected: int,
) -> Result:
    """Note a votering: ja for the main proposal, nej for the one against it (KL 5 kap. 53–57 §§)."""
    with opened(desk, command, "vote", case_id, expected, meeting_id) as case:
        if isinstance(case, Refused):
            return case
        meeting = meeting_store.load(desk.connection, meeting_id)
        refuse_other_day(command, meeting.facts)
        register = member_register.of_meeting(desk.connection, meeting.facts)
        cast = tuple((register.find(text).person, ballot) for text, ballot in voting.by_name)
        counted = _counted(voting, cast)
        attempt = Attempt(
            verb="vote",
            on=command.on,
            to=case.facts.state,
            meeting=meeting.facts,
            deviation=deviation,
            persons=tuple(person for person, _ in cast),
            vote=counted,
            lot=voting.lot is not None,
            election=voting.secret,
            rulings=_decided(desk.connection, case, meeting.facts),
        )
        verdict = ask(command, case.facts, attempt)
        if isinstance(verdict, Refused):
            return refuse(desk, command, case, verdict)
        item = _item(case, meeting.facts)
        _refuse_odd_vote(voting, counted)
        _refuse_noted(desk.connection, case, item, voting, counted)
        _refuse_wrong_voters(voting, counted, meeting.facts, item, register)
        draft = begin(case, "case.minuted", attempt, verdict, about="votering")
        if deviation:
            give_reason(draft, command)
        draft.changes += _vote_rows(desk.connection, command, draft, item, voting, counted)
        draft.changes += _seen(case, command, meeting)
        return accept(desk, command, case, draft, verdict, _result(voting, counted))


def _counted(voting: Voting, cast: tuple[tuple[Person, Ballot], ...]) -> Vote:
    ballots = [ballot for _, ballot in cast]
    tally = (ballots.count(Ballot.JA), ballots.count(Ballot.NEJ), ballots.count(Ballot.AVSTAR))
    yes, no, abstained = tally if cast else voting.numbers
    return Vote(
        yes=yes,
        no=no,
        abstained=abstained,
        casting=voting.casting is not None,
        secret=voting.secret,
        ballots=tuple(sorted((person.id, ballot) for person, ballot in cast)),
        settled=voting.casting or voting.lot,
    )


def _decided(connection: Connection, case: LockedCase, meeting: MeetingFacts) -> frozenset[Outcome]:
    """What has been decided of the att-satser at a meeting."""
    item = case.facts.item_at(meeting)
    rows = connection.run(statements.DECISIONS, id=case.id)
    return frozenset(Outcome(row["outcome"]) for row in rows if item is not None and row["item_id"] == item.id)


def _refuse_noted(connection: Connection, case: LockedCase, item: AgendaItem, voting: Voting, counted: Vote) -> None:
    """The same votering of the same proposals, noted once more."""
    rows = [row for row in connection.run(statements.VOTES_OF_CASE, id=case.id) if row["item_id"] == item.id]
    words = (
        (member_register.said(row["words"], "main"), member_register.said(row["words"], "against")) for row in rows
    )
    if (counted, voting.main, voting.against) in ((vote, *said) for vote, said in zip(item.votes, words, strict=True)):
        raise UsageError(
            f"Den voteringen är redan antecknad i § {item.paragraph}. Är den fel: ta tillbaka den med arende correct."
        )


def _refuse_odd_vote(voting: Voting, counted: Vote) -> None:
    """What cannot be how a vote went."""
    settled = voting.casting or voting.lot
    if settled is Ballot.AVSTAR:
        raise UsageError("Ett lika röstetal avgörs till ja eller nej.")
    if settled and not assembly.tied(counted):
        raise UsageError(f"{counted.yes} ja mot {counted.no} nej är inte lika; utelämna --utslag och --lott.")
    if voting.lot and not voting.secret:
        raise UsageError(
            "Lotten avgör bara val; annars avgör ordförandens röst. Ange --utslag, eller --sluten vid val."
        )
    if voting.secret and counted.ballots:
        raise UsageError("Vem som röstade hur antecknas inte vid sluten omröstning. Ange antalen: --ja 8 --nej 7.")
    if not counted.yes + counted.no:
        raise UsageError("Ingen röstade. Ange --ja och --nej.")


def _refuse_wrong_voters(
    voting: Voting, counted: Vote, meeting: MeetingFacts, item: AgendaItem, register: MemberRegister
) -> None:
    """Votes of those who do not serve, or too few or too many of those who do; unknown attendance says nothing."""
    voters = [member for member, _ in counted.ballots]
    _refuse_named_twice([Person(member, register.name(member)) for member in voters])
    deciding = assembly.deciding(meeting, item)
    if not meeting.attendance:
        return
    # Who has jäv has been asked about already; that such a vote was cast is a deviation.
    strangers = [register.name(member) for member in voters if member not in (*deciding, *item.jav)]
    if strangers:
        raise UsageError(
            f"{', '.join(strangers)} tjänstgör inte vid § {item.paragraph} och har ingen röst. Närvaron ändras med "
            "arende meeting attend."
        )
    cast = counted.yes + counted.no + counted.abstained
    if not voters and cast > len(deciding):
        raise UsageError(f"{cast} röster är fler än de {len(deciding)} som tjänstgör vid § {item.paragraph}.")
    if not voters and cast < len(deciding) and not voting.partial:
        raise UsageError(
            f"{cast} röster är färre än de {len(deciding)} som tjänstgör vid § {item.paragraph}. Ange också hur många "
            "som avstod, eller --ofullstandig."
        )
    silent = sorted(register.name(member) for member in deciding if member not in voters)
    if voters and silent and not voting.partial:
        raise UsageError(f"Det saknas hur {', '.join(silent)} röstade. Ange det, eller --ofullstandig.")
    presiding = assembly.chair(meeting, item)
    if voting.casting and voters and (presiding, voting.casting) not in counted.ballots:
        raise UsageError("Utslaget är ordförandens egen röst; --utslag ska vara det ordföranden röstade.")


def _refuse_named_twice(persons: list[Person]) -> None:
    twice = next((one.name for place, one in enumerate(persons) if one in persons[:place]), None)
    if twice is not None:
        raise UsageError(f"{twice} är nämnd två gånger; var och en har en röst.")


def _vote_rows(
    connection: Connection, command: Command, draft: Draft, item: AgendaItem, voting: Voting, counted: Vote
) -> list[Change]:
    vote_id = command.new_id()
    settled = voting.casting or voting.lot
    words = {"main": voting.main, "against": voting.against, "settled": settled.value if settled else ""}
    row = insert(
        "vote",
        id=vote_id,
        item_id=item.id,
        ordinal=_last(connection, statements.LAST_VOTE, item) + 1,
        yes=counted.yes,
        no=counted.no,
        abstained=counted.abstained,
        casting=counted.casting,
        secret=counted.secret,
        payload=draft.text(words),
    )
    ballots = [
        insert("ballot", id=command.new_id(), vote_id=vote_id, member=member, choice=ballot.value)
        for member, ballot in counted.ballots
    ]
    return [row, *ballots]


def _result(voting: Voting, counted: Vote) -> str:
    settled = voting.casting or voting.lot
    winner = voting.main if counted.yes > counted.no or settled is Ballot.JA else voting.against
    how = " genom ordförandens utslagsröst" if voting.casting else " genom lottning" if voting.lot else ""
    return f"{counted.yes} ja, {counted.no} nej, {counted.abstained} avstår: ”{winner}” vinner{how}."
