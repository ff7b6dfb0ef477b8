"""`arende document`, and what import, backup, restore and the doctor say of the documents."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.workflow.cli.office import EXAMPLE, Answer, arende, done, furnish
from tests.workflow.document_intake.office_files import word_xml
from workflow.document_intake.readers.blocks import HAS_CHANGES
from workflow.errors import Exit

CASE = "SON-2023-940"
SKRIVELSE = """\
Exempelköpings kommun
Tjänsteskrivelse
Datum: 2025-02-03
Dnr: SON 2025-77

Social- och omsorgsnämnden

Ny lokal för dagverksamheten

Förslag till beslut
Social- och omsorgsnämnden beslutar
1. att hyra lokalen på Kvarngatan 4 från den 1 maj 2025,
2. att avtalet gäller i tre år.

Medbestämmande
Förhandling enligt MBL § 11 hölls den 5 februari 2025.

Beslutet skickas till
Fastighetskontoret
"""


def answer(*words: str) -> Any:
    return json.loads(done(*words, "--json"))


def told(given: Answer, code: Exit) -> str:
    assert given.code == code, given
    return " ".join((given.out + given.err).split())


def become(office: Path, roles: list[str], cleared: list[str]) -> None:
    config = office / "config.toml"
    before, _, _ = config.read_text(encoding="utf-8").partition("[[people]]")
    person = f'[[people]]\nid = "p-nu"\nuser = "*"\nroles = {json.dumps(roles)}\ncleared = {json.dumps(cleared)}\n'
    config.write_text(before + person, encoding="utf-8")


@pytest.fixture(scope="module")
def read_in(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """An office where a skrivelse has been imported; made once, to be copied."""
    directory, here = tmp_path_factory.mktemp("inläst"), Path.cwd()
    os.chdir(furnish(directory, migrated_sqlite))
    try:
        done("import", str(EXAMPLE), "--date", "2024-04-03")
    finally:
        os.chdir(here)
    (directory / "ritning ö.dwg").write_bytes(b"AC1032" + bytes(range(256)) * 8)
    return directory


@pytest.fixture
def case(office: Path, read_in: Path) -> str:
    """A case out of a skrivelse, and a drawing beside it."""
    shutil.copytree(read_in, office, dirs_exist_ok=True)
    return CASE


def in_store(office: Path) -> list[Path]:
    return sorted(path for path in (office / "dokument").rglob("*") if path.is_file() and path.name != ".lock")


# --- one document -----------------------------------------------------------------------------------------


def test_an_imported_skrivelse_is_document_1_byte_for_byte(case: str, office: Path) -> None:
    (kept,) = in_store(office)
    assert kept.read_bytes() == EXAMPLE.read_bytes()
    done("document", "save", case, "1", "--till", "kopia.txt")
    assert Path("kopia.txt").read_bytes() == EXAMPLE.read_bytes()
    assert stat.S_IMODE(Path("kopia.txt").stat().st_mode) == 0o600
    assert "Handlingar\n  1  onsdag 3 april 2024  Skrivelse: svar-pa-motion.txt, " in done("show", case)


def test_what_the_reader_had_to_do_is_kept_among_what_is_unsure(office: Path) -> None:
    written = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in SKRIVELSE.split("\n"))
    Path("skrivelse.docx").write_bytes(word_xml(f"{written}<w:p><w:ins><w:r><w:t>Tillagt</w:t></w:r></w:ins></w:p>"))
    done("import", "skrivelse.docx", "--date", "2025-02-06", "--skal", "Sent")
    assert HAS_CHANGES in answer("show", "SON-2025-77")["unsure"]


def test_any_file_can_be_added_with_who_it_is_from_and_what_it_is_about(case: str) -> None:
    whose = ("--slag", "inkommen", "--fran", "Ark i Tekt AB", "--om", "Planritning")
    printed = done("document", "add", case, "ritning ö.dwg", *whose, "--date", "2024-04-05")
    assert "Handlingen är nr 2 i ärendet (inkommen handling, 2 KiB)." in printed
    listed = " ".join(done("document", "list", case).split())
    assert "2 fredag 5 april 2024 Inkommen handling: ritning ö.dwg, 2 KiB, från Ark i Tekt AB – Planritning" in listed
    found = answer("document", "list", case)["documents"][1]
    assert (found["number"], found["kind"], found["date"], found["size"]) == (2, "inkommen", "2024-04-05", 2054)
    Path("svar.txt").write_text("Vi har läst.", encoding="utf-8")
    done("document", "add", "SON", "2023-940", "svar.txt", "--slag", "utgaende", "--mottagare", "Grannen")
    assert "Utgående handling: svar.txt, 13 byte" in done("document", "list", case)
    assert "till Grannen" in done("document", "list", case)


def test_a_document_is_added_once_by_its_command_id_and_once_by_its_content(case: str) -> None:
    add = ("document", "add", case, "ritning ö.dwg", "--command-id", "handling-1")
    done(*add)
    assert "Redan utfört" in done(*add)
    assert "har redan handlingen, som nr 2" in told(arende("document", "add", case, "ritning ö.dwg"), Exit.USAGE)
    assert len(answer("document", "list", case)["documents"]) == 2


def test_a_dry_run_tells_the_number_and_keeps_nothing(case: str, office: Path) -> None:
    before = in_store(office)
    assert "Handlingen är nr 2 i ärendet" in done("document", "add", case, "ritning ö.dwg", "--torrt")
    assert in_store(office) == before
    assert len(answer("document", "list", case)["documents"]) == 1


def test_a_file_that_is_there_is_not_written_over_unasked_and_never_through_a_link(case: str) -> None:
    Path("min.txt").write_text("mitt")
    save = ("document", "save", case, "1", "--till")
    assert "min.txt finns redan" in told(arende(*save, "min.txt"), Exit.USAGE)
    Path("länk").symlink_to("min.txt")
    assert "länk kan inte skrivas" in told(arende(*save, "länk", "--ersatt"), Exit.USAGE)
    for own in ("arendegang.db", "logg/ny.txt", "dokument/ny.txt"):
        assert "hör till arendes databas, logg eller dokument" in told(arende(*save, own, "--ersatt"), Exit.USAGE)
    assert "(katalogen finns inte)" in told(arende(*save, "ingen/kopia.txt"), Exit.USAGE)
    assert Path("min.txt").read_text() == "mitt"
    done(*save, "min.txt", "--ersatt")
    assert Path("min.txt").read_bytes() == EXAMPLE.read_bytes()


IMPOSSIBLE: tuple[tuple[tuple[str, ...], Exit, str], ...] = (
    (("add", CASE), Exit.USAGE, "Ange ärendet och filen"),
    (("add", CASE, "finns-inte.pdf"), Exit.USAGE, "finns-inte.pdf: Filen kan inte läsas"),
    (("add", CASE, "."), Exit.USAGE, "Det är en katalog"),
    (("add", CASE, "ritning ö.dwg", "--slag", "skrivelse"), Exit.USAGE, "läses in med arende import"),
    (("add", CASE, "ritning ö.dwg", "--mottagare", "Bo"), Exit.USAGE, "Ange --mottagare för det som skickades"),
    (("add", CASE, "ritning ö.dwg", "--slag", "utgaende", "--fran", "Bo"), Exit.USAGE, "--fran för allt annat"),
    (("add", "SON-1999-1", "ritning ö.dwg"), Exit.NOT_FOUND, "SON-1999-1"),
    (("list", "SON-1999-1"), Exit.NOT_FOUND, "SON-1999-1"),
    (("save", CASE, "ett", "--till", "x"), Exit.USAGE, "handlingens nummer"),
    (("save", CASE, "7", "--till", "x"), Exit.NOT_FOUND, "har ingen handling nr 7"),
    (("save", CASE, "1", "--till", "saknas/x"), Exit.USAGE, "saknas/x kan inte skrivas"),
)


def test_what_cannot_be_done_is_said_in_a_sentence(case: str) -> None:
    for words, code, says in IMPOSSIBLE:
        assert says in told(arende("document", *words), code)


def test_a_case_without_documents_says_how_to_add_one(office: Path) -> None:
    done("register", "--kind", "ks_arende", "--dnr", "KS 2024-1", "--rubrik", "Ett", "--date", "2024-01-08")
    assert "KS 2024-1 har inga handlingar. Lägg till en med: arende document add KS-2024-1 FIL" in done(
        "document", "list", "KS-2024-1"
    )


# --- who may ----------------------------------------------------------------------------------------------


def test_whoever_is_not_cleared_finds_no_document_of_a_secret_case(case: str, office: Path) -> None:
    done("secrecy", case, "--paragraf", "OSL 26:1", "--skal", "Hälsa")
    become(office, ["registrator"], ["SON"])
    done("document", "save", case, "1", "--till", "kopia.txt")
    assert "case.read" in done("history", case)
    become(office, ["registrator"], [])
    before = in_store(office)
    for words in (("list", case), ("save", case, "1", "--till", "x"), ("add", case, "ritning ö.dwg")):
        hidden, missing = (arende("document", words[0], one, *words[2:]) for one in (case, "SON-2023-941"))
        assert hidden.code == Exit.NOT_FOUND
        assert hidden.err.replace(case, "X") == missing.err.replace("SON-2023-941", "X")
    assert in_store(office) == before
    assert not Path("x").exists()


def test_whoever_only_reads_adds_nothing_and_whoever_runs_the_machine_reads_nothing(case: str, office: Path) -> None:
    become(office, ["revisor"], [])
    told(arende("document", "add", case, "ritning ö.dwg"), Exit.REFUSED)
    done("document", "save", case, "1", "--till", "x")
    become(office, ["systemforvaltare"], [])
    told(arende("document", "list", case), Exit.REFUSED)
    told(arende("document", "save", case, "1", "--till", "y"), Exit.REFUSED)
    assert "finns 1 handling," in " ".join(done("document", "verify").split())
    assert len(in_store(office)) == 1


# --- versions ---------------------------------------------------------------------------------------------


def written(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_new_version_tells_what_it_changes_and_asks_whether_it_was_negotiated(office: Path) -> None:
    day = ("--date", "2025-02-06")
    done("import", written("ett.txt", SKRIVELSE), *day)
    done("meeting", "add", "SON", "2025-03-20", *day)
    for _ in range(2):
        done("advance", "SON-2025-77", *day)
    done("book", "SON-2025-77", "SON-2025-03-20", *day)
    before = done("todo", "--date", "2025-02-20", "--dagar", "60")

    changed = SKRIVELSE.replace("Kvarngatan 4", "Kvarngatan 6").replace("tre år.", "tre år,\n3. att Åvägen sägs upp.")
    printed = " ".join(done("import", written("två.txt", changed), "--date", "2025-02-21").split())
    assert "att-sats 1 är ändrad: att hyra lokalen på Kvarngatan [-4-] {+6+} från den 1 maj 2025" in printed
    assert "att-sats 3 är ny: {+att Åvägen sägs upp" in printed
    assert "att-sats 2" not in printed
    question = "Förslaget ändrades fredag 21 februari 2025, efter förhandlingen"
    assert f"{question}. Omfattas ändringen av den? Intyga det med arende mbl SON-2025-77 --omfattas" in printed

    assert question in " ".join(done("show", "SON-2025-77").split())
    duties = {one["kind"] for one in answer("todo", "--date", "2025-02-21", "--dagar", "60")}
    assert "mbl" in duties
    assert "arende mbl SON-2025-77" not in before
    done("meeting", "call", "SON-2025-03-20", "--date", "2025-03-10")
    done("meeting", "hold", "SON-2025-03-20")
    assert question in " ".join(done("decide", "SON-2025-77", "SON-2025-03-20").split())
    assert [one["version"] for one in answer("document", "list", "SON-2025-77")["documents"]] == [1, 2]


def test_a_new_version_with_the_same_proposal_asks_nothing(office: Path) -> None:
    done("import", written("ett.txt", SKRIVELSE), "--date", "2025-02-06")
    again = SKRIVELSE.replace("Ny lokal", "Större lokal")
    printed = done("import", written("två.txt", again), "--date", "2025-02-21")
    assert "att-sats" not in printed
    assert "förhandlingen" not in printed + done("show", "SON-2025-77")


# --- at once ----------------------------------------------------------------------------------------------


def test_two_who_import_the_same_file_at_once_get_one_case_and_one_file(office: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    program = [sys.executable, "-m", "workflow.cli.main", "import", str(EXAMPLE), "--date", "2024-04-03"]
    both = [subprocess.Popen(program, env=environment, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    answers = [(*one.communicate(), one.returncode) for one in both]
    assert sorted(code for _, _, code in answers)[0] == 0, answers
    assert "Traceback" not in str(answers)
    assert len(json.loads(done("list", "--json"))) == 1
    assert len(in_store(office)) == 1
    assert "finns 1 handling, och ingen saknas" in " ".join(done("document", "verify").split())


# --- looked after -----------------------------------------------------------------------------------------


def test_a_changed_and_a_missing_file_are_told_with_exit_8_and_come_back_with_a_backup(case: str, office: Path) -> None:
    done("document", "add", case, "ritning ö.dwg")
    done("backup", "kopior")
    (copy,) = Path("kopior").iterdir()
    one, other = in_store(office)
    one.write_bytes(b"?" + one.read_bytes()[1:])
    other.unlink()
    verified = told(arende("document", "verify"), Exit.VERIFICATION_FAILED)
    assert f"✗ {one.name} är ändrad" in verified
    assert f"✗ {other.name} saknas" in verified
    numbers = {found["sha256"]: found["number"] for found in answer("document", "list", case)["documents"]}
    told(arende("document", "save", case, str(numbers[one.name]), "--till", "x"), Exit.VERIFICATION_FAILED)
    assert not Path("x").exists()
    assert "av 2 handlingar" in told(arende("doctor"), Exit.VERIFICATION_FAILED).casefold()
    short = told(arende("backup", "kopior"), Exit.VERIFICATION_FAILED)
    assert "Kopian är utan 2 handlingar som saknas eller är ändrade" in short
    assert "Loggen talar om 2 handlingar som saknas" in told(arende("audit", "rebuild"), Exit.VERIFICATION_FAILED)

    assert "Ur säkerhetskopian lades 2 handlingar tillbaka." in done("restore", str(copy))
    assert "Flytta det därifrån" in done("document", "verify")
    (aside,) = (path for path in in_store(office) if ".undanlagd-" in path.name)
    assert aside.read_bytes().startswith(b"?")
    aside.unlink()
    assert "finns 2 handlingar, och ingen saknas" in " ".join(done("document", "verify").split())
    done("document", "save", case, "1", "--till", "kopia.txt")
    assert Path("kopia.txt").read_bytes() == EXAMPLE.read_bytes()


def test_a_second_copy_shares_its_documents_with_the_first_and_never_with_the_store(case: str, office: Path) -> None:
    first, second = (answer("backup", "kopior") for _ in range(2))
    assert (first["documents"], first["lacking"]) == (second["documents"], second["lacking"]) == (1, [])
    copies = [next(Path(one["path"]).glob("dokument/??/*")) for one in (first, second)]
    assert copies[0].stat().st_ino == copies[1].stat().st_ino != in_store(office)[0].stat().st_ino


def test_a_restored_backup_does_not_bring_back_what_was_destroyed_after_it(office: Path, monkeypatch) -> None:
    done("register", "--kind", "ks_arende", "--dnr", "KS 2024-1", "--rubrik", "Ett", "--date", "2024-01-08")
    Path("brev.txt").write_text("Ett känsligt brev")
    done("document", "add", "KS-2024-1", "brev.txt")
    done("backup", "kopior")
    (copy,) = Path("kopior").iterdir()
    done("withdraw", "KS-2024-1", "--skal", "Behövs inte")
    done("gallra", "KS-2024-1", "--beslut", "KS 2023-05-14 § 12")
    config = office / "config.toml"
    shutil.copy(config, "före.toml")
    config.write_text(re.sub(r'id = "p-alla"', 'id = "p-annan"', config.read_text("utf-8")), encoding="utf-8")
    assert "och en handlings fil" in done("gallra", "KS-2024-1", "--godkann")
    assert in_store(office) == []
    done("restore", str(copy))
    assert in_store(office) == []
    assert "gallrad" in done("document", "list", "KS-2024-1")


def test_the_doctor_tells_of_strays_and_of_what_does_not_belong_and_of_what_others_can_read(
    case: str, office: Path
) -> None:
    (kept,) = in_store(office)
    assert "finns 1 handling, och ingen saknas" in " ".join(done("doctor").split())
    stray = kept.with_name("0" * 64)
    stray.touch(mode=0o600)
    assert "ligger filer som inget ärende har (1 st.)" in " ".join(done("doctor").split())
    stray.rename(stray.with_name("anteckning.txt"))
    assert "ligger annat än handlingar (1 st.)" in " ".join(done("doctor").split())
    kept.chmod(0o644)
    assert f"Andra än ägaren kommer åt {kept}" in re.sub(r"\n +", "", arende("doctor").out)
