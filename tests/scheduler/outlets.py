"""Settings with ways out of the house, for tests."""

from pathlib import Path
from typing import Any

from workflow.config import Config, Email, Settings, Webhook, WebhookTarget

SENDER = "Ärendegång <arende@exempel.se>"
KEY = "k" * 32
TARGET = "arkivet"


def settings(directory: Path, **sections: Any) -> Settings:
    return Settings(Config(**sections), "0" * 64, directory)


def mailing(directory: Path, port: int, **email: Any) -> Settings:
    """Under which mail goes to a server on loopback."""
    given = {"host": "127.0.0.1", "port": port, "sender": SENDER, "timeout_seconds": 5, **email}
    return settings(directory, email=Email(**given))


def secret(directory: Path, name: str, content: str, mode: int = 0o600) -> str:
    """A file with a secret; its name."""
    path = directory / name
    path.write_text(content)
    path.chmod(mode)
    return name


def webhook(directory: Path, port: int, authority: Path | None, **given: Any) -> Webhook:
    """One target at a server on loopback, whose authority is trusted."""
    key = secret(directory, "nyckel", f"{KEY}\n")
    url = given.pop("url", f"https://localhost:{port}/paminnelser?fran=arende")
    usual = {"allowed_hosts": ["localhost"], "private_hosts": ["localhost"], "timeout_seconds": 5}
    target = WebhookTarget(TARGET, url, key)
    return Webhook(**{**usual, "targets": [target], "ca_file": str(authority or ""), **given})
