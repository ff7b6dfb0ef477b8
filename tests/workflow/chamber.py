"""What a body does when it sits, and what becomes of it afterwards: the secretary's year beyond the ordinary way.

Who was there and who had jäv, what was said and voted, what the body was told of; then justering at once, the
notice that came down, the appeals and the laga kraft.
"""

from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from states import deadlines
from states.appealability import decision_in_question, gains_force
from states.case_facts import (
    AppealCourt,
    AppealOutcome,
    Ballot,
    CaseFacts,
    CaseKind,
    DelegationKind,
    ItemKind,
    MatterOutcome,
    MinuteKind,
    SendingChannel,
    StageRole,
)
from states.swedish_calendar import DAY, is_working_day
from workflow import (
    agendawork,
    appealwork,
    attendancework,
    bulk_decision,
    case_store,
    casework,
    correction,
    delegationwork,
    dispatchwork,
    meeting_planning,
    meeting_store,
    minutework,
    protocolwork,
    statements,
)
from workflow.agendawork import Rearrangement
from workflow.appealwork import NewAppeal
from workflow.attendancework import Present
from workflow.casework import Minority
from workflow.delegationwork import NewDelegated
from workflow.dispatchwork import Sending
from workflow.minutework import Entry, Voting
from workflow.use_case import Done

if TYPE_CHECKING:
    from tests.workflow.secretary import Secretary

SEATS = {"KF": 11, "KS": 5, "KSAU": 5, "SON": 5}
STAND_INS = 2
CHANNELS = tuple(SendingChannel)


def members() -> str:
    """A chair, the other members and the ersättare of every body, as config.toml names them."""
    return "".join(
        f'[[members]]\nid = "{member(body, number)}"\nbody = "{body}"\nname = "{name(body, number)}"\n'
        f'seat = "{_seat(seats, number)}"\nplace = {max(number - seats, 0)}\nvalid_from = 2023-01-01\n'
        for body, seats in SEATS.items()
        for number in range(1, seats + STAND_INS + 1)
    )


def member(body: str, number: int) -> str:
    return f"m-{body.lower()}-{number}"


def name(body: str, number: int) -> str:
    return f"Ledamot {body} {number}"


def _seat(seats: int, number: int) -> str:
    return "ersattare" if number > seats else "ordforande" if number == 1 else "ledamot"


def calendar(path: Path, days: dict[str, list[date]]) -> Path:
    """The year's meetings as the table a kommunsekreterare sends round."""
    lines = [f"{body};{day};13.00" for body, own in days.items() for day in own]
    path.write_text("\n".join(["instans;datum;tid", *lines]), encoding="utf-8")
    return path


