"""A small municipality where one command is given after another, watched by a witness all the while."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

import msgspec

from states import records
from states.case_facts import CaseFacts, MeetingState
from states.deadlines import case_deadlines, meeting_deadlines
from states.judgement import Refused
from tests.conftest import EVERY_OFFICE
from tests.workflow import witness
from tests.workflow.ledger import Ledger
from workflow import case_store, linkwork, meeting_planning, meeting_store, meetingwork, registration
from workflow.audit_journal import Command
from workflow.body_register import Body
from workflow.config import Member, Settings, StandingItem
from workflow.connection import EVERYTHING
from workflow.correction import NEVER
from workflow.desk import Desk
from workflow.errors import ArendeError, ChangedMeanwhileError, NotFoundError, UsageError
from workflow.identifiers import new_id
from workflow.use_case import Result, deadline_changes

DAY = timedelta(days=1)
FIRST_DAY = date(2024, 1, 8)
BODIES = ("SON", "BUN", "KS", "KF")
UTSKOTT = {"SON": "SONAU", "KS": "KSAU", "KF": "KFB"}
TOLD = (UsageError, NotFoundError)  # what a clerk may be told of an odd command

Answer = Result | ArendeError


SEATS: tuple[tuple[str, str, int], ...] = (
    ("L1", "ordforande", 0),
    ("L2", "vice_ordforande", 0),
    ("L3", "ledamot", 0),
    ("E1", "ersattare", 1),
    ("E2", "ersattare", 2),
)


def _members() -> list[Member]:
    """Three members and two ersättare of every body; `SON-L1` presides in SON."""
    return [
        Member(f"{body}-{name}", body, f"{name} i {body}", cast(Any, seat), date(2019, 1, 1), place=place)
        for body in BODIES
        for name, seat, place in SEATS
    ]


def with_two_namnder(settings: Settings) -> Settings:
    """config.toml's bodies, one nämnd more and some utskott, with members, for `schema.upgrade` to register."""
    bodies = settings.config.bodies
    another = msgspec.structs.replace(bodies[-1], code="BUN", name="Barn- och utbildningsnämnden", succeeds="")
    ours = {body.code: body for body in bodies}
    within = [
        msgspec.structs.replace(ours[parent], code=code, name=f"Utskottet {code}", succeeds="", diary="", parent=parent)
        for parent, code in UTSKOTT.items()
        if code not in ours
    ]
    standing = [StandingItem("SON", "Val av justerare"), StandingItem("BUN", "Rapporter", "information", "last")]
    every = [*bodies, another, *within]
    config = msgspec.structs.replace(settings.config, bodies=every, standing_items=standing, members=_members())
    return msgspec.structs.replace(settings, config=config)


def with_an_heir(settings: Settings, ended: str, heir: str, last: date) -> Settings:
    """The same municipality, where a nämnd has ended and another has taken over the day after."""
    old = next(body for body in settings.config.bodies if body.code == ended)
    bodies = [body for body in settings.config.bodies if body is not old]
    then = msgspec.structs.replace(old, code=heir, name=f"Nämnden {heir}", succeeds=ended, valid_from=last + DAY)
    config = msgspec.structs.replace(
        settings.config, bodies=[*bodies, msgspec.structs.replace(old, valid_to=last), then]
    )
    return msgspec.structs.replace(settings, config=config)


