"""Remisser to those who are none of our own bodies: asked, answered, given more time, taken back.

Noting them is a fact that no rule refuses; that a mandatory one is unanswered is asked about at the decision.
"""

from datetime import date

from states.case_facts import Referral, State
from states.judgement import Refused
from states.records import insert, update
from states.swedish_text import day
from workflow import audit_journal
from workflow.audit_journal import Command
from workflow.case_store import LockedCase
from workflow.desk import Desk
from workflow.errors import NotFoundError, UsageError
from workflow.use_case import ORDINARY_WAY, Result, accept, give_reason, noted, opened, refuse_past, touched


def ask(
    desk: Desk, command: Command, case_id: str, who: str, due: date, *, mandatory: bool = False, **expected: int
) -> Result:
    """Send the case on remiss to somebody outside, to be answered by a day."""
    with opened(desk, command, "remiss", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        refuse_past(command, due)
        if case.facts.state in (State.AVSLUTAD, State.ATERKALLAD):
            raise UsageError(
                f"{case.facts.ref} är slutat, så ingen tillfrågas mer. Återuppta det först: arende reopen."
            )
        number = 1 + audit_journal.highest(desk.connection, case.stream, "number", "referral")
        draft = noted(case, "case.referral_sent", command, "remiss")
        draft.changes += [
            touched(case, command),
            insert(
                "referral",
                id=command.new_id(),
                case_id=case_id,
                number=number,
                sent_on=command.on.isoformat(),
                due=due.isoformat(),
                mandatory=mandatory,
                answered_on=None,
                withdrawn_on=None,
                payload=draft.text({"name": who}),
            ),
        ]
        return accept(desk, command, case, draft, ORDINARY_WAY, f"Remiss {number}, svar senast {day(due)}.")


def answered(desk: Desk, command: Command, case_id: str, number: int, **expected: int) -> Result:
    """The answer has come in."""
    return _changed(desk, command, case_id, number, "case.referral_answered", expected, answered_on=command.on)


def move(desk: Desk, command: Command, case_id: str, number: int, due: date, **expected: int) -> Result:
    """They have been given another day."""
    return _changed(desk, command, case_id, number, "case.referral_moved", expected, due=due)


def withdraw(desk: Desk, command: Command, case_id: str, number: int, **expected: int) -> Result:
    """Nobody waits for the answer any more."""
    return _changed(desk, command, case_id, number, "case.referral_withdrawn", expected, withdrawn_on=command.on)


def _changed(
    desk: Desk, command: Command, case_id: str, number: int, kind: str, expected: dict[str, int], **columns: date
) -> Result:
    with opened(desk, command, "remiss", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if "due" in columns:
            refuse_past(command, columns["due"])
        referral = _unanswered(case, number)
        if "due" in columns and case.facts.paused_on:
            raise UsageError(f"{case.facts.ref} är pausat; svarsdagen flyttas när det går vidare med arende resume.")
        if command.on < referral.sent_on:
            raise UsageError(f"Remissen skickades först {referral.sent_on}. Ange rätt --date.")
        draft = noted(case, kind, command, "remiss")
        draft.data["referral"] = number
        give_reason(draft, command)
        values = {column: value.isoformat() for column, value in columns.items()}
        draft.changes += [touched(case, command), update("referral", id=referral.id, **values)]
        return accept(desk, command, case, draft, ORDINARY_WAY)


def _unanswered(case: LockedCase, number: int) -> Referral:
    """A remiss that is not answered, by its number. Raises NotFoundError, naming those there are."""
    waiting = [one for one in case.facts.referrals if one.answered_on is None]
    found = next((one for one in waiting if one.number == number), None)
    if found is None:
        there = ", ".join(str(one.number) for one in waiting) or "inga"
        raise NotFoundError(f"{case.facts.ref} har ingen obesvarad remiss {number} (obesvarade: {there}).")
    return found
