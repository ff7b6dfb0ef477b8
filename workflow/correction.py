"""Taking back what was recorded by mistake: a new record that says why, and sets the rows as they were before it.

Nothing is erased from the log. The lifecycle is not asked, since nothing has happened but in the books; so what
cannot be taken back is a usage error and not a refused move. The clerk then enters what was right with the usual
command and its own day.

Only what nothing later builds on can be taken back. A later record builds on an earlier one when it sets what
that one set, refers to a row it made, or was judged by it (JUDGED_BY). All of a case's moves are judged by
where the case stood, so they go back in turn, the latest first. A note can be corrected beneath them: a
decision stands whatever day the MBL negotiation turns out to have had. Deadlines and reminders only follow.

No number is given twice: a diarienummer stays with its case, voided, and a § with its agenda item, struck.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from states.case_facts import MatterOutcome
from states.judgement import Refused
from states.records import Change, Row, Tables, apply, changes_of, delete, update
from states.swedish_text import listed
from workflow import audit_journal, bulk, case_store, matters_seen, meeting_store, meetingwork, statements
from workflow.audit_journal import VERSIONED, Command, Draft
from workflow.case_store import LockedCase
from workflow.connection import Connection
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError
from workflow.meeting_store import LockedMeeting
from workflow.use_case import (
    ORDINARY_WAY,
    Done,
    Result,
    accept,
    give_reason,
    not_permitted,
    noted,
    opened,
    refuse_changed,
)

REFUSAL = "En vägran ändrade inget, så där finns inget att ta tillbaka."
READING = "En läsning ändrade inget, så där finns inget att ta tillbaka."
CORRECTION = "En rättelse tas inte tillbaka; anteckna det som gällde en gång till, med --date."
NEVER = {
    "case.registered": "Ett registrerat ärende tas inte tillbaka; ändra det med arende edit, eller avsluta det med "
    "arende withdraw.",
    "case.refused": REFUSAL,
    "case.read": READING,
    "case.read_refused": READING,
    "case.corrected": CORRECTION,
    "case.other_joined": "Ett annat ärende lades samman med det här; ta tillbaka det i det ärendet, så gäller det här "
    "också.",
    "case.split": "En delning tas inte tillbaka, för det nya ärendet är registrerat; lägg samman det med det här igen, "
    "med arende join.",
    "case.succeeded": "Att en annan instans har tagit över tas inte tillbaka; rätta succeeds i config.toml, eller "
    "ändra ärendets väg med arende stage add.",
    "case.purge_proposed": "Ett förslag om gallring tas tillbaka med arende gallra ÄRENDE --avbryt.",
    "case.purged": "Det som är gallrat kommer inte tillbaka.",
    "meeting.added": "Ett planerat sammanträde tas inte tillbaka; flytta det med arende meeting move, eller ställ in "
    "det med arende meeting cancel.",
    "meeting.held": "Ett hållet sammanträde tas inte tillbaka, för ärendena har fått sina paragrafer; ta i stället "
    "tillbaka det som antecknades på det.",
    "meeting.refused": REFUSAL,
    "meeting.corrected": CORRECTION,
}
"""Types of record that are not taken back, and what to do instead."""

BY_THE_AGENDA = frozenset({"meeting.cancelled", "meeting.agenda_changed"})
"""What takes a case off an agenda; where the case goes after that is judged by it."""
NOTICE = frozenset({"meeting.posted", "meeting.taken_down", "meeting.board_down"})
"""What the appeal time is counted from; a record that counted it names the part of the protocol in its data."""

JUDGED_BY = {
    "meeting.held": BY_THE_AGENDA | {"meeting.announced", "case.booked", "case.postponed", "meeting.moved"},
    # The agenda went out with the kallelse.
    "meeting.called": BY_THE_AGENDA | {"case.booked", "case.postponed", "meeting.moved"},
    "meeting.announced": frozenset({"meeting.moved"}),
    # What was postponed, or lost its meeting, came up at the one that was planned.
    "meeting.added": frozenset({"case.postponed", "meeting.cancelled"}),
    "case.dispatched": frozenset({"meeting.adjusted"}),
    "case.booked": BY_THE_AGENDA | {"meeting.moved"},
    "case.postponed": BY_THE_AGENDA | {"meeting.moved"},
    **dict.fromkeys(
        (
            "case.advanced",
            "case.decided",
            "case.referred",
            "case.returned",
            "case.closed",
            "case.withdrawn",
            "case.joined",
            "case.reopened",
        ),
        BY_THE_AGENDA,
    ),
    "case.appealed": NOTICE | {"case.decided"},
    "case.final": NOTICE | {"case.decided", "case.appeal_settled", "meeting.appealable_noted"},
}
"""A later type -> the earlier ones it was judged by, where neither its columns nor its references say so.

