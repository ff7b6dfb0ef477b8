"""Where the command line's tests stand: an empty directory, or a furnished one."""

from pathlib import Path

import pytest

from tests.workflow.cli.office import furnish


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ARENDE_CONFIG", "ARENDE_DEBUG", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """The current directory, with settings and an upgraded database."""
    return furnish(tmp_path, migrated_sqlite)
