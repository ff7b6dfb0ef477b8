"""Who may do what: every use case and every command asks, and whoever is not named is denied and written down."""

import ast
import importlib
import inspect
import json
import pkgutil
import textwrap
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple, get_type_hints

import msgspec
import pytest

import workflow
from docs.generate import contexts
from states.case_facts import (
    Ballot,
    CaseKind,
    DelegationKind,
    MblEntry,
    MblKind,
    MeetingState,
    MinuteKind,
    StageRole,
    State,
    WatchKind,
)
from states.judgement import ROLE_PERMITTED, Refused
from states.lifecycle import MEETING_MOVES, MOVES, Move
from states.roles import PERMISSIONS, Office, Role
from tests.conftest import EVERY_OFFICE, TODAY, make_command
from tests.scenarios.rehearsal import Rehearsal
from workflow import (
    audit_journal,
    casework,
    decisionwork,
    dispatchwork,
    meetingwork,
    people,
    protocolwork,
    registration,
    secrecy,
)
from workflow.agendawork import Rearrangement
from workflow.attendancework import Present
from workflow.audit_journal import Command
from workflow.cli.actor import ANYBODY, ASKED
from workflow.config import Person
from workflow.connection import EVERYTHING, connect, seen_by
from workflow.decisionwork import Ruling
from workflow.delegationwork import NewDelegated
from workflow.desk import Desk
from workflow.errors import ArendeError, HiddenError
from workflow.meeting_calendars.entry import Entry
from workflow.meeting_plan import UNSAID
from workflow.minutework import Entry as Minuted
from workflow.minutework import Voting
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Done, Result
from workflow.watchwork import NewWatch

# --- every use case there is ----------------------------------------------------------------------------


class UseCase(NamedTuple):
    """A public function that does something for somebody."""

    name: str
    function: Any
    needs: tuple[str, ...]  # names of what it must be given, after the desk and the command
    asks: frozenset[str]  # keys of PERMISSIONS
    verbs: frozenset[str]  # of the moves it attempts

    @property
    def about(self) -> str:
        """What it is done to: `case_id`, `meeting_id`, or nothing that there is."""
        return self.needs[0] if self.needs[:1] in (("case_id",), ("meeting_id",)) else ""


def use_cases() -> Iterator[UseCase]:
    """Every public function of workflow that takes a desk and a command and says how it went."""
    for found in pkgutil.iter_modules(workflow.__path__, "workflow."):
        if found.ispkg:
            continue
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != found.name:
                continue
            hints = get_type_hints(function)
            if [*hints.values()][:2] == [Desk, Command] and hints.get("return") == Result:
                asks, verbs = asked_in(module, function)
                yield UseCase(f"{found.name}.{name}", function, needed(function), asks, verbs)


def needed(function: Any) -> tuple[str, ...]:
    parameters = list(inspect.signature(function).parameters.values())[2:]
    return tuple(one.name for one in parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD)


