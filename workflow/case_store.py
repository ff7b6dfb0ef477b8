"""Cases in and out of the database: finding one, locking it, and the facts the law looks at."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from states.case_facts import (
    AgendaItem,
    Appeal,
    AppealCourt,
    AppealOutcome,
    AppealRegime,
    Ballot,
    BodyKind,
    CaseFacts,
    CaseKind,
    Children,
    ItemKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MeetingFacts,
    MeetingState,
    ProtocolPart,
    Purpose,
    Recipient,
    Referral,
    Stage,
    StageRole,
    State,
    Vote,
    Watch,
    WatchKind,
)
from states.case_number import CaseNumber, readings
from workflow import member_register, payload_store, statements
from workflow.connection import POSTGRESQL, Connection, Row
from workflow.errors import ChangedMeanwhileError, HiddenError, NotFoundError, UsageError

ID_PREFIX = "id:"
"""How a case without a diarienummer is named: `id:` and the end of its id."""


class LockedCase(msgspec.Struct, frozen=True):
    """A case whose row, and whose meetings' rows, nobody else can change now."""

    id: str
    version: int
    facts: CaseFacts
    seen: Mapping[str, int]  # meeting id -> version

    @property
    def stream(self) -> str:
        return f"case:{self.id}"


def find(connection: Connection, text: str) -> str:
    """The id of the one case `text` names, of those that may be seen.

    Raises NotFoundError (HiddenError for one that may not be seen), or UsageError when several are named.
    """
    found = _named(connection, text, statements.CASES_BY_ID_TAIL_SEEN, statements.CASES_BY_NUMBER_SEEN)
    if not found:
        hidden = _named(connection, text, statements.CASES_BY_ID_TAIL, statements.CASES_BY_NUMBER)
        told = _not_found(connection, text)
        raise HiddenError(told, tuple(hidden)) if hidden else NotFoundError(told)
    if len(found) > 1:
        shown = ", ".join(sorted(ref(connection, case_id) for case_id in found))
        raise UsageError(f"{text} kan vara flera ärenden: {shown}. Skriv hela diarienumret.")
    return found[0]


def _not_found(connection: Connection, text: str) -> str:
    for row in (row for reading in readings(text) for row in voided_numbers(connection, reading)):
        if is_seen(connection, row["case_id"]):
            had_it = ref(connection, row["case_id"]).replace(" ", "-", 1)
            told = f"Diarienumret {row['id']} togs tillbaka {row['voided_on']}. "
            return f"{told}Ärendet som hade det: arende show {had_it}"
    return f"Ärendet {text} finns inte. Se vilka som finns med: arende list"


def names_a_case(text: str) -> bool:
    """True for what can be a diarienummer or an id, whether there is such a case or not."""
    return text.startswith(ID_PREFIX) or bool(readings(text))


def find_or_none(connection: Connection, text: str) -> str | None:
    """The id of the case `text` names, or None; also of one that may not be seen."""
    found = _by_number(connection, text, statements.CASES_BY_NUMBER)
    return found[0] if len(found) == 1 else None


def is_seen(connection: Connection, case_id: str) -> bool:
    """False for a secret case that the connection is not cleared for."""
    return bool(connection.run(statements.CASE_SEEN, id=case_id))


def is_secret(connection: Connection, case_id: str) -> bool:
    return any(row["secrecy"] for row in connection.run(statements.CASE_SECRECY, id=case_id))


def require_seen(connection: Connection, case_id: str) -> None:
    """Raise HiddenError for a case that may not be seen."""
    if not is_seen(connection, case_id):
        raise HiddenError(_not_found(connection, named(None, case_id)), (case_id,))


def voided_numbers(connection: Connection, number: CaseNumber) -> list[Row]:
    """The numbers taken back as mistakes that one is, or may be; no other case can have them."""
    return connection.run(statements.VOIDED_NUMBERS, **msgspec.structs.asdict(number))


def _named(connection: Connection, text: str, by_id_tail: str, by_number: str) -> list[str]:
    by_id = text.startswith(ID_PREFIX)
    return _by_id(connection, text, by_id_tail) if by_id else _by_number(connection, text, by_number)


def _by_number(connection: Connection, text: str, statement: str) -> list[str]:
    found: dict[str, None] = {}
    for reading in readings(text):
        rows = connection.run(statement, **msgspec.structs.asdict(reading))
        found.update(dict.fromkeys(row["id"] for row in rows))
    return list(found)


