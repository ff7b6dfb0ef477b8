"""The one definition of the schema. Migrations are tested against it; static SQL is checked by it.

Rows hold ids, codes and dates. Free text and names (rubrik, att-satser, recipients, reasons) are
payloads: a `payload` column holds the SHA-256 of a salted JSON text in the `payload` table.
Every table has one text key `id`, so that a record of the log can name any row.
"""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from states.case_facts import (
    AppealCourt,
    AppealOutcome,
    Ballot,
    BodyKind,
    CaseKind,
    Children,
    DelegationKind,
    DocumentKind,
    ItemKind,
    LinkKind,
    MatterOutcome,
    MblKind,
    MeetingState,
    MinuteKind,
    Outcome,
    Purpose,
    Seat,
    SendingChannel,
    StageRole,
    State,
    Target,
    WatchKind,
)
from states.deadlines import DeadlineKind
from states.reminders import Channel, ReminderStatus

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def _one_of(column: str, codes: type) -> CheckConstraint:
    allowed = ", ".join(f"'{code}'" for code in codes)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def _text_id() -> str:
    return Field(primary_key=True, sa_type=Text)  # type: ignore[no-any-return]


def _perhaps() -> str | None:
    return Field(default=None, sa_type=Text)  # type: ignore[no-any-return]


def _text(**more: object) -> str:
    return Field(sa_type=Text, **more)  # type: ignore[call-overload,no-any-return]


class Body(SQLModel, table=True):
    """A nämnd, kommunstyrelsen or fullmäktige under one name, from one day to another."""

    __tablename__ = "body"
    __table_args__ = (_one_of("kind", BodyKind), Index(None, "code"))
    id: str = _text_id()  # code@valid_from
    code: str = _text()
    name: str = _text()
    kind: str = _text()
    diary: str = _text()  # KF uses KS's
    call_days: int
    valid_from: date
    valid_to: date | None = None
    succeeds: str | None = Field(default=None, sa_type=Text)  # the code of the body whose matters it takes over
    parent: str | None = _perhaps()  # the body it is an utskott or presidium of


class Member(SQLModel, table=True):
    """A seat in a body, held by one person from one day to another; the name is a payload."""

    __tablename__ = "member"
    id: str = _text_id()
    body: str = _text()
    seat: str = _text()  # ordförande, ledamot, ersättare …
    payload: str = _text()
    valid_from: date
    valid_to: date | None = None
    place: int | None = None  # an ersättare's place in the order they are called in


class Case(SQLModel, table=True):
    """An ärende."""

    __tablename__ = "cases"
    __table_args__ = (
        _one_of("kind", CaseKind),
        _one_of("state", State),
        _one_of("children", Children),
        Index(
            "ix_cases_live",
            "lifecycle",
            sqlite_where=text("state NOT IN ('avslutad', 'aterkallad')"),
            postgresql_where=text("state NOT IN ('avslutad', 'aterkallad')"),
        ),
    )
    id: str = _text_id()  # UUIDv7
    kind: str = _text()
    state: str = _text()
    stage: str | None = Field(default=None, sa_type=Text)  # where it stands; stage.id
    version: int
    lifecycle: int
    registered_on: date
    last_event: date  # of its moves
    appeal_regime: str = _text()
    secrecy: bool
    leftovers: int  # how many of the template's placeholders are left
    payload: str = _text()  # rubrik, underlag, signatories, leftovers
    noted_on: date | None = None  # when something was last noted without moving it
    secrecy_basis: str | None = _perhaps()  # the provision the mark cites, "OSL 26:1" (OSL 5 kap. 5 §)
    received_on: date | None = None  # when what began it came in; NULL: the day it was registered
    children: str | None = _perhaps()  # whether it concerns children; NULL: nobody has said
    answer_by: date | None = None  # the day that another authority has set for our answer
    paused_on: date | None = None  # its own dates stand still from this day
    paused_until: date | None = None  # and somebody asks again on this one
    party_told_on: date | None = None  # that it will be late (FL 11 §)
    party_asked_on: date | None = None  # for it to be decided (FL 12 §)
    party_refused_on: date | None = None  # in a decision of its own (FL 12 §)


class CaseNumber(SQLModel, table=True):
    """A diarienummer; a case may have one in each diary."""

    __tablename__ = "case_number"
    __table_args__ = (UniqueConstraint("diary", "year", "number", "suffix"), Index(None, "case_id"))
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    ordinal: int
    diary: str = _text()
    year: int
    number: int
    suffix: str = _text()
    verbatim: str = _text()
    voided_on: date | None = None  # taken back as a mistake; no other case can have the number


