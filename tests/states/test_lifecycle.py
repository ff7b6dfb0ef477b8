"""The tables are sound, an unsound one is refused, and only the machine says where a move leads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from transitions import MachineError

from states.case_facts import MeetingState, State
from states.kinds import KINDS, OWN
from states.lifecycle import GUARDS, MEETING_MOVES, MOVES, NOTES, Move
from states.machine import CASES, MEETINGS, Lifecycle, UnsoundLifecycleError

DRAFT, MBL, AVSLUTAD = State.DRAFT, State.MBL, State.AVSLUTAD
BEGIN = Move("register", "registrera", None, DRAFT)
GO_ON = Move("advance", "föra till MBL", DRAFT, MBL)
END = Move("close", "avsluta", MBL, AVSLUTAD)
SOUND = (BEGIN, GO_ON, END)
STATES = (DRAFT, MBL, AVSLUTAD)


def shown(move: Move) -> str:
    return f"{move.verb}-{move.source}-{move.target}"


every_move = pytest.mark.parametrize("move", MOVES, ids=shown)
every_meeting_move = pytest.mark.parametrize("move", MEETING_MOVES, ids=shown)


# --- an unsound table is refused ----------------------------------------------------------------------


def test_a_sound_table_is_compiled():
    assert Lifecycle(SOUND, STATES).fire(GO_ON) == "mbl"


def test_a_move_that_stands_twice_is_refused():
    with pytest.raises(UnsoundLifecycleError, match="står två gånger"):
        Lifecycle((*SOUND, Move("advance", "en gång till", DRAFT, MBL)), STATES)


def test_a_state_that_the_table_does_not_know_is_refused():
    with pytest.raises(UnsoundLifecycleError, match="Läget kommunstyrelsen finns inte"):
        Lifecycle((*SOUND, Move("advance", "till KS", MBL, State.KS)), STATES)


def test_a_source_that_the_table_does_not_know_is_refused():
    with pytest.raises(UnsoundLifecycleError, match="Läget kommunfullmäktige finns inte"):
        Lifecycle((*SOUND, Move("close", "avsluta", State.KF, AVSLUTAD)), STATES)


def test_a_state_that_no_way_leads_to_is_refused():
    with pytest.raises(UnsoundLifecycleError, match="Inget steg leder till läget kommunstyrelsen"):
        Lifecycle((*SOUND, Move("close", "avsluta", State.KS, AVSLUTAD)), (*STATES, State.KS))


def test_a_state_that_no_way_leads_out_of_is_refused():
    with pytest.raises(UnsoundLifecycleError, match="kommunstyrelsen kan aldrig bli klart"):
        Lifecycle((*SOUND, Move("advance", "till KS", MBL, State.KS)), (*STATES, State.KS))


def test_a_ring_that_never_reaches_an_end_is_refused():
    ring = (Move("advance", "dit", MBL, State.KS), Move("return", "tillbaka", State.KS, State.KF))
    back = Move("refer", "runt", State.KF, State.KS)
    with pytest.raises(UnsoundLifecycleError, match="kan aldrig bli klart"):
        Lifecycle((*SOUND, *ring, back), (*STATES, State.KS, State.KF))


# --- the machine is real ------------------------------------------------------------------------------


@every_move
def test_a_case_s_move_leads_where_the_table_says(move):
    assert CASES.fire(move) == move.target


@every_meeting_move
def test_a_meeting_s_move_leads_where_the_table_says(move):
    assert MEETINGS.fire(move) == move.target


@every_move
def test_a_move_taken_out_of_the_table_cannot_be_fired(move):
    assert_cannot_be_fired(move, MOVES, tuple(State))


@every_meeting_move
def test_a_move_taken_out_of_the_meetings_table_cannot_be_fired(move):
    assert_cannot_be_fired(move, MEETING_MOVES, tuple(MeetingState))


def assert_cannot_be_fired(move: Move, table: tuple[Move, ...], states: tuple[State | MeetingState, ...]) -> None:
    try:
        without = Lifecycle(tuple(other for other in table if other != move), states)
    except UnsoundLifecycleError:
        return  # the table does not even stand without it
    assert without.find(move.verb, move.source, move.target) is None
    with pytest.raises(MachineError):
        without.fire(move)


def test_a_move_of_another_table_cannot_be_fired():
    with pytest.raises(MachineError):
        CASES.fire(Move("call", "kalla", MeetingState.PLANERAD, MeetingState.KALLAD))


def test_the_shared_machines_hold_no_model():
    assert CASES._machine.models == MEETINGS._machine.models == []


def test_firing_leaves_no_trace_in_the_machine():
    before = (CASES._machine.initial, sorted(CASES._machine.states), sorted(CASES._machine.events))
    for move in MOVES:
        CASES.fire(move)
    assert (CASES._machine.initial, sorted(CASES._machine.states), sorted(CASES._machine.events)) == before
    assert CASES._machine.models == []


def test_threads_share_the_machine_without_disturbing_each_other():
    many = MOVES * 50
    with ThreadPoolExecutor(max_workers=8) as threads:
        assert list(threads.map(CASES.fire, many)) == [move.target for move in many]


# --- what the tables say --------------------------------------------------------------------------------


def test_every_state_stands_in_the_table():
    assert {move.target for move in MOVES} == set(State)


def test_every_state_of_a_meeting_stands_in_the_table():
    assert {move.target for move in MEETING_MOVES} == set(MeetingState)


@pytest.mark.parametrize("state", [State.AVSLUTAD, State.ATERKALLAD])
def test_a_case_that_has_ended_can_at_most_gain_laga_kraft_and_be_reopened(state):
    assert {move.verb for move in CASES.from_state(state)} <= {"laga_kraft", "reopen", *NOTES}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_case_can_be_registered_where_it_begins(kind):
    beginnings = [KINDS[kind].starts_in] if KINDS[kind].starts_in else [State.NAMND, State.KS, State.KF]
    assert all(CASES.find("register", None, state) for state in beginnings)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_s_own_way_begins_in_the_state_it_is_registered_in(kind):
    first, _ = KINDS[kind].way[0]
    begins = {first if first != OWN else None, State.DRAFT if first == OWN else None}
    assert KINDS[kind].starts_in in begins


def test_guard_ids_are_unique():
    assert len({guard.id for guard in GUARDS}) == len(GUARDS)


def test_a_verb_has_one_label_for_each_thing_it_does():
    labels = {(move.verb, move.source, move.target): move.label for move in (*MOVES, *MEETING_MOVES)}
    assert all(label for label in labels.values())


@pytest.mark.parametrize(
    "verb", ["decide", "refer", "return", "postpone", "announce", "call", "hold", "adjust", "post", "take_down"]
)
def test_a_fact_that_has_happened_can_always_be_recorded_as_such(verb):
    assert all(move.fact for move in (*MOVES, *MEETING_MOVES) if move.verb == verb)


@pytest.mark.parametrize(
    "verb", ["advance", "book", "dispatch", "close", "withdraw", "join", "reopen", "add", "register"]
)
def test_a_plan_cannot_be_forced(verb):
    assert not any(move.fact for move in (*MOVES, *MEETING_MOVES) if move.verb == verb)


def test_what_a_meeting_does_with_a_case_it_does_once():
    treating = [move for move in MOVES if move.verb in ("decide", "refer", "return", "postpone")]
    assert all("not-yet-treated" in [guard.id for guard in move.guards] for move in treating)


# --- looking a move up ----------------------------------------------------------------------------------


def test_a_verb_with_one_target_needs_no_target():
    found = CASES.find("close", State.SKICKAS_TILL, None)
    assert found is not None
    assert found.target is State.AVSLUTAD


def test_a_verb_with_several_targets_is_not_guessed():
    assert CASES.find("advance", State.KS, None) is None


def test_a_target_that_the_verb_does_not_have_is_not_found():
    assert CASES.find("advance", State.DRAFT, State.KF) is None


def test_the_moves_from_a_state_are_those_of_the_table_in_its_order():
    assert CASES.from_state(State.SKICKAS_TILL) == tuple(move for move in MOVES if move.source is State.SKICKAS_TILL)
