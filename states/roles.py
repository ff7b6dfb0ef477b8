"""Who may do what: the roles, and one table of permissions for everything that is not a move.

Which roles may take a move stands in the move itself (`lifecycle.Move.by`). What nobody is named for,
nobody may do.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

import msgspec


class Role(StrEnum):
    """Who can act. The configuration says who holds which, at which body."""

    REGISTRATOR = "registrator"
    HANDLAGGARE = "handlaggare"
    FORVALTNINGSCHEF = "forvaltningschef"
    HR = "hr"
    NAMNDSEKRETERARE = "namndsekreterare"
    KOMMUNSEKRETERARE = "kommunsekreterare"
    ORDFORANDE = "ordforande"
    JUSTERARE = "justerare"
    PRESIDIUM = "presidium"
    SYSTEMFORVALTARE = "systemforvaltare"  # the machine, never what cases say
    REVISOR = "revisor"  # reads everything that is not secret, changes nothing


class Office(msgspec.Struct, frozen=True):
    """A role that somebody holds at one body, or at all of them."""

    role: Role
    body: str = ""  # code; empty: at every body


SECRETARIES = frozenset({Role.NAMNDSEKRETERARE, Role.KOMMUNSEKRETERARE})
REGISTRY = SECRETARIES | {Role.REGISTRATOR}
ADMINISTRATION = REGISTRY | {Role.HANDLAGGARE, Role.FORVALTNINGSCHEF}
SIGNATORIES = SECRETARIES | {Role.ORDFORANDE, Role.JUSTERARE}
READERS = frozenset(Role) - {Role.SYSTEMFORVALTARE}
AUDITORS = frozenset({Role.REVISOR, Role.SYSTEMFORVALTARE, Role.KOMMUNSEKRETERARE, Role.REGISTRATOR})
OPERATORS = frozenset({Role.SYSTEMFORVALTARE})


class Permission(msgspec.Struct, frozen=True):
    """One thing that is not a move, and who may do it."""

    label: str  # Swedish: what it is to do it
    by: frozenset[Role]


PERMISSIONS: dict[str, Permission] = {
    "attach": Permission("lägga till en handling", ADMINISTRATION),
    "edit": Permission("ändra ärendet", ADMINISTRATION),
    "mbl": Permission("anteckna MBL", ADMINISTRATION | {Role.HR}),
    "attest": Permission(
        "intyga att en ändring omfattas av förhandlingen", frozenset({Role.FORVALTNINGSCHEF, Role.HR})
    ),
    "stage": Permission("ändra ärendets väg", ADMINISTRATION),
    "remiss": Permission("sköta remisser", ADMINISTRATION),
    "pause": Permission("pausa ärendet", ADMINISTRATION),
    "party": Permission("anteckna partens rätt mot dröjsmål", ADMINISTRATION),
    "link": Permission("länka ärenden", ADMINISTRATION),
    "watch": Permission("sköta bevakningar", ADMINISTRATION),
    "agenda": Permission("ordna föredragningslistan", REGISTRY),
    "minutes": Permission("föra protokollet", SECRETARIES),
    "delegation": Permission("anteckna delegationsbeslut", ADMINISTRATION | {Role.ORDFORANDE}),
    "receipt": Permission("anteckna mottagande", REGISTRY),
    "appeal": Permission("anteckna ett överklagande", ADMINISTRATION),
    "secrecy": Permission("sekretessmarkera", ADMINISTRATION),
    "correct": Permission("ta tillbaka en post", REGISTRY | {Role.HANDLAGGARE}),
    "gallra": Permission("gallra", REGISTRY),
    "read": Permission("läsa ärenden och sammanträden", READERS),
    "audit": Permission("granska revisionsloggen", AUDITORS),
    "configure": Permission("ändra inställningarna", OPERATORS),
    "outbox": Permission("sköta utkorgen", OPERATORS | {Role.REGISTRATOR}),
    "operate": Permission("sköta databasen och säkerhetskopiorna", OPERATORS),
}
"""Code -> what may be done, and by whom."""


def acting(offices: Iterable[Office], allowed: Collection[Role], bodies: Collection[str] = ()) -> Role | None:
    """The first of somebody's roles that may, at one of `bodies` (or anywhere, when none is named); None: none may."""
    held = (office for office in offices if office.role in allowed)
    return next((office.role for office in held if not office.body or not bodies or office.body in bodies), None)
