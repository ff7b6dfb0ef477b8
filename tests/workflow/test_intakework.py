"""One skrivelse taken in: what it may replace, what it may not, and what is told of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest

from tests.conftest import CommandFactory, make_command
from workflow import case_store, casework, intakework, payload_store, registration, statements
from workflow.audit_journal import sha256
from workflow.desk import Desk
from workflow.document_intake.interface import ReadMbl, ReadProposal, Skrivelse
from workflow.errors import AlreadyInError, ChangedMeanwhileError, NumberTakenError, UsageError
from workflow.intakework import Paper, Terms
from workflow.use_case import Done

NUMBER = "SON 2025-1"
READ = Skrivelse(
    rubrik="Plan för läxhjälp",
    numbers=(NUMBER,),
    date=date(2025, 3, 4),
    addressee="Social- och omsorgsnämnden",
    unit=None,
    handlaggare=("Tyra Kvarnlund",),
    proposals=(ReadProposal(body="Social- och omsorgsnämnden", att_satser=("Planen antas.",)),),
    mbl=ReadMbl(kind="saknas", paragraph=None, date=None),
    recipients=(),
    signatories=(),
    underlag=(),
    placeholders=(),
    watches=(),
    unsure=(),
)


def take_in(desk: Desk, terms: Terms = Terms(), **other: Any) -> Done:  # noqa: B008
    read = msgspec.structs.replace(READ, **other)
    data = msgspec.msgpack.encode(read)
    result = intakework.take_in(desk, make_command(), Paper(read, data, sha256(data), "a.txt"), terms)
    assert isinstance(result, Done)
    return result


def texts(desk: Desk, number: str = NUMBER) -> Mapping[str, Any]:
    case = case_store.find(desk.connection, number)
    row = desk.connection.run(statements.CASE, id=case)[0]
    return payload_store.of_stream(desk.connection, f"case:{case}")[row["payload"]]


def test_what_a_new_skrivelse_replaces_is_told(desk: Desk) -> None:
    take_in(desk)
    done = take_in(desk, rubrik="Plan för läxhjälp på lov", handlaggare=("Per Alm",), date=date(2025, 4, 1))
    assert done.notes[:2] == (
        "Rubriken var ”Plan för läxhjälp” och är nu ”Plan för läxhjälp på lov”.",
        "Handläggare var Tyra Kvarnlund och är nu Per Alm.",
    )
    assert texts(desk)["handlaggare"] == ["Per Alm"]


def test_what_a_new_skrivelse_does_not_say_is_kept(desk: Desk) -> None:
    take_in(desk)
    assert not [note for note in take_in(desk, rubrik=None, handlaggare=()).notes if " är nu " in note]
    assert (texts(desk)["rubrik"], texts(desk)["handlaggare"]) == ("Plan för läxhjälp", ["Tyra Kvarnlund"])


def test_an_older_skrivelse_that_takes_the_place_of_a_newer_is_told_with_the_way_back(desk: Desk) -> None:
    take_in(desk)
    (told,) = (note for note in take_in(desk, date=date(2019, 5, 6)).notes if "äldre" in note)
    assert told.startswith("Skrivelsen är från 2019-05-06, äldre än den från 2025-03-04, och gäller nu i stället")
    assert "arende correct SON-2025-1 NR" in told
    assert not [note for note in take_in(desk, date=None).notes if "äldre" in note]


def test_a_skrivelse_for_a_case_that_has_ended_is_told_what_it_takes(desk: Desk, command: CommandFactory) -> None:
    take_in(desk)
    casework.withdraw(desk, make_command(reason="Behövs inte."), case_store.find(desk.connection, NUMBER))
    (told,) = (note for note in take_in(desk, date=date(2025, 5, 1)).notes if "reopen" in note)
    assert told.startswith("Ärendet är i läget återkallat. Skrivelsen är inlagd, men ")


def test_a_number_of_ones_own_that_is_none_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="--dnr: ”foo” är inget diarienummer"):
        take_in(desk, Terms(numbers=("foo",)))
    assert case_store.find_or_none(desk.connection, NUMBER) is None


@pytest.mark.parametrize("error", [NumberTakenError("upptaget"), ChangedMeanwhileError("ändrat")])
def test_what_somebody_else_took_in_just_then_is_found_the_next_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    register = registration.register

    def both(*given: Any, **how: Any) -> Any:
        monkeypatch.setattr(registration, "register", register)
        take_in(desk)
        raise error

    monkeypatch.setattr(registration, "register", both)
    with pytest.raises(AlreadyInError):
        take_in(desk)
    assert len(desk.connection.run("SELECT number FROM document")) == 1