def asked_in(module: Any, function: Any, seen: frozenset[str] = frozenset()) -> tuple[frozenset[str], frozenset[str]]:
    """The acts and the verbs that a function asks about, itself or through what it hands on to in its module."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    acts, verbs, names = set[str](), set[str](), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ASKING:
                said = words(node.args[ASKING[called]])
                acts |= said & PERMISSIONS.keys()
                verbs |= said - PERMISSIONS.keys() or (set() if said else {HANDED_ON})
            if called == "Attempt":
                verbs |= {word for one in node.keywords if one.arg == "verb" for word in words(one.value)} or {
                    HANDED_ON
                }
    if not acts | verbs:
        for name in names - seen - {function.__name__}:
            inner = getattr(module, name, None)
            if inspect.isfunction(inner) and inner.__module__ == module.__name__:
                more = asked_in(module, inner, seen | names)
                acts, verbs = acts | more[0], verbs | more[1]
    if HANDED_ON in verbs and seen == frozenset():
        verbs = verbs - {HANDED_ON} | (words(tree) & {move.verb for move in (*MOVES, *MEETING_MOVES)})
    return frozenset(acts), frozenset(verbs)


ASKING = {"opened": 2, "opened_two": 2, "not_permitted": 3, "deny_everywhere": 2}
"""What asks who may, and where among its arguments the act or the verb stands."""

HANDED_ON = "?"
"""A verb that somebody else says."""


def words(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


USE_CASES = {one.name: one for one in use_cases()}


def test_the_use_cases_are_found() -> None:
    assert {"workflow.casework.advance", "workflow.purge.cancel", "workflow.correction.correct"} <= USE_CASES.keys()
    assert len(USE_CASES) > 30


@pytest.mark.parametrize("one", USE_CASES.values(), ids=USE_CASES)
def test_every_use_case_asks_who_may(one: UseCase) -> None:
    assert one.asks | one.verbs, f"{one.name} asks nobody"
    assert one.asks <= PERMISSIONS.keys()
    assert one.verbs <= {move.verb for move in (*MOVES, *MEETING_MOVES)}


def test_every_permission_is_asked_by_somebody_or_waits_for_its_use_case() -> None:
    asked = {act for one in USE_CASES.values() for act in one.asks} | {act for acts in ASKED.values() for act in acts}
    assert asked <= PERMISSIONS.keys()
    assert {"attach", "edit", "mbl", "stage", "link", "watch", "secrecy", "correct", "gallra", "read", "audit"} <= asked


# --- the matrix -------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """A desk with two cases at SON and a meeting of SON, on which nothing stays."""

    desk: Desk
    case: str
    other: str
    meeting: str
    rehearsal: Rehearsal


@pytest.fixture
def place(desk: Desk) -> Place:
    desk.connection.cleared = EVERYTHING
    son = desk.bodies.find("SON", TODAY)
    skrivelse = Skrivelse(
        rubrik="Ett ärende",
        numbers=("SON 2026-1",),
        recipients=("Akten",),
        proposals=(Proposal(body="SON", att_satser=("Antas.",)),),
        watches=(NewWatch(kind=WatchKind.UPPDRAG, about="Ring", body="SON"),),
    )
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=((son, StageRole.BESLUT),))
    case = registration.register(desk, make_command(), new)
    beside = registration.register(
        desk, make_command(), msgspec.structs.replace(new, skrivelse=Skrivelse(rubrik="Två"))
    )
    meeting = meetingwork.add(desk, make_command(), "SON", date(2026, 1, 2))
    rehearsal = Rehearsal(desk.connection)
    one, other, sitting = (done.stream.partition(":")[2] for done in (case, beside, meeting) if isinstance(done, Done))
    return Place(Desk(rehearsal, desk.settings), one, other, sitting, rehearsal)


def bring(place: Place, to: str) -> None:
    """Take the case, and the meeting with it, as far as a word says."""
    desk, case, meeting = Desk(place.rehearsal._connection, place.desk.settings), place.case, place.meeting
    entry = MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=TODAY, held=True)

    def told() -> Command:
        return make_command(reason="Så blev det.")

    steps: dict[str, tuple[Callable[[], Result], ...]] = {
        "booked": (
            lambda: casework.advance(desk, told(), case),
            lambda: registration.note_mbl(desk, told(), case, entry),
            lambda: casework.advance(desk, told(), case),
            lambda: casework.book(desk, told(), case, meeting),
            lambda: meetingwork.call(desk, told(), meeting, deviation=True),
        ),
        "decided": (
            lambda: meetingwork.hold(desk, told(), meeting, deviation=True),
            lambda: decisionwork.decide(desk, told(), case, meeting, {}, deviation=True),
        ),
        "closed": (
            lambda: protocolwork.adjust(desk, told(), meeting, deviation=True),
            lambda: protocolwork.post(desk, told(), meeting, deviation=True),
            lambda: casework.advance(desk, told(), case),
            lambda: dispatchwork.dispatch(desk, told(), case, ()),
            lambda: casework.close(desk, told(), case),
        ),
    }
    for name, wanted in steps.items():
        if to == "draft":
            return
        for step in wanted:
            assert isinstance(done := step(), Done), done
        if name == to:
            return


STANDING = {
    "draft": (State.DRAFT, MeetingState.PLANERAD),
    "booked": (State.NAMND, MeetingState.KALLAD),
    "decided": (State.NAMND, MeetingState.HALLEN),
    "closed": (State.AVSLUTAD, MeetingState.HALLEN),
}
"""Where the case and the meeting stand when they have been brought so far."""

IMPOSSIBLE: dict[str, Any] = {
    "number": 999,
    "seq": 999,
    "paragraph": 999,
    "hour": "kvart över",
    "who": "Okänd",
    "until": date(2025, 1, 1),
    "due": date(2025, 1, 1),
    "first": date(2027, 1, 1),
    "decision": "ett beslut",
    "rulings": {5: Ruling()},
    "leaving": "Okänd",
    "present": (Present(who="Okänd"),),
    "members": ("Okänd",),
    "voting": Voting(main="Bifall", against="Avslag", by_name=(("Okänd", Ballot.JA),)),
    "change": Edit(rubrik="Ny", numbers=("inget nummer",)),
    "wanted": Rearrangement(order=(("1", 99),)),
    "taken": NewDelegated(kind=DelegationKind.DELEGATION, point="", what="", by=""),
    "reservation": (Minuted(MinuteKind.RESERVATION, member="Okänd"),),
}
"""What nobody can have meant; it is told of to whoever may do the thing, and to nobody else."""


def given(place: Place, one: UseCase) -> list[Any]:
    """Something to give a use case that takes it to where it asks."""
    son = place.desk.bodies.find("SON", TODAY)
    known: dict[str, Any] = {
        "case_id": place.case,
        "other_id": place.other,
        "meeting_id": place.meeting,
        "stream": f"case:{place.case}",
        "seq": 1,
        "number": 1,
        "to": OTHER_TO.get(one.name, "SON"),
        "direct": False,
        "unit": False,
        "body_text": "SON",
        "body": son,
        "role": StageRole.YTTRANDE,
        "decision": "KS 2025-01-01 § 1",
        "skrivelse": Skrivelse(rubrik="Ny"),
        "change": Edit(rubrik="Ny"),
        "entries": (Entry("SON", date(2026, 4, 2), UNSAID, "plan.csv, rad 1"),)
        if one.name == "workflow.meeting_planning.bring_in"
        else (Minuted(MinuteKind.PROPOSITIONSORDNING, "Bifall mot avslag."),),
        "entry": MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=TODAY, held=True),
        "watches": (NewWatch(kind=WatchKind.BEVAKNING, about="Annat", body="SON"),),
        "new": NewCase(
            kind=CaseKind.FORVALTNINGSARENDE, skrivelse=Skrivelse(rubrik="Nytt"), way=((son, StageRole.BESLUT),)
        ),
        "until": date(2026, 3, 1),
        "due": date(2026, 3, 1),
        "day": date(2026, 2, 2),
        "first": date(2026, 1, 1),
        "last": date(2026, 1, 1),
        "rulings": {},
        "basis": "OSL 26:1",
    }
    hints = get_type_hints(one.function)
    return [known[name] if name in known else some(hints[name]) for name in one.needs]


OTHER_TO = {"workflow.casework.return_case": "KSAU", "workflow.meeting_planning.move": date(2026, 1, 9)}
"""Where something goes, where that is not a nämnd."""


def some(kind: Any) -> Any:
    """A value of a type that the table above does not know."""
    plain = {str: "något", bytes: b"a file", int: 1, bool: False, date: TODAY}
    if kind in plain:
        return plain[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        wanted = [one for one in msgspec.structs.fields(kind) if one.required]
        return kind(**{one.name: some(hints[one.name]) for one in wanted})
    if isinstance(kind, type) and hasattr(kind, "__members__"):
        return next(iter(kind.__members__.values()))
    return ()


KEYWORDS = {"direct", "unit"}
NOBODY = (None, *Role)


def attempt(place: Place, one: UseCase, *offices: Office, impossible: bool = False) -> tuple[Any, list[dict[str, Any]]]:
    """What a use case answers somebody, and the records it left; nothing of it stays."""
    parameters = inspect.signature(one.function).parameters
    values = dict(zip(one.needs, given(place, one), strict=True))
    if impossible:
        values |= {name: IMPOSSIBLE[name] for name in values.keys() & IMPOSSIBLE.keys()}
        if one.name == "workflow.minutework.minute":
            values["entries"] = IMPOSSIBLE["reservation"]
    by_name = {name: value for name, value in values.items() if parameters[name].kind is inspect.Parameter.KEYWORD_ONLY}
    in_turn = [value for name, value in values.items() if name not in by_name]
    command = msgspec.structs.replace(make_command(reason=None if impossible else "Skäl."), offices=offices)
    with place.rehearsal.over():
        (before,) = place.desk.connection.run("SELECT MAX(id) AS last FROM journal")
        try:
            answer: Any = one.function(place.desk, command, *in_turn, **by_name)
        except (ArendeError, AssertionError, IndexError) as error:
            answer = error
        rows = place.desk.connection.run("SELECT body FROM journal WHERE id > :last ORDER BY id", **before)
        return answer, [json.loads(row["body"]) for row in rows]


def denied(answer: Any) -> bool:
    return isinstance(answer, Refused) and [one.guard for one in answer.findings] == [ROLE_PERMITTED]


def permitted(one: UseCase, standing: str = "draft") -> frozenset[Role]:
    """Who the tables name: for an act in PERMISSIONS, for a verb in the rows from where the case or meeting stands."""
    if one.asks:
        return frozenset(role for act in one.asks for role in PERMISSIONS[act].by)
    rows = [move for move in (*MEETING_MOVES, *MOVES) if move.verb in one.verbs and in_module(one, move)]
    here = [move for move in rows if move.source in STANDING[standing]]
    return frozenset(role for move in here or rows for role in move.by)


def in_module(one: UseCase, move: Move) -> bool:
    of_meetings = one.about == "meeting_id" or one.name.startswith(("workflow.meetingwork.", "workflow.meeting_plan"))
    return (move in MEETING_MOVES) == (of_meetings and bool(one.verbs & {move.verb for move in MEETING_MOVES}))


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
def test_exactly_those_the_tables_name_get_through(place: Place, secret: bool) -> None:
    if secret:
        secrecy.mark(Desk(place.rehearsal._connection, place.desk.settings), make_command(), place.case, "OSL 25:1")
        place.rehearsal.cleared = seen_by(["KS", "SON"])
    wrong = []
    for one in USE_CASES.values():
        allowed = permitted(one)
        for role in NOBODY:
            answer, left = attempt(place, one, *([Office(role)] if role else []))
            if denied(answer) == (role in allowed):
                wrong.append(f"{one.name} as {role}: {answer!r:.200}")
            if denied(answer):
                (body,) = left
                expected = {"case_id": "case.refused", "meeting_id": "meeting.refused"}.get(one.about)
                kinds = {expected} if expected else {"system.denied", "case.refused", "meeting.refused"}
                assert body["type"] in kinds, (one.name, body)
                assert (body["data"]["blocking"], body["changes"]) == ([ROLE_PERMITTED], [])
    assert wrong == []


@pytest.mark.parametrize("impossible", [False, True], ids=["possible", "impossible"])
@pytest.mark.parametrize("standing", STANDING)
def test_whoever_may_not_is_told_nothing_else(place: Place, standing: str, impossible: bool) -> None:
    """Neither that it has been done already, nor what is wrong with what was asked."""
    bring(place, standing)
    wrong = []
    for one in USE_CASES.values():
        for role in {*NOBODY} - permitted(one, standing):
            answer, left = attempt(place, one, *([Office(role)] if role else []), impossible=impossible)
            if not denied(answer) or [body["data"]["blocking"] for body in left] != [[ROLE_PERMITTED]]:
                wrong.append(f"{one.name} as {role}: {answer!r:.200}")
    assert wrong == []


@pytest.mark.parametrize("standing", STANDING)
def test_whoever_may_take_no_step_is_not_told_where_the_case_stands(place: Place, standing: str) -> None:
    bring(place, standing)
    answer, _ = attempt(place, USE_CASES["workflow.casework.advance"], Office(Role.SYSTEMFORVALTARE))
    assert answer.attempt.to is None
    assert answer.findings[0].text == (
        "Att föra vidare för SON gör registratorn, handläggaren, förvaltningschefen, nämndsekreteraren och "
        "kommunsekreteraren. Dina roller: systemförvaltaren (alla instanser)."
    )


def test_whoever_is_not_cleared_finds_no_secret_case_to_do_anything_with(place: Place) -> None:
    secrecy.mark(Desk(place.rehearsal._connection, place.desk.settings), make_command(), place.case, "OSL 25:1")
    for cleared in ("", seen_by(["KS", "S_N", "SO", "%"])):
        place.rehearsal.cleared = cleared
        for one in USE_CASES.values():
            if one.about == "case_id" or one.needs[:1] == ("stream",):
                answer, left = attempt(place, one, *EVERY_OFFICE)
                assert isinstance(answer, HiddenError), (one.name, answer)
                assert left == []


def test_a_role_at_one_body_is_none_at_another(place: Place) -> None:
    for one in USE_CASES.values():
        if one.about or one.needs[:1] == ("stream",):
            for role in permitted(one):
                assert denied(attempt(place, one, Office(role, "KS"))[0]), (one.name, role)
                assert not denied(attempt(place, one, Office(role, "KS"), Office(role, "SON"))[0]), (one.name, role)


def test_the_record_names_the_role_that_let_it_be_done(place: Place) -> None:
    edit = USE_CASES["workflow.registration.edit"]
    _, (body,) = attempt(place, edit, Office(Role.REVISOR), Office(Role.REGISTRATOR, "KS"), Office(Role.HANDLAGGARE))
    assert body["role"] == "handlaggare"


def test_two_who_are_denied_at_once_are_both_written_down(desk: Desk) -> None:
    """What concerns nothing that there is has one stream for all."""
    before = denials(desk)
    ready, faults = threading.Barrier(4), []

    def ask() -> None:
        connection = connect(desk.settings.database_url)
        try:
            own = Desk(connection, desk.settings)
            ready.wait()
            for _ in range(5):
                command = msgspec.structs.replace(make_command(), offices=())
                assert denied(meetingwork.add(own, command, "SON", date(2026, 5, 5)))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert denials(desk) == before + 20


def denials(desk: Desk) -> int:
    return sum(body["type"] == "system.denied" for body in audit_journal.history(desk.connection, "system"))


# --- who somebody is --------------------------------------------------------------------------------------


def test_a_clearance_goes_with_a_role_that_reads(desk: Desk) -> None:
    config = desk.settings.config
    person = Person("p", "*", [], cleared=["SON"])
    assert people.clearance(config, person, [Office(Role.HANDLAGGARE, "KS")]) == seen_by(["SON", "ON"])
    assert people.clearance(config, person, [Office(Role.SYSTEMFORVALTARE)]) == ""
    assert people.clearance(config, person, []) == ""
    everybody = msgspec.structs.replace(person, cleared=["*"])
    assert people.clearance(config, everybody, [Office(Role.REVISOR)]) == EVERYTHING


# --- the commands -----------------------------------------------------------------------------------------

LEAVES = {
    context.command_path.removeprefix("arende").strip(): context.command
    for context in contexts("arende")
    if not hasattr(context.command, "commands")
}


def test_every_command_stands_in_exactly_one_class() -> None:
    """A use case asks by itself, and is known by its --command-id; all else stands in ASKED, or touches no database."""
    for name, command in LEAVES.items():
        is_use_case = any(param.name == "command_id" for param in command.params)
        assert [is_use_case, name in ASKED, name in ANYBODY].count(True) == 1, name
    assert ASKED.keys() | ANYBODY <= LEAVES.keys()