What a record has `seen` of a meeting is more than what it was judged by: a case can be closed whatever day its
protocol was posted, and that day must be possible to correct.
"""

Body = Mapping[str, Any]
Column = tuple[str, str, str]  # table, id, column


class Past(msgspec.Struct, frozen=True):
    """A mistake, among the records of every stream that can have set its rows, oldest first."""

    earlier: tuple[Body, ...]
    wrong: Body
    later: tuple[Body, ...]
    corrected: Mapping[tuple[str, int], int]  # (stream, seq) that has been taken back -> the seq of its correction

    def standing(self, bodies: Iterable[Body]) -> Iterator[Body]:
        """Those that are not taken back and take nothing back themselves."""
        return (body for body in bodies if _place(body) not in self.corrected and not _corrects(body))

    @property
    def before(self) -> Tables:
        """The rows of the mistake, as they stood before it."""
        own = {(change.table, change.row["id"]) for change in _changes(self.wrong)}
        earlier = (change for body in self.earlier for change in _changes(body))
        return apply({}, (change for change in earlier if (change.table, change.row["id"]) in own))


def correct(desk: Desk, command: Command, stream: str, seq: int, **expected: int) -> Result:
    """Take back one record of a case or a meeting, with a reason."""
    kind, _, own = stream.partition(":")
    if together := _decided_together(desk.connection, stream, seq):
        return _in_all(desk, command, own, seq, together, expected)
    if other := _joined_with(desk.connection, stream, seq):
        return _in_both(desk, command, own, seq, other, expected)
    return (_in_case if kind == "case" else _in_meeting)(desk, command, own, seq, expected)


def _in_case(desk: Desk, command: Command, case_id: str, seq: int, expected: Mapping[str, int]) -> Result:
    with opened(desk, command, "correct", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        _refuse_reasonless(command)
        return _take_back_of_case(desk, command, case, seq)


def _refuse_reasonless(command: Command) -> None:
    if not (command.reason or "").strip():
        raise UsageError("Ange --skal: varför posten är fel.")


def _take_back_of_case(desk: Desk, command: Command, case: LockedCase, seq: int) -> Done:
    meetings = (f"meeting:{meeting}" for meeting in case.seen)
    past = read(desk.connection, case.facts.ref, case.stream, seq, (*meetings, *_linked(desk.connection, case.id)))
    _refuse_final(past.wrong)
    return take_back(desk, command, case, past)


def take_back(desk: Desk, command: Command, case: LockedCase, past: Past) -> Done:
    """Undo what a record of a locked case did, whatever its type."""
    reversal = _reversal(past, {case.id: case.version, **case.seen}, command)
    _refuse_built_on(desk.connection, past, reversal)
    _refuse_numbered_stage(desk.connection, case.id, past, reversal)
    draft = _told(noted(case, "case.corrected", command, "correct"), command, past.wrong)
    draft.changes += [*_let_go(desk.connection, case.id, reversal), *reversal]
    return accept(desk, command, case, draft, ORDINARY_WAY, *_notes(past.wrong, reversal))


def _linked(connection: Connection, case_id: str) -> set[str]:
    """The streams that can have set a case's links."""
    rows = connection.run(statements.LINKS, id=case_id)
    return {f"case:{end}" for row in rows for end in (row["case_id"], row["other_id"])} - {f"case:{case_id}"}


