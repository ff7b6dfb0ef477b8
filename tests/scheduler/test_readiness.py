"""What keeps a daemon from beginning: said in one sentence, with code 6, however it is started."""

import re
import shutil
from pathlib import Path

import pytest

from scheduler import daemon, readiness
from states.records import LIFECYCLE_VERSION
from tests.conftest import PROJECT, TODAY, add_case
from tests.scheduler.background import set_to
from workflow import config, file_systems
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError, Exit

MOUNTS = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n30 22 0:40 / {place} rw - {kind} server:/data rw\n"


@pytest.fixture
def town(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(PROJECT / "config.toml", tmp_path)
    shutil.copy(migrated_sqlite, tmp_path / "arendegang.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mounted(town: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the town lie on another kind of file system."""
    (town / "mountinfo").write_text(MOUNTS.format(place=town, kind=kind))
    monkeypatch.setattr(file_systems, "MOUNTS", town / "mountinfo")


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "fuse.sshfs", "fuse.glusterfs"])
@pytest.mark.parametrize("how", ["run", "--once"])
def test_sqlite_on_a_network_file_system_is_refused(
    town: Path, kind: str, how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mounted(town, kind, monkeypatch)
    assert daemon.answer([how]) == Exit.ENVIRONMENT
    assert capsys.readouterr().err == (
        f"{town / 'arendegang.db'}, där databasen ligger, är ett nätverksfilsystem ({kind}). Där håller inte låsen, "
        "och databasen kan skadas. Flytta den till en lokal disk och rätta config.toml.\n"
    )
    assert not (town / "logg").exists()


def test_a_preview_only_warns_of_it(
    town: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mounted(town, "nfs4", monkeypatch)
    assert daemon.answer(["--preview", "1"]) == Exit.DONE
    told = capsys.readouterr()
    assert "är ett nätverksfilsystem (nfs4)" in told.err
    assert told.out.startswith("Inga påminnelser ")


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay"])
def test_a_disk_of_the_machine_s_own_is_not(town: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted(town, kind, monkeypatch)
    readiness.refuse_to_start(config.load(town / "config.toml"), TODAY)


def test_this_machine_s_own_list_of_what_is_mounted_is_read(town: Path) -> None:
    settings = config.load(town / "config.toml")
    assert file_systems.kind_at(file_systems.mounted(), town.resolve()) != ""
    readiness.refuse_to_start(settings, TODAY)


def test_where_the_log_of_a_postgresql_lies_is_not_the_database_s_trouble(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted(town, "nfs", monkeypatch)
    monkeypatch.setenv("ARENDE_DATABASE_URL", "postgresql://db.exempel.se/arende")
    assert file_systems.database_fault(config.load(town / "config.toml")) == ""


@pytest.mark.parametrize("how", ["run", "--once"])
def test_a_secret_that_others_can_read_is_refused(town: Path, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_to(town, host="post.exempel.se", sender="arende@exempel.se", security="tls", credentials="post.hemlig")
    secret = town / "post.hemlig"
    secret.write_text("arende\nhemligt\n")
    secret.chmod(0o640)
    assert daemon.answer([how]) == Exit.ENVIRONMENT
    assert capsys.readouterr().err == (
        f"Filen {secret} med en hemlighet kan läsas av andra än sin ägare. Kör: chmod 600 {secret}\n"
    )
    assert not (town / "logg").exists()


@pytest.mark.parametrize("section", ["email", "webhook"])
@pytest.mark.parametrize("content", [None, "inga certifikat\n"])
def test_certificates_that_cannot_be_used_are_refused(
    town: Path, section: str, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_to(town, host="post.exempel.se", sender="arende@exempel.se", security="tls")
    file = town / "config.toml"
    before, heading, after = file.read_text().partition(f"\n[{section}]")
    assert heading
    file.write_text(before + heading + re.sub(r'^ca_file = ""', 'ca_file = "rot.pem"', after, count=1, flags=re.M))
    if content is not None:
        (town / "rot.pem").write_text(content)
    assert daemon.answer(["--once"]) == Exit.ENVIRONMENT
    assert capsys.readouterr().err == (
        f"Filen {town / 'rot.pem'} kan inte läsas eller har inga certifikat. Lägg den där, i PEM-format, eller rätta "
        f"[{section}] ca_file i config.toml.\n"
    )
    assert not (town / "logg").exists()


def test_a_newer_database_is_refused(desk: Desk) -> None:
    desk.connection.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(EnvironmentFaultError, match="Databasen har version 9999, men programmet är äldre"):
        readiness.refuse_to_start(desk.settings, TODAY)


def test_live_cases_of_another_lifecycle_are_refused(desk: Desk) -> None:
    add_case(desk.connection, "draft", LIFECYCLE_VERSION + 1)
    with pytest.raises(EnvironmentFaultError, match=r"Det finns pågående ärenden \(1 st\.\) som följer livscykelns"):
        readiness.refuse_to_start(desk.settings, TODAY)


def test_settings_that_nobody_can_work_by_are_refused(town: Path) -> None:
    (town / "config.toml.aktiveras").touch()
    with pytest.raises(EnvironmentFaultError, match="En aktivering av nya inställningar pågår"):
        readiness.refuse_to_start(config.load(town / "config.toml"), TODAY)
