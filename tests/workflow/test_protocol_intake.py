"""A protocol taken in: the §§ it has, what it records of several cases, and what is left when it is cut off."""

from datetime import date
from itertools import islice

import msgspec
import pytest

from states.case_facts import MatterOutcome, Outcome
from tests.conftest import make_command
from tests.workflow import witness
from tests.workflow.ledger import Ledger
from tests.workflow.test_correction import at_namnd, done
from tests.workflow.town import Town, with_two_namnder
from workflow import (
    case_store,
    meeting_planning,
    meeting_store,
    meetingwork,
    protocol_intake,
    schema,
    secrecy,
    statements,
)
from workflow.connection import EVERYTHING
from workflow.decisionwork import Ruling
from workflow.document_intake.protokoll import read_protokoll
from workflow.errors import UsageError
from workflow.fact_ledger import Ending, FactLedger
from workflow.protocol_intake import ProtocolIntake
from workflow.protocol_rulings import alike, rulings_of
from workflow.rehearsal import rehearsing

HELD = date(2024, 4, 18)
ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RECORDS = "SELECT COUNT(*) AS records FROM journal"


@pytest.fixture
def town(desk):
    """A town in the spring of 2024; whatever a test does in it, the witness finds nothing wrong."""
    schema.upgrade(with_two_namnder(desk.settings), make_command())
    town = Town(desk, Ledger())
    town.today = date(2024, 4, 1)
    yield town
    town.look()
    assert town.faults == []
    assert town.stale_deadlines() == []
    assert witness.faults(desk.connection) == []


@pytest.fixture
def cases(town):
    return [at_namnd(town) for _ in range(4)]


def numbered(town, case):
    return case_store.ref(town.desk.connection, case).replace("-", "/")


def protokoll(town, cases):
    """§§ 61, 64, 65 and 70 of a meeting: as proposed, otherwise, postponed, returned."""
    decisions = (
        "1. Antas.\n2. Gäller genast.",
        "1. Antas.\n2. Gäller först från och med den 1 juli 2024.",
        "Ärendet bordläggs.",
        "Ärendet återremitteras till förvaltningen för komplettering.",
    )
    paragraphs = [
        f"§ {number}   Dnr {numbered(town, case)}\nEtt ärende\n\nBeslut\n{decision}\n"
        for number, case, decision in zip((61, 64, 65, 70), cases, decisions, strict=True)
    ]
    head = "Social- och omsorgsnämnden\nProtokollsutdrag\nSammanträdesdatum 2024-04-18\n\n"
    return read_protokoll(head + "\n".join(paragraphs) + "\nJusterat 2024-04-25\n")


def intake(town, read, *, desk=None, deviation=False):
    town.today = max(town.today, date(2024, 5, 2))
    desk = desk or town.desk

    def begin(on, command_id):
        return msgspec.structs.replace(town._command(on, "Ur protokollet.", "p-test"), id=command_id)

    ledger = FactLedger(desk, begin, deviation=deviation)
    return ProtocolIntake(ledger, read, protocol_intake.match(desk, read, None)).each()


def endings(told):
    return {
        ending: sum(one.ending is ending for one in told) for ending in Ending if ending in {t.ending for t in told}
    }


def records(desk):
    return desk.connection.run(RECORDS)[0]["records"]


def meeting_of(town):
    (row,) = town.desk.connection.run(statements.MEETINGS_BY_DAY, body="SON", day=HELD.isoformat())
    return meeting_store.load(town.desk.connection, row["id"])


def kept(town, told):
    """What was recorded, for the town to know of."""
    town.meetings = [meeting_of(town).id]
    return told


def test_each_paragraph_gets_the_number_that_the_protocol_gives_it(town, cases):
    told = kept(town, list(intake(town, protokoll(town, cases))))
    assert endings(told) == {Ending.RECORDED: 11}, [one.what for one in told if one.ending is not Ending.RECORDED]
    items = {item["paragraph"]: item for item in meeting_of(town).items if item["case_id"]}
    assert [items[number]["case_id"] for number in (61, 64, 65, 70)] == cases
    assert [items[number]["outcome"] for number in (61, 64, 65, 70)] == [None, None, "bordlagd", "aterremitterad"]
    rows = town.desk.connection.run(statements.DECISIONS, id=cases[1])
    assert [row["outcome"] for row in rows] == ["bifall", "bifall_med_andring"]
    assert {part.paragraphs for part in meeting_of(town).parts} == {(61, 64, 65, 70)}
    assert meeting_of(town).parts[0].adjusted_on == date(2024, 4, 25)


