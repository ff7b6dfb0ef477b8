"""The frozen snapshots a guard may look at, and the words they are written in.

Nothing here decides anything. The stores fill these values from the database; scenarios fill them
by hand; guards, deadlines and the planner read them.
"""

from datetime import date
from enum import StrEnum

import msgspec

from states.roles import Office


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    MBL = "mbl"
    NAMND = "namnd"
    KS = "ks"
    KF = "kf"
    SKICKAS_TILL = "skickas_till"
    AVSLUTAD = "avslutad"
    ATERKALLAD = "aterkallad"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANERAD = "planerad"
    KALLAD = "kallad"
    HALLEN = "hallen"
    INSTALLD = "installd"


class BodyKind(StrEnum):
    """What a deciding body is; the value is the state of a case that stands there."""

    NAMND = "namnd"
    KS = "ks"
    KF = "kf"

    @property
    def state(self) -> State:
        return State(self.value)


class StageRole(StrEnum):
    """What a body does with the case at a stage of its way."""

    ANMALAN = "anmalan"
    REMISS = "remiss"
    YTTRANDE = "yttrande"
    BEREDNING = "beredning"
    FORSLAG = "forslag"
    BESLUT = "beslut"
    EGEN_DEL = "egen_del"


class CaseKind(StrEnum):
    """What sort of case it is; `kinds.KINDS` tells what follows from it."""

    FORVALTNINGSARENDE = "forvaltningsarende"
    MOTION = "motion"
    MEDBORGARFORSLAG = "medborgarforslag"
    KS_ARENDE = "ks_arende"
    INTERPELLATION = "interpellation"
    FRAGA = "fraga"
    VAL = "val"  # elections and avsägelser
    REVISION = "revision"  # the year's audit, and the ansvarsfrihet it leads to
    LEDAMOTSINITIATIV = "ledamotsinitiativ"  # raised in a nämnd by one of its members (KL 4 kap. 20 §)
    FORESKRIFT = "foreskrift"  # a taxa, or other föreskrifter that fullmäktige adopts
    INFORMATION = "informationsarende"  # a body is told of something, and decides nothing
    REMISS = "inkommen_remiss"  # another authority asks what we think
    YTTRANDE = "myndighetsyttrande"  # a court or an authority has told us to answer
    DELEGATIONSBESLUT = "delegationsbeslut"  # decided by delegation, told of at a meeting
    ORDFORANDEBESLUT = "ordforandebeslut"  # decided by the chair since it could not wait (KL 6 kap. 39 §)


class MblKind(StrEnum):
    """What an MBL entry says."""

    FORHANDLING = "forhandling"
    INFORMATION = "information"
    EJ_PAKALLAD = "ej_pakallad"
    BEGARAN = "begaran"  # a union asks for a negotiation
    AVSLUT = "avslut"  # a negotiation that went on has ended
    ATTEST = "attest"  # a changed proposal is within what was negotiated


class Children(StrEnum):
    """Whether a case concerns children (lag 2018:1197)."""

    NEJ = "nej"
    JA = "ja"
    PROVAT = "provat"  # it does, and what is best for them has been assessed


class LinkKind(StrEnum):
    """How one case belongs with another."""

    HOR_IHOP = "hor_ihop"
    SAMMANLAGT = "sammanlagt"  # it goes on in the other
    DELAT = "delat"  # it was a part of the other


class DocumentKind(StrEnum):
    """What a document of a case is."""

    SKRIVELSE = "skrivelse"  # with the proposal; each is a version of it
    BILAGA = "bilaga"
    INKOMMEN = "inkommen"  # came from somebody else
    UTGAENDE = "utgaende"  # was sent to somebody else
    YTTRANDE = "yttrande"
    PROTOKOLLSUTDRAG = "protokollsutdrag"
    KALLELSE = "kallelse"
    ANTECKNING = "tjansteanteckning"


class Outcome(StrEnum):
    """A decision against the proposal, per att-sats."""

    BIFALL = "bifall"
    BIFALL_MED_ANDRING = "bifall_med_andring"
    AVSLAG = "avslag"


