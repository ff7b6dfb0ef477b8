"""What must be true of a database whatever was done to it, told from the tables and the log alone.

Nothing here calls a guard or a use case: the rules are derived a second time, from the records in
the order of the log. Every function gives a list of faults, empty when all is well.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Boolean
from sqlmodel import SQLModel

from states import records
from states.records import GENESIS, Tables, changes_of
from workflow import tables
from workflow.connection import Connection

Body = Mapping[str, Any]

THE_LOG = {"journal", "log_line", "payload"}
WORK_IN_PROGRESS = {"lease", "digest", "outlet", "heartbeat", "feed_event"}
TABLES = sorted(set(SQLModel.metadata.tables) - THE_LOG - WORK_IN_PROGRESS)
BODIES = "SELECT id, stream, seq, command_id, sha256, body FROM journal WHERE id > :after ORDER BY id"
ENDED = {"skickas_till", "avslutad", "aterkallad"}
DECIDING = {"beslut", "egen_del"}
ANSWERING = {"yttrande", "beredning", "forslag"} | DECIDING
UNPREPARED = {"val", "revision", "interpellation", "fraga"}
NOT_NEGOTIATED = UNPREPARED | {
    "inkommen_remiss",
    "myndighetsyttrande",
    "informationsarende",
    "delegationsbeslut",
    "ordforandebeslut",
}
ANSWERED_BY = {"12": {"11", "12"}, "13": {"13"}, "14": {"14"}, "38": {"38"}}
WITHOUT_CHANGES = {"case.refused", "meeting.refused", "system.denied", "case.read", "case.read_refused"}
WITHOUT_CHANGES |= {"system.config_refused"}

assert tables.Case.__tablename__ == "cases"  # the import fills the metadata


# --- the tables are the fold of the log -------------------------------------------------------------


def live(connection: Connection) -> Tables:
    """Every row of every table that the log tells of."""
    return {name: {row["id"]: _plain(name, row) for row in _rows(connection, name)} for name in TABLES}


def the_log(connection: Connection) -> list[list[dict[str, Any]]]:
    """The records in their places and the texts, without the numbers that each database gives by itself."""
    lines = (
        "SELECT log_line.log_index, log_line.sha256 AS line_sha256, log_line.segment, log_line.ends_at,"
        " journal.stream, journal.seq, journal.command_id, journal.sha256, journal.body FROM log_line"
        " JOIN journal ON journal.id = log_line.journal_id ORDER BY log_line.log_index"
    )
    texts = connection.run("SELECT id, stream, body FROM payload")
    return [connection.run(lines), sorted(texts, key=lambda row: str(row["id"]))]


def _rows(connection: Connection, name: str) -> list[dict[str, Any]]:
    return connection.run(f"SELECT * FROM {name}")


def _plain(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the log spells it: all its columns, truth values as such (SQLite has none)."""
    columns = SQLModel.metadata.tables[name].columns
    assert set(row) <= set(columns.keys()), f"{name} has no {set(row) - set(columns.keys())}"
    return {
        column.name: bool(value) if isinstance(column.type, Boolean) and value is not None else value
        for column, value in ((column, row.get(column.name)) for column in columns)
    }


def parsed(body: str) -> Body:
    found: Body = json.loads(body)
    return found


def bodies(connection: Connection, after: int = 0) -> list[Body]:
    return [parsed(row["body"]) for row in connection.run(BODIES, after=after)]


def fold(told: Iterable[Body], start: Tables | None = None) -> Tables:
    """The tables as the records tell them."""
    folded: Tables = start or {name: {} for name in TABLES}
    for body in told:
        folded = records.apply(folded, changes_of(body))
    return folded


def dump(folded: Tables) -> Tables:
    return {name: {key: _plain(name, row) for key, row in rows.items()} for name, rows in folded.items()}


def unlogged(told: Tables, found: Tables) -> list[str]:
    """Every row that the log and the tables do not agree on."""
    names = {*told, *found}
    return [
        f"{name} {key}: the log says {told.get(name, {}).get(key)}, the table {found.get(name, {}).get(key)}"
        for name in sorted(names)
        for key in sorted({*told.get(name, {}), *found.get(name, {})})
        if told.get(name, {}).get(key) != found.get(name, {}).get(key)
    ]


# --- every stream is one whole chain ----------------------------------------------------------------


