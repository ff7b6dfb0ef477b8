"""The register of bodies: who is a nämnd, under what name, on what day.

Names change (Omsorgsnämnden became Social- och omsorgsnämnden), so every look-up takes a day.
"""

import unicodedata
from collections.abc import Iterable
from datetime import date

import msgspec

from states.case_facts import BodyKind
from workflow import statements
from workflow.connection import Connection
from workflow.errors import NotFoundError


class Body(msgspec.Struct, frozen=True):
    """One body under one name."""

    code: str
    name: str
    kind: BodyKind
    diary: str
    call_days: int
    valid_from: date
    valid_to: date | None
    succeeds: str | None = None  # the code of the body whose matters it takes over
    parent: str | None = None  # the code of the body it is an utskott or presidium of

    @property
    def is_utskott(self) -> bool:
        """True for what only prepares within another body (KL 6 kap. 41 §)."""
        return self.parent is not None

    def is_called(self, text: str) -> bool:
        """True for its code or its name, in capitals or not."""
        return _folded(text) in (_folded(self.code), _folded(self.name))

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class BodyRegister:
    """Every body the municipality has or has had."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self.bodies = tuple(bodies)

    def find(self, text: str, on: date) -> Body:
        """A body by its code or name on a day. Raises NotFoundError, naming those there are."""
        found = self.find_or_none(text, on)
        if found is None:
            known = ", ".join(f"{body.code} ({body.name})" for body in self.bodies if body.in_force(on))
            raise NotFoundError(
                f"Instansen ”{text}” finns inte {on}. Det som finns då: {known or 'inga instanser'}. "
                "Instanser läggs till i config.toml; kör sedan arende database upgrade."
            )
        return found

    def find_or_none(self, text: str, on: date) -> Body | None:
        """A body by its code or name on a day, or the one that has taken over from it by then."""
        named = [body for body in self.bodies if body.is_called(text)]
        then = next((body for body in named if body.in_force(on)), None)
        return then or next((heir for body in named if (heir := self.successor(body.code, on))), None)

    def called(self, text: str, on: date) -> Body:
        """A body as its own papers call it: also a Valnämnd that the register has as Valnämnden."""
        return self.find_or_none(f"{text}en", on) or self.find(text, on)

    def successor(self, code: str, on: date) -> Body | None:
        """The body that answers on a day for what was another's: itself, or whoever has taken over."""
        seen = {code}
        while True:
            for body in self.bodies:
                if body.code in seen and body.in_force(on):
                    return body
            heirs = {body.code for body in self.bodies if body.succeeds in seen and body.valid_from <= on} - seen
            if not heirs:
                return None
            seen |= heirs

    def of_kind(self, kind: BodyKind, on: date) -> Body:
        """The one body of a kind (there is one KS and one KF)."""
        found = [body for body in self.bodies if body.kind is kind and body.in_force(on) and not body.is_utskott]
        if not found:
            raise NotFoundError(f"Ingen instans av slaget {kind} finns {on}. Lägg till den i config.toml.")
        return found[0]


def load(connection: Connection) -> BodyRegister:
    """The register as it stands in the database."""
    return BodyRegister(
        Body(
            code=row["code"],
            name=row["name"],
            kind=BodyKind(row["kind"]),
            diary=row["diary"],
            call_days=row["call_days"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            succeeds=row["succeeds"],
            parent=row["parent"],
        )
        for row in connection.run(statements.BODIES)
    )


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