class MatterOutcome(StrEnum):
    """What became of the matter itself."""

    BIFALLEN = "bifallen"
    AVSLAGEN = "avslagen"
    BESVARAD = "besvarad"
    AVSKRIVEN = "avskriven"
    ATERTAGEN = "atertagen"
    OVERLAMNAD = "overlamnad"
    REMITTERAD = "remitterad"
    ATERREMITTERAD = "aterremitterad"
    BORDLAGD = "bordlagd"
    NOTERAD = "noterad"
    ANMALD = "anmald"
    AVVISAD = "avvisad"
    UTGATT = "utgatt"
    AVSTAR_FRAN_YTTRANDE = "avstar_fran_yttrande"
    VALD = "vald"
    ENTLEDIGAD = "entledigad"


class Target(StrEnum):
    """For whom a body decides an att-sats."""

    EGEN_DEL = "egen_del"
    FORESLAR_KF = "foreslar_kf"
    UNDER_FORUTSATTNING = "under_forutsattning"


class ItemKind(StrEnum):
    """What a matter is on the agenda for."""

    BESLUT = "beslut"
    INFORMATION = "information"
    ANMALAN = "anmalan"


class Seat(StrEnum):
    """In what capacity somebody is at a meeting."""

    ORDFORANDE = "ordforande"  # presides, and is one of the members
    LEDAMOT = "ledamot"
    ERSATTARE = "ersattare"
    PERSONALFORETRADARE = "personalforetradare"  # discusses, never decides (KL 7 kap. 12 §)
    TJANSTEPERSON = "tjansteperson"


class Ballot(StrEnum):
    """How somebody voted, or that they did not."""

    JA = "ja"
    NEJ = "nej"
    AVSTAR = "avstar"


class MinuteKind(StrEnum):
    """What the protocol says of a § besides the decision (KL 5 kap. 67 §)."""

    YRKANDE = "yrkande"
    PROPOSITIONSORDNING = "propositionsordning"
    RESERVATION = "reservation"
    PROTOKOLLSANTECKNING = "protokollsanteckning"


class DelegationKind(StrEnum):
    """A decision somebody took in the body's place."""

    DELEGATION = "delegation"  # KL 6 kap. 37 §, 7 kap. 5 §
    BRADSKANDE = "bradskande"  # by the chair, since it could not wait (KL 6 kap. 39 §)


class Purpose(StrEnum):
    """Why a decision is sent to somebody."""

    ATGARD = "atgard"
    KANNEDOM = "kannedom"


class SendingChannel(StrEnum):
    """By what way a decision is sent."""

    E_POST = "e-post"
    POST = "post"
    INTERNPOST = "internpost"
    DIGITAL_BREVLADA = "digital_brevlada"
    AKTEN = "akten"


class AppealRegime(StrEnum):
    """How the decision in a case is challenged; each has days of its own."""

    LAGLIGHET = "laglighet"  # KL 13 kap.: three weeks from the announcement
    FORVALTNINGSBESVAR = "forvaltningsbesvar"  # FL 43-44 §§: three weeks from when each party was served
    INGEN = "ingen"


class AppealCourt(StrEnum):
    """Where an appeal came in."""

    KOMMUNEN = "kommunen"
    FORVALTNINGSRATTEN = "forvaltningsratten"


class AppealOutcome(StrEnum):
    """What the court said, finally."""

    AVSLAG = "avslag"
    UPPHAVT = "upphavt"
    AVVISAT = "avvisat"
    AVSKRIVET = "avskrivet"


class WatchKind(StrEnum):
    """What a watch (bevakning) looks out for."""

    AVTALSSLUT = "avtalsslut"  # a contract or an assignment ends
    UPPSAGNING = "uppsagning"  # last day to give notice
    OPTION = "option"  # last day to take up an extension
    UPPDRAG = "uppdrag"  # a mandate to report back; it outlives the case
    HANDELSE = "handelse"  # something outside must happen first; then it is time some months later
    PERIOD = "period"  # a programme's or project's period ends
    BEVAKNING = "bevakning"  # anything else, in free text