def broken_chains(connection: Connection) -> list[str]:
    faults, heads, ids = [], dict[str, tuple[int, str]](), set[str]()
    for row in connection.run(BODIES, after=0):
        body = json.loads(row["body"])
        seq, previous = heads.get(row["stream"], (0, GENESIS))
        where = f"{row['stream']} {row['seq']} ({body['type']})"
        if (row["seq"], body["seq"], body["stream"]) != (seq + 1, seq + 1, row["stream"]):
            faults.append(f"{where}: out of order after {seq}")
        if body["prev"] != previous:
            faults.append(f"{where}: does not hold on to the record before")
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["sha256"]:
            faults.append(f"{where}: its hash is another")
        if row["command_id"] in ids:
            faults.append(f"{where}: command {row['command_id']} was done before")
        if row["command_id"]:
            ids.add(row["command_id"])
        heads[row["stream"]] = (row["seq"], row["sha256"])
    return faults


def versions_without_record(told: Iterable[Body], found: Tables) -> list[str]:
    """Versions of cases and meetings go 1, 2, 3 … and each stands in a record."""
    faults, known = [], dict[tuple[str, str], int]()
    for body in told:
        where = f"{body['stream']} {body['seq']} ({body['type']})"
        if body["type"] in WITHOUT_CHANGES and body["changes"]:
            faults.append(f"{where}: a refusal changed something")
        for _, table, row in body["changes"]:
            if table not in ("cases", "meeting"):
                continue
            if row.get("version") != known.get((table, row["id"]), 0) + 1:
                faults.append(f"{where}: {table} {row['id']} goes to {row.get('version')}")
            known[table, row["id"]] = row.get("version", 0)
        table, _, own = body["stream"].replace("case:", "cases:").partition(":")
        if table in ("cases", "meeting") and body["version"] != known[table, own]:
            faults.append(f"{where}: says version {body['version']}, it is {known[table, own]}")
    now = {(table, key): row["version"] for table in ("cases", "meeting") for key, row in found[table].items()}
    differ = [key for key in sorted(now.keys() | known) if known.get(key) != now.get(key)]
    return faults + [f"{key}: {known.get(key)} in the log, {now.get(key)} in the table" for key in differ]


# --- a case stands where its stage says --------------------------------------------------------------


def misplaced(found: Tables, stream: str | None = None) -> list[str]:
    """Cases (or the one of a stream) whose state is not what the stage they stand at makes it.

    A case that has ended waits on no agenda either.
    """
    faults = []
    for case in found["cases"].values():
        if stream not in (None, f"case:{case['id']}"):
            continue
        stage = found["stage"].get(case["stage"] or "")
        where = f"{case['id']} is {case['state']} at {stage and (stage['body'], stage['role'], stage['closed'])}"
        if case["state"] in ENDED:
            if stage and case["state"] != "aterkallad":
                faults.append(f"{where}: it has been through its way")
            if case["state"] != "skickas_till" and any(
                _waits(item, case["id"]) for item in found["agenda_item"].values()
            ):
                faults.append(f"{where}: it still waits on an agenda")
        elif stage is None or stage["case_id"] != case["id"] or stage["closed"]:
            faults.append(f"{where}: it must stand at an open stage of its own")
        elif case["state"] not in ("draft", "mbl", stage["kind"]):
            faults.append(f"{where}: that is another body")
    return faults


def _waits(item: Mapping[str, Any], case_id: str) -> bool:
    return item["case_id"] == case_id and not item["decided"] and item["outcome"] is None


# --- the law, told once more ------------------------------------------------------------------------


def unlawful_decisions(told: Iterable[Body]) -> list[str]:
    """Decisions, not marked as deviations, that came before MBL was settled or kommunstyrelsen heard.

    A body decides on the day of its meeting, and only what was recorded by then counts.
    """
    faults, known = [], fold(())
    for body in told:
        if body["type"] == "case.decided":
            faults += faults_of_decision(body, known)
        known = records.apply(known, changes_of(body))
    return faults


