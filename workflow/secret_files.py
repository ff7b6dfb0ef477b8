"""Files with secrets: passwords and keys, that nobody but their owner may read.

What is read is kept nowhere, and no message holds any of it.
"""

import os
import stat
from pathlib import Path

from workflow.config import Settings
from workflow.config_outlets import WebhookTarget
from workflow.errors import EnvironmentFaultError, why

LARGEST = 64 * 1024
SHORTEST_KEY = 32
"""Bytes. A shorter key of HMAC-SHA256 is weaker than its hash (RFC 2104 section 3)."""

OF_GROUP, OF_OTHERS = stat.S_IRWXG, stat.S_IRWXO


def require_private(settings: Settings) -> None:
    """Raise EnvironmentFaultError, with what to mend, for a secret file that cannot be used or that others can read."""
    if settings.config.email.credentials:
        credentials(settings)
    for target in settings.config.webhook.targets:
        signing_key(settings, target)


def credentials(settings: Settings) -> tuple[str, str]:
    """(user name, password) for the mail server. Raises EnvironmentFaultError."""
    path = settings.directory / settings.config.email.credentials
    lines = read(path).splitlines()
    if len(lines) != 2 or not all(lines) or not all(map(str.isascii, lines)):
        raise EnvironmentFaultError(
            f"{path} ska ha användarnamnet på första raden och lösenordet på andra, utan å, ä och ö. Skriv om den."
        )
    return lines[0], lines[1]


def signing_key(settings: Settings, target: WebhookTarget) -> bytes:
    """What messages to a system are signed with. Raises EnvironmentFaultError."""
    path = settings.directory / target.secret
    key = read(path).rstrip("\r\n").encode()
    if len(key) < SHORTEST_KEY:
        raise EnvironmentFaultError(
            f"Nyckeln i {path} är för kort; den ska ha minst {SHORTEST_KEY} tecken. Gör en ny: openssl rand -hex 32"
        )
    return key


def read(path: Path) -> str:
    """What a secret file holds. Raises EnvironmentFaultError when it cannot be read, or others can read it too."""
    try:
        content = _read(path)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Filen {path} med en hemlighet kan inte läsas ({why(error)}). Lägg den där, ägd av den användare som "
            "kör arende-daemon."
        ) from error
    if len(content) > LARGEST:
        raise EnvironmentFaultError(f"Filen {path} är för stor för en hemlighet; ange rätt fil.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EnvironmentFaultError(f"Filen {path} är inte text i UTF-8; skriv om den.") from error


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _refuse_shared(path, os.fstat(descriptor).st_mode)
        return os.read(descriptor, LARGEST + 1)
    finally:
        os.close(descriptor)


def _refuse_shared(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise EnvironmentFaultError(f"{path} är ingen vanlig fil; ange en fil med hemligheten.")
    if mode & (OF_OTHERS if _is_credential_of_systemd(path) else OF_GROUP | OF_OTHERS):
        raise EnvironmentFaultError(
            f"Filen {path} med en hemlighet kan läsas av andra än sin ägare. Kör: chmod 600 {path}"
        )


def _is_credential_of_systemd(path: Path) -> bool:
    """True for what systemd's LoadCredential= laid there for this very service.

    It lets the service's user in by an access list, whose mask is shown in the place of the group's bits.
    """
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    return directory is not None and path.resolve().parent == Path(directory).resolve()
