"""A folder of documents taken in: in what order, what becomes of each, and again."""

import resource
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from states.case_facts import CaseKind
from states.judgement import Refused
from states.roles import Office, Role
from tests.conftest import CommandFactory, make_command
from tests.workflow.papers import CALL, PROTOCOL, fill, skrivelse
from workflow import case_store, intakework, secrecy, statements
from workflow.audit_journal import Command
from workflow.desk import Desk
from workflow.document_intake.interface import ReadSkrivelse, UnreadableDocument
from workflow.document_intake.reading import read_skrivelse
from workflow.errors import EnvironmentFaultError
from workflow.folder_files import listing
from workflow.folder_intake import Intake, Pile, read_in
from workflow.intake_outcome import Became, Outcome
from workflow.intakework import Terms


def taken(desk: Desk, folder: Path, terms: Terms = Terms(), *, save: bool = True) -> dict[str, Outcome]:  # noqa: B008
    """What became of each file, in the order it was told."""
    return {outcome.where: outcome for outcome in run(desk, folder, terms, save=save)}


def run(desk: Desk, folder: Path, terms: Terms, *, save: bool) -> Iterator[Outcome]:
    def command_of(sha256: str) -> Command:
        return msgspec.structs.replace(make_command(config_hash=desk.settings.hash), id=f"mapp/{sha256[:32]}")

    with Pile() as pile:
        yield from filter(None, read_in(desk, folder, listing(folder), read_skrivelse, pile))
        yield from Intake(desk, folder, terms, command_of, save=save).each(pile)


def became(outcomes: dict[str, Outcome]) -> dict[str, Became]:
    return {where: outcome.became for where, outcome in outcomes.items()}


def test_a_cases_oldest_skrivelse_comes_first_whatever_the_files_are_called(desk: Desk, tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "m",
        a=skrivelse("SON 2025-1", "2025-03-01", "Planen ändras."),
        sub__b=skrivelse("SON 2025-1", "2024-10-01"),
        c=skrivelse("SON 2025-2", "2025-01-01"),
    )
    outcomes = taken(desk, folder)
    assert became(outcomes) == {
        "sub/b.txt": Became.REGISTERED,
        "c.txt": Became.REGISTERED,
        "a.txt": Became.ATTACHED,
    }
    assert [*outcomes] == ["sub/b.txt", "c.txt", "a.txt"]
    assert outcomes["a.txt"].ref == "SON 2025-1"
    facts = case_store.load_facts(desk.connection, case_store.find(desk.connection, "SON 2025-1"), "ingiven")
    assert [same for _, same in facts.proposal_versions] == [0, 1]


def test_what_is_in_is_passed_by_also_under_another_name(desk: Desk, tmp_path: Path) -> None:
    text = skrivelse("SON 2025-1")
    folder = fill(tmp_path / "m", a=text, b=text)
    assert became(taken(desk, folder)) == {"b.txt": Became.ALREADY_IN, "a.txt": Became.REGISTERED}
    before = desk.connection.run("SELECT COUNT(*) AS n FROM journal")
    fill(folder, c=text)
    assert set(became(taken(desk, folder)).values()) == {Became.ALREADY_IN}
    assert desk.connection.run("SELECT COUNT(*) AS n FROM journal") == before


