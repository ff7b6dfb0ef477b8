"""`arende import FIL`: what is told of the one skrivelse that came in."""

import json
from pathlib import Path

import pytest

from tests.workflow.cli.office import ENGLISH, arende, done
from tests.workflow.cli.test_document_commands import become
from tests.workflow.document_intake.office_files import mail
from tests.workflow.papers import PROTOCOL, skrivelse
from workflow.cli import one_imported, paper
from workflow.document_intake.reading import read_skrivelse
from workflow.errors import Exit

DAY = ("--date", "2025-03-05")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are read in this process: starting another for each takes longer than all the rest."""
    monkeypatch.setattr(paper, "asked", lambda path, came, task: read_skrivelse(came.data))


def written(office: Path, text: str | bytes, name: str = "a.txt") -> str:
    (office / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def test_what_was_read_is_told_and_what_is_missing(office: Path) -> None:
    file = written(office, skrivelse("SON 2025-1").replace("Dnr SON 2025-1", ""))
    told = " ".join(done("import", file, *DAY).split())
    assert "Ett nytt ärende. Rubrik: Plan för son 2025-1" in told
    assert "Diarienummer: inget Handläggare: Tyra Kvarnlund (trolig) Förslag till beslut: " in told
    assert "Se över: Diarienummer saknas i huvudet." in told
    assert not ENGLISH.search(told)


@pytest.mark.parametrize("is_rehearsed", [True, False])
def test_it_is_told_whether_the_case_is_new(office: Path, is_rehearsed: bool) -> None:
    more = ("--torrt", *DAY) if is_rehearsed else DAY
    first = done("import", written(office, skrivelse("SON 2025-1")), *more)
    assert "  Ett nytt ärende.\n" in first
    assert ("inget är sparat" in first) is is_rehearsed
    done("import", "a.txt", *DAY) if is_rehearsed else None
    again = done("import", written(office, skrivelse("SON 2025-1", "2025-03-05", "Planen avslås."), "b.txt"), *more)
    assert "  Till ett ärende som finns: SON 2025-1.\n" in again
    assert "  Diarienummer: SON 2025-1\n" in again


def test_a_program_is_told_the_same(office: Path) -> None:
    told = json.loads(done("import", written(office, skrivelse("SON 2025-1")), "--torrt", "--json", *DAY))
    assert told["rehearsed"] is True
    assert {"Ett nytt ärende.", "Diarienummer: SON 2025-1"} <= set(told["notes"])


def test_a_guess_is_called_one(office: Path) -> None:
    told = done("import", written(office, "Dnr SON 2025-4\n\nHej!\n\nVi undrar.\n"), "--body", "SON", *DAY)
    assert "(osäker)\n" in told
    assert "  Förslag till beslut: inget; instans: SON\n" in told
    assert "  Se över: Inget förslag till beslut hittades.\n" in told


def test_a_long_list_is_cut_and_says_where_it_stands_whole(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_imported, "SHOWN", 2)
    (office / "nya papper").mkdir()
    file = written(office, "Dnr SON 2025-4\n\nHej!\n\nVi undrar.\n", "nya papper/a.txt")
    told = done("import", file, "--body", "SON", *DAY)
    assert told.count("Se över: ") == 2
    assert "till att se över: arende read 'nya papper/a.txt'\n" in told


def test_what_has_no_rubrik_says_what_stands_for_it(office: Path) -> None:
    number = ("--dnr", "SON 2025-4", "--body", "SON")
    told = done("import", written(office, "12345\n"), *number, *DAY)
    assert "  Rubrik: hittades inte; filens namn togs i stället: a.txt\n" in told
    told = done("import", written(office, "123456\n"), *number, *DAY)
    assert "  Rubrik: hittades inte; ärendets står kvar\n" in told


def test_a_file_without_anything_of_a_skrivelse_is_refused(office: Path) -> None:
    for name, text in (("a.json", b"{}"), ("a.eml", mail("Plan", "Se bilaga", ("plan.zip", b"PK\x05\x06")))):
        answer = arende("import", written(office, text, name), "--body", "SON", *DAY)
        assert (answer.code, answer.out) == (Exit.USAGE, "")
        assert answer.err.startswith(f"{name}: ")
        assert "Varken förslag till beslut eller diarienummer hittades" in answer.err
        assert ("plan.zip kunde inte läsas" in answer.err) is (name == "a.eml")
    assert json.loads(done("list", "--json")) == []
    told = " ".join(done("import", "a.eml", "--body", "SON", "--dnr", "SON 2025-4", *DAY).split())
    assert "Se över: Mejlets bilaga plan.zip kunde inte läsas" in told


def test_a_protocol_taken_for_a_skrivelse_is_told_of(office: Path) -> None:
    text = PROTOCOL.replace("Beslut\n", "Förslag till beslut\nLokalen hyrs.\n\nBeslut\n")
    assert "arende import --protokoll FIL" in done("import", written(office, text), "--body", "SON", "--torrt", *DAY)


@pytest.mark.parametrize("more", [(), ("--torrt",), ("--sekretess", "OSL 26:1")])
def test_the_number_of_a_secret_case_is_taken_and_no_more_is_said(office: Path, more: tuple[str, ...]) -> None:
    become(office, ["registrator"], ["SON"])
    done("import", written(office, skrivelse("SON 2025-1")), "--sekretess", "OSL 26:1", *DAY)
    become(office, ["registrator"], [])
    before = done("list")
    answer = arende("import", written(office, skrivelse("SON 2025-1", "2025-03-05"), "b.txt"), *more, *DAY)
    assert answer == (Exit.USAGE, "", "Diarienumret är upptaget; ge ärendet ett annat nummer.\n")
    assert done("list") == before
    become(office, ["registrator"], ["SON"])
    assert "case.read_refused" in done("history", "SON-2025-1")
