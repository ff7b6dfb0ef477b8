"""`arende import MAPP`: what is told, how it ends, and what goes with a folder."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.workflow.cli.office import ENGLISH, arende, done
from tests.workflow.papers import CALL, fill, skrivelse
from workflow.cli.many_imported import SHOWN
from workflow.errors import Exit


@pytest.fixture
def folder(office: Path) -> Path:
    return fill(office / "m", a=skrivelse("SON 2025-1"), b__c=skrivelse("SON 2025-2", body=""))


def test_what_is_left_is_told_with_what_to_do_and_ends_otherwise_than_done(folder: Path) -> None:
    answer = arende("import", "m")
    assert (answer.code, answer.err) == (Exit.USAGE, "")
    told = " ".join(answer.out.split())
    assert told.startswith("Mappen m: det här blev det. Nya ärenden: 1 Lagda till ärenden som fanns: 0 Fanns redan: 0")
    assert "b/c.txt: Skrivelsen säger inte vilken nämnd den gäller. Ange --body, till exempel --body SON." in told
    assert not ENGLISH.search(answer.out)
    assert "Nya ärenden: 1\n" in done("import", "m", "--body", "SON")
    assert "Fanns redan: 2\n" in done("import", "m")


def test_a_rehearsal_says_what_would_be_and_saves_nothing(folder: Path) -> None:
    for flag in ("--torrt", "--dry-run"):
        told = done("import", "m", "--body", "SON", flag)
        assert told.startswith("Mappen m: så här skulle det bli; inget är sparat.\n  Skulle bli nya ärenden: 2\n")
    assert json.loads(done("list", "--json")) == []
    assert "Så här skulle det bli" in done("import", "m/a.txt", "--torrt")
    assert json.loads(done("list", "--json")) == []


def test_a_long_list_is_shown_in_part_and_stands_whole_in_the_report(office: Path) -> None:
    fill(office / "m", **{f"f{number}": CALL.replace("2025", str(number)) for number in range(SHOWN + 3)})
    answer = arende("import", "m", "--rapport", "rapport.csv")
    assert answer.out.count("\n  - ") == SHOWN
    assert "… och 3 till; se rapport.csv." in answer.out
    assert len((office / "rapport.csv").read_text(encoding="utf-8-sig").splitlines()) == SHOWN + 4
    assert "… och 3 till; hela listan fås med --rapport FIL.csv." in arende("import", "m").out
    assert len(json.loads(arende("import", "m", "--json").out)["left"]) == SHOWN + 3


def test_what_is_done_is_told_also_when_the_report_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", full)
    answer = arende("import", "m", "--body", "SON", "--rapport", "rapport.csv")
    assert (answer.code, answer.err) == (
        Exit.ENVIRONMENT,
        "Rapporten rapport.csv kunde inte skrivas (disken är full). Välj en annan fil.\n",
    )
    assert "  Nya ärenden: 2\n" in answer.out
    assert "rapport.csv" not in answer.out
    assert len(json.loads(done("list", "--json"))) == 2


def test_the_folder_at_hand_is_read_without_what_is_the_programs(office: Path) -> None:
    fill(office, a=skrivelse("SON 2025-1"))
    (office / "svar.txt").unlink(missing_ok=True)
    told = done("import", ".")
    assert "  Nya ärenden: 1\n" in told
    assert "  Lämnade åt sidan: 0\n" in told
    assert "Programmets egna filer och mappar, som inte lästes: " in told
    assert "  Fanns redan: 1\n" in done("import", ".")


def test_the_report_in_the_folder_is_no_paper_the_next_time(folder: Path) -> None:
    for registered in (2, 0):
        told = done("import", "m", "--body", "SON", "--rapport", "m/rapport.csv")
        assert f"  Nya ärenden: {registered}\n" in told


def test_no_name_is_no_folder(office: Path) -> None:
    answer = arende("import", "")
    assert (answer.code, answer.out) == (Exit.USAGE, "")
    assert answer.err.startswith("FIL|MAPP: inget namn är angivet (mappen du står i heter .).")


def test_a_report_is_never_written_over_a_document(folder: Path) -> None:
    answer = arende("import", "m", "--rapport", "m/a.txt")
    assert (answer.code, answer.err) == (
        Exit.USAGE,
        "m/a.txt finns redan och är ingen sådan rapport. Ange en fil som inte finns.\n",
    )
    assert json.loads(done("list", "--json")) == []


def test_the_watches_and_the_secrecy_are_every_documents(office: Path) -> None:
    text = skrivelse("SON 2025-1", att="Förvaltningen får i uppdrag att redovisa planen senast den 1 december 2026.")
    fill(office / "m", a=text)
    assert "Nya ärenden: 1\n" in done("import", "m", "--bevaka", "alla")
    assert "2026-12-01" in done("watch", "list", "SON-2025-1", "--json")
    fill(office / "s", b=skrivelse("SON 2025-8"), c=skrivelse("SON 2025-1", "2025-05-05"))
    answer = arende("import", "s", "--sekretess", "OSL 26:1")
    assert "c.txt: Ärendet finns redan; markera det med arende secrecy" in " ".join(answer.out.split())
    assert "SON 2025-8" not in done("list")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--dnr=SON 2025-9", "--dnr hör till en skrivelse; i en mapp har var och en sitt eget diarienummer."),
        ("--bevaka=1,2", "I en mapp föreslår var och en sina bevakningar; ange --bevaka alla, eller utelämna det."),
        ("--kind=delegationsbeslut", "Ett delegationsbeslut säger vem som beslutade"),
    ],
)
def test_what_belongs_to_one_document_is_refused_for_a_folder(folder: Path, option: str, told: str) -> None:
    answer = arende("import", "m", option)
    assert (answer.code, answer.out) == (Exit.USAGE, "")
    assert answer.err.startswith(told)


def test_the_same_command_id_takes_in_no_document_twice(folder: Path) -> None:
    words = ("import", "m", "--body", "SON", "--command-id", "mapp-1")
    assert "Nya ärenden: 2\n" in done(*words)
    assert "Fanns redan: 2\n" in done(*words)


def test_the_help_says_how_it_ends() -> None:
    assert "slutar kommandot med 2" in " ".join(done("import", "--help").split())