def _in_both(
    desk: Desk, command: Command, case_id: str, seq: int, other: tuple[str, int], expected: Mapping[str, int]
) -> Result:
    """A case that was joined with another stands where it stood, and the other says no more of it."""
    other_id, told = other
    with bulk.locked(desk, command, (case_id, other_id)):
        case_store.require_seen(desk.connection, case_id)
        case, second = (case_store.lock(desk.connection, one, desk.raised_reading) for one in (case_id, other_id))
        if denied := not_permitted(desk, command, case, "correct"):
            return denied
        refuse_changed("Ärendet", case.version, expected.get("version"))
        _refuse_reasonless(command)
        done = _take_back_of_case(desk, command, case, seq)
        past = read(desk.connection, second.facts.ref, second.stream, told)
        take_back(desk, bulk.numbered(command, 1), second, past)
        return done


def _joined_with(connection: Connection, stream: str, seq: int) -> tuple[str, int] | None:
    """(case, record) where it is told that a case was joined with that one, unless that has been taken back."""
    bodies = audit_journal.history(connection, stream)
    found = next((body for body in bodies if body["seq"] == seq and body["type"] == "case.joined"), None)
    if found is None or _is_taken_back(bodies, seq):
        return None
    (row,) = connection.run(statements.DONE_BEFORE, id=f"{found['command_id']}/1")
    return row["stream"].removeprefix("case:"), row["seq"]


def _in_meeting(desk: Desk, command: Command, meeting_id: str, seq: int, expected: Mapping[str, int]) -> Result:
    others = _others_touched(desk.connection, meeting_id, seq)
    with meetingwork.opened(desk, command, "correct", meeting_id, expected, *others) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        _refuse_reasonless(command)
        _refuse_unseen(desk.connection, meeting, seq)
        return _take_back_of_meeting(desk, command, meeting, seq, others)


def _take_back_of_meeting(
    desk: Desk, command: Command, meeting: LockedMeeting, seq: int, others: Sequence[str] = ()
) -> Done:
    """Undo what a record of a locked meeting did; `others` are meetings it touched, locked too."""
    cases = meetingwork.cases_of(meeting.items)
    around = [f"meeting:{other}" for other in _meetings_of(desk.connection, cases, others) - {meeting.id}]
    streams = (*(f"case:{case}" for case in cases), *around)
    past = read(desk.connection, meeting.facts.ref, meeting.stream, seq, streams)
    _refuse_final(past.wrong)
    versions = {meeting.id: meeting.version}
    versions |= {other: meeting_store.load(desk.connection, other).version for other in others}
    versions |= {case: case_store.lock_case(desk.connection, case) for case in _touched("cases", past.wrong)}
    reversal = _reversal(past, versions, command)
    _refuse_built_on(desk.connection, past, reversal)
    _refuse_taken_day(desk.connection, meeting, reversal)
    draft = _told(meetingwork.noted(meeting, "meeting.corrected", command, "correct"), command, past.wrong)
    draft.changes += reversal
    notes = _notes(past.wrong, reversal)
    also = tuple(other for other in others if other != meeting.id)
    return meetingwork.accept(desk, command, meeting, draft, ORDINARY_WAY, then=cases, also=also, notes=notes)


def _in_all(
    desk: Desk, command: Command, meeting_id: str, seq: int, together: Mapping[str, int], expected: Mapping[str, int]
) -> Result:
    """All that a meeting decided at once goes back at once: one record for each case, and the meeting's own."""
    with bulk.opened(desk, command, "correct", meeting_id, expected, tuple(together)) as meeting:
        if isinstance(meeting, Refused):
            return meeting
        _refuse_reasonless(command)
        _refuse_unseen(desk.connection, meeting, seq)
        for number, (case_id, decided_as) in enumerate(sorted(together.items()), 1):
            case = case_store.lock(desk.connection, case_id, desk.raised_reading, meeting_id)
            with _about(case.facts.ref):
                _take_back_of_case(desk, bulk.numbered(command, number), case, decided_as)
        return _take_back_of_meeting(desk, command, meeting_store.load(desk.connection, meeting_id), seq)


