"""What every notifier takes and answers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec


class Letter(msgspec.Struct, frozen=True):
    """A reminder, or several in one, as it is read by people and by machines."""

    id: str  # the reminder's: the same letter sent again is seen to be the same
    recipient: str  # role@body, the name of a mailbox or the name of a webhook
    subject: str
    text: str
    html: str  # the same text, as what stands below a heading with the subject
    facts: Mapping[str, str] = {}  # for a machine; nothing of what a case is about


class Sent(msgspec.Struct, frozen=True):
    """It has gone out."""


class PutOff(msgspec.Struct, frozen=True):
    """Not now: it is tried again later."""

    code: str
    unreachable: bool = False  # nothing more goes this way for now
    counted: bool = False  # an answer about this letter, of which there can be too many


class Refused(msgspec.Struct, frozen=True):
    """Never: what was answered will be answered again."""

    code: str


Answer = Sent | PutOff | Refused


class Notifier(Protocol):
    """One way out of the house."""

    def send(self, letter: Callable[[], Letter], at: datetime) -> Answer:
        """Send one letter, which is written when it is asked for; whatever goes wrong is an answer too."""