def test_what_is_taken_in_twice_is_recorded_once(town, cases):
    read = protokoll(town, cases)
    kept(town, list(intake(town, read)))
    before = records(town.desk)
    assert set(endings(list(intake(town, read)))) == {Ending.AGREES}
    assert records(town.desk) == before


@pytest.mark.parametrize("facts", [3, 8])
def test_what_is_cut_off_between_two_facts_goes_on_where_it_was(town, cases, facts):
    read = protokoll(town, cases)
    begun = list(islice(intake(town, read), facts))
    assert all(one.ending is Ending.RECORDED for one in begun)
    rest = kept(town, list(intake(town, read)))
    assert sum(one.ending is Ending.RECORDED for one in rest) == 11 - facts
    assert {one.ending for one in rest} <= {Ending.RECORDED, Ending.AGREES}


def test_a_rehearsal_tells_the_same_and_leaves_nothing(town, cases):
    read = protokoll(town, cases)
    before = records(town.desk)
    with rehearsing(town.desk) as desk:
        rehearsed = [(one.ending, one.paragraph, one.what) for one in intake(town, read, desk=desk)]
    assert records(town.desk) == before
    assert [(one.ending, one.paragraph, one.what) for one in kept(town, list(intake(town, read)))] == rehearsed


@ON_ONE
def test_a_second_utdrag_gives_its_own_paragraphs_to_what_the_first_left(town, cases):
    read = protokoll(town, cases)
    first = msgspec.structs.replace(read, paragraphs=read.paragraphs[2:])
    second = msgspec.structs.replace(read, paragraphs=read.paragraphs[:2])
    kept(town, list(intake(town, first)))
    told = list(intake(town, second, deviation=True))
    assert {one.ending for one in told} == {Ending.RECORDED, Ending.AGREES}
    items = {item["paragraph"]: item["case_id"] for item in meeting_of(town).items if item["case_id"]}
    assert [items[number] for number in (61, 64, 65, 70)] == cases


@ON_ONE
def test_a_protocol_from_a_meeting_that_was_called_off_is_shown_and_changes_nothing(town, cases):
    meeting = done(town.do(meetingwork.add, "SON", HELD))
    done(town.do(meeting_planning.cancel, meeting))
    (told,) = list(intake(town, protokoll(town, cases)))
    assert (told.ending, "inställt" in told.what) == (Ending.DIFFERS, True)


@ON_ONE
def test_a_secret_case_is_not_there_for_whoever_may_not_see_it(town, cases):
    done(town.do(secrecy.mark, cases[0], "26:1"))
    town.desk.connection.cleared = ""
    try:
        read = protokoll(town, cases)
        matched = protocol_intake.match(town.desk, read, None)
    finally:
        town.desk.connection.cleared = EVERYTHING
    assert matched.paragraphs[0].case_id is None
    assert matched.hidden == (cases[0],)
    assert "finns inte i registret" in matched.paragraphs[0].told


@ON_ONE
def test_what_is_no_protocol_is_refused(desk):
    with pytest.raises(UsageError, match="Inga paragrafer"):
        protocol_intake.match(desk, read_protokoll("Ett brev."), None)


# --- what the words mean for each att-sats ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("proposed", "decided", "same"),
    [
        ("att godkänna delårsrapporten", "Nämnden godkänner delårsrapporten.", True),
        ("Avgiften höjs till 120 kronor.", "Avgiften höjs till 150 kronor.", False),
        ("Riktlinjen antas.", "Riktlinjen antas med den ändring som framgår av bilaga B.", False),
        ("", "Riktlinjen antas.", False),
        ("att anslå fem miljoner kronor till köket", "Nämnden anslår tre miljoner kronor till köket.", False),
        ("att godkänna avtalet med bolaget om drift", "Nämnden säger upp avtalet med bolaget om drift.", False),
    ],
)
def test_two_wordings_are_alike_when_their_words_are_but_for_endings(proposed, decided, same):
    assert alike(proposed, decided) is same