def faults_of_decision(body: Body, before: Tables) -> list[str]:
    after = records.apply(before, changes_of(body))
    (item,) = [after["agenda_item"][key] for key in _decided(body)]
    stage, meeting = after["stage"][item["stage_id"]], after["meeting"][item["meeting_id"]]
    if item["deviation"] or stage["role"] not in DECIDING:
        return []
    where = f"{body['stream']} {body['seq']}: {meeting['body']} {meeting['day']} decided unmarked, but"
    kind, faults = before["cases"][item["case_id"]]["kind"], []
    if kind not in NOT_NEGOTIATED and (why := mbl_unsettled(before, item["case_id"], meeting["day"])):
        faults.append(f"{where} {why}")
    if left := requests_left(before, item["case_id"], meeting["day"]):
        faults.append(f"{where} what a union asked for under {sorted(left)} was not negotiated")
    if out := referrals_left(before, item["case_id"], meeting["day"]):
        faults.append(f"{where} mandatory remisser {sorted(out)} were out")
    if stage["kind"] != "kf" or stage["utskott"] or _excepted(kind, body, item):
        return faults
    if not ks_heard(before, item["case_id"], meeting["day"], stage["round"]):
        faults.append(f"{where} kommunstyrelsen had not been heard")
    if not prepared(before, item["case_id"], stage["round"]):
        faults.append(f"{where} nobody had prepared it")
    return faults


def _excepted(kind: str, body: Body, item: Mapping[str, Any]) -> bool:
    """What fullmäktige decides unprepared (KL 5 kap. 29–34 §§)."""
    handed_over = kind == "medborgarforslag" and item["outcome"] == "overlamnad"
    return bool(kind in UNPREPARED or handed_over or (body["data"].get("unanimous") and item["urgent"]))


def prepared(known: Tables, case_id: str, this_round: int) -> bool:
    """A nämnd or a beredning of fullmäktige has answered, and not abstained."""
    own = (row for row in known["stage"].values() if row["case_id"] == case_id and row["role"] in ANSWERING)
    preparing = {row["id"] for row in own if row["round"] == this_round and (row["kind"] == "kf") == row["utskott"]}
    answers = (row for row in known["agenda_item"].values() if row["stage_id"] in preparing and row["decided"])
    return any(row["outcome"] != "avstar_fran_yttrande" for row in answers)


def _decided(body: Body) -> set[str]:
    return {row["id"] for _, table, row in body["changes"] if table == "agenda_item" and row.get("decided")}


def mbl_unsettled(known: Tables, case_id: str, day: str) -> str | None:
    """What is left of MBL on a day: something must have been noted, and each negotiation held.

    An assessment counts from its own day; the law sets none for an information (MBL 19 §).
    """
    noted = [row for row in known["mbl_event"].values() if row["case_id"] == case_id]
    told = [row for row in noted if row["kind"] in ("forhandling", "information", "ej_pakallad")]
    if not any(row["kind"] != "ej_pakallad" or row["day"] <= day for row in told):
        return "nothing of MBL was noted by then"
    left = {row["paragraph"] for row in told if row["kind"] == "forhandling"} - set(_negotiated(noted, day))
    return f"the negotiation of {sorted(left)} was not over" if left else None


def _negotiated(noted: Sequence[Mapping[str, Any]], day: str) -> dict[str, str]:
    """Paragraph -> the day the last negotiation under it that was over on a day began."""
    over = dict[str, str]()
    for row in noted:
        if row["kind"] != "forhandling" or not row["held"]:
            continue
        endings = [row["day"]]
        if row["unfinished"]:
            same = [e for e in noted if e["kind"] == "avslut" and e["paragraph"] == row["paragraph"]]
            endings = [e["day"] for e in same if e["day"] >= row["day"]]
        if any(ending <= day for ending in endings):
            over[row["paragraph"]] = max(row["day"], over.get(row["paragraph"], ""))
    return over


def requests_left(known: Tables, case_id: str, day: str) -> set[str]:
    """Paragraphs that a union had asked to negotiate under by a day, and that no later negotiation answered."""
    noted = [row for row in known["mbl_event"].values() if row["case_id"] == case_id]
    over = _negotiated(noted, day)
    asked = [row for row in noted if row["kind"] == "begaran" and row["day"] <= day]
    return {
        row["paragraph"]
        for row in asked
        if row["paragraph"] in ANSWERED_BY
        and not any(over.get(under, "") >= row["day"] for under in ANSWERED_BY[row["paragraph"]])
    }


