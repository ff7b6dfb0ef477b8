"""What a protocol says of one § and a registered case, held against what is recorded of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from states.case_facts import (
    DECIDING_ROLES,
    SETTLING,
    AgendaItem,
    Ballot,
    CaseFacts,
    MatterOutcome,
    MinuteKind,
    Outcome,
    Vote,
)
from states.kinds import KINDS
from states.swedish_text import listed, name
from workflow import (
    agendawork,
    case_store,
    casework,
    decisionwork,
    meeting_store,
    member_register,
    minutework,
    payload_store,
    statements,
)
from workflow.agendawork import Rearrangement
from workflow.body_register import Body
from workflow.decisionwork import Ruling
from workflow.document_intake.folding import fold
from workflow.document_intake.meeting_papers import ReadParagraph, ReadReservation, ReadVote
from workflow.document_intake.names import bodies_in
from workflow.document_intake.protocol_outcomes import MOVES, is_twisted
from workflow.fact_ledger import FactLedger, Told
from workflow.meeting_store import LockedMeeting
from workflow.member_register import MemberRegister
from workflow.minutework import Entry, Voting
from workflow.protocol_rulings import rulings_of
from workflow.use_case import Result


class ParagraphIntake:
    """One § of a protocol whose case is registered."""

    def __init__(
        self, ledger: FactLedger, meeting_id: str, case_id: str, read: ReadParagraph, chair: str | None
    ) -> None:
        self._ledger, self._desk, self._read, self._chair = ledger, ledger.desk, read, chair
        self._meeting_id, self._case_id = meeting_id, case_id

    def each(self) -> Iterator[Told]:
        """Everything the § says, in the order it is recorded: jäv, the decision, votes, reservations."""
        before = self._item()
        had_number = before is not None and before.paragraph is not None
        if before is not None and before.paragraph is not None:
            yield from self._number(before.paragraph)
            yield from self._jav()
        yield from self._decision()
        item = self._item()
        if item is None or item.paragraph is None:
            return
        if not had_number:
            yield from self._jav()
        yield from self._votes()
        yield from self._reservations()

    # --- what is recorded ------------------------------------------------------------------------------

    def _facts(self) -> CaseFacts:
        return case_store.load_facts(self._desk.connection, self._case_id, self._desk.raised_reading)

    def _meeting(self) -> LockedMeeting:
        return meeting_store.load(self._desk.connection, self._meeting_id)

    def _item(self) -> AgendaItem | None:
        facts, meeting = self._facts(), self._meeting().facts
        here = [item for item in facts.agenda if item.meeting.ref == meeting.ref]
        return facts.item_at(meeting) or next(iter(here), None)

    def _register(self) -> MemberRegister:
        return member_register.of_meeting(self._desk.connection, self._meeting().facts)

    def _says(self, what: str) -> Told:
        return self._ledger.agrees(self._read.number, self._ref(), what)

    def _differs(self, protocol: str, register: str) -> Told:
        told = f"Protokollet säger {protocol}; i registret står {register}. Inget ändrades."
        return self._ledger.differs(self._read.number, self._ref(), told)

    def _by_hand(self, told: str) -> Told:
        return self._ledger.by_hand(self._read.number, self._ref(), told)

    def _ref(self) -> str:
        return case_store.ref(self._desk.connection, self._case_id)

    def _do(self, key: str, what: str, act: Callable[..., Result], *args: object, **more: Any) -> Told:
        key = f"{self._case_id}/{key}"
        on = self._meeting().facts.on
        return self._ledger.do(on, key, self._read.number, self._ref(), what, act, *args, **more)

    def _command(self, verb: str) -> str:
        """What a person can type to do the same."""
        meeting = self._meeting().facts.ref
        return f"arende {verb} {self._ref().replace(' ', '-', 1)} {meeting.replace(' ', '-', 1)}"

    # --- the number ------------------------------------------------------------------------------------

    def _number(self, given: int) -> Iterator[Told]:
        if given != self._read.number:
            yield self._differs(f"§ {self._read.number}", f"§ {given}")

    # --- the decision ----------------------------------------------------------------------------------

    def _decision(self) -> Iterator[Told]:
        item = self._item()
        if item is not None and not item.waiting:
            yield self._compared(item)
        elif is_twisted(self._read.decisions, self._proposed()):
            yield self._by_hand(
                "Beslutet säger nej till något, eller flera olika saker, och antecknas därför inte av sig självt. "
                f"Läs protokollet och anteckna: {self._command('decide')}"
            )
        elif self._read.matter is MatterOutcome.UTGATT:
            struck = Rearrangement(struck=(self._ref(),))
            yield self._do("utgar", "Ärendet utgår.", agendawork.rearrange, self._meeting_id, struck)
        elif self._read.matter in MOVES:
            yield self._moved_on(self._read.matter)
        elif not self._read.decisions:
            yield self._by_hand(f"Inget beslut hittades i protokollet. Läs det och anteckna: {self._command('decide')}")
        else:
            yield self._decided()

    def _decided(self) -> Told:
        rulings = self._rulings()
        if rulings is None:
            return self._by_hand(
                f"Protokollet har {len(self._read.decisions)} beslut och förslaget {self._count()} att-satser, så det "
                f"går inte att säga vad som blev av var och en. Anteckna: {self._command('decide')}"
            )
        matter = self._matter()
        return self._do(
            "decide",
            f"Beslut: {_described(rulings, matter)}.",
            decisionwork.decide,
            self._case_id,
            self._meeting_id,
            rulings,
            matter=matter,
            paragraph=self._read.number,
        )

    def _rulings(self) -> dict[int, Ruling] | None:
        found = rulings_of(self._read, self._proposed(), self._count(), settles=self._settles())
        return None if found is None else dict(found)

    def _settles(self) -> bool:
        """True where the body decides the matter itself; what only proposes settles nothing."""
        facts = self._facts()
        stage = facts.stage_of(self._meeting().facts.body)
        return not self._read.to_council and (stage is None or stage.role in DECIDING_ROLES)

    def _matter(self) -> MatterOutcome | None:
        """What became of the matter, where the body settles it and that can become of such a case."""
        matter = self._read.matter
        if len(set(self._read.matters) - {None}) > 1:
            return None
        can = matter in KINDS[self._facts().kind].matters
        return matter if can and (self._settles() or matter not in SETTLING) else None

    def _proposed(self) -> tuple[str, ...]:
        """The att-satser of the latest proposal to the body, or of the one that names none."""
        rows = self._desk.connection.run(statements.EVERY_PROPOSAL, id=self._case_id)
        texts = payload_store.of_stream(self._desk.connection, f"case:{self._case_id}")
        latest = [row for row in rows if row["version"] == rows[-1]["version"]]
        own = [row for row in latest if (row["body"] or None) in (self._meeting().facts.body, None)]
        return tuple(payload_store.texts(texts, own[0]["payload"], "att_satser", own[0]["att_satser"])) if own else ()

    def _count(self) -> int:
        return len(self._proposed()) or 1

    def _compared(self, item: AgendaItem) -> Told:
        """What is recorded of the decision, against what the protocol says."""
        wanted = self._matter() if item.decided and self._read.matter not in MOVES else self._read.matter
        if (self._read.matter in MOVES) != (item.outcome in MOVES) or (
            wanted is not None and item.outcome is not None and wanted is not item.outcome
        ):
            return self._differs(_said(self._read.matter, "ett beslut"), _said(item.outcome, "ett beslut"))
        if item.decided and wanted is not None and item.outcome is None:
            return self._differs(f"att ärendet är {name(wanted)}", "inget om vad det blev av ärendet")
        rows = self._desk.connection.run(statements.DECISIONS, id=self._case_id)
        recorded = {row["ordinal"]: Outcome(row["outcome"]) for row in rows if row["item_id"] == item.id}
        rulings = self._rulings() if recorded else {}
        if rulings is None:
            return self._by_hand(
                "Ett beslut är redan antecknat; jämför det med protokollet, som inte går att tolka säkert."
            )
        for number, outcome in ((number, rulings.get(number, Ruling()).outcome) for number in recorded):
            if outcome is not recorded[number]:
                return self._differs(f"{name(outcome)} av att-sats {number}", name(recorded[number]))
        return self._says("Beslutet är redan antecknat, och stämmer.")

    # --- remitted, returned, postponed -----------------------------------------------------------------

    def _moved_on(self, matter: MatterOutcome) -> Told:
        number = self._read.number
        if matter is MatterOutcome.BORDLAGD and not self._read.minority:
            what = "Ärendet bordlades."
            return self._do("postpone", what, casework.postpone, self._case_id, self._meeting_id, paragraph=number)
        verb = {MatterOutcome.REMITTERAD: "refer", MatterOutcome.ATERREMITTERAD: "return"}.get(matter, "postpone")
        if self._read.minority:
            return self._by_hand(
                f"Det var en minoritets begäran, och det behövs hur många som begärde det: {self._command(verb)}"
            )
        receiver, unit = self._receiver()
        if receiver is None:
            return self._by_hand(
                f"Protokollet säger att ärendet är {name(matter)}, men inte till vilken av våra instanser. Anteckna: "
                f"{self._command(verb)} --to INSTANS"
            )
        to = (self._case_id, self._meeting_id, receiver.code)
        if matter is MatterOutcome.ATERREMITTERAD:
            what = f"Ärendet återremitterades till {receiver.code}."
            return self._do(verb, what, casework.return_case, *to, unit=unit, paragraph=number)
        what = f"Ärendet remitterades till {receiver.code}."
        return self._do(verb, what, casework.refer, *to, direct=not unit, paragraph=number)

    def _receiver(self) -> tuple[Body | None, bool]:
        """(whom it goes to, whether to its förvaltning): the body that is named, or the own one's förvaltning."""
        text, meeting = self._read.receiver or "", self._meeting().facts
        unit = any(word in fold(text) for word in ("forvaltning", "kontor", "kansli"))
        bodies = self._desk.bodies
        for called in (text, *(body for body, _, _ in bodies_in(text)), text.split("s förvaltning")[0]):
            if called and (found := bodies.find_or_none(called, meeting.on)):
                return found, unit
        own = bodies.find_or_none(meeting.body, meeting.on) if unit or not text else None
        is_own = (
            own is not None and not meeting.is_council and (not text or fold(text).split()[0].startswith("forvaltn"))
        )
        return (own, True) if is_own else (None, unit)

    # --- jäv, votes, reservations ----------------------------------------------------------------------

    def _jav(self) -> Iterator[Told]:
        item, register = self._item(), self._register()
        noted = item.jav if item else ()
        for who in self._read.jav:
            found = register.named(who)
            if len(found) != 1:
                yield self._by_hand(
                    f"{who} anmälde jäv men är ingen entydig ledamot i registret: {self._command('jav')}"
                )
            elif found[0].id in noted:
                yield self._says(f"Jäv: {found[0].name} är redan antecknad.")
            else:
                yield self._do(
                    f"jav/{found[0].id}",
                    f"Jäv: {found[0].name} deltog inte.",
                    minutework.jav,
                    self._case_id,
                    self._meeting_id,
                    (found[0].id,),
                )

    def _votes(self) -> Iterator[Told]:
        item = self._item()
        recorded = item.votes if item else ()
        for place, vote in enumerate(self._read.votes, 1):
            told = f"{vote.yes} ja, {vote.no} nej, {vote.abstained} avstår"
            if any(_same(vote, one) for one in recorded):
                yield self._says(f"Voteringen ({told}) är redan antecknad.")
            elif len(recorded) >= len(self._read.votes):
                noted = listed(f"{one.yes} ja, {one.no} nej, {one.abstained} avstår" for one in recorded)
                yield self._differs(f"att voteringen blev {told}", noted)
            else:
                yield self._vote(place, vote, told)

    def _vote(self, place: int, vote: ReadVote, told: str) -> Told:
        by_name = self._known(vote)
        settled = self._settled(vote) if vote.yes == vote.no else None
        if vote.yes == vote.no and settled is None:
            return self._by_hand(
                f"Voteringen blev {told}, men inte åt vilket håll utslagsrösten föll: {self._command('vote')}"
            )
        voting = Voting(
            main=vote.main or "Ja-förslaget, enligt protokollet",
            against=vote.against or "Nej-förslaget, enligt protokollet",
            by_name=by_name,
            numbers=(vote.yes, vote.no, vote.abstained),
            casting=settled,
            partial=True,
        )
        what = f"Votering: {told}{'' if by_name else ' (utan namn)'}."
        return self._do(f"vote/{place}", what, minutework.vote, self._case_id, self._meeting_id, voting)

    def _known(self, vote: ReadVote) -> tuple[tuple[str, Ballot], ...]:
        """Who voted how, where each is one member of the register; else none."""
        register = self._register()
        found = [(register.named(who), ballot) for who, ballot in vote.by_name]
        if all(len(members) == 1 for members, _ in found):
            return tuple((members[0].id, ballot) for members, ballot in found)
        return ()

    def _settled(self, vote: ReadVote) -> Ballot | None:
        """The side the chair's vote decided a tie for, where the chair's ballot is told."""
        return next((ballot for who, ballot in vote.by_name if self._chair and who == self._chair), None)

    def _reservations(self) -> Iterator[Told]:
        item, register = self._item(), self._register()
        rows = self._desk.connection.run(statements.MINUTES_OF_MEETING, id=self._meeting_id)
        own = [row for row in rows if item is not None and row["item_id"] == item.id]
        reserved = [row for row in own if row["kind"] == MinuteKind.RESERVATION]
        noted = {row["member"] for row in reserved if row["member"]}
        words = {member_register.said(row["words"], "text") for row in reserved}
        for place, one in enumerate(self._read.reservations, 1):
            entries = _entries(one, register)
            new = [
                entry for entry in entries if entry.member not in noted and (entry.member or entry.text not in words)
            ]
            who = listed(one.names) or "någon som inte nämns"
            if not new:
                yield self._says(f"Reservationen av {who} är redan antecknad.")
            else:
                what = f"Reservation av {who}."
                key = f"reservation/{place}"
                yield self._do(key, what, minutework.minute, self._case_id, self._meeting_id, tuple(new))