def _decided_together(connection: Connection, stream: str, seq: int) -> dict[str, int]:
    """Case -> the number of its record, for what a record of a meeting decided at once and nobody has taken back."""
    bodies = audit_journal.history(connection, stream)
    found = next((body for body in bodies if body["seq"] == seq and body["type"] == "meeting.decided_all"), None)
    if found is None or _is_taken_back(bodies, seq):
        return {}
    decided: Mapping[str, int] = found["data"]["decided"]
    return {
        case: own
        for case, own in decided.items()
        if not _is_taken_back(audit_journal.history(connection, f"case:{case}"), own)
    }


def _is_taken_back(bodies: Iterable[Body], seq: int) -> bool:
    return any(body["data"].get("corrects") == seq for body in bodies)


@contextmanager
def _about(ref: str) -> Iterator[None]:
    """Whatever hinders it is said of the case it is about."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{ref}: {error}") from error


def _others_touched(connection: Connection, meeting_id: str, seq: int) -> tuple[str, ...]:
    """The other meetings a record of this one set rows of (a case that went on to the next), to be locked with it."""
    bodies = (json.loads(row["body"]) for row in connection.run(statements.HISTORY, stream=f"meeting:{meeting_id}"))
    wrong = next((body for body in bodies if body["seq"] == seq), None)
    return tuple(_touched("meeting", wrong) - {meeting_id}) if wrong else ()


def _touched(table: str, body: Body) -> set[str]:
    return {change.row["id"] for change in _changes(body) if change.table == table}


def _meetings_of(connection: Connection, cases: Iterable[str], others: Iterable[str]) -> set[str]:
    """The meetings that have set rows of some cases, and those that are named."""
    own = (row["id"] for case in cases for row in connection.run(statements.MEETINGS_OF_CASE, id=case))
    return {*own, *others}


def _refuse_taken_day(connection: Connection, meeting: LockedMeeting, reversal: Iterable[Change]) -> None:
    """Raise UsageError where a moved meeting would go back to a day that another has by now."""
    for change in reversal:
        day = change.row.get("day") if change.table == "meeting" else None
        if day and connection.run(statements.MEETINGS_BY_DAY, body=meeting.facts.body, day=day):
            raise UsageError(f"{meeting.facts.body} har redan ett annat sammanträde {day}; flytta eller ställ in det.")


def _told(draft: Draft, command: Command, wrong: Body) -> Draft:
    draft.data |= {"corrects": wrong["seq"], "type": wrong["type"]}
    give_reason(draft, command)
    return draft


# --- the mistake and what stands around it ------------------------------------------------------------------


def read(connection: Connection, ref: str, stream: str, seq: int, others: Iterable[str] = ()) -> Past:
    """A record and those around it. Raises NotFoundError, or UsageError for one that has been taken back."""
    rows = [row for name in (stream, *others) for row in connection.run(statements.STREAM_RECORDS, stream=name)]
    bodies = [json.loads(row["body"]) for row in sorted(rows, key=lambda row: int(row["id"]))]
    at = next((at for at, body in enumerate(bodies) if _place(body) == (stream, seq)), None)
    if at is None:
        raise _no_record(ref, seq)
    corrected = {(body["stream"], body["data"]["corrects"]): body["seq"] for body in bodies if _corrects(body)}
    if (stream, seq) in corrected:
        raise UsageError(f"Post {seq} i {ref} är redan tillbakatagen, se post {corrected[stream, seq]}.")
    return Past(tuple(bodies[:at]), bodies[at], tuple(bodies[at + 1 :]), corrected)


def _no_record(ref: str, seq: int) -> NotFoundError:
    word = ref.replace(" ", "-", 1)
    return NotFoundError(f"{ref} har ingen post {seq}. Se vilka som finns med: arende history {word}")


def _refuse_unseen(connection: Connection, meeting: LockedMeeting, seq: int) -> None:
    """Raise NotFoundError for what a meeting did with the matter of a case that may not be seen."""
    if all(body["seq"] != seq for body in matters_seen.records(connection, meeting.stream)):
        raise _no_record(meeting.facts.ref, seq)


def _refuse_final(wrong: Body) -> None:
    if told := NEVER.get(wrong["type"]):
        raise UsageError(told)


def _place(body: Body) -> tuple[str, int]:
    return body["stream"], body["seq"]


def _corrects(body: Body) -> bool:
    return "corrects" in body["data"]


def _changes(body: Body) -> list[Change]:
    """The rows a record set, without the deadlines: those follow from the others."""
    return [change for change in changes_of(body) if change.table != "deadline"]


# --- the rows as they were ----------------------------------------------------------------------------------


def _reversal(past: Past, versions: Mapping[str, int], command: Command) -> list[Change]:
    """What makes the rows what they were, the last first; `versions` are those of the locked rows."""
    before = past.before
    after = apply(before, _changes(past.wrong))
    found = []
    for table, key in reversed(dict.fromkeys((change.table, change.row["id"]) for change in _changes(past.wrong))):
        old, new = before.get(table, {}).get(key), after[table][key]
        if old is None:
            found.append(_unmade(table, new, command))
        elif former := _former(past, table, old, new, versions):
            found.append(update(table, id=key, **former))
    return found


def _unmade(table: str, row: Row, command: Command) -> Change:
    """A row that should not have been made goes away, unless it holds a number that nobody else may get."""
    if table == "case_number":
        return update(table, id=row["id"], voided_on=command.on.isoformat())
    if table == "agenda_item" and row["paragraph"] is not None:
        return update(table, id=row["id"], decided=False, outcome=MatterOutcome.UTGATT.value, deviation=False)
    return delete(table, row["id"])


def _former(past: Past, table: str, old: Row, new: Row, versions: Mapping[str, int]) -> dict[str, Any]:
    """The columns that go back. Versions go up all the same, and a § stays."""
    former = {column: old.get(column) for column in new if new[column] != old.get(column)}
    if table == "agenda_item":
        former.pop("paragraph", None)
    if table in VERSIONED:
        former["version"] = versions[new["id"]] + 1
    if table == "cases" and _is_note(past.wrong, new["id"]):
        former["noted_on"] = _last_noted(past, new["id"])
    return former


def _last_noted(past: Past, case_id: str) -> str | None:
    """The last day of a case's notes that are left; a later one may stand, and has then counted with the mistake."""
    bodies = past.standing((*past.earlier, *past.later))
    return max((body["event_date"] for body in bodies if _is_note(body, case_id)), default=None)