class ProposalVersion(SQLModel, table=True):
    """The att-satser proposed to one body, version by version."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("case_id", "version", "body"),)
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    version: int
    ordinal: int
    body: str = _text()  # empty where the skrivelse names none
    att_satser: int
    hash: str = _text()  # of the normalised text, salted with the case's id
    payload: str = _text()
    noted_on: date | None = None


class Stage(SQLModel, table=True):
    """One step of a case's way; several of one ordinal run in parallel."""

    __tablename__ = "stage"
    __table_args__ = (_one_of("kind", BodyKind), _one_of("role", StageRole), Index(None, "case_id"))
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    ordinal: int
    body: str = _text()
    kind: str = _text()
    role: str = _text()
    required: bool
    closed: bool
    round: int  # a reopened case begins a new one
    opportunity_until: date | None = None
    utskott: bool | None = None  # of a committee or presidium within the body; NULL: no


class Meeting(SQLModel, table=True):
    """A sammanträde."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("body", "day"),
        _one_of("kind", BodyKind),
        _one_of("state", MeetingState),
    )
    id: str = _text_id()
    body: str = _text()
    kind: str = _text()
    day: date
    state: str = _text()
    version: int
    call_days: int
    announced_on: date | None = None
    called_on: date | None = None
    manus_on: date | None = None  # planned days; NULL: as the routines and the law have them
    call_on: date | None = None
    announce_on: date | None = None
    starts_at: str | None = _perhaps()  # "13.00"
    closed_at: str | None = _perhaps()  # "15.42"


class ProtocolPart(SQLModel, table=True):
    """§§ that are adjusted and announced together: the whole protocol, or one § at once."""

    __tablename__ = "protocol_part"
    __table_args__ = (Index(None, "meeting_id"),)
    id: str = _text_id()
    meeting_id: str = Field(foreign_key="meeting.id", sa_type=Text)
    whole: bool
    adjusted_on: date
    posted_on: date | None = None
    taken_down_on: date | None = None
    restarted_on: date | None = None  # the board was down: the appeal time is counted from this day


class AgendaItem(SQLModel, table=True):
    """A stage of a case, or a matter of the meeting's own, on an agenda; its § is given when the meeting is held."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("stage_id", "meeting_id"),
        UniqueConstraint("body", "year", "paragraph"),
        _one_of("outcome", MatterOutcome),
        _one_of("kind", ItemKind),
        Index(None, "case_id"),
        Index(None, "meeting_id"),
    )
    id: str = _text_id()
    case_id: str | None = Field(default=None, foreign_key="cases.id", sa_type=Text)  # NULL: the meeting's own matter
    stage_id: str | None = Field(default=None, foreign_key="stage.id", sa_type=Text)
    meeting_id: str = Field(foreign_key="meeting.id", sa_type=Text)
    part_id: str | None = Field(default=None, foreign_key="protocol_part.id", sa_type=Text)
    ordinal: int
    body: str = _text()
    year: int
    paragraph: int | None = None
    announced_on: date | None = None
    urgent: bool
    decided: bool
    outcome: str | None = Field(default=None, sa_type=Text)  # what became of the matter
    deviation: bool  # decided against a rule; shown for ever
    kind: str | None = _perhaps()  # NULL: beslut
    standing: str | None = _perhaps()  # which recurring matter it is
    minority: bool | None = None  # postponed or remitted on a minority's request (KL 5 kap. 50 §)
    appealable: bool | None = None  # NULL: as its stage's role says (KL 13 kap. 2 §)
    final_on: date | None = None  # laga kraft, confirmed by a person
    payload: str | None = _perhaps()  # title of the meeting's own matter, föredragande, why it came late


class Attendance(SQLModel, table=True):
    """Somebody at a meeting, for all of it or for some §§."""

    __tablename__ = "attendance"
    __table_args__ = (_one_of("seat", Seat), Index(None, "meeting_id"))
    id: str = _text_id()
    meeting_id: str = Field(foreign_key="meeting.id", sa_type=Text)
    member: str | None = _perhaps()  # member.id; NULL: somebody in no register, named in the payload
    seat: str = _text()
    serves_for: str | None = _perhaps()  # the member an ersättare stands in for
    from_paragraph: int | None = None
    to_paragraph: int | None = None
    remote: bool
    payload: str | None = _perhaps()


class Jav(SQLModel, table=True):
    """A member who could not take part in a matter (KL 5 kap. 47 §, 6 kap. 28–32 §§)."""

    __tablename__ = "jav"
    __table_args__ = (UniqueConstraint("item_id", "member"),)
    id: str = _text_id()
    item_id: str = Field(foreign_key="agenda_item.id", sa_type=Text)
    member: str = _text()
    payload: str | None = _perhaps()  # the ground


