"""Every question there is, asked of this machine and its database.

Changes nothing. Each question is answered with a verdict and a Swedish sentence, whatever else is wrong: with a
database that is missing or damaged, what can be told without it is told.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workflow.connection import POSTGRESQL, SQLITE, Connection, connect
from workflow.doctor import database, log, machine, papers, program, reminders
from workflow.doctor.answers import Answer, Check, Machine, Verdict, fault
from workflow.errors import ArendeError, EnvironmentFaultError, why

Question = Callable[[Connection, Machine], Answer]

OF_MACHINE: Mapping[str, Callable[[Machine], Answer]] = {
    "Klocka": machine.clock,
    "Utrymme": machine.room,
    "Filsystem": machine.file_systems,
    "Filrättigheter": machine.rights,
    "Inställningar": program.settings,
    "Arbetsgång": program.workflow,
    "Läsning av handlingar": papers.reading,
}
OF_ENGINE: Mapping[str, Mapping[str, Question]] = {
    SQLITE: {
        "Bibliotek": database.sqlite_library,
        "Beständighet": database.sqlite_durability,
        "Innehåll": database.sqlite_contents,
        "Referenser": database.sqlite_references,
    },
    POSTGRESQL: {
        "Server": database.postgresql_version,
        "Beständighet": database.postgresql_durability,
        "Kontrollsummor": database.postgresql_checksums,
        "Teckenkodning": database.postgresql_encoding,
    },
}
OF_TABLES: Mapping[str, Question] = {
    "Livscykel": program.lifecycle,
    "Register": program.register,
    "Pågående ärenden": program.standing,
    "Skydd": database.protection,
    "Roll": database.role,
    "Loggens huvud": log.head,
    "Loggens eftersläpning": log.lag,
    "Loggens filer": log.files,
    "Loggens tider": log.times,
    "Handlingar": papers.store,
    "Misslyckade påminnelser": reminders.given_up,
    "Försenade påminnelser": reminders.overdue,
    "Påminnelser utan lån": reminders.without_lease,
}
"""Asked of a database with this program's tables; an empty or old one has none."""


def examine(site: Machine) -> tuple[Check, ...]:
    """All that can be asked."""
    of_machine = [_ask(name, question, site) for name, question in OF_MACHINE.items()]
    try:
        connection = connect(site.settings.database_url)
    except ArendeError as error:
        unreachable = Check("Databas", Verdict.FAULT, str(error))
        return unreachable, *of_machine, _ask("Loggens huvud", log.head_of_files, site)
    try:
        return (*_of_database(connection, site), *of_machine)
    finally:
        connection.close()


def _of_database(connection: Connection, site: Machine) -> Iterator[Check]:
    yield _ask("Databas", program.database, connection, site)
    version = _ask("Version", program.version, connection, site)
    yield version
    tables = OF_TABLES if version.verdict is Verdict.FINE else {}
    for name, question in {**OF_ENGINE[connection.dialect], **tables}.items():
        yield _ask(name, question, connection, site)


def _ask(name: str, question: Callable[..., Answer], *about: Any) -> Check:
    try:
        answer = question(*about)
    except Exception as error:
        # Whatever stands in a damaged database or file, the other questions are asked too.
        answer = fault(f"{name}: det går inte att svara på ({_reason(error)}).")
    return Check(name, answer.verdict, answer.told)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return ": ".join(filter(None, (str(error.filename or ""), why(error))))
    told = error.__cause__ or error if isinstance(error, EnvironmentFaultError) else error
    return " ".join(str(told).split()) or type(error).__name__