def referrals_left(known: Tables, case_id: str, day: str) -> set[int]:
    """Numbers of the mandatory remisser that were neither answered nor taken back, and whose day had not passed."""
    own = (row for row in known["referral"].values() if row["case_id"] == case_id and row["mandatory"])
    out = (row for row in own if not row["answered_on"] and not row["withdrawn_on"])
    return {row["number"] for row in out if row["due"] >= day}


def ks_heard(known: Tables, case_id: str, day: str, this_round: int) -> bool:
    """Kommunstyrelsen has settled the case at a stage where it answers, or its time for it was up.

    An answer from before the case was reopened is an answer to something else.
    """
    ours = (row for row in known["stage"].values() if row["case_id"] == case_id and not row.get("utskott"))
    own = (row for row in ours if row["kind"] == "ks")
    answering = {row["id"]: row for row in own if row["role"] in ANSWERING and row["round"] == this_round}
    settled = [
        row
        for row in known["agenda_item"].values()
        if row["stage_id"] in answering and row["decided"] and row["outcome"] != "remitterad"
    ]
    until = [row["opportunity_until"] for row in answering.values() if row["opportunity_until"]]
    return bool(settled) or any(last < day for last in until)


def faults_of_final(body: Body, known: Tables) -> list[str]:
    """Laga kraft before three weeks had passed with the notice up, or with an appeal open."""
    (item,) = [known["agenda_item"][row["id"]] for _, table, row in body["changes"] if table == "agenda_item"]
    part = known["protocol_part"].get(item["part_id"] or "", {})
    where, begun = f"{body['stream']} {body['seq']}: § {item['paragraph']} got laga kraft, but", _begun(part)
    if begun is None:
        return [f"{where} was never announced"]
    faults, day = [], date.fromisoformat(item["final_on"])
    if (day - begun).days < 22 or day > date.fromisoformat(body["event_date"]):
        faults.append(f"{where} on {day}, announced {begun}")
    if part["taken_down_on"] and (date.fromisoformat(part["taken_down_on"]) - begun).days < 22:
        faults.append(f"{where} its notice came down {part['taken_down_on']}")
    own = [row for row in known["appeal"].values() if row["item_id"] == item["id"] and row["in_time"]]
    if any(row["settled_on"] is None or row["outcome"] == "upphavt" for row in own):
        faults.append(f"{where} it is appealed, or annulled")
    return faults


def _begun(part: Mapping[str, Any]) -> date | None:
    """The day the appeal time is counted from."""
    day = part.get("restarted_on") or part.get("posted_on")
    return date.fromisoformat(day) if day else None


# --- what was taken back, and what was destroyed --------------------------------------------------------

KEPT = {"version", "noted_on"}
"""Columns that a correction sets to something else than they were."""


def faults_of_correction(body: Body, told: Sequence[Body], after: Tables) -> list[str]:
    """Where a correction did not make a row what it was before the mistake, or touched another one."""
    (at,) = (at for at, one in enumerate(told) if _place(one) == (body["stream"], body["data"]["corrects"]))
    was, became = records.fold(told[:at]), records.fold(told[: at + 1])
    where = f"{body['stream']} {body['seq']} takes back {told[at]['type']}, but"
    own, faults = {(table, row["id"]): row for _, table, row in told[at]["changes"] if table != "deadline"}, []
    for (table, key), row in own.items():
        old, now = was.get(table, {}).get(key), after[table].get(key)
        if old is None and now is not None and not _holds_its_number(table, now):
            faults.append(f"{where} {table} {key} is still there")
        changed = [column for column in row if old is not None and became[table][key][column] != old.get(column)]
        for column in set(changed) - KEPT - ({"paragraph"} if table == "agenda_item" else set()):
            if now is None or old is None or now[column] != old.get(column):
                faults.append(f"{where} {column} of {table} {key} is {now and now[column]}, it was {old}")
    others = {(table, row["id"]) for _, table, row in body["changes"] if table != "deadline"} - own.keys()
    return faults + [f"{where} touches {table} {key}" for table, key in sorted(others)]


def _place(body: Body) -> tuple[str, int]:
    return body["stream"], body["seq"]


def _holds_its_number(table: str, row: Mapping[str, Any]) -> bool:
    struck = table == "agenda_item" and row["paragraph"] and row["outcome"] == "utgatt" and not row["decided"]
    return bool(struck or (table == "case_number" and row["voided_on"]))


