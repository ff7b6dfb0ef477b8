"""What became of each of many things that came in together: documents of a folder, rows of a table."""

from enum import StrEnum

import msgspec


class Became(StrEnum):
    """What became of one of them."""

    REGISTERED = "registrerat"
    ATTACHED = "tillagt"
    ALREADY_IN = "fanns"
    LEFT = "lamnat"


class Outcome(msgspec.Struct, frozen=True):
    """What became of one of them, for people."""

    where: str  # the file as seen from its folder; "rad 3"
    became: Became
    ref: str = ""  # the case
    told: tuple[str, ...] = ()  # why it was left, or what somebody should look at
