"""How much of the live cases somebody may be told of, where the machine and not the cases are looked after."""

import msgspec


class Sight(msgspec.Struct, frozen=True):
    """Whoever reads cases is told of them by their numbers; whoever keeps the machine, how many they are."""

    named: bool  # those that the connection sees, by their numbers
    counted: bool  # the others, as a number


NOBODYS = Sight(named=False, counted=True)