PAUSES = ("case.paused", "case.resumed")
OURS = {"paus", "bevakning", "remissvar"}
OUR_QUESTIONS = {"R-TYST", "R-VIDARE", "R-AVSLUT"}
CAUSES = {"state", "stage", "last_event", "appeal_regime", "answer_by", "received_on", "kind"}
CAUSES |= {"party_told_on", "party_asked_on", "party_refused_on"}
NO_CAUSE = {"deadline", "cases", "case_number", "document", "case_link", "purge"}


def moved_by_pausing(told: Iterable[Body]) -> list[str]:
    """Days of the law, of contracts and of mandates that became others in a pause without anything that moves them.

    From the record that begins a pause to the one that ends it, such a day changes only with what it is counted
    from: never with the pause itself, and never with a note on the case.
    """
    faults, known, resting = [], fold(()), set[str]()
    for body in told:
        was, known = known, records.apply(known, changes_of(body))
        own = body["stream"].removeprefix("case:")
        resting |= {own} if body["type"] == "case.paused" else set()
        for case in resting if body["type"] in PAUSES or not _moves_days(body) else ():
            before, now = _fixed_days(was, case), _fixed_days(known, case)
            differ = sorted(key for key in before.keys() | now if before.get(key) != now.get(key))
            where = f"{body['stream']} {body['seq']} ({body['type']})"
            faults += [f"{where}: {key} went from {before.get(key)} to {now.get(key)}" for key in differ]
        resting = {case for case in resting if known["cases"][case]["paused_on"]}
    return faults


def _moves_days(body: Body) -> bool:
    """True for a record that sets something a day is counted from."""
    return any(
        table not in NO_CAUSE or (table == "cases" and bool(row.keys() & CAUSES)) for _, table, row in body["changes"]
    )


def _fixed_days(known: Tables, case_id: str) -> dict[str, str]:
    """The open days of a case that we have not set ourselves: deadline -> day."""
    rows = (row for row in known["deadline"].values() if row["stream"] == case_id and row["is_open"])
    return {row["id"]: row["due"] for row in rows if not _is_ours(known, row)}


def _is_ours(known: Tables, row: Mapping[str, Any]) -> bool:
    """True for a day that waits for us alone; a mandate without a day waits for whoever gave it."""
    if row["kind"] == "silent":
        return bool(row["basis"] in OUR_QUESTIONS)
    if row["kind"] == "invantad":
        return bool(known["watch"][row["watch_id"]]["kind"] != "uppdrag")
    return row["kind"] in OURS


OUTSIDE = {"svar", "mbl_mote", "mbl_talan", "drojsmal", "drojsmal_svar"}
"""Kinds of a case's own deadlines that somebody outside or the law has set; those without a subject."""


def vanished_in_joining(told: Sequence[Body]) -> list[str]:
    """What waited for somebody outside in a case that was joined, and waits nowhere in the one it went on in."""
    faults, known = [], fold(())
    for at, body in enumerate(told):
        if body["type"] != "case.joined":
            known = records.apply(known, changes_of(body))
            continue
        before, received = known, told[at + 1]
        known = records.apply(known, changes_of(body))
        after = records.apply(known, changes_of(received))
        one, other = (b["stream"].removeprefix("case:") for b in (body, received))
        where = f"{body['stream']} {body['seq']}: joined with {other}, but"
        faults += [f"{where} {what} is gone" for what in _waits_outside(before, one) - _waits_outside(after, other)]
        there = _own_days(after, other)
        faults += [
            f"{where} nothing asks for {kind} by {day}"
            for kind, day in _own_days(before, one).items()
            if there.get(kind, "9999") > day
        ]
    return faults


def _waits_outside(known: Tables, case_id: str) -> set[tuple[Any, ...]]:
    """Remisser without an answer, requests of the unions and negotiations that are not over."""
    out = (row for row in known["referral"].values() if row["case_id"] == case_id)
    waiting = (row for row in out if not row["answered_on"] and not row["withdrawn_on"])
    noted = [row for row in known["mbl_event"].values() if row["case_id"] == case_id]
    over = _negotiated(noted, "9999")
    begun = (row for row in noted if row["kind"] == "forhandling")
    return {
        *(("remiss", row["sent_on"], row["due"], row["mandatory"]) for row in waiting),
        *(("request", paragraph) for paragraph in requests_left(known, case_id, "9999")),
        *(("negotiation", row["paragraph"]) for row in begun if over.get(row["paragraph"], "") < row["day"]),
    }


