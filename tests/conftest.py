"""What the tests share: both databases, each test with its own fresh one."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from states.roles import Office, Role
from tests.end_to_end import certificates
from tests.end_to_end.certificates import Certificate
from tests.postgres_server import PostgresServer
from workflow import config, schema
from workflow.audit_journal import Command
from workflow.config import Settings
from workflow.connection import Connection, connect
from workflow.desk import Desk
from workflow.identifiers import new_id

RECORDED_AT = datetime(2026, 1, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 1, 2)
PROJECT = Path(__file__).parent.parent

EVERY_OFFICE = tuple(Office(role) for role in Role)

CommandFactory = Callable[..., Command]


def make_command(
    on: date = TODAY, reason: str | None = None, *, config_hash: str = "0" * 64, late: bool = False
) -> Command:
    return Command(
        id=new_id(RECORDED_AT),
        actor="p-test",
        role="registrator",
        offices=EVERY_OFFICE,
        on=on,
        recorded_at=RECORDED_AT,
        config_hash=config_hash,
        reason=reason,
        late=late,
    )


def settings_for(url: str, directory: Path) -> Settings:
    """The project's own config.toml, for another database and directory; mail goes out at every hour of the week."""
    ours = config.load(PROJECT / "config.toml")
    database = msgspec.structs.replace(ours.config.database, url=url)
    daemon = msgspec.structs.replace(ours.config.daemon, quiet=(), weekends=True)
    return Settings(msgspec.structs.replace(ours.config, database=database, daemon=daemon), ours.hash, directory)


LONGEST = ("test_state_machine.py", "test_demo.py", "test_system_calls.py", "test_kill.py")
"""Files that take a minute or more by themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no processor is left with one of them when the others have finished."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _only_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARENDE_DATABASE_URL", raising=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database; every test that asks for it runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'arendegang.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_schema()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path)


@pytest.fixture
def command(settings: Settings) -> CommandFactory:
    """Makes commands: `command(on, reason)`, each with an id of its own."""

    def make(on: date = TODAY, reason: str | None = None, *, late: bool = False) -> Command:
        return make_command(on, reason, config_hash=settings.hash, late=late)

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What a server on loopback shows to those who trust its authority."""
    return certificates.made(tmp_path_factory.mktemp("certificates"), "server")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file to copy: quicker than upgrading one for each test."""
    directory = tmp_path_factory.mktemp("migrated")
    schema.upgrade(settings_for("sqlite:///template.db", directory), make_command())
    return directory / "template.db"


@pytest.fixture
def desk(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk at an upgraded database with our config.toml's bodies."""
    if settings.database_url.startswith("sqlite:///"):
        template: Path = request.getfixturevalue("migrated_sqlite")
        shutil.copy(template, settings.database_url.removeprefix("sqlite:///"))
    else:
        schema.upgrade(settings, make_command(config_hash=settings.hash))
    connection = connect(settings.database_url)
    yield Desk(connection, settings)
    connection.close()


ADD_CASE = (
    "INSERT INTO cases (id, kind, state, version, lifecycle, registered_on, last_event, appeal_regime, secrecy,"
    " leftovers, payload) VALUES (:id, 'motion', :state, 1, :lifecycle, '2026-01-02', '2026-01-02', 'laglighet',"
    " :secrecy, 0, 'x')"
)


def add_case(connection: Connection, state: str, lifecycle: int) -> None:
    """A bare row, past every use case and the log."""
    connection.run(ADD_CASE, id=f"{state}-{lifecycle}", state=state, lifecycle=lifecycle, secrecy=False)


def drop_triggers(connection: Connection) -> None:
    """Leave the tables as open as they are to somebody who owns them and means ill."""
    for row in connection.run(schema.DROPS[connection.dialect]):
        connection.run(row["statement"])
