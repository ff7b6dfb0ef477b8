"""To whom a reminder goes and through what: roles at bodies, never persons.

Pure: the mailboxes and the register are handed in. An address is looked up when a mail is sent, and
stands neither in the database nor in any log.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from states.duties import OF_A_MEETING, owner
from states.reminders import Channel, OpenDeadline
from states.roles import Role
from workflow.body_register import Body, BodyRegister
from workflow.config import Mailbox, ReminderRule


class Directory(msgspec.Struct, frozen=True):
    """Who answers for what on a day, and where they are reached."""

    bodies: BodyRegister
    mailboxes: Sequence[Mailbox]  # none when no mail is sent
    today: date

    def destinations(self, deadline: OpenDeadline, rule: ReminderRule) -> Iterator[tuple[str, Channel]]:
        """(recipient, channel), each once.

        The kommunsekreterare serves the whole municipality, and is told of a case once wherever it is.
        """
        body = self._answering(deadline.body)
        code = body.code if body else deadline.body
        roles = rule.to or [owner(deadline.kind, body.kind if body else None).value]
        for role in dict.fromkeys(roles):
            everywhere = role == Role.KOMMUNSEKRETERARE and deadline.kind not in OF_A_MEETING
            recipient = role if everywhere else _named(role, code)
            yield recipient, Channel.LOGG
            if self.address(recipient) is not None:
                yield recipient, Channel.EPOST

    def current(self, recipient: str) -> str:
        """A recipient at the body that has taken over by now."""
        role, _, code = recipient.partition("@")
        body = self._answering(code)
        return _named(role, body.code) if body else recipient

    def address(self, recipient: str) -> str | None:
        """The mail address of a recipient: its body's own mailbox, its parent's, else the one for every body.

        A recipient of no body is also reached where all of the role's mailboxes are one.
        """
        role, _, code = self.current(recipient).partition("@")
        boxes = {box.body: box.address for box in self.mailboxes if box.role == role}
        shared = set() if code else set(boxes.values())
        within = self._answering(code)
        parent = boxes.get(within.parent or "") if within else None
        return boxes.get(code) or parent or boxes.get("") or (shared.pop() if len(shared) == 1 else None)

    def gathers(self, recipient: str) -> bool:
        """True for a recipient who gets all of a day in one mail."""
        reached = self.address(recipient)
        return reached is not None and any(box.digest for box in self.mailboxes if box.address == reached)

    def _answering(self, code: str) -> Body | None:
        return self.bodies.successor(code, self.today) if code else None


def _named(role: str, code: str) -> str:
    return f"{role}@{code}" if code else role
