"""Who somebody is, and what they may act as: config.toml's [[people]] as offices."""

from collections.abc import Iterable, Iterator

from states.roles import PERMISSIONS, Office, Role, acting
from workflow.config import Config, Person
from workflow.connection import EVERYTHING, seen_by
from workflow.errors import UsageError


def offices(config: Config, person: Person, only: str | None = None) -> tuple[Office, ...]:
    """What a person may act as; `only` one of their own roles. Raises UsageError for a role they do not hold.

    A role at a body is held at its utskott too, and at the bodies it has taken over from.
    """
    held = tuple(office for text in person.roles for office in _office(config, text))
    chosen = tuple(office for office in held if only in (None, office.role.value))
    if only is not None and not chosen:
        own = ", ".join(dict.fromkeys(office.role.value for office in held))
        raise UsageError(f"Du har inte rollen {only}. Dina roller: {own or 'inga'}.")
    return chosen


def clearance(config: Config, person: Person, held: Iterable[Office]) -> str:
    """Whose secret cases a person may see, as a connection has it; nobody's without a role that reads.

    A body's cases are seen with those of its utskott, and of the bodies it has taken over from.
    """
    if not acting(held, PERMISSIONS["read"].by):
        return ""
    if EVERYTHING in person.cleared:
        return EVERYTHING
    return seen_by(dict.fromkeys(code for body in person.cleared for code in _with_what_belongs(config, body)))


def _office(config: Config, text: str) -> Iterator[Office]:
    role, _, body = text.partition("@")
    for code in _with_what_belongs(config, body) if body else ("",):
        yield Office(Role(role), code)


def _with_what_belongs(config: Config, code: str) -> tuple[str, ...]:
    """A body's code, then those of its utskott and forerunners."""
    found = [code]
    for known in found:  # grows while it is gone through
        utskott = [body.code for body in config.bodies if body.parent == known]
        forerunners = [body.succeeds for body in config.bodies if body.code == known and body.succeeds]
        found += [other for other in (*utskott, *forerunners) if other not in found]
    return tuple(found)
