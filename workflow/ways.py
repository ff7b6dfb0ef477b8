"""The way a new case gets: as somebody tells it, or as its kind has it."""

from collections.abc import Iterable
from datetime import date

from states.case_facts import BodyKind, CaseKind, ItemKind, StageRole
from states.kinds import KINDS, OWN
from states.swedish_text import name as named
from workflow.body_register import Body, BodyRegister
from workflow.errors import UsageError

Way = tuple[tuple[Body, StageRole], ...]


def told(register: BodyRegister, on: date, steps: Iterable[str]) -> Way:
    """`SON=beredning KS=beslut` as bodies and roles. Raises UsageError."""
    roles = [role.value for role in StageRole]
    way = []
    for step in steps:
        body, equals, role = step.partition("=")
        if not equals or role not in roles:
            raise UsageError(
                f"--steg {step}: skriv instansen, = och en roll, till exempel SON=beredning. Rollerna: "
                f"{', '.join(roles)}."
            )
        way.append((register.find(body, on), StageRole(role)))
    return tuple(way)


def of_kind(register: BodyRegister, on: date, kind: CaseKind, body: str | None) -> Way:
    """The way a kind of case has, with the body it belongs to. Raises UsageError."""
    way = KINDS[kind].way
    own = register.find(body, on) if body is not None else None
    if any(code == OWN for code, _ in way):
        if own is None:
            raise UsageError("Ange --body: vilken nämnd ärendet hör till, till exempel --body SON.")
    elif own is not None and KINDS[kind].council:
        raise UsageError(f"Ett ärende av slaget {named(kind)} har en väg genom fullmäktige; utelämna --body.")
    elif own is not None:
        return ((own, StageRole.BESLUT),)
    if own is not None and own.kind is BodyKind.KF and KINDS[kind].purpose is not ItemKind.BESLUT:
        raise UsageError(f"Ett ärende av slaget {named(kind)} hör till en nämnd; ange den med --body.")
    bodies = ((own if code == OWN else register.of_kind(BodyKind(code), on), role) for code, role in way)
    # What belongs to kommunstyrelsen itself is proposed by it once.
    return tuple({(body.code, role): (body, role) for body, role in bodies if body}.values())
