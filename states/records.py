"""What is written to the log, and the one fold that use cases, rebuild and tests share.

A record says what happened (type, data: ids and codes only) and which rows it set (changes). The
tables are the fold of the records: `apply` is all there is to it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

FORMAT = 1
LIFECYCLE_VERSION = 2
"""Raised whenever a table of `lifecycle` changes what is allowed; every record carries it."""

GENESIS = "0" * 64
"""`prev` of a stream's first record."""

RECORD_TYPES: dict[str, str] = {
    "system.installed": "Databasen skapades; bär loggens id och programmets version.",
    "system.bodies_registered": "Instanser och platser ur config.toml skrevs in i registret.",
    "system.deadlines_recomputed": "Frister räknades om efter nya inställningar eller ny version.",
    "system.config_activated": "Nya inställningar aktiverades; data säger vilka och hur mycket de rörde.",
    "system.config_refused": "Nya inställningar nekades; data säger hur många ärenden de hade lämnat, och felen.",
    "system.denied": "Någon utan rätt roll försökte göra något som inte rör ett ärende; data säger vad.",
    "system.lifecycle_raised": "Öppna ärenden fördes till programmets nya livscykel.",
    "system.clock_jumped": "Klockan ställdes, eller datorn sov; data säger hur många sekunder den hoppade.",
    "system.restored": "Databasen byggdes upp ur loggen eller en säkerhetskopia; data säger om något kan saknas.",
    "case.registered": "Ärendet registrerades, med väg och det skrivelsen innehöll.",
    "case.skrivelse_attached": "En tjänsteskrivelse lades till ett ärende som redan fanns.",
    "case.document_added": "En handling som inte är någon skrivelse lades till ett ärende.",
    "case.edited": "Rubrik, diarienummer, handläggare, mottagare, underlag eller förslag ändrades.",
    "case.mbl_noted": "En MBL-uppgift antecknades: hållen, bokad, ej påkallad, begärd eller avslutad.",
    "case.mbl_attested": "Någon intygade att ett ändrat förslag omfattas av MBL-förhandlingen.",
    "case.referral_sent": "Ärendet skickades på remiss till någon utanför de egna instanserna.",
    "case.referral_answered": "Svaret på en remiss kom in.",
    "case.referral_moved": "En remiss fick en annan svarsdag.",
    "case.referral_withdrawn": "En remiss togs tillbaka.",
    "case.paused": "Ärendets egna dagar stannade; lagens, avtalens och uppdragens gick vidare.",
    "case.resumed": "Ett pausat ärende gick vidare, och de egna dagarna flyttades lika långt.",
    "case.party_noted": "En part underrättades om dröjsmål, begärde ett avgörande eller fick begäran avslagen.",
    "case.stage_added": "En instans lades till i ärendets väg.",
    "case.booked": "Ärendet sattes på en föredragningslista.",
    "case.advanced": "Ärendet fördes till nästa steg i sin väg.",
    "case.referred": "Ärendet remitterades.",
    "case.returned": "Ärendet återremitterades till en namngiven mottagare.",
    "case.postponed": "Ärendet bordlades.",
    "case.decided": "En instans beslutade, att-sats för att-sats.",
    "case.dispatched": "En § skickades till mottagare.",
    "case.closed": "Ärendet avslutades.",
    "case.reopened": "Ärendet återupptogs för en ny omgång.",
    "case.withdrawn": "Ärendet återkallades.",
    "case.linked": "Att ärendet hör ihop med ett annat antecknades; data säger vilket.",
    "case.unlinked": "Att ärendet hör ihop med ett annat togs bort; data säger vilket.",
    "case.joined": "Ärendet lades samman med ett annat, och går vidare i det.",
    "case.other_joined": "Ett annat ärende lades samman med det här; data säger vilket.",
    "case.split": "Ärendet delades; data säger vilket ärende en del av det blev.",
    "case.succeeded": "Instansen har upphört; de steg den inte hade beslutat om gick till den som tog över.",
    "case.watch_added": "En bevakning lades till.",
    "case.watch_done": "En bevakning avslutades.",
    "case.watch_snoozed": "Påminnelserna om en bevakning sköts upp; dagen den gäller flyttas inte.",
    "case.watch_moved": "En bevakning fick en annan dag.",
    "case.event_occurred": "Det som en bevakning inväntade har hänt; dess tid räknas därifrån.",
    "case.mandate_reported": "Ett uppdrag redovisades.",
    "case.corrected": "En felaktig post togs tillbaka; data säger vilken. Posten själv står kvar.",
    "case.purge_proposed": "Gallring av ärendets texter föreslogs; väntar på att någon annan godkänner.",
    "case.purged": "Ärendets texter gallrades efter beslut; data namnger dem, och kedjan håller ändå.",
    "case.minuted": "Yrkande, propositionsordning, votering, reservation, anteckning eller jäv antecknades på en §.",
    "case.receipt_noted": "En mottagare bekräftade att beslutet har kommit fram.",
    "case.appealed": "Ett överklagande kom in.",
    "case.appeal_forwarded": "Ett överklagande lämnades över till förvaltningsrätten.",
    "case.appeal_settled": "Ett överklagande avgjordes slutligt.",
    "case.final": "Laga kraft bekräftades.",
    "case.secrecy_marked": "Ärendet sekretessmarkerades; data säger med stöd av vad.",
    "case.secrecy_lifted": "Sekretessmarkeringen togs bort.",
    "case.read": "En behörig läste ett sekretessmarkerat ärende.",
    "case.read_refused": "En obehörig frågade efter ett sekretessmarkerat ärende och fick veta att det inte finns.",
    "case.refused": "Ett steg vägrades; data namnger varje krav som inte var uppfyllt.",
    "meeting.added": "Ett sammanträde planerades.",
    "meeting.announced": "Sammanträdet kungjordes på anslagstavlan.",
    "meeting.called": "Kallelsen gick ut.",
    "meeting.held": "Sammanträdet hölls; ärendena fick sina paragrafer.",
    "meeting.adjusted": "Protokollet, eller en del av det, justerades.",
    "meeting.posted": "Justeringen anslogs.",
    "meeting.taken_down": "Anslaget togs ned.",
    "meeting.corrected": "En felaktig post togs tillbaka; data säger vilken. Posten själv står kvar.",
    "meeting.moved": "Sammanträdet flyttades till en annan dag.",
    "meeting.cancelled": "Sammanträdet ställdes in.",
    "meeting.planned": "Sammanträdets planerade dagar (manusstopp, kallelse, kungörelse) ändrades.",
    "meeting.agenda_changed": "Föredragningslistan ändrades: ordning, slag, föredragande, egen punkt, utgår.",
    "meeting.attendance_noted": "Närvaron antecknades.",
    "meeting.closed": "Klockslaget då sammanträdet avslutades antecknades.",
    "meeting.appealable_noted": "Om en § kan överklagas antecknades; annars följer det av vad instansen gjorde.",
    "meeting.board_down": "Anslagstavlan var nere; tiden räknas om för det som satt uppe.",
    "meeting.delegated": "Ett delegationsbeslut eller ett brådskande beslut antecknades, att anmälas vid sammanträdet.",
    "meeting.decided_all": "Alla ärenden på listan beslutades i ett svep; varje ärende har en egen post.",
    "meeting.refused": "Ett steg för ett sammanträde vägrades.",
    "reminder.planned": "En påminnelse om en frist ska skickas.",
    "reminder.sent": "Påminnelsen skickades.",
    "reminder.merged": "Påminnelsens dag missades; en senare säger samma sak.",
    "reminder.skipped": "Påminnelsens dag missades; regeln säger att den då inte skickas.",
    "reminder.moot": "Det påminnelsen gällde blev gjort eller flyttat innan den skickades; den kan planeras igen.",
    "reminder.retried": "Någon bad att påminnelsen försöks igen; data säger vad den var och vad servern hade svarat.",
    "reminder.cancelled": "Någon sade att påminnelsen inte ska skickas, och varför.",
    "reminder.failed": "Påminnelsen kunde inte skickas; data säger svaret och hur många försök det blev.",
}
"""Every type of record and what it means; `docs/audit_events.md` is made from it."""

