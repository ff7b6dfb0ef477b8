"""PostgreSQL's group roles: what the program and the revisor may do in the schema, beside what the triggers say.

Whoever owns the tables can switch their triggers off. So the owner upgrades, and everybody else is a member of a
role that has no more rights than its work asks for.
"""

import msgspec

from workflow import schema_version
from workflow.connection import FORBIDDEN, POSTGRESQL, Connection
from workflow.errors import EnvironmentFaultError, UsageError

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('arende database upgrade in ' || current_schema())) AS turn"
"""Upgrades and grants wait for each other."""

APPENDED = "SELECT, INSERT"
RIGHTS = {
    "journal": APPENDED,
    "log_line": APPENDED,
    "payload": f"{APPENDED}, DELETE",  # its trigger lets go only of what is purged by decision
    "alembic_version": "SELECT",
}
"""What the application may do with these tables; with the others it may do what it needs to."""
ORDINARY = "SELECT, INSERT, UPDATE, DELETE"
LONGEST_NAME = 63
"""Bytes; PostgreSQL cuts a longer name off."""

SCHEMA = "SELECT current_schema() AS schema, current_user AS user_name"
TABLES = (
    "SELECT c.relname AS name, c.relkind = 'v' AS view FROM pg_catalog.pg_class AS c"
    " WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind IN ('r', 'v')"
    " ORDER BY c.relname"
)
MAY = (
    "SELECT has_schema_privilege(:name, current_schema(), 'USAGE') AS look,"
    " has_schema_privilege(:name, current_schema(), 'CREATE') AS make"
)
THERE = "SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolname IN (:app, :revisor)"


class Roles(msgspec.Struct, frozen=True):
    """The two roles of a schema."""

    schema: str
    app: str
    revisor: str
    owner: str  # who made them, and goes on upgrading
    created: tuple[str, ...] = ()  # those that were not there before


def create(connection: Connection) -> Roles:
    """Make the roles of the schema in use where they are missing, and give them exactly their rights."""
    if connection.dialect != POSTGRESQL:
        raise UsageError("Roller finns bara i PostgreSQL; i SQLite är det filens rättigheter som gäller.")
    if told := schema_version.schema_fault(schema_version.stored(connection)):
        raise EnvironmentFaultError(told)
    roles = _named(connection)
    if len(roles.revisor.encode()) > LONGEST_NAME:
        raise EnvironmentFaultError(
            f"Schemats namn {roles.schema} är för långt för att ge roller namn efter; lägg databasen i ett schema med "
            "ett kortare."
        )
    try:
        with connection.writing():
            return _made(connection, roles)
    except EnvironmentFaultError as error:
        if getattr(error.__cause__, "sqlstate", None) == FORBIDDEN:
            raise _not_allowed(roles) from error
        raise


def _made(connection: Connection, roles: Roles) -> Roles:
    connection.run(ONE_AT_A_TIME)
    there, names = _there(connection, roles), (roles.app, roles.revisor)
    created = tuple(name for name in names if name not in there)
    for name in created:
        connection.run(f"CREATE ROLE {_quoted(name)} NOLOGIN")
    # Before PostgreSQL 15 everybody may make tables in the schema public.
    connection.run(f"REVOKE CREATE ON SCHEMA {_quoted(roles.schema)} FROM PUBLIC")
    for name in names:
        _grant(connection, roles, name)
        # Rights in a schema that is another's are not given, and nothing but a notice says so.
        may = connection.run(MAY, name=name)[0]
        if may["make"] or not may["look"]:
            raise _not_allowed(roles)
    return msgspec.structs.replace(roles, created=created)


def _not_allowed(roles: Roles) -> EnvironmentFaultError:
    return EnvironmentFaultError(
        f"{roles.owner} får inte skapa roller eller ge dem rättigheter i schemat {roles.schema}. Kör som den som äger "
        "schemat och dess tabeller och har CREATEROLE, eller låt en superuser göra det."
    )


def grant_anew(connection: Connection) -> None:
    """Give the roles that exist their rights to new tables; to be called in the transaction that made them."""
    if connection.dialect == POSTGRESQL:
        roles = _named(connection)
        for name in _there(connection, roles):
            _grant(connection, roles, name)


def _named(connection: Connection) -> Roles:
    found = connection.run(SCHEMA)[0]
    prefix = "arendegang" if found["schema"] == "public" else found["schema"]
    return Roles(found["schema"], f"{prefix}_app", f"{prefix}_revisor", found["user_name"])


def _there(connection: Connection, roles: Roles) -> set[str]:
    return {row["name"] for row in connection.run(THERE, app=roles.app, revisor=roles.revisor)}


def _grant(connection: Connection, roles: Roles, name: str) -> None:
    """Exactly these rights, whatever the role had before."""
    role, schema = _quoted(name), _quoted(roles.schema)
    connection.run(f"REVOKE ALL ON SCHEMA {schema} FROM {role}")
    connection.run(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    connection.run(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}")
    for row in connection.run(TABLES):
        table, only_read = f"{schema}.{_quoted(row['name'])}", row["view"] or name == roles.revisor
        rights = "SELECT" if only_read else RIGHTS.get(row["name"], ORDINARY)
        connection.run(f"REVOKE ALL ON {table} FROM {role}")
        connection.run(f"GRANT {rights} ON {table} TO {role}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
