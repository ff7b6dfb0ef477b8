"""The whole lifecycle as two tables, read top to bottom: MOVES for cases, MEETING_MOVES for meetings.

The machine, the diagrams, the documentation and the tests are drawn from these rows; nothing else
knows which move leads where.
"""

from typing import Any

import msgspec

from states import guards as g
from states.case_facts import CaseKind, MeetingState, StageRole, State
from states.guards import Guard


class Move(msgspec.Struct, frozen=True):
    """One thing that can be done from one state."""

    verb: str
    label: str  # Swedish
    source: State | MeetingState | None  # None: not yet registered
    target: State | MeetingState
    guards: tuple[Guard[Any], ...] = ()
    fact: bool = False  # a fact that has happened: it can be recorded with --avvikelse


class Kind(msgspec.Struct, frozen=True):
    """What follows from a case's kind."""

    starts_in: State
    way: tuple[tuple[str, StageRole], ...] = ()  # (body kind, role) it gets when nothing else is said


RAISED_IN_KF = Kind(
    State.KF,
    (("kf", StageRole.ANMALAN), ("ks", StageRole.REMISS), ("ks", StageRole.FORSLAG), ("kf", StageRole.BESLUT)),
)
"""Announced in fullmäktige, remitted by kommunstyrelsen, and back the same way to be decided."""

KINDS: dict[CaseKind, Kind] = {
    CaseKind.FORVALTNINGSARENDE: Kind(State.DRAFT),
    CaseKind.KS_ARENDE: Kind(State.KS, (("ks", StageRole.BESLUT),)),
    CaseKind.MOTION: RAISED_IN_KF,
    CaseKind.MEDBORGARFORSLAG: RAISED_IN_KF,
}

DRAFT, MBL, NAMND, KS, KF = State.DRAFT, State.MBL, State.NAMND, State.KS, State.KF
SKICKAS_TILL, AVSLUTAD, ATERKALLAD = State.SKICKAS_TILL, State.AVSLUTAD, State.ATERKALLAD
PLANERAD, KALLAD, HALLEN = MeetingState.PLANERAD, MeetingState.KALLAD, MeetingState.HALLEN

ENTER_BODY = (g.CHRONOLOGY, g.PLACEHOLDERS, g.MBL_NOTED, g.DNR, g.THE_WAY)
LEAVE_BODY = (g.CHRONOLOGY, g.DECIDED, g.THE_WAY)
AT_MEETING = (g.CHRONOLOGY, g.MEETING_HELD, g.ON_AGENDA, g.NOT_TREATED)
DECIDE = (
    g.CHRONOLOGY,
    g.IN_THE_WAY,
    g.AT_BODY,
    g.MEETING_HELD,
    g.ON_AGENDA,
    g.NOT_TREATED,
    g.ANNOUNCED,
    g.KS_OPPORTUNITY,
    g.MBL_HELD,
    g.MBL_INFORMATION,
)
BOOK = (g.DNR, g.IN_THE_WAY, g.MEETING_AHEAD, g.BOOKED_IN_TIME)
SEND = (g.CHRONOLOGY, g.SOMETHING_DECIDED, g.ADJUSTED)
TO_KF = (*LEAVE_BODY, g.KS_OPPORTUNITY)


def _same(
    verb: str, label: str, states: tuple[State, ...], guards: tuple[Guard[Any], ...], *, fact: bool = False
) -> tuple[Move, ...]:
    return tuple(Move(verb, label, state, state, guards, fact) for state in states)


