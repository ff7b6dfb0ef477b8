"""What must be so before any reminder is sent. Asked when the daemon starts, once or for good, and at a reload."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from workflow import file_systems, installation, schema_version, secret_files
from workflow.config import Settings
from workflow.connection import connect
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError


def require_certificates(settings: Settings) -> None:
    """Raise EnvironmentFaultError for a ca_file that nothing could be checked against."""
    for section, ca_file in (("email", settings.config.email.ca_file), ("webhook", settings.config.webhook.ca_file)):
        if ca_file:
            # Only where it is used is TLS read in.
            from scheduler.notifiers import encryption

            try:
                encryption.context(settings.directory, ca_file)
            except ValueError as error:
                raise EnvironmentFaultError(
                    f"Filen {settings.directory / ca_file} kan inte läsas eller har inga certifikat. Lägg den där, i "
                    f"PEM-format, eller rätta [{section}] ca_file i config.toml."
                ) from error


CHECKS: tuple[Callable[[Settings], None], ...] = (
    file_systems.require_local,
    secret_files.require_private,
    require_certificates,
)
"""Each raises EnvironmentFaultError with what to do."""


@contextmanager
def at_desk(settings: Settings) -> Iterator[Desk]:
    """The database, open and of the right version: neither older nor newer, and without cases of another lifecycle."""
    connection = connect(settings.database_url)
    try:
        schema_version.require_current(connection)
        yield Desk(connection, settings)
    finally:
        connection.close()


def refuse_to_start(settings: Settings, today: date) -> None:
    """Raise EnvironmentFaultError when no work should begin."""
    installation.require_sound(settings, today)
    for check in CHECKS:
        check(settings)
    with at_desk(settings):
        pass