def _is_note(body: Body, case_id: str) -> bool:
    """True for what was noted on a case without moving it."""
    rows = (change.row for change in _changes(body) if change.table == "cases")
    return any(row["id"] == case_id and "noted_on" in row for row in rows)


def _let_go(connection: Connection, case_id: str, reversal: Iterable[Change]) -> list[Change]:
    """The deadline of a watch that goes away refers to it no more; it stays itself, for its reminders' sake."""
    gone = {change.row["id"] for change in reversal if change.op == "delete" and change.table == "watch"}
    rows = connection.run(statements.DEADLINES, stream=case_id) if gone else []
    return [update("deadline", id=row["id"], is_open=False, watch_id=None) for row in rows if row["watch_id"] in gone]


# --- what is built on it ------------------------------------------------------------------------------------


def _refuse_built_on(connection: Connection, past: Past, reversal: Sequence[Change]) -> None:
    """Raise UsageError, naming the later records to take back first."""
    seq, own = past.wrong["seq"], past.wrong["stream"]
    found = [body for body in past.standing(past.later) if _builds_on(body, past.wrong, reversal)]
    for body in found:
        if body["type"] == "case.purged":
            raise UsageError(f"Post {seq} ligger fast: ärendets texter har gallrats sedan dess, se post {body['seq']}.")
        if body["type"] == "meeting.held":
            raise UsageError(
                f"Post {seq} ligger fast: {_ref(connection, body['stream'])} har hållits sedan dess, och ett hållet "
                "sammanträde tas inte tillbaka."
            )
    if found:
        named = _named(connection, found, own)
        order = ", den senaste först: de" if len(found) > 1 else ": den"
        raise UsageError(f"Ta först tillbaka {named}{order} bygger på post {seq}.")


