"""Who runs the command: the person behind the operating system's user, and what their roles let them do.

What changes a case or a meeting asks for its own permission, in its use case. Everything else that touches the
database stands in `ASKED`, and asks before it begins. What stands nowhere nobody may do.
"""

import os
import pwd
from collections.abc import Mapping
from contextlib import suppress

import click

from states.roles import PERMISSIONS, Office, Role, acting
from states.swedish_text import listed, name
from workflow import people
from workflow.audit_journal import Command
from workflow.cli.main import Entry
from workflow.config import Person, Settings
from workflow.connection import Connection, connect
from workflow.errors import ArendeError, DeniedError, EnvironmentFaultError
from workflow.identifiers import new_id
from workflow.sight import Sight

READ, AUDIT, OPERATE, CONFIGURE = ("read",), ("audit",), ("operate",), ("configure",)

ASKED: Mapping[str, tuple[str, ...]] = {
    "list": READ,
    "show": READ,
    "why": READ,
    "plan": READ,
    "history": READ,
    "diff": READ,
    "graph": READ,
    "todo": READ,
    "silent": READ,
    "balans": READ,
    "motioner": READ,
    "document list": READ,
    "document save": READ,
    "document verify": (*OPERATE, *AUDIT),
    "watch list": READ,
    "uppdrag list": READ,
    "meeting list": READ,
    "meeting show": READ,
    "delegation list": READ,
    "audit verify": AUDIT,
    "audit tail": AUDIT,
    "audit show": AUDIT,
    "audit export": AUDIT,
    "audit diff": AUDIT,
    "audit rebuild": OPERATE,
    "backup": OPERATE,
    "restore": OPERATE,
    "workflow check": (*OPERATE, *AUDIT),
    "config check": CONFIGURE,
    "config activate": CONFIGURE,
    "doctor": (*OPERATE, *AUDIT),
    "database upgrade": OPERATE,
    "database create-roles": OPERATE,
}
"""Command that is no use case -> the permissions (`roles.PERMISSIONS`) of which one is enough."""

ASKED_OF_DAEMON: Mapping[str, tuple[str, ...]] = {
    "--preview": (*OPERATE, *READ),
    "outbox list": (*OPERATE, *READ),
    "outbox show": (*OPERATE, *READ),
}
"""The same of `arende-daemon`, whose other commands are the service's own."""

ANYBODY = frozenset({"read"})
"""Commands that touch nothing but a file of the user's own."""


def entry() -> Entry:
    found: Entry = click.get_current_context().obj
    return found


def command_name() -> str:
    """The command that runs, `meeting show`."""
    return " ".join(click.get_current_context().command_path.split()[1:])


def person(found: Settings) -> Person:
    """The person behind the operating system's user (behind sudo: the one who called it)."""
    caller = os.environ.get("SUDO_UID", "") if os.geteuid() == 0 else ""
    if caller and not caller.isdecimal():
        raise EnvironmentFaultError(f"SUDO_UID är {caller}, och inte numret på den användare som anropade sudo.")
    uid = int(caller) if caller else os.getuid()
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    named_first = sorted(found.config.people, key=lambda one: one.user == "*")
    known = next((one for one in named_first if one.user in (user, "*")), None)
    if known is None:
        raise EnvironmentFaultError(f"Användaren {user} finns inte under [[people]] i {entry().config}.")
    return known


def offices(found: Settings) -> tuple[Office, ...]:
    """What the person acts as: all they hold, or the role they chose."""
    return people.offices(found.config, person(found), entry().role)


def command(found: Settings) -> Command:
    """What is done now, by the person, in their first role."""
    here, held = entry(), offices(found)
    return Command(
        id=new_id(here.now),
        actor=person(found).id,
        role=held[0].role if held else "ingen",
        on=here.today,
        recorded_at=here.now,
        config_hash=found.hash,
        offices=held,
    )


def recognise(connection: Connection, found: Settings) -> None:
    """Let the connection see the secret cases that the person may see."""
    connection.cleared = people.clearance(found.config, person(found), offices(found))


def sight(found: Settings) -> Sight:
    """How much of the live cases the person may be told of where the machine is looked after."""
    held = offices(found)
    named, counted = (acting(held, PERMISSIONS[act].by) is not None for act in ("read", "operate"))
    return Sight(named=named, counted=counted)


# --- what is asked first ----------------------------------------------------------------------------------


def require_asked(found: Settings) -> None:
    """Raise DeniedError, and write it down, unless the person may run a command that is no use case.

    Use cases, known by their --command-id, ask for themselves.
    """
    running = click.get_current_context().command
    if all(param.name != "command_id" for param in running.params):
        require(found, *{**ASKED, **ASKED_OF_DAEMON}.get(command_name(), ()))


def require(found: Settings, *acts: str) -> None:
    """Raise DeniedError, and write it down, unless one of the acts is permitted."""
    held = offices(found)
    if any(acting(held, PERMISSIONS[act].by) for act in acts):
        return
    with suppress(ArendeError):  # who may not, may not, also where it cannot be written down
        _write_down(found, acts[0] if acts else "read")
    may = [role for role in Role if any(role in PERMISSIONS[act].by for act in acts)]
    what = listed(PERMISSIONS[act].label for act in acts)
    own = listed(dict.fromkeys(name(office.role) for office in held)) or "inga"
    told = f"Att {what} gör {listed(map(name, may))}" if may else "Det har ingen roll rätt till"
    raise DeniedError(f"{told}; dina roller: {own}.")


def _write_down(found: Settings, act: str) -> None:
    # The law is asked by those who are denied only.
    from states.case_facts import Attempt
    from states.judgement import permit
    from workflow import log_exporter, schema_version, use_case
    from workflow.desk import Desk

    given = command(found)
    denied = permit("", Attempt(verb=act, on=given.on, offices=given.offices))
    connection = connect(found.database_url)
    try:
        schema_version.require_current(connection)
        with connection.writing():
            if denied is not None:
                use_case.deny(Desk(connection, found), given, denied)
        log_exporter.export(connection, found.log_directory)
    finally:
        connection.close()
