"""What a row says of a case, and everything that is wrong with one, by its column."""

from datetime import date
from pathlib import Path

import pytest

from states.case_facts import BodyKind, CaseKind, StageRole, State
from tests.conftest import PROJECT, TODAY, settings_for
from workflow import installation
from workflow.case_tables.column_map import load
from workflow.case_tables.headings import table_of
from workflow.case_tables.open_case import BadRow, OpenCase, Reading
from workflow.case_tables.table_file import Row
from workflow.errors import UsageError

MAP = load(PROJECT / "examples" / "oppna-arenden.toml")
HEADINGS = {
    "dnr": "Dnr",
    "rubrik": "Ärendemening",
    "slag": "Ärendetyp",
    "instans": "Nämnd",
    "vem": "Handläggare",
    "inkom": "Inkom",
    "registrerad": "Reg.datum",
    "lage": "Status",
    "svar": "Svar senast",
    "sekretess": "Sekretess",
    "steg": "Nästa åtgärd",
    "dag": "Åtgärd senast",
}
USUAL = {"dnr": "SON 2025-1", "rubrik": "Plan", "slag": "Ärende", "instans": "SON", "registrerad": "2025-01-07"}
SON, KS, KF = "SON", "KS", "KF"


def read(**cells: str) -> OpenCase | BadRow:
    bodies = installation.register_of(settings_for("sqlite:///ingen.db", Path()).config)
    rows = (Row(1, tuple(HEADINGS.values())), Row(2, tuple({**USUAL, **cells}.get(name, "") for name in HEADINGS)))
    table = table_of(rows, MAP, "lista.csv")
    return Reading(table, MAP, bodies, TODAY, frozenset(CaseKind)).case(table.rows[0])


def case(**cells: str) -> OpenCase:
    found = read(**cells)
    assert isinstance(found, OpenCase), found
    return found


def faults(**cells: str) -> tuple[str, ...]:
    found = read(**cells)
    assert isinstance(found, BadRow), found
    return found.faults


def way(found: OpenCase) -> list[tuple[str, str]]:
    return [(body.code, role.value) for body, role in found.way]


def test_a_row_is_a_case_with_its_own_days() -> None:
    found = case(inkom="02/01/2025", vem="Eva Ros; Per Alm", dnr="SON 2025-1, KS 2025-9")
    assert (found.numbers, found.handlaggare) == (("SON 2025-1", "KS 2025-9"), ("Eva Ros", "Per Alm"))
    assert (found.received_on, found.registered_on) == (date(2025, 1, 2), date(2025, 1, 7))
    assert (found.kind, found.starts_in, way(found)) == (
        CaseKind.FORVALTNINGSARENDE,
        State.DRAFT,
        [(SON, "beslut")],
    )


@pytest.mark.parametrize("text", ["2025-01-07", "2025-01-07 00:00", "2025-01-07 14:30", "07/01/2025"])
def test_a_day_is_read_as_the_map_says_or_as_a_spreadsheet_has_it(text: str) -> None:
    assert case(registrerad=text).registered_on == date(2025, 1, 7)


@pytest.mark.parametrize(
    ("cells", "starts_in", "expected"),
    [
        ({"lage": "Hos nämnden"}, State.NAMND, [(SON, "beslut")]),
        ({"lage": "SON"}, State.NAMND, [(SON, "beslut")]),
        ({"lage": "Hos KS"}, State.KS, [(KS, "beslut")]),
        ({"slag": "foreskrift"}, State.DRAFT, [(SON, "forslag"), (KS, "forslag"), (KF, "beslut")]),
        ({"slag": "foreskrift", "lage": "Hos KS"}, State.KS, [(KS, "forslag"), (KF, "beslut")]),
        ({"slag": "Motion", "instans": ""}, State.KF, None),
        (
            {"slag": "Motion", "instans": "", "lage": "Hos KS"},
            State.KS,
            [(KS, "remiss"), (KS, "forslag"), (KF, "beslut")],
        ),
        ({"slag": "Motion"}, State.DRAFT, [(SON, "yttrande"), (KS, "forslag"), (KF, "beslut")]),
        (
            {"slag": "Motion", "lage": "Hos nämnden"},
            State.NAMND,
            [(SON, "yttrande"), (KS, "forslag"), (KF, "beslut")],
        ),
        ({"slag": "KS-ärende", "instans": ""}, State.KS, [(KS, "beslut")]),
    ],
)
def test_it_begins_where_it_stands_and_has_the_rest_of_its_way(
    cells: dict[str, str], starts_in: State, expected: list[tuple[str, str]] | None
) -> None:
    found = case(**cells)
    assert found.starts_in is starts_in
    assert expected is None or way(found) == expected
    assert starts_in is State.DRAFT or found.way[0][0].kind.state is starts_in