def _by_id(connection: Connection, text: str, statement: str) -> list[str]:
    tail = text.removeprefix(ID_PREFIX)
    if len(tail) < 8 or not all(letter in "0123456789abcdef-" for letter in tail):
        raise UsageError(f"{text} är inget ärende-id. Det ser ut så här: id:1a2b3c4d5e6f")
    return [row["id"] for row in connection.run(statement, pattern=f"%{tail}")]


def ref(connection: Connection, case_id: str) -> str:
    """The number people use for a case, or its id."""
    return named(next(iter(numbers(connection, case_id)), None), case_id)


def named(number: object, case_id: str) -> str:
    """A case by its number; by its id when it has none."""
    return str(number or f"{ID_PREFIX}{case_id[-12:]}")


def numbers(connection: Connection, case_id: str) -> tuple[CaseNumber, ...]:
    """The numbers that name a case; one that was taken back names none."""
    rows = connection.run(statements.NUMBERS, id=case_id)
    return tuple(CaseNumber(row["diary"], row["year"], row["number"], row["suffix"]) for row in rows)


def version(connection: Connection, case_id: str) -> int:
    return int(connection.run(statements.CASE_VERSION, id=case_id)[0]["version"])


def lock(connection: Connection, case_id: str, raised_reading: str, *more_meetings: str) -> LockedCase:
    """Lock the meetings the case is booked to (and `more_meetings`), then the case; its facts.

    Meetings come before cases everywhere, so that two commands never wait for each other.
    """
    booked = {row["id"] for row in connection.run(statements.MEETINGS_OF_CASE, id=case_id)}
    seen = {meeting: lock_meeting(connection, meeting) for meeting in sorted(booked | set(more_meetings))}
    locked = lock_case(connection, case_id)
    now_booked = {row["id"] for row in connection.run(statements.MEETINGS_OF_CASE, id=case_id)}
    if not now_booked <= seen.keys():
        raise ChangedMeanwhileError("Ärendet bokades om av någon annan just nu. Inget skrevs; försök igen.")
    return LockedCase(case_id, locked, load_facts(connection, case_id, raised_reading), seen)


def lock_case(connection: Connection, case_id: str) -> int:
    """Lock a case's row, after the meetings it is booked to; its version."""
    return int(connection.run(_locking(connection, statements.LOCK_CASE), id=case_id)[0]["version"])


def lock_meeting(connection: Connection, meeting_id: str) -> int:
    """Lock a meeting's row; its version."""
    return int(connection.run(_locking(connection, statements.LOCK_MEETING), id=meeting_id)[0]["version"])


def _locking(connection: Connection, sql: str) -> str:
    """SQLite's writers have the whole database to themselves already."""
    return f"{sql} FOR UPDATE" if connection.dialect == POSTGRESQL else sql


