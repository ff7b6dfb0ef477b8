"""Open cases of an older system: registered as of their own days, said to be so, and never twice."""

import csv
import io
import json
import re
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import openpyxl  # type: ignore[import-untyped]
import pytest

from states.case_facts import CaseKind, State
from states.judgement import Refused
from states.roles import Office, Role
from tests.conftest import PROJECT, TODAY, CommandFactory
from tests.workflow.cli.office import arende, done, furnish
from workflow import audit_journal, case_store, open_cases, registration, ways
from workflow.case_tables import column_map
from workflow.case_tables.open_case import OpenCase
from workflow.case_tables.table_file import Row
from workflow.desk import Desk
from workflow.errors import AlreadyInError, Exit, UsageError
from workflow.intake_outcome import Became, Outcome
from workflow.table_intake import Import
from workflow.use_case import Done

TABLE, MAP = PROJECT / "examples" / "oppna-arenden.csv", PROJECT / "examples" / "oppna-arenden.toml"


def open_case(desk: Desk, number: str = "SON 2024-301") -> OpenCase:
    return OpenCase(
        row=3,
        numbers=(number,),
        rubrik="Avtal om rådgivning",
        kind=CaseKind.FORVALTNINGSARENDE,
        way=ways.told(desk.bodies, TODAY, ["SON=beslut"]),
        starts_in=State.NAMND,
        received_on=date(2024, 3, 4),
        registered_on=date(2024, 3, 5),
    )


def test_a_case_stands_where_it_stood_as_of_its_own_day_with_the_reason(desk: Desk, command: CommandFactory) -> None:
    answer = open_cases.bring_in(desk, command(reason="Överfört."), open_case(desk))
    assert isinstance(answer, Done)
    case_id = case_store.find(desk.connection, "SON 2024-301")
    facts = case_store.load_facts(desk.connection, case_id, "ingiven")
    assert (facts.state, facts.received_on, facts.registered_on) == (State.NAMND, date(2024, 3, 4), date(2024, 3, 5))
    assert (facts.mbl, facts.agenda, facts.proposals) == ((), (), ())
    (record,) = audit_journal.history(desk.connection, f"case:{case_id}")
    assert (record["event_date"], record["data"]["late"]) == ("2024-03-05", True)
    assert record["data"]["reason"] in record["payloads"]