class Town:
    """One desk with a calendar of its own, and everything that was ever done at it."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self.desk, self.ledger = desk, ledger
        desk.connection.cleared = EVERYTHING
        self.today = FIRST_DAY
        self.commands = 0
        self.cases: list[str] = []
        self.meetings: list[str] = []
        self.told: list[witness.Body] = []
        self.known = witness.fold(())
        self.faults: list[str] = []
        self.bodies = desk.bodies
        self._read = 0
        self.look()

    def do(
        self,
        act: Callable[..., Result],
        *args: Any,
        on: date | None = None,
        reason: str = "Skäl.",
        actor: str = "p-test",
        **more: Any,
    ) -> Answer:
        """Give one command, and see what it left behind."""
        self.commands += 1
        try:
            answer: Answer = act(self.desk, self._command(on, reason, actor), *args, **more)
        except TOLD as error:
            answer = error
        except ChangedMeanwhileError as error:
            if more.keys() & {"version", "meeting_version"}:
                raise
            self.faults.append(f"{act.__name__} clashed, but nobody else was there: {error.__cause__ or error}")
            answer = error
        self._see(act, answer)
        return answer

    def _command(self, on: date | None, reason: str, actor: str) -> Command:
        at = datetime.combine(self.today, time(8), UTC) + timedelta(milliseconds=self.commands)
        return Command(
            id=new_id(at),
            actor=actor,
            role="registrator",
            offices=EVERY_OFFICE,
            on=min(on or self.today, self.today),
            recorded_at=at,
            config_hash="0" * 64,
            reason=reason,
        )

    def _see(self, act: Callable[..., Result], answer: Answer) -> None:
        how = "refused" if isinstance(answer, Refused) else "told" if isinstance(answer, ArendeError) else "done"
        self.ledger.answers[how] += 1
        left = [body["type"].endswith(".refused") for body in self.look()]
        unborn = act in (registration.register, meetingwork.add)  # what was never there has no log
        due = [] if how == "told" or (how == "refused" and unborn) else [how == "refused"]
        if act is meeting_planning.bring_in and how == "done":
            due = [False] * len(left)  # a record for each of its meetings
            self.meetings += [body["stream"].partition(":")[2] for body in self.told[len(self.told) - len(left) :]]
        elif how == "done" and len({body["command_id"].partition("/")[0] for body in self.told[-len(left) :]}) == 1:
            due *= len(left)  # one command, and as many records as it has numbered
        if left != due:
            self.faults.append(
                f"{act.__name__} was {how} and left {[body['type'] for body in self.told[-len(left) :]]}"
            )
        if how == "done" and (unborn or act is linkwork.split):
            stream, _, new = self.told[-len(left)]["stream"].partition(":")
            (self.cases if stream == "case" else self.meetings).append(new)

    def look(self) -> list[witness.Body]:
        """Read what is new in the log, and hold it against the law as the witness knows it."""
        rows = self.desk.connection.run(witness.BODIES, after=self._read)
        new = [witness.parsed(row["body"]) for row in rows]
        for body in new:
            self.ledger.note(body)
            if body["type"] == "case.decided":
                self.faults += witness.faults_of_decision(body, self.known)
            self.known = records.apply(self.known, records.changes_of(body))
            if body["type"] == "case.final":
                self.faults += witness.faults_of_final(body, self.known)
            self.faults += witness.misplaced(self.known, body["stream"])
            if "corrects" in body["data"]:
                self.faults += witness.faults_of_correction(body, self.told, self.known)
            self.told.append(body)
        self._read = rows[-1]["id"] if rows else self._read
        return new

    def stale_deadlines(self) -> list[str]:
        """Every stored deadline that is not what the law says of its case or meeting as it stands."""
        wanted = {case: case_deadlines(self.facts(case), self.desk.routines) for case in self.cases}
        for meeting in self.meetings:
            now = meeting_store.load(self.desk.connection, meeting)
            wanted[meeting] = meeting_deadlines(now.facts, now.parts, self.desk.routines)
        return [
            f"stale: {change}"
            for stream, deadlines in wanted.items()
            for change in deadline_changes(self.desk.connection, stream, deadlines)
        ]

    # --- looking things up --------------------------------------------------------------------------

    def facts(self, case: str) -> CaseFacts:
        return case_store.load_facts(self.desk.connection, case, self.desk.raised_reading)

    def version(self, case: str) -> int:
        return case_store.version(self.desk.connection, case)

    def meeting(self, meeting: str) -> records.Row:
        return self.known["meeting"][meeting]

    def held(self, meeting: str) -> bool:
        return bool(self.meeting(meeting)["state"] == MeetingState.HALLEN)

    def is_ahead(self, meeting: str) -> bool:
        return self.meeting(meeting)["state"] in (MeetingState.PLANERAD, MeetingState.KALLAD)

    def day_of(self, meeting: str) -> date:
        return date.fromisoformat(self.meeting(meeting)["day"])

    def meetings_of(self, case: str) -> list[str]:
        """The meetings a case has been booked to, the latest first."""
        items = self.known["agenda_item"].values()
        return [item["meeting_id"] for item in items if item["case_id"] == case][::-1]

    def body(self, code: str) -> Body:
        return self.bodies.find(code, self.today)

    def standing(self) -> list[tuple[str, int]]:
        """(stream, seq) of all that could be taken back, did nothing build on it; and of the first record."""
        back = {(body["stream"], body["data"]["corrects"]) for body in self.told if "corrects" in body["data"]}
        own = [body for body in self.told if body["stream"].startswith(("case:", "meeting:"))]
        return [
            (body["stream"], body["seq"])
            for body in own
            if body is own[0] or (body["type"] not in NEVER and (body["stream"], body["seq"]) not in back)
        ]

    def number(self) -> str:
        """A diarienummer that no case has."""
        return f"SON {self.today.year}-{self.commands + 1}"
