"""A small municipality that does one command after another, wisely or not, and is watched while it does.

It keeps a calendar of its own, knows how to bring a case to the brink of any move of the lifecycle,
and tells after every command what a witness (`tests.workflow.witness`) has against it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from states import judgement, records
from states.case_facts import (
    AgendaItem,
    BodyKind,
    CaseFacts,
    CaseKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MeetingState,
    StageRole,
    State,
)
from states.case_number import CaseNumber
from states.judgement import Refused
from states.lifecycle import GUARDS, KINDS, MEETING_MOVES, MOVES, Move
from states.machine import CASES
from tests.workflow import witness
from workflow import case_store, casework, decisionwork, meeting_store, meetingwork, registration
from workflow.audit_journal import Command
from workflow.desk import Desk
from workflow.errors import ArendeError, ChangedMeanwhileError, NotFoundError, UsageError
from workflow.identifiers import new_id
from workflow.meeting_store import LockedMeeting
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Result

FIRST_DAY = date(2024, 1, 8)
DAY = timedelta(days=1)
NAMNDER = ("SON", "BUN")
BODIES = (*NAMNDER, "KS", "KF")
CODE = {BodyKind.KS: "KS", BodyKind.KF: "KF"}
ALLOWED = (UsageError, NotFoundError)  # what a clerk may be told for an odd command


@dataclass
class Ledger:
    """What has been tried, over all the towns of a run."""

    moves: Counter[tuple[str, str, str | None, str]] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def counting_guards(self) -> Iterator[None]:
        """While this lasts, everything the law asks of a guard is counted too."""
        asked = judgement.findings

        def counted(move, facts, attempt):
            for guard in move.guards:
                (self.passed if guard.check(facts, attempt) is None else self.failed)[guard.id] += 1
            return asked(move, facts, attempt)

        judgement.findings = counted
        try:
            yield
        finally:
            judgement.findings = asked

    def note(self, body: witness.Body) -> None:
        """Count a record that tells of a move."""
        stream, data = body["stream"].partition(":")[0], body["data"]
        if not body["type"].endswith(".refused") and "to" in data:
            verb = data["verb"] if stream == "case" else MEETING_VERBS[body["type"]]
            self.moves[stream, verb, data.get("from"), data["to"]] += 1

    def missing(self) -> list[str]:
        """What of the lifecycle has not been tried yet."""
        rows = [("case", move) for move in MOVES] + [("meeting", move) for move in MEETING_MOVES]
        return [
            *(f"{stream} {named(move)}" for stream, move in rows if not self.moves[key(stream, move)]),
            *(f"{guard.id} never passed" for guard in GUARDS if not self.passed[guard.id]),
            *(f"{guard.id} never failed" for guard in GUARDS if not self.failed[guard.id]),
        ]

    def lines(self) -> Iterator[str]:
        yield "answers: " + ", ".join(f"{what} {count}" for what, count in sorted(self.answers.items()))
        for stream, moves in (("case", MOVES), ("meeting", MEETING_MOVES)):
            for verb in dict.fromkeys(move.verb for move in moves):
                rows = [move for move in moves if move.verb == verb]
                told = (f"{move.source or 'new'}→{move.target} {self.moves[key(stream, move)]}" for move in rows)
                yield f"{stream} {verb}: " + ", ".join(told)
        told = (f"{guard.id} {self.passed[guard.id]}/{self.failed[guard.id]}" for guard in GUARDS)
        yield "guards passed/failed: " + ", ".join(told)


MEETING_VERBS = {
    "meeting.added": "add",
    "meeting.announced": "announce",
    "meeting.called": "call",
    "meeting.held": "hold",
    "meeting.adjusted": "adjust",
    "meeting.posted": "post",
    "meeting.taken_down": "take_down",
}


def key(stream: str, move: Move) -> tuple[str, str, str | None, str]:
    return stream, move.verb, move.source.value if move.source else None, move.target.value


def named(move: Move) -> str:
    return f"{move.verb} {move.source or 'new'}→{move.target}"


class Town:
    """One desk and one clerk, day by day."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self.desk, self.ledger = desk, ledger
        self.today = FIRST_DAY
        self.commands = 0
        self.cases: list[str] = []
        self.meetings: list[str] = []
        self.told: list[witness.Body] = []
        self.known = witness.fold(())
        self.faults: list[str] = []
        self._read = 0
        self._look()

    # --- doing ------------------------------------------------------------------------------------

    def do(
        self, act: Callable[..., Result], *args: Any, on: date | None = None, reason: str | None = None, **more: Any
    ) -> Result | ArendeError:
        """Give one command, and see what it left behind."""
        self.commands += 1
        at = datetime.combine(self.today, time(8), UTC) + timedelta(milliseconds=self.commands)
        day = min(on or self.today, self.today)
        command = Command(
            id=new_id(at),
            actor="p-test",
            role="registrator",
            on=day,
            recorded_at=at,
            config_hash="0" * 64,
            reason=reason,
        )
        try:
            result: Result | ArendeError = act(self.desk, command, *args, **more)
        except ALLOWED as error:
            result = error
        except ChangedMeanwhileError as error:
            if more.keys() & {"version", "meeting_version"}:
                raise
            self.faults.append(f"{act.__name__} clashed, though nobody else was there: {error.__cause__ or error}")
            result = error
        answer = "refused" if isinstance(result, Refused) else "told" if isinstance(result, ArendeError) else "done"
        self.ledger.answers[answer] += 1
        records_due = 0 if answer == "told" or (answer == "refused" and act is registration.register) else 1
        new = self._look()
        if len(new) != records_due:
            self.faults.append(f"{act.__name__} was {answer} and left {len(new)} records")
        if new and (new[0]["type"].endswith(".refused") != (answer == "refused")):
            self.faults.append(f"{act.__name__} was {answer} and left {new[0]['type']}")
        if answer == "done" and act is registration.register:
            self.cases.append(result.stream.removeprefix("case:"))  # type: ignore[union-attr]
        if answer == "done" and act is meetingwork.add:
            self.meetings.append(result.stream.removeprefix("meeting:"))  # type: ignore[union-attr]
        return result

    def _look(self) -> list[witness.Body]:
        """Read what is new in the log and hold it against the law as the witness knows it."""
        rows = self.desk.connection.run(witness.BODIES, after=self._read)
        new = [witness.json.loads(row["body"]) for row in rows]
        for body in new:
            self.ledger.note(body)
            if body["type"] == "case.decided":
                self.faults += witness.faults_of_decision(body, self.known)
            self.known = records.apply(self.known, records.changes_of(body))
            self.faults += witness.misplaced(self.known, body["stream"])
        self.told += new
        self._read = rows[-1]["id"] if rows else self._read
        return new

    # --- looking ----------------------------------------------------------------------------------

    def facts(self, case: str) -> CaseFacts:
        return case_store.load_facts(self.desk.connection, case, self.desk.raised_reading)

    def meeting(self, meeting: str) -> LockedMeeting:
        return meeting_store.load(self.desk.connection, meeting)

    def day_of(self, meeting: str) -> date:
        return self.meeting(meeting).facts.on

    def version(self, case: str) -> int:
        return case_store.version(self.desk.connection, case)

    # --- registering ------------------------------------------------------------------------------

    def register(
        self, kind: CaseKind, way: Collection[tuple[str, StageRole]], skrivelse: Skrivelse, starts_in: State | None
    ) -> Result | ArendeError:
        usual = [(CODE[BodyKind(code)], role) for code, role in KINDS[kind].way]
        stages = tuple((self.desk.bodies.find(code, self.today), role) for code, role in (way or usual))
        return self.do(registration.register, NewCase(kind=kind, skrivelse=skrivelse, way=stages, starts_in=starts_in))

    def number(self) -> CaseNumber:
        """A diarienummer that no case has."""
        return CaseNumber("SON", self.today.year, self.commands + 1, "")

    # --- bringing a case to the brink of a move -----------------------------------------------------

    def forward(self, case: str, move: Move, careless: Collection[str] = (), *, deviation: bool = False) -> None:
        """Do everything that a move asks for, except what the clerk is careless of, and then the move."""
        prepare = getattr(self, f"_{move.verb}")
        prepare(case, move, frozenset(careless), deviation)

    def moves_of(self, case: str) -> tuple[Move, ...]:
        return CASES.from_state(self.facts(case).state)

    def _advance(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        if move.source in (State.DRAFT, State.MBL):
            self._complete(case, careless)
        else:
            if "decided" not in careless:
                self._decide_here(case, careless)
            self._lead_to(case, move.target)
        if move.target is State.KF and "ks" not in careless:
            self._hear_ks(case)
        self.do(casework.advance, case, move.target)

    def _complete(self, case: str, careless: frozenset[str]) -> None:
        facts = self.facts(case)
        if facts.leftovers and "placeholders" not in careless:
            self.do(registration.edit, case, Edit(filled_in=frozenset(section for section, _ in facts.leftovers)))
        if facts.stage and not facts.proposes_to & {facts.stage.body, None} and "proposal" not in careless:
            proposal = Proposal(body=facts.stage.body, att_satser=("Förslaget antas.",))
            self.do(registration.edit, case, Edit(proposals=(proposal,)))
        self._settle_mbl(case, careless)
        self._give_number(case, careless)

    def _settle_mbl(self, case: str, careless: frozenset[str]) -> None:
        if "mbl" in careless:
            return
        unsettled = [e for e in self.facts(case).mbl if e.kind is MblKind.FORHANDLING and not e.held]
        entries = [MblEntry(kind=e.kind, paragraph=e.paragraph, on=self.today, held=True) for e in unsettled]
        if not self.facts(case).mbl:
            entries = [MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=self.today, held=True)]
        for entry in entries:
            self.do(registration.note_mbl, case, entry)

    def _give_number(self, case: str, careless: frozenset[str]) -> None:
        if not self.facts(case).numbers and "number" not in careless:
            self.do(registration.edit, case, Edit(numbers=(self.number(),)))

    def _lead_to(self, case: str, target: Any) -> None:
        """Put a body of the wanted kind next in the way."""
        facts = self.facts(case)
        following = facts.next_stage
        here = following.kind.state if following else State.SKICKAS_TILL
        if target in (here, State.SKICKAS_TILL) or target not in (State.NAMND, State.KS, State.KF):
            return
        body = CODE.get(BodyKind(target.value)) or next(
            (code for code in NAMNDER if facts.stage is None or code != facts.stage.body), NAMNDER[0]
        )
        before = following.body if following and following.body != (facts.stage and facts.stage.body) else None
        role = StageRole.BESLUT if body == "KF" else StageRole.YTTRANDE
        self.do(registration.add_stage, case, self.desk.bodies.find(body, self.today), role, before=before)

    def _hear_ks(self, case: str) -> None:
        """Give kommunstyrelsen its time, unless it has had it."""
        if not witness.ks_heard(self.known, case, self.today.isoformat()):
            body = self.desk.bodies.find("KS", self.today)
            until = self.today - DAY
            self.do(registration.add_stage, case, body, StageRole.FORSLAG, opportunity_until=until)

    def _book(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        facts = self.facts(case)
        stage = facts.stage or facts.next_stage
        if stage is not None:
            self._give_number(case, careless)
            self.do(casework.book, case, self.coming_meeting(stage.body, careless), late="time" in careless)

    def _decide(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        facts = self.facts(case)
        kind = BodyKind(move.target.value)
        code = CODE.get(kind) or (facts.stage.body if facts.stage and facts.stage.kind is kind else NAMNDER[0])
        if facts.stage_of(code) is None:
            self.do(registration.add_stage, case, self.desk.bodies.find(code, self.today), StageRole.BESLUT)
        elsewhere = move.source is not move.target
        self._decide_at(case, code, careless, deviation=deviation or elsewhere)

    def _decide_here(self, case: str, careless: frozenset[str]) -> None:
        facts = self.facts(case)
        if facts.stage and not facts.decided_here:
            self._decide_at(case, facts.stage.body, careless, deviation=False)

    def _decide_at(self, case: str, body: str, careless: frozenset[str], *, deviation: bool) -> None:
        self._settle_mbl(case, careless)
        if body == "KF" and "ks" not in careless:
            self._hear_ks(case)
        meeting = self._at_held_meeting(case, body, careless)
        if meeting is None:
            return
        day = self.day_of(meeting)
        self.do(decisionwork.decide, case, meeting, {}, deviation=deviation, on=day, reason="Det har hänt.")

    def _at_held_meeting(self, case: str, body: str, careless: frozenset[str]) -> str | None:
        """A held meeting of a body with the case on its agenda and nothing become of it yet."""
        stage = self.facts(case).stage_of(body)
        waiting = [i for i in self.facts(case).agenda if i.waiting and stage and i.stage == stage.id]
        if not waiting and "agenda" not in careless:
            self._give_number(case, careless)
            self.do(casework.book, case, self.coming_meeting(body, careless))
            waiting = [i for i in self.facts(case).agenda if i.waiting and stage and i.stage == stage.id]
        meeting = self._id_of(waiting[-1]) if waiting else self.coming_meeting(body, careless)
        if "held" not in careless:
            self.hold(meeting, careless)
        return meeting

    def _id_of(self, item: AgendaItem) -> str:
        return meeting_store.find(self.desk.connection, item.meeting.ref)

    def coming_meeting(self, body: str, careless: frozenset[str] = frozenset()) -> str:
        """A planned meeting of a body, in time for everything unless the clerk is careless of that."""
        soon = self.today + DAY * (1 if "time" in careless else 9)
        found = [
            meeting
            for meeting in self.meetings
            for facts in [self.meeting(meeting).facts]
            if facts.body == body and facts.on >= soon and facts.state is not MeetingState.HALLEN
        ]
        if found:
            return found[0]
        day = soon
        while isinstance(self.do(meetingwork.add, body, day), ArendeError):
            day += DAY
        return self.meetings[-1]

    def hold(self, meeting: str, careless: Collection[str] = ()) -> None:
        """Announce, call and hold a meeting on its day."""
        facts = self.meeting(meeting).facts
        if facts.state is MeetingState.HALLEN:
            return
        if facts.kind is BodyKind.KF and "announce" not in careless:
            self.do(meetingwork.announce, meeting)
        if facts.called_on is None and "call" not in careless:
            self.do(meetingwork.call, meeting)
        self.today = max(self.today, facts.on)
        result = self.do(meetingwork.hold, meeting, on=facts.on)
        if isinstance(result, Refused) and "held" not in careless:
            self.do(meetingwork.hold, meeting, on=facts.on, deviation=True, reason="Det har hänt.")

    def _refer(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        to = "KS" if move.target is State.KS else NAMNDER[0]
        if meeting := self._here(case, careless):
            self.do(casework.refer, case, meeting, to, direct=move.target is State.NAMND, on=self.day_of(meeting))

    def _return(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        to = "KS" if move.target is State.KS else NAMNDER[0]
        if meeting := self._here(case, careless):
            unit = move.target is State.DRAFT
            day = self.day_of(meeting)
            self.do(casework.return_case, case, meeting, to, unit=unit, on=day, reason="Kompletteras.")

    def _postpone(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        meeting = self._here(case, careless)
        stage = self.facts(case).stage
        if meeting and stage:
            if "agenda" not in careless:
                self.coming_meeting(stage.body)
            self.do(casework.postpone, case, meeting, on=self.day_of(meeting))

    def _here(self, case: str, careless: frozenset[str]) -> str | None:
        stage = self.facts(case).stage
        return self._at_held_meeting(case, stage.body, careless) if stage else None

    def _dispatch(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        if "decided" not in careless:
            self._decide_here(case, careless)
        facts = self.facts(case)
        if not any(recipient.sent_on is None for recipient in facts.recipients) and "recipients" not in careless:
            told = tuple(recipient.name for recipient in facts.recipients)
            self.do(registration.edit, case, Edit(recipients=(*told, f"Mottagare {len(told) + 1}")))
        items = [item for item in facts.agenda if item.decided]
        if items and not items[-1].adjusted and "adjusted" not in careless:
            self.do(meetingwork.adjust, self._id_of(items[-1]), items[-1].paragraph)
        self.do(decisionwork.dispatch, case, (), before_justering="time" in careless, reason="Det brådskar.")

    def _close(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        facts = self.facts(case)
        if not facts.recipients and "recipients" not in careless:
            self.do(registration.edit, case, Edit(recipients=("Akten",)))
        items = [item for item in facts.agenda if item.decided]
        if items and "posted" not in careless:
            self._announce_protocol(items[-1])
        if any(recipient.sent_on is None for recipient in self.facts(case).recipients):
            self.do(decisionwork.dispatch, case, (), before_justering=True, reason="Det brådskar.")
        self.do(casework.close, case)

    def _announce_protocol(self, item: AgendaItem) -> None:
        meeting = self._id_of(item)
        if item.meeting.part is None:
            self.do(meetingwork.adjust, meeting, item.paragraph)
        if item.meeting.part is None or item.meeting.part.posted_on is None:
            self.do(meetingwork.post, meeting, item.paragraph)
            self.today += DAY * 30

    def _reopen(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        to = None if "body" in careless else BODIES[self.commands % len(BODIES)]
        self.do(casework.reopen, case, to, reason="En ny omgång.")

    def _withdraw(self, case: str, move: Move, careless: frozenset[str], deviation: bool) -> None:
        self.do(casework.withdraw, case, reason="Sökanden har återkallat.")


MATTERS = (None, *MatterOutcome)