class Vote(SQLModel, table=True):
    """A votering: ja for the main proposal, nej for the one against it."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("item_id", "ordinal"),)
    id: str = _text_id()
    item_id: str = Field(foreign_key="agenda_item.id", sa_type=Text)
    ordinal: int
    yes: int
    no: int
    abstained: int
    casting: bool  # a tie, decided by the chair
    secret: bool
    payload: str = _text()  # huvudproposition and kontraproposition


class Ballots(SQLModel, table=True):
    """How one member voted."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("vote_id", "member"), _one_of("choice", Ballot))
    id: str = _text_id()
    vote_id: str = Field(foreign_key="vote.id", sa_type=Text)
    member: str = _text()
    choice: str = _text()


class Minute(SQLModel, table=True):
    """What the protocol says of a § besides the decision; the words are a payload."""

    __tablename__ = "minute"
    __table_args__ = (UniqueConstraint("item_id", "ordinal"), _one_of("kind", MinuteKind))
    id: str = _text_id()
    item_id: str = Field(foreign_key="agenda_item.id", sa_type=Text)
    ordinal: int
    kind: str = _text()
    member: str | None = _perhaps()
    noted_at: str | None = _perhaps()  # the hour a reservation was announced, "15.30"
    payload: str = _text()


class DelegatedDecision(SQLModel, table=True):
    """A decision taken in a body's place, told of at its next meeting; what and by whom is a payload."""

    __tablename__ = "delegated_decision"
    __table_args__ = (_one_of("kind", DelegationKind), Index(None, "meeting_id"))
    id: str = _text_id()
    meeting_id: str = Field(foreign_key="meeting.id", sa_type=Text)
    case_id: str | None = Field(default=None, foreign_key="cases.id", sa_type=Text)
    item_id: str | None = Field(default=None, foreign_key="agenda_item.id", sa_type=Text)  # the § it was told in
    kind: str = _text()
    point: str = _text()  # of the delegation order: "2.4.8"
    decided_on: date
    payload: str = _text()


class Appeal(SQLModel, table=True):
    """An överklagande of one §."""

    __tablename__ = "appeal"
    __table_args__ = (_one_of("received_by", AppealCourt), _one_of("outcome", AppealOutcome), Index(None, "item_id"))
    id: str = _text_id()
    item_id: str = Field(foreign_key="agenda_item.id", sa_type=Text)
    received_on: date
    received_by: str = _text()
    in_time: bool
    forwarded_on: date | None = None
    settled_on: date | None = None
    outcome: str | None = _perhaps()
    payload: str | None = _perhaps()  # the court's number, who appealed


class Decision(SQLModel, table=True):
    """What a body decided on one att-sats."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("item_id", "ordinal"),
        _one_of("target", Target),
        _one_of("outcome", Outcome),
        _one_of("matter", MatterOutcome),
    )
    id: str = _text_id()
    item_id: str = Field(foreign_key="agenda_item.id", sa_type=Text)
    ordinal: int
    target: str = _text()
    outcome: str = _text()
    payload: str = _text()
    matter: str | None = _perhaps()  # what became of the matter, in the part the att-sats is about


class MblEvent(SQLModel, table=True):
    """A negotiation, an information, or the assessment that neither is called for."""

    __tablename__ = "mbl_event"
    __table_args__ = (_one_of("kind", MblKind), Index(None, "case_id"))
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    kind: str = _text()
    paragraph: str | None = Field(default=None, sa_type=Text)
    day: date
    held: bool
    payload: str | None = Field(default=None, sa_type=Text)  # who assessed it, and why
    unfinished: bool | None = None  # held, and to go on another day
    central: bool | None = None  # asked for with the union's central organisation


class Recipient(SQLModel, table=True):
    """One addressee under "Beslutet skickas till"."""

    __tablename__ = "recipient"
    __table_args__ = (Index(None, "case_id"), _one_of("purpose", Purpose))
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    ordinal: int
    body: str | None = Field(default=None, sa_type=Text)
    removed: bool
    payload: str = _text()
    purpose: str | None = _perhaps()  # NULL: för kännedom


class Dispatch(SQLModel, table=True):
    """One § sent to one recipient."""

    __tablename__ = "dispatch"
    __table_args__ = (
        UniqueConstraint("recipient_id", "item_id"),
        _one_of("channel", SendingChannel),
        Index(None, "item_id"),
    )
    id: str = _text_id()
    recipient_id: str = Field(foreign_key="recipient.id", sa_type=Text)
    item_id: str = Field(foreign_key="agenda_item.id", sa_type=Text)
    sent_on: date
    before_justering: bool
    channel: str | None = _perhaps()
    receipt_on: date | None = None


class Document(SQLModel, table=True):
    """A file of a case (OSL 5 kap. 2 §); its name, who it is from or to and what it is about are a payload.

    The file itself is in the store, by its hash. A skrivelse is taken in once; other documents may be several cases'.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        _one_of("kind", DocumentKind),
        Index(None, "case_id"),
        Index(None, "sha256"),
        Index(
            "uq_document_skrivelse",
            "sha256",
            unique=True,
            sqlite_where=text("kind IS NULL OR kind = 'skrivelse'"),
            postgresql_where=text("kind IS NULL OR kind = 'skrivelse'"),
        ),
    )
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    version: int  # of the proposal: the skrivelse's own, or the latest when another document came
    sha256: str = _text()
    received_on: date  # when it came in or was drawn up
    payload: str = _text()
    number: int | None = None  # within the case; NULL: the version
    kind: str | None = _perhaps()  # NULL: a skrivelse
    size: int | None = None  # bytes; NULL: not written down


