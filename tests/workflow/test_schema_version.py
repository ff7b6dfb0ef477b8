"""A program and a database that do not fit each other, and what the user is told."""

import subprocess
import sys

import pytest

from states.records import LIFECYCLE_VERSION
from tests.conftest import add_case
from workflow import schema_version
from workflow.config import Settings
from workflow.connection import Connection, connect
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError

NOW = schema_version.SCHEMA_VERSION


def told(connection: Connection) -> str:
    with pytest.raises(EnvironmentFaultError) as error:
        schema_version.require_current(connection)
    return str(error.value)


def test_an_upgraded_database_is_current(desk: Desk) -> None:
    schema_version.require_current(desk.connection)


def test_an_empty_database_says_how_it_is_filled(settings: Settings) -> None:
    connection = connect(settings.database_url, must_exist=False)
    assert told(connection) == "Databasen är tom. Kör: arende database upgrade"
    connection.close()


def test_asking_an_empty_database_breaks_no_transaction(settings: Settings) -> None:
    connection = connect(settings.database_url, must_exist=False)
    with connection.writing():
        assert schema_version.stored(connection) is None
        assert connection.run("SELECT 1 AS one") == [{"one": 1}]
    connection.close()


def test_a_version_table_without_a_version_is_an_empty_database(desk: Desk) -> None:
    desk.connection.run("DELETE FROM alembic_version")
    assert "Databasen är tom" in told(desk.connection)


def test_an_older_database_is_to_be_upgraded(desk: Desk) -> None:
    desk.connection.run("UPDATE alembic_version SET version_num = '0000'")
    assert told(desk.connection) == (
        f"Databasen har version 0000 och programmet behöver {NOW}. "
        "Ta en kopia av databasen och kör: arende database upgrade"
    )


def test_a_newer_database_asks_for_a_newer_program(desk: Desk) -> None:
    desk.connection.run("UPDATE alembic_version SET version_num = '9999'")
    assert told(desk.connection) == (
        f"Databasen har version 9999, men programmet är äldre och kan bara {NOW}. "
        "Installera den nyare versionen av programmet."
    )


def test_live_cases_of_another_lifecycle_stop_the_program(desk: Desk) -> None:
    add_case(desk.connection, "ks", LIFECYCLE_VERSION)
    add_case(desk.connection, "kf", LIFECYCLE_VERSION + 1)
    assert told(desk.connection) == (
        f"Det finns pågående ärenden (1 st.) som följer livscykelns version {LIFECYCLE_VERSION + 1}, men programmet "
        f"följer version {LIFECYCLE_VERSION}. Installera den nyare versionen av programmet."
    )


def test_live_cases_left_at_an_older_lifecycle_are_to_be_upgraded(desk: Desk) -> None:
    add_case(desk.connection, "draft", LIFECYCLE_VERSION - 1)
    assert told(desk.connection).endswith("Kör: arende database upgrade")


@pytest.mark.parametrize("state", ["avslutad", "aterkallad"])
def test_cases_that_are_over_keep_their_lifecycle(desk: Desk, state: str) -> None:
    add_case(desk.connection, state, LIFECYCLE_VERSION + 1)
    schema_version.require_current(desk.connection)


def test_the_question_costs_no_heavy_import() -> None:
    program = (
        "import sys; from workflow import schema_version; from workflow.doctor import examination;"
        "print([name for name in ('sqlalchemy', 'sqlmodel', 'alembic', 'pydantic') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"