def _entries(one: ReadReservation, register: MemberRegister) -> Sequence[Entry]:
    """A reservation for each member; what nobody in the register answers for stands in the protocol's words alone."""
    found = [register.named(who) for who in one.names]
    known = [members[0].id for members in found if len(members) == 1]
    entries = [Entry(MinuteKind.RESERVATION, one.text, member) for member in known]
    return entries if len(known) == len(one.names) and known else [*entries, Entry(MinuteKind.RESERVATION, one.text)]


def _same(read: ReadVote, recorded: Vote) -> bool:
    return (read.yes, read.no, read.abstained) == (recorded.yes, recorded.no, recorded.abstained)


def _said(matter: MatterOutcome | None, otherwise: str) -> str:
    return f"”{name(matter)}”" if matter else otherwise


def _described(rulings: dict[int, Ruling], matter: MatterOutcome | None) -> str:
    changed = [number for number, ruling in rulings.items() if ruling.outcome is Outcome.BIFALL_MED_ANDRING]
    rejected = [number for number, ruling in rulings.items() if ruling.outcome is Outcome.AVSLAG]
    parts = [f"avslag (att-sats {listed(map(str, rejected))})"] if rejected else []
    parts += [f"annan lydelse än förslaget (att-sats {listed(map(str, changed))})"] if changed else []
    told = listed(parts) or "enligt förslag"
    return f"{told}; ärendet {name(matter)}" if matter else told