SETTLING = frozenset({MatterOutcome.BIFALLEN, MatterOutcome.AVSLAGEN, MatterOutcome.BESVARAD, MatterOutcome.AVSKRIVEN})
"""What settles a matter that fullmäktige decides, whatever it stood on the agenda for."""

DECIDING_ROLES = frozenset({StageRole.BESLUT, StageRole.EGEN_DEL})
"""Roles in which a body really decides; in the others it only prepares (KL 13 kap. 2 §)."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a case's way: a body and what it does there."""

    id: str
    ordinal: int
    body: str
    kind: BodyKind
    role: StageRole
    required: bool = True
    closed: bool = False
    round: int = 1  # a reopened case begins a new one
    opportunity_until: date | None = None  # a passed answer date counts as opportunity (KL 5 kap. 28 §)
    utskott: bool = False  # a committee or presidium within the body: it prepares, and is not the body itself


class ProtocolPart(msgspec.Struct, frozen=True, kw_only=True):
    """The §§ of a protocol that are adjusted and announced together."""

    id: str
    paragraphs: tuple[int, ...]
    whole: bool  # True for all that was left of the protocol, False for §§ adjusted on their own
    adjusted_on: date
    posted_on: date | None = None
    taken_down_on: date | None = None
    restarted_on: date | None = None  # the board was down: the time is counted anew from this day

    @property
    def counted_from(self) -> date | None:
        """The day the appeal time is counted from; None before the notice is up."""
        return self.restarted_on or self.posted_on


