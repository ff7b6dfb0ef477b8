"""One upgraded database of each sort for all scenarios; each scenario is rolled back when it ends."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import make_command, settings_for
from tests.postgres_server import PostgresServer
from tests.scenarios.by_hand import NAMES, UTSKOTT
from tests.scenarios.rehearsal import Rehearsal
from workflow import schema
from workflow.config import Settings
from workflow.connection import connect
from workflow.desk import Desk


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    settings = _wider(_upgraded(request, tmp_path_factory.mktemp("scenarios")))
    connection = connect(settings.database_url)
    yield Desk(Rehearsal(connection), settings)
    connection.close()


def _wider(settings: Settings) -> Settings:
    """The municipality with a committee within each body and one nämnd more, as old as the oldest judgment asks."""
    ours = {body.code: body for body in settings.config.bodies}
    utskott = [
        replace(ours[parent], code=code, name=NAMES[code], parent=parent, succeeds="", call_days=5)
        for code, parent in UTSKOTT.items()
        if code not in ours
    ]
    earlier = replace(ours["KS"], valid_from=date(1971, 1, 1), valid_to=ours["KS"].valid_from - timedelta(days=1))
    beside = replace(ours["KS"], code="BUN", name=NAMES["BUN"], kind="namnd")
    bodies = [*settings.config.bodies, *utskott, earlier, beside]
    wider = Settings(replace(settings.config, bodies=bodies), settings.hash, settings.directory)
    schema.upgrade(wider, make_command(config_hash=settings.hash))
    return wider


def _upgraded(request: pytest.FixtureRequest, directory: Path) -> Settings:
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        settings = settings_for("sqlite:///scenarios.db", directory)
        shutil.copy(template, directory / "scenarios.db")
        return settings
    server: PostgresServer = request.getfixturevalue("postgres_server")
    settings = settings_for(server.new_schema(), directory)
    schema.upgrade(settings, make_command(config_hash=settings.hash))
    return settings


@pytest.fixture
def rehearsing_desk(shared_desk: Desk) -> Iterator[Desk]:
    """A desk at which a whole scenario is played, and where nothing of it is left afterwards."""
    connection = shared_desk.connection
    assert isinstance(connection, Rehearsal)
    with connection.over():
        yield shared_desk