CHANGE_NOTHING = frozenset(
    {"case.refused", "meeting.refused", "system.denied", "system.config_refused", "case.read", "case.read_refused"}
)
"""Types of record that set no row; what their command's id was is not remembered, so that it can be tried again."""

Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[str, Row]]


class Change(msgspec.Struct, frozen=True):
    """One row that a record sets: all of it (insert), some columns (update), or none any more (delete)."""

    op: Literal["insert", "update", "delete"]
    table: str
    row: Row  # always with "id"; of a delete only that


def insert(table: str, **row: Any) -> Change:
    return Change("insert", table, row)


def update(table: str, **row: Any) -> Change:
    return Change("update", table, row)


def delete(table: str, id_: str) -> Change:
    """Takes away a row that should never have been; what it said stands in the log for ever."""
    return Change("delete", table, {"id": id_})


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log, before it is put in canonical form. Field order is of no consequence."""

    stream: str  # "case:<id>", "meeting:<id>", "reminder:<id>" or "system"
    seq: int  # 1, 2, 3 … in the stream
    type: str
    event_date: str  # the day it happened, ISO
    recorded_at: str  # when it was written down, RFC 3339 in UTC
    actor: str  # who wrote it down, as an id
    role: str
    command_id: str
    version: int  # of the case or meeting, after the record; of a reminder, its place in its stream
    lifecycle: int
    config: str  # SHA-256 of the configuration in force
    prev: str  # SHA-256 of the stream's previous body
    seen: Mapping[str, int] = msgspec.field(default_factory=dict)  # meeting id -> the version it was judged by
    data: Mapping[str, Any] = msgspec.field(default_factory=dict)
    payloads: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def body(self) -> dict[str, Any]:
        """The JSON object whose canonical bytes are hashed and stored."""
        body = msgspec.structs.asdict(self)
        body["v"] = FORMAT
        body["payloads"] = list(self.payloads)
        body["changes"] = [[change.op, change.table, dict(change.row)] for change in self.changes]
        return body


def changes_of(body: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes of a record read back from the log."""
    return tuple(Change(op, table, row) for op, table, row in body["changes"])


def apply(tables: Tables, changes: Iterable[Change]) -> Tables:
    """The tables after `changes`. Raises KeyError for a row that is not there to be changed."""
    after = {name: dict(rows) for name, rows in tables.items()}
    _set(after, changes)
    return after


def fold(bodies: Iterable[Mapping[str, Any]]) -> Tables:
    """The tables as the records, oldest first, tell them."""
    tables: dict[str, dict[str, Row]] = {}
    for body in bodies:
        _set(tables, changes_of(body))
    return tables


def _set(tables: dict[str, dict[str, Row]], changes: Iterable[Change]) -> None:
    for change in changes:
        rows, key = tables.setdefault(change.table, {}), change.row["id"]
        if change.op == "delete":
            del rows[key]
        else:
            known = {} if change.op == "insert" else rows[key]
            rows[key] = {**known, **change.row}