def load_facts(connection: Connection, case_id: str, raised_reading: str) -> CaseFacts:
    """Everything the law may look at, as it is recorded now.

    `raised_reading` says when a motion is väckt: "ingiven" (when it was filed) or "anmald" (when
    fullmäktige was told).
    """
    case = connection.run(statements.CASE, id=case_id)[0]
    texts = payload_store.of_stream(connection, f"case:{case_id}")
    stages = tuple(_stage(row) for row in connection.run(statements.STAGES, id=case_id))
    recipients = [row for row in connection.run(statements.RECIPIENTS, id=case_id) if not row["removed"]]
    sent = connection.run(statements.DISPATCHES, id=case_id)
    there = {row["id"] for row in recipients}
    agenda = _agenda(connection, case_id, [row for row in sent if row["recipient_id"] in there])
    proposals = connection.run(statements.EVERY_PROPOSAL, id=case_id)
    found = numbers(connection, case_id)
    return CaseFacts(
        ref=named(next(iter(found), None), case_id),
        kind=CaseKind(case["kind"]),
        state=State(case["state"]),
        stages=stages,
        current=case["stage"],
        last_event=_date(case["last_event"]),
        noted_on=_date(case["noted_on"]),
        numbers=tuple(str(number) for number in found),
        proposals=tuple(
            (row["body"] or None, row["att_satser"]) for row in proposals if row["version"] == proposals[-1]["version"]
        ),
        leftovers=_leftovers(texts, case),
        mbl=tuple(_mbl(row) for row in connection.run(statements.MBL, id=case_id)),
        proposal_versions=_versions(proposals),
        agenda=agenda,
        recipients=_recipients(recipients, sent, texts, agenda),
        registered_on=_date(case["registered_on"]),
        raised_on=_raised_on(case, stages, agenda, raised_reading),
        watches=tuple(_watch(row) for row in connection.run(statements.WATCHES, id=case_id) if not row["closed_on"]),
        referrals=tuple(
            _referral(row, texts) for row in connection.run(statements.REFERRALS, id=case_id) if not row["withdrawn_on"]
        ),
        appeal_regime=AppealRegime(case["appeal_regime"]),
        received_on=_date(case["received_on"]),
        children=Children(case["children"]) if case["children"] else None,
        answer_by=_date(case["answer_by"]),
        paused_on=_date(case["paused_on"]),
        paused_until=_date(case["paused_until"]),
        party_told_on=_date(case["party_told_on"]),
        party_asked_on=_date(case["party_asked_on"]),
        party_refused_on=_date(case["party_refused_on"]),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _stage(row: Row) -> Stage:
    return Stage(
        id=row["id"],
        ordinal=row["ordinal"],
        body=row["body"],
        kind=BodyKind(row["kind"]),
        role=StageRole(row["role"]),
        required=bool(row["required"]),
        closed=bool(row["closed"]),
        round=row["round"],
        opportunity_until=_date(row["opportunity_until"]),
        utskott=bool(row["utskott"]),
    )


def _watch(row: Row) -> Watch:
    return Watch(
        id=row["id"],
        number=row["number"],
        kind=WatchKind(row["kind"]),
        body=row["body"],
        noted_on=date.fromisoformat(row["noted_on"]),
        due=_date(row["due"]),
        months=row["months"],
        snoozed_until=_date(row["snoozed_until"]),
    )


def _referral(row: Row, texts: Mapping[str, Mapping[str, Any]]) -> Referral:
    return Referral(
        id=row["id"],
        number=row["number"],
        name=payload_store.text(texts, row["payload"], "name"),
        sent_on=date.fromisoformat(row["sent_on"]),
        due=date.fromisoformat(row["due"]),
        mandatory=bool(row["mandatory"]),
        answered_on=_date(row["answered_on"]),
    )


def _mbl(row: Row) -> MblEntry:
    return MblEntry(
        kind=MblKind(row["kind"]),
        paragraph=row["paragraph"],
        on=date.fromisoformat(row["day"]),
        held=bool(row["held"]),
        unfinished=bool(row["unfinished"]),
        central=bool(row["central"]),
    )


def _versions(rows: list[Row]) -> tuple[tuple[date | None, int], ...]:
    """When each version of the proposal was put, and the place of the first that says the same."""
    said: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        said.setdefault(row["version"], []).append((row["body"], row["hash"]))
    days = {row["version"]: _date(row["noted_on"]) for row in rows}
    texts = list(said.values())
    return tuple((days[version], texts.index(text)) for version, text in said.items())


def _agenda(connection: Connection, case_id: str, sent: list[Row]) -> tuple[AgendaItem, ...]:
    """Where the case is or has been on an agenda, and what has followed; `sent`: its §§ to those who shall have them.

    Most open cases have been on none, and nothing more is asked for those.
    """
    rows = connection.run(statements.AGENDA, id=case_id)
    if not rows:
        return ()
    jav, votes = connection.run(statements.JAV_OF_CASE, id=case_id), _votes(connection, case_id)
    appealed = appeals(connection, case_id)
    return tuple(
        msgspec.structs.replace(
            _counted(connection, row, _item(row, jav, votes)),
            appealed=tuple(appeal for item_id, _, appeal in appealed if item_id == row["id"]),
            sent_to=tuple(one["recipient_id"] for one in sent if one["item_id"] == row["id"]),
        )
        for row in rows
    )


def _item(row: Row, jav: list[Row], votes: tuple[tuple[str, Vote], ...]) -> AgendaItem:
    part = None
    if row["part_id"]:
        part = ProtocolPart(
            id=row["part_id"],
            paragraphs=(row["paragraph"],),
            whole=bool(row["whole"]),
            adjusted_on=date.fromisoformat(row["adjusted_on"]),
            posted_on=_date(row["posted_on"]),
            taken_down_on=_date(row["taken_down_on"]),
            restarted_on=_date(row["restarted_on"]),
        )
    return AgendaItem(
        id=row["id"],
        stage=row["stage_id"],
        meeting=MeetingFacts(
            ref=f"{row['body']} {row['day']}",
            body=row["body"],
            kind=BodyKind(row["kind"]),
            on=date.fromisoformat(row["day"]),
            state=MeetingState(row["state"]),
            announced_on=_date(row["meeting_announced_on"]),
            called_on=_date(row["called_on"]),
            call_days=row["call_days"],
            part=part,
            utskott=bool(row["utskott"]),
            closed_at=row["closed_at"],
            manus_on=_date(row["manus_on"]),
            call_on=_date(row["call_on"]),
            announce_on=_date(row["announce_on"]),
        ),
        announced_on=_date(row["announced_on"]),
        urgent=bool(row["urgent"]),
        paragraph=row["paragraph"],
        decided=bool(row["decided"]),
        outcome=MatterOutcome(row["outcome"]) if row["outcome"] else None,
        deviation=bool(row["deviation"]),
        kind=ItemKind(row["purpose"] or ItemKind.BESLUT),
        minority=bool(row["minority"]),
        jav=tuple(one["member"] for one in jav if one["item_id"] == row["id"]),
        votes=tuple(vote for item_id, vote in votes if item_id == row["id"]),
        final_on=_date(row["final_on"]),
        appealable=None if row["appealable"] is None else bool(row["appealable"]),
    )


def _counted(connection: Connection, row: Row, item: AgendaItem) -> AgendaItem:
    """An item with how many took part in deciding it."""
    return msgspec.structs.replace(item, took_part=member_register.took_part(connection, item, row["meeting_id"]))


def appeals(connection: Connection, case_id: str) -> tuple[tuple[str, str, Appeal], ...]:
    """(item, id, appeal) of every appeal in a case, numbered as they came."""
    return tuple(
        (
            row["item_id"],
            row["id"],
            Appeal(
                number=number,
                received_on=date.fromisoformat(row["received_on"]),
                received_by=AppealCourt(row["received_by"]),
                in_time=bool(row["in_time"]),
                forwarded_on=_date(row["forwarded_on"]),
                settled_on=_date(row["settled_on"]),
                outcome=AppealOutcome(row["outcome"]) if row["outcome"] else None,
            ),
        )
        for number, row in enumerate(connection.run(statements.APPEALS, id=case_id), 1)
    )


def _votes(connection: Connection, case_id: str) -> tuple[tuple[str, Vote], ...]:
    """(item, vote) of every votering there was."""
    rows = connection.run(statements.VOTES_OF_CASE, id=case_id)
    cast = connection.run(statements.BALLOTS_OF_CASE, id=case_id) if rows else []
    return tuple((row["item_id"], vote(row, [one for one in cast if one["vote_id"] == row["id"]])) for row in rows)


def vote(row: Row, cast: Iterable[Row] = ()) -> Vote:
    """A votering, with the ballots that were cast in it."""
    words = json.loads(row["words"]) if row["words"] else {}
    return Vote(
        yes=row["yes"],
        no=row["no"],
        abstained=row["abstained"],
        casting=bool(row["casting"]),
        secret=bool(row["secret"]),
        ballots=tuple((one["member"], Ballot(one["choice"])) for one in cast),
        settled=Ballot(settled) if (settled := words.get("settled")) else None,
    )


def _leftovers(texts: Mapping[str, Mapping[str, Any]], case: Row) -> tuple[tuple[str, str], ...]:
    """The placeholders with their texts; only as many as the row counts when the text is purged."""
    content = texts.get(case["payload"])
    if content is None:
        return (("skrivelsen", payload_store.GONE),) * int(case["leftovers"])
    return tuple((str(section), str(text)) for section, text in content["leftovers"])


def _recipients(
    rows: list[Row],
    dispatches: list[Row],
    texts: Mapping[str, Mapping[str, Any]],
    agenda: tuple[AgendaItem, ...],
) -> tuple[Recipient, ...]:
    """The addressees, each with the day it was sent the latest decision."""
    latest = next((item.id for item in reversed(agenda) if item.decided), None)
    sent = {row["recipient_id"]: _date(row["sent_on"]) for row in dispatches if row["item_id"] == latest}
    return tuple(
        Recipient(
            id=row["id"],
            name=payload_store.text(texts, row["payload"], "name"),
            body=row["body"],
            sent_on=sent.get(row["id"]),
            purpose=Purpose(row["purpose"] or Purpose.KANNEDOM),
        )
        for row in rows
    )


def _raised_on(case: Row, stages: tuple[Stage, ...], agenda: tuple[AgendaItem, ...], reading: str) -> date | None:
    """The day a motion counts as väckt. The law does not say which; the municipality does."""
    if reading == "ingiven":
        return _date(case["received_on"] or case["registered_on"])
    council = (stage for stage in stages if stage.kind is BodyKind.KF and not stage.utskott)
    told = {stage.id for stage in council if stage.role is StageRole.ANMALAN}
    standing = (item for item in agenda if item.stage in told and item.outcome is not MatterOutcome.UTGATT)
    return min((item.meeting.on for item in standing if item.paragraph is not None), default=None)
