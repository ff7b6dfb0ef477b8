"""PostgreSQL's roles, on a real server: the program does all its work with them, and nobody changes the log."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import psycopg
import pytest

from states.case_facts import State
from tests.conftest import PROJECT, add_case, make_command, settings_for
from tests.postgres_server import PostgresServer
from tests.scheduler import rounds
from tests.workflow.clerk import Clerk
from tests.workflow.cli.office import ENGLISH, arende
from tests.workflow.ledger import ROWS, Ledger
from tests.workflow.town import Town, with_two_namnder
from workflow import database_roles, log_exporter, log_verifier, purge, schema, statements
from workflow.config import Settings
from workflow.connection import Connection, connect
from workflow.database_roles import Roles
from workflow.desk import Desk
from workflow.doctor import examination
from workflow.doctor.answers import Machine, Verdict
from workflow.errors import EnvironmentFaultError, Exit, UsageError

NO_RIGHT = "42501"


class Server(NamedTuple):
    """A schema with its roles, and the addresses of those who use it."""

    settings: Settings  # the owner's
    owner: str
    roles: Roles
    app: str
    revisor: str


def serve(postgres_server: PostgresServer, directory: Path) -> Server:
    settings = with_two_namnder(settings_for(postgres_server.new_schema(), directory))
    schema.upgrade(settings, make_command())
    url, owner = settings.database_url, connect(settings.database_url)
    roles = database_roles.create(owner)
    for role in (roles.app, roles.revisor):
        owner.run(f"CREATE ROLE {role}_user LOGIN IN ROLE {role}")
    owner.close()
    return Server(settings, url, roles, as_user(url, f"{roles.app}_user"), as_user(url, f"{roles.revisor}_user"))


@pytest.fixture
def server(postgres_server: PostgresServer, tmp_path: Path) -> Server:
    return serve(postgres_server, tmp_path)


@pytest.fixture(scope="module")
def untouched(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """For the tests that leave nothing changed."""
    return serve(postgres_server, tmp_path_factory.mktemp("untouched"))


def as_user(url: str, name: str) -> str:
    return url.replace("//postgres@", f"//{name}@")


@pytest.fixture
def clerks(server: Server, tmp_path: Path) -> Iterator[Desk]:
    """The desk of those who have the application's role."""
    connection = connect(server.app)
    yield Desk(connection, settings_for(server.app, tmp_path))
    connection.close()


def told_by_the_server(url: str, sql: str) -> str:
    """Its code for what is wrong with a statement; empty when it was carried out. Nothing stays changed."""
    with psycopg.connect(url) as connection:
        try:
            connection.execute(sql)
        except psycopg.Error as error:
            return error.sqlstate or "?"
        finally:
            connection.rollback()
    return ""


# --- the application's role -----------------------------------------------------------------------


def test_with_the_applications_role_every_move_can_be_taken_and_told_of(clerks: Desk, tmp_path: Path) -> None:
    ledger = Ledger()
    town = Town(clerks, ledger)
    clerk = Clerk(town)
    for move in ROWS.values():
        clerk.take(move)
    withdrawn = next(case for case in town.cases if town.known["cases"][case]["state"] == State.ATERKALLAD)
    purge.propose(clerks, make_command(town.today), withdrawn, f"KS {town.today} § 1")
    purge.approve(clerks, msgspec.structs.replace(make_command(town.today), actor="p-other"), withdrawn)
    tally = rounds.reminded(clerks, (town.today + timedelta(days=400)).isoformat())
    lines = log_exporter.export(clerks.connection, tmp_path / "logg")
    report = log_verifier.verify(tmp_path / "logg")
    assert town.faults == []
    assert [row for row in ROWS if not ledger.moves[row]] == []
    assert tally.sent > 0
    assert clerks.connection.run(statements.PAYLOADS, stream=f"case:{withdrawn}") == []
    assert (report.faults, report.lines) == ([], lines)