class Attendee(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at a meeting, for all of it or for some §§."""

    member: str  # id in the register of members, or of the attendance itself for those who are in no register
    seat: Seat
    serves_for: str | None = None  # the member an ersättare stands in for; None: is there without serving
    from_paragraph: int | None = None  # None: from the beginning
    to_paragraph: int | None = None  # None: to the end
    remote: bool = False
    place: int | None = None  # an ersättare's, in the order they are called in

    def at(self, paragraph: int) -> bool:
        """True when present at a §."""
        return (self.from_paragraph or paragraph) <= paragraph <= (self.to_paragraph or paragraph)

    @property
    def serves(self) -> bool:
        """True for those who decide."""
        return self.seat in (Seat.ORDFORANDE, Seat.LEDAMOT) or self.serves_for is not None


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """One votering: ja for the main proposal, nej for the one against it."""

    yes: int
    no: int
    abstained: int = 0
    casting: bool = False  # the chair's vote decided a tie (KL 4 kap. 25 §, 5 kap. 54 §)
    secret: bool = False
    ballots: tuple[tuple[str, Ballot], ...] = ()  # member, how
    settled: Ballot | None = None  # what a tie was settled to, by the chair's vote or by lot

    @property
    def won(self) -> Ballot | None:
        """The side that won; None while a tie is not known to be settled."""
        if self.yes == self.no:
            return self.settled
        return Ballot.JA if self.yes > self.no else Ballot.NEJ


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What the protocol of a meeting says of one §."""

    paragraph: int
    decided: bool = False
    jav: tuple[str, ...] = ()
    vote: Vote | None = None  # the last there was
    rulings: frozenset[Outcome] = frozenset()  # of its att-satser
    reservations: tuple[str, ...] = ()  # the hours they were announced at, "15.30"


class MeetingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One meeting of one body."""

    ref: str  # "KF 2024-05-28"
    body: str
    kind: BodyKind
    on: date
    state: MeetingState | None  # None before it is planned
    announced_on: date | None = None  # kungörelse; only fullmäktige has one
    called_on: date | None = None
    call_days: int = 7  # lead time of the kallelse in days: law for KF, a setting for others
    part: ProtocolPart | None = None  # the part an attempt is about
    supplementary: bool = False  # announced already; only urgent items are added to the notice now
    utskott: bool = False
    attendance: tuple[Attendee, ...] = ()
    seats: int | None = None  # ordinary members; None where no register tells
    closed_at: str | None = None  # the hour it ended, "15.42"
    unreported: int = 0  # decisions taken in its place that it is to be told of
    urgent_unreported: int = 0  # those of them that the chair took since they could not wait
    manus_on: date | None = None  # planned days; None: as the routines and the law have them
    call_on: date | None = None
    announce_on: date | None = None
    open_paragraphs: tuple[int, ...] = ()  # not adjusted yet, and without a decision or another outcome
    remote_allowed: bool = False  # fullmäktige has let members take part from afar (KL 5 kap. 16 §)
    written: tuple[Written, ...] = ()  # its §§, where the attempt is about the whole protocol
    urgent_deciders: tuple[str, ...] = ()  # who may decide in its place what cannot wait; empty: no register tells

    @property
    def is_council(self) -> bool:
        """True for fullmäktige itself, whose meetings the law has rules of its own for, not for its beredning."""
        return self.kind is BodyKind.KF and not self.utskott

    @property
    def ahead(self) -> bool:
        """True while it is still to be held."""
        return self.state in (MeetingState.PLANERAD, MeetingState.KALLAD)


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """An överklagande of one §."""

    number: int  # within the case: how people name it
    received_on: date
    received_by: AppealCourt
    in_time: bool
    forwarded_on: date | None = None
    settled_on: date | None = None
    outcome: AppealOutcome | None = None

    @property
    def to_hand_over(self) -> bool:
        """True while it lies with the municipality, and no court has had it."""
        return self.received_by is AppealCourt.KOMMUNEN and self.forwarded_on is None and self.settled_on is None


class AgendaItem(msgspec.Struct, frozen=True, kw_only=True):
    """The case on one meeting's agenda."""

    id: str
    stage: str  # Stage.id
    meeting: MeetingFacts
    announced_on: date | None = None
    urgent: bool = False
    paragraph: int | None = None
    decided: bool = False
    outcome: MatterOutcome | None = None
    deviation: bool = False
    kind: ItemKind = ItemKind.BESLUT
    minority: bool = False  # postponed or remitted on a minority's request (KL 5 kap. 50 §)
    jav: tuple[str, ...] = ()  # members who could not take part in it
    votes: tuple[Vote, ...] = ()
    final_on: date | None = None  # laga kraft, confirmed by a person
    appealable: bool | None = None  # noted by hand; None: as its stage's role says (KL 13 kap. 2 §)
    appealed: tuple[Appeal, ...] = ()
    sent_to: tuple[str, ...] = ()  # Recipient.id of those who have been sent this §
    took_part: tuple[int, int] | None = None  # how many decided it, of how many members; None: nothing tells

    @property
    def appeals(self) -> tuple[Appeal, ...]:
        """Those that came in in time and are not yet settled."""
        return tuple(one for one in self.appealed if one.in_time and one.settled_on is None)

    @property
    def annulled(self) -> bool:
        """True when a court has set the decision aside."""
        return any(one.outcome is AppealOutcome.UPPHAVT for one in self.appealed)

    @property
    def waiting(self) -> bool:
        """True while the item is on the agenda and nothing has become of it."""
        return not self.decided and self.outcome is None

    @property
    def remitted(self) -> bool:
        """True when it was sent on, or back, to be prepared."""
        return self.outcome in (MatterOutcome.REMITTERAD, MatterOutcome.ATERREMITTERAD)

    def adjusted_by(self, on: date) -> bool:
        """True when this item's § stood in an adjusted part of the protocol on a day."""
        part = self.meeting.part
        return part is not None and self.paragraph in part.paragraphs and part.adjusted_on <= on


class MblEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A negotiation, an information, the assessment that neither is called for, or what followed."""

    kind: MblKind
    paragraph: str | None  # of MBL: "11", "12", "13", "19", "38"
    on: date
    held: bool  # False: booked for that day
    unfinished: bool = False  # held, and to go on another day
    central: bool = False  # asked for with the union's central organisation


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One addressee of the decision."""

    id: str
    name: str
    body: str | None = None  # the code of one of our own bodies, when it is one
    sent_on: date | None = None
    purpose: Purpose = Purpose.KANNEDOM


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must not be forgotten; it lives on when the case is closed."""

    id: str
    number: int  # within the case: how people name it
    kind: WatchKind
    body: str  # the body that answers for it
    noted_on: date
    due: date | None = None  # None while it waits for its event, and for a mandate without a day
    months: int | None = None  # it is time so many months after the event; None: it waits for none
    snoozed_until: date | None = None  # moves the reminders, never the date itself


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """A remiss to somebody outside our own bodies, not taken back."""

    id: str
    number: int  # within the case: how people name it
    name: str
    sent_on: date
    due: date  # the day they are asked to answer by
    mandatory: bool = False  # by routine, nothing is decided before the answer or the day
    answered_on: date | None = None


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a guard may know of one case."""

    ref: str  # the number people use, or the id while it has none
    kind: CaseKind
    state: State | None  # None before it is registered
    stages: tuple[Stage, ...] = ()
    current: str | None = None  # Stage.id
    last_event: date | None = None  # the latest event date within the current stage
    noted_on: date | None = None  # when something was last noted without moving it
    numbers: tuple[str, ...] = ()
    proposals: tuple[tuple[str | None, int], ...] = ()  # (body code or None when unnamed, att-satser)
    leftovers: tuple[tuple[str, str], ...] = ()  # (section, text) the template left behind
    mbl: tuple[MblEntry, ...] = ()
    proposal_versions: tuple[tuple[date | None, int], ...] = ()  # when each was put, and the first it is the same as
    agenda: tuple[AgendaItem, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    registered_on: date | None = None
    raised_on: date | None = None  # väckt, by the reading the municipality has chosen
    received_on: date | None = None  # when what began it came in; None: the day it was registered
    watches: tuple[Watch, ...] = ()  # the open ones
    referrals: tuple[Referral, ...] = ()
    children: Children | None = None  # None: nobody has said
    answer_by: date | None = None  # the day that another authority has set for our answer
    paused_on: date | None = None  # its own dates stand still from this day
    paused_until: date | None = None
    party_told_on: date | None = None  # that it will be late (FL 11 §)
    party_asked_on: date | None = None  # for it to be decided (FL 12 §)
    party_refused_on: date | None = None  # in a decision of its own (FL 12 §)
    appeal_regime: AppealRegime = AppealRegime.LAGLIGHET

    @property
    def began_on(self) -> date | None:
        """The day the matter came to us."""
        return self.received_on or self.registered_on

    @property
    def bodies(self) -> frozenset[str]:
        """The bodies of its way."""
        return frozenset(stage.body for stage in self.stages)

    @property
    def stage(self) -> Stage | None:
        """The stage the case stands at."""
        return next((stage for stage in self.stages if stage.id == self.current), None)

    @property
    def here(self) -> tuple[Stage, ...]:
        """The open stages it stands at: the current one, and those that run beside it."""
        current = self.stage
        if current is None:
            return ()
        beside = (one for one in self.stages if one.ordinal == current.ordinal and one.required and not one.closed)
        return (current, *(one for one in beside if one.id != current.id))

    @property
    def next_stage(self) -> Stage | None:
        """The foremost required open stage after the current one."""
        ordinal = self.stage.ordinal if self.stage else -1
        ahead = (stage for stage in self.stages if stage.ordinal > ordinal)
        return next((stage for stage in ahead if stage.required and not stage.closed), None)

    def after(self, stage: Stage) -> Stage | None:
        """The required stage that follows a stage, unless the case has gone past it without its being treated there."""
        treated = {item.stage for item in self.agenda if item.decided or item.remitted}
        later = (one for one in self.stages if one.ordinal > stage.ordinal and one.required)
        return next((one for one in later if not one.closed or one.id in treated), None)

    def decided_at(self, stage: Stage) -> bool:
        """True when the body of a stage has decided."""
        return any(item.decided for item in self.agenda if item.stage == stage.id)

    def told_at(self, stage: Stage) -> bool:
        """True when the body of a stage has been told what it was only to be told."""
        there = (item for item in self.agenda if item.stage == stage.id and item.kind is not ItemKind.BESLUT)
        return any(item.outcome in (MatterOutcome.NOTERAD, MatterOutcome.ANMALD) for item in there)

    def passed_over(self, stage: Stage) -> bool:
        """True when the case left a stage without its body's having treated it, or been told."""
        treated = any(item.decided or item.remitted for item in self.agenda if item.stage == stage.id)
        return stage.closed and not treated and not self.told_at(stage)

    @property
    def proposes_to(self) -> frozenset[str | None]:
        return frozenset(body for body, count in self.proposals if count)

    def decision_to_send(self, meeting: MeetingFacts | None) -> AgendaItem | None:
        """The decision a dispatch is about: a named meeting's, also to remit it, or the latest that treats it."""
        if meeting is not None:
            here = (item for item in self.agenda if item.meeting.ref == meeting.ref)
            return next((item for item in here if item.decided or item.remitted), None)
        decided = [item for item in self.agenda if item.decided]
        return decided[-1] if decided else None

    def stage_of(self, body: str) -> Stage | None:
        """The body's stage that is now or next: its first open one from here on that it has not decided."""
        ordinal = self.stage.ordinal if self.stage else 0
        decided = {item.stage for item in self.agenda if item.decided}
        ahead = (stage for stage in self.stages if stage.ordinal >= ordinal and not stage.closed)
        return next((stage for stage in ahead if stage.body == body and stage.id not in decided), None)

    @property
    def tabled(self) -> AgendaItem | None:
        """The item it was last postponed at where it stands, or lost with its meeting, when it waits nowhere since."""
        return next((item for stage in self.here if (item := self._tabled_at(stage))), None)

    def _tabled_at(self, stage: Stage) -> AgendaItem | None:
        here = [item for item in self.agenda if item.stage == stage.id]
        if not here or any(item.waiting or item.decided for item in here):
            return None
        if here[-1].outcome is MatterOutcome.UTGATT and here[-1].meeting.state is MeetingState.INSTALLD:
            return here[-1]
        standing = [item for item in here if item.outcome is not MatterOutcome.UTGATT]
        return standing[-1] if standing and standing[-1].outcome is MatterOutcome.BORDLAGD else None

    @property
    def handed_over(self) -> bool:
        """True when fullmäktige has left it to a nämnd to decide (KL 6 kap. 34 §)."""
        return any(item.outcome is MatterOutcome.OVERLAMNAD and item.meeting.is_council for item in self.agenda)

    def item_at(self, meeting: MeetingFacts) -> AgendaItem | None:
        """The case's item on a meeting's agenda, unless it was taken off."""
        here = (item for item in self.agenda if item.meeting.ref == meeting.ref)
        return next((item for item in here if item.outcome is not MatterOutcome.UTGATT), None)


class Person(msgspec.Struct, frozen=True):
    """Somebody in the register of members, by the name people use."""

    id: str
    name: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to do, and on what day it happens."""

    verb: str
    on: date
    to: State | MeetingState | None = None  # None: the one target the verb has
    meeting: MeetingFacts | None = None
    urgent: bool = False  # a late item, or a dispatch before justering, with a reason given
    unanimous: bool = False  # all present agreed to decide an urgent item (KL 5 kap. 52 §)
    deviation: bool = False  # a fact that has happened is recorded although a rule says no
    offices: tuple[Office, ...] | None = None  # of whoever tries; None: only the law is asked
    minority: bool = False  # asked for by a minority of those present (KL 5 kap. 50 §)
    supporters: int | None = None  # who asked for it or voted for it
    election: bool = False  # the matter is an election
    present: int | None = None  # how many took part, where no attendance is noted
    purpose: ItemKind = ItemKind.BESLUT  # what it is put on an agenda for
    matters: frozenset[MatterOutcome] = frozenset()  # what becomes of the matter, in any of its parts
    persons: tuple[Person, ...] = ()  # the members it is about: who yrkar, reserves or votes; who is at a meeting
    register_by: date | None = None  # the last day to register what came in, by the municipality's routine
    amended: bool = False  # something is decided otherwise than it was proposed
    rulings: frozenset[Outcome] = frozenset()  # what is decided of the att-satser, or has been when a vote is noted
    jav: tuple[Person, ...] = ()  # those who are noted as having jäv
    reservation: bool = False  # the persons reserve themselves against a decision
    announced_at: str | None = None  # the hour a reservation was announced, "15.30"
    vote: Vote | None = None
    lot: bool = False  # a tie in an election was settled by lot
    partial: bool = False  # only some §§ are adjusted
