"""To whom a reminder goes and through what: roles at bodies, mailboxes and systems by their names; never persons.

Pure: the mailboxes, the systems and the register are handed in. An address is looked up when a mail is sent, and
stands neither in the database nor in any log.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from states.duties import OF_A_MEETING, owner
from states.reminders import Channel, OpenDeadline
from states.roles import Role
from states.swedish_text import name
from workflow.body_register import Body, BodyRegister
from workflow.config import Mailbox, ReminderRule

ROLES = frozenset(role.value for role in Role)

Destination = tuple[str, Channel]  # recipient: role, role@body, or the name of a mailbox or of a system


class Directory(msgspec.Struct, frozen=True):
    """Who answers for what on a day, and where they are reached."""

    bodies: BodyRegister
    mailboxes: Sequence[Mailbox]  # none when no mail is sent
    today: date
    systems: Sequence[str] = ()  # names of those that are told over webhooks

    def destinations(self, deadline: OpenDeadline, rule: ReminderRule) -> Iterator[Destination]:
        """Who is reminded, each once through each channel; a system once, whoever else is."""
        body = self._answering(deadline.body)
        to = rule.to or [owner(deadline.kind, body.kind if body else None).value]
        yield from self._through(rule.channels, self._recipients(to, deadline))
        yield from self._systems(rule)

    def escalations(self, deadline: OpenDeadline, rule: ReminderRule) -> Iterator[Destination]:
        """Who is told that nobody has done it: always on their own list, besides as the rule says."""
        yield from self._through((Channel.TODO, *rule.channels), self._recipients(rule.escalate_to, deadline))
        yield from self._systems(rule)

    def current(self, recipient: str) -> str:
        """A recipient at the body that has taken over by now."""
        role, _, code = recipient.partition("@")
        body = self._answering(code)
        return _named(role, body.code) if body else recipient

    def address(self, recipient: str) -> str | None:
        """The mail address of a recipient."""
        box = self._mailbox(recipient)
        return box.address if box else None

    def gathers(self, recipient: str) -> bool:
        """True for a recipient who gets everything of a day in one mail."""
        box = self._mailbox(recipient)
        return box is not None and box.digest

    def _recipients(self, to: Iterable[str], deadline: OpenDeadline) -> Iterator[str]:
        """The kommunsekreterare serves the whole municipality, and is told of a case once wherever it is."""
        body = self._answering(deadline.body)
        code = body.code if body else deadline.body
        for one in dict.fromkeys(to):
            everywhere = one == Role.KOMMUNSEKRETERARE and deadline.kind not in OF_A_MEETING
            yield one if everywhere or one not in ROLES else _named(one, code)

    def _through(self, channels: Iterable[str], recipients: Iterable[str]) -> Iterator[Destination]:
        """What is only to be mailed, to somebody without a mailbox, is written in the log: it is lost to nobody."""
        used = [channel for channel in Channel if channel in channels and channel is not Channel.WEBHOOK]
        for recipient in recipients:
            mailed = self.address(recipient) is not None
            reached = [channel for channel in used if mailed or channel is not Channel.EPOST]
            yield from ((recipient, channel) for channel in reached or ([Channel.LOGG] if used else []))

    def _systems(self, rule: ReminderRule) -> Iterator[Destination]:
        if Channel.WEBHOOK in rule.channels:
            yield from ((system, Channel.WEBHOOK) for system in self.systems)

    def _mailbox(self, recipient: str) -> Mailbox | None:
        """A mailbox of that name; else the role's at its body, at the body's parent, or the one for every body.

        A recipient of no body is also reached where all of the role's mailboxes are one.
        """
        role, _, code = self.current(recipient).partition("@")
        if role not in ROLES:
            return next((box for box in self.mailboxes if box.name and box.name == role), None)
        boxes = {box.body: box for box in self.mailboxes if box.role == role}
        within = self._answering(code)
        parent = boxes.get(within.parent or "") if within else None
        shared = None if code or len({box.address for box in boxes.values()}) != 1 else next(iter(boxes.values()))
        return boxes.get(code) or parent or boxes.get("") or shared

    def _answering(self, code: str) -> Body | None:
        return self.bodies.successor(code, self.today) if code else None


def body_of(recipient: str) -> str:
    """The code of the body a recipient is at; empty for one of the whole municipality, a mailbox or a system."""
    return recipient.partition("@")[2]


def called(recipient: str) -> str:
    """A recipient's role in Swedish; a mailbox or a system by its own name."""
    role = recipient.partition("@")[0]
    return name(role) if role in ROLES else role


def _named(role: str, code: str) -> str:
    return f"{role}@{code}" if code else role