CHANGES = [
    statement.format(table=table)
    for table in ("journal", "log_line")
    for statement in (
        "UPDATE {table} SET sha256 = 'x'",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} ADD COLUMN x text",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER {table}_is_append_only",
        "DROP TRIGGER {table}_is_append_only ON {table}",
        "CREATE TRIGGER x BEFORE INSERT ON {table} EXECUTE FUNCTION refuse_change()",
        "CREATE RULE x AS ON INSERT TO {table} DO INSTEAD NOTHING",
        "DROP TABLE {table} CASCADE",
        "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
        "ALTER TABLE {table} OWNER TO CURRENT_USER",
    )
]
OTHER_WAYS = [
    "SET session_replication_role = replica",
    "ALTER FUNCTION refuse_change() RENAME TO x",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "UPDATE payload SET body = 'x'",
    "TRUNCATE payload",
    "UPDATE alembic_version SET version_num = '9999'",
    "CREATE TABLE x (id text)",
    "TRUNCATE cases CASCADE",
    "DROP TABLE reminder CASCADE",
    "SET ROLE postgres",
    "CREATE ROLE x",
]


@pytest.mark.parametrize("sql", [*CHANGES, *OTHER_WAYS])
def test_with_the_applications_role_the_server_refuses(untouched: Server, sql: str) -> None:
    assert told_by_the_server(untouched.app, sql) == NO_RIGHT
    assert told_by_the_server(untouched.owner, sql.replace("DROP TRIGGER", "DROP TRIGGER IF EXISTS")) in (
        "",  # the same statement of the owner's is no nonsense: the server knows what it is asked for
        "P0001",  # and where it may, the triggers still refuse
        "42710",  # of the roles, each is there already
    )


PURGED = (
    "INSERT INTO purge (id, case_id, decision, proposed_by, proposed_on, approved_by, purged_on)"
    " VALUES ('p', 'ks-1', 'SON 2026-02-03 § 4', 'a', '2026-02-03', 'b', '2026-02-04')"
)


def test_with_the_applications_role_a_text_goes_by_decision_only(clerks: Desk) -> None:
    add_case(clerks.connection, "ks", 1)
    clerks.connection.run(statements.ADD_PAYLOAD, id="t", stream="case:ks-1", body="said")
    with pytest.raises(EnvironmentFaultError) as told:
        clerks.connection.run("DELETE FROM payload WHERE id = 't'")
    assert "by decision only" in str(told.value.__cause__)
    clerks.connection.run(PURGED)
    assert clerks.connection.count("DELETE FROM payload WHERE id = 't'") == 1


def test_with_the_applications_role_no_rights_are_given_to_others(server: Server) -> None:
    with psycopg.connect(server.app, autocommit=True) as connection:
        connection.execute(f"GRANT ALL ON journal, log_line, payload TO {server.roles.revisor}, PUBLIC")
    assert told_by_the_server(server.revisor, "INSERT INTO journal DEFAULT VALUES") == NO_RIGHT


def test_the_application_cannot_upgrade_and_says_so(server: Server, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFaultError, match="Databasens användare får inte göra det"):
        schema.upgrade(settings_for(server.app, tmp_path), make_command())
    assert told_by_the_server(server.app, "UPDATE journal SET body = body") == NO_RIGHT
    assert told_by_the_server(server.owner, "UPDATE journal SET body = body") == "P0001"


# --- the revisor's role ---------------------------------------------------------------------------


