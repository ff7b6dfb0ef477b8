"""Every static statement is one both databases understand, about tables and columns that exist."""

from workflow import statements
from workflow.connection import NAMED, Connection
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError

STATEMENTS = {name: text for name, text in vars(statements).items() if name.isupper() and isinstance(text, str)}


def test_the_statements_are_found() -> None:
    assert {"CASE", "ADD_RECORD", "CASE_LIST", "SCHEMA_VERSION"} <= STATEMENTS.keys()


def test_both_databases_prepare_every_one(desk: Desk) -> None:
    assert {name: fault for name, text in STATEMENTS.items() if (fault := fault_of(desk.connection, text))} == {}


def fault_of(connection: Connection, statement: str) -> str | None:
    parameters = dict.fromkeys(NAMED.findall(statement))
    try:
        connection.run(f"EXPLAIN {statement}", **parameters)
    except EnvironmentFaultError as error:
        return str(error)
    return None