def test_whoever_loses_a_race_for_a_number_is_told_that_it_is_in(
    desk: Desk, command: CommandFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = registration.register

    def both(*given: Any, **how: Any) -> Any:
        monkeypatch.setattr(registration, "register", register)
        open_cases.bring_in(desk, command(reason="Överfört."), open_case(desk))
        return register(*given, **how)

    monkeypatch.setattr(registration, "register", both)
    with pytest.raises(AlreadyInError):
        open_cases.bring_in(desk, command(reason="Överfört."), open_case(desk))


def test_a_number_that_is_taken_is_in_already(desk: Desk, command: CommandFactory) -> None:
    open_cases.bring_in(desk, command(reason="Överfört."), open_case(desk))
    with pytest.raises(AlreadyInError):
        open_cases.bring_in(desk, command(reason="Överfört."), open_case(desk))


def test_nothing_is_registered_afterwards_without_a_reason(desk: Desk, command: CommandFactory) -> None:
    with pytest.raises(UsageError, match="--skal"):
        open_cases.bring_in(desk, command(), open_case(desk))


def test_whoever_may_not_register_is_denied_whatever_the_row_says(desk: Desk, command: CommandFactory) -> None:
    open_cases.bring_in(desk, command(reason="Överfört."), open_case(desk))
    nobody = msgspec.structs.replace(command(reason="Överfört."), offices=(Office(Role.REVISOR),))
    assert isinstance(open_cases.bring_in(desk, nobody, open_case(desk)), Refused)
    assert isinstance(open_cases.denied(desk, nobody), Refused)


def rows(*lines: str) -> tuple[Row, ...]:
    return tuple(Row(number, tuple(cells)) for number, cells in enumerate(csv.reader(lines, delimiter=";"), 1))


HEADINGS = TABLE.read_text(encoding="utf-8").splitlines()[1]
DAY = re.compile(r"\d{4}-\d\d-\d\d")
GOOD = "SON 2025-{};Plan {};Ärende;SON;Eva Ros;2025-01-07;2025-01-08;Hos nämnden;;;;"


def test_a_bad_row_stops_no_other_and_a_second_time_goes_on(desk: Desk, command: CommandFactory) -> None:
    wanted = column_map.load(MAP)
    lines = [HEADINGS, GOOD.format(1, 1), GOOD.format(2, 2).replace("2025-01-07", "i går"), GOOD.format(1, 3)]

    def run(*, save: bool = True) -> list[Outcome]:
        given = command(reason=wanted.skal)
        brought = Import(desk, rows(*lines), wanted, "lista.csv", TODAY)
        return list(brought.each(lambda own: msgspec.structs.replace(given, id=f"{given.id}/{own}"), save=save))

    rehearsed = run(save=False)
    assert desk.connection.run("SELECT COUNT(*) AS n FROM cases") == [{"n": 0}]
    assert run() == rehearsed
    assert [one.became for one in rehearsed] == [Became.REGISTERED, Became.LEFT, Became.LEFT]
    assert rehearsed[1].told == ("Kolumnen Inkom: ”i går” är inget datum på formen ÅÅÅÅ-MM-DD eller DD/MM/ÅÅÅÅ.",)
    assert rehearsed[2].told == ("Diarienumret står också på rad 2; ta bort den ena.",)
    lines[2] = GOOD.format(2, 2)
    assert [one.became for one in run()] == [Became.ALREADY_IN, Became.REGISTERED, Became.LEFT]


# --- the command --------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return furnish(tmp_path, migrated_sqlite)


def listed() -> dict[str, str]:
    return {one["ref"]: one["state"] for one in json.loads(done("list", "--json"))}


def test_our_own_list_goes_in_whole_and_a_second_time_changes_nothing(office: Path) -> None:
    words = ("import", "--karta", str(MAP), str(TABLE))
    rehearsed = done(*words, "--torrt")
    assert "Skulle bli nya ärenden: 7" in rehearsed
    assert listed() == {}
    assert "Nya ärenden: 7" in done(*words)
    open_ones = listed()
    assert open_ones == {
        "SON 2024-301": "draft",
        "SON 2025-12": "namnd",
        "KS 2024-118": "kf",
        "KS 2024-97": "draft",
        "KS 2025-44": "ks",
        "SON 2025-77": "draft",
    }
    again = done(*words)
    assert "Nya ärenden: 0" in again
    assert "Fanns redan: 7" in again
    assert "Rader som kartan säger ska hoppas över: 1" in again
    assert "efterregistrerat" in done("history", "SON-2024-301")
    assert "Överfört från det äldre diariet" in done("history", "SON-2024-301")


def test_a_workbook_is_read_as_the_same_list(office: Path) -> None:
    book = openpyxl.Workbook()
    for cells in csv.reader(io.StringIO(TABLE.read_text(encoding="utf-8")), delimiter=";"):
        book.active.append(
            [date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else cell for cell in cells]
        )
    book.save(office / "lista.xlsx")
    assert "Nya ärenden: 7" in done("import", "--karta", str(MAP), "lista.xlsx")


def test_faulty_rows_are_left_with_their_row_and_column_and_told_by_the_exit_code(office: Path) -> None:
    shutil.copy(MAP, office / "karta.toml")
    lines = [HEADINGS, GOOD.format(1, "=1+1"), "", GOOD.format(2, 2).replace("Hos nämnden", "Vilande")]
    (office / "lista.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    answer = arende("import", "--karta", "karta.toml", "lista.csv", "--rapport", "rapport.csv")
    assert (answer.code, answer.err) == (Exit.USAGE, "")
    assert "rad 4: Kolumnen Status: ”Vilande” är varken ett läge eller en instans." in " ".join(answer.out.split())
    report = (office / "rapport.csv").read_text(encoding="utf-8-sig").splitlines()
    assert report[1].startswith("rad 2;Nytt ärende;SON 2025-1;")
    assert report[2].startswith('rad 4;Lämnat åt sidan;;"Kolumnen Status:')
    told = json.loads(arende("import", "--karta", "karta.toml", "lista.csv", "--json").out)
    assert told["counts"] == {"registrerat": 0, "tillagt": 0, "fanns": 1, "lamnat": 1}
    assert [one["where"] for one in told["left"]] == ["rad 4"]


@pytest.mark.parametrize(
    "option", ["--kind=motion", "--body=SON", "--dnr=SON 1/25", "--bevaka=alla", "--date=2024-01-01"]
)
def test_what_stands_in_the_map_is_not_given_on_the_line(office: Path, option: str) -> None:
    answer = arende("import", "--karta", str(MAP), str(TABLE), option)
    assert (answer.code, answer.err) == (
        Exit.USAGE,
        "Med --karta står slag, instans, sekretess och dagar i kartan; ange dem inte på raden.\n",
    )


def test_a_table_that_cannot_be_read_is_said_so(office: Path) -> None:
    (office / "tom.csv").write_bytes(b"")
    (office / "trasig.xlsx").write_bytes(b"PK\x03\x04skrot")
    for file, told in (("ingen.csv", "den finns inte"), ("tom.csv", "tom"), ("trasig.xlsx", "trasig.xlsx: ")):
        answer = arende("import", "--karta", str(MAP), file)
        assert (answer.code, answer.out, answer.err.count("\n")) == (Exit.USAGE, "", 1)
        assert told in answer.err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_hundreds_of_rows_are_quick(desk: Desk, command: CommandFactory) -> None:
    wanted, given = column_map.load(MAP), command(reason="Överfört.")
    brought = Import(desk, rows(HEADINGS, *(GOOD.format(n, n) for n in range(100, 300))), wanted, "lista.csv", TODAY)
    began = time.process_time()
    outcomes = brought.each(lambda own: msgspec.structs.replace(given, id=f"{given.id}/{own}"), save=True)
    assert {one.became for one in outcomes} == {Became.REGISTERED}
    assert time.process_time() - began < 10