def test_what_makes_no_case_is_left_with_the_command_that_takes_it(desk: Desk, tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "m",
        brev="Hej!\n\nVi undrar när planen är klar.\n",
        kallelse=CALL,
        protokoll=PROTOCOL,
        skrivelse=skrivelse("SON 2025-1"),
        tom="",
        utan=skrivelse("SON 2025-2", body=""),
    )
    (folder / "bild.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    outcomes = taken(desk, folder)
    left = {where: one.told for where, one in outcomes.items() if one.became is Became.LEFT}
    assert outcomes["skrivelse.txt"].became is Became.REGISTERED
    assert left.keys() == {"bild.png", "brev.txt", "kallelse.txt", "protokoll.txt", "tom.txt", "utan.txt"}
    assert all(len(told) == 1 for told in left.values())
    assert "arende import FIL" in left["brev.txt"][0]
    assert "arende import --kallelse FIL" in left["kallelse.txt"][0]
    assert "arende import --protokoll" in left["protokoll.txt"][0]
    assert "Ange --body" in left["utan.txt"][0]
    assert desk.connection.run("SELECT COUNT(*) AS n FROM cases") == [{"n": 1}]


def test_what_names_no_body_gets_the_one_that_is_said(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "m", utan=skrivelse("SON 2025-2", body=""))
    outcomes = taken(desk, folder, Terms(body="SON", kind=CaseKind.FORVALTNINGSARENDE))
    assert became(outcomes) == {"utan.txt": Became.REGISTERED}
    assert any("vilket organ" in told for told in outcomes["utan.txt"].told)


def test_nothing_is_saved_of_a_rehearsal_and_it_tells_what_would_be(desk: Desk, tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "m",
        a=skrivelse("SON 2025-1", "2025-03-01", "Planen ändras."),
        b=skrivelse("SON 2025-1", "2024-10-01"),
        c=skrivelse("SON 2025-2"),
        d=PROTOCOL,
    )
    before = desk.connection.run("SELECT COUNT(*) AS n FROM journal")
    told = became(taken(desk, folder, save=False))
    assert desk.connection.run("SELECT COUNT(*) AS n FROM journal") == before
    assert not any((tmp_path / "dokument").rglob("*")) or not [*(tmp_path / "dokument").glob("??/*")]
    assert became(taken(desk, folder)) == told


def test_a_file_that_changes_while_it_waits_is_left_for_the_next_time(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "m", a=skrivelse("SON 2025-1"), b=skrivelse("SON 2025-2", "2025-03-05"))
    outcomes = run(desk, folder, Terms(), save=True)
    assert next(outcomes).became is Became.REGISTERED
    fill(folder, b=skrivelse("SON 2025-2", "2025-03-06"))
    (left,) = outcomes
    assert (left.became, left.told) == (
        Became.LEFT,
        ("Filen ändrades medan den lästes in. Kör kommandot igen när den är klar.",),
    )
    assert became(taken(desk, folder)) == {"a.txt": Became.ALREADY_IN, "b.txt": Became.REGISTERED}


def test_a_reader_that_gives_up_stops_no_other(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "m", a=skrivelse("SON 2025-1"), b=skrivelse("SON 2025-2"))

    def read(data: bytes) -> ReadSkrivelse:
        if b"2025-1" in data:
            raise UnreadableDocument("Dokumentet är skadat.")
        return read_skrivelse(data)

    with Pile() as pile:
        outcomes = list(read_in(desk, folder, listing(folder), read, pile))
        assert outcomes == [Outcome("a.txt", Became.LEFT, told=("Dokumentet är skadat.",)), None]
        assert len(pile) == 1


def test_a_full_disk_is_said_to_be_full_before_anything_is_taken_in(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "m", a=skrivelse("SON 2025-1"))
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Pile() as pile:
        reading = read_in(desk, folder, listing(folder), read_skrivelse, pile)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, most[1]))
        try:
            with pytest.raises(EnvironmentFaultError, match="Ange en katalog med gott om plats i TMPDIR"):
                list(reading)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, most)
        assert len(pile) == 0


def test_a_secret_case_is_not_found_by_a_folder(desk: Desk, tmp_path: Path, command: CommandFactory) -> None:
    first = fill(tmp_path / "forst", a=skrivelse("SON 2025-1"))
    taken(desk, first, Terms(secrecy=secrecy.provision("OSL 26:1")))
    outcomes = taken(desk, fill(tmp_path / "sedan", b=skrivelse("SON 2025-1", "2025-04-01", "Planen avslås.")))
    assert outcomes["b.txt"] == Outcome(
        "b.txt", Became.LEFT, told=("Diarienumret är upptaget; ge ärendet ett annat nummer.",)
    )
    (case,) = desk.connection.run("SELECT id FROM cases")
    told = [row["body"] for row in desk.connection.run(statements.HISTORY, stream=f"case:{case['id']}")]
    assert "case.read_refused" in told[-1]


def test_whoever_may_take_in_nothing_is_denied_before_anything_is_read(desk: Desk, command: CommandFactory) -> None:
    nobody = msgspec.structs.replace(command(), offices=(Office(Role.REVISOR),))
    assert isinstance(intakework.denied(desk, nobody), Refused)
    assert intakework.denied(desk, command()) is None


@pytest.mark.parametrize("error", [OSError("full"), RuntimeError("fel")])
def test_a_fault_of_our_own_is_not_taken_for_the_documents(desk: Desk, tmp_path: Path, error: Exception) -> None:
    folder = fill(tmp_path / "m", a=skrivelse("SON 2025-1"))

    def read(data: bytes) -> ReadSkrivelse:
        raise error

    with Pile() as pile, pytest.raises(type(error)):
        list(read_in(desk, folder, listing(folder), read, pile))