def _own_days(known: Tables, case_id: str) -> dict[str, str]:
    """Kind -> the first day of it."""
    rows = (row for row in known["deadline"].values() if row["stream"] == case_id and row["is_open"])
    own = sorted((row["due"], row["kind"]) for row in rows if row["kind"] in OUTSIDE and not row["subject"])
    return {kind: due for due, kind in reversed(own)}


ENDS_A_WATCH = {"case.mandate_reported", "case.watch_done"}
AWAITED_DAYS = 180


def lost_watches(told: Iterable[Body], found: Tables) -> list[str]:
    """Watches that ended without anybody's ending them, and open ones that are asked about on no day or another."""
    faults = []
    for body in told:
        closed = [row for _, table, row in body["changes"] if table == "watch" and row.get("closed_on")]
        if closed and body["type"] not in ENDS_A_WATCH:
            faults += [f"{body['stream']} {body['seq']} ({body['type']}) ended the watch {row['id']}" for row in closed]
    asked = {row["watch_id"]: row["due"] for row in found["deadline"].values() if row["is_open"]}
    open_ones = (row for row in found["watch"].values() if not row["closed_on"])
    return faults + [
        f"the {row['kind']} {row['id']} of {row['case_id']} is asked about on {asked.get(row['id'])}, not {_day(row)}"
        for row in open_ones
        if asked.get(row["id"]) != _day(row) and not _rests(found, row)
    ]


def _day(watch: Mapping[str, Any]) -> str:
    """A watch's own day, or half a year after it was noted."""
    return str(watch["due"] or date.fromisoformat(watch["noted_on"]) + timedelta(AWAITED_DAYS))


def _rests(found: Tables, watch: Mapping[str, Any]) -> bool:
    """True for a day of our own, or an event that is waited for, in a case that is paused."""
    ours = watch["kind"] == "bevakning" or (watch["due"] is None and watch["kind"] != "uppdrag")
    return ours and bool(found["cases"][watch["case_id"]]["paused_on"])


def reused_numbers(told: Iterable[Body]) -> list[str]:
    """Numbers of watches, versions and §§ that have been given to more than one, whatever became of the first."""
    owners, items, faults = dict[tuple[Any, ...], Any](), dict[str, Any](), []
    for body in told:
        for op, table, row in body["changes"]:
            if table == "agenda_item":
                items[row["id"]] = {**items.get(row["id"], {}), **row} if op != "delete" else {}
            given = _number_given(op, table, row, items)
            owner = row["id"] if table in ("watch", "agenda_item") else _place(body)
            if given and owners.setdefault(given, owner) != owner:
                faults.append(f"{body['stream']} {body['seq']} ({body['type']}): {given} was {owners[given]}'s")
    return faults


def _number_given(op: str, table: str, row: Mapping[str, Any], items: Mapping[str, Any]) -> tuple[Any, ...] | None:
    match op, table:
        case "insert", "watch":
            return table, row["case_id"], row["number"]
        case "insert", "document" if row.get("kind", "skrivelse") != "skrivelse":
            return table, row["case_id"], row["number"]
        case "insert", "proposal_version" | "document":
            return "version", row["case_id"], row["version"]
        case "insert" | "update", "agenda_item" if row.get("paragraph"):
            return "§", items[row["id"]]["body"], items[row["id"]]["year"], row["paragraph"]
    return None


def lost_texts(connection: Connection, told: Sequence[Body]) -> list[str]:
    """Texts that are gone without a decision, and texts that have been decided away but are there."""
    there = {row["id"] for row in connection.run("SELECT id FROM payload")}
    purged = {sha for body in told for sha in body["data"].get("purged", ())}
    written = {sha for body in told for sha in body["payloads"]}
    return [f"{sha} is lost" for sha in sorted(written - purged - there)] + [
        f"{sha} was purged and is there" for sha in sorted(purged & there)
    ]


# --- all of it --------------------------------------------------------------------------------------


def faults(connection: Connection) -> list[str]:
    """Everything that is wrong with a database."""
    told, found = bodies(connection), live(connection)
    return [
        *unlogged(dump(fold(told)), found),
        *broken_chains(connection),
        *versions_without_record(told, found),
        *misplaced(found),
        *unlawful_decisions(told),
        *reused_numbers(told),
    ]