def test_mbl_is_never_made_up() -> None:
    found = case(lage="MBL")
    assert found.starts_in is State.DRAFT
    assert found.unsure == (
        "Det äldre systemet säger MBL. Inget är antecknat om det, så ärendet är ett utkast: arende mbl.",
    )


def test_the_next_step_is_a_watch_when_it_has_a_day_and_else_told_of() -> None:
    (watch,) = case(steg="Ring", dag="2026-03-01").watches
    assert (watch.about, watch.due, watch.body) == ("Ring", date(2026, 3, 1), SON)
    told = case(steg="Ring")
    assert told.watches == ()
    assert told.unsure == ("Nästa steg enligt det äldre systemet: Ring. Bevaka det med arende watch add.",)


def test_secrecy_is_a_provision_or_nothing() -> None:
    assert [case(sekretess=text).secrecy for text in ("", "Nej", "Ja", "26 kap. 1 §")] == [
        None,
        None,
        "OSL 19:1",
        "OSL 26:1",
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"dnr": ""}, "Kolumnen Dnr: är tom"),
        ({"dnr": "12"}, "Kolumnen Dnr: ”12” är inget diarienummer"),
        ({"rubrik": " "}, "Kolumnen Ärendemening: är tom"),
        ({"slag": "Bygglov"}, "Kolumnen Ärendetyp: ”Bygglov” är inget slag av ärende"),
        ({"instans": "Hamnnämnden"}, "Kolumnen Nämnd: ”Hamnnämnden” är ingen instans."),
        ({"instans": ""}, "Kolumnen Nämnd: räcker inte för att säga ärendets väg. Ange instans: vilken nämnd"),
        ({"instans": ""}, "Rätta det i kolumnen eller, för alla rader, instans under [konstanter] i kartan."),
        ({"inkom": "31/31/2025"}, "Kolumnen Inkom: ”31/31/2025” är inget datum på formen ÅÅÅÅ-MM-DD eller DD/MM/ÅÅÅÅ."),
        ({"inkom": "2025-02-01"}, "Kolumnen Inkom: 2025-02-01 är efter att ärendet registrerades, 2025-01-07."),
        ({"registrerad": "2027-01-01"}, "Kolumnen Reg.datum: 2027-01-01 ligger i framtiden."),
        ({"registrerad": "0205-01-01"}, "Kolumnen Reg.datum: 0205-01-01 är för länge sedan"),
        ({"lage": "Vilande"}, 'Säg i kartan vad det betyder, under [varden.lage]: "Vilande" = "…"'),
        ({"lage": "avslutad"}, "Kolumnen Status: är beslutat eller slutat"),
        ({"lage": "skickas_till"}, "Kolumnen Status: är beslutat eller slutat"),
        ({"slag": "Remiss"}, "Kolumnen Svar senast: är tom"),
        ({"svar": "2026-03-01"}, "Kolumnen Svar senast: hör till en inkommen remiss"),
        ({"sekretess": "kanske"}, "Kolumnen Sekretess: ”kanske” är ingen bestämmelse i OSL."),
        ({"slag": "Motion", "instans": "", "lage": "Hos nämnden"}, "Kolumnen Status: säger inte vilken nämnd"),
    ],
)
def test_a_fault_is_told_with_its_column(cells: dict[str, str], told: str) -> None:
    assert any(told in fault for fault in faults(**cells)), faults(**cells)


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    assert len(faults(dnr="", rubrik="", slag="x", inkom="i går", lage="y", sekretess="z", instans="w")) >= 6


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (("Diarienr", "Mening"), "har ingen kolumn som heter Dnr"),
        (
            tuple(name for name in HEADINGS.values() if name != "Status"),
            "rad 1: det finns ingen kolumn som heter status",
        ),
        ((*HEADINGS.values(), "Dnr"), "rad 1: två kolumner heter dnr"),
        ((), "har ingen kolumn som heter Dnr"),
    ],
)
def test_a_table_the_map_is_not_of_is_refused_whole(headings: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError) as error:
        table_of((Row(1, headings),) if headings else (), MAP, "lista.csv")
    assert told in str(error.value)


def test_every_body_a_case_can_stand_at_is_of_a_kind() -> None:
    assert {kind.state for kind in BodyKind} == {State.NAMND, State.KS, State.KF}
    assert {role for _, role in case(slag="Motion").way} == {StageRole.YTTRANDE, StageRole.FORSLAG, StageRole.BESLUT}