def paragraph(*decisions, ruling=None):
    (read,) = read_protokoll(
        "Socialnämnden\n§ 1 Ett ärende\n\nBeslut\n" + "\n".join(f"{n}. {text}" for n, text in enumerate(decisions, 1))
    ).paragraphs
    return msgspec.structs.replace(read, ruling=ruling) if ruling else read


def test_a_matter_rejected_against_the_proposal_is_avslag():
    found = rulings_of(paragraph("Motionen avslås."), ("Motionen bifalls.",), 1, settles=True)
    assert found == {1: Ruling(Outcome.AVSLAG)}


@pytest.mark.parametrize(
    ("proposed", "decided"),
    [
        ("att bevilja medel till Ung fritid", ["Nämnden beslutar att inte bevilja medel till Ung fritid."]),
        ("att anta avgiften", ["Nämnden avslår Vänsterpartiets förslag om höjd avgift.", "Nämnden antar avgiften."]),
        ("att bygga en lekplats", ["Nämnden avslår förslaget om en lekplats."]),
        ("att anta planen", ["Nämnden avslår yrkandet om återremiss.", "Nämnden antar planen."]),
        ("att anta planen", ["Nämnden beslutar att ärendet inte ska återremitteras."]),
        ("att anta planen", ["Nämnden bordlägger inte ärendet.", "Nämnden antar planen."]),
    ],
)
def test_what_may_mean_its_opposite_is_left_to_a_person(proposed, decided):
    read = paragraph(*decided)
    assert rulings_of(read, (proposed,), 1, settles=True) is None


def test_a_no_that_was_proposed_is_as_proposed():
    assert rulings_of(paragraph("Nämnden avslår bidraget."), ("att avslå bidraget",), 1, settles=True) == {1: Ruling()}


def test_a_decision_that_is_denied_is_not_recorded_but_left_to_a_person(town, cases):
    said = protokoll(town, cases)
    denied = msgspec.structs.replace(said.paragraphs[0], decisions=("att inte anta planen", "Gäller genast."))
    told = list(intake(town, msgspec.structs.replace(said, paragraphs=(denied,))))
    assert [one.ending for one in told if "säger nej till något" in one.what] == [Ending.BY_HAND]
    assert town.desk.connection.run(statements.DECISIONS, id=cases[0]) == []
    kept(town, told)


def test_a_paragraph_with_a_number_that_no_case_has_is_not_taken_for_another_case(town, cases):
    said = protokoll(town, cases)
    two = msgspec.structs.replace(said.paragraphs[0], numbers=(*said.paragraphs[0].numbers, "SON 2024-98765"))
    told = list(intake(town, msgspec.structs.replace(said, paragraphs=(two,))))
    assert [one.ending for one in told] == [Ending.UNKNOWN]
    assert "men också SON 2024-98765, som inte finns i registret" in told[0].what


def test_parts_of_a_matter_that_end_differently_are_told_apart_where_the_body_settles_it():
    read = paragraph("Motionen avslås i den första delen.", "Motionen anses besvarad i övrigt.")
    proposed = read.decisions
    assert rulings_of(read, proposed, 2, settles=True) == {
        1: Ruling(matter=MatterOutcome.AVSLAGEN),
        2: Ruling(matter=MatterOutcome.BESVARAD),
    }
    assert rulings_of(read, proposed, 2, settles=False) == {1: Ruling(), 2: Ruling()}


def test_where_the_numbers_differ_only_what_the_protocol_says_itself_is_taken():
    read = paragraph("Planen antas.", "Den gäller genast.", "Den följs upp.")
    assert rulings_of(read, ("Planen antas.", "Den gäller genast."), 2, settles=True) is None
    agreed = msgspec.structs.replace(paragraph("Enligt förvaltningens förslag."), ruling=Outcome.BIFALL)
    assert rulings_of(agreed, ("Planen antas.", "Den gäller genast."), 2, settles=True) == {}
    whole = rulings_of(read, ("Planen antas.",), 1, settles=True)
    assert whole is not None
    assert whole[1].outcome is Outcome.BIFALL_MED_ANDRING