MOVES: tuple[Move, ...] = (
    Move("register", "registrera", None, DRAFT),
    Move("register", "registrera", None, KF),
    Move("register", "registrera", None, KS),
    Move("advance", "föra till MBL", DRAFT, MBL, (g.CHRONOLOGY, g.PLACEHOLDERS, g.PROPOSAL)),
    Move("advance", "föra till nästa instans", MBL, NAMND, ENTER_BODY),
    Move("advance", "föra till nästa instans", MBL, KS, ENTER_BODY),
    Move("advance", "föra till nästa instans", MBL, KF, (*ENTER_BODY, g.KS_OPPORTUNITY)),
    Move("advance", "föra till nästa instans", NAMND, NAMND, LEAVE_BODY),
    Move("advance", "föra till nästa instans", NAMND, KS, LEAVE_BODY),
    Move("advance", "föra till nästa instans", NAMND, KF, TO_KF),
    Move("advance", "föra till nästa instans", KS, NAMND, LEAVE_BODY),
    Move("advance", "föra till nästa instans", KS, KS, LEAVE_BODY),
    Move("advance", "föra till nästa instans", KS, KF, TO_KF),
    Move("advance", "föra till expediering", NAMND, SKICKAS_TILL, LEAVE_BODY),
    Move("advance", "föra till expediering", KS, SKICKAS_TILL, LEAVE_BODY),
    Move("advance", "föra till expediering", KF, SKICKAS_TILL, LEAVE_BODY),
    Move("refer", "remittera", KF, KS, AT_MEETING, fact=True),
    Move("refer", "remittera", KF, NAMND, AT_MEETING, fact=True),
    Move("refer", "remittera", KF, DRAFT, AT_MEETING, fact=True),
    Move("refer", "remittera", KS, NAMND, AT_MEETING, fact=True),
    Move("refer", "remittera", KS, DRAFT, AT_MEETING, fact=True),
    Move("return", "återremittera", NAMND, DRAFT, AT_MEETING, fact=True),
    Move("return", "återremittera", KS, DRAFT, AT_MEETING, fact=True),
    Move("return", "återremittera", KS, NAMND, AT_MEETING, fact=True),
    Move("return", "återremittera", KF, DRAFT, AT_MEETING, fact=True),
    Move("return", "återremittera", KF, NAMND, AT_MEETING, fact=True),
    Move("return", "återremittera", KF, KS, AT_MEETING, fact=True),
    *_same("postpone", "bordlägga", (NAMND, KS, KF), AT_MEETING, fact=True),
    *_same("book", "sätta på föredragningslista", (DRAFT, MBL, NAMND, KS, KF), BOOK),
    *(
        Move("decide", "besluta", source, target, DECIDE, fact=True)
        for source, targets in (
            (DRAFT, (NAMND, KS, KF)),
            (MBL, (NAMND, KS, KF)),
            (NAMND, (NAMND, KS, KF)),
            (KS, (KS, KF)),
            (KF, (KF,)),
        )
        for target in targets
    ),
    *_same("dispatch", "expediera", (NAMND, KS, KF, SKICKAS_TILL), SEND),
    Move(
        "close",
        "avsluta",
        SKICKAS_TILL,
        AVSLUTAD,
        (g.CHRONOLOGY, g.RECIPIENTS, g.PREPARING_BODY, g.LAGA_KRAFT),
    ),
    Move("reopen", "återuppta", SKICKAS_TILL, DRAFT, (g.CHRONOLOGY,)),
    Move("reopen", "återuppta", AVSLUTAD, DRAFT, (g.CHRONOLOGY,)),
    *(
        Move("withdraw", "återkalla", state, ATERKALLAD, (g.CHRONOLOGY, g.KF_MUST_DECIDE, g.NOT_CALLED))
        for state in (DRAFT, MBL, NAMND, KS)
    ),
)

MEETING_MOVES: tuple[Move, ...] = (
    Move("add", "planera", None, PLANERAD),
    Move("announce", "kungöra", PLANERAD, PLANERAD, (g.KUNGORELSE_IN_TIME,), fact=True),
    Move("announce", "kungöra", KALLAD, KALLAD, (g.KUNGORELSE_IN_TIME,), fact=True),
    Move("call", "kalla", PLANERAD, KALLAD, (g.KALLELSE_IN_TIME,), fact=True),
    Move("hold", "hålla", PLANERAD, HALLEN, (g.KUNGJORD, g.KALLAD), fact=True),
    Move("hold", "hålla", KALLAD, HALLEN, (g.KUNGJORD, g.KALLAD), fact=True),
    Move("adjust", "justera", HALLEN, HALLEN, (g.JUSTERING_IN_TIME,), fact=True),
    Move("post", "anslå", HALLEN, HALLEN, (g.ADJUSTED_FIRST, g.ANSLAG_IN_TIME), fact=True),
    Move("take_down", "ta ned", HALLEN, HALLEN, (g.POSTED_FIRST, g.ANSLAG_STAYS), fact=True),
)

GUARDS: tuple[Guard[Any], ...] = tuple(
    dict.fromkeys(guard for move in (*MOVES, *MEETING_MOVES) for guard in move.guards)
)
"""Every guard that some move asks, in the order of the tables."""