class Watch(SQLModel, table=True):
    """Something that must not be forgotten; it lives on when its case is closed. The words are a payload."""

    __tablename__ = "watch"
    __table_args__ = (UniqueConstraint("case_id", "number"), _one_of("kind", WatchKind))
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    number: int
    kind: str = _text()
    body: str = _text()
    noted_on: date
    due: date | None = None
    months: int | None = None
    inferred: bool  # the day was counted or assumed, not read
    snoozed_until: date | None = None
    closed_on: date | None = None
    payload: str = _text()


class Referral(SQLModel, table=True):
    """A remiss to somebody outside our own bodies; who is a payload."""

    __tablename__ = "referral"
    __table_args__ = (UniqueConstraint("case_id", "number"),)
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    number: int
    sent_on: date
    due: date
    mandatory: bool  # by routine: nothing is decided before the answer, or before its day has passed
    answered_on: date | None = None
    withdrawn_on: date | None = None
    payload: str = _text()


class CaseLink(SQLModel, table=True):
    """Two cases that belong together: `case_id` goes on in `other_id`, was a part of it, or has to do with it."""

    __tablename__ = "case_link"
    __table_args__ = (UniqueConstraint("case_id", "other_id"), _one_of("kind", LinkKind), Index(None, "other_id"))
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    other_id: str = Field(foreign_key="cases.id", sa_type=Text)
    kind: str = _text()
    removed: bool


class Purge(SQLModel, table=True):
    """Gallring of a case's texts: proposed by one, approved by another."""

    __tablename__ = "purge"
    __table_args__ = (Index(None, "case_id"),)
    id: str = _text_id()
    case_id: str = Field(foreign_key="cases.id", sa_type=Text)
    decision: str = _text()  # the gallringsbeslut it rests on: body, day and §
    proposed_by: str = _text()  # id of a person
    proposed_on: date
    approved_by: str | None = Field(default=None, sa_type=Text)
    purged_on: date | None = None  # NULL while it waits for approval


class Deadline(SQLModel, table=True):
    """A dated duty of a case or a meeting."""

    __tablename__ = "deadline"
    __table_args__ = (
        _one_of("kind", DeadlineKind),
        Index(None, "stream"),
        Index(None, "due"),
        Index("ix_deadline_open", "act_by", sqlite_where=text("is_open"), postgresql_where=text("is_open")),
        Index(
            "ix_deadline_open_kind", "kind", "act_by", sqlite_where=text("is_open"), postgresql_where=text("is_open")
        ),
        Index(
            "ix_deadline_snoozed",
            "snoozed_until",
            sqlite_where=text("is_open AND snoozed_until IS NOT NULL"),
            postgresql_where=text("is_open AND snoozed_until IS NOT NULL"),
        ),
    )
    id: str = _text_id()  # stream/kind/subject
    stream: str = _text()  # id of the case or meeting
    kind: str = _text()
    subject: str = _text()
    due: date
    act_by: date
    basis: str = _text()
    is_open: bool
    body: str | None = Field(default=None, sa_type=Text)  # the body that answers for it
    watch_id: str | None = Field(default=None, foreign_key="watch.id", sa_type=Text)
    snoozed_until: date | None = None


