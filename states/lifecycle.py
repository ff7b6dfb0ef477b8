"""The whole lifecycle as two tables, read top to bottom: MOVES for cases, MEETING_MOVES for meetings.

The machine, the diagrams, the documentation and the tests are drawn from these rows; nothing else
knows which move leads where.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from states.case_facts import MeetingState, State
from states.guards import Guard, agenda, assembly, decisions, ending, finality, mbl, meetings, protocol, skrivelse, way
from states.roles import ADMINISTRATION, REGISTRY, SECRETARIES, SIGNATORIES, Role


class Move(msgspec.Struct, frozen=True):
    """One thing that can be done from one state."""

    verb: str
    label: str  # Swedish
    source: State | MeetingState | None  # None: not yet registered
    target: State | MeetingState
    guards: tuple[Guard[Any], ...] = ()
    fact: bool = False  # a fact that has happened: it can be recorded with --avvikelse
    by: frozenset[Role] = frozenset()  # who may; nobody, unless somebody is named


DRAFT, MBL, NAMND, KS, KF = State.DRAFT, State.MBL, State.NAMND, State.KS, State.KF
SKICKAS_TILL, AVSLUTAD, ATERKALLAD = State.SKICKAS_TILL, State.AVSLUTAD, State.ATERKALLAD
PLANERAD, KALLAD, HALLEN = MeetingState.PLANERAD, MeetingState.KALLAD, MeetingState.HALLEN
INSTALLD = MeetingState.INSTALLD

ENTER_BODY = (
    way.CHRONOLOGY,
    skrivelse.PLACEHOLDERS,
    skrivelse.CHILDS_BEST,
    mbl.MBL_NOTED,
    mbl.MBL_CHANGED,
    skrivelse.DNR,
    way.THE_WAY,
)
REGISTERED = (skrivelse.REGISTERED_PROMPTLY,)
LEAVE_BODY = (way.CHRONOLOGY, way.DECIDED, way.THE_WAY, protocol.QUORUM_KEPT)
QUORATE = (assembly.QUORUM, assembly.COUNCIL_QUORUM)
AT_MEETING = (way.CHRONOLOGY, agenda.MEETING_HELD, agenda.ON_AGENDA, agenda.NOT_TREATED, *QUORATE)
PUT_OFF = (*AT_MEETING, decisions.MINORITY)
DECIDE = (
    way.CHRONOLOGY,
    agenda.IN_THE_WAY,
    way.AT_BODY,
    agenda.MEETING_HELD,
    agenda.ON_AGENDA,
    agenda.NOT_TREATED,
    agenda.ANNOUNCED,
    decisions.PREPARED,
    decisions.NAMND_HEARD,
    way.KS_OPPORTUNITY,
    decisions.YEAR_REPORTED,
    decisions.DELEGABLE,
    skrivelse.CHILDS_BEST,
    decisions.MATTER_FITS,
    agenda.REFERRALS_ANSWERED,
    mbl.MBL_HELD,
    mbl.MBL_REQUESTED,
    mbl.MBL_CHANGED,
    mbl.MBL_INFORMATION,
    *QUORATE,
    assembly.ATTENDANCE_NOTED,
    protocol.VOTE_AGREES,
)
TAKE_PART = (assembly.HAS_PARAGRAPH, assembly.NOT_ADJUSTED, assembly.NOT_JAVIG, assembly.NOT_JAVIG_IN_COUNCIL)
MINUTE = (*TAKE_PART, assembly.TOOK_PART, assembly.RESERVATION_IN_TIME, protocol.QUORUM_KEPT)
VOTE = (*TAKE_PART, assembly.TIE_SETTLED, assembly.CHAIR_VOTES, protocol.VOTE_AGREES)
ATTEND = (
    assembly.ATTENDANCE_OPEN,
    assembly.STAFF_NEVER_SERVE,
    assembly.REMOTE_ALLOWED,
    assembly.CALLED_IN_ORDER,
    protocol.QUORUM_IN_PROTOCOL,
)
ADJUST = (
    meetings.JUSTERING_IN_TIME,
    assembly.PROTOCOL_COMPLETE,
    protocol.QUORUM_IN_PROTOCOL,
    protocol.VOTES_IN_PROTOCOL,
    protocol.RESERVATIONS_IN_PROTOCOL,
)
BOOK = (
    skrivelse.DNR,
    skrivelse.CHILDS_BEST,
    agenda.IN_THE_WAY,
    agenda.MEETING_AHEAD,
    agenda.BOOKED_IN_TIME,
    agenda.LATE_ITEM,
)
SEND = (way.CHRONOLOGY, ending.SOMETHING_DECIDED, ending.ADJUSTED, mbl.MBL_REQUESTED)
END_UNDECIDED = (way.CHRONOLOGY, ending.KF_MUST_DECIDE, ending.NOT_CALLED)
CLOSE = (
    way.CHRONOLOGY,
    agenda.REFERRALS_ANSWERED,
    ending.RECIPIENTS,
    ending.PREPARING_BODY,
    ending.PUBLISHED,
    ending.LAGA_KRAFT,
    protocol.QUORUM_KEPT,
)
FINAL = (finality.APPEALABLE, finality.EARLIEST, finality.APPEAL_OPEN, protocol.QUORUM_KEPT)
TO_KF = (*LEAVE_BODY, way.KS_OPPORTUNITY)


def _rows(
    verb: str,
    label: str,
    by: frozenset[Role],
    pairs: Iterable[tuple[State | MeetingState | None, State | MeetingState]],
    guards: tuple[Guard[Any], ...] = (),
    *,
    fact: bool = False,
) -> tuple[Move, ...]:
    """The rows of one verb that differ only in where they lead from and to."""
    return tuple(Move(verb, label, source, target, guards, fact, by) for source, target in pairs)


def _there(*states: State | MeetingState) -> tuple[tuple[State | MeetingState, State | MeetingState], ...]:
    """What leads nowhere else."""
    return tuple((state, state) for state in states)


ON = "föra till nästa instans"
MINUTED = _there(DRAFT, MBL, NAMND, KS, KF, SKICKAS_TILL, AVSLUTAD)
"""Where a case stands when the protocol is written: it may have gone on since the meeting."""

MOVES: tuple[Move, ...] = (
    *_rows(
        "register", "registrera", ADMINISTRATION, ((None, DRAFT), (None, KF), (None, KS), (None, NAMND)), REGISTERED
    ),
    *_rows(
        "advance",
        "föra till MBL",
        ADMINISTRATION,
        ((DRAFT, MBL),),
        (way.CHRONOLOGY, skrivelse.PLACEHOLDERS, skrivelse.CHILDS_BEST, skrivelse.PROPOSAL),
    ),
    *_rows("advance", ON, ADMINISTRATION, ((MBL, NAMND), (MBL, KS)), ENTER_BODY),
    *_rows("advance", ON, ADMINISTRATION, ((MBL, KF),), (*ENTER_BODY, way.KS_OPPORTUNITY)),
    *_rows("advance", ON, REGISTRY, ((NAMND, NAMND), (NAMND, KS), (KS, NAMND), (KS, KS)), LEAVE_BODY),
    *_rows("advance", ON, REGISTRY, ((KF, NAMND), (KF, KS)), LEAVE_BODY),
    *_rows("advance", ON, REGISTRY, ((NAMND, KF), (KS, KF), (KF, KF)), TO_KF),
    *_rows(
        "advance",
        "föra till expediering",
        REGISTRY,
        ((NAMND, SKICKAS_TILL), (KS, SKICKAS_TILL), (KF, SKICKAS_TILL)),
        LEAVE_BODY,
    ),
    *_rows(
        "refer",
        "remittera",
        SECRETARIES,
        ((KF, KS), (KF, NAMND), (KF, DRAFT), (KS, NAMND), (KS, DRAFT)),
        AT_MEETING,
        fact=True,
    ),
    *_rows(
        "return",
        "återremittera",
        SECRETARIES,
        ((NAMND, DRAFT), (KS, DRAFT), (KS, NAMND), (KF, DRAFT), (KF, NAMND), (KF, KS), *_there(NAMND, KS, KF)),
        PUT_OFF,
        fact=True,
    ),
    *_rows("postpone", "bordlägga", SECRETARIES, _there(NAMND, KS, KF), PUT_OFF, fact=True),
    *_rows("book", "sätta på föredragningslista", REGISTRY, _there(DRAFT, MBL, NAMND, KS, KF), BOOK),
    *(
        row
        for source, targets in (
            (DRAFT, (NAMND, KS, KF)),
            (MBL, (NAMND, KS, KF)),
            (NAMND, (NAMND, KS, KF)),
            (KS, (KS, KF)),
            (KF, (KF,)),
        )
        for row in _rows("decide", "besluta", SECRETARIES, ((source, target) for target in targets), DECIDE, fact=True)
    ),
    *_rows("minute", "föra protokoll", SECRETARIES, MINUTED, MINUTE, fact=True),
    *_rows("vote", "anteckna en votering", SECRETARIES, MINUTED, VOTE, fact=True),
    *_rows("dispatch", "expediera", REGISTRY, _there(DRAFT, MBL, NAMND, KS, KF, SKICKAS_TILL), SEND),
    *_rows(
        "close",
        "avsluta",
        REGISTRY,
        ((SKICKAS_TILL, AVSLUTAD),),
        CLOSE,
    ),
    *_rows(
        "laga_kraft",
        "bekräfta laga kraft",
        REGISTRY,
        _there(DRAFT, MBL, NAMND, KS, KF, SKICKAS_TILL, AVSLUTAD),
        FINAL,
    ),
    *_rows("reopen", "återuppta", ADMINISTRATION, ((SKICKAS_TILL, DRAFT), (AVSLUTAD, DRAFT)), (way.CHRONOLOGY,)),
    *_rows(
        "withdraw",
        "återkalla",
        ADMINISTRATION,
        ((DRAFT, ATERKALLAD), (MBL, ATERKALLAD), (NAMND, ATERKALLAD), (KS, ATERKALLAD)),
        END_UNDECIDED,
    ),
    *_rows(
        "join",
        "lägga samman",
        ADMINISTRATION,
        ((DRAFT, AVSLUTAD), (MBL, AVSLUTAD), (NAMND, AVSLUTAD), (KS, AVSLUTAD)),
        END_UNDECIDED,
    ),
)

MEETING_MOVES: tuple[Move, ...] = (
    *_rows("add", "planera", REGISTRY, ((None, PLANERAD),)),
    *_rows("announce", "kungöra", SECRETARIES, _there(PLANERAD, KALLAD), (meetings.KUNGORELSE_IN_TIME,), fact=True),
    *_rows("call", "kalla", SECRETARIES, ((PLANERAD, KALLAD),), (meetings.KALLELSE_IN_TIME,), fact=True),
    *_rows("move", "flytta", SECRETARIES, ((PLANERAD, PLANERAD), (KALLAD, PLANERAD))),
    *_rows("cancel", "ställa in", SECRETARIES, ((PLANERAD, INSTALLD), (KALLAD, INSTALLD))),
    *_rows(
        "hold",
        "hålla",
        SECRETARIES,
        ((PLANERAD, HALLEN), (KALLAD, HALLEN)),
        (meetings.KUNGJORD, meetings.KALLAD),
        fact=True,
    ),
    *_rows("attend", "anteckna närvaron", SECRETARIES, _there(HALLEN), ATTEND, fact=True),
    *_rows(
        "adjust",
        "justera",
        SIGNATORIES,
        _there(HALLEN),
        ADJUST,
        fact=True,
    ),
    *_rows("post", "anslå", SECRETARIES, _there(HALLEN), (meetings.ADJUSTED_FIRST, meetings.ANSLAG_IN_TIME), fact=True),
    *_rows(
        "take_down", "ta ned", SECRETARIES, _there(HALLEN), (meetings.POSTED_FIRST, meetings.ANSLAG_STAYS), fact=True
    ),
)

NOTES = frozenset({"minute", "vote", "attend"})
"""Verbs of what is only written down: nobody is told of them as a way onwards."""

GUARDS: tuple[Guard[Any], ...] = tuple(
    dict.fromkeys(guard for move in (*MOVES, *MEETING_MOVES) for guard in move.guards)
)
"""Every guard that some move asks, in the order of the tables."""