@pytest.fixture
def office(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, where one case has been registered as the application and the revisor has come."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text((PROJECT / "config.toml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("ARENDE_DATABASE_URL", server.app)
    assert arende("register", "--kind", "motion", "--rubrik", "Motion", "--dnr", "KS 2026-1").code == Exit.DONE
    monkeypatch.setenv("ARENDE_DATABASE_URL", server.revisor)
    return tmp_path


READING = ["list", "show KS-2026-1", "history KS-2026-1", "why KS-2026-1", "todo", "audit verify", "audit diff"]


def test_the_revisor_reads(office: Path) -> None:
    for line in READING:
        answer = arende(*line.split())
        assert (answer.code, answer.err, bool(answer.out)) == (Exit.DONE, "", True), line


def test_the_revisors_doctor_gets_every_answer(office: Path) -> None:
    answer = arende("doctor")
    assert "det går inte att svara på" not in answer.out
    assert re.search(r"✓ \w+_revisor_user kan inte stänga av skyddet av loggens tabeller\.", answer.out)
    # The tests' server is fast rather than durable.
    assert re.findall("✗ (.{30})", answer.out) == ["fsync och full_page_writes och"]


def test_the_revisor_is_told_why_nothing_can_be_changed(office: Path, server: Server) -> None:
    answer = arende("register", "--kind", "motion", "--rubrik", "Motion", "--dnr", "KS 2026-2")
    assert (answer.code, answer.out) == (Exit.ENVIRONMENT, "")
    assert answer.err.startswith("Databasens användare får inte göra det")
    assert not ENGLISH.search(answer.err)
    assert "KS 2026-2" not in arende("list").out


def test_the_revisor_can_write_in_no_table(untouched: Server) -> None:
    owner = connect(untouched.owner)
    tables = [row["name"] for row in owner.run(database_roles.TABLES)]
    owner.close()
    assert len(tables) > 20
    for table in tables:
        assert told_by_the_server(untouched.revisor, f"SELECT * FROM {table}") == ""
        for sql in (f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            assert told_by_the_server(untouched.revisor, sql) == NO_RIGHT, sql
        with psycopg.connect(untouched.revisor) as connection:
            held = connection.execute("SELECT has_any_column_privilege(%s, 'INSERT, UPDATE, REFERENCES')", [table])
            assert held.fetchone() == (False,)
    assert told_by_the_server(untouched.revisor, "CREATE TABLE x (id text)") == NO_RIGHT


# --- making them ----------------------------------------------------------------------------------


def rights(connection: Connection, role: str) -> set[tuple[str, str]]:
    """(table, right) of a role."""
    rows = connection.run(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = :role AND table_schema = current_schema()",
        role=role,
    )
    return {(row["table_name"], row["privilege_type"]) for row in rows}


@pytest.fixture
def owner(server: Server) -> Iterator[Connection]:
    connection = connect(server.owner)
    yield connection
    connection.close()


def test_the_roles_are_named_by_their_schema(untouched: Server) -> None:
    assert (untouched.roles.app, untouched.roles.revisor) == (
        f"{untouched.roles.schema}_app",
        f"{untouched.roles.schema}_revisor",
    )


def test_in_the_schema_public_they_are_named_by_the_program(postgres_server: PostgresServer, tmp_path: Path) -> None:
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE of_its_own")
    url = postgres_server.url.replace("/postgres?", "/of_its_own?")
    schema.upgrade(settings_for(url, tmp_path), make_command())
    owner = connect(url)
    roles = database_roles.create(owner)
    owner.close()
    assert (roles.app, roles.revisor) == ("arendegang_app", "arendegang_revisor")


def test_making_them_twice_gives_the_same_rights(server: Server, owner: Connection) -> None:
    before = rights(owner, server.roles.app), rights(owner, server.roles.revisor)
    assert database_roles.create(owner).created == ()
    assert (rights(owner, server.roles.app), rights(owner, server.roles.revisor)) == before


def test_a_right_too_many_is_taken_back(server: Server, owner: Connection) -> None:
    before = rights(owner, server.roles.app)
    owner.run(f"GRANT ALL ON journal TO {server.roles.app}")
    owner.run(f"GRANT ALL ON SCHEMA {server.roles.schema} TO {server.roles.app}, PUBLIC")
    assert told_by_the_server(server.app, "CREATE TABLE x (id text)") == ""
    database_roles.create(owner)
    assert rights(owner, server.roles.app) == before
    assert told_by_the_server(server.app, "CREATE TABLE x (id text)") == NO_RIGHT


def test_an_upgrade_gives_the_roles_that_exist_their_rights_to_new_tables(server: Server, owner: Connection) -> None:
    before = rights(owner, server.roles.app)
    owner.run("CREATE TABLE new_table (id text)")
    owner.run(f"REVOKE ALL ON cases FROM {server.roles.app}")
    schema.upgrade(server.settings, make_command())
    new = {("new_table", right) for right in ("SELECT", "INSERT", "UPDATE", "DELETE")}
    assert rights(owner, server.roles.app) == before | new
    assert ("new_table", "SELECT") in rights(owner, server.roles.revisor)


def test_an_upgrade_makes_no_roles(postgres_server: PostgresServer, tmp_path: Path) -> None:
    settings = settings_for(postgres_server.new_schema(), tmp_path)
    schema.upgrade(settings, make_command())
    connection = connect(settings.database_url)
    made = connection.run("SELECT rolname FROM pg_roles WHERE rolname LIKE current_schema() || '%'")
    connection.close()
    assert made == []


def test_who_may_not_make_roles_is_told_who_can(office: Path) -> None:
    answer = arende("database", "create-roles")
    assert (answer.code, answer.out, answer.err.count("\n")) == (Exit.ENVIRONMENT, "", 1)
    assert re.match(r"\w+_revisor_user får inte skapa roller eller ge dem rättigheter i schemat test_", answer.err)


def test_whose_schema_it_is_not_cannot_give_rights_in_it(postgres_server: PostgresServer, tmp_path: Path) -> None:
    settings = settings_for(postgres_server.new_schema(), tmp_path)
    schema.upgrade(settings, make_command())
    superuser = connect(settings.database_url)
    roles = database_roles._named(superuser)
    almost = f"{roles.schema}_almost"
    superuser.run(f"CREATE ROLE {almost} LOGIN CREATEROLE")
    superuser.run(f"GRANT USAGE ON SCHEMA {roles.schema} TO {almost}")
    for row in superuser.run(database_roles.TABLES):
        superuser.run(f"ALTER TABLE {row['name']} OWNER TO {almost}")
    connection = connect(as_user(settings.database_url, almost))
    with pytest.raises(EnvironmentFaultError, match="får inte skapa roller eller ge dem rättigheter"):
        database_roles.create(connection)
    connection.close()
    assert database_roles._there(superuser, roles) == set()
    superuser.close()


def test_a_schema_whose_name_is_too_long_for_roles_is_told_of(postgres_server: PostgresServer, tmp_path: Path) -> None:
    long = "k" * 60
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {long}")
    settings = settings_for(f"{postgres_server.url}&options=-csearch_path%3D{long}", tmp_path)
    schema.upgrade(settings, make_command())
    owner = connect(settings.database_url)
    with pytest.raises(EnvironmentFaultError, match=f"Schemats namn {long} är för långt"):
        database_roles.create(owner)
    owner.close()


def test_an_empty_database_is_to_be_filled_first(postgres_server: PostgresServer) -> None:
    connection = connect(postgres_server.new_schema())
    with pytest.raises(EnvironmentFaultError, match="Databasen är tom"):
        database_roles.create(connection)
    connection.close()


def test_sqlite_has_no_roles(tmp_path: Path) -> None:
    connection = connect(f"sqlite:///{tmp_path / 'any.db'}", must_exist=False)
    with pytest.raises(UsageError, match="Roller finns bara i PostgreSQL"):
        database_roles.create(connection)
    connection.close()


def test_the_administrator_is_told_what_to_do_next(
    server: Server, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARENDE_DATABASE_URL", server.owner)
    answer = arende("database", "create-roles")
    assert (answer.code, answer.err) == (Exit.DONE, "")
    for part in (
        f"Rollerna fanns redan och har fått sina rättigheter på nytt i schemat {server.roles.schema}",
        f"GRANT {server.roles.app} TO …;",
        f"GRANT {server.roles.revisor} TO …;",
        "Kör arende database upgrade som postgres även i fortsättningen.",
    ):
        assert part in answer.out


# --- what the doctor says of it -------------------------------------------------------------------


def role_verdict(url: str, tmp_path: Path) -> tuple[Verdict, str]:
    machine = Machine(settings_for(url, tmp_path), tmp_path / "config.toml", datetime(2026, 2, 3, tzinfo=UTC))
    check = next(check for check in examination.examine(machine) if check.name == "Roll")
    return check.verdict, check.told


def test_the_doctor_warns_of_an_owner_and_not_of_the_application(untouched: Server, tmp_path: Path) -> None:
    verdict, told = role_verdict(untouched.owner, tmp_path)
    assert verdict is Verdict.WARNING
    assert told.startswith("postgres äger loggens tabeller och kan stänga av deras skydd.")
    assert "arende database create-roles" in told
    assert role_verdict(untouched.app, tmp_path)[0] is Verdict.FINE