def _builds_on(later: Body, wrong: Body, reversal: Iterable[Change]) -> bool:
    if later["type"] == "case.purged":
        return bool(later["stream"] == wrong["stream"])
    mentioned = {value for change in _changes(later) for value in change.row.values() if isinstance(value, str)}
    mentioned.add(later["data"].get("part", ""))
    gone = {change.row["id"] for change in reversal if change.op == "delete"}
    judged = wrong["type"] in JUDGED_BY.get(later["type"], ())
    own = {change.row["id"] for change in _changes(wrong)} if judged else set()
    return bool(mentioned & (gone | own) or _columns(_changes(later)) & _claimed(wrong, reversal))


def _claimed(wrong: Body, reversal: Iterable[Change]) -> set[Column]:
    """The columns that nobody may have set since: what goes back, and what was set to what it was already.

    Every record sets some of its case's or meeting's row to what it was, so there only what goes back counts,
    and where a case stands: the next move is judged by that, also after one that led nowhere.
    """
    told = _changes(wrong)
    made = {change.row["id"] for change in told if change.op == "insert"}
    set_too = (change for change in told if change.row["id"] not in made and change.table not in VERSIONED)
    goes_back = (change for change in reversal if change.op == "update")
    stands = {column for column in _columns(told) if column[0] == "cases" and column[2] == "state"}
    return _columns(goes_back) | _columns(set_too) | stands


def _columns(told: Iterable[Change]) -> set[Column]:
    """The columns that are set, without those that every record sets."""
    common = ("id", "version", "noted_on")
    return {(one.table, one.row["id"], column) for one in told for column in one.row if column not in common}


def _named(connection: Connection, bodies: Iterable[Body], own: str) -> str:
    """`post 7 och 9 och post 4 i KS 2024-05-14`."""
    seqs: dict[str, list[str]] = {}
    for body in bodies:
        seqs.setdefault(body["stream"], []).append(str(body["seq"]))
    where = {stream: "" if stream == own else f" i {_ref(connection, stream)}" for stream in seqs}
    return listed(f"post {listed(found)}{where[stream]}" for stream, found in seqs.items())


def _ref(connection: Connection, stream: str) -> str:
    kind, _, own = stream.partition(":")
    if kind == "meeting":
        return meeting_store.load(connection, own).facts.ref
    return case_store.ref(connection, own) if case_store.is_seen(connection, own) else "ett annat ärende"


def _refuse_numbered_stage(connection: Connection, case_id: str, past: Past, reversal: Iterable[Change]) -> None:
    """Raise UsageError for a stage at which a § was given, also when what was decided there is taken back."""
    gone = {change.row["id"] for change in reversal if change.op == "delete"}
    for item in connection.run(statements.AGENDA, id=case_id) if gone else ():
        if item["stage_id"] in gone and item["id"] not in gone:
            raise UsageError(
                f"Post {past.wrong['seq']} ligger fast: på det steget i sin väg har ärendet fått § {item['paragraph']} "
                f"hos {item['body']} {item['day']}."
            )


# --- what the clerk is told ---------------------------------------------------------------------------------


def _notes(wrong: Body, reversal: Iterable[Change]) -> tuple[str, ...]:
    """What was taken back, what stays for its number's sake, and what to do now."""
    notes = [f"Post {wrong['seq']} ({wrong['type']}) är tillbakatagen."]
    if wrong["type"] not in NEVER:
        notes.append("Anteckna nu det rätta, med --date.")
    for change in reversal:
        match change:
            case Change(op="update", table="case_number", row={"id": number, "voided_on": str()}):
                notes.append(f"{number} är inte längre ärendets diarienummer, och inget annat ärende får det.")
            case Change(op="delete", table="document"):
                notes.append("Samma fil kan läsas in igen.")
    return tuple(notes)