class Chamber:
    """The rooms where the secretary's bodies sit."""

    def __init__(self, secretary: "Secretary", random: Random) -> None:
        self._secretary, self._random = secretary, random
        self._do = secretary.do
        self._board_was_down = self._undone = False
        self._appealed: dict[str, date] = {}  # case -> when to see to its appeal
        self.seen: set[str] = set()

    def _did(self, what: str, result: object) -> bool:
        """True when it went through; it is noted that it has happened this year."""
        if isinstance(result, Done):
            self.seen.add(what)
        return isinstance(result, Done)

    def _now_and_then(self, share: float) -> bool:
        return self._random.random() < share

    # --- before a meeting -------------------------------------------------------------------------

    def delegate(self, body: str, case: str | None) -> None:
        """A decision is taken in a body's place; now and then by its chair, since it could not wait."""
        urgent = self._now_and_then(0.2)
        kind = DelegationKind.BRADSKANDE if urgent else DelegationKind.DELEGATION
        taken = NewDelegated(kind=kind, point="2.4.8", what="Ett avtal tecknas.", by="Chefen", case_id=case)
        self._did(f"delegated {kind}", self._do(delegationwork.add, body, taken))

    def arrange(self, meeting: str) -> None:
        """The meeting's own matters."""
        wanted = Rearrangement(own=("Val av justerare",))
        self._did("own matter", self._do(agendawork.rearrange, meeting, wanted))

    def tell(self, case: str, meeting: str) -> None:
        """A case that a body is only told of."""
        kind = self._random.choice((ItemKind.INFORMATION, ItemKind.ANMALAN))
        self._did(f"told {kind}", self._do(casework.book, case, meeting, purpose=kind))

    def add_late(self, case: str, meeting: str) -> None:
        self._did("late item", self._do(casework.book, case, meeting, late=True))

    def move(self, meeting: str, taken: set[date]) -> date | None:
        """To the first working day after that no meeting of the body has."""
        facts = meeting_store.load(self._secretary.desk.connection, meeting).facts
        day = facts.on + DAY * 2
        while not is_working_day(day) or day in taken:
            day += DAY
        return day if self._did("moved", self._do(meeting_planning.move, meeting, day)) else None

    def cancel(self, meeting: str) -> None:
        self._did("cancelled", self._do(meeting_planning.cancel, meeting))

    # --- at a meeting -----------------------------------------------------------------------------

    def gather(self, meeting: str, body: str, day: date) -> None:
        """Everybody is there, or somebody has sent an ersättare."""
        seats = SEATS[body]
        stand_in = Present(who=name(body, seats + 1), serves_for=name(body, seats))
        present = (stand_in,) if self._now_and_then(0.3) else ()
        result = self._do(attendancework.attend, meeting, present, everybody=True, on=day)
        self._did("ersättare" if present else "attendance", result)

    def leave(self, meeting: str, day: date) -> None:
        self._did("closed", self._do(attendancework.close, meeting, "15.42", on=day))

    def decide_all(self, meeting: str, day: date) -> None:
        """Everything as proposed, in one go; once it was a mistake, and is taken back."""
        for case in bulk_decision.waiting_cases(self._secretary.desk.connection, meeting):
            self._secretary.settle_mbl(case)
        done = self._do(bulk_decision.decide_all, meeting, on=day)
        if self._did("decide all", done) and not self._undone:
            stream = f"meeting:{meeting}"
            head = self._secretary.desk.connection.run(statements.HEAD, stream=stream)[0]["seq"]
            self._undone = self._did("decide all undone", self._do(correction.correct, stream, head))

    def before(self, case: str, meeting: str, body: str, day: date) -> None:
        if self._now_and_then(0.04):
            self._did("jäv", self._do(minutework.jav, case, meeting, (name(body, 2),), "Ägare", on=day))

    def put_off(self, case: str, facts: CaseFacts, meeting: str, body: str, day: date) -> bool:
        """Bordläggning or återremiss in KF, on a minority's request."""
        if body != "KF" or not self._now_and_then(0.2):
            return False
        minority = Minority(SEATS["KF"] // 2)
        if self._now_and_then(0.5):
            result = self._do(casework.postpone, case, meeting, minority=minority, on=day)
            return self._did("minority bordläggning", result)
        to = next((stage.body for stage in facts.stages if stage.body == "SON"), "KS")
        result = self._do(casework.return_case, case, meeting, to, unit=False, minority=minority, on=day)
        return self._did("minority återremiss", result)

    def after(self, case: str, facts: CaseFacts, meeting: str, body: str, day: date) -> None:
        """What was said and voted of a § that has been decided."""
        if not self._now_and_then(0.15):
            return
        first, second = name(body, 3), name(body, 1)
        told = (Entry(MinuteKind.YRKANDE, "Avslag", first), Entry(MinuteKind.PROPOSITIONSORDNING, "Ett i taget"))
        self._did("yrkande", self._do(minutework.minute, case, meeting, told, on=day))
        if facts.kind is not CaseKind.VAL and self._now_and_then(0.5):
            self._vote(case, meeting, body, day)
        reserved = (Entry(MinuteKind.RESERVATION, "Till förmån för eget yrkande", first),)
        self._did("reservation", self._do(minutework.minute, case, meeting, reserved, on=day))
        noted = (Entry(MinuteKind.PROTOKOLLSANTECKNING, "Frågan bör följas", second),)
        self._did("protokollsanteckning", self._do(minutework.minute, case, meeting, noted, on=day))

    def _vote(self, case: str, meeting: str, body: str, day: date) -> None:
        """By name: all who serve and have no jäv, the fewer of them against."""
        facts = meeting_store.load(self._secretary.desk.connection, meeting).facts
        item = self._secretary.facts(case).item_at(facts)
        serving = [one.member for one in facts.attendance if one.serves and item and one.member not in item.jav]
        against = (len(serving) - 1) // 2
        ballots = ((who, Ballot.NEJ if place < against else Ballot.JA) for place, who in enumerate(serving))
        voting = Voting(main="Förslaget", against="Avslag", by_name=tuple(ballots), numbers=(0, 0, 0))
        self._did("vote", self._do(minutework.vote, case, meeting, voting, on=day))

    # --- afterwards -------------------------------------------------------------------------------

    def adjust_at_once(self, meeting: str) -> None:
        """One § that cannot wait for the whole protocol."""
        items = meeting_store.load(self._secretary.desk.connection, meeting).items
        numbers = [item["paragraph"] for item in items if item["decided"] and item["paragraph"] and item["case_id"]]
        for paragraph in numbers[:1]:
            adjusted = self._do(protocolwork.adjust, meeting, (paragraph,))
            if self._did("adjusted at once", adjusted):
                self._do(protocolwork.post, meeting, paragraph)

    def watch_the_board(self, meeting: str, now: meeting_store.LockedMeeting) -> None:
        """Parts that were adjusted for themselves come down for themselves; once the board itself was down."""
        today = self._secretary.today
        up = [part for part in now.parts if part.posted_on and not part.taken_down_on]
        if not self._board_was_down and any(part.posted_on and part.posted_on < today - 4 * DAY for part in up):
            down = self._do(protocolwork.board_down, meeting, today - 3 * DAY, today - 2 * DAY)
            self._board_was_down = self._did("board down", down)
            return
        for part in up:
            begun = part.counted_from
            if not part.whole and begun and today >= deadlines.take_down_day(begun):
                self._do(protocolwork.take_down, meeting, part.paragraphs[0])

    def send_all(self, meeting: str) -> bool:
        """The whole meeting's §§ to everybody."""
        how = Sending(channel=self._random.choice(CHANNELS))
        return self._did("meeting dispatched", self._do(dispatchwork.dispatch_meeting, meeting, (), how))

    def confirm_receipt(self, case: str, facts: CaseFacts) -> None:
        sent = [recipient.name for recipient in facts.recipients if recipient.sent_on]
        if sent and self._now_and_then(0.3):
            self._did("receipt", self._do(dispatchwork.receipt, case, sent[-1]))

    def appeal(self, case: str, facts: CaseFacts) -> None:
        """In time or late, at the municipality or the court; seen to later."""
        item = decision_in_question(facts)
        if item is None or not gains_force(item, facts) or case in self._appealed:
            return
        place = self._random.choice(tuple(AppealCourt))
        number = self._do(appealwork.add, case, NewAppeal(received_by=place, who="En medlem"))
        if self._did(f"appeal {place}", number):
            last = case_store.appeals(self._secretary.desk.connection, case)[-1][2]
            self.seen.add("appeal in time" if last.in_time else "appeal late")
            self._appealed[case] = self._secretary.today + 5 * DAY

    def see_to_appeals(self) -> None:
        """Handed over within days, settled after months."""
        today, connection = self._secretary.today, self._secretary.desk.connection
        for case in [case for case, day in self._appealed.items() if day <= today]:
            appeal = case_store.appeals(connection, case)[-1][2]
            if appeal.to_hand_over:
                self._did("appeal forwarded", self._do(appealwork.forward, case, appeal.number))
                self._appealed[case] = today + 40 * DAY
            elif appeal.settled_on is None:
                outcome = self._random.choice(tuple(AppealOutcome))
                if self._did(f"appeal {outcome}", self._do(appealwork.settle, case, appeal.number, outcome)):
                    self._appealed[case] = date.max

    def confirm(self, case: str) -> None:
        self._did("laga kraft", self._do(appealwork.confirm, case))


def hands_over(facts: CaseFacts, random: Random) -> dict[str, Any]:
    """A medborgarförslag that fullmäktige lets a nämnd decide."""
    at_council = facts.stage is not None and facts.stage.body == "KF" and facts.stage.role is StageRole.BESLUT
    if facts.kind is CaseKind.MEDBORGARFORSLAG and at_council and random.random() < 0.5:
        return {"matter": MatterOutcome.OVERLAMNAD, "to": "SON"}
    return {}
