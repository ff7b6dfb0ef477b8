"""The whole lifecycle as two tables, read top to bottom: MOVES for cases, MEETING_MOVES for meetings.

The machine, the diagrams, the documentation and the tests are drawn from these rows; nothing else
knows which move leads where.
"""

from typing import Any

import msgspec

from states.case_facts import CaseKind, MeetingState, StageRole, State
from states.guards import Guard, agenda, ending, mbl, meetings, skrivelse, way


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

ENTER_BODY = (way.CHRONOLOGY, skrivelse.PLACEHOLDERS, mbl.MBL_NOTED, skrivelse.DNR, way.THE_WAY)
LEAVE_BODY = (way.CHRONOLOGY, way.DECIDED, way.THE_WAY)
AT_MEETING = (way.CHRONOLOGY, agenda.MEETING_HELD, agenda.ON_AGENDA, agenda.NOT_TREATED)
DECIDE = (
    way.CHRONOLOGY,
    agenda.IN_THE_WAY,
    way.AT_BODY,
    agenda.MEETING_HELD,
    agenda.ON_AGENDA,
    agenda.NOT_TREATED,
    agenda.ANNOUNCED,
    way.KS_OPPORTUNITY,
    mbl.MBL_HELD,
    mbl.MBL_INFORMATION,
)
BOOK = (skrivelse.DNR, agenda.IN_THE_WAY, agenda.MEETING_AHEAD, agenda.BOOKED_IN_TIME)
SEND = (way.CHRONOLOGY, ending.SOMETHING_DECIDED, ending.ADJUSTED)
WITHDRAW = (way.CHRONOLOGY, ending.KF_MUST_DECIDE, ending.NOT_CALLED)
TO_KF = (*LEAVE_BODY, way.KS_OPPORTUNITY)


def _same(
    verb: str, label: str, states: tuple[State, ...], guards: tuple[Guard[Any], ...], *, fact: bool = False
) -> tuple[Move, ...]:
    return tuple(Move(verb, label, state, state, guards, fact) for state in states)


MOVES: tuple[Move, ...] = (
    Move("register", "registrera", None, DRAFT),
    Move("register", "registrera", None, KF),
    Move("register", "registrera", None, KS),
    Move("advance", "föra till MBL", DRAFT, MBL, (way.CHRONOLOGY, skrivelse.PLACEHOLDERS, skrivelse.PROPOSAL)),
    Move("advance", "föra till nästa instans", MBL, NAMND, ENTER_BODY),
    Move("advance", "föra till nästa instans", MBL, KS, ENTER_BODY),
    Move("advance", "föra till nästa instans", MBL, KF, (*ENTER_BODY, way.KS_OPPORTUNITY)),
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
        (way.CHRONOLOGY, ending.RECIPIENTS, ending.PREPARING_BODY, ending.LAGA_KRAFT),
    ),
    Move("reopen", "återuppta", SKICKAS_TILL, DRAFT, (way.CHRONOLOGY,)),
    Move("reopen", "återuppta", AVSLUTAD, DRAFT, (way.CHRONOLOGY,)),
    *(
        Move("withdraw", "återkalla", state, ATERKALLAD, (way.CHRONOLOGY, ending.KF_MUST_DECIDE, ending.NOT_CALLED))
        for state in (DRAFT, MBL, NAMND, KS)
    ),
)

MEETING_MOVES: tuple[Move, ...] = (
    Move("add", "planera", None, PLANERAD),
    Move("announce", "kungöra", PLANERAD, PLANERAD, (meetings.KUNGORELSE_IN_TIME,), fact=True),
    Move("announce", "kungöra", KALLAD, KALLAD, (meetings.KUNGORELSE_IN_TIME,), fact=True),
    Move("call", "kalla", PLANERAD, KALLAD, (meetings.KALLELSE_IN_TIME,), fact=True),
    Move("hold", "hålla", PLANERAD, HALLEN, (meetings.KUNGJORD, meetings.KALLAD), fact=True),
    Move("hold", "hålla", KALLAD, HALLEN, (meetings.KUNGJORD, meetings.KALLAD), fact=True),
    Move("adjust", "justera", HALLEN, HALLEN, (meetings.JUSTERING_IN_TIME,), fact=True),
    Move("post", "anslå", HALLEN, HALLEN, (meetings.ADJUSTED_FIRST, meetings.ANSLAG_IN_TIME), fact=True),
    Move("take_down", "ta ned", HALLEN, HALLEN, (meetings.POSTED_FIRST, meetings.ANSLAG_STAYS), fact=True),
)

GUARDS: tuple[Guard[Any], ...] = tuple(
    dict.fromkeys(guard for move in (*MOVES, *MEETING_MOVES) for guard in move.guards)
)
"""Every guard that some move asks, in the order of the tables."""