class Reminder(SQLModel, table=True):
    """One reminder, once: of a deadline, at a step of a rule, to a recipient, through a channel."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("deadline_id", "rule", "due", "step", "recipient", "channel"),
        _one_of("status", ReminderStatus),
        _one_of("channel", Channel),
        Index(None, "stream"),
        Index(
            "ix_reminder_planned",
            "planned_for",
            sqlite_where=text("status = 'planned'"),
            postgresql_where=text("status = 'planned'"),
        ),
        Index(
            "ix_reminder_failed",
            "planned_for",
            sqlite_where=text("status = 'failed'"),
            postgresql_where=text("status = 'failed'"),
        ),
        Index(
            "ix_reminder_cancelled",
            "planned_for",
            sqlite_where=text("status = 'cancelled'"),
            postgresql_where=text("status = 'cancelled'"),
        ),
    )
    id: str = _text_id()  # hash of the six that make it unique
    deadline_id: str = Field(foreign_key="deadline.id", sa_type=Text)
    rule: str = _text()
    due: date  # the legal day it is about
    step: str = _text()  # 1, 2, 3 … of the rule, or the day it was snoozed to
    recipient: str = _text()  # role@body
    channel: str = _text()
    stream: str = _text()  # id of the case or meeting
    planned_for: date
    status: str = _text()


class Lease(SQLModel, table=True):
    """Who is sending a reminder just now. Work in progress: not told of in the log, made anew when lost."""

    __tablename__ = "lease"
    __table_args__ = (
        Index(
            "ix_lease_next_try",
            "outlet",
            "next_try",
            sqlite_where=text("next_try IS NOT NULL"),
            postgresql_where=text("next_try IS NOT NULL"),
        ),
    )
    id: str = Field(primary_key=True, foreign_key="reminder.id", sa_type=Text)
    next_try: int | None = Field(default=None, sa_type=BigInteger)  # ms since 1970, the database's clock; NULL: done
    token: int  # raised by every claim: whoever holds an older one has lost it
    owner: str | None = Field(default=None, sa_type=Text)
    attempts: int
    fault: str | None = Field(default=None, sa_type=Text)  # the last answer's code; never text from outside
    outlet: str = _text()  # what it goes through: a channel, or one webhook
    digest: str | None = Field(default=None, sa_type=Text)  # id of the digest it goes out in


class Digest(SQLModel, table=True):
    """One mail with all that one recipient is told on one day, from when it is first sent. Work in progress."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("recipient", "day"),)
    id: str = _text_id()  # hash of recipient, day and the first of its reminders
    recipient: str = _text()
    day: date


class Outlet(SQLModel, table=True):
    """How a way out of the house has answered lately. Work in progress."""

    __tablename__ = "outlet"
    id: str = _text_id()  # a channel, or one webhook
    failures: int  # in a row
    closed_until: int | None = Field(default=None, sa_type=BigInteger)  # ms since 1970, the database's clock


class Heartbeat(SQLModel, table=True):
    """When each daemon last went round. Work in progress."""

    __tablename__ = "heartbeat"
    id: str = _text_id()  # host:process
    started_at: int = Field(sa_type=BigInteger)  # ms since 1970, the database's clock
    ticked_at: int = Field(sa_type=BigInteger)
    tick_seconds: int
    outcome: str = _text()  # of the last round: done or failed; begun before the first has ended
    config: str = _text()  # hash of the settings it goes by


class FeedEvent(SQLModel, table=True):
    """How many times the days of a calendar entry have moved (SEQUENCE of RFC 5545). Work in progress."""

    __tablename__ = "feed_event"
    id: str = _text_id()  # the deadline's or meeting's
    fingerprint: str = _text()  # since when it has been told as it is, and hashes of its days and of all that is told
    sequence: int


class Payload(SQLModel, table=True):
    """Salted JSON with what the log must not carry; gallring deletes the row, the hash stays."""

    __tablename__ = "payload"
    __table_args__ = (Index(None, "stream"),)
    id: str = _text_id()  # SHA-256 of body
    stream: str = _text()
    body: str = _text()


class Journal(SQLModel, table=True):
    """The log: one chain of records per stream, written in the change's own transaction."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("stream", "seq"), UniqueConstraint("command_id"))
    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    )
    stream: str = _text()
    seq: int
    command_id: str | None = Field(default=None, sa_type=Text)  # NULL for a refusal: it is not remembered
    sha256: str = _text()
    body: str = _text()


class LogLine(SQLModel, table=True):
    """The place of a record in the exported log."""

    __tablename__ = "log_line"
    __table_args__ = (UniqueConstraint("journal_id"),)
    log_index: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    )
    journal_id: int = Field(sa_type=BigInteger, foreign_key="journal.id")
    sha256: str = _text()  # of the whole line
    segment: str = _text()  # the file it stands in: month and number
    ends_at: int = Field(sa_type=BigInteger)  # bytes of that file with this line and those before it
