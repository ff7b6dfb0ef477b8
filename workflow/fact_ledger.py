"""Facts out of a paper, one by one: each a transaction of its own, with a command id that follows from the fact.

So the same paper can be read again, also after a crash between two facts: what is done is not done twice.
"""

import hashlib
from collections.abc import Callable
from datetime import date
from enum import StrEnum

import msgspec

from states.judgement import Refused
from workflow import audit_journal
from workflow.audit_journal import Command
from workflow.desk import Desk
from workflow.errors import AlreadyDoneError, ChangedMeanwhileError, NotFoundError, UsageError
from workflow.use_case import Done, Result


class Ending(StrEnum):
    """What became of a fact."""

    RECORDED = "recorded"
    AGREES = "agrees"  # it was recorded already
    DIFFERS = "differs"  # the register says otherwise
    REFUSED = "refused"  # a rule says no
    BY_HAND = "by_hand"  # a person must tell what the paper does not
    UNKNOWN = "unknown"  # no such case


class Told(msgspec.Struct, frozen=True):
    """A fact of the paper, and what became of it."""

    ending: Ending
    paragraph: int | None
    ref: str  # the case or meeting
    what: str  # a Swedish sentence
    result: Result | None = None
    command: Command | None = None


Begin = Callable[[date, str], Command]
"""(the day it happened, its command id) -> the command."""


class FactLedger:
    """Does one fact at a time. `deviation`: facts that a rule says no to are recorded too, as deviations."""

    def __init__(self, desk: Desk, begin: Begin, *, deviation: bool) -> None:
        self.desk, self._begin, self._deviation = desk, begin, deviation

    def do(
        self,
        on: date,
        key: str,
        paragraph: int | None,
        ref: str,
        what: str,
        act: Callable[..., Result],
        /,
        *args: object,
        fact: bool = True,
        **more: object,
    ) -> Told:
        """Record one fact by a use case. `fact`: it has happened, so it can be recorded as a deviation too."""
        again = (
            "Det antecknades när papperet lästes in förut, och har tagits tillbaka sedan dess. Gäller det ändå: "
            "anteckna det för hand."
        )
        try:
            command = self._begin(on, hashlib.sha256(f"{act.__name__}/{key}".encode()).hexdigest()[:32])
            if audit_journal.already_done(self.desk.connection, command):
                return Told(Ending.BY_HAND, paragraph, ref, f"{what} {again}")
            result = act(self.desk, command, *args, **more)
            if isinstance(result, Refused) and fact and self._deviation and result.recordable:
                result = act(self.desk, command, *args, **{**more, "deviation": True})
        except AlreadyDoneError:
            return Told(Ending.AGREES, paragraph, ref, what)
        except (UsageError, NotFoundError, ChangedMeanwhileError) as error:
            return Told(Ending.BY_HAND, paragraph, ref, f"Papperet säger: {what} Det kunde inte antecknas: {error}")
        ending = Ending.RECORDED if isinstance(result, Done) else Ending.REFUSED
        return Told(ending, paragraph, ref, what, result, command)

    def agrees(self, paragraph: int | None, ref: str, what: str) -> Told:
        return Told(Ending.AGREES, paragraph, ref, what)

    def differs(self, paragraph: int | None, ref: str, what: str) -> Told:
        return Told(Ending.DIFFERS, paragraph, ref, what)

    def by_hand(self, paragraph: int | None, ref: str, what: str) -> Told:
        return Told(Ending.BY_HAND, paragraph, ref, what)
